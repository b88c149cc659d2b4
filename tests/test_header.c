/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/header.h"

#include "mail/mail.h"
#include "run_suite.h"

#include <check.h>
#include <glib.h>
#include <string.h>

/* Takes the next field of BLOCK as "name|value", or NULL at the end. */
static char *next(const char **cursor, const char *end)
{
    struct header field;

    if (!header_next(cursor, end, &field))
        return NULL;
    return g_strdup_printf("%.*s|%.*s", (int)field.name_length, field.name,
                           (int)field.value_length, field.value);
}

static void expect_fields(const char *block, const char *const *fields, const char *body)
{
    const char *cursor = block;
    const char *end = block + strlen(block);

    for (; *fields != NULL; fields++) {
        g_autofree char *field = next(&cursor, end);
        ck_assert_ptr_nonnull(field);
        ck_assert_str_eq(field, *fields);
    }
    ck_assert_ptr_null(next(&cursor, end));
    ck_assert_str_eq(cursor, body);
}

START_TEST(test_block)
{
    static const char *const two[] = { "From|Jane", "Subject|foo\n bar", NULL };
    static const char *const crlf[] = { "From|Jane", "Subject|foo\r\n\tbar", NULL };
    static const char *const one[] = { "From|Jane", NULL };
    static const char *const empty[] = { "From|", "To|", NULL };
    static const char *const none[] = { NULL };

    expect_fields("From: Jane\nSubject:  foo\n bar\n\nbody\n", two, "body\n");
    expect_fields("From: Jane\r\nSubject:foo\r\n\tbar\r\n\r\nbody\r\n", crlf, "body\r\n");
    expect_fields("From: Jane", one, "");
    expect_fields("From: Jane\n", one, "");
    expect_fields("From:\nTo: \n\n", empty, "");
    expect_fields("", none, "");
    expect_fields("\nbody", none, "body");
    expect_fields("garbage without a colon", none, "");
}
END_TEST

START_TEST(test_garbage_is_passed_over)
{
    static const char *const fields[] = { "From|Jane", "Subject|foo", NULL };

    expect_fields("From jane@example.org Thu Jan  1 00:00:00 1970\nFrom: Jane\nno field\n"
                  ">From: x y\n: empty name\nSubject : foo\n\nbody",
                  (const char *const[]) { "From|Jane", ">From|x y", "Subject|foo", NULL }, "body");
    expect_fields(" folded before all\nFrom: Jane\n\x01\x02: x\nSubject: foo\n\n", fields, "");
}
END_TEST

START_TEST(test_is)
{
    struct header field = { "SUBJECT", 7, "", 0 };

    ck_assert(header_is(&field, "Subject"));
    ck_assert(!header_is(&field, "Subjec"));
    ck_assert(!header_is(&field, "Subjects"));
}
END_TEST

static void expect_decoded(const char *value, size_t length, const char *expected)
{
    g_autofree char *decoded = header_decode(value, length);

    ck_assert_str_eq(decoded, expected);
}

START_TEST(test_decode)
{
    static const struct {
        const char *value;
        const char *expected;
    } rows[] = {
        { "", "" },
        { "foo", "foo" },
        { "  foo \t bar\r\n\tbaz \n", "foo bar baz" },
        { "=?utf-8?q?J=C3=BCrgen_M?=", "Jürgen M" },
        { "=?UTF-8?B?SsO8cmdlbg==?=", "Jürgen" },
        { "=?iso-8859-1?q?J=FCrgen?= foo", "Jürgen foo" },
        { "=?koi8-r?B?8NLJ18XU?=", "Привет" },
        { "=?gb18030?B?suLK1A==?=", "测试" },
        { "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本" },
        { "=?utf-8?q?a?=\n =?utf-8?q?b?= c", "ab c" },
        { "=?utf-8?b?4oKs4o?= =?utf-8?b?Ks?=", "€€" },
        { "=?y?q?J=C3=BCrgen?=", "Jürgen" },
        { "=?yes?q?J=FCrgen?=", "Jürgen" },
        { "=?8?q?J=FCrgen?=", "Jürgen" },
        { "=?true?q?J=C3=BCrgen?=", "Jürgen" },
        { "=?utf-8?q?a=0Ab?=", "a b" },
        { "J\xc3\xbcrgen", "Jürgen" },
        { "J\xfcrgen", "Jürgen" },
        { "=?broken", "=?broken" },
        { "\"Doe, Jane\" <jane@example.org>", "\"Doe, Jane\" <jane@example.org>" },
        { "\"=?utf-8?q?J=C3=BCrgen?=\" <j@example.org>", "\"Jürgen\" <j@example.org>" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        expect_decoded(rows[i].value, strlen(rows[i].value), rows[i].expected);
    expect_decoded("a\0b", 3, "a\xef\xbf\xbd" "b");
    expect_decoded("a\0\xfc", 3, "a\xef\xbf\xbdü");
    expect_decoded("foo bar", 3, "foo");
}
END_TEST

START_TEST(test_decoded_is_utf8)
{
    static const char *const values[] = {
        "=?utf-8?q?=ff=fe?=", "=?utf-16?b?2AA=?=", "=?utf-8?b?/w==?=", "\xc3(\xff",
        "=?utf-7?q?+2AA-?=", "=?iso-2022-jp?q?=1B$B=7F=7F?=", "=?utf-8?q?=00?=",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *decoded = header_decode(values[i], strlen(values[i]));
        ck_assert(g_utf8_validate(decoded, -1, NULL));
    }
}
END_TEST

START_TEST(test_decode_of_much)
{
    static const char *const pieces[] = { "=?utf-8?q?a?= ", "=?", "=?=?utf-8?q?", "x ", "\xff",
                                          "=?utf-8?q?a b ?=", "=?utf-8?q?a b",
                                          "=?utf-8?b?a" };

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        GString *value = g_string_new(NULL);
        g_autofree char *decoded = NULL;

        while (value->len < 1000 * 1000)
            g_string_append(value, pieces[i]);
        decoded = header_decode(value->str, value->len);
        ck_assert(g_utf8_validate(decoded, -1, NULL));
        g_string_free(value, TRUE);
    }
}
END_TEST

START_TEST(test_date)
{
    static const struct {
        const char *value;
        long long seconds;
        int zone;
    } rows[] = {
        { "Wed, 12 Jun 2024 10:11:12 +0200", 1718179872, 120 },
        { "Wed, 12 Jun 2024 10:11:12 +0200 (CEST)", 1718179872, 120 },
        { "Sun, 2 Jun 2024 01:02:03 -0330", 1717302723, -210 },
        { "Thu, 29 Feb 2024 23:59:59 +0000", 1709251199, 0 },
        { "Wed, 12 Jun 2024 10:11:12 +1300", 1718140272, 780 },
        { "Wed, 12 Jun 2024 10:11:12 -1900", 1718187072, 0 },
        { "Wed,\n 12 Jun 2024 10:11:12 +0200", 1718179872, 120 },
        { "12 Jun 2024 10:11:12 -0500", 1718205072, -300 },
        { "12 Jun 2024 10:11 GMT", 1718187060, 0 },
        { "12 Jun 24 10:11:12 +0000", 1718187072, 0 },
        { "Thu, 01 Jan 1970 00:00:00 +0000", 0, 0 },
        { "Fri, 31 Dec 9999 23:59:59 +0000", 253402300799, 0 },
        { "12 Jun 2024 10:11:12 +1400", 1718136672, 840 },
        { "12 Jun 2024 10:11:12 +2100", 1718187072, 0 },
        { "12 Jun 2024 10:11:12 -1900", 1718187072, 0 },
        { "12 Jun 2024 10:11:12", 1718187072, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        long long seconds = -1;
        int zone = -1;
        ck_assert_msg(header_decode_date(rows[i].value, strlen(rows[i].value), &seconds, &zone),
                      "%s", rows[i].value);
        ck_assert_msg(seconds == rows[i].seconds && zone == rows[i].zone, "%s: %lld %d",
                      rows[i].value, seconds, zone);
        ck_assert(header_decode_date(rows[i].value, strlen(rows[i].value), &seconds, NULL));
    }
}
END_TEST

START_TEST(test_no_date)
{
    static const char *const values[] = {
        "",
        "foo",
        "12 Jun 0000 10:11:12 +0000",
        "12 Jun 0024 10:11:12 +0000",
        "12 Jun 1969 10:11:12 +0000",
        "Thu, 01 Jan 1970 00:00:00 +0100",
        "12 Jun 10000 10:11:12 +0000",
        "12 Jun 99999999999999 10:11:12 +0000",
        "31 Feb 2024 10:11:12 +0000",
        "Thu, 29 Feb 2023 10:11:12 +0000",
        "Wed, 12 Jun 2024 24:11:12 +0000",
        "Wed, 12 Jun 1969 10:11:12 +0000",
        "Wed, 12 Jun 2024 10:11:12 +0200 (1969)",
        "12 Foo 2024 10:11:12 +0000",
        "12 Jun 2024 25:11:12 +0000",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        long long seconds = -1;
        int zone = -1;
        ck_assert_msg(!header_decode_date(values[i], strlen(values[i]), &seconds, &zone), "%s",
                      values[i]);
        ck_assert_int_eq(seconds, -1);
        ck_assert_int_eq(zone, -1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("header");
    TCase *tests = tcase_create("header");

    mail_startup();
    tcase_add_test(tests, test_block);
    tcase_add_test(tests, test_garbage_is_passed_over);
    tcase_add_test(tests, test_is);
    tcase_add_test(tests, test_decode);
    tcase_add_test(tests, test_decoded_is_utf8);
    tcase_add_test(tests, test_decode_of_much);
    tcase_add_test(tests, test_date);
    tcase_add_test(tests, test_no_date);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
