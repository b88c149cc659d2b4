/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format.h"

#include "glyph.h"

#include <string.h>

/* No line is wider. */
#define WIDTH_MAX 4096

/* Where the line is filled: an empty span until it is known with how much. */
struct fill {
    char kind; /* of "%>X", "%|X", "%*X"; 0: nowhere */
    guint span;
    const char *text;
    size_t length;
    int width; /* cells of TEXT */
};

/* A format on its way to a line. */
struct parser {
    const char *at, *end;
    struct format_line *line;
    int width;
    enum style style;
    format_expand *expand;
    const void *data;
    GString *value, *argument; /* to write to */
    int depth;
    bool check;    /* nothing is made, all is looked at */
    bool skip;     /* in the branch that is not taken */
    bool finished; /* behind "%|X" */
    struct fill fill;
    const char *problem; /* the first thing that is wrong, or NULL */
    char unknown;        /* a letter, or 0 */
};

/* What stands between "%" and the letter. */
struct padding {
    bool left, centre, zeros;
    int least, most; /* cells; -1: as many as there are */
};

GQuark format_error_quark(void)
{
    return g_quark_from_static_string("pore-format-error");
}

static void complain(struct parser *parser, const char *problem)
{
    if (!parser->problem)
        parser->problem = problem;
}

/* The bytes of TEXT that fit into *WIDTH cells, which is set to those they take. */
static size_t measure(const char *text, size_t length, int *width)
{
    int used = 0;
    size_t at = 0;
    while (at < length) {
        struct glyph glyph;
        glyph_next(text + at, length - at, &glyph);
        if (used + glyph.width > *width)
            break;
        used += glyph.width;
        at += glyph.length;
    }
    *width = used;
    return at;
}

static struct format_span *span_at(const struct format_line *line, guint index)
{
    return &g_array_index(line->spans, struct format_span, index);
}

static void append(struct parser *parser, enum style style, const char *text, size_t length)
{
    struct format_line *line = parser->line;
    if (parser->skip || parser->finished || length == 0)
        return;
    guint count = line->spans->len;
    guint first = parser->fill.kind ? parser->fill.span + 1 : 0;
    if (count > first && span_at(line, count - 1)->style == style) {
        span_at(line, count - 1)->length += length;
    } else {
        const struct format_span span = {line->text->len, length, style};
        g_array_append_val(line->spans, span);
    }
    g_string_append_len(line->text, text, (gssize)length);
}

static void append_blanks(struct parser *parser, enum style style, int count, char blank)
{
    for (int i = 0; i < count; i++)
        append(parser, style, &blank, 1);
}

/* Reads digits. Nothing is padded beyond the width of the line, where all is cut. */
static int read_number(struct parser *parser)
{
    int number = 0;
    while (parser->at < parser->end && g_ascii_isdigit(*parser->at)) {
        if (number <= parser->width)
            number = number * 10 + (*parser->at - '0');
        parser->at++;
    }
    return MIN(number, parser->width);
}

static struct padding read_padding(struct parser *parser)
{
    struct padding padding = {.most = -1};
    for (; parser->at < parser->end && strchr("-=0", *parser->at); parser->at++) {
        padding.left |= *parser->at == '-';
        padding.centre |= *parser->at == '=';
        padding.zeros |= *parser->at == '0';
    }
    padding.least = read_number(parser);
    if (parser->at < parser->end && *parser->at == '.') {
        parser->at++;
        padding.most = read_number(parser);
    }
    return padding;
}

static void append_value(struct parser *parser, const struct padding *padding, enum style style)
{
    int width = padding->most < 0 ? parser->width : padding->most;
    size_t length = measure(parser->value->str, parser->value->len, &width);
    int room = MAX(padding->least - width, 0);
    int before = padding->left ? 0 : padding->centre ? room / 2 : room;
    bool zeros = padding->zeros && !padding->left && !padding->centre;
    append_blanks(parser, style, before, zeros ? '0' : ' ');
    append(parser, style, parser->value->str, length);
    append_blanks(parser, style, room - before, ' ');
}

/* Fills value with what LETTER stands for. False if it is unknown. */
static bool expand(struct parser *parser, char letter, enum style *style)
{
    *style = parser->style;
    g_string_truncate(parser->value, 0);
    if (parser->expand(parser->data, letter, parser->argument->str, parser->value, style))
        return true;
    if (!parser->problem)
        parser->unknown = letter;
    complain(parser, "is unknown");
    return false;
}

/* Reads what stands between the brace OPEN, which has been read, and the one that closes it. */
static bool read_argument(struct parser *parser, char open)
{
    char close = open == '{' ? '}' : open == '[' ? ']' : ')';
    const char *end = memchr(parser->at, close, (size_t)(parser->end - parser->at));
    if (!end) {
        complain(parser, "a brace is not closed");
        return false;
    }
    g_string_append_len(parser->argument, parser->at, end - parser->at);
    parser->at = end + 1;
    return true;
}

/* START is the "%" that begins it. */
static void read_expando(struct parser *parser, const char *start)
{
    const struct padding padding = read_padding(parser);
    enum style style;
    if (parser->at == parser->end || !g_ascii_isgraph(*parser->at)) {
        complain(parser, "% without a letter");
        append(parser, parser->style, start, (size_t)(parser->at - start));
        return;
    }
    char letter = *parser->at++;
    g_string_truncate(parser->argument, 0);
    bool known = strchr("{[(", letter) ? read_argument(parser, letter) : true;
    if (parser->skip && !parser->check)
        return;
    if (known && expand(parser, letter, &style))
        append_value(parser, &padding, style);
    else
        append(parser, parser->style, start, (size_t)(parser->at - start));
}

static void read_fill(struct parser *parser, char kind)
{
    struct glyph glyph;
    if (parser->at == parser->end) {
        complain(parser, "nothing to fill the line with");
        return;
    }
    glyph_next(parser->at, (size_t)(parser->end - parser->at), &glyph);
    const char *text = parser->at;
    parser->at += glyph.length;
    if (parser->skip || parser->finished)
        return;
    const struct format_span span = {parser->line->text->len, 0, parser->style};
    parser->fill = (struct fill){kind, parser->line->spans->len, text, glyph.length, glyph.width};
    g_array_append_val(parser->line->spans, span);
    parser->finished = kind == '|';
}

static void read_until(struct parser *parser, const char *stops);

/* Reads a condition behind "%?" or "%<"; CLOSE ends it. START is the "%" that begins it. */
static void read_condition(struct parser *parser, const char *start, char close)
{
    const char stops[] = {'&', close, '\0'};
    enum style style;
    if (parser->end - parser->at < 2 || !g_ascii_isgraph(parser->at[0]) || parser->at[1] != '?' ||
        parser->depth == FORMAT_DEPTH_MAX) {
        complain(parser, parser->depth == FORMAT_DEPTH_MAX ? "conditions are nested too deeply"
                                                           : "a condition is %?X?...? or %<X?...>");
        append(parser, parser->style, start, (size_t)(parser->at - start));
        return;
    }
    g_string_truncate(parser->argument, 0);
    g_string_truncate(parser->value, 0);
    bool skip = parser->skip;
    bool holds = (!skip || parser->check) && expand(parser, *parser->at, &style) &&
                 parser->value->len > 0 && strcmp(parser->value->str, "0") != 0;
    parser->at += 2;
    parser->depth++;
    parser->skip = skip || !holds;
    read_until(parser, stops);
    if (parser->at < parser->end && *parser->at == '&') {
        parser->at++;
        parser->skip = skip || holds;
        read_until(parser, stops + 1);
    }
    parser->skip = skip;
    parser->depth--;
    if (parser->at < parser->end)
        parser->at++;
    else
        complain(parser, "a condition is not closed");
}

/* Reads what begins with the "%" at START. */
static void read_percent(struct parser *parser, const char *start)
{
    char letter = parser->at < parser->end ? *parser->at : '\0';
    if (!letter || !strchr("%?<>|*", letter)) {
        read_expando(parser, start);
        return;
    }
    parser->at++;
    if (letter == '%')
        append(parser, parser->style, "%", 1);
    else if (letter == '?')
        read_condition(parser, start, '?');
    else if (letter == '<')
        read_condition(parser, start, '>');
    else
        read_fill(parser, letter);
}

/* Reads up to the first of STOPS, or to the end. */
static void read_until(struct parser *parser, const char *stops)
{
    while (parser->at < parser->end && !strchr(stops, *parser->at)) {
        const char *start = parser->at;
        if (*start == '%') {
            parser->at++;
            read_percent(parser, start);
            continue;
        }
        while (parser->at < parser->end && *parser->at != '%' && !strchr(stops, *parser->at))
            parser->at++;
        append(parser, parser->style, start, (size_t)(parser->at - start));
    }
}

/* Cuts the spans FROM to TO of LINE to WIDTH cells. Returns the cells that are left. */
static int cut(struct format_line *line, guint from, guint to, int width)
{
    int used = 0;
    bool full = false;
    for (guint i = from; i < to; i++) {
        struct format_span *span = span_at(line, i);
        int room = full ? 0 : width - used;
        size_t length = measure(line->text->str + span->start, span->length, &room);
        full |= length < span->length;
        span->length = length;
        used += room;
    }
    return used;
}

/* Writes the spans of LINE anew behind one another, the fill with CELLS cells, and leaves out empty
 * ones. */
static void gather(struct parser *parser, int cells)
{
    struct format_line *line = parser->line;
    const struct fill *fill = &parser->fill;
    GString *text = g_string_sized_new(line->text->len + (gsize)cells);
    guint kept = 0;
    for (guint i = 0; i < line->spans->len; i++) {
        struct format_span span = *span_at(line, i);
        gsize start = text->len;
        if (fill->kind && i == fill->span) {
            for (int j = 0; j < cells / fill->width; j++)
                g_string_append_len(text, fill->text, (gssize)fill->length);
            for (int j = 0; j < cells % fill->width; j++)
                g_string_append_c(text, ' ');
        } else {
            g_string_append_len(text, line->text->str + span.start, (gssize)span.length);
        }
        if (text->len > start)
            *span_at(line, kept++) = (struct format_span){start, text->len - start, span.style};
    }
    g_array_set_size(line->spans, kept);
    g_string_free(line->text, TRUE);
    line->text = text;
}

/* Makes the line as wide as it is to be. */
static void finish(struct parser *parser)
{
    struct format_line *line = parser->line;
    const struct fill *fill = &parser->fill;
    guint count = line->spans->len;
    guint middle = fill->kind ? fill->span : count;
    if (!fill->kind) {
        cut(line, 0, count, parser->width);
        gather(parser, 0);
        return;
    }
    int right = cut(line, middle, count, parser->width);
    int left = cut(line, 0, middle, fill->kind == '*' ? parser->width - right : parser->width);
    right = cut(line, middle, count, parser->width - left);
    gather(parser, parser->width - left - right);
}

static void run(struct parser *parser, const char *format)
{
    parser->at = format;
    parser->end = format + strnlen(format, FORMAT_LENGTH_MAX);
    parser->value = g_string_new(NULL);
    parser->argument = g_string_new(NULL);
    read_until(parser, "");
    g_string_free(parser->value, TRUE);
    g_string_free(parser->argument, TRUE);
}

void format_render(struct format_line *line, const char *format, int width, enum style style,
                   format_expand *function, const void *data)
{
    struct parser parser = {
        .line = line,
        .width = CLAMP(width, 0, WIDTH_MAX),
        .style = style,
        .expand = function,
        .data = data,
    };
    if (!line->text) {
        line->text = g_string_new(NULL);
        line->spans = g_array_new(FALSE, FALSE, sizeof(struct format_span));
    }
    g_string_truncate(line->text, 0);
    g_array_set_size(line->spans, 0);
    run(&parser, format);
    finish(&parser);
}

void format_line_clear(struct format_line *line)
{
    if (line->text)
        g_string_free(line->text, TRUE);
    if (line->spans)
        g_array_unref(line->spans);
    *line = (struct format_line){0};
}

int format_draw(const struct format_line *line, struct screen *screen, int row, int column,
                int width)
{
    int used = 0;
    for (guint i = 0; line->spans && i < line->spans->len; i++) {
        const struct format_span *span = span_at(line, i);
        used += screen_put(screen, row, column + used, width - used, span->style,
                           line->text->str + span->start, span->length);
    }
    return used;
}

static bool is_among(const void *letters, char letter, const char *argument, GString *out,
                     enum style *style)
{
    (void)argument;
    (void)out;
    (void)style;
    return letter && strchr(letters, letter);
}

bool format_check(const char *format, const char *letters, GError **error)
{
    struct format_line nothing = {0};
    struct parser parser = {
        .line = &nothing, .expand = is_among, .data = letters, .check = true, .skip = true};
    if (strlen(format) > FORMAT_LENGTH_MAX) {
        g_set_error(error, FORMAT_ERROR, 0, "format longer than %d bytes", FORMAT_LENGTH_MAX);
        return false;
    }
    run(&parser, format);
    if (!parser.problem)
        return true;
    if (parser.unknown)
        g_set_error(error, FORMAT_ERROR, 0, "%%%c %s", parser.unknown, parser.problem);
    else
        g_set_error_literal(error, FORMAT_ERROR, 0, parser.problem);
    return false;
}

void format_append_date(GString *out, const char *format, int64_t seconds)
{
    GDateTime *date = g_date_time_new_from_unix_local(seconds);
    char *text = date ? g_date_time_format(date, format) : NULL;
    g_string_append(out, text ? text : "?");
    g_free(text);
    g_clear_pointer(&date, g_date_time_unref);
}
