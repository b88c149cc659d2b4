/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "answerer.h"

#include "app.h"
#include "drafts.h"
#include "mail/answer.h"
#include "mail/mbox.h"
#include "mail/recipients.h"
#include "outside.h"
#include "project/project_identity.h"
#include "save.h"
#include "tell.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Cells of an attribution. */
#define ATTRIBUTION_CELLS 1000

/* A question about a draft. Left without an answer it keeps the draft. */
struct question {
    struct app *app;
    char *path;
    bool answered;
};

/* --- where the draft is ------------------------------------------------------------- */

/* Remembers that the draft at PATH is left for what was not meant to happen; NULL: none is. */
static void set_left(struct app *app, const char *path)
{
    char *left = g_strdup(path);
    g_free(app->draft);
    app->draft = left;
}

static void say_kept(struct app *app, const char *path)
{
    char *shown = drafts_display(path);
    app_messagef(app, "Draft kept in %s.", shown);
    g_free(shown);
}

/* WHAT has gone wrong, which is why the draft at PATH stays. */
static void say_left(struct app *app, const char *path, const char *what)
{
    char *shown = drafts_display(path);
    set_left(app, path);
    app_errorf(app, "Draft kept in %s: %s", shown, what);
    g_free(shown);
}

static void free_question(gpointer data)
{
    struct question *question = data;
    if (!question->answered && !question->app->screen)
        set_left(question->app, question->path);
    else if (!question->answered)
        say_kept(question->app, question->path);
    g_free(question->path);
    g_free(question);
}

static struct question *question_new(struct app *app, const char *path)
{
    struct question *question = g_new0(struct question, 1);
    question->app = app;
    question->path = g_strdup(path);
    return question;
}

void answerer_end(struct app *app)
{
    if (app->prompt)
        prompt_leave(app);
    if (app->draft)
        tell("draft kept in %s", app->draft);
}

/* Removes the draft at PATH and says DONE. */
static void remove_draft(struct app *app, const char *path, const char *done)
{
    GError *error = NULL;
    set_left(app, NULL);
    if (drafts_remove(path, &error))
        app_message(app, done);
    else
        app_take_error(app, error);
}

/* --- sending ------------------------------------------------------------------------ */

/* The first line of TEXT that is not empty; "" if there is none. The caller frees it. */
static char *first_line(const char *text)
{
    text += strspn(text, " \t\r\n");
    char *line = g_strndup(text, strcspn(text, "\r\n"));
    char *valid = g_utf8_make_valid(line, -1);
    g_free(line);
    return valid;
}

/* Sending failed with PROBLEM; COMPLAINT is what the command said. All of that in a view, for it
 * may be more than a line; mutt shows it in its pager. */
static void say_not_sent(struct app *app, const char *path, const char *problem,
                         const char *complaint)
{
    char *line = first_line(complaint);
    char *shown = drafts_display(path);
    char *said = g_utf8_make_valid(complaint, -1);
    char *text = g_strdup_printf("Not sent: %s %s.\nThe draft is kept in %s\n\n%s",
                                 app_settings(app)->sendmail, problem, shown, said);
    struct view *view = text_view_new(app, "pore: Not sent");
    text_view_append(view, text, strlen(text), STYLE_NORMAL, 0);
    app_push(app, view);
    char *what = *line ? g_strdup(line) : g_strconcat("sendmail ", problem, NULL);
    say_left(app, path, what);
    g_free(what);
    g_free(text);
    g_free(said);
    g_free(shown);
    g_free(line);
}

/* Appends MAIL to the mbox that the setting record names. */
static bool record(const struct app *app, const GString *mail, GError **error)
{
    const struct commit_id none = {{0}};
    char *path = save_expand(app_settings(app)->record);
    GDateTime *now = g_date_time_new_now_utc();
    char *stamp = g_date_time_format(now, "%a %b %e %H:%M:%S %Y");
    GString *entry = g_string_new(NULL), *line = g_string_new(NULL);

    mbox_append(entry, &none, mail->str, mail->len);
    g_string_printf(line, "From %s %s", g_get_user_name(), stamp);
    g_string_erase(entry, 0, (gssize)strcspn(entry->str, "\n"));
    g_string_prepend(entry, line->str);
    enum save_target target = save_look(path, error);
    /* Sent mails are nobody else's business, whatever the umask says. */
    int descriptor = target == SAVE_TARGET_NONE
                         ? g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                         : -1;
    if (descriptor >= 0)
        close(descriptor);
    bool recorded =
        target != SAVE_TARGET_REFUSED && save_write(path, SAVE_APPEND, entry, error);
    g_string_free(line, TRUE);
    g_string_free(entry, TRUE);
    g_free(stamp);
    g_date_time_unref(now);
    g_free(path);
    return recorded;
}

/* MAIL, made of the draft at PATH, has been sent. */
static void finish_sending(struct app *app, const char *path, const GString *mail)
{
    GError *error = NULL;
    if (!*app_settings(app)->record || record(app, mail, &error)) {
        remove_draft(app, path, "Mail sent.");
        return;
    }
    char *what = g_strdup_printf("it was sent, but not recorded: %s", error->message);
    say_left(app, path, what);
    g_free(what);
    g_error_free(error);
}

static GString *make_mail(const GString *draft, GError **error)
{
    GDateTime *now = g_date_time_new_now_utc();
    char *stamp = g_date_time_format(now, "%Y%m%d%H%M%S");
    char *unique = g_strdup_printf("%s.%08x%08x", stamp, g_random_int(), g_random_int());
    GString *mail =
        answer_mail(draft->str, draft->len, g_date_time_to_unix(now), unique, error);
    g_free(unique);
    g_free(stamp);
    g_date_time_unref(now);
    return mail;
}

static void send_mail(struct app *app, const char *path, const GString *mail)
{
    GError *error = NULL;
    char *complaint = NULL;
    int status = outside_send(app, app_settings(app)->sendmail, mail, &complaint, &error);
    char *problem = status > 0 ? outside_end(status) : NULL;
    if (status < 0)
        say_left(app, path, error->message);
    else if (problem)
        say_not_sent(app, path, problem, complaint);
    else
        finish_sending(app, path, mail);
    g_clear_error(&error);
    g_free(problem);
    g_free(complaint);
}

static void take_removal(struct app *app, const char *answer, void *data)
{
    struct question *question = data;
    (void)answer;
    question->answered = true;
    remove_draft(app, question->path, "The draft was removed.");
}

/* Runs PROGRAM, a command that is WHAT, on the draft at PATH. False, the user told that the draft stays,
 * unless it ends well. */
static bool run_on(struct app *app, const char *program, const char *what, const char *path)
{
    GError *error = NULL;
    char *command = outside_expand(program, path);
    int status = outside_run(app, command, NULL, OUTSIDE_WAIT_FAILED, &error);
    char *end = status > 0 ? outside_end(status) : NULL;
    char *problem = end ? g_strdup_printf("%s %s", what, end) : NULL;
    set_left(app, NULL);
    if (error || problem)
        say_left(app, path, error ? error->message : problem);
    g_clear_error(&error);
    g_free(problem);
    g_free(end);
    g_free(command);
    return status == 0;
}

/* Whether the mailer has sent it is not known: its user may have postponed it, or it runs on. */
static void run_mailer(struct app *app, const char *path)
{
    if (run_on(app, app_settings(app)->mailer, "the mailer", path))
        prompt_confirm(app, "The mailer has ended. Remove the draft?", false, take_removal,
                       question_new(app, path), free_question);
}

/* --- editing, and what then --------------------------------------------------------- */

static void edit(struct app *app, const char *path, const GString *original);
static void ask(struct app *app, const char *path, const GString *draft);

/* Sends what the draft at PATH is by now. */
static void hand_over(struct app *app, const char *path)
{
    GError *error = NULL;
    GString *draft = drafts_read(path, &error);
    GString *mail = draft ? make_mail(draft, NULL) : NULL;
    if (!draft)
        app_take_error(app, error);
    else if (!mail)
        ask(app, path, draft);
    else if (*app_settings(app)->sendmail)
        send_mail(app, path, mail);
    else
        run_mailer(app, path);
    if (mail)
        g_string_free(mail, TRUE);
    if (draft)
        g_string_free(draft, TRUE);
}

static void take_choice(struct app *app, const char *answer, void *data)
{
    struct question *question = data;
    question->answered = true;
    switch (*answer) {
    case 's':
    case 'y': /* mutt's */
        hand_over(app, question->path);
        break;
    case 'e':
        edit(app, question->path, NULL);
        break;
    case 'd':
        prompt_confirm(app, "Discard the draft?", false, take_removal,
                       question_new(app, question->path), free_question);
        break;
    default:
        say_kept(app, question->path);
    }
}

/* Asks what to do with DRAFT, the text at PATH. It can be sent if it is a mail and there is
 * something that sends. */
static void ask(struct app *app, const char *path, const GString *draft)
{
    const struct settings *settings = app_settings(app);
    bool can_send = *settings->sendmail || *settings->mailer;
    char *recipients, *subject, *label;
    GError *error = NULL;
    GString *mail = make_mail(draft, &error);

    answer_describe(draft->str, draft->len, &recipients, &subject);
    if (!mail)
        label = g_strdup_printf("(e)dit, (k)eep, (d)iscard? %s", error->message);
    else if (!can_send)
        label = g_strdup("(e)dit, (k)eep, (d)iscard? "
                         "(neither sendmail nor mailer is set) ");
    else
        label = g_strdup_printf("(s)end, (e)dit, (k)eep, (d)iscard? To %s: %s",
                                recipients, subject);
    prompt_choose(app, label, mail && can_send ? "seykdq" : "ekdq", take_choice,
                  question_new(app, path), free_question);
    if (mail)
        g_string_free(mail, TRUE);
    g_clear_error(&error);
    g_free(label);
    g_free(recipients);
    g_free(subject);
}

/* The editor has ended well. */
static void take_edited(struct app *app, const char *path, const GString *original)
{
    GError *error = NULL;
    GString *draft = drafts_read(path, &error);
    if (!draft)
        app_take_error(app, error);
    else if (original && g_string_equal(draft, original))
        remove_draft(app, path, "Aborted unmodified message.");
    else
        ask(app, path, draft);
    if (draft)
        g_string_free(draft, TRUE);
}

static const char *find_editor(const struct app *app)
{
    const char *const named[] = {app_settings(app)->editor, g_getenv("VISUAL"), g_getenv("EDITOR")};
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (named[i] && *named[i])
            return named[i];
    return "vi";
}

/* Has the user edit the draft at PATH. ORIGINAL, if it is a new one, is its text: who changes
 * nothing wants no answer. */
static void edit(struct app *app, const char *path, const GString *original)
{
    if (run_on(app, find_editor(app), "the editor", path))
        take_edited(app, path, original);
}

/* --- reply -------------------------------------------------------------------------- */

/* Who answers, as a From has it. The caller frees it. */
static char *make_from(const struct app *app)
{
    const struct settings *settings = app_settings(app);
    if (*settings->from)
        return g_strdup(settings->from);
    GString *from = g_string_new(NULL);
    char *name, *email;
    project_identity(settings->repo, &name, &email);
    const char *address = email ? email : g_getenv("EMAIL");
    const char *real = strcmp(g_get_real_name(), "Unknown") ? g_get_real_name() : "";
    char *local = g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
    recipients_append_one(from, name ? name : real,
                          address && *address ? address : local);
    g_free(local);
    g_free(email);
    g_free(name);
    return g_string_free(from, FALSE);
}

struct attribution {
    const struct settings *settings;
    const struct mail *mail;
};

static bool expand_attribution(const void *data, char letter, const char *argument, GString *out,
                               enum style *style)
{
    const struct attribution *attribution = data;
    const struct mail *mail = attribution->mail;
    (void)argument;
    (void)style;
    switch (letter) {
    case 'a':
        g_string_append(out, mail->sender_address);
        return true;
    case 'd':
        format_append_date(out, attribution->settings->date_format, mail->date);
        return true;
    case 'f':
        g_string_append_printf(out, "%s <%s>", mail->sender_name, mail->sender_address);
        return true;
    case 'i':
        g_string_append(out, mail->message_id);
        return true;
    case 'n':
        g_string_append(out, mail->sender_name);
        return true;
    case 's':
        g_string_append(out, mail->subject);
        return true;
    default:
        return false;
    }
}

/* The draft of an answer to MAIL. NULL with an error. */
static GString *make_draft(struct app *app, const struct mail *mail, enum answer_kind kind,
                           GError **error)
{
    const struct settings *settings = app_settings(app);
    const struct attribution attribution = {settings, mail};
    struct format_line line = {0};
    struct archive_mail raw;
    if (!archive_read_id(app->archive, &mail->place.commit, &raw, error))
        return NULL;
    char *from = make_from(app);
    format_render(&line, settings->attribution, ATTRIBUTION_CELLS, STYLE_NORMAL,
                  expand_attribution, &attribution);
    const struct answer_request request = {
        .kind = kind,
        .from = from,
        .list = archive_name(app->archive),
        .attribution = line.text->str,
        .indent = settings->indent_string,
        .me_too = settings->metoo,
    };
    GString *draft = answer_draft(raw.bytes, raw.length, &request, error);
    format_line_clear(&line);
    g_free(from);
    archive_mail_release(&raw);
    return draft;
}

/* The mail that is selected: where postings are, the cover letter or first patch. NULL if none
 * is. */
static const struct mail *selected_mail(struct app *app)
{
    struct view *view = app_top(app);
    GPtrArray *members = g_ptr_array_new();
    const struct mail *mail = NULL;
    if (view->operations->select)
        view->operations->select(view, false, members);
    const struct member *member = members->len ? members->pdata[0] : NULL;
    if (member && view->operations->unit == VIEW_UNIT_SERIES && member->posting)
        mail = posting_lead(member->posting);
    else if (member)
        mail = member->mail;
    g_ptr_array_unref(members);
    return mail;
}

void answerer_reply(struct app *app, const struct invocation *invocation)
{
    enum answer_kind kind = (enum answer_kind)invocation->command->argument;
    const struct mail *mail = invocation->tagged ? NULL : selected_mail(app);
    GError *error = NULL;
    if (!mail) {
        app_error(app, invocation->tagged ? "Mails are answered one by one, not the tagged together."
                                          : "There is nothing here to be answered.");
        return;
    }
    GString *draft = make_draft(app, mail, kind, &error);
    char *path = draft ? drafts_write(mail->title, draft, &error) : NULL;
    if (path)
        edit(app, path, draft);
    else
        app_take_error(app, error);
    if (draft)
        g_string_free(draft, TRUE);
    g_free(path);
}

/* --- recall ------------------------------------------------------------------------- */

static void complete_draft(struct app *app, const char *text, size_t cursor, size_t *start,
                           GPtrArray *candidates)
{
    GPtrArray *names = drafts_list();
    /* A whole name, as it is suggested, makes way for the others. */
    bool whole = !text[cursor] && g_ptr_array_find_with_equal_func(names, text, g_str_equal, NULL);
    (void)app;
    *start = 0;
    for (guint i = 0; i < names->len; i++)
        if (whole || strncmp(names->pdata[i], text, cursor) == 0)
            g_ptr_array_add(candidates, g_strdup(names->pdata[i]));
    g_ptr_array_unref(names);
}

static void take_draft(struct app *app, const char *text, void *data)
{
    GPtrArray *names = drafts_list();
    (void)data;
    if (!*text) {
        g_ptr_array_unref(names);
        return;
    }
    if (g_ptr_array_find_with_equal_func(names, text, g_str_equal, NULL)) {
        char *path = drafts_path(text);
        edit(app, path, NULL);
        g_free(path);
    } else {
        app_errorf(app, "There is no draft called %s.", text);
    }
    g_ptr_array_unref(names);
}

void answerer_recall(struct app *app, const struct invocation *invocation)
{
    GPtrArray *names = drafts_list();
    if (invocation->argument)
        take_draft(app, invocation->argument, NULL);
    else if (names->len == 0)
        app_message(app, "There are no drafts.");
    else if (names->len == 1)
        take_draft(app, names->pdata[0], NULL);
    else
        prompt_ask(app, &(struct prompt_request){.label = "Recall draft: ",
                                                 .history = HISTORY_NONE,
                                                 .initial = names->pdata[0],
                                                 .completion = complete_draft,
                                                 .accept = take_draft});
    g_ptr_array_unref(names);
}
