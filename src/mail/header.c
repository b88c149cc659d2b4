/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/header.h"

#include "mail/charset.h"

#include <gmime/gmime.h>
#include <string.h>

/* Zones there are: Baker Island and Kiribati, in minutes. */
#define ZONE_WESTMOST (-12 * 60)
#define ZONE_EASTMOST (14 * 60)

/* Work on encoded words, as header_word_cost() counts it, that one field may
 * make. A word is at most 75 characters long (RFC 2047, 2), so real fields
 * cost about their length. */
#define WORD_COST_MAX 1000000

/* Where the line at START ends: behind its line break. */
static const char *line_end(const char *start, const char *end)
{
    const char *feed = memchr(start, '\n', (size_t)(end - start));

    return feed != NULL ? feed + 1 : end;
}

/* END without the line break in front of it. */
static const char *without_break(const char *start, const char *end)
{
    if (end > start && end[-1] == '\n')
        end--;
    if (end > start && end[-1] == '\r')
        end--;
    return end;
}

/* The colon of a field whose name begins at START, or NULL; *NAME_END is then
 * the end of the name (RFC 5322, 4.5 allows white space between them). */
static const char *find_colon(const char *start, const char *end, const char **name_end)
{
    const char *cursor = start;

    while (cursor < end && *cursor > ' ' && *cursor < 0x7f && *cursor != ':')
        cursor++;
    *name_end = cursor;
    while (cursor < end && (*cursor == ' ' || *cursor == '\t'))
        cursor++;
    return *name_end > start && cursor < end && *cursor == ':' ? cursor : NULL;
}

bool header_next(const char **cursor, const char *end, struct header *out)
{
    while (*cursor < end) {
        const char *start = *cursor;
        const char *stop = line_end(start, end);
        const char *name_end;
        const char *value;

        *cursor = stop;
        if (without_break(start, stop) == start)
            return false;
        value = find_colon(start, stop, &name_end);
        if (value == NULL)
            continue;
        while (stop < end && (*stop == ' ' || *stop == '\t'))
            stop = line_end(stop, end);
        *cursor = stop;
        stop = without_break(start, stop);
        for (value++; value < stop && (*value == ' ' || *value == '\t'); value++)
            ;
        *out = (struct header) { start, (size_t)(name_end - start), value,
                                 (size_t)(stop - value) };
        return true;
    }
    return false;
}

bool header_is(const struct header *field, const char *name)
{
    return strlen(name) == field->name_length &&
           g_ascii_strncasecmp(field->name, name, field->name_length) == 0;
}

/* Makes each run of white space one space, none at the ends, in place. */
static size_t collapse(char *text, size_t length)
{
    size_t kept = 0;

    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isspace(text[i]))
            text[kept++] = text[i];
        else if (kept > 0 && text[kept - 1] != ' ')
            text[kept++] = ' ';
    }
    if (kept > 0 && text[kept - 1] == ' ')
        kept--;
    text[kept] = '\0';
    return kept;
}

/* Are all of the bytes ASCII, and none NUL? */
static bool is_plain(const char *bytes, size_t length)
{
    unsigned seen = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned byte = (unsigned char)bytes[i];
        seen |= byte | (byte - 1);
    }
    return (seen & ~0x7fu) == 0;
}

char *header_unfold(const char *value, size_t length)
{
    char *text;

    if (is_plain(value, length)) {
        text = g_malloc(length + 1);
        memcpy(text, value, length);
    } else {
        GString *utf8 = g_string_sized_new(length + 1);
        charset_decode(utf8, NULL, value, length);
        length = utf8->len;
        text = g_string_free(utf8, FALSE);
    }
    collapse(text, length);
    return text;
}

/* Where the two characters of PAIR stand next, or END. */
static const char *find_pair(const char *from, const char *end, const char *pair)
{
    while (from < end && (from = memchr(from, pair[0], (size_t)(end - from))) != NULL) {
        if (from + 1 < end && from[1] == pair[1])
            return from;
        from++;
    }
    return end;
}

uint64_t header_word_cost(const char *bytes, size_t length)
{
    const char *end = bytes + length;
    const char *word = find_pair(bytes, end, "=?");
    const char *closing = bytes;
    const char *blank = bytes;
    const char *blank_crlf = bytes;
    uint64_t cost = 0;

    while (word < end) {
        word += 2;
        if (closing < word)
            closing = find_pair(word, end, "?=");
        if (blank < word)
            blank = find_pair(word, end, "\n\n");
        if (blank_crlf < word)
            blank_crlf = find_pair(word, end, "\n\r");
        cost += (uint64_t)(MIN(closing, MIN(blank, blank_crlf)) - word);
        word = find_pair(word, end, "=?");
    }
    return cost;
}

char *header_decode(const char *value, size_t length)
{
    char *text = header_unfold(value, length);
    char *decoded;

    if (strstr(text, "=?") == NULL || header_word_cost(text, strlen(text)) > WORD_COST_MAX)
        return text;
    decoded = g_mime_utils_header_decode_text(NULL, text);
    g_free(text);
    if (!g_utf8_validate(decoded, -1, NULL)) {
        text = g_utf8_make_valid(decoded, -1);
        g_free(decoded);
        decoded = text;
    }
    collapse(decoded, strlen(decoded));
    return decoded;
}

/* Does TEXT hold a year before 1970, in four digits? GMime takes 0024 as 2024. A
 * zone has its sign in front, and nothing else in a date has four digits. */
static bool names_early_year(const char *text)
{
    bool after_sign = false;

    for (; *text != '\0'; text++) {
        const char *start = text;
        if (!g_ascii_isdigit(*text)) {
            after_sign = *text == '+' || *text == '-';
            continue;
        }
        while (g_ascii_isdigit(text[1]))
            text++;
        if (text - start == 3 && strncmp(start, "1970", 4) < 0 && !after_sign)
            return true;
        after_sign = false;
    }
    return false;
}

bool header_decode_date(const char *value, size_t length, long long *seconds, int *zone)
{
    g_autofree char *text = g_strndup(value, length);
    GDateTime *date = names_early_year(text) ? NULL : g_mime_utils_header_decode_date(text);
    gint64 unix_time;
    int minutes;

    if (date == NULL)
        return false;
    unix_time = g_date_time_to_unix(date);
    minutes = (int)(g_date_time_get_utc_offset(date) / G_TIME_SPAN_MINUTE);
    g_date_time_unref(date);
    if (minutes < ZONE_WESTMOST || minutes > ZONE_EASTMOST) {
        unix_time += minutes * 60;
        minutes = 0;
    }
    if (unix_time < 0)
        return false;
    *seconds = unix_time;
    if (zone != NULL)
        *zone = minutes;
    return true;
}
