/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a record, as they are and with the checksum that they should have: what is accepted
 * is a mail as mail.h promises it and, written again, reads the same.
 *
 * Targets: src/store/record.c */
#include "fuzz.h"

#include "store/record.h"

#include <string.h>

static void check_text(const char *text)
{
    g_assert(text);
    g_assert(g_utf8_validate(text, -1, NULL));
}

static void check_same(const char *a, const char *b)
{
    check_text(a);
    g_assert(strcmp(a, b) == 0);
}

static void check_lists(const char *const *a, const char *const *b)
{
    for (; *a; a++, b++)
        check_same(*a, *b);
    g_assert(!*b);
}

static void check_mails(const struct mail *a, const struct mail *b)
{
    check_same(a->message_id, b->message_id);
    check_same(a->subject, b->subject);
    check_text(a->title);
    g_assert(a->title >= a->subject && a->title <= a->subject + strlen(a->subject));
    g_assert(a->title - a->subject == b->title - b->subject);
    check_same(a->release, b->release);
    check_same(a->sender_name, b->sender_name);
    check_same(a->sender_address, b->sender_address);
    check_same(a->author_line, b->author_line);
    check_same(a->author_address, b->author_address);
    check_same(a->change_id, b->change_id);
    check_same(a->parent, b->parent);
    check_lists(a->references, b->references);
    check_lists(a->links, b->links);
    check_lists(a->trailers, b->trailers);
    g_assert(a->date == b->date && a->version == b->version && a->number == b->number);
    g_assert(a->total == b->total && a->kind == b->kind && a->kind <= MAIL_PATCH);
    g_assert(a->numbered == b->numbered && a->rfc == b->rfc && a->withdrawal == b->withdrawal);
}

static void check_record(const uint8_t *bytes, size_t length)
{
    static const struct mail_place place;
    struct mail_batch *batch = mail_batch_new();
    GByteArray *again = g_byte_array_new();

    if (record_read(batch, bytes, length, &place)) {
        record_write(&g_array_index(batch->mails, struct mail, 0), again);
        g_assert(record_read(batch, again->data, again->len, &place));
        check_mails(&g_array_index(batch->mails, struct mail, 0),
                    &g_array_index(batch->mails, struct mail, 1));
    } else {
        g_assert(batch->mails->len == 0);
    }
    g_byte_array_free(again, TRUE);
    mail_batch_free(batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t sum = GUINT32_TO_LE(record_checksum(data, size));
    /* Copies of their own, so that a byte too far is noticed. */
    uint8_t *bytes = g_memdup2(data, size);

    check_record(bytes, size);
    bytes = g_realloc(bytes, size + sizeof(sum));
    memcpy(bytes + size, &sum, sizeof(sum));
    check_record(bytes, size + sizeof(sum));
    g_free(bytes);
    return 0;
}
