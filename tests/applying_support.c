/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "applying_support.h"
#include "git_support.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

void write_in(const char *folder, const char *name, const char *text)
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

void write_lines(const char *folder, const char *name, int changed)
{
    char *text = lines(changed);

    write_in(folder, name, text);
    g_free(text);
}

void commit_all(const char *folder, const char *message)
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

GString *format(const char *folder, const char *range)
{
    char *text = git(folder, "format-patch", "--stdout", "--binary", "-M", range, NULL);
    GString *mails = g_string_new(text);

    g_string_append(mails, "\n\n");
    g_free(text);
    return mails;
}

struct fixture fixture_new(void)
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

void fixture_free(struct fixture *fixture)
{
    g_free(fixture->repository);
    g_free(fixture->other);
    g_free(fixture->base);
    g_string_free(fixture->mails, TRUE);
}

struct applying_request request_for(const struct fixture *fixture, const char *branch)
{
    return (struct applying_request){ .repository = fixture->repository, .base = fixture->base,
                                      .branch = branch, .options = "", .mails = fixture->mails };
}

void assert_untouched(char *before, char *after)
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

void assert_no_folders(const struct fixture *fixture)
{
    char *path = g_build_filename(fixture->folder, "pore", "applying", NULL);
    char *list = git_listing(path, NULL);

    ck_assert_str_eq(list, "");
    g_free(list);
    g_free(path);
}

void assert_applies(const struct applying_request *request, int count)
{
    GError *error = NULL;
    char *output;
    int made = applying_run(request, NULL, &output, &error);

    ck_assert_msg(made == count, "%d commits: %s\n%s", made, error ? error->message : "", output);
    g_free(output);
}

void assert_fails_in(const char *path, const struct applying_request *request,
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

void assert_fails(const struct fixture *fixture, const struct applying_request *request,
                  const char *message)
{
    assert_fails_in(fixture->repository, request, message);
    assert_no_folders(fixture);
}
