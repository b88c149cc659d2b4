/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which words of changed lines are said to differ. */
#include "word_difference.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* The lines of TEXT, which ends each with a LF. */
static GArray *lines_of(const char *text)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct word_line));
    for (const char *end; *text; text = end + 1) {
        end = strchr(text, '\n');
        const struct word_line line = {text, (size_t)(end - text)};
        g_array_append_val(lines, line);
    }
    return lines;
}

/* LINES with brackets around SPANS. */
static char *marked(const GArray *lines, const GArray *spans)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++) {
        const struct word_line *line = &g_array_index(lines, struct word_line, i);
        size_t at = 0;
        for (guint j = 0; j < spans->len; j++) {
            const struct word_span *span = &g_array_index(spans, struct word_span, j);
            if (span->line != i)
                continue;
            ck_assert_uint_le(at, span->start);
            ck_assert_uint_lt(span->start, span->end);
            ck_assert_uint_le(span->end, line->length);
            g_string_append_len(out, line->text + at, (gssize)(span->start - at));
            g_string_append_c(out, '[');
            g_string_append_len(out, line->text + span->start, (gssize)(span->end - span->start));
            g_string_append_c(out, ']');
            at = span->end;
        }
        g_string_append_len(out, line->text + at, (gssize)(line->length - at));
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

static bool compare(const char *old_text, const char *new_text, char **old_marked,
                    char **new_marked)
{
    GArray *old_lines = lines_of(old_text), *new_lines = lines_of(new_text);
    GArray *removed = g_array_new(FALSE, FALSE, sizeof(struct word_span));
    GArray *added = g_array_new(FALSE, FALSE, sizeof(struct word_span));
    bool helps = word_difference((const struct word_line *)(const void *)old_lines->data,
                                 old_lines->len,
                                 (const struct word_line *)(const void *)new_lines->data,
                                 new_lines->len, removed, added);
    *old_marked = marked(old_lines, removed);
    *new_marked = marked(new_lines, added);
    if (!helps)
        ck_assert_uint_eq(removed->len + added->len, 0);
    g_array_unref(old_lines);
    g_array_unref(new_lines);
    g_array_unref(removed);
    g_array_unref(added);
    return helps;
}

static const struct {
    const char *old_text, *new_text;
    const char *old_marked, *new_marked;
} cases[] = {
    /* A word. */
    {"\tint count = 0;\n", "\tlong count = 0;\n", "\t[int] count = 0;\n",
     "\t[long] count = 0;\n"},
    /* An argument more. */
    {"call(a, b);\n", "call(a, b, flags);\n", "call(a, b);\n", "call(a, b[, flags]);\n"},
    /* A part of a name is not a word. */
    {"foo_one(x, y);\n", "foo_two(x, y);\n", "[foo_one](x, y);\n", "[foo_two](x, y);\n"},
    /* Two words with the blank between them. */
    {"return one two of three things;\n", "return red blue of three things;\n",
     "return [one two] of three things;\n", "return [red blue] of three things;\n"},
    /* Letters outside ASCII. */
    {"the na\303\257ve way of things\n", "the naive way of things\n",
     "the [na\303\257ve] way of things\n", "the [naive] way of things\n"},
    /* Indentation. */
    {"\tcall(a);\n", "\t\tcall(a);\n", "[\t]call(a);\n", "[\t\t]call(a);\n"},
    /* Wrapped anew. */
    {"one two three four\nfive\n", "one two three\nfour five\n", "one two three four\nfive\n",
     "one two three\nfour five\n"},
    /* A line that is new as a whole, beside one that is changed. */
    {"call(a, b);\n", "call(a, c);\nunrelated = words\n", "call(a, [b]);\n",
     "call(a, [c]);\nunrelated = words\n"},
};

START_TEST(test_marks_what_differs)
{
    char *old_marked, *new_marked;
    ck_assert(compare(cases[_i].old_text, cases[_i].new_text, &old_marked, &new_marked));
    ck_assert_str_eq(old_marked, cases[_i].old_marked);
    ck_assert_str_eq(new_marked, cases[_i].new_marked);
    g_free(old_marked);
    g_free(new_marked);
}
END_TEST

START_TEST(test_marks_nothing_where_all_differs)
{
    char *old_marked, *new_marked;
    ck_assert(!compare("static int old_function(void)\n", "if (unlikely(!page)) goto out;\n",
                       &old_marked, &new_marked));
    g_free(old_marked);
    g_free(new_marked);
}
END_TEST

static char *repeat(const char *text, int count)
{
    GString *out = g_string_new(NULL);
    for (int i = 0; i < count; i++)
        g_string_append(out, text);
    return g_string_free(out, FALSE);
}

START_TEST(test_has_limits)
{
    char *many = repeat("same line\n", WORD_DIFFERENCE_LINES + 1);
    char *long_text = repeat("a ", WORD_DIFFERENCE_BYTES);
    char *long_line = g_strconcat(long_text, "\n", NULL);
    char *left = repeat("a b ", 1000), *right = repeat("b a ", 1000);
    char *left_line = g_strconcat("x", left, "x\n", NULL);
    char *right_line = g_strconcat("y", right, "y\n", NULL);
    char *old_marked, *new_marked;
    ck_assert(!compare(many, "same line\n", &old_marked, &new_marked));
    g_free(old_marked);
    g_free(new_marked);
    ck_assert(!compare(long_line, "a b\n", &old_marked, &new_marked));
    g_free(old_marked);
    g_free(new_marked);
    ck_assert(!compare(left_line, right_line, &old_marked, &new_marked));
    g_free(old_marked);
    g_free(new_marked);
    g_free(many);
    g_free(long_text);
    g_free(long_line);
    g_free(left);
    g_free(right);
    g_free(left_line);
    g_free(right_line);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("word_difference");
    TCase *test = tcase_create("word_difference");
    tcase_add_loop_test(test, test_marks_what_differs, 0, G_N_ELEMENTS(cases));
    tcase_add_test(test, test_marks_nothing_where_all_differs);
    tcase_add_test(test, test_has_limits);
    suite_add_tcase(suite, test);
    return run_suite(suite);
}
