/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

#include "store/record.h"
#include "worker.h"

#include <pthread.h>

/* Chunks that may be walked, read or waiting to be taken, for each reader: enough
 * that no thread waits for another in step, few enough that a taker who stops keeps
 * little in memory. */
#define CHUNKS_IN_FLIGHT 8

/* Neighbouring commits, on their way from the walker to a reader. */
struct chunk {
    guint64 sequence;
    GArray *commits;     /* struct archive_commit; record is not set, record_length is; NULL when read */
    GByteArray *records; /* of those that have one, one behind the other */
    GPtrArray *breaks;   /* char *: histories that broke off between them */
};

struct scan {
    scan_notify *notify;
    void *notify_data;
    struct archive *walked; /* the walker's handle */
    struct mail_index *index; /* the walker's until it ends; NULL: none, or closed */
    struct archive_walk *walk;
    bool gives_way;
    bool above;
    int64_t floor;
    GPtrArray *archives; /* struct archive *, one for each reader */
    GPtrArray *threads;  /* GThread *, the walker first */
    guint started;       /* readers that have taken their handle */
    gint stop;           /* for the walker while it counts; atomic */

    /* Not GLib's, which ThreadSanitizer cannot see through. */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* anything of it */
    bool cancelled;
    bool walked_out;       /* the walker has handed out its last chunk */
    GQueue chunks;         /* struct chunk *, to be read */
    GHashTable *batches;   /* sequence → struct scan_batch *, read */
    guint64 handed_out;    /* chunks by the walker */
    guint64 taken;         /* batches by the taker */
    guint64 limit;         /* of handed_out - taken */
};

static struct chunk *chunk_new(void)
{
    struct chunk *chunk = g_new0(struct chunk, 1);

    chunk->commits = g_array_new(FALSE, FALSE, sizeof(struct archive_commit));
    chunk->records = g_byte_array_new();
    chunk->breaks = g_ptr_array_new_with_free_func(g_free);
    return chunk;
}

static void chunk_free(gpointer data)
{
    struct chunk *chunk = data;

    if (chunk->commits)
        g_array_unref(chunk->commits);
    g_byte_array_unref(chunk->records);
    g_ptr_array_unref(chunk->breaks);
    g_free(chunk);
}

void scan_batch_free(struct scan_batch *batch)
{
    if (!batch)
        return;
    mail_batch_free(batch->mails);
    g_array_unref(batch->commits);
    g_free(batch);
}

/* --- the walker ----------------------------------------------------------- */

static void add_commit(struct chunk *chunk, struct archive_commit *commit, int64_t shift)
{
    commit->place.arrival += shift;
    if (commit->record)
        g_byte_array_append(chunk->records, commit->record, (guint)commit->record_length);
    else
        commit->record_length = 0;
    commit->record = NULL;
    g_array_append_val(chunk->commits, *commit);
}

/* Fills CHUNK, the ranks raised by SHIFT; false at the end of the range, when it may still hold
 * something. */
static bool fill_chunk(struct scan *scan, struct chunk *chunk, guint size, int64_t shift)
{
    while (chunk->commits->len < size) {
        struct archive_commit commit;
        GError *error = NULL;

        if (archive_walk_next(scan->walk, &commit, &error)) {
            add_commit(chunk, &commit, shift);
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
    int64_t shift = 0;
    bool more = true;

    if (scan->above)
        shift = scan->floor + 1 - archive_walk_last(scan->walk, &scan->stop);
    while (more) {
        struct chunk *chunk = chunk_new();

        more = fill_chunk(scan, chunk, size, shift);
        size = SCAN_CHUNK;
        /* Before the end is seen: an open one keeps others from making the index anew. */
        if (!more)
            g_clear_pointer(&scan->index, mail_index_close);
        if (!hand_out(scan, chunk, !more))
            break;
    }
    return NULL;
}

/* --- the readers ---------------------------------------------------------- */

static void read_mail(struct archive *archive, const struct archive_commit *commit,
                      struct mail_batch *batch)
{
    struct archive_mail mail;
    GError *error = NULL;

    if (!archive_read(archive, commit, &mail, &error)) {
        g_ptr_array_add(batch->problems, g_strdup(error->message));
        g_error_free(error);
        return;
    }
    mail_parse(batch, mail.bytes, mail.length, &commit->place, mail.withdrawal);
    archive_mail_release(&mail);
}

/* Where there is no record, or a damaged one, the archive is asked. */
static struct scan_batch *read_chunk(struct archive *archive, struct chunk *chunk,
                                     struct pool **pool)
{
    struct scan_batch *batch = g_new(struct scan_batch, 1);
    const guint8 *record = chunk->records->data;

    batch->mails = mail_batch_new_in(pool);
    batch->commits = g_steal_pointer(&chunk->commits);
    for (guint i = 0; i < batch->commits->len; i++) {
        struct archive_commit *commit = &g_array_index(batch->commits, struct archive_commit, i);
        size_t length = commit->record_length;

        commit->record_length = 0;
        if (length == 0 || !record_read(batch->mails, record, length, &commit->place))
            read_mail(archive, commit, batch->mails);
        if (length > 0)
            record += length;
    }
    g_ptr_array_extend_and_steal(batch->mails->breaks, g_ptr_array_ref(chunk->breaks));
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

static void hand_over(struct scan *scan, guint64 sequence, struct scan_batch *batch)
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
    struct pool *pool = NULL;

    if (scan->gives_way)
        worker_give_way();
    pthread_mutex_lock(&scan->lock);
    archive = g_ptr_array_index(scan->archives, scan->started++);
    pthread_mutex_unlock(&scan->lock);
    while ((chunk = next_chunk(scan))) {
        hand_over(scan, chunk->sequence, read_chunk(archive, chunk, &pool));
        chunk_free(chunk);
    }
    pool_close(pool);
    return NULL;
}

/* --- the taker ------------------------------------------------------------ */

static void free_archive(gpointer archive)
{
    archive_close(archive);
}

static void free_batch(gpointer batch)
{
    scan_batch_free(batch);
}

static bool open_walk(struct scan *scan, const struct archive *archive,
                      const struct scan_options *options, GError **error)
{
    struct archive_known known;

    scan->walked = archive_copy(archive, error);
    if (!scan->walked)
        return false;
    if (scan->index)
        known = mail_index_known(scan->index, options->unknown_only);
    scan->walk = archive_walk_new(scan->walked, options->range, scan->index ? &known : NULL,
                                  error);
    return scan->walk != NULL;
}

static bool open_handles(struct scan *scan, const struct archive *archive, unsigned readers,
                         GError **error)
{
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

struct scan *scan_start(const struct archive *archive, const struct scan_options *options,
                        GError **error)
{
    struct scan *scan = g_new0(struct scan, 1);
    unsigned readers = options->readers > 0 ? options->readers : g_get_num_processors();

    scan->notify = options->notify;
    scan->notify_data = options->data;
    scan->index = options->index;
    scan->gives_way = options->gives_way;
    scan->above = options->above;
    scan->floor = options->floor;
    scan->archives = g_ptr_array_new_with_free_func(free_archive);
    scan->threads = g_ptr_array_new();
    scan->batches = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_batch);
    scan->limit = (guint64)readers * CHUNKS_IN_FLIGHT;
    pthread_mutex_init(&scan->lock, NULL);
    pthread_cond_init(&scan->changed, NULL);
    g_queue_init(&scan->chunks);
    if (!open_walk(scan, archive, options, error) ||
        !open_handles(scan, archive, readers, error)) {
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

static struct scan_batch *take(struct scan *scan)
{
    gpointer key, batch;

    if (!g_hash_table_steal_extended(scan->batches, &scan->taken, &key, &batch))
        return NULL;
    g_free(key);
    scan->taken++;
    pthread_cond_broadcast(&scan->changed);
    return batch;
}

struct scan_batch *scan_take(struct scan *scan)
{
    struct scan_batch *batch;

    pthread_mutex_lock(&scan->lock);
    batch = take(scan);
    pthread_mutex_unlock(&scan->lock);
    return batch;
}

struct scan_batch *scan_wait(struct scan *scan)
{
    struct scan_batch *batch;

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
    g_atomic_int_set(&scan->stop, 1);
    pthread_mutex_lock(&scan->lock);
    scan->cancelled = true;
    pthread_cond_broadcast(&scan->changed);
    pthread_mutex_unlock(&scan->lock);
    for (guint i = 0; i < scan->threads->len; i++)
        g_thread_join(g_ptr_array_index(scan->threads, i));
    while ((chunk = g_queue_pop_head(&scan->chunks)))
        chunk_free(chunk);
    archive_walk_free(scan->walk);
    mail_index_close(scan->index);
    g_hash_table_destroy(scan->batches);
    g_ptr_array_free(scan->archives, TRUE);
    g_ptr_array_free(scan->threads, TRUE);
    archive_close(scan->walked);
    pthread_cond_destroy(&scan->changed);
    pthread_mutex_destroy(&scan->lock);
    g_free(scan);
}
