/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs git(1) for what libgit2 cannot do: as a program with a list of arguments, never through a
 * shell, without a terminal, a pager, an editor or a question, and as if nothing of the environment
 * but the user's identity and configuration had been meant for it. Private to src/project.
 *
 * Any thread. */
#ifndef PORE_GIT_COMMAND_H
#define PORE_GIT_COMMAND_H

#include <glib.h>

/* Borrowed for the call. */
struct git_command {
    const char *folder;           /* in which it runs: git -C */
    const GPtrArray *settings;    /* char *: "key=value", of which the last one counts, before all
                                   * files: git -c; or NULL */
    const char *const *arguments; /* behind "git", NULL at the end */
    gint *stop;                   /* not 0 (atomic) kills it; NULL: it runs to its end */
};

/* Waits until it has ended, and appends what it wrote to standard output to OUT and what to
 * standard error to ERRORS: each as far as somebody would read it, either may be NULL, both may be
 * the same. Returns its exit status, or -1 with an error of project.h if it could not be run, was
 * stopped or was ended by a signal. */
int git_command_run(const struct git_command *command, GString *out, GString *errors,
                    GError **error);

#endif
