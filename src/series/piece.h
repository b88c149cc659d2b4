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

/* Live mails that hang together by their links, and the postings they make.
 * A change to one of them dissolves the whole. */
struct piece {
    GPtrArray *members;  /* struct member * */
    GPtrArray *postings; /* struct posting * */
};

/* Makes FOUND, live mails closed under their links, each with its index as its slot,
 * into a piece, which keeps a reference to FOUND. Adds its postings to MADE. Mails
 * are placed in the order of arrival, but none before the mail it follows. */
struct piece *piece_make(GPtrArray *found, GPtrArray *made);

/* Frees the piece; its postings too with _whole. Both take a struct piece *, and
 * posting_free a struct posting *: they are GDestroyNotify. */
void piece_free(gpointer piece);
void piece_free_whole(gpointer piece);
void posting_free(gpointer posting);

#endif
