/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who contributed: people or domains, all of them, with their share and when it was. */
#include "app.h"
#include "digest.h"
#include "frame.h"
#include "glyph.h"
#include "list.h"
#include "row.h"
#include "series/contributors.h"
#include "view.h"

#include <string.h>

/* While mails arrive they are counted anew at most this often, in microseconds. */
#define COUNT_EVERY (500 * 1000)

/* Widths of the screen below which columns make way for the name. */
#define WIDTH_FOR_RANK 30
#define WIDTH_FOR_SHARE 44
#define WIDTH_FOR_BAR 60
#define WIDTH_FOR_PERIODS 72
#define WIDTH_FOR_ALL_PERIODS 120

/* U+2581, an eighth of a block, to U+2588, all of it, from below; U+258F to U+2588 from the left. */
#define BLOCK_BELOW(eighths) (0x2580u + (gunichar)(eighths))
#define BLOCK_LEFT(eighths) (0x2590u - (gunichar)(eighths))

/* What the status line needs besides its counts to say the time as well. */
#define SPAN_CELLS 46

/* Of the highest of the periods. */
#define PERIOD_EIGHTHS 7

struct contributors_view {
    struct view view;
    struct list list;
    struct contributors *contributors; /* NULL: not counted yet */
    bool domains;
    bool limited;   /* the index shows some of the series, and these are counted */
    bool behind;    /* mails have arrived since */
    gint64 due;     /* monotonic microseconds before which they are not counted anew while reading */
    size_t total;   /* of all rows */
    GString *text;  /* the table as it was last asked for */
    char *selected; /* the name in the row under the cursor; NULL: none yet */
    bool moved;     /* the user has; until then the first row is selected */
};

static const GArray *rows_of(const struct contributors_view *self)
{
    return self->domains ? self->contributors->domains : self->contributors->people;
}

static const struct contributor *row_at(const struct contributors_view *self, int row)
{
    return &g_array_index(rows_of(self), struct contributor, row);
}

static void remember(struct contributors_view *self)
{
    g_free(self->selected);
    self->selected = self->list.count ? g_strdup(row_at(self, self->list.cursor)->name) : NULL;
}

static void go(struct contributors_view *self, int row)
{
    list_select(&self->list, row);
    self->moved = true;
    remember(self);
}

static int row_of(const struct contributors_view *self, const char *name)
{
    const GArray *rows = rows_of(self);
    for (guint i = 0; name && i < rows->len; i++)
        if (strcmp(row_at(self, (int)i)->name, name) == 0)
            return (int)i;
    return -1;
}

/* The index that this view stands on. */
static struct view *index_beneath(const struct contributors_view *self)
{
    struct app *app = self->view.app;
    struct view *view = app_beneath(app, &self->view);
    while (view && view->operations->context != CONTEXT_INDEX)
        view = app_beneath(app, view);
    return view;
}

/* Is MEMBER a mail of the range, and of one of SERIES, a set? A contributors_filter. */
static bool is_shown(const struct member *member, const void *series)
{
    return member->in_range && member->posting &&
           g_hash_table_contains((GHashTable *)(uintptr_t)series, member->posting->series);
}

static void count(struct contributors_view *self)
{
    const struct mailset *mails = series_set_mails(self->view.app->set);
    struct view *index = index_beneath(self);
    GHashTable *shown = index ? index_shown(index) : NULL;
    gint64 start = g_get_monotonic_time();
    contributors_free(self->contributors);
    self->contributors = shown ? contributors_count_some(mails, is_shown, shown)
                               : contributors_count(mails);
    self->limited = shown != NULL;
    g_clear_pointer(&shown, g_hash_table_unref);
    self->behind = false;
    gint64 end = g_get_monotonic_time();
    self->due = end + MAX(COUNT_EVERY, 20 * (end - start));
}

/* The rows are others, or are shown otherwise. */
static void replace_rows(struct contributors_view *self)
{
    const GArray *rows = rows_of(self);
    int row = self->moved ? row_of(self, self->selected) : 0;
    self->total = 0;
    for (guint i = 0; i < rows->len; i++)
        self->total += row_at(self, (int)i)->patches;
    list_resize(&self->list, self->view.height);
    list_replace(&self->list, (int)rows->len, row < 0 ? self->list.cursor : row);
    remember(self);
}

static void update(struct view *view)
{
    struct contributors_view *self = (struct contributors_view *)view;
    self->behind = true;
    if (!self->contributors || !view->app->scan || g_get_monotonic_time() >= self->due)
        count(self);
    replace_rows(self);
}

/* --- drawing ----------------------------------------------------------------- */

static void add_number(struct row *row, int width, enum style style, const char *text)
{
    struct row_column *column = row_add(row, width, style, text);
    column->right = column->whole = true;
}

/* NUMBER of MOST as eighths of WIDTH cells; something is never nothing. */
static size_t eighths_of(size_t number, size_t most, size_t width)
{
    return number ? MAX(width * 8 * number / most, 1) : 0;
}

static void add_bar(struct row *row, int width, size_t number, size_t most)
{
    GString *bar = g_string_new(NULL);
    size_t eighths = eighths_of(number, most, (size_t)width);
    bool blocks = glyph_locale_is_utf8();
    for (; eighths >= 8; eighths -= 8)
        g_string_append_unichar(bar, blocks ? BLOCK_LEFT(8) : '#');
    if (eighths && blocks)
        g_string_append_unichar(bar, BLOCK_LEFT(eighths));
    else if (!bar->len)
        g_string_append_c(bar, '#');
    row_add(row, width, STYLE_CHART, bar->str);
    g_string_free(bar, TRUE);
}

/* The periods as WIDTH blocks, each for some of them, the highest one almost whole: what stands in
 * the row above is another line. */
static void add_periods(struct row *row, int width, const struct contributor *contributor)
{
    size_t sums[CONTRIBUTORS_PERIODS] = {0}, most = 1;
    GString *line = g_string_new(NULL);
    for (int i = 0; i < CONTRIBUTORS_PERIODS; i++)
        sums[i * width / CONTRIBUTORS_PERIODS] += contributor->periods[i];
    for (int i = 0; i < width; i++)
        most = MAX(most, sums[i]);
    for (int i = 0; i < width; i++)
        g_string_append_unichar(
            line, sums[i] ? BLOCK_BELOW(MAX(PERIOD_EIGHTHS * sums[i] / most, 1)) : ' ');
    row_add(row, width, STYLE_CHART, line->str);
    g_string_free(line, TRUE);
}

static void fill_row(const struct contributors_view *self, int index, struct row *row)
{
    const struct contributor *contributor = row_at(self, index);
    int width = self->view.width;
    char text[32];

    if (width >= WIDTH_FOR_RANK) {
        g_snprintf(text, sizeof text, "%d", index + 1);
        add_number(row, 4, STYLE_NUMBER, text);
    }
    g_snprintf(text, sizeof text, "%zu", contributor->patches);
    add_number(row, 6, STYLE_NORMAL, text);
    if (width >= WIDTH_FOR_SHARE) {
        size_t share = (contributor->patches * 1000 + self->total / 2) / self->total;
        g_snprintf(text, sizeof text, "%zu.%zu%%", share / 10, share % 10);
        add_number(row, 6, STYLE_NORMAL, text);
    }
    if (width >= WIDTH_FOR_BAR)
        add_bar(row, CLAMP(width / 7, 8, 24), contributor->patches, row_at(self, 0)->patches);
    if (width >= WIDTH_FOR_PERIODS && glyph_locale_is_utf8())
        add_periods(row, width >= WIDTH_FOR_ALL_PERIODS ? CONTRIBUTORS_PERIODS
                                                        : CONTRIBUTORS_PERIODS / 2,
                    contributor);
    if (*contributor->name)
        row_add(row, -1, STYLE_AUTHOR, contributor->name);
    else
        row_add(row, -1, STYLE_DIM, "(nobody)");
}

static int draw(struct view *view, struct screen *screen, int top)
{
    struct contributors_view *self = (struct contributors_view *)view;
    const struct list *list = &self->list;
    static const char nobody[] = "No patches here.";
    /* What arrived last, too soon to be counted at once. */
    if (self->behind && !view->app->scan)
        update(view);
    if (!list->count && !view->app->scan)
        screen_put(screen, top, 0, view->width, STYLE_DIM, nobody, sizeof nobody - 1);
    for (int line = 0; line < list->height && list->top + line < list->count; line++) {
        struct row row = {0};
        fill_row(self, list->top + line, &row);
        row_draw(&row, screen, top + line, view->width, list->top + line == list->cursor,
                 app_settings(view->app)->arrow_cursor);
        row_clear(&row);
    }
    return list->cursor - list->top;
}

/* The time that the lines of blocks cover: ", 2019-03-01 to 2019-03-06". */
static void append_span(const struct contributors *contributors, GString *text)
{
    char from[ROW_DATE_SIZE], to[ROW_DATE_SIZE];
    if (!contributors->total)
        return;
    row_date(from, contributors->from, contributors->from, true);
    row_date(to, contributors->to, contributors->to, true);
    g_string_append_printf(text, ", %s to %s", from, to);
}

static void status(struct view *view, int width, struct format_line *line)
{
    const struct contributors_view *self = (const struct contributors_view *)view;
    char place[8];
    GString *text = g_string_new(NULL);
    const char *one = self->domains ? "domain" : "person";
    const char *several = self->domains ? "domains" : "people";
    g_string_append_printf(text, "pore: %s%s [%d %s, %zu %s",
                           self->domains ? "domains" : "contributors",
                           self->limited ? " of what is shown" : "", self->list.count,
                           self->list.count == 1 ? one : several, self->total,
                           self->total == 1 ? "patch" : "patches");
    if (width >= (int)text->len + SPAN_CELLS)
        append_span(self->contributors, text);
    g_string_append_c(text, ']');
    frame_status(view->app, text->str, list_place(&self->list, place), width, line);
    g_string_free(text, TRUE);
}

/* --- moving and opening ------------------------------------------------------ */

static const char *move(struct view *view, enum motion motion, int times)
{
    struct contributors_view *self = (struct contributors_view *)view;
    const char *problem = list_move(&self->list, motion, times);
    self->moved = true;
    remember(self);
    return problem;
}

static bool click(struct view *view, int line)
{
    struct contributors_view *self = (struct contributors_view *)view;
    int row = self->list.top + line;
    if (line >= self->list.height || row >= self->list.count)
        return false;
    go(self, row);
    return true;
}

static bool has_match(const void *data, int row)
{
    const struct contributors_view *self = data;
    const char *name = row_at(self, row)->name;
    return expression_find(self->view.app->search.expression, name, strlen(name), 0, NULL, NULL);
}

static const char *search(struct view *view, int direction)
{
    struct contributors_view *self = (struct contributors_view *)view;
    int row;
    const char *message = search_rows(view, &self->list, direction, has_match, &row);
    if (row >= 0)
        go(self, row);
    return message;
}

/* Appends TEXT as it stands within quotes of a pattern. */
static void append_quoted(GString *pattern, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *text);
    }
}

/* The pattern that finds what a row counts. The caller frees it. */
static char *pattern_of(const struct contributors_view *self, const struct pattern *within)
{
    GString *pattern = g_string_new(NULL);
    if (within)
        g_string_append_printf(pattern, "(%s) ", pattern_text(within));
    char *escaped = g_regex_escape_string(self->selected, -1);
    g_string_append(pattern, self->domains ? "~e \"@" : "~e \"^");
    append_quoted(pattern, escaped);
    g_string_append(pattern, self->domains ? ">?$\"" : "$\"");
    g_free(escaped);
    return g_string_free(pattern, FALSE);
}

/* Opens an index of its own on top, so that leaving it comes back here. */
static void open_selected(struct view *view)
{
    struct contributors_view *self = (struct contributors_view *)view;
    if (!self->selected) {
        app_error(view->app, "There are no entries.");
        return;
    }
    self->moved = true;
    char *pattern = pattern_of(self, index_pattern(app_index(view->app)));
    struct view *index = index_new(view->app);
    app_push(view->app, index);
    /* What was counted are all versions. */
    index_unfold_all(index);
    index_limit_to(index, pattern);
    g_free(pattern);
}

/* All rows in the form of `pore stats`. */
static const char *content(struct view *view, size_t *length)
{
    struct contributors_view *self = (struct contributors_view *)view;
    g_string_truncate(self->text, 0);
    for (int i = 0; i < self->list.count; i++) {
        g_string_append_printf(self->text, "%7zu %s", row_at(self, i)->patches,
                               self->domains ? "" : " ");
        report_append_field(self->text, row_at(self, i)->name);
        g_string_append_c(self->text, '\n');
    }
    *length = self->text->len;
    return self->text->str;
}

static void free_contributors_view(struct view *view)
{
    struct contributors_view *self = (struct contributors_view *)view;
    g_string_free(self->text, TRUE);
    contributors_free(self->contributors);
    g_free(self->selected);
    g_free(self);
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"display-message", "Show"},
    {"contributors", "People"},
    {"domains", "Domains"},
    {"search", "Search"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_CONTRIBUTORS,
    .unit = VIEW_UNIT_TEXT,
    .hints = hints,
    .free = free_contributors_view,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .open = open_selected,
    .search = search,
    .content = content,
    .click = click,
};

struct view *contributors_view_new(struct app *app, bool domains)
{
    struct contributors_view *self = g_new0(struct contributors_view, 1);
    self->view = (struct view){.operations = &operations, .app = app};
    self->domains = domains;
    self->text = g_string_new(NULL);
    return &self->view;
}

/* --- commands ---------------------------------------------------------------- */

/* Opens the table, or turns to it in the view that is open. */
static void show(struct app *app, bool domains)
{
    struct view *view = app_top(app);
    struct contributors_view *self = (struct contributors_view *)view;
    if (view->operations != &operations) {
        app_push(app, contributors_view_new(app, domains));
        return;
    }
    if (self->domains == domains)
        return;
    self->domains = domains;
    self->moved = false;
    replace_rows(self);
}

void contributors_people(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    show(app, false);
}

void contributors_domains(struct app *app, const struct invocation *invocation)
{
    (void)invocation;
    show(app, true);
}
