/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/patch_mail.h"

#include "hash.h"
#include "mail/header.h"
#include "mail/line.h"
#include "mail/mailinfo.h"
#include "mail/mbox.h"
#include "mail/message.h"

#include <gmime/gmime.h>
#include <string.h>

/* The text of a mail as git mailinfo takes it apart. */
struct parts {
    GString *text;         /* UTF-8 */
    GString *raw;          /* the same lines as they came */
    const char *message;   /* in text: behind the opening header lines … */
    const char *patch;     /* … up to the line at which git looks for the patch */
    const char *raw_patch; /* that line in raw */
};

static bool is_blank(const char *line, const char *end)
{
    while (line < end && g_ascii_isspace(*line))
        line++;
    return line == end;
}

/* Where the patch begins in what came. NULL if the lines are not those of the text, for the charset is not made
 * of bytes (UTF-16). */
static const char *find_raw_patch(const struct parts *parts)
{
    const char *raw = parts->raw->str;
    const char *raw_end = raw + parts->raw->len;
    const char *end = parts->text->str + parts->text->len;
    const char *found = NULL;

    for (const char *line = parts->text->str; line < end; line = line_next(line, end)) {
        if (line == parts->patch)
            found = raw;
        if (raw == raw_end)
            return NULL;
        raw = line_next(raw, raw_end);
    }
    return raw == raw_end ? found : NULL;
}

/* What is no patch, a cover letter, ends at its signature. */
static const char *find_signature(const char *start, const char *end)
{
    const char *signature = memmem(start, (size_t)(end - start), "\n-- \n", 5);

    return signature != NULL ? signature + 1 : end;
}

static void take_apart(struct parts *parts, const struct message_source *mail)
{
    struct mailinfo_opening opening;
    const char *end;

    parts->text = message_whole_text(mail);
    parts->raw = message_raw_text(mail);
    mailinfo_unflow(mail, parts->text);
    mailinfo_unflow(mail, parts->raw);
    end = parts->text->str + parts->text->len;
    parts->message = mailinfo_open(parts->text->str, end, &opening);
    mailinfo_opening_clear(&opening);
    parts->patch = mailinfo_break(parts->message, end);
    if (parts->patch == NULL)
        parts->patch = find_signature(parts->message, end);
    parts->raw_patch = find_raw_patch(parts);
}

static void clear_parts(struct parts *parts)
{
    g_string_free(parts->text, TRUE);
    g_string_free(parts->raw, TRUE);
}

/* The colon of the trailer that LINE is, or NULL. */
static const char *trailer_colon(const char *line, const char *end)
{
    const char *cursor = line;

    while (cursor < end && (g_ascii_isalnum(*cursor) || *cursor == '-'))
        cursor++;
    if (cursor == line)
        return NULL;
    while (cursor < end && (*cursor == ' ' || *cursor == '\t'))
        cursor++;
    return cursor < end && *cursor == ':' ? cursor : NULL;
}

/* A line by which git knows trailers though others stand among them. */
static bool is_git_trailer(const char *line, const char *end)
{
    static const char *const prefixes[] = { "Signed-off-by: ", "(cherry picked from commit " };

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (line_begins(line, end, prefixes[i]))
            return true;
    }
    return false;
}

/* Behind the last line from START to END that is not blank. */
static const char *without_blank_lines(const char *start, const char *end)
{
    const char *stop = start;

    for (const char *line = start, *next; line < end; line = next) {
        next = line_next(line, end);
        if (!is_blank(line, next))
            stop = next;
    }
    return stop;
}

/* Where the last paragraph from START to END begins. */
static const char *last_paragraph(const char *start, const char *end)
{
    const char *paragraph = start;

    for (const char *line = start, *next; line < end; line = next) {
        next = line_next(line, end);
        if (is_blank(line, next))
            paragraph = next;
    }
    return paragraph;
}

/* Are the lines trailers: all of them, or a quarter if one is git's? Lines that begin with white space
 * belong to a trailer in front of them. */
static bool are_trailers(const char *start, const char *end)
{
    guint trailers = 0;
    guint others = 0;
    bool by_git = false;
    bool inside = false;

    for (const char *line = start, *next; line < end; line = next) {
        next = line_next(line, end);
        if (inside && (*line == ' ' || *line == '\t'))
            continue;
        by_git |= is_git_trailer(line, next);
        inside = is_git_trailer(line, next) || trailer_colon(line, next) != NULL;
        trailers += inside;
        others += !inside;
    }
    return trailers > 0 && (others == 0 || (by_git && trailers * 3 >= others));
}

/* A trailer as it is compared: white space and case do not count. The caller frees it. */
static char *folded_trailer(const char *line, const char *end)
{
    g_autofree char *text = header_unfold(line, (size_t)(end - line));
    const char *colon = trailer_colon(text, text + strlen(text));
    g_autofree char *name = NULL;
    g_autofree char *joined = NULL;

    if (colon == NULL)
        return g_utf8_casefold(text, -1);
    name = g_strchomp(g_strndup(text, (gsize)(colon - text)));
    for (colon++; *colon == ' '; colon++)
        ;
    joined = g_strconcat(name, ": ", colon, NULL);
    return g_utf8_casefold(joined, -1);
}

/* The keys of the trailers from START to END, each with the lines that continue it. */
static GHashTable *folded_trailers(const char *start, const char *end)
{
    GHashTable *keys = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);

    for (const char *line = start, *next; line < end; line = next) {
        next = line_next(line, end);
        while (next < end && (*next == ' ' || *next == '\t'))
            next = line_next(next, end);
        g_hash_table_add(keys, folded_trailer(line, next));
    }
    return keys;
}

/* Those of TRAILERS that are not between START and END, each as a line. */
static GString *missing_trailers(const char *start, const char *end, const char *const *trailers)
{
    GHashTable *keys = folded_trailers(start, end);
    GString *lines = g_string_new(NULL);

    for (; *trailers != NULL; trailers++) {
        char *text = header_unfold(*trailers, strlen(*trailers));
        if (*text != '\0' && g_hash_table_add(keys, folded_trailer(text, text + strlen(text))))
            g_string_append_printf(lines, "%s\n", text);
        g_free(text);
    }
    g_hash_table_destroy(keys);
    return lines;
}

/* Is the last line blank, or is there none? */
static bool ends_blank(const GString *text)
{
    return text->len < 2 || (text->str[text->len - 1] == '\n' && text->str[text->len - 2] == '\n');
}

/* The body with TRAILERS in the message; NULL if they are there already. */
static GString *body_with_trailers(const struct parts *parts, const char *const *trailers)
{
    const char *stop = without_blank_lines(parts->message, parts->patch);
    const char *block = last_paragraph(parts->message, stop);
    bool found = are_trailers(block, stop);
    GString *lines = missing_trailers(found ? block : stop, stop, trailers);
    GString *body = NULL;

    if (lines->len > 0) {
        body = g_string_new_len(parts->text->str, stop - parts->text->str);
        if (body->len > 0 && body->str[body->len - 1] != '\n')
            g_string_append_c(body, '\n');
        if (!found && !ends_blank(body))
            g_string_append_c(body, '\n');
        g_string_append_len(body, lines->str, (gssize)lines->len);
        g_string_append_len(body, stop, parts->patch - stop);
        if (parts->raw_patch != NULL)
            g_string_append_len(body, parts->raw_patch,
                                parts->raw->str + parts->raw->len - parts->raw_patch);
        else
            g_string_append(body, parts->patch);
    }
    g_string_free(lines, TRUE);
    return body;
}

static void append_base64(GString *out, const GString *body)
{
    GMimeEncoding encoder;
    g_autofree char *buffer = NULL;
    size_t length;

    g_mime_encoding_init_encode(&encoder, GMIME_CONTENT_ENCODING_BASE64);
    buffer = g_malloc(g_mime_encoding_outlen(&encoder, body->len));
    length = g_mime_encoding_flush(&encoder, body->str, body->len, buffer);
    g_string_append_len(out, buffer, (gssize)length);
}

/* The fields of the header block but for those that say how the body was written. */
static void append_header(GString *out, const struct message_source *mail)
{
    static const char *const dropped[] = { "MIME-Version", "Content-Type",
                                           "Content-Transfer-Encoding", "Content-Length", "Lines" };
    const char *cursor = mail->bytes;
    struct header field;

    while (header_next(&cursor, mail->bytes + mail->length, &field)) {
        bool drop = false;
        for (size_t i = 0; i < G_N_ELEMENTS(dropped); i++)
            drop |= header_is(&field, dropped[i]);
        if (drop)
            continue;
        g_string_append_len(out, field.name, cursor - field.name);
        if (cursor[-1] != '\n')
            g_string_append_c(out, '\n');
    }
}

static bool has_crlf(const char *bytes, size_t length)
{
    return memmem(bytes, length, "\r\n", 2) != NULL;
}

/* The mail with BODY. git am takes CR from the ends of a mail's lines, but not those that were encoded. */
static GString *compose(const struct message_source *mail, const GString *body)
{
    bool encoded = !message_is_identity(mail) && has_crlf(body->str, body->len) &&
                   !has_crlf(mail->bytes, (size_t)(mail->body - mail->bytes));
    GString *out = g_string_sized_new(body->len + 4096);

    append_header(out, mail);
    g_string_append_printf(out,
                           "MIME-Version: 1.0\n"
                           "Content-Type: text/plain; charset=UTF-8\n"
                           "Content-Transfer-Encoding: %s\n\n",
                           encoded ? "base64" : "8bit");
    if (encoded)
        append_base64(out, body);
    else
        g_string_append_len(out, body->str, (gssize)body->len);
    return out;
}

void patch_mail_append(GString *out, const struct commit_id *commit, const char *bytes,
                       size_t length, const char *const *trailers)
{
    struct message_source source = message_locate(bytes, length);
    struct parts parts;
    GString *body = NULL;
    GString *mail;

    if (trailers != NULL && *trailers != NULL) {
        take_apart(&parts, &source);
        body = body_with_trailers(&parts, trailers);
        clear_parts(&parts);
    }
    if (body == NULL) {
        mbox_append(out, commit, bytes, length);
        return;
    }
    mail = compose(&source, body);
    mbox_append(out, commit, mail->str, mail->len);
    g_string_free(mail, TRUE);
    g_string_free(body, TRUE);
}
