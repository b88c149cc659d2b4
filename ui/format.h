/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Format strings as mutt has them (index_format, status_format …):
 *
 *     %X  %20X  %-20X  %=20X  %.5X  %-20.20X  %05X
 *                 the expando X: flush right, flush left, centred, cut, with zeros
 *     %?X?then?  %?X?then&else?  %<X?then&else>   where X is neither empty nor 0; they nest in %< >
 *     %>X   fills the line with X from here, what follows is at the right edge
 *     %|X   fills the line with X to its end, what follows is left out
 *     %*X   as %>X, but what follows may push out what stands before
 *     %{FORMAT}   the date by strftime(3): the expando '{' with FORMAT as its argument;
 *                 %[FORMAT] and %(FORMAT) likewise are the expandos '[' and '('
 *     %%
 *
 * Of several fills the last one counts. Widths are cells of the screen; wide characters are never
 * split. Pure but for the expandos. */
#ifndef PORE_FORMAT_H
#define PORE_FORMAT_H

#include "look.h"
#include "screen.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes of a format that are looked at, and levels of %< > in it. */
#define FORMAT_LENGTH_MAX 4096
#define FORMAT_DEPTH_MAX 16

#define FORMAT_ERROR format_error_quark()
GQuark format_error_quark(void);

/* Appends what LETTER stands for to OUT (empty), and sets *STYLE if that has one of its own
 * (it comes as that of the line). ARGUMENT is what stands between braces, else "". False if
 * there is no such letter. */
typedef bool format_expand(const void *data, char letter, const char *argument, GString *out,
                           enum style *style);

/* A piece of a line that looks the same. */
struct format_span {
    size_t start, length; /* bytes of the text */
    enum style style;
};

/* A line in the making; declared as zeros; format_line_clear() frees what is inside.
 * Reusing one saves allocating. */
struct format_line {
    GString *text;
    GArray *spans; /* struct format_span, together the whole text */
};

/* Makes LINE what FORMAT stands for, in STYLE where an expando has none, and no wider than
 * WIDTH cells. Unknown letters, and what format_check() would refuse, stand as they are
 * written. */
void format_render(struct format_line *line, const char *format, int width, enum style style,
                   format_expand *expand, const void *data);
void format_line_clear(struct format_line *line);

/* Draws it at ROW of SCREEN, WIDTH cells at most. Returns the cells used. */
int format_draw(const struct format_line *line, struct screen *screen, int row, int column,
                int width);

/* Appends the time SECONDS (UTC) in local time as FORMAT, strftime(3)'s, has it; "?" where that is no
 * date. */
void format_append_date(GString *out, const char *format, int64_t seconds);

/* Is FORMAT well formed, and are its letters among LETTERS? False with an error of one line. */
bool format_check(const char *format, const char *letters, GError **error);

#endif
