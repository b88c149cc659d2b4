/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/trailer.h"

#include <string.h>

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && g_ascii_isspace(**text)) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && g_ascii_isspace((*text)[*length - 1]))
        (*length)--;
}

/* Drops a pair of quotes around the name. */
static void unquote(const char **text, size_t *length)
{
    if (*length < 2 || **text != '"' || (*text)[*length - 1] != '"')
        return;
    (*text)++;
    *length -= 2;
}

/* The first word with an @ in it, without brackets and marks of the sentence around it. */
static void find_bare_address(const char *value, struct trailer_parts *parts)
{
    const char *at = strchr(value, '@');
    const char *start = at, *end = at;

    if (at == NULL)
        return;
    while (start > value && !strchr(" \t(<[,;", start[-1]))
        start--;
    end += strcspn(end, " \t)>],;");
    if (start == at || end == at + 1)
        return;
    parts->address = start;
    parts->address_length = (size_t)(end - start);
    parts->name_length = (size_t)(start - value);
}

void trailer_parse(const char *text, struct trailer_parts *parts)
{
    const char *colon = strchr(text, ':');
    const char *value = colon != NULL ? colon + 1 : text;
    const char *open = strchr(value, '<');
    size_t length = open != NULL ? strcspn(open + 1, "<>") : 0;

    *parts = (struct trailer_parts) {
        .kind = text,
        .kind_length = colon != NULL ? (size_t)(colon - text) : 0,
        .name = value,
        .name_length = strlen(value),
        .address = "",
    };
    if (length > 0 && memchr(open + 1, '@', length) != NULL) {
        parts->address = open + 1;
        parts->address_length = length;
        parts->name_length = (size_t)(open - value);
    } else {
        find_bare_address(value, parts);
    }
    trim(&parts->address, &parts->address_length);
    trim(&parts->name, &parts->name_length);
    unquote(&parts->name, &parts->name_length);
}

char *trailer_key(const char *text)
{
    struct trailer_parts parts;
    g_autofree char *kind = NULL;
    g_autofree char *who = NULL;

    trailer_parse(text, &parts);
    kind = g_ascii_strdown(parts.kind, (gssize)parts.kind_length);
    who = parts.address_length > 0
              ? g_ascii_strdown(parts.address, (gssize)parts.address_length)
              : g_strndup(parts.name, parts.name_length);
    return g_strconcat(kind, ":", who, NULL);
}

/* The address in lower case without a "+tag"; NULL without an "@". *DOMAIN is what is behind that. */
static char *plain_address(const char *text, size_t length, const char **domain)
{
    char *address = g_ascii_strdown(text, (gssize)length);
    char *at = strrchr(address, '@');
    char *plus = strchr(address, '+');

    if (at == NULL) {
        g_free(address);
        return NULL;
    }
    if (plus != NULL && plus < at && plus > address) {
        memmove(plus, at, strlen(at) + 1);
        at = plus;
    }
    *domain = at + 1;
    return address;
}

/* Is LONGER a host of the domain SHORTER? */
static bool is_host_of(const char *longer, const char *shorter)
{
    const char *dot = strchr(longer, '.');

    return dot != NULL && strchr(shorter, '.') != NULL && strcmp(dot + 1, shorter) == 0;
}

static bool same_address(const struct trailer_parts *parts, const char *address)
{
    const char *x_domain = NULL, *y_domain = NULL;
    g_autofree char *x = plain_address(parts->address, parts->address_length, &x_domain);
    g_autofree char *y = plain_address(address, strlen(address), &y_domain);

    if (x == NULL || y == NULL)
        return false;
    if (strcmp(x, y) == 0)
        return true;
    return x_domain - x == y_domain - y && memcmp(x, y, (size_t)(x_domain - x)) == 0 &&
           (is_host_of(x_domain, y_domain) || is_host_of(y_domain, x_domain));
}

/* Has the trailer's NAME all parts of the sender's "Last, First"? */
static bool has_all_parts(const char *name, const char *sender)
{
    g_auto(GStrv) chunks = NULL;
    bool all = strchr(sender, ',') != NULL;

    if (!all)
        return false;
    chunks = g_strsplit(sender, ",", 8);
    for (char **chunk = chunks; *chunk != NULL && all; chunk++)
        all = *g_strstrip(*chunk) != '\0' && strstr(name, *chunk) != NULL;
    return all;
}

static bool same_name(const struct trailer_parts *parts, const char *sender)
{
    g_autofree char *name = g_strndup(parts->name, parts->name_length);
    g_autofree char *x = g_utf8_casefold(name, -1);
    g_autofree char *y = g_utf8_casefold(sender, -1);

    return *x != '\0' && (strcmp(x, y) == 0 || has_all_parts(x, y));
}

bool trailer_names_sender(const char *text, const struct mail *source)
{
    struct trailer_parts parts;

    trailer_parse(text, &parts);
    return parts.address_length > 0 && (same_address(&parts, source->sender_address) ||
                                        same_name(&parts, source->sender_name));
}
