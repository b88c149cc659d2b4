/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a small file of text whole: porerc, keymaps. Any thread. */
#ifndef PORE_TEXT_FILE_H
#define PORE_TEXT_FILE_H

#include <glib.h>

#define TEXT_FILE_ERROR text_file_error_quark()
GQuark text_file_error_quark(void);

/* More bytes than anybody writes by hand. */
#define TEXT_FILE_MAX (1024 * 1024)

/* The text of the file PATH, which the caller frees: valid UTF-8 without NULs. NULL with an error
 * of one line that does not name the file. Never waits: only a regular file is read, and /dev/null,
 * which is empty. */
char *text_file_read(const char *path, GError **error);

/* What is wrong with the LENGTH bytes at TEXT, as that error says it, or NULL; the caller frees
 * it. */
char *text_file_problem(const char *text, size_t length);

#endif
