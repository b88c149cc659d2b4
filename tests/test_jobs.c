/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs of the browser that work on a thread of their own, and those that read patches. */
#include "screen_support.h"

#include "jobs.h"
#include "mail/patch.h"
#include "patches.h"

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
    return run_screen_tests(suite);
}
