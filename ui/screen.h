/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: the only place that knows curses.
 *
 * Text comes in as UTF-8 from anywhere and passes through glyph.h, so that nothing
 * but characters and cursor movements of curses' own reaches the terminal.
 * The terminal is given back on every way out: screen_free(), and what rescue.h is for.
 *
 * curses keeps the current terminal in a global of its own, so there is one
 * screen at a time. The user interface's thread. */
#ifndef PORE_SCREEN_H
#define PORE_SCREEN_H

#include "look.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCREEN_ERROR screen_error_quark()
GQuark screen_error_quark(void);

struct screen;

/* Takes over the terminal that IN and OUT are, of the kind TERM. NULL with
 * SCREEN_ERROR where nothing is known of TERM or it cannot move its cursor.
 * IN and OUT stay the caller's. They need not be a terminal: a test reads from a pipe. */
struct screen *screen_new(const char *term, FILE *out, FILE *in, GError **error);

/* Gives the terminal back as it was. */
void screen_free(struct screen *screen);

/* Leaves the terminal to the shell, or to a command, for a while, and takes it again. */
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

/* How styles look: LOOKS[i] is style i, copied; a style beyond COUNT looks like STYLE_NORMAL.
 * What the terminal cannot show becomes what palette_fit() says, and plain when it has run out
 * of pairs of colours. NO_COLOR (https://no-color.org) is obeyed. Until the first call all is
 * plain. Has everything sent anew at the next screen_show(). */
void screen_set_looks(struct screen *screen, const struct look *looks, size_t count);

/* How many colours the terminal has, for tests; 0 where it has none or NO_COLOR is set. */
int screen_colours(const struct screen *screen);

/* Has everything sent anew at the next screen_show(). */
void screen_redraw(struct screen *screen);

/* Puts the LENGTH bytes at TEXT at ROW, from COLUMN on and in no more than WIDTH cells.
 * What does not fit or lies outside the screen is left out. Returns the cells used. */
int screen_put(struct screen *screen, int row, int column, int width, enum style style,
               const char *text, size_t length);

/* Puts WIDTH times the ASCII character FILL at ROW from COLUMN on. */
void screen_fill(struct screen *screen, int row, int column, int width, enum style style,
                 char fill);

/* Lays STYLE over WIDTH cells at ROW from COLUMN on: its background and its attributes, and
 * its foreground if it has one; where it is reversed, it alone counts. A wide character is
 * laid over whole if its first cell is among them. */
void screen_overlay(struct screen *screen, int row, int column, int width, enum style style);

/* Sends what changed, and leaves the cursor at ROW and COLUMN, to be seen if VISIBLE. */
void screen_show(struct screen *screen, int row, int column, bool visible);

/* Rings the bell. */
void screen_beep(struct screen *screen);

/* Asks the terminal to report the mouse, or not to. */
void screen_set_mouse(struct screen *screen, bool on);

enum screen_click { CLICK_SELECT, CLICK_OPEN, CLICK_WHEEL_UP, CLICK_WHEEL_DOWN };

/* When screen_key() has given KEYS_MOUSE: what was done and where. False if that is not the
 * last key. The second of two clicks on the same cell within half a second is CLICK_OPEN;
 * nothing waits for it. */
bool screen_mouse(struct screen *screen, enum screen_click *click, int *row, int *column);

/* Puts TEXT (UTF-8) on the clipboard of whoever sits at the terminal, by OSC 52 (xterm's
 * control sequences, "Manipulate Selection Data"): base64 alone is sent, so nothing of TEXT
 * reaches the terminal as it is. Within tmux and screen it is theirs to pass on. False if it
 * is longer than SCREEN_CLIPBOARD_MAX bytes, or the terminal is of a kind that would print it:
 * a console. */
#define SCREEN_CLIPBOARD_MAX 65536
bool screen_copy(struct screen *screen, const char *text);

/* How a cell looks, for tests. */
struct screen_look {
    bool bold, dim, underline, reverse, italic, blink;
    int foreground, background; /* as in look.h */
};

/* What is shown in ROW, without blanks at its end. The caller frees it. */
char *screen_read(struct screen *screen, int row);
struct screen_look screen_look_at(struct screen *screen, int row, int column);

/* All that is shown, a line a row, without plain blanks at their ends; WITH_LOOKS their looks
 * as well, in SGR sequences (ECMA-48), as "tmux capture-pane -e" writes them; each line begins
 * and ends plain. The caller frees it. */
char *screen_dump(struct screen *screen, bool with_looks);

#endif
