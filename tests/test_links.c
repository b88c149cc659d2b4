/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The links of mails in web archives. */
#include "deliver.h"
#include "run_suite.h"

#include <check.h>
#include <glib.h>

START_TEST(test_links)
{
    static const struct {
        const char *format, *id, *wanted;
    } cases[] = {
        {"https://example.org/r/%s", "1@example.org", "https://example.org/r/1@example.org"},
        {"https://example.org/%s/raw?100%%=%s", "a/b", "https://example.org/a%2Fb/raw?100%=a%2Fb"},
        {"x/%s", "a+b=c$d&e~f_g-h.i@j", "x/a+b=c$d&e~f_g-h.i@j"},
        {"x/%s", "100%s?#[]<>\" \n\303\251", "x/100%25s%3F%23%5B%5D%3C%3E%22%20%0A%C3%A9"},
        {"x/%d%", "a", "x/%d%"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *link = deliver_link(cases[i].format, cases[i].id);
        ck_assert_str_eq(link, cases[i].wanted);
        g_free(link);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("links");
    TCase *tests = tcase_create("links");

    tcase_add_test(tests, test_links);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
