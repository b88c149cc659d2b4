/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a pack and its index: what is read of it is what libgit2 reads. The first byte says how
 * the others are meant: 0, four bytes of the index' length, the index and the pack as they are; else
 * as the entries of a pack that is put together here.
 *
 * Targets: src/archive/packs.c */
#include "fuzz.h"

#include "archive/packs.h"
#include "archive/repository.h"
#include "pack_support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Objects that are read of one pack. */
#define OBJECTS_MAX 64

/* What is left of the input. */
struct input {
    const uint8_t *at, *end;
};

static uint8_t take_byte(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static size_t take_number(struct input *input)
{
    size_t high = take_byte(input);

    return high << 8 | take_byte(input);
}

/* One entry: its kind, and bits that say whether its size is true, its bytes are packed, and its base
 * is one of the entries before; then what these bits call for, a length and as many bytes. */
static void add_entry(struct pack_made *made, struct input *input)
{
    uint8_t kind = take_byte(input);
    size_t lie = (kind & 8) != 0 ? take_number(input) : 0;
    unsigned number = take_byte(input);
    size_t length = take_number(input);
    GByteArray *base = NULL;

    length = MIN(length, (size_t)(input->end - input->at));
    if ((kind & 7) == PACK_REFERENCE)
        base = pack_reference(number);
    else if ((kind & 7) == PACK_OFFSET && (kind & 16) == 0 && number < made->offsets->len)
        base = pack_distance(made, number);
    pack_add(made, kind & 7, (kind & 8) != 0 ? lie : length, base, input->at, length,
             (kind & 32) != 0 ? -2 : 1);
    input->at += length;
    g_clear_pointer(&base, g_byte_array_unref);
}

static struct pack_made *make_pack(struct input *input)
{
    struct pack_made *made = pack_made_new();
    uint8_t mode = take_byte(input);

    if (mode != 0) {
        while (input->at < input->end && made->offsets->len < OBJECTS_MAX)
            add_entry(made, input);
        if ((mode & 2) != 0 && made->offsets->len > 0)
            g_array_index(made->offsets, uint64_t, 0) = mode;
        pack_finish(made, mode & 4);
        return made;
    }
    size_t length = take_number(input) << 16;
    length |= take_number(input);
    length = MIN(length, (size_t)(input->end - input->at));
    g_byte_array_set_size(made->pack, 0);
    g_byte_array_append(made->index, input->at, (guint)length);
    g_byte_array_append(made->pack, input->at + length, (guint)(input->end - input->at - length));
    return made;
}

/* Whatever the packs give, libgit2 has it too. */
static void compare(git_odb *odb, git_odb *other, const git_oid *id)
{
    git_odb_object *one = NULL, *two = NULL;
    git_object_t type;
    size_t size;
    bool headed = git_odb_read_header(&size, &type, odb, id) == 0;

    if (git_odb_read(&one, odb, id) == 0) {
        g_assert(git_odb_read(&two, other, id) == 0);
        g_assert(headed && size == git_odb_object_size(one) && type == git_odb_object_type(one));
        g_assert(size == git_odb_object_size(two) && type == git_odb_object_type(two));
        g_assert(memcmp(git_odb_object_data(one), git_odb_object_data(two), size) == 0);
    }
    git_odb_object_free(one);
    git_odb_object_free(two);
}

static void read_all(const char *objects, const struct pack_made *made)
{
    struct packs *packs = packs_new(objects);
    struct packs_reader *reader = packs_reader_new();
    git_odb *odb = NULL, *other = NULL;
    git_oid id;

    g_assert(git_odb_new(&odb) == 0 && git_odb_open(&other, objects) == 0);
    g_assert(packs_attach(packs, reader, odb));
    for (size_t i = 0; i < OBJECTS_MAX && 1032 + 20 * (i + 1) <= made->index->len; i++) {
        memcpy(id.id, made->index->data + 1032 + 20 * i, sizeof id.id);
        compare(odb, other, &id);
    }
    git_odb_free(other);
    git_odb_free(odb);
    packs_reader_free(reader);
    packs_unref(packs);
}

static void remove_file(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL);

    g_remove(path);
    g_free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = { data, data + size };
    char *objects = g_dir_make_tmp("fuzz-pack-XXXXXX", NULL);

    g_assert(objects != NULL);
    archive_startup(false); /* and no shutdown: that would take longer than all the rest */
    struct pack_made *made = make_pack(&input);
    pack_write(made, objects);
    read_all(objects, made);
    pack_made_free(made);
    remove_file(objects, "pack/pack-made.pack");
    remove_file(objects, "pack/pack-made.idx");
    remove_file(objects, "pack");
    g_rmdir(objects);
    g_free(objects);
    return 0;
}
