/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pager: one mail, its headers and its text. */
#include "app.h"
#include "find.h"
#include "flow.h"
#include "frame.h"
#include "pager_lines.h"
#include "view.h"

#include <string.h>

/* Lines of the screen that must be left beside the rows of the index for them to be shown. */
#define LINES_BESIDE_INDEX 6

/* In a line that is longer, a colour rule sees so many bytes around what is drawn. */
#define RULE_WINDOW 4096

/* What the last search found. */
struct match {
    bool valid;
    size_t place, offset; /* among all lines */
};

struct pager {
    struct view view;
    struct flow flow;
    struct member *member; /* the one that is shown … */
    struct member *at;     /* … and the one that was asked for last: it may be unreadable */
    struct pager_lines *lines;
    struct match match;
    bool all_headers;
    bool quotes_folded, files_folded; /* stay for the mails that follow */
    size_t unfolded_place;            /* what was on top before something was folded around it */
    bool in_text; /* where the reader was before all headers were shown: in the text, and where */
    size_t text_place, text_offset;
    char *order; /* hdr_order and toggle_quoted_show_levels, as shown */
    int levels;
};

static struct pager *pager_of(struct view *view)
{
    return (struct pager *)view;
}

static struct pager *top_pager(struct app *app)
{
    return pager_of(app_top(app));
}

static const struct settings *settings_of(const struct pager *pager)
{
    return app_settings(pager->view.app);
}

/* --- lines ----------------------------------------------------------------------- */

static void add_rule_spans(const GPtrArray *rules, const struct flow_line *line, bool whole,
                           size_t from, size_t to, GArray *spans)
{
    size_t base = line->length > 2 * RULE_WINDOW && from > RULE_WINDOW ? from - RULE_WINDOW : 0;
    size_t limit = line->length > 2 * RULE_WINDOW ? MIN(line->length, to + RULE_WINDOW)
                                                  : line->length;
    size_t at = 0, start, end;
    enum style style;
    while (spans->len < FLOW_SPANS_MAX && at <= limit - base &&
           colours_find(rules, line->text + base, limit - base, at, &start, &end, &style) &&
           base + start < to) {
        const struct flow_span span = {whole ? 0 : base + start, whole ? line->length : base + end,
                                       style, false};
        if (span.end > from)
            g_array_append_val(spans, span);
        if (whole)
            break;
        at = MAX(end, start + 1);
    }
}

/* As in mutt: a rule for headers colours the whole header, one for the body what it matches. */
static void add_spans(const void *data, size_t row, size_t from, size_t to, GArray *spans)
{
    const struct pager *pager = data;
    const struct app *app = pager->view.app;
    const struct colours *colours = app->configuration->colours;
    struct flow_line line;
    pager_lines_get_row(pager->lines, row, &line);
    pager_lines_spans(pager->lines, row, settings_of(pager)->word_differences, spans);
    enum pager_matter matter = pager_lines_matter(pager->lines, row);
    if (matter == PAGER_HEADER && colours->header_rules->len)
        add_rule_spans(colours->header_rules, &line, true, from, to, spans);
    if (matter == PAGER_PROSE && colours->body_rules->len)
        add_rule_spans(colours->body_rules, &line, false, from, to, spans);
    if (app->search.expression && !app->search.hidden)
        find_spans(app->search.expression, line.text, line.length, from, to, STYLE_SEARCH, spans);
}

static void get_row(const void *data, size_t row, struct flow_line *out)
{
    const struct pager *pager = data;
    pager_lines_get_row(pager->lines, row, out);
}

/* The place that is on top. Behind a fold it is the one that was there before. */
static size_t top_place(const struct pager *pager)
{
    size_t row = pager->flow.line, place = pager_lines_place(pager->lines, row);
    bool within = pager->unfolded_place > place &&
                  pager->unfolded_place < pager_lines_place(pager->lines, row + 1);
    return within ? pager->unfolded_place : place;
}

/* The rows are others: PLACE is on top, and its row goes on from OFFSET. */
static void show_place(struct pager *pager, size_t place, size_t offset)
{
    size_t row = pager_lines_row(pager->lines, place);
    bool hidden = pager_lines_place(pager->lines, row) != place;
    pager->flow.count = pager_lines_rows(pager->lines);
    pager->unfolded_place = hidden ? place : 0;
    flow_replace(&pager->flow, row, hidden ? 0 : offset);
}

static void choose_headers(struct pager *pager)
{
    const struct settings *settings = settings_of(pager);
    g_free(pager->order);
    pager->order = g_strdup(settings->hdr_order);
    pager_lines_set_headers(pager->lines, pager->order, pager->all_headers);
}

static void fold_quotes(struct pager *pager)
{
    pager->levels = settings_of(pager)->toggle_quoted_show_levels;
    pager_lines_fold_quotes(pager->lines, pager->quotes_folded, pager->levels);
}

/* --- opening ---------------------------------------------------------------------- */

/* Shows MEMBER; if it cannot be read everything stays as it is. */
static bool open_mail(struct pager *pager, struct member *member, GError **error)
{
    struct archive_mail mail;
    pager->at = member;
    if (!archive_read_id(pager->view.app->archive, &member->mail->place.commit, &mail, error))
        return false;
    pager_lines_free(pager->lines);
    pager->member = member;
    pager->lines = pager_lines_new(message_parse(mail.bytes, mail.length), mail_limit(member->mail));
    archive_mail_release(&mail);
    choose_headers(pager);
    if (pager->quotes_folded)
        fold_quotes(pager);
    if (pager->files_folded)
        pager_lines_fold_files(pager->lines, true);
    pager->match.valid = false;
    pager->in_text = false;
    pager->flow.column = 0;
    show_place(pager, 0, 0);
    return true;
}

/* What is next to FROM in the view beneath, which selects it; NULL if nothing is. */
static struct member *mail_beside(struct pager *pager, const struct member *from, int direction,
                                  bool series)
{
    struct view *beneath = app_beneath(pager->view.app, &pager->view);
    if (!beneath || !beneath->operations->neighbour)
        return NULL;
    return beneath->operations->neighbour(beneath, from, direction, series);
}

static void open_next(struct pager *pager, struct member *next)
{
    GError *error = NULL;
    if (next && !open_mail(pager, next, &error))
        app_take_error(pager->view.app, error);
}

static struct member *neighbour(struct view *view, const struct member *mail, int direction,
                                bool series)
{
    struct pager *pager = pager_of(view);
    struct member *next = mail_beside(pager, mail ? mail : pager->at, direction, series);
    open_next(pager, next);
    return next;
}

/* Through the mails of the series, then on to the next series. Those on the way are not opened. */
static const char *next_entry(struct pager *pager, int direction, int count)
{
    struct member *at = pager->at, *next = at;
    for (int i = MAX(count, 1); i > 0 && next; i--) {
        next = mail_beside(pager, at, direction, false);
        if (!next)
            next = mail_beside(pager, at, direction, true);
        at = next ? next : at;
    }
    if (at != pager->at)
        open_next(pager, at);
    if (next)
        return NULL;
    return direction > 0 ? "You are on the last message." : "You are on the first message.";
}

/* --- the view --------------------------------------------------------------------- */

static void free_pager(struct view *view)
{
    struct pager *pager = pager_of(view);
    flow_clear(&pager->flow);
    pager_lines_free(pager->lines);
    g_free(pager->order);
    g_free(pager);
}

/* Lines above the pager: rows of the view beneath and its status line. */
static int index_lines(const struct pager *pager)
{
    int lines = settings_of(pager)->pager_index_lines;
    if (!lines || screen_rows(pager->view.app->screen) < lines + LINES_BESIDE_INDEX ||
        pager->view.height < lines + 2)
        return 0;
    return lines + 1;
}

static void update(struct view *view)
{
    struct pager *pager = pager_of(view);
    const struct settings *settings = settings_of(pager);
    bool headers = strcmp(pager->order, settings->hdr_order) != 0;
    bool quotes = pager->quotes_folded && pager->levels != settings->toggle_quoted_show_levels;
    if (headers || quotes) {
        size_t place = top_place(pager), offset = pager->flow.offset;
        size_t before = pager_lines_text_start(pager->lines);
        bool in_text = place >= before;
        if (headers)
            choose_headers(pager);
        if (quotes)
            fold_quotes(pager);
        show_place(pager, in_text ? place - before + pager_lines_text_start(pager->lines) : 0,
                   in_text ? offset : 0);
        pager->match.valid = false;
    }
    pager->flow.sideways = !settings->wrap;
    pager->flow.markers = settings->markers;
    flow_resize(&pager->flow, view->width, view->height - index_lines(pager));
}

/* As mutt's pager_index_lines. */
static void draw_index(struct pager *pager, struct screen *screen, int top, int lines)
{
    struct app *app = pager->view.app;
    struct view *beneath = app_beneath(app, &pager->view);
    if (!beneath)
        return;
    if (beneath->height != lines - 1) {
        beneath->height = lines - 1;
        beneath->stale = true;
        beneath = app_beneath(app, &pager->view);
    }
    beneath->operations->draw(beneath, screen, top);
    frame_draw_status(beneath, screen, top + lines - 1);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    struct pager *pager = pager_of(view);
    int above = index_lines(pager);
    if (above)
        draw_index(pager, screen, top, above);
    flow_draw(&pager->flow, screen, top + above);
    return view->height - 1;
}

static bool expand(const void *data, char letter, const char *argument, GString *out,
                   enum style *style)
{
    const struct pager *pager = data;
    const struct mail *mail = pager->member->mail;
    char place[8];
    (void)style;
    switch (letter) {
    case 'n':
        g_string_append(out, mail->sender_name);
        return true;
    case 'a':
        g_string_append(out, mail->sender_address);
        return true;
    case 's':
        g_string_append(out, mail->subject);
        return true;
    case 'i':
        g_string_append(out, mail->message_id);
        return true;
    case 'd':
        format_append_date(out, settings_of(pager)->date_format, mail->date);
        return true;
    case '{':
        format_append_date(out, argument, mail->date);
        return true;
    case 'v':
        if (member_is_patch(pager->member))
            g_string_append_printf(out, "v%u", pager->member->version);
        return true;
    case 'p':
        if (mail->numbered)
            g_string_append_printf(out, "%u/%u", mail->number, mail->total);
        return true;
    case 'P':
        g_string_append(out, flow_place(&pager->flow, place));
        return true;
    default:
        return false;
    }
}

static void status(struct view *view, int width, struct format_line *line)
{
    const struct pager *pager = pager_of(view);
    struct format_line left = {0};
    char place[8];
    format_render(&left, settings_of(pager)->pager_format, width, STYLE_STATUS, expand, pager);
    frame_status(view->app, g_strchomp(left.text->str), flow_place(&pager->flow, place), width,
                 line);
    format_line_clear(&left);
}

static const char *move(struct view *view, enum motion motion, int count)
{
    struct pager *pager = pager_of(view);
    const struct settings *settings = settings_of(pager);
    switch (motion) {
    case MOTION_NEXT:
        return next_entry(pager, 1, count);
    case MOTION_PREVIOUS:
        return next_entry(pager, -1, count);
    case MOTION_PAGE_DOWN:
        if (flow_at_end(&pager->flow) && !settings->pager_stop)
            return next_entry(pager, 1, 1);
        break;
    default:
        break;
    }
    return flow_move(&pager->flow, motion, count, settings->pager_context);
}

static void select_mail(struct view *view, bool tagged, GPtrArray *members)
{
    (void)tagged;
    g_ptr_array_add(members, pager_of(view)->member);
}

/* A mark is for the series that the mail is of, or answers. */
static void select_series(struct view *view, bool tagged, GPtrArray *members)
{
    const struct member *member = pager_of(view)->member;
    const struct posting *posting = series_set_find(view->app->set, member->mail->message_id);
    (void)tagged;
    if (member->posting)
        posting = member->posting;
    if (posting)
        g_ptr_array_add(members, posting->members->pdata[0]);
}

/* In the rows of the index above: opens what is there. */
static bool click(struct view *view, int line)
{
    struct pager *pager = pager_of(view);
    struct view *beneath = app_beneath(view->app, view);
    if (line >= index_lines(pager) - 1 || !beneath || !beneath->operations->click ||
        !beneath->operations->click(beneath, line))
        return false;
    GPtrArray *members = g_ptr_array_new();
    GError *error = NULL;
    if (beneath->operations->select)
        beneath->operations->select(beneath, false, members);
    if (members->len && !open_mail(pager, members->pdata[0], &error))
        app_take_error(view->app, error);
    g_ptr_array_unref(members);
    return true;
}

/* --- searching -------------------------------------------------------------------- */

/* Where a search begins, among all lines. */
static struct flow_position search_from(struct pager *pager, int direction)
{
    const struct match *match = &pager->match;
    const struct flow_position last = {pager_lines_row(pager->lines, match->place), match->offset};
    struct flow_position from = find_from(&pager->flow, match->valid ? &last : NULL, direction);
    bool same = match->valid && last.line == pager->flow.line;
    from.line = same ? match->place : top_place(pager);
    return from;
}

static const char *search(struct view *view, int direction)
{
    struct pager *pager = pager_of(view);
    const struct expression *expression = view->app->search.expression;
    const struct find_lines lines = {pager_lines_get_line, pager->lines,
                                     pager_lines_count(pager->lines)};
    if (!expression)
        return "No search pattern.";
    struct flow_position place = search_from(pager, direction);
    bool wrapped = false;
    bool found = find_next(&lines, expression, direction, settings_of(pager)->wrap_search, &place,
                           &wrapped);
    if (found) {
        pager_lines_unfold(pager->lines, place.line);
        pager->flow.count = pager_lines_rows(pager->lines);
        flow_reveal(&pager->flow, pager_lines_row(pager->lines, place.line), place.offset);
        pager->unfolded_place = 0;
        pager->match = (struct match){true, place.line, place.offset};
    }
    return find_message(found, wrapped, direction, expression_gave_up(expression));
}

/* --- commands --------------------------------------------------------------------- */

/* To what is of the kind TARGET; WHAT names it. */
static void jump(struct app *app, const struct invocation *invocation, enum pager_target target,
                 const char *what)
{
    struct pager *pager = top_pager(app);
    int direction = invocation->command->argument;
    size_t row = pager->flow.line;
    if (pager_lines_next(pager->lines, target, direction, MAX(invocation->count, 1), &row))
        flow_go(&pager->flow, row);
    else
        app_messagef(app, direction > 0 ? "There are no more %s." : "There are no %s before.",
                     what);
}

void pager_next_hunk(struct app *app, const struct invocation *invocation)
{
    jump(app, invocation, PAGER_HUNK, "hunks");
}

void pager_next_file(struct app *app, const struct invocation *invocation)
{
    jump(app, invocation, PAGER_FILE, "files");
}

void pager_next_quoted(struct app *app, const struct invocation *invocation)
{
    jump(app, invocation, PAGER_QUOTED, "quoted blocks");
}

void pager_next_trailers(struct app *app, const struct invocation *invocation)
{
    jump(app, invocation, PAGER_TRAILERS, "trailers");
}

void pager_toggle_headers(struct app *app, const struct invocation *invocation)
{
    struct pager *pager = top_pager(app);
    size_t place = top_place(pager), before = pager_lines_text_start(pager->lines);
    (void)invocation;
    pager->all_headers = !pager->all_headers;
    /* Who asks for headers wants to see them, and to be back where he was afterwards. */
    if (pager->all_headers || place > 0) {
        pager->in_text = place >= before;
        pager->text_place = pager->in_text ? place - before : 0;
        pager->text_offset = pager->in_text ? pager->flow.offset : 0;
    }
    choose_headers(pager);
    if (pager->all_headers || !pager->in_text)
        show_place(pager, 0, 0);
    else
        show_place(pager, pager_lines_text_start(pager->lines) + pager->text_place,
                   pager->text_offset);
    pager->match.valid = false;
}

void pager_skip_headers(struct app *app, const struct invocation *invocation)
{
    struct pager *pager = top_pager(app);
    size_t row = pager_lines_row(pager->lines, pager_lines_text_start(pager->lines));
    (void)invocation;
    if (pager->flow.line >= row)
        app_message(app, "Already skipped past headers.");
    else
        flow_go(&pager->flow, row);
}

void pager_skip_quoted(struct app *app, const struct invocation *invocation)
{
    struct pager *pager = top_pager(app);
    size_t rows = pager_lines_rows(pager->lines), row = pager->flow.line;
    for (int i = MAX(invocation->count, 1); i > 0; i--) {
        while (row < rows && !pager_lines_is_quoted(pager->lines, row))
            row++;
        if (row == rows) {
            app_message(app, "No more quoted text.");
            return;
        }
        while (row < rows && pager_lines_is_quoted(pager->lines, row))
            row++;
        if (row == rows) {
            app_message(app, "No more unquoted text after quoted text.");
            return;
        }
        flow_go(&pager->flow, row);
    }
}

void pager_toggle_quoted(struct app *app, const struct invocation *invocation)
{
    struct pager *pager = top_pager(app);
    size_t place = top_place(pager), offset = pager->flow.offset;
    (void)invocation;
    pager->quotes_folded = !pager->quotes_folded;
    fold_quotes(pager);
    show_place(pager, place, offset);
}

static void fold_one_file(struct pager *pager)
{
    size_t place = top_place(pager), offset = pager->flow.offset;
    if (pager_lines_toggle_file(pager->lines, place))
        show_place(pager, place, offset);
    else
        app_message(pager->view.app, "There is no file of a diff at the top of the screen.");
}

void pager_fold_file(struct app *app, const struct invocation *invocation)
{
    struct pager *pager = top_pager(app);
    if (!invocation->command->argument) {
        fold_one_file(pager);
        return;
    }
    size_t place = top_place(pager), offset = pager->flow.offset;
    pager->files_folded = invocation_folds(invocation, pager->files_folded);
    pager_lines_fold_files(pager->lines, pager->files_folded);
    show_place(pager, place, offset);
}

void pager_toggle_words(struct app *app, const struct invocation *invocation)
{
    struct settings *settings = &app->configuration->settings;
    (void)invocation;
    settings->word_differences = !settings->word_differences;
    app_configured(app);
    app_message(app, settings->word_differences ? "Words that differ are shown."
                                                : "Words that differ are not shown.");
}

/* --- the table -------------------------------------------------------------------- */

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"next-page", "NextPg"},
    {"next-entry", "Next"},
    {"previous-entry", "Prev"},
    {"next-hunk", "Hunk"},
    {"next-file", "File"},
    {"toggle-quoted", "Quotes"},
    {"save-message", "Save"},
    {"display-toggle-weed", "Headers"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_PAGER,
    .unit = VIEW_UNIT_MAIL,
    .hints = hints,
    .free = free_pager,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .search = search,
    .select = select_mail,
    .mark_targets = select_series,
    .click = click,
    .neighbour = neighbour,
};

struct view *pager_new(struct app *app, struct member *member, GError **error)
{
    struct pager *pager = g_new0(struct pager, 1);
    pager->view = (struct view){.operations = &operations, .app = app};
    pager->flow.source = get_row;
    pager->flow.spans = add_spans;
    pager->flow.data = pager;
    if (!open_mail(pager, member, error)) {
        free_pager(&pager->view);
        return NULL;
    }
    return &pager->view;
}
