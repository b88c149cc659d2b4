/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that mark series, write notes and undo that. */
#include "app.h"
#include "index_rows.h"
#include "marker.h"

#include <string.h>

/* --- on series -------------------------------------------------------------------- */

static void mark(struct app *app, const struct invocation *invocation,
                 const struct marker_word *word, enum marker_how how)
{
    struct marker_task *task = marker_task_new(app, invocation, word, how);
    if (task)
        marker_run(app, task);
}

void marker_toggle_reviewed(struct app *app, const struct invocation *invocation)
{
    mark(app, invocation, marker_word_named("reviewed"), MARKER_TOGGLE);
}

void marker_flag(struct app *app, const struct invocation *invocation)
{
    mark(app, invocation, marker_word_named("flagged"), MARKER_TOGGLE);
}

void marker_ignore(struct app *app, const struct invocation *invocation)
{
    mark(app, invocation, marker_word_named("ignored"), MARKER_SET);
}

static void take_key(struct app *app, const char *text, void *data)
{
    struct marker_task *task = data;
    task->word = marker_word_of_key(*text);
    marker_run(app, g_rc_box_acquire(task));
}

/* The word that NAME is; NULL, the user told, if it is none. */
static const struct marker_word *named_word(struct app *app, const char *name)
{
    const struct marker_word *word = marker_word_named(name);
    if (!word)
        app_errorf(app, "%s: not one of reviewed, unreviewed, later, ignored, flagged, unflagged.",
                   name);
    return word;
}

static const char question[] =
    "Mark as (r)eviewed/(u)nreviewed/(l)ater/(i)gnored/(f)lagged/u(n)flagged? ";

void marker_mark(struct app *app, const struct invocation *invocation)
{
    const struct marker_word *word = NULL;
    if (invocation->argument && !(word = named_word(app, invocation->argument)))
        return;
    struct marker_task *task = marker_task_new(app, invocation, word, MARKER_SET);
    if (task && word)
        marker_run(app, task);
    else if (task)
        prompt_choose(app, question, "rulifn", take_key, task, marker_release);
}

void marker_set_flag(struct app *app, const struct invocation *invocation)
{
    bool clears = invocation->command->argument < 0;
    struct marker_task *task =
        marker_task_new(app, invocation, NULL, clears ? MARKER_CLEAR : MARKER_SET);
    if (task)
        prompt_choose(app,
                      clears ? "Clear flag: (r)eviewed/(l)ater/(i)gnored/(f)lag? "
                             : "Set flag: (r)eviewed/(l)ater/(i)gnored/(f)lag? ",
                      "rlif", take_key, task, marker_release);
}

/* --- on a pattern ---------------------------------------------------------------- */

static void mark_matches(struct app *app, const GPtrArray *members, void *data)
{
    if (!members->len) {
        app_message(app, "No series matches.");
        return;
    }
    struct marker_task *task = g_rc_box_new0(struct marker_task);
    task->members = g_ptr_array_copy((GPtrArray *)(uintptr_t)members, NULL, NULL);
    task->word = data;
    task->counts = true;
    marker_run(app, task);
}

static void take_pattern(struct app *app, const char *text, void *data)
{
    struct pattern *pattern = *text ? search_pattern(app, text) : NULL;
    if (!pattern)
        return;
    index_match(app_top(app), pattern, mark_matches, data, NULL);
    pattern_free(pattern);
}

static void ask_pattern(struct app *app, const struct marker_word *word)
{
    char *label = g_strdup_printf("Mark as %s what matches: ", word->name);
    prompt_ask(app, &(struct prompt_request){.label = label,
                                             .history = HISTORY_PATTERN,
                                             .accept = take_pattern,
                                             .data = (void *)(uintptr_t)word});
    g_free(label);
}

static void take_pattern_key(struct app *app, const char *text, void *data)
{
    (void)data;
    ask_pattern(app, marker_word_of_key(*text));
}

void marker_pattern(struct app *app, const struct invocation *invocation)
{
    if (!invocation->argument) {
        prompt_choose(app, question, "rulifn", take_pattern_key, NULL, NULL);
        return;
    }
    size_t length = strcspn(invocation->argument, " \t");
    char *name = g_strndup(invocation->argument, length);
    const char *pattern = invocation->argument + length;
    const struct marker_word *word = named_word(app, name);
    pattern += strspn(pattern, " \t");
    if (word && *pattern)
        take_pattern(app, pattern, (void *)(uintptr_t)word);
    else if (word)
        ask_pattern(app, word);
    g_free(name);
}

/* --- notes ------------------------------------------------------------------------ */

/* A note, and the mail that it is on. */
struct placed_note {
    const struct note *note; /* NULL: none */
    const char *lead;
};

/* Takes the last note on the mail ID into LAST if it is later than what is there. */
static void take_last(const struct app *app, const char *id, struct placed_note *last)
{
    const struct mark *mark = marks_find(app->marks, id);
    for (guint i = 0; mark && i < mark->notes->len; i++) {
        const struct note *note = mark->notes->pdata[i];
        if (!note->removed && (!last->note || note->stamp > last->note->stamp))
            *last = (struct placed_note){note, id};
    }
}

/* The last note on SERIES that stands. Borrowed until the marks change. */
static struct placed_note last_note(const struct app *app, const struct series *series)
{
    struct placed_note last = {0};
    for (guint i = 0; i < series->postings->len; i++) {
        const struct posting *posting = series->postings->pdata[i];
        for (guint j = 0; j < posting->members->len; j++)
            take_last(app, ((const struct member *)posting->members->pdata[j])->mail->message_id,
                      &last);
    }
    return last;
}

/* Puts the task's note in the place of the last one on each series; an empty one takes it back. */
static void set_note(struct app *app, void *data)
{
    const struct marker_task *task = data;
    const char *text = task->note;
    GPtrArray *postings = marker_postings(task->members);
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct mark_change));
    GError *error = NULL;
    for (guint i = 0; i < postings->len; i++) {
        const struct posting *posting = postings->pdata[i];
        const struct placed_note old = last_note(app, posting->series);
        const char *present = old.note ? old.note->text : "";
        const struct mark_change one = {.lead = old.note ? old.lead : marking_name(posting),
                                        .what = MARK_CHANGE_NOTE,
                                        .note = text,
                                        .old_note = old.note ? present : NULL};
        if (strcmp(present, text) != 0)
            g_array_append_val(changes, one);
    }
    bool changed = changes->len &&
                   marks_change(app->marks, (const struct mark_change *)(const void *)changes->data,
                                changes->len, &error);
    if (changed)
        app_marks_changed(app);
    if (error)
        app_take_error(app, error);
    else if (changed && task->counts)
        app_messagef(app, "%u notes %s.", changes->len, *text ? "set" : "taken back");
    else if (changed && !*text)
        app_message(app, "The note was taken back.");
    g_array_unref(changes);
    g_ptr_array_unref(postings);
}

static void take_note(struct app *app, const char *text, void *data)
{
    struct marker_task *task = data;
    task->note = g_strdup(text);
    marker_in_turn(app, set_note, g_rc_box_acquire(task), marker_release);
}

void marker_note(struct app *app, const struct invocation *invocation)
{
    struct marker_task *task = marker_task_new(app, invocation, NULL, MARKER_SET);
    if (!task)
        return;
    GPtrArray *postings = marker_postings(task->members);
    const struct posting *posting = postings->pdata[0];
    struct placed_note old = {0};
    if (postings->len == 1)
        old = last_note(app, posting->series);
    if (invocation->argument)
        take_note(app, invocation->argument, task);
    else
        prompt_ask(app, &(struct prompt_request){.label = "Note: ",
                                                 .history = HISTORY_NONE,
                                                 .initial = old.note ? old.note->text : NULL,
                                                 .accept = take_note,
                                                 .data = g_rc_box_acquire(task),
                                                 .free_data = marker_release});
    g_ptr_array_unref(postings);
    marker_release(task);
}

/* --- undo ------------------------------------------------------------------------- */

/* When something was last said of two postings: another time, another correction. */
static int64_t corrected_last(const struct app *app)
{
    GPtrArray *lines = marks_correction_lines(app->marks);
    int64_t last = 0;
    for (guint i = 0; i < lines->len; i++)
        last = MAX(last, ((const struct correction_line *)lines->pdata[i])->stamp);
    g_ptr_array_unref(lines);
    return last;
}

/* Selects what was undone in the index, and says what it is now. */
static void tell_undone(struct app *app, const GPtrArray *leads, bool correction)
{
    const struct mailset *mails = series_set_mails(app->set);
    const struct member *first = NULL;
    for (guint i = 0; i < leads->len && !first; i++)
        first = mailset_find(mails, leads->pdata[i]);
    struct view *view = app_top(app);
    const struct posting *posting = first ? index_rows_posting(first) : NULL;
    if (posting && view->operations->context == CONTEXT_INDEX)
        index_select(view, first);
    if (correction || !posting || leads->len > 1) {
        app_messagef(app, !correction ? "Undone for %u series."
                          : leads->len == 2 ? "The correction was undone."
                                            : "The corrections were undone.", leads->len);
        return;
    }
    const struct series_mark mark = marking_of(app->marking, posting->series);
    GString *text = g_string_new(NULL);
    series_mark_describe(&mark, text);
    if (text->len == 0)
        g_string_append(text, "not marked");
    if (mark.noted)
        g_string_append(text, ", with a note");
    app_messagef(app, "Undone, now %s: %s", text->str, posting_lead(posting)->title);
    g_string_free(text, TRUE);
}

static void undo(struct app *app, void *data)
{
    for (int i = GPOINTER_TO_INT(data); i > 0; i--) {
        GPtrArray *leads = g_ptr_array_new_with_free_func(g_free);
        int64_t corrected = corrected_last(app);
        GError *error = NULL;
        bool undone = marks_undo(app->marks, leads, &error);
        if (undone) {
            app_marks_changed(app);
            tell_undone(app, leads, corrected != corrected_last(app));
        } else if (error) {
            app_take_error(app, error);
        } else {
            app_message(app, "There is nothing to undo.");
        }
        g_ptr_array_unref(leads);
        if (!undone)
            break;
    }
}

void marker_undo(struct app *app, const struct invocation *invocation)
{
    marker_in_turn(app, undo, GINT_TO_POINTER(MAX(invocation->count, 1)), NULL);
}
