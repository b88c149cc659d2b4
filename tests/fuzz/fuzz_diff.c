/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patches, each a mail or a bare diff: the pieces of an input are those of a series, tried on a small
 * repository that is always the same; "%% old" are those of the version before, which it is compared
 * with. What is read of a diff lies in it; a patch that applies does with more context too, to the same
 * end; the difference of two patches is what makes one of the other.
 *
 * Targets: src/project/project_diff.c src/project/project_name.c src/project/project_image.c
 * src/project/project_binary.c src/project/project_check.c src/project/project_tree.c
 * src/project/project_widen.c src/compare/comparison.c src/compare/difference.c src/compare/pairing.c
 * src/compare/assignment.c */
#include "fuzz.h"

#include "archive/archive.h"
#include "compare/comparison.h"
#include "mail/mail.h"
#include "pieces.h"
#include "project/project_parts.h"
#include "support.h"

#include <string.h>

#define PATCHES_MAX 8

/* More lines of context than any patch here has. */
#define CONTEXT_ALL 100000

/* --- the repository ------------------------------------------------------------------------- */

struct base {
    struct project *project;
    git_repository *repository;
    char commit[ID_SIZE];
};

static const char lines_text[] =
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
    "{\n\tint x;\n}\n{\n\tint x;\n}\n{\n\tint x;\n}\nend\n";

static void must(int code)
{
    g_assert(code >= 0);
}

static void add_file(const struct base *base, git_index *index, unsigned mode, const char *path,
                     const void *bytes, size_t length)
{
    git_index_entry entry = { .mode = mode, .path = path };

    if (mode == GIT_FILEMODE_COMMIT)
        must(git_oid_fromstr(&entry.id, bytes));
    else
        must(git_blob_create_from_buffer(&entry.id, base->repository, bytes, length));
    must(git_index_add(index, &entry));
}

static git_tree *make_tree(const struct base *base)
{
    git_index *index = NULL;
    git_tree *tree = NULL;
    git_oid id;

    must(git_index_new(&index));
    add_file(base, index, GIT_FILEMODE_BLOB, "a.c", lines_text, strlen(lines_text));
    add_file(base, index, GIT_FILEMODE_BLOB, "d/b.c", "b\n", 2);
    add_file(base, index, GIT_FILEMODE_BLOB, "d/e/c.c", "c\nc", 3);
    add_file(base, index, GIT_FILEMODE_BLOB, "empty", "", 0);
    add_file(base, index, GIT_FILEMODE_BLOB, "returns", "1\r\n2\r\n3\r\n", 9);
    add_file(base, index, GIT_FILEMODE_BLOB, "b i\xc3\xbc", "blank\n", 6);
    add_file(base, index, GIT_FILEMODE_BLOB, "picture", "\x00\x01\x02pic\xff\xfe", 8);
    add_file(base, index, GIT_FILEMODE_BLOB_EXECUTABLE, "run.sh", "#!/bin/sh\n", 10);
    add_file(base, index, GIT_FILEMODE_LINK, "link", "a.c", 3);
    add_file(base, index, GIT_FILEMODE_COMMIT, "sub", "1111111111111111111111111111111111111111", 40);
    must(git_index_write_tree_to(&id, index, base->repository));
    must(git_tree_lookup(&tree, base->repository, &id));
    git_index_free(index);
    return tree;
}

static void make_base(struct base *base)
{
    char *path = support_path(support_folder(), "project.git");
    git_signature *signature = NULL;
    git_oid id;

    archive_startup(false);
    must(git_repository_init(&base->repository, path, 1));
    git_tree *tree = make_tree(base);
    must(git_signature_new(&signature, "Ann", "ann@example.org", 1700000000, 0));
    must(git_commit_create_v(&id, base->repository, "HEAD", signature, signature, NULL, "base\n", tree, 0));
    git_oid_tostr(base->commit, sizeof base->commit, &id);
    base->project = project_open(path, NULL);
    g_assert(base->project);
    git_signature_free(signature);
    git_tree_free(tree);
    g_free(path);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void check_line(const char *line)
{
    g_assert(line && *line && g_utf8_validate(line, -1, NULL) && !strpbrk(line, "\r\n"));
}

static void check_hunks(const struct project_change *change, const char *diff, size_t length)
{
    for (guint i = 0; i < change->hunks->len; i++) {
        const struct project_hunk *hunk = &g_array_index(change->hunks, struct project_hunk, i);
        char *text = project_hunk_text(hunk);

        g_assert(hunk->text >= diff && hunk->length <= length - (size_t)(hunk->text - diff));
        g_assert(hunk->body <= hunk->length && g_utf8_validate(text, -1, NULL));
        g_assert((size_t)(hunk->text - diff) >= change->body &&
                 (size_t)(hunk->text - diff) + hunk->length <= change->end);
        g_free(text);
    }
}

/* Does the diff read? */
static bool check_reading(const struct patch *patch)
{
    size_t length, at = 0;
    const char *diff = g_bytes_get_data(patch->raw_diff, &length);
    struct project_damage damage;
    GPtrArray *changes = project_diff_read(diff, length, &damage);
    bool read = changes;

    if (!read) {
        check_line(damage.why);
        g_assert(!damage.path || g_utf8_validate(damage.path, -1, NULL));
        g_assert(!damage.hunk || g_utf8_validate(damage.hunk, -1, NULL));
    }
    project_damage_clear(&damage);
    for (guint i = 0; read && i < changes->len; i++) {
        const struct project_change *change = changes->pdata[i];

        g_assert(change->start >= at && change->body >= change->start);
        g_assert(change->end >= change->body && change->end <= length);
        g_assert(project_change_name(change));
        check_hunks(change, diff, length);
        at = change->end;
    }
    g_clear_pointer(&changes, g_ptr_array_unref);
    return read;
}

/* --- trying ------------------------------------------------------------------------------------ */

/* Do PATCHES apply? */
static bool try(const struct base *base, const GPtrArray *patches)
{
    struct project_check check;
    GError *error = NULL;
    bool applies;

    if (!project_check(base->project, base->commit, patches, NULL, &check, &error)) {
        check_line(error->message);
        g_error_free(error);
        return false;
    }
    applies = check.applies;
    g_assert(check.applied <= patches->len && (applies || check.failed < patches->len));
    if (!applies) {
        check_line(check.why);
        g_assert(!check.path || g_utf8_validate(check.path, -1, NULL));
        g_assert(!check.hunk || g_utf8_validate(check.hunk, -1, NULL));
    }
    project_check_clear(&check);
    return applies;
}

static bool try_one(const struct base *base, const struct patch *patch)
{
    GPtrArray *patches = g_ptr_array_new();
    bool applies;

    g_ptr_array_add(patches, (gpointer)patch);
    applies = try(base, patches);
    g_ptr_array_free(patches, TRUE);
    return applies;
}

/* What the first file of PATCH, if it has hunks for a.c, comes to; NULL if it does not. */
static GBytes *apply_first(const struct patch *patch)
{
    struct project_effort effort = { NULL, PROJECT_STEPS_MAX };
    struct project_damage damage;
    size_t length;
    const char *diff = g_bytes_get_data(patch->raw_diff, &length);
    GPtrArray *changes = project_diff_read(diff, length, &damage);
    GBytes *old = g_bytes_new_static(lines_text, strlen(lines_text)), *new = NULL;
    guint failed;

    project_damage_clear(&damage);
    if (changes && changes->len == 1) {
        const struct project_change *change = changes->pdata[0];

        if (g_strcmp0(change->old_name, "a.c") == 0 && change->hunks->len > 0)
            new = project_hunks_apply(change->hunks, old, &effort, &failed);
    }
    g_clear_pointer(&changes, g_ptr_array_unref);
    g_bytes_unref(old);
    return new;
}

static void check_widened(const struct base *base, const struct patch *patch, unsigned context)
{
    struct patch *wide = project_widen(base->project, patch, context, NULL);
    size_t length;
    const char *bytes = g_bytes_get_data(patch->raw_diff, &length);
    GBytes *one, *other;

    if (!wide)
        return;
    g_assert(wide->widened && wide->files->len == patch->files->len);
    g_assert(g_utf8_validate(wide->diff, -1, NULL));
    /* What is not ASCII, or has CR, is shown and not kept. */
    if (g_str_is_ascii(wide->diff) && (length == 0 || !memchr(bytes, '\r', length)) &&
        try_one(base, patch)) {
        g_assert(try_one(base, wide));
        one = apply_first(patch);
        other = apply_first(wide);
        g_assert(!one == !other && (!one || g_bytes_equal(one, other)));
        g_clear_pointer(&one, g_bytes_unref);
        g_clear_pointer(&other, g_bytes_unref);
    }
    patch_free(wide);
}

/* --- comparing ---------------------------------------------------------------------------------- */

/* The lines that are on the side with SIGN of the difference, put together. */
static GString *side_of(const GArray *lines, char sign)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++) {
        const struct comparison_line *line = &g_array_index(lines, struct comparison_line, i);

        g_assert(line->inner <= COMPARISON_BREAK && g_utf8_validate(line->text, (gssize)line->length, NULL));
        if (line->inner == COMPARISON_BREAK || (line->outer != ' ' && line->outer != sign))
            continue;
        g_string_append_len(text, line->text, (gssize)line->length);
        g_string_append_c(text, '\n');
    }
    return text;
}

static void check_side(const GArray *lines, char sign, const struct patch *patch)
{
    size_t start;
    GString *text = side_of(lines, sign), *whole = patch_comparable(patch, &start);

    g_assert_cmpstr(text->str, ==, whole->str);
    g_string_free(text, TRUE);
    g_string_free(whole, TRUE);
}

static const struct patch *patch_of(const GArray *side, int index)
{
    return g_array_index(side, struct compared_patch, index).patch;
}

static void check_pair(struct comparison *comparison, const struct comparison_pair *pair,
                       const GArray *old, const GArray *new)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct comparison_line));
    GString *text = g_string_new(NULL);

    g_assert((pair->old < 0) == (pair->mark == COMPARISON_ADDED));
    g_assert((pair->new < 0) == (pair->mark == COMPARISON_DROPPED));
    comparison_describe(comparison, pair, 2, text);
    g_assert(g_utf8_validate(text->str, -1, NULL) && !strchr(text->str, '\n'));
    comparison_lines(comparison, pair, CONTEXT_ALL, lines);
    g_assert((lines->len == 0) == (pair->mark == COMPARISON_SAME));
    if (lines->len > 0 && pair->old >= 0)
        check_side(lines, '-', patch_of(old, pair->old));
    if (lines->len > 0 && pair->new >= 0)
        check_side(lines, '+', patch_of(new, pair->new));
    g_array_set_size(lines, 0);
    comparison_lines(comparison, pair, 3, lines);
    g_string_free(text, TRUE);
    g_array_free(lines, TRUE);
}

/* Has each patch of SIDE a diff, or a title of more than space? What has neither is paired with
 * nothing. */
static bool are_told_apart(const GArray *side)
{
    for (guint i = 0; i < side->len; i++) {
        const struct patch *patch = patch_of(side, (int)i);

        if (!patch->title[strspn(patch->title, " \t\n\r\f\v")] && !*patch->diff)
            return false;
    }
    return true;
}

/* Each patch is in one pair. */
static void check_comparison(const GArray *old, const GArray *new)
{
    struct comparison *comparison = comparison_new(old, new, NULL);
    const GArray *pairs = comparison_pairs(comparison);
    guint olds = 0, news = 0;

    for (guint i = 0; i < pairs->len; i++) {
        const struct comparison_pair *pair = &g_array_index(pairs, struct comparison_pair, i);

        g_assert(pair->old < (int)old->len && pair->new < (int)new->len);
        olds += pair->old >= 0;
        news += pair->new >= 0;
        check_pair(comparison, pair, old, new);
    }
    g_assert(olds == old->len && news == new->len);
    comparison_free(comparison);
    comparison = comparison_new(new, new, NULL);
    g_assert(comparison_is_same(comparison) || !are_told_apart(new));
    comparison_free(comparison);
}

/* --- an input ------------------------------------------------------------------------------------- */

static void add_to_side(GArray *side, const struct patch *patch, bool cover)
{
    bool first = side->len == 0 ||
                 g_array_index(side, struct compared_patch, side->len - 1).number == 0;
    const struct compared_patch compared = { cover && first ? 0 : side->len + 1, patch };

    g_array_append_val(side, compared);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct base base;
    GPtrArray *pieces = pieces_split(data, size, PATCHES_MAX), *tried = g_ptr_array_new();
    GPtrArray *patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
    GArray *sides[2] = { g_array_new(FALSE, FALSE, sizeof(struct compared_patch)),
                         g_array_new(FALSE, FALSE, sizeof(struct compared_patch)) };

    if (!base.project) {
        mail_startup();
        make_base(&base);
    }
    for (guint i = 0; i < pieces->len; i++) {
        const struct piece *piece = pieces->pdata[i];
        struct patch *patch = patch_read(piece->bytes, piece->length);
        bool old = g_str_has_prefix(piece->words, "old");

        g_ptr_array_add(patches, patch);
        add_to_side(sides[!old], patch, g_str_has_suffix(piece->words, "cover"));
        if (check_reading(patch))
            check_widened(&base, patch, 1 + i * 5);
        if (!old)
            g_ptr_array_add(tried, patch);
    }
    try(&base, tried);
    check_comparison(sides[0], sides[1]);
    g_array_free(sides[0], TRUE);
    g_array_free(sides[1], TRUE);
    g_ptr_array_unref(patches);
    g_ptr_array_free(tried, TRUE);
    g_ptr_array_unref(pieces);
    return 0;
}
