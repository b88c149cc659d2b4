/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed between two postings of a series: which patch became which, and how the two patches
 * differ. The model is git range-diff(1), from the mails alone.
 *
 * Patches whose diffs are equal are a pair; then those with the same title, white space and case
 * aside; then those that are left are paired so that the sum of the differences is least (git's
 * costs: the lines of the diff of the two diffs, against 60 % of a diff's lines for one that has no
 * partner). Where several are equal they are paired in their order, of the same title so that they
 * differ least. git knows no titles: it leaves two patches alone that have their title in common
 * and little else, and pairs a patch with one of another title if that is nearer. Cover letters
 * are paired with one another alone, a patch without a diff only with one of its title. Two patches
 * of a pair are the same if author, message (of a cover letter, all of its text) and diff are; line
 * numbers and, as git has it, the contents of binary files aside.
 *
 * Pure: any thread, while nobody else has the same comparison; archive_startup() comes first. */
#ifndef PORE_COMPARISON_H
#define PORE_COMPARISON_H

#include "mail/patch.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Where there are more patches than this on a side that neither diff nor title pairs, all of these
 * stay without a partner; where they have all the same title, they are paired in their order. */
#define COMPARISON_ASSIGNED_MAX 200

/* A patch of one of the sides. */
struct compared_patch {
    uint32_t number;     /* in its posting; 0 is the cover letter */
    const struct patch *patch; /* borrowed: must outlive the comparison; NULL: could not be read */
};

/* The signs are git's. */
enum comparison_mark {
    COMPARISON_SAME = '=',
    COMPARISON_CHANGED = '!',
    COMPARISON_DROPPED = '<',
    COMPARISON_ADDED = '>',
};

struct comparison_pair {
    enum comparison_mark mark;
    int old, new;      /* indices of the sides' patches; -1: has none */
    /* Its place among the pairs has changed: taking out the moved ones, as few as possible, leaves the
     * old numbers in ascending order. */
    bool moved;
    bool message_only; /* changed, but the diffs are equal */
    uint32_t removed, added; /* lines of the difference of the two patches, or of the only one */
};

struct comparison;

/* Compares OLD with NEW (struct compared_patch, by number; copied). *STOP not 0 ends it early, NULL
 * then; STOP may be NULL. Owned by the caller. */
struct comparison *comparison_new(const GArray *old, const GArray *new, gint *stop);
void comparison_free(struct comparison *comparison);

/* struct comparison_pair; the covers first, then in the order of the new side, those that were dropped
 * where git range-diff has them: as soon as all patches before them on the old side have been.
 * Borrowed. */
const GArray *comparison_pairs(const struct comparison *comparison);

/* Does nothing differ: are all pairs the same and in the same order? */
bool comparison_is_same(const struct comparison *comparison);

/* What a line of a difference of patches is within the patch. */
enum comparison_inner {
    COMPARISON_HEADING, /* " ## path ##" */
    COMPARISON_MESSAGE,
    COMPARISON_HUNK, /* "@@ path: function" */
    COMPARISON_CONTEXT,
    COMPARISON_INNER_ADDED,
    COMPARISON_INNER_REMOVED,
    COMPARISON_BREAK, /* "@@": lines that both patches have are left out */
};

/* A line: how the patches differ (outer: ' ', '-', '+'), and what it is in them (inner). */
struct comparison_line {
    char outer;       /* of a break ' ' */
    uint8_t inner;    /* enum comparison_inner */
    const char *text; /* of the comparable patch, the inner sign in front; no LF; borrowed */
    size_t length;
};

/* Adds the lines of how the patches of PAIR differ, CONTEXT unchanged ones around each, to LINES
 * (struct comparison_line); none of a pair that is the same. Of a dropped or added one all of it, '-'
 * or '+'. Else each run of lines begins with a break, whose text is "@@" and the heading of what it goes
 * on in, as git has it: "@@ Commit message", "@@ path: function", cut at 80 bytes. The texts live
 * as long as the comparison. */
void comparison_lines(struct comparison *comparison, const struct comparison_pair *pair,
                      unsigned context, GArray *lines);

/* Appends PAIR's line of the list as git range-diff prints it, without the commit ids and a LF:
 * "1:  ! 2:  title", "-:  > 3:  title". The title, as the mail has it, is the old one if there is one.
 * WIDTH is the cells of the numbers. */
void comparison_describe(const struct comparison *comparison, const struct comparison_pair *pair,
                         int width, GString *text);

#endif
