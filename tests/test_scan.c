/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scan: everything of the range, in order, whatever the number of readers; what cannot be read
 * is counted; it can be left at any moment. */
#include "scan.h"
#include "support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MAILS 300

static const struct range everything = { .all = true };

/* An archive of MAILS mails, the oldest with the subject "0". The commit of the one with
 * number BROKEN loses its mail; -1 for none. */
static struct archive *make_archive(int broken)
{
    char *path = support_path(support_folder(), "list.git");
    struct support_archive *making = support_archive_new(path);
    struct archive *archive;

    for (int i = 0; i < MAILS; i++) {
        char *mail = g_strdup_printf("From: a@example.org\nSubject: %d\nMessage-ID: <%d@example.org>\n\n"
                                     "Text %d.\n", i, i, i);
        char *blob = g_strdup_printf("%s:m", support_add(making, 1700000000 + i, mail, strlen(mail)));

        if (i == broken)
            support_remove_object(making, blob);
        g_free(blob);
        g_free(mail);
    }
    support_archive_free(making);
    archive = archive_open(path, NULL);
    ck_assert_ptr_nonnull(archive);
    free(path);
    return archive;
}

static void check_whole(unsigned readers)
{
    struct archive *archive = make_archive(-1);
    struct scan *scan = scan_start(archive, &everything, readers, NULL, NULL, NULL);
    struct mail_batch *batch;
    int next = MAILS - 1;

    ck_assert_ptr_nonnull(scan);
    while ((batch = scan_wait(scan))) {
        ck_assert_uint_eq(batch->problems->len, 0);
        for (guint i = 0; i < batch->mails->len; i++)
            ck_assert_int_eq(atoi(g_array_index(batch->mails, struct mail, i).subject), next--);
        mail_batch_free(batch);
    }
    ck_assert_int_eq(next, -1);
    ck_assert(scan_finished(scan));
    scan_free(scan);
    archive_close(archive);
}

START_TEST(in_order_whatever_the_readers)
{
    check_whole((unsigned)_i);
}
END_TEST

START_TEST(missing_mail_is_one_problem)
{
    struct archive *archive = make_archive(100);
    struct scan *scan = scan_start(archive, &everything, 2, NULL, NULL, NULL);
    struct mail_batch *batch;
    guint mails = 0, problems = 0;

    while ((batch = scan_wait(scan))) {
        mails += batch->mails->len;
        problems += batch->problems->len;
        mail_batch_free(batch);
    }
    ck_assert_uint_eq(mails, MAILS - 1);
    ck_assert_uint_eq(problems, 1);
    scan_free(scan);
    archive_close(archive);
}
END_TEST

/* Nobody takes anything, or only the first batch: the threads wait, and end when told. */
START_TEST(can_be_left)
{
    struct archive *archive = make_archive(-1);
    struct scan *scan = scan_start(archive, &everything, 2, NULL, NULL, NULL);

    if (_i == 1)
        mail_batch_free(scan_wait(scan));
    scan_free(scan);
    archive_close(archive);
}
END_TEST

static void wake(void *data)
{
    GAsyncQueue *wakes = data;

    g_async_queue_push(wakes, GINT_TO_POINTER(1));
}

/* An event loop sleeps until it is woken: taking all there is at each wake must reach the end. */
START_TEST(wakes_are_enough_to_reach_the_end)
{
    struct archive *archive = make_archive(-1);
    GAsyncQueue *wakes = g_async_queue_new();
    struct scan *scan = scan_start(archive, &everything, 2, wake, wakes, NULL);
    guint mails = 0;

    while (!scan_finished(scan)) {
        struct mail_batch *batch;

        g_async_queue_pop(wakes);
        while ((batch = scan_take(scan))) {
            mails += batch->mails->len;
            mail_batch_free(batch);
        }
    }
    ck_assert_uint_eq(mails, MAILS);
    scan_free(scan);
    g_async_queue_unref(wakes);
    archive_close(archive);
}
END_TEST

START_TEST(unknown_range_is_known_at_once)
{
    struct archive *archive = make_archive(-1);
    struct range range = { 0 };
    GError *error = NULL;

    ck_assert(range_set_revisions(&range, "nowhere..HEAD", NULL));
    ck_assert_ptr_null(scan_start(archive, &range, 2, NULL, NULL, &error));
    ck_assert(g_error_matches(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE));
    ck_assert_ptr_nonnull(strstr(error->message, "nowhere"));
    g_error_free(error);
    range_clear(&range);
    archive_close(archive);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan");
    TCase *tests = tcase_create("scan");
    SRunner *runner = srunner_create(suite);
    int failed;

    archive_startup(false);
    mail_startup();
    tcase_add_loop_test(tests, in_order_whatever_the_readers, 0, 5);
    tcase_add_test(tests, missing_mail_is_one_problem);
    tcase_add_loop_test(tests, can_be_left, 0, 2);
    tcase_add_test(tests, wakes_are_enough_to_reach_the_end);
    tcase_add_test(tests, unknown_range_is_known_at_once);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    archive_shutdown();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
