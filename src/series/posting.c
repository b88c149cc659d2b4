/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/posting.h"

#include "hash.h"
#include "series/piece.h"

/* Of up to so many patches that answer one mail no more is asked than that. */
#define FEW_SIBLINGS 32

/* Mails without references that may have been sent as one. */
struct run_key {
    const char *sender;
    uint32_t version, total;
};

struct posting_index {
    struct mailset *set;
    GSequence *runs;  /* struct member *: mails without references, see compare_runs() */
    GPtrArray *seeds; /* struct member * whose piece has to be worked out in this settle */
    GPtrArray *gone;  /* struct posting * to be freed by the next settle */
    GHashTable *siblings; /* struct sibling_key → GPtrArray of struct member *: of this settle, those
                           * that answer mails that many patches answer; or NULL */
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

static void add_all(GPtrArray *members, const struct posting *posting)
{
    for (guint i = 0; i < posting->members->len; i++)
        g_ptr_array_add(members, g_ptr_array_index(posting->members, i));
}

GPtrArray *posting_all_members(const struct posting *posting)
{
    GPtrArray *members = g_ptr_array_sized_new(posting->members->len);
    GHashTable *numbers;

    if (!posting->base) {
        add_all(members, posting);
        return members;
    }
    numbers = g_hash_table_new(NULL, NULL);
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

static struct run_key run_key_of(const struct member *member)
{
    return (struct run_key){ member->patch->sender, member->version, member->mail->total };
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

struct posting_index *posting_index_new(struct mailset *set)
{
    struct posting_index *index = g_new0(struct posting_index, 1);

    index->set = set;
    index->runs = g_sequence_new(NULL);
    index->gone = g_ptr_array_new_with_free_func(posting_free);
    return index;
}

/* Each posting once. */
static GPtrArray *all_postings(const struct mailset *set)
{
    GPtrArray *postings = g_ptr_array_new_with_free_func(posting_free);

    for (guint i = 0; i < set->members->len; i++) {
        const struct member *member = g_ptr_array_index(set->members, i);

        if (member->posting && g_ptr_array_index(member->posting->members, 0) == member)
            g_ptr_array_add(postings, member->posting);
    }
    return postings;
}

void posting_index_free(struct posting_index *index)
{
    if (!index)
        return;
    g_ptr_array_free(all_postings(index->set), TRUE);
    g_ptr_array_free(index->gone, TRUE);
    g_sequence_free(index->runs);
    g_free(index);
}

/* Those that may have been sent as one stand together, by date, and by arrival where dates are
 * equal, so that the order is total. */
static gint compare_runs(gconstpointer a, gconstpointer b, gpointer unused)
{
    const struct member *x = a, *y = b;
    struct run_key k = run_key_of(x), l = run_key_of(y);

    (void)unused;
    if (k.sender != l.sender)
        return k.sender < l.sender ? -1 : 1;
    if (k.version != l.version)
        return k.version < l.version ? -1 : 1;
    if (k.total != l.total)
        return k.total < l.total ? -1 : 1;
    if (x->mail->date != y->mail->date)
        return x->mail->date < y->mail->date ? -1 : 1;
    return (x->mail->place.arrival > y->mail->place.arrival) -
           (x->mail->place.arrival < y->mail->place.arrival);
}

/* Keeps MEMBER among the runs exactly while it is live and refers to nothing. */
static void update_run(struct posting_index *index, struct member *member)
{
    bool wanted = member->live && member_link(member) == LINK_RUN;

    if (!wanted && member->patch->run) {
        g_sequence_remove(member->patch->run);
        member->patch->run = NULL;
    } else if (wanted && !member->patch->run) {
        member->patch->run = g_sequence_insert_sorted(index->runs, member, compare_runs, NULL);
    }
}

/* Takes the piece of POSTING apart: its mails have to find their postings anew. */
static void dissolve(struct posting_index *index, struct posting *posting, GPtrArray *gone)
{
    struct posting *next = posting;

    do {
        for (guint i = 0; i < next->members->len; i++) {
            struct member *member = g_ptr_array_index(next->members, i);

            member->posting = NULL;
            g_ptr_array_add(index->seeds, member);
        }
        g_ptr_array_add(gone, next);
        g_ptr_array_add(index->gone, next);
        next = next->next_in_piece;
    } while (next != posting);
}

/* What patches that answer the same mail have in common if they can be of one posting. */
struct sibling_key {
    const struct message_id *parent;
    struct run_key like;
};

static struct sibling_key sibling_key_of(const struct member *member)
{
    return (struct sibling_key){ member->parent, run_key_of(member) };
}

static guint sibling_hash(gconstpointer data)
{
    const struct sibling_key *key = data;

    return hash_end(hash_add(hash_add_pointer(0, key->parent), run_hash(&key->like)));
}

static gboolean sibling_equal(gconstpointer a, gconstpointer b)
{
    const struct sibling_key *x = a, *y = b;

    return x->parent == y->parent && run_equal(&x->like, &y->like);
}

static void free_array(gpointer array)
{
    g_ptr_array_free(array, TRUE);
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
    member->patch->slot = search->found->len;
    g_ptr_array_add(search->found, member);
    if (member->posting)
        dissolve(search->index, member->posting, search->gone);
}

/* Can others that answer the same mail be of its posting? */
static bool may_have_siblings(const struct member *member)
{
    enum link link = member_link(member);

    return link == LINK_SIBLING || link == LINK_REROLL || link == LINK_COVER;
}

static bool is_sibling(const struct member *member)
{
    return member->live && member_is_patch(member) && may_have_siblings(member);
}

/* Enters the siblings among the answers to PARENT where each finds its like. */
static void group_siblings(struct posting_index *index, const struct message_id *parent)
{
    if (!index->siblings)
        index->siblings = g_hash_table_new_full(sibling_hash, sibling_equal, g_free, free_array);
    for (struct member *answer = parent->answers; answer; answer = answer->next_answer) {
        struct sibling_key key;
        GPtrArray *group;

        if (!is_sibling(answer))
            continue;
        key = sibling_key_of(answer);
        group = g_hash_table_lookup(index->siblings, &key);
        if (!group) {
            group = g_ptr_array_new();
            g_hash_table_insert(index->siblings, g_memdup2(&key, sizeof key), group);
        }
        g_ptr_array_add(group, answer);
    }
}

static bool are_few_siblings(const struct message_id *parent)
{
    guint count = 0;

    for (const struct member *answer = parent->answers; answer; answer = answer->next_answer)
        if (is_sibling(answer) && ++count > FEW_SIBLINGS)
            return false;
    return true;
}

/* Those that answer the same mail as MEMBER and can be of its posting. Of few all: to hold too much
 * together costs a little time and changes no posting. */
static void reach_siblings(struct search *search, const struct member *member)
{
    struct posting_index *index = search->index;
    struct message_id *parent = member->parent;
    struct sibling_key key = sibling_key_of(member);
    bool first = parent->expanded != index->settles;
    GPtrArray *group;

    parent->expanded = index->settles;
    if (first && are_few_siblings(parent)) {
        for (struct member *answer = parent->answers; answer; answer = answer->next_answer)
            if (is_sibling(answer))
                reach(search, answer);
        return;
    }
    if (first)
        group_siblings(index, parent);
    group = index->siblings ? g_hash_table_lookup(index->siblings, &key) : NULL;
    for (guint i = 0; group && i < group->len; i++)
        reach(search, g_ptr_array_index(group, i));
    /* Whoever else comes by has been reached with these. */
    if (group)
        g_ptr_array_set_size(group, 0);
}

static void reach_if_run(struct search *search, const struct member *member, struct member *other)
{
    struct run_key key = run_key_of(member), other_key = run_key_of(other);
    int64_t apart = member->mail->date - other->mail->date;

    if (run_equal(&key, &other_key) && apart <= RUN_SPAN && apart >= -RUN_SPAN)
        reach(search, other);
}

static void reach_run(struct search *search, const struct member *member)
{
    GSequenceIter *next = g_sequence_iter_next(member->patch->run);
    GSequenceIter *previous = g_sequence_iter_prev(member->patch->run);

    if (!g_sequence_iter_is_end(next))
        reach_if_run(search, member, g_sequence_get(next));
    if (previous != member->patch->run)
        reach_if_run(search, member, g_sequence_get(previous));
}

static void reach_neighbours(struct search *search, struct member *member)
{
    enum link link = member_link(member);

    if (link == LINK_FOLLOW || link == LINK_REROLL)
        reach(search, member_parent(member));
    if (may_have_siblings(member))
        reach_siblings(search, member);
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
    /* Not emptied but given back: once, when a list is read, it holds every patch. */
    GPtrArray *changed = g_steal_pointer(&index->set->changed);

    index->set->changed = g_ptr_array_new();
    for (guint i = 0; i < changed->len; i++) {
        struct member *member = g_ptr_array_index(changed, i);

        member->changed = false;
        if (member->posting)
            dissolve(index, member->posting, gone);
        update_run(index, member);
        g_ptr_array_add(index->seeds, member);
    }
    g_ptr_array_free(changed, TRUE);
}

void posting_index_settle(struct posting_index *index, GPtrArray *gone, GPtrArray *made)
{
    GPtrArray *found = g_ptr_array_new();

    g_ptr_array_set_size(index->gone, 0);
    index->settles++;
    index->seeds = g_ptr_array_new();
    mailset_settle(index->set);
    take_changes(index, gone);
    /* The list grows while it is worked off: reaching a mail dissolves its piece. */
    for (guint i = 0; i < index->seeds->len; i++) {
        struct search search = { index, found, gone };

        g_ptr_array_set_size(found, 0);
        reach(&search, g_ptr_array_index(index->seeds, i));
        for (guint j = 0; j < found->len; j++)
            reach_neighbours(&search, g_ptr_array_index(found, j));
        if (found->len > 0)
            piece_make(found, made);
    }
    for (guint i = 0; i < index->seeds->len; i++)
        ((struct member *)g_ptr_array_index(index->seeds, i))->pooled = false;
    g_clear_pointer(&index->seeds, g_ptr_array_unref);
    g_clear_pointer(&index->siblings, g_hash_table_destroy);
    g_ptr_array_free(found, TRUE);
}
