/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/subject.h"

#include <glib.h>
#include <string.h>

/* A piece of the subject: borrowed, not NUL-terminated. */
struct word {
    const char *start;
    size_t length;
};

enum word_meaning {
    WORD_PATCH,
    WORD_PULL,
    WORD_RFC,
    WORD_RESEND,
    WORD_TREE, /* says where the patch goes and nothing that is kept */
};

/* The fixed words of a prefix. Those with GLUE may have a version or number
 * stuck to their end. Longer ones stand before their beginnings. */
static const struct {
    const char *text;
    enum word_meaning meaning;
    bool glue;
} keywords[] = {
    { "PATCHSET", WORD_PATCH, true }, { "PATCHES", WORD_PATCH, true },
    { "PATCH", WORD_PATCH, true },    { "RFC", WORD_RFC, true },
    { "RESEND", WORD_RESEND, true },  { "REPOST", WORD_RESEND, true },
    { "PULL", WORD_PULL, true },      { "RFT", WORD_TREE, true },
    { "next", WORD_TREE, false },     { "net", WORD_TREE, false },
    { "bpf", WORD_TREE, false },      { "net-next", WORD_TREE, false },
    { "bpf-next", WORD_TREE, false },
};

/* What mail programs put in front of an answer or a forwarded mail. In lower
 * case only "re:" and "fwd:" are those: "fw:" and "vs:" begin titles. */
static const struct {
    const char *text;
    bool lower_too;
} reply_words[] = {
    { "Re", true },   { "Fwd", true },  { "FW", false },   { "AW", false },
    { "SV", false },  { "VS", false },  { "Antw", false }, { "回复", false },
    { "答复", false }, { "回覆", false }, { "转发", false },
};

static const char *skip_space(const char *text)
{
    while (g_ascii_isspace(*text))
        text++;
    return text;
}

static const char *skip_digits(const char *text, const char *end)
{
    while (text < end && g_ascii_isdigit(*text))
        text++;
    return text;
}

/* The number at TEXT, cut to SUBJECT_NUMBER_MAX. */
static unsigned parse_digits(const char *text, const char *end)
{
    unsigned number = 0;

    for (; text < end && g_ascii_isdigit(*text); text++) {
        unsigned digit = (unsigned)(*text - '0');
        if (number > (SUBJECT_NUMBER_MAX - digit) / 10)
            return SUBJECT_NUMBER_MAX;
        number = number * 10 + digit;
    }
    return number;
}

static bool word_is(const struct word *word, const char *text)
{
    return word->length == strlen(text) &&
           g_ascii_strncasecmp(word->start, text, word->length) == 0;
}

static bool word_is_number(const struct word *word)
{
    const char *end = word->start + word->length;

    return word->length > 0 && skip_digits(word->start, end) == end;
}

static void word_skip(struct word *word, size_t length)
{
    word->start += length;
    word->length -= length;
}

static void take_meaning(struct subject *out, enum word_meaning meaning)
{
    out->patch |= meaning == WORD_PATCH;
    out->pull |= meaning == WORD_PULL;
    out->rfc |= meaning == WORD_RFC;
    out->resend |= meaning == WORD_RESEND;
}

static bool take_keyword(struct subject *out, const struct word *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (word_is(word, keywords[i].text)) {
            take_meaning(out, keywords[i].meaning);
            return true;
        }
    }
    return false;
}

static bool take_version(struct subject *out, const struct word *word)
{
    struct word digits = *word;

    if (word->length < 2 || (word->start[0] != 'v' && word->start[0] != 'V'))
        return false;
    word_skip(&digits, 1);
    if (!word_is_number(&digits))
        return false;
    if (out->version == 0)
        out->version = parse_digits(digits.start, digits.start + digits.length);
    return true;
}

static void set_number(struct subject *out, unsigned number, unsigned total)
{
    if (out->numbered)
        return;
    out->numbered = true;
    out->number = number;
    out->total = total;
}

/* "n/m". */
static bool take_number(struct subject *out, const struct word *word)
{
    const char *end = word->start + word->length;
    const char *slash = skip_digits(word->start, end);

    if (slash == word->start || slash == end || *slash != '/' || slash + 1 == end ||
        skip_digits(slash + 1, end) != end)
        return false;
    set_number(out, parse_digits(word->start, slash), parse_digits(slash + 1, end));
    return true;
}

static bool skip_prefix(const char **cursor, const char *end, const char *prefix)
{
    size_t length = strlen(prefix);

    if ((size_t)(end - *cursor) < length || g_ascii_strncasecmp(*cursor, prefix, length) != 0)
        return false;
    *cursor += length;
    return true;
}

static void add_release(struct subject *out, const char *start, size_t length)
{
    size_t used = strlen(out->release);
    size_t space = used > 0;

    if (used + space + length >= sizeof(out->release))
        return;
    if (space)
        out->release[used++] = ' ';
    memcpy(out->release + used, start, length);
    out->release[used + length] = '\0';
}

/* (linux-|stable-|v)?[0-9]+(\.[0-9]+)+(\.[yx])?(-rc[0-9]+|-stable)? */
static bool take_release(struct subject *out, const struct word *word)
{
    const char *end = word->start + word->length;
    const char *start = word->start;
    const char *cursor;
    const char *kept;

    if (!skip_prefix(&start, end, "linux-") && !skip_prefix(&start, end, "stable-"))
        skip_prefix(&start, end, "v");
    cursor = skip_digits(start, end);
    if (cursor == start)
        return false;
    kept = cursor;
    while (end - cursor > 1 && cursor[0] == '.' && g_ascii_isdigit(cursor[1]))
        cursor = skip_digits(cursor + 1, end);
    if (cursor == kept)
        return false;
    kept = cursor;
    if (!skip_prefix(&cursor, end, ".y"))
        skip_prefix(&cursor, end, ".x");
    if (!skip_prefix(&cursor, end, "-stable") && skip_prefix(&cursor, end, "-rc")) {
        const char *digits = cursor;
        cursor = skip_digits(cursor, end);
        if (cursor == digits)
            return false;
        kept = cursor;
    }
    if (cursor != end)
        return false;
    add_release(out, start, (size_t)(kept - start));
    return true;
}

static bool take_whole(struct subject *out, const struct word *word)
{
    return take_keyword(out, word) || take_version(out, word) || take_number(out, word) ||
           take_release(out, word);
}

/* Passes over the keyword that WORD begins with, if something may be stuck to
 * it: "PATCHv2", "PATCH1/8"; also "PATCH-v2", "PATCH-next". */
static bool skip_glued(struct subject *out, struct word *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
        size_t length = strlen(keywords[i].text);
        char next;

        if (!keywords[i].glue || word->length <= length ||
            g_ascii_strncasecmp(word->start, keywords[i].text, length) != 0)
            continue;
        next = word->start[length];
        if (next != 'v' && next != 'V' && !g_ascii_isdigit(next) && !strchr("-_:", next))
            continue;
        take_meaning(out, keywords[i].meaning);
        word_skip(word, length + (strchr("-_:", next) != NULL));
        return true;
    }
    return false;
}

static bool take_piece(struct subject *out, struct word piece)
{
    struct subject taken = *out;

    do {
        if (take_whole(&taken, &piece)) {
            *out = taken;
            return true;
        }
    } while (skip_glued(&taken, &piece));
    return false;
}

/* The length of the piece WORD begins with: up to a "/", unless the "/" is that
 * of a number, which then is all that is left. */
static size_t piece_length(const struct word *word)
{
    const char *end = word->start + word->length;
    const char *slash = memchr(word->start, '/', word->length);
    const char *digits = slash;

    if (slash == NULL)
        return word->length;
    while (digits > word->start && g_ascii_isdigit(digits[-1]))
        digits--;
    if (digits == slash || slash + 1 == end || skip_digits(slash + 1, end) != end)
        return (size_t)(slash - word->start);
    if (digits > word->start && strchr("vV.", digits[-1]))
        return (size_t)(slash - word->start);
    return word->length;
}

/* Takes what WORD says. Is it a patch word? */
static bool take_word(struct subject *out, struct word word)
{
    bool all = true;

    while (word.length > 0 && word.start[0] == '(')
        word_skip(&word, 1);
    while (word.length > 0 && strchr(":;.!)", word.start[word.length - 1]))
        word.length--;
    if (word.length == 0)
        return false;
    while (word.length > 0) {
        struct word piece = { word.start, piece_length(&word) };

        word_skip(&word, piece.length + (piece.length < word.length));
        if (piece.length > 0)
            all &= take_piece(out, piece);
    }
    return all;
}

/* The next word of a group. Brackets inside it part words like white space. */
static bool next_word(const char **cursor, const char *end, struct word *word)
{
    const char *start = *cursor;
    const char *stop;

    while (start < end && (g_ascii_isspace(*start) || strchr(",[]", *start)))
        start++;
    stop = start;
    while (stop < end && !g_ascii_isspace(*stop) && !strchr(",[]", *stop))
        stop++;
    *cursor = stop;
    *word = (struct word) { start, (size_t)(stop - start) };
    return stop > start;
}

/* "n of m", whose N is already taken. */
static bool take_number_of(struct subject *out, const struct word *number, const char **cursor,
                           const char *end)
{
    const char *ahead = *cursor;
    struct word of;
    struct word total;

    if (!word_is_number(number) || !next_word(&ahead, end, &of) || !word_is(&of, "of") ||
        !next_word(&ahead, end, &total))
        return false;
    if (strchr(":;.!)", total.start[total.length - 1]))
        total.length--;
    if (!word_is_number(&total))
        return false;
    set_number(out, parse_digits(number->start, of.start),
               parse_digits(total.start, total.start + total.length));
    *cursor = ahead;
    return true;
}

/* Takes what the words from START to END say. Are all of them patch words? */
static bool take_group(struct subject *out, const char *start, const char *end)
{
    const char *cursor = start;
    struct word word;
    bool all = true;

    while (next_word(&cursor, end, &word)) {
        if (!take_number_of(out, &word, &cursor, end))
            all &= take_word(out, word);
    }
    return all;
}

/* The bracket that closes the one at TEXT, or NULL. */
static const char *group_end(const char *text)
{
    size_t depth = 0;

    for (; *text != '\0'; text++) {
        if (*text == '[')
            depth++;
        else if (*text == ']' && --depth == 0)
            return text;
    }
    return NULL;
}

static bool reply_word_matches(const char *text, const char *word, bool lower_too)
{
    /* Most subjects end it here: letters differ from those of the other case by that bit. */
    if (((*text ^ *word) & ~0x20) != 0)
        return false;
    return g_ascii_strncasecmp(text, word, strlen(word)) == 0 &&
           (lower_too || !g_ascii_islower(*text));
}

/* What follows the word of a reply: "[2]" if there is one, and the colon.
 * NULL if there is no colon. */
static const char *skip_reply_tail(const char *text)
{
    if (*text == '[' && g_ascii_isdigit(text[1])) {
        while (g_ascii_isdigit(*++text))
            ;
        if (*text++ != ']')
            return NULL;
    }
    text = skip_space(text);
    if (*text == ':')
        return text + 1;
    return g_str_has_prefix(text, "：") ? text + strlen("：") : NULL;
}

/* Passes over one "Re:" or its like. */
static bool skip_reply(const char **cursor)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reply_words); i++) {
        const char *tail;

        if (!reply_word_matches(*cursor, reply_words[i].text, reply_words[i].lower_too))
            continue;
        tail = skip_reply_tail(*cursor + strlen(reply_words[i].text));
        if (tail != NULL) {
            *cursor = skip_space(tail);
            return true;
        }
    }
    return false;
}

void subject_parse(const char *subject, struct subject *out)
{
    const char *cursor = skip_space(subject);
    const char *title = cursor;
    bool first = true;
    bool counts = true;

    *out = (struct subject) { 0 };
    for (;;) {
        const char *end;

        if (skip_reply(&cursor)) {
            out->reply = true;
            counts = true;
            title = cursor;
            continue;
        }
        if (*cursor != '[' || (end = group_end(cursor)) == NULL)
            break;
        if (counts) {
            struct subject taken = *out;
            bool all = take_group(&taken, cursor + 1, end);

            counts = all || first;
            if (counts)
                *out = taken;
            first = false;
        }
        cursor = skip_space(end + 1);
        if (counts)
            title = cursor;
    }
    out->title = (size_t)(title - subject);
}

void subject_append_answer(GString *out, const char *subject)
{
    const char *cursor = skip_space(subject);
    gsize start;

    g_string_append(out, "Re: ");
    start = out->len;
    for (;;) {
        const char *group = cursor;
        const char *end;

        if (skip_reply(&cursor))
            continue;
        if (*cursor != '[' || (end = group_end(cursor)) == NULL)
            break;
        cursor = skip_space(end + 1);
        g_string_append_len(out, group, cursor - group);
    }
    g_string_append(out, cursor);
    if (out->len == start)
        g_string_append(out, "your mail");
}
