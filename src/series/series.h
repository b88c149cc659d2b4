/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Series and their states: the one engine behind every view and report.
 *
 * A series is one piece of work over all its postings. Two postings are of one series if
 * series_rule_between() finds a rule for them, and so are those that a chain of such pairs joins
 * (SPEC 4). Mails are taken in any order and any pieces; after series_set_settle() the answer is
 * that of reading them all at once. Taking a mail costs what hangs on it, not what was read before.
 *
 * The range decides what is listed, the archive decides what is known: the set holds the mails of
 * the range and others that have to do with them, and lists the series that have a posting in the
 * range. series_set_wants() says by what the others are to be found; when nothing is wanted any
 * more, the states of what is listed are those that reading the whole archive would give.
 *
 * One thread, the owner of the model. Pointers to series and postings hold until the next settle;
 * who wants to remember one remembers its lead mail, which stays. */
#ifndef PORE_SERIES_H
#define PORE_SERIES_H

#include "series/corrections.h"
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
    SERIES_RULE_CORRECTION, /* somebody said so: asked before all others */
};

/* "same change-id" and so on: a few words that can follow "joined by". Static. */
const char *series_rule_text(enum series_rule rule);

enum series_state {
    SERIES_NEW,   /* the newest, nothing earlier known */
    SERIES_EXIST, /* the newest, something earlier known */
    SERIES_SKIP,  /* a later posting is known */
};

/* "New", "Exist", "Skip". Static. */
const char *series_state_name(enum series_state state);

struct series_set;

struct series {
    GPtrArray *postings; /* struct posting *, newest first */
    struct posting *listed; /* the newest of those in the range; NULL if none is */
    uint64_t serial;     /* its own: a series of other postings or of another set has another, also after
                          * it was freed */
    /* Written in src/series alone. */
    const struct series_set *set; /* that it is of */
    struct series *next_part;     /* the next one of those that corrections keep apart, in a
                                   * ring; itself if alone */
    GList link;                   /* its place in set->fresh while it is there, */
    bool fresh;                   /* which this says */
    bool dissolved;
};

struct series_set *series_set_new(void);
void series_set_free(struct series_set *set);

/* Takes the mails of BATCH, which belongs to SET from here on: mails of the range. The series are as
 * before until series_set_settle(). */
void series_set_take(struct series_set *set, struct mail_batch *batch);

/* The same for mails outside of the range that have to do with it (see mailset_take()). */
void series_set_take_known(struct series_set *set, struct mail_batch *batch);

/* Appends to WANTS (uint64_t, lookup.h) the keys of mails that could change what is said of the
 * series in the range, their replies among them: those that have not been asked for before. Nothing
 * that the range holds whole needs to be asked: who has read everything does not call this.
 *
 * Of mails that were taken since the last settle it asks for what makes threads and postings, and of
 * series as they were before: long threads can be followed to their ends, and then settled once. All
 * has been asked for when a settled set wants nothing. */
void series_set_wants(struct series_set *set, GArray *wants);

/* Has CORRECTIONS decide from the next settle on, before any rule; NULL: none. Borrowed: it must
 * outlive the set or be replaced. Call it again when they have changed. Mails that are NOT_SAME are
 * in different series whatever joins them; of the rules that would join them through others the
 * strongest hold, then those between neighbouring versions. */
void series_set_correct(struct series_set *set, const struct corrections *corrections);

/* Brings postings and series up to date with what was taken. False if nothing
 * that a list of series shows has changed. */
bool series_set_settle(struct series_set *set);

/* The mails. Borrowed. */
const struct mailset *series_set_mails(const struct series_set *set);

/* All series that have a posting in the range, those whose listed posting arrived last first (its
 * lead's arrival). struct series *; borrowed until the next settle. */
const GPtrArray *series_set_list(const struct series_set *set);

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
