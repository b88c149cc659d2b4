/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applying mails to a repository: what comes of it is what git am makes, and where it does not end
 * well nothing has changed, whatever the repository is like, whatever the mails say, whenever it is
 * killed. */
#include "project/applying.h"

#include "git_support.h"
#include "support.h"

#include <check.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a new branch changes in a repository with a work tree, and in a bare one. */
static const char *const new_branch[] = { ".git/objects", ".git/refs/heads", ".git/logs", NULL };
static const char *const new_bare_branch[] = { "objects", "refs/heads", NULL };

/* A repository, another one in which a topic was made of it, and the mails of that. */
struct fixture {
    const char *folder;
    char *repository, *other;
    char *base;     /* the commit that the topic begins at */
    GString *mails; /* three patches */
};

static void write_in(const char *folder, const char *name, const char *text)
{
    char *path = support_path(folder, name);

    support_write(path, text, strlen(text));
    g_free(path);
}

/* Numbered lines, of which the one CHANGED (0: none) says something else. The caller frees it. */
static char *lines(int changed)
{
    GString *text = g_string_new(NULL);

    for (int i = 1; i <= 20; i++)
        g_string_append_printf(text, i == changed ? "changed line %d\n" : "line %d\n", i);
    return g_string_free(text, FALSE);
}

static void write_lines(const char *folder, const char *name, int changed)
{
    char *text = lines(changed);

    write_in(folder, name, text);
    g_free(text);
}

static void commit_all(const char *folder, const char *message)
{
    git_do(folder, "add", "-A", NULL);
    git_do(folder, "commit", "-q", "-m", message, NULL);
}

/* Three commits: lines of a file; a file renamed, another's mode; a new binary one. */
static void make_topic(const char *folder)
{
    char *script = support_path(folder, "script"), *data = support_path(folder, "data");

    write_lines(folder, "one", 10);
    commit_all(folder, "one: change a line\n\nWhich was wrong.");
    git_do(folder, "mv", "two", "deep/three", NULL);
    ck_assert_int_eq(g_chmod(script, 0755), 0);
    g_setenv("GIT_AUTHOR_NAME", "Jörg Schäfer", TRUE);
    commit_all(folder, "two: call it three");
    g_setenv("GIT_AUTHOR_NAME", "Ann Example", TRUE);
    support_write(data, "\0\1\2\3\377\0\n", 7);
    commit_all(folder, "data: add");
    g_free(script);
    g_free(data);
}

static GString *format(const char *folder, const char *range)
{
    char *text = git(folder, "format-patch", "--stdout", "--binary", "-M", range, NULL);
    GString *mails = g_string_new(text);

    g_string_append(mails, "\n\n");
    g_free(text);
    return mails;
}

static struct fixture fixture_new(void)
{
    struct fixture fixture = { .folder = support_folder() };

    git_settle_in(fixture.folder);
    fixture.repository = support_path(fixture.folder, "repository");
    fixture.other = support_path(fixture.folder, "other");
    git_do(fixture.folder, "init", "-q", "repository", NULL);
    write_lines(fixture.repository, "one", 0);
    write_lines(fixture.repository, "two", 1);
    write_in(fixture.repository, "script", "#!/bin/sh\n");
    git_do(fixture.repository, "init", "-q", NULL);
    char *deep = support_path(fixture.repository, "deep");
    ck_assert_int_eq(g_mkdir(deep, 0777), 0);
    g_free(deep);
    write_in(fixture.repository, "deep/file", "deep\n");
    commit_all(fixture.repository, "begin");
    git_do(fixture.folder, "clone", "-q", "repository", "other", NULL);
    fixture.base = git(fixture.other, "rev-parse", "HEAD", NULL);
    make_topic(fixture.other);
    fixture.mails = format(fixture.other, fixture.base);
    return fixture;
}

static void fixture_free(struct fixture *fixture)
{
    g_free(fixture->repository);
    g_free(fixture->other);
    g_free(fixture->base);
    g_string_free(fixture->mails, TRUE);
}

static struct applying_request request_for(const struct fixture *fixture, const char *branch)
{
    return (struct applying_request){ .repository = fixture->repository, .base = fixture->base,
                                      .branch = branch, .options = "", .mails = fixture->mails };
}

/* AFTER is BEFORE, listings of whole folders; frees both. */
static void assert_untouched(char *before, char *after)
{
    char **left = g_strsplit(before, "\n", -1), **right = g_strsplit(after, "\n", -1);

    for (guint i = 0; left[i] && right[i]; i++)
        ck_assert_str_eq(left[i], right[i]);
    ck_assert_str_eq(before, after);
    g_strfreev(left);
    g_strfreev(right);
    g_free(before);
    g_free(after);
}

/* Nothing of any run is left. */
static void assert_no_folders(const struct fixture *fixture)
{
    char *path = g_build_filename(fixture->folder, "pore", "applying", NULL);
    char *list = git_listing(path, NULL);

    ck_assert_str_eq(list, "");
    g_free(list);
    g_free(path);
}

/* It succeeds with COUNT commits. */
static void assert_applies(const struct applying_request *request, int count)
{
    GError *error = NULL;
    char *output;
    int made = applying_run(request, NULL, &output, &error);

    ck_assert_msg(made == count, "%d commits: %s\n%s", made, error ? error->message : "", output);
    g_free(output);
}

/* It fails with MESSAGE, and what is at PATH is as it was. */
static void assert_fails_in(const char *path, const struct applying_request *request,
                            const char *message)
{
    static const char *const ours[] = { "pore", NULL };
    char *before = git_listing(path, ours), *after, *output;
    GError *error = NULL;

    ck_assert_int_eq(applying_run(request, NULL, &output, &error), -1);
    ck_assert_str_eq(error->message, message);
    /* There is nothing left to be continued. */
    ck_assert(!g_str_has_prefix(message, "patch ") || !strstr(output, "--continue"));
    after = git_listing(path, ours);
    assert_untouched(before, after);
    g_error_free(error);
    g_free(output);
}

static void assert_fails(const struct fixture *fixture, const struct applying_request *request,
                         const char *message)
{
    assert_fails_in(fixture->repository, request, message);
    assert_no_folders(fixture);
}

/* Revision A of the repository at one path is B of that at the other. */
static void assert_same(const char *path_a, const char *a, const char *path_b, const char *b)
{
    char *left = git(path_a, "rev-parse", a, NULL), *right = git(path_b, "rev-parse", b, NULL);

    ck_assert_str_eq(left, right);
    g_free(left);
    g_free(right);
}

/* --- what comes of it ---------------------------------------------------------------- */

/* The same commits as git am makes, of the same mails, for the same committer, at the same time. */
START_TEST(test_applies)
{
    struct fixture fixture = fixture_new();
    const struct applying_request request = request_for(&fixture, "topic");
    char *before = git_listing(fixture.repository, new_branch), *after, *path;

    assert_applies(&request, 3);
    after = git_listing(fixture.repository, new_branch);
    assert_untouched(before, after);
    assert_no_folders(&fixture);
    path = support_path(fixture.folder, "mbox");
    support_write(path, fixture.mails->str, fixture.mails->len);
    git_do(fixture.folder, "clone", "-q", "repository", "by-git", NULL);
    git_do(fixture.folder, "-C", "by-git", "am", "-q", path, NULL);
    g_free(path);
    path = support_path(fixture.folder, "by-git");
    assert_same(fixture.repository, "topic", path, "HEAD");
    assert_same(fixture.repository, "topic^{tree}", fixture.other, "HEAD^{tree}");
    git_do(fixture.repository, "fsck", "--strict", NULL);
    g_free(path);
    fixture_free(&fixture);
}
END_TEST

/* Brings the repository of FIXTURE to the STATE, and returns where it is then. The
 * caller frees it. */
static char *bring_to(const struct fixture *fixture, const char *state)
{
    const char *repository = fixture->repository;
    char *place = g_strdup(repository);

    if (strcmp(state, "dirty") == 0) {
        write_in(repository, "one", "somebody works on it\n");
        write_in(repository, "untracked", "and on that\n");
    } else if (strcmp(state, "staged") == 0) {
        write_in(repository, "one", "somebody works on it\n");
        git_do(repository, "add", "one", NULL);
    } else if (strcmp(state, "detached") == 0) {
        git_do(repository, "checkout", "-q", "--detach", NULL);
    } else if (strcmp(state, "merging") == 0) {
        git_do(repository, "checkout", "-q", "-b", "side", NULL);
        write_lines(repository, "one", 3);
        commit_all(repository, "side");
        git_do(repository, "checkout", "-q", "master", NULL);
        write_lines(repository, "one", 4);
        commit_all(repository, "main");
        git_do(repository, "checkout", "-q", "--detach", fixture->base, NULL);
        git_do(repository, "merge", "-q", "--no-ff", "--no-commit", "side", NULL);
    } else if (strcmp(state, "elsewhere") == 0) {
        git_do(repository, "checkout", "-q", "--orphan", "unborn", NULL);
    } else if (strcmp(state, "linked") == 0) {
        git_do(repository, "worktree", "add", "-q", "../linked", "-b", "at-linked", NULL);
        g_free(place);
        place = support_path(fixture->folder, "linked");
    } else if (strcmp(state, "bare") == 0) {
        git_do(fixture->folder, "clone", "-q", "--bare", "repository", "bare", NULL);
        g_free(place);
        place = support_path(fixture->folder, "bare");
    } else if (strcmp(state, "shallow") == 0) {
        write_lines(repository, "deep/file", 0);
        commit_all(repository, "more");
        char *url = g_strconcat("file://", repository, NULL);
        git_do(fixture->folder, "clone", "-q", "--depth=1", url, "shallow", NULL);
        g_free(url);
        g_free(place);
        place = support_path(fixture->folder, "shallow");
    } else if (strcmp(state, "partial") == 0) {
        char *url = g_strconcat("file://", repository, NULL);
        git_do(repository, "config", "uploadpack.allowFilter", "true", NULL);
        git_do(fixture->folder, "clone", "-q", "--filter=blob:none", url, "partial", NULL);
        g_free(url);
        g_free(place);
        place = support_path(fixture->folder, "partial");
    } else if (strcmp(state, "borrowing") == 0) {
        git_do(fixture->folder, "clone", "-q", "--shared", "repository", "a \"folder\"\nof mine",
               NULL);
        g_free(place);
        place = support_path(fixture->folder, "a \"folder\"\nof mine");
    }
    return place;
}

static const char *const states[] = {
    "clean",  "dirty", "staged",  "detached", "merging", "elsewhere",
    "linked", "bare",  "shallow", "partial",  "borrowing",
};

/* What does not apply: the line is not what it was. */
static GString *conflicting(const struct fixture *fixture)
{
    GString *mails;

    git_do(fixture->other, "checkout", "-q", "--detach", fixture->base, NULL);
    write_lines(fixture->other, "two", 5);
    commit_all(fixture->other, "two: change a line");
    write_lines(fixture->other, "one", 10);
    commit_all(fixture->other, "one: change a line");
    write_lines(fixture->other, "one", 11);
    commit_all(fixture->other, "one: change another line");
    mails = format(fixture->other, "HEAD~1");
    git_do(fixture->other, "checkout", "-q", "HEAD~2", NULL);
    GString *first = format(fixture->other, "HEAD~1");
    g_string_prepend(mails, first->str);
    g_string_free(first, TRUE);
    return mails;
}

/* In every state it can be applied, and a conflict changes nothing at all. */
START_TEST(test_states)
{
    const char *state = states[_i];
    struct fixture fixture = fixture_new();
    GString *conflict = conflicting(&fixture), *good = fixture.mails;
    char *place = bring_to(&fixture, state), *before, *after, *head;
    bool bare = strcmp(state, "bare") == 0;
    struct applying_request request = request_for(&fixture, "topic");

    request.repository = place;
    if (strcmp(state, "shallow") == 0)
        request.base = head = git(place, "rev-parse", "HEAD", NULL);
    else
        head = NULL;
    request.mails = conflict;
    /* A linked work tree's repository is elsewhere, and all of it is looked at. */
    assert_fails_in(fixture.folder, &request,
                    "patch 2 of 2: patch failed: one:7 (one: change another line)");
    request.mails = good;
    before = git_listing(place, bare ? new_bare_branch : new_branch);
    assert_applies(&request, 3);
    after = git_listing(place, bare ? new_bare_branch : new_branch);
    assert_untouched(before, after);
    assert_same(place, "topic~3", place, request.base);
    git_do(place, "fsck", NULL);
    g_free(place);
    g_free(head);
    g_string_free(conflict, TRUE);
    fixture_free(&fixture);
}
END_TEST

/* One series upon another, and the user's branch where it was. */
START_TEST(test_upon_another)
{
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "group/topic");
    char *head;

    assert_applies(&request, 3);
    request.base = head = git(fixture.repository, "rev-parse", "group/topic", NULL);
    request.branch = "group/other";
    request.mails = format(fixture.other, "HEAD~1");
    assert_fails(&fixture, &request, "patch 1 of 1: data: already exists in index (data: add)");
    g_string_free((GString *)(uintptr_t)request.mails, TRUE);
    g_free(head);
    fixture_free(&fixture);
}
END_TEST

/* What a partial clone lacks is not fetched. */
START_TEST(test_lacking)
{
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "topic");
    char *url = g_strconcat("file://", fixture.repository, NULL);
    char *place = support_path(fixture.folder, "partial");
    GError *error = NULL;

    git_do(fixture.repository, "config", "uploadpack.allowFilter", "true", NULL);
    git_do(fixture.folder, "clone", "-q", "--filter=blob:none", "-n", url, "partial", NULL);
    request.repository = place;
    ck_assert_int_eq(applying_run(&request, NULL, NULL, &error), -1);
    ck_assert_msg(g_str_has_suffix(error->message,
                                   "; the repository is a partial clone and lacks it"),
                  "%s", error->message);
    assert_fails_in(fixture.folder, &request, error->message);
    g_error_free(error);
    g_free(place);
    g_free(url);
    fixture_free(&fixture);
}
END_TEST

/* --- what is refused -------------------------------------------------------------------- */

START_TEST(test_branches)
{
    static const char *const bad[] = { "",      "-x",      "--force", "HEAD", "a..b", "a b", "a~1",
                                       "@{-1}", "../../x", "x.lock",  "a//b", "/a",   "a/",  "a\nb",
                                       "a:b",   "refs\\x", ".hidden", "a/.b", "\377", "@",   "a*" };
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "topic");

    git_do(fixture.repository, "branch", "group/one", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;
        request.branch = bad[i];
        ck_assert_msg(applying_run(&request, NULL, NULL, &error) == -1, "%s", bad[i]);
        ck_assert_msg(strstr(error->message, "no name for a branch"), "%s: %s", bad[i],
                      error->message);
        ck_assert_ptr_null(strchr(error->message, '\n'));
        g_error_free(error);
    }
    request.branch = "master";
    assert_fails(&fixture, &request, "the branch master exists");
    request.branch = "group";
    assert_fails(&fixture, &request, "there cannot be a branch group beside group/one");
    request.branch = "master/one";
    assert_fails(&fixture, &request, "there cannot be a branch master/one beside master");
    git_do(fixture.repository, "pack-refs", "--all", NULL);
    request.branch = "group/one";
    assert_fails(&fixture, &request, "the branch group/one exists");
    /* One that is checked out and has no commit yet. */
    git_do(fixture.repository, "checkout", "-q", "--orphan", "unborn", NULL);
    request.branch = "unborn";
    assert_fails(&fixture, &request, "the branch unborn exists");
    fixture_free(&fixture);
}
END_TEST

START_TEST(test_no_repository)
{
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "topic");
    char *none = support_path(fixture.folder, "none");
    char *inside = support_path(fixture.repository, "deep");
    GError *error = NULL;

    request.repository = none;
    ck_assert_int_eq(applying_run(&request, NULL, NULL, &error), -1);
    ck_assert_msg(strstr(error->message, "not a git repository"), "%s", error->message);
    g_clear_error(&error);
    /* A folder in a repository is none. */
    request.repository = inside;
    ck_assert_int_eq(applying_run(&request, NULL, NULL, &error), -1);
    g_clear_error(&error);
    request = request_for(&fixture, "topic");
    request.base = "1234567890123456789012345678901234567890";
    assert_fails(&fixture, &request, "there is no commit 1234567890123456789012345678901234567890");
    g_free(inside);
    g_free(none);
    fixture_free(&fixture);
}
END_TEST

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

/* --- what is configured ------------------------------------------------------------------- */

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

START_TEST(test_options)
{
    struct fixture fixture = fixture_new();
    struct applying_request request = request_for(&fixture, "topic");
    GPtrArray *paths = g_ptr_array_new();
    char *head, *text;

    request.options = "  --signoff  --message-id ";
    assert_applies(&request, 3);
    text = git(fixture.repository, "log", "-1", "--format=%B", "topic", NULL);
    ck_assert(g_str_has_suffix(text, "Signed-off-by: Cara Committer <cara@example.org>"));
    g_free(text);
    request.branch = "quoted";
    request.options = "--signoff 'that";
    assert_fails(&fixture, &request,
                 "the options of git am: Text ended before matching quote was found for '. (The "
                 "text was “--signoff 'that”)");
    request.options = "--nothing-of-the-kind";
    assert_fails(&fixture, &request, "unknown option `nothing-of-the-kind'");
    request.options = "--abort";
    assert_fails(&fixture, &request, "Resolve operation not in progress, we are not resuming.");
    /* Somebody has changed what stands next to it, and something else of a file that is renamed. */
    write_lines(fixture.repository, "one", 8);
    write_lines(fixture.repository, "two", 15);
    commit_all(fixture.repository, "meanwhile");
    request.base = head = git(fixture.repository, "rev-parse", "HEAD", NULL);
    request.options = "";
    assert_fails(&fixture, &request, "patch 1 of 3: patch failed: one:7 (one: change a line)");
    request.options = "--3way";
    g_ptr_array_add(paths, (gpointer)(uintptr_t) "one");
    g_ptr_array_add(paths, (gpointer)(uintptr_t) "two");
    g_ptr_array_add(paths, (gpointer)(uintptr_t) "deep/three");
    g_ptr_array_add(paths, (gpointer)(uintptr_t) "../*\\[x] \n");
    request.paths = paths;
    assert_applies(&request, 3);
    g_ptr_array_free(paths, TRUE);
    g_free(head);
    fixture_free(&fixture);
}
END_TEST

/* --- stopped, killed ------------------------------------------------------------------------- */

/* Puts a git in front of the real one that, when it is to do WHAT ("am"), writes to a pipe and
 * waits for the end of the world. Returns the reading end, to be opened by who waits for it. The
 * caller frees it. */
static char *make_waiting_git(const struct fixture *fixture, const char *what)
{
    char *folder = support_path(fixture->folder, "bin"), *pipe_path = support_path(folder, "pipe");
    char *program = support_path(folder, "git"), *real = g_find_program_in_path("git");
    char *script = g_strdup_printf("#!/bin/sh\n"
                                   "case \" $* \" in\n"
                                   "*' %s '*) echo >'%s'; read nothing <'%s.never' ;;\n"
                                   "esac\n"
                                   "exec '%s' \"$@\"\n",
                                   what, pipe_path, pipe_path, real);
    char *never = g_strconcat(pipe_path, ".never", NULL);
    char *path = g_strconcat(folder, ":", g_getenv("PATH"), NULL);

    ck_assert_int_eq(g_mkdir(folder, 0777), 0);
    ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
    ck_assert_int_eq(mkfifo(never, 0600), 0);
    support_write(program, script, strlen(script));
    ck_assert_int_eq(g_chmod(program, 0755), 0);
    g_setenv("PATH", path, TRUE);
    g_free(path);
    g_free(never);
    g_free(script);
    g_free(real);
    g_free(program);
    g_free(folder);
    return pipe_path;
}

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
    char *pipe_path = make_waiting_git(&fixture, steps[_i < SEND_PACK ? _i : _i + 1]);
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
    char *pipe_path = make_waiting_git(&fixture, steps[_i]);
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

/* --- names ----------------------------------------------------------------------------------- */

START_TEST(test_names)
{
    static const struct {
        const char *title;
        uint32_t version;
        const char *name;
    } names[] = {
        { "net: Fix the thing", 2, "v2-net-fix-the-thing" },
        { "net: fix the thing", 1, "net-fix-the-thing" },
        { "a..b~1^{} @{-1} c.lock", 0, "a-b-1-1-c-lock" },
        { "--force", 1, "force" },
        { "../../x", 1, "x" },
        { "Über größe", 1, "uber-grosse" },
        { "日本", 3, "v3-series" },
        { "", 1, "series" },
        { "HEAD", 1, "head" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *name = applying_branch(names[i].title, names[i].version);
        ck_assert_str_eq(name, names[i].name);
        g_free(name);
    }
    char *title = g_strnfill(5000, 'x'), *name = applying_branch(title, 4294967295u);
    ck_assert_uint_lt(strlen(name), 100);
    g_free(name);
    g_free(title);
}
END_TEST

static void assert_free(const struct fixture *fixture, const char *name, const char *wanted)
{
    GError *error = NULL;
    char *found = applying_free_branch(fixture->repository, name, &error);

    ck_assert_str_eq(found, wanted);
    g_free(found);
}

START_TEST(test_free_names)
{
    struct fixture fixture = fixture_new();
    GError *error = NULL;

    assert_free(&fixture, "topic", "topic");
    assert_free(&fixture, "master", "master-2");
    git_do(fixture.repository, "branch", "master-2/x", NULL);
    git_do(fixture.repository, "branch", "master-4", NULL);
    git_do(fixture.repository, "pack-refs", "--all", NULL);
    assert_free(&fixture, "master", "master-3");
    git_do(fixture.repository, "checkout", "-q", "--orphan", "topic", NULL);
    assert_free(&fixture, "topic", "topic-2");
    ck_assert_ptr_null(applying_free_branch(fixture.folder, "topic", &error));
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_error_free(error);
    fixture_free(&fixture);
}
END_TEST

int main(void)
{
    if (!git_is_there())
        return 77;
    Suite *suite = suite_create("applying");
    TCase *cases = tcase_create("applying");
    tcase_add_test(cases, test_applies);
    tcase_add_loop_test(cases, test_states, 0, G_N_ELEMENTS(states));
    tcase_add_test(cases, test_upon_another);
    tcase_add_test(cases, test_lacking);
    tcase_add_test(cases, test_branches);
    tcase_add_test(cases, test_no_repository);
    tcase_add_loop_test(cases, test_hostile, 0, G_N_ELEMENTS(hostile));
    tcase_add_test(cases, test_hostile_link);
    tcase_add_test(cases, test_configured);
    tcase_add_test(cases, test_environment);
    tcase_add_test(cases, test_options);
    tcase_add_loop_test(cases, test_stopped, 0, G_N_ELEMENTS(steps) - 1);
    tcase_add_loop_test(cases, test_killed, 0, WITH_FOLDER);
    tcase_add_test(cases, test_cleans_its_own);
    tcase_add_test(cases, test_cannot);
    tcase_add_test(cases, test_names);
    tcase_add_test(cases, test_free_names);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
