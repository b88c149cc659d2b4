/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line of porerc could go on with. */
#include "rc.h"

#include "words.h"

#include <string.h>

/* The word to be completed and those before it. */
struct completion {
    const struct configuration *configuration;
    char **words; /* of the command, without the one to be completed */
    guint count;
    const char *word; /* as far as it is written; moved to where its last part begins */
    GPtrArray *candidates;
};

static const char *const attributes[] = {"blink",  "bold", "dim",     "italic",   "none",
                                         "normal", "reverse", "standout", "underline", NULL};

/* Adds CANDIDATE if the word begins it. */
static void offer(struct completion *completion, const char *candidate)
{
    if (g_str_has_prefix(candidate, completion->word))
        g_ptr_array_add(completion->candidates, g_strdup(candidate));
}

static void offer_list(struct completion *completion, const char *const *list)
{
    for (; *list; list++)
        offer(completion, *list);
}

/* The commands of commands.def that work in all views of CONTEXTS. */
static void offer_commands(struct completion *completion, unsigned contexts)
{
    for (size_t i = 0; i < command_count(); i++)
        if ((command_at(i)->contexts & contexts) == contexts)
            offer(completion, command_at(i)->name);
}

static void offer_file(struct completion *completion, const char *written, const char *folder,
                       const char *name)
{
    char *path = g_build_filename(folder, name, NULL);
    char *candidate = g_strconcat(
        written, name, g_file_test(path, G_FILE_TEST_IS_DIR) ? "/" : "", NULL);
    if (g_utf8_validate(candidate, -1, NULL))
        offer(completion, candidate);
    g_free(candidate);
    g_free(path);
}

/* The files that begin like the word; hidden ones where it begins with a dot. */
static void offer_files(struct completion *completion)
{
    const char *slash = strrchr(completion->word, '/');
    const char *rest = slash ? slash + 1 : completion->word;
    char *written = g_strndup(completion->word, (gsize)(rest - completion->word));
    char *folder = g_str_has_prefix(written, "~/")
                       ? g_build_filename(g_get_home_dir(), written + 2, NULL)
                       : g_strdup(*written ? written : ".");
    GDir *files = g_dir_open(folder, 0, NULL);
    const char *name;
    while (files && (name = g_dir_read_name(files)))
        if (g_str_has_prefix(name, rest) && (*rest || *name != '.'))
            offer_file(completion, written, folder, name);
    if (files)
        g_dir_close(files);
    g_free(folder);
    g_free(written);
}

/* --- set and its like ------------------------------------------------------------- */

static void offer_value(struct completion *completion, const struct setting *setting)
{
    char *value = settings_get(&completion->configuration->settings, setting);
    GString *quoted = g_string_new(NULL);
    if (setting->kind == SETTING_BOOLEAN) {
        offer(completion, "yes");
        offer(completion, "no");
    } else if (setting->kind == SETTING_CHOICE) {
        char **choices = g_strsplit(setting->choices, " ", -1);
        offer_list(completion, (const char *const *)choices);
        g_strfreev(choices);
    } else if (strcmp(setting->name, "keymap") == 0) {
        offer_list(completion, keymap_names());
        if (strchr(completion->word, '/'))
            offer_files(completion);
    } else if (setting->kind == SETTING_STRING) {
        words_append_quoted(quoted, value);
        offer(completion, quoted->str);
    } else {
        offer(completion, value);
    }
    g_string_free(quoted, TRUE);
    g_free(value);
}

/* Names of settings with PREFIX in front; those of booleans alone if BOOLEANS. */
static void offer_settings(struct completion *completion, const char *prefix, bool booleans)
{
    for (size_t i = 0; i < setting_count(); i++) {
        const struct setting *setting = setting_at(i);
        if (booleans && setting->kind != SETTING_BOOLEAN)
            continue;
        char *name = g_strconcat(prefix, setting->name, NULL);
        offer(completion, name);
        g_free(name);
    }
}

/* Is a value to be completed: is "name=", "name =" or "name = " before it? Then the word is moved
 * behind the "=", and *SETTING is what is called so, or NULL. */
static bool find_valued(struct completion *completion, const struct setting **setting)
{
    const char *equals = strchr(completion->word, '=');
    const char *last = completion->count > 1 ? completion->words[completion->count - 1] : "";
    char *name = NULL;
    if (equals) {
        name = equals > completion->word || completion->count < 2
                   ? g_strndup(completion->word, (gsize)(equals - completion->word))
                   : g_strdup(last);
        completion->word = equals + 1;
    } else if (strcmp(last, "=") == 0 && completion->count > 2) {
        name = g_strdup(completion->words[completion->count - 2]);
    } else if (g_str_has_suffix(last, "=")) {
        name = g_strndup(last, strlen(last) - 1);
    }
    bool valued = name != NULL;
    *setting = name ? setting_find(name) : NULL;
    g_free(name);
    return valued;
}

static void complete_set(struct completion *completion)
{
    const struct setting *setting;
    if (find_valued(completion, &setting)) {
        if (setting)
            offer_value(completion, setting);
        return;
    }
    if (*completion->word == '&' || *completion->word == '?')
        completion->word = completion->word + 1;
    offer_settings(completion, "", false);
    if (g_str_has_prefix(completion->word, "no"))
        offer_settings(completion, "no", true);
    if (g_str_has_prefix(completion->word, "inv"))
        offer_settings(completion, "inv", true);
}

static void complete_unset(struct completion *completion)
{
    offer_settings(completion, "", false);
}

static void complete_toggle(struct completion *completion)
{
    offer_settings(completion, "", true);
}

static void complete_reset(struct completion *completion)
{
    offer_settings(completion, "", false);
    offer(completion, "all");
}

/* --- keys ----------------------------------------------------------------------------- */

static void offer_contexts(struct completion *completion, bool all)
{
    const char *comma = strrchr(completion->word, ',');
    if (comma)
        completion->word = comma + 1;
    else if (all)
        offer(completion, "*");
    for (unsigned i = 0; i < CONTEXT_COUNT; i++)
        offer(completion, context_name((enum context)i));
}

/* The bits of the contexts that NAMES lists; a generic binding is for all views. */
static unsigned context_bits(const char *names)
{
    unsigned bits = 0;
    char **split = g_strsplit(names, ",", -1);
    for (char **name = split; *name; name++) {
        enum context context;
        if (context_find(*name, &context))
            bits |= context == CONTEXT_GENERIC ? COMMANDS_EVERYWHERE : 1u << context;
    }
    g_strfreev(split);
    return bits;
}

static void complete_bind(struct completion *completion)
{
    if (completion->count == 1)
        offer_contexts(completion, false);
    else if (completion->count == 3)
        offer_commands(completion, context_bits(completion->words[1]));
}

static void complete_macro(struct completion *completion)
{
    if (completion->count == 1)
        offer_contexts(completion, false);
}

static void complete_unbind(struct completion *completion)
{
    if (completion->count == 1)
        offer_contexts(completion, true);
}

static void complete_exec(struct completion *completion)
{
    offer_commands(completion, 0);
}

/* --- the rest ------------------------------------------------------------------------- */

static void complete_colour(struct completion *completion)
{
    if (completion->count == 1) {
        offer_list(completion, colour_objects());
        return;
    }
    offer_list(completion, colour_names());
    if (completion->count == 2)
        offer_list(completion, attributes);
}

static void complete_mono(struct completion *completion)
{
    offer_list(completion, completion->count == 1 ? colour_objects() : attributes);
}

static void complete_uncolour(struct completion *completion)
{
    offer(completion, "*");
    if (completion->count == 1)
        offer_list(completion, colour_objects());
}

static void complete_source(struct completion *completion)
{
    if (completion->count == 1)
        offer_files(completion);
}

static const struct {
    const char *command;
    void (*complete)(struct completion *completion);
} completers[] = {
    {"bind", complete_bind},         {"color", complete_colour},     {"exec", complete_exec},
    {"macro", complete_macro},       {"mono", complete_mono},        {"reset", complete_reset},
    {"set", complete_set},           {"source", complete_source},    {"toggle", complete_toggle},
    {"unbind", complete_unbind},     {"uncolor", complete_uncolour}, {"unmacro", complete_unbind},
    {"unmono", complete_uncolour},   {"unset", complete_unset},
};

static void complete(struct completion *completion)
{
    if (completion->count == 0) {
        offer_list(completion, rc_commands());
        for (size_t i = 0; i < command_count(); i++)
            if (command_at(i)->contexts & COMMANDS_EVERYWHERE)
                offer(completion, command_at(i)->name);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(completers); i++)
        if (strcmp(completers[i].command, completion->words[0]) == 0)
            completers[i].complete(completion);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts CANDIDATES and leaves each once. */
static void sort_candidates(GPtrArray *candidates)
{
    guint kept = 0;
    g_ptr_array_sort(candidates, compare);
    for (guint i = 0; i < candidates->len; i++)
        if (kept > 0 && strcmp(candidates->pdata[kept - 1], candidates->pdata[i]) == 0) {
            g_free(candidates->pdata[i]);
        } else {
            candidates->pdata[kept++] = candidates->pdata[i];
        }
    candidates->len = kept;
}

/* The words of TEXT, blanks between them: quotes are not looked at. The last, "" behind a blank, is
 * the one to be completed. */
static GPtrArray *split_blanks(char *text)
{
    GPtrArray *words = g_ptr_array_new();
    char *at = text + strspn(text, " \t");
    g_ptr_array_add(words, at);
    while (*(at += strcspn(at, " \t"))) {
        *at++ = '\0';
        at += strspn(at, " \t");
        g_ptr_array_add(words, at);
    }
    return words;
}

void rc_complete(const struct configuration *configuration, const char *line, size_t cursor,
                 size_t *start, GPtrArray *candidates)
{
    char *text = g_strndup(line, cursor);
    char *semicolon = strrchr(text, ';');
    GPtrArray *words = split_blanks(semicolon ? semicolon + 1 : text);
    struct completion completion = {.configuration = configuration,
                                    .words = (char **)words->pdata,
                                    .count = words->len - 1,
                                    .word = words->pdata[words->len - 1],
                                    .candidates = candidates};
    complete(&completion);
    sort_candidates(candidates);
    *start = (size_t)(completion.word - text);
    g_ptr_array_unref(words);
    g_free(text);
}
