/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searching the lines that a flow shows.
 *
 * Matches of no bytes are none. A line of many thousand bytes is searched piece by piece, each with
 * some of what stands before and behind it: what is found there is shorter than FIND_CONTEXT. */
#ifndef PORE_FIND_H
#define PORE_FIND_H

#include "expression.h"
#include "flow.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define FIND_CONTEXT 1024

/* The first match in the LENGTH bytes at TEXT that begins at FROM or behind it. */
bool find_forward(const struct expression *expression, const char *text, size_t length,
                  size_t from, size_t *start, size_t *end);

/* The last one that begins before BEFORE. */
bool find_backward(const struct expression *expression, const char *text, size_t length,
                   size_t before, size_t *start, size_t *end);

/* Adds the matches that lie in the bytes FROM to TO as spans of STYLE laid over the rest. */
void find_spans(const struct expression *expression, const char *text, size_t length, size_t from,
                size_t to, enum style style, GArray *spans);

/* Lines to be searched. Borrowed for the call. */
struct find_lines {
    flow_source *source;
    const void *data;
    size_t count;
};

/* Where a search in what FLOW shows begins: beside the row of LAST, what the search before found,
 * if that is on top, else at the top. LAST may be NULL. */
struct flow_position find_from(struct flow *flow, const struct flow_position *last, int direction);

/* Goes from PLACE to the next match that begins there or behind, or with DIRECTION -1 to the one
 * before; with WRAP on from the other end. False if there is none. *WRAPPED says that it went on so. */
bool find_next(const struct find_lines *lines, const struct expression *expression, int direction,
               bool wrap, struct flow_position *place, bool *wrapped);

/* Rows of a list to be searched. Borrowed for the call. */
struct find_rows {
    int count, cursor;
    bool wrap; /* on from the other end */
    bool (*matches)(const void *data, int row);
    const void *data;
};

/* The next row behind the cursor that matches, or with DIRECTION -1 the one before it, the cursor's own
 * coming last; -1 if there is none. *WRAPPED as above. */
int find_row(const struct find_rows *rows, int direction, bool *wrapped);

/* What a view says after them, in mutt's words; NULL if nothing has to be said. GAVE_UP is what
 * expression_gave_up() says. */
const char *find_message(bool found, bool wrapped, int direction, bool gave_up);

#endif
