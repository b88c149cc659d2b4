/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job that reads mails of which the commits are known, and does something with
 * each, on threads of its own with archive handles of their own: a limit on bodies, a
 * save of many series, the texts of a digest.
 *
 * Results come out in the order that was asked for, whatever the number of readers. What is in
 * flight is bounded. Used by one thread, the one that started it. */
#ifndef PORE_READING_H
#define PORE_READING_H

#include "archive/archive.h"

#include <glib.h>
#include <stddef.h>

struct reading;

/* What is done with the mail at INDEX of the list, on a worker's thread: returns its result
 * (not NULL). BYTES is NULL where the mail could not be read. DATA is shared by all workers. */
typedef gpointer reading_work(size_t index, const char *bytes, size_t length, void *data);

/* Called on a worker's thread when results can be taken after there were none, or when all is done
 * (at once if there is nothing to read). Must not block and must not touch the reading. */
typedef void reading_notify(void *data);

/* Starts to read the COUNT mails at COMMITS (copied) of ARCHIVE with READERS threads (0: as many as
 * processors). DATA must live until reading_free(). FREE_RESULT frees results that nobody took.
 * NULL with an error if a thread cannot be started or its handle not be opened. */
struct reading *reading_start(const struct archive *archive, const struct commit_id *commits,
                              size_t count, unsigned readers, reading_work *work, void *data,
                              GDestroyNotify free_result, reading_notify *notify,
                              void *notify_data, GError **error);

/* The next result, the caller's to free, if there is one, without waiting; else NULL. */
gpointer reading_take(struct reading *reading);

/* How many were taken, of the COUNT. All of them: it is done. */
size_t reading_taken(const struct reading *reading);
size_t reading_count(const struct reading *reading);

/* Stops the threads where they are, waits for them (a mail each) and frees everything. Nobody is
 * notified behind it. */
void reading_free(struct reading *reading);

#endif
