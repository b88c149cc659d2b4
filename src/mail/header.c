/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/header.h"

#include "mail/charset.h"

#include <gmime/gmime.h>
#include <string.h>

/* Zones there are: Baker Island and Kiribati, in minutes. */
#define ZONE_WESTMOST (-12 * 60)
#define ZONE_EASTMOST (14 * 60)

/* 1 January 1970 as GDate counts. */
#define JULIAN_1970 719163

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
           (memcmp(field->name, name, field->name_length) == 0 ||
            g_ascii_strncasecmp(field->name, name, field->name_length) == 0);
}

/* Makes each run of white space one space, none at the ends, in place. */
static size_t collapse(char *text, size_t length)
{
    size_t kept = 0;

    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] > ' ' || !g_ascii_isspace(text[i]))
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
    return charset_plain_length(bytes, length) == length;
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

/* Which of NAMES, of three letters each, stands at TEXT, from 0 on; -1 if none. */
static int find_name(const char *names, const char *text)
{
    for (int i = 0; names[3 * i] != '\0'; i++) {
        if (memcmp(names + 3 * i, text, 3) == 0)
            return i;
    }
    return -1;
}

static unsigned read_digits(const char *text, size_t count)
{
    unsigned number = 0;

    for (size_t i = 0; i < count; i++)
        number = number * 10 + (unsigned)(text[i] - '0');
    return number;
}

/* Does TEXT begin as FORM does? "0" stands for a digit, "a" for any character, "+" for a sign. */
static bool has_form(const char *text, const char *form)
{
    for (; *form != '\0'; form++, text++) {
        bool fits = *form == '0'   ? g_ascii_isdigit(*text)
                    : *form == '+' ? *text == '+' || *text == '-'
                                   : *form == 'a' || *text == *form;
        if (!fits)
            return false;
    }
    return true;
}

/* Is it nothing, or a comment of letters: " (CEST)"? */
static bool is_zone_comment(const char *text, const char *end)
{
    if (text == end)
        return true;
    if (end - text < 4 || !g_str_has_prefix(text, " (") || end[-1] != ')')
        return false;
    for (text += 2; text < end - 1; text++) {
        if (!g_ascii_isalpha(*text))
            return false;
    }
    return true;
}

/* The form that nearly all mails have; whatever is at all unusual is left to GMime. TEXT has LENGTH
 * bytes and a NUL. */
static bool decode_usual_date(const char *text, size_t length, long long *seconds, int *zone)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const char days[] = "MonTueWedThuFriSatSun";
    static const char form[] = " aaa 0000 00:00:00 +0000";
    size_t day_length = length > 6 && text[6] == ' ' ? 1 : 2;
    const char *rest;
    unsigned day, year, hour, minute, second, zone_hour, zone_minute;
    int month;
    GDate date;

    if (length < strlen("Mon, ") + day_length + strlen(form))
        return false;
    rest = text + strlen("Mon, ") + day_length;
    if (find_name(days, text) < 0 || !has_form(text + 3, day_length == 1 ? ", 0" : ", 00") ||
        !has_form(rest, form) || !is_zone_comment(rest + strlen(form), text + length))
        return false;
    day = read_digits(rest - day_length, day_length);
    month = find_name(months, rest + 1) + 1;
    year = read_digits(rest + 5, 4);
    hour = read_digits(rest + 10, 2);
    minute = read_digits(rest + 13, 2);
    second = read_digits(rest + 16, 2);
    zone_hour = read_digits(rest + 20, 2);
    zone_minute = read_digits(rest + 22, 2);
    if (month == 0 || year <= 1970 || year > 9998 || hour > 23 || minute > 59 || second > 59 ||
        zone_hour > 11 || zone_minute > 59 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    *zone = (int)(zone_hour * 60 + zone_minute) * (rest[19] == '-' ? -1 : 1);
    *seconds = ((long long)g_date_get_julian(&date) - JULIAN_1970) * 86400 +
               hour * 3600 + minute * 60 + second - *zone * 60;
    return true;
}

static bool decode_any_date(const char *text, long long *seconds, int *zone)
{
    GDateTime *date = names_early_year(text) ? NULL : g_mime_utils_header_decode_date(text);

    if (date == NULL)
        return false;
    *seconds = g_date_time_to_unix(date);
    *zone = (int)(g_date_time_get_utc_offset(date) / G_TIME_SPAN_MINUTE);
    g_date_time_unref(date);
    return true;
}

bool header_decode_date(const char *value, size_t length, long long *seconds, int *zone)
{
    g_autofree char *text = g_strndup(value, length);
    long long unix_time;
    int minutes;

    if (!decode_usual_date(text, length, &unix_time, &minutes) &&
        !decode_any_date(text, &unix_time, &minutes))
        return false;
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
