/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a history was asked for, and what need not be given: no mail is given twice, nor one that
 * the model has from elsewhere. Ranks are the model's. Private to the history's thread. */
#ifndef PORE_HISTORY_ANSWERS_H
#define PORE_HISTORY_ANSWERS_H

#include "mail/mail.h"
#include "store/mail_index.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct answers;

/* No mail with a rank above CEILING is given. */
struct answers *answers_new(int64_t ceiling);
void answers_free(struct answers *answers);

/* The model has the mail with RANK. Cheap in memory if called for rank after rank, falling. */
void answers_own(struct answers *answers, int64_t rank);

/* Has the model, as answers_own() was told in order, all mails with ranks from LOW to HIGH of an
 * index? The model's rank is that of the index + SHIFT. */
bool answers_own_all(const struct answers *answers, int64_t low, int64_t high, int64_t shift);

/* Remembers that KEY is asked for. False if it was already. */
bool answers_ask(struct answers *answers, uint64_t key);

/* Appends to KEYS (uint64_t) everything that was ever asked for. */
void answers_asked(const struct answers *answers, GArray *keys);

/* Is the mail with RANK to be given: is one of its KEYS (uint64_t) asked for, and was it not given?
 * Counts as given then. */
bool answers_match(struct answers *answers, const GArray *keys, int64_t rank);

/* Appends to BATCH the mail at RANK of INDEX, which counts as given; no longer where the index is
 * damaged: then there is an error. */
void answers_load(struct answers *answers, struct mail_index *index, int64_t shift, int64_t rank,
                  struct mail_batch *batch, GError **error);

/* Appends to BATCH the mails in INDEX that bear one of the COUNT KEYS and are to be given, the
 * model's rank being that of the index + SHIFT. False with an error if the index is damaged. */
bool answers_look_up(struct answers *answers, struct mail_index *index, int64_t shift,
                     const uint64_t *keys, size_t count, struct mail_batch *batch,
                     GError **error);

#endif
