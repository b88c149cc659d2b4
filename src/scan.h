/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one long job: reads a range of an archive on threads of its own and hands
 * over the mails in batches, newest first.
 *
 * One walker finds the commits; readers, each with an archive handle of its own, read and parse
 * chunks of neighbouring ones. What an index knows is taken from there instead. Batches come out
 * in the order of the walk whatever the number of readers. What is in flight is bounded: if
 * nobody takes batches, the threads wait.
 *
 * A struct scan is used by one thread, the one that started it. */
#ifndef PORE_SCAN_H
#define PORE_SCAN_H

#include "archive/archive.h"
#include "mail/mail.h"
#include "store/mail_index.h"

#include <glib.h>
#include <stdbool.h>

/* Mails in a batch. Neighbours in the pack share their delta bases; the first
 * batch is smaller so that a screen has its rows sooner. */
#define SCAN_CHUNK MAIL_BATCH_MAILS
#define SCAN_FIRST_CHUNK 16

struct scan;

/* Called on a worker thread when a batch can be taken after there was none, the last
 * one too: after taking it scan_finished() is true. Must not block and must not touch the
 * scan: it wakes an event loop. */
typedef void scan_notify(void *data);

/* What to read, and how. Borrowed for the call but for the index. */
struct scan_options {
    const struct range *range;
    unsigned readers; /* threads; 0: as many as there are processors */
    bool gives_way;   /* they work while somebody answers keys (worker.h) */
    /* A connection of the scan's own, which it takes (also when it fails) and closes before it gives
     * the last batch; NULL: all is read from the archive. */
    struct mail_index *index;
    bool unknown_only; /* what the index knows is passed over */
    /* The rank of the first commit is as in archive.h, or, with ABOVE, such that the last one,
     * the oldest, has the rank FLOOR + 1: the range is walked twice. */
    bool above;
    int64_t floor;
    scan_notify *notify; /* may be NULL */
    void *data;
};

/* What was read: a piece of the walk. */
struct scan_batch {
    struct mail_batch *mails; /* a reference */
    /* struct archive_commit: all that the walk gave, in its order, those that could not be read
     * too (they have no mail among MAILS). Their records are gone. */
    GArray *commits;
};

void scan_batch_free(struct scan_batch *batch);

/* Starts reading ARCHIVE (copied, not kept). NULL with an error where the range names
 * nothing, or a thread or its handle cannot be had; that is known before the first mail
 * is read. */
struct scan *scan_start(const struct archive *archive, const struct scan_options *options,
                        GError **error);

/* The next batch, the caller's to free, if there is one, without waiting; else NULL. */
struct scan_batch *scan_take(struct scan *scan);

/* The next batch, waiting for it; NULL at the end. */
struct scan_batch *scan_wait(struct scan *scan);

/* Has everything been taken that there is? */
bool scan_finished(struct scan *scan);

/* The commits that bound the range, for "From A to B". Borrowed. */
const char *scan_from(const struct scan *scan);
const char *scan_to(const struct scan *scan);

/* Stops the threads where they are, waits for them and frees everything. */
void scan_free(struct scan *scan);

#endif
