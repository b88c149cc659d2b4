/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/marks_text.h"

#include "store/marks_table.h"

#include <string.h>

/* Digits of a stamp. */
#define STAMP_SIZE (sizeof "2026-11-21T08:15:30.000001Z")

/* How far the stamp of an imported line may be ahead of this clock. */
#define AHEAD_MAX (24 * G_TIME_SPAN_HOUR)

/* --- export ---------------------------------------------------------------------------------- */

/* Appends ID in brackets. What is not printable ASCII would not stand in one field, and with
 * brackets in it a line could look like one of git's conflict marks. */
static void append_id(GString *line, const char *id)
{
    g_string_append_c(line, '<');
    for (; *id != '\0'; id++) {
        if (g_ascii_isgraph(*id) && strchr("%<>", *id) == NULL)
            g_string_append_c(line, *id);
        else
            g_string_append_printf(line, "%%%02X", (unsigned char)*id);
    }
    g_string_append_c(line, '>');
}

static void append_stamp(GString *line, int64_t stamp)
{
    GDateTime *time = g_date_time_new_from_unix_utc(stamp / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");

    g_string_append_printf(line, "%s.%06dZ", text, (int)(stamp % G_USEC_PER_SEC));
    g_date_time_unref(time);
}

/* A line about LEAD, without its end. */
static GString *begin_line(const char *lead, const char *word, int64_t stamp)
{
    GString *line = g_string_new(NULL);

    append_id(line, lead);
    g_string_append_printf(line, " %s ", word);
    append_stamp(line, stamp);
    return line;
}

static void add_line(GPtrArray *lines, GString *line)
{
    g_ptr_array_add(lines, g_string_free(line, FALSE));
}

static void add_state(GPtrArray *lines, const struct mark *mark)
{
    GString *line = begin_line(mark->lead, mark_state_name(mark->state), mark->state_stamp);

    if (mark->version > 0 || mark->fingerprints->len > 0)
        g_string_append_printf(line, " v%u", mark->version);
    for (guint i = 0; i < mark->fingerprints->len; i++) {
        char text[FINGERPRINT_TEXT_SIZE];

        fingerprint_text(&g_array_index(mark->fingerprints, struct fingerprint, i), text);
        g_string_append_printf(line, " %s", text);
    }
    add_line(lines, line);
}

static void add_note(GPtrArray *lines, const struct mark *mark, const struct note *note)
{
    GString *line = begin_line(mark->lead, note->removed ? "no-note" : "note", note->stamp);

    g_string_append_printf(line, " %s", note->text);
    add_line(lines, line);
}

static void add_mark(GPtrArray *lines, const struct mark *mark)
{
    if (mark->state_stamp > 0)
        add_state(lines, mark);
    if (mark->flag_stamp > 0)
        add_line(lines, begin_line(mark->lead, mark->flag ? "flagged" : "unflagged",
                                   mark->flag_stamp));
    for (guint i = 0; i < mark->notes->len; i++)
        add_note(lines, mark, g_ptr_array_index(mark->notes, i));
}

static const char *const correction_words[] = {
    [CORRECTION_NONE] = "not-corrected",
    [CORRECTION_SAME] = "same",
    [CORRECTION_NOT_SAME] = "not-same",
};

static void add_correction(GPtrArray *lines, const struct correction_line *correction)
{
    GString *line = g_string_new(correction_words[correction->correction]);

    g_string_append_c(line, ' ');
    append_id(line, correction->a);
    g_string_append_c(line, ' ');
    append_id(line, correction->b);
    g_string_append_c(line, ' ');
    append_stamp(line, correction->stamp);
    add_line(lines, line);
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GString *marks_text_export(const struct marks *marks)
{
    GString *text = g_string_new(NULL);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *list = marks_list(marks);
    GPtrArray *corrections = marks_correction_lines(marks);

    for (guint i = 0; i < list->len; i++)
        add_mark(lines, g_ptr_array_index(list, i));
    for (guint i = 0; i < corrections->len; i++)
        add_correction(lines, g_ptr_array_index(corrections, i));
    g_ptr_array_sort(lines, compare_lines);
    for (guint i = 0; i < lines->len; i++) {
        /* A damaged file may say a thing twice. */
        if (i > 0 && strcmp(lines->pdata[i - 1], lines->pdata[i]) == 0)
            continue;
        g_string_append(text, g_ptr_array_index(lines, i));
        g_string_append_c(text, '\n');
    }
    g_ptr_array_unref(corrections);
    g_ptr_array_unref(list);
    g_ptr_array_unref(lines);
    return text;
}

/* --- import ---------------------------------------------------------------------------------- */

/* What is read. */
struct reading {
    GPtrArray *marks;       /* struct mark *, one for each line */
    GPtrArray *corrections; /* struct correction_line * */
    int64_t newest;         /* stamp that is believed */
};

static bool fail(GError **error, const char *why)
{
    g_set_error_literal(error, MARKS_ERROR, MARKS_ERROR_TEXT, why);
    return false;
}

/* Takes the field in front of *REST, which moves behind the space that ends it. False if there
 * is none. */
static bool take_field(char **rest, char **field)
{
    char *end = *rest + strcspn(*rest, " ");

    *field = *rest;
    if (end == *rest)
        return false;
    *rest = end + (*end == ' ');
    *end = '\0';
    return true;
}

/* Takes two hexadecimal digits; not those of NUL. */
static bool take_byte(const char **text, char *byte)
{
    int high = g_ascii_xdigit_value((*text)[0]);
    int low = high >= 0 ? g_ascii_xdigit_value((*text)[1]) : -1;

    if (low < 0 || high + low == 0)
        return false;
    *byte = (char)(high << 4 | low);
    *text += 2;
    return true;
}

/* Decodes the field "<ID>" in place. */
static bool decode_id(char *field, char **id, GError **error)
{
    size_t length = strlen(field);
    char *out = field + 1;

    if (length < 2 || field[0] != '<' || field[length - 1] != '>')
        return fail(error, "a Message-ID in angle brackets is missing");
    field[length - 1] = '\0';
    *id = out;
    for (const char *in = out; *in != '\0';) {
        char c = *in++;

        if (c == '<' || c == '>')
            return fail(error, "an angle bracket in a Message-ID");
        if (c == '%' && !take_byte(&in, &c))
            return fail(error, "a % in a Message-ID without two hexadecimal digits behind it");
        *out++ = c;
    }
    *out = '\0';
    return mark_check_id(*id, error);
}

/* Takes COUNT digits from *TEXT and the character behind them, which must be END. */
static bool take_digits(const char **text, int count, char end, int *number)
{
    *number = 0;
    for (; count > 0; count--) {
        if (!g_ascii_isdigit(**text))
            return false;
        *number = *number * 10 + *(*text)++ - '0';
    }
    return *(*text)++ == end;
}

static bool read_stamp(const char *text, int64_t *stamp)
{
    int year, month, day, hour, minute, second, fraction;
    GDateTime *time;

    if (strlen(text) != STAMP_SIZE - 1 || !take_digits(&text, 4, '-', &year) ||
        !take_digits(&text, 2, '-', &month) || !take_digits(&text, 2, 'T', &day) ||
        !take_digits(&text, 2, ':', &hour) || !take_digits(&text, 2, ':', &minute) ||
        !take_digits(&text, 2, '.', &second) || !take_digits(&text, 6, 'Z', &fraction))
        return false;
    time = g_date_time_new_utc(year, month, day, hour, minute, second);
    if (time == NULL)
        return false;
    *stamp = g_date_time_to_unix(time) * G_USEC_PER_SEC + fraction;
    g_date_time_unref(time);
    return *stamp > 0;
}

static bool take_stamp(const struct reading *reading, char **rest, int64_t *stamp, GError **error)
{
    char *field;

    if (!take_field(rest, &field) || !read_stamp(field, stamp))
        return fail(error, "a time such as 2026-01-31T12:30:59.000000Z is missing");
    return *stamp <= reading->newest ||
           fail(error, "a time more than a day ahead of this clock: it would win over all later words");
}

static bool take_version(char **rest, uint32_t *version, GError **error)
{
    char *field;
    guint64 number;

    if (!take_field(rest, &field) || field[0] != 'v' ||
        !g_ascii_string_to_unsigned(field + 1, 10, 0, UINT32_MAX, &number, NULL))
        return fail(error, "a version such as v2 is missing");
    *version = (uint32_t)number;
    return true;
}

static bool read_state(struct mark *mark, enum mark_state state, int64_t stamp, char *rest,
                       GError **error)
{
    GArray *fingerprints = g_array_new(FALSE, FALSE, sizeof(struct fingerprint));
    uint32_t version = 0;
    bool good = *rest == '\0' || take_version(&rest, &version, error);
    char *field;

    while (good && take_field(&rest, &field)) {
        struct fingerprint fingerprint;

        if (fingerprints->len == MARK_PATCHES_MAX)
            good = fail(error, "too many patches");
        else if (!fingerprint_parse(field, &fingerprint))
            good = fail(error, "a fingerprint of 64 hexadecimal digits is missing");
        else
            g_array_append_val(fingerprints, fingerprint);
    }
    if (good && *rest != '\0')
        good = fail(error, "more than one space");
    if (good)
        mark_set_state(mark, state, version, fingerprints, stamp);
    g_array_unref(fingerprints);
    return good;
}

static bool read_note(struct mark *mark, bool removed, int64_t stamp, const char *text,
                      GError **error)
{
    if (!mark_check_note(text, error))
        return false;
    mark_add_note(mark, text, stamp, removed);
    return true;
}

static bool read_flag(struct mark *mark, bool flag, int64_t stamp, const char *rest, GError **error)
{
    mark->flag = flag;
    mark->flag_stamp = stamp;
    return *rest == '\0' || fail(error, "something stands behind the time");
}

static bool read_mark_word(struct mark *mark, const char *word, int64_t stamp, char *rest,
                           GError **error)
{
    enum mark_state state;

    if (mark_state_parse(word, &state))
        return read_state(mark, state, stamp, rest, error);
    if (strcmp(word, "note") == 0 || strcmp(word, "no-note") == 0)
        return read_note(mark, word[2] == '-', stamp, rest, error);
    if (strcmp(word, "flagged") == 0 || strcmp(word, "unflagged") == 0)
        return read_flag(mark, word[0] == 'f', stamp, rest, error);
    return fail(error, "neither a state nor a flag nor a note");
}

/* "<ID> WORD STAMP …". */
static bool read_mark(struct reading *reading, char *field, char *rest, GError **error)
{
    char *id, *word;
    int64_t stamp;
    struct mark *mark;

    if (!decode_id(field, &id, error))
        return false;
    if (!take_field(&rest, &word))
        return fail(error, "nothing is said of the Message-ID");
    if (!take_stamp(reading, &rest, &stamp, error))
        return false;
    mark = mark_new(id);
    g_ptr_array_add(reading->marks, mark);
    return read_mark_word(mark, word, stamp, rest, error);
}

/* "WORD <A> <B> STAMP". */
static bool read_correction(struct reading *reading, enum correction correction, char *rest,
                            GError **error)
{
    char *first, *second, *a, *b;
    int64_t stamp;

    if (!take_field(&rest, &first) || !take_field(&rest, &second))
        return fail(error, "two Message-IDs in angle brackets are missing");
    if (!decode_id(first, &a, error) || !decode_id(second, &b, error) ||
        !take_stamp(reading, &rest, &stamp, error))
        return false;
    if (*rest != '\0')
        return fail(error, "something stands behind the time");
    if (strcmp(a, b) == 0)
        return fail(error, "the two Message-IDs are the same");
    g_ptr_array_add(reading->corrections, correction_line_new(a, b, correction, stamp));
    return true;
}

/* "<<<<<<< ours", "|||||||", "=======", ">>>>>>> theirs". */
static bool is_conflict_mark(const char *line)
{
    size_t length = *line != '\0' && strchr("<|=>", *line) != NULL ? strspn(line, (char[]) { *line, 0 })
                                                                   : 0;

    return length == 7 && (line[7] == '\0' || line[7] == ' ');
}

static bool read_line(struct reading *reading, char *line, GError **error)
{
    char *field;

    if (*line == '\0' || *line == '#' || is_conflict_mark(line))
        return true;
    if (!take_field(&line, &field))
        return fail(error, "a space in front");
    for (size_t i = 0; i < G_N_ELEMENTS(correction_words); i++) {
        if (strcmp(field, correction_words[i]) == 0)
            return read_correction(reading, (enum correction)i, line, error);
    }
    return read_mark(reading, field, line, error);
}

/* A copy of the LENGTH bytes at BYTES if they are clean text, without the CR that some editors
 * leave. The caller frees it. */
static char *copy_line(const char *bytes, size_t length, GError **error)
{
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    if (!g_utf8_validate(bytes, (gssize)length, NULL)) {
        fail(error, "not UTF-8");
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        if (g_ascii_iscntrl(bytes[i])) {
            fail(error, "a control character");
            return NULL;
        }
    }
    return g_strndup(bytes, length);
}

static bool read_text(struct reading *reading, const char *name, const char *text, size_t length,
                      GError **error)
{
    const char *end = text + length;
    GError *why = NULL;

    for (size_t number = 1; text < end && why == NULL; number++) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const char *stop = feed != NULL ? feed : end;
        g_autofree char *line = copy_line(text, (size_t)(stop - text), &why);

        if (line == NULL || !read_line(reading, line, &why))
            g_set_error(error, MARKS_ERROR, MARKS_ERROR_TEXT, "%s:%zu: %s", name, number,
                        why->message);
        text = feed != NULL ? feed + 1 : end;
    }
    if (why == NULL)
        return true;
    g_error_free(why);
    return false;
}

bool marks_text_import(struct marks *marks, const char *name, const char *text, size_t length,
                       size_t *changed, GError **error)
{
    struct reading reading = {
        .marks = g_ptr_array_new_with_free_func(mark_free),
        .corrections = g_ptr_array_new_with_free_func(g_free),
        .newest = g_get_real_time() + AHEAD_MAX,
    };
    bool taken;

    *changed = 0;
    taken = read_text(&reading, name, text, length, error) &&
            marks_merge(marks, reading.marks, reading.corrections, changed, error);
    g_ptr_array_unref(reading.marks);
    g_ptr_array_unref(reading.corrections);
    return taken;
}
