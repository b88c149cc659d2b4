/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/address.h"

#include "mail/mail.h"
#include "run_suite.h"

#include <check.h>
#include <gmime/gmime.h>
#include <string.h>

START_TEST(test_forms)
{
    static const struct {
        const char *value;
        const char *name;
        const char *address;
        const char *line;
    } rows[] = {
        { "Jane Doe <jane@example.org>", "Jane Doe", "jane@example.org",
          "Jane Doe <jane@example.org>" },
        { "\"Doe, Jane\" <jane@example.org>", "Doe, Jane", "jane@example.org",
          "\"Doe, Jane\" <jane@example.org>" },
        { "\"Jane \\\"J\\\" Doe\" <jane@example.org>", "Jane \"J\" Doe", "jane@example.org",
          "\"Jane \\\"J\\\" Doe\" <jane@example.org>" },
        { "Doe, Jane <jane@example.org>", "Doe, Jane", "jane@example.org",
          "Doe, Jane <jane@example.org>" },
        { "jane@example.org", "jane", "jane@example.org", "jane <jane@example.org>" },
        { "<jane@example.org>", "jane", "jane@example.org", "jane <jane@example.org>" },
        { "\"\" <jane@example.org>", "jane", "jane@example.org", "\"\" <jane@example.org>" },
        { "jane@example.org (Jane Doe)", "Jane Doe", "jane@example.org",
          "Jane Doe <jane@example.org>" },
        { "Jane Doe <jane@example.org> (maintainer)", "Jane Doe", "jane@example.org",
          "Jane Doe <jane@example.org>" },
        { "=?utf-8?q?J=C3=BCrgen_M=2E?=\n <j@example.org>", "Jürgen M.", "j@example.org",
          "Jürgen M. <j@example.org>" },
        { "=?utf-8?q?Doe=2C_Jane?= <jane@example.org>", "Doe, Jane", "jane@example.org",
          "Doe, Jane <jane@example.org>" },
        { "=?utf-8?q?=3Cevil=40example=2Ecom=3E?= <jane@example.org>", "<evil@example.com>",
          "jane@example.org", "<evil@example.com> <jane@example.org>" },
        { "\"fake@example.com\" <jane@example.org>", "fake@example.com", "jane@example.org",
          "\"fake@example.com\" <jane@example.org>" },
        { "J\xfcrgen <j@example.org>", "Jürgen", "j@example.org", "Jürgen <j@example.org>" },
        { "Jane via list <list@example.org>, Joe <joe@example.com>", "Jane via list",
          "list@example.org", "Jane via list <list@example.org>" },
        { "jane@example.org, Joe <joe@example.com>", "jane", "jane@example.org",
          "jane <jane@example.org>" },
        { "[Jane] <jane@example.org>", "[Jane]", "jane@example.org",
          "[Jane] <jane@example.org>" },
        { "Team: jane@example.org, joe@example.org;", "jane", "jane@example.org",
          "jane <jane@example.org>" },
        { "Jane <Jane.Doe@Example.ORG>", "Jane", "Jane.Doe@Example.ORG",
          "Jane <Jane.Doe@Example.ORG>" },
        { "jane@example.org (Jane Doe", "Jane Doe", "jane@example.org",
          "Jane Doe <jane@example.org>" },
        { "jane@example.org (Jane (Doe\\", "Jane (Doe)", "jane@example.org",
          "Jane (Doe) <jane@example.org>" },
        { "\"Jane :(\" <jane@example.org>", "Jane :(", "jane@example.org",
          "\"Jane :(\" <jane@example.org>" },
        { "\"Jane :(\" <jane@example.org>, joe@example.org (Joe", "Jane :(", "jane@example.org",
          "\"Jane :(\" <jane@example.org>" },
        { "Jane Doe", "Jane Doe", "", "Jane Doe" },
        { "Jane Doe <>", "Jane Doe <>", "", "Jane Doe <>" },
        { "jane at example.org (Jane)", "jane at example.org (Jane)", "",
          "jane at example.org (Jane)" },
        { "", "", "", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct address got;
        address_parse(rows[i].value, strlen(rows[i].value), &got);
        ck_assert_str_eq(got.name, rows[i].name);
        ck_assert_str_eq(got.address, rows[i].address);
        ck_assert_str_eq(got.line, rows[i].line);
        address_clear(&got);
    }
}
END_TEST

/* What is read without GMime must be read as GMime does. */
START_TEST(test_same_as_gmime)
{
    static const char *const values[] = {
        "Jane Doe <jane@example.org>",
        "Jane A. Doe-Roe Jr. <jane.doe+list@mail.example.org>",
        "O'Jane <jane@example.org>",
        "Jane{x} <jane@example.org>",
        "=?utf-8?q?J=C3=BCrgen?= <j@example.org>",
        "=?utf-8?q?J=C3=BCrgen?= =?utf-8?q?_M?= <j@example.org>",
        "=?utf-8?q?J=C3=BCrgen?=<j@example.org>",
        "Jane =?utf-8?b?SsO8cmdlbg==?= Doe <jane@example.org>",
        "<jane@example.org>",
        "Jürgen <j@example.org>",
        "Jane <jane@localhost>",
        "J4ne #1 <jane!doe@example.org>",
        "Jane/Doe <jane=doe@example.org>",
        "jane.doe <jane@example.org>",
        "Jane & Joe * % $ <jane@example.org>",
        "= ? = <jane@example.org>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        InternetAddressList *list = internet_address_list_parse(NULL, values[i]);
        InternetAddress *entry = internet_address_list_get_address(list, 0);
        const char *name = internet_address_get_name(entry);
        struct address got;

        address_parse(values[i], strlen(values[i]), &got);
        ck_assert_str_eq(got.address,
                         internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(entry)));
        if (name != NULL && *name != '\0')
            ck_assert_str_eq(got.name, name);
        address_clear(&got);
        g_object_unref(list);
    }
}
END_TEST

START_TEST(test_hostile)
{
    static const char *const pieces[] = { "(", "\"", "<", "a@b,", "\\", "((\"<", "a:", "=?", "<a@b" };

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        GString *value = g_string_new(NULL);
        struct address got;

        while (value->len < 20 * 1000)
            g_string_append(value, pieces[i]);
        address_parse(value->str, value->len, &got);
        ck_assert(g_utf8_validate(got.line, -1, NULL));
        ck_assert(g_utf8_validate(got.name, -1, NULL));
        ck_assert(g_utf8_validate(got.address, -1, NULL));
        address_clear(&got);
        g_string_free(value, TRUE);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("address");
    TCase *tests = tcase_create("address");

    mail_startup();
    tcase_add_test(tests, test_forms);
    tcase_add_test(tests, test_same_as_gmime);
    tcase_add_test(tests, test_hostile);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
