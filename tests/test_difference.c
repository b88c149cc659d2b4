/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two texts. */
#include "compare/difference.h"

#include "archive/archive.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* The difference as text: each line with its sign, "@old,new" for where a hunk begins. */
static char *difference_of(const char *old_text, const char *new_text, unsigned context)
{
    struct difference_texts *texts = difference_texts_new();
    const struct difference_text *old =
        difference_texts_add(texts, old_text, strlen(old_text));
    const struct difference_text *new =
        difference_texts_add(texts, new_text, strlen(new_text));
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct difference_line));
    GString *out = g_string_new(NULL);

    difference_lines(old, new, context, lines);
    for (guint i = 0; i < lines->len; i++) {
        const struct difference_line *line = &g_array_index(lines, struct difference_line, i);

        if (line->sign == '@')
            g_string_append_printf(out, "@%zu,%zu\n", line->old_index, line->new_index);
        else
            g_string_append_printf(out, "%c%.*s\n", line->sign, (int)line->length, line->text);
    }
    g_array_free(lines, TRUE);
    difference_texts_free(texts);
    return g_string_free(out, FALSE);
}

static void check_difference(const char *old, const char *new, unsigned context,
                             const char *expected)
{
    char *found = difference_of(old, new, context);

    ck_assert_str_eq(found, expected);
    g_free(found);
}

static uint32_t size_of(const char *old, const char *new, uint32_t *least)
{
    struct difference_texts *texts = difference_texts_new();
    const struct difference_text *one = difference_texts_add(texts, old, strlen(old));
    const struct difference_text *other = difference_texts_add(texts, new, strlen(new));
    uint32_t size = difference_size(one, other);

    *least = difference_size_least(one, other);
    difference_texts_free(texts);
    return size;
}

START_TEST(test_lines)
{
    check_difference("a\nb\nc\n", "a\nb\nc\n", 3, "");
    check_difference("", "", 3, "");
    check_difference("a\nb\nc\n", "a\nB\nc\n", 3, "@0,0\n a\n-b\n+B\n c\n");
    check_difference("a\nb\nc\n", "a\nB\nc\n", 0, "@1,1\n-b\n+B\n");
    check_difference("", "a\n\n", 3, "@0,0\n+a\n+\n");
    check_difference("a\n\n", "", 3, "@0,0\n-a\n-\n");
    check_difference("a\nc\n", "a\nb\nc\n", 0, "@1,1\n+b\n");
    check_difference("a\nb\nc\n", "a\nc\n", 0, "@1,1\n-b\n");
    /* Two changes that are further apart than twice the context are two hunks. */
    check_difference("1\n2\n3\n4\n5\n", "x\n2\n3\n4\ny\n", 1,
                     "@0,0\n-1\n+x\n 2\n@3,3\n 4\n-5\n+y\n");
    check_difference("1\n2\n3\n4\n5\n", "x\n2\n3\n4\ny\n", 2,
                     "@0,0\n-1\n+x\n 2\n 3\n 4\n-5\n+y\n");
    /* The last line need not end. */
    check_difference("a\nb", "a\nb\n", 3, "");
    check_difference("a\nb", "a\nc", 1, "@0,0\n a\n-b\n+c\n");
    check_difference("a\n", "b\n", UINT32_MAX, "@0,0\n-a\n+b\n");
}
END_TEST

/* Of the ways to say that a block was put between two others, git takes the one that begins where
 * the indentation does; so do lines that stand for others. */
START_TEST(test_indentation)
{
    check_difference("if (a) {\n\tb();\n}\n\nif (a) {\n\td();\n}\n",
                     "if (a) {\n\tb();\n}\n\nif (a) {\n\tc();\n}\n\nif (a) {\n\td();\n}\n", 0,
                     "@4,4\n+if (a) {\n+\tc();\n+}\n+\n");
    check_difference("one\n  \n\t\n", "one\n\t\n  \n", 0, "@1,1\n-  \n@3,2\n+  \n");
}
END_TEST

START_TEST(test_bytes)
{
    static const char old_bytes[] = "\0\n\xff\n\0\0\n", new_bytes[] = "\0\n\xfe\n\0\0\n";
    struct difference_texts *texts = difference_texts_new();
    const struct difference_text *old =
        difference_texts_add(texts, old_bytes, sizeof(old_bytes) - 1);
    const struct difference_text *new =
        difference_texts_add(texts, new_bytes, sizeof(new_bytes) - 1);
    size_t length;

    ck_assert_uint_eq(difference_text_count(old), 3);
    ck_assert_mem_eq(difference_text_line(old, 2, &length), "\0\0", 2);
    ck_assert_uint_eq(length, 2);
    ck_assert_uint_eq(difference_size(old, new), 5);
    ck_assert_uint_eq(difference_size(old, old), 0);
    difference_texts_free(texts);
}
END_TEST

START_TEST(test_size)
{
    uint32_t least;

    ck_assert_uint_eq(size_of("a\nb\n", "a\nb\n", &least), 0);
    ck_assert_uint_eq(least, 0);
    /* A hunk, two lines that changed, three around them on each side. */
    ck_assert_uint_eq(size_of("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n", &least), 9);
    ck_assert_uint_eq(least, 3);
    ck_assert_uint_eq(size_of("a\na\nb\n", "a\nb\nb\n", &least), 5);
    ck_assert_uint_eq(least, 3);
}
END_TEST

/* Some lines of few kinds: blank ones, indented ones, and others. */
static char *random_text(GRand *chance)
{
    static const char *const kinds[] = { "", " ", "\t", "  a", "\ta", "a", "b", "c", "+d", "\v" };
    GString *text = g_string_new(NULL);

    for (int left = g_rand_int_range(chance, 0, 40); left > 0; left--)
        g_string_append_printf(text, "%s\n",
                               kinds[g_rand_int_range(chance, 0, G_N_ELEMENTS(kinds))]);
    return g_string_free(text, FALSE);
}

/* Does the difference of OLD and NEW make the one of the other? All lines are shown. */
static void check_whole(const char *old, const char *new)
{
    char *difference = difference_of(old, new, 1000), **lines = g_strsplit(difference, "\n", -1);
    GString *made_old = g_string_new(NULL), *made_new = g_string_new(NULL);

    for (char **line = lines; *line; line++) {
        if (**line == ' ' || **line == '-')
            g_string_append_printf(made_old, "%s\n", *line + 1);
        if (**line == ' ' || **line == '+')
            g_string_append_printf(made_new, "%s\n", *line + 1);
    }
    if (strcmp(old, new) == 0) {
        ck_assert_str_eq(difference, "");
    } else {
        ck_assert_str_eq(made_old->str, old);
        ck_assert_str_eq(made_new->str, new);
    }
    g_string_free(made_old, TRUE);
    g_string_free(made_new, TRUE);
    g_strfreev(lines);
    g_free(difference);
}

START_TEST(test_random)
{
    GRand *chance = g_rand_new_with_seed(7);

    for (int round = 0; round < 2000; round++) {
        char *old = random_text(chance), *new = random_text(chance);
        uint32_t least, size = size_of(old, new, &least);

        ck_assert_uint_le(least, size);
        check_whole(old, new);
        g_free(old);
        g_free(new);
    }
    g_rand_free(chance);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("difference");
    TCase *cases = tcase_create("difference");

    archive_startup(false);
    tcase_add_test(cases, test_lines);
    tcase_add_test(cases, test_indentation);
    tcase_add_test(cases, test_bytes);
    tcase_add_test(cases, test_size);
    tcase_add_test(cases, test_random);
    suite_add_tcase(suite, cases);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
