/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/packs.h"
#include "archive/repository.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reading a pack from end to end wants a window that moves along with it, not the whole
 * pack mapped. Measured: a quarter of the memory, and faster. */
#define MAPPED_WINDOW ((size_t)8 << 20)
#define MAPPED_LIMIT ((size_t)64 << 20)

GQuark archive_error_quark(void)
{
    return g_quark_from_static_string("pore-archive-error");
}

/* Leaves git's configuration of LEVEL, FOLDER/NAME, alone where it may not be read, as by a service
 * that has the home of another: libgit2 would open no archive. */
static void pass_over_forbidden(git_config_level_t level, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0 && errno == EACCES)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
}

bool archive_startup(bool verify)
{
    /* What a clone may declare that changes nothing for a reader: in a partial clone some mails
     * are missing, and are reported as such. */
    static const char *const extensions[] = { "partialclone", "preciousobjects",
                                              "worktreeconfig" };

    if (git_libgit2_init() < 0)
        return false;
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, verify ? 1 : 0);
    /* Each object is read once. */
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, MAPPED_WINDOW);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAPPED_LIMIT);
    /* Mirrors usually belong to the user who fetches them, not to the one who reads. Git
     * refuses those because their configuration can name programs to run; pore never runs any. */
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, G_N_ELEMENTS(extensions));
    pass_over_forbidden(GIT_CONFIG_LEVEL_GLOBAL, g_get_home_dir(), ".gitconfig");
    pass_over_forbidden(GIT_CONFIG_LEVEL_XDG, g_get_user_config_dir(), "git/config");
    return true;
}

void archive_shutdown(void)
{
    git_libgit2_shutdown();
}

char *clean_line(char *text)
{
    for (char *at = text; *at != '\0'; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    return text;
}

void archive_set_git_error(GError **error, enum archive_error code, const char *format, ...)
{
    const git_error *last = git_error_last();
    va_list arguments;

    va_start(arguments, format);
    char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    char *why = clean_line(g_strdup(last != NULL ? last->message : "unknown error"));
    g_set_error(error, ARCHIVE_ERROR, code, "%s: %s", what, why);
    g_free(why);
    g_free(what);
}

/* Remembers the state of the packs, to notice when they are replaced. */
static void stat_packs(const git_repository *repository, struct epoch *epoch)
{
    char *path = g_build_filename(git_repository_commondir(repository), "objects", "pack", NULL);
    struct stat status;

    if (stat(path, &status) != 0)
        memset(&status, 0, sizeof status);
    epoch->packs_changed = status.st_mtim;
    epoch->packs_inode = status.st_ino;
    g_free(path);
}

/* Where the object database of REPOSITORY is; the caller frees it. */
static char *objects_path(const git_repository *repository)
{
    return g_build_filename(git_repository_commondir(repository), "objects", NULL);
}

/* Opens EPOCH at PATH for READER; its packs are those of ANOTHER handle, if there is one. A code of
 * libgit2: GIT_ENOTFOUND where there is no repository. Never looks into the folders above, where an
 * unrelated repository might be. */
static int open_epoch(struct epoch *epoch, const char *path, const struct epoch *another,
                      struct packs_reader *reader)
{
    struct epoch opened = { .reader = reader };
    int code = git_repository_open_ext(&opened.repository, path, GIT_REPOSITORY_OPEN_NO_SEARCH,
                                       NULL);

    if (code < 0)
        return code;
    stat_packs(opened.repository, &opened);
    code = git_repository_odb(&opened.odb, opened.repository);
    if (code < 0) {
        git_repository_free(opened.repository);
        return code;
    }
    opened.path = g_strdup(path);
    if (another != NULL) {
        opened.packs = packs_ref(another->packs);
    } else {
        char *objects = objects_path(opened.repository);
        opened.packs = packs_new(objects);
        g_free(objects);
    }
    packs_attach(opened.packs, reader, opened.odb);
    *epoch = opened;
    return 0;
}

static void close_epoch(struct epoch *epoch)
{
    git_odb_free(epoch->odb);
    git_repository_free(epoch->repository);
    if (epoch->packs != NULL)
        packs_unref(epoch->packs);
    g_free(epoch->path);
}

bool epoch_reopen(struct epoch *epoch)
{
    struct epoch now = { 0 };
    git_odb *none = NULL;

    stat_packs(epoch->repository, &now);
    if (now.packs_inode == epoch->packs_inode
        && now.packs_changed.tv_sec == epoch->packs_changed.tv_sec
        && now.packs_changed.tv_nsec == epoch->packs_changed.tv_nsec)
        return false;
    epoch->packs_inode = now.packs_inode;
    epoch->packs_changed = now.packs_changed;
    /* The old database has to be gone before the new one is opened, for libgit2 shares the packs
     * among all that are open. */
    if (git_odb_new(&none) < 0 || git_repository_set_odb(epoch->repository, none) < 0) {
        git_odb_free(none);
        return false;
    }
    git_odb_free(epoch->odb);
    epoch->odb = none;
    char *path = objects_path(epoch->repository);
    bool opened = git_odb_open(&now.odb, path) == 0
                  && git_repository_set_odb(epoch->repository, now.odb) == 0;
    g_free(path);
    if (!opened)
        return false;
    git_odb_free(none);
    epoch->odb = now.odb;
    if (epoch->packs != NULL)
        packs_attach(epoch->packs, epoch->reader, epoch->odb);
    return true;
}

/* The branch to read where HEAD names none that exists, as in a repository that was made by
 * git init and fetched into under another default name. */
static char *find_only_branch(git_repository *repository)
{
    git_branch_iterator *iterator = NULL;
    git_reference *reference = NULL;
    git_branch_t type;
    char *found = NULL;
    bool several = false;

    if (git_reference_lookup(&reference, repository, "refs/heads/master") == 0) {
        git_reference_free(reference);
        return g_strdup("refs/heads/master");
    }
    if (git_branch_iterator_new(&iterator, repository, GIT_BRANCH_LOCAL) < 0)
        return NULL;
    while (!several && git_branch_next(&reference, &type, iterator) == 0) {
        several = found != NULL;
        if (!several)
            found = g_strdup(git_reference_name(reference));
        git_reference_free(reference);
    }
    git_branch_iterator_free(iterator);
    if (several)
        g_clear_pointer(&found, g_free);
    return found;
}

bool epoch_head(const struct epoch *epoch, git_oid *id, char **branch)
{
    git_reference *head = NULL;
    char *name = NULL;

    if (branch != NULL)
        *branch = NULL;
    if (git_repository_head(&head, epoch->repository) == 0) {
        if (git_reference_is_branch(head))
            name = g_strdup(git_reference_name(head));
        *id = *git_reference_target(head);
        git_reference_free(head);
    } else {
        name = find_only_branch(epoch->repository);
        if (name == NULL || git_reference_name_to_id(id, epoch->repository, name) < 0) {
            g_free(name);
            return false;
        }
    }
    if (branch != NULL)
        *branch = name;
    else
        g_free(name);
    return true;
}

/* The number that an epoch's folder is named by ("12.git"), or -1. */
static long epoch_number(const char *name)
{
    size_t digits = strspn(name, "0123456789");

    if (digits == 0 || digits > 8 || strcmp(name + digits, ".git") != 0)
        return -1;
    return strtol(name, NULL, 10);
}

static gint compare_numbers(gconstpointer a, gconstpointer b)
{
    const long *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* The numbers of the epochs in FOLDER, ascending (long); NULL if there are none. */
static GArray *list_epochs(const char *folder)
{
    GDir *entries = g_dir_open(folder, 0, NULL);
    const char *name;

    if (entries == NULL)
        return NULL;
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(long));
    while ((name = g_dir_read_name(entries)) != NULL) {
        long number = epoch_number(name);
        if (number >= 0)
            g_array_append_val(numbers, number);
    }
    g_dir_close(entries);
    g_array_sort(numbers, compare_numbers);
    if (numbers->len == 0)
        g_clear_pointer(&numbers, g_array_unref);
    return numbers;
}

/* Opens the epochs in FOLDER. False with an error if one of them cannot be opened,
 * and without one if there is none. */
static bool open_epochs(struct archive *archive, const char *folder, GError **error)
{
    GArray *numbers = list_epochs(folder);
    bool done = true;

    if (numbers == NULL)
        return false;
    archive->epochs = g_new0(struct epoch, numbers->len);
    for (guint i = 0; done && i < numbers->len; i++) {
        char *path = g_strdup_printf("%s/%ld.git", folder, g_array_index(numbers, long, i));
        done = open_epoch(&archive->epochs[i], path, NULL, archive->reader) == 0;
        if (done)
            archive->count++;
        else
            archive_set_git_error(error, ARCHIVE_ERROR_OPEN, "%s", path);
        g_free(path);
    }
    g_array_unref(numbers);
    return done;
}

/* Opens whatever of the three forms is at archive->path. */
static bool open_path(struct archive *archive, GError **error)
{
    struct epoch single;
    struct stat status;
    GError *failure = NULL;

    if (stat(archive->path, &status) != 0) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: %s", archive->path,
                    g_strerror(errno));
        return false;
    }
    int code = open_epoch(&single, archive->path, NULL, archive->reader);
    if (code == 0) {
        archive->epochs = g_new0(struct epoch, 1);
        archive->epochs[0] = single;
        archive->count = 1;
        return true;
    }
    if (code != GIT_ENOTFOUND) {
        archive_set_git_error(error, ARCHIVE_ERROR_OPEN, "%s", archive->path);
        return false;
    }
    char *folder = g_build_filename(archive->path, "git", NULL);
    bool opened = open_epochs(archive, folder, &failure);
    if (!opened && failure == NULL)
        opened = open_epochs(archive, archive->path, &failure);
    g_free(folder);
    if (!opened && failure == NULL)
        g_set_error(&failure, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: not a git repository",
                    archive->path);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return opened;
}

/* The NAME of the first publicinbox.NAME.KEY that the configuration of EPOCH itself (not the
 * user's) has. Not with the iterator that takes a pattern: libgit2 1.5 leaks on what does not
 * match. */
static char *configured_name(const struct epoch *epoch)
{
    static const char section[] = "publicinbox.";
    char *path = g_build_filename(git_repository_commondir(epoch->repository), "config", NULL);
    git_config *config = NULL;
    git_config_iterator *iterator = NULL;
    git_config_entry *entry;
    char *name = NULL;

    if (git_config_open_ondisk(&config, path) == 0)
        git_config_iterator_new(&iterator, config);
    while (name == NULL && iterator != NULL && git_config_next(&entry, iterator) == 0) {
        const char *start = entry->name + strlen(section);
        if (g_str_has_prefix(entry->name, section) && strrchr(start, '.') != NULL)
            name = g_strndup(start, (size_t)(strrchr(start, '.') - start));
    }
    git_config_iterator_free(iterator);
    git_config_free(config);
    g_free(path);
    return name;
}

/* The folder's name that says which list it is: /srv/kvm.git, /srv/kvm/.git, and for the epochs
 * of an inbox /srv/kvm/git/0.git and /srv/kvm/0.git, are all "kvm". */
static char *folder_name(const char *path)
{
    char *full = g_canonicalize_filename(path, NULL);
    char *name = g_path_get_basename(full);
    bool epoch = epoch_number(name) >= 0;

    while (epoch_number(name) >= 0 || strcmp(name, ".git") == 0
           || (epoch && strcmp(name, "git") == 0)) {
        char *above = g_path_get_dirname(full);
        g_free(name);
        g_free(full);
        full = above;
        name = g_path_get_basename(full);
    }
    g_free(full);
    if (g_str_has_suffix(name, ".git"))
        name[strlen(name) - strlen(".git")] = '\0';
    return name;
}

static char *find_name(const struct archive *archive)
{
    char *name = NULL;

    for (size_t i = archive->count; name == NULL && i-- > 0;)
        name = configured_name(&archive->epochs[i]);
    if (name == NULL)
        name = folder_name(archive->path);
    char *valid = g_utf8_make_valid(clean_line(name), -1);
    g_free(name);
    return valid;
}

/* Refuses what is no mail archive, and what is empty unless EMPTY is allowed. */
static bool check_forms(struct archive *archive, bool empty, GError **error)
{
    size_t filled = 0;
    GError *unreadable = NULL;

    for (size_t i = 0; i < archive->count; i++) {
        struct epoch *epoch = &archive->epochs[i];
        GError *failure = NULL;
        enum archive_form form = epoch_form(epoch, &failure);
        if (failure != NULL) {
            /* The walk will say so; other epochs can be read. */
            g_clear_error(&unreadable);
            unreadable = g_error_new(ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: %s", epoch->path,
                                     failure->message);
            g_error_free(failure);
            continue;
        }
        if (form == ARCHIVE_FOREIGN) {
            g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: not a mail archive",
                        epoch->path);
            g_clear_error(&unreadable);
            return false;
        }
        if (form != ARCHIVE_EMPTY)
            filled++;
    }
    if (filled == 0 && unreadable != NULL) {
        g_propagate_error(error, unreadable);
        return false;
    }
    g_clear_error(&unreadable);
    if (filled == 0 && !empty) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: an empty archive",
                    archive->path);
        return false;
    }
    return true;
}

static struct archive *open_archive(const char *path, bool empty, GError **error)
{
    struct archive *archive = g_new0(struct archive, 1);

    archive->path = g_strdup(path);
    archive->reader = packs_reader_new();
    if (!open_path(archive, error) || !check_forms(archive, empty, error)) {
        archive_close(archive);
        return NULL;
    }
    archive->name = find_name(archive);
    return archive;
}

struct archive *archive_open(const char *path, GError **error)
{
    return open_archive(path, false, error);
}

struct archive *archive_open_for_import(const char *path, GError **error)
{
    return open_archive(path, true, error);
}

struct archive *archive_copy(const struct archive *archive, GError **error)
{
    struct archive *copy = g_new0(struct archive, 1);

    copy->path = g_strdup(archive->path);
    copy->name = g_strdup(archive->name);
    copy->epochs = g_new0(struct epoch, archive->count);
    copy->reader = packs_reader_new();
    for (size_t i = 0; i < archive->count; i++) {
        const struct epoch *epoch = &archive->epochs[i];
        if (open_epoch(&copy->epochs[i], epoch->path, epoch, copy->reader) < 0) {
            archive_set_git_error(error, ARCHIVE_ERROR_OPEN, "%s", epoch->path);
            archive_close(copy);
            return NULL;
        }
        copy->count++;
    }
    return copy;
}

static void close_epochs(struct archive *archive)
{
    for (size_t i = 0; i < archive->count; i++)
        close_epoch(&archive->epochs[i]);
    g_free(archive->epochs);
}

/* Exchanges EPOCH and the handle that ARCHIVE has on the same repository, if it has one. */
static void exchange_epoch(struct archive *archive, struct epoch *epoch)
{
    for (size_t i = 0; i < archive->count; i++)
        if (strcmp(archive->epochs[i].path, epoch->path) == 0) {
            struct epoch old = archive->epochs[i];
            archive->epochs[i] = *epoch;
            *epoch = old;
            return;
        }
}

bool archive_refresh(struct archive *archive, GError **error)
{
    struct archive now = { .path = archive->path, .reader = archive->reader };

    if (!open_path(&now, error) || !check_forms(&now, true, error)) {
        close_epochs(&now);
        return false;
    }
    /* The handles there were are kept, and look at the packs last: what is opened while they are open
     * shares the packs with them, also where others stand in their place by now. */
    for (size_t i = 0; i < now.count; i++)
        exchange_epoch(archive, &now.epochs[i]);
    close_epochs(archive);
    archive->epochs = now.epochs;
    archive->count = now.count;
    for (size_t i = 0; i < archive->count; i++)
        epoch_reopen(&archive->epochs[i]);
    return true;
}

void archive_close(struct archive *archive)
{
    if (archive == NULL)
        return;
    close_epochs(archive);
    packs_reader_free(archive->reader);
    g_free(archive->name);
    g_free(archive->path);
    g_free(archive);
}

const char *archive_name(const struct archive *archive)
{
    return archive->name;
}
