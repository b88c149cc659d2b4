/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The letters of a pattern that need the text of a mail, asked of its bytes. What can be any
 * number of lines is put into one text, so that an expression is tried once. */
#include "pattern_tree.h"

#include "mail/message.h"
#include "mail/text.h"

#include <string.h>

/* A mail, and what has been worked out of it; NULL before somebody asked. */
struct opened {
    const char *bytes;
    size_t length;
    struct message *message;
    GString *headers, *paths;
};

static const struct message *opened_message(struct opened *mail)
{
    if (!mail->message)
        mail->message = message_parse(mail->bytes, mail->length);
    return mail->message;
}

/* --- headers ---------------------------------------------------------------- */

static bool is_named(const char *name, const char *const *names)
{
    for (; names && *names; names++)
        if (g_ascii_strcasecmp(name, *names) == 0)
            return true;
    return names == NULL;
}

static GString *join_headers(const struct message *message, const char *const *names)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < message->headers->len; i++) {
        const struct message_header *header =
            &g_array_index(message->headers, struct message_header, i);

        if (!is_named(header->name, names))
            continue;
        if (!names)
            g_string_append_printf(out, "%s: ", header->name);
        g_string_append(g_string_append(out, header->value), "\n");
    }
    return out;
}

static bool finds(const struct pattern_node *node, const GString *text)
{
    return expression_find(node->expression, text->str, text->len, 0, NULL, NULL);
}

/* Does it hold for the values of the headers called NAMES? */
static bool holds_for_headers(const struct pattern_node *node, struct opened *mail,
                              const char *const *names)
{
    GString *values = join_headers(opened_message(mail), names);
    bool holds = finds(node, values);

    g_string_free(values, TRUE);
    return holds;
}

static const GString *opened_headers(struct opened *mail)
{
    if (!mail->headers)
        mail->headers = join_headers(opened_message(mail), NULL);
    return mail->headers;
}

/* --- paths ------------------------------------------------------------------ */

/* What QUOTED, which begins with a quotation mark, names (git-config(1), core.quotePath). The caller
 * frees it. */
static char *unquote(const char *quoted)
{
    const char *end = strrchr(quoted + 1, '"');
    g_autofree char *inside = end ? g_strndup(quoted + 1, (size_t)(end - quoted - 1))
                                  : g_strdup(quoted + 1);
    size_t length = strlen(inside), escapes = 0;

    while (escapes < length && inside[length - 1 - escapes] == '\\')
        escapes++;
    /* GLib complains about a last one that escapes nothing. */
    inside[length - escapes % 2] = '\0';
    return g_strcompress(inside);
}

/* Adds the name that the LENGTH bytes at BYTES are, without its PREFIX ("a/"). */
static void add_path(GString *out, const char *bytes, size_t length, bool prefix)
{
    g_autofree char *written = g_strndup(bytes, length);
    g_autofree char *path = NULL;
    size_t skipped;

    written[strcspn(written, "\t")] = '\0';
    path = *written == '"' ? unquote(written) : g_strdup(written);
    skipped = prefix && path[0] && path[1] == '/' ? 2 : 0;
    if (strcmp(path, "/dev/null") != 0)
        g_string_append(g_string_append(out, path + skipped), "\n");
}

/* "a/NAME b/NAME" has the same name twice unless other lines say otherwise. */
static void add_git_paths(GString *out, const char *names, size_t length)
{
    size_t half = length / 2, first = *names == '"' ? 2 : 1;

    if (length % 2 == 1 && half > first && names[half] == ' ' &&
        memcmp(names + first, names + half + 1 + first, half - first) == 0)
        add_path(out, names, half, true);
}

static void add_paths_of_line(GString *out, const char *line, size_t length)
{
    static const struct {
        const char *word;
        bool prefix;
    } words[] = { { "+++ ", true }, { "--- ", true },
                  { "rename from ", false }, { "rename to ", false },
                  { "copy from ", false }, { "copy to ", false }, { "Index: ", false } };
    static const char git[] = "diff --git ";

    if (length > strlen(git) && memcmp(line, git, strlen(git)) == 0)
        add_git_paths(out, line + strlen(git), length - strlen(git));
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t word = strlen(words[i].word);

        if (length > word && memcmp(line, words[i].word, word) == 0)
            add_path(out, line + word, length - word, words[i].prefix);
    }
}

/* The names of the files that the diff touches, a line each. */
static const GString *opened_paths(struct opened *mail)
{
    const struct message *message = opened_message(mail);
    struct text *text;

    if (mail->paths)
        return mail->paths;
    mail->paths = g_string_new(NULL);
    text = text_parse(message->text, message->length);
    for (guint i = 0; i < text->lines->len; i++) {
        const struct text_line *line = &g_array_index(text->lines, struct text_line, i);

        if (line->kind == TEXT_FILE_HEADER)
            add_paths_of_line(mail->paths, message->text + line->start, line->length);
    }
    text_free(text);
    return mail->paths;
}

/* --- letters ---------------------------------------------------------------- */

static bool finds_in_text(const struct pattern_node *node, struct opened *mail)
{
    const struct message *message = opened_message(mail);

    return expression_find(node->expression, message->text, message->length, 0, NULL, NULL);
}

static bool holds(const struct pattern_node *node, struct opened *mail)
{
    static const char *const to[] = { "To", NULL };
    static const char *const cc[] = { "Cc", NULL };
    static const char *const to_or_cc[] = { "To", "Cc", NULL };
    static const char *const anybody[] = { "From", "To", "Cc", NULL };

    switch (node->letter) {
    case 'B':
        return finds(node, opened_headers(mail)) || finds_in_text(node, mail);
    case 'b':
        return finds_in_text(node, mail);
    case 'C':
        return holds_for_headers(node, mail, to_or_cc);
    case 'c':
        return holds_for_headers(node, mail, cc);
    case 'h':
        return finds(node, opened_headers(mail));
    case 'L':
        return holds_for_headers(node, mail, anybody);
    case 't':
        return holds_for_headers(node, mail, to);
    case 'y':
        return finds(node, opened_paths(mail));
    case 'z':
        return (int64_t)mail->length >= node->low && (int64_t)mail->length <= node->high;
    default:
        g_assert_not_reached();
    }
}

uint32_t pattern_read(const struct pattern *pattern, const char *bytes, size_t length)
{
    struct opened mail = { .bytes = bytes, .length = length };
    uint32_t found = 0;

    for (guint i = 0; i < pattern->texts->len; i++) {
        const struct pattern_node *node = g_ptr_array_index(pattern->texts, i);

        if (holds(node, &mail))
            found |= node->bit;
    }
    if (mail.message)
        message_free(mail.message);
    if (mail.headers)
        g_string_free(mail.headers, TRUE);
    if (mail.paths)
        g_string_free(mail.paths, TRUE);
    return found;
}
