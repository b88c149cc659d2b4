/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies behind the range: asks for what the model wants, and has the rest of the archive
 * indexed. */
#include "fingerprints.h"
#include "store/remembered.h"
#include "visit_parts.h"

#include <string.h>

/* Does the range hold everything that lies behind it, so that nothing needs to be asked? */
static bool holds_everything(const struct range *range)
{
    return (range->all || (range->revisions && !range->from)) && !range->has_since &&
           range->newest == 0;
}

/* The setting was looked at when it was set: what cannot be read is none of the user's. */
static struct history_reach reach_of(const struct app *app)
{
    struct history_reach reach = {.since = INT64_MAX};
    if (!app->visit->no_history)
        history_parse_reach(app_settings(app)->history, g_get_real_time() / G_USEC_PER_SEC, &reach,
                            NULL);
    return reach;
}

void background_start(struct app *app)
{
    struct current_visit *visit = app->visit;
    struct background *background = &visit->background;
    GError *error = NULL;
    if (!visit->head.found)
        return;
    const struct history_options options = {.newest = visit->head.commit,
                                            .rank = visit->head.rank,
                                            .open = visit->open,
                                            .reach = reach_of(app),
                                            .readers = app_readers(app),
                                            .first = visit->first,
                                            .notify = visit_wake,
                                            .data = app->arrivals};
    background->tried = true;
    g_free(background->reach);
    background->reach = g_strdup(app_settings(app)->history);
    background->history = history_start(app->archive, &options, &error);
    if (!background->history)
        app_take_error(app, error);
}

/* Has the user set another reach since the history was started? */
bool background_reach_changed(const struct app *app)
{
    const char *reach = app->visit->background.reach;
    return reach && !app->visit->no_history && strcmp(reach, app_settings(app)->history) != 0;
}

/* Starts the history anew, from the head as it is now. */
void background_restart(struct app *app)
{
    struct background *background = &app->visit->background;
    if (background_reach_changed(app))
        background->asked = 0;
    if (background->history)
        history_free(background->history);
    background->history = NULL;
    background->again = true;
    background_start(app);
    if (background->history)
        history_range_read(background->history);
    /* What is wanted is asked for when the model has settled. */
    app_unsettled(app);
}

/* The ranks of all mails that the model has. The caller unrefs the array. */
static GArray *ranks_of_all(const struct series_set *set)
{
    const GPtrArray *members = series_set_mails(set)->members;
    GArray *ranks = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), members->len);
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        g_array_append_val(ranks, member->mail->place.arrival);
    }
    return ranks;
}

/* Asks for what the model wants and has not asked for. */
static void ask_wanted(struct app *app)
{
    struct current_visit *visit = app->visit;
    struct background *background = &visit->background;
    if (visit->no_history || holds_everything(&visit->range) || renewal_gives(&visit->renewal))
        return;
    series_set_wants(app->set, background->wants);
    guint count = background->wants->len - background->asked;
    if (!background->history || count == 0)
        return;
    GArray *mine = background->again ? ranks_of_all(app->set)
                                     : g_array_new(FALSE, FALSE, sizeof(int64_t));
    background->again = false;
    history_ask(background->history,
                &g_array_index(background->wants, uint64_t, background->asked), count, mine);
    background->asked += count;
    g_array_unref(mine);
}

void visit_settled(struct app *app)
{
    fingerprints_look(app);
    ask_wanted(app);
}

static char *describe_history(const struct history_progress *progress)
{
    if (progress->waits)
        return g_strdup("history waits for another pore");
    GDateTime *date = progress->back_to ? g_date_time_new_from_unix_local(progress->back_to) : NULL;
    char *text = date ? g_date_time_format(date, "history back to %Y-%m") : g_strdup("history");
    g_clear_pointer(&date, g_date_time_unref);
    return text;
}

/* Beside an error that is being shown: where nothing can be written there are two of them at once. */
static void tell_problem(struct app *app, const char *problem)
{
    bool both = app->message_is_error && app->message->len;
    char *before = both ? g_strconcat(app->message->str, "; ", NULL) : g_strdup("");
    app_errorf(app, "%sThe history: %s", before, problem);
    g_free(before);
}

static void take_progress(struct app *app)
{
    struct background *background = &app->visit->background;
    bool finished = history_finished(background->history);
    struct history_progress progress = history_progress(background->history);
    char *text = finished ? NULL : describe_history(&progress);
    if (g_strcmp0(text, background->progress) != 0)
        app_draw_by(app, app->settle_due);
    g_free(background->progress);
    background->progress = text;
    if (progress.problem && g_strcmp0(progress.problem, background->problem) != 0) {
        tell_problem(app, progress.problem);
        g_free(background->problem);
        background->problem = g_steal_pointer(&progress.problem);
    }
    g_free(progress.problem);
}

void background_take_first(struct app *app)
{
    struct current_visit *visit = app->visit;
    if (!commit_id_is_zero(&visit->first))
        return;
    visit->first = history_first_commit(visit->background.history);
    if (!commit_id_is_zero(&visit->first))
        remembered_place(app->marks, visit->path, &visit->first);
}

void background_take(struct app *app, gint64 due)
{
    struct history *history = app->visit->background.history;
    struct mail_batch *batch;
    while ((batch = history_take(history))) {
        series_set_take_known(app->set, batch);
        app_unsettled(app);
        if (visit_pauses(app, due)) {
            visit_wake(app->arrivals);
            break;
        }
    }
    /* A long thread is followed without being settled mail by mail. */
    ask_wanted(app);
    background_take_first(app);
    take_progress(app);
}

bool background_is_busy(const struct background *background)
{
    return background->history && !history_finished(background->history);
}

void background_clear(struct background *background)
{
    if (background->history)
        history_free(background->history);
    g_array_unref(background->wants);
    g_free(background->reach);
    g_free(background->progress);
    g_free(background->problem);
}
