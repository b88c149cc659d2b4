/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

#include <pthread.h>

/* Chunks that may be walked, read or waiting to be taken, for each reader: enough
 * that no thread waits for another in step, few enough that a taker who stops keeps
 * little in memory. */
#define CHUNKS_IN_FLIGHT 8

/* Neighbouring commits, on their way from the walker to a reader. */
struct chunk {
    guint64 sequence;
    GArray *commits;     /* struct archive_commit */
    GPtrArray *breaks;   /* char *: histories that broke off between them */
};

struct scan {
    scan_notify *notify;
    void *notify_data;
    struct archive *walked; /* the walker's handle */
    struct archive_walk *walk;
    GPtrArray *archives; /* struct archive *, one for each reader */
    GPtrArray *threads;  /* GThread *, the walker first */
    guint started;       /* readers that have taken their handle */

    /* Not GLib's, which ThreadSanitizer cannot see through. */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* anything of it */
    bool cancelled;
    bool walked_out;       /* the walker has handed out its last chunk */
    GQueue chunks;         /* struct chunk *, to be read */
    GHashTable *batches;   /* sequence → struct mail_batch *, read */
    guint64 handed_out;    /* chunks by the walker */
    guint64 taken;         /* batches by the taker */
    guint64 limit;         /* of handed_out - taken */
};

static struct chunk *chunk_new(void)
{
    struct chunk *chunk = g_new0(struct chunk, 1);

    chunk->commits = g_array_new(FALSE, FALSE, sizeof(struct archive_commit));
    chunk->breaks = g_ptr_array_new_with_free_func(g_free);
    return chunk;
}

static void chunk_free(gpointer data)
{
    struct chunk *chunk = data;

    g_array_free(chunk->commits, TRUE);
    g_ptr_array_free(chunk->breaks, TRUE);
    g_free(chunk);
}

/* --- the walker ----------------------------------------------------------- */

/* Fills CHUNK; false at the end of the range, when it may still hold something. */
static bool fill_chunk(struct scan *scan, struct chunk *chunk, guint size)
{
    while (chunk->commits->len < size) {
        struct archive_commit commit;
        GError *error = NULL;

        if (archive_walk_next(scan->walk, &commit, &error)) {
            g_array_append_val(chunk->commits, commit);
        } else if (error) {
            g_ptr_array_add(chunk->breaks, g_strdup(error->message));
            g_clear_error(&error);
        } else {
            return false;
        }
    }
    return true;
}

/* Gives CHUNK to the readers as soon as there is room; false if cancelled. That it is
 * the LAST is said in the same breath: who takes its batch must see the end. */
static bool hand_out(struct scan *scan, struct chunk *chunk, bool last)
{
    bool go_on;

    pthread_mutex_lock(&scan->lock);
    while (!scan->cancelled && scan->handed_out - scan->taken >= scan->limit)
        pthread_cond_wait(&scan->changed, &scan->lock);
    go_on = !scan->cancelled;
    if (go_on) {
        chunk->sequence = scan->handed_out++;
        scan->walked_out = last;
        g_queue_push_tail(&scan->chunks, chunk);
        pthread_cond_broadcast(&scan->changed);
    }
    pthread_mutex_unlock(&scan->lock);
    if (!go_on)
        chunk_free(chunk);
    return go_on;
}

static gpointer walk(gpointer data)
{
    struct scan *scan = data;
    guint size = SCAN_FIRST_CHUNK;
    bool more = true;

    while (more) {
        struct chunk *chunk = chunk_new();

        more = fill_chunk(scan, chunk, size);
        size = SCAN_CHUNK;
        if (!hand_out(scan, chunk, !more))
            break;
    }
    return NULL;
}

/* --- the readers ---------------------------------------------------------- */

static struct mail_batch *read_chunk(struct archive *archive, const struct chunk *chunk)
{
    struct mail_batch *batch = mail_batch_new();

    for (guint i = 0; i < chunk->commits->len; i++) {
        const struct archive_commit *commit =
            &g_array_index(chunk->commits, struct archive_commit, i);
        struct archive_mail mail;
        GError *error = NULL;

        if (!archive_read(archive, commit, &mail, &error)) {
            g_ptr_array_add(batch->problems, g_strdup(error->message));
            g_clear_error(&error);
            continue;
        }
        mail_parse(batch, mail.bytes, mail.length, &commit->place, mail.withdrawal);
        archive_mail_release(&mail);
    }
    g_ptr_array_extend_and_steal(batch->breaks, g_ptr_array_ref(chunk->breaks));
    return batch;
}

/* The next chunk to read, or NULL when there will be none. */
static struct chunk *next_chunk(struct scan *scan)
{
    struct chunk *chunk = NULL;

    pthread_mutex_lock(&scan->lock);
    while (!scan->cancelled && !(chunk = g_queue_pop_head(&scan->chunks)) && !scan->walked_out)
        pthread_cond_wait(&scan->changed, &scan->lock);
    pthread_mutex_unlock(&scan->lock);
    return chunk;
}

static void hand_over(struct scan *scan, guint64 sequence, struct mail_batch *batch)
{
    bool wake;

    pthread_mutex_lock(&scan->lock);
    g_hash_table_insert(scan->batches, g_memdup2(&sequence, sizeof sequence), batch);
    wake = sequence == scan->taken;
    pthread_cond_broadcast(&scan->changed);
    pthread_mutex_unlock(&scan->lock);
    if (wake && scan->notify)
        scan->notify(scan->notify_data);
}

static gpointer read_chunks(gpointer data)
{
    struct scan *scan = data;
    struct archive *archive;
    struct chunk *chunk;

    pthread_mutex_lock(&scan->lock);
    archive = g_ptr_array_index(scan->archives, scan->started++);
    pthread_mutex_unlock(&scan->lock);
    while ((chunk = next_chunk(scan))) {
        hand_over(scan, chunk->sequence, read_chunk(archive, chunk));
        chunk_free(chunk);
    }
    return NULL;
}

/* --- the taker ------------------------------------------------------------ */

static void free_archive(gpointer archive)
{
    archive_close(archive);
}

static void free_batch(gpointer batch)
{
    mail_batch_free(batch);
}

static bool open_handles(struct scan *scan, const struct archive *archive,
                         const struct range *range, unsigned readers, GError **error)
{
    scan->walked = archive_copy(archive, error);
    if (!scan->walked)
        return false;
    scan->walk = archive_walk_new(scan->walked, range, error);
    if (!scan->walk)
        return false;
    for (unsigned i = 0; i < readers; i++) {
        struct archive *copy = archive_copy(archive, error);

        if (!copy)
            return false;
        g_ptr_array_add(scan->archives, copy);
    }
    return true;
}

static bool start_thread(struct scan *scan, const char *name, GThreadFunc function,
                         GError **error)
{
    GThread *thread = g_thread_try_new(name, function, scan, error);

    if (thread)
        g_ptr_array_add(scan->threads, thread);
    return thread != NULL;
}

struct scan *scan_start(const struct archive *archive, const struct range *range,
                        unsigned readers, scan_notify *notify, void *data, GError **error)
{
    struct scan *scan = g_new0(struct scan, 1);

    if (readers == 0)
        readers = g_get_num_processors();
    scan->notify = notify;
    scan->notify_data = data;
    scan->archives = g_ptr_array_new_with_free_func(free_archive);
    scan->threads = g_ptr_array_new();
    scan->batches = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_batch);
    scan->limit = (guint64)readers * CHUNKS_IN_FLIGHT;
    pthread_mutex_init(&scan->lock, NULL);
    pthread_cond_init(&scan->changed, NULL);
    g_queue_init(&scan->chunks);
    if (!open_handles(scan, archive, range, readers, error)) {
        scan_free(scan);
        return NULL;
    }
    bool started = start_thread(scan, "walker", walk, error);
    for (unsigned i = 0; started && i < readers; i++)
        started = start_thread(scan, "reader", read_chunks, error);
    if (!started)
        g_clear_pointer(&scan, scan_free);
    return scan;
}

/* Both with the lock held. */
static bool all_taken(const struct scan *scan)
{
    return scan->walked_out && scan->taken == scan->handed_out;
}

static struct mail_batch *take(struct scan *scan)
{
    gpointer key, batch;

    if (!g_hash_table_steal_extended(scan->batches, &scan->taken, &key, &batch))
        return NULL;
    g_free(key);
    scan->taken++;
    pthread_cond_broadcast(&scan->changed);
    return batch;
}

struct mail_batch *scan_take(struct scan *scan)
{
    struct mail_batch *batch;

    pthread_mutex_lock(&scan->lock);
    batch = take(scan);
    pthread_mutex_unlock(&scan->lock);
    return batch;
}

struct mail_batch *scan_wait(struct scan *scan)
{
    struct mail_batch *batch;

    pthread_mutex_lock(&scan->lock);
    while (!(batch = take(scan)) && !all_taken(scan))
        pthread_cond_wait(&scan->changed, &scan->lock);
    pthread_mutex_unlock(&scan->lock);
    return batch;
}

bool scan_finished(struct scan *scan)
{
    bool finished;

    pthread_mutex_lock(&scan->lock);
    finished = all_taken(scan);
    pthread_mutex_unlock(&scan->lock);
    return finished;
}

const char *scan_from(const struct scan *scan)
{
    return archive_walk_from(scan->walk);
}

const char *scan_to(const struct scan *scan)
{
    return archive_walk_to(scan->walk);
}

void scan_free(struct scan *scan)
{
    struct chunk *chunk;

    if (!scan)
        return;
    pthread_mutex_lock(&scan->lock);
    scan->cancelled = true;
    pthread_cond_broadcast(&scan->changed);
    pthread_mutex_unlock(&scan->lock);
    for (guint i = 0; i < scan->threads->len; i++)
        g_thread_join(g_ptr_array_index(scan->threads, i));
    while ((chunk = g_queue_pop_head(&scan->chunks)))
        chunk_free(chunk);
    archive_walk_free(scan->walk);
    g_hash_table_destroy(scan->batches);
    g_ptr_array_free(scan->archives, TRUE);
    g_ptr_array_free(scan->threads, TRUE);
    archive_close(scan->walked);
    pthread_cond_destroy(&scan->changed);
    pthread_mutex_destroy(&scan->lock);
    g_free(scan);
}
