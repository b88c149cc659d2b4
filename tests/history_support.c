/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history_support.h"
#include "series/lookup.h"

#include <string.h>

const struct history_reach all = { .everything = true };

const struct history_reach none = { .since = INT64_MAX };

void set_up(void)
{
    g_setenv("XDG_CACHE_HOME", support_folder(), TRUE);
}

static void wake(void *data)
{
    g_async_queue_push(data, GINT_TO_POINTER(1));
}

static struct history *start(struct visit *visit, struct history_reach reach,
                             const struct scan_batch *first)
{
    const struct archive_commit *newest = &g_array_index(first->commits, struct archive_commit, 0);
    struct history_options options = { .newest = newest->place.commit, .reach = reach, .readers = 2,
                                       .rank = newest->place.arrival, .open = visit->open,
                                       .first_last = visit->first_last,
                                       .notify = wake, .data = visit->wakes };
    struct history *history = history_start(visit->archive, &options, NULL);

    ck_assert_ptr_nonnull(history);
    return history;
}

struct visit visit_with(const char *path, const struct range *range,
                        struct history_reach reach, bool open, bool first_last)
{
    struct visit visit = { .archive = open_archive(path), .wakes = g_async_queue_new(),
                           .open = open, .first_last = first_last };
    struct scan_options options = { .range = range, .readers = 2 };
    struct scan *scan = scan_start(visit.archive, &options, NULL);
    struct scan_batch *batch;

    ck_assert_ptr_nonnull(scan);
    while ((batch = scan_wait(scan)) != NULL) {
        if (visit.history == NULL)
            visit.history = start(&visit, reach, batch);
        visit.commits += batch->commits->len;
        history_add(visit.history, batch);
    }
    scan_free(scan);
    history_range_read(visit.history);
    return visit;
}

struct visit visit_open(const char *path, const struct range *range,
                        struct history_reach reach, bool open)
{
    return visit_with(path, range, reach, open, false);
}

struct visit visit_range(const char *path, const struct range *range,
                         struct history_reach reach)
{
    return visit_open(path, range, reach, false);
}

struct visit visit_newest(const char *path, unsigned count, struct history_reach reach)
{
    return visit_range(path, &(struct range) { .newest = count }, reach);
}

void leave(struct visit *visit)
{
    history_free(visit->history);
    archive_close(visit->archive);
    g_async_queue_unref(visit->wakes);
}

void ask(struct visit *visit, const char *text)
{
    char **numbers = g_strsplit(text, " ", -1);
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    for (int i = 0; numbers[i] != NULL; i++) {
        char *id = g_strdup_printf("%s@example.org", numbers[i]);
        uint64_t key = lookup_key(LOOKUP_ID, id);
        g_array_append_val(keys, key);
        g_free(id);
    }
    history_ask(visit->history, (const uint64_t *)(const void *)keys->data, keys->len, NULL);
    g_array_unref(keys);
    g_strfreev(numbers);
}

static gint compare_ranks(gconstpointer a, gconstpointer b)
{
    const struct mail *const *left = a, *const *right = b;

    return ((*left)->place.arrival < (*right)->place.arrival)
           - ((*left)->place.arrival > (*right)->place.arrival);
}

char *take_all(struct visit *visit)
{
    GPtrArray *batches = g_ptr_array_new(), *mails = g_ptr_array_new();
    GString *text = g_string_new(NULL);
    struct mail_batch *batch;

    while ((batch = history_wait(visit->history)) != NULL) {
        g_ptr_array_add(batches, batch);
        for (guint i = 0; i < batch->mails->len; i++)
            g_ptr_array_add(mails, &g_array_index(batch->mails, struct mail, i));
    }
    ck_assert(history_finished(visit->history));
    g_ptr_array_sort(mails, compare_ranks);
    for (guint i = 0; i < mails->len; i++) {
        const struct mail *mail = g_ptr_array_index(mails, i);
        g_string_append_printf(text, "%s%s%d@%" G_GINT64_FORMAT, i > 0 ? " " : "",
                               mail->withdrawal ? "-" : "", atoi(mail->subject + 5),
                               mail->place.arrival);
    }
    for (guint i = 0; i < batches->len; i++)
        mail_batch_free(g_ptr_array_index(batches, i));
    g_ptr_array_unref(batches);
    g_ptr_array_unref(mails);
    return g_string_free(text, FALSE);
}

void assert_found(struct visit *visit, const char *numbers, const char *expected)
{
    ask(visit, numbers);
    char *found = take_all(visit);
    ck_assert_str_eq(found, expected);
    g_free(found);
}

void assert_read(struct visit *visit, size_t commits, const char *problem)
{
    struct history_progress progress = history_progress(visit->history);

    ck_assert(!progress.reading);
    ck_assert(!progress.waits);
    ck_assert_uint_eq(progress.commits, commits);
    if (problem == NULL)
        ck_assert_ptr_null(progress.problem);
    else
        ck_assert_msg(progress.problem != NULL && strstr(progress.problem, problem) != NULL, "%s",
                      progress.problem != NULL ? progress.problem : "no problem");
    g_free(progress.problem);
}

void check(const char *path, unsigned count, struct history_reach reach, const char *numbers,
           const char *expected, size_t commits, const char *problem)
{
    struct visit visit = visit_newest(path, count, reach);

    assert_found(&visit, numbers, expected);
    assert_read(&visit, commits, problem);
    leave(&visit);
}
