/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index from inside, for index*.c alone: index.c shows it, index_find.c finds, tags and matches
 * rows, index_commands.c has its commands. The user interface's thread. */
#ifndef PORE_INDEX_VIEW_H
#define PORE_INDEX_VIEW_H

#include "index_rows.h"
#include "inquiry.h"
#include "jobs.h"
#include "list.h"
#include "view.h"

/* Rows that match a pattern, as they are found. */
struct index_matches {
    struct inquiry *inquiry; /* reads texts for it, or NULL */
    GPtrArray *members;      /* struct member *: a mail of the posting of each row so far */
    index_matched *done;
    void *data;
    GDestroyNotify free_data;
};

struct index {
    struct view view;
    struct list list;
    struct index_rows rows;
    struct member *selected; /* a mail of the selected row's posting; NULL: none yet */
    bool moved;              /* the user has; until then the first row is selected */
    struct job *limiting;    /* reads texts for the limit, or NULL */
    bool limit_stopped;      /* the user did not want to wait for the rest */
    gint64 limiting_since; /* monotonic microseconds: that began */
    gint64 matches_due;      /* monotonic microseconds before which its results are not shown */
    struct inquiry *searching; /* reads texts for a search, or NULL; then: */
    guint wraps;               /* place in its order of the first row behind the end of the list */
    int direction;             /* of the search */
    struct inquiry *tagging;   /* reads texts for a tagging, or NULL; then: */
    bool tags;                 /* or untags */
    int changed;               /* so many rows so far */
    struct index_matches matches; /* of index_match() */
};

/* --- index.c --- */

const struct index_row *index_row_at(const struct index *index, int row);
bool index_row_is_tagged(const struct index *index, int row);

/* The row of the posting that MAIL is of now, or -1. */
int index_row_of(struct index *index, const struct member *mail);

/* The user goes to ROW. */
void index_select_row(struct index *index, int row);

/* --- index_find.c: operations of the view --- */

const char *index_search(struct view *view, int direction);
int index_tag(struct view *view, struct pattern *pattern, bool tag);

/* The user has gone elsewhere: what a search would find is of no use. */
void index_leave_search(struct index *index);

/* What a search that found ROW says when it goes on from the selected row in DIRECTION, or NULL. */
const char *index_wrapped(const struct index *index, int row, int direction);

/* Ends whatever is being found. */
void index_stop_finding(struct index *index);

#endif
