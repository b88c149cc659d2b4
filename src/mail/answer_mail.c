/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/answer.h"

#include "mail/header.h"
#include "mail/recipients.h"

#include <gmime/gmime.h>
#include <string.h>

/* Bytes of a line without its break (RFC 5322, 2.1.1). */
#define LINE_BYTES_MAX 998

/* What is done with a field of the draft. */
enum field_kind {
    FIELD_OTHER, /* a text; may be there more than once */
    FIELD_TEXT,
    FIELD_PEOPLE,
    FIELD_IDS,
    FIELD_REPLACED, /* is made anew */
    FIELD_REFUSED,  /* the text is what it is, whatever this says */
};

/* In the order in which they are sent; others follow in that of the draft. */
static const struct {
    const char *name;
    enum field_kind kind;
} known_fields[] = {
    { "From", FIELD_PEOPLE },         { "Sender", FIELD_PEOPLE },
    { "Reply-To", FIELD_PEOPLE },     { "To", FIELD_PEOPLE },
    { "Cc", FIELD_PEOPLE },           { "Bcc", FIELD_PEOPLE },
    { "Mail-Followup-To", FIELD_PEOPLE }, { "Subject", FIELD_TEXT },
    { "In-Reply-To", FIELD_IDS },     { "References", FIELD_IDS },
    { "Date", FIELD_REPLACED },       { "Message-ID", FIELD_REPLACED },
    { "MIME-Version", FIELD_REFUSED }, { "Content-Type", FIELD_REFUSED },
    { "Content-Transfer-Encoding", FIELD_REFUSED },
};

struct field {
    char *name;
    GString *value; /* unfolded as far as it has been read */
    unsigned line;
};

/* A draft taken apart. */
struct draft {
    GArray *fields; /* struct field */
    const char *text;
    size_t length; /* of the text */
};

static void clear_field(gpointer data)
{
    struct field *field = data;

    g_free(field->name);
    g_string_free(field->value, TRUE);
}

static void complain(GError **error, unsigned line, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Says what is wrong in LINE, unless something was wrong before. */
static void complain(GError **error, unsigned line, const char *format, ...)
{
    va_list arguments;
    char *text;

    if (error == NULL || *error != NULL)
        return;
    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, ANSWER_ERROR, 0, "line %u: %s", line, text);
    g_free(text);
}

/* --- taking the draft apart -------------------------------------------------------- */

/* The colon behind a name at the beginning of the LENGTH bytes at LINE (RFC 5322, 2.2), or NULL. */
static const char *find_colon(const char *line, size_t length)
{
    size_t at = 0;

    while (at < length && line[at] > ' ' && line[at] < 0x7f && line[at] != ':')
        at++;
    return at > 0 && at < length && line[at] == ':' ? line + at : NULL;
}

/* Takes one line of the headers, number NUMBER. */
static void take_line(struct draft *draft, const char *line, size_t length, unsigned number,
                      GError **error)
{
    const char *colon = find_colon(line, length);

    if ((*line == ' ' || *line == '\t') && draft->fields->len > 0) {
        struct field *last = &g_array_index(draft->fields, struct field, draft->fields->len - 1);
        g_string_append_len(last->value, line, (gssize)length);
    } else if (colon != NULL) {
        struct field field = { g_strndup(line, (size_t)(colon - line)), g_string_new(NULL),
                               number };
        g_string_append_len(field.value, colon + 1, line + length - colon - 1);
        g_array_append_val(draft->fields, field);
    } else {
        complain(error, number, "this is no header; a blank line ends the headers");
    }
}

static unsigned line_of(const char *text, const char *place)
{
    unsigned line = 1;

    for (; text < place && (text = memchr(text, '\n', (size_t)(place - text))) != NULL; text++)
        line++;
    return line;
}

/* BYTES are borrowed. False with an error, and what could be read. */
static bool open_draft(struct draft *draft, const char *bytes, size_t length, GError **error)
{
    const char *at = bytes;
    const char *end = bytes + length;
    unsigned number = 0;
    const char *bad;
    GError *problem = NULL;

    draft->fields = g_array_new(FALSE, FALSE, sizeof(struct field));
    g_array_set_clear_func(draft->fields, clear_field);
    draft->text = end;
    draft->length = 0;
    if (!g_utf8_validate_len(bytes, length, &bad)) {
        complain(&problem, line_of(bytes, bad), "this is not UTF-8");
        end = bad;
    }
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed != NULL ? feed : end;
        const char *line = at;

        at = feed != NULL ? feed + 1 : end;
        if (stop > line && stop[-1] == '\r')
            stop--;
        if (stop == line)
            break;
        take_line(draft, line, (size_t)(stop - line), ++number, &problem);
    }
    draft->text = at;
    draft->length = (size_t)(end - at);
    if (problem == NULL)
        return true;
    g_propagate_error(error, problem);
    return false;
}

static void close_draft(struct draft *draft)
{
    g_array_unref(draft->fields);
}

static enum field_kind kind_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_fields); i++) {
        if (g_ascii_strcasecmp(known_fields[i].name, name) == 0)
            return known_fields[i].kind;
    }
    return FIELD_OTHER;
}

/* Where the first field called NAME stands; 1 if there is none. */
static unsigned line_of_field(const struct draft *draft, const char *name)
{
    for (guint i = 0; i < draft->fields->len; i++) {
        const struct field *field = &g_array_index(draft->fields, struct field, i);
        if (g_ascii_strcasecmp(field->name, name) == 0)
            return field->line;
    }
    return 1;
}

/* Adds whom the fields called NAME name to PEOPLE. */
static void read_people(const struct draft *draft, const char *name, GPtrArray *people,
                        GError **error)
{
    for (guint i = 0; i < draft->fields->len; i++) {
        const struct field *field = &g_array_index(draft->fields, struct field, i);
        char *problem;

        if (g_ascii_strcasecmp(field->name, name) != 0)
            continue;
        problem = recipients_read(people, field->value->str, field->value->len, false);
        if (problem != NULL)
            complain(error, field->line, "this is no address: %s", problem);
        g_free(problem);
    }
}

static GPtrArray *read_recipients(const struct draft *draft)
{
    GPtrArray *people = recipients_new();

    read_people(draft, "To", people, NULL);
    read_people(draft, "Cc", people, NULL);
    read_people(draft, "Bcc", people, NULL);
    return people;
}

/* The text of a field, one line; the caller frees it. */
static char *text_of(const struct field *field)
{
    char *text = header_unfold(field->value->str, field->value->len);

    recipients_clean(text);
    return text;
}

/* --- writing the mail -------------------------------------------------------------- */

static void append_people(GString *mail, const struct draft *draft, const char *name,
                          GError **error)
{
    GPtrArray *people = recipients_new();

    read_people(draft, name, people, error);
    if (people->len > 0)
        recipients_append_encoded(mail, name, people);
    g_ptr_array_unref(people);
}

/* Appends a field of text, folded, what is not ASCII in RFC 2047 words. */
static void append_text(GString *mail, const char *name, const char *value)
{
    GMimeHeaderList *headers = g_mime_header_list_new(NULL);
    char *line;

    g_mime_header_list_append(headers, name, value, "utf-8");
    line = g_mime_header_list_to_string(headers, NULL);
    g_string_append(mail, line);
    g_free(line);
    g_object_unref(headers);
}

static bool is_bracketed_id(const char *id)
{
    size_t length = strlen(id);

    return length > 2 && id[0] == '<' && strcspn(id + 1, "<>") == length - 2 &&
           id[length - 1] == '>' && g_str_is_ascii(id);
}

/* Appends the Message-IDs that TEXT of FIELD consists of. */
static void append_ids(GString *mail, const struct field *field, const char *text, GError **error)
{
    char **ids = g_strsplit(text, " ", -1);

    g_string_append_printf(mail, "%s:", field->name);
    for (char **id = ids; *id != NULL; id++) {
        if (!is_bracketed_id(*id))
            complain(error, field->line, "this is no Message-ID in < and >: %.60s", *id);
        g_string_append_printf(mail, "%s%s\n", id == ids ? " " : "\t", *id);
    }
    g_strfreev(ids);
}

static void append_field(GString *mail, const struct field *field, GError **error)
{
    enum field_kind kind = kind_of(field->name);
    char *text = text_of(field);

    if (kind == FIELD_REFUSED)
        complain(error, field->line, "%s follows from the text and cannot be set", field->name);
    else if (kind == FIELD_IDS && *text != '\0')
        append_ids(mail, field, text, error);
    else if (kind != FIELD_REPLACED && *text != '\0')
        append_text(mail, field->name, text);
    g_free(text);
}

/* Appends the field called NAME, of which there may be one. */
static void append_single(GString *mail, const struct draft *draft, const char *name,
                          GError **error)
{
    bool found = false;

    for (guint i = 0; i < draft->fields->len; i++) {
        const struct field *field = &g_array_index(draft->fields, struct field, i);

        if (g_ascii_strcasecmp(field->name, name) != 0)
            continue;
        if (found)
            complain(error, field->line, "there is a %s already", name);
        append_field(mail, field, error);
        found = true;
    }
}

static void append_fields(GString *mail, const struct draft *draft, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_fields); i++) {
        if (known_fields[i].kind == FIELD_PEOPLE)
            append_people(mail, draft, known_fields[i].name, error);
        else
            append_single(mail, draft, known_fields[i].name, error);
    }
    for (guint i = 0; i < draft->fields->len; i++) {
        const struct field *field = &g_array_index(draft->fields, struct field, i);
        if (kind_of(field->name) == FIELD_OTHER)
            append_field(mail, field, error);
    }
}

/* Appends what identifies the mail: when it was written, and an id at the host of SENDER. */
static void append_identity(GString *mail, const struct address *sender, gint64 now,
                            const char *unique)
{
    static const char allowed[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".-";
    char *host = recipients_host(sender->address);
    GDateTime *date = g_date_time_new_from_unix_local(now);
    char *text = g_mime_utils_header_format_date(date);

    g_string_append_printf(mail, "Date: %s\nMessage-ID: <%s@%s>\n", text, unique,
                           host[strspn(host, allowed)] == '\0' ? host : "localhost");
    g_free(text);
    g_date_time_unref(date);
    g_free(host);
}

/* --- the text ---------------------------------------------------------------------- */

/* TEXT with LF alone at the end of each line, the last one too. */
static GString *with_line_breaks(const char *text, size_t length)
{
    GString *out = g_string_sized_new(length + 1);
    const char *end = text + length;

    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const char *stop = feed != NULL ? feed : end;

        if (feed != NULL && stop > text && stop[-1] == '\r')
            stop--;
        g_string_append_len(out, text, stop - text);
        g_string_append_c(out, '\n');
        text = feed != NULL ? feed + 1 : end;
    }
    return out;
}

/* Can the lines of TEXT be sent as they are? */
static bool fits_into_lines(const char *text, size_t length)
{
    const char *end = text + length;

    if (memchr(text, '\r', length) != NULL)
        return false;
    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const char *stop = feed != NULL ? feed : end;

        if (stop - text > LINE_BYTES_MAX)
            return false;
        text = feed != NULL ? feed + 1 : end;
    }
    return true;
}

static void append_quoted_printable(GString *mail, const GString *text)
{
    GMimeEncoding encoder;
    gsize start = mail->len;
    size_t written;

    g_mime_encoding_init_encode(&encoder, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_string_set_size(mail, start + g_mime_encoding_outlen(&encoder, text->len));
    written = g_mime_encoding_flush(&encoder, text->str, text->len, mail->str + start);
    g_string_truncate(mail, start + written);
}

static void append_content(GString *mail, const struct draft *draft)
{
    GString *text = with_line_breaks(draft->text, draft->length);
    bool ascii = g_str_is_ascii(text->str);
    bool fits = fits_into_lines(text->str, text->len);

    g_string_append_printf(mail,
                           "MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\n"
                           "Content-Transfer-Encoding: %s\n\n",
                           ascii ? "us-ascii" : "utf-8",
                           !fits   ? "quoted-printable"
                           : ascii ? "7bit"
                                   : "8bit");
    if (fits)
        g_string_append_len(mail, text->str, (gssize)text->len);
    else
        append_quoted_printable(mail, text);
    g_string_free(text, TRUE);
}

/* --- all of it --------------------------------------------------------------------- */

static void write_mail(GString *mail, const struct draft *draft, gint64 now, const char *unique,
                       GError **error)
{
    GPtrArray *recipients = read_recipients(draft);
    GPtrArray *senders = recipients_new();

    append_fields(mail, draft, error);
    read_people(draft, "From", senders, NULL);
    if (senders->len == 0)
        complain(error, line_of_field(draft, "From"), "From does not say who sends this");
    else
        append_identity(mail, senders->pdata[0], now, unique);
    if (recipients->len == 0)
        complain(error, line_of_field(draft, "To"), "To, Cc and Bcc name nobody");
    if (!fits_into_lines(mail->str, mail->len) || !g_str_is_ascii(mail->str))
        complain(error, 1, "a header cannot be sent: it has too long a word");
    append_content(mail, draft);
    g_ptr_array_unref(senders);
    g_ptr_array_unref(recipients);
}

GString *answer_mail(const char *bytes, size_t length, gint64 now, const char *unique,
                     GError **error)
{
    GString *mail = g_string_sized_new(length + length / 8 + 1024);
    GError *problem = NULL;
    struct draft draft;

    if (open_draft(&draft, bytes, length, &problem))
        write_mail(mail, &draft, now, unique, &problem);
    close_draft(&draft);
    if (problem == NULL)
        return mail;
    g_string_free(mail, TRUE);
    g_propagate_error(error, problem);
    return NULL;
}

void answer_describe(const char *bytes, size_t length, char **recipients, char **subject)
{
    GString *text = g_string_new(NULL);
    GPtrArray *people;
    struct draft draft;

    open_draft(&draft, bytes, length, NULL);
    people = read_recipients(&draft);
    for (guint i = 0; i < people->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               ((const struct address *)people->pdata[i])->address);
    *subject = NULL;
    for (guint i = 0; i < draft.fields->len && *subject == NULL; i++) {
        const struct field *field = &g_array_index(draft.fields, struct field, i);
        if (g_ascii_strcasecmp(field->name, "Subject") == 0)
            *subject = text_of(field);
    }
    if (*subject == NULL)
        *subject = g_strdup("");
    *recipients = g_string_free(text, FALSE);
    g_ptr_array_unref(people);
    close_draft(&draft);
}
