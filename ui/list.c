/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list.h"

#include <glib.h>

static void settle(struct list *list)
{
    list->cursor = CLAMP(list->cursor, 0, MAX(list->count - 1, 0));
    list->top = CLAMP(list->top, list->cursor - list->height + 1, list->cursor);
    list->top = CLAMP(list->top, 0, MAX(list->count - list->height, 0));
}

/* Moves what is shown by LINES; the cursor comes along only as far as it must. */
static const char *scroll(struct list *list, int lines)
{
    int last_top = MAX(list->count - list->height, 0);
    int top = CLAMP(list->top + lines, 0, last_top);
    if (top == list->top)
        return lines > 0 ? "You cannot scroll down farther." : "You cannot scroll up farther.";
    list->top = top;
    list->cursor = CLAMP(list->cursor, top, top + list->height - 1);
    return NULL;
}

/* Moves what is shown and the cursor by LINES, the cursor alone where nothing is left to scroll. */
static const char *turn(struct list *list, int lines)
{
    int before = list->cursor;
    list->top = CLAMP(list->top + lines, 0, MAX(list->count - list->height, 0));
    list->cursor += lines;
    settle(list);
    if (list->cursor != before)
        return NULL;
    return lines > 0 ? "You are on the last page." : "You are on the first page.";
}

static const char *step(struct list *list, int rows)
{
    int before = list->cursor;
    list->cursor += rows;
    settle(list);
    if (list->cursor != before)
        return NULL;
    return rows > 0 ? "You are on the last entry." : "You are on the first entry.";
}

const char *list_move(struct list *list, enum motion motion)
{
    if (!list->count)
        return "There are no entries.";
    int bottom = MIN(list->top + list->height, list->count) - 1;
    switch (motion) {
    case MOTION_NEXT:
        return step(list, 1);
    case MOTION_PREVIOUS:
        return step(list, -1);
    case MOTION_LINE_DOWN:
        return scroll(list, 1);
    case MOTION_LINE_UP:
        return scroll(list, -1);
    case MOTION_HALF_DOWN:
        return turn(list, MAX(list->height / 2, 1));
    case MOTION_HALF_UP:
        return turn(list, -MAX(list->height / 2, 1));
    case MOTION_PAGE_DOWN:
        return turn(list, list->height);
    case MOTION_PAGE_UP:
        return turn(list, -list->height);
    case MOTION_FIRST:
        list_select(list, 0);
        return NULL;
    case MOTION_LAST:
        list_select(list, list->count - 1);
        return NULL;
    case MOTION_TOP:
        list->cursor = list->top;
        return NULL;
    case MOTION_MIDDLE:
        list->cursor = list->top + (bottom - list->top) / 2;
        return NULL;
    case MOTION_BOTTOM:
        list->cursor = bottom;
        return NULL;
    case MOTION_HUNK_NEXT:
    case MOTION_HUNK_PREVIOUS:
        break;
    }
    return "There are no hunks here.";
}

void list_select(struct list *list, int row)
{
    list->cursor = row;
    settle(list);
}

void list_replace(struct list *list, int count, int cursor)
{
    int line = list->cursor - list->top;
    list->count = count;
    list->cursor = cursor;
    list->top = cursor - line;
    settle(list);
}

void list_resize(struct list *list, int height)
{
    list->height = MAX(height, 1);
    settle(list);
}

const char *list_place(const struct list *list, char text[8])
{
    int shown = list->top + list->height;
    if (shown >= list->count)
        return list->top == 0 ? "all" : "end";
    g_snprintf(text, 8, "%d%%", (int)((gint64)shown * 100 / list->count));
    return text;
}
