/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals.h"

#include <glib-unix.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};

struct signals {
    int pipe[2];
    GSource *source;
    signals_function *function;
    void *data;
};

/* The pipe's end that the handler writes to: a handler can be handed nothing. GLib's own signal
 * sources know neither SIGTSTP nor SIGCONT. */
static volatile sig_atomic_t wake_descriptor = -1;

static void on_signal(int number)
{
    int saved = errno;
    const unsigned char byte = (unsigned char)number;
    /* Full, the loop is awake already. */
    ssize_t written = write(wake_descriptor, &byte, 1);
    (void)written;
    errno = saved;
}

static void set_handler(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_flags = SA_RESTART};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static gboolean on_wake(gint descriptor, GIOCondition condition, gpointer data)
{
    struct signals *signals = data;
    unsigned char bytes[64];
    ssize_t length = read(descriptor, bytes, sizeof bytes);
    (void)condition;
    for (ssize_t i = 0; i < length; i++)
        signals->function(bytes[i], signals->data);
    return G_SOURCE_CONTINUE;
}

struct signals *signals_new(GMainContext *context, signals_function *function, void *data,
                            GError **error)
{
    struct signals *signals = g_new0(struct signals, 1);
    if (!g_unix_open_pipe(signals->pipe, FD_CLOEXEC, error)) {
        g_free(signals);
        return NULL;
    }
    g_unix_set_fd_nonblocking(signals->pipe[0], TRUE, NULL);
    g_unix_set_fd_nonblocking(signals->pipe[1], TRUE, NULL);
    signals->function = function;
    signals->data = data;
    signals->source = g_unix_fd_source_new(signals->pipe[0], G_IO_IN);
    g_source_set_callback(signals->source, G_SOURCE_FUNC(on_wake), signals, NULL);
    g_source_set_priority(signals->source, G_PRIORITY_HIGH);
    g_source_attach(signals->source, context);

    wake_descriptor = signals->pipe[1];
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++)
        set_handler(watched[i], on_signal);
    return signals;
}

void signals_free(struct signals *signals)
{
    if (!signals)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++)
        set_handler(watched[i], SIG_DFL);
    wake_descriptor = -1;
    g_source_destroy(signals->source);
    g_source_unref(signals->source);
    close(signals->pipe[0]);
    close(signals->pipe[1]);
    g_free(signals);
}

void signals_stop_here(void)
{
    set_handler(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    set_handler(SIGTSTP, on_signal);
}
