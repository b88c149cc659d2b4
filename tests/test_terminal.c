/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal alone: how styles look on every kind of it, and which bytes it is sent. */
#include "colour.h"
#include "keys.h"
#include "screen.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDE "\346\274\242\345\255\227" /* two wide characters */

/* Terminals that not every system knows. */
static const char terminals[] =
    "pore-direct|shows any RGB,\n"
    "\tRGB, CO#8, colors#0x1000000, pairs#0x10000, ccc@, initc@, oc@,\n"
    "\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d"
    ":%p1%{255}%&%d%;m,\n"
    "\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d"
    ":%p1%{255}%&%d%;m,\n"
    "\tuse=xterm-256color,\n"
    "pore-16|16 colours,\n"
    "\tcolors#16, pairs#256, use=xterm-256color,\n"
    "pore-opaque|has no colours of its own,\n"
    "\tcolors#8, pairs#64, op@, oc@, use=xterm,\n"
    "pore-pairs|has three pairs of colours,\n"
    "\tcolors#8, pairs#4, use=xterm,\n";

struct terminal {
    struct screen *screen;
    FILE *in, *out;
    int keys;   /* to write them to */
    off_t seen; /* bytes of what was sent that have been looked at */
};

static void add_terminals(void)
{
    const char *folder = support_folder();
    char *source = support_path(folder, "terminals.ti");
    support_write(source, terminals, strlen(terminals));
    const char *const tic[] = {"tic", "-x", "-o", folder, source, NULL};
    int status;
    ck_assert(g_spawn_sync(NULL, (char **)(uintptr_t)tic, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                           NULL, NULL, &status, NULL));
    ck_assert(g_spawn_check_wait_status(status, NULL));
    g_setenv("TERMINFO", folder, TRUE);
    g_free(source);
}

static struct terminal open_terminal(const char *term)
{
    struct terminal terminal = {0};
    GError *error = NULL;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    terminal.keys = ends[1];
    terminal.in = fdopen(ends[0], "r");
    terminal.out = tmpfile();
    terminal.screen = screen_new(term, terminal.out, terminal.in, &error);
    ck_assert_msg(terminal.screen, "%s", error ? error->message : "");
    screen_resize(terminal.screen, 4, 20);
    return terminal;
}

static void close_terminal(struct terminal *terminal)
{
    screen_free(terminal->screen);
    fclose(terminal->in);
    fclose(terminal->out);
    close(terminal->keys);
}

/* What was sent since the last call; the caller frees it. */
static char *sent(struct terminal *terminal)
{
    char bytes[4096];
    ssize_t length;
    GString *text = g_string_new(NULL);
    while ((length = pread(fileno(terminal->out), bytes, sizeof bytes, terminal->seen)) > 0) {
        g_string_append_len(text, bytes, length);
        terminal->seen += length;
    }
    return g_string_free(text, FALSE);
}

static void assert_sent(struct terminal *terminal, const char *bytes, bool wanted)
{
    char *text = sent(terminal);
    ck_assert_int_eq(strstr(text, bytes) != NULL, wanted);
    g_free(text);
}

static void put(struct terminal *terminal, int row, int column, enum style style, const char *text)
{
    screen_put(terminal->screen, row, column, 20, style, text, strlen(text));
}

static void assert_row(struct terminal *terminal, int row, const char *wanted)
{
    char *text = screen_read(terminal->screen, row);
    ck_assert_str_eq(text, wanted);
    g_free(text);
}

/* The looks of these tests: the style is the place, whatever it is called. */
static const struct look looks[] = {
    {-1, -1, 0, 0},
    {114, -1, LOOK_BOLD, LOOK_UNDERLINE},
    {-1, 237, 0, LOOK_REVERSE},
    {LOOK_RGB | 0xFF8700, LOOK_RGB | 0x121212, LOOK_ITALIC, 0},
    {9, 4, 0, LOOK_DIM},
    {LOOK_RGB | 0x000003, 0, 0, LOOK_BLINK},
};

static const struct {
    const char *term;
    bool no_colour;
    int colours;
    struct look looks[G_N_ELEMENTS(looks)];
} kinds[] = {
    {"xterm-256color", false, 256,
     {{-1, -1, 0, 0},
      {114, -1, LOOK_BOLD, 0},
      {-1, 237, 0, 0},
      {208, 233, LOOK_ITALIC, 0},
      {9, 4, 0, 0},
      {16, 0, 0, 0}}},
    {"xterm", false, 8,
     {{-1, -1, 0, 0},
      {2, -1, LOOK_BOLD, 0},
      {-1, -1, LOOK_REVERSE, 0},
      {3, -1, LOOK_ITALIC | LOOK_REVERSE, 0},
      {1, 4, LOOK_BOLD, 0},
      {0, 0, 0, 0}}},
    {"pore-16", false, 16,
     {{-1, -1, 0, 0},
      {2, -1, LOOK_BOLD, 0},
      {-1, -1, LOOK_REVERSE, 0},
      {11, -1, LOOK_ITALIC | LOOK_REVERSE, 0},
      {9, 4, 0, 0},
      {0, 0, 0, 0}}},
    {"pore-direct", false, 0x1000000,
     {{-1, -1, 0, 0},
      {LOOK_RGB | 0x87D787, -1, LOOK_BOLD, 0},
      {-1, LOOK_RGB | 0x3A3A3A, 0, 0},
      {LOOK_RGB | 0xFF8700, LOOK_RGB | 0x121212, LOOK_ITALIC, 0},
      {LOOK_RGB | 0xFF0000, 4, 0, 0},
      {0, 0, 0, 0}}},
    {"pore-opaque", false, 8,
     {{-1, -1, 0, 0},
      {2, 0, LOOK_BOLD, 0},
      {-1, -1, LOOK_REVERSE, 0},
      {3, 0, LOOK_ITALIC | LOOK_REVERSE, 0},
      {1, 4, LOOK_BOLD, 0},
      {0, 0, 0, 0}}},
    {"vt100", false, 0,
     {{-1, -1, 0, 0},
      {-1, -1, LOOK_UNDERLINE, 0},
      {-1, -1, LOOK_REVERSE, 0},
      {-1, -1, 0, 0},
      {-1, -1, LOOK_DIM, 0},
      {-1, -1, LOOK_BLINK, 0}}},
    {"xterm-256color", true, 0,
     {{-1, -1, 0, 0},
      {-1, -1, LOOK_UNDERLINE, 0},
      {-1, -1, LOOK_REVERSE, 0},
      {-1, -1, 0, 0},
      {-1, -1, LOOK_DIM, 0},
      {-1, -1, LOOK_BLINK, 0}}},
};

static unsigned bits(const struct screen_look *look)
{
    return (look->bold ? LOOK_BOLD : 0) | (look->dim ? LOOK_DIM : 0) |
           (look->underline ? LOOK_UNDERLINE : 0) | (look->reverse ? LOOK_REVERSE : 0) |
           (look->italic ? LOOK_ITALIC : 0) | (look->blink ? LOOK_BLINK : 0);
}

static void assert_look(struct terminal *terminal, int row, int column, int32_t foreground,
                        int32_t background, unsigned attributes)
{
    const struct screen_look look = screen_look_at(terminal->screen, row, column);
    ck_assert_int_eq(look.foreground, foreground);
    ck_assert_int_eq(look.background, background);
    ck_assert_uint_eq(bits(&look), attributes);
}

START_TEST(test_looks)
{
    add_terminals();
    if (kinds[_i].no_colour)
        g_setenv("NO_COLOR", "1", TRUE);
    else
        g_unsetenv("NO_COLOR");
    struct terminal terminal = open_terminal(kinds[_i].term);
    ck_assert_int_eq(screen_colours(terminal.screen), kinds[_i].colours);

    put(&terminal, 0, 0, STYLE_ERROR, "plain");
    assert_look(&terminal, 0, 0, -1, -1, 0);
    screen_set_looks(terminal.screen, looks, G_N_ELEMENTS(looks));
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++)
        put(&terminal, 0, (int)i, (enum style)i, "x");
    put(&terminal, 0, 10, (enum style)1000, "x");
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        const struct look *look = &kinds[_i].looks[i];
        assert_look(&terminal, 0, (int)i, look->foreground, look->background, look->attributes);
    }
    assert_look(&terminal, 0, 10, -1, -1, 0);
    g_unsetenv("NO_COLOR");
    close_terminal(&terminal);
}
END_TEST

/* The colours arrive at the terminal as they are. */
START_TEST(test_direct_bytes)
{
    add_terminals();
    struct terminal terminal = open_terminal("pore-direct");
    screen_set_looks(terminal.screen, looks, G_N_ELEMENTS(looks));
    put(&terminal, 0, 0, (enum style)3, "x");
    screen_show(terminal.screen, 0, 0, false);
    char *text = sent(&terminal);
    ck_assert_ptr_nonnull(strstr(text, "\033[38:2::255:135:0m"));
    ck_assert_ptr_nonnull(strstr(text, "\033[48:2::18:18:18m"));
    g_free(text);
    close_terminal(&terminal);
}
END_TEST

/* A terminal of few pairs shows what it has none for in its foreground, or else plain. */
START_TEST(test_few_pairs)
{
    static const struct look many[] = {
        {-1, -1, 0, 0}, {1, -1, 0, 0}, {2, -1, 0, 0},         {3, -1, 0, 0},
        {1, 4, 0, 0},   {2, 4, 0, 0},  {5, -1, LOOK_BOLD, 0}, {5, 4, 0, 0},
    };
    static const int32_t foregrounds[] = {-1, 1, 2, 3, 1, 2, -1, -1};
    add_terminals();
    struct terminal terminal = open_terminal("pore-pairs");
    for (int i = 0; i < 3; i++) {
        screen_set_looks(terminal.screen, many, G_N_ELEMENTS(many));
        for (size_t j = 0; j < G_N_ELEMENTS(many); j++) {
            put(&terminal, 0, (int)j, (enum style)j, "x");
            assert_look(&terminal, 0, (int)j, foregrounds[j], -1, many[j].attributes);
        }
    }
    close_terminal(&terminal);
}
END_TEST

/* The looks can change while something is shown, and what is shown changes with them. */
START_TEST(test_looks_change)
{
    struct terminal terminal = open_terminal("xterm-256color");
    const struct look other[] = {{-1, -1, 0, 0}, {210, -1, 0, 0}};
    screen_set_looks(terminal.screen, looks, G_N_ELEMENTS(looks));
    put(&terminal, 0, 0, (enum style)1, "word");
    screen_show(terminal.screen, 0, 0, false);
    g_free(sent(&terminal));

    screen_set_looks(terminal.screen, other, G_N_ELEMENTS(other));
    screen_clear(terminal.screen);
    put(&terminal, 0, 0, (enum style)1, "word");
    screen_show(terminal.screen, 0, 0, false);
    char *text = sent(&terminal);
    ck_assert_ptr_nonnull(strstr(text, "\033[38;5;210mword"));
    g_free(text);
    close_terminal(&terminal);
}
END_TEST

/* What is laid over a row keeps the row's own colours, and each wide character whole. */
START_TEST(test_overlay)
{
    struct terminal terminal = open_terminal("xterm-256color");
    screen_set_looks(terminal.screen, looks, G_N_ELEMENTS(looks));
    put(&terminal, 1, 0, (enum style)0, "ab");
    put(&terminal, 1, 2, (enum style)1, "c" WIDE "d");
    screen_overlay(terminal.screen, 1, 1, 3, (enum style)2);
    assert_row(&terminal, 1, "abc" WIDE "d");
    assert_look(&terminal, 1, 0, -1, -1, 0);
    assert_look(&terminal, 1, 1, -1, 237, 0);
    assert_look(&terminal, 1, 2, 114, 237, LOOK_BOLD);
    assert_look(&terminal, 1, 3, 114, 237, LOOK_BOLD);
    assert_look(&terminal, 1, 5, 114, -1, LOOK_BOLD);

    /* From the second cell of a wide character on: it is left as it was. */
    screen_overlay(terminal.screen, 1, 6, 30, (enum style)4);
    assert_row(&terminal, 1, "abc" WIDE "d");
    assert_look(&terminal, 1, 5, 114, -1, LOOK_BOLD);
    assert_look(&terminal, 1, 7, 9, 4, LOOK_BOLD);
    assert_look(&terminal, 1, 19, 9, 4, 0);

    /* A wide character at the right edge, in the last row. */
    put(&terminal, 3, 18, (enum style)1, "\346\274\242");
    screen_overlay(terminal.screen, 3, 0, 20, (enum style)2);
    assert_row(&terminal, 3, "                  \346\274\242");
    assert_look(&terminal, 3, 18, 114, 237, LOOK_BOLD);

    /* Combining characters stay. */
    put(&terminal, 2, 0, (enum style)1, "e\314\201\314\202x");
    screen_overlay(terminal.screen, 2, 0, 2, (enum style)2);
    assert_row(&terminal, 2, "e\314\201\314\202x");

    screen_overlay(terminal.screen, -1, 0, 20, (enum style)2);
    screen_overlay(terminal.screen, 4, 0, 20, (enum style)2);
    screen_overlay(terminal.screen, 0, 20, 20, (enum style)2);
    screen_overlay(terminal.screen, 0, 0, -1, (enum style)2);
    assert_look(&terminal, 0, 0, -1, -1, 0);
    close_terminal(&terminal);
}
END_TEST

/* Where the bar is in reverse, nothing of the row's own looks shines through. */
START_TEST(test_overlay_reversed)
{
    struct terminal terminal = open_terminal("xterm");
    screen_set_looks(terminal.screen, looks, G_N_ELEMENTS(looks));
    put(&terminal, 0, 0, (enum style)1, "a\033b");
    assert_look(&terminal, 0, 0, 2, -1, LOOK_BOLD);
    assert_look(&terminal, 0, 1, 2, -1, LOOK_BOLD | LOOK_REVERSE);
    screen_overlay(terminal.screen, 0, 0, 20, (enum style)2);
    for (int i = 0; i < 20; i++)
        assert_look(&terminal, 0, i, -1, -1, LOOK_REVERSE);
    close_terminal(&terminal);
}
END_TEST

START_TEST(test_dump)
{
    struct terminal terminal = open_terminal("xterm-256color");
    screen_set_looks(terminal.screen, looks, G_N_ELEMENTS(looks));
    put(&terminal, 0, 0, (enum style)0, "a  ");
    put(&terminal, 1, 1, (enum style)1, WIDE);
    put(&terminal, 1, 7, (enum style)0, "b");
    put(&terminal, 2, 0, (enum style)4, "c");
    screen_overlay(terminal.screen, 2, 0, 2, (enum style)2);
    put(&terminal, 2, 2, (enum style)0, "  ");
    char *plain = screen_dump(terminal.screen, false);
    char *dressed = screen_dump(terminal.screen, true);
    ck_assert_str_eq(plain, "a\n " WIDE "  b\nc\n\n");
    ck_assert_str_eq(dressed, "a\n \033[0;1;38;5;114m" WIDE "\033[0m  b\n"
                              "\033[0;91;48;5;237mc\033[0;48;5;237m \033[0m\n\n");
    g_free(plain);
    g_free(dressed);
    close_terminal(&terminal);
}
END_TEST

/* Nothing of a text reaches the terminal but characters. */
START_TEST(test_hostile_text)
{
    static const char text[] = "a\033]0;x\007b\033[2Jc\302\233d\342\200\256e\r\nf\377g";
    struct terminal terminal = open_terminal("xterm-256color");
    screen_resize(terminal.screen, 4, 60);
    screen_show(terminal.screen, 0, 0, false);
    g_free(sent(&terminal));
    screen_put(terminal.screen, 0, 0, 60, STYLE_NORMAL, text, strlen(text));
    screen_show(terminal.screen, 0, 0, false);
    char *bytes = sent(&terminal);
    ck_assert_ptr_nonnull(strstr(bytes, "0;x"));
    ck_assert_ptr_null(strstr(bytes, "\033]"));
    ck_assert_ptr_null(strstr(bytes, "\033[2J"));
    ck_assert_ptr_null(strstr(bytes, "\302\233"));
    ck_assert_ptr_null(strstr(bytes, "\342\200\256"));
    ck_assert_ptr_null(strchr(bytes, '\007'));
    ck_assert_ptr_null(strchr(bytes, '\377'));
    g_free(bytes);
    close_terminal(&terminal);
}
END_TEST

START_TEST(test_cursor)
{
    struct terminal terminal = open_terminal("xterm-256color");
    assert_sent(&terminal, "\033[?25l", true);
    screen_show(terminal.screen, 1, 1, false);
    assert_sent(&terminal, "\033[?25h", false);
    screen_show(terminal.screen, 1, 1, true);
    assert_sent(&terminal, "\033[?25h", true);
    screen_show(terminal.screen, 1, 2, true);
    assert_sent(&terminal, "\033[?25h", false);
    screen_show(terminal.screen, 1, 2, false);
    assert_sent(&terminal, "\033[?25l", true);
    screen_show(terminal.screen, 100, 100, false);
    screen_suspend(terminal.screen);
    assert_sent(&terminal, "\033[?25h", true);
    screen_resume(terminal.screen);
    screen_show(terminal.screen, 0, 0, false);
    assert_sent(&terminal, "\033[?25l", true);
    close_terminal(&terminal);
}
END_TEST

/* The mouse is on only while the program has the terminal. */
START_TEST(test_mouse_modes)
{
    struct terminal terminal = open_terminal("xterm-256color");
    screen_show(terminal.screen, 0, 0, false);
    assert_sent(&terminal, "?1006;1000", false);
    screen_set_mouse(terminal.screen, true);
    assert_sent(&terminal, "\033[?1006;1000h", true);
    screen_suspend(terminal.screen);
    assert_sent(&terminal, "\033[?1006;1000l", true);
    screen_resume(terminal.screen);
    screen_show(terminal.screen, 0, 0, false);
    assert_sent(&terminal, "\033[?1006;1000h", true);
    screen_set_mouse(terminal.screen, false);
    assert_sent(&terminal, "\033[?1006;1000l", true);
    screen_set_mouse(terminal.screen, true);
    assert_sent(&terminal, "\033[?1006;1000h", true);
    screen_free(terminal.screen);
    assert_sent(&terminal, "\033[?1006;1000l", true);
    terminal.screen = NULL;
    close_terminal(&terminal);
}
END_TEST

static void type(struct terminal *terminal, const char *bytes)
{
    ck_assert_int_eq(write(terminal->keys, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

static void assert_key(struct terminal *terminal, uint32_t wanted)
{
    uint32_t key;
    ck_assert(screen_key(terminal->screen, &key));
    ck_assert_uint_eq(key, wanted);
}

static void assert_click(struct terminal *terminal, enum screen_click wanted, int row, int column)
{
    enum screen_click click;
    int at_row, at_column;
    assert_key(terminal, KEYS_MOUSE);
    ck_assert(screen_mouse(terminal->screen, &click, &at_row, &at_column));
    ck_assert_int_eq(click, wanted);
    ck_assert_int_eq(at_row, row);
    ck_assert_int_eq(at_column, column);
}

START_TEST(test_mouse)
{
    struct terminal terminal = open_terminal("xterm-256color");
    enum screen_click click;
    int row, column;
    uint32_t key;
    screen_set_mouse(terminal.screen, true);
    /* Presses and releases, the wheel, and keys between them. */
    type(&terminal, "a\033[<0;5;3M\033[<0;5;3mb\033[<0;6;3M\033[<0;6;3m"
                    "\033[<64;1;1M\033[<65;2;4Mc\033[<2;5;3M\033[<2;5;3md");
    assert_key(&terminal, 'a');
    assert_click(&terminal, CLICK_SELECT, 2, 4);
    assert_key(&terminal, 'b');
    assert_click(&terminal, CLICK_SELECT, 2, 5);
    assert_click(&terminal, CLICK_WHEEL_UP, 0, 0);
    assert_click(&terminal, CLICK_WHEEL_DOWN, 3, 1);
    ck_assert(!screen_mouse(terminal.screen, &click, &row, &column));
    assert_key(&terminal, 'c');
    ck_assert(!screen_mouse(terminal.screen, &click, &row, &column));
    assert_key(&terminal, 'd');
    ck_assert(!screen_key(terminal.screen, &key));

    /* Twice on the same cell opens; the third time is the first of another two. */
    type(&terminal, "\033[<0;9;2M\033[<0;9;2m\033[<0;9;2M\033[<0;9;2m\033[<0;9;2M\033[<0;9;2m");
    assert_click(&terminal, CLICK_SELECT, 1, 8);
    assert_click(&terminal, CLICK_OPEN, 1, 8);
    assert_click(&terminal, CLICK_SELECT, 1, 8);
    close_terminal(&terminal);
}
END_TEST

START_TEST(test_copy)
{
    struct terminal terminal = open_terminal("xterm-256color");
    char *longest = g_strnfill(SCREEN_CLIPBOARD_MAX, 'x');
    char *longer = g_strnfill(SCREEN_CLIPBOARD_MAX + 1, 'x');
    screen_show(terminal.screen, 0, 0, false);
    g_free(sent(&terminal));
    ck_assert(screen_copy(terminal.screen, "id\033]\007\n@example.org"));
    char *text = sent(&terminal);
    ck_assert_str_eq(text, "\033]52;c;aWQbXQcKQGV4YW1wbGUub3Jn\007");
    g_free(text);
    ck_assert(!screen_copy(terminal.screen, longer));
    assert_sent(&terminal, "\033", false);
    ck_assert(screen_copy(terminal.screen, longest));
    assert_sent(&terminal, "eHh4eA==\007", true);
    close_terminal(&terminal);

    /* A console would print it. */
    terminal = open_terminal("linux");
    g_free(sent(&terminal));
    ck_assert(!screen_copy(terminal.screen, "text"));
    assert_sent(&terminal, "52", false);
    close_terminal(&terminal);
    g_free(longest);
    g_free(longer);
}
END_TEST

START_TEST(test_beep)
{
    struct terminal terminal = open_terminal("xterm-256color");
    screen_show(terminal.screen, 0, 0, false);
    g_free(sent(&terminal));
    screen_beep(terminal.screen);
    assert_sent(&terminal, "\007", true);
    close_terminal(&terminal);
}
END_TEST

/* The themes on every kind of terminal: the number of styles is no trouble anywhere. */
START_TEST(test_themes)
{
    static const char *const terms[] = {"xterm-256color", "xterm", "linux", "vt100",
                                        "screen", "tmux-256color", "pore-pairs", "pore-direct"};
    struct colours *colours = colours_new();
    char *marks = g_strnfill((STYLE_COUNT + 3) / 4, 'x');
    add_terminals();
    for (size_t i = 0; i < G_N_ELEMENTS(terms); i++) {
        struct terminal terminal = open_terminal(terms[i]);
        screen_set_looks(terminal.screen, &g_array_index(colours->looks, struct look, 0),
                         colours->looks->len);
        for (int style = 0; style < STYLE_COUNT; style++)
            put(&terminal, style % 4, style / 4, (enum style)style, "x");
        screen_overlay(terminal.screen, 0, 0, 20, STYLE_INDICATOR);
        screen_show(terminal.screen, 0, 0, false);
        assert_row(&terminal, 0, marks);
        const struct screen_look look = screen_look_at(terminal.screen, 0, 0);
        ck_assert(look.reverse || look.background >= 0);
        close_terminal(&terminal);
    }
    g_free(marks);
    colours_free(colours);
}
END_TEST

START_TEST(test_no_terminal)
{
    static const struct {
        const char *term, *error;
    } wrong[] = {
        {NULL, "cannot use the terminal: TERM is not set"},
        {"", "cannot use the terminal: TERM is not set"},
        {"pore-none", "cannot use the terminal: TERM is unknown: pore-none"},
        {"dumb", "cannot use the terminal: dumb cannot move its cursor"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        GError *error = NULL;
        ck_assert_ptr_null(screen_new(wrong[i].term, stdout, stdin, &error));
        ck_assert_str_eq(error->message, wrong[i].error);
        g_error_free(error);
    }
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_unsetenv("NO_COLOR");
    Suite *suite = suite_create("terminal");
    TCase *tests = tcase_create("terminal");
    tcase_add_loop_test(tests, test_looks, 0, G_N_ELEMENTS(kinds));
    tcase_add_test(tests, test_direct_bytes);
    tcase_add_test(tests, test_few_pairs);
    tcase_add_test(tests, test_looks_change);
    tcase_add_test(tests, test_overlay);
    tcase_add_test(tests, test_overlay_reversed);
    tcase_add_test(tests, test_dump);
    tcase_add_test(tests, test_hostile_text);
    tcase_add_test(tests, test_cursor);
    tcase_add_test(tests, test_mouse_modes);
    tcase_add_test(tests, test_mouse);
    tcase_add_test(tests, test_copy);
    tcase_add_test(tests, test_beep);
    tcase_add_test(tests, test_themes);
    tcase_add_test(tests, test_no_terminal);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
