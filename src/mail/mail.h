/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mail: what the series, the contributors and the index need to know of it,
 * read from its bytes once. The text itself is not kept; message.h reads it
 * again when somebody opens it.
 *
 * Pure functions over bytes: any thread, any bytes, no state. A struct mail is
 * written by mail_parse() alone and never changed afterwards, so that a batch
 * of them can be handed from a worker to the owner of the model. */
#ifndef PORE_MAIL_H
#define PORE_MAIL_H

#include "mail/pool.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The SHA-1 of a commit of the archive. */
struct commit_id {
    uint8_t bytes[20];
};

/* Hexadecimal digits of a commit id and the NUL. */
#define COMMIT_ID_TEXT_SIZE 41

/* Writes ID as 40 lower-case digits and a NUL to TEXT. */
void commit_id_text(const struct commit_id *id, char text[COMMIT_ID_TEXT_SIZE]);

bool commit_id_same(const struct commit_id *a, const struct commit_id *b);

/* Is it all zero, which stands for none? */
bool commit_id_is_zero(const struct commit_id *id);

/* What a mail is for. Decided in this order: a reply is a reply whatever its
 * brackets say. */
enum mail_kind {
    MAIL_OTHER,
    MAIL_REPLY,
    MAIL_PULL,  /* a pull request, numbered or not */
    MAIL_COVER, /* 0/m */
    MAIL_PATCH, /* says PATCH; or has a number or RFC, and a diff in the body */
};

/* "other", "reply", "pull", "cover", "patch". Static. */
const char *mail_kind_name(enum mail_kind kind);

/* Where a mail lies in its archive and when it came there; the reader of the
 * archive fills this in. */
struct mail_place {
    struct commit_id commit;
    /* Rank of arrival: higher is later. Ranks of one walk can be compared; a walk
     * counts down, one a commit, and those of epochs that follow go on. */
    int64_t arrival;
    int64_t received; /* the committer date, seconds since 1970 UTC */
};

/* Bytes of one text that is kept of a mail: a subject, a Message-ID, a trailer, a link. What is longer
 * ends in "…" there. Lines have at most 998 (RFC 5322, 2.1.1), and what is folded is hardly ever longer:
 * all of an archive's subjects are in memory at once. */
#define MAIL_TEXT_MAX 4096

/* Links of one mail that are kept. Cover letters that list everything that went
 * before have a dozen; a changelog pasted into a mail has thousands. */
#define MAIL_LINKS_MAX 64

/* Trailers of one mail that are kept. Patches that half of a list has tested have thirty. */
#define MAIL_TRAILERS_MAX 64

/* References of one mail that are kept: the oldest and the last ones. Deep threads
 * of real lists have some sixty; the answer a mail gives and what it
 * rerolls stand at the end, the thread at the beginning. */
#define MAIL_REFERENCES_MAX 100

/* One mail. All strings are valid UTF-8, never NULL ("" where there is
 * nothing), live as long as the struct mail_batch that the mail was parsed into, or
 * longer. The same strings may be one.
 * A control character can stand in any of them. */
struct mail {
    struct mail_place place;
    int64_t date; /* the Date header, UTC seconds; place.received if unreadable */
    const char *message_id; /* without brackets; "" if there is none */
    const char *subject;    /* whole, decoded, white space collapsed */
    const char *title;      /* points into subject, behind the prefix */
    const char *release;    /* see struct subject */
    const char *sender_name;    /* without quotes; the part before the @ if there is none */
    const char *sender_address; /* as written, "" if the From has none */
    const char *author_line;    /* `Name <address>` as written, quotes kept */
    const char *author_address; /* as written */
    const char *change_id;  /* X-Change-Id, else a change-id: line of the body */
    /* The Message-IDs it refers to, oldest first, without brackets, NULL at the
     * end: References, and In-Reply-To at the end unless it stands there. */
    const char *const *references;
    const char *parent; /* In-Reply-To's first id, else the last of References; "" */
    /* Message-IDs that links in the message of a patch or cover name
     * (https://lore.kernel.org/r/ID and the like), NULL at the end. */
    const char *const *links;
    /* What people put their names to in a reply, patch or cover, NULL at the end: each a line
     * such as "Reviewed-by: Name <address>", as written and unfolded, without <mailto:…>;
     * body_next_review() says which lines these are. What answers a mail without saying "Re:" and
     * has no diff is read as a reply. */
    const char *const *trailers;
    uint32_t version; /* as its prefix says; 0 where it says none */
    uint32_t number, total; /* n/m; both 0 if not numbered */
    uint8_t kind; /* enum mail_kind */
    bool numbered : 1;
    bool rfc : 1;
    /* Not a mail but the archive's word that this one is withdrawn: whatever
     * has the same identity and arrived earlier is not shown. */
    bool withdrawal : 1;
};

/* Mails that were read together and the strings they point to. Filled by one
 * thread, then handed over whole; immutable from there on, and shared by who holds a reference. */
struct mail_batch {
    gint references; /* atomic */
    GArray *mails; /* struct mail */
    struct pool *pool; /* where the strings are; a reference */
    GPtrArray *problems; /* char *: one line for each commit that could not be read */
    GPtrArray *breaks;   /* char *: one for each history that broke off before its beginning */
};

struct mail_batch *mail_batch_new(void);

/* The mails of a batch of many: GLib's arrays take powers of two of bytes. */
#define MAIL_BATCH_MAILS (16384 / sizeof(struct mail))

/* The same for one batch of many, which share texts; see pool_for_batch(). */
struct mail_batch *mail_batch_new_in(struct pool **pool);

/* Another reference, which it returns; mail_batch_free() gives one back. Any thread. */
struct mail_batch *mail_batch_ref(struct mail_batch *batch);
void mail_batch_free(struct mail_batch *batch);

/* Once a process, before any thread parses: sets GMime up. */
void mail_startup(void);

/* Parses the LENGTH bytes of one raw mail (RFC 5322) and appends it to BATCH.
 * Whatever the bytes are, there is a mail afterwards: of no bytes, one with
 * empty strings, dated by PLACE. WITHDRAWAL says that the archive withdraws it. */
void mail_parse(struct mail_batch *batch, const char *bytes, size_t length,
                const struct mail_place *place, bool withdrawal);

/* Which of the limits of what is kept MAIL met (trailers, links, references): a sentence for who reads
 * it, or NULL. Static. One that has as many as are kept, and no more, has met it too. */
const char *mail_limit(const struct mail *mail);

/* Are A and B the same mail, sent to the list twice (SPEC: same Message-ID,
 * sender and subject)? Senders are the same if their addresses are, whatever the
 * case, or their names where there are no addresses. Mails without a Message-ID
 * are never the same. */
bool mail_same(const struct mail *a, const struct mail *b);

/* A hash that agrees with mail_same(). */
guint mail_identity_hash(const struct mail *mail);

#endif
