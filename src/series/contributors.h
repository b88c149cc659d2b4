/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who sent how many patches, by person and by domain (SPEC 5). One thread. */
#ifndef PORE_CONTRIBUTORS_H
#define PORE_CONTRIBUTORS_H

#include "series/mailset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parts of the time that a set of mails spans, for patches over time. */
#define CONTRIBUTORS_PERIODS 24

/* One row of a table. */
struct contributor {
    const char *name; /* "Name <address>" as written, or the domain; borrowed from the table */
    size_t patches;   /* patches and cover letters */
    uint32_t periods[CONTRIBUTORS_PERIODS]; /* the same by arrival, equal parts of from to to */
};

/* The two tables of a set of mails, made once for the mails there are. */
struct contributors {
    GArray *people;  /* struct contributor, highest first, equal ones in descending byte order */
    GArray *domains; /* the same; an author without an address has the domain "" and is left out */
    size_t total;     /* patches and covers counted */
    int64_t from, to; /* the oldest and newest arrival (place.received) of them; 0 without any */
    GStringChunk *strings;
};

/* Is MEMBER, a live patch or cover, to be counted? */
typedef bool contributors_filter(const struct member *member, const void *data);

/* Counts the live patches and covers of SET that are of the range. The caller frees it. */
struct contributors *contributors_count(const struct mailset *set);

/* Counts those that FILTER lets through; NULL: all. */
struct contributors *contributors_count_some(const struct mailset *set,
                                             contributors_filter *filter, const void *data);
void contributors_free(struct contributors *contributors);

#endif
