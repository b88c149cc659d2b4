/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a mail that is answered, and as a draft that is sent: the draft can always be
 * sent, to whom it says, and what is sent is a mail whose headers are lines of ASCII.
 *
 * Targets: src/mail/answer.c src/mail/answer_mail.c src/mail/recipients.c */
#include "fuzz.h"

#include "mail/answer.h"
#include "mail/mail.h"
#include "mail/message.h"

#include <string.h>

#define LINE_BYTES_MAX 998

static void check_sent(const GString *mail, const char *recipients)
{
    const char *end = strstr(mail->str, "\n\n");
    char *again, *subject;
    size_t column = 0;

    g_assert(end);
    for (const char *at = mail->str; at < end; at++)
        g_assert(*at == '\n' || *at == '\t' || (*at >= ' ' && *at < 0x7f));
    for (size_t i = 0; i < mail->len; i++) {
        column = mail->str[i] == '\n' ? 0 : column + 1;
        g_assert(column <= LINE_BYTES_MAX);
    }
    answer_describe(mail->str, (size_t)(end + 1 - mail->str), &again, &subject);
    /* GMime writes domains in small letters where they are IDNA, which is the same to DNS. */
    if (g_str_is_ascii(recipients))
        g_assert_cmpint(g_ascii_strcasecmp(again, recipients), ==, 0);
    g_free(subject);
    g_free(again);
}

/* Sends the LENGTH bytes at DRAFT. Could they be? */
static bool send_draft(const char *draft, size_t length)
{
    GError *error = NULL;
    GString *mail = answer_mail(draft, length, 0, "1", &error);
    char *recipients, *subject;

    g_assert(!mail == !!error);
    answer_describe(draft, length, &recipients, &subject);
    g_assert(g_utf8_validate(recipients, -1, NULL) && g_utf8_validate(subject, -1, NULL));
    g_assert(!strpbrk(recipients, "\r\n\033") && !strpbrk(subject, "\r\n\033"));
    if (mail)
        check_sent(mail, recipients);
    g_free(subject);
    g_free(recipients);
    if (error) {
        g_assert(g_utf8_validate(error->message, -1, NULL) && !strchr(error->message, '\n'));
        g_error_free(error);
        return false;
    }
    g_string_free(mail, TRUE);
    return true;
}

static void answer(const char *bytes, size_t length, enum answer_kind kind)
{
    const struct answer_request request = {
        .kind = kind,
        .from = "Mia <mia@example.org>",
        .list = "list",
        .attribution = "Somebody wrote:",
        .indent = "> ",
    };
    GError *error = NULL;
    GString *draft = answer_draft(bytes, length, &request, &error);

    g_assert(!draft == !!error);
    if (!draft) {
        g_error_free(error);
        return;
    }
    g_assert(g_utf8_validate(draft->str, (gssize)draft->len, NULL));
    for (size_t i = 0; i < draft->len; i++)
        g_assert(!g_ascii_iscntrl(draft->str[i]) || strchr("\t\n", draft->str[i]));
    g_assert(send_draft(draft->str, draft->len));
    g_string_free(draft, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static gsize started;
    /* A copy of its own, so that a byte too far is noticed. */
    char *bytes = g_memdup2(data, size);

    if (g_once_init_enter(&started)) {
        mail_startup();
        g_once_init_leave(&started, 1);
    }
    answer(bytes, size, ANSWER_SENDER);
    answer(bytes, size, ANSWER_GROUP);
    answer(bytes, size, ANSWER_LIST);
    send_draft(size ? bytes : "", size);
    g_free(bytes);
    return 0;
}
