/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reading.h"

#include "worker.h"

#include <pthread.h>

/* Mails that a reader takes at a time: neighbours in the pack share their delta bases. */
#define CHUNK 16

/* Chunks that may be read or waiting to be taken, for each reader. */
#define CHUNKS_IN_FLIGHT 8

struct reading {
    reading_work *work;
    void *data;
    GDestroyNotify free_result;
    reading_notify *notify;
    void *notify_data;
    struct commit_id *commits;
    size_t count;
    size_t chunks;
    size_t limit;        /* of chunks handed out and not taken */
    GPtrArray *archives; /* struct archive *, one for each reader */
    GPtrArray *threads;  /* GThread * */
    gint cancelled;      /* looked at before each mail: atomic */

    /* Not GLib's, which ThreadSanitizer cannot see through. */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* anything of it */
    guint started;          /* readers that have taken their handle */
    size_t handed_out;      /* chunks, to readers */
    size_t taken;           /* results, by the taker */
    gpointer **slots;       /* of chunk n at n % limit: its results, NULL before it is read */
};

/* --- the readers ------------------------------------------------------------ */

static bool is_cancelled(struct reading *reading)
{
    return g_atomic_int_get(&reading->cancelled) != 0;
}

/* The next chunk to read as soon as there is room for it; false when there will be none. */
static bool next_chunk(struct reading *reading, size_t *chunk)
{
    bool go_on;

    pthread_mutex_lock(&reading->lock);
    while (!is_cancelled(reading) && reading->handed_out < reading->chunks &&
           reading->handed_out - reading->taken / CHUNK >= reading->limit)
        pthread_cond_wait(&reading->changed, &reading->lock);
    go_on = !is_cancelled(reading) && reading->handed_out < reading->chunks;
    if (go_on)
        *chunk = reading->handed_out++;
    pthread_mutex_unlock(&reading->lock);
    return go_on;
}

static gpointer read_mail(struct reading *reading, struct archive *archive, size_t index)
{
    struct archive_mail mail;
    gpointer result;

    if (!archive_read_id(archive, &reading->commits[index], &mail, NULL))
        return reading->work(index, NULL, 0, reading->data);
    result = reading->work(index, mail.bytes, mail.length, reading->data);
    archive_mail_release(&mail);
    return result;
}

/* CHUNK results; those that a cancelled reading did not come to are NULL. */
static gpointer *read_chunk(struct reading *reading, struct archive *archive, size_t chunk)
{
    gpointer *results = g_new0(gpointer, CHUNK);
    size_t first = chunk * CHUNK;

    for (size_t i = 0; i < CHUNK && first + i < reading->count && !is_cancelled(reading); i++)
        results[i] = read_mail(reading, archive, first + i);
    return results;
}

static void hand_over(struct reading *reading, size_t chunk, gpointer *results)
{
    bool wake;

    pthread_mutex_lock(&reading->lock);
    reading->slots[chunk % reading->limit] = results;
    wake = chunk == reading->taken / CHUNK;
    pthread_mutex_unlock(&reading->lock);
    if (wake && reading->notify && !is_cancelled(reading))
        reading->notify(reading->notify_data);
}

static gpointer read_chunks(gpointer data)
{
    struct reading *reading = data;
    struct archive *archive;
    size_t chunk;

    pthread_mutex_lock(&reading->lock);
    archive = g_ptr_array_index(reading->archives, reading->started++);
    pthread_mutex_unlock(&reading->lock);
    /* Who is notified has an event loop. */
    if (reading->notify)
        worker_give_way();
    if (reading->count == 0 && reading->notify)
        reading->notify(reading->notify_data);
    while (next_chunk(reading, &chunk))
        hand_over(reading, chunk, read_chunk(reading, archive, chunk));
    return NULL;
}

/* --- the one who started it ------------------------------------------------- */

static void free_archive(gpointer archive)
{
    archive_close(archive);
}

/* Of READERS as many as there is something to do for. */
static unsigned useful_readers(unsigned readers, size_t chunks)
{
    if (readers == 0)
        readers = g_get_num_processors();
    if (readers > chunks)
        readers = (unsigned)chunks;
    return readers > 0 ? readers : 1;
}

static bool start_threads(struct reading *reading, unsigned readers, GError **error)
{
    for (unsigned i = 0; i < readers; i++) {
        GThread *thread = g_thread_try_new("reader", read_chunks, reading, error);

        if (!thread)
            return false;
        g_ptr_array_add(reading->threads, thread);
    }
    return true;
}

static bool open_handles(struct reading *reading, const struct archive *archive,
                         unsigned readers, GError **error)
{
    for (unsigned i = 0; i < readers; i++) {
        struct archive *copy = archive_copy(archive, error);

        if (!copy)
            return false;
        g_ptr_array_add(reading->archives, copy);
    }
    return true;
}

struct reading *reading_start(const struct archive *archive, const struct commit_id *commits,
                              size_t count, unsigned readers, reading_work *work, void *data,
                              GDestroyNotify free_result, reading_notify *notify,
                              void *notify_data, GError **error)
{
    struct reading *reading = g_new0(struct reading, 1);

    reading->work = work;
    reading->data = data;
    reading->free_result = free_result;
    reading->notify = notify;
    reading->notify_data = notify_data;
    reading->commits = g_memdup2(commits, count * sizeof *commits);
    reading->count = count;
    reading->chunks = count / CHUNK + (count % CHUNK > 0);
    readers = useful_readers(readers, reading->chunks);
    reading->limit = (size_t)readers * CHUNKS_IN_FLIGHT;
    reading->slots = g_new0(gpointer *, reading->limit);
    reading->archives = g_ptr_array_new_with_free_func(free_archive);
    reading->threads = g_ptr_array_new();
    pthread_mutex_init(&reading->lock, NULL);
    pthread_cond_init(&reading->changed, NULL);
    if (!open_handles(reading, archive, readers, error) ||
        !start_threads(reading, readers, error)) {
        reading_free(reading);
        return NULL;
    }
    return reading;
}

gpointer reading_take(struct reading *reading)
{
    gpointer **slot, result = NULL;
    size_t index = reading->taken % CHUNK;

    if (reading->taken == reading->count)
        return NULL;
    pthread_mutex_lock(&reading->lock);
    slot = &reading->slots[reading->taken / CHUNK % reading->limit];
    if (*slot) {
        result = (*slot)[index];
        (*slot)[index] = NULL;
        reading->taken++;
        if (index == CHUNK - 1) {
            g_clear_pointer(slot, g_free);
            pthread_cond_broadcast(&reading->changed);
        }
    }
    pthread_mutex_unlock(&reading->lock);
    return result;
}

size_t reading_taken(const struct reading *reading)
{
    return reading->taken;
}

size_t reading_count(const struct reading *reading)
{
    return reading->count;
}

static void free_results(const struct reading *reading, gpointer *results)
{
    for (size_t i = 0; results && reading->free_result && i < CHUNK; i++)
        if (results[i])
            reading->free_result(results[i]);
    g_free(results);
}

void reading_free(struct reading *reading)
{
    if (!reading)
        return;
    pthread_mutex_lock(&reading->lock);
    g_atomic_int_set(&reading->cancelled, 1);
    pthread_cond_broadcast(&reading->changed);
    pthread_mutex_unlock(&reading->lock);
    for (guint i = 0; i < reading->threads->len; i++)
        g_thread_join(g_ptr_array_index(reading->threads, i));
    for (size_t i = 0; i < reading->limit; i++)
        free_results(reading, reading->slots[i]);
    g_free(reading->slots);
    g_free(reading->commits);
    g_ptr_array_free(reading->archives, TRUE);
    g_ptr_array_free(reading->threads, TRUE);
    pthread_cond_destroy(&reading->changed);
    pthread_mutex_destroy(&reading->lock);
    g_free(reading);
}
