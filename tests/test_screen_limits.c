/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits that a mail or a pattern meets, as the browser's user sees them. */
#include "screen_support.h"

#include <string.h>

/* What "(a|aa)+[yz]" takes exponential time to not find. */
#define EVIL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"
#define LIMIT_GAVE_UP "The limit gave up on some texts, which do not match: it takes too long."

static void add_evil(struct session *session)
{
    add_parts(session, 3, 3);
    add(session, ANN, 20, "evil", NULL, "[PATCH] " EVIL, EVIL "\n---\ndiff --git a/x b/x\n");
}

START_TEST(test_limit_gives_up)
{
    struct session session = session_new();
    add_evil(&session);
    start(&session);
    press(&session, "l~s '(a|aa)+[yz]'" ENTER);
    assert_message(&session, LIMIT_GAVE_UP);
    find(&session, "No series matches the limit.");
    press(&session, "l~s part" ENTER);
    assert_message(&session, "To view all series, limit to \"all\".");
    find(&session, "Series 3 of 4");
    press(&session, "l~b '(a|aa)+[yz]'" ENTER);
    assert_message(&session, LIMIT_GAVE_UP);
    session_free(&session);
}
END_TEST

/* More parts than are read: the pager says so above the text. */
START_TEST(test_mail_is_cut)
{
    struct session session = session_new();
    GString *mail = g_string_new("From: " ANN "\nSubject: [PATCH] parts\nMessage-ID: <parts@example.org>\n"
                                 "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nThe text.\n");
    for (int i = 0; i < 1100; i++)
        g_string_append(mail, "--b\nContent-Type: image/png\n\nx\n");
    g_string_append(mail, "--b--\n");
    ck_assert_ptr_nonnull(support_add(session.writer, START, mail->str, mail->len));
    g_string_free(mail, TRUE);
    start(&session);
    press(&session, ENTER);
    command(&session, "display-message");
    find(&session, "[-- Only the first 1000 parts of this mail are read. --]");
    find(&session, "The text.");
    session_free(&session);
}
END_TEST

/* More trailers than are kept: the same. */
START_TEST(test_trailers_are_cut)
{
    struct session session = session_new();
    GString *body = g_string_new("The text.\n\n");
    for (int i = 0; i < 65; i++)
        g_string_append_printf(body, "Acked-by: Bo <%d@example.org>\n", i);
    g_string_append(body, "---\ndiff --git a/x b/x\n");
    add(&session, ANN, 20, "trailers", NULL, "[PATCH] trailers", body->str);
    g_string_free(body, TRUE);
    start(&session);
    press(&session, ENTER);
    command(&session, "display-message");
    find(&session, "[-- Of the trailers of this mail only the first 64 count. --]");
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen_limits");
    TCase *limits = tcase_create("limits");

    tcase_add_test(limits, test_limit_gives_up);
    tcase_add_test(limits, test_mail_is_cut);
    tcase_add_test(limits, test_trailers_are_cut);
    suite_add_tcase(suite, limits);
    return run_screen_tests(suite);
}
