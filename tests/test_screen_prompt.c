/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that are typed at the index: their editing, macros, commands and colours. */
#include "config.h"
#include "screen_support.h"

#include <string.h>

/* Each: keys behind ":abc def", and the line they make. */
static const struct {
    const char *keys, *line;
} edits[] = {
    {"\001x", "xabc def"},          /* ^A bol */
    {"\001x\005y", "xabc defy"},    /* ^E eol */
    {"\002x", "abc dexf"},          /* ^B backward-char */
    {"\002\002\006x", "abc dexf"},  /* ^F forward-char */
    {ESCAPE "bx", "abc xdef"},      /* backward-word */
    {"\001" ESCAPE "fx", "abcx def"}, /* forward-word */
    {"\177", "abc de"},             /* backspace */
    {"\001\004", "bc def"},         /* ^D delete-char */
    {"\027", "abc"},                /* ^W kill-word */
    {"\001" ESCAPE "d", " def"},    /* kill-eow */
    {"\002\002\013", "abc d"},      /* ^K kill-eol */
    {"\025x", "x"},                 /* ^U kill-line */
    {"\026\001x", "abc def^Ax"},    /* ^V quote-char */
};

START_TEST(test_editing)
{
    struct session session = session_new();
    char *wanted = g_strconcat(":", edits[_i].line, NULL);
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, ":abc def");
    press(&session, edits[_i].keys);
    assert_message(&session, g_strchomp(wanted));
    press(&session, "\007");
    assert_message(&session, "");
    g_free(wanted);
    session_free(&session);
}
END_TEST

START_TEST(test_editing_by_history)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    command(&session, "bind editor ^T transpose-chars");
    press(&session, ":set help" ENTER ":set beep" ENTER ":toggle beep" ENTER);
    press(&session, ":set\022");
    assert_message(&session, ":set beep");
    press(&session, "\024");
    assert_message(&session, ":set bepe");
    session_free(&session);
}
END_TEST

START_TEST(test_saving_and_shell)
{
    struct session session = session_new();
    char *path = support_path(support_folder(), "copy"), *text = NULL;
    char *line = g_strconcat("C\025", path, ENTER, NULL);
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, line);
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(text, "\nSubject: [PATCH] part 11\n"));
    g_free(line);
    line = g_strconcat("!rm ", path, ENTER, NULL);
    press(&session, line);
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    ck_assert_int_eq(find(&session, "part 11"), 1);
    g_free(text);
    g_free(line);
    g_free(path);
    session_free(&session);
}
END_TEST

START_TEST(test_macros)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    command(&session, "macro index ,b '<limit>~f bob<enter>jj'");
    press(&session, ",b");
    find(&session, "Series 4 of 12");
    assert_selected(&session, "part 3");
    command(&session, "bind index X limit all");
    press(&session, "X");
    find(&session, "Series 12]");
    command(&session, "exec first-entry next-entry");
    assert_selected(&session, "part 10");
    command(&session, "push jj");
    assert_selected(&session, "part 8");
    /* One that calls itself ends. */
    command(&session, "macro index Z Z");
    press(&session, "Z");
    assert_message(&session, "Macro loop detected.");
    command(&session, "unbind index X");
    press(&session, "X");
    assert_message(&session, "Key is not bound.  Press '?' for help.");
    session_free(&session);
}
END_TEST

START_TEST(test_command_line)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, ":set index_form\t='%4C %s'" ENTER);
    assert_line(&session, 1, "   1 part 11");
    press(&session, ":set sort?" ENTER);
    assert_message(&session, "sort=arrival");
    press(&session, ":last-entry" ENTER);
    assert_selected(&session, "part 0");
    press(&session, ":set index_format=%q" ENTER);
    find(&session, "index_format: ");
    assert_line(&session, 12, "  12 part 0");
    press(&session, ":no-such-thing" ENTER);
    ck_assert(screen_look_at(session.app->screen, 23, 0).bold);
    /* The history has what was typed; ^G leaves. */
    press(&session, ":" UP UP UP);
    find(&session, ":last-entry");
    press(&session, "\007");
    ck_assert(!shows(&session, ":last-entry"));
    press(&session, ":set nohelp" ENTER);
    assert_line(&session, 0, "   1 part 11");
    press(&session, ":toggle help" ENTER);
    assert_line(&session, 1, "   1 part 11");
    press(&session, ":set arrow_cursor" ENTER);
    find(&session, "->  12 part 0");
    press(&session, ":set history=sometime" ENTER);
    ck_assert(screen_look_at(session.app->screen, 23, 0).bold);
    press(&session, ":set history?" ENTER);
    assert_message(&session, "history=\"all\"");
    press(&session, ":set history='3 weeks ago'" ENTER ":set history?" ENTER);
    assert_message(&session, "history=\"3 weeks ago\"");
    session_free(&session);
}
END_TEST

START_TEST(test_colour_rules)
{
    struct session session = session_new();
    add_parts(&session, 12, 3);
    start(&session);
    int before = screen_look_at(session.app->screen, 3, 70).foreground;
    command(&session, "color index brightred default '~f bob'");
    int bob = screen_look_at(session.app->screen, find(&session, "part 9"), 50).foreground;
    int ann = screen_look_at(session.app->screen, find(&session, "part 8"), 50).foreground;
    ck_assert_int_ne(bob, ann);
    command(&session, "uncolor index *");
    ck_assert_int_eq(screen_look_at(session.app->screen, 3, 70).foreground, before);
    session_free(&session);
}
END_TEST

START_TEST(test_commands_of_everywhere)
{
    struct session session = session_new();
    char *path = support_path(support_folder(), "screen"), *text = NULL;
    add_parts(&session, 12, 3);
    start(&session);
    press(&session, "V");
    find(&session, "pore " PACKAGE_VERSION);
    command(&session, "what-key");
    press(&session, "\004");
    assert_message(&session, "This key is written ^D");
    press(&session, "\007");
    assert_message(&session, "Nothing is running.");
    char *line = g_strconcat("write-screen ", path, NULL);
    command(&session, line);
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(text, "part 11"));
    ck_assert_ptr_null(strchr(text, '\033'));
    g_free(text);
    g_free(line);
    line = g_strconcat("write-screen -a ", path, NULL);
    command(&session, line);
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(text, "\033["));
    command(&session, "write-screen /no-such-folder/x");
    assert_message(&session, "/no-such-folder/x is in no folder that exists.");
    command(&session, "write-screen");
    press(&session, ENTER);
    assert_message(&session, "");
    command(&session, "help editor");
    find(&session, "Keys of the editor");
    press(&session, "q");
    command(&session, "help nothing");
    assert_message(&session, "no such context: nothing");
    press(&session, "\016");
    assert_selected(&session, "part 10");
    press(&session, "\020\020");
    assert_message(&session, "You are on the first series.");
    press(&session, "noop" ENTER);
    g_free(text);
    g_free(line);
    g_free(path);
    session_free(&session);
}
END_TEST

START_TEST(test_endless_expressions)
{
    struct session session = session_new();
    char *as = g_strnfill(4000, 'a'), *body = g_strdup_printf("%s!\n", as);
    add(&session, ANN, 0, "a", NULL, "[PATCH] aaaa", body);
    add(&session, BOB, 1, "b", NULL, "[PATCH] bbbb", patch_body);
    start(&session);
    /* In a list, whose mails are read for it, as a limit, and in a text. */
    command(&session, "search ~b '(a|aa)+[yz]'");
    assert_message(&session,
                   "Not found, but the search gave up on some lines: the expression takes too long.");
    command(&session, "limit ~b '(a|aa)+[yz]'");
    assert_message(&session,
                   "The limit gave up on some texts, which do not match: it takes too long.");
    command(&session, "limit all");
    press(&session, "*" ENTER ENTER);
    find(&session, "aaaaaaaa");
    command(&session, "search (a|aa)+[yz]");
    assert_message(&session,
                   "Not found, but the search gave up on some lines: the expression takes too long.");
    command(&session, "search nothing");
    assert_message(&session, "Not found.");
    session_free(&session);
    g_free(body);
    g_free(as);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_prompt");
    TCase *index = tcase_create("index");
    tcase_add_loop_test(index, test_editing, 0, G_N_ELEMENTS(edits));
    tcase_add_test(index, test_editing_by_history);
    tcase_add_test(index, test_saving_and_shell);
    tcase_add_test(index, test_macros);
    tcase_add_test(index, test_command_line);
    tcase_add_test(index, test_colour_rules);
    tcase_add_test(index, test_commands_of_everywhere);
    tcase_add_test(index, test_endless_expressions);
    suite_add_tcase(suite, index);
    return run_screen_tests(suite);
}
