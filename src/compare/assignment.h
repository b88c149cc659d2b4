/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The assignment problem: pairs things of two kinds so that the sum of what the pairs cost is least.
 * Pure, any thread. */
#ifndef PORE_ASSIGNMENT_H
#define PORE_ASSIGNMENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A pair that must not be. */
#define ASSIGNMENT_NEVER INT32_MAX

/* Pairs each of ROWS things with another one of COLUMNS, which are not fewer; COST[row * COLUMNS +
 * column] is what the pair costs, not negative. PAIRED[row] is its column, -1 where there is no way:
 * as few rows as possible are left like that. Of several answers in which none is left it is the one
 * whose first row has the first column, then its second row, and so on.
 *
 * By shortest augmenting paths: time in the square of ROWS times COLUMNS. *STOP not 0 ends it early:
 * false then, and nothing is paired. STOP may be NULL. */
bool assignment_solve(const int32_t *cost, unsigned rows, unsigned columns, int *paired,
                      gint *stop);

#endif
