/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index: all series, one row each. */
#include "app.h"
#include "find.h"
#include "frame.h"
#include "index_format.h"
#include "index_rows.h"
#include "inquiry.h"
#include "list.h"
#include "texts.h"

#include <string.h>

/* While the limit's texts are read the rows are made anew at most this often, in microseconds. */
#define MATCHES_EVERY (100 * 1000)

struct index {
    struct view view;
    struct list list;
    struct index_rows rows;
    struct member *selected; /* a mail of the selected row's posting; NULL: none yet */
    bool moved;              /* the user has; until then the first row is selected */
    struct job *limiting;    /* reads texts for the limit, or NULL */
    bool limit_stopped;      /* the user did not want to wait for the rest */
    gint64 matches_due;      /* monotonic microseconds before which its results are not shown */
    struct inquiry *searching; /* reads texts for a search, or NULL; then: */
    guint wraps;               /* place in its order of the first row behind the end of the list */
    int direction;             /* of the search */
    struct inquiry *tagging;   /* reads texts for a tagging, or NULL; then: */
    bool tags;                 /* or untags */
    int changed;               /* so many rows so far */
};

static const struct index_row *row_at(const struct index *index, int row)
{
    return &g_array_index(index->rows.rows, struct index_row, row);
}

static void remember(struct index *index)
{
    index->selected = index->list.count
                          ? row_at(index, index->list.cursor)->posting->members->pdata[0]
                          : index->selected;
}

/* --- the limit's texts ------------------------------------------------------------ */

static void show_matches(struct app *app, void *data)
{
    struct index *index = data;
    gint64 now = g_get_monotonic_time();
    if (now < index->matches_due)
        return;
    index->view.stale = true;
    index->matches_due = now + MATCHES_EVERY;
    app_draw_soon(app);
}

static void end_limit(struct app *app, bool complete, void *data)
{
    struct index *index = data;
    index->limiting = NULL;
    index->view.stale = true;
    index->limit_stopped = !complete;
    if (!complete)
        app_message(app, "Limiting was stopped: not all series were looked at.");
    app_draw_soon(app);
}

static void read_wanted(struct index *index)
{
    struct index_rows *rows = &index->rows;
    if (!rows->wanted->len || index->limiting || index->limit_stopped)
        return;
    index->limiting = texts_read(index->view.app, &(struct texts_request){.name = "limiting",
                                                                         .pattern = rows->pattern,
                                                                         .texts = rows->texts,
                                                                         .members = rows->wanted,
                                                                         .found = show_matches,
                                                                         .done = end_limit,
                                                                         .data = index});
    index->limit_stopped = !index->limiting;
}

static void stop_limiting(struct index *index)
{
    if (index->limiting)
        job_cancel(index->view.app, index->limiting);
    index->limiting = NULL;
}

/* --- the view ---------------------------------------------------------------------- */

static void update(struct view *view)
{
    struct index *index = (struct index *)view;
    gint64 start = g_get_monotonic_time();
    index->rows.waits = index->limiting || index->limit_stopped;
    index_rows_update(&index->rows, view->app->set, app_settings(view->app)->sort,
                      index->moved ? index->selected : NULL);
    list_resize(&index->list, view->height);
    list_replace(&index->list, (int)index->rows.rows->len, index->rows.selected);
    if (!index->moved || !index->selected)
        remember(index);
    read_wanted(index);
    /* What takes long is done less often, so that keys never wait for it. */
    if (index->limiting) {
        gint64 end = g_get_monotonic_time();
        index->matches_due = end + MAX(MATCHES_EVERY, 5 * (end - start));
    }
}

/* Lays over the row at LINE what its posting, its tag and the user's rules say. */
static void overlay_row(const struct index *index, struct screen *screen, int line, int number,
                        bool tagged)
{
    const struct index_row *row = row_at(index, number);
    const GPtrArray *rules = index->view.app->configuration->colours->index_rules;
    int width = index->view.width;
    if (posting_state(row->posting) == SERIES_SKIP)
        screen_overlay(screen, line, 0, width, STYLE_SKIP);
    for (guint i = 0; i < rules->len; i++) {
        const struct colour_rule *rule = rules->pdata[i];
        if (index_rows_match(&index->rows, row, number + 1, rule->pattern, NULL) != PATTERN_YES)
            continue;
        screen_overlay(screen, line, 0, width, rule->style);
        break;
    }
    if (tagged)
        screen_overlay(screen, line, 0, width, STYLE_TAGGED);
    if (number == index->list.cursor && !app_settings(index->view.app)->arrow_cursor)
        screen_overlay(screen, line, 0, width, STYLE_INDICATOR);
}

static void draw_row(const struct index *index, struct screen *screen, int line, int number,
                     struct format_line *buffer)
{
    const struct app *app = index->view.app;
    const struct index_row *row = row_at(index, number);
    bool arrow = app_settings(app)->arrow_cursor;
    int column = arrow ? MIN(2, index->view.width) : 0;
    const struct index_entry entry = {
        .row = row,
        .number = number + 1,
        .tagged = index_rows_is_tagged(&index->rows, row),
        .now = g_get_real_time() / G_USEC_PER_SEC,
        .list = archive_name(app->archive),
        .settings = app_settings(app),
    };
    int width = index->view.width - column;
    format_render(buffer, index_format_of(entry.settings, index->view.width), width, STYLE_NORMAL,
                  index_format_expand, &entry);
    format_draw(buffer, screen, line, column, width);
    if (arrow && number == index->list.cursor)
        screen_put(screen, line, 0, column, STYLE_INDICATOR, "->", 2);
    overlay_row(index, screen, line, number, entry.tagged);
}

static const char *why_empty(const struct index *index)
{
    if (index->view.app->scan || index->limiting)
        return "";
    return index->rows.limit ? "No series matches the limit." : "No patch series here.";
}

static int draw(struct view *view, struct screen *screen, int top)
{
    struct index *index = (struct index *)view;
    const struct list *list = &index->list;
    struct format_line buffer = {0};
    const char *empty = list->count ? "" : why_empty(index);
    screen_put(screen, top, 0, view->width, STYLE_DIM, empty, strlen(empty));
    for (int line = 0; line < list->height && list->top + line < list->count; line++)
        draw_row(index, screen, top + line, list->top + line, &buffer);
    format_line_clear(&buffer);
    return list->cursor - list->top;
}

static void status(struct view *view, int width, struct format_line *line)
{
    const struct index *index = (const struct index *)view;
    const struct index_status entry = {
        .app = view->app, .rows = &index->rows, .list = &index->list, .width = width};
    format_render(line, app_settings(view->app)->status_format, width, STYLE_STATUS,
                  index_status_expand, &entry);
}

/* The user has gone elsewhere: what a search would find is of no use. */
static void leave_search(struct index *index)
{
    inquiry_cancel(index->searching);
    index->searching = NULL;
}

static void select_row(struct index *index, int row)
{
    list_select(&index->list, row);
    index->moved = true;
    remember(index);
}

static const char *move(struct view *view, enum motion motion, int count)
{
    struct index *index = (struct index *)view;
    leave_search(index);
    const char *problem = list_move(&index->list, motion, count);
    index->moved = true;
    remember(index);
    return problem;
}

static bool click(struct view *view, int line)
{
    struct index *index = (struct index *)view;
    if (index->list.top + line >= index->list.count)
        return false;
    leave_search(index);
    select_row(index, index->list.top + line);
    return true;
}

static void open_selected(struct view *view)
{
    struct index *index = (struct index *)view;
    if (!index->list.count) {
        app_error(view->app, "There are no entries.");
        return;
    }
    leave_search(index);
    select_row(index, index->list.cursor);
    app_push(view->app, series_view_new(view->app, index->selected));
}

static bool is_tagged(const struct index *index, int number)
{
    return index_rows_is_tagged(&index->rows, row_at(index, number));
}

static void select_members(struct view *view, bool tagged, GPtrArray *members)
{
    struct index *index = (struct index *)view;
    for (int i = 0; i < index->list.count; i++)
        if (tagged ? is_tagged(index, i) : i == index->list.cursor)
            g_ptr_array_add(members, row_at(index, i)->posting->members->pdata[0]);
}

/* --- tagging ----------------------------------------------------------------------- */

/* The row of LEAD's posting now, or -1. */
static int row_of(struct index *index, const struct member *lead)
{
    const struct posting *posting = index_rows_posting(lead);
    /* A job comes by here at any time: another view may be on top, and mails have arrived. */
    if (index->view.stale) {
        index->view.stale = false;
        update(&index->view);
    }
    for (int i = 0; posting && i < index->list.count; i++)
        if (row_at(index, i)->posting == posting)
            return i;
    return -1;
}

/* Tags row NUMBER, or untags it. */
static void tag_row(struct index *index, int number)
{
    if (is_tagged(index, number) == index->tags)
        return;
    index_rows_tag(&index->rows, row_at(index, number), index->tags);
    index->changed++;
}

static bool tag_found(void *data, const struct member *lead, guint place)
{
    struct index *index = data;
    int row = row_of(index, lead);
    (void)place;
    if (row >= 0)
        tag_row(index, row);
    return false;
}

static void end_tagging(void *data, enum inquiry_end end)
{
    struct index *index = data;
    index->tagging = NULL;
    app_messagef(index->view.app, "%s%d %s %s.",
                 end == INQUIRY_STOPPED ? "Tagging was stopped: " : "", index->changed,
                 index->changed == 1 ? "entry" : "entries", index->tags ? "tagged" : "untagged");
}

static GArray *all_rows(const struct index *index)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(int));
    for (int i = 0; i < index->list.count; i++)
        g_array_append_val(order, i);
    return order;
}

/* Tags what PATTERN, which needs texts, matches, when they have been read. */
static void tag_by_texts(struct index *index, struct pattern *pattern)
{
    GArray *order = all_rows(index);
    inquiry_cancel(index->tagging);
    index->tagging = inquiry_start(index->view.app,
                                   &(struct inquiry_request){.name = "tagging",
                                                             .pattern = pattern,
                                                             .rows = &index->rows,
                                                             .order = order,
                                                             .matches = tag_found,
                                                             .done = end_tagging,
                                                             .data = index});
    g_array_unref(order);
}

static int tag(struct view *view, struct pattern *pattern, bool tag)
{
    struct index *index = (struct index *)view;
    if (!index->list.count) {
        app_error(view->app, "There are no entries.");
        return -1;
    }
    index->changed = 0;
    if (!pattern) {
        index->tags = !is_tagged(index, index->list.cursor);
        tag_row(index, index->list.cursor);
        select_row(index, index->list.cursor);
        return index->changed;
    }
    index->tags = tag;
    if (pattern_needs_texts(pattern)) {
        tag_by_texts(index, pattern);
        return -1;
    }
    /* From the end: a row's tag says nothing of the rows before it. */
    for (int i = index->list.count - 1; i >= 0; i--)
        if (index_rows_match(&index->rows, row_at(index, i), i + 1, pattern, NULL) == PATTERN_YES)
            tag_row(index, i);
    return index->changed;
}

static struct member *neighbour(struct view *view, const struct member *mail, int direction,
                                bool series)
{
    struct index *index = (struct index *)view;
    const struct posting *posting = mail ? index_rows_posting(mail) : NULL;
    const struct series *from = posting ? posting->series : NULL;
    int row = index->list.cursor;
    (void)series;
    if (row >= index->list.count)
        return NULL;
    /* Mostly it is the one that is selected: no look at all of them for each step of a count. */
    for (int i = 0; from && row_at(index, row)->series != from && i < index->list.count; i++)
        if (row_at(index, i)->series == from)
            row = i;
    from = row_at(index, row)->series;
    while (row >= 0 && row < index->list.count && row_at(index, row)->series == from)
        row += direction;
    if (row < 0 || row >= index->list.count)
        return NULL;
    while (row > 0 && row_at(index, row - 1)->series == row_at(index, row)->series)
        row--;
    select_row(index, row);
    return index->selected;
}

/* --- searching --------------------------------------------------------------------- */

/* What is said of a search from the selected row in DIRECTION that finds ROW, or NULL. */
static const char *wrapped(const struct index *index, int row, int direction)
{
    return find_message(true, (row - index->list.cursor) * direction <= 0, direction);
}

static bool select_found(void *data, const struct member *lead, guint place)
{
    struct index *index = data;
    int row = row_of(index, lead);
    if (row < 0)
        return false;
    select_row(index, row);
    const char *message = find_message(true, place >= index->wraps, index->direction);
    app_message(index->view.app, message ? message : "");
    return true;
}

static void end_search(void *data, enum inquiry_end end)
{
    struct index *index = data;
    index->searching = NULL;
    if (end != INQUIRY_FOUND)
        app_message(index->view.app,
                    end == INQUIRY_ALL ? "Not found." : "The search was stopped.");
}

/* Searches the rows of ORDER from number FIRST on, reading texts. */
static void search_texts(struct index *index, const GArray *order, guint first, int direction)
{
    struct app *app = index->view.app;
    int count = index->list.count, cursor = index->list.cursor;
    index->direction = direction;
    index->wraps = (guint)(direction > 0 ? count - 1 - cursor : cursor);
    index->searching = inquiry_start(app, &(struct inquiry_request){.name = "searching",
                                                                    .pattern = app->search.pattern,
                                                                    .rows = &index->rows,
                                                                    .order = order,
                                                                    .first = first,
                                                                    .matches = select_found,
                                                                    .done = end_search,
                                                                    .data = index});
}

/* The rows to be looked at, the selected one last. */
static GArray *search_order(const struct index *index, int direction)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(int));
    int count = index->list.count;
    bool wraps = app_settings(index->view.app)->wrap_search;
    for (int i = 1; i <= count; i++) {
        int row = index->list.cursor + i * direction;
        if (!wraps && (row < 0 || row >= count))
            break;
        row = (row % count + count) % count;
        g_array_append_val(order, row);
    }
    return order;
}

static const char *search(struct view *view, int direction)
{
    struct index *index = (struct index *)view;
    const struct pattern *pattern = view->app->search.pattern;
    const char *message = "Not found.";
    leave_search(index);
    GArray *order = search_order(index, direction);
    for (guint i = 0; i < order->len; i++) {
        int row = g_array_index(order, int, i);
        enum pattern_answer answer =
            index_rows_match(&index->rows, row_at(index, row), row + 1, pattern, NULL);
        if (answer == PATTERN_NO)
            continue;
        if (answer == PATTERN_UNREAD) {
            search_texts(index, order, i, direction);
            message = index->searching ? "Searching..." : NULL;
            break;
        }
        message = wrapped(index, row, direction);
        select_row(index, row);
        break;
    }
    g_array_unref(order);
    return message;
}

/* --- commands ---------------------------------------------------------------------- */

static struct index *top_index(struct app *app)
{
    return (struct index *)app_top(app);
}

bool index_limit_to(struct view *view, const char *text)
{
    struct index *index = (struct index *)view;
    struct pattern *pattern = NULL;
    GError *error = NULL;
    bool all = !*text || strcmp(text, "all") == 0 || strcmp(text, ".") == 0;
    if (!all) {
        pattern = pattern_new(text, app_settings(view->app)->simple_search,
                              g_get_real_time() / G_USEC_PER_SEC, &error);
        if (!pattern) {
            app_take_error(view->app, error);
            return false;
        }
    }
    stop_limiting(index);
    index->limit_stopped = false;
    leave_search(index);
    index_rows_limit(&index->rows, all ? NULL : text, pattern);
    index->moved = index->moved || index->selected;
    view->stale = true;
    app_draw_soon(view->app);
    return true;
}

const struct pattern *index_pattern(const struct view *view)
{
    return ((const struct index *)view)->rows.pattern;
}

void index_unfold_all(struct view *view)
{
    index_rows_fold_all(&((struct index *)view)->rows, false);
    view->stale = true;
}

GHashTable *index_shown(const struct view *view)
{
    const struct index_rows *rows = &((const struct index *)view)->rows;
    if (!rows->limit)
        return NULL;
    GHashTable *shown = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < rows->shown->len; i++)
        g_hash_table_add(shown, rows->shown->pdata[i]);
    return shown;
}

static void limit_to(struct app *app, const char *text, void *data)
{
    (void)data;
    if (*text && index_limit_to(app_top(app), text) && top_index(app)->rows.limit)
        app_message(app, "To view all series, limit to \"all\".");
}

void index_limit(struct app *app, const struct invocation *invocation)
{
    if (invocation->argument)
        limit_to(app, invocation->argument, NULL);
    else
        prompt_ask(app, &(struct prompt_request){.label = "Limit to series matching: ",
                                                 .history = HISTORY_PATTERN,
                                                 .accept = limit_to});
}

void index_show_limit(struct app *app, const struct invocation *invocation)
{
    const char *limit = top_index(app)->rows.limit;
    (void)invocation;
    if (limit)
        app_messagef(app, "Limit: %s", limit);
    else
        app_message(app, "No limit pattern is in effect.");
}

static void collapse_one(struct index *index)
{
    const struct index_row *row = row_at(index, index->list.cursor);
    bool unfolded = index_rows_is_unfolded(&index->rows, row->series);
    if (row->series->postings->len < 2) {
        app_message(index->view.app, "There are no older versions.");
        return;
    }
    const struct posting *listed = row->series->postings->pdata[0];
    index_rows_fold(&index->rows, row, unfolded);
    if (unfolded)
        index->selected = listed->members->pdata[0];
}

void index_collapse(struct app *app, const struct invocation *invocation)
{
    struct index *index = top_index(app);
    if (!index->list.count) {
        app_error(app, "There are no entries.");
        return;
    }
    index->moved = true;
    if (invocation->command->argument)
        index_rows_fold_all(&index->rows, invocation_folds(invocation, !index->rows.all_unfolded));
    else
        collapse_one(index);
    index->view.stale = true;
}

static const struct {
    char key;
    const char *order;
} orders[] = {
    {'a', "arrival"}, {'d', "date"},    {'f', "from"},    {'s', "subject"}, {'t', "state"},
    {'v', "version"}, {'p', "patches"}, {'r', "replies"}, {'e', "trailers"},
};

static void set_order(struct app *app, const char *order, bool reverse)
{
    GError *error = NULL;
    char *value = g_strconcat(reverse ? "reverse-" : "", order, NULL);
    if (!settings_set(&app->configuration->settings, setting_find("sort"), value, &error))
        app_take_error(app, error);
    app_configured(app);
    g_free(value);
}

static void sort_by_key(struct app *app, const char *text, void *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++)
        if (*text == orders[i].key)
            set_order(app, orders[i].order, GPOINTER_TO_INT(data) < 0);
}

void index_sort(struct app *app, const struct invocation *invocation)
{
    int direction = invocation->command->argument;
    top_index(app)->moved = true;
    if (invocation->argument)
        set_order(app, invocation->argument, direction < 0);
    else
        prompt_choose(app,
                      direction > 0 ? "Sort (a)rriv/(d)ate/(f)rom/(s)ubj/s(t)ate/(v)er/"
                                      "(p)atch/(r)epl/trail(e)rs? "
                                    : "Rev-sort (a)rriv/(d)ate/(f)rom/(s)ubj/s(t)ate/(v)er/"
                                      "(p)atch/(r)epl/trail(e)rs? ",
                      "adfstvpre", sort_by_key, GINT_TO_POINTER(direction), NULL);
}

void index_next_new(struct app *app, const struct invocation *invocation)
{
    struct index *index = top_index(app);
    int direction = invocation->command->argument, count = index->list.count;
    for (int i = 1; i <= count; i++) {
        int row = ((index->list.cursor + i * direction) % count + count) % count;
        if (posting_state(row_at(index, row)->posting) != SERIES_NEW)
            continue;
        const char *message = wrapped(index, row, direction);
        select_row(index, row);
        if (message)
            app_message(app, message);
        return;
    }
    app_message(app, "No new series.");
}

/* --- the table --------------------------------------------------------------------- */

static void free_index(struct view *view)
{
    struct index *index = (struct index *)view;
    stop_limiting(index);
    inquiry_cancel(index->searching);
    inquiry_cancel(index->tagging);
    index_rows_clear(&index->rows);
    g_free(index);
}

static const struct view_hint hints[] = {
    {"exit", "Quit"},          {"help", "Help"},          {"display-message", "Open"},
    {"limit", "Limit"},        {"search", "Search"},      {"tag-entry", "Tag"},
    {"collapse-thread", "Fold"}, {"contributors", "People"}, {"save-message", "Save"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_INDEX,
    .unit = VIEW_UNIT_SERIES,
    .hints = hints,
    .free = free_index,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .open = open_selected,
    .search = search,
    .select = select_members,
    .tag = tag,
    .click = click,
    .neighbour = neighbour,
};

struct view *index_new(struct app *app)
{
    struct index *index = g_new0(struct index, 1);
    index->view = (struct view){.operations = &operations, .app = app};
    index_rows_init(&index->rows);
    index->rows.all_unfolded = !app_settings(app)->collapse_all;
    return &index->view;
}
