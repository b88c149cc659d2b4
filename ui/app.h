/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The browser: one structure owns everything, one event loop runs it.
 *
 * Handlers change state and say that the screen is stale; one place draws, at most once a
 * turn: at once for a key, at most every 30 ms for mails that arrive. An idle browser
 * does nothing. All of it on one thread; the scan's threads only wake the loop. */
#ifndef PORE_APP_H
#define PORE_APP_H

#include "archive/archive.h"
#include "keys.h"
#include "scan.h"
#include "screen.h"
#include "series/series.h"
#include "view.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

#define APP_ERROR app_error_quark()
GQuark app_error_quark(void);

struct app {
    struct archive *archive; /* borrowed; for opening single mails */
    struct series_set *set;
    struct scan *scan; /* NULL when the range has been read */
    struct screen *screen; /* NULL before app_show() */
    struct keymap *keymap;
    GPtrArray *views; /* struct view *, owned; the last is on top */

    size_t unreadable;  /* commits that could not be read */
    size_t broken;      /* histories that broke off */
    char *problem;      /* the last of these, one line, or NULL */
    GString *message;   /* the message line; empty if there is none */
    bool message_is_error;
    uint32_t keys[KEYS_SEQUENCE_MAX]; /* the beginning of a sequence */
    size_t key_count;

    GMainContext *context;
    GSource *keyboard, *arrivals, *drawing;
    bool unsettled;      /* mails were taken that the series do not show yet */
    gint64 settle_due;   /* monotonic microseconds before which arrivals are not drawn */
    bool quit;
};

/* Browses RANGE of ARCHIVE on the terminal until the user has enough. Returns the
 * exit status, or -1 with an error if it cannot start: standard input or output is no terminal,
 * TERM is of no use, or the range names nothing. READERS as in scan.h. */
int app_run(struct archive *archive, const struct range *range, unsigned readers, GError **error);

/* The steps of app_run(), so that a test can take them. */

/* An app that reads nothing yet and has no screen. */
struct app *app_new(struct archive *archive);
void app_free(struct app *app);

/* Begins to read RANGE. False with an error if it names nothing. */
bool app_start(struct app *app, const struct range *range, unsigned readers, GError **error);

/* Takes the terminal of the kind TERM that OUT and IN are (see screen_new()) and opens the
 * index on it. */
bool app_show(struct app *app, const char *term, FILE *out, FILE *in, GError **error);

/* Runs the loop until the range is read, all keys are worked off and the screen shows it.
 * False when the user has quit. */
bool app_run_until_idle(struct app *app);

/* For views and commands. */

/* Opens VIEW on top. Takes it. */
void app_push(struct app *app, struct view *view);

/* Closes the view on top; the last one quits. */
void app_pop(struct app *app);

/* The view on top, and the one beneath VIEW or NULL. Up to date. */
struct view *app_top(struct app *app);
struct view *app_beneath(struct app *app, const struct view *view);

/* Shows TEXT on the message line until the next key. Mails' words may stand in it. */
void app_message(struct app *app, const char *text);
void app_error(struct app *app, const char *text);

/* The screen has another size. */
void app_resized(struct app *app);

/* Has the screen drawn in this turn. */
void app_draw_soon(struct app *app);

#endif
