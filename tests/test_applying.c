/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applying mails to a repository: what comes of it is what git am makes, and where it does not end
 * well nothing has changed, whatever the repository is like, whatever the mails say, whenever it is
 * killed. */
#include "applying_support.h"
#include "git_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* What a new branch changes in a repository with a work tree, and in a bare one. */
static const char *const new_branch[] = { ".git/objects", ".git/refs/heads", ".git/logs", NULL };

static const char *const new_bare_branch[] = { "objects", "refs/heads", NULL };

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

/* --- what is configured ------------------------------------------------------------------- */

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
    tcase_add_test(cases, test_options);
    tcase_add_test(cases, test_names);
    tcase_add_test(cases, test_free_names);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
