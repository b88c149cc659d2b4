/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs of the browser that work on a thread of their own, and those that read patches. */
#include "screen_support.h"

#include "jobs.h"
#include "mail/patch.h"
#include "patches.h"

#include <pthread.h>
#include <string.h>

/* What a job of the tests is and becomes. */
struct affair {
    GThread *ui;
    bool waits;      /* for being stopped */
    gint begun;      /* atomic */
    bool elsewhere;  /* it worked on another thread */
    bool stopped;    /* it was told to end */
    int *done, *freed; /* how often */
    bool *complete;
};

struct outcome {
    int done, freed;
    bool complete;
};

static void work(void *data, gint *stop)
{
    struct affair *affair = data;
    affair->elsewhere = g_thread_self() != affair->ui;
    g_atomic_int_set(&affair->begun, 1);
    while (affair->waits && !g_atomic_int_get(stop))
        g_thread_yield();
    affair->stopped = g_atomic_int_get(stop) != 0;
}

static void finish(struct app *app, bool complete, void *data)
{
    struct affair *affair = data;
    ck_assert_ptr_eq(g_thread_self(), affair->ui);
    ck_assert_uint_eq(app->jobs->len, 0);
    ck_assert(affair->elsewhere || !complete);
    ck_assert_int_eq(*affair->freed, 0);
    *affair->complete = complete;
    ++*affair->done;
}

static void free_affair(gpointer data)
{
    struct affair *affair = data;
    ++*affair->freed;
    g_free(affair);
}

static const struct job_work job_work = {"toiling", work, finish};

static struct affair *affair_new(struct outcome *outcome, bool waits)
{
    struct affair *affair = g_new0(struct affair, 1);
    *outcome = (struct outcome){0};
    *affair = (struct affair){.ui = g_thread_self(),
                              .waits = waits,
                              .done = &outcome->done,
                              .freed = &outcome->freed,
                              .complete = &outcome->complete};
    return affair;
}

static struct session one_patch(void)
{
    struct session session = session_new();
    add(&session, ANN, 0, "a", NULL, "[PATCH] alone", patch_body);
    start(&session);
    return session;
}

START_TEST(test_work)
{
    struct session session = one_patch();
    struct outcome outcome;
    ck_assert_ptr_nonnull(
        job_start_work(session.app, &job_work, affair_new(&outcome, false), free_affair));
    ck_assert(app_run_until_idle(session.app));
    ck_assert_int_eq(outcome.done, 1);
    ck_assert(outcome.complete);
    ck_assert_int_eq(outcome.freed, 1);
    ck_assert_uint_eq(session.app->jobs->len, 0);
    session_free(&session);
}
END_TEST

/* Keys are answered meanwhile; "stop" ends it. */
START_TEST(test_stop)
{
    struct session session = one_patch();
    struct outcome outcome;
    GString *text = g_string_new(NULL);
    job_start_work(session.app, &job_work, affair_new(&outcome, true), free_affair);
    jobs_describe(session.app, text);
    ck_assert_str_eq(text->str, "toiling");
    press(&session, "\007");
    ck_assert_int_eq(outcome.done, 1);
    ck_assert(!outcome.complete);
    ck_assert_int_eq(outcome.freed, 1);
    g_string_free(text, TRUE);
    session_free(&session);
}
END_TEST

/* Stopped when it has ended and nobody has looked yet. */
START_TEST(test_stop_late)
{
    struct session session = one_patch();
    struct outcome outcome;
    struct affair *affair = affair_new(&outcome, false);
    job_start_work(session.app, &job_work, affair, free_affair);
    while (!g_atomic_int_get(&affair->begun))
        g_thread_yield();
    ck_assert_uint_eq(jobs_stop(session.app), 1);
    ck_assert_int_eq(outcome.done, 1);
    ck_assert(!outcome.complete);
    ck_assert_uint_eq(jobs_stop(session.app), 0);
    ck_assert(app_run_until_idle(session.app));
    ck_assert_int_eq(outcome.done, 1);
    session_free(&session);
}
END_TEST

START_TEST(test_cancel)
{
    struct session session = one_patch();
    struct outcome outcome, other;
    struct job *job =
        job_start_work(session.app, &job_work, affair_new(&outcome, true), free_affair);
    job_start_work(session.app, &job_work, affair_new(&other, true), free_affair);
    job_cancel(session.app, job);
    ck_assert_int_eq(outcome.done, 0);
    ck_assert_int_eq(outcome.freed, 1);
    ck_assert_uint_eq(session.app->jobs->len, 1);
    /* What still runs ends with the browser, without a word. */
    session_free(&session);
    ck_assert_int_eq(other.done, 0);
    ck_assert_int_eq(other.freed, 1);
}
END_TEST

/* --- patches ------------------------------------------------------------------------ */

struct reading_outcome {
    GPtrArray *patches;
    int freed;
};

static void take(struct app *app, GPtrArray *patches, void *data)
{
    (void)app;
    ((struct reading_outcome *)data)->patches = g_ptr_array_ref(patches);
}

static void count_freed(gpointer data)
{
    ((struct reading_outcome *)data)->freed++;
}

static GPtrArray *all_members(const struct session *session)
{
    GPtrArray *members = g_ptr_array_new();
    const GPtrArray *list = series_set_list(session->app->set);
    for (guint i = 0; i < list->len; i++) {
        const struct series *series = list->pdata[i];
        const struct posting *posting = series->postings->pdata[0];
        g_ptr_array_extend(members, posting->members, NULL, NULL);
    }
    return members;
}

START_TEST(test_patches)
{
    struct session session = session_new();
    add_series(&session);
    start(&session);
    /* Not in the archive, so that it cannot be read. */
    char *mail = make_mail(ANN, 9, "n", NULL, "[PATCH] nowhere", patch_body);
    arrive(&session, INT64_MAX - 4, mail);
    GPtrArray *members = all_members(&session);
    struct reading_outcome outcome = {0};
    ck_assert_uint_ge(members->len, 4);
    ck_assert_ptr_nonnull(
        patches_read(session.app, "gathering", members, take, &outcome, count_freed));
    ck_assert_ptr_null(outcome.patches);
    ck_assert(app_run_until_idle(session.app));
    ck_assert_int_eq(outcome.freed, 1);
    ck_assert_uint_eq(outcome.patches->len, members->len);
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        const struct patch *patch = outcome.patches->pdata[i];
        if (strcmp(member->mail->title, "nowhere") == 0)
            ck_assert_ptr_null(patch);
        else
            ck_assert_str_eq(patch->title, member->mail->title);
    }
    g_ptr_array_unref(outcome.patches);
    g_ptr_array_unref(members);
    g_free(mail);
    session_free(&session);
}
END_TEST

START_TEST(test_no_patches)
{
    struct session session = one_patch();
    GPtrArray *members = g_ptr_array_new();
    struct reading_outcome outcome = {0};
    patches_read(session.app, "gathering", members, take, &outcome, count_freed);
    ck_assert(app_run_until_idle(session.app));
    ck_assert_uint_eq(outcome.patches->len, 0);
    g_clear_pointer(&outcome.patches, g_ptr_array_unref);

    /* Stopped, or gone with the browser: nothing is said. */
    patches_read(session.app, "gathering", members, take, &outcome, count_freed);
    jobs_stop(session.app);
    ck_assert_int_eq(outcome.freed, 2);
    patches_read(session.app, "gathering", members, take, &outcome, NULL);
    session_free(&session);
    ck_assert_ptr_null(outcome.patches);
    g_ptr_array_unref(members);
}
END_TEST

/* --- pieces ------------------------------------------------------------------------- */

struct going {
    struct app *app;
    guint listed; /* series at the beginning */
    bool settled; /* they were others meanwhile */
    int done;
    bool complete;
};

static guint count_listed(const struct app *app)
{
    return series_set_list(app->set)->len;
}

/* The last piece is the one behind the answer to a key. */
static bool go_on(void *data)
{
    struct going *going = data;
    going->settled = going->settled || count_listed(going->app) != going->listed;
    return going->app->message->len > 0;
}

static void end_going(struct app *app, bool complete, void *data)
{
    struct going *going = data;
    ck_assert_ptr_eq(app, going->app);
    going->complete = complete;
    going->done++;
}

static const struct job_pieces pieces = {"going", go_on, end_going};

/* Keys are answered between pieces, and what arrives is listed behind the last one. */
START_TEST(test_pieces)
{
    struct session session = one_patch();
    struct app *app = session.app;
    struct going going = {.app = app, .listed = count_listed(app)};
    struct mail_batch *batch = mail_batch_new();
    const struct mail_place place = {.arrival = INT64_MAX - 4, .received = START};
    char *mail = make_mail(BOB, 9, "n", NULL, "[PATCH] another", patch_body);
    mail_parse(batch, mail, strlen(mail), &place, false);
    job_start_pieces(app, &pieces, &going);
    ck_assert(jobs_need_model(app));
    series_set_take(app->set, batch);
    app_unsettled(app);
    press(&session, "~");
    ck_assert_int_eq(going.done, 1);
    ck_assert(going.complete);
    ck_assert(!going.settled);
    ck_assert(!jobs_need_model(app));
    ck_assert_uint_eq(count_listed(app), going.listed + 1);

    job_start_pieces(app, &pieces, &going);
    ck_assert_uint_eq(jobs_stop(app), 1);
    ck_assert_int_eq(going.done, 2);
    ck_assert(!going.complete);
    g_free(mail);
    session_free(&session);
}
END_TEST

/* --- readers ------------------------------------------------------------------------ */

/* So many mails that each of three threads has some. */
#define MAILS 48

struct gathering {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    GHashTable *threads; /* that have read something */
    guint expected;      /* nobody goes on before so many have */
};

static gpointer gather(size_t index, const char *bytes, size_t length, void *data)
{
    struct gathering *gathering = data;
    (void)index, (void)bytes, (void)length;
    pthread_mutex_lock(&gathering->lock);
    g_hash_table_add(gathering->threads, g_thread_self());
    pthread_cond_broadcast(&gathering->changed);
    while (g_hash_table_size(gathering->threads) < gathering->expected)
        pthread_cond_wait(&gathering->changed, &gathering->lock);
    pthread_mutex_unlock(&gathering->lock);
    return g_strdup("");
}

static void take_nothing(struct app *app, size_t index, gpointer result, void *data)
{
    (void)app, (void)index, (void)data;
    g_free(result);
}

/* With how many threads a job reads, of which EXPECTED must come together. */
static guint count_readers(const struct session *session, guint expected)
{
    static const struct job_operations operations = {
        .name = "gathering", .work = gather, .free_result = g_free, .take = take_nothing};
    GPtrArray *members = all_members(session);
    const struct member *member = members->pdata[0];
    struct gathering gathering = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
                                  g_hash_table_new(NULL, NULL), expected};
    struct commit_id commits[MAILS];
    for (guint i = 0; i < MAILS; i++)
        commits[i] = member->mail->place.commit;
    ck_assert_ptr_nonnull(
        job_start(session->app, &operations, commits, MAILS, &gathering, NULL, NULL));
    ck_assert(app_run_until_idle(session->app));
    g_ptr_array_unref(members);
    guint count = g_hash_table_size(gathering.threads);
    g_hash_table_unref(gathering.threads);
    return count;
}

START_TEST(test_readers)
{
    struct session session = one_patch();
    session.app->readers = 0;
    press(&session, ":set readers=3\r");
    ck_assert_uint_eq(count_readers(&session, 3), 3);
    press(&session, ":set readers=1\r");
    ck_assert_uint_eq(count_readers(&session, 1), 1);
    /* What the command line says goes before it. */
    session.app->readers = 3;
    ck_assert_uint_eq(count_readers(&session, 3), 3);
    session_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("jobs");
    TCase *jobs = tcase_create("jobs");
    tcase_add_test(jobs, test_work);
    tcase_add_test(jobs, test_stop);
    tcase_add_test(jobs, test_stop_late);
    tcase_add_test(jobs, test_cancel);
    suite_add_tcase(suite, jobs);
    TCase *patches = tcase_create("patches");
    tcase_add_test(patches, test_patches);
    tcase_add_test(patches, test_no_patches);
    suite_add_tcase(suite, patches);
    tcase_add_test(jobs, test_pieces);
    TCase *readers = tcase_create("readers");
    tcase_add_test(readers, test_readers);
    suite_add_tcase(suite, readers);
    return run_screen_tests(suite);
}
