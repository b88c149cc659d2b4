/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keys do in a context, for tests of ui/keys.h. */
#ifndef PORE_KEYS_SUPPORT_H
#define PORE_KEYS_SUPPORT_H

#include "commands.h"
#include "keys.h"

#include <check.h>

/* A table of TEXT, in which nothing is wrong. */
struct keymap *read_keymap(const char *text);

/* The binding of KEYS, as they are written, in CONTEXT, or NULL. */
const struct binding *find(const struct keymap *keymap, enum context context,
                           const char *keys, bool *prefix);

/* What KEYS run in CONTEXT: a command's name, the text of a macro, "..." or NULL. */
const char *resolve(const struct keymap *keymap, enum context context, const char *keys);

#endif
