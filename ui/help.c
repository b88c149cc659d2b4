/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help view: the live keys of another view, and the commands without one. */
#include "app.h"
#include "flow.h"
#include "view.h"

#include <string.h>

#define KEYS_WIDTH 20
#define NAME_WIDTH 19

struct help {
    struct view view;
    struct flow flow;
    enum context context; /* what it is the help of */
    GArray *lines;        /* struct flow_line */
    GStringChunk *texts;
};

static void source(const void *data, size_t index, struct flow_line *out)
{
    const struct help *help = data;
    *out = g_array_index(help->lines, struct flow_line, index);
}

static void add_line(struct help *help, const char *text, enum style style, size_t lead)
{
    const struct flow_line line = {
        .text = g_string_chunk_insert(help->texts, text),
        .length = strlen(text),
        .style = style,
        .lead = lead,
        .lead_style = STYLE_KEY,
        .words = true,
        .indent = lead ? KEYS_WIDTH + NAME_WIDTH + 2 : 0,
    };
    g_array_append_val(help->lines, line);
}

/* Adds the commands of the context that have keys, or those that have none. How many it was. */
static size_t add_commands(struct help *help, bool bound)
{
    size_t added = 0;
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        GString *line = g_string_new(NULL);
        bool is_bound = keymap_describe(help->view.app->keymap, help->context, command, SIZE_MAX,
                                        " ", line);
        if ((command->contexts & (1u << help->context)) && is_bound == bound) {
            size_t keys = line->len;
            g_string_append_printf(line, "%*s %-*s %s", MAX(KEYS_WIDTH - (int)keys, 0), "",
                                   NAME_WIDTH, command->name, command->help);
            add_line(help, line->str, STYLE_NORMAL, keys);
            added++;
        }
        g_string_free(line, TRUE);
    }
    return added;
}

static void fill_lines(struct help *help)
{
    char *heading = g_strdup_printf("Keys of the %s", context_name(help->context));
    add_line(help, heading, STYLE_HEADING, 0);
    add_line(help, "", STYLE_NORMAL, 0);
    add_commands(help, true);
    guint bound = help->lines->len;
    add_line(help, "", STYLE_NORMAL, 0);
    add_line(help, "Commands without a key", STYLE_HEADING, 0);
    add_line(help, "", STYLE_NORMAL, 0);
    if (!add_commands(help, false))
        g_array_set_size(help->lines, bound);
    help->flow.count = help->lines->len;
    g_free(heading);
}

static void free_help(struct view *view)
{
    struct help *help = (struct help *)view;
    g_array_unref(help->lines);
    g_string_chunk_free(help->texts);
    g_free(help);
}

static void update(struct view *view)
{
    struct help *help = (struct help *)view;
    flow_resize(&help->flow, view->width, view->height);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    const struct help *help = (const struct help *)view;
    flow_draw(&help->flow, screen, top);
    return view->height - 1;
}

static void status(const struct view *view, GString *text, GString *place)
{
    const struct help *help = (const struct help *)view;
    char buffer[8];
    g_string_append_printf(text, "pore: Help for the %s", context_name(help->context));
    g_string_append(place, flow_place(&help->flow, buffer));
}

static const char *move(struct view *view, enum motion motion)
{
    return flow_move(&((struct help *)view)->flow, motion);
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"previous-page", "PrevPg"},
    {"next-page", "NextPg"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_HELP,
    .hints = hints,
    .free = free_help,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
};

struct view *help_new(struct app *app, enum context context)
{
    struct help *help = g_new0(struct help, 1);
    help->view = (struct view){.operations = &operations, .app = app};
    help->context = context;
    help->lines = g_array_new(FALSE, FALSE, sizeof(struct flow_line));
    help->texts = g_string_chunk_new(1024);
    help->flow.source = source;
    help->flow.data = help;
    fill_lines(help);
    return &help->view;
}
