/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "index_format.h"

#include "app.h"
#include "frame.h"
#include "row.h"

#include <string.h>

/* Narrower screens take index_format_narrow, those of the second width index_format_wide. */
#define WIDTH_FOR_FORMAT 70
#define WIDTH_FOR_WIDE_FORMAT 120

static bool is_set(const char *value, const char *name)
{
    return strcmp(value, setting_find(name)->value) != 0;
}

const char *index_format_of(const struct settings *settings, int width)
{
    if (width < WIDTH_FOR_FORMAT)
        return settings->index_format_narrow;
    bool wide = width >= WIDTH_FOR_WIDE_FORMAT &&
                (is_set(settings->index_format_wide, "index_format_wide") ||
                 !is_set(settings->index_format, "index_format"));
    return wide ? settings->index_format_wide : settings->index_format;
}

static void append_state(const struct posting *posting, GString *out, enum style *style)
{
    enum series_state state = posting_state(posting);
    g_string_append(out, series_state_name(state));
    *style = state == SERIES_NEW ? STYLE_NEW : state == SERIES_EXIST ? STYLE_EXIST : STYLE_SKIP;
}

static void append_trailers(const struct review *review, GString *out)
{
    const struct {
        char letter;
        uint32_t count;
    } counts[] = {{'A', review->acked}, {'R', review->reviewed}, {'T', review->tested}};
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        if (counts[i].count)
            g_string_append_printf(out, "%s%c%u", out->len ? " " : "", counts[i].letter,
                                   counts[i].count);
}

/* Numbers that are 0 are left out where that says the same: mutt's lists are full of nothing. */
static void append_count(GString *out, size_t count)
{
    if (count)
        g_string_append_printf(out, "%zu", count);
}

static bool expand_person(const struct index_entry *entry, char letter, const char *argument,
                          GString *out, enum style *style)
{
    const struct mail *lead = posting_lead(entry->row->posting);
    (void)argument;
    *style = STYLE_AUTHOR;
    switch (letter) {
    case 'n':
        g_string_append(out, lead->sender_name);
        return true;
    case 'a':
        g_string_append(out, lead->sender_address);
        return true;
    case 'f':
        g_string_append_printf(out, "%s <%s>", lead->sender_name, lead->sender_address);
        return true;
    case 'e':
        g_string_append(out, lead->author_line);
        return true;
    default:
        return false;
    }
}

static bool expand_date(const struct index_entry *entry, char letter, const char *argument,
                        GString *out, enum style *style)
{
    const struct mail *lead = posting_lead(entry->row->posting);
    char text[ROW_DATE_SIZE];
    *style = STYLE_DATE;
    switch (letter) {
    case 'd':
        row_date(text, lead->date, entry->now, false);
        g_string_append(out, text);
        return true;
    case 'D':
        format_append_date(out, entry->settings->date_format, lead->date);
        return true;
    case '{':
    case '[':
        format_append_date(out, argument, lead->date);
        return true;
    case '(':
        format_append_date(out, argument, lead->place.received);
        return true;
    default:
        return false;
    }
}

static struct review review_of(const struct index_entry *entry)
{
    struct index_replies *replies = entry->replies;
    if (!replies->counted)
        replies->review = posting_review(entry->row->posting, entry->review);
    replies->counted = true;
    return replies->review;
}

static bool expand_review(const struct index_entry *entry, char letter, const char *argument,
                          GString *out, enum style *style)
{
    const struct review review = review_of(entry);
    (void)argument;
    *style = STYLE_REVIEW;
    switch (letter) {
    case 'r':
        append_count(out, review.replies);
        *style = review.unread ? STYLE_NEW : STYLE_REVIEW;
        return true;
    case 'o':
        append_count(out, review.replies - review.unread);
        return true;
    case 'N':
        append_count(out, review.unread);
        *style = STYLE_NEW;
        return true;
    case 'R':
        append_count(out, review.bots);
        return true;
    case 'k':
        append_trailers(&review, out);
        return true;
    case 'K':
        append_count(out, (size_t)review.acked + review.reviewed + review.tested + review.others);
        return true;
    default:
        return false;
    }
}

static bool expand_posting(const struct index_entry *entry, char letter, const char *argument,
                           GString *out, enum style *style)
{
    const struct index_row *row = entry->row;
    const struct posting *posting = row->posting;
    (void)argument;
    switch (letter) {
    case 'S':
        append_state(posting, out, style);
        return true;
    case 'V':
        g_string_append_printf(out, "v%u", posting->version);
        return true;
    case 'p':
        g_string_append_printf(out, "%u/%u", posting->have, posting->total);
        if (posting->have < posting->total)
            *style = STYLE_INCOMPLETE;
        return true;
    case 'h':
        g_string_append_printf(out, "%u", posting->have);
        return true;
    case 'w':
        g_string_append_printf(out, "%u", posting->total);
        return true;
    case 'M':
        append_count(out, (size_t)row->folded);
        return true;
    case 'E':
        g_string_append_printf(out, "%u", row->series->postings->len);
        return true;
    default:
        return false;
    }
}

static bool expand_lead(const struct index_entry *entry, char letter, const char *argument,
                        GString *out, enum style *style)
{
    const struct posting *posting = entry->row->posting;
    const struct mail *lead = posting_lead(posting);
    (void)argument;
    switch (letter) {
    case 's':
        /* What is unfolded stands under the listed one. */
        g_string_append(out, posting == entry->row->series->listed ? "" : "  ");
        g_string_append(out, lead->rfc ? "[RFC] " : "");
        g_string_append(out, lead->title);
        *style = STYLE_TITLE;
        return true;
    case 't':
        g_string_append(out, lead->subject);
        *style = STYLE_TITLE;
        return true;
    case 'i':
        g_string_append(out, lead->message_id);
        return true;
    case 'I':
        g_string_append(out, lead->rfc ? "RFC" : "");
        return true;
    default:
        return false;
    }
}

/* As mutt has them: what is done has a letter, what is new has none. */
static char mark_letter(const struct series_mark *mark, enum style *style)
{
    switch (mark->state) {
    case MARK_REVIEWED:
        *style = series_mark_is_reviewed(mark) ? STYLE_REVIEWED : STYLE_CHANGED;
        return series_mark_is_reviewed(mark) ? 'r' : 'c';
    case MARK_LATER:
        *style = STYLE_LATER;
        return 'l';
    case MARK_IGNORED:
        *style = STYLE_IGNORED;
        return 'D';
    case MARK_NONE:
        break;
    }
    return ' ';
}

static char tag_letter(const struct index_entry *entry, enum style *style)
{
    const struct series_mark *mark = &entry->mark;
    *style = entry->tagged ? STYLE_TAGGED
             : mark->flag  ? STYLE_FLAGGED
             : mark->noted ? STYLE_NOTE
                           : STYLE_TAGGED;
    return entry->tagged ? '*' : mark->flag ? '!' : mark->noted ? 'n' : ' ';
}

/* Of a series that was reviewed in an older version: how it differs. */
static void append_changes(const struct series_mark *mark, GString *out)
{
    struct series_mark state = *mark;
    state.flag = false;
    if (state.state == MARK_REVIEWED && state.older)
        series_mark_describe(&state, out);
}

static void append_note(const struct index_entry *entry, GString *out)
{
    if (!entry->marking || entry->row->posting != entry->row->series->listed)
        return;
    GPtrArray *notes = marking_notes(entry->marking, entry->row->series);
    if (notes->len)
        g_string_append(out, notes->pdata[notes->len - 1]);
    g_ptr_array_unref(notes);
}

static bool expand_mark(const struct index_entry *entry, char letter, const char *argument,
                        GString *out, enum style *style)
{
    enum style own = *style;
    (void)argument;
    mark_letter(&entry->mark, &own);
    switch (letter) {
    case 'z':
        g_string_append_c(out, mark_letter(&entry->mark, style));
        return true;
    case 'Z':
        g_string_append_c(out, tag_letter(entry, style));
        return true;
    case 'y':
        series_mark_describe(&entry->mark, out);
        *style = entry->mark.state == MARK_NONE ? STYLE_FLAGGED : own;
        return true;
    case 'Q':
        append_changes(&entry->mark, out);
        *style = own;
        return true;
    case 'Y':
        append_note(entry, out);
        *style = STYLE_NOTE;
        return true;
    default:
        return false;
    }
}

static bool expand_row(const struct index_entry *entry, char letter, const char *argument,
                       GString *out, enum style *style)
{
    (void)argument;
    switch (letter) {
    case 'C':
        g_string_append_printf(out, "%d", entry->number);
        *style = STYLE_NUMBER;
        return true;
    case 'b':
        g_string_append(out, entry->list);
        return true;
    default:
        return false;
    }
}

bool index_format_expand(const void *data, char letter, const char *argument, GString *out,
                         enum style *style)
{
    static bool (*const groups[])(const struct index_entry *entry, char letter,
                                  const char *argument, GString *out, enum style *style) = {
        expand_row,    expand_mark, expand_posting, expand_lead,
        expand_person, expand_date, expand_review,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        enum style own = *style;
        if (!groups[i](data, letter, argument, out, &own))
            continue;
        *style = own;
        return true;
    }
    return false;
}

bool index_status_expand(const void *data, char letter, const char *argument, GString *out,
                         enum style *style)
{
    const struct index_status *status = data;
    const struct app *app = status->app;
    char place[8];
    (void)argument;
    switch (letter) {
    case 'f':
        g_string_append(out, archive_name(app->archive));
        return true;
    case 'v':
        g_string_append_printf(out, "%u", status->rows->shown->len);
        return true;
    case 't':
        g_string_append_printf(out, "%zu", status->rows->series);
        return true;
    case 'h':
        append_count(out, status->rows->hidden);
        return true;
    case 'H':
        append_count(out, status->rows->done);
        return true;
    case 'k':
        append_count(out, status->rows->folded);
        return true;
    case 'm':
        g_string_append_printf(out, "%zu", series_set_mails(app->set)->live);
        return true;
    case 'u':
        append_count(out, app->unreadable);
        return true;
    case 'T':
        append_count(out, status->rows->tagged_rows);
        return true;
    case 'V':
        g_string_append(out, status->rows->limit ? status->rows->limit : "");
        return true;
    case 'K':
        frame_key(app, CONTEXT_INDEX, "collapse-all", out);
        return true;
    case 'L':
        frame_key(app, CONTEXT_INDEX, "limit", out);
        return true;
    case 'R':
        frame_progress(app, status->width, out);
        *style = STYLE_PROGRESS;
        return true;
    case 'P':
        g_string_append(out, list_place(status->list, place));
        return true;
    default:
        return false;
    }
}
