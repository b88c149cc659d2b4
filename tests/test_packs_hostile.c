/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs that git would not write. */
#include "pack_reader_support.h"
#include "git_support.h"
#include "pack_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

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

/* Writes what is MADE, reads the entry NUMBER and frees all: it takes more than it may, which is an error
 * that libgit2 does not go on from. */
static void assert_refused(struct pack_made *made, unsigned number)
{
    char *objects = support_path(support_folder(), "objects");
    git_odb_object *object = NULL;
    git_oid id;

    pack_write(made, objects);
    struct opened opened = open_packs(objects);
    pack_name(number, id.id);
    int code = git_odb_read(&object, opened.odb, &id);
    ck_assert_int_lt(code, 0);
    ck_assert_int_ne(code, GIT_ENOTFOUND);
    ck_assert_ptr_nonnull(strstr(git_error_last()->message, "too much memory or time"));
    close_packs(&opened);
    pack_made_free(made);
    g_free(objects);
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
        assert_refused(made, 0);
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
    assert_refused(make_chain(4096), 4096);
}
END_TEST

/* SIZE bytes that are all zero. */
static struct pack_made *make_zeros(size_t size)
{
    struct pack_made *made = pack_made_new();
    char *zeros = g_malloc0(size);

    pack_add(made, PACK_BLOB, size, NULL, zeros, size, 1);
    g_free(zeros);
    return made;
}

/* What says that it is larger than an object may be is not unpacked, and neither is what is made of it. */
START_TEST(test_sizes)
{
    const uint64_t large = (uint64_t)PACKS_OBJECT_MAX + 1;
    struct pack_made *made = pack_made_new();
    git_object_t type;
    size_t size;
    git_oid id;

    pack_add(made, PACK_BLOB, large, NULL, text, TEXT_LENGTH, 6);
    pack_finish(made, FALSE);
    char *objects = support_path(support_folder(), "objects");
    pack_write(made, objects);
    struct opened opened = open_packs(objects);
    pack_name(0, id.id);
    /* How large it is can be asked. */
    ck_assert_int_eq(git_odb_read_header(&size, &type, opened.odb, &id), 0);
    ck_assert_uint_eq(size, large);
    ck_assert_int_eq(type, GIT_OBJECT_BLOB);
    close_packs(&opened);
    g_free(objects);
    assert_refused(made, 0);

    made = pack_made_new();
    pack_add(made, PACK_BLOB, large, NULL, text, TEXT_LENGTH, 6);
    add_delta(made, 0, false, large, 3, "\x90\x03", 2);
    pack_finish(made, FALSE);
    assert_refused(made, 1);

    made = pack_made_new();
    add_text(made);
    add_delta(made, 0, false, TEXT_LENGTH, large, "\x90\x03", 2);
    add_delta(made, 1, false, large, 3, "\x90\x03", 2);
    pack_finish(made, FALSE);
    assert_refused(made, 2);
}
END_TEST

/* What many large objects are unpacked for, one after the other. */
START_TEST(test_work)
{
    const size_t size = (size_t)32 << 20;
    struct pack_made *made = make_zeros(size);
    GByteArray *codes = g_byte_array_new();
    size_t length;

    for (size_t i = 0; i < size >> 16; i++)
        g_byte_array_append(codes, (const guint8 *)"\x80", 1);
    for (unsigned i = 0; i < 70; i++)
        add_delta(made, i, false, size, size, codes->data, codes->len);
    g_byte_array_unref(codes);
    pack_finish(made, FALSE);
    char *bytes = read_made(made, 3, &length);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(length, size);
    g_free(bytes);
    assert_refused(made, 70);
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

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packs_hostile");
    TCase *hostile = tcase_create("hostile");

    /* Two gigabytes are a second's work where nothing else runs. */
    tcase_set_timeout(hostile, 60);
    tcase_add_test(hostile, test_instructions);
    tcase_add_test(hostile, test_lies);
    tcase_add_test(hostile, test_circles);
    tcase_add_test(hostile, test_chains);
    tcase_add_test(hostile, test_sizes);
    tcase_add_test(hostile, test_work);
    tcase_add_test(hostile, test_incompressible);
    tcase_add_test(hostile, test_offsets);
    tcase_add_test(hostile, test_files);
    tcase_add_test(hostile, test_unsorted);
    suite_add_tcase(suite, hostile);
    return suite;
}

int main(void)
{
    if (!git_is_there())
        return 77;
    archive_startup(true);
    int status = run_suite(make_suite());
    archive_shutdown();
    return status;
}
