/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs of the browser: something that reads many mails on other threads (reading.h) while keys are
 * answered. Their progress stands in the status line; "stop" ends them all.
 *
 * The user interface's thread, the work apart. */
#ifndef PORE_JOBS_H
#define PORE_JOBS_H

#include "reading.h"

#include <glib.h>
#include <stdbool.h>

struct app;
struct job;

/* What a job does. */
struct job_operations {
    const char *name; /* in the status line: "limiting", "saving" */
    reading_work *work;
    GDestroyNotify free_result; /* of results that nobody takes */

    /* Takes the result of the mail at INDEX of the list, in the order of the list, and owns it. */
    void (*take)(struct app *app, size_t index, gpointer result, void *data);

    /* It is over: all was read if COMPLETE, else it was stopped. The job is freed afterwards. */
    void (*done)(struct app *app, bool complete, void *data);
};

/* Starts to read the COUNT mails at COMMITS (copied) with DATA, which is freed with FREE_DATA (may
 * be NULL) after the job. NULL with an error if it cannot; DATA is freed then, too. A job of no mails
 * is done in the loop's next turn. */
struct job *job_start(struct app *app, const struct job_operations *operations,
                      const struct commit_id *commits, size_t count, void *data,
                      GDestroyNotify free_data, GError **error);

/* The same for the mails of MEMBERS (struct member *, borrowed for the call). NULL, with the reason said to
 * the user, if it cannot. */
struct job *job_start_members(struct app *app, const struct job_operations *operations,
                              const GPtrArray *members, void *data, GDestroyNotify free_data);

/* A job that is one piece of work on a thread of its own: comparing, applying. */
struct job_work {
    const char *name; /* in the status line */

    /* On the thread; nobody else touches DATA meanwhile. Ends soon when *STOP (atomic) is not 0. */
    void (*work)(void *data, gint *stop);

    /* It is over; COMPLETE unless it was stopped. The job is freed afterwards. */
    void (*done)(struct app *app, bool complete, void *data);
};

/* Starts it with DATA, which is freed with FREE_DATA (may be NULL) after the job: when the thread has
 * ended. NULL, with the reason said to the user, if it cannot; DATA is freed then, too. */
struct job *job_start_work(struct app *app, const struct job_work *work, void *data,
                           GDestroyNotify free_data);

/* A job that needs the model, and so this thread: it goes on in pieces between keys. The model does not settle
 * meanwhile. */
struct job_pieces {
    const char *name; /* in the status line */

    /* Does the next piece, well under a millisecond; true if it was the last. */
    bool (*go_on)(void *data);

    /* It is over; COMPLETE unless it was stopped. The job is freed afterwards. */
    void (*done)(struct app *app, bool complete, void *data);
};

/* Starts it with DATA, which stays the caller's and lives as long as the job. */
struct job *job_start_pieces(struct app *app, const struct job_pieces *pieces, void *data);

/* Does one of them run, so that nothing may settle? */
bool jobs_need_model(const struct app *app);

/* Stops it without a word: done() is not called. Of work it waits for the end. */
void job_cancel(struct app *app, struct job *job);

/* Takes what has been read; for the event loop. */
void jobs_take(struct app *app);

/* Stops all, calling done(). How many there were. */
guint jobs_stop(struct app *app);

/* Appends what runs to TEXT: "limiting 34%"; nothing if nothing does. */
void jobs_describe(const struct app *app, GString *text);

#endif
