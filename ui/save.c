/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "save.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longest piece of a title in a name; git format-patch has 64 with its number. */
#define TITLE_BYTES_MAX 60

GQuark save_error_quark(void)
{
    return g_quark_from_static_string("pore-save-error");
}

static void set_error(GError **error, const char *path, int number)
{
    char *shown = g_filename_display_name(path);
    g_set_error(error, SAVE_ERROR, 0, "%s: %s", shown, g_strerror(number));
    g_free(shown);
}

static void refuse(GError **error, const char *path, const char *why)
{
    char *shown = g_filename_display_name(path);
    g_set_error(error, SAVE_ERROR, 0, "%s %s", shown, why);
    g_free(shown);
}

char *save_suggest(const char *title, uint32_t version)
{
    GString *name = g_string_new(NULL);
    char *ascii = g_str_to_ascii(title, "C");
    if (version >= 2)
        g_string_printf(name, "v%u-", version);
    gsize start = name->len;
    for (const char *at = ascii; *at && name->len < start + TITLE_BYTES_MAX; at++) {
        bool first = name->len == start;
        char last = first ? '-' : name->str[name->len - 1];
        if (g_ascii_isalnum(*at) || *at == '_')
            g_string_append_c(name, *at);
        else if (*at == '.' && g_ascii_isalnum(last) && g_ascii_isalnum(at[1]))
            g_string_append_c(name, '.');
        else if (last != '-')
            g_string_append_c(name, '-');
    }
    while (name->len > start && strchr("-.", name->str[name->len - 1]))
        g_string_truncate(name, name->len - 1);
    g_string_append(name, name->len == start ? "mail.mbox" : ".mbox");
    g_free(ascii);
    return g_string_free(name, FALSE);
}

char *save_expand(const char *typed)
{
    if (strcmp(typed, "~") == 0 || g_str_has_prefix(typed, "~/"))
        return g_strconcat(g_get_home_dir(), typed + 1, NULL);
    return g_strdup(typed);
}

/* Is there a folder that PATH can be made in? */
static bool has_folder(const char *path)
{
    char *folder = g_path_get_dirname(path);
    bool there = g_file_test(folder, G_FILE_TEST_IS_DIR);
    g_free(folder);
    return there;
}

enum save_target save_look(const char *path, GError **error)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
        return SAVE_TARGET_FILE;
    if (stat(path, &status) == 0)
        refuse(error, path, S_ISDIR(status.st_mode) ? "is a folder." : "is not a regular file.");
    else if (errno != ENOENT)
        set_error(error, path, errno);
    else if (path[0] == '\0' || g_str_has_suffix(path, "/") || !has_folder(path))
        refuse(error, path, "is in no folder that exists.");
    else
        return SAVE_TARGET_NONE;
    return SAVE_TARGET_REFUSED;
}

bool save_write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += MAX(written, 0);
        length -= (size_t)MAX(written, 0);
    }
    return true;
}

static bool write_new(const char *path, const GString *bytes, GError **error)
{
    int descriptor = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        set_error(error, path, errno);
        return false;
    }
    bool written = save_write_all(descriptor, bytes->str, bytes->len);
    int number = errno;
    if (close(descriptor) != 0 && written) {
        written = false;
        number = errno;
    }
    if (written)
        return true;
    g_unlink(path);
    set_error(error, path, number);
    return false;
}

/* Appends to a regular file that is open for it, or leaves it as it was, with errno set. */
static bool append_to(int descriptor, const GString *bytes)
{
    struct stat status;
    char last = '\n';
    if (fstat(descriptor, &status) != 0)
        return false;
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        return false;
    }
    if (status.st_size > 0 && pread(descriptor, &last, 1, status.st_size - 1) < 0)
        return false;
    if ((last == '\n' || save_write_all(descriptor, "\n", 1)) &&
        save_write_all(descriptor, bytes->str, bytes->len))
        return true;
    int number = errno;
    /* Nothing can be done if this fails, too. */
    int undone = ftruncate(descriptor, status.st_size);
    (void)undone;
    errno = number;
    return false;
}

static bool append(const char *path, const GString *bytes, GError **error)
{
    /* Without blocking: it may have become a pipe. */
    int descriptor = g_open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    bool appended = descriptor >= 0 && append_to(descriptor, bytes);
    if (!appended)
        set_error(error, path, errno);
    if (descriptor < 0)
        return false;
    if (close(descriptor) != 0 && appended) {
        set_error(error, path, errno);
        return false;
    }
    return appended;
}

static bool overwrite(const char *path, const GString *bytes, GError **error)
{
    /* What a symbolic link names is replaced, not the link. */
    char *real = realpath(path, NULL);
    struct stat status;
    bool written = false;
    if (!real || stat(real, &status) != 0)
        set_error(error, path, errno);
    else
        written = g_file_set_contents_full(real, bytes->str, (gssize)bytes->len,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           (int)(status.st_mode & 0777), error);
    free(real);
    return written;
}

bool save_write(const char *path, enum save_mode mode, const GString *bytes, GError **error)
{
    switch (mode) {
    case SAVE_APPEND:
        return append(path, bytes, error);
    case SAVE_OVERWRITE:
        return overwrite(path, bytes, error);
    case SAVE_NEW:
        break;
    }
    return write_new(path, bytes, error);
}
