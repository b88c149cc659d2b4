/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

#include "app.h"

#include <string.h>

static void command_move(struct app *app, int argument)
{
    struct view *view = app_top(app);
    const char *problem = view->operations->move(view, (enum motion)argument);
    if (problem)
        app_message(app, problem);
}

static void command_open(struct app *app, int argument)
{
    struct view *view = app_top(app);
    (void)argument;
    if (view->operations->open)
        view->operations->open(view);
}

static void command_exit(struct app *app, int argument)
{
    (void)argument;
    app_pop(app);
}

static void command_quit(struct app *app, int argument)
{
    (void)argument;
    app->quit = true;
}

static void command_help(struct app *app, int argument)
{
    (void)argument;
    app_push(app, help_new(app, app_top(app)->operations->context));
}

static void command_refresh(struct app *app, int argument)
{
    (void)argument;
    app_resized(app);
    screen_redraw(app->screen);
}

static void command_toggle_headers(struct app *app, int argument)
{
    (void)argument;
    pager_toggle_headers(app_top(app));
}

static const struct command commands[] = {
#define COMMAND(name, contexts, function, argument, help) \
    {name, contexts, function, argument, help},
#include "commands.def"
#undef COMMAND
};

static const char *const context_names[CONTEXT_COUNT] = {
    [CONTEXT_GENERIC] = "generic", [CONTEXT_INDEX] = "index", [CONTEXT_SERIES] = "series",
    [CONTEXT_PAGER] = "pager",     [CONTEXT_HELP] = "help",
};

const char *context_name(enum context context)
{
    return context_names[context];
}

bool context_find(const char *name, enum context *context)
{
    for (size_t i = 0; i < CONTEXT_COUNT; i++)
        if (strcmp(context_names[i], name) == 0) {
            *context = (enum context)i;
            return true;
        }
    return false;
}

size_t command_count(void)
{
    return G_N_ELEMENTS(commands);
}

const struct command *command_at(size_t index)
{
    return &commands[index];
}

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count(); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}
