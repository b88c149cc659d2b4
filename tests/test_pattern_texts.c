/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns that ask for the texts of mails, and what has to be read for them. */
#include "pattern_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static const char raw[] =
    "From: =?utf-8?q?J=C3=B6rg?= Sender <joerg@example.org>\n"
    "To: list@example.org,\n"
    " Maintainer <main@example.com>\n"
    "Cc: Copied <copied@example.net>\n"
    "Subject: [PATCH] something\n"
    "X-Odd: yes\n"
    "\n"
    "A text about Elephants.\n"
    "+++ b/quoted/nowhere.c\n"
    "---\n"
    " drivers/hub.c | 2 +-\n"
    "\n"
    "diff --git a/drivers/hub.c b/drivers/hub.c\n"
    "--- a/drivers/hub.c\n"
    "+++ b/drivers/hub.c\n"
    "@@ -1 +1 @@\n"
    "-old\n"
    "+new\n"
    "diff --git a/old/name.c b/fresh/name.c\n"
    "similarity index 100%\n"
    "rename from old/name.c\n"
    "rename to fresh/name.c\n"
    "diff --git a/run me.sh b/run me.sh\n"
    "old mode 100644\n"
    "new mode 100755\n"
    "diff --git \"a/gr\\303\\266\\303\\237e.c\" \"b/gr\\303\\266\\303\\237e.c\"\n"
    "--- \"a/gr\\303\\266\\303\\237e.c\"\n"
    "+++ \"b/gr\\303\\266\\303\\237e.c\"\n"
    "@@ -1 +1 @@\n"
    "-old\n"
    "+new\n"
    "diff --git a/made.c b/made.c\n"
    "--- /dev/null\n"
    "+++ b/made.c\t2026-11-01\n"
    "@@ -0,0 +1 @@\n"
    "+--- a/inside.c\n";

static const struct {
    const char *pattern;
    bool found;
} texts_of_raw[] = {
    { "~b elephants", true },        { "~b ELEPHANTS", false },
    { "=b Elephants.", true },       { "~b ^---$", true },
    { "~b x-odd", false },           { "~b jörg", false },
    { "~B elephants", true },        { "~B \"^x-odd: yes$\"", true },
    { "~B jörg", true },             { "~B nobody", false },
    { "~h \"^from: jörg sender\"", true },
    { "~h elephants", false },       { "~h \"^to: .*main@\"", true },
    { "~t main@", true },            { "~t copied@", false },
    { "~t ^list@", true },           { "~t joerg@", false },
    { "~c copied@", true },          { "~c main@", false },
    { "~C copied@", true },          { "~C main@", true },
    { "~C joerg@", false },          { "~L joerg@", true },
    { "~L copied@", true },          { "~L nobody", false },
    { "~y ^drivers/hub.c$", true },  { "~y ^old/name.c$", true },
    { "~y ^fresh/name.c$", true },   { "~y \"^run me.sh$\"", true },
    { "~y ^größe.c$", true },        { "~y ^made.c$", true },
    { "~y dev/null", false },        { "~y nowhere", false },
    { "~y inside", false },          { "~y ^a/", false },
    { "~z 500-1K", true },           { "~z <1K", true },
    { "~z >1K", false },             { "~z -100", false },
};

START_TEST(letters_of_texts)
{
    struct pattern *pattern = compile(texts_of_raw[_i].pattern);

    ck_assert(pattern_needs_texts(pattern));
    ck_assert_uint_eq(pattern_read(pattern, raw, strlen(raw)), texts_of_raw[_i].found ? 1 : 0);
    pattern_free(pattern);
}
END_TEST

START_TEST(each_text_letter_has_a_bit)
{
    struct pattern *pattern = compile("~b nothing | !~b elephants ~s x (~y hub | ~z 1)");

    ck_assert_uint_eq(pattern_read(pattern, raw, strlen(raw)), 2 | 4);
    ck_assert_uint_eq(pattern_read(pattern, "", 0), 0);
    pattern_free(pattern);
}
END_TEST

START_TEST(strange_mails_are_read)
{
    static const char *const mails[] = {
        "", "\n", "\n\ndiff --git \n--- \n+++ \n", "To\n\n\xff\xfe",
        "\n---\ndiff --git \"a/x\\\" \"b/x\\\"\n--- \"a/x\\\"\n+++ \"\n@@ -1 +1 @@\n",
        "\n---\ndiff --git a b\nrename from \"\nrename to \"\\\n",
    };
    struct pattern *pattern = compile("~b x | ~B x | ~h x | ~t x | ~L x | ~y nowhere | ~z >9");

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++)
        ck_assert_uint_eq(pattern_read(pattern, mails[i], strlen(mails[i])) & 1 << 5, 0);
    pattern_free(pattern);
}
END_TEST

/* What pattern_wanted() adds, as ids in the order of the list; checks it against
 * pattern_match(). */
static char *wanted_ids(const struct pattern *pattern, const struct pattern_subject *subject,
                        const struct pattern_texts *texts)
{
    GPtrArray *wanted = g_ptr_array_new();
    GString *out = g_string_new(NULL);

    pattern_wanted(pattern, subject, texts, wanted);
    ck_assert_int_eq(wanted->len > 0, pattern_match(pattern, subject, texts) == PATTERN_UNREAD);
    for (guint i = 0; i < wanted->len; i++) {
        const struct member *member = g_ptr_array_index(wanted, i);

        g_string_append_printf(out, "%s%.2s", out->len ? " " : "", member->mail->message_id);
    }
    g_ptr_array_free(wanted, TRUE);
    return g_string_free(out, FALSE);
}

static void assert_wanted(const char *text, const char *id, const char *expected)
{
    struct pattern *pattern = compile(text);
    const struct pattern_subject subject = subject_of(id, false);
    char *ids = wanted_ids(pattern, &subject, NULL);

    ck_assert_msg(strcmp(ids, expected) == 0, "%s of %s: %s, not %s", text, id, ids, expected);
    g_free(ids);
    pattern_free(pattern);
}

START_TEST(wanted_is_what_can_matter)
{
    assert_wanted("~b x", "a0", "a0 a1 a2");
    assert_wanted("~b x ~b y", "a0", "a0 a1 a2");
    assert_wanted("~b x", "e2", "d1 e2");
    assert_wanted("~s hub ~b x", "a0", "a0 a1 a2");
    assert_wanted("~s nothing ~b x", "a0", "");
    assert_wanted("~b x ~s nothing", "a0", "");
    assert_wanted("~s hub | ~b x", "a0", "");
    assert_wanted("~b x | ~s hub", "a0", "");
    assert_wanted("!(~s hub | ~b x)", "a0", "");
    assert_wanted("!(~s nothing | ~b x)", "a0", "a0 a1 a2");
    assert_wanted("!~b x", "a0", "a0 a1 a2");
    assert_wanted("(~s nothing ~b x) | (~s hub ~b y)", "b0", "b0 b1");
    assert_wanted("~( ~b x )", "b0", "b0 b1 a0 a1 a2 r1 r2");
    assert_wanted("~( ~f rev ~b x )", "b0", "r1");
    assert_wanted("~( ~f nobody ~b x )", "b0", "");
}
END_TEST

static const char *const asked_of_many[] = {
    "~( ~s second )", "!~( ~s second )", "~( ~T )", "~( ~m 2 )", "~( ~s first ) ~( ~f rev )", "~Y note",
    "~( ~Y note )", "~( ~T | ~b x )", "~( ~W rev@ )", "~s hub ~( ~b x )", "~b x",
};

/* Whatever is kept of a series: each subject gets the answer that it gets alone, and each mail that
 * has to be read is named once. */
START_TEST(a_question_says_of_each_what_is_said_of_it_alone)
{
    static const char *const ids[] = { "a0", "b0", "a0", "c", "d1", "e2", "r1", "b1" };
    struct pattern *pattern = compile(asked_of_many[_i]);
    struct pattern_question *question = pattern_question_new(pattern, NULL);
    GHashTable *alone = g_hash_table_new(NULL, NULL);
    GPtrArray *wanted = g_ptr_array_new();

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(ids); i++) {
        struct pattern_subject subject =
            subject_of(ids[i / 2], i % 2 == 1 || strcmp(ids[i / 2], "r1") == 0);
        GPtrArray *one = g_ptr_array_new();

        subject.tagged = i % 3 == 0;
        subject.number = (int)i % 4;
        ck_assert_int_eq(pattern_question_ask(question, &subject),
                         pattern_match(pattern, &subject, NULL));
        pattern_wanted(pattern, &subject, NULL, one);
        for (guint k = 0; k < one->len; k++)
            g_hash_table_add(alone, one->pdata[k]);
        g_ptr_array_unref(one);
        pattern_question_want(question, &subject, wanted);
    }
    ck_assert_uint_eq(wanted->len, g_hash_table_size(alone));
    for (guint i = 0; i < wanted->len; i++)
        ck_assert(g_hash_table_remove(alone, wanted->pdata[i]));
    g_ptr_array_unref(wanted);
    g_hash_table_unref(alone);
    pattern_question_free(question);
    pattern_free(pattern);
}
END_TEST

START_TEST(texts_answer_step_by_step)
{
    struct pattern *pattern = compile("~b x !~b y");
    const struct pattern_subject subject = subject_of("a0", false);
    struct pattern_texts *texts = pattern_texts_new();
    char *ids;

    ck_assert_int_eq(pattern_match(pattern, &subject, texts), PATTERN_UNREAD);
    pattern_texts_add(texts, member_of("a1"), 1);
    ck_assert_int_eq(pattern_match(pattern, &subject, texts), PATTERN_UNREAD);
    ids = wanted_ids(pattern, &subject, texts);
    ck_assert_str_eq(ids, "a0 a2");
    g_free(ids);
    pattern_texts_add(texts, member_of("a0"), 0);
    pattern_texts_add(texts, member_of("a2"), 0);
    ck_assert_int_eq(pattern_match(pattern, &subject, texts), PATTERN_YES);
    /* One mail with y is enough to know. */
    pattern_texts_add(texts, member_of("a2"), 2);
    ck_assert_int_eq(pattern_match(pattern, &subject, texts), PATTERN_NO);
    pattern_texts_free(texts);
    pattern_free(pattern);
}
END_TEST

START_TEST(one_known_text_can_be_enough)
{
    struct pattern *pattern = compile("~b x");
    const struct pattern_subject subject = subject_of("a0", false);
    struct pattern_texts *texts = pattern_texts_new();

    pattern_texts_add(texts, member_of("a2"), 1);
    ck_assert_int_eq(pattern_match(pattern, &subject, texts), PATTERN_YES);
    pattern_texts_free(texts);
    pattern_free(pattern);
}
END_TEST

START_TEST(texts_of_a_mail_are_its_own)
{
    struct pattern *pattern = compile("~b x");
    const struct pattern_subject subject = subject_of("a1", true);
    struct pattern_texts *texts = pattern_texts_new();
    char *ids;

    pattern_texts_add(texts, member_of("a0"), 1);
    ids = wanted_ids(pattern, &subject, texts);
    ck_assert_str_eq(ids, "a1");
    g_free(ids);
    pattern_texts_add(texts, member_of("a1"), 0);
    ck_assert_int_eq(pattern_match(pattern, &subject, texts), PATTERN_NO);
    pattern_texts_free(texts);
    pattern_free(pattern);
}
END_TEST

START_TEST(what_a_pattern_is_about)
{
    static const struct {
        const char *pattern;
        bool texts, is_volatile;
    } cases[] = { { "~s x", false, false }, { "~b x", true, false }, { "~y x | ~T", true, true },
                  { "!(~a 1)", false, true }, { "~( ~s x )", false, true }, { "~V 2", false, false },
                  { "~R", false, true }, { "~U", false, true }, { "~Y x", false, true },
                  { "~D", false, true }, { "~F", false, true }, { "~P | ~Q", false, true }, { "~W x", false, true },
                  { "~w 2", false, true }, { "~N", false, true }, { "~d <2w", false, false } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct pattern *pattern = compile(cases[i].pattern);

        ck_assert_int_eq(pattern_needs_texts(pattern), cases[i].texts);
        ck_assert_int_eq(pattern_is_volatile(pattern), cases[i].is_volatile);
        pattern_free(pattern);
    }
}
END_TEST

static TCase *texts_case(void)
{
    TCase *tests = tcase_create("texts");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, letters_of_texts, 0, (int)G_N_ELEMENTS(texts_of_raw));
    tcase_add_test(tests, each_text_letter_has_a_bit);
    tcase_add_test(tests, strange_mails_are_read);
    tcase_add_test(tests, wanted_is_what_can_matter);
    tcase_add_loop_test(tests, a_question_says_of_each_what_is_said_of_it_alone, 0,
                         (int)G_N_ELEMENTS(asked_of_many));
    tcase_add_test(tests, texts_answer_step_by_step);
    tcase_add_test(tests, one_known_text_can_be_enough);
    tcase_add_test(tests, texts_of_a_mail_are_its_own);
    tcase_add_test(tests, what_a_pattern_is_about);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("pattern_texts");

    g_setenv("TZ", "UTC", TRUE);
    mail_startup();
    suite_add_tcase(suite, texts_case());
    return run_suite(suite);
}
