/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index: all series, one row each. */
#include "app.h"
#include "frame.h"
#include "index_format.h"
#include "index_view.h"
#include "texts.h"

#include <string.h>

/* While the limit's texts are read the rows are made anew at most this often, in microseconds; sooner at first. */
#define MATCHES_EVERY (100 * 1000)

const struct index_row *index_row_at(const struct index *index, int row)
{
    return &g_array_index(index->rows.rows, struct index_row, row);
}

static void remember(struct index *index)
{
    index->selected = index->list.count
                          ? index_row_at(index, index->list.cursor)->posting->members->pdata[0]
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
    /* Not again before they have been made: update() sets the next time. */
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
    index->limiting_since = g_get_monotonic_time();
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
    index->rows.marking = view->app->marking;
    index->rows.review = &view->app->review;
    index->rows.hides_done = app_settings(view->app)->hide_done;
    index_rows_update(&index->rows, view->app->set, app_settings(view->app)->sort,
                      index->moved ? index->selected : NULL);
    list_resize(&index->list, view->height);
    list_replace(&index->list, (int)index->rows.rows->len, index->rows.selected);
    if (!index->moved || !index->selected)
        remember(index);
    /* What comes when the range has been read is new: it moves nothing. */
    index->moved = index->moved || (!view->app->scan && index->selected);
    read_wanted(index);
    if (index->rows.pattern && pattern_gave_up(index->rows.pattern))
        app_message(view->app, "The limit gave up on some texts, which do not match: it takes too long.");
    /* What takes long is done less often, so that keys never wait for it. */
    if (index->limiting) {
        gint64 end = g_get_monotonic_time();
        gint64 pause = CLAMP(end - index->limiting_since, APP_DRAW_EVERY, MATCHES_EVERY);
        index->matches_due = end + MAX(pause, 5 * (end - start));
    }
}

/* What is done or replaced steps back, all of it. */
static enum style style_of(const struct index_row *row, const struct series_mark *mark)
{
    if (series_mark_is_done(mark))
        return mark->state == MARK_IGNORED ? STYLE_IGNORED : STYLE_REVIEWED;
    return posting_state(row->posting) == SERIES_SKIP ? STYLE_SKIP : STYLE_NORMAL;
}

/* Lays over the row at LINE what its posting, its marks, its tag and the user's rules say. */
static void overlay_row(const struct index *index, struct screen *screen, int line, int number,
                        const struct index_entry *entry)
{
    const struct index_row *row = entry->row;
    const GPtrArray *rules = index->view.app->configuration->colours->index_rules;
    int width = index->view.width;
    enum style style = style_of(row, &entry->mark);
    if (style != STYLE_NORMAL)
        screen_overlay(screen, line, 0, width, style);
    for (guint i = 0; i < rules->len; i++) {
        const struct colour_rule *rule = rules->pdata[i];
        if (!index_rows_match(&index->rows, row, number + 1, rule->pattern))
            continue;
        screen_overlay(screen, line, 0, width, rule->style);
        break;
    }
    if (entry->tagged)
        screen_overlay(screen, line, 0, width, STYLE_TAGGED);
    if (number == index->list.cursor && !app_settings(index->view.app)->arrow_cursor)
        screen_overlay(screen, line, 0, width, STYLE_INDICATOR);
}

static void draw_row(const struct index *index, struct screen *screen, int line, int number,
                     struct format_line *buffer)
{
    const struct app *app = index->view.app;
    const struct index_row *row = index_row_at(index, number);
    bool arrow = app_settings(app)->arrow_cursor;
    int column = arrow ? MIN(2, index->view.width) : 0;
    struct index_replies replies = {.counted = false};
    const struct index_entry entry = {
        .row = row,
        .number = number + 1,
        .tagged = index_rows_is_tagged(&index->rows, row),
        .mark = index_rows_mark(&index->rows, row),
        .marking = index->rows.marking,
        .review = index->rows.review,
        .replies = &replies,
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
    overlay_row(index, screen, line, number, &entry);
}

/* Replies of the range: where nothing else came, they are to series that are not listed. */
static guint count_replies(const struct index *index)
{
    const GPtrArray *members = series_set_mails(index->view.app->set)->members;
    guint count = 0;
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        count += member->live && member->in_range && member->mail->kind == MAIL_REPLY;
    }
    return count;
}

/* The caller frees it. */
static char *why_empty(const struct index *index)
{
    if (index->view.app->scan || index->limiting)
        return g_strdup("");
    if (index->rows.done && !index->rows.hidden)
        return g_strdup("All series are reviewed or ignored, and hidden.");
    if (index->rows.limit)
        return g_strdup("No series matches the limit.");
    guint replies = count_replies(index);
    if (!replies)
        return g_strdup("No patch series here.");
    return g_strdup_printf("No patch series here, but %u %s to what came before: --all shows %s.",
                           replies, replies == 1 ? "reply" : "replies",
                           replies == 1 ? "it" : "them");
}

static int draw(struct view *view, struct screen *screen, int top)
{
    struct index *index = (struct index *)view;
    const struct list *list = &index->list;
    struct format_line buffer = {0};
    char *empty = list->count ? g_strdup("") : why_empty(index);
    screen_put(screen, top, 0, view->width, STYLE_DIM, empty, strlen(empty));
    g_free(empty);
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

void index_select_row(struct index *index, int row)
{
    list_select(&index->list, row);
    index->moved = true;
    remember(index);
}

int index_row_of(struct index *index, const struct member *mail)
{
    const struct posting *posting = index_rows_posting(mail);
    /* A job comes by here at any time: another view may be on top, and mails have arrived. */
    if (index->view.stale) {
        index->view.stale = false;
        update(&index->view);
    }
    for (int i = 0; posting && i < index->list.count; i++)
        if (index_row_at(index, i)->posting == posting)
            return i;
    return -1;
}

static const char *move(struct view *view, enum motion motion, int count)
{
    struct index *index = (struct index *)view;
    index_leave_search(index);
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
    index_leave_search(index);
    index_select_row(index, index->list.top + line);
    return true;
}

static void open_selected(struct view *view)
{
    struct index *index = (struct index *)view;
    if (!index->list.count) {
        app_error(view->app, "There are no entries.");
        return;
    }
    index_leave_search(index);
    index_select_row(index, index->list.cursor);
    app_push(view->app, series_view_new(view->app, index->selected));
}

bool index_row_is_tagged(const struct index *index, int number)
{
    return index_rows_is_tagged(&index->rows, index_row_at(index, number));
}

static void select_members(struct view *view, bool tagged, GPtrArray *members)
{
    struct index *index = (struct index *)view;
    for (int i = 0; i < index->list.count; i++)
        if (tagged ? index_row_is_tagged(index, i) : i == index->list.cursor)
            g_ptr_array_add(members, index_row_at(index, i)->posting->members->pdata[0]);
}

/* Is SERIES the selected one? It may have gone from the list: then the rows know where it would be. */
static bool is_selected(const struct index *index, const struct series *series)
{
    const struct posting *posting = index->selected ? index_rows_posting(index->selected) : NULL;
    return posting && posting->series == series;
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
    for (int i = 0; from && index_row_at(index, row)->series != from && i < index->list.count; i++)
        if (index_row_at(index, i)->series == from)
            row = i;
    if (from && index_row_at(index, row)->series != from && is_selected(index, from)) {
        row = index->rows.selected - (direction < 0);
    } else {
        from = index_row_at(index, row)->series;
        while (row >= 0 && row < index->list.count && index_row_at(index, row)->series == from)
            row += direction;
    }
    if (row < 0 || row >= index->list.count)
        return NULL;
    while (row > 0 && index_row_at(index, row - 1)->series == index_row_at(index, row)->series)
        row--;
    index_select_row(index, row);
    return index->selected;
}

/* --- what others ask ------------------------------------------------------------- */

bool index_limit_to(struct view *view, const char *text)
{
    struct index *index = (struct index *)view;
    bool all = !*text || strcmp(text, "all") == 0 || strcmp(text, ".") == 0;
    struct pattern *pattern = all ? NULL : search_pattern(view->app, text);
    if (!all && !pattern)
        return false;
    stop_limiting(index);
    index->limit_stopped = false;
    index_leave_search(index);
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

bool index_select(struct view *view, const struct member *mail)
{
    struct index *index = (struct index *)view;
    const struct posting *posting = index_rows_posting(mail);
    int row = index_row_of(index, mail);
    for (int i = 0; posting && row < 0 && i < index->list.count; i++)
        if (index_row_at(index, i)->series == posting->series)
            row = i;
    if (row < 0)
        return false;
    index_leave_search(index);
    index_select_row(index, row);
    return true;
}

GHashTable *index_shown(const struct view *view)
{
    const struct index_rows *rows = &((const struct index *)view)->rows;
    if (!rows->limit && !rows->done)
        return NULL;
    GHashTable *shown = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < rows->shown->len; i++)
        g_hash_table_add(shown, rows->shown->pdata[i]);
    return shown;
}

/* --- the table --------------------------------------------------------------------- */

static void free_index(struct view *view)
{
    struct index *index = (struct index *)view;
    stop_limiting(index);
    index_stop_finding(index);
    index_rows_clear(&index->rows);
    g_free(index);
}

static const struct view_hint hints[] = {
    {"exit", "Quit"},     {"help", "Help"},           {"display-message", "Open"},
    {"limit", "Limit"},   {"search", "Search"},       {"toggle-reviewed", "Reviewed"},
    {"tag-entry", "Tag"}, {"collapse-thread", "Fold"}, {"contributors", "People"},
    {"save-message", "Save"},
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
    .search = index_search,
    .select = select_members,
    .tag = index_tag,
    .mark_targets = select_members,
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
