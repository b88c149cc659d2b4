/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving, piping, printing, copying, and scripts that do it: from a view made for it, for what is
 * selected is each view's own affair. Commands are run with no terminal. */
#include "app.h"
#include "deliver.h"
#include "script.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START INT64_C(1551398400)

static void assert_file(const char *path, const char *wanted)
{
    char *text = NULL;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s cannot be read", path);
    ck_assert_str_eq(text, wanted);
    g_free(text);
}

/* --- the commands --------------------------------------------------------------- */

/* A view in which the test says what is selected. */
struct fake {
    struct view view;
    GPtrArray *selected, *tagged; /* struct member * */
    const char *text;
};

struct session {
    const char *folder;
    char *path;
    struct support_archive *writer;
    struct archive *archive;
    struct app *app;
    struct fake *fake;
    FILE *in, *out;
    int keys;
    char *terminal; /* the file that stands for it */
    char *target;   /* a file that does not exist at first */
};

static void fake_free(struct view *view)
{
    struct fake *fake = (struct fake *)view;
    g_ptr_array_unref(fake->selected);
    g_ptr_array_unref(fake->tagged);
    g_free(fake);
}

static void fake_update(struct view *view)
{
    (void)view;
}

static int fake_draw(struct view *view, struct screen *screen, int top)
{
    (void)view;
    (void)screen;
    (void)top;
    return 0;
}

static void fake_status(struct view *view, int width, struct format_line *line)
{
    (void)view;
    format_render(line, "", width, STYLE_STATUS, NULL, NULL);
}

static void fake_select(struct view *view, bool tagged, GPtrArray *members)
{
    struct fake *fake = (struct fake *)view;
    g_ptr_array_extend(members, tagged ? fake->tagged : fake->selected, NULL, NULL);
}

static const char *fake_content(struct view *view, size_t *length)
{
    struct fake *fake = (struct fake *)view;
    *length = strlen(fake->text);
    return fake->text;
}

static const struct view_hint no_hints[] = {{NULL, NULL}};

static const struct view_operations units[] = {
    {.context = CONTEXT_INDEX, .unit = VIEW_UNIT_SERIES, .hints = no_hints, .free = fake_free,
     .update = fake_update, .draw = fake_draw, .status = fake_status, .select = fake_select},
    {.context = CONTEXT_SERIES, .unit = VIEW_UNIT_MAIL, .hints = no_hints, .free = fake_free,
     .update = fake_update, .draw = fake_draw, .status = fake_status, .select = fake_select},
    {.context = CONTEXT_TEXT, .unit = VIEW_UNIT_TEXT, .hints = no_hints, .free = fake_free,
     .update = fake_update, .draw = fake_draw, .status = fake_status, .content = fake_content},
};

/* Adds a mail with ID from Ann; returns its commit, to be freed. */
static char *add(struct session *session, int at, const char *id, const char *parent,
                 const char *subject, const char *body)
{
    char *mail = g_strdup_printf("From: Ann Example <ann@example.org>\n"
                                 "Date: Fri, 01 Mar 2019 00:%02d:00 +0000\n"
                                 "Message-ID: <%s>\n%s%s%sSubject: %s\n\n%s",
                                 at, id, parent ? "In-Reply-To: <" : "", parent ? parent : "",
                                 parent ? ">\n" : "", subject, body);
    char *commit = g_strdup(support_add(session->writer, START + at * 60, mail, strlen(mail)));
    g_free(mail);
    return commit;
}

static struct session session_new(void)
{
    struct session session = {.folder = support_folder()};
    /* What pore remembers is not to be that of whoever runs the test. */
    g_setenv("XDG_CACHE_HOME", session.folder, TRUE);
    g_setenv("XDG_STATE_HOME", session.folder, TRUE);
    session.path = support_path(session.folder, "list.git");
    session.writer = support_archive_new(session.path);
    session.terminal = support_path(session.folder, "terminal");
    session.target = support_path(session.folder, "target");
    return session;
}

/* A series of two patches in its second version, and an answer. */
static void add_series(struct session *session)
{
    g_free(add(session, 0, "c@example.org", NULL, "[PATCH v2 0/2] widget: turn", "Cover.\n"));
    g_free(add(session, 1, "p1@example.org", "c@example.org", "[PATCH v2 1/2] widget: oil it",
               "One.\nFrom here\n>From there\n"));
    g_free(add(session, 2, "p2@example.org", "c@example.org", "[PATCH v2 2/2] widget: spin it",
               "Two."));
    g_free(add(session, 3, "r@example.org", "p1@example.org", "Re: [PATCH v2 1/2] widget: oil it",
               "Caf=C3=A9 \033[2J\n"));
}

static struct member *find(const struct session *session, const char *id)
{
    struct member *member = mailset_find(series_set_mails(session->app->set), id);
    ck_assert_msg(member != NULL, "%s was not read", id);
    return member;
}

/* Reads the archive and opens a view of UNIT. */
static void start(struct session *session, enum view_unit unit)
{
    const struct range range = {.all = true};
    const struct app_options options = {.path = session->path, .range = &range, .readers = 1};
    GError *error = NULL;
    int ends[2];
    session->archive = archive_open(session->path, &error);
    ck_assert_msg(session->archive != NULL, "%s", error ? error->message : "");
    ck_assert_int_eq(pipe(ends), 0);
    session->keys = ends[1];
    session->in = fdopen(ends[0], "r");
    session->out = fopen(session->terminal, "w");
    session->app = app_new(session->archive);
    ck_assert(app_start(session->app, &options, &error));
    ck_assert(app_show(session->app, "xterm-256color", session->out, session->in, &error));
    ck_assert(app_run_until_idle(session->app));

    session->fake = g_new0(struct fake, 1);
    session->fake->selected = g_ptr_array_new();
    session->fake->tagged = g_ptr_array_new();
    session->fake->view.app = session->app;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (units[i].unit == unit)
            session->fake->view.operations = &units[i];
    app_push(session->app, &session->fake->view);
}

static void session_free(struct session *session)
{
    app_free(session->app);
    archive_close(session->archive);
    support_archive_free(session->writer);
    fclose(session->in);
    fclose(session->out);
    close(session->keys);
    g_free(session->target);
    g_free(session->terminal);
    g_free(session->path);
}

static void run_only(struct session *session, const char *name, const char *argument, bool tagged)
{
    const struct invocation invocation = {
        .command = command_find(name), .argument = argument, .tagged = tagged};
    g_string_truncate(session->app->message, 0);
    ck_assert_ptr_nonnull(invocation.command);
    invocation.command->function(session->app, &invocation);
}

static void run(struct session *session, const char *name, const char *argument)
{
    run_only(session, name, argument, false);
    ck_assert(app_run_until_idle(session->app));
}

static void type(struct session *session, const char *keys)
{
    for (; *keys; keys++)
        prompt_key(session->app, (unsigned char)*keys);
    ck_assert(app_run_until_idle(session->app));
}

/* Runs a command of the editor. */
static void edit(struct session *session, const char *name)
{
    run(session, name, NULL);
}

static void assert_message(const struct session *session, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

static void assert_message(const struct session *session, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *wanted = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    ck_assert_str_eq(session->app->message->str, wanted);
    g_free(wanted);
}

/* The Message-IDs of the mbox PATH, with a blank behind each; checks that each mail has its
 * From line, a blank line before it. The caller frees it. */
static char *list_mbox(const char *path)
{
    GString *ids = g_string_new(NULL);
    char *text;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s cannot be read", path);
    char **lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "From ")) {
            ck_assert(g_regex_match_simple("^From [0-9a-f]{40} Mon Sep 17 00:00:00 2001$",
                                           lines[i], 0, 0));
            ck_assert(i == 0 || lines[i - 1][0] == '\0');
        }
        if (g_str_has_prefix(lines[i], "Message-ID: <"))
            g_string_append_printf(ids, "%.*s ", (int)strcspn(lines[i] + 13, ">"), lines[i] + 13);
    }
    g_strfreev(lines);
    g_free(text);
    return g_string_free(ids, FALSE);
}

static void assert_mbox(const struct session *session, const char *wanted)
{
    char *ids = list_mbox(session->target);
    ck_assert_str_eq(ids, wanted);
    g_free(ids);
}

static bool target_exists(const struct session *session)
{
    return g_file_test(session->target, G_FILE_TEST_EXISTS);
}

START_TEST(test_saves_series)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_SERIES);
    struct settings *settings = &session.app->configuration->settings;
    g_ptr_array_add(session.fake->selected, find(&session, "c@example.org"));

    settings->save_cover = false;
    run(&session, "save-message", session.target);
    assert_message(&session, "Saved 2 patches to %s.", session.target);
    assert_mbox(&session, "p1@example.org p2@example.org ");
    char *text;
    ck_assert(g_file_get_contents(session.target, &text, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(text, "\n>From here\n>>From there\n\n"));
    ck_assert(g_str_has_suffix(text, "\n\nTwo.\n\n"));
    g_free(text);

    g_unlink(session.target);
    settings->save_cover = true;
    run(&session, "copy-message", session.target);
    assert_message(&session, "Saved 2 patches and the cover letter to %s.", session.target);
    assert_mbox(&session, "c@example.org p1@example.org p2@example.org ");
    session_free(&session);
}
END_TEST

START_TEST(test_saves_mails)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_MAIL);
    g_ptr_array_add(session.fake->selected, find(&session, "p1@example.org"));
    run(&session, "save-message", session.target);
    assert_message(&session, "Saved 1 mail to %s.", session.target);
    assert_mbox(&session, "p1@example.org ");

    g_unlink(session.target);
    run_only(&session, "save-message", session.target, true);
    assert_message(&session, "No tagged entries.");
    g_ptr_array_add(session.fake->tagged, find(&session, "r@example.org"));
    g_ptr_array_add(session.fake->tagged, find(&session, "p2@example.org"));
    run_only(&session, "save-message", session.target, true);
    ck_assert(app_run_until_idle(session.app));
    assert_message(&session, "Saved 2 mails to %s.", session.target);
    assert_mbox(&session, "r@example.org p2@example.org ");
    session_free(&session);
}
END_TEST

START_TEST(test_saves_text)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_TEXT);
    session.fake->text = "From here\non.";
    run(&session, "save-message", session.target);
    assert_message(&session, "Saved the text to %s.", session.target);
    assert_file(session.target, "From here\non.");
    session_free(&session);
}
END_TEST

/* At the prompt: what is suggested, where it may not go, and what if the file is there. */
START_TEST(test_asks_for_a_file)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_SERIES);
    session.app->configuration->settings.save_cover = false;
    g_ptr_array_add(session.fake->selected, find(&session, "c@example.org"));
    ck_assert_int_eq(chdir(session.folder), 0);
    run(&session, "save-message", NULL);
    edit(&session, "accept-line");
    assert_message(&session, "Saved 2 patches to v2-widget-turn.mbox.");
    char *suggested = support_path(session.folder, "v2-widget-turn.mbox");
    ck_assert(g_file_test(suggested, G_FILE_TEST_EXISTS));
    g_free(suggested);

    session.app->configuration->settings.save_address = true;
    run(&session, "save-message", NULL);
    edit(&session, "accept-line");
    assert_message(&session, "Saved 2 patches to Ann-Example.mbox.");

    run(&session, "save-message", NULL);
    edit(&session, "kill-line");
    edit(&session, "accept-line");
    assert_message(&session, "%s", "");

    run(&session, "save-message", session.folder);
    assert_message(&session, "%s is a folder.", session.folder);

    support_write(session.target, "old\n", 4);
    run(&session, "save-message", session.target);
    type(&session, "c");
    assert_file(session.target, "old\n");
    run(&session, "save-message", session.target);
    type(&session, "a");
    assert_message(&session, "Appended 2 patches to %s.", session.target);
    char *text;
    ck_assert(g_file_get_contents(session.target, &text, NULL, NULL));
    ck_assert(g_str_has_prefix(text, "old\nFrom "));
    g_free(text);
    run(&session, "save-message", session.target);
    type(&session, "o");
    assert_message(&session, "Saved 2 patches to %s.", session.target);
    assert_mbox(&session, "p1@example.org p2@example.org ");
    session_free(&session);
}
END_TEST

START_TEST(test_stops)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_SERIES);
    g_ptr_array_add(session.fake->selected, find(&session, "c@example.org"));
    run_only(&session, "save-message", session.target, false);
    ck_assert_uint_eq(jobs_stop(session.app), 1);
    ck_assert(app_run_until_idle(session.app));
    assert_message(&session, "Saving was stopped.");
    ck_assert(!target_exists(&session));
    session_free(&session);
}
END_TEST

START_TEST(test_unreadable)
{
    struct session session = session_new();
    char *good = add(&session, 0, "good@example.org", NULL, "Good", "Good.\n");
    char *bad = add(&session, 1, "bad@example.org", NULL, "Bad", "Bad.\n");
    char *revision = g_strdup_printf("%s:m", bad);
    start(&session, VIEW_UNIT_MAIL);
    support_remove_object(session.writer, revision);
    g_ptr_array_add(session.fake->selected, find(&session, "bad@example.org"));
    run(&session, "save-message", session.target);
    assert_message(&session, "The mail could not be read.");
    ck_assert(!target_exists(&session));

    g_ptr_array_add(session.fake->selected, find(&session, "good@example.org"));
    run(&session, "save-message", session.target);
    assert_message(&session, "Saved 2 mails to %s, but 1 of 2 mails could not be read.",
                   session.target);
    ck_assert(session.app->message_is_error);
    assert_mbox(&session, "good@example.org ");
    session_free(&session);
    g_free(revision);
    g_free(bad);
    g_free(good);
}
END_TEST

START_TEST(test_pipes)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_SERIES);
    session.app->configuration->settings.save_cover = false;
    g_ptr_array_add(session.fake->selected, find(&session, "c@example.org"));
    char *command = g_strdup_printf("cat > '%s'", session.target);
    run(&session, "pipe-message", NULL);
    type(&session, command);
    edit(&session, "accept-line");
    assert_message(&session, "Piped 2 patches.");
    assert_mbox(&session, "p1@example.org p2@example.org ");
    g_free(command);

    run(&session, "pipe-message", "exit 3");
    assert_message(&session, "The command exited with status 3.");
    run(&session, "pipe-message", "kill -KILL $$");
    ck_assert(g_str_has_prefix(session.app->message->str, "The command was ended by a signal: "));
    run(&session, "pipe-message", NULL);
    edit(&session, "accept-line");
    assert_message(&session, "%s", "");
    session_free(&session);
}
END_TEST

/* Much more than a pipe holds: for a command that reads none of it, and one that reads all. */
START_TEST(test_pipes_much)
{
    struct session session = session_new();
    char *body = g_strnfill(4 << 20, 'Z');
    g_free(add(&session, 0, "big@example.org", NULL, "Big", body));
    start(&session, VIEW_UNIT_MAIL);
    g_ptr_array_add(session.fake->selected, find(&session, "big@example.org"));
    run(&session, "pipe-message", "true");
    assert_message(&session, "Piped 1 mail.");
    char *command = g_strdup_printf("tr -dc Z | wc -c | tr -d ' ' > '%s'", session.target);
    run(&session, "pipe-message", command);
    assert_file(session.target, "4194304\n");
    g_free(command);
    g_free(body);
    session_free(&session);
}
END_TEST

START_TEST(test_prints)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_MAIL);
    struct settings *settings = &session.app->configuration->settings;
    g_free(settings->print_command);
    settings->print_command = g_strdup_printf("cat > '%s'", session.target);
    g_ptr_array_add(session.fake->selected, find(&session, "p2@example.org"));
    g_ptr_array_add(session.fake->selected, find(&session, "r@example.org"));
    run(&session, "print-message", NULL);
    type(&session, "n");
    ck_assert(!target_exists(&session));
    run(&session, "print-message", NULL);
    type(&session, "y");
    assert_message(&session, "Printed 2 mails.");
    char *text;
    ck_assert(g_file_get_contents(session.target, &text, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(text, "\n\nTwo.\fDate: Fri, 01 Mar 2019 00:03:00 +0000\n"));
    ck_assert_ptr_null(strchr(text, '\033'));
    g_free(text);

    g_free(settings->print_command);
    settings->print_command = g_strdup("");
    run(&session, "print-message", NULL);
    assert_message(&session, "No printing command has been defined.");
    ck_assert_ptr_null(session.app->prompt);
    session_free(&session);
}
END_TEST

START_TEST(test_shell)
{
    struct session session = session_new();
    add_series(&session);
    start(&session, VIEW_UNIT_SERIES);
    struct settings *settings = &session.app->configuration->settings;
    /* An interrupt is the command's affair, and is not ignored there. */
    char *command = g_strdup_printf("kill -INT $PPID; echo lived > '%s'; kill -INT $$",
                                    session.target);
    run(&session, "shell-escape", command);
    assert_file(session.target, "lived\n");
    ck_assert(g_str_has_prefix(session.app->message->str, "The command was ended by a signal: "));
    run(&session, "shell-escape", "true");
    assert_message(&session, "%s", "");
    g_free(command);

    /* Without a command: the shell itself, whatever it ends with. */
    char *shell = support_path(session.folder, "shell");
    char *script = g_strdup_printf("#!/bin/sh\necho \"$#\" > '%s'\nexit 1\n", session.target);
    support_write(shell, script, strlen(script));
    ck_assert_int_eq(chmod(shell, 0700), 0);
    g_free(settings->shell);
    settings->shell = g_strdup(shell);
    run(&session, "shell-escape", NULL);
    edit(&session, "accept-line");
    assert_file(session.target, "0\n");
    assert_message(&session, "%s", "");

    g_unlink(shell);
    run(&session, "shell-escape", "true");
    ck_assert(session.app->message_is_error);
    ck_assert_ptr_nonnull(strstr(session.app->message->str, shell));
    g_free(script);
    g_free(shell);
    session_free(&session);
}
END_TEST

/* Has the terminal been sent TEXT for the clipboard? */
static bool was_copied(const struct session *session, const char *text)
{
    char *base64 = g_base64_encode((const guchar *)text, strlen(text));
    char *sent;
    gsize length;
    fflush(session->out);
    ck_assert(g_file_get_contents(session->terminal, &sent, &length, NULL));
    bool found = memmem(sent, length, base64, strlen(base64)) != NULL;
    g_free(sent);
    g_free(base64);
    return found;
}

START_TEST(test_yanks)
{
    struct session session = session_new();
    add_series(&session);
    g_free(add(&session, 5, "a/b@example.org", NULL, "Odd", "x\n"));
    g_free(add(&session, 6, "a\033[2J;b@example.org", NULL, "Hostile", "x\n"));
    start(&session, VIEW_UNIT_MAIL);
    struct settings *settings = &session.app->configuration->settings;
    g_free(settings->list_url);
    settings->list_url = g_strdup("https://lists.example.org/%s/");
    g_ptr_array_add(session.fake->selected, find(&session, "a/b@example.org"));
    run(&session, "yank-message-id", NULL);
    assert_message(&session, "Copied <a/b@example.org>.");
    ck_assert(was_copied(&session, "a/b@example.org"));
    run(&session, "yank-link", NULL);
    assert_message(&session, "Copied https://lists.example.org/a%%2Fb@example.org/");
    ck_assert(was_copied(&session, "https://lists.example.org/a%2Fb@example.org/"));

    g_ptr_array_add(session.fake->tagged, find(&session, "p1@example.org"));
    g_ptr_array_add(session.fake->tagged, find(&session, "p2@example.org"));
    run_only(&session, "yank-message-id", NULL, true);
    assert_message(&session, "Copied 2 Message-IDs.");
    ck_assert(was_copied(&session, "p1@example.org\np2@example.org"));

    /* What is pasted must not be able to steer what it is pasted to. */
    g_ptr_array_set_size(session.fake->selected, 0);
    g_ptr_array_add(session.fake->selected, find(&session, "a\033[2J;b@example.org"));
    run(&session, "yank-message-id", NULL);
    ck_assert(!was_copied(&session, "a\033[2J;b@example.org"));
    ck_assert_ptr_null(strchr(session.app->message->str, '\033'));

    g_ptr_array_set_size(session.fake->selected, 0);
    run(&session, "yank-link", NULL);
    ck_assert(session.app->message_is_error);
    session_free(&session);
}
END_TEST

/* A script runs commands and presses keys, also those that answer a question; says where it is
 * wrong; and goes on. */
START_TEST(test_script)
{
    struct session session = session_new();
    char *path = support_path(session.folder, "script");
    GError *error = NULL;
    ck_assert_ptr_null(script_new(path, &error));
    ck_assert_ptr_nonnull(error);
    g_clear_error(&error);

    add_series(&session);
    start(&session, VIEW_UNIT_MAIL);
    g_ptr_array_add(session.fake->selected, find(&session, "p1@example.org"));
    support_write(session.target, "old\n", 4);
    char *text = g_strdup_printf("# comment\n\n  \n:save-message %s\na\n:nonsense\n<nonsense>\n"
                                 "\377\n:save-message %s/none/x\n:set wrap=no",
                                 session.target, session.folder);
    support_write(path, text, strlen(text));
    struct script *script = script_new(path, &error);
    ck_assert_ptr_nonnull(script);
    session.app->configuration->settings.wrap = true;
    int steps = 0;
    while (script_step(session.app, script)) {
        ck_assert(app_run_until_idle(session.app));
        steps++;
    }
    ck_assert_int_eq(steps, 7);
    ck_assert(!session.app->configuration->settings.wrap);
    char *saved;
    ck_assert(g_file_get_contents(session.target, &saved, NULL, NULL));
    ck_assert(g_str_has_prefix(saved, "old\nFrom "));
    static const int wrong[] = {6, 7, 8, 9};
    const GPtrArray *errors = script_errors(script);
    ck_assert_uint_eq(errors->len, G_N_ELEMENTS(wrong));
    for (guint i = 0; i < errors->len; i++) {
        char *start_of_line = g_strdup_printf("%s:%d: ", path, wrong[i]);
        ck_assert(g_str_has_prefix(errors->pdata[i], start_of_line));
        g_free(start_of_line);
    }
    script_free(script);
    g_free(saved);
    g_free(text);
    g_free(path);
    session_free(&session);
}
END_TEST

/* A NUL spoils the line it stands in, and no other. */
START_TEST(test_script_with_nul)
{
    static const char text[] = ":set nowrap\n:set wrap\0\n:set nomarkers\n";
    struct session session = session_new();
    char *path = support_path(session.folder, "script");
    add_series(&session);
    start(&session, VIEW_UNIT_MAIL);
    support_write(path, text, sizeof text - 1);
    struct script *script = script_new(path, NULL);
    ck_assert_ptr_nonnull(script);
    while (script_step(session.app, script))
        ck_assert(app_run_until_idle(session.app));
    ck_assert(!session.app->configuration->settings.wrap);
    ck_assert(!session.app->configuration->settings.markers);
    ck_assert_uint_eq(script_errors(script)->len, 1);
    char *start_of_line = g_strconcat(path, ":2: ", NULL);
    ck_assert(g_str_has_prefix(script_errors(script)->pdata[0], start_of_line));
    g_free(start_of_line);
    script_free(script);
    g_free(path);
    session_free(&session);
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_setenv("SHELL", "/bin/sh", TRUE);
    /* Commands are not to wait for a key of whoever runs the test. */
    if (!freopen("/dev/null", "r", stdin))
        return EXIT_FAILURE;
    archive_startup(false);
    mail_startup();
    Suite *suite = suite_create("deliver");
    TCase *cases = tcase_create("deliver");
    tcase_add_test(cases, test_saves_series);
    tcase_add_test(cases, test_saves_mails);
    tcase_add_test(cases, test_saves_text);
    tcase_add_test(cases, test_asks_for_a_file);
    tcase_add_test(cases, test_stops);
    tcase_add_test(cases, test_unreadable);
    tcase_add_test(cases, test_pipes);
    tcase_add_test(cases, test_pipes_much);
    tcase_add_test(cases, test_prints);
    tcase_add_test(cases, test_shell);
    tcase_add_test(cases, test_yanks);
    tcase_add_test(cases, test_script);
    tcase_add_test(cases, test_script_with_nul);
    suite_add_tcase(suite, cases);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
