/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of contributors and the digest on the screen. */
#include "screen_support.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* As it is to be quoted in a pattern. */
#define CAROL "\"Carol \\\"C\\\" Third\" <carol@sub.example.com>"

/* Six patches of Ann, all on the first day; three of Carol, one each ten days; one of Bob. */
static void add_people(struct session *session)
{
    for (int i = 0; i < 10; i++) {
        char id[16], subject[32];
        g_snprintf(id, sizeof id, "m%d", i);
        g_snprintf(subject, sizeof subject, "[PATCH] part %c", 'a' + i);
        add(session, i < 6 ? ANN : i < 9 ? CAROL : BOB, i < 6 ? 0 : (i - 5) * 10, id, NULL,
            subject, patch_body);
    }
}

static void assert_has(const struct session *session, int row, const char *words)
{
    char *line = screen_read(session->app->screen, row);
    ck_assert_msg(strstr(line, words), "\"%s\" is not in \"%s\"", words, line);
    g_free(line);
}

static void assert_starts(const struct session *session, int row, const char *wanted)
{
    char *line = screen_read(session->app->screen, row);
    ck_assert_msg(g_str_has_prefix(line, wanted), "\"%s\" does not begin with \"%s\"", line,
                  wanted);
    g_free(line);
}

START_TEST(test_people)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "contributors");
    assert_line(&session, 1, "   1      6  60.0% ███████████ ▇            Ann Example <ann@example.org>");
    assert_line(&session, 2,
                "   2      3  30.0% █████▌         ▇  ▇  ▇   \"Carol \\\"C\\\" Third\" <carol@sub.examp");
    assert_line(&session, 3, "   3      1  10.0% █▊                     ▇ Bob Sample <bob@example.com>");
    assert_line(&session, 4, "");
    assert_starts(&session, 22, "---pore: contributors [3 people, 10 patches]---");
    resize(&session, 24, 120);
    find(&session, "10 patches, 2019-03-01 to 2019-04-10]");
    session_free(&session);
}
END_TEST

START_TEST(test_domains)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "domains");
    assert_has(&session, 1, " 6  60.0% ");
    assert_has(&session, 1, " example.org");
    assert_has(&session, 2, " sub.example.com");
    assert_has(&session, 3, " example.com");
    find(&session, "pore: domains [3 domains, 10 patches]");
    /* One view turns to the other table; leaving it leaves both. */
    press(&session, "jj");
    command(&session, "contributors");
    find(&session, "[3 people, 10 patches]");
    ck_assert_int_eq(selected(&session), 1);
    press(&session, "q");
    find(&session, "part a");
    session_free(&session);
}
END_TEST

START_TEST(test_widths)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "contributors");
    resize(&session, 24, 140);
    assert_has(&session, 1, " ████████████████████ ▇                        Ann Example");
    resize(&session, 24, 65);
    assert_line(&session, 1, "   1      6  60.0% █████████ Ann Example <ann@example.org>");
    resize(&session, 24, 50);
    assert_line(&session, 1, "   1      6  60.0% Ann Example <ann@example.org>");
    resize(&session, 24, 43);
    assert_line(&session, 1, "   1      6 Ann Example <ann@example.org>");
    resize(&session, 24, 29);
    assert_line(&session, 1, "     6 Ann Example <ann@examp");
    for (int columns = 28; columns > 0; columns--)
        resize(&session, 24, columns);
    session_free(&session);
}
END_TEST

START_TEST(test_without_utf8)
{
    struct session session = session_new();
    add_people(&session);
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
    start(&session);
    command(&session, "contributors");
    assert_line(&session, 1, "   1      6  60.0% ########### Ann Example <ann@example.org>");
    assert_has(&session, 3, " # ");
    session_free(&session);
    setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

START_TEST(test_moving)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "contributors");
    press(&session, "j");
    ck_assert_int_eq(selected(&session), 2);
    command(&session, "last-entry");
    ck_assert_int_eq(selected(&session), 3);
    press(&session, "j");
    assert_message(&session, "You are on the last entry.");
    struct view *view = app_top(session.app);
    ck_assert(view->operations->click(view, 1));
    ck_assert(!view->operations->click(view, 3));
    command(&session, "refresh");
    ck_assert_int_eq(selected(&session), 2);
    session_free(&session);
}
END_TEST

START_TEST(test_search)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "contributors");
    command(&session, "search example\\.com");
    ck_assert_int_eq(selected(&session), 2);
    command(&session, "search-next");
    ck_assert_int_eq(selected(&session), 3);
    command(&session, "search-next");
    ck_assert_int_eq(selected(&session), 2);
    assert_message(&session, "Search wrapped to top.");
    command(&session, "search-reverse ^ann");
    ck_assert_int_eq(selected(&session), 1);
    command(&session, "search nobody");
    assert_message(&session, "Not found.");
    command(&session, "set nowrap_search");
    command(&session, "search-reverse bob");
    assert_message(&session, "Not found.");
    ck_assert_int_eq(selected(&session), 1);
    session_free(&session);
}
END_TEST

/* Enter shows what was counted in an index of its own, q comes back to the table. */
START_TEST(test_narrowing)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "contributors");
    press(&session, "j" ENTER);
    find(&session, "part g");
    find(&session, "part i");
    ck_assert(!shows(&session, "part a"));
    ck_assert(!shows(&session, "part j"));
    /* Of what is shown there. */
    command(&session, "contributors");
    find(&session, "pore: contributors of what is shown [1 person, 3 patches]");
    press(&session, "qq");
    find(&session, "pore: contributors [3 people, 10 patches]");
    ck_assert_int_eq(selected(&session), 2);
    /* Nor is a domain those that end like it. */
    command(&session, "domains");
    press(&session, "jj" ENTER);
    find(&session, "part j");
    ck_assert(!shows(&session, "part g"));
    press(&session, "qq");
    find(&session, "part a");
    find(&session, "part j");
    session_free(&session);
}
END_TEST

/* A domain is not those that begin like it. */
START_TEST(test_whole_domain)
{
    struct session session = session_new();
    add(&session, BOB, 0, "a", NULL, "[PATCH] one", patch_body);
    add(&session, BOB, 0, "b", NULL, "[PATCH] two", patch_body);
    add(&session, "Dan <dan@example.com.example.org>", 0, "c", NULL, "[PATCH] three", patch_body);
    add(&session, "Eve <eve@exampleXcom>", 0, "d", NULL, "[PATCH] four", patch_body);
    start(&session);
    command(&session, "domains");
    press(&session, ENTER);
    find(&session, "one");
    find(&session, "two");
    ck_assert(!shows(&session, "three"));
    ck_assert(!shows(&session, "four"));
    session_free(&session);
}
END_TEST

START_TEST(test_limited)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "limit ~f bob | =s \"part a\"");
    command(&session, "contributors");
    find(&session, "pore: contributors of what is shown [2 people, 2 patches]");
    assert_has(&session, 1, " 50.0% ");
    session_free(&session);
}
END_TEST

START_TEST(test_arrivals)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    command(&session, "contributors");
    press(&session, "jj");
    /* Bob overtakes: the one who reads about him comes along. */
    for (int i = 0; i < 9; i++) {
        char id[16], subject[32];
        g_snprintf(id, sizeof id, "n%d", i);
        g_snprintf(subject, sizeof subject, "[PATCH] new %c", 'a' + i);
        char *mail = make_mail(BOB, 50, id, NULL, subject, patch_body);
        arrive(&session, INT64_MAX - 100 + i, mail);
        g_free(mail);
    }
    assert_has(&session, 1, "Bob Sample");
    ck_assert_int_eq(selected(&session), 1);
    find(&session, "[3 people, 19 patches]");
    session_free(&session);
}
END_TEST

START_TEST(test_nobody)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "A question", "Why?\n");
    start(&session);
    command(&session, "contributors");
    assert_line(&session, 1, "No patches here.");
    find(&session, "[0 people, 0 patches]");
    press(&session, "j" ENTER);
    assert_message(&session, "There are no entries.");
    command(&session, "search x");
    assert_message(&session, "Not found.");
    session_free(&session);
}
END_TEST

/* What was written to a text view, all of it. */
static char *content(const struct session *session)
{
    struct view *view = app_top(session->app);
    size_t length;
    const char *text = view->operations->content(view, &length);
    return g_strndup(text, length);
}

START_TEST(test_digest)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    command(&session, "digest");
    find(&session, "pore: Digest");
    char *text = content(&session);
    ck_assert_ptr_nonnull(strstr(text, "list mailing list update from"));
    ck_assert_ptr_nonnull(strstr(text, "\n      6  Ann Example <ann@example.org>\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nNew:  widget: make it turn\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nNew:  gadget: add\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n Skip: [PATCH 0/2] widget: make it turn\n"));
    g_free(text);
    int row = find(&session, "mailing list update");
    ck_assert(!screen_look_at(session.app->screen, row, 0).bold);
    row = find(&session, "=====");
    ck_assert(screen_look_at(session.app->screen, row, 0).bold);
    press(&session, "q");

    /* Of what is shown. */
    command(&session, "limit =s gadget");
    command(&session, "digest");
    text = content(&session);
    ck_assert_ptr_nonnull(strstr(text, "\nNew:  gadget: add\n"));
    ck_assert_ptr_null(strstr(text, "widget"));
    ck_assert_ptr_null(strstr(text, "  Ann Example <"));
    g_free(text);
    session_free(&session);
}
END_TEST

/* It is left, or pore is, while the mails are still read. */
START_TEST(test_digest_is_left)
{
    struct session session = session_new();
    add_people(&session);
    start(&session);
    struct view *index = app_index(session.app);
    app_push(session.app, digest_view_new(session.app, index));
    ck_assert_uint_eq(session.app->jobs->len, 1);
    app_pop(session.app);
    ck_assert_uint_eq(session.app->jobs->len, 0);
    app_push(session.app, digest_view_new(session.app, index));
    ck_assert_uint_eq(jobs_stop(session.app), 1);
    command(&session, "refresh");
    assert_message(&session, "The digest was stopped: its end is missing.");
    app_push(session.app, digest_view_new(session.app, index));
    session_free(&session);
}
END_TEST

START_TEST(test_saving)
{
    struct session session = session_new();
    char *path = support_path(support_folder(), "people"), *text = NULL;
    char *line = g_strconcat("save-message ", path, NULL);
    add_series(&session);
    start(&session);
    press(&session, "a");
    command(&session, line);
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, "      6  Ann Example <ann@example.org>\n"
                           "      1  Bob Sample <bob@example.com>\n");
    g_free(text);
    g_free(line);
    g_free(path);
    session_free(&session);
}
END_TEST

static Suite *contributors_suite(void)
{
    Suite *suite = suite_create("screen of contributors");
    TCase *tables = tcase_create("contributors"), *digest = tcase_create("digest");
    tcase_add_test(tables, test_people);
    tcase_add_test(tables, test_domains);
    tcase_add_test(tables, test_widths);
    tcase_add_test(tables, test_without_utf8);
    tcase_add_test(tables, test_moving);
    tcase_add_test(tables, test_search);
    tcase_add_test(tables, test_narrowing);
    tcase_add_test(tables, test_whole_domain);
    tcase_add_test(tables, test_limited);
    tcase_add_test(tables, test_arrivals);
    tcase_add_test(tables, test_nobody);
    suite_add_tcase(suite, tables);
    tcase_add_test(digest, test_digest);
    tcase_add_test(digest, test_digest_is_left);
    tcase_add_test(digest, test_saving);
    suite_add_tcase(suite, digest);
    return suite;
}

int main(void)
{
    return run_screen_tests(contributors_suite());
}
