/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "find.h"

#include "ruler.h"

/* Lines up to this length are searched whole. */
#define PIECE (8 * FIND_CONTEXT)

/* The first match of some length in the LENGTH bytes at TEXT. */
static bool find_in_piece(const struct expression *expression, const char *text, size_t length,
                          size_t from, size_t *start, size_t *end)
{
    while (from <= length && expression_find(expression, text, length, from, start, end)) {
        if (*end > *start)
            return true;
        if (*start >= length)
            return false;
        from = ruler_align(text, length, *start + 1);
    }
    return false;
}

bool find_forward(const struct expression *expression, const char *text, size_t length,
                  size_t from, size_t *start, size_t *end)
{
    if (length <= PIECE)
        return find_in_piece(expression, text, length, from, start, end);
    while (from < length) {
        size_t base = from > FIND_CONTEXT ? ruler_align(text, length, from - FIND_CONTEXT) : 0;
        size_t limit = ruler_align(text, length, MIN(base + PIECE, length));
        /* What begins near the limit may go on behind it: that is the next piece's. */
        size_t own = limit < length ? limit - FIND_CONTEXT : limit;
        if (find_in_piece(expression, text + base, limit - base, from - base, start, end) &&
            base + *start < own) {
            *start += base;
            *end += base;
            return true;
        }
        from = ruler_align(text, length, own);
    }
    return false;
}

bool find_backward(const struct expression *expression, const char *text, size_t length,
                   size_t before, size_t *start, size_t *end)
{
    while (before > 0) {
        size_t from = before > PIECE ? ruler_align(text, length, before - PIECE) : 0;
        size_t next = from, found_start, found_end;
        bool any = false;
        while (find_forward(expression, text, MIN(length, before + FIND_CONTEXT), next,
                            &found_start, &found_end) &&
               found_start < before) {
            *start = found_start;
            *end = next = found_end;
            any = true;
        }
        if (any)
            return true;
        before = from;
    }
    return false;
}

void find_spans(const struct expression *expression, const char *text, size_t length, size_t from,
                size_t to, enum style style, GArray *spans)
{
    size_t next = length > PIECE && from > FIND_CONTEXT
                      ? ruler_align(text, length, from - FIND_CONTEXT)
                      : 0;
    /* Not the whole rest of a long line for a match that may not come. */
    size_t limit = length > PIECE ? MIN(length, to + FIND_CONTEXT) : length;
    size_t start, end;
    while (spans->len < FLOW_SPANS_MAX &&
           find_forward(expression, text, limit, next, &start, &end) && start < to) {
        const struct flow_span span = {start, end, style, true};
        if (end > from)
            g_array_append_val(spans, span);
        next = end;
    }
}

struct flow_position find_from(struct flow *flow, const struct flow_position *last, int direction)
{
    struct flow_position from = {flow->line, flow->sideways ? 0 : flow->offset};
    size_t start, end;
    if (!flow->count || !last || last->line != flow->line)
        return from;
    flow_row(flow, flow->line, flow->offset, &start, &end);
    if (flow->sideways || (last->offset >= start && last->offset < end))
        from.offset = direction > 0 ? MAX(end, last->offset + 1) : MIN(start, last->offset);
    return from;
}

/* Searches line INDEX; *OFFSET becomes where the match begins. */
static bool find_in_line(const struct find_lines *lines, const struct expression *expression,
                         int direction, size_t index, size_t *offset)
{
    struct flow_line line = {.text = ""};
    size_t start, end;
    lines->source(lines->data, index, &line);
    bool found = direction > 0 ? find_forward(expression, line.text, line.length,
                                              MIN(*offset, line.length), &start, &end)
                               : find_backward(expression, line.text, line.length,
                                               MIN(*offset, line.length), &start, &end);
    if (found)
        *offset = start;
    return found;
}

bool find_next(const struct find_lines *lines, const struct expression *expression, int direction,
               bool wrap, struct flow_position *place, bool *wrapped)
{
    size_t line = place->line, offset = place->offset;
    *wrapped = false;
    /* The line begun with comes twice: its other part at last. */
    for (size_t i = 0; lines->count && i <= lines->count; i++) {
        if (find_in_line(lines, expression, direction, line, &offset)) {
            *place = (struct flow_position){line, offset};
            return true;
        }
        bool last = direction > 0 ? line + 1 >= lines->count : line == 0;
        if (last && !wrap)
            return false;
        *wrapped |= last;
        if (direction > 0)
            line = last ? 0 : line + 1;
        else
            line = last ? lines->count - 1 : line - 1;
        offset = direction > 0 ? 0 : SIZE_MAX;
    }
    return false;
}

int find_row(const struct find_rows *rows, int direction, bool *wrapped)
{
    *wrapped = false;
    for (int i = 0, row = rows->cursor; i < rows->count; i++) {
        row += direction;
        *wrapped |= row < 0 || row >= rows->count;
        if (*wrapped && !rows->wrap)
            return -1;
        row = (row + rows->count) % rows->count;
        if (rows->matches(rows->data, row))
            return row;
    }
    return -1;
}

const char *find_message(bool found, bool wrapped, int direction, bool gave_up)
{
    if (!found)
        return gave_up ? "Not found, but the search gave up on some lines: the expression takes too long."
                       : "Not found.";
    if (wrapped)
        return direction > 0 ? "Search wrapped to top." : "Search wrapped to bottom.";
    return NULL;
}
