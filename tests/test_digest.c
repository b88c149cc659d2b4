/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A digest made piece by piece is the digest; what is not shown is not in it. */
#include "digest.h"
#include "scan.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define RULE "----------------------------------------------------------------------"

static struct support_archive *making;
static char *path;
static int64_t now;
static struct archive *archive;
static struct series_set *set;

static void begin(void)
{
    path = support_path(support_folder(), "list.git");
    making = support_archive_new(path);
    now = 1700000000;
    archive = NULL;
    set = NULL;
}

static void end(void)
{
    series_set_free(set);
    archive_close(archive);
    support_archive_free(making);
    free(path);
}

/* Adds a patch by FROM; the text is "Why SUBJECT." The blob of its commit, as git names it; the
 * caller frees it. */
static char *add(const char *from, const char *subject)
{
    g_autofree char *mail = g_strdup_printf("From: %s\nSubject: %s\nMessage-ID: <%d@example.org>\n\n"
                                            "Why %s.\n---\n f | 2 +-\n 1 file changed\n",
                                            from, subject, (int)now, subject);

    return g_strdup_printf("%s:m", support_add(making, now++, mail, strlen(mail)));
}

static void add_mail(const char *from, const char *subject)
{
    g_free(add(from, subject));
}

/* Has TAKE take the mails of the revisions REVISIONS, the ranks of which begin behind FLOOR; NULL:
 * all. */
static void read_mails(const char *revisions, int64_t floor,
                       void (*take)(struct series_set *, struct mail_batch *))
{
    struct range range = { .all = !revisions };
    const struct scan_options options = {
        .range = &range, .readers = 1, .above = true, .floor = floor
    };
    struct scan_batch *batch;
    struct scan *scan;

    ck_assert(!revisions || range_set_revisions(&range, revisions, NULL));
    scan = scan_start(archive, &options, NULL);
    ck_assert_ptr_nonnull(scan);
    while ((batch = scan_wait(scan))) {
        take(set, mail_batch_ref(batch->mails));
        scan_batch_free(batch);
    }
    scan_free(scan);
    range_clear(&range);
}

static void open_list(void)
{
    archive = archive_open(path, NULL);
    ck_assert_ptr_nonnull(archive);
    set = series_set_new();
}

static void read_all(void)
{
    open_list();
    read_mails(NULL, 0, series_set_take);
    series_set_settle(set);
}

static bool collect(void *data, const char *bytes, size_t length)
{
    g_string_append_len(data, bytes, (gssize)length);
    return true;
}

static struct digest_options options_for(digest_filter *shown, const void *data)
{
    return (struct digest_options){
        .name = "list", .from = "A", .to = "B", .shown = shown, .shown_data = data
    };
}

/* What digest_write() writes. */
static GString *written(const struct digest_options *options, size_t expected_unreadable)
{
    GString *text = g_string_new(NULL);
    size_t unreadable;

    ck_assert(digest_write(options, set, archive, collect, text, &unreadable));
    ck_assert_uint_eq(unreadable, expected_unreadable);
    return text;
}

/* The entries of DIGEST, each made by a thread of its own. */
struct job {
    const struct digest *digest;
    guint index;
    struct archive_mail raw;
    bool readable;
};

static gpointer make_entry(gpointer data)
{
    const struct job *job = data;
    GString *text = g_string_new(NULL);

    digest_append_entry(job->digest, job->index, job->readable ? job->raw.bytes : NULL,
                        job->readable ? job->raw.length : 0, text);
    return text;
}

/* The digest of the set, made in the smallest pieces. */
static struct digest *make_in_pieces(const struct digest_options *options)
{
    struct digest *digest = digest_begin(options, set);

    for (guint calls = 0; !digest_go_on(digest, 1); calls++)
        ck_assert_uint_lt(calls, 1000);
    return digest;
}

/* The head and the entries, after the set has gone. */
static GString *put_together(const struct digest_options *options)
{
    struct digest *digest = make_in_pieces(options);
    const GArray *commits = digest_commits(digest);
    struct job *jobs = g_new0(struct job, commits->len);
    GThread **threads = g_new0(GThread *, commits->len);
    GString *text = g_string_new(digest_head(digest)->str);

    series_set_free(set);
    set = NULL;
    for (guint i = 0; i < commits->len; i++) {
        jobs[i] = (struct job){ .digest = digest, .index = i };
        jobs[i].readable = archive_read_id(
            archive, &g_array_index(commits, struct commit_id, i), &jobs[i].raw, NULL);
        threads[i] = g_thread_new("entry", make_entry, &jobs[i]);
    }
    for (guint i = 0; i < commits->len; i++) {
        GString *entry = g_thread_join(threads[i]);

        g_string_append(text, entry->str);
        g_string_free(entry, TRUE);
        if (jobs[i].readable)
            archive_mail_release(&jobs[i].raw);
    }
    g_free(threads);
    g_free(jobs);
    digest_free(digest);
    return text;
}

static void expect_pieces(const struct digest_options *options, size_t unreadable)
{
    GString *whole = written(options, unreadable);
    GString *pieces = put_together(options);

    ck_assert_str_eq(pieces->str, whole->str);
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
}

/* The part of TEXT behind the heading of the entries. */
static const char *entries_in(const GString *text)
{
    static const char heading[] = "===== Patch Commit Messages ====\n\n";
    const char *found = strstr(text->str, heading);

    ck_assert_ptr_nonnull(found);
    return found + strlen(heading);
}

static const char *entry(const char *title, const char *subject, const char *author)
{
    static char text[1000];

    g_snprintf(text, sizeof(text), "New:  %s\n%s\nAuthor: %s\n\nWhy %s.\n---\n f | 2 +-\n"
               " 1 file changed\n\n" RULE "\n\n", title, subject, author, subject);
    return text;
}

/* Skipped mails in front of the entries, between them and behind them. */
static void add_revised(void)
{
    add_mail("Ann <ann@example.org>", "[PATCH] first");
    add_mail("Bo <bo@example.com>", "[PATCH] only");
    add_mail("Ann <ann@example.org>", "[PATCH v3] first");
    add_mail("Ann <ann@example.org>", "[PATCH v2] first");
}

START_TEST(skipped_lines_in_their_place)
{
    const struct digest_options options = options_for(NULL, NULL);
    GString *text, *expected = g_string_new("Exist: [PATCH v3] first\n Skip: [PATCH v2] first\n");

    add_revised();
    read_all();
    g_string_append(expected, entry("first", "[PATCH v3] first", "Ann <ann@example.org>"));
    g_string_append(expected, entry("only", "[PATCH] only", "Bo <bo@example.com>"));
    g_string_append(expected, "Exist: [PATCH v3] first\n Skip: [PATCH] first\n");
    text = written(&options, 0);
    ck_assert_str_eq(entries_in(text), expected->str);
    ck_assert_ptr_nonnull(strstr(text->str, "      3 example.org\n      1 example.com\n"));
    ck_assert_ptr_nonnull(strstr(text->str, "\n2 skipped, a later posting is listed: 2 by same title\n"));
    g_string_free(text, TRUE);
    g_string_free(expected, TRUE);
    expect_pieces(&options, 0);
}
END_TEST

START_TEST(classic_pieces)
{
    struct digest_options options = options_for(NULL, NULL);

    add_revised();
    read_all();
    options.classic = true;
    expect_pieces(&options, 0);
}
END_TEST

static bool is_titled(const struct posting *listed, const void *data)
{
    return strcmp(posting_lead(listed)->title, data) == 0;
}

START_TEST(only_what_is_shown)
{
    const struct digest_options options = options_for(is_titled, "only");
    GString *text;

    add_revised();
    read_all();
    text = written(&options, 0);
    ck_assert_str_eq(entries_in(text), entry("only", "[PATCH] only", "Bo <bo@example.com>"));
    ck_assert_ptr_null(strstr(text->str, "first"));
    ck_assert_ptr_null(strstr(text->str, "skipped"));
    ck_assert_ptr_null(strstr(text->str, "example.org"));
    ck_assert_ptr_nonnull(strstr(text->str, "      1 example.com\n"));
    g_string_free(text, TRUE);
    expect_pieces(&options, 0);
}
END_TEST

START_TEST(skipped_ones_go_with_the_listed_one)
{
    const struct digest_options options = options_for(is_titled, "first");
    GString *text;

    add_revised();
    read_all();
    text = written(&options, 0);
    ck_assert_ptr_null(strstr(text->str, "only"));
    ck_assert_ptr_nonnull(strstr(text->str, "      3 example.org\n\n"));
    ck_assert_ptr_nonnull(strstr(text->str, "\n2 skipped, "));
    ck_assert(g_str_has_suffix(text->str, " Skip: [PATCH] first\n"));
    g_string_free(text, TRUE);
    expect_pieces(&options, 0);
}
END_TEST

START_TEST(nothing_shown)
{
    const struct digest_options options = options_for(is_titled, "none of them");
    GString *text;

    add_revised();
    read_all();
    text = written(&options, 0);
    ck_assert_str_eq(entries_in(text), "");
    g_string_free(text, TRUE);
    expect_pieces(&options, 0);
}
END_TEST

/* Mails that are known besides decide states and are not printed. */
START_TEST(older_ones_known_besides)
{
    const struct digest_options options = options_for(NULL, NULL);
    GString *text, *expected = g_string_new("Exist: [PATCH v3] first\n Skip: [PATCH v2] first\n");

    add_revised();
    open_list();
    read_mails("HEAD~2", 0, series_set_take_known);
    read_mails("HEAD~2..", 2, series_set_take);
    series_set_settle(set);
    g_string_append(expected, entry("first", "[PATCH v3] first", "Ann <ann@example.org>"));
    text = written(&options, 0);
    ck_assert_str_eq(entries_in(text), expected->str);
    ck_assert_ptr_nonnull(strstr(text->str, "Exist v3      1/1  Ann "));
    ck_assert_ptr_nonnull(strstr(text->str, "      2 example.org\n\n"));
    ck_assert_ptr_null(strstr(text->str, "example.com"));
    ck_assert_ptr_nonnull(strstr(text->str, "\n1 skipped, a later posting is listed: 1 by same title\n"));
    g_string_free(text, TRUE);
    g_string_free(expected, TRUE);
    expect_pieces(&options, 0);
}
END_TEST

/* What was joined by hand is skipped like what a rule joins. */
START_TEST(skipped_by_a_correction)
{
    const struct digest_options options = options_for(NULL, NULL);
    struct corrections *corrections = corrections_new();
    GString *text;

    add_mail("Ann <ann@example.org>", "[PATCH] first");
    add_mail("Ann <ann@example.org>", "[PATCH] another title");
    corrections_set(corrections, "1700000000@example.org", "1700000001@example.org", CORRECTION_SAME);
    open_list();
    series_set_correct(set, corrections);
    read_mails(NULL, 0, series_set_take);
    series_set_settle(set);
    text = written(&options, 0);
    ck_assert_ptr_nonnull(
        strstr(text->str, "\n1 skipped, a later posting is listed: 1 by a correction\n"));
    g_string_free(text, TRUE);
    expect_pieces(&options, 0);
    corrections_free(corrections);
}
END_TEST

START_TEST(newer_one_known_besides)
{
    const struct digest_options options = options_for(NULL, NULL);
    GString *text, *expected = g_string_new(NULL);

    add_revised();
    open_list();
    read_mails("HEAD~2", 0, series_set_take);
    read_mails("HEAD~2..", 2, series_set_take_known);
    series_set_settle(set);
    g_string_append(expected, entry("only", "[PATCH] only", "Bo <bo@example.com>"));
    g_string_append(expected, entry("first", "[PATCH] first", "Ann <ann@example.org>"));
    text = written(&options, 0);
    ck_assert_str_eq(entries_in(text), expected->str);
    ck_assert_ptr_nonnull(strstr(text->str, "\nSkip  v1      1/1  Ann "));
    ck_assert_ptr_null(strstr(text->str, "skipped"));
    g_string_free(text, TRUE);
    g_string_free(expected, TRUE);
    expect_pieces(&options, 0);
}
END_TEST

/* What report_list() writes with what was marked in MARKS, without the Message-IDs. */
static void expect_list(struct marks *marks, bool all_states, const char *expected)
{
    struct marking *marking = marking_new(marks);
    GString *text = g_string_new(NULL);
    GRegex *ids = g_regex_new("[0-9]+@example.org", 0, 0, NULL);
    g_autofree char *lines = NULL;

    ck_assert(report_list(set, marking, all_states, collect, text));
    lines = g_regex_replace_literal(ids, text->str, -1, 0, "ID", 0, NULL);
    ck_assert_str_eq(lines, expected);
    g_regex_unref(ids);
    g_string_free(text, TRUE);
    marking_free(marking);
}

static struct marks *open_marks(const char *file)
{
    char *notice;
    struct marks *marks = marks_open(file, &notice);

    ck_assert_ptr_null(notice);
    return marks;
}

static void mark_state(struct marks *marks, const char *title, uint32_t version,
                       enum mark_state state)
{
    const GPtrArray *list = series_set_list(set);

    for (guint i = 0; i < list->len; i++) {
        const struct series *series = g_ptr_array_index(list, i);

        for (guint j = 0; j < series->postings->len; j++) {
            const struct posting *posting = g_ptr_array_index(series->postings, j);
            const struct mark_change change = {
                .lead = posting_lead(posting)->message_id,
                .what = MARK_CHANGE_STATE,
                .state = state,
                .version = version,
            };

            if (posting->version == version && strcmp(posting_lead(posting)->title, title) == 0)
                ck_assert(marks_change(marks, &change, 1, NULL));
        }
    }
}

START_TEST(list_of_the_range)
{
    g_autofree char *file = support_path(support_folder(), "marks.sqlite");
    struct marks *marks = open_marks(file);

    add_revised();
    open_list();
    read_mails("HEAD~3", 0, series_set_take_known);
    read_mails("HEAD~3..HEAD~1", 1, series_set_take);
    read_mails("HEAD~1..", 3, series_set_take_known);
    series_set_settle(set);
    expect_list(marks, false,
                "Exist\t-\tv3\t1/1\tID\tAnn <ann@example.org>\tfirst\n"
                "New\t-\tv1\t1/1\tID\tBo <bo@example.com>\tonly\n");
    expect_list(marks, true,
                "Exist\t-\tv3\t1/1\tID\tAnn <ann@example.org>\tfirst\n"
                "New\t-\tv1\t1/1\tID\tBo <bo@example.com>\tonly\n");
    mark_state(marks, "only", 1, MARK_LATER);
    mark_state(marks, "first", 1, MARK_IGNORED);
    expect_list(marks, false,
                "Exist\tignored\tv3\t1/1\tID\tAnn <ann@example.org>\tfirst\n"
                "New\tlater\tv1\t1/1\tID\tBo <bo@example.com>\tonly\n");
    marks_close(marks);
}
END_TEST

START_TEST(list_of_skipped_ones)
{
    g_autofree char *file = support_path(support_folder(), "marks.sqlite");
    struct marks *marks = open_marks(file);

    add_revised();
    read_all();
    mark_state(marks, "first", 2, MARK_LATER);
    mark_state(marks, "first", 1, MARK_REVIEWED);
    mark_state(marks, "first", 3, MARK_REVIEWED);
    expect_list(marks, true,
                "Skip\tlater\tv2\t1/1\tID\tAnn <ann@example.org>\tfirst\n"
                "Exist\treviewed\tv3\t1/1\tID\tAnn <ann@example.org>\tfirst\n"
                "New\t-\tv1\t1/1\tID\tBo <bo@example.com>\tonly\n"
                "Skip\treviewed\tv1\t1/1\tID\tAnn <ann@example.org>\tfirst\n");
    marks_close(marks);
}
END_TEST

START_TEST(unreadable_mail_leaves_its_entry_out)
{
    const struct digest_options options = options_for(NULL, NULL);
    g_autofree char *first = add("Ann <ann@example.org>", "[PATCH v2] first");
    GString *text;

    add_mail("Ann <ann@example.org>", "[PATCH] first");
    add_mail("Bo <bo@example.com>", "[PATCH] only");
    read_all();
    support_remove_object(making, first);
    archive_close(archive);
    archive = archive_open(path, NULL);
    text = written(&options, 1);
    ck_assert_ptr_nonnull(strstr(entries_in(text), "New:  only\n"));
    ck_assert_ptr_null(strstr(entries_in(text), "New:  first\n"));
    ck_assert(g_str_has_suffix(text->str, "Exist: [PATCH v2] first\n Skip: [PATCH] first\n"));
    g_string_free(text, TRUE);
    expect_pieces(&options, 1);
}
END_TEST

START_TEST(no_bytes_are_a_mail)
{
    const struct digest_options options = options_for(NULL, NULL);
    GString *text = g_string_new(NULL);
    struct digest *digest;

    add_mail("Bo <bo@example.com>", "[PATCH] only");
    read_all();
    digest = digest_new(&options, set);
    ck_assert_uint_eq(digest_commits(digest)->len, 1);
    digest_append_entry(digest, 0, "", 0, text);
    ck_assert_str_eq(text->str, "New:  only\n[PATCH] only\nAuthor: Bo <bo@example.com>\n\n\n\n"
                                RULE "\n\n");
    g_string_free(text, TRUE);
    digest_free(digest);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digest");
    TCase *tests = tcase_create("digest");

    mail_startup();
    archive_startup(false);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, skipped_lines_in_their_place);
    tcase_add_test(tests, classic_pieces);
    tcase_add_test(tests, only_what_is_shown);
    tcase_add_test(tests, skipped_ones_go_with_the_listed_one);
    tcase_add_test(tests, nothing_shown);
    tcase_add_test(tests, older_ones_known_besides);
    tcase_add_test(tests, skipped_by_a_correction);
    tcase_add_test(tests, newer_one_known_besides);
    tcase_add_test(tests, list_of_the_range);
    tcase_add_test(tests, list_of_skipped_ones);
    tcase_add_test(tests, unreadable_mail_leaves_its_entry_out);
    tcase_add_test(tests, no_bytes_are_a_mail);
    suite_add_tcase(suite, tests);
    int status = run_suite(suite);
    archive_shutdown();
    return status;
}
