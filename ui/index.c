/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index: all series, one row each. */
#include "app.h"
#include "list.h"
#include "row.h"
#include "view.h"

#include <string.h>

/* Widths of the screen below which columns make way for the title. */
#define WIDTH_FOR_NUMBER 60
#define WIDTH_FOR_SENDER 56
#define WIDTH_FOR_DATE 46
#define WIDTH_FOR_STATE 30
#define WIDTH_FOR_VERSION 24
#define WIDTH_FOR_LONG_DATES 100

struct index {
    struct view view;
    struct list list;
    struct member *selected; /* a mail of the selected series' listed posting; NULL: none yet */
    bool moved;              /* the user has; until then the first row is selected */
    bool long_dates;
};

static const struct posting *listed(const struct series *series)
{
    return series->postings->pdata[0];
}

static const GPtrArray *rows_of(const struct view *view)
{
    return series_set_list(view->app->set);
}

/* The series that MEMBER is in now; for a copy that is no longer the live one, the live one's. */
static const struct series *series_of(const struct member *member)
{
    const struct member *live = member->posting ? member : member->id->first;
    return live && live->posting ? live->posting->series : NULL;
}

static void remember(struct index *index)
{
    const GPtrArray *rows = rows_of(&index->view);
    if (index->list.count == 0) {
        index->selected = NULL;
        return;
    }
    const struct series *series = rows->pdata[index->list.cursor];
    index->selected = listed(series)->members->pdata[0];
}

/* Dates need a year where the oldest row is of another time. */
static bool are_long_dates_needed(const GPtrArray *rows)
{
    if (!rows->len)
        return false;
    char text[ROW_DATE_SIZE];
    const struct series *last = rows->pdata[rows->len - 1];
    row_date(text, posting_lead(listed(last))->date, g_get_real_time() / G_USEC_PER_SEC, false);
    return strchr(text, '\'') != NULL;
}

static void update(struct view *view)
{
    struct index *index = (struct index *)view;
    const GPtrArray *rows = rows_of(view);
    int row = index->list.cursor;
    if (!index->moved) {
        row = 0;
    } else if (index->selected) {
        const struct series *series = series_of(index->selected);
        for (guint i = 0; series && i < rows->len; i++)
            if (rows->pdata[i] == series)
                row = (int)i;
    }
    list_resize(&index->list, view->height);
    list_replace(&index->list, (int)rows->len, row);
    index->long_dates = view->width >= WIDTH_FOR_LONG_DATES && are_long_dates_needed(rows);
    remember(index);
}

static char *title_of(const struct series *series, const struct mail *lead)
{
    GString *title = g_string_new(NULL);
    if (series->postings->len > 1)
        g_string_append_printf(title, "(+%u) ", series->postings->len - 1);
    if (lead->rfc)
        g_string_append(title, "[RFC] ");
    g_string_append(title, lead->title);
    return g_string_free(title, FALSE);
}

static void add_number(struct row *row, int width, enum style style, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void add_number(struct row *row, int width, enum style style, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    struct row_column *column = row_add(row, width, style, text);
    column->right = column->whole = true;
    g_free(text);
}

static void fill_row(const struct index *index, int number, struct row *row)
{
    const struct series *series = rows_of(&index->view)->pdata[number];
    const struct posting *posting = listed(series);
    const struct mail *lead = posting_lead(posting);
    enum series_state state = posting_state(posting);
    int width = index->view.width;

    if (width >= WIDTH_FOR_NUMBER)
        add_number(row, 4, STYLE_DIM, "%d", number + 1);
    if (width >= WIDTH_FOR_STATE)
        row_add(row, 5, state == SERIES_NEW ? STYLE_NEW : STYLE_EXIST, series_state_name(state));
    if (width >= WIDTH_FOR_DATE) {
        char date[ROW_DATE_SIZE];
        row_date(date, lead->date, g_get_real_time() / G_USEC_PER_SEC, index->long_dates);
        row_add(row, index->long_dates ? 10 : 6, STYLE_NORMAL, date);
    }
    if (width >= WIDTH_FOR_SENDER)
        row_add(row, CLAMP(width / 5, 12, 25), STYLE_NORMAL, lead->sender_name);
    if (width >= WIDTH_FOR_VERSION) {
        add_number(row, 3, STYLE_NORMAL, "v%u", posting->version);
        add_number(row, 5, posting->have < posting->total ? STYLE_INCOMPLETE : STYLE_NORMAL,
                   "%u/%u", posting->have, posting->total);
    }
    char *title = title_of(series, lead);
    row_add(row, -1, STYLE_NORMAL, title);
    g_free(title);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    struct index *index = (struct index *)view;
    const struct list *list = &index->list;
    static const char nothing[] = "No patch series here.";
    if (!list->count && !view->app->scan)
        screen_put(screen, top, 0, view->width, STYLE_DIM, nothing, sizeof nothing - 1);
    for (int line = 0; line < list->height && list->top + line < list->count; line++) {
        struct row row = {0};
        fill_row(index, list->top + line, &row);
        row_draw(&row, screen, top + line, view->width, list->top + line == list->cursor);
        row_clear(&row);
    }
    return list->cursor - list->top;
}

static void status(const struct view *view, GString *text, GString *place)
{
    const struct index *index = (const struct index *)view;
    const struct app *app = view->app;
    char buffer[8];
    g_string_append_printf(text, "pore: %s [Series:%d Skipped:%zu Mails:%zu",
                           archive_name(app->archive), index->list.count,
                           series_set_skipped(app->set), series_set_mails(app->set)->live);
    if (app->unreadable)
        g_string_append_printf(text, " Unreadable:%zu", app->unreadable);
    g_string_append(text, "]");
    g_string_append(place, list_place(&index->list, buffer));
}

static const char *move(struct view *view, enum motion motion)
{
    struct index *index = (struct index *)view;
    const char *problem = list_move(&index->list, motion);
    index->moved = true;
    remember(index);
    return problem;
}

static void open_selected(struct view *view)
{
    struct index *index = (struct index *)view;
    if (!index->selected) {
        app_error(view->app, "There are no entries.");
        return;
    }
    index->moved = true;
    app_push(view->app, series_view_new(view->app, index->selected));
}

static void free_index(struct view *view)
{
    g_free(view);
}

static const struct view_hint hints[] = {
    {"exit", "Quit"},          {"help", "Help"},         {"display-message", "Open"},
    {"next-entry", "Next"},    {"previous-entry", "Prev"}, {"next-page", "NextPg"},
    {"previous-page", "PrevPg"}, {"first-entry", "First"}, {"last-entry", "Last"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_INDEX,
    .hints = hints,
    .free = free_index,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .open = open_selected,
};

struct view *index_new(struct app *app)
{
    struct index *index = g_new0(struct index, 1);
    index->view = (struct view){.operations = &operations, .app = app};
    return &index->view;
}
