/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs read without libgit2: what git wrote reads as libgit2 reads it; of what is damaged or made to
 * deceive, everything that is given is right. The object databases here have no backend but the one
 * that is tested, where nothing else is said: what it leaves to libgit2 is not found in them. */
#include "pack_reader_support.h"
#include "git_support.h"
#include "pack_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

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

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packs");
    TCase *whole = tcase_create("whole"), *damaged = tcase_create("damaged");

    tcase_add_checked_fixture(whole, settle_in, NULL);
    tcase_add_checked_fixture(damaged, settle_in, NULL);
    tcase_add_test(whole, test_offset_deltas);
    tcase_add_test(whole, test_reference_deltas);
    tcase_add_test(whole, test_several_packs);
    tcase_add_test(whole, test_repacked_while_open);
    tcase_add_test(whole, test_shared);
    tcase_add_test(whole, test_with_libgit2);
    tcase_add_test(damaged, test_every_byte);
    tcase_set_timeout(whole, 60);
    tcase_set_timeout(damaged, 120);
    suite_add_tcase(suite, whole);
    suite_add_tcase(suite, damaged);
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
