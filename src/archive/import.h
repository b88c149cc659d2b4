/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes or extends a v2 archive from mbox files (also gzipped) and Maildirs,
 * for whoever has mails and no archive. The only writer.
 *
 * One thread. */
#ifndef PORE_IMPORT_H
#define PORE_IMPORT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* What import_files() did. */
struct import_result {
    size_t added;
    size_t known;     /* already in the archive: same Message-ID, sender and subject */
};

/* Adds the mails of the COUNT paths at FILES to the archive at PATH, creating a
 * bare repository there if nothing is, or an empty folder. Of a v2 inbox the newest
 * epoch is extended; anything but a v2 archive or an empty repository is refused.
 * Each path is an mbox (mboxrd and mboxo quoting, "From " lines; `.gz` if its bytes
 * say so), a Maildir (new/ and cur/), one mail, or "-" for standard input. Mails go
 * in by the order of the files; within a Maildir by date.
 *
 * A mail that the archive or an earlier file has already (mail_same(), also if it
 * was withdrawn since) is counted as known and not added. Mails without a
 * Message-ID are always added. The bytes stay as they are, but for the fields
 * Bytes, Lines, Content-Length, Status and X-Status, which public-inbox leaves out
 * as well.
 *
 * The commit's author is the sender, dated by the Date field in its zone, its text
 * the subject, as public-inbox does; the committer date is when the mail arrived:
 * its topmost Received, else its Date, never in the future and never earlier than
 * the commit before it. The same input makes the same commits.
 *
 * All or nothing: the branch moves once, when every file was read, and only if
 * nobody else moved it. False with an error of ARCHIVE_ERROR (_WRITE also if a new
 * archive would hold no mail), and the archive is as it was. */
bool import_files(const char *path, const char *const *files, size_t count,
                  struct import_result *result, GError **error);

/* Withdraws the mail with MESSAGE_ID (without brackets; of several the one that
 * arrived first): a commit that holds it as "d". False with ARCHIVE_ERROR_RANGE if
 * there is none that is not withdrawn already, or as import_files(). */
bool import_withdraw(const char *path, const char *message_id, GError **error);

#endif
