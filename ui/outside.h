/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of the shell, run on the terminal while the screen is put aside.
 *
 * The user interface's thread, which waits for them; what reads on other threads goes on. */
#ifndef PORE_OUTSIDE_H
#define PORE_OUTSIDE_H

#include <glib.h>

struct app;

/* When "Press any key to continue..." is asked for before the screen comes back and covers what
 * the command has written. Never where standard input is no terminal, or another job's. */
enum outside_wait { OUTSIDE_WAIT_NEVER, OUTSIDE_WAIT_FAILED, OUTSIDE_WAIT_ALWAYS };

/* Runs COMMAND by the shell that the settings or $SHELL name, else /bin/sh; NULL: an
 * interactive shell. INPUT, any bytes, is its standard input; NULL: the terminal is. It lies in
 * a file without a name meanwhile, so that a command may leave what it has no use for. An
 * interrupt is the command's alone; a stop (^Z) stops pore with it, as one job. Returns the
 * status as waitpid(2) has it, or -1 with an error if it could not be run. */
int outside_run(struct app *app, const char *command, const GString *input,
                enum outside_wait wait, GError **error);

/* The same for a command that gets a mail to send: it never waits for a key, and what it writes
 * to standard error does not come to the terminal but is *COMPLAINT, which the caller frees: any
 * bytes, a NUL behind them, of more than OUTSIDE_COMPLAINT_MAX the first ones. */
#define OUTSIDE_COMPLAINT_MAX 65536
int outside_send(struct app *app, const char *command, const GString *input, char **complaint,
                 GError **error);

/* COMMAND with PATH, quoted for the shell, in the place of each "%s", or behind it where there
 * is none; "%%" is a percent sign. The caller frees it. */
char *outside_expand(const char *command, const char *path);

/* How it ended, for a STATUS that is no success: "exited with status 3", to be freed; NULL for a
 * success. */
char *outside_end(int status);

/* The same as a sentence: "The command exited with status 3." */
char *outside_problem(int status);

#endif
