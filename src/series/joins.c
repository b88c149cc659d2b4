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

enum clue_kind { CLUE_CHANGE_ID, CLUE_TITLE, CLUE_PATCH, CLUE_NAMED };

/* What a posting can be found by. Alike are those of one kind and of the same WHAT; of postings of
 * one release too, unless a mail is named; of one sender too if it is the title of a patch. All of
 * that is interned: compared as pointers. */
struct clue {
    const void *what; /* the change-id, the title, or the struct message_id named */
    struct posting *posting;
    struct clue *next, *previous; /* in a ring of those alike; itself if alone */
    enum clue_kind kind;
    guint count; /* of the one that is in the table: those alike */
};

/* --- clues -------------------------------------------------------------- */

static const char *release_of(const struct clue *clue)
{
    return clue->kind != CLUE_NAMED ? posting_release(clue->posting) : NULL;
}

static const char *sender_of(const struct clue *clue)
{
    return clue->kind == CLUE_PATCH ? posting_lead_member(clue->posting)->patch->sender : NULL;
}

static guint clue_hash(gconstpointer data)
{
    const struct clue *clue = data;
    guint64 hash = hash_add_pointer(hash_add_pointer(clue->kind, clue->what), release_of(clue));

    return hash_end(hash_add_pointer(hash, sender_of(clue)));
}

static gboolean clue_equal(gconstpointer a, gconstpointer b)
{
    const struct clue *x = a, *y = b;

    return x->kind == y->kind && x->what == y->what && release_of(x) == release_of(y) &&
           sender_of(x) == sender_of(y);
}

GHashTable *series_clues_new(void)
{
    return g_hash_table_new(clue_hash, clue_equal);
}

/* The first of those that are like CLUE, or NULL. */
static struct clue *find_clue(const struct series_set *set, const struct clue *clue)
{
    return g_hash_table_lookup(set->clues, clue);
}

/* Patch titles that come to be, or cease to be, beyond their bound
 * mean something else for all that have them. */
static void check_bound(struct series_set *set, struct clue *first, guint before)
{
    bool over = first->count > TITLE_POSTINGS_MAX, was = before > TITLE_POSTINGS_MAX;
    struct clue *clue = first;

    if (first->kind != CLUE_PATCH || over == was)
        return;
    do {
        g_ptr_array_add(set->seeds, clue->posting);
        clue = clue->next;
    } while (clue != first);
}

static void enter_clue(struct series_set *set, struct clue *clue)
{
    struct clue *first = find_clue(set, clue);

    if (!first) {
        clue->next = clue->previous = clue;
        clue->count = 1;
        g_hash_table_add(set->clues, clue);
        return;
    }
    clue->next = first->next;
    clue->previous = first;
    clue->next->previous = first->next = clue;
    first->count++;
    check_bound(set, first, first->count - 1);
}

static void leave_clue(struct series_set *set, struct clue *clue)
{
    struct clue *first = find_clue(set, clue);

    if (first->count == 1) {
        g_hash_table_remove(set->clues, clue);
        return;
    }
    if (first == clue) {
        first = clue->next;
        first->count = clue->count;
        g_hash_table_add(set->clues, first);
    }
    clue->next->previous = clue->previous;
    clue->previous->next = clue->next;
    first->count--;
    check_bound(set, first, first->count + 1);
}

static void add_clue(GArray *clues, struct posting *posting, enum clue_kind kind, const void *what)
{
    const struct clue clue = { .what = what, .posting = posting, .kind = kind };

    g_array_append_val(clues, clue);
}

static void add_named(struct series_set *set, GArray *clues, struct posting *posting,
                      const char *const *ids)
{
    for (guint i = 0; ids[i]; i++)
        add_clue(clues, posting, CLUE_NAMED, mailset_id(set->mails, ids[i]));
}

/* Adds all that POSTING can be found by. */
static void add_clues(struct series_set *set, GArray *clues, struct posting *posting)
{
    const char *cover = posting_cover_title(posting), *patch = posting_first_patch_title(posting);
    GPtrArray *titles = posting->members->len >= 2 ? posting_patch_titles(posting) : NULL;

    if (posting->change_id[0])
        add_clue(clues, posting, CLUE_CHANGE_ID, mailset_intern(set->mails, posting->change_id));
    if (cover)
        add_clue(clues, posting, CLUE_TITLE, cover);
    if (patch && patch != cover)
        add_clue(clues, posting, CLUE_TITLE, patch);
    for (guint i = 0; titles && titles->len >= 2 && i < titles->len; i++)
        add_clue(clues, posting, CLUE_PATCH, titles->pdata[i]);
    if (posting->version > 1) {
        add_named(set, clues, posting, posting_lead(posting)->references);
        add_named(set, clues, posting, posting_lead(posting)->links);
    }
    g_clear_pointer(&titles, g_ptr_array_unref);
}

void series_enter_clues(struct series_set *set, struct posting *posting)
{
    GArray *clues = g_array_new(FALSE, FALSE, sizeof(struct clue));

    add_clues(set, clues, posting);
    posting->clue_count = clues->len;
    posting->clues = g_memdup2(clues->data, clues->len * sizeof(struct clue));
    g_array_free(clues, TRUE);
    for (guint i = 0; i < posting->clue_count; i++)
        enter_clue(set, &posting->clues[i]);
}

void series_leave_clues(struct series_set *set, struct posting *posting)
{
    for (guint i = 0; i < posting->clue_count; i++)
        leave_clue(set, &posting->clues[i]);
    posting->clue_count = 0;
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

static void reach_change_id(struct search *search, struct clue *first)
{
    struct clue *clue = first;

    /* Once for all of them. */
    if (!g_hash_table_add(search->set->expanded, first))
        return;
    do {
        reach(search, clue->posting);
        clue = clue->next;
    } while (clue != first);
}

static GHashTable *classes_of(struct clue *first)
{
    GPtrArray *postings = g_ptr_array_sized_new(first->count);
    struct clue *clue = first;
    GHashTable *classes;

    do {
        g_ptr_array_add(postings, clue->posting);
        clue = clue->next;
    } while (clue != first);
    classes = same_title_classes(postings);
    g_ptr_array_free(postings, TRUE);
    return classes;
}

static void reach_title(struct search *search, struct clue *first, const struct posting *posting)
{
    GHashTable *classes;
    GPtrArray *joined;

    if (first->count < 2)
        return;
    classes = g_hash_table_lookup(search->set->classes, first);
    if (!classes) {
        classes = classes_of(first);
        g_hash_table_insert(search->set->classes, first, classes);
    }
    joined = g_hash_table_lookup(classes, posting);
    for (guint i = 0; i < joined->len; i++)
        reach(search, g_ptr_array_index(joined, i));
    /* Whoever else comes by has been reached with these. */
    g_ptr_array_set_size(joined, 0);
}

/* Postings of the same sender that have two patch titles in common with POSTING are
 * looked at closely. COUNTS: posting → titles in common so far. */
static void reach_patches(struct search *search, const struct clue *first,
                          const struct posting *posting, GHashTable *counts)
{
    const struct clue *clue = first;

    if (first->count < 2 || first->count > TITLE_POSTINGS_MAX)
        return;
    do {
        struct posting *other = clue->posting;
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, other)) + 1;

        g_hash_table_insert(counts, other, GUINT_TO_POINTER(count));
        if (count == 2 && other->reached != search->set->settles &&
            rule_patches_hold(posting, other))
            reach(search, other);
        clue = clue->next;
    } while (clue != first);
}

/* The posting whose mail POSTING's lead names. */
static void reach_named(struct search *search, const struct posting *posting,
                        const struct message_id *id)
{
    struct posting *named = id->first ? id->first->posting : NULL;

    if (named && rule_reference_counts(posting, named))
        reach(search, named);
}

/* The postings whose leads name MEMBER, a mail of POSTING. */
static void reach_naming_member(struct search *search, struct posting *posting,
                                const struct member *member)
{
    const struct clue key = { .what = member->id, .posting = posting, .kind = CLUE_NAMED };
    const struct clue *first = member->id->first == member ? find_clue(search->set, &key) : NULL;
    const struct clue *clue = first;

    for (guint i = 0; first && i < first->count; i++, clue = clue->next)
        if (rule_reference_counts(clue->posting, posting))
            reach(search, clue->posting);
}

static void reach_naming(struct search *search, struct posting *posting)
{
    for (guint i = 0; i < posting->members->len; i++)
        reach_naming_member(search, posting, g_ptr_array_index(posting->members, i));
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

static void reach_by_clues(struct search *search, const struct posting *posting)
{
    GHashTable *counts = posting->members->len >= 2 ? g_hash_table_new(NULL, NULL) : NULL;

    for (guint i = 0; i < posting->clue_count; i++) {
        const struct clue *clue = &posting->clues[i];

        switch (clue->kind) {
        case CLUE_CHANGE_ID:
            reach_change_id(search, find_clue(search->set, clue));
            break;
        case CLUE_TITLE:
            reach_title(search, find_clue(search->set, clue), posting);
            break;
        case CLUE_PATCH:
            reach_patches(search, find_clue(search->set, clue), posting, counts);
            break;
        case CLUE_NAMED:
            reach_named(search, posting, clue->what);
            break;
        }
    }
    g_clear_pointer(&counts, g_hash_table_destroy);
}

static void reach_joined(struct search *search, struct posting *posting)
{
    reach_by_clues(search, posting);
    reach_naming(search, posting);
    reach_corrected(search, posting);
    if (posting->base)
        reach(search, posting->base);
    for (struct posting *reroll = posting->reroll; reroll; reroll = reroll->next_reroll)
        reach(search, reroll);
}

bool series_reach_component(struct series_set *set, struct posting *posting, GPtrArray *found)
{
    struct search search = { set, found };

    if (posting->reached == set->settles)
        return false;
    g_ptr_array_set_size(found, 0);
    reach(&search, posting);
    for (guint i = 0; i < found->len; i++)
        reach_joined(&search, g_ptr_array_index(found, i));
    return true;
}
