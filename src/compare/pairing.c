/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/pairing.h"

#include "compare/assignment.h"
#include "compare/comparison.h"

#include <string.h>

/* What a patch without a partner costs, in hundredths of its lines: git range-diff's creation factor. */
#define CREATION_FACTOR 60

/* More than any difference costs: where titles are the same, nobody stays alone who need not. */
#define DEAR (1 << 28)

/* So many lines are compared to find partners. Where it would be more, the least that the differences
 * can be stands for all of them. Two hundred patches of fifty lines that are all alike need less; it
 * takes two seconds at the worst. */
#define COMPARED_LINES_MAX (4u << 20)

struct pairing {
    struct difference_texts *texts;
    uint64_t compared; /* lines, COMPARED_LINES_MAX at most */
    gint *stop;
};

static bool is_stopped(const struct pairing *pairing)
{
    return pairing->stop && g_atomic_int_get(pairing->stop);
}

static void pair(struct pairing_patch *old, struct pairing_patch *new)
{
    old->partner = new;
    new->partner = old;
}

/* --- the least difference ------------------------------------------------------------ */

static const struct difference_text *lines_to_pair(struct pairing *pairing,
                                                   struct pairing_patch *patch)
{
    if (!patch->lines)
        patch->lines = difference_texts_add(pairing->texts, patch->diff, patch->diff_length);
    return patch->lines;
}

/* What it costs that PATCH has no partner. git does not count the empty lines between files. */
static int32_t creation_cost(struct pairing *pairing, struct pairing_patch *patch)
{
    const struct difference_text *lines = lines_to_pair(pairing, patch);
    int64_t count = 0;

    for (size_t i = 0; i < difference_text_count(lines); i++) {
        size_t length;

        difference_text_line(lines, i, &length);
        count += length > 0;
    }
    return (int32_t)(count * CREATION_FACTOR / 100);
}

/* The table of what pairs cost. What the patches of NEW cost without a partner is left out of all sums:
 * pairing one of them saves it. */
struct costs {
    const GPtrArray *old, *new; /* rows, and columns in front of one for each row to have no partner */
    int32_t *dropped, *added;   /* what it costs that they have no partner */
    int32_t dearest;            /* of added: put on each cost, so that none is negative */
    int32_t *table;
};

static size_t cost_index(const struct costs *costs, guint row, guint column)
{
    return (size_t)row * (costs->new->len + costs->old->len) + column;
}

/* Fills in the least that pairs can cost. One that must cost more than its patches without partners
 * is in no answer: most pairs need not be compared. Returns the lines of the others. */
static uint64_t fill_least(struct pairing *pairing, struct costs *costs)
{
    uint64_t lines = 0;

    for (guint i = 0; i < costs->old->len && !is_stopped(pairing); i++) {
        const struct difference_text *old =
            lines_to_pair(pairing, g_ptr_array_index(costs->old, i));

        for (guint j = 0; j < costs->new->len + costs->old->len; j++)
            costs->table[cost_index(costs, i, j)] = ASSIGNMENT_NEVER;
        costs->table[cost_index(costs, i, costs->new->len + i)] =
            costs->dropped[i] + costs->dearest;
        for (guint j = 0; j < costs->new->len && !is_stopped(pairing); j++) {
            const struct difference_text *new =
                lines_to_pair(pairing, g_ptr_array_index(costs->new, j));
            int64_t least = difference_size_least(old, new);

            if (least > (int64_t)costs->dropped[i] + costs->added[j])
                continue;
            costs->table[cost_index(costs, i, j)] =
                (int32_t)least - costs->added[j] + costs->dearest;
            lines += difference_text_count(old) + difference_text_count(new);
        }
    }
    return lines;
}

/* Puts what they do cost in the place of the least. */
static void fill_exact(struct pairing *pairing, struct costs *costs)
{
    for (guint i = 0; i < costs->old->len; i++) {
        for (guint j = 0; j < costs->new->len && !is_stopped(pairing); j++) {
            struct pairing_patch *old = g_ptr_array_index(costs->old, i);
            struct pairing_patch *new = g_ptr_array_index(costs->new, j);
            int32_t *cost = &costs->table[cost_index(costs, i, j)];

            if (*cost != ASSIGNMENT_NEVER)
                *cost = (int32_t)difference_size(old->lines, new->lines) - costs->added[j] +
                        costs->dearest;
        }
    }
}

static void fill_costs(struct pairing *pairing, struct costs *costs, bool titled)
{
    uint64_t lines;

    for (guint i = 0; i < costs->old->len; i++)
        costs->dropped[i] =
            titled ? DEAR : creation_cost(pairing, g_ptr_array_index(costs->old, i));
    for (guint j = 0; j < costs->new->len; j++) {
        costs->added[j] = titled ? 0 : creation_cost(pairing, g_ptr_array_index(costs->new, j));
        costs->dearest = MAX(costs->dearest, costs->added[j]);
    }
    lines = fill_least(pairing, costs);
    if (lines > COMPARED_LINES_MAX - pairing->compared)
        return;
    pairing->compared += lines;
    fill_exact(pairing, costs);
}

/* Pairs those of OLD with those of NEW, none of which has a partner, so that they differ least.
 * TITLED: they have the same title, and must not be left alone. */
static void pair_nearest(struct pairing *pairing, const GPtrArray *old, const GPtrArray *new,
                         bool titled)
{
    unsigned rows = old->len, columns = new->len + old->len;
    struct costs costs = {
        .old = old, .new = new,
        .dropped = g_new(int32_t, old->len), .added = g_new(int32_t, new->len),
        .table = g_new(int32_t, (size_t)rows * columns),
    };
    int *paired = g_new(int, rows);

    fill_costs(pairing, &costs, titled);
    if (!is_stopped(pairing) &&
        assignment_solve(costs.table, rows, columns, paired, pairing->stop)) {
        for (guint i = 0; i < rows; i++)
            if (paired[i] >= 0 && (guint)paired[i] < new->len)
                pair(g_ptr_array_index(old, i), g_ptr_array_index(new, paired[i]));
    }
    g_free(paired);
    g_free(costs.table);
    g_free(costs.added);
    g_free(costs.dropped);
}

static bool can_assign(const GPtrArray *old, const GPtrArray *new)
{
    return old->len > 0 && new->len > 0 && old->len <= COMPARISON_ASSIGNED_MAX &&
           new->len <= COMPARISON_ASSIGNED_MAX;
}

/* --- what is equal -------------------------------------------------------------------- */

/* Orders patches by what makes them equal. */
typedef int compare_patches(const struct pairing_patch *a, const struct pairing_patch *b);

/* Has it what could make it equal to another one? */
typedef bool has_key(const struct pairing_patch *patch);

static int compare_titles(const struct pairing_patch *a, const struct pairing_patch *b)
{
    return strcmp(a->title, b->title);
}

static int compare_diffs(const struct pairing_patch *a, const struct pairing_patch *b)
{
    if (a->diff_length != b->diff_length)
        return a->diff_length < b->diff_length ? -1 : 1;
    return memcmp(a->diff, b->diff, a->diff_length);
}

static int compare_both(const struct pairing_patch *a, const struct pairing_patch *b)
{
    int diffs = compare_diffs(a, b);

    return diffs ? diffs : compare_titles(a, b);
}

static bool has_title(const struct pairing_patch *patch)
{
    return patch->title[0] != '\0';
}

static bool has_diff(const struct pairing_patch *patch)
{
    return patch->diff_length > 0;
}

static gint compare_in_array(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct pairing_patch *one = *(const struct pairing_patch *const *)a;
    const struct pairing_patch *other = *(const struct pairing_patch *const *)b;
    int keys = (*(compare_patches *const *)data)(one, other);

    return keys ? keys : (one->position > other->position) - (one->position < other->position);
}

/* Those of PATCHES that have no partner. The caller frees the array. */
static GPtrArray *alone(const GPtrArray *patches, has_key *has)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < patches->len; i++) {
        struct pairing_patch *patch = g_ptr_array_index(patches, i);

        if (!patch->partner && has(patch))
            g_ptr_array_add(found, patch);
    }
    return found;
}

/* Where the patches that are equal to the one at START end. */
static guint group_end(const GPtrArray *patches, guint start, compare_patches *compare)
{
    guint end = start + 1;

    while (end < patches->len && compare(g_ptr_array_index(patches, start),
                                         g_ptr_array_index(patches, end)) == 0)
        end++;
    return end;
}

static GPtrArray *slice(const GPtrArray *patches, guint start, guint end)
{
    GPtrArray *part = g_ptr_array_new();

    for (guint i = start; i < end; i++)
        g_ptr_array_add(part, g_ptr_array_index(patches, i));
    return part;
}

/* Pairs equal patches of OLD and NEW: in their order, or, if there are several and they are equal by
 * TITLE alone, so that they differ least. */
static void pair_group(struct pairing *pairing, const GPtrArray *old, const GPtrArray *new,
                       bool title)
{
    if (title && old->len + new->len > 2 && can_assign(old, new)) {
        pair_nearest(pairing, old, new, true);
        return;
    }
    for (guint i = 0; i < old->len && i < new->len; i++)
        pair(g_ptr_array_index(old, i), g_ptr_array_index(new, i));
}

/* Pairs the patches without partners that are equal by COMPARE. */
static void pair_equal(struct pairing *pairing, const GPtrArray *old_all, const GPtrArray *new_all,
                       has_key *has, compare_patches *compare)
{
    GPtrArray *old = alone(old_all, has), *new = alone(new_all, has);
    guint i = 0, j = 0;

    g_ptr_array_sort_with_data(old, compare_in_array, &compare);
    g_ptr_array_sort_with_data(new, compare_in_array, &compare);
    while (i < old->len && j < new->len && !is_stopped(pairing)) {
        int order = compare(g_ptr_array_index(old, i), g_ptr_array_index(new, j));
        guint old_end = order <= 0 ? group_end(old, i, compare) : i;
        guint new_end = order >= 0 ? group_end(new, j, compare) : j;

        if (order == 0) {
            GPtrArray *old_group = slice(old, i, old_end), *new_group = slice(new, j, new_end);

            pair_group(pairing, old_group, new_group, compare == compare_titles);
            g_ptr_array_free(old_group, TRUE);
            g_ptr_array_free(new_group, TRUE);
        }
        i = old_end;
        j = new_end;
    }
    g_ptr_array_free(old, TRUE);
    g_ptr_array_free(new, TRUE);
}

bool pairing_find(const GPtrArray *old, const GPtrArray *new, struct difference_texts *texts,
                  gint *stop)
{
    struct pairing pairing = { .texts = texts, .stop = stop };
    GPtrArray *old_alone, *new_alone;

    pair_equal(&pairing, old, new, has_diff, compare_both);
    pair_equal(&pairing, old, new, has_diff, compare_diffs);
    pair_equal(&pairing, old, new, has_title, compare_titles);
    old_alone = alone(old, has_diff);
    new_alone = alone(new, has_diff);
    if (can_assign(old_alone, new_alone))
        pair_nearest(&pairing, old_alone, new_alone, false);
    g_ptr_array_free(old_alone, TRUE);
    g_ptr_array_free(new_alone, TRUE);
    return !is_stopped(&pairing);
}
