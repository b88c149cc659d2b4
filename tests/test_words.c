/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of muttrc: what their words are. */
#include "words.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static char *look_up(const char *name, void *data)
{
    (void)data;
    if (strcmp(name, "wrap") == 0)
        return g_strdup("yes");
    if (strcmp(name, "two") == 0)
        return g_strdup("a b;\"#$wrap");
    if (strcmp(name, "with space") == 0)
        return g_strdup("found");
    return NULL;
}

/* All words of LINE, "|" between them and "||" between commands. The caller frees it. */
static char *split(const char *line)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    GString *all = g_string_new(NULL);
    for (bool first = true; *line; first = false) {
        GError *error = NULL;
        ck_assert_msg(words_split(&line, words, look_up, NULL, &error), "%s",
                      error ? error->message : "no error");
        if (!first)
            g_string_append(all, "||");
        for (guint i = 0; i < words->len; i++)
            g_string_append_printf(all, "%s%s", i ? "|" : "", (char *)words->pdata[i]);
    }
    g_ptr_array_unref(words);
    return g_string_free(all, FALSE);
}

static const struct {
    const char *line, *words;
} lines[] = {
    {"", ""},
    {"  \t ", ""},
    {"# a comment; echo", ""},
    {"echo a  b\tc ", "echo|a|b|c"},
    {"echo a#b c", "echo|a"},
    {"echo a; echo b ;;echo c", "echo|a||echo|b||||echo|c"},
    {"echo \"a b\" 'c d'", "echo|a b|c d"},
    {"echo a\" \"b' 'c", "echo|a b c"},
    {"echo \"\" ''", "echo||"},
    {"echo \"a;b#c\" 'd;e#f'", "echo|a;b#c|d;e#f"},
    {"echo \"it's\" 'say \"x\"'", "echo|it's|say \"x\""},
    {"echo \\\"a\\ b\\;\\#c\\'", "echo|\"a b;#c'"},
    {"echo \"\\\"\\\\\\$wrap\"", "echo|\"\\$wrap"},
    {"echo '\\n$wrap'", "echo|\\n$wrap"},
    {"echo \\n\\t\\r\\e\\f", "echo|\n\t\r\033\f"},
    {"echo \"\\Ca\\cz\\C[\"", "echo|\001\032\033"},
    {"echo \\101\\060\\351\\08", "echo|A0\303\251""08"},
    {"echo \\q\\\303\244", "echo|q\303\244"},
    {"echo $wrap-${wrap}x \"$wrap\"", "echo|yes-yesx|yes"},
    {"echo ${with space}", "echo|found"},
    {"echo $none ${none} $ $1 ${wrap", "echo|$none|${none}|$|$1|${wrap"},
    /* What is put in is not read again. */
    {"echo $two", "echo|a b;\"#$wrap"},
    {"echo `ls`", "echo|`ls`"},
    {"echo a=b = c", "echo|a=b|=|c"},
    {"echo \303\251t\303\251", "echo|\303\251t\303\251"},
    {"set a=b c = d e= f g =h nowrap", "set|a|=|b|c|=|d|e|=|f|g|=|h|nowrap"},
    {"set a=b=c d== e=\"\" f='=' g", "set|a|=|b=c|d|=|=|e|=||f|=|=|g"},
    {"set a=", "set|a|="},
    {"set a=;set b=", "set|a|=||set|b|="},
    {"set a=$wrap", "set|a|=|yes"},
    {"bind index \\ev collapse-thread", "bind|index|\\ev|collapse-thread"},
    {"bind index \\Ca limit \"\\\\d \\\"x\\\"\"", "bind|index|\\Ca|limit|\\d \"x\""},
    {"bind index \\; noop; bind index \\# noop",
     "bind|index|\\;|noop||bind|index|\\#|noop"},
    {"macro index ,a \"<limit>~f ann<enter>\" \"help\\ttext\"",
     "macro|index|,a|<limit>~f ann<enter>|help\ttext"},
    {"macro index \"\\\\\" '\\e\"'", "macro|index|\\\\|\\e\""},
    {"macro index a \"\\\"b\\\\\"", "macro|index|a|\"b\\\\"},
    {"push \\Ca\\ b\\101 \"\\n\"", "push|\\Ca\\ b\\101|\\n"},
    {"unbind index \\Cd; unmacro * \\033", "unbind|index|\\Cd||unmacro|*|\\033"},
    {"color index #ff0000 default ~N # why", "color|index|#ff0000|default|~N"},
    {"color index #ff00001 x", "color|index"},
    {"color index #12345g x", "color|index"},
    {"mono index bold;color x #00FFAA#ffffff", "mono|index|bold||color|x"},
    {"echo #ff0000", "echo"},
};

START_TEST(test_lines)
{
    char *words = split(lines[_i].line);
    ck_assert_str_eq(words, lines[_i].words);
    g_free(words);
}
END_TEST

static const struct {
    const char *line, *error;
} wrong[] = {
    {"echo \"a", "a \" is not closed"},
    {"echo 'a\\'b'", "a ' is not closed"},
    {"echo \"a\\\"", "a \" is not closed"},
    {"echo a\\", "a backslash at the end"},
    {"bind index \\", "a backslash at the end"},
    {"echo \\000", "a NUL cannot be written"},
    {"echo \\C@", "a NUL cannot be written"},
};

START_TEST(test_wrong_lines)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    const char *line = wrong[_i].line;

    ck_assert(!words_split(&line, words, NULL, NULL, &error));
    ck_assert(g_error_matches(error, WORDS_ERROR, 0));
    ck_assert_str_eq(error->message, wrong[_i].error);
    g_error_free(error);
    g_ptr_array_unref(words);
}
END_TEST

START_TEST(test_no_lookup)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    const char *line = "echo $wrap";

    ck_assert(words_split(&line, words, NULL, NULL, NULL));
    ck_assert_uint_eq(words->len, 2);
    ck_assert_str_eq(words->pdata[1], "$wrap");
    g_ptr_array_unref(words);
}
END_TEST

static const char *const texts[] = {
    "", "a", "a b", "say \"x\"", "it's", "$wrap ${wrap}", "back\\slash\\", "#;=",
    "\n\t\r\033\001\177", "%4C %Z %?M?(+%M) ?", "\303\251\342\200\246", "\0017",
};

START_TEST(test_quoting)
{
    GString *line = g_string_new("echo ");
    words_append_quoted(line, texts[_i]);
    for (const char *at = line->str; *at; at++)
        ck_assert_msg(!g_ascii_iscntrl(*at), "%s", line->str);
    char *words = split(line->str), *expected = g_strconcat("echo|", texts[_i], NULL);
    ck_assert_str_eq(words, expected);
    g_free(expected);
    g_free(words);
    g_string_free(line, TRUE);
}
END_TEST

static Suite *words_suite(void)
{
    Suite *suite = suite_create("words");
    TCase *words = tcase_create("words");

    tcase_add_loop_test(words, test_lines, 0, G_N_ELEMENTS(lines));
    tcase_add_loop_test(words, test_wrong_lines, 0, G_N_ELEMENTS(wrong));
    tcase_add_test(words, test_no_lookup);
    tcase_add_loop_test(words, test_quoting, 0, G_N_ELEMENTS(texts));
    suite_add_tcase(suite, words);
    return suite;
}

int main(void)
{
    return run_suite(words_suite());
}
