/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: the only place that knows curses.
 *
 * Text comes in as UTF-8 from anywhere and passes through glyph.h, so that nothing
 * but characters and cursor movements of curses' own reaches the terminal.
 * The terminal is given back on every way out: screen_free(), exit(3), and the signals of a
 * crash.
 *
 * curses keeps the current terminal in a global of its own, so there is one
 * screen at a time. The user interface's thread. */
#ifndef PORE_SCREEN_H
#define PORE_SCREEN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCREEN_ERROR screen_error_quark()
GQuark screen_error_quark(void);

/* What a piece of text is. How that looks is a table in screen.c. */
enum style {
    STYLE_NORMAL,
    STYLE_BAR,   /* the help line and the status line */
    STYLE_ERROR, /* on the message line */
    STYLE_DIM,   /* there, but not the matter */
    STYLE_TREE,
    STYLE_NEW,        /* a series not seen before */
    STYLE_EXIST,      /* one of which something is known */
    STYLE_INCOMPLETE, /* patches are missing */
    STYLE_HEADER,     /* of a mail */
    STYLE_SUBJECT,
    STYLE_HEADING, /* of the help */
    STYLE_KEY,
    STYLE_QUOTED_1, /* quoted once, twice, …; again from the first behind the last */
    STYLE_QUOTED_2,
    STYLE_QUOTED_3,
    STYLE_TRAILER,
    STYLE_DIFFSTAT,
    STYLE_FILE,
    STYLE_HUNK,
    STYLE_ADDED,
    STYLE_REMOVED,
    STYLE_SIGNATURE,
    STYLE_SELECTED, /* the row under the cursor, whatever stands in it */
    STYLE_COUNT,
};

struct screen;

/* Takes over the terminal that IN and OUT are, of the kind TERM. NULL with
 * SCREEN_ERROR where nothing is known of TERM or it cannot move its cursor.
 * IN and OUT stay the caller's. They need not be a terminal: a test reads from a pipe. */
struct screen *screen_new(const char *term, FILE *out, FILE *in, GError **error);

/* Gives the terminal back as it was. */
void screen_free(struct screen *screen);

/* Has the terminal given back when a signal (SIGSEGV, SIGABRT, …) ends the process or
 * exit() is called with a screen open. Once a process, before screen_new(). */
void screen_rescue_at_crash(void);

/* Leaves the terminal to the shell for a while, and takes it again. */
void screen_suspend(struct screen *screen);
void screen_resume(struct screen *screen);

int screen_rows(const struct screen *screen);
int screen_columns(const struct screen *screen);

/* Takes the size the terminal has now; where it has none (a pipe) nothing changes. */
void screen_fit(struct screen *screen);

/* Sets the size, at least 1 by 1. */
void screen_resize(struct screen *screen, int rows, int columns);

/* The next key that was pressed (keys.h), without waiting. False if there is none. */
bool screen_key(struct screen *screen, uint32_t *key);

/* Empties what will be shown. */
void screen_clear(struct screen *screen);

/* Has everything sent anew at the next screen_show(). */
void screen_redraw(struct screen *screen);

/* Puts the LENGTH bytes at TEXT at ROW, from COLUMN on and in no more than WIDTH cells.
 * What does not fit or lies outside the screen is left out. Returns the cells used. */
int screen_put(struct screen *screen, int row, int column, int width, enum style style,
               const char *text, size_t length);

/* Puts WIDTH times the ASCII character FILL at ROW from COLUMN on. */
void screen_fill(struct screen *screen, int row, int column, int width, enum style style,
                 char fill);

/* Sends what changed, and leaves the cursor at ROW and COLUMN. */
void screen_show(struct screen *screen, int row, int column);

/* How a cell looks, for tests. */
struct screen_look {
    bool bold, dim, underline, reverse;
    int foreground, background; /* colour number, -1 the terminal's own */
};

/* What is shown in ROW, without blanks at its end. The caller frees it. */
char *screen_read(struct screen *screen, int row);
struct screen_look screen_look_at(struct screen *screen, int row, int column);

#endif
