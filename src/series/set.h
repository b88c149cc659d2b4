/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a series_set, for those that work on it: series.c, joins.c, partition.c, wants.c.
 * series.h is how everybody else comes to it. */
#ifndef PORE_SET_H
#define PORE_SET_H

#include "series/series.h"

struct series_set {
    struct mailset *mails;
    struct posting_index *postings;
    GHashTable *clues;    /* joins.c: struct clue *, of those that are alike the first, each its own
                           * key */
    /* joins.c, in a settle: struct clue * of the table above, */
    GHashTable *expanded; /* of which all postings were reached */
    GHashTable *classes;  /* → posting → GPtrArray of those that rule 2 joins */
    GPtrArray *list;      /* struct series *, see series_set_list() */
    GPtrArray *seeds;     /* struct posting * whose series has to be worked out */
    GPtrArray *dissolved; /* struct series * to be freed when the list is clear of them */
    unsigned settles;
    uint64_t serial; /* of the series made last */

    const struct corrections *corrections; /* borrowed, or NULL */
    GPtrArray *corrected;    /* char *: the mails they were about when they were taken over last */
    bool corrections_changed; /* since then */

    /* wants.c */
    GHashTable *asked; /* uint64_t *: keys that were asked for */
    guint looked_at;   /* so many of the mails */
    GQueue fresh;      /* struct series * of the range that have not been looked at, by their own links */
};

/* --- series.c ------------------------------------------------------------- */

/* Ends SERIES and those that corrections cut from it: its postings become seeds. */
void series_dissolve(struct series_set *set, struct series *series);

/* --- joins.c --------------------------------------------------------------- */

/* The empty table for set->clues. */
GHashTable *series_clues_new(void);

/* Has POSTING be found by what it says, and no more. */
void series_enter_clues(struct series_set *set, struct posting *posting);
void series_leave_clues(struct series_set *set, struct posting *posting);

/* Has FOUND hold all that POSTING is joined with, directly or in a chain, itself included (struct
 * posting *, in no order), whatever is said to be NOT_SAME; the series they were in are dissolved.
 * False if this settle has come across it before. */
bool series_reach_component(struct series_set *set, struct posting *posting, GPtrArray *found);

/* --- partition.c ----------------------------------------------------------- */

/* The posting that the mail with MESSAGE_ID is in, or NULL. */
struct posting *series_posting_of(const struct series_set *set, const char *message_id);

/* The mails (Message-IDs, NULL at the end) about which something is said together with MEMBER, NULL
 * if nothing. A correction means the mail that its Message-ID means, no other one with the same. */
const char *const *series_corrections_of(const struct series_set *set, const struct member *member);

/* What is said of mails of A and of mails of B. NOT_SAME of two of them outweighs SAME of two
 * others. */
enum correction series_correction_between(const struct series_set *set, const struct posting *a,
                                          const struct posting *b);

/* Divides COMPONENT, which is left in the order of revisions, so that no two mails that are
 * NOT_SAME are in one part. GPtrArray *: the parts; the caller frees them and the array. NULL if all
 * stay together. Depends on nothing but the postings and corrections. */
GPtrArray *series_partition(const struct series_set *set, GPtrArray *component);

/* --- wants.c --------------------------------------------------------------- */

/* Before and after SERIES is of use: whether series_set_wants() has to look at it. */
void series_want(struct series_set *set, struct series *series);
void series_forget_wants(struct series_set *set, struct series *series);

#endif
