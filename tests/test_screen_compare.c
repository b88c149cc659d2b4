/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compare view and the difference of two patches on the screen. */
#include "screen_support.h"

#include "frame.h"

#include <string.h>
#include <unistd.h>

/* --- series --------------------------------------------------------------------------- */

/* A patch of FILE: ten lines of it, the sixth becomes LINE. The caller frees it. */
static char *patch_of(const char *message, const char *file, const char *line)
{
    return g_strdup_printf("%s\n"
                           "\n"
                           "Signed-off-by: Ann Example <ann@example.org>\n"
                           "---\n"
                           " %s | 2 +-\n"
                           " 1 file changed, 1 insertion(+), 1 deletion(-)\n"
                           "\n"
                           "diff --git a/%s b/%s\n"
                           "index 1111111..2222222 100644\n"
                           "--- a/%s\n"
                           "+++ b/%s\n"
                           "@@ -3,7 +3,7 @@ int first(void)\n"
                           " \tone of %s\n"
                           " \ttwo of %s\n"
                           " \tthree of %s\n"
                           "-\tfour of %s\n"
                           "+\t%s\n"
                           " \tfive of %s\n"
                           " \tsix of %s\n"
                           " \tseven of %s\n"
                           "-- \n"
                           "2.39\n",
                           message, file, file, file, file, file, file, file, file, file, line,
                           file, file, file);
}

static void add_patch(struct session *session, int day, const char *id, const char *parent,
                      const char *subject, const char *message, const char *file, const char *line)
{
    char *body = patch_of(message, file, line);
    add(session, ANN, day, id, parent, subject, body);
    g_free(body);
}

static void add_first(struct session *session)
{
    add(session, ANN, 0, "a0", NULL, "[PATCH 0/5] widget: make it turn", "Five patches.\n");
    add_patch(session, 0, "a1", "a0", "[PATCH 1/5] widget: oil it", "Oil.", "oil.c", "oiled");
    add_patch(session, 0, "a2", "a0", "[PATCH 2/5] widget: turn it", "Turn.", "turn.c",
              "turn(left);");
    add_patch(session, 0, "a3", "a0", "[PATCH 3/5] widget: paint it", "Paint.", "paint.c", "red");
    add_patch(session, 0, "a4", "a0", "[PATCH 4/5] widget: weigh it", "Weigh.", "weigh.c",
              "weigh(1, 2, 3);");
    add_patch(session, 0, "a5", "a0", "[PATCH 5/5] widget: pack it", "Pack.", "pack.c", "packed");
}

/* 1 as it was, 5 before it, 2 changed, 3 with another message and title, 4 dropped, another one new. */
static void add_second(struct session *session)
{
    add(session, ANN, 3, "b0", NULL, "[PATCH v2 0/5] widget: make it turn", "Five other patches.\n");
    add_patch(session, 3, "b1", "b0", "[PATCH v2 1/5] widget: pack it", "Pack.", "pack.c", "packed");
    add_patch(session, 3, "b2", "b0", "[PATCH v2 2/5] widget: oil it", "Oil.", "oil.c", "oiled");
    add_patch(session, 3, "b3", "b0", "[PATCH v2 3/5] widget: turn it", "Turn.", "turn.c",
              "turn(right);");
    add_patch(session, 3, "b4", "b0", "[PATCH v2 4/5] widget: paint it red", "Paint.", "paint.c",
              "red");
    add_patch(session, 3, "b5", "b0", "[PATCH v2 5/5] widget: say what it is", "Say.", "name.c",
              "puts(\"widget\");");
}

static struct session two_versions(void)
{
    struct session session = session_new();
    add_first(&session);
    add_second(&session);
    return session;
}

/* Three versions of one patch. */
static struct session three_versions(void)
{
    struct session session = session_new();
    add_patch(&session, 0, "x1", NULL, "[PATCH] gadget: add", "Add.", "gadget.c", "one");
    add_patch(&session, 3, "x2", NULL, "[PATCH v2] gadget: add", "Add.", "gadget.c", "two");
    add_patch(&session, 6, "x3", NULL, "[PATCH v3] gadget: add", "Add.", "gadget.c", "three");
    return session;
}

/* Compares what is selected; KEYS are pressed when that is there. */
static void compare(struct session *session, const char *keys)
{
    press(session, "c");
    press(session, keys);
}

static enum context context_of(const struct session *session)
{
    return app_top(session->app)->operations->context;
}

static void assert_selected(const struct session *session, const char *words)
{
    ck_assert_int_eq(find(session, words), selected(session));
}

static struct screen_look look_of(const struct session *session, const char *words, int column)
{
    return screen_look_at(session->app->screen, find(session, words), column);
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

/* --- opening ------------------------------------------------------------------------------ */

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

/* --- the context of a repository ------------------------------------------------------------- */

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

/* --- hostile mails ------------------------------------------------------------------------------ */

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
    TCase *hostile = tcase_create("hostile");
    tcase_add_test(hostile, test_hostile);
    suite_add_tcase(suite, hostile);
    return run_screen_tests(suite);
}
