/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The digest of what an index shows, as a text that grows while the mails are read. */
#include "digest.h"

#include "app.h"
#include "view.h"

#include <string.h>

/* Series or mails that are looked at in one piece of the work. */
#define STEPS 200

/* What fills a digest's text; attached to the view, which frees it. */
struct filling {
    struct view *view;
    struct digest *digest;
    struct job *job; /* makes the digest, then reads for it; NULL: all is there */
};

/* Is the series of LISTED one of SERIES, a set? A digest_filter. */
static bool is_shown(const struct posting *listed, const void *series)
{
    return g_hash_table_contains((GHashTable *)(uintptr_t)series, listed->series);
}

static struct digest *begin_digest(struct app *app, struct view *index)
{
    GHashTable *shown = index_shown(index);
    const struct digest_options options = {
        .name = archive_name(app->archive),
        .from = app->from,
        .to = app->to,
        .shown = shown ? is_shown : NULL,
        .shown_data = shown,
    };
    struct digest *digest = digest_begin(&options, app->set);
    g_clear_pointer(&shown, g_hash_table_unref);
    return digest;
}

/* Appends what stands in front of the entries, its headings as such. */
static void append_head(struct view *view, const GString *text)
{
    static const char heading[] = "=====";
    const char *at = text->str, *end = text->str + text->len, *plain = at;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *next = newline ? newline + 1 : end;
        if (g_str_has_prefix(at, heading)) {
            text_view_append(view, plain, (size_t)(at - plain), STYLE_NORMAL, 0);
            text_view_append(view, at, (size_t)(next - at), STYLE_HEADING, 0);
            plain = next;
        }
        at = next;
    }
    text_view_append(view, plain, (size_t)(end - plain), STYLE_NORMAL, 0);
}

static void free_entry(gpointer entry)
{
    g_string_free(entry, TRUE);
}

static gpointer make_entry(size_t index, const char *bytes, size_t length, void *data)
{
    const struct filling *filling = data;
    GString *entry = g_string_new(NULL);
    digest_append_entry(filling->digest, index, bytes, length, entry);
    return entry;
}

static void take_entry(struct app *app, size_t index, gpointer entry, void *data)
{
    const struct filling *filling = data;
    (void)app;
    (void)index;
    const GString *text = entry;
    text_view_append(filling->view, text->str, text->len, STYLE_NORMAL, 0);
    free_entry(entry);
}

static void end_filling(struct app *app, bool complete, void *data)
{
    struct filling *filling = data;
    filling->job = NULL;
    if (!complete)
        app_message(app, "The digest was stopped: its end is missing.");
}

static const struct job_operations job_operations = {
    .name = "digest",
    .work = make_entry,
    .free_result = free_entry,
    .take = take_entry,
    .done = end_filling,
};

/* The entries take what their mails say. */
static void read_entries(struct app *app, struct filling *filling)
{
    GError *error = NULL;
    const GArray *commits = digest_commits(filling->digest);
    append_head(filling->view, digest_head(filling->digest));
    filling->job = job_start(app, &job_operations,
                             (const struct commit_id *)(const void *)commits->data, commits->len,
                             filling, NULL, &error);
    if (!filling->job)
        app_take_error(app, error);
}

static bool go_on(void *data)
{
    const struct filling *filling = data;
    return digest_go_on(filling->digest, STEPS);
}

static void end_making(struct app *app, bool complete, void *data)
{
    if (complete)
        read_entries(app, data);
    else
        end_filling(app, false, data);
}

static const struct job_pieces job_pieces = {
    .name = "digest",
    .go_on = go_on,
    .done = end_making,
};

static void free_filling(gpointer data)
{
    struct filling *filling = data;
    if (filling->job)
        job_cancel(filling->view->app, filling->job);
    digest_free(filling->digest);
    g_free(filling);
}

struct view *digest_view_new(struct app *app, struct view *index)
{
    struct filling *filling = g_new0(struct filling, 1);
    filling->view = text_view_new(app, "pore: Digest");
    filling->digest = begin_digest(app, index);
    filling->job = job_start_pieces(app, &job_pieces, filling);
    text_view_attach(filling->view, filling, free_filling);
    return filling->view;
}

void digest_show(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app_push(app, digest_view_new(app, app_index(app)));
}
