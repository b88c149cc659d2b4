/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen_support.h"
#include "run_suite.h"

#include <gmime/gmime.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

char *make_mail(const char *from, int day, const char *id, const char *parent,
                       const char *subject, const char *body)
{
    char date[64];
    time_t seconds = (time_t)(START + day * DAY);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return g_strdup_printf("From: %s\nDate: %s\nMessage-ID: <%s@example.org>\n%s%s%s"
                           "Subject: %s\nX-Other: kept back\n\n%s",
                           from, date, id, parent ? "In-Reply-To: <" : "", parent ? parent : "",
                           parent ? "@example.org>\n" : "", subject, body);
}

void add(struct session *session, const char *from, int day, const char *id,
                const char *parent, const char *subject, const char *body)
{
    char *mail = make_mail(from, day, id, parent, subject, body);
    support_add(session->writer, START + day * DAY, mail, strlen(mail));
    g_free(mail);
}

struct session session_new(void)
{
    struct session session = {0};
    session.path = support_path(support_folder(), "list.git");
    session.writer = support_archive_new(session.path);
    return session;
}

/* Before GLib looks: it keeps what it has found, so that the first browser of a process decides. */
static void set_home(void)
{
    const char *folder = support_folder();
    g_setenv("XDG_CACHE_HOME", folder, TRUE);
    g_setenv("XDG_STATE_HOME", folder, TRUE);
    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
}

static void configure(struct session *session)
{
    const struct app_options options = {.rc = session->porerc, .no_system_rc = true};
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    app_configure(session->app, &options, errors);
    ck_assert_uint_eq(errors->len, 0);
    g_ptr_array_unref(errors);
}

static void open_app(struct session *session, const char *term, const char *path)
{
    static const struct range all = {.all = true};
    GError *error = NULL;
    const struct app_options options = {.path = session->path,
                                        .range = session->range ? session->range : &all,
                                        .readers = 1,
                                        .no_history = session->no_history};
    int ends[2];

    set_home();
    session->archive = archive_open(session->path, &error);
    ck_assert_msg(session->archive, "%s", error ? error->message : "");
    ck_assert_int_eq(pipe(ends), 0);
    session->keys = ends[1];
    session->in = fdopen(ends[0], "r");
    session->out = fopen(path, "w");
    ck_assert_ptr_nonnull(session->out);
    session->app = app_new(session->archive);
    ck_assert_msg(app_start(session->app, &options, &error), "%s", error ? error->message : "");
    if (session->porerc)
        configure(session);
    ck_assert_msg(app_show(session->app, term, session->out, session->in, &error), "%s",
                  error ? error->message : "");
    screen_resize(session->app->screen, 24, 80);
    app_resized(session->app);
}

void start_writing_to(struct session *session, const char *term, const char *path)
{
    open_app(session, term, path);
    ck_assert(app_run_until_idle(session->app));
}

void start_on(struct session *session, const char *term)
{
    start_writing_to(session, term, "/dev/null");
}

void start(struct session *session)
{
    start_on(session, "xterm-256color");
}

void start_unread(struct session *session)
{
    open_app(session, "xterm-256color", "/dev/null");
}

static void close_app(struct session *session)
{
    app_free(session->app);
    session->app = NULL;
    archive_close(session->archive);
    session->archive = NULL;
    fclose(session->in);
    fclose(session->out);
    if (session->keys >= 0)
        close(session->keys);
    session->keys = -1;
}

void leave(struct session *session)
{
    GError *error = NULL;
    app_end(session->app, &error);
    ck_assert_msg(!error, "%s", error ? error->message : "");
    close_app(session);
}

void session_free(struct session *session)
{
    if (session->app)
        close_app(session);
    support_archive_free(session->writer);
    g_free(session->porerc);
    g_free(session->path);
}

bool press(struct session *session, const char *text)
{
    ck_assert_int_eq(write(session->keys, text, strlen(text)), (ssize_t)strlen(text));
    return app_run_until_idle(session->app);
}

void arrive(struct session *session, int64_t rank, const char *mail)
{
    struct mail_batch *batch = mail_batch_new();
    const struct mail_place place = {.arrival = rank, .received = START};
    mail_parse(batch, mail, strlen(mail), &place, false);
    series_set_take(session->app->set, batch);
    app_unsettled(session->app);
    ck_assert(app_run_until_idle(session->app));
}

void resize(struct session *session, int rows, int columns)
{
    screen_resize(session->app->screen, rows, columns);
    app_resized(session->app);
    ck_assert(app_run_until_idle(session->app));
}

void assert_line(const struct session *session, int row, const char *wanted)
{
    char *line = screen_read(session->app->screen, row);
    ck_assert_str_eq(line, wanted);
    g_free(line);
}

char *read_screen(const struct session *session)
{
    GString *text = g_string_new(NULL);
    for (int row = 0; row < screen_rows(session->app->screen); row++) {
        char *line = screen_read(session->app->screen, row);
        g_string_append_printf(text, "%s\n", line);
        g_free(line);
    }
    return g_string_free(text, FALSE);
}

int find(const struct session *session, const char *words)
{
    for (int row = 0; row < screen_rows(session->app->screen); row++) {
        char *line = screen_read(session->app->screen, row);
        bool found = strstr(line, words) != NULL;
        g_free(line);
        if (found)
            return row;
    }
    char *screen = read_screen(session);
    ck_abort_msg("\"%s\" is not on the screen:\n%s", words, screen);
}

int selected(const struct session *session)
{
    const struct screen_look none = screen_look_at(session->app->screen, 0, 0);
    for (int row = 1; row < screen_rows(session->app->screen) - 2; row++) {
        struct screen_look look = screen_look_at(session->app->screen, row, 0);
        if (look.reverse || (look.background >= 0 && look.background != none.background))
            return row;
    }
    return -1;
}

const char patch_body[] = "What it does.\n"
                                 "\n"
                                 "Signed-off-by: Ann Example <ann@example.org>\n"
                                 "---\n"
                                 " file.c | 3 ++-\n"
                                 " 1 file changed, 2 insertions(+), 1 deletion(-)\n"
                                 "\n"
                                 "diff --git a/file.c b/file.c\n"
                                 "index 1111111..2222222 100644\n"
                                 "--- a/file.c\n"
                                 "+++ b/file.c\n"
                                 "@@ -1,2 +1,3 @@ first\n"
                                 " context\n"
                                 "-\tremoved\n"
                                 "+\tadded\n"
                                 "+\tadded too\n"
                                 "-- \n"
                                 "2.39\n";


void add_series(struct session *session)
{
    add(session, ANN, 0, "a0", NULL, "[PATCH 0/2] widget: make it turn", "Cover.\n");
    add(session, ANN, 0, "a1", "a0", "[PATCH 1/2] widget: oil it", patch_body);
    add(session, ANN, 0, "a2", "a0", "[PATCH 2/2] widget: turn it", patch_body);
    add(session, BOB, 1, "r1", "a1", "Re: [PATCH 1/2] widget: oil it", "> What it does.\nWhy?\n");
    add(session, ANN, 3, "b0", NULL, "[PATCH v2 0/3] widget: make it turn", "Cover.\n");
    add(session, ANN, 3, "b1", "b0", "[PATCH v2 1/3] widget: oil it", patch_body);
    add(session, ANN, 3, "b3", "b0", "[PATCH v2 3/3] widget: paint it", patch_body);
    add(session, BOB, 4, "r2", "b1", "Re: [PATCH v2 1/3] widget: oil it",
        "> > Why?\n> Because.\nI see.\n");
    add(session, ANN, 5, "r3", "r2", "Re: [PATCH v2 1/3] widget: oil it", "Good.\n");
    add(session, BOB, 6, "c1", NULL, "[RFC PATCH] gadget: add", patch_body);
}

bool shows(const struct session *session, const char *words)
{
    char *screen = read_screen(session);
    bool found = strstr(screen, words) != NULL;
    g_free(screen);
    return found;
}

bool command(struct session *session, const char *line)
{
    app_command_line(session->app, line);
    input_work_off(session->app);
    app_draw_soon(session->app);
    return app_run_until_idle(session->app);
}

void assert_message(const struct session *session, const char *wanted)
{
    assert_line(session, screen_rows(session->app->screen) - 1, wanted);
}

void assert_screen(const struct session *session, const char *name)
{
    const char *top = g_getenv("srcdir");
    char *path = g_build_filename(top ? top : ".", "tests", "screens", name, NULL);
    char *screen = screen_dump(session->app->screen, true), *wanted = NULL;
    if (g_strcmp0(g_getenv("SCREENS"), "write") == 0)
        ck_assert(g_file_set_contents(path, screen, -1, NULL));
    ck_assert_msg(g_file_get_contents(path, &wanted, NULL, NULL), "there is no %s", path);
    ck_assert_msg(strcmp(screen, wanted) == 0, "%s is wanted:\n%s\nand there is:\n%s", name,
                  wanted, screen);
    g_free(wanted);
    g_free(screen);
    g_free(path);
}

void add_parts(struct session *session, int count, int every)
{
    for (int i = 0; i < count; i++) {
        char *id = g_strdup_printf("m%d", i), *subject = g_strdup_printf("[PATCH] part %d", i);
        add(session, i % every ? ANN : BOB, i, id, NULL, subject, patch_body);
        g_free(subject);
        g_free(id);
    }
}

void assert_selected(const struct session *session, const char *words)
{
    ck_assert_int_eq(find(session, words), selected(session));
}

int run_screen_tests(Suite *suite)
{
    setenv("TZ", "UTC", 1);
    /* Commands of the shell must not find the terminal that the tests are run on. */
    if (!freopen("/dev/null", "r", stdin))
        return 99;
    unsetenv("NO_COLOR");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    /* Without the locale no width is known. */
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 77;
    g_mime_init();
    archive_startup(false);
    int status = run_suite(suite);
    archive_shutdown();
    g_mime_shutdown();
    return status;
}
