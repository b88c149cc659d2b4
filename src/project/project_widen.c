/* SPDX-License-Identifier: GPL-2.0-or-later */
/* More context for patches, from the files that they were made from. */
#include "project/project_parts.h"

#include "mail/charset.h"

#include <string.h>

/* Larger files stay as they are. */
#define WIDENED_MAX ((size_t)16 << 20)

/* The shortest id that names an object. */
#define ABBREVIATED_MIN 4

/* The file that CHANGE was made from; NULL if the repository does not have it. */
static git_blob *find_blob(struct project *project, const struct project_change *change)
{
    size_t length = strlen(change->old_id);
    git_blob *blob = NULL;
    git_oid id;

    if (length < ABBREVIATED_MIN || git_oid_fromstrn(&id, change->old_id, length) < 0
        || git_blob_lookup_prefix(&blob, project->repository, &id, length) < 0)
        return NULL;
    if ((size_t)git_blob_rawsize(blob) <= WIDENED_MAX)
        return blob;
    git_blob_free(blob);
    return NULL;
}

/* libgit2 and git cut a function's name at so many bytes. */
#define NAME_BYTES 80

/* Git leaves out a blank at the end of a name that was cut; not of one that ends there because something
 * follows that is no UTF-8. */
static int add_hunk(const git_diff_delta *delta, const git_diff_hunk *hunk, void *data)
{
    GString *text = (GString *)data;
    const char *name = strstr(hunk->header + 2, "@@ ");
    size_t length = hunk->header_len;

    (void)delta;
    if (name != NULL && strcspn(name + 3, "\n") == NAME_BYTES)
        while (g_ascii_isspace(hunk->header[length - 1]))
            length--;
    g_string_append_len(text, hunk->header, (gssize)length);
    if (text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    return 0;
}

/* Lines that only say that there is no LF bring their own in front. */
static int add_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                    const git_diff_line *line, void *data)
{
    GString *text = (GString *)data;

    (void)delta, (void)hunk;
    if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION
        || line->origin == GIT_DIFF_LINE_DELETION)
        g_string_append_c(text, line->origin);
    g_string_append_len(text, line->content, (gssize)line->content_len);
    return 0;
}

/* The hunks from BLOB to NEW; NULL if there are none. */
static GString *write_hunks(git_blob *blob, GBytes *new, const struct project_change *change,
                            unsigned context)
{
    git_diff_options options = { .version = GIT_DIFF_OPTIONS_VERSION };
    GString *text = g_string_new(NULL);
    size_t length;
    const char *bytes = g_bytes_get_data(new, &length);

    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.flags |= GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
    options.context_lines = context;
    if (git_diff_blob_to_buffer(blob, change->old_name, bytes, length, change->new_name, &options,
                                NULL, NULL, add_hunk, add_line, text) == 0
        && text->len > 0)
        return text;
    g_string_free(text, TRUE);
    return NULL;
}

/* libgit2 takes the square of the number of lines that were written to have the same hash in it, and does not
 * stop: what that would cost is spent beforehand. */
static bool spend_difference(const struct project_change *change, struct project_effort *effort)
{
    size_t lines = 0;

    for (guint i = 0; i < change->hunks->len; i++) {
        const struct project_hunk *hunk = &g_array_index(change->hunks, struct project_hunk, i);
        const char *at = hunk->text, *end = at + hunk->length;

        for (; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
            lines++;
    }
    lines = MIN(lines, (size_t)PROJECT_STEPS_MAX >> 8);
    return project_effort_spend(effort, lines * lines / 2);
}

static bool is_absolute(const char *name)
{
    return name != NULL && name[0] == '/';
}

/* The hunks of CHANGE with more context, as they come; NULL if that cannot be. */
static GString *widen_hunks(struct project *project, const struct project_change *change,
                            unsigned context, struct project_effort *effort)
{
    git_blob *blob;
    GString *text = NULL;
    guint failed;

    if (change->hunks->len == 0 || change->added != 0 || change->deleted != 0)
        return NULL;
    /* Libgit2 1.5 looks for attributes by these names; of one with a slash in front it makes a leak. */
    if (is_absolute(change->old_name) || is_absolute(change->new_name))
        return NULL;
    blob = find_blob(project, change);
    if (blob == NULL)
        return NULL;
    g_autoptr(GBytes) old =
        g_bytes_new_static(git_blob_rawcontent(blob), (gsize)git_blob_rawsize(blob));
    g_autoptr(GBytes) new = project_hunks_apply(change->hunks, old, effort, &failed);
    if (new != NULL && spend_difference(change, effort))
        text = write_hunks(blob, new, change, context);
    git_blob_free(blob);
    return text;
}

/* Where the first hunk begins in TEXT, the part of one file, of LENGTH bytes. */
static size_t find_hunks(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *stop = memchr(text + at, '\n', length - at);

        if (length - at >= 4 && memcmp(text + at, "@@ -", 4) == 0)
            return at;
        at = stop != NULL ? (size_t)(stop + 1 - text) : length;
    }
    return length;
}

/* Appends TEXT, which is in no charset that is known, as the texts of a patch are. */
static void append_text(GString *out, const GString *text)
{
    const char *at = text->str, *end = at + text->len;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop != NULL ? stop : end) - at);
        size_t shown = length > 0 && at[length - 1] == '\r' ? length - 1 : length;

        charset_decode(out, NULL, at, shown);
        g_string_append_c(out, '\n');
        at += length + (stop != NULL);
    }
}

/* The diff of PATCH with those of CHANGES, its files, widened that can be; NULL if none can. */
static char *widen_diff(struct project *project, const struct patch *patch,
                        const GPtrArray *changes, unsigned context, gint *stop)
{
    struct project_effort effort = { stop, PROJECT_STEPS_MAX };
    g_autoptr(GString) diff = g_string_new(NULL);
    bool widened = false;

    for (guint i = 0; i < changes->len; i++) {
        const struct patch_file *file = &g_array_index(patch->files, struct patch_file, i);
        const char *part = patch->diff + file->start;
        GString *hunks = widen_hunks(project, g_ptr_array_index(changes, i), context, &effort);

        if (hunks == NULL) {
            g_string_append_len(diff, part, (gssize)file->length);
            continue;
        }
        widened = true;
        g_string_append_len(diff, part, (gssize)find_hunks(part, file->length));
        append_text(diff, hunks);
        g_string_free(hunks, TRUE);
    }
    return widened ? g_strdup(diff->str) : NULL;
}

struct patch *project_widen(struct project *project, const struct patch *patch, unsigned context,
                            gint *stop)
{
    struct project_damage damage;
    size_t length;
    const char *bytes = g_bytes_get_data(patch->raw_diff, &length);
    g_autoptr(GPtrArray) changes = project_diff_read(bytes, length, &damage);
    struct patch *wide = NULL;

    project_damage_clear(&damage);
    if (changes != NULL && changes->len == patch->files->len) {
        g_autofree char *diff = widen_diff(project, patch, changes, context, stop);
        if (diff != NULL)
            wide = patch_with_diff(patch, diff);
    }
    return wide;
}
