/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contributor tables over time, and of some of the mails. test_series.c has the order of rows. */
#include "series/contributors.h"
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static struct paper_list *list;
static struct series_set *set;
static struct contributors *contributors;

static void begin(void)
{
    list = paper_list_new();
    set = NULL;
    contributors = NULL;
}

static void end(void)
{
    contributors_free(contributors);
    series_set_free(set);
    paper_list_free(list);
}

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ .id = __VA_ARGS__ })

static void count(contributors_filter *filter, const void *data)
{
    set = paper_list_read(list);
    contributors = contributors_count_some(series_set_mails(set), filter, data);
}

/* PERIODS: "index:patches" of those with any. */
static void expect_row(const GArray *table, guint index, const char *name, const char *periods)
{
    GString *text = g_string_new(NULL);
    const struct contributor *row;
    size_t sum = 0;

    ck_assert_uint_lt(index, table->len);
    row = &g_array_index(table, struct contributor, index);
    for (size_t i = 0; i < CONTRIBUTORS_PERIODS; i++) {
        if (row->periods[i] > 0)
            g_string_append_printf(text, "%s%zu:%u", text->len ? " " : "", i, row->periods[i]);
        sum += row->periods[i];
    }
    ck_assert_str_eq(row->name, name);
    ck_assert_str_eq(text->str, periods);
    ck_assert_uint_eq(row->patches, sum);
    g_string_free(text, TRUE);
}

START_TEST(nobody)
{
    MAIL("1", "Re: x", .date = 1000);
    count(NULL, NULL);
    ck_assert_uint_eq(contributors->total, 0);
    ck_assert_int_eq(contributors->from, 0);
    ck_assert_int_eq(contributors->to, 0);
    ck_assert_uint_eq(contributors->people->len, 0);
    ck_assert_uint_eq(contributors->domains->len, 0);
}
END_TEST

START_TEST(one_moment)
{
    MAIL("1", "[PATCH] x", .date = 1000);
    MAIL("2", "[PATCH] y", .date = 1000);
    count(NULL, NULL);
    ck_assert_int_eq(contributors->from, 1000);
    ck_assert_int_eq(contributors->to, 1000);
    expect_row(contributors->people, 0, "Ann <ann@example.org>", "0:2");
}
END_TEST

START_TEST(over_time)
{
    static const char bo[] = "Bo <bo@Example.com>";

    MAIL("1", "[PATCH] a", .date = 24000);
    MAIL("2", "[PATCH 0/2] b", .date = 24999);
    MAIL("3", "[PATCH] c", .date = 25000);
    MAIL("4", "[PATCH] d", .date = 48000);
    MAIL("5", "[PATCH] e", .from = bo, .date = 46999);
    MAIL("6", "[PATCH] f", .from = bo, .date = 47000);
    MAIL("7", "[PATCH] g", .from = "Cy <cy@example.com>", .date = 36000);
    MAIL("8", "Re: [PATCH] g", .date = 99000);
    count(NULL, NULL);
    ck_assert_uint_eq(contributors->total, 7);
    ck_assert_int_eq(contributors->from, 24000);
    ck_assert_int_eq(contributors->to, 48000);
    ck_assert_uint_eq(contributors->people->len, 3);
    expect_row(contributors->people, 0, "Ann <ann@example.org>", "0:2 1:1 23:1");
    expect_row(contributors->people, 1, "Bo <bo@Example.com>", "22:1 23:1");
    expect_row(contributors->people, 2, "Cy <cy@example.com>", "12:1");
    ck_assert_uint_eq(contributors->domains->len, 2);
    expect_row(contributors->domains, 0, "example.org", "0:2 1:1 23:1");
    expect_row(contributors->domains, 1, "example.com", "12:1 22:1 23:1");
}
END_TEST

START_TEST(absurd_clocks)
{
    MAIL("1", "[PATCH] a", .date = 1000);
    count(NULL, NULL);
    for (guint i = 0; i < 2; i++) {
        struct mail_batch *batch = mail_batch_new();
        const struct mail_place place = { .arrival = 10 + i,
                                          .received = i ? INT64_MAX : INT64_MIN };
        g_autofree char *text = g_strdup_printf("From: Bo <bo@example.com>\n"
                                                "Message-ID: <b%u@x>\nSubject: [PATCH] b\n\n", i);

        mail_parse(batch, text, strlen(text), &place, false);
        series_set_take(set, batch);
    }
    series_set_settle(set);
    contributors_free(contributors);
    contributors = contributors_count(series_set_mails(set));
    ck_assert_int_eq(contributors->from, INT64_MIN);
    ck_assert_int_eq(contributors->to, INT64_MAX);
    expect_row(contributors->people, 0, "Bo <bo@example.com>", "0:1 23:1");
    expect_row(contributors->people, 1, "Ann <ann@example.org>", "12:1");
}
END_TEST

static bool has_title(const struct member *member, const void *data)
{
    return strcmp(member->mail->title, data) == 0;
}

START_TEST(some)
{
    MAIL("1", "[PATCH] a", .date = 1000);
    MAIL("2", "[PATCH] b", .date = 2000);
    MAIL("3", "[PATCH] b", .from = "Bo <bo@example.com>", .date = 3000);
    MAIL("4", "Re: [PATCH] b", .date = 4000);
    count(has_title, "b");
    ck_assert_uint_eq(contributors->total, 2);
    ck_assert_int_eq(contributors->from, 2000);
    ck_assert_int_eq(contributors->to, 3000);
    expect_row(contributors->people, 0, "Bo <bo@example.com>", "23:1");
    expect_row(contributors->people, 1, "Ann <ann@example.org>", "0:1");
}
END_TEST

START_TEST(only_of_the_range)
{
    GArray *order;

    MAIL("1", "[PATCH] a", .date = 1000);
    MAIL("2", "[PATCH v2] a", .date = 2000);
    order = paper_order_new(2, false);
    set = series_set_new();
    series_set_take_known(set, paper_list_batch(list, order, 0, 1));
    series_set_take(set, paper_list_batch(list, order, 1, 1));
    series_set_settle(set);
    contributors = contributors_count(series_set_mails(set));
    ck_assert_uint_eq(contributors->total, 1);
    ck_assert_int_eq(contributors->from, 2000);
    g_array_free(order, TRUE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contributors");
    TCase *tests = tcase_create("contributors");

    mail_startup();
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, nobody);
    tcase_add_test(tests, one_moment);
    tcase_add_test(tests, over_time);
    tcase_add_test(tests, absurd_clocks);
    tcase_add_test(tests, some);
    tcase_add_test(tests, only_of_the_range);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
