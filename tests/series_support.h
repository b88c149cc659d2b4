/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short ways to make mails for the tests of src/series, and to write down what a
 * series_set says so that two can be compared. */
#ifndef PORE_TESTS_SERIES_SUPPORT_H
#define PORE_TESTS_SERIES_SUPPORT_H

#include "series/series.h"

#include <glib.h>

/* A mail to be written; NULL and 0 leave a header out or take what is usual. */
struct draft_mail {
    const char *id;         /* Message-ID without brackets; "@example.org" is added */
    const char *subject;
    const char *from;       /* "Ann <ann@example.org>" if NULL */
    const char *reply_to;   /* In-Reply-To, like id */
    const char *references; /* several ids, a space between */
    const char *in_body_from;
    const char *change_id;  /* X-Change-Id */
    const char *body;       /* a sentence and a small diff if NULL */
    gint64 date;            /* seconds since 1970 */
    bool withdrawal;
};

/* A list of mails on paper: struct mail_batch of one mail each, made anew for every
 * reading because a batch belongs to who takes it. */
struct paper_list;

struct paper_list *paper_list_new(void);
void paper_list_free(struct paper_list *list);

/* Appends a mail, which arrives after those before it; its index. */
guint paper_list_add(struct paper_list *list, const struct draft_mail *mail);
guint paper_list_length(const struct paper_list *list);

/* A list of at least so many mails, as bad as real ones and worse; the same for the same SEED. Few
 * ids and few titles, so that what should not meet meets often; with SPARSE there is also much that
 * never meets. */
struct paper_list *paper_list_generate(guint32 seed, guint mails, bool sparse);

/* The indexes (guint) of LENGTH mails, from the first or the last on. The caller frees it. */
GArray *paper_order_new(guint length, bool backwards);
void paper_order_shuffle(GArray *order, GRand *random);

/* A batch of COUNT of the mails that INDEXES (guint) names, in that order, from FIRST on. */
struct mail_batch *paper_list_batch(const struct paper_list *list, const GArray *indexes,
                                    guint first, guint count);

/* A set that has taken all mails in the order in which they were added, and settled. */
struct series_set *paper_list_read(const struct paper_list *list);

/* Corrections of some of the series of SET: some of one are not the same, some of two are. The
 * caller frees them. */
struct corrections *series_set_make_corrections(const struct series_set *set, guint32 seed, guint count);

/* Appends what is said of POSTING: its state, and why it is in its series, its own mails. */
void series_write_posting(GString *text, const struct posting *posting);

/* How many postings of the listed series are not listed. */
size_t series_set_skipped(const struct series_set *set);

/* All that SET says, as text: series and postings in order, members, states, versions,
 * bases. The caller frees it. */
char *series_set_write_down(const struct series_set *set);

/* The line that `pore list --all-states` prints for the posting with ID as lead,
 * without Message-ID and author: "New v1 2/3 title". The caller frees it; NULL if there is none. */
char *series_set_line(const struct series_set *set, const char *id);

#endif
