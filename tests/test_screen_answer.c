/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers in the browser: which mail is answered, the editor, the question behind it, sending,
 * recalling. The editor and what sends are scripts that say what they were given; there is no
 * terminal. */
#include "answerer.h"
#include "drafts.h"
#include "mail/message.h"
#include "outside.h"
#include "project/project_identity.h"
#include "screen_support.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the session's browser: what the scripts write is there, too. */
static const char *place(void)
{
    return g_getenv("XDG_STATE_HOME");
}

/* A program of the shell called NAME; the caller frees its path. */
static char *make_script(const char *name, const char *does)
{
    char *path = support_path(place(), name);
    char *text = g_strdup_printf("#!/bin/sh\n%s\n", does);
    support_write(path, text, strlen(text));
    ck_assert_int_eq(chmod(path, 0700), 0);
    g_free(text);
    return path;
}

static char *file(const char *name)
{
    return support_path(place(), name);
}

static bool exists(const char *name)
{
    char *path = file(name);
    bool there = g_file_test(path, G_FILE_TEST_EXISTS);
    g_free(path);
    return there;
}

static char *read_file(const char *name)
{
    char *path = file(name), *text = NULL;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "there is no %s", name);
    g_free(path);
    return text;
}

static void set(struct session *session, const char *name, const char *value)
{
    char *line = g_strdup_printf("set %s=\"%s\"", name, value);
    ck_assert(command(session, line));
    g_free(line);
}

/* An editor that keeps the draft it gets as "seen", adds a line, and then does MORE. */
static void set_editor(struct session *session, const char *more)
{
    char *does = g_strdup_printf("cp \"$1\" '%s/seen'; echo 'Looks good.' >>\"$1\"\n%s",
                                 place(), more);
    char *path = make_script("editor", does);
    set(session, "editor", path);
    g_free(path);
    g_free(does);
}

/* Something that sends: it keeps what it gets as "sent", and then does MORE. */
static void set_sendmail(struct session *session, const char *more)
{
    char *does = g_strdup_printf("cat >'%s/sent'\n%s", place(), more);
    char *path = make_script("sendmail", does);
    set(session, "sendmail", path);
    g_free(path);
    g_free(does);
}

/* A browser on the series of the support, with who answers set, an editor that works, and no
 * drafts. */
static struct session open_session(void)
{
    struct session session = session_new();
    add_series(&session);
    add(&session, ANN, 7, "l0", NULL, "[PATCH] lost: \033[2J'; touch $HOME/x; `id` ../../x",
        "Text.\n");
    start(&session);
    set(&session, "from", "Mia Example <mia@example.org>");
    set_editor(&session, "");
    return session;
}

static void assert_seen(const char *name, const char *wanted)
{
    char *text = read_file("seen");
    struct message *message = message_parse(text, strlen(text));
    ck_assert_str_eq(message_header(message, name), wanted);
    message_free(message);
    g_free(text);
}

static guint drafts(void)
{
    GPtrArray *names = drafts_list();
    guint count = names->len;
    g_ptr_array_unref(names);
    return count;
}

/* The path of the newest draft; the caller frees it. */
static char *newest(void)
{
    GPtrArray *names = drafts_list();
    ck_assert_uint_gt(names->len, 0);
    char *path = drafts_path(names->pdata[0]);
    g_ptr_array_unref(names);
    return path;
}

/* The message names the newest draft, and says WHY it is there. */
static void assert_kept(const struct session *session, const char *why)
{
    char *path = newest();
    const char *message = session->app->message->str;
    ck_assert_msg(strstr(message, path) && strstr(message, why), "%s", message);
    g_free(path);
}

static void select_mail(struct session *session, const char *words)
{
    char *line = g_strdup_printf("limit %s", words);
    ck_assert(command(session, line));
    g_free(line);
}

START_TEST(test_draft_of_the_index)
{
    struct session session = open_session();
    set(&session, "attribution", "On %d, %n <%a> (%i) wrote of %s:");
    set(&session, "date_format", "%Y");
    select_mail(&session, "~s turn");
    press(&session, "r");
    /* The row is the series; its cover letter is what is answered. */
    assert_seen("To", ANN);
    assert_seen("From", "Mia Example <mia@example.org>");
    assert_seen("Subject", "Re: [PATCH v2 0/3] widget: make it turn");
    assert_seen("In-Reply-To", "<b0@example.org>");
    char *text = read_file("seen");
    ck_assert(g_str_has_suffix(text, "\n\nOn 2019, Ann Example <ann@example.org> (b0@example.org) "
                                     "wrote of [PATCH v2 0/3] widget: make it turn:\n> Cover.\n"));
    g_free(text);
    ck_assert(shows(&session, "(e)dit, (k)eep, (d)iscard?"));
    ck_assert(shows(&session, "neither sendmail nor mailer is set"));
    press(&session, "s");
    ck_assert_ptr_nonnull(session.app->prompt);
    press(&session, "k");
    assert_kept(&session, "Draft kept in ");
    char *path = newest();
    struct stat status;
    ck_assert_int_eq(g_stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    char *folder = g_path_get_dirname(path);
    ck_assert_int_eq(g_stat(folder, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    g_free(folder);
    g_free(path);
    session_free(&session);
}
END_TEST

START_TEST(test_selected_mail)
{
    struct session session = open_session();
    select_mail(&session, "~s turn");
    press(&session, ENTER);
    ck_assert(command(&session, "last-entry"));
    press(&session, "g");
    press(&session, "k");
    char *text = read_file("seen");
    ck_assert_ptr_null(strstr(text, "<b0@example.org>\n\n"));
    g_free(text);
    ck_assert(command(&session, "first-entry"));
    press(&session, "j" ENTER);
    press(&session, "r");
    assert_seen("In-Reply-To", "<b1@example.org>");
    press(&session, "k");
    press(&session, "J");
    press(&session, "r");
    ck_assert_ptr_nonnull(session.app->prompt);
    press(&session, "q");
    ck_assert_ptr_null(session.app->prompt);
    ck_assert_uint_eq(drafts(), 3);
    text = read_file("seen");
    ck_assert_ptr_null(strstr(text, "In-Reply-To: <b1@example.org>"));
    g_free(text);
    session_free(&session);
}
END_TEST

START_TEST(test_nothing_to_answer)
{
    struct session session = open_session();
    press(&session, "t;r");
    ck_assert(session.app->message_is_error);
    press(&session, "L");
    assert_message(&session, "The mail does not say which list it was sent to.");
    select_mail(&session, "~s nothing-like-it");
    press(&session, "r");
    assert_message(&session, "There is nothing here to be answered.");
    press(&session, "R");
    assert_message(&session, "There are no drafts.");
    ck_assert_uint_eq(drafts(), 0);
    session_free(&session);
}
END_TEST

START_TEST(test_unmodified)
{
    struct session session = open_session();
    set(&session, "editor", "true");
    press(&session, "r");
    assert_message(&session, "Aborted unmodified message.");
    ck_assert_uint_eq(drafts(), 0);
    session_free(&session);
}
END_TEST

START_TEST(test_editor_fails)
{
    struct session session = open_session();
    set_editor(&session, "exit 3");
    press(&session, "r");
    ck_assert_ptr_null(session.app->prompt);
    assert_kept(&session, "the editor exited with status 3");
    ck_assert_ptr_nonnull(session.app->draft);
    /* What it wrote before is there. */
    char *path = newest(), *text;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert(g_str_has_suffix(text, "Looks good.\n"));
    g_free(text);
    g_free(path);
    set(&session, "editor", "/nowhere/editor");
    press(&session, "r");
    assert_kept(&session, "the editor exited with status 127");
    set(&session, "editor", "kill -KILL $$; true");
    press(&session, "r");
    assert_kept(&session, "the editor was ended by a signal");
    ck_assert_uint_eq(drafts(), 3);

    set(&session, "shell", "/nowhere/shell");
    press(&session, "r");
    assert_kept(&session, "cannot run /nowhere/shell");
    session_free(&session);
}
END_TEST

/* The editor is the setting, else $VISUAL, else $EDITOR; each may be a command with words. */
START_TEST(test_which_editor)
{
    struct session session = open_session();
    char *path = file("editor");
    set(&session, "editor", "");
    char *one = g_strdup_printf("'%s'", path), *two = g_strdup_printf("'%s' %%s; exit 5", path);
    g_setenv("VISUAL", one, TRUE);
    g_setenv("EDITOR", "exit 4; #", TRUE);
    press(&session, "r");
    press(&session, "k");
    ck_assert(exists("seen"));
    g_setenv("VISUAL", two, TRUE);
    press(&session, "r");
    assert_kept(&session, "status 5");
    g_unsetenv("VISUAL");
    press(&session, "r");
    assert_kept(&session, "status 4");
    g_free(two);
    g_free(one);
    g_free(path);
    session_free(&session);
}
END_TEST

START_TEST(test_draft_is_gone)
{
    struct session session = open_session();
    set(&session, "editor", "rm");
    press(&session, "r");
    ck_assert(session.app->message_is_error);
    ck_assert_ptr_null(session.app->prompt);
    /* What is in its place is not taken for it. */
    set(&session, "editor", "f() { rm \\\"$1\\\"; ln -s /etc/passwd \\\"$1\\\"; }; f");
    press(&session, "r");
    ck_assert(session.app->message_is_error);
    ck_assert_ptr_null(session.app->prompt);
    set(&session, "editor", "f() { rm \\\"$1\\\"; mkfifo \\\"$1\\\"; }; f");
    press(&session, "r");
    ck_assert(session.app->message_is_error);
    ck_assert_ptr_null(session.app->prompt);
    session_free(&session);
}
END_TEST

START_TEST(test_sends)
{
    struct session session = open_session();
    set_sendmail(&session, "");
    char *record = file("record mbox");
    set(&session, "record", record);
    press(&session, "r");
    ck_assert(shows(&session, "(s)end, (e)dit, (k)eep, (d)iscard? To ann@example"));
    ck_assert(!exists("sent"));
    press(&session, "s");
    assert_message(&session, "Mail sent.");
    ck_assert_uint_eq(drafts(), 0);
    char *text = read_file("sent");
    struct message *message = message_parse(text, strlen(text));
    ck_assert_str_eq(message_header(message, "From"), "Mia Example <mia@example.org>");
    ck_assert_str_eq(message_header(message, "To"), ANN);
    ck_assert_ptr_nonnull(message_header(message, "Date"));
    ck_assert(g_str_has_suffix(message_header(message, "Message-ID"), "@example.org>"));
    ck_assert(g_str_has_suffix(message->text, "> Text.\nLooks good.\n"));
    message_free(message);

    char *kept = read_file("record mbox");
    char *line_end = strchr(kept, '\n');
    ck_assert(g_regex_match_simple("^From \\S+ [A-Z][a-z]{2} [A-Z][a-z]{2} [ 123]\\d "
                                   "\\d\\d:\\d\\d:\\d\\d \\d{4}\n", kept, 0, 0));
    ck_assert(g_str_has_prefix(line_end + 1, text));
    ck_assert_str_eq(line_end + 1 + strlen(text), "\n");
    struct stat status;
    ck_assert_int_eq(g_stat(record, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    g_free(kept);

    press(&session, "r");
    press(&session, "y");
    kept = read_file("record mbox");
    ck_assert_ptr_nonnull(strstr(kept + 1, "\n\nFrom "));
    g_free(kept);
    g_free(text);
    g_free(record);
    session_free(&session);
}
END_TEST

START_TEST(test_sending_fails)
{
    struct session session = open_session();
    set_sendmail(&session, "echo 'sendmail: no route \033[2J' >&2; echo 'second line' >&2; exit 75");
    press(&session, "r");
    press(&session, "s");
    assert_kept(&session, "sendmail: no route");
    /* All of it can be read. */
    ck_assert(shows(&session, "exited with status 75"));
    ck_assert(shows(&session, "second line"));
    press(&session, "q");
    set(&session, "sendmail", "kill -KILL $$");
    press(&session, "R");
    press(&session, "s");
    assert_kept(&session, "sendmail was ended by a signal");
    set(&session, "sendmail", "/nowhere/sendmail");
    press(&session, "R");
    press(&session, "s");
    assert_kept(&session, "/nowhere/sendmail");
    ck_assert_uint_eq(drafts(), 1);
    session_free(&session);
}
END_TEST

START_TEST(test_recording_fails)
{
    struct session session = open_session();
    set_sendmail(&session, "");
    set(&session, "record", place());
    press(&session, "r");
    press(&session, "s");
    assert_kept(&session, "it was sent, but not recorded: ");
    ck_assert(exists("sent"));
    session_free(&session);
}
END_TEST

/* Nothing that a mail says is part of a command. */
START_TEST(test_hostile_mail)
{
    struct session session = open_session();
    char *does = g_strdup_printf("echo \"$# $0\" >'%s/arguments'", place());
    set_sendmail(&session, does);
    select_mail(&session, "~s lost");
    press(&session, "r");
    press(&session, "s");
    assert_message(&session, "Mail sent.");
    char *victim = support_path(g_getenv("HOME"), "x");
    ck_assert(!g_file_test(victim, G_FILE_TEST_EXISTS));
    char *arguments = read_file("arguments");
    ck_assert(g_str_has_prefix(arguments, "0 "));
    char *seen = read_file("seen");
    ck_assert_ptr_null(strchr(seen, '\033'));
    g_free(seen);
    g_free(arguments);
    g_free(victim);
    g_free(does);
    session_free(&session);
}
END_TEST

/* The mailer gets the draft itself, and who says no keeps it. */
START_TEST(test_mailer)
{
    struct session session = open_session();
    char *text = g_strdup_printf("cp \"$2\" '%s/given'; [ \"$1\" = -H ]", place());
    char *mailer = make_script("mailer", text);
    char *line = g_strconcat(mailer, " -H %s", NULL);
    set(&session, "mailer", line);
    press(&session, "r");
    press(&session, "s");
    ck_assert(shows(&session, "The mailer has ended. Remove the draft? (yes/[no])"));
    press(&session, ENTER);
    assert_kept(&session, "Draft kept in ");
    char *given = read_file("given");
    ck_assert(g_str_has_suffix(given, "Looks good.\n"));
    g_free(given);
    press(&session, "R");
    press(&session, "s");
    press(&session, "y");
    assert_message(&session, "The draft was removed.");
    ck_assert_uint_eq(drafts(), 0);

    set(&session, "mailer", "false");
    press(&session, "r");
    press(&session, "s");
    assert_kept(&session, "the mailer exited with status 1");
    /* Where both are set, what sends goes first. */
    set_sendmail(&session, "");
    press(&session, "R");
    press(&session, "s");
    assert_message(&session, "Mail sent.");
    g_free(line);
    g_free(mailer);
    g_free(text);
    session_free(&session);
}
END_TEST

START_TEST(test_edits_again)
{
    struct session session = open_session();
    set_sendmail(&session, "");
    set_editor(&session, "sed -i 's/^To:.*/To: root/' \"$1\"");
    press(&session, "r");
    /* No mail yet: back to the editor is the way. */
    ck_assert(shows(&session, "(d)iscard? line 2: this is no address: root"));
    press(&session, "s");
    ck_assert_ptr_nonnull(session.app->prompt);
    set_editor(&session, "sed -i 's/^To:.*/To: bob@example.com/' \"$1\"");
    press(&session, "r");
    press(&session, "e");
    ck_assert(shows(&session, "To bob@example.com: Re: "));
    char *seen = read_file("seen");
    ck_assert_ptr_nonnull(strstr(seen, "Looks good.\n"));
    g_free(seen);
    press(&session, "s");
    assert_message(&session, "Mail sent.");
    session_free(&session);
}
END_TEST

START_TEST(test_discards)
{
    struct session session = open_session();
    press(&session, "r");
    press(&session, "d");
    press(&session, "n");
    assert_kept(&session, "Draft kept in ");
    press(&session, "R");
    press(&session, "d");
    press(&session, "y");
    assert_message(&session, "The draft was removed.");
    ck_assert_uint_eq(drafts(), 0);
    session_free(&session);
}
END_TEST

/* Leaving the question keeps the draft, whoever does it: the user, another question, the end. */
START_TEST(test_left)
{
    struct session session = open_session();
    const char abort[] = {CONTROL('G'), '\0'};
    press(&session, "r");
    press(&session, abort);
    assert_kept(&session, "Draft kept in ");
    ck_assert_ptr_null(session.app->draft);

    press(&session, "R");
    ck_assert_ptr_nonnull(session.app->prompt);
    char *path = newest(), *errors = file("errors");
    /* What app_run() does when a signal has ended it. */
    ck_assert_ptr_nonnull(freopen(errors, "w", stderr));
    screen_free(session.app->screen);
    session.app->screen = NULL;
    answerer_end(session.app);
    fflush(stderr);
    char *said = read_file("errors");
    char *wanted = g_strdup_printf("pore: draft kept in %s\n", path);
    ck_assert_str_eq(said, wanted);
    ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
    g_free(wanted);
    g_free(said);
    g_free(errors);
    g_free(path);
    session_free(&session);
}
END_TEST

START_TEST(test_recalls)
{
    struct session session = open_session();
    GString *text = g_string_new("From: a@example.org\nTo: b@example.org\n\nx\n");
    GError *error = NULL;
    char *one = drafts_write("one", text, &error), *two = drafts_write("one", text, &error);
    ck_assert_ptr_nonnull(one);
    ck_assert_ptr_nonnull(two);
    ck_assert_str_ne(one, two);
    char *last = newest(), *name = g_path_get_basename(last);
    press(&session, "R");
    ck_assert(shows(&session, name));
    press(&session, ENTER);
    ck_assert_ptr_nonnull(session.app->prompt);
    press(&session, "k");
    assert_kept(&session, name);
    GString *edited = drafts_read(last, &error);
    ck_assert_str_eq(edited->str, "From: a@example.org\nTo: b@example.org\n\nx\nLooks good.\n");
    g_string_free(edited, TRUE);
    /* One that is recalled and not changed stays. */
    set(&session, "editor", "true");
    press(&session, "R" ENTER);
    press(&session, "k");
    ck_assert_uint_eq(drafts(), 2);
    /* The one that is suggested stands in nobody's way. */
    char *other = g_path_get_basename(strcmp(last, one) ? one : two);
    press(&session, "R\t\t");
    ck_assert(shows(&session, other));
    press(&session, "\a");
    g_free(other);

    ck_assert(command(&session, "recall-message no-such"));
    assert_message(&session, "There is no draft called no-such.");
    ck_assert(command(&session, "recall-message ../../list.git/HEAD"));
    ck_assert(session.app->message_is_error);
    ck_assert(drafts_remove(one, &error));
    ck_assert(!drafts_remove(one, &error));
    ck_assert_ptr_nonnull(error);
    g_clear_error(&error);
    g_free(name);
    g_free(last);
    g_free(two);
    g_free(one);
    g_string_free(text, TRUE);
    session_free(&session);
}
END_TEST

START_TEST(test_drafts_cannot_be_written)
{
    struct session session = open_session();
    char *place = file("pore/drafts");
    support_write(place, "", 0);
    press(&session, "r");
    ck_assert(session.app->message_is_error);
    ck_assert(!exists("seen"));
    g_free(place);
    session_free(&session);
}
END_TEST

START_TEST(test_expands)
{
    static const struct {
        const char *command, *path, *wanted;
    } cases[] = {
        {"vi", "/a b/c", "vi '/a b/c'"},
        {"mutt -H %s", "/x", "mutt -H '/x'"},
        {"a %s | b '%%' %d", "/it's", "a '/it'\\''s' | b '%' %d"},
        {"100%", "/x", "100% '/x'"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *command = outside_expand(cases[i].command, cases[i].path);
        ck_assert_str_eq(command, cases[i].wanted);
        g_free(command);
    }
}
END_TEST

/* Who answers where it is not set. */
START_TEST(test_identity)
{
    static const char config[] = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
                                 "[user]\n\tname = \"Repo, Mia\"\n\temail = repo@example.org\n";
    static const char user[] = "[user]\n\tname = Home\n\temail = home@example.org\n";
    struct session session = open_session();
    char *own = support_path(g_getenv("HOME"), ".gitconfig");
    char *repository = file("code.git"), *settings = file("code.git/config");
    g_unsetenv("EMAIL");
    set(&session, "from", "");
    press(&session, "r");
    char *seen = read_file("seen");
    ck_assert_ptr_nonnull(strchr(seen, '@'));
    g_free(seen);
    press(&session, "k");

    g_setenv("EMAIL", "environment@example.org", TRUE);
    press(&session, "r");
    seen = read_file("seen");
    ck_assert_ptr_nonnull(strstr(seen, "environment@example.org"));
    g_free(seen);
    press(&session, "k");

    support_write(own, user, strlen(user));
    char *name, *email;
    project_identity("/nowhere", &name, &email);
    ck_assert_str_eq(name, "Home");
    ck_assert_str_eq(email, "home@example.org");
    g_free(email);
    g_free(name);
    support_archive_free(support_archive_new(repository));
    support_write(settings, config, strlen(config));
    set(&session, "repo", repository);
    press(&session, "r");
    assert_seen("From", "\"Repo, Mia\" <repo@example.org>");
    g_free(settings);
    g_free(repository);
    g_unlink(own);
    g_free(own);
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_answer");
    TCase *cases = tcase_create("screen_answer");
    /* Nobody's git configuration. */
    g_setenv("HOME", support_folder(), TRUE);
    g_setenv("SHELL", "/bin/sh", TRUE);
    g_unsetenv("VISUAL");
    g_unsetenv("EDITOR");
    tcase_add_test(cases, test_draft_of_the_index);
    tcase_add_test(cases, test_selected_mail);
    tcase_add_test(cases, test_nothing_to_answer);
    tcase_add_test(cases, test_unmodified);
    tcase_add_test(cases, test_editor_fails);
    tcase_add_test(cases, test_which_editor);
    tcase_add_test(cases, test_draft_is_gone);
    tcase_add_test(cases, test_sends);
    tcase_add_test(cases, test_sending_fails);
    tcase_add_test(cases, test_recording_fails);
    tcase_add_test(cases, test_hostile_mail);
    tcase_add_test(cases, test_mailer);
    tcase_add_test(cases, test_edits_again);
    tcase_add_test(cases, test_discards);
    tcase_add_test(cases, test_left);
    tcase_add_test(cases, test_recalls);
    tcase_add_test(cases, test_drafts_cannot_be_written);
    tcase_add_test(cases, test_expands);
    tcase_add_test(cases, test_identity);
    suite_add_tcase(suite, cases);
    return run_screen_tests(suite);
}
