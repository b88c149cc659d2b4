/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/set.h"

#include "hash.h"
#include "series/rules.h"
#include "series/same_title.h"

/* A patch title that one sender has used more often than this, for one release,
 * is a habit and says nothing of what belongs together; the most often reposted
 * series met on real lists came to fewer than a hundred. It bounds the work that
 * a flood of equal titles can cause. */
#define TITLE_POSTINGS_MAX 256

/* What a posting can be found by. All of it is interned: compared as pointers. */
enum clue_kind { CLUE_CHANGE_ID, CLUE_TITLE, CLUE_PATCH, CLUE_NAMED };

struct clue {
    enum clue_kind kind;
    const void *what;    /* the change-id, the title, or the struct message_id named */
    const char *release; /* NULL for CLUE_NAMED */
    const char *sender;  /* for CLUE_PATCH, else NULL */
};

/* The postings that share a clue. */
struct bucket {
    struct clue clue;
    GPtrArray *postings; /* struct posting *, in no order */
    unsigned expanded;   /* the last settle that reached all of them */
    unsigned classed;    /* the last settle that worked out classes */
    GHashTable *classes; /* by then: posting → GPtrArray of those that rule 2 joins */
};

/* --- buckets ------------------------------------------------------------ */

static guint clue_hash(gconstpointer data)
{
    const struct clue *clue = data;

    guint64 hash = hash_add_pointer(hash_add_pointer(clue->kind, clue->what), clue->release);

    return hash_end(hash_add_pointer(hash, clue->sender));
}

static gboolean clue_equal(gconstpointer a, gconstpointer b)
{
    const struct clue *x = a, *y = b;

    return x->kind == y->kind && x->what == y->what && x->release == y->release &&
           x->sender == y->sender;
}

static void free_bucket(gpointer data)
{
    struct bucket *bucket = data;

    g_clear_pointer(&bucket->classes, g_hash_table_destroy);
    g_ptr_array_free(bucket->postings, TRUE);
    g_free(bucket);
}

GHashTable *series_buckets_new(void)
{
    return g_hash_table_new_full(clue_hash, clue_equal, NULL, free_bucket);
}

static struct bucket *find_bucket(const struct series_set *set, struct clue clue)
{
    return g_hash_table_lookup(set->buckets, &clue);
}

/* A bucket of patch titles that comes to be, or ceases to be, beyond its bound
 * means something else for all that is in it. */
static void check_bound(struct series_set *set, const struct bucket *bucket, guint before)
{
    bool over = bucket->postings->len > TITLE_POSTINGS_MAX, was = before > TITLE_POSTINGS_MAX;

    if (bucket->clue.kind != CLUE_PATCH || over == was)
        return;
    for (guint i = 0; i < bucket->postings->len; i++)
        g_ptr_array_add(set->seeds, g_ptr_array_index(bucket->postings, i));
}

static void enter_bucket(struct series_set *set, struct clue clue, struct posting *posting)
{
    struct bucket *bucket = find_bucket(set, clue);

    if (!bucket) {
        bucket = g_new0(struct bucket, 1);
        bucket->clue = clue;
        bucket->postings = g_ptr_array_new();
        g_hash_table_insert(set->buckets, &bucket->clue, bucket);
    }
    g_ptr_array_add(bucket->postings, posting);
    check_bound(set, bucket, bucket->postings->len - 1);
}

static void leave_bucket(struct series_set *set, struct clue clue, struct posting *posting)
{
    struct bucket *bucket = find_bucket(set, clue);

    g_ptr_array_remove_fast(bucket->postings, posting);
    check_bound(set, bucket, bucket->postings->len + 1);
    if (bucket->postings->len == 0)
        g_hash_table_remove(set->buckets, &bucket->clue);
}

static void add_clue(GArray *clues, enum clue_kind kind, const void *what, const char *release,
                     const char *sender)
{
    const struct clue clue = { kind, what, release, sender };

    g_array_append_val(clues, clue);
}

static void add_named(struct series_set *set, GArray *clues, const char *const *ids)
{
    for (guint i = 0; ids[i]; i++)
        add_clue(clues, CLUE_NAMED, mailset_id(set->mails, ids[i]), NULL, NULL);
}

/* All that POSTING can be found by; the caller frees the array of struct clue. */
static GArray *clues_of(struct series_set *set, const struct posting *posting)
{
    GArray *clues = g_array_new(FALSE, FALSE, sizeof(struct clue));
    const char *release = posting_release(posting), *sender = posting_lead_member(posting)->sender;
    const char *cover = posting_cover_title(posting), *patch = posting_first_patch_title(posting);
    GPtrArray *titles = posting_patch_titles(posting);

    if (posting->change_id[0])
        add_clue(clues, CLUE_CHANGE_ID, mailset_intern(set->mails, posting->change_id), release,
                 NULL);
    if (cover)
        add_clue(clues, CLUE_TITLE, cover, release, NULL);
    if (patch && patch != cover)
        add_clue(clues, CLUE_TITLE, patch, release, NULL);
    for (guint i = 0; titles->len >= 2 && i < titles->len; i++)
        add_clue(clues, CLUE_PATCH, titles->pdata[i], release, sender);
    if (posting->version > 1) {
        add_named(set, clues, posting_lead(posting)->references);
        add_named(set, clues, posting_lead(posting)->links);
    }
    g_ptr_array_free(titles, TRUE);
    return clues;
}

void series_enter_buckets(struct series_set *set, struct posting *posting)
{
    GArray *clues = clues_of(set, posting);

    for (guint i = 0; i < clues->len; i++)
        enter_bucket(set, g_array_index(clues, struct clue, i), posting);
    g_array_free(clues, TRUE);
}

void series_leave_buckets(struct series_set *set, struct posting *posting)
{
    GArray *clues = clues_of(set, posting);

    for (guint i = 0; i < clues->len; i++)
        leave_bucket(set, g_array_index(clues, struct clue, i), posting);
    g_array_free(clues, TRUE);
}

/* --- from the postings that changed to all they are joined with --------- */

struct search {
    struct series_set *set;
    GPtrArray *found; /* struct posting *: one series in the making */
};

static void reach(struct search *search, struct posting *posting)
{
    if (posting->reached == search->set->settles)
        return;
    posting->reached = search->set->settles;
    if (posting->series)
        series_dissolve(search->set, posting->series);
    g_ptr_array_add(search->found, posting);
}

static void reach_all(struct search *search, const GPtrArray *postings)
{
    for (guint i = 0; i < postings->len; i++)
        reach(search, g_ptr_array_index(postings, i));
}

static void reach_change_id(struct search *search, struct bucket *bucket)
{
    /* Once for all of them. */
    if (bucket->expanded == search->set->settles)
        return;
    bucket->expanded = search->set->settles;
    reach_all(search, bucket->postings);
}

static void reach_title(struct search *search, struct bucket *bucket, const struct posting *posting)
{
    GPtrArray *joined;

    if (bucket->postings->len < 2)
        return;
    if (bucket->classed != search->set->settles) {
        bucket->classed = search->set->settles;
        g_clear_pointer(&bucket->classes, g_hash_table_destroy);
        bucket->classes = same_title_classes(bucket->postings);
    }
    joined = g_hash_table_lookup(bucket->classes, posting);
    reach_all(search, joined);
    /* Whoever else comes by has been reached with these. */
    g_ptr_array_set_size(joined, 0);
}

/* Postings of the same sender that have two patch titles in common with POSTING are
 * looked at closely. COUNTS: posting → titles in common so far. */
static void reach_patches(struct search *search, const struct bucket *bucket,
                          const struct posting *posting, GHashTable *counts)
{
    if (bucket->postings->len > TITLE_POSTINGS_MAX)
        return;
    for (guint i = 0; i < bucket->postings->len; i++) {
        struct posting *other = g_ptr_array_index(bucket->postings, i);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, other)) + 1;

        g_hash_table_insert(counts, other, GUINT_TO_POINTER(count));
        if (count == 2 && other->reached != search->set->settles &&
            rule_patches_hold(posting, other))
            reach(search, other);
    }
}

/* The posting whose mail POSTING's lead names. */
static void reach_named(struct search *search, const struct posting *posting,
                        const struct message_id *id)
{
    struct posting *named = id->first ? id->first->posting : NULL;

    if (named && rule_reference_counts(posting, named))
        reach(search, named);
}

/* The postings whose leads name a mail of POSTING. */
static void reach_naming(struct search *search, const struct posting *posting)
{
    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);
        const struct bucket *bucket = NULL;

        if (member->id->first == member)
            bucket = find_bucket(search->set, (struct clue){ CLUE_NAMED, member->id, NULL, NULL });
        for (guint j = 0; bucket && j < bucket->postings->len; j++) {
            struct posting *other = g_ptr_array_index(bucket->postings, j);

            if (rule_reference_counts(other, posting))
                reach(search, other);
        }
    }
}

/* The postings that somebody said are of the same series. */
static void reach_corrected(struct search *search, const struct posting *posting)
{
    for (guint i = 0; search->set->corrections && i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);
        const char *const *others = series_corrections_of(search->set, member);

        for (; others && *others; others++) {
            struct posting *other = series_posting_of(search->set, *others);

            if (other && corrections_between(search->set->corrections, member->id->text, *others) ==
                             CORRECTION_SAME)
                reach(search, other);
        }
    }
}

static void reach_joined(struct search *search, struct posting *posting)
{
    GArray *clues = clues_of(search->set, posting);
    GHashTable *counts = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < clues->len; i++) {
        const struct clue *clue = &g_array_index(clues, struct clue, i);
        struct bucket *bucket = find_bucket(search->set, *clue);

        switch (clue->kind) {
        case CLUE_CHANGE_ID:
            reach_change_id(search, bucket);
            break;
        case CLUE_TITLE:
            reach_title(search, bucket, posting);
            break;
        case CLUE_PATCH:
            reach_patches(search, bucket, posting, counts);
            break;
        case CLUE_NAMED:
            reach_named(search, posting, clue->what);
            break;
        }
    }
    reach_naming(search, posting);
    reach_corrected(search, posting);
    if (posting->base)
        reach(search, posting->base);
    for (struct posting *reroll = posting->reroll; reroll; reroll = reroll->next_reroll)
        reach(search, reroll);
    g_hash_table_destroy(counts);
    g_array_free(clues, TRUE);
}

GPtrArray *series_reach_component(struct series_set *set, struct posting *posting)
{
    struct search search = { set, NULL };

    if (posting->reached == set->settles)
        return NULL;
    search.found = g_ptr_array_new();
    reach(&search, posting);
    for (guint i = 0; i < search.found->len; i++)
        reach_joined(&search, g_ptr_array_index(search.found, i));
    return search.found;
}
