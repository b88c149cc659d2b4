/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges, and walks through archives that are broken or changed meanwhile. */
#include "archive_support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/* Ranges. */

START_TEST(test_revisions)
{
    struct list list = list_new("list.git");
    char *text;

    list_add(&list, 1, 6);
    support_tag(list.archive, "v1", list_id(&list, 2));
    struct archive *archive = open_archive(list.path);
    assert_revisions(archive, "v1..HEAD", "6 5 4 3");
    assert_revisions(archive, "v1..master~1", "5 4 3");
    assert_revisions(archive, "v1..", "6 5 4 3");
    assert_revisions(archive, "..v1", "2 1");
    assert_revisions(archive, "v1", "2 1");
    assert_revisions(archive, "HEAD^^..@", "6 5");
    text = g_strdup_printf("%.8s..%.8s", list_id(&list, 3), list_id(&list, 5));
    assert_revisions(archive, text, "5 4");
    g_free(text);
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_no_revisions)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 6);
    support_tag(list.archive, "v1", list_id(&list, 2));
    char *blob = g_strdup_printf("%s:m", list_id(&list, 3));
    struct archive *archive = open_archive(list.path);
    assert_no_revisions(archive, "nosuch..HEAD", "nosuch", "unknown revision");
    assert_no_revisions(archive, "v1..nosuch", "nosuch", "unknown revision");
    assert_no_revisions(archive, "0123456789abcdef0123456789abcdef01234567", "0123456789abcdef",
                        "unknown revision");
    assert_no_revisions(archive, "HEAD~6..HEAD", "HEAD~6", "unknown revision");
    assert_no_revisions(archive, "HEAD~~{", "HEAD~~{", "revision");
    assert_no_revisions(archive, blob, blob, "not a commit");
    assert_no_revisions(archive, "HEAD..v1", "HEAD..v1", "reversed");
    assert_no_revisions(archive, "v1..HEAD~4", "v1..HEAD~4", "names no mail");
    assert_no_revisions(archive, "HEAD..", "HEAD", "names no mail");
    archive_close(archive);
    g_free(blob);
    list_free(&list);
}
END_TEST

START_TEST(test_ambiguous)
{
    struct list list = list_new("list.git");
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *prefix = NULL;

    /* Four digits of 65536: a pair is there after some hundreds of commits. */
    for (int i = 1; prefix == NULL; i++) {
        ck_assert_int_lt(i, 2000);
        list_add(&list, i, i);
        prefix = g_strndup(list_id(&list, (guint)i), 4);
        if (g_hash_table_add(seen, g_strdup(prefix)))
            g_clear_pointer(&prefix, g_free);
    }
    struct archive *archive = open_archive(list.path);
    assert_no_revisions(archive, prefix, prefix, "ambiguous");
    archive_close(archive);
    g_free(prefix);
    g_hash_table_unref(seen);
    list_free(&list);
}
END_TEST

/* A commit that is not on the way to the end of the range: what it reaches is left out. */
START_TEST(test_side_branch)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 4);
    char *branch = g_strdup_printf("%s\n", list_id(&list, 2));
    support_tag(list.archive, "side", list_id(&list, 4));
    support_archive_free(list.archive);
    write_text(list.path, "refs/heads/master", branch);
    list.archive = support_archive_open(list.path);
    list_add(&list, 5, 6);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "6 5 2 1");
    assert_revisions(archive, "side..HEAD", "6 5");
    assert_revisions(archive, "HEAD..side", "4 3");
    archive_close(archive);
    g_free(branch);
    list_free(&list);
}
END_TEST

/* The default range hangs on the newest mail, not on when the archive took another one back. */
START_TEST(test_withdrawn_later)
{
    struct list list = list_new("list.git");
    int64_t day = 24 * HOUR;

    for (int i = 1; i <= 10; i++)
        list_add_at(&list, i, START + i * day);
    list_withdraw(&list, 2, START + 30 * day);
    struct archive *archive = open_archive(list.path);
    assert_range(archive, &(struct range) { 0 }, "-2 10 9 8 7 6 5 4 3");
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_dates)
{
    struct list list = list_new("list.git");
    int64_t day = 24 * HOUR;

    for (int i = 1; i <= 20; i++)
        list_add_at(&list, i, START + i * day);
    struct archive *archive = open_archive(list.path);
    /* Seven days before the newest, both ends counted. */
    assert_range(archive, &(struct range) { 0 }, "20 19 18 17 16 15 14 13");
    assert_range(archive, &(struct range) { .has_since = true, .since = START + 18 * day },
                 "20 19 18");
    assert_range(archive, &(struct range) { .has_until = true, .until = START + 2 * day },
                 "2 1");
    assert_range(archive, &(struct range) { .has_since = true, .since = START + 4 * day - 1,
                                            .has_until = true, .until = START + 6 * day + 1 },
                 "6 5 4");
    assert_range(archive, &(struct range) { .has_until = true, .until = START + 6 * day,
                                            .newest = 2 }, "6 5");
    struct range range = { .has_since = true, .since = START + 9 * day };
    ck_assert(range_set_revisions(&range, "HEAD~15..HEAD~9", NULL));
    assert_range(archive, &range, "11 10 9");
    range_clear(&range);
    range = (struct range) { .newest = 2 };
    ck_assert(range_set_revisions(&range, "HEAD~15..HEAD~9", NULL));
    assert_range(archive, &range, "11 10");
    range_clear(&range);
    assert_no_range(archive, &(struct range) { .has_since = true, .since = START + 30 * day },
                    list.path, "names no mail");
    assert_no_range(archive, &(struct range) { .has_until = true, .until = START }, list.path,
                    "names no mail");
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* Dates are not strictly in order, and now and then one is wrong altogether. */
START_TEST(test_dates_out_of_order)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 3);
    list_add_at(&list, 4, START - 1000 * HOUR);
    list_add_at(&list, 5, START + 1 * HOUR);
    list_add_at(&list, 6, START + 6 * HOUR);
    struct archive *archive = open_archive(list.path);
    assert_range(archive, &(struct range) { .has_since = true, .since = START + 2 * HOUR },
                 "6 3 2");
    assert_range(archive, &(struct range) { .has_until = true, .until = START + 1 * HOUR },
                 "5 4 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_count)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 4);
    struct archive *archive = open_archive(list.path);
    assert_range(archive, &(struct range) { .newest = 1 }, "4");
    assert_range(archive, &(struct range) { .newest = 4 }, "4 3 2 1");
    assert_range(archive, &(struct range) { .newest = UINT64_MAX }, "4 3 2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_bounds)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    for (int i = 1; i <= 20; i++)
        list_add_at(&list, i, START + i * 24 * HOUR);
    char *head = g_strndup(list_id(&list, 20), 12);
    struct archive *archive = open_archive(list.path);
    ck_assert(range_set_revisions(&range, "HEAD~3..master", NULL));
    assert_bounds(archive, &range, "HEAD~3 master");
    range_clear(&range);
    ck_assert(range_set_revisions(&range, "HEAD~3..", NULL));
    assert_bounds(archive, &range, "HEAD~3 HEAD");
    range_clear(&range);
    ck_assert(range_set_revisions(&range, "..HEAD~1", NULL));
    assert_bounds(archive, &range, "the beginning HEAD~1");
    range_clear(&range);
    assert_bounds(archive, &(struct range) { 0 }, "2026-03-14 2026-03-21");
    assert_bounds(archive, &(struct range) { .has_since = true, .since = START + 48 * HOUR },
                  "2026-03-03 2026-03-21");
    assert_bounds(archive, &(struct range) { .has_until = true, .until = START + 48 * HOUR },
                  "the beginning 2026-03-03");
    char *expected = g_strdup_printf("the beginning %s", head);
    assert_bounds(archive, &(struct range) { .all = true }, expected);
    g_free(expected);
    expected = g_strdup_printf("%s~5 %s", head, head);
    assert_bounds(archive, &(struct range) { .newest = 5 }, expected);
    g_free(expected);
    archive_close(archive);
    g_free(head);
    list_free(&list);
}
END_TEST

/* What is broken. */

START_TEST(test_missing_blob)
{
    struct list list = list_new("list.git");
    struct archive_commit commit;
    struct archive_mail mail;
    GError *error = NULL;

    list_add(&list, 1, 3);
    support_remove_object(list.archive, "master~1:m");
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "3 ! 1");
    struct range range = { 0 };
    ck_assert(range_set_revisions(&range, "master~1", NULL));
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    ck_assert(archive_walk_next(walk, &commit, NULL));
    ck_assert(!archive_read(archive, &commit, &mail, &error));
    char *prefix = g_strdup_printf("commit %.12s: ", list_id(&list, 2));
    assert_error(error, ARCHIVE_ERROR_READ, prefix, "missing");
    g_free(prefix);
    archive_walk_free(walk);
    range_clear(&range);
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_missing_tree)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 3);
    support_remove_object(list.archive, "master^{tree}");
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "! 2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_missing_commit)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 4);
    support_remove_object(list.archive, "master~2");
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "4 3 ?");
    archive_close(archive);
    support_remove_object(list.archive, "master");
    char *digits = g_strndup(list_id(&list, 4), 12);
    assert_not_opened(list.path, list.path, digits);
    g_free(digits);
    list_free(&list);
}
END_TEST

/* The rest of the archive is read on. */
START_TEST(test_missing_commit_in_epoch)
{
    struct list epochs[4];
    const char *folder = support_folder();

    make_inbox(epochs, folder);
    support_remove_object(epochs[1].archive, "master~1");
    struct archive *archive = open_archive(folder);
    assert_all(archive, "6 5 4 ? 2 1");
    archive_close(archive);
    free_inbox(epochs);
}
END_TEST

START_TEST(test_shallow)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 4);
    support_remove_object(list.archive, "master~2");
    char *text = g_strdup_printf("%s\n", list_id(&list, 3));
    write_text(list.path, "shallow", text);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "4 3");
    assert_revisions(archive, "HEAD~1..HEAD", "4");
    archive_close(archive);
    g_free(text);
    list_free(&list);
}
END_TEST

START_TEST(test_no_mail)
{
    struct list list = list_new("list.git");
    struct archive_commit commit;
    struct archive_mail mail;
    GError *error = NULL;

    list_add(&list, 1, 1);
    char *id = g_strdup(support_add_empty(list.archive, START + 2 * HOUR));
    list_add(&list, 3, 3);
    support_add_blob(list.archive, START + 4 * HOUR, "m/x", "text\n", 5, false);
    list_add(&list, 5, 5);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "5 ! 3 ! 1");
    struct range range = { 0 };
    ck_assert(range_set_revisions(&range, id, NULL));
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    ck_assert(archive_walk_next(walk, &commit, NULL));
    ck_assert(!archive_read(archive, &commit, &mail, &error));
    char *prefix = g_strdup_printf("commit %.12s: ", id);
    assert_error(error, ARCHIVE_ERROR_READ, prefix, "holds no mail");
    g_free(prefix);
    archive_walk_free(walk);
    range_clear(&range);
    archive_close(archive);
    g_free(id);
    list_free(&list);
}
END_TEST

/* The newest commits may hold nothing: what is behind them says what it is. */
START_TEST(test_no_mail_on_top)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 2);
    support_add_empty(list.archive, START + 3 * HOUR);
    support_add_blob(list.archive, START + 4 * HOUR, "README", "hello\n", 6, false);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "! ! 2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* A date at the end of what a number holds is no reason to overflow. */
START_TEST(test_absurd_arrival)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add_at(&list, 1, INT64_MIN + 1);
    list_add_at(&list, 2, INT64_MIN + 1);
    struct archive *archive = open_archive(list.path);
    assert_range(archive, &range, "2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_truncated_pack)
{
    struct list list = list_new("list.git");
    gchar *bytes;
    gsize length;

    list_add(&list, 1, 3);
    char *pack = support_pack(list.archive);
    support_archive_free(list.archive);
    list.archive = NULL;
    ck_assert(g_file_get_contents(pack, &bytes, &length, NULL));
    support_write(pack, bytes, length / 2);
    assert_not_opened(list.path, list.path, ": ");
    support_write(pack, bytes, length);
    list.archive = support_archive_open(list.path);
    list_add(&list, 4, 5);
    support_archive_free(list.archive);
    list.archive = NULL;
    support_write(pack, bytes, length / 2);
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "5 4 ?");
    archive_close(archive);
    g_free(bytes);
    g_free(pack);
    list_free(&list);
}
END_TEST

/* Bytes in the middle are wrong: what they belong to cannot be read, the rest can. */
START_TEST(test_damaged_object)
{
    struct list list = list_new("list.git");
    struct archive *archive;

    list_add(&list, 1, 3);
    char *id = support_object_path(list.archive, "master~1:m");
    ck_assert_int_eq(g_chmod(id, 0600), 0);
    support_write(id, "no zlib stream", 14);
    archive = open_archive(list.path);
    assert_all(archive, "3 ! 1");
    archive_close(archive);
    g_free(id);
    list_free(&list);
}
END_TEST

/* Others repack and fetch while the archive is open. */
START_TEST(test_repacked_while_open)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 3);
    g_free(support_pack(list.archive));
    list_add(&list, 4, 6);
    struct archive *archive = open_archive(list.path);
    assert_revisions(archive, "HEAD~1..HEAD", "6");
    list_add(&list, 7, 7);
    g_free(support_pack(list.archive));
    assert_all(archive, "7 6 5 4 3 2 1");
    list_add(&list, 8, 8);
    g_free(support_pack(list.archive));
    assert_all(archive, "8 7 6 5 4 3 2 1");
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* The same in the middle of a walk, whose mails were then in packs that are gone. */
START_TEST(test_repacked_while_reading)
{
    struct list list = list_new("list.git");
    struct range range = { .all = true };
    struct archive_commit commit;
    struct archive_mail mail;

    list_add(&list, 1, 20);
    g_free(support_pack(list.archive));
    list_add(&list, 21, 24);
    struct archive *archive = open_archive(list.path);
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    for (int i = 24; i > 0; i--) {
        ck_assert(archive_walk_next(walk, &commit, NULL));
        if (i % 5 == 0) {
            list_add(&list, 100 + i, 100 + i);
            g_free(support_pack(list.archive));
        }
        char *subject = g_strdup_printf("mail %d\n", i);
        ck_assert(archive_read(archive, &commit, &mail, NULL));
        ck_assert_ptr_nonnull(strstr(mail.bytes, subject));
        archive_mail_release(&mail);
        g_free(subject);
    }
    archive_walk_free(walk);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* Copies the pack at FROM and its index over those at TO, as new files. */
static void copy_pack(const char *from, const char *to)
{
    static const char *const ends[] = { "idx", "pack" };
    gchar *bytes;
    gsize length;

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        char *source = g_strdup_printf("%.*s%s", (int)(strlen(from) - 4), from, ends[i]);
        char *target = g_strdup_printf("%.*s%s", (int)(strlen(to) - 4), to, ends[i]);
        ck_assert(g_file_get_contents(source, &bytes, &length, NULL));
        support_write(target, bytes, length);
        g_free(bytes);
        g_free(target);
        g_free(source);
    }
}

/* Where packs are named by what they hold, another one can come to stand under the same name,
 * when of the old one only the index was looked at. To look for new packs is then not enough. */
START_TEST(test_pack_replaced)
{
    struct list list = list_new("list.git"), other = list_new("list.git");

    list_add(&list, 1, 3);
    list_add(&other, 1, 5);
    char *pack = support_pack(list.archive), *another = support_pack(other.archive);
    list_add(&list, 4, 4);
    support_archive_free(list.archive);
    list.archive = NULL;
    struct archive *archive = open_archive(list.path);
    if (_i == 0) {
        copy_pack(another, pack);
        assert_all(archive, "4 3 2 1");
    } else if (_i == 1) {
        copy_pack(another, pack);
        assert_revisions(archive, "HEAD~3..HEAD~1", "3 2");
    } else {
        struct range range = { .all = true };
        struct archive_commit commit;
        struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
        ck_assert(archive_walk_next(walk, &commit, NULL));
        copy_pack(another, pack);
        for (int i = 3; i > 0; i--)
            ck_assert(archive_walk_next(walk, &commit, NULL));
        archive_walk_free(walk);
    }
    archive_close(archive);
    g_free(another);
    g_free(pack);
    list_free(&other);
    list_free(&list);
}
END_TEST

/* A repository that was cloned anew to the same place. */
START_TEST(test_replaced_while_open)
{
    struct list list = list_new("list.git"), other = list_new("list.git");
    char *away = support_path(list.folder, "away");

    list_add(&list, 1, 3);
    list_add(&other, 1, 5);
    g_free(support_pack(list.archive));
    g_free(support_pack(other.archive));
    struct archive *archive = open_archive(list.path);
    assert_all(archive, "3 2 1");
    ck_assert_int_eq(g_rename(list.path, away), 0);
    ck_assert_int_eq(g_rename(other.path, list.path), 0);
    assert_all(archive, "5 4 3 2 1");
    archive_close(archive);
    g_free(away);
    list_free(&other);
    list_free(&list);
}
END_TEST

static Suite *walk_suite(void)
{
    Suite *suite = suite_create("walk");
    TCase *ranges = tcase_create("ranges"), *broken = tcase_create("broken");

    tcase_add_test(ranges, test_revisions);
    tcase_add_test(ranges, test_no_revisions);
    tcase_add_test(ranges, test_ambiguous);
    tcase_add_test(ranges, test_side_branch);
    tcase_add_test(ranges, test_withdrawn_later);
    tcase_add_test(ranges, test_dates);
    tcase_add_test(ranges, test_dates_out_of_order);
    tcase_add_test(ranges, test_count);
    tcase_add_test(ranges, test_bounds);
    suite_add_tcase(suite, ranges);
    tcase_add_test(broken, test_missing_blob);
    tcase_add_test(broken, test_missing_tree);
    tcase_add_test(broken, test_missing_commit);
    tcase_add_test(broken, test_missing_commit_in_epoch);
    tcase_add_test(broken, test_shallow);
    tcase_add_test(broken, test_no_mail);
    tcase_add_test(broken, test_no_mail_on_top);
    tcase_add_test(broken, test_absurd_arrival);
    tcase_add_test(broken, test_truncated_pack);
    tcase_add_test(broken, test_damaged_object);
    tcase_add_test(broken, test_repacked_while_open);
    tcase_add_test(broken, test_repacked_while_reading);
    tcase_add_loop_test(broken, test_pack_replaced, 0, 3);
    tcase_add_test(broken, test_replaced_while_open);
    suite_add_tcase(suite, broken);
    return suite;
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    archive_startup(false);
    int status = run_suite(walk_suite());
    archive_shutdown();
    return status;
}
