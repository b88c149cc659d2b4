/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands around a view: the help line with the live keys above it, the status
 * line and the message line below. On a screen of few lines they make way for
 * the view: the help line first, then the status line, then the message line. */
#ifndef PORE_FRAME_H
#define PORE_FRAME_H

struct app;

/* First line and number of lines that a screen of ROWS lines leaves for a view. */
void frame_area(int rows, int *top, int *height);

/* Draws the whole screen. */
void frame_draw(struct app *app);

#endif
