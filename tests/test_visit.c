/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Visits to an archive: what was seen, read and marked in one is known in the next. */
#include "archive/sync.h"
#include "fingerprints.h"
#include "screen_support.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char other_body[] = "What it does.\n"
                                 "---\n"
                                 "diff --git a/other.c b/other.c\n"
                                 "--- a/other.c\n"
                                 "+++ b/other.c\n"
                                 "@@ -1,1 +1,2 @@\n"
                                 " context\n"
                                 "+\tanother line\n";

/* What is new since the last visit. */
static const struct range unnamed = {0};

/* The newest mail alone. */
static const struct range newest = {.newest = 1};

/* The number of rows that the index has. */
static int rows(const struct session *session)
{
    int count = 0;
    for (int row = 1; row < screen_rows(session->app->screen) - 2; row++) {
        char *line = screen_read(session->app->screen, row);
        count += line[strspn(line, " ")] >= '0' && line[strspn(line, " ")] <= '9';
        g_free(line);
    }
    return count;
}

/* The row that shows WORDS is in STATE. */
static void assert_state(const struct session *session, const char *words, const char *state)
{
    char *line = screen_read(session->app->screen, find(session, words));
    ck_assert_msg(strstr(line, state) != NULL, "not %s: %s", state, line);
    g_free(line);
}

static const struct posting *posting_of(const struct session *session, const char *id)
{
    const struct posting *posting = series_set_find(session->app->set, id);
    ck_assert_msg(posting != NULL, "%s is not there", id);
    return posting;
}

static void set_reviewed(struct app *app, void *data)
{
    const char *id = data;
    GError *error = NULL;
    GArray *fingerprints = NULL;
    struct mark_change change = {0};
    marking_change(app->marking, series_set_find(app->set, id), MARK_REVIEWED, &change,
                   &fingerprints);
    ck_assert_msg(marks_change(app->marks, &change, 1, &error), "%s", error ? error->message : "");
    app_marks_changed(app);
    g_clear_pointer(&fingerprints, g_array_unref);
}

/* Marks the posting that the mail with ID is of as reviewed. */
static void review(struct session *session, const char *id)
{
    GPtrArray *wanted = g_ptr_array_new();
    marking_wanted_to_set(session->app->marking, posting_of(session, id), wanted);
    fingerprints_read(session->app, wanted, set_reviewed, g_strdup(id), g_free);
    g_ptr_array_unref(wanted);
    ck_assert(app_run_until_idle(session->app));
}

/* The series of the mail with ID has the mark that WANTED describes. */
static void assert_mark(const struct session *session, const char *id, const char *wanted)
{
    const struct series_mark mark =
        marking_of(session->app->marking, posting_of(session, id)->series);
    GString *text = g_string_new(NULL);
    series_mark_describe(&mark, text);
    ck_assert_str_eq(text->str, wanted);
    g_string_free(text, TRUE);
}

START_TEST(test_morning)
{
    struct session session = session_new();
    session.range = &unnamed;
    add(&session, ANN, 0, "w0", NULL, "[PATCH 0/2] widget: turn", "Cover.\n");
    add(&session, ANN, 0, "w1", "w0", "[PATCH 1/2] widget: oil", patch_body);
    add(&session, ANN, 0, "w2", "w0", "[PATCH 2/2] widget: spin", patch_body);
    add(&session, BOB, 1, "g1", NULL, "[PATCH] gadget: add", patch_body);
    add(&session, BOB, 1, "h1", NULL, "[PATCH] hammer: swing", patch_body);
    start(&session);
    ck_assert_int_eq(rows(&session), 3);
    review(&session, "w1@example.org");
    review(&session, "g1@example.org");
    assert_mark(&session, "w0@example.org", "reviewed");
    leave(&session);

    add(&session, ANN, 2, "x0", NULL, "[PATCH v2 0/2] widget: turn", "Cover again.\n");
    add(&session, ANN, 2, "x1", "x0", "[PATCH v2 1/2] widget: oil", patch_body);
    add(&session, ANN, 2, "x2", "x0", "[PATCH v2 2/2] widget: spin", other_body);
    add(&session, BOB, 2, "i1", NULL, "[PATCH v2] gadget: add", patch_body);
    add(&session, ANN, 2, "r1", "h1", "Re: [PATCH] hammer: swing", "Ouch.\n");
    add(&session, ANN, 3, "n1", NULL, "[PATCH] nail: sharpen", patch_body);
    start(&session);

    /* What only was talked about is no row of its own. */
    ck_assert_int_eq(rows(&session), 3);
    assert_state(&session, "nail: sharpen", "New");
    assert_state(&session, "widget: turn", "Exist");
    assert_state(&session, "gadget: add", "Exist");
    ck_assert(!shows(&session, "hammer"));
    find(&session, "[Series 3");
    assert_mark(&session, "x0@example.org", "reviewed v1, 1 of 2 changed");
    assert_mark(&session, "i1@example.org", "reviewed v1, 0 of 1 changed");
    assert_mark(&session, "n1@example.org", "");
    ck_assert(marking_patch_is_reviewed(
        session.app->marking, mailset_find(series_set_mails(session.app->set), "x1@example.org")));
    ck_assert(!marking_patch_is_reviewed(
        session.app->marking, mailset_find(series_set_mails(session.app->set), "x2@example.org")));
    leave(&session);
    session_free(&session);
}
END_TEST

START_TEST(test_nothing_new)
{
    struct session session = session_new();
    session.range = &unnamed;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    start(&session);
    assert_message(&session, "");
    leave(&session);
    add(&session, BOB, 1, "b", NULL, "[PATCH] two", patch_body);
    start(&session);
    assert_message(&session, "");
    ck_assert_int_eq(rows(&session), 1);
    find(&session, "two");
    leave(&session);

    /* As often as it is asked. */
    for (int i = 0; i < 2; i++) {
        start(&session);
        find(&session, "Nothing new since 20");
        find(&session, "; this is what was new then.");
        ck_assert_int_eq(rows(&session), 1);
        find(&session, "two");
        leave(&session);
    }
    add(&session, ANN, 2, "c", NULL, "[PATCH] three", patch_body);
    start(&session);
    ck_assert_int_eq(rows(&session), 1);
    find(&session, "three");
    session_free(&session);
}
END_TEST

START_TEST(test_named_range_is_no_visit)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    session.range = &unnamed;
    start(&session);
    leave(&session);
    add(&session, BOB, 1, "b", NULL, "[PATCH] two", patch_body);
    session.range = NULL;
    start(&session);
    ck_assert_int_eq(rows(&session), 2);
    leave(&session);
    session.range = &unnamed;
    start(&session);
    assert_message(&session, "");
    ck_assert_int_eq(rows(&session), 1);
    find(&session, "two");
    session_free(&session);
}
END_TEST

static const int signals[] = {SIGTERM, SIGHUP};

START_TEST(test_signal)
{
    struct session session = session_new();
    session.range = &unnamed;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    start(&session);
    app_signal(signals[_i], session.app);
    ck_assert(!app_run_until_idle(session.app));
    leave(&session);
    add(&session, BOB, 1, "b", NULL, "[PATCH] two", patch_body);
    start(&session);
    ck_assert_int_eq(rows(&session), 1);
    find(&session, "two");
    session_free(&session);
}
END_TEST

/* Who does not let it read to the end has not seen what is new. */
START_TEST(test_stopped)
{
    struct session session = session_new();
    session.range = &unnamed;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    start(&session);
    leave(&session);
    add(&session, BOB, 1, "b", NULL, "[PATCH] two", patch_body);
    start_unread(&session);
    ck_assert(visit_stop(session.app));
    ck_assert(app_run_until_idle(session.app));
    leave(&session);
    start(&session);
    assert_message(&session, "");
    ck_assert_int_eq(rows(&session), 1);
    find(&session, "two");
    session_free(&session);
}
END_TEST

START_TEST(test_refresh)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    add(&session, ANN, 1, "b", NULL, "[PATCH] two", patch_body);
    add(&session, ANN, 2, "c", NULL, "[PATCH] three", patch_body);
    start(&session);
    command(&session, "sync-mailbox");
    assert_message(&session, "No new mail.");
    press(&session, "j");
    ck_assert_int_eq(selected(&session), find(&session, "two"));

    add(&session, BOB, 3, "d", NULL, "[PATCH v2] one", patch_body);
    command(&session, "sync-mailbox");
    assert_message(&session, "1 new mail.");
    ck_assert_int_eq(rows(&session), 3);
    ck_assert_int_eq(selected(&session), find(&session, "two"));
    assert_state(&session, " one", "Exist");
    add(&session, BOB, 4, "e", "b", "Re: [PATCH] two", "Good.\n");
    add(&session, BOB, 4, "f", NULL, "[PATCH] four", patch_body);
    command(&session, "sync-mailbox");
    assert_message(&session, "2 new mails.");
    ck_assert_int_eq(rows(&session), 4);
    ck_assert_int_eq(find(&session, "four"), 1);
    ck_assert_int_eq(selected(&session), find(&session, "two"));
    command(&session, "sync-mailbox");
    assert_message(&session, "No new mail.");
    session_free(&session);
}
END_TEST

START_TEST(test_refresh_leaves_the_scroll_alone)
{
    struct session session = session_new();
    for (int i = 0; i < 60; i++) {
        char *id = g_strdup_printf("m%d", i), *subject = g_strdup_printf("[PATCH] part %d", i);
        add(&session, ANN, i, id, NULL, subject, patch_body);
        g_free(subject);
        g_free(id);
    }
    start(&session);
    press(&session, "zzj");
    char *first = screen_read(session.app->screen, 1);
    int row = selected(&session);
    for (int i = 60; i < 100; i++) {
        char *id = g_strdup_printf("m%d", i), *subject = g_strdup_printf("[PATCH] part %d", i);
        add(&session, BOB, i, id, NULL, subject, patch_body);
        g_free(subject);
        g_free(id);
    }
    command(&session, "sync-mailbox");
    assert_message(&session, "40 new mails.");
    char *now = screen_read(session.app->screen, 1);
    ck_assert_str_eq(strstr(now, "part"), strstr(first, "part"));
    ck_assert_int_eq(selected(&session), row);
    g_free(now);
    g_free(first);
    session_free(&session);
}
END_TEST

/* What a refresh brought was seen. */
START_TEST(test_refresh_is_remembered)
{
    struct session session = session_new();
    session.range = &unnamed;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    start(&session);
    add(&session, BOB, 1, "b", NULL, "[PATCH] two", patch_body);
    command(&session, "sync-mailbox");
    ck_assert_int_eq(rows(&session), 2);
    leave(&session);
    add(&session, BOB, 2, "c", NULL, "[PATCH v2] two", patch_body);
    start(&session);
    ck_assert_int_eq(rows(&session), 1);
    assert_state(&session, "two", "Exist");
    session_free(&session);
}
END_TEST

/* What could not be read is said once. */
START_TEST(test_refresh_with_unreadable)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    support_add_empty(session.writer, START + DAY);
    start(&session);
    find(&session, "1 could not be read, the last: ");
    add(&session, BOB, 2, "b", NULL, "[PATCH] two", patch_body);
    command(&session, "sync-mailbox");
    assert_message(&session, "1 new mail.");
    support_add_empty(session.writer, START + 3 * DAY);
    command(&session, "sync-mailbox");
    find(&session, "2 could not be read, the last: ");
    session_free(&session);
}
END_TEST

START_TEST(test_refresh_of_a_closed_range)
{
    const struct range closed = {.has_until = true, .until = START + DAY};
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    session.range = &closed;
    start(&session);
    add(&session, BOB, 1, "b", NULL, "[PATCH] two", patch_body);
    command(&session, "sync-mailbox");
    find(&session, "No new mail: the range ends at ");
    ck_assert_int_eq(rows(&session), 1);
    session_free(&session);
}
END_TEST

START_TEST(test_rewritten)
{
    struct session session = session_new();
    session.range = &unnamed;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    char *head = support_path(session.path, "refs/heads/master");
    char *before;
    ck_assert(g_file_get_contents(head, &before, NULL, NULL));
    add(&session, ANN, 1, "b", NULL, "[PATCH] two", patch_body);
    start(&session);
    support_write(head, before, strlen(before));
    struct support_archive *writer = support_archive_open(session.path);
    char *mail = make_mail(BOB, 2, "c", NULL, "[PATCH] three", patch_body);
    support_add(writer, START + 2 * DAY, mail, strlen(mail));
    command(&session, "sync-mailbox");
    assert_message(&session,
                   "The archive's history was rewritten: leave and open it again to see it.");
    ck_assert(!shows(&session, "three"));
    command(&session, "sync-mailbox");
    find(&session, "rewritten");
    leave(&session);
    start(&session);
    find(&session, "three");
    ck_assert(!shows(&session, "two"));

    /* Taken back without anything new. */
    support_write(head, before, strlen(before));
    command(&session, "sync-mailbox");
    find(&session, "rewritten");
    leave(&session);
    start(&session);
    ck_assert_int_eq(rows(&session), 1);
    find(&session, "one");
    g_free(mail);
    g_free(before);
    g_free(head);
    support_archive_free(writer);
    session_free(&session);
}
END_TEST

/* A range of the last mail alone; what lies before it is known to the history. */
static void add_old_and_new(struct session *session)
{
    add(session, ANN, 0, "a", NULL, "[PATCH] part", patch_body);
    for (int i = 0; i < 100; i++) {
        char *id = g_strdup_printf("m%d", i);
        add(session, BOB, 1, id, NULL, "Talk", "About this and that.\n");
        g_free(id);
    }
    add(session, ANN, 400, "b", NULL, "[PATCH v2] part", patch_body);
    session->range = &newest;
}

START_TEST(test_history)
{
    struct session session = session_new();
    add_old_and_new(&session);
    /* Once read from the archive, once from the index. */
    for (int i = 0; i < 2; i++) {
        start(&session);
        ck_assert_int_eq(rows(&session), 1);
        assert_state(&session, "part", "Exist");
        find(&session, "v2+1");
        ck_assert(!shows(&session, "history"));
        press(&session, ENTER);
        find(&session, "v1");
        find(&session, "2019-03-01");
        leave(&session);
    }
    session_free(&session);
}
END_TEST

START_TEST(test_no_history)
{
    struct session session = session_new();
    add_old_and_new(&session);
    start(&session);
    assert_state(&session, "part", "Exist");
    leave(&session);
    /* Whatever is known. */
    session.no_history = true;
    start(&session);
    assert_state(&session, "part", "New");
    ck_assert(!shows(&session, "v2+1"));
    command(&session, "sync-mailbox");
    assert_state(&session, "part", "New");
    session_free(&session);
}
END_TEST

START_TEST(test_reach)
{
    static const char porerc[] = "set history=none\n";
    struct session session = session_new();
    session.porerc = support_path(support_folder(), "porerc");
    support_write(session.porerc, porerc, strlen(porerc));
    add_old_and_new(&session);
    start(&session);
    assert_state(&session, "part", "New");
    command(&session, "set history=2018-01-01");
    assert_state(&session, "part", "New");
    command(&session, "sync-mailbox");
    assert_message(&session, "No new mail.");
    assert_state(&session, "part", "Exist");
    /* What is known stays known. */
    command(&session, "set history=none");
    command(&session, "sync-mailbox");
    assert_state(&session, "part", "Exist");
    session_free(&session);
}
END_TEST

/* New mails find what lies before the range, too. */
START_TEST(test_refresh_asks_the_history)
{
    struct session session = session_new();
    add_old_and_new(&session);
    add(&session, BOB, 401, "c", NULL, "[PATCH] other", patch_body);
    start(&session);
    ck_assert(!shows(&session, "part"));
    add(&session, ANN, 402, "d", NULL, "[PATCH v3] part", patch_body);
    command(&session, "sync-mailbox");
    assert_state(&session, "part", "Exist");
    find(&session, "v3+2");
    add(&session, ANN, 403, "e", NULL, "[PATCH v4] part", patch_body);
    command(&session, "sync-mailbox");
    find(&session, "v4+3");
    session_free(&session);
}
END_TEST

START_TEST(test_others_marks)
{
    struct session session = session_new();
    char *notice = NULL;
    GError *error = NULL;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    start(&session);
    assert_mark(&session, "a@example.org", "");
    struct marks *others = marks_open(NULL, &notice);
    ck_assert_ptr_null(notice);
    const struct mark_change change = {
        .lead = "a@example.org", .what = MARK_CHANGE_STATE, .state = MARK_LATER, .version = 1};
    ck_assert(marks_change(others, &change, 1, &error));
    marks_close(others);
    command(&session, "sync-mailbox");
    assert_mark(&session, "a@example.org", "later");
    session_free(&session);
}
END_TEST

START_TEST(test_corrections)
{
    struct session session = session_new();
    GError *error = NULL;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    add(&session, BOB, 1, "b", NULL, "[PATCH] other", other_body);
    start(&session);
    ck_assert_int_eq(rows(&session), 2);
    ck_assert(marks_correct(session.app->marks, "a@example.org", "b@example.org", CORRECTION_SAME,
                            &error));
    app_marks_changed(session.app);
    ck_assert(app_run_until_idle(session.app));
    ck_assert_int_eq(rows(&session), 1);
    leave(&session);
    start(&session);
    ck_assert_int_eq(rows(&session), 1);
    session_free(&session);
}
END_TEST

START_TEST(test_fetch)
{
    struct session session = session_new();
    struct sync_result result;
    GError *error = NULL;
    add(&session, ANN, 0, "a", NULL, "[PATCH] one", patch_body);
    char *original = session.path;
    session.path = support_path(support_folder(), "mirror");
    ck_assert_msg(sync_mirror(original, session.path, NULL, NULL, &result, &error), "%s",
                  error ? error->message : "");
    start(&session);
    ck_assert_int_eq(rows(&session), 1);
    add(&session, BOB, 1, "b", NULL, "[PATCH] two", patch_body);
    command(&session, "fetch-mail");
    assert_message(&session, "1 new mail.");
    ck_assert_int_eq(rows(&session), 2);
    command(&session, "fetch-mail");
    assert_message(&session, "No new mail.");
    leave(&session);

    /* What was not cloned cannot be fetched. */
    g_free(session.path);
    session.path = original;
    start(&session);
    command(&session, "fetch-mail");
    ck_assert(session.app->message_is_error);
    ck_assert_int_eq(rows(&session), 2);
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("visit");
    TCase *cases = tcase_create("visit");
    tcase_add_test(cases, test_morning);
    tcase_add_test(cases, test_nothing_new);
    tcase_add_test(cases, test_named_range_is_no_visit);
    tcase_add_loop_test(cases, test_signal, 0, G_N_ELEMENTS(signals));
    tcase_add_test(cases, test_stopped);
    tcase_add_test(cases, test_refresh);
    tcase_add_test(cases, test_refresh_leaves_the_scroll_alone);
    tcase_add_test(cases, test_refresh_is_remembered);
    tcase_add_test(cases, test_refresh_with_unreadable);
    tcase_add_test(cases, test_refresh_of_a_closed_range);
    tcase_add_test(cases, test_rewritten);
    tcase_add_test(cases, test_history);
    tcase_add_test(cases, test_no_history);
    tcase_add_test(cases, test_reach);
    tcase_add_test(cases, test_refresh_asks_the_history);
    tcase_add_test(cases, test_others_marks);
    tcase_add_test(cases, test_corrections);
    tcase_add_test(cases, test_fetch);
    suite_add_tcase(suite, cases);
    return run_screen_tests(suite);
}
