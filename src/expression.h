/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regular expressions as people type them to search: PCRE2 over UTF-8, with smart case
 * as in mutt: whatever the case, unless the expression has a capital letter. Those
 * behind a backslash (\W) do not count.
 *
 * "^" and "$" are the ends of a line of the text. A match gives up, as if there were none,
 * at EXPRESSION_STEPS_MAX and at EXPRESSION_TIME_MAX; and all do once those that gave up have taken
 * EXPRESSION_WASTE_MAX: nobody's search stops the program, however many texts are made to hold it up,
 * and expression_gave_up() has it said.
 * Immutable once compiled, but for that: any number of threads may match with the same one, each
 * with working memory of its own that lives as long as the thread. */
#ifndef PORE_EXPRESSION_H
#define PORE_EXPRESSION_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define EXPRESSION_ERROR expression_error_quark()
GQuark expression_error_quark(void);

enum expression_error {
    EXPRESSION_ERROR_SYNTAX, /* no regular expression, or no UTF-8 */
    EXPRESSION_ERROR_SIZE,   /* too long, or compiles into too much */
};

/* Bytes of an expression. */
#define EXPRESSION_LENGTH_MAX 8192

/* Steps of PCRE2's matcher for one match at one place. An honest expression takes a few for
 * each byte of the line. */
#define EXPRESSION_STEPS_MAX 200000

/* How far behind the place where it begins a match is looked for, in bytes. */
#define EXPRESSION_REACH 65536

/* Microseconds after which a match is not tried at further places of the text. A megabyte
 * takes an honest expression a millisecond. */
#define EXPRESSION_TIME_MAX 250000

/* Microseconds that matches may take and then give up, all of an expression's together. */
#define EXPRESSION_WASTE_MAX 1000000

struct expression;

/* Compiles TEXT. NULL with an error of one line that says what and where. */
struct expression *expression_new(const char *text, GError **error);

/* What finds TEXT as it stands. Fails for what is too long and for what is not UTF-8. */
struct expression *expression_new_plain(const char *text, GError **error);
void expression_free(struct expression *expression);

/* Finds the first match in the LENGTH bytes at TEXT (UTF-8; broken bytes match nothing) that begins
 * at FROM or behind it. START and END may be NULL. */
bool expression_find(const struct expression *expression, const char *text, size_t length,
                     size_t from, size_t *start, size_t *end);

/* Has a match been given up since this was asked last, so that "not found" may be wrong? */
bool expression_gave_up(const struct expression *expression);

#endif
