/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth knowing of a posting, above the tree of the series view, and trying it. */
#include "screen_support.h"

#include <stdlib.h>
#include <string.h>

/* A diff of FILE, which has OLD as its one line afterwards NEW. */
#define DIFF(file, old, new)                                                                       \
    "diff --git a/" file " b/" file "\nindex 1111111..2222222 100644\n--- a/" file "\n+++ b/" file \
    "\n@@ -1 +1 @@\n-" old "\n+" new "\n"

#define BASE "1234567890abcdef1234567890abcdef12345678"

static struct view *top(const struct session *session)
{
    return app_top(session->app);
}

static void assert_starts(const struct session *session, int row, const char *wanted)
{
    char *line = screen_read(session->app->screen, row);
    ck_assert_msg(g_str_has_prefix(line, wanted), "\"%s\" does not begin with \"%s\"", line,
                  wanted);
    g_free(line);
}

/* --- a repository ------------------------------------------------------------------- */

static bool has_git(void)
{
    char *path = g_find_program_in_path("git");
    g_free(path);
    return path != NULL;
}

/* Runs git in FOLDER with WORDS, split at blanks. What it prints, without the line break; the caller frees it. */
static char *git(const char *folder, const char *words)
{
    char *line = g_strdup_printf("git -c user.name=Ann -c user.email=ann@example.org -c "
                                 "init.defaultBranch=trunk -c commit.gpgSign=false -C %s %s",
                                 folder, words);
    char **arguments = g_strsplit(line, " ", -1), *out = NULL;
    int status = -1;
    GError *error = NULL;
    g_spawn_sync(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status,
                 &error);
    ck_assert_msg(!error && status == 0, "%s: %s", line, error ? error->message : "failed");
    g_strfreev(arguments);
    g_free(line);
    return g_strchomp(out);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    support_write(path, text, strlen(text));
    g_free(path);
}

/* A repository with a.c and b.c of one line each. *COMMIT is its only commit; both are the caller's. */
static char *new_repository(char **commit)
{
    char *folder = support_path(support_folder(), "project");
    ck_assert_int_eq(g_mkdir_with_parents(folder, 0700), 0);
    g_free(git(folder, "init -q"));
    write_file(folder, "a.c", "one\n");
    write_file(folder, "b.c", "one\n");
    g_free(git(folder, "add a.c b.c"));
    g_free(git(folder, "commit -q -m first"));
    *commit = git(folder, "rev-parse HEAD");
    return folder;
}

static void set_repository(struct session *session, const char *folder)
{
    char *line = g_strdup_printf("set repo=%s", folder);
    command(session, line);
    g_free(line);
}

/* --- what stands above the tree ------------------------------------------------------- */

/* A series of two that names a base and what goes before it. */
static void add_known(struct session *session, const char *base)
{
    char *cover = g_strdup_printf("Cover.\n\nbase-commit: %s\nprerequisite-patch-id: "
                                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
                                  base);
    add(session, ANN, 0, "a0", NULL, "[PATCH 0/2] widget: turn", cover);
    add(session, ANN, 0, "a1", "a0", "[PATCH 1/2] widget: oil", "---\n" DIFF("a.c", "one", "two"));
    add(session, ANN, 0, "a2", "a0", "[PATCH 2/2] widget: paint", "---\n" DIFF("a.c", "two", "three"));
    g_free(cover);
}

START_TEST(test_lines)
{
    struct session session = session_new();
    add_known(&session, BASE);
    add(&session, BOB, 1, "b", NULL, "[PATCH v3 2/3] gadget: turn", "---\n" DIFF("a.c", "one", "two"));
    start(&session);
    press(&session, "j" ENTER);
    assert_line(&session, 1, "Files:   1 file, +2 -2: a.c");
    assert_line(&session, 2, "Base:    1234567890ab; 1 prerequisite");
    assert_line(&session, 3, "");
    assert_line(&session, 4, "    0/2 2019-03-01 Ann Example widget: turn");
    ck_assert_int_eq(selected(&session), 4);
    press(&session, "qk" ENTER);
    assert_line(&session, 1, "Missing: patches 1, 3 of 3");
    assert_line(&session, 2, "Files:   1 file, +1 -1: a.c");
    assert_line(&session, 3, "Base:    none named; v1-v2 not found");
    session_free(&session);
}
END_TEST

/* Behind each line there is more. */
START_TEST(test_opening)
{
    struct session session = session_new();
    add_known(&session, BASE);
    start(&session);
    press(&session, ENTER);
    press(&session, "kk" ENTER);
    assert_line(&session, 1, "+2 -2  a.c  (2 patches)");
    find(&session, "pore: files of v1: widget: turn");
    press(&session, "qj" ENTER);
    assert_line(&session, 1, "base-commit   " BASE);
    find(&session, "patch-id aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    press(&session, "q");
    ck_assert_int_eq(selected(&session), 2);
    /* The first entry is the first mail, whatever stands above it. */
    press(&session, "*=");
    ck_assert_int_eq(selected(&session), 4);
    command(&session, "first-entry 1");
    ck_assert_int_eq(selected(&session), 4);
    session_free(&session);
}
END_TEST

START_TEST(test_opening_what_is_missing)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a1", NULL, "[PATCH 1/4] widget: oil", patch_body);
    add(&session, ANN, 0, "a4", "a1", "[PATCH 4/4] widget: paint", patch_body);
    start(&session);
    press(&session, ENTER);
    assert_line(&session, 1, "Missing: patches 2-3 of 4");
    press(&session, "kkk" ENTER);
    ck_assert_int_eq(selected(&session), find(&session, "(not received)"));
    session_free(&session);
}
END_TEST

/* In older versions: those that are linked are named where they are not here. */
START_TEST(test_links)
{
    struct session session = session_new();
    add(&session, ANN, 5, "c", NULL, "[PATCH v2] widget: oil",
        "- v1: https://lore.kernel.org/r/v1@example.org/\n---\n" DIFF("a.c", "one", "two"));
    start(&session);
    press(&session, ENTER);
    assert_line(&session, 2, "Base:    none named; v1 not found");
    press(&session, "k" ENTER);
    find(&session, "https://lore.kernel.org/r/v1@example.org");
    assert_line(&session, 2, "not found     v1");
    session_free(&session);
}
END_TEST

/* An older version that comes late is one that is found. */
START_TEST(test_late_version)
{
    struct session session = session_new();
    add(&session, ANN, 5, "c", NULL, "[PATCH v2] widget: oil", "---\n" DIFF("a.c", "one", "two"));
    start(&session);
    press(&session, ENTER);
    assert_line(&session, 2, "Base:    none named; v1 not found");
    char *mail = make_mail(ANN, 1, "a", NULL, "[PATCH] widget: oil", "---\n" DIFF("a.c", "one", "six"));
    arrive(&session, INT64_MAX - 5, mail);
    assert_line(&session, 2, "Base:    none named");
    press(&session, "k" ENTER);
    find(&session, "v1  2019-03-02  widget: oil");
    g_free(mail);
    session_free(&session);
}
END_TEST

/* Many files are told by their folders, so that the line fits. */
START_TEST(test_folders)
{
    struct session session = session_new();
    GString *body = g_string_new("---\n");
    static const char *const folders[] = {"drivers/net/wire", "drivers/net/wire", "drivers/net/wire",
                                          "include/linux", "include/linux", "doc"};
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
        g_string_append_printf(body,
                               "diff --git a/%s/f%zu.c b/%s/f%zu.c\nindex 1..2 100644\n--- "
                               "a/%s/f%zu.c\n+++ b/%s/f%zu.c\n@@ -1 +1 @@\n-a\n+b\n",
                               folders[i], i, folders[i], i, folders[i], i, folders[i], i);
    add(&session, ANN, 0, "a", NULL, "[PATCH] widget: everywhere", body->str);
    start(&session);
    press(&session, ENTER);
    assert_line(&session, 1, "Files:   6 files, +6 -6: drivers/net/wire (3), include/linux (2), doc/f5.c");
    resize(&session, 24, 60);
    assert_line(&session, 1, "Files:   6 files, +6 -6: drivers/net/wire (3) and 2 more");
    for (int columns = 60; columns > 0; columns -= 7)
        resize(&session, 24, columns);
    g_string_free(body, TRUE);
    session_free(&session);
}
END_TEST

/* On a few lines the tree comes first. */
START_TEST(test_few_lines)
{
    struct session session = session_new();
    add_known(&session, BASE);
    start(&session);
    press(&session, ENTER);
    resize(&session, 6, 80);
    assert_starts(&session, 1, "    0/2");
    ck_assert_int_eq(selected(&session), 1);
    press(&session, "k");
    assert_starts(&session, 1, "Base:");
    press(&session, "=");
    resize(&session, 24, 80);
    for (int rows = 24; rows > 0; rows--)
        resize(&session, rows, 80);
    session_free(&session);
}
END_TEST

/* What arrives is read, too, and the place stays. */
START_TEST(test_arrivals)
{
    struct session session = session_new();
    add_known(&session, BASE);
    start(&session);
    press(&session, ENTER "k");
    ck_assert_int_eq(selected(&session), 2);
    char *reply = make_mail(BOB, 2, "r", "a1", "Re: [PATCH 1/2] widget: oil", "Hm.\n");
    arrive(&session, INT64_MAX - 5, reply);
    ck_assert_int_eq(selected(&session), 2);
    assert_line(&session, 1, "Files:   1 file, +2 -2: a.c");
    find(&session, "Bob Sample");
    g_free(reply);
    session_free(&session);
}
END_TEST

/* --- trying --------------------------------------------------------------------------- */

START_TEST(test_no_repository)
{
    struct session session = session_new();
    add_known(&session, BASE);
    start(&session);
    command(&session, "check-series");
    assert_message(&session, "No repository is set: :set repo=FOLDER");
    press(&session, ENTER);
    ck_assert(!shows(&session, "Applies"));
    command(&session, "set repo=/nowhere/at/all");
    assert_starts(&session, 3, "Applies: cannot be tried: ");
    press(&session, "k" ENTER);
    find(&session, "It cannot be tried: ");
    command(&session, "check-series");
    find(&session, "It cannot be tried: ");
    session_free(&session);
}
END_TEST

START_TEST(test_applies)
{
    if (!has_git())
        return;
    struct session session = session_new();
    char *commit, *folder = new_repository(&commit);
    add_known(&session, commit);
    start(&session);
    set_repository(&session, folder);
    press(&session, "i");
    char *wanted = g_strdup_printf("v1 applies to %.12s (its base-commit), without its 1 "
                                   "prerequisite.", commit);
    assert_message(&session, wanted);
    /* The same answer, at once. */
    press(&session, ENTER);
    char *line = g_strdup_printf("Base:    %.12s, in the repository; 1 prerequisite", commit);
    assert_line(&session, 2, line);
    g_free(line);
    assert_line(&session, 3, "Applies: to its base-commit, without its 1 prerequisite");
    press(&session, "k" ENTER);
    assert_message(&session, wanted);
    press(&session, ENTER);
    command(&session, "set norepo");
    g_free(wanted);
    g_free(commit);
    g_free(folder);
    session_free(&session);
}
END_TEST

/* What the settings name is tried; another value is tried anew. */
START_TEST(test_settings)
{
    if (!has_git())
        return;
    struct session session = session_new();
    char *commit, *folder = new_repository(&commit);
    g_free(git(folder, "tag good"));
    write_file(folder, "a.c", "other\n");
    g_free(git(folder, "commit -q -a -m second"));
    add_known(&session, BASE);
    start(&session);
    set_repository(&session, folder);
    press(&session, ENTER);
    assert_line(&session, 2,
                "Base:    1234567890ab, not in the repository: HEAD instead; 1 prerequisite");
    assert_starts(&session, 3, "Applies: no, patch 1/2: a.c: ");
    ck_assert_int_eq(selected(&session), 5);
    command(&session, "set base=good");
    char *line = g_strdup_printf("Applies: to good (%.12s), without its 1 prerequisite", commit);
    assert_line(&session, 3, line);
    ck_assert_int_eq(selected(&session), 5);
    command(&session, "set base=nothing");
    assert_starts(&session, 3, "Applies: cannot be tried: ");
    command(&session, "set base=good");
    assert_line(&session, 3, line);
    g_free(line);
    g_free(commit);
    g_free(folder);
    session_free(&session);
}
END_TEST

/* The hunk that does not apply is shown: where it is asked for, and behind its line. */
START_TEST(test_does_not_apply)
{
    if (!has_git())
        return;
    struct session session = session_new();
    char *commit, *folder = new_repository(&commit);
    add(&session, ANN, 0, "a1", NULL, "[PATCH 1/2] widget: oil", "---\n" DIFF("a.c", "one", "two"));
    add(&session, ANN, 0, "a2", "a1", "[PATCH 2/2] widget: paint", "---\n" DIFF("b.c", "six", "ten"));
    start(&session);
    set_repository(&session, folder);
    press(&session, "i");
    char *message = screen_read(session.app->screen, 23);
    ck_assert_msg(g_str_has_prefix(message, "Patch 2/2: b.c: "), "%s", message);
    assert_starts(&session, 1, "Patch 2/2, \"widget: paint\", does not apply to HEAD (");
    int row = find(&session, "-six");
    assert_line(&session, row + 1, "+ten");
    ck_assert_int_ne(screen_look_at(session.app->screen, row, 0).foreground,
                     screen_look_at(session.app->screen, row + 1, 0).foreground);
    press(&session, "q" ENTER);
    assert_starts(&session, 3, "Applies: no, patch 2/2: b.c: ");
    press(&session, "k" ENTER);
    find(&session, "+ten");
    g_free(message);
    g_free(commit);
    g_free(folder);
    session_free(&session);
}
END_TEST

/* A patch alone has no number to be named by. */
START_TEST(test_one_patch)
{
    if (!has_git())
        return;
    struct session session = session_new();
    char *commit, *folder = new_repository(&commit);
    add(&session, ANN, 0, "a", NULL, "[PATCH] widget: oil", "---\n" DIFF("none.c", "one", "two"));
    start(&session);
    set_repository(&session, folder);
    press(&session, "i");
    char *message = screen_read(session.app->screen, 23);
    ck_assert_msg(g_str_has_prefix(message, "v1: none.c "), "%s", message);
    assert_starts(&session, 1, "\"widget: oil\" does not apply to HEAD (");
    press(&session, "q" ENTER);
    assert_starts(&session, 3, "Applies: no, none.c ");
    g_free(message);
    g_free(commit);
    g_free(folder);
    session_free(&session);
}
END_TEST

static void do_line(const struct session *session, const char *line)
{
    app_command_line(session->app, line);
}

/* Stopped, and left: nothing runs on, and it can be asked for again. */
START_TEST(test_stopping)
{
    if (!has_git())
        return;
    struct session session = session_new();
    char *commit, *folder = new_repository(&commit);
    add_known(&session, commit);
    start(&session);
    set_repository(&session, folder);

    do_line(&session, "check-series");
    ck_assert_uint_eq(session.app->jobs->len, 1);
    do_line(&session, "stop");
    ck_assert_uint_eq(session.app->jobs->len, 0);
    ck_assert_str_eq(session.app->message->str, "Checking was stopped.");

    /* What a view has begun ends with it … */
    do_line(&session, "display-message");
    top(&session);
    ck_assert_uint_eq(session.app->jobs->len, 1);
    do_line(&session, "exit");
    top(&session);
    ck_assert_uint_eq(session.app->jobs->len, 0);
    /* … but not what the user has asked for. */
    do_line(&session, "display-message");
    do_line(&session, "check-series");
    do_line(&session, "exit");
    ck_assert_uint_eq(session.app->jobs->len, 1);
    ck_assert(app_run_until_idle(session.app));
    find(&session, "v1 applies to");

    /* Stopped in the view it stays so until it is asked for. */
    command(&session, "set base=HEAD");
    do_line(&session, "display-message");
    top(&session);
    do_line(&session, "stop");
    command(&session, "refresh");
    assert_line(&session, 3, "Applies: not tried");
    command(&session, "check-series");
    assert_starts(&session, 3, "Applies: to ");
    g_free(commit);
    g_free(folder);
    session_free(&session);
}
END_TEST

/* Who goes on to another series gets the answer all the same, and then what is worth knowing of that. */
START_TEST(test_going_on)
{
    if (!has_git())
        return;
    struct session session = session_new();
    char *commit, *folder = new_repository(&commit);
    add(&session, BOB, 1, "b", NULL, "[PATCH v3] gadget: turn", "---\n" DIFF("b.c", "one", "two"));
    add_known(&session, commit);
    start(&session);
    set_repository(&session, folder);
    press(&session, "*");
    do_line(&session, "check-series");
    do_line(&session, "previous-entry");
    do_line(&session, "display-message");
    ck_assert(app_run_until_idle(session.app));
    ck_assert(g_str_has_prefix(session.app->message->str, "v3 applies to HEAD ("));
    assert_line(&session, 1, "Files:   1 file, +2 -2: a.c");
    assert_starts(&session, 3, "Applies: to its base-commit");
    g_free(commit);
    g_free(folder);
    session_free(&session);
}
END_TEST

/* The program ends while it goes on. */
START_TEST(test_end)
{
    struct session session = session_new();
    add_known(&session, BASE);
    start(&session);
    command(&session, "set repo=/nowhere/at/all");
    do_line(&session, "display-message");
    do_line(&session, "check-series");
    ck_assert_uint_eq(session.app->jobs->len, 1);
    session_free(&session);
}
END_TEST

/* Coming back takes no job. */
START_TEST(test_coming_back)
{
    struct session session = session_new();
    add_known(&session, BASE);
    add(&session, BOB, 1, "b", NULL, "[PATCH] gadget: turn", patch_body);
    start(&session);
    press(&session, "j" ENTER);
    press(&session, "qk" ENTER);
    press(&session, "q");
    do_line(&session, "next-entry");
    do_line(&session, "display-message");
    top(&session);
    ck_assert_uint_eq(session.app->jobs->len, 0);
    command(&session, "refresh");
    assert_line(&session, 1, "Files:   1 file, +2 -2: a.c");
    session_free(&session);
}
END_TEST

/* One at a time, from wherever a series is meant. */
START_TEST(test_what_is_meant)
{
    struct session session = session_new();
    add_known(&session, BASE);
    add(&session, BOB, 1, "b", NULL, "[PATCH] gadget: turn", patch_body);
    start(&session);
    command(&session, "set repo=/nowhere/at/all");
    press(&session, "tt;i");
    assert_message(&session, "One series at a time can be checked.");
    press(&session, ENTER ENTER);
    command(&session, "check-series");
    find(&session, "It cannot be tried: ");
    session_free(&session);
}
END_TEST

/* What is withdrawn while it is read is nobody's. */
START_TEST(test_withdrawn)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    start(&session);
    command(&session, "set repo=/nowhere/at/all");
    do_line(&session, "display-message");
    do_line(&session, "check-series");
    char *mail = make_mail(ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    struct mail_batch *batch = mail_batch_new();
    mail_parse(batch, mail, strlen(mail), &(struct mail_place){.arrival = INT64_MAX - 5}, true);
    series_set_take(session.app->set, batch);
    series_set_settle(session.app->set);
    app_views_stale(session.app);
    ck_assert(app_run_until_idle(session.app));
    find(&session, "What stood here was withdrawn.");
    command(&session, "check-series");
    assert_message(&session, "There is no series here to be checked.");
    g_free(mail);
    session_free(&session);
}
END_TEST

/* The same while it is tried. */
START_TEST(test_withdrawn_later)
{
    if (!has_git())
        return;
    struct session session = session_new();
    char *commit, *folder = new_repository(&commit);
    add(&session, ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    start(&session);
    press(&session, ENTER);
    set_repository(&session, folder);
    do_line(&session, "check-series");
    ck_assert_uint_eq(session.app->jobs->len, 1);
    char *mail = make_mail(ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    struct mail_batch *batch = mail_batch_new();
    mail_parse(batch, mail, strlen(mail), &(struct mail_place){.arrival = INT64_MAX - 5}, true);
    series_set_take(session.app->set, batch);
    series_set_settle(session.app->set);
    ck_assert(app_run_until_idle(session.app));
    assert_message(&session, "What was checked has been withdrawn.");
    command(&session, "refresh");
    g_free(mail);
    g_free(commit);
    g_free(folder);
    session_free(&session);
}
END_TEST

/* --- replies --------------------------------------------------------------------------- */

START_TEST(test_unread)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, "j" ENTER);
    assert_starts(&session, 7, "        2019-03-05 Bob");
    session.app->review.since = START + 4 * DAY;
    app_views_stale(session.app);
    command(&session, "refresh");
    assert_starts(&session, 6, "     1/3");
    assert_starts(&session, 7, "         2019-03-05 Bob");
    assert_starts(&session, 8, " N       2019-03-06 Ann");
    session_free(&session);
}
END_TEST

START_TEST(test_bots)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] widget: oil", patch_body);
    add(&session, "Build Robot <robot@example.com>", 1, "r", "a", "Re: [PATCH] widget: oil",
        "Tested-by: Build Robot <robot@example.com>\n");
    add(&session, BOB, 1, "s", "a", "Re: [PATCH] widget: oil", "Fine.\n");
    start(&session);
    press(&session, ENTER);
    assert_line(&session, 5, "        2019-03-02 Build Robot ├─>(bot)");
    assert_line(&session, 6, "        2019-03-02 Bob Sample  └─>");
    ck_assert_int_ne(screen_look_at(session.app->screen, 5, 19).foreground,
                     screen_look_at(session.app->screen, 6, 19).foreground);
    session_free(&session);
}
END_TEST

/* What is said of all counts for each patch, and what was said of an older version for those that
 * have not changed. */
START_TEST(test_counts)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a0", NULL, "[PATCH 0/2] widget: turn", "Cover.\n");
    add(&session, ANN, 0, "a1", "a0", "[PATCH 1/2] widget: oil", "---\n" DIFF("a.c", "one", "two"));
    add(&session, ANN, 0, "a2", "a0", "[PATCH 2/2] widget: paint", "---\n" DIFF("b.c", "one", "two"));
    add(&session, BOB, 1, "r1", "a1", "Re: [PATCH 1/2] widget: oil",
        "Reviewed-by: Bob Sample <bob@example.com>\n");
    add(&session, BOB, 1, "r2", "a2", "Re: [PATCH 2/2] widget: paint",
        "Reviewed-by: Bob Sample <bob@example.com>\n");
    add(&session, ANN, 2, "b0", NULL, "[PATCH v2 0/2] widget: turn", "Cover.\n");
    add(&session, ANN, 2, "b1", "b0", "[PATCH v2 1/2] widget: oil", "---\n" DIFF("a.c", "one", "two"));
    add(&session, ANN, 2, "b2", "b0", "[PATCH v2 2/2] widget: paint",
        "---\n" DIFF("b.c", "one", "three"));
    add(&session, BOB, 3, "s0", "b0", "Re: [PATCH v2 0/2] widget: turn",
        "Acked-by: Bob Sample <bob@example.com>\n");
    add(&session, BOB, 3, "s1", "b1", "Re: [PATCH v2 1/2] widget: oil",
        "Tested-by: Someone Else <else@example.com>\n");
    start(&session);
    press(&session, ENTER);
    assert_line(&session, 4, "    0/2 2019-03-03 Ann Example A1       widget: turn");
    assert_starts(&session, 5, "    1/2 2019-03-03 Ann Example A1 R1    ├─>");
    assert_starts(&session, 6, "        2019-03-04 Bob Sample        T1 │ └─>");
    assert_starts(&session, 7, "    2/2 2019-03-03 Ann Example A1       ├─>");
    session_free(&session);
}
END_TEST

static Suite *facts_suite(void)
{
    Suite *suite = suite_create("facts on the screen");
    TCase *tests = tcase_create("facts");
    tcase_add_test(tests, test_lines);
    tcase_add_test(tests, test_opening);
    tcase_add_test(tests, test_opening_what_is_missing);
    tcase_add_test(tests, test_links);
    tcase_add_test(tests, test_late_version);
    tcase_add_test(tests, test_folders);
    tcase_add_test(tests, test_few_lines);
    tcase_add_test(tests, test_arrivals);
    tcase_add_test(tests, test_no_repository);
    tcase_add_test(tests, test_applies);
    tcase_add_test(tests, test_settings);
    tcase_add_test(tests, test_does_not_apply);
    tcase_add_test(tests, test_one_patch);
    tcase_add_test(tests, test_stopping);
    tcase_add_test(tests, test_going_on);
    tcase_add_test(tests, test_end);
    tcase_add_test(tests, test_coming_back);
    tcase_add_test(tests, test_what_is_meant);
    tcase_add_test(tests, test_withdrawn);
    tcase_add_test(tests, test_withdrawn_later);
    tcase_add_test(tests, test_unread);
    tcase_add_test(tests, test_bots);
    tcase_add_test(tests, test_counts);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return run_screen_tests(facts_suite());
}
