/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt_history.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 100

static char *make_path(void)
{
    return support_path(support_folder(), "history");
}

/* The lines of KIND, oldest first, with "|" between them. The caller frees it. */
static char *join(const struct prompt_history *history, enum prompt_history_kind kind)
{
    const GPtrArray *lines = prompt_history_lines(history, kind);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s%s", i ? "|" : "", (const char *)lines->pdata[i]);
    return g_string_free(text, FALSE);
}

static void assert_lines(const struct prompt_history *history, enum prompt_history_kind kind,
                         const char *wanted)
{
    char *lines = join(history, kind);
    ck_assert_str_eq(lines, wanted);
    g_free(lines);
}

static void assert_file(const char *path, const char *wanted)
{
    char *text;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, wanted);
    g_free(text);
}

static void save(struct prompt_history *history, size_t max)
{
    GError *error = NULL;
    ck_assert_msg(prompt_history_save(history, max, &error), "%s", error ? error->message : "");
}

START_TEST(test_adds)
{
    struct prompt_history *history = prompt_history_new(NULL);
    prompt_history_add(history, HISTORY_PATTERN, "~f ann", MANY);
    prompt_history_add(history, HISTORY_PATTERN, "~s widget", MANY);
    prompt_history_add(history, HISTORY_COMMAND, "set wrap", MANY);
    prompt_history_add(history, HISTORY_PATTERN, " \t", MANY);
    prompt_history_add(history, HISTORY_PATTERN, "", MANY);
    prompt_history_add(history, HISTORY_NONE, "secret", MANY);
    assert_lines(history, HISTORY_PATTERN, "~f ann|~s widget");
    assert_lines(history, HISTORY_COMMAND, "set wrap");
    assert_lines(history, HISTORY_SHELL, "");
    assert_lines(history, HISTORY_NONE, "");

    /* What is used again becomes the newest. */
    prompt_history_add(history, HISTORY_PATTERN, "~f ann", MANY);
    assert_lines(history, HISTORY_PATTERN, "~s widget|~f ann");
    prompt_history_add(history, HISTORY_PATTERN, "~N", 2);
    assert_lines(history, HISTORY_PATTERN, "~f ann|~N");
    prompt_history_add(history, HISTORY_PATTERN, "~E", 0);
    assert_lines(history, HISTORY_PATTERN, "");
    save(history, MANY);
    prompt_history_free(history);
}
END_TEST

START_TEST(test_keeps)
{
    char *folder = g_build_filename(support_folder(), "state", "pore", NULL);
    char *path = g_build_filename(folder, "history", NULL);
    struct prompt_history *history = prompt_history_new(path);
    struct stat status;
    prompt_history_add(history, HISTORY_SHELL, "git am: now", MANY);
    prompt_history_add(history, HISTORY_SEARCH, "w\303\251", MANY);
    prompt_history_add(history, HISTORY_SEARCH, "two\nlines", MANY);
    save(history, MANY);
    assert_lines(history, HISTORY_SEARCH, "w\303\251|two\nlines");
    prompt_history_free(history);

    assert_file(path, "search:w\303\251\nshell:git am: now\n");
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0600);
    ck_assert_int_eq(stat(folder, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0700);

    history = prompt_history_new(path);
    assert_lines(history, HISTORY_SHELL, "git am: now");
    assert_lines(history, HISTORY_SEARCH, "w\303\251");
    prompt_history_free(history);
    g_free(path);
    g_free(folder);
}
END_TEST

START_TEST(test_becomes_private)
{
    char *path = make_path();
    support_write(path, "file:old\n", 9);
    ck_assert_int_eq(chmod(path, 0644), 0);
    struct prompt_history *history = prompt_history_new(path);
    struct stat status;
    prompt_history_add(history, HISTORY_FILE, "new", MANY);
    save(history, MANY);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0600);
    prompt_history_free(history);
    g_free(path);
}
END_TEST

START_TEST(test_merges)
{
    char *path = make_path();
    struct prompt_history *one = prompt_history_new(path), *two = prompt_history_new(path);
    prompt_history_add(one, HISTORY_FILE, "common", MANY);
    prompt_history_add(one, HISTORY_FILE, "one", MANY);
    prompt_history_add(two, HISTORY_FILE, "two", MANY);
    prompt_history_add(two, HISTORY_COMMAND, "digest", MANY);
    prompt_history_add(two, HISTORY_FILE, "common", MANY);
    save(one, MANY);
    save(two, MANY);
    assert_file(path, "command:digest\nfile:one\nfile:two\nfile:common\n");

    /* What was saved is not added again. */
    struct prompt_history *three = prompt_history_new(path);
    prompt_history_add(three, HISTORY_FILE, "one", MANY);
    save(three, MANY);
    save(one, MANY);
    prompt_history_add(two, HISTORY_FILE, "three", 2);
    save(two, 2);
    assert_file(path, "command:digest\nfile:one\nfile:three\n");
    prompt_history_free(one);
    prompt_history_free(two);
    prompt_history_free(three);
    g_free(path);
}
END_TEST

START_TEST(test_keeps_nothing)
{
    char *path = make_path();
    struct prompt_history *history = prompt_history_new(path);
    save(history, MANY);
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    support_write(path, "file:old\n", 9);
    prompt_history_add(history, HISTORY_FILE, "new", 0);
    save(history, 0);
    assert_file(path, "file:old\n");
    prompt_history_free(history);
    g_free(path);
}
END_TEST

START_TEST(test_bad_file)
{
    static const char bytes[] = "no colon\n"
                                ":empty\n"
                                "nothing:of ours\n"
                                "file:first\n"
                                "file:\n"
                                "file:   \n"
                                "file:broken \377\n"
                                "fil:short\n"
                                "files:long\n"
                                "\0\n"
                                "file:second\n"
                                "file:first\n"
                                "\n"
                                "file:without an end";
    char *path = make_path();
    support_write(path, bytes, sizeof bytes - 1);
    struct prompt_history *history = prompt_history_new(path);
    assert_lines(history, HISTORY_FILE, "second|first|without an end");
    prompt_history_free(history);
    g_free(path);
}
END_TEST

START_TEST(test_no_file)
{
    char *path = make_path();
    GError *error = NULL;

    /* Nobody writes to the pipe: opening it to read must not wait. */
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    struct prompt_history *history = prompt_history_new(path);
    assert_lines(history, HISTORY_FILE, "");
    prompt_history_free(history);
    g_unlink(path);

    ck_assert_int_eq(g_mkdir(path, 0700), 0);
    history = prompt_history_new(path);
    assert_lines(history, HISTORY_FILE, "");
    prompt_history_add(history, HISTORY_FILE, "new", MANY);
    ck_assert(!prompt_history_save(history, MANY, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_error_free(error);
    prompt_history_free(history);
    g_free(path);
}
END_TEST

/* Ten thousand lines twice, and more of them than are kept. */
START_TEST(test_long_file)
{
    enum { LINES = 25000 };
    GString *bytes = g_string_new(NULL);
    char *path = make_path();
    for (int i = 0; i < 2 * LINES; i++)
        g_string_append_printf(bytes, "search:%d\n", i % LINES);
    support_write(path, bytes->str, bytes->len);
    struct prompt_history *history = prompt_history_new(path);
    const GPtrArray *lines = prompt_history_lines(history, HISTORY_SEARCH);
    ck_assert_uint_eq(lines->len, 10000);
    ck_assert_str_eq(lines->pdata[0], "15000");
    ck_assert_str_eq(lines->pdata[lines->len - 1], "24999");
    prompt_history_free(history);

    /* Of what is too long for anybody's history, the end. */
    g_string_set_size(bytes, 0);
    g_string_append(bytes, "search:gone\n");
    for (int i = 0; i < 6 << 20; i++)
        g_string_append_c(bytes, 'x');
    g_string_append(bytes, "\nsearch:kept\n");
    support_write(path, bytes->str, bytes->len);
    history = prompt_history_new(path);
    assert_lines(history, HISTORY_SEARCH, "kept");
    prompt_history_free(history);
    g_string_free(bytes, TRUE);
    g_free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("history");
    TCase *cases = tcase_create("history");
    tcase_add_test(cases, test_adds);
    tcase_add_test(cases, test_keeps);
    tcase_add_test(cases, test_becomes_private);
    tcase_add_test(cases, test_merges);
    tcase_add_test(cases, test_keeps_nothing);
    tcase_add_test(cases, test_bad_file);
    tcase_add_test(cases, test_no_file);
    tcase_add_test(cases, test_long_file);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
