/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys: "%% type ROWS" has the bytes of the piece typed at a browser, of which what runs programs and
 * writes files is left out ("mouse" behind it has it take the mouse, "words", "files" and "sure" open a
 * prompt); "%% edit" has them edit a line; the lines of any other piece are names of keys,
 * macros and lines of a keymap. What is named reads back as it is, a line stays text with the cursor
 * between two characters, and a screen shows nothing but characters.
 *
 * Targets: ui/keys.c ui/keymap.c ui/input.c ui/edit.c ui/prompt.c ui/list.c */
#include "fuzz.h"

#include "app.h"
#include "archive/archive.h"
#include "edit.h"
#include "pieces.h"
#include "support.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECES_MAX 4

/* Bytes typed into a browser: a pipe takes them. */
#define TYPED_MAX 1024

/* --- names ---------------------------------------------------------------------------------------- */

/* KEYS written down, as they stand in a keymap. */
static char *write_keys(const uint32_t *keys, size_t count)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        keys_append_name(text, keys[i]);
    return g_string_free(text, FALSE);
}

static bool has_opening(const uint32_t *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i] == '<' || keys[i] == '^' || keys[i] == '\\')
            return true;
    return false;
}

static void check_sequence(const char *text)
{
    uint32_t keys[KEYS_SEQUENCE_MAX], again[KEYS_SEQUENCE_MAX];
    const char *problem = NULL;
    size_t count = keys_parse(text, keys, &problem);
    char *name;

    g_assert(count <= KEYS_SEQUENCE_MAX && (count > 0 || *problem));
    if (count == 0)
        return;
    name = write_keys(keys, count);
    g_assert(g_utf8_validate(name, -1, NULL));
    for (const char *at = name; *at; at++)
        g_assert(!g_ascii_iscntrl(*at));
    /* What begins the name of another key is not escaped: it is written for people. */
    if (!has_opening(keys, count)) {
        g_assert(keys_parse(name, again, &problem) == count);
        g_assert(memcmp(keys, again, count * sizeof *keys) == 0);
    }
    g_free(name);
}

static void check_macro(const char *text)
{
    GError *error = NULL;
    GArray *keys = keys_parse_macro(text, &error);

    g_assert(!keys == !!error);
    if (keys) {
        g_assert(keys->len <= KEYS_MACRO_MAX);
        for (guint i = 0; i < keys->len; i++) {
            uint32_t key = g_array_index(keys, uint32_t, i);
            g_assert(key < KEYS_COMMAND || key - KEYS_COMMAND < command_count());
        }
        g_array_unref(keys);
    } else {
        g_assert(error->message[0] && !strchr(error->message, '\n'));
        g_error_free(error);
    }
}

static void check_resolving(const struct keymap *keymap)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = keymap->bindings->pdata[i], *found;

        g_assert(keymap_resolve(keymap, binding->context, binding->keys, binding->length, &found) ==
                 KEYMAP_BINDING);
        g_assert(found == binding);
        g_assert(binding->length == 1 ||
                 keymap_resolve(keymap, binding->context, binding->keys, binding->length - 1, &found) ==
                     KEYMAP_PREFIX);
        if (binding->command)
            g_assert(keymap_describe(keymap, binding->context, binding->command, 9, ", ", text));
    }
    g_assert(g_utf8_validate(text->str, -1, NULL));
    g_string_free(text, TRUE);
}

/* LINE as the words of porerc's bind, macro and unbind. */
static void change_keymap(struct keymap *keymap, char *line)
{
    char **words = g_strsplit(line, " ", 4);
    guint count = g_strv_length(words);
    GError *error = NULL;
    bool done = true;

    if (count == 2)
        done = keymap_unbind(keymap, words[0], strcmp(words[1], "*") == 0 ? NULL : words[1], &error);
    else if (count == 3)
        done = keymap_macro(keymap, words[0], words[1], words[2], NULL, &error);
    else if (count == 4)
        done = keymap_bind(keymap, words[0], words[1], words[2], words[3], &error);
    g_assert(done == !error);
    if (error)
        g_assert(error->message[0] && !strchr(error->message, '\n'));
    g_clear_error(&error);
    g_strfreev(words);
}

static void check_keymap(const char *text, char **lines)
{
    struct keymap *keymap = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);

    keymap_read(keymap, text, "keys", errors);
    for (guint i = 0; i < errors->len; i++)
        g_assert(g_str_has_prefix(errors->pdata[i], "keys:") && !strchr(errors->pdata[i], '\n'));
    check_resolving(keymap);
    for (; *lines; lines++)
        change_keymap(keymap, *lines);
    check_resolving(keymap);
    g_ptr_array_unref(errors);
    keymap_free(keymap);
}

static void check_names(const struct piece *piece)
{
    char *text = g_strndup(piece->bytes, piece->length);
    char *valid = g_utf8_make_valid(text, -1);
    char **lines = g_strsplit(valid, "\n", -1);

    for (char **line = lines; *line; line++) {
        check_sequence(*line);
        check_macro(*line);
    }
    check_keymap(valid, lines);
    g_strfreev(lines);
    g_free(valid);
    g_free(text);
}

/* --- a line ------------------------------------------------------------------------------------------ */

static void check_line(const struct edit *edit)
{
    const char *text = edit->text->str;

    g_assert(strlen(text) == edit->text->len && edit->text->len <= EDIT_LENGTH_MAX);
    g_assert(g_utf8_validate(text, -1, NULL));
    g_assert(edit->cursor <= edit->text->len && g_utf8_validate(text + edit->cursor, -1, NULL));
}

/* Bytes from 1 to 0x1f are steps, others are inserted. */
static void check_edit(const struct piece *piece)
{
    char *text = g_strndup(piece->bytes, piece->length);
    char *valid = g_utf8_make_valid(text, -1);
    struct edit edit = { 0 };

    edit_set(&edit, text);
    check_line(&edit);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        int action = PROMPT_BACKWARD_CHAR + *at - 1;

        if ((guchar)*at >= ' ')
            edit_insert(&edit, g_utf8_get_char(at));
        else if (action <= PROMPT_TRANSPOSE)
            edit_apply(&edit, (enum prompt_action)action);
        else
            edit_replace(&edit, (size_t)(g_utf8_prev_char(edit.text->str + edit.cursor + (edit.cursor == 0)) -
                                         edit.text->str), "new");
        check_line(&edit);
    }
    edit_clear(&edit);
    g_free(valid);
    g_free(text);
}

/* --- a browser ------------------------------------------------------------------------------------------ */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

/* What a browser remembers, so that the next one begins as this one did. */
static void forget(void)
{
    char *state = g_build_filename(g_get_user_state_dir(), "pore", NULL);

    nftw(state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_free(state);
}

static void add(struct support_archive *writer, const char *id, const char *parent, const char *subject,
                const char *body)
{
    char *mail = g_strdup_printf("From: Ann <ann@example.org>\nDate: Fri, 01 Mar 2019 00:00:00 +0000\n"
                                 "Message-ID: <%s@example.org>\nIn-Reply-To: <%s@example.org>\n"
                                 "Subject: %s\n\n%s", id, parent, subject, body);

    support_add(writer, 1551398400, mail, strlen(mail));
    g_free(mail);
}

static struct archive *make_archive(void)
{
    static const char patch[] = "Why.\n\nSigned-off-by: Ann <ann@example.org>\n---\n f | 2 +-\n"
                                "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a b\n+a c\n";
    const char *folder = support_folder();
    char *path = support_path(folder, "list.git");
    struct support_archive *writer = support_archive_new(path);
    struct archive *archive;

    add(writer, "a0", "none", "[PATCH 0/2] widget: turn", "Cover.\n");
    add(writer, "a1", "a0", "[PATCH 1/2] widget: oil", patch);
    add(writer, "a2", "a0", "[PATCH 2/2] widget: t\303\274rn \344\270\200", patch);
    add(writer, "r1", "a1", "Re: [PATCH 1/2] widget: oil", "> Why.\nReviewed-by: Bo <bo@example.com>\n");
    add(writer, "b1", "none", "[PATCH v2 1/1] widget: oil", patch);
    add(writer, "c1", "none", "[PATCH] gadget: add", patch);
    archive = archive_open(path, NULL);
    support_archive_free(writer);
    g_free(path);
    return archive;
}

static struct archive *startup(void)
{
    const char *home = support_folder();

    setenv("XDG_CACHE_HOME", home, 1);
    setenv("XDG_STATE_HOME", home, 1);
    setenv("XDG_CONFIG_HOME", home, 1);
    setenv("TZ", "UTC", 1);
    unsetenv("NO_COLOR");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    setlocale(LC_ALL, "C.UTF-8");
    mail_startup();
    archive_startup(false);
    return make_archive();
}

/* Does COMMAND reach beyond the browser? */
static bool is_wild(const struct command *command)
{
    static const char *const wild[] = {
        "enter-command", "save-message", "copy-message", "pipe-message", "print-message", "shell-escape",
        "write-screen", "reply", "group-reply", "list-reply", "recall-message", "apply-series",
        "check-series", "fetch-mail", NULL,
    };

    return g_strv_contains(wild, command->name);
}

/* All others have a key: a character for private use. */
static void bind_all(struct keymap *keymap)
{
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        char key[7] = "";

        g_unichar_to_utf8((gunichar)(0xe000 + i), key);
        for (int context = 0; context < CONTEXT_COUNT && !is_wild(command); context++)
            if (command->contexts & (1u << context))
                keymap_bind(keymap, context_name((enum context)context), key, command->name, NULL, NULL);
    }
    keymap_macro(keymap, "generic", "<F2>", "j<limit>~A<Enter>k", NULL, NULL);
    keymap_macro(keymap, "generic", "<F3>", "<F3>", NULL, NULL);
}

/* Frees the keys of what reaches beyond the browser. */
static void tame(struct keymap *keymap)
{
    for (guint i = keymap->bindings->len; i-- > 0;) {
        const struct binding *binding = keymap->bindings->pdata[i];

        if (binding->command && is_wild(binding->command))
            g_ptr_array_remove_index(keymap->bindings, i);
    }
}

static void check_screen(const struct app *app)
{
    for (int row = 0; row < screen_rows(app->screen); row++) {
        char *line = screen_read(app->screen, row);

        g_assert(g_utf8_validate(line, -1, NULL));
        for (const char *at = line; *at; at = g_utf8_next_char(at))
            g_assert(!g_unichar_iscntrl(g_utf8_get_char(at)));
        g_free(line);
    }
    g_assert(app->input.length < KEYS_SEQUENCE_MAX);
}

/* A prompt_completion. */
static void complete_words(struct app *app, const char *text, size_t cursor, size_t *start,
                           GPtrArray *candidates)
{
    static const char *const words[] = { "one", "onto", "on\303\244", "on\303\245" };

    (void)app;
    for (*start = cursor; *start > 0 && text[*start - 1] != ' ';)
        --*start;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strncmp(words[i], text + *start, cursor - *start) == 0)
            g_ptr_array_add(candidates, g_strdup(words[i]));
}

static void accept(struct app *app, const char *text, void *data)
{
    (void)data;
    g_assert(g_utf8_validate(text, -1, NULL));
    app_message(app, text);
}

/* Opens the prompt that WORDS names. */
static void ask(struct app *app, const char *words)
{
    const struct prompt_request request = {
        .label = "Ask: ", .history = HISTORY_FILE, .accept = accept,
        .completion = strstr(words, "files") ? prompt_complete_files : complete_words,
    };

    if (strstr(words, "mouse")) {
        rc_line(app->configuration, "set mouse", NULL, NULL);
        app_configured(app);
    }
    if (strstr(words, "sure"))
        prompt_confirm(app, "Sure?", strstr(words, "yes"), accept, NULL, NULL);
    else if (strstr(words, "files") || strstr(words, "words"))
        prompt_ask(app, &request);
}

static void type(struct archive *archive, const struct piece *piece)
{
    static const struct range all = { .all = true };
    const struct app_options options = { .path = "list", .range = &all, .readers = 1, .no_history = true };
    long rows = strtol(piece->words + strlen("type"), NULL, 10);
    struct app *app = app_new(archive);
    FILE *out = fopen("/dev/null", "w"), *in;
    int ends[2];

    tame(app->configuration->keymap);
    bind_all(app->configuration->keymap);
    g_assert(out && pipe(ends) == 0 && (in = fdopen(ends[0], "r")));
    g_assert(app_start(app, &options, NULL) && app_show(app, "xterm-256color", out, in, NULL));
    screen_resize(app->screen, rows > 0 && rows < 100 ? (int)rows : 24, 60);
    app_resized(app);
    ask(app, piece->words);
    if (app_run_until_idle(app) && piece->length > 0) {
        ssize_t length = (ssize_t)MIN(piece->length, TYPED_MAX);
        bool written = write(ends[1], piece->bytes, (size_t)length) == length;

        g_assert(written);
        if (app_run_until_idle(app)) {
            check_screen(app);
            input_interrupt(app);
            check_screen(app);
        }
    }
    app_free(app);
    fclose(in);
    fclose(out);
    close(ends[1]);
    forget();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct archive *archive;
    GPtrArray *pieces = pieces_split(data, size, PIECES_MAX);

    if (!archive)
        archive = startup();
    for (guint i = 0; i < pieces->len; i++) {
        const struct piece *piece = pieces->pdata[i];

        if (g_str_has_prefix(piece->words, "type"))
            type(archive, piece);
        else if (g_str_has_prefix(piece->words, "edit"))
            check_edit(piece);
        else
            check_names(piece);
    }
    g_ptr_array_unref(pieces);
    return 0;
}
