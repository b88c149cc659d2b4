/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header block of a mail (RFC 5322, 2.2), looked at once.
 *
 * GMime builds an object for every header of every mail, which costs more than
 * reading the mail from the pack. Walking the block with memchr() and handing
 * the dozen fields that matter to GMime's decoders costs a twentieth of that;
 * this is the one place where the library is not used whole.
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_HEADER_H
#define PORE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A header field as it stands in the bytes: borrowed, folded, undecoded, not
 * NUL-terminated. */
struct header {
    const char *name;
    size_t name_length;
    const char *value; /* after the colon and the white space behind it */
    size_t value_length; /* without the last line break */
};

/* Takes the field at *CURSOR into OUT and moves *CURSOR behind it. False at the
 * empty line that ends the block (*CURSOR is then the first byte of the body),
 * or at END. Lines that are no field (mbox "From ", garbage) are passed over,
 * as git mailinfo does. CRLF and LF both end a line. */
bool header_next(const char **cursor, const char *end, struct header *out);

/* Is FIELD's name NAME, whatever the case (RFC 5322, 1.2.2)? */
bool header_is(const struct header *field, const char *name);

/* VALUE unfolded: raw 8-bit taken as UTF-8 and failing that as Latin-1, each run
 * of white space one space, none at the ends, RFC 2047 words as they are.
 * Valid UTF-8; NULs become U+FFFD, other control characters stay for the screen
 * to mark. The caller frees it. */
char *header_unfold(const char *value, size_t length);

/* The text of a field: unfolded as above, its RFC 2047 words decoded. In an address
 * field (From, To) quotes stay as written. A field made to waste time (see
 * header_word_cost()) keeps its words as they are. The caller frees it. */
char *header_decode(const char *value, size_t length);

/* The bytes that GMime looks at to find the ends of RFC 2047 words: for each "=?"
 * those up to the next "?=" or the end of the header block. Without those ends it
 * takes quadratic time, so whoever hands it strange bytes asks first. */
uint64_t header_word_cost(const char *bytes, size_t length);

/* Seconds since 1970 UTC that a Date field names, and in *ZONE (may be NULL)
 * its zone in minutes east of UTC. Zones that do not exist (+2100) are
 * taken as UTC. False where no date of the years 1970 to 9999 can be read; then
 * nothing is written. The one form that nearly all mails have is read here: GMime takes ten
 * times as long, a tenth of all that reading a mail's fields takes. */
bool header_decode_date(const char *value, size_t length, long long *seconds, int *zone);

#endif
