/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/range.h"

#include "archive/archive.h"
#include "mail/header.h"

#include <string.h>

/* Enough for seconds since 1970, and few enough that no sum overflows. */
#define COUNT_DIGITS_MAX 9

bool range_set_revisions(struct range *range, const char *text, GError **error)
{
    const char *dots = strstr(text, "..");
    const char *behind = dots != NULL ? dots + 2 : text;
    size_t length = dots != NULL ? (size_t)(dots - text) : 0;

    if (dots != NULL && behind[0] == '.') {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE,
                    "%s: an archive is a line, ask for A..B and not A...B", text);
        return false;
    }
    if (text[0] == '-' || behind[0] == '-' || (dots != NULL && strstr(behind, "..") != NULL)) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE, "%s: not a range of revisions",
                    text);
        return false;
    }
    if (length == 0 && behind[0] == '\0') {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE, "%s: names no revision",
                    text[0] != '\0' ? text : "''");
        return false;
    }
    range_clear(range);
    range->revisions = true;
    range->from = length > 0 ? g_strndup(text, length) : NULL;
    range->to = behind[0] != '\0' ? g_strdup(behind) : NULL;
    return true;
}

void range_clear(struct range *range)
{
    g_clear_pointer(&range->from, g_free);
    g_clear_pointer(&range->to, g_free);
}

/* Takes DATE's seconds, and the reference to it; false for NULL. */
static bool take_date(GDateTime *date, int64_t *seconds)
{
    if (date == NULL)
        return false;
    *seconds = g_date_time_to_unix(date);
    g_date_time_unref(date);
    return true;
}

/* Does TEXT begin as PATTERN says, in which 9 stands for any digit and ? for any character? */
static bool looks_like(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; text++, pattern++)
        if (*text == '\0'
            || (*pattern == '9' ? !g_ascii_isdigit(*text) : *pattern != '?' && *text != *pattern))
            return false;
    return true;
}

/* "2026-01-31", "2026-01-31 12:30[:59] [zone]": what ISO 8601 allows, and git's spaces. */
static bool parse_iso(const char *text, int64_t *seconds)
{
    char clock[] = "00:00:00";
    const char *zone = text + 10;

    if (!looks_like(text, "9999-99-99"))
        return false;
    if (*zone == 'T' || *zone == ' ') {
        size_t length = looks_like(zone, "?99:99:99") ? 8 : looks_like(zone, "?99:99") ? 5 : 0;
        if (length == 0)
            return false;
        memcpy(clock, zone + 1, length);
        zone += 1 + length;
        zone += strspn(zone, " ");
    } else if (*zone != '\0') {
        return false;
    }
    GTimeZone *local = g_time_zone_new_local();
    char *iso = g_strdup_printf("%.10sT%s%s", text, clock, zone);
    bool parsed = take_date(g_date_time_new_from_iso8601(iso, local), seconds);
    g_free(iso);
    g_time_zone_unref(local);
    return parsed;
}

/* Midnight at the beginning of the day DAYS before NOW. */
static bool parse_day(int64_t now, int days, int64_t *seconds)
{
    GDateTime *date = g_date_time_new_from_unix_local(now);
    GDateTime *day = date != NULL ? g_date_time_add_days(date, -days) : NULL;
    bool parsed = day != NULL
                  && take_date(g_date_time_new_local(g_date_time_get_year(day),
                                                     g_date_time_get_month(day),
                                                     g_date_time_get_day_of_month(day), 0, 0, 0),
                               seconds);

    g_clear_pointer(&day, g_date_time_unref);
    g_clear_pointer(&date, g_date_time_unref);
    return parsed;
}

/* COUNT of UNIT before NOW. Days and longer go by the calendar: the same time of day. */
static bool count_back(int64_t now, int count, const char *unit, int64_t *seconds)
{
    GDateTime *date = g_date_time_new_from_unix_local(now), *back = NULL;

    if (date == NULL)
        return false;
    if (strcmp(unit, "second") == 0)
        back = g_date_time_add_seconds(date, -count);
    else if (strcmp(unit, "minute") == 0)
        back = g_date_time_add_minutes(date, -count);
    else if (strcmp(unit, "hour") == 0)
        back = g_date_time_add_hours(date, -count);
    else if (strcmp(unit, "day") == 0)
        back = g_date_time_add_days(date, -count);
    else if (strcmp(unit, "week") == 0)
        back = count < G_MAXINT / 7 ? g_date_time_add_days(date, -count * 7) : NULL;
    else if (strcmp(unit, "month") == 0)
        back = g_date_time_add_months(date, -count);
    else if (strcmp(unit, "year") == 0)
        back = g_date_time_add_years(date, -count);
    g_date_time_unref(date);
    return take_date(back, seconds);
}

/* "3 days ago", "3.days.ago". */
static bool parse_relative(const char *text, int64_t now, int64_t *seconds)
{
    char **words = g_strsplit_set(text, " .", 4);
    bool parsed = false;

    if (g_strv_length(words) == 3 && strcmp(words[2], "ago") == 0) {
        size_t digits = strspn(words[0], "0123456789");
        if (g_str_has_suffix(words[1], "s"))
            words[1][strlen(words[1]) - 1] = '\0';
        parsed = digits > 0 && digits <= COUNT_DIGITS_MAX && words[0][digits] == '\0'
                 && count_back(now, (int)g_ascii_strtoll(words[0], NULL, 10), words[1], seconds);
    }
    g_strfreev(words);
    return parsed;
}

/* "@1769862600". */
static bool parse_seconds(const char *text, int64_t *seconds)
{
    return text[0] == '@' && g_ascii_string_to_signed(text + 1, 10, 0, G_MAXINT64, seconds, NULL);
}

static bool parse_rfc(const char *text, int64_t *seconds)
{
    long long found;

    if (!header_decode_date(text, strlen(text), &found, NULL))
        return false;
    *seconds = found;
    return true;
}

bool range_parse_date(const char *text, int64_t now, int64_t *seconds, GError **error)
{
    char *word = g_strstrip(g_ascii_strdown(text, -1));
    char *date = g_strstrip(g_strdup(text));
    bool parsed;

    if (strcmp(word, "now") == 0) {
        *seconds = now;
        parsed = true;
    } else if (strcmp(word, "today") == 0) {
        parsed = parse_day(now, 0, seconds);
    } else if (strcmp(word, "yesterday") == 0) {
        parsed = parse_day(now, 1, seconds);
    } else {
        parsed = parse_seconds(date, seconds) || parse_relative(word, now, seconds)
                 || (looks_like(date, "9999-") ? parse_iso(date, seconds)
                                               : parse_rfc(date, seconds));
    }
    if (!parsed)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE, "%s: not a date", text);
    g_free(date);
    g_free(word);
    return parsed;
}

static bool names_a_day(const char *text)
{
    char *word = g_strstrip(g_ascii_strdown(text, -1));
    bool day = (strlen(word) == 10 && looks_like(word, "9999-99-99"))
               || strcmp(word, "today") == 0 || strcmp(word, "yesterday") == 0;

    g_free(word);
    return day;
}

bool range_parse_until(const char *text, int64_t now, int64_t *seconds, GError **error)
{
    int64_t next_day;

    if (!range_parse_date(text, now, seconds, error))
        return false;
    if (names_a_day(text) && parse_day(*seconds, -1, &next_day))
        *seconds = next_day - 1;
    return true;
}

bool range_is_default(const struct range *range)
{
    return !range->revisions && !range->has_since && !range->has_until && range->newest == 0
           && !range->all;
}
