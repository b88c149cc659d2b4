/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The project's repository: what is opened, where a series goes, how patches get more context; and
 * that not a byte of it is ever written. */
#include "project_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/* ERROR, which is freed, is of CODE and one line that holds WORDS. */
static void assert_error(GError *error, enum project_error code, const char *words)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(g_error_matches(error, PROJECT_ERROR, (int)code), "%s", error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    ck_assert_msg(strstr(error->message, words) != NULL, "%s", error->message);
    g_error_free(error);
}

static void assert_not_opened(const char *path, const char *words)
{
    GError *error = NULL;

    ck_assert_ptr_null(project_open(path, &error));
    assert_error(error, PROJECT_ERROR_OPEN, words);
}

/* REVISION is COMMIT in what PATH opens. */
static void assert_opens(const char *path, const char *revision, const char *commit)
{
    struct project *project = scratch_open(path);
    struct project_base base;
    GError *error = NULL;

    if (!project_find_base(project, NULL, revision, &base, &error))
        ck_abort_msg("%s", error->message);
    ck_assert_str_eq(base.id, commit);
    project_close(project);
}

START_TEST(test_open_forms)
{
    g_autofree char *commit = NULL;
    struct scratch scratch = scratch_of(FILES({ 0100644, "a", "1\n" }), &commit);
    g_autofree char *git = g_build_filename(scratch.path, ".git", NULL);
    g_autofree char *linked = support_path(support_folder(), "linked");
    g_autofree char *shared = support_path(support_folder(), "shared");
    g_autofree char *shallow = support_path(support_folder(), "shallow");
    g_autofree char *url = g_strconcat("file://", scratch.path, NULL);

    assert_opens(scratch.path, "", commit);
    assert_opens(git, "", commit);
    GIT(scratch.path, "worktree", "add", "-q", linked);
    assert_opens(linked, "", commit);
    GIT(scratch.path, "clone", "-q", "--shared", "--bare", scratch.path, shared);
    assert_opens(shared, "master", commit);
    GIT(scratch.path, "clone", "-q", "--depth", "1", url, shallow);
    assert_opens(shallow, "origin/master", commit);
    GIT(scratch.path, "config", "core.repositoryFormatVersion", "1");
    GIT(scratch.path, "config", "extensions.partialClone", "origin");
    GIT(scratch.path, "config", "extensions.worktreeConfig", "true");
    assert_opens(scratch.path, "", commit);
    scratch_free(&scratch);
}
END_TEST

START_TEST(test_open_home)
{
    g_autofree char *commit = NULL;
    struct scratch scratch = scratch_of(FILES({ 0100644, "a", "1\n" }), &commit);
    g_autofree char *there = g_build_filename(g_get_home_dir(), "moved", NULL);

    ck_assert_int_eq(g_rename(scratch.path, there), 0);
    assert_opens("~/moved", "", commit);
    scratch_free(&scratch);
}
END_TEST

START_TEST(test_open_refused)
{
    g_autofree char *commit = NULL;
    struct scratch scratch = scratch_of(FILES({ 0100644, "a", "1\n" }), &commit);
    g_autofree char *below = g_build_filename(scratch.path, "below", NULL);
    g_autofree char *nowhere = g_build_filename(scratch.path, "nowhere", NULL);
    g_autofree char *other = support_path(support_folder(), "other");

    ck_assert_int_eq(g_mkdir(below, 0700), 0);
    assert_not_opened(below, "no git repository");
    assert_not_opened(nowhere, "No such file");
    assert_not_opened("", "No such file");
    g_setenv("GIT_DIR", scratch.path, TRUE);
    assert_not_opened(below, "no git repository");
    g_unsetenv("GIT_DIR");
    GIT(scratch.path, "init", "-q", "--object-format=sha256", other);
    assert_not_opened(other, "objectformat");
    scratch_free(&scratch);
}
END_TEST

static void assert_base(struct project *project, const char *base_commit, const char *base,
                        const char *expected, int from)
{
    struct project_base found;
    GError *error = NULL;

    if (!project_find_base(project, base_commit, base, &found, &error))
        ck_abort_msg("%s", error->message);
    ck_assert_str_eq(found.id, expected);
    ck_assert_int_eq((int)found.from, from);
}

static void assert_no_base(struct project *project, const char *base_commit, const char *base,
                           const char *words)
{
    struct project_base found;
    GError *error = NULL;

    ck_assert(!project_find_base(project, base_commit, base, &found, &error));
    assert_error(error, PROJECT_ERROR_BASE, words);
}

START_TEST(test_base)
{
    g_autofree char *first = NULL, *blob = NULL;
    struct scratch scratch = scratch_of(FILES({ 0100644, "a", "1\n" }), &first);
    g_autofree char *second = scratch_commit(&scratch, FILES({ 0100644, "a", "2\n" }), first);
    g_autofree char *abbreviated = g_strndup(first, 9);
    const char *nowhere = "0123456789012345678901234567890123456789";
    const char *longer = "0123456789012345678901234567890123456789012345678901234567890123";

    scratch_branch(&scratch, "work", second);
    GIT(scratch.path, "tag", "-a", "-m", "a release", "v1.0", first);
    GIT(scratch.path, "update-ref", "refs/remotes/origin/master", second);
    GIT_OUTPUT(scratch.path, &blob, "rev-parse", "master:a");
    g_strchomp(blob);
    struct project *project = scratch_open(scratch.path);
    assert_base(project, second, "v1.0", second, PROJECT_BASE_COMMIT);
    assert_base(project, abbreviated, "work", first, PROJECT_BASE_COMMIT);
    assert_base(project, nowhere, "work", second, PROJECT_BASE_SETTING);
    assert_base(project, longer, "work", second, PROJECT_BASE_SETTING);
    assert_base(project, blob, "work", second, PROJECT_BASE_SETTING);
    assert_base(project, NULL, "v1.0", first, PROJECT_BASE_SETTING);
    assert_base(project, NULL, "work~1", first, PROJECT_BASE_SETTING);
    assert_base(project, NULL, "origin/master", second, PROJECT_BASE_SETTING);
    assert_base(project, nowhere, "", first, PROJECT_BASE_HEAD);
    assert_base(project, NULL, "", first, PROJECT_BASE_HEAD);
    assert_no_base(project, NULL, "nothing", "no such revision: nothing");
    assert_no_base(project, NULL, "--help", "--help");
    assert_no_base(project, NULL, "master..work", "master..work");
    assert_no_base(project, NULL, "master:a", "is no commit");
    assert_no_base(project, nowhere, "HEAD~100", "no such revision");
    project_close(project);
    scratch_free(&scratch);
}
END_TEST

/* Two commits whose ids begin with the same four digits, which are not enough then. */
START_TEST(test_base_ambiguous)
{
    struct scratch scratch = scratch_new(true);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *twice = NULL;

    for (int i = 0; twice == NULL; i++) {
        g_autofree char *text = g_strdup_printf("%d\n", i);
        g_autofree char *commit = scratch_commit(&scratch, FILES({ 0100644, "a", text }), "");
        char *digits = g_strndup(commit, 4);
        if (g_hash_table_contains(seen, digits))
            twice = g_strdup(digits);
        g_hash_table_add(seen, digits);
    }
    struct project *project = scratch_open(scratch.path);
    assert_no_base(project, twice, "", "ambiguous");
    assert_no_base(project, NULL, twice, "ambiguous");
    assert_no_base(project, NULL, "", "HEAD names no commit");
    project_close(project);
    scratch_free(&scratch);
}
END_TEST

/* A file of LINES functions of which every EVERYth calls something else. */
static char *source_text(guint lines, guint every)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < lines; i++)
        g_string_append_printf(text, "static int f%u(int x)\n{\n\tint y = x;\n\nretry:\n\treturn %s;\n}\n\n",
                               i, every > 0 && i % every == 0 ? "g(y)" : "h(y)");
    return g_string_free(text, FALSE);
}

/* The mail of COMMIT, read. */
static struct patch *format_patch(const struct scratch *scratch, const char *commit)
{
    g_autofree char *mail = NULL;

    GIT_OUTPUT(scratch->path, &mail, "format-patch", "-M", "--stdout", "-1", commit);
    return patch_read(mail, strlen(mail));
}

/* PATCH of COMMIT is what git prints with as much context, for all of CONTEXTS (0 at the end). */
static void assert_widened(const struct scratch *scratch, const char *commit,
                           const unsigned *contexts)
{
    struct project *project = scratch_open(scratch->path);
    struct patch *patch = format_patch(scratch, commit);

    for (; *contexts > 0; contexts++) {
        g_autofree char *option = g_strdup_printf("-U%u", *contexts), *expected = NULL;
        struct patch *wide = project_widen(project, patch, *contexts, NULL);
        GIT_OUTPUT(scratch->path, &expected, "diff-tree", "-p", "-M", "--no-commit-id", option,
                   commit);
        ck_assert_ptr_nonnull(wide);
        ck_assert_str_eq(wide->diff, expected);
        ck_assert_str_eq(wide->title, patch->title);
        ck_assert_uint_eq(wide->files->len, patch->files->len);
        patch_free(wide);
    }
    patch_free(patch);
    project_close(project);
}

START_TEST(test_widen)
{
    static const unsigned contexts[] = { 1, 2, 3, 7, 10, 25, 100000, 0 };
    g_autofree char *first = NULL, *old = source_text(40, 0), *new = source_text(40, 9);
    g_autofree char *half = g_strndup(old, 400), *cut = g_strconcat(half, "the end", NULL);
    struct scratch scratch = scratch_of(FILES({ 0100644, "a.c", old }, { 0100644, "b", half },
                                              { 0100644, "d", "gone\n" }), &first);
    g_autofree char *second =
        scratch_commit(&scratch, FILES({ 0100755, "a.c", new }, { 0100644, "c", cut },
                                       { 0100644, "e", "new\n" }), first);

    assert_widened(&scratch, second, contexts);
    /* Which line is a function's depends on the attributes. */
    g_autofree char *attributes = g_build_filename(scratch.path, ".git", "info", "attributes", NULL);
    support_write(attributes, "*.c diff=cpp\n", strlen("*.c diff=cpp\n"));
    assert_widened(&scratch, second, contexts);
    scratch_free(&scratch);
}
END_TEST

/* Only what the repository has is widened; without any of it there is nothing to give. */
START_TEST(test_widen_unknown)
{
    g_autofree char *first = NULL, *text = source_text(9, 0), *diff = NULL, *known = NULL;
    struct scratch scratch = scratch_of(FILES({ 0100644, "a.c", text }), &first);
    struct project *project = scratch_open(scratch.path);

    GIT_OUTPUT(scratch.path, &known, "rev-parse", "--short", "master:a.c");
    g_strchomp(known);
    diff = g_strdup_printf("diff --git a/a.c b/a.c\nindex %s..1234567 100644\n--- a/a.c\n+++ b/a.c\n"
                           "@@ -3,2 +3,3 @@\n nothing\n+new\n such\n"
                           "diff --git a/z.c b/z.c\nindex 7654321..1234567 100644\n--- a/z.c\n+++ b/z.c\n"
                           "@@ -3,2 +3,3 @@\n x\n+new\n y\n", known);
    struct patch *bare = scratch_patch("", 0);
    ck_assert_ptr_null(project_widen(project, bare, 5, NULL));
    struct patch *patch = patch_with_diff(bare, diff);
    ck_assert_ptr_null(project_widen(project, patch, 5, NULL));
    patch_free(patch);
    g_autofree char *good = g_strdup_printf(
        "diff --git a/z.c b/z.c\nindex 7654321..1234567 100644\n--- a/z.c\n+++ b/z.c\n"
        "@@ -3,2 +3,3 @@\n x\n+new\n y\n"
        "diff --git a/a.c b/a.c\nindex %s..1234567 100644\n--- a/a.c\n+++ b/a.c\n"
        "@@ -3,2 +3,3 @@\n \tint y = x;\n+new\n \n", known);
    patch = patch_with_diff(bare, good);
    struct patch *wide = project_widen(project, patch, 2, NULL);
    ck_assert_ptr_nonnull(wide);
    ck_assert_ptr_nonnull(strstr(wide->diff, "@@ -3,2 +3,3 @@\n x\n+new\n y\n"));
    ck_assert_ptr_nonnull(
        strstr(wide->diff, "@@ -2,4 +2,5 @@ static int f0(int x)\n {\n \tint y = x;\n+new\n"));
    patch_free(wide);
    patch_free(patch);
    patch_free(bare);
    project_close(project);
    scratch_free(&scratch);
}
END_TEST

/* What a stranger could make take forever is left as it is. */
START_TEST(test_widen_effort)
{
    enum { LINES = 30000 };
    g_autofree char *first = NULL, *text = source_text(9, 0), *known = NULL;
    struct scratch scratch = scratch_of(FILES({ 0100644, "a.c", text }), &first);
    struct project *project = scratch_open(scratch.path);
    struct patch *bare = scratch_patch("", 0);
    g_autoptr(GString) diff = g_string_new(NULL);
    gint stop = 1;

    GIT_OUTPUT(scratch.path, &known, "rev-parse", "master:a.c");
    g_strchomp(known);
    g_string_printf(diff, "diff --git a/a.c b/a.c\nindex %s..1234567 100644\n--- a/a.c\n+++ b/a.c\n"
                          "@@ -3,2 +3,3 @@\n \tint y = x;\n+new\n \n", known);
    struct patch *patch = patch_with_diff(bare, diff->str);
    struct patch *wide = project_widen(project, patch, 5, NULL);
    ck_assert_ptr_nonnull(wide);
    patch_free(wide);
    ck_assert_ptr_null(project_widen(project, patch, 5, &stop));
    patch_free(patch);
    g_string_truncate(diff, (gsize)(strstr(diff->str, "@@") - diff->str));
    g_string_append_printf(diff, "@@ -3,2 +3,%d @@\n \tint y = x;\n", LINES + 2);
    for (int i = 0; i < LINES; i++)
        g_string_append_printf(diff, "+%d\n", i);
    g_string_append(diff, " \n");
    patch = patch_with_diff(bare, diff->str);
    ck_assert_ptr_null(project_widen(project, patch, 5, NULL));
    patch_free(patch);
    patch_free(bare);
    project_close(project);
    scratch_free(&scratch);
}
END_TEST

/* Text that is no UTF-8 is shown as mails are, and a CR at the end of a line is not. */
START_TEST(test_widen_latin1)
{
    g_autofree char *first = NULL;
    struct scratch scratch = scratch_of(
        FILES({ 0100644, "a", "1\r\n2\r\n3\r\n4\r\ngr\xfcn\r\n6\r\n7\r\n8\r\n9\r\n" }), &first);
    g_autofree char *second = scratch_commit(
        &scratch, FILES({ 0100644, "a", "1\r\n2\r\n3\r\n4\r\nblau\r\n6\r\n7\r\n8\r\n9\r\n" }), first);
    struct project *project = scratch_open(scratch.path);
    g_autofree char *diff = NULL;

    GIT_OUTPUT(scratch.path, &diff, "diff", first, second);
    struct patch *bare = scratch_patch(diff, strlen(diff));
    struct patch *patch = patch_with_diff(
        bare, "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n");
    g_bytes_unref(patch->raw_diff);
    patch->raw_diff = g_bytes_ref(bare->raw_diff);
    struct patch *wide = project_widen(project, patch, 1, NULL);
    ck_assert_ptr_nonnull(wide);
    ck_assert_ptr_nonnull(strstr(wide->diff, "@@ -4,3 +4,3 @@\n 4\n-gr\xc3\xbcn\n+blau\n 6\n"));
    patch_free(wide);
    patch_free(patch);
    patch_free(bare);
    project_close(project);
    scratch_free(&scratch);
}
END_TEST

/* Whatever is done, the repository is what it was: all of its files, their sizes, times and bytes. */
START_TEST(test_nothing_written)
{
    g_autofree char *first = NULL, *old = source_text(20, 0), *new = source_text(20, 9);
    struct scratch scratch = scratch_of(FILES({ 0100644, "a.c", old }), &first);
    g_autofree char *second = scratch_commit(&scratch, FILES({ 0100644, "a.c", new }), first);
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);

    GIT(scratch.path, "reset", "-q", "--hard");
    GIT(scratch.path, "gc", "-q");
    g_ptr_array_add(patches, format_patch(&scratch, second));
    g_ptr_array_add(patches, scratch_patch("diff --git a/n b/n\nnew file mode 100644\n", 40));
    g_ptr_array_add(patches, format_patch(&scratch, second));
    g_autofree char *before = scratch_fingerprint(scratch.path);
    for (int i = 0; i < 2; i++) {
        struct project *project = scratch_open(scratch.path);
        struct project_base base;
        struct project_check check;
        ck_assert(project_find_base(project, first, "", &base, NULL));
        ck_assert(project_check(project, base.id, patches, NULL, &check, NULL));
        ck_assert(!check.applies);
        project_check_clear(&check);
        struct patch *wide = project_widen(project, g_ptr_array_index(patches, 0), 12, NULL);
        ck_assert_ptr_nonnull(wide);
        patch_free(wide);
        project_close(project);
    }
    g_autofree char *after = scratch_fingerprint(scratch.path);
    ck_assert_str_eq(before, after);
    scratch_free(&scratch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("project");
    TCase *open = tcase_create("open"), *base = tcase_create("base"), *widen = tcase_create("widen");

    tcase_add_checked_fixture(open, scratch_startup, NULL);
    tcase_add_checked_fixture(base, scratch_startup, NULL);
    tcase_add_checked_fixture(widen, scratch_startup, NULL);
    tcase_set_timeout(open, 120);
    tcase_add_test(open, test_open_forms);
    tcase_add_test(open, test_open_home);
    tcase_add_test(open, test_open_refused);
    suite_add_tcase(suite, open);
    tcase_set_timeout(base, 120);
    tcase_add_test(base, test_base);
    tcase_add_test(base, test_base_ambiguous);
    suite_add_tcase(suite, base);
    tcase_set_timeout(widen, 120);
    tcase_add_test(widen, test_widen);
    tcase_add_test(widen, test_widen_unknown);
    tcase_add_test(widen, test_widen_effort);
    tcase_add_test(widen, test_widen_latin1);
    tcase_add_test(widen, test_nothing_written);
    suite_add_tcase(suite, widen);
    return run_suite(suite);
}
