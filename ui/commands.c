/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "commands.h"

#include "app.h"
#include "mail/answer.h"
#include "save.h"

#include <stdlib.h>
#include <string.h>

/* --- moving ------------------------------------------------------------------- */

void command_move(struct app *app, const struct invocation *invocation)
{
    struct view *view = app_top(app);
    enum motion motion = (enum motion)invocation->command->argument;
    const char *problem = view->operations->move(view, motion, invocation->count);
    if (problem)
        app_message(app, problem);
}

static void jump_to(struct app *app, const char *text, void *data)
{
    struct view *view = app_top(app);
    char *end;
    long number = strtol(text, &end, 10);
    (void)data;
    if (end == text || *end || number < 1) {
        app_error(app, "The argument must be the number of an entry.");
        return;
    }
    const char *problem = view->operations->move(view, MOTION_FIRST, (int)MIN(number, G_MAXINT));
    if (problem)
        app_message(app, problem);
}

void command_jump(struct app *app, const struct invocation *invocation)
{
    if (invocation->count) {
        char *text = g_strdup_printf("%d", invocation->count);
        jump_to(app, text, NULL);
        g_free(text);
        return;
    }
    /* As in mutt: the digit that was pressed is the first one of the number. */
    prompt_ask(app, &(struct prompt_request){.label = "Jump to entry: ",
                                             .history = HISTORY_NONE,
                                             .initial = invocation->argument,
                                             .accept = jump_to});
}

void command_next_series(struct app *app, const struct invocation *invocation)
{
    int direction = invocation->command->argument;
    struct view *view = app_top(app);
    for (int i = MAX(invocation->count, 1); i > 0; i--)
        if (!view->operations->neighbour ||
            !view->operations->neighbour(view, NULL, direction, true)) {
            app_message(app, direction > 0 ? "You are on the last series."
                                           : "You are on the first series.");
            return;
        }
}

void command_toggle_wrap(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app->configuration->settings.wrap = !app_settings(app)->wrap;
    app_configured(app);
    app_message(app, app_settings(app)->wrap ? "Long lines are wrapped."
                                             : "Long lines are not wrapped.");
}

/* --- opening and leaving ------------------------------------------------------ */

void command_open(struct app *app, const struct invocation *invocation)
{
    struct view *view = app_top(app);
    (void)invocation;
    if (view->operations->open)
        view->operations->open(view);
}

void command_exit(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app_pop(app);
}

void command_quit(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app->quit = true;
}

void command_help(struct app *app, const struct invocation *invocation)
{
    enum context context = app_top(app)->operations->context;
    if (invocation->argument && !context_find(invocation->argument, &context))
        app_errorf(app, "no such context: %s", invocation->argument);
    else
        app_push(app, help_new(app, context));
}

void command_refresh(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app_resized(app);
    screen_redraw(app->screen);
}

static void run_line(struct app *app, const char *text, void *data)
{
    (void)data;
    app_command_line(app, text);
}

static void complete_line(struct app *app, const char *text, size_t cursor, size_t *start,
                          GPtrArray *candidates)
{
    rc_complete(app->configuration, text, cursor, start, candidates);
}

void command_prompt(struct app *app, const struct invocation *invocation)
{
    if (invocation->argument) {
        app_command_line(app, invocation->argument);
        return;
    }
    prompt_ask(app, &(struct prompt_request){.label = ":",
                                             .history = HISTORY_COMMAND,
                                             .completion = complete_line,
                                             .accept = run_line});
}

void command_what_key(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app->input.naming_key = true;
    app_message(app, "Press the key to be named.");
}

void command_version(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app_message(app, "pore " PACKAGE_VERSION);
}

void command_stop(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    bool reading = visit_stop(app);
    guint jobs = jobs_stop(app);
    if (!reading && !jobs)
        app_message(app, "Nothing is running.");
    else if (!app->message->len)
        app_message(app, reading ? "Reading was stopped." : "It was stopped.");
}

void command_sync_mailbox(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    visit_refresh(app);
}

void command_fetch_mail(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    visit_fetch(app);
}

void command_tag_prefix(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app->input.tag_prefix = true;
}

void command_digit(struct app *app, const struct invocation *invocation)
{
    const char *digit = invocation->argument;
    if (digit && g_ascii_isdigit(*digit))
        app->input.count = MIN(app->input.count, G_MAXINT / 100) * 10 + (*digit - '0');
}

void command_nothing(struct app *app, const struct invocation *invocation)
{
    (void)app;
    (void)invocation;
}

static void write_screen(struct app *app, const char *text, void *data)
{
    GError *error = NULL;
    bool attributes = g_str_has_prefix(text, "-a ");
    (void)data;
    text += attributes ? 3 : 0;
    if (!*text)
        return;
    char *path = save_expand(text);
    GString *screen = g_string_new(NULL);
    char *dump = screen_dump(app->screen, attributes);
    g_string_append(screen, dump);
    enum save_target target = save_look(path, &error);
    enum save_mode mode = target == SAVE_TARGET_FILE ? SAVE_OVERWRITE : SAVE_NEW;
    if (target != SAVE_TARGET_REFUSED && save_write(path, mode, screen, &error))
        app_messagef(app, "The screen was written to %s.", text);
    else
        app_take_error(app, error);
    g_string_free(screen, TRUE);
    g_free(dump);
    g_free(path);
}

void command_write_screen(struct app *app, const struct invocation *invocation)
{
    if (invocation->argument) {
        write_screen(app, invocation->argument, NULL);
        return;
    }
    prompt_ask(app, &(struct prompt_request){.label = "Write the screen to file: ",
                                             .history = HISTORY_FILE,
                                             .completion = prompt_complete_files,
                                             .accept = write_screen});
}

/* --- tagging ------------------------------------------------------------------ */

static void tag_by_pattern(struct app *app, const char *text, bool tag)
{
    struct view *view = app_top(app);
    struct pattern *pattern = *text ? search_pattern(app, text) : NULL;
    if (!pattern)
        return;
    int changed = view->operations->tag(view, pattern, tag);
    if (changed >= 0)
        app_messagef(app, changed == 1 ? "%d entry %s." : "%d entries %s.", changed,
                     tag ? "tagged" : "untagged");
    pattern_free(pattern);
}

static void tag_pattern(struct app *app, const char *text, void *data)
{
    tag_by_pattern(app, text, GPOINTER_TO_INT(data));
}

void command_tag_pattern(struct app *app, const struct invocation *invocation)
{
    int tag = invocation->command->argument;
    if (invocation->argument) {
        tag_by_pattern(app, invocation->argument, tag);
        return;
    }
    prompt_ask(app, &(struct prompt_request){
                        .label = tag ? "Tag entries matching: " : "Untag entries matching: ",
                        .history = HISTORY_PATTERN,
                        .accept = tag_pattern,
                        .data = GINT_TO_POINTER(tag)});
}

void command_tag(struct app *app, const struct invocation *invocation)
{
    struct view *view = app_top(app);
    if (invocation->tagged) {
        GPtrArray *members = g_ptr_array_new();
        view->operations->select(view, true, members);
        if (members->len)
            tag_by_pattern(app, "~T", false);
        else
            app_error(app, "No tagged entries.");
        g_ptr_array_unref(members);
        return;
    }
    /* A count goes on in any case: one entry would be tagged and untagged by turns. */
    bool moves = app_settings(app)->resolve || invocation->count > 1;
    for (int i = MAX(invocation->count, 1); i > 0; i--) {
        if (view->operations->tag(view, NULL, true) < 0 ||
            (moves && view->operations->move(view, MOTION_NEXT, 1)))
            break;
    }
}

/* --- the table ---------------------------------------------------------------- */

static const struct command commands[] = {
#define GROUP(title)
#define COMMAND(name, contexts, function, argument, help) \
    {name, contexts, function, argument, help},
#include "commands.def"
#undef COMMAND
#undef GROUP
};

const char *context_name(enum context context)
{
    switch (context) {
    case CONTEXT_GENERIC:
        return "generic";
    case CONTEXT_INDEX:
        return "index";
    case CONTEXT_SERIES:
        return "series";
    case CONTEXT_PAGER:
        return "pager";
    case CONTEXT_CONTRIBUTORS:
        return "contributors";
    case CONTEXT_LIST:
        return "list";
    case CONTEXT_TEXT:
        return "text";
    case CONTEXT_EDITOR:
    case CONTEXT_COUNT:
        break;
    }
    return "editor";
}

bool context_find(const char *name, enum context *context)
{
    for (size_t i = 0; i < CONTEXT_COUNT; i++)
        if (strcmp(context_name((enum context)i), name) == 0) {
            *context = (enum context)i;
            return true;
        }
    return false;
}

bool invocation_folds(const struct invocation *invocation, bool folded)
{
    if (g_strcmp0(invocation->argument, "fold") == 0)
        return true;
    return g_strcmp0(invocation->argument, "unfold") == 0 ? false : !folded;
}

size_t command_count(void)
{
    return G_N_ELEMENTS(commands);
}

const struct command *command_at(size_t index)
{
    return &commands[index];
}

size_t command_index(const struct command *command)
{
    return (size_t)(command - commands);
}

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count(); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}
