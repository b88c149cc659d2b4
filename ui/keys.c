/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How keys are written. The table of what they run is in keymap.c. */
#include "keys.h"

#include <string.h>

G_DEFINE_QUARK(keys-error-quark, keys_error)

/* As many as terminfo(5) has names for. */
#define FUNCTION_KEY_MAX 63

struct key_name {
    const char *name;
    uint32_t key;
};

/* By these a key is shown. */
static const struct key_name key_names[] = {
    {"Up", KEYS_UP},
    {"Down", KEYS_DOWN},
    {"Left", KEYS_LEFT},
    {"Right", KEYS_RIGHT},
    {"Home", KEYS_HOME},
    {"End", KEYS_END},
    {"PageUp", KEYS_PAGE_UP},
    {"PageDown", KEYS_PAGE_DOWN},
    {"Insert", KEYS_INSERT},
    {"Delete", KEYS_DELETE},
    {"Backspace", KEYS_BACKSPACE},
    {"BackTab", KEYS_BACKTAB},
    {"Enter", '\r'},
    {"Tab", '\t'},
    {"Esc", 0x1B},
    {"Space", ' '},
};

/* By these, neomutt's, it may be written besides. */
static const struct key_name other_names[] = {
    {"Return", '\r'},    {"KeypadEnter", '\r'},    {"Next", KEYS_PAGE_DOWN}, {"Hash", '#'},
    {"Semicolon", ';'},  {"DoubleQuote", '"'},     {"Quote", '\''},          {"Backslash", '\\'},
    {"Backtick", '`'},   {"Dollar", '$'},          {"Less", '<'},            {"Greater", '>'},
};

static uint32_t find_in(const struct key_name *names, size_t count, const char *name,
                        size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i].name) == length &&
            g_ascii_strncasecmp(names[i].name, name, length) == 0)
            return names[i].key;
    return 0;
}

/* The key called by the LENGTH bytes at NAME, 0 if there is none. */
static uint32_t find_name(const char *name, size_t length)
{
    uint32_t key = find_in(key_names, G_N_ELEMENTS(key_names), name, length);
    if (!key)
        key = find_in(other_names, G_N_ELEMENTS(other_names), name, length);
    if (key || length < 2 || length > 3 || g_ascii_toupper(*name) != 'F')
        return key;
    uint32_t number = 0;
    for (size_t i = 1; i < length; i++) {
        if (!g_ascii_isdigit(name[i]))
            return 0;
        number = number * 10 + (uint32_t)(name[i] - '0');
    }
    return number >= 1 && number <= FUNCTION_KEY_MAX ? KEYS_F0 + number : 0;
}

/* The key of the command called by the LENGTH bytes at NAME, 0 if there is none. */
static uint32_t find_command(const char *name, size_t length)
{
    char *copy = g_strndup(name, length);
    const struct command *command = command_find(copy);
    g_free(copy);
    return command ? KEYS_COMMAND + (uint32_t)command_index(command) : 0;
}

/* How long the name is that the "<" at TEXT begins, without its brackets; 0 if it does not, as in
 * "~d <2w" in a macro. */
static size_t name_length(const char *text)
{
    size_t length = 0;
    while (g_ascii_isalnum(text[1 + length]) || text[1 + length] == '-')
        length++;
    return text[1 + length] == '>' ? length : 0;
}

static bool is_octal(char character)
{
    return character >= '0' && character <= '7';
}

/* DEL is what most terminals send for Backspace. */
static uint32_t key_of(uint32_t character)
{
    return character == 0x7F ? KEYS_BACKSPACE : character;
}

/* Reads CHARACTER with Control. */
static bool parse_control(char character, uint32_t *key)
{
    *key = key_of((uint32_t)(g_ascii_toupper(character) ^ 0x40));
    return g_ascii_isalpha(character) || (character && strchr("@[\\]^_?", character));
}

/* The bytes of the key that the backslash at TEXT begins, 0 if it is none. */
static size_t parse_escape(const char *text, uint32_t *key)
{
    static const char letters[] = "etrnf", meanings[] = "\x1B\t\r\n\f";
    const char *letter = text[1] ? strchr(letters, text[1]) : NULL;
    if (letter) {
        *key = (uint32_t)meanings[letter - letters];
        return 2;
    }
    if (text[1] == 'C' || text[1] == 'c')
        return parse_control(text[2], key) ? 3 : 0;
    if (is_octal(text[1]) && is_octal(text[2]) && is_octal(text[3])) {
        *key = key_of((uint32_t)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0')));
        return 4;
    }
    *key = (unsigned char)text[1];
    return g_ascii_ispunct(text[1]) || text[1] == ' ' ? 2 : 0;
}

/* One key at TEXT, or with COMMANDS a command in angle brackets. Its bytes, or 0 with *PROBLEM
 * set. */
static size_t parse_key(const char *text, bool commands, uint32_t *key, const char **problem)
{
    if (*text == '\\') {
        *problem = "no such key behind a backslash";
        return parse_escape(text, key);
    }
    if (*text == '^' && text[1] != '^' && text[1] != '\\' && parse_control(text[1], key))
        return 2;
    size_t length = *text == '<' ? name_length(text) : 0;
    if (length) {
        *key = find_name(text + 1, length);
        if (!*key && commands)
            *key = find_command(text + 1, length);
        *problem = commands ? "no key or command has this name" : "no key has this name";
        return *key ? length + 2 : 0;
    }
    gunichar character = g_utf8_get_char_validated(text, -1);
    *problem = "not valid UTF-8";
    if (character == (gunichar)-1 || character == (gunichar)-2)
        return 0;
    *key = key_of(character);
    return (size_t)g_unichar_to_utf8(character, NULL);
}

size_t keys_parse(const char *text, uint32_t keys[KEYS_SEQUENCE_MAX], const char **problem)
{
    size_t count = 0;
    *problem = "no key";
    while (*text) {
        if (count == KEYS_SEQUENCE_MAX) {
            *problem = "too many keys in a row";
            return 0;
        }
        size_t used = parse_key(text, false, &keys[count], problem);
        if (!used)
            return 0;
        text += used;
        count++;
    }
    return count;
}

/* What of TEXT an error shows: the name or the escape that it begins with. */
static int shown_length(const char *text)
{
    return *text == '<' ? (int)name_length(text) + 2 : (int)strnlen(text, 2);
}

GArray *keys_parse_macro(const char *text, GError **error)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    while (*text) {
        const char *problem;
        uint32_t key;
        size_t used = parse_key(text, true, &key, &problem);
        if (!used)
            g_set_error(error, KEYS_ERROR, 0, "%s: %.*s", problem, shown_length(text), text);
        else if (keys->len == KEYS_MACRO_MAX)
            g_set_error(error, KEYS_ERROR, 0, "more than %d keys", KEYS_MACRO_MAX);
        if (!used || keys->len == KEYS_MACRO_MAX) {
            g_array_unref(keys);
            return NULL;
        }
        g_array_append_val(keys, key);
        text += used;
    }
    return keys;
}

static const char *shown_name(uint32_t key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++)
        if (key_names[i].key == key)
            return key_names[i].name;
    if (key == KEYS_MOUSE)
        return "Mouse";
    if (key >= KEYS_COMMAND && key - KEYS_COMMAND < command_count())
        return command_at(key - KEYS_COMMAND)->name;
    return key > 0x10FFFF && (key <= KEYS_F0 || key > KEYS_F0 + FUNCTION_KEY_MAX) ? "Other" : NULL;
}

void keys_append_name(GString *out, uint32_t key)
{
    const char *name = shown_name(key);
    if (name)
        g_string_append_printf(out, "<%s>", name);
    else if (key > KEYS_F0)
        g_string_append_printf(out, "<F%u>", (unsigned)(key - KEYS_F0));
    else if (key == 0x1C || key == 0x1E) /* "^\\" and "^^" are read as two keys */
        g_string_append_printf(out, "\\%03o", (unsigned)key);
    else if (key < 0x20)
        g_string_append_printf(out, "^%c", (int)(key ^ 0x40));
    else
        g_string_append_unichar(out, key);
}
