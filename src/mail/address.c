/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/address.h"

#include "mail/header.h"

#include <gmime/gmime.h>
#include <string.h>

static char *decode(const char *text, const char *end)
{
    return header_decode(text, (size_t)(end - text));
}

/* The "<" before the address: not one in quotes or in a comment. */
static const char *find_angle(const char *text)
{
    bool quoted = false;
    unsigned depth = 0;

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        else if (*text == '"' && depth == 0)
            quoted = !quoted;
        else if (*text == '(' && !quoted)
            depth++;
        else if (*text == ')' && depth > 0)
            depth--;
        else if (*text == '<' && !quoted && depth == 0)
            return text;
    }
    return NULL;
}

/* Only what a display name or an address may hold without quotes: no
 * specials (RFC 5322, 3.2.3) but the dot, which many write. */
static bool is_simple(const char *text, const char *end, bool spaces)
{
    for (; text < end; text++) {
        if (strchr("()<>[]:;@\\,\"", *text) || (!spaces && g_ascii_isspace(*text)))
            return false;
    }
    return true;
}

/* The usual form, `Name <local@host>`: most of all mails, and not worth the
 * objects that GMime makes for it. */
static bool parse_usual(const char *text, struct address *out)
{
    const char *open = strchr(text, '<');
    const char *close = open != NULL ? strchr(open, '>') : NULL;
    const char *at = open != NULL ? strchr(open, '@') : NULL;

    if (close == NULL || close[1] != '\0' || at == NULL || at == open + 1 || at >= close - 1 ||
        !is_simple(text, open, true) || !is_simple(open + 1, at, false) ||
        !is_simple(at + 1, close, false))
        return false;
    out->name = decode(text, open);
    out->address = g_strndup(open + 1, (size_t)(close - open - 1));
    return true;
}

static InternetAddressMailbox *as_mailbox(InternetAddress *entry)
{
    const char *address;

    if (INTERNET_ADDRESS_IS_GROUP(entry)) {
        InternetAddressGroup *group = INTERNET_ADDRESS_GROUP(entry);
        InternetAddressList *members = internet_address_group_get_members(group);
        if (internet_address_list_length(members) == 0)
            return NULL;
        entry = internet_address_list_get_address(members, 0);
    }
    if (!INTERNET_ADDRESS_IS_MAILBOX(entry))
        return NULL;
    address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(entry));
    return address != NULL && strchr(address, '@') ? INTERNET_ADDRESS_MAILBOX(entry) : NULL;
}

/* The first mailbox in LIST that has an @, or NULL; *INDEX says where it stands. */
static InternetAddressMailbox *first_mailbox(InternetAddressList *list, int *index)
{
    int length = list != NULL ? internet_address_list_length(list) : 0;

    for (*index = 0; *index < length; (*index)++) {
        InternetAddress *entry = internet_address_list_get_address(list, *index);
        InternetAddressMailbox *mailbox = as_mailbox(entry);
        if (mailbox != NULL)
            return mailbox;
    }
    return NULL;
}

/* The display name as written, if ADDRESS in angle brackets stands behind it. */
static char *written_name(const char *text, const char *address)
{
    const char *open = find_angle(text);

    if (open == NULL || open == text || !g_str_has_prefix(open + 1, address))
        return NULL;
    return decode(text, open);
}

/* Behind the quotes that begin at TEXT; NULL if they do not end. */
static const char *skip_quotes(const char *text)
{
    for (text++; *text != '"'; text++) {
        if (*text == '\\')
            text++;
        if (*text == '\0')
            return NULL;
    }
    return text + 1;
}

static unsigned count_open(unsigned depth, char c)
{
    return c == '(' ? depth + 1 : c == ')' && depth > 0 ? depth - 1 : depth;
}

/* Do all comments in TEXT end, also if what is in quotes is taken for text? */
static bool comments_end(const char *text)
{
    unsigned depth = 0;

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        else
            depth = count_open(depth, *text);
    }
    return depth == 0;
}

/* TEXT with comments that go to the end closed there, as most readers take them: GMime 3.2 does not
 * see what is in front of one, which it never frees. Parentheses in quotes get a backslash, so that
 * they are none wherever it begins anew behind a fault. The caller frees it. */
static char *end_comments(const char *text)
{
    GString *out = g_string_new(NULL);
    unsigned depth = 0;

    while (*text != '\0') {
        const char *behind = *text == '"' && depth == 0 ? skip_quotes(text) : NULL;
        bool escapes = *text == '\\';

        for (; behind != NULL && text < behind; text++) {
            if (*text == '\\')
                g_string_append_c(out, *text++);
            else if (*text == '(' || *text == ')')
                g_string_append_c(out, '\\');
            g_string_append_c(out, *text);
        }
        if (behind != NULL)
            continue;
        if (escapes && text[1] == '\0')
            break;
        if (escapes)
            g_string_append_c(out, *text++);
        else
            depth = count_open(depth, *text);
        g_string_append_c(out, *text++);
    }
    while (depth-- > 0)
        g_string_append_c(out, ')');
    return g_string_free(out, FALSE);
}

static InternetAddressList *parse_list(const char *text)
{
    InternetAddressList *list;
    char *ended;

    if (comments_end(text))
        return internet_address_list_parse(NULL, text);
    ended = end_comments(text);
    list = internet_address_list_parse(NULL, ended);
    g_free(ended);
    return list;
}

static bool parse_with_gmime(const char *text, struct address *out)
{
    InternetAddressList *list = parse_list(text);
    int index;
    InternetAddressMailbox *mailbox = first_mailbox(list, &index);

    if (mailbox != NULL) {
        const char *name = internet_address_get_name(INTERNET_ADDRESS(mailbox));
        const char *address = internet_address_mailbox_get_addr(mailbox);

        /* What is decoded can hold line breaks that were not there before. */
        out->address = header_unfold(address, strlen(address));
        out->line = written_name(text, out->address);
        out->name = index > 0 && out->line != NULL ? g_strdup(out->line)
                    : name != NULL                 ? header_unfold(name, strlen(name))
                                                   : g_strdup("");
    }
    g_clear_object(&list);
    return mailbox != NULL;
}

/* What is left when GMime finds no mailbox: `[Jane] <jane@example.org>`. */
static void parse_loosely(const char *text, struct address *out)
{
    const char *open = find_angle(text);
    const char *at = open != NULL ? strchr(open, '@') : NULL;
    const char *close = at != NULL ? strchr(at, '>') : NULL;

    if (close != NULL && memchr(open, ' ', (size_t)(close - open)) == NULL) {
        out->name = decode(text, open);
        out->address = g_strndup(open + 1, (size_t)(close - open - 1));
    } else {
        out->name = header_decode(text, strlen(text));
        out->address = g_strdup("");
        out->line = g_strdup(out->name);
    }
}

/* Cuts TEXT to ADDRESS_LENGTH_MAX, between characters. */
static void bound(char *text)
{
    char *end = text + ADDRESS_LENGTH_MAX;

    if (strlen(text) <= ADDRESS_LENGTH_MAX)
        return;
    while ((*end & 0xc0) == 0x80)
        end--;
    *end = '\0';
}

void address_parse(const char *value, size_t length, struct address *out)
{
    g_autofree char *text = header_unfold(value, length);
    g_autofree char *written = NULL;

    bound(text);
    *out = (struct address) { NULL, NULL, NULL };
    if (!parse_usual(text, out) && !parse_with_gmime(text, out))
        parse_loosely(text, out);
    if (*out->address == '\0')
        return;
    if (*out->name == '\0') {
        g_free(out->name);
        out->name = g_strndup(out->address, strcspn(out->address, "@"));
    }
    written = out->line;
    out->line = g_strdup_printf("%s <%s>", written != NULL ? written : out->name, out->address);
}

void address_clear(struct address *address)
{
    g_free(address->name);
    g_free(address->address);
    g_free(address->line);
    *address = (struct address) { NULL, NULL, NULL };
}
