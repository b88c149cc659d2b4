/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a To, a Cc or a Reply-To names: a list of struct address *, each address once, whatever the
 * case.
 *
 * Real fields are not as RFC 5322 wants them, and hostile ones want GMime to take the square of
 * their length: they are cut into addresses here, and each is read by address.h.
 *
 * Pure, any thread, any bytes; mail_startup() must have been called. */
#ifndef PORE_RECIPIENTS_H
#define PORE_RECIPIENTS_H

#include "mail/address.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* So many are kept in a list, the first ones. The longest Cc of a real list has three hundred. */
#define RECIPIENTS_MAX 2000

/* An empty list. The caller unrefs it. */
GPtrArray *recipients_new(void);

/* Adds what the LENGTH bytes at VALUE, a raw field, name. The members of groups count and the
 * groups do not, so that "undisclosed-recipients:;" is nobody. With LOOSE an unquoted comma in a
 * name belongs to the name. What is no address that a mail could be sent to is left out; NULL,
 * or the first such text, one line without control characters, which the caller frees. A name
 * that says no more than its address is "". */
char *recipients_read(GPtrArray *list, const char *value, size_t length, bool loose);

/* Adds copies of those of OTHER. */
void recipients_add(GPtrArray *list, const GPtrArray *other);

bool recipients_have(const GPtrArray *list, const char *address);
void recipients_remove(GPtrArray *list, const char *address);

/* What stands behind the @ of ADDRESS, in ASCII by IDNA; NULL if there is nothing, or it cannot
 * be. The caller frees it. */
char *recipients_host(const char *address);

/* Appends `Name <address>`, the name quoted if it must be; the address alone if NAME is "". */
void recipients_append_one(GString *out, const char *name, const char *address);

/* Appends the field NAME with LIST as people read it: UTF-8, folded into
 * lines of some seventy characters. */
void recipients_append(GString *out, const char *name, const GPtrArray *list);

/* Appends it as it is sent: RFC 2047 words, IDNA domains, folded. */
void recipients_append_encoded(GString *out, const char *name, const GPtrArray *list);

/* Makes each control character of TEXT, valid UTF-8, a blank, and each run of blanks one; in
 * place. */
void recipients_clean(char *text);

#endif
