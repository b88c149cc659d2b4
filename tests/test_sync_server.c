/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What servers may do to a sync: fail, hang, ask for a login; and the job of the browser that syncs. */
#include "sync_support.h"
#include "fetching.h"
#include "run_suite.h"

#include <check.h>
#include <gio/gio.h>
#include <pthread.h>
#include <string.h>

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

int main(void)
{
    Suite *suite = suite_create("sync_server");
    TCase *servers = tcase_create("servers"), *job = tcase_create("job");

    tcase_add_loop_test(servers, test_failure, 0, G_N_ELEMENTS(failures));
    tcase_add_loop_test(servers, test_unreachable, 0, 4);
    tcase_add_test(servers, test_ssh);
    tcase_add_test(servers, test_hidden_login);
    tcase_add_loop_test(servers, test_cancel, 0, 3);
    tcase_add_test(servers, test_cancel_path);
    tcase_add_test(job, test_job);
    tcase_add_test(job, test_job_cancelled);
    /* Each reference is written to the disk, which may be busy. */
    TCase *const all[] = { servers, job };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        tcase_set_timeout(all[i], 60);
        suite_add_tcase(suite, all[i]);
    }

    archive_startup(false);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
