/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any mail on the screen, the pieces of an input one by one: "%% WIDTH WORDS" says how wide it is, and what
 * is searched for and makes a format string. Nothing but characters is shown, a row is where it is
 * said to be and no wider than there is room, and down and up again is where it began.
 *
 * Targets: ui/pager_lines.c ui/hunk_words.c ui/word_difference.c ui/flow.c ui/ruler.c ui/find.c ui/format.c
 * ui/row.c ui/glyph.c ui/readable.c */
#include "fuzz.h"

#include "find.h"
#include "flow.h"
#include "format.h"
#include "glyph.h"
#include "mail/mail.h"
#include "pager_lines.h"
#include "pieces.h"
#include "readable.h"
#include "row.h"
#include "ruler.h"
#include "screen.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECES_MAX 4
#define HEIGHT 8

/* Rows that are gone through. */
#define ROWS_MAX 400

/* --- what is on the screen ------------------------------------------------------------------------- */

static void check_text(const char *text)
{
    g_assert(g_utf8_validate(text, -1, NULL));
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);

        g_assert(character == '\n' || character == '\t' ||
                 (!g_unichar_iscntrl(character) && g_unichar_type(character) != G_UNICODE_FORMAT));
    }
}

static void check_screen(struct screen *screen)
{
    for (int row = 0; row < screen_rows(screen); row++) {
        char *line = screen_read(screen, row);

        check_text(line);
        g_assert(!strpbrk(line, "\t\n"));
        g_assert(glyph_columns(line, strlen(line), 10000) <= screen_columns(screen));
        g_free(line);
    }
}

static void check_glyphs(const char *text, size_t length, int *columns)
{
    struct glyph glyph;

    *columns = 0;
    for (size_t at = 0; at < length; at += glyph.length) {
        glyph_next(text + at, length - at, &glyph);
        g_assert(glyph.length >= 1 && glyph.length <= length - at);
        g_assert(glyph.width == 1 || glyph.width == 2);
        for (const wchar_t *character = glyph.characters; *character; character++)
            g_assert(!g_unichar_iscntrl((gunichar)*character));
        *columns += glyph.width;
    }
    g_assert(glyph_columns(text, length, *columns + 1) == *columns);
}

/* --- lines and rows ----------------------------------------------------------------------------------- */

static void check_spans(const GArray *spans, size_t length)
{
    for (guint i = 0; i < spans->len; i++) {
        const struct flow_span *span = &g_array_index(spans, struct flow_span, i);

        g_assert(span->start <= span->end && span->end <= length);
    }
}

static void check_rows(struct pager_lines *lines)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span));

    g_assert(pager_lines_rows(lines) <= pager_lines_count(lines));
    for (size_t row = 0; row < pager_lines_rows(lines); row++) {
        size_t place = pager_lines_place(lines, row);
        struct flow_line line;

        g_assert(place < pager_lines_count(lines) && pager_lines_row(lines, place) == row);
        pager_lines_get_row(lines, row, &line);
        g_assert(g_utf8_validate(line.text, (gssize)line.length, NULL));
        g_array_set_size(spans, 0);
        pager_lines_spans(lines, row, true, spans);
        check_spans(spans, line.length);
        pager_lines_get_line(lines, place, &line);
        g_assert(pager_lines_matter(lines, row) <= PAGER_OTHER);
        pager_lines_is_quoted(lines, row);
    }
    g_array_unref(spans);
}

static void check_steps(const struct pager_lines *lines)
{
    for (int target = PAGER_HUNK; target <= PAGER_TRAILERS; target++) {
        size_t row = 0, last;

        for (last = 0; pager_lines_next(lines, (enum pager_target)target, 1, 1, &row); last = row)
            g_assert(row > last && row < pager_lines_rows(lines));
        for (last = row; pager_lines_next(lines, (enum pager_target)target, -1, 1, &row); last = row)
            g_assert(row < last);
    }
}

/* Folds in all ways. */
static void check_folds(struct pager_lines *lines)
{
    size_t all = pager_lines_count(lines);

    check_rows(lines);
    pager_lines_fold_quotes(lines, true, 1);
    check_rows(lines);
    pager_lines_fold_files(lines, true);
    check_rows(lines);
    check_steps(lines);
    for (size_t place = 0; place < all; place += 3) {
        pager_lines_toggle_file(lines, place);
        pager_lines_unfold(lines, place);
        pager_lines_row(lines, place);
    }
    check_rows(lines);
    pager_lines_set_headers(lines, "subject: From:", false);
    check_rows(lines);
    pager_lines_set_headers(lines, "", true);
    pager_lines_fold_quotes(lines, false, 0);
    pager_lines_fold_files(lines, false);
    g_assert(pager_lines_rows(lines) == pager_lines_count(lines));
    check_steps(lines);
}

/* --- flowing -------------------------------------------------------------------------------------------- */

/* What the flow needs: the lines, and what is searched for. */
struct shown {
    struct pager_lines *lines;
    const struct expression *expression; /* or NULL */
};

static void get_row(const void *data, size_t index, struct flow_line *out)
{
    pager_lines_get_row(((const struct shown *)data)->lines, index, out);
}

static void get_spans(const void *data, size_t index, size_t from, size_t to, GArray *spans)
{
    const struct shown *shown = data;
    struct flow_line line;

    pager_lines_spans(shown->lines, index, index % 2, spans);
    get_row(data, index, &line);
    if (shown->expression)
        find_spans(shown->expression, line.text, line.length, from, to, STYLE_INDICATOR, spans);
}

static void draw(struct flow *flow, struct screen *screen)
{
    char place[8];

    screen_clear(screen);
    flow_draw(flow, screen, 0);
    check_screen(screen);
    g_assert(*flow_place(flow, place));
}

/* Down row by row, and up again. */
static void check_moving(struct flow *flow)
{
    GArray *tops = g_array_new(FALSE, FALSE, sizeof(struct flow_position));
    struct flow_position top = { flow->line, flow->offset };

    while (tops->len < ROWS_MAX && !flow_at_end(flow)) {
        g_array_append_val(tops, top);
        g_assert(!flow_move(flow, MOTION_LINE_DOWN, 1, 0));
        g_assert(flow->line > top.line || (flow->line == top.line && flow->offset > top.offset));
        top = (struct flow_position){ flow->line, flow->offset };
    }
    for (guint i = tops->len; i-- > 0;) {
        flow_move(flow, MOTION_LINE_UP, 1, 0);
        top = g_array_index(tops, struct flow_position, i);
        g_assert(flow->line == top.line && flow->offset == top.offset);
    }
    g_array_unref(tops);
}

static void check_pages(struct flow *flow, struct screen *screen)
{
    static const enum motion motions[] = {
        MOTION_FIRST, MOTION_PAGE_DOWN, MOTION_RIGHT, MOTION_RIGHT, MOTION_HALF_DOWN, MOTION_NEXT,
        MOTION_LAST, MOTION_PAGE_UP, MOTION_LEFT, MOTION_HALF_UP, MOTION_PREVIOUS, MOTION_FIRST,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(motions); i++) {
        flow_move(flow, motions[i], 0, 1);
        draw(flow, screen);
        g_assert(flow->line < flow->count || flow->count == 0);
    }
}

static void check_found(struct flow *flow, const struct shown *shown)
{
    const struct find_lines lines = { get_row, shown, flow->count };
    struct flow_position place = find_from(flow, NULL, 1), last = { 0, 0 };
    bool wrapped = false;
    size_t start, end;

    for (guint i = 0; i < ROWS_MAX && find_next(&lines, shown->expression, 1, false, &place, &wrapped); i++) {
        g_assert(!wrapped && place.line < flow->count);
        g_assert(i == 0 || place.line > last.line || place.offset > last.offset);
        flow_reveal(flow, place.line, place.offset);
        if (!flow->sideways) {
            flow_row(flow, place.line, place.offset, &start, &end);
            g_assert(start <= place.offset && place.offset <= end);
        }
        last = place;
        place.offset++;
    }
    place = find_from(flow, &last, -1);
    find_next(&lines, shown->expression, -1, true, &place, &wrapped);
    g_assert(find_message(true, wrapped, -1, false) || !wrapped);
}

static void check_flow(struct shown *shown, struct screen *screen, int width)
{
    struct flow flow = { .source = get_row, .spans = get_spans, .data = shown };

    flow.count = pager_lines_rows(shown->lines);
    flow.markers = width % 2;
    flow_resize(&flow, width, HEIGHT);
    if (flow.count > 0) {
        check_moving(&flow);
        check_pages(&flow, screen);
        if (shown->expression)
            check_found(&flow, shown);
        flow_resize(&flow, width + 7, HEIGHT);
        flow.sideways = true;
        flow_resize(&flow, width, HEIGHT);
        check_pages(&flow, screen);
        if (shown->expression)
            check_found(&flow, shown);
        flow_go(&flow, flow.count - 1);
        flow_replace(&flow, 0, 0);
    }
    draw(&flow, screen);
    flow_clear(&flow);
}

/* --- lines that are made --------------------------------------------------------------------------------- */

static bool expand(const void *data, char letter, const char *argument, GString *out, enum style *style)
{
    const char *text = data;

    if (letter == '{') {
        format_append_date(out, argument, 1551398400);
        return true;
    }
    *style = letter == 's' ? STYLE_SUBJECT : *style;
    if (letter == 's' || letter == 'n')
        g_string_append(out, letter == 's' ? text : "12");
    return letter == 's' || letter == 'n' || letter == 'e';
}

static void check_format(struct screen *screen, const char *format, const char *text, int width)
{
    struct format_line line = { 0 };
    GError *error = NULL;
    int columns;
    size_t at = 0;

    if (!format_check(format, "sne{", &error)) {
        g_assert(error->message[0] && !strchr(error->message, '\n'));
        g_error_free(error);
    }
    format_render(&line, format, width, STYLE_NORMAL, expand, text);
    check_glyphs(line.text->str, line.text->len, &columns);
    g_assert(columns <= width);
    for (guint i = 0; i < line.spans->len; i++) {
        const struct format_span *span = &g_array_index(line.spans, struct format_span, i);

        g_assert(span->start == at);
        at += span->length;
    }
    g_assert(at == line.text->len);
    g_assert(format_draw(&line, screen, 0, 0, width) <= width);
    check_screen(screen);
    format_line_clear(&line);
}

static void check_row(struct screen *screen, const char *text, int width)
{
    char date[ROW_DATE_SIZE], change[ROW_CHANGE_SIZE];
    struct row row = { 0 };

    row_date(date, (int64_t)strlen(text) * 10000000 * (width % 2 ? 1 : -1000000), 1551398400, width % 3);
    row_change(change, '+', (uint32_t)width * 7);
    row_add(&row, 8, STYLE_DATE, date)->right = true;
    row_add(&row, width / 3, STYLE_AUTHOR, text)->whole = width % 4 == 0;
    row_add(&row, 4, STYLE_NUMBER, change)->joined = true;
    row_add(&row, -1, STYLE_TITLE, text);
    row.overlay = width % 5 == 0 ? STYLE_TAGGED : STYLE_NORMAL;
    row_draw(&row, screen, 0, width, width % 2, width % 3 == 0);
    check_screen(screen);
    row_clear(&row);
}

static void check_readable(const struct piece *piece)
{
    GString *text = g_string_new(NULL);

    readable_append(text, piece->bytes, piece->length);
    g_assert(g_utf8_validate(text->str, -1, NULL));
    for (const char *at = text->str; *at; at = g_utf8_next_char(at))
        g_assert(*at == '\n' || *at == '\t' || !g_unichar_iscntrl(g_utf8_get_char(at)));
    g_string_free(text, TRUE);
}

/* --- an input ------------------------------------------------------------------------------------------------ */

static void check_mail(struct screen *screen, const struct piece *piece)
{
    char *words = NULL;
    int width = (int)(strtoul(piece->words, &words, 10) % 90) + 1, columns;
    struct expression *expression = expression_new(words, NULL);
    struct message *message = message_parse(piece->bytes, piece->length);
    char *subject = g_strdup(message_header(message, "subject"));
    struct shown shown = { pager_lines_new(message, NULL), expression };

    screen_resize(screen, HEIGHT, width);
    pager_lines_set_headers(shown.lines, "date from subject", false);
    check_folds(shown.lines);
    check_flow(&shown, screen, width);
    check_format(screen, words, subject ? subject : "", width);
    check_row(screen, subject ? subject : words, width);
    check_glyphs(piece->bytes, piece->length, &columns);
    check_readable(piece);
    pager_lines_free(shown.lines);
    expression_free(expression);
    g_free(subject);
}

static struct screen *startup(void)
{
    FILE *out = fopen("/dev/null", "w"), *in = fopen("/dev/null", "r");
    struct screen *screen;

    unsetenv("NO_COLOR");
    setenv("TZ", "UTC", 1);
    setlocale(LC_ALL, "C.UTF-8");
    mail_startup();
    screen = screen_new("xterm-256color", out, in, NULL);
    g_assert(screen);
    return screen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct screen *screen;
    GPtrArray *pieces = pieces_split(data, size, PIECES_MAX);

    if (!screen)
        screen = startup();
    for (guint i = 0; i < pieces->len; i++)
        check_mail(screen, pieces->pdata[i]);
    g_ptr_array_unref(pieces);
    return 0;
}
