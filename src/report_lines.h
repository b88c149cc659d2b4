/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reports have in common: where their lines go, and the tables. Private to
 * digest.c and report_lines.c; digest.h has what others use. */
#ifndef PORE_REPORT_LINES_H
#define PORE_REPORT_LINES_H

#include "digest.h"

/* Where a report goes. Lines are gathered in PENDING and handed on in pieces. */
struct report {
    report_write *write;
    void *data;
    GString *pending;
    bool stopped;
};

struct report report_new(report_write *write, void *data);

/* After each record: false when nobody reads any more. */
bool report_go_on(struct report *report);

/* Hands on the rest and frees what REPORT holds. False if it was stopped. */
bool report_end(struct report *report);

/* The live mails of the range (struct member *), newest first. The caller frees the array. */
GPtrArray *report_members(const struct mailset *mails);

/* Appends the contributor tables to TEXT and frees CONTRIBUTORS. */
void report_append_tables(GString *text, struct contributors *contributors);

#endif
