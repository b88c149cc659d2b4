/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pager_lines.h"

#include "hunk_words.h"
#include "mail/text.h"

#include <stdint.h>
#include <string.h>

/* Of the rows that a long header goes on in. */
#define HEADER_INDENT 4

/* Bytes of a file's first line that a fold shows. */
#define FOLD_TITLE_MAX 500

/* Bytes of a line of the diffstat, in which the signs are looked for at each drawing: git's have
 * less than a hundred, and the file's name. */
#define DIFFSTAT_MAX 1000

static const char damage_note[] = "[-- Some of this mail could not be decoded. --]";

/* A file of the diff: lines of the text. */
struct file {
    uint32_t start, end;
    uint32_t added, removed;
};

/* A row: a line, or the fold of FOLDED lines from it on. */
struct row_entry {
    uint32_t place;
    uint32_t folded; /* 0: not a fold */
};

struct pager_lines {
    struct message *message;
    const char *limit;  /* of the mail; static, or NULL */
    struct text *text;
    GPtrArray *headers; /* char *: the lines above the text, as shown now */
    GArray *files;      /* struct file */
    GArray *rows;       /* struct row_entry */
    bool quotes_folded, files_folded;
    int levels;         /* of quotes that are not folded */
    GHashTable *unfolded_quotes; /* first lines of blocks, in the text: a set */
    GHashTable *turned_files;    /* the same of files that are not as files_folded says */
    GHashTable *labels; /* place → char *: what folds say, as far as they were looked at */
    struct hunk_words *words;
};

static const struct text_line *text_line_at(const struct pager_lines *lines, size_t index)
{
    return &g_array_index(lines->text->lines, struct text_line, index);
}

static const char *text_of(const struct pager_lines *lines, const struct text_line *line)
{
    return lines->message->text + line->start;
}

/* --- the files of the diff ------------------------------------------------------ */

static bool begins(const struct pager_lines *lines, const struct text_line *line,
                   const char *prefix)
{
    size_t length = strlen(prefix);
    return line->length >= length && memcmp(text_of(lines, line), prefix, length) == 0;
}

/* Files without a hunk, such as those renamed, stand one behind the other. */
static bool begins_file(const struct pager_lines *lines, size_t index)
{
    const struct text_line *line = text_line_at(lines, index);
    return line->kind == TEXT_FILE_HEADER &&
           (index == 0 || text_line_at(lines, index - 1)->kind != TEXT_FILE_HEADER ||
            begins(lines, line, "diff --"));
}

static bool is_of_file(const struct text_line *line)
{
    switch ((enum text_kind)line->kind) {
    case TEXT_FILE_HEADER:
    case TEXT_HUNK_HEADER:
    case TEXT_CONTEXT:
    case TEXT_ADDED:
    case TEXT_REMOVED:
    case TEXT_BINARY:
        return true;
    default:
        return false;
    }
}

static void find_files(struct pager_lines *lines)
{
    guint count = lines->text->lines->len;
    for (guint i = 0; i < count;) {
        if (!begins_file(lines, i)) {
            i++;
            continue;
        }
        struct file file = {.start = i};
        do {
            file.added += text_line_at(lines, i)->kind == TEXT_ADDED;
            file.removed += text_line_at(lines, i)->kind == TEXT_REMOVED;
            i++;
        } while (i < count && is_of_file(text_line_at(lines, i)) && !begins_file(lines, i));
        file.end = i;
        g_array_append_val(lines->files, file);
    }
}

/* The last file that begins at LINE of the text or before it, if the line is in it. */
static const struct file *file_at(const struct pager_lines *lines, size_t line)
{
    guint low = 0, high = lines->files->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(lines->files, struct file, middle).start <= line)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct file *file = &g_array_index(lines->files, struct file, low - 1);
    return line < file->end ? file : NULL;
}

/* --- rows ----------------------------------------------------------------------- */

size_t pager_lines_text_start(const struct pager_lines *lines)
{
    return lines->headers->len ? lines->headers->len + 1 : 0;
}

size_t pager_lines_count(const struct pager_lines *lines)
{
    return pager_lines_text_start(lines) + lines->text->lines->len;
}

size_t pager_lines_rows(const struct pager_lines *lines)
{
    return lines->rows->len;
}

static const struct row_entry *entry_at(const struct pager_lines *lines, size_t row)
{
    return &g_array_index(lines->rows, struct row_entry, row);
}

static bool is_folded_file(const struct pager_lines *lines, const struct file *file)
{
    return g_hash_table_contains(lines->turned_files, GUINT_TO_POINTER(file->start)) !=
           lines->files_folded;
}

static bool is_foldable_quote(const struct pager_lines *lines, size_t index)
{
    const struct text_line *line = text_line_at(lines, index);
    return line->kind == TEXT_QUOTED && line->depth > lines->levels;
}

/* How many lines from INDEX on are a block of quoted text that is folded. */
static uint32_t folded_quotes(const struct pager_lines *lines, size_t index)
{
    size_t end = index;
    while (end < lines->text->lines->len && is_foldable_quote(lines, end))
        end++;
    if (g_hash_table_contains(lines->unfolded_quotes, GSIZE_TO_POINTER(index)))
        return 0;
    return (uint32_t)(end - index);
}

static void add_row(struct pager_lines *lines, size_t place, uint32_t folded)
{
    const struct row_entry entry = {(uint32_t)place, folded};
    g_array_append_val(lines->rows, entry);
}

static void build_rows(struct pager_lines *lines)
{
    size_t start = pager_lines_text_start(lines);
    guint next_file = 0;
    bool in_quote = false;
    g_array_set_size(lines->rows, 0);
    g_hash_table_remove_all(lines->labels);
    for (size_t i = 0; i < start; i++)
        add_row(lines, i, 0);
    for (guint i = 0; i < lines->text->lines->len;) {
        uint32_t folded = 0;
        const struct file *file = next_file < lines->files->len
                                      ? &g_array_index(lines->files, struct file, next_file)
                                      : NULL;
        if (file && file->start == i) {
            folded = is_folded_file(lines, file) ? file->end - file->start : 0;
            folded = folded > 1 ? folded : 0;
            next_file++;
        }
        bool quote = lines->quotes_folded && is_foldable_quote(lines, i);
        if (quote && !in_quote)
            folded = folded_quotes(lines, i);
        in_quote = quote;
        add_row(lines, start + i, folded);
        i += MAX(folded, 1);
    }
}

size_t pager_lines_place(const struct pager_lines *lines, size_t row)
{
    return row < lines->rows->len ? entry_at(lines, row)->place : pager_lines_count(lines);
}

size_t pager_lines_row(const struct pager_lines *lines, size_t place)
{
    size_t low = 0, high = lines->rows->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entry_at(lines, middle)->place <= place)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : 0;
}

/* --- headers -------------------------------------------------------------------- */

static void add_headers(struct pager_lines *lines, const char *name)
{
    const GArray *headers = lines->message->headers;
    for (guint i = 0; i < headers->len; i++) {
        const struct message_header *header = &g_array_index(headers, struct message_header, i);
        if (name && g_ascii_strcasecmp(header->name, name) != 0)
            continue;
        g_ptr_array_add(lines->headers,
                        g_strconcat(name ? name : header->name, ": ", header->value, NULL));
    }
}

static void add_limit(struct pager_lines *lines, const char *limit)
{
    if (limit)
        g_ptr_array_add(lines->headers, g_strdup_printf("[-- %s --]", limit));
}

void pager_lines_set_headers(struct pager_lines *lines, const char *order, bool all)
{
    g_ptr_array_set_size(lines->headers, 0);
    if (all) {
        add_headers(lines, NULL);
    } else {
        char **names = g_strsplit_set(order, " \t,", -1);
        for (char **name = names; *name; name++) {
            if (g_str_has_suffix(*name, ":"))
                (*name)[strlen(*name) - 1] = '\0';
            if (**name)
                add_headers(lines, *name);
        }
        g_strfreev(names);
    }
    add_limit(lines, lines->limit);
    add_limit(lines, lines->message->limit);
    if (lines->message->damaged && !lines->message->limit)
        g_ptr_array_add(lines->headers, g_strdup(damage_note));
    build_rows(lines);
}

/* --- folding -------------------------------------------------------------------- */

void pager_lines_fold_quotes(struct pager_lines *lines, bool fold, int levels)
{
    lines->quotes_folded = fold;
    lines->levels = levels;
    g_hash_table_remove_all(lines->unfolded_quotes);
    build_rows(lines);
}

void pager_lines_fold_files(struct pager_lines *lines, bool fold)
{
    lines->files_folded = fold;
    g_hash_table_remove_all(lines->turned_files);
    build_rows(lines);
}

static void turn_file(struct pager_lines *lines, const struct file *file)
{
    gpointer key = GUINT_TO_POINTER(file->start);
    if (!g_hash_table_remove(lines->turned_files, key))
        g_hash_table_add(lines->turned_files, key);
    build_rows(lines);
}

bool pager_lines_toggle_file(struct pager_lines *lines, size_t place)
{
    size_t start = pager_lines_text_start(lines);
    const struct file *file = place >= start ? file_at(lines, place - start) : NULL;
    if (!file)
        return false;
    turn_file(lines, file);
    return true;
}

void pager_lines_unfold(struct pager_lines *lines, size_t place)
{
    size_t start = pager_lines_text_start(lines);
    if (place < start || place >= pager_lines_count(lines))
        return;
    const struct row_entry *entry = entry_at(lines, pager_lines_row(lines, place));
    if (entry->folded == 0)
        return;
    const struct file *file = file_at(lines, place - start);
    /* The first line of a file can be seen in its fold. */
    if (file && entry->place < place) {
        turn_file(lines, file);
    } else if (!file) {
        g_hash_table_add(lines->unfolded_quotes, GSIZE_TO_POINTER(entry->place - start));
        build_rows(lines);
    }
}

/* --- what a row shows ------------------------------------------------------------ */

static enum style style_of(const struct text_line *line)
{
    switch ((enum text_kind)line->kind) {
    case TEXT_QUOTED:
        return STYLE_QUOTED +
               (enum style)((MAX(line->depth, 1) - 1) % (STYLE_QUOTED_3 - STYLE_QUOTED + 1));
    case TEXT_IN_BODY_HEADER:
        return STYLE_HDRDEFAULT;
    case TEXT_TRAILER:
        return STYLE_TRAILER;
    case TEXT_SEPARATOR:
    case TEXT_BINARY:
        return STYLE_DIM;
    case TEXT_DIFFSTAT:
        return STYLE_DIFFSTAT;
    case TEXT_FILE_HEADER:
        return STYLE_FILE;
    case TEXT_HUNK_HEADER:
        return STYLE_HUNK;
    case TEXT_ADDED:
        return STYLE_ADDED;
    case TEXT_REMOVED:
        return STYLE_REMOVED;
    case TEXT_SIGNATURE:
        return STYLE_SIGNATURE;
    case TEXT_MESSAGE:
    case TEXT_CONTEXT:
        break;
    }
    return STYLE_NORMAL;
}

static void get_header(const struct pager_lines *lines, size_t index, struct flow_line *out)
{
    const char *header = lines->headers->pdata[index];
    bool subject = g_ascii_strncasecmp(header, "Subject:", 8) == 0;
    *out = (struct flow_line){
        .text = header,
        .length = strlen(header),
        .style = *header == '[' ? STYLE_MARKERS : subject ? STYLE_SUBJECT : STYLE_HDRDEFAULT,
        .words = true,
        .indent = HEADER_INDENT,
    };
}

void pager_lines_get_line(const void *data, size_t place, struct flow_line *out)
{
    const struct pager_lines *lines = data;
    size_t start = pager_lines_text_start(lines);
    if (place < lines->headers->len) {
        get_header(lines, place, out);
    } else if (place >= start && place - start < lines->text->lines->len) {
        const struct text_line *line = text_line_at(lines, place - start);
        *out = (struct flow_line){
            .text = text_of(lines, line),
            .length = line->length,
            .style = style_of(line),
            .words = line->kind == TEXT_MESSAGE || line->kind == TEXT_QUOTED,
        };
    } else {
        *out = (struct flow_line){.text = ""};
    }
}

static char *make_label(const struct pager_lines *lines, const struct row_entry *entry,
                        const struct flow_line *first)
{
    const struct file *file = file_at(lines, entry->place - pager_lines_text_start(lines));
    if (!file)
        return g_strdup_printf("[-- %u quoted line%s --]", entry->folded,
                               entry->folded == 1 ? "" : "s");
    size_t length = MIN(first->length, FOLD_TITLE_MAX);
    while (length < first->length && length > 0 &&
           ((unsigned char)first->text[length] & 0xC0) == 0x80)
        length--;
    return g_strdup_printf("%.*s  [+%u -%u, %u line%s folded]", (int)length, first->text,
                           file->added, file->removed, entry->folded - 1,
                           entry->folded == 2 ? "" : "s");
}

void pager_lines_get_row(const void *data, size_t row, struct flow_line *out)
{
    const struct pager_lines *lines = data;
    if (row >= lines->rows->len) {
        *out = (struct flow_line){.text = ""};
        return;
    }
    const struct row_entry *entry = entry_at(lines, row);
    pager_lines_get_line(lines, entry->place, out);
    if (entry->folded == 0)
        return;
    char *label = g_hash_table_lookup(lines->labels, GUINT_TO_POINTER(entry->place));
    if (!label) {
        label = make_label(lines, entry, out);
        g_hash_table_insert(lines->labels, GUINT_TO_POINTER(entry->place), label);
    }
    *out = (struct flow_line){
        .text = label,
        .length = strlen(label),
        .style = out->style == STYLE_FILE ? STYLE_FILE : STYLE_MARKERS,
    };
}

/* The line of the text that ROW shows, or NULL if it shows something else. */
static const struct text_line *text_line_of(const struct pager_lines *lines, size_t row)
{
    size_t place = pager_lines_place(lines, row), start = pager_lines_text_start(lines);
    return place >= start && place < pager_lines_count(lines) ? text_line_at(lines, place - start)
                                                              : NULL;
}

enum pager_matter pager_lines_matter(const struct pager_lines *lines, size_t row)
{
    const struct text_line *line = text_line_of(lines, row);
    if (!line)
        return row < lines->headers->len ? PAGER_HEADER : PAGER_OTHER;
    bool prose = line->kind == TEXT_MESSAGE || line->kind == TEXT_QUOTED;
    return prose && entry_at(lines, row)->folded == 0 ? PAGER_PROSE : PAGER_OTHER;
}

/* --- looks within a row ----------------------------------------------------------- */

static void add_name(const struct flow_line *line, GArray *spans)
{
    const char *colon = memchr(line->text, ':', line->length);
    const struct flow_span span = {0, colon ? (size_t)(colon - line->text) + 1 : 0, STYLE_HEADER,
                                   false};
    if (colon && line->style != STYLE_MARKERS)
        g_array_append_val(spans, span);
}

/* The place before the SIGNs that stand before END. */
static size_t before_signs(const struct flow_line *line, size_t end, char sign)
{
    while (end > 0 && line->text[end - 1] == sign)
        end--;
    return end;
}

/* The "++--" behind the number at the end of a line of the diffstat, as git colours them. */
static void add_diffstat(const struct flow_line *line, GArray *spans)
{
    if (line->length > DIFFSTAT_MAX)
        return;
    size_t minus = before_signs(line, line->length, '-');
    size_t plus = before_signs(line, minus, '+');
    const struct flow_span signs[] = {{plus, minus, STYLE_ADDED, false},
                                      {minus, line->length, STYLE_REMOVED, false}};
    if (plus >= 2 && line->text[plus - 1] == ' ' && g_ascii_isdigit(line->text[plus - 2]))
        g_array_append_vals(spans, signs, G_N_ELEMENTS(signs));
}

void pager_lines_spans(struct pager_lines *lines, size_t row, bool words, GArray *spans)
{
    const struct text_line *text_line = text_line_of(lines, row);
    struct flow_line line;
    pager_lines_get_row(lines, row, &line);
    if (row < lines->headers->len || (text_line && text_line->kind == TEXT_IN_BODY_HEADER)) {
        add_name(&line, spans);
    } else if (text_line && entry_at(lines, row)->folded) {
        const char *note = g_strrstr(line.text, "  [+");
        const struct flow_span span = {note ? (size_t)(note - line.text) : 0, line.length,
                                       STYLE_MARKERS, false};
        g_array_append_val(spans, span);
    } else if (text_line && text_line->kind == TEXT_DIFFSTAT) {
        add_diffstat(&line, spans);
    } else if (words && text_line &&
               (text_line->kind == TEXT_ADDED || text_line->kind == TEXT_REMOVED)) {
        hunk_words_spans(lines->words,
                         pager_lines_place(lines, row) - pager_lines_text_start(lines), spans);
    }
}

/* --- jumping ---------------------------------------------------------------------- */

bool pager_lines_is_quoted(const struct pager_lines *lines, size_t row)
{
    const struct text_line *line = text_line_of(lines, row);
    return line && line->kind == TEXT_QUOTED;
}

/* Is ROW the first of a block of lines of KIND? */
static bool begins_block(const struct pager_lines *lines, size_t row, enum text_kind kind)
{
    size_t place = pager_lines_place(lines, row), start = pager_lines_text_start(lines);
    return text_line_of(lines, row)->kind == kind &&
           (place == start || text_line_at(lines, place - start - 1)->kind != kind);
}

static bool is_target(const struct pager_lines *lines, size_t row, enum pager_target target)
{
    const struct text_line *line = text_line_of(lines, row);
    if (!line)
        return false;
    switch (target) {
    case PAGER_HUNK:
        return line->kind == TEXT_HUNK_HEADER;
    case PAGER_FILE:
        return begins_file(lines, pager_lines_place(lines, row) - pager_lines_text_start(lines));
    case PAGER_QUOTED:
        return begins_block(lines, row, TEXT_QUOTED);
    case PAGER_TRAILERS:
        break;
    }
    return begins_block(lines, row, TEXT_TRAILER);
}

bool pager_lines_next(const struct pager_lines *lines, enum pager_target target, int direction,
                      int count, size_t *row)
{
    bool any = false;
    size_t rows = lines->rows->len;
    for (size_t at = *row; count > 0 && (direction > 0 ? at + 1 < rows : at > 0);) {
        at = direction > 0 ? at + 1 : at - 1;
        if (!is_target(lines, at, target))
            continue;
        *row = at;
        any = true;
        count--;
    }
    return any;
}

/* --- the whole -------------------------------------------------------------------- */

struct pager_lines *pager_lines_new(struct message *message, const char *limit)
{
    struct pager_lines *lines = g_new0(struct pager_lines, 1);
    lines->message = message;
    lines->limit = limit;
    lines->text = text_parse(message->text, message->length);
    lines->headers = g_ptr_array_new_with_free_func(g_free);
    lines->files = g_array_new(FALSE, FALSE, sizeof(struct file));
    lines->rows = g_array_new(FALSE, FALSE, sizeof(struct row_entry));
    lines->unfolded_quotes = g_hash_table_new(NULL, NULL);
    lines->turned_files = g_hash_table_new(NULL, NULL);
    lines->labels = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    lines->words = hunk_words_new(message->text, lines->text);
    find_files(lines);
    build_rows(lines);
    return lines;
}

void pager_lines_free(struct pager_lines *lines)
{
    if (!lines)
        return;
    g_array_unref(lines->files);
    g_array_unref(lines->rows);
    g_hash_table_unref(lines->unfolded_quotes);
    g_hash_table_unref(lines->turned_files);
    g_hash_table_unref(lines->labels);
    hunk_words_free(lines->words);
    g_ptr_array_unref(lines->headers);
    text_free(lines->text);
    message_free(lines->message);
    g_free(lines);
}
