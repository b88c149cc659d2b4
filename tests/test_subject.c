/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/subject.h"
#include "run_suite.h"

#include <check.h>
#include <glib.h>
#include <string.h>

static struct subject parse(const char *text)
{
    struct subject subject;

    memset(&subject, 0xff, sizeof(subject));
    subject_parse(text, &subject);
    ck_assert_uint_le(subject.title, strlen(text));
    return subject;
}

static const char *title_of(const char *text)
{
    return text + parse(text).title;
}

/* What a subject is to say, by the fields that matter to most tests. */
struct expected {
    const char *text;
    const char *title;
    unsigned version;
    unsigned number, total;
    bool patch;
};

static void expect(const struct expected *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct subject got = parse(rows[i].text);
        ck_assert_msg(strcmp(rows[i].text + got.title, rows[i].title) == 0,
                      "%s: title is %s", rows[i].text, rows[i].text + got.title);
        ck_assert_msg(got.version == rows[i].version, "%s: v%u", rows[i].text, got.version);
        ck_assert_msg(got.number == rows[i].number && got.total == rows[i].total,
                      "%s: %u/%u", rows[i].text, got.number, got.total);
        ck_assert_msg(got.patch == rows[i].patch, "%s: patch %d", rows[i].text, got.patch);
        ck_assert_msg(got.numbered == (rows[i].total > 0), "%s: numbered", rows[i].text);
    }
}

START_TEST(test_plain)
{
    static const struct expected rows[] = {
        { "[PATCH] foo: bar", "foo: bar", 0, 0, 0, true },
        { "[PATCH v2 1/3] foo", "foo", 2, 1, 3, true },
        { "[PATCH 0/4] foo", "foo", 0, 0, 4, true },
        { "[patch V3 01/12] foo", "foo", 3, 1, 12, true },
        { "foo", "foo", 0, 0, 0, false },
        { "", "", 0, 0, 0, false },
        { "[PATCH]", "", 0, 0, 0, true },
        { "[PATCH v2] ", "", 2, 0, 0, true },
        { "[PATCH]foo", "foo", 0, 0, 0, true },
        { "[bug report] foo", "foo", 0, 0, 0, false },
        { "PATCH foo", "PATCH foo", 0, 0, 0, false },
        { "[DISPATCH] foo", "foo", 0, 0, 0, false },
        { "[PATCHWORK] foo", "foo", 0, 0, 0, false },
    };

    expect(rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(test_words)
{
    static const struct expected rows[] = {
        { "[PATCH (v2)] foo", "foo", 2, 0, 0, true },
        { "[PATCH v2!] foo", "foo", 2, 0, 0, true },
        { "[PATCH ...] foo", "foo", 0, 0, 0, true },
        { "[PATCH 1 of 3:] foo", "foo", 0, 1, 3, true },
        { "[PATCH 1 of many] foo", "foo", 0, 0, 0, true },
        { "[PATCH v2/net 1/3] foo", "foo", 2, 1, 3, true },
        { "[PATCH v2/3] foo", "foo", 2, 0, 0, true },
        { "[PATCHSET v2] foo", "foo", 2, 0, 0, true },
        { "[PATCHES] foo", "foo", 0, 0, 0, true },
        { "[PATCHv2] foo", "foo", 2, 0, 0, true },
        { "[PATCHV2 3/4] foo", "foo", 2, 3, 4, true },
        { "[PATCHSETv5] foo", "foo", 5, 0, 0, true },
        { "[PATCH1/8] foo", "foo", 0, 1, 8, true },
        { "[PATCH-v3] foo", "foo", 3, 0, 0, true },
        { "[PATCH-next v2] foo", "foo", 2, 0, 0, true },
        { "[RFC/PATCH 2/3] foo", "foo", 0, 2, 3, true },
        { "[PATCH/RFC v4] foo", "foo", 4, 0, 0, true },
        { "[PATCHv2/RFC] foo", "foo", 2, 0, 0, true },
        { "[PATCH 1 of 5] foo", "foo", 0, 1, 5, true },
        { "[PATCH 01 OF 12 v2] foo", "foo", 2, 1, 12, true },
        { "[PATCH 1/3 v2] foo", "foo", 2, 1, 3, true },
        { "[PATCH v2: 1/3] foo", "foo", 2, 1, 3, true },
        { "[PATCH,v2,1/3] foo", "foo", 2, 1, 3, true },
        { "[PATCH v2, 1/3] foo", "foo", 2, 1, 3, true },
        { "[PATCH: 1/3] foo", "foo", 0, 1, 3, true },
        { "[PATCH v1 v7 2/3 4/5] foo", "foo", 1, 2, 3, true },
        { "[PATCH [net] 1/2] foo", "foo", 0, 1, 2, true },
        { "[[PATCH] v2] foo", "foo", 2, 0, 0, true },
        { "[PATCH 99999999999999999999/4] foo", "foo", 0, SUBJECT_NUMBER_MAX, 4, true },
        { "[PATCH v4294967298] foo", "foo", SUBJECT_NUMBER_MAX, 0, 0, true },
        { "[PATCH vv2] foo", "foo", 0, 0, 0, true },
        { "[PATCH v2x] foo", "foo", 0, 0, 0, true },
        { "[PATCH v] foo", "foo", 0, 0, 0, true },
        { "[PATCH 1/] foo", "foo", 0, 0, 0, true },
        { "[PATCH /2] foo", "foo", 0, 0, 0, true },
        { "[PATCH 1/x] foo", "foo", 0, 0, 0, true },
    };

    expect(rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(test_groups)
{
    static const struct expected rows[] = {
        { "[PATCH v2 0/4] [PCI] foo", "[PCI] foo", 2, 0, 4, true },
        { "[PATCH][v2] foo", "foo", 2, 0, 0, true },
        { "[PATCH] [RESEND] [net-next] foo", "foo", 0, 0, 0, true },
        { "[PATCH] [bpf-next,v3] foo", "foo", 3, 0, 0, true },
        { "[PATCH] [2/3] foo", "foo", 0, 2, 3, true },
        { "[PATCH] [2 of 3] foo", "foo", 0, 2, 3, true },
        { "[PATCH] [6.1] foo", "foo", 0, 0, 0, true },
        { "[list] [PATCH v2 1/2] foo", "foo", 2, 1, 2, true },
        { "[list] [PATCH for-next] foo", "[PATCH for-next] foo", 0, 0, 0, false },
        { "[PATCH] [PCI] [v2] foo", "[PCI] [v2] foo", 0, 0, 0, true },
        { "[PATCH] [v2 PCI] foo", "[v2 PCI] foo", 0, 0, 0, true },
        { "[PATCH v2 1/3 foo", "[PATCH v2 1/3 foo", 0, 0, 0, false },
        { "[PATCH] [v2 foo", "[v2 foo", 0, 0, 0, true },
        { "[PATCH [v2 1/3] foo", "[PATCH [v2 1/3] foo", 0, 0, 0, false },
        { "PATCH] foo", "PATCH] foo", 0, 0, 0, false },
    };

    expect(rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(test_flags)
{
    ck_assert(parse("[RFC] foo").rfc);
    ck_assert(!parse("[RFC] foo").patch);
    ck_assert(parse("[rfc PATCH v2] foo").rfc);
    ck_assert(parse("[RFCv3 1/2] foo").rfc);
    ck_assert_uint_eq(parse("[RFCv3 1/2] foo").version, 3);
    ck_assert(parse("[RFC/PATCH] foo").rfc);
    ck_assert(parse("[PATCH-RFC] foo").rfc);
    ck_assert(!parse("[PATCH] rfc foo").rfc);
    ck_assert(parse("[PATCH RESEND] foo").resend);
    ck_assert(parse("[RESENDv2] foo").resend);
    ck_assert(parse("[REPOST PATCH] foo").resend);
    ck_assert(!parse("[PATCH] foo").resend);
    ck_assert(parse("[GIT PULL] foo").pull);
    ck_assert(parse("[PULL 0/3] foo").pull);
    ck_assert(!parse("[PULLED] foo").pull);
    ck_assert(!parse("[PATCH] pull foo").pull);
}
END_TEST

START_TEST(test_release)
{
    static const struct {
        const char *text;
        const char *release;
        unsigned version;
    } rows[] = {
        { "[PATCH 6.1] foo", "6.1", 0 },
        { "[PATCH 5.10.y v2] foo", "5.10", 2 },
        { "[PATCH v5.10.y] foo", "5.10", 0 },
        { "[PATCH v6.1 1/2] foo", "6.1", 0 },
        { "[PATCH linux-6.6.y] foo", "6.6", 0 },
        { "[PATCH stable-5.15] foo", "5.15", 0 },
        { "[PATCH 5.4-stable] foo", "5.4", 0 },
        { "[PATCH 4.4.x] foo", "4.4", 0 },
        { "[PATCH 2.6.32-rc3] foo", "2.6.32-rc3", 0 },
        { "[PATCH 5.10 5.15.y,6.1/6.6] foo", "5.10 5.15 6.1 6.6", 0 },
        { "[PATCH stable/linux-5.10.y] foo", "5.10", 0 },
        { "[PATCH for-7.1] foo", "", 0 },
        { "[PATCH v2] foo", "", 2 },
        { "[PATCH 6.] foo", "", 0 },
        { "[PATCH 6.1-rc] foo", "", 0 },
        { "[PATCH 6.1foo] foo", "", 0 },
        { "[PATCH] 6.1 foo", "", 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct subject got = parse(rows[i].text);
        ck_assert_msg(strcmp(got.release, rows[i].release) == 0, "%s: release is %s",
                      rows[i].text, got.release);
        ck_assert_uint_eq(got.version, rows[i].version);
    }
}
END_TEST

START_TEST(test_release_is_cut_at_a_word)
{
    struct subject got = parse("[PATCH 4.1111111111 4.2222222222 4.3333333333 4.4444444444 "
                               "4.5555555555 4.6666666666] foo");

    ck_assert_str_eq(got.release,
                     "4.1111111111 4.2222222222 4.3333333333 4.4444444444");
}
END_TEST

START_TEST(test_reply)
{
    static const char *const replies[] = {
        "Re: foo",         "RE: foo",          "re: foo",      "AW: foo",
        "SV: foo",         "VS: foo",          "Antw: foo",    "Fwd: foo",
        "FW: foo",         "Fw: foo",          "回复: foo",    "答复: foo",
        "回覆：foo",       "转发：foo",        "Re[2]: foo",   "Re : foo",
        "Re：foo",         "Re: Re: Fwd: foo", "Re:Re:foo",    "[list] Re: foo",
        "Re: [list] RE: foo", "[PATCH] [PCI] Re: foo",
    };
    static const char *const others[] = {
        "foo", "Reset: foo", "Re foo", "fw: foo", "[PATCH] vs: foo", "Re[x]: foo", "foo Re: bar",
        "[PATCH] foo: Re: bar", "[Re: foo] bar", "Re[2 foo", "回复 foo",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        ck_assert_msg(parse(replies[i]).reply, "%s", replies[i]);
        ck_assert_str_eq(title_of(replies[i]), "foo");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        ck_assert_msg(!parse(others[i]).reply, "%s", others[i]);
}
END_TEST

START_TEST(test_reply_keeps_the_prefix)
{
    static const struct expected rows[] = {
        { "Re: [PATCH v2 1/3] foo", "foo", 2, 1, 3, true },
        { "[list] Re: [PATCH v2] foo", "foo", 2, 0, 0, true },
        { "Re: Fwd: [PATCH v2 1/3] [PCI] foo", "[PCI] foo", 2, 1, 3, true },
        { "Re: [PATCH v2 1/3", "[PATCH v2 1/3", 0, 0, 0, false },
        { "Re:", "", 0, 0, 0, false },
    };

    expect(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* Quadratic work would not end in the time a test has. */
START_TEST(test_hostile)
{
    static const char *const pieces[] = { "[", "]", "[]", "Re:", "[v2]", "PATCH", "1/", "[PATCH ",
                                          "5.", "v1 ", "[1 of ", "[x] " };

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        GString *text = g_string_new(NULL);
        GString *inside;

        while (text->len < 1000 * 1000)
            g_string_append(text, pieces[i]);
        inside = g_string_new(text->str);
        g_string_prepend(inside, "[");
        g_string_append(inside, "]");
        parse(text->str);
        parse(inside->str);
        g_string_free(text, TRUE);
        g_string_free(inside, TRUE);
    }
    ck_assert_str_eq(title_of("[PATCH] \xff\xfe"), "\xff\xfe");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("subject");
    TCase *tests = tcase_create("subject");

    tcase_add_test(tests, test_plain);
    tcase_add_test(tests, test_words);
    tcase_add_test(tests, test_groups);
    tcase_add_test(tests, test_flags);
    tcase_add_test(tests, test_release);
    tcase_add_test(tests, test_release_is_cut_at_a_word);
    tcase_add_test(tests, test_reply);
    tcase_add_test(tests, test_reply_keeps_the_prefix);
    tcase_add_test(tests, test_hostile);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
