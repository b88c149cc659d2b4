/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A digest made piece by piece is the digest; what is not shown is not in it. */
#include "digest.h"
#include "scan.h"
#include "support.h"

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

/* Adds a patch by FROM; the text is "Why SUBJECT." The blob of its commit, as git names it; the caller
 * frees it. */
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

static void read_all(void)
{
    const struct range everything = { .all = true };
    struct mail_batch *batch;
    struct scan *scan;

    archive = archive_open(path, NULL);
    ck_assert_ptr_nonnull(archive);
    scan = scan_start(archive, &everything, 1, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(scan);
    set = series_set_new();
    while ((batch = scan_wait(scan)))
        series_set_take(set, batch);
    series_set_settle(set);
    scan_free(scan);
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

/* The head and the entries, after the set has gone. */
static GString *put_together(const struct digest_options *options)
{
    struct digest *digest = digest_new(options, set);
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
    SRunner *runner = srunner_create(suite);
    int failed;

    mail_startup();
    archive_startup(false);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, skipped_lines_in_their_place);
    tcase_add_test(tests, classic_pieces);
    tcase_add_test(tests, only_what_is_shown);
    tcase_add_test(tests, skipped_ones_go_with_the_listed_one);
    tcase_add_test(tests, nothing_shown);
    tcase_add_test(tests, unreadable_mail_leaves_its_entry_out);
    tcase_add_test(tests, no_bytes_are_a_mail);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    archive_shutdown();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
