/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks that count: the ranks of commits, and commits that somebody knows already. */
#include "archive_support.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Ranks count every commit, those too that are not given. */
START_TEST(test_arrival)
{
    struct list list = list_new("list.git");
    struct range range = { .has_until = true, .until = START + 4 * HOUR };
    struct archive_commit commit;

    list_add(&list, 1, 3);
    list_add_at(&list, 4, START + 9 * HOUR);
    list_add(&list, 5, 6);
    list_add_at(&list, 7, START);
    struct archive *archive = open_archive(list.path);
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    for (int pass = 0; pass < 2; pass++) {
        static const int64_t expected[] = { 0, -4, -5, -6 };
        for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
            ck_assert(archive_walk_next(walk, &commit, NULL));
            ck_assert_int_eq(commit.place.arrival, expected[i]);
            ck_assert(!commit.known);
        }
        ck_assert(!archive_walk_next(walk, &commit, NULL));
        ck_assert_int_eq(archive_walk_last(walk, NULL), 0);
        ck_assert_int_eq(archive_walk_last(walk, NULL), -6);
    }
    archive_walk_free(walk);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* One that cannot be read has its rank as well. */
START_TEST(test_arrival_behind_a_break)
{
    struct list epochs[4];
    const char *folder = support_folder();
    struct archive_commit commit;
    GError *error = NULL;

    make_inbox(epochs, folder);
    support_remove_object(epochs[1].archive, "master~1");
    struct archive *archive = open_archive(folder);
    struct archive_walk *walk = archive_walk_new(archive, &(struct range) { .all = true }, NULL,
                                                 NULL);
    for (int i = 0; i < 3; i++)
        ck_assert(archive_walk_next(walk, &commit, NULL));
    ck_assert_int_eq(commit.place.arrival, -2);
    ck_assert(!archive_walk_next(walk, &commit, &error));
    assert_error(error, ARCHIVE_ERROR_READ, "missing", "object");
    ck_assert(archive_walk_next(walk, &commit, NULL));
    ck_assert_int_eq(commit.place.arrival, -4);
    archive_walk_free(walk);
    archive_close(archive);
    free_inbox(epochs);
}
END_TEST

/* Commits that are known. */

/* Somebody who knows the commits of a list with the numbers FIRST to LAST (which is its newest in
 * an epoch), and is asked. */
struct knower {
    const struct list *list;
    guint first, last;
    guint withdrawal; /* the number of the commit that is one */
    guint asked;
};

static guint number_of(const struct list *list, const struct commit_id *id)
{
    char text[COMMIT_ID_TEXT_SIZE];
    guint number = list->ids->len - 1;

    commit_id_text(id, text);
    while (number > 0 && strcmp(list_id(list, number), text) != 0)
        number--;
    return number;
}

static void parse_id(const char *text, uint8_t id[20])
{
    for (int i = 0; i < 20; i++)
        id[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) << 4
                          | g_ascii_xdigit_value(text[2 * i + 1]));
}

static bool knows(void *data, const struct commit_id *id, struct archive_commit *out,
                  int64_t *passed)
{
    struct knower *knower = data;
    guint number = number_of(knower->list, id), given = passed != NULL ? knower->first : number;

    knower->asked++;
    if (number < knower->first || number > knower->last)
        return false;
    if (passed != NULL)
        *passed = number - given;
    parse_id(list_id(knower->list, given), out->place.commit.bytes);
    if (given > 1)
        parse_id(list_id(knower->list, given - 1), out->parent);
    out->place.received = START + given * HOUR;
    out->record = (const uint8_t *)"record";
    out->record_length = given;
    out->withdrawal = given == knower->withdrawal;
    return true;
}

/* What RANGE of LIST gives somebody who knows FIRST to LAST: the numbers, those known in
 * brackets, with their ranks. */
static void assert_known(const struct list *list, guint first, guint last, bool pass_over,
                         const struct range *range, const char *expected)
{
    struct archive *archive = open_archive(list->path);
    struct knower knower = { .list = list, .first = first, .last = last };
    struct archive_known known = { .find = knows, .data = &knower, .pass_over = pass_over };
    struct archive_walk *walk = archive_walk_new(archive, range, &known, NULL);
    GString *found = g_string_new(NULL);
    struct archive_commit commit;

    ck_assert_ptr_nonnull(walk);
    while (archive_walk_next(walk, &commit, NULL)) {
        guint number = number_of(list, &commit.place.commit);
        g_string_append_printf(found, commit.known ? "[%u]%" G_GINT64_FORMAT " "
                                                   : "%u%" G_GINT64_FORMAT " ",
                               number, commit.place.arrival);
        if (commit.known)
            ck_assert_uint_eq(commit.record_length, number);
    }
    ck_assert_str_eq(found->str, expected);
    g_string_free(found, TRUE);
    archive_walk_free(walk);
    archive_close(archive);
}

START_TEST(test_known)
{
    struct list list = list_new("list.git");
    struct archive_mail mail;
    struct archive_commit commit = { .known = true };

    list_add(&list, 1, 6);
    /* What is known need not be there. */
    support_remove_object(list.archive, list_id(&list, 4));
    assert_known(&list, 3, 5, false, &(struct range) { .all = true },
                 "60 [5]-1 [4]-2 [3]-3 2-4 1-5 ");
    assert_known(&list, 3, 5, false, &(struct range) { .newest = 4 }, "60 [5]-1 [4]-2 [3]-3 ");
    assert_known(&list, 1, 6, false, &(struct range) { .has_since = true,
                                                       .since = START + 4 * HOUR },
                 "[6]0 [5]-1 [4]-2 ");
    /* The mail of a known commit can be read all the same. */
    struct archive *archive = open_archive(list.path);
    parse_id(list_id(&list, 2), commit.place.commit.bytes);
    ck_assert(archive_read(archive, &commit, &mail, NULL));
    ck_assert_ptr_nonnull(strstr(mail.bytes, "mail 2"));
    archive_mail_release(&mail);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* Who knows a commit says whether it counts. */
START_TEST(test_known_withdrawal)
{
    struct list list = list_new("list.git");
    struct archive_commit commit;

    list_add(&list, 1, 4);
    struct archive *archive = open_archive(list.path);
    struct knower knower = { .list = &list, .first = 1, .last = 4, .withdrawal = 3 };
    struct archive_known known = { .find = knows, .data = &knower };
    struct archive_walk *walk = archive_walk_new(archive, &(struct range) { .newest = 2 }, &known,
                                                 NULL);
    for (guint number = 4; number > 1; number--) {
        ck_assert(archive_walk_next(walk, &commit, NULL));
        ck_assert_uint_eq(number_of(&list, &commit.place.commit), number);
    }
    ck_assert(!archive_walk_next(walk, &commit, NULL));
    archive_walk_free(walk);
    archive_close(archive);
    list_free(&list);
}
END_TEST

START_TEST(test_passed_over)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add(&list, 1, 8);
    assert_known(&list, 3, 6, true, &(struct range) { .all = true }, "80 7-1 2-6 1-7 ");
    assert_known(&list, 5, 8, true, &(struct range) { .all = true }, "4-4 3-5 2-6 1-7 ");
    /* That there is nothing else is no error. */
    assert_known(&list, 1, 8, true, &(struct range) { .all = true }, "");
    /* What is passed over does not lead out of the range, nor end it. */
    assert_known(&list, 3, 6, true, &(struct range) { .has_since = true,
                                                      .since = START + 2 * HOUR },
                 "80 7-1 2-6 ");
    assert_known(&list, 2, 6, true, &(struct range) { .newest = 3 }, "80 7-1 ");
    ck_assert(range_set_revisions(&range, "HEAD~4..HEAD", NULL));
    assert_known(&list, 1, 6, true, &range, "80 7-1 ");
    range_clear(&range);
    list_free(&list);
}
END_TEST

/* Each commit is asked for once. */
START_TEST(test_asked_once)
{
    struct list list = list_new("list.git");
    struct archive_commit commit;

    list_add(&list, 1, 8);
    struct archive *archive = open_archive(list.path);
    struct knower knower = { .list = &list, .first = 3, .last = 6 };
    struct archive_known known = { .find = knows, .data = &knower, .pass_over = true };
    struct archive_walk *walk = archive_walk_new(archive, &(struct range) { .all = true }, &known,
                                                 NULL);
    while (archive_walk_next(walk, &commit, NULL))
        continue;
    ck_assert_uint_eq(knower.asked, 5);
    archive_walk_free(walk);
    archive_close(archive);
    list_free(&list);
}
END_TEST

static Suite *known_suite(void)
{
    Suite *suite = suite_create("known");
    TCase *ranks = tcase_create("ranks"), *known = tcase_create("known");

    tcase_add_test(ranks, test_arrival);
    tcase_add_test(ranks, test_arrival_behind_a_break);
    suite_add_tcase(suite, ranks);
    tcase_add_test(known, test_known);
    tcase_add_test(known, test_known_withdrawal);
    tcase_add_test(known, test_passed_over);
    tcase_add_test(known, test_asked_once);
    suite_add_tcase(suite, known);
    return suite;
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    archive_startup(false);
    int status = run_suite(known_suite());
    archive_shutdown();
    return status;
}
