/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the texts of mails lie, each once if it comes back soon: Message-IDs come back in what
 * answers them, subjects in the answers, people in all that they write.
 *
 * What was kept lately is found in tables of a fixed size, in which newer texts push out older
 * ones. A text that was pushed out is kept again: whatever strangers write, it takes no longer, and
 * no more memory than without the tables.
 *
 * One thread fills a pool; others may read the texts, holding a reference. */
#ifndef PORE_POOL_H
#define PORE_POOL_H

#include <glib.h>
#include <stddef.h>

struct pool;

/* A pool for a few mails, with one reference. */
struct pool *pool_new(void);

/* Gives a reference back. Any thread. */
void pool_unref(struct pool *pool);

/* A reference to *POOL for a batch of many. *POOL is NULL at first, and once in some batches there
 * is another one in its place, so that who keeps a batch does not keep the texts of all. The thread
 * that fills it gives *POOL, which may be NULL, to pool_close() at the end: nothing can be added to
 * the pool from there on. */
struct pool *pool_for_batch(struct pool **pool);
void pool_close(struct pool *pool);

/* The LENGTH bytes at TEXT, among which is no NUL, with one behind them. The same texts may be
 * one. */
const char *pool_keep(struct pool *pool, const char *text, size_t length);

/* Has KEPT, which lies in POOL, be found for its text, which can be the end of another one. */
void pool_offer(struct pool *pool, const char *kept);

/* The COUNT pointers at TEXTS, which has room for one more, with a NULL behind them. The same lists
 * may be one. */
const char *const *pool_keep_list(struct pool *pool, const char **texts, size_t count);

/* Whom a From names: as struct address has it, kept. */
struct pool_person {
    const char *name;
    const char *address;
    const char *line;
};

/* What address_parse() reads in the LENGTH bytes at VALUE. */
struct pool_person pool_person(struct pool *pool, const char *value, size_t length);

#endif
