/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that flows down the screen: long lines are wrapped to the width, or stand beside
 * it and are scrolled to sideways.
 *
 * Only what is shown is laid out. A place in the text is a line and an offset in it; a
 * line of megabytes is cut every few thousand bytes whether it must be or not (ruler.h), so that
 * the row before another one can be found without going through all of it. Tabs go on to
 * the next multiple of eight, counted from the start of the line, or of the row where one is
 * wrapped. */
#ifndef PORE_FLOW_H
#define PORE_FLOW_H

#include "commands.h"
#include "screen.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct flow_line {
    const char *text; /* borrowed from the source, without a line break */
    size_t length;
    enum style style;
    bool words; /* wrap between words where that can be; else a mark shows where a row goes on */
    int indent; /* of the rows that go on, with words */
};

/* A piece of a line that looks different from it. */
struct flow_span {
    size_t start, end; /* bytes of the line */
    enum style style;
    bool overlay; /* laid over what is there: what was found */
};

/* Spans that count in a row; what is added behind them is left out. */
#define FLOW_SPANS_MAX 512

/* Where the lines come from: fills OUT with line INDEX of DATA. Must be quick. */
typedef void flow_source(const void *data, size_t index, struct flow_line *out);

/* Adds the spans (struct flow_span) of the bytes FROM to TO of line INDEX, which are about to be
 * drawn; later ones count before earlier ones. */
typedef void flow_spans(const void *data, size_t index, size_t from, size_t to, GArray *spans);

/* A place in the text. */
struct flow_position {
    size_t line, offset;
};

/* How the screen was when flow_resize() last looked. */
struct flow_layout {
    int width, height;
    bool sideways, markers;
};

/* Declared as zeros with what is to be shown; flow_clear() frees what is inside. DATA stays the
 * owner's. */
struct flow {
    flow_source *source;
    flow_spans *spans; /* or NULL */
    const void *data;
    size_t count;  /* lines */
    size_t line;   /* the first row on the screen: line and offset */
    size_t offset; /* kept, but without a meaning, while lines are not wrapped */
    int width, height;
    bool sideways; /* lines are not wrapped; column is the first cell that is shown */
    int column;
    bool markers; /* mark rows that go on */

    /* flow.c's */
    GHashTable *rulers; /* line → struct ruler *, of long lines that were scrolled sideways */
    struct flow_layout layout;
    struct flow_position wanted; /* what was on top before the size changed … */
    struct flow_position given;  /* … and what has been put there for it */
};

void flow_clear(struct flow *flow);

/* Takes the size; it, sideways or markers may have changed: the same text stays on top, also over
 * many changes. */
void flow_resize(struct flow *flow, int width, int height);

/* The lines are others now: puts the row of OFFSET of LINE on top, with room below where the text
 * ends. */
void flow_replace(struct flow *flow, size_t line, size_t offset);

/* Scrolls COUNT times (0: once) by lines, half pages, pages, to the ends or sideways; CONTEXT lines of
 * the page before stay when a page is turned. MOTION_FIRST and MOTION_LAST with a count go to the
 * line of that number. NULL, or why it could not, for the user. */
const char *flow_move(struct flow *flow, enum motion motion, int count, int context);

/* Puts LINE on top, with room below where the text ends. */
void flow_go(struct flow *flow, size_t line);

/* Puts the row of OFFSET of LINE on top, and has the offset on the screen sideways, too. */
void flow_reveal(struct flow *flow, size_t line, size_t offset);

/* The bytes, *START to *END, that the row shows which OFFSET of LINE is in. */
void flow_row(struct flow *flow, size_t line, size_t offset, size_t *start, size_t *end);

/* Is the end of the text on the screen? */
bool flow_at_end(const struct flow *flow);

void flow_draw(struct flow *flow, struct screen *screen, int top);

/* How far down the screen shows: "all", "end" or "34%", written to TEXT. */
const char *flow_place(const struct flow *flow, char text[8]);

#endif
