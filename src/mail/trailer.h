/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trailer of a mail (struct mail), taken apart: what somebody says there, and who.
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_TRAILER_H
#define PORE_TRAILER_H

#include "mail/mail.h"

#include <stdbool.h>
#include <stddef.h>

/* What a trailer's text, "Reviewed-by: Name <address> # for what", says. Points into it. */
struct trailer_parts {
    const char *kind; /* "Reviewed-by" */
    size_t kind_length;
    const char *name; /* without quotes; empty where there is only an address */
    size_t name_length;
    const char *address; /* "" if there is none */
    size_t address_length;
};

void trailer_parse(const char *text, struct trailer_parts *parts);

/* Trailers with the same key are one: the kind and the address, else what stands in its place; in
 * lower case. The caller frees it. */
char *trailer_key(const char *text);

/* Is whom the trailer TEXT names the sender of SOURCE? By the address (also with a +tag, or from a
 * host of the same domain: joe@lab.example.org is joe@example.org), else by the name, which may
 * be "Roe, Joe". */
bool trailer_names_sender(const char *text, const struct mail *source);

#endif
