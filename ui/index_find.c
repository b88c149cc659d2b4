/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the index by pattern: searching, tagging, matching; at once, or while texts are read. */
#include "app.h"
#include "find.h"
#include "index_view.h"

/* Asks all rows whether PATTERN, which needs texts, matches, as inquiry_start() does; NULL as it does. */
static struct inquiry *ask_all_rows(struct index *index, const char *name, struct pattern *pattern,
                                    bool (*matches)(void *data, const struct member *lead,
                                                    guint place),
                                    void (*done)(void *data, enum inquiry_end end))
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(int));
    for (int i = 0; i < index->list.count; i++)
        g_array_append_val(order, i);
    struct inquiry *inquiry = inquiry_start(index->view.app,
                                            &(struct inquiry_request){.name = name,
                                                                      .pattern = pattern,
                                                                      .rows = &index->rows,
                                                                      .order = order,
                                                                      .matches = matches,
                                                                      .done = done,
                                                                      .data = index});
    g_array_unref(order);
    return inquiry;
}

/* --- tagging ----------------------------------------------------------------------- */

/* Tags row NUMBER, or untags it. */
static void tag_row(struct index *index, int number)
{
    if (index_row_is_tagged(index, number) == index->tags)
        return;
    index_rows_tag(&index->rows, index_row_at(index, number), index->tags);
    index->changed++;
}

static bool tag_found(void *data, const struct member *lead, guint place)
{
    struct index *index = data;
    int row = index_row_of(index, lead);
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

/* Tags what PATTERN, which needs texts, matches, when they have been read. */
static void tag_by_texts(struct index *index, struct pattern *pattern)
{
    inquiry_cancel(index->tagging);
    index->tagging = ask_all_rows(index, "tagging", pattern, tag_found, end_tagging);
}

int index_tag(struct view *view, struct pattern *pattern, bool tag)
{
    struct index *index = (struct index *)view;
    if (!index->list.count) {
        app_error(view->app, "There are no entries.");
        return -1;
    }
    index->changed = 0;
    if (!pattern) {
        index->tags = !index_row_is_tagged(index, index->list.cursor);
        tag_row(index, index->list.cursor);
        index_select_row(index, index->list.cursor);
        return index->changed;
    }
    index->tags = tag;
    if (pattern_needs_texts(pattern)) {
        tag_by_texts(index, pattern);
        return -1;
    }
    struct pattern_question *question = pattern_question_new(pattern, NULL);
    /* From the end: a row's tag says nothing of the rows before it. */
    for (int i = index->list.count - 1; i >= 0; i--)
        if (index_rows_ask(&index->rows, index_row_at(index, i), i + 1, question) == PATTERN_YES)
            tag_row(index, i);
    pattern_question_free(question);
    return index->changed;
}

/* --- searching --------------------------------------------------------------------- */

void index_leave_search(struct index *index)
{
    inquiry_cancel(index->searching);
    index->searching = NULL;
}

const char *index_wrapped(const struct index *index, int row, int direction)
{
    return find_message(true, (row - index->list.cursor) * direction <= 0, direction, false);
}

static bool select_found(void *data, const struct member *lead, guint place)
{
    struct index *index = data;
    int row = index_row_of(index, lead);
    if (row < 0)
        return false;
    index_select_row(index, row);
    const char *message = find_message(true, place >= index->wraps, index->direction, false);
    app_message(index->view.app, message ? message : "");
    return true;
}

static void end_search(void *data, enum inquiry_end end)
{
    struct index *index = data;
    index->searching = NULL;
    if (end != INQUIRY_FOUND)
        app_message(index->view.app,
                    end == INQUIRY_ALL
                        ? find_message(false, false, index->direction,
                                       pattern_gave_up(index->view.app->search.pattern))
                        : "The search was stopped.");
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

const char *index_search(struct view *view, int direction)
{
    struct index *index = (struct index *)view;
    const struct pattern *pattern = view->app->search.pattern;
    const char *message = NULL;
    bool found = false;
    index_leave_search(index);
    GArray *order = search_order(index, direction);
    struct pattern_question *question = pattern_question_new(pattern, NULL);
    for (guint i = 0; i < order->len; i++) {
        int row = g_array_index(order, int, i);
        enum pattern_answer answer =
            index_rows_ask(&index->rows, index_row_at(index, row), row + 1, question);
        if (answer == PATTERN_NO)
            continue;
        found = true;
        if (answer == PATTERN_UNREAD) {
            search_texts(index, order, i, direction);
            message = index->searching ? "Searching..." : NULL;
            break;
        }
        message = index_wrapped(index, row, direction);
        index_select_row(index, row);
        break;
    }
    pattern_question_free(question);
    g_array_unref(order);
    return found ? message : find_message(false, false, direction, pattern_gave_up(pattern));
}

/* --- matching ---------------------------------------------------------------------- */

/* Forgets what was asked for. */
static void clear_matches(struct index_matches *matches)
{
    inquiry_cancel(matches->inquiry);
    if (matches->members)
        g_ptr_array_unref(matches->members);
    if (matches->free_data)
        matches->free_data(matches->data);
    *matches = (struct index_matches){0};
}

/* Hands over what was found. */
static void end_matches(struct index *index)
{
    /* Who is called may ask anew. */
    struct index_matches matches = index->matches;
    index->matches = (struct index_matches){0};
    matches.done(index->view.app, matches.members, matches.data);
    clear_matches(&matches);
}

static bool match_found(void *data, const struct member *lead, guint place)
{
    struct index *index = data;
    (void)place;
    g_ptr_array_add(index->matches.members, (gpointer)(uintptr_t)lead);
    return false;
}

static void end_matching(void *data, enum inquiry_end end)
{
    struct index *index = data;
    index->matches.inquiry = NULL;
    if (end == INQUIRY_ALL) {
        end_matches(index);
        return;
    }
    clear_matches(&index->matches);
    app_message(index->view.app, "It was stopped: nothing was done.");
}

/* Asks all rows, reading texts. */
static void match_by_texts(struct index *index, struct pattern *pattern)
{
    index->matches.inquiry =
        ask_all_rows(index, "matching", pattern, match_found, end_matching);
    if (!index->matches.inquiry)
        clear_matches(&index->matches);
}

void index_match(struct view *view, struct pattern *pattern, index_matched *done, void *data,
                 GDestroyNotify free_data)
{
    struct index *index = (struct index *)view;
    clear_matches(&index->matches);
    index->matches = (struct index_matches){
        .members = g_ptr_array_new(), .done = done, .data = data, .free_data = free_data};
    if (pattern_needs_texts(pattern)) {
        match_by_texts(index, pattern);
        return;
    }
    struct pattern_question *question = pattern_question_new(pattern, NULL);
    for (int i = 0; i < index->list.count; i++)
        if (index_rows_ask(&index->rows, index_row_at(index, i), i + 1, question) == PATTERN_YES)
            g_ptr_array_add(index->matches.members,
                            index_row_at(index, i)->posting->members->pdata[0]);
    pattern_question_free(question);
    end_matches(index);
}

void index_stop_finding(struct index *index)
{
    inquiry_cancel(index->searching);
    inquiry_cancel(index->tagging);
    index->searching = index->tagging = NULL;
    clear_matches(&index->matches);
}
