/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/corrections.h"

#include "hash.h"

#include <stdbool.h>
#include <string.h>

/* What is said of one mail and others. */
struct entry {
    char *id;
    GPtrArray *others; /* ids, which belong to their own entries; ordered, and NULL at the end */
    GArray *said;      /* enum correction of each but the NULL */
};

struct corrections {
    GHashTable *entries; /* id, in its struct entry → the struct entry */
    size_t count;
    uint64_t generation;
};

static void free_entry(gpointer data)
{
    struct entry *entry = data;

    g_array_free(entry->said, TRUE);
    g_ptr_array_free(entry->others, TRUE);
    g_free(entry->id);
    g_free(entry);
}

struct corrections *corrections_new(void)
{
    struct corrections *corrections = g_new0(struct corrections, 1);

    corrections->entries = g_hash_table_new_full(hash_text, g_str_equal, NULL, free_entry);
    return corrections;
}

void corrections_free(struct corrections *corrections)
{
    if (!corrections)
        return;
    g_hash_table_destroy(corrections->entries);
    g_free(corrections);
}

static struct entry *find_entry(const struct corrections *corrections, const char *id)
{
    return g_hash_table_lookup(corrections->entries, id);
}

static struct entry *make_entry(struct corrections *corrections, const char *id)
{
    struct entry *entry = find_entry(corrections, id);

    if (entry)
        return entry;
    entry = g_new0(struct entry, 1);
    entry->id = g_strdup(id);
    entry->others = g_ptr_array_new();
    g_ptr_array_add(entry->others, NULL);
    entry->said = g_array_new(FALSE, FALSE, sizeof(enum correction));
    g_hash_table_insert(corrections->entries, entry->id, entry);
    return entry;
}

/* Where ID stands among the others, or would; *FOUND says which. */
static guint find_other(const struct entry *entry, const char *id, bool *found)
{
    guint low = 0, high = entry->said->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (strcmp(g_ptr_array_index(entry->others, middle), id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < entry->said->len && strcmp(g_ptr_array_index(entry->others, low), id) == 0;
    return low;
}

static void say(struct entry *entry, struct entry *other, enum correction correction)
{
    bool found;
    guint place = find_other(entry, other->id, &found);

    if (found) {
        g_array_index(entry->said, enum correction, place) = correction;
    } else {
        g_ptr_array_insert(entry->others, (gint)place, other->id);
        g_array_insert_val(entry->said, place, correction);
    }
}

static void unsay(struct entry *entry, const char *id)
{
    bool found;
    guint place = find_other(entry, id, &found);

    g_ptr_array_remove_index(entry->others, place);
    g_array_remove_index(entry->said, place);
}

static void drop_if_empty(struct corrections *corrections, struct entry *entry)
{
    if (entry->said->len == 0)
        g_hash_table_remove(corrections->entries, entry->id);
}

void corrections_set(struct corrections *corrections, const char *a, const char *b,
                     enum correction correction)
{
    enum correction before = corrections_between(corrections, a, b);
    bool said = before != CORRECTION_NONE;
    struct entry *x, *y;

    if (a[0] == '\0' || b[0] == '\0' || strcmp(a, b) == 0 || correction == before)
        return;
    corrections->generation++;
    x = make_entry(corrections, a);
    y = make_entry(corrections, b);
    if (correction != CORRECTION_NONE) {
        say(x, y, correction);
        say(y, x, correction);
        corrections->count += !said;
        return;
    }
    unsay(x, y->id);
    unsay(y, x->id);
    drop_if_empty(corrections, x);
    drop_if_empty(corrections, y);
    corrections->count--;
}

enum correction corrections_between(const struct corrections *corrections, const char *a,
                                    const char *b)
{
    const struct entry *entry = find_entry(corrections, a);
    bool found = false;
    guint place = entry ? find_other(entry, b, &found) : 0;

    return found ? g_array_index(entry->said, enum correction, place) : CORRECTION_NONE;
}

const char *const *corrections_of(const struct corrections *corrections, const char *id)
{
    const struct entry *entry = find_entry(corrections, id);

    return entry ? (const char *const *)entry->others->pdata : NULL;
}

size_t corrections_count_of(const struct corrections *corrections, const char *id)
{
    const struct entry *entry = find_entry(corrections, id);

    return entry ? entry->said->len : 0;
}

GPtrArray *corrections_ids(const struct corrections *corrections)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, corrections->entries);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_ptr_array_add(ids, g_strdup(id));
    return ids;
}

size_t corrections_count(const struct corrections *corrections)
{
    return corrections->count;
}

uint64_t corrections_generation(const struct corrections *corrections)
{
    return corrections->generation;
}
