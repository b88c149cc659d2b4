/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/pool.h"

#include "hash.h"
#include "mail/address.h"

#include <stdbool.h>
#include <string.h>

/* Bytes that the texts are allocated in. */
#define BLOCK_SIZE (16 * 1024)

/* So many batches are filled with one pool. */
#define BATCHES 32

/* Places for texts kept lately, powers of two: the three thousand mails of so many batches bring
 * some eight thousand. */
#define TEXTS_OF_MANY 8192
#define TEXTS_OF_FEW 128
#define TEXTS_PER_LIST 8
#define TEXTS_PER_PERSON 32

/* Longer fields are read anew each time. */
#define FIELD_MAX 256

/* A From as it stands in mails, and what it says. */
struct known_person {
    const char *field; /* NULL if there is none */
    struct pool_person person;
};

struct pool {
    gint references; /* atomic */
    guint batches;   /* filled with it */
    GStringChunk *strings;
    /* The tables; NULL when it is closed. */
    size_t size; /* places in that of the texts */
    const char **texts;
    const char *const **lists;
    struct known_person *people;
};

static const char *const no_texts[] = { NULL };

static struct pool *new_pool(size_t size)
{
    struct pool *pool = g_new0(struct pool, 1);

    pool->references = 1;
    pool->strings = g_string_chunk_new(BLOCK_SIZE);
    pool->size = size;
    pool->texts = g_new0(const char *, pool->size);
    pool->lists = g_new0(const char *const *, pool->size / TEXTS_PER_LIST);
    pool->people = g_new0(struct known_person, pool->size / TEXTS_PER_PERSON);
    return pool;
}

struct pool *pool_new(void)
{
    return new_pool(TEXTS_OF_FEW);
}

static void free_tables(struct pool *pool)
{
    g_clear_pointer(&pool->texts, g_free);
    g_clear_pointer(&pool->lists, g_free);
    g_clear_pointer(&pool->people, g_free);
}

void pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    free_tables(pool);
    pool_unref(pool);
}

static struct pool *pool_ref(struct pool *pool)
{
    g_atomic_int_inc(&pool->references);
    return pool;
}

void pool_unref(struct pool *pool)
{
    if (!g_atomic_int_dec_and_test(&pool->references))
        return;
    free_tables(pool);
    g_string_chunk_free(pool->strings);
    g_free(pool);
}

struct pool *pool_for_batch(struct pool **pool)
{
    if (*pool != NULL && (*pool)->batches == BATCHES)
        g_clear_pointer(pool, pool_close);
    if (*pool == NULL)
        *pool = new_pool(TEXTS_OF_MANY);
    (*pool)->batches++;
    return pool_ref(*pool);
}

static guint64 hash_of(const char *text, size_t length)
{
    guint64 hash = length;
    guint64 word;

    for (; length >= sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = hash_add(hash, word);
    }
    word = 0;
    memcpy(&word, text, length);
    return hash_add(hash, word);
}

static bool is_text(const char *kept, const char *text, size_t length)
{
    return kept != NULL && strncmp(kept, text, length) == 0 && kept[length] == '\0';
}

const char *pool_keep(struct pool *pool, const char *text, size_t length)
{
    const char **place;

    if (length == 0)
        return "";
    place = &pool->texts[hash_of(text, length) % pool->size];
    if (!is_text(*place, text, length))
        *place = g_string_chunk_insert_len(pool->strings, text, (gssize)length);
    return *place;
}

void pool_offer(struct pool *pool, const char *kept)
{
    pool->texts[hash_of(kept, strlen(kept)) % pool->size] = kept;
}

/* Is KEPT a list of these COUNT pointers? */
static bool is_list(const char *const *kept, const char *const *texts, size_t count)
{
    size_t i = 0;

    while (kept != NULL && i < count && kept[i] == texts[i])
        i++;
    return kept != NULL && i == count && kept[i] == NULL;
}

static const char *const *insert_list(struct pool *pool, const char **texts, size_t count)
{
    char *place;

    /* What is inserted lies behind the NUL of what was before, or begins a block; there a pointer
     * may lie. */
    do
        place = g_string_chunk_insert_len(pool->strings, "", 0);
    while ((uintptr_t)(place + 1) % sizeof *texts != 0);
    texts[count] = NULL;
    place = g_string_chunk_insert_len(pool->strings, (const char *)texts,
                                      (gssize)((count + 1) * sizeof *texts));
    return (const char *const *)(const void *)place;
}

const char *const *pool_keep_list(struct pool *pool, const char **texts, size_t count)
{
    size_t places = pool->size / TEXTS_PER_LIST;
    const char *const **place;

    if (count == 0)
        return no_texts;
    place = &pool->lists[hash_of((const char *)texts, count * sizeof *texts) % places];
    if (!is_list(*place, texts, count))
        *place = insert_list(pool, texts, count);
    return *place;
}

static struct pool_person read_person(struct pool *pool, const char *value, size_t length)
{
    struct address address;
    struct pool_person person;

    address_parse(value, length, &address);
    person.name = pool_keep(pool, address.name, strlen(address.name));
    person.address = pool_keep(pool, address.address, strlen(address.address));
    person.line = pool_keep(pool, address.line, strlen(address.line));
    address_clear(&address);
    return person;
}

struct pool_person pool_person(struct pool *pool, const char *value, size_t length)
{
    size_t places = pool->size / TEXTS_PER_PERSON;
    struct known_person *known = &pool->people[hash_of(value, length) % places];

    if (length == 0 || length > FIELD_MAX || memchr(value, '\0', length) != NULL)
        return read_person(pool, value, length);
    if (!is_text(known->field, value, length)) {
        known->person = read_person(pool, value, length);
        known->field = pool_keep(pool, value, length);
    }
    return known->person;
}
