/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applying on the screen: what is asked, what becomes of a series, of some patches of it and of
 * several, and that the user is told why if nothing does. */
#include "git_support.h"
#include "screen_support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {"one", "two", "three"};

/* What a new branch changes. */
static const char *const new_branch[] = {".git/objects", ".git/logs", ".git/refs/heads", NULL};

/* A browser, a repository of three files for it, and one in which patches are made. */
struct fixture {
    struct session session;
    const char *folder;
    char *repository, *other;
    char *base;
};

static char *text_of(int changed, const char *word)
{
    GString *text = g_string_new(NULL);
    for (int i = 1; i <= 20; i++)
        g_string_append_printf(text, "line %d%s\n", i, i == changed ? word : "");
    return g_string_free(text, FALSE);
}

/* Changes the line CHANGED of FILE to WORD. */
static void change(const char *folder, const char *file, int changed, const char *word)
{
    char *path = support_path(folder, file), *text = text_of(changed, word);
    support_write(path, text, strlen(text));
    g_free(text);
    g_free(path);
}

static struct fixture fixture_new(void)
{
    struct fixture fixture = {.folder = support_folder()};
    git_settle_in(fixture.folder);
    fixture.session = session_new();
    fixture.repository = support_path(fixture.folder, "repository");
    fixture.other = support_path(fixture.folder, "other");
    git_do(fixture.folder, "init", "-q", "repository", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        change(fixture.repository, files[i], 0, "");
    git_do(fixture.repository, "add", "-A", NULL);
    git_do(fixture.repository, "commit", "-q", "-m", "begin", NULL);
    git_do(fixture.folder, "clone", "-q", "repository", "other", NULL);
    fixture.base = git(fixture.repository, "rev-parse", "HEAD", NULL);
    fixture.session.porerc = support_path(fixture.folder, "porerc");
    char *lines = g_strdup_printf("set repo=%s\n", fixture.repository);
    support_write(fixture.session.porerc, lines, strlen(lines));
    g_free(lines);
    return fixture;
}

static void fixture_free(struct fixture *fixture)
{
    session_free(&fixture->session);
    g_free(fixture->repository);
    g_free(fixture->other);
    g_free(fixture->base);
}

/* A patch that changes the line CHANGED of FILE, as it is at first, to WORD; NOTES stand behind the
 * "---". */
static void add_patch(struct fixture *fixture, int day, const char *id, const char *parent,
                      const char *subject, const char *file, int changed, const char *word,
                      const char *notes)
{
    change(fixture->other, file, changed, word);
    char *diff = git(fixture->other, "diff", NULL);
    git_do(fixture->other, "checkout", "-q", file, NULL);
    char *body = g_strdup_printf("What it does.\n\nSigned-off-by: %s\n---\n%s\n%s\n-- \n2.39\n",
                                 ANN, notes, diff);
    add(&fixture->session, ANN, day, id, parent, subject, body);
    g_free(body);
    g_free(diff);
}

/* Version VERSION of a series of three, as mails "a0" and so on with LETTER; one with MISSING is
 * lost. */
static void add_version(struct fixture *fixture, char letter, int version, int missing)
{
    char *parent = g_strdup_printf("%c0", letter);
    char *subject = version > 1 ? g_strdup_printf("[PATCH v%d 0/3] widget: make it turn", version)
                                : g_strdup("[PATCH 0/3] widget: make it turn");
    add(&fixture->session, ANN, version * 10, parent, NULL, subject, "Cover.\n");
    g_free(subject);
    for (int i = 1; i <= 3; i++) {
        char *id = g_strdup_printf("%c%d", letter, i);
        char *prefix = version > 1 ? g_strdup_printf("PATCH v%d", version) : g_strdup("PATCH");
        subject = g_strdup_printf("[%s %d/3] widget: change %s", prefix, i, files[i - 1]);
        /* The last one is another in each version. */
        if (i != missing)
            add_patch(fixture, version * 10, id, parent, subject, files[i - 1], 9 + i,
                      i == 3 && version > 1 ? "newer" : "changed", "");
        g_free(prefix);
        g_free(subject);
        g_free(id);
    }
    g_free(parent);
}

/* What git log prints of BRANCH in FORMAT, oldest first, is WANTED. */
static void assert_log(const struct fixture *fixture, const char *branch, const char *format,
                       const char *wanted)
{
    char *range = g_strdup_printf("%s..%s", fixture->base, branch);
    char *option = g_strconcat("--format=", format, NULL);
    char *log = git(fixture->repository, "log", "--reverse", option, range, NULL);
    ck_assert_str_eq(log, wanted);
    g_free(log);
    g_free(option);
    g_free(range);
}

static void assert_branches(const struct fixture *fixture, const char *wanted)
{
    char *branches =
        git(fixture->repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", NULL);
    ck_assert_str_eq(branches, wanted);
    g_free(branches);
}

static void assert_applied(const struct fixture *fixture, unsigned patches, const char *branch)
{
    char *message = g_strdup_printf("Applied %u %s to branch %s on %.12s.", patches,
                                    patches == 1 ? "patch" : "patches", branch, fixture->base);
    assert_message(&fixture->session, message);
    g_free(message);
}

#define SUBJECTS "widget: change one\nwidget: change two\nwidget: change three"

/* --- a series ------------------------------------------------------------------------- */

START_TEST(test_applies)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 0);
    start(&fixture.session);
    char *before = git_listing(fixture.repository, new_branch);
    press(&fixture.session, "A");
    assert_message(&fixture.session, "Apply 3 patches to branch: widget-make-it-turn");
    press(&fixture.session, ENTER);
    assert_applied(&fixture, 3, "widget-make-it-turn");
    assert_log(&fixture, "widget-make-it-turn", "%s", SUBJECTS);
    assert_log(&fixture, "widget-make-it-turn~2", "%an %ae %ad|%cn", "Ann Example ann@example.org "
               "Mon Mar 11 00:00:00 2019 +0000|Cara Committer");
    char *after = git_listing(fixture.repository, new_branch);
    ck_assert_str_eq(before, after);
    /* Again: the name is taken. */
    press(&fixture.session, "A");
    assert_message(&fixture.session, "Apply 3 patches to branch: widget-make-it-turn-2");
    press(&fixture.session, "\025" "master" ENTER);
    assert_message(&fixture.session, "Nothing was applied: the branch master exists");
    press(&fixture.session, "A\025" ENTER);
    assert_message(&fixture.session, "");
    command(&fixture.session, "apply-series by/name");
    assert_applied(&fixture, 3, "by/name");
    assert_branches(&fixture, "by/name\nmaster\nwidget-make-it-turn");
    g_free(before);
    g_free(after);
    fixture_free(&fixture);
}
END_TEST

START_TEST(test_no_repository)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 0);
    start(&fixture.session);
    command(&fixture.session, "set repo=");
    press(&fixture.session, "A");
    assert_message(&fixture.session, "No repository is set: :set repo=FOLDER");
    char *line = g_strdup_printf("set repo=%s", fixture.folder);
    command(&fixture.session, line);
    press(&fixture.session, "A");
    ck_assert(shows(&fixture.session, "not a git repository"));
    g_free(line);
    fixture_free(&fixture);
}
END_TEST

/* From the index the newest version; where one is shown, that one. */
START_TEST(test_versions)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 0);
    add_version(&fixture, 'b', 2, 0);
    start(&fixture.session);
    press(&fixture.session, "A" ENTER);
    assert_applied(&fixture, 3, "v2-widget-make-it-turn");
    char *text = git(fixture.repository, "show", "v2-widget-make-it-turn:three", NULL);
    ck_assert(strstr(text, "newer"));
    g_free(text);
    press(&fixture.session, ENTER);
    command(&fixture.session, "older-revision");
    press(&fixture.session, "A" ENTER);
    assert_applied(&fixture, 3, "widget-make-it-turn");
    text = git(fixture.repository, "show", "widget-make-it-turn:three", NULL);
    ck_assert(!strstr(text, "newer"));
    g_free(text);
    /* The pager shows a mail of it. */
    press(&fixture.session, ENTER "A");
    assert_message(&fixture.session, "Apply 3 patches to branch: widget-make-it-turn-2");
    fixture_free(&fixture);
}
END_TEST

START_TEST(test_missing)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 2);
    add(&fixture.session, BOB, 50, "c0", NULL, "[PATCH 0/2] nothing but a cover", "Cover.\n");
    start(&fixture.session);
    press(&fixture.session, "A");
    assert_message(&fixture.session, "There are no patches in it.");
    press(&fixture.session, "jA");
    assert_message(&fixture.session, "1 of 3 patches is missing, apply the others? (yes/[no]):");
    press(&fixture.session, "n");
    assert_branches(&fixture, "master");
    press(&fixture.session, "Ay" ENTER);
    assert_applied(&fixture, 2, "widget-make-it-turn");
    assert_log(&fixture, "widget-make-it-turn", "%s", "widget: change one\nwidget: change three");
    fixture_free(&fixture);
}
END_TEST

/* --- some, several ------------------------------------------------------------------------ */

START_TEST(test_tagged_patches)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 0);
    add(&fixture.session, BOB, 12, "r1", "a2", "Re: [PATCH 2/3] widget: change two", "Why?\n");
    start(&fixture.session);
    press(&fixture.session, ENTER);
    press(&fixture.session, ";A");
    assert_message(&fixture.session, "No patches are tagged.");
    /* From the last to the first, and a reply. */
    command(&fixture.session, "tag-pattern ~s three");
    command(&fixture.session, "tag-pattern ~b Why");
    command(&fixture.session, "tag-pattern ~s one");
    press(&fixture.session, ";A");
    assert_message(&fixture.session, "Apply 2 patches to branch: widget-make-it-turn");
    press(&fixture.session, ENTER);
    assert_log(&fixture, "widget-make-it-turn", "%s", "widget: change one\nwidget: change three");
    fixture_free(&fixture);
}
END_TEST

/* Several series: what was sent first comes first, however the index is sorted. */
START_TEST(test_tagged_series)
{
    struct fixture fixture = fixture_new();
    add_patch(&fixture, 30, "x", NULL, "[PATCH] x: last", "one", 18, "x", "");
    add_version(&fixture, 'b', 2, 0);
    add_patch(&fixture, 5, "y", NULL, "[PATCH] y: first", "two", 2, "y", "");
    start(&fixture.session);
    press(&fixture.session, ";A");
    assert_message(&fixture.session, "No tagged entries.");
    command(&fixture.session, "tag-pattern ~A");
    press(&fixture.session, ";A");
    assert_message(&fixture.session, "Apply 5 patches to branch: y-first");
    press(&fixture.session, ENTER);
    assert_applied(&fixture, 5, "y-first");
    assert_log(&fixture, "y-first", "%s", "y: first\n" SUBJECTS "\nx: last");
    fixture_free(&fixture);
}
END_TEST

/* --- trailers, the base, options ------------------------------------------------------------- */

/* What was said of the older version counts for what has not changed; not what a machine said, nor
 * what somebody says for another one. */
START_TEST(test_trailers)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 0);
    add_version(&fixture, 'b', 2, 0);
    add(&fixture.session, BOB, 12, "r1", "a0", "Re: [PATCH 0/3] widget: make it turn",
        "Reviewed-by: " BOB "\n");
    add(&fixture.session, BOB, 22, "r2", "b2", "Re: [PATCH v2 2/3] widget: change two",
        "Tested-by: " BOB "\nAcked-by: Carl <carl@example.net>\n");
    add(&fixture.session, "kernel test robot <lkp@example.com>", 22, "r3", "b1",
        "Re: [PATCH v2 1/3] widget: change one",
        "Tested-by: kernel test robot <lkp@example.com>\n");
    start(&fixture.session);
    press(&fixture.session, "A" ENTER);
    assert_applied(&fixture, 3, "v2-widget-make-it-turn");
    assert_log(&fixture, "v2-widget-make-it-turn", "%(trailers:keyonly,separator=%x2C)",
               "Signed-off-by,Reviewed-by\nSigned-off-by,Reviewed-by,Tested-by\nSigned-off-by");
    command(&fixture.session, "set noapply_trailers");
    press(&fixture.session, "A" ENTER);
    assert_log(&fixture, "v2-widget-make-it-turn-2", "%(trailers:keyonly,separator=%x2C)",
               "Signed-off-by\nSigned-off-by\nSigned-off-by");
    fixture_free(&fixture);
}
END_TEST

START_TEST(test_base)
{
    struct fixture fixture = fixture_new();
    char *notes = g_strdup_printf("base-commit: %s\n", fixture.base);
    add_patch(&fixture, 1, "x", NULL, "[PATCH] x: named", "one", 18, "x", notes);
    add_patch(&fixture, 2, "y", NULL, "[PATCH] y: elsewhere", "one", 18, "y",
              "base-commit: 1234567890123456789012345678901234567890\n");
    change(fixture.repository, "three", 5, "meanwhile");
    git_do(fixture.repository, "commit", "-qam", "meanwhile", NULL);
    char *head = git(fixture.repository, "rev-parse", "HEAD", NULL);
    start(&fixture.session);
    press(&fixture.session, "A" ENTER);
    char *message = g_strdup_printf(
        "Applied 1 patch to branch y-elsewhere on %.12s, not its base-commit.", head);
    assert_message(&fixture.session, message);
    press(&fixture.session, "jA" ENTER);
    assert_applied(&fixture, 1, "x-named");
    command(&fixture.session, "set base=master~1");
    press(&fixture.session, "kA" ENTER);
    assert_log(&fixture, "y-elsewhere-2", "%s", "y: elsewhere");
    command(&fixture.session, "set base=nothing");
    press(&fixture.session, "A" ENTER);
    ck_assert(shows(&fixture.session, "Nothing was applied: "));
    assert_branches(&fixture, "master\nx-named\ny-elsewhere\ny-elsewhere-2");
    g_free(message);
    g_free(head);
    g_free(notes);
    fixture_free(&fixture);
}
END_TEST

/* --- what goes wrong ------------------------------------------------------------------------- */

/* What the patches change has changed. With a three-way merge it goes together. */
START_TEST(test_conflict)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 0);
    change(fixture.repository, "two", 8, "meanwhile");
    git_do(fixture.repository, "commit", "-qam", "meanwhile", NULL);
    start(&fixture.session);
    char *before = git_listing(fixture.repository, NULL);
    press(&fixture.session, "A" ENTER);
    assert_message(&fixture.session,
                   "Nothing was applied: patch 2 of 3: patch failed: two:8 (widget: change two)");
    ck_assert(shows(&fixture.session, "error: two: patch does not apply"));
    ck_assert(shows(&fixture.session, "Applying: widget: change one"));
    /* There is nothing to be continued. */
    ck_assert(!shows(&fixture.session, "--continue"));
    ck_assert(!shows(&fixture.session, "--abort"));
    char *after = git_listing(fixture.repository, NULL);
    ck_assert_str_eq(before, after);
    press(&fixture.session, "q");
    command(&fixture.session, "set am_options=--3way");
    press(&fixture.session, "A" ENTER);
    ck_assert(shows(&fixture.session, "Applied 3 patches to branch widget-make-it-turn on"));
    g_free(before);
    g_free(after);
    fixture_free(&fixture);
}
END_TEST

struct stopper {
    const char *pipe_path;
    int keys;
};

/* Presses ^G when git is at work. */
static gpointer stop_it(gpointer data)
{
    const struct stopper *stopper = data;
    char byte;
    int descriptor = open(stopper->pipe_path, O_RDONLY);
    ck_assert_int_eq(read(descriptor, &byte, 1), 1);
    close(descriptor);
    ck_assert_int_eq(write(stopper->keys, "\007", 1), 1);
    return NULL;
}

START_TEST(test_stopped)
{
    struct fixture fixture = fixture_new();
    add_version(&fixture, 'a', 1, 0);
    start(&fixture.session);
    char *before = git_listing(fixture.repository, NULL);
    char *pipe_path = git_make_waiting(fixture.folder, "am");
    struct stopper stopper = {pipe_path, fixture.session.keys};
    GThread *thread = g_thread_new("stopper", stop_it, &stopper);
    press(&fixture.session, "A" ENTER);
    g_thread_join(thread);
    assert_message(&fixture.session, "Applying was stopped.");
    char *after = git_listing(fixture.repository, NULL);
    ck_assert_str_eq(before, after);
    g_free(before);
    g_free(after);
    g_free(pipe_path);
    fixture_free(&fixture);
}
END_TEST

int main(void)
{
    if (!git_is_there())
        return 77;
    Suite *suite = suite_create("screen_apply");
    TCase *cases = tcase_create("screen_apply");
    tcase_add_test(cases, test_applies);
    tcase_add_test(cases, test_no_repository);
    tcase_add_test(cases, test_versions);
    tcase_add_test(cases, test_missing);
    tcase_add_test(cases, test_tagged_patches);
    tcase_add_test(cases, test_tagged_series);
    tcase_add_test(cases, test_trailers);
    tcase_add_test(cases, test_base);
    tcase_add_test(cases, test_conflict);
    tcase_add_test(cases, test_stopped);
    suite_add_tcase(suite, cases);
    return run_screen_tests(suite);
}
