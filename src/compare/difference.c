/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/difference.h"

#include "hash.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>

/* A different line of the texts: its number is found by it. */
struct distinct {
    const char *text;
    size_t length;
    guint hash;
};

/* Where a line begins, and its number. */
struct numbered {
    size_t start;
    uint32_t number;
};

struct difference_text {
    const char *text;
    GArray *lines;     /* struct numbered, and one for the end */
    GString *stand_in; /* what libgit2 compares */
    uint32_t *sorted;  /* the numbers of the lines, ascending */
};

struct difference_texts {
    GPtrArray *texts;     /* struct difference_text * */
    GHashTable *distinct; /* struct distinct * → its number */
    size_t count;         /* lines in all texts */
};

/* --- lines by number ------------------------------------------------------------------ */

static guint distinct_hash(gconstpointer key)
{
    return ((const struct distinct *)key)->hash;
}

static gboolean distinct_equal(gconstpointer a, gconstpointer b)
{
    const struct distinct *one = a, *other = b;

    return one->length == other->length && memcmp(one->text, other->text, one->length) == 0;
}

static uint32_t number_of(struct difference_texts *texts, const char *text, size_t length)
{
    guint hash = hash_end(hash_add_bytes(hash_secret(), text, length));
    struct distinct line = { text, length, hash };
    gpointer number;

    if (!g_hash_table_lookup_extended(texts->distinct, &line, NULL, &number)) {
        number = GUINT_TO_POINTER(g_hash_table_size(texts->distinct));
        g_hash_table_insert(texts->distinct, g_memdup2(&line, sizeof(line)), number);
    }
    return GPOINTER_TO_UINT(number);
}

/* The line that stands for one with NUMBER. xdiff's hash is one of 33ths, for which letters that
 * differ in their lowest four bits cannot collide. The indentation is kept, because where a run of
 * changed lines could be moved up or down it decides what looks best; a blank line has none, and
 * counts as blank only if all of it is white space. */
static void append_stand_in(GString *out, const char *text, size_t length, uint32_t number)
{
    static const char digits[] = "abcdefghijklmnop", blank_digits[] = "\t\v\f\r";
    enum { INDENT_MAX = 200 }; /* xdiff's own */
    size_t at = 0;
    int indent = 0;

    for (; at < length && g_ascii_isspace(text[at]); at++)
        indent += text[at] == '\t' ? 8 - indent % 8 : text[at] == ' ';
    if (at == length) {
        for (int shift = 22; shift >= 0; shift -= 2)
            g_string_append_c(out, blank_digits[number >> shift & 3]);
    } else {
        indent = MIN(indent, INDENT_MAX);
        for (; indent >= 8; indent -= 8)
            g_string_append_c(out, '\t');
        for (; indent > 0; indent--)
            g_string_append_c(out, ' ');
        for (int shift = 20; shift >= 0; shift -= 4)
            g_string_append_c(out, digits[number >> shift & 15]);
    }
    g_string_append_c(out, '\n');
}

/* --- the texts ------------------------------------------------------------------------ */

static void text_free(gpointer data)
{
    struct difference_text *text = data;

    g_array_free(text->lines, TRUE);
    g_string_free(text->stand_in, TRUE);
    g_free(text->sorted);
    g_free(text);
}

struct difference_texts *difference_texts_new(void)
{
    struct difference_texts *texts = g_new(struct difference_texts, 1);

    *texts = (struct difference_texts){
        .texts = g_ptr_array_new_with_free_func(text_free),
        .distinct = g_hash_table_new_full(distinct_hash, distinct_equal, g_free, NULL),
    };
    return texts;
}

void difference_texts_free(struct difference_texts *texts)
{
    if (!texts)
        return;
    g_ptr_array_free(texts->texts, TRUE);
    g_hash_table_destroy(texts->distinct);
    g_free(texts);
}

/* Appends the line of LENGTH bytes that begins at START of TEXT. */
static void append_line(struct difference_texts *texts, struct difference_text *text, size_t start,
                        size_t length)
{
    struct numbered line = { start, number_of(texts, text->text + start, length) };

    append_stand_in(text->stand_in, text->text + start, length, line.number);
    g_array_append_val(text->lines, line);
    texts->count++;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

    return (one > other) - (one < other);
}

static uint32_t *sorted_numbers(const GArray *lines)
{
    uint32_t *sorted = g_new(uint32_t, lines->len);

    for (guint i = 0; i < lines->len; i++)
        sorted[i] = g_array_index(lines, struct numbered, i).number;
    if (lines->len > 0)
        qsort(sorted, lines->len, sizeof(*sorted), compare_numbers);
    return sorted;
}

const struct difference_text *difference_texts_add(struct difference_texts *texts,
                                                   const char *text, size_t length)
{
    struct difference_text *added = g_new(struct difference_text, 1);
    struct numbered end = { 0, 0 };

    *added = (struct difference_text){
        .text = text,
        .lines = g_array_new(FALSE, FALSE, sizeof(struct numbered)),
        .stand_in = g_string_new(NULL),
    };
    g_ptr_array_add(texts->texts, added);
    while (end.start < length && texts->count < DIFFERENCE_LINES_MAX) {
        const char *start = text + end.start;
        const char *line_end = memchr(start, '\n', length - end.start);
        size_t line_length = line_end ? (size_t)(line_end - start) : length - end.start;

        append_line(texts, added, end.start, line_length);
        end.start += line_length + (line_end != NULL);
    }
    added->sorted = sorted_numbers(added->lines);
    g_array_append_val(added->lines, end);
    return added;
}

size_t difference_text_count(const struct difference_text *text)
{
    return text->lines->len - 1;
}

const char *difference_text_line(const struct difference_text *text, size_t index, size_t *length)
{
    size_t start = g_array_index(text->lines, struct numbered, index).start;
    size_t end = g_array_index(text->lines, struct numbered, index + 1).start;

    *length = end - start - (text->text[end - 1] == '\n');
    return text->text + start;
}

/* --- differences ----------------------------------------------------------------------- */

/* What libgit2 calls back with. */
struct finding {
    const struct difference_text *old, *new;
    GArray *lines; /* NULL: they are only counted */
    uint32_t count;
};

static int found_hunk(const git_diff_delta *delta, const git_diff_hunk *hunk, void *data)
{
    struct finding *finding = data;
    /* A side without lines names the line before them. */
    struct difference_line line = {
        .sign = '@',
        .old_index = (size_t)(hunk->old_start - (hunk->old_lines > 0)),
        .new_index = (size_t)(hunk->new_start - (hunk->new_lines > 0)),
    };

    (void)delta;
    finding->count++;
    if (finding->lines)
        g_array_append_val(finding->lines, line);
    return 0;
}

static int found_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                      const git_diff_line *found, void *data)
{
    struct finding *finding = data;
    struct difference_line line = { .sign = found->origin };

    (void)delta;
    (void)hunk;
    finding->count++;
    if (!finding->lines)
        return 0;
    if (found->old_lineno > 0)
        line.old_index = (size_t)found->old_lineno - 1;
    if (found->new_lineno > 0)
        line.new_index = (size_t)found->new_lineno - 1;
    line.text = found->origin == GIT_DIFF_LINE_DELETION
                    ? difference_text_line(finding->old, line.old_index, &line.length)
                    : difference_text_line(finding->new, line.new_index, &line.length);
    g_array_append_val(finding->lines, line);
    return 0;
}

/* libgit2's xdiff finds nothing where it has no memory, and does not say so, but for the error that is left
 * behind: it ends as where GLib has none. */
static void find_difference(struct finding *finding, unsigned context, uint32_t flags)
{
    const GString *old = finding->old->stand_in, *new = finding->new->stand_in;
    const git_diff_options options = {
        .version = GIT_DIFF_OPTIONS_VERSION,
        .flags = GIT_DIFF_FORCE_TEXT | flags,
        /* More than all lines would not fit into a long of 32 bits, with which xdiff counts. */
        .context_lines = MIN(context, DIFFERENCE_LINES_MAX),
    };

    git_error_clear();
    git_diff_buffers(old->str, old->len, NULL, new->str, new->len, NULL, &options, NULL, NULL,
                     found_hunk, found_line, finding);
    if (git_error_last() != NULL && git_error_last()->klass == GIT_ERROR_NOMEMORY)
        g_error("out of memory");
}

void difference_lines(const struct difference_text *old, const struct difference_text *new,
                      unsigned context, GArray *lines)
{
    struct finding finding = { .old = old, .new = new, .lines = lines };

    find_difference(&finding, context, GIT_DIFF_INDENT_HEURISTIC);
}

uint32_t difference_size(const struct difference_text *old, const struct difference_text *new)
{
    struct finding finding = { .old = old, .new = new };

    find_difference(&finding, 3, 0);
    return finding.count;
}

/* The lines that one has and the other has not are removed or added in any difference, and there is
 * a hunk around them. */
uint32_t difference_size_least(const struct difference_text *old,
                               const struct difference_text *new)
{
    size_t old_count = difference_text_count(old), new_count = difference_text_count(new);
    size_t i = 0, j = 0, common = 0;

    while (i < old_count && j < new_count) {
        uint32_t one = old->sorted[i], other = new->sorted[j];

        common += one == other;
        i += one <= other;
        j += other <= one;
    }
    if (common == old_count && common == new_count)
        return 0;
    return (uint32_t)(old_count + new_count - 2 * common + 1);
}
