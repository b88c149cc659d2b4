/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which patch of a posting became which of another one. Private to this folder; comparison.h has
 * the rules. */
#ifndef PORE_PAIRING_H
#define PORE_PAIRING_H

#include "compare/difference.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A patch as far as pairing looks at it. */
struct pairing_patch {
    unsigned position;  /* among those of its side */
    const char *title;  /* in the form in which titles are the same; "" is the same as none */
    const char *diff;   /* of the comparable patch; "" is the same as none */
    size_t diff_length;
    const struct difference_text *lines; /* of that; NULL until it is needed */
    struct pairing_patch *partner;       /* NULL: none, or none yet */
};

/* Pairs the patches of OLD with those of NEW (struct pairing_patch *, in the order of their sides,
 * without partners). TEXTS take the diffs' lines. False if *STOP (may be NULL) ended it early. */
bool pairing_find(const GPtrArray *old, const GPtrArray *new, struct difference_texts *texts,
                  gint *stop);

#endif
