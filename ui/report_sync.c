/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "archive/sync.h"
#include "digest.h"
#include "glyph.h"
#include "tell.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A sync on a thread of its own, so that the main one can be interrupted whatever the network
 * does. */
struct syncing {
    const struct request *request;
    gint cancelled; /* atomic */
    GMainLoop *loop;
    int cells;      /* of the line of progress that stands on the terminal */

    struct sync_result result;
    GError *error; /* NULL: it is done */
};

/* --- on the thread ---------------------------------------------------------------- */

/* Puts TEXT in the place of the line of progress. */
static void show_progress(struct syncing *syncing, const char *text)
{
    int cells = glyph_columns(text, strlen(text), INT_MAX);
    GString *clean = g_string_new(NULL);

    tell_append(clean, text, strlen(text));
    fprintf(stderr, "\r%s%*s\r", clean->str, MAX(0, syncing->cells - cells), "");
    g_string_free(clean, TRUE);
    fflush(stderr);
    syncing->cells = cells;
}

/* A sync_report. DATA is the struct syncing. */
static bool report_progress(const struct sync_progress *progress, void *data)
{
    struct syncing *syncing = data;

    if (isatty(STDERR_FILENO)) {
        GString *line = g_string_new(NULL);
        char *name = g_utf8_make_valid(progress->name, -1);

        report_append_field(line, name);
        g_string_append(line, ": ");
        g_free(name);
        if (progress->total_objects > 0) {
            char *size = g_format_size_full(progress->bytes, G_FORMAT_SIZE_IEC_UNITS);

            g_string_append_printf(line, "%zu of %zu objects, %s", progress->objects,
                                   progress->total_objects, size);
            g_free(size);
        } else {
            g_string_append(line, "waiting for the server");
        }
        show_progress(syncing, line->str);
        g_string_free(line, TRUE);
    }
    return !g_atomic_int_get(&syncing->cancelled);
}

/* Runs in the loop, so that it cannot come before it. */
static gboolean end_loop(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static gpointer run_sync(gpointer data)
{
    struct syncing *syncing = data;
    const char *path = syncing->request->archive, *url = syncing->request->arguments[0];

    if (url && !g_file_test(path, G_FILE_TEST_EXISTS))
        sync_mirror(url, path, report_progress, syncing, &syncing->result, &syncing->error);
    else
        sync_archive(path, report_progress, syncing, &syncing->result, &syncing->error);
    if (syncing->cells > 0)
        show_progress(syncing, "");
    g_idle_add(end_loop, syncing->loop);
    return NULL;
}

/* --- on the main thread ----------------------------------------------------------- */

static enum exit_status say_cancelled(const struct syncing *syncing)
{
    report_say("%s: cancelled", syncing->request->archive);
    return EXIT_USAGE;
}

/* The first signal asks politely; a connection that hangs may not hear that, and so the second one
 * ends the program, which leaves the archive as a kill would: sound. */
static gboolean interrupted(gpointer data)
{
    struct syncing *syncing = data;

    if (g_atomic_int_add(&syncing->cancelled, 1) > 0)
        _exit(say_cancelled(syncing));
    return G_SOURCE_CONTINUE;
}

static void append_count(GString *text, size_t count, const char *what)
{
    if (count > 0)
        g_string_append_printf(text, "%s%zu new %s%s", text->len > 0 ? ", " : "", count, what,
                               count == 1 ? "" : "s");
}

static enum exit_status say_result(const struct syncing *syncing)
{
    const struct sync_result *result = &syncing->result;
    GString *text = g_string_new(NULL);
    int failed = 0;

    append_count(text, result->commits, "commit");
    append_count(text, result->new_epochs, "epoch");
    if (result->rewritten)
        g_string_append_printf(text, "%sits history was rewritten", text->len > 0 ? ", " : "");
    report_line(&failed, "%s: %s", syncing->request->archive,
                text->len > 0 ? text->str : "up to date");
    g_string_free(text, TRUE);
    return report_finish(failed);
}

enum exit_status report_sync(const struct request *request)
{
    struct syncing syncing = { .request = request, .loop = g_main_loop_new(NULL, FALSE) };
    guint source = g_unix_signal_add(SIGINT, interrupted, &syncing);
    GThread *thread = g_thread_new("sync", run_sync, &syncing);

    g_main_loop_run(syncing.loop);
    g_thread_join(thread);
    g_source_remove(source);
    g_main_loop_unref(syncing.loop);
    if (!syncing.error)
        return say_result(&syncing);
    if (!g_error_matches(syncing.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return report_error(syncing.error);
    g_error_free(syncing.error);
    return say_cancelled(&syncing);
}
