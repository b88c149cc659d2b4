/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "project/applying_parts.h"

#include "project/git_command.h"

#include <glib/gstdio.h>

#include <stdlib.h>
#include <string.h>

/* --- texts -------------------------------------------------------------------------- */

/* TEXT, any bytes, as what can stand in a line. The caller frees it. */
static char *clean_line(const char *text, size_t length)
{
    char *valid = g_utf8_make_valid(text, (gssize)length);
    GString *line = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        bool shown = g_unichar_isprint(character) && g_unichar_type(character) != G_UNICODE_FORMAT;

        g_string_append_unichar(line, shown ? character : character == '\t' ? ' ' : '?');
    }
    g_free(valid);
    return g_string_free(line, FALSE);
}

/* What git says in a partial clone where it would have to fetch, older and newer ones. */
static const char cannot_fetch[] = "fatal: could not fetch ";
static const char no_fetching[] = "lazy fetching disabled";

/* Of several reasons the first is the cause of the others. */
char *applying_reason(const char *text)
{
    static const char *const signs[] = { cannot_fetch, "CONFLICT ", "error: ", "fatal: ", "! [",
                                         "Patch is empty." };

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        const char *end = text;

        for (const char *line = text; *line; line = *end ? end + 1 : end) {
            end = line + strcspn(line, "\n");
            while (*line == ' ')
                line++;
            if (!g_str_has_prefix(line, signs[i]))
                continue;
            if (g_str_has_prefix(line, "error: ") || g_str_has_prefix(line, "fatal: "))
                line += strlen("error: ");
            return clean_line(line, (size_t)(end - line));
        }
    }
    return NULL;
}

/* What is to be added to a reason where git has said TEXT. */
static const char *what_lacks(const char *text)
{
    bool lacks = strstr(text, cannot_fetch) || strstr(text, no_fetching);

    return lacks ? "; the repository is a partial clone and lacks it" : "";
}

void applying_error(GError **error, const char *format, ...)
{
    va_list arguments;
    char *text, *line;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    line = clean_line(text, strlen(text));
    g_set_error_literal(error, PROJECT_ERROR, PROJECT_ERROR_APPLY, line);
    g_free(line);
    g_free(text);
}

/* --- the work tree ------------------------------------------------------------------------ */

/* Runs git in the work tree of the run, with STOP. What it says goes to the output. Returns its
 * status, or -1 with an error. */
static int work(struct run *run, gint *stop, const char *const *words, GError **error)
{
    const struct git_command command = {
        .folder = run->tree, .settings = run->settings, .arguments = words, .stop = stop
    };

    return git_command_run(&command, run->output, run->output, error);
}

static bool write_text(const struct run *run, const char *name, const char *text, GError **error)
{
    GString *bytes = g_string_new(text);
    bool written = applying_write(run, name, bytes, error);

    g_string_free(bytes, TRUE);
    return written;
}

/* Has git find the objects of the repository. */
static bool borrow_objects(const struct run *run, GError **error)
{
    char *objects = g_build_filename(run->common, "objects", NULL);
    char *quoted = g_strescape(objects, NULL);
    char *line = g_strdup_printf("\"%s\"\n", quoted);
    char *shallow = g_build_filename(run->common, "shallow", NULL), *ends = NULL;
    bool done = write_text(run, "tree/.git/objects/info/alternates", line, error);

    if (done && g_file_get_contents(shallow, &ends, NULL, NULL))
        done = write_text(run, "tree/.git/shallow", ends, error);
    g_free(ends);
    g_free(shallow);
    g_free(line);
    g_free(quoted);
    g_free(objects);
    return done;
}

/* Appends to PATTERNS, as gitignore(5) has them, the one that means PATH and nothing else. */
static void append_pattern(GString *patterns, const char *path)
{
    if (strpbrk(path, "\r\n"))
        return;
    g_string_append_c(patterns, '/');
    for (; *path; path++) {
        if (strchr("\\*?[ ", *path))
            g_string_append_c(patterns, '\\');
        g_string_append_c(patterns, *path);
    }
    g_string_append_c(patterns, '\n');
}

static bool write_patterns(const struct run *run, GError **error)
{
    GString *patterns = g_string_new(NULL);
    const GPtrArray *paths = run->request->paths;
    bool written;

    for (guint i = 0; paths && i < paths->len; i++)
        append_pattern(patterns, paths->pdata[i]);
    written = applying_write(run, "tree/.git/info/sparse-checkout", patterns, error);
    g_string_free(patterns, TRUE);
    return written;
}

/* Makes an empty repository in the folder. */
static bool init_tree(struct run *run, GError **error)
{
    static const char *const folders[] = { "tree/.git/info", "tree/.git/objects/info" };
    const struct git_command init = {
        .folder = run->folder, .settings = run->settings, .stop = run->stop,
        .arguments = (const char *const[]){ "init", "--quiet", "--template=",
                                            "--object-format=sha1", "--initial-branch=pore", "tree",
                                            NULL },
    };
    int status = git_command_run(&init, run->output, run->output, error);

    for (size_t i = 0; i < G_N_ELEMENTS(folders) && status == 0; i++) {
        char *folder = g_build_filename(run->folder, folders[i], NULL);

        g_mkdir_with_parents(folder, 0700);
        g_free(folder);
    }
    if (status > 0)
        applying_error(error, "git cannot make a repository in %s", run->folder);
    return status == 0;
}

/* Brings HEAD and the index to the base; of the files only those that are changed. Others that git
 * am wants it checks out itself. */
static bool go_to_base(struct run *run, GError **error)
{
    const char *const update[] = { "update-ref", "--no-deref", "HEAD", run->request->base, NULL };
    const char *const read[] = { "-c", "core.sparseCheckout=true",
                                 "-c", "core.sparseCheckoutCone=false",
                                 "read-tree", "-m", "-u", "HEAD", NULL };
    int status = work(run, run->stop, update, error);

    if (status > 0)
        applying_error(error, "there is no commit %s", run->request->base);
    if (status == 0 && (status = work(run, run->stop, read, error)) > 0) {
        char *reason = applying_reason(run->output->str);

        applying_error(error, "the base cannot be read: %s%s", reason ? reason : "git failed",
                       what_lacks(run->output->str));
        g_free(reason);
    }
    return status == 0;
}

/* No filters: they are commands, and what git am applies to is not filtered. */
static bool make_tree(struct run *run, GError **error)
{
    return init_tree(run, error) && borrow_objects(run, error) &&
           write_text(run, "tree/.git/info/attributes", "* -filter\n", error) &&
           write_patterns(run, error) && go_to_base(run, error);
}

/* --- applying ----------------------------------------------------------------------------- */

/* The first line of the file NAME that git am keeps, as text, or NULL. The caller frees it. */
static char *am_state(const struct run *run, const char *name)
{
    char *path = g_build_filename(run->tree, ".git", "rebase-apply", name, NULL);
    char *text = NULL, *line = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL))
        line = clean_line(text, strcspn(text, "\n"));
    g_free(text);
    g_free(path);
    return line;
}

/* Says where git am has ended, which said SAID. */
static void set_am_error(const struct run *run, const char *said, GError **error)
{
    char *reason = applying_reason(said);
    char *number = am_state(run, "next"), *last = am_state(run, "last");
    char *title = am_state(run, "final-commit");
    GString *text = g_string_new(NULL);

    if (number && last)
        g_string_append_printf(text, "patch %s of %s: ", number, last);
    g_string_append(text, reason ? reason : "git am failed");
    if (number && title && *title)
        g_string_append_printf(text, " (%s)", title);
    g_string_append(text, what_lacks(said));
    applying_error(error, "%s", text->str);
    g_string_free(text, TRUE);
    g_free(title);
    g_free(last);
    g_free(number);
    g_free(reason);
}

/* The arguments of git am, as the user wants it; NULL with an error. The caller frees them. */
static char **am_arguments(const struct run *run, GError **error)
{
    GStrvBuilder *builder = g_strv_builder_new();
    char *mails = g_build_filename(run->folder, "mbox", NULL);
    char **options = NULL, **arguments;
    GError *problem = NULL;

    if (!g_shell_parse_argv(run->request->options, NULL, &options, &problem) &&
        problem->code != G_SHELL_ERROR_EMPTY_STRING)
        applying_error(error, "the options of git am: %s", problem->message);
    /* Nothing is there to be continued, skipped or aborted, which git would otherwise advise. */
    g_strv_builder_add_many(builder, "am", "--patch-format=mboxrd", "--resolvemsg=", NULL);
    for (char **word = options; word && *word; word++)
        g_strv_builder_add(builder, *word);
    g_strv_builder_add_many(builder, "--", mails, NULL);
    arguments = g_strv_builder_end(builder);
    if (problem && problem->code != G_SHELL_ERROR_EMPTY_STRING)
        g_clear_pointer(&arguments, g_strfreev);
    g_clear_error(&problem);
    g_strfreev(options);
    g_strv_builder_unref(builder);
    g_free(mails);
    return arguments;
}

static bool apply_mails(struct run *run, GError **error)
{
    gsize before = run->output->len;
    char **arguments = am_arguments(run, error);
    int status = arguments ? work(run, run->stop, (const char *const *)arguments, error) : -1;

    if (status > 0)
        set_am_error(run, run->output->str + before, error);
    g_strfreev(arguments);
    return status == 0;
}

/* How many commits there are, or -1 with an error; none is one. */
static int count_commits(const struct run *run, GError **error)
{
    char *range = g_strconcat(run->request->base, "..HEAD", NULL);
    const struct git_command command = {
        .folder = run->tree, .settings = run->settings, .stop = run->stop,
        .arguments = (const char *const[]){ "rev-list", "--count", range, NULL },
    };
    GString *text = g_string_new(NULL);
    int status = git_command_run(&command, text, run->output, error);
    int count = status == 0 ? atoi(text->str) : -1;

    if (status > 0 || count == 0) {
        applying_error(error, "git am made no commit");
        count = -1;
    }
    g_string_free(text, TRUE);
    g_free(range);
    return count;
}

/* --- handing over --------------------------------------------------------------------------- */

/* What receives the commits, as a shell has it, which gets the quoted path behind it: without
 * hooks, maintenance, and whatever else could refuse a new branch or do more than make it. A branch
 * that somebody has checked out meanwhile is refused. */
#define RECEIVE \
    "git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c gc.auto=0"                         \
    " -c maintenance.auto=false -c receive.autogc=false -c receive.updateServerInfo=false"         \
    " -c receive.denyCurrentBranch=refuse -c receive.fsckObjects=false -c receive.maxInputSize=0"  \
    " -c receive.hideRefs='!refs/heads/' receive-pack"

/* From here on it is all or nothing, and takes no time: it is not stopped. */
static bool hand_over(struct run *run, GError **error)
{
    char *target = g_strconcat("HEAD:refs/heads/", run->request->branch, NULL);
    char *lease = g_strconcat("--force-with-lease=refs/heads/", run->request->branch, ":", NULL);
    const char *const words[] = { "send-pack", "--receive-pack=" RECEIVE, lease, run->common,
                                  target, NULL };
    gsize before = run->output->len;
    int status = work(run, NULL, words, error);

    if (status > 0) {
        char *reason = applying_reason(run->output->str + before);

        applying_error(error, "the branch %s cannot be made: %s", run->request->branch,
                       reason ? reason : "git failed");
        g_free(reason);
    }
    g_free(lease);
    g_free(target);
    return status == 0;
}

static bool is_stopped(const struct run *run, GError **error)
{
    bool stopped = run->stop && g_atomic_int_get(run->stop);

    if (stopped)
        g_set_error_literal(error, PROJECT_ERROR, PROJECT_ERROR_STOPPED, "stopped");
    return stopped;
}

int applying_run(const struct applying_request *request, gint *stop, char **output, GError **error)
{
    struct run run = { .request = request, .stop = stop, .lock = -1,
                       .output = g_string_new(NULL) };
    int count = -1;

    applying_clean();
    if (applying_open(&run, request->repository, error) &&
        applying_check_branch(&run, request->branch, error) &&
        applying_take_settings(&run, error) && applying_make_folder(&run, error) &&
        make_tree(&run, error) && applying_write(&run, "mbox", request->mails, error) &&
        apply_mails(&run, error))
        count = count_commits(&run, error);
    if (count > 0 && (is_stopped(&run, error) || !hand_over(&run, error)))
        count = -1;
    applying_remove_folder(&run);
    applying_close(&run);
    if (output)
        *output = g_utf8_make_valid(run.output->str, (gssize)run.output->len);
    g_string_free(run.output, TRUE);
    return count;
}
