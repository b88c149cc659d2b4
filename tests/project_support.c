/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "project_support.h"

#include "archive/archive.h"
#include "mail/mail.h"
#include "support.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

void must(int code)
{
    if (code < 0)
        ck_abort_msg("libgit2: %s", git_error_last() != NULL ? git_error_last()->message : "failed");
}

void scratch_startup(void)
{
    g_setenv("HOME", support_folder(), TRUE);
    g_unsetenv("XDG_CONFIG_HOME");
    g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
    g_setenv("GIT_COMMITTER_NAME", "Carol", TRUE);
    g_setenv("GIT_COMMITTER_EMAIL", "carol@example.org", TRUE);
    g_setenv("GIT_AUTHOR_NAME", "Ann", TRUE);
    g_setenv("GIT_AUTHOR_EMAIL", "ann@example.org", TRUE);
    mail_startup();
    archive_startup(false);
}

struct scratch scratch_new(bool bare)
{
    struct scratch scratch = { support_path(support_folder(), "project"), NULL };

    must(git_repository_init(&scratch.repository, scratch.path, bare));
    return scratch;
}

struct scratch scratch_of(const struct file *files, char **commit)
{
    struct scratch scratch = scratch_new(false);

    *commit = scratch_commit(&scratch, files, "");
    scratch_branch(&scratch, "master", *commit);
    must(git_repository_set_head(scratch.repository, "refs/heads/master"));
    return scratch;
}

void scratch_free(struct scratch *scratch)
{
    git_repository_free(scratch->repository);
    free(scratch->path);
}

void scratch_add(struct scratch *scratch, git_index *index, unsigned mode, const char *path,
                 const char *bytes, size_t length)
{
    git_index_entry entry = { .mode = mode, .path = path };

    if (mode == GIT_FILEMODE_COMMIT)
        must(git_oid_fromstr(&entry.id, bytes));
    else
        must(git_blob_create_from_buffer(&entry.id, scratch->repository, bytes, length));
    must(git_index_add(index, &entry));
}

char *scratch_commit_index(struct scratch *scratch, git_index *index, const char *parent)
{
    git_signature *signature = NULL;
    git_commit *below = NULL;
    git_tree *tree = NULL;
    git_oid id;

    must(git_index_write_tree_to(&id, index, scratch->repository));
    git_index_free(index);
    must(git_tree_lookup(&tree, scratch->repository, &id));
    must(git_signature_new(&signature, "Ann", "ann@example.org", 1700000000, 0));
    if (*parent != '\0') {
        must(git_oid_fromstr(&id, parent));
        must(git_commit_lookup(&below, scratch->repository, &id));
    }
    must(git_commit_create_v(&id, scratch->repository, NULL, signature, signature, NULL,
                             "a change\n", tree, below != NULL ? 1 : 0, below));
    git_commit_free(below);
    git_tree_free(tree);
    git_signature_free(signature);
    return g_strdup(git_oid_tostr_s(&id));
}

char *scratch_commit(struct scratch *scratch, const struct file *files, const char *parent)
{
    git_index *index = NULL;

    must(git_index_new(&index));
    for (; files->mode != 0; files++)
        scratch_add(scratch, index, files->mode, files->path, files->text, strlen(files->text));
    return scratch_commit_index(scratch, index, parent);
}

void scratch_branch(struct scratch *scratch, const char *name, const char *commit)
{
    git_reference *reference = NULL;
    g_autofree char *full = g_strconcat("refs/heads/", name, NULL);
    git_oid id;

    must(git_oid_fromstr(&id, commit));
    must(git_reference_create(&reference, scratch->repository, full, &id, 1, "test"));
    git_reference_free(reference);
}

int scratch_run(const char *folder, const char *const *arguments, char **output)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *errors = NULL, *text = NULL;
    int status;
    GError *error = NULL;

    g_ptr_array_add(words, g_strdup("git"));
    g_ptr_array_add(words, g_strdup("-C"));
    g_ptr_array_add(words, g_strdup(folder));
    for (; *arguments != NULL; arguments++)
        g_ptr_array_add(words, g_strdup(*arguments));
    g_ptr_array_add(words, NULL);
    if (!g_spawn_sync(NULL, (char **)words->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text,
                      &errors, &status, &error))
        ck_abort_msg("%s", error->message);
    if (output != NULL)
        *output = g_steal_pointer(&text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_fingerprint(GString *text, const char *path)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GDir *folder = g_dir_open(path, 0, NULL);
    GStatBuf status;
    const char *name;

    ck_assert_int_eq(g_lstat(path, &status), 0);
    g_string_append_printf(text, "%s %o %lld %lld.%09ld\n", path, (unsigned)status.st_mode,
                           (long long)status.st_size, (long long)status.st_mtim.tv_sec,
                           status.st_mtim.tv_nsec);
    if (folder == NULL) {
        g_autofree char *bytes = NULL, *hash = NULL;
        gsize length;
        ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
        hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
        g_string_append_printf(text, " %s\n", hash);
        return;
    }
    while ((name = g_dir_read_name(folder)) != NULL)
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_dir_close(folder);
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++)
        add_fingerprint(text, g_ptr_array_index(names, i));
}

char *scratch_fingerprint(const char *path)
{
    GString *text = g_string_new(NULL);

    add_fingerprint(text, path);
    return g_string_free(text, FALSE);
}

struct project *scratch_open(const char *path)
{
    GError *error = NULL;
    struct project *project = project_open(path, &error);

    if (project == NULL)
        ck_abort_msg("%s", error->message);
    return project;
}

struct patch *scratch_patch(const char *diff, size_t length)
{
    struct patch *patch = patch_read("", 0);

    g_bytes_unref(patch->raw_diff);
    patch->raw_diff = g_bytes_new(diff, length);
    return patch;
}

struct project_check scratch_check(const char *path, const char *commit, const GPtrArray *patches)
{
    struct project *project = scratch_open(path);
    struct project_check check;
    GError *error = NULL;

    if (!project_check(project, commit, patches, NULL, &check, &error))
        ck_abort_msg("%s", error->message);
    project_close(project);
    ck_assert(check.applies == (check.why == NULL));
    if (check.why != NULL)
        ck_assert_ptr_null(strchr(check.why, '\n'));
    return check;
}

void scratch_git_start(const struct scratch *scratch, const char *commit)
{
    GIT(scratch->path, "read-tree", commit);
}

bool scratch_git_applies(const struct scratch *scratch, const char *diff, size_t length)
{
    g_autofree char *file = g_build_filename(scratch->path, "diff", NULL);

    support_write(file, diff, length);
    return GIT_STATUS(scratch->path, "apply", "--cached", file) == 0;
}

void scratch_assert_checked(const struct file *files, const char *diff, const char *path,
                            const char *words)
{
    g_autofree char *commit = NULL;
    struct scratch scratch = scratch_of(files, &commit);
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);

    g_ptr_array_add(patches, scratch_patch(diff, strlen(diff)));
    struct project_check check = scratch_check(scratch.path, commit, patches);
    if (words == NULL)
        ck_assert_msg(check.applies, "%s\n%s", check.why, diff);
    else
        ck_assert_msg(check.why != NULL && strstr(check.why, words) != NULL, "%s\n%s", check.why,
                      diff);
    ck_assert_pstr_eq(check.path, path);
    ck_assert_uint_eq(check.applied, words == NULL ? 1 : 0);
    scratch_git_start(&scratch, commit);
    ck_assert_msg(scratch_git_applies(&scratch, diff, strlen(diff)) == check.applies, "git: %s", diff);
    project_check_clear(&check);
    scratch_free(&scratch);
}

void scratch_free_patch(void *patch)
{
    patch_free((struct patch *)patch);
}
