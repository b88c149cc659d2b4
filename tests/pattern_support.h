/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of mails of all kinds and what patterns find in it, for tests of src/pattern.h. */
#ifndef PORE_PATTERN_SUPPORT_H
#define PORE_PATTERN_SUPPORT_H

#include "marking.h"
#include "series/review.h"
#include "pattern.h"
#include "series_support.h"

#include <check.h>

/* Friday, 2026-11-20 15:30 UTC. */
#define NOW INT64_C(1795188600)

#define HOUR 3600
#define DAY (24 * HOUR)

/* What words without letters stand for. */
#define SIMPLE "~f %s | ~s %s"

/* TEXT as a pattern, which it is. The caller frees it. */
struct pattern *compile(const char *text);

/* The mails of a test, and the model of them; they are there from begin() to end(). */
extern struct paper_list *list;
extern struct series_set *set;

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ __VA_ARGS__ })

/* A series of two revisions, of which the second one lacks a patch, with a review of the first; a
 * patch by somebody else that came twice; a partial reroll. */
void begin(void);

void end(void);

/* The mail with that ID. */
struct member *member_of(const char *id);

/* What is said of the series, in tests of that; else NULL. */
extern struct marking *marking;

/* What counting replies asks, in tests of that; else NULL. */
extern const struct review_request *review;

/* The mail with ID as a posting's lead, or the mail itself where IS_MAIL. */
struct pattern_subject subject_of(const char *id, bool is_mail);

/* Does the pattern TEXT match SUBJECT? */
bool holds(const char *text, const struct pattern_subject *subject);

/* The same as begin() and end(), with marking. */
void begin_marks(void);
void end_marks(void);

#endif
