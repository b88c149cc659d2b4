/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the series need to know of a patch's body, found by scanning its bytes
 * once and without copying them: opening header lines, the first diff, the
 * change-id, links. text.h says what each line is, for who wants to show it.
 *
 * Pure, any thread, any bytes. Lines end with LF or CRLF. */
#ifndef PORE_BODY_H
#define PORE_BODY_H

#include "mail/header.h"

#include <stdbool.h>
#include <stddef.h>

/* Where the opening header lines (From:, Subject:, Date:, in any order, with the
 * lines that continue them) end: at the first line that is none. Blank lines
 * and an mbox "From " line in front are passed over, as git mailinfo does; *FIRST is
 * where the first one begins. Without any, the answer is *FIRST. header_next() takes
 * them apart; a From: may be escaped as ">From:". */
const char *body_opening(const char *start, const char *end, const char **first);

/* Takes the From: of the opening header lines into OUT. False if there is none. */
bool body_find_from(const char *start, const char *end, struct header *out);

/* Does a diff begin with the line at LINE: "diff --git ", "--- " with "+++ " on the
 * next line, "Index: " with "===" on the next line? */
bool body_is_diff(const char *line, const char *end);

/* The line that begins the first diff, or NULL. */
const char *body_find_diff(const char *start, const char *end);

/* The word behind "change-id: " at the beginning of a line, as b4 writes it (Gerrit's
 * Change-Id names something else). False if there is none. */
bool body_find_change_id(const char *start, const char *end, const char **word, size_t *length);

/* Takes the Message-ID that the next http or https URL from *CURSOR names: the first
 * segment of its path with an @ in it, percent-decoded, as in
 * https://lore.kernel.org/r/ID. The caller frees it. NULL at the end. */
char *body_next_link(const char **cursor, const char *end);

/* Where the message ends that START begins: at the signature ("-- "), of a PATCH also at the
 * "---" at which git am cuts it off. */
const char *body_message_end(const char *start, const char *end, bool patch);

/* Takes the next review trailer from *CURSOR, the beginning of a line, into OUT: a word of
 * letters and dashes that ends in "-by" (any case) at the beginning of a line, a colon,
 * a value. As long as that has no "@" it goes on in indented lines, as a header does, and in a line
 * that is an <address> and nothing else, which a mailer wrapped. Who wrote or passed on the patch
 * reviews nothing: Signed-off-by and Co-developed-by are left out. A quoted line begins with its
 * mark, so it is none.
 *
 * In a REPLY people write it by hand: it may be indented, and a line of several words in brackets
 * right behind it ("[for the driver]") belongs to it.
 * False if there is none; *CURSOR is behind what was taken. */
bool body_next_review(const char **cursor, const char *end, bool reply, struct header *out);

#endif
