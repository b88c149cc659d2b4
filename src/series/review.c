/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/review.h"

#include "hash.h"
#include "mail/trailer.h"

#include <string.h>

/* What gathers a review. */
struct walk {
    const struct review_request *request;
    struct review review;
    const struct member *start; /* the mail that a loop of answers could come back to, or NULL */
    GPtrArray *waiting;         /* struct member * */
    GPtrArray *keys;            /* char *: of each trailer; NULL if nobody asks for them */
};

static gint compare_keys(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void count_key(const char *key, struct review *review)
{
    if (g_str_has_prefix(key, "acked-by:"))
        review->acked++;
    else if (g_str_has_prefix(key, "reviewed-by:"))
        review->reviewed++;
    else if (g_str_has_prefix(key, "tested-by:"))
        review->tested++;
    else
        review->others++;
}

/* Counts each key once. They are sorted and not hashed: strangers choose them. */
static void count_trailers(GPtrArray *keys, struct review *review)
{
    const char *last = "";

    g_ptr_array_sort(keys, compare_keys);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);

        if (strcmp(key, last) == 0)
            continue;
        last = key;
        count_key(key, review);
    }
}

static bool is_bot(const struct review_request *request, const struct member *member)
{
    return request != NULL && request->is_bot != NULL && request->is_bot(request->data, member);
}

static void add_keys(struct walk *walk, const struct member *member)
{
    if (walk->keys == NULL)
        return;
    for (const char *const *trailer = member->mail->trailers; *trailer != NULL; trailer++)
        g_ptr_array_add(walk->keys, trailer_key(*trailer));
}

/* False if ANSWER is by a machine, whose trailers do not count. */
static bool count_reply(struct review *review, const struct review_request *request,
                        const struct member *answer)
{
    const struct mail *mail = answer->mail;
    bool bot = is_bot(request, answer);

    if (mail->kind != MAIL_REPLY)
        return !bot;
    if (bot) {
        review->bots++;
        return false;
    }
    review->replies++;
    review->unread += request != NULL && mail->place.received > request->since;
    review->latest = MAX(review->latest, mail->date);
    return true;
}

static void count_answer(struct walk *walk, const struct member *answer)
{
    if (count_reply(&walk->review, walk->request, answer))
        add_keys(walk, answer);
}

/* Counts what answers MEMBER, and lets it wait; patches begin something of their own. A mail answers
 * one other, so it is met once, unless the answers lead back to where they started. */
static void add_answers(struct walk *walk, const struct member *member)
{
    const struct message_id *id = member->id;

    /* Answers are to the mail that the id means. */
    if (id->first != member)
        return;
    for (struct member *answer = id->answers; answer != NULL; answer = answer->next_answer) {
        if (!answer->live || member_is_patch(answer) || answer == walk->start)
            continue;
        count_answer(walk, answer);
        g_ptr_array_add(walk->waiting, answer);
    }
}

/* With TRAILERS they are gathered too. */
static struct walk walk_new(const struct review_request *request, bool trailers)
{
    return (struct walk){
        .request = request,
        .waiting = g_ptr_array_new(),
        .keys = trailers ? g_ptr_array_new_with_free_func(g_free) : NULL,
    };
}

static void walk_from(struct walk *walk, const struct member *member)
{
    add_keys(walk, member);
    add_answers(walk, member);
    while (walk->waiting->len > 0)
        add_answers(walk, g_ptr_array_remove_index_fast(walk->waiting, walk->waiting->len - 1));
}

static struct review walk_end(struct walk *walk)
{
    if (walk->keys != NULL) {
        count_trailers(walk->keys, &walk->review);
        g_ptr_array_free(walk->keys, TRUE);
    }
    g_ptr_array_free(walk->waiting, TRUE);
    return walk->review;
}

struct review member_review(const struct member *member, const struct review_request *request)
{
    struct walk walk = walk_new(request, true);

    walk.start = member;
    walk_from(&walk, member);
    return walk_end(&walk);
}

/* --- of many mails --------------------------------------------------------- */

/* What is under one mail, as far as it was gone through. */
struct gathered {
    struct review under;  /* with what KEYS say */
    GHashTable *keys;     /* char *: of the trailers under it; the mail above takes them over */
    struct review review; /* when it is done */
    struct member *next;  /* the answer to be gone through next */
    bool done;
};

struct gathering {
    const struct review_request *request;
    GHashTable *mails; /* const struct member * → struct gathered * */
    GPtrArray *path;   /* const struct member *: from where it began to the mail that is gone through */
    GPtrArray *loop;   /* the same: those behind the first, if the last one's answer is the first */
};

static void free_gathered(gpointer data)
{
    struct gathered *gathered = data;

    g_clear_pointer(&gathered->keys, g_hash_table_unref);
    g_free(gathered);
}

static void enter(struct gathering *gathering, const struct member *member)
{
    struct gathered *gathered = g_new0(struct gathered, 1);

    gathered->keys = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    gathered->next = member->id->first == member ? member->id->answers : NULL;
    g_hash_table_insert(gathering->mails, (gpointer)(uintptr_t)member, gathered);
    g_ptr_array_add(gathering->path, (gpointer)(uintptr_t)member);
}

static void add_key(struct gathered *gathered, char *key)
{
    if (g_hash_table_contains(gathered->keys, key)) {
        g_free(key);
        return;
    }
    count_key(key, &gathered->under);
    g_hash_table_add(gathered->keys, key);
}

/* Adds to REVIEW what MEMBER itself, a machine's, has of trailers that are not among KEYS. */
static void add_own(struct review *review, const struct member *member, GHashTable *keys)
{
    struct gathered own = { .keys = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL) };

    for (const char *const *trailer = member->mail->trailers; *trailer != NULL; trailer++) {
        char *key = trailer_key(*trailer);

        if (g_hash_table_contains(keys, key))
            g_free(key);
        else
            add_key(&own, key);
    }
    review->acked += own.under.acked;
    review->reviewed += own.under.reviewed;
    review->tested += own.under.tested;
    review->others += own.under.others;
    g_hash_table_unref(own.keys);
}

/* All that is under MEMBER is gathered: its own trailers are left. Those of a machine are nobody else's. */
static void finish(struct gathering *gathering, const struct member *member,
                   struct gathered *gathered)
{
    bool bot = is_bot(gathering->request, member);

    for (const char *const *trailer = member->mail->trailers; *trailer != NULL && !bot; trailer++)
        add_key(gathered, trailer_key(*trailer));
    gathered->review = gathered->under;
    if (bot)
        add_own(&gathered->review, member, gathered->keys);
    gathered->done = true;
}

/* Under each mail of a loop are all of it but itself, and what hangs on them; under FIRST, of which
 * GATHERED is finished, all of that was found. */
static void finish_loop(struct gathering *gathering, const struct member *first,
                        const struct gathered *gathered)
{
    struct review whole = gathered->under;
    bool newest_met = false;

    count_reply(&whole, gathering->request, first);
    for (guint i = 0; i < gathering->loop->len; i++) {
        const struct member *member = g_ptr_array_index(gathering->loop, i);
        struct review *review =
            &((struct gathered *)g_hash_table_lookup(gathering->mails, member))->review;
        struct review own = { .replies = 0 };

        count_reply(&own, gathering->request, member);
        *review = whole;
        review->replies -= own.replies;
        review->unread -= own.unread;
        review->bots -= own.bots;
        /* To each further one that is as new the date stays, by the one met before. */
        if (own.latest == whole.latest && !newest_met) {
            review->latest = member_review(member, gathering->request).latest;
            newest_met = true;
        }
        if (is_bot(gathering->request, member))
            add_own(review, member, gathered->keys);
    }
    g_ptr_array_set_size(gathering->loop, 0);
}

/* The fewer keys go to the more: each moves seldom. */
static void take_keys(struct gathered *above, struct gathered *below)
{
    GHashTableIter iter;
    gpointer key;

    if (g_hash_table_size(above->keys) < g_hash_table_size(below->keys)) {
        GHashTable *keys = above->keys;

        above->keys = below->keys;
        below->keys = keys;
        above->under.acked = below->under.acked;
        above->under.reviewed = below->under.reviewed;
        above->under.tested = below->under.tested;
        above->under.others = below->under.others;
    }
    g_hash_table_iter_init(&iter, below->keys);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_hash_table_iter_steal(&iter);
        add_key(above, key);
    }
    g_clear_pointer(&below->keys, g_hash_table_unref);
}

/* Adds ANSWER, of which BELOW was gathered, to what is under the mail of ABOVE. */
static void take_answer(struct gathering *gathering, struct gathered *above,
                        const struct member *answer, struct gathered *below)
{
    count_reply(&above->under, gathering->request, answer);
    above->under.replies += below->under.replies;
    above->under.unread += below->under.unread;
    above->under.bots += below->under.bots;
    above->under.latest = MAX(above->under.latest, below->under.latest);
    take_keys(above, below);
}

/* The path has come back to where it began: a mail answers one other, so a loop has no way in. */
static void note_loop(struct gathering *gathering)
{
    for (guint i = 1; i < gathering->path->len; i++)
        g_ptr_array_add(gathering->loop, g_ptr_array_index(gathering->path, i));
}

/* Goes one step further from the mail at the end of the path. */
static void gather_next(struct gathering *gathering)
{
    GPtrArray *path = gathering->path;
    const struct member *member = g_ptr_array_index(path, path->len - 1);
    struct gathered *gathered = g_hash_table_lookup(gathering->mails, member), *other;
    struct member *answer = gathered->next;

    if (answer == NULL) {
        finish(gathering, member, gathered);
        g_ptr_array_remove_index(path, path->len - 1);
        if (path->len == 0)
            finish_loop(gathering, member, gathered);
        else
            take_answer(gathering,
                        g_hash_table_lookup(gathering->mails, g_ptr_array_index(path, path->len - 1)),
                        member, gathered);
        return;
    }
    gathered->next = answer->next_answer;
    if (!answer->live || member_is_patch(answer))
        return;
    other = g_hash_table_lookup(gathering->mails, answer);
    if (other == NULL)
        enter(gathering, answer);
    else if (other->done)
        take_answer(gathering, gathered, answer, other);
    else
        note_loop(gathering);
}

void members_review(const struct member *const *members, size_t count,
                    const struct review_request *request, struct review *reviews)
{
    struct gathering gathering = {
        .request = request,
        .mails = g_hash_table_new_full(hash_pointer, NULL, NULL, free_gathered),
        .path = g_ptr_array_new(),
        .loop = g_ptr_array_new(),
    };

    for (size_t i = 0; i < count; i++) {
        if (!g_hash_table_contains(gathering.mails, members[i]))
            enter(&gathering, members[i]);
        while (gathering.path->len > 0)
            gather_next(&gathering);
        reviews[i] = ((struct gathered *)g_hash_table_lookup(gathering.mails, members[i]))->review;
    }
    g_ptr_array_free(gathering.path, TRUE);
    g_ptr_array_free(gathering.loop, TRUE);
    g_hash_table_destroy(gathering.mails);
}

/* --- of postings ------------------------------------------------------------ */

static void walk_posting(struct walk *walk, const struct posting *posting)
{
    GPtrArray *members = posting_all_members(posting);

    for (guint i = 0; i < members->len; i++)
        walk_from(walk, g_ptr_array_index(members, i));
    g_ptr_array_free(members, TRUE);
}

struct review posting_review(const struct posting *posting, const struct review_request *request)
{
    struct walk walk = walk_new(request, true);

    walk_posting(&walk, posting);
    return walk_end(&walk);
}

uint32_t posting_replies(const struct posting *posting, const struct review_request *request)
{
    struct walk walk = walk_new(request, false);

    walk_posting(&walk, posting);
    return walk_end(&walk).replies;
}
