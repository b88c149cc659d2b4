/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mail opened for reading: its headers and its text, however they were sent. */
#include "mail/mail.h"
#include "mail/message.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

#define REPLACED "\xef\xbf\xbd"

static struct message *parse(const char *bytes)
{
    return message_parse(bytes, strlen(bytes));
}

struct row {
    const char *mail, *text;
    bool damaged;
};

static void check_row(const struct row *row)
{
    struct message *message = parse(row->mail);

    ck_assert_str_eq(message->text, row->text);
    ck_assert_uint_eq(message->length, strlen(row->text));
    ck_assert_int_eq(message->damaged, row->damaged);
    message_free(message);
}

#define TYPE(charset) "Content-Type: text/plain; charset=" charset "\n"
#define ENCODING(name) "Content-Transfer-Encoding: " name "\n"

static const struct row single[] = {
    { "Subject: x\n\nplain\n", "plain\n", false },
    { "Subject: x\r\n\r\none\r\ntwo\rthree\r\n", "one\ntwo\rthree\n", false },
    { "", "", false },
    { "no header\nat all\n", "no header\nat all\n", true },
    { "Subject: x\n", "", false },
    { TYPE("utf-8") "\nZo\xc3\xab\n", "Zo\xc3\xab\n", false },
    { TYPE("iso-8859-1") "\nZo\xeb\n", "Zo\xc3\xab\n", false },
    { TYPE("\"GB18030\"") "\n\xd6\xd0\xce\xc4\n", "\xe4\xb8\xad\xe6\x96\x87\n", false },
    { TYPE("koi8-r") "\n\xf0\n", "\xd0\x9f\n", false },
    { TYPE("windows-1255") "\n\xe0\xe1", "\xd7\x90\xd7\x91", false },
    /* Charsets that real mails name; what they hold is one of two things. */
    { TYPE("y") "\nZo\xc3\xab\n", "Zo\xc3\xab\n", false },
    { TYPE("true") "\nZo\xeb\n", "Zo\xc3\xab\n", false },
    { TYPE("8") "\nZo\xeb\n", "Zo\xc3\xab\n", false },
    { "\nZo\xeb\n", "Zo\xc3\xab\n", false },
    { TYPE("us-ascii") "\nZo\xeb\n", "Zo\xc3\xab\n", false },
    /* One that lies. */
    { TYPE("utf-8") "\nZo\xeb\n", "Zo" REPLACED "\n", true },
    { ENCODING("base64") "\naGVs\nbG8K\n", "hello\n", false },
    { ENCODING("BASE64 ") TYPE("iso-8859-1") "\nWm/rCg==\n", "Zo\xc3\xab\n", false },
    { ENCODING("base64") "\naGVsbG8K\n-- \na list's footer!\n", "hello\n-- \na list's footer!\n",
      true },
    { ENCODING("base64") "\nthis was never base64!\n", "this was never base64!\n", true },
    { ENCODING("quoted-printable") "\na=3Db =\nc=C3=AB\n", "a=b c\xc3\xab\n", false },
    { ENCODING("quoted-printable") "\nif (a == b)\n", "if (a == b)\n", true },
    { ENCODING("8bit") "\na=3Db\n", "a=3Db\n", false },
    { ENCODING("nonsense") "\na=3Db\n", "a=3Db\n", false },
};

START_TEST(single_part)
{
    check_row(&single[_i]);
}
END_TEST

#define MULTIPART(kind) "Content-Type: multipart/" kind "; boundary=b\n\npreamble\n"
#define PART(headers, text) "--b\n" headers "\n" text "\n"
#define END "--b--\n"

static const struct row multi[] = {
    { MULTIPART("mixed") PART("", "text\n") END, "text\n", false },
    { MULTIPART("alternative") PART("Content-Type: text/html\n", "<p>")
          PART("Content-Type: text/plain\n", "plain\n") END, "plain\n", false },
    { MULTIPART("alternative") PART("Content-Type: text/html\n", "<p>\n") END, "<p>\n", false },
    { MULTIPART("mixed") PART("", "text\n")
          PART("Content-Type: text/x-patch; name=f\n" ENCODING("base64"), "ZGlmZgo=") END,
      "text\n\ndiff\n", false },
    { MULTIPART("mixed") PART("", "text\n")
          PART("Content-Type: text/plain\nContent-Disposition: inline; filename=f.patch\n", "diff\n") END,
      "text\n\ndiff\n", false },
    { MULTIPART("mixed") PART("", "text\n")
          PART("Content-Type: application/octet-stream; name=f.diff\n", "diff\n")
          PART("Content-Type: application/octet-stream; name=f.bin\n", "binary\n") END,
      "text\n\ndiff\n", false },
    { MULTIPART("mixed") PART("", "text\n")
          PART("Content-Type: text/plain; name=log.txt\nContent-Disposition: attachment\n", "log\n") END,
      "text\n", false },
    { MULTIPART("signed") PART("", "text\n")
          PART("Content-Type: application/pgp-signature\n", "-----") END, "text\n", false },
    { MULTIPART("mixed") "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\ninner\n\n--c--\n" END,
      "inner\n", false },
    /* The boundary never comes, or is not named: what stands there is shown. */
    { "Content-Type: multipart/mixed; boundary=b\n\njust text\n", "just text\n", true },
    { "Content-Type: multipart/mixed\n\njust text\n", "just text\n", true },
};

START_TEST(multi_part)
{
    check_row(&multi[_i]);
}
END_TEST

START_TEST(headers_are_decoded_in_order)
{
    struct message *message = parse("Subject: =?utf-8?q?Zo=C3=AB?=\n and\n\tmore\nX-Odd:one\nFrom: a\n"
                                    "subject: second\n\n");
    const struct message_header *second =
        &g_array_index(message->headers, struct message_header, 1);

    ck_assert_uint_eq(message->headers->len, 4);
    ck_assert_str_eq(message_header(message, "SUBJECT"), "Zo\xc3\xab and more");
    ck_assert_str_eq(second->name, "X-Odd");
    ck_assert_str_eq(second->value, "one");
    ck_assert_ptr_null(message_header(message, "To"));
    message_free(message);
}
END_TEST

START_TEST(nuls_become_visible)
{
    static const char bytes[] = "Subject: a\0b\n\nc\0d\n";
    struct message *message = message_parse(bytes, sizeof bytes - 1);

    ck_assert_str_eq(message_header(message, "Subject"), "a" REPLACED "b");
    ck_assert_str_eq(message->text, "c" REPLACED "d\n");
    message_free(message);
}
END_TEST

/* COUNT parts, each inside of the one before. */
static GString *nest(guint count)
{
    GString *mail = g_string_new("Subject: x\n");

    for (guint i = 0; i < count; i++)
        g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    g_string_append(mail, "\nin the middle\n");
    return mail;
}

START_TEST(a_few_nested_parts_are_read)
{
    GString *mail = nest(50);
    struct message *message = parse(mail->str);

    ck_assert_str_eq(message->text, "in the middle\n");
    message_free(message);
    g_string_free(mail, TRUE);
}
END_TEST

START_TEST(many_nested_parts_are_marked)
{
    GString *mail = nest(_i ? 100000 : 1500);
    struct message *message = parse(mail->str);

    ck_assert(message->damaged);
    message_free(message);
    g_string_free(mail, TRUE);
}
END_TEST

START_TEST(many_headers_are_marked)
{
    GString *mail = g_string_new(NULL);
    struct message *message;

    for (guint i = 0; i < 100000; i++)
        g_string_append(mail, "X-Many: yes\n");
    g_string_append(mail, "\ntext\n");
    message = parse(mail->str);
    ck_assert(message->damaged);
    ck_assert_uint_lt(message->headers->len, 100000);
    ck_assert_str_eq(message->text, "text\n");
    message_free(message);
    g_string_free(mail, TRUE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("message");
    TCase *tests = tcase_create("message");

    mail_startup();
    tcase_add_loop_test(tests, single_part, 0, G_N_ELEMENTS(single));
    tcase_add_loop_test(tests, multi_part, 0, G_N_ELEMENTS(multi));
    tcase_add_test(tests, headers_are_decoded_in_order);
    tcase_add_test(tests, nuls_become_visible);
    tcase_add_test(tests, a_few_nested_parts_are_read);
    tcase_add_loop_test(tests, many_nested_parts_are_marked, 0, 2);
    tcase_add_test(tests, many_headers_are_marked);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
