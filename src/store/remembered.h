/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which archive this is: an archive is known by its first commit, wherever it lies.
 *
 * Finding that by walking takes time in the length of the history. So the path under which it
 * was seen last is remembered, and where that says nothing, the first commits of all archives
 * ever seen are looked for in its packs; only one that was never met has to be walked
 * (archive_first_commit()). */
#ifndef PORE_REMEMBERED_H
#define PORE_REMEMBERED_H

#include "archive/archive.h"
#include "store/marks.h"

/* The first commit of ARCHIVE, which was opened at PATH, if it was seen before; remembers its
 * place then. False if it was not, or if what is remembered is no longer its beginning (a
 * shallow clone that was deepened, an inbox of which only one epoch was ever opened); *FIRST is
 * zeroed then.
 * Microseconds for each archive ever seen. */
bool remembered_first(struct archive *archive, const char *path, struct marks *marks,
                      struct commit_id *first);

/* Remembers that the archive with the first commit FIRST lies at PATH. What goes wrong is no
 * matter. */
void remembered_place(struct marks *marks, const char *path, const struct commit_id *first);

/* The range of a visit that names none: what has arrived since the last one; if that is nothing,
 * what the last one began with; if there was none, or its commits are gone, the seven days of
 * range.h. */
enum remembered_range { REMEMBERED_FIRST_VISIT, REMEMBERED_NEW, REMEMBERED_NOTHING_NEW };
enum remembered_range remembered_range(struct archive *archive, const struct marks *marks,
                                       const struct commit_id *first, struct range *range);

/* The visit ends, having listed what the default range named, up to NEWEST: the next one begins
 * there, unless another one that has ended meanwhile went further. Begun with RANGE, as
 * remembered_range() made it. ARCHIVE is refreshed. False with an error if nothing can be written. */
bool remembered_visit(struct archive *archive, struct marks *marks, const struct commit_id *first,
                      const struct range *range, const struct commit_id *newest, GError **error);

#endif
