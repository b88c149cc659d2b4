/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic of lists: where the cursor is and what is on the screen. */
#include "list.h"
#include "run_suite.h"

#include <check.h>
#include <glib.h>

/* A list of COUNT rows on a screen of HEIGHT lines, the cursor at CURSOR and TOP in the first line. */
static struct list list_at(int count, int height, int top, int cursor)
{
    return (struct list){.count = count, .height = height, .top = top, .cursor = cursor};
}

static void assert_list(const struct list *list, int top, int cursor)
{
    ck_assert_int_eq(list->top, top);
    ck_assert_int_eq(list->cursor, cursor);
}

static const struct {
    enum motion motion;
    int count;
    int top, cursor; /* of a hundred rows, ten lines, from top 40 and cursor 45 */
} moves[] = {
    {MOTION_NEXT, 0, 40, 46},
    {MOTION_NEXT, 1, 40, 46},
    {MOTION_NEXT, 3, 40, 48},
    {MOTION_NEXT, 7, 43, 52},
    {MOTION_NEXT, G_MAXINT, 90, 99},
    {MOTION_PREVIOUS, 6, 39, 39},
    {MOTION_PREVIOUS, G_MAXINT, 0, 0},
    {MOTION_LINE_DOWN, 0, 41, 45},
    {MOTION_LINE_DOWN, 7, 47, 47},
    {MOTION_LINE_DOWN, G_MAXINT, 90, 90},
    {MOTION_LINE_UP, 2, 38, 45},
    {MOTION_LINE_UP, 5, 35, 44},
    {MOTION_LINE_UP, G_MAXINT, 0, 9},
    {MOTION_HALF_DOWN, 0, 45, 50},
    {MOTION_HALF_DOWN, 2, 50, 55},
    {MOTION_HALF_UP, 0, 35, 40},
    {MOTION_PAGE_DOWN, 0, 50, 55},
    {MOTION_PAGE_DOWN, 3, 70, 75},
    {MOTION_PAGE_DOWN, G_MAXINT, 90, 99},
    {MOTION_PAGE_UP, 2, 20, 25},
    {MOTION_PAGE_UP, G_MAXINT, 0, 0},
    {MOTION_FIRST, 0, 0, 0},
    {MOTION_FIRST, 44, 40, 43},
    {MOTION_FIRST, 100, 90, 99},
    {MOTION_LAST, 0, 90, 99},
    {MOTION_LAST, 1, 0, 0},
    {MOTION_TOP, 0, 40, 40},
    {MOTION_MIDDLE, 0, 40, 44},
    {MOTION_BOTTOM, 0, 40, 49},
    {MOTION_CURRENT_TOP, 0, 45, 45},
    {MOTION_CURRENT_MIDDLE, 0, 40, 45},
    {MOTION_CURRENT_BOTTOM, 0, 36, 45},
};

START_TEST(test_moves)
{
    struct list list = list_at(100, 10, 40, 45);
    ck_assert_ptr_null(list_move(&list, moves[_i].motion, moves[_i].count));
    assert_list(&list, moves[_i].top, moves[_i].cursor);
}
END_TEST

static const struct {
    enum motion motion;
    int count;
    int top, cursor; /* of thirty rows, ten lines */
    const char *said;
} ends[] = {
    {MOTION_NEXT, 0, 20, 29, "You are on the last entry."},
    {MOTION_PREVIOUS, 5, 0, 0, "You are on the first entry."},
    {MOTION_LINE_DOWN, 0, 20, 25, "You cannot scroll down farther."},
    {MOTION_LINE_UP, 0, 0, 5, "You cannot scroll up farther."},
    {MOTION_PAGE_DOWN, 0, 20, 29, "You are on the last page."},
    {MOTION_HALF_UP, 0, 0, 0, "You are on the first page."},
    {MOTION_FIRST, 31, 20, 25, "Invalid index number."},
};

START_TEST(test_ends)
{
    struct list list = list_at(30, 10, ends[_i].top, ends[_i].cursor);
    ck_assert_str_eq(list_move(&list, ends[_i].motion, ends[_i].count), ends[_i].said);
    assert_list(&list, ends[_i].top, ends[_i].cursor);
}
END_TEST

/* At the ends a row stays where it is, and the screen is full. */
START_TEST(test_current_at_the_ends)
{
    struct list list = list_at(30, 10, 20, 25);
    ck_assert_ptr_null(list_move(&list, MOTION_CURRENT_TOP, 0));
    assert_list(&list, 20, 25);
    list = list_at(30, 10, 0, 2);
    ck_assert_ptr_null(list_move(&list, MOTION_CURRENT_BOTTOM, 0));
    assert_list(&list, 0, 2);
}
END_TEST

START_TEST(test_last_page_without_scrolling)
{
    /* The cursor goes to the end where nothing is left to scroll. */
    struct list list = list_at(30, 10, 20, 22);
    ck_assert_ptr_null(list_move(&list, MOTION_PAGE_DOWN, 0));
    assert_list(&list, 20, 29);
}
END_TEST

START_TEST(test_empty)
{
    for (int motion = MOTION_NEXT; motion <= MOTION_LEFT; motion++) {
        struct list list = list_at(0, 10, 0, 0);
        ck_assert_str_eq(list_move(&list, (enum motion)motion, 3), "There are no entries.");
        assert_list(&list, 0, 0);
    }
}
END_TEST

START_TEST(test_replace)
{
    /* The selected row keeps its line of the screen … */
    struct list list = list_at(30, 10, 10, 13);
    list_replace(&list, 35, 18);
    assert_list(&list, 15, 18);
    /* … where there is enough above and below it … */
    list_replace(&list, 35, 1);
    assert_list(&list, 0, 1);
    list_replace(&list, 4, 2);
    assert_list(&list, 0, 2);
    /* … and where it is past the end, the last one is selected. */
    list_replace(&list, 2, 7);
    assert_list(&list, 0, 1);
    list_replace(&list, 0, 1);
    assert_list(&list, 0, 0);
}
END_TEST

START_TEST(test_resize)
{
    struct list list = list_at(30, 10, 10, 18);
    list_resize(&list, 5);
    assert_list(&list, 14, 18);
    list_resize(&list, 40);
    assert_list(&list, 0, 18);
    list_resize(&list, 0);
    ck_assert_int_eq(list.height, 1);
    assert_list(&list, 18, 18);
}
END_TEST

/* Whatever is done, the cursor is on the screen, and the screen as full as it can be. */
START_TEST(test_always_in_order)
{
    GRand *random = g_rand_new_with_seed((guint32)_i);
    struct list list = list_at(0, 1, 0, 0);
    for (int i = 0; i < 5000; i++) {
        switch (g_rand_int_range(random, 0, 6)) {
        case 0:
            list_resize(&list, g_rand_int_range(random, -2, 30));
            break;
        case 1:
            list_replace(&list, g_rand_int_range(random, 0, 60), g_rand_int_range(random, 0, 60));
            break;
        case 2:
            list_select(&list, g_rand_int_range(random, -5, 60));
            break;
        default:
            list_move(&list, (enum motion)g_rand_int_range(random, 0, MOTION_LEFT + 1),
                      g_rand_int_range(random, 0, 80));
        }
        ck_assert_int_ge(list.height, 1);
        ck_assert_int_le(0, list.top);
        ck_assert_int_le(list.top, list.cursor);
        ck_assert_int_lt(list.cursor, list.top + list.height);
        ck_assert_int_lt(list.cursor, list.count ? list.count : 1);
        ck_assert_int_le(list.top, list.count > list.height ? list.count - list.height : 0);
    }
    g_rand_free(random);
}
END_TEST

START_TEST(test_place)
{
    char text[8];
    struct list list = list_at(5, 10, 0, 0);
    ck_assert_str_eq(list_place(&list, text), "all");
    list = list_at(100, 10, 90, 95);
    ck_assert_str_eq(list_place(&list, text), "end");
    list = list_at(100, 10, 24, 24);
    ck_assert_str_eq(list_place(&list, text), "34%");
    list = list_at(2000000000, 10, 1999999989, 1999999989);
    ck_assert_str_eq(list_place(&list, text), "99%");
}
END_TEST

static Suite *list_suite(void)
{
    Suite *suite = suite_create("list");
    TCase *tests = tcase_create("list");
    tcase_add_loop_test(tests, test_moves, 0, G_N_ELEMENTS(moves));
    tcase_add_loop_test(tests, test_ends, 0, G_N_ELEMENTS(ends));
    tcase_add_test(tests, test_current_at_the_ends);
    tcase_add_test(tests, test_last_page_without_scrolling);
    tcase_add_test(tests, test_empty);
    tcase_add_test(tests, test_replace);
    tcase_add_test(tests, test_resize);
    tcase_add_loop_test(tests, test_always_in_order, 0, 4);
    tcase_add_test(tests, test_place);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return run_suite(list_suite());
}
