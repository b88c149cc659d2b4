/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Series that are marked on the screen. */
#ifndef PORE_SCREEN_MARKS_SUPPORT_H
#define PORE_SCREEN_MARKS_SUPPORT_H

#include "screen_support.h"

void add_first_version(struct session *session);

/* Patches 1 and 2 are those of the first version, 3 is another. */
void add_second_version(struct session *session);

/* Opens the browser on four patches. */
struct session parts_new(void);

#endif
