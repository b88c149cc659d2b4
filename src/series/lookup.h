/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What mails can be found by, so that of a list of millions only those are loaded that have to
 * do with what is shown.
 *
 * Each mail bears a handful of keys. The index on disk (store/mail_index.h) keeps which mails bear
 * which; series_set_wants() says which keys the mails that it lacks would bear. A key is a
 * hash: mails that bear it by chance are loaded too and change nothing. Keys must stay the same from
 * run to run; whoever changes what is written here raises MAIL_INDEX_SCHEMA.
 *
 * Pure functions, any thread. */
#ifndef PORE_LOOKUP_H
#define PORE_LOOKUP_H

#include "mail/mail.h"

#include <glib.h>
#include <stdint.h>

enum lookup_kind {
    LOOKUP_ID,        /* a mail with this Message-ID; a withdrawal of it too */
    LOOKUP_PATCH,     /* a patch or cover that answers this Message-ID, or names it in its
                       * references or links */
    LOOKUP_REPLY,     /* any other mail that answers this Message-ID */
    LOOKUP_TITLE,     /* a patch or cover with this title, as lookup_title() folds it */
    LOOKUP_CHANGE_ID, /* a patch or cover with this change-id */
};

uint64_t lookup_key(enum lookup_kind kind, const char *text);

/* The key of numbered patches and covers without references by one sender (folded as struct member's),
 * of one version (1 where none is said) and total, dated within the hour HOUR
 * (date / 3600, rounded down). */
uint64_t lookup_run_key(const char *sender, uint32_t version, uint32_t total, int64_t hour);

/* The key of numbered patches and covers of this total that answer the mail PARENT (a Message-ID):
 * only those can be of one posting with it or with one another, or reroll it. */
uint64_t lookup_answer_key(const char *parent, uint32_t total);

/* The hour of DATE (UTC seconds), rounded down before 1970 too. */
int64_t lookup_hour(int64_t date);

/* What titles and addresses are compared by: case folded. The caller frees them. */
char *lookup_title(const char *title);
char *lookup_sender(const struct mail *mail);

/* Appends to KEYS (uint64_t) what MAIL bears, each once. */
void lookup_add_keys(const struct mail *mail, GArray *keys);

#endif
