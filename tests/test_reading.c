/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading by commit: every mail once, in the order asked for, whatever the number of readers;
 * it can be left at any moment. */
#include "reading.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAILS 300

/* Results that are neither taken nor freed, and the mails worked on. */
static gint results, worked;

/* Notifications, for who waits for one. */
struct bell {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    guint count;
};

static void ring(void *data)
{
    struct bell *bell = data;

    pthread_mutex_lock(&bell->lock);
    bell->count++;
    pthread_cond_signal(&bell->rung);
    pthread_mutex_unlock(&bell->lock);
}

/* Waits for one and takes it away. */
static void wait_for_ring(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    while (bell->count == 0)
        pthread_cond_wait(&bell->rung, &bell->lock);
    bell->count = 0;
    pthread_mutex_unlock(&bell->lock);
}

#define BELL { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 }

/* The commits of an archive of MAILS mails whose bodies are their numbers. The mail with number
 * BROKEN is lost; -1 for none. */
static struct archive *make_archive(struct commit_id commits[MAILS], int broken)
{
    static const struct range everything = { .all = true };
    char *path = support_path(support_folder(), "list.git");
    struct support_archive *making = support_archive_new(path);
    struct archive_commit commit;
    struct archive_walk *walk;
    struct archive *archive;

    for (int i = 0; i < MAILS; i++) {
        char *mail = g_strdup_printf("Subject: %d\n\n%d\n", i, i);
        char *blob = g_strdup_printf("%s:m", support_add(making, 1700000000 + i, mail, strlen(mail)));

        if (i == broken)
            support_remove_object(making, blob);
        g_free(blob);
        g_free(mail);
    }
    support_archive_free(making);
    archive = archive_open(path, NULL);
    walk = archive_walk_new(archive, &everything, NULL, NULL);
    for (int i = MAILS - 1; i >= 0 && archive_walk_next(walk, &commit, NULL); i--)
        commits[i] = commit.place.commit;
    archive_walk_free(walk);
    free(path);
    return archive;
}

/* "INDEX BODY", or "INDEX -" where there is none. */
static gpointer describe(size_t index, const char *bytes, size_t length, void *data)
{
    const char *body = bytes ? g_strstr_len(bytes, (gssize)length, "\n\n") : NULL;

    g_atomic_int_inc(&results);
    g_atomic_int_inc(&worked);
    ck_assert_ptr_eq(data, &results);
    return g_strdup_printf("%zu %d", index, body ? atoi(body + 2) : -1);
}

static void free_description(gpointer description)
{
    g_atomic_int_add(&results, -1);
    g_free(description);
}

static struct reading *start(struct archive *archive, const struct commit_id *commits, size_t count,
                             unsigned readers, struct bell *bell)
{
    struct reading *reading = reading_start(archive, commits, count, readers, describe, &results,
                                            free_description, ring, bell, NULL);

    ck_assert_ptr_nonnull(reading);
    ck_assert_uint_eq(reading_count(reading), count);
    return reading;
}

static char *take_waiting(struct reading *reading, struct bell *bell)
{
    char *description;

    while (!(description = reading_take(reading)))
        wait_for_ring(bell);
    return description;
}

/* Takes all and compares with the NUMBERS of the mails. */
static void check_all(struct reading *reading, struct bell *bell, const int *numbers)
{
    for (size_t i = 0; i < reading_count(reading); i++) {
        char *description = take_waiting(reading, bell);
        char *expected = g_strdup_printf("%zu %d", i, numbers[i]);

        ck_assert_str_eq(description, expected);
        ck_assert_uint_eq(reading_taken(reading), i + 1);
        g_free(expected);
        free_description(description);
    }
    ck_assert_ptr_null(reading_take(reading));
    reading_free(reading);
    ck_assert_int_eq(g_atomic_int_get(&results), 0);
}

START_TEST(in_the_order_asked_for)
{
    struct commit_id commits[MAILS], asked[MAILS];
    struct archive *archive = make_archive(commits, -1);
    struct bell bell = BELL;
    int numbers[MAILS];

    for (int i = 0; i < MAILS; i++) {
        numbers[i] = i * 7 % MAILS;
        asked[i] = commits[numbers[i]];
    }
    check_all(start(archive, asked, MAILS, (unsigned)_i, &bell), &bell, numbers);
    archive_close(archive);
}
END_TEST

START_TEST(any_count_is_read)
{
    static const size_t counts[] = { 1, 15, 16, 17, 32, 33 };
    struct commit_id commits[MAILS];
    struct archive *archive = make_archive(commits, -1);
    int numbers[MAILS];

    for (int i = 0; i < MAILS; i++)
        numbers[i] = i;
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        struct bell bell = BELL;

        check_all(start(archive, commits, counts[i], 2, &bell), &bell, numbers);
    }
    archive_close(archive);
}
END_TEST

START_TEST(nothing_is_done_at_once)
{
    struct commit_id commits[MAILS];
    struct archive *archive = make_archive(commits, -1);
    struct bell bell = BELL;
    struct reading *reading = start(archive, commits, 0, 2, &bell);

    wait_for_ring(&bell);
    ck_assert_ptr_null(reading_take(reading));
    ck_assert_uint_eq(reading_taken(reading), 0);
    reading_free(reading);
    archive_close(archive);
}
END_TEST

START_TEST(lost_mail_has_no_bytes)
{
    struct commit_id commits[MAILS];
    struct archive *archive = make_archive(commits, 100);
    struct bell bell = BELL;
    int numbers[MAILS];

    for (int i = 0; i < MAILS; i++)
        numbers[i] = i == 100 ? -1 : i;
    check_all(start(archive, commits, MAILS, 2, &bell), &bell, numbers);
    archive_close(archive);
}
END_TEST

START_TEST(left_at_any_moment)
{
    struct commit_id commits[MAILS];
    struct archive *archive = make_archive(commits, -1);

    for (int takes = 0; takes < MAILS; takes += 37) {
        struct bell bell = BELL;
        struct reading *reading = start(archive, commits, MAILS, 3, &bell);

        for (int i = 0; i < takes; i++)
            free_description(take_waiting(reading, &bell));
        reading_free(reading);
        ck_assert_int_eq(g_atomic_int_get(&results), 0);
    }
    archive_close(archive);
}
END_TEST

START_TEST(readers_wait_for_the_taker)
{
    enum { TIMES = 10 };
    struct commit_id *commits = g_new(struct commit_id, MAILS * TIMES);
    struct archive *archive = make_archive(commits, -1);
    struct bell bell = BELL;
    struct reading *reading;

    for (int i = 1; i < TIMES; i++)
        memcpy(commits + i * MAILS, commits, MAILS * sizeof *commits);
    g_atomic_int_set(&worked, 0);
    reading = start(archive, commits, MAILS * TIMES, 1, &bell);
    free_description(take_waiting(reading, &bell));
    /* However long it is left alone, a reader does not read all of it. */
    reading_free(reading);
    ck_assert_int_lt(g_atomic_int_get(&worked), MAILS);
    g_free(commits);
    archive_close(archive);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reading");
    TCase *tcase = tcase_create("reading");

    archive_startup(false);
    mail_startup();
    tcase_add_loop_test(tcase, in_the_order_asked_for, 0, 5);
    tcase_add_test(tcase, any_count_is_read);
    tcase_add_test(tcase, nothing_is_done_at_once);
    tcase_add_test(tcase, lost_mail_has_no_bytes);
    tcase_add_test(tcase, left_at_any_moment);
    tcase_add_test(tcase, readers_wait_for_the_taker);
    suite_add_tcase(suite, tcase);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
