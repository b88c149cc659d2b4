/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A public-inbox archive: git repositories in which each commit adds one mail
 * (public-inbox-v2-format(5), public-inbox-v1-format(5)). Opened for reading
 * only; nothing here writes to it.
 *
 * Three forms read as one: a v2 repository, whose commits hold the raw mail as
 * the blob "m" (or, withdrawing one, as "d"); a v2 inbox, a folder of epochs
 * git/0.git, git/1.git … or 0.git, 1.git …; and a v1 repository, whose commits
 * add a blob xx/yyyy… (or, withdrawing one, remove it).
 *
 * The history is a line: first parents are followed. A shallow clone ends where
 * it was cut; in a partial clone, mails that were not fetched are unreadable mails.
 *
 * A struct archive belongs to one thread at a time (libgit2's rule). Another
 * thread gets a handle of its own with archive_copy(). */
#ifndef PORE_ARCHIVE_H
#define PORE_ARCHIVE_H

#include "archive/range.h"
#include "mail/mail.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define ARCHIVE_ERROR archive_error_quark()
GQuark archive_error_quark(void);

/* Every message is one line that names the path, revision or object it is
 * about, fit to follow "pore: ". */
enum archive_error {
    ARCHIVE_ERROR_OPEN,  /* no such path, no git repository, no mail archive, empty */
    ARCHIVE_ERROR_RANGE, /* unknown revision, reversed, names nothing, no date */
    ARCHIVE_ERROR_READ,  /* an object is missing or damaged, a commit holds no mail */
    ARCHIVE_ERROR_WRITE, /* import and sync only */
    ARCHIVE_ERROR_SYNC,  /* no remote, or it cannot be reached or read: sync only */
};

/* Largest mail that is read, in bytes. The largest ones met on lists have 40 MB;
 * what is larger is reported as unreadable. */
#define ARCHIVE_MAIL_MAX (256u << 20)

/* Once a process, before any thread opens an archive: sets libgit2's caches and
 * windows to what reading a pack from end to end wants. VERIFY has every object's
 * hash checked, which takes nearly as long as reading it. False if there is no memory
 * for libgit2 to begin with; then nothing else here may be called. */
bool archive_startup(bool verify);
void archive_shutdown(void);

struct archive;
struct archive_walk;

/* Opens the archive at PATH: a repository, bare or a work tree's .git or the folder
 * that holds it, or an inbox. Never looks in the folders above. Of an inbox's other
 * folders (all.git, search indexes) no notice is taken; epochs may be missing, and
 * all but one may be empty. NULL with an error where there is none. */
struct archive *archive_open(const char *path, GError **error);

/* A second handle on the same epochs, for another thread. May be called from
 * that thread while ARCHIVE is idle or in use. */
struct archive *archive_copy(const struct archive *archive, GError **error);
void archive_close(struct archive *archive);

/* What the list is called: the publicinbox name that a configuration gives
 * (`publicinbox.NAME.*` of the repository's config), else the folder's name without
 * ".git" (the inbox's folder for an epoch). Valid UTF-8 without control characters.
 * Borrowed. */
const char *archive_name(const struct archive *archive);

/* Notices what has changed underneath: packs that were replaced, epochs that were added. Mails
 * that were read stay valid, walks do not, and nobody may be copying it meanwhile. False with an
 * error, and ARCHIVE is as it was, if it is no longer there. */
bool archive_refresh(struct archive *archive, GError **error);

/* The newest commit: of the newest epoch that has any. False if it is empty now. */
bool archive_newest(struct archive *archive, struct commit_id *commit);

/* The first commit of the oldest epoch, found by walking to it: 3 microseconds a commit. The
 * beginning of what is there, where a clone is shallow. STOP is looked at now and then: *STOP not
 * 0 ends it, false without an error. */
bool archive_first_commit(struct archive *archive, struct commit_id *commit, gint *stop,
                          GError **error);

/* Has one of its epochs the commit COMMIT? Microseconds. */
bool archive_has_commit(struct archive *archive, const struct commit_id *commit);

/* One commit of a walk: it adds a mail, or withdraws one. */
struct archive_commit {
    struct mail_place place;
    uint8_t tree[20];
    uint8_t parent[20]; /* first parent; all zero at the beginning of an epoch */
    uint32_t epoch;     /* index of the epoch it lies in */
    bool known;         /* it comes from a struct archive_known: tree is zero */
    bool withdrawal;    /* known ones only: it withdraws a mail */
    /* Known ones only: what is known of its mail, for who made the struct archive_known. Borrowed
     * until the next commit is asked for. */
    const uint8_t *record;
    size_t record_length;
};

/* Commits that somebody knows, so that they need not be read from the repository. */
struct archive_known {
    /* Is ID known? Asked once for each commit that the walk comes to, in its order. Fills OUT but
     * for arrival, epoch and known. With PASSED not NULL, OUT may be an older commit of the same
     * epoch, *PASSED commits before ID on its line: those from ID to OUT are then passed over. A
     * false answer costs a reading and nothing else. */
    bool (*find)(void *data, const struct commit_id *id, struct archive_commit *out,
                 int64_t *passed);
    void *data;
    bool pass_over; /* known commits are not wanted: they are counted and left out, and that there
                     * are no others is no error */
};

/* The commits of RANGE, newest first, over all epochs. Uses ARCHIVE, which must outlive it and
 * stay on the same thread, as what KNOWN (copied; may be NULL) stands for. What that knows is not
 * read from the repository.
 *
 * Revisions are git's (gitrevisions(7)), each meant in the newest epoch that knows
 * it; HEAD is the newest mail. What A reaches is left out of A..B even where A is
 * not on the way to B. NULL with ARCHIVE_ERROR_RANGE where a revision is unknown,
 * ambiguous or no commit, where the range is reversed, and where it names no commit;
 * with ARCHIVE_ERROR_READ where the newest commit is wanted for its date and damaged.
 * To know that, the commits between A and B, or newer than the dates, are looked
 * at here: 3 microseconds each. */
struct archive_walk *archive_walk_new(struct archive *archive, const struct range *range,
                                      const struct archive_known *known, GError **error);
void archive_walk_free(struct archive_walk *walk);

/* Takes the next commit into OUT. False at the end, and then with *ERROR set
 * if an epoch's history broke off at a missing or damaged commit: calling again
 * goes on with the epoch before it.
 *
 * place.arrival counts down from 0 at the newest commit of the archive, or of the revisions, one
 * for each commit, those too that are not given or cannot be read: ranks of one walk can be
 * compared, and two that differ by 1 are neighbours. The limits of the range by date and by count
 * are kept here. Commits outside the dates are passed over, and the walk ends after dozens in a
 * row that are too old. Commits that withdraw a mail are given but do not count as one of the
 * newest N. */
bool archive_walk_next(struct archive_walk *walk, struct archive_commit *out, GError **error);

/* Goes to the end of WALK, and back to its beginning: the arrival of the last commit that it
 * gives. STOP as for archive_first_commit(). */
int64_t archive_walk_last(struct archive_walk *walk, gint *stop);

/* What bounds the range, for "From A to B"; known from the start, borrowed from WALK.
 * Revisions as the user typed them, "HEAD" and "the beginning" where nothing
 * was typed. Dates, and the default range, as local days YYYY-MM-DD (the newest mail's
 * if no end was asked for). Else the newest commit as 12 digits and, for a count,
 * these and "~N". */
const char *archive_walk_from(const struct archive_walk *walk);
const char *archive_walk_to(const struct archive_walk *walk);

/* The raw bytes of a mail, borrowed from the object database until released. */
struct archive_mail {
    const char *bytes;
    size_t length;
    bool withdrawal; /* the commit withdraws this mail */
    void *object;    /* keeps bytes alive */
};

/* Reads the mail of COMMIT. False with ARCHIVE_ERROR_READ; the archive can be used
 * on. If an object is not found the object database is refreshed and, failing that,
 * opened anew (if its packs were replaced: a repack or fetch) before giving up. */
bool archive_read(struct archive *archive, const struct archive_commit *commit,
                  struct archive_mail *out, GError **error);

/* The same for a commit known only by its id, in any epoch: for opening one mail. */
bool archive_read_id(struct archive *archive, const struct commit_id *id,
                     struct archive_mail *out, GError **error);
void archive_mail_release(struct archive_mail *mail);

#endif
