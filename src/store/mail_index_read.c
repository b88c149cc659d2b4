/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/mail_index_file.h"

#include "store/record.h"

#include <string.h>

int64_t mail_index_opposite(int64_t number)
{
    return number == INT64_MIN ? INT64_MAX : -number;
}

int64_t mail_index_cut_key(uint64_t key)
{
    return (int64_t)(key ^ key >> MAIL_INDEX_KEY_BITS) & MAIL_INDEX_KEY_MAX;
}

int64_t mail_index_commit_key(const struct commit_id *id)
{
    uint64_t key;

    memcpy(&key, id->bytes, sizeof(key));
    return mail_index_cut_key(GUINT64_FROM_LE(key));
}

void mail_index_set_error(struct mail_index *index, int code, GError **error)
{
    if (index->database != NULL)
        database_set_error(index->database, code, error);
    else
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "%s: cannot be opened",
                    index->path != NULL ? index->path : "temporary file");
}

void mail_index_end_reading(struct mail_index *index)
{
    sqlite3_reset(index->statements[STATEMENT_FOLLOW]);
    sqlite3_reset(index->statements[STATEMENT_GET]);
    index->found = index->following = false;
}

bool mail_index_hold(struct mail_index *index)
{
    if (index->database == NULL || !sqlite3_get_autocommit(index->database))
        return false;
    sqlite3_step(index->statements[STATEMENT_BEGIN]);
    sqlite3_reset(index->statements[STATEMENT_BEGIN]);
    index->held = true;
    return true;
}

void mail_index_let_go(struct mail_index *index)
{
    if (!index->held)
        return;
    index->held = false;
    g_clear_pointer(&index->runs, g_array_unref);
    sqlite3_step(index->statements[STATEMENT_END]);
    sqlite3_reset(index->statements[STATEMENT_END]);
}

void mail_index_set_ceiling(struct mail_index *index, int64_t ceiling)
{
    mail_index_end_reading(index);
    index->ceiling = ceiling;
}

bool mail_index_take_unread(struct mail_index *index, GError **error)
{
    if (index->unread == NULL)
        return false;
    g_propagate_error(error, g_steal_pointer(&index->unread));
    return true;
}

static int step(struct mail_index *index, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);

    if (code != SQLITE_ROW && code != SQLITE_DONE && index->unread == NULL)
        mail_index_set_error(index, code, &index->unread);
    return code;
}

GArray *mail_index_read_spans(struct mail_index *index, GError **error)
{
    sqlite3_stmt *statement = index->statements[STATEMENT_SPANS];
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    int code;

    while ((code = step(index, statement)) == SQLITE_ROW) {
        struct span span = { sqlite3_column_int64(statement, 0),
                             sqlite3_column_int64(statement, 1) };

        if (INT64_MIN < span.oldest && span.oldest <= span.newest)
            g_array_append_val(spans, span);
    }
    if (code != SQLITE_DONE) {
        mail_index_set_error(index, code, error);
        g_clear_pointer(&spans, g_array_unref);
    }
    sqlite3_reset(statement);
    return spans;
}

size_t mail_index_count(struct mail_index *index)
{
    g_autoptr(GArray) spans = mail_index_read_spans(index, NULL);
    uint64_t count = 0;

    for (guint i = 0; spans != NULL && i < spans->len; i++) {
        const struct span *span = &g_array_index(spans, struct span, i);

        count += (uint64_t)span->newest - (uint64_t)span->oldest + 1;
    }
    return (size_t)count;
}

int64_t mail_index_span_end(struct mail_index *index, int64_t rank)
{
    g_autoptr(GArray) spans = mail_index_read_spans(index, NULL);

    for (guint i = 0; spans != NULL && i < spans->len; i++) {
        const struct span *span = &g_array_index(spans, struct span, i);

        if (rank <= span->newest && rank >= span->oldest)
            return span->oldest;
    }
    return rank;
}

bool mail_index_bounds(struct mail_index *index, int64_t *oldest, int64_t *newest)
{
    g_autoptr(GArray) spans = mail_index_read_spans(index, NULL);

    if (spans == NULL || spans->len == 0)
        return false;
    *newest = MIN(g_array_index(spans, struct span, 0).newest, index->ceiling);
    *oldest = g_array_index(spans, struct span, spans->len - 1).oldest;
    return *oldest <= *newest;
}

enum mail_index_known_ranks mail_index_knows(struct mail_index *index, int64_t oldest,
                                             int64_t newest)
{
    g_autoptr(GArray) spans = mail_index_read_spans(index, NULL);

    for (guint i = 0; spans != NULL && i < spans->len; i++) {
        const struct span *span = &g_array_index(spans, struct span, i);

        if (oldest >= span->oldest && newest <= span->newest)
            return MAIL_INDEX_ALL;
        if (newest >= span->oldest && oldest <= span->newest)
            return MAIL_INDEX_SOME;
    }
    return spans != NULL ? MAIL_INDEX_NONE : MAIL_INDEX_SOME;
}

/* The row of AGE, which is there until STATEMENT_GET is reset; or NULL. CODE is SQLite's. */
static sqlite3_stmt *get_row(struct mail_index *index, int64_t age, int *code)
{
    sqlite3_stmt *row = index->statements[STATEMENT_GET];

    sqlite3_reset(row);
    sqlite3_bind_int64(row, 1, age);
    *code = step(index, row);
    if (*code == SQLITE_ROW)
        return row;
    sqlite3_reset(row);
    return NULL;
}

/* Reads the id in COLUMN of ROW. */
static bool read_id(sqlite3_stmt *row, int column, uint8_t id[20])
{
    const void *bytes = sqlite3_column_blob(row, column);

    if (bytes == NULL || sqlite3_column_bytes(row, column) != 20)
        return false;
    memcpy(id, bytes, 20);
    return true;
}

bool mail_index_newest(struct mail_index *index, struct commit_id *commit, int64_t *rank)
{
    g_autoptr(GArray) spans = mail_index_read_spans(index, NULL);
    sqlite3_stmt *row;
    guint i = 0;
    int code;
    bool found;

    while (spans != NULL && i < spans->len &&
           g_array_index(spans, struct span, i).oldest > index->ceiling)
        i++;
    if (spans == NULL || i == spans->len)
        return false;
    *rank = g_array_index(spans, struct span, i).newest;
    if (*rank > index->ceiling)
        *rank = index->ceiling;
    row = get_row(index, mail_index_opposite(*rank), &code);
    found = row != NULL && read_id(row, COLUMN_ID, commit->bytes);
    sqlite3_reset(index->statements[STATEMENT_GET]);
    return found;
}

bool mail_index_first(struct mail_index *index, struct commit_id *commit)
{
    int64_t oldest, newest;
    sqlite3_stmt *row;
    int code;
    bool found;

    if (!mail_index_bounds(index, &oldest, &newest))
        return false;
    row = get_row(index, mail_index_opposite(oldest), &code);
    found = row != NULL && sqlite3_column_type(row, COLUMN_PARENT) == SQLITE_NULL &&
            read_id(row, COLUMN_ID, commit->bytes);
    sqlite3_reset(index->statements[STATEMENT_GET]);
    return found;
}

/* The row that follows the one found last, if that is the commit ID; or NULL. */
static sqlite3_stmt *follow(struct mail_index *index, const struct commit_id *id)
{
    sqlite3_stmt *row = index->statements[STATEMENT_FOLLOW];
    struct commit_id next;

    if (!index->found)
        return NULL;
    if (!index->following) {
        sqlite3_bind_int64(row, 1, index->found_age);
        index->following = true;
    }
    if (step(index, row) == SQLITE_ROW && read_id(row, COLUMN_ID, next.bytes) &&
        memcmp(next.bytes, id->bytes, sizeof(next.bytes)) == 0)
        return row;
    sqlite3_reset(row);
    index->following = false;
    return NULL;
}

/* The row of the commit ID, by its key; or NULL. */
static sqlite3_stmt *search(struct mail_index *index, const struct commit_id *id)
{
    struct commit_id found;
    int code;

    /* What was found last is read as of then. */
    sqlite3_reset(index->statements[STATEMENT_GET]);
    mail_index_find_key(index, mail_index_commit_key(id), mail_index_opposite(index->ceiling),
                        index->ages, index->unread == NULL ? &index->unread : NULL);
    for (guint i = 0; i < index->ages->len; i++) {
        sqlite3_stmt *row = get_row(index, g_array_index(index->ages, int64_t, i), &code);

        if (row != NULL && read_id(row, COLUMN_ID, found.bytes) &&
            memcmp(found.bytes, id->bytes, sizeof(found.bytes)) == 0)
            return row;
        sqlite3_reset(row);
    }
    return NULL;
}

/* The row of the commit ID, which is there until the next call; or NULL. */
static sqlite3_stmt *find_row(struct mail_index *index, const struct commit_id *id)
{
    sqlite3_stmt *row = follow(index, id);

    if (row == NULL)
        row = search(index, id);
    index->found = row != NULL;
    if (row != NULL)
        index->found_age = sqlite3_column_int64(row, COLUMN_AGE);
    return row;
}

bool mail_index_find(struct mail_index *index, const struct commit_id *commit, int64_t *rank)
{
    sqlite3_stmt *row;

    mail_index_end_reading(index);
    row = find_row(index, commit);
    if (row != NULL)
        *rank = mail_index_opposite(sqlite3_column_int64(row, COLUMN_AGE));
    mail_index_end_reading(index);
    return row != NULL;
}

int32_t mail_index_checksum(int64_t age, const struct archive_commit *commit, bool has_record)
{
    const int64_t numbers[] = { GINT64_TO_LE(age), GINT64_TO_LE(commit->place.received) };
    const struct commit_id *id = &commit->place.commit;
    uint8_t row[sizeof(numbers) + sizeof(id->bytes) + sizeof(commit->parent) + 1];
    uint8_t *at = row;

    memcpy(at, numbers, sizeof(numbers));
    at += sizeof(numbers);
    memcpy(at, id->bytes, sizeof(id->bytes));
    at += sizeof(id->bytes);
    memcpy(at, commit->parent, sizeof(commit->parent));
    at += sizeof(commit->parent);
    *at = has_record;
    return (int32_t)record_checksum(row, sizeof(row));
}

/* Fills OUT but for arrival and epoch from ROW, which keeps the record. False if it is damaged. */
static bool read_commit(sqlite3_stmt *row, struct archive_commit *out)
{
    if (!read_id(row, COLUMN_ID, out->place.commit.bytes))
        return false;
    if (sqlite3_column_type(row, COLUMN_PARENT) == SQLITE_NULL)
        memset(out->parent, 0, sizeof(out->parent));
    else if (!read_id(row, COLUMN_PARENT, out->parent))
        return false;
    memset(out->tree, 0, sizeof(out->tree));
    out->place.received = sqlite3_column_int64(row, COLUMN_RECEIVED);
    out->record = sqlite3_column_blob(row, COLUMN_RECORD);
    out->record_length = (size_t)sqlite3_column_bytes(row, COLUMN_RECORD);
    out->withdrawal = record_withdraws(out->record, out->record_length);
    out->known = true;
    return sqlite3_column_int(row, COLUMN_CHECKSUM) ==
           mail_index_checksum(sqlite3_column_int64(row, COLUMN_AGE), out, out->record != NULL);
}

/* The greatest age that can be passed over to from the commit of AGE: the end of its span or of its
 * epoch. */
static int64_t last_age(struct mail_index *index, int64_t age)
{
    sqlite3_stmt *statement = index->statements[STATEMENT_EPOCH];
    int64_t last = mail_index_opposite(mail_index_span_end(index, mail_index_opposite(age)));
    int64_t beginning = last;

    sqlite3_bind_int64(statement, 1, age);
    if (step(index, statement) == SQLITE_ROW)
        beginning = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return MIN(last, beginning);
}

static bool find_mail(void *data, const struct commit_id *id, struct archive_commit *out,
                      int64_t *passed)
{
    sqlite3_stmt *row = find_row(data, id);

    if (passed != NULL)
        *passed = 0;
    return row != NULL && read_commit(row, out) && out->record != NULL;
}

static bool find_last(void *data, const struct commit_id *id, struct archive_commit *out,
                      int64_t *passed)
{
    struct mail_index *index = data;
    sqlite3_stmt *row = index->to_pass > 0 ? find_row(index, id) : NULL;
    int64_t age;
    int64_t last;
    int code;

    if (row == NULL)
        return false;
    if (passed == NULL) {
        index->to_pass--;
        return read_commit(row, out);
    }
    age = sqlite3_column_int64(row, COLUMN_AGE);
    mail_index_end_reading(index);
    last = last_age(index, age);
    *passed = (int64_t)((uint64_t)last - (uint64_t)age);
    row = get_row(index, last, &code);
    if (row == NULL || !read_commit(row, out))
        return false;
    index->to_pass -= MIN(index->to_pass, (uint64_t)*passed + 1);
    /* It is passed over: nobody wants its record, and reading that has not ended keeps the log from
     * shrinking while the rest is written. */
    out->record = NULL;
    out->record_length = 0;
    mail_index_end_reading(index);
    return true;
}

struct archive_known mail_index_known(struct mail_index *index, bool pass_over)
{
    index->to_pass = mail_index_count(index);
    return (struct archive_known) { pass_over ? find_last : find_mail, index, pass_over };
}

bool mail_index_lookup(struct mail_index *index, uint64_t key, GArray *ranks, GError **error)
{
    bool sound;

    mail_index_end_reading(index);
    sound = mail_index_find_key(index, mail_index_cut_key(key),
                                mail_index_opposite(index->ceiling), index->ages, error);
    for (guint i = index->ages->len; i > 0; i--) {
        int64_t rank = mail_index_opposite(g_array_index(index->ages, int64_t, i - 1));

        g_array_append_val(ranks, rank);
    }
    return sound;
}

void mail_index_unreadable(struct mail_index *index, GArray *commits)
{
    sqlite3_stmt *row = index->statements[STATEMENT_UNREADABLE];

    mail_index_end_reading(index);
    sqlite3_bind_int64(row, 1, mail_index_opposite(index->ceiling));
    while (step(index, row) == SQLITE_ROW) {
        struct archive_commit commit = { 0 };

        if (!read_commit(row, &commit))
            continue;
        commit.place.arrival = mail_index_opposite(sqlite3_column_int64(row, COLUMN_AGE));
        g_array_append_val(commits, commit);
    }
    sqlite3_reset(row);
}

bool mail_index_load(struct mail_index *index, int64_t rank, int64_t shift,
                     struct mail_batch *batch, GError **error)
{
    struct archive_commit commit = { 0 };
    sqlite3_stmt *row;
    bool loaded = false;
    int code;

    mail_index_end_reading(index);
    row = get_row(index, mail_index_opposite(rank), &code);
    if (row == NULL) {
        mail_index_set_error(index, code == SQLITE_DONE ? SQLITE_CORRUPT : code, error);
        return false;
    }
    if (!read_commit(row, &commit)) {
        mail_index_set_error(index, SQLITE_CORRUPT, error);
    } else if (commit.record != NULL) {
        commit.place.arrival = (int64_t)((uint64_t)rank + (uint64_t)shift);
        loaded = record_read(batch, commit.record, commit.record_length, &commit.place);
        if (!loaded)
            mail_index_set_error(index, SQLITE_CORRUPT, error);
    }
    sqlite3_reset(row);
    return loaded;
}
