/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands between mails and the terminal. */
#include "glyph.h"
#include "run_suite.h"

#include <check.h>
#include <glib.h>
#include <locale.h>
#include <string.h>

static const struct {
    const char *text;
    size_t length;
    int width;
    bool mark;
} glyphs[] = {
    {"a", 1, 1, false},
    {"\033", 1, 2, true},
    {"\177", 1, 2, true},
    {"\303\244", 2, 1, false},
    {"a\314\210", 3, 1, false},
    {"\314\210", 2, 1, false},             /* alone: on a blank */
    {"\344\270\200", 3, 2, false},         /* wide */
    {"\360\237\230\200", 4, 2, false},     /* wide, beyond the first plane */
    {"\302\233", 2, 1, true},              /* CSI in one character */
    {"\342\200\256", 3, 1, true},          /* right-to-left override */
    {"\342\201\246", 3, 1, true},          /* left-to-right isolate */
    {"\330\234", 2, 1, true},              /* Arabic letter mark */
    {"\342\200\213", 3, 1, true},          /* zero width space */
    {"\357\273\277", 3, 1, true},          /* byte order mark */
    {"\342\200\250", 3, 1, true},          /* line separator */
    {"\356\200\200", 3, 1, true},          /* private use */
    {"\357\277\277", 3, 1, true},          /* no character */
    {"\363\240\201\201", 4, 1, true},      /* tag */
    {"\377", 1, 1, true},                  /* no UTF-8 */
    {"\303", 1, 1, true},                  /* cut off */
    {"\355\240\200", 1, 1, true},          /* surrogate */
};

START_TEST(test_glyphs)
{
    struct glyph glyph;
    const char *text = glyphs[_i].text;
    glyph_next(text, strlen(text), &glyph);
    ck_assert_uint_eq(glyph.length, glyphs[_i].length);
    ck_assert_int_eq(glyph.width, glyphs[_i].width);
    ck_assert_int_eq(glyph.mark, glyphs[_i].mark);
}
END_TEST

START_TEST(test_glyphs_without_utf8)
{
    struct glyph glyph;
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
    glyph_next("\344\270\200", 3, &glyph);
    ck_assert_int_eq(glyph.characters[0], L'?');
    ck_assert_uint_eq(glyph.length, 3);
    glyph_next("\342\200\256", 3, &glyph);
    ck_assert_int_eq(glyph.characters[0], L'?');
    ck_assert(glyph.mark);
    glyph_next("a", 1, &glyph);
    ck_assert_int_eq(glyph.characters[0], L'a');
    setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("glyph");
    TCase *glyph = tcase_create("glyph");
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 77;
    tcase_add_loop_test(glyph, test_glyphs, 0, G_N_ELEMENTS(glyphs));
    tcase_add_test(glyph, test_glyphs_without_utf8);
    suite_add_tcase(suite, glyph);
    return run_suite(suite);
}
