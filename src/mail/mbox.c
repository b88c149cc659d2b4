/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/mbox.h"

#include <string.h>

/* The line that git format-patch puts before each mail, and git am takes. */
#define MBOX_LINE "From %s Mon Sep 17 00:00:00 2001\n"

static bool is_from_line(const char *line, const char *end)
{
    static const char from[] = "From ";
    while (line < end && *line == '>')
        line++;
    return end - line >= (ptrdiff_t)strlen(from) && memcmp(line, from, strlen(from)) == 0;
}

void mbox_append(GString *out, const struct commit_id *commit, const char *bytes, size_t length)
{
    char text[COMMIT_ID_TEXT_SIZE];
    const char *end = bytes + length;
    commit_id_text(commit, text);
    g_string_append_printf(out, MBOX_LINE, text);
    while (bytes < end) {
        const char *line_end = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *next = line_end ? line_end + 1 : end;
        if (is_from_line(bytes, next))
            g_string_append_c(out, '>');
        g_string_append_len(out, bytes, next - bytes);
        if (!line_end)
            g_string_append_c(out, '\n');
        bytes = next;
    }
    g_string_append_c(out, '\n');
}
