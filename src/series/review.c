/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/review.h"

#include <stdbool.h>
#include <string.h>

/* What gathers a review. */
struct walk {
    struct review review;
    GHashTable *seen;   /* struct member *: those that have been looked at or wait for it */
    GPtrArray *waiting; /* struct member * */
    GPtrArray *keys;    /* char *: of each trailer */
};

/* Two trailers with the same key are one. The caller frees it. */
static char *trailer_key(const char *trailer)
{
    const char *value = strchr(trailer, ':') + 1;
    const char *open = strrchr(value, '<');
    size_t length = open != NULL ? strcspn(open + 1, ">") : 0;
    char *kind = g_ascii_strdown(trailer, value - trailer);
    char *who = length > 0 ? g_ascii_strdown(open + 1, (gssize)length)
                           : g_strdup(value + strspn(value, " "));
    char *key = g_strconcat(kind, who, NULL);

    g_free(kind);
    g_free(who);
    return key;
}

static gint compare_keys(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Counts each key once. They are sorted and not hashed: strangers choose them. */
static void count_trailers(GPtrArray *keys, struct review *review)
{
    const char *last = "";

    g_ptr_array_sort(keys, compare_keys);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);

        if (strcmp(key, last) == 0)
            continue;
        last = key;
        if (g_str_has_prefix(key, "acked-by:"))
            review->acked++;
        else if (g_str_has_prefix(key, "reviewed-by:"))
            review->reviewed++;
        else if (g_str_has_prefix(key, "tested-by:"))
            review->tested++;
        else
            review->others++;
    }
}

/* False if it has been there. */
static bool add_waiting(struct walk *walk, const struct member *member)
{
    if (!g_hash_table_add(walk->seen, (gpointer)(uintptr_t)member))
        return false;
    g_ptr_array_add(walk->waiting, (gpointer)(uintptr_t)member);
    return true;
}

/* Lets what answers MEMBER wait; patches begin something of their own. */
static void add_answers(struct walk *walk, const struct member *member)
{
    const struct message_id *id = member->id;

    /* Answers are to the mail that the id means. */
    if (id->first != member)
        return;
    for (const struct member *answer = id->answers; answer != NULL; answer = answer->next_answer) {
        if (!answer->live || member_is_patch(answer) || !add_waiting(walk, answer) ||
            answer->mail->kind != MAIL_REPLY)
            continue;
        walk->review.replies++;
        walk->review.latest = MAX(walk->review.latest, answer->mail->date);
    }
}

static struct walk walk_new(void)
{
    return (struct walk){
        .seen = g_hash_table_new(NULL, NULL),
        .waiting = g_ptr_array_new(),
        .keys = g_ptr_array_new_with_free_func(g_free),
    };
}

static struct review walk_end(struct walk *walk)
{
    while (walk->waiting->len > 0) {
        const struct member *member =
            g_ptr_array_remove_index_fast(walk->waiting, walk->waiting->len - 1);

        for (const char *const *trailer = member->mail->trailers; *trailer != NULL; trailer++)
            g_ptr_array_add(walk->keys, trailer_key(*trailer));
        add_answers(walk, member);
    }
    count_trailers(walk->keys, &walk->review);
    g_ptr_array_free(walk->keys, TRUE);
    g_ptr_array_free(walk->waiting, TRUE);
    g_hash_table_destroy(walk->seen);
    return walk->review;
}

struct review member_review(const struct member *member)
{
    struct walk walk = walk_new();

    add_waiting(&walk, member);
    return walk_end(&walk);
}

struct review posting_review(const struct posting *posting)
{
    struct walk walk = walk_new();
    GPtrArray *members = posting_all_members(posting);

    for (guint i = 0; i < members->len; i++)
        add_waiting(&walk, g_ptr_array_index(members, i));
    g_ptr_array_free(members, TRUE);
    return walk_end(&walk);
}
