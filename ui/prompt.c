/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt.h"

#include "app.h"
#include "edit.h"
#include "glyph.h"

#include <string.h>

/* Cells that a label leaves for the line. */
#define LINE_CELLS_MIN 10

enum prompt_kind { PROMPT_LINE, PROMPT_CHOICE, PROMPT_YES_OR_NO };

struct prompt {
    enum prompt_kind kind;
    char *label;
    prompt_accept *accept;
    void *data;
    GDestroyNotify free_data;

    char *keys;     /* of a choice */
    bool yes_first; /* of yes or no */

    /* Of a line. */
    struct edit edit;
    bool quote; /* the next key is inserted as it is */
    prompt_completion *completion;
    enum prompt_history_kind history;
    guint history_at; /* index of the line that is shown; behind the last: the one that was typed */
    char *typed;      /* while another one is shown */
    char *beginning;  /* of what is searched for in the history; NULL: nothing is */
    GPtrArray *candidates; /* char *, while the word is being completed; else NULL */
    int candidate;         /* index of the one that stands there; -1: their common beginning */
    size_t word;           /* where they begin */
};

static void beep(struct app *app)
{
    if (app_settings(app)->beep)
        screen_beep(app->screen);
}

static void free_prompt(struct prompt *prompt)
{
    if (prompt->free_data)
        prompt->free_data(prompt->data);
    if (prompt->candidates)
        g_ptr_array_unref(prompt->candidates);
    edit_clear(&prompt->edit);
    g_free(prompt->beginning);
    g_free(prompt->typed);
    g_free(prompt->keys);
    g_free(prompt->label);
    g_free(prompt);
}

void prompt_leave(struct app *app)
{
    struct prompt *prompt = app->prompt;
    if (!prompt)
        return;
    app->prompt = NULL;
    free_prompt(prompt);
    app_draw_soon(app);
}

static struct prompt *open_prompt(struct app *app, enum prompt_kind kind, const char *label,
                                  prompt_accept *accept, void *data, GDestroyNotify free_data)
{
    struct prompt *prompt = g_new0(struct prompt, 1);
    prompt_leave(app);
    prompt->kind = kind;
    prompt->label = g_strdup(label);
    prompt->accept = accept;
    prompt->data = data;
    prompt->free_data = free_data;
    prompt->history = HISTORY_NONE;
    edit_set(&prompt->edit, "");
    app->prompt = prompt;
    app_draw_soon(app);
    return prompt;
}

/* Closes it before the answer is looked at: that may ask the next question. */
static void answer(struct app *app, const char *text)
{
    struct prompt *prompt = app->prompt;
    app->prompt = NULL;
    prompt_history_add(app->prompt_history, prompt->history, text, (size_t)app_settings(app)->save_history);
    prompt->accept(app, text, prompt->data);
    free_prompt(prompt);
    app_draw_soon(app);
}

void prompt_ask(struct app *app, const struct prompt_request *request)
{
    struct prompt *prompt = open_prompt(app, PROMPT_LINE, request->label, request->accept,
                                        request->data, request->free_data);
    prompt->history = request->history;
    prompt->history_at = prompt_history_lines(app->prompt_history, prompt->history)->len;
    prompt->completion = request->completion;
    if (request->initial)
        edit_set(&prompt->edit, request->initial);
}

void prompt_choose(struct app *app, const char *label, const char *keys, prompt_accept *accept,
                   void *data, GDestroyNotify free_data)
{
    struct prompt *prompt = open_prompt(app, PROMPT_CHOICE, label, accept, data, free_data);
    prompt->keys = g_strdup(keys);
}

void prompt_confirm(struct app *app, const char *label, bool yes_first, prompt_accept *accept,
                    void *data, GDestroyNotify free_data)
{
    char *question = g_strdup_printf("%s (%s): ", label, yes_first ? "[yes]/no" : "yes/[no]");
    struct prompt *prompt =
        open_prompt(app, PROMPT_YES_OR_NO, question, accept, data, free_data);
    prompt->yes_first = yes_first;
    g_free(question);
}

/* --- history ------------------------------------------------------------------ */

/* Shows line INDEX of the history, or behind the last what was typed. */
static void show_line(struct prompt *prompt, const GPtrArray *lines, guint index)
{
    if (prompt->history_at == lines->len) {
        g_free(prompt->typed);
        prompt->typed = g_strdup(prompt->edit.text->str);
    }
    prompt->history_at = index;
    edit_set(&prompt->edit, index < lines->len ? lines->pdata[index] : prompt->typed);
}

static bool step_history(struct app *app, bool up)
{
    struct prompt *prompt = app->prompt;
    const GPtrArray *lines = prompt_history_lines(app->prompt_history, prompt->history);
    if (up ? prompt->history_at == 0 : prompt->history_at >= lines->len)
        return false;
    show_line(prompt, lines, up ? prompt->history_at - 1 : prompt->history_at + 1);
    return true;
}

static bool search_history(struct app *app)
{
    struct prompt *prompt = app->prompt;
    const GPtrArray *lines = prompt_history_lines(app->prompt_history, prompt->history);
    if (!prompt->beginning)
        prompt->beginning = g_strndup(prompt->edit.text->str, prompt->edit.cursor);
    for (guint i = prompt->history_at; i-- > 0;) {
        if (!g_str_has_prefix(lines->pdata[i], prompt->beginning))
            continue;
        show_line(prompt, lines, i);
        return true;
    }
    return false;
}

/* --- completion --------------------------------------------------------------- */

static void stop_completing(struct prompt *prompt)
{
    if (prompt->candidates)
        g_ptr_array_unref(prompt->candidates);
    prompt->candidates = NULL;
}

/* How many bytes, whole characters, all CANDIDATES begin with. */
static size_t common_length(const GPtrArray *candidates)
{
    const char *first = candidates->pdata[0];
    size_t length = strlen(first);
    for (guint i = 1; i < candidates->len; i++) {
        const char *other = candidates->pdata[i];
        size_t same = 0;
        while (same < length && first[same] == other[same])
            same++;
        length = same;
    }
    while (length > 0 && ((unsigned char)first[length] & 0xC0) == 0x80)
        length--;
    return length;
}

/* Candidates that may stand in the line. */
static GPtrArray *find_candidates(struct app *app, size_t *start)
{
    struct prompt *prompt = app->prompt;
    GPtrArray *candidates = g_ptr_array_new_with_free_func(g_free);
    *start = prompt->edit.cursor;
    if (prompt->completion)
        prompt->completion(app, prompt->edit.text->str, prompt->edit.cursor, start, candidates);
    for (guint i = candidates->len; i-- > 0;)
        if (!g_utf8_validate(candidates->pdata[i], -1, NULL))
            g_ptr_array_remove_index(candidates, i);
    return candidates;
}

static bool next_candidate(struct prompt *prompt)
{
    prompt->candidate = (prompt->candidate + 1) % (int)prompt->candidates->len;
    return edit_replace(&prompt->edit, prompt->word, prompt->candidates->pdata[prompt->candidate]);
}

/* At first what all candidates begin with, then one after the other. */
static bool complete(struct app *app)
{
    struct prompt *prompt = app->prompt;
    if (prompt->candidates)
        return next_candidate(prompt);
    prompt->candidates = find_candidates(app, &prompt->word);
    prompt->candidate = -1;
    guint count = prompt->candidates->len;
    if (count < 2) {
        bool completed = count && next_candidate(prompt);
        stop_completing(prompt);
        return completed;
    }
    size_t length = common_length(prompt->candidates);
    if (length <= prompt->edit.cursor - prompt->word)
        return next_candidate(prompt);
    char *common = g_strndup(prompt->candidates->pdata[0], length);
    bool completed = edit_replace(&prompt->edit, prompt->word, common);
    g_free(common);
    return completed;
}

/* Splits the path TYPED into the folder to look into, the caller's to free, and *NAME, what the
 * names there are to begin with. */
static char *split_path(const char *typed, const char **name)
{
    const char *slash = strrchr(typed, '/');
    *name = slash ? slash + 1 : typed;
    if (!slash)
        return g_strdup(".");
    if (g_str_has_prefix(typed, "~/"))
        return g_strdup_printf("%s%.*s", g_get_home_dir(), (int)(slash - typed), typed + 1);
    return g_strndup(typed, (gsize)(*name - typed));
}

static gint compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void prompt_complete_files(struct app *app, const char *text, size_t cursor, size_t *start,
                           GPtrArray *candidates)
{
    char *typed = g_strndup(text, cursor);
    const char *name, *entry;
    char *folder = split_path(typed, &name);
    GDir *directory = g_dir_open(folder, 0, NULL);
    (void)app;
    *start = 0;
    while (directory && (entry = g_dir_read_name(directory))) {
        if (!g_str_has_prefix(entry, name) || (entry[0] == '.' && name[0] != '.'))
            continue;
        char *path = g_build_filename(folder, entry, NULL);
        bool is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
        g_ptr_array_add(candidates, g_strdup_printf("%.*s%s%s", (int)(name - typed), typed, entry,
                                                    is_folder ? "/" : ""));
        g_free(path);
    }
    if (directory)
        g_dir_close(directory);
    g_ptr_array_sort(candidates, compare_text);
    g_free(folder);
    g_free(typed);
}

/* --- keys --------------------------------------------------------------------- */

static bool edit_line(struct app *app, enum prompt_action action)
{
    struct prompt *prompt = app->prompt;
    switch (action) {
    case PROMPT_COMPLETE:
        return complete(app);
    case PROMPT_HISTORY_UP:
    case PROMPT_HISTORY_DOWN:
        return step_history(app, action == PROMPT_HISTORY_UP);
    case PROMPT_HISTORY_SEARCH:
        return search_history(app);
    case PROMPT_QUOTE:
        prompt->quote = true;
        return true;
    default:
        return edit_apply(&prompt->edit, action);
    }
}

static void act(struct app *app, enum prompt_action action)
{
    struct prompt *prompt = app->prompt;
    if (action != PROMPT_COMPLETE)
        stop_completing(prompt);
    if (action != PROMPT_HISTORY_SEARCH)
        g_clear_pointer(&prompt->beginning, g_free);
    if (action == PROMPT_ABORT ||
        (action == PROMPT_BACKSPACE && prompt->kind == PROMPT_LINE && !prompt->edit.text->len))
        prompt_leave(app);
    else if (action == PROMPT_ACCEPT && prompt->kind == PROMPT_LINE)
        answer(app, prompt->edit.text->str);
    else if (action == PROMPT_ACCEPT && prompt->kind == PROMPT_YES_OR_NO && prompt->yes_first)
        answer(app, "yes");
    else if (action == PROMPT_ACCEPT && prompt->kind == PROMPT_YES_OR_NO)
        prompt_leave(app);
    else if (prompt->kind != PROMPT_LINE || !edit_line(app, action))
        beep(app);
    app_draw_soon(app);
}

void prompt_edit(struct app *app, const struct invocation *invocation)
{
    if (app->prompt)
        act(app, (enum prompt_action)invocation->command->argument);
}

static void choose(struct app *app, uint32_t key)
{
    const struct prompt *prompt = app->prompt;
    const char letter[] = {(char)key, '\0'};
    bool yes_or_no = prompt->kind == PROMPT_YES_OR_NO;
    if (key == 0 || key >= 0x80)
        beep(app);
    else if (!yes_or_no && strchr(prompt->keys, letter[0]))
        answer(app, letter);
    else if (yes_or_no && g_ascii_tolower(letter[0]) == 'y')
        answer(app, "yes");
    else if (yes_or_no && g_ascii_tolower(letter[0]) == 'n')
        prompt_leave(app);
    else
        beep(app);
}

/* The command that KEY by itself is bound to in the editor, or NULL. */
static const struct command *find_command(struct app *app, uint32_t key)
{
    const struct binding *binding;
    return keymap_resolve(app_keymap(app), CONTEXT_EDITOR, &key, 1, &binding) == KEYMAP_BINDING
               ? binding->command
               : NULL;
}

/* A key for one that wants a letter: of what is bound in the editor, only the two ways out
 * count. */
static void choose_or_leave(struct app *app, uint32_t key)
{
    const struct command *command = find_command(app, key);
    bool leaves = command && command->function == prompt_edit &&
                  (command->argument == PROMPT_ACCEPT || command->argument == PROMPT_ABORT);
    if (leaves)
        act(app, (enum prompt_action)command->argument);
    else
        choose(app, key);
}

void prompt_key(struct app *app, uint32_t key)
{
    struct prompt *prompt = app->prompt;
    if (prompt->kind != PROMPT_LINE) {
        choose_or_leave(app, key);
        return;
    }
    bool control = key < 0x20 || key == 0x7F;
    stop_completing(prompt);
    g_clear_pointer(&prompt->beginning, g_free);
    if ((control && !prompt->quote) || !edit_insert(&prompt->edit, key))
        beep(app);
    prompt->quote = false;
    app_draw_soon(app);
}

bool prompt_takes_raw_keys(const struct prompt *prompt)
{
    return prompt->quote || prompt->kind != PROMPT_LINE;
}

/* --- drawing ------------------------------------------------------------------ */

/* The first byte of TEXT that is shown in WIDTH cells so that the cursor, in cell COLUMN, is;
 * half a width is scrolled at a time. Takes the cells that are left out off *COLUMN. */
static size_t scroll(const GString *text, int width, int *column)
{
    int half = MAX(width / 2, 1);
    int skipped = *column < width ? 0 : ((*column - width) / half + 1) * half;
    int cells = 0;
    size_t start = 0;
    while (cells < skipped && start < text->len) {
        struct glyph glyph;
        glyph_next(text->str + start, text->len - start, &glyph);
        start += glyph.length;
        cells += glyph.width;
    }
    *column -= cells;
    return start;
}

/* Draws how many candidates there are at the end of ROW. Returns the cells it took. */
static int draw_count(const struct prompt *prompt, struct screen *screen, int row, int columns)
{
    char text[48];
    if (!prompt->candidates)
        return 0;
    if (prompt->candidate < 0)
        g_snprintf(text, sizeof text, " (%u)", prompt->candidates->len);
    else
        g_snprintf(text, sizeof text, " (%d/%u)", prompt->candidate + 1, prompt->candidates->len);
    int width = (int)strlen(text);
    if (width > columns)
        return 0;
    return screen_put(screen, row, columns - width, width, STYLE_DIM, text, (size_t)width);
}

int prompt_draw(const struct prompt *prompt, struct screen *screen, int row, int columns)
{
    const GString *text = prompt->edit.text;
    int room = MAX(columns - (prompt->kind == PROMPT_LINE ? LINE_CELLS_MIN : 1), 0);
    screen_fill(screen, row, 0, columns, STYLE_NORMAL, ' ');
    int label =
        screen_put(screen, row, 0, room, STYLE_PROMPT, prompt->label, strlen(prompt->label));
    int width = columns - label;
    if (width > 2 * LINE_CELLS_MIN)
        width -= draw_count(prompt, screen, row, columns);
    int column = glyph_columns(text->str, prompt->edit.cursor, G_MAXINT);
    size_t start = scroll(text, width, &column);
    screen_put(screen, row, label, width, STYLE_NORMAL, text->str + start, text->len - start);
    return MIN(label + column, MAX(columns - 1, 0));
}
