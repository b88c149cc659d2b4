/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One patch of a comparison, opened; and what goes on while versions are compared. */
#include "compare_support.h"

#include <string.h>

static struct screen_look look_of(const struct session *session, const char *words, int column)
{
    return screen_look_at(session->app->screen, find(session, words), column);
}

START_TEST(test_open)
{
    struct session session = two_versions();
    start(&session);
    press(&session, "c");
    /* Unchanged: the mail. */
    press(&session, "jj" ENTER);
    ck_assert_int_eq(context_of(&session), CONTEXT_PAGER);
    find(&session, "Subject: [PATCH v2 2/5] widget: oil it");
    /* Through the rows, whatever they are. */
    press(&session, "j");
    find(&session, "Subject: [PATCH v2 3/5] widget: turn it");
    press(&session, "jj");
    find(&session, "Subject: [PATCH 4/5] widget: weigh it");
    press(&session, "q");
    assert_selected(&session, "widget: weigh it");
    /* Dropped, and added. */
    press(&session, ENTER);
    find(&session, "Subject: [PATCH 4/5] widget: weigh it");
    press(&session, "qj" ENTER);
    find(&session, "Subject: [PATCH v2 5/5] widget: say what it is");
    press(&session, "j");
    assert_message(&session, "You are on the last message.");
    press(&session, "qkkk" ENTER);
    ck_assert_int_eq(context_of(&session), CONTEXT_TEXT);
    /* The mail of one that has changed. */
    press(&session, "qv");
    find(&session, "Subject: [PATCH v2 3/5] widget: turn it");
    session_free(&session);
}
END_TEST

START_TEST(test_detail)
{
    struct session session = two_versions();
    start(&session);
    compare(&session, "jjj" ENTER);
    assert_line(&session, 1, "--- v1 2/5 of 2019-03-01");
    assert_line(&session, 2, "+++ v2 3/5 of 2019-03-04: widget: turn it");
    assert_line(&session, 3, "");
    assert_line(&session, 4, "@@ turn.c: int first(void)");
    assert_line(&session, 5, "        two of turn.c");
    assert_line(&session, 6, "        three of turn.c");
    assert_line(&session, 7, " -      four of turn.c");
    assert_line(&session, 8, "-+      turn(left);");
    assert_line(&session, 9, "++      turn(right);");
    assert_line(&session, 10, "        five of turn.c");
    assert_line(&session, 22, "---pore: [v1 2/5 ! v2 3/5] widget: turn it------------------------------(all)---");
    /* Signs of both levels look different, and so do the same lines in the two patches. */
    struct screen_look inner = look_of(&session, " -      four", 1);
    struct screen_look old = look_of(&session, "-+      turn(left)", 1);
    struct screen_look new = look_of(&session, "++      turn(right)", 1);
    ck_assert(look_of(&session, "-+      turn(left)", 0).reverse);
    ck_assert(look_of(&session, "++      turn(right)", 0).reverse);
    ck_assert(!look_of(&session, " -      four", 0).reverse);
    ck_assert(!inner.reverse && !old.reverse && !new.reverse);
    ck_assert_int_ne(look_of(&session, "-+", 0).foreground, look_of(&session, "++ ", 0).foreground);
    ck_assert_int_ne(old.foreground, new.foreground);
    ck_assert_int_ne(inner.foreground, new.foreground);
    assert_screen(&session, "compare-detail");
    session_free(&session);
}
END_TEST

/* On few colours, and on none, the outer signs stand out and the inner ones can be read. */
static const char *const plain_terminals[] = {"xterm", "vt100"};

START_TEST(test_plain_terminals)
{
    struct session session = two_versions();
    start_on(&session, plain_terminals[_i]);
    compare(&session, "jjj" ENTER);
    ck_assert(look_of(&session, "-+      turn(left)", 0).reverse);
    ck_assert(look_of(&session, "++      turn(right)", 0).reverse);
    ck_assert(!look_of(&session, "-+      turn(left)", 1).reverse);
    ck_assert(!look_of(&session, "++      turn(right)", 1).reverse);
    session_free(&session);
}
END_TEST

START_TEST(test_detail_of_titles)
{
    struct session session = two_versions();
    start(&session);
    compare(&session, "jjjj" ENTER);
    assert_line(&session, 1, "--- v1 3/5 of 2019-03-01: widget: paint it");
    assert_line(&session, 2, "+++ v2 4/5 of 2019-03-04: widget: paint it red");
    find(&session, "-    widget: paint it");
    find(&session, "+    widget: paint it red");
    ck_assert(!shows(&session, "five of"));
    session_free(&session);
}
END_TEST

START_TEST(test_steps)
{
    struct session session = two_versions();
    start(&session);
    compare(&session, ENTER);
    find(&session, "+++ v2 0/5");
    press(&session, "k");
    assert_message(&session, "You are on the first difference.");
    /* What has not changed is passed over. */
    press(&session, "j");
    find(&session, "+++ v2 3/5");
    /* At the end of a text the next one comes. */
    press(&session, "jk ");
    find(&session, "+++ v2 4/5");
    press(&session, "j");
    find(&session, "--- v1 4/5");
    find(&session, "-+      weigh(1, 2, 3);");
    ck_assert(!shows(&session, "+++ v2"));
    press(&session, "j");
    find(&session, "++      puts(\"widget\");");
    press(&session, "j");
    assert_message(&session, "You are on the last difference.");
    press(&session, "2" /* a count */);
    command(&session, "previous-entry");
    press(&session, "q");
    ck_assert_int_eq(context_of(&session), CONTEXT_LIST);
    session_free(&session);
}
END_TEST

START_TEST(test_detail_search)
{
    struct session session = two_versions();
    start(&session);
    resize(&session, 10, 80);
    compare(&session, "jjj" ENTER "/right" ENTER);
    assert_line(&session, 1, "++      turn(right);");
    session_free(&session);
}
END_TEST

START_TEST(test_context)
{
    struct session session = two_versions();
    start(&session);
    command(&session, "set compare_context=0");
    compare(&session, "jjj" ENTER);
    assert_line(&session, 5, "-+      turn(left);");
    assert_line(&session, 6, "++      turn(right);");
    assert_line(&session, 7, "");
    session_free(&session);
}
END_TEST

START_TEST(test_saving)
{
    struct session session = two_versions();
    start(&session);
    char *mail = support_path(support_folder(), "mail"), *text = support_path(support_folder(), "text");
    char *save_mail = g_strdup_printf("save-message %s", mail);
    char *save_text = g_strdup_printf("save-message %s", text);
    char *saved = NULL;
    compare(&session, "jjj");
    command(&session, save_mail);
    ck_assert(g_file_get_contents(mail, &saved, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(saved, "Subject: [PATCH v2 3/5] widget: turn it"));
    g_free(saved);
    press(&session, ENTER);
    command(&session, save_text);
    ck_assert(g_file_get_contents(text, &saved, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(saved, "\n-+\tturn(left);\n++\tturn(right);\n"));
    g_free(saved);
    press(&session, "q");
    command(&session, "yank-message-id");
    ck_assert(shows(&session, "b3@example.org"));
    g_free(save_text);
    g_free(save_mail);
    g_free(text);
    g_free(mail);
    session_free(&session);
}
END_TEST

/* Runs git in FOLDER; its output, the caller's to free. */
static char *git(const char *folder, const char *words)
{
    char *line = g_strdup_printf("git -C %s -c user.name=Ann -c user.email=ann@example.org "
                                 "-c core.abbrev=40 %s", folder, words);
    char *out = NULL;
    int status = 1;
    ck_assert(g_spawn_command_line_sync(line, &out, NULL, &status, NULL));
    ck_assert_msg(status == 0, "%s", line);
    g_free(line);
    return out;
}

/* FILE in FOLDER: thirty lines, the fifteenth is LINE. */
static void write_file(const char *folder, const char *line)
{
    char *path = g_build_filename(folder, "file.c", NULL);
    GString *text = g_string_new(NULL);
    for (int i = 1; i <= 30; i++)
        if (i == 15)
            g_string_append_printf(text, "%s\n", line);
        else
            g_string_append_printf(text, "line %d of all\n", i);
    support_write(path, text->str, text->len);
    g_string_free(text, TRUE);
    g_free(path);
}

/* Adds a patch that makes the fifteenth line LINE. */
static void add_change(struct session *session, const char *folder, int day, const char *id,
                       const char *subject, const char *line)
{
    write_file(folder, line);
    char *diff = git(folder, "diff");
    char *body = g_strdup_printf("Change it.\n---\n\n%s-- \n2.39\n", diff);
    add(session, ANN, day, id, NULL, subject, body);
    g_free(body);
    g_free(diff);
}

START_TEST(test_repository)
{
    char *has_git = g_find_program_in_path("git");
    if (!has_git)
        return;
    const char *folder = support_folder();
    struct session session = session_new();
    g_free(git(folder, "init -q"));
    write_file(folder, "the old line");
    g_free(git(folder, "add file.c"));
    g_free(git(folder, "commit -q -m first"));
    add_change(&session, folder, 0, "a", "[PATCH] change it", "one way");
    add_change(&session, folder, 1, "b", "[PATCH v2] change it", "another way");
    start(&session);
    resize(&session, 40, 80);
    compare(&session, ENTER);
    find(&session, "++another way");
    ck_assert(!shows(&session, "line 9 of all"));
    press(&session, "q");

    char *setting = g_strdup_printf("set repo=%s compare_context=7", folder);
    command(&session, setting);
    press(&session, ENTER);
    find(&session, "++another way");
    find(&session, "line 9 of all");
    find(&session, "line 22 of all");
    ck_assert(!shows(&session, "repository"));
    press(&session, "q");

    /* What is not there takes nothing away. */
    static const char *const others[] = {"set repo=/nonexistent/repository", "set repo=."};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        command(&session, others[i]);
        press(&session, ENTER);
        find(&session, "The repository has not all of these files");
        find(&session, "++another way");
        press(&session, "q");
    }
    g_free(setting);
    g_free(has_git);
    session_free(&session);
}
END_TEST

static const char poison[] = "\033[777m\033]0;title\007\302\2337m\342\200\256\b\b\001\377";

/* Nothing of a mail reaches the terminal but as characters that can be shown. */
START_TEST(test_hostile)
{
    struct session session = session_new();
    for (int version = 1; version <= 2; version++) {
        char *subject = g_strdup_printf("[PATCH v%d] gad%sget", version, poison);
        char *line = g_strdup_printf("%s version %d", poison, version);
        char *id = g_strdup_printf("x%d", version);
        add_patch(&session, 3 * version, id, NULL, subject, line, poison, line);
        g_free(id);
        g_free(line);
        g_free(subject);
    }
    char *path = support_path(support_folder(), "terminal"), *bytes = NULL;
    gsize length;
    start_writing_to(&session, "xterm-256color", path);
    command(&session, "set nobeep");
    press(&session, "c");
    find(&session, "1 changed");
    press(&session, "/\033\026\033" ENTER);
    press(&session, ENTER "    ^");
    find(&session, "version 2");
    command(&session, "toggle-wrap");
    press(&session, ">>");
    resize(&session, 50, 20);
    press(&session, "q");
    session_free(&session);
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert_ptr_null(g_strstr_len(bytes, (gssize)length, "\033[777"));
    ck_assert_ptr_null(g_strstr_len(bytes, (gssize)length, "\033]0"));
    ck_assert_ptr_null(g_strstr_len(bytes, (gssize)length, "\302\233"));
    ck_assert_ptr_null(g_strstr_len(bytes, (gssize)length, "\342\200\256"));
    ck_assert_ptr_null(memchr(bytes, '\001', length));
    ck_assert_ptr_null(memchr(bytes, '\a', length));
    ck_assert_ptr_null(memchr(bytes, '\377', length));
    g_free(bytes);
    g_free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_compare_detail");
    TCase *opening = tcase_create("opening");
    tcase_add_test(opening, test_open);
    tcase_add_test(opening, test_detail);
    tcase_add_loop_test(opening, test_plain_terminals, 0, G_N_ELEMENTS(plain_terminals));
    tcase_add_test(opening, test_detail_of_titles);
    tcase_add_test(opening, test_steps);
    tcase_add_test(opening, test_detail_search);
    tcase_add_test(opening, test_context);
    tcase_add_test(opening, test_saving);
    tcase_add_test(opening, test_repository);
    suite_add_tcase(suite, opening);
    TCase *hostile = tcase_create("hostile");
    tcase_add_test(hostile, test_hostile);
    suite_add_tcase(suite, hostile);
    return run_screen_tests(suite);
}
