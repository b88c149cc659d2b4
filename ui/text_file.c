/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK(text-file-error-quark, text_file_error)

char *text_file_problem(const char *text, size_t length)
{
    const char *end;
    if (g_utf8_validate(text, (gssize)length, &end))
        return NULL;
    unsigned line = 1;
    for (const char *at = text; (at = memchr(at, '\n', (size_t)(end - at))); at++)
        line++;
    return g_strdup_printf("not a text in UTF-8: line %u has %s", line,
                           end < text + length && *end == '\0' ? "a NUL" : "other bytes");
}

/* Why the file that STATUS is of cannot be read, or NULL. */
static const char *status_problem(const GStatBuf *status)
{
    if (S_ISDIR(status->st_mode))
        return g_strerror(EISDIR);
    if (!S_ISREG(status->st_mode))
        return "Not a regular file";
    return status->st_size > TEXT_FILE_MAX ? "More than 1 MiB" : NULL;
}

char *text_file_read(const char *path, GError **error)
{
    GStatBuf status;
    if (strcmp(path, "/dev/null") == 0)
        return g_strdup("");
    const char *problem = g_stat(path, &status) == 0 && g_access(path, R_OK) == 0
                              ? status_problem(&status)
                              : g_strerror(errno);
    if (problem) {
        g_set_error_literal(error, TEXT_FILE_ERROR, 0, problem);
        return NULL;
    }
    /* A file of /proc has no size, and reading it may wait. */
    if (status.st_size == 0)
        return g_strdup("");
    char *text;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, NULL)) {
        g_set_error_literal(error, TEXT_FILE_ERROR, 0, "Cannot be read");
        return NULL;
    }
    char *wrong = text_file_problem(text, length);
    if (!wrong)
        return text;
    g_set_error_literal(error, TEXT_FILE_ERROR, 0, wrong);
    g_free(wrong);
    g_free(text);
    return NULL;
}
