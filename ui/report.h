/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that print and end, and those that change something and end.
 *
 * Each returns pore's exit status, having said on standard error what went
 * wrong, one line starting with "pore: ". Main thread. */
#ifndef PORE_REPORT_H
#define PORE_REPORT_H

#include "archive/archive.h"

#include <glib.h>
#include <stdbool.h>

/* pore's exit statuses. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_NOTHING = 1, /* what was asked for by name is not there */
    EXIT_USAGE = 2,   /* wrong usage, or an archive that cannot be opened or written */
};

/* What the command line asked for, beyond the command. All strings are borrowed. */
struct request {
    const char *archive; /* NULL for a command that takes none */
    struct range range;
    int readers;
    bool classic, all_states, raw, whole_series;
    bool history;                 /* states are to be those of the whole archive */
    const char *name;             /* of the list, or NULL */
    bool no_patch;                /* diff: the pairs alone */
    bool no_trailers, exact;      /* am: as they were sent; the posting that was named, not its newest */
    const char *patches;          /* am: "1-3,5"; NULL: all */
    int context;                  /* diff: unchanged lines around what differs */
    const char *withdraw;         /* import: Message-ID, or NULL */
    const char *const *arguments; /* behind the archive: Message-ID or files, NULL at the end */
};

/* report.c: what is printed of a range. */
enum exit_status report_digest(const struct request *request);
enum exit_status report_postings(const struct request *request);
enum exit_status report_every_mail(const struct request *request);
enum exit_status report_contributors(const struct request *request);

/* report_mail.c */
enum exit_status report_show(const struct request *request);
enum exit_status report_import(const struct request *request);

/* report_diff.c: what changed between two versions. report_am.c: a series for git am. */
enum exit_status report_diff(const struct request *request);
enum exit_status report_am(const struct request *request);

/* report_marks.c: marks what the arguments name, or hands marks on. */
enum exit_status report_mark(const struct request *request);
enum exit_status report_marks(const struct request *request);

/* report_sync.c */
enum exit_status report_sync(const struct request *request);

/* --- what they have in common ------------------------------------------------- */

/* Says "pore: " and the text on standard error, on one line whatever is in it. */
void report_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Says ERROR, frees it and returns EXIT_USAGE. */
enum exit_status report_error(GError *error);

/* A report_write (digest.h) for standard output, by tell.h: any bytes. DATA is an int that keeps the
 * errno of the first write that failed. */
bool report_out(void *data, const char *bytes, size_t length);

/* Prints a line, whatever is in it. */
void report_line(int *error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Ends what was printed, of which ERROR is the errno of a failed write or 0: flushes
 * standard output, and says what went wrong with it. */
enum exit_status report_finish(int error);

/* "<id>" and "id" mean the same: the latter, which the caller frees. */
char *report_bare_id(const char *text);

#endif
