/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trailers in the text of a mail: which there are, and whether two names are one person's. */
#include "mail/trailer.h"
#include "run_suite.h"

#include <check.h>

START_TEST(what_a_text_says)
{
    static const struct {
        const char *text, *parts; /* kind|name|address */
    } rows[] = {
        { "Acked-by: Joe Roe <joe@example.org>", "Acked-by|Joe Roe|joe@example.org" },
        { "Acked-by:Joe <joe@example.org>", "Acked-by|Joe|joe@example.org" },
        { "Acked-by: Joe Roe (Lab) <joe@example.org>", "Acked-by|Joe Roe (Lab)|joe@example.org" },
        { "Acked-by: Roe, Joe <joe@example.org>", "Acked-by|Roe, Joe|joe@example.org" },
        { "Acked-by: \"Roe, Joe\" < joe@example.org >", "Acked-by|Roe, Joe|joe@example.org" },
        { "Acked-by: Joe <joe@example.org> # <joe@example.com>", "Acked-by|Joe|joe@example.org" },
        { "Acked-by: Joe <joe@example.org", "Acked-by|Joe|joe@example.org" },
        { "Acked-by: joe@example.org", "Acked-by||joe@example.org" },
        { "Acked-by: joe@example.org (Joe)", "Acked-by||joe@example.org" },
        { "Acked-by: <joe@example.org>", "Acked-by||joe@example.org" },
        { "Acked-by: Joe joe@example.org, Ann", "Acked-by|Joe|joe@example.org" },
        { "Acked-by: Joe", "Acked-by|Joe|" },
        { "Acked-by: Joe <at home>", "Acked-by|Joe <at home>|" },
        { "Acked-by: Joe @ home", "Acked-by|Joe @ home|" },
        { "Acked-by: @", "Acked-by|@|" },
        { "Acked-by: \"", "Acked-by|\"|" },
        { "Acked-by:", "Acked-by||" },
        { "", "||" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct trailer_parts parts;
        g_autofree char *text = NULL;

        trailer_parse(rows[i].text, &parts);
        text = g_strdup_printf("%.*s|%.*s|%.*s", (int)parts.kind_length, parts.kind,
                               (int)parts.name_length, parts.name, (int)parts.address_length,
                               parts.address);
        ck_assert_str_eq(text, rows[i].parts);
    }
}
END_TEST

START_TEST(keys)
{
    static const char *const rows[][2] = {
        { "Acked-By: Joe <Joe@Example.org> # x", "acked-by:joe@example.org" },
        { "Acked-by:  joe@example.org", "acked-by:joe@example.org" },
        { "Acked-by:  Joe Roe", "acked-by:Joe Roe" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *key = trailer_key(rows[i][0]);

        ck_assert_str_eq(key, rows[i][1]);
    }
}
END_TEST

START_TEST(senders)
{
    static const struct {
        const char *trailer, *name, *address;
        bool same;
    } rows[] = {
        { "Acked-by: Joe <joe@example.org>", "J. Roe", "joe@example.org", true },
        { "Acked-by: Joe <joe@example.org>", "J. Roe", "Joe@Example.Org", true },
        { "Acked-by: joe@example.org", "J. Roe", "joe@example.org", true },
        /* The name, whatever its case. */
        { "Acked-by: Joe Roe <joe@work.example.com>", "Joe Roe", "joe@example.org", true },
        { "Acked-by: JOË Roe <joe@work.example.com>", "joë ROE", "joe@example.org", true },
        { "Acked-by: \"Joe Roe\" <joe@work.example.com>", "Joe Roe", "joe@example.org", true },
        { "Acked-by: Joe Roe <joe@work.example.com>", "Joe", "joe@example.org", false },
        { "Acked-by: Joe <joe@work.example.com>", "Joe Roe", "joe@example.org", false },
        { "Acked-by: Joe Roe (Lab) <joe@work.example.com>", "Joe Roe", "joe@example.org", false },
        { "Acked-by: Joe Roe (Lab) <joe@example.org>", "Joe Roe", "joe@example.org", true },
        { "Acked-by: Joe Roe <joe@work.example.com>", "Roe, Joe", "joe@example.org", true },
        { "Acked-by: Ann Poe <ann@work.example.com>", "Roe, Joe", "joe@example.org", false },
        { "Acked-by: Joe Poe <joe@work.example.com>", "Roe, Joe", "joe@example.org", false },
        { "Acked-by: Joe Poe <joe@work.example.com>", ", Joe", "joe@example.org", false },
        { "Acked-by: joe@work.example.com", "", "joe@example.org", false },
        /* What is said behind the +, and a host in the same domain. */
        { "Acked-by: J <joe@example.org>", "", "joe+list@example.org", true },
        { "Acked-by: J <joe+x@example.org>", "", "joe+y@example.org", true },
        { "Acked-by: J <joe@example.org>", "", "ann+joe@example.org", false },
        { "Acked-by: J <joe@lab.example.org>", "", "joe@example.org", true },
        { "Acked-by: J <joe@example.org>", "", "joe@lab.example.org", true },
        { "Acked-by: J <joe+x@example.org>", "", "joe@lab.example.org", true },
        { "Acked-by: J <joe@example.org>", "", "joe@a.lab.example.org", false },
        { "Acked-by: J <joe@example.org>", "", "ann@lab.example.org", false },
        { "Acked-by: J <joe@example.org>", "", "joe@labexample.org", false },
        { "Acked-by: J <joe@example.org>", "", "joe@org", false },
        { "Acked-by: J <joe@a.example.org>", "", "joe@b.example.org", false },
        { "Acked-by: J <joe@example.org>", "", "", false },
        /* Nothing to go by. */
        { "Acked-by: Joe Roe", "Joe Roe", "joe@example.org", false },
        { "Acked-by: Joe Roe", "", "", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct mail mail = { .sender_name = rows[i].name, .sender_address = rows[i].address };

        ck_assert_msg(trailer_names_sender(rows[i].trailer, &mail) == rows[i].same, "%s of %s <%s>",
                      rows[i].trailer, rows[i].name, rows[i].address);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trailer");
    TCase *tests = tcase_create("trailer");

    tcase_add_test(tests, what_a_text_says);
    tcase_add_test(tests, keys);
    tcase_add_test(tests, senders);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
