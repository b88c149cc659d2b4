/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pattern asked of the model. Recursion is as deep as the pattern; threads are walked by a list. */
#include "pattern_tree.h"

#include "hash.h"
#include "marking.h"
#include "pattern_thread.h"
#include "series/review.h"

#include <string.h>

/* Mails of a posting that pattern_fetch() has fetched, and what a processor fetches at once. */
#define FETCHED_MAX 16u
#define CACHE_LINE 64

/* What a ~( ) has said of the series. */
struct series_answer {
    bool known, noted; /* noted: what it has to have read is among the wanted */
    enum pattern_answer given;
};

struct pattern_question {
    const struct pattern *pattern;
    const struct pattern_texts *texts;
    GString *scratch; /* texts put together to be matched; NULL before it is needed */

    /* Of the series asked about last; NULL before they are needed. */
    const struct series *series;
    GArray *family;                /* struct pattern_threaded: all its mails; what is under one is behind it */
    struct review *reviews;        /* of each of them */
    GHashTable *trailed;           /* struct pattern_node * → what trailed() says */
    GPtrArray *notes;              /* const char * */
    struct series_answer *answers; /* of each ~( ) of the pattern */

    guint asked; /* where in the family the mail stands that a ~( ) asks about; PATTERN_NOWHERE outside of one */
    GPtrArray *wanted; /* of pattern_question_want(), else NULL */
    GHashTable *noted; /* struct member * that were added to it */
};

static void forget_series(struct pattern_question *question)
{
    g_clear_pointer(&question->family, g_array_unref);
    g_clear_pointer(&question->reviews, g_free);
    g_clear_pointer(&question->trailed, g_hash_table_unref);
    g_clear_pointer(&question->notes, g_ptr_array_unref);
    g_clear_pointer(&question->answers, g_free);
}

/* What was worked out about a series stays for the next of its postings: one of thousands of
 * postings, as a link by mistake makes it, would be gone through thousands of times. */
static void turn_to(struct pattern_question *question, const struct pattern_subject *subject)
{
    const struct series *series = subject->posting ? subject->posting->series : NULL;

    if (!series || series != question->series)
        forget_series(question);
    question->series = series;
    question->asked = PATTERN_NOWHERE;
}

static void question_clear(struct pattern_question *question)
{
    forget_series(question);
    if (question->scratch)
        g_string_free(question->scratch, TRUE);
    if (question->noted)
        g_hash_table_destroy(question->noted);
}

/* An empty string that stays the question's. */
static GString *scratch(struct pattern_question *question)
{
    if (!question->scratch)
        question->scratch = g_string_new(NULL);
    return g_string_truncate(question->scratch, 0);
}

static enum pattern_answer answer(bool holds)
{
    return holds ? PATTERN_YES : PATTERN_NO;
}

static enum pattern_answer negate(enum pattern_answer given)
{
    return given == PATTERN_UNREAD ? given : answer(given == PATTERN_NO);
}

/* --- the family ------------------------------------------------------------- */

static const GArray *family(struct pattern_question *question, const struct pattern_subject *subject)
{
    if (!question->family)
        question->family = pattern_thread(subject, true);
    return question->family;
}

/* --- letters about a mail --------------------------------------------------- */

static bool finds(const struct pattern_node *node, const char *text)
{
    return expression_find(node->expression, text, strlen(text), 0, NULL, NULL);
}

static bool finds_line(struct pattern_question *question, const struct pattern_node *node,
                       const char *const *lines)
{
    GString *text;

    if (!lines[0] || !lines[1])
        return lines[0] && finds(node, lines[0]);
    text = scratch(question);
    for (; *lines; lines++)
        g_string_append(g_string_append(text, *lines), "\n");
    return finds(node, text->str);
}

static bool finds_sender(struct pattern_question *question, const struct pattern_node *node,
                         const struct mail *mail)
{
    GString *line;

    if (finds(node, mail->author_line))
        return true;
    line = scratch(question);
    g_string_append(g_string_append(line, mail->sender_name), " <");
    g_string_append(g_string_append(line, mail->sender_address), ">");
    return finds(node, line->str);
}

static enum pattern_answer ask_text(const struct pattern_question *question,
                                    const struct pattern_node *node, const struct member *member)
{
    uint32_t found;

    if (!pattern_texts_get(question->texts, member, &found))
        return PATTERN_UNREAD;
    return answer(found & node->bit);
}

static enum pattern_answer ask_mail(struct pattern_question *question, const struct pattern_node *node,
                                    const struct member *member)
{
    const struct mail *mail = member->mail;

    switch (node->letter) {
    case 'e':
        return answer(finds(node, mail->author_line));
    case 'f':
        return answer(finds_sender(question, node, mail));
    case 'i':
        return answer(finds(node, mail->message_id));
    case 's':
        return answer(finds(node, mail->subject));
    case 'x':
        return answer(finds_line(question, node, mail->references));
    case '=':
        return answer(member->id->copies && member->id->copies->next_copy);
    default:
        return ask_text(question, node, member);
    }
}

/* Of a posting: does it hold for any of its mails? */
static enum pattern_answer ask_mails(struct pattern_question *question, const struct pattern_node *node,
                                     const struct pattern_subject *subject)
{
    enum pattern_answer any = PATTERN_NO;
    GPtrArray *mails;

    if (subject->member)
        return ask_mail(question, node, subject->member);
    mails = pattern_mails(subject->posting);
    for (guint i = 0; i < mails->len && any != PATTERN_YES; i++) {
        enum pattern_answer one = ask_mail(question, node, g_ptr_array_index(mails, i));

        if (one != PATTERN_NO)
            any = one;
    }
    g_ptr_array_unref(mails);
    return any;
}

/* --- letters about the rest ------------------------------------------------- */

/* Of each mail of the family: has it, or one under it, a trailer that NODE finds? To go through what
 * is under each would take quadratic time where each answers the last. */
static const bool *trailed(struct pattern_question *question, const struct pattern_node *node)
{
    const GArray *mails = question->family;
    bool *found;

    if (!question->trailed)
        question->trailed = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    found = g_hash_table_lookup(question->trailed, node);
    if (found)
        return found;
    found = g_new0(bool, mails->len);
    for (guint i = mails->len; i-- > 0;) {
        const struct pattern_threaded *threaded = &g_array_index(mails, struct pattern_threaded, i);

        found[i] = found[i] || finds_line(question, node, threaded->member->mail->trailers);
        if (found[i] && threaded->above != PATTERN_NOWHERE)
            found[threaded->above] = true;
    }
    g_hash_table_insert(question->trailed, (gpointer)(uintptr_t)node, found);
    return found;
}

static bool finds_trailer(struct pattern_question *question, const struct pattern_node *node,
                          const struct pattern_subject *subject)
{
    GArray *thread;
    bool found = false;

    if (question->asked != PATTERN_NOWHERE)
        return trailed(question, node)[question->asked];
    thread = pattern_thread(subject, false);
    for (guint i = 0; i < thread->len && !found; i++) {
        const struct pattern_threaded *threaded = &g_array_index(thread, struct pattern_threaded, i);

        found = finds_line(question, node, threaded->member->mail->trailers);
    }
    g_array_free(thread, TRUE);
    return found;
}

static const struct review *family_reviews(struct pattern_question *question,
                                           const struct review_request *request)
{
    guint count = question->family->len;
    const struct member **members;

    if (question->reviews)
        return question->reviews;
    members = g_new(const struct member *, count);
    for (guint i = 0; i < count; i++)
        members[i] = g_array_index(question->family, struct pattern_threaded, i).member;
    question->reviews = g_new(struct review, count);
    members_review(members, count, request, question->reviews);
    g_free(members);
    return question->reviews;
}

static struct review review_of(struct pattern_question *question,
                               const struct pattern_subject *subject)
{
    if (question->asked != PATTERN_NOWHERE)
        return family_reviews(question, subject->review)[question->asked];
    return subject->member ? member_review(subject->member, subject->review)
                           : posting_review(subject->posting, subject->review);
}

static bool in_range(const struct pattern_node *node, int64_t number)
{
    return number >= node->low && number <= node->high;
}

static bool holds_for_review(struct pattern_question *question, const struct pattern_node *node,
                             const struct pattern_subject *subject)
{
    struct review review = review_of(question, subject);

    switch (node->letter) {
    case 'a':
        return in_range(node, review.replies);
    case 'u':
        return in_range(node, review.unread);
    default:
        return in_range(node, (int64_t)review.acked + review.reviewed + review.tested +
                                  review.others);
    }
}

/* Letters about a posting; of a mail, about the one it is of. */
static bool holds_for_posting(const struct pattern_node *node, const struct posting *posting)
{
    if (!posting)
        return false;
    switch (node->letter) {
    case 'I':
        return posting->have < posting->total;
    case 'N':
        return posting_state(posting) == SERIES_NEW;
    case 'n':
        return in_range(node, posting->total);
    case 'O':
        return posting_state(posting) == SERIES_EXIST;
    case 'S':
        return posting_state(posting) == SERIES_SKIP;
    case 'V':
        return in_range(node, posting->version);
    case 'v':
        return posting->series->postings->len > 1;
    default:
        g_assert_not_reached();
    }
}

/* --- letters about marks ----------------------------------------------------- */

static struct series_mark mark_of(const struct pattern_subject *subject)
{
    if (!subject->marking || !subject->posting)
        return (struct series_mark){ 0 };
    return marking_of(subject->marking, subject->posting->series);
}

/* Of a patch the answer is its own; all else is as reviewed as its series. */
static bool is_reviewed(const struct pattern_subject *subject)
{
    struct series_mark mark;

    if (subject->marking && subject->member && subject->member->mail->kind == MAIL_PATCH)
        return marking_patch_is_reviewed(subject->marking, subject->member);
    mark = mark_of(subject);
    return series_mark_is_reviewed(&mark);
}

static bool is_marked(const struct pattern_node *node, const struct pattern_subject *subject)
{
    struct series_mark mark = mark_of(subject);

    switch (node->letter) {
    case 'D':
        return mark.state == MARK_IGNORED;
    case 'F':
        return mark.flag;
    case 'P':
        return mark.state == MARK_LATER;
    case 'Q':
        return mark.state == MARK_REVIEWED && mark.older && !mark.unread && mark.changed > 0;
    default:
        g_assert_not_reached();
    }
}

static bool finds_note(struct pattern_question *question, const struct pattern_node *node,
                       const struct pattern_subject *subject)
{
    bool found = false;

    if (!subject->marking || !subject->posting)
        return false;
    if (!question->notes)
        question->notes = marking_notes(subject->marking, subject->posting->series);
    for (guint i = 0; i < question->notes->len && !found; i++)
        found = finds(node, g_ptr_array_index(question->notes, i));
    return found;
}

/* --- all letters ------------------------------------------------------------ */

static const struct mail *lead_of(const struct pattern_subject *subject)
{
    return subject->member ? subject->member->mail : posting_lead(subject->posting);
}

static enum pattern_answer ask_leaf(struct pattern_question *question, const struct pattern_node *node,
                                    const struct pattern_subject *subject)
{
    switch (node->letter) {
    case 'A':
        return PATTERN_YES;
    case 'T':
        return answer(subject->tagged);
    case 'D':
    case 'F':
    case 'P':
    case 'Q':
        return answer(is_marked(node, subject));
    case 'R':
        return answer(is_reviewed(subject));
    case 'U':
        return answer(!is_reviewed(subject));
    case 'Y':
        return answer(finds_note(question, node, subject));
    case 'm':
        return answer(in_range(node, subject->number));
    case 'd':
        return answer(in_range(node, lead_of(subject)->date));
    case 'r':
        return answer(in_range(node, lead_of(subject)->place.received));
    case 'a':
    case 'u':
    case 'w':
        return answer(holds_for_review(question, node, subject));
    case 'W':
        return answer(finds_trailer(question, node, subject));
    case 'I':
    case 'N':
    case 'n':
    case 'O':
    case 'S':
    case 'V':
    case 'v':
        return answer(holds_for_posting(node, subject->posting));
    default:
        return ask_mails(question, node, subject);
    }
}

/* --- the tree --------------------------------------------------------------- */

static enum pattern_answer ask(struct pattern_question *question, const struct pattern_node *node,
                               const struct pattern_subject *subject);

static struct pattern_subject subject_of(const struct pattern_threaded *threaded,
                                         const struct pattern_subject *row)
{
    struct pattern_subject subject = *row;

    subject.member = threaded->member;
    subject.posting = threaded->posting;
    return subject;
}

static struct series_answer *series_answer(struct pattern_question *question,
                                           const struct pattern_node *node)
{
    if (!question->answers)
        question->answers = g_new0(struct series_answer, question->pattern->series_nodes);
    return &question->answers[node->series_number];
}

/* Does the child of NODE hold for a mail of the series? */
static enum pattern_answer ask_family(struct pattern_question *question, const struct pattern_node *node,
                                      const struct pattern_subject *subject)
{
    const struct pattern_node *child = g_ptr_array_index(node->children, 0);
    const GArray *mails = family(question, subject);
    enum pattern_answer any = PATTERN_NO;

    for (guint i = 0; i < mails->len && any != PATTERN_YES; i++) {
        const struct pattern_subject mail =
            subject_of(&g_array_index(mails, struct pattern_threaded, i), subject);
        enum pattern_answer one;

        question->asked = i;
        one = ask(question, child, &mail);
        if (one != PATTERN_NO)
            any = one;
    }
    question->asked = PATTERN_NOWHERE;
    return any;
}

/* The same, asked once for all mails and postings of the series, unless it is about the row. */
static enum pattern_answer ask_series(struct pattern_question *question,
                                      const struct pattern_node *node,
                                      const struct pattern_subject *subject)
{
    struct series_answer *answer = series_answer(question, node);

    if (!answer->known || node->of_row) {
        answer->given = ask_family(question, node, subject);
        answer->known = true;
    }
    return answer->given;
}

/* The answer is that of a child that has SETTLED it, else "not read" if a child says so. */
static enum pattern_answer ask_list(struct pattern_question *question, const struct pattern_node *node,
                                    const struct pattern_subject *subject,
                                    enum pattern_answer settled)
{
    enum pattern_answer all = negate(settled);

    for (guint i = 0; i < node->children->len; i++) {
        enum pattern_answer one = ask(question, g_ptr_array_index(node->children, i), subject);

        if (one == settled)
            return settled;
        if (one == PATTERN_UNREAD)
            all = one;
    }
    return all;
}

static enum pattern_answer ask(struct pattern_question *question, const struct pattern_node *node,
                               const struct pattern_subject *subject)
{
    enum pattern_answer given = PATTERN_NO;

    switch (node->kind) {
    case PATTERN_LEAF:
        given = ask_leaf(question, node, subject);
        break;
    case PATTERN_ALL:
        given = ask_list(question, node, subject, PATTERN_NO);
        break;
    case PATTERN_ANY:
        given = ask_list(question, node, subject, PATTERN_YES);
        break;
    case PATTERN_SERIES:
        given = ask_series(question, node, subject);
        break;
    }
    return node->negated ? negate(given) : given;
}

/* The mails of POSTING that are fetched: who has more is a rare one. */
static guint fetched(const struct posting *posting)
{
    return MIN(posting->members->len, FETCHED_MAX);
}

static void fetch_mail(const struct mail *mail)
{
    __builtin_prefetch(mail->subject);
    __builtin_prefetch(mail->subject + CACHE_LINE); /* most are longer */
    __builtin_prefetch(mail->author_line);
    __builtin_prefetch(mail->sender_name);
    __builtin_prefetch(mail->sender_address);
}

/* Level by level: each pass has to wait for what the pass before has asked for, all at once. */
void pattern_fetch(const struct posting *const *postings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(postings[i]);
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(postings[i]->members);
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(postings[i]->members->pdata);
    for (size_t i = 0; i < count; i++)
        for (guint j = 0; j < fetched(postings[i]); j++)
            __builtin_prefetch(postings[i]->members->pdata[j]);
    for (size_t i = 0; i < count; i++)
        for (guint j = 0; j < fetched(postings[i]); j++)
            __builtin_prefetch(((const struct member *)postings[i]->members->pdata[j])->mail);
    for (size_t i = 0; i < count; i++)
        for (guint j = 0; j < fetched(postings[i]); j++)
            fetch_mail(((const struct member *)postings[i]->members->pdata[j])->mail);
}

struct pattern_question *pattern_question_new(const struct pattern *pattern,
                                              const struct pattern_texts *texts)
{
    struct pattern_question *question = g_new0(struct pattern_question, 1);

    question->pattern = pattern;
    question->texts = texts;
    return question;
}

void pattern_question_free(struct pattern_question *question)
{
    if (!question)
        return;
    question_clear(question);
    g_free(question);
}

enum pattern_answer pattern_question_ask(struct pattern_question *question,
                                         const struct pattern_subject *subject)
{
    turn_to(question, subject);
    return ask(question, question->pattern->root, subject);
}

enum pattern_answer pattern_match(const struct pattern *pattern,
                                  const struct pattern_subject *subject,
                                  const struct pattern_texts *texts)
{
    struct pattern_question question = { .pattern = pattern, .texts = texts };
    enum pattern_answer given = pattern_question_ask(&question, subject);

    question_clear(&question);
    return given;
}

/* --- what has to be read ---------------------------------------------------- */

static void want_mail(struct pattern_question *question, struct member *member)
{
    uint32_t found;

    if (!pattern_texts_get(question->texts, member, &found) &&
        g_hash_table_add(question->noted, member))
        g_ptr_array_add(question->wanted, member);
}

static void want_leaf(struct pattern_question *question, const struct pattern_subject *subject)
{
    GPtrArray *mails;

    if (subject->member) {
        want_mail(question, (gpointer)(uintptr_t)subject->member);
        return;
    }
    mails = pattern_mails(subject->posting);
    for (guint i = 0; i < mails->len; i++)
        want_mail(question, g_ptr_array_index(mails, i));
    g_ptr_array_unref(mails);
}

static void want(struct pattern_question *question, const struct pattern_node *node,
                 const struct pattern_subject *subject);

static void want_family(struct pattern_question *question, const struct pattern_node *node,
                        const struct pattern_subject *subject)
{
    const GArray *mails = family(question, subject);

    if (series_answer(question, node)->noted && !node->of_row)
        return;
    for (guint i = 0; i < mails->len; i++) {
        const struct pattern_subject mail =
            subject_of(&g_array_index(mails, struct pattern_threaded, i), subject);

        question->asked = i;
        want(question, g_ptr_array_index(node->children, 0), &mail);
    }
    question->asked = PATTERN_NOWHERE;
    series_answer(question, node)->noted = true;
}

/* Adds what NODE has to have read; nothing if it can be answered without. */
static void want(struct pattern_question *question, const struct pattern_node *node,
                 const struct pattern_subject *subject)
{
    if (ask(question, node, subject) != PATTERN_UNREAD)
        return;
    if (node->kind == PATTERN_LEAF)
        want_leaf(question, subject);
    else if (node->kind == PATTERN_SERIES)
        want_family(question, node, subject);
    else
        for (guint i = 0; i < node->children->len; i++)
            want(question, g_ptr_array_index(node->children, i), subject);
}

void pattern_question_want(struct pattern_question *question,
                           const struct pattern_subject *subject, GPtrArray *wanted)
{
    turn_to(question, subject);
    if (!question->noted)
        question->noted = g_hash_table_new(hash_pointer, NULL);
    question->wanted = wanted;
    want(question, question->pattern->root, subject);
}

void pattern_wanted(const struct pattern *pattern, const struct pattern_subject *subject,
                    const struct pattern_texts *texts, GPtrArray *wanted)
{
    struct pattern_question question = { .pattern = pattern, .texts = texts };

    pattern_question_want(&question, subject, wanted);
    question_clear(&question);
}
