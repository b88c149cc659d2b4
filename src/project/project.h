/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The project's repository, which the setting repo names: what patches are made for. Read only; nothing here
 * writes a byte to it.
 *
 * A struct project belongs to one thread at a time (libgit2's rule). */
#ifndef PORE_PROJECT_H
#define PORE_PROJECT_H

#include "mail/patch.h"

#include <glib.h>
#include <stdbool.h>

#define PROJECT_ERROR project_error_quark()
GQuark project_error_quark(void);

/* Every message is one line, fit to be shown. */
enum project_error {
    PROJECT_ERROR_OPEN, /* no repository there */
    PROJECT_ERROR_BASE, /* no such revision */
    PROJECT_ERROR_READ,
    PROJECT_ERROR_APPLY, /* applying.h */
    PROJECT_ERROR_STOPPED,
};

/* PATH with the user's home for a "~" in front. The caller frees it. */
char *project_path(const char *path);

struct project;

/* Opens the repository at PATH ("~/" is the home): bare, a work tree or a linked one, shallow or
 * partial; objects named by SHA-1. Never looks in the folders above, nor at git's environment variables, nor at
 * whose it is: no program is ever run. archive_startup() must have been called. NULL with an error. */
struct project *project_open(const char *path, GError **error);
void project_close(struct project *project);

/* Where a series goes. */
struct project_base {
    char id[41]; /* the commit, hexadecimal digits */
    enum { PROJECT_BASE_COMMIT, PROJECT_BASE_SETTING, PROJECT_BASE_HEAD } from;
};

/* Finds it: BASE_COMMIT, what the series names, abbreviated or not (NULL: nothing), if the repository
 * has it; else BASE, a revision that the user has set (gitrevisions(7); "": none); else HEAD. Tags mean
 * their commits. False with PROJECT_ERROR_BASE, also where one of them is ambiguous. */
bool project_find_base(struct project *project, const char *base_commit, const char *base,
                       struct project_base *out, GError **error);

/* What came of trying. project_check_clear() frees what is inside. */
struct project_check {
    bool applies;
    guint applied; /* patches that did */
    guint failed;  /* the index of the one that did not; 0 if all do */
    char *path;    /* the file in which it does not; or NULL */
    char *hunk;    /* the text of the hunk that does not, its header first, or what is damaged in the
                    * diff: valid UTF-8, LF at the ends of lines; or NULL */
    char *why;     /* one line: "src/a.c: hunk 2 of 3 does not apply", "src/b.c does not exist" */
};

/* Applies PATCHES (struct patch *, in order; NULL and those without a diff are passed over) one after the other in
 * memory on the commit BASE (40 digits), and says where that ends: as git am without options does, that is with hunks
 * in other places but no fuzz. *STOP not 0 ends it early with PROJECT_ERROR_STOPPED; STOP may be NULL. False with an
 * error if it could not be tried: an object is missing, or the patches are made to take forever. Takes time in
 * the files that are touched and not in those of the repository. */
bool project_check(struct project *project, const char *base, const GPtrArray *patches, gint *stop,
                   struct project_check *out, GError **error);
void project_check_clear(struct project_check *check);

/* PATCH with CONTEXT lines of context around its changes, at least 1, where the repository has the files that it
 * was made from (by the ids of its index lines): as git diff -U prints it. Other files stay as they are, so do binary
 * ones, those of 16 MiB and more and those that are made to take forever; *STOP (may be NULL) not 0 leaves
 * the rest as it is. The caller frees it. NULL if nothing could be widened. */
struct patch *project_widen(struct project *project, const struct patch *patch, unsigned context,
                            gint *stop);

#endif
