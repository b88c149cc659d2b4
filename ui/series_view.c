/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The series view: one posting's mails as a tree, and the other revisions. */
#include "app.h"
#include "glyph.h"
#include "list.h"
#include "row.h"
#include "tree.h"
#include "view.h"

#include <string.h>

/* Widths of the screen below which columns make way for the title. */
#define WIDTH_FOR_SENDER 56
#define WIDTH_FOR_DATE 40

enum line_kind {
    LINE_TREE,
    LINE_BLANK,
    LINE_HEADING,
    LINE_REVISION,
};

/* A line of the view. */
struct line {
    enum line_kind kind;
    struct tree_line tree;   /* LINE_TREE */
    struct member *revision; /* LINE_REVISION: the lead */
};

struct series_view {
    struct view view;
    struct list list;
    struct member *anchor;   /* a mail of the posting that is shown */
    struct member *selected; /* NULL: a line without a mail */
    GArray *lines;           /* struct line */
    size_t replies;
    bool moved; /* the user has */
    bool long_dates;
};

/* The posting that is shown now, or NULL if its mails were withdrawn. */
static const struct posting *shown(const struct series_view *self)
{
    const struct member *anchor = self->anchor;
    if (!anchor->posting)
        anchor = anchor->id->first;
    return anchor ? anchor->posting : NULL;
}

static const struct line *line_at(const struct series_view *self, int row)
{
    return &g_array_index(self->lines, struct line, row);
}

static struct member *member_at(const struct series_view *self, int row)
{
    if (row >= (int)self->lines->len)
        return NULL;
    const struct line *line = line_at(self, row);
    return line->kind == LINE_REVISION ? line->revision
           : line->kind == LINE_TREE   ? line->tree.member
                                       : NULL;
}

static void remember(struct series_view *self)
{
    self->selected = member_at(self, self->list.cursor);
}

static void add_tree(struct series_view *self, const struct posting *posting)
{
    GArray *tree = tree_build(posting);
    self->replies = 0;
    for (guint i = 0; i < tree->len; i++) {
        const struct line line = {.tree = g_array_index(tree, struct tree_line, i)};
        self->replies += line.tree.member && line.tree.member->mail->kind == MAIL_REPLY;
        g_array_append_val(self->lines, line);
    }
    g_array_unref(tree);
}

static void add_revisions(struct series_view *self, const struct posting *posting)
{
    const GPtrArray *postings = posting->series->postings;
    if (postings->len < 2)
        return;
    const struct line blank = {.kind = LINE_BLANK}, heading = {.kind = LINE_HEADING};
    g_array_append_val(self->lines, blank);
    g_array_append_val(self->lines, heading);
    for (guint i = 0; i < postings->len; i++) {
        const struct posting *other = postings->pdata[i];
        const struct line line = {.kind = LINE_REVISION, .revision = other->members->pdata[0]};
        if (other != posting)
            g_array_append_val(self->lines, line);
    }
}

static int row_of(const struct series_view *self, const struct member *member)
{
    for (guint i = 0; member && i < self->lines->len; i++)
        if (member_at(self, (int)i) == member)
            return (int)i;
    return -1;
}

static void update(struct view *view)
{
    struct series_view *self = (struct series_view *)view;
    const struct posting *posting = shown(self);
    g_array_set_size(self->lines, 0);
    if (posting) {
        char date[ROW_DATE_SIZE];
        row_date(date, posting_lead(posting)->date, g_get_real_time() / G_USEC_PER_SEC, false);
        self->long_dates = strchr(date, '\'');
        add_tree(self, posting);
        add_revisions(self, posting);
    }
    int row = self->moved ? row_of(self, self->selected) : 0;
    list_resize(&self->list, view->height);
    list_replace(&self->list, (int)self->lines->len, row < 0 ? self->list.cursor : row);
    remember(self);
}

static void add_date(const struct series_view *self, struct row *row, const struct mail *mail)
{
    char date[ROW_DATE_SIZE];
    row_date(date, mail->date, g_get_real_time() / G_USEC_PER_SEC, self->long_dates);
    row_add(row, self->long_dates ? 10 : 6, STYLE_NORMAL, date);
}

/* "3/7", or nothing for a mail without a number. */
static void add_number(struct row *row, const struct mail *mail)
{
    char text[32] = "";
    if (mail->numbered && mail->kind != MAIL_REPLY)
        g_snprintf(text, sizeof text, "%u/%u", mail->number, mail->total);
    struct row_column *column = row_add(row, 5, STYLE_NORMAL, text);
    column->right = column->whole = true;
}

/* mutt's way: an answer with the subject of what it answers shows that by the tree alone. */
static const char *subject_of(const struct member *member)
{
    const struct mail *mail = member->mail;
    const struct member *parent = member_parent(member);
    if (mail->kind != MAIL_REPLY)
        return mail->kind == MAIL_OTHER ? mail->subject : mail->title;
    return parent && g_strcmp0(parent->mail->title, mail->title) == 0 ? "" : mail->subject;
}

static void add_prefix(struct row *row, const struct tree_line *tree, const char *subject,
                       enum style style)
{
    GString *prefix = g_string_new(NULL);
    tree_append_prefix(tree, glyph_locale_is_utf8(), prefix);
    row_add(row, glyph_columns(prefix->str, prefix->len, G_MAXINT), STYLE_TREE, prefix->str);
    row_add(row, -1, style, subject)->joined = true;
    g_string_free(prefix, TRUE);
}

static void fill_mail(const struct series_view *self, const struct tree_line *tree,
                      struct row *row)
{
    const struct mail *mail = tree->member->mail;
    int width = self->view.width;
    add_number(row, mail);
    if (width >= WIDTH_FOR_DATE)
        add_date(self, row, mail);
    if (width >= WIDTH_FOR_SENDER)
        row_add(row, CLAMP(width / 5, 12, 25), STYLE_NORMAL, mail->sender_name);
    add_prefix(row, tree, subject_of(tree->member), STYLE_NORMAL);
}

static void fill_missing(const struct series_view *self, const struct tree_line *tree,
                         struct row *row)
{
    char number[48];
    uint32_t total = shown(self)->total;
    int width = self->view.width;
    if (tree->first == tree->last)
        g_snprintf(number, sizeof number, "%u/%u", tree->first, total);
    else
        g_snprintf(number, sizeof number, "%u-%u", tree->first, tree->last);
    row_add(row, 5, STYLE_INCOMPLETE, number)->right = true;
    row->columns[0].whole = true;
    if (width >= WIDTH_FOR_DATE)
        row_add(row, self->long_dates ? 10 : 6, STYLE_NORMAL, "");
    if (width >= WIDTH_FOR_SENDER)
        row_add(row, CLAMP(width / 5, 12, 25), STYLE_NORMAL, "");
    add_prefix(row, tree, "(not received)", STYLE_DIM);
}

static void fill_revision(const struct series_view *self, const struct member *member,
                          struct row *row)
{
    const struct posting *posting = member->posting, *other = NULL;
    const struct mail *lead = posting_lead(posting);
    enum series_rule rule = posting_why(posting, &other);
    char text[32];

    row_add(row, 5, STYLE_EXIST, series_state_name(posting_state(posting)))->right = true;
    if (self->view.width >= WIDTH_FOR_DATE)
        add_date(self, row, lead);
    g_snprintf(text, sizeof text, "v%u", posting->version);
    row_add(row, 3, STYLE_NORMAL, text)->whole = true;
    g_snprintf(text, sizeof text, "%u/%u", posting->have, posting->total);
    row_add(row, 5, posting->have < posting->total ? STYLE_INCOMPLETE : STYLE_NORMAL, text)->whole =
        true;
    GString *why = g_string_new(NULL);
    if (rule != SERIES_RULE_NONE && other)
        g_string_printf(why, "(%s, v%u) ", series_rule_text(rule), other->version);
    row_add(row, (int)why->len, STYLE_DIM, why->str);
    row_add(row, -1, STYLE_NORMAL, lead->title)->joined = true;
    g_string_free(why, TRUE);
}

static void fill_row(const struct series_view *self, const struct line *line, struct row *row)
{
    switch (line->kind) {
    case LINE_TREE:
        if (line->tree.member)
            fill_mail(self, &line->tree, row);
        else
            fill_missing(self, &line->tree, row);
        break;
    case LINE_BLANK:
        break;
    case LINE_HEADING:
        row_add(row, -1, STYLE_HEADING, "Other revisions");
        break;
    case LINE_REVISION:
        fill_revision(self, line->revision, row);
        break;
    }
}

static int draw(struct view *view, struct screen *screen, int top)
{
    const struct series_view *self = (const struct series_view *)view;
    const struct list *list = &self->list;
    static const char withdrawn[] = "What stood here was withdrawn.";
    if (!list->count)
        screen_put(screen, top, 0, view->width, STYLE_DIM, withdrawn, sizeof withdrawn - 1);
    for (int line = 0; line < list->height && list->top + line < list->count; line++) {
        struct row row = {0};
        fill_row(self, line_at(self, list->top + line), &row);
        row_draw(&row, screen, top + line, view->width, list->top + line == list->cursor);
        row_clear(&row);
    }
    return list->cursor - list->top;
}

static void status(const struct view *view, GString *text, GString *place)
{
    const struct series_view *self = (const struct series_view *)view;
    const struct posting *posting = shown(self);
    char buffer[8];
    g_string_append(text, "pore: ");
    if (posting)
        g_string_append_printf(text, "[v%u Patches:%u/%u Replies:%zu Revisions:%u] %s",
                               posting->version, posting->have, posting->total, self->replies,
                               posting->series->postings->len, posting_lead(posting)->title);
    g_string_append(place, list_place(&self->list, buffer));
}

static const char *move(struct view *view, enum motion motion)
{
    struct series_view *self = (struct series_view *)view;
    int before = self->list.cursor;
    const char *problem = list_move(&self->list, motion);
    int row = self->list.cursor, step = row < before ? -1 : 1;
    /* The blank line and the heading always have something before and behind them. */
    while (row < self->list.count &&
           (line_at(self, row)->kind == LINE_BLANK || line_at(self, row)->kind == LINE_HEADING))
        row += step;
    list_select(&self->list, row);
    self->moved = true;
    remember(self);
    return problem;
}

static void open_mail(struct series_view *self, struct member *member)
{
    GError *error = NULL;
    struct view *pager = pager_new(self->view.app, member, &error);
    if (pager) {
        app_push(self->view.app, pager);
    } else {
        app_error(self->view.app, error->message);
        g_error_free(error);
    }
}

static void open_selected(struct view *view)
{
    struct series_view *self = (struct series_view *)view;
    self->moved = true;
    if (!self->selected)
        app_error(view->app, self->list.count ? "This patch was not received."
                                              : "There are no entries.");
    else if (line_at(self, self->list.cursor)->kind == LINE_REVISION)
        app_push(view->app, series_view_new(view->app, self->selected));
    else
        open_mail(self, self->selected);
}

static struct member *neighbour(struct view *view, const struct member *mail, int direction)
{
    struct series_view *self = (struct series_view *)view;
    int row = row_of(self, mail);
    if (row < 0)
        row = self->list.cursor;
    for (row += direction; row >= 0 && row < self->list.count; row += direction) {
        const struct line *line = line_at(self, row);
        if (line->kind != LINE_TREE || !line->tree.member)
            continue;
        list_select(&self->list, row);
        self->moved = true;
        remember(self);
        return line->tree.member;
    }
    return NULL;
}

static void free_series_view(struct view *view)
{
    struct series_view *self = (struct series_view *)view;
    g_array_unref(self->lines);
    g_free(self);
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},          {"help", "Help"},           {"display-message", "Open"},
    {"next-entry", "Next"},    {"previous-entry", "Prev"}, {"next-page", "NextPg"},
    {"previous-page", "PrevPg"}, {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_SERIES,
    .hints = hints,
    .free = free_series_view,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .open = open_selected,
    .neighbour = neighbour,
};

struct view *series_view_new(struct app *app, struct member *member)
{
    struct series_view *self = g_new0(struct series_view, 1);
    self->view = (struct view){.operations = &operations, .app = app};
    self->anchor = member;
    self->lines = g_array_new(FALSE, FALSE, sizeof(struct line));
    return &self->view;
}
