/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collector.h"

#include "app.h"
#include "bots.h"
#include "fingerprints.h"

/* A reading that was asked for. */
struct request {
    struct app *app;
    bool answered;
};

struct trailers_request collector_request(struct app *app)
{
    return (struct trailers_request){
        .same = marking_same, .same_data = app->marking, .is_bot = bots_wrote, .bot_data = app->bots};
}

/* The mails that POSTING's trailers depend on and whose fingerprints are not known. */
static GPtrArray *unknown_members(const struct app *app, const struct posting *posting)
{
    GPtrArray *wanted = g_ptr_array_new();
    trailers_wanted(posting, wanted);
    guint kept = 0;
    for (guint i = 0; i < wanted->len; i++)
        if (marking_same(app->marking, wanted->pdata[i], wanted->pdata[i]) == TRAILERS_UNKNOWN)
            wanted->pdata[kept++] = wanted->pdata[i];
    g_ptr_array_set_size(wanted, (gint)kept);
    return wanted;
}

GArray *collector_unknown(const struct app *app, const struct posting *posting)
{
    GArray *versions = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GPtrArray *members = unknown_members(app, posting);
    uint32_t last = 0;
    for (guint i = members->len; i-- > 0;) {
        const struct posting *other = ((const struct member *)members->pdata[i])->posting;
        if (!other || other == posting || (versions->len && other->version == last))
            continue;
        last = other->version;
        g_array_append_val(versions, last);
    }
    g_ptr_array_unref(members);
    return versions;
}

static void finish(struct app *app, void *data)
{
    struct request *request = data;
    request->answered = true;
    app_views_stale(app);
}

static void free_request(gpointer data)
{
    struct request *request = data;
    request->app->collecting.reads = false;
    if (!request->answered)
        request->app->collecting.stopped = true;
    g_free(request);
}

void collector_look(struct app *app, const struct posting *posting)
{
    struct collecting *collecting = &app->collecting;
    if (collecting->reads || collecting->stopped)
        return;
    GPtrArray *members = unknown_members(app, posting);
    if (members->len) {
        struct request *request = g_new0(struct request, 1);
        request->app = app;
        collecting->reads = true;
        fingerprints_read(app, members, finish, request, free_request);
    }
    g_ptr_array_unref(members);
}

void collector_begin(struct app *app)
{
    app->collecting.stopped = false;
}
