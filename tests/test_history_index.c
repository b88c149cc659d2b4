/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The history and its index: damaged, altered, written by others, unnamed. */
#include "history_support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* The index of ARCHIVE; the caller frees it. */
static char *index_path(struct archive *archive)
{
    struct commit_id first;

    ck_assert(archive_first_commit(archive, &first, NULL, NULL));
    return mail_index_path(&first);
}

/* The files in the cache that have no name. */
static guint count_unnamed(void)
{
    char *folder = g_build_filename(g_get_user_cache_dir(), "pore", NULL);
    GDir *names = g_dir_open(folder, 0, NULL);
    const char *name;
    guint count = 0;

    while (names != NULL && (name = g_dir_read_name(names)) != NULL)
        count += strstr(name, ".new") != NULL;
    g_clear_pointer(&names, g_dir_close);
    g_free(folder);
    return count;
}

/* Which archive it is is found on the way. */
START_TEST(first_last)
{
    struct list list = list_new("list.git");
    struct range newest = { .newest = 10 };
    struct range everything = { .all = true };
    struct commit_id first, found;

    list_add(&list, 1, 100);
    struct visit visit = visit_with(list.path, &newest, all, false, true);
    assert_found(&visit, "3 95", "3@-97");
    assert_read(&visit, 90, NULL);
    found = history_first_commit(visit.history);
    ck_assert(archive_first_commit(visit.archive, &first, NULL, NULL));
    ck_assert(commit_id_same(&first, &found));
    assert_found(&visit, "4", "4@-96");
    leave(&visit);
    ck_assert_uint_eq(count_unnamed(), 0);
    check(list.path, 10, all, "3", "3@-97", 0, NULL);
    /* Nobody remembers that this is one that has an index. */
    list_add(&list, 101, 110);
    visit = visit_with(list.path, &newest, all, false, true);
    assert_found(&visit, "3 95", "95@-15 3@-107");
    leave(&visit);
    ck_assert_uint_eq(count_unnamed(), 0);
    char *path = mail_index_path(&first);
    g_unlink(path);
    visit = visit_with(list.path, &everything, all, false, true);
    assert_found(&visit, "3 95", "");
    assert_read(&visit, 0, NULL);
    leave(&visit);
    ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
    check(list.path, 10, none, "3", "3@-107", 0, NULL);
    g_free(path);
    list_free(&list);
}
END_TEST

/* Left when not all need be read: nothing stays but what is sound. */
START_TEST(first_last_stopped)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    struct visit visit = visit_with(list.path, &(struct range) { .newest = 10 }, all, false, true);
    history_stop(visit.history);
    leave(&visit);
    ck_assert_uint_eq(count_unnamed(), 0);
    visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "3", "3@-97");
    leave(&visit);
    list_free(&list);
}
END_TEST

/* No folder for the cache: all is read, and forgotten. */
START_TEST(no_cache)
{
    struct list list = list_new("list.git");
    char *file = support_path(list.folder, "file");

    support_write(file, "", 0);
    g_setenv("XDG_CACHE_HOME", file, TRUE);
    list_add(&list, 1, 50);
    check(list.path, 5, all, "9 20 48", "20@-30 9@-41", 50, "file");
    check(list.path, 5, none, "9 20 48", "", 0, NULL);
    g_free(file);
    list_free(&list);
}
END_TEST

/* Bytes of the file are wrong, from its head (0) or behind it (1, 2): it is made anew, and
 * nothing is lacking. */
START_TEST(damaged_index)
{
    struct list list = list_new("list.git");
    gchar *bytes;
    gsize length;

    list_add(&list, 1, 100);
    check(list.path, 10, all, "9", "9@-91", 90, NULL);
    struct archive *archive = open_archive(list.path);
    char *path = index_path(archive);
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert_uint_gt(length, 10000);
    for (gsize i = (gsize)_i * 4096; i < length; i += 1 + (gsize)_i * 100)
        bytes[i] = (char)(bytes[i] ^ 0x55);
    support_write(path, bytes, length);
    struct visit visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "9 50 90", "90@-10 50@-50 9@-91");
    leave(&visit);
    check(list.path, 10, all, "9 50", "50@-50 9@-91", 0, NULL);
    g_free(path);
    g_free(bytes);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* What the index says is sound as SQLite sees it, and is not of the archive. */
START_TEST(altered_index)
{
    static const char *const alterations[] = {
        "UPDATE mails SET id = randomblob(20) WHERE age % 3 = 0",
        "UPDATE mails SET id = randomblob(20), parent = randomblob(20)",
        "UPDATE mails SET parent = NULL WHERE age % 3 = 0",
        "UPDATE mails SET record = NULL WHERE age % 3 = 0",
        "DELETE FROM mails WHERE age % 3 = 0",
        "DELETE FROM spans",
    };
    struct list list = list_new("list.git");
    struct archive *archive;
    sqlite3 *database;

    list_add(&list, 1, 100);
    check(list.path, 10, all, "9", "9@-91", 90, NULL);
    archive = open_archive(list.path);
    char *path = index_path(archive);
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, alterations[_i], NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_gt(sqlite3_changes(database), 0);
    sqlite3_close(database);
    struct visit visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "9 10 50 51 52 90", "90@-10 52@-48 51@-49 50@-50 10@-90 9@-91");
    struct history_progress progress = history_progress(visit.history);
    ck_assert_ptr_null(progress.problem);
    leave(&visit);
    check(list.path, 10, all, "9 50", "50@-50 9@-91", 0, NULL);
    g_free(path);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* While somebody else writes, what is there is used; then the reading goes on. */
START_TEST(somebody_else_writes)
{
    struct list list = list_new("list.git");
    struct mail_batch *batch;

    list_add(&list, 1, 100);
    check(list.path, 10, all, "9", "9@-91", 90, NULL);
    struct archive *archive = open_archive(list.path);
    char *path = index_path(archive);
    struct mail_index *index = mail_index_open_to_write(path, NULL);
    ck_assert(mail_index_lock(index));
    list_add(&list, 101, 200);
    struct visit visit = visit_newest(list.path, 10, all);
    ask(&visit, "9 150");
    while ((batch = history_take(visit.history)) == NULL)
        g_async_queue_pop(visit.wakes);
    ck_assert_uint_eq(batch->mails->len, 1);
    ck_assert_str_eq(g_array_index(batch->mails, struct mail, 0).subject, "mail 9");
    mail_batch_free(batch);
    struct history_progress progress;
    while (!(progress = history_progress(visit.history)).waits)
        g_async_queue_pop(visit.wakes);
    ck_assert(progress.reading);
    ck_assert_uint_eq(progress.commits, 0);
    ck_assert(!history_finished(visit.history));
    mail_index_close(index);
    char *found = take_all(&visit);
    ck_assert_str_eq(found, "150@-50");
    g_free(found);
    leave(&visit);
    g_free(path);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* Two at once: one of them writes, both find everything. */
START_TEST(two_at_once)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 150);
    struct visit one = visit_newest(list.path, 10, all), other = visit_newest(list.path, 20, all);
    assert_found(&other, "1 135 75", "75@-75 1@-149");
    assert_found(&one, "1 135 75", "135@-15 75@-75 1@-149");
    leave(&one);
    leave(&other);
    list_free(&list);
}
END_TEST

/* A list that grows by chance; NUMBERS (int) are those of its mails. */
struct grown {
    struct list list;
    GArray *numbers;
};

/* Adds a few mails: those that the others have there too, or some of its own. */
static void grow(struct grown *grown, GRand *dice, int own)
{
    int count = g_rand_int_range(dice, 1, 50);

    if (g_rand_int_range(dice, 0, 4) > 0)
        own = 0;
    for (int i = 0; i < count; i++) {
        int number = own + (int)grown->numbers->len + 1;
        list_add(&grown->list, number, number);
        g_array_append_val(grown->numbers, number);
    }
}

/* Draws a third of the mails of GROWN into ASKED, and into EXPECTED those that come if the newest
 * IN_RANGE are there. */
static void draw(const struct grown *grown, guint in_range, GRand *dice, GString *asked,
                 GString *expected)
{
    guint length = grown->numbers->len;

    for (guint age = 0; age < length; age++) {
        int number = g_array_index(grown->numbers, int, length - 1 - age);
        if (g_rand_int_range(dice, 0, 3) > 0)
            continue;
        g_string_append_printf(asked, " %d", number);
        if (age >= in_range)
            g_string_append_printf(expected, "%s%d@-%u", expected->len > 0 ? " " : "", number, age);
    }
}

/* Whatever was read before, of which copy, and left when: what is asked for comes. */
START_TEST(by_chance)
{
    GRand *dice = g_rand_new_with_seed((guint32)_i);
    struct grown copies[3];

    for (int i = 0; i < 3; i++) {
        copies[i].list = list_new("list.git");
        copies[i].numbers = g_array_new(FALSE, FALSE, sizeof(int));
        grow(&copies[i], dice, 0);
    }
    for (int step = 0; step < 10; step++) {
        int which = g_rand_int_range(dice, 0, 3);
        struct grown *grown = &copies[which];
        GString *asked = g_string_new("none"), *expected = g_string_new(NULL);
        grow(grown, dice, 1000 * (which + 1));
        guint count = (guint)g_rand_int_range(dice, 1, (gint32)grown->numbers->len + 1);
        struct visit visit = visit_newest(grown->list.path, count, all);
        draw(grown, count, dice, asked, expected);
        if (g_rand_boolean(dice))
            assert_found(&visit, asked->str, expected->str);
        leave(&visit);
        g_string_free(expected, TRUE);
        g_string_free(asked, TRUE);
    }
    for (int i = 0; i < 3; i++) {
        g_array_unref(copies[i].numbers);
        list_free(&copies[i].list);
    }
    g_rand_free(dice);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("history_index");
    TCase *tests = tcase_create("history");

    archive_startup(false);
    mail_startup();
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, first_last);
    tcase_add_test(tests, first_last_stopped);
    tcase_add_test(tests, no_cache);
    tcase_add_loop_test(tests, damaged_index, 0, 3);
    tcase_add_loop_test(tests, altered_index, 0, 6);
    tcase_add_test(tests, somebody_else_writes);
    tcase_add_test(tests, two_at_once);
    tcase_add_loop_test(tests, by_chance, 0, 5);
    suite_add_tcase(suite, tests);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
