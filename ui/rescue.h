/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives the terminal back when the program ends by a crash or by exit(3): bytes that were made
 * beforehand are written from the signal's handler, which may do little else.
 *
 * There is one terminal, and nothing can be handed to a handler: one at a time, on the
 * user interface's thread. */
#ifndef PORE_RESCUE_H
#define PORE_RESCUE_H

#include <stdbool.h>
#include <termios.h>

/* Sets the handlers (SIGSEGV, SIGABRT …), on a stack of their own. Once a process. */
void rescue_at_crash(void);

/* Begins anew, for the terminal that is the file descriptor OUTPUT; MODES are put back too, unless
 * NULL. */
void rescue_begin(int output, const struct termios *modes);

/* Adds BYTES to what is written, without the delays ("$<5>") that tputs(3) would turn into padding. */
void rescue_add(const char *bytes);

/* Is the terminal ours to give back? */
void rescue_arm(bool armed);

#endif
