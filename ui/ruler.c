/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruler.h"

#include "glyph.h"

#include <glib.h>

struct ruler {
    GArray *columns; /* int64_t: where the segments behind the first one begin, as far as known */
};

struct ruler *ruler_new(void)
{
    struct ruler *ruler = g_new0(struct ruler, 1);
    ruler->columns = g_array_new(FALSE, FALSE, sizeof(int64_t));
    return ruler;
}

void ruler_free(struct ruler *ruler)
{
    if (!ruler)
        return;
    g_array_unref(ruler->columns);
    g_free(ruler);
}

size_t ruler_align(const char *text, size_t length, size_t offset)
{
    for (int i = 0; i < 3 && offset < length; i++, offset++)
        if (((unsigned char)text[offset] & 0xC0) != 0x80)
            break;
    return MIN(offset, length);
}

size_t ruler_segment_end(const char *text, size_t length, size_t at)
{
    return ruler_align(text, length, (at / RULER_SEGMENT + 1) * RULER_SEGMENT);
}

int ruler_step(const char *text, size_t length, int64_t column, size_t *bytes)
{
    if (*text == '\t') {
        *bytes = 1;
        return RULER_TAB - (int)(column % RULER_TAB);
    }
    struct glyph glyph;
    glyph_next(text, length, &glyph);
    *bytes = glyph.length;
    return glyph.width;
}

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~';
}

/* Goes from *AT to END, or to the glyph in the column WANTED if that comes before. */
static void walk(const char *text, size_t end, size_t *at, int64_t *column, int64_t wanted)
{
    while (*at < end && *column < wanted) {
        /* What follows a character may combine with it, but not if it is ASCII. */
        if (is_plain(text[*at]) && *at + 1 < end && is_plain(text[*at + 1])) {
            ++*at;
            ++*column;
            continue;
        }
        size_t bytes;
        int width = ruler_step(text + *at, end - *at, *column, &bytes);
        if (*column + width > wanted)
            return;
        *at += bytes;
        *column += width;
    }
}

/* As walk() does, stopping at OFFSET too, which may lie within a glyph. */
static int64_t walk_to_offset(const char *text, size_t end, size_t at, int64_t column,
                              size_t offset)
{
    while (at < end) {
        size_t bytes;
        int width = ruler_step(text + at, end - at, column, &bytes);
        if (at + bytes > offset)
            break;
        at += bytes;
        column += width;
    }
    return column;
}

static size_t segment_start(const char *text, size_t length, size_t segment)
{
    return segment ? ruler_align(text, length, segment * RULER_SEGMENT) : 0;
}

static int64_t segment_column(const struct ruler *ruler, size_t segment)
{
    return segment ? g_array_index(ruler->columns, int64_t, segment - 1) : 0;
}

/* Works out where the segment behind the last known one begins. */
static void extend(struct ruler *ruler, const char *text, size_t length)
{
    size_t last = ruler->columns->len;
    size_t at = segment_start(text, length, last);
    int64_t column = segment_column(ruler, last);
    walk(text, ruler_segment_end(text, length, at), &at, &column, INT64_MAX);
    g_array_append_val(ruler->columns, column);
}

/* The last of the segments, up to LAST, that begins in COLUMN or before it. */
static size_t find_segment(const struct ruler *ruler, size_t last, int64_t column)
{
    size_t low = 0, high = last;
    while (low < high) {
        size_t middle = (low + high + 1) / 2;
        if (segment_column(ruler, middle) <= column)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

size_t ruler_offset(struct ruler *ruler, const char *text, size_t length, int64_t column,
                    int64_t *start)
{
    size_t segment = 0, last = length ? (length - 1) / RULER_SEGMENT : 0;
    if (ruler) {
        while (ruler->columns->len < last && segment_column(ruler, ruler->columns->len) <= column)
            extend(ruler, text, length);
        segment = find_segment(ruler, MIN(last, ruler->columns->len), column);
    }
    size_t at = segment_start(text, length, segment);
    *start = ruler ? segment_column(ruler, segment) : 0;
    walk(text, ruler_segment_end(text, length, at), &at, start, column);
    return at;
}

int64_t ruler_column(struct ruler *ruler, const char *text, size_t length, size_t offset)
{
    size_t segment = ruler ? offset / RULER_SEGMENT : 0;
    /* A character that a cut would part is whole in the segment before. */
    if (segment && segment_start(text, length, segment) > offset)
        segment--;
    while (ruler && ruler->columns->len < segment)
        extend(ruler, text, length);
    size_t at = segment_start(text, length, segment);
    int64_t column = ruler ? segment_column(ruler, segment) : 0;
    return walk_to_offset(text, ruler_segment_end(text, length, at), at, column, offset);
}
