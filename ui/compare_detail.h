/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the two patches of a pair differ, as a text: the sign that a line begins with says which of
 * them has it, and behind that is the line itself, in the colours of a patch.
 *
 * Where the setting repo names a repository and compare_context is more than mails have, the files
 * there give the context: a job reads them. The user interface's thread. */
#ifndef PORE_COMPARE_DETAIL_H
#define PORE_COMPARE_DETAIL_H

#include "compare_lines.h"
#include "view.h"

struct compare_detail;

/* A text view of ROW of LINES. STEP, with the detail as its data, goes to other rows. The detail is the
 * view's. */
struct view *compare_detail_new(struct app *app, const struct compare_lines *lines, int row,
                                text_view_step *step);

/* Shows ROW of LINES instead. */
void compare_detail_show(struct compare_detail *detail, const struct compare_lines *lines, int row);

#endif
