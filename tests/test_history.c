/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The history: whatever was indexed before, by whom and how far, what is asked for is found, each
 * mail once, with the rank it has among those of the range. */
#include "history_support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

START_TEST(finds_what_the_range_lacks)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 150);
    struct visit visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "5 100 140 141 150 777", "140@-10 100@-50 5@-145");
    /* What comes of it is asked for; nothing is given twice. */
    assert_found(&visit, "5 6 100", "6@-144");
    assert_found(&visit, "6", "");
    assert_read(&visit, 140, NULL);
    leave(&visit);
    list_free(&list);
}
END_TEST

START_TEST(model_has_it_from_elsewhere)
{
    struct list list = list_new("list.git");
    GArray *mine = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t rank = -17;

    list_add(&list, 1, 20);
    g_array_append_val(mine, rank);
    struct visit visit = visit_newest(list.path, 2, all);
    history_ask(visit.history, NULL, 0, mine);
    assert_found(&visit, "3 4", "4@-16");
    leave(&visit);
    g_array_unref(mine);
    list_free(&list);
}
END_TEST

/* The second time nothing is read, be the mails there or not. */
START_TEST(is_read_once)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 10, all, "3", "3@-97", 90, NULL);
    char *blob = g_strdup_printf("%s:m", list_id(&list, 3));
    support_remove_object(list.archive, blob);
    g_free(blob);
    check(list.path, 10, all, "3", "3@-97", 0, NULL);
    check(list.path, 50, none, "3 50 80", "50@-50 3@-97", 0, NULL);
    list_free(&list);
}
END_TEST

START_TEST(grows)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 10, all, "50", "50@-50", 90, NULL);
    list_add(&list, 101, 130);
    check(list.path, 10, all, "50 105 95", "105@-25 95@-35 50@-80", 20, NULL);
    check(list.path, 1, all, "50 130 129", "129@-1 50@-80", 0, NULL);
    list_free(&list);
}
END_TEST

/* A range that does not begin at the newest mail. */
START_TEST(range_in_the_past)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add(&list, 1, 100);
    ck_assert(range_set_revisions(&range, "HEAD~60..HEAD~50", NULL));
    struct visit visit = visit_range(list.path, &range, all);
    assert_found(&visit, "1 40 41 50 51 100", "100@50 51@1 40@-10 1@-49");
    assert_read(&visit, 90, NULL);
    leave(&visit);
    check(list.path, 10, all, "1 45", "45@-55 1@-99", 0, NULL);
    range_clear(&range);
    list_free(&list);
}
END_TEST

/* What came after the newest mail that a reader knows of, and was indexed by somebody else, is for
 * the reader to come across. */
START_TEST(newer_than_an_open_range)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add(&list, 1, 100);
    check(list.path, 1, all, "3", "3@-97", 99, NULL);
    ck_assert(range_set_revisions(&range, "HEAD~30..HEAD~20", NULL));
    for (int again = 0; again < 2; again++) {
        struct visit visit = visit_open(list.path, &range, all, true);
        assert_found(&visit, "40 75 80 81 100", "40@-40");
        list_add(&list, 101 + 10 * again, 110 + 10 * again);
        assert_found(&visit, "81 90 50", "50@-30");
        leave(&visit);
        range_clear(&range);
        ck_assert(range_set_revisions(&range, "HEAD~40..HEAD~30", NULL));
    }
    range_clear(&range);
    list_free(&list);
}
END_TEST

/* Dates that are out of order leave holes in a range. */
START_TEST(range_with_holes)
{
    struct list list = list_new("list.git");
    struct range range = { .has_since = true, .since = START + 10 * HOUR };

    list_add(&list, 1, 20);
    list_add_at(&list, 21, START);
    list_add_at(&list, 22, START + 22 * HOUR);
    struct visit visit = visit_range(list.path, &range, all);
    ck_assert_uint_eq(visit.commits, 12);
    assert_found(&visit, "22 21 20 9", "21@-1 9@-13");
    assert_read(&visit, 10, NULL);
    leave(&visit);
    list_free(&list);
}
END_TEST

START_TEST(not_on_the_line)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add(&list, 1, 4);
    char *branch = g_strdup_printf("%s\n", list_id(&list, 2));
    support_tag(list.archive, "side", list_id(&list, 4));
    write_text(list.path, "refs/heads/master", branch);
    ck_assert(range_set_revisions(&range, "HEAD..side", NULL));
    struct visit visit = visit_range(list.path, &range, all);
    assert_found(&visit, "1", "");
    assert_read(&visit, 0, "list");
    leave(&visit);
    range_clear(&range);
    g_free(branch);
    list_free(&list);
}
END_TEST

START_TEST(reaches_no_further)
{
    struct list list = list_new("list.git");
    /* The reading ends some dozens of mails behind. */
    struct history_reach reach = { .since = START + 81 * HOUR };

    list_add(&list, 1, 160);
    check(list.path, 10, none, "160 150", "", 0, NULL);
    check(list.path, 10, reach, "150 81 80 10", "150@-10 81@-79", 70, NULL);
    check(list.path, 10, reach, "150 81 80 10", "150@-10 81@-79", 0, NULL);
    check(list.path, 10, none, "81 80", "81@-79", 0, NULL);
    check(list.path, 10, all, "80 81", "81@-79 80@-80", 80, NULL);
    /* What is known is used, however far it reaches. */
    check(list.path, 10, reach, "10", "10@-150", 0, NULL);
    list_free(&list);
}
END_TEST

START_TEST(parses_a_reach)
{
    struct history_reach reach;
    GError *error = NULL;

    ck_assert(history_parse_reach("all", START, &reach, NULL));
    ck_assert(reach.everything);
    ck_assert(history_parse_reach("none", START, &reach, NULL));
    ck_assert(!reach.everything);
    ck_assert(reach.since == INT64_MAX);
    ck_assert(history_parse_reach("2 hours ago", START, &reach, NULL));
    ck_assert(!reach.everything);
    ck_assert(reach.since == START - 2 * HOUR);
    ck_assert(!history_parse_reach("some", START, &reach, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "some"));
    g_error_free(error);
}
END_TEST

/* Left at any moment, it goes on from there the next time. */
START_TEST(goes_on_after_an_end)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 200);
    for (int i = 0; i < 6; i++) {
        struct visit visit = visit_newest(list.path, 1 + (unsigned)i * 13, all);
        for (int j = 0; j < i; j++)
            g_async_queue_timeout_pop(visit.wakes, 1000);
        leave(&visit);
        list_add(&list, 201 + i, 201 + i);
    }
    struct visit visit = visit_newest(list.path, 3, all);
    assert_found(&visit, "1 100 150 199 202 206", "202@-4 199@-7 150@-56 100@-106 1@-205");
    leave(&visit);
    check(list.path, 3, all, "1", "1@-205", 0, NULL);
    list_free(&list);
}
END_TEST

START_TEST(stops)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 100, all, "1", "", 0, NULL);
    list_add(&list, 101, 102);
    struct visit visit = visit_newest(list.path, 1, all);
    history_stop(visit.history);
    ask(&visit, "1 2");
    char *found = take_all(&visit);
    ck_assert_ptr_nonnull(strstr(found, "2@-100 1@-101"));
    g_free(found);
    leave(&visit);
    list_free(&list);
}
END_TEST

START_TEST(rewritten)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 10, all, "80", "80@-20", 90, NULL);
    char *branch = g_strdup_printf("%s\n", list_id(&list, 60));
    support_archive_free(list.archive);
    write_text(list.path, "refs/heads/master", branch);
    g_free(branch);
    list.archive = support_archive_open(list.path);
    list_add(&list, 201, 220);
    check(list.path, 10, all, "80 60 205", "205@-15 60@-20", 70, NULL);
    check(list.path, 10, all, "80 60 205", "205@-15 60@-20", 0, NULL);
    list_free(&list);
}
END_TEST

/* The same archive at another place, that has been fetched less far: not what it lacks is found. */
START_TEST(other_copies)
{
    struct list list = list_new("list.git"), copy = list_new("copy.git"), old = list_new("old.git");

    list_add(&list, 1, 100);
    list_add(&copy, 1, 100);
    list_add(&old, 1, 70);
    check(list.path, 10, all, "60", "60@-40", 90, NULL);
    check(copy.path, 10, all, "60", "60@-40", 0, NULL);
    check(old.path, 10, all, "60 75", "60@-10", 0, NULL);
    list_add(&old, 71, 72);
    check(old.path, 10, all, "60 70 75", "60@-12", 0, NULL);
    check(copy.path, 10, all, "75", "75@-25", 0, NULL);
    list_free(&old);
    list_free(&copy);
    list_free(&list);
}
END_TEST

START_TEST(epochs)
{
    struct list inbox[4];
    const char *folder = support_folder();

    make_inbox(inbox, folder);
    check(folder, 1, all, "1 3 5 6", "5@-1 3@-3 1@-5", 5, NULL);
    check(folder, 1, all, "1 3 5 6", "5@-1 3@-3 1@-5", 0, NULL);
    list_add(&inbox[3], 7, 8);
    check(folder, 1, all, "1 7", "7@-1 1@-7", 1, NULL);
    /* Mails that come into the midst of the history put it out of count. */
    list_add(&inbox[0], 30, 31);
    check(folder, 1, all, "1 2 3 7 30 31", "7@-1 3@-5 31@-6 30@-7 2@-8 1@-9", 9, NULL);
    check(folder, 1, all, "30", "30@-7", 0, NULL);
    free_inbox(inbox);
}
END_TEST

/* An epoch that was rewritten, and one that was not there at first. */
START_TEST(epochs_in_between)
{
    struct list inbox[4];
    const char *folder = support_folder();
    char *there = support_path(folder, "2.git"), *away = support_path(folder, "away");

    make_inbox(inbox, folder);
    ck_assert_int_eq(g_rename(there, away), 0);
    check(folder, 1, all, "1 3 5", "5@-1 1@-3", 3, NULL);
    ck_assert_int_eq(g_rename(away, there), 0);
    check(folder, 1, all, "1 3 5", "5@-1 3@-3 1@-5", 5, NULL);
    support_archive_free(inbox[1].archive);
    char *branch = g_strdup_printf("%s\n", list_id(&inbox[1], 1));
    write_text(there, "refs/heads/master", branch);
    g_free(branch);
    inbox[1].archive = support_archive_open(there);
    list_add(&inbox[1], 40, 41);
    check(folder, 1, all, "1 3 4 40 41", "41@-2 40@-3 3@-4 1@-6", 6, NULL);
    g_free(there);
    g_free(away);
    free_inbox(inbox);
}
END_TEST

START_TEST(withdrawn)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 40);
    list_withdraw(&list, 7, START + 41 * HOUR);
    list_add(&list, 42, 60);
    check(list.path, 5, all, "7", "-7@-19 7@-53", 55, NULL);
    check(list.path, 30, all, "7", "7@-53", 0, NULL);
    list_free(&list);
}
END_TEST

/* What cannot be read is counted once, and is in nobody's way. */
START_TEST(unreadable)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 50);
    char *blob = g_strdup_printf("%s:m", list_id(&list, 20));
    support_remove_object(list.archive, blob);
    check(list.path, 5, all, "19 20 21", "21@-29 19@-31", 45, "1 mail");
    check(list.path, 5, all, "19 20 21", "21@-29 19@-31", 0, NULL);

    /* It is there again, or in this clone. */
    struct list whole = list_new("whole.git");
    list_add(&whole, 1, 50);
    ck_assert_str_eq(list_id(&whole, 1), list_id(&list, 1));
    check(whole.path, 5, all, "19 20 21", "21@-29 20@-30 19@-31", 0, NULL);
    check(whole.path, 5, none, "19 20 21", "21@-29 20@-30 19@-31", 0, NULL);
    list_free(&whole);
    g_free(blob);
    list_free(&list);
}
END_TEST

START_TEST(history_that_breaks_off)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 50);
    support_remove_object(list.archive, list_id(&list, 20));
    check(list.path, 5, all, "19 20 21", "21@-29", 30, "missing");
    list_free(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("history");
    TCase *tests = tcase_create("history");

    archive_startup(false);
    mail_startup();
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, finds_what_the_range_lacks);
    tcase_add_test(tests, model_has_it_from_elsewhere);
    tcase_add_test(tests, is_read_once);
    tcase_add_test(tests, grows);
    tcase_add_test(tests, range_in_the_past);
    tcase_add_test(tests, newer_than_an_open_range);
    tcase_add_test(tests, range_with_holes);
    tcase_add_test(tests, not_on_the_line);
    tcase_add_test(tests, reaches_no_further);
    tcase_add_test(tests, parses_a_reach);
    tcase_add_test(tests, goes_on_after_an_end);
    tcase_add_test(tests, stops);
    tcase_add_test(tests, rewritten);
    tcase_add_test(tests, other_copies);
    tcase_add_test(tests, epochs);
    tcase_add_test(tests, epochs_in_between);
    tcase_add_test(tests, withdrawn);
    tcase_add_test(tests, unreadable);
    tcase_add_test(tests, history_that_breaks_off);
    suite_add_tcase(suite, tests);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
