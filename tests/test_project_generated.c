/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does it apply? The same as git apply and git am say, on hundreds of trees and patches that are made up. */
#include "project_support.h"
#include "support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static const char *const names[] = {
    "a.c", "b.c", "d/c.c", "d/d.c", "d/e/f.c", "a b.c", "gr\xc3\xbcn", "x/y",
};

struct made_file {
    unsigned mode; /* 0: not there */
    GString *text;
};

struct made_tree {
    struct made_file files[G_N_ELEMENTS(names)];
};

static guint pick(GRand *random, guint count)
{
    return (guint)g_rand_int_range(random, 0, (gint32)count);
}

/* Lines of few kinds, so that hunks find more than one place. */
static void make_lines(GRand *random, GString *text)
{
    static const char *const lines[] = { "{", "}", "", "\tint x;", "\treturn 0;", "a", "b" };
    static const guint lengths[] = { 0, 1, 3, 8, 30 };
    const char *end = pick(random, 4) == 0 ? "\r\n" : "\n";

    g_string_truncate(text, 0);
    for (guint i = lengths[pick(random, G_N_ELEMENTS(lengths))]; i > 0; i--)
        g_string_append_printf(text, "%s%s", lines[pick(random, G_N_ELEMENTS(lines))], end);
    if (pick(random, 6) == 0 && text->len > 2)
        g_string_truncate(text, text->len - strlen(end));
}

static void make_tree(GRand *random, struct made_tree *tree)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        tree->files[i].mode = pick(random, 3) == 0 ? 0 : pick(random, 5) == 0 ? 0100755 : 0100644;
        tree->files[i].text = g_string_new(NULL);
        make_lines(random, tree->files[i].text);
    }
}

static void copy_tree(const struct made_tree *from, struct made_tree *to)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        to->files[i].mode = from->files[i].mode;
        to->files[i].text = g_string_new_len(from->files[i].text->str, (gssize)from->files[i].text->len);
    }
}

static void clear_tree(struct made_tree *tree)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_string_free(tree->files[i].text, TRUE);
}

/* Puts a line into TEXT, takes one out, or changes it. */
static void change_line(GRand *random, GString *text)
{
    size_t at = text->len > 0 ? pick(random, (guint)text->len) : 0;

    while (at > 0 && text->str[at - 1] != '\n')
        at--;
    size_t length = strcspn(text->str + at, "\n");
    switch (pick(random, 3)) {
    case 0:
        g_string_insert(text, (gssize)at, "new\n");
        break;
    case 1:
        g_string_erase(text, (gssize)at, (gssize)MIN(length + 1, text->len - at));
        break;
    default:
        g_string_insert(text, (gssize)(at + length), "~");
    }
}

static void change_tree(GRand *random, struct made_tree *tree)
{
    for (guint i = 1 + pick(random, 3); i > 0; i--) {
        struct made_file *file = &tree->files[pick(random, G_N_ELEMENTS(names))];
        struct made_file *other = &tree->files[pick(random, G_N_ELEMENTS(names))];
        struct made_file kept = *file;

        switch (pick(random, 8)) {
        case 0:
            file->mode = file->mode == 0 ? 0100644 : 0;
            break;
        case 1:
            file->mode = file->mode == 0100644 ? 0100755 : 0100644;
            break;
        case 2: /* they change places: a rename if one of them is not there */
            *file = *other;
            *other = kept;
            break;
        default:
            for (guint j = 1 + pick(random, 4); j > 0; j--)
                change_line(random, file->text);
        }
    }
}

static char *commit_tree(struct scratch *scratch, const struct made_tree *tree)
{
    git_index *index = NULL;

    must(git_index_new(&index));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (tree->files[i].mode != 0)
            scratch_add(scratch, index, tree->files[i].mode, names[i], tree->files[i].text->str,
                        tree->files[i].text->len);
    return scratch_commit_index(scratch, index, "");
}

static git_tree *find_tree(const struct scratch *scratch, const char *commit)
{
    git_commit *found = NULL;
    git_tree *tree = NULL;
    git_oid id;

    must(git_oid_fromstr(&id, commit));
    must(git_commit_lookup(&found, scratch->repository, &id));
    must(git_commit_tree(&tree, found));
    git_commit_free(found);
    return tree;
}

/* The patch from the commit OLD to NEW, in one of the forms there are. */
static GString *make_diff(GRand *random, const struct scratch *scratch, const char *old,
                          const char *new)
{
    git_diff_options options = { .version = GIT_DIFF_OPTIONS_VERSION };
    git_diff_find_options find = { .version = GIT_DIFF_FIND_OPTIONS_VERSION };
    git_tree *trees[] = { find_tree(scratch, old), find_tree(scratch, new) };
    git_diff *diff = NULL;
    git_buf text = { 0 };
    static const guint contexts[] = { 3, 3, 3, 0, 1, 10 };

    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
    options.context_lines = contexts[pick(random, G_N_ELEMENTS(contexts))];
    options.id_abbrev = 40;
    find.flags = GIT_DIFF_FIND_RENAMES | GIT_DIFF_FIND_COPIES;
    must(git_diff_tree_to_tree(&diff, scratch->repository, trees[0], trees[1], &options));
    if (pick(random, 2) == 0)
        must(git_diff_find_similar(diff, &find));
    must(git_diff_to_buf(&text, diff, GIT_DIFF_FORMAT_PATCH));
    GString *result = g_string_new_len(text.ptr, (gssize)text.size);
    git_buf_dispose(&text);
    git_diff_free(diff);
    git_tree_free(trees[0]);
    git_tree_free(trees[1]);
    return result;
}

/* What happens to patches on their way. */
static void damage_diff(GRand *random, GString *diff)
{
    static const char *const inserted[] = { "\n", " \n", "+x\n", "-x\n", "garbage\n",
                                            "\\ No newline at end of file\n", "diff --git a/a.c b/a.c\n" };
    size_t at = diff->len > 0 ? pick(random, (guint)diff->len) : 0;
    size_t line = at;

    while (line > 0 && diff->str[line - 1] != '\n')
        line--;
    size_t length = MIN(strcspn(diff->str + line, "\n") + 1, diff->len - line);
    switch (pick(random, 8)) {
    case 0:
        g_string_truncate(diff, at);
        break;
    case 1:
        g_string_erase(diff, (gssize)line, (gssize)length);
        break;
    case 2:
        g_string_insert(diff, (gssize)line, inserted[pick(random, G_N_ELEMENTS(inserted))]);
        break;
    case 3:
        g_string_replace(diff, "\n", "\r\n", 0);
        break;
    case 4:
        g_string_replace(diff, "diff --git", "diff", 0);
        break;
    case 5:
        g_string_replace(diff, "@@ -1", "@@ -11", 0);
        break;
    case 6:
        g_string_replace(diff, "\n \n", "\n\n", 0);
        break;
    default:
        g_string_insert_c(diff, (gssize)at, "x \t\r09+-"[pick(random, 8)]);
    }
}

/* How many of DIFFS git applies on COMMIT, one after the other. */
static guint git_count(const struct scratch *scratch, const char *commit, const GPtrArray *diffs)
{
    scratch_git_start(scratch, commit);
    for (guint i = 0; i < diffs->len; i++) {
        const GString *diff = g_ptr_array_index(diffs, i);

        if (diff->len > 0 && !scratch_git_applies(scratch, diff->str, diff->len))
            return i;
    }
    return diffs->len;
}

static void free_string(void *string)
{
    g_string_free((GString *)string, TRUE);
}

/* A series of two patches on a commit that is often another one than they were made for. */
static bool compare_generated(struct scratch *scratch, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autoptr(GPtrArray) diffs = g_ptr_array_new_with_free_func(free_string);
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);
    struct made_tree trees[4];
    char *commits[4];

    make_tree(random, &trees[0]);
    for (int i = 1; i < 4; i++) {
        copy_tree(&trees[i < 3 ? i - 1 : 0], &trees[i]);
        change_tree(random, &trees[i]);
    }
    for (int i = 0; i < 4; i++) {
        commits[i] = commit_tree(scratch, &trees[i]);
        clear_tree(&trees[i]);
    }
    for (int i = 0; i < 2; i++)
        g_ptr_array_add(diffs, make_diff(random, scratch, commits[i], commits[i + 1]));
    if (pick(random, 3) == 0)
        damage_diff(random, g_ptr_array_index(diffs, pick(random, 2)));
    const char *base = commits[pick(random, 2) == 0 ? 0 : pick(random, 4)];
    for (guint i = 0; i < diffs->len; i++) {
        const GString *diff = g_ptr_array_index(diffs, i);
        g_ptr_array_add(patches, scratch_patch(diff->str, diff->len));
    }
    guint expected = git_count(scratch, base, diffs);
    struct project_check check = scratch_check(scratch->path, base, patches);
    guint found = check.applies ? diffs->len : check.failed;
    if (found != expected)
        ck_abort_msg("seed %u: %u instead of %u: %s\n%s\n----\n%s", seed, found, expected, check.why,
                     ((GString *)g_ptr_array_index(diffs, 0))->str,
                     ((GString *)g_ptr_array_index(diffs, 1))->str);
    project_check_clear(&check);
    for (int i = 0; i < 4; i++)
        g_free(commits[i]);
    return expected == diffs->len;
}

/* _i is which hundred. */
START_TEST(test_generated)
{
    struct scratch scratch = scratch_new(false);
    guint applied = 0;

    for (guint32 i = 0; i < 100; i++)
        applied += compare_generated(&scratch, (guint32)_i * 100 + i);
    /* Both happen, often. */
    ck_assert_uint_gt(applied, 10);
    ck_assert_uint_lt(applied, 90);
    scratch_free(&scratch);
}
END_TEST

#define COMMITS 6

/* The mails of commits, each on top of the one before, applied to all of these and compared with git am. */
START_TEST(test_mails)
{
    struct scratch scratch = scratch_new(false);
    g_autofree char *range = NULL, *output = NULL, *files = NULL, *work = NULL;
    char *commits[COMMITS];
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(scratch_free_patch);
    g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < 60; i++)
        g_string_append_printf(text, "line %u\n", i);
    for (int i = 0; i < COMMITS; i++) {
        g_autofree char *line = g_strdup_printf("line %d\n", i * 7 + 3);
        g_autofree char *other = g_strdup_printf("changed in %d\ngr\xc3\xbcn\n", i);
        g_autofree char *name = g_strdup_printf("file%d", i);
        g_string_replace(text, line, other, 1);
        commits[i] = scratch_commit(&scratch, FILES({ 0100644, "a", text->str }, { 0100644, name, "x\n" }),
                                    i > 0 ? commits[i - 1] : "");
    }
    files = support_path(support_folder(), "mails");
    range = g_strdup_printf("%s..%s", commits[0], commits[COMMITS - 1]);
    GIT_OUTPUT(scratch.path, &output, "format-patch", "-M", "-o", files, range);
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    for (char **line = lines; **line != '\0'; line++) {
        char *bytes;
        gsize length;
        ck_assert(g_file_get_contents(*line, &bytes, &length, NULL));
        g_ptr_array_add(patches, patch_read(bytes, length));
        g_ptr_array_add(mails, g_strdup(*line));
        g_free(bytes);
    }
    ck_assert_uint_eq(patches->len, COMMITS - 1);
    work = support_path(support_folder(), "work");
    GIT(scratch.path, "worktree", "add", "-q", "--detach", work, commits[0]);
    for (int i = 0; i < COMMITS; i++) {
        struct project_check check = scratch_check(scratch.path, commits[i], patches);
        guint applied = 0;
        GIT(work, "checkout", "-q", "--detach", commits[i]);
        while (applied < mails->len
               && GIT_STATUS(work, "am", "-q", g_ptr_array_index(mails, applied)) == 0)
            applied++;
        if (applied < mails->len)
            GIT(work, "am", "--abort");
        ck_assert_uint_eq(check.applied, applied);
        ck_assert(check.applies == (applied == mails->len));
        ck_assert(check.applies == (i == 0));
        project_check_clear(&check);
    }
    for (int i = 0; i < COMMITS; i++)
        g_free(commits[i]);
    scratch_free(&scratch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("project_generated");
    TCase *tcase = tcase_create("generated");

    tcase_add_checked_fixture(tcase, scratch_startup, NULL);
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, test_generated, 0, 3);
    tcase_add_test(tcase, test_mails);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
