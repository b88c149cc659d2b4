/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file behind an index on disk: private to mail_index.c, which opens it, mail_index_read.c and
 * mail_index_write.c.
 *
 * The age of a row is its rank with the other sign: mails are read newest first, and what is
 * appended at the end of a table leaves no page half empty. */
#ifndef PORE_MAIL_INDEX_FILE_H
#define PORE_MAIL_INDEX_FILE_H

#include "store/database.h"
#include "store/mail_index.h"

#include <glib/gstdio.h>

enum mail_index_statement {
    STATEMENT_FOLLOW,
    STATEMENT_GET,
    STATEMENT_EPOCH,
    STATEMENT_UNREADABLE,
    STATEMENT_SPANS,
    STATEMENT_ADD_MAIL,
    STATEMENT_ADD_EPOCH,
    STATEMENT_ADD_SPAN,
    STATEMENT_RUNS,
    STATEMENT_BLOCK,
    STATEMENT_NEXT_BLOCK,
    STATEMENT_ADD_BLOCK,
    STATEMENT_REMOVE_BLOCKS,
    STATEMENT_ADD_RUN,
    STATEMENT_REMOVE_RUN,
    STATEMENT_BEGIN,
    STATEMENT_END,
    STATEMENT_COUNT,
};

/* The columns of FOLLOW and GET: a row of the mails. */
enum mail_index_column {
    COLUMN_AGE,
    COLUMN_RECEIVED,
    COLUMN_ID,
    COLUMN_PARENT,
    COLUMN_CHECKSUM,
    COLUMN_RECORD,
};

/* A run of commits that are known. */
struct span {
    int64_t newest;
    int64_t oldest;
};

/* Keys are cut to what SQLite stores in six bytes. Of 20 million mails with six keys each, one key
 * in a million meets another by chance. */
#define MAIL_INDEX_KEY_BITS 47
#define MAIL_INDEX_KEY_MAX ((INT64_C(1) << MAIL_INDEX_KEY_BITS) - 1)

/* That a row bears a key. */
struct key {
    int64_t key;
    int64_t age;
};

struct mail_index {
    char *path; /* NULL: temporary */
    enum database_mode mode;
    /* All NULL where the file could not be opened again: SQLite answers with an error then. */
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    GStatBuf file; /* what was at PATH when it was opened */
    int lock;      /* descriptor; -1: not held */
    int64_t ceiling;

    /* The commit found last, which the next one asked for follows nearly always. */
    bool found;
    bool following; /* STATEMENT_FOLLOW runs */
    int64_t found_age;

    GError *unread; /* why something that was asked could not be read, the first of it; who asked was told
                     * that it is not known */
    bool held;    /* by mail_index_hold() */
    GArray *runs; /* struct run, while a transaction is open; NULL: to be read */
    GArray *ages; /* int64_t; of one key, for use again */

    /* Of a walk that passes known commits over: how many are left to meet, at most. Asking for each
     * of the rest is a page from anywhere in the file. */
    uint64_t to_pass;

    /* What was added and not committed. The mails are in the file, in a transaction that is
     * open. */
    size_t pending;
    GArray *keys;   /* struct key */
    GArray *spans;  /* struct span */
    GError *failure; /* why the transaction cannot be committed */
    GByteArray *record;
    GArray *mail_keys; /* uint64_t; of one mail */
};

/* The age of a rank, the rank of an age. Whatever a damaged file holds. */
int64_t mail_index_opposite(int64_t number);

/* A key as it is stored, and that of a commit. */
int64_t mail_index_cut_key(uint64_t key);
int64_t mail_index_commit_key(const struct commit_id *id);

/* What a row says of COMMIT, summed up so that damage shows: SQLite looks at the form of a page,
 * not at what is in it. The record has a checksum of its own. */
int32_t mail_index_checksum(int64_t age, const struct archive_commit *commit, bool has_record);

/* Makes the file anew; with the lock. On an error INDEX knows nothing. */
bool mail_index_renew(struct mail_index *index, GError **error);

/* Ends what the last call of an archive_known's find() has left running, which keeps the log from
 * being emptied. */
void mail_index_end_reading(struct mail_index *index);

/* Takes STATEMENT, which returns nothing, to its end. What goes wrong is the failure of INDEX. */
void mail_index_run(struct mail_index *index, sqlite3_stmt *statement);

/* Sets ERROR to what went wrong with CODE. */
void mail_index_set_error(struct mail_index *index, int code, GError **error);

/* --- mail_index_keys.c ------------------------------------------------------------------------- */

/* Sets AGES (int64_t, ascending) to those of the rows that bear KEY, from LEAST on. False with an
 * error if the index is damaged. */
bool mail_index_find_key(struct mail_index *index, int64_t key, int64_t least, GArray *ages,
                         GError **error);

/* Writes the pending keys, in the transaction that is open. */
void mail_index_write_keys(struct mail_index *index);

/* The spans (struct span), newest first. NULL with an error if they cannot be read. */
GArray *mail_index_read_spans(struct mail_index *index, GError **error);

#endif
