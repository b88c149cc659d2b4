/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite, as the store uses it: one connection, statements prepared once, errors of one line.
 * Private to src/store, and with it the only place that includes <sqlite3.h>.
 *
 * Files are in WAL mode: readers do not wait for a writer, and a process that is killed loses
 * nothing that was committed. A connection belongs to one thread at a time. */
#ifndef PORE_DATABASE_H
#define PORE_DATABASE_H

#include "store/error.h"

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

/* Milliseconds that a statement waits for other processes. */
#define DATABASE_PATIENCE 5000

enum database_mode {
    DATABASE_READ,      /* the file must exist */
    DATABASE_WRITE,     /* made if it does not, with its folder (mode 0700, the file 0600) */
    DATABASE_ANEW,      /* the same; what the file held is gone, for all who have it open */
    DATABASE_TEMPORARY, /* nobody else's, gone when closed; PATH is not looked at */
};

/* What a file must say it is: SQLite's application_id and user_version. TABLES is the script that
 * makes a new file what it should be; it is run in one transaction with setting both. */
struct database_form {
    int application;
    int schema;
    const char *tables;
    bool durable; /* a commit is on the disk when it returns, also for when the power fails */
};

/* NULL with an error that names PATH. Another schema and a file that is none of FORM are errors but
 * for DATABASE_ANEW: nothing is removed or changed. */
sqlite3 *database_open(const char *path, enum database_mode mode, const struct database_form *form,
                       GError **error);

/* Leaves the write-ahead log of the file at PATH, which DATABASE has open, lying when it is closed,
 * if it is small beside the file: to copy it means to wait for the disk, and what reads it finds the
 * same as in the file. Who writes next goes on with it, until it has grown. */
void database_keep_small_log(sqlite3 *database, const char *path);

/* Finalizes the statements that are left, too. DATABASE may be NULL. */
void database_close(sqlite3 *database);

/* Does the whole file agree with itself (PRAGMA quick_check)? Reads all of it. */
bool database_is_sound(sqlite3 *database, GError **error);

/* Runs SQL, one or more statements that return nothing. */
bool database_run(sqlite3 *database, const char *sql, GError **error);

/* Sets *ERROR to what DATABASE says went wrong with CODE, a result of SQLite: "PATH: why". */
void database_set_error(sqlite3 *database, int code, GError **error);

/* A statement that is kept until database_close(), or finalized before. NULL with an error:
 * STORE_ERROR_DAMAGED also where a table of SQL is not there. */
sqlite3_stmt *database_prepare(sqlite3 *database, const char *sql, GError **error);

#endif
