/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the index that are asked, one after the other, whether a pattern matches them, while the
 * texts that this needs are read: a search, or a tagging, by what mails say. The user interface's
 * thread. */
#ifndef PORE_INQUIRY_H
#define PORE_INQUIRY_H

#include "index_rows.h"

#include <glib.h>
#include <stdbool.h>

struct app;
struct inquiry;

enum inquiry_end {
    INQUIRY_FOUND,   /* matches() was satisfied */
    INQUIRY_ALL,     /* all rows were asked */
    INQUIRY_STOPPED, /* by the user */
};

struct inquiry_request {
    const char *name;            /* of the job, in the status line; static */
    struct pattern *pattern;     /* the inquiry holds a reference */
    const struct index_rows *rows; /* as they are now; not kept */
    const GArray *order;         /* int: the rows to be asked, in this order; not kept */
    guint first;                 /* of these; those before it are passed over */

    /* The row that was number PLACE of the order matches; LEAD is the first mail of its posting. True
     * if no other needs to be asked. Rows may have changed since. */
    bool (*matches)(void *data, const struct member *lead, guint place);

    /* It is over; the inquiry is freed. */
    void (*done)(void *data, enum inquiry_end end);
    void *data;
};

/* Starts it. NULL, with the reason said to the user, if it cannot. */
struct inquiry *inquiry_start(struct app *app, const struct inquiry_request *request);

/* Ends it without a word. NULL is fine. */
void inquiry_cancel(struct inquiry *inquiry);

#endif
