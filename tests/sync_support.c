/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync_support.h"

#include <glib/gstdio.h>

char *read_text(const char *folder, const char *name)
{
    char *path = support_path(folder, name), *text = NULL;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_free(path);
    return text;
}

void append_text(const char *folder, const char *name, const char *more)
{
    char *text = read_text(folder, name);
    char *whole = g_strconcat(text, more, NULL);

    write_text(folder, name, whole);
    g_free(whole);
    g_free(text);
}

bool exists(const char *folder, const char *name)
{
    char *path = support_path(folder, name);
    bool there = g_file_test(path, G_FILE_TEST_EXISTS);

    g_free(path);
    return there;
}

void assert_mails(const char *path, const char *expected)
{
    struct archive *archive = open_archive(path);

    assert_all(archive, expected);
    archive_close(archive);
}

struct sync_result assert_synced(const char *path)
{
    struct sync_result result;
    GError *error = NULL;

    ck_assert_msg(sync_archive(path, NULL, NULL, &result, &error), "%s",
                  error != NULL ? error->message : "no error");
    ck_assert_ptr_null(error);
    return result;
}

struct sync_result assert_mirrored(const char *url, const char *path)
{
    struct sync_result result;
    GError *error = NULL;

    ck_assert_msg(sync_mirror(url, path, NULL, NULL, &result, &error), "%s",
                  error != NULL ? error->message : "no error");
    ck_assert_ptr_null(error);
    return result;
}

void assert_not_synced(const char *path, const char *word, const char *other)
{
    struct sync_result result;
    GError *error = NULL;

    ck_assert(!sync_archive(path, NULL, NULL, &result, &error));
    assert_error(error, ARCHIVE_ERROR_SYNC, word, other);
}

void assert_not_mirrored(const char *url, const char *word, const char *other)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "new");
    struct sync_result result;
    GError *error = NULL;

    ck_assert(!sync_mirror(url, path, NULL, NULL, &result, &error));
    assert_error(error, ARCHIVE_ERROR_SYNC, word, other);
    ck_assert_int_eq(g_rmdir(folder), 0);
    g_free(path);
}

struct mirror mirror_new(void)
{
    struct mirror mirror = { .upstream = list_new("list.git"), .folder = support_folder() };

    list_add(&mirror.upstream, 1, 2);
    mirror.path = support_path(mirror.folder, "list.git");
    struct sync_result result = assert_mirrored(mirror.upstream.path, mirror.path);
    ck_assert_uint_eq(result.commits, 2);
    ck_assert_uint_eq(result.new_epochs, 0);
    ck_assert(!result.rewritten);
    assert_mails(mirror.path, "2 1");
    return mirror;
}

void mirror_free(struct mirror *mirror)
{
    g_free(mirror->path);
    list_free(&mirror->upstream);
}

void set_remote(const char *path, const char *url, const char *more)
{
    char *text = g_strdup_printf("[remote \"origin\"]\n\turl = %s\n%s", url, more);

    append_text(path, "config", text);
    g_free(text);
}

void move_remote(const struct mirror *mirror, const char *url)
{
    write_text(mirror->path, "config", "[core]\n\tbare = true\n\trepositoryformatversion = 0\n");
    set_remote(mirror->path, url, "\tfetch = +refs/*:refs/*\n");
}
