/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text reports: what `pore digest`, `list`, `mails` and `stats` print (SPEC 6, 7).
 *
 * What came out of a mail is cleaned on its way: in a line, each control character
 * and line separator becomes a space, so that a record is a line and a field holds
 * no tab; in the digest's text blocks, control characters other than tab and
 * line break become U+FFFD.
 *
 * They are about the range: what the set knows besides (series.h) decides states and is not printed.
 *
 * One thread, the owner of the model, but for digest_append_entry(). */
#ifndef PORE_DIGEST_H
#define PORE_DIGEST_H

#include "archive/archive.h"
#include "marking.h"
#include "series/contributors.h"
#include "series/series.h"

#include <stdbool.h>
#include <stddef.h>

/* Rows of each contributor table in a digest. */
#define DIGEST_ROWS 15

/* A report writes through this, whole lines at a time; false stops the report (a closed pipe). */
typedef bool report_write(void *data, const char *bytes, size_t length);

/* Is the series with the posting LISTED in the digest? */
typedef bool digest_filter(const struct posting *listed, const void *data);

/* What a digest is about. Borrowed for the call. */
struct digest_options {
    const char *name;      /* of the list */
    const char *from, *to; /* as the user wrote the range, or what it came to */
    bool classic;          /* the reference form, to the byte: without the list of series */
    /* Asked once for each series. One that is not shown leaves out its row, its entries and
     * those of its skipped postings, and the tables do not count its mails. NULL: all are shown. */
    digest_filter *shown;
    const void *shown_data;
};

/* A digest whose mails have not been read yet. Immutable; owns all it needs, so that it outlives
 * the set it was made from. */
struct digest;

/* The digest of SET, which is settled. The caller frees it. */
struct digest *digest_new(const struct digest_options *options, const struct series_set *set);

/* The same in pieces, for who has keys to answer meanwhile: what is begun can be freed, and nothing
 * else, until digest_go_on() says that it is whole. That takes in about STEPS series or mails; SET
 * must not have settled since it was begun. */
struct digest *digest_begin(const struct digest_options *options, const struct series_set *set);
bool digest_go_on(struct digest *digest, size_t steps);
void digest_free(struct digest *digest);

/* What stands in front of the entries. Borrowed. */
const GString *digest_head(const struct digest *digest);

/* The mails whose texts the entries need: struct commit_id, in the order of the entries. Borrowed. */
const GArray *digest_commits(const struct digest *digest);

/* Appends the entry of the mail at INDEX of the commits, whose raw bytes are BYTES; NULL where they
 * could not be read, which leaves the entry out. The lines of skipped mails that stand next to
 * it come with it: the head and then the entries of all indexes in order are the digest.
 * Any thread. */
void digest_append_entry(const struct digest *digest, size_t index, const char *bytes,
                         size_t length, GString *out);

/* Writes the digest of SET, whose patches are read from ARCHIVE again for their texts.
 * False if WRITE stopped it. *UNREADABLE counts mails whose text could not be read again. */
bool digest_write(const struct digest_options *options, const struct series_set *set,
                  struct archive *archive, report_write *write, void *data, size_t *unreadable);

/* One line for each listed posting, newest first; with ALL_STATES for the others of the range too. The
 * fingerprints that MARKING wants have been given. */
bool report_list(const struct series_set *set, const struct marking *marking, bool all_states,
                 report_write *write, void *data);

/* One line for each live mail of the range, newest first. */
bool report_mails(const struct mailset *mails, report_write *write, void *data);

/* The two contributor tables, with their headings, DIGEST_ROWS each. */
bool report_stats(const struct mailset *mails, report_write *write, void *data);

/* Appends TEXT to LINE, cleaned as a field of a line. */
void report_append_field(GString *line, const char *text);

/* Appends LENGTH bytes of TEXT (UTF-8), cleaned as a block of text. */
void report_append_text(GString *block, const char *text, size_t length);

#endif
