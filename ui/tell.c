/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tell.h"

#include "digest.h"
#include "glyph.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static void append_character(GString *out, wchar_t character)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t length = wcrtomb(bytes, character, &state);
    if (length == (size_t)-1)
        g_string_append_c(out, '?');
    else
        g_string_append_len(out, bytes, (gssize)length);
}

void tell_append(GString *out, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        struct glyph glyph;
        if (text[at] == '\n' || text[at] == '\t') {
            g_string_append_c(out, text[at++]);
            continue;
        }
        glyph_next(text + at, length - at, &glyph);
        at += glyph.length;
        if (glyph.caret) {
            g_string_append_c(out, '^');
            g_string_append_c(out, glyph.caret);
            continue;
        }
        for (const wchar_t *character = glyph.characters; *character; character++)
            append_character(out, *character);
    }
}

bool tell_bytes(FILE *file, const char *bytes, size_t length)
{
    GString *clean = isatty(fileno(file)) ? g_string_sized_new(length) : NULL;
    if (clean) {
        tell_append(clean, bytes, length);
        bytes = clean->str;
        length = clean->len;
    }
    bool written = fwrite(bytes, 1, length, file) == length;
    if (clean)
        g_string_free(clean, TRUE);
    return written;
}

void tell(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    char *valid = g_utf8_make_valid(text, -1);
    GString *line = g_string_new("pore: ");
    report_append_field(line, valid);
    g_string_append_c(line, '\n');
    tell_bytes(stderr, line->str, line->len);
    g_string_free(line, TRUE);
    g_free(valid);
    g_free(text);
}
