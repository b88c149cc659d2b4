/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mail opened for reading: all of its headers decoded, and its text.
 *
 * The text is the first text/plain part, inline patch attachments behind it
 * (RFC 2045, 2046, 2183), transfer encoding and charset decoded, CRLF made LF.
 * Single-part mails are decoded directly; multipart ones go through GMime.
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_MESSAGE_H
#define PORE_MESSAGE_H

#include "mail/header.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Limits: what is behind is passed over, the message is damaged, and message.limit says why. */

/* Header fields that are decoded. Real mails have fewer than two hundred. */
#define MESSAGE_HEADERS_MAX 10000

/* Parts of a multipart that are looked at, nested ones counted. GMime recurses once for each
 * level, real mail has fewer than ten. */
#define MESSAGE_PARTS_MAX 1000

/* Bytes of the body, as it came, that are decoded: what is made of them takes several times as much
 * memory. The largest mails met on lists have 40 MB. */
#define MESSAGE_BODY_MAX ((size_t)64 << 20)

/* Lines of the text: who shows or classifies it keeps twenty bytes of each, and a hostile mail is
 * all line breaks. A text of 40 MB that somebody wrote has a million. */
#define MESSAGE_LINES_MAX 2000000

/* One header field, decoded. Owned by its message. */
struct message_header {
    char *name;
    char *value; /* valid UTF-8, one line */
};

/* Owned by who asked for it; freed with message_free(). */
struct message {
    GArray *headers; /* struct message_header, in the order of the mail */
    char *text;      /* valid UTF-8 without NULs, NUL-terminated, may be "" */
    size_t length;   /* bytes of text without the NUL */
    bool multipart;
    bool damaged;    /* bytes were dropped or replaced while decoding */
    const char *limit; /* which limit it met, a sentence for who reads it; NULL: none. Static. */
};

/* Reads LENGTH raw bytes. Never fails: what cannot be decoded is replaced by
 * U+FFFD or taken as Latin-1, as mail.h says for headers, and bytes without a single
 * header are text from their first. */
struct message *message_parse(const char *bytes, size_t length);
void message_free(struct message *message);

/* The first header called NAME, whatever the case, or NULL. Borrowed. */
const char *message_header(const struct message *message, const char *name);

/* A raw mail whose header block has been walked: where its body lies and what says
 * how to read it. All borrowed. */
struct message_source {
    const char *bytes; /* the whole mail */
    size_t length;
    const char *body; /* behind the header block */
    struct header type;     /* Content-Type; without name and value where there is none */
    struct header encoding; /* Content-Transfer-Encoding; the same */
};

/* Walks the header block of LENGTH bytes. Bytes without a single header are body from their first. The
 * fields are the first ones of their names. */
struct message_source message_locate(const char *bytes, size_t length);

bool message_is_multipart(const struct message_source *source);

/* Is the body its text as it stands, but for charset and CRLF? */
bool message_is_identity(const struct message_source *source);

/* The text as struct message has it, up to the same limits. */
GString *message_text(const struct message_source *source);

/* The same, however long it is: for what is given on to others, who must not take a part of a mail
 * for the whole. */
GString *message_whole_text(const struct message_source *source);

/* That before its charset is decoded and its CRLF made LF: transfer encodings alone are undone. */
GString *message_raw_text(const struct message_source *source);

/* Makes each CRLF of TEXT LF, in place. */
void message_drop_returns(GString *text);

#endif
