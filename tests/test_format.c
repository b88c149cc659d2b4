/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Format strings: what a line is made of, cell by cell. */
#include "format.h"
#include "glyph.h"
#include "run_suite.h"

#include <check.h>
#include <locale.h>
#include <string.h>

/* What the expandos of these tests stand for. */
static bool expand(const void *data, char letter, const char *argument, GString *out,
                   enum style *style)
{
    (void)data;
    switch (letter) {
    case 's':
        g_string_append(out, "subject");
        *style = STYLE_SUBJECT;
        return true;
    case 'n':
        g_string_append(out, "42");
        return true;
    case 'w':
        g_string_append(out, "\346\274\242\345\255\227x"); /* two wide characters */
        return true;
    case 'c':
        g_string_append(out, "e\314\201x"); /* with a combining accent */
        return true;
    case 'z':
        g_string_append(out, "0");
        return true;
    case 'e':
        return true;
    case 'a':
        g_string_append(out, "Ann");
        *style = STYLE_AUTHOR;
        return true;
    case '{':
    case '[':
    case '(':
        g_string_append_printf(out, "<%c%s>", letter, argument);
        *style = STYLE_DATE;
        return true;
    default:
        return false;
    }
}

#define WIDE "\346\274\242\345\255\227"

static const struct {
    const char *format;
    int width;
    const char *text;
} lines[] = {
    {"", 10, ""},
    {"plain", 10, "plain"},
    {"plain", 3, "pla"},
    {"plain", 0, ""},
    {"100%%", 10, "100%"},
    {"%n", 10, "42"},
    {"[%5n]", 10, "[   42]"},
    {"[%-5n]", 10, "[42   ]"},
    {"[%=5n]", 10, "[ 42  ]"},
    {"[%05n]", 10, "[00042]"},
    {"[%-05n]", 10, "[42   ]"},
    {"[%.3s]", 10, "[sub]"},
    {"[%.0s]", 10, "[]"},
    {"[%5.3s]", 10, "[  sub]"},
    {"[%-5.3s]", 10, "[sub  ]"},
    {"[%3s]", 10, "[subject]"},
    {"[%e]", 10, "[]"},
    {"[%3e]", 10, "[   ]"},
    /* Wide characters are never split, and what they leave is made up for. */
    {"[%.4w]", 10, "[" WIDE "]"},
    {"[%.3w]", 10, "[\346\274\242]"},
    {"[%-3.3w]", 10, "[\346\274\242 ]"},
    {"[%3.3w]", 10, "[ \346\274\242]"},
    {"[%7w]", 10, "[  " WIDE "x]"},
    {"%w", 3, "\346\274\242"},
    {"[%-3c]", 10, "[e\314\201x ]"},
    {"[%.1c]", 10, "[e\314\201]"},
    /* Conditions. */
    {"%?n?yes?", 10, "yes"},
    {"%?e?yes?", 10, ""},
    {"%?z?yes&no?", 10, "no"},
    {"%?e?yes&no?.", 10, "no."},
    {"%?n?%n, %a?!", 10, "42, Ann!"},
    {"%?n?a>b?", 10, "a>b"},
    {"a & b? c>", 10, "a & b? c>"},
    {"%<n?yes&no>", 10, "yes"},
    {"%<z?yes&no>", 10, "no"},
    {"%<n?a?b>", 10, "a?b"},
    {"%<n?%<z?1&2>3&4>5", 10, "235"},
    {"%<z?%<n?1&2>3&%<n?6&7>8>5", 10, "685"},
    {"%?n?%<z?1&2>3&4?5", 10, "235"},
    {"%<n?a&b&c>", 10, "a"},
    {"%<z?a&b&c>", 10, "b&c"},
    {"%?Q?yes&no?", 10, "no"},
    /* Fills. */
    {"a%>-b", 6, "a----b"},
    {"a%> b", 6, "a    b"},
    {"a%>\342\224\200b", 5, "a\342\224\200\342\224\200\342\224\200b"},
    {"a%>\346\274\242b", 7, "a\346\274\242\346\274\242 b"},
    {"a%|-b", 6, "a-----"},
    {"%s%>-%a", 8, "subjectA"},
    {"%s%>-%a", 5, "subje"},
    {"%s%*-%a", 8, "subjeAnn"},
    {"%w%*-%a", 6, "\346\274\242-Ann"},
    {"%s%*-%a", 2, "An"},
    {"%s%*-%a", 12, "subject--Ann"},
    {"a%>-b%>=c", 6, "ab===c"},
    {"%?n?a%>-b?c", 6, "a---bc"},
    {"%?e?a%>-b?c", 6, "c"},
    {"%<n?a%|.b>c", 6, "a....."},
    /* Braces. */
    {"%{%Y-%m}", 20, "<{%Y-%m>"},
    {"%[%d]|%(x)", 20, "<[%d>|<(x>"},
    {"[%12{%Y}]", 20, "[       <{%Y>]"},
    {"[%.3[%d]]", 20, "[<[%]"},
    {"%?n?%{a&b?}?", 20, "<{a&b?>"},
    /* What is none stands as it is written. */
    {"%Q", 10, "%Q"},
    {"%-5.3Q|", 10, "%-5.3Q|"},
    {"%", 10, "%"},
    {"a%5", 10, "a%5"},
    {"%\303\251", 10, "%\303\251"},
    {"%?n", 10, "%?n"},
    {"%?nyes?", 10, "%?nyes?"},
    {"%?", 10, "%?"},
    {"%<", 10, "%<"},
    {"%?n?yes", 10, "yes"},
    {"%<z?yes", 10, ""},
    {"%{%Y", 10, "%{%Y"},
    {"a%>", 10, "a"},
    {"%999999999999999999999n|", 10, "        42"},
    {"%.999999999999999999999n|", 10, "42|"},
};

static char *render(const char *format, int width)
{
    struct format_line line = {0};
    format_render(&line, format, width, STYLE_NORMAL, expand, NULL);
    char *text = g_strdup(line.text->str);
    size_t at = 0;
    for (guint i = 0; i < line.spans->len; i++) {
        const struct format_span *span = &g_array_index(line.spans, struct format_span, i);
        ck_assert_uint_eq(span->start, at);
        ck_assert_uint_gt(span->length, 0);
        at += span->length;
    }
    ck_assert_uint_eq(at, line.text->len);
    ck_assert_int_le(glyph_columns(text, strlen(text), width + 10), width);
    format_line_clear(&line);
    return text;
}

START_TEST(test_lines)
{
    char *text = render(lines[_i].format, lines[_i].width);
    ck_assert_msg(strcmp(text, lines[_i].text) == 0, "\"%s\" in %d cells is \"%s\", not \"%s\"",
                  lines[_i].format, lines[_i].width, text, lines[_i].text);
    g_free(text);
}
END_TEST

static void assert_span(const struct format_line *line, guint index, const char *text,
                        enum style style)
{
    ck_assert_uint_lt(index, line->spans->len);
    const struct format_span *span = &g_array_index(line->spans, struct format_span, index);
    ck_assert_uint_eq(span->length, strlen(text));
    ck_assert_int_eq(strncmp(line->text->str + span->start, text, span->length), 0);
    ck_assert_int_eq(span->style, style);
}

/* Each expando has its style, padding too, and what looks the same is one span. */
START_TEST(test_spans)
{
    struct format_line line = {0};
    format_render(&line, "%n: %9s %5a%>-%{x}", 30, STYLE_STATUS, expand, NULL);
    assert_span(&line, 0, "42: ", STYLE_STATUS);
    assert_span(&line, 1, "  subject", STYLE_SUBJECT);
    assert_span(&line, 2, " ", STYLE_STATUS);
    assert_span(&line, 3, "  Ann", STYLE_AUTHOR);
    assert_span(&line, 4, "-------", STYLE_STATUS);
    assert_span(&line, 5, "<{x>", STYLE_DATE);
    ck_assert_uint_eq(line.spans->len, 6);

    /* The same line is used again. */
    format_render(&line, "%s", 3, STYLE_NORMAL, expand, NULL);
    ck_assert_str_eq(line.text->str, "sub");
    assert_span(&line, 0, "sub", STYLE_SUBJECT);
    ck_assert_uint_eq(line.spans->len, 1);
    format_line_clear(&line);
    ck_assert_ptr_null(line.text);
}
END_TEST

START_TEST(test_draw)
{
    FILE *in = fopen("/dev/null", "r"), *out = fopen("/dev/null", "w");
    struct screen *screen = screen_new("vt100", out, in, NULL);
    struct format_line line = {0};
    const struct look looks[STYLE_COUNT] = {[STYLE_SUBJECT] = {.mono_attributes = LOOK_BOLD}};
    screen_resize(screen, 3, 20);
    screen_set_looks(screen, looks, STYLE_COUNT);

    format_render(&line, "%n %s %w", 20, STYLE_NORMAL, expand, NULL);
    ck_assert_int_eq(format_draw(&line, screen, 1, 2, 13), 13);
    char *row = screen_read(screen, 1);
    ck_assert_str_eq(row, "  42 subject \346\274\242");
    g_free(row);
    ck_assert(!screen_look_at(screen, 1, 2).bold);
    ck_assert(screen_look_at(screen, 1, 5).bold);
    ck_assert(!screen_look_at(screen, 1, 13).bold);

    format_line_clear(&line);
    ck_assert_int_eq(format_draw(&line, screen, 1, 2, 13), 0);
    screen_free(screen);
    fclose(in);
    fclose(out);
}
END_TEST

static char *repeat(const char *before, const char *middle, const char *after, int count)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < count; i++)
        g_string_append(text, before);
    g_string_append(text, middle);
    for (int i = 0; i < count; i++)
        g_string_append(text, after);
    return g_string_free(text, FALSE);
}

/* Formats out of somebody's porerc: nested and long beyond all measure. */
START_TEST(test_hostile)
{
    char *deep = repeat("%<n?", "x", ">", 100000);
    char *within = repeat("%<n?", "x", ">", FORMAT_DEPTH_MAX);
    char *long_one = repeat("", "", "%9999s%>-", 100000);
    char *open = repeat("%{", "", "", 100000);
    char *text = render(within, 10);
    ck_assert_str_eq(text, "x");
    ck_assert(format_check(within, "n", NULL));
    g_free(text);
    text = render(deep, 10);
    ck_assert_str_eq(text, "%<n?%<n?%<");
    g_free(text);
    text = render(long_one, 10);
    ck_assert_str_eq(text, "   subject");
    g_free(text);
    text = render(open, 10);
    ck_assert_str_eq(text, "%{%{%{%{%{");
    g_free(text);
    ck_assert(!format_check(deep, "n", NULL));
    ck_assert(!format_check(long_one, "s", NULL));
    g_free(deep);
    g_free(within);
    g_free(long_one);
    g_free(open);
}
END_TEST

static const struct {
    const char *format, *error;
} checks[] = {
    {"%n %-20.20s %<n?%s&%?z?a&b?> %>- %{%Y}%%", NULL},
    {"plain & simple? yes>", NULL},
    {"%Q", "%Q is unknown"},
    {"%-5Q", "%Q is unknown"},
    {"%?Q?a?", "%Q is unknown"},
    {"%?n?%Q?", "%Q is unknown"},
    {"%?n?a&%<n?%Q>?", "%Q is unknown"},
    {"%?z?a&%Q?", "%Q is unknown"},
    {"%", "% without a letter"},
    {"%5", "% without a letter"},
    {"%\303\251", "% without a letter"},
    {"%?n", "a condition is %?X?...? or %<X?...>"},
    {"%?\303\251?a?", "a condition is %?X?...? or %<X?...>"},
    {"%?n?a", "a condition is not closed"},
    {"%<n?a&b", "a condition is not closed"},
    {"%{%Y", "a brace is not closed"},
    {"%>", "nothing to fill the line with"},
};

START_TEST(test_check)
{
    GError *error = NULL;
    bool good = format_check(checks[_i].format, "nsz{", &error);
    ck_assert_int_eq(good, checks[_i].error == NULL);
    if (!good)
        ck_assert_str_eq(error->message, checks[_i].error);
    g_clear_error(&error);
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    Suite *suite = suite_create("format");
    TCase *tests = tcase_create("format");
    tcase_add_loop_test(tests, test_lines, 0, G_N_ELEMENTS(lines));
    tcase_add_test(tests, test_spans);
    tcase_add_test(tests, test_draw);
    tcase_add_test(tests, test_hostile);
    tcase_add_loop_test(tests, test_check, 0, G_N_ELEMENTS(checks));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
