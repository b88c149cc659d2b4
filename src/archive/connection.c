/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/connection.h"

#include "archive/repository.h"

#include <gio/gio.h>
#include <stdlib.h>

/* How often a watcher is asked, and how long a server may be silent. One that gathers objects says
 * so every five seconds (git-config(1), uploadpack.keepAlive). */
#define TICK (G_USEC_PER_SEC / 10)
#define CONNECT_SECONDS 60
#define SILENCE_SECONDS 120

/* The first four members are those of libgit2's own streams: its ssh transport takes any stream for
 * one of them, and reads the descriptor. */
struct connection {
    git_stream stream;
    char *host;
    char *port;
    int descriptor;
    GSocketConnection *link;
    struct connection_watch *watch;
};

/* While it is being connected. */
struct attempt {
    struct connection *connection;
    GCancellable *cancellable;
    GError *error;
    bool over;
};

static GPrivate watching;

static bool go_on(const struct connection *connection)
{
    return connection->watch->go_on(connection->watch->data);
}

/* Keeps ERROR for the watcher, and has libgit2 say the same. */
static int fail(struct connection *connection, GError *error)
{
    git_error_set_str(GIT_ERROR_NET, error->message);
    g_clear_error(&connection->watch->error);
    connection->watch->error = error;
    return -1;
}

static void on_connected(GObject *client, GAsyncResult *result, gpointer data)
{
    struct attempt *attempt = data;

    attempt->connection->link = g_socket_client_connect_finish(G_SOCKET_CLIENT(client), result,
                                                               &attempt->error);
    attempt->over = true;
}

static gboolean on_tick(gpointer data)
{
    struct attempt *attempt = data;

    if (!go_on(attempt->connection))
        g_cancellable_cancel(attempt->cancellable);
    return G_SOURCE_CONTINUE;
}

/* Runs ATTEMPT to its end in a main loop of its own. */
static void run_attempt(struct attempt *attempt, GSocketClient *client,
                        GSocketConnectable *address)
{
    GMainContext *context = g_main_context_new();
    GSource *tick = g_timeout_source_new(TICK / 1000);

    g_main_context_push_thread_default(context);
    g_source_set_callback(tick, on_tick, attempt, NULL);
    g_source_attach(tick, context);
    g_socket_client_connect_async(client, address, attempt->cancellable, on_connected, attempt);
    while (!attempt->over)
        g_main_context_iteration(context, TRUE);
    g_source_destroy(tick);
    g_source_unref(tick);
    g_main_context_pop_thread_default(context);
    g_main_context_unref(context);
}

static int connection_connect(git_stream *stream)
{
    struct connection *connection = (struct connection *)stream;
    struct attempt attempt = { .connection = connection };
    unsigned long port = strtoul(connection->port, NULL, 10);

    connection->watch->ended = false;
    if (port == 0 || port > G_MAXUINT16)
        return fail(connection, g_error_new(G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                            "%s is no port", connection->port));
    GSocketConnectable *address = g_network_address_new(connection->host, (guint16)port);
    GSocketClient *client = g_socket_client_new();
    attempt.cancellable = g_cancellable_new();
    /* libgit2 sees to proxies. */
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, CONNECT_SECONDS);
    run_attempt(&attempt, client, address);
    g_object_unref(client);
    g_object_unref(address);
    g_object_unref(attempt.cancellable);
    if (connection->link == NULL)
        return fail(connection, attempt.error);
    GSocket *socket = g_socket_connection_get_socket(connection->link);
    g_socket_set_timeout(socket, 0);
    connection->descriptor = g_socket_get_fd(socket);
    return 0;
}

/* Waits until CONDITION holds of SOCKET. */
static bool wait_for(struct connection *connection, GSocket *socket, GIOCondition condition)
{
    gint64 silent_since = g_get_monotonic_time();
    GError *error = NULL;

    while (!g_socket_condition_timed_wait(socket, condition, TICK, NULL, &error)) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
            fail(connection, error);
            return false;
        }
        g_clear_error(&error);
        if (!go_on(connection)) {
            fail(connection, g_error_new(G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
            return false;
        }
        if (g_get_monotonic_time() - silent_since > SILENCE_SECONDS * G_USEC_PER_SEC) {
            fail(connection, g_error_new(G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                         "the server has said nothing for %d seconds",
                                         SILENCE_SECONDS));
            return false;
        }
    }
    return true;
}

static ssize_t connection_read(git_stream *stream, void *bytes, size_t length)
{
    struct connection *connection = (struct connection *)stream;
    GSocket *socket = g_socket_connection_get_socket(connection->link);
    GError *error = NULL;

    if (!wait_for(connection, socket, G_IO_IN))
        return -1;
    gssize got = g_socket_receive(socket, bytes, length, NULL, &error);
    if (got < 0)
        return fail(connection, error);
    connection->watch->ended = got == 0;
    return got;
}

static ssize_t connection_write(git_stream *stream, const char *bytes, size_t length, int flags)
{
    struct connection *connection = (struct connection *)stream;
    GSocket *socket = g_socket_connection_get_socket(connection->link);
    GError *error = NULL;

    (void)flags;
    if (!wait_for(connection, socket, G_IO_OUT))
        return -1;
    gssize sent = g_socket_send(socket, bytes, length, NULL, &error);
    return sent < 0 ? fail(connection, error) : sent;
}

static int connection_close(git_stream *stream)
{
    struct connection *connection = (struct connection *)stream;

    g_clear_object(&connection->link);
    connection->descriptor = -1;
    return 0;
}

static void connection_free(git_stream *stream)
{
    struct connection *connection = (struct connection *)stream;

    connection_close(stream);
    g_free(connection->host);
    g_free(connection->port);
    g_free(connection);
}

static int connection_new(git_stream **out, const char *host, const char *port)
{
    struct connection_watch *watch = g_private_get(&watching);

    if (watch == NULL) {
        git_error_set_str(GIT_ERROR_NET, "nobody watches this connection");
        return -1;
    }
    struct connection *connection = g_new0(struct connection, 1);
    connection->stream.version = GIT_STREAM_VERSION;
    connection->stream.connect = connection_connect;
    connection->stream.read = connection_read;
    connection->stream.write = connection_write;
    connection->stream.close = connection_close;
    connection->stream.free = connection_free;
    connection->host = g_strdup(host);
    connection->port = g_strdup(port);
    connection->descriptor = -1;
    connection->watch = watch;
    *out = &connection->stream;
    return 0;
}

void connection_watch(struct connection_watch *watch)
{
    git_stream_registration registration = { .version = GIT_STREAM_VERSION,
                                             .init = connection_new };

    g_private_set(&watching, watch);
    git_stream_register(GIT_STREAM_STANDARD, &registration);
}
