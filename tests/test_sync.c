/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetching and mirroring, from paths and from servers that do not do what they should; and the same
 * as a job. tests/sync.sh has git's own server. */
#include "sync_support.h"
#include "run_suite.h"

#include <check.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* --- one repository --------------------------------------------------------- */

START_TEST(test_mirror)
{
    struct mirror mirror = mirror_new();
    char *config = read_text(mirror.path, "config");

    ck_assert_ptr_nonnull(strstr(config, "+refs/*:refs/*"));
    ck_assert_ptr_nonnull(strstr(config, "mirror = true"));
    ck_assert_ptr_nonnull(strstr(config, mirror.upstream.path));
    ck_assert(!exists(mirror.folder, "list.git.sync"));
    g_free(config);
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_file_url)
{
    struct mirror mirror = mirror_new();
    char *url = g_strconcat("file://", mirror.upstream.path, "/", NULL);
    char *path = support_path(mirror.folder, "other");

    ck_assert_uint_eq(assert_mirrored(url, path).commits, 2);
    list_add(&mirror.upstream, 3, 3);
    ck_assert_uint_eq(assert_synced(path).commits, 1);
    assert_mails(path, "3 2 1");
    g_free(path);
    g_free(url);
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_increment)
{
    struct mirror mirror = mirror_new();

    list_add(&mirror.upstream, 3, 5);
    struct sync_result result = assert_synced(mirror.path);
    ck_assert_uint_eq(result.commits, 3);
    ck_assert_uint_eq(result.new_epochs, 0);
    ck_assert(!result.rewritten);
    assert_mails(mirror.path, "5 4 3 2 1");
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_nothing_new)
{
    struct mirror mirror = mirror_new();

    struct sync_result result = assert_synced(mirror.path);
    ck_assert_uint_eq(result.commits, 0);
    ck_assert_uint_eq(result.new_epochs, 0);
    ck_assert(!result.rewritten);
    assert_mails(mirror.path, "2 1");
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_rewritten)
{
    struct mirror mirror = mirror_new();
    char *moved = g_strconcat(mirror.upstream.path, ".old", NULL);

    ck_assert_int_eq(g_rename(mirror.upstream.path, moved), 0);
    support_archive_free(mirror.upstream.archive);
    mirror.upstream.archive = support_archive_new(mirror.upstream.path);
    list_add(&mirror.upstream, 4, 6);
    struct sync_result result = assert_synced(mirror.path);
    ck_assert_uint_eq(result.commits, 3);
    ck_assert(result.rewritten);
    assert_mails(mirror.path, "6 5 4");
    g_free(moved);
    mirror_free(&mirror);
}
END_TEST

/* Renames the branch of LIST. */
static void rename_branch(const struct list *list, const char *name)
{
    char *old = support_path(list->path, "refs/heads/master");
    char *new = g_build_filename(list->path, "refs", "heads", name, NULL);
    char *head = g_strdup_printf("ref: refs/heads/%s\n", name);

    ck_assert_int_eq(g_rename(old, new), 0);
    write_text(list->path, "HEAD", head);
    g_free(head);
    g_free(new);
    g_free(old);
}

START_TEST(test_renamed_branch)
{
    struct mirror mirror = mirror_new();

    list_add(&mirror.upstream, 3, 3);
    support_archive_free(mirror.upstream.archive);
    mirror.upstream.archive = NULL;
    rename_branch(&mirror.upstream, "trunk");
    ck_assert_uint_eq(assert_synced(mirror.path).commits, 1);
    assert_mails(mirror.path, "3 2 1");
    char *head = read_text(mirror.path, "HEAD");
    ck_assert_str_eq(head, "ref: refs/heads/trunk\n");
    g_free(head);

    char *path = support_path(mirror.folder, "new");
    assert_mirrored(mirror.upstream.path, path);
    head = read_text(path, "HEAD");
    ck_assert_str_eq(head, "ref: refs/heads/trunk\n");
    g_free(head);
    g_free(path);
    mirror_free(&mirror);
}
END_TEST

/* What git clone --bare leaves: a remote without a refspec. */
START_TEST(test_no_refspec)
{
    struct list upstream = list_new("list.git"), local = list_new("list.git");

    list_add(&upstream, 1, 2);
    set_remote(local.path, upstream.path, "");
    ck_assert_uint_eq(assert_synced(local.path).commits, 2);
    list_add(&upstream, 3, 3);
    ck_assert_uint_eq(assert_synced(local.path).commits, 1);
    assert_mails(local.path, "3 2 1");
    list_free(&local);
    list_free(&upstream);
}
END_TEST

#define TRACKING "\tfetch = +refs/heads/*:refs/remotes/origin/*\n"

/* What git clone leaves: the branch that is read follows. */
START_TEST(test_tracking)
{
    struct list upstream = list_new("list.git"), local = list_new("list.git");

    list_add(&upstream, 1, 2);
    set_remote(local.path, upstream.path, TRACKING);
    ck_assert_uint_eq(assert_synced(local.path).commits, 2);
    list_add(&upstream, 3, 3);
    ck_assert_uint_eq(assert_synced(local.path).commits, 1);
    assert_mails(local.path, "3 2 1");
    ck_assert(exists(local.path, "refs/remotes/origin/master"));
    list_free(&local);
    list_free(&upstream);
}
END_TEST

START_TEST(test_tracking_rewritten)
{
    struct list upstream = list_new("list.git"), other = list_new("list.git");
    struct list local = list_new("list.git");
    char *moved = g_strconcat(upstream.path, ".old", NULL);

    list_add(&upstream, 1, 2);
    list_add(&other, 4, 5);
    set_remote(local.path, upstream.path, TRACKING);
    assert_synced(local.path);
    ck_assert_int_eq(g_rename(upstream.path, moved), 0);
    ck_assert_int_eq(g_rename(other.path, upstream.path), 0);
    ck_assert(assert_synced(local.path).rewritten);
    assert_mails(local.path, "5 4");
    g_free(moved);
    list_free(&local);
    list_free(&other);
    list_free(&upstream);
}
END_TEST

START_TEST(test_own_commits)
{
    struct list upstream = list_new("list.git"), local = list_new("list.git");

    list_add(&upstream, 1, 2);
    list_add(&local, 7, 8);
    set_remote(local.path, upstream.path, TRACKING);
    assert_not_synced(local.path, "has commits", "refs/heads/master");
    assert_mails(local.path, "8 7");
    list_free(&local);
    list_free(&upstream);
}
END_TEST

START_TEST(test_remotes)
{
    struct list upstream = list_new("list.git"), local = list_new("list.git");

    list_add(&upstream, 1, 2);
    list_add(&local, 7, 8);
    assert_not_synced(local.path, local.path, "no remote");
    append_text(local.path, "config", "[remote \"one\"]\n\turl = /nowhere\n");
    assert_not_synced(local.path, "/nowhere", "");
    append_text(local.path, "config", "[remote \"two\"]\n\turl = /nowhere\n");
    assert_not_synced(local.path, local.path, "several remotes");
    set_remote(local.path, upstream.path, "");
    ck_assert_uint_eq(assert_synced(local.path).commits, 2);
    assert_mails(local.path, "2 1");
    list_free(&local);
    list_free(&upstream);
}
END_TEST

START_TEST(test_detached)
{
    struct mirror mirror = mirror_new();
    char *head = g_strconcat(list_id(&mirror.upstream, 1), "\n", NULL);

    write_text(mirror.path, "HEAD", head);
    assert_not_synced(mirror.path, mirror.path, "no branch");
    assert_mails(mirror.path, "1");
    g_free(head);
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_emptied)
{
    struct mirror mirror = mirror_new();
    struct list empty = list_new("list.git");

    move_remote(&mirror, empty.path);
    assert_not_synced(mirror.path, empty.path, "empty");
    assert_mails(mirror.path, "2 1");
    list_free(&empty);
    mirror_free(&mirror);
}
END_TEST

/* There is a HEAD, and no branch. */
START_TEST(test_no_branches)
{
    struct mirror mirror = mirror_new();
    char *head = g_strconcat(list_id(&mirror.upstream, 2), "\n", NULL);
    char *branch = support_path(mirror.upstream.path, "refs/heads/master");

    write_text(mirror.upstream.path, "HEAD", head);
    ck_assert_int_eq(g_remove(branch), 0);
    assert_not_synced(mirror.path, mirror.upstream.path, "empty");
    assert_mails(mirror.path, "2 1");
    assert_not_mirrored(mirror.upstream.path, mirror.upstream.path, "empty");
    g_free(branch);
    g_free(head);
    mirror_free(&mirror);
}
END_TEST

/* What the refspec brings is not what HEAD names. */
START_TEST(test_other_branch)
{
    struct list upstream = list_new("list.git"), local = list_new("list.git");

    list_add(&upstream, 1, 2);
    write_text(local.path, "HEAD", "ref: refs/heads/trunk\n");
    set_remote(local.path, upstream.path, TRACKING);
    assert_not_synced(local.path, local.path, "refs/heads/trunk");
    list_free(&local);
    list_free(&upstream);
}
END_TEST

/* A process that was killed left a pack; another one is receiving one now. */
START_TEST(test_leftovers)
{
    struct mirror mirror = mirror_new();
    char *old = support_path(mirror.path, "objects/pack/pack_git2_aaaaaa");
    char *other = support_path(mirror.path, "objects/pack/pack_git2_bbbbbb");
    struct timespec times[2] = { { .tv_sec = START }, { .tv_sec = START } };

    support_write(old, "x", 1);
    support_write(other, "x", 1);
    ck_assert_int_eq(utimensat(AT_FDCWD, old, times, 0), 0);
    assert_synced(mirror.path);
    ck_assert(!g_file_test(old, G_FILE_TEST_EXISTS));
    ck_assert(g_file_test(other, G_FILE_TEST_EXISTS));
    g_free(other);
    g_free(old);
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_two_at_once)
{
    struct mirror mirror = mirror_new();
    int other = g_open(mirror.path, O_RDONLY | O_DIRECTORY, 0);

    list_add(&mirror.upstream, 3, 3);
    ck_assert_int_eq(flock(other, LOCK_EX), 0);
    assert_not_synced(mirror.path, mirror.path, "another sync");
    assert_mails(mirror.path, "2 1");
    close(other);
    ck_assert_uint_eq(assert_synced(mirror.path).commits, 1);
    mirror_free(&mirror);
}
END_TEST

static void make_foreign(const char *path)
{
    struct support_archive *foreign = support_archive_new(path);

    support_add_blob(foreign, START, "README", "Text.\n", 6, false);
    support_archive_free(foreign);
}

START_TEST(test_foreign)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "code.git");
    struct sync_result result;
    GError *error = NULL;

    make_foreign(path);
    set_remote(path, "/nowhere", "");
    ck_assert(!sync_archive(path, NULL, NULL, &result, &error));
    assert_error(error, ARCHIVE_ERROR_OPEN, path, "not a mail archive");
    assert_not_mirrored(path, path, "not a mail archive");
    assert_not_mirrored("/nowhere", "/nowhere", "");
    error = NULL;
    ck_assert(!sync_archive("/nowhere", NULL, NULL, &result, &error));
    assert_error(error, ARCHIVE_ERROR_OPEN, "/nowhere", "");
    g_free(path);
}
END_TEST

START_TEST(test_occupied)
{
    struct mirror mirror = mirror_new();
    struct sync_result result;
    GError *error = NULL;

    ck_assert(!sync_mirror(mirror.upstream.path, mirror.path, NULL, NULL, &result, &error));
    assert_error(error, ARCHIVE_ERROR_SYNC, mirror.path, "already");
    assert_mails(mirror.path, "2 1");
    mirror_free(&mirror);
}
END_TEST

/* What a process that was killed left of a mirror is no hindrance. */
START_TEST(test_unfinished)
{
    struct list upstream = list_new("list.git");
    const char *folder = support_folder();
    char *path = support_path(folder, "new"), *beside = support_path(folder, "new.sync");

    list_add(&upstream, 1, 2);
    make_foreign(beside);
    assert_mirrored(upstream.path, path);
    assert_mails(path, "2 1");
    ck_assert(!exists(folder, "new.sync"));
    g_free(beside);
    g_free(path);
    list_free(&upstream);
}
END_TEST

/* --- epochs ----------------------------------------------------------------- */

/* A list that is served as FOLDER/0, FOLDER/1 … with FORMAT naming an epoch. */
static struct list epoch_new(const char *folder, const char *format, int number, int first,
                             int last)
{
    GString *name = g_string_new(format);
    char *digits = g_strdup_printf("%d", number);
    struct list epoch = { .folder = folder };

    g_string_replace(name, "N", digits, 1);
    epoch.path = support_path(folder, name->str);
    epoch.archive = support_archive_new(epoch.path);
    epoch.ids = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(epoch.ids, NULL);
    list_add(&epoch, first, last);
    g_string_free(name, TRUE);
    g_free(digits);
    return epoch;
}

static const char *const layouts[] = { "N", "git/N.git", "N.git" };

START_TEST(test_epochs)
{
    const char *layout = layouts[_i];
    const char *upstream = support_folder(), *folder = support_folder();
    char *path = support_path(folder, "list"), *git = support_path(upstream, "git");

    ck_assert_int_eq(g_mkdir(git, 0777), 0);
    struct list first = epoch_new(upstream, layout, 0, 1, 2);
    struct list second = epoch_new(upstream, layout, 1, 3, 4);
    struct sync_result result = assert_mirrored(upstream, path);
    ck_assert_uint_eq(result.commits, 4);
    ck_assert_uint_eq(result.new_epochs, 2);
    assert_mails(path, "4 3 2 1");

    /* More of the last one, and two new ones. */
    list_add(&second, 5, 5);
    struct list third = epoch_new(upstream, layout, 2, 6, 6);
    struct list fourth = epoch_new(upstream, layout, 3, 7, 8);
    result = assert_synced(path);
    ck_assert_uint_eq(result.commits, 4);
    ck_assert_uint_eq(result.new_epochs, 2);
    assert_mails(path, "8 7 6 5 4 3 2 1");

    result = assert_synced(path);
    ck_assert_uint_eq(result.commits, 0);
    ck_assert_uint_eq(result.new_epochs, 0);
    ck_assert(!exists(path, "git/4.git.sync"));
    list_free(&fourth);
    list_free(&third);
    list_free(&second);
    list_free(&first);
    g_free(git);
    g_free(path);
}
END_TEST

/* Epochs made by hand: N.git in the inbox itself, the old one without a remote. */
START_TEST(test_inbox)
{
    const char *upstream = support_folder(), *inbox = support_folder();
    struct list old = epoch_new(inbox, "N.git", 3, 1, 2);
    struct list newest = epoch_new(inbox, "N.git", 4, 3, 3);
    struct list source = epoch_new(upstream, "list.N", 9, 3, 4);
    struct list next = epoch_new(upstream, "list.N", 10, 5, 5);

    set_remote(newest.path, source.path, "");
    struct sync_result result = assert_synced(inbox);
    ck_assert_uint_eq(result.commits, 2);
    ck_assert_uint_eq(result.new_epochs, 1);
    assert_mails(inbox, "5 4 3 2 1");
    ck_assert(exists(inbox, "5.git"));
    list_free(&next);
    list_free(&source);
    list_free(&newest);
    list_free(&old);
}
END_TEST

/* One that is gone upstream is reported, and the others are fetched. */
START_TEST(test_lost_epoch)
{
    const char *upstream = support_folder(), *folder = support_folder();
    char *path = support_path(folder, "list");
    struct list first = epoch_new(upstream, "N", 0, 1, 2);
    struct list second = epoch_new(upstream, "N", 1, 3, 4);

    assert_mirrored(upstream, path);
    char *moved = g_strconcat(first.path, ".gone", NULL);
    ck_assert_int_eq(g_rename(first.path, moved), 0);
    list_add(&second, 5, 5);
    struct list third = epoch_new(upstream, "N", 2, 6, 6);
    assert_not_synced(path, first.path, "");
    assert_mails(path, "6 5 4 3 2 1");
    list_free(&third);
    list_free(&second);
    list_free(&first);
    g_free(moved);
    g_free(path);
}
END_TEST

START_TEST(test_foreign_epoch)
{
    const char *upstream = support_folder(), *folder = support_folder();
    char *path = support_path(folder, "list"), *second = support_path(upstream, "1");
    struct list first = epoch_new(upstream, "N", 0, 1, 2);
    struct sync_result result;
    GError *error = NULL;

    make_foreign(second);
    ck_assert(!sync_mirror(upstream, path, NULL, NULL, &result, &error));
    assert_error(error, ARCHIVE_ERROR_SYNC, second, "not a mail archive");
    ck_assert_uint_eq(result.new_epochs, 1);
    assert_mails(path, "2 1");
    assert_not_synced(path, second, "not a mail archive");
    assert_mails(path, "2 1");
    list_free(&first);

    char *only = support_path(support_folder(), "0.git"), *above = g_path_get_dirname(only);
    make_foreign(only);
    assert_not_mirrored(above, only, "not a mail archive");
    g_free(above);
    g_free(only);
    g_free(second);
    g_free(path);
}
END_TEST

/* --- as a job --------------------------------------------------------------- */

/* In one that was killed while it moved references; git's own locks stay otherwise. */
START_TEST(test_left_locks)
{
    static const char *const locks[] = { "refs/heads/master.lock", "packed-refs.lock" };
    struct mirror mirror = mirror_new();

    ck_assert(!exists(mirror.path, "pore-sync"));
    list_add(&mirror.upstream, 3, 3);
    write_text(mirror.path, locks[0], "");
    assert_not_synced(mirror.path, locks[0], "lock");
    assert_mails(mirror.path, "2 1");
    ck_assert(exists(mirror.path, locks[0]));
    ck_assert(!exists(mirror.path, "pore-sync"));

    write_text(mirror.path, locks[1], "");
    write_text(mirror.path, "pore-sync", "");
    ck_assert_uint_eq(assert_synced(mirror.path).commits, 1);
    assert_mails(mirror.path, "3 2 1");
    for (size_t i = 0; i < G_N_ELEMENTS(locks); i++)
        ck_assert(!exists(mirror.path, locks[i]));
    ck_assert(!exists(mirror.path, "pore-sync"));
    mirror_free(&mirror);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync");
    TCase *one = tcase_create("repository"), *epochs = tcase_create("epochs");

    tcase_add_test(one, test_mirror);
    tcase_add_test(one, test_file_url);
    tcase_add_test(one, test_increment);
    tcase_add_test(one, test_nothing_new);
    tcase_add_test(one, test_rewritten);
    tcase_add_test(one, test_renamed_branch);
    tcase_add_test(one, test_no_refspec);
    tcase_add_test(one, test_tracking);
    tcase_add_test(one, test_tracking_rewritten);
    tcase_add_test(one, test_own_commits);
    tcase_add_test(one, test_remotes);
    tcase_add_test(one, test_detached);
    tcase_add_test(one, test_emptied);
    tcase_add_test(one, test_no_branches);
    tcase_add_test(one, test_other_branch);
    tcase_add_test(one, test_leftovers);
    tcase_add_test(one, test_left_locks);
    tcase_add_test(one, test_two_at_once);
    tcase_add_test(one, test_foreign);
    tcase_add_test(one, test_occupied);
    tcase_add_test(one, test_unfinished);
    tcase_add_loop_test(epochs, test_epochs, 0, G_N_ELEMENTS(layouts));
    tcase_add_test(epochs, test_inbox);
    tcase_add_test(epochs, test_lost_epoch);
    tcase_add_test(epochs, test_foreign_epoch);
    /* Each reference is written to the disk, which may be busy. */
    TCase *const all[] = { one, epochs };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        tcase_set_timeout(all[i], 60);
        suite_add_tcase(suite, all[i]);
    }

    archive_startup(false);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
