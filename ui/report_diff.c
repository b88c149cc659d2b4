/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "compare/comparison.h"
#include "digest.h"
#include "mail/patch.h"
#include "material.h"

#include <string.h>

/* One version: its patches (struct compared_patch), and who owns them (struct patch *). */
struct version {
    GArray *compared;
    GPtrArray *patches;
};

static void read_version(struct material *material, const struct posting *posting,
                         struct version *version)
{
    GPtrArray *members = posting_all_members(posting);

    version->compared = g_array_new(FALSE, FALSE, sizeof(struct compared_patch));
    version->patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = g_ptr_array_index(members, i);
        struct patch *patch = material_patch(material, member);
        struct compared_patch compared = { member_number(member), patch };

        g_ptr_array_add(version->patches, patch);
        g_array_append_val(version->compared, compared);
    }
    g_ptr_array_free(members, TRUE);
}

static void version_clear(struct version *version)
{
    g_array_free(version->compared, TRUE);
    g_ptr_array_free(version->patches, TRUE);
}

/* The cells that the numbers of both versions take: git's, which counts one more than there are. */
static int number_width(const struct version *old, const struct version *new)
{
    const struct version *sides[] = { old, new };
    uint32_t most = 0;
    int width = 1;

    for (size_t side = 0; side < G_N_ELEMENTS(sides); side++)
        for (guint i = 0; i < sides[side]->compared->len; i++)
            most = MAX(most, g_array_index(sides[side]->compared, struct compared_patch, i).number);
    for (uint64_t count = (uint64_t)most + 1; count >= 10; count /= 10)
        width++;
    return width;
}

/* Prints how the patches of PAIR differ, where there are two. */
static void print_lines(struct comparison *comparison, const struct comparison_pair *pair,
                        unsigned context, int *error)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct comparison_line));
    GString *text = g_string_new(NULL);

    if (pair->mark == COMPARISON_CHANGED)
        comparison_lines(comparison, pair, context, lines);
    for (guint i = 0; i < lines->len; i++) {
        const struct comparison_line *line = &g_array_index(lines, struct comparison_line, i);

        g_string_append(text, "    ");
        if (line->inner != COMPARISON_BREAK)
            g_string_append_c(text, line->outer);
        report_append_text(text, line->text, line->length);
        g_string_append_c(text, '\n');
    }
    report_out(error, text->str, text->len);
    g_string_free(text, TRUE);
    g_array_free(lines, TRUE);
}

static enum exit_status print_comparison(const struct request *request,
                                         struct comparison *comparison, int width)
{
    const GArray *pairs = comparison_pairs(comparison);
    int error = 0;

    for (guint i = 0; i < pairs->len && error == 0; i++) {
        const struct comparison_pair *pair = &g_array_index(pairs, struct comparison_pair, i);
        GString *raw = g_string_new(NULL), *line = g_string_new(NULL);

        comparison_describe(comparison, pair, width, raw);
        report_append_field(line, raw->str);
        g_string_append_c(line, '\n');
        report_out(&error, line->str, line->len);
        g_string_free(line, TRUE);
        g_string_free(raw, TRUE);
        if (!request->no_patch)
            print_lines(comparison, pair, (unsigned)request->context, &error);
    }
    return report_finish(error);
}

static enum exit_status compare(struct material *material, const struct request *request,
                                const struct posting *old_posting,
                                const struct posting *new_posting)
{
    struct version old, new;
    struct comparison *comparison;
    enum exit_status status;

    read_version(material, old_posting, &old);
    read_version(material, new_posting, &new);
    comparison = comparison_new(old.compared, new.compared, NULL);
    status = print_comparison(request, comparison, number_width(&old, &new));
    comparison_free(comparison);
    version_clear(&old);
    version_clear(&new);
    return status;
}

/* The version that is next older than POSTING in its series, or NULL. */
static const struct posting *version_before(const struct posting *posting)
{
    const GPtrArray *postings = posting->series->postings;
    guint index;

    if (!g_ptr_array_find((GPtrArray *)(uintptr_t)postings, posting, &index) ||
        index + 1 == postings->len)
        return NULL;
    return g_ptr_array_index(postings, index + 1);
}

/* Prints what changed between the versions of the mails IDS; of one alone, since the version before
 * its. */
static enum exit_status diff(struct material *material, const struct request *request,
                             const GPtrArray *ids)
{
    const struct posting *first = material_posting(material, g_ptr_array_index(ids, 0)), *second;

    if (!first)
        return EXIT_NOTHING;
    if (ids->len > 1) {
        second = material_posting(material, g_ptr_array_index(ids, 1));
        return second ? compare(material, request, first, second) : EXIT_NOTHING;
    }
    second = version_before(first);
    if (second)
        return compare(material, request, second, first);
    report_say("%s: no version before that of %s is known", material->path,
               (const char *)g_ptr_array_index(ids, 0));
    return EXIT_NOTHING;
}

enum exit_status report_diff(const struct request *request)
{
    return material_answer(request, true, diff);
}
