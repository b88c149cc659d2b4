/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/review.h"

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
        if (g_str_has_prefix(key, "acked-by:"))
            review->acked++;
        else if (g_str_has_prefix(key, "reviewed-by:"))
            review->reviewed++;
        else if (g_str_has_prefix(key, "tested-by:"))
            review->tested++;
        else
            review->others++;
    }
}

static bool is_bot(const struct walk *walk, const struct member *member)
{
    const struct review_request *request = walk->request;

    return request != NULL && request->is_bot != NULL && request->is_bot(request->data, member);
}

static void add_keys(struct walk *walk, const struct member *member)
{
    if (walk->keys == NULL)
        return;
    for (const char *const *trailer = member->mail->trailers; *trailer != NULL; trailer++)
        g_ptr_array_add(walk->keys, trailer_key(*trailer));
}

static void count_answer(struct walk *walk, const struct member *answer)
{
    const struct mail *mail = answer->mail;
    struct review *review = &walk->review;

    if (is_bot(walk, answer)) {
        review->bots += mail->kind == MAIL_REPLY;
        return;
    }
    add_keys(walk, answer);
    if (mail->kind != MAIL_REPLY)
        return;
    review->replies++;
    review->unread += walk->request != NULL && mail->place.received > walk->request->since;
    review->latest = MAX(review->latest, mail->date);
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
