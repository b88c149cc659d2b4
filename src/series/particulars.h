/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth knowing of a posting before it is reviewed or applied, put together from what its patches
 * say: what is missing, what it is based on, what it touches. One thread, the owner of the model. */
#ifndef PORE_PARTICULARS_H
#define PORE_PARTICULARS_H

#include "mail/patch.h"
#include "series/posting.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Patches that are not there: from FIRST to LAST. */
struct particulars_gap {
    uint32_t first, last;
};

/* A file that the posting touches. */
struct particulars_file {
    const char *path; /* borrowed from the patches */
    uint32_t added, removed;
    uint32_t patches; /* that touch it */
};

/* Owned by who asked for it; freed with particulars_free(). Lives as long as the patches. */
struct particulars {
    GArray *missing;          /* struct particulars_gap */
    const char *base_commit;  /* of the cover letter, else of the first patch that names one; or NULL */
    const char *change_id;    /* the same */
    GPtrArray *prerequisites; /* const char *: of all, each once */
    /* const struct member *: leads of older postings, newest first: those of the series, and what its lead
     * links to that can be one of a version that the series lacks. */
    GPtrArray *earlier;
    GArray *files;            /* struct particulars_file, by path */
    uint32_t added, removed;
};

/* Of POSTING, whose mails (posting_all_members()) are PATCHES (struct patch *, borrowed; NULL where one could
 * not be read) in the same order. */
struct particulars *particulars_new(const struct posting *posting, const GPtrArray *patches);
void particulars_free(struct particulars *particulars);

/* "3" or "2, 5-7"; "" if none are missing. The caller frees it. */
char *particulars_missing(const struct particulars *particulars);

#endif
