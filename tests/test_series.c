/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPEC 3 to 5, sentence by sentence: which mails are one, which make a posting,
 * which postings a series. */
#include "series/contributors.h"
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

#define HOUR 3600
#define DAY (24 * HOUR)
#define START 1700000000

/* The list that a test writes on, and the set it reads. */
static struct paper_list *list;
static struct series_set *set;

static void begin(void)
{
    list = paper_list_new();
    set = NULL;
}

static void end(void)
{
    series_set_free(set);
    paper_list_free(list);
}

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ __VA_ARGS__ })

static void read_list(void)
{
    series_set_free(set);
    set = paper_list_read(list);
}

static void assert_line(const char *id, const char *expected)
{
    char *line = series_set_line(set, id);

    ck_assert_msg(line != NULL, "%s leads no posting", id);
    ck_assert_str_eq(line, expected);
    g_free(line);
}

static const struct posting *posting_of(const char *id)
{
    char *whole = g_strdup_printf("%s@example.org", id);
    const struct posting *posting = series_set_find(set, whole);

    g_free(whole);
    return posting;
}

static void assert_counts(guint series, size_t skipped, size_t mails)
{
    ck_assert_uint_eq(series_set_list(set)->len, series);
    ck_assert_uint_eq(series_set_skipped(set), skipped);
    ck_assert_uint_eq(series_set_mails(set)->live, mails);
}

static enum series_rule why(const char *id, const char *other_id)
{
    const struct posting *other;
    enum series_rule rule = posting_why(posting_of(id), &other);

    ck_assert_ptr_eq(other, other_id ? posting_of(other_id) : NULL);
    return rule;
}

/* --- one mail or two (SPEC 3) ------------------------------------------------- */

START_TEST(copies_are_one_mail_the_first)
{
    MAIL(.id = "a", .subject = "[PATCH] one", .body = "first\n");
    MAIL(.id = "a", .subject = "[PATCH] one", .body = "first\nand a footer\n");
    read_list();
    assert_counts(1, 0, 1);
    ck_assert_int_eq(mailset_find(series_set_mails(set), "a@example.org")->mail->place.arrival, 0);
}
END_TEST

START_TEST(same_id_with_other_subject_is_another_mail)
{
    MAIL(.id = "a", .subject = "[PATCH 0/1] one");
    MAIL(.id = "a", .subject = "[PATCH 0/1] two");
    MAIL(.id = "b", .subject = "[PATCH 1/1] part", .reply_to = "a");
    read_list();
    assert_counts(2, 0, 3);
    assert_line("a", "New v1 1/1 one"); /* references mean the first */
}
END_TEST

START_TEST(senders_differ_by_address_or_else_by_name)
{
    MAIL(.id = "a", .subject = "[PATCH] one", .from = "Ann <ann@example.org>");
    MAIL(.id = "a", .subject = "[PATCH] one", .from = "Ann <ANN@example.org>");
    MAIL(.id = "b", .subject = "[PATCH] two", .from = "Ann");
    MAIL(.id = "b", .subject = "[PATCH] two", .from = "Bob");
    read_list();
    ck_assert_uint_eq(series_set_mails(set)->live, 3);
}
END_TEST

START_TEST(mails_without_id_are_each_their_own)
{
    MAIL(.subject = "[PATCH] nameless");
    MAIL(.subject = "[PATCH] nameless", .from = "Bob <bob@example.org>");
    read_list();
    assert_counts(2, 0, 2);
}
END_TEST

START_TEST(withdrawn_mail_is_not_counted)
{
    MAIL(.id = "a", .subject = "[PATCH] oops");
    MAIL(.id = "a", .subject = "[PATCH] oops", .withdrawal = true);
    MAIL(.id = "b", .subject = "[PATCH] kept");
    read_list();
    assert_counts(1, 0, 1);
    ck_assert_ptr_null(posting_of("a"));
}
END_TEST

START_TEST(mail_sent_again_after_its_withdrawal_is_shown)
{
    MAIL(.id = "a", .subject = "[PATCH] oops");
    MAIL(.id = "a", .subject = "[PATCH] oops", .withdrawal = true);
    MAIL(.id = "a", .subject = "[PATCH] oops");
    read_list();
    assert_counts(1, 0, 1);
}
END_TEST

/* --- postings (SPEC 3) ---------------------------------------------------------- */

START_TEST(patches_follow_their_cover)
{
    MAIL(.id = "c", .subject = "[PATCH v2 0/2] work");
    MAIL(.id = "1", .subject = "[PATCH v2 1/2] one", .reply_to = "c");
    MAIL(.id = "2", .subject = "[PATCH v2 2/2] two", .reply_to = "1");
    read_list();
    assert_counts(1, 0, 3);
    assert_line("c", "New v2 2/2 work");
}
END_TEST

START_TEST(cover_may_arrive_last)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] one", .reply_to = "c");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "c");
    MAIL(.id = "c", .subject = "[PATCH 0/2] work");
    read_list();
    assert_line("c", "New v1 2/2 work");
}
END_TEST

START_TEST(siblings_of_a_missing_parent_are_one_posting)
{
    MAIL(.id = "2", .subject = "[PATCH 2/3] two", .reply_to = "lost");
    MAIL(.id = "3", .subject = "[PATCH 3/3] three", .reply_to = "lost");
    MAIL(.id = "x", .subject = "[PATCH 1/3] else", .reply_to = "lost", .from = "Bob <bob@example.org>");
    read_list();
    assert_line("2", "New v1 2/3 two");
    assert_line("x", "New v1 1/3 else");
}
END_TEST

START_TEST(patches_without_references_within_the_hour)
{
    MAIL(.id = "0", .subject = "[PATCH 0/2] work", .date = START);
    MAIL(.id = "1", .subject = "[PATCH 1/2] one", .date = START + HOUR);
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .date = START + HOUR + 1);
    read_list();
    assert_line("0", "New v1 1/2 work");
    assert_line("2", "New v1 1/2 two");
}
END_TEST

START_TEST(taken_number_opens_a_posting)
{
    MAIL(.id = "c", .subject = "[PATCH 0/2] work");
    MAIL(.id = "1", .subject = "[PATCH 1/2] one", .reply_to = "c");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "c");
    MAIL(.id = "1b", .subject = "[PATCH 1/2] one", .reply_to = "c", .date = START + DAY);
    MAIL(.id = "2b", .subject = "[PATCH 2/2] two", .reply_to = "c", .date = START + DAY);
    read_list();
    assert_counts(1, 1, 5);
    assert_line("1b", "Exist v1 2/2 one");
    assert_line("c", "Skip v1 2/2 work");
}
END_TEST

START_TEST(cover_starts_a_posting_whatever_it_answers)
{
    MAIL(.id = "c1", .subject = "[PATCH 0/1] work");
    MAIL(.id = "1", .subject = "[PATCH 1/1] one", .reply_to = "c1");
    MAIL(.id = "c2", .subject = "[PATCH 0/1] other", .reply_to = "1");
    MAIL(.id = "2", .subject = "[PATCH 1/1] two", .reply_to = "c2");
    read_list();
    assert_line("c1", "New v1 1/1 work");
    assert_line("c2", "New v1 1/1 other");
}
END_TEST

START_TEST(cover_and_patches_that_answer_one_mail_are_one)
{
    MAIL(.id = "c", .subject = "[PATCH v2 0/2] work", .reply_to = "old", .date = START);
    MAIL(.id = "1", .subject = "[PATCH v2 1/2] one", .reply_to = "old", .date = START + 1);
    MAIL(.id = "2", .subject = "[PATCH v2 2/2] two", .reply_to = "old", .date = START + 2);
    MAIL(.id = "1b", .subject = "[PATCH v3 1/1] again", .reply_to = "old", .date = START + 9);
    MAIL(.id = "cb", .subject = "[PATCH v3 0/1] late cover", .reply_to = "old", .date = START + 8);
    read_list();
    assert_line("c", "New v2 2/2 work");
    assert_line("cb", "New v3 1/1 late cover");
}
END_TEST

START_TEST(cover_with_patches_of_its_own_takes_no_others)
{
    MAIL(.id = "a1", .subject = "[PATCH 1/2] apple", .date = START);
    MAIL(.id = "a2", .subject = "[PATCH 2/2] apple two", .reply_to = "a1", .date = START);
    MAIL(.id = "b", .subject = "[PATCH 0/2] banana", .date = START + 60);
    MAIL(.id = "b1", .subject = "[PATCH 1/2] banana one", .reply_to = "b", .date = START + 61);
    MAIL(.id = "b2", .subject = "[PATCH 2/2] banana two", .reply_to = "b", .date = START + 62);
    read_list();
    assert_line("a1", "New v1 2/2 apple");
    assert_line("b", "New v1 2/2 banana");
}
END_TEST

START_TEST(version_comes_from_the_cover)
{
    MAIL(.id = "c", .subject = "[PATCH v3 0/2] work");
    MAIL(.id = "1", .subject = "[PATCH 1/2] one", .reply_to = "c");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "1");
    MAIL(.id = "f", .subject = "[PATCH 1/3] fix", .reply_to = "c");
    read_list();
    assert_line("c", "New v3 2/2 work");
    assert_line("f", "New v1 1/3 fix");
}
END_TEST

START_TEST(number_beyond_the_total_is_not_received)
{
    MAIL(.id = "c", .subject = "[PATCH 0/3] work");
    MAIL(.id = "7", .subject = "[PATCH 7/3] seven", .reply_to = "c");
    MAIL(.id = "3", .subject = "[PATCH 3/3] three", .reply_to = "c");
    read_list();
    assert_line("c", "New v1 1/3 work");
    ck_assert_uint_eq(posting_of("c")->members->len, 3);
}
END_TEST

START_TEST(partial_reroll_has_the_rest_from_the_earlier_posting)
{
    MAIL(.id = "c", .subject = "[PATCH 0/3] work");
    MAIL(.id = "1", .subject = "[PATCH 1/3] one", .reply_to = "c");
    MAIL(.id = "2", .subject = "[PATCH 2/3] two", .reply_to = "c");
    MAIL(.id = "3", .subject = "[PATCH 3/3] three", .reply_to = "c");
    MAIL(.id = "2v2", .subject = "[PATCH v2 2/3] two, better", .reply_to = "2", .date = START + DAY);
    MAIL(.id = "3v2", .subject = "[PATCH v2 3/3] three, better", .reply_to = "3", .date = START + DAY);
    read_list();
    assert_counts(1, 1, 6);
    assert_line("2v2", "Exist v2 3/3 two, better");
    ck_assert_str_eq(posting_member(posting_of("2v2"), 1)->mail->title, "one");
    ck_assert_str_eq(posting_member(posting_of("2v2"), 3)->mail->title, "three, better");
    ck_assert_int_eq(why("2v2", "c"), SERIES_RULE_REROLL);
}
END_TEST

START_TEST(reroll_of_a_reroll)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] one");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "1");
    MAIL(.id = "2v2", .subject = "[PATCH v2 2/2] two", .reply_to = "2");
    MAIL(.id = "2v3", .subject = "[PATCH v3 2/2] two", .reply_to = "2v2");
    read_list();
    assert_line("2v3", "Exist v3 2/2 two");
    assert_counts(1, 2, 4);
}
END_TEST

START_TEST(all_answering_one_patch_is_no_reroll)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] one");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "1");
    MAIL(.id = "1v2", .subject = "[PATCH v2 1/2] one", .reply_to = "1");
    MAIL(.id = "2v2", .subject = "[PATCH v2 2/2] two", .reply_to = "1");
    read_list();
    assert_line("1v2", "Exist v2 2/2 one");
    assert_counts(1, 1, 4);
    ck_assert_ptr_null(posting_of("1v2")->base);
}
END_TEST

START_TEST(reroll_is_of_one_posting_and_release)
{
    MAIL(.id = "1", .subject = "[PATCH 6.1 1/2] one");
    MAIL(.id = "2", .subject = "[PATCH 6.1 2/2] two", .reply_to = "1");
    MAIL(.id = "2v2", .subject = "[PATCH v2 5.10 2/2] two", .reply_to = "2");
    read_list();
    assert_line("2v2", "New v2 1/2 two");
    assert_line("1", "New v1 2/2 one");
}
END_TEST

START_TEST(version_two_with_a_cover_is_no_reroll)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] one");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "1");
    MAIL(.id = "c", .subject = "[PATCH v2 0/2] work", .reply_to = "1");
    MAIL(.id = "2v2", .subject = "[PATCH v2 2/2] two", .reply_to = "c");
    read_list();
    assert_line("c", "Exist v2 1/2 work");
}
END_TEST

START_TEST(loop_of_replies_ends)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] one", .reply_to = "2");
    MAIL(.id = "2", .subject = "[PATCH 2/2] two", .reply_to = "1");
    MAIL(.id = "s", .subject = "[PATCH 1/2] self", .reply_to = "s", .from = "Bob <bob@example.org>");
    MAIL(.id = "r1", .subject = "Re: hello", .reply_to = "r2");
    MAIL(.id = "r2", .subject = "Re: hello", .reply_to = "r1");
    read_list();
    assert_line("1", "New v1 2/2 one");
    assert_line("s", "New v1 1/2 self");
    ck_assert_ptr_null(posting_of("r1"));
}
END_TEST

START_TEST(thread_of_a_hundred_thousand)
{
    for (guint i = 0; i < 100000; i++) {
        char *id = g_strdup_printf("m%u", i), *parent = g_strdup_printf("m%u", i - 1);

        MAIL(.id = id, .reply_to = i > 0 ? parent : NULL,
             .subject = i == 0 ? "[PATCH v7 0/9] deep" : i % 2 ? "[PATCH 1/9] a" : "[PATCH 2/9] b");
        g_free(parent);
        g_free(id);
    }
    read_list();
    ck_assert_uint_eq(series_set_mails(set)->live, 100000);
    ck_assert_uint_eq(posting_of("m99999")->version, 7);
}
END_TEST

/* --- series (SPEC 4) -------------------------------------------------------------- */

/* An older mail with the id that a link names takes the link to itself. */
START_TEST(reference_means_the_mail_that_came_first)
{
    GArray *order = paper_order_new(3, true);

    MAIL(.id = "a", .subject = "[PATCH] other", .from = "Bob <bob@example.org>");
    MAIL(.id = "a", .subject = "[PATCH] one");
    MAIL(.id = "b", .subject = "[PATCH v2] two", .body = "See https://example.org/r/a@example.org/\n");
    set = series_set_new();
    series_set_take(set, paper_list_batch(list, order, 0, 2));
    series_set_settle(set);
    assert_counts(1, 1, 2);
    series_set_take(set, paper_list_batch(list, order, 2, 1));
    series_set_settle(set);
    assert_counts(3, 0, 3);
    g_array_free(order, TRUE);
}
END_TEST

START_TEST(later_version_of_the_same_title)
{
    MAIL(.id = "1", .subject = "[PATCH] Mend it");
    MAIL(.id = "2", .subject = "[PATCH v2] mend  IT", .from = "Bob <bob@example.org>");
    read_list();
    assert_line("2", "Exist v2 1/1 mend IT");
    assert_line("1", "Skip v1 1/1 Mend it");
    ck_assert_int_eq(why("2", "1"), SERIES_RULE_TITLE);
}
END_TEST

START_TEST(same_title_and_version_of_two_people_is_two_series)
{
    MAIL(.id = "1", .subject = "[PATCH] fix a typo");
    MAIL(.id = "2", .subject = "[PATCH] fix a typo", .from = "Bob <bob@example.org>");
    read_list();
    assert_line("1", "New v1 1/1 fix a typo");
    assert_line("2", "New v1 1/1 fix a typo");
}
END_TEST

START_TEST(same_author_sent_by_two_people_is_one)
{
    MAIL(.id = "1", .subject = "[PATCH] fix a typo", .in_body_from = "Cid <cid@example.com>");
    MAIL(.id = "2", .subject = "[PATCH] fix a typo", .in_body_from = "Cid <CID@example.com>",
         .from = "Bob <bob@example.org>");
    read_list();
    assert_line("2", "Exist v1 1/1 fix a typo");
}
END_TEST

START_TEST(titles_are_text_not_patterns)
{
    MAIL(.id = "1", .subject = "[PATCH 1/1] clean up names[]");
    MAIL(.id = "2", .subject = "[PATCH v2 1/1] clean up names");
    MAIL(.id = "3", .subject = "[PATCH v2 1/1] clean up .*");
    read_list();
    assert_counts(3, 0, 3);
}
END_TEST

START_TEST(single_patch_that_became_a_series)
{
    MAIL(.id = "1", .subject = "[PATCH] work");
    MAIL(.id = "c", .subject = "[PATCH v2 0/1] more work");
    MAIL(.id = "2", .subject = "[PATCH v2 1/1] work", .reply_to = "c");
    read_list();
    assert_line("c", "Exist v2 1/1 more work");
}
END_TEST

START_TEST(other_release_is_other_work)
{
    MAIL(.id = "1", .subject = "[PATCH 6.1] backport");
    MAIL(.id = "2", .subject = "[PATCH 5.10] backport");
    MAIL(.id = "3", .subject = "[PATCH v2 6.1.y] backport");
    read_list();
    assert_line("2", "New v1 1/1 backport");
    assert_line("3", "Exist v2 1/1 backport");
}
END_TEST

START_TEST(change_id_joins_and_parts)
{
    MAIL(.id = "1", .subject = "[PATCH 1/1] first words", .change_id = "id-1");
    MAIL(.id = "2", .subject = "[PATCH v2 1/1] quite others", .change_id = "id-1");
    MAIL(.id = "3", .subject = "[PATCH v3 1/1] first words", .change_id = "id-2");
    read_list();
    assert_line("2", "Exist v2 1/1 quite others");
    assert_line("3", "New v3 1/1 first words");
    ck_assert_int_eq(why("2", "1"), SERIES_RULE_CHANGE_ID);
}
END_TEST

START_TEST(reference_to_the_earlier_version_joins)
{
    MAIL(.id = "1", .subject = "[PATCH] first words");
    MAIL(.id = "2", .subject = "[PATCH v2] quite others", .references = "1 9");
    MAIL(.id = "3", .subject = "[PATCH v3] yet others",
         .body = "v2: https://lore.kernel.org/r/2@example.org/\n---\ndiff --git a/f b/f\n");
    MAIL(.id = "4", .subject = "[PATCH v2] a stranger's", .references = "1",
         .from = "Bob <bob@example.org>");
    read_list();
    assert_line("3", "Exist v3 1/1 yet others");
    assert_line("4", "New v2 1/1 a stranger's");
    ck_assert_int_eq(why("3", "2"), SERIES_RULE_REFERENCE);
    assert_counts(2, 2, 4);
}
END_TEST

START_TEST(reference_to_the_same_version_does_not_join)
{
    MAIL(.id = "1", .subject = "[PATCH] one thing");
    MAIL(.id = "2", .subject = "[PATCH] another thing", .references = "1");
    read_list();
    assert_counts(2, 0, 2);
}
END_TEST

static void add_patches(const char *name, const char *titles, gint64 date)
{
    char **words = g_strsplit(titles, " ", -1);
    guint total = g_strv_length(words);
    char *cover = g_strdup_printf("%s-0", name);
    char *subject = g_strdup_printf("[PATCH 0/%u] %s", total, name);

    MAIL(.id = cover, .subject = subject, .date = date);
    for (guint i = 0; i < total; i++) {
        char *id = g_strdup_printf("%s-%u", name, i + 1);
        char *patch = g_strdup_printf("[PATCH %u/%u] %s", i + 1, total, words[i]);

        MAIL(.id = id, .subject = patch, .reply_to = cover, .date = date);
        g_free(patch);
        g_free(id);
    }
    g_free(subject);
    g_free(cover);
    g_strfreev(words);
}

START_TEST(half_of_the_patches_join)
{
    add_patches("old", "a b c d", START);
    add_patches("new", "x b y c z z2", START + 30 * DAY);
    add_patches("one", "q b", START + 31 * DAY);
    add_patches("late", "p b c d", START + 431 * DAY);
    read_list();
    assert_line("new-0", "Exist v1 6/6 new");
    assert_line("one-0", "New v1 2/2 one");
    assert_line("late-0", "New v1 4/4 late");
    ck_assert_int_eq(why("new-0", "old-0"), SERIES_RULE_PATCHES);
}
END_TEST

START_TEST(change_ids_part_equal_patches)
{
    MAIL(.id = "1", .subject = "[PATCH 1/2] a", .change_id = "id-1");
    MAIL(.id = "2", .subject = "[PATCH 2/2] b", .reply_to = "1", .change_id = "id-1");
    MAIL(.id = "c", .subject = "[PATCH 0/2] new words", .change_id = "id-2", .date = START + DAY);
    MAIL(.id = "3", .subject = "[PATCH 1/2] b", .reply_to = "c", .date = START + DAY);
    MAIL(.id = "4", .subject = "[PATCH 2/2] a", .reply_to = "c", .date = START + DAY);
    read_list();
    assert_counts(2, 0, 5);
}
END_TEST

START_TEST(newest_is_by_version_then_date)
{
    MAIL(.id = "3r", .subject = "[PATCH RESEND v3] work", .date = START + 2 * DAY);
    MAIL(.id = "3", .subject = "[PATCH v3] work", .date = START);
    MAIL(.id = "2", .subject = "[PATCH v2] work", .date = START + 3 * DAY);
    read_list();
    assert_line("3r", "Exist v3 1/1 work");
    assert_line("3", "Skip v3 1/1 work");
    assert_line("2", "Skip v2 1/1 work");
}
END_TEST

START_TEST(list_is_newest_first)
{
    const GPtrArray *series;

    MAIL(.id = "a", .subject = "[PATCH] a");
    MAIL(.id = "b", .subject = "[PATCH] b");
    MAIL(.id = "a2", .subject = "[PATCH v2] a");
    MAIL(.id = "c", .subject = "[PATCH] c");
    read_list();
    series = series_set_list(set);
    for (guint i = 0; i < 3; i++) {
        static const char *const expected[] = { "c", "a", "b" };
        const struct series *at = g_ptr_array_index(series, i);

        ck_assert_str_eq(posting_lead(g_ptr_array_index(at->postings, 0))->title, expected[i]);
    }
}
END_TEST

/* A flood of one title: comparing each two would take hours. */
START_TEST(flood_of_equal_titles)
{
    for (guint i = 0; i < 50000; i++) {
        char *id = g_strdup_printf("m%u", i), *from = g_strdup_printf("P <p%u@example.org>", i);

        MAIL(.id = id, .subject = i == 49999 ? "[PATCH v2] t" : "[PATCH] t", .from = from);
        g_free(from);
        g_free(id);
    }
    read_list();
    assert_counts(1, 49999, 50000);
}
END_TEST

/* --- contributors (SPEC 5) ----------------------------------------------------------- */

START_TEST(contributors_are_authors_of_patches)
{
    struct contributors *contributors;
    const struct contributor *row;

    MAIL(.id = "0", .subject = "[PATCH 0/1] work");
    MAIL(.id = "1", .subject = "[PATCH 1/1] one", .reply_to = "0",
         .in_body_from = "\"Cid, C.\" <cid@Example.COM>");
    MAIL(.id = "2", .subject = "[PATCH v2] one", .from = "Bob <bob@example.com>");
    MAIL(.id = "3", .subject = "Re: [PATCH] one");
    MAIL(.id = "4", .subject = "[GIT PULL] one");
    read_list();
    contributors = contributors_count(series_set_mails(set));
    ck_assert_uint_eq(contributors->people->len, 3);
    row = &g_array_index(contributors->people, struct contributor, 0);
    ck_assert_str_eq(row->name, "Bob <bob@example.com>"); /* 1 each: descending bytes */
    row = &g_array_index(contributors->people, struct contributor, 2);
    ck_assert_str_eq(row->name, "\"Cid, C.\" <cid@Example.COM>");
    ck_assert_uint_eq(contributors->domains->len, 2);
    row = &g_array_index(contributors->domains, struct contributor, 0);
    ck_assert_str_eq(row->name, "example.com");
    ck_assert_uint_eq(row->patches, 2);
    contributors_free(contributors);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        copies_are_one_mail_the_first, same_id_with_other_subject_is_another_mail,
        senders_differ_by_address_or_else_by_name,
        mails_without_id_are_each_their_own, withdrawn_mail_is_not_counted,
        mail_sent_again_after_its_withdrawal_is_shown, patches_follow_their_cover,
        cover_may_arrive_last, siblings_of_a_missing_parent_are_one_posting,
        patches_without_references_within_the_hour, taken_number_opens_a_posting,
        cover_starts_a_posting_whatever_it_answers, cover_and_patches_that_answer_one_mail_are_one,
        cover_with_patches_of_its_own_takes_no_others, version_comes_from_the_cover,
        number_beyond_the_total_is_not_received,
        partial_reroll_has_the_rest_from_the_earlier_posting, reroll_of_a_reroll,
        all_answering_one_patch_is_no_reroll, reroll_is_of_one_posting_and_release,
        version_two_with_a_cover_is_no_reroll, loop_of_replies_ends, thread_of_a_hundred_thousand,
        reference_means_the_mail_that_came_first, later_version_of_the_same_title,
        same_title_and_version_of_two_people_is_two_series,
        same_author_sent_by_two_people_is_one, titles_are_text_not_patterns,
        single_patch_that_became_a_series, other_release_is_other_work, change_id_joins_and_parts,
        reference_to_the_earlier_version_joins, reference_to_the_same_version_does_not_join,
        half_of_the_patches_join, change_ids_part_equal_patches, newest_is_by_version_then_date, list_is_newest_first,
        flood_of_equal_titles, contributors_are_authors_of_patches,
    };
    Suite *suite = suite_create("series");
    TCase *cases = tcase_create("series");

    mail_startup();
    tcase_add_checked_fixture(cases, begin, end);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        tcase_add_test(cases, tests[i]);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
