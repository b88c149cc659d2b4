/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pack reader and how many objects of an archive it has right, for tests of src/archive/packs.h. */
#ifndef PORE_PACK_READER_SUPPORT_H
#define PORE_PACK_READER_SUPPORT_H

#include "archive/packs.h"
#include "archive/repository.h"

#include <check.h>

/* The packs of one folder of objects, and a way to read them. */
struct opened {
    struct packs *packs;
    struct packs_reader *reader;
    git_odb *odb;
};

/* What is opened is to be closed. */
struct opened open_packs(const char *objects);
void close_packs(struct opened *opened);

/* Has git(1) read no configuration but that of the test. */
void settle_in(void);

#endif
