/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of the index. */
#include "app.h"
#include "index_view.h"

#include <string.h>

static struct index *top_index(struct app *app)
{
    return (struct index *)app_top(app);
}

static void limit_to(struct app *app, const char *text, void *data)
{
    struct view *view = app_top(app);
    (void)data;
    /* The index has not been limited yet, and may then have more to say. */
    if (*text && index_limit_to(view, text) && index_pattern(view))
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
    const struct index_row *row = index_row_at(index, index->list.cursor);
    bool unfolded = index_rows_is_unfolded(&index->rows, row->series);
    const struct posting *listed = row->series->listed;
    if (row->series->postings->pdata[row->series->postings->len - 1] == listed) {
        app_message(index->view.app, "There are no older versions.");
        return;
    }
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

/* How much the reader wants to be at row NUMBER: 2 what is new, or has changed since it was
 * reviewed; 1 what else is not reviewed; 0 what is done, put off or replaced. */
static int urgency(const struct index *index, int number)
{
    const struct index_row *row = index_row_at(index, number);
    const struct series_mark mark = index_rows_mark(&index->rows, row);
    enum series_state state = posting_state(row->posting);
    if (state == SERIES_SKIP || row->posting != row->series->listed || mark.state == MARK_LATER ||
        series_mark_is_done(&mark))
        return 0;
    return state == SERIES_NEW || mark.state == MARK_REVIEWED ? 2 : 1;
}

/* mutt's next-new-then-unread. */
void index_next_new(struct app *app, const struct invocation *invocation)
{
    struct index *index = top_index(app);
    int direction = invocation->command->argument, count = index->list.count;
    int found = -1, best = 0;
    for (int i = 1; i <= count && best < 2; i++) {
        int row = ((index->list.cursor + i * direction) % count + count) % count;
        int here = urgency(index, row);
        if (here <= best)
            continue;
        found = row;
        best = here;
    }
    if (found < 0) {
        app_message(app, "No series is left to be reviewed.");
        return;
    }
    const char *message = index_wrapped(index, found, direction);
    index_leave_search(index);
    index_select_row(index, found);
    if (message)
        app_message(app, message);
}

void index_toggle_read(struct app *app, const struct invocation *invocation)
{
    struct index *index = top_index(app);
    struct settings *settings = &app->configuration->settings;
    (void)invocation;
    settings->hide_done = !settings->hide_done;
    index->moved = index->moved || index->selected;
    app_configured(app);
    app_message(app, settings->hide_done ? "Reviewed and ignored series are hidden."
                                         : "All series are shown.");
}
