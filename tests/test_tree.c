/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A posting as a tree: what stands under what, what is missing, and that threads of any shape end. */
#include "series_support.h"
#include "tree.h"

#include "mail/mail.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

#define DAY 86400

/* The tree of the posting with ID as one line of text for each of its own: the prefix, and the
 * subject or the missing numbers. The caller frees it. */
static char *draw(const struct series_set *set, const char *id, bool unicode)
{
    char *whole = g_strdup_printf("%s@example.org", id);
    const struct posting *posting = series_set_find(set, whole);
    ck_assert_ptr_nonnull(posting);
    GArray *lines = tree_build(posting);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++) {
        const struct tree_line *line = &g_array_index(lines, struct tree_line, i);
        tree_append_prefix(line, unicode, text);
        if (line->member)
            g_string_append_printf(text, "%s\n", line->member->mail->subject);
        else
            g_string_append_printf(text, "missing %u-%u\n", line->first, line->last);
    }
    g_array_unref(lines);
    g_free(whole);
    return g_string_free(text, FALSE);
}

static void assert_tree(struct paper_list *list, const char *id, const char *wanted)
{
    struct series_set *set = paper_list_read(list);
    char *drawn = draw(set, id, false);
    ck_assert_str_eq(drawn, wanted);
    g_free(drawn);
    series_set_free(set);
}

static void add(struct paper_list *list, const char *id, const char *parent, const char *subject,
                int day)
{
    paper_list_add(list, &(struct draft_mail){.id = id,
                                              .reply_to = parent,
                                              .subject = subject,
                                              .date = 1700000000 + day * DAY});
}

START_TEST(test_series)
{
    struct paper_list *list = paper_list_new();
    add(list, "c", NULL, "[PATCH 0/2] cover", 0);
    add(list, "p2", "c", "[PATCH 2/2] two", 0);
    add(list, "p1", "c", "[PATCH 1/2] one", 0);
    add(list, "r1", "p1", "Re: first answer", 1);
    add(list, "r2", "r1", "Re: answer to it", 2);
    add(list, "r3", "p1", "Re: second answer", 3);
    add(list, "r4", "c", "Re: to the cover", 4);
    assert_tree(list, "c",
                "[PATCH 0/2] cover\n"
                "|->[PATCH 1/2] one\n"
                "| |->Re: first answer\n"
                "| | `->Re: answer to it\n"
                "| `->Re: second answer\n"
                "|->[PATCH 2/2] two\n"
                "`->Re: to the cover\n");
    paper_list_free(list);
}
END_TEST

START_TEST(test_without_cover)
{
    struct paper_list *list = paper_list_new();
    add(list, "p1", NULL, "[PATCH 1/2] one", 0);
    add(list, "p2", "p1", "[PATCH 2/2] two", 0);
    add(list, "r", "p2", "Re: answer", 1);
    assert_tree(list, "p1",
                "[PATCH 1/2] one\n"
                "[PATCH 2/2] two\n"
                "`->Re: answer\n");
    paper_list_free(list);
}
END_TEST

START_TEST(test_missing)
{
    struct paper_list *list = paper_list_new();
    add(list, "c", NULL, "[PATCH 0/7] cover", 0);
    add(list, "p2", "c", "[PATCH 2/7] two", 0);
    add(list, "p5", "c", "[PATCH 5/7] five", 0);
    assert_tree(list, "c",
                "[PATCH 0/7] cover\n"
                "|->missing 1-1\n"
                "|->[PATCH 2/7] two\n"
                "|->missing 3-4\n"
                "|->[PATCH 5/7] five\n"
                "`->missing 6-7\n");
    paper_list_free(list);
}
END_TEST

/* What a partial reroll does not send again stands in its place; what is a posting of the same series
 * is not among the answers. */
START_TEST(test_reroll)
{
    struct paper_list *list = paper_list_new();
    add(list, "p1", NULL, "[PATCH 1/3] one", 0);
    add(list, "p2", "p1", "[PATCH 2/3] two", 0);
    add(list, "p3", "p1", "[PATCH 3/3] three", 0);
    add(list, "q2", "p2", "[PATCH v2 2/3] two", 1);
    add(list, "r", "p2", "Re: old answer", 1);
    assert_tree(list, "q2",
                "[PATCH 1/3] one\n"
                "[PATCH v2 2/3] two\n"
                "[PATCH 3/3] three\n");
    assert_tree(list, "p1",
                "[PATCH 1/3] one\n"
                "[PATCH 2/3] two\n"
                "`->Re: old answer\n"
                "[PATCH 3/3] three\n");
    paper_list_free(list);
}
END_TEST

START_TEST(test_line_drawing)
{
    struct paper_list *list = paper_list_new();
    add(list, "c", NULL, "[PATCH 0/2] cover", 0);
    add(list, "p1", "c", "[PATCH 1/2] one", 0);
    add(list, "r1", "p1", "Re: answer", 1);
    add(list, "p2", "c", "[PATCH 2/2] two", 0);
    struct series_set *set = paper_list_read(list);
    char *drawn = draw(set, "c", true);
    ck_assert_str_eq(drawn, "[PATCH 0/2] cover\n"
                            "├─>[PATCH 1/2] one\n"
                            "│ └─>Re: answer\n"
                            "└─>[PATCH 2/2] two\n");
    g_free(drawn);
    series_set_free(set);
    paper_list_free(list);
}
END_TEST

START_TEST(test_loop)
{
    struct paper_list *list = paper_list_new();
    add(list, "p", "b", "[PATCH] start", 0);
    add(list, "a", "p", "Re: one", 1);
    add(list, "b", "a", "Re: two", 2);
    add(list, "s", "s", "Re: itself", 3);
    assert_tree(list, "p",
                "[PATCH] start\n"
                "`->Re: one\n"
                "  `->Re: two\n");
    paper_list_free(list);
}
END_TEST

/* The last level is drawn for all that is deeper, and nothing is lost. */
START_TEST(test_deep_thread)
{
    enum { DEPTH = 20000 };
    struct paper_list *list = paper_list_new();
    add(list, "d0", NULL, "[PATCH] start", 0);
    for (int i = 1; i <= DEPTH; i++) {
        char id[16], parent[16];
        g_snprintf(id, sizeof id, "d%d", i);
        g_snprintf(parent, sizeof parent, "d%d", i - 1);
        add(list, id, parent, "Re: deeper", 1);
    }
    struct series_set *set = paper_list_read(list);
    GArray *lines = tree_build(series_set_find(set, "d0@example.org"));
    ck_assert_uint_eq(lines->len, DEPTH + 1);
    for (guint i = 0; i < lines->len; i++)
        ck_assert_uint_eq(g_array_index(lines, struct tree_line, i).depth, MIN(i, TREE_DEPTH_MAX));
    g_array_unref(lines);
    series_set_free(set);
    paper_list_free(list);
}
END_TEST

static Suite *tree_suite(void)
{
    Suite *suite = suite_create("tree");
    TCase *tests = tcase_create("tree");
    tcase_add_test(tests, test_series);
    tcase_add_test(tests, test_without_cover);
    tcase_add_test(tests, test_missing);
    tcase_add_test(tests, test_reroll);
    tcase_add_test(tests, test_line_drawing);
    tcase_add_test(tests, test_loop);
    tcase_add_test(tests, test_deep_thread);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    mail_startup();
    return run_suite(tree_suite());
}
