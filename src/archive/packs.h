/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packs of a repository, read without libgit2 in half the time: a backend that stands before
 * libgit2's own in an object database (git2/sys/odb_backend.h), with libdeflate in place of zlib and
 * with memory that neighbouring objects share.
 *
 * It answers for what it is sure of: packs of version 2 with an index of version 2 (gitformat-pack(5))
 * that belongs to them, and in these the objects whose data and checksums are right. Everything else,
 * and each error, is left to libgit2, which is asked next; but not what would take more memory or time
 * than an object of a list may: libgit2 has no bounds. That is an error of its own.
 * Hashes are checked by git_odb_read() where that is wanted, whoever read the object. Nothing is
 * written. */
#ifndef PORE_PACKS_H
#define PORE_PACKS_H

#include "archive/archive.h"

#include <stdbool.h>

/* Larger objects, and deltas that come by way of larger ones, are refused. It bounds the memory that
 * one object takes: three times this. */
#define PACKS_OBJECT_MAX ARCHIVE_MAIL_MAX

struct git_odb;

/* The packs of one folder: what is open of them is open once for all threads. Reference counted; all
 * functions may be called by several threads at once. */
struct packs;

/* The packs in the folder OBJECTS/pack, which need not exist. */
struct packs *packs_new(const char *objects);
struct packs *packs_ref(struct packs *packs);
void packs_unref(struct packs *packs);

/* What one thread needs to read packs of any number of folders: buffers, and the objects read last
 * that others are deltas of. At most 6 MB between two objects. */
struct packs_reader;

struct packs_reader *packs_reader_new(void);

/* To be called after the last object database that was given READER is closed. */
void packs_reader_free(struct packs_reader *reader);

/* Has ODB, which READER's thread alone uses, ask PACKS first, as they are now; git_odb_refresh() looks
 * for new ones and forgets those that are gone or were replaced. Takes a reference to PACKS. False if
 * libgit2 will not have it or there is no memory to inflate with; ODB is as it was then. */
bool packs_attach(struct packs *packs, struct packs_reader *reader, struct git_odb *odb);

#endif
