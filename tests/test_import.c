/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making and extending archives of mboxes, Maildirs and single mails. */
#include "archive/archive.h"
#include "archive/import.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FROM_LINE "From ann@example.org Sun Mar  1 10:00:00 2026\n"

/* A mail as it stands in an archive, arriving at HOUR o'clock. */
#define MAIL(number, hour)                                              \
    "Received: from a.example.org by b.example.org;\n"                  \
    "\tSun, 1 Mar 2026 " hour ":00:00 +0100\n"                          \
    "Date: Sun, 1 Mar 2026 08:00:00 -0500\n"                            \
    "From: \"Example, Ann\" <ann@example.org>\n"                        \
    "Subject: mail " number "\n"                                        \
    "Message-ID: <" number "@example.org>\n"                            \
    "\n"                                                                \
    "Text of " number ".\n"

/* A folder with an archive to be made in it. */
struct place {
    const char *folder;
    char *archive;
};

static struct place place_new(void)
{
    struct place place = { .folder = support_folder() };

    place.archive = support_path(place.folder, "list.git");
    return place;
}

/* Writes TEXT to the file NAME; the caller frees the path. */
static char *put(const struct place *place, const char *name, const char *text)
{
    char *path = support_path(place->folder, name);

    support_write(path, text, strlen(text));
    return path;
}

/* Imports ONE and OTHER (may be NULL). */
static bool import(const struct place *place, const char *one, const char *other,
                   struct import_result *result, GError **error)
{
    const char *files[] = { one, other };

    return import_files(place->archive, files, other != NULL ? 2 : 1, result, error);
}

static void assert_import(const struct place *place, const char *one, const char *other,
                          size_t added, size_t known)
{
    struct import_result result;
    GError *error = NULL;

    ck_assert_msg(import(place, one, other, &result, &error), "%s",
                  error != NULL ? error->message : "no error");
    ck_assert_uint_eq(result.added, added);
    ck_assert_uint_eq(result.known, known);
}

static void assert_refused(const struct place *place, const char *one, const char *other,
                           const char *word, const char *why)
{
    struct import_result result;
    GError *error = NULL;

    ck_assert(!import(place, one, other, &result, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert(error->domain == ARCHIVE_ERROR);
    ck_assert_msg(strstr(error->message, word) != NULL, "%s", error->message);
    ck_assert_msg(strstr(error->message, why) != NULL, "%s", error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_error_free(error);
}

/* All mails of the archive at PATH, oldest first, one behind the other with "--\n" behind
 * each, a withdrawn one with "- " in front. The caller frees it. */
static char *read_all(const char *path)
{
    struct archive *archive = archive_open(path, NULL);
    struct range range = { .all = true };
    struct archive_commit commit;
    struct archive_mail mail;
    GString *all = g_string_new(NULL);

    ck_assert_ptr_nonnull(archive);
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    ck_assert_ptr_nonnull(walk);
    while (archive_walk_next(walk, &commit, NULL)) {
        ck_assert(archive_read(archive, &commit, &mail, NULL));
        g_string_prepend(all, "--\n");
        g_string_prepend_len(all, mail.bytes, (gssize)mail.length);
        g_string_prepend(all, mail.withdrawal ? "- " : "");
        archive_mail_release(&mail);
    }
    archive_walk_free(walk);
    archive_close(archive);
    return g_string_free(all, FALSE);
}

static void assert_mails(const struct place *place, const char *expected)
{
    char *found = read_all(place->archive);

    ck_assert_str_eq(found, expected);
    g_free(found);
}

/* Is there nothing in the folder but what NAMES lists? */
static void assert_folder(const struct place *place, const char *const *names)
{
    GDir *entries = g_dir_open(place->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(entries)) != NULL)
        ck_assert_msg(g_strv_contains(names, name), "%s is left over", name);
    g_dir_close(entries);
}

static char *gzip(const char *text, gsize *written)
{
    GConverter *converter = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
    char *out = g_malloc(100000);
    gsize taken;

    GConverterResult result = g_converter_convert(converter, text, strlen(text), out, 100000,
                                                  G_CONVERTER_INPUT_AT_END, &taken, written,
                                                  NULL);
    ck_assert_int_eq(result, G_CONVERTER_FINISHED);
    g_object_unref(converter);
    return out;
}

static const struct {
    const char *mbox, *mails;
} boxes[] = {
    { FROM_LINE MAIL("1", "15") "\n" FROM_LINE MAIL("2", "16") "\n",
      MAIL("1", "15") "--\n" MAIL("2", "16") "--\n" },
    /* The end without the empty line; several empty lines in front. */
    { "\n\n" FROM_LINE MAIL("1", "15") "\n" FROM_LINE "\n" MAIL("2", "16"),
      MAIL("1", "15") "--\n" MAIL("2", "16") "--\n" },
    /* No line break at the very end. */
    { FROM_LINE "Subject: mail\n\nx", "Subject: mail\n\nx--\n" },
    /* Only one empty line belongs to the mbox. */
    { FROM_LINE MAIL("1", "15") "\n\n\n" FROM_LINE MAIL("2", "16") "\n",
      MAIL("1", "15") "\n\n--\n" MAIL("2", "16") "--\n" },
    /* Quoted lines, and lines that only look like what separates mails. */
    { FROM_LINE MAIL("1", "15") ">From here\n>>From there\n> From\n>Fromage\n\nFrom here on\n"
      "\nFrom now at 12:30 on\nFrom ann@example.org Sun Mar  1 10:00:00 2026\n\n",
      MAIL("1", "15") "From here\n>From there\n> From\n>Fromage\n\nFrom here on\n"
      "\nFrom now at 12:30 on\nFrom ann@example.org Sun Mar  1 10:00:00 2026\n--\n" },
    /* What programs write behind "From ". */
    { "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n"
      MAIL("1", "15") "\nFrom ann at example.org  Thu Jan  1 00:00 1970\n"
      MAIL("2", "15") "\nFrom - Sun, 01 Mar 2026 10:00:00 +0100\n"
      MAIL("3", "15") "\nFrom \"a b\"@example.org Sun Mar 01 10:00:00 CET 2026 remote from x\n"
      MAIL("4", "15"),
      MAIL("1", "15") "--\n" MAIL("2", "15") "--\n" MAIL("3", "15") "--\n"
      MAIL("4", "15") "--\n" },
    { "From ann@example.org Sun Mar  1 10:00:00 2026\r\nSubject: mail\r\n\r\nText.\r\n\r\n"
      "From ann@example.org Sun Mar  1 10:00:00 2026\r\nSubject: mail 2\r\n\r\nText.\r\n",
      "Subject: mail\r\n\r\nText.\r\n--\nSubject: mail 2\r\n\r\nText.\r\n--\n" },
    /* Nothing between two of them. */
    { FROM_LINE FROM_LINE "\n" FROM_LINE MAIL("1", "15") "\n" FROM_LINE "\n\n" FROM_LINE,
      MAIL("1", "15") "--\n" },
    /* A single mail. */
    { MAIL("1", "15") ">From here\n\n", MAIL("1", "15") ">From here\n\n--\n" },
    /* Fields of the mailbox and not of the mail; they are not looked for in the text. */
    { FROM_LINE "Status: RO\nSubject: mail\nContent-Length: 5\nlines: 1\n\t2\nX-Status: A\n"
      "X-Other: x\nBytes: 9\n\nStatus: quo\n",
      "Subject: mail\nX-Other: x\n\nStatus: quo\n--\n" },
};

START_TEST(test_mbox)
{
    struct place place = place_new();
    char *file = put(&place, "box", boxes[_i].mbox);
    struct import_result result;

    ck_assert(import(&place, file, NULL, &result, NULL));
    ck_assert_uint_eq(result.known, 0);
    assert_mails(&place, boxes[_i].mails);
    g_free(file);
    g_free(place.archive);
}
END_TEST

START_TEST(test_gzip)
{
    struct place place = place_new();
    gsize first, second;
    char *one = gzip(FROM_LINE MAIL("1", "15") "\n", &first);
    char *other = gzip(FROM_LINE MAIL("2", "16") "\n", &second);
    char *path = support_path(place.folder, "box");
    GByteArray *both = g_byte_array_new();

    /* Two members behind one another are one text. */
    g_byte_array_append(both, (const guint8 *)one, (guint)first);
    g_byte_array_append(both, (const guint8 *)other, (guint)second);
    support_write(path, (const char *)both->data, both->len);
    assert_import(&place, path, NULL, 2, 0);
    assert_mails(&place, MAIL("1", "15") "--\n" MAIL("2", "16") "--\n");
    support_write(path, (const char *)both->data, both->len - 5);
    assert_refused(&place, path, NULL, path, ": ");
    assert_mails(&place, MAIL("1", "15") "--\n" MAIL("2", "16") "--\n");
    g_byte_array_unref(both);
    g_free(path);
    g_free(other);
    g_free(one);
    g_free(place.archive);
}
END_TEST

START_TEST(test_maildir)
{
    struct place place = place_new();
    char *maildir = support_path(place.folder, "maildir");
    char *folders[] = { g_build_filename(maildir, "new", NULL),
                        g_build_filename(maildir, "cur", NULL),
                        g_build_filename(maildir, "new", "folder", NULL) };

    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(g_mkdir_with_parents(folders[i], 0700), 0);
    g_free(put(&place, "maildir/new/1.a", MAIL("3", "17")));
    g_free(put(&place, "maildir/new/2.a", MAIL("1", "15")));
    g_free(put(&place, "maildir/cur/0.b:2,S", FROM_LINE MAIL("2", "16")));
    g_free(put(&place, "maildir/cur/0.a:2,", MAIL("4", "16")));
    g_free(put(&place, "maildir/cur/.hidden", MAIL("5", "16")));
    assert_import(&place, maildir, NULL, 4, 0);
    assert_mails(&place, MAIL("1", "15") "--\n" MAIL("4", "16") "--\n" MAIL("2", "16") "--\n"
                 MAIL("3", "17") "--\n");
    for (int i = 0; i < 3; i++)
        g_free(folders[i]);
    g_free(maildir);
    g_free(place.archive);
}
END_TEST

START_TEST(test_standard_input)
{
    struct place place = place_new();
    char *file = put(&place, "box", FROM_LINE MAIL("1", "15"));
    int opened = open(file, O_RDONLY);

    ck_assert_int_ge(opened, 0);
    ck_assert_int_eq(dup2(opened, STDIN_FILENO), STDIN_FILENO);
    assert_import(&place, "-", NULL, 1, 0);
    assert_mails(&place, MAIL("1", "15") "--\n");
    close(opened);
    g_free(file);
    g_free(place.archive);
}
END_TEST

START_TEST(test_known)
{
    struct place place = place_new();
    char *one = put(&place, "one", FROM_LINE MAIL("1", "15") "\n" FROM_LINE MAIL("2", "16"));
    char *other = put(&place, "other", FROM_LINE MAIL("2", "17") "\n" FROM_LINE MAIL("3", "18"));
    char *nameless = put(&place, "nameless", FROM_LINE "Subject: mail\n\nText.\n");

    assert_import(&place, one, one, 2, 2);
    assert_import(&place, other, NULL, 1, 1);
    assert_mails(&place, MAIL("1", "15") "--\n" MAIL("2", "16") "--\n" MAIL("3", "18") "--\n");
    assert_import(&place, one, other, 0, 4);
    assert_import(&place, nameless, nameless, 2, 0);
    g_free(nameless);
    g_free(other);
    g_free(one);
    g_free(place.archive);
}
END_TEST

START_TEST(test_commit)
{
    struct place place = place_new();
    char *file = put(&place, "box", MAIL("1", "15"));

    assert_import(&place, file, NULL, 1, 0);
    char *commit = support_read(place.archive, "HEAD");
    char *expected = g_strdup("author Example, Ann <ann@example.org> 1772370000 -0500\n"
                              "committer Example, Ann <ann@example.org> 1772373600 +0100\n"
                              "\nmail 1");
    ck_assert_ptr_nonnull(strstr(commit, expected));
    ck_assert_ptr_null(strstr(commit, "parent"));
    g_free(expected);
    g_free(commit);
    g_free(file);
    g_free(place.archive);
}
END_TEST

/* Mails that lack what a commit needs, or have what it cannot hold. */
START_TEST(test_odd_commits)
{
    static const struct {
        const char *mail, *author;
    } odd[] = {
        { "X-Nothing: 1\n\n", "author nobody <nobody@localhost> " },
        { "From: \"<>\" <>\nSubject: x\n\n", "<nobody@localhost> " },
        { "From: \"A\\\"<b>\\\" C\" <a@example.org>\nSubject: x\n\n", "<a@example.org> " },
        { "From: =?utf-8?q?A=0AB=00?= <a@example.org>\nSubject: =?utf-8?q?x=0Ay?=\n\n",
          "<a@example.org> " },
        { "From: ... <...>\nSubject: \n\n", "<nobody@localhost> " },
    };
    struct place place = place_new();
    char *file = put(&place, "mail", odd[_i].mail);

    assert_import(&place, file, NULL, 1, 0);
    char *commit = support_read(place.archive, "HEAD");
    ck_assert_msg(strstr(commit, odd[_i].author) != NULL, "%s", commit);
    ck_assert_ptr_nonnull(strstr(commit, "\ncommitter "));
    g_free(commit);
    char *expected = g_strconcat(odd[_i].mail, "--\n", NULL);
    assert_mails(&place, expected);
    g_free(expected);
    g_free(file);
    g_free(place.archive);
}
END_TEST

/* The arrival never goes back, and a mail from the future does not take others along. */
START_TEST(test_arrival)
{
    struct place place = place_new();
    char *file = put(&place, "box",
                     FROM_LINE MAIL("1", "15") "\n" FROM_LINE MAIL("2", "14") "\n"
                     FROM_LINE MAIL("3", "16") "\n"
                     FROM_LINE "Date: Sun, 1 Mar 9026 08:00:00 +0000\nSubject: 4\n\n\n"
                     FROM_LINE "Subject: 5\n\n\n"
                     FROM_LINE "Date: Sun, 1 Mar 2026 18:00:00 +0100\nSubject: 6\n\n\n");
    static const int64_t arrivals[] = { 1772384400, 1772377200, 1772377200,
                                        1772377200, 1772373600, 1772373600 };
    struct range range = { .all = true };
    struct archive_commit commit;

    assert_import(&place, file, NULL, 6, 0);
    struct archive *archive = archive_open(place.archive, NULL);
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(arrivals); i++) {
        ck_assert(archive_walk_next(walk, &commit, NULL));
        ck_assert_int_eq(commit.place.received, arrivals[i]);
    }
    archive_walk_free(walk);
    archive_close(archive);
    g_free(file);
    g_free(place.archive);
}
END_TEST

START_TEST(test_same_commits)
{
    struct place one = place_new(), other = place_new();
    char *first = put(&one, "first", FROM_LINE MAIL("1", "15") "\n" FROM_LINE MAIL("2", "16"));
    char *second = put(&one, "second", FROM_LINE MAIL("3", "17"));

    assert_import(&one, first, second, 3, 0);
    /* In two runs it comes to the same. */
    assert_import(&other, first, NULL, 2, 0);
    assert_import(&other, second, NULL, 1, 0);
    char *left = support_read(one.archive, "HEAD"), *right = support_read(other.archive, "HEAD");
    ck_assert_str_eq(left, right);
    g_free(left);
    g_free(right);
    g_free(second);
    g_free(first);
    g_free(one.archive);
    g_free(other.archive);
}
END_TEST

START_TEST(test_places)
{
    static const char mail[] = MAIL("1", "15");
    struct place place = place_new();
    char *file = put(&place, "mail", mail);
    char *expected = g_strconcat(mail, "--\n", NULL);

    /* An empty folder, and an empty repository, are as good as nothing. */
    ck_assert_int_eq(g_mkdir(place.archive, 0700), 0);
    assert_import(&place, file, NULL, 1, 0);
    assert_mails(&place, expected);
    struct place other = place_new();
    support_archive_free(support_archive_new(other.archive));
    assert_import(&other, file, NULL, 1, 0);
    assert_mails(&other, expected);
    g_free(expected);
    g_free(file);
    g_free(other.archive);
    g_free(place.archive);
}
END_TEST

START_TEST(test_inbox)
{
    struct place place = place_new();
    char *names[] = { g_build_filename(place.archive, "git", "0.git", NULL),
                      g_build_filename(place.archive, "git", "1.git", NULL) };
    char *file = put(&place, "box", FROM_LINE MAIL("1", "15") "\n" FROM_LINE MAIL("3", "17"));

    for (int i = 0; i < 2; i++) {
        struct support_archive *epoch = support_archive_new(names[i]);
        if (i == 0)
            support_add(epoch, 1772300000, MAIL("1", "15"), strlen(MAIL("1", "15")));
        else
            support_add(epoch, 1772300001, MAIL("2", "16"), strlen(MAIL("2", "16")));
        support_archive_free(epoch);
    }
    assert_import(&place, file, NULL, 1, 1);
    char *newest = read_all(names[1]);
    ck_assert_str_eq(newest, MAIL("2", "16") "--\n" MAIL("3", "17") "--\n");
    g_free(newest);
    assert_mails(&place, MAIL("1", "15") "--\n" MAIL("2", "16") "--\n" MAIL("3", "17") "--\n");
    g_free(file);
    g_free(names[0]);
    g_free(names[1]);
    g_free(place.archive);
}
END_TEST

START_TEST(test_refused_places)
{
    struct place place = place_new();
    char *file = put(&place, "mail", MAIL("1", "15"));

    support_write(place.archive, "text\n", 5);
    assert_refused(&place, file, NULL, place.archive, ": ");
    g_remove(place.archive);
    struct support_archive *archive = support_archive_new(place.archive);
    support_add_blob(archive, 1, "README", "text\n", 5, false);
    assert_refused(&place, file, NULL, place.archive, "not a mail archive");
    support_archive_free(archive);
    g_free(place.archive);
    place.archive = support_path(place.folder, "v1.git");
    archive = support_archive_new(place.archive);
    support_add_blob(archive, 1, "1f/00112233445566778899aabbccddeeff00112233", "a: b\n\n", 6,
                     true);
    assert_refused(&place, file, NULL, place.archive, "v1");
    support_archive_free(archive);
    g_free(place.archive);
    place.archive = g_strdup(place.folder);
    assert_refused(&place, file, NULL, place.archive, "not a git repository");
    g_free(place.archive);
    place.archive = support_path(place.folder, "no/such/folder.git");
    assert_refused(&place, file, NULL, place.archive, ": ");
    g_free(file);
    g_free(place.archive);
}
END_TEST

START_TEST(test_refused_files)
{
    struct place place = place_new();
    char *text = put(&place, "text", "Dear all,\nthis is no mail.\n");
    char *absent = support_path(place.folder, "absent");
    char *folder = support_path(place.folder, "folder");

    ck_assert_int_eq(g_mkdir(folder, 0700), 0);
    assert_refused(&place, text, NULL, text, "neither an mbox nor a mail");
    assert_refused(&place, absent, NULL, absent, "No such file");
    assert_refused(&place, folder, NULL, folder, "not a Maildir");
    g_free(folder);
    g_free(absent);
    g_free(text);
    g_free(place.archive);
}
END_TEST

/* With the second file wrong, the first is not in either. */
START_TEST(test_all_or_nothing)
{
    static const char *const left[] = { "good", "bad", "more", NULL };
    static const char *const both[] = { "good", "bad", "more", "list.git", NULL };
    struct place place = place_new();
    char *good = put(&place, "good", FROM_LINE MAIL("1", "15"));
    char *bad = put(&place, "bad", "no mail\n");
    char *more = put(&place, "more", FROM_LINE MAIL("2", "16"));

    assert_refused(&place, good, bad, bad, "neither");
    assert_folder(&place, left);
    assert_import(&place, good, NULL, 1, 0);
    assert_refused(&place, more, bad, bad, "neither");
    assert_mails(&place, MAIL("1", "15") "--\n");
    assert_folder(&place, both);
    g_free(more);
    g_free(bad);
    g_free(good);
    g_free(place.archive);
}
END_TEST

START_TEST(test_no_mails)
{
    static const char *const left[] = { "empty", NULL };
    struct place place = place_new();
    char *empty = put(&place, "empty", "");

    assert_refused(&place, empty, NULL, place.archive, "no mails");
    assert_folder(&place, left);
    g_free(empty);
    g_free(place.archive);
}
END_TEST

START_TEST(test_withdraw)
{
    struct place place = place_new();
    char *file = put(&place, "box", FROM_LINE MAIL("1", "15") "\n" FROM_LINE MAIL("2", "16"));
    char *nameless = put(&place, "nameless", "Subject: mail\n\nText.\n");
    GError *error = NULL;

    assert_import(&place, file, NULL, 2, 0);
    ck_assert(import_withdraw(place.archive, "1@example.org", &error));
    assert_mails(&place, MAIL("1", "15") "--\n" MAIL("2", "16") "--\n- " MAIL("1", "15") "--\n");
    /* Not a second time, not what is not there, and not back again with the next import. */
    ck_assert(!import_withdraw(place.archive, "1@example.org", &error));
    ck_assert(g_error_matches(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE));
    ck_assert_ptr_nonnull(strstr(error->message, "1@example.org"));
    g_clear_error(&error);
    assert_import(&place, file, nameless, 1, 2);
    ck_assert(!import_withdraw(place.archive, "", &error));
    g_clear_error(&error);
    assert_mails(&place, MAIL("1", "15") "--\n" MAIL("2", "16") "--\n- " MAIL("1", "15") "--\n"
                 "Subject: mail\n\nText.\n--\n");
    g_free(nameless);
    g_free(file);
    g_free(place.archive);
}
END_TEST

static Suite *import_suite(void)
{
    Suite *suite = suite_create("import");
    TCase *files = tcase_create("files"), *commits = tcase_create("commits");
    TCase *places = tcase_create("places");

    tcase_add_loop_test(files, test_mbox, 0, G_N_ELEMENTS(boxes));
    tcase_add_test(files, test_gzip);
    tcase_add_test(files, test_maildir);
    tcase_add_test(files, test_standard_input);
    tcase_add_test(files, test_refused_files);
    tcase_add_test(files, test_no_mails);
    suite_add_tcase(suite, files);
    tcase_add_test(commits, test_known);
    tcase_add_test(commits, test_commit);
    tcase_add_loop_test(commits, test_odd_commits, 0, 5);
    tcase_add_test(commits, test_arrival);
    tcase_add_test(commits, test_same_commits);
    tcase_add_test(commits, test_withdraw);
    suite_add_tcase(suite, commits);
    tcase_add_test(places, test_places);
    tcase_add_test(places, test_inbox);
    tcase_add_test(places, test_refused_places);
    tcase_add_test(places, test_all_or_nothing);
    suite_add_tcase(suite, places);
    return suite;
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    g_mime_init();
    archive_startup(false);
    int status = run_suite(import_suite());
    archive_shutdown();
    g_mime_shutdown();
    return status;
}
