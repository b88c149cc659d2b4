/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/series.h"

#include "series/hash.h"
#include "series/rules.h"
#include "series/same_title.h"

/* A patch title that one sender has used more often than this, for one release,
 * is a habit and says nothing of what belongs together; the most often reposted
 * series met on real lists came to fewer than a hundred. It bounds the work that
 * a flood of equal titles can cause. */
#define TITLE_POSTINGS_MAX 256

/* Neighbours in its series that a posting is compared with to say why it is there: each of a
 * hundred thousand may be asked. The longest series met has 60. */
#define WHY_TRIES_MAX 200

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

struct series_set {
    struct mailset *mails;
    struct posting_index *postings;
    GHashTable *buckets;  /* struct clue (in its struct bucket) → the struct bucket */
    GPtrArray *list;      /* struct series *, see series_set_list() */
    GPtrArray *seeds;     /* struct posting * whose series has to be worked out */
    GPtrArray *dissolved; /* struct series * to be freed when the list is clear of them */
    size_t posting_count;
    unsigned settles;
    uint64_t serial; /* of the series made last */
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

static void enter_buckets(struct series_set *set, struct posting *posting)
{
    GArray *clues = clues_of(set, posting);

    for (guint i = 0; i < clues->len; i++)
        enter_bucket(set, g_array_index(clues, struct clue, i), posting);
    g_array_free(clues, TRUE);
}

static void leave_buckets(struct series_set *set, struct posting *posting)
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

static void dissolve(struct series_set *set, struct series *series)
{
    series->dissolved = true;
    g_ptr_array_add(set->dissolved, series);
    for (guint i = 0; i < series->postings->len; i++) {
        struct posting *posting = g_ptr_array_index(series->postings, i);

        posting->series = NULL;
        g_ptr_array_add(set->seeds, posting);
    }
}

static void reach(struct search *search, struct posting *posting)
{
    if (posting->reached == search->set->settles)
        return;
    posting->reached = search->set->settles;
    if (posting->series)
        dissolve(search->set, posting->series);
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
    if (posting->base)
        reach(search, posting->base);
    for (struct posting *reroll = posting->reroll; reroll; reroll = reroll->next_reroll)
        reach(search, reroll);
    g_hash_table_destroy(counts);
    g_array_free(clues, TRUE);
}

/* --- the set ------------------------------------------------------------- */

static void free_series(gpointer data)
{
    struct series *series = data;

    g_ptr_array_free(series->postings, TRUE);
    g_free(series);
}

struct series_set *series_set_new(void)
{
    struct series_set *set = g_new0(struct series_set, 1);

    set->mails = mailset_new();
    set->postings = posting_index_new(set->mails);
    set->buckets = g_hash_table_new_full(clue_hash, clue_equal, NULL, free_bucket);
    set->list = g_ptr_array_new();
    set->seeds = g_ptr_array_new();
    set->dissolved = g_ptr_array_new_with_free_func(free_series);
    return set;
}

void series_set_free(struct series_set *set)
{
    if (!set)
        return;
    for (guint i = 0; i < set->list->len; i++)
        free_series(g_ptr_array_index(set->list, i));
    g_ptr_array_free(set->dissolved, TRUE);
    g_ptr_array_free(set->seeds, TRUE);
    g_ptr_array_free(set->list, TRUE);
    g_hash_table_destroy(set->buckets);
    posting_index_free(set->postings);
    mailset_free(set->mails);
    g_free(set);
}

void series_set_take(struct series_set *set, struct mail_batch *batch)
{
    mailset_take(set->mails, batch);
}

static int64_t listed_arrival(const struct series *series)
{
    return posting_lead(g_ptr_array_index(series->postings, 0))->place.arrival;
}

static gint compare_series(gconstpointer a, gconstpointer b)
{
    int64_t x = listed_arrival(*(struct series *const *)a);
    int64_t y = listed_arrival(*(struct series *const *)b);

    return (x < y) - (x > y);
}

static gint compare_newest_first(gconstpointer a, gconstpointer b)
{
    return posting_compare(*(struct posting *const *)b, *(struct posting *const *)a);
}

static struct series *make_series(struct series_set *set, GPtrArray *postings)
{
    struct series *series = g_new0(struct series, 1);

    g_ptr_array_sort(postings, compare_newest_first);
    series->postings = postings;
    series->serial = ++set->serial;
    for (guint i = 0; i < postings->len; i++)
        ((struct posting *)g_ptr_array_index(postings, i))->series = series;
    return series;
}

/* Takes the dissolved series out of the list and the new ones in: one pass, because the
 * rest stays in order. */
static void update_list(struct series_set *set, GPtrArray *made)
{
    GPtrArray *list = g_ptr_array_sized_new(set->list->len + made->len);
    guint next = 0;

    g_ptr_array_sort(made, compare_series);
    for (guint i = 0; i < set->list->len; i++) {
        struct series *series = g_ptr_array_index(set->list, i);

        if (series->dissolved)
            continue;
        while (next < made->len && compare_series(&made->pdata[next], &set->list->pdata[i]) < 0)
            g_ptr_array_add(list, made->pdata[next++]);
        g_ptr_array_add(list, series);
    }
    while (next < made->len)
        g_ptr_array_add(list, made->pdata[next++]);
    g_ptr_array_free(set->list, TRUE);
    set->list = list;
    g_ptr_array_set_size(set->dissolved, 0);
}

static void take_postings(struct series_set *set, const GPtrArray *gone, const GPtrArray *made)
{
    for (guint i = 0; i < gone->len; i++) {
        struct posting *posting = g_ptr_array_index(gone, i);

        if (posting->series)
            dissolve(set, posting->series);
        leave_buckets(set, posting);
        posting->reached = set->settles; /* so that nothing reaches it any more */
    }
    for (guint i = 0; i < made->len; i++) {
        struct posting *posting = g_ptr_array_index(made, i);

        enter_buckets(set, posting);
        g_ptr_array_add(set->seeds, posting);
    }
    set->posting_count += made->len;
    set->posting_count -= gone->len;
}

/* Works out the series of all seeds. Reaching a posting dissolves its series, whose
 * other postings become seeds: the list grows while it is worked off. */
static void work_off_seeds(struct series_set *set, GPtrArray *made)
{
    for (guint i = 0; i < set->seeds->len; i++) {
        struct search search = { set, g_ptr_array_new() };

        reach(&search, g_ptr_array_index(set->seeds, i));
        for (guint j = 0; j < search.found->len; j++)
            reach_joined(&search, g_ptr_array_index(search.found, j));
        if (search.found->len > 0)
            g_ptr_array_add(made, make_series(set, search.found));
        else
            g_ptr_array_free(search.found, TRUE);
    }
    g_ptr_array_set_size(set->seeds, 0);
}

bool series_set_settle(struct series_set *set)
{
    GPtrArray *gone = g_ptr_array_new(), *made = g_ptr_array_new();
    GPtrArray *series = g_ptr_array_new();
    bool changed;

    set->settles++;
    posting_index_settle(set->postings, gone, made);
    changed = gone->len > 0 || made->len > 0;
    if (changed) {
        take_postings(set, gone, made);
        work_off_seeds(set, series);
        update_list(set, series);
    }
    g_ptr_array_free(series, TRUE);
    g_ptr_array_free(made, TRUE);
    g_ptr_array_free(gone, TRUE);
    return changed;
}

const struct mailset *series_set_mails(const struct series_set *set)
{
    return set->mails;
}

const GPtrArray *series_set_list(const struct series_set *set)
{
    return set->list;
}

size_t series_set_skipped(const struct series_set *set)
{
    return set->posting_count - set->list->len;
}

const struct posting *series_set_find(const struct series_set *set, const char *message_id)
{
    const struct member *member = mailset_find(set->mails, message_id);

    /* No thread is longer than the set; a loop of replies would be. */
    for (guint steps = 0; member && steps < set->mails->members->len; steps++) {
        if (member->posting)
            return member->posting;
        member = member_parent(member);
    }
    return NULL;
}

enum series_state posting_state(const struct posting *posting)
{
    const GPtrArray *postings = posting->series->postings;

    if (g_ptr_array_index(postings, 0) != posting)
        return SERIES_SKIP;
    return postings->len > 1 ? SERIES_EXIST : SERIES_NEW;
}

const char *series_state_name(enum series_state state)
{
    switch (state) {
    case SERIES_NEW: return "New";
    case SERIES_EXIST: return "Exist";
    case SERIES_SKIP: return "Skip";
    }
    return "";
}

/* The nearest posting that a rule joins POSTING with, from its place in the series
 * towards the newer (STEP -1) or the older ones (STEP 1). */
static enum series_rule nearest_joined(const struct posting *posting, int step,
                                       const struct posting **other)
{
    const GPtrArray *postings = posting->series->postings;
    guint own, tries = 0;

    if (!g_ptr_array_find(posting->series->postings, posting, &own))
        return SERIES_RULE_NONE;
    for (gint64 i = (gint64)own + step; i >= 0 && i < postings->len && tries < WHY_TRIES_MAX;
         i += step, tries++) {
        const struct posting *candidate = g_ptr_array_index(postings, (guint)i);
        enum series_rule rule = series_rule_between(posting, candidate);

        if (rule != SERIES_RULE_NONE) {
            *other = candidate;
            return rule;
        }
    }
    return SERIES_RULE_NONE;
}

static enum series_rule why(const struct posting *posting, int step, const struct posting **other)
{
    enum series_rule rule;

    *other = NULL;
    rule = nearest_joined(posting, step, other);
    return rule != SERIES_RULE_NONE ? rule : nearest_joined(posting, -step, other);
}

enum series_rule posting_why(const struct posting *posting, const struct posting **other)
{
    return why(posting, 1, other);
}

enum series_rule posting_why_skipped(const struct posting *posting, const struct posting **other)
{
    return why(posting, -1, other);
}
