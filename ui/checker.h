/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth knowing of a posting, read for the series view: its patches taken apart, its particulars, and
 * whether it applies to the repository that the settings name. A job of the browser, of which the answers
 * are kept while the posting and the settings are what they were.
 *
 * One posting is looked into at a time: the one that the user has asked for, then the one that he looks at.
 * The user interface's thread. */
#ifndef PORE_CHECKER_H
#define PORE_CHECKER_H

#include "project/project.h"
#include "series/particulars.h"
#include "series/posting.h"

#include <glib.h>
#include <stdbool.h>

struct app;

/* Findings that are kept, and bytes of diffs that these hold; the last one is kept in any case. */
#define CHECKER_FINDINGS 16
#define CHECKER_BYTES (16 * 1024 * 1024)

enum finding_state {
    FINDING_READING,
    FINDING_TRYING, /* everything is known but whether it applies */
    FINDING_DONE,
    FINDING_STOPPED, /* by the user */
};

/* What was found out about a posting. The checker's; holds until the checker is asked for something, or the
 * loop turns. */
struct finding {
    enum finding_state state;
    GPtrArray *members; /* struct member *: posting_all_members() of the posting */
    GPtrArray *patches; /* struct patch * of each of them, NULL for what cannot be read; NULL before
                         * they are there */
    struct particulars *particulars; /* NULL before they are there, */
    uint64_t serial;                 /* … of a series with these versions */
    guint unreadable;                /* of the mails */
    bool settled; /* nothing is being read that could show more of the series */
    GPtrArray *tried; /* struct member *: patches that were, or are being, tried, in order */

    /* Of trying: */
    char *repo, *base;         /* the settings as they were; repo is NULL before the patches are read */
    bool based;                /* the revision was found: */
    struct project_base found;
    bool checked;              /* it was tried: */
    struct project_check check;
    char *problem; /* why that could not be; else NULL */
};

/* For struct app, which has one. */
struct checker;
struct checker *checker_new(void);

/* Stops what runs and frees that of APP. */
void checker_free(struct app *app);

/* What is known of POSTING. With BEGIN the rest is found out, unless the user has asked for another one
 * that is not done; the series views are made stale when either is over. */
const struct finding *checker_look(struct app *app, const struct posting *posting, bool begin);

/* The user turns to another posting, or away: stops what was begun for what was shown, unless he has asked
 * for it; and what he has stopped may be begun again. */
void checker_leave(struct app *app);

#endif
