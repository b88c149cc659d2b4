/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A visit of an archive with its history, for tests of src/history.h. */
#ifndef PORE_HISTORY_SUPPORT_H
#define PORE_HISTORY_SUPPORT_H

#include "archive_support.h"
#include "history.h"

#include <check.h>

/* As far as there are mails; no further than the range. */
extern const struct history_reach all;
extern const struct history_reach none;

/* Gives the test a cache folder of its own. */
void set_up(void);

/* A range that is on the screen, and the job behind it. */
struct visit {
    struct archive *archive;
    struct history *history;
    GAsyncQueue *wakes;
    size_t commits; /* of the range */
    bool open;      /* it ends with the newest mail */
    bool first_last;
};

/* Reads RANGE of the archive at PATH as a program would; OPEN and FIRST_LAST as history_options have
 * them. */
struct visit visit_with(const char *path, const struct range *range,
                        struct history_reach reach, bool open, bool first_last);

/* The same, in fewer words: with OPEN, not at its end, or the COUNT newest mails. */
struct visit visit_open(const char *path, const struct range *range,
                        struct history_reach reach, bool open);
struct visit visit_range(const char *path, const struct range *range,
                         struct history_reach reach);
struct visit visit_newest(const char *path, unsigned count, struct history_reach reach);

/* Ends it. */
void leave(struct visit *visit);

/* Asks for the mails with the numbers in TEXT. */
void ask(struct visit *visit, const char *text);

/* All that is still to come, newest first, as "number@rank"; the caller frees it. */
char *take_all(struct visit *visit);

/* Of the mails with these numbers, those of EXPECTED are found, as take_all() has them. */
void assert_found(struct visit *visit, const char *numbers, const char *expected);

/* How it ended: so many commits read, and a problem that holds the words PROBLEM, or none (NULL). */
void assert_read(struct visit *visit, size_t commits, const char *problem);

/* A visit from its beginning to its end. */
void check(const char *path, unsigned count, struct history_reach reach, const char *numbers,
           const char *expected, size_t commits, const char *problem);

#endif
