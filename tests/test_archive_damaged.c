/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives whose objects git would not have written: what can be read is read, the rest is said. */
#include "archive/import.h"
#include "archive_support.h"
#include "run_suite.h"

#include <check.h>
#include <git2.h>
#include <glib/gstdio.h>
#include <string.h>

#define BY "author A <a@example.org> 1772323200 +0000\n"
#define AT "committer A <a@example.org> 1772323200 +0000\n"

static void must(int code)
{
    if (code < 0)
        ck_abort_msg("libgit2: %s", git_error_last() != NULL ? git_error_last()->message : "failed");
}

/* Writes LENGTH bytes as they are into the archive at PATH. */
static git_oid put(const char *path, git_object_t type, const char *bytes, size_t length)
{
    git_repository *repository = NULL;
    git_odb *odb = NULL;
    git_oid id;

    must(git_repository_open(&repository, path));
    must(git_repository_odb(&odb, repository));
    must(git_odb_write(&id, odb, bytes, length, type));
    git_odb_free(odb);
    git_repository_free(repository);
    return id;
}

static void append_entry(GString *tree, const char *mode, const char *name, const git_oid *id)
{
    g_string_append_printf(tree, "%s %s", mode, name);
    g_string_append_c(tree, '\0');
    g_string_append_len(tree, (const char *)id->id, sizeof id->id);
}

/* A tree of one entry. */
static git_oid put_tree(const char *path, const char *mode, const char *name, const git_oid *id)
{
    g_autoptr(GString) tree = g_string_new(NULL);

    append_entry(tree, mode, name, id);
    return put(path, GIT_OBJECT_TREE, tree->str, tree->len);
}

static git_oid put_mail(const char *path, int number)
{
    g_autofree char *mail = list_mail(number);

    return put(path, GIT_OBJECT_BLOB, mail, strlen(mail));
}

/* A commit of TREE after PARENT (or NULL), with LINES behind both; it becomes the branch. */
static git_oid put_commit(const char *path, const git_oid *tree, const git_oid *parent, const char *lines)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char id[GIT_OID_HEXSZ + 1];

    g_string_printf(text, "tree %s\n", git_oid_tostr(id, sizeof id, tree));
    if (parent != NULL)
        g_string_append_printf(text, "parent %s\n", git_oid_tostr(id, sizeof id, parent));
    g_string_append(text, lines);
    git_oid commit = put(path, GIT_OBJECT_COMMIT, text->str, text->len);
    g_autofree char *line = g_strdup_printf("%s\n", git_oid_tostr(id, sizeof id, &commit));
    g_autofree char *branch = g_build_filename(path, "refs", "heads", "master", NULL);
    support_write(branch, line, strlen(line));
    return commit;
}

static git_oid head_of(const struct list *list, guint number)
{
    git_oid id;

    must(git_oid_fromstr(&id, list_id(list, number)));
    return id;
}

static void assert_read(const struct list *list, const char *expected)
{
    struct archive *archive = open_archive(list->path);

    assert_all(archive, expected);
    archive_close(archive);
}

/* The history ends at a commit that cannot be understood, and says so. */
START_TEST(test_commits)
{
    static const char *const damaged[] = {
        "",
        "nothing that git knows\n",
        ("tree 0123\n" BY AT "\n"),
        ("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904 \n" BY AT "\n"),
        ("tree 4b825dc642cb6eb9a060e54bf8d69288fbee490x\n" BY AT "\n"),
        ("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n" BY "\n" AT),
        ("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n" BY),
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(damaged); i++) {
        struct list list = list_new("list.git");
        git_oid bad = put(list.path, GIT_OBJECT_COMMIT, damaged[i], strlen(damaged[i]));
        git_oid mail = put_mail(list.path, 2), tree = put_tree(list.path, "100644", "m", &mail);
        put_commit(list.path, &tree, &bad, BY AT "\n");
        assert_read(&list, "2 ?");
        list_free(&list);
    }
}
END_TEST

/* Odd ones are read: a merge is followed to its first parent, a date that is none is the oldest. */
START_TEST(test_odd_commits)
{
    struct list list = list_new("list.git");
    char side[GIT_OID_HEXSZ + 1];

    list_add(&list, 1, 3);
    git_oid first = head_of(&list, 1), other = head_of(&list, 3);
    git_oid mail = put_mail(list.path, 4), tree = put_tree(list.path, "100644", "m", &mail);
    g_autofree char *merge =
        g_strdup_printf("parent %s\n" BY AT "\n", git_oid_tostr(side, sizeof side, &other));
    put_commit(list.path, &tree, &first, merge);
    assert_read(&list, "4 1");
    put_commit(list.path, &tree, &first, BY "committer nobody\n\n");
    assert_read(&list, "4 1");
    put_commit(list.path, &tree, &first, BY "encoding x\ncommitter A <a@example.org> never");
    assert_read(&list, "4 1");
    list_free(&list);
}
END_TEST

/* A commit's tree, or what it names, is something else. */
START_TEST(test_other_objects)
{
    struct list list = list_new("list.git");
    g_autoptr(GString) cut = g_string_new(NULL), several = g_string_new(NULL);

    list_add(&list, 1, 1);
    git_oid first = head_of(&list, 1), mail = put_mail(list.path, 2);
    git_oid tree = put_tree(list.path, "100644", "m", &mail);
    git_oid of_tree = put_tree(list.path, "100644", "m", &tree);
    git_oid folder = put_tree(list.path, "40000", "m", &tree);
    append_entry(several, "100644", "d", &mail);
    g_string_append_len(cut, several->str, (gssize)several->len - 1);
    git_oid damaged[] = {
        mail,    /* no tree */
        of_tree, /* no mail in it, */
        folder,
        put(list.path, GIT_OBJECT_TREE, cut->str, cut->len), /* or cut off */
        put(list.path, GIT_OBJECT_TREE, "100644 m", 8),
        put(list.path, GIT_OBJECT_TREE, "100644", 6),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(damaged); i++) {
        put_commit(list.path, &damaged[i], &first, BY AT "\n");
        assert_read(&list, "! 1");
    }
    /* What else there is does not matter, and of both a mail that comes counts. */
    g_string_truncate(several, 0);
    append_entry(several, "100644", "a", &first);
    append_entry(several, "100644", "d", &first);
    append_entry(several, "100644", "m", &mail);
    tree = put(list.path, GIT_OBJECT_TREE, several->str, several->len);
    put_commit(list.path, &tree, &first, BY AT "\n");
    assert_read(&list, "2 1");
    list_free(&list);
}
END_TEST

/* Three objects that are a million folders to whoever walks them. */
START_TEST(test_folders)
{
    struct list list = list_new("list.git");
    g_autofree char *text = list_mail(1);
    git_oid blob = put_mail(list.path, 2);
    git_oid below = put_tree(list.path, "100644", "README", &blob);
    GError *error = NULL;
    struct archive_mail mail;
    struct commit_id id;

    support_add_blob(list.archive, START, "1f/00112233445566778899aabbccddeeff00112233", text,
                     strlen(text), true);
    for (int depth = 0; depth < 3; depth++) {
        g_autoptr(GString) tree = g_string_new(NULL);
        for (int i = 0; i < 256; i++) {
            char name[3];
            g_snprintf(name, sizeof name, "%02x", (unsigned)i);
            append_entry(tree, "40000", name, &below);
        }
        below = put(list.path, GIT_OBJECT_TREE, tree->str, tree->len);
    }
    git_oid commit = put_commit(list.path, &below, NULL, BY AT "\n");
    struct archive *archive = open_archive(list.path);
    memcpy(id.bytes, commit.id, sizeof id.bytes);
    ck_assert(!archive_read_id(archive, &id, &mail, &error));
    assert_error(error, ARCHIVE_ERROR_READ, "commit ", "too many folders");
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* In a v1 archive what a commit did shows by the one before, which has to be there. */
START_TEST(test_v1_without_parent)
{
    struct list list = list_new("list.git");
    git_oid mail = put_mail(list.path, 1), blob = put_mail(list.path, 2), missing = { { 1 } };
    git_oid folder = put_tree(list.path, "100644", "00112233445566778899aabbccddeeff001122", &mail);
    git_oid tree = put_tree(list.path, "40000", "1f", &folder);

    put_commit(list.path, &tree, &missing, BY AT "\n");
    assert_read(&list, "! ?");
    git_oid bad = put_commit(list.path, &blob, NULL, BY AT "\n");
    put_commit(list.path, &tree, &bad, BY AT "\n");
    assert_read(&list, "! !");
    list_free(&list);
}
END_TEST

/* Where HEAD names a branch that is not there, the only one is read, but none of several. */
START_TEST(test_branches)
{
    struct list list = list_new("list.git");
    g_autofree char *master = g_build_filename(list.path, "refs", "heads", "master", NULL);
    g_autofree char *one = g_build_filename(list.path, "refs", "heads", "one", NULL);
    g_autofree char *line = NULL;

    list_add(&list, 1, 2);
    write_text(list.path, "HEAD", "ref: refs/heads/main\n");
    ck_assert_int_eq(g_rename(master, one), 0);
    assert_read(&list, "2 1");
    line = g_strdup_printf("%s\n", list_id(&list, 1));
    g_autofree char *two = g_build_filename(list.path, "refs", "heads", "two", NULL);
    support_write(two, line, strlen(line));
    assert_not_opened(list.path, list.path, "an empty archive");
    list_free(&list);
}
END_TEST

/* A repository of a kind that libgit2 does not know. */
START_TEST(test_newer_repository)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 1);
    write_text(list.path, "config", "[core]\n\trepositoryformatversion = 99\n\tbare = true\n");
    assert_not_opened(list.path, list.path, "version");
    list_free(&list);
}
END_TEST

/* Importing into LIST is an error that holds each of the words, and leaves EXPECTED. */
static void assert_no_import(const struct list *list, const char *word, const char *other,
                             const char *expected)
{
    g_autofree char *file = support_path(list->folder, "mail"), *text = list_mail(7);
    const char *const files[] = { file };
    struct import_result result;
    GError *error = NULL;

    support_write(file, text, strlen(text));
    ck_assert(!import_files(list->path, files, 1, &result, &error));
    assert_error(error, ARCHIVE_ERROR_WRITE, word, other);
    error = NULL;
    ck_assert(!import_withdraw(list->path, "1@example.org", &error));
    assert_error(error, ARCHIVE_ERROR_WRITE, word, other);
    assert_read(list, expected);
}

START_TEST(test_import_refused)
{
    struct list list = list_new("list.git");
    g_autofree char *line = NULL, *packs = g_build_filename(list.path, "objects", "pack", NULL);

    list_add(&list, 1, 2);
    /* No place for a pack. */
    g_rmdir(packs);
    support_write(packs, "", 0);
    assert_no_import(&list, list.path, ": ", "2 1");
    ck_assert_int_eq(g_unlink(packs), 0);
    /* No branch to move. */
    line = g_strdup_printf("%s\n", list_id(&list, 2));
    write_text(list.path, "HEAD", line);
    assert_no_import(&list, list.path, "HEAD is on no branch", "2 1");
    list_free(&list);
}
END_TEST

/* A history that breaks off cannot say what the archive has already. */
START_TEST(test_import_unknown)
{
    struct list list = list_new("list.git");
    g_autofree char *file = support_path(list.folder, "mail"), *text = list_mail(7);
    const char *const files[] = { file };
    struct import_result result;
    GError *error = NULL;

    list_add(&list, 1, 3);
    support_remove_object(list.archive, list_id(&list, 2));
    support_write(file, text, strlen(text));
    ck_assert(!import_files(list.path, files, 1, &result, &error));
    assert_error(error, ARCHIVE_ERROR_READ, "commit ", "is missing");
    assert_read(&list, "3 ?");
    list_free(&list);
}
END_TEST

static void set_up(void)
{
    git_libgit2_init();
}

static void tear_down(void)
{
    git_libgit2_shutdown();
}

int main(void)
{
    Suite *suite = suite_create("archive_damaged");
    TCase *tcase = tcase_create("damaged");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, test_commits);
    tcase_add_test(tcase, test_odd_commits);
    tcase_add_test(tcase, test_other_objects);
    tcase_add_test(tcase, test_folders);
    tcase_add_test(tcase, test_v1_without_parent);
    tcase_add_test(tcase, test_branches);
    tcase_add_test(tcase, test_newer_repository);
    tcase_add_test(tcase, test_import_refused);
    tcase_add_test(tcase, test_import_unknown);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
