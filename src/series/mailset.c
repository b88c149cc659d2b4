/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/mailset.h"

#include "hash.h"
#include "series/lookup.h"

#include <string.h>

static guint identity_hash(gconstpointer data)
{
    const struct mail *mail = data;

    return hash_end(hash_add_text(hash_add_text(hash_secret(), mail->message_id), mail->subject));
}

static gboolean identity_equal(gconstpointer a, gconstpointer b)
{
    return mail_same(a, b);
}

static void free_batch(gpointer batch)
{
    mail_batch_free(batch);
}

struct mailset *mailset_new(void)
{
    struct mailset *set = g_new0(struct mailset, 1);

    set->members = g_ptr_array_new_with_free_func(g_free);
    set->changed = g_ptr_array_new();
    set->batches = g_ptr_array_new_with_free_func(free_batch);
    set->ids = g_hash_table_new_full(hash_text, g_str_equal, NULL, g_free);
    set->identities = g_hash_table_new(identity_hash, identity_equal);
    set->withdrawals = g_hash_table_new(identity_hash, identity_equal);
    set->texts = g_hash_table_new(hash_text, g_str_equal);
    set->strings = g_string_chunk_new(1 << 16);
    set->nameless = g_ptr_array_new_with_free_func(g_free);
    return set;
}

/* GLib's tables take keys without const, and these are never written through. */
static gpointer borrowed(const void *key)
{
    return (gpointer)(uintptr_t)key;
}

void mailset_free(struct mailset *set)
{
    if (!set)
        return;
    g_ptr_array_free(set->nameless, TRUE);
    g_hash_table_destroy(set->texts);
    g_string_chunk_free(set->strings);
    g_hash_table_destroy(set->withdrawals);
    g_hash_table_destroy(set->identities);
    g_hash_table_destroy(set->ids);
    g_ptr_array_free(set->changed, TRUE);
    g_ptr_array_free(set->members, TRUE);
    g_ptr_array_free(set->batches, TRUE);
    g_free(set);
}

struct member *mailset_find(const struct mailset *set, const char *message_id)
{
    const struct message_id *id = g_hash_table_lookup(set->ids, message_id);

    return id ? id->first : NULL;
}

struct member *member_parent(const struct member *member)
{
    struct member *parent = member->parent ? member->parent->first : NULL;

    return parent != member ? parent : NULL;
}

bool member_is_patch(const struct member *member)
{
    return member->mail->kind == MAIL_PATCH || member->mail->kind == MAIL_COVER;
}

uint32_t member_number(const struct member *member)
{
    return member->mail->numbered ? member->mail->number : 1;
}

gint member_compare_number(gconstpointer a, gconstpointer b)
{
    uint32_t x = member_number(*(struct member *const *)a);
    uint32_t y = member_number(*(struct member *const *)b);

    return (x > y) - (x < y);
}

static int64_t arrival(const struct member *member)
{
    return member->mail->place.arrival;
}

struct message_id *mailset_id(struct mailset *set, const char *text)
{
    struct message_id *id = g_hash_table_lookup(set->ids, text);

    if (!id) {
        id = g_new0(struct message_id, 1);
        id->text = text;
        g_hash_table_insert(set->ids, borrowed(text), id);
    }
    return id;
}

static void mark_changed(struct mailset *set, struct member *member)
{
    if (member->changed || !member_is_patch(member))
        return;
    member->changed = true;
    g_ptr_array_add(set->changed, member);
}

bool member_inherits(const struct member *member)
{
    return member->mail->numbered && member->mail->version == 0;
}

static uint32_t work_out_version(const struct member *member)
{
    const struct member *parent;

    if (member->mail->version != 0)
        return member->mail->version;
    parent = member_inherits(member) ? member_parent(member) : NULL;
    if (parent && parent->mail->numbered && parent->mail->total == member->mail->total)
        return parent->version;
    return 1;
}

/* The answers to ID have a new parent, or none any more. Versions go down the
 * thread only as far as they change, with a list instead of recursion: threads
 * of 100,000 mails are real. */
static void parent_changed(struct mailset *set, struct message_id *id)
{
    GPtrArray *ids = g_ptr_array_new();

    for (struct member *answer = id->answers; answer; answer = answer->next_answer)
        mark_changed(set, answer);
    g_ptr_array_add(ids, id);
    while (ids->len > 0) {
        struct message_id *next = g_ptr_array_steal_index_fast(ids, ids->len - 1);

        for (struct member *answer = next->answers; answer; answer = answer->next_answer) {
            uint32_t version = member_inherits(answer) ? work_out_version(answer) : answer->version;

            if (version == answer->version)
                continue;
            answer->version = version;
            mark_changed(set, answer);
            if (answer->id->first == answer)
                g_ptr_array_add(ids, answer->id);
        }
    }
    g_ptr_array_free(ids, TRUE);
}

/* A change of what ID means is always a loss and then a gain. In between, the
 * versions that came through ID are forgotten, so that in a loop of replies none
 * feeds itself. */
static void set_first(struct mailset *set, struct message_id *id, struct member *first)
{
    if (id->first == first)
        return;
    /* Both belong to their postings as before, but other postings that name ID mean another one now. */
    if (id->first) {
        mark_changed(set, id->first);
        id->first = NULL;
        parent_changed(set, id);
    }
    if (first) {
        mark_changed(set, first);
        first->version = work_out_version(first);
        id->first = first;
        parent_changed(set, id);
    }
}

/* Can another mail be the same? See mail_same(). */
static bool has_identity(const struct mail *mail)
{
    return mail->message_id[0] != '\0';
}

static void make_live(struct mailset *set, struct member *member)
{
    member->live = true;
    set->live++;
    if (has_identity(member->mail))
        g_hash_table_replace(set->identities, borrowed(member->mail), member);
    if (!member->id->first || arrival(member) < arrival(member->id->first))
        set_first(set, member->id, member);
    mark_changed(set, member);
}

static void make_dead(struct mailset *set, struct member *member)
{
    struct member *first = NULL;

    member->live = false;
    set->live--;
    if (has_identity(member->mail))
        g_hash_table_remove(set->identities, member->mail);
    mark_changed(set, member);
    if (member->id->first != member)
        return;
    for (struct member *copy = member->id->copies; copy; copy = copy->next_copy)
        if (copy->live && (!first || arrival(copy) < arrival(first)))
            first = copy;
    set_first(set, member->id, first);
}

static bool is_withdrawn(const struct mailset *set, const struct mail *mail)
{
    const struct mail *withdrawal = NULL;

    if (has_identity(mail))
        withdrawal = g_hash_table_lookup(set->withdrawals, mail);
    return withdrawal && mail->place.arrival < withdrawal->place.arrival;
}

/* Has the earliest copy of MEMBER's mail live that is not withdrawn. */
static void choose_copy(struct mailset *set, const struct member *member)
{
    struct member *live = g_hash_table_lookup(set->identities, member->mail);
    struct member *best = NULL;

    for (struct member *copy = member->id->copies; copy; copy = copy->next_copy)
        if (mail_same(copy->mail, member->mail) && !is_withdrawn(set, copy->mail) &&
            (!best || arrival(copy) < arrival(best)))
            best = copy;
    if (best == live)
        return;
    if (live)
        make_dead(set, live);
    if (best)
        make_live(set, best);
}

static void take_withdrawal(struct mailset *set, const struct mail *withdrawal)
{
    const struct mail *known;
    const struct member *live;

    if (!has_identity(withdrawal))
        return;
    known = g_hash_table_lookup(set->withdrawals, withdrawal);
    live = g_hash_table_lookup(set->identities, withdrawal);
    if (known && known->place.arrival >= withdrawal->place.arrival)
        return;
    g_hash_table_replace(set->withdrawals, borrowed(withdrawal), borrowed(withdrawal));
    if (live)
        choose_copy(set, live);
}

const char *mailset_intern(struct mailset *set, const char *text)
{
    char *interned = g_hash_table_lookup(set->texts, text);

    if (!interned) {
        interned = g_string_chunk_insert(set->strings, text);
        g_hash_table_add(set->texts, interned);
    }
    return interned;
}

static const char *intern_taking(struct mailset *set, char *text)
{
    const char *interned = mailset_intern(set, text);

    g_free(text);
    return interned;
}

/* What postings and series are told apart by, once for each patch. */
static void intern_patch(struct mailset *set, struct member *member)
{
    const struct mail *mail = member->mail;
    const char *author = mail->author_address[0] ? mail->author_address : mail->author_line;

    member->sender = intern_taking(set, lookup_sender(mail));
    member->author = intern_taking(set, g_ascii_strdown(author, -1));
    member->title = intern_taking(set, lookup_title(mail->title));
    member->release = mailset_intern(set, mail->release);
}

static struct member *add_member(struct mailset *set, const struct mail *mail, bool in_range)
{
    struct member *member = g_new0(struct member, 1);

    member->mail = mail;
    member->in_range = in_range;
    if (mail->message_id[0]) {
        member->id = mailset_id(set, mail->message_id);
    } else {
        member->id = g_new0(struct message_id, 1);
        member->id->text = "";
        g_ptr_array_add(set->nameless, member->id);
    }
    member->next_copy = member->id->copies;
    member->id->copies = member;
    if (mail->parent[0]) {
        member->parent = mailset_id(set, mail->parent);
        member->next_answer = member->parent->answers;
        member->parent->answers = member;
    }
    if (member_is_patch(member))
        intern_patch(set, member);
    member->version = work_out_version(member);
    g_ptr_array_add(set->members, member);
    return member;
}

static void take_mail(struct mailset *set, const struct mail *mail, bool in_range)
{
    struct member *member = add_member(set, mail, in_range);
    struct member *live = NULL;

    if (has_identity(mail))
        live = g_hash_table_lookup(set->identities, mail);
    if (is_withdrawn(set, mail))
        return;
    if (live && arrival(live) <= arrival(member))
        return;
    if (live)
        make_dead(set, live);
    make_live(set, member);
}

void mailset_take(struct mailset *set, struct mail_batch *batch, bool in_range)
{
    g_ptr_array_add(set->batches, batch);
    for (guint i = 0; i < batch->mails->len; i++) {
        const struct mail *mail = &g_array_index(batch->mails, struct mail, i);

        if (mail->withdrawal)
            take_withdrawal(set, mail);
        else
            take_mail(set, mail, in_range);
    }
}
