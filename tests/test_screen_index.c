/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index on the screen, and what the whole browser is told with keys: counts, macros, prompts. */
#include "screen_support.h"

#include <string.h>
#include <unistd.h>

START_TEST(test_rows)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    assert_screen(&session, "index");
    resize(&session, 24, 60);
    assert_screen(&session, "index-narrow");
    session_free(&session);
}
END_TEST

START_TEST(test_wide)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    ck_assert(!shows(&session, "2019-03-"));
    resize(&session, 24, 120);
    find(&session, "Exist 2019-03-04 Ann Example           v2+1   2/3  2             widget: make");
    /* Who has a format of their own sees it there too, unless there is one for it. */
    command(&session, "set index_format=\"[%s]\"");
    find(&session, "[widget: make it turn]");
    command(&session, "set index_format_wide=\"<%s>\"");
    find(&session, "<widget: make it turn>");
    resize(&session, 24, 119);
    find(&session, "[widget: make it turn]");
    session_free(&session);
}
END_TEST

START_TEST(test_folding)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    find(&session, "v2+1");
    find(&session, "1 skipped (<Esc>V)");
    press(&session, "j" ESCAPE "v");
    ck_assert_int_eq(find(&session, "Skip"), 3);
    assert_selected(&session, "Exist");
    ck_assert(!shows(&session, "v2+1"));
    ck_assert(!shows(&session, "skipped"));
    /* Folding on the older one selects the listed one. */
    press(&session, "j" ESCAPE "v");
    ck_assert(!shows(&session, "Skip "));
    assert_selected(&session, "v2+1");

    press(&session, ESCAPE "V");
    find(&session, "Skip ");
    press(&session, ESCAPE "v");
    ck_assert(!shows(&session, "Skip "));
    press(&session, ESCAPE "V");
    find(&session, "v2+1");
    press(&session, "=" ESCAPE "v");
    assert_message(&session, "There are no older versions.");
    /* vim's keys say which way. */
    command(&session, "set keymap=vim");
    press(&session, "zMzM");
    find(&session, "+1");
    press(&session, "zRzR");
    find(&session, "Skip ");
    session_free(&session);
}
END_TEST

/* What is known from before the range stands under what is listed, and is listed by itself nowhere. */
START_TEST(test_known_from_before)
{
    const struct range since = {.has_since = true, .since = START + 2 * DAY};
    struct session session = session_new();
    add_series(&session);
    session.range = &since;
    start(&session);
    find(&session, "[Series 2, 1 skipped");
    find(&session, "Exist Mar'19 Ann Example      v2+1");
    press(&session, "j" ESCAPE "v");
    ck_assert_int_eq(find(&session, "Skip "), 3);
    find(&session, "  widget: make it turn");
    press(&session, "l~S" ENTER);
    find(&session, "Series 1 of 2");
    press(&session, "lall" ENTER);
    command(&session, "contributors");
    find(&session, "4 patches");
    press(&session, "q");
    leave(&session);
    session.no_history = true;
    start(&session);
    find(&session, "[Series 2]");
    session_free(&session);
}
END_TEST

/* What a posting outside of the range has replaced is listed as the newest in it, and says so. */
START_TEST(test_replaced_later)
{
    const struct range until = {.has_until = true, .until = START + 2 * DAY};
    struct session session = session_new();
    add(&session, ANN, -3, "z", NULL, "[PATCH] widget: make it turn", patch_body);
    add_series(&session);
    session.range = &until;
    start(&session);
    find(&session, "[Series 1, 1 skipped");
    find(&session, "Skip  Mar'19 Ann Example      v1+1   2/2  1 widget: make it turn");
    press(&session, ESCAPE "v");
    ck_assert(!shows(&session, "v2"));
    ck_assert_int_eq(find(&session, "1/1"), 2);
    press(&session, ESCAPE "v" ENTER);
    /* The newer one is among the versions. */
    find(&session, "Exist 2019-03-04 v2");
    session_free(&session);
}
END_TEST

START_TEST(test_limit)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, "l~f bob" ENTER);
    find(&session, "Series 4 of 12] Limit: ~f bob (l all)");
    assert_message(&session, "To view all series, limit to \"all\".");
    ck_assert(!shows(&session, "Ann Example"));
    press(&session, ESCAPE "l");
    assert_message(&session, "Limit: ~f bob");

    /* Who is selected stays so, and in its place where that can be. */
    press(&session, "jj");
    assert_selected(&session, "part 3");
    press(&session, "lall" ENTER);
    assert_selected(&session, "part 3");
    ck_assert(shows(&session, "Series 12]"));

    /* The letters of the model, the simple search, an error, and nothing found. */
    press(&session, "l~s 'part 1' !~f ann" ENTER);
    ck_assert(!shows(&session, "New"));
    find(&session, "No series matches the limit.");
    press(&session, "l" "part 1" ENTER);
    find(&session, "Series 3 of 12");
    press(&session, "l~q foo" ENTER);
    find(&session, "Series 3 of 12");
    ck_assert(screen_look_at(session.app->screen, 23, 0).bold);
    session_free(&session);
}
END_TEST

START_TEST(test_limit_reads_texts)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    add(&session, ANN, 20, "odd", NULL, "[PATCH] odd one", "A word: turnip.\n---\ndiff --git a/x b/x\n");
    start(&session);
    press(&session, "l~b turnip" ENTER);
    find(&session, "Series 1 of 13");
    find(&session, "odd one");
    press(&session, "l!~b turnip ~f bob" ENTER);
    find(&session, "Series 4 of 13");
    press(&session, "l~y file.c" ENTER);
    find(&session, "Series 12 of 13");
    press(&session, "lall" ENTER "=tjjtl~T ~y file.c" ENTER);
    find(&session, "Series 1 of 13");
    press(&session, "lall" ENTER ";tl~m 2-4 ~y file.c" ENTER);
    find(&session, "Series 3 of 13");

    /* A mail that arrives is read, too. */
    char *mail = make_mail(BOB, 30, "new", NULL, "[PATCH] newest", patch_body);
    const char *id = support_add(session.writer, START + 30 * DAY, mail, strlen(mail));
    ck_assert_ptr_nonnull(id);
    press(&session, "l~b turnip" ENTER);
    find(&session, "Series 1 of 13");
    g_free(mail);
    session_free(&session);
}
END_TEST

START_TEST(test_search)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, "/part 3" ENTER);
    assert_selected(&session, "part 3");
    press(&session, "/~f bob" ENTER);
    assert_selected(&session, "part 0");
    press(&session, "n");
    assert_message(&session, "Search wrapped to top.");
    assert_selected(&session, "part 9");
    press(&session, ESCAPE "/~b added" ENTER);
    assert_selected(&session, "part 10");
    press(&session, "/nothing of the kind" ENTER);
    assert_message(&session, "Not found.");
    assert_selected(&session, "part 10");
    /* What reads texts says that it wrapped, too, and knows tags and numbers. */
    press(&session, "=/~b added" ENTER);
    assert_selected(&session, "part 10");
    assert_message(&session, "");
    press(&session, ESCAPE "n=" ESCAPE "/~b added" ENTER);
    assert_selected(&session, "part 0");
    assert_message(&session, "Search wrapped to bottom.");
    press(&session, "=jjt=/~T ~b added" ENTER);
    assert_selected(&session, "part 9");
    press(&session, "/~m 5 ~b added" ENTER);
    assert_selected(&session, "part 7");
    session_free(&session);
}
END_TEST

START_TEST(test_search_count)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    command(&session, "unbind index 9");
    /* A count, however large, ends at the last one; where texts are read, at the first. */
    press(&session, "/part" ENTER);
    press(&session, "99999999n");
    assert_message(&session, "Search wrapped to top.");
    assert_selected(&session, "part 11");
    press(&session, "/~b added" ENTER);
    press(&session, "99999999n");
    assert_selected(&session, "part 9");
    assert_message(&session, "");
    session_free(&session);
}
END_TEST

/* When the text is found the index is not on top, and its rows are of before a mail arrived. */
START_TEST(test_search_beneath)
{
    static const char keys[] = "/~b turnip" ENTER "?";
    struct session session = session_new();
    add(&session, ANN, -1, "odd", NULL, "[PATCH 1/2] odd one", "A word: turnip.\n");
    add_parts(&session, 12, 3);
    start(&session);
    char *mail = make_mail(ANN, -1, "even", "odd", "[PATCH 2/2] even one", patch_body);
    ck_assert_int_eq(write(session.keys, keys, strlen(keys)), strlen(keys));
    arrive(&session, 30, mail);
    press(&session, "q");
    find(&session, "2/2");
    assert_selected(&session, "odd one");

    /* Whoever moves has changed their mind. */
    press(&session, "=");
    ck_assert_int_eq(write(session.keys, "/~b turnip" ENTER "j", 12), 12);
    ck_assert(app_run_until_idle(session.app));
    ck_assert_int_eq(selected(&session), 2);
    g_free(mail);
    session_free(&session);
}
END_TEST

START_TEST(test_tagging)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, "tt");
    find(&session, "2 tagged");
    find(&session, "1*  New");
    find(&session, "2*  New");
    assert_selected(&session, "part 9");
    press(&session, "T~f bob" ENTER);
    assert_message(&session, "4 entries tagged.");
    find(&session, "6 tagged");
    press(&session, "l~T" ENTER);
    find(&session, "Series 6 of 12");
    press(&session, "lall" ENTER "\024~f ann" ENTER);
    find(&session, "4 tagged");
    press(&session, ";t");
    assert_message(&session, "4 entries untagged.");
    ck_assert(!shows(&session, "4 tagged"));
    ck_assert(!shows(&session, "1*  New"));
    press(&session, ";t");
    assert_message(&session, "No tagged entries.");
    session_free(&session);
}
END_TEST

/* What git am would not tell: that patches are missing. */
START_TEST(test_saving_incomplete)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    char *line = g_strdup_printf("save-message %s/saved.mbox", session.path);
    char *message = g_strdup_printf("Saved 2 of 3 patches to %s/saved.mbox.", session.path);
    press(&session, "j");
    command(&session, line);
    ck_assert(app_run_until_idle(session.app));
    assert_message(&session, message);
    g_free(message);
    g_free(line);
    session_free(&session);
}
END_TEST

START_TEST(test_tagging_reads_texts)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    add(&session, ANN, 20, "odd", NULL, "[PATCH] odd one", "A word: turnip.\n---\ndiff --git a/x b/x\n");
    start(&session);
    press(&session, "T~b 'added too' ~f ann" ENTER);
    assert_message(&session, "8 entries tagged.");
    find(&session, "8 tagged");
    press(&session, "T~b turnip" ENTER);
    assert_message(&session, "1 entry tagged.");
    press(&session, "\024!~b turnip" ENTER);
    assert_message(&session, "8 entries untagged.");
    find(&session, "1*  New");
    session_free(&session);
}
END_TEST

START_TEST(test_sort)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, "jj");
    int row = selected(&session);
    assert_selected(&session, "part 9");
    press(&session, "of");
    ck_assert_int_eq(find(&session, "Ann Example"), 1);
    assert_selected(&session, "part 9");
    press(&session, "Oa");
    ck_assert_int_eq(find(&session, "part 0"), 1);
    assert_selected(&session, "part 9");
    press(&session, "oa");
    assert_selected(&session, "part 9");
    ck_assert_int_eq(selected(&session), row);
    press(&session, "oq");
    ck_assert_int_eq(find(&session, "part 11"), 1);
    session_free(&session);
}
END_TEST

START_TEST(test_next_new)
{
    struct session session = session_new();
    add_series(&session);
    add(&session, BOB, 7, "z", NULL, "[PATCH] newest", patch_body);
    start(&session);
    press(&session, "\t");
    assert_selected(&session, "gadget");
    press(&session, "\t");
    assert_selected(&session, "newest");
    assert_message(&session, "Search wrapped to top.");
    press(&session, ESCAPE "\t");
    assert_selected(&session, "gadget");
    session_free(&session);
}
END_TEST

START_TEST(test_jump_and_counts)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, "5");
    find(&session, "Jump to entry: 5");
    press(&session, ENTER);
    assert_selected(&session, "part 7");
    press(&session, "12" ENTER);
    assert_selected(&session, "part 0");
    press(&session, "99" ENTER);
    assert_selected(&session, "part 0");
    /* Alt and digits are a count in mutt's keymap, digits in vim's. */
    press(&session, "=" ESCAPE "3j");
    assert_selected(&session, "part 8");
    command(&session, "set keymap=vim");
    press(&session, "gg");
    assert_selected(&session, "part 11");
    press(&session, "4j");
    assert_selected(&session, "part 7");
    press(&session, "10G");
    assert_selected(&session, "part 2");
    session_free(&session);
}
END_TEST

/* What was begun is taken back, and nothing more. */
START_TEST(test_abort)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, "\007");
    assert_message(&session, "Nothing is running.");
    press(&session, ";");
    assert_message(&session, "tag-");
    press(&session, "\007");
    assert_message(&session, "");
    press(&session, ESCAPE "3\007");
    assert_message(&session, "");
    press(&session, "j");
    assert_selected(&session, "part 10");
    command(&session, "bind index gx last-entry");
    press(&session, "g\007");
    assert_message(&session, "");
    press(&session, "m");
    assert_message(&session, "Key is not bound.  Press '?' for help.");
    /* Control-C comes as a signal, yet keys may be bound to it. */
    ck_assert(!input_interrupt(session.app));
    command(&session, "bind index ^X^C last-entry");
    press(&session, "\030");
    ck_assert(input_interrupt(session.app));
    press(&session, "kj");
    assert_selected(&session, "part 0");
    press(&session, ";" ESCAPE "2");
    ck_assert(input_interrupt(session.app));
    press(&session, "kk");
    assert_selected(&session, "part 2");
    command(&session, "what-key");
    ck_assert(input_interrupt(session.app));
    ck_assert(app_run_until_idle(session.app));
    assert_message(&session, "This key is written ^C");
    /* A prompt is left with one key, whatever stands before it. */
    press(&session, "l" ESCAPE "\007");
    ck_assert_ptr_null(session.app->prompt);
    session_free(&session);
}
END_TEST

START_TEST(test_places)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    resize(&session, 10, 80); /* seven rows */
    press(&session, "M");
    assert_selected(&session, "part 8");
    command(&session, "bottom-page");
    assert_selected(&session, "part 5");
    press(&session, "H");
    assert_selected(&session, "part 11");
    press(&session, "6" ENTER);
    command(&session, "current-top");
    ck_assert_int_eq(selected(&session), 1);
    assert_selected(&session, "part 6");
    press(&session, "=" "7" ENTER);
    command(&session, "current-middle");
    ck_assert_int_eq(selected(&session), 4);
    command(&session, "current-bottom");
    ck_assert_int_eq(selected(&session), 7);
    assert_selected(&session, "part 5");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_index");
    TCase *index = tcase_create("index");
    tcase_add_test(index, test_rows);
    tcase_add_test(index, test_wide);
    tcase_add_test(index, test_folding);
    tcase_add_test(index, test_known_from_before);
    tcase_add_test(index, test_replaced_later);
    tcase_add_test(index, test_limit);
    tcase_add_test(index, test_limit_reads_texts);
    tcase_add_test(index, test_search);
    tcase_add_test(index, test_search_count);
    tcase_add_test(index, test_search_beneath);
    tcase_add_test(index, test_tagging);
    tcase_add_test(index, test_saving_incomplete);
    tcase_add_test(index, test_tagging_reads_texts);
    tcase_add_test(index, test_sort);
    tcase_add_test(index, test_next_new);
    tcase_add_test(index, test_jump_and_counts);
    tcase_add_test(index, test_abort);
    tcase_add_test(index, test_places);
    suite_add_tcase(suite, index);
    return run_screen_tests(suite);
}
