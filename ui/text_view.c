/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text of lines, which may grow while it is read. */
#include "app.h"
#include "find.h"
#include "flow.h"
#include "frame.h"
#include "view.h"

#include <string.h>

struct line {
    size_t start, length;
    size_t lead; /* so many bytes at its beginning in STYLE_KEY */
    guint first_span, spans; /* among those of the view */
    enum style style;
    bool words;
    int indent;
};

struct text_view {
    struct view view;
    struct flow flow;
    char *title;
    GString *text;
    GArray *lines; /* struct line */
    GArray *spans; /* struct flow_span, of lines that have some */
    struct flow_position match; /* what the last search found … */
    bool matched;               /* … if it found something */
    void *attached;             /* what fills it, */
    GDestroyNotify free_attached; /* and how that ends; or NULL */
    text_view_step *step;       /* puts another text here, or NULL; */
    void *step_data;            /* its affair */
};

static void get_line(const void *data, size_t index, struct flow_line *out)
{
    const struct text_view *view = data;
    if (index >= view->lines->len) {
        *out = (struct flow_line){.text = ""};
        return;
    }
    const struct line *line = &g_array_index(view->lines, struct line, index);
    *out = (struct flow_line){
        .text = view->text->str + line->start,
        .length = line->length,
        .style = line->style,
        .words = line->words,
        .indent = line->indent,
    };
}

static void add_spans(const void *data, size_t index, size_t from, size_t to, GArray *spans)
{
    const struct text_view *view = data;
    const struct search *search = &view->view.app->search;
    const struct line *line = &g_array_index(view->lines, struct line, index);
    const struct flow_span lead = {0, line->lead, STYLE_KEY, false};
    if (line->lead > from)
        g_array_append_val(spans, lead);
    if (line->spans)
        g_array_append_vals(spans, &g_array_index(view->spans, struct flow_span, line->first_span),
                            line->spans);
    if (search->expression && !search->hidden)
        find_spans(search->expression, view->text->str + line->start, line->length, from, to,
                   STYLE_SEARCH, spans);
}

/* Rows of a table, which have a lead and columns two blanks apart, go on under their last column. */
static int indent_of(const char *text, size_t length, size_t lead)
{
    size_t column = 0;
    for (size_t at = lead; lead && at + 2 < length; at++)
        if (text[at] == ' ' && text[at + 1] == ' ' && text[at + 2] != ' ')
            column = at + 2;
    return (int)column;
}

/* Adds LINE, of which all but its place is known. */
static void add_line(struct text_view *view, const char *text, struct line line)
{
    line.start = view->text->len;
    g_array_append_val(view->lines, line);
    g_string_append_len(view->text, text, (gssize)line.length);
    g_string_append_c(view->text, '\n');
}

static bool shows_end(const struct text_view *view)
{
    return view->flow.height > 0 && flow_at_end(&view->flow);
}

static void lines_added(struct text_view *view, bool shown)
{
    view->flow.count = view->lines->len;
    if (shown)
        app_draw_soon(view->view.app);
}

void text_view_append(struct view *view, const char *text, size_t length, enum style style,
                      size_t lead)
{
    struct text_view *text_view = (struct text_view *)view;
    bool shown = shows_end(text_view);
    for (const char *end = text + length; text < end;) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        if (!line_end)
            line_end = end;
        size_t length_of_line = (size_t)(line_end - text);
        size_t line_lead = MIN(lead, length_of_line);
        add_line(text_view, text,
                 (struct line){.length = length_of_line,
                               .lead = line_lead,
                               .style = style,
                               .words = true,
                               .indent = indent_of(text, length_of_line, line_lead)});
        text = line_end + 1;
    }
    lines_added(text_view, shown);
}

void text_view_append_line(struct view *view, const char *text, size_t length, enum style style,
                           const GArray *spans)
{
    struct text_view *text_view = (struct text_view *)view;
    bool shown = shows_end(text_view);
    struct line line = {.length = length, .style = style};
    if (spans && spans->len) {
        line.first_span = text_view->spans->len;
        line.spans = spans->len;
        g_array_append_vals(text_view->spans, spans->data, spans->len);
    }
    add_line(text_view, text, line);
    lines_added(text_view, shown);
}

void text_view_clear(struct view *view, const char *title)
{
    struct text_view *text_view = (struct text_view *)view;
    g_free(text_view->title);
    text_view->title = g_strdup(title);
    g_string_truncate(text_view->text, 0);
    g_array_set_size(text_view->lines, 0);
    g_array_set_size(text_view->spans, 0);
    text_view->matched = false;
    text_view->flow.count = 0;
    text_view->flow.column = 0;
    flow_replace(&text_view->flow, 0, 0);
    app_draw_soon(view->app);
}

static void free_text(struct view *view)
{
    struct text_view *text_view = (struct text_view *)view;
    if (text_view->free_attached)
        text_view->free_attached(text_view->attached);
    flow_clear(&text_view->flow);
    g_free(text_view->title);
    g_string_free(text_view->text, TRUE);
    g_array_unref(text_view->lines);
    g_array_unref(text_view->spans);
    g_free(text_view);
}

static void update(struct view *view)
{
    struct flow *flow = &((struct text_view *)view)->flow;
    flow->sideways = !app_settings(view->app)->wrap;
    flow->markers = app_settings(view->app)->markers;
    flow_resize(flow, view->width, view->height);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    flow_draw(&((struct text_view *)view)->flow, screen, top);
    return view->height - 1;
}

static void status(struct view *view, int width, struct format_line *line)
{
    const struct text_view *text_view = (const struct text_view *)view;
    char place[8];
    frame_status(view->app, text_view->title, flow_place(&text_view->flow, place), width, line);
}

static const char *move(struct view *view, enum motion motion, int count)
{
    struct text_view *text_view = (struct text_view *)view;
    const struct settings *settings = app_settings(view->app);
    if (text_view->step && (motion == MOTION_NEXT || motion == MOTION_PREVIOUS))
        return text_view->step(view, motion == MOTION_NEXT ? MAX(count, 1) : -MAX(count, 1),
                               text_view->step_data);
    /* As in the pager. */
    if (text_view->step && motion == MOTION_PAGE_DOWN && flow_at_end(&text_view->flow) &&
        !settings->pager_stop)
        return text_view->step(view, 1, text_view->step_data);
    return flow_move(&text_view->flow, motion, count, settings->pager_context);
}

static const char *search(struct view *view, int direction)
{
    struct text_view *text_view = (struct text_view *)view;
    const struct expression *expression = view->app->search.expression;
    const struct find_lines lines = {get_line, text_view, text_view->lines->len};
    if (!expression)
        return "No search pattern.";
    struct flow_position place =
        find_from(&text_view->flow, text_view->matched ? &text_view->match : NULL, direction);
    bool wrapped = false;
    bool found = find_next(&lines, expression, direction, app_settings(view->app)->wrap_search,
                           &place, &wrapped);
    if (found) {
        flow_reveal(&text_view->flow, place.line, place.offset);
        text_view->match = place;
        text_view->matched = true;
    }
    return find_message(found, wrapped, direction, expression_gave_up(expression));
}

static const char *content(struct view *view, size_t *length)
{
    const struct text_view *text_view = (const struct text_view *)view;
    *length = text_view->text->len;
    return text_view->text->str;
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"previous-page", "PrevPg"},
    {"next-page", "NextPg"},
    {"search", "Search"},
    {"save-message", "Save"},
    {NULL, NULL},
};

static const struct view_hint stepping_hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"next-page", "NextPg"},
    {"next-entry", "Next"},
    {"previous-entry", "Prev"},
    {"search", "Search"},
    {"save-message", "Save"},
    {NULL, NULL},
};

#define OPERATIONS(of_hints) \
    { \
        .context = CONTEXT_TEXT, \
        .unit = VIEW_UNIT_TEXT, \
        .hints = of_hints, \
        .free = free_text, \
        .update = update, \
        .draw = draw, \
        .status = status, \
        .move = move, \
        .search = search, \
        .content = content, \
    }

static const struct view_operations operations = OPERATIONS(hints);
static const struct view_operations stepping_operations = OPERATIONS(stepping_hints);

struct view *text_view_new(struct app *app, const char *title)
{
    struct text_view *text_view = g_new0(struct text_view, 1);
    text_view->view = (struct view){.operations = &operations, .app = app};
    text_view->title = g_strdup(title);
    text_view->text = g_string_new(NULL);
    text_view->lines = g_array_new(FALSE, FALSE, sizeof(struct line));
    text_view->spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span));
    text_view->flow.source = get_line;
    text_view->flow.spans = add_spans;
    text_view->flow.data = text_view;
    return &text_view->view;
}

void text_view_attach(struct view *view, void *data, GDestroyNotify free_data)
{
    struct text_view *self = (struct text_view *)view;
    self->attached = data;
    self->free_attached = free_data;
}

void text_view_set_step(struct view *view, text_view_step *step, void *data)
{
    struct text_view *self = (struct text_view *)view;
    self->view.operations = &stepping_operations;
    self->step = step;
    self->step_data = data;
}
