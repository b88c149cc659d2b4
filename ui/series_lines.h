/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of the series view: what the reader has said of the series, what is worth knowing of the
 * posting, its mails as a tree with the review trailers beside them, and below it the revisions of the
 * series and why they were joined.
 *
 * The lines hold mails and live until they are built anew. The owner of the model. */
#ifndef PORE_SERIES_LINES_H
#define PORE_SERIES_LINES_H

#include "facts.h"
#include "marking.h"
#include "row.h"
#include "series/review.h"
#include "series/series.h"
#include "series/trailers.h"
#include "tally.h"
#include "tree.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum series_line_kind {
    SERIES_LINE_TREE, /* a mail, or patches that are missing */
    SERIES_LINE_REVISION,
    SERIES_LINE_HEADING, /* of the revisions, and blank lines */
    SERIES_LINE_MARK,    /* above the tree: the mark, and each note */
    SERIES_LINE_FACT,    /* the same: what is worth knowing */
};

struct series_line {
    enum series_line_kind kind;
    const char *text;        /* SERIES_LINE_HEADING, SERIES_LINE_MARK, SERIES_LINE_FACT; the lines' */
    enum style style;        /* of it */
    enum fact fact;          /* SERIES_LINE_FACT */
    struct tree_line tree;   /* SERIES_LINE_TREE */
    bool unread, bot;        /* … the mail has come since the last visit; a machine wrote it */
    struct member *revision; /* SERIES_LINE_REVISION: the first mail of it */
    struct tally_counts trailers;
};

/* Declared as zeros; series_lines_clear() frees what is inside. */
struct series_lines {
    GArray *lines;          /* struct series_line */
    GStringChunk *texts;
    const struct marking *marking; /* NULL: nothing is marked */
    bool patch_marks, revision_marks; /* is there a column for them? */
    bool unread;            /* … for what is unread? */
    bool changes; /* may patches that are not reviewed be called changed? */
    struct member *shown;   /* the first mail of the posting whose tree it is, or NULL */
    uint32_t total;         /* patches announced */
    size_t replies;
    bool long_dates;
    int widths[TALLY_COLUMNS]; /* cells of the columns of trailers; 0 where no mail has any */
    int sender_width, why_width; /* cells of the longest sender's name, and of why a revision is one */
};

/* What lines are made of besides a posting. */
struct series_material {
    const struct marking *marking; /* borrowed until the next call of series_lines_build(); NULL: nothing
                                    * is marked */
    const struct settings *settings;          /* which facts there are */
    const struct finding *finding;            /* NULL: no facts are told */
    const struct trailers_request *trailers;  /* what to collect trailers with */
    const struct review_request *review;      /* what is unread, and what machines wrote */
    int width; /* of the screen */
};

/* A line by what stands in it, which stays what it is while others come and go. */
struct series_place {
    enum fact fact;
    bool revision;
    struct member *member; /* NULL: patches that are missing */
    uint32_t number;       /* the first of these */
};

/* Makes them those of POSTING (NULL: none). MATERIAL is borrowed for the call. */
void series_lines_build(struct series_lines *lines, const struct posting *posting,
                        const struct series_material *material);
void series_lines_clear(struct series_lines *lines);

int series_lines_count(const struct series_lines *lines);

/* Can ROW be selected? */
bool series_lines_is_entry(const struct series_lines *lines, int row);

/* The first row of the tree, which is that of the first mail. */
int series_lines_first(const struct series_lines *lines);

/* The first row of patches that are missing, or -1. */
int series_lines_first_missing(const struct series_lines *lines);

/* The mail in ROW of the tree, or NULL. */
struct member *series_lines_mail(const struct series_lines *lines, int row);

/* What stands in ROW, and the row in which PLACE stands now, or -1. For missing patches that is
 * where the patch is now if it has come. */
struct series_place series_lines_place(const struct series_lines *lines, int row);
int series_lines_find(const struct series_lines *lines, const struct series_place *place);

/* The row of MAIL in the tree, or -1. */
int series_lines_find_mail(const struct series_lines *lines, const struct member *mail);

/* The number of the patch in ROW, or of the one above it that it hangs on: 0 is the cover letter. */
uint32_t series_lines_number(const struct series_lines *lines, int row);

/* The row of the patch with NUMBER, missing or not, else of the last one before it. */
int series_lines_find_number(const struct series_lines *lines, uint32_t number);

/* The row of what ROW answers or belongs to, or -1. */
int series_lines_parent(const struct series_lines *lines, int row);

/* Adds the columns of line INDEX to ROW, for a screen of WIDTH cells, and sets what lies over it; with
 * a star if TAGGED. */
void series_lines_fill(const struct series_lines *lines, int index, int width, bool tagged,
                       struct row *row);

#endif
