/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app.h"

#include "frame.h"
#include "signals.h"

#include <glib-unix.h>

#include <signal.h>
#include <unistd.h>

/* Arriving mails are drawn at most this often, in microseconds. */
#define ARRIVALS_EVERY (30 * 1000)

/* Time for taking batches before keys are looked at again, in microseconds. */
#define TAKE_AT_MOST (8 * 1000)

/* Keys go before drawing, drawing before arriving mails. */
#define PRIORITY_KEYS G_PRIORITY_DEFAULT
#define PRIORITY_DRAWING (G_PRIORITY_DEFAULT + 10)
#define PRIORITY_ARRIVALS (G_PRIORITY_DEFAULT + 20)

GQuark app_error_quark(void)
{
    return g_quark_from_static_string("pore-app-error");
}

void app_draw_soon(struct app *app)
{
    g_source_set_ready_time(app->drawing, 0);
}

static void give_room(struct app *app, struct view *view)
{
    int top;
    frame_area(screen_rows(app->screen), &top, &view->height);
    view->width = screen_columns(app->screen);
    view->stale = true;
}

void app_resized(struct app *app)
{
    for (guint i = 0; i < app->views->len; i++)
        give_room(app, app->views->pdata[i]);
    app_draw_soon(app);
}

static struct view *fresh(struct view *view)
{
    if (view->stale) {
        view->stale = false;
        view->operations->update(view);
    }
    return view;
}

struct view *app_top(struct app *app)
{
    return fresh(app->views->pdata[app->views->len - 1]);
}

struct view *app_beneath(struct app *app, const struct view *view)
{
    for (guint i = 1; i < app->views->len; i++)
        if (app->views->pdata[i] == view)
            return fresh(app->views->pdata[i - 1]);
    return NULL;
}

void app_push(struct app *app, struct view *view)
{
    give_room(app, view);
    g_ptr_array_add(app->views, view);
    app_draw_soon(app);
}

void app_pop(struct app *app)
{
    if (app->views->len > 1)
        g_ptr_array_set_size(app->views, (gint)app->views->len - 1);
    else
        app->quit = true;
    app_draw_soon(app);
}

void app_message(struct app *app, const char *text)
{
    g_string_assign(app->message, text);
    app->message_is_error = false;
    app_draw_soon(app);
}

void app_error(struct app *app, const char *text)
{
    app_message(app, text);
    app->message_is_error = true;
}

/* Shows TEXT with the key of COMMAND in it, if it has one. */
static void say_with_key(struct app *app, const char *before, const char *command,
                         const char *after)
{
    GString *text = g_string_new(before);
    enum context context = app_top(app)->operations->context;
    GString *key = g_string_new(NULL);
    if (keymap_describe(app->keymap, context, command_find(command), 1, "", key))
        g_string_append_printf(text, "Press '%s' %s", key->str, after);
    app_message(app, text->str);
    g_string_free(key, TRUE);
    g_string_free(text, TRUE);
}

static void press(struct app *app, uint32_t key)
{
    const struct command *command = NULL;
    enum context context = app_top(app)->operations->context;
    g_string_truncate(app->message, 0);
    app->keys[app->key_count++] = key;
    switch (keymap_resolve(app->keymap, context, app->keys, app->key_count, &command)) {
    case KEYMAP_PREFIX:
        return;
    case KEYMAP_COMMAND:
        app->key_count = 0;
        command->function(app, command->argument);
        return;
    case KEYMAP_NOTHING:
        app->key_count = 0;
        say_with_key(app, "Key is not bound.  ", "help", "for help.");
        return;
    }
}

static gboolean on_keyboard(gint descriptor, GIOCondition condition, gpointer data)
{
    struct app *app = data;
    uint32_t key;
    bool any = false;
    (void)descriptor;
    /* curses may have read more than one: nothing wakes the loop for what it holds. */
    while (!app->quit && screen_key(app->screen, &key)) {
        press(app, key);
        any = true;
    }
    if (!any && (condition & (G_IO_HUP | G_IO_ERR)))
        app->quit = true;
    if (any)
        app_draw_soon(app);
    return G_SOURCE_CONTINUE;
}

static void note_problems(struct app *app, const struct mail_batch *batch)
{
    const GPtrArray *latest = batch->breaks->len ? batch->breaks : batch->problems;
    app->unreadable += batch->problems->len;
    app->broken += batch->breaks->len;
    /* That mails are missing at the end is the worse of the two. */
    if (!latest->len || (app->broken && !batch->breaks->len))
        return;
    g_free(app->problem);
    app->problem = g_strdup(latest->pdata[latest->len - 1]);
}

static void finish_reading(struct app *app)
{
    scan_free(app->scan);
    app->scan = NULL;
    app->settle_due = 0;
    if (!app->problem)
        return;
    char *text = app->broken ? g_strdup_printf("Older mails are missing: %s", app->problem)
                             : g_strdup_printf("%zu could not be read, the last: %s",
                                               app->unreadable, app->problem);
    app_error(app, text);
    g_free(text);
}

static void take_arrivals(struct app *app)
{
    gint64 start = g_get_monotonic_time();
    struct mail_batch *batch = NULL;
    while (app->scan && (batch = scan_take(app->scan))) {
        note_problems(app, batch);
        series_set_take(app->set, batch);
        app->unsettled = true;
        if (g_get_monotonic_time() - start > TAKE_AT_MOST) {
            g_source_set_ready_time(app->arrivals, 0);
            break;
        }
    }
    if (!batch && app->scan && scan_finished(app->scan))
        finish_reading(app);
    if (g_source_get_ready_time(app->drawing) < 0)
        g_source_set_ready_time(app->drawing, app->settle_due);
}

static void settle(struct app *app)
{
    series_set_settle(app->set);
    app->unsettled = false;
    for (guint i = 0; i < app->views->len; i++)
        ((struct view *)app->views->pdata[i])->stale = true;
}

/* The one place that draws. */
static void draw(struct app *app)
{
    if (app->quit)
        return;
    gint64 start = g_get_monotonic_time();
    bool settles = app->unsettled && start >= app->settle_due;
    if (settles)
        settle(app);
    frame_draw(app);
    gint64 end = g_get_monotonic_time();
    /* Never more than half of the time, so that a slow terminal does not hold up the keys. */
    if (settles && app->scan)
        app->settle_due = end + MAX(ARRIVALS_EVERY, end - start);
    if (app->unsettled)
        g_source_set_ready_time(app->drawing, app->settle_due);
}

/* A source that is dispatched when its ready time is set, from any thread. */
static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    g_source_set_ready_time(source, -1);
    return callback(data);
}

static GSourceFuncs wake_functions = {.dispatch = dispatch};

static gboolean on_arrivals(gpointer data)
{
    take_arrivals(data);
    return G_SOURCE_CONTINUE;
}

static gboolean on_drawing(gpointer data)
{
    draw(data);
    return G_SOURCE_CONTINUE;
}

static GSource *add_source(struct app *app, GSource *source, GSourceFunc callback, int priority)
{
    g_source_set_callback(source, callback, app, NULL);
    g_source_set_priority(source, priority);
    g_source_attach(source, app->context);
    return source;
}

static void remove_source(GSource *source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

/* On a thread of the scan. */
static void wake(void *data)
{
    g_source_set_ready_time(data, 0);
}

static void free_view(gpointer data)
{
    struct view *view = data;
    view->operations->free(view);
}

struct app *app_new(struct archive *archive)
{
    struct app *app = g_new0(struct app, 1);
    app->archive = archive;
    app->set = series_set_new();
    app->keymap = keymap_default();
    app->views = g_ptr_array_new_with_free_func(free_view);
    app->message = g_string_new(NULL);
    app->context = g_main_context_new();
    app->arrivals = add_source(app, g_source_new(&wake_functions, sizeof(GSource)), on_arrivals,
                               PRIORITY_ARRIVALS);
    app->drawing = add_source(app, g_source_new(&wake_functions, sizeof(GSource)), on_drawing,
                              PRIORITY_DRAWING);
    return app;
}

bool app_start(struct app *app, const struct range *range, unsigned readers, GError **error)
{
    app->scan = scan_start(app->archive, range, readers, wake, app->arrivals, error);
    return app->scan != NULL;
}

bool app_show(struct app *app, const char *term, FILE *out, FILE *in, GError **error)
{
    app->screen = screen_new(term, out, in, error);
    if (!app->screen)
        return false;
    app->keyboard = add_source(app, g_unix_fd_source_new(fileno(in), G_IO_IN | G_IO_HUP | G_IO_ERR),
                               G_SOURCE_FUNC(on_keyboard), PRIORITY_KEYS);
    screen_fit(app->screen);
    app_push(app, index_new(app));
    return true;
}

void app_free(struct app *app)
{
    if (!app)
        return;
    /* First of all, so that nobody looks at a dead screen while threads end. */
    screen_free(app->screen);
    if (app->scan)
        scan_free(app->scan);
    if (app->keyboard)
        remove_source(app->keyboard);
    remove_source(app->drawing);
    remove_source(app->arrivals);
    g_ptr_array_unref(app->views);
    keymap_free(app->keymap);
    series_set_free(app->set);
    g_string_free(app->message, TRUE);
    g_free(app->problem);
    g_main_context_unref(app->context);
    g_free(app);
}

bool app_run_until_idle(struct app *app)
{
    while (!app->quit) {
        bool pending = app->scan || app->unsettled || g_source_get_ready_time(app->drawing) >= 0;
        if (!g_main_context_iteration(app->context, pending) && !pending)
            break;
    }
    return !app->quit;
}

/* What the signal handlers work on. */
struct run {
    struct app *app;
    int killed_by; /* the signal that ended the loop, or 0 */
};

static void interrupt(struct app *app)
{
    if (!app->scan) {
        say_with_key(app, "", "quit", "to quit.");
        return;
    }
    finish_reading(app);
    app_message(app, "Reading was stopped.");
}

static void on_signal(int number, void *data)
{
    struct run *run = data;
    struct app *app = run->app;
    switch (number) {
    case SIGWINCH:
        screen_fit(app->screen);
        app_resized(app);
        break;
    case SIGTSTP:
        screen_suspend(app->screen);
        signals_stop_here();
        screen_resume(app->screen);
        app_resized(app);
        break;
    case SIGCONT:
        screen_resume(app->screen);
        app_resized(app);
        break;
    case SIGINT:
        interrupt(app);
        break;
    default:
        run->killed_by = number;
        app->quit = true;
    }
}

static bool is_on_terminal(GError **error)
{
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        return true;
    g_set_error(error, APP_ERROR, 0, "cannot browse: standard %s is not a terminal",
                isatty(STDIN_FILENO) ? "output" : "input");
    return false;
}

int app_run(struct archive *archive, const struct range *range, unsigned readers, GError **error)
{
    if (!is_on_terminal(error))
        return -1;
    struct run run = {.app = app_new(archive)};
    struct signals *signals = NULL;
    screen_rescue_at_crash();
    /* The range before the screen: what is wrong with it is said on a screen nobody touched. The
     * handlers after it, in the place of those that curses sets. */
    bool started = app_start(run.app, range, readers, error) &&
                   app_show(run.app, g_getenv("TERM"), stdout, stdin, error) &&
                   (signals = signals_new(run.app->context, on_signal, &run, error)) != NULL;
    while (started && !run.app->quit)
        g_main_context_iteration(run.app->context, TRUE);
    app_free(run.app);
    signals_free(signals);
    if (run.killed_by)
        raise(run.killed_by);
    return started ? 0 : -1;
}
