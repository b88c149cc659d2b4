/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/lookup.h"
#include "series/rules.h"
#include "series/set.h"

/* What one call of series_set_wants() gathers. */
struct search {
    struct series_set *set;
    GArray *wants;
    GPtrArray *waiting; /* struct message_id *: a list instead of recursion, threads are long */
};

static void want_key(struct search *search, uint64_t key)
{
    if (g_hash_table_contains(search->set->asked, &key))
        return;
    g_hash_table_add(search->set->asked, g_memdup2(&key, sizeof key));
    g_array_append_val(search->wants, key);
}

static void want(struct search *search, enum lookup_kind kind, const char *text)
{
    if (text[0])
        want_key(search, lookup_key(kind, text));
}

static void want_all(struct search *search, enum lookup_kind kind, const char *const *texts)
{
    for (; *texts; texts++)
        want(search, kind, *texts);
}

/* A version comes down from what bears ID, and to that from further up. Patches up there see to
 * themselves. */
static void follow_version(struct search *search, struct message_id *id)
{
    g_ptr_array_add(search->waiting, id);
    while (search->waiting->len > 0) {
        id = g_ptr_array_steal_index_fast(search->waiting, search->waiting->len - 1);
        if (id->lends)
            continue;
        id->lends = true;
        want(search, LOOKUP_ID, id->text);
        for (const struct member *copy = id->copies; copy; copy = copy->next_copy)
            if (!member_is_patch(copy) && member_inherits(copy) && copy->parent)
                g_ptr_array_add(search->waiting, copy->parent);
    }
}

/* All that answers ID, and so on down the thread; patches begin something of their own. */
static void follow_thread(struct search *search, struct message_id *id)
{
    g_ptr_array_add(search->waiting, id);
    while (search->waiting->len > 0) {
        id = g_ptr_array_steal_index_fast(search->waiting, search->waiting->len - 1);
        if (id->threaded)
            continue;
        id->threaded = true;
        want(search, LOOKUP_ID, id->text);
        want(search, LOOKUP_REPLY, id->text);
        for (const struct member *answer = id->answers; answer; answer = answer->next_answer)
            if (!member_is_patch(answer))
                g_ptr_array_add(search->waiting, answer->id);
    }
}

static void want_run(struct search *search, const struct member *member)
{
    int64_t hour = lookup_hour(member->mail->date);

    for (int64_t near = hour - 1; near <= hour + 1; near++)
        want_key(search, lookup_run_key(member->patch->sender, member->version,
                                        member->mail->total, near));
}

/* Patches that answer ID and may be of one posting with MEMBER. */
static void want_answers(struct search *search, const struct message_id *id,
                         const struct member *member)
{
    if (id->text[0])
        want_key(search, lookup_answer_key(id->text, member->mail->total));
}

/* What its posting is made of, and whether there is one: whatever piece.h links it with. */
static void look_at_patch(struct search *search, const struct member *member)
{
    want(search, LOOKUP_ID, member->id->text);
    if (!member->mail->numbered)
        return;
    want_answers(search, member->id, member);
    if (!member->parent) {
        want_run(search, member);
        return;
    }
    want(search, LOOKUP_ID, member->parent->text);
    want_answers(search, member->parent, member);
    if (member_inherits(member))
        follow_version(search, member->parent);
}

/* Whether MEMBER is live does not matter: it may come to be. */
static void look_at_member(struct search *search, const struct member *member)
{
    if (member_is_patch(member)) {
        look_at_patch(search, member);
        return;
    }
    if (member->id->lends && member_inherits(member) && member->parent)
        follow_version(search, member->parent);
    if (member->parent && member->parent->threaded)
        follow_thread(search, member->id);
}

static void want_titles(struct search *search, const struct posting *posting)
{
    const char *cover = posting_cover_title(posting), *patch = posting_first_patch_title(posting);
    GPtrArray *titles = posting_patch_titles(posting);

    if (cover)
        want(search, LOOKUP_TITLE, cover);
    if (patch)
        want(search, LOOKUP_TITLE, patch);
    for (guint i = 0; titles->len >= 2 && i < titles->len; i++)
        want(search, LOOKUP_TITLE, g_ptr_array_index(titles, i));
    g_ptr_array_free(titles, TRUE);
}

/* A mail of a posting whose series is of interest. */
static void look_at_own(struct search *search, const struct member *member)
{
    const char *const *others = series_corrections_of(search->set, member);

    follow_thread(search, member->id);
    want(search, LOOKUP_PATCH, member->id->text);
    for (; others && *others; others++)
        if (corrections_between(search->set->corrections, member->id->text, *others) ==
            CORRECTION_SAME)
            want(search, LOOKUP_ID, *others);
}

/* All that it could be joined with, whichever of them is the newer. */
static void look_at_posting(struct search *search, struct posting *posting)
{
    if (posting->looked_at)
        return;
    posting->looked_at = true;
    want(search, LOOKUP_CHANGE_ID, posting->change_id);
    want_titles(search, posting);
    if (posting->version > 1) {
        want_all(search, LOOKUP_ID, posting_lead(posting)->references);
        want_all(search, LOOKUP_ID, posting_lead(posting)->links);
    }
    for (guint i = 0; i < posting->members->len; i++)
        look_at_own(search, g_ptr_array_index(posting->members, i));
}

void series_set_wants(struct series_set *set, GArray *wants)
{
    struct search search = { set, wants, g_ptr_array_new() };
    const GPtrArray *members = set->mails->members;
    const GList *link;

    for (; set->looked_at < members->len; set->looked_at++)
        look_at_member(&search, g_ptr_array_index(members, set->looked_at));
    while ((link = g_queue_peek_head_link(&set->fresh)) != NULL) {
        struct series *series = link->data;

        series_forget_wants(set, series);
        for (guint i = 0; i < series->postings->len; i++)
            look_at_posting(&search, g_ptr_array_index(series->postings, i));
    }
    g_ptr_array_free(search.waiting, TRUE);
}

void series_want(struct series_set *set, struct series *series)
{
    series->fresh = true;
    g_queue_push_tail_link(&set->fresh, &series->link);
}

void series_forget_wants(struct series_set *set, struct series *series)
{
    if (series->fresh)
        g_queue_unlink(&set->fresh, &series->link);
    series->fresh = false;
}
