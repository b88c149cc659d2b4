/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Colours: what their lines say, what becomes of them on terminals of few colours, and that
 * the themes can be read. */
#include "colour.h"
#include "palette.h"
#include "run_suite.h"

#include <check.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define NOW INT64_C(1767225600)

/* Does what LINE, words with blanks between them, says. */
static bool set(struct colours *colours, const char *line, GError **error)
{
    char **words = g_strsplit(line, " ", -1);
    bool mono = strcmp(words[0], "mono") == 0;
    bool good =
        colours_set(colours, words + 1, g_strv_length(words) - 1, mono, "~s %s", NOW, error);
    g_strfreev(words);
    return good;
}

static void say(struct colours *colours, const char *line)
{
    GError *error = NULL;
    ck_assert_msg(set(colours, line, &error), "%s: %s", line, error ? error->message : "");
}

static const struct look *look_of(const struct colours *colours, enum style style)
{
    ck_assert_uint_lt((guint)style, colours->looks->len);
    return &g_array_index(colours->looks, struct look, (guint)style);
}

static const struct {
    const char *line;
    enum style style;
    struct look look;
} lines[] = {
    {"color tree red blue", STYLE_TREE, {1, 4, 0, 0}},
    {"color TREE Red BLUE", STYLE_TREE, {1, 4, 0, 0}},
    {"color tree default default", STYLE_TREE, {-1, -1, 0, 0}},
    {"color tree brightred lightblue", STYLE_TREE, {9, 12, 0, 0}},
    {"color tree gray brightblack", STYLE_TREE, {8, 8, 0, 0}},
    {"color tree color0 color255", STYLE_TREE, {0, 255, 0, 0}},
    {"color tree colour17 white", STYLE_TREE, {17, 7, 0, 0}},
    {"color tree #FF8000 #00000a", STYLE_TREE, {LOOK_RGB | 0xFF8000, LOOK_RGB | 0xA, 0, 0}},
    {"color tree bold red default", STYLE_TREE, {1, -1, LOOK_BOLD, 0}},
    {"color tree italic blink dim underline reverse red default", STYLE_TREE,
     {1, -1, LOOK_ITALIC | LOOK_BLINK | LOOK_DIM | LOOK_UNDERLINE | LOOK_REVERSE, 0}},
    {"color tree none red default", STYLE_TREE, {1, -1, 0, 0}},
    {"color header red default", STYLE_HEADER, {1, -1, 0, LOOK_BOLD}},
    {"color index_author red default", STYLE_AUTHOR, {1, -1, 0, 0}},
    {"color quoted3 red default", STYLE_QUOTED_3, {1, -1, 0, 0}},
    {"mono tree bold underline", STYLE_TREE, {246, -1, 0, LOOK_BOLD | LOOK_UNDERLINE}},
    {"mono indicator none", STYLE_INDICATOR, {-1, 237, 0, 0}},
};

START_TEST(test_lines)
{
    struct colours *colours = colours_new();
    unsigned before = colours->generation;
    say(colours, lines[_i].line);
    const struct look *look = look_of(colours, lines[_i].style);
    ck_assert_int_eq(look->foreground, lines[_i].look.foreground);
    ck_assert_int_eq(look->background, lines[_i].look.background);
    ck_assert_uint_eq(look->attributes, lines[_i].look.attributes);
    ck_assert_uint_eq(look->mono_attributes, lines[_i].look.mono_attributes);
    ck_assert_uint_ne(colours->generation, before);
    colours_free(colours);
}
END_TEST

static const struct {
    const char *line, *error;
} wrong[] = {
    {"color", "color: too few arguments"},
    {"color tree", "color: too few arguments"},
    {"color tree red", "color: too few arguments"},
    {"color tree bold red", "color: too few arguments"},
    {"color twig red default", "twig: no such object"},
    {"color quoted4 red default", "quoted4: no such object"},
    {"color tree rot default", "rot: no such color"},
    {"color tree red color256", "color256: no such color"},
    {"color tree red color-1", "color-1: no such color"},
    {"color tree red color", "color: no such color"},
    {"color tree red colo", "colo: no such color"},
    {"color tree red #12345", "#12345: no such color"},
    {"color tree red #1234567", "#1234567: no such color"},
    {"color tree red #12345g", "#12345g: no such color"},
    {"color tree red #+12345", "#+12345: no such color"},
    {"color tree brightdefault red", "brightdefault: no such color"},
    {"color tree lightbrightred red", "lightbrightred: no such color"},
    {"color tree red default pattern", "color: too many arguments"},
    {"color index red default ~N more", "color: too many arguments"},
    {"color index red default ~b_x", "~b_x: colors cannot depend on the text of mails"},
    {"color body red default", "color: too few arguments"},
    {"mono", "mono: too few arguments"},
    {"mono tree", "mono: too few arguments"},
    {"mono tree red", "red: no such attribute"},
    {"mono tree bold red", "mono: too many arguments"},
};

START_TEST(test_wrong)
{
    struct colours *colours = colours_new();
    unsigned before = colours->generation;
    GError *error = NULL;
    char *line = g_strdup(wrong[_i].line);
    ck_assert(!set(colours, line, &error));
    ck_assert_str_eq(error->message, wrong[_i].error);
    ck_assert_uint_eq(colours->generation, before);
    g_error_free(error);
    g_free(line);
    colours_free(colours);
}
END_TEST

/* Expressions and patterns that are none are errors of one line. */
START_TEST(test_wrong_rules)
{
    static const char *const rules[] = {"color body red default (", "color header red default [",
                                        "color index red default ~(", "mono body bold ("};
    struct colours *colours = colours_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        GError *error = NULL;
        ck_assert(!set(colours, rules[i], &error));
        ck_assert_ptr_null(strchr(error->message, '\n'));
        g_error_free(error);
    }
    ck_assert_uint_eq(colours->body_rules->len, 0);
    ck_assert_uint_eq(colours->looks->len, STYLE_COUNT);
    colours_free(colours);
}
END_TEST

static const struct colour_rule *rule_at(const GPtrArray *rules, guint index)
{
    ck_assert_uint_lt(index, rules->len);
    return g_ptr_array_index(rules, index);
}

/* What was said last comes first; the same said again replaces it and comes first. */
START_TEST(test_rules)
{
    struct colours *colours = colours_new();
    say(colours, "color body red default one");
    say(colours, "color body green default two");
    say(colours, "color header blue default ^X-");
    say(colours, "color index yellow default ~T");
    say(colours, "color index cyan default");
    say(colours, "mono body bold two");
    ck_assert_uint_eq(colours->body_rules->len, 2);
    ck_assert_str_eq(rule_at(colours->body_rules, 0)->text, "two");
    ck_assert_str_eq(rule_at(colours->body_rules, 1)->text, "one");
    ck_assert_int_eq(rule_at(colours->header_rules, 0)->object, STYLE_HEADER);
    ck_assert_str_eq(rule_at(colours->index_rules, 0)->text, "~A");
    ck_assert_ptr_nonnull(rule_at(colours->index_rules, 1)->pattern);
    ck_assert_uint_eq(colours->looks->len, STYLE_COUNT + 5);

    const struct look *look = look_of(colours, rule_at(colours->body_rules, 0)->style);
    ck_assert_int_eq(look->foreground, 2);
    ck_assert_uint_eq(look->mono_attributes, LOOK_BOLD);

    say(colours, "color body blue default one");
    ck_assert_uint_eq(colours->body_rules->len, 2);
    ck_assert_str_eq(rule_at(colours->body_rules, 0)->text, "one");
    ck_assert_int_eq(look_of(colours, rule_at(colours->body_rules, 0)->style)->foreground, 4);
    look = look_of(colours, rule_at(colours->body_rules, 1)->style);
    ck_assert_int_eq(look->foreground, 2);
    ck_assert_uint_eq(look->mono_attributes, LOOK_BOLD);
    colours_free(colours);
}
END_TEST

START_TEST(test_too_many_rules)
{
    struct colours *colours = colours_new();
    GError *error = NULL;
    for (int i = 0; i < COLOUR_RULES_MAX; i++) {
        char *line = g_strdup_printf("color body red default x%d", i);
        say(colours, line);
        g_free(line);
    }
    ck_assert(!set(colours, "color header red default y", &error));
    ck_assert_str_eq(error->message, "header: too many patterns");
    g_clear_error(&error);
    say(colours, "color body blue default x7");
    ck_assert_uint_eq(colours->body_rules->len, COLOUR_RULES_MAX);
    colours_free(colours);
}
END_TEST

/* The first place counts, and of several rules that are found there the first. */
START_TEST(test_find)
{
    static const char text[] = "a fox and a box and a foxbox";
    struct colours *colours = colours_new();
    size_t start, end;
    enum style style;
    say(colours, "color body red default fox");
    say(colours, "color body green default box");
    say(colours, "color body blue default foxbox");
    say(colours, "color body cyan default y*");
    const GPtrArray *rules = colours->body_rules;
    ck_assert(colours_find(rules, text, strlen(text), 0, &start, &end, &style));
    ck_assert_uint_eq(start, 2);
    ck_assert_uint_eq(end, 5);
    ck_assert_int_eq(look_of(colours, style)->foreground, 1);
    ck_assert(colours_find(rules, text, strlen(text), end, &start, &end, &style));
    ck_assert_uint_eq(start, 12);
    ck_assert_int_eq(look_of(colours, style)->foreground, 2);
    ck_assert(colours_find(rules, text, strlen(text), end, &start, &end, &style));
    ck_assert_uint_eq(start, 22);
    ck_assert_uint_eq(end, 28);
    ck_assert_int_eq(look_of(colours, style)->foreground, 4);
    ck_assert(!colours_find(rules, text, strlen(text), end, &start, &end, &style));
    ck_assert(!colours_find(colours->header_rules, text, strlen(text), 0, &start, &end, &style));
    colours_free(colours);
}
END_TEST

START_TEST(test_unset)
{
    struct colours *colours = colours_new();
    GError *error = NULL;
    const int32_t before = look_of(colours, STYLE_TREE)->foreground;
    say(colours, "color tree red default");
    say(colours, "color body red default one");
    say(colours, "color body red default two");
    say(colours, "color header red default");
    say(colours, "color header red default three");

    ck_assert(colours_unset(colours, "body", "one", NULL));
    ck_assert_uint_eq(colours->body_rules->len, 1);
    ck_assert_str_eq(rule_at(colours->body_rules, 0)->text, "two");
    ck_assert(colours_unset(colours, "body", "never said", NULL));
    ck_assert(colours_unset(colours, "header", "three", NULL));
    ck_assert_uint_eq(colours->header_rules->len, 0);
    ck_assert_int_eq(look_of(colours, STYLE_HEADER)->foreground, 1);
    ck_assert(colours_unset(colours, "header", NULL, NULL));
    ck_assert_int_ne(look_of(colours, STYLE_HEADER)->foreground, 1);
    ck_assert(colours_unset(colours, "tree", NULL, NULL));
    ck_assert_int_eq(look_of(colours, STYLE_TREE)->foreground, before);

    say(colours, "color tree red default");
    ck_assert(colours_unset(colours, "*", NULL, NULL));
    ck_assert_int_eq(look_of(colours, STYLE_TREE)->foreground, before);
    ck_assert_uint_eq(colours->body_rules->len, 0);
    ck_assert_uint_eq(colours->looks->len, STYLE_COUNT);

    ck_assert(!colours_unset(colours, "twig", NULL, &error));
    ck_assert_str_eq(error->message, "twig: no such object");
    g_clear_error(&error);
    ck_assert(!colours_unset(colours, "tree", "x", &error));
    g_clear_error(&error);
    colours_free(colours);
}
END_TEST

/* What the user said stays when the theme changes. */
START_TEST(test_themes)
{
    struct colours *colours = colours_new();
    GError *error = NULL;
    const struct look dark = *look_of(colours, STYLE_ADDED);
    say(colours, "color tree red default");
    say(colours, "color body red default one");
    ck_assert(colours_set_theme(colours, "light", &error));
    ck_assert_int_ne(look_of(colours, STYLE_ADDED)->foreground, dark.foreground);
    ck_assert_int_eq(look_of(colours, STYLE_TREE)->foreground, 1);
    ck_assert_uint_eq(colours->body_rules->len, 1);

    ck_assert(!colours_set_theme(colours, "twilight", &error));
    ck_assert_str_eq(error->message, "twilight: no such theme");
    g_clear_error(&error);

    ck_assert(colours_set_theme(colours, "none", &error));
    for (int i = 0; i < STYLE_COUNT; i++) {
        const struct look *look = look_of(colours, (enum style)i);
        ck_assert_int_eq(look->background, LOOK_DEFAULT);
        if (i != STYLE_TREE) {
            ck_assert_int_eq(look->foreground, LOOK_DEFAULT);
            ck_assert_uint_eq(look->attributes, look->mono_attributes);
        }
    }
    ck_assert_uint_eq(look_of(colours, STYLE_INDICATOR)->attributes, LOOK_REVERSE);
    colours_free(colours);
}
END_TEST

/* Every style has an object, but for those that are written otherwise, and every name is
 * understood. */
START_TEST(test_names)
{
    struct colours *colours = colours_new();
    bool styled[STYLE_COUNT] = {false};
    for (const char *const *name = colour_objects(); *name; name++) {
        char *line = g_strdup_printf("color %s color201 color202%s", *name,
                                     strcmp(*name, "body") == 0 ? " x" : "");
        say(colours, line);
        g_free(line);
    }
    for (int i = 0; i < STYLE_COUNT; i++)
        styled[i] = look_of(colours, (enum style)i)->foreground == 201;
    for (int i = 0; i < STYLE_COUNT; i++)
        ck_assert_msg(styled[i], "style %d has no object", i);
    for (const char *const *name = colour_names(); *name; name++) {
        char *line = g_strdup_printf("color tree %s %s", *name, *name);
        say(colours, line);
        g_free(line);
    }
    colours_free(colours);
}
END_TEST

/* Says COLOUR of each object that the theme called NAME has a line for. */
static void say_of_theme(struct colours *colours, const char *name, const char *colour)
{
    const char *source = g_getenv("srcdir");
    char *path = g_strdup_printf("%s/ui/%s.theme", source ? source : ".", name);
    char *text;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
    char **all = g_strsplit(text, "\n", -1);
    for (char **line = all; *line; line++) {
        char **words = g_strsplit(*line, " ", 3);
        if (strcmp(*line, "") != 0 && strcmp(words[0], "color") == 0) {
            char *own = g_strdup_printf("color %s %s default", words[1], colour);
            say(colours, own);
            g_free(own);
        }
        g_strfreev(words);
    }
    g_strfreev(all);
    g_free(text);
    g_free(path);
}

/* Each theme has a line for the style of each object, under one of its names. */
START_TEST(test_themes_are_whole)
{
    static const char *const names[] = {"dark", "light"};
    for (const char *const *object = colour_objects(); *object; object++) {
        struct colours *colours = colours_new();
        bool before[STYLE_COUNT];
        if (strcmp(*object, "body") != 0) {
            char *line = g_strdup_printf("color %s color201 default", *object);
            say_of_theme(colours, names[_i], "color202");
            for (int i = 0; i < STYLE_COUNT; i++)
                before[i] = look_of(colours, (enum style)i)->foreground == 202;
            say(colours, line);
            for (int i = 0; i < STYLE_COUNT; i++)
                ck_assert_msg(before[i] || look_of(colours, (enum style)i)->foreground != 201,
                              "%s.theme has no line for %s", names[_i], *object);
            g_free(line);
        }
        colours_free(colours);
    }
}
END_TEST

/* WCAG 2.1, "relative luminance" and "contrast ratio". */
static double luminance(uint32_t rgb)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double part = (rgb >> (16 - 8 * i) & 0xFF) / 255.0;
        sum += weights[i] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(uint32_t one, uint32_t other)
{
    double first = luminance(one), second = luminance(other);
    return (fmax(first, second) + 0.05) / (fmin(first, second) + 0.05);
}

static const struct {
    const char *name;
    uint32_t text, backgrounds[4]; /* the terminal's own: plain ones, and Solarized's and a gray */
    const char *hidden;            /* of the 16 colours those that are not for text */
} themes[] = {
    {"dark", 0xE5E5E5, {0x000000, 0x002B36, 0x1E1E1E, 0x282828}, "\0\004"},
    {"light", 0x000000, {0xFFFFFF, 0xFDF6E3, 0xFAFAFA, 0xF5F5F5}, "\003\006\007\013\016\017"},
};

/* All text has the contrast that WCAG asks for, 4.5, and on the indicator no less than large text
 * and marks are asked for, 3. */
START_TEST(test_contrast)
{
    struct colours *colours = colours_new();
    ck_assert(colours_set_theme(colours, themes[_i].name, NULL));
    int32_t indicator = look_of(colours, STYLE_INDICATOR)->background;
    for (int i = 0; i < STYLE_COUNT; i++) {
        const struct look *look = look_of(colours, (enum style)i);
        uint32_t text = look->foreground < 0 ? themes[_i].text : palette_rgb(look->foreground);
        double ratio = contrast(text, palette_rgb(indicator));
        ck_assert_msg(look->background >= 0 || ratio >= 3, "%s: %d on the indicator: %f",
                      themes[_i].name, i, ratio);
        for (int j = 0; j < 4; j++) {
            ratio = contrast(text, look->background < 0 ? themes[_i].backgrounds[j]
                                                        : palette_rgb(look->background));
            ck_assert_msg(ratio >= 4.5, "%s: %d on background %d: %f", themes[_i].name, i, j,
                          ratio);
        }
    }
    colours_free(colours);
}
END_TEST

/* With 8 or 16 colours nothing is written in one that cannot be seen on such a background. */
START_TEST(test_degraded_themes)
{
    struct colours *colours = colours_new();
    ck_assert(colours_set_theme(colours, themes[_i].name, NULL));
    size_t hidden = _i == 0 ? 2 : 6;
    for (int i = 0; i < STYLE_COUNT; i++) {
        for (int count = 8; count <= 16; count += 8) {
            const struct look fit = palette_fit(look_of(colours, (enum style)i), count);
            ck_assert_int_lt(fit.foreground, count);
            ck_assert_int_lt(fit.background, count);
            if (fit.background == LOOK_DEFAULT && fit.foreground >= 0)
                ck_assert_msg(!memchr(themes[_i].hidden, fit.foreground, hidden),
                              "%s: %d of %d is color%d", themes[_i].name, i, count, fit.foreground);
        }
    }
    ck_assert_uint_eq(palette_fit(look_of(colours, STYLE_INDICATOR), 16).attributes, LOOK_REVERSE);
    ck_assert_uint_eq(palette_fit(look_of(colours, STYLE_INDICATOR), 256).attributes, 0);
    colours_free(colours);
}
END_TEST

static const struct {
    struct look from;
    int count;
    struct look to;
} fits[] = {
    {{1, 2, LOOK_BOLD, LOOK_DIM}, 0, {-1, -1, LOOK_DIM, LOOK_DIM}},
    {{-1, -1, LOOK_BOLD, 0}, 8, {-1, -1, LOOK_BOLD, 0}},
    {{7, 4, 0, 0}, 8, {7, 4, 0, 0}},
    {{9, -1, 0, 0}, 8, {1, -1, LOOK_BOLD, 0}},
    {{8, -1, 0, 0}, 8, {-1, -1, LOOK_DIM, 0}},
    {{0, 9, 0, 0}, 8, {0, 1, 0, 0}},
    {{9, 10, 0, 0}, 16, {9, 10, 0, 0}},
    {{114, -1, 0, 0}, 8, {2, -1, 0, 0}},
    {{210, -1, 0, 0}, 16, {9, -1, 0, 0}},
    {{210, -1, 0, 0}, 8, {1, -1, 0, 0}},
    {{246, -1, 0, 0}, 16, {8, -1, 0, 0}},
    {{246, -1, 0, 0}, 8, {-1, -1, LOOK_DIM, 0}},
    {{252, -1, 0, 0}, 8, {7, -1, 0, 0}},
    {{232, -1, 0, 0}, 8, {0, -1, 0, 0}},
    {{-1, 237, 0, 0}, 16, {-1, -1, LOOK_REVERSE, 0}},
    {{-1, 254, 0, 0}, 8, {-1, -1, LOOK_REVERSE, 0}},
    {{157, 22, 0, 0}, 8, {2, -1, LOOK_REVERSE, 0}},
    {{16, 179, 0, 0}, 8, {0, 3, 0, 0}},
    {{114, 237, 0, 0}, 256, {114, 237, 0, 0}},
    {{LOOK_RGB | 0xFF8700, LOOK_RGB | 0x121212, 0, 0}, 256, {208, 233, 0, 0}},
    {{LOOK_RGB | 0x87AFAE, -1, 0, 0}, 256, {109, -1, 0, 0}},
    {{LOOK_RGB | 0xFFFFFF, LOOK_RGB, 0, 0}, 256, {231, 16, 0, 0}},
    {{LOOK_RGB | 0x20C040, -1, 0, 0}, 8, {2, -1, 0, 0}},
    {{LOOK_RGB | 0x20C040, 114, 0, 0}, 0x1000000, {LOOK_RGB | 0x20C040, 114, 0, 0}},
};

START_TEST(test_fit)
{
    const struct look fit = palette_fit(&fits[_i].from, fits[_i].count);
    ck_assert_int_eq(fit.foreground, fits[_i].to.foreground);
    ck_assert_int_eq(fit.background, fits[_i].to.background);
    ck_assert_uint_eq(fit.attributes, fits[_i].to.attributes);
}
END_TEST

/* Each colour of the 256 that are the same everywhere is the nearest to itself. */
START_TEST(test_palette)
{
    ck_assert_uint_eq(palette_rgb(16), 0x000000);
    ck_assert_uint_eq(palette_rgb(208), 0xFF8700);
    ck_assert_uint_eq(palette_rgb(231), 0xFFFFFF);
    ck_assert_uint_eq(palette_rgb(232), 0x080808);
    ck_assert_uint_eq(palette_rgb(255), 0xEEEEEE);
    for (int i = 16; i < 256; i++)
        ck_assert_uint_eq(palette_rgb(palette_nearest(palette_rgb(i), 256)), palette_rgb(i));
}
END_TEST

START_TEST(test_sgr)
{
    static const struct look looks[] = {
        {-1, -1, 0, 0},
        {1, 12, LOOK_BOLD | LOOK_REVERSE, 0},
        {114, LOOK_RGB | 0x102030, LOOK_DIM | LOOK_ITALIC | LOOK_UNDERLINE | LOOK_BLINK, 0},
    };
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++)
        palette_append_sgr(text, &looks[i]);
    ck_assert_str_eq(text->str,
                     "\033[0m\033[0;1;7;31;104m\033[0;2;3;4;5;38;5;114;48;2;16;32;48m");
    g_string_free(text, TRUE);
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    Suite *suite = suite_create("colour");
    TCase *tests = tcase_create("colour");
    tcase_add_loop_test(tests, test_lines, 0, G_N_ELEMENTS(lines));
    tcase_add_loop_test(tests, test_wrong, 0, G_N_ELEMENTS(wrong));
    tcase_add_test(tests, test_wrong_rules);
    tcase_add_test(tests, test_rules);
    tcase_add_test(tests, test_too_many_rules);
    tcase_add_test(tests, test_find);
    tcase_add_test(tests, test_unset);
    tcase_add_test(tests, test_themes);
    tcase_add_test(tests, test_names);
    tcase_add_loop_test(tests, test_themes_are_whole, 0, 2);
    tcase_add_loop_test(tests, test_contrast, 0, G_N_ELEMENTS(themes));
    tcase_add_loop_test(tests, test_degraded_themes, 0, G_N_ELEMENTS(themes));
    tcase_add_loop_test(tests, test_fit, 0, G_N_ELEMENTS(fits));
    tcase_add_test(tests, test_palette);
    tcase_add_test(tests, test_sgr);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
