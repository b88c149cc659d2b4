/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hunk_words.h"

#include "flow.h"
#include "word_difference.h"

#include <stdbool.h>

/* What differs between removed lines and the added ones behind them. */
struct word_run {
    GArray *removed, *added; /* struct word_span */
};

struct hunk_words {
    const char *bytes;
    const struct text *text;
    GHashTable *runs; /* first line → struct word_run * */
};

static const struct text_line *line_at(const struct hunk_words *words, size_t index)
{
    return &g_array_index(words->text->lines, struct text_line, index);
}

static const char *text_of(const struct hunk_words *words, const struct text_line *line)
{
    return words->bytes + line->start;
}

static void free_run(gpointer data)
{
    struct word_run *run = data;
    g_array_unref(run->removed);
    g_array_unref(run->added);
    g_free(run);
}

static bool is_kind(const struct hunk_words *words, size_t index, enum text_kind kind)
{
    return index < words->text->lines->len && line_at(words, index)->kind == kind;
}

/* "\ No newline at end of file", within a run. */
static bool is_note(const struct hunk_words *words, size_t index)
{
    return is_kind(words, index, TEXT_CONTEXT) && line_at(words, index)->length > 0 &&
           *text_of(words, line_at(words, index)) == '\\';
}

/* Goes back from INDEX over lines of KIND to the first of them; false if these are too many. */
static bool go_back(const struct hunk_words *words, enum text_kind kind, size_t *index)
{
    for (int i = 0; i <= WORD_DIFFERENCE_LINES; i++) {
        if (*index == 0 || !is_kind(words, *index - 1, kind))
            return true;
        --*index;
    }
    return false;
}

/* Where the run begins that the changed line INDEX is of: lines removed and lines added behind them. */
static bool find_run(const struct hunk_words *words, size_t index, size_t *start, size_t *middle)
{
    *start = index;
    if (is_kind(words, index, TEXT_ADDED)) {
        if (!go_back(words, TEXT_ADDED, start))
            return false;
        *middle = *start;
        if (*start > 0 && is_note(words, *start - 1))
            --*start;
        return go_back(words, TEXT_REMOVED, start) && *start < *middle &&
               is_kind(words, *start, TEXT_REMOVED);
    }
    if (!is_kind(words, index, TEXT_REMOVED) || !go_back(words, TEXT_REMOVED, start))
        return false;
    size_t end = index;
    while (is_kind(words, end, TEXT_REMOVED) && end - *start <= WORD_DIFFERENCE_LINES)
        end++;
    *middle = is_note(words, end) ? end + 1 : end;
    return is_kind(words, *middle, TEXT_ADDED);
}

/* The lines of KIND from INDEX on (struct word_line), as many as can be compared and one more. */
static GArray *gather(const struct hunk_words *words, size_t index, enum text_kind kind)
{
    GArray *gathered = g_array_new(FALSE, FALSE, sizeof(struct word_line));
    for (; is_kind(words, index, kind) && gathered->len <= WORD_DIFFERENCE_LINES; index++) {
        const struct text_line *line = line_at(words, index);
        const struct word_line word_line = {text_of(words, line) + 1, MAX(line->length, 1) - 1};
        g_array_append_val(gathered, word_line);
    }
    return gathered;
}

static const struct word_run *get_run(struct hunk_words *words, size_t start, size_t middle)
{
    struct word_run *run = g_hash_table_lookup(words->runs, GSIZE_TO_POINTER(start));
    if (run)
        return run;
    GArray *removed = gather(words, start, TEXT_REMOVED);
    GArray *added = gather(words, middle, TEXT_ADDED);
    run = g_new0(struct word_run, 1);
    run->removed = g_array_new(FALSE, FALSE, sizeof(struct word_span));
    run->added = g_array_new(FALSE, FALSE, sizeof(struct word_span));
    word_difference((const struct word_line *)(const void *)removed->data, removed->len,
                    (const struct word_line *)(const void *)added->data, added->len, run->removed,
                    run->added);
    g_hash_table_insert(words->runs, GSIZE_TO_POINTER(start), run);
    g_array_unref(removed);
    g_array_unref(added);
    return run;
}

void hunk_words_spans(struct hunk_words *words, size_t index, GArray *spans)
{
    size_t start, middle;
    if (!find_run(words, index, &start, &middle))
        return;
    const struct word_run *run = get_run(words, start, middle);
    bool added = index >= middle;
    const GArray *differing = added ? run->added : run->removed;
    size_t line = index - (added ? middle : start);
    for (guint i = 0; i < differing->len; i++) {
        const struct word_span *word = &g_array_index(differing, struct word_span, i);
        /* The mark in front of the line is none of the words. */
        const struct flow_span span = {word->start + 1, word->end + 1,
                                       added ? STYLE_ADDED_WORD : STYLE_REMOVED_WORD, false};
        if (word->line == line)
            g_array_append_val(spans, span);
    }
}

struct hunk_words *hunk_words_new(const char *bytes, const struct text *text)
{
    struct hunk_words *words = g_new0(struct hunk_words, 1);
    words->bytes = bytes;
    words->text = text;
    words->runs = g_hash_table_new_full(NULL, NULL, NULL, free_run);
    return words;
}

void hunk_words_free(struct hunk_words *words)
{
    if (!words)
        return;
    g_hash_table_unref(words->runs);
    g_free(words);
}
