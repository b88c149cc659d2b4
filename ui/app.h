/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The browser: one structure owns everything, one event loop runs it.
 *
 * Handlers change state and say that the screen is stale; one place draws, at most once a
 * turn: at once for a key, at most every 30 ms for mails that arrive. An idle browser
 * does nothing. All of it on one thread; the threads of scans and jobs only wake the loop. */
#ifndef PORE_APP_H
#define PORE_APP_H

#include "archive/archive.h"
#include "bots.h"
#include "checker.h"
#include "collector.h"
#include "fingerprints.h"
#include "prompt_history.h"
#include "input.h"
#include "jobs.h"
#include "marking.h"
#include "prompt.h"
#include "rc.h"
#include "scan.h"
#include "screen.h"
#include "search.h"
#include "series/review.h"
#include "series/series.h"
#include "view.h"
#include "visit.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

#define APP_ERROR app_error_quark()
GQuark app_error_quark(void);

/* What arrives, mails or results of jobs, is drawn at most this often, in microseconds. */
#define APP_DRAW_EVERY (30 * 1000)

struct app {
    struct archive *archive; /* borrowed; for opening single mails */
    struct series_set *set;
    struct marks *marks;     /* NULL before app_start() */
    struct marking *marking; /* the same */
    struct bots *bots;
    struct review_request review; /* what counting replies has to ask: the bots, the last visit */
    uint64_t corrected;      /* the generation of the corrections that the model has */
    struct scan *scan; /* of the range, or of what a refresh brings; NULL when that has been read */
    struct current_visit *visit; /* what else is being read, visit.c */
    struct fingerprinting fingerprinting;
    struct collecting collecting;
    struct checker *checker; /* what was found out about postings */
    struct marker_queue *marker_queue; /* marks that are still to be set, marker.h */
    unsigned readers;  /* of the command line; 0: as the setting says */
    char *from, *to;   /* what bounds the range, for the digest */
    struct screen *screen; /* NULL before app_show() */
    struct configuration *configuration;
    struct prompt_history *prompt_history;
    GPtrArray *views; /* struct view *, owned; the first is the index, the last is on top */
    struct input input;
    struct prompt *prompt; /* that is open, or NULL */
    struct search search;
    GPtrArray *jobs; /* struct job *, jobs.c */
    struct script *script; /* that is worked off, or NULL */
    char *draft;           /* the path of one that was left, for answerer_end(); or NULL */

    size_t unreadable;  /* commits that could not be read */
    GString *message;   /* the message line; empty if there is none */
    bool message_is_error;

    GMainContext *context;
    GSource *keyboard, *arrivals, *drawing, *working;
    unsigned colours;    /* the generation that the screen has */
    bool unsettled;      /* mails were taken that the series do not show yet */
    bool answers;        /* what is drawn next is the answer to a key */
    gint64 settle_due;   /* monotonic microseconds before which arrivals are not drawn */
    guint settled;       /* members of the model that the last settle saw */
    bool quit;
    int killed_by;       /* the signal that ended the loop, or 0 */
};

/* How to browse. Borrowed for the call. */
struct app_options {
    const char *path;         /* where the archive lies: by that it is remembered, and fetched */
    const struct range *range; /* zeroed: since the last visit (remembered.h) */
    unsigned readers;         /* threads; 0: as the setting says */
    const char *rc;           /* the user's porerc, read instead of the usual one; or NULL */
    bool no_system_rc;
    bool no_history;          /* states say what the range alone tells */
    const char *const *lines; /* lines of porerc to do after it, NULL at the end; or NULL */
    const char *script;       /* file of keys and commands (script.h), or NULL */
};

/* Browses ARCHIVE on the terminal until the user has enough. Returns the exit status, or -1 with an
 * error if it cannot start: standard input or output is no terminal, TERM is of no use, or the
 * range names nothing. */
int app_run(struct archive *archive, const struct app_options *options, GError **error);

/* The steps of app_run(), so that a test can take them. */

/* An app that reads nothing yet, has no screen, and is configured as at first. */
struct app *app_new(struct archive *archive);
void app_free(struct app *app);

/* Reads the porerc files and lines of OPTIONS. What is wrong with them is added to ERRORS (char *). */
void app_configure(struct app *app, const struct app_options *options, GPtrArray *errors);

/* Opens what is remembered and begins to read the range of OPTIONS. False with an error if it
 * names nothing. */
bool app_start(struct app *app, const struct app_options *options, GError **error);

/* Takes the terminal of the kind TERM that OUT and IN are (see screen_new()) and opens the
 * index on it. */
bool app_show(struct app *app, const char *term, FILE *out, FILE *in, GError **error);

/* Runs the loop until the range and its history are read, the jobs are done, all keys are worked
 * off and the screen shows it. False when the user has quit. */
bool app_run_until_idle(struct app *app);

/* The signal NUMBER has come; for signals.h. */
void app_signal(int number, void *app);

/* The loop has ended: remembers what was seen. ERROR is set where that fails. */
void app_end(struct app *app, GError **error);

/* For views and commands. */

static inline const struct settings *app_settings(const struct app *app)
{
    return &app->configuration->settings;
}

/* With how many threads mails are read, as in scan.h. */
static inline unsigned app_readers(const struct app *app)
{
    return app->readers ? app->readers : (unsigned)app_settings(app)->readers;
}

static inline const struct keymap *app_keymap(const struct app *app)
{
    return app->configuration->keymap;
}

/* Opens VIEW on top. Takes it. */
void app_push(struct app *app, struct view *view);

/* Closes the view on top; the last one quits. */
void app_pop(struct app *app);

/* The view on top, and the one beneath VIEW or NULL. Up to date. */
struct view *app_top(struct app *app);
struct view *app_beneath(struct app *app, const struct view *view);

/* The index that is nearest to the top: there is one at the bottom. Up to date. */
struct view *app_index(struct app *app);

/* Shows TEXT on the message line until the next key. Mails' words may stand in it. */
void app_message(struct app *app, const char *text);
void app_messagef(struct app *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
void app_error(struct app *app, const char *text);
void app_errorf(struct app *app, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Says what ERROR says and frees it. */
void app_take_error(struct app *app, GError *error);

/* Marks or corrections have changed: all views show them, and the series follow the corrections. */
void app_marks_changed(struct app *app);

/* What views show has changed besides. */
void app_views_stale(struct app *app);

/* Mails were taken: settles and draws as soon as that is due. */
void app_unsettled(struct app *app);

/* Are so many mails not settled that no more should be taken in this turn? A settle takes time
 * by their number, and keys wait for it. */
bool app_owes_settle(const struct app *app);

/* Does what a line of porerc, or a command's name and its argument, says. */
void app_command_line(struct app *app, const char *line);

/* A setting, a key or a colour has changed. */
void app_configured(struct app *app);

/* The screen has another size. */
void app_resized(struct app *app);

/* Has the screen drawn in this turn, or by the monotonic time DUE (microseconds) at the latest. */
void app_draw_soon(struct app *app);
void app_draw_by(struct app *app, gint64 due);

#endif
