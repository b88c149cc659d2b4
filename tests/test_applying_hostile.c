/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applying what was written to do harm, in surroundings that do, and when it is stopped or killed. */
#include "applying_support.h"
#include "git_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Mails that would do harm. */
static const struct {
    const char *subject, *path;
} hostile[] = {
    { "[PATCH] up", "../outside" },
    { "[PATCH] configuration", ".git/config" },
    { "[PATCH] hook", ".git/hooks/post-checkout" },
    { "[PATCH] dos", ".GIT/config" },
    { "[PATCH] absolute", "/tmp/outside" },
    { "--abort", "../../outside" },
    { "[PATCH] \033]0;title\007 \033[31mred\r\b", "../outside\033[2J" },
};

static GString *hostile_mail(const char *subject, const char *path)
{
    GString *mail = g_string_new(NULL);

    g_string_printf(mail,
                    "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"
                    "From: Mallory <mallory@example.com>\n"
                    "Date: Fri, 1 Mar 2019 00:00:00 +0000\n"
                    "Subject: %s\n"
                    "\n"
                    "---\n"
                    "diff --git a/%s b/%s\n"
                    "new file mode 100755\n"
                    "--- /dev/null\n"
                    "+++ b/%s\n"
                    "@@ -0,0 +1 @@\n"
                    "+harm\n"
                    "-- \n"
                    "2.39\n\n",
                    subject, path, path, path);
    return mail;
}

START_TEST(test_hostile)
{
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "topic");
    char *before = git_listing(fixture.folder, (const char *const[]){ "pore", NULL }), *after;
    GError *error = NULL;
    char *output;

    request.mails = hostile_mail(hostile[_i].subject, hostile[_i].path);
    ck_assert_int_eq(applying_run(&request, NULL, &output, &error), -1);
    ck_assert(g_str_has_prefix(error->message, "patch 1 of 1: "));
    for (const char *at = error->message; *at; at++)
        ck_assert_msg(!g_ascii_iscntrl(*at), "%s", error->message);
    ck_assert(g_utf8_validate(output, -1, NULL));
    after = git_listing(fixture.folder, (const char *const[]){ "pore", NULL });
    assert_untouched(before, after);
    assert_no_folders(&fixture);
    g_error_free(error);
    g_free(output);
    g_string_free((GString *)(uintptr_t)request.mails, TRUE);
    fixture_free(&fixture);
}
END_TEST

/* A link to elsewhere, and then a file behind it. */
START_TEST(test_hostile_link)
{
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "topic");
    char *outside = support_path(fixture.folder, "outside"), *path;
    GString *mails = g_string_new(NULL), *second;

    ck_assert_int_eq(g_mkdir(outside, 0777), 0);
    g_string_printf(mails,
                    "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"
                    "From: Mallory <mallory@example.com>\n"
                    "Subject: [PATCH 1/2] link\n"
                    "\n"
                    "---\n"
                    "diff --git a/link b/link\n"
                    "new file mode 120000\n"
                    "--- /dev/null\n"
                    "+++ b/link\n"
                    "@@ -0,0 +1 @@\n"
                    "+%s\n"
                    "\\ No newline at end of file\n\n",
                    outside);
    second = hostile_mail("[PATCH 2/2] through it", "link/file");
    g_string_append(mails, second->str);
    request.mails = mails;
    assert_fails(&fixture, &request,
                 "patch 2 of 2: affected file 'link/file' is beyond a symbolic link (through it)");
    path = support_path(outside, "file");
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    g_free(path);
    g_free(outside);
    g_string_free(second, TRUE);
    g_string_free(mails, TRUE);
    fixture_free(&fixture);
}
END_TEST

/* An executable file that leaves a mark beside itself. */
static void make_trap(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL), *mark = g_strconcat(path, ".ran", NULL);
    char *script = g_strdup_printf("#!/bin/sh\n: >'%s'\nexit 1\n", mark);

    support_write(path, script, strlen(script));
    ck_assert_int_eq(g_chmod(path, 0755), 0);
    g_free(script);
    g_free(mark);
    g_free(path);
}

/* No hook, filter, signature, key of a remote or rule about pushing has a say; the user's identity
 * has. */
START_TEST(test_configured)
{
    static const char *const hooks[] = {
        "applypatch-msg", "pre-applypatch", "post-applypatch",   "pre-commit",
        "commit-msg",     "post-checkout",  "pre-push",          "pre-receive",
        "update",         "post-receive",   "post-update",       "reference-transaction",
        "proc-receive",   "push-to-checkout", "post-index-change",
    };
    static const char *const settings[][2] = {
        { "user.name", "Dora \"D\" # Committer" }, { "user.email", "dora@example.org" },
        { "commit.gpgSign", "true" },             { "gpg.program", "trap" },
        { "receive.denyCurrentBranch", "updateInstead" }, { "transfer.hideRefs", "refs/heads" },
        { "transfer.fsckObjects", "true" },       { "receive.maxInputSize", "1" },
        { "core.fsmonitor", "trap" },             { "filter.trap.clean", "trap" },
        { "filter.trap.smudge", "trap" },         { "filter.trap.required", "true" },
        { "url.ext::trap.insteadOf", "/" },       { "remote.pushDefault", "trap" },
        { "protocol.allow", "never" },            { "core.editor", "trap" },
        { "core.pager", "trap" },                 { "am.threeWay", "true" },
        { "push.gpgSign", "true" },
    };
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "topic");
    char *folder = support_path(fixture.folder, "traps"), *who;

    ck_assert_int_eq(g_mkdir(folder, 0777), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++)
        make_trap(folder, hooks[i]);
    make_trap(folder, "trap");
    write_in(fixture.repository, ".gitattributes", "* filter=trap\n");
    commit_all(fixture.repository, "attributes");
    request.base = git(fixture.repository, "rev-parse", "HEAD", NULL);
    git_do(fixture.repository, "config", "core.hooksPath", folder, NULL);
    char *path = g_strconcat(folder, ":", g_getenv("PATH"), NULL);
    g_setenv("PATH", path, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        git_do(fixture.repository, "config", settings[i][0], settings[i][1], NULL);
        if (i >= 2 && strcmp(settings[i][0], "protocol.allow") != 0)
            git_do(fixture.repository, "config", "--global", settings[i][0], settings[i][1], NULL);
    }
    assert_applies(&request, 3);
    who = git(fixture.repository, "log", "-1", "--format=%an|%cn <%ce>|%G?", "topic~1", NULL);
    ck_assert_str_eq(who, "Jörg Schäfer|Dora \"D\" # Committer <dora@example.org>|N");
    char *listing = git_listing(folder, NULL);
    ck_assert_msg(!strstr(listing, ".ran "), "%s", listing);
    g_free(listing);
    g_free(who);
    g_free(path);
    g_free(folder);
    g_free((char *)(uintptr_t)request.base);
    fixture_free(&fixture);
}
END_TEST

/* A pore that git has started, or that is run where somebody works on something else. */
START_TEST(test_environment)
{
    static const char *const names[] = {
        "GIT_DIR",        "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_CONFIG",     "GIT_PREFIX",
    };
    struct fixture fixture = fixture_new();
    const struct applying_request request = request_for(&fixture, "topic");
    char *inside = support_path(fixture.other, ".git"), *before, *after;

    before = git_listing(fixture.other, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_setenv(names[i], inside, TRUE);
    g_setenv("GIT_CONFIG_COUNT", "1", TRUE);
    g_setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly", TRUE);
    g_setenv("GIT_CONFIG_VALUE_0", "nonsense", TRUE);
    assert_applies(&request, 3);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_unsetenv(names[i]);
    g_unsetenv("GIT_CONFIG_COUNT");
    after = git_listing(fixture.other, NULL);
    assert_untouched(before, after);
    git_do(fixture.repository, "rev-parse", "--verify", "-q", "topic", NULL);
    g_free(inside);
    fixture_free(&fixture);
}
END_TEST

/* Has the git that waits go on: who had started it is dead. */
static void let_go(const char *pipe_path)
{
    char *never = g_strconcat(pipe_path, ".never", NULL);
    int descriptor = open(never, O_WRONLY | O_NONBLOCK);

    if (descriptor >= 0)
        close(descriptor);
    g_free(never);
}

/* Waits until somebody has written to the pipe at PATH. */
static void await(const char *path)
{
    char byte;
    int descriptor = open(path, O_RDONLY);

    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(read(descriptor, &byte, 1), 1);
    close(descriptor);
}

struct stopper {
    const char *pipe_path;
    gint stop;
};

static gpointer stop_it(gpointer data)
{
    struct stopper *stopper = data;

    await(stopper->pipe_path);
    g_atomic_int_set(&stopper->stop, 1);
    return NULL;
}

static const char *const steps[] = {
    "init",      "update-ref",       "read-tree",    "am",       "rev-list", "send-pack",
    "rev-parse", "check-ref-format", "for-each-ref", "worktree", "config",
};

/* The last of them that has a folder; what hands over, alone, is not stopped. */
#define WITH_FOLDER 6

#define SEND_PACK 5

START_TEST(test_stopped)
{
    struct fixture fixture = fixture_new();
    const struct applying_request request = request_for(&fixture, "topic");
    char *before = git_listing(fixture.repository, NULL), *after, *output;
    char *pipe_path = git_make_waiting(fixture.folder, steps[_i < SEND_PACK ? _i : _i + 1]);
    struct stopper stopper = { .pipe_path = pipe_path };
    GThread *thread = g_thread_new("stopper", stop_it, &stopper);
    GError *error = NULL;

    ck_assert_int_eq(applying_run(&request, &stopper.stop, &output, &error), -1);
    g_thread_join(thread);
    ck_assert(g_error_matches(error, PROJECT_ERROR, PROJECT_ERROR_STOPPED));
    after = git_listing(fixture.repository, NULL);
    assert_untouched(before, after);
    assert_no_folders(&fixture);
    g_error_free(error);
    g_free(output);
    g_free(pipe_path);
    fixture_free(&fixture);
}
END_TEST

/* The one folder of a run that there is. The caller frees it. */
static char *find_folder(const struct fixture *fixture)
{
    char *parent = g_build_filename(fixture->folder, "pore", "applying", NULL);
    GDir *folder = g_dir_open(parent, 0, NULL);
    const char *name = folder ? g_dir_read_name(folder) : NULL;
    char *path;

    ck_assert_ptr_nonnull(name);
    path = g_build_filename(parent, name, NULL);
    g_dir_close(folder);
    g_free(parent);
    return path;
}

/* Killed, it leaves its folder; that of one that lives is left alone, that of a dead one is
 * removed. */
START_TEST(test_killed)
{
    struct fixture fixture = fixture_new();
    const struct applying_request request = request_for(&fixture, "topic");
    char *before = git_listing(fixture.repository, NULL), *after, *folder;
    char *pipe_path = git_make_waiting(fixture.folder, steps[_i]);
    struct stat status;
    pid_t child = fork();

    if (child == 0) {
        applying_run(&request, NULL, NULL, NULL);
        _exit(0);
    }
    await(pipe_path);
    folder = find_folder(&fixture);
    ck_assert_int_eq(stat(folder, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0700);
    applying_clean();
    ck_assert(g_file_test(folder, G_FILE_TEST_IS_DIR));
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert(g_file_test(folder, G_FILE_TEST_IS_DIR));
    applying_clean();
    assert_no_folders(&fixture);
    after = git_listing(fixture.repository, NULL);
    assert_untouched(before, after);
    let_go(pipe_path);
    g_free(folder);
    g_free(pipe_path);
    fixture_free(&fixture);
}
END_TEST

/* What else lies there is nobody's business, nor what a link leads to. */
START_TEST(test_cleans_its_own)
{
    struct fixture fixture = fixture_new();
    char *parent = g_build_filename(fixture.folder, "pore", "applying", NULL);
    char *mine = support_path(parent, "notes"), *dead = support_path(parent, "run-dead00");
    char *link = support_path(parent, "run-link00"), *inside = support_path(dead, "link");
    char *before = git_listing(fixture.repository, NULL), *after;

    applying_clean();
    ck_assert_int_eq(g_mkdir_with_parents(mine, 0700), 0);
    ck_assert_int_eq(g_mkdir_with_parents(dead, 0700), 0);
    ck_assert_int_eq(symlink(fixture.repository, link), 0);
    ck_assert_int_eq(symlink(fixture.repository, inside), 0);
    applying_clean();
    ck_assert(g_file_test(mine, G_FILE_TEST_IS_DIR));
    ck_assert(!g_file_test(dead, G_FILE_TEST_EXISTS));
    ck_assert(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    after = git_listing(fixture.repository, NULL);
    assert_untouched(before, after);
    g_free(inside);
    g_free(link);
    g_free(dead);
    g_free(mine);
    g_free(parent);
    fixture_free(&fixture);
}
END_TEST

/* No git, no place for the folder. */
START_TEST(test_cannot)
{
    struct fixture fixture = fixture_new();
    const struct applying_request request = request_for(&fixture, "topic");
    char *parent = support_path(fixture.folder, "pore"), *path = g_strdup(g_getenv("PATH"));
    GError *error = NULL;

    g_setenv("PATH", fixture.folder, TRUE);
    ck_assert_int_eq(applying_run(&request, NULL, NULL, &error), -1);
    ck_assert_str_eq(error->message, "cannot run git: No such file or directory");
    g_clear_error(&error);
    g_setenv("PATH", path, TRUE);
    support_write(parent, "", 0);
    ck_assert_int_eq(applying_run(&request, NULL, NULL, &error), -1);
    ck_assert_msg(g_str_has_prefix(error->message, "cannot make a folder in "), "%s",
                  error->message);
    g_clear_error(&error);
    g_free(path);
    g_free(parent);
    fixture_free(&fixture);
}
END_TEST

int main(void)
{
    if (!git_is_there())
        return 77;
    Suite *suite = suite_create("applying_hostile");
    TCase *cases = tcase_create("applying");
    tcase_add_loop_test(cases, test_hostile, 0, G_N_ELEMENTS(hostile));
    tcase_add_test(cases, test_hostile_link);
    tcase_add_test(cases, test_configured);
    tcase_add_test(cases, test_environment);
    tcase_add_loop_test(cases, test_stopped, 0, G_N_ELEMENTS(steps) - 1);
    tcase_add_loop_test(cases, test_killed, 0, WITH_FOLDER);
    tcase_add_test(cases, test_cleans_its_own);
    tcase_add_test(cases, test_cannot);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
