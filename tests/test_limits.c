/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mails that are more than pore reads of one: what is within the limit is there, and the reader is
 * told that there was more. */
#include "mail/mail.h"
#include "mail/message.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* COUNT times TEXT. */
static void repeat(GString *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        g_string_append(out, text);
}

static size_t count_breaks(const char *text)
{
    size_t count = 0;

    while ((text = strchr(text, '\n')) != NULL) {
        count++;
        text++;
    }
    return count;
}

/* Reads MAIL and frees it. It is to meet the limit that a sentence with WORDS is about; NULL: none. */
static struct message *read_limited(GString *mail, const char *words)
{
    struct message *message = message_parse(mail->str, mail->len);

    if (words == NULL) {
        ck_assert_ptr_null(message->limit);
    } else {
        ck_assert_ptr_nonnull(message->limit);
        ck_assert_msg(strstr(message->limit, words) != NULL, "%s", message->limit);
        ck_assert(message->damaged);
    }
    g_string_free(mail, TRUE);
    return message;
}

static GString *headers_mail(size_t count)
{
    GString *mail = g_string_new(NULL);

    repeat(mail, "X-Field: value\n", count);
    g_string_append(mail, "\nText.\n");
    return mail;
}

START_TEST(test_headers)
{
    struct message *message = read_limited(headers_mail(MESSAGE_HEADERS_MAX), NULL);

    ck_assert_uint_eq(message->headers->len, MESSAGE_HEADERS_MAX);
    message_free(message);
    message = read_limited(headers_mail(MESSAGE_HEADERS_MAX + 1), "10000 headers");
    ck_assert_uint_eq(message->headers->len, MESSAGE_HEADERS_MAX);
    ck_assert_str_eq(message->text, "Text.\n");
    message_free(message);
}
END_TEST

static GString *lines_mail(size_t count)
{
    GString *mail = g_string_new("Subject: lines\n\n");

    repeat(mail, "\n", count);
    return mail;
}

START_TEST(test_lines)
{
    struct message *message = read_limited(lines_mail(MESSAGE_LINES_MAX), NULL);

    ck_assert_uint_eq(message->length, MESSAGE_LINES_MAX);
    message_free(message);
    message = read_limited(lines_mail(MESSAGE_LINES_MAX + 1), "2000000 lines");
    ck_assert_uint_eq(message->length, MESSAGE_LINES_MAX);
    ck_assert_uint_eq(count_breaks(message->text), MESSAGE_LINES_MAX);
    message_free(message);
}
END_TEST

/* What is given on to git is not a part of what came. */
START_TEST(test_lines_whole)
{
    GString *mail = lines_mail(MESSAGE_LINES_MAX + 1);
    struct message_source source = message_locate(mail->str, mail->len);
    GString *text = message_whole_text(&source);

    ck_assert_uint_eq(text->len, MESSAGE_LINES_MAX + 1);
    g_string_free(text, TRUE);
    text = message_text(&source);
    ck_assert_uint_eq(text->len, MESSAGE_LINES_MAX);
    g_string_free(text, TRUE);
    g_string_free(mail, TRUE);
}
END_TEST

static GString *bytes_mail(size_t count)
{
    GString *mail = g_string_sized_new(count + 64);

    g_string_append(mail, "Subject: bytes\n\n");
    g_string_set_size(mail, mail->len + count);
    memset(mail->str + mail->len - count, 'x', count);
    return mail;
}

START_TEST(test_bytes)
{
    struct message *message = read_limited(bytes_mail(MESSAGE_BODY_MAX), NULL);

    ck_assert_uint_eq(message->length, MESSAGE_BODY_MAX);
    message_free(message);
    message = read_limited(bytes_mail(MESSAGE_BODY_MAX + 1), "64 MB");
    ck_assert_uint_eq(message->length, MESSAGE_BODY_MAX);
    message_free(message);
}
END_TEST

static GString *parts_mail(size_t count)
{
    GString *mail = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");

    repeat(mail, "--b\nContent-Disposition: inline\n\nPart.\n\n", count);
    g_string_append(mail, "--b--\n");
    return mail;
}

START_TEST(test_parts)
{
    /* The multipart itself is one. */
    struct message *message = read_limited(parts_mail(MESSAGE_PARTS_MAX - 1), NULL);

    ck_assert_str_eq(message->text + message->length - strlen("Part.\n"), "Part.\n");
    message_free(message);
    message = read_limited(parts_mail(MESSAGE_PARTS_MAX), "1000 parts");
    ck_assert_uint_gt(message->length, MESSAGE_PARTS_MAX - 10);
    message_free(message);
}
END_TEST

START_TEST(test_nested)
{
    GString *mail = g_string_new("Subject: nested\n");

    for (int i = 0; i < 5000; i++)
        g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i);
    g_string_append(mail, "\nText.\n");
    message_free(read_limited(mail, "1000 parts"));
}
END_TEST

START_TEST(test_dashes)
{
    GString *mail = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nText.\n");
    struct message *message;

    repeat(mail, "--\n", 150000);
    g_string_append(mail, "The end.\n--b--\n");
    message = read_limited(mail, "two dashes");
    ck_assert(g_str_has_prefix(message->text, "Text.\n--\n"));
    ck_assert_ptr_null(strstr(message->text, "The end."));
    message_free(message);
}
END_TEST

START_TEST(test_words)
{
    GString *mail = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n--b\n");
    struct message *message;

    g_string_append(mail, "X-Words: ");
    repeat(mail, "=?a ", 20000);
    g_string_append(mail, "\n\nText.\n--b--\n");
    message = read_limited(mail, "words are encoded");
    ck_assert_ptr_nonnull(strstr(message->text, "Text.\n"));
    message_free(message);
}
END_TEST

/* What stays of each mail in memory is short, and says that it was longer. */
START_TEST(test_kept_texts)
{
    const struct mail_place nowhere = { .arrival = 0 };
    struct mail_batch *batch = mail_batch_new();
    GString *mail = g_string_new("From: Ada <ada@example.org>\nSubject: [PATCH] ");
    const struct mail *read;

    repeat(mail, "\303\244", 10000);
    g_string_append(mail, "\nMessage-ID: <");
    repeat(mail, "a", 10000);
    g_string_append(mail, "@example.org>\nReferences: <first@example.org> <");
    repeat(mail, "b", 10000);
    g_string_append(mail, "@example.org>\n\nText.\n\nReviewed-by: Bob ");
    repeat(mail, "c", 10000);
    g_string_append(mail, " <bob@example.org>\nLink: https://lore.kernel.org/r/");
    repeat(mail, "d", 10000);
    g_string_append(mail, "@example.org\n---\ndiff --git a/a b/a\n");
    mail_parse(batch, mail->str, mail->len, &nowhere, false);
    read = &g_array_index(batch->mails, struct mail, 0);
    const char *const texts[] = { read->subject, read->message_id, read->references[1],
                                  read->parent, read->trailers[0], read->links[0] };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ck_assert_uint_le(strlen(texts[i]), MAIL_TEXT_MAX);
        ck_assert_uint_ge(strlen(texts[i]), MAIL_TEXT_MAX - 1);
        ck_assert(g_str_has_suffix(texts[i], "…"));
        ck_assert(g_utf8_validate(texts[i], -1, NULL));
    }
    ck_assert_str_eq(read->references[0], "first@example.org");
    ck_assert(g_str_has_prefix(read->title, "\303\244"));
    g_string_free(mail, TRUE);
    mail_batch_free(batch);
}
END_TEST

/* Is the mail that begins with HEAD, has COUNT lines of FORM, each with its number, and END at the end
 * within what is kept? If not, a sentence with WORDS says so. */
static void assert_kept(const char *head, int count, const char *form, const char *end,
                        const char *words)
{
    const struct mail_place nowhere = { .arrival = 0 };
    struct mail_batch *batch = mail_batch_new();
    GString *mail = g_string_new(head);
    char **pieces = g_strsplit(form, "#", 2);
    const char *limit;

    for (int i = 0; i < count; i++)
        g_string_append_printf(mail, "%s%d%s", pieces[0], i, pieces[1]);
    g_string_append(mail, end);
    mail_parse(batch, mail->str, mail->len, &nowhere, false);
    limit = mail_limit(&g_array_index(batch->mails, struct mail, 0));
    if (words == NULL)
        ck_assert_ptr_null(limit);
    else
        ck_assert_msg(limit != NULL && strstr(limit, words) != NULL, "%s", limit);
    g_strfreev(pieces);
    g_string_free(mail, TRUE);
    mail_batch_free(batch);
}

START_TEST(test_kept_counts)
{
    static const char head[] = "Subject: [PATCH] x\n\nText.\n\n", end[] = "---\ndiff --git a/a b/a\n";
    static const char acked[] = "Acked-by: Bo <#@example.org>\n";
    static const char link[] = "Link: https://lore.kernel.org/r/#@example.org\n";

    assert_kept(head, MAIL_TRAILERS_MAX - 1, acked, end, NULL);
    assert_kept(head, MAIL_TRAILERS_MAX + 1, acked, end, "trailers of this mail only the first 64 ");
    assert_kept(head, MAIL_LINKS_MAX - 1, link, end, NULL);
    assert_kept(head, MAIL_LINKS_MAX + 1, link, end, "links of this mail only the first 64 ");
    assert_kept("Subject: Re: x\nReferences:", MAIL_REFERENCES_MAX - 1, "\n <#@example.org>", "\n\nText.\n", NULL);
    assert_kept("Subject: Re: x\nReferences:", MAIL_REFERENCES_MAX + 10, "\n <#@example.org>", "\n\nText.\n",
                "references of this mail only the first and the last 100 ");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("limits");
    TCase *tests = tcase_create("limits");

    mail_startup();
    tcase_add_test(tests, test_headers);
    tcase_add_test(tests, test_lines);
    tcase_add_test(tests, test_lines_whole);
    tcase_add_test(tests, test_bytes);
    tcase_add_test(tests, test_parts);
    tcase_add_test(tests, test_nested);
    tcase_add_test(tests, test_dashes);
    tcase_add_test(tests, test_words);
    tcase_add_test(tests, test_kept_texts);
    tcase_add_test(tests, test_kept_counts);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
