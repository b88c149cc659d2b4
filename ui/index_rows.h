/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows the index has, and in which order: the listed posting of each series, under it the
 * older ones if it is unfolded, less what a limit hides and what is done.
 *
 * Rows hold series and postings, which die at the next settle: they are made anew after each. What lasts
 * between, folds and the answers to the limit, is kept by mail and by the series' serial. The user
 * interface's thread. No terminal. */
#ifndef PORE_INDEX_ROWS_H
#define PORE_INDEX_ROWS_H

#include "marking.h"
#include "pattern.h"
#include "series/series.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct index_row {
    const struct series *series;
    const struct posting *posting;
    int folded; /* older postings that are not shown because they are folded under this row */
};

/* Owned by the index. */
struct index_rows {
    const struct marking *marking; /* what is said of series; NULL: nothing */
    const struct review_request *review; /* what counting replies has to ask; may be NULL */
    bool hides_done;
    GArray *rows;       /* struct index_row */
    GPtrArray *shown;   /* struct series *: of which a posting is shown, in order */
    size_t series;      /* all there are */
    size_t hidden;      /* series that the limit hides */
    size_t done;        /* series that are hidden because they are reviewed or ignored */
    size_t folded;      /* postings that are folded */
    char *limit;        /* as typed, or NULL */
    struct pattern *pattern; /* of the limit, or NULL */
    struct pattern_texts *texts;
    struct pattern_question *question; /* of the pattern, while the rows are made */
    GPtrArray *wanted;  /* struct member *: whose texts have to be read to answer the limit … */
    bool waits;         /* … but while others are being read these are not asked for */
    GHashTable *answers; /* serial of a series → answer to the limit, while it cannot change */
    GHashTable *unfolded; /* struct member *: a mail of each series unfolded by itself */
    GHashTable *tagged; /* struct member *: leads of tagged postings */
    size_t tagged_rows; /* rows that stand for a tagged one */
    bool all_unfolded;
    int selected; /* row of the mail that index_rows_update() looked for, or where it would be */
};

void index_rows_init(struct index_rows *rows);
void index_rows_clear(struct index_rows *rows);

/* Makes the rows of SET in the order ORDER (a value of the setting "sort"), and looks for
 * SELECTED, a mail of the posting in question, or NULL. */
void index_rows_update(struct index_rows *rows, const struct series_set *set, const char *order,
                       const struct member *selected);

/* What ROW says of marks: of the listed posting what holds for the series, of an older one what was
 * said of it. */
struct series_mark index_rows_mark(const struct index_rows *rows, const struct index_row *row);

/* Sets the limit to TEXT and PATTERN, which it takes; both NULL: none. */
void index_rows_limit(struct index_rows *rows, const char *text, struct pattern *pattern);

/* Does PATTERN hold for ROW, whose place in the list is NUMBER (from 1), as far as no texts are read? */
bool index_rows_match(const struct index_rows *rows, const struct index_row *row, int number,
                      const struct pattern *pattern);

/* What QUESTION says of ROW, whose place in the list is NUMBER (from 1). */
enum pattern_answer index_rows_ask(const struct index_rows *rows, const struct index_row *row,
                                   int number, struct pattern_question *question);

/* Is what ROW stands for tagged: its posting, or one of those folded under it? */
bool index_rows_is_tagged(const struct index_rows *rows, const struct index_row *row);

/* Tags the posting of ROW, or takes the tag from all that the row stands for. */
void index_rows_tag(struct index_rows *rows, const struct index_row *row, bool tag);

/* Folds the series of ROW, or unfolds it; and all of them. */
void index_rows_fold(struct index_rows *rows, const struct index_row *row, bool fold);
void index_rows_fold_all(struct index_rows *rows, bool fold);
bool index_rows_is_unfolded(const struct index_rows *rows, const struct series *series);

/* The posting that MEMBER is of now, or the one of the live copy; NULL if it was withdrawn. */
const struct posting *index_rows_posting(const struct member *member);

#endif
