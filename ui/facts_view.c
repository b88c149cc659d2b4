/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands behind a fact, as a text. */
#include "app.h"
#include "deliver.h"
#include "facts.h"
#include "facts_parts.h"
#include "flow.h"
#include "row.h"

#include <string.h>

static void append_line(struct view *view, const GString *line, enum style style, size_t lead)
{
    text_view_append(view, *line->str ? line->str : "\n", MAX(line->len, 1), style, lead);
}

static void append_text(struct view *view, const char *text, enum style style)
{
    text_view_append(view, *text ? text : "\n", MAX(strlen(text), 1), style, 0);
}

/* --- the files ------------------------------------------------------------------------ */

static void append_span(GArray *spans, size_t start, size_t end, enum style style)
{
    const struct flow_span span = {start, end, style, false};
    g_array_append_val(spans, span);
}

static void append_file(struct view *view, const struct particulars_file *file, int added,
                        int removed)
{
    GString *line = g_string_new(NULL);
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct flow_span));
    char text[ROW_CHANGE_SIZE];
    row_change(text, '+', file->added);
    g_string_append_printf(line, "%*s ", added, text);
    append_span(spans, 0, line->len, STYLE_ADDED);
    size_t start = line->len;
    row_change(text, '-', file->removed);
    g_string_append_printf(line, "%*s  ", removed, text);
    append_span(spans, start, line->len, STYLE_REMOVED);
    g_string_append(line, file->path);
    start = line->len;
    if (file->patches > 1)
        g_string_append_printf(line, "  (%u patches)", file->patches);
    append_span(spans, start, line->len, STYLE_DIM);
    text_view_append_line(view, line->str, line->len, STYLE_NORMAL, spans);
    g_array_unref(spans);
    g_string_free(line, TRUE);
}

static void append_files(struct view *view, const struct finding *finding)
{
    const GArray *files = finding->particulars->files;
    int added = 0, removed = 0;
    for (guint i = 0; i < files->len; i++) {
        const struct particulars_file *file = &g_array_index(files, struct particulars_file, i);
        char text[ROW_CHANGE_SIZE];
        int length = row_change(text, '+', file->added);
        added = MAX(added, length);
        length = row_change(text, '-', file->removed);
        removed = MAX(removed, length);
    }
    for (guint i = 0; i < files->len; i++)
        append_file(view, &g_array_index(files, struct particulars_file, i), added, removed);
    if (!files->len)
        append_text(view, "No files are touched.", STYLE_DIM);
}

/* --- the base ------------------------------------------------------------------------- */

/* "base-commit  1234…" */
static void append_pair(struct view *view, const char *name, const char *value)
{
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%-12s  %s", name, value);
    append_line(view, line, STYLE_NORMAL, strlen(name));
    g_string_free(line, TRUE);
}

static void append_heading(struct view *view, const char *heading)
{
    append_text(view, "", STYLE_NORMAL);
    append_text(view, heading, STYLE_HEADING);
}

static void append_prerequisites(struct view *view, const GPtrArray *prerequisites)
{
    if (prerequisites->len)
        append_heading(view, "Goes after");
    for (guint i = 0; i < prerequisites->len; i++)
        append_text(view, prerequisites->pdata[i], STYLE_NORMAL);
}

static void append_earlier(struct view *view, const GPtrArray *earlier)
{
    if (earlier->len)
        append_heading(view, "Earlier versions");
    for (guint i = 0; i < earlier->len; i++) {
        const struct member *member = earlier->pdata[i];
        GString *line = g_string_new(NULL);
        char date[ROW_DATE_SIZE];
        row_date(date, member->mail->date, 0, true);
        g_string_append_printf(line, "v%u  %s  ", member->version, date);
        size_t lead = line->len;
        g_string_append_printf(line, "%s", member->mail->title);
        append_line(view, line, STYLE_NORMAL, lead);
        g_string_free(line, TRUE);
    }
}

/* The mails that the posting's first mail has links to and that are not here: where versions are
 * missing, these are among them. */
static void append_links(struct view *view, const struct finding *finding)
{
    const struct patch *lead = finding->patches->pdata[0];
    const struct mailset *mails = series_set_mails(view->app->set);
    bool any = false;
    for (guint i = 0; lead && i < lead->links->len; i++) {
        if (mailset_find(mails, lead->links->pdata[i]))
            continue;
        if (!any)
            append_heading(view, "Linked, and not in this archive");
        any = true;
        char *link = deliver_link(app_settings(view->app)->list_url, lead->links->pdata[i]);
        append_text(view, link, STYLE_NORMAL);
        g_free(link);
    }
}

static void append_base(struct view *view, const struct finding *finding)
{
    const struct particulars *particulars = finding->particulars;
    char *versions = finding_versions_missing(finding);
    append_pair(view, "base-commit", particulars->base_commit ? particulars->base_commit
                                                              : "none named");
    if (finding->based) {
        GString *text = g_string_new(NULL);
        finding_append_base(finding, text);
        append_pair(view, "tried on", text->str);
        g_string_free(text, TRUE);
    }
    if (particulars->change_id)
        append_pair(view, "change-id", particulars->change_id);
    if (*versions)
        append_pair(view, "not found", versions);
    append_prerequisites(view, particulars->prerequisites);
    append_earlier(view, particulars->earlier);
    append_links(view, finding);
    g_free(versions);
}

/* --- what does not apply ---------------------------------------------------------------- */

static enum style hunk_style(const char *line)
{
    switch (*line) {
    case '@':
        return STYLE_HUNK;
    case '+':
        return STYLE_ADDED;
    case '-':
        return STYLE_REMOVED;
    default:
        return STYLE_NORMAL;
    }
}

static void append_hunk(struct view *view, const char *hunk)
{
    while (*hunk) {
        size_t length = strcspn(hunk, "\n");
        text_view_append_line(view, hunk, length, hunk_style(hunk), NULL);
        hunk += length;
        hunk += *hunk == '\n';
    }
}

static void append_failure(struct view *view, const struct finding *finding)
{
    const struct member *member = finding_failed(finding);
    GString *text = g_string_new(NULL);
    bool numbered = finding_append_failed(finding, text);
    if (member)
        g_string_append_printf(text, numbered ? ", \"%s\"," : "\"%s\"", member->mail->title);
    text->str[0] = g_ascii_toupper(text->str[0]);
    g_string_append(text, " does not apply to ");
    finding_append_base(finding, text);
    finding_append_but(finding, text);
    g_string_append_c(text, ':');
    append_line(view, text, STYLE_NORMAL, 0);
    g_string_assign(text, finding->check.why);
    append_line(view, text, STYLE_INCOMPLETE, 0);
    append_text(view, "", STYLE_NORMAL);
    if (finding->check.path)
        append_text(view, finding->check.path, STYLE_FILE);
    if (finding->check.hunk)
        append_hunk(view, finding->check.hunk);
    g_string_free(text, TRUE);
}

/* --- all of them ------------------------------------------------------------------------ */

static struct view *new_view(struct app *app, const char *what, const struct finding *finding)
{
    const struct posting *posting = finding_posting(finding);
    char *title = g_strdup_printf("pore: %s of v%u: %s", what, posting->version,
                                  posting_lead(posting)->title);
    struct view *view = text_view_new(app, title);
    g_free(title);
    return view;
}

struct view *facts_view(struct app *app, enum fact fact, const struct finding *finding)
{
    struct view *view = NULL;
    if (fact == FACT_FILES && finding->particulars) {
        view = new_view(app, "files", finding);
        append_files(view, finding);
    } else if (fact == FACT_BASE && finding->particulars) {
        view = new_view(app, "base", finding);
        append_base(view, finding);
    } else if (fact == FACT_APPLIES && finding->checked && !finding->check.applies) {
        view = new_view(app, "what does not apply", finding);
        append_failure(view, finding);
    }
    return view;
}
