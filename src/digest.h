/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text reports: what `pore digest`, `list`, `mails` and `stats` print (SPEC 6, 7).
 *
 * What came out of a mail is cleaned on its way: in a line, each control character
 * and line separator becomes a space, so that a record is a line and a field holds
 * no tab; in the digest's text blocks, control characters other than tab and
 * line break become U+FFFD.
 *
 * One thread, the owner of the model. */
#ifndef PORE_DIGEST_H
#define PORE_DIGEST_H

#include "archive/archive.h"
#include "series/contributors.h"
#include "series/series.h"

#include <stdbool.h>
#include <stddef.h>

/* Rows of each contributor table in a digest. */
#define DIGEST_ROWS 15

/* A report writes through this, whole lines at a time; false stops the report (a closed pipe). */
typedef bool report_write(void *data, const char *bytes, size_t length);

/* What a digest is about. Borrowed for the call. */
struct digest_options {
    const char *name;      /* of the list */
    const char *from, *to; /* as the user wrote the range, or what it came to */
    bool classic;          /* the reference form, to the byte: without the list of series */
};

/* Writes the digest of SET, whose patches are read from ARCHIVE again for their texts.
 * False if WRITE stopped it. *UNREADABLE counts mails whose text could not be read again. */
bool digest_write(const struct digest_options *options, const struct series_set *set,
                  struct archive *archive, report_write *write, void *data, size_t *unreadable);

/* One line for each listed posting, newest first; with ALL_STATES for the skipped ones too. */
bool report_list(const struct series_set *set, bool all_states, report_write *write, void *data);

/* One line for each live mail, newest first. */
bool report_mails(const struct mailset *mails, report_write *write, void *data);

/* The two contributor tables, with their headings, DIGEST_ROWS each. */
bool report_stats(const struct mailset *mails, report_write *write, void *data);

/* Appends TEXT to LINE, cleaned as a field of a line. */
void report_append_field(GString *line, const char *text);

/* Appends LENGTH bytes of TEXT (UTF-8), cleaned as a block of text. */
void report_append_text(GString *block, const char *text, size_t length);

#endif
