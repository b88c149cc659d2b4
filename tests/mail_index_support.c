/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail_index_support.h"
#include "support.h"

#include <string.h>

char *new_path(void)
{
    return support_path(support_folder(), "deep/list.index");
}

struct mail_index *open_to_write(const char *path)
{
    GError *error = NULL;
    struct mail_index *index = mail_index_open_to_write(path, &error);

    ck_assert_msg(index != NULL, "%s", error != NULL ? error->message : "");
    ck_assert(mail_index_lock(index));
    return index;
}

struct commit_id commit_of(int64_t rank)
{
    struct commit_id id;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
    gsize length = sizeof(id.bytes);

    g_checksum_update(sum, (const guchar *)&rank, sizeof(rank));
    g_checksum_get_digest(sum, id.bytes, &length);
    g_checksum_free(sum);
    return id;
}

char *message_id(int64_t rank)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "@example.org", rank);
}

void parse(struct mail_batch *batch, int64_t rank)
{
    struct mail_place place = { commit_of(rank), rank, START + rank };
    g_autofree char *text = g_strdup_printf(
        "From: Ann <ann@example.org>\nSubject: [PATCH] thing %d\nMessage-ID: <%d@example.org>\n\n"
        "diff --git a/a b/a\n", (int)rank, (int)rank);

    mail_parse(batch, text, strlen(text), &place, rank % 10 == 7);
}

void add(struct mail_index *index, int64_t rank, bool beginning)
{
    struct archive_commit commit = { .place = { commit_of(rank), 0, START + rank } };
    struct mail_batch *batch = mail_batch_new();

    if (!beginning)
        memcpy(commit.parent, commit_of(rank - 1).bytes, sizeof(commit.parent));
    parse(batch, rank);
    mail_index_add(index, rank, &commit,
                   rank % 10 == 5 ? NULL : &g_array_index(batch->mails, struct mail, 0));
    mail_batch_free(batch);
}

void add_run(struct mail_index *index, int64_t newest, int64_t oldest)
{
    for (int64_t rank = newest; rank >= oldest; rank--)
        add(index, rank, false);
}

void commit(struct mail_index *index)
{
    GError *error = NULL;

    ck_assert_msg(mail_index_commit(index, &error), "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(mail_index_pending(index), 0);
}

void assert_known(struct mail_index *index, int64_t rank)
{
    struct commit_id id = commit_of(rank);
    int64_t found = -1;

    ck_assert(mail_index_find(index, &id, &found));
    ck_assert_int_eq(found, rank);
}

void assert_unknown(struct mail_index *index, int64_t rank)
{
    struct commit_id id = commit_of(rank);
    int64_t found;

    ck_assert(!mail_index_find(index, &id, &found));
}

void assert_lookup(struct mail_index *index, uint64_t key, const char *expected)
{
    GArray *ranks = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GString *text = g_string_new(NULL);

    ck_assert(mail_index_lookup(index, key, ranks, NULL));
    for (guint i = 0; i < ranks->len; i++)
        g_string_append_printf(text, "%s%d", i > 0 ? " " : "",
                               (int)g_array_index(ranks, int64_t, i));
    ck_assert_str_eq(text->str, expected);
    g_string_free(text, TRUE);
    g_array_free(ranks, TRUE);
}

void assert_id_lookup(struct mail_index *index, int64_t rank, const char *expected)
{
    g_autofree char *id = message_id(rank);

    assert_lookup(index, lookup_key(LOOKUP_ID, id), expected);
}
