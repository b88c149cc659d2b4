/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binary patches: base 85, deflated, whole or as a delta (gitformat-pack(5)). */
#include "project/project_parts.h"

#include <gio/gio.h>
#include <string.h>

/* git's alphabet. */
static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/* Decodes five digits at AT to the first COUNT of four bytes. */
static bool decode_group(const guint8 table[256], const char *at, size_t count, GByteArray *out)
{
    guint64 value = 0;
    guint8 bytes[4];

    for (int i = 0; i < 5; i++) {
        guint8 digit = table[(unsigned char)at[i]];

        if (digit == 0)
            return false;
        value = value * 85 + digit - 1;
    }
    if (value > G_MAXUINT32)
        return false;
    for (int i = 0; i < 4; i++)
        bytes[i] = (guint8)(value >> (24 - 8 * i));
    g_byte_array_append(out, bytes, (guint)count);
    return true;
}

/* Decodes a line of LENGTH bytes without its LF: a letter that says how many bytes, and groups. */
static bool decode_line(const guint8 table[256], const char *line, size_t length, GByteArray *out)
{
    size_t count;

    if (length < 6 || (length - 1) % 5 != 0)
        return false;
    if (*line >= 'A' && *line <= 'Z')
        count = (size_t)(*line - 'A') + 1;
    else if (*line >= 'a' && *line <= 'z')
        count = (size_t)(*line - 'a') + 27;
    else
        return false;
    if ((count + 3) / 4 != (length - 1) / 5)
        return false;
    for (line++; count > 0; line += 5) {
        size_t part = MIN(count, 4);

        if (!decode_group(table, line, part, out))
            return false;
        count -= part;
    }
    return true;
}

/* Inflates DEFLATED, which has to come to SIZE bytes. */
static GBytes *inflate(const GByteArray *deflated, size_t size)
{
    g_autoptr(GInputStream) source =
        g_memory_input_stream_new_from_data(deflated->data, (gssize)deflated->len, NULL);
    g_autoptr(GZlibDecompressor) zlib = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    g_autoptr(GInputStream) stream = g_converter_input_stream_new(source, G_CONVERTER(zlib));
    g_autofree char *bytes = g_try_malloc(size + 1);
    gsize length;

    if (bytes == NULL || !g_input_stream_read_all(stream, bytes, size + 1, &length, NULL, NULL)
        || length != size)
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&bytes), size);
}

/* Reads one of the two halves of a binary patch, which begins_half(): its size, lines of digits, an empty line.
 * 0 if it is damaged; OUT->bytes is NULL if there is none here, and its length 0 too. */
static size_t read_half(const char *bytes, size_t length, struct project_binary *out)
{
    const char *at = bytes, *end = bytes + length;
    g_autoptr(GByteArray) deflated = g_byte_array_new();
    guint8 table[256] = { 0 };
    guint64 size;

    for (guint8 i = 0; i < sizeof digits - 1; i++)
        table[(unsigned char)digits[i]] = (guint8)(i + 1);
    const char *stop = memchr(at, '\n', length);
    if (stop == NULL)
        return 0;
    out->delta = *at == 'd';
    const char *number = at + (out->delta ? strlen("delta ") : strlen("literal "));
    g_autofree char *text = g_strndup(number, (size_t)(stop - number));
    if (!g_ascii_string_to_unsigned(text, 10, 0, PROJECT_BYTES_MAX, &size, NULL))
        return 0;
    for (at = stop + 1; at < end && *at != '\n'; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL || !decode_line(table, at, (size_t)(stop - at), deflated))
            return 0;
    }
    if (at == end || (out->bytes = inflate(deflated, size)) == NULL)
        return 0;
    return (size_t)(at + 1 - bytes);
}

static bool begins_half(const char *at, size_t length)
{
    return (length >= 8 && memcmp(at, "literal ", 8) == 0)
           || (length >= 6 && memcmp(at, "delta ", 6) == 0);
}

size_t project_binary_read(const char *bytes, size_t length, struct project_binary *out)
{
    struct project_binary backwards = { false, NULL };
    size_t used, more;

    if (!begins_half(bytes, length) || (used = read_half(bytes, length, out)) == 0)
        return 0;
    /* The way back is not used, but a damaged one is a damaged patch. */
    if (!begins_half(bytes + used, length - used))
        return used;
    more = read_half(bytes + used, length - used, &backwards);
    g_clear_pointer(&backwards.bytes, g_bytes_unref);
    return more == 0 ? 0 : used + more;
}

/* Takes a size of a delta: seven bits a byte, lowest first. */
static bool take_size(const guint8 **at, const guint8 *end, guint64 *size)
{
    unsigned shift = 0;

    for (*size = 0; *at < end && shift < 63; shift += 7) {
        guint8 byte = *(*at)++;

        *size |= (guint64)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return false;
}

/* Takes the bytes of a number that BITS says are there, lowest first. */
static bool take_bytes(const guint8 **at, const guint8 *end, unsigned bits, unsigned count,
                       size_t *number)
{
    *number = 0;
    for (unsigned i = 0; i < count; i++)
        if (bits >> i & 1) {
            if (*at == end)
                return false;
            *number |= (size_t)*(*at)++ << (8 * i);
        }
    return true;
}

/* Carries out a step of a delta: copies from OLD or brings bytes of its own. */
static bool take_step(const guint8 **at, const guint8 *end, GBytes *old, GByteArray *new)
{
    guint8 step = *(*at)++;
    size_t from, count, old_size;
    const guint8 *bytes = g_bytes_get_data(old, &old_size);

    if (step & 0x80) {
        if (!take_bytes(at, end, step, 4, &from)
            || !take_bytes(at, end, (unsigned)step >> 4 & 7, 3, &count))
            return false;
        if (count == 0)
            count = 0x10000;
        if (from > old_size || count > old_size - from)
            return false;
        bytes += from;
    } else {
        count = step;
        if (count == 0 || count > (size_t)(end - *at))
            return false;
        bytes = *at;
        *at += count;
    }
    if (count > PROJECT_BYTES_MAX - new->len)
        return false;
    g_byte_array_append(new, bytes, (guint)count);
    return true;
}

GBytes *project_binary_apply(const struct project_binary *binary, GBytes *old)
{
    g_autoptr(GByteArray) new = NULL;
    guint64 old_size, new_size;
    size_t length;

    if (!binary->delta)
        return g_bytes_ref(binary->bytes);
    const guint8 *at = g_bytes_get_data(binary->bytes, &length);
    const guint8 *end = at + length;
    if (!take_size(&at, end, &old_size) || !take_size(&at, end, &new_size)
        || old_size != g_bytes_get_size(old) || new_size > PROJECT_BYTES_MAX)
        return NULL;
    new = g_byte_array_new();
    while (at < end)
        if (!take_step(&at, end, old, new) || new->len > new_size)
            return NULL;
    if (new->len != new_size)
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&new));
}
