/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the marks mean for the series that are shown.
 *
 * A mark was set on a posting. For a series the newest mark on any of its postings counts (the
 * state, the flag, each by itself); notes of all of them do. For a state that was set on an
 * older posting than the newest one in the set, the patches are compared by fingerprint: those
 * of the newest posting that the marked one had are unchanged and count as reviewed.
 * Fingerprints are read from the archive when they are needed for the first time, by whoever can
 * read: marking says which mails. They are known by commit and Message-ID, and so outlive the
 * model.
 *
 * Who owns the model owns this too, its thread. */
#ifndef PORE_MARKING_H
#define PORE_MARKING_H

#include "series/series.h"
#include "series/trailers.h"
#include "store/marks.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct marking;

/* For what MARKS says, which must outlive it. */
struct marking *marking_new(struct marks *marks);
void marking_free(struct marking *marking);

struct marks *marking_marks(const struct marking *marking);

/* What is said of a series, as it stands now. */
struct series_mark {
    enum mark_state state;
    bool flag;
    bool noted;             /* there is a note */
    bool older;             /* the state was set on an older posting than the newest; or on the
                             * newest, before patches of it came late */
    bool unread;            /* … and fingerprints have to be read to know how it differs:
                             * marking_wanted() */
    uint32_t version;       /* of the posting on which the state was set */
    uint32_t changed, total; /* older and read: patches of the newest posting that are not in the
                              * marked one, of all it has */
};

/* Of SERIES, whose marked posting may be any of those known. Cheap: may be asked for each row
 * that is drawn. */
struct series_mark marking_of(const struct marking *marking, const struct series *series);

/* What was said of POSTING itself, whatever was said of others of its series: the state and the
 * flag. MARKING may be NULL: nothing then. */
struct series_mark marking_of_posting(const struct marking *marking,
                                      const struct posting *posting);

/* The Message-ID that what is said of POSTING is kept by: its lead's, else that of the first mail
 * that has one; "" if none has: then it cannot be marked. Borrowed. */
const char *marking_name(const struct posting *posting);

/* Has everything the newest posting brings been reviewed: marked itself, or marked before and
 * nothing changed since? Of something ignored or put off, and where the fingerprints are not
 * read yet: no. */
bool series_mark_is_reviewed(const struct series_mark *mark);

/* Is it out of the reader's way: reviewed or ignored? */
bool series_mark_is_done(const struct series_mark *mark);

/* Appends what a row says: "reviewed", "reviewed v2, 3 of 7 changed" ("reviewed v2" as long as
 * that is not known), "later", "ignored", with ", flagged" behind it or "flagged" alone; nothing
 * if nothing is said. */
void series_mark_describe(const struct series_mark *mark, GString *text);

/* Is MEMBER, a patch, reviewed: of a posting marked as reviewed (also one that it has from what
 * it rerolls), or unchanged since the one of its series that counts? */
bool marking_patch_is_reviewed(const struct marking *marking, const struct member *member);

/* The notes on SERIES that stand, oldest first (const char *, borrowed). The caller unrefs the
 * array. */
GPtrArray *marking_notes(const struct marking *marking, const struct series *series);

/* Adds to WANTED (struct member *) the mails of SERIES whose fingerprints are needed to answer
 * and not known; each once, and again as long as they have not been given. The other one: those
 * that setting a state on POSTING needs. */
void marking_wanted(const struct marking *marking, const struct series *series, GPtrArray *wanted);
void marking_wanted_to_set(const struct marking *marking, const struct posting *posting,
                           GPtrArray *wanted);

/* Has NEWER not changed since OLDER, by their fingerprints? A `same` of struct trailers_request; DATA is
 * the marking. */
enum trailers_same marking_same(void *data, const struct member *older, const struct member *newer);

/* Gives the fingerprint of MEMBER; NULL: its mail cannot be read, which makes it a changed one
 * in later postings. */
void marking_give(struct marking *marking, const struct member *member,
                  const struct fingerprint *fingerprint);

/* Fills CHANGE so that it sets STATE on POSTING, whose fingerprints have been given.
 * *FINGERPRINTS, which CHANGE borrows, is the caller's to unref. */
void marking_change(const struct marking *marking, const struct posting *posting,
                    enum mark_state state, struct mark_change *change, GArray **fingerprints);

#endif
