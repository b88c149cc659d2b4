/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/body.h"

#include "mail/line.h"

#include <glib.h>
#include <string.h>

static bool is_blank(const char *line, const char *end)
{
    while (line < end && *line != '\n') {
        if (!g_ascii_isspace(*line++))
            return false;
    }
    return true;
}

/* Behind the line break of the field at LINE and of the lines that continue it. */
static const char *folded_end(const char *line, const char *end)
{
    do
        line = line_next(line, end);
    while (line < end && (*line == ' ' || *line == '\t') && !is_blank(line, end));
    return line;
}

static bool is_opening_header(const char *line, const char *end)
{
    static const char *const names[] = { "From:", ">From:", "Subject:", "Date:" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t length = strlen(names[i]);
        if ((size_t)(end - line) > length && g_ascii_strncasecmp(line, names[i], length) == 0 &&
            g_ascii_isspace(line[length]))
            return true;
    }
    return false;
}

const char *body_opening(const char *start, const char *end, const char **first)
{
    const char *line = start;

    while (line < end && (is_blank(line, end) || line_begins(line, end, "From ") ||
                          line_begins(line, end, ">From ")))
        line = line_next(line, end);
    *first = line;
    while (line < end && is_opening_header(line, end))
        line = folded_end(line, end);
    return line;
}

bool body_find_from(const char *start, const char *end, struct header *out)
{
    const char *cursor;
    const char *stop = body_opening(start, end, &cursor);

    while (header_next(&cursor, stop, out)) {
        if (header_is(out, "From") || header_is(out, ">From"))
            return true;
    }
    return false;
}

bool body_is_diff(const char *line, const char *end)
{
    if (line == end)
        return false;
    if (*line == 'd')
        return line_begins(line, end, "diff --git ") || line_begins(line, end, "diff --cc ") ||
               line_begins(line, end, "diff --combined ");
    if (*line == '-')
        return line_begins(line, end, "--- ") && line_begins(line_next(line, end), end, "+++ ");
    return *line == 'I' && line_begins(line, end, "Index: ") &&
           line_begins(line_next(line, end), end, "===");
}

const char *body_find_diff(const char *start, const char *end)
{
    for (const char *line = start; line < end; line = line_next(line, end)) {
        if (body_is_diff(line, end))
            return line;
    }
    return NULL;
}

/* The next colon: all that is looked for here has one, and text has few of them. */
static const char *find_colon(const char *text, const char *end)
{
    return text < end ? memchr(text, ':', (size_t)(end - text)) : NULL;
}

bool body_find_change_id(const char *start, const char *end, const char **word, size_t *length)
{
    static const char name[] = "change-id";
    const char *colon = start;

    while ((colon = find_colon(colon, end)) != NULL) {
        const char *line = colon - start < (ptrdiff_t)strlen(name) ? NULL : colon - strlen(name);
        const char *stop;

        colon++;
        if (line == NULL || memcmp(line, name, strlen(name)) != 0 ||
            (line > start && line[-1] != '\n') || colon == end || *colon != ' ')
            continue;
        for (stop = colon + 1; stop < end && g_ascii_isgraph(*stop); stop++)
            ;
        if (stop > colon + 1) {
            *word = colon + 1;
            *length = (size_t)(stop - *word);
            return true;
        }
    }
    return false;
}

/* Where the URL whose scheme ends with the "://" at COLON has its path, or NULL
 * if it is no http URL or has none. *STOP is the end of the URL. */
static const char *url_path(const char *start, const char *colon, const char *end,
                            const char **stop)
{
    const char *path;

    for (*stop = colon; *stop < end && g_ascii_isgraph(**stop) && !strchr("<>\"", **stop);
         (*stop)++)
        ;
    if (!(colon - start >= 5 && memcmp(colon - 5, "https", 5) == 0) &&
        !(colon - start >= 4 && memcmp(colon - 4, "http", 4) == 0))
        return NULL;
    path = memchr(colon + 3, '/', (size_t)(*stop - colon - 3));
    return path;
}

/* Where the segment at START ends. Marks of the sentence around a URL are no part of it. */
static const char *segment_end(const char *start, const char *stop)
{
    const char *end = start;

    while (end < stop && !strchr("/?#", *end))
        end++;
    while (end == stop && end > start && strchr(".,;:!')]}*", end[-1]))
        stop = --end;
    return end;
}

/* A percent sign can hide what no Message-ID holds: white space and control characters. */
static bool holds_control(const char *text)
{
    while (g_ascii_isgraph(*text) || (unsigned char)*text >= 0x80)
        text++;
    return *text != '\0';
}

/* The Message-ID in the segment, or NULL. */
static char *segment_id(const char *start, const char *end)
{
    char *id = g_uri_unescape_segment(start, end, NULL);
    const char *at = id != NULL ? strchr(id, '@') : NULL;

    if (at != NULL && at > id && at[1] != '\0' && !holds_control(id) &&
        g_utf8_validate(id, -1, NULL))
        return id;
    g_free(id);
    return NULL;
}

char *body_next_link(const char **cursor, const char *end)
{
    const char *start = *cursor;
    const char *colon;

    while ((colon = find_colon(*cursor, end)) != NULL) {
        const char *stop;
        const char *segment;

        *cursor = colon + 1;
        if (!line_begins(colon, end, "://"))
            continue;
        segment = url_path(start, colon, end, &stop);
        *cursor = stop;
        while (segment != NULL && segment < stop && *segment == '/') {
            const char *segment_stop = segment_end(segment + 1, stop);
            char *id = segment_id(segment + 1, segment_stop);
            if (id != NULL)
                return id;
            segment = segment_stop;
        }
    }
    *cursor = end;
    return NULL;
}

const char *body_message_end(const char *start, const char *end, bool patch)
{
    for (const char *line = start; line < end; line = line_next(line, end)) {
        bool signature = line_begins(line, end, "-- ");
        bool separator = patch && line_begins(line, end, "---");

        if ((signature || separator) && is_blank(line + 3, end))
            return line;
    }
    return end;
}

static const char *skip_blanks(const char *line, const char *end)
{
    while (line < end && (*line == ' ' || *line == '\t'))
        line++;
    return line;
}

/* Behind the last character of the line at LINE that is no white space; LINE if there is none. */
static const char *line_stop(const char *line, const char *end)
{
    const char *stop = line_next(line, end);

    while (stop > line && g_ascii_isspace(stop[-1]))
        stop--;
    return stop;
}

/* The colon behind the word of a review trailer that begins at LINE, or NULL. */
static const char *review_colon(const char *line, const char *end)
{
    static const char *const others[] = { "Signed-off-by", "Co-developed-by" };
    const char *colon = line;
    size_t length;

    while (colon < end && (g_ascii_isalpha(*colon) || *colon == '-'))
        colon++;
    length = (size_t)(colon - line);
    if (colon == end || *colon != ':' || length <= 3 || *line == '-' ||
        g_ascii_strncasecmp(colon - 3, "-by", 3) != 0)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        if (strlen(others[i]) == length && g_ascii_strncasecmp(line, others[i], length) == 0)
            return NULL;
    }
    return colon;
}

/* Is the line at LINE nothing but "<address>"? Such lines were wrapped by who sent them. */
static bool is_wrapped_address(const char *line, const char *end)
{
    const char *stop = line_stop(line, end);

    return stop - line > 2 && *line == '<' && stop[-1] == '>' &&
           memchr(line, '@', (size_t)(stop - line)) != NULL;
}

/* Is the line at LINE nothing but a remark of several words in brackets: "[for the driver]"? */
static bool is_remark(const char *line, const char *end)
{
    const char *start = skip_blanks(line, end);
    const char *stop = line_stop(start, end);

    return stop - start > 2 && *start == '[' && stop[-1] == ']' &&
           memchr(start, ' ', (size_t)(stop - start)) != NULL &&
           memchr(start, ']', (size_t)(stop - start)) == stop - 1;
}

/* Behind the line break of the value at VALUE. It goes on in lines that are indented, as in a
 * header, and in an address that was wrapped, until it has an address; in a reply also in a remark. */
static const char *review_end(const char *value, const char *end, bool reply)
{
    const char *line = value;
    const char *next = line_next(line, end);

    while (next < end && memchr(line, '@', (size_t)(next - line)) == NULL && !is_blank(next, end)) {
        bool indented = *next == ' ' || *next == '\t';

        if (indented ? review_colon(skip_blanks(next, end), end) != NULL
                     : !is_wrapped_address(next, end))
            break;
        line = next;
        next = line_next(line, end);
    }
    return reply && next < end && is_remark(next, end) ? line_next(next, end) : next;
}

/* Where the word in front of COLON begins, if it may be that of a review trailer: if it ends in "-by"
 * and begins its line, not before START; in a REPLY behind blanks. NULL if not. */
static const char *review_word(const char *start, const char *colon, bool reply)
{
    const char *word = colon;
    const char *line;

    if (colon - start <= 3 || g_ascii_strncasecmp(colon - 3, "-by", 3) != 0)
        return NULL;
    while (word > start && (g_ascii_isalpha(word[-1]) || word[-1] == '-'))
        word--;
    line = word;
    while (reply && line > start && (line[-1] == ' ' || line[-1] == '\t'))
        line--;
    return line == start || line[-1] == '\n' ? word : NULL;
}

bool body_next_review(const char **cursor, const char *end, bool reply, struct header *out)
{
    const char *colon = *cursor;

    for (; (colon = find_colon(colon, end)) != NULL; colon++) {
        const char *word = review_word(*cursor, colon, reply);

        if (word == NULL || review_colon(word, end) == NULL || is_blank(colon + 1, end))
            continue;
        *cursor = review_end(colon + 1, end, reply);
        out->name = word;
        out->name_length = (size_t)(colon - word);
        out->value = colon + 1;
        while (g_ascii_isspace(*out->value))
            out->value++;
        out->value_length = (size_t)(*cursor - out->value);
        while (g_ascii_isspace(out->value[out->value_length - 1]))
            out->value_length--;
        return true;
    }
    *cursor = end;
    return false;
}
