/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mails of a posting as a tree: the cover letter, the patches in order, and
 * under each what answers it.
 *
 * Threads are what people's mailers made of them: they can be a loop, a million
 * answers to one mail, or a chain as long as the archive. Each mail is
 * in the tree once, nothing here recurses, and the time is that of sorting the mails. */
#ifndef PORE_TREE_H
#define PORE_TREE_H

#include "series/series.h"

#include <glib.h>
#include <stdint.h>

/* Levels that are drawn; what is deeper is drawn at the last one. */
#define TREE_DEPTH_MAX 12

/* A line of the tree. MEMBER is NULL for the patches FIRST to LAST, which were announced and
 * are not there. */
struct tree_line {
    struct member *member;
    uint32_t first, last;
    uint32_t depth;  /* of the root 0; at most TREE_DEPTH_MAX */
    uint32_t guides; /* bit n: a line of level n goes on below */
    bool is_last;    /* of those that have the same parent */
};

/* The lines of POSTING from top to bottom: struct tree_line. Answers that are postings of the same
 * series are left out. The caller unrefs it. */
GArray *tree_build(const struct posting *posting);

/* Appends what stands in front of LINE, such as "| `->", to OUT; with characters for line drawing
 * if UNICODE. */
void tree_append_prefix(const struct tree_line *line, bool unicode, GString *out);

#endif
