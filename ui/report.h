/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that print and end: digest, list, mails, stats, show, import.
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
    const char *archive;
    struct range range;
    int readers;
    bool classic, all_states, raw, whole_series;
    const char *name;             /* of the list, or NULL */
    const char *withdraw;         /* import: Message-ID, or NULL */
    const char *const *arguments; /* behind the archive: Message-ID or files, NULL at the end */
};

enum exit_status report_digest(const struct request *request);
enum exit_status report_postings(const struct request *request);
enum exit_status report_every_mail(const struct request *request);
enum exit_status report_contributors(const struct request *request);
enum exit_status report_show(const struct request *request);
enum exit_status report_import(const struct request *request);

/* Ends what was printed, of which ERROR is the errno of a failed write or 0: flushes
 * standard output, and says what went wrong with it. */
enum exit_status report_finish(int error);

/* Says "pore: ERROR" on standard error, on one line whatever is in it, frees the
 * error and returns EXIT_USAGE. */
enum exit_status report_error(GError *error);

#endif
