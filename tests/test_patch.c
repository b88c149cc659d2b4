/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patches taken apart as git am takes them, and put together as git range-diff reads them. Where git is
 * there, it is asked too. */
#include "mail/mail.h"
#include "mail/patch.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <gio/gio.h>
#include <string.h>

#define FROM "From: Ann Lee <ann@example.org>\n"
#define DATE "Date: Mon, 2 Mar 2026 10:00:00 +0100\n"
#define SUBJECT "Subject: [PATCH v2 1/3] pump: run\n"
#define HEADERS FROM DATE SUBJECT "Message-ID: <1@example.org>\n"
#define DIFF                                                                                       \
    "diff --git a/pump.c b/pump.c\nindex 1234567..89abcde 100644\n--- a/pump.c\n+++ b/pump.c\n"     \
    "@@ -10,3 +10,3 @@ int run(void)\n one\n-two\n+two and a half\n three\n"
#define STAT "---\n pump.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
#define SIGNATURE "-- \n2.43.0\n"
#define ANN "Ann Lee <ann@example.org>"

static struct patch *read_text(const char *mail)
{
    return patch_read(mail, strlen(mail));
}

/* The patch of a mail with BODY. */
static struct patch *read_body(const char *body)
{
    g_autofree char *mail = g_strconcat(HEADERS "\n", body, NULL);

    return read_text(mail);
}

static const struct patch_file *file_at(const struct patch *patch, guint index)
{
    ck_assert_uint_lt(index, patch->files->len);
    return &g_array_index(patch->files, struct patch_file, index);
}

/* Mails and what is committed of them. */
static const struct {
    const char *mail, *author, *title, *message;
} commits[] = {
    { HEADERS "\nRun it.\n\nSigned-off-by: " ANN "\n" STAT DIFF SIGNATURE, ANN, "pump: run",
      "Run it.\n\nSigned-off-by: " ANN "\n" },
    { HEADERS "\n" STAT DIFF, ANN, "pump: run", "" },
    /* The lines that open the body. */
    { HEADERS "\nFrom: Bo <bo@example.com>\n\nRun it.\n" STAT DIFF, "Bo <bo@example.com>",
      "pump: run", "Run it.\n" },
    { HEADERS "\n\n\nfrom:  Bo <bo@example.com>\nSUBJECT: [x] hose:\n  hold\nDate: Tue\nRun it.\n" DIFF,
      "Bo <bo@example.com>", "hose: hold", "Run it.\n" },
    { HEADERS "\nFrom: =?utf-8?q?J=C3=B6?= <jo@example.org>\n\nRun it.\n" DIFF, "Jö <jo@example.org>",
      "pump: run", "Run it.\n" },
    { HEADERS "\n>From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
      "From: Bo <bo@example.com>\n\nRun it.\n" DIFF, "Bo <bo@example.com>", "pump: run", "Run it.\n" },
    { HEADERS "\n[PATCH] hose: hold\n\nFrom: Bo <bo@example.com>\n\nRun it.\n" DIFF,
      "Bo <bo@example.com>", "hose: hold", "Run it.\n" },
    { HEADERS "\nFrom: Bo <bo@example.com>\nFrom: Cy <cy@example.com>\n" DIFF, "Bo <bo@example.com>",
      "pump: run", "From: Cy <cy@example.com>\n" },
    { HEADERS "\nRun it.\nFrom: Bo <bo@example.com>\n" DIFF, ANN, "pump: run",
      "Run it.\nFrom: Bo <bo@example.com>\n" },
    { HEADERS "\n>From: Bo <bo@example.com>\n" DIFF, ANN, "pump: run", ">From: Bo <bo@example.com>\n" },
    /* Who wrote it. */
    { "From: \"Lee, Ann\" <ann@example.org>\n" SUBJECT "\n" DIFF, "Lee, Ann <ann@example.org>",
      "pump: run", "" },
    { "From: \"Ann \\\"A\\\" Lee\" <ann@example.org>\n" SUBJECT "\n" DIFF,
      "Ann \"A\" Lee <ann@example.org>", "pump: run", "" },
    { "From: ann@example.org (Ann Lee)\n" SUBJECT "\n" DIFF, ANN, "pump: run", "" },
    { "From: Ann (the one) Lee <ann@example.org> (at home)\n" SUBJECT "\n" DIFF,
      "Ann (the one) Lee (at home) <ann@example.org>", "pump: run", "" },
    { "From: ann@example.org\n" SUBJECT "\n" DIFF, "ann@example.org <ann@example.org>", "pump: run", "" },
    { "From: <ann@example.org>\n" SUBJECT "\n" DIFF, "ann@example.org <ann@example.org>", "pump: run",
      "" },
    { "From: \"ann@home via list\" <list@example.org>\n" SUBJECT "\n" DIFF, "ann@home <ann@home>",
      "pump: run", "" },
    { "From: 'Ann Lee;' <ann@example.org>\n" SUBJECT "\n" DIFF, ANN, "pump: run", "" },
    { "From: A name that is much too long to be one, for it has more than sixty bytes <a@example.org>\n"
      SUBJECT "\n" DIFF, "a@example.org <a@example.org>", "pump: run", "" },
    { "From: =?iso-8859-1?q?J=F6?= <jo@example.org>\n" SUBJECT "\n" DIFF, "Jö <jo@example.org>",
      "pump: run", "" },
    /* Of several headers the last one. */
    { "Subject: one\nFrom: Bo <bo@example.com>\n" HEADERS "\n" DIFF, ANN, "pump: run", "" },
    /* Titles. */
    { FROM "Subject: Re: [PATCH] [x]re: : [y] pump: [z] run\n\n" DIFF, ANN, "pump: [z] run", "" },
    { FROM "Subject: [PATCH [net] 1/2] pump\n\n" DIFF, ANN, "1/2] pump", "" },
    { FROM "Subject: [PATCH pump\n\n" DIFF, ANN, "[PATCH pump", "" },
    { FROM "Subject: [PATCH] pump:\n  run\t\tit\n\n" DIFF, ANN, "pump: run it", "" },
    { FROM "Subject: [PATCH] reset the pump\n\n" DIFF, ANN, "reset the pump", "" },
    /* Where the message ends. */
    { HEADERS "\nOne.\n----\n--- \n" DIFF, ANN, "pump: run", "One.\n----\n" },
    { HEADERS "\nOne.\n---\t \nTwo.\n" DIFF, ANN, "pump: run", "One.\n" },
    { HEADERS "\nOne.\n--- two\nTwo.\n" DIFF, ANN, "pump: run", "One.\n" },
    { HEADERS "\nOne.\ndiff -u\nTwo.\n" DIFF, ANN, "pump: run", "One.\n" },
    { HEADERS "\nOne.\nIndex: two\nTwo.\n" DIFF, ANN, "pump: run", "One.\n" },
    { HEADERS "\nOne.\n > ---\n ---\ndifferent\n-- \nTwo.\n" DIFF, ANN, "pump: run",
      "One.\n > ---\n ---\ndifferent\n--\nTwo.\n" },
    /* What only looks like them. */
    { HEADERS "\nFrom: Bo <office>\n\nRun it.\n" DIFF, "Bo <office>", "pump: run", "Run it.\n" },
    { HEADERS "\n>From 0123 Mon Sep 17 00:00:00 2001\nRun it.\n" DIFF, ANN, "pump: run",
      ">From 0123 Mon Sep 17 00:00:00 2001\nRun it.\n" },
    /* How it is cleaned. */
    { HEADERS "\n\n \t\nOne.  \n\n\n \n\tTwo.\t\n\n\n" DIFF, ANN, "pump: run", "One.\n\n\tTwo.\n" },
    /* How it is encoded. */
    { HEADERS "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
      "quoted-printable\n\nGr=FC=DFe =\nan alle.\n---\n" DIFF, ANN, "pump: run", "Grüße an alle.\n" },
    { HEADERS "Content-Transfer-Encoding: base64\n\nUnVuIGl0Lg0KLS0tDQo=\n", ANN, "pump: run",
      "Run it.\n" },
    { HEADERS "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nRun it.\n"
      "--b\nContent-Type: text/x-patch\n\n" DIFF "--b--\n", ANN, "pump: run", "Run it.\n" },
    { HEADERS "Content-Type: text/plain; format=flowed\n\nRun \nit.\n  Twice.\n---\n" DIFF, ANN,
      "pump: run", "Run it.\n Twice.\n" },
    { HEADERS "Content-Type: text/plain; delsp=\"yes\"; Format=\"Flowed\"\n\nRun \nit.\n---\n" DIFF,
      ANN, "pump: run", "Runit.\n" },
    { HEADERS "Content-Type: text/plain; format; formats=flowed; format=fixed\n\nRun \nit.\n---\n" DIFF,
      ANN, "pump: run", "Run\nit.\n" },
};

/* What git am commits: the title and message that git mailinfo finds, cleaned. */
static void assert_git_agrees(const char *mail, const struct patch *patch)
{
    const GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_SILENCE;
    g_autofree char *git = g_find_program_in_path("git");
    g_autofree char *message = NULL;
    g_autofree char *info = NULL;
    g_autofree char *title = NULL;
    g_autofree char *cleaned = NULL;
    g_autofree char *path = NULL;
    g_autofree char *patch_path = NULL;
    const char *folder;
    GSubprocess *process;

    if (git == NULL)
        return;
    folder = support_folder();
    path = support_path(folder, "message");
    patch_path = support_path(folder, "patch");
    process = g_subprocess_new(flags, NULL, git, "mailinfo", path, patch_path, NULL);
    ck_assert(g_subprocess_communicate_utf8(process, mail, NULL, &info, NULL, NULL));
    ck_assert(g_subprocess_get_successful(process));
    g_object_unref(process);
    title = g_strdup_printf("Subject: %s\n", patch->title);
    ck_assert_msg(strstr(info, title) != NULL, "git says\n%s", info);
    ck_assert(g_file_get_contents(path, &message, NULL, NULL));
    process = g_subprocess_new(flags, NULL, git, "stripspace", NULL);
    ck_assert(g_subprocess_communicate_utf8(process, message, NULL, &cleaned, NULL, NULL));
    g_object_unref(process);
    ck_assert_str_eq(patch->message, cleaned != NULL ? cleaned : "");
}

START_TEST(what_is_committed)
{
    struct patch *patch = read_text(commits[_i].mail);

    ck_assert_str_eq(patch->author, commits[_i].author);
    ck_assert_str_eq(patch->title, commits[_i].title);
    ck_assert_str_eq(patch->message, commits[_i].message);
    assert_git_agrees(commits[_i].mail, patch);
    patch_free(patch);
}
END_TEST

START_TEST(what_git_does_not_commit)
{
    /* A cover letter: nobody commits it, its author counts all the same. */
    struct patch *patch = read_body("From: Bo <bo@example.com>\n\nThree patches.\n\n-- \n2.43.0\n");
    GString *comparable;
    size_t start;

    ck_assert_str_eq(patch->author, "Bo <bo@example.com>");
    ck_assert_str_eq(patch->message, "Three patches.\n");
    ck_assert_str_eq(patch->diff, "");
    ck_assert_uint_eq(g_bytes_get_size(patch->raw_diff), 0);
    ck_assert_uint_eq(patch->files->len, 0);
    ck_assert_str_eq(patch->cover, "Three patches.\n");
    patch_free(patch);
    /* What it says behind the line at which git cuts counts for who compares it. */
    patch = read_body("Three patches. \n---\nv2: faster\n\n\nAnn Lee (1):\n  pump: run\n\n"
                      " pump.c | 2 +-\n hose.c | 9 +++++++++\n 2 files changed, 10 insertions(+)\n"
                      " create mode 100644 hose.c\n\n" SIGNATURE "\nbase-commit: 1234567\n");
    ck_assert_str_eq(patch->message, "Three patches.\n");
    ck_assert_str_eq(patch->cover,
                     "Three patches.\n---\nv2: faster\n\nAnn Lee (1):\n  pump: run\n");
    comparable = patch_comparable(patch, &start);
    ck_assert_str_eq(comparable->str, " ## Metadata ##\nAuthor: " ANN "\n\n ## Commit message ##\n"
                                      "    pump: run\n\n    Three patches.\n    ---\n    v2: faster\n"
                                      "\n    Ann Lee (1):\n      pump: run\n");
    ck_assert_uint_eq(start, 0);
    g_string_free(comparable, TRUE);
    patch_free(patch);
    patch = read_body("One.\n" STAT DIFF);
    ck_assert_ptr_null(patch->cover);
    patch_free(patch);
    /* Without a subject the first paragraph is the title. */
    patch = read_text(FROM "Subject: [PATCH]\n\npump:\nrun\n\nOne.\n" STAT DIFF);
    ck_assert_str_eq(patch->title, "pump: run");
    ck_assert_str_eq(patch->message, "One.\n");
    patch_free(patch);
    /* Nothing at all. */
    patch = read_text("");
    ck_assert_str_eq(patch->author, "");
    ck_assert_str_eq(patch->date, "");
    ck_assert_str_eq(patch->title, "");
    ck_assert_str_eq(patch->message, "");
    patch_free(patch);
}
END_TEST

START_TEST(dates)
{
    struct patch *patch = read_body("Run it.\n" DIFF);

    ck_assert_str_eq(patch->date, "Mon, 2 Mar 2026 10:00:00 +0100");
    patch_free(patch);
    patch = read_body("Date: Tue, 3 Mar 2026 11:00:00 +0000\n\nRun it.\n" DIFF);
    ck_assert_str_eq(patch->date, "Tue, 3 Mar 2026 11:00:00 +0000");
    patch_free(patch);
}
END_TEST

/* The bytes of the raw diff, which are text. The caller frees them. */
static char *raw_text(const struct patch *patch)
{
    gsize length;
    const char *bytes = g_bytes_get_data(patch->raw_diff, &length);

    return g_strndup(bytes, length);
}

START_TEST(diffs)
{
    static const char second[] = "diff --git a/b.c b/b.c\n--- a/b.c\n+++ b/b.c\n@@ -1 +1 @@\n-b\n+c\n";
    struct patch *patch = read_body("One.\n" STAT "Notes.\n\n" DIFF "\nbase-commit: x\n" SIGNATURE "\nfooter\n");
    g_autofree char *raw = raw_text(patch);
    g_autofree char *both = g_strconcat(DIFF, second, NULL);
    g_autofree char *body = g_strconcat(both, SIGNATURE, NULL);

    ck_assert_str_eq(patch->diff, DIFF);
    ck_assert_str_eq(raw, DIFF);
    patch_free(patch);

    patch = read_body(body);
    ck_assert_str_eq(patch->diff, both);
    ck_assert_uint_eq(file_at(patch, 0)->start, 0);
    ck_assert_uint_eq(file_at(patch, 0)->length, strlen(DIFF));
    ck_assert_uint_eq(file_at(patch, 1)->start, strlen(DIFF));
    ck_assert_uint_eq(file_at(patch, 1)->length, strlen(second));
    patch_free(patch);

    /* The last line may lack its line break. */
    patch = read_body("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c");
    ck_assert_str_eq(patch->diff, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n");
    ck_assert_uint_eq(g_bytes_get_size(patch->raw_diff), strlen(patch->diff));
    patch_free(patch);
}
END_TEST

START_TEST(raw_diffs)
{
    static const char header[] = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n";
    static const char latin[] = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+\xfc\n";
    static const char crlf[] = "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-b\r\n+c\r\n";
    g_autofree char *encoded = g_base64_encode((const guchar *)crlf, strlen(crlf));
    g_autofree char *mail = g_strconcat(HEADERS "Content-Transfer-Encoding: base64\n\n", encoded, NULL);
    struct patch *patch = read_text(mail);
    g_autofree char *raw = raw_text(patch);
    g_autofree char *raw_latin = NULL;
    g_autofree char *in_parts = NULL;

    ck_assert_str_eq(raw, crlf);
    ck_assert_str_eq(patch->diff, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n");
    patch_free(patch);

    mail = (g_free(mail), g_strconcat(HEADERS "Content-Type: text/plain; charset=iso-8859-1\n\n\xdf\n---\n",
                                      latin, SIGNATURE, NULL));
    patch = read_text(mail);
    raw_latin = raw_text(patch);
    ck_assert_str_eq(raw_latin, latin);
    ck_assert_str_eq(patch->diff, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+ü\n");
    ck_assert_str_eq(patch->message, "ß\n");
    patch_free(patch);

    mail = (g_free(mail), g_strconcat(HEADERS "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOne.\n--b\n"
                                      "Content-Type: text/x-patch; charset=iso-8859-1\n\n", latin,
                                      "--b--\n", NULL));
    patch = read_text(mail);
    in_parts = raw_text(patch);
    ck_assert_str_eq(in_parts, latin);
    patch_free(patch);

    /* A charset in which a line break is no byte. */
    mail = (g_free(mail), g_strconcat(HEADERS "Content-Type: text/plain; charset=utf-16le\n\n", header, NULL));
    patch = read_text(mail);
    ck_assert_uint_eq(g_bytes_get_size(patch->raw_diff), strlen(patch->diff));
    patch_free(patch);

    /* A mail whose own lines end with CRLF is split without them, as git mailsplit does. */
    g_autofree char *windows = g_strconcat("From: a@example.org\r\nSubject: [PATCH] x\r\n\r\nOne.\r\n", crlf, NULL);
    g_autofree char *unix_lines = NULL;
    patch = patch_read(windows, strlen(windows));
    unix_lines = raw_text(patch);
    ck_assert_str_eq(unix_lines, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n");
    patch_free(patch);
}
END_TEST

/* Headers of files and what they say. */
static const struct {
    const char *diff, *path, *old_path;
    enum patch_change change;
    bool binary;
    uint32_t added, removed;
} files[] = {
    { DIFF, "pump.c", NULL, PATCH_MODIFIED, false, 1, 1 },
    { "diff --git a/n b/n\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n\n@@ -0,0 +1,2 @@\n+a\n+b\n", "n",
      NULL, PATCH_ADDED, false, 2, 0 },
    { "diff --git a/n b/n\nnew file mode 100644\nindex 0000000..e69de29\n", "n", NULL, PATCH_ADDED, false, 0, 0 },
    { "diff --git a/o b/o\ndeleted file mode 100644\nindex 1..0\n--- a/o\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "o",
      NULL, PATCH_DELETED, false, 0, 1 },
    { "diff --git a/o b/n\nsimilarity index 90%\nrename from o\nrename to n\nindex 1..2\n--- a/o\n+++ b/n\n"
      "@@ -1 +1 @@\n-a\n+b\n", "n", "o", PATCH_RENAMED, false, 1, 1 },
    { "diff --git a/d/o b/d/n\nsimilarity index 100%\nrename from d/o\nrename to d/n\n", "d/n", "d/o",
      PATCH_RENAMED, false, 0, 0 },
    { "diff --git a/o b/n\nsimilarity index 100%\ncopy from o\ncopy to n\n", "n", "o", PATCH_COPIED, false, 0, 0 },
    { "diff --git a/s b/s\nold mode 100644\nnew mode 100755\n", "s", NULL, PATCH_MODE, false, 0, 0 },
    { "diff --git a/s b/s\nold mode 100644\nnew mode 100755\n--- a/s\n+++ b/s\n@@ -1 +1 @@\n-a\n+b\n", "s", NULL,
      PATCH_MODIFIED, false, 1, 1 },
    { "diff --git a/p.png b/p.png\nindex 1..2 100644\nBinary files a/p.png and b/p.png differ\n", "p.png", NULL,
      PATCH_MODIFIED, true, 0, 0 },
    { "diff --git a/p.png b/p.png\nnew file mode 100644\nindex 0..2\nGIT binary patch\nliteral 3\nKcmZQz00IC2\n\n",
      "p.png", NULL, PATCH_ADDED, true, 0, 0 },
    /* Names. */
    { "diff --git a/a b c b/a b c\nold mode 100644\nnew mode 100755\n", "a b c", NULL, PATCH_MODE, false, 0, 0 },
    { "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-a\n+b\n", "a b", NULL, PATCH_MODIFIED, false, 1, 1 },
    { "diff --git \"a/\\303\\274\\t\\\"\" \"b/\\303\\274\\t\\\"\"\nold mode 100644\nnew mode 100755\n", "ü\t\"", NULL,
      PATCH_MODE, false, 0, 0 },
    { "diff --git \"a/\\374\" \"b/\\374\"\n--- \"a/\\374\"\n+++ \"b/\\374\"\n@@ -1 +1 @@\n-a\n+b\n", "\xef\xbf\xbd", NULL,
      PATCH_MODIFIED, false, 1, 1 },
    { "diff --git d/pump.c d/pump.c\n--- d/pump.c\n+++ d/pump.c\n@@ -1 +1 @@\n-a\n+b\n", "d/pump.c", NULL,
      PATCH_MODIFIED, false, 1, 1 },
    { "diff --git i/d/pump.c w/d/pump.c\n--- i/d/pump.c\n+++ w/d/pump.c\n@@ -1 +1 @@\n-a\n+b\n", "d/pump.c", NULL,
      PATCH_MODIFIED, false, 1, 1 },
    /* Others than git's. */
    { "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "x", NULL, PATCH_MODIFIED, false, 1, 1 },
    { "diff -urN old/d/x new/d/x\n--- old/d/x\t2026-01-01\n+++ new/d/x\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n", "d/x", NULL,
      PATCH_MODIFIED, false, 1, 1 },
    { "Index: pump/d/x\n=====\n--- pump.orig/d/x\n+++ pump/d/x\n@@ -1 +1 @@\n-a\n+b\n", "d/x", NULL, PATCH_MODIFIED,
      false, 1, 1 },
    { "Index: x\n=====\nRCS file: x,v\nretrieving revision 1.1\ndiff -u -r1.1 x\n--- x\t1 Jan\n+++ x\t2 Jan\n"
      "@@ -1 +1 @@\n-a\n+b\n", "x", NULL, PATCH_MODIFIED, false, 1, 1 },
    { "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n", "x", NULL, PATCH_ADDED, false, 1, 0 },
    { "diff --cc pump.c\nindex 1,2..3\n--- a/pump.c\n+++ b/pump.c\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n", "pump.c", NULL,
      PATCH_MODIFIED, false, 1, 2 },
};

START_TEST(what_a_file_is)
{
    struct patch *patch = read_body(files[_i].diff);
    const struct patch_file *file;

    ck_assert_uint_eq(patch->files->len, 1);
    file = file_at(patch, 0);
    ck_assert_str_eq(file->path, files[_i].path);
    ck_assert_pstr_eq(file->old_path, files[_i].old_path);
    ck_assert_int_eq(file->change, files[_i].change);
    ck_assert_int_eq(file->binary, files[_i].binary);
    ck_assert_uint_eq(file->added, files[_i].added);
    ck_assert_uint_eq(file->removed, files[_i].removed);
    patch_free(patch);
}
END_TEST

START_TEST(files_follow_one_another)
{
    struct patch *patch =
        read_body("diff --git a/a b/a\nold mode 100644\nnew mode 100755\n"
                  "diff --git a/b b/b\nold mode 100644\nnew mode 100755\n"
                  "diff --git a/c b/c\n--- a/c\n+++ b/c\n@@ -1 +1 @@\n--- a/d\n+++ b/d\n"
                  "--- a/e\n+++ b/e\n@@ -1 +1 @@\n-a\n+b\n"
                  "Index: f\n===\n--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n"
                  "Index: g\n===\n");

    ck_assert_uint_eq(patch->files->len, 6);
    ck_assert_str_eq(file_at(patch, 1)->path, "b");
    ck_assert_str_eq(file_at(patch, 2)->path, "c");
    ck_assert_uint_eq(file_at(patch, 2)->removed, 1);
    ck_assert_str_eq(file_at(patch, 3)->path, "e");
    ck_assert_str_eq(file_at(patch, 4)->path, "f");
    ck_assert_str_eq(file_at(patch, 5)->path, "g");
    patch_free(patch);
}
END_TEST

START_TEST(particulars)
{
    struct patch *patch = read_body(
        "See https://lore.kernel.org/r/v1@example.org and\n[1] https://lore.kernel.org/r/v1@example.org/\n"
        "base-commit: beef\n> base-commit: 1111111\n" STAT
        "v1: https://lore.kernel.org/all/v0@example.org\n\n" DIFF
        "@@ -90 +90 @@\n-x\n+base-commit: 2222222 https://example.org/no@example.org\n"
        "\nbase-commit: 0123456789abcdef0123456789abcdef01234567 \nbase-commit: 3333333\n"
        "prerequisite-patch-id: 89abcdef\nprerequisite-message-id: <p@example.org>\n"
        "prerequisite-change-id: 20260301-x:v2\nprerequisite-other: 1\n"
        "change-id: 20260302-pump-0123\n" SIGNATURE);

    ck_assert_str_eq(patch->base_commit, "0123456789abcdef0123456789abcdef01234567");
    ck_assert_str_eq(patch->change_id, "20260302-pump-0123");
    ck_assert_uint_eq(patch->prerequisites->len, 3);
    ck_assert_str_eq(g_ptr_array_index(patch->prerequisites, 0), "patch-id 89abcdef");
    ck_assert_str_eq(g_ptr_array_index(patch->prerequisites, 1), "message-id <p@example.org>");
    ck_assert_str_eq(g_ptr_array_index(patch->prerequisites, 2), "change-id 20260301-x:v2");
    ck_assert_uint_eq(patch->links->len, 2);
    ck_assert_str_eq(g_ptr_array_index(patch->links, 0), "v1@example.org");
    ck_assert_str_eq(g_ptr_array_index(patch->links, 1), "v0@example.org");
    patch_free(patch);

    patch = read_body("One.\n" STAT DIFF);
    ck_assert_ptr_null(patch->base_commit);
    ck_assert_ptr_null(patch->change_id);
    ck_assert_uint_eq(patch->prerequisites->len, 0);
    ck_assert_uint_eq(patch->links->len, 0);
    patch_free(patch);

    patch = read_text(FROM "X-Change-Id: 20260303-hose\n\nchange-id: 20260302-pump\n");
    ck_assert_str_eq(patch->change_id, "20260303-hose");
    patch_free(patch);
}
END_TEST

/* Bodies and what they are compared as, behind the author. */
#define METADATA " ## Metadata ##\nAuthor: " ANN "\n\n ## Commit message ##\n    pump: run\n"
static const struct {
    const char *body, *comparable, *diff;
} comparables[] = {
    { "Run it.\n\nTwice.\n" STAT DIFF SIGNATURE, METADATA "\n    Run it.\n\n    Twice.\n\n",
      " ## pump.c ##\n@@ pump.c: int run(void)\n one\n-two\n+two and a half\n three\n" },
    { STAT DIFF, METADATA "\n",
      " ## pump.c ##\n@@ pump.c: int run(void)\n one\n-two\n+two and a half\n three\n" },
    { "a\tb\n\tü\tc\n\x01\td\n", METADATA "\n    a       b\n            ü       c\n    \x01\td\n", "" },
    /* Files in the order of their names. */
    { "--- a/b\n+++ b/b\n@@ -1 +1 @@\n-b\n+c\ndiff --git a/a b/a\nold mode 100644\nnew mode 100755\n",
      METADATA "\n", " ## a (mode change 100644 => 100755) ##\n\n ## b ##\n@@\n-b\n+c\n" },
    { "diff --git a/n b/n\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+a\n"
      "\\ No newline at end of file\n", METADATA "\n",
      " ## n (new) ##\n@@\n+a\n \\ No newline at end of file\n" },
    { "diff --git a/o b/o\ndeleted file mode 100644\nindex 1..0\n--- a/o\n+++ /dev/null\n@@ -1 +0,0 @@ x\n-a\n",
      METADATA "\n", " ## o (deleted) ##\n@@ o: x\n-a\n" },
    { "diff --git a/o b/n\nold mode 100644\nnew mode 100755\nsimilarity index 90%\nrename from o\nrename to n\n"
      "index 1..2\n--- a/o\n+++ b/n\n@@ -1 +1 @@ x\n-a\n+b\n", METADATA "\n",
      " ## o => n (mode change 100644 => 100755) ##\n@@ n: x\n-a\n+b\n" },
    { "diff --git a/p.png b/p.png\nnew file mode 100644\nindex 0..2\nGIT binary patch\nliteral 3\nKcmZQz00IC2\n\n",
      METADATA "\n", " ## p.png (new) ##\n Binary files /dev/null and p.png differ\n" },
    { "diff --git a/p.png b/p.png\nindex 1..2 100644\nBinary files a/p.png and b/p.png differ\n", METADATA "\n",
      " ## p.png ##\n Binary files p.png and p.png differ\n" },
    /* A context line that lost its blank. */
    { "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n\n-b\n+c\n", METADATA "\n", " ## x ##\n@@\n \n-b\n+c\n" },
    /* More context than git shows: the hunk is cut, and in two. */
    { "--- a/x\n+++ b/x\n@@ -1,14 +1,12 @@ top\n 1\n f(x)\n 3\n 4\n 5\n-6\n 7\n 8\n 9\n g\n a\n b\n c\n-d\n", METADATA "\n",
      " ## x ##\n@@ x: f(x)\n 3\n 4\n 5\n-6\n 7\n 8\n 9\n@@ x: g\n a\n b\n c\n-d\n" },
    { "--- a/x\n+++ b/x\n@@ -1,8 +1,6 @@ top\n-0\n 1\n 2\n 3\n 4\n 5\n 6\n-7\n", METADATA "\n",
      " ## x ##\n@@ x: top\n-0\n 1\n 2\n 3\n 4\n 5\n 6\n-7\n" },
    { "--- a/x\n+++ b/x\n@@ -1,5 +1,5 @@\n-0\n+9\n 1\n 2\n 3\n 4\n\\ No newline at end of file\n", METADATA "\n",
      " ## x ##\n@@\n-0\n+9\n 1\n 2\n 3\n" },
    /* Of a function's name git takes eighty bytes, but no half characters. */
    { "--- a/x\n+++ b/x\n@@ -1,5 +1,4 @@\n xüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü\n 1\n 2\n 3\n-4\n", METADATA "\n",
      " ## x ##\n@@ x: xüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü\n 1\n 2\n 3\n-4\n" },
    /* A name must not pass for lines. */
    { "diff --git \"a/x\\n+y\" \"b/x\\n+y\"\nold mode 100644\nnew mode 100755\n", METADATA "\n",
      " ## x\\012+y (mode change 100644 => 100755) ##\n" },
};

START_TEST(how_it_is_compared)
{
    struct patch *patch = read_body(comparables[_i].body);
    g_autofree char *wanted = g_strconcat(comparables[_i].comparable, comparables[_i].diff, NULL);
    size_t start;
    GString *text = patch_comparable(patch, &start);

    ck_assert_str_eq(text->str, wanted);
    ck_assert_uint_eq(start, *comparables[_i].diff != '\0' ? strlen(comparables[_i].comparable) : 0);
    g_string_free(text, TRUE);
    patch_free(patch);
}
END_TEST

/* A stranger's names are as long as he wants, and stand before each of his hunks. */
START_TEST(long_names_are_cut)
{
    GString *path = g_string_new("x"), *function = g_string_new(NULL);
    size_t start;

    for (int i = 0; i < 3000; i++) {
        g_string_append(path, "ü");
        g_string_append(function, "f(");
    }
    g_autofree char *diff = g_strdup_printf("--- a/%s\n+++ b/%s\n@@ -1 +1 @@ f\n-b\n+c\n@@ -9 +9 @@ %s\n-b\n+c\n",
                                            path->str, path->str, function->str);
    struct patch *patch = read_body(diff);
    GString *text = patch_comparable(patch, &start);
    char **lines = g_strsplit(text->str + start, "\n", -1);

    ck_assert_uint_eq(strlen(lines[0]), strlen(" ##  ##") + path->len);
    ck_assert_uint_eq(strlen(lines[1]), strlen("@@ : f") + 199);
    ck_assert(g_str_has_suffix(lines[1], "ü: f"));
    ck_assert_uint_eq(strlen(lines[4]), strlen("@@ : ") + 199 + 80);
    g_strfreev(lines);
    g_string_free(text, TRUE);
    patch_free(patch);
    g_string_free(function, TRUE);
    g_string_free(path, TRUE);
}
END_TEST

START_TEST(another_diff)
{
    struct patch *patch = read_body("One https://example.org/v1@example.org\n" STAT DIFF
                                    "\nbase-commit: 0123456789\nprerequisite-patch-id: 1\n");
    struct patch *copy = patch_with_diff(patch, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n");

    ck_assert_str_eq(copy->title, patch->title);
    ck_assert_str_eq(copy->base_commit, "0123456789");
    ck_assert_uint_eq(copy->links->len, 1);
    ck_assert_uint_eq(copy->prerequisites->len, 1);
    patch_free(patch);
    ck_assert_uint_eq(copy->files->len, 1);
    ck_assert_str_eq(file_at(copy, 0)->path, "x");
    ck_assert_str_eq(copy->author, ANN);
    ck_assert_uint_eq(g_bytes_get_size(copy->raw_diff), strlen(copy->diff));
    patch_free(copy);
}
END_TEST

START_TEST(wider_context)
{
    static const char wide[] = "--- a/x\n+++ b/x\n@@ -1,7 +1,7 @@ f\n-0\n+9\n 1\n 2\n 3\n 4\n 5\n 6\n";
    struct patch *patch = read_body(wide);
    struct patch *copy = patch_with_diff(patch, wide);
    size_t start;
    GString *text = patch_comparable(patch, &start);

    ck_assert_str_eq(text->str + start, " ## x ##\n@@ x: f\n-0\n+9\n 1\n 2\n 3\n");
    g_string_free(text, TRUE);
    text = patch_comparable(copy, &start);
    ck_assert_str_eq(text->str + start, " ## x ##\n@@ x: f\n-0\n+9\n 1\n 2\n 3\n 4\n 5\n 6\n");
    g_string_free(text, TRUE);
    patch_free(copy);
    patch_free(patch);
}
END_TEST

START_TEST(damaged_mails_say_so)
{
    struct patch *patch = read_body("One.\n" DIFF);

    ck_assert(!patch->damaged);
    patch_free(patch);
    patch = read_text(HEADERS "Content-Type: text/plain; charset=utf-8\n\n\xff\n" DIFF);
    ck_assert(patch->damaged);
    ck_assert(g_utf8_validate(patch->message, -1, NULL));
    patch_free(patch);
}
END_TEST

START_TEST(any_bytes_are_a_patch)
{
    GRand *random = g_rand_new_with_seed(5);
    static const char *const pieces[] = { "\n", "@@ -1,9 +1,9 @@", "---", "+++ ", "diff --git ", "\"a/\\", "rename from ",
                                          " b/", "\r", "\t", "=", "\xff", "From:", "\\", "Index: ", "===", " ", "-x", "+y" };

    for (int round = 0; round < 3000; round++) {
        GString *mail = g_string_new(round % 2 == 0 ? HEADERS "\n" : "");
        struct patch *patch;
        GString *text;
        size_t start;

        for (int i = g_rand_int_range(random, 0, 60); i > 0; i--)
            g_string_append(mail, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        patch = patch_read(mail->str, mail->len);
        text = patch_comparable(patch, &start);
        ck_assert(start <= text->len && g_utf8_validate(text->str, (gssize)text->len, NULL));
        g_string_free(text, TRUE);
        patch_free(patch);
        g_string_free(mail, TRUE);
    }
    g_rand_free(random);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("patch");
    TCase *tests = tcase_create("patch");

    mail_startup();
    tcase_add_loop_test(tests, what_is_committed, 0, G_N_ELEMENTS(commits));
    tcase_add_test(tests, what_git_does_not_commit);
    tcase_add_test(tests, dates);
    tcase_add_test(tests, diffs);
    tcase_add_test(tests, raw_diffs);
    tcase_add_loop_test(tests, what_a_file_is, 0, G_N_ELEMENTS(files));
    tcase_add_test(tests, files_follow_one_another);
    tcase_add_test(tests, particulars);
    tcase_add_loop_test(tests, how_it_is_compared, 0, G_N_ELEMENTS(comparables));
    tcase_add_test(tests, long_names_are_cut);
    tcase_add_test(tests, another_diff);
    tcase_add_test(tests, wider_context);
    tcase_add_test(tests, damaged_mails_say_so);
    tcase_add_test(tests, any_bytes_are_a_patch);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
