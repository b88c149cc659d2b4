/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Microseconds between two reports. */
#define REPORT_INTERVAL (G_USEC_PER_SEC / 10)

/* Seconds after which an unfinished pack is taken for one that a killed process left. One that is
 * received grows. */
#define LEFTOVER_AGE 3600

/* A file in a repository that is being fetched into. Who finds it there, having the lock, comes
 * after one that was killed. */
#define UNDER_WAY "pore-sync"

#define REFLOG "pore sync"

/* Where the branch that is read stands, before and after. */
struct position {
    char *branch;   /* "refs/heads/master", from HEAD */
    char *upstream; /* where the refspec puts it; NULL: there */
    bool filled, followed; /* is there a commit in head, in upstream_head? */
    git_oid head;
    git_oid upstream_head;
};

/* --- reports and cancelling ------------------------------------------------- */

/* May it go on? Reports, if that is due. */
static bool go_on(void *data)
{
    struct fetch *fetch = data;
    gint64 now = g_get_monotonic_time();

    if (fetch->report == NULL || fetch->cancelled
        || (fetch->reported != 0 && now - fetch->reported < REPORT_INTERVAL))
        return !fetch->cancelled;
    fetch->reported = now;
    fetch->cancelled = !fetch->report(&fetch->progress, fetch->data);
    return !fetch->cancelled;
}

static int on_transfer(const git_indexer_progress *stats, void *data)
{
    struct fetch *fetch = data;

    fetch->progress.objects = stats->received_objects;
    fetch->progress.total_objects = stats->total_objects;
    fetch->progress.bytes = stats->received_bytes;
    return go_on(fetch) ? 0 : GIT_EUSER;
}

static int on_message(const char *text, int length, void *data)
{
    (void)text, (void)length;
    return go_on(data) ? 0 : GIT_EUSER;
}

/* Nobody is asked for a login. */
static int on_credentials(git_credential **out, const char *url, const char *user,
                          unsigned allowed, void *data)
{
    struct fetch *fetch = data;

    (void)url;
    if (user == NULL)
        user = g_get_user_name();
    if (allowed & GIT_CREDENTIAL_USERNAME)
        return git_credential_username_new(out, user);
    if ((allowed & GIT_CREDENTIAL_SSH_KEY) == 0 || fetch->offered)
        return GIT_EAUTH;
    fetch->offered = true;
    return git_credential_ssh_key_from_agent(out, user);
}

void fetch_init(struct fetch *fetch, sync_report *report, void *data, struct sync_result *result)
{
    *fetch = (struct fetch) { .report = report, .data = data, .result = result };
    fetch->watch = (struct connection_watch) { .go_on = go_on, .data = fetch };
    /* A thread that is left alone in the network must find its library when it comes back. */
    git_libgit2_init();
    /* The references must not get to the disk before the objects. */
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    connection_watch(&fetch->watch);
}

void fetch_clear(struct fetch *fetch)
{
    connection_watch(NULL);
    g_clear_error(&fetch->watch.error);
    git_libgit2_shutdown();
}

void fetch_begin(struct fetch *fetch, const char *name)
{
    fetch->progress = (struct sync_progress) { .name = name };
    fetch->missing = false;
    fetch->offered = false;
}

/* --- errors ----------------------------------------------------------------- */

char *fetch_shown_url(const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme != NULL ? scheme + strlen("://") : url;
    const char *at = scheme != NULL ? g_strrstr_len(host, (gssize)strcspn(host, "/"), "@") : NULL;
    char *shown = at != NULL ? g_strdup_printf("%.*s%s", (int)(host - url), url, at + 1)
                             : g_strdup(url);
    char *valid = g_utf8_make_valid(clean_line(shown), -1);

    g_free(shown);
    return valid;
}

/* Says why the fetch from REMOTE failed with CODE. */
static bool set_failure(const struct fetch *fetch, const git_remote *remote, int code,
                        GError **error)
{
    const git_error *last = git_error_last();
    char *url = fetch_shown_url(git_remote_url(remote));
    const char *why = last != NULL && last->message != NULL ? last->message : "unknown error";

    if (fetch->watch.error != NULL)
        why = fetch->watch.error->message;
    else if (code == GIT_EAUTH)
        why = "it wants a login, and pore has none for it";
    else if (fetch->watch.ended)
        why = "the connection was cut";
    if (fetch->cancelled) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: cancelled", url);
    } else {
        char *line = g_utf8_make_valid(why, -1);
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: %s", url,
                    g_strstrip(clean_line(line)));
        g_free(line);
    }
    g_free(url);
    return false;
}

/* Did connecting fail because there is no such repository? Of what servers say about that only
 * what is something else can be told: the network failed, or the server. */
static bool is_missing(const struct fetch *fetch)
{
    const git_error *last = git_error_last();

    return !fetch->cancelled && fetch->watch.error == NULL
           && (last == NULL || last->message == NULL
               || strstr(last->message, "http status code: 5") == NULL);
}

/* --- the repository --------------------------------------------------------- */

int fetch_lock(const char *path, GError **error)
{
    int lock = g_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

    if (lock < 0) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: %s", path, g_strerror(errno));
        return -1;
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: another sync is under way",
                    path);
        g_close(lock, NULL);
        return -1;
    }
    return lock;
}

/* Removes the packs that a killed fetch of libgit2 has left unfinished; git gc does not know
 * their names. */
static void remove_leftovers(git_repository *repository)
{
    char *folder = g_build_filename(git_repository_commondir(repository), "objects", "pack", NULL);
    GDir *entries = g_dir_open(folder, 0, NULL);
    const char *name;
    struct stat status;

    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        char *path = g_build_filename(folder, name, NULL);
        if (g_str_has_prefix(name, "pack_git2_") && lstat(path, &status) == 0
            && status.st_mtime < time(NULL) - LEFTOVER_AGE)
            g_unlink(path);
        g_free(path);
    }
    g_clear_pointer(&entries, g_dir_close);
    g_free(folder);
}

static int remove_lock(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)place;
    if (type == FTW_F && g_str_has_suffix(path, ".lock"))
        g_unlink(path);
    return 0;
}

/* Removes the locks of references that a killed fetch has left. Git's own are there for moments
 * only, and are not told from these. */
static void remove_locks(git_repository *repository)
{
    char *references = g_build_filename(git_repository_commondir(repository), "refs", NULL);
    char *packed = g_build_filename(git_repository_commondir(repository), "packed-refs.lock", NULL);
    char *head = g_build_filename(git_repository_path(repository), "HEAD.lock", NULL);

    nftw(references, remove_lock, 16, FTW_PHYS);
    g_unlink(packed);
    g_unlink(head);
    g_free(references);
    g_free(packed);
    g_free(head);
}

/* Clears up after fetches that were killed, and has the next one do so if this one is: returns the
 * path of the file that says that, which the caller removes and frees. */
static char *begin_moving(git_repository *repository)
{
    char *path = g_build_filename(git_repository_commondir(repository), UNDER_WAY, NULL);

    remove_leftovers(repository);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        remove_locks(repository);
    /* Where nothing can be written the fetch says so. */
    int file = g_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file >= 0)
        g_close(file, NULL);
    return path;
}

static void end_moving(char *path)
{
    g_unlink(path);
    g_free(path);
}

git_remote *fetch_find_remote(const struct epoch *epoch, GError **error)
{
    git_strarray names = { 0 };
    git_remote *remote = NULL;

    if (git_remote_lookup(&remote, epoch->repository, "origin") < 0
        && git_remote_list(&names, epoch->repository) == 0 && names.count == 1)
        git_remote_lookup(&remote, epoch->repository, names.strings[0]);
    /* One may be pushed to only. */
    if (remote != NULL && git_remote_url(remote) == NULL)
        g_clear_pointer(&remote, git_remote_free);
    if (remote == NULL && names.count > 1)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC,
                    "%s: several remotes, and none is called origin", epoch->path);
    else if (remote == NULL)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: no remote to fetch from",
                    epoch->path);
    git_strarray_dispose(&names);
    return remote;
}

/* --- the branch that is read ------------------------------------------------ */

/* Where REMOTE's refspecs put its branch NAME; NULL if they do not fetch it. */
static char *find_destination(const git_remote *remote, const char *name)
{
    char *found = NULL;

    for (size_t i = 0; found == NULL && i < git_remote_refspec_count(remote); i++) {
        const git_refspec *spec = git_remote_get_refspec(remote, i);
        git_buf text = { 0 };
        if (git_refspec_direction(spec) == GIT_DIRECTION_FETCH
            && git_refspec_src_matches(spec, name)
            && git_refspec_transform(&text, spec, name) == 0)
            found = g_strdup(text.ptr);
        git_buf_dispose(&text);
    }
    return found;
}

/* Looks where the branch that is read stands. False with an error if there is none. */
static bool find_position(struct position *position, const struct epoch *epoch,
                          const git_remote *remote, GError **error)
{
    git_reference *head = NULL;
    git_buf name = { 0 };

    *position = (struct position) { 0 };
    if (git_reference_lookup(&head, epoch->repository, "HEAD") == 0
        && git_reference_type(head) == GIT_REFERENCE_SYMBOLIC)
        position->branch = g_strdup(git_reference_symbolic_target(head));
    git_reference_free(head);
    if (position->branch == NULL) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: HEAD is on no branch",
                    epoch->path);
        return false;
    }
    position->filled = epoch_head(epoch, &position->head, NULL);
    if (git_branch_upstream_name(&name, epoch->repository, position->branch) == 0)
        position->upstream = g_strdup(name.ptr);
    else
        position->upstream = find_destination(remote, position->branch);
    git_buf_dispose(&name);
    if (g_strcmp0(position->upstream, position->branch) == 0)
        g_clear_pointer(&position->upstream, g_free);
    position->followed = position->upstream != NULL
                         && git_reference_name_to_id(&position->upstream_head, epoch->repository,
                                                     position->upstream) == 0;
    return true;
}

static void clear_position(struct position *position)
{
    g_free(position->branch);
    g_free(position->upstream);
}

/* Moves the branch that is read to where its upstream is now, if all its commits are or were
 * there. */
static bool follow_upstream(const struct position *before, const struct epoch *epoch,
                            GError **error)
{
    git_repository *repository = epoch->repository;
    git_reference *moved = NULL;
    git_oid upstream, head;
    int code;

    if (before->upstream == NULL
        || git_reference_name_to_id(&upstream, repository, before->upstream) < 0)
        return true;
    if (git_reference_name_to_id(&head, repository, before->branch) < 0) {
        code = git_reference_create(&moved, repository, before->branch, &upstream, 0, REFLOG);
    } else if (git_oid_equal(&head, &upstream)
               || git_graph_descendant_of(repository, &head, &upstream) == 1) {
        return true;
    } else if ((before->followed && git_oid_equal(&head, &before->upstream_head))
               || git_graph_descendant_of(repository, &upstream, &head) == 1) {
        code = git_reference_create_matching(&moved, repository, before->branch, &upstream, 1,
                                             &head, REFLOG);
    } else {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC,
                    "%s: %s has commits that %s has not: not moved", epoch->path, before->branch,
                    before->upstream);
        return false;
    }
    git_reference_free(moved);
    if (code < 0)
        archive_set_git_error(error, ARCHIVE_ERROR_SYNC, "%s", epoch->path);
    return code >= 0;
}

/* Has HEAD name the branch that is read at REMOTE if its own does not exist: in a new mirror, and
 * where the branch was renamed. */
static void follow_default(const struct position *before, git_repository *repository,
                           git_remote *remote)
{
    git_reference *there = NULL;
    git_buf name = { 0 };

    if (git_reference_lookup(&there, repository, before->branch) < 0
        && git_remote_default_branch(&name, remote) == 0
        && git_reference_lookup(&there, repository, name.ptr) == 0)
        git_repository_set_head(repository, name.ptr);
    git_buf_dispose(&name);
    git_reference_free(there);
}

/* Counts what is new of the branch that is read, which is at HEAD now. */
static void count_commits(struct fetch *fetch, const struct position *before,
                          const struct epoch *epoch, const git_oid *head)
{
    git_revwalk *walk = NULL;
    git_oid id;
    size_t ahead = 0, behind = 0;

    if (before->filled) {
        git_graph_ahead_behind(&ahead, &behind, epoch->repository, head, &before->head);
    } else if (git_revwalk_new(&walk, epoch->repository) == 0
               && git_revwalk_push(walk, head) == 0) {
        git_revwalk_simplify_first_parent(walk);
        while (git_revwalk_next(&id, walk) == 0)
            ahead++;
    }
    git_revwalk_free(walk);
    fetch->result->commits += ahead;
    fetch->result->rewritten = fetch->result->rewritten || behind > 0;
}

/* --- fetching --------------------------------------------------------------- */

/* Has REMOTE, which is connected, a branch? Where all are gone, a prune would leave nothing to
 * read. */
static int check_branches(struct fetch *fetch, git_remote *remote)
{
    const git_remote_head **heads;
    size_t count;
    int code = git_remote_ls(&heads, &count, remote);

    if (code < 0)
        return code;
    for (size_t i = 0; i < count; i++)
        if (g_str_has_prefix(heads[i]->name, "refs/heads/"))
            return 0;
    git_error_set_str(GIT_ERROR_NET, "an empty repository");
    fetch->missing = true;
    return -1;
}

/* Connects and fetches, moving references last. */
static bool transfer(struct fetch *fetch, git_remote *remote, GError **error)
{
    char everything[] = "+refs/heads/*:refs/heads/*";
    char *specs[] = { everything };
    const git_strarray branches = { .strings = specs, .count = 1 };
    git_fetch_options options;

    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.prune = GIT_FETCH_PRUNE;
    options.update_fetchhead = 0;
    options.proxy_opts.type = GIT_PROXY_AUTO;
    options.callbacks.transfer_progress = on_transfer;
    options.callbacks.sideband_progress = on_message;
    options.callbacks.credentials = on_credentials;
    options.callbacks.payload = fetch;
    fetch->watch.ended = false;
    git_error_clear();
    int code = git_remote_connect(remote, GIT_DIRECTION_FETCH, &options.callbacks,
                                  &options.proxy_opts, NULL);
    if (code < 0)
        fetch->missing = is_missing(fetch);
    else
        code = check_branches(fetch, remote);
    if (code == 0)
        code = git_remote_fetch(remote, git_remote_refspec_count(remote) == 0 ? &branches : NULL,
                                &options, REFLOG);
    return code == 0 || set_failure(fetch, remote, code, error);
}

/* Fetches, and brings the branch that is read to where it belongs. */
static bool move_references(struct fetch *fetch, const struct position *before,
                            const struct epoch *epoch, git_remote *remote, GError **error)
{
    bool done = go_on(fetch) ? transfer(fetch, remote, error)
                             : set_failure(fetch, remote, GIT_EUSER, error);

    if (done) {
        done = follow_upstream(before, epoch, error);
        follow_default(before, epoch->repository, remote);
    }
    return done;
}

bool fetch_remote(struct fetch *fetch, struct epoch *epoch, git_remote *remote, GError **error)
{
    struct position before = { 0 };
    git_oid head;
    bool done = false;

    if (find_position(&before, epoch, remote, error)) {
        char *under_way = begin_moving(epoch->repository);
        done = move_references(fetch, &before, epoch, remote, error);
        end_moving(under_way);
    }
    if (done && epoch_head(epoch, &head, NULL)) {
        count_commits(fetch, &before, epoch, &head);
    } else if (done) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_SYNC, "%s: %s was not fetched from %s",
                    epoch->path, before.branch, git_remote_name(remote));
        done = false;
    }
    clear_position(&before);
    return done;
}
