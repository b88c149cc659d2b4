/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The property on which everything rests: whatever the order in which mails are taken, and
 * whatever the pieces, the series are those of reading them all at once; and
 * those are what the rules say of each two postings. */
#include "series_support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* --- lists as bad as real ones, and worse ---------------------------------- */

struct generator {
    GRand *random;
    struct paper_list *list;
    gint64 now;
    guint next_id;
};

static const char *const people[] = {
    "Ann <ann@example.org>", "Bob <bob@example.org>", "\"Cid, C.\" <cid@example.com>",
    "dot@example.net",       "Eve <EVE@example.org>",
};

static bool chance(struct generator *generator, int percent)
{
    return g_rand_int_range(generator->random, 0, 100) < percent;
}

static gint pick(struct generator *generator, gint below)
{
    return g_rand_int_range(generator->random, 0, below);
}

/* Few ids and few titles, so that what should not meet meets often. */
static char *some_id(struct generator *generator)
{
    if (chance(generator, 70) || generator->next_id == 0)
        return g_strdup_printf("m%u", generator->next_id++);
    return g_strdup_printf("m%d", pick(generator, (gint)generator->next_id));
}

static char *known_id(struct generator *generator)
{
    gint back = MIN(40, (gint)generator->next_id);

    return back == 0 ? NULL : g_strdup_printf("m%u", generator->next_id - (guint)pick(generator, back) - 1);
}

static void add_series(struct generator *generator)
{
    gint total = 1 + pick(generator, 4), version = 1 + pick(generator, 3);
    const char *release = chance(generator, 10) ? " 6.1" : "";
    const char *from = people[pick(generator, G_N_ELEMENTS(people))];
    bool cover = chance(generator, 60), said = chance(generator, 70);
    char *lead = NULL, *answers = chance(generator, 30) ? known_id(generator) : NULL;
    char *change_id = chance(generator, 20) ? g_strdup_printf("c%d", pick(generator, 20)) : NULL;
    gint work = pick(generator, 40);

    for (gint number = cover ? 0 : 1; number <= total; number++) {
        char *id = some_id(generator);
        char *prefix = said && version > 1 ? g_strdup_printf("PATCH v%d%s", version, release)
                                           : g_strdup_printf("PATCH%s", release);
        char *subject = number == 0 && chance(generator, 5)
                            ? g_strdup_printf("[%s 0/%d] ", prefix, total)
                            : g_strdup_printf("[%s %d/%d] work %d part %d", prefix, number, total,
                                              work, chance(generator, 10) ? 9 : number);
        char *link = chance(generator, 10) ? known_id(generator) : NULL;
        char *body = link ? g_strdup_printf("See https://example.org/r/%s@example.org/\n", link) : NULL;

        if (number == 0 || !cover)
            said = chance(generator, 85) ? said : !said;
        generator->now += chance(generator, 5) ? 4000 : 2;
        if (!chance(generator, 10))
            paper_list_add(generator->list,
                           &(struct draft_mail){ .id = chance(generator, 2) ? NULL : id,
                                                 .subject = subject, .from = from,
                                                 .reply_to = lead ? lead : answers,
                                                 .change_id = change_id, .body = body,
                                                 .date = generator->now });
        if (!lead && chance(generator, 80))
            lead = g_strdup(id);
        else if (lead && chance(generator, 15)) {
            g_free(lead);
            lead = g_strdup(id);
        }
        g_free(body);
        g_free(link);
        g_free(subject);
        g_free(prefix);
        g_free(id);
    }
    g_free(change_id);
    g_free(answers);
    g_free(lead);
}

/* One patch again: a reroll, a fix, a reply with a number, a patch without one. */
static void add_single(struct generator *generator)
{
    static const char *const prefixes[] = { "[PATCH v2 1/2]", "[PATCH v2 2/3]", "[PATCH v3 2/3]",
                                            "[PATCH]",        "[PATCH v2]",     "Re: [PATCH 1/2]",
                                            "[PATCH 2/2]",    "[PATCH 0/2]",    "[RFC 7/3]" };
    char *id = some_id(generator), *parent = chance(generator, 80) ? known_id(generator) : NULL;
    char *subject = g_strdup_printf("%s work %d part %d",
                                    prefixes[pick(generator, G_N_ELEMENTS(prefixes))],
                                    pick(generator, 40), pick(generator, 4));

    generator->now += 30;
    paper_list_add(generator->list,
                   &(struct draft_mail){ .id = id, .subject = subject, .reply_to = parent,
                                         .from = people[pick(generator, G_N_ELEMENTS(people))],
                                         .date = generator->now });
    g_free(subject);
    g_free(parent);
    g_free(id);
}

/* The same mail once more, or its withdrawal. */
static void add_again(struct generator *generator, bool withdrawal)
{
    char *parent = chance(generator, 50) ? known_id(generator) : NULL;
    char *id = g_strdup_printf("again%d", pick(generator, 8));
    gint which = pick(generator, 2);

    generator->now += 10;
    paper_list_add(generator->list,
                   &(struct draft_mail){ .id = id, .reply_to = parent, .withdrawal = withdrawal,
                                         .subject = which ? "[PATCH v2 1/2] again" : "[PATCH 1/2] again",
                                         .date = generator->now });
    if (!withdrawal && chance(generator, 50))
        paper_list_add(generator->list,
                       &(struct draft_mail){ .id = chance(generator, 50) ? "m1" : "m2", .reply_to = id,
                                             .subject = "[PATCH 2/2] after again",
                                             .date = generator->now });
    g_free(id);
    g_free(parent);
}

static struct paper_list *generate(guint32 seed, guint mails)
{
    struct generator generator = { g_rand_new_with_seed(seed), paper_list_new(), 1700000000, 0 };

    while (paper_list_length(generator.list) < mails) {
        if (chance(&generator, 60))
            add_series(&generator);
        else if (chance(&generator, 70))
            add_single(&generator);
        else
            add_again(&generator, chance(&generator, 30));
    }
    g_rand_free(generator.random);
    return generator.list;
}

/* --- the property ------------------------------------------------------------ */

static void shuffle(GRand *random, GArray *order)
{
    for (guint i = order->len; i > 1; i--) {
        guint j = (guint)g_rand_int_range(random, 0, (gint)i);
        guint swap = g_array_index(order, guint, i - 1);

        g_array_index(order, guint, i - 1) = g_array_index(order, guint, j);
        g_array_index(order, guint, j) = swap;
    }
}

static GArray *order_of(guint length, bool backwards)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < length; i++) {
        guint index = backwards ? length - 1 - i : i;

        g_array_append_val(order, index);
    }
    return order;
}

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

static void check_orders(guint32 seed, guint mails, gint largest, guint shuffles)
{
    struct paper_list *list = generate(seed, mails);
    struct series_set *whole = paper_list_read(list), *set;
    char *expected = series_set_write_down(whole);
    GRand *random = g_rand_new_with_seed(seed + 1);
    GArray *order = order_of(paper_list_length(list), true);

    set = read_in_pieces(list, order, random, largest);
    assert_same(set, expected);
    series_set_free(set);
    for (guint i = 0; i < shuffles; i++) {
        shuffle(random, order);
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
    check_orders((guint32)_i, 300, 1, 2);
}
END_TEST

START_TEST(any_order_in_pieces)
{
    check_orders((guint32)_i + 100, 3000, 200, 2);
}
END_TEST

/* After each mail, not only at the end. */
START_TEST(every_moment_is_the_answer)
{
    struct paper_list *list = generate((guint32)_i + 200, 120);
    GArray *order = order_of(paper_list_length(list), false);
    GRand *random = g_rand_new_with_seed((guint32)_i);
    struct series_set *growing = series_set_new();

    shuffle(random, order);
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
    struct paper_list *list = generate((guint32)_i + 300, 800);
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
    SRunner *runner = srunner_create(suite);
    int failed;

    mail_startup();
    tcase_add_loop_test(tests, any_order_one_by_one, 0, 20);
    tcase_add_loop_test(tests, any_order_in_pieces, 0, 4);
    tcase_add_loop_test(tests, every_moment_is_the_answer, 0, 4);
    tcase_add_loop_test(tests, series_are_what_the_rules_join, 0, 6);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
