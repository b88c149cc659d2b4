/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A script that drives the browser: a file whose lines are worked off one by one, each when the
 * browser has nothing left to do.
 *
 *     # a comment; lines of blanks are passed over, too
 *     :limit ~f ann        a command with its argument, or a line of porerc
 *     j<Enter>\Cd          anything else: keys, as in a macro (keys.h)
 *
 * Owned by struct app; the user interface's thread. */
#ifndef PORE_SCRIPT_H
#define PORE_SCRIPT_H

#include <glib.h>
#include <stdbool.h>

struct app;
struct script;

/* Reads the file PATH. NULL with an error of one line if that cannot be done. */
struct script *script_new(const char *path, GError **error);
void script_free(struct script *script);

/* Does the next line. False if there is none left. What is wrong with a line is shown on the
 * message line as "PATH:line: what" and kept; the script goes on. */
bool script_step(struct app *app, struct script *script);

/* What was wrong so far: char *, borrowed. */
const GPtrArray *script_errors(const struct script *script);

#endif
