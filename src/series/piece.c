/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/piece.h"

#include "hash.h"

#include <stdlib.h>

enum link member_link(const struct member *member)
{
    const struct mail *mail = member->mail;
    const struct member *parent = member_parent(member);

    if (!mail->numbered)
        return LINK_ALONE;
    if (!member->parent)
        return LINK_RUN;
    if (mail->kind == MAIL_COVER)
        return LINK_COVER;
    if (parent && member_is_patch(parent) && parent->mail->numbered &&
        parent->mail->total == mail->total) {
        if (parent->version == member->version && parent->mail->number != mail->number)
            return LINK_FOLLOW;
        if (parent->version < member->version && parent->mail->number == mail->number &&
            parent->patch->release == member->patch->release)
            return LINK_REROLL;
    }
    return LINK_SIBLING;
}

/* Where a mail that is no cover looks for its posting, and the posting that was
 * opened there last. */
struct opening {
    const void *where; /* the mail they answer, or the first of those that they replace or overflow */
    const char *sender;
    uint32_t version, total;
    guint draft;
};

/* A mail of the piece that is being made into postings. */
struct place {
    struct member *member;
    enum link link;
    /* When it can be placed at the earliest: its arrival, or its parent's if that
     * came later; depth puts the parent first. */
    int64_t arrival;
    guint depth;
    bool placed, visiting;
    bool followed; /* something has LINK_FOLLOW to it */
    guint draft;
    guint64 number;         /* a key of build->numbers */
    struct opening opening; /* a key of build->openings */
};

/* A posting in the making. */
struct draft {
    const struct place *first;
    guint count;
    struct posting *posting; /* when all are placed */
    guint base;        /* draft that its first mail replaces a mail of, + 1, or 0 */
    bool reroll;       /* all its mails replace mails of that one */
};

struct build {
    struct place *places;
    guint count;
    GArray *drafts;         /* struct draft */
    GHashTable *openings;   /* struct opening, of its place */
    GHashTable *numbers;    /* guint64 *, of its place: draft << 32 | number: is taken */
};

static guint opening_hash(gconstpointer data)
{
    const struct opening *key = data;

    guint64 hash = hash_add_pointer(hash_add_pointer(0, key->where), key->sender);

    return hash_end(hash_add(hash, (guint64)key->version << 32 | key->total));
}

static gboolean opening_equal(gconstpointer a, gconstpointer b)
{
    const struct opening *x = a, *y = b;

    return x->where == y->where && x->sender == y->sender && x->version == y->version &&
           x->total == y->total;
}

static guint number_hash(gconstpointer data)
{
    return hash_end(hash_add(0, *(const guint64 *)data));
}

static bool has_parent_in_piece(const struct place *place)
{
    return place->link == LINK_FOLLOW || place->link == LINK_REROLL;
}

static struct place *parent_place(const struct build *build, const struct place *place)
{
    return &build->places[member_parent(place->member)->patch->slot];
}

/* Mails that answer one another in a loop: the one that arrived first is taken to
 * begin it. */
static void cut_loop(struct build *build, struct place *inside)
{
    struct place *first = inside;

    for (struct place *place = parent_place(build, inside); place != inside;
         place = parent_place(build, place))
        if (place->arrival < first->arrival)
            first = place;
    first->link = LINK_SIBLING;
}

/* Works out the arrival and depth of PLACE and of all above it, without recursion. */
static void order_place(struct build *build, struct place *place, GPtrArray *above)
{
    while (!place->placed) {
        if (has_parent_in_piece(place) && !parent_place(build, place)->placed) {
            if (place->visiting) {
                cut_loop(build, place);
                /* Unwind to where the loop is open now. */
                for (guint i = 0; i < above->len; i++)
                    ((struct place *)g_ptr_array_index(above, i))->visiting = false;
                place = g_ptr_array_index(above, 0);
                g_ptr_array_set_size(above, 0);
                continue;
            }
            place->visiting = true;
            g_ptr_array_add(above, place);
            place = parent_place(build, place);
            continue;
        }
        if (has_parent_in_piece(place)) {
            const struct place *parent = parent_place(build, place);

            place->arrival = MAX(place->arrival, parent->arrival);
            place->depth = parent->depth + 1;
        }
        place->placed = true;
        if (above->len > 0)
            place = g_ptr_array_steal_index(above, above->len - 1);
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = *(struct place *const *)a, *y = *(struct place *const *)b;
    int64_t own_x = x->member->mail->place.arrival, own_y = y->member->mail->place.arrival;

    if (x->arrival != y->arrival)
        return x->arrival < y->arrival ? -1 : 1;
    if (x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    return (own_x > own_y) - (own_x < own_y);
}

static struct draft *draft_at(const struct build *build, guint index)
{
    return &g_array_index(build->drafts, struct draft, index);
}

static bool take_number(struct build *build, guint draft, struct place *place)
{
    place->number = (guint64)draft << 32 | member_number(place->member);
    if (g_hash_table_contains(build->numbers, &place->number))
        return false;
    g_hash_table_add(build->numbers, &place->number);
    return true;
}

static guint open_draft(struct build *build, struct place *place)
{
    const struct draft draft = { .first = place, .reroll = place->link == LINK_REROLL };

    g_array_append_val(build->drafts, draft);
    take_number(build, build->drafts->len - 1, place);
    return build->drafts->len - 1;
}

static struct opening key_at(const struct place *place, const void *where)
{
    const struct member *member = place->member;

    return (struct opening){ where, member->patch->sender, member->version, member->mail->total, 0 };
}

/* Opens a posting for the mail, where later ones find it by KEY. */
static guint open_at(struct build *build, struct place *place, const struct opening *key)
{
    struct opening *opening = g_hash_table_lookup(build->openings, key);

    if (!opening) {
        place->opening = *key;
        opening = &place->opening;
        g_hash_table_add(build->openings, opening);
    }
    opening->draft = open_draft(build, place);
    return opening->draft;
}

/* May the mail join what was opened last? Mails without references have to be of one
 * hour, and a cover letter that has patches of its own begins a posting. One that
 * answers something begins one too, unless it was written before the patches that
 * answer the same and came after them. */
static bool may_join(const struct place *place, const struct draft *draft)
{
    int64_t apart = place->member->mail->date - draft->first->member->mail->date;
    bool cover = place->member->mail->kind == MAIL_COVER;

    if (cover && place->followed)
        return false;
    if (place->link == LINK_RUN)
        return apart <= RUN_SPAN && apart >= -RUN_SPAN;
    return !cover || apart <= 0;
}

/* Puts the mail into the posting opened last at WHERE by its sender, or opens one
 * there if there is none or its number is taken. */
static guint place_at(struct build *build, struct place *place, const void *where)
{
    struct opening key = key_at(place, where);
    const struct opening *opening = g_hash_table_lookup(build->openings, &key);

    if (opening && may_join(place, draft_at(build, opening->draft)) &&
        take_number(build, opening->draft, place))
        return opening->draft;
    return open_at(build, place, &key);
}

static guint find_draft(struct build *build, struct place *place)
{
    guint parent = has_parent_in_piece(place) ? parent_place(build, place)->draft : 0;

    switch (place->link) {
    case LINK_FOLLOW:
        if (take_number(build, parent, place))
            return parent;
        return place_at(build, place, draft_at(build, parent)->first);
    case LINK_REROLL:
        return place_at(build, place, draft_at(build, parent)->first);
    case LINK_COVER:
    case LINK_SIBLING:
        return place_at(build, place, place->member->parent);
    case LINK_RUN:
        return place_at(build, place, NULL);
    case LINK_ALONE:
        break;
    }
    return open_draft(build, place);
}

static void place_member(struct build *build, struct place *place)
{
    struct draft *draft;
    guint base = 0;

    place->draft = find_draft(build, place);
    draft = draft_at(build, place->draft);
    if (place->link == LINK_REROLL)
        base = parent_place(build, place)->draft + 1;
    if (draft->count == 0)
        draft->base = base;
    draft->count++;
    draft->reroll = draft->reroll && base == draft->base;
}

static guint own_numbers(const struct posting *posting)
{
    guint count = 0;

    for (guint i = 0; i < posting->members->len; i++) {
        uint32_t number = member_number(g_ptr_array_index(posting->members, i));

        count += number >= 1 && number <= posting->total;
    }
    return count;
}

/* A posting of which all mails replace mails of BASE. */
struct reroll {
    struct posting *posting, *base;
};

static gint compare_rerolls(gconstpointer a, gconstpointer b)
{
    const struct reroll *x = a, *y = b;

    return (x->posting->version > y->posting->version) -
           (x->posting->version < y->posting->version);
}

/* Works out what POSTING, which has all its mails, says of itself. */
static void finish_posting(struct posting *posting)
{
    g_ptr_array_sort(posting->members, member_compare_number);
    posting->have = own_numbers(posting);
    posting->change_id = "";
    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);

        posting->in_range = posting->in_range || member->in_range;
        if (!posting->change_id[0])
            posting->change_id = member->mail->change_id;
    }
}

/* Each number that POSTING has is there in BASE, so that one has them all. */
static void set_base(struct posting *posting, struct posting *base)
{
    if (posting_cover(posting) || posting->have >= posting->total)
        return;
    posting->base = base;
    posting->next_reroll = base->reroll;
    base->reroll = posting;
    posting->have = base->have;
}

/* What the links of several mails say together: of patches that all answer one mail, the
 * one that has the number of that mail is not its reroll but one of them. */
static void settle_links(struct build *build)
{
    GHashTable *siblings = g_hash_table_new(opening_hash, opening_equal);

    for (guint i = 0; i < build->count; i++) {
        struct place *place = &build->places[i];

        if (place->link != LINK_SIBLING && place->link != LINK_COVER)
            continue;
        place->opening = key_at(place, place->member->parent);
        g_hash_table_add(siblings, &place->opening);
    }
    for (guint i = 0; i < build->count; i++) {
        struct place *place = &build->places[i];
        struct opening key = key_at(place, place->member->parent);

        if (place->link == LINK_FOLLOW)
            parent_place(build, place)->followed = true;
        else if (place->link == LINK_REROLL && g_hash_table_contains(siblings, &key))
            place->link = LINK_SIBLING;
    }
    g_hash_table_destroy(siblings);
}

/* For so many MEMBERS, none of which it has yet. */
static struct posting *new_posting(const struct member *first, guint members)
{
    struct posting *posting = g_new0(struct posting, 1);

    posting->members = g_ptr_array_sized_new(members);
    posting->version = first->version;
    posting->total = first->mail->numbered ? first->mail->total : 1;
    posting->next_in_piece = posting;
    return posting;
}

static void add_to_posting(struct posting *posting, struct member *member)
{
    g_ptr_array_add(posting->members, member);
    member->posting = posting;
}

/* Places the mails, in an order that the caller frees. */
static struct place **place_all(struct build *build)
{
    GPtrArray *above = g_ptr_array_new();
    struct place **order = g_new(struct place *, build->count);

    for (guint i = 0; i < build->count; i++) {
        order_place(build, &build->places[i], above);
        order[i] = &build->places[i];
    }
    qsort(order, build->count, sizeof *order, compare_places);
    for (guint i = 0; i < build->count; i++)
        place_member(build, order[i]);
    g_ptr_array_free(above, TRUE);
    return order;
}

/* Makes the drafts into a ring of postings. ORDER is that in which their mails were placed. */
static void make_postings(struct build *build, struct place *const *order, GPtrArray *made)
{
    struct posting *before = NULL;

    for (guint i = 0; i < build->drafts->len; i++) {
        struct draft *draft = draft_at(build, i);

        draft->posting = new_posting(draft->first->member, draft->count);
        if (before) {
            draft->posting->next_in_piece = before->next_in_piece;
            before->next_in_piece = draft->posting;
        }
        before = draft->posting;
        g_ptr_array_add(made, draft->posting);
    }
    for (guint i = 0; i < build->count; i++)
        add_to_posting(draft_at(build, order[i]->draft)->posting, order[i]->member);
    for (guint i = 0; i < build->drafts->len; i++)
        finish_posting(draft_at(build, i)->posting);
}

/* A base may have one itself: that of the lower version comes first. */
static void set_bases(struct build *build)
{
    GArray *rerolls = g_array_new(FALSE, FALSE, sizeof(struct reroll));

    for (guint i = 0; i < build->drafts->len; i++) {
        const struct draft *draft = draft_at(build, i);
        const struct reroll reroll = {
            draft->posting, draft->base ? draft_at(build, draft->base - 1)->posting : NULL
        };

        if (draft->reroll)
            g_array_append_val(rerolls, reroll);
    }
    g_array_sort(rerolls, compare_rerolls);
    for (guint i = 0; i < rerolls->len; i++) {
        const struct reroll *reroll = &g_array_index(rerolls, struct reroll, i);

        set_base(reroll->posting, reroll->base);
    }
    g_array_free(rerolls, TRUE);
}

static void make_alone(struct member *member, GPtrArray *made)
{
    struct posting *posting = new_posting(member, 1);

    add_to_posting(posting, member);
    finish_posting(posting);
    g_ptr_array_add(made, posting);
}

void piece_make(const GPtrArray *found, GPtrArray *made)
{
    struct build build = { .count = found->len };
    struct place **order;

    if (found->len == 1) {
        make_alone(g_ptr_array_index(found, 0), made);
        return;
    }
    build.places = g_new0(struct place, found->len);
    build.drafts = g_array_new(FALSE, FALSE, sizeof(struct draft));
    build.openings = g_hash_table_new(opening_hash, opening_equal);
    build.numbers = g_hash_table_new(number_hash, g_int64_equal);
    for (guint i = 0; i < found->len; i++) {
        struct member *member = g_ptr_array_index(found, i);

        build.places[i].member = member;
        build.places[i].link = member_link(member);
        build.places[i].arrival = member->mail->place.arrival;
    }
    settle_links(&build);
    order = place_all(&build);
    make_postings(&build, order, made);
    set_bases(&build);
    g_free(order);
    g_hash_table_destroy(build.numbers);
    g_hash_table_destroy(build.openings);
    g_array_free(build.drafts, TRUE);
    g_free(build.places);
}

void posting_free(gpointer data)
{
    struct posting *posting = data;

    g_ptr_array_free(posting->members, TRUE);
    g_free(posting->clues);
    g_free(posting);
}
