/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include "app.h"
#include "facts_parts.h"
#include "index_rows.h"

#include <string.h>

/* Digits of a commit that are shown. */
#define ABBREVIATED 12

const char *fact_label(enum fact fact)
{
    static const char *const labels[FACT_COUNT] = {
        [FACT_NONE] = "",        [FACT_MISSING] = "Missing:", [FACT_FILES] = "Files:",
        [FACT_BASE] = "Base:", [FACT_APPLIES] = "Applies:",
    };
    return labels[fact];
}

bool fact_is_told(enum fact fact, const struct posting *posting, const struct settings *settings)
{
    switch (fact) {
    case FACT_MISSING:
        return posting->have < posting->total;
    case FACT_APPLIES:
        return *settings->repo;
    default:
        return fact != FACT_NONE;
    }
}

const struct posting *finding_posting(const struct finding *finding)
{
    return index_rows_posting(finding->members->pdata[0]);
}

/* --- missing patches ---------------------------------------------------------------- */

static void describe_missing(const struct finding *finding, GString *text)
{
    const struct posting *posting = finding_posting(finding);
    uint32_t missing = posting->total - MIN(posting->have, posting->total);
    if (finding->particulars) {
        char *numbers = particulars_missing(finding->particulars);
        g_string_append_printf(text, "patch%s %s of %u", missing == 1 ? "" : "es", numbers,
                               posting->total);
        g_free(numbers);
    }
}

/* --- the files ---------------------------------------------------------------------- */

static enum style describe_files(const struct finding *finding, int width, GString *text)
{
    if (!finding->particulars) {
        g_string_append(text, finding->state == FINDING_STOPPED ? "not read" : "");
        return STYLE_DIM;
    }
    if (finding->unreadable)
        g_string_append_printf(text, "%u mail%s cannot be read; ", finding->unreadable,
                               finding->unreadable == 1 ? "" : "s");
    facts_append_files(finding->particulars, width, text);
    return finding->unreadable ? STYLE_INCOMPLETE : STYLE_NORMAL;
}

/* --- the base ----------------------------------------------------------------------- */

/* "origin/master", or what stands for it. */
static const char *base_name(const struct finding *finding)
{
    return finding->found.from == PROJECT_BASE_SETTING ? finding->base : "HEAD";
}

static gint compare_numbers(gconstpointer a, gconstpointer b)
{
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

/* The versions that are known, in order; the last one is that of POSTING. */
static GArray *known_versions(const struct posting *posting, const GPtrArray *earlier)
{
    GArray *versions = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    const GPtrArray *postings = posting->series->postings;
    for (guint i = 0; i < postings->len; i++) {
        const struct posting *other = postings->pdata[i];
        if (other->version <= posting->version)
            g_array_append_val(versions, other->version);
    }
    for (guint i = 0; i < earlier->len; i++) {
        const struct member *member = earlier->pdata[i];
        if (member->version < posting->version)
            g_array_append_val(versions, member->version);
    }
    g_array_sort(versions, compare_numbers);
    return versions;
}

char *finding_versions_missing(const struct finding *finding)
{
    GString *text = g_string_new(NULL);
    GArray *known = known_versions(finding_posting(finding), finding->particulars->earlier);
    uint32_t next = 1;
    for (guint i = 0; i < known->len; i++) {
        uint32_t version = g_array_index(known, uint32_t, i);
        if (version > next)
            g_string_append_printf(text, "%sv%u", text->len ? ", " : "", next);
        if (version > next + 1)
            g_string_append_printf(text, "-v%u", version - 1);
        next = version + 1;
    }
    g_array_unref(known);
    return g_string_free(text, FALSE);
}

static enum style describe_base(const struct finding *finding, GString *text)
{
    const struct particulars *particulars = finding->particulars;
    if (!particulars)
        return STYLE_DIM;
    if (particulars->base_commit)
        g_string_append_printf(text, "%.*s", ABBREVIATED, particulars->base_commit);
    else
        g_string_append(text, "none named");
    if (finding->based && finding->found.from == PROJECT_BASE_COMMIT)
        g_string_append(text, ", in the repository");
    else if (finding->based && particulars->base_commit)
        g_string_append_printf(text, ", not in the repository: %s instead", base_name(finding));
    else if (finding->based)
        g_string_append_printf(text, ": %s instead", base_name(finding));
    guint before = particulars->prerequisites->len;
    if (before)
        g_string_append_printf(text, "; %u prerequisite%s", before, before == 1 ? "" : "s");
    char *versions = finding_versions_missing(finding);
    if (*versions && finding->settled)
        g_string_append_printf(text, "; %s not found", versions);
    g_free(versions);
    if (particulars->change_id)
        g_string_append_printf(text, "; change-id %s", particulars->change_id);
    return particulars->base_commit ? STYLE_NORMAL : STYLE_DIM;
}

/* --- whether it applies -------------------------------------------------------------- */

/* "1234567890ab (its base-commit)", "origin/master (1234567890ab)" */
void finding_append_base(const struct finding *finding, GString *text)
{
    if (finding->found.from == PROJECT_BASE_COMMIT)
        g_string_append_printf(text, "%.*s (its base-commit)", ABBREVIATED, finding->found.id);
    else
        g_string_append_printf(text, "%s (%.*s)", base_name(finding), ABBREVIATED,
                               finding->found.id);
}

/* The patch that does not apply, or NULL. */
const struct member *finding_failed(const struct finding *finding)
{
    if (!finding->checked || finding->check.applies ||
        finding->check.failed >= finding->tried->len)
        return NULL;
    return finding->tried->pdata[finding->check.failed];
}

bool finding_append_failed(const struct finding *finding, GString *text)
{
    const struct member *member = finding_failed(finding);
    if (!member || !member->mail->numbered)
        return false;
    g_string_append_printf(text, "patch %u/%u", member->mail->number, member->mail->total);
    return true;
}

/* What keeps the answer from being the last word. */
void finding_append_but(const struct finding *finding, GString *text)
{
    const struct posting *posting = finding_posting(finding);
    guint before = finding->particulars->prerequisites->len;
    uint32_t missing = posting->total - MIN(posting->have, posting->total);
    if (before)
        g_string_append_printf(text, ", without its %u prerequisite%s", before,
                               before == 1 ? "" : "s");
    if (missing)
        g_string_append_printf(text, ", without the %u missing patch%s", missing,
                               missing == 1 ? "" : "es");
}

static enum style describe_trial(const struct finding *finding, GString *text)
{
    const struct project_check *check = &finding->check;
    if (finding->problem) {
        g_string_append_printf(text, "cannot be tried: %s", finding->problem);
        return STYLE_INCOMPLETE;
    }
    if (finding->checked && check->applies) {
        g_string_append(text, "to ");
        /* Which that is stands in the line above. */
        if (finding->found.from == PROJECT_BASE_COMMIT)
            g_string_append(text, "its base-commit");
        else
            finding_append_base(finding, text);
        finding_append_but(finding, text);
        return STYLE_NORMAL;
    }
    if (finding->checked) {
        g_string_append(text, "no, ");
        g_string_append(text, finding_append_failed(finding, text) ? ": " : "");
        g_string_append(text, check->why);
        finding_append_but(finding, text);
        return STYLE_INCOMPLETE;
    }
    if (finding->state == FINDING_TRYING)
        g_string_append(text, "trying ...");
    else if (finding->state == FINDING_STOPPED)
        g_string_append(text, "not tried");
    else if (finding->state == FINDING_DONE)
        g_string_append(text, "there is nothing to apply");
    return STYLE_DIM;
}

char *facts_answer(const struct finding *finding)
{
    GString *text = g_string_new(NULL);
    if (finding->problem) {
        g_string_append_printf(text, "It cannot be tried: %s", finding->problem);
    } else if (finding->checked && finding->check.applies) {
        g_string_append_printf(text, "v%u applies to ", finding_posting(finding)->version);
        finding_append_base(finding, text);
        finding_append_but(finding, text);
        g_string_append_c(text, '.');
    } else if (finding->checked) {
        if (!finding_append_failed(finding, text))
            g_string_append_printf(text, "v%u", finding_posting(finding)->version);
        else
            text->str[0] = 'P';
        g_string_append_printf(text, ": %s", finding->check.why);
        finding_append_but(finding, text);
        g_string_append_c(text, '.');
    } else {
        g_string_append(text, "There is nothing to apply.");
    }
    return g_string_free(text, FALSE);
}

/* --- all of them --------------------------------------------------------------------- */

enum style fact_describe(enum fact fact, const struct finding *finding, int width, GString *text)
{
    switch (fact) {
    case FACT_MISSING:
        describe_missing(finding, text);
        return STYLE_INCOMPLETE;
    case FACT_FILES:
        return describe_files(finding, width, text);
    case FACT_BASE:
        return describe_base(finding, text);
    case FACT_APPLIES:
        return describe_trial(finding, text);
    case FACT_NONE:
    case FACT_COUNT:
        break;
    }
    return STYLE_NORMAL;
}
