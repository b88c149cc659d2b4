/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between texts, line by line: git's own algorithm (xdiff), by libgit2.
 *
 * The algorithm compares lines by a hash that whoever writes a patch can make lines collide in, and
 * takes the square of their number for it. So it is never shown the lines themselves: each
 * different line of the texts has a number, found with a hash that nobody can foresee, and what
 * libgit2 compares are these numbers.
 *
 * Any bytes; any thread, while nobody else has the same texts. archive_startup() comes first. */
#ifndef PORE_DIFFERENCE_H
#define PORE_DIFFERENCE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More lines than this in all the texts together are not looked at: the last texts end earlier. */
#define DIFFERENCE_LINES_MAX (2u << 20)

/* Texts that are compared with one another. */
struct difference_texts;

/* One of them: belongs to them, never changes. */
struct difference_text;

struct difference_texts *difference_texts_new(void);
void difference_texts_free(struct difference_texts *texts);

/* Adds the LENGTH bytes of TEXT, which must live as long as TEXTS. Borrowed. */
const struct difference_text *difference_texts_add(struct difference_texts *texts,
                                                   const char *text, size_t length);

/* How many lines it has, and the one at INDEX, without its LF. */
size_t difference_text_count(const struct difference_text *text);
const char *difference_text_line(const struct difference_text *text, size_t index,
                                 size_t *length);

/* A line of a difference: of the old text, of the new one, or of both. */
struct difference_line {
    char sign;        /* ' ', '-', '+'; '@' begins a hunk and has no bytes */
    const char *text; /* borrowed from the texts, without its LF */
    size_t length;
    size_t old_index, new_index; /* the line, where the text has it; of '@', where the hunk begins */
};

/* Adds to LINES (struct difference_line) what differs between OLD and NEW, which are of the same
 * texts, with CONTEXT lines around it, as git diff has it; nothing where they are equal. */
void difference_lines(const struct difference_text *old, const struct difference_text *new,
                      unsigned context, GArray *lines);

/* How many lines that would be with three lines of context, hunks counted: git range-diff's measure
 * of how far two patches are apart. */
uint32_t difference_size(const struct difference_text *old, const struct difference_text *new);

/* A number that difference_size() is never below, found much faster. */
uint32_t difference_size_least(const struct difference_text *old,
                               const struct difference_text *new);

#endif
