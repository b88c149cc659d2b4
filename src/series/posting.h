/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Postings: the patches and the cover letter that were sent as one (SPEC 3).
 *
 * A posting is immutable: when a mail arrives that changes it, it is dissolved
 * together with everything that hangs on it and made anew. That is how the answer
 * comes to depend on the set of mails and not on their order. Only the piece that
 * a new mail touches is made anew: what hangs together by replies, or by dates where there
 * are none, which is nearly always a posting or two.
 *
 * One thread, the owner of the model. */
#ifndef PORE_POSTING_H
#define PORE_POSTING_H

#include "series/mailset.h"

struct series;

/* Owned by its posting_index. Dies at the posting_index_settle() that dissolves it. */
struct posting {
    /* Its own mails (struct member *): cover, patches by number; each number
     * once. Never empty. */
    GPtrArray *members;
    /* A partial reroll has the numbers it lacks from this one; else NULL. */
    struct posting *base;
    struct posting *reroll;      /* the first of those whose base it is, or NULL; */
    struct posting *next_reroll; /* the next one with the same base */
    uint32_t version;
    uint32_t total; /* announced; 1 for a patch without a number */
    uint32_t have;  /* patches present of those announced, base's counted */
    bool in_range;  /* one of its own mails is a mail of the range */
    bool looked_at; /* wants.c: what it can be joined with has been asked for */
    const char *change_id; /* of the first of its mails that has one, or "" */
    struct posting *next_in_piece; /* posting.c: the next one of those that are dissolved together
                                    * with it, in a ring; itself if alone */
    struct series *series; /* set by series.c, never NULL after its settle */
    struct clue *clues;    /* joins.c: what it can be found by, */
    guint clue_count;      /* so many; once it is a part of a series_set */
    unsigned reached;      /* joins.c: the last settle that came across it */
    guint slot;            /* partition.c: its place in the component that is divided */
};

/* The cover letter, else the first patch. */
const struct mail *posting_lead(const struct posting *posting);

/* The cover letter, or NULL. */
const struct mail *posting_cover(const struct posting *posting);

/* The member with NUMBER, in the posting or in what it rerolls, or NULL.
 * A patch without a number is number 1. */
struct member *posting_member(const struct posting *posting, uint32_t number);

/* Its mails by number, with those it has from what it rerolls (struct member *). The
 * caller frees the array. */
GPtrArray *posting_all_members(const struct posting *posting);

/* The order of revisions, oldest first: version, then date of the lead, then its arrival.
 * Never 0 for different postings. */
int posting_compare(const struct posting *a, const struct posting *b);

/* All postings of a mailset. */
struct posting_index;

struct posting_index *posting_index_new(struct mailset *set);
void posting_index_free(struct posting_index *index);

/* Works off what changed in the mailset. Adds what was dissolved to GONE and what
 * was made to MADE (both struct posting *, borrowed). What is gone can still be
 * read, its members too, until the next call frees it. */
void posting_index_settle(struct posting_index *index, GPtrArray *gone, GPtrArray *made);

#endif
