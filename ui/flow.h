/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that flows down the screen: long lines are wrapped to the width, tabs widened.
 *
 * Only what is shown is laid out. A place in the text is a line and an offset in it; a
 * line of megabytes is cut every few thousand bytes whether it must be or not, so that
 * the row before another one can be found without going through all of it. */
#ifndef PORE_FLOW_H
#define PORE_FLOW_H

#include "commands.h"
#include "screen.h"

#include <stddef.h>

struct flow_line {
    const char *text; /* borrowed from the source, without a line break */
    size_t length;
    enum style style;
    size_t lead;      /* so many bytes at the beginning ... */
    enum style lead_style; /* ... look so */
    bool words; /* wrap between words where that can be; else a mark shows where a row goes on */
    int indent; /* of the rows that go on, with words */
};

/* Where the lines come from: fills OUT with line INDEX of DATA. Must be quick. */
typedef void flow_source(const void *data, size_t index, struct flow_line *out);

/* Plain values; DATA stays the owner's. */
struct flow {
    flow_source *source;
    const void *data;
    size_t count;  /* lines */
    size_t line;   /* the first row on the screen: line and offset */
    size_t offset;
    int width, height;
};

/* The screen or the lines have changed. */
void flow_resize(struct flow *flow, int width, int height);

/* Scrolls by lines, half pages, pages or to the ends. NULL, or why it could not: "Bottom is shown."
 * or "Top is shown.". */
const char *flow_move(struct flow *flow, enum motion motion);

/* Puts LINE on top, or as near as the end of the text lets it. */
void flow_go(struct flow *flow, size_t line);

/* Is the end of the text on the screen? */
bool flow_at_end(const struct flow *flow);

void flow_draw(const struct flow *flow, struct screen *screen, int top);

/* How far down the screen shows: "all", "end" or "34%", written to TEXT. */
const char *flow_place(const struct flow *flow, char text[8]);

#endif
