/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may reach a terminal: printable text and the sequences that pore writes itself, told by their
 * shape and not from a recording, in which a mail's could be. */
#ifndef PORE_TERMINAL_GRAMMAR_H
#define PORE_TERMINAL_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

/* A terminal of the kind TERM in a locale: ASCII in "C", else UTF-8 without what has no business
 * on a screen. */
struct grammar {
    const char *term, *locale;
    const char *finals;   /* last letters of CSI sequences (ECMA-48) with numbers only */
    const char *escapes;  /* what stands behind a lone Escape */
    const char *controls; /* besides CR, LF and BS */
    bool clipboard;       /* takes OSC 52 */
};

/* The kinds of terminals and locales that the tests go through. */
#define GRAMMARS 4
extern const struct grammar grammars[GRAMMARS];

/* The first of the LENGTH bytes that GRAMMAR does not allow; NULL if there is none. */
const char *find_stray(const struct grammar *grammar, const char *bytes, size_t length);

#endif
