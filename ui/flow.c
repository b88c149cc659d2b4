/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow.h"

#include "glyph.h"

#include <string.h>

#define TAB_WIDTH 8

/* A line is cut at multiples of this. */
#define SEGMENT 4096

/* Narrower than this, rows that go on have no indent and no mark. */
#define WIDTH_FOR_INDENT 20

static struct flow_line get_line(const struct flow *flow, size_t index)
{
    struct flow_line line = {.text = "", .length = 0};
    flow->source(flow->data, index, &line);
    return line;
}

/* The first character at OFFSET or behind it. */
static size_t align(const struct flow_line *line, size_t offset)
{
    for (int i = 0; i < 3 && offset < line->length; i++, offset++)
        if (((unsigned char)line->text[offset] & 0xC0) != 0x80)
            break;
    return MIN(offset, line->length);
}

/* Cells at the beginning of a row that goes on from another one. */
static int indent_of(const struct flow *flow, const struct flow_line *line, size_t start)
{
    if (start == 0 || flow->width < WIDTH_FOR_INDENT)
        return 0;
    return line->words ? line->indent : 1;
}

/* Cells that the glyph at AT takes in COLUMN, and its length. */
static int measure(const char *text, size_t length, int column, size_t *bytes)
{
    if (*text == '\t') {
        *bytes = 1;
        return TAB_WIDTH - column % TAB_WIDTH;
    }
    struct glyph glyph;
    glyph_next(text, length, &glyph);
    *bytes = glyph.length;
    return glyph.width;
}

/* Where the row that begins at START ends. */
static size_t row_end(const struct flow *flow, const struct flow_line *line, size_t start)
{
    size_t limit = align(line, (start / SEGMENT + 1) * SEGMENT);
    size_t at = start, word = start;
    int column = indent_of(flow, line, start);
    while (at < limit) {
        size_t bytes;
        int width = measure(line->text + at, limit - at, column, &bytes);
        bool blank = line->words && line->text[at] == ' ';
        /* Blanks between words hang over the edge unseen. */
        if (column + width > flow->width && !(blank && at > start)) {
            if (word > start)
                return word;
            return at > start ? at : start + bytes;
        }
        column += width;
        at += bytes;
        /* A row is not left nearly empty for the sake of a word. */
        if (blank && column > flow->width / 3)
            word = at;
    }
    return limit;
}

/* Where the row that holds OFFSET begins. */
static size_t row_start(const struct flow *flow, const struct flow_line *line, size_t offset)
{
    size_t segment = offset / SEGMENT;
    size_t start = segment ? align(line, segment * SEGMENT) : 0;
    if (start > offset)
        start = segment > 1 ? align(line, (segment - 1) * SEGMENT) : 0;
    for (;;) {
        size_t end = row_end(flow, line, start);
        if (end > offset || end >= line->length)
            return start;
        start = end;
    }
}

/* Moves *LINE and *OFFSET to the next row; false at the last one. */
static bool row_forward(const struct flow *flow, size_t *line, size_t *offset)
{
    struct flow_line now = get_line(flow, *line);
    size_t end = row_end(flow, &now, *offset);
    if (end < now.length) {
        *offset = end;
        return true;
    }
    if (*line + 1 >= flow->count)
        return false;
    ++*line;
    *offset = 0;
    return true;
}

static bool row_back(const struct flow *flow, size_t *line, size_t *offset)
{
    if (*offset == 0 && *line == 0)
        return false;
    bool same = *offset > 0;
    if (!same)
        --*line;
    struct flow_line now = get_line(flow, *line);
    size_t last = same ? *offset : now.length;
    *offset = last > 0 ? row_start(flow, &now, last - 1) : 0;
    return true;
}

bool flow_at_end(const struct flow *flow)
{
    size_t line = flow->line, offset = flow->offset;
    for (int i = 0; i < flow->height; i++)
        if (!flow->count || !row_forward(flow, &line, &offset))
            return true;
    return false;
}

/* Scrolls by ROWS, down as far as there is text below the screen. */
static bool scroll(struct flow *flow, int rows)
{
    if (!flow->count)
        return false;
    bool moved = false;
    size_t line = flow->line, offset = flow->offset;
    for (int i = 1; rows > 0 && i < flow->height; i++)
        if (!row_forward(flow, &line, &offset))
            return false;
    for (; rows > 0 && row_forward(flow, &line, &offset); rows--)
        moved = row_forward(flow, &flow->line, &flow->offset);
    for (; rows < 0 && row_back(flow, &flow->line, &flow->offset); rows++)
        moved = true;
    return moved;
}

/* Leaves no room below the end of the text that text above could fill. */
static void fill_screen(struct flow *flow)
{
    size_t line = flow->line, offset = flow->offset;
    int shown = 1;
    while (shown < flow->height && flow->count && row_forward(flow, &line, &offset))
        shown++;
    scroll(flow, shown - flow->height);
}

static void go_to_end(struct flow *flow)
{
    flow->line = flow->count ? flow->count - 1 : 0;
    flow->offset = 0;
    if (flow->count) {
        struct flow_line last = get_line(flow, flow->line);
        flow->offset = last.length ? row_start(flow, &last, last.length - 1) : 0;
    }
    fill_screen(flow);
}

void flow_resize(struct flow *flow, int width, int height)
{
    flow->width = MAX(width, 1);
    flow->height = MAX(height, 1);
    if (flow->line >= flow->count) {
        go_to_end(flow);
        return;
    }
    struct flow_line line = get_line(flow, flow->line);
    flow->offset = flow->offset ? row_start(flow, &line, MIN(flow->offset, line.length)) : 0;
    fill_screen(flow);
}

const char *flow_move(struct flow *flow, enum motion motion)
{
    int rows = 0;
    switch (motion) {
    case MOTION_LINE_DOWN:
    case MOTION_NEXT:
        rows = 1;
        break;
    case MOTION_LINE_UP:
    case MOTION_PREVIOUS:
        rows = -1;
        break;
    case MOTION_HALF_DOWN:
        rows = MAX(flow->height / 2, 1);
        break;
    case MOTION_HALF_UP:
        rows = -MAX(flow->height / 2, 1);
        break;
    case MOTION_PAGE_DOWN:
        rows = flow->height;
        break;
    case MOTION_PAGE_UP:
        rows = -flow->height;
        break;
    case MOTION_LAST:
        go_to_end(flow);
        return NULL;
    default:
        flow->line = flow->offset = 0;
        return NULL;
    }
    if (scroll(flow, rows))
        return NULL;
    return rows > 0 ? "The bottom is shown." : "The top is shown.";
}

void flow_go(struct flow *flow, size_t line)
{
    flow->line = flow->count ? MIN(line, flow->count - 1) : 0;
    flow->offset = 0;
    fill_screen(flow);
}

/* Draws bytes that look alike from COLUMN on. Returns the column behind them. */
static int draw_piece(const struct flow *flow, struct screen *screen, int row, int column,
                      const char *text, size_t length, enum style style)
{
    while (length > 0 && column < flow->width) {
        const char *tab = memchr(text, '\t', length);
        size_t plain = tab ? (size_t)(tab - text) : length;
        column += screen_put(screen, row, column, flow->width - column, style, text, plain);
        if (!tab)
            break;
        column += TAB_WIDTH - column % TAB_WIDTH;
        text += plain + 1;
        length -= plain + 1;
    }
    return column;
}

static void draw_row(const struct flow *flow, struct screen *screen, int row,
                     const struct flow_line *line, size_t start)
{
    size_t end = row_end(flow, line, start);
    size_t lead = CLAMP(line->lead, start, end);
    int column = indent_of(flow, line, start);
    if (column > 0 && !line->words) {
        const char *marker = glyph_locale_is_utf8() ? "\302\273" : ">";
        screen_put(screen, row, 0, column, STYLE_DIM, marker, strlen(marker));
    }
    column = draw_piece(flow, screen, row, column, line->text + start, lead - start,
                        line->lead_style);
    draw_piece(flow, screen, row, column, line->text + lead, end - lead, line->style);
}

void flow_draw(const struct flow *flow, struct screen *screen, int top)
{
    size_t line = flow->line, offset = flow->offset;
    for (int row = 0; row < flow->height && line < flow->count; row++) {
        struct flow_line now = get_line(flow, line);
        draw_row(flow, screen, top + row, &now, offset);
        if (!row_forward(flow, &line, &offset))
            break;
    }
}

const char *flow_place(const struct flow *flow, char text[8])
{
    if (flow_at_end(flow))
        return flow->line == 0 && flow->offset == 0 ? "all" : "end";
    size_t line = flow->line, offset = flow->offset;
    for (int i = 1; i < flow->height; i++)
        row_forward(flow, &line, &offset);
    g_snprintf(text, 8, "%u%%", (unsigned)(line * 100 / flow->count));
    return text;
}
