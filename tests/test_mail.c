/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/mail.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

#define DIFF "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"

static struct mail_batch *batch;

static void setup(void)
{
    batch = mail_batch_new();
}

static void teardown(void)
{
    mail_batch_free(batch);
}

static const struct mail *parse_bytes(const char *bytes, size_t length)
{
    const struct mail_place place = { { { 0xab, 0x01 } }, 7, 12345 };

    mail_parse(batch, bytes, length, &place, false);
    return &g_array_index(batch->mails, struct mail, batch->mails->len - 1);
}

static const struct mail *parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

/* A mail with this subject and body. */
static const struct mail *parse_subject(const char *subject, const char *body)
{
    g_autofree char *text =
        g_strdup_printf("From: Jane Doe <jane@example.org>\nSubject: %s\n\n%s", subject, body);

    return parse(text);
}

static void expect_ids(const char *const *ids, const char *expected)
{
    g_autofree char *joined = g_strjoinv(" ", (char **)(void *)(uintptr_t)ids);

    ck_assert_str_eq(joined, expected);
}

START_TEST(test_fields)
{
    const struct mail *mail = parse("From: \"Doe, Jane\" <Jane@Example.org>\n"
                                    "To: list@example.org\n"
                                    "Date: Wed, 12 Jun 2024 10:11:12 +0200\n"
                                    "Message-ID: <1@example.org>\n"
                                    "Subject: [RFC PATCH RESEND 6.1 v2\n 1/3] =?utf-8?q?f=C3=BC?=\n"
                                    "SUBJECT: another\n\nbody\n");

    ck_assert_int_eq(mail->date, 1718179872);
    ck_assert_int_eq(mail->place.received, 12345);
    ck_assert_int_eq(mail->place.arrival, 7);
    ck_assert_str_eq(mail->message_id, "1@example.org");
    ck_assert_str_eq(mail->subject, "[RFC PATCH RESEND 6.1 v2 1/3] fü");
    ck_assert_str_eq(mail->title, "fü");
    ck_assert_ptr_eq(mail->title, mail->subject + strlen("[RFC PATCH RESEND 6.1 v2 1/3] "));
    ck_assert_str_eq(mail->release, "6.1");
    ck_assert_str_eq(mail->sender_name, "Doe, Jane");
    ck_assert_str_eq(mail->sender_address, "Jane@Example.org");
    ck_assert_str_eq(mail->author_line, "\"Doe, Jane\" <Jane@Example.org>");
    ck_assert_str_eq(mail->author_address, "Jane@Example.org");
    ck_assert_uint_eq(mail->version, 2);
    ck_assert_uint_eq(mail->number, 1);
    ck_assert_uint_eq(mail->total, 3);
    ck_assert(mail->numbered && mail->rfc);
    ck_assert(!mail->withdrawal);
    ck_assert_uint_eq(mail->kind, MAIL_PATCH);
}
END_TEST

START_TEST(test_nothing)
{
    const struct mail *mail = parse_bytes(NULL, 0);

    ck_assert_int_eq(mail->date, 12345);
    ck_assert_str_eq(mail->message_id, "");
    ck_assert_str_eq(mail->subject, "");
    ck_assert_str_eq(mail->title, "");
    ck_assert_str_eq(mail->release, "");
    ck_assert_str_eq(mail->sender_name, "");
    ck_assert_str_eq(mail->sender_address, "");
    ck_assert_str_eq(mail->author_line, "");
    ck_assert_str_eq(mail->author_address, "");
    ck_assert_str_eq(mail->change_id, "");
    ck_assert_str_eq(mail->parent, "");
    ck_assert_ptr_null(mail->references[0]);
    ck_assert_ptr_null(mail->links[0]);
    ck_assert_ptr_null(mail->trailers[0]);
    ck_assert_uint_eq(mail->kind, MAIL_OTHER);
}
END_TEST

START_TEST(test_withdrawal)
{
    const struct mail_place place = { { { 0 } }, 1, 1 };

    mail_parse(batch, "Subject: x\n\n", 12, &place, true);
    ck_assert(g_array_index(batch->mails, struct mail, 0).withdrawal);
}
END_TEST

START_TEST(test_kind)
{
    static const struct {
        const char *subject;
        const char *body;
        enum mail_kind kind;
    } rows[] = {
        { "foo", DIFF, MAIL_OTHER },
        { "[bug] foo", DIFF, MAIL_OTHER },
        { "[PATCH] foo", "no diff", MAIL_PATCH },
        { "[PATCH v2 1/2] foo", DIFF, MAIL_PATCH },
        { "[PATCH 0/2] foo", "text", MAIL_COVER },
        { "[foo 0/2] bar", "text", MAIL_COVER },
        { "[RFC 0/2] bar", DIFF, MAIL_COVER },
        { "[foo 1/2] bar", "text", MAIL_OTHER },
        { "[foo 1/2] bar", DIFF, MAIL_PATCH },
        { "[foo 1/2] bar", "text\n\nIndex: x\n=====\n--- x\n+++ x\n", MAIL_PATCH },
        { "[foo 1/2] bar", "text\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n", MAIL_PATCH },
        { "[foo 1/2] bar", "text\n--- a/x\n\n+++ b/x\nIndex: x\n", MAIL_OTHER },
        { "[foo 1/2] bar", "> diff --git a/x b/x\n> --- a/x\n> +++ b/x\n", MAIL_OTHER },
        { "[RFC] foo", "text", MAIL_OTHER },
        { "[RFC] foo", DIFF, MAIL_PATCH },
        { "[GIT PULL] foo", DIFF, MAIL_PULL },
        { "[PULL 0/3] foo", "text", MAIL_PULL },
        { "Re: [PATCH 0/2] foo", DIFF, MAIL_REPLY },
        { "Re: [GIT PULL] foo", "text", MAIL_REPLY },
        { "[PATCH] Re: foo", DIFF, MAIL_REPLY },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct mail *mail = parse_subject(rows[i].subject, rows[i].body);
        ck_assert_msg(mail->kind == rows[i].kind, "%s: %s", rows[i].subject,
                      mail_kind_name(mail->kind));
    }
}
END_TEST

START_TEST(test_kind_names)
{
    ck_assert_str_eq(mail_kind_name(MAIL_OTHER), "other");
    ck_assert_str_eq(mail_kind_name(MAIL_REPLY), "reply");
    ck_assert_str_eq(mail_kind_name(MAIL_PULL), "pull");
    ck_assert_str_eq(mail_kind_name(MAIL_COVER), "cover");
    ck_assert_str_eq(mail_kind_name(MAIL_PATCH), "patch");
}
END_TEST

START_TEST(test_in_body_from)
{
    static const struct {
        const char *body;
        const char *line;
    } rows[] = {
        { "From: Joe Roe <joe@example.com>\n\ntext\n", "Joe Roe <joe@example.com>" },
        { "\n \nFrom: Joe Roe <joe@example.com>\n", "Joe Roe <joe@example.com>" },
        { "From: Joe Roe <joe@example.com>\r\n\r\ntext\r\n", "Joe Roe <joe@example.com>" },
        { "Subject: x\n y\nDate: now\nfrom: Joe Roe\n <joe@example.com>\n\n",
          "Joe Roe <joe@example.com>" },
        { ">From: Joe Roe <joe@example.com>\n", "Joe Roe <joe@example.com>" },
        { "From 0123 Mon Sep 17 00:00:00 2001\nFrom: Joe Roe <joe@example.com>\n",
          "Joe Roe <joe@example.com>" },
        { "From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>\n", "Jürgen <j@example.com>" },
        { "From: joe@example.com\n\n", "joe <joe@example.com>" },
        { "From: nobody in particular\n", "Jane Doe <jane@example.org>" },
        { "From:Joe <joe@example.com>\n", "Jane Doe <jane@example.org>" },
        { "Subject: x\n\nFrom: Joe Roe <joe@example.com>\n", "Jane Doe <jane@example.org>" },
        { "text\nFrom: Joe Roe <joe@example.com>\n", "Jane Doe <jane@example.org>" },
        { "From: A <a@example.com>\nFrom: B <b@example.com>\n", "A <a@example.com>" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct mail *mail = parse_subject("[PATCH] x", rows[i].body);
        ck_assert_str_eq(mail->author_line, rows[i].line);
        ck_assert_str_eq(mail->sender_address, "jane@example.org");
        mail = parse_subject("Re: [PATCH] x", rows[i].body);
        ck_assert_str_eq(mail->author_line, "Jane Doe <jane@example.org>");
    }
    ck_assert_str_eq(
        parse_subject("[PATCH 0/2] x", "From: Joe <joe@example.com>\n")->author_address,
        "joe@example.com");
}
END_TEST

START_TEST(test_in_body_from_encoded)
{
    static const char head[] = "From: Jane <jane@example.org>\nSubject: [PATCH] x\n";
    static const char *const bodies[] = {
        "Content-Type: text/plain; charset=koi8-r\n\nFrom: \xf0\xc1\xd7 <p@example.com>\n\nx\n",
        "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: "
        "Quoted-Printable\n\nFrom: =F0=C1=D7 <p@exam=\nple.com>\n\nx\n",
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        "RnJvbTog0J/QsNCyIDxwQGV4YW1wbGUuY29tPgoKeAo=\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autofree char *text = g_strconcat(head, bodies[i], NULL);
        ck_assert_str_eq(parse(text)->author_line, "Пав <p@example.com>");
    }
}
END_TEST

START_TEST(test_message_ids)
{
    static const struct {
        const char *value;
        const char *id;
    } rows[] = {
        { "<1@example.org>", "1@example.org" },
        { "\n <1@example.org>", "1@example.org" },
        { "<1@\n example.org>", "1@example.org" },
        { "<1@example.org> (added by jane)", "1@example.org" },
        { "<<1@example.org>>", "1@example.org" },
        { "1@example.org", "1@example.org" },
        { "<1@example.org", "1@example.org" },
        { "<1 without at>", "1withoutat" },
        { "some words", "" },
        { "<>", "" },
        { "", "" },
        { "<\xfc@example.org>", "ü@example.org" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("Message-Id: %s\n\n", rows[i].value);
        ck_assert_str_eq(parse(text)->message_id, rows[i].id);
    }
}
END_TEST

START_TEST(test_references)
{
    static const struct {
        const char *headers;
        const char *ids;
        const char *parent;
    } rows[] = {
        { "References: <a@x> <b@x>\nIn-Reply-To: <b@x>\n", "a@x b@x", "b@x" },
        { "References: <a@x>\n <b@x>\nIn-Reply-To: <a@x>\n", "a@x b@x", "a@x" },
        { "References: <a@x>\nIn-Reply-To: <c@x> <d@x>\n", "a@x c@x", "c@x" },
        { "References: <a@x><b@x>\n", "a@x b@x", "b@x" },
        { "In-Reply-To: <c@x>\n", "c@x", "c@x" },
        { "In-Reply-To: Your message of Friday <c@x>\n", "c@x", "c@x" },
        { "In-Reply-To: Your message of Friday\nReferences: <a@x>\n", "a@x", "a@x" },
        { "References: <> <a@x>\n", "a@x", "a@x" },
        { "References:\nIn-Reply-To:\n", "", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("%sSubject: Re: x\n\n", rows[i].headers);
        const struct mail *mail = parse(text);
        expect_ids(mail->references, rows[i].ids);
        ck_assert_str_eq(mail->parent, rows[i].parent);
    }
}
END_TEST

START_TEST(test_many_references)
{
    GString *text = g_string_new("References:");
    const struct mail *mail;
    size_t count = 0;

    for (int i = 0; i < 10000; i++)
        g_string_append_printf(text, " <%d@example.org>", i);
    g_string_append(text, "\nSubject: Re: x\n\n");
    mail = parse_bytes(text->str, text->len);
    while (mail->references[count] != NULL)
        count++;
    ck_assert_uint_eq(count, 101);
    ck_assert_str_eq(mail->references[0], "0@example.org");
    ck_assert_str_eq(mail->references[1], "9900@example.org");
    ck_assert_str_eq(mail->references[100], "9999@example.org");
    ck_assert_str_eq(mail->parent, "9999@example.org");
    g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_links)
{
    static const struct {
        const char *body;
        const char *ids;
    } rows[] = {
        { "v1: https://lore.kernel.org/r/1@example.org\n", "1@example.org" },
        { "v1: http://lore.example.org/all/1@example.org/T/#u\n", "1@example.org" },
        { "(see https://lore.example.org/r/1@example.org).\n", "1@example.org" },
        { "<https://lore.example.org/r/1@example.org>", "1@example.org" },
        { "[1]: https://lore.example.org/r/1%40example.org?x=y@z\n", "1@example.org" },
        { "https://lore.example.org/r/a%2Fb@x\nhttps://x/c@d\n", "a/b@x c@d" },
        { "https://x/a@b,https://y/c@d\n", "a@b,https:" },
        { "https://x/a%0Db@y https://x/c%20d@y https://x/e@f\n", "e@f" },
        { "https://jane@example.org/foo ftp://x/1@y xhttps:/1@y\n", "" },
        { "https://example.org/?a@b https://example.org#a@b\n", "" },
        { "https://example.org/@jane https://example.org/%00@x https://example.org/a@%ff\n", "" },
        { "text\n" DIFF "+https://x/a@b\n", "" },
        { "https://", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        expect_ids(parse_subject("[PATCH] x", rows[i].body)->links, rows[i].ids);
        expect_ids(parse_subject("[PATCH 0/1] x", rows[i].body)->links, rows[i].ids);
        expect_ids(parse_subject("Re: [PATCH] x", rows[i].body)->links, "");
    }
}
END_TEST

START_TEST(test_many_links)
{
    GString *body = g_string_new(NULL);
    const struct mail *mail;
    size_t count = 0;

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(body, "https://example.org/r/%d@example.org/\n", i);
    mail = parse_subject("[PATCH 0/3] x", body->str);
    while (mail->links[count] != NULL)
        count++;
    ck_assert_uint_eq(count, 64);
    ck_assert_str_eq(mail->links[63], "63@example.org");
    g_string_free(body, TRUE);
}
END_TEST

START_TEST(test_change_id)
{
    ck_assert_str_eq(parse_subject("[PATCH] x", "a\nchange-id: 2024-x-1 \n" DIFF)->change_id,
                     "2024-x-1");
    ck_assert_str_eq(parse_subject("[PATCH 0/2] x", "change-id: 2024-x-1")->change_id,
                     "2024-x-1");
    ck_assert_str_eq(parse_subject("[PATCH] x", "a change-id: 1\nchange-id: 2\n")->change_id, "2");
    ck_assert_str_eq(parse_subject("[PATCH] x", "Change-Id: I1234\n")->change_id, "");
    ck_assert_str_eq(parse_subject("[PATCH] x", DIFF "---\nchange-id: 2\n")->change_id, "2");
    ck_assert_str_eq(parse_subject("[PATCH] x", DIFF "+change-id: 2\n")->change_id, "");
    ck_assert_str_eq(parse_subject("[PATCH] x", "change-id: \n")->change_id, "");
    ck_assert_str_eq(parse_subject("Re: [PATCH] x", "change-id: 1\n")->change_id, "");
    ck_assert_str_eq(
        parse("X-Change-ID: from-header\nSubject: [PATCH] x\n\nchange-id: 1\n")->change_id,
        "from-header");
}
END_TEST

static void expect_trailers(const struct mail *mail, const char *expected)
{
    g_autofree char *joined = g_strjoinv("|", (char **)(void *)(uintptr_t)mail->trailers);

    ck_assert_str_eq(joined, expected);
}

START_TEST(test_trailers)
{
    static const struct {
        const char *body;
        const char *trailers;
        const char *reply; /* of a reply; NULL: the same */
    } rows[] = {
        { "Reviewed-by: Joe Roe <joe@example.com>\n", "Reviewed-by: Joe Roe <joe@example.com>", NULL },
        { "Reviewed-by: Joe", "Reviewed-by: Joe", NULL },
        { "text\r\n\r\nAcked-by: Joe\r\nTESTED-BY:  Jo   Ann \r\n", "Acked-by: Joe|TESTED-BY: Jo Ann", NULL },
        { "Reported-and-tested-by:Joe\n", "Reported-and-tested-by:Joe", NULL },
        { "Reported-by: Joe\n <joe@example.com>\n\tand others\n \n no more\n",
          "Reported-by: Joe <joe@example.com>", NULL },
        { "Acked-by: Joe\n of the\n\tlab <joe@example.com>\n of old\n",
          "Acked-by: Joe of the lab <joe@example.com>", NULL },
        { "Acked-by: Joe Roe of the laboratory\n<joe@example.com>\nAcked-by: Ann\n<ann at home>\n",
          "Acked-by: Joe Roe of the laboratory <joe@example.com>|Acked-by: Ann", NULL },
        { "Acked-by: Joe\r\n<joe@example.com> \r\nAcked-by: Ann\n> <ann@example.com>\n",
          "Acked-by: Joe <joe@example.com>|Acked-by: Ann", NULL },
        { "Acked-by: joe@example.com\n<ann@example.com>\n", "Acked-by: joe@example.com", NULL },
        { "Acked-by: Joe (Lab) <joe@example.com> # on hardware\n",
          "Acked-by: Joe (Lab) <joe@example.com> # on hardware", NULL },
        { "Acked-by: Joe <j@example.com<mailto:j@example.com>>\n"
          "Tested-by: Ann <a@example.com <mailto:a@example.com>>, <mailto:\n"
          "Tested-by: Bo <mailto:b@example.com>\n",
          "Acked-by: Joe <j@example.com>|Tested-by: Ann <a@example.com>, <|"
          "Tested-by: Bo <b@example.com>", NULL },
        { "Acked-by: Joe <j@example.com>\n[for the driver]\nTested-by: Joe <j@example.com>\n"
          " [ no matter what ] \nTested-by: Ann\n[...]\nCited-by: Ann\n\n[a b]\n",
          "Acked-by: Joe <j@example.com>|Tested-by: Joe <j@example.com>|Tested-by: Ann|Cited-by: Ann",
          "Acked-by: Joe <j@example.com> [for the driver]|"
          "Tested-by: Joe <j@example.com> [ no matter what ]|Tested-by: Ann|Cited-by: Ann" },
        { "Signed-off-by: Joe\nsigned-off-by: Ann\nCo-developed-by: Ann\nCo-Developed-By: A\n", "", NULL },
        { "Suggested-by: Ann\nCc: Joe\nFixes: 1234\nAcked-by: Joe\n", "Suggested-by: Ann|Acked-by: Joe", NULL },
        { "> Acked-by: Joe\n Acked-by: A\n  \tAcked-by: B\n| Acked-by: Joe\n", "",
          "Acked-by: A|Acked-by: B" },
        { "Acked-by: Ann\n  Acked-by: Joe\n", "Acked-by: Ann", "Acked-by: Ann|Acked-by: Joe" },
        { "text Acked-by: Joe\nI said Acked-by: Joe\n", "", NULL },
        { "Acked-by:\nTested-by: \r\n Reviewed-by:\n-by: Joe\nby: Joe\n--by: Joe\n", "", NULL },
        { "Acked-by Joe\nAckedby: Joe\nAcked-by2: Joe\nAcked by: Joe\n", "", NULL },
        { "Acked-by: \xfcwe\n", "Acked-by: üwe", NULL },
        { "Acked-by: Joe\n-- \nTested-by: Joe\n", "Acked-by: Joe", NULL },
        { "Acked-by: Joe\r\n-- \r\nTested-by: Joe\r\n", "Acked-by: Joe", NULL },
        { "Acked-by: Joe\n--\n--- a\nTested-by: Joe\n", "Acked-by: Joe|Tested-by: Joe", NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        expect_trailers(parse_subject("[PATCH] x", rows[i].body), rows[i].trailers);
        expect_trailers(parse_subject("[PATCH 0/2] x", rows[i].body), rows[i].trailers);
        expect_trailers(parse_subject("Re: [PATCH] x", rows[i].body),
                        rows[i].reply != NULL ? rows[i].reply : rows[i].trailers);
        expect_trailers(parse_subject("[GIT PULL] x", rows[i].body), "");
        expect_trailers(parse_subject("x", rows[i].body), "");
    }
}
END_TEST

/* Behind the message of a patch stands what git am leaves out; a reply has none of that. */
/* Some answer without a "Re:"; what has a diff may be a patch. */
START_TEST(test_trailers_of_answers)
{
    expect_trailers(parse("Subject: x\nIn-Reply-To: <1@x>\n\n  Acked-by: Joe\n"), "Acked-by: Joe");
    expect_trailers(parse("Subject: x\nReferences: <1@x>\n\nAcked-by: Joe\n"), "Acked-by: Joe");
    expect_trailers(parse("Subject: x\n\nAcked-by: Joe\n"), "");
    expect_trailers(parse("Subject: x\nIn-Reply-To: <1@x>\n\nAcked-by: Joe\n" DIFF), "");
    expect_trailers(parse("Subject: [GIT PULL] x\nIn-Reply-To: <1@x>\n\nAcked-by: Joe\n"), "");
}
END_TEST

START_TEST(test_trailers_behind_message)
{
    static const char changes[] = "Acked-by: Joe\n---\nTested-by: Ann\n";
    static const char diff[] = "Acked-by: Joe\n" DIFF "Tested-by: Ann\n";

    expect_trailers(parse_subject("[PATCH] x", changes), "Acked-by: Joe");
    expect_trailers(parse_subject("[PATCH] x", diff), "Acked-by: Joe");
    expect_trailers(parse_subject("Re: [PATCH] x", changes), "Acked-by: Joe|Tested-by: Ann");
    expect_trailers(parse_subject("Re: [PATCH] x", diff), "Acked-by: Joe|Tested-by: Ann");
}
END_TEST

START_TEST(test_trailers_encoded)
{
    static const char *const heads[] = { "[PATCH] x", "Re: [PATCH] x" };
    static const char *const bodies[] = {
        "Content-Type: text/plain; charset=koi8-r\n\nAcked-by: \xf0\xc1\xd7 <p@example.com>\n",
        "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: "
        "Quoted-Printable\n\nAcked-by: =F0=C1=D7 <p@exam=\nple.com>\n",
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64\n\n"
        "QWNrZWQtYnk6INCf0LDQsiA8cEBleGFtcGxlLmNvbT4K\n",
        "MIME-Version: 1.0\nContent-Type: multipart/signed; boundary=b\n\n"
        "--b\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n\n"
        "Acked-by: \xf0\xc1\xd7 <p@example.com>\n"
        "--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n",
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n"
        "content-transfer-encoding: Base64\nContent-type: Text/Plain; charset=utf-8\n\n"
        "QWNrZWQtYnk6INCf0LDQsiA8cEBleGFtcGxlLmNvbT4K\n--c--\n\n--b--\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(heads); k++) {
            g_autofree char *text = g_strdup_printf("Subject: %s\n%s", heads[k], bodies[i]);
            expect_trailers(parse(text), "Acked-by: Пав <p@example.com>");
        }
}
END_TEST

START_TEST(test_many_trailers)
{
    GString *body = g_string_new(NULL);
    const struct mail *mail;
    size_t count = 0;

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(body, "Acked-by: %d\n", i);
    mail = parse_subject("Re: [PATCH] x", body->str);
    while (mail->trailers[count] != NULL)
        count++;
    ck_assert_uint_eq(count, 64);
    ck_assert_str_eq(mail->trailers[0], "Acked-by: 0");
    ck_assert_str_eq(mail->trailers[63], "Acked-by: 63");
    g_string_free(body, TRUE);
}
END_TEST

START_TEST(test_multipart)
{
    const struct mail *mail = parse("Subject: [RFC] x\nMIME-Version: 1.0\n"
                                    "Content-Type: multipart/mixed; boundary=b\n\n"
                                    "--b\nContent-Type: text/plain\n\n"
                                    "From: Joe <joe@example.com>\n\ntext\n"
                                    "--b\nContent-Type: text/x-patch; name=x.patch\n\n" DIFF
                                    "--b--\n");

    ck_assert_uint_eq(mail->kind, MAIL_PATCH);
    ck_assert_str_eq(mail->author_address, "joe@example.com");
}
END_TEST

START_TEST(test_bad_dates)
{
    ck_assert_int_eq(parse("Date: 12 Jun 0000 10:11:12 +0000\n\n")->date, 12345);
    ck_assert_int_eq(parse("Date: yesterday\n\n")->date, 12345);
    ck_assert_int_eq(parse("Date:\n\n")->date, 12345);
    ck_assert_int_eq(parse("Date: 12 Jun 2024 10:11:12 +2100\n\n")->date, 1718187072);
}
END_TEST

START_TEST(test_same)
{
    static const char head[] = "From: Jane <jane@example.org>\nSubject: x\n";
    g_autofree char *first = g_strconcat(head, "Message-ID: <1@x>\n\nbody", NULL);
    g_autofree char *copy = g_strconcat(head, "Message-ID: <1@x>\nX: y\n\nbody\nfooter", NULL);
    g_autofree char *other_id = g_strconcat(head, "Message-ID: <2@x>\n\nbody", NULL);
    g_autofree char *no_id = g_strconcat(head, "\nbody", NULL);
    struct mail mails[5];

    mails[0] = *parse(first);
    mails[1] = *parse(copy);
    mails[2] = *parse(other_id);
    mails[3] = *parse("From: Jane <jane@example.org>\nSubject: y\nMessage-ID: <1@x>\n\n");
    mails[4] = *parse("From: Joe <joe@example.com>\nSubject: x\nMessage-ID: <1@x>\n\n");
    ck_assert(mail_same(&mails[0], &mails[1]));
    ck_assert_uint_eq(mail_identity_hash(&mails[0]), mail_identity_hash(&mails[1]));
    for (size_t i = 2; i < 5; i++)
        ck_assert(!mail_same(&mails[0], &mails[i]));
    mails[0] = *parse(no_id);
    mails[1] = *parse(no_id);
    ck_assert(!mail_same(&mails[0], &mails[1]));
}
END_TEST

START_TEST(test_strings_are_shared)
{
    const char *name = parse("From: Jane <jane@example.org>\nSubject: [PATCH 6.1] x\n\n")->sender_name;
    const char *release = g_array_index(batch->mails, struct mail, 0).release;
    const struct mail *second = parse("From: Jane <jane@example.org>\nSubject: [PATCH 6.1] y\n\n");

    ck_assert_ptr_eq(second->sender_name, name);
    ck_assert_ptr_eq(second->release, release);
}
END_TEST

/* Appends UNIT until TEXT has LENGTH bytes. */
static void fill(GString *text, const char *unit, size_t length)
{
    size_t size = strlen(unit);

    while (text->len < length)
        g_string_append_len(text, unit, (gssize)size);
}

/* Quadratic work would not end in the time a test has. */
START_TEST(test_hostile)
{
    static const struct {
        const char *head;
        const char *unit;
    } rows[] = {
        { "Subject: [PATCH] x\n\n", "https://x/" },
        { "Subject: [PATCH] x\n\n", "https://x/y%40/" },
        { "Subject: [PATCH] x\n\n", "change-id: " },
        { "Subject: [PATCH] x\n\n", "--- a\n" },
        { "Subject: [PATCH] x\n\n", "From: x\n" },
        { "Subject: [PATCH] x\n\nFrom: x", "\n y" },
        { "Subject: [PATCH] x\n\n", "\n" },
        { "Subject: [PATCH] x\n\n", "Index: x\n" },
        { "Subject: [PATCH] x\n\n", "https://x/a@b..........." },
        { "Subject: ", "Re:" },
        { "Subject: ", "[PATCH] " },
        { "Subject: ", "\n " },
        { "Subject: ", "=?utf-8?q?a b" },
        { "Subject: x\nFrom: ", "=?utf-8?q?a b" },
        { "Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary=b\n\n"
          "--b\nContent-Type: text/plain; name=", "=?utf-8?q?a b" },
        { "References: ", "<" },
        { "References: ", "<a " },
        { "In-Reply-To: ", "<a@x> " },
        { "X: y\n", "X: y\n" },
        { "X: y\n", "garbage\n" },
        { "X: y\n", ":" },
        { "From: ", "a, " },
        { "Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\n" },
        { "Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary=b\n\n",
          "--b\nContent-Type: multipart/mixed; boundary=b\n\n" },
        { "Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
          "Content-Type: message/rfc822\n\n" },
        { "Subject: [PATCH] x\nContent-Transfer-Encoding: quoted-printable\n\n", "=" },
        { "Subject: Re: x\nContent-Transfer-Encoding: base64\n\n", "QWNrZWQtYnk6\n" },
        { "Subject: Re: x\nContent-Transfer-Encoding: base64\n\n", "Acked-by: x\n" },
        { "Subject: Re: x\n\n", "Acked-by: x\n" },
        { "Subject: Re: x\n\n", "Acked-by:\n" },
        { "Subject: Re: x\n\n", "-by:" },
        { "Subject: Re: x\n\n", "a-by" },
        { "Subject: Re: x\n\nAcked-by: x", "\n y" },
        { "Subject: Re: x\n\nAcked-by: x\n", "-- x\n" },
        { "Subject: Re: x\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\n" },
        { "Subject: Re: x\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\nX: y\n" },
        { "Subject: Re: x\nContent-Type: multipart/mixed; boundary=b\n\n",
          "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GString *text = g_string_new(rows[i].head);
        fill(text, rows[i].unit, 2 * 1000 * 1000);
        ck_assert(g_utf8_validate(parse_bytes(text->str, text->len)->subject, -1, NULL));
        g_string_free(text, TRUE);
    }
}
END_TEST

START_TEST(test_nul)
{
    static const char text[] = "Subject: [PATCH] a\0b\n\nFrom: Joe\0 <joe@example.com>\n";

    ck_assert_str_eq(parse_bytes(text, sizeof(text) - 1)->title, "a\xef\xbf\xbd" "b");
    ck_assert_str_eq(parse_bytes(text, sizeof(text) - 1)->author_address, "joe@example.com");
}
END_TEST

START_TEST(test_commit_id)
{
    struct commit_id id = { { 0xab, 0x01, [19] = 0xf0 } };
    char text[COMMIT_ID_TEXT_SIZE];

    commit_id_text(&id, text);
    ck_assert_str_eq(text, "ab010000000000000000000000000000000000f0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mail");
    TCase *tests = tcase_create("mail");

    mail_startup();
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_fields);
    tcase_add_test(tests, test_nothing);
    tcase_add_test(tests, test_withdrawal);
    tcase_add_test(tests, test_kind);
    tcase_add_test(tests, test_kind_names);
    tcase_add_test(tests, test_in_body_from);
    tcase_add_test(tests, test_in_body_from_encoded);
    tcase_add_test(tests, test_message_ids);
    tcase_add_test(tests, test_references);
    tcase_add_test(tests, test_many_references);
    tcase_add_test(tests, test_links);
    tcase_add_test(tests, test_many_links);
    tcase_add_test(tests, test_change_id);
    tcase_add_test(tests, test_trailers);
    tcase_add_test(tests, test_trailers_of_answers);
    tcase_add_test(tests, test_trailers_behind_message);
    tcase_add_test(tests, test_trailers_encoded);
    tcase_add_test(tests, test_many_trailers);
    tcase_add_test(tests, test_multipart);
    tcase_add_test(tests, test_bad_dates);
    tcase_add_test(tests, test_same);
    tcase_add_test(tests, test_strings_are_shared);
    tcase_add_test(tests, test_hostile);
    tcase_add_test(tests, test_nul);
    tcase_add_test(tests, test_commit_id);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
