/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the fingerprints of patches that marks are compared by (marking.h): a job of the browser.
 *
 * The user interface's thread. */
#ifndef PORE_FINGERPRINTS_H
#define PORE_FINGERPRINTS_H

#include <glib.h>
#include <stdbool.h>

struct app;
struct job;

/* Reading by itself what the listed series want; struct app has it. */
struct fingerprinting {
    struct job *job;   /* reads, or NULL */
    bool stopped;      /* by the user: not before the next refresh */
    bool looks;        /* through the list, from its series NEXT on: a piece in each turn of the loop */
    guint next;
    GPtrArray *wanted; /* struct member *; NULL while it does not look */
};

/* Gives app's marking the fingerprints of MEMBERS (struct member *, borrowed for the call), then
 * calls DONE with DATA and frees that with FREE_DATA (may be NULL). At once, before it returns,
 * where MEMBERS is empty. DONE is not called where the user stops the job or it cannot be
 * started, which is said to him; DATA is freed then, too. */
void fingerprints_read(struct app *app, const GPtrArray *members,
                       void (*done)(struct app *app, void *data), void *data,
                       GDestroyNotify free_data);

/* Looks, from the loop's next turn on, for what the listed series want that are marked in an
 * older version, and reads it; views show it when it is there. For after each settle and each
 * change of the marks. */
void fingerprints_look(struct app *app);

/* Goes on with that; for the event loop. */
void fingerprints_go_on(struct app *app);

void fingerprints_clear(struct fingerprinting *fingerprinting);

#endif
