/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/contributors.h"

#include <string.h>

static gint compare_contributors(gconstpointer a, gconstpointer b)
{
    const struct contributor *x = a, *y = b;

    if (x->patches != y->patches)
        return x->patches > y->patches ? -1 : 1;
    return strcmp(y->name, x->name);
}

static void count_one(GHashTable *counts, const char *name)
{
    gpointer count = g_hash_table_lookup(counts, name);

    g_hash_table_insert(counts, (gpointer)(uintptr_t)name,
                        GSIZE_TO_POINTER(GPOINTER_TO_SIZE(count) + 1));
}

static GArray *table_of(GHashTable *counts)
{
    GArray *table = g_array_new(FALSE, FALSE, sizeof(struct contributor));
    GHashTableIter iterator;
    gpointer name, count;

    g_hash_table_iter_init(&iterator, counts);
    while (g_hash_table_iter_next(&iterator, &name, &count)) {
        struct contributor row = { name, GPOINTER_TO_SIZE(count) };

        g_array_append_val(table, row);
    }
    g_array_sort(table, compare_contributors);
    g_hash_table_destroy(counts);
    return table;
}

/* The interned domain of ADDRESS in lower case, or NULL. */
static const char *domain_of(GStringChunk *strings, const char *address)
{
    const char *at = strrchr(address, '@');
    const char *interned;
    char *domain;

    if (!at || !at[1])
        return NULL;
    domain = g_ascii_strdown(at + 1, -1);
    interned = g_string_chunk_insert_const(strings, domain);
    g_free(domain);
    return interned;
}

struct contributors *contributors_count(const struct mailset *set)
{
    struct contributors *contributors = g_new0(struct contributors, 1);
    GHashTable *people = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *domains = g_hash_table_new(g_str_hash, g_str_equal);

    contributors->strings = g_string_chunk_new(4096);
    for (guint i = 0; i < set->members->len; i++) {
        const struct member *member = g_ptr_array_index(set->members, i);
        const char *domain;

        if (!member->live || !member_is_patch(member))
            continue;
        count_one(people,
                  g_string_chunk_insert_const(contributors->strings, member->mail->author_line));
        domain = domain_of(contributors->strings, member->mail->author_address);
        if (domain)
            count_one(domains, domain);
    }
    contributors->people = table_of(people);
    contributors->domains = table_of(domains);
    return contributors;
}

void contributors_free(struct contributors *contributors)
{
    if (!contributors)
        return;
    g_array_free(contributors->people, TRUE);
    g_array_free(contributors->domains, TRUE);
    g_string_chunk_free(contributors->strings);
    g_free(contributors);
}
