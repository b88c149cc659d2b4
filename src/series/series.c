/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/series.h"

#include "series/rules.h"
#include "series/set.h"

/* Neighbours in its series that a posting is compared with to say why it is there: each of a
 * hundred thousand may be asked. The longest series met has 60. */
#define WHY_TRIES_MAX 64

void series_dissolve(struct series_set *set, struct series *series)
{
    struct series *part = series;

    do {
        struct series *next = part->next_part;

        part->dissolved = true;
        g_ptr_array_add(set->dissolved, part);
        series_forget_wants(set, part);
        for (guint i = 0; i < part->postings->len; i++) {
            struct posting *posting = g_ptr_array_index(part->postings, i);

            posting->series = NULL;
            g_ptr_array_add(set->seeds, posting);
        }
        part = next;
    } while (part != series);
}

static void free_series(gpointer data)
{
    struct series *series = data;

    g_ptr_array_free(series->postings, TRUE);
    g_free(series);
}

/* Of the numbers of each set begins the one behind which its series are numbered. */
#define SERIAL_BITS 40

struct series_set *series_set_new(void)
{
    static gint sets; /* atomic */
    struct series_set *set = g_new0(struct series_set, 1);

    set->serial = (uint64_t)(guint)g_atomic_int_add(&sets, 1) << SERIAL_BITS;
    set->mails = mailset_new();
    set->postings = posting_index_new(set->mails);
    set->clues = series_clues_new();
    set->list = g_ptr_array_new();
    set->seeds = g_ptr_array_new();
    set->dissolved = g_ptr_array_new_with_free_func(free_series);
    set->corrected = g_ptr_array_new_with_free_func(g_free);
    set->asked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return set;
}

/* Each series once, those that are not listed too. */
static GPtrArray *all_series(const struct series_set *set)
{
    const GPtrArray *members = set->mails->members;
    GPtrArray *all = g_ptr_array_new_with_free_func(free_series);

    for (guint i = 0; i < members->len; i++) {
        const struct member *member = g_ptr_array_index(members, i);
        struct posting *posting = member->posting;

        if (posting && posting_lead_member(posting) == member &&
            g_ptr_array_index(posting->series->postings, 0) == posting)
            g_ptr_array_add(all, posting->series);
    }
    return all;
}

void series_set_free(struct series_set *set)
{
    if (!set)
        return;
    g_ptr_array_free(all_series(set), TRUE);
    g_hash_table_destroy(set->asked);
    g_ptr_array_free(set->corrected, TRUE);
    g_ptr_array_free(set->dissolved, TRUE);
    g_ptr_array_free(set->seeds, TRUE);
    g_ptr_array_free(set->list, TRUE);
    g_hash_table_destroy(set->clues);
    posting_index_free(set->postings);
    mailset_free(set->mails);
    g_free(set);
}

void series_set_take(struct series_set *set, struct mail_batch *batch)
{
    mailset_take(set->mails, batch, true);
}

void series_set_take_known(struct series_set *set, struct mail_batch *batch)
{
    mailset_take(set->mails, batch, false);
}

void series_set_correct(struct series_set *set, const struct corrections *corrections)
{
    set->corrections = corrections;
    set->corrections_changed = true;
}

static int64_t listed_arrival(const struct series *series)
{
    return posting_lead(series->listed)->place.arrival;
}

static gint compare_series(gconstpointer a, gconstpointer b)
{
    int64_t x = listed_arrival(*(struct series *const *)a);
    int64_t y = listed_arrival(*(struct series *const *)b);

    return (x < y) - (x > y);
}

/* Of POSTINGS, which are oldest first. */
static struct series *make_series(struct series_set *set, const GPtrArray *postings)
{
    struct series *series = g_new0(struct series, 1);

    series->postings = g_ptr_array_sized_new(postings->len);
    series->set = set;
    series->serial = ++set->serial;
    series->next_part = series;
    series->link.data = series;
    for (guint i = postings->len; i > 0; i--) {
        struct posting *posting = g_ptr_array_index(postings, i - 1);

        g_ptr_array_add(series->postings, posting);
        posting->series = series;
        if (!series->listed && posting->in_range)
            series->listed = posting;
    }
    return series;
}

static void free_array(gpointer array)
{
    g_ptr_array_free(array, TRUE);
}

/* Makes the series of PARTS (GPtrArray *), which corrections keep apart. */
static void make_parts(struct series_set *set, const GPtrArray *parts, GPtrArray *made)
{
    struct series *first = NULL;
    bool listed = false;

    for (guint i = 0; i < parts->len; i++) {
        struct series *series = make_series(set, g_ptr_array_index(parts, i));

        if (first) {
            series->next_part = first->next_part;
            first->next_part = series;
        } else {
            first = series;
        }
        listed = listed || series->listed;
        g_ptr_array_add(made, series);
    }
    /* How they are divided depends on all of them. */
    for (guint i = 0; listed && i < parts->len; i++)
        series_want(set, g_ptr_array_index(made, made->len - 1 - i));
}

static void make_component(struct series_set *set, GPtrArray *component, GPtrArray *made)
{
    GPtrArray *parts = series_partition(set, component);

    if (parts) {
        make_parts(set, parts, made);
        g_ptr_array_set_free_func(parts, free_array);
        g_ptr_array_free(parts, TRUE);
    } else {
        struct series *series = make_series(set, component);

        g_ptr_array_add(made, series);
        if (series->listed)
            series_want(set, series);
    }
}

/* Takes the dissolved series out of the list and the new ones in: one pass, because the
 * rest stays in order. */
static void update_list(struct series_set *set, GPtrArray *made)
{
    GPtrArray *list = g_ptr_array_sized_new(set->list->len + made->len);
    guint next = 0;

    for (guint i = made->len; i > 0; i--)
        if (!((struct series *)g_ptr_array_index(made, i - 1))->listed)
            g_ptr_array_remove_index_fast(made, i - 1);
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
            series_dissolve(set, posting->series);
        series_leave_clues(set, posting);
        posting->reached = set->settles; /* so that nothing reaches it any more */
    }
    for (guint i = 0; i < made->len; i++) {
        struct posting *posting = g_ptr_array_index(made, i);

        series_enter_clues(set, posting);
        g_ptr_array_add(set->seeds, posting);
    }
}

static void free_table(gpointer table)
{
    g_hash_table_destroy(table);
}

/* Works out the series of all seeds. Reaching a posting dissolves its series, whose
 * other postings become seeds: the list grows while it is worked off. */
static void work_off_seeds(struct series_set *set, GPtrArray *made)
{
    GPtrArray *found = g_ptr_array_new();

    set->expanded = g_hash_table_new(NULL, NULL);
    set->classes = g_hash_table_new_full(NULL, NULL, NULL, free_table);
    for (guint i = 0; i < set->seeds->len; i++)
        if (series_reach_component(set, g_ptr_array_index(set->seeds, i), found))
            make_component(set, found, made);
    g_clear_pointer(&set->classes, g_hash_table_destroy);
    g_clear_pointer(&set->expanded, g_hash_table_destroy);
    g_ptr_array_free(found, TRUE);
    /* Not emptied but given back: when a list is read, it holds every posting once. */
    g_ptr_array_free(set->seeds, TRUE);
    set->seeds = g_ptr_array_new();
}

/* The series of the mails in IDS have to be worked out again, and what they want. */
static void redo_corrected(struct series_set *set, const GPtrArray *ids)
{
    for (guint i = 0; i < ids->len; i++) {
        struct posting *posting = series_posting_of(set, g_ptr_array_index(ids, i));

        if (!posting)
            continue;
        posting->looked_at = false;
        if (posting->series)
            series_dissolve(set, posting->series);
    }
}

/* Whatever changes among the corrections changes a series of one of the mails they are about, or were. */
static void take_corrections(struct series_set *set)
{
    if (!set->corrections_changed)
        return;
    set->corrections_changed = false;
    redo_corrected(set, set->corrected);
    g_ptr_array_set_size(set->corrected, 0);
    if (!set->corrections)
        return;
    g_ptr_array_free(set->corrected, TRUE);
    set->corrected = corrections_ids(set->corrections);
    redo_corrected(set, set->corrected);
}

bool series_set_settle(struct series_set *set)
{
    GPtrArray *gone = g_ptr_array_new(), *made = g_ptr_array_new();
    GPtrArray *series = g_ptr_array_new();
    bool changed;

    set->settles++;
    posting_index_settle(set->postings, gone, made);
    take_postings(set, gone, made);
    take_corrections(set);
    changed = gone->len > 0 || set->seeds->len > 0;
    if (changed) {
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

/* Its place among the postings of its series. */
static guint posting_place(const struct posting *posting)
{
    const GPtrArray *postings = posting->series->postings;
    guint low = 0, high = postings->len - 1;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (posting_compare(postings->pdata[middle], posting) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
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

enum series_rule series_rule_between(const struct posting *a, const struct posting *b)
{
    switch (series_correction_between(a->series->set, a, b)) {
    case CORRECTION_SAME: return SERIES_RULE_CORRECTION;
    case CORRECTION_NOT_SAME: return SERIES_RULE_NONE;
    case CORRECTION_NONE: break;
    }
    return rule_between(a, b);
}

/* The nearest posting that a rule joins POSTING with, from its place in the series
 * towards the newer (STEP -1) or the older ones (STEP 1). */
static enum series_rule nearest_joined(const struct posting *posting, int step,
                                       const struct posting **other)
{
    const GPtrArray *postings = posting->series->postings;
    guint tries = 0;

    for (gint64 i = (gint64)posting_place(posting) + step; i >= 0 && i < postings->len && tries < WHY_TRIES_MAX;
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
