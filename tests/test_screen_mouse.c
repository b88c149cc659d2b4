/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mouse: what is clicked is selected, a second click opens it, the wheel moves. */
#include "screen_support.h"

#include <stdlib.h>

#define LEFT 0
#define MIDDLE 1
#define RIGHT 2
#define WHEEL_UP 64
#define WHEEL_DOWN 65

/* Presses BUTTON over ROW, and lets go. */
static void click(struct session *session, int button, int row)
{
    g_autofree char *bytes = g_strdup_printf("\033[<%d;5;%dM", button, row + 1);
    g_autofree char *release = g_strdup_printf("\033[<%d;5;%dm", button, row + 1);

    press(session, bytes);
    if (button <= RIGHT)
        press(session, release);
}

START_TEST(test_index)
{
    struct session session = session_new();

    add_parts(&session, 40, 3);
    start(&session);
    command(&session, "set mouse");
    click(&session, LEFT, 4);
    assert_selected(&session, "part 36");
    /* The bars, and what else is no row, are passed over. */
    click(&session, LEFT, 0);
    click(&session, LEFT, 22);
    click(&session, LEFT, 23);
    assert_selected(&session, "part 36");
    /* The wheel moves what is shown, and what is selected stays on the screen. */
    click(&session, WHEEL_DOWN, 4);
    ck_assert_int_eq(find(&session, "part 36"), 1);
    assert_selected(&session, "part 36");
    click(&session, WHEEL_DOWN, 4);
    ck_assert_int_eq(find(&session, "part 33"), 1);
    assert_selected(&session, "part 33");
    click(&session, WHEEL_UP, 10);
    click(&session, WHEEL_UP, 10);
    ck_assert_int_eq(find(&session, "part 39"), 1);
    click(&session, MIDDLE, 4);
    click(&session, RIGHT, 4);
    click(&session, LEFT, 6);
    assert_selected(&session, "part 34");
    /* Two in half a second are a double click: on a slow day it takes several tries. */
    for (int i = 0; i < 100 && !shows(&session, "Patches:1/1"); i++)
        click(&session, LEFT, 6);
    find(&session, "[v1 Patches:1/1");
    press(&session, "q");
    command(&session, "limit ~f^Bob");
    click(&session, LEFT, 3);
    assert_selected(&session, "part 33");
    click(&session, LEFT, 20);
    assert_selected(&session, "part 33");
    session_free(&session);
}
END_TEST

START_TEST(test_prompt)
{
    struct session session = session_new();

    add_parts(&session, 12, 3);
    start(&session);
    command(&session, "set mouse");
    press(&session, "l~f");
    click(&session, LEFT, 4);
    assert_message(&session, "Limit to series matching: ~f");
    press(&session, "\007");
    assert_selected(&session, "part 11");
    /* What was clicked meanwhile is not done now. */
    click(&session, LEFT, 2);
    assert_selected(&session, "part 10");
    session_free(&session);
}
END_TEST

/* Where there is nothing to be selected the wheel scrolls. */
START_TEST(test_pager)
{
    struct session session = session_new();
    g_autoptr(GString) body = g_string_new(NULL);

    for (int i = 1; i <= 100; i++)
        g_string_append_printf(body, "line %d\n", i);
    add(&session, ANN, 0, "a", NULL, "[PATCH] long", body->str);
    start(&session);
    command(&session, "set mouse");
    press(&session, ENTER ENTER);
    assert_line(&session, 6, "line 1");
    click(&session, WHEEL_DOWN, 5);
    assert_line(&session, 3, "line 1");
    click(&session, LEFT, 8);
    assert_line(&session, 3, "line 1");
    click(&session, WHEEL_UP, 5);
    assert_line(&session, 6, "line 1");
    session_free(&session);
}
END_TEST

/* In the rows that stand above a mail a click opens another one. */
START_TEST(test_rows_above)
{
    struct session session = session_new();

    add_series(&session);
    start(&session);
    command(&session, "set mouse pager_index_lines=4");
    press(&session, "j" ENTER ENTER);
    find(&session, "Cover.");
    ck_assert_int_eq(selected(&session), 1);
    click(&session, LEFT, 2);
    find(&session, "What it does.");
    ck_assert_int_eq(selected(&session), 2);
    click(&session, LEFT, 9);
    find(&session, "What it does.");
    ck_assert_int_eq(selected(&session), 2);
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_mouse");
    TCase *tcase = tcase_create("mouse");

    tcase_add_test(tcase, test_index);
    tcase_add_test(tcase, test_prompt);
    tcase_add_test(tcase, test_pager);
    tcase_add_test(tcase, test_rows_above);
    suite_add_tcase(suite, tcase);
    return run_screen_tests(suite);
}
