/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index when what is on disk is damaged, foreign, locked or full, or its writer was killed. */
#include "mail_index_support.h"
#include "store/database.h"
#include "store/record.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Removes the index at PATH with all that SQLite has beside it. */
static void remove_files(const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_autofree char *memory = g_strconcat(path, "-shm", NULL);

    ck_assert_int_eq(g_unlink(path), 0);
    g_unlink(log);
    g_unlink(memory);
}

START_TEST(test_lock)
{
    char *path = new_path();
    struct mail_index *one = open_to_write(path);
    struct mail_index *two = mail_index_open_to_write(path, NULL);

    ck_assert_ptr_nonnull(two);
    ck_assert(!mail_index_lock(two));
    ck_assert(mail_index_lock(one));
    add_run(one, 5, 1);
    commit(one);
    ck_assert_uint_eq(mail_index_count(two), 5);
    mail_index_close(one);
    ck_assert(mail_index_lock(two));
    add_run(two, 10, 6);
    commit(two);
    ck_assert_uint_eq(mail_index_count(two), 10);
    mail_index_close(two);
    g_free(path);
}
END_TEST

/* Whoever waited for the lock writes to the file that is there, not to one that was removed. */
START_TEST(test_lock_removed)
{
    char *path = new_path();
    struct mail_index *one = open_to_write(path);
    struct mail_index *two = mail_index_open_to_write(path, NULL);

    add_run(one, 5, 1);
    commit(one);
    mail_index_close(one);
    remove_files(path);
    ck_assert(mail_index_lock(two));
    ck_assert_uint_eq(mail_index_count(two), 0);
    add_run(two, 10, 6);
    commit(two);
    mail_index_close(two);
    one = mail_index_open(path, NULL);
    ck_assert_ptr_nonnull(one);
    assert_known(one, 6);
    mail_index_close(one);
    g_free(path);
}
END_TEST

/* The child writes to the pipe after each commit until it is killed. */
static void write_until_killed(const char *path, int pipe)
{
    struct mail_index *index = open_to_write(path);

    for (int64_t rank = 0;; rank -= 20) {
        add_run(index, rank, rank - 19);
        commit(index);
        if (write(pipe, "x", 1) != 1)
            _exit(1);
    }
}

START_TEST(test_kill)
{
    char *path = new_path();

    for (int round = 1; round <= 5; round++) {
        int ends[2];
        char byte;
        int commits = 0;
        pid_t child;
        struct mail_index *index;

        ck_assert_int_eq(pipe(ends), 0);
        child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0)
            write_until_killed(path, ends[1]);
        close(ends[1]);
        while (commits < round * 7 && read(ends[0], &byte, 1) == 1)
            commits++;
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        while (read(ends[0], &byte, 1) == 1)
            commits++;
        close(ends[0]);
        /* The lock is free, and whatever was said to be committed is there. */
        index = open_to_write(path);
        ck_assert_uint_ge(mail_index_count(index), (size_t)commits * 20);
        for (int64_t rank = 0; rank > -20 * commits; rank--)
            assert_known(index, rank);
        ck_assert_uint_eq(mail_index_count(index) % 20, 0);
        ck_assert(mail_index_clear(index, NULL));
        mail_index_close(index);
    }
    g_free(path);
}
END_TEST

static void assert_error(struct mail_index *index, GError *error, enum store_error code,
                         const char *path)
{
    ck_assert_ptr_null(index);
    ck_assert_msg(g_error_matches(error, STORE_ERROR, (int)code), "%s", error->message);
    ck_assert_msg(strstr(error->message, path) != NULL, "%s", error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_error_free(error);
}

/* Is the file at PATH refused with CODE, and made anew by who writes? */
static void assert_made_anew(const char *path, enum store_error code)
{
    GError *error = NULL;
    struct mail_index *index = mail_index_open(path, &error);

    assert_error(index, error, code, path);
    index = open_to_write(path);
    ck_assert_uint_eq(mail_index_count(index), 0);
    add_run(index, 5, 1);
    commit(index);
    mail_index_close(index);
    index = mail_index_open(path, NULL);
    ck_assert_ptr_nonnull(index);
    assert_known(index, 3);
    mail_index_close(index);
}

static void write_index(const char *path, int64_t newest)
{
    struct mail_index *index = open_to_write(path);

    add_run(index, newest, 1);
    commit(index);
    mail_index_close(index);
}

START_TEST(test_no_database)
{
    char *path = support_path(support_folder(), "list.index");
    g_autofree char *noise = g_strnfill(5000, '~');

    support_write(path, noise, 5000);
    assert_made_anew(path, STORE_ERROR_DAMAGED);
    g_free(path);
}
END_TEST

/* SQLite takes a file for read-only if its header says that a later version made it. */
START_TEST(test_later_sqlite)
{
    char *path = support_path(support_folder(), "list.index");
    char *bytes;
    gsize length;

    write_index(path, 9);
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    bytes[18] = 9;
    support_write(path, bytes, length);
    struct mail_index *index = open_to_write(path);
    ck_assert_uint_eq(mail_index_count(index), 0);
    add_run(index, 9, 1);
    commit(index);
    mail_index_close(index);
    g_free(bytes);
    g_free(path);
}
END_TEST

/* A link in the place of the index, or of its lock, is not followed: what it leads to is not an index to
 * be made anew. */
START_TEST(test_link)
{
    g_autofree char *path = support_path(support_folder(), "list.index");
    g_autofree char *lock = g_strconcat(path, ".lock", NULL);
    g_autofree char *target = g_strconcat(path, "-target", NULL);
    struct mail_index *index;
    GError *error = NULL;
    char *bytes = NULL;

    support_write(target, "mine\n", 5);
    ck_assert_int_eq(symlink(target, path), 0);
    index = mail_index_open_to_write(path, &error);
    assert_error(index, error, STORE_ERROR_OPEN, "symbolic link");
    ck_assert_ptr_null(mail_index_open(path, NULL));
    ck_assert_int_eq(g_unlink(path), 0);

    /* Damaged, and the lock without which nobody may make it anew leads elsewhere. */
    support_write(path, "damaged\n", 8);
    ck_assert_int_eq(symlink(target, lock), 0);
    ck_assert_ptr_null(mail_index_open_to_write(path, NULL));

    ck_assert(g_file_get_contents(target, &bytes, NULL, NULL));
    ck_assert_str_eq(bytes, "mine\n");
    g_free(bytes);
}
END_TEST

START_TEST(test_empty_file)
{
    char *path = support_path(support_folder(), "list.index");

    support_write(path, "", 0);
    assert_made_anew(path, STORE_ERROR_OPEN);
    g_free(path);
}
END_TEST

/* Makes a sound database at PATH that is of APPLICATION and SCHEMA and has TABLES. */
static void write_database(const char *path, int application, int schema, const char *tables)
{
    struct database_form form = { application, schema, tables, true };
    sqlite3 *database = database_open(path, DATABASE_WRITE, &form, NULL);

    ck_assert_ptr_nonnull(database);
    ck_assert(database_is_sound(database, NULL));
    database_close(database);
}

/* What an index says it is. */
#define APPLICATION 0x706f7265

START_TEST(test_schema)
{
    char *path = support_path(support_folder(), "list.index");

    write_database(path, APPLICATION, MAIL_INDEX_SCHEMA + 1, "CREATE TABLE mails(a)");
    assert_made_anew(path, STORE_ERROR_SCHEMA);
    g_unlink(path);
    /* Something else altogether. */
    write_database(path, 12345, MAIL_INDEX_SCHEMA, "CREATE TABLE mails(a)");
    assert_made_anew(path, STORE_ERROR_DAMAGED);
    g_unlink(path);
    /* Its tables are missing. */
    write_database(path, APPLICATION, MAIL_INDEX_SCHEMA, "CREATE TABLE mails(a)");
    assert_made_anew(path, STORE_ERROR_DAMAGED);
    g_free(path);
}
END_TEST

/* Nobody removes what another one is writing. */
START_TEST(test_damaged_and_locked)
{
    char *path = new_path();
    struct mail_index *one = open_to_write(path);
    GError *error = NULL;
    struct mail_index *two;
    char *bytes;
    gsize length;

    remove_files(path);
    support_write(path, "nothing", 7);
    two = mail_index_open_to_write(path, &error);
    assert_error(two, error, STORE_ERROR_DAMAGED, path);
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert_str_eq(bytes, "nothing");
    g_free(bytes);
    mail_index_close(one);
    support_write(path, "nothing", 7);
    assert_made_anew(path, STORE_ERROR_DAMAGED);
    g_free(path);
}
END_TEST

/* Asks everything of the index at PATH, which is damaged in some way. */
static void ask_everything(const char *path)
{
    struct mail_index *index = mail_index_open(path, NULL);
    GArray *ranks = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct mail_batch *batch = mail_batch_new();
    struct archive_commit got;
    struct archive_known known;
    struct commit_id id;
    int64_t number;

    for (int64_t rank = 300; index != NULL && rank >= 1; rank -= 7) {
        g_autofree char *name = message_id(rank);
        GError *error = NULL;

        id = commit_of(rank);
        mail_index_find(index, &id, &number);
        mail_index_span_end(index, rank);
        known = mail_index_known(index, rank % 2);
        known.find(known.data, &id, &got, rank % 3 ? &number : NULL);
        ck_assert(mail_index_lookup(index, lookup_key(LOOKUP_ID, name), ranks, &error) == !error);
        g_clear_error(&error);
        for (guint i = 0; i < ranks->len; i++) {
            mail_index_load(index, g_array_index(ranks, int64_t, i), 1, batch, &error);
            g_clear_error(&error);
        }
        g_array_set_size(ranks, 0);
    }
    if (index != NULL) {
        mail_index_newest(index, &id, &number);
        mail_index_count(index);
    }
    mail_index_close(index);
    mail_batch_free(batch);
    g_array_free(ranks, TRUE);
}

/* Whatever is damaged, who writes gets on with it, at the latest after clearing it. */
static void write_anyway(const char *path)
{
    struct mail_index *index = open_to_write(path);
    GError *error = NULL;

    add_run(index, 400, 301);
    if (!mail_index_commit(index, &error)) {
        ck_assert_msg(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED), "%s",
                      error->message);
        g_clear_error(&error);
    }
    ck_assert(mail_index_clear(index, NULL));
    add_run(index, 400, 301);
    commit(index);
    assert_known(index, 350);
    ck_assert_uint_eq(mail_index_count(index), 100);
    mail_index_close(index);
}

START_TEST(test_random_damage)
{
    char *path = support_path(support_folder(), "list.index");
    GRand *random = g_rand_new_with_seed(4);
    char *bytes;
    gsize length;

    write_index(path, 300);
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    for (int round = 0; round < 30; round++) {
        char *copy = g_memdup2(bytes, length);
        gsize kept = round % 4 == 3 ? (gsize)g_rand_int_range(random, 0, (gint32)length) : length;
        int changes = 1 << g_rand_int_range(random, 0, 12);

        for (int i = 0; i < changes; i++)
            copy[g_rand_int_range(random, round % 2 ? 0 : 100, (gint32)length)] ^=
                (char)(1 << g_rand_int_range(random, 0, 8));
        support_write(path, copy, kept);
        ask_everything(path);
        write_anyway(path);
        g_free(copy);
    }
    g_free(bytes);
    g_rand_free(random);
    g_free(path);
}
END_TEST

/* Is the row of RANK, altered by SQL in a way that is none of SQLite's business, no longer believed? */
static void assert_disbelieved(int64_t rank, const char *sql)
{
    char *path = support_path(support_folder(), "list.index");
    struct commit_id id = commit_of(rank);
    struct mail_batch *batch = mail_batch_new();
    struct archive_commit got;
    struct archive_known known;
    struct mail_index *index;
    GError *error = NULL;
    sqlite3 *database;

    write_index(path, 30);
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_changes(database), 1);
    sqlite3_close(database);
    index = mail_index_open(path, NULL);
    known = mail_index_known(index, false);
    ck_assert_msg(!known.find(known.data, &id, &got, NULL), "%s", sql);
    ck_assert(!mail_index_load(index, rank, 0, batch, &error));
    ck_assert_msg(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED), "%s", sql);
    id = commit_of(rank - 1);
    ck_assert(known.find(known.data, &id, &got, NULL));
    g_error_free(error);
    mail_index_close(index);
    mail_batch_free(batch);
    free(path);
}

START_TEST(test_altered_row)
{
    assert_disbelieved(20, "UPDATE mails SET received = received + 1 WHERE age = -20");
    assert_disbelieved(20, "UPDATE mails SET id = randomblob(20) WHERE age = -20");
    assert_disbelieved(20, "UPDATE mails SET id = NULL WHERE age = -20");
    assert_disbelieved(20, "UPDATE mails SET parent = randomblob(20) WHERE age = -20");
    assert_disbelieved(20, "UPDATE mails SET parent = NULL WHERE age = -20");
    assert_disbelieved(20, "UPDATE mails SET record = NULL WHERE age = -20");
    assert_disbelieved(20, "UPDATE mails SET checksum = NULL WHERE age = -20");
}
END_TEST

static int64_t ask_number(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement;
    int64_t number;

    ck_assert_int_eq(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

/* Makes the page of the file at PATH unreadable on which TABLE begins. */
static void damage_table(const char *path, const char *table)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT rootpage FROM sqlite_master WHERE name = '%s'", table);
    sqlite3 *database;
    int64_t page, size;
    gsize length;
    char *bytes;

    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    page = ask_number(database, sql);
    size = ask_number(database, "PRAGMA page_size");
    sqlite3_close(database);
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    memset(bytes + (page - 1) * size, 0xff, (size_t)size);
    support_write(path, bytes, length);
    g_free(bytes);
}

/* Nothing is known then, which is no answer. */
START_TEST(test_unread_is_not_unknown)
{
    static const char *const tables[] = { "spans", "keys" };
    struct commit_id id = commit_of(20);
    int64_t rank;

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        char *path = support_path(support_folder(), tables[i]);
        struct mail_index *index;
        GError *error = NULL;

        write_index(path, 30);
        index = mail_index_open(path, NULL);
        ck_assert_uint_eq(mail_index_count(index), 30);
        ck_assert(mail_index_find(index, &id, &rank));
        ck_assert(!mail_index_take_unread(index, &error));
        mail_index_close(index);
        damage_table(path, tables[i]);
        index = mail_index_open(path, NULL);
        ck_assert(mail_index_count(index) == 0 || !mail_index_find(index, &id, &rank));
        ck_assert(mail_index_take_unread(index, &error));
        ck_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED));
        g_clear_error(&error);
        ck_assert(!mail_index_take_unread(index, &error));
        mail_index_close(index);
        g_free(path);
    }
}
END_TEST

/* A disk that is full: files may not become larger than this. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(test_full)
{
    char *path = new_path();
    struct mail_index *index = open_to_write(path);
    GError *error = NULL;

    add_run(index, 300, 1);
    commit(index);
    limit_files(200000);
    add_run(index, 3000, 301);
    ck_assert(!mail_index_commit(index, &error));
    assert_error(NULL, error, STORE_ERROR_FULL, path);
    ck_assert_uint_eq(mail_index_count(index), 300);
    assert_known(index, 300);
    assert_unknown(index, 301);
    assert_id_lookup(index, 200, "200");
    limit_files(RLIM_INFINITY);
    add_run(index, 3000, 301);
    commit(index);
    ck_assert_int_eq(mail_index_span_end(index, 3000), 1);
    mail_index_close(index);
    g_free(path);
}
END_TEST

START_TEST(test_full_from_the_start)
{
    char *path = new_path();
    GError *error = NULL;
    struct mail_index *index;

    limit_files(1000);
    index = mail_index_open_to_write(path, &error);
    assert_error(index, error, STORE_ERROR_FULL, path);
    limit_files(RLIM_INFINITY);
    write_index(path, 5);
    g_free(path);
}
END_TEST

START_TEST(test_no_folder)
{
    char *file = support_path(support_folder(), "file");
    char *path = g_build_filename(file, "pore", "list.index", NULL);
    GError *error = NULL;
    struct mail_index *index;

    support_write(file, "", 0);
    index = mail_index_open_to_write(path, &error);
    assert_error(index, error, STORE_ERROR_OPEN, file);
    error = NULL;
    index = mail_index_open(path, &error);
    assert_error(index, error, STORE_ERROR_OPEN, file);
    g_free(path);
    g_free(file);
}
END_TEST

/* Many begin at once where there is no file yet. */
START_TEST(test_race)
{
    char *path = new_path();
    int status;

    for (int i = 0; i < 8; i++) {
        pid_t child = fork();

        ck_assert_int_ge(child, 0);
        if (child == 0) {
            struct mail_index *index = mail_index_open_to_write(path, NULL);
            bool good = index != NULL && mail_index_count(index) == 0;

            mail_index_close(index);
            _exit(good ? 0 : 1);
        }
    }
    for (int i = 0; i < 8; i++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    write_index(path, 5);
    g_free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mail_index_broken");
    TCase *together = tcase_create("together");
    TCase *broken = tcase_create("broken");

    mail_startup();
    tcase_add_test(together, test_lock);
    tcase_add_test(together, test_lock_removed);
    tcase_add_test(together, test_kill);
    tcase_add_test(together, test_race);
    tcase_set_timeout(together, 60);
    suite_add_tcase(suite, together);
    tcase_add_test(broken, test_no_database);
    tcase_add_test(broken, test_later_sqlite);
    tcase_add_test(broken, test_empty_file);
    tcase_add_test(broken, test_link);
    tcase_add_test(broken, test_schema);
    tcase_add_test(broken, test_damaged_and_locked);
    tcase_add_test(broken, test_random_damage);
    tcase_add_test(broken, test_unread_is_not_unknown);
    tcase_add_test(broken, test_altered_row);
    tcase_add_test(broken, test_full);
    tcase_add_test(broken, test_full_from_the_start);
    tcase_add_test(broken, test_no_folder);
    tcase_set_timeout(broken, 60);
    suite_add_tcase(suite, broken);
    return run_suite(suite);
}
