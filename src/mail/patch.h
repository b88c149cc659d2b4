/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A patch taken apart as git am takes it (git-mailinfo(1)): who wrote it, what it says, what it
 * changes; and what its text says about itself (base-commit and the like). A cover letter is
 * one that changes nothing.
 *
 * Pure functions, any thread, any bytes. */
#ifndef PORE_PATCH_H
#define PORE_PATCH_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum patch_change {
    PATCH_MODIFIED,
    PATCH_ADDED,
    PATCH_DELETED,
    PATCH_RENAMED,
    PATCH_COPIED,
    PATCH_MODE, /* nothing but its mode */
};

/* A file that a patch changes. Owned by its patch. */
struct patch_file {
    char *path;     /* as it is called afterwards, of a deleted one before; without "a/" and "b/" */
    char *old_path; /* of a renamed or copied one; else NULL */
    enum patch_change change;
    bool binary;
    uint32_t added, removed; /* lines */
    size_t start, length;    /* of its part of patch->diff, bytes */
};

/* A patch. All texts are valid UTF-8 with LF at the ends of lines, never NULL unless said so; a
 * control character can stand in any of them. Owned by who asked for it. */
struct patch {
    char *author;  /* "Name <address>" as git am would have it: in-body From first */
    char *date;    /* the Date header, or the in-body one, as written; "" without one */
    char *title;   /* the subject as git am commits it: no prefix, one line */
    char *message; /* the commit message behind the title, without what git am cuts off: no blank
                    * lines around it; ends with LF unless it is "" */
    char *cover;   /* of one without a diff, which nobody commits, all that it says, as clean: up to the
                    * signature, without the diffstat. The list of changes of a cover letter stands
                    * where git am cuts. NULL if there is a diff */
    char *diff;    /* from the first file header on, signature and the like left out; "" if there is none */
    GBytes *raw_diff; /* the same as it came: transfer encoding and format=flowed undone, charset
                       * left alone; CR too, but for those of the mail's own CRLF, which git mailsplit drops */
    GArray *files; /* struct patch_file, in the order of the diff */
    char *base_commit;        /* as git format-patch --base writes it, 7 to 64 lower-case hexadecimal
                               * digits; NULL if it names none */
    char *change_id;          /* b4's change-id; NULL if there is none */
    GPtrArray *prerequisites; /* char *: "patch-id …", "message-id …", "change-id …" as b4 and git
                               * write them, without "prerequisite-" */
    GPtrArray *links;         /* char *: Message-IDs that links anywhere but in the diff name, each
                               * once: earlier versions among them */
    bool damaged;             /* as in struct message */
    bool widened;             /* its diff is not that of a mail, and all of its context counts */
};

/* Takes the raw mail of LENGTH bytes apart. Never fails: whatever the bytes are, there is a patch. */
struct patch *patch_read(const char *bytes, size_t length);
void patch_free(struct patch *patch);

/* A copy of PATCH that has DIFF (UTF-8, LF), one with more context, for its diff; its files are read
 * anew. The caller frees it. */
struct patch *patch_with_diff(const struct patch *patch, const char *diff);

/* The patch as git range-diff reads one, for comparing: lines, each ending with LF:
 *
 *      ## Metadata ##
 *     Author: Name <address>
 *
 *      ## Commit message ##
 *         title and message (of one without a diff, what patch->cover says), indented by four
 *
 *      ## path ##                      ("(new)", "(deleted)", "old => new", mode changes as git has them)
 *     @@ path: function                 (no line numbers)
 *      context, added and removed lines
 *
 * Index lines and hunk numbers are left out; so is context that is more than three lines away from a
 * change, unless the patch was widened. The files are in the order of their names. *DIFF_START is where the first file begins: git takes
 * two patches as the same if they are equal from there on. 0 if there is no diff, as git has it: then
 * they are the same if all is. The caller frees it. */
GString *patch_comparable(const struct patch *patch, size_t *diff_start);

#endif
