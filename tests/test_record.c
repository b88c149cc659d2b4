/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mails as records: what was written is read again, and what is damaged is refused. */
#include "store/record.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static const char *const none[] = { NULL };

/* A mail without anything, to be filled in. */
static struct mail plain_mail(void)
{
    return (struct mail) { .message_id = "", .subject = "", .title = "", .release = "",
                           .sender_name = "", .sender_address = "", .author_line = "",
                           .author_address = "", .change_id = "", .references = none, .parent = "",
                           .links = none, .trailers = none };
}

static const struct mail_place place = { { { 1, 2, 3 } }, 17, 1795188600 };

static const char patch[] =
    "From: \"Jane Q. Doe\" <jane@example.org>\n"
    "To: list@example.com\n"
    "Subject: [RFC PATCH net 6.1.y v3 2/5] caf\xc3\xa9: grind the beans\n"
    "Date: Fri, 20 Nov 2026 10:30:00 +0100\n"
    "Message-ID: <v3-2@example.org>\n"
    "References: <v3-0@example.org> <v2-0@example.org>\n"
    "In-Reply-To: <v3-0@example.org>\n"
    "X-Change-Id: beans-20261101\n"
    "Content-Type: text/plain; charset=utf-8\n"
    "\n"
    "From: Zo\xc3\xab <zoe@example.com>\n"
    "\n"
    "Grind them.\n"
    "\n"
    "Link: https://lore.kernel.org/r/v2-2@example.org\n"
    "Link: https://lore.kernel.org/r/v1-2@example.org\n"
    "Reviewed-by: Ann <ann@example.org>\n"
    "Tested-by: Bob <bob@example.org>\n"
    "Signed-off-by: Zo\xc3\xab <zoe@example.com>\n"
    "---\n"
    "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n";

static void assert_texts(const char *const *a, const char *const *b)
{
    for (; *a != NULL && *b != NULL; a++, b++)
        ck_assert_str_eq(*a, *b);
    ck_assert_ptr_null(*a);
    ck_assert_ptr_null(*b);
}

static void assert_mails(const struct mail *a, const struct mail *b)
{
    ck_assert_mem_eq(&a->place.commit, &b->place.commit, sizeof(a->place.commit));
    ck_assert_int_eq(a->place.arrival, b->place.arrival);
    ck_assert_int_eq(a->place.received, b->place.received);
    ck_assert_int_eq(a->date, b->date);
    ck_assert_str_eq(a->message_id, b->message_id);
    ck_assert_str_eq(a->subject, b->subject);
    ck_assert_int_eq(a->title - a->subject, b->title - b->subject);
    ck_assert_str_eq(a->release, b->release);
    ck_assert_str_eq(a->sender_name, b->sender_name);
    ck_assert_str_eq(a->sender_address, b->sender_address);
    ck_assert_str_eq(a->author_line, b->author_line);
    ck_assert_str_eq(a->author_address, b->author_address);
    ck_assert_str_eq(a->change_id, b->change_id);
    assert_texts(a->references, b->references);
    ck_assert_str_eq(a->parent, b->parent);
    assert_texts(a->links, b->links);
    assert_texts(a->trailers, b->trailers);
    ck_assert_uint_eq(a->version, b->version);
    ck_assert_uint_eq(a->number, b->number);
    ck_assert_uint_eq(a->total, b->total);
    ck_assert_uint_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->numbered, b->numbered);
    ck_assert_uint_eq(a->rfc, b->rfc);
    ck_assert_uint_eq(a->withdrawal, b->withdrawal);
}

/* Writes MAIL behind other bytes, and reads it at MAIL's place from bytes that are nowhere
 * aligned. */
static void assert_round(const struct mail *mail)
{
    struct mail_batch *batch = mail_batch_new();
    GByteArray *record = g_byte_array_new();

    g_byte_array_append(record, (const guint8 *)"xyz", 3);
    record_write(mail, record);
    ck_assert(record_read(batch, record->data + 3, record->len - 3, &mail->place));
    ck_assert(record_withdraws(record->data + 3, record->len - 3) == mail->withdrawal);
    memset(record->data, '#', record->len);
    g_byte_array_free(record, TRUE);
    ck_assert_uint_eq(batch->mails->len, 1);
    assert_mails(mail, &g_array_index(batch->mails, struct mail, 0));
    mail_batch_free(batch);
}

static struct mail_batch *parse_patch(void)
{
    struct mail_batch *batch = mail_batch_new();

    mail_parse(batch, patch, strlen(patch), &place, false);
    return batch;
}

START_TEST(test_patch)
{
    struct mail_batch *batch = parse_patch();
    struct mail *mail = &g_array_index(batch->mails, struct mail, 0);

    /* Nothing of it is left out by mistake. */
    ck_assert_str_eq(mail->author_address, "zoe@example.com");
    ck_assert_str_eq(mail->parent, "v3-0@example.org");
    ck_assert_ptr_nonnull(mail->references[1]);
    ck_assert_ptr_nonnull(mail->links[1]);
    ck_assert_ptr_nonnull(mail->trailers[1]);
    ck_assert_uint_eq(mail->kind, MAIL_PATCH);
    ck_assert(mail->numbered && mail->rfc && *mail->release != '\0' && *mail->change_id != '\0');
    assert_round(mail);
    mail_batch_free(batch);
}
END_TEST

START_TEST(test_empty)
{
    struct mail mail = plain_mail();

    assert_round(&mail);
    mail.withdrawal = true;
    assert_round(&mail);
}
END_TEST

START_TEST(test_numbers)
{
    static const int64_t dates[] = { INT64_MIN, -1, 0, 1, 63, 64, 1795188600, INT64_MAX };
    struct mail mail = plain_mail();

    for (size_t i = 0; i < G_N_ELEMENTS(dates); i++) {
        mail.date = dates[i];
        assert_round(&mail);
    }
    mail.version = mail.number = mail.total = UINT32_MAX;
    assert_round(&mail);
    for (uint8_t kind = MAIL_OTHER; kind <= MAIL_PATCH; kind++) {
        mail.kind = kind;
        assert_round(&mail);
    }
}
END_TEST

/* The parent is one of the references, none of them, or not there. */
START_TEST(test_parents)
{
    static const char *const references[] = { "a@example.org", "b@example.org", NULL };
    struct mail mail = plain_mail();

    mail.parent = "c@example.org";
    assert_round(&mail);
    mail.references = references;
    assert_round(&mail);
    mail.parent = "a@example.org";
    assert_round(&mail);
    mail.parent = "b@example.org";
    assert_round(&mail);
    mail.parent = "";
    assert_round(&mail);
}
END_TEST

/* More than any mail has. */
START_TEST(test_long)
{
    struct mail mail = plain_mail();
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *subject = g_strnfill(100000, 's');

    for (int i = 0; i < 3000; i++)
        g_ptr_array_add(texts, g_strdup_printf("%d@example.org", i));
    g_ptr_array_add(texts, NULL);
    mail.references = mail.links = mail.trailers = (const char *const *)texts->pdata;
    mail.parent = mail.references[2999];
    mail.subject = subject;
    mail.title = subject + 99999;
    assert_round(&mail);
    mail.title = subject + 100000;
    assert_round(&mail);
    g_ptr_array_free(texts, TRUE);
}
END_TEST

/* Where a mail lies is no part of its record. */
START_TEST(test_same)
{
    struct mail_batch *one = parse_patch();
    struct mail_batch *two = parse_patch();
    GByteArray *a = g_byte_array_new();
    GByteArray *b = g_byte_array_new();

    g_array_index(two->mails, struct mail, 0).place = (struct mail_place) { { { 9 } }, 4, 7 };
    record_write(&g_array_index(one->mails, struct mail, 0), a);
    record_write(&g_array_index(two->mails, struct mail, 0), b);
    ck_assert_uint_eq(a->len, b->len);
    ck_assert_mem_eq(a->data, b->data, a->len);
    g_byte_array_free(a, TRUE);
    g_byte_array_free(b, TRUE);
    mail_batch_free(one);
    mail_batch_free(two);
}
END_TEST

static bool readable(const uint8_t *bytes, size_t length)
{
    struct mail_batch *batch = mail_batch_new();
    /* A copy of its own, so that a byte too far is noticed. */
    uint8_t *copy = g_memdup2(bytes, length);
    bool read = record_read(batch, copy, length, &place);

    ck_assert_uint_eq(batch->mails->len, read ? 1 : 0);
    g_free(copy);
    mail_batch_free(batch);
    return read;
}

START_TEST(test_damaged)
{
    struct mail_batch *batch = parse_patch();
    GByteArray *record = g_byte_array_new();

    record_write(&g_array_index(batch->mails, struct mail, 0), record);
    ck_assert(readable(record->data, record->len));
    for (guint i = 0; i < record->len; i++) {
        ck_assert(!readable(record->data, i));
        for (int bit = 0; bit < 8; bit++) {
            record->data[i] ^= (guint8)(1 << bit);
            ck_assert(!readable(record->data, record->len));
            record->data[i] ^= (guint8)(1 << bit);
        }
    }
    g_byte_array_append(record, (const guint8 *)"", 1);
    ck_assert(!readable(record->data, record->len));
    g_byte_array_free(record, TRUE);
    mail_batch_free(batch);
}
END_TEST

/* Is the record of the LENGTH BYTES, to which the right checksum is added, read? */
static bool sealed_readable(const char *bytes, size_t length)
{
    GByteArray *record = g_byte_array_new();
    uint32_t sum = GUINT32_TO_LE(record_checksum((const uint8_t *)bytes, length));
    bool read;

    g_byte_array_append(record, (const guint8 *)bytes, (guint)length);
    g_byte_array_append(record, (const guint8 *)&sum, sizeof(sum));
    read = readable(record->data, record->len);
    g_byte_array_free(record, TRUE);
    return read;
}

/* Nine numbers; message-id, subject and six more texts. */
#define NUMBERS "\x30\2\0\0\0"
#define LISTS "\0\0\0"
#define ENDLESS "\xff\xff\xff\xff\xff\xff\xff\xff\xff"
#define SIX "\0\0\0\0\0"

#define assert_refused(bytes) ck_assert(!sealed_readable(bytes, sizeof(bytes) - 1))
#define assert_taken(bytes) ck_assert(sealed_readable(bytes, sizeof(bytes) - 1))

/* Bytes that bear the right checksum and are no record. */
START_TEST(test_forged)
{
    assert_taken(NUMBERS "\1" LISTS "\0" "i\0" "s\xc3\xa9\0" SIX);
    assert_refused("");
    assert_refused("\x30");
    assert_refused(NUMBERS "\1" LISTS);
    assert_refused(NUMBERS "\1" LISTS "\0");
    /* A kind that is none. */
    assert_refused("\x50\2\0\0\0" "\1" LISTS "\0" "i\0" "s\xc3\xa9\0" SIX);
    /* A title in the middle of a character, and behind the end. */
    assert_refused(NUMBERS "\2" LISTS "\0" "i\0" "s\xc3\xa9\0" SIX);
    assert_taken(NUMBERS "\3" LISTS "\0" "i\0" "s\xc3\xa9\0" SIX);
    assert_refused(NUMBERS "\4" LISTS "\0" "i\0" "s\xc3\xa9\0" SIX);
    assert_refused(NUMBERS ENDLESS "\1" LISTS "\0" "i\0" "s\xc3\xa9\0" SIX);
    /* No UTF-8, cut short too. */
    assert_refused(NUMBERS "\0" LISTS "\0" "\xff\0" "s\0" SIX);
    assert_refused(NUMBERS "\0" LISTS "\0" "i\0" "s\xc3\0" SIX);
    /* A text too many, one too few, one without an end. */
    assert_refused(NUMBERS "\0" LISTS "\0" "i\0" "s\0" SIX "\0");
    assert_refused(NUMBERS "\0" LISTS "\0" "i\0" "s\0" "\0\0\0\0");
    assert_refused(NUMBERS "\0" LISTS "\0" "i\0" "s\0" "\0\0\0\0c");
    /* Lists longer than the record. */
    assert_taken(NUMBERS "\0" "\1\0\1" "\1" "i\0" "s\0" SIX "r\0" "t\0");
    assert_refused(NUMBERS "\0" "\2\0\1" "\1" "i\0" "s\0" SIX "r\0" "t\0");
    assert_refused(NUMBERS "\0" ENDLESS "\1\0\0" "\0" "i\0" "s\0" SIX);
    assert_refused(NUMBERS "\0" ENDLESS "\xff\xff\0\0" "\0" "i\0" "s\0" SIX);
    /* A parent that is no reference. */
    assert_taken(NUMBERS "\0" "\1\0\0" "\2" "i\0" "s\0" SIX "p\0" "r\0");
    assert_refused(NUMBERS "\0" "\1\0\0" "\3" "i\0" "s\0" SIX "p\0" "r\0");
    /* A version that is too large for one, and a number that never ends. */
    assert_refused("\x30\2\xff\xff\xff\xff\x10\0\0" "\1" LISTS "\0" "i\0" "s\xc3\xa9\0" SIX);
    assert_refused("\x30" ENDLESS ENDLESS);
}
END_TEST

/* A batch goes on after a record that was refused, and what was read before stays. */
START_TEST(test_batch)
{
    struct mail_batch *parsed = parse_patch();
    const struct mail *mail = &g_array_index(parsed->mails, struct mail, 0);
    struct mail_batch *batch = mail_batch_new();
    GByteArray *record = g_byte_array_new();

    record_write(mail, record);
    for (int i = 0; i < 100; i++) {
        ck_assert(record_read(batch, record->data, record->len, &place));
        ck_assert(!record_read(batch, record->data, record->len - 1, &place));
    }
    g_byte_array_free(record, TRUE);
    ck_assert_uint_eq(batch->mails->len, 100);
    for (guint i = 0; i < 100; i++)
        assert_mails(mail, &g_array_index(batch->mails, struct mail, i));
    mail_batch_free(batch);
    mail_batch_free(parsed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record");
    TCase *whole = tcase_create("whole");
    TCase *broken = tcase_create("broken");

    mail_startup();
    tcase_add_test(whole, test_patch);
    tcase_add_test(whole, test_empty);
    tcase_add_test(whole, test_numbers);
    tcase_add_test(whole, test_parents);
    tcase_add_test(whole, test_long);
    tcase_add_test(whole, test_same);
    tcase_add_test(whole, test_batch);
    suite_add_tcase(suite, whole);
    tcase_add_test(broken, test_damaged);
    tcase_add_test(broken, test_forged);
    suite_add_tcase(suite, broken);
    return run_suite(suite);
}
