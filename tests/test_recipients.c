/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a field names, and what is written of it. */
#include "mail/mail.h"
#include "mail/recipients.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The field that FIELD is read and written as; PROBLEM is what in it is no address. */
static char *again(const char *field, const char *problem)
{
    GPtrArray *list = recipients_new();
    GString *text = g_string_new(NULL);
    char *wrong = recipients_read(list, field, strlen(field), true);

    ck_assert_pstr_eq(wrong, problem);
    recipients_append(text, "To", list);
    g_free(wrong);
    g_ptr_array_unref(list);
    return g_string_free(text, FALSE);
}

/* RFC 5322 allows no dot there, but there were telephones with such addresses. */
START_TEST(dots_beside_the_at)
{
    static const char *const fields[] = { "ann.@example.org", "<ann.@example.org>",
                                          "ann.@example.org <ann.@example.org>" };
    char *text;

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        text = again(fields[i], NULL);
        ck_assert_str_eq(text, "To: ann.@example.org\n");
        g_free(text);
    }
    text = again("a..b@example.org , .bo@example.com", NULL);
    ck_assert_str_eq(text, "To: a..b@example.org, .bo@example.com\n");
    g_free(text);
    text = again("ann.@, ann.@example..org, bo@example.com", "ann.@");
    ck_assert_str_eq(text, "To: bo@example.com\n");
    g_free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recipients");
    TCase *tests = tcase_create("recipients");

    mail_startup();
    tcase_add_test(tests, dots_beside_the_at);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
