/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/sync.h"

#include "archive/fetch.h"
#include "archive/repository.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is added to the name of a repository while it is being made. */
#define UNFINISHED ".sync"

/* What git clone --mirror configures. */
#define MIRROR "+refs/*:refs/*"

/* --- folders ---------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

static int remove_inside(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type;
    return place->level > 0 ? remove(path) : 0;
}

static bool set_file_error(GError **error, const char *path, int number)
{
    g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: %s", path, g_strerror(number));
    return false;
}

/* Makes the folder PATH, or empties what a sync that was killed has left there. Returns it
 * locked, as fetch_lock() does. */
static int take_folder(const char *path, GError **error)
{
    struct stat locked, there;

    if (g_mkdir_with_parents(path, 0777) != 0) {
        set_file_error(error, path, errno);
        return -1;
    }
    int lock = fetch_lock(path, error);
    if (lock < 0)
        return -1;
    /* Whoever had it may have finished it in between: then it has another name now. */
    if (fstat(lock, &locked) != 0 || stat(path, &there) != 0 || locked.st_ino != there.st_ino) {
        set_file_error(error, path, EBUSY);
        g_close(lock, NULL);
        return -1;
    }
    nftw(path, remove_inside, 16, FTW_DEPTH | FTW_PHYS);
    return lock;
}

/* Is there nothing at PATH, or an empty folder? */
static bool is_vacant(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno == ENOENT;
    GDir *entries = g_dir_open(path, 0, NULL);
    bool vacant = entries != NULL && g_dir_read_name(entries) == NULL;
    g_clear_pointer(&entries, g_dir_close);
    return vacant;
}

/* --- making a repository ---------------------------------------------------- */

/* Has REPOSITORY mirror URL, by its own configuration: where that could not be opened, libgit2 would
 * write to the user's. */
static bool write_origin(git_repository *repository, const char *url)
{
    git_config *config = NULL, *own = NULL;
    bool written = git_repository_config(&config, repository) == 0
                   && git_config_open_level(&own, config, GIT_CONFIG_LEVEL_LOCAL) == 0
                   && git_config_set_string(own, "remote.origin.url", url) == 0
                   && git_config_set_string(own, "remote.origin.fetch", MIRROR) == 0
                   && git_config_set_bool(own, "remote.origin.mirror", 1) == 0;

    git_config_free(own);
    git_config_free(config);
    return written;
}

/* An empty mirror of URL in the empty folder PATH. False with libgit2's error. */
static bool init_mirror(const char *path, const char *url, struct epoch *epoch,
                        git_remote **remote)
{
    git_repository_init_options options = { .version = GIT_REPOSITORY_INIT_OPTIONS_VERSION };

    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT;
    options.initial_head = "master";
    return git_repository_init_ext(&epoch->repository, path, &options) == 0
           && git_repository_odb(&epoch->odb, epoch->repository) == 0
           && write_origin(epoch->repository, url)
           && git_remote_lookup(remote, epoch->repository, "origin") == 0;
}

/* Fetches all of URL into the empty folder PATH. */
static bool fill_mirror(struct fetch *fetch, const char *path, const char *url, GError **error)
{
    char *shown = fetch_shown_url(url);
    struct epoch epoch = { .path = shown };
    git_remote *remote = NULL;
    bool done = init_mirror(path, url, &epoch, &remote);

    if (!done)
        archive_set_git_error(error, ARCHIVE_ERROR_SYNC, "%s", path);
    done = done && fetch_remote(fetch, &epoch, remote, error);
    if (done && epoch_form(&epoch, NULL) == ARCHIVE_FOREIGN) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: not a mail archive", shown);
        done = false;
    }
    git_remote_free(remote);
    git_odb_free(epoch.odb);
    git_repository_free(epoch.repository);
    g_free(shown);
    return done;
}

/* Gives the folder BESIDE, which is LOCKed, the name PATH if it is whole (DONE), and removes it
 * otherwise. Returns whether PATH is there. */
static bool finish_folder(const char *beside, const char *path, int lock, bool done,
                          GError **error)
{
    if (done && g_rename(beside, path) != 0)
        done = set_file_error(error, path, errno);
    if (!done)
        nftw(beside, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_close(lock, NULL);
    return done;
}

/* Makes a mirror of URL at PATH, beside it as long as it is not whole. With fetch->missing there
 * is no repository at URL, as far as can be told. */
static bool add_mirror(struct fetch *fetch, const char *url, const char *path, GError **error)
{
    char *beside = g_strconcat(path, UNFINISHED, NULL);
    int lock = take_folder(beside, error);
    bool done = lock >= 0
                && finish_folder(beside, path, lock, fill_mirror(fetch, beside, url, error), error);

    g_free(beside);
    return done;
}

/* --- epochs ----------------------------------------------------------------- */

/* URL with the number it ends in, before a ".git" if there is one, raised by one; NULL if it
 * ends in none. As lists are kept: LIST/0, LIST/git/0.git, and on forges LIST.0. */
static char *next_url(const char *url)
{
    char *start = g_strdup(url);
    const char *suffix = "";
    char *next = NULL;

    while (g_str_has_suffix(start, "/"))
        start[strlen(start) - 1] = '\0';
    if (g_str_has_suffix(start, ".git")) {
        suffix = ".git";
        start[strlen(start) - strlen(suffix)] = '\0';
    }
    size_t length = strlen(start), digits = 0;
    while (digits < length && g_ascii_isdigit(start[length - digits - 1]))
        digits++;
    if (digits > 0 && digits < 9 && digits < length
        && strchr("/.", start[length - digits - 1]) != NULL) {
        long number = strtol(start + length - digits, NULL, 10);
        start[length - digits] = '\0';
        next = g_strdup_printf("%s%ld%s", start, number + 1, suffix);
    }
    g_free(start);
    return next;
}

/* Makes mirrors of the epochs behind the one with NUMBER in FOLDER, which is at URL, until there is
 * none. */
static bool add_epochs(struct fetch *fetch, const char *folder, long number, const char *url,
                       GError **error)
{
    char *next = next_url(url);
    bool found = next != NULL, failed = false;

    while (found) {
        char *path = g_strdup_printf("%s/%ld.git", folder, ++number);
        char *name = g_path_get_basename(path);
        GError *failure = NULL;
        fetch_begin(fetch, name);
        found = add_mirror(fetch, next, path, &failure);
        if (found) {
            fetch->result->new_epochs++;
            char *last = next;
            next = next_url(last);
            g_free(last);
        } else if (fetch->missing) {
            g_clear_error(&failure);
        } else {
            g_propagate_error(error, failure);
            failed = true;
        }
        g_free(name);
        g_free(path);
    }
    g_free(next);
    return !failed;
}

/* The newest epoch of an inbox that has a remote says where the next one would be. */
static bool look_for_epochs(struct fetch *fetch, const struct archive *archive, GError **error)
{
    const char *path = archive->epochs[archive->count - 1].path;
    char *folder = g_path_get_dirname(path);
    char *name = g_path_get_basename(path);
    git_remote *remote = fetch_find_remote(&archive->epochs[archive->count - 1], NULL);
    bool done = remote == NULL || add_epochs(fetch, folder, strtol(name, NULL, 10),
                                             git_remote_url(remote), error);

    git_remote_free(remote);
    g_free(name);
    g_free(folder);
    return done;
}

/* --- whole archives --------------------------------------------------------- */

/* What ends a sync of several epochs at once: the next one would meet the same. */
static bool is_final(const struct fetch *fetch)
{
    return fetch->cancelled || fetch->watch.error != NULL;
}

static bool fetch_epoch(struct fetch *fetch, struct epoch *epoch, git_remote *remote,
                        GError **error)
{
    int lock = fetch_lock(git_repository_commondir(epoch->repository), error);
    bool done = lock >= 0 && fetch_remote(fetch, epoch, remote, error);

    if (lock >= 0)
        g_close(lock, NULL);
    return done;
}

/* Fetches the epochs of ARCHIVE that have a remote, the newest first. Goes on where one cannot be
 * fetched; the first failure is reported. */
static bool fetch_epochs(struct fetch *fetch, struct archive *archive, bool inbox,
                         GError **error)
{
    GError *failure = NULL, *lonely = NULL;
    bool any = false;

    for (size_t i = archive->count; i-- > 0 && !is_final(fetch);) {
        struct epoch *epoch = &archive->epochs[i];
        char *name = inbox ? g_path_get_basename(epoch->path) : g_strdup(archive->name);
        git_remote *remote = fetch_find_remote(epoch, lonely == NULL ? &lonely : NULL);
        any = any || remote != NULL;
        fetch_begin(fetch, name);
        if (remote != NULL)
            fetch_epoch(fetch, epoch, remote, failure == NULL ? &failure : NULL);
        git_remote_free(remote);
        g_free(name);
    }
    if (!any)
        failure = g_steal_pointer(&lonely);
    g_clear_error(&lonely);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

bool sync_archive(const char *path, sync_report *report, void *data, struct sync_result *result,
                  GError **error)
{
    struct archive *archive = archive_open_for_import(path, error);
    GError *failure = NULL;
    struct fetch fetch;

    *result = (struct sync_result) { 0 };
    if (archive == NULL)
        return false;
    bool inbox = strcmp(archive->epochs[0].path, archive->path) != 0;
    fetch_init(&fetch, report, data, result);
    fetch_epochs(&fetch, archive, inbox, &failure);
    if (inbox && !is_final(&fetch))
        look_for_epochs(&fetch, archive, failure == NULL ? &failure : NULL);
    fetch_clear(&fetch);
    archive_close(archive);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* Makes the first epoch of an inbox in FOLDER, which is empty. Returns its URL; NULL where it
 * cannot be had, with fetch->missing if there is none, and FOLDER is empty again. */
static char *fill_inbox(struct fetch *fetch, const char *folder, const char *url, GError **error)
{
    static const char *const layouts[] = { "/0", "/git/0.git", "/0.git" };
    char *path = g_build_filename(folder, "git", "0.git", NULL);
    char *epoch = NULL;
    bool done = false;

    for (size_t i = 0; !done && (i == 0 || fetch->missing) && i < G_N_ELEMENTS(layouts); i++) {
        fetch_begin(fetch, "0.git");
        g_free(epoch);
        epoch = g_strconcat(url, layouts[i], NULL);
        g_clear_error(error);
        if (g_mkdir_with_parents(path, 0777) == 0)
            done = fill_mirror(fetch, path, epoch, error);
        else
            set_file_error(error, path, errno);
        if (!done)
            nftw(folder, remove_inside, 16, FTW_DEPTH | FTW_PHYS);
    }
    if (!done)
        g_clear_pointer(&epoch, g_free);
    g_free(path);
    return epoch;
}

/* Makes a mirror of URL at PATH, with all the epochs there are. */
static bool make_mirror(struct fetch *fetch, const char *url, const char *path, GError **error)
{
    char *beside = g_strconcat(path, UNFINISHED, NULL);
    char *name = g_path_get_basename(path);
    int lock = take_folder(beside, error);
    char *epoch = lock >= 0 ? fill_inbox(fetch, beside, url, error) : NULL;
    bool done = epoch != NULL;

    if (lock >= 0 && !done && fetch->missing) {
        g_clear_error(error);
        fetch_begin(fetch, name);
        done = fill_mirror(fetch, beside, url, error);
    }
    if (lock >= 0)
        done = finish_folder(beside, path, lock, done, error);
    if (done && epoch != NULL) {
        char *folder = g_build_filename(path, "git", NULL);
        fetch->result->new_epochs++;
        done = add_epochs(fetch, folder, 0, epoch, error);
        g_free(folder);
    }
    g_free(epoch);
    g_free(name);
    g_free(beside);
    return done;
}

bool sync_mirror(const char *url, const char *path, sync_report *report, void *data,
                 struct sync_result *result, GError **error)
{
    char *whole = g_canonicalize_filename(path, NULL);
    char *from = g_file_test(url, G_FILE_TEST_EXISTS) ? g_canonicalize_filename(url, NULL)
                                                      : g_strdup(url);
    GError *failure = NULL;
    struct fetch fetch;
    bool done = false;

    *result = (struct sync_result) { 0 };
    while (g_str_has_suffix(from, "/"))
        from[strlen(from) - 1] = '\0';
    fetch_init(&fetch, report, data, result);
    if (is_vacant(whole))
        done = make_mirror(&fetch, from, whole, &failure);
    else
        g_set_error(&failure, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC,
                    "%s: there is something already", path);
    fetch_clear(&fetch);
    g_free(from);
    g_free(whole);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return done;
}
