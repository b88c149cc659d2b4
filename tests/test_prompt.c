/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prompt, and the line that is edited in it. */
#include "app.h"
#include "edit.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 40

/* --- the line ----------------------------------------------------------------- */

/* Does ACTION on a line where "|" in BEFORE is the cursor; the same of what comes of it, to be
 * freed. */
static char *apply(const char *before, enum prompt_action action)
{
    struct edit edit = {0};
    size_t cursor = (size_t)(strchr(before, '|') - before);
    char *start = g_strndup(before, cursor);
    char *whole = g_strconcat(start, before + cursor + 1, NULL);
    edit_set(&edit, whole);
    edit.cursor = cursor;
    bool done = edit_apply(&edit, action);
    g_string_insert_c(edit.text, (gssize)edit.cursor, '|');
    char *after = done ? g_strdup(edit.text->str) : g_strdup("nothing");
    edit_clear(&edit);
    g_free(whole);
    g_free(start);
    return after;
}

#define E_ACUTE "e\314\201" /* e and a combining acute accent */
#define WIDE "\346\227\245"  /* a character of two cells */

START_TEST(test_edit)
{
    static const struct {
        enum prompt_action action;
        const char *before, *after;
    } cases[] = {
        {PROMPT_BACKWARD_CHAR, "ab|c", "a|bc"},
        {PROMPT_BACKWARD_CHAR, "a" E_ACUTE "|c", "a|" E_ACUTE "c"},
        {PROMPT_BACKWARD_CHAR, "|abc", "nothing"},
        {PROMPT_FORWARD_CHAR, "a|bc", "ab|c"},
        {PROMPT_FORWARD_CHAR, "|" E_ACUTE "c", E_ACUTE "|c"},
        {PROMPT_FORWARD_CHAR, WIDE "|" WIDE, WIDE WIDE "|"},
        {PROMPT_FORWARD_CHAR, "abc|", "nothing"},
        {PROMPT_BACKWARD_WORD, "one two/three  |", "one |two/three  "},
        {PROMPT_BACKWARD_WORD, "one|", "|one"},
        {PROMPT_BACKWARD_WORD, "|", "nothing"},
        {PROMPT_FORWARD_WORD, "one|  two three", "one  two| three"},
        {PROMPT_FORWARD_WORD, "one|", "nothing"},
        {PROMPT_BEGINNING, "one|", "|one"},
        {PROMPT_END, "o|ne", "one|"},
        {PROMPT_BACKSPACE, "a" E_ACUTE "|c", "a|c"},
        {PROMPT_BACKSPACE, "|abc", "nothing"},
        {PROMPT_DELETE, "a|" E_ACUTE "c", "a|c"},
        {PROMPT_DELETE, "a" WIDE "|", "nothing"},
        {PROMPT_KILL_WORD, "~/one/two|three", "~/one/|three"},
        {PROMPT_KILL_WORD, "~/one/|", "~/one|"},
        {PROMPT_KILL_WORD, "one" E_ACUTE " \t|x", "|x"},
        {PROMPT_KILL_WORD, "|x", "nothing"},
        {PROMPT_KILL_END_OF_WORD, "one| two three", "one| three"},
        {PROMPT_KILL_END, "one| two", "one|"},
        {PROMPT_KILL_LINE, "one| two", "|"},
        {PROMPT_TRANSPOSE, "ab|c", "acb|"},
        {PROMPT_TRANSPOSE, "abc|", "acb|"},
        {PROMPT_TRANSPOSE, "|abc", "ba|c"},
        {PROMPT_TRANSPOSE, E_ACUTE "|" WIDE, WIDE E_ACUTE "|"},
        {PROMPT_TRANSPOSE, "a|", "nothing"},
        {PROMPT_TRANSPOSE, "|", "nothing"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *after = apply(cases[i].before, cases[i].action);
        ck_assert_msg(strcmp(after, cases[i].after) == 0, "%zu: %s, wanted %s", i, after,
                      cases[i].after);
        g_free(after);
    }
}
END_TEST

START_TEST(test_edit_inserts)
{
    struct edit edit = {0};
    edit_set(&edit, "ac\377");
    ck_assert_str_eq(edit.text->str, "ac\357\277\275");
    edit.cursor = 1;
    ck_assert(edit_insert(&edit, 0x65E5));
    ck_assert(edit_insert(&edit, 0x1B));
    ck_assert(!edit_insert(&edit, 0));
    ck_assert(!edit_insert(&edit, 0xD800));
    ck_assert(!edit_insert(&edit, KEYS_UP));
    ck_assert_str_eq(edit.text->str, "a" WIDE "\033c\357\277\275");
    ck_assert(edit_replace(&edit, 1, "bb"));
    ck_assert_str_eq(edit.text->str, "abbc\357\277\275");
    ck_assert_uint_eq(edit.cursor, 3);

    edit_set(&edit, "");
    for (int i = 0; i < EDIT_LENGTH_MAX; i++)
        ck_assert(edit_insert(&edit, 'x'));
    ck_assert(!edit_insert(&edit, 'x'));
    ck_assert(!edit_replace(&edit, EDIT_LENGTH_MAX - 1, "yy"));
    ck_assert_uint_eq(edit.text->len, EDIT_LENGTH_MAX);

    /* Cut between characters. */
    char *wide = g_strnfill(EDIT_LENGTH_MAX - 1, 'x');
    char *longer = g_strconcat(wide, WIDE, NULL);
    edit_set(&edit, longer);
    ck_assert(g_utf8_validate(edit.text->str, -1, NULL));
    ck_assert_uint_le(edit.text->len, EDIT_LENGTH_MAX);
    ck_assert_uint_ge(edit.text->len, EDIT_LENGTH_MAX - 3);
    g_free(longer);
    g_free(wide);
    edit_clear(&edit);
}
END_TEST

/* --- the prompt --------------------------------------------------------------- */

/* A browser of which only the prompt is looked at. */
struct session {
    struct app *app;
    FILE *in, *out;
    int keys;
    char *answer; /* what was accepted last, or NULL */
    int freed;    /* how often the data of a request was */
};

static void start(struct session *session)
{
    GError *error = NULL;
    int ends[2];
    *session = (struct session){0};
    ck_assert_int_eq(pipe(ends), 0);
    session->keys = ends[1];
    session->in = fdopen(ends[0], "r");
    session->out = fopen("/dev/null", "w");
    session->app = app_new(NULL);
    session->app->screen = screen_new("xterm-256color", session->out, session->in, &error);
    ck_assert_msg(session->app->screen, "%s", error ? error->message : "");
    screen_resize(session->app->screen, 24, COLUMNS);
}

static void end(struct session *session)
{
    prompt_leave(session->app);
    app_free(session->app);
    fclose(session->in);
    fclose(session->out);
    close(session->keys);
    g_free(session->answer);
}

static void take(struct app *app, const char *text, void *data)
{
    struct session *session = data;
    ck_assert_ptr_null(app->prompt);
    ck_assert_int_eq(session->freed, 0);
    g_free(session->answer);
    session->answer = g_strdup(text);
}

static void count_free(gpointer data)
{
    struct session *session = data;
    session->freed++;
}

static void ask_with(struct session *session, const char *initial, prompt_completion *completion,
                     enum prompt_history_kind history)
{
    const struct prompt_request request = {
        .label = "Ask: ", .history = history, .initial = initial, .completion = completion,
        .accept = take, .data = session, .free_data = count_free,
    };
    g_clear_pointer(&session->answer, g_free);
    session->freed = 0;
    prompt_ask(session->app, &request);
}

static void ask(struct session *session, const char *initial)
{
    ask_with(session, initial, NULL, HISTORY_NONE);
}

/* Types the characters of TEXT. */
static void type(struct session *session, const char *text)
{
    while (*text) {
        gunichar character = g_utf8_get_char(text);
        prompt_key(session->app, character);
        text += g_unichar_to_utf8(character, NULL);
    }
}

static void edit(struct session *session, const char *command)
{
    const struct invocation invocation = {.command = command_find(command)};
    ck_assert_ptr_nonnull(invocation.command);
    invocation.command->function(session->app, &invocation);
}

static void assert_shown(struct session *session, const char *wanted, int cursor)
{
    screen_clear(session->app->screen);
    int column = prompt_draw(session->app->prompt, session->app->screen, 0, COLUMNS);
    char *line = screen_read(session->app->screen, 0);
    ck_assert_str_eq(line, wanted);
    ck_assert_int_eq(column, cursor);
    g_free(line);
}

START_TEST(test_asks)
{
    struct session session;
    start(&session);
    ask(&session, NULL);
    assert_shown(&session, "Ask:", 5);
    type(&session, "w\303\251" WIDE);
    assert_shown(&session, "Ask: w\303\251" WIDE, 9);
    edit(&session, "backspace");
    edit(&session, "backspace");
    type(&session, "ord");
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, "word");
    ck_assert_int_eq(session.freed, 1);

    ask(&session, "initial");
    assert_shown(&session, "Ask: initial", 12);
    edit(&session, "abort-line");
    ck_assert_ptr_null(session.app->prompt);
    ck_assert_ptr_null(session.answer);
    ck_assert_int_eq(session.freed, 1);

    /* The last character deleted it stays; one more leaves. */
    ask(&session, "x");
    edit(&session, "backspace");
    ck_assert_ptr_nonnull(session.app->prompt);
    edit(&session, "backspace");
    ck_assert_ptr_null(session.app->prompt);

    ask(&session, "");
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, "");

    /* The second question takes the place of the first. */
    ask(&session, "first");
    const struct prompt_request request = {
        .label = "Second: ", .history = HISTORY_NONE, .accept = take, .data = &session};
    prompt_ask(session.app, &request);
    ck_assert_int_eq(session.freed, 1);
    assert_shown(&session, "Second:", 8);
    end(&session);
}
END_TEST

START_TEST(test_shows_control_characters)
{
    struct session session;
    start(&session);
    ask(&session, NULL);
    prompt_key(session.app, 0x1B);
    prompt_key(session.app, KEYS_F0 + 1);
    assert_shown(&session, "Ask:", 5);
    edit(&session, "quote-char");
    ck_assert(prompt_takes_raw_keys(session.app->prompt));
    prompt_key(session.app, 0x1B);
    ck_assert(!prompt_takes_raw_keys(session.app->prompt));
    type(&session, "x");
    assert_shown(&session, "Ask: ^[x", 8);
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, "\033x");
    end(&session);
}
END_TEST

START_TEST(test_scrolls)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct session session;
    start(&session);
    ask(&session, text);
    for (size_t i = strlen(text);; i--) {
        screen_clear(session.app->screen);
        int column = prompt_draw(session.app->prompt, session.app->screen, 0, COLUMNS);
        ck_assert_int_lt(column, COLUMNS);
        char *line = screen_read(session.app->screen, 0);
        ck_assert(g_str_has_prefix(line, "Ask: "));
        /* The cursor is on its character. */
        if (i < strlen(text))
            ck_assert_int_eq(line[column], text[i]);
        else
            ck_assert_int_eq(line[column - 1], text[i - 1]);
        g_free(line);
        if (i == 0)
            break;
        edit(&session, "backward-char");
    }
    /* However narrow, and however wide the label. */
    for (int columns = 1; columns < COLUMNS; columns++) {
        edit(&session, columns % 2 ? "bol" : "eol");
        int column = prompt_draw(session.app->prompt, session.app->screen, 0, columns);
        ck_assert_int_ge(column, 0);
        ck_assert_int_lt(column, columns);
    }
    end(&session);
}
END_TEST

START_TEST(test_history)
{
    struct session session;
    start(&session);
    prompt_history_add(session.app->prompt_history, HISTORY_SEARCH, "alpha one", 100);
    prompt_history_add(session.app->prompt_history, HISTORY_SEARCH, "beta", 100);
    prompt_history_add(session.app->prompt_history, HISTORY_SEARCH, "alpha two", 100);
    ask_with(&session, NULL, NULL, HISTORY_SEARCH);
    type(&session, "al");
    edit(&session, "history-up");
    assert_shown(&session, "Ask: alpha two", 14);
    edit(&session, "history-up");
    assert_shown(&session, "Ask: beta", 9);
    edit(&session, "history-up");
    edit(&session, "history-up");
    assert_shown(&session, "Ask: alpha one", 14);
    edit(&session, "history-down");
    edit(&session, "history-down");
    edit(&session, "history-down");
    edit(&session, "history-down");
    assert_shown(&session, "Ask: al", 7);

    edit(&session, "history-search");
    assert_shown(&session, "Ask: alpha two", 14);
    edit(&session, "history-search");
    assert_shown(&session, "Ask: alpha one", 14);
    edit(&session, "history-search");
    assert_shown(&session, "Ask: alpha one", 14);
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, "alpha one");

    const GPtrArray *lines = prompt_history_lines(session.app->prompt_history, HISTORY_SEARCH);
    ck_assert_uint_eq(lines->len, 3);
    ck_assert_str_eq(lines->pdata[2], "alpha one");
    end(&session);
}
END_TEST

static void complete_words(struct app *app, const char *text, size_t cursor, size_t *start_of_word,
                           GPtrArray *candidates)
{
    static const char *const words[] = {"st\303\251n", "st\303\250le", "theme", "toggle"};
    size_t word = cursor;
    (void)app;
    while (word > 0 && text[word - 1] != ' ')
        word--;
    *start_of_word = word;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strncmp(words[i], text + word, cursor - word) == 0)
            g_ptr_array_add(candidates, g_strdup(words[i]));
}

START_TEST(test_completes)
{
    struct session session;
    start(&session);
    ask_with(&session, "set th=1", complete_words, HISTORY_NONE);
    edit(&session, "backward-char");
    edit(&session, "backward-char");
    edit(&session, "complete");
    assert_shown(&session, "Ask: set theme=1", 14);

    /* Several: first what they have in common, which never ends within a character. */
    edit(&session, "kill-line");
    type(&session, "s");
    edit(&session, "complete");
    assert_shown(&session, "Ask: st                              (2)", 7);
    edit(&session, "complete");
    assert_shown(&session, "Ask: st\303\251n                          (1/2)", 9);
    edit(&session, "complete");
    assert_shown(&session, "Ask: st\303\250le                         (2/2)", 10);
    edit(&session, "complete");
    assert_shown(&session, "Ask: st\303\251n                          (1/2)", 9);
    type(&session, " t");
    assert_shown(&session, "Ask: st\303\251n t", 11);
    edit(&session, "complete");
    assert_shown(&session, "Ask: st\303\251n theme                    (1/2)", 15);

    edit(&session, "kill-line");
    type(&session, "q");
    edit(&session, "complete");
    assert_shown(&session, "Ask: q", 6);
    end(&session);
}
END_TEST

START_TEST(test_completes_files)
{
    struct session session;
    const char *folder = support_folder();
    static const char *const names[] = {"series.mbox", "series two", ".series", "bad\377name"};
    start(&session);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *path = support_path(folder, names[i]);
        support_write(path, "", 0);
        g_free(path);
    }
    char *inner = support_path(folder, "inner");
    ck_assert_int_eq(g_mkdir(inner, 0700), 0);

    char *typed = g_strdup_printf("%s/in", folder), *wanted = g_strdup_printf("%s/", inner);
    ask_with(&session, typed, prompt_complete_files, HISTORY_NONE);
    edit(&session, "complete");
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, wanted);
    g_free(typed);
    g_free(wanted);

    typed = g_strdup_printf("%s/s", folder);
    wanted = g_strdup_printf("%s/series two", folder);
    ask_with(&session, typed, prompt_complete_files, HISTORY_NONE);
    edit(&session, "complete");
    edit(&session, "complete");
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, wanted);
    g_free(typed);
    g_free(wanted);

    typed = g_strdup_printf("%s/bad", folder);
    ask_with(&session, typed, prompt_complete_files, HISTORY_NONE);
    edit(&session, "complete");
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, typed);
    g_free(typed);
    g_free(inner);

    ask_with(&session, "/no such folder/x", prompt_complete_files, HISTORY_NONE);
    edit(&session, "complete");
    edit(&session, "accept-line");
    ck_assert_str_eq(session.answer, "/no such folder/x");
    end(&session);
}
END_TEST

START_TEST(test_chooses)
{
    struct session session;
    start(&session);
    prompt_choose(session.app, "(o)ne, (t)wo? ", "ot", take, &session, count_free);
    ck_assert(prompt_takes_raw_keys(session.app->prompt));
    assert_shown(&session, "(o)ne, (t)wo?", 14);
    type(&session, "x\303\251");
    prompt_key(session.app, KEYS_UP);
    edit(&session, "complete");
    edit(&session, "accept-line");
    ck_assert_ptr_nonnull(session.app->prompt);
    type(&session, "t");
    ck_assert_ptr_null(session.app->prompt);
    ck_assert_str_eq(session.answer, "t");
    ck_assert_int_eq(session.freed, 1);

    session.freed = 0;
    g_clear_pointer(&session.answer, g_free);
    prompt_choose(session.app, "(o)ne, (t)wo? ", "ot", take, &session, count_free);
    edit(&session, "abort-line");
    ck_assert_ptr_null(session.app->prompt);
    ck_assert_ptr_null(session.answer);
    ck_assert_int_eq(session.freed, 1);
    end(&session);
}
END_TEST

/* Whether the answer to "Sure?" by KEY, or accept-line if it is 0, is yes. */
static bool confirms(struct session *session, bool yes_first, uint32_t key)
{
    session->freed = 0;
    g_clear_pointer(&session->answer, g_free);
    prompt_confirm(session->app, "Sure?", yes_first, take, session, count_free);
    assert_shown(session, yes_first ? "Sure? ([yes]/no):" : "Sure? (yes/[no]):", 18);
    if (key)
        prompt_key(session->app, key);
    else
        edit(session, "accept-line");
    ck_assert_ptr_null(session->app->prompt);
    ck_assert_int_eq(session->freed, 1);
    return session->answer && strcmp(session->answer, "yes") == 0;
}

START_TEST(test_confirms)
{
    struct session session;
    start(&session);
    ck_assert(confirms(&session, true, 'y'));
    ck_assert(confirms(&session, false, 'Y'));
    ck_assert(!confirms(&session, true, 'n'));
    ck_assert(!confirms(&session, false, 'N'));
    ck_assert(confirms(&session, true, 0));
    ck_assert(!confirms(&session, false, 0));
    end(&session);
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    Suite *suite = suite_create("prompt");
    TCase *cases = tcase_create("prompt");
    tcase_add_test(cases, test_edit);
    tcase_add_test(cases, test_edit_inserts);
    tcase_add_test(cases, test_asks);
    tcase_add_test(cases, test_shows_control_characters);
    tcase_add_test(cases, test_scrolls);
    tcase_add_test(cases, test_history);
    tcase_add_test(cases, test_completes);
    tcase_add_test(cases, test_completes_files);
    tcase_add_test(cases, test_chooses);
    tcase_add_test(cases, test_confirms);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
