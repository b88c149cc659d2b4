/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests share: folders that vanish, archives made of mails written
 * for the test. Failure to set up aborts the test. */
#ifndef PORE_TESTS_SUPPORT_H
#define PORE_TESTS_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new empty folder, removed with all that is in it when the process exits.
 * Borrowed. */
const char *support_folder(void);

/* A path inside a folder of support_folder(); the caller frees it. */
char *support_path(const char *folder, const char *name);

/* Writes a file whole. */
void support_write(const char *path, const char *bytes, size_t length);

/* An archive under construction. */
struct support_archive;

/* A bare v2 repository at PATH (created). */
struct support_archive *support_archive_new(const char *path);
/* One that is there already, to add to the branch master. */
struct support_archive *support_archive_open(const char *path);
void support_archive_free(struct support_archive *archive);

/* Each adds one commit on top whose committer date is RECEIVED (UTC seconds) and
 * returns its id as 40 digits, borrowed until the next call. */
const char *support_add(struct support_archive *archive, int64_t received, const char *mail,
                        size_t length);
const char *support_withdraw(struct support_archive *archive, int64_t received, const char *mail,
                             size_t length);
/* A commit whose tree holds BYTES as the blob NAME ("xx/yyyy" makes a folder; v1
 * trees keep what was there before if KEEP). */
const char *support_add_blob(struct support_archive *archive, int64_t received, const char *name,
                             const char *bytes, size_t length, bool keep);
/* A commit with an empty tree. */
const char *support_add_empty(struct support_archive *archive, int64_t received);

/* Makes NAME a tag of the commit ID. */
void support_tag(struct support_archive *archive, const char *name, const char *id);

/* The path of the loose object that a revision such as "ID:m" names; the caller
 * frees it. */
char *support_object_path(struct support_archive *archive, const char *revision);

/* Removes that object. */
void support_remove_object(struct support_archive *archive, const char *revision);

/* Puts all objects into one new pack and removes the loose ones and the packs
 * there were. Returns the pack's path; the caller frees it. */
char *support_pack(struct support_archive *archive);

/* The bytes of the object that REVISION names in the repository at PATH, with a NUL
 * behind them; the caller frees them. */
char *support_read(const char *path, const char *revision);

#endif
