/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks: what is set is there, also for others and for who comes after; what stands in the way is said and
 * nothing is lost. */
#include "marks_support.h"
#include "run_suite.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_flag(struct marks *marks, const char *lead, bool flag)
{
    const struct mark_change change = { .lead = lead, .what = MARK_CHANGE_FLAG, .flag = flag };

    ck_assert(marks_change(marks, &change, 1, NULL));
}

static void undo(struct marks *marks)
{
    GError *error = NULL;

    ck_assert_msg(marks_undo(marks, NULL, &error), "%s", error != NULL ? error->message : "nothing");
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

START_TEST(corrections_are_made_together_or_not_at_all)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    const struct corrections *corrections = marks_corrections(marks);
    struct correction_line given[] = { { "b", "a", CORRECTION_SAME, 0 },
                                       { "a", "c", CORRECTION_NOT_SAME, 0 },
                                       { "c", "c", CORRECTION_SAME, 0 } };
    GPtrArray *leads = g_ptr_array_new_with_free_func(g_free), *lines = g_ptr_array_new();

    ck_assert(marks_correct(marks, "a", "c", CORRECTION_SAME, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
        g_ptr_array_add(lines, &given[i]);
    ck_assert(!marks_correct_all(marks, lines, NULL));
    ck_assert_uint_eq(corrections_count(corrections), 1);
    g_ptr_array_set_size(lines, 2);
    ck_assert(marks_correct_all(marks, lines, NULL));
    ck_assert_int_eq(corrections_between(corrections, "a", "b"), CORRECTION_SAME);
    ck_assert_int_eq(corrections_between(corrections, "a", "c"), CORRECTION_NOT_SAME);
    ck_assert(marks_undo(marks, leads, NULL));
    ck_assert_uint_eq(leads->len, 4);
    ck_assert_int_eq(corrections_between(corrections, "a", "b"), CORRECTION_NONE);
    ck_assert_int_eq(corrections_between(corrections, "a", "c"), CORRECTION_SAME);
    /* Nothing is no deed that could be taken back. */
    g_ptr_array_set_size(lines, 0);
    ck_assert(marks_correct_all(marks, lines, NULL));
    ck_assert(marks_undo(marks, NULL, NULL));
    ck_assert_uint_eq(corrections_count(corrections), 0);
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
    tcase_add_test(tests, corrections_are_made_together_or_not_at_all);
    tcase_add_test(tests, what_was_set_survives_a_kill);
    tcase_add_test(tests, many_at_once_lose_nothing);
    tcase_add_test(tests, places_and_visits);
    tcase_add_test(tests, states_have_names);
    tcase_add_test(tests, the_usual_place);
}

int main(void)
{
    Suite *suite = suite_create("marks");
    TCase *tests = tcase_create("marks");

    tcase_set_timeout(tests, 60);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
