/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is searched for: a pattern in lists of series or mails, a regular expression in texts and
 * tables; each stays while the other is used. Owned by struct app; the user interface's thread. */
#ifndef PORE_SEARCH_H
#define PORE_SEARCH_H

#include "expression.h"
#include "pattern.h"

#include <stdbool.h>

struct app;
struct list;
struct view;

struct search {
    struct pattern *pattern;       /* NULL: nothing yet */
    struct expression *expression; /* NULL: nothing yet */
    int direction;                 /* 1 or -1: of the last search */
    bool hidden;                   /* what was found is not in colour for now */
};

/* Compiles TEXT as the user wrote it: a simple search as the setting says, dates as seen from now. NULL with
 * the user told. */
struct pattern *search_pattern(struct app *app, const char *text);

/* What a view's search() is where the rows of LIST are searched by the regular expression: *ROW is the next
 * that MATCHES, which is asked with VIEW, or -1. What to tell the user, or NULL. */
const char *search_rows(struct view *view, const struct list *list, int direction,
                        bool (*matches)(const void *view, int row), int *row);

/* Forgets what was searched for; frees what is inside. */
void search_clear(struct search *search);

#endif
