/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history_answers.h"

/* Neighbouring ranks, both ends counted. */
struct run {
    int64_t low, high;
};

struct answers {
    int64_t ceiling;
    GHashTable *wanted; /* uint64_t */
    GHashTable *given;  /* int64_t */
    GArray *own;        /* struct run, falling */
    GArray *ranks;      /* int64_t, that bear one key, for use again */
};

struct answers *answers_new(int64_t ceiling)
{
    struct answers *answers = g_new(struct answers, 1);

    answers->ceiling = ceiling;
    answers->wanted = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    answers->given = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    answers->own = g_array_new(FALSE, FALSE, sizeof(struct run));
    answers->ranks = g_array_new(FALSE, FALSE, sizeof(int64_t));
    return answers;
}

void answers_free(struct answers *answers)
{
    g_hash_table_unref(answers->wanted);
    g_hash_table_unref(answers->given);
    g_array_unref(answers->own);
    g_array_unref(answers->ranks);
    g_free(answers);
}

/* Puts NUMBER into SET. False if it was there. */
static bool put(GHashTable *set, const void *number)
{
    return !g_hash_table_contains(set, number)
           && g_hash_table_add(set, g_memdup2(number, sizeof(int64_t)));
}

void answers_own(struct answers *answers, int64_t rank)
{
    struct run run = { rank, rank };
    struct run *last = answers->own->len > 0
                           ? &g_array_index(answers->own, struct run, answers->own->len - 1)
                           : NULL;

    if (last == NULL || rank < last->low - 1)
        g_array_append_val(answers->own, run);
    else if (rank == last->low - 1)
        last->low = rank;
    else
        put(answers->given, &rank);
}

static gint compare_to_run(gconstpointer a, gconstpointer b)
{
    const struct run *run = a;
    const struct run *sought = b;

    return (run->high < sought->low) - (run->low > sought->low);
}

/* Is the mail with RANK to be given? Counts as given then. */
static bool give(struct answers *answers, int64_t rank)
{
    const struct run sought = { rank, rank };

    return rank <= answers->ceiling
           && !g_array_binary_search(answers->own, &sought, compare_to_run, NULL)
           && put(answers->given, &rank);
}

/* The model's rank for RANK of the index, which may be damaged and say anything. */
static int64_t shifted(int64_t rank, int64_t shift)
{
    return (int64_t)((uint64_t)rank + (uint64_t)shift);
}

bool answers_own_all(const struct answers *answers, int64_t low, int64_t high, int64_t shift)
{
    const struct run sought = { shifted(high, shift), shifted(high, shift) };
    guint at;

    return g_array_binary_search(answers->own, &sought, compare_to_run, &at)
           && g_array_index(answers->own, struct run, at).low <= shifted(low, shift);
}

bool answers_ask(struct answers *answers, uint64_t key)
{
    return put(answers->wanted, &key);
}

void answers_asked(const struct answers *answers, GArray *keys)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, answers->wanted);
    while (g_hash_table_iter_next(&iterator, &key, NULL))
        g_array_append_vals(keys, key, 1);
}

bool answers_match(struct answers *answers, const GArray *keys, int64_t rank)
{
    for (guint i = 0; i < keys->len; i++)
        if (g_hash_table_contains(answers->wanted, &g_array_index(keys, uint64_t, i)))
            return give(answers, rank);
    return false;
}

void answers_load(struct answers *answers, struct mail_index *index, int64_t shift, int64_t rank,
                  struct mail_batch *batch, GError **error)
{
    GError *failure = NULL;
    int64_t given = shifted(rank, shift);

    mail_index_load(index, rank, shift, batch, &failure);
    if (failure == NULL)
        return;
    g_hash_table_remove(answers->given, &given);
    g_propagate_error(error, failure);
}

bool answers_look_up(struct answers *answers, struct mail_index *index, int64_t shift,
                     const uint64_t *keys, size_t count, struct mail_batch *batch,
                     GError **error)
{
    GError *failure = NULL;

    for (size_t i = 0; failure == NULL && i < count; i++) {
        g_array_set_size(answers->ranks, 0);
        mail_index_lookup(index, keys[i], answers->ranks, &failure);
        for (guint j = 0; failure == NULL && j < answers->ranks->len; j++) {
            int64_t rank = g_array_index(answers->ranks, int64_t, j);
            if (give(answers, shifted(rank, shift)))
                answers_load(answers, index, shift, rank, batch, &failure);
        }
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}
