/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patches that are damaged, or that name files in odd ways: what git apply refuses is refused. */
#include "project_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <gio/gio.h>
#include <string.h>

#define APPLIES(files, diff) scratch_assert_checked(files, diff, NULL, NULL)
#define FAILS(files, diff, path, words) scratch_assert_checked(files, diff, path, words)

#define HEADER(name) "diff --git a/" name " b/" name "\n"
#define CHANGED(name) HEADER(name) "--- a/" name "\n+++ b/" name "\n"
#define SOME FILES({ 0100644, "a", "1\n" }, { 0100644, "d/x", "3\n" })
#define MODES "old mode 100644\nnew mode 100755\n"

/* The way back to nothing, as git writes it. */
#define BACK "literal 0\nHcmV?d00001\n\n"

static void append_line(GString *text, const guint8 *bytes, size_t length)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

    g_string_append_c(text, (char)(length <= 26 ? 'A' + length - 1 : 'a' + length - 27));
    for (size_t i = 0; i < length; i += 4) {
        guint32 value = 0;
        char group[5];

        for (size_t j = i; j < i + 4; j++)
            value = value << 8 | (j < length ? bytes[j] : 0);
        for (int j = 4; j >= 0; j--, value /= 85)
            group[j] = digits[value % 85];
        g_string_append_len(text, group, sizeof group);
    }
    g_string_append_c(text, '\n');
}

/* LENGTH bytes as the half of a binary patch that begins with KIND and says SIZE. */
static char *half(const char *kind, size_t size, const void *bytes, size_t length)
{
    g_autoptr(GZlibCompressor) zlib = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
    GString *text = g_string_new(NULL);
    guint8 deflated[4096];
    gsize used, made;

    ck_assert_int_eq(g_converter_convert(G_CONVERTER(zlib), bytes, length, deflated, sizeof deflated,
                                         G_CONVERTER_INPUT_AT_END, &used, &made, NULL),
                     G_CONVERTER_FINISHED);
    g_string_printf(text, "%s %zu\n", kind, size);
    for (gsize at = 0; at < made; at += 52)
        append_line(text, deflated + at, made - at < 52 ? made - at : 52);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

/* What makes the file b be RESULT, of SIZE bytes, by HALVES; b is OLD before, or not there with NULL. */
static char *binary_diff(const char *old, const void *result, size_t size, const char *halves)
{
    git_oid old_id = { { 0 } }, new_id;
    char old_text[41], new_text[41];

    if (old != NULL)
        must(git_odb_hash(&old_id, old, strlen(old), GIT_OBJECT_BLOB));
    must(git_odb_hash(&new_id, result, size, GIT_OBJECT_BLOB));
    return g_strdup_printf(HEADER("b") "%sindex %s..%s%s\nGIT binary patch\n%s",
                           old != NULL ? "" : "new file mode 100644\n",
                           git_oid_tostr(old_text, sizeof old_text, &old_id),
                           git_oid_tostr(new_text, sizeof new_text, &new_id),
                           old != NULL ? " 100644" : "", halves);
}

#define NEW "\1\2\3\4\5"

START_TEST(test_whole)
{
    g_autofree char *good = half("literal", 5, NEW, 5), *longer = half("literal", 6, NEW, 5),
                    *shorter = half("literal", 4, NEW, 5), *other = half("literal", 5, "\1\2\3\4\6", 5);
    g_autofree char *twice = g_strconcat(good, BACK, NULL),
                    *damaged_back = g_strconcat(good, "literal 0\nHcmV\n\n", NULL),
                    *no_end = g_strndup(good, strlen(good) - 1);
    const struct {
        const char *halves, *words;
    } cases[] = {
        { good, NULL },
        { twice, NULL },
        { damaged_back, "damaged binary patch" },
        { no_end, "damaged binary patch" },
        { longer, "damaged binary patch" },
        { shorter, "damaged binary patch" },
        { other, "the binary patch is damaged" },
        { "", "damaged binary patch" },
        { "literal 5", "damaged binary patch" },
        { "literal five\nHcmV?d00001\n\n", "damaged binary patch" },
        { "literal 99999999999999999999\nHcmV?d00001\n\n", "damaged binary patch" },
        { "literal 5\nHcm\n\n", "damaged binary patch" },
        { "literal 5\nHcmV?d0000\n\n", "damaged binary patch" },
        { "literal 5\n?cmV?d00001\n\n", "damaged binary patch" },
        { "literal 5\nDcmV?d00001\n\n", "damaged binary patch" },
        { "literal 5\nHcmV?d0\"001\n\n", "damaged binary patch" },
        { "literal 5\nD~~~~~\n\n", "damaged binary patch" },
        { "literal 5\nHcmV?d00001", "damaged binary patch" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *diff = binary_diff(NULL, NEW, 5, cases[i].halves);
        scratch_assert_checked(SOME, diff, cases[i].words != NULL ? "b" : NULL, cases[i].words);
    }
}
END_TEST

#define BEFORE "0123456789"
#define WITH_B FILES({ 0100644, "b", BEFORE })

START_TEST(test_delta)
{
    static const struct {
        const char *delta;
        size_t length;
        bool applies;
    } cases[] = {
#define DELTA(bytes, applies) { bytes, sizeof(bytes) - 1, applies }
        /* Sizes of both, then copies from the old one and bytes of its own. */
        DELTA("\x0a\x05\x91\x02\x03\x02xy", true),
        DELTA("\x0b\x05\x91\x02\x03\x02xy", false), /* for a file of another size */
        DELTA("\x8a", false),                       /* sizes that do not end */
        DELTA("\x0a\x85", false),
        DELTA("\x0a\x04\x91\x02\x03\x02xy", false), /* more and fewer bytes than it says */
        DELTA("\x0a\x06\x91\x02\x03\x02xy", false),
        DELTA("\x0a\x05\x91\x02", false),           /* steps that are cut off */
        DELTA("\x0a\x05\x91\x02\x03\x03xy", false),
        DELTA("\x0a\x05\x91\x02\x03\x00\x02xy", false), /* no step at all */
        DELTA("\x0a\x05\x91\x08\x03\x02xy", false),     /* from behind the end */
        DELTA("\x0a\x05\x91\x0b\x03\x02xy", false),
        DELTA("\x0a\x05\x81\x02\x02xy", false),         /* no count: 65536 */
#undef DELTA
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *halves = half("delta", cases[i].length, cases[i].delta, cases[i].length);
        g_autofree char *diff = binary_diff(BEFORE, "234xy", 5, halves);
        scratch_assert_checked(WITH_B, diff, cases[i].applies ? NULL : "b",
                               cases[i].applies ? NULL : "the binary patch is damaged");
    }
}
END_TEST

/* A file of 65536 bytes can be copied whole without saying how many they are. */
START_TEST(test_large_copy)
{
    g_autofree char *old = g_strnfill(0x10000, 'o');
    g_autofree char *new = g_strconcat(old, "n", NULL);
    g_autofree char *halves = half("delta", 9, "\x80\x80\x04\x81\x80\x04\x80\x01n", 9);
    g_autofree char *diff = binary_diff(old, new, 0x10001, halves);

    APPLIES(FILES({ 0100644, "b", old }), diff);
}
END_TEST

/* What a diff without the contents says is enough where the repository has them. */
START_TEST(test_contents_elsewhere)
{
    g_autofree char *diff = binary_diff(NULL, BEFORE, strlen(BEFORE), "");
    char *words = strstr(diff, "GIT binary patch\n");

    ck_assert_ptr_nonnull(words);
    *words = '\0';
    g_autofree char *plain = g_strconcat(diff, "Binary files /dev/null and b/b differ\n", NULL);
    g_autofree char *files = g_strconcat(diff, "Files /dev/null and b/b differ\n", NULL);
    APPLIES(FILES({ 0100644, "elsewhere", BEFORE }), plain);
    APPLIES(FILES({ 0100644, "elsewhere", BEFORE }), files);
    FAILS(SOME, plain, "b", "does not bring its contents");
}
END_TEST

START_TEST(test_names)
{
    static const char *const damaged[] = {
        "diff --git \"a/d\\",
        "diff --git \"a/d\\\n",
        "diff --git \"a/d\\9\" \"b/d\\9\"\n",
        "diff --git \"a/d\\477\" \"b/d\\477\"\n",
        "diff --git \"a/d\\000\" \"b/d\\000\"\n",
        "diff --git \"a/d b/d\n",
        "diff --git \"a/d\" b/d\n",
        "diff --git \"a/d\" \"b/e\"\n",
        "diff --git \"a\" \"b\"\n",
        "diff --git \"/a\" \"/a\"\n",
        "diff --git a/d \"b/e\"\n",
        "diff --git a/d \"b\"\n",
        "diff --git a/d\"b/d\"\n",
        "diff --git a b\n",
        "diff --git /a /a\n",
        "diff --git a/d b/\n",
        "diff --git a/d e\n",
    };
    g_autofree char *name = g_strnfill(5000, 'n'), *line = g_strnfill(20000, 'n');
    g_autofree char *long_name = g_strconcat("diff --git a/", name, " b/", name, "\n" MODES, NULL);
    g_autofree char *long_line = g_strconcat("diff --git a/", line, " b/", line, "\n" MODES, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(damaged); i++) {
        g_autofree char *diff = g_strconcat(damaged[i], MODES, NULL);
        FAILS(SOME, diff, NULL, "");
    }
    FAILS(SOME, "diff --git a/ b/\n" MODES, "", "is no path");
    FAILS(SOME, long_name, name, "is no path");
    FAILS(SOME, long_line, NULL, "without the name");
}
END_TEST

START_TEST(test_headers)
{
    static const char hunk[] = "@@ -1 +1 @@\n-1\n+2\n";
    static const struct {
        const char *header, *hunk, *path, *words;
    } cases[] = {
        { "diff --git a/a b/a\nrename from a\nrename to c\ncopy from a\ncopy to e\n", "", "c", "contradicts" },
        { "--- a/\n+++ a/\n", hunk, NULL, "without the name" },
        /* a date in front of which the tab has become blanks, and what looks like one */
        { "--- o/a 2020-01-01 00:00:00.0 +0000\n+++ n/a  2020-01-02 00:00:00\n", hunk, NULL, NULL },
        { "--- o/a 2020-01-01 00:00:00 x\n+++ n/a 2020-01-02 00:00:00 x\n", hunk,
          "a 2020-01-02 00:00:00 x", "does not exist" },
        /* no zone behind the time: not the beginning of time */
        { "--- o/c\t1970-01-01 00:00:00\n+++ n/c\t1970-01-02 00:00:00\n", hunk, "c", "does not exist" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *diff = g_strconcat(cases[i].header, cases[i].hunk, NULL);
        scratch_assert_checked(SOME, diff, cases[i].path, cases[i].words);
    }
}
END_TEST

START_TEST(test_hunks)
{
    const struct file *const four = FILES({ 0100644, "a", "1\n2\n3\n4\n" });

    /* Without its LF the last line of a hunk may be one that goes on with blanks. */
    APPLIES(four, CHANGED("a") "@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n\\ No newline at end of file\n");
    FAILS(FILES({ 0100644, "a", "1\n2\n34\n4\n" }),
          CHANGED("a") "@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n\\ No newline at end of file\n", "a",
          "hunk 1 of 1");
    FAILS(four, CHANGED("a") "@@ -1,3 +1,3 @@\n 1\n-2\n\\no\n+two\n 3\n", "a", "damaged hunk");
    FAILS(four, CHANGED("a") "@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3", "a", "damaged hunk");
}
END_TEST

/* Whether a file may take the place of a folder depends on all that is below it. */
START_TEST(test_folders)
{
    const struct file *const deep = FILES({ 0100644, "d/e/f", "1\n" }, { 0100644, "d/x", "3\n" });
    static const char gone[] = HEADER("d/x") "deleted file mode 100644\n--- a/d/x\n+++ /dev/null\n"
                                             "@@ -1 +0,0 @@\n-3\n";
    static const char all_gone[] =
        HEADER("d/e/f") "deleted file mode 100644\n--- a/d/e/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n";
    static const char added[] =
        HEADER("d") "new file mode 100644\n--- /dev/null\n+++ b/d\n@@ -0,0 +1 @@\n+new\n";
    g_autofree char *one = g_strconcat(gone, added, NULL);
    g_autofree char *both = g_strconcat(gone, all_gone, added, NULL);

    FAILS(deep, added, "d", "d is a folder");
    FAILS(deep, one, "d", "d is a folder");
    APPLIES(deep, both);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("project_damaged");
    TCase *binary = tcase_create("binary"), *text = tcase_create("text");

    tcase_add_checked_fixture(binary, scratch_startup, NULL);
    tcase_set_timeout(binary, 300);
    tcase_add_test(binary, test_whole);
    tcase_add_test(binary, test_delta);
    tcase_add_test(binary, test_large_copy);
    tcase_add_test(binary, test_contents_elsewhere);
    suite_add_tcase(suite, binary);
    tcase_add_checked_fixture(text, scratch_startup, NULL);
    tcase_set_timeout(text, 300);
    tcase_add_test(text, test_names);
    tcase_add_test(text, test_headers);
    tcase_add_test(text, test_hunks);
    tcase_add_test(text, test_folders);
    suite_add_tcase(suite, text);
    return run_suite(suite);
}
