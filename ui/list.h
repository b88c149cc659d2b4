/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the cursor is in a list and which part of it is on the screen:
 * arithmetic, shared by the views that are lists.
 *
 * After every call 0 <= top <= cursor < count and the cursor is within the
 * height (all 0 in an empty list), and the screen is as full as it can be. */
#ifndef PORE_LIST_H
#define PORE_LIST_H

#include "commands.h"

struct list {
    int count;
    int cursor; /* the selected row */
    int top;    /* the row in the first line of the screen */
    int height; /* lines of the screen, at least 1 */
};

/* Moves as mutt does, COUNT times (0 is once); MOTION_FIRST and MOTION_LAST with a count go to the
 * entry of that number, and MOTION_TOP to MOTION_CURRENT_BOTTOM take none. NULL, or why it could
 * not: a message for the user. */
const char *list_move(struct list *list, enum motion motion, int count);

/* Selects ROW, scrolling no more than needed. */
void list_select(struct list *list, int row);

/* The list has changed: it has COUNT rows, the selected one is at CURSOR now, and is to stay in its
 * line of the screen where that can be. */
void list_replace(struct list *list, int count, int cursor);

/* The screen has changed. */
void list_resize(struct list *list, int height);

/* How far down the screen shows: "all", "end" or "34%", written to TEXT. */
const char *list_place(const struct list *list, char text[8]);

#endif
