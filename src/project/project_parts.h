/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies behind project.h. Private to this folder, and the only place in it where <git2.h> is
 * included.
 *
 * Everything here belongs to the thread of its struct project. */
#ifndef PORE_PROJECT_PARTS_H
#define PORE_PROJECT_PARTS_H

#include "project/project.h"

#include <git2.h>

/* Digits of an object id, and with the NUL. */
#define ID_DIGITS 40
#define ID_SIZE (ID_DIGITS + 1)

/* A file that comes out of a binary patch, all that one patch touches, and all that a series leaves may
 * have so many bytes. */
#define PROJECT_BYTES_MAX ((size_t)256 << 20)

/* Steps that trying one series may take: a line compared, eight bytes of a file taken apart. A
 * second or two; an ordinary series takes a thousandth of it. */
#define PROJECT_STEPS_MAX (INT64_C(1) << 28)

struct project {
    char *path; /* as the user gave it */
    git_repository *repository;
    git_odb *odb;
};

/* Sets ERROR to the formatted text, ": " and what libgit2 said last, on one line. */
void project_set_git_error(GError **error, enum project_error code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* TEXT, which is freed, as valid UTF-8 on one line. The caller frees it. */
char *project_clean_line(char *text);

/* How long a series may still be tried. */
struct project_effort {
    gint *stop; /* or NULL */
    gint64 left;
};

/* Spends STEPS. False if there were none left or it has been stopped. */
bool project_effort_spend(struct project_effort *effort, size_t steps);

/* A hunk of a patch, as it stands there. Borrows the bytes of the diff. */
struct project_hunk {
    const char *text; /* its header first */
    size_t length;
    size_t body;              /* where its lines begin */
    size_t old_line, new_line; /* as its header says: counted from 1, 0 where there are no lines */
    size_t trailing; /* lines of context at its end */
    bool with_old, with_new;  /* has it lines of that side at all? */
};

/* What a binary patch brings. */
struct project_binary {
    bool delta;
    GBytes *bytes; /* inflated; NULL: "Binary files differ", without any */
};

/* What a patch does to one file, as git apply reads it. Owned by the array that it came in. */
struct project_change {
    char *old_name, *new_name; /* NULL: there is none on that side */
    int added, deleted;        /* 1: it is; 0: it is not; -1: the patch does not say */
    bool renamed, copied;
    bool is_binary;
    unsigned old_mode, new_mode; /* 0: not said */
    char old_id[ID_SIZE], new_id[ID_SIZE]; /* of its index line, abbreviated or not; "" without */
    GArray *hunks;               /* struct project_hunk */
    struct project_binary binary;
    size_t start, body, end; /* its part of the diff in bytes, and where hunks begin in it */
};

/* Why a diff cannot be read; all to be freed or NULL. */
struct project_damage {
    char *path; /* the file in which it is damaged */
    char *hunk;
    char *why; /* one line without the path */
};

void project_damage_clear(struct project_damage *damage);

/* Takes the LENGTH bytes of DIFF apart as git apply -p1 does: git's own form and that of other
 * programs. struct project_change *, borrows DIFF. NULL with DAMAGE where git apply would not take
 * it. The caller unrefs it. */
GPtrArray *project_diff_read(const char *diff, size_t length, struct project_damage *damage);

/* The name that a change goes by. Borrowed. */
const char *project_change_name(const struct project_change *change);

/* The text of HUNK as it can be shown: valid UTF-8. The caller frees it. */
char *project_hunk_text(const struct project_hunk *hunk);

/* The name of a file in LINE of LENGTH bytes without its LF, behind "--- " or "rename from ", with
 * STRIP folders taken off: quoted as git does, or up to a tab if TAB. NULL if there is none. The
 * caller frees it. */
char *project_name_read(const char *line, size_t length, unsigned strip, bool tab);

/* The same for programs that put a date behind it. */
char *project_name_read_dated(const char *line, size_t length, unsigned strip);

/* Is what LINE says the date that GNU diff writes for a file that does not exist, 1970? */
bool project_name_is_epoch(const char *line, size_t length);

/* The name that stands twice in LINE, what follows "diff --git ", with STRIP folders (0 or 1) taken
 * off: NULL if it is a rename. The caller frees it. */
char *project_name_read_twice(const char *line, size_t length, unsigned strip);

/* Can NAME be that of a file in a repository, as git verifies paths? A symbolic link may not be
 * called .gitmodules. One that no operating system would take cannot. */
bool project_name_is_safe(const char *name, bool link);

/* Decodes the "GIT binary patch" that begins at BYTES, behind that line. Returns its length, 0
 * if it is damaged or larger than PROJECT_BYTES_MAX. */
size_t project_binary_read(const char *bytes, size_t length, struct project_binary *out);

/* What BINARY makes of OLD; NULL if it does not fit. The caller unrefs it. */
GBytes *project_binary_apply(const struct project_binary *binary, GBytes *old);

/* What HUNKS make of OLD; NULL if they do not apply: *FAILED is which one then, or their number if
 * EFFORT was spent. The caller unrefs it. */
GBytes *project_hunks_apply(const GArray *hunks, GBytes *old, struct project_effort *effort,
                            guint *failed);

/* The files of a commit, and what patches make of them. */
struct project_tree;

/* Of the commit ID (40 digits), which has to be there. NULL with an error. */
struct project_tree *project_tree_new(struct project *project, const char *id, GError **error);
void project_tree_free(struct project_tree *tree);

/* What PATH is: a mode as git has them, 0 if there is no such file. False with an error if a folder
 * cannot be read. */
bool project_tree_find(struct project_tree *tree, const char *path, unsigned *mode, GError **error);

/* The contents of PATH, which exists; of a submodule the line that stands for it. NULL with an
 * error. The caller unrefs it. */
GBytes *project_tree_read(struct project_tree *tree, const char *path, GError **error);

/* Is PATH a folder that holds a file? False with an error too. */
bool project_tree_is_folder(struct project_tree *tree, const char *path, GError **error);

/* Makes PATH what it says; mode 0 removes it. False with an error. */
bool project_tree_set(struct project_tree *tree, const char *path, unsigned mode, GBytes *bytes,
                      GError **error);

#endif
