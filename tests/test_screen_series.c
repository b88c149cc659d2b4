/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The series view on the screen. */
#include "screen_support.h"

#include <stdlib.h>
#include <string.h>

#define CAROL "Carol Third <carol@example.com>"

/* Lines above the tree: what is known, a blank one; and what is missing. */
#define HEAD 3
#define HEAD_MISSING 4

/* The view on top does the work of a click, of saving and of a pager above it. */
static struct view *top(const struct session *session)
{
    return app_top(session->app);
}

/* Opens the series in row ROW of the index. */
static void open_row(struct session *session, int row)
{
    command(session, "first-entry");
    for (int i = 1; i < row; i++)
        command(session, "next-entry");
    press(session, ENTER);
}

static void assert_starts(const struct session *session, int row, const char *wanted)
{
    char *line = screen_read(session->app->screen, row);
    ck_assert_msg(g_str_has_prefix(line, wanted), "\"%s\" does not begin with \"%s\"", line,
                  wanted);
    g_free(line);
}

START_TEST(test_lines)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);

    assert_line(&session, HEAD_MISSING + 1, "    0/3 2019-03-04 Ann Example widget: make it turn");
    assert_line(&session, HEAD_MISSING + 2, "    1/3 2019-03-04 Ann Example ├─>widget: oil it");
    assert_line(&session, HEAD_MISSING + 3, "        2019-03-05 Bob Sample  │ └─>");
    assert_line(&session, HEAD_MISSING + 4, "        2019-03-06 Ann Example │   └─>");
    assert_line(&session, HEAD_MISSING + 5, "    2/3                        ├─>(not received)");
    assert_line(&session, HEAD_MISSING + 6, "    3/3 2019-03-04 Ann Example └─>widget: paint it");
    assert_line(&session, HEAD_MISSING + 7, "");
    assert_line(&session, HEAD_MISSING + 8, "Revisions");
    assert_starts(&session, HEAD_MISSING + 9, "> Exist 2019-03-04 v2    2/3 (");
    assert_starts(&session, HEAD_MISSING + 10, "  Skip  2019-03-01 v1    2/2 (");
    find(&session, series_rule_text(SERIES_RULE_TITLE));
    assert_starts(&session, 22, "---pore: [v2 Patches:2/3 Replies:2 Revisions:2] widget: make it");
    session_free(&session);
}
END_TEST

START_TEST(test_one_version)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    start(&session);
    press(&session, ENTER);
    assert_line(&session, HEAD + 1, "        2019-03-01 Ann Example alone");
    assert_line(&session, HEAD + 2, "");
    ck_assert(!shows(&session, "Revisions\n"));
    command(&session, "revisions");
    assert_message(&session, "There is only one version.");
    command(&session, "older-revision");
    assert_message(&session, "There is only one version.");
    session_free(&session);
}
END_TEST

START_TEST(test_trailers)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a0", NULL, "[PATCH 0/2] widget: make it turn", "Cover.\n");
    add(&session, ANN, 0, "a1", "a0", "[PATCH 1/2] widget: oil it", patch_body);
    add(&session, ANN, 0, "a2", "a0", "[PATCH 2/2] widget: turn it",
        "Tested-by: Bob Sample <bob@example.com>\n---\n a | 1 +\n");
    add(&session, BOB, 1, "r1", "a1", "Re: [PATCH 1/2] widget: oil it",
        "Reviewed-by: Bob Sample <bob@example.com>\n");
    add(&session, CAROL, 2, "r2", "a1", "Re: [PATCH 1/2] widget: oil it",
        "Reviewed-by: Carol Third <carol@example.com>\n");
    start(&session);
    press(&session, ENTER);
    assert_line(&session, HEAD + 1, "    0/2 2019-03-01 Ann Example       widget: make it turn");
    assert_line(&session, HEAD + 2, "    1/2 2019-03-01 Ann Example R2    ├─>widget: oil it");
    assert_line(&session, HEAD + 3, "        2019-03-02 Bob Sample  R1    │ ├─>");
    assert_line(&session, HEAD + 4, "        2019-03-03 Carol Third R1    │ └─>");
    assert_line(&session, HEAD + 5, "    2/2 2019-03-01 Ann Example    T1 └─>widget: turn it");
    resize(&session, 24, 60);
    ck_assert(!shows(&session, "R2"));
    session_free(&session);
}
END_TEST

START_TEST(test_moving_and_opening)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);

    /* The heading is passed over; a patch that is not there is not opened. */
    press(&session, "jjjj" ENTER);
    assert_message(&session, "This patch was not received.");
    press(&session, "jj");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 9);
    press(&session, "k");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 6);
    /* Of the version that is shown, to its first mail; of another, that one. */
    press(&session, "j" ENTER);
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 1);
    command(&session, "last-entry");
    press(&session, ENTER);
    assert_line(&session, HEAD + 1, "    0/2 2019-03-01 Ann Example widget: make it turn");
    find(&session, "> Skip  2019-03-01 v1");
    press(&session, "q");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 10);
    command(&session, "first-entry");
    press(&session, ENTER);
    find(&session, "Cover.");
    press(&session, "qq");
    ck_assert_int_eq(selected(&session), 2);
    session_free(&session);
}
END_TEST

START_TEST(test_click)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);
    ck_assert(top(&session)->operations->click(top(&session), HEAD_MISSING + 3));
    ck_assert(!top(&session)->operations->click(top(&session), HEAD_MISSING + 7));
    ck_assert(!top(&session)->operations->click(top(&session), 19));
    command(&session, "refresh");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 4);
    session_free(&session);
}
END_TEST

START_TEST(test_revisions)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);

    /* The place stays on the same patch; a reply is where its patch is. */
    press(&session, "jjj");
    command(&session, "older-revision");
    find(&session, "pore: [v1 Patches:2/2");
    ck_assert_int_eq(selected(&session), HEAD + 2);
    find(&session, "1/2 2019-03-01");
    command(&session, "older-revision");
    assert_message(&session, "This is the oldest version.");
    command(&session, "last-entry");
    command(&session, "previous-entry");
    command(&session, "newer-revision");
    find(&session, "pore: [v2 Patches:2/3");
    /* In the list of versions the place is the version that is shown. */
    ck_assert_int_eq(selected(&session), find(&session, "> Exist"));
    command(&session, "newer-revision");
    assert_message(&session, "This is the newest version.");

    /* Patch 3 of v2 was not in v1: the nearest before it. */
    command(&session, "first-entry");
    command(&session, "bottom-page");
    press(&session, "kk");
    ck_assert_int_eq(selected(&session), find(&session, "3/3"));
    command(&session, "older-revision");
    ck_assert_int_eq(selected(&session), find(&session, "2/2 2019"));

    command(&session, "revisions");
    ck_assert_int_eq(selected(&session), find(&session, "Exist"));
    press(&session, "q");
    ck_assert_int_eq(selected(&session), 2);
    session_free(&session);
}
END_TEST

START_TEST(test_parents)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);
    press(&session, "jjj");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 4);
    command(&session, "parent-message");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 3);
    command(&session, "parent-message");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 2);
    press(&session, "jj");
    command(&session, "root-message");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 1);
    command(&session, "root-message");
    assert_message(&session, "This is the first mail of the thread.");
    command(&session, "parent-message");
    assert_message(&session, "Parent message is not available.");
    session_free(&session);
}
END_TEST

/* The Message-IDs of what would be saved, with blanks behind them. */
static void assert_selects(const struct session *session, bool tagged, const char *wanted)
{
    GPtrArray *members = g_ptr_array_new();
    GString *ids = g_string_new(NULL);
    top(session)->operations->select(top(session), tagged, members);
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        g_string_append_printf(ids, "%.2s ", member->mail->message_id);
    }
    ck_assert_str_eq(ids->str, wanted);
    g_string_free(ids, TRUE);
    g_ptr_array_unref(members);
}

START_TEST(test_tagging)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);

    press(&session, "j");
    assert_selects(&session, false, "b1 ");
    command(&session, "tag-entry");
    assert_starts(&session, HEAD_MISSING + 2, "*   1/3");
    find(&session, "Revisions:2 Tagged:1]");
    command(&session, "tag-pattern ~f Bob");
    assert_message(&session, "1 entry tagged.");
    assert_starts(&session, HEAD_MISSING + 3, "*");
    assert_selects(&session, true, "b1 r2 ");
    /* In the order of the tree, whatever the order in which they were tagged. */
    command(&session, "tag-pattern =s paint");
    assert_selects(&session, true, "b1 r2 b3 ");
    command(&session, "untag-pattern ~T ~f Ann");
    assert_message(&session, "2 entries untagged.");
    assert_selects(&session, true, "r2 ");
    /* By text: read there and then. */
    command(&session, "tag-pattern ~b ^Good");
    assert_selects(&session, true, "r2 r3 ");
    /* Those of a version that is not shown are not counted, nor lost. */
    find(&session, "Tagged:2]");
    command(&session, "older-revision");
    ck_assert(!shows(&session, "Tagged"));
    assert_selects(&session, true, "");
    command(&session, "newer-revision");
    find(&session, "Tagged:2]");
    press(&session, "*t");
    assert_message(&session, "There is no mail to tag.");
    command(&session, "untag-pattern ~A");
    assert_selects(&session, true, "");
    ck_assert(!shows(&session, "Tagged"));
    session_free(&session);
}
END_TEST

START_TEST(test_search)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);

    command(&session, "search =s paint");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 6);
    command(&session, "search ~f Bob");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 3);
    assert_message(&session, "Search wrapped to top.");
    command(&session, "search-reverse ~f Ann");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 2);
    command(&session, "search-next");
    command(&session, "search-next");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 6);
    assert_message(&session, "Search wrapped to bottom.");
    command(&session, "search ~b 'I see'");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 3);
    command(&session, "search ~b nowhere");
    assert_message(&session, "Not found.");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 3);
    command(&session, "set nowrap_search");
    command(&session, "search =s make");
    assert_message(&session, "Not found.");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 3);
    session_free(&session);
}
END_TEST

/* Many texts are no matter of waiting. */
START_TEST(test_too_many_texts)
{
    struct session session = session_new();
    add(&session, ANN, 0, "p", NULL, "[PATCH] talked about", patch_body);
    for (int i = 0; i < 60; i++) {
        char id[16];
        g_snprintf(id, sizeof id, "r%d", i);
        add(&session, BOB, 1, id, "p", "Re: [PATCH] talked about", "word\n");
    }
    start(&session);
    press(&session, ENTER);
    command(&session, "search ~b word");
    find(&session, "too many mails");
    ck_assert_int_eq(selected(&session), HEAD + 1);
    command(&session, "tag-pattern ~b word");
    find(&session, "too many mails");
    /* What the model answers alone leaves few to be read. */
    command(&session, "tag-pattern ~f Ann ~b added");
    assert_message(&session, "1 entry tagged.");
    session_free(&session);
}
END_TEST

START_TEST(test_next_series)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, ENTER);
    find(&session, "gadget: add");
    command(&session, "next-thread");
    assert_line(&session, HEAD_MISSING + 1, "    0/3 2019-03-04 Ann Example widget: make it turn");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 1);
    command(&session, "next-thread");
    assert_message(&session, "You are on the last series.");
    assert_line(&session, HEAD_MISSING + 1, "    0/3 2019-03-04 Ann Example widget: make it turn");
    /* The index has come along. */
    press(&session, "q");
    ck_assert_int_eq(selected(&session), 2);
    press(&session, ENTER);
    command(&session, "previous-thread");
    find(&session, "gadget: add");
    /* From within an older version too. */
    command(&session, "next-thread");
    command(&session, "last-entry");
    press(&session, ENTER);
    find(&session, "> Skip");
    command(&session, "previous-thread");
    find(&session, "gadget: add");
    session_free(&session);
}
END_TEST

/* Opens a mail and goes through the others from there. */
START_TEST(test_neighbours)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);
    struct view *view = top(&session);
    GPtrArray *members = g_ptr_array_new();
    view->operations->select(view, false, members);
    const struct member *mail = members->pdata[0];
    static const char *const order[] = {"b1", "r2", "r3", "b3"};
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        mail = view->operations->neighbour(view, mail, 1, false);
        ck_assert_ptr_nonnull(mail);
        ck_assert(g_str_has_prefix(mail->mail->message_id, order[i]));
    }
    /* The versions below are no mails of this one. */
    ck_assert_ptr_null(view->operations->neighbour(view, mail, 1, false));
    command(&session, "refresh");
    ck_assert_int_eq(selected(&session), HEAD_MISSING + 6);
    mail = view->operations->neighbour(view, mail, -1, false);
    ck_assert(g_str_has_prefix(mail->mail->message_id, "r3"));
    g_ptr_array_unref(members);
    session_free(&session);
}
END_TEST

START_TEST(test_arrivals)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);
    press(&session, "jjjjj");
    ck_assert_int_eq(selected(&session), find(&session, "paint it"));

    /* A reply above: the same mail stays selected. */
    char *reply = make_mail(CAROL, 7, "n1", "b1", "Re: [PATCH v2 1/3] widget: oil it", "New.\n");
    arrive(&session, INT64_MAX - 5, reply);
    ck_assert_int_eq(find(&session, "Carol"), HEAD_MISSING + 5);
    ck_assert_int_eq(selected(&session), find(&session, "paint it"));

    /* The missing patch comes: where it was missing, it is selected. */
    press(&session, "k");
    ck_assert_int_eq(selected(&session), find(&session, "(not received)"));
    char *patch = make_mail(ANN, 8, "b2", "b0", "[PATCH v2 2/3] widget: turn it", patch_body);
    arrive(&session, INT64_MAX - 4, patch);
    ck_assert(!shows(&session, "(not received)"));
    ck_assert_int_eq(selected(&session), find(&session, "2/3 2019"));
    find(&session, "Patches:3/3");
    g_free(patch);
    g_free(reply);
    session_free(&session);
}
END_TEST

START_TEST(test_withdrawn)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    start(&session);
    press(&session, ENTER);
    char *mail = make_mail(ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    struct mail_batch *batch = mail_batch_new();
    mail_parse(batch, mail, strlen(mail), &(struct mail_place){.arrival = INT64_MAX - 5}, true);
    series_set_take(session.app->set, batch);
    session.app->unsettled = true;
    app_draw_soon(session.app);
    ck_assert(app_run_until_idle(session.app));
    assert_line(&session, 1, "What stood here was withdrawn.");
    static const char *const commands[] = {"tag-entry",  "revisions",     "older-revision",
                                           "next-entry", "parent-message", "search ~A",
                                           "tag-pattern ~A", "display-message"};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        command(&session, commands[i]);
    assert_message(&session, "There are no entries.");
    assert_selects(&session, false, "");
    g_free(mail);
    session_free(&session);
}
END_TEST

START_TEST(test_colours)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);
    /* The indicator lies on the first row. */
    int plain = screen_look_at(session.app->screen, HEAD_MISSING + 2, 45).foreground;
    command(&session, "color index red default '~f Bob'");
    ck_assert_int_eq(screen_look_at(session.app->screen, HEAD_MISSING + 2, 45).foreground, plain);
    int red = screen_look_at(session.app->screen, HEAD_MISSING + 3, 45).foreground;
    ck_assert_int_ne(red, plain);
    command(&session, "tag-pattern ~f Bob");
    ck_assert_int_ne(screen_look_at(session.app->screen, HEAD_MISSING + 3, 45).foreground, red);
    session_free(&session);
}
END_TEST

START_TEST(test_arrow)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    command(&session, "set arrow_cursor");
    open_row(&session, 2);
    assert_line(&session, HEAD_MISSING + 1, "->    0/3 2019-03-04 Ann Example widget: make it turn");
    assert_starts(&session, HEAD_MISSING + 2, "      1/3 2019-03-04");
    command(&session, "next-entry");
    assert_starts(&session, HEAD_MISSING + 1, "      0/3");
    assert_starts(&session, HEAD_MISSING + 2, "->    1/3");
    for (int columns = 80; columns > 0; columns--)
        resize(&session, 24, columns);
    session_free(&session);
}
END_TEST

START_TEST(test_narrow)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    open_row(&session, 2);
    resize(&session, 24, 50);
    assert_line(&session, HEAD_MISSING + 1, "    0/3 2019-03-04 widget: make it turn");
    resize(&session, 24, 38);
    assert_line(&session, HEAD_MISSING + 1, "    0/3 widget: make it turn");
    assert_line(&session, HEAD_MISSING + 5, "    2/3 ├─>(not received)");
    session_free(&session);
}
END_TEST

static Suite *series_suite(void)
{
    Suite *suite = suite_create("screen of a series");
    TCase *tests = tcase_create("series");
    tcase_add_test(tests, test_lines);
    tcase_add_test(tests, test_one_version);
    tcase_add_test(tests, test_trailers);
    tcase_add_test(tests, test_moving_and_opening);
    tcase_add_test(tests, test_click);
    tcase_add_test(tests, test_revisions);
    tcase_add_test(tests, test_parents);
    tcase_add_test(tests, test_tagging);
    tcase_add_test(tests, test_search);
    tcase_add_test(tests, test_too_many_texts);
    tcase_add_test(tests, test_next_series);
    tcase_add_test(tests, test_neighbours);
    tcase_add_test(tests, test_arrivals);
    tcase_add_test(tests, test_withdrawn);
    tcase_add_test(tests, test_colours);
    tcase_add_test(tests, test_arrow);
    tcase_add_test(tests, test_narrow);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return run_screen_tests(series_suite());
}
