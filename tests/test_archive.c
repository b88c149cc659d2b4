/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and reading archives of all forms, and what is no archive. */
#include "archive_support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reading whole archives. */

START_TEST(test_read)
{
    struct list list = list_new("list.git");
    struct range range = { .all = true };
    struct archive_commit commit;
    struct archive_mail mail;
    GError *error = NULL;

    list_add(&list, 1, 3);
    struct archive *archive = open_archive(list.path);
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, &error);
    ck_assert_ptr_nonnull(walk);
    ck_assert(archive_walk_next(walk, &commit, &error));
    ck_assert_int_eq(commit.place.received, START + 3 * HOUR);
    ck_assert_uint_eq(commit.epoch, 0);
    ck_assert(archive_read(archive, &commit, &mail, &error));
    char *expected = list_mail(3);
    ck_assert_uint_eq(mail.length, strlen(expected));
    ck_assert_mem_eq(mail.bytes, expected, mail.length);
    ck_assert(!mail.withdrawal);
    g_free(expected);
    archive_mail_release(&mail);
    ck_assert(archive_read_id(archive, &commit.place.commit, &mail, &error));
    ck_assert_ptr_nonnull(strstr(mail.bytes, "mail 3"));
    archive_mail_release(&mail);
    archive_walk_free(walk);
    assert_all(archive, "3 2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_withdrawal)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 2);
    list_withdraw(&list, 1, START + 3 * HOUR);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "-1 2 1");
    /* It is no mail, and so does not count. */
    assert_range(archive, &(struct range) { .newest = 1 }, "-1 2");
    archive_close(archive);
    list_free(&list);
}
END_TEST

static gpointer read_copy(gpointer data)
{
    struct archive *copy = archive_copy(data, NULL);
    char *found = read_range(copy, &(struct range) { .all = true });

    archive_close(copy);
    return found;
}

START_TEST(test_copy)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 4);
    struct archive *archive = open_archive(list.path);
    GThread *threads[3];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("reader", read_copy, archive);
    assert_all(archive, "4 3 2 1");
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        char *found = g_thread_join(threads[i]);
        ck_assert_str_eq(found, "4 3 2 1");
        g_free(found);
    }
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_large_mail)
{
    struct list list = list_new("list.git");
    size_t length = (size_t)20 << 20;
    char *text = g_malloc(length);

    memset(text, 'x', length);
    memcpy(text, "Subject: mail 1\n\n", strlen("Subject: mail 1\n\n"));
    support_add(list.archive, START, text, length);
    g_free(support_pack(list.archive));
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "1");
    archive_close(archive);
    g_free(text);
    list_free(&list);
}
END_TEST

/* Forms. */

START_TEST(test_v1)
{
    static const char *const names[] = { "1f/00112233445566778899aabbccddeeff00112233",
                                         "1f/ff112233445566778899aabbccddeeff00112233" };
    struct list list = list_new("list.git");
    char *texts[] = { list_mail(1), list_mail(2) };

    for (int i = 0; i < 2; i++)
        support_add_blob(list.archive, START + i * HOUR, names[i], texts[i], strlen(texts[i]),
                         true);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "2 1");
    archive_close(archive);
    /* Both go, one a commit; the last leaves an empty tree. */
    support_add_blob(list.archive, START + 4 * HOUR, names[1], texts[1], strlen(texts[1]), false);
    support_add_empty(list.archive, START + 5 * HOUR);
    archive = open_archive(list.path);
    assert_all(archive, "-2 -1 2 1");
    assert_range(archive, &(struct range) { .newest = 1 }, "-2 -1 2");
    archive_close(archive);
    g_free(texts[0]);
    g_free(texts[1]);
    list_free(&list);
}
END_TEST

START_TEST(test_v1_layouts)
{
    static const char *const names[] = { "00/112233445566778899aabbccddeeff00112233",
                                         "a0/b1/2233445566778899aabbccddeeff00112233",
                                         "a0/b0/c1/33445566778899aabbccddeeff00112233",
                                         "ff/112233445566778899aabbccddeeff00112233" };
    struct list list = list_new("list.git");

    for (int i = 0; i < 4; i++) {
        char *text = list_mail(i + 1);
        support_add_blob(list.archive, START + i * HOUR, names[i], text, strlen(text), true);
        g_free(text);
    }
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "4 3 2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* A folder's name without two hex digits is not looked into, and a commit that changes nothing
 * else holds no mail. */
START_TEST(test_v1_without_mail)
{
    struct list list = list_new("list.git");
    char *text = list_mail(1);

    support_add_blob(list.archive, START, "1f/00112233445566778899aabbccddeeff00112233", text,
                     strlen(text), true);
    support_add_blob(list.archive, START + HOUR, "docs/abcdef", text, strlen(text), true);
    support_add_blob(list.archive, START + HOUR, "1f/readme", text, strlen(text), true);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "! ! 1");
    archive_close(archive);
    g_free(text);
    list_free(&list);
}
END_TEST

START_TEST(test_epochs)
{
    struct list epochs[4];
    char *inbox = support_path(support_folder(), "mylist");
    char *folder = support_path(inbox, _i == 0 ? "git" : "");
    char *text;

    ck_assert_int_eq(g_mkdir_with_parents(folder, 0700), 0);
    make_inbox(epochs, folder);
    struct archive *archive = open_archive(inbox);
    ck_assert_str_eq(archive_name(archive), "mylist");
    assert_all(archive, "6 5 4 3 2 1");
    assert_range(archive, &(struct range) { .newest = 3 }, "6 5 4");
    assert_range(archive, &(struct range) { .has_since = true, .since = START + 4 * HOUR },
                 "6 5 4");
    /* HEAD is the newest mail's; an id may be of any epoch. */
    assert_revisions(archive, "HEAD~1..HEAD", "6");
    text = g_strdup_printf("%.12s..%.10s", list_id(&epochs[0], 1), list_id(&epochs[2], 1));
    assert_revisions(archive, text, "5 4 3 2");
    g_free(text);
    text = g_strdup_printf("%s..", list_id(&epochs[0], 2));
    assert_revisions(archive, text, "6 5 4 3");
    g_free(text);
    assert_revisions(archive, list_id(&epochs[1], 1), "3 2 1");
    text = g_strdup_printf("%s..%s", list_id(&epochs[2], 1), list_id(&epochs[0], 2));
    assert_no_revisions(archive, text, text, "reversed");
    g_free(text);
    /* Not the newest epoch's HEAD~2, which there is not, and not an older one's either. */
    assert_no_revisions(archive, "HEAD~2", "HEAD~2", "unknown revision");
    archive_close(archive);
    /* An epoch can be read by itself. */
    archive = open_archive(epochs[1].path);
    ck_assert_str_eq(archive_name(archive), "mylist");
    assert_all(archive, "4 3");
    archive_close(archive);
    free_inbox(epochs);
    g_free(folder);
    g_free(inbox);
}
END_TEST

START_TEST(test_epoch_broken)
{
    struct list epochs[4];
    const char *folder = support_folder();
    char *path = support_path(folder, "5.git");

    make_inbox(epochs, folder);
    ck_assert_int_eq(g_mkdir(path, 0700), 0);
    assert_not_opened(folder, path, ": ");
    free_inbox(epochs);
    g_free(path);
}
END_TEST

/* An epoch whose newest commit is gone leaves the others readable. */
START_TEST(test_epoch_without_its_head)
{
    struct list epochs[4];
    const char *folder = support_folder();

    make_inbox(epochs, folder);
    support_remove_object(epochs[0].archive, list_id(&epochs[0], 2));
    struct archive *archive = open_archive(folder);
    char *read = read_range(archive, &(struct range){ .all = true });
    ck_assert(g_str_has_prefix(read, "6 5 4 3"));
    ck_assert_ptr_nonnull(strchr(read, '?'));
    g_free(read);
    archive_close(archive);
    free_inbox(epochs);
}
END_TEST

START_TEST(test_epochs_read_id)
{
    struct list epochs[4];
    const char *folder = support_folder();
    struct archive_mail mail;
    struct commit_id id;
    GError *error = NULL;

    make_inbox(epochs, folder);
    struct archive *archive = open_archive(folder);
    for (size_t i = 0; i < sizeof id.bytes; i++) {
        unsigned byte;
        ck_assert_int_eq(sscanf(list_id(&epochs[0], 1) + 2 * i, "%2x", &byte), 1);
        id.bytes[i] = (uint8_t)byte;
    }
    ck_assert(archive_read_id(archive, &id, &mail, &error));
    ck_assert_ptr_nonnull(strstr(mail.bytes, "mail 1\n"));
    archive_mail_release(&mail);
    id.bytes[19] ^= 1;
    ck_assert(!archive_read_id(archive, &id, &mail, &error));
    char *digits = g_strndup(list_id(&epochs[0], 1), 12);
    assert_error(error, ARCHIVE_ERROR_READ, digits, "missing");
    g_free(digits);
    archive_close(archive);
    free_inbox(epochs);
}
END_TEST

START_TEST(test_work_tree)
{
    struct list list = list_new("kvm/.git");
    char *above = g_path_get_dirname(list.path);

    list_add(&list, 1, 2);
    struct archive *archive = open_archive(_i == 0 ? above : list.path);
    ck_assert_str_eq(archive_name(archive), "kvm");
    assert_all(archive, "2 1");
    archive_close(archive);
    g_free(above);
    list_free(&list);
}
END_TEST

START_TEST(test_name)
{
    struct list list = list_new("kvm.git");

    list_add(&list, 1, 1);
    struct archive *archive = open_archive(list.path);
    ck_assert_str_eq(archive_name(archive), "kvm");
    archive_close(archive);
    char *slash = g_strconcat(list.path, "//", NULL);
    archive = open_archive(slash);
    ck_assert_str_eq(archive_name(archive), "kvm");
    archive_close(archive);
    g_free(slash);
    ck_assert_int_eq(chdir(list.path), 0);
    archive = open_archive(".");
    ck_assert_str_eq(archive_name(archive), "kvm");
    archive_close(archive);
    write_text(list.path, "config",
               "[core]\n\tbare = true\n[publicinbox \"a.list\tof KVM\"]\n"
               "\taddress = kvm@example.org\n");
    archive = open_archive(list.path);
    ck_assert_str_eq(archive_name(archive), "a.list of KVM");
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_other_branch)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 3);
    write_text(list.path, "HEAD", "ref: refs/heads/main\n");
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "3 2 1");
    assert_revisions(archive, "HEAD~2..HEAD", "3 2");
    assert_revisions(archive, "@^", "2 1");
    archive_close(archive);
    char *detached = g_strdup_printf("%s\n", list_id(&list, 2));
    write_text(list.path, "HEAD", detached);
    g_free(detached);
    archive = open_archive(list.path);
    assert_all(archive, "2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* A partial clone says so in its configuration. */
START_TEST(test_partial_clone)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 2);
    write_text(list.path, "config",
               "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
               "[extensions]\n\tpartialClone = origin\n");
    char *blob = g_strdup_printf("%s:m", list_id(&list, 1));
    support_remove_object(list.archive, blob);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "2 !");
    archive_close(archive);
    g_free(blob);
    list_free(&list);
}
END_TEST

/* What is no archive. */

START_TEST(test_not_there)
{
    char *path = support_path(support_folder(), "nothing");

    assert_not_opened(path, path, "No such file");
    g_free(path);
}
END_TEST

START_TEST(test_not_a_repository)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "file");

    assert_not_opened(folder, folder, "not a git repository");
    support_write(path, "text\n", 5);
    assert_not_opened(path, path, ": ");
    g_free(path);
}
END_TEST

/* The folders above may belong to a repository that nobody asked for. */
START_TEST(test_no_search_upwards)
{
    struct list list = list_new("kvm/.git");
    char *inner = g_build_filename(list.folder, "kvm", "inner", NULL);

    list_add(&list, 1, 1);
    ck_assert_int_eq(g_mkdir(inner, 0700), 0);
    assert_not_opened(inner, inner, "not a git repository");
    g_free(inner);
    list_free(&list);
}
END_TEST

START_TEST(test_not_an_archive)
{
    static const char *const names[] = { "README", "src/m", "mm" };
    struct list list = list_new("source.git");

    support_add_blob(list.archive, START, names[_i], "text\n", 5, false);
    assert_not_opened(list.path, list.path, "not a mail archive");
    list_free(&list);
}
END_TEST

START_TEST(test_empty)
{
    struct list list = list_new("list.git");
    char *inbox = support_path(list.folder, "inbox");
    char *epoch = support_path(inbox, "0.git");

    assert_not_opened(list.path, list.path, "an empty archive");
    struct support_archive *empty = support_archive_new(epoch);
    assert_not_opened(inbox, inbox, "an empty archive");
    support_archive_free(empty);
    /* Nothing but commits without anything. */
    support_add_empty(list.archive, START);
    assert_not_opened(list.path, list.path, "not a mail archive");
    g_free(epoch);
    g_free(inbox);
    list_free(&list);
}
END_TEST

/* What an archive is known by, and what has come to it. */

static void assert_commit(const struct commit_id *commit, const char *expected)
{
    char text[COMMIT_ID_TEXT_SIZE];

    commit_id_text(commit, text);
    ck_assert_str_eq(text, expected);
}

START_TEST(test_first_and_newest)
{
    struct list epochs[4];
    const char *folder = support_folder();
    struct commit_id commit, other = { { 1 } };
    gint stop = 1;
    GError *error = NULL;

    make_inbox(epochs, folder);
    struct archive *archive = open_archive(folder);
    ck_assert(archive_first_commit(archive, &commit, NULL, NULL));
    assert_commit(&commit, list_id(&epochs[0], 1));
    ck_assert(archive_has_commit(archive, &commit));
    ck_assert(!archive_has_commit(archive, &other));
    ck_assert(archive_newest(archive, &commit));
    assert_commit(&commit, list_id(&epochs[2], 2));
    ck_assert(archive_has_commit(archive, &commit));
    ck_assert(!archive_first_commit(archive, &commit, &stop, &error));
    ck_assert_ptr_null(error);
    support_remove_object(epochs[0].archive, "master~1");
    ck_assert(!archive_first_commit(archive, &commit, NULL, &error));
    assert_error(error, ARCHIVE_ERROR_READ, "missing", "object");
    archive_close(archive);
    free_inbox(epochs);
}
END_TEST

/* A clone that is cut off begins where it was cut. */
START_TEST(test_first_of_shallow)
{
    struct list list = list_new("list.git");
    struct commit_id commit;

    list_add(&list, 1, 4);
    support_remove_object(list.archive, "master~2");
    char *text = g_strdup_printf("%s\n", list_id(&list, 3));
    write_text(list.path, "shallow", text);
    struct archive *archive = open_archive(list.path);
    ck_assert(archive_first_commit(archive, &commit, NULL, NULL));
    assert_commit(&commit, list_id(&list, 3));
    archive_close(archive);
    g_free(text);
    list_free(&list);
}
END_TEST

START_TEST(test_refresh)
{
    struct list epochs[4];
    const char *folder = support_folder();
    struct archive_commit commit;
    struct archive_mail mail;
    GError *error = NULL;
    char *away = support_path(support_folder(), "away");

    make_inbox(epochs, folder);
    char *last = support_path(folder, "11.git"), *hidden = support_path(folder, "unused");
    ck_assert_int_eq(g_rename(last, hidden), 0);
    struct archive *archive = open_archive(folder);
    struct archive_walk *walk = archive_walk_new(archive, &(struct range) { .all = true }, NULL,
                                                 NULL);
    ck_assert(archive_walk_next(walk, &commit, NULL));
    ck_assert(archive_read(archive, &commit, &mail, NULL));
    archive_walk_free(walk);
    ck_assert_int_eq(g_rename(hidden, last), 0);
    support_archive_free(epochs[3].archive);
    epochs[3].archive = support_archive_new(last);
    list_add(&epochs[3], 7, 7);
    list_add(&epochs[2], 30, 30);
    g_free(support_pack(epochs[2].archive));
    ck_assert(archive_refresh(archive, &error));
    assert_all(archive, "7 30 6 5 4 3 2 1");
    ck_assert_ptr_nonnull(strstr(mail.bytes, "mail 6"));
    archive_mail_release(&mail);
    ck_assert(archive_refresh(archive, &error));
    assert_all(archive, "7 30 6 5 4 3 2 1");
    ck_assert_int_eq(g_rename(folder, away), 0);
    ck_assert(!archive_refresh(archive, &error));
    assert_error(error, ARCHIVE_ERROR_OPEN, folder, ": ");
    ck_assert_int_eq(g_rename(away, folder), 0);
    assert_all(archive, "7 30 6 5 4 3 2 1");
    ck_assert(archive_refresh(archive, NULL));
    archive_close(archive);
    g_free(hidden);
    g_free(last);
    g_free(away);
    free_inbox(epochs);
}
END_TEST

static Suite *archive_suite(void)
{
    Suite *suite = suite_create("archive");
    TCase *reading = tcase_create("reading"), *forms = tcase_create("forms"),
          *identity = tcase_create("identity");

    tcase_add_test(reading, test_read);
    tcase_add_test(reading, test_withdrawal);
    tcase_add_test(reading, test_copy);
    tcase_add_test(reading, test_large_mail);
    suite_add_tcase(suite, reading);
    tcase_add_test(forms, test_v1);
    tcase_add_test(forms, test_v1_layouts);
    tcase_add_test(forms, test_v1_without_mail);
    tcase_add_loop_test(forms, test_epochs, 0, 2);
    tcase_add_test(forms, test_epoch_broken);
    tcase_add_test(forms, test_epoch_without_its_head);
    tcase_add_test(forms, test_epochs_read_id);
    tcase_add_loop_test(forms, test_work_tree, 0, 2);
    tcase_add_test(forms, test_name);
    tcase_add_test(forms, test_other_branch);
    tcase_add_test(forms, test_partial_clone);
    tcase_add_test(forms, test_not_there);
    tcase_add_test(forms, test_not_a_repository);
    tcase_add_test(forms, test_no_search_upwards);
    tcase_add_loop_test(forms, test_not_an_archive, 0, 3);
    tcase_add_test(forms, test_empty);
    suite_add_tcase(suite, forms);
    tcase_add_test(identity, test_first_and_newest);
    tcase_add_test(identity, test_first_of_shallow);
    tcase_add_test(identity, test_refresh);
    suite_add_tcase(suite, identity);
    return suite;
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    archive_startup(false);
    int status = run_suite(archive_suite());
    archive_shutdown();
    return status;
}
