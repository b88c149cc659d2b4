/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that say which postings are of one series and which are not, whatever the rules
 * say. */
#include "app.h"
#include "index_rows.h"

/* Adds CORRECTION of A and B to LINES (struct correction_line *). False, the user told, if nothing can
 * be said of them. */
static bool add_correction(struct app *app, GPtrArray *lines, const struct posting *a,
                           const struct posting *b, enum correction correction)
{
    struct correction_line line = {.a = posting_lead(a)->message_id,
                                   .b = posting_lead(b)->message_id,
                                   .correction = correction};
    if (!*line.a || !*line.b) {
        app_error(app, "Without a Message-ID nothing can be said of it.");
        return false;
    }
    g_ptr_array_add(lines, g_memdup2(&line, sizeof line));
    return true;
}

/* False, the user told, if they cannot be kept. */
static bool correct(struct app *app, const GPtrArray *lines)
{
    GError *error = NULL;
    if (!marks_correct_all(app->marks, lines, &error)) {
        app_take_error(app, error);
        return false;
    }
    if (lines->len)
        app_marks_changed(app);
    return true;
}

/* The posting that the selected entry is of, or NULL. */
static const struct posting *selected(struct app *app)
{
    struct view *view = app_top(app);
    GPtrArray *members = g_ptr_array_new();
    const struct posting *posting = NULL;
    view->operations->select(view, false, members);
    if (members->len)
        posting = index_rows_posting(members->pdata[0]);
    g_ptr_array_set_size(members, 0);
    /* An answer is of no posting: then it is the one that is shown. */
    if (!posting)
        view->operations->mark_targets(view, false, members);
    if (members->len)
        posting = index_rows_posting(members->pdata[0]);
    g_ptr_array_unref(members);
    return posting;
}

void corrector_link(struct app *app, const struct invocation *invocation)
{
    struct view *view = app_top(app);
    const struct posting *to = selected(app);
    GPtrArray *members = g_ptr_array_new(), *lines = g_ptr_array_new_with_free_func(g_free);
    bool good = true;
    (void)invocation;
    view->operations->select(view, true, members);
    for (guint i = 0; to && i < members->len && good; i++) {
        const struct posting *posting = index_rows_posting(members->pdata[i]);
        if (posting && posting->series != to->series)
            good = add_correction(app, lines, posting, to, CORRECTION_SAME);
    }
    good = good && correct(app, lines);
    if (good && lines->len)
        app_messagef(app, lines->len == 1 ? "%u series was joined with this one."
                                          : "%u series were joined with this one.", lines->len);
    else if (good)
        app_error(app, "First tag the series that are to be joined with this one.");
    g_ptr_array_unref(lines);
    g_ptr_array_unref(members);
}

void corrector_break(struct app *app, const struct invocation *invocation)
{
    const struct posting *posting = selected(app);
    (void)invocation;
    if (!posting) {
        app_error(app, "There are no entries.");
        return;
    }
    const GPtrArray *postings = posting->series->postings;
    if (postings->len < 2) {
        app_error(app, "There is only one version.");
        return;
    }
    const struct posting *other = postings->pdata[postings->pdata[0] == posting];
    guint version = posting->version, from = other->version;
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    if (add_correction(app, lines, posting, other, CORRECTION_NOT_SAME) && correct(app, lines))
        app_messagef(app, "Version %u was parted from version %u.", version, from);
    g_ptr_array_unref(lines);
}
