/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A visit to an archive: what the browser reads of it and what it remembers.
 *
 *     since when? (remembered.h) ──► scan of the range ──► the model, the history's index
 *     the model has settled ──► what it wants ──► history ──► what is known besides ──► the model
 *     sync-mailbox, fetch-mail ──► scan of what is new ──► the model
 *     the end ──► where the next visit begins
 *
 * What is new is read whole before the model has any of it, so that it can be stopped, and so
 * that a history that was rewritten is noticed in time. Its mails get ranks above all that is
 * there. It is indexed by a history that starts anew, or, if the first one is still reading, by
 * the next visit.
 *
 * The setting `history` is looked at when a history starts: at the beginning, and at the next
 * refresh after it was changed. With no_history nothing is asked of it; it still indexes the
 * range, and finds the archive's first commit, without which the visit could not be remembered.
 *
 * The user interface's thread. The threads of scan, history and fetch wake its loop and nothing
 * else. */
#ifndef PORE_VISIT_H
#define PORE_VISIT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct app;
struct app_options;
struct current_visit;

/* One that has not begun. Never NULL. */
struct current_visit *visit_new(void);

/* Opens the marks, finds out what to read and begins to. What stands in the way of the marks is
 * said to the user. False with an error if the range names nothing. */
bool visit_begin(struct app *app, const struct app_options *options, GError **error);

/* Takes what has arrived; for the event loop. */
void visit_take(struct app *app);

/* The model has settled: asks for what it wants now. */
void visit_settled(struct app *app);

/* Is anything being read, or about to be? */
bool visit_is_busy(const struct app *app);

/* Appends what is being read to TEXT, for a status line of WIDTH cells: "reading, 1,234 mails",
 * "history back to 2021-03"; nothing if nothing is. */
void visit_describe(const struct app *app, int width, GString *text);

/* Stops reading, the range and the history; false if all was read already. */
bool visit_stop(struct app *app);

/* Looks for new mails, and for marks that others have set. Says what came of it. */
void visit_refresh(struct app *app);

/* Fetches from where the archive was cloned from (archive/sync.h), then does the same. */
void visit_fetch(struct app *app);

/* Remembers where the next visit begins, if this one has read a range that nobody named to its
 * end. False with an error if it should have and could not, and the user has not been told so when
 * the marks were opened. */
bool visit_end(struct app *app, GError **error);

/* Stops the threads, waits for them, and closes the marks. */
void visit_free(struct app *app);

#endif
