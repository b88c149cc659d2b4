/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one long job: reads a range of an archive on threads of its own and hands
 * over the mails in batches, newest first.
 *
 * One walker finds the commits; readers, each with an archive handle of its own, read
 * and parse chunks of neighbouring ones. Batches come out in the order of the walk
 * whatever the number of readers. What is in flight is bounded: if nobody takes
 * batches, the threads wait.
 *
 * A struct scan is used by one thread, the one that started it. */
#ifndef PORE_SCAN_H
#define PORE_SCAN_H

#include "archive/archive.h"
#include "mail/mail.h"

#include <glib.h>
#include <stdbool.h>

/* Mails in a batch. Sixty-four neighbours in the pack share their delta bases; the first
 * batch is smaller so that a screen has its rows sooner. */
#define SCAN_CHUNK 64
#define SCAN_FIRST_CHUNK 16

struct scan;

/* Called on a worker thread when a batch can be taken after there was none, the last
 * one too: after taking it scan_finished() is true. Must not block and must not touch the
 * scan: it wakes an event loop. */
typedef void scan_notify(void *data);

/* Starts reading RANGE of ARCHIVE (copied, not kept) with READERS threads (0: as many
 * as there are processors). NULL with an error where the range names
 * nothing, or a thread or its handle cannot be had; that is known before the first mail
 * is read. NOTIFY may be NULL. */
struct scan *scan_start(const struct archive *archive, const struct range *range,
                        unsigned readers, scan_notify *notify, void *data, GError **error);

/* The next batch if there is one, without waiting; else NULL. */
struct mail_batch *scan_take(struct scan *scan);

/* The next batch, waiting for it; NULL at the end. */
struct mail_batch *scan_wait(struct scan *scan);

/* Has everything been taken that there is? */
bool scan_finished(struct scan *scan);

/* The commits that bound the range, for "From A to B". Borrowed. */
const char *scan_from(const struct scan *scan);
const char *scan_to(const struct scan *scan);

/* Stops the threads where they are, waits for them and frees everything. */
void scan_free(struct scan *scan);

#endif
