/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks as text, to be shared through a git repository: one line for each thing that was said,
 * sorted by bytes, so that what belongs to a series stands together and merges touch few lines.
 *
 *     MESSAGE-ID reviewed 2026-11-21T08:15:30.000001Z v2 FINGERPRINT …
 *     MESSAGE-ID flagged 2026-11-21T08:15:31.000000Z
 *     MESSAGE-ID note 2026-11-21T08:15:32.000000Z Look at the locking again.
 *     same MESSAGE-ID MESSAGE-ID 2026-11-21T08:15:33.000000Z
 *
 * Also unreviewed, later, ignored, unflagged, no-note, not-same, not-corrected. The version and
 * the fingerprints may be missing. no-note is the note with that time and text, taken back: it
 * wins over the note. Message-IDs are in angle brackets, and what could not stand in one field
 * is percent-encoded; times are UTC. Lines that begin with # and empty ones are passed over; so
 * are git's conflict marks, for both sides are taken. Pure but for marks_text_import(). */
#ifndef PORE_MARKS_TEXT_H
#define PORE_MARKS_TEXT_H

#include "store/marks.h"

/* All of MARKS as text. The caller frees it. */
GString *marks_text_export(const struct marks *marks);

/* Takes in LENGTH bytes of TEXT: of each thing the newest word wins, notes of both sides stay.
 * Twice is as once, and who takes the same texts in another order comes to the same. Nothing is
 * taken if a line is wrong: false with an error "NAME:LINE: why"; NAME is what the text is
 * called. A time more than a day ahead of this clock is wrong: it would win over all that is
 * said until then. *CHANGED counts what was taken. */
bool marks_text_import(struct marks *marks, const char *name, const char *text, size_t length,
                       size_t *changed, GError **error);

#endif
