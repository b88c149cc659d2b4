/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "project/applying_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders of runs, among the user's temporary files. Each is locked, by flock(2), as long as its
 * run lives; their parent while one is made and not locked yet, and while those of dead runs are
 * removed. */
#define RUN_PREFIX "run-"

/* Where folders of runs are. The caller frees it. */
static char *parent_folder(void)
{
    return g_build_filename(g_get_user_cache_dir(), "pore", "applying", NULL);
}

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

static void remove_folder(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Removes the folder of a run at PATH, unless that lives or is another user's. */
static void remove_dead(const char *path)
{
    int descriptor = open_folder(path);
    struct stat status;

    if (descriptor < 0)
        return;
    if (fstat(descriptor, &status) == 0 && status.st_uid == geteuid() &&
        flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        remove_folder(path);
    close(descriptor);
}

void applying_clean(void)
{
    char *parent = parent_folder();
    int lock = open_folder(parent);
    GDir *folder = lock >= 0 && flock(lock, LOCK_EX) == 0 ? g_dir_open(parent, 0, NULL) : NULL;
    const char *name;

    while (folder && (name = g_dir_read_name(folder)) != NULL) {
        char *path = g_build_filename(parent, name, NULL);

        if (g_str_has_prefix(name, RUN_PREFIX))
            remove_dead(path);
        g_free(path);
    }
    if (folder)
        g_dir_close(folder);
    if (lock >= 0)
        close(lock);
    g_free(parent);
}

bool applying_make_folder(struct run *run, GError **error)
{
    char *parent = parent_folder();
    char *folder = g_build_filename(parent, RUN_PREFIX "XXXXXX", NULL);
    int lock;

    g_mkdir_with_parents(parent, 0700);
    lock = open_folder(parent);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    if (g_mkdtemp_full(folder, 0700)) {
        run->folder = g_steal_pointer(&folder);
        run->tree = g_build_filename(run->folder, "tree", NULL);
        run->lock = open_folder(run->folder);
        if (run->lock >= 0)
            flock(run->lock, LOCK_EX | LOCK_NB);
    } else {
        applying_error(error, "cannot make a folder in %s: %s", parent, g_strerror(errno));
    }
    if (lock >= 0)
        close(lock);
    g_free(folder);
    g_free(parent);
    return run->folder != NULL;
}

void applying_remove_folder(struct run *run)
{
    if (run->folder)
        remove_folder(run->folder);
    if (run->lock >= 0)
        close(run->lock);
    run->lock = -1;
    g_clear_pointer(&run->tree, g_free);
    g_clear_pointer(&run->folder, g_free);
}

bool applying_write(const struct run *run, const char *name, const GString *bytes,
                       GError **error)
{
    char *path = g_build_filename(run->folder, name, NULL);
    GError *problem = NULL;
    bool written = g_file_set_contents_full(path, bytes->str, (gssize)bytes->len,
                                            G_FILE_SET_CONTENTS_NONE, 0600, &problem);

    if (!written) {
        applying_error(error, "%s", problem->message);
        g_error_free(problem);
    }
    g_free(path);
    return written;
}
