/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "index_rows.h"

#include "series/review.h"

#include <string.h>

/* Series of which is fetched at once what the limit asks of them. */
#define AHEAD 32u

/* What the limit says of a series. Kept in a hash table, so not 0. */
enum answer {
    ANSWER_HIDDEN = 1,
    ANSWER_LISTED, /* its listed posting matches */
    ANSWER_OLDER,  /* only older ones do: they are shown by themselves */
    ANSWER_UNREAD,
};

/* Of rows->answers: there are fewer serials than addresses. */
static gpointer key_of(const struct series *series)
{
    return (gpointer)(uintptr_t)series->serial;
}

void index_rows_init(struct index_rows *rows)
{
    *rows = (struct index_rows){
        .rows = g_array_new(FALSE, FALSE, sizeof(struct index_row)),
        .shown = g_ptr_array_new(),
        .texts = pattern_texts_new(),
        .wanted = g_ptr_array_new(),
        .answers = g_hash_table_new(NULL, NULL),
        .unfolded = g_hash_table_new(NULL, NULL),
        .tagged = g_hash_table_new(NULL, NULL),
    };
}

void index_rows_clear(struct index_rows *rows)
{
    g_array_unref(rows->rows);
    g_ptr_array_unref(rows->shown);
    g_ptr_array_unref(rows->wanted);
    g_hash_table_unref(rows->answers);
    g_hash_table_unref(rows->unfolded);
    g_hash_table_unref(rows->tagged);
    pattern_texts_free(rows->texts);
    pattern_free(rows->pattern);
    g_free(rows->limit);
}

/* Where the listed posting stands among those of SERIES: newer ones are not of the range. */
static guint listed_at(const struct series *series)
{
    guint at = 0;
    while (series->postings->pdata[at] != series->listed)
        at++;
    return at;
}

struct series_mark index_rows_mark(const struct index_rows *rows, const struct index_row *row)
{
    return rows->marking && row->posting == row->series->listed
               ? marking_of(rows->marking, row->series)
               : marking_of_posting(rows->marking, row->posting);
}

const struct posting *index_rows_posting(const struct member *member)
{
    const struct member *live = member->posting ? member : member->id->first;
    return live ? live->posting : NULL;
}

/* --- tags and folds ------------------------------------------------------------- */

/* A posting is tagged by any of its mails: its lead is another one when the cover letter
 * comes late. */
static bool holds(GHashTable *members, const struct posting *posting)
{
    for (guint i = 0; i < posting->members->len; i++)
        if (g_hash_table_contains(members, posting->members->pdata[i]))
            return true;
    return false;
}

static bool holds_any(GHashTable *members, const struct series *series)
{
    if (!g_hash_table_size(members))
        return false;
    for (guint i = 0; i < series->postings->len; i++)
        if (holds(members, series->postings->pdata[i]))
            return true;
    return false;
}

static void drop(GHashTable *members, const struct posting *posting)
{
    for (guint i = 0; i < posting->members->len; i++)
        g_hash_table_remove(members, posting->members->pdata[i]);
}

static void drop_all(GHashTable *members, const struct series *series)
{
    for (guint i = 0; i < series->postings->len; i++)
        drop(members, series->postings->pdata[i]);
}

/* Is a posting of SERIES tagged; or if POSTING is not NULL, that one? */
static bool is_posting_tagged(const struct index_rows *rows, const struct series *series,
                              const struct posting *posting)
{
    if (!g_hash_table_size(rows->tagged))
        return false;
    return posting ? holds(rows->tagged, posting) : holds_any(rows->tagged, series);
}

bool index_rows_is_tagged(const struct index_rows *rows, const struct index_row *row)
{
    return is_posting_tagged(rows, row->series, row->folded ? NULL : row->posting);
}

void index_rows_tag(struct index_rows *rows, const struct index_row *row, bool tag)
{
    bool tagged = index_rows_is_tagged(rows, row);
    rows->tagged_rows += tag && !tagged;
    rows->tagged_rows -= !tag && tagged;
    if (tag)
        g_hash_table_add(rows->tagged, row->posting->members->pdata[0]);
    else if (row->folded)
        drop_all(rows->tagged, row->series);
    else
        drop(rows->tagged, row->posting);
}

static void count_tagged(struct index_rows *rows)
{
    rows->tagged_rows = 0;
    for (guint i = 0; i < rows->rows->len && g_hash_table_size(rows->tagged); i++)
        rows->tagged_rows +=
            index_rows_is_tagged(rows, &g_array_index(rows->rows, struct index_row, i));
}

void index_rows_fold_all(struct index_rows *rows, bool fold)
{
    rows->all_unfolded = !fold;
    g_hash_table_remove_all(rows->unfolded);
    g_hash_table_remove_all(rows->answers);
}

bool index_rows_is_unfolded(const struct index_rows *rows, const struct series *series)
{
    return rows->all_unfolded != holds_any(rows->unfolded, series);
}

void index_rows_fold(struct index_rows *rows, const struct index_row *row, bool fold)
{
    drop_all(rows->unfolded, row->series);
    g_hash_table_remove(rows->answers, key_of(row->series));
    /* The table holds the exceptions from all_unfolded. */
    if (fold == rows->all_unfolded)
        g_hash_table_add(rows->unfolded, row->series->listed->members->pdata[0]);
}

/* --- the limit -------------------------------------------------------------------- */

void index_rows_limit(struct index_rows *rows, const char *text, struct pattern *pattern)
{
    pattern_free(rows->pattern);
    pattern_texts_free(rows->texts);
    g_free(rows->limit);
    g_hash_table_remove_all(rows->answers);
    g_ptr_array_set_size(rows->wanted, 0);
    rows->limit = g_strdup(text);
    rows->pattern = pattern;
    rows->texts = pattern_texts_new();
}

static struct pattern_subject subject_of(const struct index_rows *rows,
                                         const struct posting *posting, bool tagged, int number)
{
    return (struct pattern_subject){.posting = posting, .tagged = tagged,
                                    .marking = rows->marking, .review = rows->review,
                                    .number = number};
}

bool index_rows_match(const struct index_rows *rows, const struct index_row *row, int number,
                      const struct pattern *pattern)
{
    const struct pattern_subject subject =
        subject_of(rows, row->posting, index_rows_is_tagged(rows, row), number);
    return pattern_match(pattern, &subject, NULL) == PATTERN_YES;
}

enum pattern_answer index_rows_ask(const struct index_rows *rows, const struct index_row *row,
                                   int number, struct pattern_question *question)
{
    const struct pattern_subject subject =
        subject_of(rows, row->posting, index_rows_is_tagged(rows, row), number);
    return pattern_question_ask(question, &subject);
}

/* Works out what the limit says of SERIES, whose place in the whole list is NUMBER. Older postings are
 * asked where they could be seen: when they are unfolded, or asked for. */
static enum answer work_out(struct index_rows *rows, const struct series *series, int number)
{
    bool older = pattern_names_skipped(rows->pattern) || index_rows_is_unfolded(rows, series);
    guint first = listed_at(series);
    bool unread = false;
    for (guint i = first; i < (older ? series->postings->len : first + 1); i++) {
        const struct posting *posting = series->postings->pdata[i];
        bool tagged = is_posting_tagged(rows, series, i > first ? posting : NULL);
        const struct pattern_subject subject = subject_of(rows, posting, tagged, number);
        switch (pattern_question_ask(rows->question, &subject)) {
        case PATTERN_YES:
            return i > first ? ANSWER_OLDER : ANSWER_LISTED;
        case PATTERN_UNREAD:
            if (!rows->waits)
                pattern_question_want(rows->question, &subject, rows->wanted);
            unread = true;
            /* An older one may be known to match, but which one is shown must not change back. */
            if (i == first)
                return ANSWER_UNREAD;
            break;
        case PATTERN_NO:
            break;
        }
    }
    return unread ? ANSWER_UNREAD : ANSWER_HIDDEN;
}

static enum answer answer_of(struct index_rows *rows, const struct series *series, int number)
{
    if (!rows->pattern)
        return ANSWER_LISTED;
    bool keeps = !pattern_is_volatile(rows->pattern);
    enum answer answer = keeps ? (enum answer)GPOINTER_TO_INT(
                                     g_hash_table_lookup(rows->answers, key_of(series)))
                               : (enum answer)0;
    if (answer)
        return answer;
    answer = work_out(rows, series, number);
    if (keeps && answer != ANSWER_UNREAD)
        g_hash_table_insert(rows->answers, key_of(series), GINT_TO_POINTER(answer));
    return answer;
}

/* --- the order -------------------------------------------------------------------- */

/* A series with what it is sorted by: the higher number first, then the lower text. */
struct sorted {
    const struct series *series;
    gint64 number;
    const char *text;
    guint place; /* in the order of arrival, which decides between equals */
};

static void set_key(const struct index_rows *rows, struct sorted *sorted, const char *order)
{
    const struct posting *posting = sorted->series->listed;
    const struct mail *lead = posting_lead(posting);
    if (strcmp(order, "date") == 0) {
        sorted->number = lead->date;
    } else if (strcmp(order, "from") == 0) {
        sorted->text = lead->sender_name;
    } else if (strcmp(order, "subject") == 0) {
        sorted->text = lead->title;
    } else if (strcmp(order, "state") == 0) {
        sorted->number = posting_state(posting) == SERIES_NEW;
    } else if (strcmp(order, "version") == 0) {
        sorted->number = posting->version;
    } else if (strcmp(order, "patches") == 0) {
        sorted->number = posting->total;
    } else if (strcmp(order, "replies") == 0) {
        sorted->number = posting_replies(posting, rows->review);
    } else {
        const struct review review = posting_review(posting, rows->review);
        sorted->number = (gint64)review.acked + review.reviewed + review.tested + review.others;
    }
}

static gint compare_sorted(gconstpointer a, gconstpointer b)
{
    const struct sorted *x = a, *y = b;
    int texts = x->text && y->text ? g_ascii_strcasecmp(x->text, y->text) : 0;
    if (texts)
        return texts;
    if (x->number != y->number)
        return x->number < y->number ? 1 : -1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static GPtrArray *reversed(const GPtrArray *list)
{
    GPtrArray *out = g_ptr_array_sized_new(list->len);
    for (guint i = list->len; i-- > 0;)
        g_ptr_array_add(out, list->pdata[i]);
    return out;
}

/* LIST in ORDER: struct series *, the caller unrefs it. */
static GPtrArray *sort(const struct index_rows *rows, const GPtrArray *list, const char *order)
{
    bool reverse = g_str_has_prefix(order, "reverse-");
    if (reverse)
        order += strlen("reverse-");
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(struct sorted), list->len);
    bool by_arrival = strcmp(order, "arrival") == 0;
    for (guint i = 0; i < list->len && !by_arrival; i++) {
        struct sorted one = {.series = list->pdata[i], .place = i};
        set_key(rows, &one, order);
        g_array_append_val(sorted, one);
    }
    g_array_sort(sorted, compare_sorted);
    GPtrArray *out = g_ptr_array_sized_new(list->len);
    for (guint i = 0; i < sorted->len; i++)
        g_ptr_array_add(out, (gpointer)(uintptr_t)g_array_index(sorted, struct sorted, i).series);
    if (by_arrival)
        for (guint i = 0; i < list->len; i++)
            g_ptr_array_add(out, list->pdata[i]);
    g_array_unref(sorted);
    if (!reverse)
        return out;
    GPtrArray *turned = reversed(out);
    g_ptr_array_unref(out);
    return turned;
}

/* --- the rows ---------------------------------------------------------------------- */

static void add_row(struct index_rows *rows, const struct posting *posting, int folded)
{
    const struct index_row row = {
        .series = posting->series, .posting = posting, .folded = folded};
    g_array_append_val(rows->rows, row);
}

/* Adds the older postings of SERIES that the limit lets through. */
static void add_older(struct index_rows *rows, const struct series *series, int number)
{
    for (guint i = listed_at(series) + 1; i < series->postings->len; i++) {
        const struct posting *posting = series->postings->pdata[i];
        bool tagged = is_posting_tagged(rows, series, posting);
        const struct pattern_subject subject = subject_of(rows, posting, tagged, number);
        if (!rows->question || pattern_question_ask(rows->question, &subject) == PATTERN_YES)
            add_row(rows, posting, 0);
    }
}

static void add_series(struct index_rows *rows, const struct series *series, int number)
{
    int older = (int)(series->postings->len - listed_at(series)) - 1;
    enum answer answer = answer_of(rows, series, number);
    if (answer == ANSWER_LISTED) {
        bool unfolded = older && index_rows_is_unfolded(rows, series);
        add_row(rows, series->listed, unfolded ? 0 : older);
        rows->folded += unfolded ? 0 : (size_t)older;
        if (unfolded)
            add_older(rows, series, number);
    } else if (answer == ANSWER_OLDER) {
        add_older(rows, series, number);
    } else {
        rows->hidden++;
        return;
    }
    g_ptr_array_add(rows->shown, (gpointer)(uintptr_t)series);
}

static bool is_done(const struct index_rows *rows, const struct series *series)
{
    if (!rows->marking)
        return false;
    const struct series_mark mark = marking_of(rows->marking, series);
    return series_mark_is_done(&mark);
}

/* Finds WANTED among the rows from FIRST on, else takes the first of its series. */
static void look_for(struct index_rows *rows, guint first, const struct posting *wanted)
{
    rows->selected = (int)first;
    for (guint i = first; i < rows->rows->len; i++)
        if (g_array_index(rows->rows, struct index_row, i).posting == wanted)
            rows->selected = (int)i;
}

/* See pattern_fetch(): of the next series from FROM on, where they have not been answered before. */
static void fetch(const struct index_rows *rows, const GPtrArray *all, guint from)
{
    const struct posting *postings[AHEAD];
    guint count = MIN(all->len - from, AHEAD);
    if (!rows->pattern || g_hash_table_contains(rows->answers, key_of(all->pdata[from])))
        return;
    for (guint i = 0; i < count; i++)
        __builtin_prefetch(all->pdata[from + i]);
    for (guint i = 0; i < count; i++)
        __builtin_prefetch(((const struct series *)all->pdata[from + i])->postings);
    for (guint i = 0; i < count; i++) {
        const struct series *series = all->pdata[from + i];
        postings[i] = series->listed;
        __builtin_prefetch(series->postings->pdata);
    }
    pattern_fetch(postings, count);
}

void index_rows_update(struct index_rows *rows, const struct series_set *set, const char *order,
                       const struct member *selected)
{
    const struct posting *wanted = selected ? index_rows_posting(selected) : NULL;
    const GPtrArray *list = series_set_list(set);
    GPtrArray *ordered = strcmp(order, "arrival") == 0 ? NULL : sort(rows, list, order);
    const GPtrArray *all = ordered ? ordered : list;

    g_array_set_size(rows->rows, 0);
    g_ptr_array_set_size(rows->shown, 0);
    g_ptr_array_set_size(rows->wanted, 0);
    rows->series = all->len;
    rows->hidden = rows->done = rows->folded = 0;
    rows->selected = 0;
    rows->question = rows->pattern ? pattern_question_new(rows->pattern, rows->texts) : NULL;
    for (guint i = 0; i < all->len; i++) {
        guint first = rows->rows->len;
        if (i % AHEAD == 0)
            fetch(rows, all, i);
        if (rows->hides_done && is_done(rows, all->pdata[i]))
            rows->done++;
        else
            add_series(rows, all->pdata[i], (int)i + 1);
        if (wanted && wanted->series == all->pdata[i])
            look_for(rows, first, wanted);
    }
    g_clear_pointer(&rows->question, pattern_question_free);
    count_tagged(rows);
    if (ordered)
        g_ptr_array_unref(ordered);
}
