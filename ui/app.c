/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app.h"

#include "answerer.h"
#include "frame.h"
#include "marker.h"
#include "rescue.h"
#include "script.h"
#include "signals.h"
#include "tell.h"

#include <glib-unix.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A settle that takes longer, in microseconds, is done so seldom that few keys come across it:
 * once in so many times what it takes. */
#define SETTLE_QUICKLY (5 * 1000)
#define SETTLE_ONCE_IN 10

/* So many mails are not left to be settled together; as there are ever more, an ever larger part
 * of all: some of a settle takes time by what there is. */
#define SETTLE_MAILS 6000
#define SETTLE_PART 8

/* Keys go before drawing, drawing before arriving mails. */
#define PRIORITY_KEYS G_PRIORITY_DEFAULT
#define PRIORITY_DRAWING (G_PRIORITY_DEFAULT + 10)
#define PRIORITY_ARRIVALS (G_PRIORITY_DEFAULT + 20)

/* pore's exit status for wrong usage. */
#define SCRIPT_FAILED 2

GQuark app_error_quark(void)
{
    return g_quark_from_static_string("pore-app-error");
}

void app_draw_soon(struct app *app)
{
    g_source_set_ready_time(app->drawing, 0);
}

void app_draw_by(struct app *app, gint64 due)
{
    gint64 now = g_source_get_ready_time(app->drawing);
    if (now < 0 || now > due)
        g_source_set_ready_time(app->drawing, due);
}

static void give_room(struct app *app, struct view *view)
{
    int top;
    frame_area(app, screen_rows(app->screen), &top, &view->height);
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
    if (app->views->len > 1) {
        g_ptr_array_set_size(app->views, (gint)app->views->len - 1);
        /* A pager may have drawn the view beneath in a few lines of its own. */
        give_room(app, app->views->pdata[app->views->len - 1]);
    } else {
        app->quit = true;
    }
    app_draw_soon(app);
}

struct view *app_index(struct app *app)
{
    for (guint i = app->views->len; i-- > 0;) {
        struct view *view = app->views->pdata[i];
        if (view->operations->context == CONTEXT_INDEX)
            return fresh(view);
    }
    g_assert_not_reached();
}

void app_message(struct app *app, const char *text)
{
    g_string_assign(app->message, text);
    app->message_is_error = false;
    app_draw_soon(app);
}

void app_messagef(struct app *app, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    app_message(app, text);
    g_free(text);
}

void app_error(struct app *app, const char *text)
{
    app_message(app, text);
    app->message_is_error = true;
    if (app->screen && app_settings(app)->beep)
        screen_beep(app->screen);
}

void app_errorf(struct app *app, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    app_error(app, text);
    g_free(text);
}

void app_take_error(struct app *app, GError *error)
{
    app_error(app, error->message);
    g_error_free(error);
}

void app_configured(struct app *app)
{
    const struct colours *colours = app->configuration->colours;
    app->configuration->changed = false;
    if (!app->screen)
        return;
    if (app->colours != colours->generation) {
        screen_set_looks(app->screen, (const struct look *)(const void *)colours->looks->data,
                         colours->looks->len);
        app->colours = colours->generation;
    }
    screen_set_mouse(app->screen, app_settings(app)->mouse);
    app_resized(app);
}

void app_command_line(struct app *app, const char *line)
{
    GError *error = NULL;
    GString *message = g_string_new(NULL);
    line += strspn(line, " \t");
    size_t length = strcspn(line, " \t;");
    char *name = g_strndup(line, length);
    const struct command *command = command_find(name);
    const char *argument = line + length + strspn(line + length, " \t");
    if (command)
        input_command(app, command, 0, *argument ? argument : NULL, false);
    else if (!rc_line(app->configuration, line, message, &error))
        app_take_error(app, error);
    else if (message->len)
        app_message(app, message->str);
    if (app->configuration->changed)
        app_configured(app);
    g_string_free(message, TRUE);
    g_free(name);
}

static gboolean on_keyboard(gint descriptor, GIOCondition condition, gpointer data)
{
    struct app *app = data;
    uint32_t key;
    bool any = false;
    (void)descriptor;
    /* curses may have read more than one: nothing wakes the loop for what it holds. */
    while (!app->quit && screen_key(app->screen, &key)) {
        input_press(app, key);
        any = true;
    }
    if (!any && (condition & (G_IO_HUP | G_IO_ERR)))
        app->quit = true;
    if (any) {
        app->answers = true;
        app_draw_soon(app);
    }
    return G_SOURCE_CONTINUE;
}

void app_views_stale(struct app *app)
{
    for (guint i = 0; i < app->views->len; i++)
        ((struct view *)app->views->pdata[i])->stale = true;
    app_draw_soon(app);
}

void app_marks_changed(struct app *app)
{
    const struct corrections *corrections = marks_corrections(app->marks);
    if (app->corrected != corrections_generation(corrections))
        series_set_correct(app->set, corrections);
    app->corrected = corrections_generation(corrections);
    app_unsettled(app);
    app_views_stale(app);
}

bool app_owes_settle(const struct app *app)
{
    return series_set_mails(app->set)->members->len - app->settled >=
           MAX(SETTLE_MAILS, app->settled / SETTLE_PART);
}

void app_unsettled(struct app *app)
{
    app->unsettled = true;
    if (app_owes_settle(app))
        app->settle_due = 0;
    app_draw_by(app, app->settle_due);
}

static void settle(struct app *app)
{
    series_set_settle(app->set);
    app->settled = series_set_mails(app->set)->members->len;
    app->unsettled = false;
    app_views_stale(app);
    visit_settled(app);
}

/* The one place that draws. */
static void draw(struct app *app)
{
    if (app->quit)
        return;
    gint64 start = g_get_monotonic_time();
    /* A key is answered first: what has arrived is in the next turn's drawing. */
    bool settles = app->unsettled && start >= app->settle_due && !app->answers &&
                   !jobs_need_model(app);
    app->answers = false;
    if (settles)
        settle(app);
    frame_draw(app);
    g_source_set_ready_time(app->drawing, -1);
    gint64 end = g_get_monotonic_time(), taken = end - start;
    if (settles && visit_is_busy(app))
        app->settle_due =
            end + (taken > SETTLE_QUICKLY ? SETTLE_ONCE_IN * taken : APP_DRAW_EVERY);
    if (app->unsettled && !jobs_need_model(app))
        app_draw_by(app, app->settle_due);
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
    visit_take(data);
    return G_SOURCE_CONTINUE;
}

static gboolean on_working(gpointer data)
{
    jobs_take(data);
    fingerprints_go_on(data);
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

static void free_view(gpointer data)
{
    struct view *view = data;
    view->operations->free(view);
}

static GSource *add_wake(struct app *app, GSourceFunc callback, int priority)
{
    return add_source(app, g_source_new(&wake_functions, sizeof(GSource)), callback, priority);
}

struct app *app_new(struct archive *archive)
{
    struct app *app = g_new0(struct app, 1);
    app->archive = archive;
    app->set = series_set_new();
    app->visit = visit_new();
    app->configuration = configuration_new();
    app->bots = bots_new(&app->configuration->settings);
    app->review = (struct review_request){bots_wrote, app->bots, INT64_MAX};
    app->prompt_history = prompt_history_new(NULL);
    app->views = g_ptr_array_new_with_free_func(free_view);
    app->jobs = g_ptr_array_new();
    app->marker_queue = marker_queue_new();
    app->checker = checker_new();
    app->search.direction = 1;
    app->message = g_string_new(NULL);
    input_init(&app->input);
    app->context = g_main_context_new();
    app->arrivals = add_wake(app, on_arrivals, PRIORITY_ARRIVALS);
    app->working = add_wake(app, on_working, PRIORITY_ARRIVALS);
    app->drawing = add_wake(app, on_drawing, PRIORITY_DRAWING);
    return app;
}

bool app_start(struct app *app, const struct app_options *options, GError **error)
{
    app->readers = options->readers;
    return visit_begin(app, options, error);
}

bool app_show(struct app *app, const char *term, FILE *out, FILE *in, GError **error)
{
    app->screen = screen_new(term, out, in, error);
    if (!app->screen)
        return false;
    app->keyboard = add_source(app, g_unix_fd_source_new(fileno(in), G_IO_IN | G_IO_HUP | G_IO_ERR),
                               G_SOURCE_FUNC(on_keyboard), PRIORITY_KEYS);
    screen_fit(app->screen);
    app_configured(app);
    app_push(app, index_new(app));
    input_work_off(app);
    return true;
}

void app_free(struct app *app)
{
    if (!app)
        return;
    /* First of all, so that nobody looks at a dead screen while threads end. */
    screen_free(app->screen);
    app->screen = NULL;
    visit_free(app);
    if (app->prompt)
        prompt_leave(app);
    g_ptr_array_unref(app->views);
    checker_free(app);
    /* What waits for a job is not to begin when that ends here. */
    marker_queue_clear(app->marker_queue);
    while (app->jobs->len)
        job_cancel(app, app->jobs->pdata[0]);
    g_ptr_array_unref(app->jobs);
    marker_queue_free(app->marker_queue);
    fingerprints_clear(&app->fingerprinting);
    if (app->keyboard)
        remove_source(app->keyboard);
    remove_source(app->drawing);
    remove_source(app->working);
    remove_source(app->arrivals);
    script_free(app->script);
    search_clear(&app->search);
    input_clear(&app->input);
    prompt_history_free(app->prompt_history);
    bots_free(app->bots);
    configuration_free(app->configuration);
    marking_free(app->marking);
    series_set_free(app->set);
    marks_close(app->marks);
    g_string_free(app->message, TRUE);
    g_free(app->draft);
    g_free(app->from);
    g_free(app->to);
    g_main_context_unref(app->context);
    g_free(app);
}

static bool is_busy(const struct app *app)
{
    return visit_is_busy(app) || app->jobs->len || app->fingerprinting.looks || app->unsettled ||
           g_source_get_ready_time(app->drawing) >= 0;
}

bool app_run_until_idle(struct app *app)
{
    while (!app->quit) {
        bool busy = is_busy(app);
        if (!g_main_context_iteration(app->context, busy) && !busy)
            break;
    }
    return !app->quit;
}

static void interrupt(struct app *app)
{
    if (input_interrupt(app)) {
        app_draw_soon(app);
        return;
    }
    if (app->prompt) {
        prompt_leave(app);
        app_draw_soon(app);
        return;
    }
    const struct command *stop = command_find("stop");
    if (visit_is_busy(app) || app->jobs->len)
        stop->function(app, &(struct invocation){.command = stop});
    else
        app_message(app, "Nothing is running; the command quit leaves pore.");
}

void app_signal(int number, void *data)
{
    struct app *app = data;
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
        app->killed_by = number;
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

static void tell_errors(struct app *app, const GPtrArray *errors)
{
    if (errors->len == 0)
        return;
    app_error(app, errors->pdata[0]);
    if (errors->len == 1)
        return;
    struct view *view = text_view_new(app, "pore: Errors in the configuration");
    for (guint i = 0; i < errors->len; i++) {
        char *line = g_strconcat(errors->pdata[i], "\n", NULL);
        text_view_append(view, line, strlen(line), STYLE_NORMAL, 0);
        g_free(line);
    }
    app_push(app, view);
}

static void read_if_there(struct configuration *configuration, const char *path,
                          GPtrArray *errors)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        rc_file(configuration, path, errors);
}

void app_configure(struct app *app, const struct app_options *options, GPtrArray *errors)
{
    struct configuration *configuration = app->configuration;
    char *usual = g_build_filename(g_get_user_config_dir(), "pore", "porerc", NULL);
    if (!options->no_system_rc)
        read_if_there(configuration, SYSCONFDIR "/porerc", errors);
    if (options->rc)
        rc_file(configuration, options->rc, errors);
    else
        read_if_there(configuration, usual, errors);
    for (const char *const *line = options->lines; line && *line; line++)
        rc_text(configuration, *line, "-e", errors);
    g_free(usual);
}

static void open_prompt_history(struct app *app)
{
    char *folder = g_build_filename(g_get_user_state_dir(), "pore", NULL);
    char *path = g_build_filename(folder, "history", NULL);
    prompt_history_free(app->prompt_history);
    g_mkdir_with_parents(folder, 0700);
    app->prompt_history = prompt_history_new(path);
    g_free(path);
    g_free(folder);
}

/* Runs until the user has quit; a script goes on whenever there is nothing left to do. */
static void run_loop(struct app *app)
{
    bool scripted = app->script != NULL;
    while (!app->quit) {
        bool waits = !scripted || is_busy(app);
        if (!g_main_context_iteration(app->context, waits) && !waits)
            scripted = script_step(app, app->script);
    }
}

/* Says on standard error, which is no longer covered by the screen, what was wrong with the script.
 * Returns how much that was. */
static guint tell_script_errors(const struct app *app)
{
    const GPtrArray *errors = app->script ? script_errors(app->script) : NULL;
    for (guint i = 0; errors && i < errors->len; i++)
        tell("%s", (const char *)errors->pdata[i]);
    return errors ? errors->len : 0;
}

/* Takes the terminal and everything that hangs on it. */
static bool take_terminal(struct app *app, struct signals **signals, GError **error)
{
    rescue_at_crash();
    if (!app_show(app, g_getenv("TERM"), stdout, stdin, error))
        return false;
    /* Behind curses, in the place of the handlers that it sets. */
    *signals = signals_new(app->context, app_signal, app, error);
    return *signals != NULL;
}

static bool start(struct app *app, const struct app_options *options, GPtrArray *errors,
                  GError **error)
{
    /* The range and the script before the screen: what is wrong with them is said on a screen nobody
     * touched. */
    if (options->script && !(app->script = script_new(options->script, error)))
        return false;
    /* Before anything is read: it says with how many threads. */
    app_configure(app, options, errors);
    if (!app_start(app, options, error))
        return false;
    open_prompt_history(app);
    return true;
}

void app_end(struct app *app, GError **error)
{
    visit_end(app, error);
    prompt_history_save(app->prompt_history, (size_t)app_settings(app)->save_history, NULL);
}

int app_run(struct archive *archive, const struct app_options *options, GError **error)
{
    if (!is_on_terminal(error))
        return -1;
    struct app *app = app_new(archive);
    struct signals *signals = NULL;
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    GError *not_remembered = NULL;
    bool started = start(app, options, errors, error) && take_terminal(app, &signals, error);
    if (started) {
        tell_errors(app, errors);
        run_loop(app);
        app_end(app, &not_remembered);
    }
    int killed_by = app->killed_by;
    screen_free(app->screen);
    app->screen = NULL;
    if (not_remembered)
        tell("the visit is not remembered: %s", not_remembered->message);
    g_clear_error(&not_remembered);
    answerer_end(app);
    int status = tell_script_errors(app) ? SCRIPT_FAILED : 0;
    app_free(app);
    signals_free(signals);
    g_ptr_array_unref(errors);
    if (killed_by)
        raise(killed_by);
    return started ? status : -1;
}
