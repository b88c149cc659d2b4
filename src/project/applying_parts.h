/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What applying is made of, for applying*.c alone: applying_repository.c asks the user's
 * repository, applying_folder.c has the temporary folder, applying.c does the work. */
#ifndef PORE_APPLYING_PARTS_H
#define PORE_APPLYING_PARTS_H

#include "project/applying.h"

/* A run, from where the repository is found to where its folder is removed. */
struct run {
    const struct applying_request *request;
    gint *stop;          /* or NULL */
    char *repository;    /* its git folder, absolute: of a linked work tree its own */
    char *common;        /* the same for what work trees share */
    GPtrArray *settings; /* char *: for git in the folder, as git_command.h has them; or NULL */
    bool partial;        /* a clone that lacks files until they are wanted */
    char *folder;        /* temporary; NULL: none yet */
    int lock;            /* a descriptor of it, or -1 */
    char *tree;          /* the work tree in it */
    GString *output;     /* what git says */
};

/* --- applying.c: texts --- */

/* What git says went wrong in TEXT, which is what it said; NULL if it says nothing of the kind. The
 * caller frees it. */
char *applying_reason(const char *text);

/* PROJECT_ERROR_APPLY, on one line. */
void applying_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- applying_repository.c: nothing here writes to the repository --- */

/* Finds the repository at PATH. False with an error; applying_close() in any case. */
bool applying_open(struct run *run, const char *path, GError **error);
void applying_close(struct run *run);

/* Can there be a branch called NAME, and is there none yet? */
bool applying_check_branch(const struct run *run, const char *name, GError **error);

/* Fills in the settings. */
bool applying_take_settings(struct run *run, GError **error);

/* --- applying_folder.c --- */

/* Makes the folder, for the user alone. */
bool applying_make_folder(struct run *run, GError **error);
void applying_remove_folder(struct run *run);

/* Writes BYTES to the file NAME in the folder. */
bool applying_write(const struct run *run, const char *name, const GString *bytes, GError **error);

#endif
