/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "project/project_identity.h"

#include "project/project_parts.h"

/* The configuration of the repository at PATH, or NULL. */
static git_config *open_repository(const char *path)
{
    char *whole = project_path(path);
    git_repository *repository = NULL;
    git_config *config = NULL;

    if (*path != '\0' &&
        git_repository_open_ext(&repository, whole, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) == 0)
        git_repository_config(&config, repository);
    git_repository_free(repository);
    g_free(whole);
    return config;
}

static char *get(git_config *config, const char *name)
{
    git_buf value = { NULL, 0, 0 };
    char *text = NULL;

    if (git_config_get_string_buf(&value, config, name) == 0 && value.size > 0)
        text = g_utf8_make_valid(value.ptr, (gssize)value.size);
    git_buf_dispose(&value);
    return text;
}

void project_identity(const char *path, char **name, char **email)
{
    git_config *config;

    git_libgit2_init();
    config = open_repository(path);
    if (config == NULL)
        git_config_open_default(&config);
    *name = config != NULL ? get(config, "user.name") : NULL;
    *email = config != NULL ? get(config, "user.email") : NULL;
    git_config_free(config);
    git_libgit2_shutdown();
}
