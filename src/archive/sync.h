/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetching what is new: brings a mirror of a list up to date, or makes one.
 *
 * The one thing besides import that writes to an archive, and only what a fetch writes: objects and
 * references. Nothing is merged, no work tree is touched, no hook runs. libgit2 does it, over what
 * that speaks: https, http, git, ssh, file and plain paths. No login is ever asked for; ssh takes
 * the keys of the agent.
 *
 * What is fetched is what the remote's refspec says, as `git fetch --prune` would; a repository
 * without one (`git clone --bare`) gets all branches. Where the refspec leads elsewhere
 * (refs/remotes/origin/, in a clone that is no mirror) the branch that HEAD names, which is the one
 * that is read, then goes to where its upstream is, unless it has commits of its own. A work tree
 * stays behind: `git reset --hard` brings it up. If the branch that HEAD names is gone upstream,
 * HEAD goes to the one that is read there.
 *
 * An inbox is fetched epoch by epoch, the newest first; then it is seen whether the list has opened
 * the next one, at the URL of the last with its number raised (public-inbox-v2-format(5): URL/0,
 * URL/1 … or URL/git/0.git …).
 *
 * References are moved when all that they lead to is there: a fetch that is cut, cancelled or killed
 * leaves the archive as it was. One sync works on a repository at a time; another one gets an error.
 * It leaves a file "pore-sync" in the repository while it works: if that is there already, the last
 * one was killed, and the locks on references that it has left are removed.
 *
 * Any thread; an archive that others read meanwhile stays readable. */
#ifndef PORE_SYNC_H
#define PORE_SYNC_H

#include "archive/archive.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far it is. Sent on the thread that syncs, ten times a second at most. */
struct sync_progress {
    const char *name; /* what is fetched, "3.git" or the archive's name; borrowed for the call */
    size_t objects, total_objects; /* received and announced; 0 while the server works */
    size_t bytes;
};

/* Called now and then, also while nothing arrives: false cancels, within a few tenths of a second.
 * Not so while ssh waits, and while libgit2 packs what comes from a path (half a minute for 60,000
 * mails). A server that says nothing for two minutes has failed. */
typedef bool sync_report(const struct sync_progress *progress, void *data);

/* What came of it; with an error, what was done before that. */
struct sync_result {
    size_t commits;    /* new ones, in all epochs */
    size_t new_epochs;
    bool rewritten;    /* a branch was moved to where its old head is not behind it */
};

/* Brings the archive at PATH up to date from where it was cloned from (its remote "origin", or the
 * only one). REPORT may be NULL. False with ARCHIVE_ERROR_OPEN (no archive), ARCHIVE_ERROR_SYNC (no
 * remote, network, refused, broken pack, disk full), or G_IO_ERROR_CANCELLED: what had arrived
 * whole by then, an epoch, stays, the rest is not seen. An epoch without a remote is left as it is,
 * if another has one; one that cannot be fetched does not keep the others from it. */
bool sync_archive(const char *path, sync_report *report, void *data, struct sync_result *result,
                  GError **error);

/* Makes a mirror of the list at URL in the new folder PATH: an inbox PATH/git/N.git if there are
 * epochs at URL/0, URL/git/0.git or URL/0.git, else one repository. `git fetch` works in it, too.
 * With a failure nothing is left of it, except whole epochs. */
bool sync_mirror(const char *url, const char *path, sync_report *report, void *data,
                 struct sync_result *result, GError **error);

#endif
