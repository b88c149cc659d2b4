/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Series joined and parted on the screen. */
#include "screen_marks_support.h"

START_TEST(test_link)
{
    struct session session = parts_new();
    press(&session, "&");
    assert_message(&session, "First tag the series that are to be joined with this one.");
    press(&session, "=jtt" "=&");
    assert_message(&session, "2 series were joined with this one.");
    find(&session, "[Series 2, 2 skipped");
    press(&session, ENTER);
    find(&session, series_rule_text(SERIES_RULE_CORRECTION));
    /* One may take the place of another. */
    press(&session, "v#");
    assert_message(&session, "Version 1 was parted from version 1.");
    press(&session, "u");
    assert_message(&session, "The correction was undone.");
    /* They are taken back as they were made, all at once. */
    press(&session, "qu");
    assert_message(&session, "The corrections were undone.");
    find(&session, "[Series 4");
    session_free(&session);
}
END_TEST

START_TEST(test_linked_in_a_digest)
{
    struct session session = parts_new();
    press(&session, "=jtt" "=&");
    press(&session, ESCAPE "d");
    find(&session, "2 skipped, a later posting is listed: 2 by a correction");
    session_free(&session);
}
END_TEST

START_TEST(test_break)
{
    struct session session = session_new();
    add_first_version(&session);
    add_second_version(&session);
    start(&session);
    find(&session, "[Series 1, 1 skipped");
    /* The newest one is parted from the one before it. */
    press(&session, "#");
    assert_message(&session, "Version 2 was parted from version 1.");
    find(&session, "[Series 2]");
    press(&session, "#");
    assert_message(&session, "There is only one version.");
    press(&session, "u");
    find(&session, "[Series 1, 1 skipped");
    /* In a series the version that is selected. */
    press(&session, ENTER "v#");
    assert_message(&session, "Version 1 was parted from version 2.");
    ck_assert(!shows(&session, "Revisions\n"));
    press(&session, "u");
    ck_assert(shows(&session, "Revisions\n"));
    press(&session, "q" ESCAPE "v" "j#");
    assert_message(&session, "Version 1 was parted from version 2.");
    leave(&session);
    start(&session);
    find(&session, "[Series 2]");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_corrections");
    TCase *marks = tcase_create("marks");
    tcase_add_test(marks, test_link);
    tcase_add_test(marks, test_linked_in_a_digest);
    tcase_add_test(marks, test_break);
    suite_add_tcase(suite, marks);
    return run_screen_tests(suite);
}
