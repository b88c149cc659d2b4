/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key table: what its lines mean, what is wrong in them, and that the one that is
 * compiled in agrees with the commands. */
#include "keys_support.h"
#include "run_suite.h"

#include <check.h>
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
    {"\\033v", 2, {0x1B, 'v'}},
    {"\\177", 1, {KEYS_BACKSPACE}},
    {"\\t\\f", 2, {'\t', '\f'}},
    {"^[", 1, {0x1B}},
    {"\\C[", 1, {0x1B}},
    {"\\C@", 1, {0}},
    {"^?", 1, {KEYS_BACKSPACE}},
    {"\x7F", 1, {KEYS_BACKSPACE}},
    {"^1", 2, {'^', '1'}},
    {"^^", 2, {'^', '^'}},
    {"\\;\\\"\\ ", 3, {';', '"', ' '}},
    {"<BackSpace>", 1, {KEYS_BACKSPACE}},
    {"<next><Hash>", 2, {KEYS_PAGE_DOWN, '#'}},
    {"<less><GREATER>", 2, {'<', '>'}},
    {"<backtab><f2>", 2, {KEYS_BACKTAB, KEYS_F0 + 2}},
    {"<a b>", 5, {'<', 'a', ' '}},
};

START_TEST(test_sequences)
{
    uint32_t keys[KEYS_SEQUENCE_MAX];
    const char *problem;
    size_t count = keys_parse(sequences[_i].text, keys, &problem);

    ck_assert_uint_eq(count, sequences[_i].count);
    for (size_t i = 0; i < count && i < 3; i++)
        ck_assert_uint_eq(keys[i], sequences[_i].keys[i]);
}
END_TEST

/* What is shown of a key can be bound. */
START_TEST(test_names)
{
    static const uint32_t shown[] = {
        0x1C,    0x1E,         '^',            0x1F,
        'a',     ' ',          '\r',           '\t',        '\n',         0x1B, 1,      0x1D,
        KEYS_UP, KEYS_BACKTAB, KEYS_BACKSPACE, KEYS_F0 + 1, KEYS_F0 + 63, 0xE9, 0x1F600};
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        GString *name = g_string_new(NULL);
        uint32_t keys[KEYS_SEQUENCE_MAX];
        const char *problem;
        keys_append_name(name, shown[i]);
        ck_assert_msg(keys_parse(name->str, keys, &problem) == 1, "%s", name->str);
        ck_assert_uint_eq(keys[0], shown[i]);
        g_string_free(name, TRUE);
    }
}
END_TEST

START_TEST(test_other_names)
{
    static const struct {
        uint32_t key;
        const char *name;
    } names[] = {{KEYS_MOUSE, "<Mouse>"},
                 {KEYS_OTHER, "<Other>"},
                 {KEYS_F0 + 64, "<Other>"},
                 {KEYS_COMMAND, "<next-entry>"},
                 {UINT32_MAX, "<Other>"}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GString *name = g_string_new(NULL);
        keys_append_name(name, names[i].key);
        ck_assert_str_eq(name->str, names[i].name);
        g_string_free(name, TRUE);
    }
}
END_TEST

static const char *const no_sequences[] = {
    "", "<Nokey>", "<F0>", "<F64>", "<F>", "\\q", "\\C", "\\C1", "\377", "123456789",
    "<limit>", "\\", "\\1", "\\089", "\\\303\251",
};

START_TEST(test_no_sequences)
{
    uint32_t keys[KEYS_SEQUENCE_MAX];
    const char *problem = NULL;

    ck_assert_uint_eq(keys_parse(no_sequences[_i], keys, &problem), 0);
    ck_assert_ptr_nonnull(problem);
}
END_TEST

static const struct {
    const char *text;
    size_t count;
    uint32_t keys[5];
} macros[] = {
    {"", 0, {0}},
    {"j\\ek", 3, {'j', 0x1B, 'k'}},
    {"~d <2w\r", 7, {'~', 'd', ' ', '<', '2'}},
    {"<enter>", 1, {'\r'}},
    {"\\<enter>", 7, {'<', 'e', 'n', 't', 'e'}},
};

START_TEST(test_macros)
{
    GArray *keys = keys_parse_macro(macros[_i].text, NULL);
    ck_assert_ptr_nonnull(keys);
    ck_assert_uint_eq(keys->len, macros[_i].count);
    for (guint i = 0; i < keys->len && i < 5; i++)
        ck_assert_uint_eq(g_array_index(keys, uint32_t, i), macros[_i].keys[i]);
    g_array_unref(keys);
}
END_TEST

START_TEST(test_macro_commands)
{
    GArray *keys = keys_parse_macro("<limit>~f ann<enter><noop>", NULL);
    ck_assert_ptr_nonnull(keys);
    ck_assert_uint_eq(keys->len, 9);
    ck_assert_uint_eq(g_array_index(keys, uint32_t, 0),
                      KEYS_COMMAND + command_index(command_find("limit")));
    ck_assert_uint_eq(g_array_index(keys, uint32_t, 7), '\r');
    ck_assert_uint_eq(g_array_index(keys, uint32_t, 8),
                      KEYS_COMMAND + command_index(command_find("noop")));
    g_array_unref(keys);
}
END_TEST

static char *repeat(const char *text, size_t count)
{
    GString *all = g_string_new(NULL);
    for (size_t i = 0; i < count; i++)
        g_string_append(all, text);
    return g_string_free(all, FALSE);
}

START_TEST(test_wrong_macros)
{
    static const char *const texts[][2] = {
        {"a<no-command>b", "no key or command has this name: <no-command>"},
        {"a\\q", "no such key behind a backslash: \\q"},
        {"a\\", "no such key behind a backslash: \\"},
    };
    GError *error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ck_assert_ptr_null(keys_parse_macro(texts[i][0], &error));
        ck_assert(g_error_matches(error, KEYS_ERROR, 0));
        ck_assert_str_eq(error->message, texts[i][1]);
        g_clear_error(&error);
    }
    char *longest = repeat("j", KEYS_MACRO_MAX), *longer = repeat("j", KEYS_MACRO_MAX + 1);
    GArray *keys = keys_parse_macro(longest, NULL);
    ck_assert_ptr_nonnull(keys);
    g_array_unref(keys);
    ck_assert_ptr_null(keys_parse_macro(longer, &error));
    ck_assert_str_eq(error->message, "more than 1024 keys");
    g_clear_error(&error);
    g_free(longest);
    g_free(longer);
}
END_TEST

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
                                        "text j exit\n"
                                        "text j quit\n");

    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "g"), "...");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "gg"), "first-entry");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "z"), "quit");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_PAGER, "zx"));
    ck_assert_str_eq(resolve(keymap, CONTEXT_TEXT, "j"), "quit");
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

START_TEST(test_arguments)
{
    struct keymap *keymap = read_keymap("index 1 jump 1\n"
                                        "index L limit  ~f ann | ~N \t\r\n"
                                        "index l limit\n");
    bool prefix;

    ck_assert_str_eq(find(keymap, CONTEXT_INDEX, "1", &prefix)->argument, "1");
    ck_assert_str_eq(find(keymap, CONTEXT_INDEX, "L", &prefix)->argument, "~f ann | ~N");
    ck_assert_ptr_null(find(keymap, CONTEXT_INDEX, "l", &prefix)->argument);
    GString *keys = g_string_new(NULL);
    ck_assert(keymap_describe(keymap, CONTEXT_INDEX, command_find("limit"), 9, " ", keys));
    ck_assert_str_eq(keys->str, "l L");
    g_string_free(keys, TRUE);
    keymap_free(keymap);
}
END_TEST

START_TEST(test_no_generic_keys_in_the_editor)
{
    struct keymap *keymap = read_keymap("generic q exit\neditor ^G abort-line\n");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_EDITOR, "q"));
    ck_assert_str_eq(resolve(keymap, CONTEXT_EDITOR, "^G"), "abort-line");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_INDEX, "^G"));
    keymap_free(keymap);
}
END_TEST

START_TEST(test_binding)
{
    struct keymap *keymap = read_keymap("index,series j next-entry\n"
                                        "index gg first-entry\n"
                                        "generic q exit\n");
    bool prefix;

    ck_assert(keymap_bind(keymap, "index", "j", "limit", "~N", NULL));
    ck_assert(keymap_bind(keymap, "index,pager", "q", "noop", NULL, NULL));
    ck_assert(keymap_bind(keymap, "index", "g", "help", NULL, NULL));
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "j"), "limit");
    ck_assert_str_eq(find(keymap, CONTEXT_INDEX, "j", &prefix)->argument, "~N");
    ck_assert(find(keymap, CONTEXT_INDEX, "j", &prefix)->own);
    ck_assert_str_eq(resolve(keymap, CONTEXT_SERIES, "j"), "next-entry");
    ck_assert(!find(keymap, CONTEXT_SERIES, "j", &prefix)->own);
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "q"), "noop");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "q"), "noop");
    ck_assert_str_eq(resolve(keymap, CONTEXT_TEXT, "q"), "exit");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "g"), "help");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_INDEX, "gg"));
    keymap_free(keymap);
}
END_TEST

START_TEST(test_wrong_bindings)
{
    static const char *const bindings[][4] = {
        {"index", "j", "fly", "no such command: fly"},
        {"index", "", "exit", "no key: "},
        {"index", "<Nokey>", "exit", "no key has this name: <Nokey>"},
        {"", "j", "exit", "no such context: "},
        {"index,", "j", "exit", "no such context: index,"},
        {"index,editor", "j", "exit", "the command is not for this context: index,editor"},
        {"generic", "j", "limit", "the command is not for every context: generic"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bindings); i++) {
        struct keymap *keymap = keymap_new();
        GError *error = NULL;
        ck_assert(!keymap_bind(keymap, bindings[i][0], bindings[i][1], bindings[i][2], NULL,
                               &error));
        ck_assert(g_error_matches(error, KEYS_ERROR, 0));
        ck_assert_str_eq(error->message, bindings[i][3]);
        ck_assert_uint_eq(keymap->bindings->len, 0);
        g_error_free(error);
        keymap_free(keymap);
    }
}
END_TEST

START_TEST(test_macro_bindings)
{
    struct keymap *keymap = read_keymap("index ,a exit\n");
    bool prefix;

    ck_assert(keymap_macro(keymap, "index,editor", ",a", "<limit>~N<enter>", "the new", NULL));
    ck_assert(keymap_macro(keymap, "generic", "X", "jjj", NULL, NULL));
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, ",a"), "the new");
    ck_assert_str_eq(resolve(keymap, CONTEXT_EDITOR, ",a"), "the new");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "X"), "jjj");
    ck_assert_uint_eq(find(keymap, CONTEXT_PAGER, "X", &prefix)->macro->len, 3);
    ck_assert(!keymap_macro(keymap, "index", "Y", "<fly>", NULL, NULL));
    ck_assert(!keymap_macro(keymap, "nowhere", "Y", "j", NULL, NULL));
    ck_assert(!keymap_macro(keymap, "index", "<fly>", "j", NULL, NULL));
    ck_assert_ptr_null(resolve(keymap, CONTEXT_INDEX, "Y"));
    /* A macro is no command that has keys. */
    GString *keys = g_string_new(NULL);
    ck_assert(!keymap_describe(keymap, CONTEXT_INDEX, NULL, 9, " ", keys));
    g_string_free(keys, TRUE);
    keymap_free(keymap);
}
END_TEST

START_TEST(test_unbinding)
{
    struct keymap *keymap = read_keymap("index,series,pager,editor ^A noop\n"
                                        "generic q exit\n"
                                        "index gg first-entry\n"
                                        "index g2 exit\n");

    ck_assert(keymap_unbind(keymap, "index,pager", "\\Ca", NULL));
    ck_assert_ptr_null(resolve(keymap, CONTEXT_INDEX, "^A"));
    ck_assert_ptr_null(resolve(keymap, CONTEXT_PAGER, "^A"));
    ck_assert_str_eq(resolve(keymap, CONTEXT_SERIES, "^A"), "noop");
    ck_assert(keymap_unbind(keymap, "index", "gg", NULL));
    ck_assert(keymap_unbind(keymap, "index", "g", NULL));
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "g"), "...");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "g2"), "exit");
    ck_assert(keymap_unbind(keymap, "*", "^A", NULL));
    ck_assert_ptr_null(resolve(keymap, CONTEXT_EDITOR, "^A"));
    ck_assert(keymap_unbind(keymap, "index", NULL, NULL));
    ck_assert_ptr_null(resolve(keymap, CONTEXT_INDEX, "g"));
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "q"), "exit");
    ck_assert(!keymap_unbind(keymap, "nowhere", NULL, NULL));
    ck_assert(!keymap_unbind(keymap, "index", "<fly>", NULL));
    ck_assert(keymap_unbind(keymap, "*", NULL, NULL));
    ck_assert_uint_eq(keymap->bindings->len, 0);
    keymap_free(keymap);
}
END_TEST

START_TEST(test_too_many_bindings)
{
    struct keymap *keymap = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 10000; i++)
        g_string_append_printf(text, "index %04d exit\n", i);
    keymap_read(keymap, text->str, "keys", errors);
    ck_assert_uint_gt(errors->len, 0);
    ck_assert_uint_lt(keymap->bindings->len, 5000);
    ck_assert(g_str_has_suffix(errors->pdata[0], "too many keys are bound: index"));
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "0000"), "exit");
    g_string_free(text, TRUE);
    g_ptr_array_unref(errors);
    keymap_free(keymap);
}
END_TEST

static Suite *keys_suite(void)
{
    Suite *suite = suite_create("keys");
    TCase *keys = tcase_create("keys"), *table = tcase_create("table");

    tcase_add_loop_test(keys, test_sequences, 0, G_N_ELEMENTS(sequences));
    tcase_add_loop_test(keys, test_no_sequences, 0, G_N_ELEMENTS(no_sequences));
    tcase_add_test(keys, test_names);
    tcase_add_test(keys, test_other_names);
    tcase_add_loop_test(keys, test_macros, 0, G_N_ELEMENTS(macros));
    tcase_add_test(keys, test_macro_commands);
    tcase_add_test(keys, test_wrong_macros);
    suite_add_tcase(suite, keys);
    tcase_add_test(table, test_resolution);
    tcase_add_test(table, test_later_lines_win);
    tcase_add_loop_test(table, test_errors, 0, G_N_ELEMENTS(wrong));
    tcase_add_test(table, test_description);
    tcase_add_test(table, test_commands);
    tcase_add_test(table, test_arguments);
    tcase_add_test(table, test_no_generic_keys_in_the_editor);
    tcase_add_test(table, test_binding);
    tcase_add_test(table, test_wrong_bindings);
    tcase_add_test(table, test_macro_bindings);
    tcase_add_test(table, test_unbinding);
    tcase_add_test(table, test_too_many_bindings);
    suite_add_tcase(suite, table);
    return suite;
}

int main(void)
{
    return run_suite(keys_suite());
}
