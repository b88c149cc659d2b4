/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include "app.h"

#include <string.h>

struct script {
    char *path;
    char **lines; /* NULL at the end */
    guint next;   /* index of the line that is next */
    GPtrArray *errors;
};

struct script *script_new(const char *path, GError **error)
{
    char *text;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    struct script *script = g_new0(struct script, 1);
    script->path = g_filename_display_name(path);
    /* The line it stands in is no text, and the rest is not to be lost. */
    for (char *at = text; (at = memchr(at, '\0', (size_t)(text + length - at)));)
        *at = '\xFF';
    script->lines = g_strsplit(text, "\n", -1);
    script->errors = g_ptr_array_new_with_free_func(g_free);
    g_free(text);
    return script;
}

void script_free(struct script *script)
{
    if (!script)
        return;
    g_ptr_array_unref(script->errors);
    g_strfreev(script->lines);
    g_free(script->path);
    g_free(script);
}

const GPtrArray *script_errors(const struct script *script)
{
    return script->errors;
}

/* WHAT is wrong with the line before the next one. */
static void complain(struct app *app, struct script *script, const char *what)
{
    char *text = g_strdup_printf("%s:%u: %s", script->path, script->next, what);
    app_error(app, text);
    g_ptr_array_add(script->errors, text);
}

static void do_command(struct app *app, struct script *script, const char *line)
{
    g_string_truncate(app->message, 0);
    app->message_is_error = false;
    app_command_line(app, line);
    input_work_off(app);
    if (!app->message_is_error || !app->message->len)
        return;
    char *what = g_strdup(app->message->str);
    complain(app, script, what);
    g_free(what);
}

static void do_keys(struct app *app, struct script *script, const char *line)
{
    GError *error = NULL;
    GArray *keys = keys_parse_macro(line, &error);
    if (!keys) {
        complain(app, script, error->message);
        g_error_free(error);
        return;
    }
    g_string_truncate(app->message, 0);
    input_push(app, (const uint32_t *)(void *)keys->data, keys->len);
    input_work_off(app);
    g_array_unref(keys);
}

static bool says_nothing(const char *line)
{
    return line[0] == '#' || line[strspn(line, " \t\r")] == '\0';
}

bool script_step(struct app *app, struct script *script)
{
    const char *line;
    while ((line = script->lines[script->next]) && says_nothing(line))
        script->next++;
    if (!line)
        return false;
    script->next++;
    if (!g_utf8_validate(line, -1, NULL))
        complain(app, script, "not UTF-8");
    else if (line[0] == ':')
        do_command(app, script, line + 1);
    else
        do_keys(app, script, line);
    app_draw_soon(app);
    return true;
}
