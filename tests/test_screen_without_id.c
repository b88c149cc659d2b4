/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mails without a Message-ID, and what else a command can find nothing to do with. */
#include "screen_support.h"

#include <stdlib.h>
#include <string.h>

/* A patch that has no Message-ID, on top of two that have. */
static struct session session_without_id(void)
{
    static const char mail[] = "From: " ANN "\nDate: Sun, 10 Mar 2019 00:00:00 +0000\n"
                               "Subject: [PATCH] nameless\n\nWhat it does.\n";
    struct session session = session_new();

    add_parts(&session, 2, 3);
    support_add(session.writer, START + 9 * DAY, mail, sizeof mail - 1);
    return session;
}

START_TEST(test_nothing_to_copy)
{
    struct session session = session_without_id();

    start(&session);
    assert_selected(&session, "nameless");
    command(&session, "yank-message-id");
    assert_message(&session, "There is no Message-ID.");
    command(&session, "yank-link");
    assert_message(&session, "There is no Message-ID.");
    /* Of several those are copied that have one. */
    command(&session, "tag-pattern ~A");
    press(&session, ";");
    command(&session, "yank-message-id");
    press(&session, "j");
    command(&session, "yank-message-id");
    assert_message(&session, "Copied <m1@example.org>.");
    session_free(&session);
}
END_TEST

START_TEST(test_nothing_to_join)
{
    struct session session = session_without_id();

    start(&session);
    press(&session, "jt" "=");
    assert_selected(&session, "nameless");
    command(&session, "link-threads");
    assert_message(&session, "Without a Message-ID nothing can be said of it.");
    find(&session, "[Series 3");
    session_free(&session);
}
END_TEST

/* A command's last word may be a file. */
START_TEST(test_words_of_a_command)
{
    struct session session = session_without_id();
    g_autofree char *file = support_path(support_folder(), "some-name");
    g_autofree char *begin = g_strndup(file, strlen(file) - strlen("name"));
    g_autofree char *line = g_strdup_printf("|cat >%s", begin);

    support_write(file, "", 0);
    start(&session);
    resize(&session, 24, 160);
    press(&session, line);
    press(&session, "\t");
    ck_assert(!shows(&session, "some-name"));
    press(&session, "\007");
    line[strlen("|cat ")] = ' ';
    press(&session, line);
    press(&session, "\t");
    find(&session, "some-name");
    press(&session, "\007");
    session_free(&session);
}
END_TEST

/* A line that a key brings is done at once. */
START_TEST(test_bound_line)
{
    struct session session = session_without_id();

    start(&session);
    command(&session, "bind index X enter-command 'limit nameless'");
    press(&session, "X");
    ck_assert_ptr_null(session.app->prompt);
    find(&session, "Limit: nameless");
    session_free(&session);
}
END_TEST

START_TEST(test_several_series)
{
    struct session session = session_without_id();
    g_autofree char *file = support_path(support_folder(), "saved");

    start(&session);
    resize(&session, 24, 160);
    command(&session, "tag-pattern ~A");
    press(&session, ";s" "\025");
    press(&session, file);
    press(&session, ENTER);
    find(&session, "3 patches of 3 series");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_without_id");
    TCase *tcase = tcase_create("without");

    tcase_add_test(tcase, test_nothing_to_copy);
    tcase_add_test(tcase, test_nothing_to_join);
    tcase_add_test(tcase, test_words_of_a_command);
    tcase_add_test(tcase, test_bound_line);
    tcase_add_test(tcase, test_several_series);
    suite_add_tcase(suite, tcase);
    return run_screen_tests(suite);
}
