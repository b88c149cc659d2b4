/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people say about series against the rules: that two mails are of one series, or that
 * they are not. Pairs of Message-IDs, in either order; the last word on a pair counts.
 *
 * Owned by who made it; a series_set borrows it. One thread, the owner of the model. */
#ifndef PORE_CORRECTIONS_H
#define PORE_CORRECTIONS_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

enum correction {
    CORRECTION_NONE, /* the rules decide */
    CORRECTION_SAME,
    CORRECTION_NOT_SAME,
};

struct corrections;

struct corrections *corrections_new(void);
void corrections_free(struct corrections *corrections);

/* Sets what is said of the mails A and B (Message-IDs without brackets, copied). */
void corrections_set(struct corrections *corrections, const char *a, const char *b,
                     enum correction correction);

/* What is said of A and B. */
enum correction corrections_between(const struct corrections *corrections, const char *a,
                                    const char *b);

/* The Message-IDs about which something is said together with ID, NULL at the end; NULL if nothing.
 * Borrowed until the next change. Those of CORRECTION_NONE are not among them. */
const char *const *corrections_of(const struct corrections *corrections, const char *id);

/* How many they are. */
size_t corrections_count_of(const struct corrections *corrections, const char *id);

/* All Message-IDs about which something is said, in no order. char *: copies; the caller frees the
 * array, and them with it. */
GPtrArray *corrections_ids(const struct corrections *corrections);

/* Pairs that are not CORRECTION_NONE. */
size_t corrections_count(const struct corrections *corrections);

/* Counts the changes: another number, other corrections. */
uint64_t corrections_generation(const struct corrections *corrections);

#endif
