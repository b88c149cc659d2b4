/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an archive lies in its index on disk: which rank there its newest commit has, and that
 * what the index knows is what the archive has. Private to the history. */
#ifndef PORE_HISTORY_PLACE_H
#define PORE_HISTORY_PLACE_H

#include "archive/archive.h"
#include "store/mail_index.h"

#include <glib.h>
#include <stdint.h>

struct history_place {
    struct commit_id head; /* the newest commit of the archive */
    int64_t head_rank;     /* the rank it has, or gets, in the index */
    int64_t mark_rank;     /* the same of the commit that was looked for */
};

enum history_placed {
    HISTORY_PLACED,
    HISTORY_CONTRADICTS, /* the index has another history: it was rewritten, or got commits in its midst */
    HISTORY_ELSEWHERE,   /* the commit looked for is not on the way back from the newest one */
    HISTORY_UNREADABLE,  /* no such archive any more, or STOP was set: then without an error */
};

/* Places ARCHIVE in INDEX, and MARK, a commit. Limits INDEX to what the archive has, which may be
 * less than a copy of it elsewhere had. Time in the number of commits that lie above the lowest
 * one known or MARK, and are not known. */
enum history_placed history_find_place(struct archive *archive, struct mail_index *index,
                                       const struct commit_id *mark, gint *stop,
                                       struct history_place *place, GError **error);

#endif
