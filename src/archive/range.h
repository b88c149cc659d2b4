/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which mails of an archive to read: a revision range, dates, a count.
 *
 * Only the words; archive.h finds out what they name. Pure. */
#ifndef PORE_RANGE_H
#define PORE_RANGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A range as it was asked for. All conditions hold together. Zeroed, it means
 * what arrived in the seven days before the newest mail. Owned by who
 * declares it; range_clear() frees what is inside. */
struct range {
    bool revisions;  /* a revision range was given: from and to are meant */
    char *from;      /* revision to stop before, as typed; NULL: the beginning */
    char *to;        /* newest revision, as typed; NULL: the newest mail */
    bool has_since, has_until;
    int64_t since;   /* arrived at or after, UTC seconds */
    int64_t until;   /* arrived at or before, UTC seconds */
    uint64_t newest; /* at most so many mails, the newest ones; 0: no limit */
    bool all;        /* everything */
};

/* Takes "A..B", "A.." (up to HEAD), "..B" or "B" (both from the beginning: git's
 * ..B is HEAD..B, which is nothing or reversed here). A...B is refused, and what
 * begins with "-". Replaces the revisions that RANGE had. False with
 * ARCHIVE_ERROR_RANGE where the words are no range; RANGE is then as it was. */
bool range_set_revisions(struct range *range, const char *text, GError **error);

/* Reads a date as --since takes it: "2026-01-31", with "12:30" or
 * "12:30:59" behind a space or a T and a zone ("Z", "+0100") if wanted, "@seconds",
 * an RFC 5322 date, "now", "today", "yesterday", "3 days ago" (second, minute,
 * hour, day, week, month, year; also "3.days.ago"). Local time where no zone is
 * said. A day alone, also today and yesterday, is its first second. NOW is UTC
 * seconds. False with an error that names TEXT. */
bool range_parse_date(const char *text, int64_t now, int64_t *seconds, GError **error);

/* The same for the end of a range: a day alone is its last second. */
bool range_parse_until(const char *text, int64_t now, int64_t *seconds, GError **error);

/* Does it say nothing, so that it means the default? */
bool range_is_default(const struct range *range);

void range_clear(struct range *range);

#endif
