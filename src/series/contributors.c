/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/contributors.h"

#include "hash.h"

#include <string.h>

static gint compare_contributors(gconstpointer a, gconstpointer b)
{
    const struct contributor *x = a, *y = b;

    if (x->patches != y->patches)
        return x->patches > y->patches ? -1 : 1;
    return strcmp(y->name, x->name);
}

/* A table under construction. */
struct tally {
    GArray *rows;        /* struct contributor */
    GHashTable *indexes; /* name → its row's index + 1 */
};

static struct tally tally_new(void)
{
    return (struct tally){
        g_array_new(FALSE, TRUE, sizeof(struct contributor)),
        g_hash_table_new(hash_text, g_str_equal),
    };
}

static void tally_add(struct tally *tally, const char *name, size_t period)
{
    size_t index = GPOINTER_TO_SIZE(g_hash_table_lookup(tally->indexes, name));
    struct contributor *row;

    if (index == 0) {
        const struct contributor fresh = { .name = name };

        g_array_append_val(tally->rows, fresh);
        index = tally->rows->len;
        g_hash_table_insert(tally->indexes, (gpointer)(uintptr_t)name, GSIZE_TO_POINTER(index));
    }
    row = &g_array_index(tally->rows, struct contributor, index - 1);
    row->patches++;
    row->periods[period]++;
}

/* The rows in order. */
static GArray *tally_end(struct tally *tally)
{
    g_array_sort(tally->rows, compare_contributors);
    g_hash_table_destroy(tally->indexes);
    return tally->rows;
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

/* The mails that count. */
static GPtrArray *counted_members(const struct mailset *set, contributors_filter *filter,
                                  const void *data)
{
    GPtrArray *counted = g_ptr_array_new();

    for (guint i = 0; i < set->members->len; i++) {
        struct member *member = g_ptr_array_index(set->members, i);

        if (member->live && member->in_range && member_is_patch(member) &&
            (!filter || filter(member, data)))
            g_ptr_array_add(counted, member);
    }
    return counted;
}

static void set_span(struct contributors *contributors, const GPtrArray *counted)
{
    contributors->total = counted->len;
    for (guint i = 0; i < counted->len; i++) {
        const struct member *member = g_ptr_array_index(counted, i);
        int64_t received = member->mail->place.received;

        contributors->from = i == 0 ? received : MIN(contributors->from, received);
        contributors->to = i == 0 ? received : MAX(contributors->to, received);
    }
}

/* Floating point: clocks can be wrong by more than there are seconds in an int64_t. */
static size_t period_of(const struct contributors *contributors, int64_t received)
{
    double from = (double)contributors->from;
    double span = (double)contributors->to - from;
    double part = ((double)received - from) * CONTRIBUTORS_PERIODS;

    return part < span * (CONTRIBUTORS_PERIODS - 1) ? (size_t)(part / span)
           : span > 0                               ? CONTRIBUTORS_PERIODS - 1
                                                    : 0;
}

struct contributors *contributors_count_some(const struct mailset *set,
                                             contributors_filter *filter, const void *data)
{
    struct contributors *contributors = g_new0(struct contributors, 1);
    GPtrArray *counted = counted_members(set, filter, data);
    struct tally people = tally_new(), domains = tally_new();

    contributors->strings = g_string_chunk_new(4096);
    set_span(contributors, counted);
    for (guint i = 0; i < counted->len; i++) {
        const struct mail *mail = ((struct member *)g_ptr_array_index(counted, i))->mail;
        size_t period = period_of(contributors, mail->place.received);
        const char *domain = domain_of(contributors->strings, mail->author_address);

        tally_add(&people, g_string_chunk_insert_const(contributors->strings, mail->author_line),
                  period);
        if (domain)
            tally_add(&domains, domain, period);
    }
    contributors->people = tally_end(&people);
    contributors->domains = tally_end(&domains);
    g_ptr_array_free(counted, TRUE);
    return contributors;
}

struct contributors *contributors_count(const struct mailset *set)
{
    return contributors_count_some(set, NULL, NULL);
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
