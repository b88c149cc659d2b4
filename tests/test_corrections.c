/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people say against the rules: which series come of it. */
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* --- what is said ---------------------------------------------------------------- */

static struct corrections *corrections;
static struct paper_list *list;
static struct series_set *set;

static void begin(void)
{
    corrections = corrections_new();
    list = paper_list_new();
}

static void end(void)
{
    series_set_free(set);
    set = NULL;
    paper_list_free(list);
    corrections_free(corrections);
}

START_TEST(last_word_counts_in_either_order)
{
    ck_assert_int_eq(corrections_between(corrections, "a", "b"), CORRECTION_NONE);
    corrections_set(corrections, "a", "b", CORRECTION_SAME);
    ck_assert_int_eq(corrections_between(corrections, "b", "a"), CORRECTION_SAME);
    corrections_set(corrections, "b", "a", CORRECTION_NOT_SAME);
    ck_assert_int_eq(corrections_between(corrections, "a", "b"), CORRECTION_NOT_SAME);
    ck_assert_uint_eq(corrections_count(corrections), 1);
    corrections_set(corrections, "a", "b", CORRECTION_NONE);
    ck_assert_int_eq(corrections_between(corrections, "a", "b"), CORRECTION_NONE);
    ck_assert_uint_eq(corrections_count(corrections), 0);
    ck_assert_ptr_null(corrections_of(corrections, "a"));
}
END_TEST

START_TEST(all_that_is_said_of_one)
{
    const char *const *others;
    GPtrArray *ids;

    corrections_set(corrections, "m", "z", CORRECTION_SAME);
    corrections_set(corrections, "a", "m", CORRECTION_NOT_SAME);
    corrections_set(corrections, "m", "k", CORRECTION_SAME);
    corrections_set(corrections, "m", "k", CORRECTION_NONE);
    corrections_set(corrections, "m", "never", CORRECTION_NONE);
    others = corrections_of(corrections, "m");
    ck_assert_str_eq(others[0], "a");
    ck_assert_str_eq(others[1], "z");
    ck_assert_ptr_null(others[2]);
    ck_assert_uint_eq(corrections_count(corrections), 2);
    ids = corrections_ids(corrections);
    ck_assert_uint_eq(ids->len, 3);
    g_ptr_array_free(ids, TRUE);
}
END_TEST

START_TEST(a_change_shows_in_the_generation)
{
    uint64_t before = corrections_generation(corrections), after;

    corrections_set(corrections, "a", "b", CORRECTION_NONE);
    ck_assert(corrections_generation(corrections) == before);
    corrections_set(corrections, "a", "b", CORRECTION_SAME);
    after = corrections_generation(corrections);
    ck_assert(after != before);
    corrections_set(corrections, "b", "a", CORRECTION_SAME);
    ck_assert(corrections_generation(corrections) == after);
    corrections_set(corrections, "b", "a", CORRECTION_NOT_SAME);
    ck_assert(corrections_generation(corrections) != after);
}
END_TEST

START_TEST(nothing_is_said_of_a_mail_and_itself)
{
    corrections_set(corrections, "a", "a", CORRECTION_NOT_SAME);
    corrections_set(corrections, "", "a", CORRECTION_SAME);
    ck_assert_uint_eq(corrections_count(corrections), 0);
    ck_assert_ptr_null(corrections_of(corrections, "a"));
}
END_TEST

/* --- which series come of it --------------------------------------------------- */

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ __VA_ARGS__ })

static char *whole_id(const char *id)
{
    return g_strdup_printf("%s@example.org", id);
}

static void say(const char *a, const char *b, enum correction correction)
{
    char *x = whole_id(a), *y = whole_id(b);

    corrections_set(corrections, x, y, correction);
    g_free(y);
    g_free(x);
}

static void read_list(void)
{
    set = paper_list_read(list);
    series_set_correct(set, corrections);
    series_set_settle(set);
}

/* After something else was said. */
static void correct(void)
{
    series_set_correct(set, corrections);
    ck_assert(series_set_settle(set));
}

static const struct posting *posting_of(const char *id)
{
    char *whole = whole_id(id);
    const struct posting *posting = series_set_find(set, whole);

    ck_assert_ptr_nonnull(posting);
    g_free(whole);
    return posting;
}

static bool together(const char *a, const char *b)
{
    return posting_of(a)->series == posting_of(b)->series;
}

static enum series_rule why(const char *id, const char *other_id)
{
    const struct posting *other;
    enum series_rule rule = posting_why(posting_of(id), &other);

    ck_assert_ptr_eq(other, other_id ? posting_of(other_id) : NULL);
    return rule;
}

START_TEST(same_joins_whatever_the_rules_say)
{
    MAIL(.id = "a", .subject = "[PATCH 5.10] one", .change_id = "x");
    MAIL(.id = "b", .subject = "[PATCH v2 6.1] two", .change_id = "y", .from = "Bob <bob@example.org>");
    say("a", "b", CORRECTION_SAME);
    read_list();
    ck_assert(together("a", "b"));
    ck_assert_int_eq(posting_state(posting_of("b")), SERIES_EXIST);
    ck_assert_int_eq(posting_state(posting_of("a")), SERIES_SKIP);
    ck_assert_int_eq(why("b", "a"), SERIES_RULE_CORRECTION);
    ck_assert_str_eq(series_rule_text(SERIES_RULE_CORRECTION), "a correction");
}
END_TEST

START_TEST(same_joins_all_that_hangs_on_both)
{
    MAIL(.id = "a1", .subject = "[PATCH] one");
    MAIL(.id = "a2", .subject = "[PATCH v2] one");
    MAIL(.id = "b1", .subject = "[PATCH] two");
    MAIL(.id = "b2", .subject = "[PATCH v2] two");
    say("b2", "a1", CORRECTION_SAME);
    read_list();
    ck_assert_uint_eq(series_set_list(set)->len, 1);
    ck_assert_int_eq(why("a2", "a1"), SERIES_RULE_TITLE);
}
END_TEST

START_TEST(any_mail_of_a_posting_stands_for_it)
{
    MAIL(.id = "c", .subject = "[PATCH 0/1] work");
    MAIL(.id = "p", .subject = "[PATCH 1/1] part", .reply_to = "c");
    MAIL(.id = "b", .subject = "[PATCH] other");
    say("p", "b", CORRECTION_SAME);
    read_list();
    ck_assert(together("c", "b"));
}
END_TEST

START_TEST(not_same_keeps_apart)
{
    MAIL(.id = "a", .subject = "[PATCH] one");
    MAIL(.id = "b", .subject = "[PATCH v2] one");
    say("a", "b", CORRECTION_NOT_SAME);
    read_list();
    ck_assert(!together("a", "b"));
    ck_assert_int_eq(posting_state(posting_of("a")), SERIES_NEW);
    ck_assert_int_eq(posting_state(posting_of("b")), SERIES_NEW);
    ck_assert_int_eq(why("b", NULL), SERIES_RULE_NONE);
    ck_assert_int_eq(series_rule_between(posting_of("a"), posting_of("b")), SERIES_RULE_NONE);
}
END_TEST

START_TEST(a_word_can_be_taken_back)
{
    MAIL(.id = "a", .subject = "[PATCH] one");
    MAIL(.id = "b", .subject = "[PATCH v2] one");
    MAIL(.id = "x", .subject = "[PATCH] else");
    read_list();
    say("a", "b", CORRECTION_NOT_SAME);
    say("b", "x", CORRECTION_SAME);
    correct();
    ck_assert(!together("a", "b"));
    ck_assert(together("b", "x"));
    say("a", "b", CORRECTION_NONE);
    say("b", "x", CORRECTION_NONE);
    correct();
    ck_assert(together("a", "b"));
    ck_assert(!together("b", "x"));
    series_set_correct(set, NULL);
    ck_assert(!series_set_settle(set));
}
END_TEST

START_TEST(what_is_said_of_unread_mails_waits_for_them)
{
    GArray *order = paper_order_new(2, false);

    MAIL(.id = "a", .subject = "[PATCH] one");
    MAIL(.id = "b", .subject = "[PATCH] two");
    say("a", "b", CORRECTION_SAME);
    set = series_set_new();
    series_set_correct(set, corrections);
    series_set_take(set, paper_list_batch(list, order, 0, 1));
    series_set_settle(set);
    ck_assert_int_eq(posting_state(posting_of("a")), SERIES_NEW);
    series_set_take(set, paper_list_batch(list, order, 1, 1));
    series_set_settle(set);
    ck_assert(together("a", "b"));
    g_array_free(order, TRUE);
}
END_TEST

/* The order of revisions decides between what is said as it does between what the rules say. */
START_TEST(not_same_outweighs_same)
{
    MAIL(.id = "a", .subject = "[PATCH] one");
    MAIL(.id = "b", .subject = "[PATCH v2] two");
    MAIL(.id = "c", .subject = "[PATCH v3] three");
    say("b", "c", CORRECTION_SAME);
    say("a", "b", CORRECTION_SAME);
    say("a", "c", CORRECTION_NOT_SAME);
    read_list();
    ck_assert(together("a", "b"));
    ck_assert(!together("b", "c"));
}
END_TEST

START_TEST(not_same_of_one_mail_outweighs_same_of_another)
{
    MAIL(.id = "c", .subject = "[PATCH 0/1] work");
    MAIL(.id = "p", .subject = "[PATCH 1/1] part", .reply_to = "c");
    MAIL(.id = "b", .subject = "[PATCH] other");
    say("c", "b", CORRECTION_SAME);
    say("p", "b", CORRECTION_NOT_SAME);
    read_list();
    ck_assert(!together("c", "b"));
}
END_TEST

/* The one in the middle goes with the stronger rule, though the other is nearer. */
START_TEST(stronger_rule_holds)
{
    MAIL(.id = "a", .subject = "[PATCH] one", .change_id = "x");
    MAIL(.id = "b", .subject = "[PATCH v3] two", .change_id = "x");
    MAIL(.id = "c", .subject = "[PATCH v2] two");
    read_list();
    ck_assert(together("a", "c"));
    say("a", "c", CORRECTION_NOT_SAME);
    correct();
    ck_assert(together("a", "b"));
    ck_assert(!together("b", "c"));
}
END_TEST

START_TEST(neighbouring_versions_hold)
{
    MAIL(.id = "1", .subject = "[PATCH] one");
    MAIL(.id = "2", .subject = "[PATCH v2] one");
    MAIL(.id = "3", .subject = "[PATCH v3] one");
    MAIL(.id = "4", .subject = "[PATCH v4] one");
    say("1", "4", CORRECTION_NOT_SAME);
    say("2", "3", CORRECTION_NOT_SAME);
    read_list();
    ck_assert(together("1", "2"));
    ck_assert(together("3", "4"));
    ck_assert(!together("2", "3"));
}
END_TEST

START_TEST(one_posting_is_not_divided)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] one");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "1");
    say("1", "2", CORRECTION_NOT_SAME);
    read_list();
    ck_assert_ptr_eq(posting_of("1"), posting_of("2"));
    ck_assert_uint_eq(series_set_list(set)->len, 1);
}
END_TEST

START_TEST(reply_says_nothing_of_its_series)
{
    MAIL(.id = "a", .subject = "[PATCH] one");
    MAIL(.id = "r", .subject = "Re: [PATCH] one", .reply_to = "a");
    MAIL(.id = "b", .subject = "[PATCH] two");
    say("r", "b", CORRECTION_SAME);
    read_list();
    ck_assert(!together("a", "b"));
}
END_TEST

/* A reroll keeps the numbers it has from what it rerolls. */
START_TEST(reroll_can_be_kept_apart)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] one");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "1");
    MAIL(.id = "2v2", .subject = "[PATCH v2 2/2] two", .reply_to = "2");
    say("2", "2v2", CORRECTION_NOT_SAME);
    read_list();
    ck_assert(!together("2", "2v2"));
    ck_assert_ptr_eq(posting_of("2v2")->base, posting_of("2"));
}
END_TEST

/* More postings of a title than each two of them can be compared. */
START_TEST(one_of_a_thousand_is_broken_off)
{
    for (guint i = 0; i < 1000; i++) {
        char *id = g_strdup_printf("m%u", i);
        char *subject = g_strdup_printf("[PATCH v%u] report", i + 1);

        MAIL(.id = id, .subject = subject, .change_id = i % 100 == 7 ? "x" : NULL);
        g_free(subject);
        g_free(id);
    }
    say("m500", "m20", CORRECTION_NOT_SAME);
    say("m500", "m501", CORRECTION_NOT_SAME);
    say("m500", "m499", CORRECTION_NOT_SAME);
    read_list();
    ck_assert_uint_eq(series_set_list(set)->len, 2);
    ck_assert_uint_eq(posting_of("m20")->series->postings->len +
                          posting_of("m500")->series->postings->len, 1000);
    ck_assert(together("m20", "m999"));
    ck_assert(together("m20", "m499"));
    ck_assert(!together("m20", "m500"));
}
END_TEST

/* --- for any mails and any corrections -------------------------------------------- */

static GPtrArray *all_postings(const struct series_set *from)
{
    const GPtrArray *all = series_set_list(from);
    GPtrArray *postings = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        const struct series *series = g_ptr_array_index(all, i);

        g_ptr_array_extend(postings, series->postings, NULL, NULL);
    }
    return postings;
}

static bool kept_apart(const struct series *a, const struct series *b,
                       const struct corrections *said, const struct series_set *from)
{
    for (guint i = 0; i < a->postings->len; i++) {
        const struct posting *posting = g_ptr_array_index(a->postings, i);

        for (guint j = 0; j < posting->members->len; j++) {
            const struct member *member = g_ptr_array_index(posting->members, j);
            const char *const *others = corrections_of(said, member->id->text);

            for (; others && *others && member->id->first == member; others++) {
                const struct member *other = mailset_find(series_set_mails(from), *others);

                if (other && other->posting && other->posting != posting &&
                    other->posting->series == b &&
                    corrections_between(said, member->id->text, *others) == CORRECTION_NOT_SAME)
                    return true;
            }
        }
    }
    return false;
}

/* No series holds what is said not to be the same, and whatever is joined but in two series is kept
 * apart by something said of these. */
START_TEST(as_little_as_can_be_is_kept_apart)
{
    struct paper_list *many = paper_list_generate((guint32)_i, 400, _i % 2);
    struct series_set *all = paper_list_read(many);
    struct corrections *said = series_set_make_corrections(all, (guint32)_i, 40);
    GPtrArray *postings;

    series_set_correct(all, said);
    series_set_settle(all);
    postings = all_postings(all);
    for (guint i = 0; i < postings->len; i++) {
        const struct posting *a = g_ptr_array_index(postings, i);

        ck_assert(!kept_apart(a->series, a->series, said, all));
        for (guint j = 0; j < i; j++) {
            const struct posting *b = g_ptr_array_index(postings, j);

            if (a->series != b->series && series_rule_between(a, b))
                ck_assert(kept_apart(a->series, b->series, said, all));
        }
    }
    g_ptr_array_free(postings, TRUE);
    series_set_free(all);
    corrections_free(said);
    paper_list_free(many);
}
END_TEST

static void assert_same_text(const struct series_set *a, const char *expected)
{
    char *text = series_set_write_down(a);

    ck_assert_str_eq(text, expected);
    g_free(text);
}

/* Mails in any order, and what is said at any time. */
START_TEST(any_order)
{
    struct paper_list *many = paper_list_generate((guint32)_i + 50, _i % 2 ? 900 : 250, _i % 2);
    struct series_set *whole = paper_list_read(many);
    struct corrections *first = series_set_make_corrections(whole, (guint32)_i, 30);
    struct corrections *said = series_set_make_corrections(whole, (guint32)_i + 7, 60);
    GArray *order = paper_order_new(paper_list_length(many), true);
    GRand *random = g_rand_new_with_seed((guint32)_i);
    char *expected;

    series_set_correct(whole, said);
    series_set_settle(whole);
    expected = series_set_write_down(whole);
    for (guint i = 0; i < 4; i++) {
        struct series_set *growing = series_set_new();
        guint turn = (guint)g_rand_int_range(random, 0, (gint)order->len);

        series_set_correct(growing, first);
        for (guint taken = 0, piece; taken < order->len; taken += piece) {
            piece = (guint)g_rand_int_range(random, 1, i % 2 ? 3 : 100);
            piece = MIN(piece, order->len - taken);
            if (taken <= turn && turn < taken + piece)
                series_set_correct(growing, said);
            series_set_take(growing, paper_list_batch(many, order, taken, piece));
            series_set_settle(growing);
        }
        assert_same_text(growing, expected);
        series_set_free(growing);
        paper_order_shuffle(order, random);
    }
    g_free(expected);
    g_rand_free(random);
    g_array_free(order, TRUE);
    corrections_free(said);
    series_set_free(whole);
    corrections_free(first);
    paper_list_free(many);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("corrections");
    TCase *tests = tcase_create("corrections"), *property = tcase_create("property");

    mail_startup();
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, last_word_counts_in_either_order);
    tcase_add_test(tests, all_that_is_said_of_one);
    tcase_add_test(tests, a_change_shows_in_the_generation);
    tcase_add_test(tests, nothing_is_said_of_a_mail_and_itself);
    tcase_add_test(tests, same_joins_whatever_the_rules_say);
    tcase_add_test(tests, same_joins_all_that_hangs_on_both);
    tcase_add_test(tests, any_mail_of_a_posting_stands_for_it);
    tcase_add_test(tests, not_same_keeps_apart);
    tcase_add_test(tests, a_word_can_be_taken_back);
    tcase_add_test(tests, what_is_said_of_unread_mails_waits_for_them);
    tcase_add_test(tests, not_same_outweighs_same);
    tcase_add_test(tests, not_same_of_one_mail_outweighs_same_of_another);
    tcase_add_test(tests, stronger_rule_holds);
    tcase_add_test(tests, neighbouring_versions_hold);
    tcase_add_test(tests, one_posting_is_not_divided);
    tcase_add_test(tests, reply_says_nothing_of_its_series);
    tcase_add_test(tests, reroll_can_be_kept_apart);
    tcase_add_test(tests, one_of_a_thousand_is_broken_off);
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(property, as_little_as_can_be_is_kept_apart, 0, 10);
    tcase_add_loop_test(property, any_order, 0, 12);
    suite_add_tcase(suite, property);
    return run_suite(suite);
}
