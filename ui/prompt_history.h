/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was typed at the prompts, by kind, kept between runs in one file of lines "KIND:TEXT"
 * (private, mode 0600, replaced as a whole). Several pores may write it: each adds its own
 * lines to what the file holds by then. The user interface's thread. */
#ifndef PORE_PROMPT_HISTORY_H
#define PORE_PROMPT_HISTORY_H

#include <glib.h>
#include <stdbool.h>

enum prompt_history_kind {
    HISTORY_COMMAND,
    HISTORY_PATTERN,
    HISTORY_SEARCH,
    HISTORY_FILE,
    HISTORY_SHELL,
    HISTORY_COUNT,
    HISTORY_NONE = HISTORY_COUNT, /* is not remembered */
};

struct prompt_history;

/* PATH: the file, which need not exist; NULL: nothing is kept. What is wrong with the file is
 * no matter. */
struct prompt_history *prompt_history_new(const char *path);

/* Frees it, not saving. */
void prompt_history_free(struct prompt_history *history);

/* Adds TEXT as the newest; the same line is not kept twice, one of blanks not at all. At most MAX
 * stay of a kind. */
void prompt_history_add(struct prompt_history *history, enum prompt_history_kind kind,
                        const char *text, size_t max);

/* The lines of KIND, oldest first: char *, borrowed. */
const GPtrArray *prompt_history_lines(const struct prompt_history *history,
                                      enum prompt_history_kind kind);

/* Writes what was added. False with an error of one line. */
bool prompt_history_save(struct prompt_history *history, size_t max, GError **error);

#endif
