/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments RANGE and DATES of a pattern's letters, as mutt's manual has them. */
#include "pattern_tree.h"

#include <string.h>

/* Digits of a number in a range and in dates: what fits into an int64_t with an M behind it, and
 * more days than the calendar has. */
#define RANGE_DIGITS_MAX 12
#define DATE_DIGITS_MAX 5

/* Characters of an argument that an error shows. */
#define SHOWN_MAX 40

#define MEGABYTE (INT64_C(1) << 20)

static bool fail(GError **error, const char *what, const char *text)
{
    glong length = g_utf8_strlen(text, -1);
    g_autofree char *shown = g_utf8_substring(text, 0, MIN(length, SHOWN_MAX));

    for (char *c = shown; *c; c++)
        if (g_ascii_iscntrl(*c))
            *c = '?';
    g_set_error(error, PATTERN_ERROR, PATTERN_ERROR_SYNTAX, "%s: \"%s\"", what, shown);
    return false;
}

static void skip_space(const char **at)
{
    while (g_ascii_isspace(**at))
        ++*at;
}

/* Takes a number of at most MAX digits. */
static bool take_digits(const char **at, size_t max, int64_t *value)
{
    size_t digits = strspn(*at, "0123456789");

    if (digits == 0 || digits > max)
        return false;
    *value = g_ascii_strtoll(*at, NULL, 10);
    *at += digits;
    return true;
}

/* --- numbers ---------------------------------------------------------------- */

static bool take_number(const char **at, int64_t *value)
{
    skip_space(at);
    if (!take_digits(at, RANGE_DIGITS_MAX, value))
        return false;
    if (**at == 'K' || **at == 'k' || **at == 'M' || **at == 'm')
        *value *= g_ascii_toupper(*(*at)++) == 'K' ? 1024 : MEGABYTE;
    skip_space(at);
    return true;
}

/* "N", "N-" and "N-M". */
static bool take_from(const char **at, int64_t *low, int64_t *high)
{
    if (!take_number(at, low))
        return false;
    if (**at != '-') {
        *high = *low;
        return true;
    }
    ++*at;
    skip_space(at);
    *high = INT64_MAX;
    return **at == '\0' || take_number(at, high);
}

bool pattern_parse_range(const char *text, int64_t *low, int64_t *high, GError **error)
{
    const char *at = text;
    bool ok;

    *low = INT64_MIN;
    *high = INT64_MAX;
    skip_space(&at);
    switch (*at) {
    case '<':
        at++;
        ok = take_number(&at, high);
        --*high;
        break;
    case '>':
        at++;
        ok = take_number(&at, low);
        ++*low;
        break;
    case '-':
        at++;
        ok = take_number(&at, high);
        break;
    default:
        ok = take_from(&at, low, high);
    }
    if (!ok || *at)
        return fail(error, "no range of numbers", text);
    if (*low > *high) {
        int64_t swapped = *low;

        *low = *high;
        *high = swapped;
    }
    return true;
}

/* --- dates ------------------------------------------------------------------ */

/* Days as they are being read; NULL bounds are open. */
struct days {
    const char *at;
    GDateTime *now;
    GDateTime *low, *high; /* any time of the first and of the last day */
};

/* Puts DATE, which is taken over, in place of *SLOT. False if it is NULL, for there is
 * no such day. */
static bool set_date(GDateTime **slot, GDateTime *date)
{
    if (!date)
        return false;
    g_clear_pointer(slot, g_date_time_unref);
    *slot = date;
    return true;
}

static GDateTime *make_day(int64_t year, int64_t month, int64_t day)
{
    if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > g_date_get_days_in_month((GDateMonth)month, (GDateYear)year))
        return NULL;
    return g_date_time_new_local((int)year, (int)month, (int)day, 0, 0, 0);
}

/* Takes "20261101" or "2026-11-01" if there is one. */
static bool take_iso_day(const char **at, GDateTime **day)
{
    static const char *const forms[] = { "dddddddd", "dddd-dd-dd" };
    char digits[9] = "";

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        const char *form = forms[i], *c = *at;
        size_t count = 0;

        for (; *form && (*form == 'd' ? g_ascii_isdigit(*c) : *c == *form); form++, c++)
            if (*form == 'd')
                digits[count++] = *c;
        if (*form == '\0' && !g_ascii_isdigit(*c)) {
            int64_t number = g_ascii_strtoll(digits, NULL, 10);

            *at = c;
            *day = make_day(number / 10000, number / 100 % 100, number % 100);
            return true;
        }
    }
    return false;
}

/* Takes "DD", "DD/MM" or "DD/MM/YYYY"; what is not said is of today. NULL if there is none. */
static GDateTime *take_day(const char **at, GDateTime *now)
{
    int64_t year = g_date_time_get_year(now), month = g_date_time_get_month(now), number;
    GDateTime *day = NULL;

    if (take_iso_day(at, &day))
        return day;
    if (!take_digits(at, 2, &number))
        return NULL;
    if (**at == '/') {
        ++*at;
        if (!take_digits(at, 2, &month))
            return NULL;
    }
    if (**at == '/') {
        ++*at;
        if (!take_digits(at, 4, &year))
            return NULL;
        if (year < 100)
            year += year < 70 ? 2000 : 1900;
    }
    return make_day(year, month, number);
}

/* DATE moved by COUNT of UNIT; NULL where the calendar ends, or if there is no such unit. */
static GDateTime *shift(GDateTime *date, char unit, int64_t count)
{
    int steps = (int)count;

    switch (unit) {
    case 'y':
        return g_date_time_add_years(date, CLAMP(steps, -9999, 9999));
    case 'm':
        return g_date_time_add_months(date, steps);
    case 'w':
        return g_date_time_add_weeks(date, steps);
    case 'd':
        return g_date_time_add_days(date, steps);
    case 'H':
        return g_date_time_add_hours(date, steps);
    case 'M':
        return g_date_time_add_minutes(date, steps);
    case 'S':
        return g_date_time_add_seconds(date, steps);
    default:
        return NULL;
    }
}

/* Takes "2w" and the like if there is one. */
static bool take_offset(const char **at, int64_t *count, char *unit)
{
    const char *c = *at;

    if (!take_digits(&c, DATE_DIGITS_MAX, count) || *c == '\0' || !strchr("ymwdHMS", *c))
        return false;
    *unit = *c++;
    *at = c;
    return true;
}

/* What stands behind the first day: "-DATE", or any of "+2w", "-2w", "*2w" one after the
 * other. Without a first day it is today, and "-DATE" begins with the first mail. */
static bool take_margins(struct days *days, bool has_first)
{
    for (bool first = true; *days->at; first = false) {
        char sign = *days->at++, unit;
        int64_t count;

        skip_space(&days->at);
        if (!take_offset(&days->at, &count, &unit)) {
            if (!has_first)
                g_clear_pointer(&days->low, g_date_time_unref);
            return first && sign == '-' &&
                   set_date(&days->high, take_day(&days->at, days->now)) && *days->at == '\0';
        }
        if (!strchr("+-*", sign) ||
            (sign != '+' && !set_date(&days->low, shift(days->low, unit, -count))) ||
            (sign != '-' && !set_date(&days->high, shift(days->high, unit, count))))
            return false;
        /* "-3d" by itself is that day. */
        if (sign == '-' && first && !has_first)
            set_date(&days->high, g_date_time_ref(days->low));
        skip_space(&days->at);
    }
    return true;
}

/* Everything but "<2w" and its like. */
static bool take_days(struct days *days)
{
    bool has_first = g_ascii_isdigit(*days->at);

    if (*days->at == '\0')
        return false;
    days->low = has_first ? take_day(&days->at, days->now) : g_date_time_ref(days->now);
    if (!days->low)
        return false;
    skip_space(&days->at);
    if (*days->at == '-' && has_first) {
        const char *rest = days->at + 1;

        skip_space(&rest);
        if (*rest == '\0')
            return true;
    }
    days->high = g_date_time_ref(days->low);
    return take_margins(days, has_first);
}

/* The first second of DATE's day, or of one COUNT days later. */
static int64_t day_start(GDateTime *date, int count)
{
    GDateTime *start = g_date_time_new_local(g_date_time_get_year(date),
                                             g_date_time_get_month(date),
                                             g_date_time_get_day_of_month(date), 0, 0, 0);
    GDateTime *moved = g_date_time_add_days(start, count);
    int64_t seconds = g_date_time_to_unix(moved ? moved : start);

    g_date_time_unref(start);
    if (moved)
        g_date_time_unref(moved);
    return seconds;
}

static void set_days(struct days *days, int64_t *low, int64_t *high)
{
    if (days->low && days->high && g_date_time_compare(days->low, days->high) > 0) {
        GDateTime *swapped = days->low;

        days->low = days->high;
        days->high = swapped;
    }
    if (days->low)
        *low = day_start(days->low, 0);
    if (days->high)
        *high = day_start(days->high, 1) - 1;
}

/* "<2w" is younger than that, ">2w" older, "=2w" that day; in hours, minutes and seconds it is so to
 * the second. */
static bool take_age(struct days *days, int64_t *low, int64_t *high)
{
    char sign = *days->at++, unit;
    GDateTime *then, *before;
    int64_t count;
    bool by_day, ok;

    skip_space(&days->at);
    if (!take_offset(&days->at, &count, &unit) || *days->at)
        return false;
    then = shift(days->now, unit, -count);
    before = shift(days->now, unit, -count - 1);
    by_day = strchr("ymwd", unit) != NULL;
    ok = then && before;
    if (ok && sign == '<')
        *low = by_day ? day_start(then, 1) : g_date_time_to_unix(then);
    if (ok && sign != '<')
        *high = by_day ? day_start(then, 1) - 1 : g_date_time_to_unix(then);
    if (ok && sign == '=')
        *low = by_day ? day_start(then, 0) : g_date_time_to_unix(before) + 1;
    g_clear_pointer(&then, g_date_time_unref);
    g_clear_pointer(&before, g_date_time_unref);
    return ok;
}

bool pattern_parse_dates(const char *text, int64_t now, int64_t *low, int64_t *high,
                         GError **error)
{
    struct days days = { .at = text, .now = g_date_time_new_from_unix_local(now) };
    bool ok;

    *low = INT64_MIN;
    *high = INT64_MAX;
    skip_space(&days.at);
    if (*days.at && strchr("<>=", *days.at)) {
        ok = take_age(&days, low, high);
    } else {
        ok = take_days(&days);
        if (ok)
            set_days(&days, low, high);
    }
    g_clear_pointer(&days.low, g_date_time_unref);
    g_clear_pointer(&days.high, g_date_time_unref);
    g_date_time_unref(days.now);
    return ok || fail(error, "no dates", text);
}
