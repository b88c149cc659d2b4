/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_support.h"

#include "support.h"

#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

static const char configuration[] = "[user]\n"
                                    "\tname = Cara Committer\n"
                                    "\temail = cara@example.org\n"
                                    "[init]\n"
                                    "\tdefaultBranch = master\n"
                                    "[protocol \"file\"]\n"
                                    "\tallow = always\n";

bool git_is_there(void)
{
    char *path = g_find_program_in_path("git");
    bool there = path != NULL;

    g_free(path);
    return there;
}

void git_settle_in(const char *folder)
{
    static const char *const away[] = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
                                        "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL" };
    char *path = support_path(folder, "gitconfig");

    support_write(path, configuration, strlen(configuration));
    for (size_t i = 0; i < G_N_ELEMENTS(away); i++)
        g_unsetenv(away[i]);
    g_setenv("GIT_CONFIG_GLOBAL", path, TRUE);
    g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
    g_setenv("GIT_AUTHOR_NAME", "Ann Example", TRUE);
    g_setenv("GIT_AUTHOR_EMAIL", "ann@example.org", TRUE);
    g_setenv("GIT_AUTHOR_DATE", "2019-03-01 10:20:30 +0100", TRUE);
    g_setenv("GIT_COMMITTER_DATE", "2019-03-02 11:22:33 +0200", TRUE);
    g_setenv("XDG_CACHE_HOME", folder, TRUE);
    g_setenv("HOME", folder, TRUE);
    g_free(path);
}

static char *run(const char *folder, va_list words)
{
    GPtrArray *arguments = g_ptr_array_new();
    char *out = NULL, *errors = NULL, *word;
    GError *error = NULL;
    int status;

    g_ptr_array_add(arguments, (gpointer)(uintptr_t) "git");
    while ((word = va_arg(words, char *)) != NULL)
        g_ptr_array_add(arguments, word);
    g_ptr_array_add(arguments, NULL);
    if (!g_spawn_sync(folder, (char **)arguments->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                      &out, &errors, &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        g_error("git %s in %s: %s: %s", (char *)arguments->pdata[1], folder, error->message,
                errors ? errors : "");
    g_ptr_array_free(arguments, TRUE);
    g_free(errors);
    return g_strchomp(out);
}

char *git(const char *folder, ...)
{
    va_list words;
    char *out;

    va_start(words, folder);
    out = run(folder, words);
    va_end(words);
    return out;
}

void git_do(const char *folder, ...)
{
    va_list words;

    va_start(words, folder);
    g_free(run(folder, words));
    va_end(words);
}

/* --- listings ---------------------------------------------------------------------- */

static void list_contents(const char *path, const struct stat *status, GString *list)
{
    char *bytes = NULL, *sum = NULL;
    gsize length = 0;

    if (S_ISLNK(status->st_mode))
        bytes = g_file_read_link(path, NULL);
    else if (S_ISREG(status->st_mode) && g_file_get_contents(path, &bytes, &length, NULL))
        sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
    g_string_append_printf(list, " %s\n", sum ? sum : bytes ? bytes : "");
    g_free(sum);
    g_free(bytes);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_entry(const char *top, const char *name, const char *const *besides,
                       GString *list);

static void list_folder(const char *top, const char *name, const char *const *besides,
                        GString *list)
{
    char *path = g_build_filename(top, name, NULL);
    GDir *folder = g_dir_open(path, 0, NULL);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *entry;

    while (folder && (entry = g_dir_read_name(folder)) != NULL)
        g_ptr_array_add(names, g_build_filename(name, entry, NULL));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++)
        list_entry(top, names->pdata[i], besides, list);
    g_ptr_array_free(names, TRUE);
    if (folder)
        g_dir_close(folder);
    g_free(path);
}

static void list_entry(const char *top, const char *name, const char *const *besides,
                       GString *list)
{
    char *path = g_build_filename(top, name, NULL);
    struct stat status;

    if (besides && g_strv_contains(besides, name)) {
        g_free(path);
        return;
    }
    if (g_lstat(path, &status) != 0)
        g_error("%s cannot be looked at", path);
    g_string_append_printf(list, "%s %o %" PRId64, name, status.st_mode, (int64_t)status.st_size);
    if (!S_ISREG(status.st_mode) || !strstr(path, "/objects/"))
        g_string_append_printf(list, " %" PRId64 ".%09ld", (int64_t)status.st_mtim.tv_sec,
                               status.st_mtim.tv_nsec);
    list_contents(path, &status, list);
    if (S_ISDIR(status.st_mode))
        list_folder(top, name, besides, list);
    g_free(path);
}

char *git_listing(const char *path, const char *const *besides)
{
    GString *list = g_string_new(NULL);

    list_folder(path, "", besides, list);
    return g_string_free(list, FALSE);
}

char *git_make_waiting(const char *in, const char *what)
{
    char *folder = support_path(in, "bin"), *pipe_path = support_path(folder, "pipe");
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
