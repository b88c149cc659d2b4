/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetching into one repository. Private to sync.c.
 *
 * Belongs to the thread that called fetch_init(). */
#ifndef PORE_FETCH_H
#define PORE_FETCH_H

#include "archive/connection.h"
#include "archive/repository.h"
#include "archive/sync.h"

/* A sync under way, over all repositories that it fetches into. */
struct fetch {
    sync_report *report; /* may be NULL */
    void *data;
    struct sync_result *result;
    struct sync_progress progress; /* what was reported last */
    gint64 reported;               /* when, in microseconds; 0: never */
    struct connection_watch watch; /* its error is set if the network failed */
    bool cancelled;
    bool missing; /* the last repository was not there, or is empty */
    bool offered; /* a key was offered to the server */
};

/* FETCH stays where it is until fetch_clear(). RESULT is added to. */
void fetch_init(struct fetch *fetch, sync_report *report, void *data, struct sync_result *result);
void fetch_clear(struct fetch *fetch);

/* What comes now is called NAME in reports; borrowed. */
void fetch_begin(struct fetch *fetch, const char *name);

/* Locks the folder PATH against other syncs, as long as the descriptor that is returned is open and
 * the process lives. -1 with an error if one works in it. Where folders cannot be locked
 * (NFS) nothing is locked. */
int fetch_lock(const char *path, GError **error);

/* URL without a login that it may hold; the caller frees it. */
char *fetch_shown_url(const char *url);

/* The remote of EPOCH that is fetched from: "origin", else the only one. NULL with an error. The
 * caller frees it. */
git_remote *fetch_find_remote(const struct epoch *epoch, GError **error);

/* Fetches from REMOTE into EPOCH, which is locked, as sync.h says. False with an error: then the
 * branch that is read is where it was. */
bool fetch_remote(struct fetch *fetch, struct epoch *epoch, git_remote *remote, GError **error);

#endif
