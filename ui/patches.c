/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "patches.h"

#include "app.h"
#include "mail/patch.h"

struct request {
    struct job_operations operations; /* of this job: it has a name of its own */
    GPtrArray *patches;               /* struct patch *, what was read so far */
    patches_done *done;
    void *data;
    GDestroyNotify free_data;
};

/* A result is never NULL; what was read may be. */
struct result {
    struct patch *patch;
};

static void free_patch(gpointer patch)
{
    if (patch)
        patch_free(patch);
}

static gpointer read_patch(size_t index, const char *bytes, size_t length, void *data)
{
    struct result *result = g_new0(struct result, 1);
    (void)index;
    (void)data;
    if (bytes)
        result->patch = patch_read(bytes, length);
    return result;
}

static void free_result(gpointer data)
{
    struct result *result = data;
    free_patch(result->patch);
    g_free(result);
}

static void take_patch(struct app *app, size_t index, gpointer data, void *request_data)
{
    struct request *request = request_data;
    struct result *result = data;
    (void)app;
    (void)index;
    g_ptr_array_add(request->patches, g_steal_pointer(&result->patch));
    free_result(result);
}

static void finish(struct app *app, bool complete, void *data)
{
    const struct request *request = data;
    if (complete)
        request->done(app, request->patches, request->data);
}

static void free_request(gpointer data)
{
    struct request *request = data;
    if (request->free_data)
        request->free_data(request->data);
    g_ptr_array_unref(request->patches);
    g_free(request);
}

struct job *patches_read(struct app *app, const char *name, const GPtrArray *members,
                         patches_done *done, void *data, GDestroyNotify free_data)
{
    struct request *request = g_new(struct request, 1);
    *request = (struct request){
        .operations = {name, read_patch, free_result, take_patch, finish},
        .patches = g_ptr_array_new_full(members->len, free_patch),
        .done = done,
        .data = data,
        .free_data = free_data,
    };
    return job_start_members(app, &request->operations, members, request, free_request);
}
