/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which cell of a line a byte stands, and which byte in a cell: for lines that are scrolled
 * sideways and may be megabytes long.
 *
 * A line is cut into segments of some thousand bytes; no glyph goes over a cut. The
 * column in which each segment begins is worked out once, when somebody first gets so far,
 * and kept. Tabs go on to the next multiple of eight, counted from the line's start. */
#ifndef PORE_RULER_H
#define PORE_RULER_H

#include <stddef.h>
#include <stdint.h>

#define RULER_SEGMENT 4096
#define RULER_TAB 8

/* What is known of one line's columns. */
struct ruler;

struct ruler *ruler_new(void);
void ruler_free(struct ruler *ruler);

/* The beginning of the first character at OFFSET or behind it, in the LENGTH bytes at TEXT. */
size_t ruler_align(const char *text, size_t length, size_t offset);

/* Where the segment that AT lies in ends. */
size_t ruler_segment_end(const char *text, size_t length, size_t at);

/* Cells that the glyph at TEXT, of LENGTH (not 0) bytes, takes in COLUMN. *BYTES is its length. */
int ruler_step(const char *text, size_t length, int64_t column, size_t *bytes);

/* The byte at which the glyph in COLUMN begins, and in *START the column in which it does; LENGTH
 * and the column behind the last glyph where the line is not so long. RULER may be NULL for a
 * line of one segment. */
size_t ruler_offset(struct ruler *ruler, const char *text, size_t length, int64_t column,
                    int64_t *start);

/* The column of the glyph that the byte at OFFSET belongs to. */
int64_t ruler_column(struct ruler *ruler, const char *text, size_t length, size_t offset);

#endif
