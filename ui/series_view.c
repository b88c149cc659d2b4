/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The series view: one posting's mails as a tree, and the revisions of the series. */
#include "app.h"
#include "checker.h"
#include "collector.h"
#include "find.h"
#include "frame.h"
#include "index_rows.h"
#include "list.h"
#include "series_lines.h"
#include "view.h"

/* Rows of the tree below which what stands above it makes way for it. */
#define TREE_LEAST 5

/* Mails whose texts are read while the user waits, to search or tag by them. */
#define TEXTS_MAX 50

static const char too_many_texts[] =
    "That needs the texts of too many mails: limit the index by it instead.";

struct series_view {
    struct view view;
    struct list list;
    struct series_lines lines;
    struct member *anchor;        /* a mail of the posting that is shown */
    struct series_place selected; /* what is in the row under the cursor */
    GHashTable *tagged;           /* struct member * */
    bool moved;                   /* the user has; until then the first mail is selected */
    int home;                     /* the first row on the screen while it is where it was at first */
    bool settled;                 /* nothing was being read that could show more of the series */
};

static bool is_on_top(const struct series_view *self)
{
    const GPtrArray *views = self->view.app->views;
    return views->pdata[views->len - 1] == self;
}

/* The posting that is shown now, or NULL if its mails were withdrawn. */
static const struct posting *shown(const struct series_view *self)
{
    return index_rows_posting(self->anchor);
}

static void remember(struct series_view *self)
{
    self->selected = series_lines_place(&self->lines, self->list.cursor);
}

/* Passes over headings in the direction of STEP, but turns round above the first entry. */
static void select_row(struct series_view *self, int row, int step)
{
    row = CLAMP(row, 0, MAX(self->list.count - 1, 0));
    while (row < self->list.count && !series_lines_is_entry(&self->lines, row)) {
        step = row == 0 ? 1 : step;
        row += step;
    }
    list_select(&self->list, row);
    remember(self);
}

/* The user's wish to be at ROW. */
static void go(struct series_view *self, int row)
{
    self->moved = true;
    select_row(self, row, 1);
}

/* What is known of POSTING; what is not is found out for the view that the user looks at. */
static const struct finding *find_out(const struct series_view *self, const struct posting *posting)
{
    struct app *app = self->view.app;
    if (!posting)
        return NULL;
    if (is_on_top(self))
        collector_look(app, posting);
    return checker_look(app, posting, is_on_top(self));
}

static void build(struct series_view *self)
{
    struct app *app = self->view.app;
    const struct posting *posting = shown(self);
    self->settled = !visit_is_busy(app);
    const struct trailers_request trailers = collector_request(app);
    const struct series_material material = {
        .marking = app->marking,
        .settings = app_settings(app),
        .finding = find_out(self, posting),
        .trailers = &trailers,
        .review = &app->review,
        .width = self->view.width,
    };
    series_lines_build(&self->lines, posting, &material);
}

/* Goes where the screen is at first: a mark that appears above the tree is to be seen, and on a few lines
 * the tree. */
static void go_home(struct series_view *self)
{
    struct list *list = &self->list;
    int first = series_lines_first(&self->lines);
    bool cramped = list->height < first + TREE_LEAST;
    self->home = cramped ? CLAMP(first, 0, MAX(list->count - list->height, 0)) : 0;
    if (list->cursor >= self->home && list->cursor < self->home + list->height)
        list->top = self->home;
}

static void update(struct view *view)
{
    struct series_view *self = (struct series_view *)view;
    bool at_home = self->list.top == self->home;
    build(self);
    int row = self->moved ? series_lines_find(&self->lines, &self->selected)
                          : series_lines_first(&self->lines);
    list_resize(&self->list, view->height);
    list_replace(&self->list, series_lines_count(&self->lines), row < 0 ? self->list.cursor : row);
    select_row(self, self->list.cursor, 1);
    if (at_home)
        go_home(self);
}

/* Shows the posting of MEMBER from here on. */
static void show(struct series_view *self, struct member *member)
{
    checker_leave(self->view.app);
    self->anchor = member;
    self->moved = false;
    update(&self->view);
}

/* --- patterns ---------------------------------------------------------------- */

static struct pattern_subject subject_in(const struct series_view *self, int row)
{
    struct member *member = series_lines_mail(&self->lines, row);
    return (struct pattern_subject){
        .member = member,
        .posting = member->posting ? member->posting : shown(self),
        .tagged = g_hash_table_contains(self->tagged, member),
        .marking = self->view.app->marking,
        .number = row + 1,
    };
}

static bool matches(const struct series_view *self, int row, struct pattern_question *question)
{
    if (!series_lines_mail(&self->lines, row))
        return false;
    const struct pattern_subject subject = subject_in(self, row);
    return pattern_question_ask(question, &subject) == PATTERN_YES;
}

static void read_text(const struct series_view *self, const struct member *member,
                      const struct pattern *pattern, struct pattern_texts *texts)
{
    struct archive_mail raw;
    /* What cannot be read matches nothing. */
    if (!archive_read_id(self->view.app->archive, &member->mail->place.commit, &raw, NULL)) {
        pattern_texts_add(texts, member, 0);
        return;
    }
    pattern_texts_add(texts, member, pattern_read(pattern, raw.bytes, raw.length));
    archive_mail_release(&raw);
}

/* What PATTERN needs to know of the texts of the mails here, the caller's to free, or NULL if they
 * are too many to be read now. */
static struct pattern_texts *read_texts(const struct series_view *self,
                                        const struct pattern *pattern)
{
    struct pattern_texts *texts = pattern_texts_new();
    struct pattern_question *question = pattern_question_new(pattern, texts);
    GPtrArray *wanted = g_ptr_array_new();
    for (int row = 0; row < self->list.count && wanted->len < TEXTS_MAX; row++) {
        if (!series_lines_mail(&self->lines, row))
            continue;
        const struct pattern_subject subject = subject_in(self, row);
        pattern_question_want(question, &subject, wanted);
    }
    pattern_question_free(question);
    bool few = wanted->len < TEXTS_MAX;
    for (guint i = 0; few && i < wanted->len; i++)
        read_text(self, wanted->pdata[i], pattern, texts);
    if (!few)
        g_clear_pointer(&texts, pattern_texts_free);
    g_ptr_array_unref(wanted);
    return texts;
}

/* A search by a pattern that may need texts. */
struct pattern_search {
    const struct series_view *view;
    struct pattern_question *question;
};

static bool has_match(const void *data, int row)
{
    const struct pattern_search *search = data;
    return matches(search->view, row, search->question);
}

static const char *search(struct view *view, int direction)
{
    struct series_view *self = (struct series_view *)view;
    const struct pattern *pattern = view->app->search.pattern;
    bool wrapped;
    if (!pattern)
        return "No search pattern.";
    struct pattern_texts *texts = read_texts(self, pattern);
    if (!texts)
        return too_many_texts;
    const struct pattern_search search = {self, pattern_question_new(pattern, texts)};
    const struct find_rows rows = {.count = self->list.count,
                                   .cursor = self->list.cursor,
                                   .wrap = app_settings(view->app)->wrap_search,
                                   .matches = has_match,
                                   .data = &search};
    int row = find_row(&rows, direction, &wrapped);
    pattern_question_free(search.question);
    pattern_texts_free(texts);
    if (row >= 0)
        go(self, row);
    return find_message(row >= 0, wrapped, direction, pattern_gave_up(pattern));
}

/* False if MEMBER was as it is to be already. */
static bool set_tagged(struct series_view *self, struct member *member, bool tag)
{
    return tag ? g_hash_table_add(self->tagged, member)
               : g_hash_table_remove(self->tagged, member);
}

static int tag_matches(struct series_view *self, const struct pattern *pattern, bool tag)
{
    struct pattern_texts *texts = read_texts(self, pattern);
    int changed = 0;
    if (!texts) {
        app_error(self->view.app, too_many_texts);
        return -1;
    }
    struct pattern_question *question = pattern_question_new(pattern, texts);
    for (int row = 0; row < self->list.count; row++)
        if (matches(self, row, question))
            changed += set_tagged(self, series_lines_mail(&self->lines, row), tag);
    pattern_question_free(question);
    pattern_texts_free(texts);
    return changed;
}

static int tag_some(struct view *view, struct pattern *pattern, bool tag)
{
    struct series_view *self = (struct series_view *)view;
    if (pattern)
        return tag_matches(self, pattern, tag);
    struct member *member = series_lines_mail(&self->lines, self->list.cursor);
    if (!member) {
        app_error(view->app, "There is no mail to tag.");
        return -1;
    }
    return set_tagged(self, member, !g_hash_table_contains(self->tagged, member));
}

/* --- drawing ----------------------------------------------------------------- */

/* The style of the first of the user's rules that the mail in ROW matches. */
static enum style rule_style(const struct series_view *self, int row)
{
    const struct pattern_subject subject = subject_in(self, row);
    const GPtrArray *rules = self->view.app->configuration->colours->index_rules;
    for (guint i = 0; i < rules->len; i++) {
        const struct colour_rule *rule = rules->pdata[i];
        if (pattern_match(rule->pattern, &subject, NULL) == PATTERN_YES)
            return rule->style;
    }
    return STYLE_NORMAL;
}

static void draw_row(const struct series_view *self, struct screen *screen, int line, int number)
{
    const struct view *view = &self->view;
    const struct member *mail = series_lines_mail(&self->lines, number);
    bool tagged = mail && g_hash_table_contains(self->tagged, mail);
    struct row row = {0};
    series_lines_fill(&self->lines, number, view->width, tagged, &row);
    enum style style = !mail ? STYLE_NORMAL : tagged ? STYLE_TAGGED : rule_style(self, number);
    if (style != STYLE_NORMAL)
        row.overlay = style;
    row_draw(&row, screen, line, view->width, number == self->list.cursor,
             app_settings(view->app)->arrow_cursor);
    row_clear(&row);
}

static int draw(struct view *view, struct screen *screen, int top)
{
    struct series_view *self = (struct series_view *)view;
    const struct list *list = &self->list;
    /* The reading has ended, which nothing else says. */
    if (!self->settled && !visit_is_busy(view->app))
        update(view);
    static const char withdrawn[] = "What stood here was withdrawn.";
    if (!list->count)
        screen_put(screen, top, 0, view->width, STYLE_DIM, withdrawn, sizeof withdrawn - 1);
    for (int line = 0; line < list->height && list->top + line < list->count; line++)
        draw_row(self, screen, top + line, list->top + line);
    return list->cursor - list->top;
}

/* The tagged mails that are here: others are of a version or a series that was shown before. */
static unsigned count_tagged(const struct series_view *self)
{
    unsigned count = 0;
    for (int row = 0; g_hash_table_size(self->tagged) && row < self->list.count; row++) {
        const struct member *mail = series_lines_mail(&self->lines, row);
        count += mail && g_hash_table_contains(self->tagged, mail);
    }
    return count;
}

static void status(struct view *view, int width, struct format_line *line)
{
    const struct series_view *self = (const struct series_view *)view;
    const struct posting *posting = shown(self);
    unsigned tagged = count_tagged(self);
    GString *text = g_string_new("pore: ");
    char place[8];
    if (posting)
        g_string_append_printf(text, "[v%u Patches:%u/%u Replies:%zu Revisions:%u", posting->version,
                               posting->have, posting->total, self->lines.replies,
                               posting->series->postings->len);
    if (posting && tagged)
        g_string_append_printf(text, " Tagged:%u", tagged);
    if (posting)
        g_string_append_printf(text, "] %s", posting_lead(posting)->title);
    frame_status(view->app, text->str, list_place(&self->list, place), width, line);
    g_string_free(text, TRUE);
}

/* --- moving and opening ------------------------------------------------------ */

static const char *move(struct view *view, enum motion motion, int count)
{
    struct series_view *self = (struct series_view *)view;
    int before = self->list.cursor;
    /* The first entry is the first mail: what is known stands above it. */
    if (motion == MOTION_FIRST)
        count = MIN(MAX(count, 1), self->list.count) + series_lines_first(&self->lines);
    const char *problem = list_move(&self->list, motion, count);
    self->moved = true;
    select_row(self, self->list.cursor, self->list.cursor < before ? -1 : 1);
    return problem;
}

static bool click(struct view *view, int line)
{
    struct series_view *self = (struct series_view *)view;
    int row = self->list.top + line;
    if (line >= self->list.height || row >= self->list.count ||
        !series_lines_is_entry(&self->lines, row))
        return false;
    go(self, row);
    return true;
}

static void open_mail(struct app *app, struct member *member)
{
    GError *error = NULL;
    struct view *pager = pager_new(app, member, &error);
    if (pager)
        app_push(app, pager);
    else
        app_take_error(app, error);
}

/* Shows what stands behind a line above the tree. */
static void open_fact(struct series_view *self, enum fact fact)
{
    struct app *app = self->view.app;
    const struct finding *finding = checker_look(app, shown(self), true);
    struct view *view = facts_view(app, fact, finding);
    if (view)
        app_push(app, view);
    else if (fact == FACT_MISSING)
        go(self, series_lines_first_missing(&self->lines));
    else if (fact != FACT_APPLIES || finding->state != FINDING_DONE)
        app_message(app, "That is not known yet.");
    else {
        char *answer = facts_answer(finding);
        app_message(app, answer);
        g_free(answer);
    }
}

static void open_selected(struct view *view)
{
    struct series_view *self = (struct series_view *)view;
    const struct series_place *selected = &self->selected;
    if (!self->list.count)
        app_error(view->app, "There are no entries.");
    else if (selected->fact != FACT_NONE)
        open_fact(self, selected->fact);
    else if (!selected->member)
        app_error(view->app, "This patch was not received.");
    else if (selected->revision && selected->member == self->lines.shown)
        go(self, series_lines_first(&self->lines));
    else if (selected->revision)
        app_push(view->app, series_view_new(view->app, selected->member));
    else
        open_mail(view->app, selected->member);
    self->moved = true;
}

static void select_mails(struct view *view, bool tagged, GPtrArray *members)
{
    struct series_view *self = (struct series_view *)view;
    if (!tagged && self->selected.member)
        g_ptr_array_add(members, self->selected.member);
    for (int row = 0; tagged && row < self->list.count; row++) {
        struct member *member = series_lines_mail(&self->lines, row);
        if (member && g_hash_table_contains(self->tagged, member))
            g_ptr_array_add(members, member);
    }
}

/* Marks are for what is shown, whatever is selected. */
static void select_shown(struct view *view, bool tagged, GPtrArray *members)
{
    const struct posting *posting = shown((struct series_view *)view);
    (void)tagged;
    if (posting)
        g_ptr_array_add(members, posting->members->pdata[0]);
}

/* Selects the first mail at ROW or behind it in DIRECTION; NULL if there is none. */
static struct member *select_mail_from(struct series_view *self, int row, int direction)
{
    for (; row >= 0 && row < self->list.count; row += direction) {
        struct member *member = series_lines_mail(&self->lines, row);
        if (!member)
            continue;
        go(self, row);
        return member;
    }
    return NULL;
}

/* Asks the list of series beneath for the one next to what is shown, and shows that. */
static struct member *next_series(struct series_view *self, int direction)
{
    struct view *beneath = app_beneath(self->view.app, &self->view);
    if (!beneath || !beneath->operations->neighbour)
        return NULL;
    struct member *member =
        beneath->operations->neighbour(beneath, self->anchor, direction, true);
    if (!member)
        return NULL;
    show(self, member);
    return select_mail_from(self, 0, 1);
}

static struct member *neighbour(struct view *view, const struct member *mail, int direction,
                                bool series)
{
    struct series_view *self = (struct series_view *)view;
    if (series)
        return next_series(self, direction);
    int row = mail ? series_lines_find_mail(&self->lines, mail) : -1;
    return select_mail_from(self, (row < 0 ? self->list.cursor : row) + direction, direction);
}

static void free_series_view(struct view *view)
{
    struct series_view *self = (struct series_view *)view;
    checker_leave(view->app);
    series_lines_clear(&self->lines);
    g_hash_table_unref(self->tagged);
    g_free(self);
}

static const struct view_hint hints[] = {
    {"exit", "Exit"},
    {"help", "Help"},
    {"display-message", "Open"},
    {"compare-versions", "Compare"},
    {"show-trailers", "Trailers"},
    {"toggle-reviewed", "Reviewed"},
    {"reply", "Reply"},
    {"check-series", "Check"},
    {"apply-series", "Apply"},
    {"revisions", "Revisions"},
    {"tag-entry", "Tag"},
    {"save-message", "Save"},
    {NULL, NULL},
};

static const struct view_operations operations = {
    .context = CONTEXT_SERIES,
    .unit = VIEW_UNIT_MAIL,
    .hints = hints,
    .free = free_series_view,
    .update = update,
    .draw = draw,
    .status = status,
    .move = move,
    .open = open_selected,
    .search = search,
    .select = select_mails,
    .tag = tag_some,
    .mark_targets = select_shown,
    .click = click,
    .neighbour = neighbour,
};

struct view *series_view_new(struct app *app, struct member *member)
{
    struct series_view *self = g_new0(struct series_view, 1);
    collector_begin(app);
    checker_leave(app);
    self->view = (struct view){.operations = &operations, .app = app};
    self->anchor = member;
    self->tagged = g_hash_table_new(NULL, NULL);
    return &self->view;
}

/* --- commands ---------------------------------------------------------------- */

/* The view on top; the commands here are called in no other. */
static struct series_view *top(struct app *app)
{
    return (struct series_view *)app_top(app);
}

void series_parent(struct app *app, const struct invocation *invocation)
{
    struct series_view *self = top(app);
    bool root = invocation->command->argument;
    int steps = root ? G_MAXINT : MAX(invocation->count, 1);
    int row = self->list.cursor, parent;
    while (steps-- > 0 && (parent = series_lines_parent(&self->lines, row)) >= 0)
        row = parent;
    if (row != self->list.cursor)
        go(self, row);
    else
        app_error(app, root ? "This is the first mail of the thread."
                            : "Parent message is not available.");
}

static const char *no_revision(const struct posting *posting, int direction)
{
    if (!posting || posting->series->postings->len < 2)
        return "There is only one version.";
    return direction > 0 ? "This is the newest version." : "This is the oldest version.";
}

void series_revision(struct app *app, const struct invocation *invocation)
{
    struct series_view *self = top(app);
    const struct posting *posting = shown(self);
    int direction = invocation->command->argument;
    guint index = 0;
    if (posting)
        g_ptr_array_find(posting->series->postings, posting, &index);
    int last = posting ? (int)posting->series->postings->len - 1 : 0;
    int steps = MIN(MAX(invocation->count, 1), last);
    int other = CLAMP((int)index - direction * steps, 0, last);
    if (other == (int)index) {
        app_error(app, no_revision(posting, direction));
        return;
    }
    bool in_list = self->selected.revision;
    const struct series_place fact = {.fact = self->selected.fact};
    uint32_t number = series_lines_number(&self->lines, self->list.cursor);
    const struct posting *revision = posting->series->postings->pdata[other];
    struct member *member = revision->members->pdata[0];
    show(self, member);
    const struct series_place place = {.revision = true, .member = member};
    go(self, in_list                     ? series_lines_find(&self->lines, &place)
             : fact.fact != FACT_NONE ? series_lines_find(&self->lines, &fact)
                                      : series_lines_find_number(&self->lines, number));
}

void series_revisions(struct app *app, const struct invocation *invocation)
{
    struct series_view *self = top(app);
    (void)invocation;
    for (int row = 0; row < self->list.count; row++) {
        struct series_place place = series_lines_place(&self->lines, row);
        if (place.revision && place.member != self->lines.shown) {
            go(self, row);
            return;
        }
    }
    app_error(app, no_revision(NULL, 0));
}
