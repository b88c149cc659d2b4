/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row of a list: columns of text side by side. */
#ifndef PORE_ROW_H
#define PORE_ROW_H

#include "screen.h"

#include <stdint.h>

/* Columns of a row at most. */
#define ROW_COLUMNS 12

/* Room for row_date(). */
#define ROW_DATE_SIZE 16

/* Room for row_change(). */
#define ROW_CHANGE_SIZE 16

struct row_column {
    char *text; /* owned by the row */
    int width;  /* cells; -1: all that is left */
    enum style style;
    bool right;  /* set flush right */
    bool joined; /* no blank before it */
    bool whole;  /* wider text widens the column instead of being cut */
};

/* Owned by who declares it (zeroed); row_clear() frees what is inside. */
struct row {
    struct row_column columns[ROW_COLUMNS];
    int count;
    enum style overlay; /* laid over all of it; STYLE_NORMAL: nothing is */
};

/* Adds a column behind the others and returns it, for its flags. TEXT is copied. */
struct row_column *row_add(struct row *row, int width, enum style style, const char *text);

/* Draws ROW in LINE of SCREEN, WIDTH cells wide, one blank between columns. On a SELECTED row
 * lies STYLE_INDICATOR; with ARROW there is mutt's "->" in front of it instead, and room for it in
 * front of the others. */
void row_draw(const struct row *row, struct screen *screen, int line, int width, bool selected,
              bool arrow);
void row_clear(struct row *row);

/* Writes the day of DATE (UTC seconds) in local time to TEXT: "Nov 21", or "Nov'19" where that is
 * more than half a year from NOW; with LONG_FORM "2019-11-21". "?" for what is no date. */
void row_date(char text[ROW_DATE_SIZE], int64_t date, int64_t now, bool long_form);

/* Writes "+12", SIGN and NUMBER, to TEXT; nothing for 0. Returns its length. */
int row_change(char text[ROW_CHANGE_SIZE], char sign, uint32_t number);

#endif
