/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glyph.h"

/* Combining characters looked at behind one base. A longer run begins another
 * glyph, so that a run of a million costs the screen no more than its cells. */
#define COMBINING_RUN 32

bool glyph_locale_is_utf8(void)
{
    return g_get_charset(NULL);
}

static void set_mark(struct glyph *out)
{
    out->characters[0] = wcwidth(0xFFFD) == 1 ? 0xFFFD : L'?';
    out->characters[1] = 0;
    out->width = 1;
    out->mark = true;
}

bool glyph_is_showable(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return false;
    default:
        break;
    }
    /* The Hangul fillers are letters by category and blank on the screen. */
    return character != 0x115F && character != 0x3164 && character != 0xFFA0;
}

/* Decodes the character at TEXT; false if the bytes there are none. */
static bool decode(const char *text, size_t length, gunichar *character, size_t *size)
{
    gunichar decoded = g_utf8_get_char_validated(text, (gssize)length);
    if (decoded == (gunichar)-1 || decoded == (gunichar)-2)
        return false;
    *character = decoded;
    *size = (size_t)g_unichar_to_utf8(decoded, NULL);
    return true;
}

static void take_combining(const char *text, size_t length, struct glyph *out)
{
    size_t kept = wcslen(out->characters);
    for (int i = 0; i < COMBINING_RUN && out->length < length; i++) {
        gunichar character;
        size_t size;
        if ((unsigned char)text[out->length] < 0x80 ||
            !decode(text + out->length, length - out->length, &character, &size) ||
            !glyph_is_showable(character) || wcwidth((wchar_t)character) != 0)
            break;
        out->length += size;
        if (kept > GLYPH_COMBINING_MAX) {
            out->mark = true;
            continue;
        }
        out->characters[kept++] = (wchar_t)character;
        out->characters[kept] = 0;
    }
}

void glyph_next(const char *text, size_t length, struct glyph *out)
{
    unsigned char first = (unsigned char)*text;
    *out = (struct glyph){.length = 1, .width = 1};
    if (first < 0x20 || first == 0x7F) {
        out->caret = (char)(first ^ 0x40);
        out->width = 2;
        out->mark = true;
        return;
    }
    if (first < 0x80) {
        out->characters[0] = (wchar_t)first;
        take_combining(text, length, out);
        return;
    }

    gunichar character;
    size_t size;
    if (!decode(text, length, &character, &size)) {
        set_mark(out);
        return;
    }
    out->length = size;
    int width = wcwidth((wchar_t)character);
    if (!glyph_is_showable(character) || width < 0 || width > 2) {
        set_mark(out);
        /* A plain "?" is no warning where the locale merely lacks the character. */
        out->mark = !glyph_is_showable(character) || glyph_locale_is_utf8();
        return;
    }
    if (width == 0) {
        /* Nothing to combine with: on a blank. */
        out->characters[0] = L' ';
        out->characters[1] = (wchar_t)character;
    } else {
        out->characters[0] = (wchar_t)character;
        out->width = width;
    }
    take_combining(text, length, out);
}

int glyph_columns(const char *text, size_t length, int limit)
{
    int columns = 0;
    for (size_t at = 0; at < length && columns < limit;) {
        struct glyph glyph;
        glyph_next(text + at, length - at, &glyph);
        columns += glyph.width;
        at += glyph.length;
    }
    return MIN(columns, limit);
}
