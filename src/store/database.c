/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Kilobytes of pages that a connection keeps in memory. What is written sorted touches each page
 * once, and what is looked up lies anywhere: more helps neither. */
#define CACHE_KILOBYTES 4096

/* Kilobytes of a write-ahead log that are left lying when it has been copied into the file. */
#define LOG_KILOBYTES 4096

/* A log that is kept has at most so many kilobytes, all of which are read when the file is opened
 * next, and is at most this part of the file. */
#define KEPT_LOG_KILOBYTES 1024
#define KEPT_LOG_SHARE 32

G_DEFINE_QUARK(pore-store-error-quark, store_error)

/* Which of ours is the SQLite result CODE, SYSTEM being the errno behind it? */
static enum store_error classify(int code, int system)
{
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR: /* a table is not there: the statements themselves are right */
        return STORE_ERROR_DAMAGED;
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
        return STORE_ERROR_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return STORE_ERROR_BUSY;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return STORE_ERROR_OPEN;
    case SQLITE_IOERR:
        /* The shared memory beside the file, too, grows by writing to it. */
        return code == SQLITE_IOERR_SHMSIZE || system == ENOSPC || system == EDQUOT ||
                       system == EFBIG
                   ? STORE_ERROR_FULL
                   : STORE_ERROR_WRITE;
    default:
        return STORE_ERROR_WRITE;
    }
}

static const char *explain(enum store_error kind, int code, int system)
{
    switch (kind) {
    case STORE_ERROR_DAMAGED:
        return "damaged, or no file of pore's";
    case STORE_ERROR_FULL:
        return "the disk is full";
    case STORE_ERROR_BUSY:
        return "in use by another program";
    default:
        /* SQLite's own words for these say less. */
        return system != 0 ? g_strerror(system) : sqlite3_errstr(code);
    }
}

static void set_error(const char *path, int code, int system, GError **error)
{
    enum store_error kind = classify(code, system);

    g_set_error(error, STORE_ERROR, kind, "%s: %s", path, explain(kind, code, system));
}

void database_set_error(sqlite3 *database, int code, GError **error)
{
    /* SQLite does not keep it in all cases; the call that failed was mostly the last one. */
    int system = sqlite3_system_errno(database) != 0 ? sqlite3_system_errno(database) : errno;
    const char *path = sqlite3_db_filename(database, "main");
    bool by_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;

    set_error(path != NULL && *path != '\0' ? path : "temporary file", code, by_system ? system : 0,
              error);
}

bool database_run(sqlite3 *database, const char *sql, GError **error)
{
    int code = sqlite3_exec(database, sql, NULL, NULL, NULL);

    if (code != SQLITE_OK)
        database_set_error(database, code, error);
    return code == SQLITE_OK;
}

sqlite3_stmt *database_prepare(sqlite3 *database, const char *sql, GError **error)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

    if (code != SQLITE_OK)
        database_set_error(database, code, error);
    return statement;
}

bool database_is_sound(sqlite3 *database, GError **error)
{
    sqlite3_stmt *statement = database_prepare(database, "PRAGMA quick_check(1)", error);
    int code;
    bool sound;

    if (statement == NULL)
        return false;
    code = sqlite3_step(statement);
    sound = code == SQLITE_ROW &&
            g_strcmp0((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        code = SQLITE_CORRUPT;
    if (!sound)
        database_set_error(database, code, error);
    sqlite3_finalize(statement);
    return sound;
}

/* What a file says it is. */
struct identity {
    int application;
    int schema;
    int tables;
};

/* All of it at one moment: somebody else may be making the tables. */
static bool read_identity(sqlite3 *database, struct identity *identity, GError **error)
{
    static const char sql[] =
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) "
        "FROM pragma_application_id, pragma_user_version";
    sqlite3_stmt *statement = database_prepare(database, sql, error);
    int code;

    if (statement == NULL)
        return false;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        identity->application = sqlite3_column_int(statement, 0);
        identity->schema = sqlite3_column_int(statement, 1);
        identity->tables = sqlite3_column_int(statement, 2);
    } else {
        database_set_error(database, code, error);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_ROW;
}

static bool is_new(const struct identity *identity)
{
    return identity->application == 0 && identity->schema == 0 && identity->tables == 0;
}

/* Is the file with IDENTITY one of FORM? */
static bool check_identity(const char *path, const struct identity *identity,
                           const struct database_form *form, GError **error)
{
    if (is_new(identity))
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "%s: empty", path);
    else if (identity->application != form->application)
        g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED, "%s: no file of pore's", path);
    else if (identity->schema != form->schema)
        g_set_error(error, STORE_ERROR, STORE_ERROR_SCHEMA, "%s: made by another version of pore",
                    path);
    else
        return true;
    return false;
}

/* Makes an empty file one of FORM, unless somebody else just has. */
static bool make_tables(sqlite3 *database, const struct database_form *form, GError **error)
{
    g_autofree char *script = g_strdup_printf(
        "%s; PRAGMA application_id = %d; PRAGMA user_version = %d", form->tables, form->application,
        form->schema);
    struct identity identity;
    bool made;

    if (!database_run(database, "BEGIN IMMEDIATE", error))
        return false;
    made = read_identity(database, &identity, error) &&
           (!is_new(&identity) || database_run(database, script, error)) &&
           database_run(database, "COMMIT", error);
    if (!made && !sqlite3_get_autocommit(database))
        sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
    return made;
}

/* SQLite does not wait by itself where two processes do this at once. */
static bool begin_log(sqlite3 *database, GError **error)
{
    static const char sql[] = "PRAGMA journal_mode = WAL";
    gint64 end = g_get_monotonic_time() + DATABASE_PATIENCE * G_TIME_SPAN_MILLISECOND;
    int code;

    while (((code = sqlite3_exec(database, sql, NULL, NULL, NULL)) & 0xff) == SQLITE_BUSY &&
           g_get_monotonic_time() < end)
        g_usleep(10 * G_TIME_SPAN_MILLISECOND);
    if (code != SQLITE_OK)
        database_set_error(database, code, error);
    return code == SQLITE_OK;
}

/* The bytes of the write-ahead log. */
static goffset log_size(const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    GStatBuf status;

    return g_stat(log, &status) == 0 ? status.st_size : 0;
}

void database_keep_small_log(sqlite3 *database, const char *path)
{
    GStatBuf status;
    goffset size = log_size(path);

    if (size <= KEPT_LOG_KILOBYTES * 1024 && g_stat(path, &status) == 0 &&
        size <= status.st_size / KEPT_LOG_SHARE)
        sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

/* Where not even the shared memory beside the file can be made, on a read-only or full disk, nobody
 * writes: the file is read as it is. */
static sqlite3 *connect_immutable(const char *path)
{
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    g_autofree char *uri = g_filename_to_uri(full, NULL, NULL);
    g_autofree char *name = g_strconcat(uri, "?immutable=1", NULL);
    int access = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    sqlite3 *database;

    if (sqlite3_open_v2(name, &database, access, NULL) == SQLITE_OK)
        return database;
    sqlite3_close(database);
    return NULL;
}

static sqlite3 *connect(const char *path, enum database_mode mode, GError **error)
{
    int access = mode == DATABASE_READ ? SQLITE_OPEN_READONLY
                                       : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3 *database;
    int code = sqlite3_open_v2(mode == DATABASE_TEMPORARY ? "" : path, &database,
                               access | SQLITE_OPEN_NOMUTEX, NULL);

    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(database, 1);
        sqlite3_busy_timeout(database, DATABASE_PATIENCE);
        return database;
    }
    set_error(path, code, database != NULL ? sqlite3_system_errno(database) : 0, error);
    sqlite3_close(database);
    return NULL;
}

/* What every connection has. */
static bool set_up(sqlite3 *database, const struct database_form *form, GError **error)
{
    g_autofree char *settings = g_strdup_printf(
        "PRAGMA synchronous = %s; PRAGMA cache_size = -%d; PRAGMA journal_size_limit = %d;"
        "PRAGMA cell_size_check = ON",
        form->durable ? "FULL" : "NORMAL", CACHE_KILOBYTES, LOG_KILOBYTES * 1024);

    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return database_run(database, settings, error);
}

static bool open_to_read(sqlite3 **database, const char *path, const struct database_form *form,
                         GError **error)
{
    struct identity identity;
    GError *problem = NULL;
    bool readable = set_up(*database, form, &problem) &&
                    read_identity(*database, &identity, &problem);

    if (!readable && !g_error_matches(problem, STORE_ERROR, STORE_ERROR_DAMAGED) &&
        !g_error_matches(problem, STORE_ERROR, STORE_ERROR_BUSY) && log_size(path) == 0) {
        sqlite3_close(*database);
        *database = connect_immutable(path);
        readable = *database != NULL && set_up(*database, form, NULL) &&
                   read_identity(*database, &identity, NULL);
        if (readable)
            g_clear_error(&problem);
    }
    if (!readable) {
        g_propagate_error(error, problem);
        return false;
    }
    return check_identity(path, &identity, form, error);
}

static bool check_writable(sqlite3 *database, const char *path, GError **error)
{
    if (!sqlite3_db_readonly(database, "main"))
        return true;
    if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
        g_set_error(error, STORE_ERROR, STORE_ERROR_WRITE, "%s: %s", path, g_strerror(errno));
    else /* its header asks for that, being damaged or of the far future */
        set_error(path, SQLITE_CORRUPT, 0, error);
    return false;
}

static bool open_to_write(sqlite3 *database, const char *path, const struct database_form *form,
                          GError **error)
{
    struct identity identity;

    /* Asked again, for SQLite has seen the header then. */
    if (!check_writable(database, path, error) || !set_up(database, form, error) ||
        !read_identity(database, &identity, error) || !check_writable(database, path, error))
        return false;
    /* The files beside it will have its mode. */
    if (is_new(&identity))
        g_chmod(path, 0600);
    else if (!check_identity(path, &identity, form, error))
        return false;
    if (!begin_log(database, error))
        return false;
    if (is_new(&identity) && (!make_tables(database, form, error) ||
                              !read_identity(database, &identity, error)))
        return false;
    return check_identity(path, &identity, form, error);
}

/* Empties the file, whatever it holds. Removing it would not do: others may have it open, or be
 * about to, and the files beside it are found by name. */
static bool reset(sqlite3 *database, GError **error)
{
    bool emptied;

    sqlite3_db_config(database, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL);
    emptied = database_run(database, "VACUUM", error);
    sqlite3_db_config(database, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
    return emptied;
}

/* The folder of PATH must be writable, for the files beside that; SQLite would not say why it is
 * not. */
static bool make_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (g_mkdir_with_parents(folder, 0700) == 0 &&
        faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == 0)
        return true;
    g_set_error(error, STORE_ERROR, errno == ENOSPC || errno == EDQUOT ? STORE_ERROR_FULL
                                                                      : STORE_ERROR_OPEN,
                "%s: %s", folder, g_strerror(errno));
    return false;
}

/* SQLite would make the file as the umask has it. One that is there, or cannot be made, is SQLite's to
 * open or to complain of. */
static void make_private(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (file >= 0)
        close(file);
}

/* Before SQLite is used first: it counts the memory it takes, behind a lock for each piece. */
static void start_up(void)
{
    static gsize started;

    if (g_once_init_enter(&started)) {
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        g_once_init_leave(&started, 1);
    }
}

sqlite3 *database_open(const char *path, enum database_mode mode, const struct database_form *form,
                       GError **error)
{
    sqlite3 *database;
    bool opened;

    start_up();
    if (mode == DATABASE_TEMPORARY)
        path = "temporary file";
    else if (mode != DATABASE_READ && !make_folder(path, error))
        return NULL;
    if (mode == DATABASE_WRITE || mode == DATABASE_ANEW)
        make_private(path);
    database = connect(path, mode, error);
    if (database == NULL)
        return NULL;
    if (mode == DATABASE_READ)
        opened = open_to_read(&database, path, form, error);
    else if (mode == DATABASE_TEMPORARY)
        opened = set_up(database, form, error) && make_tables(database, form, error);
    else
        opened = (mode != DATABASE_ANEW || reset(database, error)) &&
                 open_to_write(database, path, form, error);
    if (!opened)
        g_clear_pointer(&database, database_close);
    return database;
}

void database_close(sqlite3 *database)
{
    sqlite3_stmt *statement;

    if (database == NULL)
        return;
    while ((statement = sqlite3_next_stmt(database, NULL)) != NULL)
        sqlite3_finalize(statement);
    sqlite3_close(database);
}
