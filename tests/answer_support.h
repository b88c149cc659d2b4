/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drafts of answers and their fields, for tests of src/mail/answer.h. */
#ifndef PORE_ANSWER_SUPPORT_H
#define PORE_ANSWER_SUPPORT_H

#include "mail/answer.h"

#include <check.h>

#define ME "Mia Example <mia@example.org>"

/* An answer of that kind by ME, to nothing yet. */
struct answer_request request_of(enum answer_kind kind);

/* The value of a field of what parses as a mail; the caller frees it. */
char *field_of(const GString *mail, const char *name);

/* It is WANTED; NULL: there is none. */
void assert_field(const GString *mail, const char *name, const char *wanted);

#endif
