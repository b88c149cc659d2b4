/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of SPEC 4, each between two postings. series.h is how everybody else
 * comes to them; here is what its engine is built from and tested against.
 *
 * Pure functions of postings. The texts of their members are interned: equal text, equal
 * pointer. */
#ifndef PORE_RULES_H
#define PORE_RULES_H

#include "series/series.h"

const struct member *posting_lead_member(const struct posting *posting);

/* The release words of the lead: postings of different releases are never joined. */
const char *posting_release(const struct posting *posting);

/* Its own patch 1, a patch without a number included, or NULL. */
const struct member *posting_first_patch(const struct posting *posting);

/* The title of the cover letter or of patch 1, folded. NULL if it has none, or
 * one without words, which says nothing. */
const char *posting_cover_title(const struct posting *posting);
const char *posting_first_patch_title(const struct posting *posting);

/* The folded titles of its own patches, each once, ordered by address. The caller
 * frees the array. */
GPtrArray *posting_patch_titles(const struct posting *posting);

/* Does rule 3 join them if NEWER's lead names a mail of OLDER, which the caller knows? */
bool rule_reference_counts(const struct posting *newer, const struct posting *older);

/* What joins A and B, the strongest where several do, leaving corrections aside. */
enum series_rule rule_between(const struct posting *a, const struct posting *b);

/* Rule 4. */
bool rule_patches_hold(const struct posting *a, const struct posting *b);

#endif
