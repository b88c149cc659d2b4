/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who sent how many patches, by person and by domain (SPEC 5). One thread. */
#ifndef PORE_CONTRIBUTORS_H
#define PORE_CONTRIBUTORS_H

#include "series/mailset.h"

/* One row of a table. */
struct contributor {
    const char *name; /* "Name <address>" as written, or the domain; borrowed from the table */
    size_t patches;   /* patches and cover letters */
};

/* The two tables of a set of mails, made once for the mails there are. */
struct contributors {
    GArray *people;  /* struct contributor, highest first, equal ones in descending byte order */
    GArray *domains; /* the same; an author without an address has the domain "" and is left out */
    GStringChunk *strings;
};

/* Counts the live patches and covers of SET. The caller frees it. */
struct contributors *contributors_count(const struct mailset *set);
void contributors_free(struct contributors *contributors);

#endif
