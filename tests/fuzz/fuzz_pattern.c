/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any line as a pattern, and behind its end any bytes as a mail that it is asked of: an error is one
 * line, and a mail has an answer that its text settles.
 *
 * Targets: src/pattern.c src/pattern_parse.c src/pattern_range.c src/pattern_read.c src/pattern_match.c
 * src/expression.c */
#include "fuzz.h"

#include "pattern.h"

#include <glib.h>
#include <string.h>

/* A Friday in November. */
#define NOW INT64_C(1795188600)

static void ask(const struct pattern *pattern, const char *bytes, size_t length)
{
    static const char *const none[] = { NULL };
    struct message_id id = { .text = "" };
    struct mail mail = { .message_id = "", .subject = "a subject", .title = "", .sender_name = "name",
                         .sender_address = "name@example.org", .author_line = "name",
                         .references = none, .links = none, .trailers = none };
    struct member member = { .mail = &mail, .id = &id, .live = true };
    const struct pattern_subject subject = { .member = &member };
    struct pattern_texts *texts = pattern_texts_new();
    GPtrArray *wanted = g_ptr_array_new();
    enum pattern_answer answer;

    id.first = id.copies = &member;
    answer = pattern_match(pattern, &subject, NULL);
    g_assert(answer != PATTERN_UNREAD || pattern_needs_texts(pattern));
    pattern_wanted(pattern, &subject, NULL, wanted);
    g_assert(wanted->len == (answer == PATTERN_UNREAD));
    pattern_texts_add(texts, &member, pattern_read(pattern, bytes, length));
    g_assert(pattern_match(pattern, &subject, texts) != PATTERN_UNREAD);
    g_ptr_array_free(wanted, TRUE);
    pattern_texts_free(texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static gsize started;
    char *text = g_strndup((const char *)data, size);
    size_t length = MIN(strlen(text) + 1, size);
    GError *error = NULL;
    struct pattern *pattern;

    if (g_once_init_enter(&started)) {
        mail_startup();
        g_once_init_leave(&started, 1);
    }
    pattern = pattern_new(text, "~f %s | ~s %s", NOW, &error);
    g_assert(!pattern == !!error);
    if (pattern)
        ask(pattern, (const char *)data + length, size - length);
    else
        g_assert(error->message[0] && !strchr(error->message, '\n'));
    g_clear_error(&error);
    pattern_free(pattern);
    g_free(text);
    return 0;
}
