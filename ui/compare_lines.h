/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the compare view, without a screen: what became of each patch from one version to the
 * other. */
#ifndef PORE_COMPARE_LINES_H
#define PORE_COMPARE_LINES_H

#include "comparing.h"
#include "row.h"
#include "series/posting.h"

#include <glib.h>
#include <stdbool.h>

/* Lines that stand above the rows: what is compared, and what has come of it. */
#define COMPARE_LINES_HEAD 2

/* What was compared, as it was then. */
struct compare_version {
    uint32_t version;
    int64_t date; /* of its lead, UTC seconds */
    guint have;   /* patches that are there, */
    uint32_t total; /* of all */
};

/* Of the patches, cover letters aside. */
struct compare_counts {
    guint same, changed, dropped, added, moved;
    guint message_only; /* of those that have changed */
};

/* Declared as zeros. */
struct compare_lines {
    struct compared *compared; /* borrowed; NULL: there are no rows */
    struct compare_version versions[COMPARING_SIDES];
    struct compare_counts counts;
    int number_width, added_width, removed_width, note_width; /* cells of columns */
};

/* The version that POSTING is. */
struct compare_version compare_version_of(const struct posting *posting);

/* Brings LINES up to date with COMPARED, which may be NULL. */
void compare_lines_build(struct compare_lines *lines, struct compared *compared);

int compare_lines_count(const struct compare_lines *lines);
const struct comparison_pair *compare_lines_pair(const struct compare_lines *lines, int row);

/* The mail of ROW on SIDE, or NULL. */
struct member *compare_lines_member(const struct compare_lines *lines, int row,
                                    enum comparing_side side);

/* The mail that stands for ROW: of the new version, or of what was dropped the old one. NULL if
 * there is no such row. */
struct member *compare_lines_mail(const struct compare_lines *lines, int row);

/* The row of MAIL, on either side, or -1. */
int compare_lines_find(const struct compare_lines *lines, const struct member *mail);

/* Fills OUT (empty) with line INDEX of the head. */
void compare_lines_fill_head(const struct compare_lines *lines, int index, struct row *out);

/* Fills OUT (empty) with the columns of ROW on a screen of WIDTH cells. */
void compare_lines_fill(const struct compare_lines *lines, int row, int width, struct row *out);

/* Appends "v2" or, of a patch, "v2 3/12" to TEXT: MEMBER of the side of LINES. */
void compare_lines_name(const struct compare_lines *lines, enum comparing_side side,
                        const struct member *member, GString *text);

#endif
