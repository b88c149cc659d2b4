/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pager: one mail, its headers and its text. */
#include "app.h"
#include "flow.h"
#include "mail/message.h"
#include "mail/text.h"
#include "view.h"

#include <string.h>

struct pager {
    struct view view;
    struct flow flow;
    struct member *member;
    struct message *message;
    struct text *text;
    bool all_headers;
    GPtrArray *headers; /* char *: the lines above the text, as shown now */
};

/* What is shown of the headers at first, in this order. */
static const char *const chosen_headers[] = {"Date", "From", "To", "Cc", "Subject", "Message-ID"};

/* Of the lines that a long header goes on in. */
#define HEADER_INDENT 4

static const char damage_note[] = "[-- Some of this mail could not be decoded. --]";

static enum style style_of_line(const struct text_line *line)
{
    switch ((enum text_kind)line->kind) {
    case TEXT_QUOTED:
        return line->depth ? STYLE_QUOTED_1 + (enum style)((line->depth - 1) % 3) : STYLE_QUOTED_1;
    case TEXT_IN_BODY_HEADER:
        return STYLE_HEADER;
    case TEXT_TRAILER:
        return STYLE_TRAILER;
    case TEXT_SEPARATOR:
    case TEXT_BINARY:
        return STYLE_DIM;
    case TEXT_DIFFSTAT:
        return STYLE_DIFFSTAT;
    case TEXT_FILE_HEADER:
        return STYLE_FILE;
    case TEXT_HUNK_HEADER:
        return STYLE_HUNK;
    case TEXT_ADDED:
        return STYLE_ADDED;
    case TEXT_REMOVED:
        return STYLE_REMOVED;
    case TEXT_SIGNATURE:
        return STYLE_SIGNATURE;
    case TEXT_MESSAGE:
    case TEXT_CONTEXT:
        break;
    }
    return STYLE_NORMAL;
}

/* Lines of the pager: the headers, a blank one, the text. */
static size_t first_text_line(const struct pager *pager)
{
    return pager->headers->len + 1;
}

static void source(const void *data, size_t index, struct flow_line *out)
{
    const struct pager *pager = data;
    if (index < pager->headers->len) {
        const char *header = pager->headers->pdata[index];
        const char *colon = strchr(header, ':');
        bool subject = g_ascii_strncasecmp(header, "Subject:", 8) == 0;
        *out = (struct flow_line){
            .text = header,
            .length = strlen(header),
            .style = subject ? STYLE_SUBJECT : colon ? STYLE_NORMAL : STYLE_DIM,
            .lead = colon ? (size_t)(colon - header) + 1 : 0,
            .lead_style = STYLE_HEADER,
            .words = true,
            .indent = HEADER_INDENT,
        };
    } else if (index >= first_text_line(pager)) {
        const struct text_line *line =
            &g_array_index(pager->text->lines, struct text_line, index - first_text_line(pager));
        *out = (struct flow_line){
            .text = pager->message->text + line->start,
            .length = line->length,
            .style = style_of_line(line),
            .words = line->kind == TEXT_MESSAGE || line->kind == TEXT_QUOTED,
        };
    }
}

static void add_header(struct pager *pager, const char *name, const char *value)
{
    g_ptr_array_add(pager->headers, g_strconcat(name, ": ", value, NULL));
}

static void collect_headers(struct pager *pager)
{
    const struct message *message = pager->message;
    g_ptr_array_set_size(pager->headers, 0);
    for (guint i = 0; pager->all_headers && i < message->headers->len; i++) {
        const struct message_header *header =
            &g_array_index(message->headers, struct message_header, i);
        add_header(pager, header->name, header->value);
    }
    for (size_t i = 0; !pager->all_headers && i < G_N_ELEMENTS(chosen_headers); i++) {
        const char *value = message_header(message, chosen_headers[i]);
        if (value)
            add_header(pager, chosen_headers[i], value);
    }
    if (message->damaged)
        g_ptr_array_add(pager->headers, g_strdup(damage_note));
    pager->flow.count = first_text_line(pager) + pager->text->lines->len;
}

static void close_mail(struct pager *pager)
{
    text_free(pager->text);
    message_free(pager->message);
}

/* Shows MEMBER; if it cannot be read everything stays as it is. */
static bool open_mail(struct pager *pager, struct member *member, GError **error)
{
    struct archive_mail mail;
    if (!archive_read_id(pager->view.app->archive, &member->mail->place.commit, &mail, error))
        return false;
    if (pager->message)
        close_mail(pager);
    pager->member = member;
    pager->message = message_parse(mail.bytes, mail.length);
    archive_mail_release(&mail);
    pager->text = text_parse(pager->message->text, pager->message->length);
    collect_headers(pager);
    pager->flow.line = pager->flow.offset = 0;
    return true;
}

static void free_pager(struct view *view)
{
    struct pager *pager = (struct pager *)view;
    if (pager->message)
        close_mail(pager);
    g_ptr_array_unref(pager->headers);
    g_free(pager);
}

static void update(struct view *view)
{
    struct pager *pager = (struct pager *)view;
    flow_resize(&pager->flow, view->width, view->height);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    const struct pager *pager = (const struct pager *)view;
    flow_draw(&pager->flow, screen, top);
    return view->height - 1;
}

static void status(const struct view *view, GString *text, GString *place)
{
    const struct pager *pager = (const struct pager *)view;
    const struct mail *mail = pager->member->mail;
    char buffer[8];
    g_string_append_printf(text, "pore: %s: %s", mail->sender_name, mail->subject);
    g_string_append(place, flow_place(&pager->flow, buffer));
}

static const char *next_mail(struct pager *pager, int direction)
{
    GError *error = NULL;
    struct view *beneath = app_beneath(pager->view.app, &pager->view);
    struct member *next = NULL;
    if (beneath && beneath->operations->neighbour)
        next = beneath->operations->neighbour(beneath, pager->member, direction);
    if (!next)
        return direction > 0 ? "You are on the last mail of the series."
                             : "You are on the first mail of the series.";
    if (!open_mail(pager, next, &error)) {
        app_error(pager->view.app, error->message);
        g_error_free(error);
    }
    return NULL;
}

static const char *next_hunk(struct pager *pager, int direction)
{
    const GArray *lines = pager->text->lines;
    gint64 first = (gint64)first_text_line(pager);
    gint64 at = (gint64)pager->flow.line - first;
    if (direction > 0 ? flow_at_end(&pager->flow) : at <= 0)
        return direction > 0 ? "There are no more hunks." : "There are no hunks before.";
    for (at = MAX(at + direction, 0); at >= 0 && at < (gint64)lines->len; at += direction)
        if (g_array_index(lines, struct text_line, at).kind == TEXT_HUNK_HEADER) {
            flow_go(&pager->flow, (size_t)(at + first));
            return NULL;
        }
    return direction > 0 ? "There are no more hunks." : "There are no hunks before.";
}

static const char *move(struct view *view, enum motion motion)
{
    struct pager *pager = (struct pager *)view;
    switch (motion) {
    case MOTION_NEXT:
        return next_mail(pager, 1);
    case MOTION_PREVIOUS:
        return next_mail(pager, -1);
    case MOTION_HUNK_NEXT:
        return next_hunk(pager, 1);
    case MOTION_HUNK_PREVIOUS:
        return next_hunk(pager, -1);
    case MOTION_PAGE_DOWN:
        /* As mutt does without pager_stop: on to the next mail at the end of one. */
        if (flow_at_end(&pager->flow))
            return next_mail(pager, 1);
        break;
    default:
        break;
    }
    return flow_move(&pager->flow, motion);
}

void pager_toggle_headers(struct view *view)
{
    struct pager *pager = (struct pager *)view;
    pager->all_headers = !pager->all_headers;
    collect_headers(pager);
    flow_go(&pager->flow, 0);
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"next-page", "NextPg"},
    {"previous-page", "PrevPg"},
    {"next-entry", "Next"},
    {"previous-entry", "Prev"},
    {"next-hunk", "Hunk"},
    {"display-toggle-weed", "Headers"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_PAGER,
    .hints = hints,
    .free = free_pager,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
};

struct view *pager_new(struct app *app, struct member *member, GError **error)
{
    struct pager *pager = g_new0(struct pager, 1);
    pager->view = (struct view){.operations = &operations, .app = app};
    pager->headers = g_ptr_array_new_with_free_func(g_free);
    pager->flow.source = source;
    pager->flow.data = pager;
    if (!open_mail(pager, member, error)) {
        free_pager(&pager->view);
        return NULL;
    }
    return &pager->view;
}
