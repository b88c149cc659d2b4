/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user can tell the browser to do. Each command is one line of commands.def;
 * keys name them (keys.h), the help view lists them.
 *
 * Static tables, any thread; the functions run on the user interface's. */
#ifndef PORE_COMMANDS_H
#define PORE_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

struct app;

/* Where a key is pressed: the kind of the view on top. Generic bindings hold in all. */
enum context {
    CONTEXT_GENERIC,
    CONTEXT_INDEX,
    CONTEXT_SERIES,
    CONTEXT_PAGER,
    CONTEXT_HELP,
    CONTEXT_COUNT,
};

/* Bits of struct command's contexts. */
#define COMMANDS_INDEX (1u << CONTEXT_INDEX)
#define COMMANDS_SERIES (1u << CONTEXT_SERIES)
#define COMMANDS_PAGER (1u << CONTEXT_PAGER)
#define COMMANDS_HELP (1u << CONTEXT_HELP)
#define COMMANDS_LISTS (COMMANDS_INDEX | COMMANDS_SERIES)
#define COMMANDS_TEXTS (COMMANDS_PAGER | COMMANDS_HELP)
#define COMMANDS_EVERYWHERE (COMMANDS_LISTS | COMMANDS_TEXTS)

/* "generic", "index" and so on. Static. */
const char *context_name(enum context context);

/* The context called NAME; false if there is none. */
bool context_find(const char *name, enum context *context);

/* Steps through a view; what an entry is, is the view's affair. */
enum motion {
    MOTION_NEXT,
    MOTION_PREVIOUS,
    MOTION_LINE_DOWN, /* scrolls */
    MOTION_LINE_UP,
    MOTION_HALF_DOWN,
    MOTION_HALF_UP,
    MOTION_PAGE_DOWN,
    MOTION_PAGE_UP,
    MOTION_FIRST,
    MOTION_LAST,
    MOTION_TOP, /* of what is on the screen */
    MOTION_MIDDLE,
    MOTION_BOTTOM,
    MOTION_HUNK_NEXT,
    MOTION_HUNK_PREVIOUS,
};

struct command {
    const char *name;
    unsigned contexts; /* COMMANDS_ bits of the views it works in */
    void (*function)(struct app *app, int argument);
    int argument;
    const char *help; /* follows the name in the help view; a few words, no capital, no full stop */
};

size_t command_count(void);

/* In the order of commands.def. */
const struct command *command_at(size_t index);

/* The command called NAME, or NULL. */
const struct command *command_find(const char *name);

#endif
