/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys lie sorted in blocks of some hundred, a row each. What one commit of the index adds is a
 * run: blocks in which each key stands once, whose row ids are the number of the run and the first
 * key. Runs that are not much larger are merged into it (a log-structured merge): so there are few
 * to look into, and what was written is written again in proportion to the logarithm of the
 * commits, page after page, where a tree of single keys would have a page written for each few keys
 * of a large index.
 *
 *     row id (eight bytes); how many bytes a key and an age take (one byte each)
 *     for each key how much it is more than the first, and its age, the sign in the lowest bit
 *     a checksum of all that (record.h)
 *
 * Numbers are lowest byte first. A block ends where a key does: who looks for one looks into one
 * block of each run. */
#include "store/mail_index_file.h"

#include "store/record.h"

#include <stdlib.h>
#include <string.h>

/* Keys after which a block ends as soon as the key does: some four blocks to a page of SQLite's. */
#define BLOCK_KEYS 112

/* A run is merged into what is written if it has at most this many times as many keys. */
#define MERGE_FACTOR 2

/* Runs are as many as the index has doublings: more are damage. */
#define RUNS_MAX 256

static void fail(struct mail_index *index, int code, GError **error)
{
    if (error != NULL && *error == NULL)
        mail_index_set_error(index, code, error);
}

/* A row id: the number of the run above the bits of a key. */
static int64_t block_place(int64_t run, int64_t key)
{
    return run << MAIL_INDEX_KEY_BITS | key;
}

/* --- blocks ----------------------------------------------------------------------------------- */

#define HEADER_SIZE 10

/* A block that is read. */
struct block {
    const uint8_t *bytes;
    size_t count;
    int64_t first;
    uint8_t key_width, age_width;
};

static uint64_t read_number(const uint8_t *bytes, size_t width)
{
    uint64_t number = 0;

    memcpy(&number, bytes, width);
    return GUINT64_FROM_LE(number);
}

static void write_number(GByteArray *out, uint64_t number, size_t width)
{
    number = GUINT64_TO_LE(number);
    g_byte_array_append(out, (const uint8_t *)&number, (guint)width);
}

/* The bytes that NUMBER takes. */
static uint8_t width_of(uint64_t number)
{
    uint8_t width = 0;

    for (; number != 0; number >>= 8)
        width++;
    return width;
}

/* The sign goes to the lowest bit, so that small negative ages are short. */
static uint64_t fold_age(int64_t age)
{
    return ((uint64_t)age << 1) ^ (age < 0 ? UINT64_MAX : 0);
}

static int64_t unfold_age(uint64_t number)
{
    return (int64_t)((number >> 1) ^ (number & 1 ? UINT64_MAX : 0));
}

/* The block in ROW, the row id and the bytes, which are borrowed. False if it is damaged. */
static bool block_open(struct block *block, sqlite3_stmt *row)
{
    int64_t place = sqlite3_column_int64(row, 0);
    const uint8_t *bytes = sqlite3_column_blob(row, 1);
    size_t length = (size_t)sqlite3_column_bytes(row, 1);
    size_t width;

    if (length < HEADER_SIZE + RECORD_CHECKSUM_SIZE || !record_has_checksum(bytes, length) ||
        read_number(bytes, sizeof(place)) != (uint64_t)place)
        return false;
    *block = (struct block) { .bytes = bytes + HEADER_SIZE,
                              .first = place & MAIL_INDEX_KEY_MAX,
                              .key_width = bytes[8],
                              .age_width = bytes[9] };
    width = (size_t)block->key_width + block->age_width;
    length -= HEADER_SIZE + RECORD_CHECKSUM_SIZE;
    if (block->key_width > 8 || block->age_width > 8 || width == 0 || length % width != 0)
        return false;
    block->count = length / width;
    return true;
}

static struct key block_get(const struct block *block, size_t i)
{
    const uint8_t *at = block->bytes + i * ((size_t)block->key_width + block->age_width);

    return (struct key) {
        (int64_t)((uint64_t)block->first + read_number(at, block->key_width)),
        unfold_age(read_number(at + block->key_width, block->age_width)),
    };
}

/* Where KEY begins, or would. */
static size_t block_find(const struct block *block, int64_t key)
{
    size_t low = 0, high = block->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (block_get(block, middle).key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sets OUT to a block of RUN that holds KEYS (struct key, sorted, some). */
static void block_write(GByteArray *out, int64_t place, const GArray *keys)
{
    int64_t first = place & MAIL_INDEX_KEY_MAX;
    uint64_t ages = 0;
    uint8_t widths[2];

    for (guint i = 0; i < keys->len; i++)
        ages |= fold_age(g_array_index(keys, struct key, i).age);
    widths[0] = width_of((uint64_t)(g_array_index(keys, struct key, keys->len - 1).key - first));
    /* One at least, so that an age of 0 takes room. */
    widths[1] = width_of(ages | 1);
    g_byte_array_set_size(out, 0);
    write_number(out, (uint64_t)place, sizeof(place));
    g_byte_array_append(out, widths, sizeof(widths));
    for (guint i = 0; i < keys->len; i++) {
        const struct key *key = &g_array_index(keys, struct key, i);

        write_number(out, (uint64_t)(key->key - first), widths[0]);
        write_number(out, fold_age(key->age), widths[1]);
    }
    record_add_checksum(out, 0);
}

/* --- runs ------------------------------------------------------------------------------------- */

struct run {
    int64_t number;
    int64_t size; /* keys */
};

/* The runs, the smallest first. NULL with an error. */
static GArray *read_runs(struct mail_index *index, GError **error)
{
    sqlite3_stmt *statement = index->statements[STATEMENT_RUNS];
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(struct run));
    int code;

    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct run run = { sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1) };

        if (run.number < 0 || run.number >= RUNS_MAX || runs->len == RUNS_MAX || run.size <= 0 ||
            run.size > MAIL_INDEX_KEY_MAX) {
            code = SQLITE_CORRUPT;
            break;
        }
        g_array_append_val(runs, run);
    }
    sqlite3_reset(statement);
    if (code == SQLITE_DONE)
        return runs;
    g_array_unref(runs);
    fail(index, code, error);
    return NULL;
}

/* --- looking up ------------------------------------------------------------------------------- */

/* Appends the ages of KEY in the block in ROW, from LEAST on. */
static int look_into(sqlite3_stmt *row, int64_t key, int64_t least, GArray *ages)
{
    struct block block;

    if (!block_open(&block, row))
        return SQLITE_CORRUPT;
    for (size_t i = block_find(&block, key); i < block.count; i++) {
        struct key found = block_get(&block, i);

        if (found.key != key)
            break;
        if (found.age >= least)
            g_array_append_val(ages, found.age);
    }
    return SQLITE_OK;
}

static int look_up_in_run(struct mail_index *index, int64_t run, int64_t key, int64_t least,
                          GArray *ages)
{
    sqlite3_stmt *statement = index->statements[STATEMENT_BLOCK];
    int code;

    sqlite3_bind_int64(statement, 1, block_place(run, 0));
    sqlite3_bind_int64(statement, 2, block_place(run, key));
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        code = look_into(statement, key, least, ages);
    else if (code == SQLITE_DONE)
        code = SQLITE_OK;
    sqlite3_reset(statement);
    return code;
}

static int compare_ages(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a;
    int64_t two = *(const int64_t *)b;

    return (one > two) - (one < two);
}

/* A commit that was added twice has its keys in two runs. */
static void sort_ages(GArray *ages)
{
    guint kept = 0;

    g_array_sort(ages, compare_ages);
    for (guint i = 1; i < ages->len; i++)
        if (g_array_index(ages, int64_t, i) != g_array_index(ages, int64_t, kept))
            g_array_index(ages, int64_t, ++kept) = g_array_index(ages, int64_t, i);
    g_array_set_size(ages, MIN(ages->len, kept + 1));
}

bool mail_index_find_key(struct mail_index *index, int64_t key, int64_t least, GArray *ages,
                         GError **error)
{
    bool began = mail_index_hold(index);
    int code = SQLITE_OK;

    g_array_set_size(ages, 0);
    if (index->runs == NULL)
        index->runs = read_runs(index, error);
    for (guint i = 0; index->runs != NULL && code == SQLITE_OK && i < index->runs->len; i++)
        code = look_up_in_run(index, g_array_index(index->runs, struct run, i).number, key, least,
                              ages);
    if (code != SQLITE_OK)
        fail(index, code, error);
    code = index->runs != NULL ? code : SQLITE_CORRUPT;
    if (began)
        mail_index_let_go(index);
    if (ages->len > 1)
        sort_ages(ages);
    return code == SQLITE_OK;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Keys that are merged, in their order: a run, block after block, or what is pending. */
struct source {
    struct mail_index *index;
    int64_t next, last; /* row ids of what was not read yet */
    GArray *keys;       /* struct key */
    guint at;
};

/* Reads the next block of SOURCE. */
static int read_block(struct source *source)
{
    sqlite3_stmt *statement = source->index->statements[STATEMENT_NEXT_BLOCK];
    struct block block;
    int code;

    g_array_set_size(source->keys, 0);
    source->at = 0;
    sqlite3_bind_int64(statement, 1, source->next);
    sqlite3_bind_int64(statement, 2, source->last);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        source->next = sqlite3_column_int64(statement, 0) + 1;
        code = block_open(&block, statement) && block.count > 0 ? SQLITE_OK : SQLITE_CORRUPT;
        for (size_t i = 0; code == SQLITE_OK && i < block.count; i++) {
            struct key key = block_get(&block, i);

            g_array_append_val(source->keys, key);
        }
    }
    sqlite3_reset(statement);
    return code;
}

/* The next key of SOURCE; NULL at the end, or with *CODE not SQLITE_OK. */
static const struct key *source_peek(struct source *source, int *code)
{
    if (source->at == source->keys->len && source->next <= source->last) {
        *code = read_block(source);
        if (*code == SQLITE_DONE) {
            source->next = source->last + 1;
            *code = SQLITE_OK;
        }
    }
    return source->at < source->keys->len ? &g_array_index(source->keys, struct key, source->at)
                                          : NULL;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *one = a;
    const struct key *two = b;

    if (one->key != two->key)
        return one->key < two->key ? -1 : 1;
    return (one->age > two->age) - (one->age < two->age);
}

/* The run that is written. */
struct writer {
    struct mail_index *index;
    struct run run;
    GArray *keys; /* struct key; of the block, not written yet */
    GByteArray *block;
};

static void write_block(struct writer *writer)
{
    sqlite3_stmt *statement = writer->index->statements[STATEMENT_ADD_BLOCK];
    int64_t place;

    if (writer->keys->len == 0)
        return;
    place = block_place(writer->run.number, g_array_index(writer->keys, struct key, 0).key);
    block_write(writer->block, place, writer->keys);
    g_array_set_size(writer->keys, 0);
    sqlite3_bind_int64(statement, 1, place);
    sqlite3_bind_blob(statement, 2, writer->block->data, (int)writer->block->len, SQLITE_STATIC);
    mail_index_run(writer->index, statement);
}

/* Writes KEY, which may be the one that was written last. */
static void write_key(struct writer *writer, const struct key *key)
{
    const GArray *keys = writer->keys;
    const struct key *last =
        keys->len > 0 ? &g_array_index(keys, struct key, keys->len - 1) : NULL;

    if (last != NULL && compare_keys(key, last) == 0)
        return;
    if (keys->len >= BLOCK_KEYS && key->key != last->key)
        write_block(writer);
    g_array_append_val(writer->keys, *key);
    writer->run.size++;
}

/* The lowest number that none of RUNS has. */
static int64_t free_number(const GArray *runs)
{
    int64_t number = 0;

    for (guint i = 0; i < runs->len; i++)
        if (g_array_index(runs, struct run, i).number == number) {
            number++;
            i = (guint)-1;
        }
    return number;
}

/* Writes what the COUNT SOURCES hold, as one run. */
static void merge(struct writer *writer, struct source *sources, guint count)
{
    struct mail_index *index = writer->index;
    const struct key *least = NULL;
    int code = SQLITE_OK;

    do {
        struct source *from = NULL;

        for (guint i = 0; code == SQLITE_OK && i < count; i++) {
            const struct key *key = source_peek(&sources[i], &code);

            if (key != NULL && (from == NULL || compare_keys(key, least) < 0)) {
                from = &sources[i];
                least = key;
            }
        }
        if (from == NULL || code != SQLITE_OK)
            break;
        write_key(writer, least);
        from->at++;
    } while (index->failure == NULL);
    if (code != SQLITE_OK)
        fail(index, code, &index->failure);
    else
        write_block(writer);
}

/* Forgets the run NUMBER. */
static void remove_run(struct mail_index *index, int64_t number)
{
    sqlite3_stmt *statement = index->statements[STATEMENT_REMOVE_BLOCKS];

    sqlite3_bind_int64(statement, 1, block_place(number, 0));
    sqlite3_bind_int64(statement, 2, block_place(number, MAIL_INDEX_KEY_MAX));
    mail_index_run(index, statement);
    statement = index->statements[STATEMENT_REMOVE_RUN];
    sqlite3_bind_int64(statement, 1, number);
    mail_index_run(index, statement);
}

/* How many of RUNS, the smallest first, are merged with as many keys as are pending. */
static guint count_merged(const struct mail_index *index, const GArray *runs)
{
    int64_t total = index->keys->len;
    guint count = 0;

    while (count < runs->len && g_array_index(runs, struct run, count).size <= MERGE_FACTOR * total)
        total += g_array_index(runs, struct run, count++).size;
    return count;
}

/* Merges what is pending with the first COUNT of RUNS. */
static void write_run(struct mail_index *index, const GArray *runs, guint count)
{
    struct writer writer = { .index = index, .run.number = free_number(runs) };
    struct source *sources = g_new0(struct source, count + 1);
    sqlite3_stmt *statement = index->statements[STATEMENT_ADD_RUN];

    writer.keys = g_array_new(FALSE, FALSE, sizeof(struct key));
    writer.block = g_byte_array_new();
    for (guint i = 0; i < count; i++) {
        int64_t number = g_array_index(runs, struct run, i).number;

        sources[i] = (struct source) { index, block_place(number, 0),
                                       block_place(number, MAIL_INDEX_KEY_MAX),
                                       g_array_new(FALSE, FALSE, sizeof(struct key)), 0 };
    }
    sources[count] = (struct source) { index, 1, 0, g_array_ref(index->keys), 0 };
    merge(&writer, sources, count + 1);
    for (guint i = 0; i < count && index->failure == NULL; i++)
        remove_run(index, g_array_index(runs, struct run, i).number);
    sqlite3_bind_int64(statement, 1, writer.run.number);
    sqlite3_bind_int64(statement, 2, writer.run.size);
    if (index->failure == NULL)
        mail_index_run(index, statement);
    for (guint i = 0; i <= count; i++)
        g_array_unref(sources[i].keys);
    g_free(sources);
    g_array_unref(writer.keys);
    g_byte_array_free(writer.block, TRUE);
}

void mail_index_write_keys(struct mail_index *index)
{
    g_autoptr(GArray) runs = read_runs(index, &index->failure);

    if (runs == NULL)
        return;
    g_clear_pointer(&index->runs, g_array_unref);
    qsort(index->keys->data, index->keys->len, sizeof(struct key), compare_keys);
    write_run(index, runs, count_merged(index, runs));
}
