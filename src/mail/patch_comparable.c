/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/patch.h"

#include "mail/patch_file.h"
#include "mail/text.h"

#include <string.h>

/* Columns of a tab in the message, and lines of context of the diff, as git log has them. */
#define TAB_COLUMNS 8
#define CONTEXT_LINES 3

/* Bytes of a function's name that git takes. */
#define FUNCTION_LENGTH 80

/* Bytes of a path that stand in the header of each hunk, where git has all of it: a stranger's may
 * have megabytes, and a million hunks. */
#define PATH_LENGTH 200

/* How wide git log takes the characters from START to END to be; negative if one has no width. */
static int width_of(const char *start, const char *end)
{
    int width = 0;

    for (; start < end; start = g_utf8_find_next_char(start, NULL)) {
        gunichar character = g_utf8_get_char(start);

        if (g_unichar_iscntrl(character))
            return -1;
        if (!g_unichar_iszerowidth(character))
            width += g_unichar_iswide(character) ? 2 : 1;
    }
    return width;
}

/* Appends a line of the message with its tabs expanded. A line with control characters
 * stays as it is from there on. */
static void append_expanded(GString *out, const char *start, const char *end)
{
    const char *tab;
    int width;

    while ((tab = memchr(start, '\t', (size_t)(end - start))) != NULL &&
           (width = width_of(start, tab)) >= 0) {
        g_string_append_len(out, start, tab - start);
        g_string_append_printf(out, "%*s", TAB_COLUMNS - width % TAB_COLUMNS, "");
        start = tab + 1;
    }
    g_string_append_len(out, start, end - start);
}

static void append_message(GString *out, const char *message)
{
    const char *feed;

    for (; *message != '\0'; message = feed + 1) {
        feed = strchrnul(message, '\n');
        if (feed > message)
            g_string_append(out, "    ");
        append_expanded(out, message, feed);
        g_string_append_c(out, '\n');
        if (*feed == '\0')
            break;
    }
}

/* A name as git has it, but that a control character in it must not begin a line of its own. */
static void append_path(GString *out, const char *path)
{
    for (; *path != '\0'; path++) {
        if (g_ascii_iscntrl(*path))
            g_string_append_printf(out, "\\%03o", (unsigned)*path);
        else
            g_string_append_c(out, *path);
    }
}

/* PATH as it stands in the headers of hunks. The caller frees it. */
static char *short_path(const char *path)
{
    size_t length = strnlen(path, PATH_LENGTH);

    while (length > 0 && (path[length] & 0xc0) == 0x80)
        length--;
    return g_strndup(path, length);
}

static void append_heading(GString *out, const struct file_header *header)
{
    g_string_append(out, " ## ");
    if (header->change == PATCH_RENAMED) {
        append_path(out, header->old_path);
        g_string_append(out, " => ");
    }
    append_path(out, header->path);
    if (header->change == PATCH_ADDED)
        g_string_append(out, " (new)");
    else if (header->change == PATCH_DELETED)
        g_string_append(out, " (deleted)");
    if (header->old_mode != header->new_mode)
        g_string_append_printf(out, " (mode change %06o => %06o)", header->old_mode,
                               header->new_mode);
    g_string_append(out, " ##\n");
}

struct span {
    const char *start;
    size_t length;
};

/* A hunk that is being written. */
struct hunk {
    const struct diff_text *diff;
    const char *path;     /* cut */
    guint first, end;     /* its lines, without the header */
    bool whole;           /* all of its context is written */
    struct span function; /* what a header before the next line would say */
};

static struct span span_at(const struct diff_text *diff, guint index)
{
    struct span span;

    span.start = diff_line(diff, index, &span.length);
    return span;
}

static bool is_change(const struct diff_text *diff, guint index)
{
    unsigned kind = diff_kind(diff, index);

    return kind == TEXT_ADDED || kind == TEXT_REMOVED;
}

/* "\ No newline at end of file". */
static bool is_note(const struct diff_text *diff, guint index)
{
    struct span line = span_at(diff, index);

    return line.length > 0 && *line.start == '\\';
}

/* Git cuts the name, then takes white space off its end, then what the cut has left of a character. */
static struct span cut_function(struct span name)
{
    size_t whole = name.length;

    name.length = MIN(whole, FUNCTION_LENGTH);
    while (name.length > 0 && g_ascii_isspace(name.start[name.length - 1]))
        name.length--;
    while (name.length > 0 && name.length < whole && (name.start[name.length] & 0xc0) == 0x80)
        name.length--;
    return name;
}

/* The words behind the numbers of a hunk's header, as they stand there: git has cut them anywhere. What is
 * longer is not git's. */
static struct span function_of(struct span header)
{
    const char *end = header.start + header.length;
    const char *marks = memmem(header.start + 2, header.length - 2, "@@", 2);
    struct span words;

    if (marks == NULL || end - marks < 3)
        return (struct span) { end, 0 };
    marks += 2 + (marks[2] == ' ');
    words = (struct span) { marks, (size_t)(end - marks) };
    return words.length > FUNCTION_LENGTH ? cut_function(words) : words;
}

/* Is the line, behind its sign, one that git names in the headers of hunks behind it, where nothing is
 * configured for the language? */
static bool is_function(struct span line)
{
    return line.length > 1 &&
           (g_ascii_isalpha(line.start[1]) || line.start[1] == '_' || line.start[1] == '$');
}

static void note_function(struct hunk *hunk, guint index)
{
    struct span line = span_at(hunk->diff, index);

    if (diff_kind(hunk->diff, index) != TEXT_ADDED && is_function(line))
        hunk->function = cut_function((struct span) { line.start + 1, line.length - 1 });
}

static void append_hunk_header(GString *out, const struct hunk *hunk)
{
    g_string_append(out, "@@");
    if (hunk->function.length > 0) {
        g_string_append_c(out, ' ');
        append_path(out, hunk->path);
        g_string_append(out, ": ");
        g_string_append_len(out, hunk->function.start, (gssize)hunk->function.length);
    }
    g_string_append_c(out, '\n');
}

static void append_hunk_line(GString *out, const struct diff_text *diff, guint index)
{
    struct span line = span_at(diff, index);

    /* An empty line is one that has lost its blank on the way. */
    if (line.length == 0 || *line.start == '\\')
        g_string_append_c(out, ' ');
    g_string_append_len(out, line.start, (gssize)line.length);
    g_string_append_c(out, '\n');
}

/* For each line of HUNK, how many lines of context lie between it and the next change, itself
 * counted; at most one more than are kept. The caller frees it. */
static uint8_t *distances(const struct hunk *hunk)
{
    uint8_t *distance = g_malloc(hunk->end - hunk->first + 1);
    uint8_t next = CONTEXT_LINES + 1;

    for (guint i = hunk->end; i > hunk->first; i--) {
        if (is_change(hunk->diff, i - 1))
            next = 0;
        else if (next <= CONTEXT_LINES && !is_note(hunk->diff, i - 1))
            next++;
        distance[i - 1 - hunk->first] = next;
    }
    return distance;
}

/* Mails may have more lines of context than git log shows: of those the hunk becomes shorter, or more
 * than one. */
static void append_hunk(GString *out, struct hunk *hunk)
{
    g_autofree uint8_t *distance = distances(hunk);
    unsigned behind = CONTEXT_LINES + 1;
    bool inside = false;

    for (guint i = hunk->first; i < hunk->end; i++) {
        if (is_change(hunk->diff, i))
            behind = 0;
        else if (behind <= CONTEXT_LINES && !is_note(hunk->diff, i))
            behind++;
        if (hunk->whole || behind <= CONTEXT_LINES ||
            distance[i - hunk->first] <= CONTEXT_LINES) {
            if (!inside)
                append_hunk_header(out, hunk);
            append_hunk_line(out, hunk->diff, i);
            inside = true;
        } else {
            inside = false;
        }
        note_function(hunk, i);
    }
}

/* What git log says of a binary file, whose names it shows without a prefix. */
static void append_binary(GString *out, const struct file_header *header)
{
    g_string_append(out, " Binary files ");
    append_path(out, header->change == PATCH_ADDED  ? "/dev/null"
                     : header->old_path != NULL ? header->old_path
                                                : header->path);
    g_string_append(out, " and ");
    append_path(out, header->change == PATCH_DELETED ? "/dev/null" : header->path);
    g_string_append(out, " differ\n");
}

/* A file: its header, and which lines are its. */
struct file {
    struct file_header header;
    struct diff_part part;
};

/* The hunk whose header is line INDEX of FILE. */
static struct hunk find_hunk(const struct diff_text *diff, const struct file *file, guint index)
{
    struct hunk hunk = {
        .diff = diff,
        .first = index + 1,
        .end = index + 1,
        .function = function_of(span_at(diff, index)),
    };

    while (hunk.end < file->part.end &&
           (is_change(diff, hunk.end) || diff_kind(diff, hunk.end) == TEXT_CONTEXT))
        hunk.end++;
    return hunk;
}

static void append_file(GString *out, const struct diff_text *diff, const struct file *file,
                        bool widened)
{
    g_autofree char *path = short_path(file->header.path);

    append_heading(out, &file->header);
    if (file->header.binary)
        append_binary(out, &file->header);
    for (guint i = file->part.first; i < file->part.end;) {
        if (diff_kind(diff, i) == TEXT_HUNK_HEADER) {
            struct hunk hunk = find_hunk(diff, file, i);
            hunk.path = path;
            hunk.whole = widened;
            append_hunk(out, &hunk);
            i = hunk.end;
        } else {
            i++;
        }
    }
}

static void clear_header(void *data)
{
    struct file *file = data;

    file_header_clear(&file->header);
}

/* In the order of git log, whatever that of the mail; the same file twice as it came. */
static int compare_files(const void *a, const void *b)
{
    const struct file *first = a;
    const struct file *second = b;
    int order = strcmp(first->header.path, second->header.path);

    if (order != 0)
        return order;
    return first->part.first < second->part.first ? -1 : first->part.first > second->part.first;
}

static GArray *find_files(const struct diff_text *diff)
{
    GArray *parts = diff_parts(diff);
    GArray *files = g_array_new(FALSE, FALSE, sizeof(struct file));

    g_array_set_clear_func(files, clear_header);
    for (guint i = 0; i < parts->len; i++) {
        struct file file = { .part = g_array_index(parts, struct diff_part, i) };
        file_header_read(&file.header, diff, &file.part);
        g_array_append_val(files, file);
    }
    g_array_unref(parts);
    g_array_sort(files, compare_files);
    return files;
}

GString *patch_comparable(const struct patch *patch, size_t *diff_start)
{
    struct text *text = text_parse(patch->diff, strlen(patch->diff));
    const struct diff_text diff = { patch->diff, text };
    GArray *files = find_files(&diff);
    GString *out = g_string_new(" ## Metadata ##\nAuthor: ");
    const char *message = patch->cover != NULL ? patch->cover : patch->message;

    g_string_append_printf(out, "%s\n\n ## Commit message ##\n", patch->author);
    append_message(out, patch->title);
    if (*message != '\0') {
        g_string_append_c(out, '\n');
        append_message(out, message);
    }
    *diff_start = 0;
    for (guint i = 0; i < files->len; i++) {
        g_string_append_c(out, '\n');
        if (i == 0)
            *diff_start = out->len;
        append_file(out, &diff, &g_array_index(files, struct file, i), patch->widened);
    }
    g_array_unref(files);
    text_free(text);
    return out;
}
