/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "texts.h"

#include "app.h"

struct texts_job {
    struct texts_request request;
    GPtrArray *members;
    struct job_operations operations;
};

static gpointer read_text(size_t index, const char *bytes, size_t length, void *data)
{
    const struct texts_job *job = data;
    uint32_t found = bytes ? pattern_read(job->request.pattern, bytes, length) : 0;
    (void)index;
    return g_memdup2(&found, sizeof found);
}

static void take_text(struct app *app, size_t index, gpointer result, void *data)
{
    struct texts_job *job = data;
    pattern_texts_add(job->request.texts, job->members->pdata[index], *(const uint32_t *)result);
    g_free(result);
    job->request.found(app, job->request.data);
}

static void end(struct app *app, bool complete, void *data)
{
    const struct texts_job *job = data;
    job->request.done(app, complete, job->request.data);
}

static void free_texts_job(gpointer data)
{
    struct texts_job *job = data;
    pattern_free(job->request.pattern);
    g_ptr_array_unref(job->members);
    g_free(job);
}

struct job *texts_read(struct app *app, const struct texts_request *request)
{
    struct texts_job *job = g_new0(struct texts_job, 1);
    job->request = *request;
    pattern_ref(job->request.pattern);
    job->members = g_ptr_array_sized_new(request->members->len);
    for (guint i = 0; i < request->members->len; i++)
        g_ptr_array_add(job->members, request->members->pdata[i]);
    job->operations = (struct job_operations){.name = request->name,
                                              .work = read_text,
                                              .free_result = g_free,
                                              .take = take_text,
                                              .done = end};
    return job_start_members(app, &job->operations, job->members, job, free_texts_job);
}
