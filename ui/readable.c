/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "readable.h"

#include "digest.h"
#include "mail/message.h"

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
    if (message->limit)
        g_string_append_printf(out, "[-- %s --]\n\n", message->limit);
    report_append_text(out, message->text, message->length);
    message_free(message);
}
