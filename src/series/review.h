/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people said of a posting: its answers, and the review trailers in them and in the
 * patches themselves. Worked out when asked; a thread may be a loop or a million
 * mails long, so each mail is looked at once. One thread, the owner of the model. */
#ifndef PORE_REVIEW_H
#define PORE_REVIEW_H

#include "series/posting.h"

#include <stdbool.h>
#include <stdint.h>

/* What a review has to ask. */
struct review_request {
    /* Was MAIL written by a machine? NULL: none was. bots_wrote() is one. */
    bool (*is_bot)(void *data, const struct member *mail);
    void *data;
    int64_t since; /* replies that were received later are unread, UTC seconds; INT64_MAX: none are */
};

/* What machines say counts as bots alone. Trailers count once for each name, kind and address. */
struct review {
    uint32_t replies; /* mails of kind reply under it */
    uint32_t unread;  /* of these, those that have arrived since */
    uint32_t bots;    /* replies by machines */
    uint32_t acked, reviewed, tested; /* Acked-by, Reviewed-by, Tested-by */
    uint32_t others;  /* further -by trailers that are no Signed-off-by: Reported-by … */
    int64_t latest;   /* date of the newest reply, 0 without one */
};

/* Of one mail: its own trailers and those of the replies under it, down to the next patch. REQUEST may
 * be NULL: there are no machines, and nothing is unread. */
struct review member_review(const struct member *member, const struct review_request *request);

/* Of each of COUNT mails, into REVIEWS, in about the time that one takes for all that is under them: one by
 * one it is quadratic where each mail answers the last. */
void members_review(const struct member *const *members, size_t count,
                    const struct review_request *request, struct review *reviews);

/* Of the posting: all its mails and what answers them. */
struct review posting_review(const struct posting *posting, const struct review_request *request);

/* The replies of that, for those who ask for nothing else: less has to be looked at. */
uint32_t posting_replies(const struct posting *posting, const struct review_request *request);

#endif
