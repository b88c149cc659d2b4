/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing two postings while keys are answered: a job reads their mails, another one compares what
 * they are as patches (comparison.h). The user interface's thread. */
#ifndef PORE_COMPARING_H
#define PORE_COMPARING_H

#include "compare/comparison.h"

#include <glib.h>

struct app;

/* The two sides. */
enum comparing_side { COMPARING_OLD, COMPARING_NEW, COMPARING_SIDES };

/* What came of it. Counted: compared_acquire(), compared_release(). */
struct compared {
    GPtrArray *members[COMPARING_SIDES]; /* struct member *, the comparison's indices */
    GPtrArray *patches; /* struct patch *: the old ones, then the new; NULL for what cannot be read */
    struct comparison *comparison;
};

struct compared *compared_acquire(struct compared *compared);
void compared_release(struct compared *compared);

struct member;

/* What a pair's INDEX (-1: none) on SIDE is: the mail, and the patch; NULL if there is none. */
struct member *compared_member(const struct compared *compared, enum comparing_side side, int index);
const struct patch *compared_patch(const struct compared *compared, enum comparing_side side,
                                   int index);

struct comparing;

/* Takes COMPARED, borrowed for the call, or NULL where the user has stopped it or it could not be done:
 * the comparing is over and gone. */
typedef void comparing_done(struct app *app, struct compared *compared, void *data);

/* Begins to compare OLD with NEW (struct member *, by number; references are taken) and calls DONE
 * with DATA in a later turn of the loop; in this one, and NULL is returned, if it cannot begin. */
struct comparing *comparing_start(struct app *app, GPtrArray *old, GPtrArray *new,
                                  comparing_done *done, void *data);

/* Ends it without a word. */
void comparing_cancel(struct comparing *comparing);

#endif
