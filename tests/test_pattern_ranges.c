/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of numbers and of dates in patterns. */
#include "pattern_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static const struct {
    const char *range;
    int low, high; /* that match; those next to them do not */
} ranges[] = {
    { "3", 3, 3 },      { "3-5", 3, 5 },     { "5-3", 3, 5 },      { "-5", -1, 5 },
    { "3-", 3, -1 },    { "<5", -1, 4 },     { ">5", 6, -1 },      { "2K", 2048, 2048 },
    { "2k-1M", 2048, 1 << 20 },              { ">1K", 1025, -1 },  { "\" 3 - 5 \"", 3, 5 },
};

START_TEST(numbers)
{
    struct pattern_subject subject = subject_of("c", false);
    char *text = g_strdup_printf("~m %s", ranges[_i].range);
    int low = ranges[_i].low, high = ranges[_i].high;

    for (int step = -1; step <= 1; step++) {
        subject.number = low + step;
        ck_assert(low < 0 || holds(text, &subject) == (step >= 0 && (high < 0 || low + step <= high)));
        subject.number = high + step;
        ck_assert(high < 0 || holds(text, &subject) == (step <= 0 && high + step >= low));
    }
    g_free(text);
}
END_TEST

static const struct {
    const char *dates;
    const char *first, *last; /* days, or seconds; NULL: open */
} dates[] = {
    { "1/11/2026", "2026-11-01", "2026-11-01" },
    { "01/11/26", "2026-11-01", "2026-11-01" },
    { "1/11", "2026-11-01", "2026-11-01" },
    { "7", "2026-11-07", "2026-11-07" },
    { "7-9", "2026-11-07", "2026-11-09" },
    { "5/7/99", "1999-07-05", "1999-07-05" },
    { "2026-11-01", "2026-11-01", "2026-11-01" },
    { "20261101", "2026-11-01", "2026-11-01" },
    { "2026-11-01-", "2026-11-01", NULL },
    { "-2026-11-01", NULL, "2026-11-01" },
    { "2026-10-30-2026-11-01", "2026-10-30", "2026-11-01" },
    { "20261030-20261101", "2026-10-30", "2026-11-01" },
    { "1/11/2026-30/10/2026", "2026-10-30", "2026-11-01" },
    { "\"30/10 - 1/11\"", "2026-10-30", "2026-11-01" },
    { "1/11/2026+2w", "2026-11-01", "2026-11-15" },
    { "1/11/2026-1m", "2026-10-01", "2026-11-01" },
    { "1/11/2026*1w", "2026-10-25", "2026-11-08" },
    { "1/11/2026-1w+2d", "2026-10-25", "2026-11-03" },
    { "1/11/2026+1y", "2026-11-01", "2027-11-01" },
    { "31/3/2026-1m", "2026-02-28", "2026-03-31" },
    { "-3d", "2026-11-17", "2026-11-17" },
    { "-3d+1d", "2026-11-17", "2026-11-18" },
    { "+1d", "2026-11-20", "2026-11-21" },
    { "*1d", "2026-11-19", "2026-11-21" },
    { "<2w", "2026-11-07", NULL },
    { "<1d", "2026-11-20", NULL },
    { ">1d", NULL, "2026-11-19" },
    { "=3d", "2026-11-17", "2026-11-17" },
    { "=1y", "2025-11-20", "2025-11-20" },
    { ">2m", NULL, "2026-09-20" },
    { "<2H", "2026-11-20T13:30:00", NULL },
    { ">30M", NULL, "2026-11-20T15:00:00" },
    { "=1H", "2026-11-20T13:30:01", "2026-11-20T14:30:00" },
    { "<90S", "2026-11-20T15:28:30", NULL },
    { "\" < 2w\"", "2026-11-07", NULL },
};

/* Is a mail sent at SECONDS in DATES? */
static bool is_dated(const char *text, gint64 seconds)
{
    const struct mail mail = { .date = seconds, .place.received = 5 };
    const struct member member = { .mail = &mail };
    const struct pattern_subject subject = { .member = &member };

    return holds(text, &subject);
}

/* The first second of the day TEXT, or of the second it names; the last one if LAST. */
static gint64 seconds_of(const char *text, bool last)
{
    bool is_day = strlen(text) == strlen("2026-11-01");
    char *whole = g_strdup_printf("%s%s", text, !is_day ? "" : last ? "T23:59:59" : "T00:00:00");
    GTimeZone *local = g_time_zone_new_local();
    GDateTime *date = g_date_time_new_from_iso8601(whole, local);
    gint64 seconds = g_date_time_to_unix(date);

    g_date_time_unref(date);
    g_time_zone_unref(local);
    g_free(whole);
    return seconds;
}

static void check_dates(const char *argument, const char *first, const char *last)
{
    char *text = g_strdup_printf("~d %s", argument);

    if (first) {
        ck_assert_msg(is_dated(text, seconds_of(first, false)), "%s begins late", text);
        ck_assert_msg(!is_dated(text, seconds_of(first, false) - 1), "%s begins early", text);
    } else {
        ck_assert(is_dated(text, 0));
    }
    if (last) {
        ck_assert_msg(is_dated(text, seconds_of(last, true)), "%s ends early", text);
        ck_assert_msg(!is_dated(text, seconds_of(last, true) + 1), "%s ends late", text);
    } else {
        ck_assert(is_dated(text, INT64_C(1) << 36));
    }
    g_free(text);
}

/* Days that there are not, and words that say none. */
START_TEST(no_dates)
{
    static const char *const refused[] = {
        "1/", "1/x", "1/11/", "1/11/x", "31/2", "32/1", "1/13", "x", "1/11-31/2", "+", "+2x", "-",
        "1/11*-2d", "-99999y",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *text = g_strdup_printf("~d %s", refused[i]);
        GError *error = NULL;
        ck_assert_msg(pattern_new(text, SIMPLE, NOW, &error) == NULL, "%s", text);
        ck_assert_ptr_nonnull(error);
        ck_assert_ptr_null(strchr(error->message, '\n'));
        g_error_free(error);
    }
}
END_TEST

START_TEST(dates_are_mutts)
{
    check_dates(dates[_i].dates, dates[_i].first, dates[_i].last);
}
END_TEST

START_TEST(days_are_local)
{
    g_setenv("TZ", "+10:00", TRUE);
    /* It is the 21st there. */
    check_dates("+1d", "2026-11-21", "2026-11-22");
    check_dates("<1d", "2026-11-21", NULL);
    ck_assert(is_dated("~d 21/11/2026", seconds_of("2026-11-20T14:00:00Z", false)));
    ck_assert(!is_dated("~d 21/11/2026", seconds_of("2026-11-20T13:59:59Z", false)));
}
END_TEST

static TCase *ranges_case(void)
{
    TCase *tests = tcase_create("ranges");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, numbers, 0, (int)G_N_ELEMENTS(ranges));
    tcase_add_test(tests, no_dates);
    tcase_add_loop_test(tests, dates_are_mutts, 0, (int)G_N_ELEMENTS(dates));
    tcase_add_test(tests, days_are_local);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("pattern_ranges");

    g_setenv("TZ", "UTC", TRUE);
    mail_startup();
    suite_add_tcase(suite, ranges_case());
    return run_suite(suite);
}
