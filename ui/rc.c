/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rc.h"

#include "bots.h"
#include "history.h"
#include "text_file.h"
#include "words.h"

#include <string.h>

G_DEFINE_QUARK(rc-error-quark, rc_error)

/* Characters of a message, of which a word may be a file long. */
#define MESSAGE_MAX 300

/* What is being read. */
struct reader {
    struct configuration *configuration;
    const char *path;  /* the file, or NULL */
    GString *message;  /* what there is to say, or NULL */
    GPtrArray *errors; /* of the lines of files */
    unsigned depth;    /* of files that source files */
    unsigned *files;   /* read so far */
};

/* WORDS, of which the command's name is the first, end with a NULL behind their COUNT. */
typedef bool command_run(struct reader *reader, char **words, size_t count, GError **error);

static command_run run_bind, run_colour, run_echo, run_exec, run_macro, run_push, run_reset,
    run_set, run_source, run_toggle, run_unbind, run_uncolour, run_unset;

/* NAME, function, least and most words behind the name (0: any number), does it change keys or
 * colours? */
#define EACH_COMMAND(X)                    \
    X("bind", run_bind, 3, 4, true)        \
    X("color", run_colour, 1, 0, true)     \
    X("echo", run_echo, 1, 0, false)       \
    X("exec", run_exec, 1, 0, false)       \
    X("macro", run_macro, 3, 4, true)      \
    X("mono", run_colour, 1, 0, true)      \
    X("push", run_push, 1, 1, false)       \
    X("reset", run_reset, 1, 0, false)     \
    X("set", run_set, 0, 0, false)         \
    X("source", run_source, 1, 1, false)   \
    X("toggle", run_toggle, 1, 0, false)   \
    X("unbind", run_unbind, 1, 2, true)    \
    X("uncolor", run_uncolour, 1, 0, true) \
    X("unmacro", run_unbind, 1, 2, true)   \
    X("unmono", run_uncolour, 1, 0, true)  \
    X("unset", run_unset, 1, 0, false)

static const char *const command_names[] = {
#define NAME(name, run, least, most, changes) name,
    EACH_COMMAND(NAME)
#undef NAME
    NULL,
};

static const struct rc_command {
    command_run *run;
    size_t least, most;
    bool changes;
} commands[] = {
#define COMMAND(name, run, least, most, changes) {run, least, most, changes},
    EACH_COMMAND(COMMAND)
#undef COMMAND
};

struct configuration *configuration_new(void)
{
    struct configuration *configuration = g_new0(struct configuration, 1);
    settings_init(&configuration->settings);
    configuration->keymap = keymap_default();
    configuration->colours = colours_new();
    configuration->pushed = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return configuration;
}

void configuration_free(struct configuration *configuration)
{
    if (!configuration)
        return;
    settings_clear(&configuration->settings);
    keymap_free(configuration->keymap);
    colours_free(configuration->colours);
    g_array_unref(configuration->pushed);
    g_free(configuration);
}

const char *const *rc_commands(void)
{
    return command_names;
}

static bool fail(GError **error, const char *problem, const char *word)
{
    g_set_error(error, RC_ERROR, 0, "%s: %s", problem, word);
    return false;
}

/* TEXT as one line that is not too long. The caller frees it. */
static char *one_line(const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    GString *line = g_string_new(NULL);
    int characters = 0;
    for (const char *at = valid; *at && characters <= MESSAGE_MAX; characters++) {
        gunichar character = g_utf8_get_char(at);
        at += g_unichar_to_utf8(character, NULL);
        if (characters == MESSAGE_MAX)
            g_string_append(line, "…");
        else
            g_string_append_unichar(line, g_unichar_iscntrl(character) ? '?' : character);
    }
    g_free(valid);
    return g_string_free(line, FALSE);
}

static void say(struct reader *reader, const char *text)
{
    if (!reader->message)
        return;
    char *line = one_line(text);
    g_string_append_printf(reader->message, "%s%s", reader->message->len ? "; " : "", line);
    g_free(line);
}

/* The file that PATH means where the reader is. The caller frees it. */
static char *resolve_path(const struct reader *reader, const char *path)
{
    if (*path == '~' && (path[1] == '/' || !path[1]))
        return g_strconcat(g_get_home_dir(), path + 1, NULL);
    if (g_path_is_absolute(path) || !reader->path)
        return g_strdup(path);
    char *folder = g_path_get_dirname(reader->path);
    char *resolved = g_build_filename(folder, path, NULL);
    g_free(folder);
    return resolved;
}

/* --- set, unset, toggle, reset ------------------------------------------------ */

enum action { ACTION_SET, ACTION_UNSET, ACTION_TOGGLE, ACTION_RESET, ACTION_QUERY };

/* Has the rest of the configuration follow SETTING. */
static bool apply_setting(struct configuration *configuration, const struct setting *setting,
                          GError **error)
{
    const struct settings *settings = &configuration->settings;
    if (strcmp(setting->name, "keymap") == 0)
        return keymap_set_base(configuration->keymap, settings->keymap, error);
    if (strcmp(setting->name, "theme") == 0)
        return colours_set_theme(configuration->colours, settings->theme, error);
    if (strcmp(setting->name, "bots") == 0 && !bots_check(settings->bots, error)) {
        g_prefix_error(error, "%s: ", setting->name);
        return false;
    }
    if (strcmp(setting->name, "history") == 0) {
        struct history_reach reach;
        return history_parse_reach(settings->history, g_get_real_time() / G_USEC_PER_SEC, &reach,
                                   error);
    }
    return true;
}

static bool assign(struct reader *reader, const struct setting *setting, const char *text,
                   GError **error)
{
    struct settings *settings = &reader->configuration->settings;
    bool is_file = strcmp(setting->name, "keymap") == 0 && strchr(text, '/');
    char *value = is_file ? resolve_path(reader, text) : g_strdup(text);
    char *old = settings_get(settings, setting);
    bool good = settings_set(settings, setting, value, error);
    if (good && !apply_setting(reader->configuration, setting, error)) {
        settings_set(settings, setting, old, NULL);
        good = false;
    }
    reader->configuration->changed |= good;
    g_free(old);
    g_free(value);
    return good;
}

static void append_setting(const struct settings *settings, const struct setting *setting,
                           GString *out)
{
    char *value = settings_get(settings, setting);
    g_string_append_printf(out, "%s=", setting->name);
    if (setting->kind == SETTING_STRING)
        words_append_quoted(out, value);
    else
        g_string_append(out, value);
    g_free(value);
}

static void say_setting(struct reader *reader, const struct setting *setting)
{
    GString *text = g_string_new(NULL);
    append_setting(&reader->configuration->settings, setting, text);
    say(reader, text->str);
    g_string_free(text, TRUE);
}

static void say_changed(struct reader *reader)
{
    for (size_t i = 0; i < setting_count(); i++) {
        char *value = settings_get(&reader->configuration->settings, setting_at(i));
        if (strcmp(value, setting_at(i)->value) != 0)
            say_setting(reader, setting_at(i));
        g_free(value);
    }
}

static bool unset(struct reader *reader, const struct setting *setting, GError **error)
{
    static const char *const nothing[] = {
        [SETTING_BOOLEAN] = "no", [SETTING_NUMBER] = "0", [SETTING_STRING] = ""};
    if (setting->kind == SETTING_CHOICE)
        return fail(error, setting->name, "it has always a value");
    return assign(reader, setting, nothing[setting->kind], error);
}

static bool toggle(struct reader *reader, const struct setting *setting, GError **error)
{
    if (setting->kind != SETTING_BOOLEAN)
        return fail(error, setting->name, "only what is yes or no can be toggled");
    char *value = settings_get(&reader->configuration->settings, setting);
    bool good = assign(reader, setting, strcmp(value, "yes") == 0 ? "no" : "yes", error);
    g_free(value);
    return good;
}

static bool act(struct reader *reader, const struct setting *setting, enum action action,
                GError **error)
{
    switch (action) {
    case ACTION_UNSET:
        return unset(reader, setting, error);
    case ACTION_TOGGLE:
        return toggle(reader, setting, error);
    case ACTION_RESET:
        return assign(reader, setting, setting->value, error);
    case ACTION_SET:
        if (setting->kind == SETTING_BOOLEAN)
            return assign(reader, setting, "yes", error);
        break;
    case ACTION_QUERY:
        break;
    }
    say_setting(reader, setting);
    return true;
}

static bool reset_all(struct reader *reader, GError **error)
{
    for (size_t i = 0; i < setting_count(); i++)
        if (!act(reader, setting_at(i), ACTION_RESET, error))
            return false;
    return true;
}

/* Does ACTION to the setting called NAME. */
static bool act_on(struct reader *reader, const char *name, enum action action, GError **error)
{
    const struct setting *setting = setting_find(name);
    if (setting)
        return act(reader, setting, action, error);
    if (action == ACTION_RESET && strcmp(name, "all") == 0)
        return reset_all(reader, error);
    return fail(error, "no such setting", name);
}

/* What a word of "set" without a value asks for: NAME, "noNAME" and so on. */
static bool set_word(struct reader *reader, const char *word, GError **error)
{
    static const struct {
        const char *prefix;
        enum action action;
    } prefixes[] = {
        {"&", ACTION_RESET}, {"?", ACTION_QUERY}, {"no", ACTION_UNSET}, {"inv", ACTION_TOGGLE}};

    if (setting_find(word))
        return act_on(reader, word, ACTION_SET, error);
    if (g_str_has_suffix(word, "?")) {
        char *name = g_strndup(word, strlen(word) - 1);
        bool good = act_on(reader, name, ACTION_QUERY, error);
        g_free(name);
        return good;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (!g_str_has_prefix(word, prefixes[i].prefix))
            continue;
        const char *name = word + strlen(prefixes[i].prefix);
        const struct setting *setting = setting_find(name);
        if (setting && setting->kind != SETTING_BOOLEAN && prefixes[i].action == ACTION_UNSET)
            return fail(error, name, "only what is yes or no takes \"no\"");
        if (setting || prefixes[i].action == ACTION_RESET)
            return act_on(reader, name, prefixes[i].action, error);
    }
    return fail(error, "no such setting", word);
}

static bool run_set(struct reader *reader, char **words, size_t count, GError **error)
{
    bool good = true;
    if (count == 1)
        say_changed(reader);
    for (size_t i = 1; i < count && good; i++) {
        const char *next = i + 1 < count ? words[i + 1] : "";
        if (strcmp(next, "=") == 0) {
            const struct setting *setting = setting_find(words[i]);
            good = setting ? assign(reader, setting, i + 2 < count ? words[i + 2] : "", error)
                           : fail(error, "no such setting", words[i]);
            i += 2;
        } else if (strcmp(next, "?") == 0) {
            good = act_on(reader, words[i++], ACTION_QUERY, error);
        } else {
            good = set_word(reader, words[i], error);
        }
    }
    return good;
}

static bool act_on_all(struct reader *reader, char **words, size_t count,
                       enum action action, GError **error)
{
    for (size_t i = 1; i < count; i++)
        if (!act_on(reader, words[i], action, error))
            return false;
    return true;
}

static bool run_unset(struct reader *reader, char **words, size_t count, GError **error)
{
    return act_on_all(reader, words, count, ACTION_UNSET, error);
}

static bool run_toggle(struct reader *reader, char **words, size_t count, GError **error)
{
    return act_on_all(reader, words, count, ACTION_TOGGLE, error);
}

static bool run_reset(struct reader *reader, char **words, size_t count, GError **error)
{
    return act_on_all(reader, words, count, ACTION_RESET, error);
}

/* --- keys and colours ----------------------------------------------------------- */

static bool run_bind(struct reader *reader, char **words, size_t count, GError **error)
{
    return keymap_bind(reader->configuration->keymap, words[1], words[2], words[3],
                       count > 4 ? words[4] : NULL, error);
}

static bool run_macro(struct reader *reader, char **words, size_t count, GError **error)
{
    return keymap_macro(reader->configuration->keymap, words[1], words[2], words[3],
                        count > 4 ? words[4] : NULL, error);
}

static bool run_unbind(struct reader *reader, char **words, size_t count, GError **error)
{
    const char *keys = count > 2 && strcmp(words[2], "*") != 0 ? words[2] : NULL;
    return keymap_unbind(reader->configuration->keymap, words[1], keys, error);
}

static bool run_colour(struct reader *reader, char **words, size_t count, GError **error)
{
    return colours_set(reader->configuration->colours, words + 1, count - 1,
                       strcmp(words[0], "mono") == 0,
                       reader->configuration->settings.simple_search,
                       g_get_real_time() / G_USEC_PER_SEC, error);
}

static bool run_uncolour(struct reader *reader, char **words, size_t count, GError **error)
{
    struct colours *colours = reader->configuration->colours;
    if (count == 2)
        return colours_unset(colours, words[1], NULL, error);
    for (size_t i = 2; i < count; i++)
        if (!colours_unset(colours, words[1], strcmp(words[i], "*") == 0 ? NULL : words[i],
                           error))
            return false;
    return true;
}

static bool push_keys(struct reader *reader, const uint32_t *keys, guint count, GError **error)
{
    GArray *pushed = reader->configuration->pushed;
    if (count > RC_PUSHED_MAX - pushed->len) {
        g_set_error(error, RC_ERROR, 0, "more than %d keys are pushed", RC_PUSHED_MAX);
        return false;
    }
    g_array_append_vals(pushed, keys, count);
    return true;
}

static bool run_push(struct reader *reader, char **words, size_t count, GError **error)
{
    (void)count;
    GArray *keys = keys_parse_macro(words[1], error);
    if (!keys)
        return false;
    bool good = push_keys(reader, (const uint32_t *)(const void *)keys->data, keys->len, error);
    g_array_unref(keys);
    return good;
}

static bool run_exec(struct reader *reader, char **words, size_t count, GError **error)
{
    for (size_t i = 1; i < count; i++) {
        const struct command *command = command_find(words[i]);
        if (!command)
            return fail(error, "no such command", words[i]);
        uint32_t key = KEYS_COMMAND + (uint32_t)command_index(command);
        if (!push_keys(reader, &key, 1, error))
            return false;
    }
    return true;
}

static bool run_echo(struct reader *reader, char **words, size_t count, GError **error)
{
    (void)count;
    (void)error;
    char *text = g_strjoinv(" ", words + 1);
    say(reader, text);
    g_free(text);
    return true;
}

/* --- lines and files ------------------------------------------------------------ */

static bool run_words(struct reader *reader, char **words, size_t count, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        const struct rc_command *command = &commands[i];
        if (strcmp(words[0], command_names[i]) != 0)
            continue;
        if (count <= command->least)
            return fail(error, words[0], "too few arguments");
        if (command->most && count - 1 > command->most)
            return fail(error, words[0], "too many arguments");
        bool good = command->run(reader, words, count, error);
        reader->configuration->changed |= good && command->changes;
        return good;
    }
    return fail(error, "no such command", words[0]);
}

/* The value of a setting, or else of the environment's variable. */
static char *look_up(const char *name, void *data)
{
    const struct configuration *configuration = data;
    const struct setting *setting = setting_find(name);
    if (setting)
        return settings_get(&configuration->settings, setting);
    const char *value = g_getenv(name);
    return value ? g_utf8_make_valid(value, -1) : NULL;
}

/* Runs the commands of LINE, valid UTF-8. */
static bool run_line(struct reader *reader, const char *line, GError **error)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    bool good = true;
    while (good && *line) {
        good = words_split(&line, words, look_up, reader->configuration, error);
        if (!good || words->len == 0)
            continue;
        size_t count = words->len;
        g_ptr_array_add(words, NULL);
        good = run_words(reader, (char **)words->pdata, count, error);
    }
    g_ptr_array_unref(words);
    return good;
}

/* Puts the line at TEXT, with those that continue it, in LINE. Returns what is behind it; *NUMBER
 * goes up with each. */
static const char *take_line(const char *text, GString *line, unsigned *number)
{
    bool continued = true;
    g_string_truncate(line, 0);
    while (continued && *text) {
        const char *end = text + strcspn(text, "\n");
        size_t length = (size_t)(end - text);
        if (length > 0 && text[length - 1] == '\r')
            length--;
        continued = *end && length > 0 && text[length - 1] == '\\';
        g_string_append_len(line, text, (gssize)(continued ? length - 1 : length));
        text = *end ? end + 1 : end;
        ++*number;
    }
    return text;
}

/* "PATH:line: what", or "PATH: what" for line 0. */
static void add_error(struct reader *reader, unsigned line, const char *what)
{
    char *place = line ? g_strdup_printf("%s:%u", reader->path, line) : g_strdup(reader->path);
    char *text = g_strdup_printf("%s: %s", place, what);
    g_ptr_array_add(reader->errors, one_line(text));
    g_free(text);
    g_free(place);
}

static void read_text(struct reader *reader, const char *text)
{
    GString *line = g_string_new(NULL);
    unsigned next = 1, wrong = 0;
    while (*text && wrong < RC_ERRORS_MAX) {
        GError *error = NULL;
        unsigned number = next;
        text = take_line(text, line, &next);
        if (run_line(reader, line->str, &error))
            continue;
        add_error(reader, number, error->message);
        g_error_free(error);
        if (++wrong == RC_ERRORS_MAX)
            add_error(reader, 0, "too many errors, the rest is not read");
    }
    g_string_free(line, TRUE);
}

/* Reads the file PATH for READER, to whose errors it adds. False with an error if it cannot be
 * read. */
static bool read_file(const struct reader *reader, const char *path, GError **error)
{
    struct reader inner = *reader;
    if (++inner.depth > RC_DEPTH_MAX || ++*inner.files > RC_FILES_MAX) {
        g_set_error(error, RC_ERROR, 0, "%s: %s", path,
                    inner.depth > RC_DEPTH_MAX ? "files source files too deep"
                                               : "too many files are sourced");
        return false;
    }
    char *resolved = resolve_path(reader, path);
    char *text = text_file_read(resolved, error);
    inner.path = resolved;
    if (text)
        read_text(&inner, text);
    else
        g_prefix_error(error, "%s: ", path);
    g_free(text);
    g_free(resolved);
    return text != NULL;
}

static bool run_source(struct reader *reader, char **words, size_t count, GError **error)
{
    (void)count;
    return read_file(reader, words[1], error);
}

/* Says in *ERROR, which may be set already, what the first of ERRORS is. */
static void report_first(const GPtrArray *errors, GError **error)
{
    g_clear_error(error);
    if (errors->len == 1)
        g_set_error_literal(error, RC_ERROR, 0, errors->pdata[0]);
    else
        g_set_error(error, RC_ERROR, 0, "%s (and %u more errors)",
                    (const char *)errors->pdata[0], errors->len - 1);
}

bool rc_line(struct configuration *configuration, const char *line, GString *message,
             GError **error)
{
    unsigned files = 0;
    GError *problem = NULL;
    struct reader reader = {.configuration = configuration, .message = message, .files = &files};
    if (!g_utf8_validate(line, -1, NULL)) {
        g_set_error_literal(error, RC_ERROR, 0, "not valid UTF-8");
        return false;
    }
    reader.errors = g_ptr_array_new_with_free_func(g_free);
    run_line(&reader, line, &problem);
    if (reader.errors->len > 0)
        report_first(reader.errors, &problem);
    g_ptr_array_unref(reader.errors);
    if (!problem)
        return true;
    char *what = one_line(problem->message);
    g_set_error_literal(error, RC_ERROR, 0, what);
    g_free(what);
    g_error_free(problem);
    return false;
}

bool rc_file(struct configuration *configuration, const char *path, GPtrArray *errors)
{
    unsigned files = 0;
    GError *error = NULL;
    struct reader reader = {.configuration = configuration, .errors = errors, .files = &files};
    if (read_file(&reader, path, &error))
        return true;
    g_ptr_array_add(errors, one_line(error->message));
    g_error_free(error);
    return false;
}

void rc_text(struct configuration *configuration, const char *text, const char *name,
             GPtrArray *errors)
{
    unsigned files = 0;
    struct reader reader = {
        .configuration = configuration, .path = name, .errors = errors, .files = &files};
    char *problem = text_file_problem(text, strlen(text));
    if (problem)
        add_error(&reader, 0, problem);
    else
        read_text(&reader, text);
    g_free(problem);
}
