/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys.h"

#include "text_file.h"

#include <string.h>

/* More than a keyboard has; adding compares with each that is there. */
#define BINDINGS_MAX 4096

/* ISO C asks no compiler for strings this long; those that build pore have no limit. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const char mutt_keys[] =
#include "mutt-keys.inc"
    ;
static const char vim_keys[] =
#include "vim-keys.inc"
    ;
static const char emacs_keys[] =
#include "emacs-keys.inc"
    ;
#pragma GCC diagnostic pop

static const char *const names[] = {"mutt", "vim", "emacs", NULL};
static const char *const texts[] = {mutt_keys, vim_keys, emacs_keys};

static void binding_free(void *data)
{
    struct binding *binding = data;
    g_free(binding->argument);
    g_free(binding->text);
    if (binding->macro)
        g_array_unref(binding->macro);
    g_free(binding);
}

static struct binding *binding_copy(const struct binding *binding)
{
    struct binding *copy = g_memdup2(binding, sizeof *binding);
    copy->argument = g_strdup(binding->argument);
    copy->text = g_strdup(binding->text);
    if (copy->macro)
        g_array_ref(copy->macro);
    return copy;
}

struct keymap *keymap_new(void)
{
    struct keymap *keymap = g_new0(struct keymap, 1);
    keymap->bindings = g_ptr_array_new_with_free_func(binding_free);
    keymap->base = g_strdup("");
    return keymap;
}

void keymap_free(struct keymap *keymap)
{
    if (!keymap)
        return;
    g_ptr_array_unref(keymap->bindings);
    g_free(keymap->base);
    g_free(keymap);
}

static bool fail(GError **error, const char *problem, const char *word)
{
    g_set_error(error, KEYS_ERROR, 0, "%s: %s", problem, word);
    return false;
}

/* In one context, does one sequence begin with the other, or are they the same? */
static bool overlap(const struct binding *a, const struct binding *b)
{
    size_t shorter = a->length < b->length ? a->length : b->length;
    return a->context == b->context && memcmp(a->keys, b->keys, shorter * sizeof *a->keys) == 0;
}

/* Adds BINDING, which it takes, in place of what it overlaps. */
static void add_binding(struct keymap *keymap, struct binding *binding)
{
    for (guint i = keymap->bindings->len; i-- > 0;)
        if (overlap(keymap->bindings->pdata[i], binding))
            g_ptr_array_remove_index(keymap->bindings, i);
    g_ptr_array_add(keymap->bindings, binding);
}

/* Why COMMAND cannot be bound in CONTEXT, or NULL. */
static const char *context_problem(const struct command *command, enum context context)
{
    if (context != CONTEXT_GENERIC)
        return command->contexts & (1u << context) ? NULL : "the command is not for this context";
    return (command->contexts & COMMANDS_EVERYWHERE) == COMMANDS_EVERYWHERE
               ? NULL
               : "the command is not for every context";
}

/* Reads CONTEXTS to a bit for each; COMMAND, or NULL, has to work in all of them. */
static bool parse_contexts(const char *contexts, const struct command *command, unsigned *bits,
                           GError **error)
{
    const char *problem = NULL;
    char **split = g_strsplit(contexts, ",", -1);
    *bits = 0;
    for (char **name = split; *name && !problem; name++) {
        enum context context;
        if (!context_find(*name, &context)) {
            problem = "no such context";
        } else {
            problem = command ? context_problem(command, context) : NULL;
            *bits |= 1u << context;
        }
    }
    if (!problem && !*split)
        problem = "no such context";
    g_strfreev(split);
    return problem ? fail(error, problem, contexts) : true;
}

static bool parse_sequence(const char *text, struct binding *binding, GError **error)
{
    const char *problem;
    binding->length = keys_parse(text, binding->keys, &problem);
    return binding->length ? true : fail(error, problem, text);
}

/* Adds a copy of BINDING for each of CONTEXTS, or none. */
static bool bind_contexts(struct keymap *keymap, const char *contexts, struct binding *binding,
                          GError **error)
{
    unsigned bits;
    if (!parse_contexts(contexts, binding->command, &bits, error))
        return false;
    if (keymap->bindings->len + CONTEXT_COUNT > BINDINGS_MAX)
        return fail(error, "too many keys are bound", contexts);
    for (unsigned i = 0; i < CONTEXT_COUNT; i++)
        if (bits & (1u << i)) {
            binding->context = (enum context)i;
            add_binding(keymap, binding_copy(binding));
        }
    return true;
}

static bool bind_command(struct keymap *keymap, bool own, const char *contexts, const char *keys,
                         const char *name, const char *argument, GError **error)
{
    struct binding binding = {.own = own, .command = command_find(name)};
    if (!parse_sequence(keys, &binding, error))
        return false;
    if (!binding.command)
        return fail(error, "no such command", name);
    binding.argument = g_strdup(argument);
    bool bound = bind_contexts(keymap, contexts, &binding, error);
    g_free(binding.argument);
    return bound;
}

bool keymap_bind(struct keymap *keymap, const char *contexts, const char *keys,
                 const char *command, const char *argument, GError **error)
{
    return bind_command(keymap, true, contexts, keys, command, argument, error);
}

bool keymap_macro(struct keymap *keymap, const char *contexts, const char *keys,
                  const char *macro, const char *help, GError **error)
{
    struct binding binding = {.own = true};
    if (!parse_sequence(keys, &binding, error))
        return false;
    binding.macro = keys_parse_macro(macro, error);
    if (!binding.macro)
        return false;
    binding.text = g_strdup(help ? help : macro);
    bool bound = bind_contexts(keymap, contexts, &binding, error);
    g_free(binding.text);
    g_array_unref(binding.macro);
    return bound;
}

bool keymap_unbind(struct keymap *keymap, const char *contexts, const char *keys, GError **error)
{
    struct binding sought = {0};
    unsigned bits = ~0u;
    if (strcmp(contexts, "*") != 0 && !parse_contexts(contexts, NULL, &bits, error))
        return false;
    if (keys && !parse_sequence(keys, &sought, error))
        return false;
    for (guint i = keymap->bindings->len; i-- > 0;) {
        const struct binding *binding = keymap->bindings->pdata[i];
        if ((bits & (1u << binding->context)) &&
            (!keys || (binding->length == sought.length &&
                       memcmp(binding->keys, sought.keys, sizeof *sought.keys * sought.length) ==
                           0)))
            g_ptr_array_remove_index(keymap->bindings, i);
    }
    return true;
}

/* The next word of *LINE, which it moves behind it and ends there; NULL if there is none. */
static char *next_word(char **line)
{
    char *start = *line + strspn(*line, " \t\r");
    if (!*start)
        return NULL;
    char *end = start + strcspn(start, " \t\r");
    *line = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

/* Reads LINE, which it changes. */
static bool read_line(struct keymap *keymap, char *line, GError **error)
{
    char *contexts = next_word(&line);
    if (!contexts || *contexts == '#')
        return true;
    char *keys = next_word(&line);
    char *command = next_word(&line);
    char *argument = g_strstrip(line);
    if (!keys || !command)
        return fail(error, "a line is \"context key command\"", contexts);
    return bind_command(keymap, false, contexts, keys, command, *argument ? argument : NULL,
                        error);
}

void keymap_read(struct keymap *keymap, const char *text, const char *name, GPtrArray *errors)
{
    char **lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        GError *error = NULL;
        if (!read_line(keymap, lines[i], &error)) {
            g_ptr_array_add(errors, g_strdup_printf("%s:%u: %s", name, i + 1, error->message));
            g_error_free(error);
        }
    }
    g_strfreev(lines);
}

const char *const *keymap_names(void)
{
    return names;
}

struct keymap *keymap_default(void)
{
    struct keymap *keymap = keymap_new();
    GError *error = NULL;
    if (!keymap_set_base(keymap, names[0], &error))
        g_error("%s", error->message);
    return keymap;
}

/* The text of the keymap called NAME, which the caller frees. */
static char *base_text(const char *name, GError **error)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return g_strdup(texts[i]);
    if (!strchr(name, '/')) {
        g_set_error(error, KEYS_ERROR, 0,
                    "no such keymap: %s (mutt, vim, emacs, or a file with a / in its name)", name);
        return NULL;
    }
    char *text = text_file_read(name, error);
    if (!text)
        g_prefix_error(error, "%s: ", name);
    return text;
}

/* Does what is the user's own in KEYMAP overlap BINDING? */
static bool is_taken(const struct keymap *keymap, const struct binding *binding)
{
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const struct binding *own = keymap->bindings->pdata[i];
        if (own->own && overlap(own, binding))
            return true;
    }
    return false;
}

/* Puts the bindings of BASE in the place of those of the base before. */
static void replace_base(struct keymap *keymap, const struct keymap *base)
{
    GPtrArray *bindings = g_ptr_array_new_with_free_func(binding_free);
    for (guint i = 0; i < base->bindings->len; i++)
        if (!is_taken(keymap, base->bindings->pdata[i]))
            g_ptr_array_add(bindings, binding_copy(base->bindings->pdata[i]));
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = keymap->bindings->pdata[i];
        if (binding->own)
            g_ptr_array_add(bindings, binding_copy(binding));
    }
    g_ptr_array_unref(keymap->bindings);
    keymap->bindings = bindings;
}

bool keymap_set_base(struct keymap *keymap, const char *name, GError **error)
{
    char *text = base_text(name, error);
    if (!text)
        return false;
    struct keymap *base = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    keymap_read(base, text, name, errors);
    bool good = errors->len == 0;
    if (good) {
        char *copy = g_strdup(name); /* NAME may be the old one itself */
        replace_base(keymap, base);
        g_free(keymap->base);
        keymap->base = copy;
    } else {
        g_set_error_literal(error, KEYS_ERROR, 0, errors->pdata[0]);
    }
    g_ptr_array_unref(errors);
    keymap_free(base);
    g_free(text);
    return good;
}

static enum keymap_answer resolve_in(const struct keymap *keymap, enum context context,
                                     const uint32_t *keys, size_t count,
                                     const struct binding **found)
{
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = keymap->bindings->pdata[i];
        if (binding->context != context || binding->length < count ||
            memcmp(binding->keys, keys, count * sizeof *keys) != 0)
            continue;
        *found = binding;
        return binding->length == count ? KEYMAP_BINDING : KEYMAP_PREFIX;
    }
    return KEYMAP_NOTHING;
}

enum keymap_answer keymap_resolve(const struct keymap *keymap, enum context context,
                                  const uint32_t *keys, size_t count,
                                  const struct binding **binding)
{
    enum keymap_answer answer = resolve_in(keymap, context, keys, count, binding);
    return answer == KEYMAP_NOTHING && context != CONTEXT_EDITOR
               ? resolve_in(keymap, CONTEXT_GENERIC, keys, count, binding)
               : answer;
}

/* Do the keys of BINDING run it in CONTEXT? Those of "generic" do not where the view has bound them
 * itself. */
static bool holds_in(const struct keymap *keymap, const struct binding *binding,
                     enum context context)
{
    const struct binding *runs;
    if (binding->context != context && binding->context != CONTEXT_GENERIC)
        return false;
    return keymap_resolve(keymap, context, binding->keys, binding->length, &runs) ==
               KEYMAP_BINDING &&
           runs == binding;
}

static void append_sequence(GString *out, const struct binding *binding)
{
    for (size_t i = 0; i < binding->length; i++)
        keys_append_name(out, binding->keys[i]);
}

bool keymap_describe(const struct keymap *keymap, enum context context,
                     const struct command *command, size_t max, const char *separator,
                     GString *out)
{
    size_t found = 0;
    guint count = command ? keymap->bindings->len : 0; /* macros have no command */
    /* First the keys that leave the argument to the user. */
    for (guint i = 0; i < 2 * count && found < max; i++) {
        const struct binding *binding = keymap->bindings->pdata[i % count];
        bool has_argument = binding->argument != NULL;
        if (binding->command != command || has_argument != (i >= count) ||
            !holds_in(keymap, binding, context))
            continue;
        if (found++)
            g_string_append(out, separator);
        append_sequence(out, binding);
    }
    return found > 0;
}
