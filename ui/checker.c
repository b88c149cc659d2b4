/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checker.h"

#include "app.h"
#include "facts.h"
#include "index_rows.h"
#include "patches.h"

#include <string.h>

struct checker {
    GPtrArray *findings;     /* struct finding * (g_rc_box), the one used last at the end */
    struct finding *running; /* that is being found out, or NULL: */
    struct job *job;
    bool asked; /* … because the user has asked for it */
};

static void clear_trial(struct finding *finding)
{
    project_check_clear(&finding->check);
    finding->check = (struct project_check){0};
    finding->based = finding->checked = false;
    g_clear_pointer(&finding->repo, g_free);
    g_clear_pointer(&finding->base, g_free);
    g_clear_pointer(&finding->problem, g_free);
    g_clear_pointer(&finding->tried, g_ptr_array_unref);
}

static void clear_finding(gpointer data)
{
    struct finding *finding = data;
    clear_trial(finding);
    if (finding->particulars)
        particulars_free(finding->particulars);
    g_clear_pointer(&finding->patches, g_ptr_array_unref);
    g_ptr_array_unref(finding->members);
}

static void release(gpointer finding)
{
    g_rc_box_release_full(finding, clear_finding);
}

struct checker *checker_new(void)
{
    struct checker *checker = g_new0(struct checker, 1);
    checker->findings = g_ptr_array_new_with_free_func(release);
    return checker;
}

/* --- what is kept ----------------------------------------------------------------- */

static bool same_members(const GPtrArray *a, const GPtrArray *b)
{
    return a->len == b->len && memcmp(a->pdata, b->pdata, a->len * sizeof *a->pdata) == 0;
}

static struct finding *find(const struct checker *checker, const GPtrArray *members)
{
    for (guint i = checker->findings->len; i-- > 0;) {
        struct finding *finding = checker->findings->pdata[i];
        if (same_members(finding->members, members))
            return finding;
    }
    return NULL;
}

static size_t bytes_of(const struct finding *finding)
{
    size_t bytes = 0;
    for (guint i = 0; finding->patches && i < finding->patches->len; i++) {
        const struct patch *patch = finding->patches->pdata[i];
        bytes += patch ? strlen(patch->diff) : 0;
    }
    return bytes;
}

/* Forgets what was used longest ago, so that what is kept has its bounds. */
static void forget_some(struct checker *checker)
{
    size_t bytes = 0;
    guint kept = 0;
    for (guint i = checker->findings->len; i-- > 0;) {
        const struct finding *finding = checker->findings->pdata[i];
        bytes += bytes_of(finding);
        bool fits = kept < CHECKER_FINDINGS && bytes <= CHECKER_BYTES;
        if (!kept || fits || finding == checker->running)
            kept++;
        else
            g_ptr_array_remove_index(checker->findings, i);
    }
}

/* The finding of MEMBERS, which it takes; an empty one if nothing is known. Now used last. */
static struct finding *take_up(struct checker *checker, GPtrArray *members)
{
    struct finding *finding = find(checker, members);
    guint index;
    if (finding) {
        g_ptr_array_unref(members);
        g_ptr_array_find(checker->findings, finding, &index);
        g_ptr_array_steal_index(checker->findings, index);
    } else {
        finding = g_rc_box_new0(struct finding);
        finding->members = members;
    }
    g_ptr_array_add(checker->findings, finding);
    forget_some(checker);
    return finding;
}

/* --- the answer ------------------------------------------------------------------- */

/* Adds a mail of each posting that is meant in the view on top. */
static GPtrArray *targets(struct app *app, bool tagged)
{
    struct view *view = app_top(app);
    GPtrArray *members = g_ptr_array_new();
    if (view->operations->mark_targets)
        view->operations->mark_targets(view, tagged, members);
    return members;
}

/* Is what FINDING is about still before the user's eyes? */
static bool is_looked_at(struct app *app, const struct finding *finding)
{
    GPtrArray *members = targets(app, false);
    const struct posting *posting = index_rows_posting(finding->members->pdata[0]);
    bool same = members->len == 1 && index_rows_posting(members->pdata[0]) == posting;
    g_ptr_array_unref(members);
    return same && !app->prompt;
}

/* Says what came of it; the hunk that does not apply is shown unless the user has gone on to
 * something else. */
static void tell(struct app *app, const struct finding *finding)
{
    if (!index_rows_posting(finding->members->pdata[0])) {
        app_message(app, "What was checked has been withdrawn.");
        return;
    }
    char *answer = facts_answer(finding);
    bool failed = finding->checked && !finding->check.applies;
    if (failed && is_looked_at(app, finding))
        app_push(app, facts_view(app, FACT_APPLIES, finding));
    if (finding->problem)
        app_error(app, answer);
    else
        app_message(app, answer);
    g_free(answer);
}

/* --- running ---------------------------------------------------------------------- */

static void tell_views(struct app *app)
{
    for (guint i = 0; i < app->views->len; i++) {
        struct view *view = app->views->pdata[i];
        view->stale |= view->operations->context == CONTEXT_SERIES;
    }
    app_draw_soon(app);
}

/* Gives up what runs: it can be begun again. */
static void cancel(struct app *app)
{
    struct checker *checker = app->checker;
    if (!checker->running)
        return;
    checker->running->state = FINDING_READING;
    checker->running = NULL;
    checker->asked = false;
    job_cancel(app, g_steal_pointer(&checker->job));
}

void checker_free(struct app *app)
{
    cancel(app);
    g_ptr_array_unref(app->checker->findings);
    g_clear_pointer(&app->checker, g_free);
}

static void end(struct app *app, enum finding_state state)
{
    struct checker *checker = app->checker;
    struct finding *finding = g_steal_pointer(&checker->running);
    bool asked = checker->asked;
    checker->job = NULL;
    checker->asked = false;
    finding->state = state;
    tell_views(app);
    /* The view that is asked about it may look at another posting, for which this one is forgotten. */
    g_rc_box_acquire(finding);
    if (asked && state == FINDING_DONE)
        tell(app, finding);
    else if (asked)
        app_message(app, "Checking was stopped.");
    forget_some(checker);
    release(finding);
}

/* --- trying ----------------------------------------------------------------------- */

/* What the thread has: nothing of the finding. */
struct trial {
    char *repo, *base, *base_commit;
    GPtrArray *all;     /* struct patch *: a reference that keeps them */
    GPtrArray *patches; /* those that are tried */
    bool based, checked;
    struct project_base found;
    struct project_check check;
    GError *error;
};

static void free_trial(gpointer data)
{
    struct trial *trial = data;
    project_check_clear(&trial->check);
    g_clear_error(&trial->error);
    g_ptr_array_unref(trial->patches);
    g_ptr_array_unref(trial->all);
    g_free(trial->repo);
    g_free(trial->base);
    g_free(trial->base_commit);
    g_free(trial);
}

static void try(void *data, gint *stop)
{
    struct trial *trial = data;
    struct project *project = project_open(trial->repo, &trial->error);
    if (!project)
        return;
    trial->based = project_find_base(project, trial->base_commit, trial->base, &trial->found,
                                     &trial->error);
    if (trial->based)
        trial->checked = project_check(project, trial->found.id, trial->patches, stop,
                                       &trial->check, &trial->error);
    project_close(project);
}

static void take_trial(struct app *app, bool complete, void *data)
{
    struct trial *trial = data;
    struct finding *finding = app->checker->running;
    if (!complete) {
        end(app, FINDING_STOPPED);
        return;
    }
    finding->based = trial->based;
    finding->found = trial->found;
    finding->checked = trial->checked;
    finding->check = trial->check;
    trial->check = (struct project_check){0};
    if (trial->error)
        finding->problem = g_strdup(trial->error->message);
    end(app, FINDING_DONE);
}

static const struct job_work trying = {"checking", try, take_trial};

/* The patches of FINDING that change something; it notes of whom they are. */
static GPtrArray *choose_patches(struct finding *finding)
{
    GPtrArray *patches = g_ptr_array_new();
    finding->tried = g_ptr_array_new();
    for (guint i = 0; i < finding->patches->len; i++) {
        const struct patch *patch = finding->patches->pdata[i];
        if (!patch || !*patch->diff)
            continue;
        g_ptr_array_add(patches, finding->patches->pdata[i]);
        g_ptr_array_add(finding->tried, finding->members->pdata[i]);
    }
    return patches;
}

/* Does FINDING say how it is with the settings as they are? */
static bool is_tried(const struct app *app, const struct finding *finding)
{
    const struct settings *settings = app_settings(app);
    return finding->repo && strcmp(finding->repo, settings->repo) == 0 &&
           strcmp(finding->base, settings->base) == 0;
}

static void begin_trial(struct app *app, struct finding *finding)
{
    struct checker *checker = app->checker;
    const struct settings *settings = app_settings(app);
    clear_trial(finding);
    GPtrArray *patches = choose_patches(finding);
    finding->repo = g_strdup(settings->repo);
    finding->base = g_strdup(settings->base);
    if (!*settings->repo || !patches->len) {
        g_ptr_array_unref(patches);
        end(app, FINDING_DONE);
        return;
    }
    struct trial *trial = g_new0(struct trial, 1);
    trial->repo = g_strdup(finding->repo);
    trial->base = g_strdup(finding->base);
    trial->base_commit = g_strdup(finding->particulars->base_commit);
    trial->all = g_ptr_array_ref(finding->patches);
    trial->patches = patches;
    finding->state = FINDING_TRYING;
    tell_views(app);
    checker->job = job_start_work(app, &trying, trial, free_trial);
    if (!checker->job)
        end(app, FINDING_STOPPED);
}

/* --- reading ---------------------------------------------------------------------- */

/* The patches of a finding are asked for. */
struct request {
    struct app *app;
    struct finding *finding;
    bool answered;
};

/* Puts together what the patches of FINDING say of POSTING, which is it. */
static void gather(struct finding *finding, const struct posting *posting)
{
    if (finding->particulars)
        particulars_free(finding->particulars);
    finding->particulars = particulars_new(posting, finding->patches);
    finding->serial = posting->series->serial;
}

static void take_patches(struct app *app, GPtrArray *patches, void *data)
{
    struct request *request = data;
    struct finding *finding = request->finding;
    const struct posting *posting = index_rows_posting(finding->members->pdata[0]);
    GPtrArray *members = posting ? posting_all_members(posting) : g_ptr_array_new();
    request->answered = true;
    if (same_members(members, finding->members)) {
        finding->patches = g_ptr_array_ref(patches);
        gather(finding, posting);
        for (guint i = 0; i < patches->len; i++)
            finding->unreadable += !patches->pdata[i];
        begin_trial(app, finding);
    } else {
        /* It has changed, and who shows it will ask again. */
        end(app, FINDING_STOPPED);
        g_ptr_array_remove(app->checker->findings, finding);
    }
    g_ptr_array_unref(members);
}

static void free_request(gpointer data)
{
    struct request *request = data;
    if (!request->answered && request->app->checker->running == request->finding)
        end(request->app, FINDING_STOPPED);
    g_free(request);
}

/* Finds out what FINDING does not say yet. */
static void begin(struct app *app, struct finding *finding)
{
    struct checker *checker = app->checker;
    checker->running = finding;
    if (finding->particulars) {
        begin_trial(app, finding);
        return;
    }
    struct request *request = g_new0(struct request, 1);
    *request = (struct request){.app = app, .finding = finding};
    finding->state = FINDING_READING;
    checker->job = patches_read(app, "reading patches", finding->members, take_patches, request,
                                free_request);
}

const struct finding *checker_look(struct app *app, const struct posting *posting, bool begins)
{
    struct checker *checker = app->checker;
    GPtrArray *members = posting_all_members(posting);
    bool other = checker->running && !same_members(checker->running->members, members);
    /* What was asked for goes first; views look again when it is over. */
    if (other && checker->asked)
        begins = false;
    else if (other && begins)
        cancel(app);
    struct finding *finding = take_up(checker, members);
    bool known = finding->state == FINDING_STOPPED ||
                 (finding->state == FINDING_DONE && is_tried(app, finding));
    finding->settled = !visit_is_busy(app);
    if (finding->particulars && finding->serial != posting->series->serial)
        gather(finding, posting);
    if (begins && finding != checker->running && !known)
        begin(app, finding);
    return finding;
}

void checker_leave(struct app *app)
{
    struct checker *checker = app->checker;
    if (!checker->asked)
        cancel(app);
    for (guint i = 0; i < checker->findings->len; i++) {
        struct finding *finding = checker->findings->pdata[i];
        if (finding->state == FINDING_STOPPED)
            finding->state = FINDING_READING;
    }
}

/* --- asked for -------------------------------------------------------------------- */

void checker_check(struct app *app, const struct invocation *invocation)
{
    struct checker *checker = app->checker;
    GPtrArray *members = targets(app, invocation->tagged);
    const struct posting *posting =
        members->len == 1 ? index_rows_posting(members->pdata[0]) : NULL;
    if (members->len > 1) {
        app_error(app, "One series at a time can be checked.");
    } else if (!posting) {
        app_error(app, invocation->tagged ? "No tagged entries."
                                          : "There is no series here to be checked.");
    } else if (!*app_settings(app)->repo) {
        app_error(app, "No repository is set: :set repo=FOLDER");
    } else {
        cancel(app);
        struct finding *finding = take_up(checker, posting_all_members(posting));
        checker->asked = true;
        begin(app, finding);
    }
    g_ptr_array_unref(members);
}
