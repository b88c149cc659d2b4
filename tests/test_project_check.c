/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a series apply? Whatever git apply says of the same bytes is right. */
#include "project_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#define APPLIES(files, diff) scratch_assert_checked(files, diff, NULL, NULL)
#define FAILS(files, diff, path, words) scratch_assert_checked(files, diff, path, words)

#define HEADER(name) "diff --git a/" name " b/" name "\n"
#define CHANGED(name) HEADER(name) "--- a/" name "\n+++ b/" name "\n"
#define ADDED(name) \
    HEADER(name) "new file mode 100644\n--- /dev/null\n+++ b/" name "\n@@ -0,0 +1 @@\n+new\n"
#define DELETED(name, line) \
    HEADER(name) "deleted file mode 100644\n--- a/" name "\n+++ /dev/null\n@@ -1 +0,0 @@\n-" line "\n"
#define MOVED(how, from, to) \
    "diff --git a/" from " b/" to "\nsimilarity index 100%\n" how " from " from "\n" how " to " to "\n"
#define RENAMED(from, to) MOVED("rename", from, to)
#define COPIED(from, to) MOVED("copy", from, to)
#define LINK_ADDED(name) \
    HEADER(name) "new file mode 120000\n--- /dev/null\n+++ b/" name \
                 "\n@@ -0,0 +1 @@\n+d\n\\ No newline at end of file\n"

#define TWELVE FILES({ 0100644, "a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n" })
#define SOME \
    FILES({ 0100644, "a", "1\n" }, { 0100755, "b", "2\n" }, { 0100644, "d/x", "3\n" }, { 0120000, "l", "d" })

START_TEST(test_hunks)
{
    APPLIES(TWELVE, CHANGED("a") "@@ -5,3 +5,3 @@\n 5\n-6\n+six\n 7\n");
    /* Elsewhere, but with all of its context. */
    APPLIES(TWELVE, CHANGED("a") "@@ -2,3 +2,3 @@\n 5\n-6\n+six\n 7\n");
    APPLIES(TWELVE, CHANGED("a") "@@ -90,3 +90,3 @@ f()\n 5\n-6\n+six\n 7\n");
    FAILS(TWELVE, CHANGED("a") "@@ -5,3 +5,3 @@\n 5\n-6\n+six\n seven\n", "a",
          "a: hunk 1 of 1 does not apply");
    FAILS(TWELVE, CHANGED("a") "@@ -5,3 +5,3 @@\n 5\n-6 \n+six\n 7\n", "a", "hunk 1 of 1");
    /* What one hunk has made is nothing for another. */
    FAILS(TWELVE,
          CHANGED("a") "@@ -5,3 +5,3 @@\n 5\n-6\n+6\n 7\n@@ -5,3 +5,3 @@\n 5\n-6\n+six\n 7\n", "a",
          "a: hunk 2 of 2 does not apply");
    APPLIES(TWELVE,
            CHANGED("a") "@@ -9,3 +9,3 @@\n 9\n-10\n+ten\n 11\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n");
    /* Without context at one of its ends a hunk is for that end of the file. */
    FAILS(TWELVE, CHANGED("a") "@@ -1,2 +1,2 @@\n-2\n+two\n 3\n", "a", "hunk 1 of 1");
    FAILS(TWELVE, CHANGED("a") "@@ -4,2 +4,2 @@\n 4\n-5\n+five\n", "a", "hunk 1 of 1");
    APPLIES(TWELVE, CHANGED("a") "@@ -3,2 +3,2 @@\n 11\n-12\n+twelve\n");
    /* The blank of an empty line may be gone. */
    APPLIES(FILES({ 0100644, "a", "1\n\n2\n" }), CHANGED("a") "@@ -1,3 +1,3 @@\n-1\n+one\n\n 2\n");
    APPLIES(FILES({ 0100644, "a", "" }), CHANGED("a") "@@ -0,0 +1 @@\n+1\n");
}
END_TEST

START_TEST(test_ends_of_lines)
{
    const struct file *const without = FILES({ 0100644, "a", "1\n2" });
    const struct file *const crlf = FILES({ 0100644, "a", "1\r\n2\r\n3\r\n" });

    APPLIES(without, CHANGED("a") "@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+3\n");
    FAILS(without, CHANGED("a") "@@ -1,2 +1,2 @@\n 1\n-2\n+3\n", "a", "hunk 1 of 1");
    FAILS(TWELVE, CHANGED("a") "@@ -11,2 +11,2 @@\n 11\n-12\n\\ No newline at end of file\n+3\n", "a",
          "hunk 1 of 1");
    APPLIES(crlf, CHANGED("a") "@@ -1,3 +1,3 @@\n 1\r\n-2\r\n+two\r\n 3\r\n");
    FAILS(crlf, CHANGED("a") "@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n", "a", "hunk 1 of 1");
    FAILS(TWELVE, CHANGED("a") "@@ -1,3 +1,3 @@\n 1\r\n-2\r\n+two\r\n 3\r\n", "a", "hunk 1 of 1");
}
END_TEST

START_TEST(test_files)
{
    APPLIES(SOME, ADDED("c"));
    APPLIES(SOME, ADDED("e/f/g"));
    FAILS(SOME, ADDED("a"), "a", "a already exists");
    APPLIES(SOME, DELETED("a", "1"));
    FAILS(SOME, DELETED("a", "2"), "a", "a: hunk 1 of 1 does not apply");
    FAILS(FILES({ 0100644, "a", "1\n2\n" }), DELETED("a", "1"), "a", "hunk 1 of 1");
    FAILS(SOME, DELETED("c", "1"), "c", "c does not exist");
    FAILS(SOME, CHANGED("d") "@@ -1 +1 @@\n-1\n+2\n", "d", "d does not exist");
    FAILS(SOME, CHANGED("a/b") "@@ -1 +1 @@\n-1\n+2\n", "a/b", "a/b does not exist");
    APPLIES(SOME, HEADER("e") "new file mode 100644\nindex 0000000..e69de29\n");
    APPLIES(FILES({ 0100644, "a", "" }), HEADER("a") "deleted file mode 100644\nindex e69de29..0000000\n");
    FAILS(SOME, HEADER("a") "deleted file mode 100644\nindex e69de29..0000000\n", "a",
          "a has more contents");
    APPLIES(SOME, DELETED("a", "1") ADDED("a"));
    FAILS(SOME, DELETED("a", "1") CHANGED("a") "@@ -1 +1 @@\n-1\n+2\n", "a", "renamed or deleted before");
    /* A file in the place of a folder, and the other way round. */
    FAILS(SOME, ADDED("a/b"), "a/b", "a/b: a is a file");
    FAILS(SOME, ADDED("d"), "d", "d is a folder");
    APPLIES(SOME, DELETED("a", "1") ADDED("a/b"));
    APPLIES(SOME, DELETED("d/x", "3") ADDED("d"));
    FAILS(SOME, DELETED("d/x", "3") ADDED("d/y") ADDED("d"), "d/y", "d is a file");
}
END_TEST

START_TEST(test_renames)
{
    APPLIES(SOME, RENAMED("a", "c"));
    FAILS(SOME, RENAMED("a", "b"), "b", "b already exists");
    FAILS(SOME, RENAMED("c", "e"), "c", "c does not exist");
    APPLIES(SOME, RENAMED("a", "b") RENAMED("b", "a"));
    APPLIES(SOME, COPIED("a", "c") RENAMED("a", "e"));
    APPLIES(SOME, COPIED("a", "c") CHANGED("a") "@@ -1 +1 @@\n-1\n+2\n");
    /* What is copied is what there was before. */
    APPLIES(SOME, CHANGED("a") "@@ -1 +1 @@\n-1\n+2\n" COPIED("a", "c")
            "--- a/a\n+++ b/c\n@@ -1 +1 @@\n-1\n+3\n");
    APPLIES(SOME, RENAMED("a", "c") CHANGED("c") "@@ -1 +1 @@\n-1\n+2\n");
    FAILS(SOME, RENAMED("a", "c") CHANGED("a") "@@ -1 +1 @@\n-1\n+2\n", "a", "renamed or deleted before");
    APPLIES(SOME, RENAMED("a", "n/c"));
    FAILS(SOME, "diff --git a/a b/c\nrename from a\n", "a", "without the name");
    FAILS(SOME, "diff --git a/a b/c\nrename from a\nrename to c\n--- a/b\n+++ b/c\n@@ -1 +1 @@\n-1\n+2\n",
          "c", "damaged header");
}
END_TEST

START_TEST(test_modes)
{
    APPLIES(SOME, HEADER("a") "old mode 100644\nnew mode 100755\n");
    /* git warns and goes on. */
    APPLIES(SOME, HEADER("b") "old mode 100644\nnew mode 100755\n");
    APPLIES(SOME, HEADER("b") "index 1234567..7654321 100644\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-2\n+3\n");
    FAILS(SOME, HEADER("a") "old mode 100644\nnew mode 120000\n", "a", "another type");
    FAILS(SOME, HEADER("l") "old mode 100644\nnew mode 100755\n", "l", "another type");
    FAILS(SOME, HEADER("a") "old mode x\nnew mode 100755\n", NULL, "damaged header");
    FAILS(SOME, HEADER("a") "new mode 100755\n", "a", "without a change");
}
END_TEST

#define COMMIT_A "1111111111111111111111111111111111111111"
#define COMMIT_B "2222222222222222222222222222222222222222"

START_TEST(test_links_and_submodules)
{
    const struct file *const files =
        FILES({ 0160000, "m", COMMIT_A }, { 0120000, "l", "d" }, { 0100644, "d/x", "3\n" });

    APPLIES(files, HEADER("l") "index 1..2 120000\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-d\n"
            "\\ No newline at end of file\n+e\n\\ No newline at end of file\n");
    FAILS(files, ADDED("l/x"), "l/x", "behind a symbolic link");
    FAILS(files, LINK_ADDED("n") ADDED("n/x"), "n/x", "behind a symbolic link");
    FAILS(files, ADDED("n/x") LINK_ADDED("n"), "n/x", "behind a symbolic link");
    APPLIES(files, HEADER("l") "deleted file mode 120000\n--- a/l\n+++ /dev/null\n@@ -1 +0,0 @@\n-d\n"
            "\\ No newline at end of file\n" ADDED("l/y"));
    APPLIES(files, HEADER("m") "index 1..2 160000\n--- a/m\n+++ b/m\n@@ -1 +1 @@\n"
            "-Subproject commit " COMMIT_A "\n+Subproject commit " COMMIT_B "\n");
    FAILS(files, HEADER("m") "index 1..2 160000\n--- a/m\n+++ b/m\n@@ -1 +1 @@\n"
          "-Subproject commit " COMMIT_B "\n+Subproject commit " COMMIT_A "\n", "m", "hunk 1 of 1");
    FAILS(files, HEADER("m") "index 1..2 160000\n--- a/m\n+++ b/m\n@@ -1 +1 @@\n"
          "-Subproject commit " COMMIT_A "\n+Subproject commit nothing\n", "m", "no commit");
}
END_TEST

/* Where a patch may not go, whatever is there. */
START_TEST(test_paths)
{
    FAILS(SOME, ADDED("../x"), "../x", "no path");
    FAILS(SOME, ADDED("d/../x"), "d/../x", "no path");
    FAILS(SOME, ADDED("./x"), "./x", "no path");
    FAILS(SOME, ADDED("/etc/x"), "/etc/x", "no path");
    FAILS(SOME, ADDED(".git/hooks/x"), ".git/hooks/x", "no path");
    FAILS(SOME, ADDED("d/.GIT/config"), "d/.GIT/config", "no path");
    FAILS(SOME, ADDED("GIT~1"), "GIT~1", "no path");
    FAILS(SOME, ADDED(".git::$INDEX_ALLOCATION/x"), ".git::$INDEX_ALLOCATION/x", "no path");
    FAILS(SOME, RENAMED("a", ".git/config"), ".git/config", "no path");
    FAILS(SOME, LINK_ADDED(".gitmodules"), ".gitmodules", "no path");
    APPLIES(SOME, ADDED(".gitmodules"));
    APPLIES(SOME, ADDED(".gitx/...x"));
}
END_TEST

/* Names of all kinds, in git's quotes or not. */
START_TEST(test_names)
{
    const struct file *const files =
        FILES({ 0100644, "a b", "1\n" }, { 0100644, "t\tb", "1\n" }, { 0100644, "q\"\\", "1\n" },
              { 0100644, "gr\xc3\xbcn", "1\n" }, { 0100644, "b a b", "1\n" });
    static const char change[] = "@@ -1 +1 @@\n-1\n+2\n";
    static const char *const headers[] = {
        "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n",
        "diff --git a/b a b b/b a b\n--- a/b a b\n+++ b/b a b\n",
        "diff --git \"a/t\\tb\" \"b/t\\tb\"\n--- \"a/t\\tb\"\n+++ \"b/t\\tb\"\n",
        "diff --git \"a/q\\\"\\\\\" \"b/q\\\"\\\\\"\n--- \"a/q\\\"\\\\\"\n+++ \"b/q\\\"\\\\\"\n",
        "diff --git \"a/gr\\303\\274n\" \"b/gr\\303\\274n\"\n--- \"a/gr\\303\\274n\"\n+++ \"b/gr\\303\\274n\"\n",
        "diff --git a/gr\xc3\xbcn b/gr\xc3\xbcn\n--- a/gr\xc3\xbcn\n+++ b/gr\xc3\xbcn\n",
    };
    static const char *const modes[] = {
        "diff --git a/a b b/a b\n",
        "diff --git a/b a b b/b a b\n",
        "diff --git \"a/t\\tb\" \"b/t\\tb\"\n",
        "diff --git a/gr\xc3\xbcn \"b/gr\\303\\274n\"\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        g_autofree char *diff = g_strconcat(headers[i], change, NULL);
        APPLIES(files, diff);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autofree char *diff = g_strconcat(modes[i], "old mode 100644\nnew mode 100755\n", NULL);
        APPLIES(files, diff);
    }
    FAILS(files, "diff --git a/x y b/x z\nold mode 100644\nnew mode 100755\n", NULL, "without the name");
}
END_TEST

/* Diffs of other programs. */
START_TEST(test_traditional)
{
    static const char change[] = "@@ -1 +1 @@\n-3\n+4\n", added[] = "@@ -0,0 +1 @@\n+4\n",
                      deleted[] = "@@ -1 +0,0 @@\n-3\n";
    static const struct {
        const char *header, *hunk;
        bool applies;
    } cases[] = {
        { "--- linux.orig/d/x\n+++ linux/d/x\n", change, true },
        { "Index: linux/d/x\n=====\n--- linux/d/x\t2020-01-01 00:00:00.0 +0000\n"
          "+++ linux/d/x\t2020-01-02 00:00:00.0 +0000\n", change, true },
        { "diff -u o/d/x n/d/x\n--- o/d/x 2020-01-01 00:00:00.000000000 +0100\n"
          "+++ n/d/x 2020-01-02 00:00:00.000000000 +0100\n", change, true },
        { "--- d/x\n+++ d/x\n", change, false },
        { "--- o/d/y\t1970-01-01 01:00:00.000000000 +0100\n+++ n/d/y\t2020-01-01 00:00:00 +0000\n",
          added, true },
        { "--- o/d/x\t1970-01-01 01:00:00.000000000 +0100\n+++ n/d/x\t2020-01-01 00:00:00 +0000\n",
          added, false },
        { "--- o/d/y\n+++ n/d/y\n", added, true },
        { "--- o/d/x\t2020-01-01 00:00:00 +0000\n+++ n/d/x\t1970-01-01 00:00:00.000000000 +0000\n",
          deleted, true },
        { "--- o/d/x\n+++ n/d/x\n", deleted, true },
        { "--- o/d/x\n+++ /dev/null\n", deleted, true },
        { "--- /dev/null\n+++ n/new\n", added, true },
        { "--- a/d/x.orig\n+++ b/d/x\n", change, true },
        { "--- a/d/x\n+++ b/d/x.new\n", change, true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *diff = g_strconcat(cases[i].header, cases[i].hunk, NULL);
        g_autofree char *commit = NULL;
        struct scratch scratch =
            scratch_of(FILES({ 0100644, "d/x", "3\n" }, { 0100644, "y", "3\n" }), &commit);
        g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);
        g_ptr_array_add(patches, scratch_patch(diff, strlen(diff)));
        struct project_check check = scratch_check(scratch.path, commit, patches);
        ck_assert_msg(check.applies == cases[i].applies, "%s: %s", check.why, diff);
        scratch_git_start(&scratch, commit);
        ck_assert_msg(scratch_git_applies(&scratch, diff, strlen(diff)) == cases[i].applies, "git: %s", diff);
        project_check_clear(&check);
        scratch_free(&scratch);
    }
    /* A name without a folder loses none. */
    APPLIES(SOME, "--- a\n+++ a\n@@ -1 +1 @@\n-1\n+2\n");
    APPLIES(SOME, "--- a.orig\n+++ a\n@@ -1 +1 @@\n-1\n+2\n--- d/x\n+++ d/x\n@@ -1 +1 @@\n-3\n+2\n");
}
END_TEST

START_TEST(test_damaged)
{
    FAILS(TWELVE, CHANGED("a") "@@ -1,9 +1,9 @@\n 1\n-2\n+two\n", "a", "damaged hunk");
    FAILS(TWELVE, CHANGED("a") "@@ -1 +1,2 @@\n 1\n-2\n+two\n", "a", "damaged hunk");
    FAILS(TWELVE, CHANGED("a") "@@ -1,2 +1,2 @@\n 1\n 2\n", "a", "damaged hunk");
    FAILS(TWELVE, CHANGED("a") "@@ -1,2 +x @@\n 1\n 2\n", "a", "damaged hunk header");
    FAILS(TWELVE, CHANGED("a") "@@ -5,2 +5,2 @@\n 5\n-6\n+six\n+seven\n@@ -7 +7 @@\n-7\n+x\n", NULL,
          "hunk without the header");
    FAILS(TWELVE, CHANGED("a") "@@ -1,99999999999999999999 +1,99999999999999999999 @@\n 1\n", "a",
          "damaged hunk");
    FAILS(TWELVE, "nothing of a patch\n", NULL, "no diff");
    FAILS(TWELVE, HEADER("a") "index 1..2 100644\n", "a", "without a change");
    FAILS(TWELVE, HEADER("a") "new file mode 100644\n@@ -1 +1 @@\n-1\n+2\n", "a", "old contents");
    FAILS(TWELVE, HEADER("a") "deleted file mode 100644\n@@ -1 +1 @@\n-1\n+2\n", "a", "new contents");
    FAILS(TWELVE, HEADER("a") "new file mode 100644\ndeleted file mode 100644\n", "a", "contradicts");
}
END_TEST

/* A binary patch is for exactly one file; it brings the result whole or as a difference, or the repository
 * has it. */
START_TEST(test_binary)
{
    struct scratch scratch = scratch_new(false);
    char *commits[4];
    g_autofree char *full = NULL, *plain = NULL, *added = NULL, *broken = NULL;
    char bytes[6000];
    guint32 seed = 1;

    for (size_t i = 0; i < sizeof bytes; i++, seed = seed * 1664525 + 1013904223)
        bytes[i] = (char)(seed >> 24);
    for (int i = 0; i < 4; i++) {
        git_index *index = NULL;
        must(git_index_new(&index));
        bytes[3000] = (char)i;
        if (i < 3)
            scratch_add(&scratch, index, 0100644, "b", bytes, sizeof bytes);
        else
            scratch_add(&scratch, index, 0100644, "c", bytes, 100);
        commits[i] = scratch_commit_index(&scratch, index, "");
    }
    GIT_OUTPUT(scratch.path, &full, "diff", "--binary", commits[0], commits[1]);
    GIT_OUTPUT(scratch.path, &plain, "diff", commits[0], commits[1]);
    GIT_OUTPUT(scratch.path, &added, "diff", "--binary", "--no-renames", commits[2], commits[3]);
    ck_assert_ptr_nonnull(strstr(full, "\ndelta "));
    ck_assert_ptr_nonnull(strstr(added, "\nliteral "));
    broken = g_strdup(full);
    char *digit = strstr(broken, "\ndelta ") + 12;
    *digit = *digit == '0' ? '1' : '0';
    const struct {
        const char *base, *diff, *words;
    } cases[] = {
        { commits[0], full, NULL },      { commits[2], full, "not the file" },
        { commits[3], full, "does not exist" },
        { commits[0], plain, "exactly" }, { commits[2], added, NULL },
        { commits[0], added, "not the file" },
        { commits[0], broken, "damaged binary patch" },
    };
    /* First where the results are known, then in a repository that has the old files alone. */
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        const char *base = cases[i / 2].base, *diff = cases[i / 2].diff;
        g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);
        g_autofree char *alone = support_path(support_folder(), "alone");
        struct scratch place = { i % 2 == 0 ? scratch.path : alone, scratch.repository };
        if (i % 2 == 1) {
            GIT(scratch.path, "branch", "-f", "base", base);
            GIT(scratch.path, "clone", "-q", "--no-local", "--single-branch", "--branch", "base",
                scratch.path, alone);
        }
        g_ptr_array_add(patches, scratch_patch(diff, strlen(diff)));
        struct project_check check = scratch_check(place.path, base, patches);
        ck_assert_msg(check.applies == (cases[i / 2].words == NULL), "%zu: %s", i, check.why);
        if (cases[i / 2].words != NULL)
            ck_assert_msg(strstr(check.why, cases[i / 2].words) != NULL, "%s", check.why);
        scratch_git_start(&place, base);
        ck_assert(scratch_git_applies(&place, diff, strlen(diff)) == check.applies);
        project_check_clear(&check);
    }
    for (int i = 0; i < 4; i++)
        g_free(commits[i]);
    scratch_free(&scratch);
}
END_TEST

/* Each patch is for what those before it have left; the first that does not apply is told. */
START_TEST(test_series)
{
    static const char *const diffs[] = {
        ADDED("n"),
        "",
        CHANGED("n") "@@ -1 +1,2 @@\n-new\n+newer\n+still\n" RENAMED("a", "c"),
        RENAMED("n", "o") ADDED("a/n"),
        CHANGED("o") "@@ -1,2 +1 @@\n newer\n-still\n",
        CHANGED("d/x") "@@ -1 +1 @@\n-3\n+4\n" CHANGED("o") "@@ -1,2 +1,2 @@ main()\n newer\n-still\n+more\n",
        ADDED("p"),
    };
    g_autofree char *commit = NULL;
    struct scratch scratch = scratch_of(SOME, &commit);
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);

    for (size_t i = 0; i < G_N_ELEMENTS(diffs); i++)
        g_ptr_array_add(patches, scratch_patch(diffs[i], strlen(diffs[i])));
    struct project_check check = scratch_check(scratch.path, commit, patches);
    ck_assert(!check.applies);
    ck_assert_uint_eq(check.applied, 4);
    ck_assert_uint_eq(check.failed, 5);
    ck_assert_str_eq(check.path, "o");
    ck_assert_str_eq(check.why, "o: hunk 1 of 1 does not apply");
    ck_assert_str_eq(check.hunk, "@@ -1,2 +1,2 @@ main()\n newer\n-still\n+more\n");
    project_check_clear(&check);
    g_ptr_array_remove_index(patches, 5);
    check = scratch_check(scratch.path, commit, patches);
    ck_assert_msg(check.applies, "%s", check.why);
    ck_assert_uint_eq(check.applied, 5);
    project_check_clear(&check);
    scratch_free(&scratch);
}
END_TEST

/* Checking PATCHES on an empty tree is an error of CODE, and soon. */
static void assert_not_tried(const GPtrArray *patches, gint *stop, enum project_error code)
{
    g_autofree char *commit = NULL;
    struct scratch scratch = scratch_of(FILES({ 0100644, "z", "" }), &commit);
    struct project *project = scratch_open(scratch.path);
    struct project_check check;
    GError *error = NULL;

    if (project_check(project, commit, patches, stop, &check, &error))
        ck_abort_msg("tried: %s", check.why);
    ck_assert_msg(g_error_matches(error, PROJECT_ERROR, (int)code), "%s", error->message);
    g_error_free(error);
    project_close(project);
    scratch_free(&scratch);
}

START_TEST(test_stopped)
{
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);
    gint stop = 1;

    g_ptr_array_add(patches, scratch_patch(ADDED("a"), strlen(ADDED("a"))));
    assert_not_tried(patches, &stop, PROJECT_ERROR_STOPPED);
}
END_TEST

#define MANY 200000

/* Patches that would take forever: there is an end to it. */
START_TEST(test_hostile)
{
    static const char *const repeated[] = {
        /* hunks from one end to the other, */
        "@@ -2,3 +2,4 @@\n a\n+b\n a\n a\n@@ -190000,3 +190000,4 @@\n a\n+b\n a\n a\n",
        /* one file over and over. */
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-a\n+a\n a\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(repeated); i++) {
        g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);
        g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(i == 0 ? CHANGED("f") : "");
        g_string_printf(first, HEADER("f") "new file mode 100644\n@@ -0,0 +1,%d @@\n", MANY);
        for (int j = 0; j < MANY; j++)
            g_string_append(first, "+a\n");
        for (int j = 0; j < MANY / 20; j++)
            g_string_append(second, repeated[i]);
        g_ptr_array_add(patches, scratch_patch(first->str, first->len));
        g_ptr_array_add(patches, scratch_patch(second->str, second->len));
        assert_not_tried(patches, NULL, PROJECT_ERROR_READ);
    }
}
END_TEST

/* An object that is missing, as in partial clones, is no reason to say that the patch does not apply. */
START_TEST(test_missing_object)
{
    g_autofree char *commit = NULL, *blob = NULL;
    struct scratch scratch = scratch_of(SOME, &commit);
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);
    struct project_check check;
    GError *error = NULL;

    GIT_OUTPUT(scratch.path, &blob, "rev-parse", "master:a");
    g_strchomp(blob);
    g_autofree char *object =
        g_strdup_printf("%s/.git/objects/%.2s/%s", scratch.path, blob, blob + 2);
    ck_assert_int_eq(g_unlink(object), 0);
    g_ptr_array_add(patches, scratch_patch(DELETED("a", "1"), strlen(DELETED("a", "1"))));
    struct project *project = scratch_open(scratch.path);
    ck_assert(!project_check(project, commit, patches, NULL, &check, &error));
    ck_assert(g_error_matches(error, PROJECT_ERROR, PROJECT_ERROR_READ));
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_clear_error(&error);
    ck_assert(!project_check(project, blob, patches, NULL, &check, &error));
    ck_assert(g_error_matches(error, PROJECT_ERROR, PROJECT_ERROR_READ));
    g_clear_error(&error);
    project_close(project);
    scratch_free(&scratch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("project_check");
    TCase *one = tcase_create("one patch"), *more = tcase_create("series");

    tcase_add_checked_fixture(one, scratch_startup, NULL);
    tcase_set_timeout(one, 300);
    tcase_add_test(one, test_hunks);
    tcase_add_test(one, test_ends_of_lines);
    tcase_add_test(one, test_files);
    tcase_add_test(one, test_renames);
    tcase_add_test(one, test_modes);
    tcase_add_test(one, test_links_and_submodules);
    tcase_add_test(one, test_paths);
    tcase_add_test(one, test_names);
    tcase_add_test(one, test_traditional);
    tcase_add_test(one, test_damaged);
    tcase_add_test(one, test_binary);
    suite_add_tcase(suite, one);
    tcase_add_checked_fixture(more, scratch_startup, NULL);
    tcase_set_timeout(more, 300);
    tcase_add_test(more, test_series);
    tcase_add_test(more, test_stopped);
    tcase_add_test(more, test_hostile);
    tcase_add_test(more, test_missing_object);
    suite_add_tcase(suite, more);
    return run_suite(suite);
}
