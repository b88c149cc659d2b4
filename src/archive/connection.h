/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TCP connections that libgit2 fetches over, under TLS too. Its own wait for ever, in looking
 * up a name, in connecting and in reading; these ask now and then whether they shall go on, and give
 * up on a server that is silent. Private to fetch.c.
 *
 * libgit2 hands nothing through to a stream, so that who watches is remembered for the thread. */
#ifndef PORE_CONNECTION_H
#define PORE_CONNECTION_H

#include <glib.h>
#include <stdbool.h>

/* Asked about ten times a second while nothing comes: false ends the connection. */
typedef bool connection_go_on(void *data);

/* Who watches the connections of a thread, and what became of the last one. */
struct connection_watch {
    connection_go_on *go_on;
    void *data;
    GError *error; /* it failed; the watcher's, to free */
    bool ended;    /* the other side closed it */
};

/* WATCH watches the connections that this thread makes from now on, and must outlive them. With NULL
 * it can make none. */
void connection_watch(struct connection_watch *watch);

#endif
