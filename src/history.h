/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The job behind the range: reads the rest of an archive into the index on disk, newest first,
 * and finds in it the mails that have to do with what is shown.
 *
 * It has one thread of its own, which is the one that writes the index, and uses the threads of a
 * scan to read.
 *
 *     the range's batches ──► history_add() ─┐
 *                             scan of the rest ─┴─► index on disk
 *     series_set_wants()  ──► history_ask() ────────► looked up ──► history_take() ──► the model
 *
 * What is asked for is looked up at once in what is indexed, and again as more is read: when the
 * history is complete and everything asked for was taken, the states are those of the whole
 * archive. Asking for what was found brings further wants, until there are none.
 *
 * Nothing here stops the program: where no index can be written, a temporary one does; where that
 * fails too, or the disk is full, the history ends with a message, and what is known by then
 * stays known.
 *
 * Used by one thread, the one that started it, but for notify. */
#ifndef PORE_HISTORY_H
#define PORE_HISTORY_H

#include "archive/archive.h"
#include "scan.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct history;

/* Called on a worker's thread when there is something to take or to show after there was nothing.
 * Must not block and must not touch the history. */
typedef void history_notify(void *data);

/* How far an archive is read into the past. */
struct history_reach {
    bool everything;
    int64_t since; /* else arrived at or after, UTC seconds; INT64_MAX: nothing besides the range is
                    * read, but what is indexed is used */
};

/* "all", "none", or a date or age as range_parse_date() takes it, NOW being UTC seconds. False
 * with an error that names TEXT. */
bool history_parse_reach(const char *text, int64_t now, struct history_reach *reach,
                         GError **error);

struct history_options {
    /* The first commit of the range (the newest) and its rank in the model. */
    struct commit_id newest;
    int64_t rank;
    /* The range ends with the newest mail: what came after NEWEST, and others may have indexed
     * since, is not handed out. Who looks for new mails gets it in its place. */
    bool open;
    struct history_reach reach;
    unsigned readers; /* as in scan.h */
    /* The archive's first commit where it is known already (remembered.h), else all zero: then it
     * is found first: by walking to it, or with FIRST_LAST, where the reach is everything, on the
     * way, so that it is known when all is read and not before, and what was read by a process that
     * is killed is read again. */
    struct commit_id first;
    bool first_last;
    history_notify *notify; /* may be NULL */
    void *data;
};

/* Starts the job for ARCHIVE (copied). NULL with an error if a thread or a handle cannot be had. */
struct history *history_start(const struct archive *archive, const struct history_options *options,
                              GError **error);

/* What the scan of the range has read: the model's, and indexed. Takes BATCH. */
void history_add(struct history *history, struct scan_batch *batch);

/* The range has been read: now the rest is. */
void history_range_read(struct history *history);

/* Asks for the mails that bear the COUNT keys at KEYS (series/lookup.h): answered when the range
 * has been read. Those of the range and those that were taken before are left out of the answer;
 * MINE are the ranks of mails that the model has from elsewhere (int64_t, borrowed for the call;
 * NULL: none new). */
void history_ask(struct history *history, const uint64_t *keys, size_t count, const GArray *mine);

/* The next mails for the model, with ranks that are its own, if there are any, without waiting;
 * else NULL. */
struct mail_batch *history_take(struct history *history);

/* The same, waiting, for when the range has been read; NULL when everything asked for is found
 * and the history is complete, or has ended. */
struct mail_batch *history_wait(struct history *history);

/* Is there nothing more to come: the history read as far as it reaches, and everything that was
 * asked for answered? */
bool history_finished(struct history *history);

/* Where it is. */
struct history_progress {
    bool reading;      /* or about to */
    int64_t back_to;   /* received date of the commit read last, UTC seconds; 0: none yet */
    size_t commits;    /* read so far in this run */
    bool waits;        /* somebody else is writing the index */
    char *problem;     /* why it ended or what could not be read, one line, or NULL; the caller's to free */
};
struct history_progress history_progress(struct history *history);

/* The archive's first commit; all zero while it is not known. */
struct commit_id history_first_commit(struct history *history);

/* Stops reading; what is asked for is still answered from what is indexed. */
void history_stop(struct history *history);

/* Stops the threads, waits for them (a batch or a commit of the index) and frees everything. */
void history_free(struct history *history);

#endif
