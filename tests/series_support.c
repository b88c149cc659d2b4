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

void series_write_posting(GString *text, const struct posting *posting)
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

size_t series_set_skipped(const struct series_set *set)
{
    const GPtrArray *list = series_set_list(set);
    size_t count = 0;

    for (guint i = 0; i < list->len; i++)
        count += ((const struct series *)g_ptr_array_index(list, i))->postings->len - 1;
    return count;
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
            series_write_posting(text, g_ptr_array_index(series->postings, j));
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

/* --- lists as bad as real ones, and worse ---------------------------------- */

struct generator {
    GRand *random;
    struct paper_list *list;
    gint64 now;
    guint next_id;
    gint works;     /* different titles */
    int same_id;    /* percent of mails that bear the id of another one */
};

static const char *const people[] = {
    "Ann <ann@example.org>", "Bob <bob@example.org>", "\"Cid, C.\" <cid@example.com>",
    "dot@example.net",       "Eve <EVE@example.org>",
};

static bool chance(struct generator *generator, int percent)
{
    return g_rand_int_range(generator->random, 0, 100) < percent;
}

static gint pick(struct generator *generator, gint below)
{
    return g_rand_int_range(generator->random, 0, below);
}

/* Few ids and few titles, so that what should not meet meets often. */
static char *some_id(struct generator *generator)
{
    if (!chance(generator, generator->same_id) || generator->next_id == 0)
        return g_strdup_printf("m%u", generator->next_id++);
    return g_strdup_printf("m%d", pick(generator, (gint)generator->next_id));
}

static char *known_id(struct generator *generator)
{
    gint back = MIN(40, (gint)generator->next_id);

    return back == 0 ? NULL : g_strdup_printf("m%u", generator->next_id - (guint)pick(generator, back) - 1);
}

static void add_series(struct generator *generator)
{
    gint total = 1 + pick(generator, 4), version = 1 + pick(generator, 3);
    const char *release = chance(generator, 10) ? " 6.1" : "";
    const char *from = people[pick(generator, G_N_ELEMENTS(people))];
    bool cover = chance(generator, 60), said = chance(generator, 70);
    char *lead = NULL, *answers = chance(generator, 30) ? known_id(generator) : NULL;
    char *change_id = chance(generator, 20) ? g_strdup_printf("c%d", pick(generator, generator->works / 2)) : NULL;
    gint work = pick(generator, generator->works);

    for (gint number = cover ? 0 : 1; number <= total; number++) {
        char *id = some_id(generator);
        char *prefix = said && version > 1 ? g_strdup_printf("PATCH v%d%s", version, release)
                                           : g_strdup_printf("PATCH%s", release);
        char *subject = number == 0 && chance(generator, 5)
                            ? g_strdup_printf("[%s 0/%d] ", prefix, total)
                            : g_strdup_printf("[%s %d/%d] work %d part %d", prefix, number, total,
                                              work, chance(generator, 10) ? 9 : number);
        char *link = chance(generator, 10) ? known_id(generator) : NULL;
        char *named = chance(generator, 10) ? known_id(generator) : NULL;
        char *body = link ? g_strdup_printf("See https://example.org/r/%s@example.org/\n", link) : NULL;

        if (number == 0 || !cover)
            said = chance(generator, 85) ? said : !said;
        generator->now += chance(generator, 5) ? 4000 : 2;
        if (!chance(generator, 10))
            paper_list_add(generator->list,
                           &(struct draft_mail){ .id = chance(generator, 2) ? NULL : id,
                                                 .subject = subject, .from = from,
                                                 .reply_to = lead ? lead : answers,
                                                 .references = named,
                                                 .change_id = change_id, .body = body,
                                                 .date = generator->now });
        if (!lead && chance(generator, 80))
            lead = g_strdup(id);
        else if (lead && chance(generator, 15)) {
            g_free(lead);
            lead = g_strdup(id);
        }
        g_free(body);
        g_free(named);
        g_free(link);
        g_free(subject);
        g_free(prefix);
        g_free(id);
    }
    g_free(change_id);
    g_free(answers);
    g_free(lead);
}

/* One patch again: a reroll, a fix, a reply with a number, a patch without one. */
static void add_single(struct generator *generator)
{
    static const char *const prefixes[] = { "[PATCH v2 1/2]", "[PATCH v2 2/3]", "[PATCH v3 2/3]",
                                            "[PATCH]",        "[PATCH v2]",     "Re: [PATCH 1/2]",
                                            "[PATCH 2/2]",    "[PATCH 0/2]",    "[RFC 7/3]" };
    char *id = some_id(generator), *parent = chance(generator, 80) ? known_id(generator) : NULL;
    char *subject = g_strdup_printf("%s work %d part %d",
                                    prefixes[pick(generator, G_N_ELEMENTS(prefixes))],
                                    pick(generator, generator->works), pick(generator, 4));

    generator->now += 30;
    paper_list_add(generator->list,
                   &(struct draft_mail){ .id = id, .subject = subject, .reply_to = parent,
                                         .from = people[pick(generator, G_N_ELEMENTS(people))],
                                         .date = generator->now });
    g_free(subject);
    g_free(parent);
    g_free(id);
}

/* The same mail once more, or its withdrawal. */
static void add_again(struct generator *generator, bool withdrawal)
{
    char *parent = chance(generator, 50) ? known_id(generator) : NULL;
    char *id = g_strdup_printf("again%d", pick(generator, 8));
    gint which = pick(generator, 2);

    generator->now += 10;
    paper_list_add(generator->list,
                   &(struct draft_mail){ .id = id, .reply_to = parent, .withdrawal = withdrawal,
                                         .subject = which ? "[PATCH v2 1/2] again" : "[PATCH 1/2] again",
                                         .date = generator->now });
    if (!withdrawal && chance(generator, 50))
        paper_list_add(generator->list,
                       &(struct draft_mail){ .id = chance(generator, 50) ? "m1" : "m2", .reply_to = id,
                                             .subject = "[PATCH 2/2] after again",
                                             .date = generator->now });
    g_free(id);
    g_free(parent);
}

/* What people say, sometimes with the number of what they answer. */
static void add_replies(struct generator *generator)
{
    gint count = 1 + pick(generator, 3);

    for (gint i = 0; i < count; i++) {
        char *id = some_id(generator), *parent = known_id(generator);
        char *subject = chance(generator, 30) ? g_strdup_printf("Re: [PATCH %d/3] well", pick(generator, 4))
                                              : g_strdup("Re: well");

        generator->now += 20;
        paper_list_add(generator->list,
                       &(struct draft_mail){ .id = id, .reply_to = parent, .subject = subject,
                                             .from = people[pick(generator, G_N_ELEMENTS(people))],
                                             .body = "Well.\n\nReviewed-by: Ann <ann@example.org>\n",
                                             .date = generator->now });
        g_free(subject);
        g_free(parent);
        g_free(id);
    }
}

struct paper_list *paper_list_generate(guint32 seed, guint mails, bool sparse)
{
    struct generator generator = {
        .random = g_rand_new_with_seed(seed),
        .list = paper_list_new(),
        .now = 1700000000,
        .works = sparse ? 600 : 40,
        .same_id = sparse ? 1 : 30,
    };

    while (paper_list_length(generator.list) < mails) {
        if (chance(&generator, 55))
            add_series(&generator);
        else if (chance(&generator, 50))
            add_single(&generator);
        else if (chance(&generator, 60))
            add_replies(&generator);
        else
            add_again(&generator, chance(&generator, 30));
    }
    g_rand_free(generator.random);
    return generator.list;
}

/* --- orders to take them in ------------------------------------------------- */

void paper_order_shuffle(GArray *order, GRand *random)
{
    for (guint i = order->len; i > 1; i--) {
        guint j = (guint)g_rand_int_range(random, 0, (gint)i);
        guint swap = g_array_index(order, guint, i - 1);

        g_array_index(order, guint, i - 1) = g_array_index(order, guint, j);
        g_array_index(order, guint, j) = swap;
    }
}

GArray *paper_order_new(guint length, bool backwards)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < length; i++) {
        guint index = backwards ? length - 1 - i : i;

        g_array_append_val(order, index);
    }
    return order;
}

/* The lead's Message-ID of a posting of SERIES. */
static const char *some_lead(const struct series *series, GRand *random)
{
    gint which = g_rand_int_range(random, 0, (gint)series->postings->len);

    return posting_lead(g_ptr_array_index(series->postings, which))->message_id;
}

struct corrections *series_set_make_corrections(const struct series_set *set, guint32 seed, guint count)
{
    struct corrections *corrections = corrections_new();
    const GPtrArray *list = series_set_list(set);
    GRand *random = g_rand_new_with_seed(seed);

    for (guint i = 0; i < count; i++) {
        const struct series *a = list->pdata[g_rand_int_range(random, 0, (gint)list->len)];
        const struct series *b = list->pdata[g_rand_int_range(random, 0, (gint)list->len)];
        bool same = g_rand_int_range(random, 0, 10) < 3;

        for (guint tries = 0; a->postings->len < 2 && tries < 20; tries++)
            a = list->pdata[g_rand_int_range(random, 0, (gint)list->len)];
        corrections_set(corrections, some_lead(a, random), some_lead(same ? b : a, random),
                        same ? CORRECTION_SAME : CORRECTION_NOT_SAME);
    }
    g_rand_free(random);
    return corrections;
}
