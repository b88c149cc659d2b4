/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An input that stands for several things: each begins with a line "%% WORDS" and goes on up to the next
 * such line. What stands in front of the first one is a piece without words. */
#ifndef PORE_TESTS_FUZZ_PIECES_H
#define PORE_TESTS_FUZZ_PIECES_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Neither is NULL. The bytes are a copy of their own, so that a byte too far is noticed. */
struct piece {
    char *words; /* NUL-terminated */
    char *bytes;
    size_t length;
};

/* The pieces (struct piece *) of SIZE bytes of DATA, MOST at most. The caller unrefs the array. */
GPtrArray *pieces_split(const uint8_t *data, size_t size, guint most);

#endif
