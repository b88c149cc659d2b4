/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a pattern is compiled into. Private to the pattern*.c: pattern_parse.c makes it,
 * pattern_match.c asks it about the model, pattern_read.c about bytes. */
#ifndef PORE_PATTERN_TREE_H
#define PORE_PATTERN_TREE_H

#include "expression.h"
#include "pattern.h"

enum pattern_kind {
    PATTERN_LEAF,
    PATTERN_ALL,    /* every child holds */
    PATTERN_ANY,    /* one of the children holds */
    PATTERN_SERIES, /* ~( ): the only child holds for a mail of the series */
};

/* A node; owns its children, which are at most PATTERN_DEPTH_MAX times three levels deep. */
struct pattern_node {
    enum pattern_kind kind;
    bool negated;
    char letter;                   /* of a leaf */
    unsigned cost;                 /* rank: what is cheap is asked first */
    uint32_t bit;                  /* of a letter that needs the text; else 0 */
    int64_t low, high;             /* of dates and ranges, both inclusive */
    struct expression *expression; /* of a leaf with EXPR; else NULL */
    GPtrArray *children;           /* struct pattern_node *; NULL in a leaf */
    guint series_number;           /* of a ~( ): which of those of the pattern it is, from 0 */
    bool of_row;                   /* of a ~( ): a letter in it is about the row that is asked about */
};

struct pattern {
    gint references; /* atomic */
    char *text;      /* with a simple search written out */
    struct pattern_node *root;
    GPtrArray *texts; /* struct pattern_node *, borrowed: that of bit 1 << index */
    guint series_nodes; /* so many ~( ) */
    bool is_volatile;
    bool names_skipped;
};

/* Is LETTER one of LETTERS, or the NUL at their end? */
bool pattern_letter_in(char letter, const char *letters);

/* Compiles TEXT, which is no simple search, into PATTERN. False with an error; what is made
 * so far is PATTERN's. */
bool pattern_parse(struct pattern *pattern, const char *text, int64_t now, GError **error);

void pattern_node_free(gpointer node);

/* What pattern_texts_add() was told of MEMBER. False if nothing. TEXTS may be NULL. */
bool pattern_texts_get(const struct pattern_texts *texts, const struct member *member,
                       uint32_t *found);

/* Reads a range of numbers as in pattern.h, each with K or M behind it for 1024 or 1024²,
 * both ends inclusive. False with an error. */
bool pattern_parse_range(const char *text, int64_t *low, int64_t *high, GError **error);

/* The same for dates: UTC seconds of the first second and of the last one. */
bool pattern_parse_dates(const char *text, int64_t now, int64_t *low, int64_t *high,
                         GError **error);

#endif
