/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/fingerprint.h"

#include "mail/message.h"
#include "mail/text.h"

#include <string.h>

/* What is hashed is a list of records: a byte that says what it is, a line's bytes, LF. Lines hold no LF, so
 * two lists are never the same bytes. */
enum record {
    RECORD_DIFF = 'd',   /* in front, empty: what follows is a diff … */
    RECORD_TEXT = 't',   /* … or a line of a mail without one */
    RECORD_FILE = 'f',   /* a line of a file's header */
    RECORD_RUN = 'r',    /* empty: changed lines that stand together follow */
    RECORD_NO_LINE_BREAK = 'n', /* empty: the changed line in front ends without a line break */
    RECORD_RAW = 'x',    /* a digest of the body as it came: see add_raw() */
    RECORD_BINARY = 'b', /* a line of a binary patch */
    RECORD_CHANGE = 'A', /* a changed line with its sign; of a diff with n parents, n more than this */
};

struct span {
    const char *start;
    size_t length;
};

struct hashing {
    GChecksum *sum;
    struct span index; /* the "index" line of this file, until it is known whether it counts */
    unsigned parents;  /* of the hunk */
    bool in_run;
};

static void add_record(struct hashing *hashing, int record, struct span line)
{
    const guchar kind = (guchar)record;

    g_checksum_update(hashing->sum, &kind, 1);
    g_checksum_update(hashing->sum, (const guchar *)line.start, (gssize)line.length);
    g_checksum_update(hashing->sum, (const guchar *)"\n", 1);
}

static void add_empty_record(struct hashing *hashing, enum record record)
{
    add_record(hashing, record, (struct span) { "", 0 });
}

static bool begins(struct span line, const char *prefix)
{
    size_t length = strlen(prefix);

    return line.length >= length && memcmp(line.start, prefix, length) == 0;
}

/* Lines that change when the change does not: percentages, revisions, and the command line of
 * other diffs than git's, whose names come again. */
static bool is_passed_over(struct span line)
{
    static const char *const prefixes[] = {
        "similarity index ", "dissimilarity index ", "retrieving ", "===", "diff -", NULL,
    };

    if (begins(line, "diff --git ") || begins(line, "diff --cc ") ||
        begins(line, "diff --combined "))
        return false;
    for (const char *const *prefix = prefixes; *prefix != NULL; prefix++) {
        if (begins(line, *prefix))
            return true;
    }
    return false;
}

/* "--- name<TAB>time": a TAB in a name is quoted. */
static struct span without_time(struct span line)
{
    const char *tab = memchr(line.start, '\t', line.length);

    if (tab != NULL && (begins(line, "--- ") || begins(line, "+++ ")))
        line.length = (size_t)(tab - line.start);
    return line;
}

static void add_file_header(struct hashing *hashing, struct span line)
{
    static const struct span none = { "", 0 };

    if (begins(line, "diff ") || begins(line, "Index: "))
        hashing->index = none;
    if (begins(line, "index ")) {
        hashing->index = line;
        return;
    }
    /* Of what a binary file becomes, the ids are all that is said where the patch does not bring it. */
    if (begins(line, "Binary files "))
        add_record(hashing, RECORD_FILE, hashing->index);
    if (!is_passed_over(line))
        add_record(hashing, RECORD_FILE, without_time(line));
}

static void begin_hunk(struct hashing *hashing, struct span header)
{
    unsigned marks = 0;

    while (marks < header.length && header.start[marks] == '@')
        marks++;
    hashing->parents = marks - 1;
}

static void add_change(struct hashing *hashing, struct span line)
{
    if (!hashing->in_run)
        add_empty_record(hashing, RECORD_RUN);
    hashing->in_run = true;
    add_record(hashing, RECORD_CHANGE + (int)hashing->parents, line);
}

static void add_line(struct hashing *hashing, enum text_kind kind, struct span line)
{
    if (kind == TEXT_ADDED || kind == TEXT_REMOVED) {
        add_change(hashing, line);
        return;
    }
    /* The words behind the backslash are in the language of who made the diff. */
    if (kind == TEXT_CONTEXT && begins(line, "\\")) {
        if (hashing->in_run)
            add_empty_record(hashing, RECORD_NO_LINE_BREAK);
        return;
    }
    hashing->in_run = false;
    if (kind == TEXT_FILE_HEADER)
        add_file_header(hashing, line);
    else if (kind == TEXT_HUNK_HEADER)
        begin_hunk(hashing, line);
    else if (kind == TEXT_BINARY && line.length > 0)
        add_record(hashing, RECORD_BINARY, line);
}

static bool has_diff(const struct text *text)
{
    for (guint i = 0; i < text->lines->len; i++) {
        if (g_array_index(text->lines, struct text_line, i).kind == TEXT_FILE_HEADER)
            return true;
    }
    return false;
}

/* A line without the CR at its end, which mail programs add and take away. */
static struct span line_of(const char *bytes, const struct text_line *line)
{
    struct span span = { bytes + line->start, line->length };

    while (span.length > 0 && span.start[span.length - 1] == '\r')
        span.length--;
    return span;
}

static void hash_text(struct hashing *hashing, const char *bytes, const struct text *text)
{
    bool diff = has_diff(text);

    if (diff)
        add_empty_record(hashing, RECORD_DIFF);
    for (guint i = 0; i < text->lines->len; i++) {
        const struct text_line *line = &g_array_index(text->lines, struct text_line, i);

        if (diff)
            add_line(hashing, line->kind, line_of(bytes, line));
        else if (line->kind != TEXT_SIGNATURE)
            add_record(hashing, RECORD_TEXT, line_of(bytes, line));
    }
}

/* Where decoding drops or replaces bytes, different patches come to the same text: then the bytes count. */
static void add_raw(struct hashing *hashing, const char *bytes, size_t length)
{
    const char *body = bytes;
    const char *end = bytes + length;
    struct header field;
    g_autofree char *digest = NULL;

    while (header_next(&body, end, &field))
        ;
    digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)body,
                                         (gsize)(end - body));
    add_record(hashing, RECORD_RAW, (struct span) { digest, strlen(digest) });
}

struct fingerprint fingerprint_of(const char *bytes, size_t length)
{
    struct message *message = message_parse(bytes, length);
    struct text *text = text_parse(message->text, message->length);
    struct hashing hashing = {
        .sum = g_checksum_new(G_CHECKSUM_SHA256),
        .index = { "", 0 },
        .parents = 1,
    };
    struct fingerprint fingerprint;
    gsize size = sizeof fingerprint.bytes;

    hash_text(&hashing, message->text, text);
    if (message->damaged)
        add_raw(&hashing, bytes, length);
    g_checksum_get_digest(hashing.sum, fingerprint.bytes, &size);
    g_checksum_free(hashing.sum);
    text_free(text);
    message_free(message);
    return fingerprint;
}

void fingerprint_text(const struct fingerprint *fingerprint, char text[FINGERPRINT_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof fingerprint->bytes; i++) {
        text[2 * i] = digits[fingerprint->bytes[i] >> 4];
        text[2 * i + 1] = digits[fingerprint->bytes[i] & 15];
    }
    text[FINGERPRINT_TEXT_SIZE - 1] = '\0';
}

bool fingerprint_parse(const char *text, struct fingerprint *fingerprint)
{
    struct fingerprint read;

    if (strlen(text) != FINGERPRINT_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < sizeof read.bytes; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0 || g_ascii_isupper(text[2 * i]) || g_ascii_isupper(text[2 * i + 1]))
            return false;
        read.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *fingerprint = read;
    return true;
}
