/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key table: what its lines mean, what is wrong in them, and that the one that is
 * compiled in agrees with the commands. */
#include "commands.h"
#include "keys.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    size_t count;
    uint32_t keys[3];
} sequences[] = {
    {"j", 1, {'j'}},
    {"gg", 2, {'g', 'g'}},
    {"<Enter>", 1, {'\r'}},
    {"<return>", 1, {'\r'}},
    {"\\r", 1, {'\r'}},
    {"<PAGEDOWN>", 1, {KEYS_PAGE_DOWN}},
    {"<F1>", 1, {KEYS_F0 + 1}},
    {"<F12>x", 2, {KEYS_F0 + 12, 'x'}},
    {"<Space>", 1, {' '}},
    {"\\Cd", 1, {4}},
    {"\\cD", 1, {4}},
    {"^D", 1, {4}},
    {"^", 1, {'^'}},
    {"\\^D", 2, {'^', 'D'}},
    {"\\ev", 2, {0x1B, 'v'}},
    {"<Esc>v", 2, {0x1B, 'v'}},
    {"<", 1, {'<'}},
    {"\\<Up", 3, {'<', 'U', 'p'}},
    {"\\#", 1, {'#'}},
    {"\303\251", 1, {0xE9}},
};

START_TEST(test_sequences)
{
    uint32_t keys[KEYS_SEQUENCE_MAX];
    const char *problem;
    size_t count = keys_parse(sequences[_i].text, keys, &problem);

    ck_assert_uint_eq(count, sequences[_i].count);
    for (size_t i = 0; i < sequences[_i].count; i++)
        ck_assert_uint_eq(keys[i], sequences[_i].keys[i]);
}
END_TEST

static const char *const no_sequences[] = {
    "", "<Nokey>", "<F0>", "<F64>", "<F>", "\\q", "\\C", "\\C1", "\377", "123456789",
};

START_TEST(test_no_sequences)
{
    uint32_t keys[KEYS_SEQUENCE_MAX];
    const char *problem = NULL;

    ck_assert_uint_eq(keys_parse(no_sequences[_i], keys, &problem), 0);
    ck_assert_ptr_nonnull(problem);
}
END_TEST

/* A table of TEXT, in which nothing is wrong. */
static struct keymap *read_keymap(const char *text)
{
    struct keymap *keymap = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    keymap_read(keymap, text, "keys", errors);
    ck_assert_msg(errors->len == 0, "%s", errors->len ? (char *)errors->pdata[0] : "");
    g_ptr_array_unref(errors);
    return keymap;
}

/* What the ASCII characters of KEYS run in CONTEXT: a command's name, "..." or NULL. */
static const char *resolve(const struct keymap *keymap, enum context context, const char *keys)
{
    uint32_t sequence[KEYS_SEQUENCE_MAX];
    size_t count = strlen(keys);
    const struct command *command = NULL;
    for (size_t i = 0; i < count; i++)
        sequence[i] = (unsigned char)keys[i];
    switch (keymap_resolve(keymap, context, sequence, count, &command)) {
    case KEYMAP_COMMAND:
        return command->name;
    case KEYMAP_PREFIX:
        return "...";
    case KEYMAP_NOTHING:
        break;
    }
    return NULL;
}

START_TEST(test_resolution)
{
    struct keymap *keymap = read_keymap("# a comment\n"
                                        "\n"
                                        "generic q exit\n"
                                        "  index,series\tgg first-entry  \n"
                                        "index q quit\n");

    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "q"), "quit");
    ck_assert_str_eq(resolve(keymap, CONTEXT_SERIES, "q"), "exit");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "q"), "exit");
    ck_assert_str_eq(resolve(keymap, CONTEXT_SERIES, "g"), "...");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "gg"), "first-entry");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_INDEX, "gx"));
    ck_assert_ptr_null(resolve(keymap, CONTEXT_PAGER, "g"));
    keymap_free(keymap);
}
END_TEST

START_TEST(test_later_lines_win)
{
    struct keymap *keymap = read_keymap("index g help\n"
                                        "index gg first-entry\n"
                                        "pager zx exit\n"
                                        "pager z quit\n"
                                        "help j exit\n"
                                        "help j quit\n");

    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "g"), "...");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "gg"), "first-entry");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "z"), "quit");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_PAGER, "zx"));
    ck_assert_str_eq(resolve(keymap, CONTEXT_HELP, "j"), "quit");
    keymap_free(keymap);
}
END_TEST

static const struct {
    const char *line, *error;
} wrong[] = {
    {"index", "keys:2: a line is \"context key command\": index"},
    {"index j", "keys:2: a line is \"context key command\": index"},
    {"nowhere j exit", "keys:2: no such context: nowhere"},
    {"index,nowhere j exit", "keys:2: no such context: index,nowhere"},
    {"index <Nokey> exit", "keys:2: no key has this name: <Nokey>"},
    {"index j fly", "keys:2: no such command: fly"},
    {"index j exit now", "keys:2: the command takes no arguments: now"},
    {"index j next-hunk", "keys:2: the command is not for this context: index"},
    {"generic j next-hunk", "keys:2: the command is not for every context: generic"},
};

START_TEST(test_errors)
{
    struct keymap *keymap = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    char *text = g_strdup_printf("index x exit\n%s\nindex y exit\n", wrong[_i].line);

    keymap_read(keymap, text, "keys", errors);
    ck_assert_uint_eq(errors->len, 1);
    ck_assert_str_eq(errors->pdata[0], wrong[_i].error);
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "x"), "exit");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "y"), "exit");
    g_free(text);
    g_ptr_array_unref(errors);
    keymap_free(keymap);
}
END_TEST

START_TEST(test_description)
{
    struct keymap *keymap = read_keymap("generic q exit\n"
                                        "index <F2> exit\n"
                                        "index \\ev exit\n"
                                        "pager q quit\n");
    GString *keys = g_string_new(NULL);

    ck_assert(keymap_describe(keymap, CONTEXT_INDEX, command_find("exit"), 9, " ", keys));
    ck_assert_str_eq(keys->str, "q <F2> <Esc>v");
    g_string_truncate(keys, 0);
    ck_assert(keymap_describe(keymap, CONTEXT_INDEX, command_find("exit"), 1, " ", keys));
    ck_assert_str_eq(keys->str, "q");
    g_string_truncate(keys, 0);
    /* The pager has taken q for something else. */
    ck_assert(!keymap_describe(keymap, CONTEXT_PAGER, command_find("exit"), 9, " ", keys));
    ck_assert_str_eq(keys->str, "");
    g_string_free(keys, TRUE);
    keymap_free(keymap);
}
END_TEST

START_TEST(test_commands)
{
    ck_assert_uint_gt(command_count(), 0);
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        ck_assert_ptr_eq(command_find(command->name), command);
        ck_assert(command->function != NULL);
        ck_assert_uint_ne(command->contexts, 0);
        ck_assert_msg(strlen(command->help) > 3, "%s has no help", command->name);
        ck_assert_msg(g_ascii_islower(*command->help), "%s: %s", command->name, command->help);
        ck_assert_msg(!g_str_has_suffix(command->help, "."), "%s", command->name);
    }
    ck_assert_ptr_null(command_find("no-such-command"));
}
END_TEST

START_TEST(test_default_keys)
{
    struct keymap *keymap = keymap_default();

    /* Each command has a key, and mutt's user finds those he knows. */
    for (size_t i = 0; i < command_count(); i++) {
        GString *keys = g_string_new(NULL);
        for (unsigned context = CONTEXT_INDEX; context < CONTEXT_COUNT; context++)
            if (command_at(i)->contexts & (1u << context))
                ck_assert_msg(keymap_describe(keymap, (enum context)context, command_at(i), 1, "",
                                              keys),
                              "%s has no key in %s", command_at(i)->name,
                              context_name((enum context)context));
        g_string_free(keys, TRUE);
    }
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "j"), "next-entry");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "\r"), "display-message");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "="), "first-entry");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, " "), "next-page");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "h"), "display-toggle-weed");
    ck_assert_str_eq(resolve(keymap, CONTEXT_HELP, "q"), "exit");
    keymap_free(keymap);
}
END_TEST

START_TEST(test_contexts)
{
    for (unsigned i = 0; i < CONTEXT_COUNT; i++) {
        enum context found;
        ck_assert(context_find(context_name((enum context)i), &found));
        ck_assert_uint_eq(found, i);
    }
    enum context none;
    ck_assert(!context_find("Index", &none));
    ck_assert(!context_find("", &none));
}
END_TEST

static Suite *keys_suite(void)
{
    Suite *suite = suite_create("keys");
    TCase *keys = tcase_create("keys"), *table = tcase_create("table");

    tcase_add_loop_test(keys, test_sequences, 0, G_N_ELEMENTS(sequences));
    tcase_add_loop_test(keys, test_no_sequences, 0, G_N_ELEMENTS(no_sequences));
    suite_add_tcase(suite, keys);
    tcase_add_test(table, test_resolution);
    tcase_add_test(table, test_later_lines_win);
    tcase_add_loop_test(table, test_errors, 0, G_N_ELEMENTS(wrong));
    tcase_add_test(table, test_description);
    tcase_add_test(table, test_commands);
    tcase_add_test(table, test_default_keys);
    tcase_add_test(table, test_contexts);
    suite_add_tcase(suite, table);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(keys_suite());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
