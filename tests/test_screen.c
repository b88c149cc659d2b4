/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The browser on a screen that is read back: keys go in through a pipe, curses writes to
 * /dev/null, and each test waits until the loop has nothing left to do. */
#include "app.h"
#include "archive/archive.h"
#include "glyph.h"
#include "support.h"

#include <check.h>
#include <gmime/gmime.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* 2019-03-01 00:00 UTC: long enough ago that dates are written with the year. */
#define START INT64_C(1551398400)
#define DAY INT64_C(86400)

#define UP "\033OA"
#define DOWN "\033OB"
#define F5 "\033[15~"
#define ENTER "\r"

/* A browser on an archive of its own. */
struct session {
    char *path;
    struct support_archive *writer;
    struct archive *archive;
    struct app *app;
    int keys; /* to write them to */
    FILE *in, *out;
};

static char *make_mail(const char *from, int day, const char *id, const char *parent,
                       const char *subject, const char *body)
{
    char date[64];
    time_t seconds = (time_t)(START + day * DAY);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return g_strdup_printf("From: %s\nDate: %s\nMessage-ID: <%s@example.org>\n%s%s%s"
                           "Subject: %s\nX-Other: kept back\n\n%s",
                           from, date, id, parent ? "In-Reply-To: <" : "", parent ? parent : "",
                           parent ? "@example.org>\n" : "", subject, body);
}

static void add(struct session *session, const char *from, int day, const char *id,
                const char *parent, const char *subject, const char *body)
{
    char *mail = make_mail(from, day, id, parent, subject, body);
    support_add(session->writer, START + day * DAY, mail, strlen(mail));
    g_free(mail);
}

static struct session session_new(void)
{
    struct session session = {0};
    session.path = support_path(support_folder(), "list.git");
    session.writer = support_archive_new(session.path);
    return session;
}

/* Opens the browser on a terminal of the kind TERM; what was added has been read. */
static void start_on(struct session *session, const char *term)
{
    GError *error = NULL;
    const struct range range = {.all = true};
    int ends[2];

    session->archive = archive_open(session->path, &error);
    ck_assert_msg(session->archive, "%s", error ? error->message : "");
    ck_assert_int_eq(pipe(ends), 0);
    session->keys = ends[1];
    session->in = fdopen(ends[0], "r");
    session->out = fopen("/dev/null", "w");
    session->app = app_new(session->archive);
    ck_assert(app_start(session->app, &range, 1, &error));
    ck_assert_msg(app_show(session->app, term, session->out, session->in, &error), "%s",
                  error ? error->message : "");
    screen_resize(session->app->screen, 24, 80);
    app_resized(session->app);
    ck_assert(app_run_until_idle(session->app));
}

static void start(struct session *session)
{
    start_on(session, "xterm-256color");
}

static void session_free(struct session *session)
{
    app_free(session->app);
    archive_close(session->archive);
    support_archive_free(session->writer);
    fclose(session->in);
    fclose(session->out);
    if (session->keys >= 0)
        close(session->keys);
    g_free(session->path);
}

/* Presses the keys whose bytes are TEXT. False if that quits. */
static bool press(struct session *session, const char *text)
{
    ck_assert_int_eq(write(session->keys, text, strlen(text)), (ssize_t)strlen(text));
    return app_run_until_idle(session->app);
}

/* A mail arrives while the browser is open. */
static void arrive(struct session *session, int64_t rank, const char *mail)
{
    struct mail_batch *batch = mail_batch_new();
    const struct mail_place place = {.arrival = rank, .received = START};
    mail_parse(batch, mail, strlen(mail), &place, false);
    series_set_take(session->app->set, batch);
    session->app->unsettled = true;
    app_draw_soon(session->app);
    ck_assert(app_run_until_idle(session->app));
}

static void resize(struct session *session, int rows, int columns)
{
    screen_resize(session->app->screen, rows, columns);
    app_resized(session->app);
    ck_assert(app_run_until_idle(session->app));
}

static void assert_line(const struct session *session, int row, const char *wanted)
{
    char *line = screen_read(session->app->screen, row);
    ck_assert_str_eq(line, wanted);
    g_free(line);
}

static char *read_screen(const struct session *session)
{
    GString *text = g_string_new(NULL);
    for (int row = 0; row < screen_rows(session->app->screen); row++) {
        char *line = screen_read(session->app->screen, row);
        g_string_append_printf(text, "%s\n", line);
        g_free(line);
    }
    return g_string_free(text, FALSE);
}

/* The row that shows WORDS; fails if none does. */
static int find(const struct session *session, const char *words)
{
    for (int row = 0; row < screen_rows(session->app->screen); row++) {
        char *line = screen_read(session->app->screen, row);
        bool found = strstr(line, words) != NULL;
        g_free(line);
        if (found)
            return row;
    }
    char *screen = read_screen(session);
    ck_abort_msg("\"%s\" is not on the screen:\n%s", words, screen);
}

/* The row, between the bars, that is drawn as selected. */
static int selected(const struct session *session)
{
    for (int row = 1; row < screen_rows(session->app->screen) - 2; row++)
        if (screen_look_at(session->app->screen, row, 0).reverse)
            return row;
    return -1;
}

static const char patch_body[] = "What it does.\n"
                                 "\n"
                                 "Signed-off-by: Ann Example <ann@example.org>\n"
                                 "---\n"
                                 " file.c | 3 ++-\n"
                                 " 1 file changed, 2 insertions(+), 1 deletion(-)\n"
                                 "\n"
                                 "diff --git a/file.c b/file.c\n"
                                 "index 1111111..2222222 100644\n"
                                 "--- a/file.c\n"
                                 "+++ b/file.c\n"
                                 "@@ -1,2 +1,3 @@ first\n"
                                 " context\n"
                                 "-\tremoved\n"
                                 "+\tadded\n"
                                 "+\tadded too\n"
                                 "-- \n"
                                 "2.39\n";

#define ANN "Ann Example <ann@example.org>"
#define BOB "Bob Sample <bob@example.com>"

/* A series in two versions, one patch of it lost, talked about; and a patch alone. */
static void add_series(struct session *session)
{
    add(session, ANN, 0, "a0", NULL, "[PATCH 0/2] widget: make it turn", "Cover.\n");
    add(session, ANN, 0, "a1", "a0", "[PATCH 1/2] widget: oil it", patch_body);
    add(session, ANN, 0, "a2", "a0", "[PATCH 2/2] widget: turn it", patch_body);
    add(session, BOB, 1, "r1", "a1", "Re: [PATCH 1/2] widget: oil it", "> What it does.\nWhy?\n");
    add(session, ANN, 3, "b0", NULL, "[PATCH v2 0/3] widget: make it turn", "Cover.\n");
    add(session, ANN, 3, "b1", "b0", "[PATCH v2 1/3] widget: oil it", patch_body);
    add(session, ANN, 3, "b3", "b0", "[PATCH v2 3/3] widget: paint it", patch_body);
    add(session, BOB, 4, "r2", "b1", "Re: [PATCH v2 1/3] widget: oil it",
        "> > Why?\n> Because.\nI see.\n");
    add(session, ANN, 5, "r3", "r2", "Re: [PATCH v2 1/3] widget: oil it", "Good.\n");
    add(session, BOB, 6, "c1", NULL, "[RFC PATCH] gadget: add", patch_body);
}

START_TEST(test_index)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);

    assert_line(&session, 1, "   1 New   Mar'19 Bob Sample        v1   1/1 [RFC] gadget: add");
    assert_line(&session, 2,
                "   2 Exist Mar'19 Ann Example       v2   2/3 (+1) widget: make it turn");
    assert_line(&session, 3, "");
    char *status = screen_read(session.app->screen, 22);
    ck_assert(g_str_has_prefix(status, "---pore: list [Series:2 Skipped:1 Mails:10]---"));
    ck_assert(g_str_has_suffix(status, "---(all)---"));
    ck_assert_int_eq((int)strlen(status), 80);
    g_free(status);
    ck_assert_int_eq(selected(&session), 1);
    resize(&session, 24, 120);
    find(&session, "2019-03-04");
    session_free(&session);
}
END_TEST

START_TEST(test_series)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    press(&session, "j" ENTER);

    assert_line(&session, 1, "  0/3 2019-03-04 Ann Example      widget: make it turn");
    assert_line(&session, 2,
                "  1/3 2019-03-04 Ann Example      \342\224\234\342\224\200>widget: oil it");
    assert_line(&session, 3,
                "      2019-03-05 Bob Sample       \342\224\202 \342\224\224\342\224\200>");
    assert_line(&session, 4,
                "      2019-03-06 Ann Example      \342\224\202   \342\224\224\342\224\200>");
    assert_line(&session, 5,
                "  2/3                             \342\224\234\342\224\200>(not received)");
    assert_line(&session, 6,
                "  3/3 2019-03-04 Ann Example      \342\224\224\342\224\200>widget: paint it");
    assert_line(&session, 7, "");
    assert_line(&session, 8, "Other revisions");
    char *revision = screen_read(session.app->screen, 9);
    ck_assert(g_str_has_prefix(revision, " Skip 2019-03-01 v1  2/2"));
    ck_assert_ptr_nonnull(strstr(revision, series_rule_text(SERIES_RULE_TITLE)));
    g_free(revision);

    /* The heading is passed over; a patch that is not there is not opened. */
    press(&session, "jjjj" ENTER);
    find(&session, "This patch was not received.");
    press(&session, "jj");
    ck_assert_int_eq(selected(&session), 9);
    press(&session, "k");
    ck_assert_int_eq(selected(&session), 6);
    press(&session, "j" ENTER);
    assert_line(&session, 1, "  0/2 2019-03-01 Ann Example      widget: make it turn");
    find(&session, "Exist 2019-03-04 v2");
    press(&session, "qq");
    ck_assert_int_eq(selected(&session), 2);
    session_free(&session);
}
END_TEST

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
    find(&session, "You are on the last mail of the series.");
    press(&session, "KKKKKK");
    find(&session, "You are on the first mail of the series.");
    find(&session, "Cover.");
    press(&session, "q");
    ck_assert_int_eq(selected(&session), 1);
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

    /* Nobody has moved: the first row stays the selected one. */
    char *newest = make_mail(BOB, 50, "n1", NULL, "[PATCH] newest", patch_body);
    arrive(&session, INT64_MAX - 5, newest);
    ck_assert_int_eq(find(&session, "newest"), 1);
    ck_assert_int_eq(selected(&session), 1);

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
    find(&session, "Skipped:1");

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
    keymap_read(session.app->keymap, "index gg last-entry\ngeneric <F5> help\ngeneric ? refresh\n",
                "test", errors);
    ck_assert_uint_eq(errors->len, 0);
    g_ptr_array_unref(errors);
    press(&session, "~");
    assert_line(&session, 23, "Key is not bound.  Press '<F5>' for help.");
    ck_assert_int_eq(find(&session, "q:Quit  <F5>:Help  <Enter>:Open  j:Next"), 0);
    press(&session, F5);
    find(&session, "Keys of the index");
    press(&session, "$");
    find(&session, "* <End> gg");
    press(&session, "qkg");
    assert_line(&session, 23, "");
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
    find(&session, "Series:2 Skipped:0 Mails:2 Unreadable:1]");
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
    find(&session, "v1   1/1 one");
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
    ck_assert_int_eq(find(&session, "start"), 1);
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

static const struct {
    const char *text;
    size_t length;
    int width;
    bool mark;
} glyphs[] = {
    {"a", 1, 1, false},
    {"\033", 1, 2, true},
    {"\177", 1, 2, true},
    {"\303\244", 2, 1, false},
    {"a\314\210", 3, 1, false},
    {"\314\210", 2, 1, false},             /* alone: on a blank */
    {"\344\270\200", 3, 2, false},         /* wide */
    {"\360\237\230\200", 4, 2, false},     /* wide, beyond the first plane */
    {"\302\233", 2, 1, true},              /* CSI in one character */
    {"\342\200\256", 3, 1, true},          /* right-to-left override */
    {"\342\201\246", 3, 1, true},          /* left-to-right isolate */
    {"\330\234", 2, 1, true},              /* Arabic letter mark */
    {"\342\200\213", 3, 1, true},          /* zero width space */
    {"\357\273\277", 3, 1, true},          /* byte order mark */
    {"\342\200\250", 3, 1, true},          /* line separator */
    {"\356\200\200", 3, 1, true},          /* private use */
    {"\357\277\277", 3, 1, true},          /* no character */
    {"\363\240\201\201", 4, 1, true},      /* tag */
    {"\377", 1, 1, true},                  /* no UTF-8 */
    {"\303", 1, 1, true},                  /* cut off */
    {"\355\240\200", 1, 1, true},          /* surrogate */
};

START_TEST(test_glyphs)
{
    struct glyph glyph;
    const char *text = glyphs[_i].text;
    glyph_next(text, strlen(text), &glyph);
    ck_assert_uint_eq(glyph.length, glyphs[_i].length);
    ck_assert_int_eq(glyph.width, glyphs[_i].width);
    ck_assert_int_eq(glyph.mark, glyphs[_i].mark);
}
END_TEST

START_TEST(test_glyphs_without_utf8)
{
    struct glyph glyph;
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
    glyph_next("\344\270\200", 3, &glyph);
    ck_assert_int_eq(glyph.characters[0], L'?');
    ck_assert_uint_eq(glyph.length, 3);
    glyph_next("\342\200\256", 3, &glyph);
    ck_assert_int_eq(glyph.characters[0], L'?');
    ck_assert(glyph.mark);
    glyph_next("a", 1, &glyph);
    ck_assert_int_eq(glyph.characters[0], L'a');
    setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

static Suite *screen_suite(void)
{
    Suite *suite = suite_create("screen");
    TCase *views = tcase_create("views"), *odd = tcase_create("odd"), *text = tcase_create("text");

    tcase_add_test(views, test_index);
    tcase_add_test(views, test_series);
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
    tcase_add_loop_test(text, test_glyphs, 0, G_N_ELEMENTS(glyphs));
    tcase_add_test(text, test_glyphs_without_utf8);
    suite_add_tcase(suite, text);
    return suite;
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    unsetenv("NO_COLOR");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    /* Without the locale no width is known. */
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 77;
    g_mime_init();
    archive_startup(false);
    SRunner *runner = srunner_create(screen_suite());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    archive_shutdown();
    g_mime_shutdown();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
