/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index in other orders and with other formats, and what is asked for in vain. */
#include "screen_support.h"

#include <stdlib.h>
#include <string.h>

/* Three series: by title, by version and by trailers each order is another one. */
static void add_three(struct session *session)
{
    add(session, ANN, 0, "a", NULL, "[PATCH v3] beta", patch_body);
    add(session, BOB, 1, "ra", "a", "Re: [PATCH v3] beta", "Acked-by: Bob Sample <bob@example.com>\n");
    add(session, ANN, 2, "b", NULL, "[PATCH] alpha", patch_body);
    add(session, BOB, 3, "rb", "b", "Re: [PATCH] alpha",
        "Reviewed-by: Bob Sample <bob@example.com>\nTested-by: Bob Sample <bob@example.com>\n");
    add(session, ANN, 4, "c", NULL, "[PATCH v2] gamma", patch_body);
}

/* The rows show the words from top to bottom. */
static void assert_order(const struct session *session, const char *first, const char *second,
                         const char *third)
{
    ck_assert_int_eq(find(session, first), 1);
    ck_assert_int_eq(find(session, second), 2);
    ck_assert_int_eq(find(session, third), 3);
}

START_TEST(test_orders)
{
    struct session session = session_new();

    add_three(&session);
    start(&session);
    assert_order(&session, "gamma", "alpha", "beta");
    press(&session, "os");
    assert_order(&session, "alpha", "beta", "gamma");
    press(&session, "Os");
    assert_order(&session, "gamma", "beta", "alpha");
    press(&session, "ov");
    assert_order(&session, "beta", "gamma", "alpha");
    press(&session, "oe");
    assert_order(&session, "alpha", "beta", "gamma");
    /* A command that says the order asks nothing. */
    command(&session, "sort-mailbox version");
    ck_assert_ptr_null(session.app->prompt);
    assert_order(&session, "beta", "gamma", "alpha");
    command(&session, "sort-reverse subject");
    assert_order(&session, "gamma", "beta", "alpha");
    command(&session, "sort-mailbox height");
    assert_order(&session, "gamma", "beta", "alpha");
    ck_assert(session.app->message_is_error);
    session_free(&session);
}
END_TEST

START_TEST(test_formats)
{
    struct session session = session_new();

    add_three(&session);
    start(&session);
    command(&session, "set index_format='%D|%{%d.%m.}|%[%H:%M]|%(%y)|%s'");
    command(&session, "set date_format='%Y/%m'");
    assert_line(&session, 1, "2019/03|05.03.|00:00|19|gamma");
    command(&session, "set status_format='%m mails, %v of %t, hidden %h, %%'");
    find(&session, "5 mails, 3 of 3, hidden , %");
    command(&session, "limit beta");
    find(&session, "5 mails, 1 of 3, hidden 2, %");
    session_free(&session);
}
END_TEST

START_TEST(test_jump)
{
    struct session session = session_new();

    add_parts(&session, 12, 3);
    start(&session);
    command(&session, "bind index G jump");
    press(&session, ESCAPE "4G");
    assert_selected(&session, "part 8");
    press(&session, "G");
    press(&session, "none" ENTER);
    assert_message(&session, "The argument must be the number of an entry.");
    press(&session, "G0" ENTER);
    assert_message(&session, "The argument must be the number of an entry.");
    assert_selected(&session, "part 8");
    session_free(&session);
}
END_TEST

START_TEST(test_nothing_there)
{
    struct session session = session_new();

    add_parts(&session, 3, 3);
    start(&session);
    command(&session, "limit nothing");
    command(&session, "collapse-thread");
    assert_message(&session, "There are no entries.");
    command(&session, "search-next");
    assert_message(&session, "No search pattern.");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_order");
    TCase *tcase = tcase_create("index");

    tcase_add_test(tcase, test_orders);
    tcase_add_test(tcase, test_formats);
    tcase_add_test(tcase, test_jump);
    tcase_add_test(tcase, test_nothing_there);
    suite_add_tcase(suite, tcase);
    return run_screen_tests(suite);
}
