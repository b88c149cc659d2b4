/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trailers view on the screen. */
#include "screen_support.h"

#include <stdlib.h>
#include <string.h>

#define CAROL "Carol Third <carol@example.com>"
#define ROBOT "Build Robot <robot@example.com>"

#define DIFF(file, old, new)                                                                       \
    "---\ndiff --git a/" file " b/" file "\nindex 1111111..2222222 100644\n--- a/" file "\n+++ b/" \
    file "\n@@ -1 +1 @@\n-" old "\n+" new "\n"

static struct view *top(const struct session *session)
{
    return app_top(session->app);
}

static void do_line(const struct session *session, const char *line)
{
    app_command_line(session->app, line);
}

/* Two versions of two patches, the first patch the same in both, and what people said of them. */
static void add_reviewed(struct session *session)
{
    add(session, ANN, 0, "a0", NULL, "[PATCH 0/2] widget: turn", "Cover.\n");
    add(session, ANN, 0, "a1", "a0", "[PATCH 1/2] widget: oil", DIFF("a.c", "one", "two"));
    add(session, ANN, 0, "a2", "a0", "[PATCH 2/2] widget: paint", DIFF("b.c", "one", "two"));
    add(session, BOB, 1, "r1", "a1", "Re: [PATCH 1/2] widget: oil",
        "Reviewed-by: Bob Sample <bob@example.com>\n");
    add(session, BOB, 1, "r2", "a2", "Re: [PATCH 2/2] widget: paint",
        "Reviewed-by: Bob Sample <bob@example.com>\n");
    add(session, ANN, 2, "b0", NULL, "[PATCH v2 0/2] widget: turn", "Cover.\n");
    add(session, ANN, 2, "b1", "b0", "[PATCH v2 1/2] widget: oil", DIFF("a.c", "one", "two"));
    add(session, ANN, 2, "b2", "b0", "[PATCH v2 2/2] widget: paint",
        "Reported-by: Dora Fourth <dora@example.net>\n" DIFF("b.c", "one", "three"));
    add(session, CAROL, 3, "s0", "b0", "Re: [PATCH v2 0/2] widget: turn",
        "Acked-by: Carol Third <carol@example.com>\n");
    add(session, BOB, 4, "s1", "b1", "Re: [PATCH v2 1/2] widget: oil",
        "Tested-by: Someone Else <else@example.net>\n");
    add(session, ROBOT, 5, "s2", "b2", "Re: [PATCH v2 2/2] widget: paint",
        "Tested-by: Build Robot <robot@example.com>\n");
}

START_TEST(test_lines)
{
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    press(&session, "+");
    assert_line(&session, 1, "v2, 2 patches, 1 reviewed, 2 acked, 1 sent by somebody else");
    assert_line(&session, 2, "");
    assert_line(&session, 3, "All patches");
    assert_line(&session, 4, "       Acked-by    2019-03-04 Carol Third <carol@example.com>");
    assert_line(&session, 5, "  1/2 A1 R1 widget: oil");
    assert_line(&session, 6,
                "       Reviewed-by 2019-03-02 Bob Sample <bob@example.com>    from v1, unchanged");
    assert_line(&session, 7,
                "     ! Tested-by   2019-03-05 Someone Else <else@example.net> sent by Bob Sample");
    assert_line(&session, 8, "  2/2 A1    widget: paint");
    assert_line(&session, 9,
                "       Tested-by   2019-03-06 Build Robot <robot@example.com> bot");
    assert_line(&session, 10,
                "       Reported-by 2019-03-03 Dora Fourth <dora@example.net>  in the patch");
    assert_line(&session, 11, "");
    find(&session, "pore: trailers of v2: widget: turn");
    ck_assert_int_eq(selected(&session), 3);
    assert_screen(&session, "trailers");
    resize(&session, 24, 120);
    find(&session, "sent by Bob Sample <bob@example.com>");
    session_free(&session);
}
END_TEST

/* While older versions are read it is said which, and what is known is shown. */
START_TEST(test_reading)
{
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    do_line(&session, "show-trailers");
    top(&session);
    ck_assert_uint_eq(session.app->jobs->len, 1);
    do_line(&session, "stop");
    ck_assert_uint_eq(session.app->jobs->len, 0);
    command(&session, "refresh");
    assert_line(&session, 1, "v2, 2 patches, 2 acked, 1 sent by somebody else; not compared with v1");
    ck_assert(!shows(&session, "unchanged"));
    /* Not again by itself, but when it is opened again. */
    press(&session, "jj");
    ck_assert(!shows(&session, "unchanged"));
    press(&session, "q+");
    find(&session, "from v1, unchanged");
    /* What is known needs no job. */
    press(&session, "q");
    do_line(&session, "show-trailers");
    top(&session);
    ck_assert_uint_eq(session.app->jobs->len, 0);
    session_free(&session);
}
END_TEST

START_TEST(test_opening)
{
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    press(&session, "+");
    /* A heading is its patch, or the cover letter. */
    press(&session, ENTER);
    find(&session, "Cover.");
    press(&session, "qj" ENTER);
    find(&session, "Message-ID: <s0@example.org>");
    /* From there on to the mail of the next trailer. */
    press(&session, "j");
    find(&session, "Message-ID: <b1@example.org>");
    press(&session, "jj");
    find(&session, "Message-ID: <s1@example.org>");
    press(&session, "k");
    find(&session, "Message-ID: <r1@example.org>");
    press(&session, "q");
    ck_assert_int_eq(selected(&session), 6);
    session_free(&session);
}
END_TEST

/* The Message-IDs of what would be saved. */
static void assert_selects(const struct session *session, const char *wanted)
{
    GPtrArray *members = g_ptr_array_new();
    top(session)->operations->select(top(session), false, members);
    ck_assert_uint_eq(members->len, 1);
    ck_assert_str_eq(((struct member *)members->pdata[0])->mail->message_id, wanted);
    g_ptr_array_unref(members);
}

START_TEST(test_selecting)
{
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    press(&session, "+");
    assert_selects(&session, "b0@example.org");
    press(&session, "jjj");
    assert_selects(&session, "r1@example.org");
    ck_assert(top(&session)->operations->click(top(&session), 7));
    assert_selects(&session, "b2@example.org");
    ck_assert(!top(&session)->operations->click(top(&session), 1));
    ck_assert(!top(&session)->operations->click(top(&session), 15));
    /* Marks are for the series. */
    press(&session, "N");
    assert_message(&session, "This series is reviewed.");
    session_free(&session);
}
END_TEST

START_TEST(test_search)
{
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    press(&session, "+");
    press(&session, "/tested-by" ENTER);
    ck_assert_int_eq(selected(&session), 7);
    press(&session, "n");
    ck_assert_int_eq(selected(&session), 9);
    press(&session, "n");
    ck_assert_int_eq(selected(&session), 7);
    find(&session, "Search wrapped");
    command(&session, "search unchanged");
    ck_assert_int_eq(selected(&session), 6);
    command(&session, "search-reverse paint");
    ck_assert_int_eq(selected(&session), 8);
    command(&session, "set nowrap_search");
    command(&session, "search oil");
    assert_message(&session, "Not found.");
    session_free(&session);
}
END_TEST

/* The place stays on the trailer, whatever comes. */
START_TEST(test_arrivals)
{
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    press(&session, "+");
    press(&session, "jjjj");
    ck_assert_int_eq(selected(&session), find(&session, "Someone Else"));
    char *reply = make_mail("Erin Fifth <erin@example.net>", 2, "n", "b0",
                            "Re: [PATCH v2 0/2] widget: turn",
                            "Reviewed-by: Erin Fifth <erin@example.net>\n");
    arrive(&session, INT64_MAX - 5, reply);
    ck_assert_int_eq(find(&session, "Erin Fifth"), 4);
    ck_assert_int_eq(selected(&session), find(&session, "Someone Else"));
    find(&session, "v2, 2 patches, 2 reviewed, 2 acked");
    g_free(reply);
    session_free(&session);
}
END_TEST

static void withdraw(struct session *session, const char *from, int day, const char *id,
                     const char *parent, const char *subject, const char *body)
{
    char *mail = make_mail(from, day, id, parent, subject, body);
    struct mail_batch *batch = mail_batch_new();
    mail_parse(batch, mail, strlen(mail), &(struct mail_place){.arrival = INT64_MAX - 5}, true);
    series_set_take(session->app->set, batch);
    app_unsettled(session->app);
    ck_assert(app_run_until_idle(session->app));
    g_free(mail);
}

START_TEST(test_withdrawn)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    add(&session, BOB, 1, "r", "a", "Re: [PATCH] alone",
        "Reviewed-by: Bob Sample <bob@example.com>\n");
    start(&session);
    press(&session, "+j");
    assert_line(&session, 1, "v1, 1 patch, reviewed");
    assert_line(&session, 3, "R1 alone");
    ck_assert_int_eq(selected(&session), find(&session, "Bob Sample"));
    withdraw(&session, BOB, 1, "r", "a", "Re: [PATCH] alone",
             "Reviewed-by: Bob Sample <bob@example.com>\n");
    assert_line(&session, 1, "v1, 1 patch, not reviewed, acked or tested");
    ck_assert_int_eq(selected(&session), find(&session, "alone"));
    withdraw(&session, ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    assert_line(&session, 1, "What stood here was withdrawn.");
    static const char *const commands[] = {"next-entry", "search x", "save-message x",
                                           "show-trailers", "display-message"};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        command(&session, commands[i]);
    assert_message(&session, "There are no entries.");
    press(&session, "q+");
    assert_message(&session, "There is no series here.");
    session_free(&session);
}
END_TEST

/* From all views, and in all sizes. */
START_TEST(test_views_and_sizes)
{
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    press(&session, ENTER "+");
    find(&session, "from v1, unchanged");
    command(&session, "show-trailers");
    press(&session, "q");
    find(&session, "Revisions");
    press(&session, ENTER);
    command(&session, "show-trailers");
    find(&session, "All patches");
    for (int columns = 130; columns > 0; columns -= 9)
        resize(&session, 24, columns);
    for (int rows = 24; rows > 0; rows--)
        resize(&session, rows, 80);
    command(&session, "set arrow_cursor");
    resize(&session, 24, 80);
    find(&session, "->");
    session_free(&session);
}
END_TEST

/* With the keys of other hands. */
START_TEST(test_keymaps)
{
    static const struct {
        const char *keymap, *last, *first, *next, *back;
    } hands[] = {
        {"mutt", "*", "=", "j", "q"},
        {"vim", "G", "gg", "j", "q"},
        {"emacs", ESCAPE ">", ESCAPE "<", "\x0e", "q"},
    };
    struct session session = session_new();
    add_reviewed(&session);
    start(&session);
    for (size_t i = 0; i < G_N_ELEMENTS(hands); i++) {
        char *line = g_strdup_printf("set keymap=%s", hands[i].keymap);
        command(&session, line);
        press(&session, "+");
        press(&session, hands[i].last);
        ck_assert_int_eq(selected(&session), find(&session, "Reported-by"));
        press(&session, hands[i].first);
        press(&session, hands[i].next);
        ck_assert_int_eq(selected(&session), find(&session, "Acked-by"));
        press(&session, hands[i].back);
        find(&session, "widget: turn");
        g_free(line);
    }
    session_free(&session);
}
END_TEST

/* Without a cover letter. */
START_TEST(test_no_cover)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a1", NULL, "[PATCH 1/3] widget: oil", patch_body);
    add(&session, ANN, 0, "a2", "a1", "[PATCH 2/3] widget: paint", patch_body);
    start(&session);
    press(&session, "+");
    assert_line(&session, 1, "v1, 2 of 3 patches, not reviewed, acked or tested");
    assert_line(&session, 3, "  1/3 widget: oil");
    assert_line(&session, 4, "  2/3 widget: paint");
    assert_line(&session, 5, "");
    session_free(&session);
}
END_TEST

static Suite *trailers_suite(void)
{
    Suite *suite = suite_create("trailers on the screen");
    TCase *tests = tcase_create("trailers");
    tcase_add_test(tests, test_lines);
    tcase_add_test(tests, test_reading);
    tcase_add_test(tests, test_opening);
    tcase_add_test(tests, test_selecting);
    tcase_add_test(tests, test_search);
    tcase_add_test(tests, test_arrivals);
    tcase_add_test(tests, test_withdrawn);
    tcase_add_test(tests, test_views_and_sizes);
    tcase_add_test(tests, test_keymaps);
    tcase_add_test(tests, test_no_cover);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return run_screen_tests(trailers_suite());
}
