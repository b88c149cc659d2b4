/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is sent: an answer's draft made a mail, read back. */
#include "answer_support.h"
#include "mail/mail.h"
#include "mail/message.h"
#include "mail/recipients.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* 2019-03-01 10:00 UTC. */
#define NOW INT64_C(1551434400)

static GString *mail_of(const char *draft)
{
    GError *error = NULL;
    GString *mail = answer_mail(draft, strlen(draft), NOW, "20190301.1", &error);
    ck_assert_msg(mail != NULL, "%s", error ? error->message : "");
    const char *text = strstr(mail->str, "\n\n");
    ck_assert_ptr_nonnull(text);
    for (const char *at = mail->str; at < text; at++)
        ck_assert(*at == '\n' || *at == '\t' || (*at >= ' ' && *at < 0x7f));
    return mail;
}

START_TEST(test_mail)
{
    GString *mail = mail_of("From: Mia Example <mia@example.org>\n"
                            "To: Ann <ann@example.org>\nCc: \nBcc: bob@example.com\n"
                            "X-Mine: yes\nSubject: Re: [PATCH v2 3/7] widget\n"
                            "In-Reply-To: <1@example.org>\nReferences: <0@example.org>\n"
                            "\t<1@example.org>\n\n> One.\nGood.\n");
    static const char wanted[] = "From: Mia Example <mia@example.org>\n"
                                 "To: Ann <ann@example.org>\n"
                                 "Bcc: bob@example.com\n"
                                 "Subject: Re: [PATCH v2 3/7] widget\n"
                                 "In-Reply-To: <1@example.org>\n"
                                 "References: <0@example.org>\n"
                                 "\t<1@example.org>\n"
                                 "X-Mine: yes\n"
                                 "Date: Fri, 01 Mar 2019 12:00:00 +0200\n"
                                 "Message-ID: <20190301.1@example.org>\n"
                                 "MIME-Version: 1.0\n"
                                 "Content-Type: text/plain; charset=us-ascii\n"
                                 "Content-Transfer-Encoding: 7bit\n"
                                 "\n"
                                 "> One.\nGood.\n";
    ck_assert_str_eq(mail->str, wanted);
    g_string_free(mail, TRUE);
}
END_TEST

START_TEST(test_encodes)
{
    GString *mail = mail_of("From: \"Müller, Jörg\" <j@bücher.example>\n"
                            "To: 日本 <n@example.org>, plain@example.org\n"
                            "Subject: Re: Grüße aus dem schönen Müllheim, wo die Zeilen immer länger "
                            "werden und kein Ende nehmen wollen\n\n日本語 – Grüße\n");
    assert_field(mail, "Subject", "Re: Grüße aus dem schönen Müllheim, wo die Zeilen immer länger "
                                  "werden und kein Ende nehmen wollen");
    assert_field(mail, "To", "日本 <n@example.org>, plain@example.org");
    assert_field(mail, "Content-Type", "text/plain; charset=utf-8");
    assert_field(mail, "Content-Transfer-Encoding", "8bit");
    assert_field(mail, "Message-ID", "<20190301.1@xn--bcher-kva.example>");
    GPtrArray *list = recipients_new();
    struct message *message = message_parse(mail->str, mail->len);
    const char *from = message_header(message, "From");
    g_free(recipients_read(list, from, strlen(from), true));
    const struct address *sender = list->pdata[0];
    ck_assert_str_eq(sender->name, "Müller, Jörg");
    ck_assert_str_eq(message->text, "日本語 – Grüße\n");
    message_free(message);
    g_ptr_array_unref(list);
    char **lines = g_strsplit(mail->str, "\n", -1);
    for (int i = 0; lines[i]; i++)
        ck_assert_uint_le(strlen(lines[i]), 100);
    g_strfreev(lines);
    g_string_free(mail, TRUE);
}
END_TEST

/* The lines of the text stay, however they end in the draft; those that are too long for the way
 * are encoded, and come out as they were. */
START_TEST(test_text)
{
    static const char head[] = "From: a@example.org\r\nTo: b@example.org\nSubject: x\n\n";
    char *longest = g_strnfill(998, 'x'), *longer = g_strnfill(999, 'y');
    const struct {
        char *text;
        const char *wanted, *encoding;
    } cases[] = {
        {g_strdup("trailing  \n\n \n-- \nMia\nFrom here"), "trailing  \n\n \n-- \nMia\nFrom here\n",
         "7bit"},
        {g_strdup("dos\r\nlines\r\n"), "dos\nlines\n", "7bit"},
        {g_strdup(""), "", "7bit"},
        {g_strdup("a\fb\n"), "a\fb\n", "7bit"},
        {g_strconcat(longest, "\n", NULL), NULL, "7bit"},
        {g_strconcat(longer, "\n=x  \nFrom ü\n\n", NULL), NULL, "quoted-printable"},
        {g_strdup("a\rb = c\n"), "a\rb = c\n", "quoted-printable"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *draft = g_strconcat(head, cases[i].text, NULL);
        GString *mail = mail_of(draft);
        struct message *message = message_parse(mail->str, mail->len);
        ck_assert_str_eq(message->text, cases[i].wanted ? cases[i].wanted : cases[i].text);
        ck_assert_str_eq(message_header(message, "Content-Transfer-Encoding"), cases[i].encoding);
        char **lines = g_strsplit(mail->str, "\n", -1);
        for (int j = 0; lines[j]; j++)
            ck_assert_uint_le(strlen(lines[j]), 998);
        g_strfreev(lines);
        message_free(message);
        g_string_free(mail, TRUE);
        g_free(draft);
        g_free(cases[i].text);
    }
    g_free(longer);
    g_free(longest);
}
END_TEST

START_TEST(test_refused)
{
    static const struct {
        const char *draft, *wanted;
    } cases[] = {
        {"", "line 1: From does not say who sends this"},
        {"\nText\n", "line 1: From does not say who sends this"},
        {"From:\nTo: a@example.org\n\nx\n", "line 1: From does not say who sends this"},
        {"From: a@example.org\nCc:\nTo: \n\nx\n", "line 3: To, Cc and Bcc name nobody"},
        {"From: a@example.org\nTo: undisclosed-recipients:;\n\nx\n",
         "line 2: To, Cc and Bcc name nobody"},
        {"From: a@example.org\nTo: a@example.org\nSubject\n\nx\n",
         "line 3: this is no header; a blank line ends the headers"},
        {" continued\nFrom: a@example.org\n",
         "line 1: this is no header; a blank line ends the headers"},
        {"From: a@example.org\nTo: b@example.org,\n c@example.org\nCc: root, x@example.org\n\nx\n",
         "line 4: this is no address: root"},
        {"From: a@example.org\nTo: Doe, Jane <j@example.org>\n\nx\n",
         "line 2: this is no address: Doe"},
        {"From: a@example.org\nTo: b@example.org\nSubject: x\nSubject: y\n\nx\n",
         "line 4: there is a Subject already"},
        {"From: a@example.org\nTo: b@example.org\nIn-Reply-To: 1@example.org\n\nx\n",
         "line 3: this is no Message-ID in < and >: 1@example.org"},
        {"From: a@example.org\nTo: b@example.org\nReferences: <a@x> <b c@x>\n\nx\n",
         "line 3: this is no Message-ID in < and >: <b"},
        {"From: a@example.org\nTo: b@example.org\nContent-Type: text/html\n\nx\n",
         "line 3: Content-Type follows from the text and cannot be set"},
        {"From: a@example.org\nTo: b@example.org\n\nCaf\351\n", "line 4: this is not UTF-8"},
        {"From: a@example.org\nTo: b\377@example.org\n\nx\n", "line 2: this is not UTF-8"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        GString *mail =
            answer_mail(cases[i].draft, strlen(cases[i].draft), NOW, "1", &error);
        ck_assert_msg(mail == NULL, "%s", cases[i].draft);
        ck_assert_ptr_nonnull(error);
        ck_assert_str_eq(error->message, cases[i].wanted);
        g_error_free(error);
    }
    static const char nul[] = "From: a@example.org\nTo: b@example.org\n\nx\0y\n";
    ck_assert_ptr_null(answer_mail(nul, sizeof nul - 1, NOW, "1", NULL));
    /* A header that would not pass. */
    char *word = g_strnfill(1100, 'w');
    char *draft = g_strdup_printf("From: a@example.org\nTo: b@example.org\nReferences: <%s>\n\nx\n",
                                  word);
    ck_assert_ptr_null(answer_mail(draft, strlen(draft), NOW, "1", NULL));
    g_free(draft);
    g_free(word);
}
END_TEST

/* Several To become one; what was made before is made anew. */
START_TEST(test_mends)
{
    GString *mail = mail_of("Date: yesterday\nMessage-Id: <old@example.org>\n"
                            "To: b@example.org\nFrom: a@[192.0.2.1]\nTo: c@example.org, B@example.org\n"
                            "Subject: =?utf-8?q?x?=\n\nx\n");
    assert_field(mail, "To", "b@example.org, c@example.org");
    assert_field(mail, "Date", "Fri, 01 Mar 2019 12:00:00 +0200");
    assert_field(mail, "Message-ID", "<20190301.1@localhost>");
    ck_assert_ptr_null(strstr(mail->str, "old@"));
    g_string_free(mail, TRUE);
}
END_TEST

START_TEST(test_describes)
{
    static const char draft[] = "From: a@example.org\nTo: Ann <ann@example.org>,\n b@example.org\n"
                                "Cc: ANN@example.org, nonsense\nBcc: c@example.org\n"
                                "Subject: Re:\n\033[2J x\nbroken\n\nx\n";
    char *recipients, *subject;
    answer_describe(draft, strlen(draft), &recipients, &subject);
    ck_assert_str_eq(recipients, "ann@example.org, b@example.org, c@example.org");
    ck_assert_str_eq(subject, "Re:");
    g_free(subject);
    g_free(recipients);
    answer_describe("\377", 1, &recipients, &subject);
    ck_assert_str_eq(recipients, "");
    ck_assert_str_eq(subject, "");
    g_free(subject);
    g_free(recipients);
}
END_TEST

/* Every mail of the tests, and each cut off anywhere, gives a draft that can be sent, or says
 * why not. */
static void answer_every_way(const char *bytes, size_t length)
{
    for (int kind = ANSWER_SENDER; kind <= ANSWER_LIST; kind++) {
        struct answer_request request = request_of((enum answer_kind)kind);
        GError *error = NULL;
        request.list = "list@example.org";
        GString *draft = answer_draft(bytes, length, &request, &error);
        ck_assert((draft == NULL) == (error != NULL));
        if (!draft) {
            g_error_free(error);
            continue;
        }
        ck_assert(g_utf8_validate(draft->str, (gssize)draft->len, NULL));
        g_string_free(mail_of(draft->str), TRUE);
        g_string_free(draft, TRUE);
    }
}

START_TEST(test_fixtures)
{
    static const char *const folders[] = {"mail", "patch"};
    const char *top = g_getenv("srcdir");
    guint read = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        char *folder = g_build_filename(top ? top : ".", "tests", "corpus", folders[i], NULL);
        GDir *directory = g_dir_open(folder, 0, NULL);
        const char *name;
        while (directory && (name = g_dir_read_name(directory))) {
            char *path = g_build_filename(folder, name, NULL), *bytes;
            gsize length;
            ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
            answer_every_way(bytes, length);
            for (gsize cut = 1; cut < MIN(length, 600); cut += 7)
                answer_every_way(bytes, cut);
            read++;
            g_free(bytes);
            g_free(path);
        }
        if (directory)
            g_dir_close(directory);
        g_free(folder);
    }
    ck_assert_uint_gt(read, 0);
}
END_TEST

int main(void)
{
    setenv("TZ", "EET", 1);
    tzset();
    mail_startup();
    Suite *suite = suite_create("answer_mail");
    TCase *cases = tcase_create("answer");
    tcase_add_test(cases, test_mail);
    tcase_add_test(cases, test_encodes);
    tcase_add_test(cases, test_text);
    tcase_add_test(cases, test_refused);
    tcase_add_test(cases, test_mends);
    tcase_add_test(cases, test_describes);
    tcase_add_test(cases, test_fixtures);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
