/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reader has said of series: marks, notes and corrections; and where each archive was
 * left. Precious: nothing here can be worked out again.
 *
 * One SQLite file, $XDG_STATE_HOME/pore/marks.sqlite, for all archives: a Message-ID means the
 * same series on every list. What is set is on the disk when the call returns. Marks are kept in
 * memory too, so that looking costs nothing; marks_refresh() brings in what other processes have
 * set since.
 *
 * A mark belongs to a posting, by the Message-ID of its lead, and remembers what the posting
 * was: its version and a fingerprint of each patch. What it means for the later postings of the
 * series is worked out by marking.h. Each has a stamp, the time at which it was set in
 * microseconds, later than all stamps that were there before, also when the clock was set back;
 * of two marks on a series the one with the later stamp counts. Taking a mark back sets
 * MARK_NONE: that has a stamp too, so that it wins over what others said before.
 *
 * One thread, the owner of the model. */
#ifndef PORE_MARKS_H
#define PORE_MARKS_H

#include "mail/fingerprint.h"
#include "mail/mail.h"
#include "series/corrections.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MARKS_ERROR marks_error_quark()
GQuark marks_error_quark(void);

/* Every message is one line, fit to follow "pore: ". What goes wrong in the file has an error of
 * the store. */
enum marks_error {
    MARKS_ERROR_VALUE,  /* no Message-ID, a note that is no line */
    MARKS_ERROR_CLOSED, /* marks cannot be set, as the notice of marks_open() said; that may change */
    MARKS_ERROR_TEXT,   /* marks_text.h: a line that is none */
};

enum mark_state {
    MARK_NONE,
    MARK_REVIEWED,
    MARK_LATER,   /* put off */
    MARK_IGNORED, /* of no interest, in later versions neither */
};

/* "unreviewed", "reviewed", "later", "ignored". Static. And back: false if TEXT is none of them. */
const char *mark_state_name(enum mark_state state);
bool mark_state_parse(const char *text, enum mark_state *state);

/* The most bytes of a note. */
#define MARK_NOTE_MAX 1000

/* Can TEXT be a note? False with an error that says why not. */
bool mark_check_note(const char *text, GError **error);

/* What was said of one posting. Owned by its struct marks, valid until that changes. */
struct mark {
    const char *lead;        /* Message-ID of the posting's lead, without brackets */
    enum mark_state state;
    int64_t state_stamp;     /* 0: nothing was said */
    bool flag;
    int64_t flag_stamp;
    uint32_t version;        /* of the posting when its state was set */
    GArray *fingerprints;    /* struct fingerprint of its patches then, in their order; never NULL */
    GPtrArray *notes;        /* struct note *, oldest first; those taken back too; never NULL */
};

struct note {
    char *text; /* one line of UTF-8 without control characters */
    int64_t stamp;
    bool removed;
};

/* A correction, A < B by bytes. */
struct correction_line {
    const char *a, *b;
    enum correction correction; /* CORRECTION_NONE: taken back */
    int64_t stamp;
};

struct marks;

/* Opens the marks. What stands in the way of that is said in *NOTICE (one line, the caller's to
 * free; NULL if nothing is), and never stops the program: a file that is damaged, or is no marks
 * file, is kept aside as PATH.damaged (.damaged-2 …, never over an older one) and a new one
 * begun; one that cannot be written is read, and setting fails; where none can be read, or the
 * file is another version's, there are none, and setting fails. PATH NULL: the usual place. */
struct marks *marks_open(const char *path, char **notice);
void marks_close(struct marks *marks);

/* Has marks_open() kept a damaged file aside? Its notice is to be shown then, for no later one
 * will say so. */
bool marks_are_anew(const struct marks *marks);

/* Is all known that was said before it was opened, so that what the notice says matters only to
 * who wants to set marks? Not where a file is there and cannot be read. */
bool marks_are_known(const struct marks *marks);

/* The usual place. The caller frees it. */
char *marks_path(void);

/* How long a change waits for another process that is writing before it fails with
 * STORE_ERROR_BUSY, in milliseconds: DATABASE_PATIENCE at first. Who has keys to answer has less. */
void marks_set_patience(struct marks *marks, int milliseconds);

/* Brings in what others have set. True if anything has changed. */
bool marks_refresh(struct marks *marks);

/* Counts the changes: another number, other marks. */
uint64_t marks_generation(const struct marks *marks);

/* What is said of the posting with the lead MESSAGE_ID, or NULL. */
const struct mark *marks_find(const struct marks *marks, const char *message_id);

/* All marks, by Message-ID: struct mark *. The caller unrefs the array. */
GPtrArray *marks_list(const struct marks *marks);

/* A change to be made, of one posting. What is not named in WHAT stays. Borrowed for the call. */
enum mark_change_what { MARK_CHANGE_STATE = 1, MARK_CHANGE_FLAG = 2, MARK_CHANGE_NOTE = 4 };

struct mark_change {
    const char *lead;
    unsigned what;
    enum mark_state state;
    uint32_t version;
    const GArray *fingerprints; /* struct fingerprint; NULL: none */
    bool flag;
    const char *note;     /* to be added; NULL or "": none … */
    const char *old_note; /* … in place of this one; NULL: of none */
};

/* Makes COUNT changes, all or none. False with an error of one line; nothing is changed then.
 * What others have set is brought in first: what CHANGES borrows from MARKS may be gone
 * afterwards. A note that stands already is not added again. */
bool marks_change(struct marks *marks, const struct mark_change *changes, size_t count,
                  GError **error);

/* Makes the corrections LINES (struct correction_line *, borrowed; their Message-IDs in either order,
 * stamps do not count), all or none. False with an error. The other one: that of the pair A and B. */
bool marks_correct_all(struct marks *marks, const GPtrArray *lines, GError **error);
bool marks_correct(struct marks *marks, const char *a, const char *b, enum correction correction,
                   GError **error);

/* For series_set_correct(). Owned by MARKS; kept up to date with it. */
const struct corrections *marks_corrections(const struct marks *marks);

/* All that were ever said: struct correction_line *, in order. The caller unrefs the array. */
GPtrArray *marks_correction_lines(const struct marks *marks);

/* Takes back what the last call of marks_change() or of one that corrects did in this process, call
 * by call: what it changed is set to what it was before, with new stamps, also where another
 * process has set it again since; notes of others stay. False without an error if there is
 * nothing left to take back; with one, it can be tried again. The leads that are concerned, of a
 * correction its two Message-IDs, are appended to LEADS (char *, the caller's) if that is not
 * NULL. */
bool marks_undo(struct marks *marks, GPtrArray *leads, GError **error);

/* What import brings (struct mark *, struct correction_line *; several about the same posting or
 * pair are allowed): each is taken if its stamp is later than what is there, or equal and what
 * it says comes later in a fixed order, so that all who take the same come to the same; notes if
 * they are not there or are taken back now. All or none, in one transaction; cannot be undone.
 * *CHANGED counts what was taken. */
bool marks_merge(struct marks *marks, const GPtrArray *list, const GPtrArray *correction_lines,
                 size_t *changed, GError **error);

/* --- where archives were left ------------------------------------------------------------------- */

/* What is remembered of an archive, by its first commit. This and places are asked of the file
 * each time. */
struct visit {
    struct commit_id first;
    struct commit_id seen;   /* the newest commit that was there at the end of the last visit that
                              * had something new */
    struct commit_id before; /* where the range of that visit began; all zero: nowhere */
    int64_t when;            /* of that visit, UTC seconds */
};

/* The archive that was last seen at the folder PATH (canonical). False if none was. */
bool marks_place(const struct marks *marks, const char *path, struct commit_id *first);
bool marks_set_place(struct marks *marks, const char *path, const struct commit_id *first,
                     GError **error);

/* All archives ever seen: struct commit_id, their first commits. The caller unrefs the array. */
GArray *marks_archives(const struct marks *marks);

/* The last visit to the archive with FIRST. False if there was none. */
bool marks_visit(const struct marks *marks, const struct commit_id *first, struct visit *visit);
bool marks_set_visit(struct marks *marks, const struct visit *visit, GError **error);

#endif
