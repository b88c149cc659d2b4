/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetching and mirroring, from paths and from servers that do not do what they should; and the same
 * as a job. tests/sync.sh has git's own server. */
#include "archive/sync.h"
#include "archive_support.h"
#include "fetching.h"

#include <check.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* --- archives that are fetched from and into -------------------------------- */

static char *read_text(const char *folder, const char *name)
{
    char *path = support_path(folder, name), *text = NULL;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_free(path);
    return text;
}

static void append_text(const char *folder, const char *name, const char *more)
{
    char *text = read_text(folder, name);
    char *whole = g_strconcat(text, more, NULL);

    write_text(folder, name, whole);
    g_free(whole);
    g_free(text);
}

static bool exists(const char *folder, const char *name)
{
    char *path = support_path(folder, name);
    bool there = g_file_test(path, G_FILE_TEST_EXISTS);

    g_free(path);
    return there;
}

static void assert_mails(const char *path, const char *expected)
{
    struct archive *archive = open_archive(path);

    assert_all(archive, expected);
    archive_close(archive);
}

static struct sync_result assert_synced(const char *path)
{
    struct sync_result result;
    GError *error = NULL;

    ck_assert_msg(sync_archive(path, NULL, NULL, &result, &error), "%s",
                  error != NULL ? error->message : "no error");
    ck_assert_ptr_null(error);
    return result;
}

static struct sync_result assert_mirrored(const char *url, const char *path)
{
    struct sync_result result;
    GError *error = NULL;

    ck_assert_msg(sync_mirror(url, path, NULL, NULL, &result, &error), "%s",
                  error != NULL ? error->message : "no error");
    ck_assert_ptr_null(error);
    return result;
}

static void assert_not_synced(const char *path, const char *word, const char *other)
{
    struct sync_result result;
    GError *error = NULL;

    ck_assert(!sync_archive(path, NULL, NULL, &result, &error));
    assert_error(error, ARCHIVE_ERROR_SYNC, word, other);
}

/* And nothing is left of it. */
static void assert_not_mirrored(const char *url, const char *word, const char *other)
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

/* A mirror of a list with mails 1 and 2, in a folder of its own. */
struct mirror {
    struct list upstream;
    const char *folder;
    char *path;
};

static struct mirror mirror_new(void)
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

static void mirror_free(struct mirror *mirror)
{
    g_free(mirror->path);
    list_free(&mirror->upstream);
}

/* Has the repository at PATH fetch from URL, with more lines of the remote's section. */
static void set_remote(const char *path, const char *url, const char *more)
{
    char *text = g_strdup_printf("[remote \"origin\"]\n\turl = %s\n%s", url, more);

    append_text(path, "config", text);
    g_free(text);
}

/* Has a mirror fetch from elsewhere. */
static void move_remote(const struct mirror *mirror, const char *url)
{
    write_text(mirror->path, "config", "[core]\n\tbare = true\n\trepositoryformatversion = 0\n");
    set_remote(mirror->path, url, "\tfetch = +refs/*:refs/*\n");
}

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

/* --- servers ---------------------------------------------------------------- */

/* What a server does with a connection. */
struct manners {
    const char *until; /* reads until the client has sent this; NULL: until it closes */
    const char *answer;
    const char *then_until; /* the same again, if there is one */
    const char *then_answer;
};

struct server {
    GSocketListener *listener;
    GCancellable *stop;
    GThread *thread;
    guint16 port;
    const struct manners *manners;
    gint answered; /* connections that sent what was awaited: atomic */
};

/* Reads until WANTED has come (NULL: nothing will do). False if the client closed. */
static bool await_text(GIOStream *stream, const char *wanted)
{
    GInputStream *in = g_io_stream_get_input_stream(stream);
    GString *all = g_string_new(NULL);
    char bytes[512];
    gssize got = 1;

    while (got > 0 && (wanted == NULL || strstr(all->str, wanted) == NULL)) {
        got = g_input_stream_read(in, bytes, sizeof bytes, NULL, NULL);
        for (gssize i = 0; i < got; i++)
            g_string_append_c(all, bytes[i] != '\0' ? bytes[i] : ' ');
    }
    g_string_free(all, TRUE);
    return got > 0;
}

/* Sends TEXT, with a NUL for each "|". */
static void send_text(GIOStream *stream, const char *text)
{
    char *bytes = g_strdelimit(g_strdup(text), "|", '\0');

    g_output_stream_write_all(g_io_stream_get_output_stream(stream), bytes, strlen(text), NULL,
                              NULL, NULL);
    g_free(bytes);
}

static gpointer serve(gpointer data)
{
    struct server *server = data;
    GSocketConnection *connection;

    while ((connection = g_socket_listener_accept(server->listener, NULL, server->stop, NULL))
           != NULL) {
        GIOStream *stream = G_IO_STREAM(connection);
        const struct manners *manners = server->manners;
        if (await_text(stream, manners->until)) {
            g_atomic_int_inc(&server->answered);
            send_text(stream, manners->answer);
            if (manners->then_answer != NULL && await_text(stream, manners->then_until))
                send_text(stream, manners->then_answer);
        }
        g_io_stream_close(stream, NULL, NULL);
        g_object_unref(connection);
    }
    return NULL;
}

static struct server *server_new(const struct manners *manners)
{
    struct server *server = g_new0(struct server, 1);
    GInetAddress *loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    GSocketAddress *any = g_inet_socket_address_new(loopback, 0), *bound = NULL;

    server->manners = manners;
    server->listener = g_socket_listener_new();
    server->stop = g_cancellable_new();
    ck_assert(g_socket_listener_add_address(server->listener, any, G_SOCKET_TYPE_STREAM,
                                            G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
    server->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    server->thread = g_thread_new("server", serve, server);
    g_object_unref(bound);
    g_object_unref(any);
    g_object_unref(loopback);
    return server;
}

static void server_free(struct server *server)
{
    g_cancellable_cancel(server->stop);
    g_thread_join(server->thread);
    g_object_unref(server->listener);
    g_object_unref(server->stop);
    g_free(server);
}

static char *server_url(const struct server *server, const char *scheme, const char *path)
{
    return g_strdup_printf("%s://127.0.0.1:%u/%s", scheme, server->port, path);
}

#define HASH "89e6c98d92887913cadf06b2adb97f26cde4849b"
#define ADVERTISED "004d" HASH " refs/heads/master|side-band-64k\n"

static const struct {
    const char *name;
    const char *scheme;
    struct manners manners;
    const char *said; /* what the error says */
} failures[] = {
    { "closes at once", "git", { "git-upload-pack", "", NULL, NULL }, "cut" },
    { "half of a line", "git", { "git-upload-pack", "003f" HASH, NULL, NULL }, "cut" },
    { "refused", "git", { "git-upload-pack", "0016ERR no such thing\n", NULL, NULL },
      "no such thing" },
    { "escapes", "git", { "git-upload-pack", "000fERR a\033[2Jb\n", NULL, NULL }, "a [2Jb" },
    { "no protocol", "git", { "git-upload-pack", "Who are you?\n", NULL, NULL }, "" },
    { "cut pack", "git",
      { "git-upload-pack", ADVERTISED "0000", "done", "0008NAK\n000d\001PACK" }, "cut" },
    { "no pack", "git",
      { "git-upload-pack", ADVERTISED "0000", "done",
        "0008NAK\n001b\001This is no pack at all0000" }, "pack" },
    { "login", "http",
      { "\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n", NULL, NULL }, "login" },
    { "not found", "http",
      { "\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        NULL, NULL }, "404" },
    { "out of order", "http",
      { "\r\n\r\n", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        NULL, NULL }, "503" },
    { "a page", "http",
      { "\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n"
        "Connection: close\r\n\r\nHello", NULL, NULL }, "" },
    { "no TLS", "https", { "", "Hello\n", NULL, NULL }, "" },
};

START_TEST(test_failure)
{
    struct mirror mirror = mirror_new();
    struct server *server = server_new(&failures[_i].manners);
    char *url = server_url(server, failures[_i].scheme, "list.git");
    char *host = g_strdup_printf("127.0.0.1:%u", server->port);

    move_remote(&mirror, url);
    assert_not_synced(mirror.path, host, failures[_i].said);
    assert_mails(mirror.path, "2 1");
    ck_assert(!exists(mirror.path, "refs/heads/master.lock"));
    assert_not_mirrored(url, host, failures[_i].said);
    server_free(server);
    move_remote(&mirror, mirror.upstream.path);
    list_add(&mirror.upstream, 3, 3);
    ck_assert_uint_eq(assert_synced(mirror.path).commits, 1);
    g_free(host);
    g_free(url);
    mirror_free(&mirror);
}
END_TEST

/* Nobody listens where a server was a moment ago. */
START_TEST(test_unreachable)
{
    static const char *const schemes[] = { "git", "http", "https", "ssh" };
    static const struct manners mute = { .until = NULL };
    struct mirror mirror = mirror_new();
    struct server *server = server_new(&mute);
    char *url = server_url(server, schemes[_i], "list.git");

    server_free(server);
    move_remote(&mirror, url);
    assert_not_synced(mirror.path, "127.0.0.1", "refused");
    assert_mails(mirror.path, "2 1");
    assert_not_mirrored(url, "127.0.0.1", "refused");
    g_free(url);
    mirror_free(&mirror);
}
END_TEST

/* libgit2 1.5 keeps two paths for each ssh connection. */
void __lsan_disable(void) __attribute__((weak));

/* ssh goes over connections of ours, too: the server gets libssh2's greeting. */
START_TEST(test_ssh)
{
    static const struct manners gone = { .until = "SSH-2.0-", .answer = "" };
    struct mirror mirror = mirror_new();
    struct server *server = server_new(&gone);
    char *url = server_url(server, "ssh", "list.git");

    if (__lsan_disable != NULL)
        __lsan_disable();
    move_remote(&mirror, url);
    assert_not_synced(mirror.path, "127.0.0.1", "SSH");
    assert_mails(mirror.path, "2 1");
    ck_assert_int_eq(g_atomic_int_get(&server->answered), 1);
    server_free(server);
    g_free(url);
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_hidden_login)
{
    struct mirror mirror = mirror_new();
    struct server *server = server_new(&failures[0].manners);
    char *url = g_strdup_printf("http://ann:secret@127.0.0.1:%u/list.git", server->port);
    struct sync_result result;
    GError *error = NULL;

    server_free(server);
    move_remote(&mirror, url);
    ck_assert(!sync_archive(mirror.path, NULL, NULL, &result, &error));
    ck_assert_ptr_null(strstr(error->message, "secret"));
    assert_error(error, ARCHIVE_ERROR_SYNC, "http://127.0.0.1", "list.git");
    g_free(url);
    mirror_free(&mirror);
}
END_TEST

/* --- cancelling ------------------------------------------------------------- */

static bool never(const struct sync_progress *progress, void *data)
{
    int *times = data;

    ck_assert_ptr_nonnull(progress->name);
    return ++*times < 3;
}

static bool go_on_counting(const struct sync_progress *progress, void *data)
{
    (void)progress;
    ++*(int *)data;
    return true;
}

/* A server that says nothing. */
START_TEST(test_cancel)
{
    static const struct manners mute = { .until = NULL };
    static const char *const schemes[] = { "git", "http", "https" };
    struct mirror mirror = mirror_new();
    struct server *server = server_new(&mute);
    char *url = server_url(server, schemes[_i], "list.git");
    struct sync_result result;
    GError *error = NULL;
    int times = 0;

    move_remote(&mirror, url);
    ck_assert(!sync_archive(mirror.path, never, &times, &result, &error));
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_int_eq(times, 3);
    g_clear_error(&error);
    assert_mails(mirror.path, "2 1");
    server_free(server);
    g_free(url);
    mirror_free(&mirror);
}
END_TEST

static bool stop_at_once(const struct sync_progress *progress, void *data)
{
    (void)progress, (void)data;
    return false;
}

START_TEST(test_cancel_path)
{
    struct mirror mirror = mirror_new();
    char *path = support_path(mirror.folder, "new");
    struct sync_result result;
    GError *error = NULL;
    int times = 0;

    list_add(&mirror.upstream, 3, 3);
    ck_assert(!sync_archive(mirror.path, stop_at_once, NULL, &result, &error));
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_clear_error(&error);
    assert_mails(mirror.path, "2 1");
    ck_assert(!sync_mirror(mirror.upstream.path, path, stop_at_once, NULL, &result, &error));
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_clear_error(&error);
    ck_assert(!exists(mirror.folder, "new"));
    ck_assert(!exists(mirror.folder, "new.sync"));
    ck_assert(sync_archive(mirror.path, go_on_counting, &times, &result, &error));
    ck_assert_int_gt(times, 0);
    assert_mails(mirror.path, "3 2 1");
    g_free(path);
    mirror_free(&mirror);
}
END_TEST

/* --- as a job --------------------------------------------------------------- */

/* Stands in for an event loop. */
struct loop {
    /* Not GLib's, which ThreadSanitizer cannot see through. */
    pthread_mutex_t lock;
    pthread_cond_t woken;
    unsigned notices;
};

static void wake(void *data)
{
    struct loop *loop = data;

    pthread_mutex_lock(&loop->lock);
    loop->notices++;
    pthread_cond_signal(&loop->woken);
    pthread_mutex_unlock(&loop->lock);
}

static void await_notice(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    while (loop->notices == 0)
        pthread_cond_wait(&loop->woken, &loop->lock);
    loop->notices = 0;
    pthread_mutex_unlock(&loop->lock);
}

static void await_end(struct loop *loop, struct fetching *fetching, struct sync_result *result,
                      GError **error)
{
    while (!fetching_finished(fetching, result, error))
        await_notice(loop);
}

START_TEST(test_job)
{
    struct mirror mirror = mirror_new();
    struct loop loop = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };
    struct sync_result result;
    GError *error = NULL;

    list_add(&mirror.upstream, 3, 4);
    struct fetching *fetching = fetching_start(mirror.path, wake, &loop, &error);
    ck_assert_ptr_nonnull(fetching);
    await_end(&loop, fetching, &result, &error);
    ck_assert_ptr_null(error);
    ck_assert_uint_eq(result.commits, 2);
    fetching_free(fetching);
    assert_mails(mirror.path, "4 3 2 1");

    fetching = fetching_start("/nowhere", wake, &loop, &error);
    await_end(&loop, fetching, &result, &error);
    assert_error(error, ARCHIVE_ERROR_OPEN, "/nowhere", "");
    fetching_free(fetching);
    mirror_free(&mirror);
}
END_TEST

START_TEST(test_job_cancelled)
{
    static const struct manners mute = { .until = NULL };
    struct mirror mirror = mirror_new();
    struct server *server = server_new(&mute);
    char *url = server_url(server, "git", "list.git");
    struct loop loop = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };
    struct sync_result result;
    GError *error = NULL;

    move_remote(&mirror, url);
    struct fetching *fetching = fetching_start(mirror.path, wake, &loop, &error);
    await_notice(&loop);
    GString *text = g_string_new(NULL);
    fetching_describe(fetching, text);
    ck_assert_str_eq(text->str, "fetching list");
    g_string_free(text, TRUE);
    ck_assert(!fetching_finished(fetching, &result, &error));
    fetching_cancel(fetching);
    await_end(&loop, fetching, &result, &error);
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_clear_error(&error);
    fetching_free(fetching);

    /* One that nobody waits for. */
    fetching = fetching_start(mirror.path, wake, &loop, &error);
    await_notice(&loop);
    fetching_free(fetching);
    assert_mails(mirror.path, "2 1");
    server_free(server);
    g_free(url);
    mirror_free(&mirror);
}
END_TEST

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
    TCase *servers = tcase_create("servers"), *job = tcase_create("job");

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
    tcase_add_loop_test(servers, test_failure, 0, G_N_ELEMENTS(failures));
    tcase_add_loop_test(servers, test_unreachable, 0, 4);
    tcase_add_test(servers, test_ssh);
    tcase_add_test(servers, test_hidden_login);
    tcase_add_loop_test(servers, test_cancel, 0, 3);
    tcase_add_test(servers, test_cancel_path);
    tcase_add_test(job, test_job);
    tcase_add_test(job, test_job_cancelled);
    /* Each reference is written to the disk, which may be busy. */
    TCase *const all[] = { one, epochs, servers, job };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        tcase_set_timeout(all[i], 60);
        suite_add_tcase(suite, all[i]);
    }

    archive_startup(false);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    archive_shutdown();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
