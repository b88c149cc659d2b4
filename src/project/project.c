/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "project/project_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

GQuark project_error_quark(void)
{
    return g_quark_from_static_string("pore-project-error");
}

char *project_clean_line(char *text)
{
    char *clean = g_utf8_make_valid(text, -1);

    g_free(text);
    for (char *at = clean; *at != '\0'; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    return clean;
}

void project_set_git_error(GError **error, enum project_error code, const char *format, ...)
{
    const git_error *last = git_error_last();
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *line = project_clean_line(
        g_strdup_printf("%s: %s", text, last != NULL ? last->message : "unknown error"));
    g_set_error_literal(error, PROJECT_ERROR, code, line);
}

bool project_effort_spend(struct project_effort *effort, size_t steps)
{
    effort->left -= (gint64)MIN(steps, (size_t)PROJECT_STEPS_MAX);
    if (effort->stop != NULL && g_atomic_int_get(effort->stop) != 0)
        effort->left = -1;
    return effort->left >= 0;
}

char *project_path(const char *path)
{
    if (strcmp(path, "~") == 0 || g_str_has_prefix(path, "~/"))
        return g_strconcat(g_get_home_dir(), path + 1, NULL);
    return g_strdup(path);
}

struct project *project_open(const char *path, GError **error)
{
    struct project *project = g_new0(struct project, 1);
    g_autofree char *whole = project_path(path);
    int code;

    git_libgit2_init();
    project->path = g_strdup(path);
    /* With no GIT_REPOSITORY_OPEN_FROM_ENV the environment has no say. */
    code = git_repository_open_ext(&project->repository, whole, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (code == 0)
        code = git_repository_odb(&project->odb, project->repository);
    if (code == 0)
        return project;
    if (access(whole, F_OK) != 0)
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_OPEN, "%s: %s", path, g_strerror(errno));
    else if (code == GIT_ENOTFOUND)
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_OPEN, "%s: no git repository", path);
    else
        project_set_git_error(error, PROJECT_ERROR_OPEN, "%s", path);
    project_close(project);
    return NULL;
}

void project_close(struct project *project)
{
    if (project == NULL)
        return;
    git_odb_free(project->odb);
    git_repository_free(project->repository);
    g_free(project->path);
    g_free(project);
    git_libgit2_shutdown();
}

/* Takes the commit that OBJECT, which is freed, is or is a tag of. */
static bool take_commit(git_object *object, struct project_base *out)
{
    git_object *commit = NULL;
    bool found = git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0;

    if (found)
        git_oid_tostr(out->id, sizeof out->id, git_object_id(commit));
    git_object_free(commit);
    git_object_free(object);
    return found;
}

/* Has the repository the commit whose id begins with DIGITS? GIT_ENOTFOUND if not. */
static int find_commit(struct project *project, const char *digits, struct project_base *out)
{
    size_t length = strlen(digits);
    git_object *object = NULL;
    git_oid id;
    int code;

    if (length > ID_DIGITS || git_oid_fromstrn(&id, digits, length) < 0)
        return GIT_ENOTFOUND;
    code = git_object_lookup_prefix(&object, project->repository, &id, length, GIT_OBJECT_ANY);
    if (code == 0 && !take_commit(object, out))
        return GIT_ENOTFOUND;
    return code;
}

static bool find_revision(struct project *project, const char *revision, struct project_base *out,
                          GError **error)
{
    git_object *object = NULL;
    int code = git_revparse_single(&object, project->repository, revision);

    if (code == GIT_ENOTFOUND)
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_BASE, "%s: no such revision: %s",
                    project->path, revision);
    else if (code < 0)
        project_set_git_error(error, PROJECT_ERROR_BASE, "%s: revision %s", project->path, revision);
    else if (take_commit(object, out))
        return true;
    else
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_BASE, "%s: revision %s is no commit",
                    project->path, revision);
    return false;
}

static bool find_head(struct project *project, struct project_base *out, GError **error)
{
    git_reference *head = NULL;
    git_object *commit = NULL;
    int code = git_repository_head(&head, project->repository);

    if (code == 0)
        code = git_reference_peel(&commit, head, GIT_OBJECT_COMMIT);
    git_reference_free(head);
    if (code == 0)
        return take_commit(commit, out);
    if (code == GIT_EUNBORNBRANCH || code == GIT_ENOTFOUND)
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_BASE, "%s: HEAD names no commit",
                    project->path);
    else
        project_set_git_error(error, PROJECT_ERROR_BASE, "%s: HEAD", project->path);
    return false;
}

bool project_find_base(struct project *project, const char *base_commit, const char *base,
                       struct project_base *out, GError **error)
{
    int code = base_commit != NULL ? find_commit(project, base_commit, out) : GIT_ENOTFOUND;

    if (code == 0) {
        out->from = PROJECT_BASE_COMMIT;
        return true;
    }
    if (code != GIT_ENOTFOUND) {
        project_set_git_error(error, PROJECT_ERROR_BASE, "%s: base-commit %s", project->path,
                              base_commit);
        return false;
    }
    out->from = *base != '\0' ? PROJECT_BASE_SETTING : PROJECT_BASE_HEAD;
    return *base != '\0' ? find_revision(project, base, out, error)
                         : find_head(project, out, error);
}
