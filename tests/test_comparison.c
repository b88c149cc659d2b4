/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which patch became which, and how the two differ. The sides are written as the mails of their
 * patches; what git range-diff makes of the same commits is compared in compare.sh. */
#include "compare/comparison.h"

#include "archive/archive.h"
#include "mail/mail.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* A side, and who owns its patches (struct patch *). */
struct side {
    GArray *compared;
    GPtrArray *patches;
};

static struct side side_new(void)
{
    return (struct side){
        .compared = g_array_new(FALSE, FALSE, sizeof(struct compared_patch)),
        .patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free),
    };
}

static void side_free(struct side *side)
{
    g_array_free(side->compared, TRUE);
    g_ptr_array_free(side->patches, TRUE);
}

/* Adds the patch with NUMBER: its message, and what stands behind the header of its file's only hunk; "" for
 * no diff. */
static void add(struct side *side, uint32_t number, const char *title, const char *message,
                const char *hunk)
{
    GString *mail = g_string_new(NULL);
    struct compared_patch compared = { .number = number };

    g_string_printf(mail, "From: Ann <ann@example.org>\nSubject: [PATCH] %s\n\n%s\n", title, message);
    if (hunk[0]) {
        unsigned old = 0, new = 0;

        for (const char *at = hunk; *at; at = strchr(at, '\n') + 1) {
            old += *at != '+';
            new += *at != '-';
        }
        g_string_append_printf(mail, "---\ndiff --git a/a.c b/a.c\nindex 1234567..89abcde 100644\n"
                                     "--- a/a.c\n+++ b/a.c\n@@ -%u,%u +%u,%u @@ work\n%s",
                               number + 10, old, number + 10, new, hunk);
    }
    compared.patch = patch_read(mail->str, mail->len);
    g_ptr_array_add(side->patches, (struct patch *)(uintptr_t)compared.patch);
    g_array_append_val(side->compared, compared);
    g_string_free(mail, TRUE);
}

static void add_unreadable(struct side *side, uint32_t number)
{
    struct compared_patch compared = { .number = number };

    g_array_append_val(side->compared, compared);
}

/* The list: "1=1 2!3* -<4": a moved pair has a star, one whose message alone differs an m. */
static char *list_of(const struct comparison *comparison, const struct side *old,
                     const struct side *new)
{
    const GArray *pairs = comparison_pairs(comparison);
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < pairs->len; i++) {
        const struct comparison_pair *pair = &g_array_index(pairs, struct comparison_pair, i);

        g_string_append(list, i > 0 ? " " : "");
        if (pair->old >= 0)
            g_string_append_printf(
                list, "%u", g_array_index(old->compared, struct compared_patch, pair->old).number);
        g_string_append_c(list, (char)pair->mark);
        if (pair->new >= 0)
            g_string_append_printf(
                list, "%u", g_array_index(new->compared, struct compared_patch, pair->new).number);
        g_string_append_printf(list, "%s%s", pair->moved ? "*" : "",
                               pair->message_only ? "m" : "");
    }
    return g_string_free(list, FALSE);
}

/* Compares the sides, which are freed. */
static void check_list(struct side *old, struct side *new, const char *expected)
{
    struct comparison *comparison = comparison_new(old->compared, new->compared, NULL);
    char *list = list_of(comparison, old, new);

    ck_assert_str_eq(list, expected);
    ck_assert(comparison_is_same(comparison) == (strpbrk(expected, "!<>*") == NULL));
    g_free(list);
    comparison_free(comparison);
    side_free(old);
    side_free(new);
}

/* Adds a patch whose hunk adds lines that no other SEED has, and then the line MORE. */
static void add_seed(struct side *side, uint32_t number, const char *title, unsigned seed,
                     const char *more)
{
    GString *hunk = g_string_new(NULL);

    for (unsigned i = 0; i < 10; i++)
        g_string_append_printf(hunk, "+%u-%u\n", seed, i);
    g_string_append(hunk, more);
    add(side, number, title, "Why.", hunk->str);
    g_string_free(hunk, TRUE);
}

/* The same with a title that no other seed has. */
static void add_titled(struct side *side, uint32_t number, unsigned seed)
{
    char title[20];

    g_snprintf(title, sizeof(title), "patch %u", seed);
    add_seed(side, number, title, seed, "");
}

/* --- pairs ------------------------------------------------------------------------------ */

START_TEST(test_same)
{
    struct side old = side_new(), new = side_new();

    check_list(&old, &new, "");
    old = side_new();
    new = side_new();
    for (unsigned i = 1; i <= 3; i++) {
        add_seed(&old, i, "first", i, "");
        add_seed(&new, i, "first", i, "");
    }
    check_list(&old, &new, "1=1 2=2 3=3");
}
END_TEST

START_TEST(test_changed)
{
    struct side old = side_new(), new = side_new();

    add(&old, 1, "first", "Why.", "+a\n");
    add(&new, 1, "first", "Why not.", "+a\n");
    add(&old, 2, "second", "Why.", "+a\n+b\n");
    add(&new, 2, "second", "Why.", "+a\n+c\n");
    add(&old, 3, "third", "Why.", "+a\n");
    add(&new, 3, "Third, again", "Why.", "+a\n");
    check_list(&old, &new, "1!1m 2!2 3!3m");
}
END_TEST

/* Equal diffs are a pair, whatever the titles are. */
START_TEST(test_diff_before_title)
{
    struct side old = side_new(), new = side_new();

    add_seed(&old, 1, "first", 1, "");
    add_seed(&old, 2, "second", 2, "");
    add_seed(&new, 1, "second", 1, "");
    add_seed(&new, 2, "first", 2, "");
    check_list(&old, &new, "1!1m 2!2m");
}
END_TEST

/* Titles are, whatever the diffs are. */
START_TEST(test_title_before_content)
{
    struct side old = side_new(), new = side_new();

    add_seed(&old, 1, "first", 1, "");
    add_seed(&old, 2, "second", 2, "");
    add_seed(&old, 3, "Third  patch", 3, "");
    add_seed(&new, 1, "second", 1, "+more\n");
    add_seed(&new, 2, "first", 2, "+more\n");
    add_seed(&new, 3, "third PATCH", 4, "");
    check_list(&old, &new, "2!1* 1!2 3!3");
}
END_TEST

START_TEST(test_content)
{
    struct side old = side_new(), new = side_new();

    add_seed(&old, 1, "one", 1, "");
    add_seed(&old, 2, "two", 2, "");
    add_seed(&old, 3, "three", 3, "");
    add_seed(&new, 1, "uno", 2, "+more\n");
    add_seed(&new, 2, "due", 4, "");
    add_seed(&new, 3, "tre", 1, "+more\n");
    /* Nothing has anything of the third; it is dropped, and there is a new second one. */
    check_list(&old, &new, "2!1* >2 1!3 3<");
}
END_TEST

/* Several with one title: those that differ least, and equal ones in their order. */
START_TEST(test_titles_twice)
{
    struct side old = side_new(), new = side_new();

    add_seed(&old, 1, "same", 1, "");
    add_seed(&old, 2, "same", 2, "");
    add_seed(&old, 3, "same", 3, "");
    add_seed(&new, 1, "same", 3, "+more\n");
    add_seed(&new, 2, "same", 1, "+more\n");
    check_list(&old, &new, "3!1* 1!2 2<");

    old = side_new();
    new = side_new();
    add(&old, 1, "same", "1", "+a\n");
    add(&old, 2, "same", "2", "+a\n");
    add(&old, 3, "other", "3", "+a\n");
    add(&new, 1, "other", "4", "+a\n");
    add(&new, 2, "same", "5", "+a\n");
    add(&new, 3, "same", "6", "+a\n");
    check_list(&old, &new, "3!1*m 1!2m 2!3m");
}
END_TEST

/* git range-diff's order: of the new side; the dropped ones as soon as all before them were there. */
START_TEST(test_order)
{
    struct side old = side_new(), new = side_new();
    static const unsigned new_seeds[] = { 9, 3, 1, 8, 6 };

    for (unsigned i = 1; i <= 6; i++)
        add_titled(&old, i, i);
    for (unsigned i = 0; i < G_N_ELEMENTS(new_seeds); i++)
        add_titled(&new, i + 1, new_seeds[i]);
    check_list(&old, &new, ">1 3=2* 1=3 2< 4< 5< >4 6=5");
}
END_TEST

START_TEST(test_moved)
{
    struct side old = side_new(), new = side_new();

    for (unsigned i = 1; i <= 5; i++)
        add_titled(&old, i, i);
    for (unsigned i = 1; i <= 5; i++)
        add_titled(&new, i, i % 5 + 1);
    check_list(&old, &new, "2=1 3=2 4=3 5=4 1=5*");
}
END_TEST

/* --- what is no patch like others ---------------------------------------------------------- */

START_TEST(test_covers)
{
    struct side old = side_new(), new = side_new();

    add(&old, 0, "the whole", "About it.", "");
    add_seed(&old, 1, "first", 1, "");
    add(&new, 0, "all of it", "All about it.", "");
    add_seed(&new, 1, "the whole", 1, "");
    check_list(&old, &new, "0!0m 1!1m");

    old = side_new();
    new = side_new();
    add(&old, 0, "the whole", "About it.", "");
    add_seed(&old, 1, "first", 1, "");
    add_seed(&new, 1, "the whole", 1, "");
    check_list(&old, &new, "0< 1!1m");

    old = side_new();
    new = side_new();
    add(&new, 0, "the whole", "About it.", "");
    add(&old, 1, "the whole", "About it.", "");
    check_list(&old, &new, ">0 1<");

    /* What is new is said behind the line at which git cuts a message off. */
    old = side_new();
    new = side_new();
    add(&old, 0, "the whole", "About it.\n---\n 1 file changed, 1 insertion(+)", "");
    add(&old, 0, "the rest", "About it.\n---\nv2: faster", "");
    add(&new, 0, "the whole", "About it.\n---\n 1 file changed, 9 insertions(+)", "");
    add(&new, 0, "the rest", "About it.\n---\nv3: slower", "");
    check_list(&old, &new, "0=0 0!0m");
}
END_TEST

START_TEST(test_no_diff)
{
    struct side old = side_new(), new = side_new();

    add(&old, 1, "one", "Lost on the way.", "");
    add(&old, 2, "two", "Lost on the way.", "");
    add(&new, 1, "two", "Lost on the way.", "");
    add(&new, 2, "three", "Lost on the way.", "");
    check_list(&old, &new, "1< 2=1 >2");
}
END_TEST

START_TEST(test_unreadable)
{
    struct side old = side_new(), new = side_new();
    struct comparison *comparison;
    GString *text = g_string_new(NULL);
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct comparison_line));
    const struct comparison_pair *pair;

    add_unreadable(&old, 1);
    add_seed(&old, 2, "two", 2, "");
    add_unreadable(&new, 1);
    add_seed(&new, 2, "two", 2, "");
    comparison = comparison_new(old.compared, new.compared, NULL);
    ck_assert_uint_eq(comparison_pairs(comparison)->len, 3);
    ck_assert(!comparison_is_same(comparison));
    pair = &g_array_index(comparison_pairs(comparison), struct comparison_pair, 0);
    comparison_describe(comparison, pair, 2, text);
    ck_assert_str_eq(text->str, " 1:  <  -:  (could not be read)");
    comparison_lines(comparison, pair, 3, lines);
    ck_assert_uint_eq(lines->len, 0);
    comparison_free(comparison);
    g_array_free(lines, TRUE);
    g_string_free(text, TRUE);
    side_free(&old);
    side_free(&new);
}
END_TEST

/* As many as are compared with one another, and one more; in both cases all titles are others. */
START_TEST(test_many)
{
    for (unsigned count = COMPARISON_ASSIGNED_MAX; count <= COMPARISON_ASSIGNED_MAX + 1; count++) {
        struct side old = side_new(), new = side_new();
        struct comparison *comparison;
        const GArray *pairs;
        char title[20];

        for (unsigned i = 1; i <= count; i++) {
            g_snprintf(title, sizeof(title), "old %u", i);
            add_seed(&old, i, title, i, "");
            g_snprintf(title, sizeof(title), "new %u", i);
            add_seed(&new, i, title, i, "+more\n");
        }
        comparison = comparison_new(old.compared, new.compared, NULL);
        pairs = comparison_pairs(comparison);
        ck_assert_uint_eq(pairs->len, count > COMPARISON_ASSIGNED_MAX ? 2 * count : count);
        comparison_free(comparison);
        side_free(&old);
        side_free(&new);
    }
}
END_TEST

/* Many lines that all have in common: too much to compare each with each, and still those are pairs that
 * have some more in common. */
START_TEST(test_estimated)
{
    enum { COUNT = 120, COMMON = 200 };
    struct side old = side_new(), new = side_new();
    GString *common = g_string_new(NULL);
    struct comparison *comparison;
    const GArray *pairs;

    for (unsigned i = 0; i < COMMON; i++)
        g_string_append_printf(common, "+line %u\n", i);
    for (unsigned i = 1; i <= COUNT; i++) {
        char title[20];

        g_snprintf(title, sizeof(title), "old %u", i);
        add_seed(&old, i, title, i, common->str);
        g_snprintf(title, sizeof(title), "new %u", i);
        g_string_append(common, "+more\n");
        add_seed(&new, i, title, COUNT + 1 - i, common->str);
        g_string_truncate(common, common->len - strlen("+more\n"));
    }
    comparison = comparison_new(old.compared, new.compared, NULL);
    pairs = comparison_pairs(comparison);
    ck_assert_uint_eq(pairs->len, COUNT);
    for (guint i = 0; i < pairs->len; i++) {
        const struct comparison_pair *pair = &g_array_index(pairs, struct comparison_pair, i);

        ck_assert_int_eq(pair->old, COUNT - 1 - pair->new);
        ck_assert_uint_eq(pair->removed, 1);
        ck_assert_uint_eq(pair->added, 2);
    }
    comparison_free(comparison);
    g_string_free(common, TRUE);
    side_free(&old);
    side_free(&new);
}
END_TEST

START_TEST(test_many_of_a_title)
{
    struct side old = side_new(), new = side_new();
    struct comparison *comparison;
    const GArray *pairs;

    for (unsigned i = 1; i <= COMPARISON_ASSIGNED_MAX + 1; i++) {
        add_seed(&old, i, "same", i, "");
        add_seed(&new, i, "same", i + 1000, "");
    }
    comparison = comparison_new(old.compared, new.compared, NULL);
    pairs = comparison_pairs(comparison);
    ck_assert_uint_eq(pairs->len, COMPARISON_ASSIGNED_MAX + 1);
    for (guint i = 0; i < pairs->len; i++) {
        const struct comparison_pair *pair = &g_array_index(pairs, struct comparison_pair, i);

        ck_assert_int_eq(pair->old, pair->new);
        ck_assert(pair->mark == COMPARISON_CHANGED && !pair->moved);
    }
    comparison_free(comparison);
    side_free(&old);
    side_free(&new);
}
END_TEST

START_TEST(test_stop)
{
    struct side old = side_new(), new = side_new();
    gint stop = 1;

    add_seed(&old, 1, "one", 1, "");
    add_seed(&new, 1, "two", 2, "");
    ck_assert_ptr_null(comparison_new(old.compared, new.compared, &stop));
    side_free(&old);
    side_free(&new);
}
END_TEST

/* --- what differs -------------------------------------------------------------------------- */

/* Compares the only pair of the sides, which are freed; a letter for what a line is in its patch in front
 * of it: H heading, m message, h hunk, c context, a added, r removed, b break. */
static void check_lines(struct side *old, struct side *new, unsigned context, const char *expected)
{
    static const char letters[] = {
        [COMPARISON_HEADING] = 'H',     [COMPARISON_MESSAGE] = 'm',
        [COMPARISON_HUNK] = 'h',        [COMPARISON_CONTEXT] = 'c',
        [COMPARISON_INNER_ADDED] = 'a', [COMPARISON_INNER_REMOVED] = 'r',
        [COMPARISON_BREAK] = 'b',
    };
    struct comparison *comparison = comparison_new(old->compared, new->compared, NULL);
    const GArray *pairs = comparison_pairs(comparison);
    const struct comparison_pair *pair = &g_array_index(pairs, struct comparison_pair, 0);
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct comparison_line));
    GString *found = g_string_new(NULL);
    unsigned removed = 0, added = 0;

    ck_assert_uint_eq(pairs->len, 1);
    comparison_lines(comparison, pair, context, lines);
    for (guint i = 0; i < lines->len; i++) {
        const struct comparison_line *line = &g_array_index(lines, struct comparison_line, i);

        g_string_append_printf(found, "%c%c%.*s\n", letters[line->inner], line->outer,
                               (int)line->length, line->text);
        removed += line->outer == '-';
        added += line->outer == '+';
    }
    ck_assert_str_eq(found->str, expected);
    ck_assert_uint_eq(pair->removed, removed);
    ck_assert_uint_eq(pair->added, added);
    g_string_free(found, TRUE);
    g_array_free(lines, TRUE);
    comparison_free(comparison);
    side_free(old);
    side_free(new);
}

START_TEST(test_lines)
{
    struct side old = side_new(), new = side_new();

    add(&old, 1, "first", "Why.", " one\n-two\n+2\n three\n");
    add(&new, 1, "first", "Why not.", " one\n-two\n+II\n three\n");
    check_lines(&old, &new, 1,
                "b @@ Commit message\n"
                "m \n"
                "m-    Why.\n"
                "m+    Why not.\n"
                "m \n"
                "b @@ a.c: work\n"
                "r -two\n"
                "a-+2\n"
                "a++II\n"
                "c  three\n");
}
END_TEST

START_TEST(test_whole)
{
    struct side old = side_new(), new = side_new();

    add(&old, 1, "first", "Why.", " one\n+two\n");
    check_lines(&old, &new, 0,
                "H- ## Metadata ##\n"
                "m-Author: Ann <ann@example.org>\n"
                "m-\n"
                "H- ## Commit message ##\n"
                "m-    first\n"
                "m-\n"
                "m-    Why.\n"
                "m-\n"
                "H- ## a.c ##\n"
                "h-@@ a.c: work\n"
                "c- one\n"
                "a-+two\n");
}
END_TEST

START_TEST(test_same_has_no_lines)
{
    struct side old = side_new(), new = side_new();

    add(&old, 1, "first", "Why.", "+two\n");
    add(&new, 1, "first", "Why.", "+two\n");
    check_lines(&old, &new, 3, "");
}
END_TEST

/* A hunk that begins with what looks like the header of one, and ends with LAST. */
static char *long_hunk(const char *function, const char *last)
{
    return g_strdup_printf("+@@ %s\n+1\n+2\n+3\n+4\n+5\n+%s\n", function, last);
}

/* Checks what a break says where FUNCTION is in force. */
static void check_break(const char *function, const char *expected)
{
    struct side old = side_new(), new = side_new();
    char *before = long_hunk(function, "x"), *after = long_hunk(function, "y");
    char *lines = g_strdup_printf("b @@%s\na-+x\na++y\n", expected);

    add(&old, 1, "first", "Why.", before);
    add(&new, 1, "first", "Why.", after);
    check_lines(&old, &new, 0, lines);
    g_free(before);
    g_free(after);
    g_free(lines);
}

START_TEST(test_breaks)
{
    char *long_name = g_strnfill(79, 'n'), *cut = g_strconcat(" ", long_name, NULL);
    char *wide_name = g_strconcat(long_name, "ö", NULL);

    check_break("there", " there");
    check_break("   there   ", "    there");
    check_break(wide_name, cut);
    g_free(long_name);
    g_free(wide_name);
    g_free(cut);
}
END_TEST

START_TEST(test_describe)
{
    struct side old = side_new(), new = side_new();
    struct comparison *comparison;
    static const char *const expected[] = {
        " 1:  !  7:  one", " 3:  <  -:  three", " -:  > 12:  dodici",
    };

    add(&old, 1, "one", "Why.", "+a\n");
    add(&old, 3, "three", "Why.", "+c\n");
    add(&new, 7, "uno", "Why.", "+a\n");
    add(&new, 12, "dodici", "Why.", "+x\n");
    comparison = comparison_new(old.compared, new.compared, NULL);
    ck_assert_uint_eq(comparison_pairs(comparison)->len, 3);
    for (guint i = 0; i < 3; i++) {
        GString *text = g_string_new(NULL);

        comparison_describe(comparison,
                            &g_array_index(comparison_pairs(comparison), struct comparison_pair, i),
                            2, text);
        ck_assert_str_eq(text->str, expected[i]);
        g_string_free(text, TRUE);
    }
    comparison_free(comparison);
    side_free(&old);
    side_free(&new);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("comparison");
    TCase *pairs = tcase_create("pairs"), *others = tcase_create("others");
    TCase *lines = tcase_create("lines");

    archive_startup(false);
    mail_startup();
    tcase_add_test(pairs, test_same);
    tcase_add_test(pairs, test_changed);
    tcase_add_test(pairs, test_diff_before_title);
    tcase_add_test(pairs, test_title_before_content);
    tcase_add_test(pairs, test_content);
    tcase_add_test(pairs, test_titles_twice);
    tcase_add_test(pairs, test_order);
    tcase_add_test(pairs, test_moved);
    tcase_add_test(others, test_covers);
    tcase_add_test(others, test_no_diff);
    tcase_add_test(others, test_unreadable);
    tcase_add_test(others, test_many);
    tcase_add_test(others, test_estimated);
    tcase_add_test(others, test_many_of_a_title);
    tcase_add_test(others, test_stop);
    tcase_add_test(lines, test_lines);
    tcase_add_test(lines, test_whole);
    tcase_add_test(lines, test_same_has_no_lines);
    tcase_add_test(lines, test_breaks);
    tcase_add_test(lines, test_describe);
    suite_add_tcase(suite, pairs);
    suite_add_tcase(suite, others);
    suite_add_tcase(suite, lines);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
