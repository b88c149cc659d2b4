/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"

#include "mail/body.h"
#include "mail/message.h"
#include "mail/text.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Cells of the submitter's column in the list of series. */
#define SUBMITTER_CELLS 24

/* Where a report goes. Lines are gathered and handed on in pieces of this size. */
#define PIECE_SIZE 65536

struct report {
    report_write *write;
    void *data;
    GString *pending;
    bool stopped;
};

static struct report report_new(report_write *write, void *data)
{
    return (struct report){ write, data, g_string_sized_new(PIECE_SIZE), false };
}

static void report_pass_on(struct report *report)
{
    if (!report->stopped && report->pending->len > 0)
        report->stopped = !report->write(report->data, report->pending->str, report->pending->len);
    g_string_truncate(report->pending, 0);
}

/* After each record: false when nobody reads any more. */
static bool report_go_on(struct report *report)
{
    if (report->pending->len >= PIECE_SIZE)
        report_pass_on(report);
    return !report->stopped;
}

static bool report_end(struct report *report)
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

/* The live mails, newest first. */
static GPtrArray *live_members(const struct mailset *mails)
{
    GPtrArray *members = g_ptr_array_sized_new((guint)mails->live);

    for (guint i = 0; i < mails->members->len; i++) {
        struct member *member = g_ptr_array_index(mails->members, i);

        if (member->live)
            g_ptr_array_add(members, member);
    }
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
    GPtrArray *members = live_members(mails);

    for (guint i = 0; i < members->len && report_go_on(&report); i++)
        append_mail_line(report.pending, g_ptr_array_index(members, i));
    g_ptr_array_free(members, TRUE);
    return report_end(&report);
}

static void append_posting_line(GString *line, const struct posting *posting)
{
    const struct mail *lead = posting_lead(posting);

    g_string_append_printf(line, "%s\t-\tv%u\t%u/%u\t", series_state_name(posting_state(posting)),
                           posting->version, posting->have, posting->total);
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

/* The postings, newest first. */
static GPtrArray *postings_of(const struct series_set *set, bool skipped)
{
    const GPtrArray *list = series_set_list(set);
    GPtrArray *postings = g_ptr_array_new();

    for (guint i = 0; i < list->len; i++) {
        const struct series *series = g_ptr_array_index(list, i);

        for (guint j = 0; j < (skipped ? series->postings->len : 1); j++)
            g_ptr_array_add(postings, g_ptr_array_index(series->postings, j));
    }
    if (skipped)
        g_ptr_array_sort(postings, compare_leads);
    return postings;
}

bool report_list(const struct series_set *set, bool all_states, report_write *write, void *data)
{
    struct report report = report_new(write, data);
    GPtrArray *postings = postings_of(set, all_states);

    for (guint i = 0; i < postings->len && report_go_on(&report); i++)
        append_posting_line(report.pending, g_ptr_array_index(postings, i));
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

static void append_tables(GString *text, const struct mailset *mails)
{
    struct contributors *contributors = contributors_count(mails);

    append_table(text, "Top 15 contributor Email domains (Based on Email Body)\n\n", " ",
                 contributors->domains);
    append_table(text, "\nTop 15 contributors (Based on Email Body)\n\n", "  ",
                 contributors->people);
    contributors_free(contributors);
}

bool report_stats(const struct mailset *mails, report_write *write, void *data)
{
    struct report report = report_new(write, data);

    append_tables(report.pending, mails);
    return report_end(&report);
}

/* --- the digest ----------------------------------------------------------- */

static void append_person(GString *text, const char *name, const char *address)
{
    report_append_field(text, name);
    if (address[0]) {
        g_string_append(text, " <");
        report_append_field(text, address);
        g_string_append_c(text, '>');
    }
}

/* Cells that TEXT, which has been cleaned, takes on a terminal. */
static int cells_of(const char *text)
{
    int cells = 0;

    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        cells += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return cells;
}

static void append_series_line(GString *text, const struct posting *posting)
{
    const struct mail *lead = posting_lead(posting);
    GString *name = g_string_new(NULL);
    char *received = g_strdup_printf("%u/%u", posting->have, posting->total);

    report_append_field(name, lead->sender_name);
    g_string_append_printf(text, "%-5s v%-2u %7s  %s%*s  ",
                           series_state_name(posting_state(posting)), posting->version, received,
                           name->str, MAX(0, SUBMITTER_CELLS - cells_of(name->str)), "");
    report_append_field(text, lead->title);
    g_string_append_c(text, '\n');
    g_free(received);
    g_string_free(name, TRUE);
}

/* "3 postings were skipped, …": how many were joined to a later one, and by what. */
static void append_skipped(GString *text, const struct series_set *set)
{
    const GPtrArray *list = series_set_list(set);
    size_t counts[SERIES_RULE_REROLL + 1] = { 0 };
    const char *between = ": ";

    for (guint i = 0; i < list->len; i++) {
        const GPtrArray *postings = ((struct series *)g_ptr_array_index(list, i))->postings;

        for (guint j = 1; j < postings->len; j++) {
            const struct posting *other;

            counts[posting_why_skipped(g_ptr_array_index(postings, j), &other)]++;
        }
    }
    if (series_set_skipped(set) == 0)
        return;
    g_string_append_printf(text, "\n%zu skipped, a later posting is listed", series_set_skipped(set));
    for (enum series_rule rule = SERIES_RULE_CHANGE_ID; rule <= SERIES_RULE_REROLL; rule++) {
        if (counts[rule] == 0)
            continue;
        g_string_append_printf(text, "%s%zu by %s", between, counts[rule], series_rule_text(rule));
        between = ", ";
    }
    g_string_append_c(text, '\n');
}

static void append_list_section(GString *text, const struct series_set *set)
{
    GPtrArray *postings = postings_of(set, false);

    g_string_append_c(text, '\n');
    for (guint i = 0; i < postings->len; i++)
        append_series_line(text, g_ptr_array_index(postings, i));
    append_skipped(text, set);
    g_ptr_array_free(postings, TRUE);
}

/* The text of a patch or cover: without the in-body From field, up to the diffstat. */
static void append_description(GString *block, const struct message *message)
{
    struct text *text = text_parse(message->text, message->length);
    const char *start = message->text, *end = start + text_description_length(text);
    struct header from;

    if (body_find_from(start, end, &from)) {
        report_append_text(block, start, (size_t)(from.name - start));
        start = from.value + from.value_length;
        if (start < end && *start == '\n')
            start++;
    }
    report_append_text(block, start, (size_t)(end - start));
    text_free(text);
}

static bool append_entry(GString *text, const struct mail *mail, struct archive *archive)
{
    struct archive_mail raw;
    struct message *message;

    if (!archive_read_id(archive, &mail->place.commit, &raw, NULL))
        return false;
    message = message_parse(raw.bytes, raw.length);
    archive_mail_release(&raw);
    g_string_append(text, "New:  ");
    report_append_field(text, mail->title);
    g_string_append_c(text, '\n');
    report_append_field(text, mail->subject);
    g_string_append(text, "\nAuthor: ");
    append_person(text, mail->sender_name, mail->sender_address);
    g_string_append(text, "\n\n");
    append_description(text, message);
    g_string_append(text, "\n\n----------------------------------------------------------------------\n\n");
    message_free(message);
    return true;
}

static bool is_entry(const struct member *member)
{
    return member->posting && (!member->mail->numbered || member->mail->number <= 1);
}

/* The mail that stands in the listed posting for MEMBER, whose posting is skipped: the
 * entry with its title, else the lead. */
static const struct mail *listed_for(const struct member *member)
{
    const struct posting *listed = g_ptr_array_index(member->posting->series->postings, 0);

    for (guint i = 0; i < listed->members->len; i++) {
        const struct member *other = g_ptr_array_index(listed->members, i);

        if (is_entry(other) && other->title == member->title)
            return other->mail;
    }
    return posting_lead(listed);
}

static void append_skipped_entry(GString *text, const struct member *member)
{
    g_string_append(text, "Exist: ");
    report_append_field(text, listed_for(member)->subject);
    g_string_append(text, "\n Skip: ");
    report_append_field(text, member->mail->subject);
    g_string_append_c(text, '\n');
}

bool digest_write(const struct digest_options *options, const struct series_set *set,
                  struct archive *archive, report_write *write, void *data, size_t *unreadable)
{
    struct report report = report_new(write, data);
    GPtrArray *members = live_members(series_set_mails(set));

    *unreadable = 0;
    g_string_append_printf(report.pending, "From %s to %s\n%s mailing list update from %s to %s\n\n",
                           options->from, options->to, options->name, options->from, options->to);
    append_tables(report.pending, series_set_mails(set));
    g_string_append(report.pending, "\n===== Patch list in this time period =====\n");
    if (!options->classic)
        append_list_section(report.pending, set);
    g_string_append(report.pending, options->classic ? "\n\n" : "\n");
    g_string_append(report.pending, "===== Patch Commit Messages ====\n\n");
    for (guint i = 0; i < members->len && report_go_on(&report); i++) {
        const struct member *member = g_ptr_array_index(members, i);

        if (!is_entry(member))
            continue;
        if (posting_state(member->posting) == SERIES_SKIP)
            append_skipped_entry(report.pending, member);
        else if (!append_entry(report.pending, member->mail, archive))
            ++*unreadable;
    }
    g_ptr_array_free(members, TRUE);
    return report_end(&report);
}
