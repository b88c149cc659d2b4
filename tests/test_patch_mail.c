/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mails of patches with trailers added to them: where the trailers go, and that git am makes the same commit
 * of them otherwise. */
#include "mail/mail.h"
#include "mail/mbox.h"
#include "mail/patch_mail.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <gio/gio.h>
#include <string.h>

#define HEADERS                                                                                    \
    "From: Ann Lee <ann@example.org>\nDate: Mon, 2 Mar 2026 10:00:00 +0100\n"                      \
    "Subject: [PATCH] pump: run\n"
#define DIFF "diff --git a/pump.c b/pump.c\n--- a/pump.c\n+++ b/pump.c\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
#define STAT "---\n pump.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
#define SIGNATURE "-- \n2.43.0\n"
#define SIGNED "Signed-off-by: Ann Lee <ann@example.org>\n"
#define REVIEWED "Reviewed-by: Bo <bo@example.com>"
#define ACKED "Acked-by: Jö <jo@example.org>"
#define MBOX_LINE "From 0102030405060708090a0b0c0d0e0f1011121314 Mon Sep 17 00:00:00 2001\n"
#define WRITTEN "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n"

static const char *const two_trailers[] = { REVIEWED, ACKED, NULL };

/* MAIL as it goes into an mbox; the caller frees it. */
static char *append(const char *mail, size_t length, const char *const *trailers)
{
    static const struct commit_id commit = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 } };
    GString *out = g_string_new(NULL);

    patch_mail_append(out, &commit, mail, length, trailers);
    return g_string_free(out, FALSE);
}

/* Bodies, and what they are with REVIEWED and ACKED. */
static const struct {
    const char *body, *wanted;
} bodies[] = {
    { "Run it.\n\n" SIGNED STAT DIFF SIGNATURE,
      "Run it.\n\n" SIGNED REVIEWED "\n" ACKED "\n" STAT DIFF SIGNATURE },
    /* No trailers yet. */
    { "Run it.\n" STAT DIFF, "Run it.\n\n" REVIEWED "\n" ACKED "\n" STAT DIFF },
    { STAT DIFF, REVIEWED "\n" ACKED "\n" STAT DIFF },
    { "\n" STAT DIFF, "\n" REVIEWED "\n" ACKED "\n" STAT DIFF },
    /* The whole message is trailers. */
    { SIGNED STAT DIFF, SIGNED REVIEWED "\n" ACKED "\n" STAT DIFF },
    /* No "---". */
    { "Run it.\n\n" SIGNED "\n" DIFF, "Run it.\n\n" SIGNED REVIEWED "\n" ACKED "\n\n" DIFF },
    { "Run it.\n\n" SIGNED DIFF, "Run it.\n\n" SIGNED REVIEWED "\n" ACKED "\n" DIFF },
    /* The lines that open the body stay in front. */
    { "From: Bo <bo@example.com>\n\nRun it.\n\n" SIGNED STAT DIFF,
      "From: Bo <bo@example.com>\n\nRun it.\n\n" SIGNED REVIEWED "\n" ACKED "\n" STAT DIFF },
    { "From: Bo <bo@example.com>\n" STAT DIFF,
      "From: Bo <bo@example.com>\n\n" REVIEWED "\n" ACKED "\n" STAT DIFF },
    /* There already. */
    { "Run it.\n\n" SIGNED "reviewed-By:  bo  <BO@example.com>\n" STAT DIFF,
      "Run it.\n\n" SIGNED "reviewed-By:  bo  <BO@example.com>\n" ACKED "\n" STAT DIFF },
    { "Run it.\n\nReviewed-by: Bo\n <bo@example.com>\n" STAT DIFF,
      "Run it.\n\nReviewed-by: Bo\n <bo@example.com>\n" ACKED "\n" STAT DIFF },
    { "Run it. " REVIEWED " said so.\n\n" SIGNED STAT DIFF,
      "Run it. " REVIEWED " said so.\n\n" SIGNED REVIEWED "\n" ACKED "\n" STAT DIFF },
    /* What else can stand among trailers. */
    { "Run it.\n\nCc: Cy <cy@example.com>\n[ann: ran it]\n" SIGNED "\n" STAT DIFF,
      "Run it.\n\nCc: Cy <cy@example.com>\n[ann: ran it]\n" SIGNED REVIEWED "\n" ACKED "\n\n" STAT DIFF },
    { "Run it.\n\nLink: https://example.org/\n  continued\n" STAT DIFF,
      "Run it.\n\nLink: https://example.org/\n  continued\n" REVIEWED "\n" ACKED "\n" STAT DIFF },
    /* A paragraph that only looks like trailers. */
    { "Run it:\n\nNote: it runs.\nNot that it did.\n" STAT DIFF,
      "Run it:\n\nNote: it runs.\nNot that it did.\n\n" REVIEWED "\n" ACKED "\n" STAT DIFF },
    { SIGNED "\nv2: it runs\n(it did not)\n" STAT DIFF,
      SIGNED "\nv2: it runs\n(it did not)\n\n" REVIEWED "\n" ACKED "\n" STAT DIFF },
    /* A cover letter. */
    { "Three patches.\n\n-- \n2.43.0\n", "Three patches.\n\n" REVIEWED "\n" ACKED "\n\n-- \n2.43.0\n" },
    { "Three patches.", "Three patches.\n\n" REVIEWED "\n" ACKED "\n" },
    { "", REVIEWED "\n" ACKED "\n" },
    /* Lines that an mbox escapes. */
    { "From here on.\n\n>From there.\n" STAT DIFF,
      ">From here on.\n\n>>From there.\n\n" REVIEWED "\n" ACKED "\n" STAT DIFF },
};

START_TEST(where_trailers_go)
{
    g_autofree char *mail = g_strconcat(HEADERS "\n", bodies[_i].body, NULL);
    g_autofree char *written = append(mail, strlen(mail), two_trailers);
    g_autofree char *wanted = g_strconcat(MBOX_LINE HEADERS WRITTEN, bodies[_i].wanted, "\n", NULL);

    ck_assert_str_eq(written, wanted);
}
END_TEST

START_TEST(nothing_to_add)
{
    static const char *const none[] = { NULL };
    static const char *const there[] = { "signed-off-by: Ann Lee <ann@example.org>", NULL };
    static const char mail[] = HEADERS "Content-Transfer-Encoding: 7bit\n\nFrom me.\n\n" SIGNED STAT DIFF;
    static const char wanted[] =
        MBOX_LINE HEADERS "Content-Transfer-Encoding: 7bit\n\n>From me.\n\n" SIGNED STAT DIFF "\n";
    g_autofree char *without = append(mail, strlen(mail), NULL);
    g_autofree char *empty = append(mail, strlen(mail), none);
    g_autofree char *same = append(mail, strlen(mail), there);

    ck_assert_str_eq(without, wanted);
    ck_assert_str_eq(empty, wanted);
    ck_assert_str_eq(same, wanted);
}
END_TEST

START_TEST(trailers_are_lines)
{
    static const char *const odd[] = { REVIEWED, "", "reviewed-by: Bo <bo@example.com>", "Acked-by: Jo\n---\n <jo@example.org>",
                                       NULL };
    static const char mail[] = HEADERS "\n" SIGNED STAT DIFF;
    g_autofree char *written = append(mail, strlen(mail), odd);

    ck_assert_str_eq(written, MBOX_LINE HEADERS WRITTEN SIGNED REVIEWED "\nAcked-by: Jo --- <jo@example.org>\n"
                              STAT DIFF "\n");
}
END_TEST

START_TEST(headers)
{
    static const char mail[] =
        "From nobody Thu Jan 1\nX-First: 1\nContent-Type: text/plain;\n charset=iso-8859-1\n" HEADERS
        "mime-version: 1.0 (old)\nContent-Length: 12\nLines: 3\nContent-Language: en\nX-Last: a\n b\n"
        "Content-Transfer-Encoding: quoted-printable\n\nGr=FC=\nn.\n---\n" DIFF;
    g_autofree char *written = append(mail, strlen(mail), two_trailers);

    ck_assert_str_eq(written, MBOX_LINE "X-First: 1\n" HEADERS "Content-Language: en\nX-Last: a\n b\n" WRITTEN
                              "Grün.\n\n" REVIEWED "\n" ACKED "\n---\n" DIFF "\n");
}
END_TEST

/* Runs git in FOLDER; what it prints, or NULL if it fails. The caller frees it. */
static char *git(const char *folder, const char *const *arguments)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                                              G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    GPtrArray *all = g_ptr_array_new();
    GSubprocess *process;
    char *out = NULL;

    g_ptr_array_add(all, (gpointer)(uintptr_t)"git");
    for (; *arguments != NULL; arguments++)
        g_ptr_array_add(all, (gpointer)(uintptr_t)*arguments);
    g_ptr_array_add(all, NULL);
    g_subprocess_launcher_set_cwd(launcher, folder);
    g_subprocess_launcher_setenv(launcher, "HOME", folder, TRUE);
    g_subprocess_launcher_setenv(launcher, "GIT_CONFIG_NOSYSTEM", "1", TRUE);
    g_subprocess_launcher_setenv(launcher, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
    g_subprocess_launcher_setenv(launcher, "GIT_COMMITTER_NAME", "Cy", TRUE);
    g_subprocess_launcher_setenv(launcher, "GIT_COMMITTER_EMAIL", "cy@example.com", TRUE);
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *)all->pdata, NULL);
    if (process != NULL && g_subprocess_communicate_utf8(process, NULL, NULL, &out, NULL, NULL) &&
        !g_subprocess_get_successful(process))
        g_clear_pointer(&out, g_free);
    g_clear_object(&process);
    g_object_unref(launcher);
    g_ptr_array_free(all, TRUE);
    return out;
}

#define GIT(folder, ...) git(folder, (const char *const[]) { __VA_ARGS__, NULL })

/* A repository whose commit HEAD has pump.c with CONTENT. */
static const char *repository(const char *content)
{
    const char *folder = support_folder();
    g_autofree char *path = support_path(folder, "pump.c");

    support_write(path, content, strlen(content));
    g_free(GIT(folder, "init", "-q"));
    g_free(GIT(folder, "config", "core.autocrlf", "false"));
    g_free(GIT(folder, "add", "pump.c"));
    g_free(GIT(folder, "commit", "-qm", "begin", "--author", "Cy <cy@example.com>"));
    return folder;
}

/* Applies the mbox TEXT and says what FORMAT shows of the commit; NULL if it does not apply. The
 * caller frees it. */
static char *apply(const char *folder, const char *text, const char *format)
{
    g_autofree char *path = support_path(folder, "mbox");
    g_autofree char *applied = NULL;

    support_write(path, text, strlen(text));
    applied = GIT(folder, "am", "-q", "--patch-format=mboxrd", path);
    return applied != NULL ? GIT(folder, "log", "-1", format) : NULL;
}

#define WITH_TRAILERS "Run it, Jö.\n\n" SIGNED REVIEWED "\n" ACKED
#define WITH_CR "--- a/pump.c\r\n+++ b/pump.c\r\n@@ -1,2 +1,2 @@\r\n one\r\n-two\r\n+three\r\n"

/* Mails that say the same in other ways. */
static const struct {
    const char *type, *body;
    const char *content; /* of the file they change; NULL: as in DIFF */
    bool base64;
} mails[] = {
    { "Content-Type: text/plain; charset=utf-8\n", "Run it, Jö.\n\n" SIGNED STAT DIFF SIGNATURE, NULL, false },
    { "Content-Type: text/plain; charset=iso-8859-1\n", "Run it, J\xf6.\n\n" SIGNED STAT
      "--- a/pump.c\n+++ b/pump.c\n@@ -1,2 +1,2 @@\n one\n-two\n+J\xf6\n" SIGNATURE, NULL, false },
    { "Content-Type: text/plain; charset=iso-8859-1\n", "Run it, J\xf6.\n\n" SIGNED STAT
      "--- a/pump.c\n+++ b/pump.c\n@@ -1,2 +1,2 @@\n one\n-two\n+J\xf6\n" SIGNATURE, NULL, true },
    { "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n",
      "Run=20it, J=F6=\n.\n\n" SIGNED STAT
      "--- a/pump.c\n+++ b/pump.c\n@@ -1,2 +1,2 @@\n one\n-two\n+t=3Dhree=F6\n" SIGNATURE, NULL, false },
    { "Content-Type: multipart/mixed; boundary=b\n", "A preamble.\n--b\n"
      "Content-Type: text/plain; charset=iso-8859-1\n\nRun it, J\xf6.\n\n" SIGNED "--b\n"
      "Content-Type: text/x-patch; name=\"0001.patch\"\n\n" STAT DIFF "--b--\n", NULL, false },
    { "Content-Type: multipart/signed; boundary=b; micalg=x\n", "--b\nContent-Type: text/plain; charset=utf-8\n\n"
      "Run it, Jö.\n\n" SIGNED STAT DIFF "--b\nContent-Type: application/pgp-signature\n\nxyz\n--b--\n", NULL, false },
    { "Content-Type: text/plain; charset=utf-8; format=flowed\n", "Run it, \nJö.\n\n" SIGNED STAT
      "--- a/pump.c\n+++ b/pump.c\n@@ -1,2 +1,2 @@\n  one\n-two\n+three\n" SIGNATURE, NULL, false },
    { "Content-Type: text/plain; charset=utf-8\n", "From: Bo <bo@example.com>\n\nRun it, Jö.\n\n" SIGNED STAT DIFF,
      NULL, false },
    { "Content-Type: text/plain; charset=utf-8\n", "Run it, Jö.\n\n" SIGNED "\n" DIFF, NULL, false },
    /* The file has CRs. */
    { "Content-Type: text/plain; charset=utf-8\n", "Run it, Jö.\n\n" SIGNED STAT WITH_CR, "one\r\ntwo\r\n", true },
    { "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
      "Run it, J=C3=B6.\n\n" SIGNED STAT
      "--- a/pump.c\n+++ b/pump.c\n@@ -1,2 +1,2 @@\n one=0D\n-two=0D\n+three=0D\n", "one\r\ntwo\r\n", false },
    /* The mail has. */
    { "Content-Type: text/plain; charset=utf-8\r\n", "Run it, Jö.\r\n\r\nSigned-off-by: Ann Lee <ann@example.org>\r\n---\r\n"
      WITH_CR "-- \r\n2.43.0\r\n", NULL, false },
};

static char *mail_text(size_t index)
{
    g_autofree char *encoded = NULL;
    const char *body = mails[index].body;

    if (mails[index].base64)
        body = encoded = g_base64_encode((const guchar *)body, strlen(body));
    return g_strconcat(HEADERS, mails[index].type, mails[index].base64 ? "Content-Transfer-Encoding: base64\n" : "",
                       strstr(mails[index].type, "\r\n") ? "\r\n" : "\n", body, NULL);
}

START_TEST(git_makes_the_same_of_it)
{
    static const char *const three[] = { REVIEWED, ACKED, "Signed-off-by: Ann Lee <ann@example.org>", NULL };
    const char *content = mails[_i].content != NULL ? mails[_i].content : "one\ntwo\n";
    g_autofree char *program = g_find_program_in_path("git");
    g_autofree char *mail = mail_text((size_t)_i);
    g_autofree char *plain = append(mail, strlen(mail), NULL);
    g_autofree char *with_trailers = append(mail, strlen(mail), three);
    g_autofree char *wanted = NULL;
    g_autofree char *got = NULL;
    g_autofree char *message = NULL;
    const char *folder;

    if (program == NULL)
        return;
    wanted = apply(repository(content), plain, "--format=%T %an %ae %ad %s");
    folder = repository(content);
    got = apply(folder, with_trailers, "--format=%T %an %ae %ad %s");
    ck_assert_ptr_nonnull(wanted);
    ck_assert_pstr_eq(got, wanted);
    message = GIT(folder, "log", "-1", "--format=%b");
    ck_assert_str_eq(g_strchomp(message), WITH_TRAILERS);
}
END_TEST

START_TEST(what_no_bytes_can_say)
{
    static const char utf16[] = HEADERS "Content-Type: text/plain; charset=utf-16le\n\nR\0u\0n\0\n\0-\0-\0-\0\n\0x\0\n\0";
    static const char nul[] = HEADERS "\nRun.\n---\na\0b\n";
    g_autofree char *wide = append(utf16, sizeof utf16 - 1, two_trailers);
    g_autofree char *zero = append(nul, sizeof nul - 1, two_trailers);

    ck_assert_str_eq(wide, MBOX_LINE HEADERS WRITTEN "Run\n\n" REVIEWED "\n" ACKED "\n---\nx\n\n");
    ck_assert_ptr_nonnull(strstr(zero, "Run.\n\n" REVIEWED "\n" ACKED "\n---\na"));
}
END_TEST

START_TEST(mboxes)
{
    static const struct commit_id commit = { { 0xab } };
    static const char mail[] = "Subject: x\n\nFrom me\n>From you\n>>From us\n> From\nFrom\nend";
    GString *out = g_string_new("before\n");

    mbox_append(out, &commit, mail, strlen(mail));
    ck_assert_str_eq(out->str, "before\nFrom ab00000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"
                               "Subject: x\n\n>From me\n>>From you\n>>>From us\n> From\nFrom\nend\n\n");
    g_string_free(out, TRUE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("patch_mail");
    TCase *tests = tcase_create("patch_mail");

    mail_startup();
    tcase_add_loop_test(tests, where_trailers_go, 0, G_N_ELEMENTS(bodies));
    tcase_add_test(tests, nothing_to_add);
    tcase_add_test(tests, trailers_are_lines);
    tcase_add_test(tests, headers);
    tcase_add_loop_test(tests, git_makes_the_same_of_it, 0, G_N_ELEMENTS(mails));
    tcase_add_test(tests, what_no_bytes_can_say);
    tcase_add_test(tests, mboxes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
