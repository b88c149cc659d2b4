/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How files are called in patches. */
#include "project/project_parts.h"

#include <string.h>

/* Longer lines name no file that an operating system would take. */
#define LINE_MAX_LENGTH 16384

/* With the NUL, as PATH_MAX is on Linux. */
#define NAME_MAX_SIZE 4096

/* Undoes git's C-style quotes (core.quotePath in git-config(1)). *REST is behind the closing one. NULL
 * if LINE does not begin with something quoted. */
static char *unquote(const char *line, const char *end, const char **rest)
{
    static const char letters[] = "abfnrtv\\\"", meant[] = "\a\b\f\n\r\t\v\\\"";
    g_autoptr(GString) name = g_string_new(NULL);

    if (line == end || *line != '"')
        return NULL;
    while (++line < end && *line != '"') {
        const char *letter;

        if (*line != '\\') {
            g_string_append_c(name, *line);
        } else if (++line == end) {
            return NULL;
        } else if ((letter = memchr(letters, *line, sizeof letters - 1)) != NULL) {
            g_string_append_c(name, meant[letter - letters]);
        } else {
            unsigned value = 0;

            for (int i = 0; i < 3; i++, line++) {
                if (line == end || *line < '0' || *line > (i == 0 ? '3' : '7'))
                    return NULL;
                value = value << 3 | (unsigned)(*line - '0');
            }
            line--;
            g_string_append_c(name, (char)value);
        }
    }
    if (line == end || strlen(name->str) != name->len)
        return NULL;
    *rest = line + 1;
    return g_strdup(name->str);
}

/* NAME, of LENGTH bytes, behind its first STRIP slashes; NULL if it has not so many, nothing is
 * left, or there are NULs in it. */
static char *strip_folders(const char *name, size_t length, unsigned strip)
{
    const char *end = name + length;

    while (strip-- > 0) {
        const char *slash = memchr(name, '/', (size_t)(end - name));

        if (slash == NULL)
            return NULL;
        name = slash + 1;
    }
    if (name == end || memchr(name, '\0', (size_t)(end - name)) != NULL)
        return NULL;
    return g_strndup(name, (size_t)(end - name));
}

/* Where the name in LINE ends that is not quoted: blanks can be of it, tabs too unless TAB. */
static size_t name_length(const char *line, size_t length, bool tab)
{
    size_t at = 0;

    while (at < length && strchr("\r\v\f", line[at]) == NULL && !(tab && line[at] == '\t'))
        at++;
    return at;
}

char *project_name_read(const char *line, size_t length, unsigned strip, bool tab)
{
    const char *rest;
    g_autofree char *quoted = unquote(line, line + length, &rest);

    if (quoted != NULL)
        return strip_folders(quoted, strlen(quoted), strip);
    return strip_folders(line, name_length(line, length, tab), strip);
}

/* Where the blanks in front of a date at the end of LINE begin, LENGTH if there is none: for mails in
 * which the tab has become blanks. */
static size_t date_start(const char *line, size_t length)
{
    static const char form[] = "0000-00-00 00:00:00";
    const size_t size = sizeof form - 1;

    for (size_t at = 1; at + size <= length; at++) {
        size_t i = 0;

        if (line[at - 1] != ' ')
            continue;
        while (i < size && (form[i] == '0' ? g_ascii_isdigit(line[at + i]) : line[at + i] == form[i]))
            i++;
        while (i >= size && at + i < length && strchr(".0123456789 +-:", line[at + i]) != NULL)
            i++;
        if (at + i < length)
            continue;
        while (at > 0 && line[at - 1] == ' ')
            at--;
        return at;
    }
    return length;
}

char *project_name_read_dated(const char *line, size_t length, unsigned strip)
{
    if (memchr(line, '\t', length) == NULL && length > 0 && *line != '"')
        length = date_start(line, length);
    return project_name_read(line, length, strip, true);
}

bool project_name_is_epoch(const char *line, size_t length)
{
    const char *tab = memrchr(line, '\t', length);

    if (tab == NULL)
        return false;
    /* "1970-01-01 01:00:00.000000000 +0100"; GLib wants no blank in front of the zone. */
    g_autofree char *stamp = g_strndup(tab + 1, (size_t)(line + length - tab - 1));
    char *zone = strrchr(stamp, ' ');
    if (zone == NULL || (zone[1] != '+' && zone[1] != '-'))
        return false;
    memmove(zone, zone + 1, strlen(zone));
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(stamp, NULL);
    return date != NULL && g_date_time_to_unix(date) == 0 && g_date_time_get_microsecond(date) == 0;
}

/* Where the name begins in TEXT: behind STRIP folders (0 or 1), which are not the root. NULL if it has
 * not so many. */
static const char *skip_folders(const char *text, const char *end, unsigned strip)
{
    const char *slash = memchr(text, '/', (size_t)(end - text));

    if (text == end || *text == '/')
        return NULL;
    if (strip == 0)
        return text;
    return slash != NULL ? slash + 1 : NULL;
}

/* The same of QUOTED; the caller frees it. */
static char *copy_behind(const char *quoted, unsigned strip)
{
    return quoted != NULL ? g_strdup(skip_folders(quoted, quoted + strlen(quoted), strip)) : NULL;
}

/* project_name_read_twice() where the first name is quoted: then the second one has to be, too. */
static char *read_twice_quoted(const char *line, const char *end, unsigned strip)
{
    const char *second, *rest;
    g_autofree char *whole = unquote(line, end, &second);
    g_autofree char *name = copy_behind(whole, strip);

    if (name == NULL)
        return NULL;
    while (second < end && g_ascii_isspace(*second))
        second++;
    g_autofree char *other = unquote(second, end, &rest);
    g_autofree char *other_name = copy_behind(other, strip);
    if (other_name == NULL || strcmp(name, other_name) != 0)
        return NULL;
    return g_steal_pointer(&name);
}

/* The same where the second name alone is quoted, from QUOTE on; the first one begins at START. */
static char *read_twice_half_quoted(const char *start, const char *quote, const char *end,
                                    unsigned strip)
{
    const char *rest;
    g_autofree char *whole = unquote(quote, end, &rest);
    g_autofree char *name = copy_behind(whole, strip);
    size_t length = name != NULL ? strlen(name) : 0;

    if (name == NULL || (size_t)(quote - start) <= length || memcmp(start, name, length) != 0
        || !g_ascii_isspace(start[length]))
        return NULL;
    return g_steal_pointer(&name);
}

char *project_name_read_twice(const char *line, size_t length, unsigned strip)
{
    const char *end = line + length;
    const char *start, *quote;

    if (length > LINE_MAX_LENGTH)
        return NULL;
    if (length > 0 && *line == '"')
        return read_twice_quoted(line, end, strip);
    start = skip_folders(line, end, strip);
    if (start == NULL)
        return NULL;
    quote = memchr(start, '"', (size_t)(end - start));
    if (quote != NULL)
        return read_twice_half_quoted(start, quote, end, strip);
    /* "a/one b/one": there may be blanks in the names, but only at one both have the same length. */
    const char *slash = start;
    for (const char *blank = start; blank + 1 < end; blank++) {
        size_t size = (size_t)(blank - start);

        if ((*blank != ' ' && *blank != '\t') || blank[1] == '/')
            continue;
        while (strip > 0 && slash != NULL && slash <= blank)
            slash = memchr(slash + 1, '/', (size_t)(end - slash - 1));
        if (slash == NULL)
            return NULL;
        const char *second = strip > 0 ? slash + 1 : blank + 1;
        if ((size_t)(end - second) == size && memcmp(start, second, size) == 0)
            return g_strndup(start, size);
    }
    return NULL;
}

/* Is the component of LENGTH bytes .git, or what a file system of another kind takes for it? */
static bool is_git_folder(const char *name, size_t length)
{
    size_t known = 0;

    if (length >= 4 && g_ascii_strncasecmp(name, ".git", 4) == 0)
        known = 4;
    else if (length >= 5 && g_ascii_strncasecmp(name, "git~1", 5) == 0)
        known = 5;
    if (known == 0)
        return false;
    for (; known < length && name[known] != ':'; known++)
        if (name[known] != ' ' && name[known] != '.')
            return false;
    return true;
}

bool project_name_is_safe(const char *name, bool link)
{
    if (strlen(name) >= NAME_MAX_SIZE)
        return false;
    for (;;) {
        size_t length = strcspn(name, "/");

        if (length == 0 || strncmp(name, "..", length) == 0 || is_git_folder(name, length))
            return false;
        if (link && length == strlen(".gitmodules")
            && g_ascii_strncasecmp(name, ".gitmodules", length) == 0)
            return false;
        if (name[length] == '\0')
            return true;
        name += length + 1;
    }
}
