/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks as text: what is said, line by line; texts taken in whatever order and however often come to the same; what is
 * no such text is refused and named. */
#include "store/marks_text.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"

/* New, empty marks. */
static struct marks *new_marks(void)
{
    char *path = support_path(support_folder(), "marks.sqlite");
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    ck_assert_msg(notice == NULL, "%s", notice);
    free(path);
    return marks;
}

/* Takes TEXT in; how many things were new. */
static size_t take(struct marks *marks, const char *text)
{
    GError *error = NULL;
    size_t changed;

    ck_assert_msg(marks_text_import(marks, "marks.txt", text, strlen(text), &changed, &error), "%s",
                  error != NULL ? error->message : "");
    return changed;
}

static void assert_text(const struct marks *marks, const char *expected)
{
    GString *text = marks_text_export(marks);

    ck_assert_str_eq(text->str, expected);
    g_string_free(text, TRUE);
}

/* Every form a line can have, in order. */
static const char *const everything =
    "<a%20b%3C%25%C3%BC@example.org> unreviewed 2026-01-05T00:00:00.000000Z\n"
    "<a@example.org> flagged 2026-01-02T03:04:05.000006Z\n"
    "<a@example.org> no-note 2026-01-03T00:00:00.000000Z gone again\n"
    "<a@example.org> note 2026-01-02T03:04:06.000000Z Gr\303\274n,  and more\n"
    "<a@example.org> note 2026-01-04T00:00:00.000000Z two\n"
    "<a@example.org> reviewed 2026-01-02T03:04:05.000006Z v2 " ONES " " TWOS "\n"
    "<b@example.org> ignored 2026-01-02T00:00:00.000000Z v1 " TWOS "\n"
    "<c@example.org> later 2026-01-02T00:00:00.000000Z\n"
    "<c@example.org> unflagged 2026-01-02T00:00:00.000000Z\n"
    "not-corrected <a@example.org> <d@example.org> 2026-01-02T00:00:00.000000Z\n"
    "not-same <a@example.org> <c@example.org> 2026-01-02T00:00:00.000000Z\n"
    "same <a@example.org> <b@example.org> 2026-01-02T00:00:00.000000Z\n";

START_TEST(text_comes_back_as_it_was)
{
    struct marks *marks = new_marks();
    const struct mark *mark;

    ck_assert_uint_eq(take(marks, everything), 12);
    assert_text(marks, everything);
    ck_assert_uint_eq(take(marks, everything), 0);
    mark = marks_find(marks, "a@example.org");
    ck_assert_int_eq(mark->state, MARK_REVIEWED);
    ck_assert_uint_eq(mark->version, 2);
    ck_assert_uint_eq(mark->fingerprints->len, 2);
    ck_assert(mark->flag);
    ck_assert_uint_eq(mark->notes->len, 3);
    ck_assert_ptr_nonnull(marks_find(marks, "a b<%\303\274@example.org"));
    ck_assert_int_eq(corrections_between(marks_corrections(marks), "c@example.org", "a@example.org"),
                     CORRECTION_NOT_SAME);
    ck_assert_uint_eq(corrections_count(marks_corrections(marks)), 2);
    marks_close(marks);
}
END_TEST

START_TEST(what_is_set_is_exported)
{
    struct marks *marks = new_marks();
    struct marks *other = new_marks();
    const struct mark_change change = {
        .lead = "x\n@example.org", .what = MARK_CHANGE_STATE | MARK_CHANGE_FLAG | MARK_CHANGE_NOTE,
        .state = MARK_LATER, .version = 1, .flag = true, .note = " look ",
    };
    GString *text;

    assert_text(marks, "");
    ck_assert(marks_change(marks, &change, 1, NULL));
    ck_assert(marks_correct(marks, "b", "a", CORRECTION_SAME, NULL));
    text = marks_text_export(marks);
    ck_assert_int_eq(strncmp(text->str, "<x%0A@example.org> flagged 20", 29), 0);
    ck_assert_uint_eq(take(other, text->str), 4);
    assert_text(other, text->str);
    g_string_free(text, TRUE);
    marks_close(other);
    marks_close(marks);
}
END_TEST

START_TEST(comments_and_conflict_marks_are_passed_over)
{
    struct marks *marks = new_marks();

    take(marks, "# shared\n\n<<<<<<< HEAD\n"
                "<a> later 2026-01-01T00:00:00.000000Z\r\n"
                "||||||| merged common ancestors\n=======\n"
                "<a> reviewed 2026-01-02T00:00:00.000000Z v1\n"
                "<a> ignored 2026-01-01T12:00:00.000000Z\n"
                ">>>>>>> theirs\n"
                "<b> flagged 2026-01-01T00:00:00.000000Z");
    assert_text(marks, "<a> reviewed 2026-01-02T00:00:00.000000Z v1\n"
                       "<b> flagged 2026-01-01T00:00:00.000000Z\n");
    marks_close(marks);
}
END_TEST

START_TEST(the_newest_word_wins_each_by_itself)
{
    struct marks *marks = new_marks();

    take(marks, "<a> reviewed 2026-01-02T00:00:00.000000Z v2\n<a> flagged 2026-01-01T00:00:00.000000Z\n"
                "same <a> <b> 2026-01-02T00:00:00.000000Z\n");
    ck_assert_uint_eq(take(marks, "<a> later 2026-01-01T00:00:00.000000Z v2\n"
                                  "<a> unflagged 2026-01-02T00:00:00.000000Z\n"
                                  "not-same <b> <a> 2026-01-01T00:00:00.000000Z\n"), 1);
    assert_text(marks, "<a> reviewed 2026-01-02T00:00:00.000000Z v2\n"
                       "<a> unflagged 2026-01-02T00:00:00.000000Z\n"
                       "same <a> <b> 2026-01-02T00:00:00.000000Z\n");
    ck_assert_uint_eq(take(marks, "not-corrected <b> <a> 2026-01-03T00:00:00.000000Z\n"), 1);
    ck_assert_uint_eq(corrections_count(marks_corrections(marks)), 0);
    marks_close(marks);
}
END_TEST

START_TEST(notes_of_both_sides_stay_unless_taken_back)
{
    struct marks *marks = new_marks();

    take(marks, "<a> note 2026-01-01T00:00:00.000000Z mine\n<a> note 2026-01-02T00:00:00.000000Z both\n");
    ck_assert_uint_eq(take(marks, "<a> note 2026-01-01T00:00:00.000000Z theirs\n"
                                  "<a> note 2026-01-02T00:00:00.000000Z both\n"
                                  "<a> no-note 2026-01-01T00:00:00.000000Z mine\n"), 2);
    ck_assert_uint_eq(take(marks, "<a> note 2026-01-01T00:00:00.000000Z mine\n"), 0);
    assert_text(marks, "<a> no-note 2026-01-01T00:00:00.000000Z mine\n"
                       "<a> note 2026-01-01T00:00:00.000000Z theirs\n"
                       "<a> note 2026-01-02T00:00:00.000000Z both\n");
    marks_close(marks);
}
END_TEST

/* Appends some lines about few things with few stamps, so that they meet. */
static void append_random_lines(GString *text, GRand *random)
{
    static const char *const words[] = {
        "reviewed", "later", "ignored", "unreviewed", "flagged", "unflagged", "note", "no-note",
    };
    static const char *const tails[] = {
        " v1", " v2", " v2 " ONES, " v2 " TWOS, "", "", " one", " two",
    };
    static const char *const pairs[] = { "same", "not-same", "not-corrected" };

    for (int count = g_rand_int_range(random, 0, 30); count > 0; count--) {
        int word = g_rand_int_range(random, 0, G_N_ELEMENTS(words));
        int tail = word < 4 ? g_rand_int_range(random, 0, 5)
                   : word < 6 ? 4 : g_rand_int_range(random, 6, 8);

        if (g_rand_int_range(random, 0, 4) == 0)
            g_string_append_printf(text, "%s <%d> <%d> 2026-01-0%dT00:00:00.000000Z\n",
                                   pairs[g_rand_int_range(random, 0, 3)],
                                   g_rand_int_range(random, 0, 2), g_rand_int_range(random, 2, 4),
                                   g_rand_int_range(random, 1, 4));
        else
            g_string_append_printf(text, "<%d> %s 2026-01-0%dT00:00:00.000000Z%s\n",
                                   g_rand_int_range(random, 0, 3), words[word],
                                   g_rand_int_range(random, 1, 4), tails[tail]);
    }
}

START_TEST(order_does_not_matter)
{
    GRand *random = g_rand_new_with_seed((guint32)_i);
    GString *texts[3];
    struct marks *one = new_marks(), *other = new_marks(), *third = new_marks();
    GString *expected;

    for (int i = 0; i < 3; i++) {
        texts[i] = g_string_new(NULL);
        append_random_lines(texts[i], random);
    }
    for (int i = 0; i < 3; i++) {
        take(one, texts[i]->str);
        take(other, texts[2 - i]->str);
    }
    take(one, texts[0]->str);
    expected = marks_text_export(one);
    assert_text(other, expected->str);
    take(third, expected->str);
    assert_text(third, expected->str);
    ck_assert_uint_eq(take(third, texts[1]->str), 0);
    for (int i = 0; i < 3; i++)
        g_string_free(texts[i], TRUE);
    g_string_free(expected, TRUE);
    marks_close(one);
    marks_close(other);
    marks_close(third);
    g_rand_free(random);
}
END_TEST

#define LINE(text) { text, sizeof text - 1 }

static const struct {
    const char *bytes;
    size_t length;
} wrong_lines[] = {
    LINE("nonsense"),
    LINE(" <a> later 2026-01-01T00:00:00.000000Z"),
    LINE("<a>"),
    LINE("<a> later"),
    LINE("<> later 2026-01-01T00:00:00.000000Z"),
    LINE("a later 2026-01-01T00:00:00.000000Z"),
    LINE("<a later 2026-01-01T00:00:00.000000Z"),
    LINE("<a<> later 2026-01-01T00:00:00.000000Z"),
    LINE("<a%> later 2026-01-01T00:00:00.000000Z"),
    LINE("<a%4> later 2026-01-01T00:00:00.000000Z"),
    LINE("<a%00> later 2026-01-01T00:00:00.000000Z"),
    LINE("<a%FF> later 2026-01-01T00:00:00.000000Z"),
    LINE("<a>  later 2026-01-01T00:00:00.000000Z"),
    LINE("<a> Later 2026-01-01T00:00:00.000000Z"),
    LINE("<a> later 2026-01-01T00:00:00Z"),
    LINE("<a> later 2026-13-01T00:00:00.000000Z"),
    LINE("<a> later 2026-02-30T00:00:00.000000Z"),
    LINE("<a> later 1969-01-01T00:00:00.000000Z"),
    LINE("<a> later 9999-01-01T00:00:00.000000Z"),
    LINE("<a> later 2026-01-01T00:00:00.000000Z 2"),
    LINE("<a> later 2026-01-01T00:00:00.000000Z v"),
    LINE("<a> later 2026-01-01T00:00:00.000000Z v-1"),
    LINE("<a> later 2026-01-01T00:00:00.000000Z v99999999999"),
    LINE("<a> later 2026-01-01T00:00:00.000000Z v2 123"),
    LINE("<a> later 2026-01-01T00:00:00.000000Z v2  " ONES),
    LINE("<a> flagged 2026-01-01T00:00:00.000000Z v2"),
    LINE("<a> note 2026-01-01T00:00:00.000000Z"),
    LINE("<a> note 2026-01-01T00:00:00.000000Z "),
    LINE("<a> note 2026-01-01T00:00:00.000000Z a\033[2J"),
    LINE("<a> note 2026-01-01T00:00:00.000000Z a\302\233"),
    LINE("<a> note 2026-01-01T00:00:00.000000Z a\342\200\250b"),
    LINE("<a> note 2026-01-01T00:00:00.000000Z \377"),
    LINE("<a> note 2026-01-01T00:00:00.000000Z \0x"),
    LINE("same <a> <a> 2026-01-01T00:00:00.000000Z"),
    LINE("same <a> 2026-01-01T00:00:00.000000Z"),
    LINE("same <a> <b>"),
    LINE("same <a> <b> 2026-01-01T00:00:00.000000Z x"),
    LINE("<<<<<<<< later 2026-01-01T00:00:00.000000Z"),
};

START_TEST(wrong_lines_are_refused_and_named)
{
    struct marks *marks = new_marks();
    GString *text = g_string_new("# one\n<good> flagged 2026-01-01T00:00:00.000000Z\n");
    GError *error = NULL;
    size_t changed;

    g_string_append_len(text, wrong_lines[_i].bytes, (gssize)wrong_lines[_i].length);
    g_string_append(text, "\n<b> flagged 2026-01-01T00:00:00.000000Z\n");
    ck_assert(!marks_text_import(marks, "marks.txt", text->str, text->len, &changed, &error));
    ck_assert(g_error_matches(error, MARKS_ERROR, MARKS_ERROR_TEXT));
    ck_assert_msg(g_str_has_prefix(error->message, "marks.txt:3: "), "%s", error->message);
    ck_assert_msg(g_str_is_ascii(error->message), "%s", error->message);
    ck_assert_uint_eq(changed, 0);
    assert_text(marks, "");
    g_error_free(error);
    g_string_free(text, TRUE);
    marks_close(marks);
}
END_TEST

START_TEST(overlong_things_are_refused)
{
    struct marks *marks = new_marks();
    g_autofree char *many = g_strnfill(3000, 'i');
    g_autofree char *id = g_strdup_printf("<%s> flagged 2026-01-01T00:00:00.000000Z\n", many);
    g_autofree char *note = g_strdup_printf("<a> note 2026-01-01T00:00:00.000000Z %s\n", many);
    GString *patches = g_string_new("<a> reviewed 2026-01-01T00:00:00.000000Z v2");
    size_t changed;

    for (int i = 0; i < 20000; i++)
        g_string_append(patches, " " ONES);
    ck_assert(!marks_text_import(marks, "x", id, strlen(id), &changed, NULL));
    ck_assert(!marks_text_import(marks, "x", note, strlen(note), &changed, NULL));
    ck_assert(!marks_text_import(marks, "x", patches->str, patches->len, &changed, NULL));
    g_string_free(patches, TRUE);
    marks_close(marks);
}
END_TEST

START_TEST(an_import_cannot_be_undone)
{
    struct marks *marks = new_marks();

    take(marks, "<a> later 2026-01-01T00:00:00.000000Z\n");
    ck_assert(!marks_undo(marks, NULL, NULL));
    assert_text(marks, "<a> later 2026-01-01T00:00:00.000000Z\n");
    marks_close(marks);
}
END_TEST

START_TEST(a_refusal_to_write_takes_nothing)
{
    const char *folder = support_folder();
    char *file = support_path(folder, "file");
    char *path = g_build_filename(file, "marks.sqlite", NULL);
    char *notice;
    struct marks *marks;
    GError *error = NULL;
    size_t changed;

    support_write(file, "", 0);
    marks = marks_open(path, &notice);
    ck_assert(!marks_text_import(marks, "x", everything, strlen(everything), &changed, &error));
    ck_assert(g_error_matches(error, MARKS_ERROR, MARKS_ERROR_CLOSED));
    assert_text(marks, "");
    g_error_free(error);
    marks_close(marks);
    g_free(notice);
    g_free(path);
    free(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("marks_text");
    TCase *tests = tcase_create("marks_text");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, text_comes_back_as_it_was);
    tcase_add_test(tests, what_is_set_is_exported);
    tcase_add_test(tests, comments_and_conflict_marks_are_passed_over);
    tcase_add_test(tests, the_newest_word_wins_each_by_itself);
    tcase_add_test(tests, notes_of_both_sides_stay_unless_taken_back);
    tcase_add_loop_test(tests, order_does_not_matter, 0, 60);
    tcase_add_loop_test(tests, wrong_lines_are_refused_and_named, 0, G_N_ELEMENTS(wrong_lines));
    tcase_add_test(tests, overlong_things_are_refused);
    tcase_add_test(tests, an_import_cannot_be_undone);
    tcase_add_test(tests, a_refusal_to_write_takes_nothing);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
