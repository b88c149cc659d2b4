/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/mailinfo.h"

#include "mail/line.h"

#include <string.h>

/* A longer name, in bytes, is not taken as one. */
#define NAME_MAX_BYTES 60

/* What git drops at the ends of a name and an address. */
static bool is_crud(char c)
{
    return (unsigned char)c <= ' ' || strchr(".,:;<>\"\\'", c) != NULL;
}

/* Appends what git writes into a commit of TEXT. */
static void append_ident(GString *out, const char *text)
{
    const char *end = text + strlen(text);

    while (text < end && is_crud(*text))
        text++;
    while (end > text && is_crud(end[-1]))
        end--;
    for (; text < end; text++) {
        if (!strchr("<>\n", *text))
            g_string_append_c(out, *text);
    }
}

/* FROM without the quotes of its strings and the backslashes in them and in comments. */
static GString *unquote(const char *from)
{
    GString *out = g_string_sized_new(strlen(from));
    bool quoted = false;
    size_t depth = 0;

    for (; *from != '\0'; from++) {
        if (*from == '"' && depth == 0) {
            quoted = !quoted;
            continue;
        }
        if (*from == '\\' && (quoted || depth > 0)) {
            if (*++from == '\0')
                break;
        } else if (!quoted) {
            depth += *from == '(';
            depth -= *from == ')' && depth > 0;
        }
        g_string_append_c(out, *from);
    }
    return out;
}

/* White space as one blank each, none at the ends, nor a pair of brackets around all of it. */
static void tidy_name(GString *name)
{
    gsize kept = 0;

    for (gsize i = 0; i < name->len; i++) {
        if (!g_ascii_isspace(name->str[i]))
            name->str[kept++] = name->str[i];
        else if (kept > 0 && name->str[kept - 1] != ' ')
            name->str[kept++] = ' ';
    }
    if (kept > 0 && name->str[kept - 1] == ' ')
        kept--;
    g_string_truncate(name, kept);
    if (name->len > 1 && name->str[0] == '(' && name->str[name->len - 1] == ')') {
        g_string_truncate(name, name->len - 1);
        g_string_erase(name, 0, 1);
    }
}

static char *format_author(GString *name, const char *address)
{
    GString *author = g_string_new(NULL);

    tidy_name(name);
    if (name->len == 0 || name->len > NAME_MAX_BYTES || strpbrk(name->str, "@<>") != NULL)
        g_string_assign(name, address);
    append_ident(author, name->str);
    g_string_append(author, " <");
    append_ident(author, address);
    g_string_append_c(author, '>');
    return g_string_free(author, FALSE);
}

/* "Name <word>", without an @. */
static char *bracketed_author(const char *from)
{
    const char *open = strchr(from, '<');
    const char *close = open != NULL ? strchr(open, '>') : NULL;
    g_autofree char *address = NULL;
    GString *name;
    char *author;

    if (close == NULL)
        return g_strdup(from);
    address = g_strndup(open + 1, (gsize)(close - open - 1));
    name = g_string_new_len(from, open - from);
    author = format_author(name, address);
    g_string_free(name, TRUE);
    return author;
}

char *mailinfo_author(const char *from)
{
    GString *name = unquote(from);
    const char *at = strchr(name->str, '@');
    gsize start;
    gsize length;
    char *address;
    char *author;

    if (at == NULL) {
        g_string_free(name, TRUE);
        return bracketed_author(from);
    }
    for (start = (gsize)(at - name->str); start > 0; start--) {
        if (g_ascii_isspace(name->str[start - 1]) || name->str[start - 1] == '<')
            break;
    }
    length = strcspn(name->str + start, " \n\t\r\v\f>");
    address = g_strndup(name->str + start, length);
    if (start > 0)
        name->str[start - 1] = ' ';
    g_string_erase(name, (gssize)start,
                   (gssize)(length + (name->str[start + length] != '\0')));
    author = format_author(name, address);
    g_string_free(name, TRUE);
    g_free(address);
    return author;
}

char *mailinfo_title(const char *subject)
{
    for (;;) {
        const char *close;

        if (g_ascii_strncasecmp(subject, "re:", 3) == 0 && subject[3] != '\0')
            subject += 3;
        else if (*subject == ' ' || *subject == '\t' || *subject == ':')
            subject++;
        else if (*subject == '[' && (close = strchr(subject, ']')) != NULL)
            subject = close + 1;
        else
            return g_strchomp(g_strdup(subject));
    }
}

/* Is PARAMETER, as it stands between two semicolons, NAME=VALUE, in quotes or not? */
static bool is_parameter(const char *parameter, const char *name, const char *value)
{
    bool quoted;

    while (*parameter == ' ')
        parameter++;
    if (g_ascii_strncasecmp(parameter, name, strlen(name)) != 0)
        return false;
    parameter += strlen(name);
    if (*parameter++ != '=')
        return false;
    quoted = *parameter == '"';
    parameter += quoted;
    if (g_ascii_strncasecmp(parameter, value, strlen(value)) != 0)
        return false;
    parameter += strlen(value);
    return strchr(quoted ? "\"" : " ", *parameter) != NULL;
}

/* *DELETE_SPACE is its delsp=yes. */
static bool is_flowed(const struct header *type, bool *delete_space)
{
    g_autofree char *text = header_unfold(type->value, type->value_length);
    g_auto(GStrv) parameters = g_strsplit(text, ";", -1);
    bool flowed = false;

    *delete_space = false;
    for (char **parameter = parameters; *parameter != NULL; parameter++) {
        flowed |= is_parameter(*parameter, "format", "flowed");
        *delete_space |= is_parameter(*parameter, "delsp", "yes");
    }
    return flowed;
}

static void join_lines(GString *text, bool delete_space)
{
    const char *end = text->str + text->len;
    char *out = text->str;

    for (const char *line = text->str, *next; line < end; line = next) {
        const char *stop = next = line_next(line, end);
        bool signature;

        stop -= stop[-1] == '\n';
        stop -= stop > line && stop[-1] == '\r';
        signature = stop - line == 3 && memcmp(line, "-- ", 3) == 0;
        if (!signature && stop > line && *line == ' ')
            line++;
        if (!signature && stop > line && stop[-1] == ' ') {
            memmove(out, line, (size_t)(stop - line));
            out += stop - line - delete_space;
        } else {
            memmove(out, line, (size_t)(next - line));
            out += next - line;
        }
    }
    g_string_truncate(text, (gsize)(out - text->str));
}

void mailinfo_unflow(const struct message_source *mail, GString *text)
{
    bool delete_space;

    if (!message_is_multipart(mail) && is_flowed(&mail->type, &delete_space))
        join_lines(text, delete_space);
}

static bool is_space_at(const char *text, const char *end)
{
    return text < end && g_ascii_isspace(*text);
}

/* The line that git format-patch puts in front of a mail, escaped as in an mbox. */
static bool is_mbox_line(const char *line, const char *end)
{
    static const char tail[] = " Mon Sep 17 00:00:00 2001\n";

    if (!line_begins(line, end, ">From "))
        return false;
    line += strlen(">From ");
    for (unsigned i = 0; i < 40; i++, line++) {
        if (line == end || !g_ascii_isxdigit(*line) || g_ascii_isupper(*line))
            return false;
    }
    return line_begins(line, end, tail);
}

/* Where the value of the header that LINE is begins, and in *SLOT where it goes; NULL if it is none
 * or one that has come already. */
static const char *opening_value(const char *line, const char *end, struct mailinfo_opening *opening,
                                 char ***slot)
{
    const struct {
        const char *name;
        char **slot;
    } fields[] = {
        { "From:", &opening->from },
        { "Subject:", &opening->subject },
        { "Date:", &opening->date },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        size_t length = strlen(fields[i].name);
        if ((size_t)(end - line) < length || *fields[i].slot != NULL ||
            g_ascii_strncasecmp(line, fields[i].name, length) != 0)
            continue;
        *slot = fields[i].slot;
        return line + length;
    }
    return NULL;
}

/* Behind the lines that continue the header at LINE. */
static const char *folded_end(const char *line, const char *end)
{
    do
        line = line_next(line, end);
    while (line < end && (*line == ' ' || *line == '\t'));
    return line;
}

const char *mailinfo_open(const char *start, const char *end, struct mailinfo_opening *out)
{
    const char *line = start;
    bool fields = false;

    *out = (struct mailinfo_opening) { 0 };
    while (line < end) {
        const char *next = line_next(line, end);
        const char *value = NULL;
        char **slot;

        if (*line == '\n') {
            if (fields)
                return next;
        } else if ((value = opening_value(line, end, out, &slot)) != NULL) {
            next = folded_end(line, end);
            *slot = header_decode(value, (size_t)(next - value));
        } else if (line_begins(line, end, "[PATCH]") && is_space_at(line + 7, end)) {
            g_free(out->subject);
            out->subject = header_decode(line, (size_t)(next - line));
        } else if (!is_mbox_line(line, end)) {
            return line;
        }
        /* A blank line right behind a field ends them; elsewhere it is passed over. */
        fields = value != NULL;
        line = next;
    }
    return end;
}

void mailinfo_opening_clear(struct mailinfo_opening *opening)
{
    g_clear_pointer(&opening->from, g_free);
    g_clear_pointer(&opening->subject, g_free);
    g_clear_pointer(&opening->date, g_free);
}

static bool is_break(const char *line, const char *end)
{
    const char *cursor;

    if (line_begins(line, end, "diff -") || line_begins(line, end, "Index: "))
        return true;
    if (!line_begins(line, end, "---"))
        return false;
    if (line_begins(line, end, "--- ") && line + 4 < end && !g_ascii_isspace(line[4]))
        return true;
    for (cursor = line + 3; is_space_at(cursor, end) && *cursor != '\n'; cursor++)
        ;
    return cursor == end || *cursor == '\n';
}

const char *mailinfo_break(const char *start, const char *end)
{
    for (const char *line = start; line < end; line = line_next(line, end)) {
        if (is_break(line, end))
            return line;
    }
    return NULL;
}

void mailinfo_clean(GString *out, const char *start, const char *end)
{
    bool blank = false;
    bool first = true;

    for (const char *line = start, *next; line < end; line = next) {
        const char *stop = next = line_next(line, end);

        while (stop > line && g_ascii_isspace(stop[-1]))
            stop--;
        if (stop == line) {
            blank = !first;
            continue;
        }
        if (blank)
            g_string_append_c(out, '\n');
        g_string_append_len(out, line, stop - line);
        g_string_append_c(out, '\n');
        blank = first = false;
    }
}
