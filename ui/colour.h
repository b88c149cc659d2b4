/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Colours as muttrc has them: "color OBJECT FOREGROUND BACKGROUND [PATTERN]", and "mono OBJECT
 * ATTRIBUTES [PATTERN]" for terminals without. What objects there are: colour.c's table, in the
 * manual. Attributes (bold, underline, reverse, italic, dim, blink, none) may stand in front of
 * the foreground. Colours: default, black red green yellow blue magenta cyan white, these with
 * "bright" or "light" in front, gray, color0 to color255, #rrggbb.
 *
 * The index object takes a pattern (pattern.h; one that needs no texts, "~A" if there is none);
 * header and body take a regular expression. What was said last comes first, as in mutt; said
 * again for the same pattern it replaces what was said before.
 *
 * A theme is a table of such lines that comes with pore; what the user says lies over it and
 * stays when the theme changes. The user interface's thread. */
#ifndef PORE_COLOUR_H
#define PORE_COLOUR_H

#include "expression.h"
#include "look.h"
#include "pattern.h"

#include <glib.h>
#include <stdbool.h>

#define COLOUR_ERROR colour_error_quark()
GQuark colour_error_quark(void);

/* Rules with a pattern, all together; more are an error. */
#define COLOUR_RULES_MAX 256

/* A colour for what matches. Owned by its colours. */
struct colour_rule {
    enum style object;             /* STYLE_NORMAL in the index or the body, STYLE_HEADER */
    char *text;                    /* as it was written */
    struct pattern *pattern;       /* of the index, else NULL */
    struct expression *expression; /* of headers and the body, else NULL */
    enum style style;              /* its number among the looks, from STYLE_COUNT on */
};

struct colours {
    GArray *looks; /* struct look, by style; the rules' behind those of enum style */
    /* struct colour_rule *: the first that matches counts. Until the next change. */
    GPtrArray *index_rules, *header_rules, *body_rules;
    struct colour_table *table; /* colour.c: what the theme says and what the user says */
    unsigned generation;        /* goes up with every change */
};

/* The theme "dark". */
struct colours *colours_new(void);
void colours_free(struct colours *colours);

/* Does what the COUNT WORDS behind "color" (or "mono") say. SIMPLE and NOW as in
 * pattern_new(). False with an error of one line. */
bool colours_set(struct colours *colours, char *const *words, size_t count, bool mono,
                 const char *simple, int64_t now, GError **error);

/* Takes back what was said of OBJECT, "*" for all, and with PATTERN of that alone. */
bool colours_unset(struct colours *colours, const char *object, const char *pattern,
                   GError **error);

/* Lays the theme called NAME under it: "dark", "light", "none". */
bool colours_set_theme(struct colours *colours, const char *name, GError **error);

/* The first place in the LENGTH bytes at TEXT, from FROM on, where an expression of RULES
 * (header_rules or body_rules) is found, and the style of its rule; of several rules found
 * there the first. False if there is none. A match of nothing does not count. */
bool colours_find(const GPtrArray *rules, const char *text, size_t length, size_t from,
                  size_t *start, size_t *end, enum style *style);

/* The names of the objects and of the colours, NULL at the end, for completion. Static. */
const char *const *colour_objects(void);
const char *const *colour_names(void);

#endif
