/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What threads do that work while another one answers keys. */
#ifndef PORE_WORKER_H
#define PORE_WORKER_H

#include <unistd.h>

/* How much nicer they are: on two processors that others use, too, of the keys pressed while a limit reads all
 * texts the slowest of a hundred is then answered in less than half the time. Twice as much gains no more. */
#define WORKER_NICENESS 5

/* Has the calling thread give way to those that do not: a processor is theirs as soon as they want one. */
static inline void worker_give_way(void)
{
#ifdef __linux__
    /* There a thread has a niceness of its own (nice(2), "C library/kernel differences"); by POSIX, and
     * elsewhere, it is the process's. What it could not be set to does not matter. */
    (void)!nice(WORKER_NICENESS);
#endif
}

#endif
