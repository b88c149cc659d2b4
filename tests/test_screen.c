/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The browser as a whole: moving through its views, sizes, terminals, hostile mail. The views have tests
 * of their own, test_screen_*.c. */
#include "screen_support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int foreground(const struct session *session, const char *words, int column)
{
    return screen_look_at(session->app->screen, find(session, words), column).foreground;
}

START_TEST(test_pager)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, "j" ENTER "j" ENTER);

    assert_line(&session, 1, "Date: Mon, 04 Mar 2019 00:00:00 +0000");
    assert_line(&session, 2, "From: Ann Example <ann@example.org>");
    assert_line(&session, 3, "Subject: [PATCH v2 1/3] widget: oil it");
    assert_line(&session, 4, "Message-ID: <b1@example.org>");
    assert_line(&session, 5, "");
    assert_line(&session, 6, "What it does.");
    int added = foreground(&session, "+       added too", 0);
    int removed = foreground(&session, "-       removed", 0);
    ck_assert_int_ge(added, 0);
    ck_assert_int_ge(removed, 0);
    ck_assert_int_ne(added, removed);
    ck_assert_int_eq(foreground(&session, " context", 0), -1);
    ck_assert_int_ge(foreground(&session, "Signed-off-by:", 0), 0);
    ck_assert(screen_look_at(session.app->screen, find(&session, "diff --git"), 0).bold);

    press(&session, "h");
    find(&session, "In-Reply-To: <b0@example.org>");
    find(&session, "X-Other: kept back");
    press(&session, "h");
    assert_line(&session, 1, "Date: Mon, 04 Mar 2019 00:00:00 +0000");

    /* On to the answer and the one after it, and back. */
    press(&session, "J");
    find(&session, "I see.");
    ck_assert_int_ne(foreground(&session, "> > Why?", 0), foreground(&session, "> Because", 0));
    press(&session, "J");
    find(&session, "Good.");
    /* What was not received is passed over. */
    press(&session, "J");
    find(&session, "widget: paint it");
    press(&session, "J");
    find(&session, "You are on the last message.");
    press(&session, "KKKK");
    find(&session, "Cover.");
    /* Then to the series before it. */
    press(&session, "K");
    find(&session, "gadget: add");
    press(&session, "K");
    find(&session, "You are on the first message.");
    /* As far as it goes, however far that was to be. */
    press(&session, ESCAPE "99999999j");
    find(&session, "You are on the last message.");
    find(&session, "widget: paint it");
    press(&session, ESCAPE "5k");
    find(&session, "gadget: add");
    press(&session, "q");
    ck_assert_int_eq(selected(&session), find(&session, "Bob Sample"));
    session_free(&session);
}
END_TEST

START_TEST(test_pager_scrolls)
{
    struct session session = session_new();
    GString *body = g_string_new(NULL);
    for (int i = 1; i <= 100; i++)
        g_string_append_printf(body, "line %d\n", i);
    add(&session, ANN, 0, "a", NULL, "[PATCH] long", body->str);
    start(&session);
    press(&session, ENTER ENTER);

    find(&session, "line 16");
    press(&session, ENTER ENTER);
    assert_line(&session, 1, "Subject: [PATCH] long");
    press(&session, "\177");
    assert_line(&session, 1, "From: Ann Example <ann@example.org>");
    press(&session, " ");
    assert_line(&session, 1, "line 18");
    press(&session, "-");
    assert_line(&session, 1, "From: Ann Example <ann@example.org>");
    press(&session, "$");
    assert_line(&session, 21, "line 100");
    find(&session, "(end)");
    press(&session, ENTER);
    find(&session, "The bottom is shown.");
    press(&session, "^");
    assert_line(&session, 1, "Date: Fri, 01 Mar 2019 00:00:00 +0000");
    g_string_free(body, TRUE);
    session_free(&session);
}
END_TEST

START_TEST(test_wrapping)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] wide",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen end\n"
        "\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
        "\344\270\200\344\270\200\344\270\200\344\270\200 wide\n");
    start(&session);
    press(&session, ENTER ENTER);
    assert_line(&session, 6,
                "one two three four five six seven eight nine ten eleven twelve thirteen fourteen");
    assert_line(&session, 7, "fifteen end");
    resize(&session, 24, 21);
    int row = find(&session, "\344\270\200");
    /* Ten characters of two cells fit, the eleventh does not by half. */
    assert_line(&session, row,
                "\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
                "\344\270\200\344\270\200\344\270\200\344\270\200");
    assert_line(&session, row + 1, "\344\270\200 wide");
    session_free(&session);
}
END_TEST

START_TEST(test_arrivals_leave_the_reader_alone)
{
    struct session session = session_new();
    for (int i = 0; i < 40; i++) {
        char *id = g_strdup_printf("m%d", i), *subject = g_strdup_printf("[PATCH] part %d", i);
        add(&session, ANN, i, id, NULL, subject, patch_body);
        g_free(subject);
        g_free(id);
    }
    start(&session);

    /* Nobody has moved, but the range has been read. */
    char *newest = make_mail(BOB, 50, "n1", NULL, "[PATCH] newest", patch_body);
    arrive(&session, INT64_MAX - 5, newest);
    ck_assert_int_eq(selected(&session), 1);
    ck_assert_int_eq(find(&session, "part 39"), 1);
    press(&session, "=");
    ck_assert_int_eq(find(&session, "newest"), 1);

    press(&session, "zjjj");
    int row = selected(&session);
    char *before = screen_read(session.app->screen, row);
    const char *title = strstr(before, "part");
    char *other = make_mail(BOB, 51, "n2", NULL, "[PATCH] newest of all", patch_body);
    arrive(&session, INT64_MAX - 4, other);
    ck_assert_int_eq(selected(&session), row);
    ck_assert_int_eq(find(&session, title), row);

    /* A new version of the selected series takes it to the top, and the reader with it. */
    char *subject = g_strdup_printf("[PATCH v2] %s", title);
    char *reroll = make_mail(ANN, 52, "n3", NULL, subject, patch_body);
    arrive(&session, INT64_MAX - 3, reroll);
    ck_assert_int_eq(find(&session, title), selected(&session));
    find(&session, "1 skipped");

    g_free(reroll);
    g_free(subject);
    g_free(other);
    g_free(before);
    g_free(newest);
    session_free(&session);
}
END_TEST

/* TEXT holds no character that does something rather than show something. */
static void assert_harmless(const char *text)
{
    gunichar *characters = g_utf8_to_ucs4(text, -1, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(characters);
    for (const gunichar *at = characters; *at; at++)
        ck_assert(*at == '\n' || (!g_unichar_iscntrl(*at) &&
                                  g_unichar_type(*at) != G_UNICODE_FORMAT));
    g_free(characters);
}

START_TEST(test_hostile_mail)
{
    struct session session = session_new();
    const char *subject = "[PATCH] \033[2Jboo \302\233 a\342\200\256b c\342\200\213d";
    add(&session, "\"E\033]0;x\007vil\" <e@example.org>", 0, "a", NULL, subject,
        "\033[31mred \001 \177 \r over \302\205 \357\277\276 \364\217\277\277\n"
        "a\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201z\n");
    start(&session);
    char *index = read_screen(&session);
    press(&session, ENTER);
    char *series = read_screen(&session);
    press(&session, ENTER);
    char *pager = read_screen(&session);

    const char *const screens[] = {index, series, pager};
    for (size_t i = 0; i < G_N_ELEMENTS(screens); i++)
        assert_harmless(screens[i]);
    ck_assert_ptr_nonnull(strstr(index, "^[[2Jboo \357\277\275 a\357\277\275b c\357\277\275d"));
    int row = find(&session, "^[[31mred ^A ^? ^M over");
    ck_assert(screen_look_at(session.app->screen, row, 0).reverse);
    ck_assert(screen_look_at(session.app->screen, row, 1).reverse);
    ck_assert(!screen_look_at(session.app->screen, row, 2).reverse);
    /* Four marks at most on one letter, which says that there were more. */
    row = find(&session, "a\314\201\314\201\314\201\314\201z");
    ck_assert(screen_look_at(session.app->screen, row, 0).reverse);
    g_free(pager);
    g_free(series);
    g_free(index);
    session_free(&session);
}
END_TEST

/* Index, series, pager, help of each. */
static const char *const ways[] = {"", ENTER, ENTER ENTER, "?", ENTER "?", ENTER ENTER "?"};

START_TEST(test_sizes)
{
    static const int sizes[][2] = {{1, 1},  {1, 80}, {24, 1},  {2, 2},   {3, 10},  {4, 5},
                                   {5, 20}, {10, 3}, {24, 79}, {60, 200}, {200, 500}};
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, "j");
    press(&session, ways[_i]);
    char *before = read_screen(&session);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        resize(&session, sizes[i][0], sizes[i][1]);
        ck_assert_int_eq(screen_rows(session.app->screen), sizes[i][0]);
        ck_assert_int_eq(screen_columns(session.app->screen), sizes[i][1]);
        press(&session, "]][[");
    }
    resize(&session, 3, 40);
    char *line = screen_read(session.app->screen, 0);
    ck_assert_msg(*line, "nothing of the view is left in three lines");
    resize(&session, 24, 80);
    press(&session, "[[[[[[\014");
    char *after = read_screen(&session);
    /* All of it is back but for the message line. */
    after[strlen(after) - 1] = '\0';
    size_t length = (size_t)(strrchr(after, '\n') - after);
    ck_assert_uint_gt(length, 160);
    ck_assert_msg(strncmp(before, after, length) == 0, "%s\nis now\n%s", before, after);
    g_free(after);
    g_free(line);
    g_free(before);
    session_free(&session);
}
END_TEST

START_TEST(test_keys)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);

    press(&session, "~");
    assert_line(&session, 23, "Key is not bound.  Press '?' for help.");
    press(&session, UP);
    assert_line(&session, 23, "You are on the first entry.");
    press(&session, DOWN);
    assert_line(&session, 23, "");
    ck_assert_int_eq(selected(&session), 2);

    /* The help line and the help view show what the keys are, not what they were. */
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    keymap_read(session.app->configuration->keymap, "index gg last-entry\ngeneric <F5> help\ngeneric ? refresh\n",
                "test", errors);
    ck_assert_uint_eq(errors->len, 0);
    g_ptr_array_unref(errors);
    press(&session, "~");
    assert_line(&session, 23, "Key is not bound.  Press '<F5>' for help.");
    ck_assert_int_eq(find(&session, "q:Quit  <F5>:Help  <Enter>:Open  l:Limit"), 0);
    press(&session, F5);
    find(&session, "Keys of the index");
    find(&session, "* <End> gg");
    press(&session, "qkg");
    assert_line(&session, 23, "g");
    ck_assert_int_eq(selected(&session), 1);
    press(&session, "g");
    ck_assert_int_eq(selected(&session), 2);
    session_free(&session);
}
END_TEST

START_TEST(test_quit)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    ck_assert(press(&session, ENTER ENTER "?qqq"));
    ck_assert(!press(&session, "q"));
    session_free(&session);

    struct session other = session_new();
    add_series(&other);
    start(&other);
    ck_assert(!press(&other, ENTER ENTER "Qjjj"));
    session_free(&other);
}
END_TEST

START_TEST(test_terminal_goes_away)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    close(session.keys);
    session.keys = -1;
    while (!session.app->quit)
        g_main_context_iteration(session.app->context, TRUE);
    session_free(&session);
}
END_TEST

START_TEST(test_without_colours)
{
    struct session session = session_new();
    add_series(&session);
    if (_i == 0)
        setenv("NO_COLOR", "1", 1);
    start_on(&session, _i == 0 ? "xterm-256color" : "vt100");
    unsetenv("NO_COLOR");
    press(&session, "j" ENTER "j" ENTER);
    for (int row = 0; row < 24; row++)
        for (int column = 0; column < 80; column++)
            ck_assert_int_eq(screen_look_at(session.app->screen, row, column).foreground, -1);
    ck_assert(screen_look_at(session.app->screen, find(&session, "+       added"), 0).bold);
    ck_assert(screen_look_at(session.app->screen, 0, 0).reverse);
    session_free(&session);
}
END_TEST

START_TEST(test_unreadable)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    support_add_empty(session.writer, START + DAY);
    add(&session, ANN, 2, "b", NULL, "[PATCH] two", patch_body);
    start(&session);
    find(&session, "Series 2, 1 unreadable]");
    find(&session, "1 could not be read, the last: ");
    session_free(&session);
}
END_TEST

START_TEST(test_mail_that_is_gone)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    char *mail = make_mail(ANN, 0, "b", NULL, "[PATCH] two", patch_body);
    const char *id = support_add(session.writer, START + DAY, mail, strlen(mail));
    char *blob = g_strdup_printf("%s:m", id);
    start(&session);
    support_remove_object(session.writer, blob);
    press(&session, ENTER ENTER);
    int row = find(&session, "two");
    ck_assert_int_lt(row, 22);
    char *message = screen_read(session.app->screen, 23);
    ck_assert_str_ne(message, "");
    ck_assert(screen_look_at(session.app->screen, 23, 0).bold);
    g_free(message);
    press(&session, "q");
    find(&session, "v1     1/1    one");
    g_free(blob);
    g_free(mail);
    session_free(&session);
}
END_TEST

START_TEST(test_loops_and_depths)
{
    struct session session = session_new();
    add(&session, ANN, 0, "p", "x2", "[PATCH] start", patch_body);
    add(&session, BOB, 1, "x1", "p", "Re: [PATCH] start", "one\n");
    add(&session, BOB, 2, "x2", "x1", "Re: [PATCH] start", "two\n");
    add(&session, BOB, 3, "x3", "x3", "Re: [PATCH] start", "itself\n");
    start(&session);
    press(&session, ENTER);
    ck_assert_int_eq(find(&session, "start"), selected(&session));
    find(&session, "Replies:2");

    struct mail_batch *batch = mail_batch_new();
    for (int i = 3; i < 50000; i++) {
        char id[16], parent[16];
        g_snprintf(id, sizeof id, "d%d", i);
        g_snprintf(parent, sizeof parent, i == 3 ? "x2" : "d%d", i - 1);
        char *mail = make_mail(BOB, 3, id, parent, "Re: [PATCH] start", "deep\n");
        const struct mail_place place = {.arrival = INT64_MAX / 2 + i, .received = START};
        mail_parse(batch, mail, strlen(mail), &place, false);
        g_free(mail);
    }
    series_set_take(session.app->set, batch);
    session.app->unsettled = true;
    app_draw_soon(session.app);
    ck_assert(app_run_until_idle(session.app));
    press(&session, "*");
    find(&session, "Replies:49999");
    ck_assert_int_eq(selected(&session), 21);
    press(&session, "=");
    ck_assert_int_eq(selected(&session), 1);
    session_free(&session);
}
END_TEST

START_TEST(test_endless_line)
{
    struct session session = session_new();
    GString *body = g_string_new("first\n");
    for (int i = 0; i < 400000; i++)
        g_string_append(body, "abc\tdef \303\244\314\210 ghi jkl");
    g_string_append(body, "THE END");
    add(&session, ANN, 0, "a", NULL, "[PATCH] endless", body->str);
    start(&session);
    press(&session, ENTER ENTER "$");
    find(&session, "THE END");
    press(&session, "--");
    char *two_up = read_screen(&session);
    press(&session, "- ");
    char *again = read_screen(&session);
    ck_assert_str_eq(two_up, again);
    press(&session, "^");
    find(&session, "first");
    g_free(again);
    g_free(two_up);
    g_string_free(body, TRUE);
    session_free(&session);
}
END_TEST

static const char *const no_terminals[] = {"dumb", "no-such-terminal", "", NULL};

START_TEST(test_no_terminal)
{
    FILE *null = fopen("/dev/null", "r+");
    GError *error = NULL;
    ck_assert_ptr_null(screen_new(no_terminals[_i], null, null, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    ck_assert_ptr_nonnull(strstr(error->message, "terminal"));
    g_error_free(error);
    fclose(null);
}
END_TEST

static Suite *screen_suite(void)
{
    Suite *suite = suite_create("screen");
    TCase *views = tcase_create("views"), *odd = tcase_create("odd"), *text = tcase_create("text");

    tcase_add_test(views, test_pager);
    tcase_add_test(views, test_pager_scrolls);
    tcase_add_test(views, test_wrapping);
    tcase_add_test(views, test_arrivals_leave_the_reader_alone);
    tcase_add_loop_test(views, test_sizes, 0, G_N_ELEMENTS(ways));
    tcase_add_test(views, test_keys);
    tcase_add_test(views, test_quit);
    tcase_add_loop_test(views, test_without_colours, 0, 2);
    suite_add_tcase(suite, views);
    tcase_add_test(odd, test_hostile_mail);
    tcase_add_test(odd, test_terminal_goes_away);
    tcase_add_test(odd, test_unreadable);
    tcase_add_test(odd, test_mail_that_is_gone);
    tcase_add_test(odd, test_loops_and_depths);
    tcase_add_test(odd, test_endless_line);
    suite_add_tcase(suite, odd);
    tcase_add_loop_test(text, test_no_terminal, 0, G_N_ELEMENTS(no_terminals));
    suite_add_tcase(suite, text);
    return suite;
}

int main(void)
{
    return run_screen_tests(screen_suite());
}
