/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which versions are compared. */
#include "app.h"

/* The posting that MEMBER is of, or that it answers; NULL if there is none. */
static const struct posting *posting_of(const struct app *app, const struct member *member)
{
    return member->posting ? member->posting
                           : series_set_find(app->set, member->mail->message_id);
}

/* The posting that is selected in the view on top, or else shown there. */
static const struct posting *selected_posting(struct app *app)
{
    struct view *view = app_top(app);
    GPtrArray *members = g_ptr_array_new();
    if (view->operations->select)
        view->operations->select(view, false, members);
    if (!members->len && view->operations->mark_targets)
        view->operations->mark_targets(view, false, members);
    const struct posting *posting = members->len ? posting_of(app, members->pdata[0]) : NULL;
    g_ptr_array_unref(members);
    return posting;
}

static void show(struct app *app, const struct posting *older, const struct posting *newer)
{
    app_push(app, compare_view_new(app, older->members->pdata[0], newer->members->pdata[0]));
}

/* The two postings that are tagged, of whatever series. */
static void compare_tagged(struct app *app)
{
    struct view *view = app_top(app);
    GPtrArray *members = g_ptr_array_new();
    GPtrArray *postings = g_ptr_array_new();
    if (view->operations->select)
        view->operations->select(view, true, members);
    for (guint i = 0; i < members->len; i++) {
        const struct posting *posting = posting_of(app, members->pdata[i]);
        if (posting && !g_ptr_array_find(postings, posting, NULL))
            g_ptr_array_add(postings, (gpointer)(uintptr_t)posting);
    }
    const struct posting *a = postings->len == 2 ? postings->pdata[0] : NULL;
    const struct posting *b = postings->len == 2 ? postings->pdata[1] : NULL;
    if (!a)
        app_error(app, "Tag the two versions to be compared.");
    else if (posting_compare(a, b) < 0)
        show(app, a, b);
    else
        show(app, b, a);
    g_ptr_array_unref(postings);
    g_ptr_array_unref(members);
}

/* In a list an older version is compared with the newest, and the newest with the one before; who
 * reads a mail wants to know what its version has changed. */
void compare_versions(struct app *app, const struct invocation *invocation)
{
    if (invocation->tagged) {
        compare_tagged(app);
        return;
    }
    const struct posting *posting = selected_posting(app);
    GPtrArray *postings = posting ? posting->series->postings : NULL;
    bool reading = app_top(app)->operations->context == CONTEXT_PAGER;
    guint at = 0;
    if (!posting || postings->len < 2) {
        app_error(app, posting ? "There is only one version." : "There is no series here.");
        return;
    }
    g_ptr_array_find(postings, posting, &at);
    bool has_older = at + 1 < postings->len;
    if (at == 0 || (reading && has_older))
        show(app, postings->pdata[at + 1], posting);
    else
        show(app, posting, postings->pdata[0]);
}

/* When POSTING was marked as reviewed, or 0. */
static int64_t reviewed_at(const struct app *app, const struct posting *posting)
{
    int64_t latest = 0;
    if (marking_of_posting(app->marking, posting).state != MARK_REVIEWED)
        return 0;
    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = posting->members->pdata[i];
        const struct mark *mark = marks_find(app->marks, member->mail->message_id);
        if (mark && mark->state == MARK_REVIEWED)
            latest = MAX(latest, mark->state_stamp);
    }
    return latest;
}

static const struct posting *reviewed_last(const struct app *app, const struct series *series)
{
    const struct posting *last = NULL;
    int64_t latest = 0;
    for (guint i = 0; i < series->postings->len; i++) {
        int64_t stamp = reviewed_at(app, series->postings->pdata[i]);
        if (stamp > latest)
            last = series->postings->pdata[i];
        latest = MAX(latest, stamp);
    }
    return last;
}

void compare_reviewed(struct app *app, const struct invocation *invocation)
{
    const struct posting *posting = selected_posting(app);
    (void)invocation;
    if (!posting) {
        app_error(app, "There is no series here.");
        return;
    }
    const struct series *series = posting->series;
    const struct posting *newest = series->postings->pdata[0];
    const struct posting *reviewed = reviewed_last(app, series);
    if (!reviewed)
        app_error(app, "No version of it has been reviewed.");
    else if (reviewed == newest)
        app_error(app, "The newest version has been reviewed.");
    else
        show(app, reviewed, newest);
}
