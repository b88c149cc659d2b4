/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pack_reader_support.h"
#include "git_support.h"
#include "support.h"

#include <check.h>

struct opened open_packs(const char *objects)
{
    struct opened opened = { packs_new(objects), packs_reader_new(), NULL };

    ck_assert_int_eq(git_odb_new(&opened.odb), 0);
    ck_assert(packs_attach(opened.packs, opened.reader, opened.odb));
    return opened;
}

void close_packs(struct opened *opened)
{
    git_odb_free(opened->odb);
    packs_reader_free(opened->reader);
    packs_unref(opened->packs);
}

void settle_in(void)
{
    git_settle_in(support_folder());
}
