/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a mail as the pager shows them: headers, folds, jumps, words that differ. */
#include "mail/mail.h"
#include "pager_lines.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static const char patch[] = "Date: Mon, 04 Mar 2019 00:00:00 +0000\n"
                            "Received: first\n"
                            "From: Ann Example <ann@example.org>\n"
                            "Received: second\n"
                            "Subject: [PATCH] widget: oil it\n"
                            "Message-ID: <a1@example.org>\n"
                            "\n"
                            "> Why?\n"
                            "> > It squeaks.\n"
                            "> Does it?\n"
                            "It does.\n"
                            "> Then do.\n"
                            "\n"
                            "Signed-off-by: Ann Example <ann@example.org>\n"
                            "---\n"
                            " a.c | 4 +++-\n"
                            " 1 file changed, 3 insertions(+), 1 deletion(-)\n"
                            "\n"
                            "diff --git a/a.c b/a.c\n"
                            "index 1111111..2222222 100644\n"
                            "--- a/a.c\n"
                            "+++ b/a.c\n"
                            "@@ -1,2 +1,2 @@ first\n"
                            " context\n"
                            "-\toil(widget);\n"
                            "+\toil(gadget);\n"
                            "@@ -9,1 +9,3 @@ second\n"
                            " > no quote\n"
                            "+-- \n"
                            "+-- too\n"
                            "diff --git a/old.c b/new.c\n"
                            "similarity index 100%\n"
                            "rename from old.c\n"
                            "rename to new.c\n"
                            "diff --git a/b.c b/b.c\n"
                            "--- a/b.c\n"
                            "+++ b/b.c\n"
                            "@@ -1,1 +1,0 @@\n"
                            "-gone\n"
                            "-- \n"
                            "2.39\n";

static const char order[] = "From Subject: X-None Received";

static struct pager_lines *lines_new(const char *mail)
{
    struct pager_lines *lines = pager_lines_new(message_parse(mail, strlen(mail)), NULL);
    pager_lines_set_headers(lines, order, false);
    return lines;
}

static char *row_text(const struct pager_lines *lines, size_t row)
{
    struct flow_line line;
    pager_lines_get_row(lines, row, &line);
    return g_strndup(line.text, line.length);
}

static void assert_row(const struct pager_lines *lines, size_t row, const char *wanted)
{
    char *text = row_text(lines, row);
    ck_assert_str_eq(text, wanted);
    g_free(text);
}

/* The first row that begins with TEXT. */
static size_t find(const struct pager_lines *lines, const char *text)
{
    for (size_t row = 0; row < pager_lines_rows(lines); row++) {
        char *found = row_text(lines, row);
        bool begins = g_str_has_prefix(found, text);
        g_free(found);
        if (begins)
            return row;
    }
    ck_abort_msg("there is no row \"%s\"", text);
}

static size_t find_place(const struct pager_lines *lines, const char *text)
{
    return pager_lines_place(lines, find(lines, text));
}

static enum style style_of(const struct pager_lines *lines, const char *text)
{
    struct flow_line line;
    pager_lines_get_row(lines, find(lines, text), &line);
    return line.style;
}

START_TEST(test_headers)
{
    struct pager_lines *lines = lines_new(patch);
    assert_row(lines, 0, "From: Ann Example <ann@example.org>");
    assert_row(lines, 1, "Subject: [PATCH] widget: oil it");
    assert_row(lines, 2, "Received: first");
    assert_row(lines, 3, "Received: second");
    assert_row(lines, 4, "");
    assert_row(lines, 5, "> Why?");
    ck_assert_uint_eq(pager_lines_text_start(lines), 5);
    size_t rows = pager_lines_rows(lines);
    pager_lines_set_headers(lines, order, true);
    assert_row(lines, 0, "Date: Mon, 04 Mar 2019 00:00:00 +0000");
    assert_row(lines, 5, "Message-ID: <a1@example.org>");
    ck_assert_uint_eq(pager_lines_rows(lines), rows + 2);
    pager_lines_set_headers(lines, "", false);
    assert_row(lines, 0, "> Why?");
    ck_assert_uint_eq(pager_lines_text_start(lines), 0);
    pager_lines_free(lines);
}
END_TEST

START_TEST(test_damage_is_said)
{
    struct pager_lines *lines =
        lines_new("From: a@example.org\nContent-Transfer-Encoding: base64\n\n%%%%\n");
    assert_row(lines, 1, "[-- Some of this mail could not be decoded. --]");
    pager_lines_free(lines);
}
END_TEST

START_TEST(test_no_text)
{
    struct pager_lines *lines = lines_new("");
    size_t row = 0;
    assert_row(lines, 0, "");
    assert_row(lines, 7, "");
    ck_assert_uint_eq(pager_lines_row(lines, 9), 0);
    ck_assert(!pager_lines_next(lines, PAGER_HUNK, 1, 1, &row));
    ck_assert(!pager_lines_next(lines, PAGER_HUNK, -1, 1, &row));
    ck_assert(!pager_lines_toggle_file(lines, 0));
    pager_lines_fold_quotes(lines, true, 0);
    pager_lines_fold_files(lines, true);
    pager_lines_unfold(lines, 0);
    pager_lines_free(lines);
}
END_TEST

START_TEST(test_styles)
{
    struct pager_lines *lines = lines_new(patch);
    ck_assert_int_eq(style_of(lines, "From:"), STYLE_HDRDEFAULT);
    ck_assert_int_eq(style_of(lines, "Subject:"), STYLE_SUBJECT);
    ck_assert_int_eq(style_of(lines, "> Why?"), STYLE_QUOTED);
    ck_assert_int_eq(style_of(lines, "> > It"), STYLE_QUOTED_1);
    ck_assert_int_eq(style_of(lines, "It does."), STYLE_NORMAL);
    ck_assert_int_eq(style_of(lines, "Signed-off"), STYLE_TRAILER);
    ck_assert_int_eq(style_of(lines, " a.c |"), STYLE_DIFFSTAT);
    ck_assert_int_eq(style_of(lines, "+++ b/a.c"), STYLE_FILE);
    ck_assert_int_eq(style_of(lines, "@@ -1,2"), STYLE_HUNK);
    ck_assert_int_eq(style_of(lines, "+-- "), STYLE_ADDED);
    ck_assert_int_eq(style_of(lines, "-gone"), STYLE_REMOVED);
    ck_assert_int_eq(style_of(lines, " > no"), STYLE_NORMAL);
    ck_assert_int_eq(style_of(lines, "2.39"), STYLE_SIGNATURE);
    ck_assert_int_eq(pager_lines_matter(lines, 0), PAGER_HEADER);
    ck_assert_int_eq(pager_lines_matter(lines, find(lines, "It does.")), PAGER_PROSE);
    ck_assert_int_eq(pager_lines_matter(lines, find(lines, "> > It")), PAGER_PROSE);
    ck_assert_int_eq(pager_lines_matter(lines, find(lines, "+-- ")), PAGER_OTHER);
    pager_lines_free(lines);
}
END_TEST

/* Quoted eight levels deep, the styles begin again. */
START_TEST(test_quote_styles_cycle)
{
    struct pager_lines *lines = lines_new("From: a@example.org\n\n"
                                          "> 1\n> > 2\n> > > 3\n> > > > 4\n> > > > > 5\n");
    ck_assert_int_eq(style_of(lines, "> > > > 4"), STYLE_QUOTED_3);
    ck_assert_int_eq(style_of(lines, "> > > > > 5"), STYLE_QUOTED);
    pager_lines_free(lines);
}
END_TEST

START_TEST(test_folds_quotes)
{
    struct pager_lines *lines = lines_new(patch);
    size_t place = find_place(lines, "It does."), inside = find_place(lines, "> > It");
    pager_lines_fold_quotes(lines, true, 0);
    assert_row(lines, 5, "[-- 3 quoted lines --]");
    assert_row(lines, 6, "It does.");
    assert_row(lines, 7, "[-- 1 quoted line --]");
    ck_assert_uint_eq(pager_lines_place(lines, 6), place);
    ck_assert_uint_eq(pager_lines_row(lines, place), 6);
    ck_assert_uint_eq(pager_lines_row(lines, inside), 5);
    ck_assert(pager_lines_is_quoted(lines, 5));
    ck_assert(!pager_lines_is_quoted(lines, 6));

    pager_lines_unfold(lines, inside);
    ck_assert_uint_eq(pager_lines_row(lines, inside), 6);
    assert_row(lines, 9, "[-- 1 quoted line --]");
    pager_lines_fold_quotes(lines, true, 1);
    assert_row(lines, 5, "> Why?");
    assert_row(lines, 6, "[-- 1 quoted line --]");
    assert_row(lines, 7, "> Does it?");
    pager_lines_fold_quotes(lines, false, 0);
    assert_row(lines, 6, "> > It squeaks.");
    pager_lines_free(lines);
}
END_TEST

START_TEST(test_folds_files)
{
    struct pager_lines *lines = lines_new(patch);
    size_t file = find(lines, "diff --git a/a.c"), rows = pager_lines_rows(lines);
    size_t first = pager_lines_place(lines, file), inside = find_place(lines, " > no quote");
    ck_assert(!pager_lines_toggle_file(lines, find_place(lines, "It does.")));
    ck_assert(!pager_lines_toggle_file(lines, find_place(lines, "2.39")));
    ck_assert(pager_lines_toggle_file(lines, inside));
    assert_row(lines, file, "diff --git a/a.c b/a.c  [+3 -1, 11 lines folded]");
    assert_row(lines, file + 1, "diff --git a/old.c b/new.c");
    ck_assert_int_eq(style_of(lines, "diff --git a/a.c"), STYLE_FILE);
    ck_assert_uint_eq(pager_lines_row(lines, inside), file);
    pager_lines_unfold(lines, inside);
    ck_assert_uint_eq(pager_lines_rows(lines), rows);

    pager_lines_fold_files(lines, true);
    assert_row(lines, file, "diff --git a/a.c b/a.c  [+3 -1, 11 lines folded]");
    assert_row(lines, file + 1, "diff --git a/old.c b/new.c  [+0 -0, 3 lines folded]");
    assert_row(lines, file + 2, "diff --git a/b.c b/b.c  [+0 -1, 4 lines folded]");
    assert_row(lines, file + 3, "-- ");
    /* The first line can be seen. */
    pager_lines_unfold(lines, first);
    ck_assert_uint_eq(pager_lines_row(lines, inside), file);
    ck_assert(pager_lines_toggle_file(lines, first));
    assert_row(lines, file + 1, "index 1111111..2222222 100644");
    pager_lines_fold_files(lines, false);
    ck_assert_uint_eq(pager_lines_rows(lines), rows);
    pager_lines_free(lines);
}
END_TEST

static void assert_jump(const struct pager_lines *lines, enum pager_target target, int direction,
                        int count, const char *from, const char *to)
{
    size_t row = find(lines, from);
    ck_assert(pager_lines_next(lines, target, direction, count, &row));
    char *text = row_text(lines, row);
    ck_assert_msg(g_str_has_prefix(text, to), "\"%s\"", text);
    g_free(text);
}

START_TEST(test_jumps)
{
    struct pager_lines *lines = lines_new(patch);
    assert_jump(lines, PAGER_HUNK, 1, 1, "From:", "@@ -1,2");
    assert_jump(lines, PAGER_HUNK, 1, 3, "From:", "@@ -1,1");
    assert_jump(lines, PAGER_HUNK, 1, 99, "From:", "@@ -1,1");
    assert_jump(lines, PAGER_HUNK, -1, 1, "@@ -9", "@@ -1,2");
    assert_jump(lines, PAGER_FILE, 1, 1, "From:", "diff --git a/a.c");
    assert_jump(lines, PAGER_FILE, 1, 2, "From:", "diff --git a/old.c");
    assert_jump(lines, PAGER_FILE, -1, 1, "+++ b/a.c", "diff --git a/a.c");
    assert_jump(lines, PAGER_QUOTED, 1, 1, "From:", "> Why?");
    assert_jump(lines, PAGER_QUOTED, 1, 2, "From:", "> Then");
    assert_jump(lines, PAGER_QUOTED, -1, 1, "> Then", "> Why?");
    assert_jump(lines, PAGER_TRAILERS, 1, 1, "From:", "Signed-off-by:");
    size_t row = find(lines, "@@ -1,1");
    ck_assert(!pager_lines_next(lines, PAGER_HUNK, 1, 1, &row));
    ck_assert_uint_eq(row, find(lines, "@@ -1,1"));
    row = find(lines, "Signed-off-by:");
    ck_assert(!pager_lines_next(lines, PAGER_TRAILERS, 1, 1, &row));

    /* Among what is shown. */
    pager_lines_fold_quotes(lines, true, 0);
    assert_jump(lines, PAGER_QUOTED, 1, 2, "From:", "[-- 1 quoted line");
    pager_lines_toggle_file(lines, find_place(lines, "@@ -9"));
    assert_jump(lines, PAGER_FILE, 1, 1, "From:", "diff --git a/a.c");
    assert_jump(lines, PAGER_HUNK, 1, 1, "From:", "@@ -1,1");
    pager_lines_free(lines);
}
END_TEST

static GArray *spans_of(struct pager_lines *lines, const char *text, bool words)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span));
    pager_lines_spans(lines, find(lines, text), words, spans);
    return spans;
}

static void assert_nth(const GArray *spans, guint index, size_t start, size_t end,
                       enum style style)
{
    const struct flow_span *span = &g_array_index(spans, struct flow_span, index);
    ck_assert_uint_eq(span->start, start);
    ck_assert_uint_eq(span->end, end);
    ck_assert_int_eq(span->style, style);
    ck_assert(!span->overlay);
}

static void assert_span(struct pager_lines *lines, const char *text, bool words, size_t start,
                        size_t end, enum style style)
{
    GArray *spans = spans_of(lines, text, words);
    ck_assert_uint_eq(spans->len, 1);
    assert_nth(spans, 0, start, end, style);
    g_array_unref(spans);
}

static void assert_no_span(struct pager_lines *lines, const char *text, bool words)
{
    GArray *spans = spans_of(lines, text, words);
    ck_assert_uint_eq(spans->len, 0);
    g_array_unref(spans);
}

START_TEST(test_spans)
{
    struct pager_lines *lines = lines_new(patch);
    assert_span(lines, "Subject:", false, 0, 8, STYLE_HEADER);
    assert_no_span(lines, "It does.", true);
    assert_no_span(lines, "-\toil", false);
    assert_span(lines, "-\toil", true, 6, 12, STYLE_REMOVED_WORD);
    assert_span(lines, "+\toil", true, 6, 12, STYLE_ADDED_WORD);
    assert_no_span(lines, "+-- ", true);
    GArray *signs = spans_of(lines, " a.c | 4", false);
    ck_assert_uint_eq(signs->len, 2);
    assert_nth(signs, 0, 9, 12, STYLE_ADDED);
    assert_nth(signs, 1, 12, 13, STYLE_REMOVED);
    g_array_unref(signs);
    assert_no_span(lines, " 1 file", false);
    assert_no_span(lines, "-gone", true);
    pager_lines_toggle_file(lines, find_place(lines, "@@ -9"));
    assert_span(lines, "diff --git a/a.c", true, 22, 48, STYLE_MARKERS);
    pager_lines_free(lines);
}
END_TEST

START_TEST(test_words_without_newline_at_end)
{
    struct pager_lines *lines = lines_new("From: a@example.org\n\n"
                                          "diff --git a/a b/a\n--- a/a\n+++ b/a\n"
                                          "@@ -1,2 +1,2 @@\n"
                                          "-one two three\n"
                                          "-four five six seven\n"
                                          "\\ No newline at end of file\n"
                                          "+one two three\n"
                                          "+four five SIX seven\n"
                                          "\\ No newline at end of file\n");
    assert_span(lines, "-four", true, 11, 14, STYLE_REMOVED_WORD);
    assert_span(lines, "+four", true, 11, 14, STYLE_ADDED_WORD);
    assert_no_span(lines, "+one", true);
    pager_lines_free(lines);
}
END_TEST

int main(void)
{
    mail_startup();
    Suite *suite = suite_create("pager_lines");
    TCase *test = tcase_create("pager_lines");
    tcase_add_test(test, test_headers);
    tcase_add_test(test, test_damage_is_said);
    tcase_add_test(test, test_no_text);
    tcase_add_test(test, test_styles);
    tcase_add_test(test, test_quote_styles_cycle);
    tcase_add_test(test, test_folds_quotes);
    tcase_add_test(test, test_folds_files);
    tcase_add_test(test, test_jumps);
    tcase_add_test(test, test_spans);
    tcase_add_test(test, test_words_without_newline_at_end);
    suite_add_tcase(suite, test);
    return run_suite(suite);
}
