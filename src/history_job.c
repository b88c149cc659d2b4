/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history_job.h"

#include "store/error.h"

/* What was read waits at most this long to be written, in microseconds: that much is lost when
 * the process is killed, and that late come mails that were asked for. */
#define COMMIT_PATIENCE (2 * G_USEC_PER_SEC)

/* Mails that are tried again before something else is looked after. */
#define MAILS_AT_ONCE 64

/* Keys that are looked up for one batch of answers. */
#define KEYS_AT_ONCE 64

void history_job_init(struct history_job *job, struct archive *archive,
                      const struct history_options *options, gint *stop)
{
    *job = (struct history_job) { .archive = archive, .options = *options, .stop = stop };
    job->answers = answers_new(options->open ? options->rank : INT64_MAX);
    job->matched = g_array_new(FALSE, FALSE, sizeof(int64_t));
    job->keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    job->again = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    job->unread = g_array_new(FALSE, FALSE, sizeof(struct archive_commit));
}

static void close_index(struct history_job *job)
{
    if (job->index != NULL)
        mail_index_close(job->index);
    job->index = NULL;
    job->writing = job->placed = false;
}

void history_job_clear(struct history_job *job)
{
    close_index(job);
    if (job->unnamed)
        mail_index_remove(job->path);
    archive_close(job->archive);
    answers_free(job->answers);
    g_array_unref(job->matched);
    g_array_unref(job->keys);
    g_array_unref(job->again);
    g_array_unref(job->unread);
    g_free(job->path);
    g_free(job->problem);
}

/* Keeps what ERROR, which is freed, says, if it is the first; NULL: nothing. */
static void set_problem(struct history_job *job, GError *error)
{
    if (error == NULL)
        return;
    if (job->problem == NULL)
        job->problem = g_strdup(error->message);
    g_error_free(error);
}

void history_job_identify(struct history_job *job)
{
    bool unknown = commit_id_is_zero(&job->options.first);
    GError *error = NULL;

    if (unknown && job->options.first_last && job->options.reach.everything)
        job->path = mail_index_unnamed_path();
    job->unnamed = job->path != NULL;
    if (job->unnamed)
        return;
    if (unknown
        && !archive_first_commit(job->archive, &job->options.first, job->stop, &error))
        set_problem(job, error);
    else
        job->path = mail_index_path(&job->options.first);
}

/* Looks everything up again that was ever asked for: the index has become another. */
static void ask_again(struct history_job *job)
{
    g_array_set_size(job->keys, 0);
    g_array_set_size(job->again, 0);
    answers_asked(job->answers, job->keys);
}

static enum history_placed try_to_place(struct history_job *job, GError **error)
{
    enum history_placed placed;
    GError *unread = NULL;

    /* What could not be read before has been dealt with. */
    mail_index_take_unread(job->index, NULL);
    placed = history_find_place(job->archive, job->index, &job->options.newest, job->stop,
                                &job->place, error);
    if (!mail_index_take_unread(job->index, &unread))
        return placed;
    g_clear_error(error);
    g_propagate_error(error, unread);
    return HISTORY_UNREADABLE;
}

/* Finds the archive's place in the index. An index with another history, or one that is damaged, is
 * forgotten, by whom it may. */
static void find_place(struct history_job *job)
{
    GError *error = NULL;
    enum history_placed placed = try_to_place(job, &error);

    if (job->writing && (placed == HISTORY_CONTRADICTS ||
                         g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED))) {
        g_clear_error(&error);
        if (mail_index_clear(job->index, &error))
            placed = try_to_place(job, &error);
    }
    if (placed == HISTORY_ELSEWHERE)
        g_set_error(&error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE,
                    "%s: what is shown is no part of the history", archive_name(job->archive));
    set_problem(job, error);
    job->placed = placed == HISTORY_PLACED;
    job->known = mail_index_count(job->index);
    job->shift = job->options.rank - job->place.mark_rank;
}

/* Notices what somebody else has written. */
static void look_again(struct history_job *job)
{
    if (mail_index_count(job->index) == job->known)
        return;
    find_place(job);
    ask_again(job);
}

static bool reads_history(const struct history_job *job)
{
    return job->options.reach.everything || job->options.reach.since != INT64_MAX;
}

/* The index cannot be written, for the reason PROBLEM, if that is not NULL. Who reads nothing can
 * do with what is there. */
static void open_otherwise(struct history_job *job, GError *problem)
{
    GError *error = NULL;

    if (reads_history(job)) {
        set_problem(job, problem);
        job->index = mail_index_open_temporary(&error);
        job->temporary = job->writing = job->index != NULL;
        set_problem(job, error);
    } else {
        g_clear_error(&problem);
        if (job->path != NULL)
            job->index = mail_index_open(job->path, NULL);
    }
}

bool history_job_open(struct history_job *job)
{
    GError *error = NULL;
    bool first = job->index == NULL;

    if (first && job->path != NULL)
        job->index = mail_index_open_to_write(job->path, &error);
    if (job->index == NULL)
        open_otherwise(job, error);
    else
        job->writing = mail_index_lock(job->index);
    if (job->index == NULL)
        return true;
    if (job->writing && job->damaged)
        mail_index_clear(job->index, NULL);
    job->damaged = job->damaged && !job->writing;
    if (job->writing || first) {
        find_place(job);
        ask_again(job);
    } else {
        look_again(job);
    }
    g_array_set_size(job->unread, 0);
    if (job->writing && job->placed)
        mail_index_unreadable(job->index, job->unread);
    return job->writing || !reads_history(job);
}

/* Need COMMIT not be added, at RANK, of those around which KNOWN are? One that the index knows but
 * could not give is added again if there is a MAIL now. */
static bool is_indexed(struct history_job *job, const struct archive_commit *commit, int64_t rank,
                       const struct mail *mail, enum mail_index_known_ranks around)
{
    int64_t known;

    if (around == MAIL_INDEX_NONE || (around == MAIL_INDEX_ALL && commit->known))
        return around == MAIL_INDEX_ALL;
    return mail_index_find(job->index, &commit->place.commit, &known)
           && (commit->known || mail == NULL || known != rank);
}

/* Adds COMMIT at RANK. MATCH: the model does not have MAIL. */
static void add(struct history_job *job, int64_t rank, const struct archive_commit *commit,
                const struct mail *mail, bool match)
{
    if (mail_index_pending(job->index) == 0)
        job->committed = g_get_monotonic_time();
    mail_index_add(job->index, rank, commit, mail);
    if (match && answers_match(job->answers, mail_index_added_keys(job->index), rank + job->shift))
        g_array_append_val(job->matched, rank);
}

/* Which of the ranks of COMMITS, one batch's, does the index know? */
static enum mail_index_known_ranks look_around(struct history_job *job, const GArray *commits,
                                               int64_t shift)
{
    const struct archive_commit *first = &g_array_index(commits, struct archive_commit, 0);
    const struct archive_commit *last = first + commits->len - 1;

    return mail_index_knows(job->index, last->place.arrival + shift,
                            first->place.arrival + shift);
}

void history_job_add(struct history_job *job, const struct scan_batch *batch, int64_t shift,
                     bool match)
{
    enum mail_index_known_ranks around = MAIL_INDEX_NONE;
    guint next = 0;

    if (batch->commits->len > 0 && !(match && job->sifted))
        around = look_around(job, batch->commits, shift);

    for (guint i = 0; i < batch->commits->len; i++) {
        const struct archive_commit *commit =
            &g_array_index(batch->commits, struct archive_commit, i);
        const struct mail *mail = NULL;

        if (next < batch->mails->mails->len)
            mail = &g_array_index(batch->mails->mails, struct mail, next);
        if (mail != NULL && commit_id_same(&mail->place.commit, &commit->place.commit))
            next++;
        else
            mail = NULL;
        int64_t rank = commit->place.arrival + shift;
        if (!is_indexed(job, commit, rank, mail, around))
            add(job, rank, commit, mail, match);
    }
}

/* Reads the mail of COMMIT, whose arrival is its rank in the index, and adds it if that goes. */
static void read_again(struct history_job *job, const struct archive_commit *commit)
{
    struct mail_batch *batch;
    struct archive_mail raw;

    if (!archive_read_id(job->archive, &commit->place.commit, &raw, NULL))
        return;
    batch = mail_batch_new();
    mail_parse(batch, raw.bytes, raw.length, &commit->place, raw.withdrawal);
    archive_mail_release(&raw);
    if (batch->mails->len > 0)
        add(job, commit->place.arrival, commit, &g_array_index(batch->mails, struct mail, 0), true);
    mail_batch_free(batch);
}

bool history_job_read_again(struct history_job *job)
{
    guint count = MIN(job->unread->len, MAILS_AT_ONCE), left = job->unread->len - count;

    for (guint i = job->unread->len; i > left && g_atomic_int_get(job->stop) == 0; i--)
        read_again(job, &g_array_index(job->unread, struct archive_commit, i - 1));
    g_array_set_size(job->unread, left);
    return count > 0;
}

gint64 history_job_due(const struct history_job *job)
{
    if (!job->writing || mail_index_pending(job->index) == 0)
        return -1;
    if (mail_index_pending(job->index) >= mail_index_worth_commit(job->index))
        return 0;
    return job->committed + COMMIT_PATIENCE;
}

/* The index cannot be read because of DAMAGE, which is freed. */
static void give_up_index(struct history_job *job, GError *damage)
{
    close_index(job);
    g_array_set_size(job->matched, 0);
    if (job->mended)
        set_problem(job, damage);
    else
        g_error_free(damage);
    job->damaged = !job->mended;
    job->mended = true;
}

bool history_job_commit(struct history_job *job)
{
    GError *error = NULL;

    if (!mail_index_commit(job->index, &error)) {
        if (g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED)) {
            give_up_index(job, error);
            return false;
        }
        set_problem(job, error);
        g_array_set_size(job->matched, 0);
        history_job_release(job);
        return false;
    }
    g_array_append_vals(job->keys, job->again->data, job->again->len);
    g_array_set_size(job->again, 0);
    return true;
}

struct scan *history_job_read(struct history_job *job, scan_notify *notify, void *data)
{
    char text[COMMIT_ID_TEXT_SIZE];
    struct range range = { .revisions = true, .to = text };
    struct scan_options options = { .range = &range, .readers = job->options.readers,
                                    .gives_way = job->options.notify != NULL,
                                    .notify = notify, .data = data };
    GError *error = NULL;

    /* What came behind the commit that was placed has no rank yet. */
    commit_id_text(&job->place.head, text);
    range.has_since = !job->options.reach.everything;
    range.since = job->options.reach.since;
    /* What is known is of use to fill a temporary index, too. */
    options.unknown_only = !job->temporary;
    if (job->path != NULL)
        options.index = mail_index_open(job->path, NULL);
    job->sifted = options.unknown_only && options.index != NULL;
    struct scan *scan = scan_start(job->archive, &options, &error);
    if (g_error_matches(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE))
        g_clear_error(&error);
    job->complete = scan == NULL && error == NULL;
    set_problem(job, error);
    return scan;
}

/* Gives the index, which is closed then, the name of its archive. */
static void name_index(struct history_job *job)
{
    struct commit_id *first = &job->options.first;
    g_autofree char *path = NULL;
    GError *error = NULL;

    if (!mail_index_first(job->index, first)
        && !archive_first_commit(job->archive, first, job->stop, &error)) {
        set_problem(job, error);
        return;
    }
    close_index(job);
    path = mail_index_path(first);
    job->unnamed = !mail_index_name(job->path, path);
    if (!job->unnamed) {
        g_free(job->path);
        job->path = g_steal_pointer(&path);
    }
}

void history_job_release(struct history_job *job)
{
    GError *error = NULL;

    if (job->temporary || !job->writing) {
        job->writing = false;
        return;
    }
    if (job->unnamed && job->complete)
        name_index(job);
    close_index(job);
    job->index = mail_index_open(job->path, &error);
    if (job->index != NULL)
        find_place(job);
    set_problem(job, error);
}

void history_job_ask(struct history_job *job, uint64_t key)
{
    if (answers_ask(job->answers, key))
        g_array_append_val(job->keys, key);
}

/* Loads what was matched on its way into the index. */
static bool load_matched(struct history_job *job, struct mail_batch *batch, GError **error)
{
    GError *failure = NULL;

    for (guint i = 0; failure == NULL && i < job->matched->len; i++)
        answers_load(job->answers, job->index, job->shift,
                     g_array_index(job->matched, int64_t, i), batch, &failure);
    g_array_set_size(job->matched, 0);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* Has the model all that is in the index? */
static bool is_all_shown(struct history_job *job)
{
    int64_t oldest, newest;

    return !mail_index_bounds(job->index, &oldest, &newest)
           || answers_own_all(job->answers, oldest, newest, job->shift);
}

static bool look_up(struct history_job *job, struct mail_batch *batch, GError **error)
{
    guint count = MIN(job->keys->len, KEYS_AT_ONCE), start = job->keys->len - count;
    const uint64_t *keys = &g_array_index(job->keys, uint64_t, start);
    bool done = is_all_shown(job) || answers_look_up(job->answers, job->index, job->shift, keys,
                                                     count, batch, error);

    if (job->writing && mail_index_pending(job->index) > 0)
        g_array_append_vals(job->again, keys, count);
    g_array_set_size(job->keys, start);
    return done;
}

struct mail_batch *history_job_answer(struct history_job *job)
{
    struct mail_batch *batch = mail_batch_new();
    GError *error = NULL;
    bool sound = true;

    if (job->index != NULL && !job->writing && job->keys->len > 0)
        look_again(job);
    if (job->index != NULL)
        mail_index_hold(job->index);
    while (sound && job->placed && batch->mails->len == 0 && g_atomic_int_get(job->stop) == 0) {
        if (job->matched->len > 0 && mail_index_pending(job->index) == 0)
            sound = load_matched(job, batch, &error);
        else if (job->keys->len > 0)
            sound = look_up(job, batch, &error);
        else
            break;
    }
    if (job->index != NULL)
        mail_index_let_go(job->index);
    if (!sound)
        give_up_index(job, error);
    if (!job->placed)
        g_array_set_size(job->keys, 0);
    if (batch->mails->len == 0)
        g_clear_pointer(&batch, mail_batch_free);
    return batch;
}
