/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the words of a range to commits, newest first, through all epochs. */
#include "archive/repository.h"

#include <string.h>

/* Commits older than --since, one after another, that end a walk. Dates go back along the
 * history, but not strictly: mirrors that were fed by several machines have runs of
 * a few mails out of order, never dozens. */
#define STALE_COMMITS 64

/* What a range means that says nothing: the days before the newest mail. */
#define DEFAULT_SECONDS (7 * 24 * 60 * 60)

/* The part of a walk that lies in one epoch: from START along the first parents. */
struct span {
    size_t epoch;
    git_oid start;
    git_oid stop; /* not a part of it; zero: up to the epoch's first commit */
};

struct archive_walk {
    struct archive *archive;
    struct archive_known known; /* find is NULL where nothing is */
    char *from, *to;
    GArray *spans; /* struct span, newest first */
    guint span;    /* the one that next is in; spans->len: the walk is over */
    git_oid next;
    git_oid child; /* the commit whose parent next is; zero at the start of a span */
    int64_t since, until;
    bool counted;
    uint64_t newest; /* the count, if counted ... */
    uint64_t left;   /* ... and what is left of it */
    unsigned stale;
    int64_t arrival; /* of next */
    bool has_first; /* the first commit was looked for already, and this came of it */
    bool first_found;
    struct archive_commit first;
    GError *first_error;
};

static bool newest_epoch(const struct archive *archive, size_t *index, git_oid *id)
{
    for (size_t i = archive->count; i-- > 0;)
        if (epoch_head(&archive->epochs[i], id, NULL)) {
            *index = i;
            return true;
        }
    return false;
}

/* TEXT as a revision of EPOCH. HEAD is what epoch_head() says, also if the branch HEAD names
 * does not exist. A code of libgit2. */
static int parse_revision(const struct epoch *epoch, const char *text, git_object **object)
{
    size_t name = g_str_has_prefix(text, "HEAD") ? 4 : g_str_has_prefix(text, "@") ? 1 : 0;
    char digits[GIT_OID_HEXSZ + 1];
    git_oid head;

    if (name == 0 || (text[name] != '\0' && strchr("~^", text[name]) == NULL)
        || !epoch_head(epoch, &head, NULL))
        return git_revparse_single(object, epoch->repository, text);
    char *full = g_strconcat(git_oid_tostr(digits, sizeof digits, &head), text + name, NULL);
    int code = git_revparse_single(object, epoch->repository, full);
    g_free(full);
    return code;
}

/* The newest epoch that knows what TEXT begins with, so that HEAD~9 does not come to mean
 * an older epoch's where the newest has fewer commits. -1 if none does; *CODE says why. */
static long find_epoch(const struct archive *archive, const char *text, int *code)
{
    size_t length = strcspn(text, "~^@:{");
    char *base = length > 0 || text[0] == '@' ? g_strndup(text, MAX(length, 1)) : g_strdup(text);
    long index = (long)archive->count - 1;

    for (*code = GIT_ENOTFOUND; index >= 0; index--) {
        git_object *object = NULL;
        *code = parse_revision(&archive->epochs[index], base, &object);
        git_object_free(object);
        if (*code != GIT_ENOTFOUND)
            break;
    }
    g_free(base);
    return *code == 0 ? index : -1;
}

static void set_revision_error(GError **error, const char *text, int code)
{
    const char *why = code == GIT_ENOTFOUND ? "unknown revision"
        : code == GIT_EAMBIGUOUS            ? "ambiguous: more digits are needed"
        : code == GIT_EPEEL                 ? "not a commit"
        : code == GIT_EINVALIDSPEC          ? "not a revision"
                                            : NULL;
    char *clean = clean_line(g_strdup(text));

    if (why != NULL)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE, "%s: %s", clean, why);
    else
        archive_set_git_error(error, ARCHIVE_ERROR_READ, "%s", clean);
    g_free(clean);
}

/* Finds the commit that TEXT names, in the newest epoch that knows it. */
static bool find_revision(const struct archive *archive, const char *text, size_t *epoch,
                          git_oid *id, GError **error)
{
    git_object *object = NULL, *commit = NULL;
    int code;
    long index = find_epoch(archive, text, &code);

    if (index >= 0)
        code = parse_revision(&archive->epochs[index], text, &object);
    if (code == 0 && git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
        code = GIT_EPEEL;
    if (code == 0) {
        *epoch = (size_t)index;
        *id = *git_object_id(commit);
    } else {
        set_revision_error(error, text, code);
    }
    git_object_free(commit);
    git_object_free(object);
    return code == 0;
}

/* The first parents of a commit, as far as they were followed. */
struct chain {
    GHashTable *seen; /* git_oid */
    struct archive_commit last;
    bool ended;
};

static guint hash_id(gconstpointer id)
{
    guint hash;

    memcpy(&hash, id, sizeof hash);
    return hash;
}

static gboolean equal_ids(gconstpointer a, gconstpointer b)
{
    return git_oid_equal(a, b);
}

static void chain_take(struct chain *chain, struct archive *archive, size_t epoch,
                       const git_oid *id)
{
    g_hash_table_add(chain->seen, g_memdup2(id, sizeof *id));
    chain->ended = !archive_read_commit(archive, epoch, id, &chain->last, NULL);
}

/* Finds where the histories of two commits of EPOCH meet. The newer one is followed first, so
 * that of A and B on one line just what lies between is read. Not git_merge_base(): that
 * fails where a shallow history is cut off, and is no faster. */
static bool find_fork(struct archive *archive, size_t epoch, const git_oid *one,
                      const git_oid *other, git_oid *fork)
{
    struct chain chains[2];
    bool found = false;

    for (int i = 0; i < 2; i++) {
        chains[i].seen = g_hash_table_new_full(hash_id, equal_ids, g_free, NULL);
        chain_take(&chains[i], archive, epoch, i == 0 ? one : other);
    }
    while (!found && !(chains[0].ended && chains[1].ended)) {
        bool second = chains[0].ended
                      || (!chains[1].ended
                          && chains[1].last.place.received > chains[0].last.place.received);
        struct chain *chain = &chains[second];
        *fork = id_from_bytes(chain->last.parent);
        found = g_hash_table_contains(chains[!second].seen, fork);
        if (git_oid_is_zero(fork))
            chain->ended = true;
        else
            chain_take(chain, archive, epoch, fork);
    }
    g_hash_table_unref(chains[0].seen);
    g_hash_table_unref(chains[1].seen);
    return found;
}

/* Sets where SPAN stops so that what OLD reaches is left out, as git has it. False if that is
 * all of it; *BEFORE then says whether OLD comes after the span's start. */
static bool limit_span(struct archive *archive, struct span *span, const git_oid *old,
                       bool *before)
{
    *before = false;
    if (git_oid_equal(&span->start, old))
        return false;
    if (find_fork(archive, span->epoch, &span->start, old, &span->stop))
        *before = git_oid_equal(&span->stop, &span->start);
    else
        memset(&span->stop, 0, sizeof span->stop);
    return !*before;
}

/* Lists the parts of the epochs that lie between OLD (NULL: the beginning) in epoch FIRST and
 * NEW in epoch LAST. */
static bool list_spans(struct archive_walk *walk, size_t first, const git_oid *old, size_t last,
                       const git_oid *new, GError **error)
{
    bool reversed = first > last, before;

    for (size_t i = last + 1; !reversed && i-- > first;) {
        struct span span = { .epoch = i, .start = *new };
        if (i != last && !epoch_head(&walk->archive->epochs[i], &span.start, NULL))
            continue;
        if (old == NULL || i != first || limit_span(walk->archive, &span, old, &before))
            g_array_append_val(walk->spans, span);
        else
            reversed = i == last && before;
    }
    if (reversed)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE,
                    "%s..%s is reversed: %s comes before %s", walk->from, walk->to, walk->to,
                    walk->from);
    return !reversed;
}

static bool set_revisions(struct archive_walk *walk, const struct range *range, GError **error)
{
    size_t first = 0, last;
    git_oid old, new;

    walk->to = g_strdup(range->to != NULL ? range->to : "HEAD");
    walk->from = g_strdup(range->from != NULL ? range->from : "the beginning");
    if (!find_revision(walk->archive, walk->to, &last, &new, error))
        return false;
    if (range->from != NULL && !find_revision(walk->archive, range->from, &first, &old, error))
        return false;
    return list_spans(walk, first, range->from != NULL ? &old : NULL, last, &new, error);
}

static char *date_text(int64_t seconds)
{
    GDateTime *date = g_date_time_new_from_unix_local(seconds);
    char *text = date != NULL ? g_date_time_format(date, "%Y-%m-%d") : NULL;

    g_clear_pointer(&date, g_date_time_unref);
    return text != NULL ? text : g_strdup_printf("@%" G_GINT64_FORMAT, seconds);
}

/* Has NEWEST, the newest commit of EPOCH, be that of the newest mail: withdrawals have dates of their own. It
 * stays where nothing but these is there. */
static void find_newest_mail(struct archive *archive, size_t epoch, struct archive_commit *newest)
{
    struct archive_commit commit = *newest;

    while (archive_withdraws(archive, &commit)) {
        git_oid parent = id_from_bytes(commit.parent);
        if (git_oid_is_zero(&parent)
            || !archive_read_commit(archive, epoch, &parent, &commit, NULL))
            return;
    }
    *newest = commit;
}

/* Without revisions a walk begins at the newest commit; the default range hangs on the date of the newest
 * mail. */
static bool set_whole(struct archive_walk *walk, const struct range *range, GError **error)
{
    bool dated = range->has_since || range->has_until;
    bool fallback = !dated && !range->all && range->newest == 0;
    struct archive_commit newest;
    char text[ID_SIZE];
    size_t last;
    git_oid new;

    if (!newest_epoch(walk->archive, &last, &new)) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: an empty archive",
                    walk->archive->path);
        return false;
    }
    if ((dated || fallback)
        && !archive_read_commit(walk->archive, last, &new, &newest, error))
        return false;
    if (fallback) {
        find_newest_mail(walk->archive, last, &newest);
        walk->since = newest.place.received - DEFAULT_SECONDS;
    }
    id_text(&new, text);
    if (range->has_since || fallback)
        walk->from = date_text(walk->since);
    else if (!dated && range->newest > 0)
        walk->from = g_strdup_printf("%s~%" G_GUINT64_FORMAT, text, range->newest);
    else
        walk->from = g_strdup("the beginning");
    walk->to = !dated && !fallback ? g_strdup(text)
                                   : date_text(MIN(walk->until, newest.place.received));
    return list_spans(walk, 0, NULL, last, &new, error);
}

static bool is_stopped(gint *stop)
{
    return stop != NULL && g_atomic_int_get(stop) != 0;
}

static void enter_span(struct archive_walk *walk, guint index)
{
    walk->span = index;
    memset(&walk->child, 0, sizeof walk->child);
    if (index < walk->spans->len)
        walk->next = g_array_index(walk->spans, struct span, index).start;
}

/* Does the history end at CHILD because it was cloned no deeper? */
static bool is_shallow(const struct epoch *epoch, const git_oid *child)
{
    char *path = g_build_filename(git_repository_commondir(epoch->repository), "shallow", NULL);
    char digits[GIT_OID_HEXSZ + 1];
    char *names = NULL;
    bool found = g_file_get_contents(path, &names, NULL, NULL)
                 && strstr(names, git_oid_tostr(digits, sizeof digits, child)) != NULL;

    g_free(names);
    g_free(path);
    return found;
}

/* Asks whether the commit at walk->next is known. OUT may then be a later one of its line, with
 * *PASSED before it: not where commits have to be counted, or looked at for where the span stops. */
static bool find_known(struct archive_walk *walk, const struct span *span,
                       struct archive_commit *out, int64_t *passed)
{
    bool jump = walk->known.pass_over && !walk->counted && git_oid_is_zero(&span->stop);
    struct commit_id id;

    *passed = 0;
    if (walk->known.find == NULL)
        return false;
    memset(out, 0, sizeof *out);
    memcpy(id.bytes, walk->next.id, sizeof id.bytes);
    if (!walk->known.find(walk->known.data, &id, out, jump ? passed : NULL)) {
        *passed = 0;
        return false;
    }
    out->known = true;
    out->epoch = (uint32_t)span->epoch;
    return true;
}

/* Goes on to the parent of COMMIT, the last of COUNT that were taken at once. */
static void advance(struct archive_walk *walk, const struct archive_commit *commit, int64_t count)
{
    walk->child = id_from_bytes(commit->place.commit.bytes);
    walk->next = id_from_bytes(commit->parent);
    walk->arrival -= count;
}

/* Goes from a commit that cannot be read to the epoch before. False with FAILURE, unless the history was
 * cloned no deeper. */
static bool break_off(struct archive_walk *walk, const struct span *span, GError *failure,
                      GError **error)
{
    struct epoch *epoch = &walk->archive->epochs[span->epoch];
    bool quiet = !git_oid_is_zero(&walk->child) && epoch_lacks(epoch, &walk->next)
                 && is_shallow(epoch, &walk->child);

    walk->arrival--;
    enter_span(walk, walk->span + 1);
    if (quiet) {
        g_error_free(failure);
        return true;
    }
    g_propagate_error(error, failure);
    return false;
}

/* Takes the commit at walk->next and goes on to its parent, whatever the limits. Where known ones are
 * passed over, OUT is the last of them and *PASSED the number before it. */
static bool step(struct archive_walk *walk, struct archive_commit *out, int64_t *passed,
                 GError **error)
{
    while (walk->span < walk->spans->len) {
        const struct span *span = &g_array_index(walk->spans, struct span, walk->span);
        GError *failure = NULL;
        if (git_oid_is_zero(&walk->next) || git_oid_equal(&walk->next, &span->stop)) {
            enter_span(walk, walk->span + 1);
        } else if (find_known(walk, span, out, passed)
                   || archive_read_commit(walk->archive, span->epoch, &walk->next, out,
                                          &failure)) {
            out->place.arrival = walk->arrival - *passed;
            advance(walk, out, *passed + 1);
            return true;
        } else if (!break_off(walk, span, failure, error)) {
            return false;
        }
    }
    return false;
}

static void end_walk(struct archive_walk *walk)
{
    walk->span = walk->spans->len;
}

/* Is COMMIT within the limits of date and count, and wanted? */
static bool admit(struct archive_walk *walk, const struct archive_commit *commit)
{
    if (commit->place.received < walk->since) {
        if (++walk->stale >= STALE_COMMITS)
            end_walk(walk);
        return false;
    }
    walk->stale = 0;
    if (commit->place.received > walk->until)
        return false;
    if (walk->counted
        && !(commit->known ? commit->withdrawal : archive_withdraws(walk->archive, commit)))
        walk->left--;
    return !(commit->known && walk->known.pass_over);
}

/* The next commit within the limits of date and count. */
static bool find_next(struct archive_walk *walk, struct archive_commit *out, GError **error)
{
    int64_t passed;

    while (!(walk->counted && walk->left == 0) && step(walk, out, &passed, error))
        if (admit(walk, out))
            return true;
    return false;
}

/* Goes to the beginning and looks for the first commit. */
static void begin_walk(struct archive_walk *walk)
{
    enter_span(walk, 0);
    walk->left = walk->newest;
    walk->stale = 0;
    walk->arrival = 0;
    walk->has_first = true;
    walk->first_found = find_next(walk, &walk->first, &walk->first_error);
}

/* Is there a first commit? That there is none but known ones is not worth an error. */
static bool check_first(const struct archive_walk *walk, const struct range *range,
                        GError **error)
{
    if (walk->first_found || walk->first_error != NULL || walk->known.pass_over)
        return true;
    if (range->revisions)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE, "%s%s%s names no mail",
                    range->from != NULL ? range->from : "", range->from != NULL ? ".." : "",
                    walk->to);
    else
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE,
                    "%s: the range from %s to %s names no mail", walk->archive->path, walk->from,
                    walk->to);
    return false;
}

struct archive_walk *archive_walk_new(struct archive *archive, const struct range *range,
                                      const struct archive_known *known, GError **error)
{
    struct archive_walk *walk = g_new0(struct archive_walk, 1);

    walk->archive = archive;
    if (known != NULL)
        walk->known = *known;
    walk->spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    walk->since = range->has_since ? range->since : INT64_MIN;
    walk->until = range->has_until ? range->until : INT64_MAX;
    walk->counted = range->newest > 0;
    walk->newest = range->newest;
    for (size_t i = 0; i < archive->count; i++)
        epoch_reopen(&archive->epochs[i]);
    bool named = range->revisions ? set_revisions(walk, range, error)
                                  : set_whole(walk, range, error);
    if (named)
        begin_walk(walk);
    if (!named || !check_first(walk, range, error)) {
        archive_walk_free(walk);
        return NULL;
    }
    return walk;
}

void archive_walk_free(struct archive_walk *walk)
{
    if (walk == NULL)
        return;
    g_clear_error(&walk->first_error);
    g_array_unref(walk->spans);
    g_free(walk->from);
    g_free(walk->to);
    g_free(walk);
}

bool archive_walk_next(struct archive_walk *walk, struct archive_commit *out, GError **error)
{
    if (!walk->has_first)
        return find_next(walk, out, error);
    walk->has_first = false;
    *out = walk->first;
    if (walk->first_error != NULL)
        g_propagate_error(error, g_steal_pointer(&walk->first_error));
    return walk->first_found;
}

int64_t archive_walk_last(struct archive_walk *walk, gint *stop)
{
    struct archive_commit commit;
    GError *error = NULL;
    int64_t last = 0;

    while (!is_stopped(stop))
        if (archive_walk_next(walk, &commit, &error))
            last = commit.place.arrival;
        else if (error != NULL)
            g_clear_error(&error);
        else
            break;
    g_clear_error(&walk->first_error);
    begin_walk(walk);
    return last;
}

bool archive_first_commit(struct archive *archive, struct commit_id *commit, gint *stop,
                          GError **error)
{
    struct archive_walk walk = { .archive = archive };
    struct archive_commit next;
    struct span span = { 0 };
    GError *failure = NULL;
    int64_t passed;
    bool found = false;

    while (span.epoch < archive->count
           && !epoch_head(&archive->epochs[span.epoch], &span.start, NULL))
        span.epoch++;
    walk.spans = g_array_new(FALSE, FALSE, sizeof span);
    if (span.epoch < archive->count)
        g_array_append_val(walk.spans, span);
    else
        g_set_error(&failure, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: an empty archive",
                    archive->path);
    enter_span(&walk, 0);
    while (!is_stopped(stop) && step(&walk, &next, &passed, &failure))
        found = true;
    found = found && failure == NULL && !is_stopped(stop);
    if (found)
        *commit = next.place.commit;
    if (failure != NULL)
        g_propagate_error(error, failure);
    g_array_unref(walk.spans);
    return found;
}

bool archive_newest(struct archive *archive, struct commit_id *commit)
{
    size_t index;
    git_oid id;

    if (!newest_epoch(archive, &index, &id))
        return false;
    memcpy(commit->bytes, id.id, sizeof commit->bytes);
    return true;
}

const char *archive_walk_from(const struct archive_walk *walk)
{
    return walk->from;
}

const char *archive_walk_to(const struct archive_walk *walk)
{
    return walk->to;
}
