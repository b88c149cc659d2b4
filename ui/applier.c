/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command apply-series: what is selected becomes commits on a new branch.
 *
 * What is to be applied is kept by mail, for the model may change while prompts are open and mails
 * are read: first the fingerprints that trailers are carried over by, then the mails, on other
 * threads; then git works, on another one. */
#include "app.h"
#include "collector.h"
#include "fingerprints.h"
#include "index_rows.h"
#include "mail/patch.h"
#include "mail/patch_mail.h"
#include "project/applying.h"
#include "series/trailers.h"

#include <inttypes.h>
#include <string.h>

/* A mail that is read: a patch, or what may name the base. */
struct item {
    struct member *member;
    guint series; /* its index */
    bool applied;
    char **trailers; /* to be added; or NULL */
};

/* A series, or a few, on their way to a branch. Counted (g_rc_box): prompts, jobs and calls hold it
 * in turn. */
struct application {
    GPtrArray *series; /* struct member *: a mail of the posting that is taken of each, in order */
    GArray *items;     /* struct item, in order; not changed while a job reads them */
    guint patches; /* of them, that are applied */
    uint64_t missing;
    bool trailers;     /* are to be added */
    char *repository, *base, *options, *branch;
    /* What was read. */
    GString *mails;
    GPtrArray *paths; /* char *: the files that are changed */
    char *base_commit;
    guint unreadable;
    /* What came of it. */
    struct project_base found;
    int commits; /* -1 with an error */
    char *output;
    GError *error;
};

static void clear_item(gpointer item)
{
    g_strfreev(((struct item *)item)->trailers);
}

static void clear_application(gpointer data)
{
    struct application *application = data;
    g_ptr_array_unref(application->series);
    g_array_unref(application->items);
    g_ptr_array_unref(application->paths);
    g_string_free(application->mails, TRUE);
    g_clear_error(&application->error);
    g_free(application->repository);
    g_free(application->base);
    g_free(application->options);
    g_free(application->branch);
    g_free(application->base_commit);
    g_free(application->output);
}

static void release(gpointer data)
{
    g_rc_box_release_full(data, clear_application);
}

static struct application *application_new(const struct settings *settings)
{
    struct application *application = g_rc_box_new0(struct application);
    application->series = g_ptr_array_new();
    application->items = g_array_new(FALSE, FALSE, sizeof(struct item));
    g_array_set_clear_func(application->items, clear_item);
    application->paths = g_ptr_array_new_with_free_func(g_free);
    application->mails = g_string_new(NULL);
    application->repository = g_strdup(settings->repo);
    application->base = g_strdup(settings->base);
    application->options = g_strdup(settings->am_options);
    application->trailers = settings->apply_trailers;
    return application;
}

/* --- what is selected ----------------------------------------------------------- */

/* Adds the mails of POSTING; of its patches those in CHOSEN are applied, NULL: all. */
static void add_posting(struct application *application, const struct posting *posting,
                        GHashTable *chosen)
{
    GPtrArray *members = posting_all_members(posting);
    for (guint i = 0; i < members->len; i++) {
        struct item item = {.member = members->pdata[i], .series = application->series->len};
        item.applied = chosen ? g_hash_table_contains(chosen, item.member)
                              : item.member->mail->kind == MAIL_PATCH;
        application->patches += item.applied;
        g_array_append_val(application->items, item);
    }
    g_ptr_array_add(application->series, posting->members->pdata[0]);
    if (!chosen && posting->have < posting->total)
        application->missing += posting->total - posting->have;
    g_ptr_array_unref(members);
}

/* Older series first, so that what was sent later goes on top. */
static gint compare_sent(gconstpointer a, gconstpointer b)
{
    const struct mail *left = posting_lead(*(const struct posting *const *)a);
    const struct mail *right = posting_lead(*(const struct posting *const *)b);
    if (left->date != right->date)
        return left->date < right->date ? -1 : 1;
    return (left->place.arrival > right->place.arrival) -
           (left->place.arrival < right->place.arrival);
}

/* The posting that is meant by MEMBER: of a row that stands for a series the newest one, of an
 * older version that is shown that itself. */
static const struct posting *meant(const struct member *member)
{
    const struct posting *posting = index_rows_posting(member);
    return posting && posting == posting->series->listed ? posting->series->postings->pdata[0]
                                                         : posting;
}

/* The postings of MEMBERS (const struct posting *), each once, oldest first. The caller unrefs the
 * array. */
static GPtrArray *find_postings(const GPtrArray *members,
                                const struct posting *(*find)(const struct member *member))
{
    GPtrArray *postings = g_ptr_array_new();
    for (guint i = 0; i < members->len; i++) {
        gpointer posting = (gpointer)(uintptr_t)find(members->pdata[i]);
        if (posting && !g_ptr_array_find(postings, posting, NULL))
            g_ptr_array_add(postings, posting);
    }
    g_ptr_array_sort(postings, compare_sent);
    return postings;
}

/* Whole series: the one that is shown or selected, or in the index those that are tagged. */
static void add_series(struct application *application, struct view *view, bool tagged)
{
    GPtrArray *members = g_ptr_array_new();
    if (view->operations->mark_targets)
        view->operations->mark_targets(view, tagged, members);
    GPtrArray *postings =
        find_postings(members, view->operations->unit == VIEW_UNIT_SERIES ? meant
                                                                          : index_rows_posting);
    for (guint i = 0; i < postings->len; i++)
        add_posting(application, postings->pdata[i], NULL);
    g_ptr_array_unref(postings);
    g_ptr_array_unref(members);
}

/* The tagged patches of what is shown. */
static void add_tagged(struct application *application, struct view *view)
{
    GPtrArray *members = g_ptr_array_new();
    GHashTable *chosen = g_hash_table_new(NULL, NULL);
    if (view->operations->select)
        view->operations->select(view, true, members);
    for (guint i = 0; i < members->len; i++)
        if (((const struct member *)members->pdata[i])->mail->kind == MAIL_PATCH)
            g_hash_table_add(chosen, members->pdata[i]);
    GPtrArray *shown = g_ptr_array_new();
    if (view->operations->mark_targets)
        view->operations->mark_targets(view, false, shown);
    GPtrArray *postings = find_postings(shown, index_rows_posting);
    for (guint i = 0; i < postings->len; i++)
        add_posting(application, postings->pdata[i], chosen);
    g_ptr_array_unref(postings);
    g_ptr_array_unref(shown);
    g_hash_table_unref(chosen);
    g_ptr_array_unref(members);
}

/* What INVOCATION is meant for; NULL, the user told, if there is nothing. */
static struct application *choose(struct app *app, const struct invocation *invocation)
{
    struct view *view = app_top(app);
    struct application *application = application_new(app_settings(app));
    bool mails = invocation->tagged && view->operations->unit != VIEW_UNIT_SERIES;
    if (mails)
        add_tagged(application, view);
    else
        add_series(application, view, invocation->tagged);
    if (application->patches)
        return application;
    app_error(app, mails                     ? "No patches are tagged."
                   : application->items->len ? "There are no patches in it."
                   : invocation->tagged      ? "No tagged entries."
                                             : "There is no series here.");
    release(application);
    return NULL;
}

/* --- applying --------------------------------------------------------------------- */

/* On a thread. */
static void apply(void *data, gint *stop)
{
    struct application *application = data;
    const struct applying_request request = {
        .repository = application->repository,
        .base = application->found.id,
        .branch = application->branch,
        .options = application->options,
        .mails = application->mails,
        .paths = application->paths,
    };
    struct project *project = project_open(application->repository, &application->error);
    bool found = project && project_find_base(project, application->base_commit, application->base,
                                              &application->found, &application->error);
    if (project)
        project_close(project);
    if (found)
        application->commits =
            applying_run(&request, stop, &application->output, &application->error);
}

static void say_applied(struct app *app, const struct application *application)
{
    bool elsewhere =
        application->base_commit && application->found.from != PROJECT_BASE_COMMIT;
    app_messagef(app, "Applied %d %s to branch %s on %.12s%s.", application->commits,
                 application->commits == 1 ? "patch" : "patches", application->branch,
                 application->found.id, elsewhere ? ", not its base-commit" : "");
}

/* Shows what git said. */
static void show_output(struct app *app, const struct application *application)
{
    struct view *view = text_view_new(app, "pore: git am");
    char *head = g_strdup_printf("Nothing was applied to %s on %.12s.\n%s\n\n",
                                 application->repository, application->found.id,
                                 application->error->message);
    text_view_append(view, head, strlen(head), STYLE_NORMAL, 0);
    text_view_append(view, application->output, strlen(application->output), STYLE_NORMAL, 0);
    app_push(app, view);
    g_free(head);
}

static void end_applying(struct app *app, bool complete, void *data)
{
    struct application *application = data;
    /* A stop may have come too late. */
    if (application->commits > 0) {
        say_applied(app, application);
    } else if (!complete || g_error_matches(application->error, PROJECT_ERROR,
                                            PROJECT_ERROR_STOPPED)) {
        app_message(app, "Applying was stopped.");
    } else {
        if (application->output && *application->output)
            show_output(app, application);
        app_errorf(app, "Nothing was applied: %s", application->error->message);
    }
}

static const struct job_work apply_work = {"applying", apply, end_applying};

/* --- reading ---------------------------------------------------------------------- */

/* A mail as git am takes it, and what it is as a patch; NULL and NULL if it could not be read. */
struct read_mail {
    GString *text;
    struct patch *patch;
};

static void free_read(gpointer data)
{
    struct read_mail *mail = data;
    if (mail->text)
        g_string_free(mail->text, TRUE);
    if (mail->patch)
        patch_free(mail->patch);
    g_free(mail);
}

/* On a worker's thread. */
static gpointer read_mail(size_t index, const char *bytes, size_t length, void *data)
{
    const struct application *application = data;
    const struct item *item = &g_array_index(application->items, struct item, index);
    struct read_mail *mail = g_new0(struct read_mail, 1);
    if (!bytes)
        return mail;
    mail->patch = patch_read(bytes, length);
    mail->text = g_string_new(NULL);
    patch_mail_append(mail->text, &item->member->mail->place.commit, bytes, length,
                      (const char *const *)item->trailers);
    return mail;
}

static void add_path(GPtrArray *paths, const char *path)
{
    if (path)
        g_ptr_array_add(paths, g_strdup(path));
}

static void take_mail(struct app *app, size_t index, gpointer result, void *data)
{
    struct application *application = data;
    const struct item *item = &g_array_index(application->items, struct item, index);
    struct read_mail *mail = result;
    (void)app;
    if (mail->patch && mail->patch->base_commit && !application->base_commit)
        application->base_commit = g_strdup(mail->patch->base_commit);
    for (guint i = 0; item->applied && mail->patch && i < mail->patch->files->len; i++) {
        const struct patch_file *file =
            &g_array_index(mail->patch->files, struct patch_file, i);
        add_path(application->paths, file->path);
        add_path(application->paths, file->old_path);
    }
    if (item->applied && mail->text)
        g_string_append_len(application->mails, mail->text->str, (gssize)mail->text->len);
    application->unreadable += item->applied && !mail->text;
    free_read(mail);
}

static void end_reading(struct app *app, bool complete, void *data)
{
    struct application *application = data;
    if (!complete)
        app_message(app, "Applying was stopped.");
    else if (application->unreadable)
        app_errorf(app, "Nothing was applied: %u of %u patches could not be read.",
                   application->unreadable, application->patches);
    else
        job_start_work(app, &apply_work, g_rc_box_acquire(application), release);
}

static void read_mails(struct app *app, struct application *application)
{
    static const struct job_operations operations = {"reading patches", read_mail, free_read,
                                                     take_mail, end_reading};
    GArray *commits = g_array_new(FALSE, FALSE, sizeof(struct commit_id));
    GError *error = NULL;
    for (guint i = 0; i < application->items->len; i++) {
        const struct item *item = &g_array_index(application->items, struct item, i);
        g_array_append_val(commits, item->member->mail->place.commit);
    }
    if (!job_start(app, &operations, (const struct commit_id *)(const void *)commits->data,
                   commits->len, g_rc_box_acquire(application), release, &error))
        app_take_error(app, error);
    g_array_unref(commits);
}

/* --- trailers ------------------------------------------------------------------------ */

/* Notes the lines to add to each patch of SERIES, an index, of which TRAILERS were collected. */
static void note_trailers(struct application *application, guint series, const GArray *trailers)
{
    for (guint i = 0; i < application->items->len; i++) {
        struct item *item = &g_array_index(application->items, struct item, i);
        if (!item->applied || item->series != series)
            continue;
        const char **lines = trailers_to_add(trailers, item->member);
        g_strfreev(item->trailers);
        item->trailers = g_strdupv((char **)(uintptr_t)lines);
        g_free(lines);
    }
}

/* Everything that decides about trailers is known. */
static void collect_trailers(struct app *app, void *data)
{
    struct application *application = data;
    const struct trailers_request request = collector_request(app);
    for (guint i = 0; i < application->series->len; i++) {
        const struct posting *posting = index_rows_posting(application->series->pdata[i]);
        GArray *trailers = posting ? trailers_collect(posting, &request) : NULL;
        if (trailers) {
            note_trailers(application, i, trailers);
            g_array_unref(trailers);
        }
    }
    read_mails(app, application);
}

static void begin(struct app *app, struct application *application)
{
    if (!application->trailers) {
        read_mails(app, application);
        return;
    }
    GPtrArray *wanted = g_ptr_array_new();
    for (guint i = 0; i < application->series->len; i++) {
        const struct posting *posting = index_rows_posting(application->series->pdata[i]);
        if (posting)
            trailers_wanted(posting, wanted);
    }
    fingerprints_read(app, wanted, collect_trailers, g_rc_box_acquire(application), release);
    g_ptr_array_unref(wanted);
}

/* --- asking -------------------------------------------------------------------------- */

static void take_branch(struct app *app, const char *text, void *data)
{
    struct application *application = data;
    if (!*text)
        return;
    g_free(application->branch);
    application->branch = g_strdup(text);
    begin(app, application);
}

/* A name that there is no branch of yet; NULL with an error. The caller frees it. */
static char *suggest(const struct application *application, GError **error)
{
    const struct member *first = application->series->pdata[0];
    const struct posting *posting = index_rows_posting(first);
    const struct mail *lead = posting ? posting_lead(posting) : first->mail;
    char *name = applying_branch(lead->title, posting ? posting->version : 1);
    char *free_name = applying_free_branch(application->repository, name, error);
    g_free(name);
    return free_name;
}

static void ask_branch(struct app *app, const char *text, void *data)
{
    struct application *application = data;
    GError *error = NULL;
    char *suggestion = suggest(application, &error);
    (void)text;
    if (!suggestion) {
        app_take_error(app, error);
        return;
    }
    char *label = g_strdup_printf("Apply %u %s to branch: ", application->patches,
                                  application->patches == 1 ? "patch" : "patches");
    const struct prompt_request request = {
        .label = label,
        .history = HISTORY_NONE,
        .initial = suggestion,
        .accept = take_branch,
        .data = g_rc_box_acquire(application),
        .free_data = release,
    };
    prompt_ask(app, &request);
    g_free(label);
    g_free(suggestion);
}

void applier_apply(struct app *app, const struct invocation *invocation)
{
    if (!*app_settings(app)->repo) {
        app_error(app, "No repository is set: :set repo=FOLDER");
        return;
    }
    struct application *application = choose(app, invocation);
    if (!application)
        return;
    if (invocation->argument) {
        take_branch(app, invocation->argument, application);
    } else if (application->missing) {
        char *question =
            g_strdup_printf("%" PRIu64 " of %" PRIu64 " patches %s missing, apply the others?",
                            application->missing, application->missing + application->patches,
                            application->missing == 1 ? "is" : "are");
        prompt_confirm(app, question, false, ask_branch, g_rc_box_acquire(application), release);
        g_free(question);
    } else {
        ask_branch(app, NULL, application);
    }
    release(application);
}
