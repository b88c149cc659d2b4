/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of the trailers view, without a screen: what was said of all patches, then each patch with what
 * was said of it.
 *
 * The lines hold mails and live until they are built anew. The owner of the model. */
#ifndef PORE_TRAILERS_LINES_H
#define PORE_TRAILERS_LINES_H

#include "row.h"
#include "series/posting.h"
#include "series/trailers.h"
#include "tally.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct trailers_line {
    const struct member *patch; /* that it is about; NULL: all of them */
    const char *text; /* the trailer, borrowed from the mail that says it; NULL: the line heads a group, */
    struct tally_counts counts; /* … and so many were given to the patch */
    struct member *mail; /* where the trailer stands; the patch, or the cover letter if there is one */
    uint32_t older; /* the version of which it was said; 0: of the one that is shown */
    bool mismatch;  /* it names somebody else than its sender */
    bool bot;       /* a machine says it */
    bool there;     /* the patch says it already, */
    bool alone;     /* … and nobody else here does */
};

/* Declared as zeros; trailers_lines_clear() frees what is inside. */
struct trailers_lines {
    GArray *lines;    /* struct trailers_line */
    uint32_t version, have, total; /* of the posting */
    struct tally_counts patches;   /* how many patches were acked, reviewed, tested */
    guint mismatches;
    bool long_dates;
    int widths[TALLY_COLUMNS]; /* cells of the columns of counts; 0 where there are none */
    int kind_width, who_width; /* of the longest */
};

/* A line by what stands in it. */
struct trailers_place {
    const struct member *patch, *mail;
    const char *text;
};

/* Makes them those of POSTING (NULL: none), collected with REQUEST, which is borrowed for the call. */
void trailers_lines_build(struct trailers_lines *lines, const struct posting *posting,
                          const struct trailers_request *request);
void trailers_lines_clear(struct trailers_lines *lines);

int trailers_lines_count(const struct trailers_lines *lines);

/* The mail of ROW, or NULL. */
struct member *trailers_lines_mail(const struct trailers_lines *lines, int row);

/* What stands in ROW, and the row in which PLACE stands now; that of its patch if it is gone, or -1. */
struct trailers_place trailers_lines_place(const struct trailers_lines *lines, int row);
int trailers_lines_find(const struct trailers_lines *lines, const struct trailers_place *place);

/* Appends the words of ROW that are searched: the trailer with its note, or the title. */
void trailers_lines_words(const struct trailers_lines *lines, int row, GString *text);

/* Appends what there is in all: "v3, 5 patches, 3 reviewed, 1 acked". */
void trailers_lines_sum(const struct trailers_lines *lines, GString *text);

/* Adds the columns of line INDEX to ROW, for a screen of WIDTH cells, and sets what lies over it. */
void trailers_lines_fill(const struct trailers_lines *lines, int index, int width, struct row *row);

#endif
