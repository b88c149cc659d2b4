/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/patch_file.h"

#include <string.h>

static const char nowhere[] = "/dev/null";

/* What the lines of a header name, as they are written but for quotes. Owned. */
struct names {
    char *git_old, *git_new;     /* "diff --git a/old b/new" */
    char *minus, *plus;          /* "--- a/old", "+++ b/new" */
    char *moved_from, *moved_to; /* "rename from", "copy to": without a prefix */
    char *other; /* of "Index:", "diff --cc" and "diff -u" */
};

static const struct text_line *line_at(const struct diff_text *diff, guint index)
{
    return &g_array_index(diff->text->lines, struct text_line, index);
}

const char *diff_line(const struct diff_text *diff, guint index, size_t *length)
{
    const struct text_line *line = line_at(diff, index);

    *length = line->length;
    return diff->bytes + line->start;
}

unsigned diff_kind(const struct diff_text *diff, guint index)
{
    return line_at(diff, index)->kind;
}

/* What follows PREFIX in line INDEX, or NULL if it does not begin so; *END is its end. */
static const char *behind(const struct diff_text *diff, guint index, const char *prefix,
                          const char **end)
{
    size_t length;
    const char *line = diff_line(diff, index, &length);

    if (length < strlen(prefix) || memcmp(line, prefix, strlen(prefix)) != 0)
        return NULL;
    *end = line + length;
    return line + strlen(prefix);
}

static bool begins(const struct diff_text *diff, guint index, const char *prefix)
{
    const char *end;

    return behind(diff, index, prefix, &end) != NULL;
}

/* Of the part that is being walked through. */
struct walk {
    bool inside;   /* there is one */
    bool indexed;  /* all of it are lines from "Index:" to the "diff" that may follow */
    bool named;    /* it has had its "---" */
    bool has_body; /* or its hunks */
};

static bool begins_part(const struct walk *walk, const struct diff_text *diff, guint index)
{
    if (!walk->inside || begins(diff, index, "Index: "))
        return true;
    if (begins(diff, index, "diff "))
        return !walk->indexed;
    return begins(diff, index, "--- ") && (walk->named || walk->has_body);
}

static void walk_header(struct walk *walk, const struct diff_text *diff, guint index)
{
    if (begins(diff, index, "Index: "))
        walk->indexed = true;
    else if (begins(diff, index, "diff ") || begins(diff, index, "--- "))
        walk->indexed = false;
    walk->named |= begins(diff, index, "--- ");
}

GArray *diff_parts(const struct diff_text *diff)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(struct diff_part));
    struct walk walk = { 0 };
    struct diff_part part = { 0, 0 };

    for (guint i = 0; i < diff->text->lines->len; i++) {
        unsigned kind = diff_kind(diff, i);

        if (kind == TEXT_FILE_HEADER) {
            if (begins_part(&walk, diff, i)) {
                part.end = i;
                if (walk.inside)
                    g_array_append_val(parts, part);
                part.first = i;
                walk = (struct walk) { .inside = true };
            }
            walk_header(&walk, diff, i);
        } else if (kind == TEXT_HUNK_HEADER || kind == TEXT_BINARY) {
            walk.has_body = true;
        }
    }
    part.end = diff->text->lines->len;
    if (walk.inside)
        g_array_append_val(parts, part);
    return parts;
}

/* The name in quotes that begins at START (git-config(1), core.quotePath), or all up to END.
 * *REST is behind it. */
static char *take_name(const char *start, const char *end, const char **rest)
{
    const char *close = start + 1;
    g_autofree char *quoted = NULL;

    *rest = end;
    if (start == end || *start != '"')
        return g_strndup(start, (gsize)(end - start));
    while (close < end && *close != '"')
        close += *close == '\\' && close + 1 < end ? 2 : 1;
    if (close >= end)
        return g_strndup(start, (gsize)(end - start));
    *rest = close + 1;
    quoted = g_strndup(start + 1, (gsize)(close - start - 1));
    return g_strcompress(quoted);
}

/* The name in a "---" or "+++" line; what follows a TAB is a time. */
static char *marked_name(const char *start, const char *end)
{
    const char *tab = memchr(start, '\t', (size_t)(end - start));

    return take_name(start, tab != NULL ? tab : end, &end);
}

/* NAME without its first folder. */
static const char *stripped(const char *name)
{
    const char *slash = strchr(name, '/');

    return slash != NULL ? slash + 1 : name;
}

/* "a/name b/name": the two have no quotes, so they may have blanks; they are the same name but for the
 * prefix where nothing else says how the file is called. */
static void split_git_names(struct names *names, const char *start, const char *end)
{
    const char *middle = start + (end - start) / 2;

    if (middle < end && *middle != ' ')
        middle = memmem(start, (size_t)(end - start), " b/", 3);
    if (middle == NULL)
        middle = memchr(start, ' ', (size_t)(end - start));
    if (middle == NULL || middle == end)
        return;
    names->git_old = g_strndup(start, (gsize)(middle - start));
    names->git_new = g_strndup(middle + 1, (gsize)(end - middle - 1));
}

static void read_git_names(struct names *names, const char *start, const char *end)
{
    const char *quote = memmem(start, (size_t)(end - start), " \"", 2);
    const char *rest;

    if (names->git_old != NULL)
        return;
    if (start < end && *start == '"') {
        names->git_old = take_name(start, end, &rest);
        names->git_new = take_name(rest < end ? rest + 1 : end, end, &rest);
    } else if (quote != NULL) {
        names->git_old = g_strndup(start, (gsize)(quote - start));
        names->git_new = take_name(quote + 1, end, &rest);
    } else {
        split_git_names(names, start, end);
    }
}

/* The last name of a "diff" command line, without its first folder. */
static char *last_name(const char *start, const char *end)
{
    const char *blank = memrchr(start, ' ', (size_t)(end - start));
    g_autofree char *name = NULL;

    if (blank != NULL)
        start = blank + 1;
    name = g_strndup(start, (gsize)(end - start));
    return g_strdup(stripped(name));
}

static void set_name(char **slot, char *name)
{
    if (*slot == NULL)
        *slot = name;
    else
        g_free(name);
}

static void read_names(struct names *names, const struct diff_text *diff, guint index)
{
    const char *start;
    const char *end;
    const char *rest;

    if ((start = behind(diff, index, "diff --git ", &end)) != NULL)
        read_git_names(names, start, end);
    else if ((start = behind(diff, index, "--- ", &end)) != NULL)
        set_name(&names->minus, marked_name(start, end));
    else if ((start = behind(diff, index, "+++ ", &end)) != NULL)
        set_name(&names->plus, marked_name(start, end));
    else if ((start = behind(diff, index, "rename from ", &end)) != NULL ||
             (start = behind(diff, index, "copy from ", &end)) != NULL)
        set_name(&names->moved_from, take_name(start, end, &rest));
    else if ((start = behind(diff, index, "rename to ", &end)) != NULL ||
             (start = behind(diff, index, "copy to ", &end)) != NULL)
        set_name(&names->moved_to, take_name(start, end, &rest));
    else if ((start = behind(diff, index, "Index: ", &end)) != NULL ||
             (start = behind(diff, index, "diff --cc ", &end)) != NULL ||
             (start = behind(diff, index, "diff --combined ", &end)) != NULL)
        set_name(&names->other, take_name(start, end, &rest));
    else if ((start = behind(diff, index, "diff -", &end)) != NULL)
        set_name(&names->other, last_name(start, end));
}

static void clear_names(struct names *names)
{
    g_free(names->git_old);
    g_free(names->git_new);
    g_free(names->minus);
    g_free(names->plus);
    g_free(names->moved_from);
    g_free(names->moved_to);
    g_free(names->other);
}

static bool is_nowhere(const char *name)
{
    return name != NULL && strcmp(name, nowhere) == 0;
}

/* How the files are called. A diff that git made with no prefix (diff.noprefix) says the same name
 * twice; else the first folder is the prefix, as git am takes it (-p1). */
static void choose_paths(struct file_header *out, const struct names *names, bool deleted)
{
    bool bare = names->git_old != NULL && strcmp(names->git_old, names->git_new) == 0;
    const char *old = is_nowhere(names->minus) ? NULL : names->minus;
    const char *new = is_nowhere(names->plus) ? NULL : names->plus;

    if (old == NULL)
        old = names->git_old;
    if (new == NULL)
        new = names->git_new;
    if (old != NULL && !bare)
        old = stripped(old);
    if (new != NULL && !bare)
        new = stripped(new);
    if (names->moved_from != NULL)
        old = names->moved_from;
    if (names->moved_to != NULL)
        new = names->moved_to;
    if ((deleted && old != NULL) || new == NULL)
        new = old;
    if (new == NULL)
        new = names->other != NULL ? names->other : "";
    out->path = g_utf8_make_valid(new, -1);
    if (names->moved_from != NULL && names->moved_to != NULL)
        out->old_path = g_utf8_make_valid(old, -1);
}

/* What the lines of a header say besides names. */
struct signs {
    bool added, deleted, renamed, copied;
    bool has_body;
};

static uint32_t read_mode(const char *digits, const char *end)
{
    uint32_t mode = 0;

    for (; digits < end && *digits >= '0' && *digits <= '7' && mode <= 0777777 / 8; digits++)
        mode = mode * 8 + (uint32_t)(*digits - '0');
    return mode;
}

static void read_signs(struct signs *signs, struct file_header *out, const struct diff_text *diff,
                       guint index)
{
    const char *mode;
    const char *end;

    if (begins(diff, index, "new file mode "))
        signs->added = true;
    else if (begins(diff, index, "deleted file mode "))
        signs->deleted = true;
    else if (begins(diff, index, "rename to "))
        signs->renamed = true;
    else if (begins(diff, index, "copy to "))
        signs->copied = true;
    else if (begins(diff, index, "Binary files "))
        out->binary = true;
    else if ((mode = behind(diff, index, "old mode ", &end)) != NULL)
        out->old_mode = read_mode(mode, end);
    else if ((mode = behind(diff, index, "new mode ", &end)) != NULL)
        out->new_mode = read_mode(mode, end);
}

static enum patch_change choose_change(const struct file_header *header, const struct signs *signs)
{
    if (signs->added)
        return PATCH_ADDED;
    if (signs->deleted)
        return PATCH_DELETED;
    if (signs->renamed && header->old_path != NULL)
        return PATCH_RENAMED;
    if (signs->copied && header->old_path != NULL)
        return PATCH_COPIED;
    if (header->old_mode != 0 && !signs->has_body && !header->binary)
        return PATCH_MODE;
    return PATCH_MODIFIED;
}

void file_header_read(struct file_header *out, const struct diff_text *diff,
                      const struct diff_part *part)
{
    struct names names = { 0 };
    struct signs signs = { 0 };

    *out = (struct file_header) { 0 };
    for (guint i = part->first; i < part->end; i++) {
        unsigned kind = diff_kind(diff, i);

        signs.has_body |= kind == TEXT_HUNK_HEADER;
        out->binary |= kind == TEXT_BINARY;
        if (kind != TEXT_FILE_HEADER)
            continue;
        read_names(&names, diff, i);
        read_signs(&signs, out, diff, i);
    }
    if (out->old_mode == 0 || out->new_mode == 0)
        out->old_mode = out->new_mode = 0;
    signs.added |= is_nowhere(names.minus) && !signs.deleted;
    signs.deleted |= is_nowhere(names.plus) && !signs.added;
    choose_paths(out, &names, signs.deleted);
    out->change = choose_change(out, &signs);
    clear_names(&names);
}

void file_header_clear(struct file_header *header)
{
    g_free(header->path);
    g_free(header->old_path);
}
