/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each line of a text is taken for. The texts are written with a letter in front
 * of each line that says what it is:
 *
 *   m message   i in-body header   1 2 3 quoted, so deep   t trailer   s separator
 *   d diffstat  f file header      h hunk header           c context   a added
 *   r removed   b binary           g signature */
#include "mail/text.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static char letter_of(const struct text_line *line)
{
    static const char letters[] = {
        [TEXT_MESSAGE] = 'm',   [TEXT_IN_BODY_HEADER] = 'i', [TEXT_QUOTED] = 'q',
        [TEXT_TRAILER] = 't',   [TEXT_SEPARATOR] = 's',      [TEXT_DIFFSTAT] = 'd',
        [TEXT_FILE_HEADER] = 'f', [TEXT_HUNK_HEADER] = 'h',  [TEXT_CONTEXT] = 'c',
        [TEXT_ADDED] = 'a',     [TEXT_REMOVED] = 'r',        [TEXT_BINARY] = 'b',
        [TEXT_SIGNATURE] = 'g',
    };

    return line->kind == TEXT_QUOTED ? (char)('0' + line->depth) : letters[line->kind];
}

/* Parses MARKED without its letters, puts them back by what was found, and compares. */
static void check_lines(const char *marked)
{
    char **lines = g_strsplit(marked, "\n", -1);
    GString *plain = g_string_new(NULL), *found = g_string_new(NULL);
    struct text *text;

    for (guint i = 0; lines[i] && lines[i][0]; i++)
        g_string_append_printf(plain, "%s\n", lines[i] + 1);
    text = text_parse(plain->str, plain->len);
    for (guint i = 0; i < text->lines->len; i++) {
        const struct text_line *line = &g_array_index(text->lines, struct text_line, i);

        g_string_append_c(found, letter_of(line));
        g_string_append_len(found, plain->str + line->start, line->length);
        g_string_append_c(found, '\n');
    }
    ck_assert_str_eq(found->str, marked);
    text_free(text);
    g_string_free(found, TRUE);
    g_string_free(plain, TRUE);
    g_strfreev(lines);
}

static const char *const texts[] = {
    /* A patch as git format-patch writes it: "-- " behind the last hunk is no removed line. */
    "iFrom: Ann <ann@example.org>\n"
    "m\n"
    "mWhy it was wrong.\n"
    "m\n"
    "tFixes: 0123456789ab (\"the words\n"
    "t that go on\")\n"
    "tSigned-off-by: Ann <ann@example.org>\n"
    "s---\n"
    "mv2: better\n"
    "m\n"
    "d a/file.c => b/file.c | 10 +++++-----\n"
    "d image.png            | Bin 0 -> 100 bytes\n"
    "d 2 files changed, 5 insertions(+), 5 deletions(-)\n"
    "d create mode 100644 image.png\n"
    "m\n"
    "fdiff --git a/file.c b/file.c\n"
    "fsimilarity index 90%\n"
    "findex 1234567..89abcde 100644\n"
    "f--- a/file.c\n"
    "f+++ b/file.c\n"
    "h@@ -1,3 +1,4 @@ int main(void)\n"
    "c one\n"
    "r-two\n"
    "a+2\n"
    "a+3\n"
    "c four\n"
    "g-- \n"
    "g2.43.0\n",
    /* What looks like headers and signatures inside of a hunk is counted, not matched. */
    "fdiff --git a/f b/f\n"
    "f--- a/f\n"
    "f+++ b/f\n"
    "h@@ -1,4 +1,5 @@\n"
    "r-- \n"
    "r--- a/f\n"
    "a+++ b/f\n"
    "a+@@ -1 +1 @@\n"
    "a+> quoted?\n"
    "c \n"
    "c\n"
    "m+ behind the hunk\n"
    "m- also\n",
    /* Nothing is a diff line outside of a diff. */
    "mShopping:\n"
    "m+ bread\n"
    "m- milk\n"
    "m@@ -1 +1 @@\n",
    /* No newline at the end of a file, before and behind the last counted line. */
    "f--- a/f\n"
    "f+++ b/f\n"
    "h@@ -1 +1 @@\n"
    "r-a\n"
    "c\\ No newline at end of file\n"
    "a+b\n"
    "c\\ No newline at end of file\n"
    "g-- \n",
    /* A hunk that was cut short ends at the first line that cannot be of it. */
    "f--- a/f\n"
    "f+++ b/f\n"
    "h@@ -1,9 +1,9 @@\n"
    "c a\n"
    "m[snip]\n"
    "mBye\n",
    /* A review: quotes by depth, a quoted diff stays quoted, a tag that stands alone. */
    "mOn Monday, Bob wrote:\n"
    "2> > Why?\n"
    "3>>> Because.\n"
    "1> diff --git a/f b/f\n"
    "1> @@ -1 +1 @@\n"
    "1> -a\n"
    "m\n"
    "mFine.\n"
    "m\n"
    "tReviewed-by: Cid <cid@example.com>\n"
    "m\n"
    "g-- \n"
    "gCid\n"
    "g> not a quote any more\n",
    /* A quoted line between what looks like a diffstat does not become one. */
    "m f | 2 +-\n"
    "1> no\n"
    "d 1 file changed, 1 insertion(+), 1 deletion(-)\n",
    /* Subversion and diff without git. */
    "mText.\n"
    "fIndex: f\n"
    "f===================================================================\n"
    "f--- f (revision 1)\n"
    "f+++ f (working copy)\n"
    "h@@ -0,0 +1 @@\n"
    "a+x\n",
    /* Two files, the second a binary one. */
    "fdiff --git a/f b/f\n"
    "fdeleted file mode 100644\n"
    "fdiff --git a/g b/g\n"
    "fnew file mode 100644\n"
    "bGIT binary patch\n"
    "bliteral 5\n"
    "bMcmZQzWMXDvWn\n"
    "b\n"
    "bliteral 0\n"
    "bHcmV?d00001\n"
    "b\n"
    "g-- \n",
    /* A merge. */
    "fdiff --cc f\n"
    "findex 1,2..3\n"
    "f--- a/f\n"
    "f+++ b/f\n"
    "h@@@ -1,2 -1,2 +1,3 @@@\n"
    "c  a\n"
    "a +b\n"
    "a+ c\n",
    /* Hunks that are none, or end early. */
    "fdiff --git a/f b/f\n"
    "h@@ -1,2 +1,2 @@\n"
    "c context\n"
    "mprose in its midst\n",
    "fdiff --cc f\n"
    "h@@@ -1 -1 +1,2 @@@\n"
    "a++1\n"
    "c  2\n"
    "mno more of it\n",
    /* What stands before the lines of a diffstat's file may be anything. */
    "s---\n"
    "d ...\n"
    "d a|b | 2 +-\n"
    "d b.bin | Bin 0 -> 12 bytes\n"
    "d c | Unmerged\n"
    "d 3 files changed, 1 insertion(+), 1 deletion(-)\n",
    /* A "Word: " in prose is no trailer, nor is a paragraph of prose with one. */
    "mNote: this is prose\n"
    "mthat goes on\n"
    "mand on.\n",
};

START_TEST(lines_are_what_they_are)
{
    check_lines(texts[_i]);
}
END_TEST

/* Counts that are larger than what comes, and larger than numbers go. */
START_TEST(hunk_that_promises_too_much)
{
    check_lines("f--- a/f\nf+++ b/f\nh@@ -1,99999999999 +1,99999999999 @@\nc a\na+b\nr-c\n");
}
END_TEST

static const struct {
    const char *text, *description;
} descriptions[] = {
    { "Why.\n---\n f | 2 +-\n 1 file changed, 1 insertion(+)\n\ndiff --git a/f b/f\n",
      "Why.\n---\n f | 2 +-\n 1 file changed, 1 insertion(+)" },
    { "Why.\n---\n 1 file changed, 1 insertion(+)\n create mode 100644 f\n\n-- \n2\n",
      "Why.\n---\n 1 file changed, 1 insertion(+)" },
    { "Why.\n\n\ndiff --git a/f b/f\n", "Why." },
    { "Why.\n---\n\nIndex: f\n===\n", "Why.\n---" },
    { "Words.\n\n-- \nAnn\n", "Words." },
    { "Words.\n\n \n", "Words." },
    { "\n\n", "" },
    { "", "" },
};

START_TEST(description_ends_with_the_diffstat)
{
    const char *bytes = descriptions[_i].text;
    struct text *text = text_parse(bytes, strlen(bytes));
    char *description = g_strndup(bytes, text_description_length(text));

    ck_assert_str_eq(description, descriptions[_i].description);
    g_free(description);
    text_free(text);
}
END_TEST

/* Lines put together are the text, whether or not it ends with a line break. */
START_TEST(lines_cover_the_text)
{
    struct text *text = text_parse("a\n\nb", 4);
    const struct text_line *last;

    ck_assert_uint_eq(text->lines->len, 3);
    last = &g_array_index(text->lines, struct text_line, 2);
    ck_assert_uint_eq(last->start, 3);
    ck_assert_uint_eq(last->length, 1);
    text_free(text);
}
END_TEST

START_TEST(depth_has_a_bound)
{
    char *deep = g_strnfill(1000, '>');
    struct text *text = text_parse(deep, 1000);

    ck_assert_uint_eq(g_array_index(text->lines, struct text_line, 0).depth, 255);
    text_free(text);
    g_free(deep);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("text");

    tcase_add_loop_test(tests, lines_are_what_they_are, 0, G_N_ELEMENTS(texts));
    tcase_add_test(tests, hunk_that_promises_too_much);
    tcase_add_loop_test(tests, description_ends_with_the_diffstat, 0,
                        G_N_ELEMENTS(descriptions));
    tcase_add_test(tests, lines_cover_the_text);
    tcase_add_test(tests, depth_has_a_bound);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
