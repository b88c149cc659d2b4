/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions: smart case, lines, plain text, what is broken and what is meant to last forever. */
#include "expression.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static bool finds_in(struct expression *expression, const char *text, size_t length)
{
    bool found;

    ck_assert_ptr_nonnull(expression);
    found = expression_find(expression, text, length, 0, NULL, NULL);
    expression_free(expression);
    return found;
}

static bool finds(const char *expression, const char *text)
{
    return finds_in(expression_new(expression, NULL), text, strlen(text));
}

static bool finds_plain(const char *expression, const char *text)
{
    return finds_in(expression_new_plain(expression, NULL), text, strlen(text));
}

START_TEST(case_counts_if_there_is_a_capital)
{
    ck_assert(finds("usb", "fix USB hub"));
    ck_assert(finds("USB", "fix USB hub"));
    ck_assert(!finds("USB", "fix usb hub"));
    ck_assert(!finds("Usb", "fix USB hub"));
    ck_assert(finds("müller", "Jan MÜLLER"));
    ck_assert(!finds("Müller", "Jan MÜLLER"));
    ck_assert(finds_plain("usb", "fix USB hub"));
    ck_assert(!finds_plain("USB", "fix usb hub"));
}
END_TEST

START_TEST(escaped_letters_are_no_capitals)
{
    ck_assert(finds("\\Susb", "xUSB"));
    ck_assert(!finds("\\SUsb", "xUSB"));
    ck_assert(!finds("\\\\S", "\\s"));
    ck_assert(!finds_plain("\\S", "\\s"));
}
END_TEST

START_TEST(lines_have_ends)
{
    ck_assert(finds("^two$", "one\ntwo\nthree\n"));
    ck_assert(!finds("one.two", "one\ntwo\n"));
    ck_assert(finds("^$", ""));
    ck_assert(!finds("^$", "one"));
}
END_TEST

START_TEST(plain_text_stands_as_it_is)
{
    ck_assert(finds_plain("a.c(", "see A.C( there"));
    ck_assert(!finds_plain("a.c", "abc"));
    ck_assert(!finds_plain("^a", "a"));
}
END_TEST

START_TEST(words_are_unicode)
{
    ck_assert(finds("^\\w+$", "größe"));
    ck_assert(!finds("\\bro", "größe"));
}
END_TEST

START_TEST(finds_the_first_from_a_place)
{
    struct expression *expression = expression_new("a+", NULL);
    size_t start = 9, end = 9;

    ck_assert(expression_find(expression, "aabaaa", 6, 0, &start, &end));
    ck_assert(start == 0 && end == 2);
    ck_assert(expression_find(expression, "aabaaa", 6, 2, &start, &end));
    ck_assert(start == 3 && end == 6);
    ck_assert(!expression_find(expression, "aabaaa", 6, 6, &start, &end));
    ck_assert(!expression_find(expression, "aabaaa", 6, 7, &start, &end));
    ck_assert(!expression_find(expression, "", 0, 0, NULL, NULL));
    expression_free(expression);
}
END_TEST

START_TEST(line_ends_are_those_of_the_text_and_not_of_the_place)
{
    struct expression *expression = expression_new("^b", NULL);

    ck_assert(!expression_find(expression, "ab", 2, 1, NULL, NULL));
    ck_assert(expression_find(expression, "a\nb", 3, 1, NULL, NULL));
    expression_free(expression);
}
END_TEST

START_TEST(groups_do_not_hide_the_match)
{
    struct expression *expression = expression_new("(a)(b)(c)", NULL);
    size_t start, end;

    ck_assert(expression_find(expression, "xxabcx", 6, 0, &start, &end));
    ck_assert(start == 2 && end == 5);
    expression_free(expression);
}
END_TEST

START_TEST(long_texts_are_searched_to_their_end)
{
    struct expression *expression = expression_new("nädel.*here$", NULL);
    GString *text = g_string_new(NULL);
    size_t start, end, place;

    for (int i = 0; i < 20000; i++)
        g_string_append(text, "größer und nadeliger\n");
    place = text->len;
    g_string_append(text, "Nädel is here\nand text");
    ck_assert(expression_find(expression, text->str, text->len, 0, &start, &end));
    ck_assert(start == place && end == text->len - strlen("\nand text"));
    expression_free(expression);
    g_string_free(text, TRUE);
}
END_TEST

START_TEST(broken_bytes_match_nothing)
{
    ck_assert(finds("abc", "\xff\xfe abc \xc3"));
    ck_assert(!finds("^.$", "\xff"));
    ck_assert(finds("b$", "a\xe2\x82\nb"));
}
END_TEST

/* What takes exponential, cubic and quadratic time. */
static const char *const endless[] = {
    "(a+)+$", "(a|aa)+[yz]", "a.*.*[yz]", "(?:.*,){9}[yz]", "(?s)a.*[yz]", "((a*)*)*[yz]",
    "(a?){99}a{99}[yz]", "(*NO_JIT)(a+)+$", "(*NO_JIT)a.*.*[yz]", "(*NO_JIT)(?s)a.*[yz]",
};

START_TEST(endless_matches_end)
{
    size_t length = 10u << 20;
    char *line = g_malloc(length + 1);

    memset(line, 'a', length);
    line[length] = '!';
    ck_assert(!finds_in(expression_new(endless[_i], NULL), line, length + 1));
    g_free(line);
}
END_TEST

/* Steps alone have this one end: how fast the machine is does not matter. */
START_TEST(giving_up_is_told_once)
{
    struct expression *expression = expression_new("(a|aa)+[yz]", NULL);
    g_autofree char *line = g_strnfill(1000, 'a');

    ck_assert(!expression_find(expression, line, strlen(line), 0, NULL, NULL));
    ck_assert(expression_gave_up(expression));
    ck_assert(!expression_gave_up(expression));
    /* What is found, or is not there at all, says nothing. */
    ck_assert(expression_find(expression, "aay", 3, 0, NULL, NULL));
    ck_assert(!expression_find(expression, "b", 1, 0, NULL, NULL));
    ck_assert(!expression_gave_up(expression));
    expression_free(expression);
}
END_TEST

/* However many texts are made to hold a search up, together they do it for a moment. */
START_TEST(what_gave_up_too_often_is_not_tried_again)
{
    struct expression *expression = expression_new("(a|aa)+[yz]", NULL);
    g_autofree char *line = g_strnfill(1000, 'a');

    for (int i = 0; i < 1000; i++)
        ck_assert(!expression_find(expression, line, strlen(line), 0, NULL, NULL));
    expression_gave_up(expression);
    ck_assert(!expression_find(expression, "aay", 3, 0, NULL, NULL));
    ck_assert(expression_gave_up(expression));
    expression_free(expression);
}
END_TEST

static void assert_error(const char *text, bool plain, int code, const char *message)
{
    GError *error = NULL;

    ck_assert_ptr_null(plain ? expression_new_plain(text, &error) : expression_new(text, &error));
    ck_assert(g_error_matches(error, EXPRESSION_ERROR, code));
    ck_assert_str_eq(error->message, message);
    g_error_free(error);
}

START_TEST(errors_say_what_and_where)
{
    assert_error("a(b", false, EXPRESSION_ERROR_SYNTAX,
                 "missing closing parenthesis at character 4 of \"a(b\"");
    assert_error("ü\n*+?", false, EXPRESSION_ERROR_SYNTAX,
                 "quantifier does not follow a repeatable item at character 5 of \"ü?*+?\"");
    assert_error("a\xff", false, EXPRESSION_ERROR_SYNTAX, "the text is not UTF-8");
    assert_error("a\xff", true, EXPRESSION_ERROR_SYNTAX, "the text is not UTF-8");
}
END_TEST

START_TEST(long_expressions_are_refused)
{
    char *text = g_strnfill(EXPRESSION_LENGTH_MAX + 1, 'a');

    assert_error(text, false, EXPRESSION_ERROR_SIZE, "an expression has at most 8192 bytes");
    assert_error(text, true, EXPRESSION_ERROR_SIZE, "an expression has at most 8192 bytes");
    text[EXPRESSION_LENGTH_MAX] = '\0';
    ck_assert(finds_plain(text, text));
    g_free(text);
}
END_TEST

START_TEST(large_and_deep_expressions_are_errors)
{
    char *deep = g_strnfill(EXPRESSION_LENGTH_MAX, '(');
    GError *error = NULL;

    ck_assert_ptr_null(expression_new(deep, &error));
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_clear_error(&error);
    ck_assert_ptr_null(expression_new("((a{1000}){1000}){1000}", &error));
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_clear_error(&error);
    g_free(deep);
}
END_TEST

static gpointer find_often(gpointer data)
{
    for (int i = 0; i < 1000; i++)
        if (!expression_find(data, "one two three", 13, 0, NULL, NULL))
            return NULL;
    return data;
}

START_TEST(threads_share_an_expression)
{
    struct expression *expression = expression_new("t(w|hr)(o|ee)$", NULL);
    GThread *threads[4];

    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("finder", find_often, expression);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        ck_assert_ptr_eq(g_thread_join(threads[i]), expression);
    expression_free(expression);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("expression");
    TCase *tcase = tcase_create("expression");

    tcase_add_test(tcase, case_counts_if_there_is_a_capital);
    tcase_add_test(tcase, escaped_letters_are_no_capitals);
    tcase_add_test(tcase, lines_have_ends);
    tcase_add_test(tcase, plain_text_stands_as_it_is);
    tcase_add_test(tcase, words_are_unicode);
    tcase_add_test(tcase, finds_the_first_from_a_place);
    tcase_add_test(tcase, line_ends_are_those_of_the_text_and_not_of_the_place);
    tcase_add_test(tcase, groups_do_not_hide_the_match);
    tcase_add_test(tcase, long_texts_are_searched_to_their_end);
    tcase_add_test(tcase, broken_bytes_match_nothing);
    tcase_add_loop_test(tcase, endless_matches_end, 0, (int)G_N_ELEMENTS(endless));
    tcase_add_test(tcase, giving_up_is_told_once);
    tcase_add_test(tcase, what_gave_up_too_often_is_not_tried_again);
    tcase_add_test(tcase, errors_say_what_and_where);
    tcase_add_test(tcase, long_expressions_are_refused);
    tcase_add_test(tcase, large_and_deep_expressions_are_errors);
    tcase_add_test(tcase, threads_share_an_expression);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
