/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns: the grammar and its errors, each letter of a posting and of a mail, dates and
 * numbers, what has to be read and what is known before. */
#include "pattern_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static void assert_error(const char *text, const char *message)
{
    GError *error = NULL;

    ck_assert_msg(pattern_new(text, SIMPLE, NOW, &error) == NULL, "%s", text);
    ck_assert_ptr_nonnull(error);
    ck_assert_str_eq(error->message, message);
    g_error_free(error);
}

/* --- a list ----------------------------------------------------------------- */

/* The ids, a space between, for which PATTERN holds without texts. */
static char *matching(const char *text, const char *const *ids, bool mails)
{
    struct pattern *pattern = compile(text);
    GString *out = g_string_new(NULL);

    for (; *ids; ids++) {
        const struct pattern_subject subject = subject_of(*ids, mails);
        enum pattern_answer answer = pattern_match(pattern, &subject, NULL);

        ck_assert_int_ne(answer, PATTERN_UNREAD);
        if (answer == PATTERN_YES)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", *ids);
    }
    pattern_free(pattern);
    return g_string_free(out, FALSE);
}

static void assert_postings(const char *text, const char *expected)
{
    static const char *const leads[] = { "a0", "b0", "c", "d1", "e2", NULL };
    char *found = matching(text, leads, false);

    ck_assert_msg(strcmp(found, expected) == 0, "%s: %s, not %s", text, found, expected);
    g_free(found);
}

static void assert_mails(const char *text, const char *expected)
{
    static const char *const ids[] = { "a0", "a1", "a2", "r1", "r2", "b0", "b1",
                                       "c", "d1", "d2", "e2", NULL };
    char *found = matching(text, ids, true);

    ck_assert_msg(strcmp(found, expected) == 0, "%s: %s, not %s", text, found, expected);
    g_free(found);
}

/* --- grammar ---------------------------------------------------------------- */

static const struct {
    const char *pattern, *postings;
} valid[] = {
    { "~A", "a0 b0 c d1 e2" },
    { "  ~A  ", "a0 b0 c d1 e2" },
    { "!~A", "" },
    { "! ~A", "" },
    { "!!~A", "a0 b0 c d1 e2" },
    { "~s hub ~V 2", "b0" },
    { "~s hub~V 2", "b0" },
    { "~shub ~V2", "b0" },
    { "~s hub | ~s rand", "a0 b0 c" },
    { "~s hub|~s rand", "a0 b0 c" },
    { "~s rand | ~s hub ~V 2", "b0 c" },
    { "(~s rand | ~s hub) ~V 2", "b0" },
    { "(~s rand|~s hub)~V 2", "b0" },
    { "!(~s rand | ~s hub)", "d1 e2" },
    { "!(!(~s rand))", "c" },
    { "( ( ~s rand ) )", "c" },
    { "~s \"am rand\"", "c" },
    { "~s 'am rand'", "c" },
    { "~s am\\ rand", "c" },
    { "~s \"am\\\\srand\"", "c" },
    { "~s \"am\\srand\"", "c" },
    { "~s am\\srand", "c" },
    { "~s 'am\\srand'", "c" },
    { "~s am\\\\srand", "c" },
    { "~s \"hub|rand\"", "a0 b0 c" },
    { "~s (hub)", "a0 b0" },
    { "(~s \"(hub|x)\" | ~s rand)", "a0 b0 c" },
    { "(~s (rand))", "c" },
    { "~s \\\\[PATCH\\\\]", "c" },
    { "=s [PATCH]", "c" },
    { "=s am\\ rand", "c" },
    { "=s rand|=s disk", "c d1 e2" },
    { "=s .", "" },
    { "~s a..rand", "c" },
    { "~s a...rand", "" },
    { "~s m.rand", "c" },
    { "=V 2", "b0 e2" },
    { "~( ~s rand )", "c" },
    { "!~(~s rand)", "a0 b0 d1 e2" },
};

START_TEST(grammar_is_mutts)
{
    assert_postings(valid[_i].pattern, valid[_i].postings);
}
END_TEST

static const struct {
    const char *pattern, *message;
} invalid[] = {
    { "", "the pattern is empty" },
    { " \t ", "the pattern is empty" },
    { "~q", "no such letter: ~q" },
    { "~q foo", "no such letter: ~q" },
    { "%f foo", "no such letter: %f" },
    { "~A =(~A)", "no such letter: =(" },
    { "~A ~", "no such letter: ~" },
    { "~A ~ü", "no such letter: ~ü" },
    { "~s", "~s wants an expression behind it" },
    { "~s | ~A", "~s wants an expression behind it" },
    { "(~s )", "~s wants an expression behind it" },
    { "~d", "~d wants dates behind it" },
    { "~V", "~V wants a number behind it" },
    { "~s \"a", "a quotation mark is missing: \"a" },
    { "~s 'a", "a quotation mark is missing: 'a" },
    { "~s a(", "~s: missing closing parenthesis at character 3 of \"a(\"" },
    { "(~A", "a ) is missing at the end" },
    { "~A)", "nothing was opened in front of: )" },
    { "~A () ~A", "a pattern is missing: ) ~A" },
    { "~( )", "a pattern is missing: )" },
    { "~A |", "a pattern is missing at the end" },
    { "| ~A", "a pattern is missing: | ~A" },
    { "~A || ~A", "a pattern is missing: | ~A" },
    { "~A !", "a pattern is missing at the end" },
    { "~A foo", "neither ~ nor = in front of a letter: foo" },
    { "~A\n\033x", "neither ~ nor = in front of a letter: ?x" },
    { "~( ~( ~A ) )", "~( inside of ~( ): ~( ~A ) )" },
    { "~V x", "no range of numbers: \"x\"" },
    { "~V 2x", "no range of numbers: \"2x\"" },
    { "~V -", "no range of numbers: \"-\"" },
    { "~V 1-2-3", "no range of numbers: \"1-2-3\"" },
    { "~V <", "no range of numbers: \"<\"" },
    { "~V 1234567890123", "no range of numbers: \"1234567890123\"" },
    { "~d x", "no dates: \"x\"" },
    { "~d \"\"", "no dates: \"\"" },
    { "~d 32/1/2026", "no dates: \"32/1/2026\"" },
    { "~d 29/2/2026", "no dates: \"29/2/2026\"" },
    { "~d 2026-13-01", "no dates: \"2026-13-01\"" },
    { "~d 1/1/1900", "no dates: \"1/1/1900\"" },
    { "~d 1/", "no dates: \"1/\"" },
    { "~d <2", "no dates: \"<2\"" },
    { "~d <2h", "no dates: \"<2h\"" },
    { "~d <2ww", "no dates: \"<2ww\"" },
    { "~d 1/1/2026+", "no dates: \"1/1/2026+\"" },
    { "~d 1/1/2026+2w-1/2/2026", "no dates: \"1/1/2026+2w-1/2/2026\"" },
    { "~d 1/1/2026x", "no dates: \"1/1/2026x\"" },
    { "~d >99999y", "no dates: \">99999y\"" },
    { "~d >9999999d", "no dates: \">9999999d\"" },
    { "~s \xff", "the pattern is not UTF-8" },
    { "\xc3", "the pattern is not UTF-8" },
};

START_TEST(errors_are_one_line)
{
    assert_error(invalid[_i].pattern, invalid[_i].message);
}
END_TEST

START_TEST(words_without_letters_are_a_simple_search)
{
    assert_postings("hub", "a0 b0");
    assert_postings("zoe@", "c");
    assert_postings("am rand", "c");
    assert_postings("\"am rand\"", "");
    assert_postings("hub|rand", "a0 b0 c");
    assert_postings("am\\srand", "c");
    assert_postings("a=b", "");
    assert_postings("50%of", "");
    assert_postings("!hub", "");
    assert_postings("all", "a0 b0 c d1 e2");
    assert_postings(".", "a0 b0 c d1 e2");
    assert_postings("new", "c");
    assert_postings("old", "b0 e2");
}
END_TEST

START_TEST(template_says_what_a_simple_search_is)
{
    const struct pattern_subject subject = subject_of("c", false);
    static const struct {
        const char *simple;
        enum pattern_answer answer;
    } cases[] = { { "~f %s", PATTERN_NO }, { "~s %s", PATTERN_YES }, { "~s", PATTERN_YES },
                  { "!~s %s", PATTERN_NO } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct pattern *pattern = pattern_new("rand", cases[i].simple, NOW, NULL);

        ck_assert_ptr_nonnull(pattern);
        ck_assert_int_eq(pattern_match(pattern, &subject, NULL), cases[i].answer);
        pattern_free(pattern);
    }
}
END_TEST

/* TEXT is refused with a line that holds WORD. */
static void assert_refused(const char *text, const char *word)
{
    GError *error = NULL;

    ck_assert_ptr_null(pattern_new(text, SIMPLE, NOW, &error));
    ck_assert_ptr_nonnull(strstr(error->message, word));
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_error_free(error);
}

START_TEST(limits_are_errors)
{
    char *long_search = g_strnfill(1 << 20, 'a');
    char *deep = g_strnfill(PATTERN_LENGTH_MAX, '(');
    char *template = g_strnfill(PATTERN_LENGTH_MAX - 2, ' ');
    GString *texts = g_string_new(NULL);

    memcpy(deep + 100, "~A", 2);
    memcpy(template, "~s %s", 5);
    for (int i = 0; i <= PATTERN_TEXTS_MAX; i++)
        g_string_append(texts, "~b a ");
    assert_refused(long_search, "at most 16384 bytes");
    assert_refused(deep, "more than 32 levels of parentheses");
    assert_refused(texts->str, "at most 32 things");
    ck_assert_ptr_null(pattern_new("foo", template, NOW, NULL));
    g_string_truncate(texts, texts->len - strlen("~b a "));
    pattern_free(compile(texts->str));
    g_string_free(texts, TRUE);
    g_free(template);
    g_free(deep);
    g_free(long_search);
}
END_TEST

START_TEST(depth_is_up_to_the_limit)
{
    GString *text = g_string_new("~A");

    for (int i = 0; i < PATTERN_DEPTH_MAX; i++) {
        g_string_prepend_c(text, '(');
        g_string_append_c(text, ')');
    }
    pattern_free(compile(text->str));
    for (int i = 0; i < 1000; i++)
        g_string_prepend_c(text, '!');
    pattern_free(compile(text->str));
    g_string_free(text, TRUE);
}
END_TEST

/* --- letters ---------------------------------------------------------------- */

START_TEST(letters_of_postings)
{
    assert_postings("~s second", "a0");
    assert_postings("~s ^.PATCH.v2", "b0 e2");
    assert_postings("~s \"disk: one\"", "d1 e2");
    assert_postings("!~s hub", "c d1 e2");
    assert_postings("~f ann", "a0 b0 d1 e2");
    assert_postings("~f \"^doe, zoë <zoe@example.com>$\"", "c");
    assert_postings("~f bea@", "a0");
    assert_postings("~e bea@", "a0");
    assert_postings("~e zoë", "c");
    assert_postings("~i ^a2@", "a0");
    assert_postings("~i ^r1@", "");
    assert_postings("~x elsewhere", "a0");
    assert_postings("~x ^gone@example.org$", "d1 e2");
    assert_postings("~=", "c");
    assert_postings("~N", "c");
    assert_postings("~O", "b0 e2");
    assert_postings("~S", "a0 d1");
    assert_postings("~V 2-", "b0 e2");
    assert_postings("~V <2", "a0 c d1");
    assert_postings("~n 1", "c");
    assert_postings("~n 2", "a0 b0 d1 e2");
    assert_postings("~I", "b0");
    assert_postings("~v", "a0 b0 d1 e2");
    assert_postings("~a 2", "a0");
    assert_postings("~a <1", "b0 c d1 e2");
    assert_postings("~w 1", "a0");
    assert_postings("~w 0", "b0 c d1 e2");
    assert_postings("~W \"^Reviewed-by: Rev\"", "a0");
    assert_postings("~W nobody", "");
    assert_postings("~d <1w", "b0 c");
    assert_postings("~r >2w", "a0");
}
END_TEST

START_TEST(letters_of_mails)
{
    assert_mails("~s first", "a1 r1 r2 b1");
    assert_mails("~f ann", "a0 a1 a2 r2 b0 b1 d1 d2 e2");
    assert_mails("~e ann", "a0 a1 r2 b0 b1 d1 d2 e2");
    assert_mails("~e bea", "a2");
    assert_mails("~i ^r1@", "r1");
    assert_mails("~x ^a1@", "r1");
    assert_mails("~=", "c");
    assert_mails("~V 2", "b0 b1 e2");
    assert_mails("~S", "a0 a1 a2 r1 r2 d1 d2");
    assert_mails("~I", "b0 b1");
    assert_mails("~a 2", "a1");
    assert_mails("~a 1", "r1");
    assert_mails("~w 1", "a1 r1");
    assert_mails("~W rev@", "a1 r1");
    assert_mails("~d <29d", "r2 b0 b1 c d1 d2 e2");
    assert_mails("~s hub !~s second", "a0 a1 r1 r2 b0 b1");
}
END_TEST

/* A ~( ) asks each mail of the series for itself: what is under it counts, what is above it does not. */
START_TEST(reviews_of_a_mail_of_the_series)
{
    static const struct { const char *id; bool has; int trailers; } mails[] = {
        { "a0", false, 0 }, { "a1", true, 2 }, { "a2", false, 0 }, { "r1", true, 1 }, { "r2", false, 0 },
    };
    const struct pattern_subject series = subject_of("b0", false);

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        g_autofree char *text = g_strdup_printf("~( ~i ^%s@ ~W rev@ )", mails[i].id);
        g_autofree char *two = g_strdup_printf("~( ~i ^%s@ ~W rev@ ~W nobody )", mails[i].id);
        g_autofree char *count = g_strdup_printf("~( ~a %d ~i ^%s@ )", mails[i].trailers, mails[i].id);
        g_autofree char *more = g_strdup_printf("~( ~a >%d ~i ^%s@ )", mails[i].trailers, mails[i].id);

        ck_assert_msg(holds(text, &series) == mails[i].has, "%s", text);
        ck_assert_msg(!holds(two, &series), "%s", two);
        ck_assert_msg(holds(count, &series), "%s", count);
        ck_assert_msg(!holds(more, &series), "%s", more);
    }
    ck_assert(holds("~( ~a 2 )", &series));
    ck_assert(!holds("~( ~a >2 )", &series));
}
END_TEST

static bool is_reviewer(void *data, const struct member *mail)
{
    (void)data;
    return strcmp(mail->mail->sender_address, "rev@example.com") == 0;
}

START_TEST(letters_of_replies_ask_who_and_since_when)
{
    const struct review_request since = { .since = NOW - 29 * DAY };
    const struct review_request machines = { is_reviewer, NULL, INT64_MIN };

    assert_postings("~u 0", "a0 b0 c d1 e2");
    review = &since;
    assert_postings("~u 1", "a0");
    assert_postings("~u >0", "a0");
    assert_mails("~u 1-", "a1 r1");
    assert_postings("~a 2", "a0");
    review = &machines;
    assert_postings("~u 1", "a0");
    assert_postings("~a 1", "a0");
    assert_postings("~w 1-", "");
    assert_mails("~a 1", "a1 r1");
    review = NULL;
}
END_TEST

START_TEST(thread_letters_see_answers_and_revisions)
{
    assert_postings("~( ~s \"^re: .*first\" )", "a0 b0");
    assert_postings("~( ~f rev )", "a0 b0");
    assert_postings("~f rev", "");
    /* As one: no mail of the series is both. */
    assert_postings("~( ~f rev ~s second )", "");
    assert_postings("~( ~e bea ~s second )", "a0 b0");
    assert_postings("~( ~V 2 ) ~S", "a0 d1");
    assert_mails("~( ~f rev )", "a0 a1 a2 r1 r2 b0 b1");
}
END_TEST

START_TEST(letters_of_the_row)
{
    struct pattern_subject subject = subject_of("c", false);

    ck_assert(!holds("~T", &subject));
    ck_assert(!holds("tag", &subject));
    subject.tagged = true;
    subject.number = 7;
    ck_assert(holds("~T", &subject));
    ck_assert(holds("tag", &subject));
    ck_assert(holds("~m 5-7", &subject));
    ck_assert(!holds("~m 8-", &subject));
    ck_assert(holds("~( ~T ~s rand )", &subject));
}
END_TEST

static void say(const char *id, struct mark_change change)
{
    char *lead = g_strdup_printf("%s@example.org", id);
    GError *error = NULL;

    change.lead = lead;
    change.version = 1;
    ck_assert_msg(marks_change(marking_marks(marking), &change, 1, &error), "%s",
                  error ? error->message : "");
    g_free(lead);
}

static void say_state(const char *id, enum mark_state state, const GArray *fingerprints)
{
    say(id, (struct mark_change){ .what = MARK_CHANGE_STATE,
                                  .state = state,
                                  .fingerprints = fingerprints });
}

START_TEST(letters_of_marks)
{
    assert_postings("~U", "a0 b0 c d1 e2");
    assert_postings("~R | ~D | ~P | ~Q | ~F | ~Y .", "");
    say_state("b0", MARK_REVIEWED, NULL);
    say_state("c", MARK_IGNORED, NULL);
    say_state("e2", MARK_LATER, NULL);
    say("a0", (struct mark_change){ .what = MARK_CHANGE_FLAG, .flag = true });
    say("c", (struct mark_change){ .what = MARK_CHANGE_NOTE, .note = "ask Zoë" });
    say("c", (struct mark_change){ .what = MARK_CHANGE_NOTE, .note = "and Bob" });
    /* They are about the series, whichever version is asked. */
    assert_postings("~R", "a0 b0");
    assert_postings("~U", "c d1 e2");
    assert_postings("~D", "c");
    assert_postings("~P", "d1 e2");
    assert_postings("~F", "a0 b0");
    assert_postings("~Y zoë", "c");
    assert_postings("~Y ^and", "c");
    assert_postings("=Y nobody", "");
    assert_postings("~( ~D )", "c");
    say_state("c", MARK_NONE, NULL);
    assert_postings("~D", "");
    assert_postings("~U", "c d1 e2");
}
END_TEST

START_TEST(letters_of_marks_in_a_new_version)
{
    struct fingerprint one = { { 1 } }, two = { { 2 } };
    GArray *list_of_both = g_array_new(FALSE, FALSE, sizeof(struct fingerprint));

    g_array_append_val(list_of_both, one);
    g_array_append_val(list_of_both, two);
    say_state("a0", MARK_REVIEWED, list_of_both);
    g_array_unref(list_of_both);
    /* Before it is known what has changed it is neither. */
    assert_postings("~Q | ~R", "");
    marking_give(marking, member_of("b1"), &two);
    assert_postings("~Q", "");
    assert_postings("~R", "a0 b0");
    one.bytes[0] = 3;
    marking_give(marking, member_of("b1"), &one);
    assert_postings("~Q", "a0 b0");
    assert_postings("~R", "");
    /* Of patches: those of the version that was reviewed. Answers are as their series. */
    assert_mails("~R", "a1 a2");
    marking_give(marking, member_of("b1"), &two);
    assert_mails("~R", "a0 a1 a2 r1 r2 b0 b1");
}
END_TEST

START_TEST(mail_of_no_posting_has_nothing_of_one)
{
    const struct pattern_subject subject = { .member = member_of("r1") };

    ck_assert(holds("~s first", &subject));
    ck_assert(holds("~a 1", &subject));
    ck_assert(!holds("~V 0-", &subject));
    ck_assert(!holds("~N | ~O | ~S | ~I | ~v | ~n 0-", &subject));
    ck_assert(holds("~( ~f ann )", &subject));
}
END_TEST

START_TEST(letters_are_told_once_and_all_work)
{
    for (size_t i = 0; i < pattern_letter_count(); i++) {
        const struct pattern_letter *letter = pattern_letter_at(i);
        const char *argument = "";

        if (letter->argument)
            argument = letter->argument[0] == 'P' ? "~A )" : "1";
        for (size_t j = 0; j < i; j++)
            ck_assert_int_ne(pattern_letter_at(j)->letter, letter->letter);
        ck_assert(g_utf8_validate(letter->help, -1, NULL) && *letter->help);
        ck_assert(!g_str_has_suffix(letter->help, "."));
        char *text = g_strdup_printf("~%c%s", letter->letter, argument);
        struct pattern *pattern = compile(text);
        const struct pattern_subject subject = subject_of("a0", false);
        /* What has no case would be taken for a letter that needs a text, and wait for ever. */
        ck_assert_msg((pattern_match(pattern, &subject, NULL) == PATTERN_UNREAD) ==
                          pattern_needs_texts(pattern),
                      "%s has no case in pattern_match.c", text);
        pattern_free(pattern);
        g_free(text);
    }
    ck_assert_ptr_null(pattern_letter_at(pattern_letter_count()));
}
END_TEST

/* --- threads that somebody made to be long ---------------------------------- */

START_TEST(loops_and_long_threads_end)
{
    GString *id = g_string_new(NULL), *parent = g_string_new("c");
    struct pattern *pattern = compile("~( ~s nowhere ) | ~W nobody");
    struct pattern_subject subject;

    MAIL(.id = "l1", .subject = "Re: loop", .reply_to = "l2");
    MAIL(.id = "l2", .subject = "Re: loop", .reply_to = "l1");
    MAIL(.id = "l3", .subject = "Re: loop", .reply_to = "l3");
    for (int i = 0; i < 20000; i++) {
        g_string_printf(id, "long%d", i);
        MAIL(.id = id->str, .subject = "Re: on and on", .reply_to = parent->str, .body = "\n");
        g_string_assign(parent, id->str);
    }
    series_set_free(set);
    set = paper_list_read(list);
    subject = subject_of("c", false);
    ck_assert_int_eq(pattern_match(pattern, &subject, NULL), PATTERN_NO);
    ck_assert(holds("~( ~i ^long19999@ )", &subject));
    subject.posting = NULL;
    subject.member = member_of("l1");
    ck_assert_int_eq(pattern_match(pattern, &subject, NULL), PATTERN_NO);
    ck_assert(holds("~( ~i ^l2@ )", &subject));
    subject.member = member_of("l3");
    ck_assert_int_eq(pattern_match(pattern, &subject, NULL), PATTERN_NO);
    pattern_free(pattern);
    g_string_free(parent, TRUE);
    g_string_free(id, TRUE);
}
END_TEST

static TCase *grammar_case(void)
{
    TCase *tests = tcase_create("grammar");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, grammar_is_mutts, 0, (int)G_N_ELEMENTS(valid));
    tcase_add_loop_test(tests, errors_are_one_line, 0, (int)G_N_ELEMENTS(invalid));
    tcase_add_test(tests, words_without_letters_are_a_simple_search);
    tcase_add_test(tests, template_says_what_a_simple_search_is);
    tcase_add_test(tests, limits_are_errors);
    tcase_add_test(tests, depth_is_up_to_the_limit);
    return tests;
}

static TCase *letters_case(void)
{
    TCase *tests = tcase_create("letters");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, letters_of_postings);
    tcase_add_test(tests, letters_of_mails);
    tcase_add_test(tests, reviews_of_a_mail_of_the_series);
    tcase_add_test(tests, letters_of_replies_ask_who_and_since_when);
    tcase_add_test(tests, thread_letters_see_answers_and_revisions);
    tcase_add_test(tests, letters_of_the_row);
    tcase_add_test(tests, mail_of_no_posting_has_nothing_of_one);
    tcase_add_test(tests, letters_are_told_once_and_all_work);
    tcase_add_test(tests, loops_and_long_threads_end);
    return tests;
}

static TCase *marks_case(void)
{
    TCase *tests = tcase_create("marks");

    tcase_add_checked_fixture(tests, begin_marks, end_marks);
    tcase_add_test(tests, letters_of_marks);
    tcase_add_test(tests, letters_of_marks_in_a_new_version);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("pattern");

    g_setenv("TZ", "UTC", TRUE);
    mail_startup();
    suite_add_tcase(suite, grammar_case());
    suite_add_tcase(suite, letters_case());
    suite_add_tcase(suite, marks_case());
    return run_suite(suite);
}
