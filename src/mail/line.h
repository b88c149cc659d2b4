/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a text of which END is the end. Pure, any thread, any bytes. */
#ifndef PORE_LINE_H
#define PORE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The beginning of the line behind the one at LINE, or END. */
static inline const char *line_next(const char *line, const char *end)
{
    const char *feed = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;

    return feed != NULL ? feed + 1 : end;
}

static inline bool line_begins(const char *line, const char *end, const char *prefix)
{
    size_t length = strlen(prefix);

    return (size_t)(end - line) >= length && memcmp(line, prefix, length) == 0;
}

/* The next line break from FROM on that has PREFIX behind it, or NULL. */
static inline const char *line_find_break(const char *from, const char *end, const char *prefix)
{
    while (from < end && (from = memchr(from, '\n', (size_t)(end - from))) != NULL) {
        if (line_begins(from + 1, end, prefix))
            return from;
        from++;
    }
    return NULL;
}

#endif
