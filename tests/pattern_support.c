/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pattern_support.h"
#include "support.h"

#include <check.h>

struct pattern *compile(const char *text)
{
    GError *error = NULL;
    struct pattern *pattern = pattern_new(text, SIMPLE, NOW, &error);

    ck_assert_msg(pattern != NULL, "%s: %s", text, error ? error->message : "no error");
    ck_assert_ptr_null(error);
    return pattern;
}

struct paper_list *list;

struct series_set *set;

void begin(void)
{
    list = paper_list_new();
    MAIL(.id = "a0", .subject = "[PATCH 0/2] Hub: repair", .body = "Two.\n",
         .date = NOW - 30 * DAY);
    MAIL(.id = "a1", .subject = "[PATCH 1/2] hub: first", .reply_to = "a0",
         .date = NOW - 30 * DAY);
    MAIL(.id = "a2", .subject = "[PATCH 2/2] hub: second", .reply_to = "a0",
         .references = "a0 elsewhere", .in_body_from = "Bea Writer <bea@example.com>",
         .date = NOW - 30 * DAY);
    MAIL(.id = "r1", .subject = "Re: [PATCH 1/2] hub: first", .reply_to = "a1",
         .from = "Rev Iewer <rev@example.com>",
         .body = "Fine.\n\nReviewed-by: Rev Iewer <rev@example.com>\n", .date = NOW - 29 * DAY);
    MAIL(.id = "r2", .subject = "Re: [PATCH 1/2] hub: first", .reply_to = "r1", .body = "Thanks.\n",
         .date = NOW - 28 * DAY);
    MAIL(.id = "b0", .subject = "[PATCH v2 0/2] Hub: repair", .body = "Two again.\n",
         .date = NOW - 3 * DAY);
    MAIL(.id = "b1", .subject = "[PATCH v2 1/2] hub: first", .reply_to = "b0",
         .date = NOW - 3 * DAY);
    MAIL(.id = "c", .subject = "[PATCH] Näher am Rand", .from = "\"Doe, Zoë\" <zoe@example.com>",
         .date = NOW - 2 * HOUR);
    MAIL(.id = "c", .subject = "[PATCH] Näher am Rand", .from = "\"Doe, Zoë\" <zoe@example.com>",
         .body = "A footer.\n", .date = NOW - HOUR);
    MAIL(.id = "d1", .subject = "[PATCH 1/2] disk: one", .reply_to = "gone", .date = NOW - 9 * DAY);
    MAIL(.id = "d2", .subject = "[PATCH 2/2] disk: two", .reply_to = "gone", .date = NOW - 9 * DAY);
    MAIL(.id = "e2", .subject = "[PATCH v2 2/2] disk: two, better", .reply_to = "d2",
         .date = NOW - 8 * DAY);
    set = paper_list_read(list);
}

void end(void)
{
    series_set_free(set);
    paper_list_free(list);
}

struct member *member_of(const char *id)
{
    char *whole = g_strdup_printf("%s@example.org", id);
    struct member *member = mailset_find(series_set_mails(set), whole);

    ck_assert_ptr_nonnull(member);
    g_free(whole);
    return member;
}

struct marking *marking;

const struct review_request *review;

struct pattern_subject subject_of(const char *id, bool is_mail)
{
    struct member *member = member_of(id);
    struct pattern_subject subject = { .number = 1, .marking = marking,
                                       .review = review };

    subject.posting = member->posting ? member->posting : member_of("a0")->posting;
    if (is_mail)
        subject.member = member;
    return subject;
}

bool holds(const char *text, const struct pattern_subject *subject)
{
    struct pattern *pattern = compile(text);
    enum pattern_answer answer = pattern_match(pattern, subject, NULL);

    pattern_free(pattern);
    ck_assert_int_ne(answer, PATTERN_UNREAD);
    return answer == PATTERN_YES;
}

void begin_marks(void)
{
    char *path, *notice;

    begin();
    path = support_path(support_folder(), "marks.sqlite");
    marking = marking_new(marks_open(path, &notice));
    ck_assert_ptr_null(notice);
    g_free(path);
}

void end_marks(void)
{
    struct marks *marks = marking_marks(marking);

    g_clear_pointer(&marking, marking_free);
    marks_close(marks);
    end();
}
