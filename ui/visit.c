/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "store/remembered.h"
#include "visit_parts.h"

#include <string.h>

/* Milliseconds that a mark waits for others who set theirs: keys wait as long. */
#define MARKS_PATIENCE 1000

/* Width from which on the status line counts what was read. */
#define WIDTH_FOR_COUNT 100

void visit_wake(void *data)
{
    g_source_set_ready_time(data, 0);
}

struct current_visit *visit_new(void)
{
    struct current_visit *visit = g_new0(struct current_visit, 1);
    visit->background.wants = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    renewal_init(&visit->renewal);
    return visit;
}

bool visit_pauses(const struct app *app, gint64 due)
{
    return !app->settled || app_owes_settle(app) || g_get_monotonic_time() > due;
}

/* --- the range --------------------------------------------------------------------- */

static void note_problems(struct app *app, const struct mail_batch *batch)
{
    struct current_visit *visit = app->visit;
    const GPtrArray *latest = batch->breaks->len ? batch->breaks : batch->problems;
    app->unreadable += batch->problems->len;
    visit->broken += batch->breaks->len;
    /* That mails are missing at the end is the worse of the two. */
    if (!latest->len || (visit->broken && !batch->breaks->len))
        return;
    g_free(visit->problem);
    visit->problem = g_strdup(latest->pdata[latest->len - 1]);
}

void visit_tell_problems(struct app *app)
{
    const struct current_visit *visit = app->visit;
    if (!visit->problem)
        return;
    if (visit->broken)
        app_errorf(app, "Older mails are missing: %s", visit->problem);
    else
        app_errorf(app, "%zu could not be read, the last: %s", app->unreadable, visit->problem);
}

void head_note(struct head *head, const struct scan_batch *batch)
{
    if (head->found || batch->commits->len == 0)
        return;
    const struct archive_commit *commit = &g_array_index(batch->commits, struct archive_commit, 0);
    *head = (struct head){.found = true,
                          .commit = commit->place.commit,
                          .rank = commit->place.arrival,
                          .epoch = commit->epoch};
}

void visit_give(struct app *app, const struct scan_batch *batch)
{
    note_problems(app, batch->mails);
    series_set_take(app->set, mail_batch_ref(batch->mails));
    app_unsettled(app);
}

/* Has the history take BATCH, and begins it with the first one. */
static void pass_on(struct app *app, struct scan_batch *batch)
{
    struct current_visit *visit = app->visit;
    if (!visit->background.tried)
        background_start(app);
    if (visit->background.history)
        history_add(visit->background.history, batch);
    else
        scan_batch_free(batch);
}

/* The first rows do not wait for what the history begins with: threads, handles and files. */
static void take_of_range(struct app *app, struct scan_batch *batch)
{
    struct current_visit *visit = app->visit;
    head_note(&visit->head, batch);
    visit_give(app, batch);
    if (!app->settled && !visit->held) {
        visit->held = batch;
        return;
    }
    if (visit->held)
        pass_on(app, g_steal_pointer(&visit->held));
    pass_on(app, batch);
}

void visit_end_scan(struct app *app)
{
    scan_free(app->scan);
    app->scan = NULL;
    app->settle_due = 0;
    app_unsettled(app);
}

static void finish_range(struct app *app, bool complete)
{
    struct current_visit *visit = app->visit;
    visit_end_scan(app);
    if (visit->held)
        pass_on(app, g_steal_pointer(&visit->held));
    visit->range_read = complete;
    if (visit->background.history && complete)
        history_range_read(visit->background.history);
    visit_tell_problems(app);
}

/* Takes what the scan has brought. */
static void take_scan(struct app *app, gint64 due)
{
    bool renews = app->visit->renewal.reads;
    struct scan_batch *batch;
    while ((batch = scan_take(app->scan))) {
        if (renews)
            renewal_keep(&app->visit->renewal, batch);
        else
            take_of_range(app, batch);
        if (visit_pauses(app, due)) {
            visit_wake(app->arrivals);
            return;
        }
    }
    if (!scan_finished(app->scan))
        return;
    if (renews)
        renewal_finish(app);
    else
        finish_range(app, true);
}

/* --- the whole --------------------------------------------------------------------- */

void visit_take(struct app *app)
{
    gint64 due = g_get_monotonic_time() + TAKE_AT_MOST;
    if (app->scan)
        take_scan(app, due);
    renewal_take(app, due);
    if (app->visit->background.history)
        background_take(app, due);
}

bool visit_is_busy(const struct app *app)
{
    return app->scan || renewal_is_busy(&app->visit->renewal) ||
           background_is_busy(&app->visit->background);
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

static void describe_scan(const struct app *app, int width, GString *text)
{
    const struct renewal *renewal = &app->visit->renewal;
    g_string_append(text, "reading");
    if (width < WIDTH_FOR_COUNT)
        return;
    g_string_append(text, ", ");
    append_number(text, renewal->reads ? renewal->mails : series_set_mails(app->set)->live);
    g_string_append(text, " mails");
}

void visit_describe(const struct app *app, int width, GString *text)
{
    const struct current_visit *visit = app->visit;
    size_t before = text->len;
    if (visit->renewal.fetching)
        fetching_describe(visit->renewal.fetching, text);
    if (text->len > before && (app->scan || visit->background.progress))
        g_string_append(text, ", ");
    if (app->scan)
        describe_scan(app, width, text);
    else if (visit->background.progress)
        g_string_append(text, visit->background.progress);
}

bool visit_stop(struct app *app)
{
    struct current_visit *visit = app->visit;
    if (!visit_is_busy(app))
        return false;
    if (visit->background.history)
        history_stop(visit->background.history);
    renewal_stop(app);
    if (app->scan)
        finish_range(app, false);
    return true;
}

static struct range copy_range(const struct range *range)
{
    struct range copy = *range;
    copy.from = g_strdup(range->from);
    copy.to = g_strdup(range->to);
    return copy;
}

/* Does RANGE end at the newest mail? */
static bool is_open(const struct range *range)
{
    return !range->has_until &&
           (!range->revisions || !range->to || strcmp(range->to, "HEAD") == 0);
}

static void open_marks(struct app *app)
{
    char *notice = NULL;
    app->marks = marks_open(NULL, &notice);
    marks_set_patience(app->marks, MARKS_PATIENCE);
    app->marking = marking_new(app->marks);
    series_set_correct(app->set, marks_corrections(app->marks));
    app->corrected = corrections_generation(marks_corrections(app->marks));
    if (notice)
        app_error(app, notice);
    g_free(notice);
}

static void tell_nothing_new(struct app *app)
{
    struct visit last;
    if (app->message->len || !marks_visit(app->marks, &app->visit->first, &last))
        return;
    GDateTime *date = g_date_time_new_from_unix_local(last.when);
    char *text = date ? g_date_time_format(date, "%Y-%m-%d %H:%M") : g_strdup("the last visit");
    app_messagef(app, "Nothing new since %s; this is what was new then.", text);
    g_clear_pointer(&date, g_date_time_unref);
    g_free(text);
}

static struct scan *start_scan(struct app *app, bool known, GError **error)
{
    char *path = known ? mail_index_path(&app->visit->first) : NULL;
    const struct scan_options options = {.range = &app->visit->range,
                                         .readers = app_readers(app),
                                         /* Where there is none yet, the history makes one. */
                                         .index = path ? mail_index_open(path, NULL) : NULL,
                                         .gives_way = true,
                                         .notify = visit_wake,
                                         .data = app->arrivals};
    g_free(path);
    return scan_start(app->archive, &options, error);
}

/* When COMMIT was received; INT64_MAX if it is not there. */
static int64_t received_of(struct archive *archive, const struct commit_id *commit)
{
    char text[COMMIT_ID_TEXT_SIZE];
    const struct range range = {.revisions = true, .to = text, .newest = 1};
    struct archive_commit found;
    if (commit_id_is_zero(commit) || !archive_has_commit(archive, commit))
        return INT64_MAX;
    commit_id_text(commit, text);
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    if (!walk)
        return INT64_MAX;
    bool good = archive_walk_next(walk, &found, NULL);
    archive_walk_free(walk);
    return good ? found.place.received : INT64_MAX;
}

/* Finds out since when replies are unread, where RANGE is what is read: since the newest mail that the
 * last visit had was received; where nothing has come since, that of the visit before, whose range is
 * shown again. On a first visit nothing is unread. */
static void note_since(struct app *app, enum remembered_range range)
{
    struct visit last;
    if (marks_visit(app->marks, &app->visit->first, &last))
        app->review.since = received_of(
            app->archive, range == REMEMBERED_NOTHING_NEW ? &last.before : &last.seen);
}

bool visit_begin(struct app *app, const struct app_options *options, GError **error)
{
    struct current_visit *visit = app->visit;
    enum remembered_range range = REMEMBERED_FIRST_VISIT;
    visit->path = g_strdup(options->path);
    open_marks(app);
    bool known = remembered_first(app->archive, visit->path, app->marks, &visit->first);
    visit->named = !range_is_default(options->range);
    visit->no_history = options->no_history;
    visit->range = copy_range(options->range);
    if (known && !visit->named)
        range = remembered_range(app->archive, app->marks, &visit->first, &visit->range);
    if (known)
        note_since(app, range);
    visit->open = is_open(&visit->range);
    app->scan = start_scan(app, known, error);
    if (!app->scan)
        return false;
    app->from = g_strdup(scan_from(app->scan));
    app->to = g_strdup(scan_to(app->scan));
    if (range == REMEMBERED_NOTHING_NEW)
        tell_nothing_new(app);
    return true;
}

bool visit_end(struct app *app, GError **error)
{
    struct current_visit *visit = app->visit;
    GError *problem = NULL;
    if (visit->background.history)
        background_take_first(app);
    if (visit->named || !visit->range_read || visit->rewritten || !visit->head.found ||
        commit_id_is_zero(&visit->first))
        return true;
    if (remembered_visit(app->archive, app->marks, &visit->first, &visit->range,
                         &visit->head.commit, &problem))
        return true;
    /* That nothing can be written was said when the visit began. */
    if (!g_error_matches(problem, MARKS_ERROR, MARKS_ERROR_CLOSED)) {
        g_propagate_error(error, problem);
        return false;
    }
    g_error_free(problem);
    return true;
}

void visit_free(struct app *app)
{
    struct current_visit *visit = app->visit;
    if (app->scan)
        scan_free(app->scan);
    app->scan = NULL;
    scan_batch_free(visit->held);
    background_clear(&visit->background);
    renewal_clear(&visit->renewal);
    range_clear(&visit->range);
    g_free(visit->problem);
    g_free(visit->path);
    g_free(visit);
}
