/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs within changed lines: the words of removed lines against those of the added lines that
 * stand in their place.
 *
 * Compared are words, runs of blanks and single other characters, over the ends of lines, so that what
 * was wrapped anew is no difference. Pure. */
#ifndef PORE_WORD_DIFFERENCE_H
#define PORE_WORD_DIFFERENCE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* What is compared at most, else nothing is: lines and bytes of a side, and pairs of words between the
 * equal beginning and the equal end. That is a millisecond. */
#define WORD_DIFFERENCE_LINES 64
#define WORD_DIFFERENCE_BYTES 16384
#define WORD_DIFFERENCE_PAIRS 500000

/* A line without what marks it as removed or added. Borrowed. */
struct word_line {
    const char *text;
    size_t length;
};

/* Bytes of a line that the other side does not have. */
struct word_span {
    size_t line;
    size_t start, end;
};

/* Adds to REMOVED and ADDED (struct word_span, in the order of the text) what differs. False, and
 * nothing, where the sides are too long or have too little in common for that to help. A line
 * that has hardly anything in common with the other side is not marked either. */
bool word_difference(const struct word_line *old_lines, size_t old_count,
                     const struct word_line *new_lines, size_t new_count, GArray *removed,
                     GArray *added);

#endif
