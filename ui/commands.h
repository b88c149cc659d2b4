/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user can tell the browser to do. Each command is one line of commands.def;
 * keys and macros name them (keys.h), the ":" prompt runs them, the help view and the manual
 * list them.
 *
 * Static tables, any thread; the functions run on the user interface's. */
#ifndef PORE_COMMANDS_H
#define PORE_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

struct app;

/* Where a key is pressed: the kind of the view on top, or the editor while a prompt is open.
 * Generic bindings hold in all but the editor. */
enum context {
    CONTEXT_GENERIC,
    CONTEXT_INDEX,
    CONTEXT_SERIES,
    CONTEXT_PAGER,
    CONTEXT_CONTRIBUTORS, /* people and domains */
    CONTEXT_LIST,         /* two versions compared, trailers */
    CONTEXT_TEXT,         /* help, the digest */
    CONTEXT_EDITOR,       /* the line of a prompt */
    CONTEXT_COUNT,
};

/* Bits of struct command's contexts. */
#define COMMANDS_INDEX (1u << CONTEXT_INDEX)
#define COMMANDS_SERIES (1u << CONTEXT_SERIES)
#define COMMANDS_PAGER (1u << CONTEXT_PAGER)
#define COMMANDS_CONTRIBUTORS (1u << CONTEXT_CONTRIBUTORS)
#define COMMANDS_LIST (1u << CONTEXT_LIST)
#define COMMANDS_TEXT (1u << CONTEXT_TEXT)
#define COMMANDS_EDITOR (1u << CONTEXT_EDITOR)
#define COMMANDS_LISTS \
    (COMMANDS_INDEX | COMMANDS_SERIES | COMMANDS_CONTRIBUTORS | COMMANDS_LIST)
#define COMMANDS_TEXTS (COMMANDS_PAGER | COMMANDS_TEXT)
#define COMMANDS_MAILS (COMMANDS_INDEX | COMMANDS_SERIES | COMMANDS_PAGER | COMMANDS_LIST)
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
    MOTION_CURRENT_TOP, /* scrolls so that the selected entry is there */
    MOTION_CURRENT_MIDDLE,
    MOTION_CURRENT_BOTTOM,
    MOTION_RIGHT, /* sideways */
    MOTION_LEFT,
};

struct command;

/* One call of a command. Borrowed for the call. */
struct invocation {
    const struct command *command;
    int count;            /* typed in front of the key, from 1; 0 if none was */
    const char *argument; /* what follows the name in a binding or at the prompt, or NULL */
    bool tagged;          /* meant for the tagged entries: the tag prefix came before */
};

/* Shall what is FOLDED now, or is not, be folded after INVOCATION? Its argument "fold" or "unfold" says
 * so; without one it is what it was not. */
bool invocation_folds(const struct invocation *invocation, bool folded);

typedef void command_function(struct app *app, const struct invocation *invocation);

struct command {
    const char *name;
    unsigned contexts; /* COMMANDS_ bits of the views it works in */
    command_function *function;
    int argument;     /* constant, the function's affair: app sees it as invocation->command */
    const char *help; /* follows the name in the help view; a few words, no capital, no full stop */
};

/* The functions; each stands in the file of what it is about. */
#define GROUP(title)
#define COMMAND(name, contexts, function, argument, help) command_function function;
#include "commands.def"
#undef COMMAND
#undef GROUP

size_t command_count(void);

/* In the order of commands.def. */
const struct command *command_at(size_t index);

/* Its index in that order. */
size_t command_index(const struct command *command);

/* The command called NAME, or NULL. */
const struct command *command_find(const char *name);

#endif
