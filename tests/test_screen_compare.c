/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compare view and the difference of two patches on the screen. */
#include "compare_support.h"
#include "frame.h"

#include <string.h>
#include <unistd.h>

/* --- series --------------------------------------------------------------------------- */

/* Three versions of one patch. */
static struct session three_versions(void)
{
    struct session session = session_new();
    add_patch(&session, 0, "x1", NULL, "[PATCH] gadget: add", "Add.", "gadget.c", "one");
    add_patch(&session, 3, "x2", NULL, "[PATCH v2] gadget: add", "Add.", "gadget.c", "two");
    add_patch(&session, 6, "x3", NULL, "[PATCH v3] gadget: add", "Add.", "gadget.c", "three");
    return session;
}

/* --- the rows --------------------------------------------------------------------------- */

START_TEST(test_rows)
{
    struct session session = two_versions();
    start(&session);
    press(&session, "c");
    assert_line(&session, 1, "v1 of 2019-03-01, 5 patches → v2 of 2019-03-04, 5 patches");
    assert_line(&session, 2, "2 changed (1 the message alone), 1 added, 1 dropped, 2 unchanged, 1 moved");
    assert_line(&session, 3, "");
    assert_line(&session, 4, "  0 !  0  +1  -1         widget: make it turn");
    assert_line(&session, 5, "  5 =  1         moved   widget: pack it");
    assert_line(&session, 6, "  1 =  2                 widget: oil it");
    assert_line(&session, 7, "  2 !  3  +1  -1         widget: turn it");
    assert_line(&session, 8, "  3 !  4  +1  -1 message widget: paint it red (was: widget: paint it)");
    assert_line(&session, 9, "  4 <  -     -20         widget: weigh it");
    assert_line(&session, 10, "  - >  5 +20             widget: say what it is");
    assert_line(&session, 11, "");
    ck_assert_int_eq(selected(&session), 4);
    assert_screen(&session, "compare");
    resize(&session, 50, 160);
    assert_screen(&session, "compare-wide");
    session_free(&session);
}
END_TEST

START_TEST(test_small_screens)
{
    struct session session = two_versions();
    start(&session);
    press(&session, "c");
    /* Columns make way, then the lines above the rows. */
    resize(&session, 24, 50);
    assert_line(&session, 5, "  5 =  1         widget: pack it");
    resize(&session, 24, 30);
    assert_line(&session, 5, "  5 =  1 widget: pack it");
    resize(&session, 8, 80);
    assert_line(&session, 1, "  0 !  0  +1  -1         widget: make it turn");
    for (int height = 7; height > 0; height--)
        resize(&session, height, 1);
    resize(&session, 24, 80);
    assert_selected(&session, "widget: make it turn");
    session_free(&session);
}
END_TEST

START_TEST(test_nothing_changed)
{
    struct session session = session_new();
    add_patch(&session, 0, "x1", NULL, "[PATCH] gadget: add", "Add.", "gadget.c", "one");
    add_patch(&session, 3, "x2", NULL, "[PATCH v2] gadget: add", "Add.", "gadget.c", "one");
    start(&session);
    press(&session, "c");
    assert_line(&session, 1, "v1 of 2019-03-01, 1 patch → v2 of 2019-03-04, 1 patch");
    assert_line(&session, 2, "Nothing has changed.");
    assert_line(&session, 4, "  1 =  1 gadget: add");
    session_free(&session);
}
END_TEST

START_TEST(test_incomplete)
{
    struct session session = session_new();
    add_first(&session);
    add(&session, ANN, 3, "b0", NULL, "[PATCH v2 0/2] widget: make it turn", "Two.\n");
    add_patch(&session, 3, "b1", "b0", "[PATCH v2 1/2] widget: oil it", "Oil.", "oil.c", "oiled");
    start(&session);
    press(&session, "c");
    assert_line(&session, 1, "v1 of 2019-03-01, 5 patches → v2 of 2019-03-04, 1 of 2 patches");
    session_free(&session);
}
END_TEST

START_TEST(test_moving)
{
    struct session session = two_versions();
    start(&session);
    compare(&session, "jj");
    ck_assert_int_eq(selected(&session), 6);
    press(&session, "*");
    ck_assert_int_eq(selected(&session), 10);
    /* Numbers are those of the rows. */
    press(&session, "3" ENTER);
    ck_assert_int_eq(selected(&session), 6);
    struct view *view = app_top(session.app);
    ck_assert(view->operations->click(view, 7));
    ck_assert(!view->operations->click(view, 1));
    ck_assert(!view->operations->click(view, 15));
    command(&session, "refresh");
    ck_assert_int_eq(selected(&session), 8);
    /* Titles are searched, old ones too. */
    press(&session, "/paint it$" ENTER);
    assert_message(&session, "Search wrapped to top.");
    ck_assert_int_eq(selected(&session), 8);
    press(&session, "/pack" ENTER);
    ck_assert_int_eq(selected(&session), 5);
    press(&session, "/nowhere" ENTER);
    assert_message(&session, "Not found.");
    press(&session, "q");
    ck_assert_int_eq(context_of(&session), CONTEXT_INDEX);
    session_free(&session);
}
END_TEST

/* --- what is compared -------------------------------------------------------------------- */

START_TEST(test_from_lists)
{
    struct session session = three_versions();
    start(&session);
    press(&session, "c");
    find(&session, "v2 of 2019-03-04, 1 patch → v3 of 2019-03-07");
    press(&session, "q");
    /* An older version in a list: with the newest. */
    command(&session, "collapse-all unfold");
    command(&session, "last-entry");
    press(&session, "c");
    find(&session, "v1 of 2019-03-01, 1 patch → v3 of 2019-03-07");
    press(&session, "q");
    command(&session, "first-entry");
    press(&session, ENTER);
    command(&session, "last-entry");
    press(&session, "c");
    find(&session, "v1 of 2019-03-01, 1 patch → v3 of 2019-03-07");
    session_free(&session);
}
END_TEST

START_TEST(test_from_mails)
{
    struct session session = three_versions();
    add(&session, BOB, 4, "r2", "x2", "Re: [PATCH v2] gadget: add", "Hm.\n");
    start(&session);
    command(&session, "collapse-all unfold");
    command(&session, "last-entry");
    press(&session, "k" ENTER ENTER);
    find(&session, "two");
    press(&session, "c");
    find(&session, "v1 of 2019-03-01, 1 patch → v2 of 2019-03-04");
    press(&session, "q");
    /* Of an answer it is what that answers. */
    press(&session, "j");
    find(&session, "Hm.");
    press(&session, "c");
    find(&session, "v1 of 2019-03-01, 1 patch → v2 of 2019-03-04");
    press(&session, "qqq");
    /* There is none before the first one. */
    command(&session, "last-entry");
    press(&session, ENTER ENTER "c");
    find(&session, "v1 of 2019-03-01, 1 patch → v3 of 2019-03-07");
    session_free(&session);
}
END_TEST

START_TEST(test_nothing_to_compare)
{
    struct session session = session_new();
    add(&session, BOB, 0, "o", NULL, "A question", "What is a widget?\n");
    start(&session);
    press(&session, "c");
    assert_message(&session, "There is no series here.");
    press(&session, "\033c");
    assert_message(&session, "There is no series here.");
    session_free(&session);

    session = session_new();
    add(&session, ANN, 1, "a", NULL, "[PATCH] alone", patch_body);
    start(&session);
    press(&session, "c");
    assert_message(&session, "There is only one version.");
    press(&session, "\033c");
    assert_message(&session, "No version of it has been reviewed.");
    command(&session, "compare-older");
    assert_message(&session, "compare-older: not available here.");
    session_free(&session);
}
END_TEST

START_TEST(test_reviewed)
{
    struct session session = three_versions();
    start(&session);
    command(&session, "collapse-all unfold");
    command(&session, "last-entry");
    command(&session, "mark reviewed");
    command(&session, "first-entry");
    press(&session, "\033c");
    find(&session, "v1 of 2019-03-01, 1 patch → v3 of 2019-03-07");
    /* The mark is for the newer one. */
    press(&session, "N");
    press(&session, "q\033c");
    assert_message(&session, "The newest version has been reviewed.");
    /* The one that was reviewed last, not the newest of those. */
    command(&session, "undo-mark");
    press(&session, "jN");
    press(&session, "\033c");
    find(&session, "v2 of 2019-03-04, 1 patch → v3 of 2019-03-07");
    session_free(&session);
}
END_TEST

START_TEST(test_tagged)
{
    struct session session = three_versions();
    add_patch(&session, 9, "y1", NULL, "[PATCH] widget: add", "Add.", "widget.c", "one");
    start(&session);
    press(&session, ";c");
    assert_message(&session, "Tag the two versions to be compared.");
    command(&session, "collapse-all unfold");
    command(&session, "tag-pattern ~A");
    press(&session, ";c");
    assert_message(&session, "Tag the two versions to be compared.");
    command(&session, "untag-pattern ~A");
    command(&session, "last-entry");
    press(&session, "tkt;c");
    find(&session, "v1 of 2019-03-01, 1 patch → v2 of 2019-03-04");
    press(&session, "q");
    /* Of whatever series. */
    command(&session, "untag-pattern ~A");
    command(&session, "first-entry");
    press(&session, "tt;c");
    find(&session, "v1 of 2019-03-10, 1 patch → v3 of 2019-03-07");
    press(&session, "(");
    assert_message(&session, "These versions are of two series.");
    session_free(&session);
}
END_TEST

START_TEST(test_other_version)
{
    struct session session = three_versions();
    start(&session);
    press(&session, "c(");
    find(&session, "v1 of 2019-03-01, 1 patch → v3 of 2019-03-07");
    press(&session, "(");
    assert_message(&session, "This is the oldest version.");
    press(&session, ")");
    find(&session, "v2 of 2019-03-04, 1 patch → v3 of 2019-03-07");
    press(&session, ")");
    assert_message(&session, "No version lies between v2 and v3.");
    /* The status line counts what there is. */
    find(&session, "Changed:1");
    ck_assert(!shows(&session, ":0"));
    session_free(&session);
}
END_TEST

/* --- while it goes on -------------------------------------------------------------------------- */

START_TEST(test_stopped)
{
    struct session session = two_versions();
    start(&session);
    /* Before the loop has turned nothing has been read. */
    press(&session, "c\007");
    find(&session, "The comparison was stopped.  <Enter> begins it anew.");
    assert_line(&session, 1, "v1 of 2019-03-01, 5 patches → v2 of 2019-03-04, 5 patches");
    press(&session, "jv");
    assert_message(&session, "There are no entries.");
    press(&session, "/widget" ENTER);
    assert_message(&session, "Not found.");
    press(&session, ENTER);
    find(&session, "widget: oil it");
    session_free(&session);
}
END_TEST

/* Writes the keys TEXT without waiting for what they do. */
static void type(struct session *session, const char *text)
{
    ck_assert_int_eq(write(session->keys, text, strlen(text)), (ssize_t)strlen(text));
}

START_TEST(test_left)
{
    struct session session = two_versions();
    start(&session);
    press(&session, "cjq");
    ck_assert_int_eq(context_of(&session), CONTEXT_INDEX);
    ck_assert_uint_eq(session.app->jobs->len, 0);
    /* At every stage. */
    for (int turns = 0; turns < 40; turns++) {
        type(&session, "c");
        for (int i = 0; i < turns; i++)
            g_main_context_iteration(session.app->context, FALSE);
        press(&session, "q");
        ck_assert_int_eq(context_of(&session), CONTEXT_INDEX);
        ck_assert_uint_eq(session.app->jobs->len, 0);
    }
    type(&session, "cj");
    g_main_context_iteration(session.app->context, FALSE);
    session_free(&session);
}
END_TEST

START_TEST(test_answers_meanwhile)
{
    struct session session = two_versions();
    start(&session);
    type(&session, "cj");
    while (session.app->views->len < 2)
        g_main_context_iteration(session.app->context, TRUE);
    app_top(session.app);
    frame_draw(session.app);
    find(&session, "comparing …");
    find(&session, "(comparing");
    ck_assert(app_run_until_idle(session.app));
    find(&session, "widget: oil it");
    ck_assert(!shows(&session, "comparing"));
    session_free(&session);
}
END_TEST

/* What is to be opened before it is there is opened then, as in a macro. */
START_TEST(test_typed_ahead)
{
    struct session session = two_versions();
    start(&session);
    press(&session, "c" ENTER);
    find(&session, "+++ v2 0/5");
    press(&session, "qq");
    /* Not where somebody has gone elsewhere. */
    press(&session, "c" ENTER "?");
    ck_assert_int_eq(context_of(&session), CONTEXT_TEXT);
    press(&session, "q");
    ck_assert_int_eq(context_of(&session), CONTEXT_LIST);
    assert_selected(&session, "make it turn");
    session_free(&session);
}
END_TEST

START_TEST(test_arrivals)
{
    struct session session = session_new();
    add_first(&session);
    add(&session, ANN, 3, "b0", NULL, "[PATCH v2 0/2] widget: make it turn", "Two.\n");
    add_patch(&session, 3, "b1", "b0", "[PATCH v2 1/2] widget: oil it", "Oil.", "oil.c", "oiled");
    start(&session);
    compare(&session, "jj");
    assert_selected(&session, "widget: turn it");
    /* It is not in the archive: there is such a patch, and its mail cannot be read. */
    char *late = make_mail(ANN, 3, "b2", "b0", "[PATCH v2 2/2] widget: paint it", "Late.\n");
    arrive(&session, INT64_MAX - 4, late);
    find(&session, "2 patches");
    find(&session, "widget: paint it");
    assert_selected(&session, "widget: turn it");
    /* What has nothing to do with it changes nothing. */
    char *other = make_mail(ANN, 4, "z", NULL, "[PATCH] else", patch_body);
    arrive(&session, INT64_MAX - 5, other);
    ck_assert_uint_eq(session.app->jobs->len, 0);
    assert_selected(&session, "widget: turn it");
    g_free(other);
    g_free(late);
    session_free(&session);
}
END_TEST

static void withdraw(struct session *session, const char *mail, int64_t rank)
{
    struct mail_batch *batch = mail_batch_new();
    mail_parse(batch, mail, strlen(mail), &(struct mail_place){.arrival = rank}, true);
    series_set_take(session->app->set, batch);
    app_unsettled(session->app);
    ck_assert(app_run_until_idle(session->app));
}

START_TEST(test_withdrawn)
{
    struct session session = three_versions();
    start(&session);
    press(&session, "c");
    char *mail = make_mail(ANN, 6, "x3", NULL, "[PATCH v3] gadget: add", "");
    withdraw(&session, mail, INT64_MAX - 5);
    find(&session, "What stood here was withdrawn.");
    static const char *const commands[] = {"next-entry", "display-message", "display-patch",
                                           "compare-older", "search x", "toggle-reviewed",
                                           "save-message nowhere", "yank-link", "reply"};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        command(&session, commands[i]);
    ck_assert_int_eq(context_of(&session), CONTEXT_LIST);
    g_free(mail);
    session_free(&session);
}
END_TEST

/* The detail keeps what it shows when what is beneath it goes. */
START_TEST(test_withdrawn_beneath)
{
    struct session session = two_versions();
    start(&session);
    compare(&session, "jjj" ENTER);
    char *mail = make_mail(ANN, 3, "b3", "b0", "[PATCH v2 3/5] widget: turn it", "");
    withdraw(&session, mail, INT64_MAX - 5);
    find(&session, "++      turn(right);");
    press(&session, "j");
    find(&session, "+++ v2 ");
    press(&session, "q");
    assert_line(&session, 1, "v1 of 2019-03-01, 5 patches → v2 of 2019-03-04, 4 of 5 patches");
    find(&session, "  2 <  - ");
    g_free(mail);
    session_free(&session);
}
END_TEST

START_TEST(test_unreadable)
{
    struct session session = two_versions();
    start(&session);
    char *mail = make_mail(ANN, 8, "c0", NULL, "[PATCH v3] widget: make it turn", "Late.\n");
    arrive(&session, INT64_MAX - 4, mail);
    press(&session, "c");
    find(&session, "→ v3 of 2019-03-09, 1 patch");
    press(&session, ENTER);
    g_free(mail);
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_compare");
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, test_rows);
    tcase_add_test(rows, test_small_screens);
    tcase_add_test(rows, test_nothing_changed);
    tcase_add_test(rows, test_incomplete);
    tcase_add_test(rows, test_moving);
    suite_add_tcase(suite, rows);
    TCase *which = tcase_create("which versions");
    tcase_add_test(which, test_from_lists);
    tcase_add_test(which, test_from_mails);
    tcase_add_test(which, test_nothing_to_compare);
    tcase_add_test(which, test_reviewed);
    tcase_add_test(which, test_tagged);
    tcase_add_test(which, test_other_version);
    suite_add_tcase(suite, which);
    TCase *meanwhile = tcase_create("meanwhile");
    tcase_add_test(meanwhile, test_stopped);
    tcase_add_test(meanwhile, test_left);
    tcase_add_test(meanwhile, test_answers_meanwhile);
    tcase_add_test(meanwhile, test_typed_ahead);
    tcase_add_test(meanwhile, test_arrivals);
    tcase_add_test(meanwhile, test_withdrawn);
    tcase_add_test(meanwhile, test_withdrawn_beneath);
    tcase_add_test(meanwhile, test_unreadable);
    suite_add_tcase(suite, meanwhile);
    return run_screen_tests(suite);
}
