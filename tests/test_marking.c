/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What marks mean for series: the newest word counts, patches that did not change stay reviewed, those that did are
 * counted. What a patch does is the first letter of its title here; its fingerprint has it. */
#include "marking.h"
#include "series_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define START 1700000000
#define DAY 86400

/* A test program has no place to keep this but here. */
static struct paper_list *list;
static struct series_set *set;
static struct marks *marks;
static struct marking *marking;

static void begin(void)
{
    char *path = support_path(support_folder(), "marks.sqlite");
    char *notice;

    mail_startup();
    list = paper_list_new();
    set = NULL;
    marks = marks_open(path, &notice);
    ck_assert_ptr_null(notice);
    marking = marking_new(marks);
    free(path);
}

static void end(void)
{
    marking_free(marking);
    marks_close(marks);
    series_set_free(set);
    paper_list_free(list);
}

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ __VA_ARGS__ })

static void read_list(void)
{
    series_set_free(set);
    set = paper_list_read(list);
}

static const struct posting *posting_of(const char *id)
{
    g_autofree char *whole = g_strdup_printf("%s@example.org", id);
    const struct posting *posting = series_set_find(set, whole);

    ck_assert_ptr_nonnull(posting);
    return posting;
}

static struct member *member_of(const char *id)
{
    g_autofree char *whole = g_strdup_printf("%s@example.org", id);
    struct member *member = mailset_find(series_set_mails(set), whole);

    ck_assert_ptr_nonnull(member);
    return member;
}

/* Reads what is WANTED, which it empties; how many mails that were. */
static guint give(GPtrArray *wanted)
{
    guint count = wanted->len;

    for (guint i = 0; i < count; i++) {
        const struct member *member = g_ptr_array_index(wanted, i);
        struct fingerprint fingerprint = { { (uint8_t)member->mail->title[0] } };

        marking_give(marking, member, &fingerprint);
    }
    g_ptr_array_set_size(wanted, 0);
    return count;
}

/* Reads what is needed to answer for the series of ID; how many mails that were. */
static guint read_wanted(const char *id)
{
    GPtrArray *wanted = g_ptr_array_new();
    guint count;

    marking_wanted(marking, posting_of(id)->series, wanted);
    count = give(wanted);
    marking_wanted(marking, posting_of(id)->series, wanted);
    ck_assert_uint_eq(wanted->len, 0);
    g_ptr_array_unref(wanted);
    return count;
}

/* Marks the posting of ID, as the user does. */
static void set_state(const char *id, enum mark_state state)
{
    GPtrArray *wanted = g_ptr_array_new();
    struct mark_change change;
    GArray *fingerprints;

    marking_wanted_to_set(marking, posting_of(id), wanted);
    give(wanted);
    marking_change(marking, posting_of(id), state, &change, &fingerprints);
    ck_assert(marks_change(marks, &change, 1, NULL));
    g_array_unref(fingerprints);
    g_ptr_array_unref(wanted);
}

static void set_more(const char *id, bool flag, const char *note)
{
    g_autofree char *lead = g_strdup_printf("%s@example.org", id);
    const struct mark_change change = {
        .lead = lead, .what = MARK_CHANGE_FLAG | MARK_CHANGE_NOTE, .flag = flag, .note = note
    };

    ck_assert(marks_change(marks, &change, 1, NULL));
}

static struct series_mark mark_of(const char *id)
{
    return marking_of(marking, posting_of(id)->series);
}

static void assert_mark(const char *id, const char *expected)
{
    struct series_mark mark = mark_of(id);
    GString *text = g_string_new(NULL);

    series_mark_describe(&mark, text);
    ck_assert_str_eq(text->str, expected);
    g_string_free(text, TRUE);
}

/* Is the series of ID reviewed, and out of the way? */
static void assert_done(const char *id, bool reviewed, bool done)
{
    struct series_mark mark = mark_of(id);

    ck_assert_int_eq(series_mark_is_reviewed(&mark), reviewed);
    ck_assert_int_eq(series_mark_is_done(&mark), done);
}

static void assert_patch(const char *id, bool reviewed)
{
    ck_assert_msg(marking_patch_is_reviewed(marking, member_of(id)) == reviewed, "%s", id);
}

/* Version 1: a cover and three patches. */
static void add_first(void)
{
    MAIL(.id = "c", .subject = "[PATCH 0/3] work", .date = START);
    MAIL(.id = "1", .subject = "[PATCH 1/3] a", .reply_to = "c", .date = START);
    MAIL(.id = "2", .subject = "[PATCH 2/3] b", .reply_to = "c", .date = START);
    MAIL(.id = "3", .subject = "[PATCH 3/3] c", .reply_to = "c", .date = START);
}

/* Version 2, whose patches do what the letters of TITLES say. */
static void add_second(const char *titles)
{
    MAIL(.id = "cv2", .subject = "[PATCH v2 0/3] work", .date = START + DAY);
    for (int i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("%dv2", i + 1);
        g_autofree char *subject = g_strdup_printf("[PATCH v2 %d/3] %c", i + 1, titles[i]);

        MAIL(.id = id, .subject = subject, .reply_to = "cv2", .date = START + DAY);
    }
}

START_TEST(nothing_is_said)
{
    add_first();
    read_list();
    assert_mark("c", "");
    assert_done("c", false, false);
    assert_patch("1", false);
    ck_assert_uint_eq(read_wanted("c"), 0);
    ck_assert_ptr_eq(marking_marks(marking), marks);
}
END_TEST

START_TEST(a_mark_on_the_newest)
{
    add_first();
    read_list();
    set_state("c", MARK_REVIEWED);
    assert_mark("c", "reviewed");
    assert_done("c", true, true);
    assert_patch("2", true);
    assert_patch("c", false); /* no patch */
    ck_assert(!mark_of("c").older);
    ck_assert_uint_eq(mark_of("c").version, 1);
    ck_assert_uint_eq(read_wanted("c"), 0);
    set_state("c", MARK_LATER);
    assert_mark("c", "later");
    assert_done("c", false, false);
    assert_patch("2", false);
    set_state("c", MARK_IGNORED);
    assert_mark("c", "ignored");
    assert_done("c", false, true);
    ck_assert(marks_undo(marks, NULL, NULL));
    ck_assert(marks_undo(marks, NULL, NULL));
    assert_mark("c", "reviewed");
    set_state("c", MARK_NONE);
    assert_mark("c", "");
    assert_patch("2", false);
}
END_TEST

START_TEST(a_newer_posting_is_compared)
{
    add_first();
    read_list();
    set_state("c", MARK_REVIEWED);
    add_second("xbc");
    read_list();
    ck_assert_ptr_eq(posting_of("c")->series, posting_of("cv2")->series);
    assert_mark("cv2", "reviewed v1");
    ck_assert(mark_of("cv2").older && mark_of("cv2").unread);
    assert_done("cv2", false, false);
    assert_patch("2v2", false);
    ck_assert_uint_eq(read_wanted("cv2"), 3);
    assert_mark("cv2", "reviewed v1, 1 of 3 changed");
    assert_done("cv2", false, false);
    assert_patch("1v2", false);
    assert_patch("2v2", true);
    assert_patch("1", true);
    set_state("cv2", MARK_REVIEWED);
    assert_mark("c", "reviewed");
    assert_patch("1v2", true);
    assert_done("cv2", true, true);
}
END_TEST

START_TEST(a_newer_posting_that_is_the_same)
{
    add_first();
    read_list();
    set_state("c", MARK_REVIEWED);
    add_second("cab"); /* in another order */
    read_list();
    ck_assert_uint_eq(read_wanted("cv2"), 3);
    assert_mark("cv2", "reviewed v1, 0 of 3 changed");
    assert_done("cv2", true, true);
    assert_patch("3v2", true);
}
END_TEST

START_TEST(a_cover_alone_is_not_reviewed_yet)
{
    add_first();
    read_list();
    set_state("c", MARK_REVIEWED);
    MAIL(.id = "cv2", .subject = "[PATCH v2 0/3] work", .date = START + DAY);
    read_list();
    ck_assert_uint_eq(read_wanted("cv2"), 0);
    assert_mark("cv2", "reviewed v1");
    assert_done("cv2", false, false);
}
END_TEST

START_TEST(ignored_and_later_carry_over)
{
    add_first();
    read_list();
    set_state("c", MARK_IGNORED);
    add_second("xyz");
    read_list();
    ck_assert_uint_eq(read_wanted("cv2"), 0);
    assert_mark("cv2", "ignored");
    assert_done("cv2", false, true);
    set_state("c", MARK_LATER);
    assert_mark("cv2", "later");
}
END_TEST

START_TEST(the_newest_word_counts)
{
    add_first();
    add_second("abc");
    read_list();
    set_more("c", true, NULL);
    set_state("cv2", MARK_IGNORED);
    assert_mark("c", "ignored, flagged");
    set_state("c", MARK_REVIEWED); /* the older posting, but said later */
    read_wanted("c");
    assert_mark("c", "reviewed v1, 0 of 3 changed, flagged");
    set_more("cv2", false, NULL);
    set_state("cv2", MARK_NONE);
    assert_mark("c", "");
    assert_patch("1v2", false);
    set_more("cv2", true, NULL);
    assert_mark("c", "flagged");
}
END_TEST

START_TEST(a_mark_on_a_patch_whose_cover_came_later)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] a", .reply_to = "c", .date = START);
    MAIL(.id = "2", .subject = "[PATCH 2/2] b", .reply_to = "c", .date = START);
    read_list();
    set_state("1", MARK_REVIEWED);
    assert_mark("1", "reviewed");
    MAIL(.id = "c", .subject = "[PATCH 0/2] work", .date = START);
    read_list();
    ck_assert_str_eq(posting_lead(posting_of("1"))->message_id, "c@example.org");
    assert_mark("c", "reviewed");
    assert_patch("2", true);
}
END_TEST

START_TEST(what_was_said_of_a_posting_itself)
{
    add_first();
    add_second("abc");
    read_list();
    set_state("c", MARK_REVIEWED);
    set_state("cv2", MARK_LATER);
    ck_assert_int_eq(marking_of_posting(marking, posting_of("c")).state, MARK_REVIEWED);
    ck_assert_int_eq(marking_of_posting(marking, posting_of("cv2")).state, MARK_LATER);
    ck_assert_int_eq(marking_of_posting(NULL, posting_of("c")).state, MARK_NONE);
}
END_TEST

START_TEST(undoing_comes_back_to_what_was_said_of_another_mail)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] a", .reply_to = "c", .date = START);
    MAIL(.id = "2", .subject = "[PATCH 2/2] b", .reply_to = "c", .date = START);
    read_list();
    set_state("1", MARK_REVIEWED);
    MAIL(.id = "c", .subject = "[PATCH 0/2] work", .date = START);
    read_list();
    set_state("c", MARK_LATER);
    ck_assert(marks_undo(marks, NULL, NULL));
    assert_mark("c", "reviewed");
    ck_assert_int_eq(marking_of_posting(marking, posting_of("c")).state, MARK_REVIEWED);
}
END_TEST

START_TEST(a_patch_that_came_late_is_not_reviewed)
{
    MAIL(.id = "c", .subject = "[PATCH 0/2] work", .date = START);
    MAIL(.id = "1", .subject = "[PATCH 1/2] a", .reply_to = "c", .date = START);
    read_list();
    set_state("c", MARK_REVIEWED);
    assert_done("c", true, true);
    MAIL(.id = "2", .subject = "[PATCH 2/2] b", .reply_to = "c", .date = START);
    read_list();
    ck_assert_uint_eq(read_wanted("c"), 1);
    assert_mark("c", "reviewed v1, 1 of 2 changed");
    assert_patch("1", true);
    assert_patch("2", false);
}
END_TEST

START_TEST(a_partial_reroll_has_all_patches)
{
    add_first();
    read_list();
    set_state("c", MARK_REVIEWED);
    MAIL(.id = "2v2", .subject = "[PATCH v2 2/3] x", .reply_to = "2", .date = START + DAY);
    read_list();
    ck_assert_ptr_nonnull(posting_of("2v2")->base);
    ck_assert_uint_eq(read_wanted("2v2"), 1);
    assert_mark("2v2", "reviewed v1, 1 of 3 changed");
    assert_patch("2v2", false);
    set_state("2v2", MARK_REVIEWED);
    assert_mark("2v2", "reviewed");
    assert_patch("2v2", true);
}
END_TEST

START_TEST(a_reviewed_reroll_covers_what_it_has_from_its_base)
{
    struct marking *anew;

    add_first();
    MAIL(.id = "2v2", .subject = "[PATCH v2 2/3] x", .reply_to = "2", .date = START + DAY);
    read_list();
    set_state("2v2", MARK_REVIEWED);
    anew = marking_new(marks); /* that has read nothing */
    ck_assert(marking_patch_is_reviewed(anew, member_of("1")));
    ck_assert(marking_patch_is_reviewed(anew, member_of("2v2")));
    ck_assert(!marking_patch_is_reviewed(anew, member_of("2")));
    marking_free(anew);
}
END_TEST

START_TEST(what_cannot_be_read_is_changed)
{
    GPtrArray *wanted = g_ptr_array_new();
    struct mark_change change;
    GArray *fingerprints;

    add_first();
    read_list();
    marking_give(marking, member_of("2"), NULL);
    marking_wanted_to_set(marking, posting_of("c"), wanted);
    ck_assert_uint_eq(give(wanted), 2);
    marking_change(marking, posting_of("c"), MARK_REVIEWED, &change, &fingerprints);
    ck_assert_uint_eq(fingerprints->len, 3);
    ck_assert_uint_eq(change.version, 1);
    ck_assert_str_eq(change.lead, "c@example.org");
    ck_assert(marks_change(marks, &change, 1, NULL));
    assert_mark("c", "reviewed");
    add_second("abc");
    read_list();
    marking_give(marking, member_of("3v2"), NULL);
    ck_assert_uint_eq(read_wanted("cv2"), 2);
    assert_mark("cv2", "reviewed v1, 2 of 3 changed");
    g_array_unref(fingerprints);
    g_ptr_array_unref(wanted);
}
END_TEST

START_TEST(a_mark_without_fingerprints)
{
    const struct mark_change change = {
        .lead = "c@example.org", .what = MARK_CHANGE_STATE, .state = MARK_REVIEWED
    };

    add_first();
    read_list();
    ck_assert(marks_change(marks, &change, 1, NULL));
    assert_mark("c", "reviewed");
    assert_patch("1", true);
    add_second("abc");
    read_list();
    ck_assert_uint_eq(read_wanted("cv2"), 0);
    assert_mark("cv2", "reviewed v1, 3 of 3 changed");
}
END_TEST

START_TEST(what_was_read_stays_known)
{
    add_first();
    add_second("xbc");
    read_list();
    set_state("c", MARK_REVIEWED);
    ck_assert_uint_eq(read_wanted("cv2"), 3);
    read_list();
    ck_assert_uint_eq(read_wanted("cv2"), 0);
    assert_mark("cv2", "reviewed v1, 1 of 3 changed");
}
END_TEST

START_TEST(another_model_has_other_answers)
{
    MAIL(.id = "a", .subject = "[PATCH] a", .date = START);
    read_list();
    set_state("a", MARK_IGNORED);
    assert_mark("a", "ignored");
    paper_list_free(list);
    list = paper_list_new();
    MAIL(.id = "b", .subject = "[PATCH] b", .date = START);
    read_list();
    assert_mark("b", "");
}
END_TEST

/* What trailers are carried over by. */
START_TEST(patches_that_are_the_same)
{
    const struct fingerprint one = { { 1 } }, two = { { 2 } };

    MAIL(.id = "1", .subject = "[PATCH] a");
    MAIL(.id = "2", .subject = "[PATCH v2] a", .date = START + DAY);
    read_list();
    ck_assert_int_eq(marking_same(marking, member_of("1"), member_of("2")), TRAILERS_UNKNOWN);
    marking_give(marking, member_of("1"), &one);
    ck_assert_int_eq(marking_same(marking, member_of("1"), member_of("2")), TRAILERS_UNKNOWN);
    marking_give(marking, member_of("2"), &one);
    ck_assert_int_eq(marking_same(marking, member_of("1"), member_of("2")), TRAILERS_SAME);
    marking_give(marking, member_of("2"), &two);
    ck_assert_int_eq(marking_same(marking, member_of("1"), member_of("2")), TRAILERS_CHANGED);
    /* What cannot be read is like nothing else. */
    marking_give(marking, member_of("2"), NULL);
    ck_assert_int_eq(marking_same(marking, member_of("1"), member_of("2")), TRAILERS_CHANGED);
    marking_give(marking, member_of("1"), NULL);
    ck_assert_int_eq(marking_same(marking, member_of("1"), member_of("2")), TRAILERS_CHANGED);
}
END_TEST

START_TEST(notes_of_all_postings)
{
    GPtrArray *notes;
    const struct mark_change gone = {
        .lead = "c@example.org", .what = MARK_CHANGE_NOTE, .old_note = "two"
    };

    add_first();
    add_second("abc");
    read_list();
    ck_assert(!mark_of("c").noted);
    set_more("cv2", false, "one");
    set_more("c", false, "two");
    set_more("3", false, "three");
    ck_assert(mark_of("c").noted);
    ck_assert(marks_change(marks, &gone, 1, NULL));
    notes = marking_notes(marking, posting_of("c")->series);
    ck_assert_uint_eq(notes->len, 2);
    ck_assert_str_eq(g_ptr_array_index(notes, 0), "one");
    ck_assert_str_eq(g_ptr_array_index(notes, 1), "three");
    g_ptr_array_unref(notes);
    assert_mark("c", "");
}
END_TEST

START_TEST(a_mail_without_an_id)
{
    struct mark_change change;
    GArray *fingerprints;
    const struct posting *posting;

    MAIL(.subject = "[PATCH] nameless", .date = START);
    read_list();
    posting = ((const struct series *)g_ptr_array_index(series_set_list(set), 0))->listed;
    marking_change(marking, posting, MARK_REVIEWED, &change, &fingerprints);
    ck_assert(!marks_change(marks, &change, 1, NULL));
    g_array_unref(fingerprints);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("marking");
    TCase *tests = tcase_create("marking");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, nothing_is_said);
    tcase_add_test(tests, a_mark_on_the_newest);
    tcase_add_test(tests, a_newer_posting_is_compared);
    tcase_add_test(tests, a_newer_posting_that_is_the_same);
    tcase_add_test(tests, a_cover_alone_is_not_reviewed_yet);
    tcase_add_test(tests, ignored_and_later_carry_over);
    tcase_add_test(tests, the_newest_word_counts);
    tcase_add_test(tests, a_mark_on_a_patch_whose_cover_came_later);
    tcase_add_test(tests, what_was_said_of_a_posting_itself);
    tcase_add_test(tests, undoing_comes_back_to_what_was_said_of_another_mail);
    tcase_add_test(tests, a_patch_that_came_late_is_not_reviewed);
    tcase_add_test(tests, a_partial_reroll_has_all_patches);
    tcase_add_test(tests, a_reviewed_reroll_covers_what_it_has_from_its_base);
    tcase_add_test(tests, what_cannot_be_read_is_changed);
    tcase_add_test(tests, a_mark_without_fingerprints);
    tcase_add_test(tests, what_was_read_stays_known);
    tcase_add_test(tests, another_model_has_other_answers);
    tcase_add_test(tests, patches_that_are_the_same);
    tcase_add_test(tests, notes_of_all_postings);
    tcase_add_test(tests, a_mail_without_an_id);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
