/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fingerprint of what a patch changes: equal for two patches that do the same to the same
 * files, wherever in them, so that a reviewer need not look again. The model is git patch-id
 * --verbatim; besides what that leaves out (index lines, hunk numbers) context lines do not
 * count, for they drift with other people's changes. White space counts: it means something in
 * Makefiles and Python. What counts: the files' names, modes and renames as they are written,
 * the added and removed lines, which of them stand together, whether they end with a line break,
 * binary patches, and the ids of binary files whose contents are not in the patch. The message
 * does not, nor how the mail was encoded, nor CR at the ends of lines.
 *
 * A hostile sender must not be able to write a patch with the fingerprint of another one that
 * does something else to the lines of a file: it is a SHA-256 of lines that cannot be taken for
 * others. Where decoding the mail drops or replaces bytes, its body as it came counts too.
 *
 * Pure functions, any thread, any bytes. */
#ifndef PORE_FINGERPRINT_H
#define PORE_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fingerprint {
    uint8_t bytes[32];
};

#define FINGERPRINT_TEXT_SIZE 65

/* Of the raw mail of LENGTH bytes. A mail without a diff has that of its text without the
 * signature. */
struct fingerprint fingerprint_of(const char *bytes, size_t length);

/* As 64 lower-case digits and a NUL, and back; false if TEXT is not that. */
void fingerprint_text(const struct fingerprint *fingerprint, char text[FINGERPRINT_TEXT_SIZE]);
bool fingerprint_parse(const char *text, struct fingerprint *fingerprint);

#endif
