/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The property on which everything rests: whatever the order in which mails are taken, and
 * whatever the pieces, the series are those of reading them all at once; and
 * those are what the rules say of each two postings. */
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* --- the property ------------------------------------------------------------ */

/* Reads LIST in ORDER in pieces of at most LARGEST mails, settling after each. */
static struct series_set *read_in_pieces(const struct paper_list *list, const GArray *order,
                                         GRand *random, gint largest)
{
    struct series_set *set = series_set_new();

    for (guint taken = 0; taken < order->len;) {
        guint piece = (guint)g_rand_int_range(random, 1, largest + 1);

        piece = MIN(piece, order->len - taken);
        series_set_take(set, paper_list_batch(list, order, taken, piece));
        series_set_settle(set);
        taken += piece;
    }
    return set;
}

static void assert_same(const struct series_set *set, const char *expected)
{
    char *text = series_set_write_down(set);

    ck_assert_str_eq(text, expected);
    g_free(text);
}

/* Frees LIST. */
static void check_orders(struct paper_list *list, guint32 seed, gint largest, guint shuffles)
{
    struct series_set *whole = paper_list_read(list), *set;
    char *expected = series_set_write_down(whole);
    GRand *random = g_rand_new_with_seed(seed + 1);
    GArray *order = paper_order_new(paper_list_length(list), true);

    set = read_in_pieces(list, order, random, largest);
    assert_same(set, expected);
    series_set_free(set);
    for (guint i = 0; i < shuffles; i++) {
        paper_order_shuffle(order, random);
        set = read_in_pieces(list, order, random, largest);
        assert_same(set, expected);
        series_set_free(set);
    }
    g_array_free(order, TRUE);
    g_rand_free(random);
    g_free(expected);
    series_set_free(whole);
    paper_list_free(list);
}

START_TEST(any_order_one_by_one)
{
    check_orders(paper_list_generate((guint32)_i, 300, false), (guint32)_i, 1, 2);
}
END_TEST

START_TEST(any_order_in_pieces)
{
    guint32 seed = (guint32)_i + 100;

    check_orders(paper_list_generate(seed, 3000, false), seed, 200, 2);
}
END_TEST

/* A patch that answers "root", as some of many that do, of few senders, versions and lengths. */
static void add_answer(struct paper_list *list, GRand *random, guint i)
{
    guint version = (guint)g_rand_int_range(random, 1, 4), total = (guint)g_rand_int_range(random, 2, 5);
    g_autofree char *id = g_strdup_printf("answer%u", i);
    g_autofree char *from = g_strdup_printf("Ann <ann%d@example.org>", g_rand_int_range(random, 0, 3));
    g_autofree char *again = version > 1 ? g_strdup_printf(" v%u", version) : g_strdup("");
    g_autofree char *subject = g_strdup_printf("[PATCH%s %d/%u] part %u", again,
                                               g_rand_int_range(random, 0, (gint)total + 1), total, i);
    /* Some hang on another one, which they follow or replace. */
    g_autofree char *parent = i > 0 && g_rand_int_range(random, 0, 4) == 0
                                  ? g_strdup_printf("answer%d", g_rand_int_range(random, 0, (gint)i))
                                  : g_strdup("root");

    paper_list_add(list, &(struct draft_mail){ .id = id, .from = from, .subject = subject,
                                               .reply_to = parent, .date = 1700000000 + i });
}

START_TEST(many_answer_one_mail)
{
    struct paper_list *list = paper_list_new();
    GRand *random = g_rand_new_with_seed((guint32)_i);

    paper_list_add(list, &(struct draft_mail){ .id = "root", .subject = "[PATCH v2 1/3] root" });
    for (guint i = 0; i < 200; i++)
        add_answer(list, random, i);
    g_rand_free(random);
    check_orders(list, (guint32)_i, 30, 3);
}
END_TEST

/* Copies of a mail, and others with its Message-ID, from which patches take their version. */
START_TEST(one_id_means_many_mails)
{
    struct paper_list *list = paper_list_new();
    GRand *random = g_rand_new_with_seed((guint32)_i);

    for (guint i = 0; i < 120; i++) {
        guint version = (guint)g_rand_int_range(random, 1, 5);
        g_autofree char *subject = g_strdup_printf("[PATCH v%u 1/3] root", version);
        g_autofree char *id = g_strdup_printf("answer%u", i);
        bool withdrawal = g_rand_int_range(random, 0, 12) == 0;

        paper_list_add(list, &(struct draft_mail){ .id = "root", .subject = subject,
                                                   .withdrawal = withdrawal });
        paper_list_add(list, &(struct draft_mail){ .id = id, .subject = "[PATCH 2/3] answer",
                                                   .reply_to = "root" });
    }
    g_rand_free(random);
    check_orders(list, (guint32)_i, 30, 3);
}
END_TEST

/* After each mail, not only at the end. */
START_TEST(every_moment_is_the_answer)
{
    struct paper_list *list = paper_list_generate((guint32)_i + 200, 120, false);
    GArray *order = paper_order_new(paper_list_length(list), false);
    GRand *random = g_rand_new_with_seed((guint32)_i);
    struct series_set *growing = series_set_new();

    paper_order_shuffle(order, random);
    for (guint taken = 1; taken <= order->len; taken++) {
        struct series_set *whole = series_set_new();
        char *expected;

        series_set_take(growing, paper_list_batch(list, order, taken - 1, 1));
        series_set_settle(growing);
        series_set_take(whole, paper_list_batch(list, order, 0, taken));
        series_set_settle(whole);
        expected = series_set_write_down(whole);
        assert_same(growing, expected);
        g_free(expected);
        series_set_free(whole);
    }
    series_set_free(growing);
    g_rand_free(random);
    g_array_free(order, TRUE);
    paper_list_free(list);
}
END_TEST

/* --- the rules, two by two ----------------------------------------------------- */

static guint root_of(const guint *parents, guint i)
{
    while (parents[i] != i)
        i = parents[i];
    return i;
}

/* The engine finds what is joined by looking things up; here each two postings are
 * asked. */
START_TEST(series_are_what_the_rules_join)
{
    struct paper_list *list = paper_list_generate((guint32)_i + 300, 800, false);
    struct series_set *set = paper_list_read(list);
    const GPtrArray *all = series_set_list(set);
    GPtrArray *postings = g_ptr_array_new();
    guint *parents;

    for (guint i = 0; i < all->len; i++) {
        const struct series *series = g_ptr_array_index(all, i);

        for (guint j = 0; j < series->postings->len; j++)
            g_ptr_array_add(postings, g_ptr_array_index(series->postings, j));
    }
    parents = g_new(guint, postings->len);
    for (guint i = 0; i < postings->len; i++)
        parents[i] = i;
    for (guint i = 0; i < postings->len; i++)
        for (guint j = 0; j < i; j++)
            if (series_rule_between(g_ptr_array_index(postings, i), g_ptr_array_index(postings, j)))
                parents[root_of(parents, i)] = root_of(parents, j);
    for (guint i = 0; i < postings->len; i++)
        for (guint j = 0; j < i; j++) {
            const struct posting *a = g_ptr_array_index(postings, i);
            const struct posting *b = g_ptr_array_index(postings, j);

            ck_assert_msg((root_of(parents, i) == root_of(parents, j)) == (a->series == b->series),
                          "%s and %s", posting_lead(a)->message_id, posting_lead(b)->message_id);
        }
    g_free(parents);
    g_ptr_array_free(postings, TRUE);
    series_set_free(set);
    paper_list_free(list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shuffle");
    TCase *tests = tcase_create("shuffle");

    mail_startup();
    tcase_add_loop_test(tests, any_order_one_by_one, 0, 20);
    tcase_add_loop_test(tests, any_order_in_pieces, 0, 4);
    tcase_add_loop_test(tests, many_answer_one_mail, 0, 8);
    tcase_add_loop_test(tests, one_id_means_many_mails, 0, 8);
    tcase_add_loop_test(tests, every_moment_is_the_answer, 0, 4);
    tcase_add_loop_test(tests, series_are_what_the_rules_join, 0, 6);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
