/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fetch as a job: sync_archive() on a thread of its own, while keys are answered.
 *
 * A struct fetching is used by one thread, the one that started it. Nothing here waits for the
 * network. */
#ifndef PORE_FETCHING_H
#define PORE_FETCHING_H

#include "archive/sync.h"

#include <glib.h>
#include <stdbool.h>

struct fetching;

/* Called on the fetch's thread when there is progress, and at the end. Must not block and must not
 * touch the fetching: it wakes an event loop. */
typedef void fetching_notify(void *data);

/* Starts to fetch into the archive at PATH. NULL with an error if there is no thread for it. */
struct fetching *fetching_start(const char *path, fetching_notify *notify, void *data,
                                GError **error);

/* Appends how far it is to TEXT, for a status line: "fetching 3.git 34%". */
void fetching_describe(struct fetching *fetching, GString *text);

/* Is it over? Then RESULT is what was done, and with a failure *ERROR is set
 * (archive/sync.h; G_IO_ERROR_CANCELLED after fetching_cancel()), by the first call that says so.
 * False while it is under way. */
bool fetching_finished(struct fetching *fetching, struct sync_result *result, GError **error);

/* Asks it to end, which is notified like any end. */
void fetching_cancel(struct fetching *fetching);

/* Cancels it if it is under way and frees it. Nobody is notified behind this. The thread is given
 * half a second to tidy up, and left alone if it does not come back by then: it frees what it has
 * when it does. */
void fetching_free(struct fetching *fetching);

#endif
