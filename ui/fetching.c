/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetching.h"

#include <pthread.h>
#include <time.h>

/* How long fetching_free() waits for a thread that may have something to tidy up, in nanoseconds. */
#define PATIENCE 500000000L

/* Shared by the thread and its starter; the last one to leave frees it. */
struct fetching {
    char *path;
    fetching_notify *notify;
    void *data;

    /* Not GLib's, which ThreadSanitizer cannot see through. */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t ended; /* finished was set */
    bool cancelled;
    bool abandoned; /* nobody is to be notified */
    bool finished;
    unsigned users;
    char *name; /* of sync_progress, as the rest; NULL at first */
    size_t objects, total_objects;
    struct sync_result result;
    GError *error;
};

static void release(struct fetching *fetching)
{
    pthread_mutex_lock(&fetching->lock);
    bool last = --fetching->users == 0;
    pthread_mutex_unlock(&fetching->lock);
    if (!last)
        return;
    g_clear_error(&fetching->error);
    pthread_mutex_destroy(&fetching->lock);
    pthread_cond_destroy(&fetching->ended);
    g_free(fetching->name);
    g_free(fetching->path);
    g_free(fetching);
}

/* With the lock held, so that nobody is notified behind fetching_free(). */
static void notify(const struct fetching *fetching)
{
    if (!fetching->abandoned && fetching->notify != NULL)
        fetching->notify(fetching->data);
}

static bool on_report(const struct sync_progress *progress, void *data)
{
    struct fetching *fetching = data;

    pthread_mutex_lock(&fetching->lock);
    if (g_strcmp0(fetching->name, progress->name) != 0) {
        g_free(fetching->name);
        fetching->name = g_strdup(progress->name);
    }
    fetching->objects = progress->objects;
    fetching->total_objects = progress->total_objects;
    notify(fetching);
    bool go_on = !fetching->cancelled;
    pthread_mutex_unlock(&fetching->lock);
    return go_on;
}

static gpointer run(gpointer data)
{
    struct fetching *fetching = data;
    struct sync_result result;
    GError *error = NULL;

    sync_archive(fetching->path, on_report, fetching, &result, &error);
    pthread_mutex_lock(&fetching->lock);
    fetching->result = result;
    fetching->error = error;
    fetching->finished = true;
    pthread_cond_signal(&fetching->ended);
    notify(fetching);
    pthread_mutex_unlock(&fetching->lock);
    release(fetching);
    return NULL;
}

struct fetching *fetching_start(const char *path, fetching_notify *function, void *data,
                                GError **error)
{
    struct fetching *fetching = g_new0(struct fetching, 1);
    pthread_condattr_t monotonic;

    fetching->path = g_strdup(path);
    fetching->notify = function;
    fetching->data = data;
    fetching->users = 2;
    pthread_mutex_init(&fetching->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&fetching->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    GThread *thread = g_thread_try_new("fetch", run, fetching, error);
    if (thread == NULL) {
        fetching->users = 1;
        release(fetching);
        return NULL;
    }
    g_thread_unref(thread);
    return fetching;
}

void fetching_describe(struct fetching *fetching, GString *text)
{
    pthread_mutex_lock(&fetching->lock);
    g_string_append(text, "fetching");
    if (fetching->name != NULL)
        g_string_append_printf(text, " %s", fetching->name);
    if (fetching->total_objects > 0)
        g_string_append_printf(text, " %d%%",
                               (int)(fetching->objects * 100.0 / fetching->total_objects));
    pthread_mutex_unlock(&fetching->lock);
}

bool fetching_finished(struct fetching *fetching, struct sync_result *result, GError **error)
{
    pthread_mutex_lock(&fetching->lock);
    bool finished = fetching->finished;
    if (finished) {
        *result = fetching->result;
        if (fetching->error != NULL)
            g_propagate_error(error, g_steal_pointer(&fetching->error));
    }
    pthread_mutex_unlock(&fetching->lock);
    return finished;
}

void fetching_cancel(struct fetching *fetching)
{
    pthread_mutex_lock(&fetching->lock);
    fetching->cancelled = true;
    pthread_mutex_unlock(&fetching->lock);
}

void fetching_free(struct fetching *fetching)
{
    struct timespec until;

    if (fetching == NULL)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PATIENCE;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&fetching->lock);
    fetching->cancelled = true;
    fetching->abandoned = true;
    while (!fetching->finished
           && pthread_cond_timedwait(&fetching->ended, &fetching->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&fetching->lock);
    release(fetching);
}
