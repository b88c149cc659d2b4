/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shuffle property on a real archive: reads all of ARCHIVE as it lies, and again in
 * random orders and pieces, and compares. With --write only prints what it read: the series, and
 * why they were joined, for people to look at.
 *
 * usage: test_shuffle_archive [--write] ARCHIVE */
#include "archive/archive.h"
#include "series_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static GArray *walk(struct archive *archive)
{
    struct range everything = { .all = true };
    GArray *commits = g_array_new(FALSE, FALSE, sizeof(struct archive_commit));
    struct archive_walk *walk = archive_walk_new(archive, &everything, NULL, NULL);
    struct archive_commit commit;

    while (archive_walk_next(walk, &commit, NULL))
        g_array_append_val(commits, commit);
    archive_walk_free(walk);
    return commits;
}

static struct mail_batch *read_piece(struct archive *archive, const GArray *commits, guint first,
                                     guint count)
{
    struct mail_batch *batch = mail_batch_new();

    for (guint i = first; i < first + count; i++) {
        const struct archive_commit *commit = &g_array_index(commits, struct archive_commit, i);
        struct archive_mail mail;

        if (!archive_read(archive, commit, &mail, NULL))
            continue;
        mail_parse(batch, mail.bytes, mail.length, &commit->place, mail.withdrawal);
        archive_mail_release(&mail);
    }
    return batch;
}

static char *read_in_pieces(struct archive *archive, const GArray *commits, GRand *random)
{
    struct series_set *set = series_set_new();
    char *text;

    for (guint taken = 0; taken < commits->len;) {
        guint piece = random ? (guint)g_rand_int_range(random, 1, 400) : commits->len;

        piece = MIN(piece, commits->len - taken);
        series_set_take(set, read_piece(archive, commits, taken, piece));
        series_set_settle(set);
        taken += piece;
    }
    text = series_set_write_down(set);
    series_set_free(set);
    return text;
}

static void shuffle(GRand *random, GArray *commits)
{
    for (guint i = commits->len; i > 1; i--) {
        guint j = (guint)g_rand_int_range(random, 0, (gint)i);
        struct archive_commit swap = g_array_index(commits, struct archive_commit, i - 1);

        g_array_index(commits, struct archive_commit, i - 1) =
            g_array_index(commits, struct archive_commit, j);
        g_array_index(commits, struct archive_commit, j) = swap;
    }
}

int main(int argc, char **argv)
{
    bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
    struct archive *archive;
    GRand *random;
    GArray *commits;
    char *expected;
    int failed = 0;

    if (argc != 2 && !write)
        return EXIT_FAILURE;
    archive_startup(false);
    mail_startup();
    archive = archive_open(argv[argc - 1], NULL);
    if (!archive)
        return EXIT_FAILURE;
    random = g_rand_new_with_seed(1);
    commits = walk(archive);
    expected = read_in_pieces(archive, commits, NULL);
    if (write)
        fputs(expected, stdout);
    for (int i = 0; i < 3 && !write; i++) {
        char *text;

        shuffle(random, commits);
        text = read_in_pieces(archive, commits, random);
        failed += strcmp(text, expected) != 0;
        g_free(text);
    }
    if (!write)
        printf("%u mails, 3 shuffles, %d of them different\n", commits->len, failed);
    g_free(expected);
    g_array_free(commits, TRUE);
    archive_close(archive);
    archive_shutdown();
    g_rand_free(random);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
