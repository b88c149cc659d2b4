/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of patterns: mutt's, by recursive descent, which parentheses alone make deeper. */
#include "pattern_tree.h"

#include <string.h>

/* Characters of the pattern that an error shows. */
#define SHOWN_MAX 40

/* Letters that need the text of a mail. */
#define TEXT_LETTERS "bBhtcCLyz"

/* Letters of which the answer changes while the posting stays what it is. */
#define VOLATILE_LETTERS "amuwDFNOPQRSTUvWY=("

/* Letters for which a thread is walked. */
#define THREAD_LETTERS "auwW"

struct parser {
    struct pattern *pattern;
    const char *at; /* what is left */
    int64_t now;
    int depth;      /* of parentheses */
    bool in_series; /* inside of ~( ) */
    bool of_row;    /* … and there was a letter about the row that is asked about */
    GError **error;
};

static struct pattern_node *parse_alternatives(struct parser *parser);

static struct pattern_node *node_new(enum pattern_kind kind)
{
    struct pattern_node *node = g_new0(struct pattern_node, 1);

    node->kind = kind;
    if (kind != PATTERN_LEAF)
        node->children = g_ptr_array_new_with_free_func(pattern_node_free);
    return node;
}

void pattern_node_free(gpointer data)
{
    struct pattern_node *node = data;

    if (!node)
        return;
    expression_free(node->expression);
    if (node->children)
        g_ptr_array_free(node->children, TRUE);
    g_free(node);
}

/* Sets an error: WHAT, and the text at AT. */
static void complain(struct parser *parser, const char *what, const char *at)
{
    glong length = g_utf8_strlen(at, -1);
    g_autofree char *rest = g_utf8_substring(at, 0, MIN(length, SHOWN_MAX));

    for (char *c = rest; *c; c++)
        if (g_ascii_iscntrl(*c))
            *c = '?';
    if (*rest)
        g_set_error(parser->error, PATTERN_ERROR, PATTERN_ERROR_SYNTAX, "%s: %s", what, rest);
    else
        g_set_error(parser->error, PATTERN_ERROR, PATTERN_ERROR_SYNTAX, "%s at the end", what);
}

static void skip_space(struct parser *parser)
{
    while (g_ascii_isspace(*parser->at))
        parser->at++;
}

/* --- arguments -------------------------------------------------------------- */

/* Takes the character behind a backslash into OUT, and the backslash where it is the expression's.
 * SPECIAL are the characters that it takes their meaning from in the grammar of patterns. */
static void take_escaped(struct parser *parser, const char *special, bool plain, GString *out)
{
    char c = *parser->at;

    if (c == '\0' || !(plain || pattern_letter_in(c, special)))
        g_string_append_c(out, '\\');
    if (c != '\0')
        g_string_append_c(out, *parser->at++);
}

/* Takes what stands behind the quotation mark up to the next one into OUT. */
static bool take_quoted(struct parser *parser, char mark, bool plain, GString *out)
{
    const char *start = parser->at - 1;

    while (*parser->at && *parser->at != mark) {
        char c = *parser->at++;

        if (c == '\\' && mark == '"')
            take_escaped(parser, "\"\\", plain, out);
        else
            g_string_append_c(out, c);
    }
    if (*parser->at != mark) {
        complain(parser, "a quotation mark is missing", start);
        return false;
    }
    parser->at++;
    return true;
}

/* Takes an argument up to white space or one of ENDS. Of parentheses that it holds itself it takes the
 * closing ones too. */
static void take_bare(struct parser *parser, const char *ends, bool plain, GString *out)
{
    size_t open = 0;

    for (; *parser->at && !g_ascii_isspace(*parser->at); ) {
        char c = *parser->at;

        if (pattern_letter_in(c, ends) || (c == ')' && parser->depth > 0 && open == 0))
            break;
        parser->at++;
        if (c == '\\') {
            take_escaped(parser, " \t\"'\\", plain, out);
            continue;
        }
        open += c == '(';
        open -= c == ')' && open > 0;
        g_string_append_c(out, c);
    }
}

/* The argument of LETTER, which the caller frees. NULL with an error if there is none. */
static char *take_argument(struct parser *parser, const struct pattern_letter *letter, bool plain)
{
    bool is_expression = letter->argument[0] == 'E';
    GString *out = g_string_new(NULL);
    const char *start;
    bool ok;

    skip_space(parser);
    start = parser->at;
    if (*start == '"' || *start == '\'') {
        parser->at++;
        ok = take_quoted(parser, *start, plain, out);
    } else {
        take_bare(parser, is_expression ? "|~!=" : "|~!", plain, out);
        ok = parser->at > start;
        if (!ok)
            g_set_error(parser->error, PATTERN_ERROR, PATTERN_ERROR_SYNTAX,
                        "~%c wants %s behind it", letter->letter,
                        is_expression ? "an expression"
                                      : letter->argument[0] == 'D' ? "dates" : "a number");
    }
    return g_string_free(out, !ok);
}

static bool take_expression(struct parser *parser, struct pattern_node *node, const char *text,
                            bool plain)
{
    node->expression = plain ? expression_new_plain(text, parser->error)
                             : expression_new(text, parser->error);
    if (!node->expression)
        g_prefix_error(parser->error, "~%c: ", node->letter);
    return node->expression != NULL;
}

/* Gives NODE a bit for what pattern_read() says of it. */
static bool number_text(struct parser *parser, struct pattern_node *node)
{
    GPtrArray *texts = parser->pattern->texts;

    if (texts->len == PATTERN_TEXTS_MAX) {
        g_set_error(parser->error, PATTERN_ERROR, PATTERN_ERROR_SIZE,
                    "a pattern asks of texts at most %d things", PATTERN_TEXTS_MAX);
        return false;
    }
    node->bit = UINT32_C(1) << texts->len;
    g_ptr_array_add(texts, node);
    return true;
}

/* --- terms ------------------------------------------------------------------ */

static const struct pattern_letter *find_letter(char letter)
{
    for (size_t i = 0; i < pattern_letter_count(); i++)
        if (pattern_letter_at(i)->letter == letter)
            return pattern_letter_at(i);
    return NULL;
}

/* By how much work it is to ask a leaf with LETTER. */
static unsigned letter_cost(const struct pattern_letter *letter)
{
    if (pattern_letter_in(letter->letter, THREAD_LETTERS))
        return 3;
    if (pattern_letter_in(letter->letter, TEXT_LETTERS))
        return 2;
    return letter->argument && letter->argument[0] == 'E';
}

static bool fill_leaf(struct parser *parser, struct pattern_node *node,
                      const struct pattern_letter *letter, bool plain)
{
    g_autofree char *text = NULL;

    node->letter = letter->letter;
    node->cost = letter_cost(letter);
    if (pattern_letter_in(letter->letter, TEXT_LETTERS) && !number_text(parser, node))
        return false;
    if (!letter->argument)
        return true;
    text = take_argument(parser, letter, plain && letter->argument[0] == 'E');
    if (!text)
        return false;
    switch (letter->argument[0]) {
    case 'E':
        return take_expression(parser, node, text, plain);
    case 'D':
        return pattern_parse_dates(text, parser->now, &node->low, &node->high, parser->error);
    default:
        return pattern_parse_range(text, &node->low, &node->high, parser->error);
    }
}

/* What stands in parentheses, of which the first one is taken. */
static struct pattern_node *parse_group(struct parser *parser)
{
    struct pattern_node *node;

    if (parser->depth == PATTERN_DEPTH_MAX) {
        g_set_error(parser->error, PATTERN_ERROR, PATTERN_ERROR_SIZE,
                    "more than %d levels of parentheses", PATTERN_DEPTH_MAX);
        return NULL;
    }
    parser->depth++;
    node = parse_alternatives(parser);
    parser->depth--;
    if (node && *parser->at != ')') {
        complain(parser, "a ) is missing", parser->at);
        g_clear_pointer(&node, pattern_node_free);
    }
    if (node)
        parser->at++;
    return node;
}

static struct pattern_node *parse_series(struct parser *parser)
{
    struct pattern_node *node, *child;

    if (parser->in_series) {
        complain(parser, "~( inside of ~( )", parser->at - 2);
        return NULL;
    }
    parser->in_series = true;
    parser->of_row = false;
    child = parse_group(parser);
    parser->in_series = false;
    if (!child)
        return NULL;
    node = node_new(PATTERN_SERIES);
    node->cost = 4;
    node->series_number = parser->pattern->series_nodes++;
    node->of_row = parser->of_row;
    g_ptr_array_add(node->children, child);
    return node;
}

/* A letter, with ~ or = in front of it. */
static struct pattern_node *parse_letter(struct parser *parser)
{
    const char *start = parser->at;
    const struct pattern_letter *letter = NULL;
    struct pattern_node *node;
    bool plain = *start == '=';

    if (*start != '%')
        letter = find_letter(start[1]);
    if (!letter || (plain && letter->letter == '(')) {
        g_autofree char *shown = g_utf8_substring(start, 0, start[1] ? 2 : 1);

        complain(parser, "no such letter", shown);
        return NULL;
    }
    parser->at += 2;
    if (pattern_letter_in(letter->letter, VOLATILE_LETTERS))
        parser->pattern->is_volatile = true;
    if (letter->letter == 'S')
        parser->pattern->names_skipped = true;
    parser->of_row |= letter->letter == 'T' || letter->letter == 'm';
    if (letter->letter == '(')
        return parse_series(parser);
    node = node_new(PATTERN_LEAF);
    if (!fill_leaf(parser, node, letter, plain))
        g_clear_pointer(&node, pattern_node_free);
    return node;
}

/* One pattern with the "!" in front of it. */
static struct pattern_node *parse_term(struct parser *parser)
{
    struct pattern_node *node = NULL;
    bool negated = false;

    for (; *parser->at == '!'; skip_space(parser)) {
        parser->at++;
        negated = !negated;
    }
    switch (*parser->at) {
    case '(':
        parser->at++;
        node = parse_group(parser);
        break;
    case '~':
    case '=':
    case '%':
        node = parse_letter(parser);
        break;
    case '\0':
    case '|':
    case ')':
        complain(parser, "a pattern is missing", parser->at);
        break;
    default:
        complain(parser, "neither ~ nor = in front of a letter", parser->at);
    }
    if (node && negated)
        node->negated = !node->negated;
    return node;
}

/* --- lists of terms --------------------------------------------------------- */

static gint compare_costs(gconstpointer a, gconstpointer b)
{
    const struct pattern_node *x = *(const struct pattern_node *const *)a;
    const struct pattern_node *y = *(const struct pattern_node *const *)b;

    return (x->cost > y->cost) - (x->cost < y->cost);
}

/* NODE, which has at least one child, as simple as it can be. */
static struct pattern_node *finish_list(struct pattern_node *node)
{
    const struct pattern_node *last;

    if (node->children->len == 1) {
        struct pattern_node *only = g_ptr_array_steal_index(node->children, 0);

        pattern_node_free(node);
        return only;
    }
    g_ptr_array_sort(node->children, compare_costs);
    last = g_ptr_array_index(node->children, node->children->len - 1);
    node->cost = last->cost;
    return node;
}

/* Patterns that all have to hold, up to "|", ")" or the end. */
static struct pattern_node *parse_sequence(struct parser *parser)
{
    struct pattern_node *node = node_new(PATTERN_ALL);

    skip_space(parser);
    do {
        struct pattern_node *term = parse_term(parser);

        if (!term) {
            pattern_node_free(node);
            return NULL;
        }
        g_ptr_array_add(node->children, term);
        skip_space(parser);
    } while (!pattern_letter_in(*parser->at, "|)"));
    return finish_list(node);
}

/* Sequences with "|" between them. */
static struct pattern_node *parse_alternatives(struct parser *parser)
{
    struct pattern_node *node = node_new(PATTERN_ANY);

    for (;;) {
        struct pattern_node *sequence = parse_sequence(parser);

        if (!sequence) {
            pattern_node_free(node);
            return NULL;
        }
        g_ptr_array_add(node->children, sequence);
        if (*parser->at != '|')
            return finish_list(node);
        parser->at++;
    }
}

bool pattern_parse(struct pattern *pattern, const char *text, int64_t now, GError **error)
{
    struct parser parser = { .pattern = pattern, .at = text, .now = now, .error = error };

    skip_space(&parser);
    if (*parser.at == '\0') {
        g_set_error(error, PATTERN_ERROR, PATTERN_ERROR_SYNTAX, "the pattern is empty");
        return false;
    }
    pattern->root = parse_alternatives(&parser);
    if (!pattern->root)
        return false;
    if (*parser.at) {
        complain(&parser, "nothing was opened in front of", parser.at);
        return false;
    }
    return true;
}
