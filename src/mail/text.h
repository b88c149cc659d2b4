/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each line of a mail's text is: message, quoted text, trailer, diffstat,
 * diff, signature. Lines are classified by parsing, not by their looks: a "+"
 * outside a hunk is no added line, a "-- " inside one is no signature, and a
 * hunk ends when it has as many lines as its header counted.
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_TEXT_H
#define PORE_TEXT_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

enum text_kind {
    TEXT_MESSAGE,     /* prose, and everything that is nothing else */
    TEXT_IN_BODY_HEADER, /* From:, Subject:, Date: in front, as git mailinfo takes them */
    TEXT_QUOTED,      /* somebody's words, depth says how deep */
    TEXT_TRAILER,     /* Signed-off-by: and its like, with the lines that continue one */
    TEXT_SEPARATOR,   /* the "---" behind the message */
    TEXT_DIFFSTAT,    /* " file | 2 +-", " 1 file changed", " create mode" */
    TEXT_FILE_HEADER, /* "diff --git" up to "+++", also "Index: " */
    TEXT_HUNK_HEADER, /* "@@ -1,2 +3,4 @@ function" */
    TEXT_CONTEXT,     /* unchanged line of a hunk */
    TEXT_ADDED,
    TEXT_REMOVED,
    TEXT_BINARY,      /* the body of a "GIT binary patch" */
    TEXT_SIGNATURE,   /* "-- " and all behind it, up to a diff that an attachment brought */
};

/* A line: LENGTH bytes from START without its line break. */
struct text_line {
    uint32_t start;
    uint32_t length;
    uint8_t kind;  /* enum text_kind */
    uint8_t depth; /* of a quote, 1 and up, at most 255; else 0 */
};

/* The lines of a text. The bytes stay the caller's and are not kept. */
struct text {
    GArray *lines; /* struct text_line, in order; each with its LF behind it, which the
                    * last one may lack, they are the text */
    uint32_t description_end; /* see text_description_length() */
};

/* Classifies LENGTH bytes at BYTES, lines ending with LF. Texts of 4 GiB and
 * more are cut there. The caller frees it with text_free(). */
struct text *text_parse(const char *bytes, size_t length);
void text_free(struct text *text);

/* Length in bytes of the patch's own text, for reports: up to and with the first
 * " N files changed", or else up to the line before the first diff or
 * signature; blank lines and the line break at its end do not count. */
size_t text_description_length(const struct text *text);

#endif
