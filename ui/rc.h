/* SPDX-License-Identifier: GPL-2.0-or-later */
/* porerc: the commands of muttrc that pore has, from files, -e and the ":" prompt.
 *
 *     set NAME[=VALUE] noNAME invNAME NAME? &NAME ...
 *     unset NAME ...    toggle NAME ...    reset NAME ...    reset all
 *     bind CONTEXTS KEY COMMAND [ARGUMENT]
 *     macro CONTEXTS KEY KEYS [HELP]
 *     unbind CONTEXTS|* [KEY|*]            unmacro: the same
 *     color OBJECT FOREGROUND BACKGROUND [PATTERN]    uncolor OBJECT|* [PATTERN]...
 *     mono OBJECT ATTRIBUTES [PATTERN]                unmono: as uncolor
 *     source FILE    exec COMMAND ...    push KEYS    echo TEXT
 *
 * A backslash at its end continues a line, a comment too. "set" without a name says what is not as
 * it was at first. A file is one of text_file.h; "~/" is the home, and other relative names are
 * looked up beside the file that sources. Files may source files, RC_DEPTH_MAX deep and
 * RC_FILES_MAX in all.
 *
 * The user interface's thread. No terminal. */
#ifndef PORE_RC_H
#define PORE_RC_H

#include "colour.h"
#include "keys.h"
#include "settings.h"

#include <glib.h>
#include <stdbool.h>

#define RC_ERROR rc_error_quark()
GQuark rc_error_quark(void);

/* Files that source one another, and all of them: who sources himself has an error. */
#define RC_DEPTH_MAX 16
#define RC_FILES_MAX 256

/* Errors of one file, after which the rest of it is not read. */
#define RC_ERRORS_MAX 128

/* Keys that wait to be pressed. */
#define RC_PUSHED_MAX 10000

/* Everything that can be configured. Owns all of it. */
struct configuration {
    struct settings settings;
    struct keymap *keymap;
    struct colours *colours;
    GArray *pushed; /* uint32_t: keys for "push" and "exec" to be pressed; who reads empties it */
    bool changed;   /* a setting, key or colour has; who looks resets it */
};

struct configuration *configuration_new(void);
void configuration_free(struct configuration *configuration);

/* Does what LINE, one or more commands, says. What it has to say ("name=value", echo) is appended
 * to MESSAGE, which may be NULL. False with an error of one line at the first command that is
 * wrong; where that is in a file that LINE sources, the rest of the file is still read. */
bool rc_line(struct configuration *configuration, const char *line, GString *message,
             GError **error);

/* Does what the file PATH ("~/" is the home) says. Each error is added to ERRORS (char *, freed by
 * the array) as "PATH:line: what", and the rest still read. False, with one error added, if it
 * cannot be read. */
bool rc_file(struct configuration *configuration, const char *path, GPtrArray *errors);

/* The same for TEXT, called NAME. */
void rc_text(struct configuration *configuration, const char *text, const char *name,
             GPtrArray *errors);

/* The words that can begin a line, NULL at the end. Static. */
const char *const *rc_commands(void);

/* complete.c: what the word that ends at CURSOR of LINE could become (char *, freed by the array,
 * sorted): commands of porerc and of commands.def, settings with their values, contexts, colours,
 * objects, files after "source". *START is where that word begins. */
void rc_complete(const struct configuration *configuration, const char *line, size_t cursor,
                 size_t *start, GPtrArray *candidates);

#endif
