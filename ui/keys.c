/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys.h"

#include <string.h>

static const char default_keys[] =
#include "default-keys.inc"
    ;

/* The first name of a key is the one that is shown. */
static const struct {
    const char *name;
    uint32_t key;
} key_names[] = {
    {"<Up>", KEYS_UP},
    {"<Down>", KEYS_DOWN},
    {"<Left>", KEYS_LEFT},
    {"<Right>", KEYS_RIGHT},
    {"<Home>", KEYS_HOME},
    {"<End>", KEYS_END},
    {"<PageUp>", KEYS_PAGE_UP},
    {"<PageDown>", KEYS_PAGE_DOWN},
    {"<Insert>", KEYS_INSERT},
    {"<Delete>", KEYS_DELETE},
    {"<Backspace>", KEYS_BACKSPACE},
    {"<BackTab>", KEYS_BACKTAB},
    {"<Enter>", '\r'},
    {"<Return>", '\r'},
    {"<Tab>", '\t'},
    {"<Esc>", 0x1B},
    {"<Space>", ' '},
};

#define FUNCTION_KEY_MAX 63

struct keymap *keymap_new(void)
{
    struct keymap *keymap = g_new0(struct keymap, 1);
    keymap->bindings = g_ptr_array_new_with_free_func(g_free);
    return keymap;
}

void keymap_free(struct keymap *keymap)
{
    if (!keymap)
        return;
    g_ptr_array_unref(keymap->bindings);
    g_free(keymap);
}

/* The key called by the LENGTH bytes at NAME, with its angle brackets; 0 if there is none. */
static uint32_t find_name(const char *name, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++)
        if (strlen(key_names[i].name) == length &&
            g_ascii_strncasecmp(key_names[i].name, name, length) == 0)
            return key_names[i].key;
    if (length < 4 || length > 5 || g_ascii_toupper(name[1]) != 'F')
        return 0;
    uint32_t number = 0;
    for (size_t i = 2; i < length - 1; i++) {
        if (!g_ascii_isdigit(name[i]))
            return 0;
        number = number * 10 + (uint32_t)(name[i] - '0');
    }
    return number >= 1 && number <= FUNCTION_KEY_MAX ? KEYS_F0 + number : 0;
}

/* The key behind a backslash at TEXT, and in *USED its bytes; 0 if there is none. */
static uint32_t parse_escape(const char *text, size_t *used)
{
    *used = 2;
    switch (text[1]) {
    case 'e':
        return 0x1B;
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'n':
        return '\n';
    case '\\':
    case '#':
    case '<':
    case '^':
        return (uint32_t)(unsigned char)text[1];
    case 'C':
    case 'c':
        *used = 3;
        return g_ascii_isalpha(text[2]) || (text[2] && strchr("@[\\]^_", text[2]))
                   ? (uint32_t)(g_ascii_toupper(text[2]) ^ 0x40)
                   : 0;
    default:
        return 0;
    }
}

/* One key at TEXT. Its bytes, or 0 with *PROBLEM set. */
static size_t parse_key(const char *text, uint32_t *key, const char **problem)
{
    size_t used = 0;
    if (*text == '\\') {
        *key = parse_escape(text, &used);
        *problem = "no such key behind a backslash";
        return *key ? used : 0;
    }
    if (*text == '^' && g_ascii_isalpha(text[1])) {
        *key = (uint32_t)(g_ascii_toupper(text[1]) ^ 0x40);
        return 2;
    }
    const char *close = *text == '<' ? strchr(text, '>') : NULL;
    if (close) {
        used = (size_t)(close - text) + 1;
        *key = find_name(text, used);
        *problem = "no key has this name";
        return *key ? used : 0;
    }
    gunichar character = g_utf8_get_char_validated(text, -1);
    *problem = "not valid UTF-8";
    if (character == (gunichar)-1 || character == (gunichar)-2)
        return 0;
    *key = character;
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
        size_t used = parse_key(text, &keys[count], problem);
        if (!used)
            return 0;
        text += used;
        count++;
    }
    return count;
}

void keys_append_name(GString *out, uint32_t key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++)
        if (key_names[i].key == key) {
            g_string_append(out, key_names[i].name);
            return;
        }
    if (key > KEYS_F0)
        g_string_append_printf(out, "<F%u>", (unsigned)(key - KEYS_F0));
    else if (key >= KEYS_UP)
        g_string_append(out, "<Other>");
    else if (key < 0x20)
        g_string_append_printf(out, "^%c", (int)(key ^ 0x40));
    else
        g_string_append_unichar(out, key);
}

/* Does one sequence begin with the other, or are they the same? */
static bool overlap(const struct binding *a, const struct binding *b)
{
    size_t shorter = MIN(a->length, b->length);
    return memcmp(a->keys, b->keys, shorter * sizeof *a->keys) == 0;
}

static void add_binding(struct keymap *keymap, const struct binding *binding)
{
    for (guint i = 0; i < keymap->bindings->len;) {
        const struct binding *old = keymap->bindings->pdata[i];
        if (old->context == binding->context && overlap(old, binding))
            g_ptr_array_remove_index(keymap->bindings, i);
        else
            i++;
    }
    g_ptr_array_add(keymap->bindings, g_memdup2(binding, sizeof *binding));
}

static void add_error(GPtrArray *errors, const char *name, unsigned line, const char *problem,
                      const char *word)
{
    g_ptr_array_add(errors, g_strdup_printf("%s:%u: %s: %s", name, line, problem, word));
}

/* Why COMMAND cannot be bound in CONTEXT, or NULL. */
static const char *context_problem(const struct command *command, enum context context)
{
    if (context != CONTEXT_GENERIC)
        return command->contexts & (1u << context) ? NULL : "the command is not for this context";
    return (command->contexts & COMMANDS_EVERYWHERE) == COMMANDS_EVERYWHERE
               ? NULL
               : "the command is not for every context";
}

static const char *bind_contexts(struct keymap *keymap, const char *contexts,
                                 struct binding *binding, const char **word)
{
    const char *problem = NULL;
    char **names = g_strsplit(contexts, ",", -1);
    for (char **name = names; *name && !problem; name++) {
        if (!context_find(*name, &binding->context))
            problem = "no such context";
        else
            problem = context_problem(binding->command, binding->context);
        if (problem)
            *word = contexts;
        else
            add_binding(keymap, binding);
    }
    g_strfreev(names);
    return problem;
}

/* Reads one line that is no comment. NULL, or what is wrong with *WORD of it. */
static const char *read_words(struct keymap *keymap, char *const *words, const char **word)
{
    struct binding binding = {0};
    const char *problem;

    *word = words[0];
    if (!words[1] || !words[2])
        return "a line is \"context key command\"";
    *word = words[1];
    binding.length = keys_parse(words[1], binding.keys, &problem);
    if (!binding.length)
        return problem;
    *word = words[2];
    binding.command = command_find(words[2]);
    if (!binding.command)
        return "no such command";
    *word = words[3];
    if (words[3])
        return "the command takes no arguments";
    return bind_contexts(keymap, words[0], &binding, word);
}

static void read_line(struct keymap *keymap, const char *line, const char *name, unsigned number,
                      GPtrArray *errors)
{
    char **split = g_strsplit_set(line, " \t\r", -1);
    GPtrArray *words = g_ptr_array_new();
    for (char **word = split; *word; word++)
        if (**word)
            g_ptr_array_add(words, *word);
    g_ptr_array_add(words, NULL);
    if (words->len > 1 && *(const char *)words->pdata[0] != '#') {
        const char *word = "";
        const char *problem = read_words(keymap, (char *const *)words->pdata, &word);
        if (problem)
            add_error(errors, name, number, problem, word);
    }
    g_ptr_array_unref(words);
    g_strfreev(split);
}

void keymap_read(struct keymap *keymap, const char *text, const char *name, GPtrArray *errors)
{
    char **lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        read_line(keymap, lines[i], name, i + 1, errors);
    g_strfreev(lines);
}

struct keymap *keymap_default(void)
{
    struct keymap *keymap = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    keymap_read(keymap, default_keys, "mutt.keys", errors);
    for (guint i = 0; i < errors->len; i++)
        g_warning("%s", (const char *)errors->pdata[i]);
    g_ptr_array_unref(errors);
    return keymap;
}

static enum keymap_answer resolve_in(const struct keymap *keymap, enum context context,
                                     const uint32_t *keys, size_t count,
                                     const struct command **command)
{
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = keymap->bindings->pdata[i];
        if (binding->context != context || binding->length < count ||
            memcmp(binding->keys, keys, count * sizeof *keys) != 0)
            continue;
        *command = binding->command;
        return binding->length == count ? KEYMAP_COMMAND : KEYMAP_PREFIX;
    }
    return KEYMAP_NOTHING;
}

enum keymap_answer keymap_resolve(const struct keymap *keymap, enum context context,
                                  const uint32_t *keys, size_t count,
                                  const struct command **command)
{
    enum keymap_answer answer = resolve_in(keymap, context, keys, count, command);
    return answer == KEYMAP_NOTHING ? resolve_in(keymap, CONTEXT_GENERIC, keys, count, command)
                                    : answer;
}

bool keymap_describe(const struct keymap *keymap, enum context context,
                     const struct command *command, size_t max, const char *separator,
                     GString *out)
{
    size_t found = 0;
    for (guint i = 0; i < keymap->bindings->len && found < max; i++) {
        const struct binding *binding = keymap->bindings->pdata[i];
        const struct command *runs;
        /* A key of "generic" that the view has bound to something else does not count. */
        if (binding->command != command ||
            (binding->context != context && binding->context != CONTEXT_GENERIC) ||
            keymap_resolve(keymap, context, binding->keys, binding->length, &runs) !=
                KEYMAP_COMMAND ||
            runs != command)
            continue;
        if (found++)
            g_string_append(out, separator);
        for (size_t k = 0; k < binding->length; k++)
            keys_append_name(out, binding->keys[k]);
    }
    return found > 0;
}
