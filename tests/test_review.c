/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people said of a posting: which answers count, and which trailers are the same. */
#include "series/review.h"
#include "series_support.h"

#include "series/series.h"
#include "run_suite.h"

#include <check.h>
#include <inttypes.h>
#include <string.h>

#define START 1700000000

static struct paper_list *list;
static struct series_set *set;
static const struct review_request *request; /* what is asked, or NULL */

static void begin(void)
{
    list = paper_list_new();
    set = NULL;
    request = NULL;
}

static bool is_robot(void *data, const struct member *mail)
{
    ck_assert_ptr_eq(data, &list);
    return strcmp(mail->mail->sender_name, "Robot") == 0;
}

/* Replies are unread behind the fifth second, and robots are told apart. */
static const struct review_request robots = { is_robot, &list, START + 5 };

static void assert_same(struct review one, struct review other)
{
    g_autofree char *x = g_strdup_printf("%u %u %u %u %u %u %u %" PRId64, one.replies, one.unread,
                                         one.bots, one.acked, one.reviewed, one.tested, one.others,
                                         one.latest);
    g_autofree char *y = g_strdup_printf("%u %u %u %u %u %u %u %" PRId64, other.replies, other.unread,
                                         other.bots, other.acked, other.reviewed, other.tested,
                                         other.others, other.latest);

    ck_assert_str_eq(x, y);
}

/* All mails asked together say what each says that is asked alone, in whichever order. */
static void assert_together(const struct review_request *asked, bool backwards)
{
    const GPtrArray *all = series_set_mails(set)->members;
    const struct member **members = g_new(const struct member *, all->len);
    struct review *reviews = g_new(struct review, all->len);

    for (guint i = 0; i < all->len; i++)
        members[i] = g_ptr_array_index(all, backwards ? all->len - 1 - i : i);
    members_review(members, all->len, asked, reviews);
    /* One by one a long chain takes for ever. */
    for (guint i = 0; i < all->len; i += all->len < 100 ? 1 : all->len / 3)
        assert_same(reviews[i], member_review(members[i], asked));
    g_free(reviews);
    g_free(members);
}

static void end(void)
{
    for (int i = 0; set && i < 4; i++)
        assert_together(i % 2 ? &robots : NULL, i / 2);
    series_set_free(set);
    paper_list_free(list);
}

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ .id = __VA_ARGS__ })

static struct review posting_of(const char *id)
{
    g_autofree char *whole = g_strdup_printf("%s@example.org", id);

    struct review review;

    if (!set)
        set = paper_list_read(list);
    review = posting_review(series_set_find(set, whole), request);

    ck_assert_uint_eq(posting_replies(series_set_find(set, whole), request), review.replies);
    return review;
}

static struct review member_of(const char *id)
{
    g_autofree char *whole = g_strdup_printf("%s@example.org", id);

    if (!set)
        set = paper_list_read(list);
    return member_review(mailset_find(series_set_mails(set), whole), request);
}

/* COUNTS: replies, acked, reviewed, tested, others. */
static void expect(struct review review, const char *counts)
{
    g_autofree char *text = g_strdup_printf("%u %u %u %u %u", review.replies, review.acked,
                                            review.reviewed, review.tested, review.others);

    ck_assert_str_eq(text, counts);
}

START_TEST(nothing_said)
{
    MAIL("1", "[PATCH] x", .body = "Signed-off-by: Ann <ann@example.org>\n");
    expect(posting_of("1"), "0 0 0 0 0");
    ck_assert_int_eq(posting_of("1").latest, 0);
}
END_TEST

START_TEST(patch_and_answers)
{
    MAIL("1", "[PATCH] x", .body = "Text.\n\nSuggested-by: Bo <bo@example.org>\n"
                                   "Acked-by: Cy <cy@example.org>\n");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1", .date = START + 9,
         .body = "Reviewed-by: Bo <bo@example.org>\nTested-by: Bo <bo@example.org>\n");
    MAIL("3", "Re: [PATCH] x", .reply_to = "2", .date = START + 5,
         .body = "Thanks.\n> Nacked-by: Bo <bo@example.org>\n");
    expect(posting_of("1"), "2 1 1 1 1");
    ck_assert_int_eq(posting_of("1").latest, START + 9);
    expect(member_of("1"), "2 1 1 1 1");
    expect(member_of("2"), "1 0 1 1 0");
    ck_assert_int_eq(member_of("2").latest, START + 5);
    expect(member_of("3"), "0 0 0 0 0");
}
END_TEST

START_TEST(the_same_trailer_counts_once)
{
    MAIL("1", "[PATCH] x", .body = "Reviewed-by: Bo <bo@example.org>\nAcked-by: Somebody\n");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1",
         .body = "reviewed-by: Bo Boson <BO@example.org>\nAcked-by: Bo <bo@example.org>\n"
                 "Acked-by:  Somebody\nReviewed-by: Bo <bo@example.com>\n");
    MAIL("3", "Re: [PATCH] x", .reply_to = "1", .body = "Acked-by: Nobody\n");
    expect(posting_of("1"), "2 3 2 0 0");
}
END_TEST

START_TEST(posting_has_what_its_mails_have)
{
    MAIL("0", "[PATCH 0/2] x");
    MAIL("1", "[PATCH 1/2] a", .reply_to = "0", .body = "Reviewed-by: Bo <bo@example.org>\n" );
    MAIL("2", "[PATCH 2/2] b", .reply_to = "0", .body = "Reviewed-by: Bo <bo@example.org>\n" );
    MAIL("3", "Re: [PATCH 2/2] b", .reply_to = "2", .body = "Tested-by: Cy <cy@example.org>\n");
    MAIL("4", "Re: [PATCH 0/2] x", .reply_to = "0", .body = "Acked-by: Cy <cy@example.org>\n");
    expect(posting_of("0"), "2 1 1 1 0");
    expect(member_of("0"), "1 1 0 0 0");
    expect(member_of("1"), "0 0 1 0 0");
    expect(member_of("2"), "1 0 1 1 0");
}
END_TEST

START_TEST(the_next_patch_is_not_looked_at)
{
    MAIL("1", "[PATCH] x");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1");
    MAIL("3", "[PATCH] another", .from = "Bo <bo@example.org>", .reply_to = "2",
         .body = "Acked-by: Cy <cy@example.org>\n");
    MAIL("4", "Re: [PATCH] another", .reply_to = "3", .body = "Acked-by: Di <di@example.org>\n");
    expect(posting_of("1"), "1 0 0 0 0");
    expect(posting_of("3"), "1 2 0 0 0");
}
END_TEST

START_TEST(mails_between_that_are_no_replies)
{
    MAIL("1", "[PATCH] x");
    MAIL("2", "a word on x", .reply_to = "1", .body = "Text.\n");
    MAIL("3", "Re: a word on x", .reply_to = "2", .body = "Acked-by: Cy <cy@example.org>\n");
    expect(posting_of("1"), "1 1 0 0 0");
}
END_TEST

START_TEST(rerolled_patches_keep_theirs)
{
    MAIL("1", "[PATCH 1/2] a");
    MAIL("2", "[PATCH 2/2] b", .reply_to = "1");
    MAIL("3", "Re: [PATCH 1/2] a", .reply_to = "1", .body = "Acked-by: Cy <cy@example.org>\n");
    MAIL("4", "[PATCH v2 2/2] b", .reply_to = "2", .body = "Acked-by: Di <di@example.org>\n");
    expect(posting_of("4"), "1 2 0 0 0");
}
END_TEST

/* What machines say is counted by itself, their trailers nowhere; what answers them is by people. */
START_TEST(machines_are_told_apart)
{
    MAIL("0", "[PATCH 0/1] x");
    MAIL("1", "[PATCH 1/1] x", .reply_to = "0", .from = "Robot <bot@example.org>",
         .body = "Suggested-by: Bo <bo@example.org>\n");
    MAIL("2", "Re: [PATCH 1/1] x", .reply_to = "1", .from = "Robot <bot@example.org>",
         .date = START + 9, .body = "Reported-by: Robot <bot@example.org>\n");
    MAIL("3", "Re: [PATCH 1/1] x", .reply_to = "2", .date = START + 5,
         .body = "Acked-by: Cy <cy@example.org>\n");
    MAIL("4", "a report", .reply_to = "1", .from = "Robot <bot@example.org>", .body = "Text.\n");
    expect(posting_of("0"), "2 1 0 0 2");
    ck_assert_int_eq(posting_of("0").bots, 0);
    request = &robots;
    expect(posting_of("0"), "1 1 0 0 1");
    ck_assert_int_eq(posting_of("0").bots, 1);
    ck_assert_int_eq(posting_of("0").latest, START + 5);
    expect(member_of("1"), "1 1 0 0 1");
    ck_assert_int_eq(member_of("1").bots, 1);
    expect(member_of("2"), "1 1 0 0 1");
    expect(member_of("3"), "0 1 0 0 0");
}
END_TEST

START_TEST(replies_since_are_unread)
{
    const struct review_request since = { .since = START + 5 };
    const struct review_request all = { .since = INT64_MIN };
    const struct review_request none = { .since = INT64_MAX };

    MAIL("1", "[PATCH] x", .date = START + 9);
    MAIL("2", "Re: [PATCH] x", .reply_to = "1", .date = START + 4);
    MAIL("3", "Re: [PATCH] x", .reply_to = "2", .date = START + 5);
    MAIL("4", "Re: [PATCH] x", .reply_to = "2", .date = START + 6);
    MAIL("5", "Re: [PATCH] x", .reply_to = "4", .date = START + 7, .from = "Robot <bot@example.org>");
    MAIL("6", "a word", .reply_to = "4", .date = START + 7);
    ck_assert_int_eq(posting_of("1").unread, 0);
    request = &since;
    ck_assert_int_eq(posting_of("1").unread, 2);
    ck_assert_int_eq(posting_of("1").replies, 4);
    ck_assert_int_eq(member_of("3").unread, 0);
    ck_assert_int_eq(member_of("4").unread, 1);
    request = &robots;
    ck_assert_int_eq(posting_of("1").unread, 1);
    request = &all;
    ck_assert_int_eq(posting_of("1").unread, 4);
    request = &none;
    ck_assert_int_eq(posting_of("1").unread, 0);
}
END_TEST

START_TEST(withdrawn_answers_do_not_count)
{
    MAIL("1", "[PATCH] x");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1", .body = "Acked-by: Cy <cy@example.org>\n");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1", .body = "Acked-by: Cy <cy@example.org>\n",
         .withdrawal = true);
    expect(posting_of("1"), "0 0 0 0 0");
}
END_TEST

START_TEST(copies_of_an_id_have_no_answers)
{
    MAIL("1", "[PATCH] x");
    MAIL("1", "[PATCH] y", .from = "Bo <bo@example.org>");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1", .body = "Acked-by: Cy <cy@example.org>\n");
    expect(posting_of("1"), "1 1 0 0 0");
    for (guint i = 0; i < series_set_mails(set)->members->len; i++) {
        const struct member *member = g_ptr_array_index(series_set_mails(set)->members, i);

        if (strcmp(member->mail->title, "y") == 0)
            expect(member_review(member, NULL), "0 0 0 0 0");
    }
}
END_TEST

/* Of machines the same trailer twice, one that stands under it, and one that does not. */
START_TEST(trailers_of_machines_count_for_themselves)
{
    MAIL("1", "[PATCH] x", .body = "Acked-by: Di <di@example.org>\n");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1", .from = "Robot <bot@example.org>",
         .body = "Acked-by: Cy <cy@example.org>\nTested-by: Bo <bo@example.org>\n"
                 "Tested-by: Bo <bo@example.org>\n");
    MAIL("3", "Re: [PATCH] x", .reply_to = "2", .body = "Acked-by: Cy <cy@example.org>\n");
    MAIL("4", "Re: [PATCH] x", .reply_to = "3", .from = "Robot <bot@example.org>");
    request = &robots;
    expect(member_of("2"), "1 1 0 1 0");
    expect(member_of("1"), "1 2 0 0 0");
}
END_TEST

START_TEST(loops_end)
{
    MAIL("1", "[PATCH] x", .reply_to = "3");
    MAIL("2", "Re: [PATCH] x", .reply_to = "1");
    MAIL("3", "Re: [PATCH] x", .reply_to = "2", .body = "Acked-by: Cy <cy@example.org>\n");
    MAIL("4", "Re: y", .reply_to = "5", .body = "Acked-by: Cy <cy@example.org>\n");
    MAIL("5", "Re: y", .reply_to = "4", .body = "Acked-by: Di <di@example.org>\n");
    MAIL("6", "Re: y", .reply_to = "5", .body = "Tested-by: Di <di@example.org>\n");
    MAIL("7", "Re: z", .reply_to = "7", .body = "Tested-by: Di <di@example.org>\n");
    expect(posting_of("1"), "2 1 0 0 0");
    expect(member_of("3"), "0 1 0 0 0");
    expect(member_of("4"), "2 2 0 1 0");
}
END_TEST

/* Of four, one a machine's, of which each is the newest in turn; all that is asked of them together is
 * held against each alone. */
START_TEST(loops_of_people_and_machines)
{
    for (int i = 0; i < 4; i++) {
        g_autofree char *id = g_strdup_printf("%d", i);
        g_autofree char *parent = g_strdup_printf("%d", (i + 3) % 4);
        g_autofree char *beside = g_strdup_printf("beside-%d", i);
        g_autofree char *body = g_strdup_printf("Acked-by: Cy <%d@example.org>\n"
                                                "Tested-by: Di <di@example.org>\n", i);

        MAIL(id, "Re: x", .reply_to = parent, .body = body, .date = START + 10 + (i + _i) % 4,
             .from = i == 2 ? "Robot <bot@example.org>" : NULL);
        MAIL(beside, "Re: x", .reply_to = id, .body = "Reviewed-by: Bo <bo@example.org>\n",
             .date = START + 1);
    }
    request = &robots;
    expect(member_of("0"), "6 3 1 1 0");
    expect(member_of("2"), "7 4 1 1 0");
    ck_assert_int_eq(member_of("0").latest, START + 10 + (_i % 2 == 0 ? 3 : 2));
}
END_TEST

/* One by one it would not end in time, where each asks for all the others. */
START_TEST(a_long_loop)
{
    for (int i = 0; i < 50000; i++) {
        g_autofree char *id = g_strdup_printf("%d", i);
        g_autofree char *parent = g_strdup_printf("%d", (i + 49999) % 50000);
        g_autofree char *body = g_strdup_printf("Acked-by: Cy <%d@example.org>\n", i % 1000);

        MAIL(id, "Re: x", .reply_to = parent, .body = body);
    }
    expect(member_of("7"), "49999 1000 0 0 0");
}
END_TEST

/* Recursion would run out of stack, looking at a mail twice out of time. */
START_TEST(a_long_chain)
{
    MAIL("0", "[PATCH] x");
    for (int i = 1; i <= 100000; i++) {
        g_autofree char *id = g_strdup_printf("%d", i);
        g_autofree char *parent = g_strdup_printf("%d", _i ? i - 1 : 0);
        g_autofree char *body = g_strdup_printf("Acked-by: Cy <%d@example.org>\n", i % 1000);

        MAIL(id, "Re: [PATCH] x", .reply_to = parent, .body = body);
    }
    expect(posting_of("0"), "100000 1000 0 0 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("review");
    TCase *tests = tcase_create("review");

    mail_startup();
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, nothing_said);
    tcase_add_test(tests, patch_and_answers);
    tcase_add_test(tests, the_same_trailer_counts_once);
    tcase_add_test(tests, posting_has_what_its_mails_have);
    tcase_add_test(tests, the_next_patch_is_not_looked_at);
    tcase_add_test(tests, mails_between_that_are_no_replies);
    tcase_add_test(tests, rerolled_patches_keep_theirs);
    tcase_add_test(tests, machines_are_told_apart);
    tcase_add_test(tests, replies_since_are_unread);
    tcase_add_test(tests, withdrawn_answers_do_not_count);
    tcase_add_test(tests, copies_of_an_id_have_no_answers);
    tcase_add_test(tests, trailers_of_machines_count_for_themselves);
    tcase_add_test(tests, loops_end);
    tcase_add_loop_test(tests, loops_of_people_and_machines, 0, 4);
    tcase_add_test(tests, a_long_loop);
    tcase_add_loop_test(tests, a_long_chain, 0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
