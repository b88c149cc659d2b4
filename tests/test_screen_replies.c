/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the index says of replies: how many, which have come since the last visit, which are by machines. */
#include "screen_support.h"

#include <string.h>

#define BOT "kernel test robot <robot@example.org>"

/* What is new since the last visit. */
static const struct range unnamed = {0};

/* One patch that nobody answered; one with two replies by people and one by a machine. */
static void add_patches(struct session *session)
{
    add(session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    add(session, ANN, 1, "b", NULL, "[PATCH] two", patch_body);
    add(session, BOB, 2, "b1", "b", "Re: [PATCH] two", "Hm.\n\nReviewed-by: " BOB "\n");
    add(session, BOT, 2, "b2", "b", "Re: [PATCH] two", "Broken.\n\nReported-by: " BOT "\n");
    add(session, ANN, 3, "b3", "b2", "Re: [PATCH] two", "Oh.\n");
}

/* Every row shows all that is known of replies. */
static void show_counts(struct session *session)
{
    command(session, "set index_format=\"%s: %r replies, %o+%N, %R bots, %K trailers\"");
}

/* The row of the posting that is called TITLE says WANTED. */
static void assert_counts(const struct session *session, const char *title, const char *wanted)
{
    g_autofree char *row = g_strdup_printf("%s: %s", title, wanted);
    find(session, row);
}

/* Is the last character of WORDS bold, as what is new is? */
static bool ends_bold(const struct session *session, const char *words)
{
    struct screen *screen = session->app->screen;
    int row = find(session, words);
    g_autofree char *line = screen_read(screen, row);
    int column = (int)(strstr(line, words) - line + (ptrdiff_t)strlen(words)) - 1;
    return screen_look_at(screen, row, column).bold;
}

START_TEST(test_first_visit)
{
    struct session session = session_new();
    add_patches(&session);
    session.range = &unnamed;
    start(&session);
    ck_assert_int_eq(session.app->review.since, INT64_MAX);
    show_counts(&session);
    assert_counts(&session, "one", " replies, +,  bots,  trailers");
    assert_counts(&session, "two", "2 replies, 2+, 1 bots, 1 trailers");
    session_free(&session);
}
END_TEST

START_TEST(test_since_the_last_visit)
{
    struct session session = session_new();
    add_patches(&session);
    session.range = &unnamed;
    start(&session);
    leave(&session);
    add(&session, BOB, 5, "b4", "b3", "Re: [PATCH] two", "Yes.\n");
    add(&session, BOT, 5, "b5", "b", "Re: [PATCH] two", "Still broken.\n");
    add(&session, BOB, 5, "a1", "a", "Re: [PATCH] one", "Yes.\n");
    add(&session, ANN, 6, "c", NULL, "[PATCH] three", patch_body);
    /* Whatever is looked at. */
    session.range = NULL;
    start(&session);
    ck_assert_int_eq(session.app->review.since, START + 3 * DAY);
    show_counts(&session);
    assert_counts(&session, "one", "1 replies, +1,  bots,  trailers");
    assert_counts(&session, "two", "3 replies, 2+1, 2 bots, 1 trailers");
    assert_counts(&session, "three", " replies, +,  bots,  trailers");
    leave(&session);
    start(&session);
    show_counts(&session);
    assert_counts(&session, "two", "3 replies, 2+1, 2 bots, 1 trailers");
    leave(&session);

    session.range = &unnamed;
    start(&session);
    ck_assert_int_eq(session.app->review.since, START + 3 * DAY);
    leave(&session);
    /* Nothing is new: it is as it was then. */
    start(&session);
    find(&session, "Nothing new since");
    ck_assert_int_eq(session.app->review.since, START + 3 * DAY);
    leave(&session);
    add(&session, ANN, 7, "d", NULL, "[PATCH] four", patch_body);
    start(&session);
    ck_assert_int_eq(session.app->review.since, START + 6 * DAY);
    session_free(&session);
}
END_TEST

/* What comes while one looks has come since. */
START_TEST(test_arriving)
{
    struct session session = session_new();
    add_patches(&session);
    session.range = &unnamed;
    start(&session);
    leave(&session);
    session.range = NULL;
    start(&session);
    show_counts(&session);
    assert_counts(&session, "two", "2 replies, 2+, 1 bots, 1 trailers");
    add(&session, BOB, 5, "b4", "b3", "Re: [PATCH] two", "Yes.\n");
    command(&session, "sync-mailbox");
    assert_counts(&session, "two", "3 replies, 2+1, 1 bots, 1 trailers");
    session_free(&session);
}
END_TEST

/* Numbers of which some are new look like what is new; the others do not. */
START_TEST(test_usual_formats)
{
    struct session session = session_new();
    add_patches(&session);
    session.range = &unnamed;
    start(&session);
    leave(&session);
    add(&session, BOB, 5, "a1", "a", "Re: [PATCH] one", "Yes.\n");
    session.range = NULL;
    start(&session);
    find(&session, " 1/1  1 one");
    find(&session, " 1/1  2 two");
    ck_assert(ends_bold(&session, " 1/1  1"));
    ck_assert(!ends_bold(&session, " 1/1  2"));
    resize(&session, 24, 130);
    find(&session, " 1/1   +1           one");
    find(&session, " 1/1  2    R1       two");
    session_free(&session);
}
END_TEST

START_TEST(test_limit)
{
    struct session session = session_new();
    add_patches(&session);
    session.range = &unnamed;
    start(&session);
    leave(&session);
    add(&session, BOB, 5, "a1", "a", "Re: [PATCH] one", "Yes.\n");
    session.range = NULL;
    start(&session);
    press(&session, "l~u 1-" ENTER);
    find(&session, "Series 1 of 2");
    find(&session, "one");
    press(&session, "l~a >1" ENTER);
    find(&session, "Series 1 of 2");
    find(&session, "two");
    /* As soon as everybody is a person, three have answered. */
    press(&session, "l~a >2" ENTER);
    find(&session, "No series matches");
    command(&session, "set bots=\"\"");
    press(&session, "l~a >2" ENTER);
    find(&session, "two");
    session_free(&session);
}
END_TEST

START_TEST(test_order)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    add(&session, BOT, 1, "a1", "a", "Re: [PATCH] one", "Broken.\n");
    add(&session, BOT, 1, "a2", "a", "Re: [PATCH] one", "Still broken.\n");
    add(&session, ANN, 2, "b", NULL, "[PATCH] two", patch_body);
    add(&session, BOB, 3, "b1", "b", "Re: [PATCH] two", "Hm.\n");
    start(&session);
    command(&session, "set sort=replies");
    ck_assert_int_lt(find(&session, "two"), find(&session, "one"));
    /* The setting is followed at once. */
    command(&session, "set bots=\"~f bob\"");
    ck_assert_int_lt(find(&session, "one"), find(&session, "two"));
    session_free(&session);
}
END_TEST

/* A visit that finds nothing but replies to older series says so. */
START_TEST(test_replies_alone)
{
    struct session session = session_new();
    add_patches(&session);
    session.range = &unnamed;
    start(&session);
    leave(&session);
    add(&session, BOB, 5, "b4", "b3", "Re: [PATCH] two", "Yes.\n");
    start(&session);
    find(&session, "No patch series here, but 1 reply to what came before: --all shows it.");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_replies");
    TCase *tests = tcase_create("replies");
    tcase_add_test(tests, test_first_visit);
    tcase_add_test(tests, test_since_the_last_visit);
    tcase_add_test(tests, test_arriving);
    tcase_add_test(tests, test_usual_formats);
    tcase_add_test(tests, test_limit);
    tcase_add_test(tests, test_order);
    tcase_add_test(tests, test_replies_alone);
    suite_add_tcase(suite, tests);
    return run_screen_tests(suite);
}
