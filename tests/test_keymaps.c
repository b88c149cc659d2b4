/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keymaps that come with pore: complete, and mutt's where they say so. */
#include "keys_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

START_TEST(test_bases)
{
    struct keymap *keymap = keymap_default();
    GError *error = NULL;

    ck_assert_str_eq(keymap->base, "mutt");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "?"), "help");
    ck_assert(keymap_bind(keymap, "index", "?", "quit", NULL, NULL));
    ck_assert(keymap_macro(keymap, "index", "zzz", "jj", NULL, NULL));
    ck_assert(keymap_unbind(keymap, "pager", "j", NULL));

    ck_assert(keymap_set_base(keymap, "vim", NULL));
    ck_assert_str_eq(keymap->base, "vim");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "?"), "quit");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "zzz"), "jj");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "zz"), "...");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "?"), "search-reverse");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "N"), "search-opposite");
    ck_assert_str_eq(resolve(keymap, CONTEXT_PAGER, "j"), "next-line");
    ck_assert_str_eq(resolve(keymap, CONTEXT_SERIES, "gg"), "first-entry");

    ck_assert(!keymap_set_base(keymap, "nano", &error));
    ck_assert_str_eq(error->message,
                     "no such keymap: nano (mutt, vim, emacs, or a file with a / in its name)");
    g_clear_error(&error);
    ck_assert_str_eq(keymap->base, "vim");

    ck_assert(keymap_set_base(keymap, "emacs", NULL));
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "\\ex"), "enter-command");
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "?"), "quit");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_PAGER, "gg"));
    keymap_free(keymap);
}
END_TEST

START_TEST(test_base_from_a_file)
{
    char *good = support_path(support_folder(), "good.keys");
    char *bad = support_path(support_folder(), "bad.keys");
    struct keymap *keymap = keymap_default();
    GError *error = NULL;

    support_write(good, "index X exit\n", 13);
    support_write(bad, "index X exit\nindex Y fly\n", 25);
    ck_assert(keymap_set_base(keymap, good, NULL));
    ck_assert_str_eq(keymap->base, good);
    ck_assert_str_eq(resolve(keymap, CONTEXT_INDEX, "X"), "exit");
    ck_assert_ptr_null(resolve(keymap, CONTEXT_INDEX, "j"));

    ck_assert(!keymap_set_base(keymap, bad, &error));
    char *expected = g_strconcat(bad, ":2: no such command: fly", NULL);
    ck_assert_str_eq(error->message, expected);
    g_clear_error(&error);
    ck_assert_str_eq(keymap->base, good);

    ck_assert(!keymap_set_base(keymap, "/nowhere/x.keys", &error));
    ck_assert_str_eq(error->message, "/nowhere/x.keys: No such file or directory");
    g_clear_error(&error);
    g_free(expected);
    g_free(bad);
    g_free(good);
    keymap_free(keymap);
}
END_TEST

/* Each line of each keymap still holds at its end: nothing is bound twice, no key hides another. */
START_TEST(test_keymap_files)
{
    for (const char *const *name = keymap_names(); *name; name++) {
        const char *source = g_getenv("srcdir");
        char *path = g_strdup_printf("%s/keymaps/%s.keys", source ? source : ".", *name);
        char *text;
        ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
        struct keymap *keymap = read_keymap(text);
        guint expected = 0;
        char **lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++) {
            if (!**line || **line == '#')
                continue;
            char **words = g_strsplit(*line, " ", 2);
            char **contexts = g_strsplit(words[0], ",", -1);
            expected += g_strv_length(contexts);
            g_strfreev(contexts);
            g_strfreev(words);
        }
        ck_assert_msg(keymap->bindings->len == expected, "%s: %u of %u", *name,
                      keymap->bindings->len, expected);

        /* What is compiled in is that file. */
        struct keymap *built_in = keymap_new();
        ck_assert(keymap_set_base(built_in, *name, NULL));
        ck_assert_uint_eq(built_in->bindings->len, expected);
        keymap_free(built_in);
        g_strfreev(lines);
        keymap_free(keymap);
        g_free(text);
        g_free(path);
    }
}
END_TEST

static bool is_listed(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

/* Each command has a key in each view that it is for, but for those UNBOUND, everywhere or in a view:
 * "pager check-series". */
static void check_complete(const char *base, const char *const *unbound)
{
    struct keymap *keymap = keymap_new();
    ck_assert(keymap_set_base(keymap, base, NULL));
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        for (unsigned context = CONTEXT_INDEX; context < CONTEXT_COUNT; context++) {
            GString *keys = g_string_new(NULL);
            bool bound =
                keymap_describe(keymap, (enum context)context, command, 1, "", keys);
            char *here = g_strdup_printf("%s %s", context_name((enum context)context),
                                         command->name);
            bool is_unbound = is_listed(unbound, command->name) || is_listed(unbound, here);
            if (command->contexts & (1u << context))
                ck_assert_msg(bound != is_unbound, "%s: %s has %s key", base, here,
                              bound ? "a" : "no");
            g_free(here);
            g_string_free(keys, TRUE);
        }
    }
    keymap_free(keymap);
}

START_TEST(test_each_command_has_a_key)
{
    static const char *const mutt[] = {
        "noop",                                          /* unbinds */
        "search-opposite", "root-message", "what-key",   /* without a key in neomutt, too */
        "current-top", "current-middle", "current-bottom", "transpose-chars", /* likewise */
        "write-screen",                                  /* for scripts */
        /* What has their keys there in mutt: list-reply, next-trailers, exit. */
        "index bottom-page", "series bottom-page", "list bottom-page", "pager show-trailers",
        "pager check-series",
        NULL,
    };
    static const char *const vim[] = {
        "noop",
        "digit-argument", /* digits begin a count by themselves */
        "pager show-trailers",
        NULL,
    };
    static const char *const emacs[] = {"noop", "pager show-trailers", NULL};
    check_complete("mutt", mutt);
    check_complete("vim", vim);
    check_complete("emacs", emacs);
}
END_TEST

/* neomutt's default keys, and what they run there. */
static const struct {
    enum context context;
    const char *keys, *command;
} mutt_keys[] = {
    {CONTEXT_INDEX, "j", "next-entry"},
    {CONTEXT_INDEX, "<Up>", "previous-entry"},
    {CONTEXT_INDEX, "J", "next-entry"},
    {CONTEXT_INDEX, "\r", "display-message"},
    {CONTEXT_INDEX, "\n", "display-message"},
    {CONTEXT_INDEX, " ", "display-message"},
    {CONTEXT_INDEX, "=", "first-entry"},
    {CONTEXT_INDEX, "*", "last-entry"},
    {CONTEXT_INDEX, "z", "next-page"},
    {CONTEXT_INDEX, "<Left>", "previous-page"},
    {CONTEXT_INDEX, "]", "half-down"},
    {CONTEXT_INDEX, ">", "next-line"},
    {CONTEXT_INDEX, "H", "top-page"},
    {CONTEXT_INDEX, "l", "limit"},
    {CONTEXT_INDEX, "\\el", "show-limit"},
    {CONTEXT_INDEX, "/", "search"},
    {CONTEXT_INDEX, "\\e/", "search-reverse"},
    {CONTEXT_INDEX, "n", "search-next"},
    {CONTEXT_INDEX, "t", "tag-entry"},
    {CONTEXT_INDEX, "T", "tag-pattern"},
    {CONTEXT_INDEX, "^T", "untag-pattern"},
    {CONTEXT_INDEX, ";", "tag-prefix"},
    {CONTEXT_INDEX, "o", "sort-mailbox"},
    {CONTEXT_INDEX, "O", "sort-reverse"},
    {CONTEXT_INDEX, "\\ev", "collapse-thread"},
    {CONTEXT_INDEX, "\\eV", "collapse-all"},
    {CONTEXT_INDEX, "<Tab>", "next-new"},
    {CONTEXT_INDEX, "\\e<Tab>", "previous-new"},
    {CONTEXT_INDEX, "^N", "next-thread"},
    {CONTEXT_PAGER, "^P", "previous-thread"},
    {CONTEXT_SERIES, "P", "parent-message"},
    {CONTEXT_INDEX, "9", "jump"},
    {CONTEXT_INDEX, ":", "enter-command"},
    {CONTEXT_PAGER, "!", "shell-escape"},
    {CONTEXT_PAGER, "|", "pipe-message"},
    {CONTEXT_INDEX, "s", "save-message"},
    {CONTEXT_INDEX, "C", "copy-message"},
    {CONTEXT_INDEX, "p", "print-message"},
    {CONTEXT_INDEX, "^L", "refresh"},
    {CONTEXT_INDEX, "V", "version"},
    {CONTEXT_INDEX, "q", "exit"},
    {CONTEXT_INDEX, "x", "exit"},
    {CONTEXT_PAGER, "q", "exit"},
    {CONTEXT_PAGER, "i", "exit"},
    {CONTEXT_PAGER, "Q", "quit"},
    {CONTEXT_PAGER, "?", "help"},
    {CONTEXT_PAGER, " ", "next-page"},
    {CONTEXT_PAGER, "-", "previous-page"},
    {CONTEXT_PAGER, "<Enter>", "next-line"},
    {CONTEXT_PAGER, "<BackSpace>", "previous-line"},
    {CONTEXT_PAGER, "^", "top"},
    {CONTEXT_PAGER, "<End>", "bottom"},
    {CONTEXT_PAGER, "<Right>", "next-entry"},
    {CONTEXT_PAGER, "h", "display-toggle-weed"},
    {CONTEXT_PAGER, "H", "skip-headers"},
    {CONTEXT_PAGER, "T", "toggle-quoted"},
    {CONTEXT_PAGER, "S", "skip-quoted"},
    {CONTEXT_PAGER, "\\\\", "search-toggle"},
    {CONTEXT_EDITOR, "^G", "abort-line"},
    {CONTEXT_EDITOR, "^U", "kill-line"},
    {CONTEXT_EDITOR, "\\ed", "kill-eow"},
    {CONTEXT_EDITOR, "^V", "quote-char"},
    {CONTEXT_EDITOR, "<Tab>", "complete"},
    {CONTEXT_INDEX, "F", "flag-message"},
    {CONTEXT_PAGER, "F", "flag-message"},
    {CONTEXT_INDEX, "w", "set-flag"},
    {CONTEXT_SERIES, "W", "clear-flag"},
    {CONTEXT_INDEX, "&", "link-threads"},
    {CONTEXT_INDEX, "#", "break-thread"},
    {CONTEXT_INDEX, "$", "sync-mailbox"},
    {CONTEXT_INDEX, "G", "fetch-mail"},
    /* What is deleted, undeleted, new or read there. */
    {CONTEXT_INDEX, "d", "ignore-series"},
    {CONTEXT_INDEX, "D", "mark-pattern"},
    {CONTEXT_INDEX, "u", "undo-mark"},
    {CONTEXT_INDEX, "U", "mark-pattern"},
    {CONTEXT_INDEX, "N", "toggle-reviewed"},
    {CONTEXT_INDEX, "^R", "mark"},
    {CONTEXT_INDEX, "r", "reply"},
    {CONTEXT_INDEX, "g", "group-reply"},
    {CONTEXT_INDEX, "L", "list-reply"},
    {CONTEXT_INDEX, "R", "recall-message"},
    {CONTEXT_PAGER, "r", "reply"},
    {CONTEXT_PAGER, "L", "list-reply"},
    {CONTEXT_PAGER, "i", "exit"},
    {CONTEXT_PAGER, "+", "next-trailers"},
    /* They send there, or have nothing to be done with here. */
    {CONTEXT_INDEX, "m", NULL},
    {CONTEXT_INDEX, "b", NULL},
    {CONTEXT_INDEX, "f", NULL},
    {CONTEXT_PAGER, "^D", NULL},
};

START_TEST(test_mutt_keys)
{
    struct keymap *keymap = keymap_default();
    const char *command = resolve(keymap, mutt_keys[_i].context, mutt_keys[_i].keys);
    ck_assert_pstr_eq(command, mutt_keys[_i].command);
    keymap_free(keymap);
}
END_TEST

/* Digits begin a count in the views of vim and of emacs. */
START_TEST(test_free_digits)
{
    for (const char *const *name = keymap_names() + 1; *name; name++) {
        struct keymap *keymap = keymap_new();
        ck_assert(keymap_set_base(keymap, *name, NULL));
        for (unsigned context = CONTEXT_INDEX; context < CONTEXT_EDITOR; context++)
            for (char digit = '0'; digit <= '9'; digit++)
                ck_assert_ptr_null(
                    resolve(keymap, (enum context)context, (const char[]){digit, '\0'}));
        keymap_free(keymap);
    }
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

static Suite *keymaps_suite(void)
{
    Suite *suite = suite_create("keymaps");
    TCase *bases = tcase_create("bases");

    tcase_add_test(bases, test_contexts);
    tcase_add_test(bases, test_bases);
    tcase_add_test(bases, test_base_from_a_file);
    tcase_add_test(bases, test_keymap_files);
    tcase_add_test(bases, test_each_command_has_a_key);
    tcase_add_loop_test(bases, test_mutt_keys, 0, G_N_ELEMENTS(mutt_keys));
    tcase_add_test(bases, test_free_digits);
    suite_add_tcase(suite, bases);
    return suite;
}

int main(void)
{
    return run_suite(keymaps_suite());
}
