/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How patches that hang together are divided into postings: the sentences of SPEC 3.
 * posting.h finds what hangs together and is how everybody else comes to it. */
#ifndef PORE_PIECE_H
#define PORE_PIECE_H

#include "series/posting.h"

/* Mails without references that were sent as one have dates at most this many
 * seconds apart. */
#define RUN_SPAN 3600

/* How a patch finds its posting; SPEC 3 in the order of its sentences. */
enum link {
    LINK_ALONE,   /* has no number */
    LINK_COVER,   /* begins a posting whatever it replies to, and its siblings join */
    LINK_FOLLOW,  /* belongs with its parent */
    LINK_REROLL,  /* replaces its parent, the same number of a lower version */
    LINK_SIBLING, /* belongs with those that answer the same mail */
    LINK_RUN,     /* refers to nothing: belongs with those sent within the hour */
};

/* By what MEMBER, a patch or cover, finds its posting as things are now. */
enum link member_link(const struct member *member);

/* Makes FOUND (struct member *), live mails closed under their links, each with its index as its slot,
 * into postings, which it adds to MADE: a piece, one ring of postings. Mails are placed in the order
 * of arrival, but none before the mail it follows. */
void piece_make(const GPtrArray *found, GPtrArray *made);

/* A GDestroyNotify: takes a struct posting *. */
void posting_free(gpointer posting);

#endif
