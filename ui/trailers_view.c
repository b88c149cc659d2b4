/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trailers view: who reviewed, acked or tested what of a posting. */
#include "app.h"
#include "collector.h"
#include "find.h"
#include "frame.h"
#include "glyph.h"
#include "index_rows.h"
#include "list.h"
#include "trailers_lines.h"
#include "view.h"

#include <string.h>

/* The head and the blank line below it make way on a screen that leaves fewer rows. */
#define HEAD_HEIGHT 2
#define ROWS_BESIDE_HEAD 3

struct trailers_view {
    struct view view;
    struct list list;
    struct trailers_lines lines;
    GArray *unknown;                /* uint32_t: versions of which it is not known what they share */
    struct member *anchor;          /* a mail of the posting that is shown */
    struct trailers_place selected; /* what is in the row under the cursor */
    bool moved;                     /* the user has; until then the first row is selected */
};

static int head_height(const struct trailers_view *self)
{
    return self->view.height >= HEAD_HEIGHT + ROWS_BESIDE_HEAD ? HEAD_HEIGHT : 0;
}

static void go(struct trailers_view *self, int row)
{
    list_select(&self->list, row);
    self->selected = trailers_lines_place(&self->lines, self->list.cursor);
}

static void update(struct view *view)
{
    struct trailers_view *self = (struct trailers_view *)view;
    const struct posting *posting = index_rows_posting(self->anchor);
    const struct trailers_request request = collector_request(view->app);
    trailers_lines_build(&self->lines, posting, &request);
    g_clear_pointer(&self->unknown, g_array_unref);
    if (posting) {
        self->unknown = collector_unknown(view->app, posting);
        collector_look(view->app, posting);
    }
    int row = self->moved ? trailers_lines_find(&self->lines, &self->selected) : 0;
    list_resize(&self->list, view->height - head_height(self));
    list_replace(&self->list, trailers_lines_count(&self->lines),
                 row < 0 ? self->list.cursor : row);
    go(self, self->list.cursor);
}

/* --- drawing ------------------------------------------------------------------------ */

/* "; reading v1, v2 …": what may still come. */
static void append_unknown(const struct trailers_view *self, GString *text)
{
    const GArray *unknown = self->unknown;
    bool reads = self->view.app->collecting.reads;
    if (!unknown || !unknown->len)
        return;
    g_string_append(text, reads ? "; reading" : "; not compared with");
    for (guint i = 0; i < unknown->len; i++)
        g_string_append_printf(text, "%s v%u", i ? "," : "", g_array_index(unknown, uint32_t, i));
    if (reads)
        g_string_append(text, glyph_locale_is_utf8() ? " \342\200\246" : " ...");
}

static void draw_head(const struct trailers_view *self, struct screen *screen, int top)
{
    GString *text = g_string_new(NULL);
    trailers_lines_sum(&self->lines, text);
    append_unknown(self, text);
    screen_put(screen, top, 0, self->view.width, STYLE_HEADING, text->str, text->len);
    g_string_free(text, TRUE);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    const struct trailers_view *self = (const struct trailers_view *)view;
    const struct list *list = &self->list;
    static const char withdrawn[] = "What stood here was withdrawn.";
    int head = head_height(self);
    if (!list->count)
        screen_put(screen, top, 0, view->width, STYLE_DIM, withdrawn, sizeof withdrawn - 1);
    else if (head)
        draw_head(self, screen, top);
    for (int line = 0; line < list->height && list->top + line < list->count; line++) {
        struct row row = {0};
        trailers_lines_fill(&self->lines, list->top + line, view->width, &row);
        row_draw(&row, screen, top + head + line, view->width, list->top + line == list->cursor,
                 app_settings(view->app)->arrow_cursor);
        row_clear(&row);
    }
    return head + list->cursor - list->top;
}

static void status(struct view *view, int width, struct format_line *line)
{
    const struct trailers_view *self = (const struct trailers_view *)view;
    const struct posting *posting = index_rows_posting(self->anchor);
    GString *text = g_string_new("pore: trailers");
    char place[8];
    if (posting)
        g_string_append_printf(text, " of v%u: %s", posting->version, posting_lead(posting)->title);
    frame_status(view->app, text->str, list_place(&self->list, place), width, line);
    g_string_free(text, TRUE);
}

/* --- moving and opening --------------------------------------------------------------- */

static const char *move(struct view *view, enum motion motion, int count)
{
    struct trailers_view *self = (struct trailers_view *)view;
    const char *problem = list_move(&self->list, motion, count);
    self->moved = true;
    go(self, self->list.cursor);
    return problem;
}

static bool click(struct view *view, int line)
{
    struct trailers_view *self = (struct trailers_view *)view;
    line -= head_height(self);
    int row = self->list.top + line;
    if (line < 0 || line >= self->list.height || row >= self->list.count)
        return false;
    self->moved = true;
    go(self, row);
    return true;
}

static void open_selected(struct view *view)
{
    struct trailers_view *self = (struct trailers_view *)view;
    struct member *mail = trailers_lines_mail(&self->lines, self->list.cursor);
    GError *error = NULL;
    struct view *pager = mail ? pager_new(view->app, mail, &error) : NULL;
    if (pager)
        app_push(view->app, pager);
    else if (error)
        app_take_error(view->app, error);
    else
        app_error(view->app, self->list.count ? "There is no cover letter."
                                              : "There are no entries.");
    self->moved = true;
}

static bool has_match(const void *data, int row)
{
    const struct trailers_view *self = data;
    GString *words = g_string_new(NULL);
    size_t start, end;
    trailers_lines_words(&self->lines, row, words);
    bool found = find_forward(self->view.app->search.expression, words->str, words->len, 0, &start,
                              &end);
    g_string_free(words, TRUE);
    return found;
}

static const char *search(struct view *view, int direction)
{
    struct trailers_view *self = (struct trailers_view *)view;
    int row;
    const char *message = search_rows(view, &self->list, direction, has_match, &row);
    if (row >= 0) {
        self->moved = true;
        go(self, row);
    }
    return message;
}

static void select_mail(struct view *view, bool tagged, GPtrArray *members)
{
    const struct trailers_view *self = (const struct trailers_view *)view;
    struct member *mail = trailers_lines_mail(&self->lines, self->list.cursor);
    if (mail && !tagged)
        g_ptr_array_add(members, mail);
}

/* Marks are for what is shown, whatever is selected. */
static void select_shown(struct view *view, bool tagged, GPtrArray *members)
{
    const struct trailers_view *self = (const struct trailers_view *)view;
    const struct posting *posting = index_rows_posting(self->anchor);
    (void)tagged;
    if (posting)
        g_ptr_array_add(members, posting->members->pdata[0]);
}

/* From mail to mail: several trailers of one that follow on each other are one step. */
static struct member *neighbour(struct view *view, const struct member *mail, int direction,
                                bool series)
{
    struct trailers_view *self = (struct trailers_view *)view;
    int row = self->list.cursor;
    struct member *next = NULL;
    while (!series && !next) {
        row += direction;
        if (row < 0 || row >= self->list.count)
            return NULL;
        next = trailers_lines_mail(&self->lines, row);
        if (next == mail)
            next = NULL;
    }
    if (next) {
        self->moved = true;
        go(self, row);
    }
    return next;
}

static void free_trailers_view(struct view *view)
{
    struct trailers_view *self = (struct trailers_view *)view;
    trailers_lines_clear(&self->lines);
    g_clear_pointer(&self->unknown, g_array_unref);
    g_free(self);
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"display-message", "Open"},
    {"search", "Search"},
    {"reply", "Reply"},
    {"save-message", "Save"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_LIST,
    .unit = VIEW_UNIT_MAIL,
    .hints = hints,
    .free = free_trailers_view,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .open = open_selected,
    .search = search,
    .select = select_mail,
    .mark_targets = select_shown,
    .click = click,
    .neighbour = neighbour,
};

struct view *trailers_view_new(struct app *app, struct member *member)
{
    struct trailers_view *self = g_new0(struct trailers_view, 1);
    self->view = (struct view){.operations = &operations, .app = app};
    self->anchor = member;
    collector_begin(app);
    return &self->view;
}

/* --- commands ------------------------------------------------------------------------- */

void trailers_show(struct app *app, const struct invocation *invocation)
{
    struct view *view = app_top(app);
    (void)invocation;
    if (view->operations == &operations)
        return;
    GPtrArray *members = g_ptr_array_new();
    if (view->operations->mark_targets)
        view->operations->mark_targets(view, false, members);
    if (members->len && index_rows_posting(members->pdata[0]))
        app_push(app, trailers_view_new(app, members->pdata[0]));
    else
        app_error(app, "There is no series here.");
    g_ptr_array_unref(members);
}
