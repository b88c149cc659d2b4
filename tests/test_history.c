/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The history: whatever was indexed before, by whom and how far, what is asked for is found, each
 * mail once, with the rank it has among those of the range. */
#include "archive_support.h"
#include "history.h"
#include "series/lookup.h"

#include <check.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static const struct history_reach all = { .everything = true };
static const struct history_reach none = { .since = INT64_MAX };

/* Gives the test a cache folder of its own. */
static void set_up(void)
{
    g_setenv("XDG_CACHE_HOME", support_folder(), TRUE);
}

/* The index of ARCHIVE; the caller frees it. */
static char *index_path(struct archive *archive)
{
    struct commit_id first;

    ck_assert(archive_first_commit(archive, &first, NULL, NULL));
    return mail_index_path(&first);
}

/* A range that is on the screen, and the job behind it. */
struct visit {
    struct archive *archive;
    struct history *history;
    GAsyncQueue *wakes;
    size_t commits; /* of the range */
    bool open;      /* it ends with the newest mail */
    bool first_last;
};

static void wake(void *data)
{
    g_async_queue_push(data, GINT_TO_POINTER(1));
}

static struct history *start(struct visit *visit, struct history_reach reach,
                             const struct scan_batch *first)
{
    const struct archive_commit *newest = &g_array_index(first->commits, struct archive_commit, 0);
    struct history_options options = { .newest = newest->place.commit, .reach = reach, .readers = 2,
                                       .rank = newest->place.arrival, .open = visit->open,
                                       .first_last = visit->first_last,
                                       .notify = wake, .data = visit->wakes };
    struct history *history = history_start(visit->archive, &options, NULL);

    ck_assert_ptr_nonnull(history);
    return history;
}

/* Reads RANGE of the archive at PATH as a program would; OPEN and FIRST_LAST as history_options have
 * them. */
static struct visit visit_with(const char *path, const struct range *range,
                               struct history_reach reach, bool open, bool first_last)
{
    struct visit visit = { .archive = open_archive(path), .wakes = g_async_queue_new(),
                           .open = open, .first_last = first_last };
    struct scan_options options = { .range = range, .readers = 2 };
    struct scan *scan = scan_start(visit.archive, &options, NULL);
    struct scan_batch *batch;

    ck_assert_ptr_nonnull(scan);
    while ((batch = scan_wait(scan)) != NULL) {
        if (visit.history == NULL)
            visit.history = start(&visit, reach, batch);
        visit.commits += batch->commits->len;
        history_add(visit.history, batch);
    }
    scan_free(scan);
    history_range_read(visit.history);
    return visit;
}

static struct visit visit_open(const char *path, const struct range *range,
                               struct history_reach reach, bool open)
{
    return visit_with(path, range, reach, open, false);
}

static struct visit visit_range(const char *path, const struct range *range,
                                struct history_reach reach)
{
    return visit_open(path, range, reach, false);
}

static struct visit visit_newest(const char *path, unsigned count, struct history_reach reach)
{
    return visit_range(path, &(struct range) { .newest = count }, reach);
}

static void leave(struct visit *visit)
{
    history_free(visit->history);
    archive_close(visit->archive);
    g_async_queue_unref(visit->wakes);
}

/* Asks for the mails with the numbers in TEXT. */
static void ask(struct visit *visit, const char *text)
{
    char **numbers = g_strsplit(text, " ", -1);
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    for (int i = 0; numbers[i] != NULL; i++) {
        char *id = g_strdup_printf("%s@example.org", numbers[i]);
        uint64_t key = lookup_key(LOOKUP_ID, id);
        g_array_append_val(keys, key);
        g_free(id);
    }
    history_ask(visit->history, (const uint64_t *)(const void *)keys->data, keys->len, NULL);
    g_array_unref(keys);
    g_strfreev(numbers);
}

static gint compare_ranks(gconstpointer a, gconstpointer b)
{
    const struct mail *const *left = a, *const *right = b;

    return ((*left)->place.arrival < (*right)->place.arrival)
           - ((*left)->place.arrival > (*right)->place.arrival);
}

/* All that is still to come, newest first, as "number@rank"; the caller frees it. */
static char *take_all(struct visit *visit)
{
    GPtrArray *batches = g_ptr_array_new(), *mails = g_ptr_array_new();
    GString *text = g_string_new(NULL);
    struct mail_batch *batch;

    while ((batch = history_wait(visit->history)) != NULL) {
        g_ptr_array_add(batches, batch);
        for (guint i = 0; i < batch->mails->len; i++)
            g_ptr_array_add(mails, &g_array_index(batch->mails, struct mail, i));
    }
    ck_assert(history_finished(visit->history));
    g_ptr_array_sort(mails, compare_ranks);
    for (guint i = 0; i < mails->len; i++) {
        const struct mail *mail = g_ptr_array_index(mails, i);
        g_string_append_printf(text, "%s%s%d@%" G_GINT64_FORMAT, i > 0 ? " " : "",
                               mail->withdrawal ? "-" : "", atoi(mail->subject + 5),
                               mail->place.arrival);
    }
    for (guint i = 0; i < batches->len; i++)
        mail_batch_free(g_ptr_array_index(batches, i));
    g_ptr_array_unref(batches);
    g_ptr_array_unref(mails);
    return g_string_free(text, FALSE);
}

static void assert_found(struct visit *visit, const char *numbers, const char *expected)
{
    ask(visit, numbers);
    char *found = take_all(visit);
    ck_assert_str_eq(found, expected);
    g_free(found);
}

/* How it ended: so many commits read, and a problem that holds the words PROBLEM, or none (NULL). */
static void assert_read(struct visit *visit, size_t commits, const char *problem)
{
    struct history_progress progress = history_progress(visit->history);

    ck_assert(!progress.reading);
    ck_assert(!progress.waits);
    ck_assert_uint_eq(progress.commits, commits);
    if (problem == NULL)
        ck_assert_ptr_null(progress.problem);
    else
        ck_assert_msg(progress.problem != NULL && strstr(progress.problem, problem) != NULL, "%s",
                      progress.problem != NULL ? progress.problem : "no problem");
    g_free(progress.problem);
}

/* A visit from its beginning to its end. */
static void check(const char *path, unsigned count, struct history_reach reach, const char *numbers,
                  const char *expected, size_t commits, const char *problem)
{
    struct visit visit = visit_newest(path, count, reach);

    assert_found(&visit, numbers, expected);
    assert_read(&visit, commits, problem);
    leave(&visit);
}

START_TEST(finds_what_the_range_lacks)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 150);
    struct visit visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "5 100 140 141 150 777", "140@-10 100@-50 5@-145");
    /* What comes of it is asked for; nothing is given twice. */
    assert_found(&visit, "5 6 100", "6@-144");
    assert_found(&visit, "6", "");
    assert_read(&visit, 140, NULL);
    leave(&visit);
    list_free(&list);
}
END_TEST

START_TEST(model_has_it_from_elsewhere)
{
    struct list list = list_new("list.git");
    GArray *mine = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t rank = -17;

    list_add(&list, 1, 20);
    g_array_append_val(mine, rank);
    struct visit visit = visit_newest(list.path, 2, all);
    history_ask(visit.history, NULL, 0, mine);
    assert_found(&visit, "3 4", "4@-16");
    leave(&visit);
    g_array_unref(mine);
    list_free(&list);
}
END_TEST

/* The second time nothing is read, be the mails there or not. */
START_TEST(is_read_once)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 10, all, "3", "3@-97", 90, NULL);
    char *blob = g_strdup_printf("%s:m", list_id(&list, 3));
    support_remove_object(list.archive, blob);
    g_free(blob);
    check(list.path, 10, all, "3", "3@-97", 0, NULL);
    check(list.path, 50, none, "3 50 80", "50@-50 3@-97", 0, NULL);
    list_free(&list);
}
END_TEST

/* The files in the cache that have no name. */
static guint count_unnamed(void)
{
    char *folder = g_build_filename(g_get_user_cache_dir(), "pore", NULL);
    GDir *names = g_dir_open(folder, 0, NULL);
    const char *name;
    guint count = 0;

    while (names != NULL && (name = g_dir_read_name(names)) != NULL)
        count += strstr(name, ".new") != NULL;
    g_clear_pointer(&names, g_dir_close);
    g_free(folder);
    return count;
}

/* Which archive it is is found on the way. */
START_TEST(first_last)
{
    struct list list = list_new("list.git");
    struct range newest = { .newest = 10 };
    struct range everything = { .all = true };
    struct commit_id first, found;

    list_add(&list, 1, 100);
    struct visit visit = visit_with(list.path, &newest, all, false, true);
    assert_found(&visit, "3 95", "3@-97");
    assert_read(&visit, 90, NULL);
    found = history_first_commit(visit.history);
    ck_assert(archive_first_commit(visit.archive, &first, NULL, NULL));
    ck_assert(commit_id_same(&first, &found));
    assert_found(&visit, "4", "4@-96");
    leave(&visit);
    ck_assert_uint_eq(count_unnamed(), 0);
    check(list.path, 10, all, "3", "3@-97", 0, NULL);
    /* Nobody remembers that this is one that has an index. */
    list_add(&list, 101, 110);
    visit = visit_with(list.path, &newest, all, false, true);
    assert_found(&visit, "3 95", "95@-15 3@-107");
    leave(&visit);
    ck_assert_uint_eq(count_unnamed(), 0);
    char *path = mail_index_path(&first);
    g_unlink(path);
    visit = visit_with(list.path, &everything, all, false, true);
    assert_found(&visit, "3 95", "");
    assert_read(&visit, 0, NULL);
    leave(&visit);
    ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
    check(list.path, 10, none, "3", "3@-107", 0, NULL);
    g_free(path);
    list_free(&list);
}
END_TEST

/* Left when not all need be read: nothing stays but what is sound. */
START_TEST(first_last_stopped)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    struct visit visit = visit_with(list.path, &(struct range) { .newest = 10 }, all, false, true);
    history_stop(visit.history);
    leave(&visit);
    ck_assert_uint_eq(count_unnamed(), 0);
    visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "3", "3@-97");
    leave(&visit);
    list_free(&list);
}
END_TEST

START_TEST(grows)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 10, all, "50", "50@-50", 90, NULL);
    list_add(&list, 101, 130);
    check(list.path, 10, all, "50 105 95", "105@-25 95@-35 50@-80", 20, NULL);
    check(list.path, 1, all, "50 130 129", "129@-1 50@-80", 0, NULL);
    list_free(&list);
}
END_TEST

/* A range that does not begin at the newest mail. */
START_TEST(range_in_the_past)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add(&list, 1, 100);
    ck_assert(range_set_revisions(&range, "HEAD~60..HEAD~50", NULL));
    struct visit visit = visit_range(list.path, &range, all);
    assert_found(&visit, "1 40 41 50 51 100", "100@50 51@1 40@-10 1@-49");
    assert_read(&visit, 90, NULL);
    leave(&visit);
    check(list.path, 10, all, "1 45", "45@-55 1@-99", 0, NULL);
    range_clear(&range);
    list_free(&list);
}
END_TEST

/* What came after the newest mail that a reader knows of, and was indexed by somebody else, is for
 * the reader to come across. */
START_TEST(newer_than_an_open_range)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add(&list, 1, 100);
    check(list.path, 1, all, "3", "3@-97", 99, NULL);
    ck_assert(range_set_revisions(&range, "HEAD~30..HEAD~20", NULL));
    for (int again = 0; again < 2; again++) {
        struct visit visit = visit_open(list.path, &range, all, true);
        assert_found(&visit, "40 75 80 81 100", "40@-40");
        list_add(&list, 101 + 10 * again, 110 + 10 * again);
        assert_found(&visit, "81 90 50", "50@-30");
        leave(&visit);
        range_clear(&range);
        ck_assert(range_set_revisions(&range, "HEAD~40..HEAD~30", NULL));
    }
    range_clear(&range);
    list_free(&list);
}
END_TEST

/* Dates that are out of order leave holes in a range. */
START_TEST(range_with_holes)
{
    struct list list = list_new("list.git");
    struct range range = { .has_since = true, .since = START + 10 * HOUR };

    list_add(&list, 1, 20);
    list_add_at(&list, 21, START);
    list_add_at(&list, 22, START + 22 * HOUR);
    struct visit visit = visit_range(list.path, &range, all);
    ck_assert_uint_eq(visit.commits, 12);
    assert_found(&visit, "22 21 20 9", "21@-1 9@-13");
    assert_read(&visit, 10, NULL);
    leave(&visit);
    list_free(&list);
}
END_TEST

START_TEST(not_on_the_line)
{
    struct list list = list_new("list.git");
    struct range range = { 0 };

    list_add(&list, 1, 4);
    char *branch = g_strdup_printf("%s\n", list_id(&list, 2));
    support_tag(list.archive, "side", list_id(&list, 4));
    write_text(list.path, "refs/heads/master", branch);
    ck_assert(range_set_revisions(&range, "HEAD..side", NULL));
    struct visit visit = visit_range(list.path, &range, all);
    assert_found(&visit, "1", "");
    assert_read(&visit, 0, "list");
    leave(&visit);
    range_clear(&range);
    g_free(branch);
    list_free(&list);
}
END_TEST

START_TEST(reaches_no_further)
{
    struct list list = list_new("list.git");
    /* The reading ends some dozens of mails behind. */
    struct history_reach reach = { .since = START + 81 * HOUR };

    list_add(&list, 1, 160);
    check(list.path, 10, none, "160 150", "", 0, NULL);
    check(list.path, 10, reach, "150 81 80 10", "150@-10 81@-79", 70, NULL);
    check(list.path, 10, reach, "150 81 80 10", "150@-10 81@-79", 0, NULL);
    check(list.path, 10, none, "81 80", "81@-79", 0, NULL);
    check(list.path, 10, all, "80 81", "81@-79 80@-80", 80, NULL);
    /* What is known is used, however far it reaches. */
    check(list.path, 10, reach, "10", "10@-150", 0, NULL);
    list_free(&list);
}
END_TEST

START_TEST(parses_a_reach)
{
    struct history_reach reach;
    GError *error = NULL;

    ck_assert(history_parse_reach("all", START, &reach, NULL));
    ck_assert(reach.everything);
    ck_assert(history_parse_reach("none", START, &reach, NULL));
    ck_assert(!reach.everything);
    ck_assert(reach.since == INT64_MAX);
    ck_assert(history_parse_reach("2 hours ago", START, &reach, NULL));
    ck_assert(!reach.everything);
    ck_assert(reach.since == START - 2 * HOUR);
    ck_assert(!history_parse_reach("some", START, &reach, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "some"));
    g_error_free(error);
}
END_TEST

/* Left at any moment, it goes on from there the next time. */
START_TEST(goes_on_after_an_end)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 200);
    for (int i = 0; i < 6; i++) {
        struct visit visit = visit_newest(list.path, 1 + (unsigned)i * 13, all);
        for (int j = 0; j < i; j++)
            g_async_queue_timeout_pop(visit.wakes, 1000);
        leave(&visit);
        list_add(&list, 201 + i, 201 + i);
    }
    struct visit visit = visit_newest(list.path, 3, all);
    assert_found(&visit, "1 100 150 199 202 206", "202@-4 199@-7 150@-56 100@-106 1@-205");
    leave(&visit);
    check(list.path, 3, all, "1", "1@-205", 0, NULL);
    list_free(&list);
}
END_TEST

START_TEST(stops)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 100, all, "1", "", 0, NULL);
    list_add(&list, 101, 102);
    struct visit visit = visit_newest(list.path, 1, all);
    history_stop(visit.history);
    ask(&visit, "1 2");
    char *found = take_all(&visit);
    ck_assert_ptr_nonnull(strstr(found, "2@-100 1@-101"));
    g_free(found);
    leave(&visit);
    list_free(&list);
}
END_TEST

START_TEST(rewritten)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 100);
    check(list.path, 10, all, "80", "80@-20", 90, NULL);
    char *branch = g_strdup_printf("%s\n", list_id(&list, 60));
    support_archive_free(list.archive);
    write_text(list.path, "refs/heads/master", branch);
    g_free(branch);
    list.archive = support_archive_open(list.path);
    list_add(&list, 201, 220);
    check(list.path, 10, all, "80 60 205", "205@-15 60@-20", 70, NULL);
    check(list.path, 10, all, "80 60 205", "205@-15 60@-20", 0, NULL);
    list_free(&list);
}
END_TEST

/* The same archive at another place, that has been fetched less far: not what it lacks is found. */
START_TEST(other_copies)
{
    struct list list = list_new("list.git"), copy = list_new("copy.git"), old = list_new("old.git");

    list_add(&list, 1, 100);
    list_add(&copy, 1, 100);
    list_add(&old, 1, 70);
    check(list.path, 10, all, "60", "60@-40", 90, NULL);
    check(copy.path, 10, all, "60", "60@-40", 0, NULL);
    check(old.path, 10, all, "60 75", "60@-10", 0, NULL);
    list_add(&old, 71, 72);
    check(old.path, 10, all, "60 70 75", "60@-12", 0, NULL);
    check(copy.path, 10, all, "75", "75@-25", 0, NULL);
    list_free(&old);
    list_free(&copy);
    list_free(&list);
}
END_TEST

START_TEST(epochs)
{
    struct list inbox[4];
    const char *folder = support_folder();

    make_inbox(inbox, folder);
    check(folder, 1, all, "1 3 5 6", "5@-1 3@-3 1@-5", 5, NULL);
    check(folder, 1, all, "1 3 5 6", "5@-1 3@-3 1@-5", 0, NULL);
    list_add(&inbox[3], 7, 8);
    check(folder, 1, all, "1 7", "7@-1 1@-7", 1, NULL);
    /* Mails that come into the midst of the history put it out of count. */
    list_add(&inbox[0], 30, 31);
    check(folder, 1, all, "1 2 3 7 30 31", "7@-1 3@-5 31@-6 30@-7 2@-8 1@-9", 9, NULL);
    check(folder, 1, all, "30", "30@-7", 0, NULL);
    free_inbox(inbox);
}
END_TEST

/* An epoch that was rewritten, and one that was not there at first. */
START_TEST(epochs_in_between)
{
    struct list inbox[4];
    const char *folder = support_folder();
    char *there = support_path(folder, "2.git"), *away = support_path(folder, "away");

    make_inbox(inbox, folder);
    ck_assert_int_eq(g_rename(there, away), 0);
    check(folder, 1, all, "1 3 5", "5@-1 1@-3", 3, NULL);
    ck_assert_int_eq(g_rename(away, there), 0);
    check(folder, 1, all, "1 3 5", "5@-1 3@-3 1@-5", 5, NULL);
    support_archive_free(inbox[1].archive);
    char *branch = g_strdup_printf("%s\n", list_id(&inbox[1], 1));
    write_text(there, "refs/heads/master", branch);
    g_free(branch);
    inbox[1].archive = support_archive_open(there);
    list_add(&inbox[1], 40, 41);
    check(folder, 1, all, "1 3 4 40 41", "41@-2 40@-3 3@-4 1@-6", 6, NULL);
    g_free(there);
    g_free(away);
    free_inbox(inbox);
}
END_TEST

START_TEST(withdrawn)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 40);
    list_withdraw(&list, 7, START + 41 * HOUR);
    list_add(&list, 42, 60);
    check(list.path, 5, all, "7", "-7@-19 7@-53", 55, NULL);
    check(list.path, 30, all, "7", "7@-53", 0, NULL);
    list_free(&list);
}
END_TEST

/* What cannot be read is counted once, and is in nobody's way. */
START_TEST(unreadable)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 50);
    char *blob = g_strdup_printf("%s:m", list_id(&list, 20));
    support_remove_object(list.archive, blob);
    check(list.path, 5, all, "19 20 21", "21@-29 19@-31", 45, "1 mail");
    check(list.path, 5, all, "19 20 21", "21@-29 19@-31", 0, NULL);

    /* It is there again, or in this clone. */
    struct list whole = list_new("whole.git");
    list_add(&whole, 1, 50);
    ck_assert_str_eq(list_id(&whole, 1), list_id(&list, 1));
    check(whole.path, 5, all, "19 20 21", "21@-29 20@-30 19@-31", 0, NULL);
    check(whole.path, 5, none, "19 20 21", "21@-29 20@-30 19@-31", 0, NULL);
    list_free(&whole);
    g_free(blob);
    list_free(&list);
}
END_TEST

START_TEST(history_that_breaks_off)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 50);
    support_remove_object(list.archive, list_id(&list, 20));
    check(list.path, 5, all, "19 20 21", "21@-29", 30, "missing");
    list_free(&list);
}
END_TEST

/* No folder for the cache: all is read, and forgotten. */
START_TEST(no_cache)
{
    struct list list = list_new("list.git");
    char *file = support_path(list.folder, "file");

    support_write(file, "", 0);
    g_setenv("XDG_CACHE_HOME", file, TRUE);
    list_add(&list, 1, 50);
    check(list.path, 5, all, "9 20 48", "20@-30 9@-41", 50, "file");
    check(list.path, 5, none, "9 20 48", "", 0, NULL);
    g_free(file);
    list_free(&list);
}
END_TEST

/* Bytes of the file are wrong, from its head (0) or behind it (1, 2): it is made anew, and
 * nothing is lacking. */
START_TEST(damaged_index)
{
    struct list list = list_new("list.git");
    gchar *bytes;
    gsize length;

    list_add(&list, 1, 100);
    check(list.path, 10, all, "9", "9@-91", 90, NULL);
    struct archive *archive = open_archive(list.path);
    char *path = index_path(archive);
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert_uint_gt(length, 10000);
    for (gsize i = (gsize)_i * 4096; i < length; i += 1 + (gsize)_i * 100)
        bytes[i] = (char)(bytes[i] ^ 0x55);
    support_write(path, bytes, length);
    struct visit visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "9 50 90", "90@-10 50@-50 9@-91");
    leave(&visit);
    check(list.path, 10, all, "9 50", "50@-50 9@-91", 0, NULL);
    g_free(path);
    g_free(bytes);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* What the index says is sound as SQLite sees it, and is not of the archive. */
START_TEST(altered_index)
{
    static const char *const alterations[] = {
        "UPDATE mails SET id = randomblob(20) WHERE age % 3 = 0",
        "UPDATE mails SET id = randomblob(20), parent = randomblob(20)",
        "UPDATE mails SET parent = NULL WHERE age % 3 = 0",
        "UPDATE mails SET record = NULL WHERE age % 3 = 0",
        "DELETE FROM mails WHERE age % 3 = 0",
        "DELETE FROM spans",
    };
    struct list list = list_new("list.git");
    struct archive *archive;
    sqlite3 *database;

    list_add(&list, 1, 100);
    check(list.path, 10, all, "9", "9@-91", 90, NULL);
    archive = open_archive(list.path);
    char *path = index_path(archive);
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, alterations[_i], NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_gt(sqlite3_changes(database), 0);
    sqlite3_close(database);
    struct visit visit = visit_newest(list.path, 10, all);
    assert_found(&visit, "9 10 50 51 52 90", "90@-10 52@-48 51@-49 50@-50 10@-90 9@-91");
    struct history_progress progress = history_progress(visit.history);
    ck_assert_ptr_null(progress.problem);
    leave(&visit);
    check(list.path, 10, all, "9 50", "50@-50 9@-91", 0, NULL);
    g_free(path);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* While somebody else writes, what is there is used; then the reading goes on. */
START_TEST(somebody_else_writes)
{
    struct list list = list_new("list.git");
    struct mail_batch *batch;

    list_add(&list, 1, 100);
    check(list.path, 10, all, "9", "9@-91", 90, NULL);
    struct archive *archive = open_archive(list.path);
    char *path = index_path(archive);
    struct mail_index *index = mail_index_open_to_write(path, NULL);
    ck_assert(mail_index_lock(index));
    list_add(&list, 101, 200);
    struct visit visit = visit_newest(list.path, 10, all);
    ask(&visit, "9 150");
    while ((batch = history_take(visit.history)) == NULL)
        g_async_queue_pop(visit.wakes);
    ck_assert_uint_eq(batch->mails->len, 1);
    ck_assert_str_eq(g_array_index(batch->mails, struct mail, 0).subject, "mail 9");
    mail_batch_free(batch);
    struct history_progress progress;
    while (!(progress = history_progress(visit.history)).waits)
        g_async_queue_pop(visit.wakes);
    ck_assert(progress.reading);
    ck_assert_uint_eq(progress.commits, 0);
    ck_assert(!history_finished(visit.history));
    mail_index_close(index);
    char *found = take_all(&visit);
    ck_assert_str_eq(found, "150@-50");
    g_free(found);
    leave(&visit);
    g_free(path);
    archive_close(archive);
    list_free(&list);
}
END_TEST

/* Two at once: one of them writes, both find everything. */
START_TEST(two_at_once)
{
    struct list list = list_new("list.git");

    list_add(&list, 1, 150);
    struct visit one = visit_newest(list.path, 10, all), other = visit_newest(list.path, 20, all);
    assert_found(&other, "1 135 75", "75@-75 1@-149");
    assert_found(&one, "1 135 75", "135@-15 75@-75 1@-149");
    leave(&one);
    leave(&other);
    list_free(&list);
}
END_TEST

/* A list that grows by chance; NUMBERS (int) are those of its mails. */
struct grown {
    struct list list;
    GArray *numbers;
};

/* Adds a few mails: those that the others have there too, or some of its own. */
static void grow(struct grown *grown, GRand *dice, int own)
{
    int count = g_rand_int_range(dice, 1, 50);

    if (g_rand_int_range(dice, 0, 4) > 0)
        own = 0;
    for (int i = 0; i < count; i++) {
        int number = own + (int)grown->numbers->len + 1;
        list_add(&grown->list, number, number);
        g_array_append_val(grown->numbers, number);
    }
}

/* Draws a third of the mails of GROWN into ASKED, and into EXPECTED those that come if the newest
 * IN_RANGE are there. */
static void draw(const struct grown *grown, guint in_range, GRand *dice, GString *asked,
                 GString *expected)
{
    guint length = grown->numbers->len;

    for (guint age = 0; age < length; age++) {
        int number = g_array_index(grown->numbers, int, length - 1 - age);
        if (g_rand_int_range(dice, 0, 3) > 0)
            continue;
        g_string_append_printf(asked, " %d", number);
        if (age >= in_range)
            g_string_append_printf(expected, "%s%d@-%u", expected->len > 0 ? " " : "", number, age);
    }
}

/* Whatever was read before, of which copy, and left when: what is asked for comes. */
START_TEST(by_chance)
{
    GRand *dice = g_rand_new_with_seed((guint32)_i);
    struct grown copies[3];

    for (int i = 0; i < 3; i++) {
        copies[i].list = list_new("list.git");
        copies[i].numbers = g_array_new(FALSE, FALSE, sizeof(int));
        grow(&copies[i], dice, 0);
    }
    for (int step = 0; step < 10; step++) {
        int which = g_rand_int_range(dice, 0, 3);
        struct grown *grown = &copies[which];
        GString *asked = g_string_new("none"), *expected = g_string_new(NULL);
        grow(grown, dice, 1000 * (which + 1));
        guint count = (guint)g_rand_int_range(dice, 1, (gint32)grown->numbers->len + 1);
        struct visit visit = visit_newest(grown->list.path, count, all);
        draw(grown, count, dice, asked, expected);
        if (g_rand_boolean(dice))
            assert_found(&visit, asked->str, expected->str);
        leave(&visit);
        g_string_free(expected, TRUE);
        g_string_free(asked, TRUE);
    }
    for (int i = 0; i < 3; i++) {
        g_array_unref(copies[i].numbers);
        list_free(&copies[i].list);
    }
    g_rand_free(dice);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("history");
    TCase *tests = tcase_create("history");
    SRunner *runner = srunner_create(suite);
    int failed;

    archive_startup(false);
    mail_startup();
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, finds_what_the_range_lacks);
    tcase_add_test(tests, model_has_it_from_elsewhere);
    tcase_add_test(tests, is_read_once);
    tcase_add_test(tests, first_last);
    tcase_add_test(tests, first_last_stopped);
    tcase_add_test(tests, grows);
    tcase_add_test(tests, range_in_the_past);
    tcase_add_test(tests, newer_than_an_open_range);
    tcase_add_test(tests, range_with_holes);
    tcase_add_test(tests, not_on_the_line);
    tcase_add_test(tests, reaches_no_further);
    tcase_add_test(tests, parses_a_reach);
    tcase_add_test(tests, goes_on_after_an_end);
    tcase_add_test(tests, stops);
    tcase_add_test(tests, rewritten);
    tcase_add_test(tests, other_copies);
    tcase_add_test(tests, epochs);
    tcase_add_test(tests, epochs_in_between);
    tcase_add_test(tests, withdrawn);
    tcase_add_test(tests, unreadable);
    tcase_add_test(tests, history_that_breaks_off);
    tcase_add_test(tests, no_cache);
    tcase_add_loop_test(tests, damaged_index, 0, 3);
    tcase_add_loop_test(tests, altered_index, 0, 6);
    tcase_add_test(tests, somebody_else_writes);
    tcase_add_test(tests, two_at_once);
    tcase_add_loop_test(tests, by_chance, 0, 5);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    archive_shutdown();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
