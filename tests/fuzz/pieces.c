/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pieces.h"

#include <stdbool.h>
#include <string.h>

#define MARK "%% "

static void free_piece(void *data)
{
    struct piece *piece = data;

    g_free(piece->words);
    g_free(piece->bytes);
    g_free(piece);
}

static bool is_mark(const char *at, const char *end)
{
    return (size_t)(end - at) >= strlen(MARK) && memcmp(at, MARK, strlen(MARK)) == 0;
}

/* The beginning of the line behind AT. */
static const char *next_line(const char *at, const char *end)
{
    const char *feed = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

    return feed ? feed + 1 : end;
}

GPtrArray *pieces_split(const uint8_t *data, size_t size, guint most)
{
    GPtrArray *pieces = g_ptr_array_new_with_free_func(free_piece);
    const char *at = size > 0 ? (const char *)data : "", *end = at + size;

    while (at < end && pieces->len < most) {
        struct piece *piece = g_new0(struct piece, 1);
        const char *body = is_mark(at, end) ? next_line(at, end) : at;
        const char *stop = body;

        while (stop < end && !is_mark(stop, end))
            stop = next_line(stop, end);
        piece->words = body > at ? g_strndup(at + strlen(MARK), (size_t)(body - at) - strlen(MARK))
                                 : g_strdup("");
        g_strstrip(piece->words);
        piece->length = (size_t)(stop - body);
        piece->bytes = g_malloc(MAX(piece->length, 1));
        memcpy(piece->bytes, body, piece->length);
        g_ptr_array_add(pieces, piece);
        at = stop;
    }
    return pieces;
}
