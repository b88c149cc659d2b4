/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "word_difference.h"

#include <stdint.h>
#include <string.h>

/* So many of a hundred bytes, blanks not counted, must be common: of the shorter side, and of a
 * line. */
#define COMMON_MIN 40
#define COMMON_OF_LINE_MIN 25

struct token {
    const char *text;
    size_t length;
    size_t line;
    size_t start; /* in its line */
    bool blank;   /* blanks, or the end of a line */
    bool common;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Bytes of characters outside ASCII are taken for letters. */
static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t token_length(const char *text, size_t length)
{
    size_t at = 1;
    if (is_blank(*text))
        while (at < length && is_blank(text[at]))
            at++;
    else if (is_word(*text))
        while (at < length && is_word(text[at]))
            at++;
    return at;
}

/* The tokens (struct token) of a side, or NULL if it is too long. */
static GArray *cut(const struct word_line *lines, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count && i < WORD_DIFFERENCE_LINES; i++)
        bytes += MIN(lines[i].length, WORD_DIFFERENCE_BYTES + 1);
    if (count > WORD_DIFFERENCE_LINES || bytes > WORD_DIFFERENCE_BYTES)
        return NULL;
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < lines[i].length;) {
            const char *text = lines[i].text + at;
            size_t length = token_length(text, lines[i].length - at);
            const struct token token = {text, length, i, at, is_blank(*text), false};
            g_array_append_val(tokens, token);
            at += length;
        }
        const struct token line_end = {"\n", 1, i, lines[i].length, true, false};
        g_array_append_val(tokens, line_end);
    }
    return tokens;
}

static struct token *token_at(GArray *tokens, size_t index)
{
    return &g_array_index(tokens, struct token, index);
}

/* The end of a line is as good as a blank between words. */
static bool equal(const struct token *a, const struct token *b)
{
    if (a->blank && b->blank && a->length == 1 && b->length == 1)
        return (*a->text == '\t') == (*b->text == '\t');
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static void set_common(struct token *a, struct token *b)
{
    a->common = b->common = true;
}

/* The tokens between the equal beginning and the equal end. */
struct middle {
    size_t old_start, old_end, new_start, new_end;
};

static struct middle strip_ends(GArray *old_tokens, GArray *new_tokens)
{
    struct middle middle = {0, old_tokens->len, 0, new_tokens->len};
    while (middle.old_start < middle.old_end && middle.new_start < middle.new_end &&
           equal(token_at(old_tokens, middle.old_start), token_at(new_tokens, middle.new_start)))
        set_common(token_at(old_tokens, middle.old_start++),
                   token_at(new_tokens, middle.new_start++));
    while (middle.old_end > middle.old_start && middle.new_end > middle.new_start &&
           equal(token_at(old_tokens, middle.old_end - 1),
                 token_at(new_tokens, middle.new_end - 1)))
        set_common(token_at(old_tokens, --middle.old_end), token_at(new_tokens, --middle.new_end));
    return middle;
}

/* Marks a longest common subsequence, by its length for every pair of remainders. Words weigh more than
 * blanks, or these would be matched for their own sake. */
static bool mark_common(GArray *old_tokens, GArray *new_tokens)
{
    struct middle middle = strip_ends(old_tokens, new_tokens);
    size_t rows = middle.old_end - middle.old_start, columns = middle.new_end - middle.new_start;
    if (rows * columns > WORD_DIFFERENCE_PAIRS)
        return false;
    size_t stride = columns + 1;
    uint32_t *best = g_new0(uint32_t, (rows + 1) * stride);
    for (size_t i = rows; i-- > 0;)
        for (size_t j = columns; j-- > 0;) {
            const struct token *a = token_at(old_tokens, middle.old_start + i);
            const struct token *b = token_at(new_tokens, middle.new_start + j);
            uint32_t without = MAX(best[(i + 1) * stride + j], best[i * stride + j + 1]);
            uint32_t with = equal(a, b) ? best[(i + 1) * stride + j + 1] + (a->blank ? 1 : 4) : 0;
            best[i * stride + j] = MAX(with, without);
        }
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
        uint32_t here = best[i * stride + j];
        if (best[(i + 1) * stride + j] == here)
            i++;
        else if (best[i * stride + j + 1] == here)
            j++;
        else
            set_common(token_at(old_tokens, middle.old_start + i++),
                       token_at(new_tokens, middle.new_start + j++));
    }
    g_free(best);
    return true;
}

/* How many bytes that are no blanks the tokens FIRST to END have, in all and in common. */
static size_t weigh(GArray *tokens, guint first, guint end, size_t *common)
{
    size_t all = 0;
    *common = 0;
    for (guint i = first; i < end; i++) {
        const struct token *token = token_at(tokens, i);
        if (token->blank)
            continue;
        all += token->length;
        if (token->common)
            *common += token->length;
    }
    return all;
}

/* Blanks between two words that differ differ with them. */
static void join(GArray *tokens)
{
    for (guint i = 1; i + 1 < tokens->len; i++) {
        struct token *token = token_at(tokens, i);
        if (token->blank && !token_at(tokens, i - 1)->common && !token_at(tokens, i + 1)->common)
            token->common = false;
    }
}

/* Adds the spans of the tokens FIRST to END, all of one line, unless nearly all of it differs. */
static void add_line(GArray *tokens, guint first, guint end, GArray *spans)
{
    size_t common, all = weigh(tokens, first, end, &common);
    if (common * 100 < all * COMMON_OF_LINE_MIN)
        return;
    for (guint i = first; i < end; i++) {
        const struct token *token = token_at(tokens, i);
        if (token->common || *token->text == '\n')
            continue;
        struct word_span *last =
            spans->len ? &g_array_index(spans, struct word_span, spans->len - 1) : NULL;
        const struct word_span span = {token->line, token->start, token->start + token->length};
        if (last && last->line == span.line && last->end == span.start)
            last->end = span.end;
        else
            g_array_append_val(spans, span);
    }
}

static void add_spans(GArray *tokens, GArray *spans)
{
    join(tokens);
    for (guint first = 0, end; first < tokens->len; first = end) {
        for (end = first; end < tokens->len; end++)
            if (token_at(tokens, end)->line != token_at(tokens, first)->line)
                break;
        add_line(tokens, first, end, spans);
    }
}

static bool compare(GArray *old_tokens, GArray *new_tokens)
{
    size_t common;
    if (!mark_common(old_tokens, new_tokens))
        return false;
    size_t old_all = weigh(old_tokens, 0, old_tokens->len, &common);
    size_t new_all = weigh(new_tokens, 0, new_tokens->len, &common);
    return common * 100 >= MIN(old_all, new_all) * COMMON_MIN;
}

bool word_difference(const struct word_line *old_lines, size_t old_count,
                     const struct word_line *new_lines, size_t new_count, GArray *removed,
                     GArray *added)
{
    GArray *old_tokens = cut(old_lines, old_count);
    GArray *new_tokens = cut(new_lines, new_count);
    bool helps = old_tokens && new_tokens && compare(old_tokens, new_tokens);
    if (helps) {
        add_spans(old_tokens, removed);
        add_spans(new_tokens, added);
    }
    g_clear_pointer(&old_tokens, g_array_unref);
    g_clear_pointer(&new_tokens, g_array_unref);
    return helps;
}
