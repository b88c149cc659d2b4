/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pager, texts and help on a screen that is read back. */
#include "screen_support.h"

#include <check.h>
#include <string.h>

static const char diff_body[] = "> Why?\n"
                                "> Why not?\n"
                                "Because of 1.\n"
                                "> > Deeper.\n"
                                "Indeed.\n"
                                "\n"
                                "Signed-off-by: Ann Example <ann@example.org>\n"
                                "---\n"
                                "diff --git a/a.c b/a.c\n"
                                "--- a/a.c\n"
                                "+++ b/a.c\n"
                                "@@ -1,2 +1,2 @@ first\n"
                                " context\n"
                                "-\toil(widget, 1);\n"
                                "+\toil(gadget, 1);\n"
                                "@@ -9,1 +9,1 @@ second\n"
                                "-needle one\n"
                                "+two\n"
                                "diff --git a/b.c b/b.c\n"
                                "--- a/b.c\n"
                                "+++ b/b.c\n"
                                "@@ -1,2 +1,2 @@ third\n"
                                " context\n"
                                "-a needle\n"
                                "+a pin\n"
                                "-- \n"
                                "2.39\n";

/* A browser with the pager on a mail whose text is BODY. */
static struct session open_text(const char *body)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a1", NULL, "[PATCH] widget: oil it", body);
    start(&session);
    press(&session, ENTER);
    while (app_top(session.app)->operations->context != CONTEXT_PAGER)
        press(&session, ENTER);
    return session;
}

static int foreground(const struct session *session, const char *words, int column)
{
    return screen_look_at(session->app->screen, find(session, words), column).foreground;
}

static struct screen_look look(const struct session *session, int row, int column)
{
    return screen_look_at(session->app->screen, row, column);
}

START_TEST(test_headers)
{
    struct session session = open_text(patch_body);
    assert_line(&session, 1, "Date: Fri, 01 Mar 2019 00:00:00 +0000");
    assert_line(&session, 2, "From: Ann Example <ann@example.org>");
    assert_line(&session, 3, "Subject: [PATCH] widget: oil it");
    assert_line(&session, 4, "Message-ID: <a1@example.org>");
    assert_line(&session, 6, "What it does.");
    ck_assert_int_ne(look(&session, 1, 0).foreground, -1);

    command(&session, "skip-headers");
    assert_line(&session, 1, "What it does.");
    command(&session, "skip-headers");
    assert_message(&session, "Already skipped past headers.");
    /* Who asks for all of them sees them, and comes back. */
    command(&session, "display-toggle-weed");
    assert_line(&session, 1, "From: Ann Example <ann@example.org>");
    find(&session, "X-Other: kept back");
    command(&session, "display-toggle-weed");
    ck_assert(!shows(&session, "X-Other"));
    assert_line(&session, 1, "What it does.");

    command(&session, "top");
    command(&session, "set hdr_order=\"X-Other: Subject\"");
    assert_line(&session, 1, "X-Other: kept back");
    assert_line(&session, 2, "Subject: [PATCH] widget: oil it");
    assert_line(&session, 3, "");
    session_free(&session);
}
END_TEST

START_TEST(test_colours)
{
    struct session session = open_text(diff_body);
    int quoted = foreground(&session, "> Why?", 0);
    ck_assert_int_ne(quoted, -1);
    ck_assert_int_ne(foreground(&session, "> > Deeper", 0), quoted);
    ck_assert_int_ne(foreground(&session, "Signed-off-by", 0), -1);
    ck_assert_int_ne(foreground(&session, "+       oil", 0), -1);
    ck_assert_int_ne(foreground(&session, "+       oil", 0),
                     foreground(&session, "-       oil", 0));
    ck_assert_int_eq(foreground(&session, " context", 0), -1);

    command(&session, "color body magenta default \"[0-9]+\"");
    int row = find(&session, "Because of 1.");
    ck_assert_int_eq(look(&session, row, 10).foreground, -1);
    ck_assert_int_eq(look(&session, row, 11).foreground, 5);
    ck_assert_int_eq(look(&session, row, 12).foreground, -1);
    /* Only in what people wrote. */
    row = find(&session, "-       oil(widget, 1)");
    ck_assert_int_eq(look(&session, row, 20).foreground, look(&session, row, 10).foreground);
    command(&session, "color header cyan default \"^Message-ID\"");
    row = find(&session, "Message-ID:");
    ck_assert_int_eq(look(&session, row, 0).foreground, 6);
    ck_assert_int_eq(look(&session, row, 20).foreground, 6);
    session_free(&session);
}
END_TEST

START_TEST(test_jumps)
{
    struct session session = open_text(diff_body);
    command(&session, "next-hunk");
    assert_line(&session, 1, "@@ -1,2 +1,2 @@ first");
    command(&session, "next-hunk");
    assert_line(&session, 1, "@@ -9,1 +9,1 @@ second");
    command(&session, "top");
    press(&session, "3}");
    assert_line(&session, 1, "@@ -1,2 +1,2 @@ third");
    command(&session, "next-hunk");
    assert_message(&session, "There are no more hunks.");
    assert_line(&session, 1, "@@ -1,2 +1,2 @@ third");
    command(&session, "previous-hunk");
    assert_line(&session, 1, "@@ -9,1 +9,1 @@ second");
    command(&session, "next-file");
    assert_line(&session, 1, "diff --git a/b.c b/b.c");
    command(&session, "previous-file");
    assert_line(&session, 1, "diff --git a/a.c b/a.c");
    command(&session, "previous-trailers");
    assert_line(&session, 1, "Signed-off-by: Ann Example <ann@example.org>");
    command(&session, "previous-trailers");
    assert_message(&session, "There are no trailers before.");
    command(&session, "previous-quoted");
    assert_line(&session, 1, "> > Deeper.");
    command(&session, "previous-quoted");
    assert_line(&session, 1, "> Why?");
    command(&session, "next-quoted");
    assert_line(&session, 1, "> > Deeper.");
    command(&session, "top");
    command(&session, "skip-quoted");
    assert_line(&session, 1, "Because of 1.");
    command(&session, "skip-quoted");
    assert_line(&session, 1, "Indeed.");
    command(&session, "skip-quoted");
    assert_message(&session, "No more quoted text.");
    session_free(&session);
}
END_TEST

START_TEST(test_folds)
{
    struct session session = open_text(diff_body);
    command(&session, "toggle-quoted");
    assert_line(&session, 6, "[-- 2 quoted lines --]");
    assert_line(&session, 7, "Because of 1.");
    assert_line(&session, 8, "[-- 1 quoted line --]");
    command(&session, "set toggle_quoted_show_levels=1");
    assert_line(&session, 7, "> Why not?");
    assert_line(&session, 9, "[-- 1 quoted line --]");
    command(&session, "toggle-quoted");
    assert_line(&session, 9, "> > Deeper.");

    command(&session, "toggle-file");
    assert_message(&session, "There is no file of a diff at the top of the screen.");
    press(&session, "2}");
    command(&session, "toggle-file");
    assert_line(&session, 1, "diff --git a/a.c b/a.c  [+2 -2, 9 lines folded]");
    /* The reader is where he was. */
    command(&session, "toggle-file");
    assert_line(&session, 1, "@@ -9,1 +9,1 @@ second");
    command(&session, "toggle-files");
    find(&session, "diff --git a/a.c b/a.c  [+2 -2, 9 lines folded]");
    find(&session, "diff --git a/b.c b/b.c  [+1 -1, 6 lines folded]");
    command(&session, "toggle-files");
    find(&session, "@@ -9,1 +9,1 @@ second");
    session_free(&session);
}
END_TEST

START_TEST(test_words)
{
    struct session session = open_text(diff_body);
    int row = find(&session, "-       oil(widget");
    struct screen_look plain = look(&session, row, 12);
    command(&session, "toggle-words");
    struct screen_look word = look(&session, row, 12), beside = look(&session, row, 8);
    ck_assert(memcmp(&plain, &word, sizeof plain) != 0);
    ck_assert_int_eq(beside.foreground, plain.foreground);
    ck_assert_int_eq(beside.background, plain.background);
    command(&session, "toggle-words");
    word = look(&session, row, 12);
    ck_assert_int_eq(word.background, plain.background);
    ck_assert_int_eq(word.reverse, plain.reverse);
    session_free(&session);
}
END_TEST

START_TEST(test_search)
{
    struct session session = open_text(diff_body);
    command(&session, "search-next");
    assert_message(&session, "No search pattern.");
    command(&session, "toggle-files");
    press(&session, "/needle" ENTER);
    /* What was folded around it is not any more. */
    assert_line(&session, 1, "-needle one");
    struct screen_look found = look(&session, 1, 1), beside = look(&session, 1, 8);
    ck_assert(found.background != beside.background || found.reverse != beside.reverse);
    command(&session, "search-next");
    assert_line(&session, 1, "-a needle");
    command(&session, "search-next");
    assert_message(&session, "Search wrapped to top.");
    assert_line(&session, 1, "-needle one");
    command(&session, "search-opposite");
    assert_message(&session, "Search wrapped to bottom.");
    assert_line(&session, 1, "-a needle");
    command(&session, "search-toggle");
    beside = look(&session, 1, 1);
    found = look(&session, 1, 3);
    ck_assert_int_eq(found.background, beside.background);
    command(&session, "set nowrap_search");
    command(&session, "search-next");
    assert_message(&session, "Not found.");
    session_free(&session);
}
END_TEST

START_TEST(test_through_the_series)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, "j" ENTER "j" ENTER);
    find(&session, "Subject: [PATCH v2 1/3] widget: oil it");
    command(&session, "next-entry");
    find(&session, "I see.");
    press(&session, "3j");
    command(&session, "bottom");
    command(&session, "next-entry");
    assert_message(&session, "You are on the last message.");
    press(&session, "99k");
    assert_message(&session, "You are on the first message.");
    session_free(&session);
}
END_TEST

START_TEST(test_next_page_goes_on)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, "j" ENTER ENTER);
    find(&session, "Cover.");
    command(&session, "set pager_stop");
    command(&session, "next-page");
    assert_message(&session, "The bottom is shown.");
    command(&session, "set nopager_stop");
    command(&session, "next-page");
    find(&session, "Subject: [PATCH v2 1/3] widget: oil it");
    session_free(&session);
}
END_TEST

START_TEST(test_index_above)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, "j" ENTER ENTER);
    char *above = read_screen(&session);
    command(&session, "set pager_index_lines=3");
    assert_line(&session, 5, "Date: Mon, 04 Mar 2019 00:00:00 +0000");
    find(&session, "make it turn");
    ck_assert_int_eq(selected(&session), 1);
    command(&session, "next-entry");
    ck_assert_int_eq(selected(&session), 2);
    find(&session, "What it does.");
    /* Too few lines for that. */
    resize(&session, 8, 80);
    assert_line(&session, 1, "Date: Mon, 04 Mar 2019 00:00:00 +0000");
    resize(&session, 24, 80);
    assert_line(&session, 5, "Date: Mon, 04 Mar 2019 00:00:00 +0000");
    command(&session, "set pager_index_lines=0");
    command(&session, "previous-entry");
    char *again = read_screen(&session);
    ck_assert_str_eq(again, above);
    /* The view beneath has all of its lines again. */
    command(&session, "exit");
    find(&session, "Skip");
    g_free(above);
    g_free(again);
    session_free(&session);
}
END_TEST

START_TEST(test_status)
{
    struct session session = open_text(patch_body);
    command(&session, "set pager_format=\"%n %i %d %v %p%{%Y} %P\"");
    char *line = screen_read(session.app->screen, 22);
    ck_assert_msg(g_str_has_prefix(line, "---Ann Example a1@example.org "
                                         "2019-03-01 00:00 v1 2019 86%---"),
                  "%s", line);
    g_free(line);
    session_free(&session);
}
END_TEST

START_TEST(test_sideways)
{
    GString *body = g_string_new(NULL);
    for (int i = 0; i < 30; i++)
        g_string_append_printf(body, "%04d------", i);
    struct session session = open_text(body->str);
    command(&session, "toggle-wrap");
    find(&session, "0000------0001");
    ck_assert(!shows(&session, "0010"));
    command(&session, "scroll-right");
    assert_line(&session, 1, "");
    find(&session, "0004------0005");
    ck_assert(!shows(&session, "0000"));
    press(&session, "/0029" ENTER);
    find(&session, "0029");
    command(&session, "toggle-wrap");
    find(&session, "0000------0001");
    g_string_free(body, TRUE);
    session_free(&session);
}
END_TEST

START_TEST(test_help)
{
    struct session session = open_text(patch_body);
    command(&session, "bind pager Q next-hunk");
    command(&session, "bind pager Z search foo");
    command(&session, "macro pager Y \"<next-hunk><next-hunk>\" \"two hunks on\"");
    command(&session, "unbind pager \"}\"");
    command(&session, "unbind pager T");
    command(&session, "help");
    GString *all = g_string_new(NULL);
    struct view *help = app_top(session.app);
    size_t length;
    const char *text = help->operations->content(help, &length);
    g_string_append_len(all, text, (gssize)length);
    ck_assert(g_str_has_prefix(all->str, "Keys of the pager\n\nMoving\n"));
    ck_assert_ptr_nonnull(strstr(all->str, "\nQ                  next-hunk            go to the "
                                           "next hunk\n"));
    ck_assert_ptr_nonnull(strstr(all->str, "\nZ                  search foo           search "
                                           "forwards\n"));
    /* Those that only say which digit it is share a row. */
    ck_assert_ptr_nonnull(strstr(all->str, "\n<Esc>0 ... <Esc>9  digit-argument       begin a "));
    ck_assert_ptr_null(strstr(all->str, "digit-argument 1"));
    ck_assert_ptr_nonnull(strstr(all->str, "two hunks on"));
    const char *unbound = strstr(all->str, "Commands without a key");
    ck_assert_ptr_nonnull(unbound);
    ck_assert_ptr_nonnull(strstr(unbound, "toggle-quoted"));
    ck_assert_ptr_null(strstr(unbound, "next-hunk"));
    ck_assert_ptr_nonnull(strstr(all->str, "Keys of all views"));
    press(&session, "/Commands without" ENTER);
    find(&session, "Commands without a key");
    g_string_free(all, TRUE);
    session_free(&session);
}
END_TEST

/* Each command that works in a view stands in its help. */
START_TEST(test_help_is_complete)
{
    static const enum context contexts[] = {CONTEXT_INDEX, CONTEXT_SERIES, CONTEXT_PAGER,
                                            CONTEXT_CONTRIBUTORS, CONTEXT_TEXT, CONTEXT_EDITOR};
    struct session session = open_text(patch_body);
    for (size_t i = 0; i < G_N_ELEMENTS(contexts); i++) {
        struct view *help = help_new(session.app, contexts[i]);
        size_t length;
        const char *text = help->operations->content(help, &length);
        for (size_t j = 0; j < command_count(); j++)
            if (command_at(j)->contexts & (1u << contexts[i]))
                ck_assert_msg(strstr(text, command_at(j)->name), "%s", command_at(j)->name);
        help->operations->free(help);
    }
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_pager");
    TCase *test = tcase_create("screen_pager");
    tcase_add_test(test, test_headers);
    tcase_add_test(test, test_colours);
    tcase_add_test(test, test_jumps);
    tcase_add_test(test, test_folds);
    tcase_add_test(test, test_words);
    tcase_add_test(test, test_search);
    tcase_add_test(test, test_through_the_series);
    tcase_add_test(test, test_next_page_goes_on);
    tcase_add_test(test, test_index_above);
    tcase_add_test(test, test_status);
    tcase_add_test(test, test_sideways);
    tcase_add_test(test, test_help);
    tcase_add_test(test, test_help_is_complete);
    suite_add_tcase(suite, test);
    return run_screen_tests(suite);
}
