/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_lines.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Lines are handed on in pieces of this size. */
#define PIECE_SIZE 65536

struct report report_new(report_write *write, void *data)
{
    return (struct report){ write, data, g_string_sized_new(PIECE_SIZE), false };
}

static void report_pass_on(struct report *report)
{
    if (!report->stopped && report->pending->len > 0)
        report->stopped = !report->write(report->data, report->pending->str, report->pending->len);
    g_string_truncate(report->pending, 0);
}

bool report_go_on(struct report *report)
{
    if (report->pending->len >= PIECE_SIZE)
        report_pass_on(report);
    return !report->stopped;
}

bool report_end(struct report *report)
{
    report_pass_on(report);
    g_string_free(report->pending, TRUE);
    return !report->stopped;
}

static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f)
            return false;
    return true;
}

static bool breaks_a_line(gunichar c)
{
    return g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029;
}

void report_append_field(GString *line, const char *text)
{
    if (is_plain(text, strlen(text))) {
        g_string_append(line, text);
        return;
    }
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        g_string_append_unichar(line, breaks_a_line(c) ? ' ' : c);
    }
}

void report_append_text(GString *block, const char *text, size_t length)
{
    const char *end = text + length;

    while (text < end) {
        const char *next = g_utf8_next_char(text);
        gunichar c = g_utf8_get_char(text);

        if (g_unichar_iscntrl(c) && c != '\n' && c != '\t')
            g_string_append(block, REPLACEMENT);
        else
            g_string_append_len(block, text, next - text);
        text = next;
    }
}

static gint compare_newest_first(gconstpointer a, gconstpointer b)
{
    int64_t x = (*(const struct member *const *)a)->mail->place.arrival;
    int64_t y = (*(const struct member *const *)b)->mail->place.arrival;

    return (x < y) - (x > y);
}

GPtrArray *report_members(const struct mailset *mails)
{
    GPtrArray *members = g_ptr_array_sized_new((guint)mails->live);
    bool sorted = true; /* as they are when one walk gave them */

    for (guint i = 0; i < mails->members->len; i++) {
        struct member *member = g_ptr_array_index(mails->members, i);

        if (!member->live || !member->in_range)
            continue;
        sorted = sorted && (members->len == 0 ||
                            compare_newest_first(&members->pdata[members->len - 1], &member) <= 0);
        g_ptr_array_add(members, member);
    }
    if (!sorted)
        g_ptr_array_sort(members, compare_newest_first);
    return members;
}

/* --- lines for scripts ---------------------------------------------------- */

static void append_mail_line(GString *line, const struct member *member)
{
    const struct mail *mail = member->mail;
    char commit[COMMIT_ID_TEXT_SIZE];

    commit_id_text(&mail->place.commit, commit);
    g_string_append_printf(line, "%s\t%s\tv%u\t", commit, mail_kind_name(mail->kind),
                           member->version);
    if (mail->numbered)
        g_string_append_printf(line, "%u/%u\t", mail->number, mail->total);
    else
        g_string_append(line, "-\t");
    report_append_field(line, mail->message_id);
    g_string_append_c(line, '\t');
    report_append_field(line, mail->author_address);
    g_string_append_c(line, '\t');
    report_append_field(line, mail->title);
    g_string_append_c(line, '\n');
}

bool report_mails(const struct mailset *mails, report_write *write, void *data)
{
    struct report report = report_new(write, data);
    GPtrArray *members = report_members(mails);

    for (guint i = 0; i < members->len && report_go_on(&report); i++)
        append_mail_line(report.pending, g_ptr_array_index(members, i));
    g_ptr_array_free(members, TRUE);
    return report_end(&report);
}

/* What is said of POSTING: where it stands for its series, of the series; else of itself. */
static struct series_mark mark_of(const struct marking *marking, const struct posting *posting)
{
    const struct mark *mark;

    if (posting_state(posting) != SERIES_SKIP)
        return marking_of(marking, posting->series);
    mark = marks_find(marking_marks(marking), posting_lead(posting)->message_id);
    return mark ? (struct series_mark){ .state = mark->state, .flag = mark->flag }
                : (struct series_mark){ 0 };
}

static void append_mark(GString *line, const struct marking *marking,
                        const struct posting *posting)
{
    const struct series_mark mark = mark_of(marking, posting);
    gsize length = line->len;

    series_mark_describe(&mark, line);
    if (line->len == length)
        g_string_append_c(line, '-');
}

static void append_posting_line(GString *line, const struct marking *marking,
                                const struct posting *posting)
{
    const struct mail *lead = posting_lead(posting);

    g_string_append(line, series_state_name(posting_state(posting)));
    g_string_append_c(line, '\t');
    append_mark(line, marking, posting);
    g_string_append_printf(line, "\tv%u\t%u/%u\t", posting->version, posting->have,
                           posting->total);
    report_append_field(line, lead->message_id);
    g_string_append_c(line, '\t');
    report_append_field(line, lead->author_line);
    g_string_append_c(line, '\t');
    report_append_field(line, lead->title);
    g_string_append_c(line, '\n');
}

static gint compare_leads(gconstpointer a, gconstpointer b)
{
    int64_t x = posting_lead(*(const struct posting *const *)a)->place.arrival;
    int64_t y = posting_lead(*(const struct posting *const *)b)->place.arrival;

    return (x < y) - (x > y);
}

/* The postings of the range, newest first. */
static GPtrArray *postings_of(const struct series_set *set, bool all_states)
{
    const GPtrArray *list = series_set_list(set);
    GPtrArray *postings = g_ptr_array_new();

    for (guint i = 0; i < list->len; i++) {
        const struct series *series = g_ptr_array_index(list, i);

        if (!all_states)
            g_ptr_array_add(postings, series->listed);
        for (guint j = 0; j < series->postings->len && all_states; j++) {
            struct posting *posting = g_ptr_array_index(series->postings, j);

            if (posting->in_range)
                g_ptr_array_add(postings, posting);
        }
    }
    if (all_states)
        g_ptr_array_sort(postings, compare_leads);
    return postings;
}

bool report_list(const struct series_set *set, const struct marking *marking, bool all_states,
                 report_write *write, void *data)
{
    struct report report = report_new(write, data);
    GPtrArray *postings = postings_of(set, all_states);

    for (guint i = 0; i < postings->len && report_go_on(&report); i++)
        append_posting_line(report.pending, marking, g_ptr_array_index(postings, i));
    g_ptr_array_free(postings, TRUE);
    return report_end(&report);
}

/* --- tables --------------------------------------------------------------- */

static void append_table(GString *text, const char *heading, const char *between,
                         const GArray *table)
{
    g_string_append(text, heading);
    for (guint i = 0; i < table->len && i < DIGEST_ROWS; i++) {
        const struct contributor *row = &g_array_index(table, struct contributor, i);

        g_string_append_printf(text, "%7zu%s", row->patches, between);
        report_append_field(text, row->name);
        g_string_append_c(text, '\n');
    }
}

void report_append_tables(GString *text, struct contributors *contributors)
{
    append_table(text, "Top 15 contributor Email domains (Based on Email Body)\n\n", " ",
                 contributors->domains);
    append_table(text, "\nTop 15 contributors (Based on Email Body)\n\n", "  ",
                 contributors->people);
    contributors_free(contributors);
}

bool report_stats(const struct mailset *mails, report_write *write, void *data)
{
    struct report report = report_new(write, data);

    report_append_tables(report.pending, contributors_count(mails));
    return report_end(&report);
}
