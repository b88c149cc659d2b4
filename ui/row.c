/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "row.h"

#include "glyph.h"

#include <string.h>
#include <time.h>

static const char arrow_text[] = "->";

#define HALF_A_YEAR (INT64_C(183) * 24 * 60 * 60)

struct row_column *row_add(struct row *row, int width, enum style style, const char *text)
{
    g_assert(row->count < ROW_COLUMNS);
    struct row_column *column = &row->columns[row->count++];
    *column = (struct row_column){.text = g_strdup(text), .width = width, .style = style};
    return column;
}

/* Draws the columns in WIDTH cells from START on. */
static void draw_columns(const struct row *row, struct screen *screen, int line, int start,
                         int width)
{
    int at = 0;
    for (int i = 0; i < row->count && at < width; i++) {
        const struct row_column *column = &row->columns[i];
        if (i && !column->joined)
            at++;
        int room = column->width < 0 ? width - at : column->width;
        size_t length = strlen(column->text);
        int used = glyph_columns(column->text, length, column->whole ? width : room);
        room = MIN(MAX(room, used), width - at);
        int indent = column->right ? MAX(room - used, 0) : 0;
        screen_put(screen, line, start + at + indent, room - indent, column->style, column->text,
                   length);
        at += room;
    }
}

void row_draw(const struct row *row, struct screen *screen, int line, int width, bool selected,
              bool arrow)
{
    int start = arrow ? (int)strlen(arrow_text) : 0;
    draw_columns(row, screen, line, start, width - start);
    if (row->overlay != STYLE_NORMAL)
        screen_overlay(screen, line, 0, width, row->overlay);
    if (selected && arrow)
        screen_put(screen, line, 0, width, STYLE_INDICATOR, arrow_text, strlen(arrow_text));
    else if (selected)
        screen_overlay(screen, line, 0, width, STYLE_INDICATOR);
}

void row_clear(struct row *row)
{
    for (int i = 0; i < row->count; i++)
        g_free(row->columns[i].text);
    row->count = 0;
}

void row_date(char text[ROW_DATE_SIZE], int64_t date, int64_t now, bool long_form)
{
    time_t seconds = (time_t)date;
    struct tm parts;
    g_strlcpy(text, "?", ROW_DATE_SIZE);
    /* A time_t may have 32 bits. */
    if (seconds != date || !localtime_r(&seconds, &parts))
        return;
    size_t length;
    if (long_form)
        length = strftime(text, ROW_DATE_SIZE, "%Y-%m-%d", &parts);
    else if (ABS(now - date) > HALF_A_YEAR)
        length = strftime(text, ROW_DATE_SIZE - 3, "%b'", &parts);
    else
        length = strftime(text, ROW_DATE_SIZE, "%b %d", &parts);
    /* The month names of some locales are longer than the room. */
    if (length == 0)
        length = strftime(text, ROW_DATE_SIZE, "%m/%d", &parts);
    if (text[length - 1] == '\'')
        g_snprintf(text + length, ROW_DATE_SIZE - length, "%02d", parts.tm_year % 100);
}

int row_change(char text[ROW_CHANGE_SIZE], char sign, uint32_t number)
{
    text[0] = '\0';
    return number ? g_snprintf(text, ROW_CHANGE_SIZE, "%c%u", sign, number) : 0;
}
