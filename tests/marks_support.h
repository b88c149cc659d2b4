/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks set, asked for and described in a line, for tests of src/store/marks.h. */
#ifndef PORE_MARKS_SUPPORT_H
#define PORE_MARKS_SUPPORT_H

#include "store/marks.h"

#include <check.h>

/* A path for marks in a new folder; the caller frees it. */
char *new_path(void);

/* The marks at PATH, with which nothing may be wrong. */
struct marks *open_marks(const char *path);

/* Sets a state, which may fail; and what is not to fail: a state, a note in place of OLD. */
bool try_state(struct marks *marks, const char *lead, enum mark_state state, GError **error);
void set_state(struct marks *marks, const char *lead, enum mark_state state);
void set_note(struct marks *marks, const char *lead, const char *note, const char *old);

/* What is said of LEAD, in a line: see describe(). */
void assert_said(const struct marks *marks, const char *lead, const char *expected);

#endif
