/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drafts of answers: each is a file of its own in $XDG_STATE_HOME/pore/drafts, which nobody but the
 * user can read. They are on the disk before anything else is done with them.
 *
 * Any thread. No terminal. */
#ifndef PORE_DRAFTS_H
#define PORE_DRAFTS_H

#include <glib.h>
#include <stdbool.h>

#define DRAFTS_ERROR drafts_error_quark()
GQuark drafts_error_quark(void);

/* Bytes of one that is read. */
#define DRAFTS_BYTES_MAX (64 * 1024 * 1024)

/* Makes a new file of TEXT and sees that it is on the disk; its name has the time (local) and
 * TITLE, any UTF-8: "20190301-100000-widget-turn.eml". Returns its path, which the caller frees,
 * or NULL with an error of one line. */
char *drafts_write(const char *title, const GString *text, GError **error);

/* The names of those that are there (char *), newest first. The caller unrefs it. */
GPtrArray *drafts_list(void);

/* Where the one called NAME is, or would be. The caller frees it. */
char *drafts_path(const char *name);

/* The text of the one at PATH as it is now, any bytes; NULL with an error. Never waits and
 * follows no symbolic link. The caller frees it. */
GString *drafts_read(const char *path, GError **error);

/* Removes it. False with an error. */
bool drafts_remove(const char *path, GError **error);

/* PATH as it is shown: "~/" for the home, valid UTF-8. The caller frees it. */
char *drafts_display(const char *path);

#endif
