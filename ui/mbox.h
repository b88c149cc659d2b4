/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What mails look like when they leave: as those of an mbox, or as text to be read.
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_MBOX_H
#define PORE_MBOX_H

#include "mail/mail.h"

#include <glib.h>
#include <stddef.h>

/* Appends the LENGTH raw bytes of the mail of COMMIT as one of an mbox, as git am takes it: the
 * line of git format-patch in front, lines that begin with "From " behind any number of ">" get
 * one more (mboxrd), a blank line behind it. */
void mbox_append(GString *out, const struct commit_id *commit, const char *bytes, size_t length);

/* Appends the mail for a reader: the headers that matter, a blank line and the text, decoded
 * and without control characters that could steer a terminal or a printer. */
void mbox_append_readable(GString *out, const char *bytes, size_t length);

#endif
