/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question on the message line: a line of text with a history and completion, one key of
 * several, or yes or no. Nothing waits for the answer: it comes as a call. One at a time; a
 * second question takes the place of the first, which counts as left. The user interface's
 * thread. */
#ifndef PORE_PROMPT_H
#define PORE_PROMPT_H

#include "prompt_history.h"
#include "screen.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct invocation;
struct prompt;

/* What the keys of the editor context do: prompt_edit()'s argument. */
enum prompt_action {
    PROMPT_ACCEPT,
    PROMPT_ABORT,
    PROMPT_COMPLETE,
    PROMPT_HISTORY_UP,
    PROMPT_HISTORY_DOWN,
    PROMPT_HISTORY_SEARCH,
    PROMPT_BACKWARD_CHAR,
    PROMPT_FORWARD_CHAR,
    PROMPT_BACKWARD_WORD,
    PROMPT_FORWARD_WORD,
    PROMPT_BEGINNING,
    PROMPT_END,
    PROMPT_BACKSPACE, /* on an empty line: leaves */
    PROMPT_DELETE,
    PROMPT_KILL_WORD,
    PROMPT_KILL_END_OF_WORD,
    PROMPT_KILL_END,
    PROMPT_KILL_LINE,
    PROMPT_TRANSPOSE,
    PROMPT_QUOTE,
};

/* Takes the line, valid UTF-8. DATA is the request's. */
typedef void prompt_accept(struct app *app, const char *text, void *data);

/* Adds what the word that ends at CURSOR of TEXT could become to CANDIDATES (char *, freed by
 * the array), and sets *START to where that word begins. */
typedef void prompt_completion(struct app *app, const char *text, size_t cursor, size_t *start,
                               GPtrArray *candidates);

struct prompt_request {
    const char *label; /* "Limit to: " */
    enum prompt_history_kind history;
    const char *initial;           /* NULL: an empty line */
    prompt_completion *completion; /* NULL: none */
    prompt_accept *accept;
    void *data;
    GDestroyNotify free_data; /* called once in any case; or NULL */
};

/* Asks for a line. REQUEST is copied, its texts too. */
void prompt_ask(struct app *app, const struct prompt_request *request);

/* Asks for one of KEYS (ASCII letters): LABEL is shown, "(q)uit" style, as it is. ACCEPT gets
 * it as a text of one letter; other keys but abort-line's are not taken. */
void prompt_choose(struct app *app, const char *label, const char *keys, prompt_accept *accept,
                   void *data, GDestroyNotify free_data);

/* Asks "LABEL ([yes]/no): "; Enter is YES_FIRST. ACCEPT gets "yes" or is not called. */
void prompt_confirm(struct app *app, const char *label, bool yes_first, prompt_accept *accept,
                    void *data, GDestroyNotify free_data);

/* Files that begin like the word, directories with "/" behind: a prompt_completion. */
void prompt_complete_files(struct app *app, const char *text, size_t cursor, size_t *start,
                           GPtrArray *candidates);

/* For input.c: a key that the editor context has not bound: inserts it, or answers. */
void prompt_key(struct app *app, uint32_t key);

/* Does it take the next key as it is, bound or not? (After quote-char; a choice of keys.) */
bool prompt_takes_raw_keys(const struct prompt *prompt);

/* Draws it at ROW, COLUMNS wide, scrolled so that the cursor can be seen. Returns the cursor's
 * column. */
int prompt_draw(const struct prompt *prompt, struct screen *screen, int row, int columns);

/* Leaves it; frees it. */
void prompt_leave(struct app *app);

#endif
