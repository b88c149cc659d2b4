/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many put their names to each mail of a posting: those of the mail itself and those that were
 * collected, each once; neither what machines said nor what names somebody else than its sender.
 *
 * The owner of the model; holds until the next settle. */
#ifndef PORE_TALLY_H
#define PORE_TALLY_H

#include "series/posting.h"

#include <glib.h>
#include <stdint.h>

struct tally_counts {
    uint32_t acked, reviewed, tested;
};

/* Columns that counts are shown in: "A1 R2 T1". */
#define TALLY_COLUMNS 3

/* Widens the columns, whose cells are WIDTHS (0: there is none), for COUNTS. */
void tally_widen(int widths[TALLY_COLUMNS], const struct tally_counts *counts);

/* Appends COUNTS in columns of WIDTHS, a blank between two, to TEXT. */
void tally_append(const int widths[TALLY_COLUMNS], const struct tally_counts *counts, GString *text);

struct tally;

/* Of POSTING with COLLECTED (struct collected_trailer), both borrowed for the call. */
struct tally *tally_new(const struct posting *posting, const GArray *collected);
void tally_free(struct tally *tally);

/* Of MEMBER: its own and those for all, of the cover letter only these; zeros for a mail that is not
 * of the posting. */
struct tally_counts tally_of(const struct tally *tally, const struct member *member);

/* Of the trailers TEXTS, NULL at the end, as they stand. */
struct tally_counts tally_texts(const char *const *texts);

#endif
