/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index on disk: what the series need to know of every mail of an archive that was read, so
 * that it is not read again. A cache: it can be removed at any time, and what is wrong with it is
 * mended by making it anew.
 *
 * One SQLite file for each archive, named by the archive's first commit, so that it stays with an
 * archive that is moved or cloned again. A row is a commit: its rank (higher is later, over all
 * epochs; fixed while the index lives), its id, its parent, when it came, and the record of its
 * mail, or none where that could not be read. Which rows bear which key (series/lookup.h) is a
 * table beside it.
 *
 * What is known is a set of spans, runs of commits without a gap in the order of the archive. A
 * commit's id vouches for all that lies before it: an archive whose newest commit is in a span has
 * all of that span below. Whoever meets a history that contradicts the index calls
 * mail_index_clear().
 *
 * A struct mail_index is one connection and belongs to one thread at a time. Any number may read;
 * one writes, and holds the lock of mail_index_lock() for as long as it does. */
#ifndef PORE_MAIL_INDEX_H
#define PORE_MAIL_INDEX_H

#include "archive/archive.h"
#include "mail/mail.h"
#include "store/error.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Raised whenever a row would look different: an index of another schema is made anew. */
#define MAIL_INDEX_SCHEMA 3

struct mail_index;

/* The file for the archive whose first commit is FIRST: in $XDG_CACHE_HOME/pore. The caller frees
 * it. */
char *mail_index_path(const struct commit_id *first);

/* A file in the same folder, for the index of an archive of which the first commit is not known
 * yet: mail_index_name() gives it its place, mail_index_remove() removes it, both when it is
 * closed. What others who were killed have left of theirs is removed after an hour. NULL if no file
 * can be made. The caller frees it. */
char *mail_index_unnamed_path(void);

/* False if there is an index at PATH already, or that cannot be done: then UNNAMED is where it
 * was. */
bool mail_index_name(const char *unnamed, const char *path);
void mail_index_remove(const char *unnamed);

/* Opens the index at PATH for reading. NULL with an error if it is not there, damaged or of another
 * schema. */
struct mail_index *mail_index_open(const char *path, GError **error);

/* The same for writing too; it is made if it is not there, and made anew where it is damaged or of
 * another schema (not while somebody else holds its lock: then an error). NULL with an error where
 * nothing can be written. Damage deep in the file shows when it is met: then mail_index_clear(). */
struct mail_index *mail_index_open_to_write(const char *path, GError **error);

/* One that nobody else sees and that is gone when closed, for when nothing can be written to the
 * cache. */
struct mail_index *mail_index_open_temporary(GError **error);
void mail_index_close(struct mail_index *index);

/* Takes the lock for writing, which is given back by mail_index_close() or by the death of the
 * process. False at once if somebody else has it. */
bool mail_index_lock(struct mail_index *index);

/* Could something not be read since this was asked last, in a call that has no error of its own? Then
 * *ERROR says why; what was said to be unknown may be known. */
bool mail_index_take_unread(struct mail_index *index, GError **error);

/* How many commits are known, those that could not be read among them. Takes time in the number of
 * spans. */
size_t mail_index_count(struct mail_index *index);

/* The rank of COMMIT, or false if it is not known. */
bool mail_index_find(struct mail_index *index, const struct commit_id *commit, int64_t *rank);

/* The newest commit known. False if nothing is. */
bool mail_index_newest(struct mail_index *index, struct commit_id *commit, int64_t *rank);

/* The lowest rank of the span that RANK, which is known, lies in. */
int64_t mail_index_span_end(struct mail_index *index, int64_t rank);

/* Which of the ranks from OLDEST to NEWEST are known? One query, for who would ask for each. */
enum mail_index_known_ranks { MAIL_INDEX_NONE, MAIL_INDEX_SOME, MAIL_INDEX_ALL };
enum mail_index_known_ranks mail_index_knows(struct mail_index *index, int64_t oldest,
                                             int64_t newest);

/* The commit with the lowest rank, if it has no parent: the first of the archive, where all that there
 * is was read. */
bool mail_index_first(struct mail_index *index, struct commit_id *commit);

/* The lowest rank known and the highest, up to the ceiling. False if nothing is known. */
bool mail_index_bounds(struct mail_index *index, int64_t *oldest, int64_t *newest);

/* What is asked from here on sees the index at one moment and costs no locks, until
 * mail_index_let_go() or until something is added. While it is held the log is not emptied: not for
 * long. False, and nothing is to be let go, if it is held already or something was added. */
bool mail_index_hold(struct mail_index *index);
void mail_index_let_go(struct mail_index *index);

/* Reading is limited to ranks up to CEILING from here on: an archive may have been read further
 * elsewhere. */
void mail_index_set_ceiling(struct mail_index *index, int64_t ceiling);

/* For archive_walk_new(): commits come from the index as far as it knows them, but those that could
 * not be read, which may be tried again, and those whose row is damaged; with PASS_OVER each run of
 * known ones is passed over at once, and those that could not be read with it. Uses INDEX while the
 * walk lives, on the walk's thread. */
struct archive_known mail_index_known(struct mail_index *index, bool pass_over);

/* Appends to RANKS (int64_t, ascending, up to the ceiling) the rows that bear KEY. False with an
 * error if the index is damaged. */
bool mail_index_lookup(struct mail_index *index, uint64_t key, GArray *ranks, GError **error);

/* Appends to COMMITS (struct archive_commit, the arrival being the rank, oldest first, up to the
 * ceiling) those whose mail could not be read. */
void mail_index_unreadable(struct mail_index *index, GArray *commits);

/* Appends the mail at RANK to BATCH, its arrival being RANK + SHIFT. False without an error if that
 * commit could not be read when it was indexed; false with one if the index is damaged. */
bool mail_index_load(struct mail_index *index, int64_t rank, int64_t shift,
                     struct mail_batch *batch, GError **error);

/* --- writing, with the lock ------------------------------------------------------------------- */

/* Adds COMMIT at RANK, which no other has, with its MAIL, or NULL where that could not be read; a
 * commit that could not be read before may be added again. Written with the next
 * mail_index_commit(), which says what went wrong (STORE_ERROR_DAMAGED if another commit has the
 * rank); nothing of it can be found before. From the first one until then a transaction is open.
 * Newest first is fastest and makes the smallest file. */
void mail_index_add(struct mail_index *index, int64_t rank, const struct archive_commit *commit,
                    const struct mail *mail);

/* The keys (uint64_t) that the mail added last bears. Borrowed until the next one is added. */
const GArray *mail_index_added_keys(const struct mail_index *index);

/* Rows that were added and not committed. */
size_t mail_index_pending(const struct mail_index *index);

/* How many pending rows are worth a commit: grows with the index, so that the work of all of
 * them stays in proportion to what is added. */
size_t mail_index_worth_commit(struct mail_index *index);

/* Writes what was added in one transaction. On an error nothing of it is written, and it is
 * dropped. */
bool mail_index_commit(struct mail_index *index, GError **error);

/* Forgets everything, also what other connections see, and what is damaged. On an error nothing is
 * known any more. */
bool mail_index_clear(struct mail_index *index, GError **error);

#endif
