/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt_history.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a longer file only the end is read: it is no history that was written here. */
#define FILE_BYTES_MAX (4 << 20)

/* Lines of a kind that are taken from a file: the most that the setting "history" can be. */
#define FILE_LINES_MAX 10000

static const char *const kind_names[HISTORY_COUNT] = {
    [HISTORY_COMMAND] = "command", [HISTORY_PATTERN] = "pattern", [HISTORY_SEARCH] = "search",
    [HISTORY_FILE] = "file",       [HISTORY_SHELL] = "shell",
};

struct prompt_history {
    char *path;                            /* or NULL */
    GPtrArray *lines[HISTORY_COUNT + 1];   /* the last, of HISTORY_NONE, stays empty */
    GPtrArray *added[HISTORY_COUNT];       /* since it was read or saved */
};

static struct prompt_history *make_empty(void)
{
    struct prompt_history *history = g_new0(struct prompt_history, 1);
    for (int kind = 0; kind <= HISTORY_COUNT; kind++)
        history->lines[kind] = g_ptr_array_new_with_free_func(g_free);
    for (int kind = 0; kind < HISTORY_COUNT; kind++)
        history->added[kind] = g_ptr_array_new_with_free_func(g_free);
    return history;
}

static void reverse(GPtrArray *array)
{
    for (guint i = 0, j = array->len; i + 1 < j; i++) {
        gpointer other = array->pdata[--j];
        array->pdata[j] = array->pdata[i];
        array->pdata[i] = other;
    }
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

/* Of LINE: its kind, and in *TEXT what stands behind it. HISTORY_NONE if it is nothing of ours. */
static enum prompt_history_kind parse_line(const char *line, const char **text)
{
    const char *colon = strchr(line, ':');
    for (int kind = 0; colon && kind < HISTORY_COUNT; kind++) {
        size_t length = strlen(kind_names[kind]);
        if (length != (size_t)(colon - line) || strncmp(line, kind_names[kind], length) != 0)
            continue;
        *text = colon + 1;
        return !is_blank(*text) && g_utf8_validate(*text, -1, NULL) ? (enum prompt_history_kind)kind
                                                                    : HISTORY_NONE;
    }
    return HISTORY_NONE;
}

/* Takes what the lines of BYTES, which is written to, say. From the last one on, so that what
 * stands there twice is known by its newest without looking through all. */
static void take_lines(struct prompt_history *history, char *bytes)
{
    GHashTable *seen[HISTORY_COUNT];
    for (int kind = 0; kind < HISTORY_COUNT; kind++)
        seen[kind] = g_hash_table_new(g_str_hash, g_str_equal);
    for (char *end = bytes + strlen(bytes); end;) {
        char *start = memrchr(bytes, '\n', (size_t)(end - bytes));
        const char *text;
        *end = '\0';
        enum prompt_history_kind kind = parse_line(start ? start + 1 : bytes, &text);
        if (kind != HISTORY_NONE && history->lines[kind]->len < FILE_LINES_MAX &&
            !g_hash_table_contains(seen[kind], text)) {
            char *line = g_strdup(text);
            g_ptr_array_add(history->lines[kind], line);
            g_hash_table_add(seen[kind], line);
        }
        end = start;
    }
    for (int kind = 0; kind < HISTORY_COUNT; kind++) {
        reverse(history->lines[kind]);
        g_hash_table_unref(seen[kind]);
    }
}

/* The end of the file PATH, NUL-terminated; "" if it is no file that can be read. */
static char *read_end(const char *path)
{
    /* Without blocking, lest somebody has put a pipe there. */
    int descriptor = path ? g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0) : -1;
    struct stat status;
    GString *bytes = g_string_new(NULL);
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        off_t start = MAX(status.st_size - FILE_BYTES_MAX, 0);
        char buffer[8192];
        ssize_t length;
        while (bytes->len < FILE_BYTES_MAX &&
               (length = pread(descriptor, buffer, sizeof buffer, start + (off_t)bytes->len)) > 0)
            g_string_append_len(bytes, buffer, length);
    }
    if (descriptor >= 0)
        close(descriptor);
    for (gsize i = 0; i < bytes->len; i++)
        if (bytes->str[i] == '\0')
            bytes->str[i] = '\n';
    return g_string_free(bytes, FALSE);
}

struct prompt_history *prompt_history_new(const char *path)
{
    struct prompt_history *history = make_empty();
    char *bytes = read_end(path);
    history->path = g_strdup(path);
    take_lines(history, bytes);
    g_free(bytes);
    return history;
}

void prompt_history_free(struct prompt_history *history)
{
    if (!history)
        return;
    for (int kind = 0; kind <= HISTORY_COUNT; kind++)
        g_ptr_array_unref(history->lines[kind]);
    for (int kind = 0; kind < HISTORY_COUNT; kind++)
        g_ptr_array_unref(history->added[kind]);
    g_free(history->path);
    g_free(history);
}

/* Makes TEXT the last of LINES, of which at most MAX stay. */
static void add_line(GPtrArray *lines, const char *text, size_t max)
{
    guint index;
    if (g_ptr_array_find_with_equal_func(lines, text, g_str_equal, &index))
        g_ptr_array_remove_index(lines, index);
    g_ptr_array_add(lines, g_strdup(text));
    if (lines->len > max)
        g_ptr_array_remove_range(lines, 0, lines->len - (guint)max);
}

void prompt_history_add(struct prompt_history *history, enum prompt_history_kind kind,
                        const char *text, size_t max)
{
    if (kind == HISTORY_NONE || is_blank(text))
        return;
    add_line(history->lines[kind], text, max);
    /* One of several lines cannot stand in the file. */
    if (!strpbrk(text, "\r\n"))
        add_line(history->added[kind], text, max);
}

const GPtrArray *prompt_history_lines(const struct prompt_history *history,
                                      enum prompt_history_kind kind)
{
    return history->lines[kind];
}

static bool nothing_added(const struct prompt_history *history)
{
    for (int kind = 0; kind < HISTORY_COUNT; kind++)
        if (history->added[kind]->len)
            return false;
    return true;
}

/* Has others that save wait until the descriptor is closed. Where the folder cannot be locked
 * (some network file systems) two that save at the same time may lose lines. */
static int lock_folder(const char *folder)
{
    int descriptor = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (descriptor >= 0)
        while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR)
            ;
    return descriptor;
}

/* What the file is to hold: what is there by now, and what was added here. */
static char *merge(const struct prompt_history *history, size_t max)
{
    struct prompt_history *merged = prompt_history_new(history->path);
    GString *text = g_string_new(NULL);
    for (int kind = 0; kind < HISTORY_COUNT; kind++) {
        const GPtrArray *lines = merged->lines[kind];
        for (guint i = 0; i < history->added[kind]->len; i++)
            add_line(merged->lines[kind], history->added[kind]->pdata[i], max);
        for (guint i = lines->len > max ? lines->len - (guint)max : 0; i < lines->len; i++)
            g_string_append_printf(text, "%s:%s\n", kind_names[kind],
                                   (const char *)lines->pdata[i]);
    }
    prompt_history_free(merged);
    return g_string_free(text, FALSE);
}

bool prompt_history_save(struct prompt_history *history, size_t max, GError **error)
{
    if (!history->path || max == 0 || nothing_added(history))
        return true;
    char *folder = g_path_get_dirname(history->path);
    g_mkdir_with_parents(folder, 0700);
    int lock = lock_folder(folder);
    char *text = merge(history, max);
    bool saved = g_file_set_contents_full(history->path, text, -1,
                                          G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
    for (int kind = 0; saved && kind < HISTORY_COUNT; kind++)
        g_ptr_array_set_size(history->added[kind], 0);
    if (lock >= 0)
        close(lock);
    g_free(text);
    g_free(folder);
    return saved;
}
