/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/message.h"

#include "mail/charset.h"
#include "mail/line.h"

#include <gmime/gmime.h>
#include <string.h>

/* Lines that can be a boundary ("--" in front) in what GMime is given; the mail is
 * cut before the next. Each may cost an object of a kilobyte, and a hostile
 * mail holds millions; a large patch has thousands of such lines that are none. */
#define BOUNDARY_LINES_MAX 100000

/* Work on RFC 2047 words that GMime may be given with one mail: a tenth of a second. See
 * header_word_cost(). */
#define WORD_COST_MAX 100000000

/* How to decode, and what came of it. */
struct decoding {
    bool whole; /* whatever its size */
    bool raw;   /* charset and CR stay */
    bool damaged;
    const char *limit; /* as in struct message */
};

/* Notes that LIMIT is met, unless another is already. */
static void meet_limit(struct decoding *decoding, const char *limit)
{
    decoding->damaged = true;
    if (decoding->limit == NULL)
        decoding->limit = limit;
}

/* Where what is decoded of SOURCE ends. */
static const char *bounded_end(const struct message_source *source, struct decoding *decoding)
{
    const char *end = source->bytes + source->length;

    if (decoding->whole || (size_t)(end - source->body) <= MESSAGE_BODY_MAX)
        return end;
    meet_limit(decoding, "Only the first 64 MB of this mail are read.");
    return source->body + MESSAGE_BODY_MAX;
}

/* The value of a header as a string; "" for a header there is not. */
static char *header_text(const struct header *field)
{
    return header_unfold(field->value, field->value_length);
}

bool message_is_multipart(const struct message_source *source)
{
    static const char prefix[] = "multipart/";

    return source->type.value_length > strlen(prefix) &&
           g_ascii_strncasecmp(source->type.value, prefix, strlen(prefix)) == 0;
}

static GMimeContentEncoding transfer_encoding(const struct header *field)
{
    g_autofree char *name = NULL;

    if (field->name == NULL)
        return GMIME_CONTENT_ENCODING_DEFAULT;
    name = header_text(field);
    name[strcspn(name, " ;(")] = '\0';
    return g_mime_content_encoding_from_string(name);
}

static bool is_encoded(GMimeContentEncoding encoding)
{
    return encoding == GMIME_CONTENT_ENCODING_BASE64 ||
           encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

bool message_is_identity(const struct message_source *source)
{
    return !message_is_multipart(source) && !is_encoded(transfer_encoding(&source->encoding));
}

/* Where base64 ends: before the first line that holds a character which is none, such as the footer
 * that a list adds. */
static size_t base64_length(const char *bytes, size_t length)
{
    size_t line = 0;

    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '\n')
            line = i + 1;
        else if (!g_ascii_isalnum(c) && !g_ascii_isspace(c) && (c == '\0' || !strchr("+/=", c)))
            return line;
    }
    return length;
}

/* Is every "=" followed by two hexadecimal digits or the end of the line? */
static bool is_quoted_printable(const char *bytes, size_t length)
{
    const char *end = bytes + length;

    while ((bytes = memchr(bytes, '=', (size_t)(end - bytes))) != NULL) {
        const char *next = ++bytes;
        while (next < end && (*next == ' ' || *next == '\t' || *next == '\r'))
            next++;
        if (next == end || *next == '\n')
            continue;
        if (end - bytes < 2 || !g_ascii_isxdigit(bytes[0]) || !g_ascii_isxdigit(bytes[1]))
            return false;
    }
    return true;
}

static GString *decode_transfer(GMimeContentEncoding encoding, const char *bytes, size_t length)
{
    GMimeEncoding decoder;
    GString *out;
    size_t written;

    g_mime_encoding_init_decode(&decoder, encoding);
    out = g_string_sized_new(g_mime_encoding_outlen(&decoder, length));
    written = g_mime_encoding_flush(&decoder, bytes, length, out->str);
    g_string_set_size(out, written);
    return out;
}

/* Undoes ENCODING as far as the bytes are what it says. */
static GString *decode_content(GMimeContentEncoding encoding, const char *bytes, size_t length,
                               bool *damaged)
{
    size_t encoded = length;
    GString *out;

    if (encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
        *damaged |= !is_quoted_printable(bytes, length);
    else
        encoded = base64_length(bytes, length);
    out = decode_transfer(encoding, bytes, encoded);
    *damaged |= encoded < length;
    g_string_append_len(out, bytes + encoded, (gssize)(length - encoded));
    return out;
}

void message_drop_returns(GString *text)
{
    char *out = memchr(text->str, '\r', text->len);
    const char *end = text->str + text->len;

    if (out == NULL)
        return;
    for (const char *in = out, *next; in < end; in = next) {
        next = memchr(in + 1, '\r', (size_t)(end - in - 1));
        if (next == NULL)
            next = end;
        if (in[0] == '\r' && in[1] == '\n')
            in++;
        memmove(out, in, (size_t)(next - in));
        out += next - in;
    }
    g_string_truncate(text, (gsize)(out - text->str));
}

/* The bytes of one part as text. */
static GString *decode_part(GMimeContentEncoding encoding, const char *charset, const char *bytes,
                            size_t length, struct decoding *decoding)
{
    GString *content = NULL;
    GString *text;

    if (is_encoded(encoding)) {
        content = decode_content(encoding, bytes, length, &decoding->damaged);
        bytes = content->str;
        length = content->len;
    }
    if (decoding->raw)
        return content != NULL ? content : g_string_new_len(bytes, (gssize)length);
    text = g_string_sized_new(length + 1);
    decoding->damaged |= !charset_decode(text, charset, bytes, length);
    if (content != NULL)
        g_string_free(content, TRUE);
    message_drop_returns(text);
    return text;
}

static GString *single_text(const struct message_source *source, struct decoding *decoding)
{
    g_autofree char *type_text = header_text(&source->type);
    bool costly = header_word_cost(type_text, strlen(type_text)) > WORD_COST_MAX;
    GMimeContentType *type = g_mime_content_type_parse(NULL, costly ? "" : type_text);
    const char *charset = g_mime_content_type_get_parameter(type, "charset");
    size_t length = (size_t)(bounded_end(source, decoding) - source->body);
    GString *text = decode_part(transfer_encoding(&source->encoding), charset, source->body,
                                length, decoding);

    g_object_unref(type);
    return text;
}

/* How much of the mail GMime may be given. */
static size_t bounded_length(const struct message_source *source, struct decoding *decoding)
{
    const char *end = bounded_end(source, decoding);
    const char *cursor = source->body;
    size_t count = 0;

    while ((cursor = line_find_break(cursor, end, "--")) != NULL) {
        if (++count > BOUNDARY_LINES_MAX) {
            meet_limit(decoding, "More lines begin with two dashes than are read.");
            return (size_t)(cursor + 1 - source->bytes);
        }
        cursor++;
    }
    return (size_t)(end - source->bytes);
}

static GMimeMessage *parse_multipart(const struct message_source *source,
                                     struct decoding *decoding)
{
    size_t length = bounded_length(source, decoding);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(source->bytes, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

/* The text of PART, or NULL if it has none. */
static GString *part_text(GMimePart *part, struct decoding *decoding)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    GMimeStream *stream;
    GMimeStream *copy;
    GByteArray *bytes;
    GString *text;

    if (content == NULL)
        return NULL;
    stream = g_mime_data_wrapper_get_stream(content);
    g_mime_stream_reset(stream);
    copy = g_mime_stream_mem_new();
    g_mime_stream_write_to_stream(stream, copy);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(copy));
    text = decode_part(g_mime_data_wrapper_get_encoding(content), charset,
                       bytes->len > 0 ? (const char *)bytes->data : "", bytes->len, decoding);
    g_object_unref(copy);
    return text;
}

static bool has_patch_name(GMimePart *part)
{
    const char *name = g_mime_part_get_filename(part);

    return name != NULL && (g_str_has_suffix(name, ".patch") || g_str_has_suffix(name, ".diff"));
}

/* Is PART to be shown behind the text? */
static bool is_shown_behind(GMimePart *part)
{
    GMimeObject *object = GMIME_OBJECT(part);
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *disposition = g_mime_object_get_disposition(object);

    if (g_mime_content_type_is_type(type, "text", "x-patch") ||
        g_mime_content_type_is_type(type, "text", "x-diff"))
        return true;
    if (g_mime_content_type_is_type(type, "text", "plain"))
        return has_patch_name(part) ||
               (disposition != NULL && g_ascii_strcasecmp(disposition, "inline") == 0);
    return g_mime_content_type_is_type(type, "application", "octet-stream") &&
           has_patch_name(part);
}

/* What a walk over the parts gathers. */
struct parts {
    GMimePart *text; /* first text/plain */
    GMimePart *other; /* first of another kind of text: HTML */
    GPtrArray *behind; /* GMimePart *: patches and inline texts */
    size_t seen;
};

static void gather_part(struct parts *parts, GMimePart *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));

    if (parts->text == NULL && g_mime_content_type_is_type(type, "text", "plain"))
        parts->text = part;
    else if (is_shown_behind(part))
        g_ptr_array_add(parts->behind, part);
    else if (parts->other == NULL && g_mime_content_type_is_type(type, "text", "*"))
        parts->other = part;
}

/* Gathers from OBJECT and all below it in their order, without recursion. False if there are more
 * than MESSAGE_PARTS_MAX. */
static bool gather_parts(struct parts *parts, GMimeObject *object)
{
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();

    g_ptr_array_add(waiting, object);
    while (waiting->len > 0) {
        object = g_ptr_array_remove_index(waiting, waiting->len - 1);
        if (object == NULL)
            continue;
        if (++parts->seen > MESSAGE_PARTS_MAX)
            return false;
        if (GMIME_IS_MULTIPART(object)) {
            GMimeMultipart *multipart = GMIME_MULTIPART(object);
            for (int i = g_mime_multipart_get_count(multipart); i > 0; i--)
                g_ptr_array_add(waiting, g_mime_multipart_get_part(multipart, i - 1));
        } else if (GMIME_IS_MESSAGE_PART(object)) {
            GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
            if (message != NULL)
                g_ptr_array_add(waiting, g_mime_message_get_mime_part(message));
        } else if (GMIME_IS_PART(object)) {
            gather_part(parts, GMIME_PART(object));
        }
    }
    return true;
}

/* Adds the text of PART to TEXT, behind a blank line if something stands there. */
static void add_part(GString *text, GMimePart *part, struct decoding *decoding)
{
    GString *added = part_text(part, decoding);

    if (added == NULL)
        return;
    if (text->len > 0)
        g_string_append(text, text->str[text->len - 1] == '\n' ? "\n" : "\n\n");
    g_string_append_len(text, added->str, (gssize)added->len);
    g_string_free(added, TRUE);
}

static GString *parts_text(const struct parts *parts, struct decoding *decoding)
{
    GString *text = g_string_new(NULL);

    if (parts->text != NULL)
        add_part(text, parts->text, decoding);
    else if (parts->behind->len == 0 && parts->other != NULL)
        add_part(text, parts->other, decoding);
    for (guint i = 0; i < parts->behind->len; i++)
        add_part(text, g_ptr_array_index(parts->behind, i), decoding);
    return text;
}

/* NULL if GMime finds no parts in it, or would take too long to. */
static GString *multipart_text(const struct message_source *source, struct decoding *decoding)
{
    GMimeMessage *message;
    GMimeObject *root;
    struct parts parts = { NULL, NULL, NULL, 0 };
    GString *text = NULL;

    if (header_word_cost(source->bytes, source->length) > WORD_COST_MAX) {
        meet_limit(decoding, "More words are encoded than are read: its parts are not told apart.");
        return NULL;
    }
    message = parse_multipart(source, decoding);
    root = message != NULL ? g_mime_message_get_mime_part(message) : NULL;
    parts.behind = g_ptr_array_new();
    if (!gather_parts(&parts, root))
        meet_limit(decoding, "Only the first " G_STRINGIFY(MESSAGE_PARTS_MAX)
                             " parts of this mail are read.");
    /* The root alone: a multipart without a boundary, or with one that never comes. */
    if (parts.seen > 1)
        text = parts_text(&parts, decoding);
    g_ptr_array_free(parts.behind, TRUE);
    g_clear_object(&message);
    return text;
}

/* Cuts TEXT behind its last line that counts. */
static void bound_lines(GString *text, struct decoding *decoding)
{
    const char *line = text->str;
    const char *end = line + text->len;
    size_t count = 0;

    if (text->len <= MESSAGE_LINES_MAX)
        return;
    while (count < MESSAGE_LINES_MAX && line < end) {
        line = line_next(line, end);
        count++;
    }
    if (line == end)
        return;
    meet_limit(decoding, "Only the first " G_STRINGIFY(MESSAGE_LINES_MAX)
                         " lines of this mail are read.");
    g_string_truncate(text, (gsize)(line - text->str));
}

static GString *decode_text(const struct message_source *source, struct decoding *decoding)
{
    GString *text = message_is_multipart(source) ? multipart_text(source, decoding) : NULL;

    if (text == NULL) {
        decoding->damaged |= message_is_multipart(source);
        text = single_text(source, decoding);
    }
    if (!decoding->whole)
        bound_lines(text, decoding);
    return text;
}

GString *message_text(const struct message_source *source)
{
    struct decoding decoding = { .whole = false };

    return decode_text(source, &decoding);
}

GString *message_whole_text(const struct message_source *source)
{
    struct decoding decoding = { .whole = true };

    return decode_text(source, &decoding);
}

GString *message_raw_text(const struct message_source *source)
{
    struct decoding decoding = { .whole = true, .raw = true };

    return decode_text(source, &decoding);
}

static void clear_header(void *data)
{
    struct message_header *header = data;

    g_free(header->name);
    g_free(header->value);
}

static void add_header(struct message *message, const struct header *field)
{
    struct message_header header = {
        g_strndup(field->name, field->name_length),
        header_decode(field->value, field->value_length),
    };

    g_array_append_val(message->headers, header);
}

struct message_source message_locate(const char *bytes, size_t length)
{
    const struct header none = { .value = "" };
    struct message_source source = { length > 0 ? bytes : "", length, NULL, none, none };
    const char *cursor = source.bytes;
    const char *end = source.bytes + length;
    struct header field;
    bool any = false;

    while (header_next(&cursor, end, &field)) {
        any = true;
        if (source.type.name == NULL && header_is(&field, "Content-Type"))
            source.type = field;
        if (source.encoding.name == NULL && header_is(&field, "Content-Transfer-Encoding"))
            source.encoding = field;
    }
    source.body = cursor;
    if (!any && length > 0 && *bytes != '\n' && *bytes != '\r')
        source.body = source.bytes;
    return source;
}

static void add_headers(struct message *message, const struct message_source *source,
                        struct decoding *decoding)
{
    const char *cursor = source->bytes;
    struct header field;

    message->headers = g_array_new(FALSE, FALSE, sizeof(struct message_header));
    g_array_set_clear_func(message->headers, clear_header);
    while (header_next(&cursor, source->bytes + source->length, &field)) {
        if (message->headers->len < MESSAGE_HEADERS_MAX)
            add_header(message, &field);
        else
            meet_limit(decoding, "Only the first " G_STRINGIFY(MESSAGE_HEADERS_MAX)
                                 " headers of this mail are read.");
    }
}

struct message *message_parse(const char *bytes, size_t length)
{
    struct message_source source = message_locate(bytes, length);
    struct message *message = g_new0(struct message, 1);
    struct decoding decoding = { .whole = false };
    GString *text;

    add_headers(message, &source, &decoding);
    decoding.damaged |= message->headers->len == 0 && source.body == source.bytes && length > 0;
    message->multipart = message_is_multipart(&source);
    text = decode_text(&source, &decoding);
    message->damaged = decoding.damaged;
    message->limit = decoding.limit;
    message->length = text->len;
    message->text = g_string_free(text, FALSE);
    return message;
}

void message_free(struct message *message)
{
    if (message == NULL)
        return;
    g_array_free(message->headers, TRUE);
    g_free(message->text);
    g_free(message);
}

const char *message_header(const struct message *message, const char *name)
{
    for (guint i = 0; i < message->headers->len; i++) {
        const struct message_header *header =
            &g_array_index(message->headers, struct message_header, i);
        if (g_ascii_strcasecmp(header->name, name) == 0)
            return header->value;
    }
    return NULL;
}
