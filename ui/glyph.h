/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a piece of text takes on the screen, and the filter that stands between
 * mails and the terminal: everything that is shown is cut into glyphs here, and a
 * glyph never holds a control character, a bidirectional control, an invisible
 * or unassigned character or a broken byte, only a mark where one stood.
 *
 * Widths are those of wcwidth(3), because curses counts cells with it. In a locale that is not
 * UTF-8 what it has no character for is "?". Pure but for the locale. */
#ifndef PORE_GLYPH_H
#define PORE_GLYPH_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* Combining characters kept on one cell (curses keeps four); more are dropped and
 * the cell is marked. */
#define GLYPH_COMBINING_MAX 4

/* One character with what combines with it. A plain value. */
struct glyph {
    size_t length; /* bytes of the text it stands for, at least 1 */
    int width;     /* cells: 1 or 2 */
    bool mark;     /* stands for something that is not shown as it is: draw it reversed */
    char caret;    /* not 0: draw "^" and this letter, one cell each, instead of characters */
    wchar_t characters[1 + GLYPH_COMBINING_MAX + 1]; /* NUL-terminated */
};

/* May CHARACTER come to a terminal or a clipboard? Not those that move something, turn the direction
 * of writing, or cannot be seen. */
bool glyph_is_showable(gunichar character);

/* Takes the glyph at the beginning of the LENGTH (not 0) bytes at TEXT, any bytes. */
void glyph_next(const char *text, size_t length, struct glyph *out);

/* Cells that the LENGTH bytes at TEXT take, counted up to LIMIT. */
int glyph_columns(const char *text, size_t length, int limit);

/* Can the locale show line drawing and the like, that is, is it UTF-8? */
bool glyph_locale_is_utf8(void);

#endif
