/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which words differ in the changed lines of a mail's diff: of each run of removed lines with the
 * added ones behind it, compared (word_difference.h) when one of its lines is first looked at.
 * One thread. */
#ifndef PORE_HUNK_WORDS_H
#define PORE_HUNK_WORDS_H

#include "mail/text.h"

#include <glib.h>
#include <stddef.h>

struct hunk_words;

/* Of the TEXT of BYTES; both must outlive it. */
struct hunk_words *hunk_words_new(const char *bytes, const struct text *text);
void hunk_words_free(struct hunk_words *words);

/* Adds what differs in line INDEX of the text as spans (struct flow_span). Of a line that is neither
 * removed nor added, nothing. */
void hunk_words_spans(struct hunk_words *words, size_t index, GArray *spans);

#endif
