/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/lookup.h"

#include "hash.h"

#include <stdlib.h>

/* Behind those of enum lookup_kind, so that no such key is one of a text alone. */
#define KIND_RUN    256
#define KIND_ANSWER 257

uint64_t lookup_key(enum lookup_kind kind, const char *text)
{
    return hash_add(hash_add_text(hash_add(0, (guint64)kind + 1), text), 0);
}

uint64_t lookup_run_key(const char *sender, uint32_t version, uint32_t total, int64_t hour)
{
    guint64 hash = hash_add_text(hash_add(0, KIND_RUN), sender);

    return hash_add(hash_add(hash, (guint64)version << 32 | total), (guint64)hour);
}

uint64_t lookup_answer_key(const char *parent, uint32_t total)
{
    return hash_add(hash_add_text(hash_add(0, KIND_ANSWER), parent), total);
}

int64_t lookup_hour(int64_t date)
{
    return date / 3600 - (date % 3600 < 0);
}

char *lookup_title(const char *title)
{
    return g_utf8_casefold(title, -1);
}

char *lookup_sender(const struct mail *mail)
{
    return g_ascii_strdown(mail->sender_address[0] ? mail->sender_address : mail->sender_name, -1);
}

static void add_key(GArray *keys, enum lookup_kind kind, const char *text)
{
    uint64_t key = lookup_key(kind, text);

    if (text[0])
        g_array_append_val(keys, key);
}

static void add_keys(GArray *keys, enum lookup_kind kind, const char *const *texts)
{
    for (; *texts; texts++)
        add_key(keys, kind, *texts);
}

/* What joins numbered patches and covers to postings. */
static void add_numbered_key(GArray *keys, const struct mail *mail)
{
    char *sender = lookup_sender(mail);
    uint64_t key = mail->parent[0]
                       ? lookup_answer_key(mail->parent, mail->total)
                       : lookup_run_key(sender, mail->version != 0 ? mail->version : 1, mail->total,
                                        lookup_hour(mail->date));

    g_array_append_val(keys, key);
    g_free(sender);
}

static void add_patch_keys(GArray *keys, const struct mail *mail)
{
    char *title = lookup_title(mail->title);

    add_key(keys, LOOKUP_TITLE, title);
    add_key(keys, LOOKUP_CHANGE_ID, mail->change_id);
    add_key(keys, LOOKUP_PATCH, mail->parent);
    add_keys(keys, LOOKUP_PATCH, mail->references);
    add_keys(keys, LOOKUP_PATCH, mail->links);
    if (mail->numbered)
        add_numbered_key(keys, mail);
    g_free(title);
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Leaves each of the keys from FIRST on there once. */
static void drop_doubles(GArray *keys, guint first)
{
    guint kept = first;

    if (keys->len == first)
        return;
    qsort(&g_array_index(keys, uint64_t, first), keys->len - first, sizeof(uint64_t), compare_keys);
    for (guint i = first; i < keys->len; i++)
        if (i == first || g_array_index(keys, uint64_t, i) != g_array_index(keys, uint64_t, i - 1))
            g_array_index(keys, uint64_t, kept++) = g_array_index(keys, uint64_t, i);
    g_array_set_size(keys, kept);
}

void lookup_add_keys(const struct mail *mail, GArray *keys)
{
    guint first = keys->len;

    add_key(keys, LOOKUP_ID, mail->message_id);
    if (!mail->withdrawal && (mail->kind == MAIL_PATCH || mail->kind == MAIL_COVER))
        add_patch_keys(keys, mail);
    else if (!mail->withdrawal)
        add_key(keys, LOOKUP_REPLY, mail->parent);
    drop_doubles(keys, first);
}
