/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks, notes and corrections on the screen: each command by its key, on one, on tagged, on a pattern;
 * what is shown of them, and that what could not be kept is not shown. */
#include "screen_marks_support.h"

/* The row that shows WORDS begins with START. */
static void assert_row(const struct session *session, const char *words, const char *start)
{
    char *line = screen_read(session->app->screen, find(session, words));
    ck_assert_msg(g_str_has_prefix(line, start), "\"%s\" does not begin with \"%s\"", line, start);
    g_free(line);
}

/* --- one ------------------------------------------------------------------------- */

START_TEST(test_one_each)
{
    struct session session = parts_new();
    assert_row(&session, "part 3", "   1   New");
    press(&session, "N");
    assert_row(&session, "part 3", "   1 r New");
    assert_selected(&session, "part 2");
    press(&session, "\022");
    assert_row(&session, "part 2", "   2 r New");
    press(&session, "d");
    assert_row(&session, "part 1", "   3 D New");
    press(&session, "F");
    assert_row(&session, "part 0", "   4!  New");
    /* At the end there is nothing to go on to. */
    assert_selected(&session, "part 0");
    press(&session, "F");
    assert_row(&session, "part 0", "   4   New");
    press(&session, "wl");
    assert_row(&session, "part 0", "   4 l New");
    press(&session, "wf");
    assert_row(&session, "part 0", "   4!l New");
    press(&session, "Wf");
    assert_row(&session, "part 0", "   4 l New");
    press(&session, "Wr");
    assert_message(&session, "Nothing here is marked so.");
    assert_row(&session, "part 0", "   4 l New");
    press(&session, "Wl");
    assert_row(&session, "part 0", "   4   New");
    press(&session, "=N");
    assert_row(&session, "part 3", "   1   New");
    command(&session, "set noresolve");
    press(&session, "=d");
    assert_selected(&session, "part 3");
    press(&session, "t");
    assert_selected(&session, "part 3");
    assert_row(&session, "part 3", "   1*D New");
    press(&session, "t");
    press(&session, "d");
    assert_message(&session, "That has been said already.");
    session_free(&session);
}
END_TEST

START_TEST(test_mark_by_name)
{
    static const struct {
        const char *name, *row;
    } names[] = {{"reviewed", "   1 r New"}, {"later", "   1 l New"}, {"ignored", "   1 D New"},
                 {"flagged", "   1!D New"},  {"unreviewed", "   1!  New"},
                 {"unflagged", "   1   New"}};
    struct session session = parts_new();
    command(&session, "set noresolve");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *line = g_strconcat("mark ", names[i].name, NULL);
        command(&session, line);
        assert_row(&session, "part 3", names[i].row);
        g_free(line);
    }
    command(&session, "mark read");
    assert_message(&session,
                   "read: not one of reviewed, unreviewed, later, ignored, flagged, unflagged.");
    command(&session, "mark");
    press(&session, "i");
    assert_row(&session, "part 3", "   1 D New");
    command(&session, "mark");
    press(&session, "u");
    assert_row(&session, "part 3", "   1   New");
    session_free(&session);
}
END_TEST

/* They are there when the browser is opened again. */
START_TEST(test_kept)
{
    struct session session = parts_new();
    press(&session, "NFe" "a word" ENTER);
    leave(&session);
    start(&session);
    assert_row(&session, "part 3", "   1 r New");
    assert_row(&session, "part 2", "   2!  New");
    assert_row(&session, "part 1", "   3n  New");
    session_free(&session);
}
END_TEST

START_TEST(test_undo)
{
    struct session session = parts_new();
    press(&session, "N");
    press(&session, "Fd*u");
    assert_message(&session, "Undone, now not marked: part 1");
    assert_row(&session, "part 1", "   3   New");
    assert_selected(&session, "part 1");
    press(&session, ESCAPE "2u");
    assert_message(&session, "Undone, now not marked: part 3");
    assert_selected(&session, "part 3");
    ck_assert(!shows(&session, "!"));
    ck_assert(!shows(&session, "r New"));
    press(&session, "u");
    assert_message(&session, "There is nothing to undo.");
    /* A flag that is taken back, and undone, is as it was. */
    press(&session, "FkFu");
    assert_message(&session, "Undone, now flagged: part 3");
    assert_row(&session, "part 3", "   1!  New");
    session_free(&session);
}
END_TEST

/* Keys that come while patches are read for a mark are for what it will have been. */
START_TEST(test_in_turn)
{
    struct session session = parts_new();
    press(&session, "dNu");
    assert_message(&session, "Undone, now not marked: part 2");
    assert_row(&session, "part 3", "   1 D New");
    assert_row(&session, "part 2", "   2   New");
    press(&session, "=jNFu");
    assert_message(&session, "Undone, now not marked: part 1");
    assert_row(&session, "part 2", "   2 r New");
    assert_row(&session, "part 1", "   3   New");
    command(&session, "set noresolve");
    press(&session, "=jjNe" "a word" ENTER "Fu");
    assert_message(&session, "Undone, now reviewed, with a note: part 1");
    press(&session, "u");
    assert_message(&session, "Undone, now reviewed: part 1");
    assert_row(&session, "part 1", "   3 r New");
    press(&session, "*NNN");
    assert_row(&session, "part 0", "   4 r New");
    press(&session, "NN" ESCAPE "2u");
    assert_row(&session, "part 0", "   4 r New");
    /* What is not read to the end is not marked. */
    press(&session, "uuN" "\007");
    leave(&session);
    session_free(&session);
}
END_TEST

START_TEST(test_nothing_there)
{
    struct session session = session_new();
    add(&session, ANN, 0, "x", NULL, "No patch", "Words.\n");
    start(&session);
    press(&session, "N");
    assert_message(&session, "There is nothing here to be marked.");
    press(&session, ";d");
    assert_message(&session, "No tagged entries.");
    press(&session, "e");
    assert_message(&session, "There is nothing here to be marked.");
    press(&session, "#");
    assert_message(&session, "There are no entries.");
    press(&session, "&\t");
    assert_message(&session, "No series is left to be reviewed.");
    session_free(&session);
}
END_TEST

/* --- several ---------------------------------------------------------------------- */

START_TEST(test_tagged)
{
    struct session session = parts_new();
    press(&session, "T~f ann" ENTER ";d");
    assert_message(&session, "3 series ignored.");
    assert_row(&session, "part 2", "   2*D New");
    assert_row(&session, "part 0", "   4   New");
    assert_selected(&session, "part 3");
    press(&session, "u");
    assert_message(&session, "Undone for 3 series.");
    assert_row(&session, "part 2", "   2*  New");
    press(&session, ";N");
    assert_message(&session, "3 series changed.");
    assert_row(&session, "part 1", "   3*r New");
    press(&session, ";wf;t");
    assert_row(&session, "part 3", "   1!r New");
    assert_row(&session, "part 0", "   4   New");
    press(&session, "T~A" ENTER ";e" "all of them" ENTER ";t");
    assert_row(&session, "part 0", "   4n  New");
    press(&session, "u");
    assert_row(&session, "part 0", "   4   New");
    session_free(&session);
}
END_TEST

START_TEST(test_pattern)
{
    struct session session = parts_new();
    press(&session, "D~s 'part [12]'" ENTER);
    assert_message(&session, "2 series ignored.");
    assert_row(&session, "part 1", "   3 D New");
    assert_row(&session, "part 3", "   1   New");
    press(&session, "U~D ~s 'part 1'" ENTER);
    assert_message(&session, "1 series marked as unreviewed.");
    assert_row(&session, "part 1", "   3   New");
    assert_row(&session, "part 2", "   2 D New");
    /* One that has to read the mails. */
    command(&session, "mark-pattern flagged ~b 'added too' ~f bob");
    assert_message(&session, "1 series flagged.");
    assert_row(&session, "part 0", "   4!  New");
    command(&session, "mark-pattern later ~f nobody");
    assert_message(&session, "No series matches.");
    command(&session, "mark-pattern reviewed");
    press(&session, "~m 1" ENTER);
    assert_row(&session, "part 3", "   1 r New");
    command(&session, "mark-pattern");
    press(&session, "n" "~A" ENTER);
    assert_message(&session, "1 series no longer flagged.");
    press(&session, "D~q" ENTER);
    ck_assert(screen_look_at(session.app->screen, 23, 0).bold);
    press(&session, "D\007");
    assert_row(&session, "part 1", "   3   New");
    command(&session, "mark-pattern nonsense ~A");
    assert_message(&session,
                   "nonsense: not one of reviewed, unreviewed, later, ignored, flagged, unflagged.");
    session_free(&session);
}
END_TEST

/* --- hiding ------------------------------------------------------------------------- */

START_TEST(test_hiding)
{
    struct session session = parts_new();
    press(&session, "NjdjF==jj");
    assert_selected(&session, "part 1");
    press(&session, "h");
    find(&session, "[Series 2, 2 hidden]");
    assert_message(&session, "Reviewed and ignored series are hidden.");
    /* What was selected is hidden: the next one is. */
    assert_selected(&session, "part 0");
    ck_assert(!shows(&session, "part 3"));
    /* What is marked goes, and the cursor is on what follows. */
    press(&session, "=N");
    ck_assert(!shows(&session, "part 2"));
    assert_selected(&session, "part 0");
    press(&session, "u");
    assert_selected(&session, "part 2");
    press(&session, "NN");
    find(&session, "All series are reviewed or ignored, and hidden.");
    press(&session, "h");
    assert_message(&session, "All series are shown.");
    find(&session, "[Series 4]");
    command(&session, "set hide_done");
    find(&session, "[Series 0, 4 hidden]");
    session_free(&session);
}
END_TEST

/* From a series that has gone from the list the next one is the one that took its place. */
START_TEST(test_hiding_the_open_one)
{
    struct session session = parts_new();
    command(&session, "set hide_done");
    press(&session, "j" ENTER "N");
    assert_message(&session, "This series is reviewed.");
    press(&session, "\016");
    find(&session, "part 1");
    press(&session, "N\020");
    find(&session, "part 3");
    press(&session, "N\016");
    find(&session, "part 0");
    session_free(&session);
}
END_TEST

START_TEST(test_next_to_review)
{
    struct session session = session_new();
    add_parts(&session, 4, 4);
    add_first_version(&session);
    add_second_version(&session);
    start(&session);
    /* The new ones first, then what is not reviewed. */
    press(&session, "\t");
    assert_selected(&session, "part 3");
    press(&session, "d" "wl" "N");
    press(&session, "=\t");
    assert_selected(&session, "part 0");
    press(&session, "N");
    press(&session, "\t");
    assert_selected(&session, "widget");
    press(&session, "N");
    press(&session, "\t");
    assert_message(&session, "No series is left to be reviewed.");
    session_free(&session);
}
END_TEST

/* --- a new version ------------------------------------------------------------------ */

/* The first version is reviewed, then the second one comes. */
static struct session changed_new(void)
{
    struct session session = session_new();
    add_parts(&session, 4, 4);
    add_first_version(&session);
    start(&session);
    press(&session, "=NF");
    press(&session, "jD~s 'part 1'" ENTER "jwl=");
    assert_row(&session, "widget", "   1 r New");
    leave(&session);
    add_second_version(&session);
    start(&session);
    return session;
}

START_TEST(test_new_version)
{
    struct session session = changed_new();
    assert_row(&session, "widget",
               "   1 c Exist Mar'19 Ann Example     reviewed v1, 1 of 3 changed widget");
    assert_screen(&session, "marks");
    resize(&session, 24, 60);
    assert_row(&session, "widget", " c Exist reviewed v1, 1 of 3 changed widget");
    resize(&session, 24, 130);
    find(&session, "[reviewed v1, 1 of 3 changed] widget: make it turn");
    resize(&session, 24, 80);
    /* Unfolded, the older one is what it was marked as. */
    press(&session, ESCAPE "v");
    assert_row(&session, " v1     3/3", "   2 r Skip");
    press(&session, ESCAPE "v" "N");
    assert_row(&session, "widget", "   1 r Exist");
    ck_assert(!shows(&session, "reviewed v1"));
    /* Undone it is what it was. */
    press(&session, "u");
    assert_message(&session, "Undone, now reviewed v1, 1 of 3 changed: widget: make it turn");
    find(&session, "reviewed v1, 1 of 3 changed");
    session_free(&session);
}
END_TEST

START_TEST(test_patterns_follow)
{
    static const struct {
        const char *limit;
        int series;
    } limits[] = {{"~R", 0}, {"~Q", 1}, {"~U", 5}, {"~D", 1}, {"~P", 1}, {"~F", 1},
                  {"~U !~D !~P !~Q", 2}, {"~Y word", 0}};
    struct session session = changed_new();
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        char *line = g_strconcat("limit ", limits[i].limit, NULL);
        char *status = g_strdup_printf("Series %d of 5", limits[i].series);
        command(&session, line);
        find(&session, status);
        g_free(status);
        g_free(line);
    }
    command(&session, "limit ~U");
    press(&session, "=N");
    find(&session, "Series 4 of 5");
    press(&session, "u");
    find(&session, "Series 5 of 5");
    command(&session, "limit ~Y word");
    command(&session, "limit all");
    press(&session, "=e" "a word" ENTER);
    command(&session, "limit ~Y word");
    find(&session, "Series 1 of 5");
    command(&session, "limit all");
    command(&session, "color index brightred default '~Q'");
    ck_assert_int_eq(
        screen_look_at(session.app->screen, find(&session, "widget"), 79).foreground, 9);
    session_free(&session);
}
END_TEST

START_TEST(test_series_view)
{
    struct session session = changed_new();
    press(&session, "=e" "look at the paint" ENTER ENTER);
    assert_line(&session, 1, "Reviewed v1, 1 of 3 changed");
    assert_line(&session, 2, "Note: look at the paint");
    assert_line(&session, 5, "");
    assert_row(&session, "oil it", " r   1/3");
    assert_row(&session, "paint it", " c   3/3");
    assert_row(&session, "v2    3/3", ">  Exist");
    assert_row(&session, "v1    3/3", " r Skip");
    assert_screen(&session, "marks-series");
    ck_assert_int_eq(selected(&session), 6);
    /* What is said of the series is no entry. */
    press(&session, "kkkk");
    ck_assert_int_eq(selected(&session), 3);
    press(&session, "=k*kkkkkkkkkk");
    ck_assert_int_eq(selected(&session), 3);
    press(&session, "=");
    ck_assert_int_eq(selected(&session), 6);
    /* Tagged and coloured as before; a patch is reviewed by itself. */
    press(&session, "T~R" ENTER);
    assert_message(&session, "2 entries tagged.");
    assert_row(&session, "oil it", "*r   1/3");
    press(&session, "N");
    assert_message(&session, "This series is reviewed.");
    assert_line(&session, 1, "Reviewed");
    assert_row(&session, "paint it", " r   3/3");
    press(&session, "u");
    assert_line(&session, 1, "Reviewed v1, 1 of 3 changed");
    /* Where nothing is said nothing is shown, and the place stays. */
    press(&session, "q*");
    press(&session, ENTER "N");
    assert_line(&session, 1, "Reviewed");
    ck_assert_int_eq(selected(&session), 5);
    press(&session, "N");
    assert_message(&session, "This series is not marked.");
    ck_assert_int_eq(selected(&session), 4);
    session_free(&session);
}
END_TEST

/* In the pager the series of the mail is meant, also of an answer. */
START_TEST(test_pager)
{
    struct session session = session_new();
    add_first_version(&session);
    add(&session, BOB, 11, "r1", "a1", "Re: [PATCH 1/3] widget: oil it", "Why?\n");
    start(&session);
    press(&session, ENTER "jj" ENTER);
    find(&session, "Why?");
    press(&session, "d");
    assert_message(&session, "This series is ignored.");
    press(&session, "F");
    assert_message(&session, "This series is ignored, flagged.");
    press(&session, "u\022");
    assert_message(&session, "This series is reviewed.");
    press(&session, "e" "from the pager" ENTER "wl");
    assert_message(&session, "This series is later.");
    press(&session, "qq");
    assert_row(&session, "widget", "   1nl New");
    session_free(&session);
}
END_TEST

/* --- how it looks ------------------------------------------------------------------- */

START_TEST(test_looks)
{
    struct session session = parts_new();
    struct screen *screen = session.app->screen;
    int plain = screen_look_at(screen, find(&session, "part 1"), 60).foreground;
    press(&session, "Nd*");
    int reviewed = screen_look_at(screen, find(&session, "part 3"), 60).foreground;
    int ignored = screen_look_at(screen, find(&session, "part 2"), 60).foreground;
    ck_assert_int_ne(reviewed, plain);
    ck_assert_int_ne(ignored, plain);
    ck_assert_int_eq(screen_look_at(screen, find(&session, "part 1"), 60).foreground, plain);
    command(&session, "color ignored brightblue default");
    ck_assert_int_eq(screen_look_at(screen, find(&session, "part 2"), 60).foreground, 12);
    session_free(&session);
}
END_TEST

START_TEST(test_looks_without_colours)
{
    struct session session = session_new();
    add_parts(&session, 4, 4);
    start(&session);
    command(&session, "set theme=none");
    press(&session, "N*");
    ck_assert(screen_look_at(session.app->screen, find(&session, "part 3"), 60).dim);
    ck_assert(!screen_look_at(session.app->screen, find(&session, "part 2"), 60).dim);
    session_free(&session);
}
END_TEST

START_TEST(test_formats)
{
    struct session session = changed_new();
    command(&session, "set index_format='<%z%Z|%y|%Q|%Y> %s'");
    find(&session, "<c |reviewed v1, 1 of 3 changed|reviewed v1, 1 of 3 changed|> widget");
    find(&session, "<D |ignored||> part 1");
    find(&session, "< !|flagged||> part 3");
    press(&session, "=F" "e" "of part 3" ENTER "=e" "of the first" ENTER);
    command(&session, "set index_format='<%z%Z|%y|%Y> %s'");
    find(&session, "<c!|reviewed v1, 1 of 3 changed, flagged|of the first> widget");
    find(&session, "< !|flagged|of part 3> part 3");
    session_free(&session);
}
END_TEST

/* --- notes -------------------------------------------------------------------------- */

START_TEST(test_notes)
{
    struct session session = parts_new();
    press(&session, "e" "first" ENTER);
    assert_row(&session, "part 3", "   1n  New");
    assert_selected(&session, "part 3");
    /* The line stands in the prompt, to be changed. */
    press(&session, "e" " and second");
    assert_message(&session, "Note: first and second");
    press(&session, ENTER ENTER);
    assert_line(&session, 1, "Note: first and second");
    press(&session, "u");
    assert_line(&session, 1, "Note: first");
    press(&session, "e\025" ENTER);
    assert_message(&session, "The note was taken back.");
    ck_assert(!shows(&session, "Note:"));
    press(&session, "q");
    assert_row(&session, "part 3", "   1   New");
    command(&session, "edit-note by its name");
    assert_row(&session, "part 3", "   1n  New");
    press(&session, "u");
    assert_row(&session, "part 3", "   1   New");
    session_free(&session);
}
END_TEST

/* --- what cannot be kept ---------------------------------------------------------------- */

/* Gives the browser marks that cannot be written. */
static void break_marks(struct session *session)
{
    struct app *app = session->app;
    char *notice;
    series_set_correct(app->set, NULL);
    marking_free(app->marking);
    marks_close(app->marks);
    app->marks = marks_open("/dev/null/pore/marks.sqlite", &notice);
    app->marking = marking_new(app->marks);
    series_set_correct(app->set, marks_corrections(app->marks));
    app_marks_changed(app);
    ck_assert_ptr_nonnull(notice);
    g_free(notice);
}

START_TEST(test_not_kept)
{
    static const char *const keys[] = {"N", "F", "d", ("e" "a note" ENTER), ";d",
                                       ("D~A" ENTER)};
    struct session session = parts_new();
    press(&session, "tt=");
    break_marks(&session);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        press(&session, keys[i]);
        ck_assert_msg(screen_look_at(session.app->screen, 23, 0).bold, "%s", keys[i]);
        press(&session, "=");
        assert_row(&session, "part 3", "   1*  New");
        assert_row(&session, "part 0", "   4   New");
    }
    press(&session, "&");
    ck_assert(screen_look_at(session.app->screen, 23, 0).bold);
    find(&session, "[Series 4, 2 tagged]");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_marks");
    TCase *marks = tcase_create("marks");
    tcase_add_test(marks, test_one_each);
    tcase_add_test(marks, test_mark_by_name);
    tcase_add_test(marks, test_kept);
    tcase_add_test(marks, test_undo);
    tcase_add_test(marks, test_in_turn);
    tcase_add_test(marks, test_nothing_there);
    tcase_add_test(marks, test_tagged);
    tcase_add_test(marks, test_pattern);
    tcase_add_test(marks, test_hiding);
    tcase_add_test(marks, test_hiding_the_open_one);
    tcase_add_test(marks, test_next_to_review);
    tcase_add_test(marks, test_new_version);
    tcase_add_test(marks, test_patterns_follow);
    tcase_add_test(marks, test_series_view);
    tcase_add_test(marks, test_pager);
    tcase_add_test(marks, test_looks);
    tcase_add_test(marks, test_looks_without_colours);
    tcase_add_test(marks, test_formats);
    tcase_add_test(marks, test_notes);
    tcase_add_test(marks, test_not_kept);
    suite_add_tcase(suite, marks);
    return run_screen_tests(suite);
}
