/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which archive this is, wherever it lies; and the range of a visit that names none. */
#include "archive_support.h"
#include "store/remembered.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct marks *new_marks(void)
{
    char *path = support_path(support_folder(), "marks.sqlite");
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    ck_assert_msg(notice == NULL, "%s", notice);
    free(path);
    return marks;
}

/* The commit that was added to LIST as the NUMBERth. */
static struct commit_id commit_at(const struct list *list, guint number)
{
    const char *text = list_id(list, number);
    struct commit_id commit;

    for (size_t i = 0; i < sizeof commit.bytes; i++)
        commit.bytes[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) << 4 |
                                    g_ascii_xdigit_value(text[2 * i + 1]));
    return commit;
}

/* Is the archive at PATH the one that LIST was remembered as? */
static bool is_remembered(const char *path, struct marks *marks, const struct list *list)
{
    struct archive *archive = open_archive(path);
    struct commit_id expected = commit_at(list, 1), first;
    bool found = remembered_first(archive, path, marks, &first);

    /* Not another archive's, by which its index would be found. */
    if (!found)
        memset(&expected, 0, sizeof expected);
    ck_assert_mem_eq(&first, &expected, sizeof first);
    archive_close(archive);
    return found;
}

static void remember(const char *path, struct marks *marks, const struct list *list)
{
    struct commit_id first = commit_at(list, 1);

    remembered_place(marks, path, &first);
}

START_TEST(known_where_it_lay_and_where_it_lies)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git"), other = list_new("two.git");
    char *moved = g_strconcat(list.path, "-moved", NULL);
    char *link = support_path(support_folder(), "link");
    struct commit_id first;
    char *real;

    list_add(&list, 1, 3);
    list_add(&other, 4, 6);
    ck_assert(!is_remembered(list.path, marks, &list));
    remember(list.path, marks, &list);
    ck_assert(is_remembered(list.path, marks, &list));
    ck_assert_int_eq(symlink(list.path, link), 0);
    ck_assert(is_remembered(link, marks, &list));
    ck_assert(!is_remembered(other.path, marks, &other));

    ck_assert_int_eq(g_rename(list.path, moved), 0);
    ck_assert(is_remembered(moved, marks, &list));
    real = realpath(moved, NULL);
    ck_assert(marks_place(marks, real, &first));
    free(real);

    /* Another archive lies now where the first one lay. */
    ck_assert_int_eq(g_rename(other.path, list.path), 0);
    ck_assert(!is_remembered(list.path, marks, &other));
    remember(list.path, marks, &other);
    ck_assert(is_remembered(list.path, marks, &other));
    ck_assert(is_remembered(moved, marks, &list));

    ck_assert_int_eq(g_rename(moved, other.path), 0); /* for list_free() */
    g_free(moved);
    free(link);
    list_free(&list);
    list_free(&other);
    marks_close(marks);
}
END_TEST

START_TEST(grows_and_stays_the_same)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");

    list_add(&list, 1, 1);
    remember(list.path, marks, &list);
    list_add(&list, 2, 5);
    ck_assert(is_remembered(list.path, marks, &list));
    list_free(&list);
    marks_close(marks);
}
END_TEST

START_TEST(a_commit_in_the_middle_is_no_beginning)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");
    struct commit_id middle;
    struct archive *archive;
    struct commit_id first;

    list_add(&list, 1, 3);
    middle = commit_at(&list, 2);
    remembered_place(marks, list.path, &middle);
    archive = open_archive(list.path);
    ck_assert(!remembered_first(archive, list.path, marks, &first));
    archive_close(archive);
    list_free(&list);
    marks_close(marks);
}
END_TEST

START_TEST(an_inbox_is_not_one_of_its_epochs)
{
    struct marks *marks = new_marks();
    const char *folder = support_folder();
    struct list epochs[4];

    make_inbox(epochs, folder);
    remember(epochs[1].path, marks, &epochs[1]);
    ck_assert(!is_remembered(folder, marks, &epochs[0]));
    remember(folder, marks, &epochs[0]);
    ck_assert(is_remembered(folder, marks, &epochs[0]));
    ck_assert(is_remembered(epochs[1].path, marks, &epochs[1]));
    free_inbox(epochs);
    marks_close(marks);
}
END_TEST

/* The range of a visit to LIST: which, and from where as the number of a commit (0: what range.h says). */
static void assert_range_is(const struct list *list, const struct marks *marks,
                            enum remembered_range which, guint from)
{
    struct archive *archive = open_archive(list->path);
    struct commit_id first = commit_at(list, 1);
    struct range range;

    ck_assert_int_eq(remembered_range(archive, marks, &first, &range), which);
    ck_assert_int_eq(range.revisions, from > 0);
    ck_assert_ptr_null(range.to);
    if (from > 0)
        ck_assert_str_eq(range.from, list_id(list, from));
    else
        ck_assert_ptr_null(range.from);
    range_clear(&range);
    archive_close(archive);
}

/* A visit to LIST from beginning to end. */
static void visit(const struct list *list, struct marks *marks)
{
    struct archive *archive = open_archive(list->path);
    struct commit_id first = commit_at(list, 1), newest;
    struct range range;

    remembered_range(archive, marks, &first, &range);
    ck_assert(archive_newest(archive, &newest));
    ck_assert(remembered_visit(archive, marks, &first, &range, &newest, NULL));
    range_clear(&range);
    archive_close(archive);
}

START_TEST(each_visit_begins_where_the_last_one_ended)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");

    list_add(&list, 1, 3);
    assert_range_is(&list, marks, REMEMBERED_FIRST_VISIT, 0);
    visit(&list, marks);
    /* Nothing new: as the first one began. */
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 0);
    visit(&list, marks);
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 0);

    list_add(&list, 4, 5);
    assert_range_is(&list, marks, REMEMBERED_NEW, 3);
    assert_range_is(&list, marks, REMEMBERED_NEW, 3);
    visit(&list, marks);
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 3);
    visit(&list, marks);
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 3);

    list_add(&list, 6, 6);
    assert_range_is(&list, marks, REMEMBERED_NEW, 5);
    visit(&list, marks);
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 5);
    list_free(&list);
    marks_close(marks);
}
END_TEST

START_TEST(what_came_during_a_visit_belongs_to_it)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");
    struct archive *archive;
    struct commit_id first, newest;
    struct range range;

    list_add(&list, 1, 2);
    visit(&list, marks);
    list_add(&list, 3, 4);
    visit(&list, marks);
    first = commit_at(&list, 1);
    archive = open_archive(list.path);
    ck_assert_int_eq(remembered_range(archive, marks, &first, &range), REMEMBERED_NOTHING_NEW);
    list_add(&list, 5, 6);
    newest = commit_at(&list, 6);
    ck_assert(remembered_visit(archive, marks, &first, &range, &newest, NULL));
    range_clear(&range);
    archive_close(archive);
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 2);
    list_free(&list);
    marks_close(marks);
}
END_TEST

START_TEST(of_two_visits_the_one_that_went_further_counts)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");
    struct archive *archive;
    struct commit_id first, newest;
    struct range range;

    list_add(&list, 1, 2);
    visit(&list, marks);
    list_add(&list, 3, 4);
    archive = open_archive(list.path);
    first = commit_at(&list, 1);
    newest = commit_at(&list, 4);
    ck_assert_int_eq(remembered_range(archive, marks, &first, &range), REMEMBERED_NEW);
    list_add(&list, 5, 6);
    visit(&list, marks);
    ck_assert(remembered_visit(archive, marks, &first, &range, &newest, NULL));
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 2);
    list_add(&list, 7, 7);
    assert_range_is(&list, marks, REMEMBERED_NEW, 6);
    range_clear(&range);
    archive_close(archive);
    list_free(&list);
    marks_close(marks);
}
END_TEST

START_TEST(commits_that_are_gone)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");
    struct commit_id first, gone = { { 7 } };
    struct visit last;

    list_add(&list, 1, 3);
    first = commit_at(&list, 1);
    last = (struct visit) { .first = first, .seen = gone, .before = commit_at(&list, 1) };
    ck_assert(marks_set_visit(marks, &last, NULL));
    assert_range_is(&list, marks, REMEMBERED_FIRST_VISIT, 0);
    last = (struct visit) { .first = first, .seen = commit_at(&list, 3), .before = gone };
    ck_assert(marks_set_visit(marks, &last, NULL));
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 0);
    list_free(&list);
    marks_close(marks);
}
END_TEST

START_TEST(a_visit_without_anything_new_is_none)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");
    struct visit last;

    list_add(&list, 1, 3);
    last = (struct visit) { commit_at(&list, 1), commit_at(&list, 3), commit_at(&list, 2), 5 };
    ck_assert(marks_set_visit(marks, &last, NULL));
    visit(&list, marks);
    ck_assert(marks_visit(marks, &last.first, &last));
    ck_assert_int_eq(last.when, 5);
    assert_range_is(&list, marks, REMEMBERED_NOTHING_NEW, 2);
    list_free(&list);
    marks_close(marks);
}
END_TEST

START_TEST(the_range_can_be_read)
{
    struct marks *marks = new_marks();
    struct list list = list_new("one.git");
    struct archive *archive;
    struct commit_id first;
    struct range range;

    list_add(&list, 1, 3);
    visit(&list, marks);
    list_add(&list, 4, 6);
    archive = open_archive(list.path);
    first = commit_at(&list, 1);
    ck_assert_int_eq(remembered_range(archive, marks, &first, &range), REMEMBERED_NEW);
    assert_range(archive, &range, "6 5 4");
    range_clear(&range);
    archive_close(archive);
    list_free(&list);
    marks_close(marks);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("remembered");
    TCase *tests = tcase_create("remembered");

    archive_startup(false);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, known_where_it_lay_and_where_it_lies);
    tcase_add_test(tests, grows_and_stays_the_same);
    tcase_add_test(tests, a_commit_in_the_middle_is_no_beginning);
    tcase_add_test(tests, an_inbox_is_not_one_of_its_epochs);
    tcase_add_test(tests, each_visit_begins_where_the_last_one_ended);
    tcase_add_test(tests, what_came_during_a_visit_belongs_to_it);
    tcase_add_test(tests, of_two_visits_the_one_that_went_further_counts);
    tcase_add_test(tests, commits_that_are_gone);
    tcase_add_test(tests, a_visit_without_anything_new_is_none);
    tcase_add_test(tests, the_range_can_be_read);
    suite_add_tcase(suite, tests);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
