/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fingerprints of patches: what makes two patches the same, and what makes them different. */
#include "mail/fingerprint.h"
#include "mail/mail.h"
#include "run_suite.h"

#include <check.h>
#include <glib.h>
#include <string.h>

#define HEADERS "From: Ann <ann@example.org>\nSubject: [PATCH] pump: run\nMessage-ID: <1@example.org>\n"

static char *print_mail(const char *mail, size_t length)
{
    struct fingerprint fingerprint = fingerprint_of(mail, length);
    char text[FINGERPRINT_TEXT_SIZE];

    fingerprint_text(&fingerprint, text);
    return g_strdup(text);
}

/* The fingerprint of a mail with BODY; the caller frees it. */
static char *print_body(const char *body)
{
    g_autofree char *mail = g_strconcat(HEADERS, "\n", body, NULL);

    return print_mail(mail, strlen(mail));
}

static void assert_bodies(const char *a, const char *b, bool same)
{
    g_autofree char *x = print_body(a);
    g_autofree char *y = print_body(b);

    ck_assert_msg((strcmp(x, y) == 0) == same, "%s:\n%s\n--- and ---\n%s",
                  same ? "not the same" : "the same", a, b);
}

/* A patch of the file "pump.c". */
#define FILE_HEADER "diff --git a/pump.c b/pump.c\nindex 1234567..89abcde 100644\n--- a/pump.c\n+++ b/pump.c\n"
#define HUNK "@@ -10,3 +10,3 @@ int run(void)\n one\n-two\n+two and a half\n three\n"
#define PATCH "Run it.\n---\n pump.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n" FILE_HEADER HUNK \
    "-- \n2.43.0\n"

/* Other ways to write PATCH. */
static const char *const same_patches[] = {
    FILE_HEADER HUNK,
    /* Another message, another signature, a footer of the list. */
    "Quite another text.\n\nSigned-off-by: Ann <ann@example.org>\n---\nv2: nothing\n" FILE_HEADER HUNK
    "-- \n2.44.1\n\n_____\nA list\n",
    /* Index lines, hunk numbers, the function's name, context. */
    "diff --git a/pump.c b/pump.c\nindex 7654321..edcba98 100755\n--- a/pump.c\n+++ b/pump.c\n"
    "@@ -1910,4 +2010,4 @@ int walk(void)\n zero\n uno\n-two\n+two and a half\n tre\n",
    /* No context at all. */
    FILE_HEADER "@@ -11 +11 @@\n-two\n+two and a half\n",
    /* An empty context line that lost its space. */
    FILE_HEADER "@@ -10,4 +10,4 @@\n one\n\n-two\n+two and a half\n three\n",
    /* CR at the ends of lines. */
    "diff --git a/pump.c b/pump.c\r\nindex 1..2\r\n--- a/pump.c\r\n+++ b/pump.c\r\n"
    "@@ -10,3 +10,3 @@ int run(void)\r\n one\r\n-two\r\n+two and a half\r\n three\r\n",
    /* What looks like changes outside of the hunk. */
    "+two\n-one\n" FILE_HEADER HUNK "+no change\n-none\n",
    "> @@ -1 +1 @@\n> -one\n> +none\n" FILE_HEADER HUNK,
    /* Times behind the names. */
    "diff --git a/pump.c b/pump.c\n--- a/pump.c\t2026-01-01 10:00:00\n+++ b/pump.c\t2026-01-02\n" HUNK,
    /* That the context's last line has no line break is not changed. */
    FILE_HEADER "@@ -10,3 +10,3 @@\n one\n-two\n+two and a half\n three\n\\ No newline at end of file\n",
};

/* Patches that are like PATCH and do something else. */
static const char *const other_patches[] = {
    "",
    FILE_HEADER,
    FILE_HEADER "@@ -10,3 +10,3 @@\n one\n-two\n+two and a  half\n three\n",
    FILE_HEADER "@@ -10,3 +10,3 @@\n one\n-two\n+two and a half \n three\n",
    FILE_HEADER "@@ -10,3 +10,3 @@\n one\n-two\n+\ttwo and a half\n three\n",
    FILE_HEADER "@@ -10,3 +10,2 @@\n one\n-two\n three\n",
    FILE_HEADER "@@ -10,2 +10,3 @@\n one\n+two and a half\n three\n",
    FILE_HEADER "@@ -10,3 +10,3 @@\n one\n+two\n-two and a half\n three\n",
    FILE_HEADER "@@ -10,3 +10,3 @@\n one\n-two\n one\n+two and a half\n",
    FILE_HEADER HUNK "@@ -50 +50,2 @@\n x\n+more\n",
    FILE_HEADER HUNK "diff --git a/b.c b/b.c\n--- a/b.c\n+++ b/b.c\n@@ -1 +1,2 @@\n x\n+more\n",
    "diff --git a/hose.c b/hose.c\n--- a/hose.c\n+++ b/hose.c\n" HUNK,
    "diff --git a/pump.c b/hose.c\n--- a/pump.c\n+++ b/hose.c\n" HUNK,
    "diff --git a/pump.c b/pump.c\nold mode 100644\nnew mode 100755\n--- a/pump.c\n+++ b/pump.c\n" HUNK,
    "diff --git a/pump.c b/pump.c\nnew file mode 100644\n--- /dev/null\n+++ b/pump.c\n" HUNK,
    FILE_HEADER "@@ -10,2 +10,2 @@\n one\n-two\n+two and a half\n\\ No newline at end of file\n",
    FILE_HEADER "@@ -10,2 +10,2 @@\n one\n-two\n\\ No newline at end of file\n+two and a half\n",
    FILE_HEADER "@@ -10,2 +10,2 @@\n one\n-two\n\\ No newline at end of file\n+two and a half\n"
                "\\ No newline at end of file\n",
    /* A merge's lines have more columns. */
    "diff --cc pump.c\n--- a/pump.c\n+++ b/pump.c\n@@@ -1,1 -1,1 +1,1 @@@\n--two\n++two and a half\n",
};

START_TEST(same_however_written)
{
    assert_bodies(PATCH, same_patches[_i], true);
}
END_TEST

START_TEST(different_when_it_does_something_else)
{
    assert_bodies(PATCH, other_patches[_i], false);
    for (int i = 0; i < _i; i++)
        assert_bodies(other_patches[i], other_patches[_i], false);
}
END_TEST

START_TEST(pieces_stand_together_or_apart)
{
    const char *together = FILE_HEADER "@@ -1,4 +1,4 @@\n a\n-b\n-c\n+B\n+C\n d\n";
    const char *by_context = FILE_HEADER "@@ -1,9 +1,9 @@\n a\n-b\n+B\n x\n y\n-c\n+C\n d\n";
    const char *by_hunk = FILE_HEADER "@@ -1,3 +1,3 @@\n a\n-b\n+B\n x\n@@ -20,3 +20,3 @@\n y\n-c\n+C\n d\n";
    const char *by_bare_hunk = FILE_HEADER "@@ -2 +2 @@\n-b\n+B\n@@ -21 +21 @@\n-c\n+C\n";

    assert_bodies(by_context, by_hunk, true);
    assert_bodies(by_context, by_bare_hunk, true);
    assert_bodies(by_context, together, false);
}
END_TEST

START_TEST(renames_and_modes)
{
    const char *renamed = "diff --git a/a.c b/b.c\nsimilarity index 90%\nrename from a.c\nrename to b.c\n"
                          "index 1..2 100644\n--- a/a.c\n+++ b/b.c\n@@ -1 +1 @@\n-x\n+y\n";
    const char *later = "diff --git a/a.c b/b.c\nsimilarity index 93%\nrename from a.c\nrename to b.c\n"
                        "index 3..4 100644\n--- a/a.c\n+++ b/b.c\n@@ -7 +7 @@\n-x\n+y\n";
    const char *copied = "diff --git a/a.c b/b.c\nsimilarity index 90%\ncopy from a.c\ncopy to b.c\n"
                         "index 1..2 100644\n--- a/a.c\n+++ b/b.c\n@@ -1 +1 @@\n-x\n+y\n";
    const char *run = "diff --git a/a.sh b/a.sh\nold mode 100644\nnew mode 100755\n";
    const char *no_run = "diff --git a/a.sh b/a.sh\nold mode 100755\nnew mode 100644\n";
    const char *empty = "diff --git a/a.sh b/a.sh\nnew file mode 100644\nindex 0000000..e69de29\n";
    const char *gone = "diff --git a/a.sh b/a.sh\ndeleted file mode 100644\nindex e69de29..0000000\n";

    assert_bodies(renamed, later, true);
    assert_bodies(renamed, copied, false);
    assert_bodies(run, no_run, false);
    assert_bodies(empty, gone, false);
    assert_bodies(empty, run, false);
}
END_TEST

START_TEST(binary_files)
{
    const char *literal = "diff --git a/i b/i\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZQz00000\n\n"
                          "literal 2\nIcmZQz0000\n\n";
    const char *other = "diff --git a/i b/i\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZQz00001\n\n"
                        "literal 2\nIcmZQz0000\n\n";
    const char *differ = "diff --git a/i b/i\nindex 1111111..2222222 100644\nBinary files a/i and b/i differ\n";
    const char *other_ids = "diff --git a/i b/i\nindex 1111111..3333333 100644\nBinary files a/i and b/i differ\n";

    assert_bodies(literal, other, false);
    assert_bodies(differ, other_ids, false);
    assert_bodies(differ, differ, true);
}
END_TEST

START_TEST(other_forms_of_diffs)
{
    const char *quilt = "Index: pump/run.c\n=====\n--- pump.orig/run.c\t2026-01-01\n+++ pump/run.c\t2026-01-02\n" HUNK;
    const char *later = "Index: pump/run.c\n=======\n--- pump.orig/run.c\t2026-02-01\n+++ pump/run.c\t2026-02-02\n"
                        "@@ -99,2 +99,2 @@\n-two\n+two and a half\n x\n";
    const char *quoted = "diff --git \"a/\\303\\244.c\" \"b/\\303\\244.c\"\n--- \"a/\\303\\244.c\"\n"
                         "+++ \"b/\\303\\244.c\"\n" HUNK;
    const char *other = "diff --git \"a/\\303\\266.c\" \"b/\\303\\266.c\"\n--- \"a/\\303\\266.c\"\n"
                        "+++ \"b/\\303\\266.c\"\n" HUNK;
    const char *plain = "diff -up a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n" HUNK;
    const char *recursive = "diff -urN a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n" HUNK;

    assert_bodies(quilt, later, true);
    assert_bodies(quoted, other, false);
    assert_bodies(plain, recursive, true);
}
END_TEST

/* The fingerprint of PATCH, sent with ENCODING. */
static char *print_encoded(const char *headers, const char *body)
{
    g_autofree char *mail = g_strconcat(HEADERS, headers, "\n", body, NULL);

    return print_mail(mail, strlen(mail));
}

#define LATIN_PATCH FILE_HEADER "@@ -1 +1 @@\n-a\n+Gr\303\274n = 1\n"

START_TEST(same_however_encoded)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)LATIN_PATCH, strlen(LATIN_PATCH));
    g_autofree char *multipart = g_strconcat(
        "--x\nContent-Type: text/plain; charset=utf-8\n\nSee below.\n--x\nContent-Type: text/x-patch; charset=utf-8\n"
        "Content-Disposition: inline\n\n", LATIN_PATCH, "\n--x--\n", NULL);
    g_autofree char *expected = print_encoded("Content-Type: text/plain; charset=utf-8\n", LATIN_PATCH);
    const char *const mails[][2] = {
        { "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n", base64 },
        { "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
          FILE_HEADER "@@ -1 +1 @@\n-a\n+Gr=C3=BC=\nn =3D 1\n" },
        { "Content-Type: text/plain; charset=iso-8859-1\n", FILE_HEADER "@@ -1 +1 @@\n-a\n+Gr\374n = 1\n" },
        /* RFC 3676: a line that begins with a space has another one in front. */
        { "Content-Type: text/plain; charset=utf-8; format=flowed\n",
          FILE_HEADER "@@ -1,2 +1,2 @@\n  x\n-a\n+Gr\303\274n = 1\n" },
        { "Content-Type: multipart/mixed; boundary=x\n", multipart },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        g_autofree char *got = print_encoded(mails[i][0], mails[i][1]);
        ck_assert_msg(strcmp(got, expected) == 0, "mail %zu", i);
    }
}
END_TEST

START_TEST(bytes_lost_in_decoding_count)
{
    const char *headers = "Content-Type: text/plain; charset=utf-8\n";
    g_autofree char *a = print_encoded(headers, FILE_HEADER "@@ -1 +1 @@\n-\303\274\n+\303\274\377\n");
    g_autofree char *b = print_encoded(headers, FILE_HEADER "@@ -1 +1 @@\n-\303\274\n+\303\274\376\n");

    ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(mails_without_a_diff)
{
    assert_bodies("A letter.\n-- \nAnn\n", "A letter.\n-- \nBob\n", true);
    assert_bodies("A letter.\n", "Another letter.\n", false);
    assert_bodies("A letter.\n" PATCH, "Another letter.\n" PATCH, true);
    /* A text that spells out what is hashed of a patch is none. */
    assert_bodies("--- a\n+++ a\n@@ -1 +1 @@\n-x\n+y\n", "d\nf--- a\nf+++ a\nr\nB-x\nB+y\n", false);
}
END_TEST

START_TEST(any_bytes_have_one)
{
    GRand *random = g_rand_new_with_seed(4);
    char bytes[600];

    for (int round = 0; round < 300; round++) {
        size_t length = (size_t)g_rand_int_range(random, 0, sizeof bytes);

        for (size_t i = 0; i < length; i++)
            bytes[i] = "\n@-+ d\\\r\0\377i1,"[g_rand_int_range(random, 0, 13)];
        g_free(print_mail(bytes, length));
    }
    g_rand_free(random);
}
END_TEST

START_TEST(as_text_and_back)
{
    const char *digits = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    struct fingerprint fingerprint;
    char text[FINGERPRINT_TEXT_SIZE];

    ck_assert(fingerprint_parse(digits, &fingerprint));
    ck_assert_uint_eq(fingerprint.bytes[1], 0x11);
    ck_assert_uint_eq(fingerprint.bytes[31], 0xff);
    fingerprint_text(&fingerprint, text);
    ck_assert_str_eq(text, digits);
    ck_assert(!fingerprint_parse("", &fingerprint));
    ck_assert(!fingerprint_parse(digits + 1, &fingerprint));
    ck_assert(!fingerprint_parse("00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff", &fingerprint));
    ck_assert(!fingerprint_parse("0011223344556677 899aabbccddeeff000112233445566778899aabbccddeeff", &fingerprint));
    ck_assert(!fingerprint_parse("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0", &fingerprint));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fingerprint");
    TCase *tests = tcase_create("fingerprint");

    mail_startup();
    tcase_add_loop_test(tests, same_however_written, 0, G_N_ELEMENTS(same_patches));
    tcase_add_loop_test(tests, different_when_it_does_something_else, 0, G_N_ELEMENTS(other_patches));
    tcase_add_test(tests, pieces_stand_together_or_apart);
    tcase_add_test(tests, renames_and_modes);
    tcase_add_test(tests, binary_files);
    tcase_add_test(tests, other_forms_of_diffs);
    tcase_add_test(tests, same_however_encoded);
    tcase_add_test(tests, bytes_lost_in_decoding_count);
    tcase_add_test(tests, mails_without_a_diff);
    tcase_add_test(tests, any_bytes_have_one);
    tcase_add_test(tests, as_text_and_back);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
