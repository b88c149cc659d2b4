/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a range: revisions and dates. */
#include "archive/archive.h"
#include "archive/range.h"
#include "run_suite.h"

#include <check.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Sunday, 2026-03-15 12:34:56 UTC. */
#define NOW INT64_C(1773578096)
#define MIDNIGHT INT64_C(1773532800)
#define DAY INT64_C(86400)

static const struct {
    const char *text, *from, *to;
} revisions[] = {
    { "a..b", "a", "b" },
    { "a..", "a", NULL },
    { "..b", NULL, "b" },
    { "b", NULL, "b" },
    { "HEAD~3^2..master@{1}", "HEAD~3^2", "master@{1}" },
    { "e7f0ff2b..1d980064", "e7f0ff2b", "1d980064" },
    { ":/words of a subject", NULL, ":/words of a subject" },
};

START_TEST(test_revisions)
{
    struct range range = { .since = 1 };
    GError *error = NULL;

    ck_assert(range_set_revisions(&range, revisions[_i].text, &error));
    ck_assert_ptr_null(error);
    ck_assert(range.revisions);
    ck_assert_pstr_eq(range.from, revisions[_i].from);
    ck_assert_pstr_eq(range.to, revisions[_i].to);
    range_clear(&range);
}
END_TEST

static const char *const no_revisions[] = {
    "", "..", "a...b", "...", "-n", "--all", "a..-b", "-a..b", "a..b..c",
};

START_TEST(test_no_revisions)
{
    struct range range = { 0 };
    GError *error = NULL;

    ck_assert(!range_set_revisions(&range, no_revisions[_i], &error));
    ck_assert(g_error_matches(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE));
    ck_assert_ptr_nonnull(strstr(error->message, no_revisions[_i]));
    ck_assert_ptr_null(strchr(error->message, '\n'));
    ck_assert(!range.revisions);
    ck_assert_ptr_null(range.from);
    ck_assert_ptr_null(range.to);
    g_error_free(error);
}
END_TEST

START_TEST(test_revisions_replaced)
{
    struct range range = { 0 };

    ck_assert(range_set_revisions(&range, "a..b", NULL));
    ck_assert(!range_set_revisions(&range, "c...d", NULL));
    ck_assert_str_eq(range.from, "a");
    ck_assert_str_eq(range.to, "b");
    ck_assert(range_set_revisions(&range, "..c", NULL));
    ck_assert_ptr_null(range.from);
    ck_assert_str_eq(range.to, "c");
    range_clear(&range);
}
END_TEST

static const struct {
    const char *text;
    int64_t seconds;
} dates[] = {
    { "2026-03-15", MIDNIGHT },
    { " 2026-03-15 ", MIDNIGHT },
    { "2026-03-15 12:34", MIDNIGHT + 45240 },
    { "2026-03-15T12:34", MIDNIGHT + 45240 },
    { "2026-03-15 12:34:56", NOW },
    { "2026-03-15T12:34:56Z", NOW },
    { "2026-03-15 12:34:56 Z", NOW },
    { "2026-03-15T13:34:56+0100", NOW },
    { "2026-03-15 13:34:56 +0100", NOW },
    { "2026-03-15 07:04:56 -05:30", NOW },
    { "2026-03-15 13:34 +0100", NOW - 56 },
    { "@1773578096", NOW },
    { "@0", 0 },
    { "Sun, 15 Mar 2026 13:34:56 +0100", NOW },
    { "15 Mar 2026 12:34:56 +0000", NOW },
    { "now", NOW },
    { "NOW", NOW },
    { "today", MIDNIGHT },
    { "yesterday", MIDNIGHT - DAY },
    { "1 second ago", NOW - 1 },
    { "90 seconds ago", NOW - 90 },
    { "5 minutes ago", NOW - 300 },
    { "1 hour ago", NOW - 3600 },
    { "3 days ago", NOW - 3 * DAY },
    { "3.days.ago", NOW - 3 * DAY },
    { "1 Day Ago", NOW - DAY },
    { "2 weeks ago", NOW - 14 * DAY },
    { "1 month ago", NOW - 28 * DAY },
    { "1 year ago", NOW - 365 * DAY },
    { "0 days ago", NOW },
};

START_TEST(test_dates)
{
    GError *error = NULL;
    int64_t seconds = -1;

    ck_assert(range_parse_date(dates[_i].text, NOW, &seconds, &error));
    ck_assert_ptr_null(error);
    ck_assert_int_eq(seconds, dates[_i].seconds);
}
END_TEST

static const char *const no_dates[] = {
    "",
    "soon",
    "1",
    "12345",
    "2026-02-30",
    "2026-13-01",
    "2026-3-1",
    "2026-03-15x",
    "2026-03-15 12",
    "2026-03-15 25:00",
    "2026-03-15 12:34:56 Mars",
    "@",
    "@-1",
    "@12x",
    "@99999999999999999999",
    "3 days",
    "days ago",
    "-3 days ago",
    "3 fortnights ago",
    "9999999999 days ago",
    "999999999 days ago",
    "999999999 weeks ago",
    "999999999 months ago",
    "999999999 years ago",
    "3 days ago now",
};

START_TEST(test_no_dates)
{
    GError *error = NULL;
    int64_t seconds;

    ck_assert(!range_parse_date(no_dates[_i], NOW, &seconds, &error));
    ck_assert(g_error_matches(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE));
    ck_assert_ptr_nonnull(strstr(error->message, no_dates[_i]));
    g_error_free(error);
}
END_TEST

/* Where the user is decides what a day is, also across a change of the clocks. */
START_TEST(test_local_days)
{
    int64_t seconds;

    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    ck_assert(range_parse_date("2026-03-15", NOW, &seconds, NULL));
    ck_assert_int_eq(seconds, MIDNIGHT - 3600);
    ck_assert(range_parse_date("2026-07-01", NOW, &seconds, NULL));
    ck_assert_int_eq(seconds, INT64_C(1782856800));
    ck_assert(range_parse_date("2026-07-01 00:00 Z", NOW, &seconds, NULL));
    ck_assert_int_eq(seconds, INT64_C(1782864000));
}
END_TEST

/* --until a day takes that day in; to a time it is that time. */
START_TEST(test_until)
{
    int64_t seconds, midnight;

    ck_assert(range_parse_date("2026-03-16", NOW, &midnight, NULL));
    ck_assert(range_parse_until("2026-03-15", NOW, &seconds, NULL));
    ck_assert_int_eq(seconds, midnight - 1);
    ck_assert(range_parse_until("2026-03-16 00:00", NOW, &seconds, NULL));
    ck_assert_int_eq(seconds, midnight);
    ck_assert(range_parse_date("today", NOW, &midnight, NULL));
    ck_assert(range_parse_until("yesterday", NOW, &seconds, NULL));
    ck_assert_int_eq(seconds, midnight - 1);
    ck_assert(!range_parse_until("no day", NOW, &seconds, NULL));
}
END_TEST

static Suite *range_suite(void)
{
    Suite *suite = suite_create("range");
    TCase *words = tcase_create("revisions"), *times = tcase_create("dates");

    tcase_add_loop_test(words, test_revisions, 0, G_N_ELEMENTS(revisions));
    tcase_add_loop_test(words, test_no_revisions, 0, G_N_ELEMENTS(no_revisions));
    tcase_add_test(words, test_revisions_replaced);
    suite_add_tcase(suite, words);
    tcase_add_loop_test(times, test_dates, 0, G_N_ELEMENTS(dates));
    tcase_add_loop_test(times, test_no_dates, 0, G_N_ELEMENTS(no_dates));
    tcase_add_test(times, test_local_days);
    tcase_add_test(times, test_until);
    suite_add_tcase(suite, times);
    return suite;
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    g_mime_init();
    int status = run_suite(range_suite());
    g_mime_shutdown();
    return status;
}
