/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals as events of the loop: what the handlers of a full-screen program must
 * not do where a signal strikes is done in the loop's next turn.
 *
 * One at a time, on the thread that runs the loop. */
#ifndef PORE_SIGNALS_H
#define PORE_SIGNALS_H

#include <glib.h>

struct signals;

/* Called from the loop with the number of a signal that came. */
typedef void signals_function(int number, void *data);

/* Watches SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP and SIGCONT. To be called when curses has
 * started, which sets handlers of its own. NULL with an error if
 * there are no file descriptors left. */
struct signals *signals_new(GMainContext *context, signals_function *function, void *data,
                            GError **error);

/* Puts the default actions back. */
void signals_free(struct signals *signals);

/* Stops this process as SIGTSTP does by default; returns when it is continued. */
void signals_stop_here(void);

#endif
