/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trailers_lines.h"

#include "glyph.h"
#include "hash.h"
#include "mail/trailer.h"

#include <string.h>

/* Widths of the screen below which columns make way. */
#define WIDTH_FOR_DATE 50
#define WIDTH_FOR_COUNTS 40
#define WIDTH_FOR_ADDRESS 100

#define DATE_WIDTH 6
#define LONG_DATE_WIDTH 10

/* The most cells of a trailer's kind, and what is kept for the note behind the name. */
#define KIND_MOST 22
#define NOTE_LEAST 20

/* --- building ------------------------------------------------------------------------ */

/* Bytes of the kind in TEXT, "Reviewed-by: Name <address>", and where the rest begins. */
static size_t kind_length(const char *text, const char **value)
{
    size_t length = strcspn(text, ":");
    *value = text + length;
    *value += strspn(*value, ": \t");
    return length;
}

static void measure_trailer(struct trailers_lines *lines, const char *text)
{
    const char *value;
    int kind = glyph_columns(text, kind_length(text, &value), KIND_MOST);
    lines->kind_width = MAX(lines->kind_width, kind);
    lines->who_width = MAX(lines->who_width, glyph_columns(value, strlen(value), 200));
}

static void add_trailer(struct trailers_lines *lines, const struct collected_trailer *trailer)
{
    const struct trailers_line line = {
        .patch = trailer->patch,
        .text = trailer->text,
        .mail = (struct member *)(uintptr_t)trailer->source,
        .older = trailer->older ? trailer->older->version : 0,
        .mismatch = trailer->mismatch,
        .bot = trailer->bot,
        .there = trailer->there,
    };
    lines->mismatches += trailer->mismatch && !trailer->bot;
    measure_trailer(lines, trailer->text);
    g_array_append_val(lines->lines, line);
}

static const struct trailers_line *trailers_lines_at(const struct trailers_lines *lines, int row)
{
    return &g_array_index(lines->lines, struct trailers_line, row);
}

/* What PATCH says and none of those that were just added, from line FIRST on. */
static void add_own(struct trailers_lines *lines, struct member *patch, guint first)
{
    GHashTable *keys = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    for (guint i = first; i < lines->lines->len; i++)
        g_hash_table_add(keys, trailer_key(trailers_lines_at(lines, (int)i)->text));
    for (const char *const *text = patch->mail->trailers; *text; text++) {
        if (!g_hash_table_add(keys, trailer_key(*text)))
            continue;
        const struct trailers_line line = {
            .patch = patch, .text = *text, .mail = patch, .there = true, .alone = true};
        measure_trailer(lines, *text);
        g_array_append_val(lines->lines, line);
    }
    g_hash_table_unref(keys);
}

static void add_heading(struct trailers_lines *lines, struct member *patch, struct member *mail,
                        struct tally_counts counts)
{
    const struct trailers_line line = {.patch = patch, .mail = mail, .counts = counts};
    tally_widen(lines->widths, &counts);
    g_array_append_val(lines->lines, line);
}

static void add_patch(struct trailers_lines *lines, struct member *patch, const GArray *collected,
                      guint *next, const struct tally *tally)
{
    struct tally_counts counts = tally_of(tally, patch);
    lines->patches.acked += counts.acked > 0;
    lines->patches.reviewed += counts.reviewed > 0;
    lines->patches.tested += counts.tested > 0;
    add_heading(lines, patch, patch, counts);
    guint first = lines->lines->len;
    for (; *next < collected->len; (*next)++) {
        const struct collected_trailer *trailer =
            &g_array_index(collected, struct collected_trailer, *next);
        if (trailer->patch != patch)
            break;
        add_trailer(lines, trailer);
    }
    add_own(lines, patch, first);
}

/* What counts for all patches stands in front of COLLECTED. */
static guint add_for_all(struct trailers_lines *lines, const struct posting *posting,
                         const GArray *collected)
{
    guint next = 0;
    while (next < collected->len &&
           !g_array_index(collected, struct collected_trailer, next).patch) {
        if (next == 0)
            add_heading(lines, NULL, posting_member(posting, 0), (struct tally_counts){0});
        add_trailer(lines, &g_array_index(collected, struct collected_trailer, next++));
    }
    return next;
}

void trailers_lines_build(struct trailers_lines *lines, const struct posting *posting,
                          const struct trailers_request *request)
{
    trailers_lines_clear(lines);
    lines->lines = g_array_new(FALSE, FALSE, sizeof(struct trailers_line));
    if (!posting)
        return;
    char date[ROW_DATE_SIZE];
    row_date(date, posting_lead(posting)->date, g_get_real_time() / G_USEC_PER_SEC, false);
    lines->long_dates = strchr(date, '\'') != NULL;
    lines->version = posting->version;
    lines->have = posting->have;
    lines->total = posting->total;
    GArray *collected = trailers_collect(posting, request);
    struct tally *tally = tally_new(posting, collected);
    GPtrArray *members = posting_all_members(posting);
    guint next = add_for_all(lines, posting, collected);
    for (guint i = 0; i < members->len; i++) {
        struct member *member = members->pdata[i];
        if (member->mail->kind == MAIL_PATCH)
            add_patch(lines, member, collected, &next, tally);
    }
    g_ptr_array_unref(members);
    tally_free(tally);
    g_array_unref(collected);
}

void trailers_lines_clear(struct trailers_lines *lines)
{
    if (lines->lines)
        g_array_unref(lines->lines);
    *lines = (struct trailers_lines){0};
}

/* --- asking -------------------------------------------------------------------------- */

int trailers_lines_count(const struct trailers_lines *lines)
{
    return lines->lines ? (int)lines->lines->len : 0;
}

struct member *trailers_lines_mail(const struct trailers_lines *lines, int row)
{
    if (row < 0 || row >= trailers_lines_count(lines))
        return NULL;
    return trailers_lines_at(lines, row)->mail;
}

struct trailers_place trailers_lines_place(const struct trailers_lines *lines, int row)
{
    if (row < 0 || row >= trailers_lines_count(lines))
        return (struct trailers_place){0};
    const struct trailers_line *line = trailers_lines_at(lines, row);
    return (struct trailers_place){line->patch, line->mail, line->text};
}

int trailers_lines_find(const struct trailers_lines *lines, const struct trailers_place *place)
{
    int found = -1;
    for (int row = 0; row < trailers_lines_count(lines); row++) {
        const struct trailers_line *line = trailers_lines_at(lines, row);
        if (line->patch != place->patch)
            continue;
        if (line->text == place->text && line->mail == place->mail)
            return row;
        if (!line->text)
            found = row;
    }
    return found;
}

/* --- words --------------------------------------------------------------------------- */

static void append_note(GString *note, const char *text)
{
    if (note->len)
        g_string_append(note, ", ");
    g_string_append(note, text);
}

/* What is to be known of a trailer besides, on a screen of WIDTH cells. */
static void describe(const struct trailers_line *line, int width, GString *note)
{
    const struct mail *mail = line->mail->mail;
    if (line->mismatch)
        g_string_append_printf(note, "sent by %s", mail->sender_name);
    if (line->mismatch && width >= WIDTH_FOR_ADDRESS)
        g_string_append_printf(note, " <%s>", mail->sender_address);
    if (line->bot)
        append_note(note, "bot");
    if (line->older && !line->there) {
        append_note(note, "from v");
        g_string_append_printf(note, "%u, unchanged", line->older);
    }
    if (line->alone)
        append_note(note, "in the patch");
    else if (line->there)
        append_note(note, "in the patch too");
}

/* "2/5", or nothing. */
static void append_number(const struct trailers_line *line, GString *text)
{
    const struct mail *mail = line->patch ? line->patch->mail : NULL;
    if (mail && mail->numbered)
        g_string_append_printf(text, "%u/%u", mail->number, mail->total);
}

static const char *title_of(const struct trailers_line *line)
{
    return line->patch ? line->patch->mail->title : "All patches";
}

void trailers_lines_words(const struct trailers_lines *lines, int row, GString *text)
{
    const struct trailers_line *line = trailers_lines_at(lines, row);
    if (line->text) {
        g_string_append(text, line->text);
        g_string_append_c(text, ' ');
        GString *note = g_string_new(NULL);
        describe(line, G_MAXINT, note);
        g_string_append(text, note->str);
        g_string_free(note, TRUE);
    } else {
        append_number(line, text);
        g_string_append_printf(text, " %s", title_of(line));
    }
}

/* ", 3 reviewed"; of a patch alone ", reviewed". */
static void append_count(const struct trailers_lines *lines, uint32_t count, const char *what,
                         GString *text)
{
    if (count && lines->total > 1)
        g_string_append_printf(text, ", %u %s", count, what);
    else if (count)
        g_string_append_printf(text, ", %s", what);
}

void trailers_lines_sum(const struct trailers_lines *lines, GString *text)
{
    const struct tally_counts *patches = &lines->patches;
    g_string_append_printf(text, "v%u, ", lines->version);
    if (lines->have < lines->total)
        g_string_append_printf(text, "%u of ", lines->have);
    g_string_append_printf(text, "%u patch%s", lines->total, lines->total == 1 ? "" : "es");
    append_count(lines, patches->reviewed, "reviewed", text);
    append_count(lines, patches->acked, "acked", text);
    append_count(lines, patches->tested, "tested", text);
    if (!patches->reviewed && !patches->acked && !patches->tested)
        g_string_append(text, ", not reviewed, acked or tested");
    if (lines->mismatches)
        g_string_append_printf(text, ", %u sent by somebody else", lines->mismatches);
}

/* --- drawing ------------------------------------------------------------------------- */

static void add_counts(const struct trailers_lines *lines, struct row *row,
                       const struct tally_counts *counts)
{
    GString *text = g_string_new(NULL);
    tally_append(lines->widths, counts, text);
    if (text->len)
        row_add(row, (int)text->len, STYLE_REVIEW, text->str);
    g_string_free(text, TRUE);
}

static void fill_heading(const struct trailers_lines *lines, const struct trailers_line *line,
                         int width, struct row *row)
{
    GString *number = g_string_new(NULL);
    append_number(line, number);
    if (lines->total > 1 && line->patch) {
        struct row_column *column = row_add(row, 5, STYLE_NUMBER, number->str);
        column->right = column->whole = true;
    }
    if (width >= WIDTH_FOR_COUNTS && line->patch)
        add_counts(lines, row, &line->counts);
    row_add(row, -1, line->patch ? STYLE_NORMAL : STYLE_HEADING, title_of(line));
    g_string_free(number, TRUE);
}

static void fill_trailer(const struct trailers_lines *lines, const struct trailers_line *line,
                         int width, struct row *row)
{
    const char *value;
    char *kind = g_strndup(line->text, kind_length(line->text, &value));
    char date[ROW_DATE_SIZE];
    GString *note = g_string_new(NULL);
    int used = 8 + lines->kind_width, who = lines->who_width;
    describe(line, width, note);
    row_add(row, 6, STYLE_CHANGED, line->mismatch ? "!" : "")->right = true;
    row_add(row, lines->kind_width, line->mismatch ? STYLE_NORMAL : STYLE_TRAILER, kind);
    if (width >= WIDTH_FOR_DATE) {
        row_date(date, line->mail->mail->date, g_get_real_time() / G_USEC_PER_SEC,
                 lines->long_dates);
        row_add(row, lines->long_dates ? LONG_DATE_WIDTH : DATE_WIDTH, STYLE_DATE, date);
        used += 1 + (lines->long_dates ? LONG_DATE_WIDTH : DATE_WIDTH);
    }
    /* The name makes room for the note, if there is one. */
    int room = width - used - (note->len ? MIN((int)note->len, NOTE_LEAST) + 1 : 0);
    row_add(row, note->len ? MAX(MIN(who, room), 1) : -1, STYLE_NORMAL, value);
    if (note->len)
        row_add(row, -1, line->mismatch ? STYLE_CHANGED : STYLE_DIM, note->str);
    if (line->bot)
        row->overlay = STYLE_DIM;
    g_string_free(note, TRUE);
    g_free(kind);
}

void trailers_lines_fill(const struct trailers_lines *lines, int index, int width, struct row *row)
{
    const struct trailers_line *line = trailers_lines_at(lines, index);
    if (line->text)
        fill_trailer(lines, line, width, row);
    else
        fill_heading(lines, line, width, row);
}
