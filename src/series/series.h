/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Series and their states: the one engine behind every view and report.
 *
 * A series is one piece of work over all its postings. Two postings are of one
 * series if series_rule_between() finds a rule for them, and so are those that a
 * chain of such pairs joins (SPEC 4). Mails are taken in any order and any
 * pieces; after series_set_settle() the answer is that of reading them all
 * at once. Taking a mail costs what hangs on it, not what was read before.
 *
 * One thread, the owner of the model. Pointers to series and postings hold until the
 * next settle; who wants to remember one remembers its lead mail, which stays. */
#ifndef PORE_SERIES_H
#define PORE_SERIES_H

#include "series/mailset.h"
#include "series/posting.h"

/* Why two postings are of one series: the rules of SPEC 4, and the reroll of SPEC 3, which
 * is asked first. */
enum series_rule {
    SERIES_RULE_NONE,
    SERIES_RULE_CHANGE_ID,  /* the same change-id */
    SERIES_RULE_TITLE,      /* the same title of the cover letter or of patch 1 */
    SERIES_RULE_REFERENCE,  /* the newer one's lead names the older one */
    SERIES_RULE_PATCHES,    /* the same sender and half of the patch titles */
    SERIES_RULE_REROLL,     /* one has the numbers it lacks from the other */
};

/* "same change-id" and so on: a few words that can follow "joined by". Static. */
const char *series_rule_text(enum series_rule rule);

enum series_state {
    SERIES_NEW,   /* listed, nothing earlier known */
    SERIES_EXIST, /* listed, something earlier known */
    SERIES_SKIP,  /* not listed, a later posting is */
};

/* "New", "Exist", "Skip". Static. */
const char *series_state_name(enum series_state state);

struct series {
    GPtrArray *postings; /* struct posting *, newest first; the first is listed */
    uint64_t serial;     /* its own: a series of other postings has another, also after it was freed */
    bool dissolved;
};

/* Everything: the mails, their postings, the series. */
struct series_set;

struct series_set *series_set_new(void);
void series_set_free(struct series_set *set);

/* Takes the mails of BATCH, which belongs to SET from here on. The series are as
 * before until series_set_settle(). */
void series_set_take(struct series_set *set, struct mail_batch *batch);

/* Brings postings and series up to date with what was taken. False if nothing
 * that a list of series shows has changed. */
bool series_set_settle(struct series_set *set);

/* The mails. Borrowed. */
const struct mailset *series_set_mails(const struct series_set *set);

/* All series, those whose listed posting arrived last first (its lead's
 * arrival). struct series *; borrowed until the next settle. */
const GPtrArray *series_set_list(const struct series_set *set);

/* How many postings are not listed. */
size_t series_set_skipped(const struct series_set *set);

/* The posting of the live mail with MESSAGE_ID: for a reply, that of the patch
 * or cover up the thread. NULL if there is none. */
const struct posting *series_set_find(const struct series_set *set, const char *message_id);

enum series_state posting_state(const struct posting *posting);

/* The rule by which A and B belong together by themselves, not through a third. The strongest where
 * several hold. */
enum series_rule series_rule_between(const struct posting *a, const struct posting *b);

/* Why POSTING is in its series: the rule, and in *OTHER the posting that it is
 * joined with: the newest of the older ones that a rule joins it with, else the
 * oldest of the newer ones. SERIES_RULE_NONE and NULL if it is alone, or joined with
 * none of the hundreds next to it. */
enum series_rule posting_why(const struct posting *posting, const struct posting **other);

/* Why POSTING, which is skipped, was taken for an older one: the rule that joins it
 * with the nearest newer one, else with the nearest older one. */
enum series_rule posting_why_skipped(const struct posting *posting, const struct posting **other);

#endif
