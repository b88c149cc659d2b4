/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare_detail.h"

#include "app.h"
#include "flow.h"
#include "glyph.h"
#include "hash.h"
#include "project/project.h"

#include <string.h>

/* Lines of context in mails: git's own default, and everybody's. */
#define CONTEXT_OF_MAILS 3

struct compare_detail {
    struct app *app;
    struct view *view;
    struct compared *compared;
    struct comparison_pair pair; /* of its comparison */
    char *names[COMPARING_SIDES]; /* "v2 3/12 of 2019-03-01: title"; NULL where the pair has none */
    char *title;                  /* of the view */
    struct job *job;              /* reads the repository, or NULL */
};

/* What a job reads of the repository. */
struct widening {
    struct compare_detail *detail;
    char *repository;
    unsigned context;
    const struct patch *patches[COMPARING_SIDES]; /* the detail's comparison has them */
    struct patch *wide[COMPARING_SIDES];
    struct comparison *comparison; /* of these; NULL: there are not both */
};

/* --- the text ------------------------------------------------------------------- */

/* Of a patch that the older version does not have all is new, and nothing of it more than the rest. */
static enum style style_of(const struct comparison_line *line, bool added)
{
    static const struct {
        enum style both, older, newer;
    } styles[] = {
        [COMPARISON_HEADING] = {STYLE_FILE, STYLE_OLDER, STYLE_FILE},
        [COMPARISON_MESSAGE] = {STYLE_NORMAL, STYLE_OLDER, STYLE_NEWER},
        [COMPARISON_HUNK] = {STYLE_HUNK, STYLE_OLDER, STYLE_HUNK},
        [COMPARISON_CONTEXT] = {STYLE_NORMAL, STYLE_OLDER, STYLE_NEWER},
        [COMPARISON_INNER_ADDED] = {STYLE_ADDED, STYLE_OLDER_ADDED, STYLE_NEWER_ADDED},
        [COMPARISON_INNER_REMOVED] = {STYLE_REMOVED, STYLE_OLDER_REMOVED, STYLE_NEWER_REMOVED},
        [COMPARISON_BREAK] = {STYLE_HEADING, STYLE_HEADING, STYLE_HEADING},
    };
    return line->outer == '-'             ? styles[line->inner].older
           : line->outer == '+' && !added ? styles[line->inner].newer
                                          : styles[line->inner].both;
}

/* Adds TEXT, the first SIGNS bytes of which are SIGN's. */
static void append_signed(struct compare_detail *detail, const GString *text, char sign,
                          size_t signs, enum style style)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span));
    const struct flow_span span = {0, signs, sign == '+' ? STYLE_OUTER_ADDED : STYLE_OUTER_REMOVED,
                                   false};
    if (sign != ' ')
        g_array_append_val(spans, span);
    text_view_append_line(detail->view, text->str, text->len, style, spans);
    g_array_unref(spans);
}

static void append_line(struct compare_detail *detail, const struct comparison_line *line,
                        GString *text)
{
    g_string_truncate(text, 0);
    /* As git has it, what parts the runs begins at the edge. */
    if (line->inner != COMPARISON_BREAK)
        g_string_append_c(text, line->outer);
    g_string_append_len(text, line->text, (gssize)line->length);
    append_signed(detail, text, line->outer, 1,
                  style_of(line, detail->pair.mark == COMPARISON_ADDED));
}

/* What the signs mean. */
static void append_names(struct compare_detail *detail)
{
    GString *text = g_string_new(NULL);
    for (int side = 0; side < COMPARING_SIDES; side++) {
        char sign = side == COMPARING_OLD ? '-' : '+';
        if (!detail->names[side])
            continue;
        g_string_printf(text, "%c%c%c %s", sign, sign, sign, detail->names[side]);
        append_signed(detail, text, sign, 3, side == COMPARING_OLD ? STYLE_OLDER : STYLE_NEWER);
    }
    g_string_free(text, TRUE);
}

static void append_note(struct compare_detail *detail, const char *note)
{
    text_view_append_line(detail->view, "", 0, STYLE_NORMAL, NULL);
    text_view_append_line(detail->view, note, strlen(note), STYLE_DIM, NULL);
}

/* The whole text. NOTE, or NULL, stands above the difference of PAIR in COMPARISON. */
static void write_text(struct compare_detail *detail, struct comparison *comparison,
                       const struct comparison_pair *pair, const char *note)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct comparison_line));
    GString *text = g_string_new(NULL);
    int context = app_settings(detail->app)->compare_context;
    append_names(detail);
    if (note)
        append_note(detail, note);
    comparison_lines(comparison, pair, (unsigned)context, lines);
    if (!lines->len)
        append_note(detail, pair->mark == COMPARISON_SAME ? "They do not differ."
                                                          : "A mail could not be read.");
    else
        text_view_append_line(detail->view, "", 0, STYLE_NORMAL, NULL);
    for (guint i = 0; i < lines->len; i++)
        append_line(detail, &g_array_index(lines, struct comparison_line, i), text);
    g_string_free(text, TRUE);
    g_array_unref(lines);
}

static void write_mails(struct compare_detail *detail, const char *note)
{
    write_text(detail, detail->compared->comparison, &detail->pair, note);
}

/* --- the repository's context --------------------------------------------------- */

static void free_widening(gpointer data)
{
    struct widening *widening = data;
    if (widening->comparison)
        comparison_free(widening->comparison);
    for (int side = 0; side < COMPARING_SIDES; side++)
        if (widening->wide[side])
            patch_free(widening->wide[side]);
    g_free(widening->repository);
    g_free(widening);
}

/* Is file INDEX of WIDE as it was in PATCH? */
static bool is_as_before(const struct patch *patch, const struct patch *wide, guint index)
{
    const struct patch_file *before = &g_array_index(patch->files, struct patch_file, index);
    const struct patch_file *after = &g_array_index(wide->files, struct patch_file, index);
    return before->length == after->length &&
           memcmp(patch->diff + before->start, wide->diff + after->start, before->length) == 0;
}

/* The files of PATCH that are as before in WIDE, and those that are not: their paths, borrowed. */
static GHashTable *files_by_path(const struct patch *patch, const struct patch *wide)
{
    GHashTable *files = g_hash_table_new(hash_text, g_str_equal);
    for (guint i = 0; i < patch->files->len && i < wide->files->len; i++)
        g_hash_table_insert(files, g_array_index(patch->files, struct patch_file, i).path,
                            GINT_TO_POINTER(is_as_before(patch, wide, i)));
    return files;
}

/* Were a file of one of the patches left as it is and that of the other not, all context would
 * count as a difference. */
static bool are_alike(const struct widening *widening)
{
    GHashTable *files[COMPARING_SIDES];
    GHashTableIter iter;
    gpointer path, old, new;
    bool alike = true;
    for (int side = 0; side < COMPARING_SIDES; side++)
        files[side] = files_by_path(widening->patches[side], widening->wide[side]);
    g_hash_table_iter_init(&iter, files[COMPARING_OLD]);
    while (alike && g_hash_table_iter_next(&iter, &path, &old))
        alike = !g_hash_table_lookup_extended(files[COMPARING_NEW], path, NULL, &new) || old == new;
    for (int side = 0; side < COMPARING_SIDES; side++)
        g_hash_table_unref(files[side]);
    return alike;
}

static struct comparison *compare_wide(const struct widening *widening, gint *stop)
{
    GArray *sides[COMPARING_SIDES];
    for (int side = 0; side < COMPARING_SIDES; side++) {
        const struct compared_patch compared = {1, widening->wide[side]};
        sides[side] = g_array_new(FALSE, FALSE, sizeof compared);
        g_array_append_val(sides[side], compared);
    }
    struct comparison *comparison =
        comparison_new(sides[COMPARING_OLD], sides[COMPARING_NEW], stop);
    for (int side = 0; side < COMPARING_SIDES; side++)
        g_array_unref(sides[side]);
    return comparison;
}

/* On a thread of its own. */
static void widen(void *data, gint *stop)
{
    struct widening *widening = data;
    struct project *project = project_open(widening->repository, NULL);
    bool all = project != NULL;
    for (int side = 0; all && side < COMPARING_SIDES; side++) {
        widening->wide[side] =
            project_widen(project, widening->patches[side], widening->context, stop);
        all = widening->wide[side] && !g_atomic_int_get(stop);
    }
    if (all && are_alike(widening))
        widening->comparison = compare_wide(widening, stop);
    if (project)
        project_close(project);
}

static void take_wide(struct app *app, bool complete, void *data)
{
    const struct widening *widening = data;
    struct compare_detail *detail = widening->detail;
    struct comparison_pair pair = detail->pair;
    (void)app;
    detail->job = NULL;
    text_view_clear(detail->view, detail->title);
    pair.old = pair.new = 0;
    if (widening->comparison)
        write_text(detail, widening->comparison, &pair, NULL);
    else
        write_mails(detail, complete ? "The repository has not all of these files: the context is "
                                       "that of the mails."
                                     : NULL);
}

static const struct job_work widening_work = {"reading files", widen, take_wide};

/* Would files give more than the mails have? */
static bool wants_widening(const struct compare_detail *detail)
{
    const struct settings *settings = app_settings(detail->app);
    const struct comparison_pair *pair = &detail->pair;
    return *settings->repo && settings->compare_context > CONTEXT_OF_MAILS &&
           pair->mark == COMPARISON_CHANGED && !pair->message_only &&
           compared_patch(detail->compared, COMPARING_OLD, pair->old) &&
           compared_patch(detail->compared, COMPARING_NEW, pair->new);
}

static void start_widening(struct compare_detail *detail)
{
    static const char waiting[] = "reading the files of the repository \342\200\246";
    static const char waiting_plain[] = "reading the files of the repository ...";
    const struct settings *settings = app_settings(detail->app);
    const struct comparison_pair *pair = &detail->pair;
    struct widening *widening = g_new0(struct widening, 1);
    widening->detail = detail;
    widening->repository = g_strdup(settings->repo);
    widening->context = (unsigned)settings->compare_context;
    widening->patches[COMPARING_OLD] = compared_patch(detail->compared, COMPARING_OLD, pair->old);
    widening->patches[COMPARING_NEW] = compared_patch(detail->compared, COMPARING_NEW, pair->new);
    append_names(detail);
    append_note(detail, glyph_locale_is_utf8() ? waiting : waiting_plain);
    detail->job = job_start_work(detail->app, &widening_work, widening, free_widening);
    if (!detail->job) {
        text_view_clear(detail->view, detail->title);
        write_mails(detail, NULL);
    }
}

/* --- the view ------------------------------------------------------------------- */

/* What is shown is not any more. */
static void clear(struct compare_detail *detail)
{
    if (detail->job)
        job_cancel(detail->app, g_steal_pointer(&detail->job));
    for (int side = 0; side < COMPARING_SIDES; side++)
        g_clear_pointer(&detail->names[side], g_free);
    g_clear_pointer(&detail->title, g_free);
    g_clear_pointer(&detail->compared, compared_release);
}

static void free_detail(gpointer data)
{
    clear(data);
    g_free(data);
}

/* "v2 3/12 of 2019-03-01: title"; without the title if that of the other one is the same. NULL if
 * there is none on SIDE. The caller frees it. */
static char *name_of(const struct compare_lines *lines, int row, enum comparing_side side)
{
    const struct member *member = compare_lines_member(lines, row, side);
    const struct member *new = compare_lines_mail(lines, row);
    char date[ROW_DATE_SIZE];
    if (!member)
        return NULL;
    GString *name = g_string_new(NULL);
    compare_lines_name(lines, side, member, name);
    row_date(date, member->mail->date, member->mail->date, true);
    g_string_append_printf(name, " of %s", date);
    if (member == new || strcmp(member->mail->title, new->mail->title) != 0)
        g_string_append_printf(name, ": %s", member->mail->title);
    return g_string_free(name, FALSE);
}

/* "pore: [v2 3/12 ! v3 4/12] title". The caller frees it. */
static char *title_of(const struct compare_lines *lines, int row)
{
    GString *title = g_string_new("pore: [");
    for (int side = 0; side < COMPARING_SIDES; side++) {
        const struct member *member = compare_lines_member(lines, row, (enum comparing_side)side);
        if (side == COMPARING_NEW)
            g_string_append_printf(title, " %c ", (char)compare_lines_pair(lines, row)->mark);
        if (member)
            compare_lines_name(lines, (enum comparing_side)side, member, title);
        else
            g_string_append_c(title, '-');
    }
    g_string_append_printf(title, "] %s", compare_lines_mail(lines, row)->mail->title);
    return g_string_free(title, FALSE);
}

void compare_detail_show(struct compare_detail *detail, const struct compare_lines *lines, int row)
{
    clear(detail);
    detail->compared = compared_acquire(lines->compared);
    detail->pair = *compare_lines_pair(lines, row);
    detail->title = title_of(lines, row);
    for (int side = 0; side < COMPARING_SIDES; side++)
        detail->names[side] = name_of(lines, row, (enum comparing_side)side);
    text_view_clear(detail->view, detail->title);
    if (wants_widening(detail))
        start_widening(detail);
    else
        write_mails(detail, NULL);
}

struct view *compare_detail_new(struct app *app, const struct compare_lines *lines, int row,
                                text_view_step *step)
{
    struct compare_detail *detail = g_new0(struct compare_detail, 1);
    detail->app = app;
    detail->view = text_view_new(app, "");
    text_view_attach(detail->view, detail, free_detail);
    text_view_set_step(detail->view, step, detail);
    compare_detail_show(detail, lines, row);
    return detail->view;
}
