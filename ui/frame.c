/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"

#include "app.h"
#include "glyph.h"

#include <string.h>

/* Lines of the screen below which something makes way. */
#define ROWS_FOR_HELP_LINE 5
#define ROWS_FOR_STATUS_LINE 3
#define ROWS_FOR_MESSAGE_LINE 2

/* Width below which the status line does not count what was read, and cells that its left part
 * keeps before the right one is left out. */
#define WIDTH_FOR_COUNT 100
#define LEFT_PART 24

void frame_area(int rows, int *top, int *height)
{
    *top = rows >= ROWS_FOR_HELP_LINE ? 1 : 0;
    *height = rows - *top - (rows >= ROWS_FOR_STATUS_LINE) - (rows >= ROWS_FOR_MESSAGE_LINE);
}

/* Appends the shortest key of COMMAND to LINE; false if it has none. */
static bool append_key(const struct app *app, enum context context, const char *command,
                       GString *line)
{
    GString *all = g_string_new(NULL);
    keymap_describe(app->keymap, context, command_find(command), SIZE_MAX, "\n", all);
    char **names = g_strsplit(all->str, "\n", -1);
    const char *best = NULL;
    for (char **name = names; *name; name++)
        if (!best || strlen(*name) < strlen(best))
            best = *name;
    if (best)
        g_string_append(line, best);
    g_strfreev(names);
    g_string_free(all, TRUE);
    return best != NULL;
}

static void draw_help_line(struct app *app, const struct view *view, int columns)
{
    GString *line = g_string_new(NULL);
    for (const struct view_hint *hint = view->operations->hints; hint->command; hint++) {
        size_t before = line->len;
        g_string_append(line, before ? "  " : "");
        if (append_key(app, view->operations->context, hint->command, line))
            g_string_append_printf(line, ":%s", hint->label);
        else
            g_string_truncate(line, before);
        /* A word that would be cut is left out. */
        if (glyph_columns(line->str, line->len, columns + 1) > columns)
            g_string_truncate(line, before);
    }
    screen_fill(app->screen, 0, 0, columns, STYLE_BAR, ' ');
    screen_put(app->screen, 0, 0, columns, STYLE_BAR, line->str, line->len);
    g_string_free(line, TRUE);
}

/* 1234567 as "1,234,567". */
static void append_number(GString *out, size_t number)
{
    char digits[32];
    int length = g_snprintf(digits, sizeof digits, "%zu", number);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, digits[i]);
    }
}

static void append_progress(const struct app *app, int columns, GString *right)
{
    if (!app->scan)
        return;
    g_string_append(right, "(reading");
    if (columns >= WIDTH_FOR_COUNT) {
        g_string_append(right, ", ");
        append_number(right, series_set_mails(app->set)->live);
        g_string_append(right, " mails");
    }
    g_string_append(right, ")---");
}

/* mutt's: dashes, the left part, dashes up to the right part. */
static void draw_status_line(struct app *app, const struct view *view, int row, int columns)
{
    GString *left = g_string_new("---");
    GString *place = g_string_new(NULL);
    GString *right = g_string_new(NULL);
    view->operations->status(view, left, place);
    append_progress(app, columns, right);
    g_string_append_printf(right, "(%s)---", place->str);

    int right_columns = glyph_columns(right->str, right->len, columns);
    screen_fill(app->screen, row, 0, columns, STYLE_BAR, '-');
    /* The right part makes way where the left one would be crushed. */
    bool both = columns - right_columns >= LEFT_PART;
    screen_put(app->screen, row, 0, both ? columns - right_columns - 3 : columns, STYLE_BAR,
               left->str, left->len);
    if (both)
        screen_put(app->screen, row, columns - right_columns, right_columns, STYLE_BAR, right->str,
                   right->len);
    g_string_free(left, TRUE);
    g_string_free(place, TRUE);
    g_string_free(right, TRUE);
}

void frame_draw(struct app *app)
{
    struct view *view = app_top(app);
    int rows = screen_rows(app->screen), columns = screen_columns(app->screen);
    int top, height;
    frame_area(rows, &top, &height);

    screen_clear(app->screen);
    int line = view->operations->draw(view, app->screen, top);
    if (top > 0)
        draw_help_line(app, view, columns);
    if (rows >= ROWS_FOR_STATUS_LINE)
        draw_status_line(app, view, rows - 2, columns);
    if (rows >= ROWS_FOR_MESSAGE_LINE)
        screen_put(app->screen, rows - 1, 0, columns,
                   app->message_is_error ? STYLE_ERROR : STYLE_NORMAL, app->message->str,
                   app->message->len);
    screen_show(app->screen, top + line, 0);
}
