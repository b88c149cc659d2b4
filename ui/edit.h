/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of text that is being edited. Its steps are characters with what combines with
 * them (glyph.h), its words those of neomutt's editor.
 *
 * Pure but for the locale. */
#ifndef PORE_EDIT_H
#define PORE_EDIT_H

#include "prompt.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Longest line, in bytes: whatever is pasted, a key costs no more than this. */
#define EDIT_LENGTH_MAX 16384

/* Declared as zeros; edit_set() before all else; edit_clear() frees what is inside. */
struct edit {
    GString *text; /* valid UTF-8, NUL-terminated, no NUL within */
    size_t cursor; /* offset in bytes */
};

/* Makes TEXT, of which what is no UTF-8 is replaced, the line, the cursor at its end. */
void edit_set(struct edit *edit, const char *text);
void edit_clear(struct edit *edit);

/* Inserts CHARACTER before the cursor. False if it is none, or the line is too long. */
bool edit_insert(struct edit *edit, uint32_t character);

/* Puts TEXT, valid UTF-8, in the place of what stands from START to the cursor. False if the
 * line would be too long. */
bool edit_replace(struct edit *edit, size_t start, const char *text);

/* Moves the cursor or deletes, as ACTION, one of PROMPT_BACKWARD_CHAR to PROMPT_TRANSPOSE, says.
 * False if there is nothing to do it with. */
bool edit_apply(struct edit *edit, enum prompt_action action);

#endif
