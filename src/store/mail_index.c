/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/mail_index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* "pore" in the file's header. */
#define APPLICATION 0x706f7265

/* A parent is NULL at the beginning of an epoch; the table epochs lists these rows, too. The
 * checksum is that of mail_index_checksum(). */
static const char tables[] =
    "CREATE TABLE mails"
    "(age INTEGER PRIMARY KEY, received INTEGER, id BLOB, parent BLOB, checksum INTEGER, "
    "record BLOB);"
    "CREATE TABLE keys(place INTEGER PRIMARY KEY, block BLOB);"
    "CREATE TABLE runs(run INTEGER PRIMARY KEY, size INTEGER);"
    "CREATE INDEX unreadable ON mails(age) WHERE record IS NULL;"
    "CREATE TABLE epochs(age INTEGER PRIMARY KEY);"
    "CREATE TABLE spans(newest INTEGER, oldest INTEGER)";

static const struct database_form form = { APPLICATION, MAIL_INDEX_SCHEMA, tables, false };

#define COLUMNS "mails.age, received, id, parent, checksum, record"

static const char *const statements[STATEMENT_COUNT] = {
    [STATEMENT_FOLLOW] = "SELECT " COLUMNS " FROM mails WHERE age > ?1 ORDER BY age",
    [STATEMENT_GET] = "SELECT " COLUMNS " FROM mails WHERE age = ?1",
    [STATEMENT_EPOCH] = "SELECT age FROM epochs WHERE age >= ?1 ORDER BY age LIMIT 1",
    [STATEMENT_UNREADABLE] = "SELECT " COLUMNS " FROM mails WHERE record IS NULL AND age >= ?1 "
                             "ORDER BY age DESC",
    [STATEMENT_SPANS] = "SELECT newest, oldest FROM spans ORDER BY newest DESC",
    /* A mail that could not be read can be read now. */
    [STATEMENT_ADD_MAIL] = ("INSERT INTO mails VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
                            "ON CONFLICT DO UPDATE SET "
                            "checksum = iif(excluded.record IS NULL, checksum, excluded.checksum), "
                            "record = coalesce(excluded.record, record) "
                            "WHERE id = excluded.id"),
    [STATEMENT_ADD_EPOCH] = "INSERT OR IGNORE INTO epochs VALUES(?1)",
    [STATEMENT_ADD_SPAN] = "INSERT INTO spans VALUES(?1, ?2)",
    [STATEMENT_RUNS] = "SELECT run, size FROM runs ORDER BY size",
    [STATEMENT_BLOCK] = "SELECT place, block FROM keys WHERE place BETWEEN ?1 AND ?2 "
                        "ORDER BY place DESC LIMIT 1",
    [STATEMENT_NEXT_BLOCK] = "SELECT place, block FROM keys WHERE place BETWEEN ?1 AND ?2 "
                             "ORDER BY place LIMIT 1",
    [STATEMENT_ADD_BLOCK] = "INSERT INTO keys VALUES(?1, ?2)",
    [STATEMENT_REMOVE_BLOCKS] = "DELETE FROM keys WHERE place BETWEEN ?1 AND ?2",
    [STATEMENT_ADD_RUN] = "INSERT INTO runs VALUES(?1, ?2)",
    [STATEMENT_REMOVE_RUN] = "DELETE FROM runs WHERE run = ?1",
    [STATEMENT_BEGIN] = "BEGIN",
    [STATEMENT_END] = "COMMIT",
};

/* What the name of an index ends with that has none yet. */
#define UNNAMED ".new"

/* Seconds after which one that nobody has locked is nobody's: it is made before it is locked. */
#define UNNAMED_AGE 3600

char *mail_index_path(const struct commit_id *first)
{
    char name[COMMIT_ID_TEXT_SIZE];
    g_autofree char *file = NULL;

    commit_id_text(first, name);
    file = g_strconcat(name, ".index", NULL);
    return g_build_filename(g_get_user_cache_dir(), "pore", file, NULL);
}

/* The lock of the index at PATH: a descriptor, or -1 if somebody else has it. */
static int lock_path(const char *path)
{
    g_autofree char *name = g_strconcat(path, ".lock", NULL);
    int lock = g_open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        return -1;
    }
    return lock;
}

void mail_index_remove(const char *unnamed)
{
    static const char *const ends[] = { "-wal", "-shm", "", ".lock" };

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *path = g_strconcat(unnamed, ends[i], NULL);

        g_unlink(path);
    }
}

/* Does PATH lie there without a name, and has long? */
static bool is_left(const char *path)
{
    GStatBuf status;

    return g_str_has_suffix(path, UNNAMED) && g_stat(path, &status) == 0 &&
           status.st_mtime < g_get_real_time() / G_USEC_PER_SEC - UNNAMED_AGE;
}

/* Removes what lies in FOLDER without a name and is nobody's. */
static void remove_unnamed(const char *folder)
{
    GDir *names = g_dir_open(folder, 0, NULL);
    const char *name;

    while (names != NULL && (name = g_dir_read_name(names)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int lock = is_left(path) ? lock_path(path) : -1;

        if (lock < 0)
            continue;
        mail_index_remove(path);
        close(lock);
    }
    if (names != NULL)
        g_dir_close(names);
}

char *mail_index_unnamed_path(void)
{
    g_autofree char *folder = g_build_filename(g_get_user_cache_dir(), "pore", NULL);
    char *path = g_build_filename(folder, "XXXXXX" UNNAMED, NULL);
    int file;

    remove_unnamed(folder);
    g_mkdir_with_parents(folder, 0700);
    file = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        close(file);
    else
        g_clear_pointer(&path, g_free);
    return path;
}

/* Is there no log beside PATH? One that was left by a file that is gone must not come to another. */
static bool is_at_rest(const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    GStatBuf status;

    return g_stat(log, &status) != 0 || status.st_size == 0;
}

/* Moves the file UNNAMED to PATH, where others may be about to make one, which must not be
 * replaced. */
static bool move(const char *unnamed, const char *path)
{
    if (link(unnamed, path) == 0)
        return true;
    /* Not every file system has links. */
    return errno != EEXIST && errno != ENOENT && g_access(path, F_OK) != 0 &&
           g_rename(unnamed, path) == 0;
}

bool mail_index_name(const char *unnamed, const char *path)
{
    int lock = lock_path(path);
    bool named;

    if (lock < 0)
        return false;
    named = is_at_rest(unnamed) && is_at_rest(path) && move(unnamed, path);
    close(lock);
    if (named)
        mail_index_remove(unnamed);
    return named;
}

static void detach(struct mail_index *index)
{
    g_clear_pointer(&index->runs, g_array_unref);
    database_close(index->database);
    index->database = NULL;
    memset(index->statements, 0, sizeof(index->statements));
    index->found = index->following = index->held = false;
}

/* What was put in the place of an index would be emptied as a damaged one, wherever it leads. */
static bool is_link(const char *path, GError **error)
{
    if (path == NULL || !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        return false;
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "%s: it is a symbolic link", path);
    return true;
}

/* Opens the file in MODE, which is that of INDEX or DATABASE_ANEW. */
static bool attach(struct mail_index *index, enum database_mode mode, GError **error)
{
    if (is_link(index->path, error))
        return false;
    index->database = database_open(index->path, mode, &form, error);
    if (index->database == NULL)
        return false;
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        index->statements[i] = database_prepare(index->database, statements[i], error);
        if (index->statements[i] == NULL) {
            detach(index);
            return false;
        }
    }
    if (index->path != NULL && g_stat(index->path, &index->file) != 0)
        memset(&index->file, 0, sizeof(index->file));
    return true;
}

static struct mail_index *index_new(const char *path, enum database_mode mode)
{
    struct mail_index *index = g_new0(struct mail_index, 1);

    index->path = g_strdup(path);
    index->mode = mode;
    index->lock = -1;
    index->ceiling = INT64_MAX;
    index->keys = g_array_new(FALSE, FALSE, sizeof(struct key));
    index->spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    index->ages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    index->record = g_byte_array_new();
    index->mail_keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return index;
}

static void give_lock_back(struct mail_index *index)
{
    if (index->lock >= 0)
        close(index->lock);
    index->lock = -1;
}

static bool take_lock(struct mail_index *index)
{
    if (index->lock < 0)
        index->lock = lock_path(index->path);
    return index->lock >= 0;
}

bool mail_index_renew(struct mail_index *index, GError **error)
{
    detach(index);
    return attach(index, index->path != NULL ? DATABASE_ANEW : DATABASE_TEMPORARY, error);
}

static bool is_useless(const GError *error)
{
    return g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED) ||
           g_error_matches(error, STORE_ERROR, STORE_ERROR_SCHEMA);
}

/* Attaches INDEX, and makes it anew if what is there is of no use. */
static bool attach_to_write(struct mail_index *index, GError **error)
{
    GError *problem = NULL;

    if (attach(index, index->mode, &problem))
        return true;
    if (is_useless(problem) && take_lock(index)) {
        g_clear_error(&problem);
        /* Somebody else may have just done it. */
        if (attach(index, index->mode, &problem))
            return true;
        if (is_useless(problem)) {
            g_clear_error(&problem);
            if (mail_index_renew(index, &problem))
                return true;
        }
    }
    g_propagate_error(error, problem);
    return false;
}

struct mail_index *mail_index_open(const char *path, GError **error)
{
    struct mail_index *index = index_new(path, DATABASE_READ);

    if (!attach(index, index->mode, error))
        g_clear_pointer(&index, mail_index_close);
    return index;
}

struct mail_index *mail_index_open_to_write(const char *path, GError **error)
{
    struct mail_index *index = index_new(path, DATABASE_WRITE);

    if (!attach_to_write(index, error))
        g_clear_pointer(&index, mail_index_close);
    return index;
}

struct mail_index *mail_index_open_temporary(GError **error)
{
    struct mail_index *index = index_new(NULL, DATABASE_TEMPORARY);

    if (!attach(index, index->mode, error))
        g_clear_pointer(&index, mail_index_close);
    return index;
}

void mail_index_close(struct mail_index *index)
{
    if (index == NULL)
        return;
    if (index->path != NULL && index->database != NULL)
        database_keep_small_log(index->database, index->path);
    /* The lock goes last. */
    detach(index);
    give_lock_back(index);
    g_array_free(index->mail_keys, TRUE);
    g_array_free(index->ages, TRUE);
    g_byte_array_free(index->record, TRUE);
    g_array_free(index->spans, TRUE);
    g_array_free(index->keys, TRUE);
    g_clear_error(&index->failure);
    g_clear_error(&index->unread);
    g_free(index->path);
    g_free(index);
}

/* Is the file at the path still the one that is open? */
static bool is_current(const struct mail_index *index)
{
    GStatBuf file;

    return g_stat(index->path, &file) == 0 && file.st_ino == index->file.st_ino &&
           file.st_dev == index->file.st_dev;
}

bool mail_index_lock(struct mail_index *index)
{
    if (index->mode == DATABASE_TEMPORARY)
        return true;
    if (index->mode == DATABASE_READ || !take_lock(index))
        return false;
    /* Who cleans a cache up removes files. */
    if (is_current(index))
        return true;
    detach(index);
    if (attach_to_write(index, NULL))
        return true;
    give_lock_back(index);
    return false;
}
