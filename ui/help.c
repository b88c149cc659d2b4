/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help view: the live keys of another view, and the commands without one. */
#include "app.h"
#include "glyph.h"
#include "view.h"

#include <string.h>

/* Cells of the columns, two blanks apart: half of 80, so that what they explain has the other half. */
#define KEYS_WIDTH 17
#define NAME_WIDTH 19

/* In the order of commands.def: the title of each group, and NULL for each command. */
static const char *const titles[] = {
#define GROUP(title) title,
#define COMMAND(name, contexts, function, argument, help) NULL,
#include "commands.def"
#undef COMMAND
#undef GROUP
};

struct help {
    struct view *view;
    const struct keymap *keymap;
    enum context context;
};

static void add_line(struct help *help, const char *text, enum style style, size_t lead)
{
    text_view_append(help->view, text, strlen(text), style, lead);
    if (!*text)
        text_view_append(help->view, "\n", 1, style, 0);
}

/* Fills LINE with blanks up to WIDTH and two more. */
static void pad(GString *line, int width)
{
    int used = glyph_columns(line->str, line->len, width);
    g_string_append_printf(line, "%*s", width - used + 2, "");
}

/* A row of the table. Keys that are too wide for their column take of that of the name, or else
 * have a line for themselves. */
static void add_row(struct help *help, const char *keys, const char *name, const char *text)
{
    const int width = KEYS_WIDTH + 2 + NAME_WIDTH;
    GString *line = g_string_new(keys);
    size_t lead = line->len;
    int room = width - 2 - glyph_columns(name, strlen(name), width);
    if (glyph_columns(keys, lead, width) > MAX(room, KEYS_WIDTH)) {
        add_line(help, line->str, STYLE_NORMAL, lead);
        g_string_truncate(line, 0);
        lead = 1;
    }
    pad(line, KEYS_WIDTH);
    g_string_append(line, name);
    pad(line, width);
    g_string_append(line, text);
    add_line(help, line->str, STYLE_NORMAL, lead ? lead : 1);
    g_string_free(line, TRUE);
}

static void add_heading(struct help *help, const char *text)
{
    add_line(help, "", STYLE_NORMAL, 0);
    add_line(help, text, STYLE_HEADING, 0);
}

/* Does BINDING count in the context: is it of it or of SECTION, and not hidden by another? */
static bool is_live(const struct help *help, const struct binding *binding, enum context section)
{
    const struct binding *found = NULL;
    if (binding->context != section)
        return false;
    if (binding->command && !(binding->command->contexts & (1u << help->context)))
        return false;
    return keymap_resolve(help->keymap, help->context, binding->keys, binding->length, &found) ==
               KEYMAP_BINDING &&
           found == binding;
}

static void append_keys(GString *keys, const struct binding *binding)
{
    if (keys->len)
        g_string_append_c(keys, ' ');
    for (size_t i = 0; i < binding->length; i++)
        keys_append_name(keys, binding->keys[i]);
}

/* A key that ends in the digit which is its argument, as in "1 jump 1". */
static bool is_digit(const struct binding *binding)
{
    const char *argument = binding->argument;
    return argument && g_ascii_isdigit(argument[0]) && !argument[1] &&
           binding->keys[binding->length - 1] == (uint32_t)argument[0];
}

/* Adds the row of the digits that run COMMAND: all of them, or the first and the last. */
static void add_digits(struct help *help, const struct command *command, enum context section)
{
    const struct binding *first = NULL, *last = NULL;
    GString *keys = g_string_new(NULL);
    for (guint i = 0; i < help->keymap->bindings->len; i++) {
        const struct binding *binding = help->keymap->bindings->pdata[i];
        if (binding->command != command || !is_digit(binding) || !is_live(help, binding, section))
            continue;
        append_keys(keys, binding);
        first = first ? first : binding;
        last = binding;
    }
    if (glyph_columns(keys->str, keys->len, KEYS_WIDTH + 1) > KEYS_WIDTH) {
        g_string_truncate(keys, 0);
        append_keys(keys, first);
        g_string_append(keys, " ...");
        append_keys(keys, last);
    }
    if (first)
        add_row(help, keys->str, command->name, command->help);
    g_string_free(keys, TRUE);
}

/* Adds the rows of COMMAND: one for all keys that run it as it is, one for its digits, one for each
 * other binding with an argument. */
static void add_command(struct help *help, const struct command *command, enum context section)
{
    GString *keys = g_string_new(NULL);
    const GPtrArray *bindings = help->keymap->bindings;
    for (guint i = 0; i < bindings->len; i++) {
        const struct binding *binding = bindings->pdata[i];
        if (binding->command == command && !binding->argument && is_live(help, binding, section))
            append_keys(keys, binding);
    }
    if (keys->len)
        add_row(help, keys->str, command->name, command->help);
    add_digits(help, command, section);
    for (guint i = 0; i < bindings->len; i++) {
        const struct binding *binding = bindings->pdata[i];
        if (binding->command != command || !binding->argument || is_digit(binding) ||
            !is_live(help, binding, section))
            continue;
        char *name = g_strdup_printf("%s %s", command->name, binding->argument);
        g_string_truncate(keys, 0);
        append_keys(keys, binding);
        add_row(help, keys->str, name, command->help);
        g_free(name);
    }
    g_string_free(keys, TRUE);
}

static void add_macros(struct help *help, enum context section)
{
    const GPtrArray *bindings = help->keymap->bindings;
    bool any = false;
    for (guint i = 0; i < bindings->len; i++) {
        const struct binding *binding = bindings->pdata[i];
        if (!binding->macro || !is_live(help, binding, section))
            continue;
        if (!any)
            add_heading(help, "Macros");
        any = true;
        GString *keys = g_string_new(NULL);
        append_keys(keys, binding);
        add_row(help, keys->str, "macro", binding->text ? binding->text : "");
        g_string_free(keys, TRUE);
    }
}

static bool is_live_command(const struct help *help, const struct command *command,
                            enum context section)
{
    for (guint i = 0; i < help->keymap->bindings->len; i++) {
        const struct binding *binding = help->keymap->bindings->pdata[i];
        if (binding->command == command && is_live(help, binding, section))
            return true;
    }
    return false;
}

static bool is_bound(const struct help *help, const struct command *command)
{
    return is_live_command(help, command, help->context) ||
           (help->context != CONTEXT_EDITOR && is_live_command(help, command, CONTEXT_GENERIC));
}

static void add_section(struct help *help, enum context section)
{
    const char *title = NULL, *shown = NULL;
    size_t number = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++) {
        if (titles[i]) {
            title = titles[i];
            continue;
        }
        const struct command *command = command_at(number++);
        if (!is_live_command(help, command, section))
            continue;
        if (title != shown)
            add_heading(help, title);
        shown = title;
        add_command(help, command, section);
    }
    add_macros(help, section);
}

static void add_unbound(struct help *help)
{
    bool any = false;
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        if (!(command->contexts & (1u << help->context)) || is_bound(help, command))
            continue;
        if (!any)
            add_heading(help, "Commands without a key (they run at the \":\" prompt)");
        any = true;
        add_row(help, "", command->name, command->help);
    }
}

struct view *help_new(struct app *app, enum context context)
{
    char *title = g_strdup_printf("pore: Help for the %s", context_name(context));
    char *heading = g_strdup_printf("Keys of the %s", context_name(context));
    struct help help = {text_view_new(app, title), app_keymap(app), context};
    add_line(&help, heading, STYLE_HEADING, 0);
    add_section(&help, context);
    if (context != CONTEXT_EDITOR) {
        add_heading(&help, "Keys of all views");
        add_section(&help, CONTEXT_GENERIC);
    }
    add_unbound(&help);
    g_free(title);
    g_free(heading);
    return help.view;
}
