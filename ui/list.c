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

/* Goes to entry NUMBER, or to ROW if that is 0. */
static const char *go(struct list *list, int row, int number)
{
    if (number > list->count)
        return "Invalid index number.";
    list_select(list, number ? number - 1 : row);
    return NULL;
}

/* Scrolls so that the selected entry is LINE lines from the top, or as near as can be. */
static const char *place(struct list *list, int line)
{
    list->top = list->cursor - line;
    settle(list);
    return NULL;
}

/* COUNT times LINES, no more than what leads from any row to any other. */
static int times(const struct list *list, int count, int lines)
{
    return MIN(MAX(count, 1), list->count / lines + 1) * lines;
}

static const char *move_cursor(struct list *list, int row)
{
    list->cursor = row;
    return NULL;
}

const char *list_move(struct list *list, enum motion motion, int count)
{
    int half = MAX(list->height / 2, 1);
    int bottom = MIN(list->top + list->height, list->count) - 1;
    if (!list->count)
        return "There are no entries.";
    switch (motion) {
    case MOTION_NEXT:
        return step(list, times(list, count, 1));
    case MOTION_PREVIOUS:
        return step(list, -times(list, count, 1));
    case MOTION_LINE_DOWN:
        return scroll(list, times(list, count, 1));
    case MOTION_LINE_UP:
        return scroll(list, -times(list, count, 1));
    case MOTION_HALF_DOWN:
        return turn(list, times(list, count, half));
    case MOTION_HALF_UP:
        return turn(list, -times(list, count, half));
    case MOTION_PAGE_DOWN:
        return turn(list, times(list, count, list->height));
    case MOTION_PAGE_UP:
        return turn(list, -times(list, count, list->height));
    case MOTION_FIRST:
        return go(list, 0, count);
    case MOTION_LAST:
        return go(list, list->count - 1, count);
    case MOTION_TOP:
        return move_cursor(list, list->top);
    case MOTION_MIDDLE:
        return move_cursor(list, list->top + (bottom - list->top) / 2);
    case MOTION_BOTTOM:
        return move_cursor(list, bottom);
    case MOTION_CURRENT_TOP:
        return place(list, 0);
    case MOTION_CURRENT_MIDDLE:
        return place(list, list->height / 2);
    case MOTION_CURRENT_BOTTOM:
        return place(list, list->height - 1);
    case MOTION_RIGHT:
    case MOTION_LEFT:
        break;
    }
    return "A list does not scroll sideways.";
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
