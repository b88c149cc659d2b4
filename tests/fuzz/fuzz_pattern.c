/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any line as a pattern, and behind its end any bytes as a mail that it is asked of, as it is of the series
 * of a small list: an error is one line, and a mail has an answer that its text settles.
 *
 * Targets: src/pattern.c src/pattern_parse.c src/pattern_range.c src/pattern_read.c src/pattern_match.c
 * src/expression.c */
#include "fuzz.h"

#include "mail/mail.h"
#include "marking.h"
#include "pattern.h"
#include "series/review.h"
#include "series_support.h"
#include "support.h"

#include <glib.h>
#include <string.h>

/* A Friday in November. */
#define NOW INT64_C(1795188600)

static void ask(const struct pattern *pattern, const char *bytes, size_t length)
{
    static const char *const none[] = { NULL };
    struct message_id id = { .text = "" };
    struct mail mail = { .message_id = "", .subject = "a subject", .title = "", .sender_name = "name",
                         .sender_address = "name@example.org", .author_line = "name",
                         .references = none, .links = none, .trailers = none };
    struct member member = { .mail = &mail, .id = &id, .live = true };
    const struct pattern_subject subject = { .member = &member };
    struct pattern_texts *texts = pattern_texts_new();
    GPtrArray *wanted = g_ptr_array_new();
    enum pattern_answer answer;

    id.first = id.copies = &member;
    answer = pattern_match(pattern, &subject, NULL);
    g_assert(answer != PATTERN_UNREAD || pattern_needs_texts(pattern));
    pattern_wanted(pattern, &subject, NULL, wanted);
    g_assert(wanted->len == (answer == PATTERN_UNREAD) || pattern_gave_up(pattern));
    pattern_texts_add(texts, &member, pattern_read(pattern, bytes, length));
    g_assert(pattern_match(pattern, &subject, texts) != PATTERN_UNREAD);
    g_ptr_array_free(wanted, TRUE);
    pattern_texts_free(texts);
}

/* --- a list ------------------------------------------------------------------------------------------ */

/* What patterns are asked of besides. */
struct known {
    struct series_set *set;
    struct marking *marking;
};

static struct series_set *make_set(void)
{
    static const struct draft_mail mails[] = {
        { .id = "a", .subject = "[PATCH 0/2] turn the widget", .body = "Cover.\n", .date = NOW - 900000 },
        { .id = "a1", .subject = "[PATCH 1/2] oil it", .reply_to = "a", .date = NOW - 899990 },
        { .id = "r", .subject = "Re: [PATCH 1/2] oil it", .from = "Bo <bo@example.com>", .reply_to = "a1",
          .body = "> A change.\nReviewed-by: Bo <bo@example.com>\n", .date = NOW - 5000 },
        { .id = "b", .subject = "[PATCH v2 0/1] turn the widget", .body = "Cover.\n", .date = NOW - 4000 },
        { .id = "b1", .subject = "[PATCH v2 1/1] oil it", .reply_to = "b", .date = NOW - 3990 },
        { .id = "c", .subject = "[RFC PATCH] gadget: add", .from = "Bo <bo@example.com>", .date = NOW - 10 },
        { .id = "d", .subject = "[PATCH 6.1] stable", .from = "robot <bot@example.com>", .date = NOW - 9 },
    };
    struct paper_list *list = paper_list_new();
    struct series_set *set;

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++)
        paper_list_add(list, &mails[i]);
    set = paper_list_read(list);
    paper_list_free(list);
    return set;
}

static struct known *make_known(void)
{
    struct known *known = g_new0(struct known, 1);
    char *path = support_path(support_folder(), "marks.sqlite"), *notice;
    struct marks *marks = marks_open(path, &notice);
    const struct mark_change changes[] = {
        { .lead = "a@example.org", .what = 7, .state = MARK_REVIEWED, .version = 1, .flag = true,
          .note = "Look again." },
        { .lead = "c@example.org", .what = MARK_CHANGE_STATE, .state = MARK_LATER, .version = 1 },
    };
    bool made = marks_change(marks, changes, G_N_ELEMENTS(changes), NULL);

    g_assert(made && !notice);
    known->set = make_set();
    known->marking = marking_new(marks);
    g_free(path);
    return known;
}

static bool is_bot(void *data, const struct member *mail)
{
    (void)data;
    return strstr(mail->mail->sender_address, "bot") != NULL;
}

static void ask_one(const struct pattern *pattern, struct pattern_question *question,
                    const struct pattern_subject *subject)
{
    GPtrArray *wanted = g_ptr_array_new();
    enum pattern_answer answer = pattern_match(pattern, subject, NULL);

    pattern_wanted(pattern, subject, NULL, wanted);
    /* Unless an expression gave up, which it may do sooner the second time. */
    g_assert((wanted->len > 0) == (answer == PATTERN_UNREAD) || pattern_gave_up(pattern));
    g_assert(pattern_question_ask(question, subject) == answer || pattern_gave_up(pattern));
    g_assert(answer != PATTERN_UNREAD || pattern_needs_texts(pattern));
    g_ptr_array_free(wanted, TRUE);
}

static void ask_known(const struct pattern *pattern, const struct known *known)
{
    const struct review_request review = { .is_bot = is_bot, .since = NOW - 6000 };
    const GPtrArray *all = series_set_list(known->set), *members = series_set_mails(known->set)->members;
    struct pattern_subject subject = { .marking = known->marking, .review = &review };
    struct pattern_question *question = pattern_question_new(pattern, NULL);

    for (guint i = 0; i < all->len; i++) {
        const struct series *series = all->pdata[i];
        const GPtrArray *postings = series->postings;

        pattern_fetch((const struct posting *const *)postings->pdata, postings->len);
        for (guint j = 0; j < postings->len; j++) {
            subject.posting = postings->pdata[j];
            subject.tagged = j > 0;
            subject.number = (int)(i + 1);
            ask_one(pattern, question, &subject);
        }
    }
    for (guint i = 0; i < members->len; i++) {
        subject.member = members->pdata[i];
        subject.posting = subject.member->posting;
        ask_one(pattern, question, &subject);
    }
    pattern_question_free(question);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct known *known;
    char *text = g_strndup((const char *)data, size);
    size_t length = MIN(strlen(text) + 1, size);
    GError *error = NULL;
    struct pattern *pattern;

    if (!known) {
        mail_startup();
        known = make_known();
    }
    pattern = pattern_new(text, "~f %s | ~s %s", NOW, &error);
    g_assert(!pattern == !!error);
    if (pattern) {
        ask(pattern, (const char *)data + length, size - length);
        ask_known(pattern, known);
    } else {
        g_assert(error->message[0] && !strchr(error->message, '\n'));
    }
    g_clear_error(&error);
    pattern_free(pattern);
    g_free(text);
    return 0;
}
