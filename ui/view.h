/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view: something that fills the screen between the help line and the status
 * line. Each kind is a table of operations and one file; the open ones are a stack in struct app.
 *
 * A view holds mails (struct member *), which live as long as the model, and never a series, a
 * posting or a row number over time: those are looked up again in update(). */
#ifndef PORE_VIEW_H
#define PORE_VIEW_H

#include "commands.h"
#include "screen.h"
#include "series/series.h"

#include <glib.h>
#include <stdbool.h>

struct app;
struct view;

/* A word of the help line: the key that is bound to COMMAND and LABEL; left out where none is. */
struct view_hint {
    const char *command;
    const char *label;
};

struct view_operations {
    enum context context;
    const struct view_hint *hints; /* ends with a NULL command */

    /* Frees the view. */
    void (*free)(struct view *view);

    /* The model or the size has changed: brings the rows up to date. Called before anything
     * else is, when the view is stale. */
    void (*update)(struct view *view);

    /* Draws height lines of width columns from the line TOP on. Returns the line in which the
     * cursor belongs, counted from TOP. */
    int (*draw)(struct view *view, struct screen *screen, int top);

    /* Appends the middle of the status line, and to PLACE how far down the screen shows. */
    void (*status)(const struct view *view, GString *text, GString *place);

    /* Moves. Returns NULL, or why it could not: a message for the user. */
    const char *(*move)(struct view *view, enum motion motion);

    /* Opens what is selected. NULL where a view has nothing to open. */
    void (*open)(struct view *view);

    /* Selects the mail that is next to MAIL, before it if DIRECTION is negative, and returns it, or
     * NULL if there is none. May be NULL. */
    struct member *(*neighbour)(struct view *view, const struct member *mail, int direction);
};

/* First in every view's own structure. */
struct view {
    const struct view_operations *operations;
    struct app *app;
    int width, height; /* what it has to draw on, at least 1 each */
    bool stale;        /* update() is due */
};

/* The views. Each is owned by who asked for it, which hands it to app_push(). */

/* All series, one row each. */
struct view *index_new(struct app *app);

/* The posting that MEMBER is of, its replies and its other revisions. */
struct view *series_view_new(struct app *app, struct member *member);

/* One mail. NULL with an error if it cannot be read. */
struct view *pager_new(struct app *app, struct member *member, GError **error);

/* The keys and commands of CONTEXT. */
struct view *help_new(struct app *app, enum context context);

/* Shows all headers of a mail or the chosen ones. VIEW is a pager. */
void pager_toggle_headers(struct view *view);

#endif
