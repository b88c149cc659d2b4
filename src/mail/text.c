/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/text.h"

#include "mail/body.h"

#include <stdbool.h>
#include <string.h>

/* Parents of a combined diff that are counted; git's octopus merges have had more, but
 * nobody mails those. */
#define PARENTS_MAX 16

#define NO_LINE G_MAXUINT

/* A line without its line break. Its END is where the LF stands or the text ends. */
struct span {
    const char *start;
    const char *end;
};

/* Lines that a hunk still has to come. */
struct hunk {
    unsigned parents;
    uint32_t old_left[PARENTS_MAX];
    uint32_t new_left;
};

enum state {
    IN_MESSAGE,
    IN_FILE_HEADER,
    IN_HUNK,
    AFTER_HUNK,
    IN_BINARY,
    IN_SIGNATURE,
};

struct parser {
    const char *bytes;
    const char *end;     /* of the text */
    const char *opening; /* the opening header lines */
    const char *opening_end;
    GArray *lines;
    enum state state;
    bool diff_seen; /* hunks can come, also behind a hunk that was cut short */
    struct hunk hunk;
    guint stat_start; /* first of the lines just read that look like those of a diffstat */
    const char *description_end; /* NULL until it is known */
};

static bool begins(struct span line, const char *prefix)
{
    size_t length = strlen(prefix);

    return (size_t)(line.end - line.start) >= length &&
           memcmp(line.start, prefix, length) == 0;
}

static bool begins_with_any(struct span line, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        if (begins(line, *prefixes))
            return true;
    }
    return false;
}

static bool is_exactly(struct span line, const char *text)
{
    return (size_t)(line.end - line.start) == strlen(text) && begins(line, text);
}

static bool is_blank(struct span line)
{
    while (line.start < line.end && g_ascii_isspace(*line.start))
        line.start++;
    return line.start == line.end;
}

static struct text_line *line_at(GArray *lines, guint index)
{
    return &g_array_index(lines, struct text_line, index);
}

static struct span span_at(const struct parser *parser, guint index)
{
    const struct text_line *line = line_at(parser->lines, index);
    const char *start = parser->bytes + line->start;

    return (struct span) { start, start + line->length };
}

static bool skip_char(struct span *line, char c)
{
    if (line->start == line->end || *line->start != c)
        return false;
    line->start++;
    return true;
}

/* Takes a number, cut to what fits. */
static bool take_number(struct span *line, uint32_t *number)
{
    const char *start = line->start;
    uint64_t value = 0;

    for (; line->start < line->end && g_ascii_isdigit(*line->start); line->start++)
        value = MIN(value * 10 + (uint64_t)(*line->start - '0'), UINT32_MAX);
    *number = (uint32_t)value;
    return line->start > start;
}

/* "-1,2 " or "+3 ": takes the count, which is 1 where it is not said. */
static bool take_range(struct span *line, char sign, uint32_t *count)
{
    uint32_t first;

    *count = 1;
    return skip_char(line, sign) && take_number(line, &first) &&
           (!skip_char(line, ',') || take_number(line, count)) && skip_char(line, ' ');
}

/* "@@ -1,2 +3,4 @@", with one more "@" and range for each further parent of a merge. */
static bool parse_hunk_header(struct span line, struct hunk *hunk)
{
    unsigned marks = 0;

    while (skip_char(&line, '@'))
        marks++;
    if (marks < 2 || marks > PARENTS_MAX + 1 || !skip_char(&line, ' '))
        return false;
    hunk->parents = marks - 1;
    for (unsigned i = 0; i < hunk->parents; i++) {
        if (!take_range(&line, '-', &hunk->old_left[i]))
            return false;
    }
    return take_range(&line, '+', &hunk->new_left) && begins(line, "@@");
}

static bool hunk_is_done(const struct hunk *hunk)
{
    for (unsigned i = 0; i < hunk->parents; i++) {
        if (hunk->old_left[i] > 0)
            return false;
    }
    return hunk->new_left == 0;
}

/* Takes one off *LEFT. False if there is none left. */
static bool count_down(uint32_t *left)
{
    if (*left == 0)
        return false;
    (*left)--;
    return true;
}

/* Takes the line off what HUNK still has to come and says what it is; TEXT_MESSAGE if it
 * cannot belong to the hunk. */
static enum text_kind take_hunk_line(struct hunk *hunk, struct span line)
{
    struct hunk left = *hunk;
    size_t length = (size_t)(line.end - line.start);
    size_t columns = MIN(length, hunk->parents);
    bool added = memchr(line.start, '+', columns) != NULL;
    bool removed = memchr(line.start, '-', columns) != NULL;

    if (length > 0 && *line.start == '\\')
        return TEXT_CONTEXT;
    for (unsigned i = 0; i < hunk->parents; i++) {
        /* A context line that is empty may have lost its spaces on the way. */
        char mark = i < length ? line.start[i] : ' ';
        if (!strchr(" +-", mark) || mark == '\0')
            return TEXT_MESSAGE;
        if (mark == (removed ? '-' : ' ') && !count_down(&left.old_left[i]))
            return TEXT_MESSAGE;
    }
    if (!removed && !count_down(&left.new_left))
        return TEXT_MESSAGE;
    *hunk = left;
    return removed ? TEXT_REMOVED : added ? TEXT_ADDED : TEXT_CONTEXT;
}

/* The lines between "diff --git" and the first hunk (git-diff(1), "Generating
 * patch text"), and what Subversion and CVS write there. */
static bool is_file_header(struct span line)
{
    static const char *const prefixes[] = {
        "index ",         "old mode ",         "new mode ", "deleted file mode ",
        "new file mode ", "copy from ",        "copy to ",  "rename from ",
        "rename to ",     "similarity index ", "--- ",      "dissimilarity index ",
        "+++ ",           "Binary files ",     "===",       "RCS file: ",
        "diff ",          "retrieving ",       "mode ",     "Property changes on: ",
        NULL,
    };

    return begins_with_any(line, prefixes);
}

/* A line of base 85 (its length as a letter in front), or what parts them. */
static bool is_binary(struct span line)
{
    static const char *const prefixes[] = { "literal ", "delta ", NULL };

    if (line.start == line.end || begins_with_any(line, prefixes))
        return true;
    if (!g_ascii_isalpha(*line.start))
        return false;
    while (line.start < line.end && g_ascii_isgraph(*line.start))
        line.start++;
    return line.start == line.end;
}

/* " file | 2 +-", " file | Bin 0 -> 12 bytes", and the " ..." of a shortened one. */
static bool is_stat_line(struct span line)
{
    struct span rest = line;
    uint32_t count;

    if (!skip_char(&rest, ' ') || is_blank(rest))
        return false;
    if (is_exactly(rest, "..."))
        return true;
    do {
        rest.start = memchr(rest.start, '|', (size_t)(rest.end - rest.start));
        if (rest.start == NULL)
            return false;
        rest.start++;
    } while (rest.start[-2] != ' ');
    while (skip_char(&rest, ' '))
        ;
    if (begins(rest, "Bin") || begins(rest, "Unmerged"))
        return true;
    if (!take_number(&rest, &count))
        return false;
    while (skip_char(&rest, ' ') || skip_char(&rest, '+') || skip_char(&rest, '-'))
        ;
    return rest.start == rest.end;
}

/* " 2 files changed, 3 insertions(+)". */
static bool is_stat_summary(struct span line)
{
    uint32_t count;

    return skip_char(&line, ' ') && take_number(&line, &count) &&
           (begins(line, " file changed") || begins(line, " files changed"));
}

/* What "git diff --summary" puts behind the diffstat. */
static bool is_stat_note(struct span line)
{
    static const char *const prefixes[] = {
        " create mode ", " delete mode ", " mode change ", " rename ", " copy ", " rewrite ", NULL,
    };

    return begins_with_any(line, prefixes);
}

static unsigned quote_depth(struct span line)
{
    unsigned depth = 0;

    while (skip_char(&line, '>')) {
        depth += depth < UINT8_MAX;
        while (line.start < line.end && *line.start == ' ')
            line.start++;
    }
    return depth;
}

/* Does a diff begin with this line? Other diffs than git's have a command line in front. */
static bool is_diff(const struct parser *parser, struct span line)
{
    const char *next = line.end < parser->end ? line.end + 1 : line.end;

    return body_is_diff(line.start, parser->end) ||
           (begins(line, "diff -") && body_is_diff(next, parser->end));
}

/* The lines of the diffstat that ends with the line being read. */
static void mark_diffstat(struct parser *parser)
{
    for (guint i = parser->stat_start; i < parser->lines->len; i++)
        line_at(parser->lines, i)->kind = TEXT_DIFFSTAT;
}

/* A line of a diffstat is known as one only when the summary comes. */
static enum text_kind classify_stat(struct parser *parser, struct span line)
{
    guint count = parser->lines->len;
    enum text_kind kind = TEXT_MESSAGE;

    if (is_stat_line(line)) {
        if (parser->stat_start == NO_LINE)
            parser->stat_start = count;
        return kind;
    }
    if (is_stat_summary(line)) {
        mark_diffstat(parser);
        kind = TEXT_DIFFSTAT;
    } else if (is_stat_note(line) && count > 0 &&
               line_at(parser->lines, count - 1)->kind == TEXT_DIFFSTAT) {
        kind = TEXT_DIFFSTAT;
    }
    parser->stat_start = NO_LINE;
    return kind;
}

static enum text_kind classify_message(struct parser *parser, struct span line)
{
    enum text_kind kind = TEXT_MESSAGE;

    parser->state = IN_MESSAGE;
    if (line.start >= parser->opening && line.start < parser->opening_end)
        kind = TEXT_IN_BODY_HEADER;
    else if (line.start < line.end && *line.start == '>')
        kind = TEXT_QUOTED;
    else if (!parser->diff_seen)
        return is_exactly(line, "---") ? TEXT_SEPARATOR : classify_stat(parser, line);
    parser->stat_start = NO_LINE;
    return kind;
}

/* The lines of a binary patch end with an empty one, behind which its reverse may stand. */
static bool goes_on_binary(const struct parser *parser, struct span line)
{
    struct span last = span_at(parser, parser->lines->len - 1);

    return is_binary(line) &&
           (!is_blank(last) || begins(line, "literal ") || begins(line, "delta "));
}

/* A line outside a hunk. */
static enum text_kind classify_outside(struct parser *parser, struct span line)
{
    if (is_diff(parser, line)) {
        parser->diff_seen = true;
        parser->state = IN_FILE_HEADER;
        return TEXT_FILE_HEADER;
    }
    if (parser->state == IN_SIGNATURE)
        return TEXT_SIGNATURE;
    if (parser->state == IN_BINARY && goes_on_binary(parser, line))
        return TEXT_BINARY;
    if (parser->state == IN_FILE_HEADER && is_exactly(line, "GIT binary patch")) {
        parser->state = IN_BINARY;
        return TEXT_BINARY;
    }
    if (parser->state == IN_FILE_HEADER && is_file_header(line))
        return TEXT_FILE_HEADER;
    if (parser->state == AFTER_HUNK && begins(line, "\\ "))
        return TEXT_CONTEXT;
    if (parser->diff_seen && parse_hunk_header(line, &parser->hunk)) {
        parser->state = hunk_is_done(&parser->hunk) ? AFTER_HUNK : IN_HUNK;
        return TEXT_HUNK_HEADER;
    }
    if (is_exactly(line, "-- ")) {
        parser->state = IN_SIGNATURE;
        return TEXT_SIGNATURE;
    }
    return classify_message(parser, line);
}

static enum text_kind classify(struct parser *parser, struct span line)
{
    if (parser->state == IN_HUNK) {
        enum text_kind kind = take_hunk_line(&parser->hunk, line);
        if (hunk_is_done(&parser->hunk) || kind == TEXT_MESSAGE)
            parser->state = AFTER_HUNK;
        if (kind != TEXT_MESSAGE)
            return kind;
    }
    return classify_outside(parser, line);
}

static void note_description_end(struct parser *parser, struct span line, enum text_kind kind)
{
    if (parser->description_end != NULL)
        return;
    if (kind == TEXT_DIFFSTAT)
        parser->description_end = line.end;
    else if (kind == TEXT_FILE_HEADER || kind == TEXT_SIGNATURE || begins(line, "Index: "))
        parser->description_end = line.start;
}

static void add_line(struct parser *parser, struct span line)
{
    enum text_kind kind = classify(parser, line);
    struct text_line added = {
        .start = (uint32_t)(line.start - parser->bytes),
        .length = (uint32_t)(line.end - line.start),
        .kind = (uint8_t)kind,
        .depth = kind == TEXT_QUOTED ? (uint8_t)quote_depth(line) : 0,
    };

    note_description_end(parser, line, kind);
    g_array_append_val(parser->lines, added);
}

/* Behind the "Token" of "Token: value", or NULL if the line is no trailer. */
static const char *trailer_token_end(struct span line)
{
    const char *end = line.start;

    while (end < line.end && (g_ascii_isalnum(*end) || *end == '-'))
        end++;
    if (end == line.start || end == line.end || *end != ':')
        return NULL;
    return end + 1 == line.end || g_ascii_isspace(end[1]) ? end : NULL;
}

/* A trailer by which a block of them is known. */
static bool is_known_trailer(struct span line)
{
    static const char *const names[] = { "Cc:", "Fixes:", "Link:", "Closes:", NULL };
    const char *end = trailer_token_end(line);

    return end != NULL && (begins_with_any(line, names) ||
                           (end - line.start > 3 && g_ascii_strncasecmp(end - 3, "-by", 3) == 0));
}

/* Reviewed-by: and its like with an address, wherever it stands. */
static bool is_tag(struct span line)
{
    const char *end = trailer_token_end(line);

    return end != NULL && end - line.start > 3 && g_ascii_strncasecmp(end - 3, "-by", 3) == 0 &&
           memchr(end, '@', (size_t)(line.end - end)) != NULL;
}

static bool is_continuation(struct span line)
{
    return line.start < line.end && (*line.start == ' ' || *line.start == '\t') &&
           !is_blank(line);
}

/* Is the paragraph one of trailers, as git-interpret-trailers has it: one that is known, and
 * at least as many trailers as other lines? */
static bool is_trailer_block(const struct parser *parser, guint first, guint end)
{
    guint trailers = 0;
    guint others = 0;
    bool known = false;

    for (guint i = first; i < end; i++) {
        struct span line = span_at(parser, i);
        if (trailer_token_end(line) != NULL)
            trailers++;
        else if (trailers == 0 || !is_continuation(line))
            others++;
        known |= is_known_trailer(line);
    }
    return known && trailers >= others;
}

static void mark_trailer_block(struct parser *parser, guint first, guint end)
{
    bool inside = false;

    for (guint i = first; i < end; i++) {
        struct span line = span_at(parser, i);
        inside = trailer_token_end(line) != NULL || (inside && is_continuation(line));
        if (inside)
            line_at(parser->lines, i)->kind = TEXT_TRAILER;
    }
}

/* Finds the trailers: the last paragraph of the message, and tags that stand alone, as reviewers
 * give them. */
static void mark_trailers(struct parser *parser)
{
    guint end = 0;
    guint first;

    while (end < parser->lines->len && line_at(parser->lines, end)->kind <= TEXT_QUOTED)
        end++;
    while (end > 0 && is_blank(span_at(parser, end - 1)))
        end--;
    for (first = end; first > 0; first--) {
        if (line_at(parser->lines, first - 1)->kind != TEXT_MESSAGE ||
            is_blank(span_at(parser, first - 1)))
            break;
    }
    if (is_trailer_block(parser, first, end))
        mark_trailer_block(parser, first, end);
    for (guint i = 0; i < parser->lines->len; i++) {
        struct text_line *line = line_at(parser->lines, i);
        if (line->kind == TEXT_MESSAGE && is_tag(span_at(parser, i)))
            line->kind = TEXT_TRAILER;
    }
}

/* END without the blank lines in front of it, and without a line break. */
static const char *trim_blank_lines(const char *start, const char *end)
{
    while (end > start) {
        const char *feed = memrchr(start, '\n', (size_t)(end - start));
        const char *line = feed != NULL ? feed + 1 : start;
        if (!is_blank((struct span) { line, end }))
            break;
        end = feed != NULL ? feed : start;
    }
    return end;
}

struct text *text_parse(const char *bytes, size_t length)
{
    struct text *text = g_new0(struct text, 1);
    struct parser parser = { .bytes = bytes, .stat_start = NO_LINE };
    const char *start = bytes;

    parser.end = bytes + MIN(length, UINT32_MAX);
    parser.opening_end = body_opening(bytes, parser.end, &parser.opening);
    parser.lines = g_array_new(FALSE, FALSE, sizeof(struct text_line));
    while (start < parser.end) {
        const char *feed = memchr(start, '\n', (size_t)(parser.end - start));
        struct span line = { start, feed != NULL ? feed : parser.end };
        add_line(&parser, line);
        start = feed != NULL ? feed + 1 : parser.end;
    }
    mark_trailers(&parser);
    if (parser.description_end == NULL)
        parser.description_end = parser.end;
    text->lines = parser.lines;
    text->description_end =
        (uint32_t)(trim_blank_lines(bytes, parser.description_end) - bytes);
    return text;
}

void text_free(struct text *text)
{
    if (text == NULL)
        return;
    g_array_free(text->lines, TRUE);
    g_free(text);
}

size_t text_description_length(const struct text *text)
{
    return text->description_end;
}
