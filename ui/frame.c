/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"

#include "app.h"
#include "glyph.h"

#include <string.h>

/* Lines of the screen below which something makes way. */
#define ROWS_FOR_HELP_LINE 5
#define ROWS_FOR_STATUS_LINE 3
#define ROWS_FOR_MESSAGE_LINE 2

/* Cells that the status line's left part keeps before the right one is left out. */
#define LEFT_PART 24

void frame_area(const struct app *app, int rows, int *top, int *height)
{
    *top = rows >= ROWS_FOR_HELP_LINE && app_settings(app)->help ? 1 : 0;
    *height = rows - *top - (rows >= ROWS_FOR_STATUS_LINE) - (rows >= ROWS_FOR_MESSAGE_LINE);
}

bool frame_key(const struct app *app, enum context context, const char *command, GString *out)
{
    GString *all = g_string_new(NULL);
    keymap_describe(app_keymap(app), context, command_find(command), SIZE_MAX, "\n", all);
    char **names = g_strsplit(all->str, "\n", -1);
    const char *best = *names;
    /* The shortest, but ^J, however short, says less than <Enter>. */
    for (char **name = names; *name; name++)
        if (best[0] == '^' ? name[0][0] != '^'
                           : name[0][0] != '^' && strlen(*name) < strlen(best))
            best = *name;
    if (best)
        g_string_append(out, best);
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
        if (frame_key(app, view->operations->context, hint->command, line))
            g_string_append_printf(line, ":%s", hint->label);
        else
            g_string_truncate(line, before);
        /* A word that would be cut is left out. */
        if (glyph_columns(line->str, line->len, columns + 1) > columns)
            g_string_truncate(line, before);
    }
    screen_fill(app->screen, 0, 0, columns, STYLE_STATUS, ' ');
    screen_put(app->screen, 0, 0, columns, STYLE_STATUS, line->str, line->len);
    g_string_free(line, TRUE);
}

void frame_progress(const struct app *app, int width, GString *out)
{
    size_t before = out->len;
    visit_describe(app, width, out);
    if (app->jobs->len && out->len > before)
        g_string_append(out, ", ");
    jobs_describe(app, out);
}

static void add_span(struct format_line *line, size_t start, enum style style)
{
    const struct format_span span = {start, line->text->len - start, style};
    if (span.length)
        g_array_append_val(line->spans, span);
}

/* Appends LENGTH bytes of TEXT, as much as fits in ROOM cells. */
static int append_fitting(GString *out, const char *text, size_t length, int room)
{
    int used = 0;
    for (size_t at = 0; at < length;) {
        struct glyph glyph;
        glyph_next(text + at, length - at, &glyph);
        if (used + glyph.width > room)
            break;
        g_string_append_len(out, text + at, (gssize)glyph.length);
        used += glyph.width;
        at += glyph.length;
    }
    return used;
}

void frame_status(const struct app *app, const char *left, const char *place, int width,
                  struct format_line *line)
{
    GString *progress = g_string_new(NULL);
    GString *end = g_string_new(NULL);
    frame_progress(app, width, progress);
    if (progress->len) {
        g_string_prepend_c(progress, '(');
        g_string_append(progress, ")---");
    }
    g_string_append_printf(end, "(%s)---", place);
    int right = (int)(progress->len + end->len);
    /* The right part makes way where the left one would be crushed. */
    bool both = width - right >= LEFT_PART;
    int room = both ? width - right - 3 : width;

    format_line_clear(line);
    line->text = g_string_new("---");
    line->spans = g_array_new(FALSE, FALSE, sizeof(struct format_span));
    int used = 3 + append_fitting(line->text, left, strlen(left), room - 3);
    for (; used < (both ? width - right : width); used++)
        g_string_append_c(line->text, '-');
    add_span(line, 0, STYLE_STATUS);
    if (both) {
        size_t start = line->text->len;
        g_string_append(line->text, progress->str);
        add_span(line, start, STYLE_PROGRESS);
        start = line->text->len;
        g_string_append(line->text, end->str);
        add_span(line, start, STYLE_STATUS);
    }
    g_string_free(progress, TRUE);
    g_string_free(end, TRUE);
}

void frame_draw_status(struct view *view, struct screen *screen, int row)
{
    struct format_line line = {0};
    int columns = screen_columns(screen);
    view->operations->status(view, columns, &line);
    screen_fill(screen, row, 0, columns, STYLE_STATUS, ' ');
    format_draw(&line, screen, row, 0, columns);
    format_line_clear(&line);
}

static void draw_message_line(struct app *app, int row, int columns)
{
    GString *typed = g_string_new(NULL);
    input_describe(app, typed);
    if (app->message->len)
        screen_put(app->screen, row, 0, columns, app->message_is_error ? STYLE_ERROR : STYLE_MESSAGE,
                   app->message->str, app->message->len);
    else
        screen_put(app->screen, row, 0, columns, STYLE_MESSAGE, typed->str, typed->len);
    g_string_free(typed, TRUE);
}

void frame_draw(struct app *app)
{
    struct view *view = app_top(app);
    int rows = screen_rows(app->screen), columns = screen_columns(app->screen);
    int top, height;
    frame_area(app, rows, &top, &height);

    screen_clear(app->screen);
    int line = view->operations->draw(view, app->screen, top);
    if (top > 0)
        draw_help_line(app, view, columns);
    if (rows >= ROWS_FOR_STATUS_LINE)
        frame_draw_status(view, app->screen, rows - 2);
    if (app->prompt) {
        screen_fill(app->screen, rows - 1, 0, columns, STYLE_PROMPT, ' ');
        int column = prompt_draw(app->prompt, app->screen, rows - 1, columns);
        screen_show(app->screen, rows - 1, column, true);
        return;
    }
    if (rows >= ROWS_FOR_MESSAGE_LINE)
        draw_message_line(app, rows - 1, columns);
    screen_show(app->screen, top + line, 0, false);
}
