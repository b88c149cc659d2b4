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

/* Stops it without a word: done() is not called. */
void job_cancel(struct app *app, struct job *job);

/* Takes what has been read; for the event loop. */
void jobs_take(struct app *app);

/* Stops all, calling done(). How many there were. */
guint jobs_stop(struct app *app);

/* Appends what runs to TEXT: "limiting 34%"; nothing if nothing does. */
void jobs_describe(const struct app *app, GString *text);

#endif
