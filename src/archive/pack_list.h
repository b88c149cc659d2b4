/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which packs there are in a folder, and where in them an object is. Private to this folder: packs.c
 * reads what lies there, packs.h has struct packs. */
#ifndef PORE_PACK_LIST_H
#define PORE_PACK_LIST_H

#include "archive/packs.h"

#include <glib.h>
#include <stdint.h>

/* Bytes of an object's name (SHA-1) and of a pack's header: gitformat-pack(5), version 2. */
#define PACK_NAME 20
#define PACK_HEADER 12

/* One pack and its index. It does not change once it is open. */
struct pack {
    char *path;       /* of both, without the ending */
    int64_t written;  /* when it was; nanoseconds */
    gint state;       /* atomic: not opened, opened, or not to be read here */
    GMappedFile *map; /* of the index, and the tables in it */
    const uint8_t *fanout, *names, *offsets, *wide_offsets;
    uint32_t count, wide_count;
    int file;
    uint64_t end; /* where the pack's trailer begins */
};

/* The packs there are now (struct pack, newest first), for who lets go of OLD (may be NULL). They are OLD
 * if nothing was written to their folder, and all of them others if anything was: who has the old ones
 * keeps them. What is written within one tick of the file system's clock is noticed later; libgit2 reads
 * it until then. Any thread. */
GPtrArray *packs_exchange_list(struct packs *packs, GPtrArray *old);

/* Lets go of LIST. */
void packs_give_back(struct packs *packs, GPtrArray *list);

/* Has PACK, one of PACKS, opened by whoever comes first. False if it is not to be read here. */
bool packs_ready(struct packs *packs, struct pack *pack);

/* Finds where in PACK, which is ready, the object ID (PACK_NAME bytes) is. */
bool pack_find(const struct pack *pack, const uint8_t *id, uint64_t *offset);

/* Reads LENGTH bytes at OFFSET; false if there are not so many. Any thread. */
bool pack_read(const struct pack *pack, uint8_t *out, size_t length, uint64_t offset);

#endif
