/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks: what is set is there, also for others and for who comes after; what stands in the way is said and
 * nothing is lost. */
#include "store/database.h"
#include "store/marks.h"
#include "support.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A path for marks in a new folder; the caller frees it. */
static char *new_path(void)
{
    return support_path(support_folder(), "marks.sqlite");
}

/* The marks at PATH, with which nothing may be wrong. */
static struct marks *open_marks(const char *path)
{
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    ck_assert_msg(notice == NULL, "%s", notice);
    return marks;
}

/* The marks at PATH, of which the notice has the words. */
static struct marks *open_noticed(const char *path, const char *word, const char *other)
{
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    ck_assert_ptr_nonnull(notice);
    ck_assert_msg(strstr(notice, word) != NULL && strstr(notice, other) != NULL, "%s", notice);
    ck_assert_ptr_null(strchr(notice, '\n'));
    g_free(notice);
    return marks;
}

static bool try_state(struct marks *marks, const char *lead, enum mark_state state, GError **error)
{
    const struct mark_change change = {
        .lead = lead, .what = MARK_CHANGE_STATE, .state = state, .version = 2
    };

    return marks_change(marks, &change, 1, error);
}

static void set_state(struct marks *marks, const char *lead, enum mark_state state)
{
    GError *error = NULL;

    ck_assert_msg(try_state(marks, lead, state, &error), "%s", error != NULL ? error->message : "");
}

static void set_flag(struct marks *marks, const char *lead, bool flag)
{
    const struct mark_change change = { .lead = lead, .what = MARK_CHANGE_FLAG, .flag = flag };

    ck_assert(marks_change(marks, &change, 1, NULL));
}

static void set_note(struct marks *marks, const char *lead, const char *note, const char *old)
{
    const struct mark_change change = {
        .lead = lead, .what = MARK_CHANGE_NOTE, .note = note, .old_note = old
    };

    ck_assert(marks_change(marks, &change, 1, NULL));
}

static void undo(struct marks *marks)
{
    GError *error = NULL;

    ck_assert_msg(marks_undo(marks, NULL, &error), "%s", error != NULL ? error->message : "nothing");
}

/* Setting a mark in MARKS fails with WORD in what it says, and changes nothing. */
static void assert_closed(struct marks *marks, const char *word)
{
    GError *error = NULL;
    uint64_t generation = marks_generation(marks);

    ck_assert(!try_state(marks, "closed@example.org", MARK_REVIEWED, &error));
    ck_assert_msg(strstr(error->message, word) != NULL, "%s", error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    ck_assert_ptr_null(marks_find(marks, "closed@example.org"));
    ck_assert_uint_eq(marks_generation(marks), generation);
    g_error_free(error);
}

/* What is said of LEAD: "reviewed v2 flagged [note] [note]"; the caller frees it. */
static char *describe(const struct marks *marks, const char *lead)
{
    const struct mark *mark = marks_find(marks, lead);
    GString *text = g_string_new(NULL);

    if (mark == NULL)
        return g_string_free(g_string_assign(text, "nothing"), FALSE);
    g_string_append_printf(text, "%s v%u", mark_state_name(mark->state), mark->version);
    if (mark->flag)
        g_string_append(text, " flagged");
    for (guint i = 0; i < mark->notes->len; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);
        if (!note->removed)
            g_string_append_printf(text, " [%s]", note->text);
    }
    return g_string_free(text, FALSE);
}

static void assert_said(const struct marks *marks, const char *lead, const char *expected)
{
    g_autofree char *got = describe(marks, lead);

    ck_assert_str_eq(got, expected);
}

START_TEST(what_is_set_is_there_when_opened_again)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    GArray *fingerprints = g_array_new(FALSE, FALSE, sizeof(struct fingerprint));
    struct fingerprint fingerprint = { { 1, 2, 3 } };
    struct mark_change change = {
        .lead = "a@example.org", .what = MARK_CHANGE_STATE | MARK_CHANGE_FLAG | MARK_CHANGE_NOTE,
        .state = MARK_REVIEWED, .version = 3, .fingerprints = fingerprints, .flag = true,
        .note = "Gr\303\274n", .old_note = "never said",
    };
    const struct mark *mark;

    g_array_append_val(fingerprints, fingerprint);
    ck_assert(marks_change(marks, &change, 1, NULL));
    set_state(marks, "b@example.org", MARK_LATER);
    marks_close(marks);

    marks = open_marks(path);
    assert_said(marks, "a@example.org", "reviewed v3 flagged [Gr\303\274n]");
    assert_said(marks, "b@example.org", "later v2");
    assert_said(marks, "c@example.org", "nothing");
    mark = marks_find(marks, "a@example.org");
    ck_assert_str_eq(mark->lead, "a@example.org");
    ck_assert_uint_eq(mark->fingerprints->len, 1);
    ck_assert_mem_eq(mark->fingerprints->data, &fingerprint, sizeof fingerprint);
    marks_close(marks);
    g_array_unref(fingerprints);
    free(path);
}
END_TEST

START_TEST(only_what_is_named_changes)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    uint64_t generation = marks_generation(marks);

    set_state(marks, "a", MARK_IGNORED);
    ck_assert_uint_ne(marks_generation(marks), generation);
    set_flag(marks, "a", true);
    assert_said(marks, "a", "ignored v2 flagged");
    set_state(marks, "a", MARK_NONE);
    assert_said(marks, "a", "unreviewed v2 flagged");
    set_flag(marks, "a", false);
    assert_said(marks, "a", "unreviewed v2");
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(notes_are_added_replaced_and_taken_back)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);

    set_note(marks, "a", "one", NULL);
    set_note(marks, "a", "two", NULL);
    set_note(marks, "a", "two", NULL);
    assert_said(marks, "a", "unreviewed v0 [one] [two]");
    set_note(marks, "a", "uno", "one");
    assert_said(marks, "a", "unreviewed v0 [two] [uno]");
    set_note(marks, "a", "", "two");
    assert_said(marks, "a", "unreviewed v0 [uno]");
    undo(marks);
    assert_said(marks, "a", "unreviewed v0 [uno] [two]");
    undo(marks);
    assert_said(marks, "a", "unreviewed v0 [two] [one]");
    undo(marks);
    assert_said(marks, "a", "unreviewed v0 [two] [one]");
    undo(marks);
    assert_said(marks, "a", "unreviewed v0 [one]");
    marks_close(marks);
    marks = open_marks(path);
    assert_said(marks, "a", "unreviewed v0 [one]");
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(what_is_no_value_is_refused)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    char *id = g_strnfill(5000, 'i');
    char *note = g_strnfill(MARK_NOTE_MAX + 1, 'n');
    const struct mark_change changes[] = {
        { .lead = "", .what = MARK_CHANGE_FLAG, .flag = true },
        { .lead = id, .what = MARK_CHANGE_FLAG, .flag = true },
        { .lead = "\377", .what = MARK_CHANGE_FLAG, .flag = true },
        { .lead = "a", .what = MARK_CHANGE_NOTE, .note = note },
        { .lead = "a", .what = MARK_CHANGE_NOTE, .note = "two\nlines" },
        { .lead = "a", .what = MARK_CHANGE_NOTE, .note = "\302\233" },
        { .lead = "a", .what = MARK_CHANGE_NOTE, .note = "\377" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        const struct mark_change pair[] = {
            { .lead = "good", .what = MARK_CHANGE_FLAG, .flag = true }, changes[i]
        };
        GError *error = NULL;

        ck_assert(!marks_change(marks, pair, 2, &error));
        ck_assert(g_error_matches(error, MARKS_ERROR, MARKS_ERROR_VALUE));
        ck_assert_ptr_null(marks_find(marks, "good"));
        g_error_free(error);
    }
    note[MARK_NOTE_MAX] = '\0';
    set_note(marks, "a", note, NULL);
    ck_assert(!marks_correct(marks, "a", "a", CORRECTION_SAME, NULL));
    ck_assert(!marks_correct(marks, "a", "", CORRECTION_SAME, NULL));
    g_free(id);
    g_free(note);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(undo_goes_back_call_by_call)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    const struct mark_change twice[] = {
        { .lead = "a", .what = MARK_CHANGE_STATE, .state = MARK_LATER, .version = 3 },
        { .lead = "b", .what = MARK_CHANGE_FLAG, .flag = true },
        { .lead = "a", .what = MARK_CHANGE_STATE, .state = MARK_IGNORED, .version = 4 },
    };
    GPtrArray *leads = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    int64_t stamp;

    set_state(marks, "a", MARK_REVIEWED);
    ck_assert(marks_change(marks, twice, 3, NULL));
    assert_said(marks, "a", "ignored v4");
    assert_said(marks, "b", "unreviewed v0 flagged");
    stamp = marks_find(marks, "a")->state_stamp;
    ck_assert(marks_undo(marks, leads, NULL));
    ck_assert_uint_eq(leads->len, 3);
    ck_assert_str_eq(g_ptr_array_index(leads, 1), "b");
    assert_said(marks, "a", "reviewed v2");
    assert_said(marks, "b", "unreviewed v0");
    ck_assert_int_gt(marks_find(marks, "a")->state_stamp, stamp);
    undo(marks);
    assert_said(marks, "a", "unreviewed v0");
    ck_assert(!marks_undo(marks, NULL, &error));
    ck_assert_ptr_null(error);
    g_ptr_array_unref(leads);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(stamps_grow_also_when_the_clock_does_not)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    struct mark early = { .lead = "early", .state = MARK_REVIEWED };
    GPtrArray *list = g_ptr_array_new();
    GPtrArray *none = g_ptr_array_new();
    int64_t ahead = g_get_real_time() + G_TIME_SPAN_HOUR, last = ahead;
    size_t changed;

    /* As if the clock had been set back by an hour. */
    early.state_stamp = ahead;
    early.fingerprints = g_array_new(FALSE, FALSE, sizeof(struct fingerprint));
    early.notes = g_ptr_array_new();
    g_ptr_array_add(list, &early);
    ck_assert(marks_merge(marks, list, none, &changed, NULL));
    for (int i = 0; i < 3; i++) {
        set_state(marks, "a", MARK_LATER);
        ck_assert_int_gt(marks_find(marks, "a")->state_stamp, last);
        last = marks_find(marks, "a")->state_stamp;
        marks_close(marks);
        marks = open_marks(path);
    }
    set_state(marks, "early", MARK_LATER);
    assert_said(marks, "early", "later v2");
    g_array_unref(early.fingerprints);
    g_ptr_array_unref(early.notes);
    g_ptr_array_unref(list);
    g_ptr_array_unref(none);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(two_see_each_others_marks)
{
    char *path = new_path();
    struct marks *one = open_marks(path);
    struct marks *other = open_marks(path);
    const struct corrections *corrections = marks_corrections(other);

    set_state(one, "a", MARK_REVIEWED);
    ck_assert(marks_correct(one, "y", "x", CORRECTION_NOT_SAME, NULL));
    assert_said(other, "a", "nothing");
    ck_assert(marks_refresh(other));
    assert_said(other, "a", "reviewed v2");
    ck_assert_int_eq(corrections_between(corrections, "x", "y"), CORRECTION_NOT_SAME);
    ck_assert(!marks_refresh(other));

    /* The last word counts, whoever's it is; and undo knows what it was before. */
    set_state(other, "a", MARK_LATER);
    set_flag(other, "a", true);
    set_state(one, "a", MARK_IGNORED);
    assert_said(one, "a", "ignored v2 flagged");
    undo(one);
    assert_said(one, "a", "later v2 flagged");
    ck_assert(marks_refresh(other));
    assert_said(other, "a", "later v2 flagged");
    ck_assert(marks_correct(one, "x", "y", CORRECTION_NONE, NULL));
    ck_assert(marks_refresh(other));
    ck_assert_uint_eq(corrections_count(corrections), 0);
    marks_close(one);
    marks_close(other);
    free(path);
}
END_TEST

START_TEST(changes_may_borrow_from_the_marks)
{
    char *path = new_path();
    struct marks *one = open_marks(path);
    struct marks *other = open_marks(path);
    const struct mark *mark;
    struct mark_change change = { .what = MARK_CHANGE_STATE | MARK_CHANGE_NOTE, .state = MARK_LATER };

    set_note(one, "a", "first", NULL);
    set_flag(other, "b", true); /* so that all is read anew in the middle of the change */
    mark = marks_find(one, "a");
    change.lead = mark->lead;
    change.fingerprints = mark->fingerprints;
    change.old_note = ((const struct note *)g_ptr_array_index(mark->notes, 0))->text;
    change.note = "second";
    ck_assert(marks_change(one, &change, 1, NULL));
    assert_said(one, "a", "later v0 [second]");
    assert_said(one, "b", "unreviewed v0 flagged");
    marks_close(one);
    marks_close(other);
    free(path);
}
END_TEST

START_TEST(corrections_are_kept_and_undone)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    const struct corrections *corrections = marks_corrections(marks);
    GPtrArray *leads = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *lines;

    ck_assert(marks_correct(marks, "b", "a", CORRECTION_SAME, NULL));
    ck_assert(marks_correct(marks, "a", "b", CORRECTION_NOT_SAME, NULL));
    ck_assert_int_eq(corrections_between(corrections, "a", "b"), CORRECTION_NOT_SAME);
    ck_assert(marks_undo(marks, leads, NULL));
    ck_assert_uint_eq(leads->len, 2);
    ck_assert_int_eq(corrections_between(corrections, "a", "b"), CORRECTION_SAME);
    marks_close(marks);
    marks = open_marks(path);
    ck_assert_int_eq(corrections_between(marks_corrections(marks), "b", "a"), CORRECTION_SAME);
    lines = marks_correction_lines(marks);
    ck_assert_uint_eq(lines->len, 1);
    ck_assert_str_eq(((const struct correction_line *)g_ptr_array_index(lines, 0))->a, "a");
    g_ptr_array_unref(lines);
    g_ptr_array_unref(leads);
    marks_close(marks);
    free(path);
}
END_TEST

/* Runs BODY in a process of its own, which it returns; what that writes to OUT can be read from *IN. */
static pid_t in_child(void (*body)(const char *path, int out), const char *path, int *in)
{
    int ends[2];
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(ends[0]);
        body(path, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    *in = ends[0];
    return child;
}

/* Sets marks for ever and says of each that it is set. */
static void mark_for_ever(const char *path, int out)
{
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    for (unsigned i = 0;; i++) {
        char *lead = g_strdup_printf("%u", i);

        if (!try_state(marks, lead, MARK_REVIEWED, NULL) || write(out, &i, sizeof i) < 0)
            _exit(1);
        g_free(lead);
    }
}

START_TEST(what_was_set_survives_a_kill)
{
    char *path = new_path();

    for (unsigned round = 0; round < 8; round++) {
        int in;
        pid_t child = in_child(mark_for_ever, path, &in);
        unsigned last = 0, number;
        struct marks *marks;

        /* Killed at any moment of what it does next. */
        while (last < 3 + round && read(in, &number, sizeof number) == sizeof number)
            last = number;
        kill(child, SIGKILL);
        while (read(in, &number, sizeof number) == sizeof number)
            last = number;
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        close(in);
        ck_assert_uint_ge(last, 3 + round);
        marks = open_marks(path);
        for (unsigned i = 0; i <= last; i++) {
            char *lead = g_strdup_printf("%u", i);
            assert_said(marks, lead, "reviewed v2");
            g_free(lead);
        }
        marks_close(marks);
    }
    free(path);
}
END_TEST

static void mark_fifty(const char *path, int out)
{
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    for (unsigned i = 0; i < 50; i++) {
        char *lead = g_strdup_printf("%d-%u", getpid(), i);

        if (!try_state(marks, lead, MARK_REVIEWED, NULL))
            _exit(1);
        g_free(lead);
    }
    marks_close(marks);
    if (write(out, "x", 1) != 1)
        _exit(1);
}

static gint compare_stamps(gconstpointer a, gconstpointer b)
{
    int64_t x = (*(const struct mark *const *)a)->state_stamp;
    int64_t y = (*(const struct mark *const *)b)->state_stamp;

    return (x > y) - (x < y);
}

START_TEST(many_at_once_lose_nothing)
{
    char *path = new_path();
    pid_t children[4];
    int in[4];
    struct marks *marks;
    GPtrArray *list;

    for (int i = 0; i < 4; i++)
        children[i] = in_child(mark_fifty, path, &in[i]);
    for (int i = 0; i < 4; i++) {
        char byte;
        ck_assert_int_eq(read(in[i], &byte, 1), 1);
        waitpid(children[i], NULL, 0);
        close(in[i]);
    }
    marks = open_marks(path);
    list = marks_list(marks);
    ck_assert_uint_eq(list->len, 200);
    g_ptr_array_sort(list, compare_stamps);
    for (guint i = 1; i < list->len; i++)
        ck_assert_int_lt(((const struct mark *)g_ptr_array_index(list, i - 1))->state_stamp,
                         ((const struct mark *)g_ptr_array_index(list, i))->state_stamp);
    g_ptr_array_unref(list);
    marks_close(marks);
    free(path);
}
END_TEST

static void assert_file(const char *path, const char *bytes)
{
    char *got = NULL;

    ck_assert_msg(g_file_get_contents(path, &got, NULL, NULL), "%s", path);
    ck_assert_str_eq(got, bytes);
    g_free(got);
}

START_TEST(damaged_files_are_kept_aside)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    char *log = support_path(folder, "marks.sqlite-wal");
    char *first = support_path(folder, "marks.sqlite.damaged");
    char *first_log = support_path(folder, "marks.sqlite.damaged-wal");
    char *second = support_path(folder, "marks.sqlite.damaged-2");
    char *text = g_strnfill(3000, 'x');
    struct marks *marks;

    support_write(path, text, strlen(text));
    support_write(log, "log", 3);
    marks = open_noticed(path, "marks.sqlite: ", "marks.sqlite.damaged");
    ck_assert(marks_are_anew(marks));
    ck_assert(marks_are_known(marks));
    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    assert_file(first, text);
    assert_file(first_log, "log");

    text[0] = 'y';
    support_write(path, text, strlen(text));
    marks = open_noticed(path, "marks.sqlite: ", "marks.sqlite.damaged-2");
    assert_said(marks, "a", "nothing");
    set_state(marks, "b", MARK_REVIEWED);
    marks_close(marks);
    assert_file(second, text);
    text[0] = 'x';
    assert_file(first, text);
    marks = open_marks(path);
    assert_said(marks, "b", "reviewed v2");
    marks_close(marks);
    g_free(text);
    free(path);
    free(log);
    free(first);
    free(first_log);
    free(second);
}
END_TEST

/* Overwrites the pages behind the first one. */
static void spoil(const char *path)
{
    char *bytes;
    gsize length;

    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert_uint_gt(length, 8192);
    memset(bytes + 4096, 0x5a, length - 4096);
    support_write(path, bytes, length);
    g_free(bytes);
}

START_TEST(a_file_that_contradicts_itself_is_damaged)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    spoil(path);
    marks = open_noticed(path, "marks.sqlite", ".damaged");
    set_state(marks, "b", MARK_REVIEWED);
    assert_said(marks, "a", "nothing");
    marks_close(marks);
    free(path);
}
END_TEST

/* Changes the file behind the back of all that pore has. */
static void run_sql(const char *path, const char *sql)
{
    sqlite3 *database;

    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(database), SQLITE_OK);
}

START_TEST(files_of_others_and_of_other_versions)
{
    char *path = new_path();
    char *before, *after;
    gsize length;
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    run_sql(path, "PRAGMA user_version = 77");
    ck_assert(g_file_get_contents(path, &before, &length, NULL));
    marks = open_noticed(path, "another version", "none can be set");
    assert_closed(marks, "another version");
    ck_assert(!marks_are_anew(marks));
    ck_assert(!marks_are_known(marks));
    marks_close(marks);
    ck_assert(g_file_get_contents(path, &after, NULL, NULL));
    ck_assert_mem_eq(before, after, length);
    g_free(before);
    g_free(after);
    run_sql(path, "PRAGMA application_id = 1");
    marks = open_noticed(path, "marks.sqlite", ".damaged");
    set_state(marks, "b", MARK_REVIEWED);
    marks_close(marks);
    run_sql(path, "DROP TABLE notes");
    marks = open_noticed(path, "marks.sqlite", ".damaged-2");
    set_state(marks, "c", MARK_REVIEWED);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(rows_that_could_not_have_been_set_are_passed_over)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);

    set_note(marks, "a", "one", NULL);
    marks_close(marks);
    run_sql(path, "INSERT INTO marks VALUES ('', 1, 5, 0, 0, 1, x'');"
                  "INSERT INTO marks VALUES (CAST(x'ff' AS TEXT), 1, 5, 0, 0, 1, x'');"
                  "INSERT INTO notes VALUES ('a', 6, 'two' || char(10) || 'lines', 0);"
                  "INSERT INTO corrections VALUES ('a', '', 1, 5)");
    marks = open_marks(path);
    assert_said(marks, "a", "unreviewed v0 [one]");
    ck_assert_ptr_null(marks_find(marks, ""));
    ck_assert_ptr_null(marks_find(marks, "\377"));
    ck_assert_uint_eq(corrections_count(marks_corrections(marks)), 0);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(no_place_for_marks)
{
    const char *folder = support_folder();
    char *file = support_path(folder, "file");
    char *path = g_build_filename(file, "pore", "marks.sqlite", NULL);
    struct commit_id id = { { 1 } };
    struct visit visit = { .first = id };
    struct marks *marks;
    GArray *archives;

    support_write(file, "", 0);
    marks = open_noticed(path, file, "none can be set");
    ck_assert(marks_are_known(marks));
    assert_closed(marks, file);
    ck_assert(!marks_refresh(marks));
    ck_assert(!marks_correct(marks, "a", "b", CORRECTION_SAME, NULL));
    ck_assert(!marks_place(marks, "/list", &id));
    ck_assert(!marks_set_place(marks, "/list", &id, NULL));
    ck_assert(!marks_visit(marks, &id, &visit));
    ck_assert(!marks_set_visit(marks, &visit, NULL));
    archives = marks_archives(marks);
    ck_assert_uint_eq(archives->len, 0);
    g_array_unref(archives);
    marks_close(marks);
    g_free(path);
    free(file);
}
END_TEST

/* Makes this process nobody, who may read what everybody may; and root again if it was. */
static void become_nobody(const char *folder)
{
    ck_assert_int_eq(g_chmod(folder, 0555), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(setresuid(65534, 65534, 0), 0);
}

static void become_root_again(const char *folder)
{
    uid_t real, effective, saved;

    ck_assert_int_eq(getresuid(&real, &effective, &saved), 0);
    if (saved == 0)
        ck_assert_int_eq(setresuid(0, 0, 0), 0);
    ck_assert_int_eq(g_chmod(folder, 0755), 0);
}

START_TEST(what_cannot_be_written_is_read)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    g_chmod(path, 0444);
    become_nobody(folder);
    marks = open_noticed(path, folder, "cannot be set");
    assert_said(marks, "a", "reviewed v2");
    ck_assert(marks_are_known(marks));
    ck_assert(!marks_are_anew(marks));
    assert_closed(marks, folder);
    ck_assert(!marks_undo(marks, NULL, NULL));
    marks_close(marks);
    become_root_again(folder);
    free(path);
}
END_TEST

/* A disk that was full, a home that was not there: who was opened before goes on with what is there now. */
START_TEST(what_stood_in_the_way_may_go)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks = open_marks(path), *other;

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    g_chmod(path, 0444);
    become_nobody(folder);
    marks = open_noticed(path, folder, "marks are read");
    become_root_again(folder);
    g_chmod(path, 0600);
    other = open_marks(path);
    set_state(other, "b", MARK_LATER);
    ck_assert(marks_refresh(marks));
    assert_said(marks, "b", "later v2");
    set_state(marks, "c", MARK_IGNORED);
    ck_assert(marks_refresh(other));
    assert_said(other, "a", "reviewed v2");
    assert_said(other, "c", "ignored v2");
    marks_close(other);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(a_place_for_marks_may_come)
{
    const char *folder = support_folder();
    char *file = support_path(folder, "file");
    char *path = g_build_filename(file, "pore", "marks.sqlite", NULL);
    struct commit_id id = { { 1 } }, found;
    struct marks *marks, *other;

    support_write(file, "", 0);
    marks = open_noticed(path, file, "none can be set");
    assert_closed(marks, file);
    ck_assert_int_eq(g_unlink(file), 0);
    other = open_marks(path);
    set_state(other, "b", MARK_LATER);
    marks_close(other);
    ck_assert(marks_set_place(marks, "/list", &id, NULL));
    set_state(marks, "a", MARK_REVIEWED);
    assert_said(marks, "b", "later v2");
    marks_close(marks);
    marks = open_marks(path);
    assert_said(marks, "a", "reviewed v2");
    assert_said(marks, "b", "later v2");
    ck_assert(marks_place(marks, "/list", &found));
    marks_close(marks);
    g_free(path);
    free(file);
}
END_TEST

START_TEST(a_folder_that_cannot_be_written)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks;

    become_nobody(folder);
    marks = open_noticed(path, folder, "none can be set");
    assert_closed(marks, folder);
    marks_close(marks);
    become_root_again(folder);
    free(path);
}
END_TEST

START_TEST(a_damaged_file_that_cannot_be_moved)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks;

    support_write(path, "no database", 11);
    g_chmod(path, 0666);
    become_nobody(folder);
    marks = open_noticed(path, "marks.sqlite: damaged", "cannot be kept aside");
    ck_assert(!marks_are_anew(marks));
    ck_assert(!marks_are_known(marks));
    assert_closed(marks, "marks.sqlite: damaged");
    marks_close(marks);
    become_root_again(folder);
    assert_file(path, "no database");
    free(path);
}
END_TEST

START_TEST(a_disk_that_is_full_takes_nothing_and_loses_nothing)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    struct rlimit before, full;
    GError *error = NULL;
    unsigned set = 0;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    /* Room for the first marks. */
    full = (struct rlimit) { 81920, before.rlim_max };
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
    for (; error == NULL; set++) {
        g_autofree char *lead = g_strdup_printf("%u@example.org", set);

        ck_assert_uint_lt(set, 1000);
        if (!try_state(marks, lead, MARK_REVIEWED, &error)) {
            assert_said(marks, lead, "nothing");
            break;
        }
    }
    ck_assert_msg(strstr(error->message, "marks.sqlite") != NULL, "%s", error->message);
    assert_said(marks, "0@example.org", "reviewed v2");
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    set_state(marks, "again@example.org", MARK_LATER);
    marks_close(marks);
    marks = open_marks(path);
    for (unsigned i = 0; i <= set; i++) {
        g_autofree char *lead = g_strdup_printf("%u@example.org", i);
        assert_said(marks, lead, i < set ? "reviewed v2" : "nothing");
    }
    assert_said(marks, "again@example.org", "later v2");
    g_error_free(error);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(who_has_no_patience_is_told_that_others_write)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    GError *error = NULL;
    sqlite3 *other;

    set_state(marks, "a@example.org", MARK_LATER);
    marks_set_patience(marks, 0);
    ck_assert_int_eq(sqlite3_open(path, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert(!try_state(marks, "a@example.org", MARK_REVIEWED, &error));
    ck_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY));
    ck_assert_ptr_nonnull(strstr(error->message, "marks cannot be set: "));
    g_clear_error(&error);
    ck_assert_int_eq(marks_find(marks, "a@example.org")->state, MARK_LATER);
    ck_assert(!marks_refresh(marks));
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    set_state(marks, "a@example.org", MARK_REVIEWED);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(a_file_that_was_moved_takes_no_marks)
{
    char *path = new_path();
    char *moved = g_strconcat(path, ".moved", NULL);
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    ck_assert_int_eq(g_rename(path, moved), 0);
    assert_closed(marks, "moved");
    assert_said(marks, "a", "reviewed v2");
    marks_close(marks);
    g_free(moved);
    free(path);
}
END_TEST

START_TEST(the_file_is_private)
{
    const char *folder = support_folder();
    char *path = g_build_filename(folder, "state", "pore", "marks.sqlite", NULL);
    char *above = g_path_get_dirname(path);
    struct marks *marks = open_marks(path);
    GStatBuf status;

    set_state(marks, "a", MARK_REVIEWED);
    ck_assert_int_eq(g_stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    ck_assert_int_eq(g_stat(above, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    marks_close(marks);
    g_free(above);
    g_free(path);
}
END_TEST

START_TEST(places_and_visits)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    const struct commit_id one = { { 1 } }, two = { { 2 } };
    struct commit_id first;
    struct visit visit = { one, { { 3 } }, { { 4 } }, 1700000000 };
    GArray *archives;

    ck_assert(!marks_place(marks, "/list", &first));
    ck_assert(marks_set_place(marks, "/list", &one, NULL));
    ck_assert(marks_set_place(marks, "/list", &two, NULL));
    ck_assert(marks_set_place(marks, "/li\377t", &two, NULL));
    ck_assert(!marks_visit(marks, &one, &visit));
    ck_assert(marks_set_visit(marks, &visit, NULL));
    marks_close(marks);
    marks = open_marks(path);
    ck_assert(marks_place(marks, "/list", &first));
    ck_assert_mem_eq(&first, &two, sizeof two);
    memset(&visit, 0, sizeof visit);
    ck_assert(marks_visit(marks, &one, &visit));
    ck_assert_uint_eq(visit.seen.bytes[0], 3);
    ck_assert_uint_eq(visit.before.bytes[0], 4);
    ck_assert_int_eq(visit.when, 1700000000);
    ck_assert_mem_eq(&visit.first, &one, sizeof one);
    ck_assert(!marks_visit(marks, &two, &visit));
    archives = marks_archives(marks);
    ck_assert_uint_eq(archives->len, 2);
    g_array_unref(archives);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(states_have_names)
{
    enum mark_state state;

    for (int i = MARK_NONE; i <= MARK_IGNORED; i++) {
        ck_assert(mark_state_parse(mark_state_name((enum mark_state)i), &state));
        ck_assert_int_eq(state, i);
    }
    ck_assert(!mark_state_parse("Reviewed", &state));
    ck_assert(!mark_state_parse("", &state));
}
END_TEST

START_TEST(the_usual_place)
{
    g_autofree char *path = marks_path();

    ck_assert(g_str_has_prefix(path, g_get_user_state_dir()));
    ck_assert(g_str_has_suffix(path, "/pore/marks.sqlite"));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, what_is_set_is_there_when_opened_again);
    tcase_add_test(tests, only_what_is_named_changes);
    tcase_add_test(tests, notes_are_added_replaced_and_taken_back);
    tcase_add_test(tests, what_is_no_value_is_refused);
    tcase_add_test(tests, undo_goes_back_call_by_call);
    tcase_add_test(tests, stamps_grow_also_when_the_clock_does_not);
    tcase_add_test(tests, two_see_each_others_marks);
    tcase_add_test(tests, changes_may_borrow_from_the_marks);
    tcase_add_test(tests, corrections_are_kept_and_undone);
    tcase_add_test(tests, what_was_set_survives_a_kill);
    tcase_add_test(tests, many_at_once_lose_nothing);
    tcase_add_test(tests, damaged_files_are_kept_aside);
    tcase_add_test(tests, a_file_that_contradicts_itself_is_damaged);
    tcase_add_test(tests, files_of_others_and_of_other_versions);
    tcase_add_test(tests, rows_that_could_not_have_been_set_are_passed_over);
    tcase_add_test(tests, no_place_for_marks);
    tcase_add_test(tests, what_cannot_be_written_is_read);
    tcase_add_test(tests, what_stood_in_the_way_may_go);
    tcase_add_test(tests, a_place_for_marks_may_come);
    tcase_add_test(tests, a_folder_that_cannot_be_written);
    tcase_add_test(tests, a_damaged_file_that_cannot_be_moved);
    tcase_add_test(tests, a_disk_that_is_full_takes_nothing_and_loses_nothing);
    tcase_add_test(tests, who_has_no_patience_is_told_that_others_write);
    tcase_add_test(tests, a_file_that_was_moved_takes_no_marks);
    tcase_add_test(tests, the_file_is_private);
    tcase_add_test(tests, places_and_visits);
    tcase_add_test(tests, states_have_names);
    tcase_add_test(tests, the_usual_place);
}

int main(void)
{
    Suite *suite = suite_create("marks");
    TCase *tests = tcase_create("marks");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tests, 60);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
