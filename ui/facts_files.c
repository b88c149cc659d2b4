/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a posting touches, in a line. */
#include "facts_parts.h"
#include "glyph.h"
#include "hash.h"

#include <string.h>

/* Folders that are named at most, and the parts of their names that files are gathered by: no fewer than the
 * least if that can be, "drivers" says little. */
#define FOLDERS_NAMED 6
#define DEPTH_MOST 8
#define DEPTH_LEAST 2

/* So few files are named themselves. */
#define FILES_NAMED 3

/* What is named is to be so much of all, in percent. */
#define NAMED_LEAST 75

/* Files that are touched in one folder, or beneath it. */
struct folder {
    const char *path; /* of the folder, LENGTH bytes; of the file where there is one */
    size_t length;
    guint files;
};

/* Bytes of PATH's folder, no more than DEPTH parts of it; of a file in none, or with DEPTH 0, the
 * whole. */
static size_t folder_length(const char *path, guint depth)
{
    const char *slash = strchr(path, '/'), *end = NULL;
    for (; slash && depth > 0; depth--) {
        end = slash;
        slash = strchr(slash + 1, '/');
    }
    return end ? (size_t)(end - path) : strlen(path);
}

static gint compare_folders(gconstpointer a, gconstpointer b)
{
    const struct folder *first = a, *second = b;
    if (first->files != second->files)
        return first->files < second->files ? 1 : -1;
    size_t length = MIN(first->length, second->length);
    int order = memcmp(first->path, second->path, length);
    return order ? order : (first->length > second->length) - (first->length < second->length);
}

/* The folders (struct folder) of FILES, which are sorted by path, most files first. */
static GArray *gather(const GArray *files, guint depth)
{
    GArray *folders = g_array_new(FALSE, FALSE, sizeof(struct folder));
    GHashTable *places = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_array_index(files, struct particulars_file, i).path;
        struct folder folder = {path, folder_length(path, depth), 1};
        char *name = g_strndup(path, folder.length);
        gpointer place = g_hash_table_lookup(places, name);
        if (place) {
            g_array_index(folders, struct folder, GPOINTER_TO_UINT(place) - 1).files++;
            g_free(name);
            continue;
        }
        g_array_append_val(folders, folder);
        g_hash_table_insert(places, name, GUINT_TO_POINTER(folders->len));
    }
    g_hash_table_unref(places);
    g_array_sort(folders, compare_folders);
    return folders;
}

static void append_folder(const struct folder *folder, GString *text)
{
    /* One file by its name says more than its folder. */
    if (folder->files == 1)
        g_string_append(text, folder->path);
    else
        g_string_append_printf(text, "%.*s (%u)", (int)folder->length, folder->path, folder->files);
}

/* ": fs/btrfs (9), include/linux (3)", as many as there is room for in WIDTH cells. Returns how many
 * files they have. */
static guint append_folders(const GArray *folders, int width, GString *text)
{
    guint named = 0, files = 0;
    for (; named < MIN(folders->len, FOLDERS_NAMED); named++) {
        const struct folder *folder = &g_array_index(folders, struct folder, named);
        size_t before = text->len;
        g_string_append(text, named ? ", " : ": ");
        append_folder(folder, text);
        /* " and 12 more" */
        int reserve = named + 1 < folders->len ? 13 : 0;
        if (named && glyph_columns(text->str, text->len, G_MAXINT) > width - reserve) {
            g_string_truncate(text, before);
            break;
        }
        files += folder->files;
    }
    if (named < folders->len)
        g_string_append_printf(text, " and %u more", folders->len - named);
    return files;
}

/* The same by names of DEPTH parts. False if that leaves too much out. */
static bool append_by_depth(const GArray *files, guint depth, guint percent, int width,
                            GString *text)
{
    size_t before = text->len;
    GArray *folders = gather(files, depth);
    guint named = append_folders(folders, width, text);
    bool enough = (guint64)named * 100 >= (guint64)files->len * percent &&
                  glyph_columns(text->str, text->len, G_MAXINT) <= width;
    if (!enough)
        g_string_truncate(text, before);
    g_array_unref(folders);
    return enough;
}

void facts_append_files(const struct particulars *particulars, int width, GString *text)
{
    const GArray *files = particulars->files;
    bool enough = false;
    if (!files->len) {
        g_string_append(text, "none");
        return;
    }
    g_string_append_printf(text, "%u file%s, +%u -%u", files->len, files->len == 1 ? "" : "s",
                           particulars->added, particulars->removed);
    if (files->len <= FILES_NAMED)
        enough = append_by_depth(files, 0, 100, width, text);
    for (guint depth = DEPTH_MOST; depth >= DEPTH_LEAST && !enough; depth--)
        enough = append_by_depth(files, depth, NAMED_LEAST, width, text);
    for (guint depth = DEPTH_MOST; depth > 0 && !enough; depth--)
        enough = append_by_depth(files, depth, depth == 1 ? 0 : NAMED_LEAST / 2, width, text);
}
