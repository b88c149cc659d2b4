/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs made by hand, and wrong where a test wants them to be. Failure to set up aborts the test. */
#ifndef PORE_TESTS_PACK_SUPPORT_H
#define PORE_TESTS_PACK_SUPPORT_H

#include <glib.h>
#include <stdint.h>

/* Kinds of entries: gitformat-pack(5). */
enum { PACK_COMMIT = 1, PACK_TREE, PACK_BLOB, PACK_TAG, PACK_OFFSET = 6, PACK_REFERENCE };

/* A pack under construction, and its index. All may be changed on the way. */
struct pack_made {
    GByteArray *pack;
    GByteArray *index;
    GArray *offsets; /* uint64_t: where the entries begin, as the index says */
};

struct pack_made *pack_made_new(void);
void pack_made_free(struct pack_made *made);

/* What the entry that was added as the NUMBERth, from 0, is called: not what its bytes say. */
void pack_name(unsigned number, uint8_t name[20]);

/* Adds an entry that says it is of KIND and has SIZE bytes unpacked; between its head and its data the
 * bytes of BASE (may be NULL); and BYTES packed by zlib with LEVEL, or as they are if that is -2. */
void pack_add(struct pack_made *made, unsigned kind, uint64_t size, const GByteArray *base,
              const void *bytes, size_t length, int level);

/* The BASE for an entry that is added next: the distance to the NUMBERth entry, or its name. The caller
 * frees them. */
GByteArray *pack_distance(const struct pack_made *made, unsigned number);
GByteArray *pack_reference(unsigned number);

/* A number as deltas have it, behind what is in DELTA. */
void pack_put_size(GByteArray *delta, uint64_t size);

/* Completes the pack and makes its index; with WIDE, all offsets but the first take 64 bits. */
void pack_finish(struct pack_made *made, gboolean wide);

/* Writes both into the folder pack (created if need be) of OBJECTS, in place of what was there. */
void pack_write(const struct pack_made *made, const char *objects);

#endif
