/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which keys run which command: a table read from text.
 *
 * Each line is "context key command"; contexts may be a list with commas; "#"
 * begins a comment line. A key is a sequence of
 *
 *     a                  the character
 *     <Enter> <PageDown> <F1> <Space> ...   a key by its name, whatever the case
 *     \Cd  ^D            Control and a letter
 *     \e \t \r \n        Escape, Tab, Return, line feed
 *     \\ \# \< \^        the character itself
 *
 * as in mutt(1): "\ev" is Escape and then v (terminals send Alt-v so), "gg" is g twice. A
 * view looks in its own context first and then in "generic". A later line
 * replaces an earlier one with the same keys, or with keys that begin or
 * continue it, in the same context.
 *
 * No terminal here. One thread. */
#ifndef PORE_KEYS_H
#define PORE_KEYS_H

#include "commands.h"

#include <glib.h>
#include <stdint.h>

/* A key is a character (Unicode) or one of these. */
enum special_key {
    KEYS_UP = 0x110000,
    KEYS_DOWN,
    KEYS_LEFT,
    KEYS_RIGHT,
    KEYS_HOME,
    KEYS_END,
    KEYS_PAGE_UP,
    KEYS_PAGE_DOWN,
    KEYS_INSERT,
    KEYS_DELETE,
    KEYS_BACKSPACE,
    KEYS_BACKTAB,
    KEYS_OTHER, /* a function key that has no name here */
    KEYS_F0 = 0x110100, /* F1 is KEYS_F0 + 1, up to F63 */
};

/* Longest sequence of keys that can be bound. */
#define KEYS_SEQUENCE_MAX 8

/* One line of the table. Owned by its keymap. */
struct binding {
    enum context context;
    uint32_t keys[KEYS_SEQUENCE_MAX];
    size_t length;
    const struct command *command;
};

struct keymap {
    GPtrArray *bindings; /* struct binding *, in the order read */
};

/* An empty table. */
struct keymap *keymap_new(void);
void keymap_free(struct keymap *keymap);

/* Adds the lines of TEXT. What is wrong in it is reported as "NAME:line: what", one
 * string for each line, added to ERRORS (char *, freed by the array); those lines are left out. */
void keymap_read(struct keymap *keymap, const char *text, const char *name, GPtrArray *errors);

/* The table that is compiled in, from keymaps/mutt.keys. */
struct keymap *keymap_default(void);

enum keymap_answer {
    KEYMAP_NOTHING, /* no sequence begins so */
    KEYMAP_PREFIX,  /* wait for another key */
    KEYMAP_COMMAND, /* *COMMAND is it */
};

/* What the COUNT keys at KEYS mean in CONTEXT. */
enum keymap_answer keymap_resolve(const struct keymap *keymap, enum context context,
                                  const uint32_t *keys, size_t count,
                                  const struct command **command);

/* Appends the names of the keys that run COMMAND in CONTEXT to OUT, for people (a "<" is not
 * escaped), SEPARATOR between them, at most MAX of them. False if there is none. */
bool keymap_describe(const struct keymap *keymap, enum context context,
                     const struct command *command, size_t max, const char *separator,
                     GString *out);

/* Reads the sequence of keys in TEXT to KEYS. Its length, or 0 with *PROBLEM set to a few words. */
size_t keys_parse(const char *text, uint32_t keys[KEYS_SEQUENCE_MAX], const char **problem);

/* Appends the name of KEY to OUT. */
void keys_append_name(GString *out, uint32_t key);

#endif
