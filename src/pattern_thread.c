/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pattern_thread.h"

#include "hash.h"

static void add_threaded(GArray *thread, GHashTable *seen, struct member *member,
                         const struct posting *posting, guint above)
{
    const struct pattern_threaded threaded = { member, posting, above };

    if (g_hash_table_add(seen, member))
        g_array_append_val(thread, threaded);
}

/* Adds the answers under the mails of THREAD, and those under them. What belongs to
 * a posting is there already, or another series'. */
static void add_answers(GArray *thread, GHashTable *seen)
{
    for (guint i = 0; i < thread->len; i++) {
        const struct pattern_threaded asked = g_array_index(thread, struct pattern_threaded, i);

        /* Answers are to the mail that the id means. */
        if (asked.member->id->first != asked.member)
            continue;
        for (struct member *next = asked.member->id->answers; next; next = next->next_answer)
            if (next->live && !next->posting)
                add_threaded(thread, seen, next, asked.posting, i);
    }
}

GPtrArray *pattern_mails(const struct posting *posting)
{
    return posting->base ? posting_all_members(posting) : g_ptr_array_ref(posting->members);
}

static void add_posting(GArray *thread, GHashTable *seen, const struct posting *posting)
{
    GPtrArray *mails = pattern_mails(posting);

    for (guint i = 0; i < mails->len; i++) {
        struct member *member = g_ptr_array_index(mails, i);

        add_threaded(thread, seen, member, member->posting ? member->posting : posting, PATTERN_NOWHERE);
    }
    g_ptr_array_unref(mails);
}

GArray *pattern_thread(const struct pattern_subject *subject, bool whole)
{
    const struct posting *posting = subject->posting;
    GArray *thread = g_array_new(FALSE, FALSE, sizeof(struct pattern_threaded));
    GHashTable *seen = g_hash_table_new(hash_pointer, NULL);

    if (whole && posting) {
        const GPtrArray *postings = posting->series->postings;

        for (guint i = 0; i < postings->len; i++)
            add_posting(thread, seen, g_ptr_array_index(postings, i));
    } else if (subject->member) {
        add_threaded(thread, seen, (gpointer)(uintptr_t)subject->member, posting, PATTERN_NOWHERE);
    } else if (posting) {
        add_posting(thread, seen, posting);
    }
    add_answers(thread, seen);
    g_hash_table_destroy(seen);
    return thread;
}
