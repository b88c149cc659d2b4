/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which keys run which command: a table read from text. In keys.c is how keys are written, in
 * keymap.c the table.
 *
 * In a keymap's file each line is "context key command [argument]"; contexts may be a list with
 * commas; "#" begins a comment line. A key is a sequence of
 *
 *     a                  the character
 *     <Enter> <PageDown> <F1> <Space> ...   a key by its name, whatever the case
 *     \Cd  ^D            Control and a letter
 *     \e \t \r \n \f     Escape, Tab, Return, line feed, form feed
 *     \033               the character with this number, three octal digits
 *     \\ \# \< \^ \;     the character itself, which is no letter and no digit
 *
 * as in mutt(1): "\ev" is Escape and then v (terminals send Alt-v so), "gg" is g twice. In a macro
 * <command-name> stands for that command. A view looks in its own context first and then in
 * "generic"; the editor has its own alone. A later line replaces an earlier one with the same keys,
 * or with keys that begin or continue it, in the same context.
 *
 * The base is one of the keymaps that come with pore, or a file; what "bind" and "macro" add lies
 * over it and stays when the base changes. A new base has all of its keys, also those that "unbind"
 * freed.
 *
 * No terminal here. One thread. */
#ifndef PORE_KEYS_H
#define PORE_KEYS_H

#include "commands.h"

#include <glib.h>
#include <stdint.h>

#define KEYS_ERROR keys_error_quark()
GQuark keys_error_quark(void);

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
    KEYS_MOUSE, /* never bound: screen_mouse() says what was done */
    KEYS_OTHER, /* a function key that has no name here */
    KEYS_F0 = 0x110100, /* F1 is KEYS_F0 + 1, up to F63 */
    KEYS_COMMAND = 0x200000, /* in a macro: plus the index of the command in commands.def */
};

/* Longest sequence of keys that can be bound, and longest macro. */
#define KEYS_SEQUENCE_MAX 8
#define KEYS_MACRO_MAX 1024

/* What a sequence of keys runs. Owned by its keymap. */
struct binding {
    enum context context;
    uint32_t keys[KEYS_SEQUENCE_MAX];
    size_t length;
    const struct command *command; /* NULL: a macro */
    char *argument;                /* of the command, or NULL */
    GArray *macro;                 /* uint32_t: keys to be pressed; NULL: a command */
    char *text;                    /* of a macro: what help says of it, else as it was written */
    bool own;                      /* not of the base */
};

struct keymap {
    GPtrArray *bindings; /* struct binding *: the base's, then the user's, in the order read */
    char *base;          /* its name, "" if it has none */
};

/* An empty table. */
struct keymap *keymap_new(void);
void keymap_free(struct keymap *keymap);

/* Adds the lines of TEXT to the base. What is wrong in it is reported as "NAME:line: what", one
 * string for each line, added to ERRORS (char *, freed by the array); those lines are left out. */
void keymap_read(struct keymap *keymap, const char *text, const char *name, GPtrArray *errors);

/* The table with keymaps/mutt.keys, which is compiled in, as its base. */
struct keymap *keymap_default(void);

/* The names of the keymaps that come with pore: "mutt", "vim", "emacs". NULL at the end. Static. */
const char *const *keymap_names(void);

/* Makes the keymap called NAME, or that of the file NAME if there is a "/" in it, the base. What
 * was bound besides stays. False with an error of one line, and the old base kept, if there is
 * none or the file has errors. */
bool keymap_set_base(struct keymap *keymap, const char *name, GError **error);

/* Binds KEYS in CONTEXTS (names with commas between them) to the command called COMMAND;
 * ARGUMENT may be NULL. False with an error of one line. */
bool keymap_bind(struct keymap *keymap, const char *contexts, const char *keys,
                 const char *command, const char *argument, GError **error);

/* Binds KEYS to the keys and <commands> of MACRO; HELP, or NULL, is what the help view says. */
bool keymap_macro(struct keymap *keymap, const char *contexts, const char *keys,
                  const char *macro, const char *help, GError **error);

/* Frees KEYS in CONTEXTS ("*": all) from what they run; all keys there if KEYS is NULL. KEYS that
 * run nothing are no error. */
bool keymap_unbind(struct keymap *keymap, const char *contexts, const char *keys, GError **error);

enum keymap_answer {
    KEYMAP_NOTHING, /* no sequence begins so */
    KEYMAP_PREFIX,  /* wait for another key */
    KEYMAP_BINDING, /* *BINDING is it */
};

/* What the COUNT keys at KEYS mean in CONTEXT. *BINDING holds until the table changes. */
enum keymap_answer keymap_resolve(const struct keymap *keymap, enum context context,
                                  const uint32_t *keys, size_t count,
                                  const struct binding **binding);

/* Appends the names of the keys that run COMMAND in CONTEXT to OUT, for people (a "<" is not
 * escaped), SEPARATOR between them, at most MAX of them; those that run it with an argument come
 * last. False if there is none. */
bool keymap_describe(const struct keymap *keymap, enum context context,
                     const struct command *command, size_t max, const char *separator,
                     GString *out);

/* Reads the sequence of keys in TEXT to KEYS. Its length, or 0 with *PROBLEM set to a few words. */
size_t keys_parse(const char *text, uint32_t keys[KEYS_SEQUENCE_MAX], const char **problem);

/* Reads the keys and <commands> of TEXT, at most KEYS_MACRO_MAX: uint32_t; the caller unrefs it.
 * NULL with an error. */
GArray *keys_parse_macro(const char *text, GError **error);

/* Appends the name of KEY to OUT. */
void keys_append_name(GString *out, uint32_t key);

#endif
