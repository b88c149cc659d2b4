/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marking series: what is meant, what that changes, and the patches that have to be read first.
 *
 * What a mark is meant for is kept by mail: the model may change while a prompt is open or patches
 * are read. A mark is shown when it is on the disk, and not before. The user interface's thread. */
#ifndef PORE_MARKER_H
#define PORE_MARKER_H

#include "commands.h"
#include "marking.h"

/* What can be said of a series. Static. */
struct marker_word {
    char key; /* that stands for it */
    const char *name;
    unsigned what; /* MARK_CHANGE_ bits */
    enum mark_state state;
    bool flag;
    const char *done; /* "12 series …" */
};

/* NULL: there is none; a key must be one. */
const struct marker_word *marker_word_named(const char *name);
const struct marker_word *marker_word_of_key(char key);

enum marker_how {
    MARKER_SET,
    MARKER_TOGGLE, /* where it is so already, it is taken back */
    MARKER_CLEAR,  /* it is taken back where it is so, and nothing is done elsewhere */
};

/* Something to be said of some series. Counted (g_rc_box_acquire(), marker_release()): prompts, jobs
 * and calls hold it in turn. */
struct marker_task {
    GPtrArray *members; /* struct member *: a mail of each posting */
    const struct marker_word *word;
    enum marker_how how;
    char *note;  /* to be written instead; or NULL */
    bool counts; /* the user is told of how many */
    bool tells;  /* … or what the one is now */
};

/* What INVOCATION is meant for in the view on top; NULL, the user told, if there is nothing. */
struct marker_task *marker_task_new(struct app *app, const struct invocation *invocation,
                                    const struct marker_word *word, enum marker_how how);
void marker_release(gpointer task);

/* Does TASK, which it takes, in its turn. The user is told how that went; in the index the cursor goes on
 * to the next series at once. */
void marker_run(struct app *app, struct marker_task *task);

/* What is said of series is done in the order in which it was said: what comes while patches are read
 * for a mark waits for that mark, and so undoing never undoes another one. struct app has it. */
struct marker_queue;
struct marker_queue *marker_queue_new(void);
void marker_queue_free(struct marker_queue *queue);

/* Forgets what waits. */
void marker_queue_clear(struct marker_queue *queue);

/* Calls FUNCTION with DATA, then FREE_DATA (may be NULL) with that: at once if nothing is being set. */
void marker_in_turn(struct app *app, void (*function)(struct app *app, void *data), void *data,
                    GDestroyNotify free_data);

/* A posting of each series that MEMBERS are of, the newest of them (struct posting *), but for those
 * without a Message-ID, which cannot be marked. The caller unrefs it. */
GPtrArray *marker_postings(const GPtrArray *members);

#endif
