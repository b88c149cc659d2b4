/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pack_support.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

struct pack_made *pack_made_new(void)
{
    static const guint8 header[] = { 'P', 'A', 'C', 'K', 0, 0, 0, 2, 0, 0, 0, 0 };
    struct pack_made *made = g_new0(struct pack_made, 1);

    made->pack = g_byte_array_append(g_byte_array_new(), header, sizeof header);
    made->index = g_byte_array_new();
    made->offsets = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return made;
}

void pack_made_free(struct pack_made *made)
{
    g_byte_array_unref(made->pack);
    g_byte_array_unref(made->index);
    g_array_unref(made->offsets);
    g_free(made);
}

void pack_name(unsigned number, uint8_t name[20])
{
    memset(name, 0x55, 20);
    name[0] = (uint8_t)(number >> 8);
    name[1] = (uint8_t)number;
}

static void put_byte(GByteArray *array, uint64_t byte)
{
    guint8 value = (guint8)byte;

    g_byte_array_append(array, &value, 1);
}

static void put_number(GByteArray *array, uint64_t value, unsigned bytes)
{
    while (bytes-- > 0)
        put_byte(array, value >> (8 * bytes) & 0xff);
}

void pack_put_size(GByteArray *delta, uint64_t size)
{
    for (; size >= 0x80; size >>= 7)
        put_byte(delta, (size & 0x7f) | 0x80);
    put_byte(delta, size);
}

static void put_packed(GByteArray *array, const void *bytes, size_t length, int level)
{
    GZlibCompressor *compressor = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, level);
    gsize room = length + length / 8 + 64, read, written;
    guint8 *packed = g_malloc(room);
    GError *error = NULL;

    if (g_converter_convert(G_CONVERTER(compressor), bytes, length, packed, room,
                            G_CONVERTER_INPUT_AT_END, &read, &written, &error)
        != G_CONVERTER_FINISHED)
        g_error("packing: %s", error != NULL ? error->message : "more than one piece");
    g_byte_array_append(array, packed, (guint)written);
    g_free(packed);
    g_object_unref(compressor);
}

void pack_add(struct pack_made *made, unsigned kind, uint64_t size, const GByteArray *base,
              const void *bytes, size_t length, int level)
{
    uint64_t offset = made->pack->len;
    uint64_t head = (size & 0x0f) | (uint64_t)kind << 4;

    g_array_append_val(made->offsets, offset);
    put_byte(made->pack, size > 0x0f ? head | 0x80 : head);
    if (size > 0x0f)
        pack_put_size(made->pack, size >> 4);
    if (base != NULL)
        g_byte_array_append(made->pack, base->data, base->len);
    if (level == -2)
        g_byte_array_append(made->pack, bytes, (guint)length);
    else
        put_packed(made->pack, bytes, length, level);
}

GByteArray *pack_distance(const struct pack_made *made, unsigned number)
{
    uint64_t distance = made->pack->len - g_array_index(made->offsets, uint64_t, number);
    uint8_t bytes[10];
    size_t at = sizeof bytes;

    bytes[--at] = distance & 0x7f;
    while ((distance >>= 7) != 0)
        bytes[--at] = 0x80 | (--distance & 0x7f);
    return g_byte_array_append(g_byte_array_new(), bytes + at, (guint)(sizeof bytes - at));
}

GByteArray *pack_reference(unsigned number)
{
    uint8_t name[20];

    pack_name(number, name);
    return g_byte_array_append(g_byte_array_new(), name, sizeof name);
}

void pack_finish(struct pack_made *made, gboolean wide)
{
    static const guint8 header[] = { 0xff, 't', 'O', 'c', 0, 0, 0, 2 }, checksum[20] = "checksum";
    guint count = made->offsets->len;
    uint8_t name[20];

    for (guint i = 0; i < 4; i++)
        made->pack->data[8 + i] = (guint8)(count >> (8 * (3 - i)));
    g_byte_array_append(made->pack, checksum, sizeof checksum);
    g_byte_array_append(made->index, header, sizeof header);
    for (guint i = 0; i < 256; i++)
        put_number(made->index, MIN(count, (i + 1) << 8), 4);
    for (guint i = 0; i < count; i++) {
        pack_name(i, name);
        g_byte_array_append(made->index, name, sizeof name);
    }
    for (guint i = 0; i < count; i++)
        put_number(made->index, 0, 4);
    for (guint i = 0; i < count; i++)
        put_number(made->index, wide && i > 0 ? UINT64_C(0x80000000) | (i - 1)
                                              : g_array_index(made->offsets, uint64_t, i), 4);
    for (guint i = 1; wide && i < count; i++)
        put_number(made->index, g_array_index(made->offsets, uint64_t, i), 8);
    g_byte_array_append(made->index, checksum, sizeof checksum);
    g_byte_array_append(made->index, checksum, sizeof checksum);
}

static void write_file(const char *folder, const char *name, const GByteArray *bytes)
{
    char *path = g_build_filename(folder, name, NULL);
    GError *error = NULL;

    if (!g_file_set_contents_full(path, (const char *)bytes->data, bytes->len,
                                  G_FILE_SET_CONTENTS_NONE, 0600, &error))
        g_error("%s", error->message);
    g_free(path);
}

void pack_write(const struct pack_made *made, const char *objects)
{
    char *folder = g_build_filename(objects, "pack", NULL);

    if (g_mkdir_with_parents(folder, 0700) != 0)
        g_error("%s", folder);
    write_file(folder, "pack-made.pack", made->pack);
    write_file(folder, "pack-made.idx", made->index);
    g_free(folder);
}
