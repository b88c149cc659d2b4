/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a piece of text is, and how that looks. */
#ifndef PORE_LOOK_H
#define PORE_LOOK_H

#include <stdint.h>

/* What a piece of text is. Numbers from STYLE_COUNT on are the colour rules of colour.h. */
enum style {
    STYLE_NORMAL,
    STYLE_STATUS,   /* the help line and the status line */
    STYLE_PROGRESS, /* of what runs, in the status line */
    STYLE_MESSAGE,
    STYLE_ERROR, /* on the message line */
    STYLE_PROMPT,
    STYLE_DIM,       /* there, but not the matter */
    STYLE_INDICATOR, /* the row under the cursor, whatever stands in it */
    STYLE_TAGGED,
    STYLE_TREE,
    STYLE_NEW,        /* a series not seen before */
    STYLE_EXIST,      /* one of which something is known */
    STYLE_SKIP,       /* a posting that a later one has replaced */
    STYLE_REVIEWED,   /* a series that was reviewed, a patch too */
    STYLE_CHANGED,    /* what has changed since */
    STYLE_LATER,      /* a series that is put off */
    STYLE_IGNORED,    /* one that is of no interest */
    STYLE_FLAGGED,
    STYLE_NOTE,
    STYLE_INCOMPLETE, /* patches are missing */
    STYLE_NUMBER,     /* of an entry */
    STYLE_DATE,
    STYLE_AUTHOR,
    STYLE_REVIEW, /* counts of replies and trailers */
    STYLE_HEADER, /* the name of a header */
    STYLE_HDRDEFAULT, /* its value */
    STYLE_SUBJECT, /* of the mail that is read */
    STYLE_TITLE,   /* of an entry */
    STYLE_HEADING,
    STYLE_KEY,
    STYLE_CHART, /* bars and blocks */
    STYLE_QUOTED, /* quoted once, twice, …; again from the first behind the last */
    STYLE_QUOTED_1,
    STYLE_QUOTED_2,
    STYLE_QUOTED_3,
    STYLE_TRAILER,
    STYLE_DIFFSTAT,
    STYLE_FILE,
    STYLE_HUNK,
    STYLE_ADDED,
    STYLE_REMOVED,
    STYLE_ADDED_WORD, /* what differs within a changed line */
    STYLE_REMOVED_WORD,
    STYLE_OUTER_ADDED,   /* of two patches: the sign of a line that only the newer one has */
    STYLE_OUTER_REMOVED, /* … that only the older one has */
    STYLE_NEWER,         /* what else stands in a line of the newer one, */
    STYLE_NEWER_ADDED,   /* if the patch adds it, */
    STYLE_NEWER_REMOVED, /* or removes it; */
    STYLE_OLDER,         /* and in one of the older one */
    STYLE_OLDER_ADDED,
    STYLE_OLDER_REMOVED,
    STYLE_SIGNATURE,
    STYLE_MARKERS, /* where a wrapped line goes on, what is folded */
    STYLE_SEARCH,  /* what was found */
    STYLE_COUNT,
};

enum look_attribute {
    LOOK_BOLD = 1 << 0,
    LOOK_DIM = 1 << 1,
    LOOK_UNDERLINE = 1 << 2,
    LOOK_REVERSE = 1 << 3,
    LOOK_ITALIC = 1 << 4,
    LOOK_BLINK = 1 << 5,
};

/* The terminal's own colour; 0 to 255 are those of the palette; LOOK_RGB | 0xRRGGBB is a colour
 * by itself, shown as the nearest that the terminal has. */
#define LOOK_DEFAULT (-1)
#define LOOK_RGB 0x1000000

/* How a style looks. A plain value. */
struct look {
    int32_t foreground, background;
    unsigned attributes;      /* LOOK_ bits, with colours */
    unsigned mono_attributes; /* on a terminal without */
};

#endif
