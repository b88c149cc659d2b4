/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/rules.h"

#include <string.h>

/* Postings by the same hand with the same patches, further apart than this many
 * seconds, are taken to be different work. */
#define PATCHES_APART (400 * 24 * 3600LL)

const struct member *posting_lead_member(const struct posting *posting)
{
    return g_ptr_array_index(posting->members, 0);
}

const char *posting_release(const struct posting *posting)
{
    return posting_lead_member(posting)->patch->release;
}

const struct member *posting_first_patch(const struct posting *posting)
{
    for (guint i = 0; i < posting->members->len && i < 2; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);

        if (!member->mail->numbered || member->mail->number == 1)
            return member;
    }
    return NULL;
}

const char *posting_cover_title(const struct posting *posting)
{
    const struct member *lead = posting_lead_member(posting);

    return posting_cover(posting) && lead->patch->title[0] ? lead->patch->title : NULL;
}

const char *posting_first_patch_title(const struct posting *posting)
{
    const struct member *first = posting_first_patch(posting);

    return first && first->patch->title[0] ? first->patch->title : NULL;
}

static bool change_ids_differ(const struct posting *a, const struct posting *b)
{
    return a->change_id[0] && b->change_id[0] && strcmp(a->change_id, b->change_id) != 0;
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;

    return (x > y) - (x < y);
}

GPtrArray *posting_patch_titles(const struct posting *posting)
{
    GPtrArray *titles = g_ptr_array_new();
    guint kept = 0;

    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);

        if (member->mail->kind != MAIL_COVER && member->patch->title[0])
            g_ptr_array_add(titles, (gpointer)(uintptr_t)member->patch->title);
    }
    g_ptr_array_sort(titles, compare_texts);
    for (guint i = 0; i < titles->len; i++)
        if (i == 0 || titles->pdata[i] != titles->pdata[i - 1])
            titles->pdata[kept++] = titles->pdata[i];
    g_ptr_array_set_size(titles, (gint)kept);
    return titles;
}

static bool share_title(const struct posting *a, const struct posting *b)
{
    const char *cover_a = posting_cover_title(a), *cover_b = posting_cover_title(b);
    const char *patch_a = posting_first_patch_title(a), *patch_b = posting_first_patch_title(b);

    return (cover_a && (cover_a == cover_b || cover_a == patch_b)) ||
           (patch_a && (patch_a == cover_b || patch_a == patch_b));
}

static bool same_sender(const struct posting *a, const struct posting *b)
{
    return posting_lead_member(a)->patch->sender == posting_lead_member(b)->patch->sender;
}

static bool same_hand(const struct posting *a, const struct posting *b)
{
    const struct member *first_a = posting_first_patch(a), *first_b = posting_first_patch(b);

    return same_sender(a, b) ||
           (first_a && first_b && first_a->patch->author == first_b->patch->author);
}

static bool names_member(const char *const *ids, const struct posting *posting)
{
    for (; *ids; ids++)
        for (guint i = 0; i < posting->members->len; i++) {
            const struct member *member = g_ptr_array_index(posting->members, i);

            if (member->id->first == member && strcmp(member->id->text, *ids) == 0)
                return true;
        }
    return false;
}

bool rule_reference_counts(const struct posting *newer, const struct posting *older)
{
    return older->version < newer->version && posting_release(newer) == posting_release(older) &&
           same_sender(newer, older);
}

static bool rule_reference_holds(const struct posting *newer, const struct posting *older)
{
    const struct mail *lead = posting_lead(newer);

    return rule_reference_counts(newer, older) &&
           (names_member(lead->references, older) || names_member(lead->links, older));
}

bool rule_patches_hold(const struct posting *a, const struct posting *b)
{
    int64_t apart = posting_lead(a)->date - posting_lead(b)->date;
    GPtrArray *x, *y;
    guint same = 0, smaller;

    if (!same_sender(a, b) || apart > PATCHES_APART || apart < -PATCHES_APART ||
        change_ids_differ(a, b))
        return false;
    x = posting_patch_titles(a);
    y = posting_patch_titles(b);
    for (guint i = 0, j = 0; i < x->len && j < y->len;) {
        same += x->pdata[i] == y->pdata[j];
        if (x->pdata[i] == y->pdata[j])
            i++, j++;
        else if (x->pdata[i] < y->pdata[j])
            i++;
        else
            j++;
    }
    smaller = MIN(x->len, y->len);
    g_ptr_array_free(x, TRUE);
    g_ptr_array_free(y, TRUE);
    return same >= 2 && 2 * same >= smaller;
}

enum series_rule rule_between(const struct posting *a, const struct posting *b)
{
    if (a->base == b || b->base == a)
        return SERIES_RULE_REROLL;
    if (posting_release(a) != posting_release(b))
        return SERIES_RULE_NONE;
    if (a->change_id[0] && strcmp(a->change_id, b->change_id) == 0)
        return SERIES_RULE_CHANGE_ID;
    if (share_title(a, b) && !change_ids_differ(a, b) &&
        (a->version != b->version || same_hand(a, b)))
        return SERIES_RULE_TITLE;
    if (rule_reference_holds(a, b) || rule_reference_holds(b, a))
        return SERIES_RULE_REFERENCE;
    return rule_patches_hold(a, b) ? SERIES_RULE_PATCHES : SERIES_RULE_NONE;
}

const char *series_rule_text(enum series_rule rule)
{
    switch (rule) {
    case SERIES_RULE_NONE: return "nothing";
    case SERIES_RULE_CHANGE_ID: return "same change-id";
    case SERIES_RULE_TITLE: return "same title";
    case SERIES_RULE_REFERENCE: return "a reference";
    case SERIES_RULE_PATCHES: return "same patches";
    case SERIES_RULE_REROLL: return "a partial reroll";
    case SERIES_RULE_CORRECTION: return "a correction";
    }
    return "";
}
