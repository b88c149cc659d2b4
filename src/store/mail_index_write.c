/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/mail_index_file.h"

#include "series/lookup.h"
#include "store/record.h"

#include <string.h>

/* The rows of one commit. Their keys become a run, and the fewer runs there are, the less often they
 * are merged: rows have to come in proportion to what there is. Above the upper limit it is memory,
 * and work lost when killed, that count. */
#define COMMIT_ROWS_MIN 8192
#define COMMIT_ROWS_MAX 32768

void mail_index_run(struct mail_index *index, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);

    if (code != SQLITE_DONE && index->failure == NULL)
        mail_index_set_error(index, code, &index->failure);
    sqlite3_reset(statement);
}

static void run_text(struct mail_index *index, const char *sql)
{
    if (index->database != NULL)
        database_run(index->database, sql, &index->failure);
    else
        mail_index_set_error(index, SQLITE_CANTOPEN, &index->failure);
}

/* Writes the row of COMMIT; the record is in INDEX. */
static void add_row(struct mail_index *index, int64_t age, const struct archive_commit *commit,
                    bool has_mail)
{
    static const uint8_t none[sizeof(commit->parent)];
    sqlite3_stmt *statement = index->statements[STATEMENT_ADD_MAIL];
    const struct mail_place *place = &commit->place;
    const struct commit_id *id = &place->commit;

    sqlite3_bind_int64(statement, 1, age);
    sqlite3_bind_int64(statement, 2, place->received);
    sqlite3_bind_blob(statement, 3, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
    sqlite3_bind_blob(statement, 4, commit->parent, sizeof(commit->parent), SQLITE_STATIC);
    sqlite3_bind_int(statement, 5, mail_index_checksum(age, commit, has_mail));
    sqlite3_bind_blob(statement, 6, index->record->data, (int)index->record->len, SQLITE_STATIC);
    if (!has_mail)
        sqlite3_bind_null(statement, 6);
    if (memcmp(commit->parent, none, sizeof(none)) == 0) {
        sqlite3_bind_null(statement, 4);
        sqlite3_bind_int64(index->statements[STATEMENT_ADD_EPOCH], 1, age);
        mail_index_run(index, index->statements[STATEMENT_ADD_EPOCH]);
    }
    mail_index_run(index, statement);
    /* Another commit has the rank. */
    if (index->failure == NULL && sqlite3_changes(index->database) == 0)
        mail_index_set_error(index, SQLITE_CORRUPT, &index->failure);
}

static void add_keys(struct mail_index *index, int64_t age, const struct commit_id *commit,
                     const struct mail *mail)
{
    struct key key = { mail_index_commit_key(commit), age };

    g_array_append_val(index->keys, key);
    if (mail == NULL)
        return;
    lookup_add_keys(mail, index->mail_keys);
    for (guint i = 0; i < index->mail_keys->len; i++) {
        key.key = mail_index_cut_key(g_array_index(index->mail_keys, uint64_t, i));
        g_array_append_val(index->keys, key);
    }
}

/* Adds RANK to SPANS: those that come one after another mostly are neighbours. */
static void add_span(GArray *spans, int64_t rank)
{
    struct span *last = spans->len > 0 ? &g_array_index(spans, struct span, spans->len - 1) : NULL;
    struct span span = { rank, rank };

    if (last != NULL && last->oldest == rank + 1)
        last->oldest = rank;
    else if (last != NULL && last->newest == rank - 1)
        last->newest = rank;
    else
        g_array_append_val(spans, span);
}

void mail_index_add(struct mail_index *index, int64_t rank, const struct archive_commit *commit,
                    const struct mail *mail)
{
    int64_t age = mail_index_opposite(rank);

    if (index->pending++ == 0) {
        mail_index_end_reading(index);
        mail_index_let_go(index);
        run_text(index, "BEGIN IMMEDIATE");
    }
    g_array_set_size(index->mail_keys, 0);
    if (index->failure != NULL)
        return;
    g_byte_array_set_size(index->record, 0);
    if (mail != NULL)
        record_write(mail, index->record);
    add_row(index, age, commit, mail != NULL);
    add_keys(index, age, &commit->place.commit, mail);
    add_span(index->spans, rank);
}

const GArray *mail_index_added_keys(const struct mail_index *index)
{
    return index->mail_keys;
}

size_t mail_index_pending(const struct mail_index *index)
{
    return index->pending;
}

size_t mail_index_worth_commit(struct mail_index *index)
{
    size_t share = mail_index_count(index) / 8;

    return CLAMP(share, COMMIT_ROWS_MIN, COMMIT_ROWS_MAX);
}

static int compare_spans(const void *a, const void *b)
{
    const struct span *one = a;
    const struct span *two = b;

    return (one->newest < two->newest) - (one->newest > two->newest);
}

/* Makes spans that touch or overlap one. */
static void merge_spans(GArray *spans)
{
    guint kept = 0;

    g_array_sort(spans, compare_spans);
    for (guint i = 1; i < spans->len; i++) {
        struct span *last = &g_array_index(spans, struct span, kept);
        const struct span *span = &g_array_index(spans, struct span, i);

        if (span->newest >= last->oldest - 1)
            last->oldest = MIN(last->oldest, span->oldest);
        else
            g_array_index(spans, struct span, ++kept) = *span;
    }
    g_array_set_size(spans, MIN(spans->len, kept + 1));
}

static void write_spans(struct mail_index *index)
{
    sqlite3_stmt *statement = index->statements[STATEMENT_ADD_SPAN];
    g_autoptr(GArray) spans = mail_index_read_spans(index, &index->failure);

    if (spans == NULL)
        return;
    g_array_append_vals(spans, index->spans->data, index->spans->len);
    merge_spans(spans);
    run_text(index, "DELETE FROM spans");
    for (guint i = 0; i < spans->len && index->failure == NULL; i++) {
        sqlite3_bind_int64(statement, 1, g_array_index(spans, struct span, i).newest);
        sqlite3_bind_int64(statement, 2, g_array_index(spans, struct span, i).oldest);
        mail_index_run(index, statement);
    }
}

/* Ends the transaction, if there is one still, without what was written in it. */
static void drop_pending(struct mail_index *index)
{
    if (index->database != NULL && !sqlite3_get_autocommit(index->database))
        sqlite3_exec(index->database, "ROLLBACK", NULL, NULL, NULL);
    g_clear_pointer(&index->runs, g_array_unref);
    g_array_set_size(index->keys, 0);
    g_array_set_size(index->spans, 0);
    index->pending = 0;
}

bool mail_index_commit(struct mail_index *index, GError **error)
{
    bool written;

    mail_index_end_reading(index);
    if (index->pending == 0)
        return true;
    if (index->failure == NULL)
        mail_index_write_keys(index);
    if (index->failure == NULL)
        write_spans(index);
    if (index->failure == NULL)
        run_text(index, "COMMIT");
    written = index->failure == NULL;
    drop_pending(index);
    if (!written)
        g_propagate_error(error, g_steal_pointer(&index->failure));
    return written;
}

bool mail_index_clear(struct mail_index *index, GError **error)
{
    mail_index_end_reading(index);
    drop_pending(index);
    g_clear_error(&index->failure);
    return mail_index_renew(index, error);
}
