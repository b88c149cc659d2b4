/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applies hunks to a file as git apply does: to where their lines are found, nearest to where they
 * should be, byte for byte. */
#include "project/project_parts.h"

#include <string.h>

/* What it costs to take a line of a file apart and put it together, in steps. */
#define LINE_STEPS 8

/* A line, with its LF unless the last one has none. Borrows its bytes. */
struct image_line {
    const char *text;
    uint32_t length;
    bool patched; /* comes from a hunk: others do not apply to it */
};

/* The lines of a file, around the place that changed last: hunks come in order, and so each costs what
 * lies between it and the one before. */
struct image {
    GArray *before; /* struct image_line */
    GArray *after;  /* the same, last one first */
};

static size_t image_length(const struct image *image)
{
    return (size_t)image->before->len + image->after->len;
}

static const struct image_line *image_line(const struct image *image, size_t at)
{
    if (at < image->before->len)
        return &g_array_index(image->before, struct image_line, at);
    return &g_array_index(image->after, struct image_line, image_length(image) - 1 - at);
}

static void image_read(struct image *image, GBytes *bytes)
{
    size_t length;
    const char *at = g_bytes_get_data(bytes, &length);
    const char *end = length > 0 ? at + length : at;

    image->before = g_array_new(FALSE, FALSE, sizeof(struct image_line));
    image->after = g_array_new(FALSE, FALSE, sizeof(struct image_line));
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct image_line line = { at, (uint32_t)((stop != NULL ? stop + 1 : end) - at), false };

        g_array_append_val(image->before, line);
        at += line.length;
    }
}

static void image_clear(struct image *image)
{
    g_array_unref(image->before);
    g_array_unref(image->after);
}

static void move_line(GArray *from, GArray *to)
{
    struct image_line line = g_array_index(from, struct image_line, from->len - 1);

    g_array_append_val(to, line);
    g_array_set_size(from, from->len - 1);
}

/* Replaces COUNT lines from AT on by those of NEW. */
static void image_replace(struct image *image, size_t at, size_t count, const GArray *new)
{
    while (image->before->len > at)
        move_line(image->before, image->after);
    while (image->before->len < at)
        move_line(image->after, image->before);
    g_array_set_size(image->after, image->after->len - (guint)count);
    if (new->len > 0)
        g_array_append_vals(image->before, new->data, new->len);
}

static GBytes *image_write(const struct image *image)
{
    size_t total = 0, lines = image_length(image);

    for (size_t i = 0; i < lines; i++)
        total += image_line(image, i)->length;
    char *bytes = g_malloc(total + 1), *at = bytes;
    for (size_t i = 0; i < lines; i++) {
        const struct image_line *line = image_line(image, i);
        memcpy(at, line->text, line->length);
        at += line->length;
    }
    return g_bytes_new_take(bytes, total);
}

/* Adds the lines of HUNK to those of both sides. */
static void hunk_lines(const struct project_hunk *hunk, GArray *old, GArray *new)
{
    const char *at = hunk->text + hunk->body, *end = hunk->text + hunk->length;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *next = stop != NULL ? stop + 1 : end;
        size_t cut = next < end && *next == '\\'; /* there is no LF in the file */
        struct image_line line = { at + 1, (uint32_t)((size_t)(next - at - 1) - cut), true };

        if (*at == '\n') /* of an empty line the blank may be missing */
            line = (struct image_line){ at, 1, true };
        if (*at != '\\' && !(*at == '\n' && cut)) {
            if (*at != '+')
                g_array_append_val(old, line);
            if (*at != '-')
                g_array_append_val(new, line);
        }
        at = next;
    }
}

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isspace(text[i]) && text[i] != '\v')
            return false;
    return true;
}

/* Is WANTED the line of the file? The LAST one of a hunk may lack its LF, and blanks. */
static bool line_matches(const struct image_line *line, const struct image_line *wanted, bool last)
{
    if (line->patched || line->length < wanted->length
        || memcmp(line->text, wanted->text, wanted->length) != 0)
        return false;
    return line->length == wanted->length
           || (last && is_blank(line->text + wanted->length, line->length - wanted->length));
}

/* Where a hunk may be. */
struct place {
    size_t wanted;      /* the line it should be at */
    bool at_beginning, at_end;
};

static bool matches_at(const struct image *image, const GArray *old, const struct place *place,
                       size_t at, struct project_effort *effort)
{
    size_t left = image_length(image) - at;

    if (old->len > left || (place->at_end && old->len != left) || (place->at_beginning && at > 0))
        return false;
    for (guint i = 0; i < old->len; i++) {
        const struct image_line *wanted = &g_array_index(old, struct image_line, i);
        if (!project_effort_spend(effort, 1 + wanted->length / 16)
            || !line_matches(image_line(image, at + i), wanted,
                             i + 1 == old->len && !place->at_end))
            return false;
    }
    return true;
}

/* The place of OLD in IMAGE, -1 if it is nowhere: the nearest one to where it should be, and of
 * two the one behind. */
static gssize find_place(const struct image *image, const GArray *old, const struct place *place,
                         struct project_effort *effort)
{
    size_t length = image_length(image), start = MIN(place->wanted, length);

    if (place->at_beginning)
        start = 0;
    else if (place->at_end)
        start = old->len <= length ? length - old->len : length;
    if (place->at_beginning || place->at_end)
        return matches_at(image, old, place, start, effort) ? (gssize)start : -1;
    for (size_t distance = 0; distance <= length; distance++) {
        if (!project_effort_spend(effort, 1))
            return -1;
        if (start + distance <= length && matches_at(image, old, place, start + distance, effort))
            return (gssize)(start + distance);
        if (distance > 0 && distance <= start
            && matches_at(image, old, place, start - distance, effort))
            return (gssize)(start - distance);
    }
    return -1;
}

static bool apply_hunk(struct image *image, const struct project_hunk *hunk,
                       struct project_effort *effort)
{
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(struct image_line));
    g_autoptr(GArray) new = g_array_new(FALSE, FALSE, sizeof(struct image_line));
    /* A hunk without context at one of its ends is for that end of the file: one that begins with its
     * first line, and one behind which nothing follows. */
    const struct place place = {
        .wanted = hunk->new_line > 0 ? hunk->new_line - 1 : 0,
        .at_beginning = hunk->old_line <= 1,
        .at_end = hunk->trailing == 0,
    };

    hunk_lines(hunk, old, new);
    gssize at = find_place(image, old, &place, effort);
    if (at < 0 || !project_effort_spend(effort, (size_t)ABS(at - (gssize)image->before->len)))
        return false;
    image_replace(image, (size_t)at, old->len, new);
    return true;
}

GBytes *project_hunks_apply(const GArray *hunks, GBytes *old, struct project_effort *effort,
                            guint *failed)
{
    struct image image;
    GBytes *result = NULL;
    guint applied = 0;

    *failed = hunks->len;
    if (hunks->len == 0)
        return g_bytes_ref(old);
    if (g_bytes_get_size(old) > PROJECT_BYTES_MAX / 4
        || !project_effort_spend(effort, g_bytes_get_size(old) / 8))
        return NULL;
    image_read(&image, old);
    if (project_effort_spend(effort, image_length(&image) * LINE_STEPS)) {
        while (applied < hunks->len
               && apply_hunk(&image, &g_array_index(hunks, struct project_hunk, applied), effort))
            applied++;
        if (effort->left >= 0)
            *failed = applied;
        if (applied == hunks->len)
            result = image_write(&image);
    }
    image_clear(&image);
    return result;
}
