/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How git am reads the mail of a patch: what git mailinfo(1) and git stripspace(1) make of its
 * headers and lines, as they were observed at git 2.39. Settings of the user's git
 * (mailinfo.scissors, am.keepcr) are left at their defaults.
 *
 * Pure, any thread, any bytes. Texts are UTF-8 with LF at the ends of lines. */
#ifndef PORE_MAILINFO_H
#define PORE_MAILINFO_H

#include "mail/message.h"

#include <glib.h>
#include <stdbool.h>

/* The author that git commits of FROM, a From header decoded (header_decode()): "Name <address>".
 * Quotes are taken off, a name that is none is the address again, and marks at the ends of both are
 * dropped. What holds no address comes back as it is. The caller frees it. */
char *mailinfo_author(const char *from);

/* The title that git commits of SUBJECT, decoded: without any "[...]", "Re:", colons and blanks in
 * front. The caller frees it. */
char *mailinfo_title(const char *subject);

/* Where MAIL is format=flowed (RFC 3676), makes the lines of TEXT, its text, whole, in place: those that
 * end with a blank go on in the next one, and one blank in front of a line goes. Of multiparts the
 * parts' types are not looked at. */
void mailinfo_unflow(const struct message_source *mail, GString *text);

/* The header lines that open a body, decoded; NULL where there is none. */
struct mailinfo_opening {
    char *from, *subject, *date;
};

/* Takes them into OUT, which mailinfo_opening_clear() empties. The answer is where the message
 * begins. */
const char *mailinfo_open(const char *start, const char *end, struct mailinfo_opening *out);
void mailinfo_opening_clear(struct mailinfo_opening *opening);

/* Where the message ends and git begins to look for the patch: the first line that is "---", or
 * begins with "--- " and a name, "diff -" or "Index: ". NULL if there is none. */
const char *mailinfo_break(const char *start, const char *end);

/* Appends the lines from START to END as git cleans a commit message: no white space at the ends
 * of lines, one blank line where there are several, none at the beginning and the end. */
void mailinfo_clean(GString *out, const char *start, const char *end);

#endif
