/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of the marks: opened whatever it is, read into a marks_table, written by
 * transactions. Private to src/store. One thread, as marks.h says. */
#ifndef PORE_MARKS_FILE_H
#define PORE_MARKS_FILE_H

#include "store/marks_table.h"

struct marks_file;

/* Opens PATH as marks_open() says. Never NULL: what cannot be read is empty, and says why it
 * cannot be written. */
struct marks_file *marks_file_open(const char *path, char **notice);
void marks_file_close(struct marks_file *file);

/* As marks_set_patience(). */
void marks_file_set_patience(struct marks_file *file, int milliseconds);

/* Was a damaged file kept aside when it was opened? */
bool marks_file_is_anew(const struct marks_file *file);

/* Was all that is there read, if anything is? */
bool marks_file_is_known(const struct marks_file *file);

/* Has another connection committed anything since the last marks_file_read(), or is that not known? */
bool marks_file_is_stale(struct marks_file *file);

/* All that is in the file, as it is at one moment; nothing if there is no file to read. NULL
 * with an error. */
struct marks_table *marks_file_read(struct marks_file *file, GError **error);

/* Begins to write: nobody else does until the end. False with an error, MARKS_ERROR_CLOSED if
 * the file is still as it was when marks_file_open() said why it cannot be written. */
bool marks_file_begin(struct marks_file *file, GError **error);

/* Ends it: DRAFT, whole rows, is on the disk when it returns true; nothing is when it returns
 * false. */
bool marks_file_commit(struct marks_file *file, const struct marks_table *draft, GError **error);
void marks_file_roll_back(struct marks_file *file);

/* Places and visits, as marks.h has them: they are looked up when asked. */
bool marks_file_place(const struct marks_file *file, const char *path, struct commit_id *first);
bool marks_file_set_place(struct marks_file *file, const char *path, const struct commit_id *first,
                          GError **error);
GArray *marks_file_archives(const struct marks_file *file);
bool marks_file_visit(const struct marks_file *file, const struct commit_id *first,
                      struct visit *visit);
bool marks_file_set_visit(struct marks_file *file, const struct visit *visit, GError **error);

#endif
