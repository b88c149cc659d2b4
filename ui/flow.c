/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow.h"

#include "glyph.h"
#include "ruler.h"

#include <string.h>

/* Narrower than this, rows that go on have no indent and no mark. */
#define WIDTH_FOR_INDENT 20

/* Columns that can be scrolled sideways to; no line of a mail has so many. */
#define COLUMN_MAX (1 << 30)

static struct flow_line get_line(const struct flow *flow, size_t index)
{
    struct flow_line line = {.text = "", .length = 0};
    flow->source(flow->data, index, &line);
    return line;
}

static bool has_markers(const struct flow *flow)
{
    return flow->markers && flow->width >= WIDTH_FOR_INDENT;
}

static const char *marker(void)
{
    return glyph_locale_is_utf8() ? "\302\273" : ">";
}

/* Cells at the beginning of a row that goes on from another one. */
static int indent_of(const struct flow *flow, const struct flow_line *line, size_t start)
{
    if (start == 0 || flow->width < WIDTH_FOR_INDENT)
        return 0;
    if (line->words)
        return MIN(line->indent, flow->width / 2);
    return has_markers(flow) ? 1 : 0;
}

/* --- rows ---------------------------------------------------------------------- */

/* Where the row that begins at START ends. */
static size_t row_end(const struct flow *flow, const struct flow_line *line, size_t start)
{
    size_t limit = ruler_segment_end(line->text, line->length, start);
    size_t at = start, word = start;
    int column = indent_of(flow, line, start);
    while (at < limit) {
        size_t bytes;
        int width = ruler_step(line->text + at, limit - at, column, &bytes);
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
    size_t segment = offset / RULER_SEGMENT * RULER_SEGMENT;
    size_t start = segment ? ruler_align(line->text, line->length, segment) : 0;
    if (start > offset) {
        segment -= RULER_SEGMENT;
        start = segment ? ruler_align(line->text, line->length, segment) : 0;
    }
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
    if (!flow->sideways) {
        struct flow_line now = get_line(flow, *line);
        size_t end = row_end(flow, &now, *offset);
        if (end < now.length) {
            *offset = end;
            return true;
        }
    }
    if (*line + 1 >= flow->count)
        return false;
    ++*line;
    *offset = 0;
    return true;
}

static bool row_back(const struct flow *flow, size_t *line, size_t *offset)
{
    bool same = *offset > 0 && !flow->sideways;
    if (!same && *line == 0)
        return false;
    if (!same)
        --*line;
    struct flow_line now = get_line(flow, *line);
    size_t last = same ? *offset : now.length;
    *offset = last > 0 && !flow->sideways ? row_start(flow, &now, last - 1) : 0;
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
static bool scroll(struct flow *flow, gint64 rows)
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
    if (flow->count && !flow->sideways) {
        struct flow_line last = get_line(flow, flow->line);
        flow->offset = last.length ? row_start(flow, &last, last.length - 1) : 0;
    }
    fill_screen(flow);
}

/* --- sideways ------------------------------------------------------------------ */

static void free_ruler(gpointer data)
{
    ruler_free(data);
}

/* What is known of the columns of LINE; NULL for one of a single segment. */
static struct ruler *ruler_of(struct flow *flow, size_t index, const struct flow_line *line)
{
    if (line->length <= RULER_SEGMENT)
        return NULL;
    if (!flow->rulers)
        flow->rulers = g_hash_table_new_full(NULL, NULL, NULL, free_ruler);
    struct ruler *ruler = g_hash_table_lookup(flow->rulers, GSIZE_TO_POINTER(index));
    if (!ruler) {
        ruler = ruler_new();
        g_hash_table_insert(flow->rulers, GSIZE_TO_POINTER(index), ruler);
    }
    return ruler;
}

/* The byte in COLUMN of line INDEX; *START is the column in which its glyph begins. */
static size_t offset_at(struct flow *flow, size_t index, const struct flow_line *line,
                        gint64 column, gint64 *start)
{
    return ruler_offset(ruler_of(flow, index, line), line->text, line->length, column, start);
}

/* The longest of the lines on the screen, but no more than COLUMN and a cell. */
static gint64 widest(struct flow *flow, gint64 column)
{
    gint64 most = 0;
    for (size_t i = flow->line; i < flow->count && i < flow->line + (size_t)flow->height; i++) {
        struct flow_line line = get_line(flow, i);
        gint64 start;
        size_t offset = offset_at(flow, i, &line, column, &start);
        most = MAX(most, offset < line.length ? column + 1 : start);
    }
    return most;
}

static const char *scroll_sideways(struct flow *flow, int direction, int count)
{
    if (!flow->sideways)
        return "Long lines are wrapped.";
    int step = MAX(flow->width / 2, 1);
    gint64 column = flow->column + (gint64)direction * step * count;
    if (direction > 0) {
        /* There is always something left to be seen. */
        gint64 most = widest(flow, MIN(column + flow->width, COLUMN_MAX));
        if (most <= (gint64)flow->column + flow->width)
            return "There is no more to the right.";
        while (column >= most)
            column -= step * MAX((column - most) / step, 1);
    } else if (flow->column == 0) {
        return "There is no more to the left.";
    }
    flow->column = (int)CLAMP(column, 0, COLUMN_MAX);
    return NULL;
}

/* --- moving -------------------------------------------------------------------- */

void flow_clear(struct flow *flow)
{
    g_clear_pointer(&flow->rulers, g_hash_table_unref);
}

static bool is_at(const struct flow *flow, const struct flow_position *place)
{
    return flow->line == place->line && flow->offset == place->offset;
}

void flow_resize(struct flow *flow, int width, int height)
{
    flow->width = MAX(width, 1);
    flow->height = MAX(height, 1);
    const struct flow_layout layout = {flow->width, flow->height, flow->sideways, flow->markers};
    const struct flow_layout *before = &flow->layout;
    bool same = layout.width == before->width && layout.height == before->height &&
                layout.sideways == before->sideways && layout.markers == before->markers;
    flow->layout = layout;
    if (flow->line >= flow->count) {
        go_to_end(flow);
        return;
    }
    if (same)
        return;
    if (!is_at(flow, &flow->given))
        flow->wanted = (struct flow_position){flow->line, flow->offset};
    struct flow_line line = get_line(flow, flow->wanted.line);
    size_t offset = MIN(flow->wanted.offset, line.length);
    flow->line = flow->wanted.line;
    flow->offset = offset && !flow->sideways ? row_start(flow, &line, offset) : offset;
    fill_screen(flow);
    flow->given = (struct flow_position){flow->line, flow->offset};
}

void flow_replace(struct flow *flow, size_t line, size_t offset)
{
    g_clear_pointer(&flow->rulers, g_hash_table_unref);
    flow->line = flow->count ? MIN(line, flow->count - 1) : 0;
    struct flow_line now = flow->count ? get_line(flow, flow->line) : (struct flow_line){.text = ""};
    flow->offset = MIN(offset, now.length);
    if (flow->offset && !flow->sideways)
        flow->offset = row_start(flow, &now, flow->offset);
    flow->given = flow->wanted = (struct flow_position){flow->line, flow->offset};
}

static const char *scroll_rows(struct flow *flow, int rows, int count)
{
    if (scroll(flow, (gint64)rows * count))
        return NULL;
    return rows > 0 ? "The bottom is shown." : "The top is shown.";
}

const char *flow_move(struct flow *flow, enum motion motion, int count, int context)
{
    int page = MAX(flow->height - context, 1);
    int half = MAX(flow->height / 2, 1);
    int times = MAX(count, 1);
    switch (motion) {
    case MOTION_LINE_DOWN:
    case MOTION_NEXT:
        return scroll_rows(flow, 1, times);
    case MOTION_LINE_UP:
    case MOTION_PREVIOUS:
        return scroll_rows(flow, -1, times);
    case MOTION_HALF_DOWN:
        return scroll_rows(flow, half, times);
    case MOTION_HALF_UP:
        return scroll_rows(flow, -half, times);
    case MOTION_PAGE_DOWN:
        return scroll_rows(flow, page, times);
    case MOTION_PAGE_UP:
        return scroll_rows(flow, -page, times);
    case MOTION_RIGHT:
        return scroll_sideways(flow, 1, times);
    case MOTION_LEFT:
        return scroll_sideways(flow, -1, times);
    case MOTION_LAST:
        if (!count) {
            go_to_end(flow);
            return NULL;
        }
        break;
    default:
        break;
    }
    flow_go(flow, (size_t)times - 1);
    fill_screen(flow);
    return NULL;
}

void flow_go(struct flow *flow, size_t line)
{
    flow->line = flow->count ? MIN(line, flow->count - 1) : 0;
    flow->offset = 0;
}

void flow_reveal(struct flow *flow, size_t line, size_t offset)
{
    flow_go(flow, line);
    if (!flow->count)
        return;
    struct flow_line now = get_line(flow, flow->line);
    offset = MIN(offset, now.length);
    if (!flow->sideways) {
        flow->offset = offset ? row_start(flow, &now, offset) : 0;
        return;
    }
    gint64 column = ruler_column(ruler_of(flow, line, &now), now.text, now.length, offset);
    /* The last cell may be a mark's. */
    if (column < flow->column || column >= (gint64)flow->column + flow->width - 1)
        flow->column = (int)CLAMP(column - flow->width / 2, 0, COLUMN_MAX);
}

void flow_row(struct flow *flow, size_t line, size_t offset, size_t *start, size_t *end)
{
    struct flow_line now = get_line(flow, line);
    if (flow->sideways) {
        gint64 column;
        *start = offset_at(flow, line, &now, flow->column, &column);
        *end = offset_at(flow, line, &now, (gint64)flow->column + flow->width, &column);
    } else {
        *start = row_start(flow, &now, MIN(offset, now.length));
        *end = row_end(flow, &now, *start);
    }
}

/* --- drawing ------------------------------------------------------------------- */

/* A row in the making. */
struct row_drawing {
    struct screen *screen;
    int row, width;
    gint64 left; /* the line's column that is in the first cell; 0 in a wrapped line */
    const char *text;
    GArray *spans;
    enum style style; /* where there is no span */
};

/* What bytes look like. */
struct appearance {
    enum style style;
    enum style overlay; /* STYLE_NORMAL: none */
};

static struct appearance appearance_at(const struct row_drawing *drawing, size_t at)
{
    struct appearance look = {drawing->style, STYLE_NORMAL};
    guint count = MIN(drawing->spans->len, FLOW_SPANS_MAX);
    for (guint i = 0; i < count; i++) {
        const struct flow_span *span = &g_array_index(drawing->spans, struct flow_span, i);
        if (at < span->start || at >= span->end)
            continue;
        if (span->overlay)
            look.overlay = span->style;
        else
            look.style = span->style;
    }
    return look;
}

/* Puts the bytes from START to END, which look alike and hold a tab at most alone, in COLUMN and the
 * CELLS behind it. */
static void put_piece(const struct row_drawing *drawing, size_t start, size_t end, gint64 column,
                      int cells, struct appearance look)
{
    int screen_column = (int)(column - drawing->left);
    int width = MIN(cells, drawing->width - screen_column);
    if (width <= 0)
        return;
    if (drawing->text[start] == '\t')
        screen_fill(drawing->screen, drawing->row, screen_column, width, look.style, ' ');
    else
        screen_put(drawing->screen, drawing->row, screen_column, width, look.style,
                   drawing->text + start, end - start);
    if (look.overlay != STYLE_NORMAL)
        screen_overlay(drawing->screen, drawing->row, screen_column, width, look.overlay);
}

/* Draws the bytes from START to END, the first of them in COLUMN of the line. */
static void draw_bytes(const struct row_drawing *drawing, size_t start, size_t end, gint64 column)
{
    size_t piece = start;
    gint64 piece_column = column;
    struct appearance look = {drawing->style, STYLE_NORMAL};
    for (size_t at = start; at < end;) {
        size_t bytes, limit = MIN(end, ruler_segment_end(drawing->text, end, at));
        int width = ruler_step(drawing->text + at, limit - at, column, &bytes);
        struct appearance here = appearance_at(drawing, at);
        bool tab = drawing->text[at] == '\t' || (piece < at && drawing->text[piece] == '\t');
        if (piece < at && (tab || here.style != look.style || here.overlay != look.overlay)) {
            put_piece(drawing, piece, at, piece_column, (int)(column - piece_column), look);
            piece = at;
            piece_column = column;
        }
        look = here;
        at += bytes;
        column += width;
    }
    if (piece < end)
        put_piece(drawing, piece, end, piece_column, (int)(column - piece_column), look);
}

static void draw_wrapped(struct flow *flow, struct row_drawing *drawing,
                         const struct flow_line *line, size_t start, size_t end)
{
    int column = indent_of(flow, line, start);
    if (column > 0 && !line->words)
        screen_put(drawing->screen, drawing->row, 0, column, STYLE_MARKERS, marker(),
                   strlen(marker()));
    draw_bytes(drawing, start, end, column);
}

static void draw_sideways(struct flow *flow, struct row_drawing *drawing, size_t index,
                          const struct flow_line *line, size_t start, size_t end)
{
    gint64 column, behind;
    offset_at(flow, index, line, flow->column, &column);
    offset_at(flow, index, line, (gint64)flow->column + flow->width, &behind);
    drawing->left = flow->column;
    if (column < flow->column && start < end) {
        /* The edge cuts a glyph. */
        size_t bytes;
        size_t limit = ruler_segment_end(line->text, line->length, start);
        column += ruler_step(line->text + start, limit - start, column, &bytes);
        start += bytes;
    }
    if (start < end)
        draw_bytes(drawing, start, end, column);
    if (end < line->length && has_markers(flow))
        screen_put(drawing->screen, drawing->row, flow->width - 1, 1, STYLE_MARKERS, marker(),
                   strlen(marker()));
}

static void draw_row(struct flow *flow, struct screen *screen, int row, size_t index,
                     size_t offset)
{
    struct flow_line line = get_line(flow, index);
    struct row_drawing drawing = {
        .screen = screen,
        .row = row,
        .width = flow->width,
        .text = line.text,
        .style = line.style,
        .spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span)),
    };
    size_t start, end;
    flow_row(flow, index, offset, &start, &end);
    if (flow->spans && start < end)
        flow->spans(flow->data, index, start, end, drawing.spans);
    if (flow->sideways)
        draw_sideways(flow, &drawing, index, &line, start, end);
    else
        draw_wrapped(flow, &drawing, &line, start, end);
    g_array_unref(drawing.spans);
}

void flow_draw(struct flow *flow, struct screen *screen, int top)
{
    size_t line = flow->line, offset = flow->offset;
    for (int row = 0; row < flow->height && line < flow->count; row++) {
        draw_row(flow, screen, top + row, line, offset);
        if (!row_forward(flow, &line, &offset))
            break;
    }
}

/* How many thousandths of line INDEX lie before OFFSET. */
static guint64 thousandths(const struct flow *flow, size_t index, size_t offset)
{
    size_t length = flow->sideways ? 0 : get_line(flow, index).length;
    return length ? (guint64)offset * 1000 / length : 0;
}

const char *flow_place(const struct flow *flow, char text[8])
{
    if (flow_at_end(flow))
        return flow->line == 0 && (flow->offset == 0 || flow->sideways) ? "all" : "end";
    size_t line = flow->line, offset = flow->offset;
    for (int i = 1; i < flow->height; i++)
        row_forward(flow, &line, &offset);
    guint64 place = (guint64)line * 1000 + thousandths(flow, line, offset);
    g_snprintf(text, 8, "%u%%", (unsigned)(place / flow->count / 10));
    return text;
}
