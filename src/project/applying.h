/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applies a series as commits on a new branch of the project's repository, by git am.
 *
 * git am runs in a work tree of its own, outside of the repository, with an object database of its
 * own that borrows the repository's, and has the touched files checked out only. The user's work
 * tree, index and HEAD are never touched. When all patches are in, the commits are pushed into the
 * repository as one new branch (git-receive-pack(1) keeps them apart until then): whatever ends it
 * earlier, the repository is as it was, byte for byte; objects that git finds there instead of
 * writing them it may date anew. No hooks are run, and nothing that a mail says is an option, a path
 * of ours or a command. */
#ifndef PORE_APPLYING_H
#define PORE_APPLYING_H

#include "project/project.h"

#include <glib.h>
#include <stdbool.h>

struct applying_request {
    const char *repository; /* as project_open() takes it */
    const char *base;       /* commit, 40 digits */
    const char *branch;     /* its name; must not exist */
    const char *options;    /* further ones of git am, as a shell splits words: "--3way"; or "" */
    const GString *mails;   /* mbox (mboxrd), in order */
    const GPtrArray *paths; /* const char *: the files that they change, as their patches name them,
                             * which a three-way merge wants checked out beforehand; or NULL */
};

/* Does it. *STOP not 0 ends it (git is killed). Returns how many commits were made, or -1 with
 * PROJECT_ERROR_APPLY: one line that says which patch and why; *OUTPUT (may be NULL) is all that
 * git said, to be freed, also on success. Blocks; any thread. */
int applying_run(const struct applying_request *request, gint *stop, char **output, GError **error);

/* Removes what runs that were killed have left behind among the temporary files of this user. */
void applying_clean(void);

/* A name for the branch of a series called TITLE, any UTF-8: "v2-net-fix-the-thing"; as
 * git-check-ref-format(1) takes it, never an option. The caller frees it. */
char *applying_branch(const char *title, uint32_t version);

/* NAME, which applying_branch() made, or with the first number behind it ("-2") that makes it one
 * that REPOSITORY does not have. The caller frees it. NULL with an error if there is none there. */
char *applying_free_branch(const char *repository, const char *name, GError **error);

#endif
