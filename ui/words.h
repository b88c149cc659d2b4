/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a line as muttrc has them ("Syntax of Initialization Files"): blanks between them,
 * ';' between commands, '#' before a comment, "…" and '…' around words with blanks. Within "…" and
 * outside of quotes a backslash: \n \t \r \e \f, a letter behind \C, three octal digits, else the
 * character itself; and $NAME and ${NAME} for a setting or else the environment, but what names
 * nothing stays as it is written. Nothing runs a shell.
 *
 * What depends on the command, the first word:
 * - of "set", "unset", "reset" and "toggle" the first '=' of a word outside of quotes is a word of
 *   its own: x=y, x= y and x = y are the same three words;
 * - of "bind", "unbind", "macro" and "unmacro" the second to the fourth word, and all words of
 *   "push" and "exec", are keys: their backslashes stay for keys.h to read, but for those before a
 *   quote;
 * - of "color" and "mono" a '#' with six hexadecimal digits behind it is a colour, no comment.
 *
 * Pure but for what is looked up. */
#ifndef PORE_WORDS_H
#define PORE_WORDS_H

#include <glib.h>
#include <stdbool.h>

#define WORDS_ERROR words_error_quark()
GQuark words_error_quark(void);

/* The value of what "$NAME" names, the caller's to free, or NULL if there is none. */
typedef char *words_lookup(const char *name, void *data);

/* Splits the first command off LINE, valid UTF-8, into WORDS (char *, freed by the array; emptied
 * first) and moves *LINE behind it. No words are left where there is nothing but blanks or a
 * comment. False with an error of one line where a quote is not closed, a backslash stands at the
 * end, or a character is written that no text can have (\000). LOOKUP may be NULL. */
bool words_split(const char **line, GPtrArray *words, words_lookup *lookup, void *data,
                 GError **error);

/* Appends TEXT to OUT in double quotes, so that it is read back as it is. */
void words_append_quoted(GString *out, const char *text);

#endif
