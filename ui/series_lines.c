/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series_lines.h"

#include "glyph.h"

#include <string.h>

/* Widths of the screen below which columns make way for the title. */
#define WIDTH_FOR_TRAILERS 70
#define WIDTH_FOR_SENDER 56
#define WIDTH_FOR_DATE 40

#define FACT_LABEL_WIDTH 8
#define DATE_WIDTH 6
#define LONG_DATE_WIDTH 10

/* Revisions by which the column of reasons gets its width: to find a reason takes a while. */
#define WHY_WIDTH_OF 100

/* The least and the most cells of the senders' column. */
#define SENDER_LEAST 12
#define SENDER_MOST 25

static bool is_of_series(const struct series_lines *lines, const struct member *member)
{
    return member->posting && member->posting->series == lines->shown->posting->series;
}

/* Of a reply those of its own: to go through all that answers it, as is done for a patch, would take
 * quadratic time in a long thread. */
static struct tally_counts trailers_of(const struct series_lines *lines,
                                       const struct series_line *line, const struct tally *tally,
                                       const struct review_request *request)
{
    const struct member *member = line->tree.member;
    if (member_is_patch(member) && is_of_series(lines, member))
        return tally_of(tally, member);
    if (member_is_patch(member)) {
        struct review review = member_review(member, request);
        return (struct tally_counts){review.acked, review.reviewed, review.tested};
    }
    return line->bot ? (struct tally_counts){0} : tally_texts(member->mail->trailers);
}

static int sender_columns(const struct mail *mail)
{
    return glyph_columns(mail->sender_name, strlen(mail->sender_name), SENDER_MOST);
}

static void look_at_mail(struct series_lines *lines, struct series_line *line,
                         const struct series_material *material, const struct tally *tally)
{
    const struct member *member = line->tree.member;
    const struct review_request *request = material->review;
    bool reply = member->mail->kind == MAIL_REPLY;
    lines->replies += reply;
    line->bot = reply && request->is_bot && request->is_bot(request->data, member);
    line->unread = reply && member->mail->place.received > request->since;
    line->trailers = trailers_of(lines, line, tally, request);
    lines->unread |= line->unread;
    tally_widen(lines->widths, &line->trailers);
    lines->sender_width = MAX(lines->sender_width, sender_columns(member->mail));
}

static void add_tree(struct series_lines *lines, const struct posting *posting,
                     const struct series_material *material)
{
    GArray *tree = tree_build(posting);
    GArray *collected = trailers_collect(posting, material->trailers);
    struct tally *tally = tally_new(posting, collected);
    for (guint i = 0; i < tree->len; i++) {
        struct series_line line = {.kind = SERIES_LINE_TREE,
                                   .tree = g_array_index(tree, struct tree_line, i)};
        if (line.tree.member)
            look_at_mail(lines, &line, material, tally);
        g_array_append_val(lines->lines, line);
    }
    tally_free(tally);
    g_array_unref(collected);
    g_array_unref(tree);
}

static void add_text(struct series_lines *lines, enum series_line_kind kind, enum style style,
                     const char *text)
{
    const struct series_line line = {
        .kind = kind, .style = style, .text = g_string_chunk_insert(lines->texts, text)};
    g_array_append_val(lines->lines, line);
}

static void add_heading(struct series_lines *lines, const char *heading)
{
    add_text(lines, SERIES_LINE_HEADING, STYLE_HEADING, heading);
}

static enum style mark_style(const struct series_mark *mark)
{
    switch (mark->state) {
    case MARK_REVIEWED:
        return series_mark_is_reviewed(mark) ? STYLE_REVIEWED : STYLE_CHANGED;
    case MARK_LATER:
        return STYLE_LATER;
    case MARK_IGNORED:
        return STYLE_IGNORED;
    case MARK_NONE:
        break;
    }
    return STYLE_FLAGGED;
}

static void add_notes(struct series_lines *lines, const struct series *series)
{
    GPtrArray *notes = marking_notes(lines->marking, series);
    for (guint i = 0; i < notes->len; i++) {
        char *note = g_strconcat("Note: ", notes->pdata[i], NULL);
        add_text(lines, SERIES_LINE_MARK, STYLE_NOTE, note);
        g_free(note);
    }
    g_ptr_array_unref(notes);
}

/* What was said of the whole series, and which columns that takes. */
static void add_marks(struct series_lines *lines, const struct posting *posting)
{
    const struct series *series = posting->series;
    if (!lines->marking)
        return;
    const struct series_mark mark = marking_of(lines->marking, series);
    GString *text = g_string_new(NULL);
    series_mark_describe(&mark, text);
    if (text->len) {
        text->str[0] = g_ascii_toupper(text->str[0]);
        add_text(lines, SERIES_LINE_MARK, mark_style(&mark), text->str);
    }
    g_string_free(text, TRUE);
    add_notes(lines, series);
    lines->patch_marks = mark.state == MARK_REVIEWED;
    lines->changes = mark.older && !mark.unread && posting == series->postings->pdata[0];
}

/* What is worth knowing of the posting. */
static void add_facts(struct series_lines *lines, const struct posting *posting,
                      const struct series_material *material)
{
    for (enum fact fact = FACT_NONE; material->finding && fact < FACT_COUNT; fact++) {
        if (!fact_is_told(fact, posting, material->settings))
            continue;
        GString *text = g_string_new(NULL);
        enum style style = fact_describe(fact, material->finding,
                                         material->width - FACT_LABEL_WIDTH - 1, text);
        const struct series_line line = {
            .kind = SERIES_LINE_FACT,
            .fact = fact,
            .style = style,
            .text = g_string_chunk_insert(lines->texts, text->str),
        };
        g_array_append_val(lines->lines, line);
        g_string_free(text, TRUE);
    }
}

/* "(same title, v1)", or nothing. The caller frees it. */
static char *why_joined(const struct posting *posting)
{
    const struct posting *other = NULL;
    enum series_rule rule = posting_why(posting, &other);
    if (rule == SERIES_RULE_NONE || !other)
        return g_strdup("");
    return g_strdup_printf("(%s, v%u)", series_rule_text(rule), other->version);
}

static void add_revisions(struct series_lines *lines, const struct series *series)
{
    if (series->postings->len < 2)
        return;
    add_heading(lines, "");
    add_heading(lines, "Revisions");
    for (guint i = 0; i < series->postings->len; i++) {
        const struct posting *posting = series->postings->pdata[i];
        const struct series_line line = {.kind = SERIES_LINE_REVISION,
                                         .revision = posting->members->pdata[0]};
        char *why = i < WHY_WIDTH_OF ? why_joined(posting) : g_strdup("");
        lines->revision_marks |= marking_of_posting(lines->marking, posting).state != MARK_NONE;
        lines->why_width = MAX(lines->why_width, (int)strlen(why));
        g_free(why);
        g_array_append_val(lines->lines, line);
    }
}

void series_lines_build(struct series_lines *lines, const struct posting *posting,
                        const struct series_material *material)
{
    series_lines_clear(lines);
    lines->lines = g_array_new(FALSE, FALSE, sizeof(struct series_line));
    lines->texts = g_string_chunk_new(256);
    lines->marking = material->marking;
    if (!posting)
        return;
    char date[ROW_DATE_SIZE];
    row_date(date, posting_lead(posting)->date, g_get_real_time() / G_USEC_PER_SEC, false);
    lines->long_dates = strchr(date, '\'') != NULL;
    lines->shown = posting->members->pdata[0];
    lines->total = posting->total;
    add_marks(lines, posting);
    add_facts(lines, posting, material);
    if (lines->lines->len)
        add_heading(lines, "");
    add_tree(lines, posting, material);
    add_revisions(lines, posting->series);
}

void series_lines_clear(struct series_lines *lines)
{
    if (lines->lines)
        g_array_unref(lines->lines);
    if (lines->texts)
        g_string_chunk_free(lines->texts);
    *lines = (struct series_lines){0};
}

int series_lines_count(const struct series_lines *lines)
{
    return lines->lines ? (int)lines->lines->len : 0;
}

static const struct series_line *series_lines_at(const struct series_lines *lines, int row)
{
    return &g_array_index(lines->lines, struct series_line, row);
}

bool series_lines_is_entry(const struct series_lines *lines, int row)
{
    enum series_line_kind kind = series_lines_at(lines, row)->kind;
    return kind == SERIES_LINE_TREE || kind == SERIES_LINE_REVISION || kind == SERIES_LINE_FACT;
}

int series_lines_first(const struct series_lines *lines)
{
    int row = 0;
    while (row < series_lines_count(lines) &&
           series_lines_at(lines, row)->kind != SERIES_LINE_TREE)
        row++;
    return row;
}

int series_lines_first_missing(const struct series_lines *lines)
{
    for (int row = 0; row < series_lines_count(lines); row++) {
        const struct series_line *line = series_lines_at(lines, row);
        if (line->kind == SERIES_LINE_TREE && !line->tree.member)
            return row;
    }
    return -1;
}

struct member *series_lines_mail(const struct series_lines *lines, int row)
{
    if (row < 0 || row >= series_lines_count(lines))
        return NULL;
    const struct series_line *line = series_lines_at(lines, row);
    return line->kind == SERIES_LINE_TREE ? line->tree.member : NULL;
}

struct series_place series_lines_place(const struct series_lines *lines, int row)
{
    if (row < 0 || row >= series_lines_count(lines))
        return (struct series_place){0};
    const struct series_line *line = series_lines_at(lines, row);
    if (line->kind == SERIES_LINE_FACT)
        return (struct series_place){.fact = line->fact};
    if (line->kind == SERIES_LINE_REVISION)
        return (struct series_place){.revision = true, .member = line->revision};
    return (struct series_place){.member = line->tree.member, .number = line->tree.first};
}

int series_lines_find_mail(const struct series_lines *lines, const struct member *mail)
{
    for (int row = 0; row < series_lines_count(lines); row++)
        if (series_lines_mail(lines, row) == mail)
            return row;
    return -1;
}

static int find_revision(const struct series_lines *lines, const struct member *member)
{
    for (int row = 0; row < series_lines_count(lines); row++)
        if (series_lines_at(lines, row)->kind == SERIES_LINE_REVISION &&
            series_lines_at(lines, row)->revision == member)
            return row;
    return -1;
}

static int find_fact(const struct series_lines *lines, enum fact fact)
{
    for (int row = 0; row < series_lines_count(lines); row++)
        if (series_lines_at(lines, row)->kind == SERIES_LINE_FACT &&
            series_lines_at(lines, row)->fact == fact)
            return row;
    return -1;
}

int series_lines_find(const struct series_lines *lines, const struct series_place *place)
{
    if (place->fact != FACT_NONE)
        return find_fact(lines, place->fact);
    if (!place->member)
        return series_lines_find_number(lines, place->number);
    return place->revision ? find_revision(lines, place->member)
                           : series_lines_find_mail(lines, place->member);
}

/* Does ROW show a numbered mail of the posting, or missing ones? *FIRST is the number, or the
 * first. A patch of another series that answers a mail here is none. */
static bool is_numbered(const struct series_lines *lines, int row, uint32_t *first)
{
    const struct series_line *line = series_lines_at(lines, row);
    const struct member *member = line->tree.member;
    if (line->kind != SERIES_LINE_TREE)
        return false;
    *first = member ? member_number(member) : line->tree.first;
    return !member || is_of_series(lines, member);
}

uint32_t series_lines_number(const struct series_lines *lines, int row)
{
    uint32_t number = 0;
    while (row >= 0 && !is_numbered(lines, row, &number))
        row--;
    return row < 0 ? 0 : number;
}

int series_lines_find_number(const struct series_lines *lines, uint32_t number)
{
    int found = -1;
    uint32_t first, best = 0;
    for (int row = 0; row < series_lines_count(lines); row++)
        if (is_numbered(lines, row, &first) && first <= number && (found < 0 || first > best)) {
            found = row;
            best = first;
        }
    return found;
}

int series_lines_parent(const struct series_lines *lines, int row)
{
    if (row < 0 || row >= series_lines_count(lines) ||
        series_lines_at(lines, row)->kind != SERIES_LINE_TREE)
        return -1;
    const struct tree_line *line = &series_lines_at(lines, row)->tree;
    const struct member *parent = line->member ? member_parent(line->member) : NULL;
    /* What is too deep to be drawn so stands at the depth of its parent. */
    for (int above = row - 1; above >= 0; above--) {
        const struct tree_line *other = &series_lines_at(lines, above)->tree;
        if (other->depth < line->depth || (parent && other->member == parent))
            return above;
    }
    return -1;
}

/* --- drawing ----------------------------------------------------------------- */

static void add_date(const struct series_lines *lines, struct row *row, const struct mail *mail)
{
    char date[ROW_DATE_SIZE] = "";
    if (mail)
        row_date(date, mail->date, g_get_real_time() / G_USEC_PER_SEC, lines->long_dates);
    row_add(row, lines->long_dates ? LONG_DATE_WIDTH : DATE_WIDTH, STYLE_DATE, date);
}

/* The letter of STATE, in a column beside the first. */
static void add_state(struct row *row, enum mark_state state)
{
    static const struct {
        const char *letter;
        enum style style;
    } states[] = {
        [MARK_NONE] = {"", STYLE_NORMAL},
        [MARK_REVIEWED] = {"r", STYLE_REVIEWED},
        [MARK_LATER] = {"l", STYLE_LATER},
        [MARK_IGNORED] = {"D", STYLE_IGNORED},
    };
    row_add(row, 1, states[state].style, states[state].letter)->joined = true;
}

/* Which patches need no second look, and which do. */
static void add_patch_mark(const struct series_lines *lines, const struct member *member,
                           struct row *row)
{
    bool patch = member && member->mail->kind == MAIL_PATCH && member->posting;
    if (patch && marking_patch_is_reviewed(lines->marking, member)) {
        row->overlay = STYLE_REVIEWED;
        add_state(row, MARK_REVIEWED);
    } else if (patch && lines->changes && is_of_series(lines, member)) {
        row_add(row, 1, STYLE_CHANGED, "c")->joined = true;
    } else {
        add_state(row, MARK_NONE);
    }
}

static void add_number(struct row *row, enum style style, const char *text)
{
    struct row_column *column = row_add(row, 5, style, text);
    column->right = column->whole = true;
}

/* Date and sender. MAIL is NULL for missing patches. */
static void add_sender(const struct series_lines *lines, int width, struct row *row,
                       const struct mail *mail)
{
    if (width >= WIDTH_FOR_DATE)
        add_date(lines, row, mail);
    if (width >= WIDTH_FOR_SENDER)
        row_add(row, MIN(lines->sender_width, CLAMP(width / 5, SENDER_LEAST, SENDER_MOST)),
                STYLE_AUTHOR, mail ? mail->sender_name : "");
}

/* "A1 R2 T1": each in a column of its own, which is not there if no mail has any. */
static void add_trailers(const struct series_lines *lines, int width, struct row *row,
                         const struct tally_counts *trailers)
{
    GString *text = g_string_new(NULL);
    tally_append(lines->widths, trailers, text);
    if (text->len && width >= WIDTH_FOR_TRAILERS)
        row_add(row, (int)text->len, STYLE_REVIEW, text->str);
    g_string_free(text, TRUE);
}

/* mutt's way: an answer with the subject of what it answers shows that by the tree alone. */
static const char *subject_of(const struct member *member)
{
    const struct mail *mail = member->mail;
    const struct member *parent = member_parent(member);
    if (mail->kind != MAIL_REPLY)
        return mail->kind == MAIL_OTHER ? mail->subject : mail->title;
    return parent && strcmp(parent->mail->title, mail->title) == 0 ? "" : mail->subject;
}

static void add_branch(struct row *row, const struct tree_line *tree, enum style style,
                       const char *subject)
{
    GString *prefix = g_string_new(NULL);
    tree_append_prefix(tree, glyph_locale_is_utf8(), prefix);
    row_add(row, glyph_columns(prefix->str, prefix->len, G_MAXINT), STYLE_TREE, prefix->str);
    row_add(row, -1, style, subject)->joined = true;
    g_string_free(prefix, TRUE);
}

static void fill_mail(const struct series_lines *lines, const struct series_line *line, int width,
                      struct row *row)
{
    const struct mail *mail = line->tree.member->mail;
    char number[32] = "";
    if (mail->numbered && mail->kind != MAIL_REPLY)
        g_snprintf(number, sizeof number, "%u/%u", mail->number, mail->total);
    add_number(row, STYLE_NUMBER, number);
    add_sender(lines, width, row, mail);
    add_trailers(lines, width, row, &line->trailers);
    char *subject = g_strconcat(line->bot ? "(bot) " : "", subject_of(line->tree.member), NULL);
    add_branch(row, &line->tree, STYLE_NORMAL, subject);
    if (line->bot)
        row->overlay = STYLE_DIM;
    g_free(subject);
}

static void fill_missing(const struct series_lines *lines, const struct series_line *line,
                         int width, struct row *row)
{
    const struct tree_line *tree = &line->tree;
    char number[48];
    if (tree->first == tree->last)
        g_snprintf(number, sizeof number, "%u/%u", tree->first, lines->total);
    else
        g_snprintf(number, sizeof number, "%u-%u", tree->first, tree->last);
    add_number(row, STYLE_INCOMPLETE, number);
    add_sender(lines, width, row, NULL);
    add_trailers(lines, width, row, &line->trailers);
    add_branch(row, tree, STYLE_DIM, "(not received)");
}

static enum style state_style(enum series_state state)
{
    return state == SERIES_NEW ? STYLE_NEW : state == SERIES_EXIST ? STYLE_EXIST : STYLE_SKIP;
}

static void fill_revision(const struct series_lines *lines, const struct member *member, int width,
                          struct row *row)
{
    const struct posting *posting = member->posting;
    const struct mail *lead = posting_lead(posting);
    enum series_state state = posting_state(posting);
    char text[32];

    row->overlay = state == SERIES_SKIP ? STYLE_SKIP : STYLE_NORMAL;
    row_add(row, 5, state_style(state), series_state_name(state));
    if (width >= WIDTH_FOR_DATE)
        add_date(lines, row, lead);
    g_snprintf(text, sizeof text, "v%u", posting->version);
    row_add(row, 3, STYLE_NORMAL, text)->whole = true;
    g_snprintf(text, sizeof text, "%u/%u", posting->have, posting->total);
    struct row_column *have = row_add(
        row, 5, posting->have < posting->total ? STYLE_INCOMPLETE : STYLE_NORMAL, text);
    have->right = have->whole = true;
    char *why = why_joined(posting);
    row_add(row, lines->why_width, STYLE_DIM, why);
    row_add(row, -1, STYLE_NORMAL, lead->title);
    g_free(why);
}

void series_lines_fill(const struct series_lines *lines, int index, int width, bool tagged,
                       struct row *row)
{
    const struct series_line *line = series_lines_at(lines, index);
    switch (line->kind) {
    case SERIES_LINE_TREE:
        row_add(row, 1, STYLE_TAGGED, tagged ? "*" : "");
        if (line->unread)
            row_add(row, 1, STYLE_NEW, "N")->joined = true;
        else if (lines->patch_marks)
            add_patch_mark(lines, line->tree.member, row);
        else if (lines->unread)
            add_state(row, MARK_NONE);
        if (line->tree.member)
            fill_mail(lines, line, width, row);
        else
            fill_missing(lines, line, width, row);
        break;
    case SERIES_LINE_REVISION:
        row_add(row, 1, STYLE_TREE, line->revision == lines->shown ? ">" : "");
        if (lines->revision_marks)
            add_state(row, marking_of_posting(lines->marking, line->revision->posting).state);
        fill_revision(lines, line->revision, width, row);
        break;
    case SERIES_LINE_FACT:
        row_add(row, FACT_LABEL_WIDTH, STYLE_HEADER, fact_label(line->fact));
        row_add(row, -1, line->style, line->text);
        break;
    case SERIES_LINE_HEADING:
    case SERIES_LINE_MARK:
        row_add(row, -1, line->style, line->text);
        break;
    }
}
