/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a mail as the pager shows them: headers, a blank line, the text; some of them
 * folded.
 *
 * A line has a place among all lines, folded or not, which only another choice of headers moves,
 * and a row among those that are shown. A fold is one row that stands for the lines
 * behind it: a file of the diff for all its lines, quoted text for a block of it.
 *
 * No screen here. One thread. */
#ifndef PORE_PAGER_LINES_H
#define PORE_PAGER_LINES_H

#include "flow.h"
#include "mail/message.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct pager_lines;

/* Of MESSAGE, which it takes; the headers are to be chosen. LIMIT is what mail_limit() says of the
 * mail. */
struct pager_lines *pager_lines_new(struct message *message, const char *limit);
void pager_lines_free(struct pager_lines *lines);

/* Shows the headers that ORDER names (words; colons behind them do not matter), in its order, or ALL as
 * they stand in the mail. */
void pager_lines_set_headers(struct pager_lines *lines, const char *order, bool all);

/* Folds quoted text that is deeper than LEVELS, or nothing of it. */
void pager_lines_fold_quotes(struct pager_lines *lines, bool fold, int levels);

/* Folds all files of the diff, or none. */
void pager_lines_fold_files(struct pager_lines *lines, bool fold);

/* Folds or unfolds the file that PLACE is in. False if there is none there. */
bool pager_lines_toggle_file(struct pager_lines *lines, size_t place);

/* Unfolds what hides PLACE. */
void pager_lines_unfold(struct pager_lines *lines, size_t place);

/* How many lines there are, how many rows, and the place of the first line of the text. */
size_t pager_lines_count(const struct pager_lines *lines);
size_t pager_lines_rows(const struct pager_lines *lines);
size_t pager_lines_text_start(const struct pager_lines *lines);

/* The place of ROW, the first one if it is a fold; and the row that shows PLACE or hides it. */
size_t pager_lines_place(const struct pager_lines *lines, size_t row);
size_t pager_lines_row(const struct pager_lines *lines, size_t place);

/* Sources for a flow: the rows (DATA is the lines), and the lines by their place. */
void pager_lines_get_row(const void *data, size_t row, struct flow_line *out);
void pager_lines_get_line(const void *data, size_t place, struct flow_line *out);

/* What colour rules are asked of. */
enum pager_matter {
    PAGER_HEADER,
    PAGER_PROSE, /* message and quoted text */
    PAGER_OTHER, /* diffs and the like, folds */
};
enum pager_matter pager_lines_matter(const struct pager_lines *lines, size_t row);

/* Adds what looks different within ROW: the name of a header, what a fold says of itself; with WORDS
 * which words of a changed line differ. */
void pager_lines_spans(struct pager_lines *lines, size_t row, bool words, GArray *spans);

enum pager_target {
    PAGER_HUNK,
    PAGER_FILE,     /* the first line of a file */
    PAGER_QUOTED,   /* the first line of a block */
    PAGER_TRAILERS, /* the same */
};

/* Moves *ROW to the COUNTth such row behind it, or before it if DIRECTION is negative; to the last
 * there is if there are fewer. False if there is none. */
bool pager_lines_next(const struct pager_lines *lines, enum pager_target target, int direction,
                      int count, size_t *row);

/* Is ROW quoted text, or a fold of it? */
bool pager_lines_is_quoted(const struct pager_lines *lines, size_t row);

#endif
