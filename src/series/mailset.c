/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/mailset.h"

#include "hash.h"
#include "series/lookup.h"

#include <string.h>

/* Message-IDs in a block: an archive that is read has one and a half for each of its mails. */
#define IDS_IN_BLOCK 128

static guint id_hash(gconstpointer data)
{
    return hash_text(((const struct message_id *)data)->text);
}

static gboolean id_equal(gconstpointer a, gconstpointer b)
{
    return strcmp(((const struct message_id *)a)->text, ((const struct message_id *)b)->text) == 0;
}

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

    set->members = g_ptr_array_new();
    set->changed = g_ptr_array_new();
    set->moved = g_ptr_array_new();
    set->batches = g_ptr_array_new_with_free_func(free_batch);
    set->ids = g_hash_table_new(id_hash, id_equal);
    set->identities = g_hash_table_new(identity_hash, identity_equal);
    set->withdrawals = g_hash_table_new(identity_hash, identity_equal);
    set->texts = g_hash_table_new(hash_text, g_str_equal);
    set->strings = g_string_chunk_new(1 << 16);
    set->blocks = g_ptr_array_new_with_free_func(g_free);
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
    g_hash_table_destroy(set->texts);
    g_string_chunk_free(set->strings);
    g_hash_table_destroy(set->withdrawals);
    g_hash_table_destroy(set->identities);
    g_hash_table_destroy(set->ids);
    g_ptr_array_free(set->moved, TRUE);
    g_ptr_array_free(set->changed, TRUE);
    g_ptr_array_free(set->members, TRUE);
    g_ptr_array_free(set->blocks, TRUE);
    g_ptr_array_free(set->batches, TRUE);
    g_free(set);
}

static struct message_id *find_id(const struct mailset *set, const char *text)
{
    const struct message_id key = { .text = text };

    return g_hash_table_lookup(set->ids, &key);
}

struct member *mailset_find(const struct mailset *set, const char *message_id)
{
    const struct message_id *id = find_id(set, message_id);

    return id ? id->first : NULL;
}

struct member *member_parent(const struct member *member)
{
    struct member *parent = member->parent ? member->parent->first : NULL;

    return parent != member ? parent : NULL;
}

bool member_is_patch(const struct member *member)
{
    return member->patch != NULL;
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

static struct message_id *new_id(struct mailset *set, const char *text)
{
    struct message_id *id;

    if (set->fresh == 0) {
        set->fresh = IDS_IN_BLOCK;
        set->fresh_ids = g_new0(struct message_id, IDS_IN_BLOCK);
        g_ptr_array_add(set->blocks, set->fresh_ids);
    }
    id = &set->fresh_ids[IDS_IN_BLOCK - set->fresh--];
    id->text = text;
    return id;
}

struct message_id *mailset_id(struct mailset *set, const char *text)
{
    struct message_id *id = find_id(set, text);

    if (!id) {
        id = new_id(set, text);
        g_hash_table_add(set->ids, id);
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

/* What it has if it inherits none. */
static uint32_t own_version(const struct member *member)
{
    return member->mail->version != 0 ? member->mail->version : 1;
}

static uint32_t work_out_version(const struct member *member)
{
    const struct member *parent = member_inherits(member) ? member_parent(member) : NULL;

    if (parent && parent->mail->numbered && parent->mail->total == member->mail->total)
        return parent->version;
    return own_version(member);
}

/* The answers to ID have a new parent, or none any more. Versions go down the
 * thread only as far as they change, with a list instead of recursion: threads
 * of 100,000 mails are real. IDS is empty before and after. */
static void parent_changed(struct mailset *set, struct message_id *id, GPtrArray *ids)
{
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
}

/* A change of what ID means is always a loss and then a gain. In between, the versions that came
 * through it are forgotten, so that in a loop of replies none feeds itself. All that moved lose
 * first: what each answers is looked at twice, however often its meaning changed. */
void mailset_settle(struct mailset *set)
{
    GPtrArray *ids = g_ptr_array_new();
    struct member **firsts = g_new(struct member *, set->moved->len);

    for (guint i = 0; i < set->moved->len; i++) {
        struct message_id *id = g_ptr_array_index(set->moved, i);

        firsts[i] = id->first;
        id->first = NULL;
    }
    for (guint i = 0; i < set->moved->len; i++) {
        struct message_id *id = g_ptr_array_index(set->moved, i);

        if (id->lost)
            parent_changed(set, id, ids);
        id->moved = id->lost = false;
    }
    for (guint i = 0; i < set->moved->len; i++) {
        struct message_id *id = g_ptr_array_index(set->moved, i);

        if (!firsts[i])
            continue;
        firsts[i]->version = work_out_version(firsts[i]);
        id->first = firsts[i];
        parent_changed(set, id, ids);
    }
    g_ptr_array_free(set->moved, TRUE);
    set->moved = g_ptr_array_new();
    g_free(firsts);
    g_ptr_array_free(ids, TRUE);
}

static void set_first(struct mailset *set, struct message_id *id, struct member *first)
{
    if (id->first == first)
        return;
    if (!id->moved) {
        id->moved = true;
        id->lost = id->first != NULL;
        g_ptr_array_add(set->moved, id);
    }
    /* Both belong to their postings as before, but other postings that name ID mean another one now. */
    if (id->first)
        mark_changed(set, id->first);
    if (first)
        mark_changed(set, first);
    id->first = first;
}

/* Can another mail be the same? See mail_same(). */
static bool has_identity(const struct mail *mail)
{
    return mail->message_id[0] != '\0';
}

static bool has_copies(const struct message_id *id)
{
    return id->copies && id->copies->next_copy;
}

/* The live one of the copies of MAIL, whose Message-ID is ID, or NULL. */
static struct member *live_copy(const struct mailset *set, const struct message_id *id,
                                const struct mail *mail)
{
    struct member *only = id->copies;

    if (!has_identity(mail) || !only)
        return NULL;
    if (has_copies(id))
        return g_hash_table_lookup(set->identities, mail);
    return only->live && mail_same(only->mail, mail) ? only : NULL;
}

static void make_live(struct mailset *set, struct member *member)
{
    member->live = true;
    set->live++;
    if (has_copies(member->id))
        g_hash_table_replace(set->identities, borrowed(member->mail), member);
    if (!member->id->first || arrival(member) < arrival(member->id->first))
        set_first(set, member->id, member);
    mark_changed(set, member);
}

/* Without a say in what its Message-ID means from here on. */
static void make_dead(struct mailset *set, struct member *member)
{
    member->live = false;
    set->live--;
    if (has_copies(member->id))
        g_hash_table_remove(set->identities, member->mail);
    mark_changed(set, member);
}

/* ID means the earliest of those that are live. */
static void choose_first(struct mailset *set, struct message_id *id)
{
    struct member *first = NULL;

    for (struct member *copy = id->copies; copy; copy = copy->next_copy)
        if (copy->live && (!first || arrival(copy) < arrival(first)))
            first = copy;
    set_first(set, id, first);
}

static bool is_withdrawn(const struct mailset *set, const struct mail *mail)
{
    const struct mail *withdrawal = NULL;

    /* Most archives withdraw nothing. */
    if (g_hash_table_size(set->withdrawals) > 0 && has_identity(mail))
        withdrawal = g_hash_table_lookup(set->withdrawals, mail);
    return withdrawal && mail->place.arrival < withdrawal->place.arrival;
}

/* Has the earliest copy of LIVE's mail live that is not withdrawn. */
static void choose_copy(struct mailset *set, struct member *live)
{
    struct member *best = NULL;

    for (struct member *copy = live->id->copies; copy; copy = copy->next_copy)
        if (mail_same(copy->mail, live->mail) && !is_withdrawn(set, copy->mail) &&
            (!best || arrival(copy) < arrival(best)))
            best = copy;
    if (best == live)
        return;
    make_dead(set, live);
    if (best)
        make_live(set, best);
    if (live->id->first == live)
        choose_first(set, live->id);
}

static void take_withdrawal(struct mailset *set, const struct mail *withdrawal)
{
    const struct mail *known;
    const struct message_id *id;
    struct member *live;

    if (!has_identity(withdrawal))
        return;
    known = g_hash_table_lookup(set->withdrawals, withdrawal);
    id = find_id(set, withdrawal->message_id);
    live = id ? live_copy(set, id, withdrawal) : NULL;
    if (known && known->place.arrival >= withdrawal->place.arrival)
        return;
    g_hash_table_replace(set->withdrawals, borrowed(withdrawal), borrowed(withdrawal));
    if (live)
        choose_copy(set, live);
}

const char *mailset_intern(struct mailset *set, const char *text)
{
    const char *interned = g_hash_table_lookup(set->texts, text);

    if (!interned) {
        g_hash_table_add(set->texts, borrowed(text));
        interned = text;
    }
    return interned;
}

/* FOLDED interned, which it frees: most often it is TEXT, which need not be there twice. */
static const char *intern_folded(struct mailset *set, const char *text, char *folded)
{
    const char *interned = g_hash_table_lookup(set->texts, folded);

    if (!interned)
        interned = mailset_intern(set, strcmp(text, folded) == 0
                                           ? text
                                           : g_string_chunk_insert(set->strings, folded));
    g_free(folded);
    return interned;
}

/* What postings and series are told apart by, once for each patch. BEFORE is that of the mail
 * before, or NULL: those of a posting arrive together, and their mails share the strings of people. */
static void intern_patch(struct mailset *set, struct member *member, const struct member *before)
{
    const struct mail *mail = member->mail, *other = before ? before->mail : mail;
    const char *author = mail->author_address[0] ? mail->author_address : mail->author_line;

    if (before && mail->sender_address == other->sender_address &&
        mail->sender_name == other->sender_name)
        member->patch->sender = before->patch->sender;
    else
        member->patch->sender = intern_folded(set, mail->sender_address, lookup_sender(mail));
    if (before && mail->author_address == other->author_address &&
        mail->author_line == other->author_line)
        member->patch->author = before->patch->author;
    else
        member->patch->author = intern_folded(set, author, g_ascii_strdown(author, -1));
    member->patch->title = intern_folded(set, mail->title, lookup_title(mail->title));
    member->patch->release = mailset_intern(set, mail->release);
}

static void add_copy(struct mailset *set, struct member *member)
{
    struct member *only = member->id->copies;

    member->next_copy = only;
    member->id->copies = member;
    if (only && !only->next_copy && only->live)
        g_hash_table_insert(set->identities, borrowed(only->mail), only);
}

static void add_member(struct mailset *set, struct member *member)
{
    const struct mail *mail = member->mail;

    member->id = mail->message_id[0] ? mailset_id(set, mail->message_id) : new_id(set, "");
    add_copy(set, member);
    if (mail->parent[0]) {
        member->parent = mailset_id(set, mail->parent);
        member->next_answer = member->parent->answers;
        member->parent->answers = member;
    }
    /* What it inherits from a mail that moved has to wait for mailset_settle(). */
    member->version = member->parent && member->parent->moved ? own_version(member)
                                                              : work_out_version(member);
    g_ptr_array_add(set->members, member);
}

/* Has it shown, if it is, and no copy that arrived later. */
static void show_member(struct mailset *set, struct member *member)
{
    struct member *live = NULL;

    if (has_copies(member->id))
        live = live_copy(set, member->id, member->mail);
    if (is_withdrawn(set, member->mail))
        return;
    if (live && arrival(live) <= arrival(member))
        return;
    if (live)
        make_dead(set, live);
    make_live(set, member);
}

static bool is_patch_mail(const struct mail *mail)
{
    return !mail->withdrawal && (mail->kind == MAIL_PATCH || mail->kind == MAIL_COVER);
}

static guint count_patches(const GArray *mails)
{
    guint count = 0;

    for (guint i = 0; i < mails->len; i++)
        count += is_patch_mail(&g_array_index(mails, struct mail, i));
    return count;
}

void mailset_take(struct mailset *set, struct mail_batch *batch, bool in_range)
{
    struct member *members = g_new0(struct member, batch->mails->len), *before = NULL;
    struct member_patch *patches = g_new0(struct member_patch, count_patches(batch->mails));

    g_ptr_array_add(set->batches, batch);
    g_ptr_array_add(set->blocks, members);
    g_ptr_array_add(set->blocks, patches);
    for (guint i = 0; i < batch->mails->len; i++) {
        const struct mail *mail = &g_array_index(batch->mails, struct mail, i);

        if (mail->withdrawal) {
            take_withdrawal(set, mail);
            continue;
        }
        members->mail = mail;
        members->in_range = in_range;
        if (is_patch_mail(mail)) {
            members->patch = patches++;
            intern_patch(set, members, before);
            before = members;
        }
        add_member(set, members);
        show_member(set, members++);
    }
}
