/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/posting.h"

#include "hash.h"
#include "series/piece.h"

/* Mails without references that may have been sent as one. */
struct run_key {
    const char *sender;
    uint32_t version, total;
};

struct posting_index {
    struct mailset *set;
    GHashTable *runs; /* struct run_key → GSequence of struct member *, by date */
    GPtrArray *seeds; /* struct member * whose piece has to be worked out */
    GPtrArray *gone;  /* struct posting * to be freed by the next settle */
    GHashTable *pieces; /* all struct piece *, to free them with the index */
    unsigned settles;
};

const struct mail *posting_lead(const struct posting *posting)
{
    const struct member *first = g_ptr_array_index(posting->members, 0);

    return first->mail;
}

const struct mail *posting_cover(const struct posting *posting)
{
    const struct mail *lead = posting_lead(posting);

    return lead->kind == MAIL_COVER ? lead : NULL;
}

static struct member *own_member(const struct posting *posting, uint32_t number)
{
    guint low = 0, high = posting->members->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        struct member *member = g_ptr_array_index(posting->members, middle);

        if (member_number(member) == number)
            return member;
        if (member_number(member) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct member *posting_member(const struct posting *posting, uint32_t number)
{
    for (; posting; posting = posting->base) {
        struct member *member = own_member(posting, number);

        if (member)
            return member;
    }
    return NULL;
}

GPtrArray *posting_all_members(const struct posting *posting)
{
    GPtrArray *members = g_ptr_array_new();
    GHashTable *numbers = g_hash_table_new(NULL, NULL);

    for (; posting; posting = posting->base)
        for (guint i = 0; i < posting->members->len; i++) {
            struct member *member = g_ptr_array_index(posting->members, i);

            if (g_hash_table_add(numbers, GUINT_TO_POINTER(member_number(member))))
                g_ptr_array_add(members, member);
        }
    g_ptr_array_sort(members, member_compare_number);
    g_hash_table_destroy(numbers);
    return members;
}

int posting_compare(const struct posting *a, const struct posting *b)
{
    const struct mail *x = posting_lead(a), *y = posting_lead(b);

    if (a->version != b->version)
        return a->version < b->version ? -1 : 1;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return (x->place.arrival > y->place.arrival) - (x->place.arrival < y->place.arrival);
}

static guint run_hash(gconstpointer data)
{
    const struct run_key *key = data;

    return hash_end(hash_add(hash_add_pointer(0, key->sender),
                             (guint64)key->version << 32 | key->total));
}

static gboolean run_equal(gconstpointer a, gconstpointer b)
{
    const struct run_key *x = a, *y = b;

    return x->sender == y->sender && x->version == y->version && x->total == y->total;
}

static void free_sequence(gpointer sequence)
{
    g_sequence_free(sequence);
}

struct posting_index *posting_index_new(struct mailset *set)
{
    struct posting_index *index = g_new0(struct posting_index, 1);

    index->set = set;
    index->runs = g_hash_table_new_full(run_hash, run_equal, g_free, free_sequence);
    index->seeds = g_ptr_array_new();
    index->gone = g_ptr_array_new_with_free_func(posting_free);
    index->pieces = g_hash_table_new_full(NULL, NULL, piece_free_whole, NULL);
    return index;
}

void posting_index_free(struct posting_index *index)
{
    if (!index)
        return;
    g_hash_table_destroy(index->pieces);
    g_ptr_array_free(index->gone, TRUE);
    g_ptr_array_free(index->seeds, TRUE);
    g_hash_table_destroy(index->runs);
    g_free(index);
}

/* By date, and by arrival where dates are equal, so that the order is total. */
static gint compare_date(gconstpointer a, gconstpointer b, gpointer unused)
{
    const struct mail *x = ((const struct member *)a)->mail;
    const struct mail *y = ((const struct member *)b)->mail;

    (void)unused;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return (x->place.arrival > y->place.arrival) - (x->place.arrival < y->place.arrival);
}

/* Keeps MEMBER among the runs exactly while it is live and refers to nothing. */
static void update_run(struct posting_index *index, struct member *member)
{
    struct run_key key = { member->sender, member->version, member->mail->total };
    bool wanted = member->live && member_link(member) == LINK_RUN;
    GSequence *run;

    if (!wanted && member->run) {
        g_sequence_remove(member->run);
        member->run = NULL;
    } else if (wanted && !member->run) {
        run = g_hash_table_lookup(index->runs, &key);
        if (!run) {
            run = g_sequence_new(NULL);
            g_hash_table_insert(index->runs, g_memdup2(&key, sizeof key), run);
        }
        member->run = g_sequence_insert_sorted(run, member, compare_date, NULL);
    }
}

/* Takes PIECE apart: its mails have to find their postings anew. */
static void dissolve(struct posting_index *index, struct piece *piece, GPtrArray *gone)
{
    for (guint i = 0; i < piece->members->len; i++) {
        struct member *member = g_ptr_array_index(piece->members, i);

        member->posting = NULL;
        g_ptr_array_add(index->seeds, member);
    }
    for (guint i = 0; i < piece->postings->len; i++) {
        struct posting *posting = g_ptr_array_index(piece->postings, i);

        g_ptr_array_add(gone, posting);
        g_ptr_array_add(index->gone, posting);
    }
    g_hash_table_steal(index->pieces, piece);
    piece_free(piece);
}

/* The search for all that hangs together with one mail. */
struct search {
    struct posting_index *index;
    GPtrArray *found; /* struct member * */
    GPtrArray *gone;
};

static void reach(struct search *search, struct member *member)
{
    if (!member->live || member->pooled || !member_is_patch(member))
        return;
    member->pooled = true;
    member->slot = search->found->len;
    g_ptr_array_add(search->found, member);
    if (member->posting)
        dissolve(search->index, member->posting->piece, search->gone);
}

/* Can others that answer the same mail be of its posting? */
static bool may_have_siblings(const struct member *member)
{
    enum link link = member_link(member);

    return link == LINK_SIBLING || link == LINK_REROLL || link == LINK_COVER;
}

static void reach_siblings(struct search *search, struct message_id *parent)
{
    /* Once for all that could be siblings of one another, whatever their senders and versions:
     * to hold too much together costs a little time and changes no posting. */
    if (parent->expanded == search->index->settles)
        return;
    parent->expanded = search->index->settles;
    for (struct member *answer = parent->answers; answer; answer = answer->next_answer)
        if (answer->live && member_is_patch(answer) && may_have_siblings(answer))
            reach(search, answer);
}

static void reach_run(struct search *search, const struct member *member)
{
    GSequenceIter *next = g_sequence_iter_next(member->run);
    GSequenceIter *previous = g_sequence_iter_prev(member->run);

    if (!g_sequence_iter_is_end(next)) {
        struct member *neighbour = g_sequence_get(next);

        if (neighbour->mail->date - member->mail->date <= RUN_SPAN)
            reach(search, neighbour);
    }
    if (previous != member->run) {
        struct member *neighbour = g_sequence_get(previous);

        if (member->mail->date - neighbour->mail->date <= RUN_SPAN)
            reach(search, neighbour);
    }
}

static void reach_neighbours(struct search *search, struct member *member)
{
    enum link link = member_link(member);

    if (link == LINK_FOLLOW || link == LINK_REROLL)
        reach(search, member_parent(member));
    if (may_have_siblings(member))
        reach_siblings(search, member->parent);
    if (link == LINK_RUN)
        reach_run(search, member);
    if (member->id->first != member)
        return;
    for (struct member *answer = member->id->answers; answer; answer = answer->next_answer) {
        if (!answer->live || !member_is_patch(answer))
            continue;
        link = member_link(answer);
        if (link == LINK_FOLLOW || link == LINK_REROLL)
            reach(search, answer);
    }
}

static void take_changes(struct posting_index *index, GPtrArray *gone)
{
    GPtrArray *changed = index->set->changed;

    for (guint i = 0; i < changed->len; i++) {
        struct member *member = g_ptr_array_index(changed, i);

        member->changed = false;
        if (member->posting)
            dissolve(index, member->posting->piece, gone);
        update_run(index, member);
        g_ptr_array_add(index->seeds, member);
    }
    g_ptr_array_set_size(changed, 0);
}

void posting_index_settle(struct posting_index *index, GPtrArray *gone, GPtrArray *made)
{
    g_ptr_array_set_size(index->gone, 0);
    index->settles++;
    take_changes(index, gone);
    /* The list grows while it is worked off: reaching a mail dissolves its piece. */
    for (guint i = 0; i < index->seeds->len; i++) {
        struct search search = { index, g_ptr_array_new(), gone };

        reach(&search, g_ptr_array_index(index->seeds, i));
        for (guint j = 0; j < search.found->len; j++)
            reach_neighbours(&search, g_ptr_array_index(search.found, j));
        if (search.found->len > 0)
            g_hash_table_add(index->pieces, piece_make(search.found, made));
        g_ptr_array_unref(search.found);
    }
    for (guint i = 0; i < index->seeds->len; i++)
        ((struct member *)g_ptr_array_index(index->seeds, i))->pooled = false;
    g_ptr_array_set_size(index->seeds, 0);
}
