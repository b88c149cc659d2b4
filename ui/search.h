/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is searched for: a pattern in lists of series or mails, a regular expression in texts and
 * tables; each stays while the other is used. Owned by struct app; the user interface's thread. */
#ifndef PORE_SEARCH_H
#define PORE_SEARCH_H

#include "expression.h"
#include "pattern.h"

#include <stdbool.h>

struct app;

struct search {
    struct pattern *pattern;       /* NULL: nothing yet */
    struct expression *expression; /* NULL: nothing yet */
    int direction;                 /* 1 or -1: of the last search */
    bool hidden;                   /* what was found is not in colour for now */
};

/* Compiles TEXT as the user wrote it: a simple search as the setting says, dates as seen from now. NULL with
 * the user told. */
struct pattern *search_pattern(struct app *app, const char *text);

/* Forgets what was searched for; frees what is inside. */
void search_clear(struct search *search);

#endif
