/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mail of a patch as one of an mbox that git am takes, with trailers added to its message.
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_PATCH_MAIL_H
#define PORE_PATCH_MAIL_H

#include "mail/mail.h"

#include <glib.h>
#include <stddef.h>

/* Appends the raw mail of LENGTH bytes of COMMIT as mbox_append() would (mboxrd), with TRAILERS (lines,
 * UTF-8, NULL at the end; NULL: none) behind the trailers of its message, in front of the "---" or
 * the diff; without trailers there (git interpret-trailers(1) says which lines are) they are a paragraph of
 * their own at its end. One that is there already, whatever the case, is not added again.
 *
 * Without any to add the mail goes out byte for byte. Else its body is written anew: one part,
 * transfer encoding and format=flowed undone, the message in UTF-8, the diff byte for byte as git
 * mailinfo would see it, so that git am makes the same tree of it. Where git would lose CRs of the
 * diff that way, the body is base64. */
void patch_mail_append(GString *out, const struct commit_id *commit, const char *bytes,
                       size_t length, const char *const *trailers);

#endif
