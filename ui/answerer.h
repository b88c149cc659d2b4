/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers: the draft, the editor, the question what to do with it, and sending. The commands are
 * those of commands.def.
 *
 * The user interface's thread. */
#ifndef PORE_ANSWERER_H
#define PORE_ANSWERER_H

struct app;

/* The browser has ended and its screen is gone: says on standard error where a draft is that was
 * being written, or that could not be edited or sent. */
void answerer_end(struct app *app);

#endif
