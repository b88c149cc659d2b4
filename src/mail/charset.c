/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/charset.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

size_t charset_plain_length(const char *bytes, size_t length)
{
    const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101);
    size_t plain = 0;
    guint64 word;

    /* Eight at a time: the highest bit of a byte is set in it, or by the borrow of a zero. */
    for (; length - plain >= sizeof word; plain += sizeof word) {
        memcpy(&word, bytes + plain, sizeof word);
        if (((word | (word - ones)) & (ones << 7)) != 0)
            break;
    }
    while (plain < length && bytes[plain] != '\0' && !(bytes[plain] & 0x80))
        plain++;
    return plain;
}

/* Is it UTF-8, NULs apart? */
static bool is_utf8(const char *bytes, size_t length)
{
    const char *end = bytes + length;

    bytes += charset_plain_length(bytes, length);
    while (!g_utf8_validate_len(bytes, (gsize)(end - bytes), &bytes)) {
        if (*bytes != '\0')
            return false;
        bytes++;
    }
    return true;
}

/* Appends what is UTF-8 of the bytes and U+FFFD for each of the others, NULs among them. */
static bool append_valid(GString *out, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    size_t plain = charset_plain_length(bytes, length);
    bool whole = true;

    g_string_append_len(out, bytes, (gssize)plain);
    bytes += plain;
    for (;;) {
        const char *bad;
        bool valid = g_utf8_validate_len(bytes, (gsize)(end - bytes), &bad);

        g_string_append_len(out, bytes, bad - bytes);
        if (valid)
            return whole;
        g_string_append(out, REPLACEMENT);
        whole = false;
        bytes = bad + 1;
    }
}

static bool append_latin1(GString *out, const char *bytes, size_t length)
{
    bool whole = true;

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == 0) {
            g_string_append(out, REPLACEMENT);
            whole = false;
        } else if (byte < 0x80) {
            g_string_append_c(out, (char)byte);
        } else {
            g_string_append_c(out, (char)(0xc0 | byte >> 6));
            g_string_append_c(out, (char)(0x80 | (byte & 0x3f)));
        }
    }
    return whole;
}

/* Appends what CONVERTER makes of the bytes. */
static bool append_converted(GString *out, iconv_t converter, const char *bytes, size_t length)
{
    g_autofree char *copy = g_memdup2(bytes, length);
    char *in = copy;
    size_t in_left = length;
    bool whole = true;

    /* At the end once more without input: some charsets keep a character back. */
    for (bool at_end = false; !at_end;) {
        char buffer[4096];
        char *end = buffer;
        size_t room = sizeof(buffer);
        size_t result;
        int error;

        at_end = in_left == 0;
        result = iconv(converter, at_end ? NULL : &in, at_end ? NULL : &in_left, &end, &room);
        error = errno;
        whole &= append_valid(out, buffer, (size_t)(end - buffer));
        if (at_end || result != (size_t)-1 || error == E2BIG)
            continue;
        g_string_append(out, REPLACEMENT);
        whole = false;
        in++;
        in_left--;
    }
    return whole;
}

static bool is_any_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (g_ascii_strcasecmp(name, *names) == 0)
            return true;
    }
    return false;
}

bool charset_decode(GString *out, const char *charset, const char *bytes, size_t length)
{
    static const char *const ascii[] = { "us-ascii", "ascii", "ansi_x3.4-1968", NULL };
    static const char *const utf8[] = { "utf-8", "utf8", NULL };
    iconv_t converter = (iconv_t)-1;
    bool whole;

    if (length == 0) /* BYTES may be NULL */
        return true;
    if (charset != NULL && is_any_of(charset, utf8))
        return append_valid(out, bytes, length);
    if (charset != NULL && *charset != '\0' && !is_any_of(charset, ascii))
        converter = g_mime_iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1) {
        return is_utf8(bytes, length) ? append_valid(out, bytes, length)
                                      : append_latin1(out, bytes, length);
    }
    whole = append_converted(out, converter, bytes, length);
    g_mime_iconv_close(converter);
    return whole;
}
