/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The draft of an answer to a mail, and what it becomes when it is sent.
 *
 * A draft is a text to be edited: headers as people read them (UTF-8), a blank line, the text with
 * what is answered quoted in it. Sent, it is a mail (RFC 5322, 2045, 2047).
 *
 * Pure, any thread, any bytes; mail_startup() must have been called. */
#ifndef PORE_ANSWER_H
#define PORE_ANSWER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define ANSWER_ERROR answer_error_quark()
GQuark answer_error_quark(void);

/* Message-IDs in References: of more the first one and the last ones. */
#define ANSWER_REFERENCES_MAX 50

/* To whom, as mutt's r, g and L have it. Whoever answers a mail of his own answers those that it
 * went to. */
enum answer_kind {
    ANSWER_SENDER, /* Reply-To without the list that put itself there, else From */
    ANSWER_GROUP,  /* Mail-Followup-To; else the same, and everybody in To and Cc as Cc */
    ANSWER_LIST,   /* the list, and Mail-Followup-To as Cc */
};

struct answer_request {
    enum answer_kind kind;
    const char *from;        /* "Name <address>" of who answers; "" if unknown */
    /* The list where its mails do not say (List-Post, RFC 2369; X-Mailing-List; List-Id, RFC
     * 2919): its address, or its name, which is then the recipient whose address has that before
     * the @; "" if unknown. */
    const char *list;
    const char *attribution; /* the line above what is quoted, already expanded; "" for none */
    const char *indent;      /* in front of each quoted line: "> " */
    bool me_too;             /* who answers stays among the recipients */
};

/* The draft that answers the raw mail of LENGTH bytes: From, To, Cc, Subject ("Re: " once, no
 * matter which of SPEC's reply words it had), In-Reply-To and References (RFC 5322, 3.6.4), a
 * blank line, the quoted text. No address stands twice, and who answers among them only if there
 * is nobody else. Valid UTF-8; of control characters only tabs and line breaks, the others can
 * be seen. NULL with an error of one line if there is nobody to be answered. The caller frees
 * it. */
GString *answer_draft(const char *bytes, size_t length, const struct answer_request *request,
                      GError **error);

/* The mail that DRAFT, as somebody has left it, becomes: headers encoded, Date (local zone),
 * Message-ID, MIME headers added, the lines of the text as they are; quoted-printable only where
 * one is too long for RFC 5321. Bcc stays for sendmail -t. NOW is UTC seconds, UNIQUE a word for
 * the Message-ID; its host is that of the From. NULL with an error that names the line where
 * DRAFT is no mail: no recipient, no From, a header that is none, an address that is none, a
 * text that is not UTF-8. Date and Message-ID of the draft are replaced. The caller frees it. */
GString *answer_mail(const char *draft, size_t length, gint64 now, const char *unique,
                     GError **error);

/* The recipients (To, Cc, Bcc) and the subject of DRAFT, for a question: "a@x, b@y". The caller
 * frees both; they have no control characters. */
void answer_describe(const char *draft, size_t length, char **recipients, char **subject);

#endif
