/* SPDX-License-Identifier: GPL-2.0-or-later */
#define NCURSES_WIDECHAR 1
#include "screen.h"

#include "glyph.h"
#include "keys.h"
#include "palette.h"
#include "rescue.h"

#include <curses.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

/* <term.h> has a macro for every capability, this one among them. */
#undef columns

/* Milliseconds that a lone Escape waits for the rest of a function key's sequence. */
#define ESCAPE_DELAY 50

/* Presses of a button on one cell that are no further apart are a double click. Microseconds. */
#define DOUBLE_CLICK (G_USEC_PER_SEC / 2)

/* Events of the mouse that curses keeps. */
#define EVENTS_MAX 8

/* Those that mean something here: a click and the wheel. */
#define MOUSE_EVENTS (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED)

/* All that a terminal says of its buttons. */
#define MOUSE_REPORTS                                                                             \
    (BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON2_PRESSED | BUTTON2_RELEASED | BUTTON3_PRESSED |  \
     BUTTON3_RELEASED | BUTTON4_PRESSED | BUTTON4_RELEASED | BUTTON5_PRESSED | BUTTON5_RELEASED)

#define DIRECT_COLOURS 0x1000000

/* A style, as the terminal has it. */
struct cell_look {
    attr_t attributes;
    int foreground, background; /* the terminal's numbers, -1 its own */
    int pair;
};

struct click {
    gint64 time; /* monotonic; 0: none */
    int row, column;
};

struct screen {
    SCREEN *handle;
    FILE *output;
    int colours;         /* of the terminal: 0, 8, 16, 256 or DIRECT_COLOURS */
    int indexed;         /* of DIRECT_COLOURS: the first that are those of the palette */
    bool has_defaults;   /* it has colours of its own besides */
    bool prints_strings; /* shows control strings that it does not know */
    bool cursor;         /* is to be seen */
    GArray *looks;       /* struct cell_look, by style */
    GHashTable *pairs;   /* of curses, by their colours: see pair_for() */
    struct click click;  /* the one before */
    MEVENT events[EVENTS_MAX]; /* of the mouse, those to come, the last one first */
    int event_count;
    MEVENT event; /* that screen_mouse() tells; bstate is 0 if there is none */
};

/* What curses keeps in a cell. */
struct cell {
    wchar_t characters[CCHARW_MAX + 1];
    int width;
    attr_t attributes;
    int pair;
};

static const struct {
    unsigned look;
    attr_t curses;
} attributes[] = {
    {LOOK_BOLD, A_BOLD},       {LOOK_DIM, A_DIM},       {LOOK_UNDERLINE, A_UNDERLINE},
    {LOOK_REVERSE, A_REVERSE}, {LOOK_ITALIC, A_ITALIC}, {LOOK_BLINK, A_BLINK},
};

GQuark screen_error_quark(void)
{
    return g_quark_from_static_string("pore-screen-error");
}

static void add_rescue(const char *name)
{
    const char *bytes = tigetstr(name);
    if (bytes && bytes != (const char *)-1)
        rescue_add(bytes);
}

/* MODES: those of the terminal before, or NULL. */
static void arm_rescue(int output, const struct termios *modes)
{
    rescue_begin(output, modes);
    add_rescue("sgr0");
    add_rescue("op");
    add_rescue("rmkx");
    add_rescue("cnorm");
    /* The mouse, whether it is on or not: nothing says how but what curses does by itself. */
    if (key_mouse)
        rescue_add("\033[?1006l\033[?1000l");
    add_rescue("rmcup");
    rescue_arm(true);
}

/* Do the terminal's numbers of colours stand for red, green and blue (user_caps(5), "RGB")? */
static bool is_direct(void)
{
    const char *bits = tigetstr("RGB");
    return tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || (bits && bits != (const char *)-1);
}

static void start_colours(struct screen *screen)
{
    const char *no_colour = g_getenv("NO_COLOR");
    if ((no_colour && *no_colour) || !has_colors() || start_color() == ERR || COLORS < 8)
        return;
    screen->has_defaults = use_default_colors() == OK;
    screen->indexed = MAX(tigetnum("CO"), 8);
    if (is_direct())
        /* Eight bits each, or what is left are the ones that have numbers in any case. */
        screen->colours = COLORS >= DIRECT_COLOURS ? DIRECT_COLOURS : 8;
    else
        screen->colours = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : 8;
}

/* Consoles and old terminals print what they find in a control string. */
static bool prints_strings(const char *term)
{
    static const char *const kinds[] = {"linux", "vt", "ansi", "cons", "pcansi", "wsvt", "sun"};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(term, kinds[i]))
            return true;
    return false;
}

/* ^S and ^Q are keys, and no longer stop a terminal that prints on paper. */
static void free_flow_control(int output)
{
    struct termios modes;
    if (tcgetattr(output, &modes))
        return;
    modes.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(output, TCSADRAIN, &modes);
    def_prog_mode();
}

/* curses ignores SIGTSTP while it draws, and a ^Z is lost that is pressed just then: unless, when it
 * starts, there is something else than the default for it to put back. */
static SCREEN *start_curses(const char *term, FILE *out, FILE *in)
{
    struct sigaction ignored = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGTSTP, &ignored, &before);
    SCREEN *handle = newterm(term, out, in);
    sigaction(SIGTSTP, &before, NULL);
    return handle;
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

    struct termios modes;
    bool has_modes = tcgetattr(fileno(out), &modes) == 0;
    struct screen *screen = g_new0(struct screen, 1);
    screen->output = out;
    screen->prints_strings = prints_strings(term);
    screen->handle = start_curses(term, out, in);
    if (!screen->handle) {
        g_set_error(error, SCREEN_ERROR, 0, "cannot use the terminal %s", term);
        g_free(screen);
        return NULL;
    }
    arm_rescue(fileno(out), has_modes ? &modes : NULL);
    set_escdelay(ESCAPE_DELAY);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    free_flow_control(fileno(out));
    mouseinterval(0);
    start_colours(screen);
    screen->looks = g_array_new(FALSE, TRUE, sizeof(struct cell_look));
    screen->pairs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    curs_set(0);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (!screen)
        return;
    endwin();
    rescue_arm(false);
    delscreen(screen->handle);
    g_array_unref(screen->looks);
    g_hash_table_unref(screen->pairs);
    g_free(screen);
}

void screen_suspend(struct screen *screen)
{
    (void)screen;
    endwin();
    rescue_arm(false);
}

void screen_resume(struct screen *screen)
{
    reset_prog_mode();
    rescue_arm(true);
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
    if (ioctl(fileno(screen->output), TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
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

/* Takes what curses has gathered under one KEY_MOUSE: it gives the last event first. */
static void take_events(struct screen *screen)
{
    MEVENT event;
    while (screen->event_count < EVENTS_MAX && getmouse(&event) == OK)
        if (event.bstate & MOUSE_EVENTS)
            screen->events[screen->event_count++] = event;
}

bool screen_key(struct screen *screen, uint32_t *key)
{
    wint_t input;
    screen->event.bstate = 0;
    for (;;) {
        if (screen->event_count > 0) {
            screen->event = screen->events[--screen->event_count];
            *key = KEYS_MOUSE;
            return true;
        }
        int kind = wget_wch(stdscr, &input);
        if (kind == ERR)
            return false;
        /* resizeterm() leaves this behind; sizes come through screen_fit(). */
        if (kind == KEY_CODE_YES && input == KEY_RESIZE)
            continue;
        if (kind == KEY_CODE_YES && input == KEY_MOUSE) {
            take_events(screen);
            continue;
        }
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

int screen_colours(const struct screen *screen)
{
    return screen->colours;
}

/* The number that the terminal has for COLOUR of a look. */
static int terminal_colour(const struct screen *screen, int32_t colour)
{
    if (screen->colours != DIRECT_COLOURS || colour < 0 || colour < screen->indexed)
        return colour;
    uint32_t rgb = colour & LOOK_RGB ? (uint32_t)colour & 0xFFFFFF : palette_rgb(colour);
    /* The darkest blues have given their numbers to the palette. */
    return rgb < (uint32_t)screen->indexed ? COLOR_BLACK : (int)rgb;
}

/* The way back. */
static int32_t look_colour(const struct screen *screen, int number)
{
    if (screen->colours == DIRECT_COLOURS && number >= screen->indexed)
        return LOOK_RGB | number;
    return number;
}

/* The pair of curses that has these colours, made when it is first asked for; curses would give one
 * that is in use to somebody else when it has no more (alloc_pair(3)), here what is left is the
 * foreground, or nothing. */
static int pair_for(struct screen *screen, int foreground, int background)
{
    if (foreground < 0 && background < 0)
        return 0;
    if (!screen->has_defaults) {
        foreground = foreground < 0 ? COLOR_WHITE : foreground;
        background = background < 0 ? COLOR_BLACK : background;
    }
    const gint64 key = (gint64)foreground * (2 * DIRECT_COLOURS) + background;
    gpointer found;
    if (g_hash_table_lookup_extended(screen->pairs, &key, NULL, &found))
        return GPOINTER_TO_INT(found);
    int pair = (int)g_hash_table_size(screen->pairs) + 1;
    if (pair < COLOR_PAIRS && init_extended_pair(pair, foreground, background) == OK) {
        g_hash_table_insert(screen->pairs, g_memdup2(&key, sizeof key), GINT_TO_POINTER(pair));
        return pair;
    }
    const gint64 plain = (gint64)foreground * (2 * DIRECT_COLOURS) +
                         (screen->has_defaults ? LOOK_DEFAULT : COLOR_BLACK);
    return GPOINTER_TO_INT(g_hash_table_lookup(screen->pairs, &plain));
}

static struct cell_look make_look(struct screen *screen, const struct look *look)
{
    const struct look fit = palette_fit(look, screen->colours);
    struct cell_look made = {.attributes = A_NORMAL};
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++)
        if (fit.attributes & attributes[i].look)
            made.attributes |= attributes[i].curses;
    made.foreground = terminal_colour(screen, fit.foreground);
    made.background = terminal_colour(screen, fit.background);
    made.pair = pair_for(screen, made.foreground, made.background);
    return made;
}

void screen_set_looks(struct screen *screen, const struct look *looks, size_t count)
{
    if (screen->colours > 0)
        reset_color_pairs();
    g_hash_table_remove_all(screen->pairs);
    g_array_set_size(screen->looks, 0);
    for (size_t i = 0; i < count; i++) {
        struct cell_look made = make_look(screen, &looks[i]);
        g_array_append_val(screen->looks, made);
    }
    /* What stands on the screen may have pairs that are others now. */
    screen_redraw(screen);
}

static struct cell_look find_look(const struct screen *screen, enum style style)
{
    static const struct cell_look plain = {
        .attributes = A_NORMAL, .foreground = LOOK_DEFAULT, .background = LOOK_DEFAULT};
    guint index = (guint)style < screen->looks->len ? (guint)style : STYLE_NORMAL;
    return screen->looks->len > 0 ? g_array_index(screen->looks, struct cell_look, index) : plain;
}

static void put_cell(const wchar_t *characters, attr_t how, int pair)
{
    cchar_t cell;
    if (setcchar(&cell, characters, how, 0, &pair) == OK)
        wadd_wch(stdscr, &cell);
}

/* What is at ROW and COLUMN, which has to be the first cell of a character. */
static void read_cell(int row, int column, struct cell *out)
{
    short pair;
    cchar_t cell;
    *out = (struct cell){.width = 1};
    if (mvwin_wch(stdscr, row, column, &cell) == ERR ||
        getcchar(&cell, out->characters, &out->attributes, &pair, &out->pair) == ERR)
        return;
    out->attributes &= ~(attr_t)A_COLOR;
    out->width = MAX(wcwidth(out->characters[0]), 1);
}

/* Takes what lies outside of the screen off WIDTH. False if nothing is left. */
static bool clip(const struct screen *screen, int row, int column, int *width)
{
    *width = MIN(*width, screen_columns(screen) - column);
    return row >= 0 && row < screen_rows(screen) && column >= 0 && *width > 0;
}

int screen_put(struct screen *screen, int row, int column, int width, enum style style,
               const char *text, size_t length)
{
    if (!clip(screen, row, column, &width))
        return 0;
    const struct cell_look look = find_look(screen, style);
    int used = 0;
    wmove(stdscr, row, column);
    for (size_t at = 0; at < length;) {
        struct glyph glyph;
        glyph_next(text + at, length - at, &glyph);
        if (used + glyph.width > width)
            break;
        attr_t how = glyph.mark ? look.attributes ^ A_REVERSE : look.attributes;
        if (glyph.caret) {
            put_cell(L"^", how, look.pair);
            glyph.characters[0] = (wchar_t)glyph.caret;
        }
        put_cell(glyph.characters, how, look.pair);
        used += glyph.width;
        at += glyph.length;
    }
    return used;
}

void screen_fill(struct screen *screen, int row, int column, int width, enum style style,
                 char fill)
{
    if (!clip(screen, row, column, &width))
        return;
    const struct cell_look look = find_look(screen, style);
    const wchar_t characters[] = {(wchar_t)fill, 0};
    wmove(stdscr, row, column);
    for (int i = 0; i < width; i++)
        put_cell(characters, look.attributes, look.pair);
}

static void lay_over(struct screen *screen, const struct cell_look *look, struct cell *cell)
{
    if (look->attributes & A_REVERSE) {
        cell->attributes = look->attributes;
        cell->pair = look->pair;
        return;
    }
    int foreground = -1, background = -1;
    if (cell->pair > 0)
        extended_pair_content(cell->pair, &foreground, &background);
    cell->attributes |= look->attributes;
    cell->pair = pair_for(screen, look->foreground < 0 ? foreground : look->foreground,
                           look->background < 0 ? background : look->background);
}

void screen_overlay(struct screen *screen, int row, int column, int width, enum style style)
{
    if (!clip(screen, row, column, &width))
        return;
    const struct cell_look look = find_look(screen, style);
    struct cell cell;
    /* From the edge on: nothing else tells the second cell of a wide character from the first. */
    for (int at = 0; at < column + width; at += cell.width) {
        read_cell(row, at, &cell);
        if (at < column)
            continue;
        lay_over(screen, &look, &cell);
        wmove(stdscr, row, at);
        put_cell(cell.characters, cell.attributes, cell.pair);
    }
}

void screen_show(struct screen *screen, int row, int column, bool visible)
{
    if (visible != screen->cursor)
        curs_set(visible);
    screen->cursor = visible;
    wmove(stdscr, MIN(row, screen_rows(screen) - 1), MIN(column, screen_columns(screen) - 1));
    wnoutrefresh(stdscr);
    doupdate();
}

void screen_beep(struct screen *screen)
{
    (void)screen;
    beep();
}

void screen_set_mouse(struct screen *screen, bool on)
{
    screen->click = (struct click){0};
    screen->event_count = 0;
    /* Behind a report that it does not keep curses waits for a key, whatever it was told. */
    mousemask(on ? MOUSE_REPORTS : 0, NULL);
}

/* curses itself would hold back every click to see whether a second one comes. */
static enum screen_click count_click(struct screen *screen, int row, int column)
{
    const struct click before = screen->click;
    const gint64 now = g_get_monotonic_time();
    if (before.time > 0 && now - before.time <= DOUBLE_CLICK && before.row == row &&
        before.column == column) {
        screen->click = (struct click){0};
        return CLICK_OPEN;
    }
    screen->click = (struct click){now, row, column};
    return CLICK_SELECT;
}

bool screen_mouse(struct screen *screen, enum screen_click *click, int *row, int *column)
{
    const MEVENT event = screen->event;
    screen->event.bstate = 0;
    *row = event.y;
    *column = event.x;
    if (event.bstate & BUTTON4_PRESSED)
        *click = CLICK_WHEEL_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        *click = CLICK_WHEEL_DOWN;
    else if (event.bstate & BUTTON1_PRESSED)
        *click = count_click(screen, event.y, event.x);
    return (event.bstate & MOUSE_EVENTS) != 0;
}

bool screen_copy(struct screen *screen, const char *text)
{
    size_t length = strlen(text);
    if (screen->prints_strings || length > SCREEN_CLIPBOARD_MAX)
        return false;
    /* curses holds nothing back between its calls, so this comes behind what it has sent. */
    char *encoded = g_base64_encode((const guchar *)text, length);
    fprintf(screen->output, "\033]52;c;%s\a", encoded);
    fflush(screen->output);
    g_free(encoded);
    return true;
}

static struct look describe(const struct screen *screen, const struct cell *cell)
{
    struct look look = {0};
    int foreground = -1, background = -1;
    if (cell->pair > 0)
        extended_pair_content(cell->pair, &foreground, &background);
    look.foreground = look_colour(screen, foreground);
    look.background = look_colour(screen, background);
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++)
        if (cell->attributes & attributes[i].curses)
            look.attributes |= attributes[i].look;
    return look;
}

struct screen_look screen_look_at(struct screen *screen, int row, int column)
{
    struct cell cell;
    read_cell(row, column, &cell);
    const struct look look = describe(screen, &cell);
    return (struct screen_look){
        .bold = look.attributes & LOOK_BOLD,
        .dim = look.attributes & LOOK_DIM,
        .underline = look.attributes & LOOK_UNDERLINE,
        .reverse = look.attributes & LOOK_REVERSE,
        .italic = look.attributes & LOOK_ITALIC,
        .blink = look.attributes & LOOK_BLINK,
        .foreground = look.foreground,
        .background = look.background,
    };
}

static bool look_equal(const struct look *one, const struct look *other)
{
    return one->foreground == other->foreground && one->background == other->background &&
           one->attributes == other->attributes;
}

/* Appends what is shown in ROW to OUT, up to the last cell that is not a plain blank. */
static void append_row(struct screen *screen, int row, bool with_looks, GString *out)
{
    static const struct look plain = {.foreground = LOOK_DEFAULT, .background = LOOK_DEFAULT};
    struct look before = plain, last = plain;
    struct cell cell;
    gsize end = out->len;
    for (int column = 0; column < screen_columns(screen); column += cell.width) {
        read_cell(row, column, &cell);
        const struct look look = with_looks ? describe(screen, &cell) : plain;
        if (!look_equal(&look, &before))
            palette_append_sgr(out, &look);
        before = look;
        for (const wchar_t *at = cell.characters; *at; at++)
            g_string_append_unichar(out, (gunichar)*at);
        if (wcscmp(cell.characters, L" ") != 0 || !look_equal(&look, &plain)) {
            end = out->len;
            last = look;
        }
    }
    g_string_truncate(out, end);
    if (!look_equal(&last, &plain))
        palette_append_sgr(out, &plain);
}

char *screen_read(struct screen *screen, int row)
{
    GString *text = g_string_new(NULL);
    append_row(screen, row, false, text);
    return g_string_free(text, FALSE);
}

char *screen_dump(struct screen *screen, bool with_looks)
{
    GString *text = g_string_new(NULL);
    for (int row = 0; row < screen_rows(screen); row++) {
        append_row(screen, row, with_looks, text);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
