/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare_lines.h"

#include "glyph.h"

#include <string.h>

/* Widths of the screen below which columns make way for the title. */
#define WIDTH_FOR_NOTE 60
#define WIDTH_FOR_COUNTS 40

struct compare_version compare_version_of(const struct posting *posting)
{
    return (struct compare_version){
        .version = posting->version,
        .date = posting_lead(posting)->date,
        .have = posting->have,
        .total = posting->total,
    };
}

/* --- what there is -------------------------------------------------------------- */

static const GArray *pairs_of(const struct compare_lines *lines)
{
    return lines->compared ? comparison_pairs(lines->compared->comparison) : NULL;
}

int compare_lines_count(const struct compare_lines *lines)
{
    const GArray *pairs = pairs_of(lines);
    return pairs ? (int)pairs->len : 0;
}

const struct comparison_pair *compare_lines_pair(const struct compare_lines *lines, int row)
{
    return &g_array_index(pairs_of(lines), struct comparison_pair, row);
}

struct member *compare_lines_member(const struct compare_lines *lines, int row,
                                    enum comparing_side side)
{
    const struct comparison_pair *pair = compare_lines_pair(lines, row);
    return compared_member(lines->compared, side, side == COMPARING_OLD ? pair->old : pair->new);
}

struct member *compare_lines_mail(const struct compare_lines *lines, int row)
{
    if (row < 0 || row >= compare_lines_count(lines))
        return NULL;
    struct member *newer = compare_lines_member(lines, row, COMPARING_NEW);
    return newer ? newer : compare_lines_member(lines, row, COMPARING_OLD);
}

int compare_lines_find(const struct compare_lines *lines, const struct member *mail)
{
    for (int row = 0; mail && row < compare_lines_count(lines); row++)
        if (compare_lines_member(lines, row, COMPARING_NEW) == mail ||
            compare_lines_member(lines, row, COMPARING_OLD) == mail)
            return row;
    return -1;
}

/* --- building ------------------------------------------------------------------- */

static void count(struct compare_counts *counts, const struct comparison_pair *pair)
{
    counts->moved += pair->moved;
    switch (pair->mark) {
    case COMPARISON_SAME:
        counts->same++;
        break;
    case COMPARISON_CHANGED:
        counts->changed++;
        counts->message_only += pair->message_only;
        break;
    case COMPARISON_DROPPED:
        counts->dropped++;
        break;
    case COMPARISON_ADDED:
        counts->added++;
        break;
    }
}

static bool is_cover(const struct member *member)
{
    return member->mail->kind == MAIL_COVER;
}

/* What a row says of its pair besides. A cover letter is nothing but a message. */
static const char *note_of(const struct compare_lines *lines, int row)
{
    const struct comparison_pair *pair = compare_lines_pair(lines, row);
    bool message = pair->message_only && !is_cover(compare_lines_mail(lines, row));
    if (pair->moved)
        return message ? "moved, message" : "moved";
    return message ? "message" : "";
}

static void widen(int *width, int cells)
{
    *width = MAX(*width, cells);
}

static void measure(struct compare_lines *lines, int row)
{
    const struct comparison_pair *pair = compare_lines_pair(lines, row);
    char text[ROW_CHANGE_SIZE];
    widen(&lines->added_width, row_change(text, '+', pair->added));
    widen(&lines->removed_width, row_change(text, '-', pair->removed));
    widen(&lines->note_width, (int)strlen(note_of(lines, row)));
    for (int side = 0; side < COMPARING_SIDES; side++) {
        const struct member *member = compare_lines_member(lines, row, (enum comparing_side)side);
        if (member)
            widen(&lines->number_width, g_snprintf(text, sizeof text, "%u", member_number(member)));
    }
}

void compare_lines_build(struct compare_lines *lines, struct compared *compared)
{
    *lines = (struct compare_lines){
        .compared = compared,
        .versions = {lines->versions[COMPARING_OLD], lines->versions[COMPARING_NEW]},
        .number_width = 2,
    };
    for (int row = 0; row < compare_lines_count(lines); row++) {
        measure(lines, row);
        if (!is_cover(compare_lines_mail(lines, row)))
            count(&lines->counts, compare_lines_pair(lines, row));
    }
}

/* --- the head ------------------------------------------------------------------- */

static void append_version(const struct compare_version *version, GString *text)
{
    char date[ROW_DATE_SIZE];
    row_date(date, version->date, version->date, true);
    g_string_append_printf(text, "v%u of %s, ", version->version, date);
    if (version->have < version->total)
        g_string_append_printf(text, "%u of ", version->have);
    g_string_append_printf(text, "%u %s", version->total,
                           version->total == 1 ? "patch" : "patches");
}

static const char *arrow(void)
{
    return glyph_locale_is_utf8() ? " \342\206\222 " : " -> ";
}

static void add_piece(struct row *row, enum style style, const char *text)
{
    row_add(row, (int)strlen(text), style, text)->joined = true;
}

/* Adds "4 changed" behind a comma, if there are any. */
static void add_count(struct row *row, enum style style, guint number, const char *what)
{
    char text[64];
    if (!number)
        return;
    if (row->count)
        add_piece(row, STYLE_NORMAL, ", ");
    g_snprintf(text, sizeof text, "%u %s", number, what);
    add_piece(row, style, text);
}

static void add_counts(const struct compare_counts *counts, struct row *row)
{
    char changed[64] = "changed";
    if (counts->message_only)
        g_snprintf(changed, sizeof changed, "changed (%u the message alone)", counts->message_only);
    add_count(row, STYLE_CHANGED, counts->changed, changed);
    add_count(row, STYLE_ADDED, counts->added, "added");
    add_count(row, STYLE_REMOVED, counts->dropped, "dropped");
    add_count(row, STYLE_DIM, counts->same, "unchanged");
    add_count(row, STYLE_DIM, counts->moved, "moved");
}

void compare_lines_fill_head(const struct compare_lines *lines, int index, struct row *out)
{
    if (index == 1 && lines->compared && comparison_is_same(lines->compared->comparison)) {
        row_add(out, -1, STYLE_NORMAL, "Nothing has changed.");
        return;
    }
    if (index == 1) {
        add_counts(&lines->counts, out);
        return;
    }
    GString *text = g_string_new(NULL);
    append_version(&lines->versions[COMPARING_OLD], text);
    g_string_append(text, arrow());
    append_version(&lines->versions[COMPARING_NEW], text);
    row_add(out, -1, STYLE_HEADING, text->str);
    g_string_free(text, TRUE);
}

/* --- a row ---------------------------------------------------------------------- */

/* How the mark looks, and the title. */
static const struct {
    char mark;
    enum style style, title;
} looks[] = {
    {COMPARISON_SAME, STYLE_DIM, STYLE_DIM},
    {COMPARISON_CHANGED, STYLE_CHANGED, STYLE_NORMAL},
    {COMPARISON_DROPPED, STYLE_REMOVED, STYLE_REMOVED},
    {COMPARISON_ADDED, STYLE_ADDED, STYLE_ADDED},
};

static size_t look_of(const struct comparison_pair *pair)
{
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(looks) && looks[i].mark != (char)pair->mark)
        i++;
    return i;
}

static void add_number(const struct compare_lines *lines, const struct member *member,
                       enum style style, struct row *out)
{
    char text[16] = "-";
    if (member)
        g_snprintf(text, sizeof text, "%u", member_number(member));
    row_add(out, lines->number_width, style, text)->right = true;
}

/* How many lines of the patches differ. */
static void add_sizes(const struct compare_lines *lines, const struct comparison_pair *pair,
                      struct row *out)
{
    char text[ROW_CHANGE_SIZE];
    row_change(text, '+', pair->added);
    row_add(out, lines->added_width, STYLE_ADDED, text)->right = true;
    row_change(text, '-', pair->removed);
    row_add(out, lines->removed_width, STYLE_REMOVED, text)->right = true;
}

/* The new title, and the old one behind it if that was another. */
static void add_title(const struct member *old, const struct member *new, enum style style,
                      struct row *out)
{
    const char *title = new ? new->mail->title : old->mail->title;
    if (!old || !new || strcmp(old->mail->title, title) == 0) {
        row_add(out, -1, style, title);
        return;
    }
    char *was = g_strdup_printf("(was: %s)", old->mail->title);
    row_add(out, glyph_columns(title, strlen(title), G_MAXINT16), style, title);
    row_add(out, -1, STYLE_DIM, was);
    g_free(was);
}

void compare_lines_fill(const struct compare_lines *lines, int row, int width, struct row *out)
{
    const struct comparison_pair *pair = compare_lines_pair(lines, row);
    const struct member *old = compare_lines_member(lines, row, COMPARING_OLD);
    const struct member *new = compare_lines_member(lines, row, COMPARING_NEW);
    const char mark[] = {(char)pair->mark, '\0'};
    size_t look = look_of(pair);
    enum style number = pair->moved ? STYLE_CHANGED : STYLE_NUMBER;
    row_add(out, 0, STYLE_NORMAL, "");
    add_number(lines, old, number, out);
    row_add(out, 1, looks[look].style, mark);
    add_number(lines, new, number, out);
    if (width >= WIDTH_FOR_COUNTS && lines->added_width + lines->removed_width)
        add_sizes(lines, pair, out);
    if (width >= WIDTH_FOR_NOTE && lines->note_width)
        row_add(out, lines->note_width, STYLE_NOTE, note_of(lines, row));
    add_title(old, new, looks[look].title, out);
}

void compare_lines_name(const struct compare_lines *lines, enum comparing_side side,
                        const struct member *member, GString *text)
{
    g_string_append_printf(text, "v%u", lines->versions[side].version);
    if (member->mail->numbered)
        g_string_append_printf(text, " %u/%u", member->mail->number, member->mail->total);
}
