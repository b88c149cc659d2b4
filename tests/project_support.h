/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repositories of source code, made for a test, and git to compare with. Failure to set up aborts
 * the test. */
#ifndef PORE_TESTS_PROJECT_SUPPORT_H
#define PORE_TESTS_PROJECT_SUPPORT_H

#include "project/project.h"

#include <git2.h>

/* A repository under construction. */
struct scratch {
    char *path;
    git_repository *repository;
};

/* A file of a commit; a mode of 0 ends a list. */
struct file {
    unsigned mode;
    const char *path;
    const char *text; /* of a submodule its commit */
};

#define FILES(...) ((const struct file[]){ __VA_ARGS__, { 0, NULL, NULL } })

/* Fails the test if CODE, of libgit2, says so. */
void must(int code);

/* Sets up the environment in which git takes nothing from its user: a checked fixture. */
void scratch_startup(void);

/* A repository without a commit, which is bare if BARE. */
struct scratch scratch_new(bool bare);

/* One of which master and HEAD are *COMMIT (40 digits; the caller frees them), of FILES. */
struct scratch scratch_of(const struct file *files, char **commit);
void scratch_free(struct scratch *scratch);

/* Commits what INDEX, which is freed, holds on top of PARENT ("" for none); no branch is moved. The
 * caller frees the 40 digits. */
char *scratch_commit_index(struct scratch *scratch, git_index *index, const char *parent);
char *scratch_commit(struct scratch *scratch, const struct file *files, const char *parent);

/* Adds a file of LENGTH bytes to INDEX. */
void scratch_add(struct scratch *scratch, git_index *index, unsigned mode, const char *path,
                 const char *bytes, size_t length);

/* Makes the branch NAME be COMMIT. */
void scratch_branch(struct scratch *scratch, const char *name, const char *commit);

/* Runs git with ARGUMENTS (NULL at the end) in FOLDER. Its exit status; *OUTPUT is what it printed, to be
 * freed; OUTPUT may be NULL. */
int scratch_run(const char *folder, const char *const *arguments, char **output);

#define GIT_STATUS(folder, ...) \
    scratch_run(folder, (const char *const[]){ __VA_ARGS__, NULL }, NULL)
#define GIT_OUTPUT(folder, output, ...) \
    ck_assert_int_eq( \
        scratch_run(folder, (const char *const[]){ __VA_ARGS__, NULL }, output), 0)
#define GIT(folder, ...) ck_assert_int_eq(GIT_STATUS(folder, __VA_ARGS__), 0)

/* Names, sizes, times and contents of all that is in the folder PATH, as text. The caller frees it. */
char *scratch_fingerprint(const char *path);

/* The project at PATH, which there has to be. */
struct project *scratch_open(const char *path);

/* A patch that has LENGTH bytes of DIFF and nothing else. */
struct patch *scratch_patch(const char *diff, size_t length);

/* What comes of PATCHES on COMMIT of the repository at PATH, which can be tried. */
struct project_check scratch_check(const char *path, const char *commit, const GPtrArray *patches);

/* Checks DIFF on a commit of FILES. With WORDS it does not apply: they are of what is said, and PATH is where.
 * With NULL it does. Git has to agree. */
void scratch_assert_checked(const struct file *files, const char *diff, const char *path,
                            const char *words);

/* Has the index of git be that of COMMIT. */
void scratch_git_start(const struct scratch *scratch, const char *commit);

/* Does git apply LENGTH bytes of DIFF to its index, with the result there? */
bool scratch_git_applies(const struct scratch *scratch, const char *diff, size_t length);

/* For arrays of patches. */
void scratch_free_patch(void *patch);

#endif
