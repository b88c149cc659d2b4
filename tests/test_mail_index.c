/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index on disk: what was committed is found, also by others and after a kill; what is damaged
 * is noticed, and made anew by who writes. */
#include "mail_index_support.h"
#include "store/record.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

static void assert_newest(struct mail_index *index, int64_t rank)
{
    struct commit_id id = commit_of(rank);
    struct commit_id newest;
    int64_t found;

    ck_assert(mail_index_newest(index, &newest, &found));
    ck_assert_int_eq(found, rank);
    ck_assert_mem_eq(newest.bytes, id.bytes, sizeof(id.bytes));
}

/* Is what KNOWN says of the commit of RANK all that it should be? */
/* PASSED over: its record is not wanted. */
static void assert_commit(const struct archive_commit *got, int64_t rank, bool beginning,
                          bool passed)
{
    static const uint8_t none[20];
    struct commit_id id = commit_of(rank);
    struct commit_id parent = commit_of(rank - 1);
    struct mail_batch *batch = mail_batch_new();

    ck_assert(got->known);
    ck_assert_mem_eq(got->place.commit.bytes, id.bytes, sizeof(id.bytes));
    ck_assert_mem_eq(got->parent, beginning ? none : parent.bytes, sizeof(none));
    ck_assert_mem_eq(got->tree, none, sizeof(none));
    ck_assert_int_eq(got->place.received, START + rank);
    ck_assert(got->withdrawal == (rank % 10 == 7));
    if (passed || rank % 10 == 5) {
        ck_assert_ptr_null(got->record);
    } else {
        ck_assert(record_read(batch, got->record, got->record_length, &got->place));
        g_autofree char *name = message_id(rank);
        ck_assert_str_eq(g_array_index(batch->mails, struct mail, 0).message_id, name);
    }
    mail_batch_free(batch);
}

START_TEST(test_path)
{
    struct commit_id first = { { 0xab, 0xcd } };
    char *path = mail_index_path(&first);

    ck_assert(g_path_is_absolute(path));
    ck_assert(g_str_has_suffix(path, "/pore/abcd000000000000000000000000000000000000.index"));
    g_free(path);
}
END_TEST

START_TEST(test_commit)
{
    char *path = new_path();
    struct mail_index *index;

    ck_assert_ptr_null(mail_index_open(path, NULL));
    index = open_to_write(path);
    ck_assert_uint_eq(mail_index_count(index), 0);
    add_run(index, 40, 21);
    /* Nothing is known before it is committed. */
    ck_assert_uint_eq(mail_index_pending(index), 20);
    ck_assert_uint_eq(mail_index_count(index), 0);
    assert_unknown(index, 40);
    assert_id_lookup(index, 40, "");
    commit(index);
    ck_assert_uint_eq(mail_index_count(index), 20);
    for (int64_t rank = 21; rank <= 40; rank++)
        assert_known(index, rank);
    assert_unknown(index, 20);
    assert_newest(index, 40);
    mail_index_close(index);

    index = mail_index_open(path, NULL);
    ck_assert_ptr_nonnull(index);
    ck_assert_uint_eq(mail_index_count(index), 20);
    assert_known(index, 21);
    assert_id_lookup(index, 30, "30");
    ck_assert(!mail_index_lock(index));
    mail_index_close(index);
    g_free(path);
}
END_TEST

START_TEST(test_private)
{
    char *path = new_path();
    g_autofree char *folder = g_path_get_dirname(path);
    struct mail_index *index = open_to_write(path);
    GStatBuf status;

    ck_assert_int_eq(g_stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
    ck_assert_int_eq(g_stat(folder, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0700);
    mail_index_close(index);
    g_free(path);
}
END_TEST

START_TEST(test_load)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    struct mail_batch *batch = mail_batch_new();
    GError *error = NULL;
    const struct mail *mail;

    ck_assert_ptr_nonnull(index);
    ck_assert(mail_index_lock(index));
    add_run(index, 3, -7);
    commit(index);
    ck_assert(mail_index_load(index, -7, 0, batch, NULL));
    ck_assert(mail_index_load(index, 3, 1000, batch, NULL));
    ck_assert_uint_eq(batch->mails->len, 2);
    mail = &g_array_index(batch->mails, struct mail, 0);
    ck_assert_str_eq(mail->message_id, "-7@example.org");
    ck_assert_int_eq(mail->place.arrival, -7);
    ck_assert_int_eq(mail->place.received, START - 7);
    mail = &g_array_index(batch->mails, struct mail, 1);
    ck_assert_str_eq(mail->title, "thing 3");
    ck_assert_int_eq(mail->place.arrival, 1003);
    ck_assert_mem_eq(mail->place.commit.bytes, commit_of(3).bytes, 20);
    /* One that is not there is damage: ranks come from the index. */
    ck_assert(!mail_index_load(index, 4, 0, batch, &error));
    ck_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED));
    g_clear_error(&error);
    mail_batch_free(batch);
    mail_index_close(index);
}
END_TEST

/* A mail that could not be read, and can later. */
START_TEST(test_unreadable)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    struct mail_batch *batch = mail_batch_new();
    struct archive_known known;
    struct archive_commit got = { .place.arrival = 77, .epoch = 3 };
    struct commit_id id = commit_of(15);
    GError *error = NULL;

    add_run(index, 18, 12);
    commit(index);
    assert_known(index, 15);
    assert_id_lookup(index, 15, "");
    ck_assert(!mail_index_load(index, 15, 0, batch, &error));
    ck_assert_ptr_null(error);
    known = mail_index_known(index, false);
    ck_assert(!known.find(known.data, &id, &got, NULL));
    known = mail_index_known(index, true);
    ck_assert(known.find(known.data, &id, &got, NULL));
    assert_commit(&got, 15, false, false);
    /* These are the walk's own. */
    ck_assert_int_eq(got.place.arrival, 77);
    ck_assert_uint_eq(got.epoch, 3);

    parse(batch, 15);
    got.place.commit = id;
    mail_index_add(index, 15, &got, &g_array_index(batch->mails, struct mail, 0));
    commit(index);
    ck_assert_uint_eq(mail_index_count(index), 7);
    assert_id_lookup(index, 15, "15");
    ck_assert(mail_index_load(index, 15, 0, batch, NULL));
    known = mail_index_known(index, false);
    ck_assert(known.find(known.data, &id, &got, NULL));
    /* Unreadable again: what was known stays. */
    mail_index_add(index, 15, &got, NULL);
    commit(index);
    ck_assert(mail_index_load(index, 15, 0, batch, NULL));
    mail_batch_free(batch);
    mail_index_close(index);
}
END_TEST

START_TEST(test_lookup)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    struct mail_batch *batch = mail_batch_new();
    struct mail_place place = { commit_of(2), 0, START };
    static const char reply[] = "From: Bob <bob@example.org>\nSubject: Re: [PATCH] thing 3\n"
                                "Message-ID: <r@example.org>\nIn-Reply-To: <3@example.org>\n\n";
    struct archive_commit got = { 0 };

    for (int64_t rank = 100; rank < 104; rank++) {
        got.place.commit = commit_of(rank);
        mail_parse(batch, reply, strlen(reply), &place, false);
        mail_index_add(index, rank, &got, &g_array_index(batch->mails, struct mail, 0));
    }
    add_run(index, 3, 1);
    commit(index);
    assert_lookup(index, lookup_key(LOOKUP_REPLY, "3@example.org"), "100 101 102 103");
    assert_lookup(index, lookup_key(LOOKUP_ID, "r@example.org"), "100 101 102 103");
    assert_lookup(index, lookup_key(LOOKUP_TITLE, "thing 3"), "3");
    assert_lookup(index, lookup_key(LOOKUP_PATCH, "3@example.org"), "");
    mail_index_set_ceiling(index, 101);
    assert_lookup(index, lookup_key(LOOKUP_REPLY, "3@example.org"), "100 101");
    mail_batch_free(batch);
    mail_index_close(index);
}
END_TEST

START_TEST(test_spans)
{
    struct mail_index *index = mail_index_open_temporary(NULL);

    add_run(index, 20, 18);
    add_run(index, 12, 10);
    commit(index);
    ck_assert_uint_eq(mail_index_count(index), 6);
    ck_assert_int_eq(mail_index_span_end(index, 20), 18);
    ck_assert_int_eq(mail_index_span_end(index, 18), 18);
    ck_assert_int_eq(mail_index_span_end(index, 11), 10);
    /* On both sides of the gap, and not all of it; upwards too. */
    add_run(index, 17, 16);
    add(index, 13, false);
    add(index, 14, false);
    commit(index);
    ck_assert_int_eq(mail_index_span_end(index, 20), 16);
    ck_assert_int_eq(mail_index_span_end(index, 14), 10);
    add(index, 15, false);
    commit(index);
    ck_assert_int_eq(mail_index_span_end(index, 20), 10);
    add_run(index, 30, 21);
    commit(index);
    ck_assert_int_eq(mail_index_span_end(index, 30), 10);
    ck_assert_uint_eq(mail_index_count(index), 21);
    assert_newest(index, 30);
    mail_index_close(index);
}
END_TEST

START_TEST(test_ceiling)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    struct commit_id newest;
    int64_t rank;

    ck_assert(!mail_index_newest(index, &newest, &rank));
    add_run(index, 30, 26);
    add_run(index, 20, 10);
    commit(index);
    assert_newest(index, 30);
    mail_index_set_ceiling(index, 28);
    assert_newest(index, 28);
    assert_known(index, 28);
    assert_unknown(index, 29);
    assert_id_lookup(index, 29, "");
    mail_index_set_ceiling(index, 23);
    assert_newest(index, 20);
    mail_index_set_ceiling(index, 9);
    ck_assert(!mail_index_newest(index, &newest, &rank));
    assert_unknown(index, 10);
    mail_index_set_ceiling(index, INT64_MAX);
    assert_known(index, 30);
    mail_index_close(index);
}
END_TEST

/* As a walk asks, which reads what is not known elsewhere and goes on. */
START_TEST(test_walk)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    struct archive_known known;
    struct archive_commit got;
    int64_t passed;

    add_run(index, 60, 41);
    add_run(index, 38, 21);
    add(index, 20, true);
    add_run(index, 19, 1);
    commit(index);
    known = mail_index_known(index, false);
    ck_assert(!known.pass_over);
    for (int round = 0; round < 2; round++) {
        for (int64_t rank = 62; rank >= -1; rank--) {
            struct commit_id id = commit_of(rank);
            bool expected = rank >= 1 && rank <= 60 && rank != 40 && rank != 39 && rank % 10 != 5;

            passed = 9;
            ck_assert(known.find(known.data, &id, &got, rank % 2 ? &passed : NULL) == expected);
            if (expected) {
                assert_commit(&got, rank, rank == 20, false);
                ck_assert_int_eq(passed, rank % 2 ? 0 : 9);
            }
        }
    }
    /* In no order, with other questions between. */
    for (int64_t i = 0; i < 60; i++) {
        int64_t rank = (i * 37) % 61;
        struct commit_id id = commit_of(rank);
        bool expected = rank >= 1 && rank != 40 && rank != 39 && rank % 10 != 5;

        ck_assert(known.find(known.data, &id, &got, NULL) == expected);
        if (expected)
            assert_commit(&got, rank, rank == 20, false);
        if (i % 3 == 0)
            assert_known(index, 33);
    }
    mail_index_close(index);
}
END_TEST

static void assert_passes(struct mail_index *index, int64_t from, int64_t to, bool beginning)
{
    struct archive_known known = mail_index_known(index, true);
    struct commit_id id = commit_of(from);
    struct archive_commit got;
    int64_t passed = -1;

    ck_assert(known.pass_over);
    ck_assert(known.find(known.data, &id, &got, &passed));
    assert_commit(&got, to, beginning, true);
    ck_assert_int_eq(passed, from - to);
}

/* Over the whole of a span, but never over the beginning of an epoch. */
START_TEST(test_pass_over)
{
    struct mail_index *index = mail_index_open_temporary(NULL);

    add_run(index, 60, 41);
    add_run(index, 38, 21);
    add(index, 20, true);
    add_run(index, 19, 11);
    add(index, 10, true);
    commit(index);
    assert_passes(index, 60, 41, false);
    assert_passes(index, 45, 41, false);
    assert_passes(index, 41, 41, false);
    assert_passes(index, 38, 20, true);
    assert_passes(index, 20, 20, true);
    assert_passes(index, 19, 10, true);
    add_run(index, 40, 39);
    commit(index);
    assert_passes(index, 60, 20, true);
    mail_index_close(index);
}
END_TEST

/* A walk meets each span once, whatever lies between them; behind the last one there is nothing to
 * find, not even what was added meanwhile. */
START_TEST(test_pass_over_all)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    struct archive_commit got;
    struct archive_known known;
    int64_t passed;

    add_run(index, 60, 41);
    add_run(index, 30, 21);
    commit(index);
    known = mail_index_known(index, true);
    add(index, 15, false);
    commit(index);
    for (int64_t rank = 62; rank > 10; rank--) {
        struct commit_id id = commit_of(rank);
        bool found = known.find(known.data, &id, &got, &passed);

        ck_assert(found == (rank == 60 || rank == 30));
        if (found)
            rank -= passed;
    }
    assert_passes(index, 60, 41, false);
    mail_index_close(index);
}
END_TEST

/* One writes, another reads: it sees what was committed, though it was opened before. */
START_TEST(test_reader)
{
    char *path = new_path();
    struct mail_index *writer = open_to_write(path);
    struct mail_index *reader = mail_index_open(path, NULL);
    struct archive_known known = mail_index_known(reader, false);
    struct commit_id id = commit_of(10);
    struct archive_commit got;

    ck_assert_ptr_nonnull(reader);
    add_run(writer, 10, 9);
    commit(writer);
    ck_assert(known.find(known.data, &id, &got, NULL));
    /* In the middle of a walk. */
    add_run(writer, 8, 6);
    ck_assert_uint_eq(mail_index_count(reader), 2);
    commit(writer);
    for (int64_t rank = 9; rank >= 6; rank--) {
        id = commit_of(rank);
        ck_assert(known.find(known.data, &id, &got, NULL));
        assert_commit(&got, rank, false, false);
    }
    ck_assert_uint_eq(mail_index_count(reader), 5);
    ck_assert(mail_index_clear(writer, NULL));
    assert_unknown(reader, 10);
    mail_index_close(reader);
    mail_index_close(writer);
    g_free(path);
}
END_TEST

START_TEST(test_clear)
{
    char *path = new_path();
    struct mail_index *index = open_to_write(path);
    struct commit_id newest;
    int64_t rank;

    add(index, 9, true);
    add_run(index, 8, 1);
    commit(index);
    add_run(index, 20, 15);
    ck_assert(mail_index_clear(index, NULL));
    ck_assert_uint_eq(mail_index_pending(index), 0);
    ck_assert_uint_eq(mail_index_count(index), 0);
    ck_assert(!mail_index_newest(index, &newest, &rank));
    assert_unknown(index, 9);
    assert_unknown(index, 20);
    assert_id_lookup(index, 8, "");
    /* Ranks can be given anew, and no epoch begins where one did. */
    add_run(index, 12, 3);
    commit(index);
    assert_passes(index, 12, 3, false);
    mail_index_close(index);
    g_free(path);
}
END_TEST

START_TEST(test_worth_commit)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    size_t empty = mail_index_worth_commit(index);

    ck_assert_uint_gt(empty, 0);
    for (int64_t rank = 0; rank > -10 * (int64_t)empty; rank--) {
        struct archive_commit got = { .place = { .commit = commit_of(rank) }, .parent = { 1 } };

        mail_index_add(index, rank, &got, NULL);
    }
    commit(index);
    ck_assert_uint_gt(mail_index_worth_commit(index), empty);
    ck_assert_uint_lt(mail_index_worth_commit(index), mail_index_count(index));
    mail_index_close(index);
}
END_TEST

/* What many small commits have written is found, in the order of the ranks, wherever they lie. */
START_TEST(test_many_commits)
{
    char *path = new_path();
    struct mail_index *index = open_to_write(path);
    uint64_t key = lookup_key(LOOKUP_REPLY, "everybody@example.org");
    GArray *ranks = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GRand *random = g_rand_new_with_seed(7);

    for (int64_t low = 0; low < 4000;) {
        int64_t count = g_rand_int_range(random, 1, 1 << g_rand_int_range(random, 1, 9));

        for (int64_t rank = low + count - 1; rank >= low; rank--) {
            struct archive_commit got = { .place = { .commit = commit_of(rank) } };
            struct mail_batch *batch = mail_batch_new();
            const char *text = "Subject: no\nIn-Reply-To: <everybody@example.org>\n\n";

            mail_parse(batch, text, strlen(text), &got.place, false);
            mail_index_add(index, rank, &got, &g_array_index(batch->mails, struct mail, 0));
            mail_batch_free(batch);
        }
        commit(index);
        low += count;
        assert_known(index, low - 1);
        assert_known(index, g_rand_int_range(random, 0, (gint32)low));
        assert_unknown(index, low);
        g_array_set_size(ranks, 0);
        ck_assert(mail_index_lookup(index, key, ranks, NULL));
        ck_assert_uint_eq(ranks->len, (guint)low);
        for (guint i = 0; i < ranks->len; i++)
            ck_assert_int_eq(g_array_index(ranks, int64_t, i), i);
    }
    g_array_unref(ranks);
    g_rand_free(random);
    mail_index_close(index);
    g_free(path);
}
END_TEST

static void assert_knows(struct mail_index *index, int64_t oldest, int64_t newest,
                         enum mail_index_known_ranks expected)
{
    ck_assert_int_eq(mail_index_knows(index, oldest, newest), expected);
}

/* Questions about ranks, and many at one moment. */
START_TEST(test_held)
{
    char *path = new_path();
    struct mail_index *writer = open_to_write(path);
    struct mail_index *reader = mail_index_open(path, NULL);
    int64_t oldest, newest;

    assert_knows(writer, 0, 10, MAIL_INDEX_NONE);
    ck_assert(!mail_index_bounds(writer, &oldest, &newest));
    add_run(writer, 20, 11);
    commit(writer);
    ck_assert(mail_index_hold(reader));
    ck_assert(!mail_index_hold(reader));
    assert_id_lookup(reader, 12, "12");
    add_run(writer, 8, 6);
    ck_assert(!mail_index_hold(writer));
    commit(writer);
    assert_unknown(reader, 8);
    assert_knows(reader, 6, 8, MAIL_INDEX_NONE);
    mail_index_let_go(reader);
    assert_known(reader, 8);
    assert_knows(reader, 6, 8, MAIL_INDEX_ALL);
    assert_knows(reader, 6, 9, MAIL_INDEX_SOME);
    assert_knows(reader, 9, 10, MAIL_INDEX_NONE);
    ck_assert(mail_index_bounds(reader, &oldest, &newest));
    ck_assert_int_eq(oldest, 6);
    ck_assert_int_eq(newest, 20);
    /* Adding lets go. */
    ck_assert(mail_index_hold(writer));
    add_run(writer, 10, 9);
    commit(writer);
    assert_known(reader, 9);
    mail_index_close(reader);
    mail_index_close(writer);
    g_free(path);
}
END_TEST

static void make_old(const char *path)
{
    struct utimbuf times = { 1000000000, 1000000000 };

    ck_assert_int_eq(g_utime(path, &times), 0);
}

/* An index that gets its name when it is known; what is left by others goes. */
START_TEST(test_unnamed)
{
    g_setenv("XDG_CACHE_HOME", support_folder(), TRUE);
    char *left = mail_index_unnamed_path();
    struct commit_id id;

    support_write(left, "left", 4);
    char *used = mail_index_unnamed_path();
    struct mail_index *index = open_to_write(used);

    ck_assert(g_file_test(left, G_FILE_TEST_EXISTS));
    make_old(left);
    make_old(used);
    char *path = mail_index_path(&(struct commit_id) { { 1 } });
    char *other = mail_index_unnamed_path();

    ck_assert(!g_file_test(left, G_FILE_TEST_EXISTS));
    ck_assert(g_file_test(used, G_FILE_TEST_EXISTS));
    add_run(index, 20, 12);
    commit(index);
    ck_assert(!mail_index_first(index, &id));
    add(index, 11, true);
    commit(index);
    ck_assert(mail_index_first(index, &id));
    ck_assert_mem_eq(id.bytes, commit_of(11).bytes, sizeof(id.bytes));
    mail_index_close(index);
    ck_assert(mail_index_name(used, path));
    ck_assert(!g_file_test(used, G_FILE_TEST_EXISTS));
    ck_assert(!mail_index_name(other, path));
    ck_assert(g_file_test(other, G_FILE_TEST_EXISTS));
    mail_index_remove(other);
    ck_assert(!g_file_test(other, G_FILE_TEST_EXISTS));
    index = mail_index_open(path, NULL);
    assert_known(index, 15);
    mail_index_close(index);
    g_free(left);
    g_free(used);
    g_free(other);
    g_free(path);
}
END_TEST

/* Two commits of one rank: somebody contradicts the index. Nothing of it is written. */
START_TEST(test_contradiction)
{
    struct mail_index *index = mail_index_open_temporary(NULL);
    struct archive_commit other = { .place = { .commit = commit_of(500) } };
    GError *error = NULL;

    add_run(index, 9, 1);
    commit(index);
    add(index, 10, false);
    mail_index_add(index, 5, &other, NULL);
    add(index, 11, false);
    ck_assert_uint_gt(mail_index_pending(index), 0);
    ck_assert(!mail_index_commit(index, &error));
    ck_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED));
    g_clear_error(&error);
    ck_assert_uint_eq(mail_index_pending(index), 0);
    ck_assert_uint_eq(mail_index_count(index), 9);
    assert_known(index, 5);
    assert_unknown(index, 10);
    assert_unknown(index, 500);
    add(index, 10, false);
    commit(index);
    assert_newest(index, 10);
    mail_index_close(index);
}
END_TEST

/* Locks and kills. */

/* Damage. */

int main(void)
{
    Suite *suite = suite_create("mail_index");
    TCase *sound = tcase_create("sound");
    TCase *together = tcase_create("together");

    mail_startup();
    tcase_add_test(sound, test_path);
    tcase_add_test(sound, test_commit);
    tcase_add_test(sound, test_private);
    tcase_add_test(sound, test_load);
    tcase_add_test(sound, test_unreadable);
    tcase_add_test(sound, test_lookup);
    tcase_add_test(sound, test_spans);
    tcase_add_test(sound, test_ceiling);
    tcase_add_test(sound, test_walk);
    tcase_add_test(sound, test_pass_over);
    tcase_add_test(sound, test_pass_over_all);
    tcase_add_test(sound, test_clear);
    tcase_add_test(sound, test_worth_commit);
    tcase_add_test(sound, test_many_commits);
    tcase_add_test(sound, test_unnamed);
    tcase_add_test(sound, test_contradiction);
    tcase_set_timeout(sound, 60);
    suite_add_tcase(suite, sound);
    tcase_add_test(together, test_reader);
    tcase_add_test(together, test_held);
    tcase_set_timeout(together, 60);
    suite_add_tcase(suite, together);
    return run_suite(suite);
}
