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
    GStringChunk *strings; /* what names are copied to */
};

static struct tally tally_new(GStringChunk *strings)
{
    return (struct tally){
        g_array_new(FALSE, TRUE, sizeof(struct contributor)),
        g_hash_table_new(hash_text, g_str_equal),
        strings,
    };
}

/* The index of the row of NAME. */
static guint tally_find(struct tally *tally, const char *name)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(tally->indexes, name));

    if (index == 0) {
        char *copy = g_string_chunk_insert(tally->strings, name);
        const struct contributor fresh = { .name = copy };

        g_array_append_val(tally->rows, fresh);
        index = tally->rows->len;
        g_hash_table_insert(tally->indexes, copy, GUINT_TO_POINTER(index));
    }
    return index - 1;
}

static void tally_count(struct tally *tally, guint index, size_t period)
{
    struct contributor *row = &g_array_index(tally->rows, struct contributor, index);

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

/* The domain of ADDRESS as it is written, or NULL. */
static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');

    return at && at[1] ? at + 1 : NULL;
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

/* A mail that counts, and the rows of who wrote it. */
struct counted {
    int64_t received;
    guint person, domain; /* NO_ROW: its author has none */
};

#define NO_ROW G_MAXUINT

/* Both tables under construction. */
struct count {
    struct tally people, domains;
    GArray *counted;         /* struct counted: when it is known what the periods are */
    const char *line, *address; /* those of the mail before: mails of a posting share texts, */
    guint person, domain;    /* and have its rows */
};

/* Finds the rows of the author of MAIL. */
static void find_rows(struct count *count, const struct mail *mail)
{
    const char *domain = domain_of(mail->author_address);

    count->line = mail->author_line;
    count->address = mail->author_address;
    count->person = tally_find(&count->people, mail->author_line);
    count->domain = NO_ROW;
    if (domain) {
        char *folded = g_ascii_strdown(domain, -1);

        count->domain = tally_find(&count->domains, folded);
        g_free(folded);
    }
}

static void count_mail(struct count *count, const struct mail *mail)
{
    struct counted counted = { .received = mail->place.received };

    if (mail->author_line != count->line || mail->author_address != count->address)
        find_rows(count, mail);
    counted.person = count->person;
    counted.domain = count->domain;
    g_array_append_val(count->counted, counted);
}

static void set_span(struct contributors *contributors, const GArray *counted)
{
    contributors->total = counted->len;
    for (guint i = 0; i < counted->len; i++) {
        int64_t received = g_array_index(counted, struct counted, i).received;

        contributors->from = i == 0 ? received : MIN(contributors->from, received);
        contributors->to = i == 0 ? received : MAX(contributors->to, received);
    }
}

static void spread(struct count *count, const struct contributors *contributors)
{
    for (guint i = 0; i < count->counted->len; i++) {
        const struct counted *counted = &g_array_index(count->counted, struct counted, i);
        size_t period = period_of(contributors, counted->received);

        tally_count(&count->people, counted->person, period);
        if (counted->domain != NO_ROW)
            tally_count(&count->domains, counted->domain, period);
    }
}

struct contributors *contributors_count_some(const struct mailset *set,
                                             contributors_filter *filter, const void *data)
{
    struct contributors *contributors = g_new0(struct contributors, 1);
    GStringChunk *strings = g_string_chunk_new(4096);
    struct count count = {
        .people = tally_new(strings),
        .domains = tally_new(strings),
        .counted = g_array_new(FALSE, FALSE, sizeof(struct counted)),
    };

    for (guint i = 0; i < set->members->len; i++) {
        const struct member *member = g_ptr_array_index(set->members, i);

        if (member->live && member->in_range && member_is_patch(member) &&
            (!filter || filter(member, data)))
            count_mail(&count, member->mail);
    }
    contributors->strings = strings;
    set_span(contributors, count.counted);
    spread(&count, contributors);
    contributors->people = tally_end(&count.people);
    contributors->domains = tally_end(&count.domains);
    g_array_free(count.counted, TRUE);
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
