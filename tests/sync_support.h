/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirrors of repositories beside them, for tests of src/archive/sync.h. */
#ifndef PORE_SYNC_SUPPORT_H
#define PORE_SYNC_SUPPORT_H

#include "archive/sync.h"
#include "archive_support.h"

#include <check.h>

/* The file NAME in FOLDER: its text (the caller frees it), more of it, whether it is there. */
char *read_text(const char *folder, const char *name);
void append_text(const char *folder, const char *name, const char *more);
bool exists(const char *folder, const char *name);

/* The archive at PATH has these mails, newest first. */
void assert_mails(const char *path, const char *expected);

/* Bringing a mirror up to date, and making one, succeed; or fail with both words in what is said. */
struct sync_result assert_synced(const char *path);
struct sync_result assert_mirrored(const char *url, const char *path);
void assert_not_synced(const char *path, const char *word, const char *other);

/* And nothing is left of it. */
void assert_not_mirrored(const char *url, const char *word, const char *other);

/* A mirror of a list with mails 1 and 2, in a folder of its own. */
struct mirror {
    struct list upstream;
    const char *folder;
    char *path;
};

struct mirror mirror_new(void);
void mirror_free(struct mirror *mirror);

/* Has the repository at PATH fetch from URL, with more lines of the remote's section. */
void set_remote(const char *path, const char *url, const char *more);

/* Has a mirror fetch from elsewhere. */
void move_remote(const struct mirror *mirror, const char *url);

#endif
