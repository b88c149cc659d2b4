/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series_support.h"

#include <string.h>

/* A mail of the list: its bytes and when it arrived. */
struct paper {
    char *bytes;
    bool withdrawal;
    gint64 date;
};

struct paper_list {
    GPtrArray *papers; /* struct paper * */
};

static void free_paper(gpointer data)
{
    struct paper *paper = data;

    g_free(paper->bytes);
    g_free(paper);
}

struct paper_list *paper_list_new(void)
{
    struct paper_list *list = g_new0(struct paper_list, 1);

    list->papers = g_ptr_array_new_with_free_func(free_paper);
    return list;
}

void paper_list_free(struct paper_list *list)
{
    g_ptr_array_free(list->papers, TRUE);
    g_free(list);
}

guint paper_list_length(const struct paper_list *list)
{
    return list->papers->len;
}

static void append_ids(GString *text, const char *header, const char *ids)
{
    char **words;

    if (!ids)
        return;
    words = g_strsplit(ids, " ", -1);
    g_string_append_printf(text, "%s:", header);
    for (guint i = 0; words[i]; i++)
        g_string_append_printf(text, " <%s@example.org>", words[i]);
    g_string_append_c(text, '\n');
    g_strfreev(words);
}

guint paper_list_add(struct paper_list *list, const struct draft_mail *mail)
{
    struct paper *paper = g_new0(struct paper, 1);
    GString *text = g_string_new(NULL);
    GDateTime *date = g_date_time_new_from_unix_utc(mail->date ? mail->date : 1700000000);
    char *when = g_date_time_format(date, "%a, %d %b %Y %H:%M:%S +0000");

    g_string_append_printf(text, "From: %s\nSubject: %s\nDate: %s\n",
                           mail->from ? mail->from : "Ann <ann@example.org>", mail->subject, when);
    append_ids(text, "Message-ID", mail->id);
    append_ids(text, "References", mail->references);
    append_ids(text, "In-Reply-To", mail->reply_to);
    if (mail->change_id)
        g_string_append_printf(text, "X-Change-Id: %s\n", mail->change_id);
    g_string_append_c(text, '\n');
    if (mail->in_body_from)
        g_string_append_printf(text, "From: %s\n\n", mail->in_body_from);
    g_string_append(text, mail->body ? mail->body
                                     : "A change.\n---\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n"
                                       "@@ -1 +1 @@\n-a\n+b\n");
    paper->bytes = g_string_free(text, FALSE);
    paper->withdrawal = mail->withdrawal;
    paper->date = mail->date;
    g_ptr_array_add(list->papers, paper);
    g_free(when);
    g_date_time_unref(date);
    return list->papers->len - 1;
}

struct mail_batch *paper_list_batch(const struct paper_list *list, const GArray *indexes,
                                    guint first, guint count)
{
    struct mail_batch *batch = mail_batch_new();

    for (guint i = first; i < first + count; i++) {
        guint index = g_array_index(indexes, guint, i);
        const struct paper *paper = g_ptr_array_index(list->papers, index);
        struct mail_place place = { .arrival = index, .received = paper->date };

        mail_parse(batch, paper->bytes, strlen(paper->bytes), &place, paper->withdrawal);
    }
    return batch;
}

struct series_set *paper_list_read(const struct paper_list *list)
{
    struct series_set *set = series_set_new();
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < list->papers->len; i++)
        g_array_append_val(order, i);
    series_set_take(set, paper_list_batch(list, order, 0, order->len));
    series_set_settle(set);
    g_array_free(order, TRUE);
    return set;
}

static void write_posting(GString *text, const struct posting *posting)
{
    const struct posting *other;
    enum series_rule rule = posting_why(posting, &other);

    g_string_append_printf(text, "  %s v%u %u/%u %s", series_state_name(posting_state(posting)),
                           posting->version, posting->have, posting->total, posting->change_id);
    if (posting->base)
        g_string_append_printf(text, " base %s", posting_lead(posting->base)->message_id);
    if (other)
        g_string_append_printf(text, " by %s with %s", series_rule_text(rule),
                               posting_lead(other)->message_id);
    g_string_append_c(text, '\n');
    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);

        g_string_append_printf(text, "    %" G_GINT64_FORMAT " %s\n",
                               member->mail->place.arrival, member->mail->subject);
    }
}

static gint compare_arrival(gconstpointer a, gconstpointer b)
{
    gint64 x = (*(const struct member *const *)a)->mail->place.arrival;
    gint64 y = (*(const struct member *const *)b)->mail->place.arrival;

    return (x > y) - (x < y);
}

char *series_set_write_down(const struct series_set *set)
{
    GString *text = g_string_new(NULL);
    const GPtrArray *list = series_set_list(set);
    GPtrArray *members = g_ptr_array_new();

    g_ptr_array_extend(members, series_set_mails(set)->members, NULL, NULL);
    g_string_append_printf(text, "%u series, %zu skipped, %zu mails\n", list->len,
                           series_set_skipped(set), series_set_mails(set)->live);
    for (guint i = 0; i < list->len; i++) {
        const struct series *series = g_ptr_array_index(list, i);

        g_string_append(text, "series\n");
        for (guint j = 0; j < series->postings->len; j++)
            write_posting(text, g_ptr_array_index(series->postings, j));
    }
    g_ptr_array_sort(members, compare_arrival);
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = g_ptr_array_index(members, i);

        if (member->live)
            g_string_append_printf(text, "%" G_GINT64_FORMAT " v%u\n",
                                   member->mail->place.arrival, member->version);
    }
    g_ptr_array_free(members, TRUE);
    return g_string_free(text, FALSE);
}

char *series_set_line(const struct series_set *set, const char *id)
{
    char *whole = g_strdup_printf("%s@example.org", id);
    const struct posting *posting = series_set_find(set, whole);
    char *line = NULL;

    if (posting && strcmp(posting_lead(posting)->message_id, whole) == 0)
        line = g_strdup_printf("%s v%u %u/%u %s", series_state_name(posting_state(posting)),
                               posting->version, posting->have, posting->total,
                               posting_lead(posting)->title);
    g_free(whole);
    return line;
}
