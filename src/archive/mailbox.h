/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that hold mails, taken apart one mail at a time: mbox, Maildir, a single mail.
 * What a file is, its bytes say, not its name. Knows nothing of git.
 *
 * One thread. */
#ifndef PORE_MAILBOX_H
#define PORE_MAILBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mailbox;

/* Opens PATH: an mbox or one mail, gzipped or not, "-" for standard input, or a
 * Maildir, whose new/ and cur/ are read as one, by mailbox_arrival() and then by
 * file name. NULL with an error of ARCHIVE_ERROR that names PATH. */
struct mailbox *mailbox_open(const char *path, GError **error);
void mailbox_close(struct mailbox *mailbox);

/* Takes the next mail. Of an mbox without its "From " line, the empty line behind
 * it and the quoting of "From " lines (mboxrd; mboxo's is the same as far as it can
 * be undone). BYTES are borrowed until the next call. False at the end, and with
 * *ERROR set if the file cannot be read on or a mail is larger than
 * ARCHIVE_MAIL_MAX. */
bool mailbox_next(struct mailbox *mailbox, const char **bytes, size_t *length, GError **error);

/* When a mail arrived, in UTC seconds, and its zone in minutes east of UTC: the
 * date of its topmost Received field, else its Date. False if neither can be read
 * or lies behind LATEST. */
bool mailbox_arrival(const char *bytes, size_t length, int64_t latest, int64_t *seconds,
                     int *zone);

#endif
