/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which mails machines wrote: what the setting bots, a pattern, says of them. A word in it without a
 * letter stands for a sender. The user interface's thread. */
#ifndef PORE_BOTS_H
#define PORE_BOTS_H

#include "series/mailset.h"
#include "settings.h"

#include <stdbool.h>

/* Compiles the setting when it is asked, and again when it has changed; remembers what it said of
 * each mail as long as that cannot change. */
struct bots;

/* For what SETTINGS say, which must outlive it; so must the mails. */
struct bots *bots_new(const struct settings *settings);
void bots_free(struct bots *bots);

/* Was MAIL written by a machine? An is_bot of struct trailers_request and struct review_request;
 * DATA is a struct bots. */
bool bots_wrote(void *data, const struct member *mail);

/* Is TEXT a value for the setting: a pattern that can be answered without reading mails, or empty?
 * False with an error of one line. */
bool bots_check(const char *text, GError **error);

#endif
