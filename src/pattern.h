/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns: what limits, searches, tags and colours. mutt's grammar (mutt's manual, "Patterns:
 * Searching, Limiting and Tagging"):
 *
 *     ~f EXPRESSION   =f TEXT         a letter with a regular expression, or with plain text
 *     ~d 1/11/2026-   ~d <2w          dates: mutt's ranges; 2026-11-01 is understood too
 *     ~V 2-   ~n 3-7   ~a >4          numbers: N, N-M, -M, N-, <N, >N
 *     ! PATTERN   PATTERN PATTERN   PATTERN | PATTERN   ( PATTERN )   ~( PATTERN )
 *
 * An argument ends at white space and at one of | ~ ! = (the last not in dates and numbers), in
 * parentheses also at the one that closes them. It may be quoted: "…" with \" and \\ in it, or '…'
 * as it stands. \ in front of another character is the expression's.
 *
 * What has no word that begins with one of ~ = % and a letter is a simple search: it stands
 * for %s in a template such as "~f %s | ~s %s". A few words mean something of their own, as in
 * mutt: all, new, old, tag.
 *
 * A pattern is asked of a mail or of a posting (a row of the index). Of a posting a letter
 * about mails (~s, ~f, ~b …) holds if it holds for any of its mails: its cover letter and
 * its patches, with those it has from what it rerolls. ~d, ~r are about its lead. ~( ) holds if a
 * mail of the whole series, its answers and older versions with them, matches as one.
 *
 * The letters about marks (~D ~F ~P ~Q ~R ~U ~Y) are about the series; of a patch by itself ~R holds
 * if that patch need not be looked at again.
 *
 * The letters that need a mail's text (~b ~B ~h ~t ~c ~C ~L ~y ~z) are not answered from the
 * model: pattern_read() finds out on any thread which of them hold for a mail, and what it says is kept
 * in a struct pattern_texts.
 *
 * A pattern is immutable once compiled: any thread. The rest: the owner of the model. */
#ifndef PORE_PATTERN_H
#define PORE_PATTERN_H

#include "series/series.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_ERROR pattern_error_quark()
GQuark pattern_error_quark(void);

enum pattern_error {
    PATTERN_ERROR_SYNTAX,
    PATTERN_ERROR_SIZE, /* more than one of the limits below */
};

/* Letters that need the text, in one pattern; more are an error. */
#define PATTERN_TEXTS_MAX 32

/* Levels of parentheses. */
#define PATTERN_DEPTH_MAX 32

/* Bytes of a pattern, a simple search filled in. */
#define PATTERN_LENGTH_MAX 16384

struct marking;
struct review_request;
struct pattern;

/* Compiles TEXT at the time NOW (UTC seconds; dates are local days as seen from there). SIMPLE is
 * the template for a simple search, which is put behind it where it has no %s. NULL with an error of
 * one line. */
struct pattern *pattern_new(const char *text, const char *simple, int64_t now, GError **error);

/* Another reference to PATTERN, which it returns. pattern_free() takes one back. Any thread. */
struct pattern *pattern_ref(struct pattern *pattern);
void pattern_free(struct pattern *pattern);

/* What it was compiled from, a simple search written out: fit to stand between parentheses in another
 * one. Borrowed. */
const char *pattern_text(const struct pattern *pattern);

/* Do mails have to be read to answer it? */
bool pattern_needs_texts(const struct pattern *pattern);

/* Can the answer for a posting change while the posting stays what it is: has it letters about answers,
 * copies, states and other postings, tags, marks or the place in the list? */
bool pattern_is_volatile(const struct pattern *pattern);

/* Does it ask for the state Skip (~S), and so for postings that a later one has replaced? */
bool pattern_names_skipped(const struct pattern *pattern);

/* The pattern letters, in the order of the manual: for completion, help and its tests. */
struct pattern_letter {
    char letter;
    const char *argument; /* "EXPR", "RANGE", "DATES" or NULL; of "(" it is "PATTERN )" */
    const char *help;     /* a few words, no capital, no full stop */
};
size_t pattern_letter_count(void);
const struct pattern_letter *pattern_letter_at(size_t index);

/* What is known of texts. Owned by who asks; for one pattern. */
struct pattern_texts;
struct pattern_texts *pattern_texts_new(void);
void pattern_texts_free(struct pattern_texts *texts);

/* Which of the letters that need a text hold for the raw mail of LENGTH bytes: a bit each. Any
 * thread. */
uint32_t pattern_read(const struct pattern *pattern, const char *bytes, size_t length);

/* Keeps what pattern_read() said of MEMBER. */
void pattern_texts_add(struct pattern_texts *texts, const struct member *member, uint32_t found);

/* What a pattern is asked about. */
struct pattern_subject {
    const struct posting *posting; /* the posting; of a mail, the one it is of or NULL */
    const struct member *member;   /* the mail, or NULL to ask about the posting */
    bool tagged;                   /* ~T */
    const struct marking *marking; /* ~D ~F ~P ~Q ~R ~U ~Y; NULL: nothing is marked */
    const struct review_request *review; /* ~a ~u ~w; NULL: no machines, nothing is unread */
    int number;                    /* ~m: its place in the list, from 1 */
};

enum pattern_answer {
    PATTERN_NO,
    PATTERN_YES,
    PATTERN_UNREAD, /* texts must be read to know */
};

/* TEXTS may be NULL where none have been read. What SUBJECT leaves open (a mail of no posting has
 * no version) does not match. */
enum pattern_answer pattern_match(const struct pattern *pattern,
                                  const struct pattern_subject *subject,
                                  const struct pattern_texts *texts);

/* For many subjects, one after the other: what was worked out about a series is kept for its other
 * postings and mails. PATTERN and TEXTS are borrowed; the model, the marks and the texts must not change
 * before it is freed, which the one who made it does. One thread. */
struct pattern_question;
struct pattern_question *pattern_question_new(const struct pattern *pattern,
                                              const struct pattern_texts *texts);
void pattern_question_free(struct pattern_question *question);

/* What pattern_match() says. */
enum pattern_answer pattern_question_ask(struct pattern_question *question,
                                         const struct pattern_subject *subject);

/* What pattern_wanted() adds, less what this question has added before. */
void pattern_question_want(struct pattern_question *question,
                           const struct pattern_subject *subject, GPtrArray *wanted);

/* Has an expression in PATTERN given up on a text since this was asked last (expression.h), so that what
 * does not match may have to? Any thread. */
bool pattern_gave_up(const struct pattern *pattern);

/* Has the processor fetch what matching COUNT postings, those that are asked next, looks at: a few dozen,
 * which its cache holds. Nearly all that a limit takes is waiting for memory, mail by mail; here many are
 * waited for together. */
void pattern_fetch(const struct posting *const *postings, size_t count);

/* Adds to WANTED (struct member *) the mails whose texts have to be read to answer, those not known
 * yet: each once, and none unless pattern_match() says PATTERN_UNREAD. What a posting and its rerolls
 * have in common is added for each that is asked about. */
void pattern_wanted(const struct pattern *pattern, const struct pattern_subject *subject,
                    const struct pattern_texts *texts, GPtrArray *wanted);

#endif
