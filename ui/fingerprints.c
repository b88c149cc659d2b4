/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fingerprints.h"

#include "app.h"
#include "mail/fingerprint.h"

/* Time for looking through the list before keys are looked at again, in microseconds. */
#define LOOK_AT_MOST (2 * 1000)

/* Series between two looks at the clock. */
#define SERIES_AT_ONCE 64

struct request {
    GPtrArray *members;
    void (*done)(struct app *app, void *data);
    void *data;
    GDestroyNotify free_data;
};

/* The fingerprint of a mail, if it could be read. */
struct result {
    bool found;
    struct fingerprint fingerprint;
};

static gpointer read_fingerprint(size_t index, const char *bytes, size_t length, void *data)
{
    struct result *result = g_new0(struct result, 1);
    (void)index;
    (void)data;
    result->found = bytes != NULL;
    if (bytes)
        result->fingerprint = fingerprint_of(bytes, length);
    return result;
}

static void take_fingerprint(struct app *app, size_t index, gpointer data, void *request_data)
{
    const struct request *request = request_data;
    struct result *result = data;
    marking_give(app->marking, request->members->pdata[index],
                 result->found ? &result->fingerprint : NULL);
    g_free(result);
}

static void finish(struct app *app, bool complete, void *data)
{
    const struct request *request = data;
    if (complete && request->done)
        request->done(app, request->data);
}

static void free_request(gpointer data)
{
    struct request *request = data;
    if (request->free_data)
        request->free_data(request->data);
    g_ptr_array_unref(request->members);
    g_free(request);
}

static const struct job_operations operations = {
    .name = "comparing",
    .work = read_fingerprint,
    .free_result = g_free,
    .take = take_fingerprint,
    .done = finish,
};

void fingerprints_read(struct app *app, const GPtrArray *members,
                       void (*done)(struct app *app, void *data), void *data,
                       GDestroyNotify free_data)
{
    if (members->len) {
        struct request *request = g_new(struct request, 1);
        *request = (struct request){.members = g_ptr_array_sized_new(members->len),
                                    .done = done,
                                    .data = data,
                                    .free_data = free_data};
        for (guint i = 0; i < members->len; i++)
            g_ptr_array_add(request->members, members->pdata[i]);
        job_start_members(app, &operations, request->members, request, free_request);
        return;
    }
    if (done)
        done(app, data);
    if (free_data)
        free_data(data);
}

/* --- by itself --------------------------------------------------------------------- */

static void end_reading(struct app *app, bool complete, void *data)
{
    (void)data;
    app->fingerprinting.job = NULL;
    app->fingerprinting.stopped = !complete;
    app_views_stale(app);
    fingerprints_look(app);
}

static const struct job_operations look_operations = {
    .name = "comparing",
    .work = read_fingerprint,
    .free_result = g_free,
    .take = take_fingerprint,
    .done = end_reading,
};

void fingerprints_look(struct app *app)
{
    struct fingerprinting *looking = &app->fingerprinting;
    if (looking->job || looking->stopped || app->scan)
        return;
    fingerprints_clear(looking);
    looking->looks = true;
    looking->wanted = g_ptr_array_new();
    g_source_set_ready_time(app->working, 0);
}

static void read_wanted(struct app *app)
{
    struct fingerprinting *looking = &app->fingerprinting;
    struct request *request = g_new0(struct request, 1);
    request->members = g_steal_pointer(&looking->wanted);
    looking->looks = false;
    if (request->members->len) {
        looking->job = job_start_members(app, &look_operations, request->members, request,
                                         free_request);
        looking->stopped = !looking->job;
    } else {
        free_request(request);
    }
}

void fingerprints_go_on(struct app *app)
{
    struct fingerprinting *looking = &app->fingerprinting;
    gint64 due = g_get_monotonic_time() + LOOK_AT_MOST;
    if (!looking->looks)
        return;
    const GPtrArray *list = series_set_list(app->set);
    do {
        for (guint i = 0; i < SERIES_AT_ONCE && looking->next < list->len; i++)
            marking_wanted(app->marking, list->pdata[looking->next++], looking->wanted);
    } while (looking->next < list->len && g_get_monotonic_time() < due);
    if (looking->next < list->len)
        g_source_set_ready_time(app->working, 0);
    else
        read_wanted(app);
}

void fingerprints_clear(struct fingerprinting *fingerprinting)
{
    fingerprinting->looks = false;
    fingerprinting->next = 0;
    g_clear_pointer(&fingerprinting->wanted, g_ptr_array_unref);
}
