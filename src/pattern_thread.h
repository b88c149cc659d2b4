/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mails that a pattern is asked of: those of a posting or of a whole series, with what answers them.
 * Private to pattern_match.c. The model's thread. */
#ifndef PORE_PATTERN_THREAD_H
#define PORE_PATTERN_THREAD_H

#include "pattern.h"

#define PATTERN_NOWHERE G_MAXUINT

/* A mail of a thread, and the posting that it is of or answers. */
struct pattern_threaded {
    struct member *member;
    const struct posting *posting;
    guint above; /* where in the thread the mail stands that it was found under; PATTERN_NOWHERE: none */
};

/* The mails that SUBJECT is, with the answers under them; of the WHOLE series those of all its
 * postings. struct pattern_threaded, what is under a mail behind it; the caller frees it. */
GArray *pattern_thread(const struct pattern_subject *subject, bool whole);

/* The mails of POSTING, with those it has from what it rerolls. Unref it. */
GPtrArray *pattern_mails(const struct posting *posting);

#endif
