/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a diff: where the part of each begins, and what its header says (git-diff(1),
 * "Generating patch text"; also the headers of diff(1), quilt, Subversion and CVS).
 *
 * Pure, any thread, any bytes. */
#ifndef PORE_PATCH_FILE_H
#define PORE_PATCH_FILE_H

#include "mail/patch.h"
#include "mail/text.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A diff and its lines. All borrowed. */
struct diff_text {
    const char *bytes;
    const struct text *text;
};

/* The lines of a diff that are one file's: from FIRST up to END. */
struct diff_part {
    guint first, end;
};

/* The parts of DIFF, in order: struct diff_part. The caller unrefs it. */
GArray *diff_parts(const struct diff_text *diff);

/* What the header of a part says; file_header_clear() frees what is inside. */
struct file_header {
    char *path;     /* as in struct patch_file; valid UTF-8 */
    char *old_path; /* of a renamed or copied file; else NULL */
    enum patch_change change;
    bool binary;
    uint32_t old_mode, new_mode; /* where both are said; else 0 */
};

void file_header_read(struct file_header *out, const struct diff_text *diff,
                      const struct diff_part *part);
void file_header_clear(struct file_header *header);

/* The bytes of line INDEX, without a line break; *LENGTH says how many. */
const char *diff_line(const struct diff_text *diff, guint index, size_t *length);

/* What line INDEX is: enum text_kind. */
unsigned diff_kind(const struct diff_text *diff, guint index);

#endif
