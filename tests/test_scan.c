/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scan: everything of the range, in order, whatever the number of readers; what cannot be read
 * is counted; it can be left at any moment. */
#include "scan.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MAILS 300

static const struct range everything = { .all = true };

/* Starts to read everything; the caller sets what else it wants. */
static struct scan_options options_for(unsigned readers)
{
    return (struct scan_options) { .range = &everything, .readers = readers };
}

static struct scan *start(const struct archive *archive, unsigned readers)
{
    struct scan_options options = options_for(readers);
    GError *error = NULL;
    struct scan *scan = scan_start(archive, &options, &error);

    ck_assert_msg(scan != NULL, "%s", error != NULL ? error->message : "no error");
    return scan;
}

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
    struct scan *scan = start(archive, readers);
    struct scan_batch *batch;
    int next = MAILS - 1;

    while ((batch = scan_wait(scan))) {
        ck_assert_uint_eq(batch->mails->problems->len, 0);
        for (guint i = 0; i < batch->mails->mails->len; i++)
            ck_assert_int_eq(atoi(g_array_index(batch->mails->mails, struct mail, i).subject), next--);
        scan_batch_free(batch);
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
    struct scan *scan = start(archive, 2);
    struct scan_batch *batch;
    guint mails = 0, problems = 0;

    while ((batch = scan_wait(scan))) {
        mails += batch->mails->mails->len;
        problems += batch->mails->problems->len;
        scan_batch_free(batch);
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
    struct scan *scan = start(archive, 2);

    if (_i == 1)
        scan_batch_free(scan_wait(scan));
    scan_free(scan);
    archive_close(archive);
}
END_TEST

/* What comes with OPTIONS: how much, and the first and the last mail as "number@rank". The caller
 * frees it. */
static char *read_with(const struct archive *archive, struct scan_options *options)
{
    struct scan *scan = scan_start(archive, options, NULL);
    struct scan_batch *batch;
    GPtrArray *batches = g_ptr_array_new();
    GString *text = g_string_new(NULL);
    struct mail first, last;
    guint mails = 0, commits = 0, problems = 0;

    ck_assert_ptr_nonnull(scan);
    while ((batch = scan_wait(scan))) {
        g_ptr_array_add(batches, batch);
        commits += batch->commits->len;
        problems += batch->mails->problems->len;
        if (batch->mails->mails->len == 0)
            continue;
        if (mails == 0)
            first = g_array_index(batch->mails->mails, struct mail, 0);
        last = g_array_index(batch->mails->mails, struct mail, batch->mails->mails->len - 1);
        mails += batch->mails->mails->len;
    }
    g_string_printf(text, "%u commits %u mails %u problems", commits, mails, problems);
    if (mails > 0)
        g_string_append_printf(text, " %s@%d to %s@%d", first.subject, (int)first.place.arrival,
                               last.subject, (int)last.place.arrival);
    for (guint i = 0; i < batches->len; i++)
        scan_batch_free(g_ptr_array_index(batches, i));
    g_ptr_array_unref(batches);
    scan_free(scan);
    return g_string_free(text, FALSE);
}

static void assert_read(const struct archive *archive, struct scan_options options,
                        const char *expected)
{
    char *text = read_with(archive, &options);

    ck_assert_str_eq(text, expected);
    g_free(text);
}

/* An index of ARCHIVE's commits but the newest SKIPPED at PATH, as a scan gives them. */
static struct mail_index *make_index(const struct archive *archive, const char *path, guint skipped)
{
    struct mail_index *index = mail_index_open_to_write(path, NULL);
    struct scan *scan = start(archive, 2);
    struct scan_batch *batch;

    ck_assert_ptr_nonnull(index);
    ck_assert(mail_index_lock(index));
    while ((batch = scan_wait(scan))) {
        guint mail = 0;
        for (guint i = 0; i < batch->commits->len; i++) {
            const struct archive_commit *commit =
                &g_array_index(batch->commits, struct archive_commit, i);
            const struct mail *found = NULL;
            if (mail < batch->mails->mails->len)
                found = &g_array_index(batch->mails->mails, struct mail, mail);
            if (found && found->place.arrival == commit->place.arrival)
                mail++;
            else
                found = NULL;
            if (skipped > 0)
                skipped--;
            else
                mail_index_add(index, commit->place.arrival, commit, found);
        }
        if (mail_index_pending(index) > 0)
            ck_assert(mail_index_commit(index, NULL));
        scan_batch_free(batch);
    }
    scan_free(scan);
    return index;
}

START_TEST(ranks_above_a_floor)
{
    struct archive *archive = make_archive(-1);
    struct scan_options options = options_for(2);

    assert_read(archive, options, "300 commits 300 mails 0 problems 299@0 to 0@-299");
    options.above = true;
    options.floor = 1000;
    assert_read(archive, options, "300 commits 300 mails 0 problems 299@1300 to 0@1001");
    archive_close(archive);
}
END_TEST

/* What an index knows comes from there, or is passed over. */
START_TEST(reads_from_an_index)
{
    struct archive *archive = make_archive(-1), *broken;
    char *path = support_path(support_folder(), "index");
    struct scan_options options = options_for(2);

    mail_index_close(make_index(archive, path, 100));
    /* Mail 150, say, is there no more. */
    broken = make_archive(150);
    assert_read(broken, options, "300 commits 299 mails 1 problems 299@0 to 0@-299");
    options.index = mail_index_open(path, NULL);
    assert_read(broken, options, "300 commits 300 mails 0 problems 299@0 to 0@-299");
    options.index = mail_index_open(path, NULL);
    options.unknown_only = true;
    assert_read(broken, options, "100 commits 100 mails 0 problems 299@0 to 200@-99");
    mail_index_close(make_index(archive, path, 0));
    options.index = mail_index_open(path, NULL);
    assert_read(broken, options, "0 commits 0 mails 0 problems");
    archive_close(broken);
    archive_close(archive);
    free(path);
}
END_TEST

/* When the last batch has come the index can be made anew. */
START_TEST(leaves_the_index_at_the_end)
{
    struct archive *archive = make_archive(-1);
    char *path = support_path(support_folder(), "index");
    struct scan_options options = options_for(2);
    struct mail_index *index;
    struct scan_batch *batch;
    struct scan *scan;

    mail_index_close(make_index(archive, path, 0));
    index = mail_index_open_to_write(path, NULL);
    ck_assert(mail_index_lock(index));
    options.index = mail_index_open(path, NULL);
    scan = scan_start(archive, &options, NULL);
    while ((batch = scan_wait(scan)))
        scan_batch_free(batch);
    ck_assert(mail_index_clear(index, NULL));
    scan_free(scan);
    mail_index_close(index);
    archive_close(archive);
    free(path);
}
END_TEST

/* What could not be read when it was indexed is tried again. */
START_TEST(reads_what_the_index_lacks)
{
    struct archive *archive = make_archive(-1), *broken = make_archive(150);
    char *path = support_path(support_folder(), "index");
    struct scan_options options = options_for(2);

    options.index = make_index(broken, path, 0);
    assert_read(archive, options, "300 commits 300 mails 0 problems 299@0 to 0@-299");
    archive_close(broken);
    archive_close(archive);
    free(path);
}
END_TEST

/* The index is closed, whatever comes of it. */
START_TEST(takes_the_index_when_it_fails)
{
    struct archive *archive = make_archive(-1);
    struct range range = { .has_since = true, .since = INT64_MAX };
    struct scan_options options = { .range = &range, .readers = 2 };

    options.index = mail_index_open_temporary(NULL);
    ck_assert_ptr_null(scan_start(archive, &options, NULL));
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
    struct scan_options options = options_for(2);
    guint mails = 0;

    options.notify = wake;
    options.data = wakes;
    struct scan *scan = scan_start(archive, &options, NULL);
    ck_assert_ptr_nonnull(scan);

    while (!scan_finished(scan)) {
        struct scan_batch *batch;

        g_async_queue_pop(wakes);
        while ((batch = scan_take(scan))) {
            mails += batch->mails->mails->len;
            scan_batch_free(batch);
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
    struct scan_options options = { .range = &range, .readers = 2 };
    GError *error = NULL;

    ck_assert(range_set_revisions(&range, "nowhere..HEAD", NULL));
    ck_assert_ptr_null(scan_start(archive, &options, &error));
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

    archive_startup(false);
    mail_startup();
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, in_order_whatever_the_readers, 0, 5);
    tcase_add_test(tests, missing_mail_is_one_problem);
    tcase_add_loop_test(tests, can_be_left, 0, 2);
    tcase_add_test(tests, wakes_are_enough_to_reach_the_end);
    tcase_add_test(tests, unknown_range_is_known_at_once);
    tcase_add_test(tests, ranks_above_a_floor);
    tcase_add_test(tests, reads_from_an_index);
    tcase_add_test(tests, leaves_the_index_at_the_end);
    tcase_add_test(tests, reads_what_the_index_lacks);
    tcase_add_test(tests, takes_the_index_when_it_fails);
    suite_add_tcase(suite, tests);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
