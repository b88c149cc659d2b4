/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control-C and "stop" wherever they come, and commands whose time has not come. */
#include "screen_support.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void interrupt(struct session *session)
{
    app_signal(SIGINT, session->app);
    ck_assert(app_run_until_idle(session->app));
}

START_TEST(test_interrupt)
{
    struct session session = session_new();

    add_parts(&session, 12, 3);
    start(&session);
    interrupt(&session);
    assert_message(&session, "Nothing is running; the command quit leaves pore.");
    /* A prompt is left, and what was begun is taken back. */
    press(&session, "l~f");
    ck_assert_ptr_nonnull(session.app->prompt);
    interrupt(&session);
    ck_assert_ptr_null(session.app->prompt);
    press(&session, ";");
    assert_message(&session, "tag-");
    interrupt(&session);
    assert_message(&session, "");
    press(&session, "j");
    assert_selected(&session, "part 10");
    session_free(&session);
}
END_TEST

/* What is being read is left at what there is. */
START_TEST(test_while_reading)
{
    struct session session = session_new();

    add_parts(&session, 40, 3);
    start_unread(&session);
    app_signal(SIGINT, session.app);
    ck_assert(app_run_until_idle(session.app));
    interrupt(&session);
    assert_message(&session, "Nothing is running; the command quit leaves pore.");
    session_free(&session);
}
END_TEST

START_TEST(test_no_pattern)
{
    static const char *const views[] = { "", ENTER, ENTER ENTER, "?" };
    struct session session = session_new();

    add_series(&session);
    start(&session);
    for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
        press(&session, views[i]);
        command(&session, "search-next");
        assert_message(&session, "No search pattern.");
        command(&session, "search-opposite");
        assert_message(&session, "No search pattern.");
        for (size_t j = 0; j < strlen(views[i]); j++)
            press(&session, "q");
    }
    press(&session, "/");
    press(&session, "(" ENTER);
    ck_assert(session.app->message_is_error);
    session_free(&session);
}
END_TEST

/* From a mail to the next series, with the view beneath. */
START_TEST(test_next_series_in_pager)
{
    struct session session = session_new();

    add_parts(&session, 4, 3);
    start(&session);
    press(&session, ENTER ENTER);
    find(&session, "Subject: [PATCH] part 3");
    command(&session, "next-thread");
    find(&session, "Subject: [PATCH] part 2");
    command(&session, "previous-thread");
    find(&session, "Subject: [PATCH] part 3");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_interrupt");
    TCase *tcase = tcase_create("interrupt");

    tcase_add_test(tcase, test_interrupt);
    tcase_add_test(tcase, test_while_reading);
    tcase_add_test(tcase, test_no_pattern);
    tcase_add_test(tcase, test_next_series_in_pager);
    suite_add_tcase(suite, tcase);
    return run_screen_tests(suite);
}
