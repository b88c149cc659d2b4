/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a From names.
 *
 * GMime reads addresses; this decides what is shown of them where a From is
 * not as RFC 5322 wants it, and keeps the display name as it was written.
 *
 * Pure, any thread, any bytes; mail_startup() must have been called. */
#ifndef PORE_ADDRESS_H
#define PORE_ADDRESS_H

#include <stddef.h>

/* Bytes of the field that are looked at. GMime takes the square of the number of
 * addresses; the longest From met in real mail has fewer than 300 bytes. */
#define ADDRESS_LENGTH_MAX 4096

/* The first mailbox of an address field. Never NULL, valid UTF-8, "" where there
 * is nothing. Owned by whoever declares it; address_clear() frees what is inside. */
struct address {
    char *name;    /* decoded, without quotes; the part before the @ where there is none */
    char *address; /* as written: "jane@example.org" */
    char *line;    /* `Name <address>`, decoded, quotes kept; the whole text where there is no
                    * address */
};

/* Reads the LENGTH bytes at VALUE, an undecoded address field, into OUT. The old
 * form `address (Name)` has the line `Name <address>`; an unquoted comma in a name
 * belongs to the name if no address stands before it. */
void address_parse(const char *value, size_t length, struct address *out);

void address_clear(struct address *address);

#endif
