/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tally.h"

#include "hash.h"
#include "mail/trailer.h"
#include "series/trailers.h"

/* What counts together. */
struct names {
    GHashTable *keys; /* trailer_key()s, owned */
    struct tally_counts counts;
};

struct tally {
    struct names *all;   /* what was said of all patches */
    GHashTable *members; /* struct member * → struct names *: what was said of it besides */
};

static struct names *names_new(void)
{
    struct names *names = g_new0(struct names, 1);
    names->keys = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    return names;
}

static void names_free(gpointer data)
{
    struct names *names = data;
    g_hash_table_unref(names->keys);
    g_free(names);
}

static void count(struct tally_counts *counts, const char *text)
{
    counts->acked += g_ascii_strncasecmp(text, "Acked-by:", 9) == 0;
    counts->reviewed += g_ascii_strncasecmp(text, "Reviewed-by:", 12) == 0;
    counts->tested += g_ascii_strncasecmp(text, "Tested-by:", 10) == 0;
}

/* Adds TEXT to NAMES unless it is there, or was said of ALL. */
static void add(struct names *names, const struct names *all, const char *text)
{
    char *key = trailer_key(text);
    if (all && g_hash_table_contains(all->keys, key))
        g_free(key);
    else if (g_hash_table_add(names->keys, key))
        count(&names->counts, text);
}

static void add_collected(struct tally *tally, const GArray *collected, bool for_all)
{
    for (guint i = 0; i < collected->len; i++) {
        const struct collected_trailer *trailer =
            &g_array_index(collected, struct collected_trailer, i);
        if (trailer->mismatch || trailer->bot || !trailer->patch != for_all)
            continue;
        struct names *names =
            for_all ? tally->all : g_hash_table_lookup(tally->members, trailer->patch);
        if (names)
            add(names, for_all ? NULL : tally->all, trailer->text);
    }
}

struct tally *tally_new(const struct posting *posting, const GArray *collected)
{
    struct tally *tally = g_new(struct tally, 1);
    GPtrArray *members = posting_all_members(posting);
    tally->all = names_new();
    tally->members = g_hash_table_new_full(NULL, NULL, NULL, names_free);
    add_collected(tally, collected, true);
    for (guint i = 0; i < members->len; i++) {
        struct member *member = members->pdata[i];
        struct names *names = names_new();
        for (const char *const *text = member->mail->trailers; *text; text++)
            add(names, tally->all, *text);
        g_hash_table_insert(tally->members, member, names);
    }
    add_collected(tally, collected, false);
    g_ptr_array_unref(members);
    return tally;
}

void tally_free(struct tally *tally)
{
    names_free(tally->all);
    g_hash_table_unref(tally->members);
    g_free(tally);
}

struct tally_counts tally_of(const struct tally *tally, const struct member *member)
{
    const struct names *names = g_hash_table_lookup(tally->members, member);
    const struct tally_counts *all = &tally->all->counts;
    if (!names)
        return (struct tally_counts){0};
    return (struct tally_counts){names->counts.acked + all->acked,
                                 names->counts.reviewed + all->reviewed,
                                 names->counts.tested + all->tested};
}

static uint32_t count_in(const struct tally_counts *counts, size_t column)
{
    return column == 0 ? counts->acked : column == 1 ? counts->reviewed : counts->tested;
}

void tally_widen(int widths[TALLY_COLUMNS], const struct tally_counts *counts)
{
    for (size_t i = 0; i < TALLY_COLUMNS; i++) {
        char text[16];
        uint32_t number = count_in(counts, i);
        int width = number ? 1 + g_snprintf(text, sizeof text, "%u", number) : 0;
        widths[i] = MAX(widths[i], width);
    }
}

void tally_append(const int widths[TALLY_COLUMNS], const struct tally_counts *counts, GString *text)
{
    static const char letters[TALLY_COLUMNS] = {'A', 'R', 'T'};
    size_t before = text->len;
    for (size_t i = 0; i < TALLY_COLUMNS; i++) {
        uint32_t number = count_in(counts, i);
        if (!widths[i])
            continue;
        if (text->len > before)
            g_string_append_c(text, ' ');
        if (number)
            g_string_append_printf(text, "%c%-*u", letters[i], widths[i] - 1, number);
        else
            g_string_append_printf(text, "%*s", widths[i], "");
    }
}

struct tally_counts tally_texts(const char *const *texts)
{
    struct tally_counts counts = {0};
    for (; *texts; texts++)
        count(&counts, *texts);
    return counts;
}
