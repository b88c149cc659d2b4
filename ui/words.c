/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <string.h>

G_DEFINE_QUARK(words-error-quark, words_error)

/* How the command wants its words. */
enum grammar {
    GRAMMAR_PLAIN,
    GRAMMAR_SET,
    GRAMMAR_COLOUR,
    GRAMMAR_BIND, /* keys up to the fourth word */
    GRAMMAR_KEYS, /* all of them */
};

/* The last word of "bind" and "macro" that is keys or a command's name. */
#define BIND_KEYS_LAST 3

/* A line being read. */
struct reader {
    const char *at;
    GPtrArray *words;
    enum grammar grammar;
    bool value; /* the next word follows a '=' */
    words_lookup *lookup;
    void *data;
};

static enum grammar find_grammar(const char *command)
{
    static const struct {
        const char *command;
        enum grammar grammar;
    } grammars[] = {
        {"set", GRAMMAR_SET},       {"unset", GRAMMAR_SET},     {"reset", GRAMMAR_SET},
        {"toggle", GRAMMAR_SET},    {"color", GRAMMAR_COLOUR},  {"mono", GRAMMAR_COLOUR},
        {"bind", GRAMMAR_BIND},     {"unbind", GRAMMAR_BIND},   {"macro", GRAMMAR_BIND},
        {"unmacro", GRAMMAR_BIND},  {"push", GRAMMAR_KEYS},     {"exec", GRAMMAR_KEYS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(grammars); i++)
        if (strcmp(command, grammars[i].command) == 0)
            return grammars[i].grammar;
    return GRAMMAR_PLAIN;
}

/* Is the word being read one of keys? */
static bool is_keys(const struct reader *reader)
{
    return reader->grammar == GRAMMAR_KEYS ||
           (reader->grammar == GRAMMAR_BIND && reader->words->len <= BIND_KEYS_LAST);
}

static bool fail(GError **error, const char *problem)
{
    g_set_error_literal(error, WORDS_ERROR, 0, problem);
    return false;
}

static bool is_octal(char character)
{
    return character >= '0' && character <= '7';
}

/* The character that the backslash at TEXT stands for, and in *USED the bytes of both. */
static gunichar read_escape(const char *text, size_t *used)
{
    static const char letters[] = "ntref", meanings[] = "\n\t\r\x1B\f";
    const char *letter = strchr(letters, text[1]);
    *used = 2;
    if (letter)
        return (gunichar)meanings[letter - letters];
    if ((text[1] == 'C' || text[1] == 'c') && text[2] >= '?' && text[2] <= '~') {
        *used = 3;
        return (gunichar)((g_ascii_toupper(text[2]) ^ 0x40) & 0x7F);
    }
    if (is_octal(text[1]) && is_octal(text[2]) && is_octal(text[3])) {
        *used = 4;
        return (gunichar)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
    }
    gunichar itself = g_utf8_get_char(text + 1);
    *used = 1 + (size_t)g_unichar_to_utf8(itself, NULL);
    return itself;
}

static bool add_escape(struct reader *reader, GString *word, GError **error)
{
    const char *text = reader->at;
    if (!text[1])
        return fail(error, "a backslash at the end");
    if (is_keys(reader) && text[1] != '"' && text[1] != '\'') {
        g_string_append_c(word, '\\');
        g_string_append_unichar(word, g_utf8_get_char(text + 1));
        reader->at += 1 + g_unichar_to_utf8(g_utf8_get_char(text + 1), NULL);
        return true;
    }
    size_t used;
    gunichar character = read_escape(text, &used);
    if (!character)
        return fail(error, "a NUL cannot be written");
    g_string_append_unichar(word, character);
    reader->at += used;
    return true;
}

/* Adds what the '$' at the reader stands for. */
static void add_variable(struct reader *reader, GString *word)
{
    const char *start = reader->at + 1, *end, *behind;
    if (*start == '{') {
        end = strpbrk(++start, "}\n");
        behind = end && *end == '}' ? end + 1 : NULL;
    } else {
        for (end = start; g_ascii_isalnum(*end) || *end == '_'; end++)
            ;
        behind = g_ascii_isalpha(*start) ? end : NULL;
    }
    if (!behind) {
        g_string_append_c(word, '$');
        reader->at++;
        return;
    }
    char *name = g_strndup(start, (gsize)(end - start));
    char *value = reader->lookup ? reader->lookup(name, reader->data) : NULL;
    if (value)
        g_string_append(word, value);
    else
        g_string_append_len(word, reader->at, behind - reader->at);
    g_free(value);
    g_free(name);
    reader->at = behind;
}

/* Is the '#' at TEXT the beginning of a colour's number? */
static bool is_colour(const char *text)
{
    for (int i = 1; i <= 6; i++)
        if (!g_ascii_isxdigit(text[i]))
            return false;
    return !text[7] || text[7] == ';' || g_ascii_isspace(text[7]);
}

/* Does the word end at the reader, which is outside of quotes? */
static bool ends_here(const struct reader *reader, const GString *word)
{
    switch (*reader->at) {
    case '\0':
    case ';':
        return true;
    case '#':
        return reader->grammar != GRAMMAR_COLOUR || word->len > 0 || !is_colour(reader->at);
    case '=':
        return reader->grammar == GRAMMAR_SET && !reader->value;
    default:
        return g_ascii_isspace(*reader->at);
    }
}

/* Reads a word that begins at the reader, to its end. */
static bool read_word(struct reader *reader, GString *word, GError **error)
{
    char quote = '\0';
    while (quote ? *reader->at != '\0' : !ends_here(reader, word)) {
        char character = *reader->at;
        if (quote ? character == quote : character == '"' || character == '\'') {
            quote = quote ? '\0' : character;
            reader->at++;
        } else if (quote != '\'' && character == '\\') {
            if (!add_escape(reader, word, error))
                return false;
        } else if (quote != '\'' && character == '$') {
            add_variable(reader, word);
        } else {
            g_string_append_c(word, character);
            reader->at++;
        }
    }
    if (quote)
        g_set_error(error, WORDS_ERROR, 0, "a %c is not closed", quote);
    return !quote;
}

static bool add_word(struct reader *reader, GError **error)
{
    if (*reader->at == '=' && reader->grammar == GRAMMAR_SET && !reader->value) {
        g_ptr_array_add(reader->words, g_strdup("="));
        reader->value = true;
        reader->at++;
        return true;
    }
    GString *word = g_string_new(NULL);
    if (!read_word(reader, word, error)) {
        g_string_free(word, TRUE);
        return false;
    }
    reader->value = false;
    g_ptr_array_add(reader->words, g_string_free(word, FALSE));
    if (reader->words->len == 1)
        reader->grammar = find_grammar(reader->words->pdata[0]);
    return true;
}

bool words_split(const char **line, GPtrArray *words, words_lookup *lookup, void *data,
                 GError **error)
{
    struct reader reader = {.at = *line, .words = words, .lookup = lookup, .data = data};
    bool good = true;

    g_ptr_array_set_size(words, 0);
    while (good) {
        while (g_ascii_isspace(*reader.at))
            reader.at++;
        if (!*reader.at || *reader.at == ';' ||
            (*reader.at == '#' &&
             (reader.grammar != GRAMMAR_COLOUR || !is_colour(reader.at))))
            break;
        good = add_word(&reader, error);
    }
    if (good && *reader.at == '#')
        reader.at += strlen(reader.at);
    *line = *reader.at == ';' ? reader.at + 1 : reader.at;
    return good;
}

void words_append_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++)
        if (strchr("\\\"$", *text))
            g_string_append_printf(out, "\\%c", *text);
        else if (g_ascii_iscntrl(*text))
            g_string_append_printf(out, "\\%03o", (unsigned)*text);
        else
            g_string_append_c(out, *text);
    g_string_append_c(out, '"');
}
