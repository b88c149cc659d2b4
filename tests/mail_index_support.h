/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An index of made-up mails, and what it is to know of them, for tests of src/store/mail_index.h. */
#ifndef PORE_MAIL_INDEX_SUPPORT_H
#define PORE_MAIL_INDEX_SUPPORT_H

#include "series/lookup.h"
#include "store/mail_index.h"

#include <check.h>

/* Of the first mail; each is a second later. */
#define START INT64_C(1795188600)

/* A path for an index in a new folder; the caller frees it. */
char *new_path(void);

/* The index there, which can be opened. */
struct mail_index *open_to_write(const char *path);

/* The made-up commit of RANK. */
struct commit_id commit_of(int64_t rank);

/* That of its mail; the caller frees it. */
char *message_id(int64_t rank);

/* Parses its mail into BATCH. */
void parse(struct mail_batch *batch, int64_t rank);

/* Adds the mail of RANK; without a mail if its rank ends with 5. */
void add(struct mail_index *index, int64_t rank, bool beginning);

/* Adds the ranks from NEWEST down to OLDEST. */
void add_run(struct mail_index *index, int64_t newest, int64_t oldest);

/* What was added is in the file; nothing fails. */
void commit(struct mail_index *index);

/* Does it know the commit of RANK? */
void assert_known(struct mail_index *index, int64_t rank);
void assert_unknown(struct mail_index *index, int64_t rank);

/* Are the ranks that bear KEY those of EXPECTED, as text? */
void assert_lookup(struct mail_index *index, uint64_t key, const char *expected);

/* The same for the Message-ID of RANK. */
void assert_id_lookup(struct mail_index *index, int64_t rank, const char *expected);

#endif
