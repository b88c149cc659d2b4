/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/same_title.h"

#include "hash.h"
#include "series/rules.h"

static guint root_of(guint *parents, guint i)
{
    while (parents[i] != i)
        i = parents[i] = parents[parents[i]];
    return i;
}

static void join(guint *parents, guint a, guint b)
{
    parents[root_of(parents, a)] = root_of(parents, b);
}

/* What joins the postings of one title, worked out for all of them at once:
 * comparing each two would take the square of their number. Postings without a
 * change-id ("plain") can be joined with any other, those with one only with
 * plain ones and their like. */
struct titled {
    const GPtrArray *postings;
    guint *parents;        /* union-find, small enough to do without ranks */
    GHashTable *senders;    /* sender → index + 1 of a plain posting */
    GHashTable *authors;    /* author of patch 1 → the same */
    GHashTable *change_ids; /* change-id → index + 1 of a posting that has it */
    guint plain;            /* index + 1 of a plain posting, 0 if there is none */
    bool plain_joined;      /* all plain ones are joined */
};

static const struct posting *titled_at(const struct titled *titled, guint i)
{
    return g_ptr_array_index(titled->postings, i);
}

/* Joins posting I with what stands under KEY, or enters it there if ENTER. */
static void join_by(struct titled *titled, GHashTable *table, const void *key, guint i, bool enter)
{
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(table, key));

    if (known)
        join(titled->parents, i, known - 1);
    else if (enter)
        g_hash_table_insert(table, (gpointer)(uintptr_t)key, GUINT_TO_POINTER(i + 1));
}

static void join_hand(struct titled *titled, guint i, bool plain)
{
    const struct posting *posting = titled_at(titled, i);
    const struct member *first = posting_first_patch(posting);

    join_by(titled, titled->senders, posting_lead_member(posting)->patch->sender, i, plain);
    if (first)
        join_by(titled, titled->authors, first->patch->author, i, plain);
}

static void join_all_plain(struct titled *titled)
{
    for (guint i = 0; i < titled->postings->len && !titled->plain_joined; i++)
        if (!titled_at(titled, i)->change_id[0])
            join(titled->parents, i, titled->plain - 1);
    titled->plain_joined = true;
}

/* Different versions join: one of another version than a plain posting joins all plain
 * ones of that version, and two versions among the plain ones join them all. */
static void join_versions(struct titled *titled)
{
    uint32_t version = titled_at(titled, titled->plain - 1)->version;

    for (guint i = 0; i < titled->postings->len; i++)
        if (titled_at(titled, i)->version != version) {
            join_all_plain(titled);
            join(titled->parents, i, titled->plain - 1);
        }
    for (guint i = 0; i < titled->postings->len; i++)
        if (!titled_at(titled, i)->change_id[0] && titled_at(titled, i)->version != version) {
            for (guint j = 0; j < titled->postings->len; j++)
                join(titled->parents, j, titled->plain - 1);
            return;
        }
}

static void join_titled(struct titled *titled)
{
    for (guint i = 0; i < titled->postings->len; i++) {
        titled->parents[i] = i;
        if (titled_at(titled, i)->change_id[0])
            continue;
        titled->plain = i + 1;
        join_hand(titled, i, true);
    }
    for (guint i = 0; i < titled->postings->len; i++) {
        const char *change_id = titled_at(titled, i)->change_id;

        if (!change_id[0])
            continue;
        join_by(titled, titled->change_ids, change_id, i, true);
        join_hand(titled, i, false);
    }
    if (titled->plain)
        join_versions(titled);
}

static void unref_array(gpointer array)
{
    g_ptr_array_unref(array);
}

GHashTable *same_title_classes(const GPtrArray *postings)
{
    guint count = postings->len;
    GPtrArray **classes = g_new0(GPtrArray *, count);
    GHashTable *table = g_hash_table_new_full(NULL, NULL, NULL, unref_array);
    struct titled titled = {
        .postings = postings,
        .parents = g_new(guint, count),
        .senders = g_hash_table_new(NULL, NULL),
        .authors = g_hash_table_new(NULL, NULL),
        .change_ids = g_hash_table_new(hash_text, g_str_equal),
    };

    join_titled(&titled);
    for (guint i = 0; i < count; i++) {
        guint root = root_of(titled.parents, i);
        struct posting *posting = g_ptr_array_index(postings, i);

        if (!classes[root])
            classes[root] = g_ptr_array_new();
        else
            g_ptr_array_ref(classes[root]);
        g_ptr_array_add(classes[root], posting);
        g_hash_table_insert(table, posting, classes[root]);
    }
    g_hash_table_destroy(titled.change_ids);
    g_hash_table_destroy(titled.authors);
    g_hash_table_destroy(titled.senders);
    g_free(titled.parents);
    g_free(classes);
    return table;
}
