/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/patch.h"

#include "hash.h"
#include "mail/body.h"
#include "mail/header.h"
#include "mail/mailinfo.h"
#include "mail/message.h"
#include "mail/patch_file.h"
#include "mail/text.h"

#include <string.h>

/* A text as git am sees it and its lines, of which those from FIRST up to END are the diff. */
struct source {
    const char *bytes;
    size_t length;
    struct text *text;
    guint first, end;
};

static const struct text_line *line_at(const struct source *source, guint index)
{
    return &g_array_index(source->text->lines, struct text_line, index);
}

/* Where line INDEX begins; behind the last one, the end of the text. */
static size_t line_start(const struct source *source, guint index)
{
    return index < source->text->lines->len ? line_at(source, index)->start : source->length;
}

static bool is_of_diff(unsigned kind)
{
    return kind >= TEXT_FILE_HEADER && kind <= TEXT_BINARY;
}

static void find_diff(struct source *source)
{
    guint count = source->text->lines->len;

    source->first = 0;
    while (source->first < count && line_at(source, source->first)->kind != TEXT_FILE_HEADER)
        source->first++;
    source->end = count;
    while (source->end > source->first && !is_of_diff(line_at(source, source->end - 1)->kind))
        source->end--;
}

/* The last header of that name, which is the one that git takes; "" if there is none. */
static const char *last_header(const struct message *message, const char *name)
{
    for (guint i = message->headers->len; i > 0; i--) {
        const struct message_header *header =
            &g_array_index(message->headers, struct message_header, i - 1);
        if (g_ascii_strcasecmp(header->name, name) == 0)
            return header->value;
    }
    return "";
}

/* Where the message ends that begins at START. What git am cannot apply, a cover letter or an answer,
 * ends at the signature. */
static const char *message_end(const struct source *source, const char *start)
{
    const char *end = source->bytes + source->length;
    const char *stop = mailinfo_break(start, end);

    if (stop != NULL)
        return stop;
    for (guint i = 0; i < source->text->lines->len; i++) {
        const char *line = source->bytes + line_at(source, i)->start;
        if (line >= start && line_at(source, i)->kind == TEXT_SIGNATURE)
            return line;
    }
    return end;
}

/* A mail without a subject has the first paragraph as its title, as git has it. */
static void take_title(struct patch *patch, GString *message)
{
    const char *paragraph = strstr(message->str, "\n\n");
    size_t length = paragraph != NULL ? (size_t)(paragraph - message->str) : message->len;

    g_free(patch->title);
    patch->title = g_strndup(message->str, length);
    g_strdelimit(g_strchomp(patch->title), "\n", ' ');
    g_string_erase(message, 0, (gssize)(paragraph != NULL ? length + 2 : length));
}

/* What the lines from START on say to people. Those of the diffstat change with every version. */
static char *read_cover(const struct source *source, const char *start)
{
    GString *lines = g_string_new(NULL);
    GString *cover = g_string_new(NULL);

    for (guint i = 0; i < source->text->lines->len; i++) {
        const struct text_line *line = line_at(source, i);
        const char *bytes = source->bytes + line->start;

        if (bytes < start || line->kind == TEXT_DIFFSTAT)
            continue;
        if (line->kind == TEXT_SIGNATURE)
            break;
        g_string_append_len(lines, bytes, line->length);
        g_string_append_c(lines, '\n');
    }
    mailinfo_clean(cover, lines->str, lines->str + lines->len);
    g_string_free(lines, TRUE);
    return g_string_free(cover, FALSE);
}

static void read_message(struct patch *patch, const struct message *message,
                         const struct source *source)
{
    struct mailinfo_opening opening;
    const char *start = mailinfo_open(source->bytes, source->bytes + source->length, &opening);
    GString *text = g_string_new(NULL);

    patch->author =
        mailinfo_author(opening.from != NULL ? opening.from : last_header(message, "From"));
    patch->date = g_strdup(opening.date != NULL ? opening.date : last_header(message, "Date"));
    patch->title =
        mailinfo_title(opening.subject != NULL ? opening.subject : last_header(message, "Subject"));
    mailinfo_opening_clear(&opening);
    mailinfo_clean(text, start, message_end(source, start));
    if (*patch->title == '\0')
        take_title(patch, text);
    patch->message = g_string_free(text, FALSE);
    if (source->first == source->end)
        patch->cover = read_cover(source, start);
}

static void clear_file(void *data)
{
    struct patch_file *file = data;

    g_free(file->path);
    g_free(file->old_path);
}

static void count_lines(struct patch_file *file, const struct diff_text *diff,
                        const struct diff_part *part)
{
    for (guint i = part->first; i < part->end; i++) {
        unsigned kind = diff_kind(diff, i);

        file->added += kind == TEXT_ADDED;
        file->removed += kind == TEXT_REMOVED;
    }
}

/* Fills patch->files from patch->diff. */
static void read_files(struct patch *patch)
{
    size_t length = strlen(patch->diff);
    struct text *text = text_parse(patch->diff, length);
    const struct diff_text diff = { patch->diff, text };
    GArray *parts = diff_parts(&diff);

    patch->files = g_array_new(FALSE, FALSE, sizeof(struct patch_file));
    g_array_set_clear_func(patch->files, clear_file);
    for (guint i = 0; i < parts->len; i++) {
        const struct diff_part *part = &g_array_index(parts, struct diff_part, i);
        struct patch_file file = { 0 };
        struct file_header header;
        size_t unused;

        file_header_read(&header, &diff, part);
        file.path = header.path;
        file.old_path = header.old_path;
        file.change = header.change;
        file.binary = header.binary;
        count_lines(&file, &diff, part);
        file.start = (size_t)(diff_line(&diff, part->first, &unused) - patch->diff);
        file.length = length - file.start;
        if (i > 0) {
            struct patch_file *last = &g_array_index(patch->files, struct patch_file, i - 1);
            last->length = file.start - last->start;
        }
        g_array_append_val(patch->files, file);
    }
    g_array_unref(parts);
    text_free(text);
}

/* The bytes from START to END, which end with a LF. */
static char *copy_lines(const char *start, const char *end)
{
    if (end > start && end[-1] != '\n')
        return g_strdup_printf("%.*s\n", (int)(end - start), start);
    return g_strndup(start, (gsize)(end - start));
}

/* What a line says behind NAME, which it begins with, or NULL. The caller frees it. */
static char *value_of(const char *line, size_t length, const char *name)
{
    if (length <= strlen(name) || memcmp(line, name, strlen(name)) != 0)
        return NULL;
    return g_strstrip(g_strndup(line + strlen(name), length - strlen(name)));
}

static bool is_commit(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");

    return text[length] == '\0' && length >= 7 && length <= 64;
}

/* A line outside the diff: what it says of base and prerequisites. */
static void read_particular(struct patch *patch, const char *line, size_t length)
{
    static const char prefix[] = "prerequisite-";
    static const char *const kinds[] = { "patch-id: ", "message-id: ", "change-id: " };
    char *value = value_of(line, length, "base-commit: ");

    if (value != NULL) {
        if (patch->base_commit == NULL && is_commit(value))
            patch->base_commit = value;
        else
            g_free(value);
        return;
    }
    value = value_of(line, length, prefix);
    if (value == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        char *word = value_of(value, strlen(value), kinds[i]);
        if (word != NULL)
            g_ptr_array_add(patch->prerequisites,
                            g_strdup_printf("%.*s %s", (int)strlen(kinds[i]) - 2, kinds[i], word));
        g_free(word);
    }
    g_free(value);
}

static void read_links(struct patch *patch, GHashTable *seen, const char *start, const char *end)
{
    char *link;

    while ((link = body_next_link(&start, end)) != NULL) {
        if (g_hash_table_add(seen, link))
            g_ptr_array_add(patch->links, g_strdup(link));
    }
}

static void read_change_id(struct patch *patch, const struct message *message, const char *start,
                           const char *end)
{
    const char *header = message_header(message, "X-Change-Id");
    const char *word;
    size_t length;

    if (header != NULL && *header != '\0')
        patch->change_id = g_strdup(header);
    else if (body_find_change_id(start, end, &word, &length))
        patch->change_id = g_strndup(word, length);
}

/* What the text in front of the diff and behind it says about the patch. */
static void read_particulars(struct patch *patch, const struct message *message,
                             const struct source *source)
{
    GHashTable *seen = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    const char *diff = source->bytes + line_start(source, source->first);
    const char *behind = source->bytes + line_start(source, source->end);
    const char *end = source->bytes + source->length;

    patch->prerequisites = g_ptr_array_new_with_free_func(g_free);
    patch->links = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < source->text->lines->len; i++) {
        const struct text_line *line = line_at(source, i);
        if (!is_of_diff(line->kind))
            read_particular(patch, source->bytes + line->start, line->length);
    }
    read_links(patch, seen, source->bytes, diff);
    read_links(patch, seen, behind, end);
    read_change_id(patch, message, source->bytes, diff);
    if (patch->change_id == NULL)
        read_change_id(patch, message, behind, end);
    g_hash_table_destroy(seen);
}

/* Behind the next COUNT line breaks from START, or END. */
static const char *skip_lines(const char *start, const char *end, guint count)
{
    for (; count > 0 && start < end; count--) {
        const char *feed = memchr(start, '\n', (size_t)(end - start));
        start = feed != NULL ? feed + 1 : end;
    }
    return start;
}

static guint count_breaks(const char *start, const char *end)
{
    guint count = 0;

    while ((start = memchr(start, '\n', (size_t)(end - start))) != NULL) {
        count++;
        start++;
    }
    return count;
}

/* MAIL as git mailsplit leaves it: the CR of each CRLF dropped, before an encoding brings others, which stay. */
static GString *split_mail(const struct message_source *mail)
{
    GString *split = g_string_new_len(mail->bytes, (gssize)mail->length);

    message_drop_returns(split);
    return split;
}

/* The lines of the diff as they came. A charset that is not made of bytes (UTF-16) has no such lines:
 * then they are those of the text. */
static GBytes *read_raw_diff(const struct patch *patch, const struct message_source *mail,
                             const struct source *source)
{
    GString *split;
    GString *raw;
    struct message_source split_source;
    const char *start;
    const char *stop;
    const char *end;

    if (*patch->diff == '\0')
        return g_bytes_new(NULL, 0);
    split = split_mail(mail);
    split_source = message_locate(split->str, split->len);
    raw = message_raw_text(&split_source);
    mailinfo_unflow(&split_source, raw);
    g_string_free(split, TRUE);
    end = raw->str + raw->len;
    start = skip_lines(raw->str, end, source->first);
    stop = skip_lines(start, end, source->end - source->first);
    if (count_breaks(raw->str, end) == count_breaks(source->bytes, source->bytes + source->length))
        g_string_erase(g_string_truncate(raw, (gsize)(stop - raw->str)), 0, start - raw->str);
    else
        g_string_assign(raw, patch->diff);
    if (raw->len == 0 || raw->str[raw->len - 1] != '\n')
        g_string_append_c(raw, '\n');
    return g_string_free_to_bytes(raw);
}

struct patch *patch_read(const char *bytes, size_t length)
{
    struct message_source mail = message_locate(bytes, length);
    struct message *message = message_parse(bytes, length);
    GString *text = g_string_new_len(message->text, (gssize)message->length);
    struct source source = { 0 };
    struct patch *patch = g_new0(struct patch, 1);

    mailinfo_unflow(&mail, text);
    source.bytes = text->str;
    source.length = text->len;
    source.text = text_parse(text->str, text->len);
    find_diff(&source);
    read_message(patch, message, &source);
    patch->diff = copy_lines(source.bytes + line_start(&source, source.first),
                             source.bytes + line_start(&source, source.end));
    patch->raw_diff = read_raw_diff(patch, &mail, &source);
    read_files(patch);
    read_particulars(patch, message, &source);
    patch->damaged = message->damaged;
    text_free(source.text);
    g_string_free(text, TRUE);
    message_free(message);
    return patch;
}

static GPtrArray *copy_strings(GPtrArray *strings)
{
    GPtrArray *copy = g_ptr_array_new_full(strings->len, g_free);

    for (guint i = 0; i < strings->len; i++)
        g_ptr_array_add(copy, g_strdup(g_ptr_array_index(strings, i)));
    return copy;
}

struct patch *patch_with_diff(const struct patch *patch, const char *diff)
{
    struct patch *copy = g_new0(struct patch, 1);

    copy->author = g_strdup(patch->author);
    copy->date = g_strdup(patch->date);
    copy->title = g_strdup(patch->title);
    copy->message = g_strdup(patch->message);
    copy->cover = g_strdup(patch->cover);
    copy->diff = g_strdup(diff);
    copy->raw_diff = g_bytes_new(diff, strlen(diff));
    copy->base_commit = g_strdup(patch->base_commit);
    copy->change_id = g_strdup(patch->change_id);
    copy->prerequisites = copy_strings(patch->prerequisites);
    copy->links = copy_strings(patch->links);
    copy->damaged = patch->damaged;
    copy->widened = true;
    read_files(copy);
    return copy;
}

void patch_free(struct patch *patch)
{
    if (patch == NULL)
        return;
    g_free(patch->author);
    g_free(patch->date);
    g_free(patch->title);
    g_free(patch->message);
    g_free(patch->cover);
    g_free(patch->diff);
    g_bytes_unref(patch->raw_diff);
    g_array_unref(patch->files);
    g_free(patch->base_commit);
    g_free(patch->change_id);
    g_ptr_array_unref(patch->prerequisites);
    g_ptr_array_unref(patch->links);
    g_free(patch);
}
