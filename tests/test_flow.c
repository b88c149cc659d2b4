/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that flows down the screen, and searching it: drawn on a screen that is read back. */
#include "find.h"
#include "flow.h"
#include "ruler.h"
#include "run_suite.h"

#include <check.h>
#include <locale.h>
#include <string.h>

#define HUGE_LINE (10u << 20)

/* Lines to show and the screen to show them on. */
struct fixture {
    GPtrArray *lines; /* GString * */
    bool words;
    GArray *spans;    /* struct flow_span, of all lines */
    struct flow flow;
    struct screen *screen;
    FILE *in, *out;
};

static void free_string(gpointer data)
{
    g_string_free(data, TRUE);
}

static void source(const void *data, size_t index, struct flow_line *out)
{
    const struct fixture *fixture = data;
    const GString *line = fixture->lines->pdata[index];
    *out = (struct flow_line){
        .text = line->str, .length = line->len, .words = fixture->words, .indent = 2};
}

static void add_spans(const void *data, size_t index, size_t from, size_t to, GArray *spans)
{
    const struct fixture *fixture = data;
    (void)index;
    ck_assert_uint_lt(from, to);
    g_array_append_vals(spans, fixture->spans->data, fixture->spans->len);
}

static void add(struct fixture *fixture, const char *text)
{
    g_ptr_array_add(fixture->lines, g_string_new(text));
    fixture->flow.count = fixture->lines->len;
}

static void add_numbers(struct fixture *fixture, int count)
{
    for (int i = 1; i <= count; i++) {
        char text[16];
        g_snprintf(text, sizeof text, "line %d", i);
        add(fixture, text);
    }
}

static struct fixture *fixture_new(int width, int height)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    GError *error = NULL;
    fixture->lines = g_ptr_array_new_with_free_func(free_string);
    fixture->spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span));
    fixture->in = fopen("/dev/null", "r");
    fixture->out = fopen("/dev/null", "w");
    fixture->screen = screen_new("xterm-256color", fixture->out, fixture->in, &error);
    ck_assert_msg(fixture->screen, "%s", error ? error->message : "");
    screen_resize(fixture->screen, height, width);
    fixture->flow.source = source;
    fixture->flow.spans = add_spans;
    fixture->flow.data = fixture;
    fixture->flow.markers = true;
    flow_resize(&fixture->flow, width, height);
    return fixture;
}

static void fixture_free(struct fixture *fixture)
{
    flow_clear(&fixture->flow);
    screen_free(fixture->screen);
    fclose(fixture->in);
    fclose(fixture->out);
    g_ptr_array_unref(fixture->lines);
    g_array_unref(fixture->spans);
    g_free(fixture);
}

static void resize(struct fixture *fixture, int width, int height)
{
    screen_resize(fixture->screen, height, width);
    flow_resize(&fixture->flow, width, height);
}

static void go_sideways(struct fixture *fixture)
{
    fixture->flow.sideways = true;
    flow_resize(&fixture->flow, fixture->flow.width, fixture->flow.height);
}

static void draw(struct fixture *fixture)
{
    screen_clear(fixture->screen);
    flow_draw(&fixture->flow, fixture->screen, 0);
}

static void assert_row(struct fixture *fixture, int row, const char *wanted)
{
    draw(fixture);
    char *line = screen_read(fixture->screen, row);
    ck_assert_str_eq(line, wanted);
    g_free(line);
}

/* --- wrapping --------------------------------------------------------------------- */

START_TEST(test_wraps_between_words)
{
    struct fixture *fixture = fixture_new(24, 6);
    fixture->words = true;
    add(fixture, "one two three four five six seven eight");
    add(fixture, "0123456789012345678901234567890123456789");
    assert_row(fixture, 0, "one two three four five");
    assert_row(fixture, 1, "  six seven eight");
    assert_row(fixture, 2, "012345678901234567890123");
    assert_row(fixture, 3, "  4567890123456789");
    assert_row(fixture, 4, "");
    fixture_free(fixture);
}
END_TEST

START_TEST(test_marks_rows_that_go_on)
{
    struct fixture *fixture = fixture_new(24, 4);
    add(fixture, "one two three four five six");
    assert_row(fixture, 0, "one two three four five");
    assert_row(fixture, 1, "\302\273six");
    fixture->flow.markers = false;
    assert_row(fixture, 1, "six");
    fixture_free(fixture);
}
END_TEST

START_TEST(test_widens_tabs)
{
    struct fixture *fixture = fixture_new(40, 4);
    add(fixture, "+\tif (a)\t{");
    add(fixture, "\tx");
    assert_row(fixture, 0, "+       if (a)  {");
    assert_row(fixture, 1, "        x");
    fixture_free(fixture);
}
END_TEST

START_TEST(test_wide_characters_stay_whole)
{
    struct fixture *fixture = fixture_new(5, 4);
    add(fixture, "\344\270\200\344\270\200\344\270\200");
    assert_row(fixture, 0, "\344\270\200\344\270\200");
    assert_row(fixture, 1, "\344\270\200");
    fixture_free(fixture);
}
END_TEST

/* --- scrolling -------------------------------------------------------------------- */

START_TEST(test_scrolls)
{
    struct fixture *fixture = fixture_new(20, 10);
    struct flow *flow = &fixture->flow;
    char place[8];
    add_numbers(fixture, 100);
    ck_assert_str_eq(flow_place(flow, place), "9%");
    ck_assert_ptr_null(flow_move(flow, MOTION_LINE_DOWN, 0, 0));
    ck_assert_uint_eq(flow->line, 1);
    ck_assert_ptr_null(flow_move(flow, MOTION_LINE_DOWN, 4, 0));
    ck_assert_uint_eq(flow->line, 5);
    ck_assert_ptr_null(flow_move(flow, MOTION_HALF_DOWN, 0, 0));
    ck_assert_uint_eq(flow->line, 10);
    ck_assert_ptr_null(flow_move(flow, MOTION_PAGE_DOWN, 2, 0));
    ck_assert_uint_eq(flow->line, 30);
    ck_assert_ptr_null(flow_move(flow, MOTION_PAGE_DOWN, 0, 3));
    ck_assert_uint_eq(flow->line, 37);
    ck_assert_ptr_null(flow_move(flow, MOTION_PAGE_UP, 0, 3));
    ck_assert_uint_eq(flow->line, 30);
    ck_assert_ptr_null(flow_move(flow, MOTION_FIRST, 50, 0));
    ck_assert_uint_eq(flow->line, 49);
    ck_assert(!flow_at_end(flow));
    ck_assert_ptr_null(flow_move(flow, MOTION_LAST, 0, 0));
    ck_assert_uint_eq(flow->line, 90);
    ck_assert(flow_at_end(flow));
    ck_assert_str_eq(flow_place(flow, place), "end");
    ck_assert_ptr_nonnull(flow_move(flow, MOTION_LINE_DOWN, 0, 0));
    ck_assert_ptr_null(flow_move(flow, MOTION_FIRST, 0, 0));
    ck_assert_uint_eq(flow->line, 0);
    ck_assert_ptr_nonnull(flow_move(flow, MOTION_PAGE_UP, 0, 0));
    fixture_free(fixture);
}
END_TEST

START_TEST(test_shows_all_of_a_short_text)
{
    struct fixture *fixture = fixture_new(20, 10);
    char place[8];
    ck_assert(flow_at_end(&fixture->flow));
    draw(fixture);
    ck_assert_ptr_nonnull(flow_move(&fixture->flow, MOTION_LINE_DOWN, 0, 0));
    ck_assert_ptr_null(flow_move(&fixture->flow, MOTION_LAST, 0, 0));
    add_numbers(fixture, 3);
    ck_assert_str_eq(flow_place(&fixture->flow, place), "all");
    ck_assert_ptr_nonnull(flow_move(&fixture->flow, MOTION_PAGE_DOWN, 0, 0));
    ck_assert_uint_eq(fixture->flow.line, 0);
    fixture_free(fixture);
}
END_TEST

START_TEST(test_goes_to_a_line)
{
    struct fixture *fixture = fixture_new(20, 10);
    add_numbers(fixture, 30);
    flow_go(&fixture->flow, 28);
    assert_row(fixture, 0, "line 29");
    assert_row(fixture, 1, "line 30");
    assert_row(fixture, 2, "");
    ck_assert(flow_at_end(&fixture->flow));
    /* Nothing but another size pulls it down again. */
    resize(fixture, 20, 10);
    assert_row(fixture, 0, "line 29");
    resize(fixture, 20, 11);
    assert_row(fixture, 10, "line 30");
    fixture_free(fixture);
}
END_TEST

START_TEST(test_place_survives_sizes)
{
    static const int sizes[][2] = {{10, 3}, {200, 60}, {33, 7}, {11, 90}, {80, 1}};
    struct fixture *fixture = fixture_new(40, 5);
    GString *paragraph = g_string_new(NULL);
    for (int i = 0; i < 60; i++)
        g_string_append_printf(paragraph, "word%d ", i);
    for (int i = 0; i < 20; i++)
        add(fixture, paragraph->str);
    fixture->words = true;
    flow_move(&fixture->flow, MOTION_LINE_DOWN, 105, 0);
    size_t line = fixture->flow.line, offset = fixture->flow.offset;
    ck_assert_uint_gt(line, 0);
    ck_assert_uint_gt(offset, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        resize(fixture, sizes[i][0], sizes[i][1]);
        draw(fixture);
    }
    go_sideways(fixture);
    fixture->flow.sideways = false;
    resize(fixture, 40, 5);
    ck_assert_uint_eq(fixture->flow.line, line);
    ck_assert_uint_eq(fixture->flow.offset, offset);
    fixture_free(fixture);
    g_string_free(paragraph, TRUE);
}
END_TEST

START_TEST(test_lines_are_replaced)
{
    struct fixture *fixture = fixture_new(20, 5);
    add_numbers(fixture, 30);
    flow_go(&fixture->flow, 20);
    g_ptr_array_set_size(fixture->lines, 12);
    fixture->flow.count = 12;
    flow_replace(&fixture->flow, 4, 0);
    assert_row(fixture, 0, "line 5");
    flow_replace(&fixture->flow, 500, 3);
    assert_row(fixture, 0, "line 12");
    assert_row(fixture, 1, "");
    g_ptr_array_set_size(fixture->lines, 2);
    fixture->flow.count = 2;
    resize(fixture, 20, 5);
    assert_row(fixture, 0, "line 1");
    fixture_free(fixture);
}
END_TEST

/* --- sideways --------------------------------------------------------------------- */

START_TEST(test_scrolls_sideways)
{
    struct fixture *fixture = fixture_new(20, 4);
    add(fixture, "0123456789abcdefghijklmnopqrstuvwxyz");
    add(fixture, "short");
    ck_assert_str_eq(flow_move(&fixture->flow, MOTION_RIGHT, 0, 0), "Long lines are wrapped.");
    go_sideways(fixture);
    assert_row(fixture, 0, "0123456789abcdefghi\302\273");
    assert_row(fixture, 1, "short");
    ck_assert_ptr_null(flow_move(&fixture->flow, MOTION_RIGHT, 0, 0));
    assert_row(fixture, 0, "abcdefghijklmnopqrs\302\273");
    assert_row(fixture, 1, "");
    ck_assert_ptr_null(flow_move(&fixture->flow, MOTION_RIGHT, 100, 0));
    assert_row(fixture, 0, "uvwxyz");
    ck_assert_ptr_nonnull(flow_move(&fixture->flow, MOTION_RIGHT, 0, 0));
    ck_assert_ptr_null(flow_move(&fixture->flow, MOTION_LEFT, 100, 0));
    ck_assert_int_eq(fixture->flow.column, 0);
    ck_assert_ptr_nonnull(flow_move(&fixture->flow, MOTION_LEFT, 0, 0));
    fixture_free(fixture);
}
END_TEST

START_TEST(test_edges_cut_glyphs)
{
    struct fixture *fixture = fixture_new(20, 4);
    add(fixture, "0\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
                 "\344\270\200\344\270\200\344\270\200\344\270\200 end");
    add(fixture, "a\tb\tc\td");
    fixture->flow.markers = false;
    go_sideways(fixture);
    fixture->flow.column = 2;
    assert_row(fixture, 0, " \344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
                           "\344\270\200\344\270\200\344\270\200\344\270\200");
    assert_row(fixture, 1, "      b       c");
    fixture_free(fixture);
}
END_TEST

START_TEST(test_reveals)
{
    struct fixture *fixture = fixture_new(20, 4);
    GString *line = g_string_new(NULL);
    for (int i = 0; i < 3000; i++)
        g_string_append_printf(line, "%04d ", i);
    add_numbers(fixture, 10);
    add(fixture, line->str);
    flow_reveal(&fixture->flow, 10, 5 * 1234);
    draw(fixture);
    char *row = screen_read(fixture->screen, 0);
    ck_assert_ptr_nonnull(strstr(row, "1234"));
    g_free(row);
    go_sideways(fixture);
    flow_reveal(&fixture->flow, 10, 5 * 2345);
    draw(fixture);
    row = screen_read(fixture->screen, 0);
    ck_assert_ptr_nonnull(strstr(row, "2345"));
    g_free(row);
    fixture_free(fixture);
    g_string_free(line, TRUE);
}
END_TEST

/* Glyphs of all widths, cut at all places: columns and offsets agree. */
START_TEST(test_ruler_agrees)
{
    static const char *const pieces[] = {"a", "\t", "\303\251", "\344\270\200", "e\314\201", "\033",
                                         "\377", "bc"};
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < 9000; i++)
        g_string_append(text, pieces[(i * 2654435761u >> 7) % G_N_ELEMENTS(pieces)]);
    struct ruler *ruler = ruler_new();
    gint64 column = 0;
    for (size_t at = 0; at < text->len;) {
        size_t bytes;
        int64_t start;
        size_t limit = ruler_segment_end(text->str, text->len, at);
        int width = ruler_step(text->str + at, limit - at, column, &bytes);
        ck_assert_uint_eq(ruler_offset(ruler, text->str, text->len, column, &start), at);
        ck_assert_int_eq(start, column);
        ck_assert_uint_eq(ruler_offset(ruler, text->str, text->len, column + width - 1, &start),
                          at);
        ck_assert_int_eq(ruler_column(ruler, text->str, text->len, at + bytes - 1), column);
        at += bytes;
        column += width;
    }
    ruler_free(ruler);
    g_string_free(text, TRUE);
}
END_TEST

/* Ten megabytes in one line: each step goes on from where the last one was. */
START_TEST(test_huge_line)
{
    struct fixture *fixture = fixture_new(80, 24);
    GString *line = g_string_sized_new(HUGE_LINE);
    while (line->len < HUGE_LINE)
        g_string_append_printf(line, "%08u", (unsigned)line->len);
    g_ptr_array_add(fixture->lines, line);
    fixture->flow.count = 1;
    fixture->flow.markers = false;
    resize(fixture, 80, 24);
    flow_move(&fixture->flow, MOTION_LAST, 0, 0);
    ck_assert_uint_gt(fixture->flow.offset, HUGE_LINE - 24 * 80 - 1);
    size_t last = fixture->flow.offset;
    for (int i = 0; i < 500; i++) {
        ck_assert_ptr_null(flow_move(&fixture->flow, MOTION_PAGE_UP, 0, 0));
        draw(fixture);
        ck_assert_uint_lt(fixture->flow.offset, last);
        last = fixture->flow.offset;
    }
    go_sideways(fixture);
    ck_assert_ptr_null(flow_move(&fixture->flow, MOTION_RIGHT, 100000, 0));
    assert_row(fixture, 0, "0400000004000008040000160400002404000032040000400400004804000056"
                           "0400006404000072");
    for (int i = 0; i < 500; i++) {
        ck_assert_ptr_null(flow_move(&fixture->flow, MOTION_LEFT, 0, 0));
        draw(fixture);
    }
    ck_assert_int_eq(fixture->flow.column, 4000000 - 500 * 40);
    fixture_free(fixture);
}
END_TEST

/* --- spans ------------------------------------------------------------------------ */

START_TEST(test_spans)
{
    const struct look looks[STYLE_COUNT] = {
        [STYLE_NORMAL] = {LOOK_DEFAULT, LOOK_DEFAULT, 0, 0},
        [STYLE_HEADER] = {1, LOOK_DEFAULT, 0, 0},
        [STYLE_ADDED] = {2, LOOK_DEFAULT, 0, 0},
        [STYLE_SEARCH] = {LOOK_DEFAULT, 3, 0, 0},
    };
    const struct flow_span spans[] = {
        {0, 4, STYLE_HEADER, false}, {2, 6, STYLE_ADDED, false}, {3, 5, STYLE_SEARCH, true}};
    struct fixture *fixture = fixture_new(20, 2);
    screen_set_looks(fixture->screen, looks, STYLE_COUNT);
    add(fixture, "abcd\tgh");
    g_array_append_vals(fixture->spans, spans, G_N_ELEMENTS(spans));
    draw(fixture);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 0).foreground, 1);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 2).foreground, 2);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 2).background, -1);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 3).foreground, 2);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 3).background, 3);
    /* All cells of a tab. */
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 4).background, 3);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 7).background, 3);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 8).background, -1);
    ck_assert_int_eq(screen_look_at(fixture->screen, 0, 9).foreground, -1);
    fixture_free(fixture);
}
END_TEST

/* --- searching -------------------------------------------------------------------- */

static struct expression *compile(const char *text)
{
    GError *error = NULL;
    struct expression *expression = expression_new(text, &error);
    ck_assert_msg(expression, "%s", error ? error->message : "");
    return expression;
}

START_TEST(test_finds_lines)
{
    struct fixture *fixture = fixture_new(20, 4);
    struct expression *expression = compile("foo");
    add(fixture, "a foo and a foo");
    add(fixture, "bar");
    add(fixture, "Foo");
    const struct find_lines lines = {source, fixture, 3};
    struct flow_position place = {0, 0};
    bool wrapped;
    ck_assert(find_next(&lines, expression, 1, true, &place, &wrapped));
    ck_assert_uint_eq(place.offset, 2);
    place.offset++;
    ck_assert(find_next(&lines, expression, 1, true, &place, &wrapped));
    ck_assert_uint_eq(place.offset, 12);
    place.offset++;
    ck_assert(find_next(&lines, expression, 1, true, &place, &wrapped));
    ck_assert_uint_eq(place.line, 2);
    ck_assert(!wrapped);
    place.offset++;
    struct flow_position end = place;
    ck_assert(!find_next(&lines, expression, 1, false, &end, &wrapped));
    ck_assert(find_next(&lines, expression, 1, true, &place, &wrapped));
    ck_assert(wrapped);
    ck_assert_uint_eq(place.line, 0);
    ck_assert_uint_eq(place.offset, 2);
    ck_assert(find_next(&lines, expression, -1, true, &place, &wrapped));
    ck_assert(wrapped);
    ck_assert_uint_eq(place.line, 2);
    ck_assert(find_next(&lines, expression, -1, true, &place, &wrapped));
    ck_assert_uint_eq(place.offset, 12);
    ck_assert_str_eq(find_message(false, false, 1, false), "Not found.");
    ck_assert_str_eq(find_message(true, true, 1, false), "Search wrapped to top.");
    ck_assert_str_eq(find_message(true, true, -1, false), "Search wrapped to bottom.");
    expression_free(expression);
    fixture_free(fixture);
}
END_TEST

/* The one match there is is found again by going round; what matches nothing is no match. */
START_TEST(test_finds_alone)
{
    struct fixture *fixture = fixture_new(20, 4);
    struct expression *expression = compile("only");
    struct expression *empty = compile("x*");
    add(fixture, "the only one");
    const struct find_lines lines = {source, fixture, 1};
    struct flow_position place = {0, 5};
    bool wrapped;
    ck_assert(find_next(&lines, expression, 1, true, &place, &wrapped));
    ck_assert_uint_eq(place.offset, 4);
    ck_assert(find_next(&lines, expression, -1, true, &place, &wrapped));
    ck_assert_uint_eq(place.offset, 4);
    ck_assert(!find_next(&lines, empty, 1, true, &place, &wrapped));
    ck_assert(!find_next(&lines, empty, -1, true, &place, &wrapped));
    expression_free(expression);
    expression_free(empty);
    fixture_free(fixture);
}
END_TEST

/* Across the pieces in which a long line is searched, every match once, both ways. */
START_TEST(test_finds_in_long_lines)
{
    struct expression *expression = compile("needle|hay{900}stack");
    GString *text = g_string_new(NULL);
    size_t wanted[64], count = 0, start, end;
    while (text->len < 200000) {
        for (int i = 0; i < 4001; i++)
            g_string_append(text, "\303\251");
        wanted[count++] = text->len;
        g_string_append(text, "needle");
    }
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        ck_assert(find_forward(expression, text->str, text->len, at, &start, &end));
        ck_assert_uint_eq(start, wanted[i]);
        ck_assert_uint_eq(end, start + 6);
        at = end;
    }
    ck_assert(!find_forward(expression, text->str, text->len, at, &start, &end));
    at = text->len;
    for (size_t i = count; i-- > 0;) {
        ck_assert(find_backward(expression, text->str, text->len, at, &start, &end));
        ck_assert_uint_eq(start, wanted[i]);
        at = start;
    }
    ck_assert(!find_backward(expression, text->str, text->len, at, &start, &end));

    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span));
    find_spans(expression, text->str, text->len, wanted[10] + 2, wanted[10] + 80, STYLE_SEARCH,
               spans);
    ck_assert_uint_eq(spans->len, 1);
    ck_assert_uint_eq(g_array_index(spans, struct flow_span, 0).start, wanted[10]);
    ck_assert(g_array_index(spans, struct flow_span, 0).overlay);
    g_array_unref(spans);
    g_string_free(text, TRUE);
    expression_free(expression);
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    Suite *suite = suite_create("flow");
    TCase *test = tcase_create("flow");
    tcase_add_test(test, test_wraps_between_words);
    tcase_add_test(test, test_marks_rows_that_go_on);
    tcase_add_test(test, test_widens_tabs);
    tcase_add_test(test, test_wide_characters_stay_whole);
    tcase_add_test(test, test_scrolls);
    tcase_add_test(test, test_shows_all_of_a_short_text);
    tcase_add_test(test, test_goes_to_a_line);
    tcase_add_test(test, test_place_survives_sizes);
    tcase_add_test(test, test_lines_are_replaced);
    tcase_add_test(test, test_scrolls_sideways);
    tcase_add_test(test, test_edges_cut_glyphs);
    tcase_add_test(test, test_reveals);
    tcase_add_test(test, test_ruler_agrees);
    tcase_add_test(test, test_huge_line);
    tcase_add_test(test, test_spans);
    tcase_add_test(test, test_finds_lines);
    tcase_add_test(test, test_finds_alone);
    tcase_add_test(test, test_finds_in_long_lines);
    suite_add_tcase(suite, test);
    return run_suite(suite);
}
