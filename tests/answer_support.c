/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "answer_support.h"
#include "mail/message.h"

#include <string.h>

struct answer_request request_of(enum answer_kind kind)
{
    return (struct answer_request){
        .kind = kind, .from = ME, .list = "", .attribution = "", .indent = "> "};
}

char *field_of(const GString *mail, const char *name)
{
    struct message *message = message_parse(mail->str, mail->len);
    char *value = g_strdup(message_header(message, name));
    message_free(message);
    return value ? value : g_strdup("");
}

void assert_field(const GString *mail, const char *name, const char *wanted)
{
    char *value = field_of(mail, name);
    ck_assert_msg(strcmp(value, wanted) == 0, "%s: \"%s\", wanted \"%s\" in\n%s", name, value,
                  wanted, mail->str);
    g_free(value);
}
