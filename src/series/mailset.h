/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of mails read so far: which of them are shown, and who answers whom.
 *
 * Mails are taken in any order. At each moment the answer is a function of the
 * mails taken and of nothing else:
 *
 * - of the copies of one mail (mail_same()) the one that arrived first is live;
 * - a mail withdrawn by something that arrived later than it is not live;
 * - a Message-ID means the live mail that bears it and arrived first.
 *
 * Only mailset_take() changes it; what changed is left in a list for posting.h
 * to work off. One thread, the owner of the model. */
#ifndef PORE_MAILSET_H
#define PORE_MAILSET_H

#include "mail/mail.h"

struct posting;
struct message_id;

/* What patches and covers are told apart by. The texts are interned in the set: equal text, equal
 * pointer. */
struct member_patch {
    const char *sender;  /* address in lower case; the name where there is none */
    const char *author;  /* the same of the author */
    const char *title;   /* case folded (Unicode) */
    const char *release; /* as mail->release */
    GSequenceIter *run;  /* posting.c: its place among mails without references */
    uint32_t slot;       /* posting.c: its place in the piece that is worked out */
};

/* A mail and its place among the others. Lives as long as its set; its address
 * names it. Written in src/series alone. There is one for each mail: what only some need
 * is elsewhere. */
struct member {
    const struct mail *mail;
    struct message_id *id;      /* what bears this mail's Message-ID; never NULL */
    struct message_id *parent;  /* what it answers, read or not; NULL if nothing */
    struct member *next_copy;   /* others with the same Message-ID, in no order */
    struct member *next_answer; /* others that answer parent, in no order */
    struct member_patch *patch; /* of patches and covers, else NULL */
    struct posting *posting;    /* for live patches and covers after a settle, else NULL */
    uint32_t version;           /* said, inherited, or 1 (SPEC 2); as of the last settle */
    bool live;
    bool in_range; /* read as a mail of the range, and not because something in the range hangs on it */
    bool changed; /* is in the list of changes */
    bool pooled;  /* posting.c: its piece has been worked out in this settle */
};

/* A Message-ID that a mail bears or names. */
struct message_id {
    const char *text;       /* "" for a mail without one; each such mail has its own */
    struct member *first;   /* what it means: the live mail that arrived first, or NULL */
    struct member *copies;  /* all that bear it, through next_copy */
    struct member *answers; /* all that answer it, through next_answer */
    unsigned expanded;      /* posting.c: the last settle that looked at its answers */
    bool moved;             /* is in the list of those that mean another mail since the last settle, */
    bool lost;              /* and meant one then */
    bool lends;             /* wants.c: a patch takes its version from what bears it */
    bool threaded;          /* wants.c: its answers are asked for, and those of its answers */
};

/* Everything in it belongs to it, the batches too. */
struct mailset {
    GPtrArray *members;      /* struct member *, in the order taken, live or not */
    GPtrArray *changed;      /* patches and covers whose liveness, parent or version changed */
    GPtrArray *moved;        /* struct message_id *: see there */
    GPtrArray *batches;      /* struct mail_batch *: what the mails live in */
    GHashTable *ids;         /* struct message_id *, each its own key, by text */
    GHashTable *identities;  /* struct mail * of the live copy → its struct member *, where several
                              * mails bear its Message-ID */
    GHashTable *withdrawals; /* struct mail * → the latest withdrawal of that mail */
    GHashTable *texts;       /* the interned texts of members, each its own key */
    GStringChunk *strings;   /* what those of them lie in that no mail has */
    GPtrArray *blocks;       /* what members and Message-IDs lie in, many in each */
    struct message_id *fresh_ids; /* those that are left of the last block of Message-IDs, */
    guint fresh;             /* so many */
    size_t live;             /* mails that are live */
};

struct mailset *mailset_new(void);
void mailset_free(struct mailset *set);

/* Takes all mails of BATCH, which belongs to SET from here on: as mails of the range, or else as
 * what is known besides. Ranks of arrival are comparable over all that is taken. No commit may be
 * taken twice. */
void mailset_take(struct mailset *set, struct mail_batch *batch, bool in_range);

/* Passes on what the mails that were taken since the last call mean for the versions of those that
 * answer them, so that set->changed is whole. */
void mailset_settle(struct mailset *set);

/* TEXT, which must live as long as SET, made the same pointer for the same text. */
const char *mailset_intern(struct mailset *set, const char *text);

/* What stands for the Message-ID TEXT, which must live as long as SET. */
struct message_id *mailset_id(struct mailset *set, const char *text);

/* The live mail that MESSAGE_ID (without brackets) means, or NULL. */
struct member *mailset_find(const struct mailset *set, const char *message_id);

/* The live mail that MEMBER answers, or NULL; a mail that names itself answers
 * nothing. */
struct member *member_parent(const struct member *member);

/* Is it a patch or a cover letter, so that it belongs to a posting when live? */
bool member_is_patch(const struct member *member);

/* Does it take its version from the mail it answers, saying none of its own? */
bool member_inherits(const struct member *member);

/* A patch's n of n/m; one without a number is number 1. */
uint32_t member_number(const struct member *member);

/* By that number, for sorting an array of struct member *. */
gint member_compare_number(gconstpointer a, gconstpointer b);

#endif
