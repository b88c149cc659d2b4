/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "readable.h"

#include "digest.h"
#include "mail/mail.h"
#include "mail/message.h"

static void append_note(GString *out, const char *limit)
{
    if (limit)
        g_string_append_printf(out, "[-- %s --]\n\n", limit);
}

/* What is kept of the mail beside its text. */
static void append_mail_limit(GString *out, const char *bytes, size_t length)
{
    static const struct mail_place nowhere;
    struct mail_batch *batch = mail_batch_new();
    mail_parse(batch, bytes, length, &nowhere, false);
    append_note(out, mail_limit(&g_array_index(batch->mails, struct mail, 0)));
    mail_batch_free(batch);
}

void readable_append(GString *out, const char *bytes, size_t length)
{
    static const char *const shown[] = {"Date", "From", "To", "Cc", "Subject", "Message-ID"};
    struct message *message = message_parse(bytes, length);
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        const char *value = message_header(message, shown[i]);
        if (!value)
            continue;
        g_string_append_printf(out, "%s: ", shown[i]);
        report_append_field(out, value);
        g_string_append_c(out, '\n');
    }
    g_string_append_c(out, '\n');
    append_note(out, message->limit);
    append_mail_limit(out, bytes, length);
    report_append_text(out, message->text, message->length);
    message_free(message);
}
