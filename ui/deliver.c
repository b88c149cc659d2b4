/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deliver.h"

#include "app.h"
#include "digest.h"
#include "glyph.h"
#include "mail/mbox.h"
#include "outside.h"
#include "readable.h"
#include "save.h"

#include <inttypes.h>

enum delivery_kind { DELIVERY_SAVE, DELIVERY_PIPE, DELIVERY_PRINT };

/* Something on its way. Counted (g_rc_box): prompts, the job and calls hold it in turn. */
struct delivery {
    enum delivery_kind kind;
    enum view_unit unit;
    GArray *commits; /* struct commit_id, in order; not changed while a job reads them */
    guint patches, series;
    uint64_t announced; /* patches that the series should have */
    GString *bytes; /* the text, or what was read so far */
    guint unreadable;
    char *suggestion; /* the name of a file, or NULL */
    char *target;     /* file or command */
    enum save_mode mode;
};

static void clear_delivery(gpointer data)
{
    struct delivery *delivery = data;
    g_array_unref(delivery->commits);
    g_string_free(delivery->bytes, TRUE);
    g_free(delivery->suggestion);
    g_free(delivery->target);
}

static void release(gpointer data)
{
    g_rc_box_release_full(data, clear_delivery);
}

/* What it is, for the user: "5 patches", and what git-am(1) would not tell of a series: that some
 * are missing, that its cover letter is there. The caller frees it. */
static char *describe(const struct delivery *delivery)
{
    guint mails = delivery->commits->len, patches = delivery->patches;
    guint covers = mails - patches;
    uint64_t announced = MAX(delivery->announced, patches);
    if (delivery->unit == VIEW_UNIT_TEXT)
        return g_strdup("the text");
    if (delivery->unit == VIEW_UNIT_MAIL || patches == 0)
        return g_strdup_printf("%u %s", mails, mails == 1 ? "mail" : "mails");
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%u ", patches);
    if (patches < announced)
        g_string_append_printf(text, "of %" PRIu64 " ", announced);
    g_string_append(text, announced == 1 ? "patch" : "patches");
    if (delivery->series > 1)
        g_string_append_printf(text, " of %u series", delivery->series);
    if (covers)
        g_string_append(text, covers == 1 ? " and the cover letter" : " and the cover letters");
    return g_string_free(text, FALSE);
}

/* --- what is selected ----------------------------------------------------------- */

/* The members that COMMAND is meant for (struct member *); NULL, the user told, if there are
 * none. */
static GPtrArray *select_members(struct app *app, struct view *view, bool tagged)
{
    GPtrArray *members = g_ptr_array_new();
    if (view->operations->select)
        view->operations->select(view, tagged, members);
    if (members->len)
        return members;
    app_error(app, tagged ? "No tagged entries." : "There is nothing here to do that with.");
    g_ptr_array_unref(members);
    return NULL;
}

static void add_mail(struct delivery *delivery, const struct mail *mail)
{
    g_array_append_val(delivery->commits, mail->place.commit);
    if (mail->kind == MAIL_PATCH)
        delivery->patches++;
}

static void add_posting(struct delivery *delivery, const struct posting *posting, bool cover)
{
    GPtrArray *members = posting_all_members(posting);
    delivery->series++;
    delivery->announced += posting->total;
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        if (cover || member->mail->kind != MAIL_COVER || members->len == 1)
            add_mail(delivery, member->mail);
    }
    g_ptr_array_unref(members);
}

static void add_members(struct delivery *delivery, const GPtrArray *members, bool cover)
{
    GHashTable *postings = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        if (delivery->unit == VIEW_UNIT_MAIL || !member->posting)
            add_mail(delivery, member->mail);
        else if (g_hash_table_add(postings, member->posting))
            add_posting(delivery, member->posting, cover);
    }
    g_hash_table_unref(postings);
}

static char *suggest(const struct app *app, const struct delivery *delivery,
                     const struct member *member)
{
    bool series = delivery->unit == VIEW_UNIT_SERIES && member->posting;
    const struct mail *mail = series ? posting_lead(member->posting) : member->mail;
    if (app_settings(app)->save_address)
        return save_suggest(mail->sender_name, 0);
    return save_suggest(mail->title, series ? member->posting->version : mail->version);
}

/* What the view on top has for a command; NULL, the user told, if it has nothing. */
static struct delivery *make_delivery(struct app *app, enum delivery_kind kind, bool tagged)
{
    struct view *view = app_top(app);
    enum view_unit unit = view->operations->unit;
    GPtrArray *members = NULL;
    if (unit != VIEW_UNIT_TEXT && !(members = select_members(app, view, tagged)))
        return NULL;

    struct delivery *delivery = g_rc_box_new0(struct delivery);
    delivery->kind = kind;
    delivery->unit = unit;
    delivery->commits = g_array_new(FALSE, FALSE, sizeof(struct commit_id));
    delivery->bytes = g_string_new(NULL);
    if (members) {
        add_members(delivery, members, app_settings(app)->save_cover);
        delivery->suggestion = suggest(app, delivery, members->pdata[0]);
        g_ptr_array_unref(members);
    } else {
        size_t length;
        const char *text = view->operations->content(view, &length);
        g_string_append_len(delivery->bytes, text, (gssize)length);
    }
    return delivery;
}

/* --- reading the mails ---------------------------------------------------------- */

/* On a worker's thread: the mail as it is handed over (GString *); empty if it could not be
 * read. */
static gpointer read_mail(size_t index, const char *bytes, size_t length, void *data)
{
    const struct delivery *delivery = data;
    GString *text = g_string_sized_new(bytes ? length + 128 : 0);
    if (!bytes)
        return text;
    if (delivery->kind == DELIVERY_PRINT)
        readable_append(text, bytes, length);
    else
        mbox_append(text, &g_array_index(delivery->commits, struct commit_id, index), bytes,
                    length);
    return text;
}

static void free_text(gpointer data)
{
    g_string_free(data, TRUE);
}

static void take_mail(struct app *app, size_t index, gpointer result, void *data)
{
    struct delivery *delivery = data;
    GString *text = result;
    (void)app;
    (void)index;
    if (!text->len)
        delivery->unreadable++;
    /* A new page for each, as neomutt has it. */
    else if (delivery->kind == DELIVERY_PRINT && delivery->bytes->len)
        g_string_append_c(delivery->bytes, '\f');
    g_string_append_len(delivery->bytes, text->str, (gssize)text->len);
    g_string_free(text, TRUE);
}

/* Says what was DONE ("Saved 5 patches"), and what could not be read. */
static void say_done(struct app *app, const struct delivery *delivery, const char *done)
{
    if (delivery->unreadable)
        app_errorf(app, "%s, but %u of %u mails could not be read.", done, delivery->unreadable,
                   delivery->commits->len);
    else
        app_messagef(app, "%s.", done);
}

static void finish_save(struct app *app, const struct delivery *delivery)
{
    char *path = save_expand(delivery->target);
    GError *error = NULL;
    if (save_write(path, delivery->mode, delivery->bytes, &error)) {
        char *what = describe(delivery);
        char *done = g_strdup_printf("%s %s to %s",
                                     delivery->mode == SAVE_APPEND ? "Appended" : "Saved", what,
                                     delivery->target);
        say_done(app, delivery, done);
        g_free(done);
        g_free(what);
    } else {
        app_take_error(app, error);
    }
    g_free(path);
}

static enum outside_wait wait_of(const struct app *app)
{
    return app_settings(app)->wait_key ? OUTSIDE_WAIT_ALWAYS : OUTSIDE_WAIT_FAILED;
}

/* Runs the command that is the target, which gets what was read. */
static void finish_command(struct app *app, const struct delivery *delivery)
{
    bool prints = delivery->kind == DELIVERY_PRINT;
    GError *error = NULL;
    int status = outside_run(app, delivery->target, delivery->bytes,
                             prints ? OUTSIDE_WAIT_FAILED : wait_of(app), &error);
    if (status < 0) {
        app_take_error(app, error);
        return;
    }
    char *problem = outside_problem(status);
    char *what = describe(delivery);
    char *done = g_strdup_printf("%s %s", prints ? "Printed" : "Piped", what);
    if (problem)
        app_error(app, problem);
    else
        say_done(app, delivery, done);
    g_free(done);
    g_free(what);
    g_free(problem);
}

static void finish(struct app *app, bool complete, void *data)
{
    static const char *const stopped[] = {
        [DELIVERY_SAVE] = "Saving was stopped.",
        [DELIVERY_PIPE] = "Piping was stopped.",
        [DELIVERY_PRINT] = "Printing was stopped.",
    };
    const struct delivery *delivery = data;
    if (!complete)
        app_message(app, stopped[delivery->kind]);
    else if (delivery->unreadable && delivery->unreadable == delivery->commits->len)
        app_error(app, delivery->unreadable == 1 ? "The mail could not be read."
                                                 : "None of the mails could be read.");
    else if (delivery->kind == DELIVERY_SAVE)
        finish_save(app, delivery);
    else
        finish_command(app, delivery);
}

/* Reads the mails and then does what DELIVERY, which stays the caller's, is for. */
static void start(struct app *app, struct delivery *delivery)
{
    static const struct job_operations operations[] = {
        [DELIVERY_SAVE] = {"saving", read_mail, free_text, take_mail, finish},
        [DELIVERY_PIPE] = {"piping", read_mail, free_text, take_mail, finish},
        [DELIVERY_PRINT] = {"printing", read_mail, free_text, take_mail, finish},
    };
    const struct commit_id *commits = (const void *)delivery->commits->data;
    GError *error = NULL;
    if (!job_start(app, &operations[delivery->kind], commits, delivery->commits->len,
                   g_rc_box_acquire(delivery), release, &error))
        app_take_error(app, error);
}

/* --- save ----------------------------------------------------------------------- */

static void take_mode(struct app *app, const char *answer, void *data)
{
    struct delivery *delivery = data;
    if (*answer == 'c')
        return;
    delivery->mode = *answer == 'a' ? SAVE_APPEND : SAVE_OVERWRITE;
    start(app, delivery);
}

static void take_file(struct app *app, const char *text, void *data)
{
    struct delivery *delivery = data;
    GError *error = NULL;
    if (!*text)
        return;
    delivery->target = g_strdup(text);
    char *path = save_expand(text);
    switch (save_look(path, &error)) {
    case SAVE_TARGET_NONE:
        delivery->mode = SAVE_NEW;
        start(app, delivery);
        break;
    case SAVE_TARGET_FILE:
        prompt_choose(app, "File exists, (o)verwrite, (a)ppend, or (c)ancel? ", "oac", take_mode,
                      g_rc_box_acquire(delivery), release);
        break;
    case SAVE_TARGET_REFUSED:
        app_take_error(app, error);
        break;
    }
    g_free(path);
}

/* Calls ACCEPT with the argument of INVOCATION or, if it has none, with what the user answers
 * to REQUEST. */
static void take_or_ask(struct app *app, const struct invocation *invocation,
                        struct delivery *delivery, struct prompt_request *request)
{
    if (invocation->argument) {
        request->accept(app, invocation->argument, delivery);
        release(delivery);
        return;
    }
    request->data = delivery;
    request->free_data = release;
    prompt_ask(app, request);
}

void deliver_save(struct app *app, const struct invocation *invocation)
{
    struct delivery *delivery = make_delivery(app, DELIVERY_SAVE, invocation->tagged);
    if (!delivery)
        return;
    struct prompt_request request = {
        .label = delivery->unit == VIEW_UNIT_TEXT ? "Save to file: "
                 : invocation->tagged             ? "Save tagged to mbox: "
                                                  : "Save to mbox: ",
        .history = HISTORY_FILE,
        .initial = delivery->suggestion,
        .completion = prompt_complete_files,
        .accept = take_file,
    };
    take_or_ask(app, invocation, delivery, &request);
}

/* --- commands ------------------------------------------------------------------- */

/* Files, for the last word of a command. */
static void complete_word(struct app *app, const char *text, size_t cursor, size_t *start_of_word,
                          GPtrArray *candidates)
{
    size_t word = cursor;
    while (word > 0 && text[word - 1] != ' ')
        word--;
    prompt_complete_files(app, text + word, cursor - word, start_of_word, candidates);
    *start_of_word += word;
}

static void take_command(struct app *app, const char *text, void *data)
{
    struct delivery *delivery = data;
    if (!*text)
        return;
    delivery->target = g_strdup(text);
    start(app, delivery);
}

void deliver_pipe(struct app *app, const struct invocation *invocation)
{
    struct delivery *delivery = make_delivery(app, DELIVERY_PIPE, invocation->tagged);
    if (!delivery)
        return;
    struct prompt_request request = {
        .label = invocation->tagged ? "Pipe tagged to command: " : "Pipe to command: ",
        .history = HISTORY_SHELL,
        .completion = complete_word,
        .accept = take_command,
    };
    take_or_ask(app, invocation, delivery, &request);
}

static void take_yes(struct app *app, const char *text, void *data)
{
    (void)text;
    start(app, data);
}

void deliver_print(struct app *app, const struct invocation *invocation)
{
    const char *command = app_settings(app)->print_command;
    if (!command || !*command) {
        app_error(app, "No printing command has been defined.");
        return;
    }
    struct delivery *delivery = make_delivery(app, DELIVERY_PRINT, invocation->tagged);
    if (!delivery)
        return;
    char *what = describe(delivery);
    char *question = g_strdup_printf("Print %s?", what);
    delivery->target = g_strdup(command);
    /* As mutt's "print" is at first: paper is not to be had back. */
    prompt_confirm(app, question, false, take_yes, delivery, release);
    g_free(question);
    g_free(what);
}

static void take_shell_command(struct app *app, const char *text, void *data)
{
    GError *error = NULL;
    bool interactive = !*text;
    (void)data;
    int status = outside_run(app, interactive ? NULL : text, NULL,
                             interactive ? OUTSIDE_WAIT_NEVER : wait_of(app), &error);
    char *problem = status > 0 && !interactive ? outside_problem(status) : NULL;
    if (status < 0)
        app_take_error(app, error);
    else if (problem)
        app_error(app, problem);
    g_free(problem);
}

void deliver_shell(struct app *app, const struct invocation *invocation)
{
    const struct prompt_request request = {
        .label = "Shell command: ",
        .history = HISTORY_SHELL,
        .completion = complete_word,
        .accept = take_shell_command,
    };
    if (invocation->argument)
        take_shell_command(app, invocation->argument, NULL);
    else
        prompt_ask(app, &request);
}

/* --- the clipboard -------------------------------------------------------------- */

char *deliver_link(const char *format, const char *message_id)
{
    char *id =
        g_uri_escape_string(message_id, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH_ELEMENT, FALSE);
    GString *link = g_string_new(NULL);
    for (const char *at = format; *at; at++) {
        bool expands = at[0] == '%' && (at[1] == 's' || at[1] == '%');
        at += expands;
        if (expands && *at == 's')
            g_string_append(link, id);
        else
            g_string_append_c(link, *at);
    }
    g_free(id);
    return g_string_free(link, FALSE);
}

/* Appends ID or a link to it as a line: what is pasted into a shell must hold neither a line break of
 * the mail's nor what cannot be seen. */
static void append_clean(GString *lines, const char *text)
{
    GString *field = g_string_new(NULL);
    report_append_field(field, text);
    for (const char *at = field->str; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (glyph_is_showable(character))
            g_string_append_unichar(lines, character);
    }
    g_string_free(field, TRUE);
}

/* The lines to copy for MEMBERS. *COUNT: how many there are; a mail may have no Message-ID. */
static GString *list_ids(const struct app *app, const GPtrArray *members, bool links,
                         guint *count)
{
    GString *lines = g_string_new(NULL);
    *count = 0;
    for (guint i = 0; i < members->len; i++) {
        const char *id = ((const struct member *)members->pdata[i])->mail->message_id;
        if (!*id)
            continue;
        if ((*count)++)
            g_string_append_c(lines, '\n');
        char *line = links ? deliver_link(app_settings(app)->list_url, id) : g_strdup(id);
        append_clean(lines, line);
        g_free(line);
    }
    return lines;
}

void deliver_yank(struct app *app, const struct invocation *invocation)
{
    bool links = invocation->command->argument != 0;
    GPtrArray *members = select_members(app, app_top(app), invocation->tagged);
    if (!members)
        return;
    guint count;
    GString *lines = list_ids(app, members, links, &count);
    if (count == 0)
        app_error(app, "There is no Message-ID.");
    else if (!screen_copy(app->screen, lines->str))
        app_error(app, lines->len > SCREEN_CLIPBOARD_MAX ? "This is too much for the clipboard."
                                                         : "This terminal has no clipboard.");
    else if (count == 1)
        app_messagef(app, links ? "Copied %s" : "Copied <%s>.", lines->str);
    else
        app_messagef(app, "Copied %u %s.", count, links ? "links" : "Message-IDs");
    g_string_free(lines, TRUE);
    g_ptr_array_unref(members);
}
