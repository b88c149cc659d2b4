/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trailers that people gave to a posting, as far as it is known which patches have not changed since
 * older versions: reads the fingerprints of those by a job. The user interface's thread. */
#ifndef PORE_COLLECTOR_H
#define PORE_COLLECTOR_H

#include "series/posting.h"
#include "series/trailers.h"

#include <glib.h>
#include <stdbool.h>

struct app;

/* struct app has one. */
struct collecting {
    bool reads;   /* fingerprints; views are made stale when they are there */
    bool stopped; /* by the user: not again before a view asks anew */
};

/* What to collect with; holds as long as APP. */
struct trailers_request collector_request(struct app *app);

/* The versions, oldest first, of the postings that POSTING could have trailers from, and whose patches
 * have not been read: uint32_t. The caller unrefs it. */
GArray *collector_unknown(const struct app *app, const struct posting *posting);

/* Begins to read what is not known of POSTING, unless that was stopped or other things are read. */
void collector_look(struct app *app, const struct posting *posting);

/* A view that shows trailers opens: what was stopped may be read after all. */
void collector_begin(struct app *app);

#endif
