/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Series in versions that are compared on the screen. */
#ifndef PORE_COMPARE_SUPPORT_H
#define PORE_COMPARE_SUPPORT_H

#include "screen_support.h"

/* A patch with MESSAGE that puts LINE into FILE. */
void add_patch(struct session *session, int day, const char *id, const char *parent,
               const char *subject, const char *message, const char *file, const char *line);

/* The first of two versions; a browser on both. */
void add_first(struct session *session);
struct session two_versions(void);

/* Compares what is selected; KEYS are pressed when that is there. */
void compare(struct session *session, const char *keys);

/* Of the view on top. */
enum context context_of(const struct session *session);

#endif
