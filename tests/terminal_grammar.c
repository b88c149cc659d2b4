/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terminal_grammar.h"

#include <glib.h>
#include <string.h>

/* From terminfo's entries; delays are not sent to what is no terminal. Strings of modes, which have
 * a "?" before their numbers, are in private_modes. */
#define XTERM_FINALS "@ABCDGHJKLMPSTXZbdhlmrt"
#define VT100_FINALS "ABCDHJKmr"

const struct grammar grammars[GRAMMARS] = {
    {"xterm-256color", "C.UTF-8", XTERM_FINALS, "78=>M", "\t", true},
    {"xterm-256color", "C", XTERM_FINALS, "78=>M", "\t", true},
    {"vt100", "C.UTF-8", VT100_FINALS, "78=>M", "\t\016\017", false},
    {"vt100", "C", VT100_FINALS, "78=>M", "\t\016\017", false},
};

/* Cursor keys, wrapping, blinking, cursor, mouse, alternate screen, meta. */
static const int private_modes[] = {1, 7, 12, 25, 1000, 1006, 1034, 1049};

/* Nothing that a screen of this size is sent has a larger number. */
#define NUMBER_MAX 255

static bool is_private_mode(int number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(private_modes); i++)
        if (private_modes[i] == number)
            return true;
    return false;
}

/* Each of these returns how many bytes at AT, behind Escape and the character that says what it is,
 * belong to it, or 0 if they may not be there. */

static size_t csi_length(const struct grammar *grammar, const char *at, const char *end)
{
    const char *start = at;
    bool mode = at < end && *at == '?';
    for (at += mode; at < end; at++) {
        int number = 0;
        for (; at < end && g_ascii_isdigit(*at) && number <= 9999; at++)
            number = 10 * number + (*at - '0');
        if (mode ? !is_private_mode(number) : number > NUMBER_MAX)
            return 0;
        if (at == end || *at != ';')
            break;
    }
    if (at == end || !*at || !strchr(mode ? "hl" : grammar->finals, *at))
        return 0;
    return (size_t)(at + 1 - start);
}

/* Base64 that says characters and line breaks. */
static size_t clipboard_length(const char *at, const char *end)
{
    static const char beginning[] = "52;c;";
    const char *start = at;
    if ((size_t)(end - at) < strlen(beginning) || memcmp(at, beginning, strlen(beginning)) != 0)
        return 0;
    at += strlen(beginning);
    const char *text = at;
    while (at < end && (g_ascii_isalnum(*at) || (*at && strchr("+/=", *at))))
        at++;
    if (at == end || *at != '\a')
        return 0;

    char *encoded = g_strndup(text, (gsize)(at - text));
    gsize length;
    char *said = (char *)g_base64_decode(encoded, &length);
    bool clean = g_utf8_validate(said, (gssize)length, NULL);
    for (gsize i = 0; i < length; i++)
        if (g_ascii_iscntrl(said[i]) && said[i] != '\n')
            clean = false;
    g_free(said);
    g_free(encoded);
    return clean ? (size_t)(at + 1 - start) : 0;
}

static size_t escape_length(const struct grammar *grammar, const char *at, const char *end)
{
    size_t length = 0;
    if (at == end || !*at)
        return 0;
    if (*at == '[')
        length = csi_length(grammar, at + 1, end);
    else if (*at == ']')
        length = grammar->clipboard ? clipboard_length(at + 1, end) : 0;
    else if (strchr("()", *at))
        length = at + 1 < end && at[1] && strchr("0B", at[1]) ? 1 : 0;
    else
        return strchr(grammar->escapes, *at) ? 1 : 0;
    return length ? 1 + length : 0;
}

static size_t character_length(const struct grammar *grammar, const char *at, const char *end,
                               int *combining)
{
    gunichar character = g_utf8_get_char_validated(at, end - at);
    if (strcmp(grammar->locale, "C") == 0 || character == (gunichar)-1 ||
        character == (gunichar)-2)
        return 0;
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return 0;
    default:
        break;
    }
    /* Letters by category, and blank. */
    if (character == 0x115F || character == 0x3164 || character == 0xFFA0)
        return 0;
    /* curses has room for so many, and more would only slow the terminal down. */
    *combining = g_unichar_iszerowidth(character) ? *combining + 1 : 0;
    return *combining > 4 ? 0 : (size_t)g_unichar_to_utf8(character, NULL);
}

const char *find_stray(const struct grammar *grammar, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    int combining = 0;
    for (const char *at = bytes; at < end;) {
        unsigned char first = (unsigned char)*at;
        size_t size;
        if (first == 0x1B)
            size = escape_length(grammar, at + 1, end) + 1;
        else if (first >= 0x80)
            size = character_length(grammar, at, end, &combining);
        else
            size = first && ((first >= 0x20 && first != 0x7F) || strchr("\r\n\b", first) ||
                             strchr(grammar->controls, first));
        if (size == 0 || (first == 0x1B && size == 1))
            return at;
        if (first < 0x80)
            combining = 0;
        at += size;
    }
    return NULL;
}
