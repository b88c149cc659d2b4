/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A repository and a series for it, for tests of src/project/applying.h. */
#ifndef PORE_APPLYING_SUPPORT_H
#define PORE_APPLYING_SUPPORT_H

#include "project/applying.h"

#include <check.h>

/* A repository, another one in which a topic was made of it, and the mails of that. */
struct fixture {
    const char *folder;
    char *repository, *other;
    char *base;     /* the commit that the topic begins at */
    GString *mails; /* three patches */
};

/* A file with TEXT; one of numbered lines, of which CHANGED differs; all of it committed. */
void write_in(const char *folder, const char *name, const char *text);
void write_lines(const char *folder, const char *name, int changed);
void commit_all(const char *folder, const char *message);

/* The commits of RANGE as mails. The caller frees them. */
GString *format(const char *folder, const char *range);

struct fixture fixture_new(void);
void fixture_free(struct fixture *fixture);

/* Its mails upon its base, as the branch BRANCH. */
struct applying_request request_for(const struct fixture *fixture, const char *branch);

/* AFTER is BEFORE, listings of whole folders; frees both. */
void assert_untouched(char *before, char *after);

/* Nothing of any run is left. */
void assert_no_folders(const struct fixture *fixture);

/* It succeeds with COUNT commits. */
void assert_applies(const struct applying_request *request, int count);

/* It fails with MESSAGE, and what is at PATH is as it was. */
void assert_fails_in(const char *path, const struct applying_request *request,
                     const char *message);

/* The same, of the repository that the mails are for; nothing of the run is left. */
void assert_fails(const struct fixture *fixture, const struct applying_request *request,
                  const char *message);

#endif
