/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive_support.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

char *list_mail(int number)
{
    return g_strdup_printf("From: Ann Example <ann@example.org>\n"
                           "Subject: mail %d\n"
                           "Message-ID: <%d@example.org>\n\nText.\n",
                           number, number);
}

struct list list_new(const char *name)
{
    struct list list = { .folder = support_folder() };

    list.path = support_path(list.folder, name);
    list.archive = support_archive_new(list.path);
    list.ids = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(list.ids, NULL);
    return list;
}

void list_free(struct list *list)
{
    if (list->archive != NULL)
        support_archive_free(list->archive);
    g_ptr_array_unref(list->ids);
    g_free(list->path);
}

const char *list_id(const struct list *list, guint number)
{
    return g_ptr_array_index(list->ids, number);
}

void list_add_at(struct list *list, int number, int64_t received)
{
    char *text = list_mail(number);

    g_ptr_array_add(list->ids, g_strdup(support_add(list->archive, received, text,
                                                    strlen(text))));
    g_free(text);
}

void list_add(struct list *list, int first, int last)
{
    for (int i = first; i <= last; i++)
        list_add_at(list, i, START + i * HOUR);
}

void list_withdraw(struct list *list, int number, int64_t received)
{
    char *text = list_mail(number);

    g_ptr_array_add(list->ids, g_strdup(support_withdraw(list->archive, received, text,
                                                         strlen(text))));
    g_free(text);
}

struct archive *open_archive(const char *path)
{
    GError *error = NULL;
    struct archive *archive = archive_open(path, &error);

    ck_assert_msg(archive != NULL, "%s", error != NULL ? error->message : "no error");
    return archive;
}

void assert_error(GError *error, enum archive_error code, const char *word,
                  const char *other)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(g_error_matches(error, ARCHIVE_ERROR, (gint)code), "%s", error->message);
    ck_assert_msg(strstr(error->message, word) != NULL, "%s", error->message);
    ck_assert_msg(strstr(error->message, other) != NULL, "%s", error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_error_free(error);
}

void assert_not_opened(const char *path, const char *word, const char *other)
{
    GError *error = NULL;

    ck_assert_ptr_null(archive_open(path, &error));
    assert_error(error, ARCHIVE_ERROR_OPEN, word, other);
}

char *read_range(struct archive *archive, const struct range *range)
{
    GString *found = g_string_new(NULL);
    GError *error = NULL;
    struct archive_walk *walk = archive_walk_new(archive, range, NULL, &error);
    struct archive_commit commit;
    struct archive_mail mail;
    int64_t rank = 1;

    ck_assert_msg(walk != NULL, "%s", error != NULL ? error->message : "no error");
    for (;;) {
        if (!archive_walk_next(walk, &commit, &error)) {
            if (error == NULL)
                break;
            ck_assert_int_eq(error->code, ARCHIVE_ERROR_READ);
            g_clear_error(&error);
            g_string_append(found, "? ");
            continue;
        }
        ck_assert_int_lt(commit.place.arrival, rank);
        rank = commit.place.arrival;
        if (!archive_read(archive, &commit, &mail, &error)) {
            ck_assert_int_eq(error->code, ARCHIVE_ERROR_READ);
            g_clear_error(&error);
            g_string_append(found, "! ");
            continue;
        }
        const char *subject = g_strstr_len(mail.bytes, (gssize)mail.length, "mail ");
        g_string_append_printf(found, "%s%d ", mail.withdrawal ? "-" : "", atoi(subject + 5));
        archive_mail_release(&mail);
    }
    archive_walk_free(walk);
    if (found->len > 0)
        g_string_truncate(found, found->len - 1);
    return g_string_free(found, FALSE);
}

void assert_range(struct archive *archive, const struct range *range,
                  const char *expected)
{
    char *found = read_range(archive, range);

    ck_assert_str_eq(found, expected);
    g_free(found);
}

void assert_all(struct archive *archive, const char *expected)
{
    assert_range(archive, &(struct range) { .all = true }, expected);
}

void assert_revisions(struct archive *archive, const char *text, const char *expected)
{
    struct range range = { 0 };

    ck_assert(range_set_revisions(&range, text, NULL));
    assert_range(archive, &range, expected);
    range_clear(&range);
}

void assert_no_range(struct archive *archive, const struct range *range,
                     const char *word, const char *other)
{
    GError *error = NULL;

    ck_assert_ptr_null(archive_walk_new(archive, range, NULL, &error));
    assert_error(error, ARCHIVE_ERROR_RANGE, word, other);
}

void assert_no_revisions(struct archive *archive, const char *text, const char *word,
                         const char *other)
{
    struct range range = { 0 };

    ck_assert(range_set_revisions(&range, text, NULL));
    assert_no_range(archive, &range, word, other);
    range_clear(&range);
}

void assert_bounds(struct archive *archive, const struct range *range,
                   const char *expected)
{
    struct archive_walk *walk = archive_walk_new(archive, range, NULL, NULL);

    ck_assert_ptr_nonnull(walk);
    char *found = g_strdup_printf("%s %s", archive_walk_from(walk), archive_walk_to(walk));
    ck_assert_str_eq(found, expected);
    g_free(found);
    archive_walk_free(walk);
}

void write_text(const char *folder, const char *name, const char *text)
{
    char *path = support_path(folder, name);

    support_write(path, text, strlen(text));
    g_free(path);
}

void make_inbox(struct list epochs[4], const char *folder)
{
    static const char *const names[] = { "0.git", "2.git", "10.git", "11.git" };

    for (int i = 0; i < 4; i++) {
        epochs[i] = list_new("unused.git");
        support_archive_free(epochs[i].archive);
        g_free(epochs[i].path);
        epochs[i].path = support_path(folder, names[i]);
        epochs[i].archive = support_archive_new(epochs[i].path);
        if (i < 3)
            list_add(&epochs[i], i * 2 + 1, i * 2 + 2);
    }
    char *path = support_path(folder, "xap15");
    ck_assert_int_eq(g_mkdir(path, 0700), 0);
    g_free(path);
    path = support_path(folder, "all.git");
    ck_assert_int_eq(g_mkdir(path, 0700), 0);
    g_free(path);
}

void free_inbox(struct list epochs[4])
{
    for (int i = 0; i < 4; i++)
        list_free(&epochs[i]);
}
