/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "save.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(test_suggests)
{
    static const struct {
        const char *title;
        uint32_t version;
        const char *wanted;
    } cases[] = {
        {"widget: make it turn", 1, "widget-make-it-turn.mbox"},
        {"widget: make it turn", 3, "v3-widget-make-it-turn.mbox"},
        {"Linux 5.10.1: fixes...", 0, "Linux-5.10.1-fixes.mbox"},
        {"../../etc/passwd", 1, "etc-passwd.mbox"},
        {"..", 2, "v2-mail.mbox"},
        {"-rf /", 1, "rf.mbox"},
        {".hidden", 1, "hidden.mbox"},
        {"$(reboot) `x` ;|&'\"\\\n\033[2J", 1, "reboot-x-2J.mbox"},
        {"caf\303\251_au lait", 1, "cafe_au-lait.mbox"},
        {"\346\227\245\346\234\254", 1, "mail.mbox"},
        {"", 1, "mail.mbox"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *name = save_suggest(cases[i].title, cases[i].version);
        ck_assert_str_eq(name, cases[i].wanted);
        g_free(name);
    }
    char *title = g_strnfill(1000, 'a');
    char *name = save_suggest(title, 1);
    ck_assert_uint_lt(strlen(name), 100);
    g_free(name);
    g_free(title);
}
END_TEST

static bool write_text(const char *path, enum save_mode mode, const char *text)
{
    GString *bytes = g_string_new(text);
    GError *error = NULL;
    bool written = save_write(path, mode, bytes, &error);
    ck_assert(written == (error == NULL));
    ck_assert(written || (strstr(error->message, path) && !strchr(error->message, '\n')));
    g_clear_error(&error);
    g_string_free(bytes, TRUE);
    return written;
}

static void assert_file(const char *path, const char *wanted)
{
    char *text = NULL;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s cannot be read", path);
    ck_assert_str_eq(text, wanted);
    g_free(text);
}

START_TEST(test_writes)
{
    const char *folder = support_folder();
    char *path = support_path(folder, "mbox"), *link = support_path(folder, "link");
    struct stat status;
    ck_assert(write_text(path, SAVE_NEW, "one\n"));
    ck_assert(!write_text(path, SAVE_NEW, "two\n"));
    assert_file(path, "one\n");
    ck_assert(write_text(path, SAVE_APPEND, "two"));
    assert_file(path, "one\ntwo");
    ck_assert(write_text(path, SAVE_APPEND, "three\n"));
    assert_file(path, "one\ntwo\nthree\n");

    /* The file that a link names is replaced, with its permissions, not the link. */
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(symlink("mbox", link), 0);
    ck_assert(write_text(link, SAVE_OVERWRITE, "four\n"));
    assert_file(path, "four\n");
    ck_assert_int_eq(lstat(link, &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0640);

    g_unlink(path);
    ck_assert(!write_text(path, SAVE_APPEND, "five\n"));
    ck_assert(!write_text(path, SAVE_OVERWRITE, "five\n"));
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert(!write_text(path, SAVE_APPEND, "six\n"));
    g_free(link);
    g_free(path);
}
END_TEST

static enum save_target look(const char *path)
{
    GError *error = NULL;
    enum save_target target = save_look(path, &error);
    ck_assert((target == SAVE_TARGET_REFUSED) == (error != NULL));
    g_clear_error(&error);
    return target;
}

START_TEST(test_looks)
{
    const char *folder = support_folder();
    char *file = support_path(folder, "file"), *pipe_path = support_path(folder, "pipe");
    char *inner = support_path(folder, "none/file"), *below = support_path(folder, "file/below");
    ck_assert_int_eq(look(file), SAVE_TARGET_NONE);
    support_write(file, "", 0);
    ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
    ck_assert_int_eq(look(file), SAVE_TARGET_FILE);
    ck_assert_int_eq(look(folder), SAVE_TARGET_REFUSED);
    ck_assert_int_eq(look(pipe_path), SAVE_TARGET_REFUSED);
    ck_assert_int_eq(look("/dev/null"), SAVE_TARGET_REFUSED);
    ck_assert_int_eq(look(inner), SAVE_TARGET_REFUSED);
    ck_assert_int_eq(look(below), SAVE_TARGET_REFUSED);
    ck_assert_int_eq(look(""), SAVE_TARGET_REFUSED);

    char *expanded = save_expand("~/x"), *wanted = g_build_filename(g_get_home_dir(), "x", NULL);
    ck_assert_str_eq(expanded, wanted);
    g_free(expanded);
    g_free(wanted);
    expanded = save_expand("a~/x");
    ck_assert_str_eq(expanded, "a~/x");
    g_free(expanded);
    g_free(below);
    g_free(inner);
    g_free(pipe_path);
    g_free(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("save");
    TCase *cases = tcase_create("save");
    tcase_add_test(cases, test_suggests);
    tcase_add_test(cases, test_writes);
    tcase_add_test(cases, test_looks);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
