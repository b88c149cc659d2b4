/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "search.h"

#include "app.h"
#include "find.h"
#include "list.h"

void search_clear(struct search *search)
{
    pattern_free(search->pattern);
    expression_free(search->expression);
    *search = (struct search){.direction = 1};
}

const char *search_rows(struct view *view, const struct list *list, int direction,
                        bool (*matches)(const void *view, int row), int *row)
{
    const struct find_rows rows = {.count = list->count,
                                   .cursor = list->cursor,
                                   .wrap = app_settings(view->app)->wrap_search,
                                   .matches = matches,
                                   .data = view};
    bool wrapped;
    *row = -1;
    if (!view->app->search.expression)
        return "No search pattern.";
    *row = find_row(&rows, direction, &wrapped);
    return find_message(*row >= 0, wrapped, direction,
                        expression_gave_up(view->app->search.expression));
}

/* Lists of series and mails are searched by pattern, texts and tables by expression. */
static bool takes_patterns(const struct view *view)
{
    return view->operations->tag != NULL;
}

/* Is it known what to search for in the view on top? */
static bool is_known(struct app *app)
{
    return takes_patterns(app_top(app)) ? app->search.pattern != NULL
                                        : app->search.expression != NULL;
}

struct pattern *search_pattern(struct app *app, const char *text)
{
    GError *error = NULL;
    struct pattern *pattern = pattern_new(text, app_settings(app)->simple_search,
                                          g_get_real_time() / G_USEC_PER_SEC, &error);
    if (!pattern)
        app_take_error(app, error);
    return pattern;
}

static bool compile(struct app *app, bool as_pattern, const char *text)
{
    struct search *search = &app->search;
    GError *error = NULL;
    if (as_pattern) {
        struct pattern *pattern = search_pattern(app, text);
        if (!pattern)
            return false;
        pattern_free(search->pattern);
        search->pattern = pattern;
        return true;
    }
    struct expression *expression = expression_new(text, &error);
    if (!expression) {
        app_take_error(app, error);
        return false;
    }
    expression_free(search->expression);
    search->expression = expression;
    return true;
}

static void go(struct app *app, int direction)
{
    struct view *view = app_top(app);
    const char *text = view->operations->search ? view->operations->search(view, direction)
                                                : "There is nothing to search here.";
    if (text)
        app_message(app, text);
}

static void search_for(struct app *app, const char *text, void *data)
{
    struct view *view = app_top(app);
    /* As in mutt: an empty line searches for the same once more. */
    if (*text ? !compile(app, takes_patterns(view), text) : !is_known(app))
        return;
    app->search.direction = GPOINTER_TO_INT(data);
    app->search.hidden = false;
    go(app, app->search.direction);
}

void command_search(struct app *app, const struct invocation *invocation)
{
    int direction = invocation->command->argument;
    if (!app_top(app)->operations->search) {
        app_error(app, "There is nothing to search here.");
        return;
    }
    if (invocation->argument) {
        search_for(app, invocation->argument, GINT_TO_POINTER(direction));
        return;
    }
    prompt_ask(app, &(struct prompt_request){
                        .label = direction > 0 ? "Search for: " : "Reverse search for: ",
                        .history = takes_patterns(app_top(app)) ? HISTORY_PATTERN : HISTORY_SEARCH,
                        .accept = search_for,
                        .data = GINT_TO_POINTER(direction),
                    });
}

void command_search_again(struct app *app, const struct invocation *invocation)
{
    if (!is_known(app)) {
        app_error(app, "No search pattern.");
        return;
    }
    app->search.hidden = false;
    g_string_truncate(app->message, 0);
    /* A count ends where there is something to say: nothing found, once around, texts to be read. */
    for (int i = MAX(invocation->count, 1); i > 0 && !app->message->len; i--)
        go(app, invocation->command->argument * app->search.direction);
}

void command_search_toggle(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    app->search.hidden = !app->search.hidden;
}
