/* SPDX-License-Identifier: GPL-2.0-or-later */
/* porerc: what its lines do, what is wrong in them, and what could be typed next. */
#include "rc.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct configuration *configuration;
static GPtrArray *errors;
static const char *home; /* an empty folder */

static void set_up(void)
{
    configuration = configuration_new();
    errors = g_ptr_array_new_with_free_func(g_free);
    home = support_folder();
}

static void tear_down(void)
{
    configuration_free(configuration);
    g_ptr_array_unref(errors);
}

/* Does LINE, in which nothing is wrong. What it says; the caller frees it. */
static char *run(const char *line)
{
    GString *message = g_string_new(NULL);
    GError *error = NULL;
    bool good = rc_line(configuration, line, message, &error);
    ck_assert_msg(good, "%s: %s", line, error ? error->message : "no error");
    ck_assert_ptr_null(error);
    return g_string_free(message, FALSE);
}

static void check_says(const char *line, const char *message)
{
    char *said = run(line);
    ck_assert_str_eq(said, message);
    g_free(said);
}

static void check_fails(const char *line, const char *message)
{
    GString *said = g_string_new(NULL);
    GError *error = NULL;
    ck_assert_msg(!rc_line(configuration, line, said, &error), "%s", line);
    ck_assert(g_error_matches(error, RC_ERROR, 0));
    ck_assert_str_eq(error->message, message);
    g_error_free(error);
    g_string_free(said, TRUE);
}

/* What the ASCII characters of KEYS run in CONTEXT, or NULL. */
static const struct binding *find(enum context context, const char *keys)
{
    uint32_t sequence[KEYS_SEQUENCE_MAX];
    const struct binding *binding = NULL;
    size_t count = strlen(keys);
    for (size_t i = 0; i < count; i++)
        sequence[i] = (unsigned char)keys[i];
    return keymap_resolve(configuration->keymap, context, sequence, count, &binding) ==
                   KEYMAP_BINDING
               ? binding
               : NULL;
}

/* --- set ------------------------------------------------------------------- */

START_TEST(test_set)
{
    const struct settings *settings = &configuration->settings;
    ck_assert(!configuration->changed);
    check_says("set mouse nobeep invwrap save_history=5 shell=\"/bin/a b\"", "");
    ck_assert(configuration->changed);
    ck_assert(settings->mouse);
    ck_assert(!settings->beep);
    ck_assert(!settings->wrap);
    ck_assert_int_eq(settings->save_history, 5);
    ck_assert_str_eq(settings->shell, "/bin/a b");

    check_says("set save_history = 7 shell= sh sort =date; set invbeep nomouse", "");
    ck_assert_int_eq(settings->save_history, 7);
    ck_assert_str_eq(settings->shell, "sh");
    ck_assert_str_eq(settings->sort, "date");
    ck_assert(settings->beep);
    ck_assert(!settings->mouse);

    check_says("set mouse=yes beep = no shell=\"\" &save_history", "");
    ck_assert(settings->mouse);
    ck_assert(!settings->beep);
    ck_assert_str_eq(settings->shell, "");
    ck_assert_int_eq(settings->save_history, 100);

    check_says("toggle mouse beep; unset wrap_search print_command save_history", "");
    ck_assert(!settings->mouse);
    ck_assert(settings->beep);
    ck_assert(!settings->wrap_search);
    ck_assert_str_eq(settings->print_command, "");
    ck_assert_int_eq(settings->save_history, 0);

    check_says("reset save_history wrap_search", "");
    ck_assert_int_eq(settings->save_history, 100);
    ck_assert(settings->wrap_search);
    ck_assert(!settings->wrap);
    check_says("set &all", "");
    ck_assert(settings->wrap);
    ck_assert_str_eq(settings->sort, "arrival");
    check_says("set nowrap; reset all", "");
    ck_assert(settings->wrap);
}
END_TEST

START_TEST(test_queries)
{
    check_says("set", "");
    check_says("set save_history?", "save_history=100");
    check_says("set ?beep", "beep=yes");
    check_says("set sort", "sort=arrival");
    check_says("set list_url", "list_url=\"https://lore.kernel.org/r/%s\"");
    check_says("set save_history ? nobeep beep?", "save_history=100; beep=no");
    check_says("set shell='a \"b\" $c\\'", "");
    check_says("set shell?", "shell=\"a \\\"b\\\" \\$c\\\\\"");
    check_says("set", "beep=no; shell=\"a \\\"b\\\" \\$c\\\\\"");
}
END_TEST

START_TEST(test_variables)
{
    g_setenv("PORE_TEST_NAME", "7", TRUE);
    check_says("set save_history=$PORE_TEST_NAME; echo $save_history ${sort} '$sort'",
               "7 arrival $sort");
    g_setenv("PORE_TEST_NAME", "\377", TRUE);
    check_says("echo x$PORE_TEST_NAME", "x\357\277\275");
    check_says("echo $PORE_TEST_NONE", "$PORE_TEST_NONE");
}
END_TEST

static const struct {
    const char *line, *error;
} wrong[] = {
    {"fly", "no such command: fly"},
    {"Set beep", "no such command: Set"},
    {"bind index j", "bind: too few arguments"},
    {"bind index j exit a b", "bind: too many arguments"},
    {"bind index j fly", "no such command: fly"},
    {"bind browser j exit", "no such context: browser"},
    {"macro index <fly> j", "no key has this name: <fly>"},
    {"macro index j \"<fly>\"", "no key or command has this name: <fly>"},
    {"unbind", "unbind: too few arguments"},
    {"unbind nowhere", "no such context: nowhere"},
    {"push <fly>", "no key or command has this name: <fly>"},
    {"push a b", "push: too many arguments"},
    {"exec fly", "no such command: fly"},
    {"set fly", "no such setting: fly"},
    {"set fly=1", "no such setting: fly"},
    {"set fly?", "no such setting: fly"},
    {"set nofly", "no such setting: nofly"},
    {"set nobeep=yes", "no such setting: nobeep"},
    {"set no", "no such setting: no"},
    {"set &fly", "no such setting: fly"},
    {"set = 1", "no such setting: ="},
    {"set save_history=many", "save_history: a number from 0 to 10000, not \"many\""},
    {"set beep=", "beep: yes or no, not \"\""},
    {"set nosave_history", "save_history: only what is yes or no takes \"no\""},
    {"set invsave_history", "save_history: only what is yes or no can be toggled"},
    {"toggle sort", "sort: only what is yes or no can be toggled"},
    {"toggle nobeep", "no such setting: nobeep"},
    {"unset theme", "theme: it has always a value"},
    {"unset all", "no such setting: all"},
    {"set theme=pink", "theme: no such value: pink (dark, light, none)"},
    {"set keymap=nano", "no such keymap: nano (mutt, vim, emacs, or a file with a / in its name)"},
    {"set keymap=/nowhere/a.keys", "/nowhere/a.keys: No such file or directory"},
    {"set bots=\"~f (\"", "bots: ~f: missing closing parenthesis at character 2 of \"(\""},
    {"set bots=\"~b bot\"",
     "bots: mails are not read to find out whether machines wrote them"},
    {"source /nowhere/porerc", "/nowhere/porerc: No such file or directory"},
    {"source /", "/: Is a directory"},
    {"echo \"a", "a \" is not closed"},
    {"echo \377", "not valid UTF-8"},
    {"set \"a\\nb\\ec\"", "no such setting: a?b?c"},
};

START_TEST(test_wrong_lines)
{
    struct settings *settings = &configuration->settings;
    check_fails(wrong[_i].line, wrong[_i].error);
    for (size_t i = 0; i < setting_count(); i++) {
        char *value = settings_get(settings, setting_at(i));
        ck_assert_str_eq(value, setting_at(i)->value);
        g_free(value);
    }
    ck_assert(!configuration->changed);
    ck_assert_str_eq(configuration->keymap->base, "mutt");
}
END_TEST

START_TEST(test_first_wrong_command_ends_a_line)
{
    check_fails("set nobeep save_history=x nowrap; set mouse",
                "save_history: a number from 0 to 10000, not \"x\"");
    ck_assert(!configuration->settings.beep);
    ck_assert(configuration->settings.wrap);
    ck_assert(!configuration->settings.mouse);
}
END_TEST

START_TEST(test_long_errors)
{
    char *word = g_strnfill(100000, 'a'), *line = g_strconcat("set ", word, NULL);
    GError *error = NULL;
    ck_assert(!rc_line(configuration, line, NULL, &error));
    ck_assert(g_str_has_prefix(error->message, "no such setting: aaa"));
    ck_assert(g_str_has_suffix(error->message, "a\342\200\246"));
    ck_assert_uint_lt(strlen(error->message), 1000);
    g_error_free(error);
    g_free(line);
    g_free(word);
}
END_TEST

/* --- keys and colours -------------------------------------------------------- */

START_TEST(test_bind)
{
    check_says("bind index,series X quit; bind pager \\ex exit; bind index L limit \"~f a\\\\.b\"",
               "");
    ck_assert(configuration->changed);
    ck_assert_str_eq(find(CONTEXT_INDEX, "X")->command->name, "quit");
    ck_assert_str_eq(find(CONTEXT_SERIES, "X")->command->name, "quit");
    ck_assert_str_eq(find(CONTEXT_PAGER, "\033x")->command->name, "exit");
    ck_assert_str_eq(find(CONTEXT_INDEX, "L")->argument, "~f a\\.b");
    check_says("bind index q noop; unbind index,series X; unbind pager *", "");
    ck_assert_str_eq(find(CONTEXT_INDEX, "q")->command->name, "noop");
    ck_assert_ptr_null(find(CONTEXT_INDEX, "X"));
    ck_assert_ptr_null(find(CONTEXT_PAGER, "h"));
    ck_assert_str_eq(find(CONTEXT_PAGER, "q")->command->name, "exit");
    check_says("unbind *", "");
    ck_assert_ptr_null(find(CONTEXT_PAGER, "q"));
}
END_TEST

START_TEST(test_macro)
{
    check_says("macro index ,a \"<limit>~f ann<enter>\" \"Ann's\"; macro generic \\Cx jj", "");
    ck_assert_uint_eq(find(CONTEXT_INDEX, ",a")->macro->len, 8);
    ck_assert_str_eq(find(CONTEXT_INDEX, ",a")->text, "Ann's");
    ck_assert_str_eq(find(CONTEXT_PAGER, "\030")->text, "jj");
    check_says("unmacro index ,a", "");
    ck_assert_ptr_null(find(CONTEXT_INDEX, ",a"));
}
END_TEST

START_TEST(test_keymap_and_theme)
{
    unsigned generation = configuration->colours->generation;
    check_says("bind index ? quit; set keymap=vim theme=light", "");
    ck_assert_str_eq(configuration->settings.keymap, "vim");
    ck_assert_str_eq(configuration->keymap->base, "vim");
    ck_assert_str_eq(find(CONTEXT_PAGER, "N")->command->name, "search-opposite");
    ck_assert_str_eq(find(CONTEXT_INDEX, "?")->command->name, "quit");
    ck_assert_str_eq(configuration->settings.theme, "light");
    ck_assert_uint_ne(configuration->colours->generation, generation);
    check_says("reset keymap", "");
    ck_assert_str_eq(configuration->keymap->base, "mutt");
}
END_TEST

START_TEST(test_colours)
{
    unsigned generation = configuration->colours->generation;
    check_says("color index #ff0000 default ~N", "");
    ck_assert_uint_ne(configuration->colours->generation, generation);
    generation = configuration->colours->generation;
    check_says("mono status bold; uncolor index ~N; uncolor *; unmono status", "");
    ck_assert_uint_ne(configuration->colours->generation, generation);
    GError *error = NULL;
    ck_assert(!rc_line(configuration, "color nothing red blue", NULL, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "nothing"));
    g_error_free(error);
}
END_TEST

START_TEST(test_push)
{
    check_says("push \"j<limit>\\e\"; exec quit help", "");
    ck_assert_uint_eq(configuration->pushed->len, 5);
    const uint32_t expected[] = {
        'j', KEYS_COMMAND + (uint32_t)command_index(command_find("limit")), 0x1B,
        KEYS_COMMAND + (uint32_t)command_index(command_find("quit")),
        KEYS_COMMAND + (uint32_t)command_index(command_find("help"))};
    for (guint i = 0; i < 5; i++)
        ck_assert_uint_eq(g_array_index(configuration->pushed, uint32_t, i), expected[i]);

    char *keys = g_strnfill(1000, 'j'), *line = g_strconcat("push ", keys, NULL);
    for (int i = 0; i < 20; i++)
        rc_line(configuration, line, NULL, NULL);
    ck_assert_uint_le(configuration->pushed->len, RC_PUSHED_MAX);
    check_fails(line, "more than 10000 keys are pushed");
    g_free(line);
    g_free(keys);
}
END_TEST

/* --- texts and files ----------------------------------------------------------- */

static void read_text(const char *text)
{
    rc_text(configuration, text, "porerc", errors);
}

START_TEST(test_text)
{
    read_text("# a comment \\\nset nobeep\n"
              "set save_history=\\\n5 \\\nnowrap\r\n"
              "\n"
              "set fly\n"
              "set mouse \\\r\n  fly2\n"
              "set pager_stop\n"
              "set fly3");
    /* The comment goes on, as mutt has it. */
    ck_assert(configuration->settings.beep);
    ck_assert_int_eq(configuration->settings.save_history, 5);
    ck_assert(!configuration->settings.wrap);
    ck_assert(configuration->settings.mouse);
    ck_assert(configuration->settings.pager_stop);
    ck_assert_uint_eq(errors->len, 3);
    ck_assert_str_eq(errors->pdata[0], "porerc:7: no such setting: fly");
    ck_assert_str_eq(errors->pdata[1], "porerc:8: no such setting: fly2");
    ck_assert_str_eq(errors->pdata[2], "porerc:11: no such setting: fly3");
}
END_TEST

START_TEST(test_text_ends_with_a_backslash)
{
    read_text("set nobeep\\");
    ck_assert_uint_eq(errors->len, 1);
    ck_assert_str_eq(errors->pdata[0], "porerc:1: a backslash at the end");
}
END_TEST

START_TEST(test_text_in_no_utf8)
{
    read_text("set nobeep\n# caf\351\nset fly\n");
    ck_assert_uint_eq(errors->len, 1);
    ck_assert_str_eq(errors->pdata[0], "porerc: not a text in UTF-8: line 2 has other bytes");
    ck_assert(configuration->settings.beep);
}
END_TEST

START_TEST(test_too_many_errors)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 1000; i++)
        g_string_append(text, "fly\n");
    read_text(text->str);
    ck_assert_uint_eq(errors->len, RC_ERRORS_MAX + 1);
    ck_assert_str_eq(errors->pdata[RC_ERRORS_MAX],
                     "porerc: too many errors, the rest is not read");
    g_string_free(text, TRUE);
}
END_TEST

/* Writes TEXT to the file NAME of the folder. Its path; the caller frees it. */
static char *write_file(const char *name, const char *text)
{
    char *path = support_path(home, name);
    support_write(path, text, strlen(text));
    return path;
}

START_TEST(test_source)
{
    char *outer = support_path(home, "outer");
    char *folder = support_path(home, "sub");
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    g_free(write_file("outer", "set save_history=1\nsource sub/inner\nset nowrap\nsource none\n"));
    g_free(write_file("sub/inner", "\nset fly\nsource other\n"));
    g_free(write_file("sub/other", "set nobeep keymap=./my.keys\n"));
    g_free(write_file("sub/my.keys", "index X quit\n"));

    ck_assert(rc_file(configuration, outer, errors));
    ck_assert_int_eq(configuration->settings.save_history, 1);
    ck_assert(!configuration->settings.beep);
    ck_assert(!configuration->settings.wrap);
    ck_assert_str_eq(find(CONTEXT_INDEX, "X")->command->name, "quit");
    ck_assert_uint_eq(errors->len, 2);
    char *first = g_strconcat(folder, "/inner:2: no such setting: fly", NULL);
    char *second = g_strconcat(outer, ":4: none: No such file or directory", NULL);
    ck_assert_str_eq(errors->pdata[0], first);
    ck_assert_str_eq(errors->pdata[1], second);

    /* At the prompt the first of them is said. */
    char *line = g_strconcat("source ", outer, NULL);
    char *both = g_strconcat(first, " (and 1 more errors)", NULL);
    check_fails(line, both);
    g_free(both);
    g_free(line);
    g_free(second);
    g_free(first);
    g_free(folder);
    g_free(outer);
}
END_TEST

START_TEST(test_source_from_home)
{
    g_free(write_file("homerc", "set nobeep\n"));
    g_setenv("HOME", home, TRUE);
    check_says("source $HOME/homerc", "");
    ck_assert(!configuration->settings.beep);
    check_says("set beep", "");
    check_says("source ~/homerc", "");
    ck_assert(!configuration->settings.beep);
}
END_TEST

START_TEST(test_source_itself)
{
    /* Without a limit for all files this would be 2 to the power of 16. */
    char *path = write_file("itself", "source itself\nsource itself\n");
    ck_assert(rc_file(configuration, path, errors));
    ck_assert_uint_gt(errors->len, 0);
    char *expected = g_strconcat(path, ":1: itself: files source files too deep", NULL);
    ck_assert_str_eq(errors->pdata[0], expected);
    g_free(expected);
    g_free(path);
}
END_TEST

START_TEST(test_no_files)
{
    char *fifo = support_path(home, "fifo"), *big = support_path(home, "big");
    char *nul = support_path(home, "nul"), *crlf = write_file("crlf", "set nobeep\r\n");
    char *bytes = g_strnfill(10 * 1024 * 1024, '#');
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    support_write(big, bytes, 10 * 1024 * 1024);
    support_write(nul, "set nobeep\n\0\n", 13);
    const char *const cases[][2] = {
        {"/nowhere/porerc", "No such file or directory"},
        {home, "Is a directory"},
        {fifo, "Not a regular file"},
        {"/dev/zero", "Not a regular file"},
        {big, "More than 1 MiB"},
        {nul, "not a text in UTF-8: line 2 has a NUL"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *expected = g_strconcat(cases[i][0], ": ", cases[i][1], NULL);
        ck_assert(!rc_file(configuration, cases[i][0], errors));
        ck_assert_uint_eq(errors->len, i + 1);
        ck_assert_str_eq(errors->pdata[i], expected);
        g_free(expected);
    }
    ck_assert(configuration->settings.beep);
    ck_assert(rc_file(configuration, "/dev/null", errors));
    ck_assert(rc_file(configuration, crlf, errors));
    ck_assert(!configuration->settings.beep);
    ck_assert_uint_eq(errors->len, G_N_ELEMENTS(cases));
    g_free(bytes);
    g_free(crlf);
    g_free(nul);
    g_free(big);
    g_free(fifo);
}
END_TEST

/* --- completion ------------------------------------------------------------------ */

/* Replaces mdoc's escapes in TEXT. */
static void replace_escapes(GString *text)
{
    static const struct {
        const char *escape, *character;
    } escapes[] = {{"\\(ti", "~"}, {"\\(ha", "^"}, {"\\(aq", "'"}, {"\\(dq", "\""}, {"\\e", "\\"}};
    for (size_t i = 0; i < G_N_ELEMENTS(escapes); i++)
        g_string_replace(text, escapes[i].escape, escapes[i].character, 0);
}

/* The lines from BEGIN to END, which stand in the file that comes with the source. */
static const struct {
    const char *file, *begin, *end;
} examples[] = {
    {"man/porerc.5", ".Sh EXAMPLES\n.Bd -literal -offset indent\n", ".Ed\n"},
    {"man/pore-keys.5", ".Sh EXAMPLES\n.Bd -literal -offset indent\n", ".Ed\n"},
    {"README.md", "\n    set theme=", "\n\n"},
};

/* All but "source", for there is no such file. */
START_TEST(test_examples)
{
    const char *top = g_getenv("srcdir");
    char *path = g_build_filename(top ? top : ".", examples[_i].file, NULL);
    char *text;
    bool readable = g_file_get_contents(path, &text, NULL, NULL);
    ck_assert_msg(readable, "%s", path);
    const char *begin = strstr(text, examples[_i].begin);
    ck_assert_ptr_nonnull(begin);
    if (*examples[_i].begin == '.')
        begin += strlen(examples[_i].begin);
    const char *end = strstr(begin, examples[_i].end);
    ck_assert_ptr_nonnull(end);
    GString *block = g_string_new_len(begin, end - begin);
    if (*examples[_i].begin == '.')
        replace_escapes(block);
    char **lines = g_strsplit(block->str, "\n", -1);
    unsigned done = 0;
    for (char **line = lines; *line; line++)
        if (!g_str_has_prefix(g_strstrip(*line), "source ")) {
            g_free(run(*line));
            done++;
        }
    ck_assert_uint_ge(done, 5);
    g_strfreev(lines);
    g_string_free(block, TRUE);
    g_free(text);
    g_free(path);
}
END_TEST

static const struct {
    const char *line; /* "_" is the cursor */
    const char *word; /* from *START to the cursor */
    const char *candidates;
} completions[] = {
    {"unb_", "unb", "unbind"},
    {"_unb", "", NULL},
    {"search-_", "search-", "search-next search-opposite search-reverse search-toggle"},
    {"so_", "so", "sort-mailbox sort-reverse source"},
    {"accept_", "accept", ""},
    {"set beep; tog_", "tog",
     "toggle toggle-file toggle-files toggle-quoted toggle-read toggle-reviewed toggle-words toggle-wrap"},
    {"set pager_s_", "pager_s", "pager_stop"},
    {"  set  save_history=5  bee_", "bee", "beep"},
    {"set nobe_", "nobe", "nobeep"},
    {"set invmou_", "invmou", "invmouse"},
    {"set nosave_h_", "nosave_h", ""},
    {"set &save_h_", "save_h", "save_history"},
    {"set beep=_", "", "no yes"},
    {"set beep=y_", "y", "yes"},
    {"set theme = l_", "l", "light"},
    {"set theme= _", "", "dark light none"},
    {"set theme =n_", "n", "none"},
    {"set save_history=_", "", "100"},
    {"set pager_format=_", "", "\"pore: %n: %s\""},
    {"set keymap=_", "", "emacs mutt vim"},
    {"set fly=_", "", ""},
    {"toggle mous_", "mous", "mouse"},
    {"toggle save_h_", "save_h", ""},
    {"reset al_", "al", "all"},
    {"unset save_h_", "save_h", "save_history"},
    {"bind in_", "in", "index"},
    {"bind index,se_", "se", "series"},
    {"bind index j _", "", NULL},
    {"bind index j lim_", "lim", "limit"},
    {"bind pager j lim_", "lim", ""},
    {"bind editor j acc_", "acc", "accept-line"},
    {"bind generic j ref_", "ref", "refresh"},
    {"bind index j noo_", "noo", "noop"},
    {"bind index _", "", ""},
    {"macro ed_", "ed", "editor"},
    {"macro index a b_", "b", ""},
    {"unbind ind_", "ind", "index"},
    {"exec lim_", "lim", "limit"},
    {"exec help lim_", "lim", "limit"},
    {"color ind_", "ind", NULL},
    {"color index re_", "re", NULL},
    {"mono index bo_", "bo", "bold"},
    {"mono index no_", "no", "none normal"},
    {"source /nowhere/_", "/nowhere/", ""},
    {"echo a_", "a", ""},
    {"nothing a_", "a", ""},
};

START_TEST(test_completion)
{
    char *line = g_strdup(completions[_i].line);
    char *mark = strrchr(line, '_');
    size_t cursor = (size_t)(mark - line), start = SIZE_MAX;
    memmove(mark, mark + 1, strlen(mark));
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

    rc_complete(configuration, line, cursor, &start, found);
    ck_assert_uint_le(start, cursor);
    char *word = g_strndup(line + start, cursor - start);
    ck_assert_str_eq(word, completions[_i].word);
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++) {
        ck_assert_msg(g_str_has_prefix(found->pdata[i], word), "%s", (char *)found->pdata[i]);
        ck_assert(i == 0 || strcmp(found->pdata[i - 1], found->pdata[i]) < 0);
        g_string_append_printf(all, "%s%s", i ? " " : "", (char *)found->pdata[i]);
    }
    if (completions[_i].candidates)
        ck_assert_str_eq(all->str, completions[_i].candidates);
    else
        ck_assert_uint_gt(found->len, 0);
    g_string_free(all, TRUE);
    g_free(word);
    g_ptr_array_unref(found);
    g_free(line);
}
END_TEST

START_TEST(test_file_completion)
{
    char *folder = support_path(home, "files");
    char *inner = support_path(folder, "bee"), *line = g_strdup_printf("source %s/b", folder);
    size_t start;
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    ck_assert_int_eq(mkdir(inner, 0700), 0);
    g_free(write_file("files/bar", ""));
    g_free(write_file("files/car", ""));
    g_free(write_file("files/.b", ""));

    rc_complete(configuration, line, strlen(line), &start, found);
    ck_assert_uint_eq(start, strlen("source "));
    ck_assert_uint_eq(found->len, 2);
    ck_assert(g_str_has_suffix(found->pdata[0], "/files/bar"));
    ck_assert(g_str_has_suffix(found->pdata[1], "/files/bee/"));
    g_ptr_array_unref(found);
    g_free(line);
    g_free(inner);
    g_free(folder);
}
END_TEST

START_TEST(test_commands)
{
    const char *const *names = rc_commands();
    for (size_t i = 0; names[i]; i++) {
        ck_assert(i == 0 || strcmp(names[i - 1], names[i]) < 0);
        ck_assert_ptr_null(command_find(names[i]));
        GError *error = NULL;
        if (!rc_line(configuration, names[i], NULL, &error)) {
            char *expected = g_strdup_printf("%s: too few arguments", names[i]);
            ck_assert_str_eq(error->message, expected);
            g_free(expected);
            g_error_free(error);
        }
    }
}
END_TEST

static Suite *rc_suite(void)
{
    Suite *suite = suite_create("rc");
    TCase *lines = tcase_create("lines"), *files = tcase_create("files"),
          *completion = tcase_create("completion");

    tcase_add_checked_fixture(lines, set_up, tear_down);
    tcase_add_test(lines, test_set);
    tcase_add_test(lines, test_queries);
    tcase_add_test(lines, test_variables);
    tcase_add_loop_test(lines, test_wrong_lines, 0, G_N_ELEMENTS(wrong));
    tcase_add_test(lines, test_first_wrong_command_ends_a_line);
    tcase_add_test(lines, test_long_errors);
    tcase_add_test(lines, test_bind);
    tcase_add_test(lines, test_macro);
    tcase_add_test(lines, test_keymap_and_theme);
    tcase_add_test(lines, test_colours);
    tcase_add_test(lines, test_push);
    tcase_add_test(lines, test_commands);
    suite_add_tcase(suite, lines);
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_add_test(files, test_text);
    tcase_add_test(files, test_text_ends_with_a_backslash);
    tcase_add_test(files, test_text_in_no_utf8);
    tcase_add_test(files, test_too_many_errors);
    tcase_add_test(files, test_source);
    tcase_add_test(files, test_source_from_home);
    tcase_add_test(files, test_source_itself);
    tcase_add_test(files, test_no_files);
    tcase_add_loop_test(files, test_examples, 0, G_N_ELEMENTS(examples));
    suite_add_tcase(suite, files);
    tcase_add_checked_fixture(completion, set_up, tear_down);
    tcase_add_loop_test(completion, test_completion, 0, G_N_ELEMENTS(completions));
    tcase_add_test(completion, test_file_completion);
    suite_add_tcase(suite, completion);
    return suite;
}

int main(void)
{
    return run_suite(rc_suite());
}
