/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be set, and to what. */
#include "settings.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static struct settings settings;

static void set_up(void)
{
    settings_init(&settings);
}

static void tear_down(void)
{
    settings_clear(&settings);
}

START_TEST(test_table)
{
    ck_assert_uint_gt(setting_count(), 0);
    for (size_t i = 0; i < setting_count(); i++) {
        const struct setting *setting = setting_at(i);
        ck_assert_ptr_eq(setting_find(setting->name), setting);
        ck_assert_msg(i == 0 || strcmp(setting_at(i - 1)->name, setting->name) < 0,
                      "%s is not in the order of the alphabet", setting->name);
        ck_assert_msg(strlen(setting->help) > 3 && !g_str_has_suffix(setting->help, "."), "%s",
                      setting->name);
    }
    ck_assert_ptr_null(setting_find("no_such_setting"));
    ck_assert_ptr_null(setting_find(""));
}
END_TEST

START_TEST(test_at_first)
{
    for (size_t i = 0; i < setting_count(); i++) {
        char *value = settings_get(&settings, setting_at(i));
        ck_assert_str_eq(value, setting_at(i)->value);
        ck_assert_msg(settings_set(&settings, setting_at(i), value, NULL), "%s",
                      setting_at(i)->name);
        g_free(value);
    }
    ck_assert(settings.beep);
    ck_assert(!settings.mouse);
    ck_assert_int_eq(settings.save_history, 100);
    ck_assert_str_eq(settings.sort, "arrival");
}
END_TEST

/* NULL, or the message of the error; the caller frees it. */
static char *set(const char *name, const char *text)
{
    GError *error = NULL;
    char *message = NULL;
    bool good = settings_set(&settings, setting_find(name), text, &error);
    ck_assert_int_eq(good, error == NULL);
    if (error) {
        ck_assert(g_error_matches(error, SETTINGS_ERROR, 0));
        message = g_strdup(error->message);
        g_error_free(error);
    }
    return message;
}

START_TEST(test_setting)
{
    ck_assert_ptr_null(set("beep", "no"));
    ck_assert(!settings.beep);
    ck_assert_ptr_null(set("save_history", "0"));
    ck_assert_int_eq(settings.save_history, 0);
    ck_assert_ptr_null(set("save_history", "10000"));
    ck_assert_int_eq(settings.save_history, 10000);
    ck_assert_ptr_null(set("shell", "/bin/\303\251"));
    ck_assert_str_eq(settings.shell, "/bin/\303\251");
    ck_assert_ptr_null(set("shell", ""));
    ck_assert_str_eq(settings.shell, "");
    ck_assert_ptr_null(set("sort", "reverse-date"));
    ck_assert_str_eq(settings.sort, "reverse-date");
    /* The value that it has already. */
    ck_assert(settings_set(&settings, setting_find("sort"), settings.sort, NULL));
    ck_assert_str_eq(settings.sort, "reverse-date");

    settings_reset(&settings, setting_find("beep"));
    settings_reset(&settings, setting_find("sort"));
    ck_assert(settings.beep);
    ck_assert_str_eq(settings.sort, "arrival");
}
END_TEST

static const struct {
    const char *name, *text, *error;
} wrong[] = {
    {"beep", "maybe", "beep: yes or no, not \"maybe\""},
    {"beep", "", "beep: yes or no, not \"\""},
    {"save_history", "10001", "save_history: a number from 0 to 10000, not \"10001\""},
    {"save_history", "-1", "save_history: a number from 0 to 10000, not \"-1\""},
    {"save_history", "", "save_history: a number from 0 to 10000, not \"\""},
    {"save_history", "1x", "save_history: a number from 0 to 10000, not \"1x\""},
    {"save_history", " 1", "save_history: a number from 0 to 10000, not \" 1\""},
    {"save_history", "99999999999999999999",
     "save_history: a number from 0 to 10000, not \"99999999999999999999\""},
    {"shell", "\377", "shell: not valid UTF-8"},
    {"theme", "pink", "theme: no such value: pink (dark, light, none)"},
    {"theme", "", "theme: no such value:  (dark, light, none)"},
    {"theme", "dark light", "theme: no such value: dark light (dark, light, none)"},
};

START_TEST(test_wrong_values)
{
    const struct setting *setting = setting_find(wrong[_i].name);
    char *before = settings_get(&settings, setting);
    char *message = set(wrong[_i].name, wrong[_i].text);
    char *after = settings_get(&settings, setting);

    ck_assert_str_eq(message, wrong[_i].error);
    ck_assert_str_eq(before, after);
    g_free(before);
    g_free(message);
    g_free(after);
}
END_TEST

static Suite *settings_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *table = tcase_create("table");

    tcase_add_checked_fixture(table, set_up, tear_down);
    tcase_add_test(table, test_table);
    tcase_add_test(table, test_at_first);
    tcase_add_test(table, test_setting);
    tcase_add_loop_test(table, test_wrong_values, 0, G_N_ELEMENTS(wrong));
    suite_add_tcase(suite, table);
    return suite;
}

int main(void)
{
    return run_suite(settings_suite());
}
