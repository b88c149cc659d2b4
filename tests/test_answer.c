/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drafts of answers and the mails that they become: recipients, threading, subjects, quoting,
 * and what is refused. What is made is read back by the parsers that read everybody's mails. */
#include "answer_support.h"
#include "mail/mail.h"
#include "mail/recipients.h"
#include "mail/subject.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static GString *draft_with(const char *mail, const struct answer_request *request)
{
    GError *error = NULL;
    GString *draft = answer_draft(mail, strlen(mail), request, &error);
    ck_assert_msg(draft != NULL, "%s: %s", error ? error->message : "", mail);
    ck_assert_ptr_null(error);
    ck_assert(g_utf8_validate(draft->str, (gssize)draft->len, NULL));
    return draft;
}

static GString *draft_of(const char *mail, enum answer_kind kind)
{
    const struct answer_request request = request_of(kind);
    return draft_with(mail, &request);
}

/* An answer of KIND to a mail with HEADERS goes TO and CC. */
static void assert_recipients(const char *headers, enum answer_kind kind, const char *to,
                              const char *cc)
{
    char *mail = g_strdup_printf("%sSubject: x\n\nText.\n", headers);
    GString *draft = draft_of(mail, kind);
    assert_field(draft, "To", to);
    assert_field(draft, "Cc", cc);
    g_string_free(draft, TRUE);
    g_free(mail);
}

START_TEST(test_sender)
{
    static const struct {
        const char *headers, *to;
    } cases[] = {
        {"From: Ann Example <ann@example.org>\nTo: list@example.org\nCc: bob@example.com\n",
         "Ann Example <ann@example.org>"},
        {"From: ann@example.org\n", "ann@example.org"},
        {"From: ann@example.org (Ann Example)\n", "Ann Example <ann@example.org>"},
        {"From: ann <ann@example.org>\n", "ann@example.org"},
        {"From: Ann <ann@example.org>, Bob <bob@example.com>\n",
         "Ann <ann@example.org>, Bob <bob@example.com>"},
        {"Sender: s@example.org\n", "s@example.org"},
        {"From: Ann <ann@example.org>\nReply-To: Home <home@example.com>\n",
         "Home <home@example.com>"},
        {"From: Ann <ann@example.org>\nReply-To: a@example.com, b@example.com\n",
         "a@example.com, b@example.com"},
        {"From: Ann <ann@example.org>\nReply-To:\n", "Ann <ann@example.org>"},
        {"From: Ann <ann@example.org>\nReply-To: nobody here\n", "Ann <ann@example.org>"},
        /* A list that puts itself there. */
        {"From: Ann <ann@example.org>\nReply-To: list@example.org\nTo: list@example.org\n"
         "List-Post: <mailto:list@example.org>\n",
         "Ann <ann@example.org>"},
        {"From: Ann via list <list@example.org>\nReply-To: Ann <ann@example.org>\n"
         "To: list@example.org\nList-Post: <mailto:list@example.org>\n",
         "Ann <ann@example.org>"},
        {"From: Ann via list <list@example.org>\nTo: list@example.org\n"
         "Reply-To: Ann <ann@example.org>, The List <LIST@example.org>\n"
         "List-Id: The list <list.example.org>\n",
         "Ann <ann@example.org>"},
        {"From: Ann via list <list@example.org>\nTo: list@example.org\n"
         "Reply-To: list@example.org\nList-Id: <list.example.org>\n",
         "Ann via list <list@example.org>"},
        /* What is not for the sender. */
        {"From: Ann <ann@example.org>\nMail-Followup-To: list@example.org\n",
         "Ann <ann@example.org>"},
        {"From: Ann <ann@example.org>\nMail-Reply-To: other@example.org\n",
         "Ann <ann@example.org>"},
        /* One's own mail. */
        {"From: Mia <MIA@example.org>\nTo: Ann <ann@example.org>\nCc: list@example.org\n",
         "Ann <ann@example.org>"},
        {"From: Mia <mia@example.org>\nTo: Mia Example <mia@example.org>\n",
         "Mia Example <mia@example.org>"},
        {"From: Ann <ann@example.org>\nReply-To: mia@example.org\n", "mia@example.org"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_recipients(cases[i].headers, ANSWER_SENDER, cases[i].to, "");
}
END_TEST

START_TEST(test_group)
{
    static const struct {
        const char *headers, *to, *cc;
    } cases[] = {
        {"From: Ann <ann@example.org>\nTo: list@example.org, Mia <mia@example.org>\n"
         "Cc: bob@example.com, ANN@example.org, List <List@Example.Org>\n",
         "Ann <ann@example.org>", "list@example.org, bob@example.com"},
        {"From: Ann <ann@example.org>\nTo: a@example.org\nTo: b@example.org\nCc: c@example.org\n"
         "Cc: d@example.org\n",
         "Ann <ann@example.org>", "a@example.org, b@example.org, c@example.org, d@example.org"},
        {"From: Ann <ann@example.org>\nTo: undisclosed-recipients:;\n", "Ann <ann@example.org>", ""},
        {"From: Ann <ann@example.org>\n"
         "To: The Team: Bob <bob@example.com>, carl@example.com; dora@example.com\n",
         "Ann <ann@example.org>", "Bob <bob@example.com>, carl@example.com, dora@example.com"},
        {"From: Ann via list <list@example.org>\nReply-To: ann@example.org\n"
         "To: list@example.org\nX-Mailing-List: list@example.org\n",
         "ann@example.org", "list@example.org"},
        {"From: Ann <ann@example.org>\nReply-To: list@example.org\nTo: bob@example.com\n"
         "X-BeenThere: list@example.org\n",
         "Ann <ann@example.org>", "list@example.org, bob@example.com"},
        {"From: Ann <ann@example.org>\nTo: list@example.org\nCc: bob@example.com\n"
         "Mail-Followup-To: list@example.org, Carl <carl@example.com>\n",
         "list@example.org, Carl <carl@example.com>", ""},
        {"From: Ann <ann@example.org>\nTo: list@example.org\nMail-Followup-To: nonsense\n",
         "Ann <ann@example.org>", "list@example.org"},
        /* Nobody else: it stays. */
        {"From: Mia <mia@example.org>\nTo: mia@example.org\n", "mia@example.org", ""},
        {"From: Mia <mia@example.org>\nTo: ann@example.org\nCc: list@example.org, mia@example.org\n",
         "ann@example.org", "list@example.org"},
        {"To: ann@example.org\nCc: bob@example.com\n", "ann@example.org, bob@example.com", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_recipients(cases[i].headers, ANSWER_GROUP, cases[i].to, cases[i].cc);
}
END_TEST

START_TEST(test_list)
{
    static const struct {
        const char *headers, *known, *to, *cc;
    } cases[] = {
        {"List-Post: <mailto:list@example.org>\n", "", "list@example.org", ""},
        {"List-Post: <MAILTO:my%2Blist@example.org?subject=x>, <https://example.org/>\n", "",
         "my+list@example.org", ""},
        {"List-Post: NO (announcements)\nX-Mailing-List: list@example.org\n", "",
         "list@example.org", ""},
        {"X-Mailing-List: <list@example.org> archive/latest/123\n", "", "list@example.org", ""},
        {"X-BeenThere: list@example.org\n", "other", "list@example.org", ""},
        {"To: a@example.org\nCc: The List <the-list@lists.example.org>\n"
         "List-Id: About things <the-list.lists.example.org>\n",
         "a", "the-list@lists.example.org", ""},
        {"To: a@example.org\n", "known@example.com", "known@example.com", ""},
        {"To: a@example.org, listener@example.org\nCc: The List <List@example.org>\n", "list",
         "List@example.org", ""},
        {"List-Post: <mailto:list@example.org>\n"
         "Mail-Followup-To: list@example.org, bob@example.com\n",
         "", "list@example.org", "bob@example.com"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct answer_request request = request_of(ANSWER_LIST);
        char *mail = g_strdup_printf("From: ann@example.org\n%s\nText.\n", cases[i].headers);
        request.list = cases[i].known;
        GString *draft = draft_with(mail, &request);
        assert_field(draft, "To", cases[i].to);
        assert_field(draft, "Cc", cases[i].cc);
        g_string_free(draft, TRUE);
        g_free(mail);
    }
}
END_TEST

START_TEST(test_me_too)
{
    static const char mail[] = "From: ann@example.org\nTo: list@example.org, mia@example.org\n\nx\n";
    struct answer_request request = request_of(ANSWER_GROUP);
    request.me_too = true;
    GString *draft = draft_with(mail, &request);
    assert_field(draft, "Cc", "list@example.org, mia@example.org");
    assert_field(draft, "From", ME);
    g_string_free(draft, TRUE);
    /* Who that is need not be known. */
    request.me_too = false;
    request.from = "";
    draft = draft_with(mail, &request);
    assert_field(draft, "Cc", "list@example.org, mia@example.org");
    assert_field(draft, "From", "");
    g_string_free(draft, TRUE);
}
END_TEST

static void assert_no_draft(const char *mail, enum answer_kind kind)
{
    const struct answer_request request = request_of(kind);
    GError *error = NULL;
    ck_assert_ptr_null(answer_draft(mail, strlen(mail), &request, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_null(strchr(error->message, '\n'));
    g_error_free(error);
}

START_TEST(test_nobody)
{
    assert_no_draft("", ANSWER_SENDER);
    assert_no_draft("", ANSWER_GROUP);
    assert_no_draft("From: nobody\nTo: undisclosed-recipients:;\n\nx\n", ANSWER_GROUP);
    assert_no_draft("From: ann@example.org\nTo: bob@example.com\n\nx\n", ANSWER_LIST);
    assert_no_draft("From: a\001b@example.org\n\nx\n", ANSWER_SENDER);
    assert_no_draft("From: \"=?utf-8?q?Ann?=\"\n\nx\n", ANSWER_SENDER);
}
END_TEST

/* --- names and addresses ------------------------------------------------------------ */

START_TEST(test_names)
{
    static const struct {
        const char *field, *wanted;
    } cases[] = {
        {"=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <j@example.org>", "Jörg Müller <j@example.org>"},
        {"=?iso-8859-1?Q?M=FCller=2C_J=F6rg?= <j@example.org>", "\"Müller, Jörg\" <j@example.org>"},
        {"=?utf-8?q?M=C3=BCller,_J=C3=B6rg?= <j@example.org>, k@example.org",
         "\"Müller, Jörg\" <j@example.org>, k@example.org"},
        {"\"Doe, Jane\" <jane@example.org>", "\"Doe, Jane\" <jane@example.org>"},
        {"Doe, Jane <jane@example.org>", "\"Doe, Jane\" <jane@example.org>"},
        {"\"Jane \\\"JD\\\" Doe\" <jane@example.org>", "\"Jane \\\"JD\\\" Doe\" <jane@example.org>"},
        {"Jane Q. Public <jane@example.org>", "\"Jane Q. Public\" <jane@example.org>"},
        {"jane@example.org <jane@example.org>", "jane@example.org"},
        {"\"Jane \033[31mRed\001\" <jane@example.org>", "\"Jane [31mRed\" <jane@example.org>"},
        {"=?utf-8?q?Jane=0D=0ABcc=3A_x=40example=2Ecom?= <jane@example.org>",
         "\"Jane Bcc: x@example.com\" <jane@example.org>"},
        {"<jane@example.org>", "jane@example.org"},
        {"\"never closed <jane@example.org>, bob@example.com",
         NULL},
        {"jane@example.org; bob@example.com", "jane@example.org, bob@example.com"},
        {"root, jane@example.org", "jane@example.org"},
        {"jane@example.org,,, ,bob@example.com,", "jane@example.org, bob@example.com"},
        {"[Jane] <jane@example.org>", "\"[Jane]\" <jane@example.org>"},
        {"Jane (at home, mostly) <jane@example.org>, bob@example.com", NULL},
        {"=?utf-8?b?SmFuZSA8amFuZUBleGFtcGxlLm9yZz4=?=@example.com, bob@example.com",
         "bob@example.com"},
        {"jane@[192.0.2.1]", "jane@[192.0.2.1]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GPtrArray *list = recipients_new();
        GString *field = g_string_new(NULL);
        g_free(recipients_read(list, cases[i].field, strlen(cases[i].field), true));
        recipients_append(field, "To", list);
        if (cases[i].wanted)
            assert_field(field, "To", cases[i].wanted);
        else
            ck_assert_ptr_nonnull(strstr(field->str, "bob@example.com"));
        /* What is written is read as what it was. */
        GPtrArray *again = recipients_new();
        ck_assert_ptr_null(recipients_read(again, field->str + 3, field->len - 3, false));
        ck_assert_uint_eq(again->len, list->len);
        for (guint j = 0; j < list->len; j++) {
            const struct address *a = list->pdata[j], *b = again->pdata[j];
            ck_assert_str_eq(a->address, b->address);
            ck_assert_str_eq(a->name, b->name);
        }
        g_ptr_array_unref(again);
        g_ptr_array_unref(list);
        g_string_free(field, TRUE);
    }
}
END_TEST

/* Hundreds of recipients stay, in folded lines. */
START_TEST(test_many)
{
    GString *mail = g_string_new("From: ann@example.org\nTo: list@example.org\nCc: ");
    for (int i = 0; i < 400; i++)
        g_string_append_printf(mail, "%sPerson Number %d <person%d@example.org>", i ? ",\n " : "", i,
                               i);
    g_string_append(mail, "\n\nx\n");
    GString *draft = draft_of(mail->str, ANSWER_GROUP);
    ck_assert_ptr_nonnull(strstr(draft->str, "\n\t"));
    char **lines = g_strsplit(draft->str, "\n", -1);
    for (int i = 0; lines[i]; i++)
        ck_assert_uint_lt(strlen(lines[i]), 100);
    g_strfreev(lines);
    char *cc = field_of(draft, "Cc");
    GPtrArray *list = recipients_new();
    ck_assert_ptr_null(recipients_read(list, cc, strlen(cc), false));
    ck_assert_uint_eq(list->len, 401);
    g_ptr_array_unref(list);
    g_free(cc);
    g_string_free(draft, TRUE);
    g_string_free(mail, TRUE);
}
END_TEST

/* What is there a hundred thousand times takes no longer than it must. */
START_TEST(test_floods)
{
    static const char *const floods[] = {"(", "\"a\" <", "x, ", ":", "@,", "[", "\\\"",
                                         "=?utf-8?q?", "a@example.org "};
    for (size_t i = 0; i < G_N_ELEMENTS(floods); i++) {
        GString *field = g_string_new(NULL);
        GPtrArray *list = recipients_new();
        for (int j = 0; j < 100000; j++)
            g_string_append(field, floods[i]);
        g_free(recipients_read(list, field->str, field->len, true));
        ck_assert_uint_le(list->len, 1);
        g_ptr_array_unref(list);
        g_string_free(field, TRUE);
    }
    GString *field = g_string_new(NULL);
    GPtrArray *list = recipients_new();
    for (int j = 0; j < 100000; j++)
        g_string_append_printf(field, "a%d@example.org, ", j);
    ck_assert_ptr_null(recipients_read(list, field->str, field->len, true));
    ck_assert_uint_eq(list->len, RECIPIENTS_MAX);
    g_ptr_array_unref(list);
    g_string_free(field, TRUE);
}
END_TEST

/* --- subject ------------------------------------------------------------------------ */

START_TEST(test_subjects)
{
    static const struct {
        const char *subject, *wanted;
    } cases[] = {
        {"widget: turn it", "Re: widget: turn it"},
        {"Re: widget", "Re: widget"},
        {"RE: Re: AW: widget", "Re: widget"},
        {"Antw: SV: VS: widget", "Re: widget"},
        {"Re[2]: widget", "Re: widget"},
        {"回复：答复: [PATCH v2 3/7] widget", "Re: [PATCH v2 3/7] widget"},
        {"[PATCH v2 3/7] widget: turn", "Re: [PATCH v2 3/7] widget: turn"},
        {"Re: [PATCH v2 3/7] widget: turn", "Re: [PATCH v2 3/7] widget: turn"},
        {"[list] Re: [PATCH] widget", "Re: [list] [PATCH] widget"},
        {"[PATCH][v2] x", "Re: [PATCH][v2] x"},
        {"Fwd: widget", "Re: widget"},
        {"Regarding: widget", "Re: Regarding: widget"},
        {"vs: widget", "Re: vs: widget"},
        {"", "Re: your mail"},
        {"Re:", "Re: your mail"},
        {"[never closed", "Re: [never closed"},
        {"[PATCH] 日本語の題名", "Re: [PATCH] 日本語の題名"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *subject = g_string_new(NULL), *again = g_string_new(NULL);
        subject_append_answer(subject, cases[i].subject);
        ck_assert_str_eq(subject->str, cases[i].wanted);
        subject_append_answer(again, subject->str);
        ck_assert_str_eq(again->str, cases[i].wanted);
        g_string_free(again, TRUE);
        g_string_free(subject, TRUE);

        char *mail = g_strdup_printf("From: a@example.org\nSubject: %s\n\nx\n", cases[i].subject);
        GString *draft = draft_of(mail, ANSWER_SENDER);
        assert_field(draft, "Subject", cases[i].wanted);
        g_string_free(draft, TRUE);
        g_free(mail);
    }
}
END_TEST

/* What words of RFC 2047 hold becomes no header of its own. */
START_TEST(test_hostile_subject)
{
    GString *draft = draft_of("From: a@example.org\n"
                              "Subject: =?utf-8?q?x=0D=0ABcc:_evil=40example=2Ecom=1B=5B2J?=\n\nx\n",
                              ANSWER_SENDER);
    assert_field(draft, "Subject", "Re: x Bcc: evil@example.com [2J");
    assert_field(draft, "Bcc", "");
    g_string_free(draft, TRUE);
}
END_TEST

/* --- threading ---------------------------------------------------------------------- */

START_TEST(test_threading)
{
    static const struct {
        const char *headers, *in_reply_to, *references;
    } cases[] = {
        {"Message-ID: <1@example.org>\n", "<1@example.org>", "<1@example.org>"},
        {"Message-ID: <3@example.org>\nReferences: <1@example.org>\n <2@example.org>\n",
         "<3@example.org>", "<1@example.org> <2@example.org> <3@example.org>"},
        {"Message-ID: <2@example.org>\nIn-Reply-To: <1@example.org>\n", "<2@example.org>",
         "<1@example.org> <2@example.org>"},
        {"Message-ID: <2@example.org>\nReferences: <1@example.org> <2@example.org> <1@example.org>\n",
         "<2@example.org>", "<1@example.org> <2@example.org>"},
        {"References: <1@example.org>\n", "", "<1@example.org>"},
        {"", "", ""},
        {"Message-ID: <>\n", "", ""},
        {"Message-ID: <a b@example.org>\n", "<ab@example.org>", "<ab@example.org>"},
        {"Message-ID: bare@example.org\n", "<bare@example.org>", "<bare@example.org>"},
        {"Message-ID: <no-at>\n", "<no-at>", "<no-at>"},
        {"Message-ID: <caf\303\251@example.org>\nReferences: <\001@example.org> <1@example.org>\n",
         "", "<1@example.org>"},
        {"Message-ID: <2@example.org>\nIn-Reply-To: Your message of Monday\n", "<2@example.org>",
         "<2@example.org>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *mail = g_strdup_printf("From: a@example.org\n%sSubject: x\n\nx\n", cases[i].headers);
        GString *draft = draft_of(mail, ANSWER_SENDER);
        assert_field(draft, "In-Reply-To", cases[i].in_reply_to);
        assert_field(draft, "References", cases[i].references);
        g_string_free(draft, TRUE);
        g_free(mail);
    }
}
END_TEST

START_TEST(test_long_thread)
{
    GString *mail = g_string_new("From: a@example.org\nMessage-ID: <last@example.org>\nReferences:");
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(mail, " <%d@example.org>\n", i);
    char *giant = g_strnfill(2000, 'x');
    g_string_append_printf(mail, " <%s@example.org>\nSubject: x\n\nx\n", giant);
    GString *draft = draft_of(mail->str, ANSWER_SENDER);
    char *references = field_of(draft, "References");
    ck_assert(g_str_has_prefix(references, "<0@example.org> "));
    ck_assert(g_str_has_suffix(references, " <999@example.org> <last@example.org>"));
    char **ids = g_strsplit(references, " ", -1);
    ck_assert_uint_le(g_strv_length(ids), ANSWER_REFERENCES_MAX);
    g_strfreev(ids);
    g_free(references);
    g_free(giant);
    g_string_free(draft, TRUE);
    g_string_free(mail, TRUE);
}
END_TEST

/* --- quoting ------------------------------------------------------------------------ */

static void assert_text(const char *mail, const struct answer_request *request, const char *wanted)
{
    GString *draft = draft_with(mail, request);
    const char *text = strstr(draft->str, "\n\n");
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text + 2, wanted);
    g_string_free(draft, TRUE);
}

START_TEST(test_quoting)
{
    struct answer_request request = request_of(ANSWER_SENDER);
    assert_text("From: a@example.org\n\nOne.\n\n> Two.\n>Three.\n\tTab\n-- \nAnn", &request,
                "> One.\n> \n> > Two.\n> >Three.\n> \tTab\n> -- \n> Ann\n");
    request.attribution = "On Friday,\n Ann \033[2J wrote:";
    request.indent = "| ";
    assert_text("From: a@example.org\n\nOne.\r\nTwo.\r\n", &request,
                "On Friday, Ann [2J wrote:\n| One.\n| Two.\n");
    assert_text("From: a@example.org\n\n", &request, "On Friday, Ann [2J wrote:\n");
    request.attribution = "";
    request.indent = "";
    assert_text("From: a@example.org\n\nOne.\n", &request, "One.\n");
}
END_TEST

START_TEST(test_quotes_decoded)
{
    struct answer_request request = request_of(ANSWER_SENDER);
    assert_text("From: a@example.org\nContent-Type: text/plain; charset=iso-8859-1\n"
                "Content-Transfer-Encoding: quoted-printable\n\nCaf=E9 =\nau lait\n",
                &request, "> Café au lait\n");
    assert_text("From: a@example.org\nContent-Type: text/plain; charset=utf-8\n"
                "Content-Transfer-Encoding: base64\n\nQ2Fmw6kK\n",
                &request, "> Café\n");
    assert_text("From: a@example.org\nContent-Type: multipart/alternative; boundary=b\n\n"
                "--b\nContent-Type: text/html\n\n<p>Markup</p>\n"
                "--b\nContent-Type: text/plain\n\nPlain.\n\n--b--\n",
                &request, "> Plain.\n");
    /* Control characters can be seen and do nothing. */
    assert_text("From: a@example.org\n\na\033]0;x\007b\rc\177\302\233d\fe\n", &request,
                "> a^[]0;x^Gb^Mc^?\357\277\275d^Le\n");
}
END_TEST

int main(void)
{
    setenv("TZ", "EET", 1);
    tzset();
    mail_startup();
    Suite *suite = suite_create("answer");
    TCase *cases = tcase_create("answer");
    tcase_add_test(cases, test_sender);
    tcase_add_test(cases, test_group);
    tcase_add_test(cases, test_list);
    tcase_add_test(cases, test_me_too);
    tcase_add_test(cases, test_nobody);
    tcase_add_test(cases, test_names);
    tcase_add_test(cases, test_many);
    tcase_add_test(cases, test_floods);
    tcase_add_test(cases, test_subjects);
    tcase_add_test(cases, test_hostile_subject);
    tcase_add_test(cases, test_threading);
    tcase_add_test(cases, test_long_thread);
    tcase_add_test(cases, test_quoting);
    tcase_add_test(cases, test_quotes_decoded);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
