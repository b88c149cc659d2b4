/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the letters of index_format and status_format stand for. */
#ifndef PORE_INDEX_FORMAT_H
#define PORE_INDEX_FORMAT_H

#include "format.h"
#include "index_rows.h"
#include "list.h"
#include "series/review.h"
#include "settings.h"

struct app;

/* What people said of a row's posting: counted when a letter asks for it, once for all of them. */
struct index_replies {
    bool counted;
    struct review review;
};

/* What a row is made of. Borrowed for the call. */
struct index_entry {
    const struct index_row *row;
    int number;  /* in the list, from 1 */
    bool tagged;
    struct series_mark mark;
    const struct marking *marking; /* of notes; may be NULL */
    const struct review_request *review; /* what counting replies has to ask; may be NULL */
    struct index_replies *replies;       /* zeroed at first */
    int64_t now; /* UTC seconds */
    const char *list; /* the name of the archive */
    const struct settings *settings;
};

/* The format of a row on a screen WIDTH cells wide. It is the setting's: who sets index_format alone
 * wants to see that on a wide screen too. */
const char *index_format_of(const struct settings *settings, int width);

/* A format_expand() for a struct index_entry. */
bool index_format_expand(const void *data, char letter, const char *argument, GString *out,
                         enum style *style);

/* What the status line is made of. Borrowed for the call. */
struct index_status {
    const struct app *app;
    const struct index_rows *rows;
    const struct list *list;
    int width;
};

/* A format_expand() for status_format and a struct index_status. */
bool index_status_expand(const void *data, char letter, const char *argument, GString *out,
                         enum style *style);

#endif
