/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs read without libgit2: what git wrote reads as libgit2 reads it; of what is damaged or made to
 * deceive, everything that is given is right. The object databases here have no backend but the one
 * that is tested, where nothing else is said: what it leaves to libgit2 is not found in them. */
#include "archive/packs.h"
#include "archive/repository.h"
#include "git_support.h"
#include "pack_support.h"
#include "support.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/* The packs of one folder of objects, and a way to read them. */
struct opened {
    struct packs *packs;
    struct packs_reader *reader;
    git_odb *odb;
};

static struct opened open_packs(const char *objects)
{
    struct opened opened = { packs_new(objects), packs_reader_new(), NULL };

    ck_assert_int_eq(git_odb_new(&opened.odb), 0);
    ck_assert(packs_attach(opened.packs, opened.reader, opened.odb));
    return opened;
}

static void close_packs(struct opened *opened)
{
    git_odb_free(opened->odb);
    packs_reader_free(opened->reader);
    packs_unref(opened->packs);
}

/* --- what git writes --------------------------------------------------------------- */

/* Mail NUMBER: some of its text is in others too. The caller frees it. */
static char *make_mail(int number)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "From: Ann Example <ann@example.org>\nSubject: number %d\n\n", number);
    for (int i = 0; i < 120; i++)
        g_string_append_printf(text, "> line %d of what was said by %d\n", i, (number * i) / 97);
    return g_string_free(text, FALSE);
}

static void add_mails(struct support_archive *archive, int first, int last)
{
    for (int i = first; i <= last; i++) {
        char *mail = make_mail(i);
        support_add(archive, 1772323200 + i, mail, strlen(mail));
        g_free(mail);
    }
}

/* A repository of mails 1 to 30, none of them packed. */
static struct support_archive *make_archive(char **path, char **objects)
{
    *path = support_path(support_folder(), "list.git");
    *objects = g_build_filename(*path, "objects", NULL);
    struct support_archive *archive = support_archive_new(*path);
    add_mails(archive, 1, 30);
    return archive;
}

static int add_id(const git_oid *id, void *ids)
{
    g_array_append_vals(ids, id, 1);
    return 0;
}

/* All that libgit2 finds in OBJECTS (git_oid); the caller frees it. */
static GArray *list_ids(const char *objects)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(git_oid));
    git_odb *odb = NULL;

    ck_assert_int_eq(git_odb_open(&odb, objects), 0);
    ck_assert_int_eq(git_odb_foreach(odb, add_id, ids), 0);
    git_odb_free(odb);
    return ids;
}

static void assert_same(git_odb *odb, git_odb *other, const git_oid *id)
{
    git_odb_object *one = NULL, *two = NULL;
    git_object_t type;
    size_t size;

    ck_assert_int_eq(git_odb_read_header(&size, &type, odb, id), 0);
    ck_assert_int_eq(git_odb_read(&one, odb, id), 0);
    ck_assert_int_eq(git_odb_read(&two, other, id), 0);
    ck_assert_uint_eq(git_odb_object_size(one), git_odb_object_size(two));
    ck_assert_mem_eq(git_odb_object_data(one), git_odb_object_data(two), size);
    ck_assert_int_eq(git_odb_object_type(one), git_odb_object_type(two));
    ck_assert_uint_eq(size, git_odb_object_size(two));
    ck_assert_int_eq(type, git_odb_object_type(two));
    ck_assert_int_eq(((const char *)git_odb_object_data(one))[size], '\0');
    git_odb_object_free(one);
    git_odb_object_free(two);
}

/* How many of the objects in OBJECTS the packs have: these read as libgit2 has them. Twice, in both
 * directions. */
static guint count_same(struct opened *opened, const char *objects)
{
    GArray *ids = list_ids(objects);
    git_odb *other = NULL;
    guint found = 0;

    ck_assert_int_eq(git_odb_open(&other, objects), 0);
    for (guint i = 0; i < 2 * ids->len; i++) {
        guint at = i < ids->len ? i : 2 * ids->len - 1 - i;
        const git_oid *id = &g_array_index(ids, git_oid, at);
        if (!git_odb_exists(opened->odb, id))
            continue;
        assert_same(opened->odb, other, id);
        found++;
    }
    git_odb_free(other);
    g_array_unref(ids);
    return found / 2;
}

static void assert_chains(const char *path, const char *length)
{
    char *files = g_build_filename(path, "objects", "pack", NULL);
    GDir *folder = g_dir_open(files, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_suffix(name, ".idx")) {
            char *index = g_build_filename(files, name, NULL);
            char *listing = git(path, "verify-pack", "-v", index, NULL);
            ck_assert_ptr_nonnull(strstr(listing, length));
            g_free(listing);
            g_free(index);
        }
    g_dir_close(folder);
    g_free(files);
}

static void test_deltas(const char *setting)
{
    char *path, *objects;
    struct support_archive *archive = make_archive(&path, &objects);

    git_do(path, "-c", setting, "repack", "-adfq", "--window=60", "--depth=40", NULL);
    assert_chains(path, "chain length = 3:");
    struct opened opened = open_packs(objects);
    ck_assert_uint_eq(count_same(&opened, objects), 90);
    close_packs(&opened);
    support_archive_free(archive);
    g_free(objects);
    g_free(path);
}

START_TEST(test_offset_deltas)
{
    test_deltas("repack.useDeltaBaseOffset=true");
}
END_TEST

START_TEST(test_reference_deltas)
{
    test_deltas("repack.useDeltaBaseOffset=false");
}
END_TEST

/* Each pack is found, what is loose is not. */
START_TEST(test_several_packs)
{
    char *path, *objects;
    struct support_archive *archive = make_archive(&path, &objects);

    git_do(path, "repack", "-dq", NULL);
    for (int i = 0; i < 3; i++) {
        add_mails(archive, 31 + 5 * i, 35 + 5 * i);
        git_do(path, "repack", "-dq", NULL);
    }
    add_mails(archive, 100, 101);
    struct opened opened = open_packs(objects);
    ck_assert_uint_eq(count_same(&opened, objects), 135);
    close_packs(&opened);
    support_archive_free(archive);
    g_free(objects);
    g_free(path);
}
END_TEST

/* New packs are found when the database is refreshed, and so are those that hold what was in others.
 * As long as it is not, what there was can be read. */
START_TEST(test_repacked_while_open)
{
    char *path, *objects;
    struct support_archive *archive = make_archive(&path, &objects);

    git_do(path, "repack", "-adfq", NULL);
    struct opened opened = open_packs(objects), idle = open_packs(objects);
    ck_assert_uint_eq(count_same(&idle, objects), 90);
    add_mails(archive, 31, 40);
    git_do(path, "repack", "-adfq", "--depth=0", NULL);
    ck_assert_int_eq(git_odb_refresh(opened.odb), 0);
    ck_assert_uint_eq(count_same(&opened, objects), 120);
    ck_assert_uint_eq(count_same(&idle, objects), 120);
    close_packs(&opened);
    close_packs(&idle);
    support_archive_free(archive);
    g_free(objects);
    g_free(path);
}
END_TEST

/* Two readers of one struct packs: what one notices does not disturb the other. */
START_TEST(test_shared)
{
    char *path, *objects;
    struct support_archive *archive = make_archive(&path, &objects);

    git_do(path, "repack", "-adfq", NULL);
    GArray *ids = list_ids(objects);
    struct opened one = open_packs(objects);
    struct opened other = { packs_ref(one.packs), packs_reader_new(), NULL };
    ck_assert_int_eq(git_odb_new(&other.odb), 0);
    ck_assert(packs_attach(other.packs, other.reader, other.odb));
    for (guint i = 0; i < ids->len; i++) {
        const git_oid *id = &g_array_index(ids, git_oid, i);
        assert_same(one.odb, other.odb, id);
        if (i % 10 != 0)
            continue;
        add_mails(archive, 1000 + (int)i, 1000 + (int)i);
        git_do(path, "repack", "-adfq", NULL);
        ck_assert_int_eq(git_odb_refresh(i % 20 == 0 ? one.odb : other.odb), 0);
    }
    g_array_unref(ids);
    close_packs(&one);
    close_packs(&other);
    support_archive_free(archive);
    g_free(objects);
    g_free(path);
}
END_TEST

/* Abbreviated ids, and what is in no pack, are libgit2's to find. */
START_TEST(test_with_libgit2)
{
    char *path, *objects;
    struct support_archive *archive = make_archive(&path, &objects);
    git_odb_object *object = NULL;

    git_do(path, "repack", "-adfq", NULL);
    add_mails(archive, 31, 35);
    struct opened opened = { packs_new(objects), packs_reader_new(), NULL };
    ck_assert_int_eq(git_odb_open(&opened.odb, objects), 0);
    ck_assert(packs_attach(opened.packs, opened.reader, opened.odb));
    ck_assert_uint_eq(count_same(&opened, objects), 105);
    GArray *ids = list_ids(objects);
    const git_oid *id = &g_array_index(ids, git_oid, 7);
    ck_assert_int_eq(git_odb_read_prefix(&object, opened.odb, id, 12), 0);
    ck_assert(git_oid_equal(git_odb_object_id(object), id));
    git_odb_object_free(object);
    g_array_unref(ids);
    close_packs(&opened);
    support_archive_free(archive);
    g_free(objects);
    g_free(path);
}
END_TEST

/* --- what is damaged --------------------------------------------------------------- */

/* The only file in FOLDER that ends in ENDING, in place of BYTES. */
static void load_file(const char *folder, const char *ending, GByteArray *bytes)
{
    GDir *entries = g_dir_open(folder, 0, NULL);
    const char *name;
    gchar *contents;
    gsize length;

    while ((name = g_dir_read_name(entries)) != NULL && !g_str_has_suffix(name, ending))
        continue;
    char *path = g_build_filename(folder, name, NULL);
    ck_assert(g_file_get_contents(path, &contents, &length, NULL));
    g_byte_array_set_size(bytes, 0);
    g_byte_array_append(bytes, (const guint8 *)contents, (guint)length);
    g_free(contents);
    g_free(path);
    g_dir_close(entries);
}

/* Each object of IDS that OBJECTS gives is that of ORIGINALS; returns how many. */
static guint count_right(const char *objects, const GArray *ids, git_odb *originals)
{
    struct opened opened = open_packs(objects);
    guint right = 0;

    for (guint i = 0; i < ids->len; i++) {
        const git_oid *id = &g_array_index(ids, git_oid, i);
        git_odb_object *object = NULL;
        if (git_odb_read(&object, opened.odb, id) == 0) {
            git_odb_object_free(object);
            assert_same(opened.odb, originals, id);
            right++;
        }
    }
    close_packs(&opened);
    return right;
}

/* With each byte of the pack and of the index wrong in turn. Hashes are verified, for no pack can
 * tell that its index takes one object for another. */
START_TEST(test_every_byte)
{
    char *path = support_path(support_folder(), "list.git");
    char *objects = g_build_filename(path, "objects", NULL);
    char *folder = g_build_filename(objects, "pack", NULL);
    char *copy = support_path(support_folder(), "copy");
    struct support_archive *archive = support_archive_new(path);
    struct pack_made *made = pack_made_new();
    git_odb *originals = NULL;
    guint right = 0, tries = 0;

    add_mails(archive, 1, 3);
    GArray *ids = list_ids(objects);
    git_do(path, "repack", "-adfq", NULL);
    assert_chains(path, "chain length = 1:");
    ck_assert_int_eq(git_odb_open(&originals, objects), 0);
    load_file(folder, ".pack", made->pack);
    load_file(folder, ".idx", made->index);
    for (guint i = 0; i < made->pack->len + made->index->len; i++) {
        guint8 *byte = i < made->pack->len ? &made->pack->data[i]
                                           : &made->index->data[i - made->pack->len];
        guint8 kept = *byte;
        *byte ^= i % 2 ? 0x81 : 0x11;
        pack_write(made, copy);
        *byte = kept;
        right += count_right(copy, ids, originals);
        tries += ids->len;
    }
    ck_assert_uint_gt(right, tries / 2);
    ck_assert_uint_lt(right, tries);
    git_odb_free(originals);
    g_array_unref(ids);
    pack_made_free(made);
    support_archive_free(archive);
    g_free(copy);
    g_free(folder);
    g_free(objects);
    g_free(path);
}
END_TEST

/* --- what is made to deceive ------------------------------------------------------- */

static const char text[] = "The text that others are made of, again and again.\n";

#define TEXT_LENGTH (sizeof text - 1)

static void add_text(struct pack_made *made)
{
    pack_add(made, PACK_BLOB, TEXT_LENGTH, NULL, text, TEXT_LENGTH, 9);
}

/* Adds a delta to the entry NUMBER that says it is for FROM bytes and makes TO, of the instructions
 * CODES; found by its name with REFERENCE. */
static void add_delta(struct pack_made *made, unsigned number, bool reference, uint64_t from,
                      uint64_t to, const void *codes, size_t length)
{
    GByteArray *base = reference ? pack_reference(number) : pack_distance(made, number);
    GByteArray *delta = g_byte_array_new();

    pack_put_size(delta, from);
    pack_put_size(delta, to);
    g_byte_array_append(delta, codes, (guint)length);
    pack_add(made, reference ? PACK_REFERENCE : PACK_OFFSET, delta->len, base, delta->data,
             delta->len, 6);
    g_byte_array_unref(delta);
    g_byte_array_unref(base);
}

/* Writes what is MADE, and reads the entry NUMBER: its bytes, NULL if it is not given. The caller frees
 * them. */
static char *read_made(const struct pack_made *made, unsigned number, size_t *length)
{
    char *objects = support_path(support_folder(), "objects");
    git_odb_object *object = NULL;
    git_object_t type;
    char *bytes = NULL;
    size_t size;
    git_oid id;

    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    pack_write(made, objects);
    struct opened opened = open_packs(objects);
    pack_name(number, id.id);
    bool headed = git_odb_read_header(&size, &type, opened.odb, &id) == 0;
    if (git_odb_read(&object, opened.odb, &id) == 0) {
        *length = git_odb_object_size(object);
        bytes = g_memdup2(git_odb_object_data(object), *length + 1);
        ck_assert(headed);
        ck_assert_uint_eq(size, *length);
    }
    git_odb_object_free(object);
    close_packs(&opened);
    g_free(objects);
    return bytes;
}

/* The entry NUMBER of MADE, which is then freed, is EXPECTED; with NULL, it is not given. */
static void assert_made(struct pack_made *made, unsigned number, const char *expected)
{
    size_t length = 0;
    char *bytes = read_made(made, number, &length);

    if (expected == NULL)
        ck_assert_ptr_null(bytes);
    else
        ck_assert_str_eq(bytes, expected);
    ck_assert(bytes == NULL || length == strlen(bytes));
    g_free(bytes);
    pack_made_free(made);
}

/* A delta with CODES that says it makes TO bytes. */
static void assert_codes(const void *codes, size_t length, uint64_t to, const char *expected)
{
    for (int reference = 0; reference < 2; reference++) {
        struct pack_made *made = pack_made_new();
        add_text(made);
        add_delta(made, 0, reference, TEXT_LENGTH, to, codes, length);
        pack_finish(made, FALSE);
        assert_made(made, 1, expected);
    }
}

START_TEST(test_instructions)
{
    assert_codes("\x90\x03\x02of", 5, 5, "Theof");
    assert_codes("\x91\x04\x04", 3, 4, "text");
    assert_codes("\x93\x04\x00\x90\x04", 5, 4, NULL); /* cut in an instruction */
    assert_codes("\x91\x04\x04", 3, 5, NULL);         /* makes less */
    assert_codes("\x91\x04\x04", 3, 3, NULL);         /* makes more */
    assert_codes("\x91\x30\x04", 3, 4, NULL);         /* copies what is not there */
    assert_codes("\x9f\xff\xff\xff\xff\x04", 6, 4, NULL);
    assert_codes("\x80", 1, 65536, NULL); /* the longest copy */
    assert_codes("\x05out", 4, 5, NULL);  /* more to be put in than there is */
    assert_codes("\x00", 1, 1, NULL);     /* reserved */
    assert_codes("", 0, 0, "");
    assert_codes("", 0, 1, NULL);
    assert_codes("\x90\x03", 2, UINT64_C(1) << 40, NULL);
}
END_TEST

/* Sizes and distances that are no such. */
START_TEST(test_lies)
{
    struct pack_made *made;
    GByteArray *base;

    for (int lie = -1; lie <= 1; lie++) {
        made = pack_made_new();
        pack_add(made, PACK_BLOB, (uint64_t)((int)TEXT_LENGTH + lie), NULL, text, TEXT_LENGTH, 6);
        pack_finish(made, FALSE);
        assert_made(made, 0, lie == 0 ? text : NULL);
        made = pack_made_new();
        add_text(made);
        add_delta(made, 0, false, (uint64_t)((int)TEXT_LENGTH + lie), 3, "\x90\x03", 2);
        pack_finish(made, FALSE);
        assert_made(made, 1, lie == 0 ? "The" : NULL);
    }
    static const char *const distances[] = { "\x00", "\x01", "\x7f", "\x80\x80\x80\x80\x80\x80\x80\x80",
                                             "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f" };
    for (size_t i = 0; i < G_N_ELEMENTS(distances); i++) {
        made = pack_made_new();
        add_text(made);
        base = g_byte_array_append(g_byte_array_new(), (const guint8 *)distances[i],
                                   (guint)MAX(strlen(distances[i]), 1));
        pack_add(made, PACK_OFFSET, 4, base, "\x32\x03\x90\x03", 4, 6);
        g_byte_array_unref(base);
        pack_finish(made, FALSE);
        assert_made(made, 1, NULL);
    }
    for (unsigned kind = 0; kind < 8; kind += 5) { /* two that are not in use */
        made = pack_made_new();
        pack_add(made, kind, TEXT_LENGTH, NULL, text, TEXT_LENGTH, 6);
        pack_finish(made, FALSE);
        assert_made(made, 0, NULL);
    }
    made = pack_made_new();
    pack_add(made, PACK_BLOB, TEXT_LENGTH, NULL, text, TEXT_LENGTH, -2); /* not packed at all */
    pack_finish(made, FALSE);
    assert_made(made, 0, NULL);
}
END_TEST

/* Deltas that are their own base, by whatever way. */
START_TEST(test_circles)
{
    for (unsigned length = 1; length <= 3; length++) {
        struct pack_made *made = pack_made_new();
        for (unsigned i = 0; i < length; i++)
            add_delta(made, (i + 1) % length, true, 3, 3, "\x90\x03", 2);
        pack_finish(made, FALSE);
        assert_made(made, 0, NULL);
    }
}
END_TEST

static struct pack_made *make_chain(unsigned length)
{
    struct pack_made *made = pack_made_new();

    add_text(made);
    for (unsigned i = 0; i < length; i++)
        add_delta(made, i, i % 2, i == 0 ? TEXT_LENGTH : 3, 3, "\x90\x03", 2);
    pack_finish(made, FALSE);
    return made;
}

START_TEST(test_chains)
{
    assert_made(make_chain(4095), 4095, "The");
    assert_made(make_chain(4096), 4096, NULL);
}
END_TEST

/* Large objects are libgit2's, and what unpacks to many of them on the way. */
START_TEST(test_sizes)
{
    size_t most = PACKS_OBJECT_MAX, length;
    char *zeros = g_malloc0(most + 1), *bytes;
    struct pack_made *made;

    for (size_t size = most; size <= most + 1; size++) {
        made = pack_made_new();
        pack_add(made, PACK_BLOB, size, NULL, zeros, size, 1);
        pack_finish(made, FALSE);
        bytes = read_made(made, 0, &length);
        ck_assert((bytes != NULL) == (size == most));
        ck_assert(bytes == NULL || memcmp(bytes, zeros, length) == 0);
        g_free(bytes);
        pack_made_free(made);
    }
    made = pack_made_new();
    pack_add(made, PACK_BLOB, most, NULL, zeros, most, 1);
    GByteArray *codes = g_byte_array_new();
    for (size_t i = 0; i < most >> 16; i++)
        g_byte_array_append(codes, (const guint8 *)"\x80", 1);
    for (unsigned i = 0; i < 100; i++)
        add_delta(made, i, false, most, most, codes->data, codes->len);
    g_byte_array_unref(codes);
    pack_finish(made, FALSE);
    bytes = read_made(made, 3, &length);
    ck_assert_ptr_nonnull(bytes);
    g_free(bytes);
    assert_made(made, 100, NULL);
    g_free(zeros);
}
END_TEST

/* Bytes that cannot be packed, of all sizes that windows are made for, each behind the other. */
START_TEST(test_incompressible)
{
    struct pack_made *made = pack_made_new();
    GRand *random = g_rand_new_with_seed(7);
    GByteArray *noise = g_byte_array_new();
    size_t length;

    for (guint32 i = 0; i < 1 << 18; i++) {
        guint32 word = g_rand_int(random);
        g_byte_array_append(noise, (const guint8 *)&word, 1);
    }
    for (unsigned i = 0; i < 60; i++)
        pack_add(made, PACK_BLOB, (i * i * 73) % noise->len, NULL, noise->data,
                 (i * i * 73) % noise->len, i % 2 ? 0 : 9);
    pack_finish(made, FALSE);
    for (unsigned i = 0; i < 60; i++) {
        char *bytes = read_made(made, i, &length);
        ck_assert_ptr_nonnull(bytes);
        ck_assert_uint_eq(length, (i * i * 73) % noise->len);
        ck_assert_mem_eq(bytes, noise->data, length);
        g_free(bytes);
    }
    pack_made_free(made);
    g_byte_array_unref(noise);
    g_rand_free(random);
}
END_TEST

/* An index that says WHAT of the entry 1 of three, its offsets taking 64 bits with WIDE; "The" is read
 * if it is RIGHT. */
static void assert_offset(uint64_t offset, gboolean wide, bool right)
{
    struct pack_made *made = pack_made_new();

    add_text(made);
    add_delta(made, 0, false, TEXT_LENGTH, 3, "\x90\x03", 2);
    add_text(made);
    if (!right)
        g_array_index(made->offsets, uint64_t, 1) = offset;
    pack_finish(made, wide);
    assert_made(made, 1, right ? "The" : NULL);
}

START_TEST(test_offsets)
{
    static const uint64_t wrong[] = { 0, 1, 11, 0x7fffffff, UINT64_C(0x8000000000000000), UINT64_MAX };

    for (int wide = 0; wide < 2; wide++) {
        assert_offset(0, wide, true);
        for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
            assert_offset(wrong[i], wide, false);
    }
    assert_offset(0xffffffff, FALSE, false); /* in a table that is not there */
}
END_TEST

/* An index or a pack with WHAT at AT in place of what was there; and with NUMBER of its bytes, if that is
 * not 0. */
static void assert_patched(bool index, size_t at, const char *what, size_t length, guint number)
{
    struct pack_made *made = pack_made_new();

    add_text(made);
    add_text(made);
    pack_finish(made, FALSE);
    GByteArray *bytes = index ? made->index : made->pack;
    memcpy(bytes->data + at, what, length);
    if (number > 0)
        g_byte_array_set_size(bytes, number);
    assert_made(made, 1, NULL);
}

START_TEST(test_files)
{
    static const guint index_lengths[] = { 1, 8, 1032, 1071, 1072, 1100, 1127 };
    static const guint pack_lengths[] = { 1, 12, 31, 32, 60 };

    assert_patched(true, 0, "\xfftOd", 4, 0);
    assert_patched(true, 4, "\0\0\0\3", 4, 0);
    assert_patched(true, 8, "\0\0\0\3", 4, 0);             /* falls */
    assert_patched(true, 8, "\x7f\xff\xff\xff", 4, 0);     /* falls from high up */
    assert_patched(true, 1028, "\xff\xff\xff\xff", 4, 0);  /* more than there are */
    assert_patched(true, 1028, "\0\0\0\1", 4, 0);          /* less */
    assert_patched(true, 1032 + 56, "other", 5, 0);        /* of another pack */
    assert_patched(false, 0, "PAKC", 4, 0);
    assert_patched(false, 4, "\0\0\0\4", 4, 0);
    assert_patched(false, 8, "\0\0\0\3", 4, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(index_lengths); i++)
        assert_patched(true, 0, "\xff", 1, index_lengths[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(pack_lengths); i++)
        assert_patched(false, 0, "P", 1, pack_lengths[i]);
}
END_TEST

/* Names in any order are found, or not; looking for them ends. */
START_TEST(test_unsorted)
{
    struct pack_made *made = pack_made_new();
    char *objects = support_path(support_folder(), "objects");
    GRand *random = g_rand_new_with_seed(3);
    uint8_t *names;

    for (unsigned i = 0; i < 500; i++)
        add_text(made);
    pack_finish(made, FALSE);
    names = made->index->data + 1032;
    for (unsigned i = 0; i < 500; i++)
        for (unsigned j = 1; j < 20; j++)
            names[20 * i + j] = (uint8_t)g_rand_int(random);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    pack_write(made, objects);
    struct opened opened = open_packs(objects);
    for (unsigned i = 0; i < 500; i++) {
        git_odb_object *object = NULL;
        git_oid id;
        memcpy(id.id, made->index->data + 1032 + 20 * i, 20);
        if (git_odb_read(&object, opened.odb, &id) == 0)
            ck_assert_uint_eq(git_odb_object_size(object), TEXT_LENGTH);
        git_odb_object_free(object);
    }
    close_packs(&opened);
    pack_made_free(made);
    g_rand_free(random);
    g_free(objects);
}
END_TEST

static void settle_in(void)
{
    git_settle_in(support_folder());
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packs");
    TCase *whole = tcase_create("whole"), *damaged = tcase_create("damaged");
    TCase *hostile = tcase_create("hostile");

    tcase_add_checked_fixture(whole, settle_in, NULL);
    tcase_add_checked_fixture(damaged, settle_in, NULL);
    tcase_add_test(whole, test_offset_deltas);
    tcase_add_test(whole, test_reference_deltas);
    tcase_add_test(whole, test_several_packs);
    tcase_add_test(whole, test_repacked_while_open);
    tcase_add_test(whole, test_shared);
    tcase_add_test(whole, test_with_libgit2);
    tcase_add_test(damaged, test_every_byte);
    tcase_add_test(hostile, test_instructions);
    tcase_add_test(hostile, test_lies);
    tcase_add_test(hostile, test_circles);
    tcase_add_test(hostile, test_chains);
    tcase_add_test(hostile, test_sizes);
    tcase_add_test(hostile, test_incompressible);
    tcase_add_test(hostile, test_offsets);
    tcase_add_test(hostile, test_files);
    tcase_add_test(hostile, test_unsorted);
    tcase_set_timeout(whole, 60);
    tcase_set_timeout(damaged, 120);
    tcase_set_timeout(hostile, 60);
    suite_add_tcase(suite, whole);
    suite_add_tcase(suite, damaged);
    suite_add_tcase(suite, hostile);
    return suite;
}

int main(void)
{
    SRunner *runner;
    int failed;

    if (!git_is_there())
        return 77;
    archive_startup(true);
    runner = srunner_create(make_suite());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    archive_shutdown();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
