/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repositories made by git(1), and whether they are as they were. For tests of what has git work on
 * the user's repository. Failure to set up aborts the test. */
#ifndef PORE_TESTS_GIT_SUPPORT_H
#define PORE_TESTS_GIT_SUPPORT_H

#include <stdbool.h>

/* Is there a git to run? */
bool git_is_there(void);

/* Has git, and who runs it, take nothing of the user's: a configuration in FOLDER with an identity,
 * dates that stand still, and caches there. Before GLib is asked where caches are. */
void git_settle_in(const char *folder);

/* Runs git in FOLDER with the arguments that follow, the last one NULL, which must succeed. What it
 * printed, without the line break at the end; the caller frees it. */
char *git(const char *folder, ...);

/* The same, and nobody wants to know. */
void git_do(const char *folder, ...);

/* Everything below PATH, files and folders, links not followed: kinds, modes, times to the
 * nanosecond, sizes and contents; but not the times of objects, which git dates anew instead of
 * writing them again. Names that stand in BESIDES (relative to PATH, NULL at the end, or NULL) and
 * what is below those is left out. The caller frees it. */
char *git_listing(const char *path, const char *const *besides);

/* Puts a git in front of the real one, in the folder "bin" that is made in IN, that writes to a pipe when
 * it is to do WHAT ("am"), and then waits until PIPE.never is written to. Returns the path of the pipe,
 * to be opened by who waits for it; the caller frees it. */
char *git_make_waiting(const char *in, const char *what);

#endif
