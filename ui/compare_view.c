/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compare view: what became of the patches from one version of a series to another. */
#include "app.h"
#include "compare_detail.h"
#include "compare_lines.h"
#include "find.h"
#include "frame.h"
#include "glyph.h"
#include "list.h"
#include "view.h"

#include <string.h>

/* The head and the blank line below it make way on a screen that leaves fewer rows. */
#define HEAD_HEIGHT (COMPARE_LINES_HEAD + 1)
#define ROWS_BESIDE_HEAD 3

struct compare_view {
    struct view view;
    struct list list;
    struct compare_lines lines;
    struct member *anchors[COMPARING_SIDES]; /* a mail of each of the postings */
    GPtrArray *members[COMPARING_SIDES]; /* of what is compared, or was; NULL: withdrawn, or not yet */
    struct comparing *comparing;  /* goes on, or NULL */
    struct compared *compared;    /* what is shown, or NULL */
    const struct member *selected; /* the mail in the row under the cursor */
    bool moved;                   /* the user has; until then the first difference is selected */
    bool opens;                   /* what is selected when it has been compared */
};

static const struct view_operations operations;
static void open_selected(struct view *view);

/* The posting of SIDE, or NULL if its mails were withdrawn. */
static const struct posting *posting_of(const struct compare_view *self, enum comparing_side side)
{
    const struct member *anchor = self->anchors[side];
    if (!anchor->posting)
        anchor = anchor->id->first;
    return anchor ? anchor->posting : NULL;
}

static int head_height(const struct compare_view *self)
{
    return self->view.height >= HEAD_HEIGHT + ROWS_BESIDE_HEAD ? HEAD_HEIGHT : 0;
}

/* --- comparing ------------------------------------------------------------------ */

static void take_compared(struct app *app, struct compared *compared, void *data)
{
    struct compare_view *self = data;
    bool opens = self->opens && compared;
    self->comparing = NULL;
    self->opens = false;
    g_clear_pointer(&self->compared, compared_release);
    if (compared)
        self->compared = compared_acquire(compared);
    self->view.stale = true;
    if (opens && app_top(app) == &self->view)
        open_selected(&self->view);
    app_draw_soon(app);
}

static void cancel(struct compare_view *self)
{
    if (self->comparing)
        comparing_cancel(g_steal_pointer(&self->comparing));
}

/* Begins anew with what the postings have now. */
static void begin(struct compare_view *self)
{
    cancel(self);
    self->comparing = comparing_start(self->view.app, self->members[COMPARING_OLD],
                                      self->members[COMPARING_NEW], take_compared, self);
}

static bool same_members(const GPtrArray *a, const GPtrArray *b)
{
    return a && b && a->len == b->len &&
           (!a->len || memcmp(a->pdata, b->pdata, a->len * sizeof *a->pdata) == 0);
}

/* Takes what the posting of SIDE has now; false if it is what was compared. */
static bool follow(struct compare_view *self, enum comparing_side side)
{
    const struct posting *posting = posting_of(self, side);
    GPtrArray *members = posting_all_members(posting);
    bool same = same_members(members, self->members[side]);
    g_clear_pointer(&self->members[side], g_ptr_array_unref);
    self->members[side] = members;
    self->lines.versions[side] = compare_version_of(posting);
    return !same;
}

static void forget(struct compare_view *self)
{
    cancel(self);
    g_clear_pointer(&self->compared, compared_release);
    for (int side = 0; side < COMPARING_SIDES; side++)
        g_clear_pointer(&self->members[side], g_ptr_array_unref);
}

/* Compares anew if mails have come or gone. */
static void follow_postings(struct compare_view *self)
{
    if (!posting_of(self, COMPARING_OLD) || !posting_of(self, COMPARING_NEW)) {
        forget(self);
        return;
    }
    bool old = follow(self, COMPARING_OLD), new = follow(self, COMPARING_NEW);
    if (old || new)
        begin(self);
}

/* --- rows ----------------------------------------------------------------------- */

static void go(struct compare_view *self, int row)
{
    list_select(&self->list, row);
    self->selected = compare_lines_mail(&self->lines, self->list.cursor);
}

/* The first row from ROW on, in DIRECTION, with patches that differ; -1 if there is none. */
static int next_difference(const struct compare_view *self, int row, int direction)
{
    for (; row >= 0 && row < self->list.count; row += direction)
        if (compare_lines_pair(&self->lines, row)->mark != COMPARISON_SAME)
            return row;
    return -1;
}

static void update(struct view *view)
{
    struct compare_view *self = (struct compare_view *)view;
    follow_postings(self);
    compare_lines_build(&self->lines, self->compared);
    int row = compare_lines_find(&self->lines, self->selected);
    list_resize(&self->list, view->height - head_height(self));
    list_replace(&self->list, compare_lines_count(&self->lines), row < 0 ? self->list.cursor : row);
    if (!self->moved)
        list_select(&self->list, MAX(next_difference(self, 0, 1), 0));
    go(self, self->list.cursor);
}

/* --- drawing -------------------------------------------------------------------- */

/* What stands where there are no rows. The caller frees it. */
static char *instead(const struct compare_view *self)
{
    GString *text = g_string_new(NULL);
    if (!self->members[COMPARING_OLD]) {
        g_string_append(text, "What stood here was withdrawn.");
    } else if (self->comparing) {
        g_string_append(text, glyph_locale_is_utf8() ? "comparing \342\200\246" : "comparing ...");
    } else {
        g_string_append(text, "The comparison was stopped.  ");
        if (frame_key(self->view.app, CONTEXT_LIST, "display-message", text))
            g_string_append(text, " begins it anew.");
    }
    return g_string_free(text, FALSE);
}

static void draw_line(const struct compare_view *self, struct screen *screen, int line,
                      struct row *row, bool selected)
{
    bool arrow = app_settings(self->view.app)->arrow_cursor;
    row_draw(row, screen, line, self->view.width, selected, arrow);
    row_clear(row);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    const struct compare_view *self = (const struct compare_view *)view;
    const struct list *list = &self->list;
    int head = head_height(self);
    struct row row = {0};
    for (int i = 0; self->members[COMPARING_OLD] && head && i < COMPARE_LINES_HEAD; i++) {
        compare_lines_fill_head(&self->lines, i, &row);
        row_draw(&row, screen, top + i, view->width, false, false);
        row_clear(&row);
    }
    if (!list->count) {
        char *text = instead(self);
        screen_put(screen, top + head, 0, view->width, STYLE_DIM, text, strlen(text));
        g_free(text);
    }
    for (int line = 0; line < list->height && list->top + line < list->count; line++) {
        compare_lines_fill(&self->lines, list->top + line, view->width, &row);
        draw_line(self, screen, top + head + line, &row, list->top + line == list->cursor);
    }
    return head + list->cursor - list->top;
}

static void status(struct view *view, int width, struct format_line *line)
{
    const struct compare_view *self = (const struct compare_view *)view;
    const struct posting *newer = posting_of(self, COMPARING_NEW);
    const struct compare_counts *counts = &self->lines.counts;
    GString *text = g_string_new("pore: ");
    char place[8];
    g_string_append_printf(text, "[v%u-v%u", self->lines.versions[COMPARING_OLD].version,
                           self->lines.versions[COMPARING_NEW].version);
    if (counts->changed)
        g_string_append_printf(text, " Changed:%u", counts->changed);
    if (counts->added)
        g_string_append_printf(text, " Added:%u", counts->added);
    if (counts->dropped)
        g_string_append_printf(text, " Dropped:%u", counts->dropped);
    g_string_append_printf(text, "] %s", newer ? posting_lead(newer)->title : "");
    frame_status(view->app, text->str, list_place(&self->list, place), width, line);
    g_string_free(text, TRUE);
}

/* --- moving and opening --------------------------------------------------------- */

static const char *move(struct view *view, enum motion motion, int count)
{
    struct compare_view *self = (struct compare_view *)view;
    const char *problem = list_move(&self->list, motion, count);
    self->moved = self->list.count > 0;
    go(self, self->list.cursor);
    return problem;
}

static bool click(struct view *view, int line)
{
    struct compare_view *self = (struct compare_view *)view;
    line -= head_height(self);
    int row = self->list.top + line;
    if (line < 0 || line >= self->list.height || row >= self->list.count)
        return false;
    self->moved = true;
    go(self, row);
    return true;
}

static void open_mail(struct compare_view *self)
{
    GError *error = NULL;
    struct member *mail = compare_lines_mail(&self->lines, self->list.cursor);
    struct view *pager = mail ? pager_new(self->view.app, mail, &error) : NULL;
    if (pager)
        app_push(self->view.app, pager);
    else if (error)
        app_take_error(self->view.app, error);
    else
        app_error(self->view.app, "There are no entries.");
    self->moved = mail != NULL;
}

/* A step of the detail above: through what differs. */
static const char *step_detail(struct view *detail, int steps, void *data)
{
    struct compare_view *self = (struct compare_view *)app_beneath(detail->app, detail);
    int direction = steps > 0 ? 1 : -1, row = self->list.cursor, next = row;
    for (; steps && next >= 0; steps -= direction) {
        next = next_difference(self, row + direction, direction);
        row = next < 0 ? row : next;
    }
    if (row != self->list.cursor) {
        go(self, row);
        compare_detail_show(data, &self->lines, row);
    }
    if (next >= 0)
        return NULL;
    return direction > 0 ? "You are on the last difference." : "You are on the first difference.";
}

static void open_selected(struct view *view)
{
    struct compare_view *self = (struct compare_view *)view;
    int row = self->list.cursor;
    bool any = self->list.count > 0;
    if (!any && self->members[COMPARING_OLD]) {
        if (!self->comparing)
            begin(self);
        else
            self->opens = true;
    } else if (any && compare_lines_pair(&self->lines, row)->mark == COMPARISON_CHANGED) {
        self->moved = true;
        app_push(view->app, compare_detail_new(view->app, &self->lines, row, step_detail));
    } else {
        open_mail(self);
    }
}

static bool has_match(const void *data, int row)
{
    const struct compare_view *self = data;
    const struct expression *expression = self->view.app->search.expression;
    size_t start, end;
    for (int side = 0; side < COMPARING_SIDES; side++) {
        const struct member *member =
            compare_lines_member(&self->lines, row, (enum comparing_side)side);
        const char *title = member ? member->mail->title : "";
        if (find_forward(expression, title, strlen(title), 0, &start, &end))
            return true;
    }
    return false;
}

static const char *search(struct view *view, int direction)
{
    struct compare_view *self = (struct compare_view *)view;
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
    const struct compare_view *self = (const struct compare_view *)view;
    struct member *mail = compare_lines_mail(&self->lines, self->list.cursor);
    if (mail && !tagged)
        g_ptr_array_add(members, mail);
}

/* A mark is for the newer one of the versions. */
static void select_newer(struct view *view, bool tagged, GPtrArray *members)
{
    const struct posting *posting =
        posting_of((const struct compare_view *)view, COMPARING_NEW);
    (void)tagged;
    if (posting)
        g_ptr_array_add(members, posting->members->pdata[0]);
}

static struct member *neighbour(struct view *view, const struct member *mail, int direction,
                                bool series)
{
    struct compare_view *self = (struct compare_view *)view;
    int row = mail ? compare_lines_find(&self->lines, mail) : -1;
    row = (row < 0 ? self->list.cursor : row) + direction;
    if (series || row < 0 || row >= self->list.count)
        return NULL;
    self->moved = true;
    go(self, row);
    return compare_lines_mail(&self->lines, row);
}

static void free_compare_view(struct view *view)
{
    struct compare_view *self = (struct compare_view *)view;
    forget(self);
    g_free(self);
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"display-message", "Open"},
    {"display-patch", "Mail"},
    {"compare-older", "Older"},
    {"compare-newer", "Newer"},
    {"toggle-reviewed", "Reviewed"},
    {"reply", "Reply"},
    {"save-message", "Save"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_LIST,
    .unit = VIEW_UNIT_MAIL,
    .hints = hints,
    .free = free_compare_view,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .open = open_selected,
    .search = search,
    .select = select_mail,
    .mark_targets = select_newer,
    .click = click,
    .neighbour = neighbour,
};

struct view *compare_view_new(struct app *app, struct member *older, struct member *newer)
{
    struct compare_view *self = g_new0(struct compare_view, 1);
    self->view = (struct view){.operations = &operations, .app = app};
    self->anchors[COMPARING_OLD] = older;
    self->anchors[COMPARING_NEW] = newer;
    return &self->view;
}

/* --- commands ------------------------------------------------------------------- */

/* The compare view if that is on top; else the user is told. */
static struct compare_view *top(struct app *app)
{
    struct view *view = app_top(app);
    if (view->operations == &operations)
        return (struct compare_view *)view;
    app_error(app, "No versions are compared here.");
    return NULL;
}

void compare_open_mail(struct app *app, const struct invocation *invocation)
{
    struct compare_view *self = top(app);
    (void)invocation;
    if (self)
        open_mail(self);
}

/* Another version of the same series in the place of the older one. */
void compare_other(struct app *app, const struct invocation *invocation)
{
    struct compare_view *self = top(app);
    const struct posting *older = self ? posting_of(self, COMPARING_OLD) : NULL;
    const struct posting *newer = self ? posting_of(self, COMPARING_NEW) : NULL;
    int direction = invocation->command->argument;
    guint at, end;
    if (!older || !newer)
        return;
    /* Newest first. */
    GPtrArray *postings = newer->series->postings;
    if (!g_ptr_array_find(postings, newer, &end) || !g_ptr_array_find(postings, older, &at)) {
        app_error(app, "These versions are of two series.");
        return;
    }
    int other = (int)at - direction * MIN(MAX(invocation->count, 1), (int)postings->len);
    other = CLAMP(other, (int)end + 1, (int)postings->len - 1);
    if (other == (int)at) {
        if (direction > 0)
            app_errorf(app, "No version lies between v%u and v%u.", older->version, newer->version);
        else
            app_error(app, "This is the oldest version.");
        return;
    }
    const struct posting *posting = postings->pdata[other];
    self->anchors[COMPARING_OLD] = posting->members->pdata[0];
    self->view.stale = true;
}
