/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view: something that fills the screen between the help line and the status
 * line. Each kind is a table of operations and one file; the open ones are a stack in struct app.
 *
 * A view holds mails (struct member *), which live as long as the model, and never a series, a
 * posting or a row number over time: those are looked up again in update(). */
#ifndef PORE_VIEW_H
#define PORE_VIEW_H

#include "commands.h"
#include "format.h"
#include "screen.h"
#include "search.h"
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

/* What save, pipe, print and yank act on in a view. */
enum view_unit {
    VIEW_UNIT_SERIES, /* the members selected stand for their postings */
    VIEW_UNIT_MAIL,
    VIEW_UNIT_TEXT, /* what content() gives */
};

struct view_operations {
    enum context context;
    enum view_unit unit;
    const struct view_hint *hints; /* ends with a NULL command */

    /* Frees the view, and stops what it has running. */
    void (*free)(struct view *view);

    /* The model, a setting or the size has changed: brings the rows up to date. Called before anything
     * else is, when the view is stale. */
    void (*update)(struct view *view);

    /* Draws height lines of width columns from the line TOP on. Returns the line in which the
     * cursor belongs, counted from TOP. */
    int (*draw)(struct view *view, struct screen *screen, int top);

    /* Fills the status line, WIDTH cells: mostly by frame_status(). */
    void (*status)(struct view *view, int width, struct format_line *line);

    /* Moves, COUNT times (0: once). Returns NULL, or why it could not: a message for the user. */
    const char *(*move)(struct view *view, enum motion motion, int count);

    /* Opens what is selected. NULL where a view has nothing to open. */
    void (*open)(struct view *view);

    /* Goes to the next place that app's search finds, backwards if DIRECTION is negative. NULL, or what
     * to tell the user. NULL where nothing can be searched. */
    const char *(*search)(struct view *view, int direction);

    /* Adds what is selected (struct member *), or with TAGGED what is tagged, in its order. May be
     * NULL. */
    void (*select)(struct view *view, bool tagged, GPtrArray *members);

    /* Tags what PATTERN matches, or untags it; without one the selected entry (then TAG is what it
     * was not). Returns how many changed, or -1 where the user is told otherwise. May be NULL. */
    int (*tag)(struct view *view, struct pattern *pattern, bool tag);

    /* Adds a mail (struct member *) of each posting that a mark is meant for: what is selected, with
     * TAGGED what is tagged; or what is shown. NULL where nothing can be marked. */
    void (*mark_targets)(struct view *view, bool tagged, GPtrArray *members);

    /* VIEW_UNIT_TEXT: the whole text. Borrowed until the view changes. */
    const char *(*content)(struct view *view, size_t *length);

    /* A click in line LINE from the top of the view: selects what is there. False if nothing is. */
    bool (*click)(struct view *view, int line);

    /* Selects the mail that is next to MAIL, before it if DIRECTION is negative, and returns it, or
     * NULL if there is none. With SERIES the first mail of the next series. May be NULL. */
    struct member *(*neighbour)(struct view *view, const struct member *mail, int direction,
                                bool series);
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

/* Limits the index that is VIEW to TEXT, a pattern; "" or "all" shows everything. False with the
 * error said to the user. */
bool index_limit_to(struct view *view, const char *text);

/* The pattern of its limit, borrowed until that changes; NULL if there is none. */
const struct pattern *index_pattern(const struct view *view);

/* Unfolds all older versions in the index that is VIEW. */
void index_unfold_all(struct view *view);

/* The series that it shows now: a set of struct series *, which die at the next settle. The
 * caller unrefs it. NULL if nothing is hidden, neither by a limit nor because it is done. */
GHashTable *index_shown(const struct view *view);

/* Selects the row of the posting that MAIL is of, or else one of its series. False if there is none. */
bool index_select(struct view *view, const struct member *mail);

/* Takes a mail (struct member *) of the posting of each row that matched; borrowed for the call. */
typedef void index_matched(struct app *app, const GPtrArray *members, void *data);

/* Asks which rows of the index that is VIEW match PATTERN and calls DONE with them, at once or when the
 * texts that it takes have been read; not at all, the user told, if that was stopped. DATA is freed
 * with FREE_DATA (may be NULL) in any case. What was asked before and is not answered yet is given up. */
void index_match(struct view *view, struct pattern *pattern, index_matched *done, void *data,
                 GDestroyNotify free_data);

/* The posting that MEMBER is of, its replies and its other revisions. */
struct view *series_view_new(struct app *app, struct member *member);

/* One mail. NULL with an error if it cannot be read. */
struct view *pager_new(struct app *app, struct member *member, GError **error);

/* Who contributed: people, or with DOMAINS domains. */
struct view *contributors_view_new(struct app *app, bool domains);

/* What NEWER, a mail of a posting, changes in OLDER, one of an older version: the pairs of patches. */
struct view *compare_view_new(struct app *app, struct member *older, struct member *newer);

/* The trailers that people gave to the posting that MEMBER is of. */
struct view *trailers_view_new(struct app *app, struct member *member);

/* The keys and commands of CONTEXT. */
struct view *help_new(struct app *app, enum context context);

/* The digest of what INDEX, the index, shows; it fills while the texts are read. */
struct view *digest_view_new(struct app *app, struct view *index);

/* A text of lines, which it takes: for help and the digest. TITLE is what the status line says. */
struct view *text_view_new(struct app *app, const char *title);

/* Adds LENGTH bytes of TEXT at the end of the text view VIEW, whole lines; the first LEAD bytes of
 * each of them in STYLE_KEY, all in STYLE. */
void text_view_append(struct view *view, const char *text, size_t length, enum style style,
                      size_t lead);

/* Adds one line, which wraps at any character; SPANS (struct flow_span, by place, borrowed; may be
 * NULL) are what looks different in it. */
void text_view_append_line(struct view *view, const char *text, size_t length, enum style style,
                           const GArray *spans);

/* Empties the text view VIEW, for another text under TITLE. */
void text_view_clear(struct view *view, const char *title);

/* Puts the text that is STEPS further, or back where that is negative, into VIEW. NULL, or why it
 * could not, for the user. */
typedef const char *text_view_step(struct view *view, int steps, void *data);

/* Has STEP called with DATA where somebody goes to the next entry or the previous one, which scrolls
 * a line in other texts. */
void text_view_set_step(struct view *view, text_view_step *step, void *data);

/* Calls FREE_DATA with DATA when the text view VIEW is freed, before anything else of it is. Once. */
void text_view_attach(struct view *view, void *data, GDestroyNotify free_data);

#endif
