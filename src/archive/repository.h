/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies behind archive.h: git repositories and their objects. Private to
 * this folder, and the only place in it where <git2.h> is included.
 *
 * Everything here belongs to the thread of its struct archive. */
#ifndef PORE_REPOSITORY_H
#define PORE_REPOSITORY_H

#include "archive/archive.h"

#include <git2.h>
#include <git2/sys/commit.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <git2/sys/stream.h>
#include <time.h>

/* Digits of an abbreviated object id in messages, and with the NUL. */
#define ID_DIGITS 12
#define ID_SIZE (ID_DIGITS + 1)

/* What a repository holds, by the tree of its newest commit. */
enum archive_form {
    ARCHIVE_EMPTY, /* no commit at all */
    ARCHIVE_V1,
    ARCHIVE_V2,
    ARCHIVE_FOREIGN, /* something else */
};

/* One repository. The path and the packs are immutable, so that archive_copy() can take them from
 * another thread; the object database is replaced when it has to be opened anew. */
struct epoch {
    char *path;
    git_repository *repository;
    git_odb *odb;
    struct packs *packs;           /* shared with copies; NULL: libgit2 reads alone */
    struct packs_reader *reader;   /* the archive's; NULL: the same */
    struct timespec packs_changed; /* when the folder of packs was last written to ... */
    ino_t packs_inode;             /* ... and which folder it was, when it was opened */
};

struct archive {
    char *path; /* as the user gave it, for messages */
    char *name;
    struct epoch *epochs; /* oldest first */
    size_t count;         /* at least one */
    struct packs_reader *reader; /* for all epochs */
};

/* archive_open() that takes repositories without a commit too: for import. */
struct archive *archive_open_for_import(const char *path, GError **error);

/* Finds the newest commit of EPOCH: of the branch HEAD names, and if that does not
 * exist, of master or of the only branch there is. Its branch's full name goes to
 * *BRANCH (may be NULL; the caller frees it; NULL for a detached HEAD). False if
 * there is no commit. */
bool epoch_head(const struct epoch *epoch, git_oid *id, char **branch);

/* What EPOCH holds. ARCHIVE_EMPTY with an error if its newest commit cannot be read. */
enum archive_form epoch_form(struct epoch *epoch, GError **error);

/* Closes and opens the object database of EPOCH if its packs were replaced since
 * that was opened. False if they were not, or it is gone. */
bool epoch_reopen(struct epoch *epoch);

/* Is ID not there at all (as against damaged)? */
bool epoch_lacks(const struct epoch *epoch, const git_oid *id);

/* Reads the commit ID of the epoch with INDEX into OUT, all but its rank of arrival. */
bool archive_read_commit(struct archive *archive, size_t index, const git_oid *id,
                         struct archive_commit *out, GError **error);

/* Does COMMIT withdraw a mail? False if its tree cannot be read. */
bool archive_withdraws(struct archive *archive, const struct archive_commit *commit);

/* Sets ERROR to the formatted text, ": " and what libgit2 said last, on one line. */
void archive_set_git_error(GError **error, enum archive_error code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* ID as ID_DIGITS digits and a NUL, in TEXT, which is returned. */
const char *id_text(const git_oid *id, char text[ID_SIZE]);

/* Makes a git_oid of 20 bytes of a contract's struct. */
git_oid id_from_bytes(const uint8_t bytes[20]);

/* TEXT with each control character made a space, in place. */
char *clean_line(char *text);

#endif
