/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/marks_file.h"

#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The numbers of enum mark_state and enum correction are in the file: they stay what they are.
 * Stamps end with MARK_STAMP_MAX. A path is any bytes. */
static const struct database_form marks_form = {
    .application = 0x706f726d,
    .schema = 1,
    .durable = true,
    .tables =
        "CREATE TABLE marks ("
        "    lead TEXT NOT NULL PRIMARY KEY,"
        "    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),"
        "    state_stamp INTEGER NOT NULL "
        "        CHECK (state_stamp BETWEEN 0 AND 253402300799999999),"
        "    flag INTEGER NOT NULL CHECK (flag IN (0, 1)),"
        "    flag_stamp INTEGER NOT NULL "
        "        CHECK (flag_stamp BETWEEN 0 AND 253402300799999999),"
        "    version INTEGER NOT NULL CHECK (version BETWEEN 0 AND 4294967295),"
        "    fingerprints BLOB NOT NULL CHECK (length(fingerprints) % 32 = 0)"
        ") STRICT, WITHOUT ROWID;"
        "CREATE TABLE notes ("
        "    lead TEXT NOT NULL,"
        "    stamp INTEGER NOT NULL CHECK (stamp BETWEEN 0 AND 253402300799999999),"
        "    text TEXT NOT NULL,"
        "    removed INTEGER NOT NULL CHECK (removed IN (0, 1)),"
        "    PRIMARY KEY (lead, stamp, text)"
        ") STRICT, WITHOUT ROWID;"
        "CREATE TABLE corrections ("
        "    a TEXT NOT NULL,"
        "    b TEXT NOT NULL,"
        "    correction INTEGER NOT NULL CHECK (correction BETWEEN 0 AND 2),"
        "    stamp INTEGER NOT NULL CHECK (stamp BETWEEN 0 AND 253402300799999999),"
        "    PRIMARY KEY (a, b)"
        ") STRICT, WITHOUT ROWID;"
        "CREATE TABLE places ("
        "    path BLOB NOT NULL PRIMARY KEY,"
        "    first BLOB NOT NULL CHECK (length(first) = 20)"
        ") STRICT, WITHOUT ROWID;"
        "CREATE TABLE visits ("
        "    first BLOB NOT NULL PRIMARY KEY CHECK (length(first) = 20),"
        "    seen BLOB NOT NULL CHECK (length(seen) = 20),"
        "    before BLOB NOT NULL CHECK (length(before) = 20),"
        "    moment INTEGER NOT NULL"
        ") STRICT, WITHOUT ROWID;",
};

enum statement {
    VERSION,
    READ_MARKS,
    READ_NOTES,
    READ_CORRECTIONS,
    READ_PLACE,
    READ_ARCHIVES,
    READ_VISIT,
    WRITE_MARK,
    WRITE_NOTE,
    WRITE_CORRECTION,
    WRITE_PLACE,
    WRITE_VISIT,
    STATEMENTS
};

static const char *const statement_texts[STATEMENTS] = {
    [VERSION] = "PRAGMA data_version",
    [READ_MARKS] = "SELECT lead, state, version, fingerprints, state_stamp, flag, flag_stamp FROM marks",
    [READ_NOTES] = "SELECT lead, text, stamp, removed FROM notes ORDER BY lead, stamp, text",
    [READ_CORRECTIONS] = "SELECT a, b, correction, stamp FROM corrections",
    [READ_PLACE] = "SELECT first FROM places WHERE path = ?",
    [READ_ARCHIVES] = "SELECT first FROM places UNION SELECT first FROM visits",
    [READ_VISIT] = "SELECT seen, before, moment FROM visits WHERE first = ?",
    [WRITE_MARK] = "INSERT OR REPLACE INTO marks (lead, state, version, fingerprints, state_stamp, "
                   "flag, flag_stamp) VALUES (?, ?, ?, ?, ?, ?, ?)",
    [WRITE_NOTE] = "INSERT OR REPLACE INTO notes (lead, text, stamp, removed) VALUES (?, ?, ?, ?)",
    [WRITE_CORRECTION] = "INSERT OR REPLACE INTO corrections (a, b, correction, stamp) "
                         "VALUES (?, ?, ?, ?)",
    [WRITE_PLACE] = "INSERT OR REPLACE INTO places (path, first) VALUES (?, ?)",
    [WRITE_VISIT] = "INSERT OR REPLACE INTO visits (first, seen, before, moment) "
                    "VALUES (?, ?, ?, ?)",
};

struct marks_file {
    char *path;
    sqlite3 *database; /* NULL: there is nothing to read */
    sqlite3_stmt *statements[STATEMENTS];
    int patience;      /* milliseconds */
    char *closed;      /* why it cannot be written, or NULL */
    bool anew;         /* what was damaged is kept aside */
    int version;       /* PRAGMA data_version when it was read; it changes when others commit */
    bool is_read;      /* … and that is how the file was, but for what was committed here */
};

/* --- rows ------------------------------------------------------------------------------------ */

/* The statement, to be bound and run anew. */
static sqlite3_stmt *begin_statement(const struct marks_file *file, enum statement which)
{
    sqlite3_stmt *statement = file->statements[which];

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return statement;
}

/* The next row of STATEMENT. False at its end, and then with *ERROR set if it broke off. */
static bool next_row(sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step(statement);

    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        database_set_error(sqlite3_db_handle(statement), code, error);
    sqlite3_reset(statement);
    return false;
}

/* Runs a statement that gives no rows. */
static bool run(sqlite3_stmt *statement, GError **error)
{
    GError *problem = NULL;

    while (next_row(statement, &problem))
        ;
    if (problem != NULL)
        g_propagate_error(error, problem);
    return problem == NULL;
}

/* The text of COLUMN. What somebody else wrote into the file, and what could not have been set,
 * is passed over. */
static const char *text_of(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return text != NULL ? text : "";
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

static void bind_commit(sqlite3_stmt *statement, int place, const struct commit_id *commit)
{
    sqlite3_bind_blob(statement, place, commit->bytes, sizeof commit->bytes, SQLITE_STATIC);
}

static struct commit_id commit_of(sqlite3_stmt *statement, int column)
{
    struct commit_id commit = { { 0 } };
    const void *bytes = sqlite3_column_blob(statement, column);

    if (sqlite3_column_bytes(statement, column) == sizeof commit.bytes)
        memcpy(commit.bytes, bytes, sizeof commit.bytes);
    return commit;
}

static void read_mark(sqlite3_stmt *row, struct marks_table *table)
{
    const char *lead = text_of(row, 0);
    const void *bytes = sqlite3_column_blob(row, 3);
    guint count = (guint)sqlite3_column_bytes(row, 3) / (guint)sizeof(struct fingerprint);
    GArray *fingerprints;
    struct mark *mark;

    if (!mark_check_id(lead, NULL))
        return;
    mark = marks_table_mark(table, lead);
    fingerprints = g_array_new(FALSE, FALSE, sizeof(struct fingerprint));
    if (count > 0)
        g_array_append_vals(fingerprints, bytes, count);
    mark_set_state(mark, (enum mark_state)sqlite3_column_int(row, 1),
                   (uint32_t)sqlite3_column_int64(row, 2), fingerprints,
                   sqlite3_column_int64(row, 4));
    mark->flag = sqlite3_column_int(row, 5) != 0;
    mark->flag_stamp = sqlite3_column_int64(row, 6);
    g_array_unref(fingerprints);
}

static void read_note(sqlite3_stmt *row, struct marks_table *table)
{
    const char *lead = text_of(row, 0);
    const char *text = text_of(row, 1);

    if (mark_check_id(lead, NULL) && mark_check_note(text, NULL))
        mark_add_note(marks_table_mark(table, lead), text, sqlite3_column_int64(row, 2),
                      sqlite3_column_int(row, 3) != 0);
}

static void read_correction(sqlite3_stmt *row, struct marks_table *table)
{
    const char *a = text_of(row, 0), *b = text_of(row, 1);
    struct correction_line *line;

    if (!mark_check_id(a, NULL) || !mark_check_id(b, NULL))
        return;
    line = correction_line_new(a, b, (enum correction)sqlite3_column_int(row, 2),
                               sqlite3_column_int64(row, 3));
    g_tree_replace(table->corrections, line, line);
}

static bool read_rows(const struct marks_file *file, enum statement which,
                      void (*read)(sqlite3_stmt *row, struct marks_table *table),
                      struct marks_table *table, GError **error)
{
    sqlite3_stmt *statement = begin_statement(file, which);
    GError *problem = NULL;

    while (next_row(statement, &problem))
        read(statement, table);
    if (problem != NULL)
        g_propagate_error(error, problem);
    return problem == NULL;
}

static bool read_version(struct marks_file *file, int *version, GError **error)
{
    sqlite3_stmt *statement = begin_statement(file, VERSION);
    bool found = next_row(statement, error);

    if (found)
        *version = sqlite3_column_int(statement, 0);
    sqlite3_reset(statement);
    return found;
}

static bool is_writable(struct marks_file *file);

bool marks_file_is_stale(struct marks_file *file)
{
    int version;

    /* Where the file is read without being locked, it does not show what others commit. */
    if (!is_writable(file) && file->database == NULL)
        return false;
    return !file->is_read || !read_version(file, &version, NULL) || version != file->version;
}

struct marks_table *marks_file_read(struct marks_file *file, GError **error)
{
    struct marks_table *table = marks_table_new();
    bool alone = file->database != NULL && sqlite3_get_autocommit(file->database);
    bool read;

    if (file->database == NULL)
        return table;
    read = (!alone || database_run(file->database, "BEGIN", error)) &&
           read_version(file, &file->version, error) &&
           read_rows(file, READ_MARKS, read_mark, table, error) &&
           read_rows(file, READ_NOTES, read_note, table, error) &&
           read_rows(file, READ_CORRECTIONS, read_correction, table, error);
    if (alone)
        marks_file_roll_back(file);
    file->is_read = read;
    if (!read)
        g_clear_pointer(&table, marks_table_free);
    return table;
}

static bool write_mark(const struct marks_file *file, const struct mark *mark, GError **error)
{
    sqlite3_stmt *row = begin_statement(file, WRITE_MARK);
    guint size = mark->fingerprints->len * (guint)sizeof(struct fingerprint);

    bind_text(row, 1, mark->lead);
    sqlite3_bind_int(row, 2, mark->state);
    sqlite3_bind_int64(row, 3, mark->version);
    sqlite3_bind_blob(row, 4, size > 0 ? mark->fingerprints->data : "", (int)size, SQLITE_STATIC);
    sqlite3_bind_int64(row, 5, mark->state_stamp);
    sqlite3_bind_int(row, 6, mark->flag);
    sqlite3_bind_int64(row, 7, mark->flag_stamp);
    if (!run(row, error))
        return false;
    for (guint i = 0; i < mark->notes->len; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);

        row = begin_statement(file, WRITE_NOTE);
        bind_text(row, 1, mark->lead);
        bind_text(row, 2, note->text);
        sqlite3_bind_int64(row, 3, note->stamp);
        sqlite3_bind_int(row, 4, note->removed);
        if (!run(row, error))
            return false;
    }
    return true;
}

static bool write_correction(const struct marks_file *file, const struct correction_line *line,
                             GError **error)
{
    sqlite3_stmt *row = begin_statement(file, WRITE_CORRECTION);

    bind_text(row, 1, line->a);
    bind_text(row, 2, line->b);
    sqlite3_bind_int(row, 3, line->correction);
    sqlite3_bind_int64(row, 4, line->stamp);
    return run(row, error);
}

static bool write_table(const struct marks_file *file, const struct marks_table *table,
                        GError **error)
{
    GTreeNode *node;

    for (node = g_tree_node_first(table->marks); node != NULL; node = g_tree_node_next(node)) {
        if (!write_mark(file, g_tree_node_value(node), error))
            return false;
    }
    for (node = g_tree_node_first(table->corrections); node != NULL; node = g_tree_node_next(node)) {
        if (!write_correction(file, g_tree_node_value(node), error))
            return false;
    }
    return true;
}

static bool is_open(struct marks_file *file, GError **error)
{
    int moved = 0;

    if (!is_writable(file)) {
        g_set_error(error, MARKS_ERROR, MARKS_ERROR_CLOSED, "marks cannot be set: %s", file->closed);
        return false;
    }
    /* What is written to a file that lies elsewhere now, nobody would find again. */
    sqlite3_file_control(file->database, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved)
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN,
                    "marks cannot be set: %s was moved or removed; start anew", file->path);
    return !moved;
}

bool marks_file_begin(struct marks_file *file, GError **error)
{
    if (!is_open(file, error))
        return false;
    if (database_run(file->database, "BEGIN IMMEDIATE", error))
        return true;
    g_prefix_error(error, "marks cannot be set: ");
    return false;
}

void marks_file_roll_back(struct marks_file *file)
{
    if (!sqlite3_get_autocommit(file->database))
        sqlite3_exec(file->database, "ROLLBACK", NULL, NULL, NULL);
}

bool marks_file_commit(struct marks_file *file, const struct marks_table *draft, GError **error)
{
    if (write_table(file, draft, error) && database_run(file->database, "COMMIT", error))
        return true;
    marks_file_roll_back(file);
    /* A commit that failed may be found to be there all the same. */
    file->is_read = false;
    return false;
}

/* --- places and visits ----------------------------------------------------------------------- */

static void bind_path(sqlite3_stmt *statement, int place, const char *path)
{
    sqlite3_bind_blob64(statement, place, path, strlen(path), SQLITE_STATIC);
}

bool marks_file_place(const struct marks_file *file, const char *path, struct commit_id *first)
{
    sqlite3_stmt *statement;
    bool found;

    if (file->database == NULL)
        return false;
    statement = begin_statement(file, READ_PLACE);
    bind_path(statement, 1, path);
    found = next_row(statement, NULL);
    if (found)
        *first = commit_of(statement, 0);
    sqlite3_reset(statement);
    return found;
}

bool marks_file_set_place(struct marks_file *file, const char *path, const struct commit_id *first,
                          GError **error)
{
    sqlite3_stmt *statement;

    if (!is_open(file, error))
        return false;
    statement = begin_statement(file, WRITE_PLACE);
    bind_path(statement, 1, path);
    bind_commit(statement, 2, first);
    return run(statement, error);
}

GArray *marks_file_archives(const struct marks_file *file)
{
    GArray *archives = g_array_new(FALSE, FALSE, sizeof(struct commit_id));
    sqlite3_stmt *statement;

    if (file->database == NULL)
        return archives;
    statement = begin_statement(file, READ_ARCHIVES);
    while (next_row(statement, NULL)) {
        struct commit_id first = commit_of(statement, 0);
        g_array_append_val(archives, first);
    }
    return archives;
}

bool marks_file_visit(const struct marks_file *file, const struct commit_id *first,
                      struct visit *visit)
{
    sqlite3_stmt *statement;
    bool found;

    if (file->database == NULL)
        return false;
    statement = begin_statement(file, READ_VISIT);
    bind_commit(statement, 1, first);
    found = next_row(statement, NULL);
    if (found)
        *visit = (struct visit) { *first, commit_of(statement, 0), commit_of(statement, 1),
                                  sqlite3_column_int64(statement, 2) };
    sqlite3_reset(statement);
    return found;
}

bool marks_file_set_visit(struct marks_file *file, const struct visit *visit, GError **error)
{
    sqlite3_stmt *statement;

    if (!is_open(file, error))
        return false;
    statement = begin_statement(file, WRITE_VISIT);
    bind_commit(statement, 1, &visit->first);
    bind_commit(statement, 2, &visit->seen);
    bind_commit(statement, 3, &visit->before);
    sqlite3_bind_int64(statement, 4, visit->when);
    return run(statement, error);
}

/* --- opening --------------------------------------------------------------------------------- */

static bool prepare(struct marks_file *file, GError **error)
{
    for (int i = 0; i < STATEMENTS; i++) {
        file->statements[i] = database_prepare(file->database, statement_texts[i], error);
        if (file->statements[i] == NULL)
            return false;
    }
    return true;
}

/* Is PATH, where it can be read, empty or SQLite's by its first bytes? What is not, SQLite must
 * not touch: it would remove the log beside it. Where there is shared memory, this process may
 * have the file open: to close it here would give up SQLite's locks (fcntl(2)). */
static bool check_header(const char *path, GError **error)
{
    static const char magic[16] = "SQLite format 3";
    g_autofree char *shared = g_strconcat(path, "-shm", NULL);
    char bytes[sizeof magic];
    ssize_t length = 0;
    int descriptor;

    if (g_file_test(shared, G_FILE_TEST_EXISTS))
        return true;
    descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0)
        length = read(descriptor, bytes, sizeof bytes);
    if (descriptor >= 0)
        close(descriptor);
    if (length <= 0 || (length == sizeof magic && memcmp(bytes, magic, sizeof magic) == 0))
        return true;
    g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED, "%s: damaged, or no file of pore's", path);
    return false;
}

/* Opens the file if it is all that it should be. It is small enough to be looked at whole. */
static bool open_as(struct marks_file *file, enum database_mode mode, GError **error)
{
    if (!check_header(file->path, error))
        return false;
    file->database = database_open(file->path, mode, &marks_form, error);
    if (file->database == NULL)
        return false;
    if (database_is_sound(file->database, error) && prepare(file, error))
        return true;
    g_clear_pointer(&file->database, database_close);
    return false;
}

/* Can the file be written? What stood in the way when it was opened, a full disk, may be gone by
 * now. */
static bool is_writable(struct marks_file *file)
{
    struct marks_file again = {
        .path = file->path, .patience = file->patience, .anew = file->anew
    };
    GError *error = NULL;

    if (file->closed == NULL)
        return true;
    if (open_as(&again, DATABASE_WRITE, &error)) {
        database_close(file->database);
        g_free(file->closed);
        *file = again;
        marks_file_set_patience(file, file->patience);
        return true;
    }
    g_free(file->closed);
    file->closed = g_strdup(error->message);
    g_error_free(error);
    return false;
}

/* A name beside PATH that nothing has; there is an empty file of it then, so that nobody else
 * takes it. The caller frees it. */
static char *reserve_name(const char *path, GError **error)
{
    for (unsigned i = 1;; i++) {
        char *name = i == 1 ? g_strconcat(path, ".damaged", NULL)
                            : g_strdup_printf("%s.damaged-%u", path, i);
        int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (descriptor >= 0) {
            close(descriptor);
            return name;
        }
        if (errno != EEXIST) {
            g_set_error(error, STORE_ERROR, STORE_ERROR_WRITE, "%s: %s", name, g_strerror(errno));
            g_free(name);
            return NULL;
        }
        g_free(name);
    }
}

/* Moves PATH aside with its log. The log goes first: a new file that found it would take in what
 * it says. */
static char *move_aside(const char *path, GError **error)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_autofree char *shared = g_strconcat(path, "-shm", NULL);
    g_autofree char *name = reserve_name(path, error);
    g_autofree char *log_name = name != NULL ? g_strconcat(name, "-wal", NULL) : NULL;

    if (name == NULL)
        return NULL;
    if ((g_rename(log, log_name) == 0 || errno == ENOENT) && g_rename(path, name) == 0) {
        g_unlink(shared);
        return g_steal_pointer(&name);
    }
    g_set_error(error, STORE_ERROR, STORE_ERROR_WRITE, "%s: %s", path, g_strerror(errno));
    g_unlink(name);
    return NULL;
}

/* Has one process at a time put damaged files in the folder of PATH aside. A file system that
 * cannot do that does without. */
static int lock_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (descriptor >= 0 && flock(descriptor, LOCK_EX) != 0)
        g_debug("%s: %s", folder, g_strerror(errno));
    return descriptor;
}

/* What is wrong with the file: DAMAGED, which is freed. Keeps it aside and begins a new one,
 * unless somebody else has done so by now. */
static bool begin_anew(struct marks_file *file, GError *damaged, char **notice, GError **error)
{
    int lock = lock_folder(file->path);
    GError *now = NULL;
    bool opened = open_as(file, DATABASE_WRITE, &now);

    if (g_error_matches(now, STORE_ERROR, STORE_ERROR_DAMAGED)) {
        g_autofree char *name = move_aside(file->path, error);

        file->anew = name != NULL;
        if (name != NULL) {
            *notice = g_strdup_printf("%s; it is kept as %s", damaged->message, name);
            opened = open_as(file, DATABASE_WRITE, error);
        } else {
            *notice = g_strdup_printf("%s; it cannot be kept aside, so no marks can be set",
                                      damaged->message);
        }
        g_error_free(now);
    } else if (!opened) {
        g_propagate_error(error, now);
    }
    if (lock >= 0)
        close(lock);
    g_error_free(damaged);
    return opened;
}

/* The file cannot be written because of PROBLEM, which is freed: is it to be read? */
static void open_to_read(struct marks_file *file, GError *problem, char **notice)
{
    bool foreign = g_error_matches(problem, STORE_ERROR, STORE_ERROR_SCHEMA);
    bool readable = !foreign && open_as(file, DATABASE_READ, NULL);

    if (*notice == NULL)
        *notice = g_strdup_printf(readable ? "%s; marks are read but cannot be set"
                                           : "%s; no marks are read, and none can be set",
                                  problem->message);
    file->closed = g_strdup(problem->message);
    g_error_free(problem);
}

struct marks_file *marks_file_open(const char *path, char **notice)
{
    struct marks_file *file = g_new0(struct marks_file, 1);
    GError *error = NULL;
    bool opened;

    *notice = NULL;
    file->path = g_strdup(path);
    file->patience = DATABASE_PATIENCE;
    opened = open_as(file, DATABASE_WRITE, &error);
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED))
        opened = begin_anew(file, g_steal_pointer(&error), notice, &error);
    if (!opened)
        open_to_read(file, error, notice);
    return file;
}

void marks_file_set_patience(struct marks_file *file, int milliseconds)
{
    file->patience = milliseconds;
    if (file->database != NULL)
        sqlite3_busy_timeout(file->database, milliseconds);
}

bool marks_file_is_anew(const struct marks_file *file)
{
    return file->anew;
}

bool marks_file_is_known(const struct marks_file *file)
{
    return file->database != NULL ? file->is_read : !g_file_test(file->path, G_FILE_TEST_EXISTS);
}

void marks_file_close(struct marks_file *file)
{
    if (file == NULL)
        return;
    database_close(file->database);
    g_free(file->closed);
    g_free(file->path);
    g_free(file);
}
