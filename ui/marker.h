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
    bool counts; /* the user is told of how many */
    bool tells;  /* … or what the one is now */
};

/* What INVOCATION is meant for in the view on top; NULL, the user told, if there is nothing. */
struct marker_task *marker_task_new(struct app *app, const struct invocation *invocation,
                                    const struct marker_word *word, enum marker_how how);
void marker_release(gpointer task);

/* Does TASK, which it takes. The user is told how that went; in the index the cursor goes on to the
 * next series at once. */
void marker_run(struct app *app, struct marker_task *task);

/* A posting of each series that MEMBERS are of, the newest of them (struct posting *), but for those
 * without a Message-ID, which cannot be marked. The caller unrefs it. */
GPtrArray *marker_postings(const GPtrArray *members);

/* The Message-ID that what is said of POSTING is kept by: its lead's, else that of the first mail that
 * has one; "" if none has. Borrowed. */
const char *marker_name(const struct posting *posting);

/* What was said of POSTING itself, whatever was said of others of its series: the state and the flag,
 * each the last that was set on any of its mails. MARKING may be NULL. */
struct series_mark marker_posting(const struct marking *marking, const struct posting *posting);

#endif
