/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks and corrections in memory, and which of two words on the same thing counts. Private to
 * src/store.
 *
 * Of two words the one with the later stamp counts; of two with the same stamp, what they say
 * decides, so that whoever takes both comes to the same in either order. */
#ifndef PORE_MARKS_TABLE_H
#define PORE_MARKS_TABLE_H

#include "store/marks.h"

/* Both are ordered by bytes, so that what strangers choose (Message-IDs) makes nothing slow. */
struct marks_table {
    GTree *marks;       /* lead → struct mark *, owned */
    GTree *corrections; /* struct correction_line *, owned; each its own key */
};

struct marks_table *marks_table_new(void);
void marks_table_free(struct marks_table *table);

/* The mark of LEAD, made if there is none. */
struct mark *marks_table_mark(struct marks_table *table, const char *lead);

/* Moves all of FROM, which is freed, to TABLE, in place of what is there. */
void marks_table_move(struct marks_table *table, struct marks_table *from);

/* The latest stamp of all; 0 if nothing was said. */
int64_t marks_table_latest(const struct marks_table *table);

/* About the posting with LEAD (copied) nothing is said yet. */
struct mark *mark_new(const char *lead);
struct mark *mark_copy(const struct mark *mark);
void mark_free(void *mark);

/* Sets the state, the version and the fingerprints (NULL: none). */
void mark_set_state(struct mark *mark, enum mark_state state, uint32_t version,
                    const GArray *fingerprints, int64_t stamp);

/* Takes what FROM says of the state or the flag, if it counts. True if it did. */
bool mark_take_state(struct mark *mark, const struct mark *from);
bool mark_take_flag(struct mark *mark, const struct mark *from);

/* Notes may be added in any order; before anybody reads them they are brought in order: each
 * (stamp, text) once, taken back if one of them was. */
void mark_add_note(struct mark *mark, const char *text, int64_t stamp, bool removed);
void mark_order_notes(struct mark *mark);

/* How many notes AFTER has that BEFORE (NULL: none) has not, or that are taken back only there. */
size_t mark_count_new_notes(const struct mark *before, const struct mark *after);

/* A correction of A and B (copied), in either order. */
struct correction_line *correction_line_new(const char *a, const char *b,
                                            enum correction correction, int64_t stamp);

/* Does LINE count beside OLD (NULL: none), which is about the same pair? */
bool correction_line_counts(const struct correction_line *line, const struct correction_line *old);

/* What is kept is also what text (marks_text.h) can say: Message-IDs of at most so many bytes,
 * patches of one posting at most so many, stamps before the year 10000. */
#define MARK_ID_MAX 2000
#define MARK_PATCHES_MAX 10000
#define MARK_STAMP_MAX INT64_C(253402300799999999)

/* False with an error that says why not. */
bool mark_check_id(const char *id, GError **error);

#endif
