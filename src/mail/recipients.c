/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/recipients.h"

#include "mail/header.h"

#include <gmime/gmime.h>
#include <string.h>

/* Cells, roughly, of a line of a field. */
#define LINE_LENGTH 74

/* Bytes of an address; RFC 5321 (4.5.3.1) has 64 before the @ and 255 behind it. */
#define ADDRESS_BYTES_MAX 320

/* Texts that are looked at in one field: in a hostile one none is an address. */
#define PIECES_MAX (2 * RECIPIENTS_MAX)

/* Bytes of a text that is no address, for a message. */
#define PROBLEM_BYTES_MAX 60

static void free_address(gpointer data)
{
    address_clear(data);
    g_free(data);
}

GPtrArray *recipients_new(void)
{
    return g_ptr_array_new_with_free_func(free_address);
}

void recipients_clean(char *text)
{
    char *out = text;

    for (const char *at = text; *at != '\0';) {
        const char *next = g_utf8_next_char(at);
        gunichar character = g_utf8_get_char(at);
        bool blank = g_unichar_iscntrl(character) || character == ' ' || character == 0x2028 ||
                     character == 0x2029;

        if (!blank) {
            memmove(out, at, (size_t)(next - at));
            out += next - at;
        } else if (out > text && out[-1] != ' ') {
            *out++ = ' ';
        }
        at = next;
    }
    if (out > text && out[-1] == ' ')
        out--;
    *out = '\0';
}

/* --- what a list holds ----------------------------------------------------------- */

static bool find(const GPtrArray *list, const char *address, guint *index)
{
    for (*index = 0; *index < list->len; (*index)++) {
        const struct address *one = list->pdata[*index];
        if (g_ascii_strcasecmp(one->address, address) == 0)
            return true;
    }
    return false;
}

bool recipients_have(const GPtrArray *list, const char *address)
{
    guint index;

    return find(list, address, &index);
}

void recipients_remove(GPtrArray *list, const char *address)
{
    guint index;

    if (find(list, address, &index))
        g_ptr_array_remove_index(list, index);
}

/* Adds ADDRESS, which it takes. */
static void take(GPtrArray *list, struct address *address)
{
    if (list->len < RECIPIENTS_MAX && !recipients_have(list, address->address))
        g_ptr_array_add(list, g_memdup2(address, sizeof(*address)));
    else
        address_clear(address);
}

void recipients_add(GPtrArray *list, const GPtrArray *other)
{
    for (guint i = 0; i < other->len; i++) {
        const struct address *one = other->pdata[i];
        struct address copy = { g_strdup(one->name), g_strdup(one->address),
                                g_strdup(one->line) };
        take(list, &copy);
    }
}

/* --- reading --------------------------------------------------------------------- */

char *recipients_host(const char *address)
{
    InternetAddress *mailbox = internet_address_mailbox_new(NULL, address);
    const char *sent = internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(mailbox));
    const char *at = sent != NULL && g_str_is_ascii(sent) ? strrchr(sent, '@') : NULL;
    char *host = at != NULL ? g_strdup(at + 1) : NULL;

    g_object_unref(mailbox);
    return host;
}

/* Is DOMAIN one (RFC 5321, 4.1.2), also before IDNA? */
static bool is_domain(const char *domain)
{
    size_t length = strlen(domain);

    if (*domain == '[')
        return length > 2 && domain[length - 1] == ']' &&
               strspn(domain + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".:-") == length - 2;
    if (length == 0 || *domain == '.' || domain[length - 1] == '.' || strstr(domain, "..") != NULL)
        return false;
    while ((unsigned char)*domain >= 0x80 || g_ascii_isalnum(*domain) ||
           (*domain != '\0' && strchr("-_.", *domain) != NULL))
        domain++;
    return *domain == '\0';
}

/* Are the LENGTH bytes at LOCAL what may stand before an @? RFC 5322 lets blanks and brackets
 * stand there in quotes, RFC 2047 words be atoms, and RFC 6532 any character; in real mails that
 * is what somebody's program made of a name. */
static bool is_local_part(const char *local, size_t length)
{
    bool quoted = length > 2 && local[0] == '"' && local[length - 1] == '"';

    if (length == 0)
        return false;
    for (size_t i = quoted; i < length - quoted; i++) {
        if (!g_ascii_isgraph(local[i]) || strchr(quoted ? "<>\\\"" : "<>\\\"(),:;[]@", local[i]))
            return false;
    }
    return true;
}

/* Can a mail be sent to ADDRESS? GMime makes another host of one that only looks like IDNA's. */
static bool is_address(const char *address)
{
    const char *at = strrchr(address, '@');
    char *host;
    bool is;

    if (at == NULL || strlen(address) > ADDRESS_BYTES_MAX || strstr(address, "=?") != NULL ||
        !is_local_part(address, (size_t)(at - address)) || !is_domain(at + 1))
        return false;
    host = recipients_host(address);
    is = host != NULL && (!g_str_is_ascii(at) || g_ascii_strcasecmp(host, at + 1) == 0);
    g_free(host);
    return is;
}

/* Reads the mailbox that TEXT is. False, and there is nothing to clear, if a mail could not be sent to
 * it. */
static bool read_address(const char *text, size_t length, struct address *out)
{
    address_parse(text, length, out);
    if (is_address(out->address))
        return true;
    address_clear(out);
    /* GMime refuses a dot in front of the @, and two in a row; telephones had such addresses. */
    out->address = g_strchomp(g_strndup(text, length));
    out->name = g_strdup("");
    out->line = g_strdup(out->address);
    if (is_address(out->address))
        return true;
    address_clear(out);
    return false;
}

/* Adds the mailbox that TEXT is. NULL, or TEXT as it can be shown. */
static char *read_one(GPtrArray *list, const char *text, size_t length)
{
    struct address address;
    size_t local;
    char *problem;
    char *end;

    if (read_address(text, length, &address)) {
        recipients_clean(address.name);
        local = strcspn(address.address, "@");
        if (strncmp(address.name, address.address, local) == 0 &&
            (address.name[local] == '\0' || strcmp(address.name, address.address) == 0))
            *address.name = '\0';
        take(list, &address);
        return NULL;
    }
    problem = header_unfold(text, length);
    recipients_clean(problem);
    for (end = problem; *end != '\0' && end - problem < PROBLEM_BYTES_MAX;)
        end = g_utf8_next_char(end);
    *end = '\0';
    return problem;
}

/* Where what opens at OPEN is closed, or NULL: then the character means nothing. *NEVER, bytes
 * of what is closed nowhere in the rest, keeps that from being looked for again. */
static const char *find_close(const char *open, GString *never)
{
    static const char opening[] = "\"(<[";
    static const char closing[] = "\")>]";
    char close = closing[strchr(opening, *open) - opening];
    const char *at = open + 1;

    if (*open == '<') {
        at += strcspn(at, "<>");
        return *at == '>' ? at : NULL;
    }
    if (strchr(never->str, close) != NULL)
        return NULL;
    for (; *at != '\0' && *at != close; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
    }
    if (*at != '\0')
        return at;
    g_string_append_c(never, close);
    return NULL;
}

/* Adds what stands from START to END, if anything does. *PROBLEM keeps the first one. */
static void read_piece(GPtrArray *list, const char *start, const char *end, char **problem)
{
    char *wrong;

    start += strspn(start, " ");
    if (start >= end)
        return;
    wrong = read_one(list, start, (size_t)(end - start));
    if (*problem == NULL)
        *problem = wrong;
    else
        g_free(wrong);
}

char *recipients_read(GPtrArray *list, const char *value, size_t length, bool loose)
{
    char *text = header_unfold(value, length);
    GString *never = g_string_new(NULL);
    const char *start = text;
    char *problem = NULL;
    bool addressed = false; /* an address has been seen: what follows is no name of one */
    guint pieces = 0;

    for (const char *at = text; pieces < PIECES_MAX; at++) {
        const char *close = *at != '\0' && strchr("\"(<[", *at) ? find_close(at, never) : NULL;

        if (close != NULL) {
            addressed |= *at == '<';
            at = close;
        } else if (*at == '@') {
            addressed = true;
        } else if (*at == ':' && !addressed) {
            start = at + 1;
        } else if (*at == '\0' || *at == ';' || (*at == ',' && (addressed || !loose))) {
            read_piece(list, start, at, &problem);
            pieces++;
            start = at + 1;
            addressed = false;
        }
        if (*at == '\0')
            break;
    }
    g_string_free(never, TRUE);
    g_free(text);
    return problem;
}

/* --- writing --------------------------------------------------------------------- */

static void append_name(GString *out, const char *name)
{
    /* As mutt has it; RFC 5322 (3.2.3) calls them specials. */
    bool quotes = strpbrk(name, "()<>[]:;@\\,.\"") != NULL;

    if (quotes)
        g_string_append_c(out, '"');
    for (; *name != '\0'; name++) {
        if (quotes && strchr("\\\"", *name) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *name);
    }
    if (quotes)
        g_string_append_c(out, '"');
}

void recipients_append_one(GString *out, const char *name, const char *address)
{
    if (*name == '\0') {
        g_string_append(out, address);
        return;
    }
    append_name(out, name);
    g_string_append_printf(out, " <%s>", address);
}

void recipients_append(GString *out, const char *name, const GPtrArray *list)
{
    GString *one = g_string_new(NULL);
    glong column;

    g_string_append_printf(out, "%s:", name);
    column = (glong)strlen(name) + 1;
    for (guint i = 0; i < list->len; i++) {
        const struct address *address = list->pdata[i];

        g_string_truncate(one, 0);
        recipients_append_one(one, address->name, address->address);
        if (i + 1 < list->len)
            g_string_append_c(one, ',');
        glong width = g_utf8_strlen(one->str, -1);
        if (i > 0 && column + 1 + width > LINE_LENGTH) {
            g_string_append(out, "\n\t");
            column = 8;
        } else {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append_len(out, one->str, (gssize)one->len);
        column += width;
    }
    if (list->len == 0)
        g_string_append_c(out, ' ');
    g_string_append_c(out, '\n');
    g_string_free(one, TRUE);
}

void recipients_append_encoded(GString *out, const char *name, const GPtrArray *list)
{
    InternetAddressList *addresses = internet_address_list_new();
    GString *field = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        const struct address *one = list->pdata[i];
        InternetAddress *mailbox =
            internet_address_mailbox_new(*one->name != '\0' ? one->name : NULL, one->address);

        internet_address_list_add(addresses, mailbox);
        g_object_unref(mailbox);
    }
    g_string_append_printf(field, "%s: ", name);
    internet_address_list_encode(addresses, NULL, field);
    g_string_append_len(out, field->str, (gssize)field->len);
    g_string_free(field, TRUE);
    g_object_unref(addresses);
}
