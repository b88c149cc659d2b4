/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/rules.h"
#include "series/set.h"

#include <stdlib.h>

/* Of a component with up to this many postings each two are compared. The longest series met has
 * 60. */
#define PAIRS_MAX 256

/* Of a larger one, each with so many of its neighbours in the order of revisions. */
#define NEIGHBOURS 16

struct posting *series_posting_of(const struct series_set *set, const char *message_id)
{
    const struct member *member = mailset_find(set->mails, message_id);

    return member ? member->posting : NULL;
}

const char *const *series_corrections_of(const struct series_set *set, const struct member *member)
{
    if (!set->corrections || member->id->first != member)
        return NULL;
    return corrections_of(set->corrections, member->id->text);
}

/* What is said of the mails of POSTING and others. */
static size_t count_said(const struct series_set *set, const struct posting *posting)
{
    size_t count = 0;

    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);

        if (member->id->first == member)
            count += corrections_count_of(set->corrections, member->id->text);
    }
    return count;
}

enum correction series_correction_between(const struct series_set *set, const struct posting *a,
                                          const struct posting *b)
{
    enum correction correction = CORRECTION_NONE;

    if (!set->corrections || corrections_count(set->corrections) == 0)
        return correction;
    /* What others were joined with has as many corrections as there are others, each of them one. */
    if (count_said(set, a) > count_said(set, b)) {
        const struct posting *swap = a;

        a = b;
        b = swap;
    }
    for (guint i = 0; i < a->members->len; i++) {
        const struct member *member = g_ptr_array_index(a->members, i);
        const char *const *others = series_corrections_of(set, member);

        for (; others && *others; others++) {
            if (series_posting_of(set, *others) != b)
                continue;
            correction = corrections_between(set->corrections, member->id->text, *others);
            if (correction == CORRECTION_NOT_SAME)
                return correction;
        }
    }
    return correction;
}

/* What joins two postings; those with the lowest rank join first, of these the nearest in the
 * order of revisions, of these the oldest. */
struct edge {
    guint rank, apart, older;
};

/* The component that is being divided. */
struct division {
    const struct series_set *set;
    const GPtrArray *postings; /* oldest first */
    guint *parents;            /* union-find */
    GArray **apart;            /* of each root: guint, the postings that its part must not come
                                * to hold; or NULL */
    GArray *edges;             /* struct edge */
};

static guint root_of(const struct division *division, guint i)
{
    guint *parents = division->parents;

    while (parents[i] != i)
        i = parents[i] = parents[parents[i]];
    return i;
}

static guint count_apart(const struct division *division, guint root)
{
    return division->apart[root] ? division->apart[root]->len : 0;
}

/* Joins the parts of A and B unless something keeps them apart. False if it does. */
static bool join(struct division *division, guint a, guint b)
{
    guint small = root_of(division, a), large = root_of(division, b);
    GArray *moved;

    if (small == large)
        return true;
    if (count_apart(division, small) > count_apart(division, large)) {
        guint swap = small;

        small = large;
        large = swap;
    }
    moved = division->apart[small];
    for (guint i = 0; moved && i < moved->len; i++)
        if (root_of(division, g_array_index(moved, guint, i)) == large)
            return false;
    division->parents[small] = large;
    if (moved && moved->len > 0)
        g_array_append_vals(division->apart[large], moved->data, moved->len);
    return true;
}

static void add_edge(struct division *division, guint rank, guint a, guint b)
{
    const struct edge edge = { rank, a < b ? b - a : a - b, MIN(a, b) };

    g_array_append_val(division->edges, edge);
}

/* What is said of MEMBER, a mail of posting I, and of mails of other postings of the component. */
static bool take_said(struct division *division, guint i, const struct member *member)
{
    const char *const *others = series_corrections_of(division->set, member);
    bool apart = false;

    for (; others && *others; others++) {
        const struct posting *other = series_posting_of(division->set, *others);
        guint slot = other ? other->slot : 0;

        if (!other || slot == i || slot >= division->postings->len ||
            division->postings->pdata[slot] != other)
            continue;
        if (corrections_between(division->set->corrections, member->id->text, *others) ==
            CORRECTION_SAME) {
            add_edge(division, 0, i, slot);
            continue;
        }
        if (!division->apart[i])
            division->apart[i] = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_val(division->apart[i], slot);
        apart = true;
    }
    return apart;
}

/* False if nothing keeps any two of the postings apart. */
static bool take_corrections(struct division *division)
{
    bool apart = false;

    for (guint i = 0; i < division->postings->len; i++)
        ((struct posting *)g_ptr_array_index(division->postings, i))->slot = i;
    for (guint i = 0; i < division->postings->len; i++) {
        const struct posting *posting = g_ptr_array_index(division->postings, i);

        for (guint j = 0; j < posting->members->len; j++)
            apart = take_said(division, i, g_ptr_array_index(posting->members, j)) || apart;
    }
    return apart;
}

/* Behind corrections, in the order in which the rules are asked. */
static guint rank_of(enum series_rule rule)
{
    return rule == SERIES_RULE_REROLL ? 1 : 1 + (guint)rule;
}

static void take_rules(struct division *division)
{
    guint count = division->postings->len, reach = count <= PAIRS_MAX ? count : NEIGHBOURS;

    for (guint i = 0; i < count; i++)
        for (guint j = i + 1; j < count && j - i <= reach; j++) {
            enum series_rule rule = rule_between(g_ptr_array_index(division->postings, i),
                                                 g_ptr_array_index(division->postings, j));

            if (rule != SERIES_RULE_NONE)
                add_edge(division, rank_of(rule), i, j);
        }
}

static gint compare_edges(gconstpointer a, gconstpointer b)
{
    const struct edge *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->apart != y->apart)
        return x->apart < y->apart ? -1 : 1;
    return (x->older > y->older) - (x->older < y->older);
}

/* Of a large component not all that joins it is known: what is left over joins the nearest part,
 * oldest first, that nothing keeps it apart from. */
static void join_rest(struct division *division)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(guint)); /* a posting of each */

    for (guint i = 0; i < division->postings->len; i++) {
        guint left = parts->len;

        while (left > 0 && !join(division, i, g_array_index(parts, guint, left - 1)))
            left--;
        if (left == 0)
            g_array_append_val(parts, i);
    }
    g_array_free(parts, TRUE);
}

static GPtrArray *collect_parts(const struct division *division)
{
    GPtrArray *parts = g_ptr_array_new();
    GPtrArray **of_root = g_new0(GPtrArray *, division->postings->len);

    for (guint i = 0; i < division->postings->len; i++) {
        guint root = root_of(division, i);

        if (!of_root[root]) {
            of_root[root] = g_ptr_array_new();
            g_ptr_array_add(parts, of_root[root]);
        }
        g_ptr_array_add(of_root[root], g_ptr_array_index(division->postings, i));
    }
    g_free(of_root);
    return parts;
}

static void divide(struct division *division)
{
    take_rules(division);
    g_array_sort(division->edges, compare_edges);
    for (guint i = 0; i < division->edges->len; i++) {
        const struct edge *edge = &g_array_index(division->edges, struct edge, i);

        join(division, edge->older, edge->older + edge->apart);
    }
    if (division->postings->len > PAIRS_MAX)
        join_rest(division);
}

static gint compare_oldest_first(gconstpointer a, gconstpointer b)
{
    return posting_compare(*(struct posting *const *)a, *(struct posting *const *)b);
}

static GPtrArray *divide_component(const struct series_set *set, const GPtrArray *component)
{
    struct division division = {
        .set = set,
        .postings = component,
        .parents = g_new(guint, component->len),
        .apart = g_new0(GArray *, component->len),
        .edges = g_array_new(FALSE, FALSE, sizeof(struct edge)),
    };
    GPtrArray *parts = NULL;

    for (guint i = 0; i < component->len; i++)
        division.parents[i] = i;
    if (take_corrections(&division)) {
        divide(&division);
        parts = collect_parts(&division);
    }
    for (guint i = 0; i < component->len; i++)
        if (division.apart[i])
            g_array_free(division.apart[i], TRUE);
    g_array_free(division.edges, TRUE);
    g_free(division.apart);
    g_free(division.parents);
    return parts;
}

GPtrArray *series_partition(const struct series_set *set, GPtrArray *component)
{
    if (component->len < 2)
        return NULL;
    g_ptr_array_sort(component, compare_oldest_first);
    if (!set->corrections || corrections_count(set->corrections) == 0)
        return NULL;
    return divide_component(set, component);
}
