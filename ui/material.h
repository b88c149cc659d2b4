/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reports are made of: an archive, what the user has said of its series, and the mails that
 * were read, of a range or those that hang together with some Message-IDs.
 *
 * Belongs to a report. Main thread. What goes wrong is said as report.h has it. */
#ifndef PORE_MATERIAL_H
#define PORE_MATERIAL_H

#include "history.h"
#include "mail/patch.h"
#include "marking.h"
#include "report.h"
#include "series/series.h"

#include <stdbool.h>
#include <stddef.h>

struct material {
    const char *path;       /* of the archive, as the request has it */
    struct archive *archive;
    unsigned readers;       /* as in scan.h */
    struct marks *marks;
    char *notice;           /* what stands in the way of the marks, not said yet; or NULL */
    struct commit_id first; /* the archive's first commit; all zero: it was never met */
    char *from, *to;        /* what bounds the range that was read, as scan.h has it; else NULL */
    struct history *history;
    struct series_set *set; /* settled, where series were asked for */
    size_t unreadable;      /* mails of the range */
    char *first_problem;
};

/* Opens REQUEST's archive and the marks. On false everything is closed. */
bool material_open(struct material *material, const struct request *request);

/* Says why the marks are not known, if they are not: for who shows them. */
void material_say_marks(const struct material *material);

/* Says what could not be read, and closes everything. */
void material_close(struct material *material);

/* Reads all of RANGE, which is that of remembered.h if nothing is said in it; what is indexed is
 * taken from the index, which changes nothing but the time it takes. With HISTORY the index is
 * brought up to date with the whole archive, and the states are those of the whole archive. False
 * if there is no such range. */
bool material_read(struct material *material, const struct range *range, bool history);

/* Finds the mails that bear one of the Message-IDs IDS (const char *), and with SERIES the series
 * that they are of, as if the whole archive had been read: through the index, which is brought up
 * to date. False if the archive cannot be read. */
bool material_find(struct material *material, const GPtrArray *ids, bool series);

/* The posting of the mail with the Message-ID ID, of what material_find() has found; NULL, and it has been said, if
 * there is none. */
const struct posting *material_posting(const struct material *material, const char *id);

/* The patch in MEMBER's mail; NULL, and it has been said, if that cannot be read. The caller frees it. */
struct patch *material_patch(const struct material *material, const struct member *member);

/* What a report has to say of the mails IDS (const char *), which were looked for. */
typedef enum exit_status material_report(struct material *material, const struct request *request,
                                         const GPtrArray *ids);

/* Opens REQUEST's archive, looks for the mails that its arguments name, with SERIES and their series, as
 * material_find() does, and has REPORT say what came of it. */
enum exit_status material_answer(const struct request *request, bool series,
                                 material_report *report);

/* Reads the fingerprints of WANTED (struct member *) for MARKING. */
void material_fingerprint(struct material *material, struct marking *marking,
                          const GPtrArray *wanted);

#endif
