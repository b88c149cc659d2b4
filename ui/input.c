/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include "app.h"
#include "frame.h"

/* A count stays below this: no list has more entries. */
#define COUNT_MAX 100000000

/* The key that the terminal makes a SIGINT of. */
#define KEY_INTERRUPT 3

/* Lines that a turn of the mouse's wheel scrolls. */
#define WHEEL_LINES 3

void input_init(struct input *input)
{
    *input = (struct input){.queue = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
}

void input_clear(struct input *input)
{
    g_array_unref(input->queue);
}

/* Nothing is typed so far. */
static void forget(struct input *input)
{
    input->length = 0;
    input->count = 0;
    input->tag_prefix = false;
}

static enum context context_of(struct app *app)
{
    return app->prompt ? CONTEXT_EDITOR : app_top(app)->operations->context;
}

void input_command(struct app *app, const struct command *command, int count,
                   const char *argument, bool tagged)
{
    const struct invocation invocation = {
        .command = command, .count = count, .argument = argument, .tagged = tagged};
    if (command->contexts & (1u << context_of(app)))
        command->function(app, &invocation);
    else
        app_errorf(app, "%s: not available here.", command->name);
}

static void run(struct app *app, const struct command *command, const char *argument)
{
    int count = app->input.count;
    bool tagged = app->input.tag_prefix;
    /* What was typed so far is taken back first; what runs goes on. */
    if (command->function == command_stop && (count || tagged)) {
        forget(&app->input);
        return;
    }
    /* Before the call: the commands that begin a count or a prefix set them anew. */
    forget(&app->input);
    if (command->function == command_digit)
        app->input.count = count;
    if (command->function == command_digit || command->function == command_tag_prefix)
        app->input.tag_prefix = tagged;
    input_command(app, command, count, argument, tagged);
}

static void say_not_bound(struct app *app)
{
    GString *text = g_string_new("Key is not bound.");
    GString *key = g_string_new(NULL);
    if (keymap_describe(app_keymap(app), context_of(app), command_find("help"), 1, "", key))
        g_string_append_printf(text, "  Press '%s' for help.", key->str);
    app_error(app, text->str);
    g_string_free(key, TRUE);
    g_string_free(text, TRUE);
}

static void name_key(struct app *app, uint32_t key)
{
    GString *name = g_string_new(NULL);
    keys_append_name(name, key);
    app->input.naming_key = false;
    app_messagef(app, "This key is written %s", name->str);
    g_string_free(name, TRUE);
}

static void use_mouse(struct app *app)
{
    enum screen_click click;
    int row, column, top, height;
    struct view *view = app_top(app);
    frame_area(app, screen_rows(app->screen), &top, &height);
    if (app->prompt || !screen_mouse(app->screen, &click, &row, &column))
        return;
    if (click == CLICK_WHEEL_UP || click == CLICK_WHEEL_DOWN) {
        view->operations->move(view, click == CLICK_WHEEL_UP ? MOTION_LINE_UP : MOTION_LINE_DOWN,
                               WHEEL_LINES);
        return;
    }
    if (row < top || row >= top + height || !view->operations->click ||
        !view->operations->click(view, row - top))
        return;
    if (click == CLICK_OPEN && view->operations->open)
        view->operations->open(view);
}

/* Takes KEY into the count: a digit behind another one, or one that nothing else is bound to. */
static bool take_digit(struct app *app, uint32_t key)
{
    struct input *input = &app->input;
    const struct binding *binding;
    if (app->prompt || input->length || key < '0' || key > '9' || (key == '0' && !input->count))
        return false;
    if (!input->count && keymap_resolve(app_keymap(app), context_of(app), &key, 1, &binding) !=
                             KEYMAP_NOTHING)
        return false;
    input->count = MIN(input->count * 10 + (int)(key - '0'), COUNT_MAX);
    return true;
}

static void run_binding(struct app *app, const struct binding *binding)
{
    if (binding->macro) {
        forget(&app->input);
        input_push(app, (const uint32_t *)(void *)binding->macro->data, binding->macro->len);
        return;
    }
    /* What the command does may free the binding. */
    char *argument = g_strdup(binding->argument);
    run(app, binding->command, argument);
    g_free(argument);
}

/* The command that takes back what was typed: KEY leaves a prompt, or stops what runs. */
static const struct command *aborting(struct app *app, uint32_t key)
{
    const struct binding *binding;
    if (keymap_resolve(app_keymap(app), context_of(app), &key, 1, &binding) != KEYMAP_BINDING ||
        binding->macro)
        return NULL;
    const struct command *command = binding->command;
    bool aborts = command->function == prompt_edit ? command->argument == PROMPT_ABORT
                                                   : command->function == command_stop;
    return aborts ? command : NULL;
}

static void give_up_sequence(struct app *app)
{
    struct input *input = &app->input;
    uint32_t key = input->keys[0];
    bool alone = input->length == 1;
    const struct command *command = alone ? NULL : aborting(app, input->keys[input->length - 1]);
    forget(input);
    if (command && app->prompt)
        run(app, command, NULL);
    else if (command)
        return;
    else if (app->prompt && alone)
        prompt_key(app, key);
    else if (!app->prompt)
        say_not_bound(app);
}

static void take_key(struct app *app, uint32_t key)
{
    struct input *input = &app->input;
    const struct binding *binding;
    if (input->naming_key) {
        name_key(app, key);
        return;
    }
    if (key >= KEYS_COMMAND) {
        input->length = 0;
        run(app, command_at(key - KEYS_COMMAND), NULL);
        return;
    }
    if (key == KEYS_MOUSE) {
        use_mouse(app);
        return;
    }
    if (app->prompt && !input->length && prompt_takes_raw_keys(app->prompt)) {
        prompt_key(app, key);
        return;
    }
    if (take_digit(app, key))
        return;
    input->keys[input->length++] = key;
    switch (keymap_resolve(app_keymap(app), context_of(app), input->keys, input->length,
                           &binding)) {
    case KEYMAP_PREFIX:
        break;
    case KEYMAP_BINDING:
        input->length = 0;
        run_binding(app, binding);
        break;
    case KEYMAP_NOTHING:
        give_up_sequence(app);
        break;
    }
}

void input_push(struct app *app, const uint32_t *keys, size_t count)
{
    for (size_t i = count; i-- > 0;)
        g_array_append_val(app->input.queue, keys[i]);
}

/* Moves what "push" and "exec" asked for to the front of the queue. */
static void take_pushed(struct app *app)
{
    GArray *pushed = app->configuration->pushed;
    if (!pushed->len)
        return;
    input_push(app, (const uint32_t *)(void *)pushed->data, pushed->len);
    g_array_set_size(pushed, 0);
}

void input_work_off(struct app *app)
{
    GArray *queue = app->input.queue;
    take_pushed(app);
    while (queue->len && !app->quit) {
        if (++app->input.macro_steps > INPUT_MACRO_STEPS_MAX) {
            g_array_set_size(queue, 0);
            forget(&app->input);
            app_error(app, "Macro loop detected.");
            break;
        }
        uint32_t key = g_array_index(queue, uint32_t, queue->len - 1);
        g_array_set_size(queue, queue->len - 1);
        take_key(app, key);
        take_pushed(app);
    }
    app->input.macro_steps = 0;
}

void input_press(struct app *app, uint32_t key)
{
    g_string_truncate(app->message, 0);
    take_key(app, key);
    input_work_off(app);
}

bool input_interrupt(struct app *app)
{
    struct input *input = &app->input;
    if (input->naming_key || (input->length && !app->prompt)) {
        input_press(app, KEY_INTERRUPT);
        return true;
    }
    bool typed = !app->prompt && (input->count || input->tag_prefix);
    if (typed)
        forget(input);
    return typed;
}

void input_describe(const struct app *app, GString *text)
{
    const struct input *input = &app->input;
    if (input->tag_prefix)
        g_string_append(text, "tag-");
    if (input->count)
        g_string_append_printf(text, "%d", input->count);
    for (size_t i = 0; i < input->length && !app->prompt; i++)
        keys_append_name(text, input->keys[i]);
}
