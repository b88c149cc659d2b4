/* SPDX-License-Identifier: GPL-2.0-or-later */
#define NCURSES_WIDECHAR 1
#include "screen.h"

#include "glyph.h"
#include "keys.h"

#include <curses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

/* <term.h> has a macro for every capability, this one among them. */
#undef columns

/* Milliseconds that a lone Escape waits for the rest of a function key's sequence. */
#define ESCAPE_DELAY 50

#define RESCUE_BYTES 256
#define RESCUE_STACK (64 * 1024)

struct screen {
    SCREEN *handle;
    int output; /* file descriptor */
    bool colour;
};

/* Colour numbers are those of the eight that every terminal has. Yellow, white and black are left
 * out: each of them cannot be read on somebody's background. */
static const struct look {
    attr_t attributes;       /* without colour */
    attr_t colour_attributes; /* with */
    short colour;
} looks[STYLE_COUNT] = {
    [STYLE_NORMAL] = {A_NORMAL, A_NORMAL, -1},
    [STYLE_BAR] = {A_REVERSE, A_REVERSE, -1},
    [STYLE_ERROR] = {A_BOLD, A_BOLD, COLOR_RED},
    [STYLE_DIM] = {A_DIM, A_DIM, -1},
    [STYLE_TREE] = {A_NORMAL, A_NORMAL, COLOR_MAGENTA},
    [STYLE_NEW] = {A_BOLD, A_BOLD, COLOR_GREEN},
    [STYLE_EXIST] = {A_NORMAL, A_NORMAL, COLOR_CYAN},
    [STYLE_INCOMPLETE] = {A_UNDERLINE, A_NORMAL, COLOR_RED},
    [STYLE_HEADER] = {A_NORMAL, A_NORMAL, COLOR_CYAN},
    [STYLE_SUBJECT] = {A_BOLD, A_BOLD, COLOR_CYAN},
    [STYLE_HEADING] = {A_BOLD, A_BOLD, -1},
    [STYLE_KEY] = {A_BOLD, A_NORMAL, COLOR_CYAN},
    [STYLE_QUOTED_1] = {A_NORMAL, A_NORMAL, COLOR_CYAN},
    [STYLE_QUOTED_2] = {A_NORMAL, A_NORMAL, COLOR_MAGENTA},
    [STYLE_QUOTED_3] = {A_NORMAL, A_NORMAL, COLOR_BLUE},
    [STYLE_TRAILER] = {A_NORMAL, A_NORMAL, COLOR_MAGENTA},
    [STYLE_DIFFSTAT] = {A_NORMAL, A_NORMAL, -1},
    [STYLE_FILE] = {A_BOLD, A_BOLD, -1},
    [STYLE_HUNK] = {A_UNDERLINE, A_NORMAL, COLOR_CYAN},
    [STYLE_ADDED] = {A_BOLD, A_NORMAL, COLOR_GREEN},
    [STYLE_REMOVED] = {A_NORMAL, A_NORMAL, COLOR_RED},
    [STYLE_SIGNATURE] = {A_DIM, A_DIM, -1},
    [STYLE_SELECTED] = {A_REVERSE, A_REVERSE, -1},
};

GQuark screen_error_quark(void)
{
    return g_quark_from_static_string("pore-screen-error");
}

/* What a signal handler needs to give the terminal back. Nothing can be handed to a handler, so
 * this is the one variable that is not owned by anybody. */
static struct rescue {
    volatile sig_atomic_t armed;
    int output;
    size_t length;
    char bytes[RESCUE_BYTES];
    bool has_modes;
    struct termios modes;
} rescue;

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT};

static void rescue_terminal(void)
{
    if (!rescue.armed)
        return;
    rescue.armed = 0;
    ssize_t written = write(rescue.output, rescue.bytes, rescue.length);
    (void)written;
    if (rescue.has_modes)
        tcsetattr(rescue.output, TCSANOW, &rescue.modes);
}

static void on_crash(int number)
{
    rescue_terminal();
    /* SA_RESETHAND has put the default action back. */
    raise(number);
}

void screen_rescue_at_crash(void)
{
    static char stack[RESCUE_STACK];
    const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternative, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(crash_signals); i++) {
        struct sigaction now;
        struct sigaction action = {.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK)};
        action.sa_handler = on_crash;
        sigemptyset(&action.sa_mask);
        /* A sanitizer's or debugger's own handler is left alone. */
        if (sigaction(crash_signals[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            sigaction(crash_signals[i], &action, NULL);
    }
    atexit(rescue_terminal);
}

/* Appends the capability NAME to what is written at a crash, without the delays ("$<5>") that
 * tputs() would turn into padding. */
static void add_rescue(const char *name)
{
    const char *bytes = tigetstr(name);
    if (!bytes || bytes == (const char *)-1)
        return;
    while (*bytes && rescue.length < RESCUE_BYTES) {
        const char *end = g_str_has_prefix(bytes, "$<") ? strchr(bytes, '>') : NULL;
        if (end)
            bytes = end + 1;
        else
            rescue.bytes[rescue.length++] = *bytes++;
    }
}

static void arm_rescue(int output)
{
    rescue.length = 0;
    rescue.output = output;
    add_rescue("sgr0");
    add_rescue("op");
    add_rescue("rmkx");
    add_rescue("cnorm");
    add_rescue("rmcup");
    rescue.armed = 1;
}

static void start_colours(struct screen *screen)
{
    const char *no_colour = g_getenv("NO_COLOR");
    if ((no_colour && *no_colour) || !has_colors() || start_color() == ERR || COLORS < 8 ||
        COLOR_PAIRS < 9)
        return;
    short background = use_default_colors() == OK ? -1 : COLOR_BLACK;
    for (short colour = 0; colour < 8; colour++)
        init_pair((short)(colour + 1), colour, background);
    screen->colour = true;
}

struct screen *screen_new(const char *term, FILE *out, FILE *in, GError **error)
{
    int found = 0;
    if (!term || !*term || setupterm(term, fileno(out), &found) == ERR) {
        g_set_error(error, SCREEN_ERROR, 0, "cannot use the terminal: TERM is %s%s",
                    term && *term ? "unknown: " : "not set", term && *term ? term : "");
        return NULL;
    }
    const char *movement = tigetstr("cup");
    bool moves = movement && movement != (const char *)-1;
    del_curterm(cur_term);
    if (!moves) {
        g_set_error(error, SCREEN_ERROR, 0,
                    "cannot use the terminal: %s cannot move its cursor", term);
        return NULL;
    }

    rescue.has_modes = tcgetattr(fileno(out), &rescue.modes) == 0;
    struct screen *screen = g_new0(struct screen, 1);
    screen->output = fileno(out);
    screen->handle = newterm(term, out, in);
    if (!screen->handle) {
        g_set_error(error, SCREEN_ERROR, 0, "cannot use the terminal %s", term);
        g_free(screen);
        return NULL;
    }
    arm_rescue(screen->output);
    set_escdelay(ESCAPE_DELAY);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    start_colours(screen);
    curs_set(0);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (!screen)
        return;
    endwin();
    rescue.armed = 0;
    delscreen(screen->handle);
    g_free(screen);
}

void screen_suspend(struct screen *screen)
{
    (void)screen;
    endwin();
    rescue.armed = 0;
}

void screen_resume(struct screen *screen)
{
    reset_prog_mode();
    rescue.armed = 1;
    screen_fit(screen);
    screen_redraw(screen);
}

int screen_rows(const struct screen *screen)
{
    (void)screen;
    return getmaxy(stdscr);
}

int screen_columns(const struct screen *screen)
{
    (void)screen;
    return getmaxx(stdscr);
}

void screen_fit(struct screen *screen)
{
    struct winsize size;
    if (ioctl(screen->output, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        screen_resize(screen, size.ws_row, size.ws_col);
}

void screen_resize(struct screen *screen, int rows, int columns)
{
    (void)screen;
    if (!is_term_resized(rows, columns))
        return;
    resizeterm(MAX(rows, 1), MAX(columns, 1));
    clearok(curscr, TRUE);
}

static uint32_t translate_key(wint_t key)
{
    static const struct {
        wint_t from;
        uint32_t to;
    } table[] = {
        {KEY_UP, KEYS_UP},         {KEY_DOWN, KEYS_DOWN},   {KEY_LEFT, KEYS_LEFT},
        {KEY_RIGHT, KEYS_RIGHT},   {KEY_HOME, KEYS_HOME},   {KEY_FIND, KEYS_HOME},
        {KEY_END, KEYS_END},       {KEY_SELECT, KEYS_END},  {KEY_PPAGE, KEYS_PAGE_UP},
        {KEY_NPAGE, KEYS_PAGE_DOWN}, {KEY_IC, KEYS_INSERT}, {KEY_DC, KEYS_DELETE},
        {KEY_BACKSPACE, KEYS_BACKSPACE}, {KEY_BTAB, KEYS_BACKTAB}, {KEY_ENTER, '\r'},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].from == key)
            return table[i].to;
    if (key > KEY_F0 && key <= KEY_F(63))
        return KEYS_F0 + (key - KEY_F0);
    return KEYS_OTHER;
}

bool screen_key(struct screen *screen, uint32_t *key)
{
    (void)screen;
    wint_t input;
    for (;;) {
        int kind = wget_wch(stdscr, &input);
        if (kind == ERR)
            return false;
        /* resizeterm() leaves this behind; sizes come through screen_fit(). */
        if (kind == KEY_CODE_YES && input == KEY_RESIZE)
            continue;
        if (kind == KEY_CODE_YES)
            *key = translate_key(input);
        else
            *key = input == 0x7F ? KEYS_BACKSPACE : (uint32_t)input;
        return true;
    }
}

void screen_clear(struct screen *screen)
{
    (void)screen;
    werase(stdscr);
}

void screen_redraw(struct screen *screen)
{
    (void)screen;
    clearok(curscr, TRUE);
}

static void set_look(const struct screen *screen, enum style style, bool mark, attr_t *attributes,
                     short *pair)
{
    const struct look *look = &looks[style];
    *attributes = screen->colour ? look->colour_attributes : look->attributes;
    *pair = screen->colour ? (short)(look->colour + 1) : 0;
    if (mark)
        *attributes ^= A_REVERSE;
}

static void put_cell(const struct screen *screen, enum style style, bool mark,
                     const wchar_t *characters)
{
    attr_t attributes;
    short pair;
    cchar_t cell;
    set_look(screen, style, mark, &attributes, &pair);
    if (setcchar(&cell, characters, attributes, pair, NULL) == OK)
        wadd_wch(stdscr, &cell);
}

int screen_put(struct screen *screen, int row, int column, int width, enum style style,
               const char *text, size_t length)
{
    width = MIN(width, screen_columns(screen) - column);
    if (row < 0 || row >= screen_rows(screen) || column < 0 || width <= 0)
        return 0;
    wmove(stdscr, row, column);
    int used = 0;
    for (size_t at = 0; at < length;) {
        struct glyph glyph;
        glyph_next(text + at, length - at, &glyph);
        if (used + glyph.width > width)
            break;
        if (glyph.caret) {
            put_cell(screen, style, true, L"^");
            glyph.characters[0] = (wchar_t)glyph.caret;
        }
        put_cell(screen, style, glyph.mark, glyph.characters);
        used += glyph.width;
        at += glyph.length;
    }
    return used;
}

void screen_fill(struct screen *screen, int row, int column, int width, enum style style,
                 char fill)
{
    width = MIN(width, screen_columns(screen) - column);
    if (row < 0 || row >= screen_rows(screen) || column < 0 || width <= 0)
        return;
    const wchar_t characters[] = {(wchar_t)fill, 0};
    wmove(stdscr, row, column);
    for (int i = 0; i < width; i++)
        put_cell(screen, style, false, characters);
}

void screen_show(struct screen *screen, int row, int column)
{
    wmove(stdscr, MIN(row, screen_rows(screen) - 1), MIN(column, screen_columns(screen) - 1));
    wnoutrefresh(stdscr);
    doupdate();
}

char *screen_read(struct screen *screen, int row)
{
    GString *text = g_string_new(NULL);
    for (int column = 0; column < screen_columns(screen);) {
        wchar_t characters[CCHARW_MAX + 1] = {0};
        attr_t attributes;
        short pair;
        cchar_t cell;
        int width = 1;
        if (mvwin_wch(stdscr, row, column, &cell) == OK &&
            getcchar(&cell, characters, &attributes, &pair, NULL) == OK) {
            width = MAX(wcwidth(characters[0]), 1);
            for (const wchar_t *at = characters; *at; at++)
                g_string_append_unichar(text, (gunichar)*at);
        }
        column += width;
    }
    return g_strchomp(g_string_free(text, FALSE));
}

struct screen_look screen_look_at(struct screen *screen, int row, int column)
{
    (void)screen;
    struct screen_look look = {.foreground = -1, .background = -1};
    wchar_t characters[CCHARW_MAX + 1] = {0};
    attr_t attributes;
    short pair;
    cchar_t cell;
    if (mvwin_wch(stdscr, row, column, &cell) == ERR ||
        getcchar(&cell, characters, &attributes, &pair, NULL) == ERR)
        return look;
    look.bold = attributes & A_BOLD;
    look.dim = attributes & A_DIM;
    look.underline = attributes & A_UNDERLINE;
    look.reverse = attributes & A_REVERSE;
    if (pair > 0) {
        short foreground, background;
        pair_content(pair, &foreground, &background);
        look.foreground = foreground;
        look.background = background;
    }
    return look;
}
