/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "marker.h"

#include "app.h"
#include "fingerprints.h"
#include "index_rows.h"

#include <string.h>

static const struct marker_word words[] = {
    {'r', "reviewed", MARK_CHANGE_STATE, MARK_REVIEWED, false, "marked as reviewed"},
    {'u', "unreviewed", MARK_CHANGE_STATE, MARK_NONE, false, "marked as unreviewed"},
    {'l', "later", MARK_CHANGE_STATE, MARK_LATER, false, "put off for later"},
    {'i', "ignored", MARK_CHANGE_STATE, MARK_IGNORED, false, "ignored"},
    {'f', "flagged", MARK_CHANGE_FLAG, MARK_NONE, true, "flagged"},
    {'n', "unflagged", MARK_CHANGE_FLAG, MARK_NONE, false, "no longer flagged"},
};

static void clear_task(gpointer data)
{
    struct marker_task *task = data;
    g_ptr_array_unref(task->members);
    g_free(task->note);
}

void marker_release(gpointer data)
{
    g_rc_box_release_full(data, clear_task);
}

const struct marker_word *marker_word_named(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].name, name) == 0)
            return &words[i];
    return NULL;
}

const struct marker_word *marker_word_of_key(char key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i].key == key)
            return &words[i];
    g_assert_not_reached();
}

/* --- what is marked ------------------------------------------------------------- */

GPtrArray *marker_postings(const GPtrArray *members)
{
    GPtrArray *postings = g_ptr_array_new();
    GHashTable *places = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < members->len; i++) {
        const struct posting *posting = index_rows_posting(members->pdata[i]);
        if (!posting || !*marking_name(posting))
            continue;
        gpointer place = g_hash_table_lookup(places, posting->series);
        guint at = place ? GPOINTER_TO_UINT(place) - 1 : postings->len;
        if (!place) {
            g_ptr_array_add(postings, (gpointer)(uintptr_t)posting);
            g_hash_table_insert(places, posting->series, GUINT_TO_POINTER(at + 1));
        } else if (posting_compare(posting, postings->pdata[at]) > 0) {
            postings->pdata[at] = (gpointer)(uintptr_t)posting;
        }
    }
    g_hash_table_unref(places);
    return postings;
}

struct marker_task *marker_task_new(struct app *app, const struct invocation *invocation,
                                    const struct marker_word *word, enum marker_how how)
{
    struct view *view = app_top(app);
    GPtrArray *members = g_ptr_array_new();
    if (view->operations->mark_targets)
        view->operations->mark_targets(view, invocation->tagged, members);
    GPtrArray *postings = marker_postings(members);
    bool any = members->len, marked = postings->len;
    g_ptr_array_unref(postings);
    if (!marked) {
        app_error(app, any                  ? "Without a Message-ID it cannot be marked."
                       : invocation->tagged ? "No tagged entries."
                                            : "There is nothing here to be marked.");
        g_ptr_array_unref(members);
        return NULL;
    }
    struct marker_task *task = g_rc_box_new0(struct marker_task);
    task->members = members;
    task->word = word;
    task->how = how;
    task->counts = invocation->tagged;
    task->tells = view->operations->context != CONTEXT_INDEX;
    return task;
}

/* When WHAT, the state or the flag, was said in MARK (may be NULL). 0: it was not, or that was
 * undone. */
static int64_t stamp_of(const struct mark *mark, unsigned what)
{
    if (!mark)
        return 0;
    if (what == MARK_CHANGE_FLAG)
        return mark->flag_stamp;
    return mark->state == MARK_NONE && mark->version == 0 ? 0 : mark->state_stamp;
}

/* The Message-ID of the mail of SERIES of which WHAT, the state or the flag, was said last; NULL if
 * of none. */
static const char *said_last(const struct app *app, const struct series *series, unsigned what)
{
    const char *last = NULL;
    int64_t latest = 0;
    for (guint i = 0; i < series->postings->len; i++) {
        const struct posting *posting = series->postings->pdata[i];
        for (guint j = 0; j < posting->members->len; j++) {
            const struct member *member = posting->members->pdata[j];
            const struct mark *mark = marks_find(app->marks, member->mail->message_id);
            int64_t stamp = stamp_of(mark, what);
            if (stamp <= latest)
                continue;
            latest = stamp;
            last = member->mail->message_id;
        }
    }
    return last;
}

static struct mark_change plan_flag(const struct app *app, const struct marker_task *task,
                                    const struct posting *posting)
{
    bool flagged = marking_of(app->marking, posting->series).flag;
    bool flag = task->how == MARKER_TOGGLE ? !flagged : task->how == MARKER_SET && task->word->flag;
    /* In its place, so that undoing it brings back what was there. */
    const char *last = said_last(app, posting->series, MARK_CHANGE_FLAG);
    return (struct mark_change){.lead = last ? last : marking_name(posting),
                                .what = flag != flagged ? MARK_CHANGE_FLAG : 0,
                                .flag = flag};
}

static struct mark_change plan_state(const struct app *app, const struct marker_task *task,
                                     const struct posting *posting)
{
    const struct series_mark mark = marking_of(app->marking, posting->series);
    enum mark_state state = task->word->state;
    struct mark_change change = {.lead = marking_name(posting), .version = posting->version};
    bool reviewed = series_mark_is_reviewed(&mark);
    if (task->how == MARKER_CLEAR && mark.state != state)
        return change;
    if (task->how == MARKER_CLEAR || (task->how == MARKER_TOGGLE && reviewed))
        state = MARK_NONE;
    /* Reviewed says more when it is said again: of another version. */
    if (state != mark.state || state == MARK_REVIEWED)
        change.what = MARK_CHANGE_STATE;
    change.state = state;
    if (state == MARK_NONE && mark.state != MARK_NONE)
        change.lead = said_last(app, posting->series, MARK_CHANGE_STATE);
    return change;
}

/* Fills CHANGE with what TASK does to POSTING, but for fingerprints. False if it does nothing. */
static bool plan(const struct app *app, const struct marker_task *task,
                 const struct posting *posting, struct mark_change *change)
{
    *change = task->word->what == MARK_CHANGE_FLAG ? plan_flag(app, task, posting)
                                                   : plan_state(app, task, posting);
    return change->what != 0;
}

static bool needs_fingerprints(const struct mark_change *change)
{
    return (change->what & MARK_CHANGE_STATE) && change->state == MARK_REVIEWED;
}

/* --- one after the other ---------------------------------------------------------- */

struct turn {
    void (*function)(struct app *app, void *data);
    void *data;
    GDestroyNotify free_data;
};

struct marker_queue {
    GQueue turns;     /* struct turn *, that wait */
    unsigned reading; /* tasks whose patches are being read */
};

/* A task whose patches are being read. */
struct errand {
    struct app *app;
    struct marker_task *task;
};

static void free_turn(gpointer data)
{
    struct turn *turn = data;
    if (turn->free_data)
        turn->free_data(turn->data);
    g_free(turn);
}

struct marker_queue *marker_queue_new(void)
{
    struct marker_queue *queue = g_new0(struct marker_queue, 1);
    g_queue_init(&queue->turns);
    return queue;
}

void marker_queue_clear(struct marker_queue *queue)
{
    g_queue_clear_full(&queue->turns, free_turn);
}

void marker_queue_free(struct marker_queue *queue)
{
    marker_queue_clear(queue);
    g_free(queue);
}

static void work_off(struct app *app)
{
    struct turn *turn;
    while (!app->marker_queue->reading &&
           (turn = g_queue_pop_head(&app->marker_queue->turns)) != NULL) {
        turn->function(app, turn->data);
        free_turn(turn);
    }
}

void marker_in_turn(struct app *app, void (*function)(struct app *app, void *data), void *data,
                    GDestroyNotify free_data)
{
    struct turn *turn = g_new(struct turn, 1);
    *turn = (struct turn){function, data, free_data};
    g_queue_push_tail(&app->marker_queue->turns, turn);
    work_off(app);
}

/* --- marking -------------------------------------------------------------------- */

static void tell(struct app *app, const struct marker_task *task, const struct posting *posting,
                 guint changed)
{
    if (task->counts && task->how == MARKER_SET)
        app_messagef(app, "%u series %s.", changed, task->word->done);
    else if (task->counts)
        app_messagef(app, "%u series changed.", changed);
    if (task->counts || !task->tells)
        return;
    const struct series_mark mark = marking_of(app->marking, posting->series);
    GString *text = g_string_new("This series is ");
    size_t before = text->len;
    series_mark_describe(&mark, text);
    g_string_append(text, text->len > before ? "." : "not marked.");
    app_message(app, text->str);
    g_string_free(text, TRUE);
}

/* The mails whose fingerprints TASK needs and that are not known (struct member *). The caller
 * unrefs it. */
static GPtrArray *wanted_for(const struct app *app, const struct marker_task *task,
                             const GPtrArray *postings)
{
    GPtrArray *wanted = g_ptr_array_new();
    struct mark_change change;
    for (guint i = 0; i < postings->len; i++)
        if (plan(app, task, postings->pdata[i], &change) && needs_fingerprints(&change))
            marking_wanted_to_set(app->marking, postings->pdata[i], wanted);
    return wanted;
}

/* Does what TASK says to POSTINGS, of which everything is known. */
static void change(struct app *app, const struct marker_task *task, const GPtrArray *postings)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct mark_change));
    GPtrArray *fingerprints = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    GError *error = NULL;
    for (guint i = 0; i < postings->len; i++) {
        struct mark_change one;
        GArray *read = NULL;
        if (!plan(app, task, postings->pdata[i], &one))
            continue;
        if (needs_fingerprints(&one))
            marking_change(app->marking, postings->pdata[i], one.state, &one, &read);
        if (read)
            g_ptr_array_add(fingerprints, read);
        g_array_append_val(changes, one);
    }
    if (!changes->len) {
        app_message(app, task->how == MARKER_CLEAR ? "Nothing here is marked so."
                                                   : "That has been said already.");
    } else if (marks_change(app->marks, (const struct mark_change *)(const void *)changes->data,
                            changes->len, &error)) {
        app_marks_changed(app);
        tell(app, task, postings->pdata[0], changes->len);
    } else {
        app_take_error(app, error);
    }
    g_ptr_array_unref(fingerprints);
    g_array_unref(changes);
}

static void start(struct app *app, void *data);

static void start_again(struct app *app, void *data)
{
    const struct errand *errand = data;
    start(app, errand->task);
}

static void end_reading(gpointer data)
{
    struct errand *errand = data;
    errand->app->marker_queue->reading--;
    work_off(errand->app);
    marker_release(errand->task);
    g_free(errand);
}

/* Reads the patches WANTED for TASK; what comes in the meantime waits. */
static void read_patches(struct app *app, const GPtrArray *wanted, struct marker_task *task)
{
    struct errand *errand = g_new(struct errand, 1);
    *errand = (struct errand){app, g_rc_box_acquire(task)};
    app->marker_queue->reading++;
    fingerprints_read(app, wanted, start_again, errand, end_reading);
}

static void start(struct app *app, void *data)
{
    const struct marker_task *task = data;
    GPtrArray *postings = marker_postings(task->members);
    GPtrArray *wanted = wanted_for(app, task, postings);
    /* Called again when they are there: other mails may have come meanwhile. */
    if (wanted->len)
        read_patches(app, wanted, data);
    else if (postings->len)
        change(app, task, postings);
    g_ptr_array_unref(wanted);
    g_ptr_array_unref(postings);
}

void marker_run(struct app *app, struct marker_task *task)
{
    struct view *view = app_top(app);
    if (app_settings(app)->resolve && !task->counts && view->operations->context == CONTEXT_INDEX)
        view->operations->neighbour(view, NULL, 1, true);
    marker_in_turn(app, start, task, marker_release);
}
