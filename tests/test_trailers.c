/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which trailers of replies count, and for which patches: the cases that b4 knows, one by one. */
#include "series/trailers.h"
#include "mail/trailer.h"
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

#define START 1700000000

/* What a patch changes, as far as same_change() is concerned: those with the same NAME are the same. */
#define CHANGE(name) "Text.\n\nLink: https://example.org/" name "@change\n---\n a | 1 +\n"

#define BO "Bo <bo@example.org>"

#define CY "Cy <cy@example.org>"

static struct paper_list *list;

static struct series_set *set;

static bool unread; /* nothing is known of changes */

static void begin(void)
{
    list = paper_list_new();
    set = NULL;
    unread = false;
}

static void end(void)
{
    series_set_free(set);
    paper_list_free(list);
}

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ .id = __VA_ARGS__ })

/* A reply by Bo. */
#define REPLY(name, to, text) MAIL(name, "Re: x", .reply_to = to, .from = BO, .body = text)

static const struct posting *find(const char *id)
{
    g_autofree char *whole = g_strdup_printf("%s@example.org", id);

    if (!set)
        set = paper_list_read(list);
    return series_set_find(set, whole);
}

static enum trailers_same same_change(void *data, const struct member *older,
                                      const struct member *newer)
{
    const char *x = older->mail->links[0], *y = newer->mail->links[0];

    ck_assert_ptr_eq(data, &unread);
    ck_assert_int_eq(older->mail->kind, MAIL_PATCH);
    ck_assert_int_eq(newer->mail->kind, MAIL_PATCH);
    if (unread)
        return TRAILERS_UNKNOWN;
    return x && y && strcmp(x, y) == 0 ? TRAILERS_SAME : TRAILERS_CHANGED;
}

static bool is_bot(void *data, const struct member *mail)
{
    ck_assert_ptr_eq(data, &list);
    return strstr(mail->mail->sender_address, "bot@");
}

static const struct trailers_request request = { same_change, &unread, is_bot, &list };

/* "N TEXT < ID" for each, N the number of the patch or * for all, behind it what else is known. */
static char *write_down(const GArray *trailers)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < trailers->len; i++) {
        const struct collected_trailer *trailer =
            &g_array_index(trailers, struct collected_trailer, i);
        const char *id = trailer->source->mail->message_id;

        if (trailer->patch)
            g_string_append_printf(text, "%u ", member_number(trailer->patch));
        else
            g_string_append(text, "* ");
        g_string_append_printf(text, "%s < %.*s", trailer->text, (int)strcspn(id, "@"), id);
        if (trailer->older)
            g_string_append_printf(text, " v%u", trailer->older->version);
        g_string_append(text, trailer->mismatch ? " mismatch" : "");
        g_string_append(text, trailer->bot ? " bot" : "");
        g_string_append(text, trailer->there ? " there" : "");
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void expect_asked(const char *id, const struct trailers_request *asked, const char *expected)
{
    GArray *trailers = trailers_collect(find(id), asked);
    g_autofree char *text = write_down(trailers);

    ck_assert_str_eq(text, expected);
    g_array_unref(trailers);
}

/* What is collected for the posting with the mail ID. */
static void expect(const char *id, const char *expected)
{
    expect_asked(id, &request, expected);
}

/* What is to be added to the patch with NUMBER, with "|" between. */
static void expect_to_add(const char *id, uint32_t number, const char *expected)
{
    const struct posting *posting = find(id);
    GArray *trailers = trailers_collect(posting, &request);
    const char **lines = trailers_to_add(trailers, posting_member(posting, number));
    g_autofree char *text = g_strjoinv("|", (char **)(void *)lines);

    ck_assert_str_eq(text, expected);
    g_free(lines);
    g_array_unref(trailers);
}

/* The ids of the patches that same_change() has to know. */
static void expect_wanted(const char *id, const char *expected)
{
    GPtrArray *wanted = g_ptr_array_new();
    g_autoptr(GString) text = g_string_new(NULL);

    trailers_wanted(find(id), wanted);
    for (guint i = 0; i < wanted->len; i++) {
        const struct member *member = g_ptr_array_index(wanted, i);
        const char *whole = member->mail->message_id;

        g_string_append_printf(text, "%s%.*s", i > 0 ? " " : "", (int)strcspn(whole, "@"), whole);
    }
    ck_assert_str_eq(text->str, expected);
    g_ptr_array_unref(wanted);
}

/* --- what counts ------------------------------------------------------------------------------ */

START_TEST(none)
{
    MAIL("1", "[PATCH] x", .body = "Acked-by: " BO "\n");
    REPLY("2", "1", "Well.\n");
    expect("1", "");
    expect_to_add("1", 1, "");
    expect_wanted("1", "");
}
END_TEST

START_TEST(to_a_patch)
{
    MAIL("0", "[PATCH 0/2] x");
    MAIL("1", "[PATCH 1/2] a", .reply_to = "0");
    MAIL("2", "[PATCH 2/2] b", .reply_to = "0");
    REPLY("3", "2", "Tested-by: " BO "\nReviewed-by: " BO "\n");
    expect("0", "2 Tested-by: " BO " < 3\n2 Reviewed-by: " BO " < 3\n");
    expect_to_add("0", 1, "");
    expect_to_add("0", 2, "Tested-by: " BO "|Reviewed-by: " BO);
}
END_TEST

START_TEST(to_the_cover)
{
    MAIL("0", "[PATCH 0/2] x", .body = "Suggested-by: " CY "\n");
    MAIL("1", "[PATCH 1/2] a", .reply_to = "0");
    MAIL("2", "[PATCH 2/2] b", .reply_to = "0");
    REPLY("3", "2", "Tested-by: " BO "\n");
    REPLY("4", "0", "For all:\nReviewed-by: " BO "\n");
    expect("0", "* Reviewed-by: " BO " < 4\n2 Tested-by: " BO " < 3\n");
    expect_to_add("0", 1, "Reviewed-by: " BO);
    expect_to_add("0", 2, "Reviewed-by: " BO "|Tested-by: " BO);
}
END_TEST

/* Some write the cover letter without saying so. */
START_TEST(to_what_stands_for_the_cover)
{
    MAIL("0", "what comes next", .body = "Text.\n");
    MAIL("1", "[PATCH 1/2] a", .reply_to = "0");
    MAIL("2", "[PATCH 2/2] b", .reply_to = "0");
    REPLY("3", "0", "Reviewed-by: " BO "\n");
    expect("1", "* Reviewed-by: " BO " < 3\n");
}
END_TEST

START_TEST(to_what_does_not_stand_for_a_cover)
{
    MAIL("0", "a bug", .from = CY, .body = "Text.\n");
    MAIL("1", "[PATCH 1/2] a", .reply_to = "0");
    MAIL("2", "[PATCH 2/2] b", .reply_to = "0");
    REPLY("3", "0", "Reviewed-by: " BO "\n");
    MAIL("4", "my bug", .body = "Text.\n");
    MAIL("5", "[PATCH] c", .reply_to = "4");
    REPLY("6", "4", "Reviewed-by: " BO "\n");
    REPLY("7", "0", "Text.\n");
    MAIL("8", "[PATCH 1/2] d", .reply_to = "7", .from = BO);
    MAIL("9", "[PATCH 2/2] e", .reply_to = "7", .from = BO);
    expect("1", "");
    expect("5", "");
    expect("8", "");
}
END_TEST

START_TEST(to_replies)
{
    MAIL("1", "[PATCH] x");
    REPLY("2", "1", "Why?\n");
    MAIL("3", "Re: x", .reply_to = "2", .body = "Because.\n");
    REPLY("4", "3", "Reviewed-by: " BO "\n");
    MAIL("5", "Re: x", .reply_to = "4", .from = CY, .body = "> Acked-by: " CY "\nAcked-by: " CY "\n");
    expect("1", "1 Reviewed-by: " BO " < 4\n1 Acked-by: " CY " < 5\n");
}
END_TEST

START_TEST(by_date)
{
    MAIL("1", "[PATCH] x");
    MAIL("2", "Re: x", .reply_to = "1", .from = BO, .date = START + 9, .body = "Acked-by: " BO "\n");
    MAIL("3", "Re: x", .reply_to = "2", .from = CY, .date = START + 5, .body = "Acked-by: " CY "\n");
    expect("1", "1 Acked-by: " CY " < 3\n1 Acked-by: " BO " < 2\n");
}
END_TEST

/* What answers another patch on the way is that one's. */
START_TEST(under_another_patch)
{
    MAIL("1", "[PATCH] x");
    REPLY("2", "1", "Like this:\n");
    MAIL("3", "[PATCH] y", .reply_to = "2", .from = BO);
    MAIL("4", "Re: y", .reply_to = "3", .from = CY, .body = "Acked-by: " CY "\n");
    MAIL("5", "[GIT PULL] z", .reply_to = "1", .from = BO);
    MAIL("6", "Re: z", .reply_to = "5", .from = CY, .body = "Acked-by: " CY "\n");
    expect("1", "");
    expect("3", "1 Acked-by: " CY " < 4\n");
}
END_TEST

/* An answer that does not say "Re:" is one. */
START_TEST(under_another_subject)
{
    MAIL("1", "[PATCH] x");
    MAIL("2", "looks good", .reply_to = "1", .from = BO, .body = "Acked-by: " BO "\n");
    MAIL("3", "Re: looks good", .reply_to = "2", .from = CY, .body = "Acked-by: " CY "\n");
    expect("1", "1 Acked-by: " BO " < 2\n1 Acked-by: " CY " < 3\n");
}
END_TEST

START_TEST(how_it_is_written)
{
    static const struct {
        const char *body, *expected;
    } rows[] = {
        { "Acked-by: Bo (Lab) <bo@example.org>\n", "1 Acked-by: Bo (Lab) <bo@example.org> < 2\n" },
        { "Acked-by: Bo [Lab] <bo@example.org>\n", "1 Acked-by: Bo [Lab] <bo@example.org> < 2\n" },
        { "Acked-by: Boson, Bo <bo@example.org>\n", "1 Acked-by: Boson, Bo <bo@example.org> < 2\n" },
        { "acked-BY: bo@example.org\n", "1 acked-BY: bo@example.org < 2\n" },
        { "Acked-by: Bo of the long name\n<bo@example.org>\n",
          "1 Acked-by: Bo of the long name <bo@example.org> < 2\n" },
        { "Acked-by: Bo of the long name\n   <bo@example.org>\n",
          "1 Acked-by: Bo of the long name <bo@example.org> < 2\n" },
        { "Acked-by: Bo <bo@example.org<mailto:bo@example.org>>\n", "1 Acked-by: " BO " < 2\n" },
        { "  Acked-by: " BO "\n", "1 Acked-by: " BO " < 2\n" },
        { "Tested-by: " BO " # on hardware\n", "1 Tested-by: " BO " # on hardware < 2\n" },
        { "Acked-by: " BO "\n[for the driver]\n", "1 Acked-by: " BO " [for the driver] < 2\n" },
        { "Acked-by: " BO "\r\n", "1 Acked-by: " BO " < 2\n" },
        /* Nothing is said in quotes, below a signature, in the middle of a line, and of people who
         * passed it on. */
        { "> Acked-by: " BO "\n>> Acked-by: " BO "\n >Acked-by: " BO "\n", "" },
        { "Thanks.\n-- \nAcked-by: " BO "\n", "" },
        { "I would say Acked-by: " BO "\n", "" },
        { "Signed-off-by: " BO "\nCo-developed-by: " BO "\nCc: " BO "\n", "" },
        /* No signature. */
        { "Thanks.\n--\nAcked-by: " BO "\n", "1 Acked-by: " BO " < 2\n" },
        { "---\nAcked-by: " BO "\n", "1 Acked-by: " BO " < 2\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        end();
        begin();
        MAIL("1", "[PATCH] x");
        REPLY("2", "1", rows[i].body);
        expect("1", rows[i].expected);
    }
}
END_TEST

START_TEST(of_somebody_else)
{
    MAIL("1", "[PATCH] x");
    REPLY("2", "1", "Acked-by: " CY "\nTested-by: Bo <bo@work.example.com>\n");
    expect("1", "1 Acked-by: " CY " < 2 mismatch\n1 Tested-by: Bo <bo@work.example.com> < 2\n");
    expect_to_add("1", 1, "Tested-by: Bo <bo@work.example.com>");
}
END_TEST

/* Prose can look like it. */
START_TEST(of_nobody)
{
    MAIL("1", "[PATCH] x");
    REPLY("2", "1", "Reviewed-by: tags that\nwere given\nAcked-by: Bo\nTested-by: Bo <at home>\n");
    expect("1", "");
}
END_TEST

START_TEST(of_the_author)
{
    MAIL("1", "[PATCH] x");
    MAIL("2", "Re: x", .reply_to = "1",
         .body = "I forgot:\nReported-by: " CY "\nTested-by: Ann <ann@example.org>\n");
    expect("1", "1 Reported-by: " CY " < 2 mismatch\n1 Tested-by: Ann <ann@example.org> < 2\n");
}
END_TEST

/* Who repeats what the patch says, without the marks of a quote, says nothing. */
START_TEST(there_already)
{
    MAIL("0", "[PATCH 0/2] x");
    MAIL("1", "[PATCH 1/2] a", .reply_to = "0",
         .body = "Acked-by: " CY "\nTested-by: Bo <BO@example.org>\n");
    MAIL("2", "[PATCH 2/2] b", .reply_to = "0", .body = "Acked-by: " CY "\n");
    REPLY("3", "1", "Acked-by: " CY "\nTested-by: " BO "\n");
    REPLY("4", "2", "Reviewed-by: " BO "\n");
    MAIL("5", "Re: x", .reply_to = "0", .from = CY, .body = "Acked-by: " CY "\nTested-by: " CY "\n");
    REPLY("6", "0", "Tested-by: " BO "\n");
    expect("0", "* Acked-by: " CY " < 5 there\n* Tested-by: " CY " < 5\n* Tested-by: " BO " < 6\n"
                "1 Tested-by: " BO " < 3 there\n2 Reviewed-by: " BO " < 4\n");
    expect_to_add("0", 1, "Tested-by: " CY);
    expect_to_add("0", 2, "Tested-by: " CY "|Tested-by: " BO "|Reviewed-by: " BO);
}
END_TEST

START_TEST(said_twice)
{
    MAIL("0", "[PATCH 0/1] x");
    MAIL("1", "[PATCH 1/1] a", .reply_to = "0");
    REPLY("2", "1", "Acked-by: " CY "\nAcked-by: " BO "\n");
    REPLY("3", "2", "Acked-by: Bo <BO@EXAMPLE.ORG> # again\nReviewed-by: " BO "\n");
    MAIL("4", "Re: x", .reply_to = "1", .from = CY, .body = "Acked-by: " CY "\n");
    REPLY("5", "0", "Reviewed-by: " BO "\n");
    expect("0", "* Reviewed-by: " BO " < 5\n1 Acked-by: " BO " < 2\n1 Reviewed-by: " BO " < 3\n"
                "1 Acked-by: " CY " < 4\n");
    expect_to_add("0", 1, "Reviewed-by: " BO "|Acked-by: " BO "|Acked-by: " CY);
}
END_TEST

START_TEST(by_a_machine)
{
    MAIL("1", "[PATCH] x");
    MAIL("2", "Re: x", .reply_to = "1", .from = "Robot <bot@example.org>",
         .body = "Tested-by: Robot <bot@example.org>\n");
    REPLY("3", "2", "Acked-by: " BO "\n");
    expect("1", "1 Tested-by: Robot <bot@example.org> < 2 bot\n1 Acked-by: " BO " < 3\n");
    expect_to_add("1", 1, "Acked-by: " BO);
    expect_asked("1", &(struct trailers_request){ .same = NULL },
                 "1 Tested-by: Robot <bot@example.org> < 2\n1 Acked-by: " BO " < 3\n");
}
END_TEST

/* --- older versions ---------------------------------------------------------------------------- */

/* v1 of three patches, of which v2 changes the second and v3 the third. */
static void add_versions(void)
{
    MAIL("10", "[PATCH 0/3] x", .date = START);
    MAIL("11", "[PATCH 1/3] a", .reply_to = "10", .date = START, .body = CHANGE("a"));
    MAIL("12", "[PATCH 2/3] b", .reply_to = "10", .date = START, .body = CHANGE("b"));
    MAIL("13", "[PATCH 3/3] c", .reply_to = "10", .date = START, .body = CHANGE("c"));
    MAIL("20", "[PATCH v2 0/3] x", .date = START + 1000);
    MAIL("21", "[PATCH v2 1/3] a", .reply_to = "20", .date = START + 1000, .body = CHANGE("a"));
    MAIL("22", "[PATCH v2 2/3] b", .reply_to = "20", .date = START + 1000, .body = CHANGE("b2"));
    MAIL("23", "[PATCH v2 3/3] c", .reply_to = "20", .date = START + 1000, .body = CHANGE("c"));
    MAIL("30", "[PATCH v3 0/3] x", .date = START + 2000);
    MAIL("31", "[PATCH v3 1/3] a", .reply_to = "30", .date = START + 2000, .body = CHANGE("a"));
    MAIL("32", "[PATCH v3 2/3] b", .reply_to = "30", .date = START + 2000, .body = CHANGE("b2"));
    MAIL("33", "[PATCH v3 3/3] c", .reply_to = "30", .date = START + 2000, .body = CHANGE("c3"));
}

START_TEST(older_patches)
{
    add_versions();
    REPLY("a", "11", "Acked-by: " BO "\n");
    REPLY("b", "12", "Acked-by: " BO "\n");
    REPLY("c", "13", "Acked-by: " BO "\n");
    REPLY("d", "22", "Tested-by: " BO "\n");
    expect("30", "1 Acked-by: " BO " < a v1\n2 Tested-by: " BO " < d v2\n");
    expect("20", "1 Acked-by: " BO " < a v1\n2 Tested-by: " BO " < d\n3 Acked-by: " BO " < c v1\n");
    expect("10", "1 Acked-by: " BO " < a\n2 Acked-by: " BO " < b\n3 Acked-by: " BO " < c\n");
    expect_to_add("30", 1, "Acked-by: " BO);
    expect_to_add("30", 3, "");
    expect_asked("30", &(struct trailers_request){ .same = NULL }, "");
}
END_TEST

START_TEST(older_covers)
{
    add_versions();
    REPLY("a", "10", "Acked-by: " BO "\n");
    expect("30", "1 Acked-by: " BO " < a v1\n");
    expect("20", "1 Acked-by: " BO " < a v1\n3 Acked-by: " BO " < a v1\n");
    expect("10", "* Acked-by: " BO " < a\n");
}
END_TEST

START_TEST(older_and_newer)
{
    add_versions();
    REPLY("a", "11", "Acked-by: " BO "\nTested-by: " CY "\nReviewed-by: " BO "\n");
    REPLY("b", "21", "Acked-by: " BO "\nReviewed-by: " CY "\n");
    MAIL("c", "Re: x", .reply_to = "31", .from = CY,
         .body = "Tested-by: " CY "\nReviewed-by: " BO "\n");
    expect("30", "1 Reviewed-by: " BO " < a v1\n1 Acked-by: " BO " < b v2\n"
                 "1 Reviewed-by: " CY " < b v2 mismatch\n1 Tested-by: " CY " < c\n");
}
END_TEST

/* A patch that is the same is the same under another title and number. */
START_TEST(older_under_another_name)
{
    MAIL("10", "[PATCH 1/3] a", .date = START, .body = CHANGE("a"));
    MAIL("11", "[PATCH 2/3] b", .reply_to = "10", .date = START, .body = CHANGE("b"));
    MAIL("12", "[PATCH 3/3] c", .reply_to = "10", .date = START, .body = CHANGE("c"));
    MAIL("20", "[PATCH v2 1/4] a", .date = START + 1000, .body = CHANGE("x"));
    MAIL("21", "[PATCH v2 2/4] new b", .reply_to = "20", .date = START + 1000, .body = CHANGE("b"));
    MAIL("22", "[PATCH v2 3/4] d", .reply_to = "20", .date = START + 1000, .body = CHANGE("d"));
    MAIL("23", "[PATCH v2 4/4] new c", .reply_to = "20", .date = START + 1000, .body = CHANGE("c"));
    REPLY("a", "10", "Acked-by: " BO "\n");
    REPLY("b", "11", "Acked-by: " BO "\n");
    REPLY("c", "12", "Acked-by: " BO "\n");
    expect("20", "2 Acked-by: " BO " < b v1\n4 Acked-by: " BO " < c v1\n");
}
END_TEST

START_TEST(resent)
{
    MAIL("1", "[PATCH] x", .date = START, .body = CHANGE("a"));
    MAIL("2", "[PATCH RESEND] x", .date = START + 1000, .body = CHANGE("a"));
    REPLY("a", "1", "Acked-by: " BO "\n");
    expect("2", "1 Acked-by: " BO " < a v1\n");
}
END_TEST

START_TEST(not_read_yet)
{
    add_versions();
    REPLY("a", "11", "Acked-by: " BO "\n");
    REPLY("b", "31", "Tested-by: " BO "\n");
    REPLY("c", "23", "No.\n");
    unread = true;
    expect("30", "1 Tested-by: " BO " < b\n");
    expect_wanted("30", "11 31 32 33");
    expect_wanted("20", "11 21 22 23");
    expect_wanted("10", "");
}
END_TEST

START_TEST(to_be_read_for_a_cover)
{
    add_versions();
    REPLY("a", "20", "Acked-by: " BO "\n");
    expect_wanted("30", "21 22 23 31 32 33");
}
END_TEST

/* v2 2/3 in reply to 2/3 makes a whole v2. */
START_TEST(partial_reroll)
{
    MAIL("10", "[PATCH 0/3] x", .date = START);
    MAIL("11", "[PATCH 1/3] a", .reply_to = "10", .date = START, .body = CHANGE("a"));
    MAIL("12", "[PATCH 2/3] b", .reply_to = "10", .date = START, .body = CHANGE("b"));
    MAIL("13", "[PATCH 3/3] c", .reply_to = "10", .date = START, .body = CHANGE("c"));
    REPLY("a", "10", "Acked-by: " BO "\n");
    REPLY("b", "11", "Tested-by: " BO "\n");
    REPLY("c", "12", "Reviewed-by: " BO "\n");
    MAIL("22", "[PATCH v2 2/3] b", .reply_to = "12", .date = START + 1000, .body = CHANGE("b2"));
    MAIL("d", "Re: b", .reply_to = "22", .from = CY, .date = START + 2000,
         .body = "Acked-by: " CY "\n");
    expect("22", "* Acked-by: " BO " < a\n1 Tested-by: " BO " < b\n2 Acked-by: " CY " < d\n");
    expect_to_add("22", 2, "Acked-by: " BO "|Acked-by: " CY);
    expect("11", "* Acked-by: " BO " < a\n1 Tested-by: " BO " < b\n2 Reviewed-by: " BO " < c\n");
}
END_TEST

/* What was said of the patch that a reroll replaces counts if nothing changed. */
START_TEST(partial_reroll_of_the_same)
{
    MAIL("11", "[PATCH 1/2] a", .date = START, .body = CHANGE("a"));
    MAIL("12", "[PATCH 2/2] b", .reply_to = "11", .date = START, .body = CHANGE("b"));
    REPLY("a", "12", "Acked-by: " BO "\n");
    MAIL("22", "[PATCH v2 2/2] b", .reply_to = "12", .date = START + 1000, .body = CHANGE("b"));
    expect("22", "2 Acked-by: " BO " < a v1\n");
}
END_TEST

/* --- hostile threads ---------------------------------------------------------------------------- */

START_TEST(withdrawn)
{
    MAIL("1", "[PATCH] x");
    REPLY("2", "1", "Acked-by: " BO "\n");
    MAIL("2", "Re: x", .reply_to = "1", .from = BO, .body = "Acked-by: " BO "\n", .withdrawal = true);
    expect("1", "");
}
END_TEST

START_TEST(loops)
{
    MAIL("1", "[PATCH] x", .reply_to = "3");
    REPLY("2", "1", "Text.\n");
    REPLY("3", "2", "Acked-by: " BO "\n");
    REPLY("4", "5", "Acked-by: " BO "\n");
    REPLY("5", "4", "Acked-by: " BO "\n");
    REPLY("6", "6", "Acked-by: " BO "\n");
    expect("1", "1 Acked-by: " BO " < 3\n");
}
END_TEST

/* Recursion would run out of stack, looking at a mail twice out of time. */
START_TEST(a_long_thread)
{
    GArray *trailers;

    MAIL("0", "[PATCH] x", .body = CHANGE("a"));
    for (int i = 1; i <= 100000; i++) {
        g_autofree char *id = g_strdup_printf("%d", i);
        g_autofree char *parent = g_strdup_printf("%d", _i ? i - 1 : 0);
        g_autofree char *body = g_strdup_printf("Acked-by: C <%d@example.org>\nTested-by: " BO "\n", i);

        REPLY(id, parent, body);
    }
    MAIL("v2", "[PATCH v2] x", .date = START + 1000, .body = CHANGE("a"));
    trailers = trailers_collect(find("v2"), &request);
    ck_assert_uint_gt(trailers->len, 1000);
    ck_assert_uint_le(trailers->len, TRAILERS_COLLECTED_MAX);
    g_array_unref(trailers);
    expect_to_add("v2", 1, "Tested-by: " BO);
}
END_TEST

/* A cover letter's trailers count for each of many patches, none of which is named as before. */
START_TEST(many_patches)
{
    GArray *trailers;

    for (int version = 1; version <= 2; version++)
        for (int i = 0; i <= 999; i++) {
            g_autofree char *id = g_strdup_printf("%d-%d", version, i);
            g_autofree char *parent = i > 0 ? g_strdup_printf("%d-0", version) : NULL;
            g_autofree char *subject = g_strdup_printf("[PATCH v%d %d/999] %d", version, i,
                                                       i == 0 ? 0 : i * 3 + version);

            MAIL(id, subject, .reply_to = parent, .date = START + version * 1000,
                 .body = CHANGE("a"));
        }
    for (int i = 0; i < 1000; i++) {
        g_autofree char *id = g_strdup_printf("r%d", i);
        g_autofree char *body = g_strdup_printf("Acked-by: Bo <%d@example.org>\n", i);

        REPLY(id, "1-0", body);
    }
    trailers = trailers_collect(find("2-0"), &request);
    ck_assert_uint_gt(trailers->len, 0);
    ck_assert_uint_le(trailers->len, TRAILERS_COLLECTED_MAX);
    g_array_unref(trailers);
}
END_TEST

static void add_tests(Suite *suite, const char *name, const TTest *const *tests, size_t count)
{
    TCase *tcase = tcase_create(name);

    tcase_add_checked_fixture(tcase, begin, end);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
}

int main(void)
{
    const TTest *const what[] = {
        none, to_a_patch, to_the_cover, to_what_stands_for_the_cover,
        to_what_does_not_stand_for_a_cover, to_replies, by_date, under_another_patch,
        under_another_subject, how_it_is_written, of_somebody_else, of_nobody, of_the_author,
        there_already, said_twice, by_a_machine,
    };
    const TTest *const older[] = {
        older_patches, older_covers, older_and_newer, older_under_another_name, resent, not_read_yet,
        to_be_read_for_a_cover, partial_reroll, partial_reroll_of_the_same,
    };
    const TTest *const hostile[] = { withdrawn, loops, many_patches };
    Suite *suite = suite_create("trailers");
    TCase *threads = tcase_create("threads");

    mail_startup();
    add_tests(suite, "what counts", what, G_N_ELEMENTS(what));
    add_tests(suite, "older versions", older, G_N_ELEMENTS(older));
    add_tests(suite, "hostile", hostile, G_N_ELEMENTS(hostile));
    tcase_add_checked_fixture(threads, begin, end);
    tcase_add_loop_test(threads, a_long_thread, 0, 2);
    suite_add_tcase(suite, threads);
    return run_suite(suite);
}
