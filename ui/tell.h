/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard output and standard error while no screen covers them. Where they are a terminal, what
 * comes to it is what glyph.h lets through: no word of a mail, of a server, or of an argument
 * steers it. A file or a pipe gets everything as it is.
 *
 * One thread at a time. */
#ifndef PORE_TELL_H
#define PORE_TELL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Appends the LENGTH bytes at TEXT, any, to OUT as a terminal may get them, in the locale's
 * charset. Line breaks and tabs stay; a control character becomes "^" and a letter, what else
 * cannot be shown U+FFFD or "?". */
void tell_append(GString *out, const char *text, size_t length);

/* Writes LENGTH bytes at BYTES to FILE; if that is a terminal, what tell_append() makes of them.
 * False with errno set. */
bool tell_bytes(FILE *file, const char *bytes, size_t length);

/* Says "pore: " and the text on standard error, on one line whatever is in it. */
void tell(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
