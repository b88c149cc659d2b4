/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "project/applying_parts.h"

#include "project/git_command.h"

#include <string.h>

/* Longest piece of a title in the name of a branch, in bytes. */
#define TITLE_BYTES_MAX 60

#define HEADS "refs/heads/"

/* --- the repository ------------------------------------------------------------------- */

/* PATH, absolute. The caller frees it. */
static char *absolute_path(const char *path)
{
    char *whole = project_path(path);
    char *absolute = g_canonicalize_filename(whole, NULL);

    g_free(whole);
    return absolute;
}

/* Asks the repository, WORDS being behind "git"; nothing that is asked writes to it. What git
 * answers is appended to OUT. */
static bool ask(const struct run *run, const char *const *words, GString *out, GError **error)
{
    char *place = g_strconcat("--git-dir=", run->repository, NULL);
    GPtrArray *arguments = g_ptr_array_new();
    GString *errors = g_string_new(NULL);
    struct git_command command = { .folder = "/", .stop = run->stop };
    int status;

    g_ptr_array_add(arguments, place);
    for (; *words; words++)
        g_ptr_array_add(arguments, (gpointer)(uintptr_t)*words);
    g_ptr_array_add(arguments, NULL);
    command.arguments = (const char *const *)arguments->pdata;
    status = git_command_run(&command, out, errors, error);
    if (status > 0) {
        char *reason = applying_reason(errors->str);

        applying_error(error, "%s: %s", run->repository, reason ? reason : "git cannot read it");
        g_free(reason);
    }
    g_string_free(errors, TRUE);
    g_ptr_array_unref(arguments);
    g_free(place);
    return status == 0;
}

bool applying_open(struct run *run, const char *path, GError **error)
{
    char *folder = absolute_path(path);
    char *inside = g_build_filename(folder, ".git", NULL);
    GString *common = g_string_new(NULL);
    bool found;

    run->repository = g_strdup(g_file_test(inside, G_FILE_TEST_EXISTS) ? inside : folder);
    found = ask(run, (const char *const[]){ "rev-parse", "--git-common-dir", NULL }, common, error);
    if (found) {
        g_string_truncate(common, common->len - 1);
        run->common = g_canonicalize_filename(common->str, "/");
    }
    g_string_free(common, TRUE);
    g_free(inside);
    g_free(folder);
    return found;
}

void applying_close(struct run *run)
{
    g_clear_pointer(&run->settings, g_ptr_array_unref);
    g_clear_pointer(&run->common, g_free);
    g_clear_pointer(&run->repository, g_free);
}

/* --- its branches ----------------------------------------------------------------------- */

/* Cannot both be, as one would be a file and the other a folder; or they are the same. */
static bool collide(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (*a == '\0' && (*b == '\0' || *b == '/')) || (*b == '\0' && *a == '/');
}

/* Appends to BRANCHES (char *, freed by it) the names in TEXT, lines of which those that count
 * begin with PREFIX. */
static void add_branches(GPtrArray *branches, const char *text, const char *prefix)
{
    char **lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line, prefix))
            g_ptr_array_add(branches, g_strdup(*line + strlen(prefix)));
    g_strfreev(lines);
}

/* The branches that match PATTERNS, and those that work trees are at, born or not. NULL with an
 * error; the caller unrefs it. */
static GPtrArray *list_branches(const struct run *run, const GPtrArray *patterns, GError **error)
{
    GPtrArray *words = g_ptr_array_new();
    GString *refs = g_string_new(NULL), *trees = g_string_new(NULL);
    GPtrArray *branches = NULL;

    g_ptr_array_add(words, (gpointer)(uintptr_t) "for-each-ref");
    g_ptr_array_add(words, (gpointer)(uintptr_t) "--format=%(refname)");
    g_ptr_array_extend(words, (GPtrArray *)(uintptr_t)patterns, NULL, NULL);
    g_ptr_array_add(words, NULL);
    if (ask(run, (const char *const *)words->pdata, refs, error) &&
        ask(run, (const char *const[]){ "worktree", "list", "--porcelain", NULL }, trees, error)) {
        branches = g_ptr_array_new_with_free_func(g_free);
        add_branches(branches, refs->str, HEADS);
        add_branches(branches, trees->str, "branch " HEADS);
    }
    g_string_free(trees, TRUE);
    g_string_free(refs, TRUE);
    g_ptr_array_unref(words);
    return branches;
}

/* The one of BRANCHES that is in the way of NAME, or NULL. */
static const char *find_collision(const GPtrArray *branches, const char *name)
{
    for (guint i = 0; i < branches->len; i++)
        if (collide(branches->pdata[i], name))
            return branches->pdata[i];
    return NULL;
}

/* As git branch has it: no option, and no other word for HEAD. */
static bool check_name(const struct run *run, const char *name, GError **error)
{
    char *ref = g_strconcat(HEADS, name, NULL);
    const char *const words[] = { "check-ref-format", ref, NULL };
    bool valid = name[0] != '-' && strcmp(name, "HEAD") != 0 && strcmp(name, "@") != 0 &&
                 g_utf8_validate(name, -1, NULL);
    GError *problem = NULL;

    if (valid && !ask(run, words, NULL, &problem))
        valid = false;
    if (g_error_matches(problem, PROJECT_ERROR, PROJECT_ERROR_STOPPED))
        g_propagate_error(error, g_steal_pointer(&problem));
    else if (!valid)
        applying_error(error, "%s: no name for a branch", name);
    g_clear_error(&problem);
    g_free(ref);
    return valid;
}

/* Patterns (char *) for the branches that could be in the way of NAME, a valid one. */
static GPtrArray *collision_patterns(const char *name)
{
    GPtrArray *patterns = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(patterns, g_strconcat(HEADS, name, NULL));
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
        g_ptr_array_add(patterns, g_strdup_printf(HEADS "%.*s", (int)(slash - name), name));
    return patterns;
}

bool applying_check_branch(const struct run *run, const char *name, GError **error)
{
    const char *other;
    GPtrArray *patterns, *branches;
    bool is_free;

    if (!check_name(run, name, error))
        return false;
    patterns = collision_patterns(name);
    branches = list_branches(run, patterns, error);
    g_ptr_array_unref(patterns);
    if (!branches)
        return false;
    other = find_collision(branches, name);
    is_free = !other;
    if (other && strcmp(other, name) == 0)
        applying_error(error, "the branch %s exists", name);
    else if (other)
        applying_error(error, "there cannot be a branch %s beside %s", name, other);
    g_ptr_array_unref(branches);
    return is_free;
}

char *applying_branch(const char *title, uint32_t version)
{
    GString *name = g_string_new(NULL);
    char *ascii = g_str_to_ascii(title, "C");
    gsize start;

    if (version >= 2)
        g_string_printf(name, "v%u-", version);
    start = name->len;
    for (const char *at = ascii; *at && name->len < start + TITLE_BYTES_MAX; at++) {
        if (g_ascii_isalnum(*at) || *at == '_')
            g_string_append_c(name, g_ascii_tolower(*at));
        else if (name->len > start && name->str[name->len - 1] != '-')
            g_string_append_c(name, '-');
    }
    while (name->len > start && name->str[name->len - 1] == '-')
        g_string_truncate(name, name->len - 1);
    if (name->len == start)
        g_string_append(name, "series");
    g_free(ascii);
    return g_string_free(name, FALSE);
}

/* The first of NAME, NAME-2 and so on that nothing of BRANCHES is in the way of. */
static char *count_up(const GPtrArray *branches, const char *name)
{
    char *candidate = g_strdup(name);

    for (unsigned number = 2; find_collision(branches, candidate); number++) {
        g_free(candidate);
        candidate = g_strdup_printf("%s-%u", name, number);
    }
    return candidate;
}

char *applying_free_branch(const char *repository, const char *name, GError **error)
{
    struct run run = { 0 };
    GPtrArray *patterns = g_ptr_array_new_with_free_func(g_free), *branches = NULL;
    char *found = NULL;

    g_ptr_array_add(patterns, g_strconcat(HEADS, name, "*", NULL));
    g_ptr_array_add(patterns, g_strconcat(HEADS, name, "*/**", NULL));
    if (applying_open(&run, repository, error))
        branches = list_branches(&run, patterns, error);
    if (branches) {
        found = count_up(branches, name);
        g_ptr_array_unref(branches);
    }
    g_ptr_array_unref(patterns);
    applying_close(&run);
    return found;
}

/* --- what it configures --------------------------------------------------------------- */

/* What is said in the repository, or for it, that git am is to hear. The rest is about its own work
 * tree, hooks, filters and remotes. */
static const char *const heard[] = {
    "user.",           "author.",           "committer.",      "am.",
    "apply.",          "mailinfo.",         "core.whitespace", "core.autocrlf",
    "core.eol",        "core.safecrlf",     "diff.renames",    "diff.renamelimit",
    "merge.renames",   "merge.renamelimit", "merge.directoryrenames",
    "i18n.commitencoding",
};

/* What counts before that, and before what the user configures. */
static const char *const imposed[] = {
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.sparseCheckout=false",
    "core.bare=false",          "commit.gpgSign=false", "gc.auto=0",
    "maintenance.auto=false",   "rerere.enabled=false", "protocol.file.allow=always",
    "push.gpgSign=false",       "init.defaultRefFormat=files", "advice.amWorkDir=false",
};

static bool is_heard(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(heard); i++)
        if (g_str_has_prefix(key, heard[i]))
            return true;
    return false;
}

/* Takes ENTRY, a key and its value as git config --null prints them. */
static void take_setting(struct run *run, const char *entry)
{
    const char *value = strchr(entry, '\n');
    char *key = g_strndup(entry, strcspn(entry, "\n"));

    if (is_heard(key))
        g_ptr_array_add(run->settings, value ? g_strconcat(key, "=", value + 1, NULL)
                                             : g_strdup(key));
    run->partial = run->partial || g_str_equal(key, "extensions.partialclone") ||
                   (g_str_has_prefix(key, "remote.") && g_str_has_suffix(key, ".promisor"));
    g_free(key);
}

bool applying_take_settings(struct run *run, GError **error)
{
    const char *const words[] = { "config", "--null", "--list", NULL };
    GString *list = g_string_new(NULL);
    bool taken = ask(run, words, list, error);

    run->settings = g_ptr_array_new_with_free_func(g_free);
    for (size_t at = 0; taken && at < list->len; at += strlen(list->str + at) + 1)
        take_setting(run, list->str + at);
    for (size_t i = 0; i < G_N_ELEMENTS(imposed); i++)
        g_ptr_array_add(run->settings, g_strdup(imposed[i]));
    /* Lets git live with what is lacking. Nothing is fetched: there is no such remote. */
    if (run->partial) {
        g_ptr_array_add(run->settings, g_strdup("remote.none.promisor=true"));
        g_ptr_array_add(run->settings, g_strdup("remote.none.url=/dev/null"));
    }
    g_string_free(list, TRUE);
    return taken;
}
