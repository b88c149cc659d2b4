/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drafts.h"

#include "save.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As of a mail in a file: editors know it by that. */
#define SUFFIX ".eml"

/* Bytes of a title in a name: the whole path is to be seen in a message. */
#define TITLE_BYTES_MAX 16

/* Drafts of one second that are called the same. */
#define SAME_MAX 100

G_DEFINE_QUARK(pore-drafts-error-quark, drafts_error)

static char *folder_path(void)
{
    return g_build_filename(g_get_user_state_dir(), "pore", "drafts", NULL);
}

char *drafts_path(const char *name)
{
    return g_build_filename(g_get_user_state_dir(), "pore", "drafts", name, NULL);
}

char *drafts_display(const char *path)
{
    const char *home = g_get_home_dir();
    size_t length = strlen(home);
    if (length > 1 && g_str_has_prefix(path, home) && path[length] == '/') {
        char *rest = g_filename_display_name(path + length);
        char *shown = g_strconcat("~", rest, NULL);
        g_free(rest);
        return shown;
    }
    return g_filename_display_name(path);
}

static void set_error(GError **error, const char *path, int number)
{
    char *shown = drafts_display(path);
    g_set_error(error, DRAFTS_ERROR, 0, "%s: %s", shown, g_strerror(number));
    g_free(shown);
}

/* What a draft that is begun now with TITLE is called, without the suffix. */
static char *make_name(const char *title)
{
    GDateTime *now = g_date_time_new_now_local();
    char *stamp = g_date_time_format(now, "%Y%m%d-%H%M%S");
    char *words = save_suggest(title, 0);
    size_t length = MIN(strlen(words) - strlen(".mbox"), (size_t)TITLE_BYTES_MAX);
    while (length > 0 && strchr("-.", words[length - 1]))
        length--;
    words[length] = '\0';
    char *name = g_strdup_printf("%s-%s", stamp, words);
    g_free(words);
    g_free(stamp);
    g_date_time_unref(now);
    return name;
}

/* Makes a file that was not there. Its descriptor, and its path in *PATH; -1 with an error. */
static int create(const char *title, char **path, GError **error)
{
    char *stem = make_name(title);
    int descriptor = -1;
    *path = NULL;
    for (int i = 1; descriptor < 0 && i <= SAME_MAX && (i == 1 || errno == EEXIST); i++) {
        char *name = i == 1 ? g_strconcat(stem, SUFFIX, NULL)
                            : g_strdup_printf("%s-%d" SUFFIX, stem, i);
        g_free(*path);
        *path = drafts_path(name);
        descriptor = g_open(*path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        g_free(name);
    }
    if (descriptor < 0) {
        set_error(error, *path, errno);
        g_clear_pointer(path, g_free);
    }
    g_free(stem);
    return descriptor;
}

/* Has the name of a new file in FOLDER, too, written to the disk. Not all file systems can do
 * that for a folder: they say EINVAL. */
static bool sync_folder(const char *folder)
{
    int descriptor = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    bool synced = descriptor >= 0 && (fsync(descriptor) == 0 || errno == EINVAL);
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

char *drafts_write(const char *title, const GString *text, GError **error)
{
    char *folder = folder_path();
    char *path = NULL;
    int descriptor = -1;
    if (g_mkdir_with_parents(folder, 0700) != 0)
        set_error(error, folder, errno);
    else
        descriptor = create(title, &path, error);
    if (descriptor >= 0) {
        bool written = save_write_all(descriptor, text->str, text->len) &&
                       fsync(descriptor) == 0 && sync_folder(folder);
        int number = errno;
        close(descriptor);
        if (!written) {
            set_error(error, path, number);
            g_unlink(path);
            g_clear_pointer(&path, g_free);
        }
    }
    g_free(folder);
    return path;
}

/* The later name first; "x-2" was made after "x", whatever their suffixes say. */
static gint compare_backwards(gconstpointer a, gconstpointer b)
{
    const char *first = *(const char *const *)a, *second = *(const char *const *)b;
    size_t length = strlen(first) - strlen(SUFFIX), other = strlen(second) - strlen(SUFFIX);
    int order = memcmp(second, first, MIN(length, other));
    return order ? order : (other > length) - (other < length);
}

GPtrArray *drafts_list(void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    char *folder = folder_path();
    GDir *directory = g_dir_open(folder, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory))) {
        char *path = drafts_path(name);
        struct stat status;
        if (name[0] != '.' && g_str_has_suffix(name, SUFFIX) && lstat(path, &status) == 0 &&
            S_ISREG(status.st_mode))
            g_ptr_array_add(names, g_strdup(name));
        g_free(path);
    }
    if (directory)
        g_dir_close(directory);
    g_ptr_array_sort(names, compare_backwards);
    g_free(folder);
    return names;
}

/* Reads all of DESCRIPTOR, a file of SIZE bytes; NULL with errno set. */
static GString *read_all(int descriptor, size_t size)
{
    GString *text = g_string_sized_new(size + 1);
    char buffer[65536];
    ssize_t length;
    do {
        length = read(descriptor, buffer, sizeof buffer);
        if (length > 0)
            g_string_append_len(text, buffer, length);
        if (text->len > DRAFTS_BYTES_MAX) {
            errno = EFBIG;
            length = -1;
        }
    } while (length > 0 || (length < 0 && errno == EINTR));
    if (length == 0)
        return text;
    g_string_free(text, TRUE);
    return NULL;
}

GString *drafts_read(const char *path, GError **error)
{
    int descriptor = g_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
    struct stat status;
    GString *text = NULL;
    bool regular = descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    if (regular)
        text = read_all(descriptor, MIN((size_t)status.st_size, (size_t)DRAFTS_BYTES_MAX));
    else if (descriptor >= 0)
        errno = EINVAL;
    if (!text)
        set_error(error, path, errno);
    if (descriptor >= 0)
        close(descriptor);
    return text;
}

bool drafts_remove(const char *path, GError **error)
{
    if (g_unlink(path) == 0)
        return true;
    set_error(error, path, errno);
    return false;
}
