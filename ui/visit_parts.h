/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a visit, private to the ui/visit*.c: the range (visit.c), the history behind it
 * (visit_history.c), and what is new since (visit_refresh.c). */
#ifndef PORE_VISIT_PARTS_H
#define PORE_VISIT_PARTS_H

#include "app.h"
#include "fetching.h"
#include "history.h"
#include "visit.h"

/* Time for taking batches before keys are looked at again, in microseconds. */
#define TAKE_AT_MOST (4 * 1000)

/* The newest commit that the model has, by the order of the archive. */
struct head {
    bool found;
    struct commit_id commit;
    int64_t rank; /* in the model */
    uint32_t epoch;
};

/* The history, and what was asked of it. */
struct background {
    struct history *history; /* NULL: not started yet, or it could not be */
    bool tried;
    bool again;     /* it has to be told what the model has: it was not given all of that */
    char *reach;    /* the setting `history` as it was at the start */
    GArray *wants;  /* uint64_t: all keys ever wanted … */
    guint asked;    /* … of which so many were asked for */
    char *progress; /* as the status line shows it; NULL when there is nothing to come */
    char *problem;  /* that was said to the user */
};

/* What is new. It is kept apart until all of it is there, so that reading it can be stopped. */
struct renewal {
    struct fetching *fetching; /* or NULL */
    bool due;           /* to be looked for when the range has been read */
    bool reads;         /* app's scan is of this */
    GPtrArray *batches; /* struct scan_batch *, newest first; NULL where the model has it */
    guint given;        /* so many has the model */
    size_t mails;
    size_t problems;    /* commits and histories that could not be read, before it */
    struct head head;
    struct archive_commit oldest;
};

struct current_visit {
    char *path;             /* of the archive */
    struct range range;     /* owned */
    bool named;             /* by the user; else where it begins is a matter of the last visit */
    bool open;              /* it ends at the newest mail: what is new is of it */
    bool no_history;
    bool range_read;        /* to its end */
    bool rewritten;         /* the archive's history is no longer what was read */
    struct commit_id first; /* of the archive; zero: not known yet */
    struct head head;
    size_t broken;          /* histories that broke off */
    char *problem;          /* the last commit that could not be read, or such a history; or NULL */
    struct scan_batch *held; /* the first one of the range until it is on the screen; or NULL */
    struct background background;
    struct renewal renewal;
};

/* --- visit.c ----------------------------------------------------------------------- */

/* For the threads: wakes the loop so that visit_take() is called. DATA is app's arrivals. */
void visit_wake(void *data);

/* Is no more to be taken in this turn: is it the monotonic time DUE, or has enough been taken? */
bool visit_pauses(const struct app *app, gint64 due);

/* Has HEAD be the first commit of BATCH, unless it is one of a batch before. */
void head_note(struct head *head, const struct scan_batch *batch);

/* Has the model take the mails of BATCH. */
void visit_give(struct app *app, const struct scan_batch *batch);

/* Says what could not be read, if anything. */
void visit_tell_problems(struct app *app);

/* Frees app's scan; what it brought is settled. */
void visit_end_scan(struct app *app);

/* --- visit_history.c --------------------------------------------------------------- */

/* Starts the history at the visit's head; the user is told if that fails. */
void background_start(struct app *app);

/* Has the user set another reach since? */
bool background_reach_changed(const struct app *app);

/* Starts it anew, at the head as it is now. */
void background_restart(struct app *app);

/* Takes what it has found, until the monotonic time DUE. */
void background_take(struct app *app, gint64 due);

/* Takes over the archive's first commit when that has been found. */
void background_take_first(struct app *app);

bool background_is_busy(const struct background *background);
void background_clear(struct background *background);

/* --- visit_refresh.c --------------------------------------------------------------- */

/* Takes BATCH, which the scan has brought. */
void renewal_keep(struct renewal *renewal, struct scan_batch *batch);

/* The scan has ended. */
void renewal_finish(struct app *app);

/* What is not being read any more: gives the model what is there, until DUE; looks after the fetch. */
void renewal_take(struct app *app, gint64 due);

/* Has it been read, and does the model not have all of it? Nothing is asked of the history
 * meanwhile, which could find the rest of it in an index that others have filled. */
bool renewal_gives(const struct renewal *renewal);

bool renewal_is_busy(const struct renewal *renewal);

/* Stops it; what was read of it is dropped. */
void renewal_stop(struct app *app);
void renewal_init(struct renewal *renewal);
void renewal_clear(struct renewal *renewal);

#endif
