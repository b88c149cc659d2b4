/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trailers that people gave to a posting in their replies (Reviewed-by, Acked-by, Tested-by and the
 * like), collected as b4 does: those in answers to a patch count for it, those in answers to the
 * cover letter for all patches, those to an older version for the patches that have not changed
 * since. One that names somebody else than its mail's sender is marked, and not to be relied on; one
 * without an address names nobody.
 *
 * Answers to answers count for the patch up the thread; what answers another patch on the way
 * is that one's. Threads may be loops or a million mails long: each mail is looked at once.
 *
 * Worked out when asked. One thread, the owner of the model; what is found dies at the next settle. */
#ifndef PORE_TRAILERS_H
#define PORE_TRAILERS_H

#include "series/series.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* So many trailers of a posting and its older versions are looked at. People give some hundred. */
#define TRAILERS_COLLECTED_MAX 20000

/* Is a patch the same as in an older version? */
enum trailers_same { TRAILERS_CHANGED, TRAILERS_SAME, TRAILERS_UNKNOWN /* not read yet */ };

/* What collecting has to ask. The functions may be NULL. */
struct trailers_request {
    /* Has NEWER, a patch of the posting, not changed since OLDER, one of an older one? NULL: nothing
     * carries over. marking_same() is one. */
    enum trailers_same (*same)(void *data, const struct member *older, const struct member *newer);
    void *same_data;
    /* Was MAIL written by a machine? bots_wrote() is one. */
    bool (*is_bot)(void *data, const struct member *mail);
    void *bot_data;
};

/* A trailer that was found. */
struct collected_trailer {
    const char *text;            /* "Reviewed-by: Name <address>"; borrowed from its mail */
    const struct member *source; /* the mail that says it */
    const struct member *patch;  /* the patch of the posting that it counts for; NULL: all of them */
    const struct posting *older; /* it was said of this older posting; NULL: of the posting itself */
    bool mismatch; /* neither the address nor the name is that of the mail's sender */
    bool bot;
    bool there;    /* the patch (all of them, where it counts for all) says so itself */
};

/* The trailers for POSTING: by patch (those for all first), then by date. Each once for each patch and
 * kind and address, a match before a mismatch, then the one to the newest version counts. One that
 * names somebody else and that the patch has itself says nothing and is left out. struct
 * collected_trailer; the caller unrefs the array. */
GArray *trailers_collect(const struct posting *posting, const struct trailers_request *request);

/* Adds to WANTED (struct member *) the patches that same() has to know: those of older postings, the newest
 * first, that have trailers to carry over, and, if there are any, the ones of POSTING. */
void trailers_wanted(const struct posting *posting, GPtrArray *wanted);

/* The lines to add to PATCH, in the order of TRAILERS (const char *, NULL at the end; the caller frees
 * the array with g_free()): no mismatches and bots, nothing that is there already, each once. */
const char **trailers_to_add(const GArray *trailers, const struct member *patch);

#endif
