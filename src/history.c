/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

#include "history_job.h"
#include "worker.h"

#include <pthread.h>
#include <string.h>

/* How long to wait before looking again whether somebody else still writes the index, in
 * microseconds. */
#define LOCK_PATIENCE (G_USEC_PER_SEC / 4)

/* How often it is said that something can be shown, in microseconds. */
#define SHOW_PATIENCE (G_USEC_PER_SEC / 10)

struct history {
    history_notify *notify;
    void *notify_data;
    GThread *thread;
    gint stop; /* atomic: the thread is to end */

    /* The thread's own. */
    struct history_job job;
    struct scan *scan; /* of the rest; NULL: not now */
    bool settled;      /* it is known whether the index can be written */
    bool mended;       /* job.mended when the scan was started */
    gint64 shown;      /* when something was last said to be to be shown */
    size_t unreadable;

    /* Not GLib's, which ThreadSanitizer cannot see through. */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* anything of it */
    bool stopped;           /* no more reading */
    bool range_read;
    bool ready;    /* the scan has something, or a word of the user's is not heeded yet */
    GQueue added;  /* struct scan_batch * */
    GArray *asked; /* uint64_t */
    GArray *mine;  /* int64_t */
    bool busy;     /* the thread has what was added or asked for in hand */
    bool ended;    /* there is nothing more to read */
    GQueue found;  /* struct mail_batch * */
    bool told;     /* notified, and nobody has looked since */
    struct history_progress progress; /* problem is its own */
    struct commit_id first;
};

/* What the thread does next. */
struct task {
    GQueue added;
    GArray *asked, *mine;
    bool range_read, stopped;
};

bool history_parse_reach(const char *text, int64_t now, struct history_reach *reach, GError **error)
{
    struct history_reach found = { .since = INT64_MAX };

    if (strcmp(text, "all") == 0)
        found.everything = true;
    else if (strcmp(text, "none") != 0 && !range_parse_date(text, now, &found.since, error))
        return false;
    *reach = found;
    return true;
}

/* --- the thread
 * ------------------------------------------------------------------------------------ */

/* With the lock held: is this something that nobody was told yet? */
static bool tell(struct history *history)
{
    bool first = !history->told && history->notify != NULL;

    history->told = true;
    pthread_cond_broadcast(&history->changed);
    return first;
}

static void notify_if(const struct history *history, bool told)
{
    if (told)
        history->notify(history->notify_data);
}

static bool is_finished(const struct history *history)
{
    return history->ended && !history->busy && history->added.length == 0
           && history->asked->len == 0 && history->found.length == 0;
}

/* Called by the scan's threads. */
static void scan_is_ready(void *data)
{
    struct history *history = data;

    pthread_mutex_lock(&history->lock);
    history->ready = true;
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->lock);
}

/* Waits for something to do, or for the time DUE (monotonic microseconds; -1: forever). With the
 * lock held. */
static void wait_for_work(struct history *history, gint64 due)
{
    struct timespec time = { due / G_USEC_PER_SEC, due % G_USEC_PER_SEC * 1000 };
    int code = 0;

    while (code == 0 && g_atomic_int_get(&history->stop) == 0 && !history->ready
           && history->added.length == 0 && history->asked->len == 0)
        code = due >= 0 ? pthread_cond_timedwait(&history->changed, &history->lock, &time)
                        : pthread_cond_wait(&history->changed, &history->lock);
}

/* Takes what there is to do, waiting for it until DUE. False if the thread is to end. */
static bool next_task(struct history *history, gint64 due, struct task *task)
{
    bool told = false;

    pthread_mutex_lock(&history->lock);
    if (history->busy && history->ended) {
        history->busy = history->told = false;
        told = is_finished(history) && tell(history);
    }
    pthread_mutex_unlock(&history->lock);
    notify_if(history, told);
    pthread_mutex_lock(&history->lock);
    wait_for_work(history, due);
    history->busy = true;
    history->ready = false;
    task->added = history->added;
    g_queue_init(&history->added);
    task->asked = history->asked;
    history->asked = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    task->mine = history->mine;
    history->mine = g_array_new(FALSE, FALSE, sizeof(int64_t));
    task->range_read = history->range_read;
    task->stopped = history->stopped;
    pthread_mutex_unlock(&history->lock);
    return g_atomic_int_get(&history->stop) == 0;
}

/* Shows where the job is, at once if NOW. */
static void show(struct history *history, bool ended, bool now)
{
    gint64 time = g_get_monotonic_time();
    bool told = false;

    pthread_mutex_lock(&history->lock);
    history->ended = ended;
    history->progress.waits = !history->settled && !ended;
    if (history->progress.problem == NULL)
        history->progress.problem = g_strdup(history->job.problem);
    if (now || time - history->shown >= SHOW_PATIENCE) {
        history->shown = time;
        told = tell(history);
    }
    pthread_mutex_unlock(&history->lock);
    notify_if(history, told);
}

/* Counts what BATCH holds. */
static void count(struct history *history, const struct scan_batch *batch)
{
    const GPtrArray *breaks = batch->mails->breaks;
    guint length = batch->commits->len;

    if (breaks->len > 0 && history->job.problem == NULL)
        history->job.problem = g_strdup(g_ptr_array_index(breaks, 0));
    pthread_mutex_lock(&history->lock);
    history->progress.commits += length;
    history->unreadable += batch->mails->problems->len;
    if (length > 0)
        history->progress.back_to =
            g_array_index(batch->commits, struct archive_commit, length - 1).place.received;
    pthread_mutex_unlock(&history->lock);
}

/* Takes note of what the model has, and indexes it. */
static void take_range(struct history *history, struct scan_batch *batch)
{
    struct history_job *job = &history->job;

    for (guint i = 0; i < batch->commits->len; i++)
        answers_own(job->answers,
                    g_array_index(batch->commits, struct archive_commit, i).place.arrival);
    if (job->writing && job->placed)
        history_job_add(job, batch, -job->shift, false);
    scan_batch_free(batch);
}

/* Takes over the words of the user. */
static void take_task(struct history *history, struct task *task)
{
    struct history_job *job = &history->job;
    struct scan_batch *batch;

    if (job->index != NULL)
        mail_index_hold(job->index);
    while ((batch = g_queue_pop_head(&task->added)) != NULL)
        take_range(history, batch);
    if (job->index != NULL)
        mail_index_let_go(job->index);
    for (guint i = 0; i < task->mine->len; i++)
        answers_own(job->answers, g_array_index(task->mine, int64_t, i));
    for (guint i = 0; i < task->asked->len; i++)
        history_job_ask(job, g_array_index(task->asked, uint64_t, i));
    g_array_unref(task->mine);
    g_array_unref(task->asked);
}

/* Takes the next batch of the rest, if there is one. False at the end. */
static bool read_rest(struct history *history)
{
    struct history_job *job = &history->job;
    struct scan_batch *batch = scan_take(history->scan);

    if (batch == NULL) {
        job->complete = scan_finished(history->scan);
        return !job->complete;
    }
    count(history, batch);
    history_job_add(job, batch, job->place.head_rank, true);
    scan_batch_free(batch);
    scan_is_ready(history);
    return true;
}

/* Goes on with the reading, as far as the user's words allow. False at the end of it. */
static bool read_on(struct history *history, const struct task *task)
{
    struct history_job *job = &history->job;
    const struct history_reach *reach = &job->options.reach;

    if (task->stopped)
        return false;
    if (!history->settled || !task->range_read)
        return true;
    if (!job->writing || !job->placed)
        return false;
    if (history->scan != NULL)
        return read_rest(history);
    if ((!reach->everything && reach->since == INT64_MAX) || !history_job_commit(job))
        return false;
    if (history_job_read_again(job)) {
        scan_is_ready(history);
        return true;
    }
    history->scan = history_job_read(job, scan_is_ready, history);
    scan_is_ready(history);
    return history->scan != NULL;
}

/* Tells which archive it is. */
static void show_first(struct history *history)
{
    pthread_mutex_lock(&history->lock);
    history->first = history->job.options.first;
    pthread_mutex_unlock(&history->lock);
}

/* Nothing more is read: writes what was, and lets others write. */
static void end_reading(struct history *history)
{
    struct history_job *job = &history->job;

    g_clear_pointer(&history->scan, scan_free);
    history->settled = true;
    if (job->writing && history_job_commit(job))
        history_job_release(job);
    show_first(history);
    if (history->unreadable > 0 && job->problem == NULL)
        job->problem = g_strdup_printf("%zu %s cannot be read",
                                       history->unreadable,
                                       history->unreadable == 1 ? "mail" : "mails");
}

/* Gives what was found to the model. */
static void publish(struct history *history, struct mail_batch *batch)
{
    bool told;

    pthread_mutex_lock(&history->lock);
    g_queue_push_tail(&history->found, batch);
    told = tell(history);
    pthread_mutex_unlock(&history->lock);
    notify_if(history, told);
}

/* Answers what was asked for. */
static void answer(struct history *history)
{
    struct mail_batch *batch;

    while ((batch = history_job_answer(&history->job)) != NULL)
        publish(history, batch);
}

/* Has the index turned out to be damaged? Then it is opened and filled anew. */
static bool is_damaged(struct history *history)
{
    if (history->mended == history->job.mended)
        return false;
    history->mended = history->job.mended;
    history->settled = false;
    g_clear_pointer(&history->scan, scan_free);
    scan_is_ready(history);
    return true;
}

/* Does what there is to do. ENDED says whether all was read before; returns whether it is now. */
static bool work(struct history *history, struct task *task, bool ended)
{
    struct history_job *job = &history->job;
    gint64 due;

    if (!history->settled && (!task->stopped || job->index == NULL))
        history->settled = history_job_open(job);
    take_task(history, task);
    if (!ended && !read_on(history, task)) {
        end_reading(history);
        ended = true;
    }
    due = history_job_due(job);
    if (due >= 0 && due <= g_get_monotonic_time())
        history_job_commit(job);
    if (task->range_read || task->stopped)
        answer(history);
    return ended && !is_damaged(history);
}

static gpointer run(gpointer data)
{
    struct history *history = data;
    struct history_job *job = &history->job;
    struct task task;
    gint64 due = 0;
    bool ended = false;

    if (history->notify != NULL)
        worker_give_way();
    history_job_identify(job);
    show_first(history);
    while (next_task(history, due, &task)) {
        bool before = ended;

        ended = work(history, &task, ended);
        show(history, ended, ended != before);
        due = history->settled ? history_job_due(job) : g_get_monotonic_time() + LOCK_PATIENCE;
    }
    take_task(history, &task);
    g_clear_pointer(&history->scan, scan_free);
    if (job->writing)
        mail_index_commit(job->index, NULL);
    return NULL;
}

/* --- the one who started it
 * ------------------------------------------------------------------------ */

static void free_mails(gpointer batch)
{
    mail_batch_free(batch);
}

static void free_added(gpointer batch)
{
    scan_batch_free(batch);
}

struct history *history_start(const struct archive *archive, const struct history_options *options,
                              GError **error)
{
    struct archive *copy = archive_copy(archive, error);
    struct history *history;
    pthread_condattr_t clock;

    if (copy == NULL)
        return NULL;
    history = g_new0(struct history, 1);
    history->notify = options->notify;
    history->notify_data = options->data;
    history_job_init(&history->job, copy, options, &history->stop);
    history->asked = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    history->mine = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_queue_init(&history->added);
    g_queue_init(&history->found);
    pthread_mutex_init(&history->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&history->changed, &clock);
    pthread_condattr_destroy(&clock);
    history->thread = g_thread_try_new("history", run, history, error);
    if (history->thread == NULL)
        g_clear_pointer(&history, history_free);
    return history;
}

void history_add(struct history *history, struct scan_batch *batch)
{
    pthread_mutex_lock(&history->lock);
    g_queue_push_tail(&history->added, batch);
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->lock);
}

void history_range_read(struct history *history)
{
    pthread_mutex_lock(&history->lock);
    history->range_read = true;
    history->ready = true;
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->lock);
}

void history_ask(struct history *history, const uint64_t *keys, size_t count, const GArray *mine)
{
    pthread_mutex_lock(&history->lock);
    g_array_append_vals(history->asked, keys, (guint)count);
    if (mine != NULL)
        g_array_append_vals(history->mine, mine->data, mine->len);
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->lock);
}

struct mail_batch *history_take(struct history *history)
{
    struct mail_batch *batch;

    pthread_mutex_lock(&history->lock);
    history->told = false;
    batch = g_queue_pop_head(&history->found);
    pthread_mutex_unlock(&history->lock);
    return batch;
}

struct mail_batch *history_wait(struct history *history)
{
    struct mail_batch *batch;

    pthread_mutex_lock(&history->lock);
    while ((batch = g_queue_pop_head(&history->found)) == NULL && !is_finished(history))
        pthread_cond_wait(&history->changed, &history->lock);
    pthread_mutex_unlock(&history->lock);
    return batch;
}

bool history_finished(struct history *history)
{
    bool finished;

    pthread_mutex_lock(&history->lock);
    finished = is_finished(history);
    pthread_mutex_unlock(&history->lock);
    return finished;
}

struct history_progress history_progress(struct history *history)
{
    struct history_progress progress;

    pthread_mutex_lock(&history->lock);
    history->told = false;
    progress = history->progress;
    progress.reading = !history->ended;
    progress.problem = g_strdup(progress.problem);
    pthread_mutex_unlock(&history->lock);
    return progress;
}

struct commit_id history_first_commit(struct history *history)
{
    struct commit_id first;

    pthread_mutex_lock(&history->lock);
    first = history->first;
    pthread_mutex_unlock(&history->lock);
    return first;
}

void history_stop(struct history *history)
{
    pthread_mutex_lock(&history->lock);
    history->stopped = true;
    history->ready = true;
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->lock);
}

void history_free(struct history *history)
{
    if (history == NULL)
        return;
    g_atomic_int_set(&history->stop, 1);
    pthread_mutex_lock(&history->lock);
    pthread_cond_broadcast(&history->changed);
    pthread_mutex_unlock(&history->lock);
    if (history->thread != NULL)
        g_thread_join(history->thread);
    history_job_clear(&history->job);
    g_queue_clear_full(&history->added, free_added);
    g_queue_clear_full(&history->found, free_mails);
    g_array_unref(history->asked);
    g_array_unref(history->mine);
    g_free(history->progress.problem);
    pthread_cond_destroy(&history->changed);
    pthread_mutex_destroy(&history->lock);
    g_free(history);
}
