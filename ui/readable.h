/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mail as text to be read outside of pore.
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_READABLE_H
#define PORE_READABLE_H

#include <glib.h>
#include <stddef.h>

/* Appends the raw mail of LENGTH bytes for a reader: the headers that matter, a blank line, which
 * limits it met and the text, decoded and without control characters that could steer a terminal or a printer. */
void readable_append(GString *out, const char *bytes, size_t length);

#endif
