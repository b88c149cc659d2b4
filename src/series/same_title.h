/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rule 2 of SPEC 4 over all postings of one title and release at once: comparing each
 * two would take the square of their number, and anyone can send a title often. */
#ifndef PORE_SAME_TITLE_H
#define PORE_SAME_TITLE_H

#include "series/posting.h"

/* For each of POSTINGS (struct posting *, which share a title), the GPtrArray of
 * those that rules 1 and 2 join it with, directly or in a chain of them, itself
 * included; those joined share one array. Linear in their number. The caller
 * destroys the table, which frees the arrays. */
GHashTable *same_title_classes(const GPtrArray *postings);

#endif
