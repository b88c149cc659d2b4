/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a mail, and its first line as a subject: what the index keeps of it and what the pager shows
 * hold what mail.h, message.h and subject.h promise.
 *
 * Targets: src/mail/mail.c src/mail/message.c src/mail/header.c src/mail/charset.c src/mail/address.c
 * src/mail/body.c src/mail/subject.c src/mail/pool.c src/mail/fingerprint.c */
#include "fuzz.h"

#include "mail/fingerprint.h"
#include "mail/mail.h"
#include "mail/message.h"
#include "mail/subject.h"

#include <string.h>

static void check_text(const char *text)
{
    g_assert(text);
    g_assert(g_utf8_validate(text, -1, NULL));
}

static void check_line(const char *text)
{
    check_text(text);
    g_assert(!strpbrk(text, "\r\n"));
}

static void check_ids(const char *const *ids)
{
    for (; *ids; ids++) {
        check_line(*ids);
        g_assert(**ids);
    }
}

static void check_mail(const struct mail *mail)
{
    check_line(mail->message_id);
    check_line(mail->subject);
    check_line(mail->title);
    g_assert(mail->title >= mail->subject &&
             mail->title <= mail->subject + strlen(mail->subject));
    check_line(mail->release);
    check_line(mail->sender_name);
    check_line(mail->sender_address);
    check_line(mail->author_line);
    check_line(mail->author_address);
    check_line(mail->change_id);
    check_line(mail->parent);
    check_ids(mail->references);
    check_ids(mail->links);
    g_assert(mail->kind != MAIL_COVER || (mail->numbered && mail->number == 0));
}

static void check_message(const char *bytes, size_t length)
{
    struct message *message = message_parse(bytes, length);

    g_assert(strlen(message->text) == message->length);
    check_text(message->text);
    g_assert(!strchr(message->text, '\r') || message->length > 0);
    for (guint i = 0; i < message->headers->len; i++) {
        const struct message_header *header =
            &g_array_index(message->headers, struct message_header, i);

        check_line(header->name);
        check_line(header->value);
    }
    message_free(message);
}

static void check_subject(const char *bytes, size_t length)
{
    const char *feed = length > 0 ? memchr(bytes, '\n', length) : NULL;
    char *line = g_strndup(length > 0 ? bytes : "", feed ? (size_t)(feed - bytes) : length);
    GString *answer = g_string_new(NULL), *again = g_string_new(NULL);
    struct subject subject;

    subject_parse(line, &subject);
    g_assert(subject.title <= strlen(line));
    g_assert(memchr(subject.release, '\0', sizeof subject.release));
    g_assert(subject.version <= SUBJECT_NUMBER_MAX);
    g_assert(subject.number <= SUBJECT_NUMBER_MAX && subject.total <= SUBJECT_NUMBER_MAX);
    g_assert(subject.numbered || (subject.number == 0 && subject.total == 0));
    subject_append_answer(answer, line);
    g_assert(g_str_has_prefix(answer->str, "Re: "));
    subject_append_answer(again, answer->str);
    g_assert(g_string_equal(answer, again));
    g_string_free(answer, TRUE);
    g_string_free(again, TRUE);
    g_free(line);
}

/* The same bytes do the same, written down and read again. */
static void check_fingerprint(const char *bytes, size_t length)
{
    const struct fingerprint fingerprint = fingerprint_of(bytes, length);
    struct fingerprint again;
    char text[FINGERPRINT_TEXT_SIZE];

    fingerprint_text(&fingerprint, text);
    g_assert(fingerprint_parse(text, &again));
    g_assert(memcmp(&fingerprint, &again, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mail_place place;
    static gsize started;
    struct mail_batch *batch = mail_batch_new();
    /* A copy of its own, so that a byte too far is noticed. */
    char *bytes = g_memdup2(data, size);

    if (g_once_init_enter(&started)) {
        mail_startup();
        g_once_init_leave(&started, 1);
    }
    mail_parse(batch, bytes, size, &place, false);
    g_assert(batch->mails->len == 1);
    check_mail(&g_array_index(batch->mails, struct mail, 0));
    mail_batch_free(batch);
    check_message(bytes, size);
    check_subject(bytes, size);
    check_fingerprint(bytes, size);
    g_free(bytes);
    return 0;
}
