/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the text of a mail: its lines, put together, are the text again.
 *
 * Targets: src/mail/text.c */
#include "fuzz.h"

#include "mail/text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct text *text = text_parse(bytes, size);
    size_t at = 0;

    for (guint i = 0; i < text->lines->len; i++) {
        const struct text_line *line = &g_array_index(text->lines, struct text_line, i);

        g_assert(line->start == at && at + line->length <= size);
        g_assert(!memchr(bytes + at, '\n', line->length));
        g_assert(line->kind <= TEXT_SIGNATURE);
        g_assert((line->kind == TEXT_QUOTED) == (line->depth > 0));
        at += line->length;
        if (at < size)
            g_assert(bytes[at++] == '\n');
    }
    g_assert(at == size);
    g_assert(text_description_length(text) <= size);
    text_free(text);
    return 0;
}
