/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the thread of a history does with the archive, the index and the answers; when, is
 * history.c's. Private to the history's thread. */
#ifndef PORE_HISTORY_JOB_H
#define PORE_HISTORY_JOB_H

#include "history.h"
#include "history_answers.h"
#include "history_place.h"

struct history_job {
    struct archive *archive;
    struct history_options options;
    gint *stop; /* atomic: set, what takes long ends */
    struct answers *answers;
    char *path;               /* the index's file; NULL: unknown */
    bool unnamed;             /* which archive it is comes out when all is read: PATH is for until then */
    bool complete;            /* all was read that there is */
    struct mail_index *index; /* NULL: none, or none yet */
    bool writing;             /* it has the lock */
    bool temporary;           /* the index is nobody else's */
    bool placed;              /* what follows is set: the index can be used */
    struct history_place place;
    int64_t shift;      /* a rank of the model less that of the index */
    size_t known;       /* commits, when the archive's place was found last */
    bool sifted;        /* the rest is read without what is indexed */
    GArray *matched;    /* int64_t: ranks in the index that were added and are to be given */
    GArray *keys;       /* uint64_t: to be looked up */
    GArray *unread;     /* struct archive_commit: could not be read by those before; the next one
                         * last */
    GArray *again;      /* uint64_t: to be looked up again when what was added is written */
    gint64 committed;   /* when something was written last, or began to wait for it; monotonic
                         * microseconds */
    bool damaged;       /* the index is to be made anew */
    bool mended;        /* that was tried once */
    char *problem;      /* or NULL */
};

/* Takes ARCHIVE. */
void history_job_init(struct history_job *job, struct archive *archive,
                      const struct history_options *options, gint *stop);
void history_job_clear(struct history_job *job);

/* Finds which archive it is: options.first, if that is not known yet and not to be found on the way,
 * and the path of the index. */
void history_job_identify(struct history_job *job);

/* Opens the index, or a temporary one where that cannot be written, and finds the archive's place
 * in it. False if somebody else is writing it: it can be looked into, and this be called again. */
bool history_job_open(struct history_job *job);

/* Adds the commits of BATCH to the index, which has to be written; their rank there is that of
 * BATCH + SHIFT. MATCH: the model does not have the mails. */
void history_job_add(struct history_job *job, const struct scan_batch *batch, int64_t shift,
                     bool match);

/* When what was added should be written, in monotonic microseconds; -1: nothing was. */
gint64 history_job_due(const struct history_job *job);

/* Writes what was added. False with job->problem if that failed: then nothing is written any
 * more. */
bool history_job_commit(struct history_job *job);

/* Tries some of those mails again that could not be read when they were indexed: an object may have
 * been missing for a moment, or in another clone only. False if there are no more. */
bool history_job_read_again(struct history_job *job);

/* Starts to read what the reach asks for and is not known yet. NULL with job->problem, or without
 * one where that is nothing. */
struct scan *history_job_read(struct history_job *job, scan_notify *notify, void *data);

/* Gives the lock back, and the index its name, if it has none and is complete. Where somebody else
 * has made one of that name, it stays without, and serves until the end. */
void history_job_release(struct history_job *job);

/* Asks for KEY. */
void history_job_ask(struct history_job *job, uint64_t key);

/* The next mails for the model; NULL when all that was asked for is answered from what is
 * written. An index that turns out to be damaged is closed, or made anew: then job->mended is
 * set, and history_job_open() is to be called again. */
struct mail_batch *history_job_answer(struct history_job *job);

#endif
