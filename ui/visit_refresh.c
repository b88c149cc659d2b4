/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is new in an archive since it was opened: looking for it, and fetching it first. */
#include "visit_parts.h"

#include <gio/gio.h>
#include <string.h>

static void free_batch(gpointer batch)
{
    if (batch)
        scan_batch_free(batch);
}

void renewal_init(struct renewal *renewal)
{
    renewal->batches = g_ptr_array_new_with_free_func(free_batch);
}

void renewal_clear(struct renewal *renewal)
{
    if (renewal->fetching)
        fetching_free(renewal->fetching);
    g_ptr_array_unref(renewal->batches);
}

static void drop(struct renewal *renewal)
{
    g_ptr_array_set_size(renewal->batches, 0);
    renewal->given = 0;
    renewal->mails = 0;
    renewal->head.found = false;
}

/* --- reading it -------------------------------------------------------------------- */

void renewal_keep(struct renewal *renewal, struct scan_batch *batch)
{
    const GArray *mails = batch->mails->mails, *commits = batch->commits;
    head_note(&renewal->head, batch);
    if (commits->len)
        renewal->oldest = g_array_index(commits, struct archive_commit, commits->len - 1);
    for (guint i = 0; i < mails->len; i++)
        renewal->mails += !g_array_index(mails, struct mail, i).withdrawal;
    g_ptr_array_add(renewal->batches, batch);
}

/* Does what is new follow on what was SEEN? A new epoch begins without a parent. */
static bool follows(const struct renewal *renewal, const struct head *seen)
{
    struct commit_id parent;
    memcpy(parent.bytes, renewal->oldest.parent, sizeof parent.bytes);
    return commit_id_is_zero(&parent) ? renewal->oldest.epoch != seen->epoch
                                   : commit_id_same(&parent, &seen->commit);
}

static void tell_rewritten(struct app *app)
{
    app->visit->rewritten = true;
    app_error(app, "The archive's history was rewritten: leave and open it again to see it.");
}

void renewal_finish(struct app *app)
{
    struct renewal *renewal = &app->visit->renewal;
    visit_end_scan(app);
    renewal->reads = false;
    if (!renewal->head.found || follows(renewal, &app->visit->head))
        return;
    drop(renewal);
    tell_rewritten(app);
}

static void tell_new_mails(struct app *app, size_t count)
{
    if (count == 0)
        app_message(app, "No new mail.");
    else
        app_messagef(app, "%zu new mail%s.", count, count == 1 ? "" : "s");
}

static void end_giving(struct app *app)
{
    struct current_visit *visit = app->visit;
    if (visit->renewal.head.found)
        visit->head = visit->renewal.head;
    tell_new_mails(app, visit->renewal.mails);
    if (app->unreadable + visit->broken > visit->renewal.problems)
        visit_tell_problems(app);
    drop(&visit->renewal);
    /* A history that still reads goes on below what is new, which the next visit will index. */
    visit->background.again = true;
    if (!background_is_busy(&visit->background) || background_reach_changed(app))
        background_restart(app);
}

bool renewal_gives(const struct renewal *renewal)
{
    return !renewal->reads && renewal->batches->len > 0;
}

static void give(struct app *app, gint64 due)
{
    struct renewal *renewal = &app->visit->renewal;
    while (renewal->given < renewal->batches->len) {
        struct scan_batch *batch = g_steal_pointer(&renewal->batches->pdata[renewal->given++]);
        visit_give(app, batch);
        scan_batch_free(batch);
        if (visit_pauses(app, due))
            break;
    }
    if (renewal->given < renewal->batches->len)
        visit_wake(app->arrivals);
    else
        end_giving(app);
}

/* Begins to read what lies above the head. */
static void read_new(struct app *app)
{
    struct current_visit *visit = app->visit;
    char head[COMMIT_ID_TEXT_SIZE];
    GError *error = NULL;
    commit_id_text(&visit->head.commit, head);
    const struct range range = {.revisions = true, .from = head};
    const struct scan_options options = {.range = &range,
                                         .readers = app_readers(app),
                                         .above = true,
                                         .floor = visit->head.rank,
                                         .gives_way = true,
                                         .notify = visit_wake,
                                         .data = app->arrivals};
    app->scan = scan_start(app->archive, &options, &error);
    visit->renewal.reads = app->scan != NULL;
    visit->renewal.problems = app->unreadable + visit->broken;
    if (app->scan)
        return;
    /* What was seen is gone, or it is not behind the newest commit. */
    if (g_error_matches(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE)) {
        g_error_free(error);
        tell_rewritten(app);
    } else {
        app_take_error(app, error);
    }
}

static void look(struct app *app)
{
    struct current_visit *visit = app->visit;
    struct commit_id newest;
    GError *error = NULL;
    if (!archive_refresh(app->archive, &error))
        app_take_error(app, error);
    else if (visit->rewritten)
        tell_rewritten(app);
    else if (!visit->open)
        app_messagef(app, "No new mail: the range ends at %s.", app->to);
    else if (visit->head.found && archive_newest(app->archive, &newest) &&
             !commit_id_same(&newest, &visit->head.commit))
        read_new(app);
    else
        tell_new_mails(app, 0);
}

void visit_refresh(struct app *app)
{
    struct renewal *renewal = &app->visit->renewal;
    app->fingerprinting.stopped = false;
    if (marks_refresh(app->marks))
        app_marks_changed(app);
    renewal->due = app->scan || renewal_gives(renewal);
    if (renewal->due) {
        app_message(app, "New mail is looked for when all is read.");
        return;
    }
    look(app);
    if (!app->scan && background_reach_changed(app))
        background_restart(app);
}

/* --- fetching it ------------------------------------------------------------------- */

void visit_fetch(struct app *app)
{
    struct renewal *renewal = &app->visit->renewal;
    GError *error = NULL;
    if (renewal->fetching) {
        app_message(app, "It is being fetched.");
        return;
    }
    renewal->fetching = fetching_start(app->visit->path, visit_wake, app->arrivals, &error);
    if (renewal->fetching)
        app_message(app, "Fetching...");
    else
        app_take_error(app, error);
}

static void take_fetch(struct app *app)
{
    struct renewal *renewal = &app->visit->renewal;
    struct sync_result result = {0};
    GError *error = NULL;
    app_draw_by(app, g_get_monotonic_time() + APP_DRAW_EVERY);
    if (!fetching_finished(renewal->fetching, &result, &error))
        return;
    fetching_free(renewal->fetching);
    renewal->fetching = NULL;
    if (!error) {
        visit_refresh(app);
    } else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_error_free(error);
        app_message(app, "Fetching was stopped.");
    } else {
        app_take_error(app, error);
    }
}

/* --- both -------------------------------------------------------------------------- */

void renewal_take(struct app *app, gint64 due)
{
    struct renewal *renewal = &app->visit->renewal;
    if (renewal->fetching)
        take_fetch(app);
    if (renewal_gives(renewal))
        give(app, due);
    else if (renewal->due && !app->scan)
        visit_refresh(app);
}

bool renewal_is_busy(const struct renewal *renewal)
{
    return renewal->fetching || renewal->due || renewal_gives(renewal);
}

void renewal_stop(struct app *app)
{
    struct renewal *renewal = &app->visit->renewal;
    renewal->due = false;
    if (renewal->fetching)
        fetching_cancel(renewal->fetching);
    if (!renewal->reads)
        return;
    visit_end_scan(app);
    renewal->reads = false;
    drop(renewal);
}
