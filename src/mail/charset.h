/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the bytes of a mail to UTF-8.
 *
 * Pure, any thread, any bytes; mail_startup() must have been called. */
#ifndef PORE_CHARSET_H
#define PORE_CHARSET_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Appends the LENGTH bytes at BYTES, which are said to be in CHARSET, to OUT as
 * valid UTF-8. NULs become U+FFFD.
 *
 * CHARSET may be NULL. Where it names none that iconv knows (real mails say
 * "y", "yes", "8" and "true"), or US-ASCII, the bytes are taken as UTF-8 and,
 * failing that, as Latin-1. What is no character of a charset that is known becomes U+FFFD.
 * False if anything became U+FFFD. */
bool charset_decode(GString *out, const char *charset, const char *bytes, size_t length);

/* How many of the LENGTH bytes at BYTES, from the first on, are ASCII and no NUL. */
size_t charset_plain_length(const char *bytes, size_t length);

#endif
