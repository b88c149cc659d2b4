/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands around a view: the help line with the live keys above it, the status
 * line and the message line below. On a screen of few lines they make way for
 * the view: the help line first, then the status line, then the message line. A prompt takes the
 * message line. */
#ifndef PORE_FRAME_H
#define PORE_FRAME_H

#include "commands.h"
#include "format.h"
#include "screen.h"

#include <stdbool.h>

struct app;
struct view;

/* First line and number of lines that a screen of ROWS lines leaves for a view: the help line can be set
 * off. */
void frame_area(const struct app *app, int rows, int *top, int *height);

/* Makes LINE a status line of WIDTH cells as mutt has it: dashes, LEFT, dashes, what runs, and PLACE
 * ("34%") in parentheses. */
void frame_status(const struct app *app, const char *left, const char *place, int width,
                  struct format_line *line);

/* Appends what runs ("reading, limiting 34%") to OUT. */
void frame_progress(const struct app *app, int width, GString *out);

/* Appends the handiest key of the command called COMMAND in CONTEXT; false if it has none. */
bool frame_key(const struct app *app, enum context context, const char *command, GString *out);

/* Draws the status line of VIEW at ROW. */
void frame_draw_status(struct view *view, struct screen *screen, int row);

/* Draws the whole screen. */
void frame_draw(struct app *app);

#endif
