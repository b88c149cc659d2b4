/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of marks when their file, its folder or the disk is not as it should be. */
#include "marks_support.h"
#include "store/database.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The marks at PATH, of which the notice has the words. */
static struct marks *open_noticed(const char *path, const char *word, const char *other)
{
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    ck_assert_ptr_nonnull(notice);
    ck_assert_msg(strstr(notice, word) != NULL && strstr(notice, other) != NULL, "%s", notice);
    ck_assert_ptr_null(strchr(notice, '\n'));
    g_free(notice);
    return marks;
}

/* Setting a mark in MARKS fails with WORD in what it says, and changes nothing. */
static void assert_closed(struct marks *marks, const char *word)
{
    GError *error = NULL;
    uint64_t generation = marks_generation(marks);

    ck_assert(!try_state(marks, "closed@example.org", MARK_REVIEWED, &error));
    ck_assert_msg(strstr(error->message, word) != NULL, "%s", error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    ck_assert_ptr_null(marks_find(marks, "closed@example.org"));
    ck_assert_uint_eq(marks_generation(marks), generation);
    g_error_free(error);
}

static void assert_file(const char *path, const char *bytes)
{
    char *got = NULL;

    ck_assert_msg(g_file_get_contents(path, &got, NULL, NULL), "%s", path);
    ck_assert_str_eq(got, bytes);
    g_free(got);
}

START_TEST(damaged_files_are_kept_aside)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    char *log = support_path(folder, "marks.sqlite-wal");
    char *first = support_path(folder, "marks.sqlite.damaged");
    char *first_log = support_path(folder, "marks.sqlite.damaged-wal");
    char *second = support_path(folder, "marks.sqlite.damaged-2");
    char *text = g_strnfill(3000, 'x');
    struct marks *marks;

    support_write(path, text, strlen(text));
    support_write(log, "log", 3);
    marks = open_noticed(path, "marks.sqlite: ", "marks.sqlite.damaged");
    ck_assert(marks_are_anew(marks));
    ck_assert(marks_are_known(marks));
    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    assert_file(first, text);
    assert_file(first_log, "log");

    text[0] = 'y';
    support_write(path, text, strlen(text));
    marks = open_noticed(path, "marks.sqlite: ", "marks.sqlite.damaged-2");
    assert_said(marks, "a", "nothing");
    set_state(marks, "b", MARK_REVIEWED);
    marks_close(marks);
    assert_file(second, text);
    text[0] = 'x';
    assert_file(first, text);
    marks = open_marks(path);
    assert_said(marks, "b", "reviewed v2");
    marks_close(marks);
    g_free(text);
    free(path);
    free(log);
    free(first);
    free(first_log);
    free(second);
}
END_TEST

/* Overwrites the pages behind the first one. */
static void spoil(const char *path)
{
    char *bytes;
    gsize length;

    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert_uint_gt(length, 8192);
    memset(bytes + 4096, 0x5a, length - 4096);
    support_write(path, bytes, length);
    g_free(bytes);
}

START_TEST(a_file_that_contradicts_itself_is_damaged)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    spoil(path);
    marks = open_noticed(path, "marks.sqlite", ".damaged");
    set_state(marks, "b", MARK_REVIEWED);
    assert_said(marks, "a", "nothing");
    marks_close(marks);
    free(path);
}
END_TEST

/* Changes the file behind the back of all that pore has. */
static void run_sql(const char *path, const char *sql)
{
    sqlite3 *database;

    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(database), SQLITE_OK);
}

START_TEST(files_of_others_and_of_other_versions)
{
    char *path = new_path();
    char *before, *after;
    gsize length;
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    run_sql(path, "PRAGMA user_version = 77");
    ck_assert(g_file_get_contents(path, &before, &length, NULL));
    marks = open_noticed(path, "another version", "none can be set");
    assert_closed(marks, "another version");
    ck_assert(!marks_are_anew(marks));
    ck_assert(!marks_are_known(marks));
    marks_close(marks);
    ck_assert(g_file_get_contents(path, &after, NULL, NULL));
    ck_assert_mem_eq(before, after, length);
    g_free(before);
    g_free(after);
    run_sql(path, "PRAGMA application_id = 1");
    marks = open_noticed(path, "marks.sqlite", ".damaged");
    set_state(marks, "b", MARK_REVIEWED);
    marks_close(marks);
    run_sql(path, "DROP TABLE notes");
    marks = open_noticed(path, "marks.sqlite", ".damaged-2");
    set_state(marks, "c", MARK_REVIEWED);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(rows_that_could_not_have_been_set_are_passed_over)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);

    set_note(marks, "a", "one", NULL);
    marks_close(marks);
    run_sql(path, "INSERT INTO marks VALUES ('', 1, 5, 0, 0, 1, x'');"
                  "INSERT INTO marks VALUES (CAST(x'ff' AS TEXT), 1, 5, 0, 0, 1, x'');"
                  "INSERT INTO notes VALUES ('a', 6, 'two' || char(10) || 'lines', 0);"
                  "INSERT INTO corrections VALUES ('a', '', 1, 5)");
    marks = open_marks(path);
    assert_said(marks, "a", "unreviewed v0 [one]");
    ck_assert_ptr_null(marks_find(marks, ""));
    ck_assert_ptr_null(marks_find(marks, "\377"));
    ck_assert_uint_eq(corrections_count(marks_corrections(marks)), 0);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(no_place_for_marks)
{
    const char *folder = support_folder();
    char *file = support_path(folder, "file");
    char *path = g_build_filename(file, "pore", "marks.sqlite", NULL);
    struct commit_id id = { { 1 } };
    struct visit visit = { .first = id };
    struct marks *marks;
    GArray *archives;

    support_write(file, "", 0);
    marks = open_noticed(path, file, "none can be set");
    ck_assert(marks_are_known(marks));
    assert_closed(marks, file);
    ck_assert(!marks_refresh(marks));
    ck_assert(!marks_correct(marks, "a", "b", CORRECTION_SAME, NULL));
    ck_assert(!marks_place(marks, "/list", &id));
    ck_assert(!marks_set_place(marks, "/list", &id, NULL));
    ck_assert(!marks_visit(marks, &id, &visit));
    ck_assert(!marks_set_visit(marks, &visit, NULL));
    archives = marks_archives(marks);
    ck_assert_uint_eq(archives->len, 0);
    g_array_unref(archives);
    marks_close(marks);
    g_free(path);
    free(file);
}
END_TEST

/* Makes this process nobody, who may read what everybody may; and root again if it was. */
static void become_nobody(const char *folder)
{
    ck_assert_int_eq(g_chmod(folder, 0555), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(setresuid(65534, 65534, 0), 0);
}

static void become_root_again(const char *folder)
{
    uid_t real, effective, saved;

    ck_assert_int_eq(getresuid(&real, &effective, &saved), 0);
    if (saved == 0)
        ck_assert_int_eq(setresuid(0, 0, 0), 0);
    ck_assert_int_eq(g_chmod(folder, 0755), 0);
}

START_TEST(what_cannot_be_written_is_read)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    g_chmod(path, 0444);
    become_nobody(folder);
    marks = open_noticed(path, folder, "cannot be set");
    assert_said(marks, "a", "reviewed v2");
    ck_assert(marks_are_known(marks));
    ck_assert(!marks_are_anew(marks));
    assert_closed(marks, folder);
    ck_assert(!marks_undo(marks, NULL, NULL));
    marks_close(marks);
    become_root_again(folder);
    free(path);
}
END_TEST

/* A disk that was full, a home that was not there: who was opened before goes on with what is there now. */
START_TEST(what_stood_in_the_way_may_go)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks = open_marks(path), *other;

    set_state(marks, "a", MARK_REVIEWED);
    marks_close(marks);
    g_chmod(path, 0444);
    become_nobody(folder);
    marks = open_noticed(path, folder, "marks are read");
    become_root_again(folder);
    g_chmod(path, 0600);
    other = open_marks(path);
    set_state(other, "b", MARK_LATER);
    ck_assert(marks_refresh(marks));
    assert_said(marks, "b", "later v2");
    set_state(marks, "c", MARK_IGNORED);
    ck_assert(marks_refresh(other));
    assert_said(other, "a", "reviewed v2");
    assert_said(other, "c", "ignored v2");
    marks_close(other);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(a_place_for_marks_may_come)
{
    const char *folder = support_folder();
    char *file = support_path(folder, "file");
    char *path = g_build_filename(file, "pore", "marks.sqlite", NULL);
    struct commit_id id = { { 1 } }, found;
    struct marks *marks, *other;

    support_write(file, "", 0);
    marks = open_noticed(path, file, "none can be set");
    assert_closed(marks, file);
    ck_assert_int_eq(g_unlink(file), 0);
    other = open_marks(path);
    set_state(other, "b", MARK_LATER);
    marks_close(other);
    ck_assert(marks_set_place(marks, "/list", &id, NULL));
    set_state(marks, "a", MARK_REVIEWED);
    assert_said(marks, "b", "later v2");
    marks_close(marks);
    marks = open_marks(path);
    assert_said(marks, "a", "reviewed v2");
    assert_said(marks, "b", "later v2");
    ck_assert(marks_place(marks, "/list", &found));
    marks_close(marks);
    g_free(path);
    free(file);
}
END_TEST

START_TEST(a_folder_that_cannot_be_written)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks;

    become_nobody(folder);
    marks = open_noticed(path, folder, "none can be set");
    assert_closed(marks, folder);
    marks_close(marks);
    become_root_again(folder);
    free(path);
}
END_TEST

START_TEST(a_damaged_file_that_cannot_be_moved)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "marks.sqlite");
    struct marks *marks;

    support_write(path, "no database", 11);
    g_chmod(path, 0666);
    become_nobody(folder);
    marks = open_noticed(path, "marks.sqlite: damaged", "cannot be kept aside");
    ck_assert(!marks_are_anew(marks));
    ck_assert(!marks_are_known(marks));
    assert_closed(marks, "marks.sqlite: damaged");
    marks_close(marks);
    become_root_again(folder);
    assert_file(path, "no database");
    free(path);
}
END_TEST

START_TEST(a_disk_that_is_full_takes_nothing_and_loses_nothing)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    struct rlimit before, full;
    GError *error = NULL;
    unsigned set = 0;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    /* Room for the first marks. */
    full = (struct rlimit) { 81920, before.rlim_max };
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
    for (; error == NULL; set++) {
        g_autofree char *lead = g_strdup_printf("%u@example.org", set);

        ck_assert_uint_lt(set, 1000);
        if (!try_state(marks, lead, MARK_REVIEWED, &error)) {
            assert_said(marks, lead, "nothing");
            break;
        }
    }
    ck_assert_msg(strstr(error->message, "marks.sqlite") != NULL, "%s", error->message);
    assert_said(marks, "0@example.org", "reviewed v2");
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    set_state(marks, "again@example.org", MARK_LATER);
    marks_close(marks);
    marks = open_marks(path);
    for (unsigned i = 0; i <= set; i++) {
        g_autofree char *lead = g_strdup_printf("%u@example.org", i);
        assert_said(marks, lead, i < set ? "reviewed v2" : "nothing");
    }
    assert_said(marks, "again@example.org", "later v2");
    g_error_free(error);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(who_has_no_patience_is_told_that_others_write)
{
    char *path = new_path();
    struct marks *marks = open_marks(path);
    GError *error = NULL;
    sqlite3 *other;

    set_state(marks, "a@example.org", MARK_LATER);
    marks_set_patience(marks, 0);
    ck_assert_int_eq(sqlite3_open(path, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert(!try_state(marks, "a@example.org", MARK_REVIEWED, &error));
    ck_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY));
    ck_assert_ptr_nonnull(strstr(error->message, "marks cannot be set: "));
    g_clear_error(&error);
    ck_assert_int_eq(marks_find(marks, "a@example.org")->state, MARK_LATER);
    ck_assert(!marks_refresh(marks));
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    set_state(marks, "a@example.org", MARK_REVIEWED);
    marks_close(marks);
    free(path);
}
END_TEST

START_TEST(a_file_that_was_moved_takes_no_marks)
{
    char *path = new_path();
    char *moved = g_strconcat(path, ".moved", NULL);
    struct marks *marks = open_marks(path);

    set_state(marks, "a", MARK_REVIEWED);
    ck_assert_int_eq(g_rename(path, moved), 0);
    assert_closed(marks, "moved");
    assert_said(marks, "a", "reviewed v2");
    marks_close(marks);
    g_free(moved);
    free(path);
}
END_TEST

START_TEST(the_file_is_private)
{
    const char *folder = support_folder();
    char *path = g_build_filename(folder, "state", "pore", "marks.sqlite", NULL);
    char *above = g_path_get_dirname(path);
    struct marks *marks = open_marks(path);
    GStatBuf status;

    set_state(marks, "a", MARK_REVIEWED);
    ck_assert_int_eq(g_stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    ck_assert_int_eq(g_stat(above, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    marks_close(marks);
    g_free(above);
    g_free(path);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, damaged_files_are_kept_aside);
    tcase_add_test(tests, a_file_that_contradicts_itself_is_damaged);
    tcase_add_test(tests, files_of_others_and_of_other_versions);
    tcase_add_test(tests, rows_that_could_not_have_been_set_are_passed_over);
    tcase_add_test(tests, no_place_for_marks);
    tcase_add_test(tests, what_cannot_be_written_is_read);
    tcase_add_test(tests, what_stood_in_the_way_may_go);
    tcase_add_test(tests, a_place_for_marks_may_come);
    tcase_add_test(tests, a_folder_that_cannot_be_written);
    tcase_add_test(tests, a_damaged_file_that_cannot_be_moved);
    tcase_add_test(tests, a_disk_that_is_full_takes_nothing_and_loses_nothing);
    tcase_add_test(tests, who_has_no_patience_is_told_that_others_write);
    tcase_add_test(tests, a_file_that_was_moved_takes_no_marks);
    tcase_add_test(tests, the_file_is_private);
}

int main(void)
{
    Suite *suite = suite_create("marks_file");
    TCase *tests = tcase_create("marks");

    tcase_set_timeout(tests, 60);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
