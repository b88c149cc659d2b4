/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mail as bytes, for the index on disk: all of struct mail but where it lies, in a form that is
 * read without copying more than once.
 *
 *     flags and kind (one byte); then numbers of seven bits a byte, lowest first: date, version,
 *         number, total, where the title begins in the subject, how many references, links and
 *         trailers, which reference is the parent
 *     the strings, each with a NUL: message_id, subject, release, sender_name, sender_address,
 *         author_line, author_address unless it is the sender's, change_id, parent unless it is a
 *         reference or empty; references, links, trailers
 *     a checksum of all that (four bytes, lowest first)
 *
 * Pure functions, any thread. Records are checked on reading: whatever the bytes are, nothing is
 * read outside of them, strings are what mail.h promises, and a record that was damaged is
 * refused. */
#ifndef PORE_RECORD_H
#define PORE_RECORD_H

#include "mail/mail.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends MAIL to OUT. Two mails with the same contents have the same record. */
void record_write(const struct mail *mail, GByteArray *out);

/* Appends to BATCH the mail that the LENGTH bytes at BYTES hold, at PLACE. False, and BATCH is as
 * it was, if they are no record. */
bool record_read(struct mail_batch *batch, const uint8_t *bytes, size_t length,
                 const struct mail_place *place);

/* Does the record withdraw a mail? Looks at nothing else of it. */
bool record_withdraws(const uint8_t *bytes, size_t length);

/* --- for whatever else stands in an index ------------------------------------------------------ */

#define RECORD_CHECKSUM_SIZE 4

/* What stands at the end of a record whose LENGTH bytes before that are at BYTES. */
uint32_t record_checksum(const uint8_t *bytes, size_t length);

/* Appends the checksum of what stands in OUT from START on. */
void record_add_checksum(GByteArray *out, guint start);

/* Do the LENGTH bytes at BYTES end with the checksum of those before? */
bool record_has_checksum(const uint8_t *bytes, size_t length);

#endif
