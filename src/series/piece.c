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
            parent->release == member->release)
            return LINK_REROLL;
    }
    return LINK_SIBLING;
}

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
};

/* A posting in the making. */
struct draft {
    struct posting *posting;
    int64_t date;      /* of its first mail */
    struct posting *base; /* what its first mail replaces a mail of, or NULL */
    bool reroll;       /* all its mails replace mails of that one */
};

/* Where a mail that is no cover looks for its posting, and the posting that was
 * opened there last. */
struct opening {
    const void *where; /* the mail they answer, or the posting they replace or overflow */
    const char *sender;
    uint32_t version, total;
    guint draft;
};

struct build {
    struct place *places;
    guint count;
    GArray *drafts;         /* struct draft */
    GHashTable *openings;   /* struct opening → itself */
    GHashTable *numbers;    /* guint64 *: draft << 32 | number: is taken */
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
    return &build->places[member_parent(place->member)->slot];
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

static bool take_number(struct build *build, guint draft, const struct member *member)
{
    guint64 key = (guint64)draft << 32 | member_number(member);

    if (g_hash_table_contains(build->numbers, &key))
        return false;
    g_hash_table_add(build->numbers, g_memdup2(&key, sizeof key));
    return true;
}

static guint open_draft(struct build *build, const struct place *place)
{
    struct draft draft = {
        .posting = g_new0(struct posting, 1),
        .date = place->member->mail->date,
        .reroll = place->link == LINK_REROLL,
    };

    draft.posting->members = g_ptr_array_new();
    draft.posting->version = place->member->version;
    draft.posting->total = place->member->mail->numbered ? place->member->mail->total : 1;
    g_array_append_val(build->drafts, draft);
    return build->drafts->len - 1;
}

static struct opening key_at(const struct place *place, const void *where)
{
    const struct member *member = place->member;

    return (struct opening){ where, member->sender, member->version, member->mail->total, 0 };
}

/* Opens a posting for the mail, where later ones find it by KEY. */
static guint open_at(struct build *build, const struct place *place, const struct opening *key)
{
    struct opening *opening = g_hash_table_lookup(build->openings, key);

    if (!opening) {
        opening = g_memdup2(key, sizeof *key);
        g_hash_table_add(build->openings, opening);
    }
    opening->draft = open_draft(build, place);
    take_number(build, opening->draft, place->member);
    return opening->draft;
}

/* May the mail join what was opened last? Mails without references have to be of one
 * hour, and a cover letter that has patches of its own begins a posting. One that
 * answers something begins one too, unless it was written before the patches that
 * answer the same and came after them. */
static bool may_join(const struct place *place, const struct draft *draft)
{
    int64_t apart = place->member->mail->date - draft->date;
    bool cover = place->member->mail->kind == MAIL_COVER;

    if (cover && place->followed)
        return false;
    if (place->link == LINK_RUN)
        return apart <= RUN_SPAN && apart >= -RUN_SPAN;
    return !cover || apart <= 0;
}

/* Puts the mail into the posting opened last at WHERE by its sender, or opens one
 * there if there is none or its number is taken. */
static guint place_at(struct build *build, const struct place *place, const void *where)
{
    struct opening key = key_at(place, where);
    const struct opening *opening = g_hash_table_lookup(build->openings, &key);

    if (opening && may_join(place, draft_at(build, opening->draft)) &&
        take_number(build, opening->draft, place->member))
        return opening->draft;
    return open_at(build, place, &key);
}

static guint find_draft(struct build *build, const struct place *place)
{
    const struct posting *parent = NULL;
    guint draft;

    if (has_parent_in_piece(place))
        parent = draft_at(build, parent_place(build, place)->draft)->posting;
    switch (place->link) {
    case LINK_FOLLOW:
        draft = parent_place(build, place)->draft;
        return take_number(build, draft, place->member) ? draft : place_at(build, place, parent);
    case LINK_REROLL:
        return place_at(build, place, parent);
    case LINK_COVER:
    case LINK_SIBLING:
        return place_at(build, place, place->member->parent);
    case LINK_RUN:
        return place_at(build, place, NULL);
    case LINK_ALONE:
        break;
    }
    draft = open_draft(build, place);
    take_number(build, draft, place->member);
    return draft;
}

static void place_member(struct build *build, struct place *place)
{
    struct draft *draft;
    struct posting *base = NULL;

    place->draft = find_draft(build, place);
    draft = draft_at(build, place->draft);
    g_ptr_array_add(draft->posting->members, place->member);
    place->member->posting = draft->posting;
    if (place->link == LINK_REROLL)
        base = draft_at(build, parent_place(build, place)->draft)->posting;
    if (draft->posting->members->len == 1)
        draft->base = base;
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

static gint compare_drafts(gconstpointer a, gconstpointer b)
{
    const struct draft *x = a, *y = b;

    return (x->posting->version > y->posting->version) -
           (x->posting->version < y->posting->version);
}

static void finish_posting(const struct draft *draft)
{
    struct posting *posting = draft->posting;

    g_ptr_array_sort(posting->members, member_compare_number);
    posting->have = own_numbers(posting);
    posting->change_id = "";
    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);

        posting->in_range = posting->in_range || member->in_range;
        if (!posting->change_id[0])
            posting->change_id = member->mail->change_id;
    }
    /* Each number it has is there in what it rerolls, so that one has them all. */
    if (draft->reroll && !posting_cover(posting) && posting->have < posting->total) {
        posting->base = draft->base;
        posting->next_reroll = posting->base->reroll;
        posting->base->reroll = posting;
        posting->have = posting->base->have;
    }
}

/* What the links of several mails say together: of patches that all answer one mail, the
 * one that has the number of that mail is not its reroll but one of them. */
static void settle_links(struct build *build)
{
    GHashTable *siblings = g_hash_table_new_full(opening_hash, opening_equal, g_free, NULL);

    for (guint i = 0; i < build->count; i++) {
        const struct place *place = &build->places[i];
        struct opening key = key_at(place, place->member->parent);

        if (place->link == LINK_SIBLING || place->link == LINK_COVER)
            g_hash_table_add(siblings, g_memdup2(&key, sizeof key));
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

static void build_postings(struct build *build)
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
    g_free(order);
    g_ptr_array_free(above, TRUE);
}

struct piece *piece_make(GPtrArray *found, GPtrArray *made)
{
    struct piece *piece = g_new0(struct piece, 1);
    struct build build = {
        .places = g_new0(struct place, found->len),
        .count = found->len,
        .drafts = g_array_new(FALSE, FALSE, sizeof(struct draft)),
        .openings = g_hash_table_new_full(opening_hash, opening_equal, g_free, NULL),
        .numbers = g_hash_table_new_full(number_hash, g_int64_equal, g_free, NULL),
    };

    for (guint i = 0; i < found->len; i++) {
        struct member *member = g_ptr_array_index(found, i);

        build.places[i].member = member;
        build.places[i].link = member_link(member);
        build.places[i].arrival = member->mail->place.arrival;
    }
    settle_links(&build);
    build_postings(&build);
    piece->members = g_ptr_array_ref(found);
    piece->postings = g_ptr_array_new();
    g_array_sort(build.drafts, compare_drafts);
    for (guint i = 0; i < build.drafts->len; i++) {
        const struct draft *draft = draft_at(&build, i);

        finish_posting(draft);
        draft->posting->piece = piece;
        g_ptr_array_add(piece->postings, draft->posting);
        g_ptr_array_add(made, draft->posting);
    }
    g_hash_table_destroy(build.numbers);
    g_hash_table_destroy(build.openings);
    g_array_free(build.drafts, TRUE);
    g_free(build.places);
    return piece;
}

void posting_free(gpointer data)
{
    struct posting *posting = data;

    g_ptr_array_free(posting->members, TRUE);
    g_free(posting);
}

void piece_free(gpointer data)
{
    struct piece *piece = data;

    g_ptr_array_free(piece->postings, TRUE);
    g_ptr_array_free(piece->members, TRUE);
    g_free(piece);
}

void piece_free_whole(gpointer data)
{
    struct piece *piece = data;

    for (guint i = 0; i < piece->postings->len; i++)
        posting_free(g_ptr_array_index(piece->postings, i));
    piece_free(piece);
}
