/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jobs.h"

#include "app.h"

/* Time for taking results before keys are looked at again, in microseconds. */
#define TAKE_AT_MOST (4 * 1000)

/* One of the three: it reads mails, it works on a thread of its own, or on this one in pieces. */
struct job {
    const char *name;
    void (*done)(struct app *app, bool complete, void *data); /* or NULL */

    const struct job_operations *operations;
    struct reading *reading; /* NULL: there is nothing to read */

    const struct job_pieces *pieces;

    const struct job_work *work;
    GThread *thread;  /* NULL: it has ended and was waited for */
    GSource *working; /* that it wakes */
    gint stop;        /* atomic: the thread is to end */
    gint ended;       /* atomic: it has */

    void *data;
    GDestroyNotify free_data;
};

static void wake(void *source)
{
    g_source_set_ready_time(source, 0);
}

/* DATA is this thread's until it has been waited for. */
static void end_thread(struct job *job)
{
    if (!job->thread)
        return;
    g_atomic_int_set(&job->stop, 1);
    g_thread_join(g_steal_pointer(&job->thread));
}

static void free_job(struct job *job)
{
    reading_free(job->reading);
    end_thread(job);
    if (job->free_data)
        job->free_data(job->data);
    g_free(job);
}

struct job *job_start(struct app *app, const struct job_operations *operations,
                      const struct commit_id *commits, size_t count, void *data,
                      GDestroyNotify free_data, GError **error)
{
    struct job *job = g_new(struct job, 1);
    *job = (struct job){.name = operations->name,
                        .done = operations->done,
                        .operations = operations,
                        .data = data,
                        .free_data = free_data};
    if (count)
        job->reading = reading_start(app->archive, commits, count, app_readers(app),
                                     operations->work, data, operations->free_result, wake,
                                     app->working, error);
    if (count && !job->reading) {
        free_job(job);
        return NULL;
    }
    g_ptr_array_add(app->jobs, job);
    g_source_set_ready_time(app->working, 0);
    return job;
}

struct job *job_start_members(struct app *app, const struct job_operations *operations,
                              const GPtrArray *members, void *data, GDestroyNotify free_data)
{
    GError *error = NULL;
    GArray *commits = g_array_new(FALSE, FALSE, sizeof(struct commit_id));
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        g_array_append_val(commits, member->mail->place.commit);
    }
    struct job *job =
        job_start(app, operations, (const struct commit_id *)(const void *)commits->data,
                  commits->len, data, free_data, &error);
    g_array_unref(commits);
    if (!job)
        app_take_error(app, error);
    return job;
}

static gpointer work(gpointer data)
{
    struct job *job = data;
    job->work->work(job->data, &job->stop);
    g_atomic_int_set(&job->ended, 1);
    wake(job->working);
    return NULL;
}

struct job *job_start_work(struct app *app, const struct job_work *how, void *data,
                           GDestroyNotify free_data)
{
    GError *error = NULL;
    struct job *job = g_new(struct job, 1);
    *job = (struct job){.name = how->name,
                        .done = how->done,
                        .work = how,
                        .working = app->working,
                        .data = data,
                        .free_data = free_data};
    job->thread = g_thread_try_new("job", work, job, &error);
    if (!job->thread) {
        free_job(job);
        app_take_error(app, error);
        return NULL;
    }
    g_ptr_array_add(app->jobs, job);
    app_draw_soon(app);
    return job;
}

struct job *job_start_pieces(struct app *app, const struct job_pieces *pieces, void *data)
{
    struct job *job = g_new(struct job, 1);
    *job = (struct job){
        .name = pieces->name, .done = pieces->done, .pieces = pieces, .data = data};
    g_ptr_array_add(app->jobs, job);
    g_source_set_ready_time(app->working, 0);
    return job;
}

bool jobs_need_model(const struct app *app)
{
    for (guint i = 0; i < app->jobs->len; i++)
        if (((const struct job *)app->jobs->pdata[i])->pieces)
            return true;
    return false;
}

void job_cancel(struct app *app, struct job *job)
{
    if (g_ptr_array_remove(app->jobs, job))
        free_job(job);
}

static void finish(struct app *app, struct job *job, bool complete)
{
    g_ptr_array_remove(app->jobs, job);
    end_thread(job);
    if (job->done)
        job->done(app, complete, job->data);
    free_job(job);
    app_draw_soon(app);
}

guint jobs_stop(struct app *app)
{
    guint count = app->jobs->len;
    /* What is done at the end of one may start another: that one stays. */
    for (guint i = 0; i < count && app->jobs->len; i++)
        finish(app, app->jobs->pdata[0], false);
    return count;
}

static bool is_known(const struct app *app, const struct job *job)
{
    return g_ptr_array_find(app->jobs, job, NULL);
}

/* Takes results of JOB until DUE. Taking one may cancel the job. */
static void take_from(struct app *app, struct job *job, gint64 due)
{
    gpointer result;
    while (job->reading && g_get_monotonic_time() < due &&
           (result = reading_take(job->reading)) != NULL) {
        job->operations->take(app, reading_taken(job->reading) - 1, result, job->data);
        if (!is_known(app, job))
            return;
    }
    if (!job->reading || reading_taken(job->reading) == reading_count(job->reading))
        finish(app, job, true);
    else if (g_get_monotonic_time() >= due)
        g_source_set_ready_time(app->working, 0);
}

static void go_on(struct app *app, struct job *job, gint64 due)
{
    bool whole;
    do
        whole = job->pieces->go_on(job->data);
    while (!whole && g_get_monotonic_time() < due);
    if (whole)
        finish(app, job, true);
    else
        g_source_set_ready_time(app->working, 0);
}

static void look_at(struct app *app, struct job *job, gint64 due)
{
    if (job->pieces)
        go_on(app, job, due);
    else if (!job->work)
        take_from(app, job, due);
    else if (g_atomic_int_get(&job->ended))
        finish(app, job, true);
}

void jobs_take(struct app *app)
{
    GPtrArray *jobs = g_ptr_array_new();
    gint64 due = g_get_monotonic_time() + TAKE_AT_MOST;
    g_ptr_array_extend(jobs, app->jobs, NULL, NULL);
    for (guint i = 0; i < jobs->len; i++)
        if (is_known(app, jobs->pdata[i]))
            look_at(app, jobs->pdata[i], due);
    g_ptr_array_unref(jobs);
    if (app->jobs->len && g_source_get_ready_time(app->drawing) < 0)
        app_draw_by(app, g_get_monotonic_time() + APP_DRAW_EVERY);
}

void jobs_describe(const struct app *app, GString *text)
{
    for (guint i = 0; i < app->jobs->len; i++) {
        const struct job *job = app->jobs->pdata[i];
        size_t count = job->reading ? reading_count(job->reading) : 0;
        if (i)
            g_string_append(text, ", ");
        g_string_append(text, job->name);
        if (count)
            g_string_append_printf(text, " %zu%%", reading_taken(job->reading) * 100 / count);
    }
}
