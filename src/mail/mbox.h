/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mails as those of an mbox.
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

#endif
