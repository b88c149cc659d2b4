/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives of numbered mails, and what the tests of archives ask of them. */
#ifndef PORE_TESTS_ARCHIVE_SUPPORT_H
#define PORE_TESTS_ARCHIVE_SUPPORT_H

#include "archive/archive.h"
#include "support.h"

/* 2026-03-01 00:00 UTC: when mail 0 would have arrived. */
#define START INT64_C(1772323200)
#define HOUR INT64_C(3600)

/* An archive under construction that remembers its commits by number. */
struct list {
    const char *folder;
    char *path;
    struct support_archive *archive;
    GPtrArray *ids; /* char *; the first is NULL */
};

/* The text of mail NUMBER; the caller frees it. */
char *list_mail(int number);

/* An archive called NAME in a folder of its own. */
struct list list_new(const char *name);
void list_free(struct list *list);

/* The commit that was added as the NUMBERth, counted from 1. */
const char *list_id(const struct list *list, guint number);

/* Adds mail NUMBER, arriving at RECEIVED. */
void list_add_at(struct list *list, int number, int64_t received);

/* Adds mails FIRST to LAST, an hour apart. */
void list_add(struct list *list, int first, int last);

/* Withdraws mail NUMBER. */
void list_withdraw(struct list *list, int number, int64_t received);

/* An inbox in FOLDER with epochs 0, 2 and 10 of two mails each, and 11 without. */
void make_inbox(struct list epochs[4], const char *folder);
void free_inbox(struct list epochs[4]);

/* Writes the file NAME in FOLDER. */
void write_text(const char *folder, const char *name, const char *text);

/* The archive at PATH, which there has to be. */
struct archive *open_archive(const char *path);

/* ERROR, which is freed, is of CODE and one line that holds each of the words. */
void assert_error(GError *error, enum archive_error code, const char *word,
                  const char *other);

/* Opening PATH is an error that holds each of the words. */
void assert_not_opened(const char *path, const char *word, const char *other);

/* The numbers of the mails of RANGE as they come: "-3" for one withdrawn, "!" for one
 * that cannot be read, "?" where the history breaks off. The caller frees it. */
char *read_range(struct archive *archive, const struct range *range);

/* Everything, RANGE or the revisions TEXT read as EXPECTED, in the words of read_range(). */
void assert_all(struct archive *archive, const char *expected);
void assert_range(struct archive *archive, const struct range *range,
                  const char *expected);
void assert_revisions(struct archive *archive, const char *text, const char *expected);

/* RANGE or TEXT is an error that holds each of the words. */
void assert_no_range(struct archive *archive, const struct range *range,
                     const char *word, const char *other);
void assert_no_revisions(struct archive *archive, const char *text, const char *word,
                         const char *other);

/* The bounds that a range says it has, as "from to". */
void assert_bounds(struct archive *archive, const struct range *range,
                   const char *expected);

#endif
