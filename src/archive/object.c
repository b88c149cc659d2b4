/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Git objects, read from the database and taken apart here: git_commit and git_tree
 * copy and check what nobody asks for, and cost as much as the reading. */
#include "archive/repository.h"

#include <string.h>

/* How many folders deep a v1 archive lays its mails. Two hex digits and 38 is
 * what public-inbox writes; others have split once more. */
#define V1_DEPTH_MAX 4

/* Trees that are read to find the one blob that a v1 commit adds. It takes two for each folder
 * level; a hostile tree could name one folder 256 times on each level. */
#define V1_TREES_MAX 1024

/* How far back the form of an archive is looked for, if the newest commits are empty
 * or damaged. */
#define FORM_COMMITS_MAX 64

/* One entry of a tree, pointing into the tree's bytes. */
struct tree_entry {
    unsigned mode;
    const char *name;
    size_t length;
    git_oid id;
};

/* What a commit's tree came to. */
enum found { FOUND_FAILURE, FOUND_NOTHING, FOUND_MAIL, FOUND_WITHDRAWAL };

git_oid id_from_bytes(const uint8_t bytes[20])
{
    git_oid id;

    git_oid_fromraw(&id, bytes);
    return id;
}

const char *id_text(const git_oid *id, char text[ID_SIZE])
{
    return git_oid_tostr(text, ID_SIZE, id);
}

bool epoch_lacks(const struct epoch *epoch, const git_oid *id)
{
    return !git_odb_exists(epoch->odb, id);
}

/* Reads the object ID, which has to be of TYPE. If it is not found or damaged, the
 * object database is refreshed and if need be opened anew first. NULL with
 * ARCHIVE_ERROR_READ. The caller frees it. */
static git_odb_object *epoch_read(struct epoch *epoch, const git_oid *id, git_object_t type,
                                  GError **error)
{
    git_odb_object *object = NULL;
    char text[ID_SIZE];
    int code = git_odb_read(&object, epoch->odb, id);

    /* A fetch or repack may have replaced the packs. A refresh finds new ones; only opening anew
     * forgets those that are gone or were replaced by others of the same name. */
    if (code < 0 && git_odb_refresh(epoch->odb) == 0)
        code = git_odb_read(&object, epoch->odb, id);
    if (code < 0 && epoch_reopen(epoch))
        code = git_odb_read(&object, epoch->odb, id);
    if (code == GIT_ENOTFOUND) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_READ, "object %s is missing",
                    id_text(id, text));
        return NULL;
    }
    if (code < 0) {
        archive_set_git_error(error, ARCHIVE_ERROR_READ, "object %s cannot be read",
                              id_text(id, text));
        return NULL;
    }
    if (git_odb_object_type(object) != type) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_READ, "object %s is no %s",
                    id_text(id, text), git_object_type2string(type));
        git_odb_object_free(object);
        return NULL;
    }
    return object;
}

/* Takes the line "NAME 40-digits" at *CURSOR into ID. */
static bool take_id(const char **cursor, const char *end, const char *name, uint8_t id[20])
{
    size_t length = strlen(name);
    git_oid parsed;

    if ((size_t)(end - *cursor) < length + GIT_OID_HEXSZ + 1
        || memcmp(*cursor, name, length) != 0 || (*cursor)[length + GIT_OID_HEXSZ] != '\n'
        || git_oid_fromstrn(&parsed, *cursor + length, GIT_OID_HEXSZ) < 0)
        return false;
    memcpy(id, parsed.id, sizeof parsed.id);
    *cursor += length + GIT_OID_HEXSZ + 1;
    return true;
}

/* Dates further from 1970 than this many seconds, ten thousand years, are cut to it: there is
 * arithmetic to be done with them. */
#define TIME_MAX INT64_C(315576000000)

/* The seconds in "committer Name <address> seconds zone", a line from AT to END. What
 * is no number is 0, as git has it. */
static int64_t committer_time(const char *at, const char *end)
{
    const char *bracket = memrchr(at, '>', (size_t)(end - at));
    char digits[24];
    size_t length;

    if (bracket == NULL)
        return 0;
    length = MIN(sizeof digits - 1, (size_t)(end - bracket - 1));
    memcpy(digits, bracket + 1, length);
    digits[length] = '\0';
    return CLAMP(g_ascii_strtoll(digits, NULL, 10), -TIME_MAX, TIME_MAX);
}

/* A commit's bytes: tree, parents, author, committer, more headers, an empty line, text. */
static bool parse_commit(const char *bytes, size_t length, struct archive_commit *out)
{
    const char *end = bytes + length;
    uint8_t other[20];

    if (!take_id(&bytes, end, "tree ", out->tree))
        return false;
    if (!take_id(&bytes, end, "parent ", out->parent))
        memset(out->parent, 0, sizeof out->parent);
    while (take_id(&bytes, end, "parent ", other))
        continue;
    while (bytes < end && *bytes != '\n') {
        const char *line = bytes;
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (stop == NULL)
            stop = end;
        if ((size_t)(stop - line) > strlen("committer ")
            && memcmp(line, "committer ", strlen("committer ")) == 0) {
            out->place.received = committer_time(line, stop);
            return true;
        }
        bytes = stop == end ? end : stop + 1;
    }
    return false;
}

bool archive_read_commit(struct archive *archive, size_t index, const git_oid *id,
                         struct archive_commit *out, GError **error)
{
    char text[ID_SIZE];
    GError *failure = NULL;
    git_odb_object *object = epoch_read(&archive->epochs[index], id, GIT_OBJECT_COMMIT, &failure);

    if (object == NULL) {
        g_propagate_prefixed_error(error, failure, "commit %s: ", id_text(id, text));
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->place.commit.bytes, id->id, sizeof out->place.commit.bytes);
    out->epoch = (uint32_t)index;
    bool parsed = parse_commit(git_odb_object_data(object), git_odb_object_size(object), out);
    git_odb_object_free(object);
    if (!parsed)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_READ, "commit %s: damaged",
                    id_text(id, text));
    return parsed;
}

/* Takes the entry at *CURSOR ("mode name", a NUL, 20 bytes). False at the end, or where the
 * tree is damaged. */
static bool tree_next(const char **cursor, const char *end, struct tree_entry *out)
{
    const char *at = *cursor;

    out->mode = 0;
    while (at < end && *at >= '0' && *at <= '7')
        out->mode = out->mode << 3 | (unsigned)(*at++ - '0');
    if (at == end || *at != ' ')
        return false;
    out->name = at + 1;
    const char *stop = memchr(out->name, '\0', (size_t)(end - out->name));
    if (stop == NULL || end - stop < 1 + GIT_OID_RAWSZ)
        return false;
    out->length = (size_t)(stop - out->name);
    git_oid_fromraw(&out->id, (const unsigned char *)stop + 1);
    *cursor = stop + 1 + GIT_OID_RAWSZ;
    return true;
}

static bool entry_is_blob(const struct tree_entry *entry)
{
    return (entry->mode & 0170000) == 0100000;
}

static bool entry_is_tree(const struct tree_entry *entry)
{
    return entry->mode == GIT_FILEMODE_TREE;
}

static bool entry_is_hexadecimal(const struct tree_entry *entry)
{
    for (size_t i = 0; i < entry->length; i++)
        if (!g_ascii_isxdigit(entry->name[i]))
            return false;
    return entry->length > 0;
}

static bool entry_is_v1_folder(const struct tree_entry *entry)
{
    return entry_is_tree(entry) && entry->length == 2 && entry_is_hexadecimal(entry);
}

/* Looks for the blob "m" or "d" of a v2 commit. */
static enum found find_v2(git_odb_object *tree, git_oid *blob)
{
    const char *cursor = git_odb_object_data(tree);
    const char *end = cursor + git_odb_object_size(tree);
    enum found found = FOUND_NOTHING;
    struct tree_entry entry;

    while (found != FOUND_MAIL && tree_next(&cursor, end, &entry)) {
        if (entry.length != 1 || !entry_is_blob(&entry))
            continue;
        if (entry.name[0] == 'm')
            found = FOUND_MAIL;
        else if (entry.name[0] == 'd')
            found = FOUND_WITHDRAWAL;
        else
            continue;
        *blob = entry.id;
    }
    return found;
}

/* What the difference between a v1 commit's tree and its parent's came to. */
struct v1_change {
    enum found found;
    git_oid blob;
    unsigned trees; /* read so far */
};

/* Git's order of the entries of a tree, in which a folder's name ends with a slash. */
static int compare_entries(const struct tree_entry *a, const struct tree_entry *b)
{
    size_t common = MIN(a->length, b->length);
    int order = memcmp(a->name, b->name, common);

    if (order != 0)
        return order;
    int left = a->length > common ? a->name[common] : entry_is_tree(a) ? '/' : 0;
    int right = b->length > common ? b->name[common] : entry_is_tree(b) ? '/' : 0;
    return left - right;
}

static bool compare_trees(struct epoch *epoch, const git_oid *old, const git_oid *new,
                          unsigned depth, struct v1_change *change, GError **error);

/* Takes one name of which the two trees differ: OLD or NEW is NULL where it is not there. */
static bool take_difference(struct epoch *epoch, const struct tree_entry *old,
                            const struct tree_entry *new, unsigned depth,
                            struct v1_change *change, GError **error)
{
    const struct tree_entry *any = new != NULL ? new : old;

    if (entry_is_v1_folder(any) && depth < V1_DEPTH_MAX)
        return compare_trees(epoch, old != NULL ? &old->id : NULL, new != NULL ? &new->id : NULL,
                             depth + 1, change, error);
    if (depth > 0 && entry_is_blob(any) && entry_is_hexadecimal(any)
        && (new != NULL || change->found == FOUND_NOTHING)) {
        change->found = new != NULL ? FOUND_MAIL : FOUND_WITHDRAWAL;
        change->blob = any->id;
    }
    return true;
}

/* The tree ID, or NULL without an error for none. */
static git_odb_object *read_v1_tree(struct epoch *epoch, const git_oid *id,
                                    struct v1_change *change, GError **error)
{
    char text[ID_SIZE];

    if (id == NULL)
        return NULL;
    if (++change->trees > V1_TREES_MAX) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_READ, "tree %s has too many folders",
                    id_text(id, text));
        return NULL;
    }
    return epoch_read(epoch, id, GIT_OBJECT_TREE, error);
}

/* Finds the first blob that is in NEW and not in OLD (NULL: empty), or failing that one that is
 * gone. git_diff_tree_to_tree() gives the same, but reads all folders of both
 * trees, where three or four differ. */
static bool compare_trees(struct epoch *epoch, const git_oid *old, const git_oid *new,
                          unsigned depth, struct v1_change *change, GError **error)
{
    GError *failure = NULL;
    git_odb_object *trees[2] = { read_v1_tree(epoch, old, change, &failure), NULL };
    if (failure == NULL)
        trees[1] = read_v1_tree(epoch, new, change, &failure);
    const char *cursors[2] = { NULL, NULL }, *ends[2] = { NULL, NULL };
    struct tree_entry entries[2];
    bool has[2] = { false, false };
    bool advance[2] = { true, true };

    for (int i = 0; i < 2; i++)
        if (trees[i] != NULL) {
            cursors[i] = git_odb_object_data(trees[i]);
            ends[i] = cursors[i] + git_odb_object_size(trees[i]);
        }
    while (failure == NULL && change->found != FOUND_MAIL) {
        for (int i = 0; i < 2; i++)
            if (advance[i])
                has[i] = trees[i] != NULL && tree_next(&cursors[i], ends[i], &entries[i]);
        if (!has[0] && !has[1])
            break;
        int order = !has[0] ? 1 : !has[1] ? -1 : compare_entries(&entries[0], &entries[1]);
        advance[0] = order <= 0;
        advance[1] = order >= 0;
        if (order != 0 || !git_oid_equal(&entries[0].id, &entries[1].id))
            take_difference(epoch, advance[0] ? &entries[0] : NULL,
                            advance[1] ? &entries[1] : NULL, depth, change, &failure);
    }
    git_odb_object_free(trees[0]);
    git_odb_object_free(trees[1]);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* What a v1 commit did, by comparing its tree with its first parent's. */
static enum found find_v1(struct archive *archive, const struct archive_commit *commit,
                          git_oid *blob, GError **error)
{
    static const uint8_t none[20] = { 0 };
    struct v1_change change = { .found = FOUND_NOTHING };
    struct archive_commit before;
    git_oid parent = id_from_bytes(commit->parent), old, new = id_from_bytes(commit->tree);
    bool first = memcmp(commit->parent, none, sizeof none) == 0;

    if (!first && !archive_read_commit(archive, commit->epoch, &parent, &before, error))
        return FOUND_FAILURE;
    if (!first)
        old = id_from_bytes(before.tree);
    if (!compare_trees(&archive->epochs[commit->epoch], first ? NULL : &old, &new, 0, &change,
                       error))
        return FOUND_FAILURE;
    *blob = change.blob;
    return change.found;
}

static enum found find_mail(struct archive *archive, const struct archive_commit *commit,
                            git_oid *blob, GError **error)
{
    git_oid id = id_from_bytes(commit->tree);
    git_odb_object *tree = epoch_read(&archive->epochs[commit->epoch], &id, GIT_OBJECT_TREE,
                                      error);

    if (tree == NULL)
        return FOUND_FAILURE;
    enum found found = find_v2(tree, blob);
    git_odb_object_free(tree);
    if (found == FOUND_NOTHING)
        found = find_v1(archive, commit, blob, error);
    if (found == FOUND_NOTHING) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_READ, "holds no mail");
        return FOUND_FAILURE;
    }
    return found;
}

bool archive_withdraws(struct archive *archive, const struct archive_commit *commit)
{
    git_oid blob;

    return find_mail(archive, commit, &blob, NULL) == FOUND_WITHDRAWAL;
}

/* A few kilobytes of pack can stand for gigabytes of blob, so the size is looked at first, which in a
 * pack costs nothing that shows. What cannot be looked at is not too large. */
static bool check_size(struct epoch *epoch, const git_oid *blob, GError **error)
{
    git_object_t type;
    size_t size;

    if (git_odb_read_header(&size, &type, epoch->odb, blob) < 0 || size <= ARCHIVE_MAIL_MAX)
        return true;
    g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_READ, "a mail of %zu bytes is too large",
                size);
    return false;
}

static bool read_mail(struct archive *archive, const struct archive_commit *commit,
                      struct archive_mail *out, GError **error)
{
    struct epoch *epoch = &archive->epochs[commit->epoch];
    git_oid id = id_from_bytes(commit->place.commit.bytes), blob;
    struct archive_commit whole = *commit;

    /* Who knew it knew nothing of its tree. */
    if (commit->known && !archive_read_commit(archive, commit->epoch, &id, &whole, error))
        return false;
    enum found found = find_mail(archive, &whole, &blob, error);
    if (found == FOUND_FAILURE)
        return false;
    if (!check_size(epoch, &blob, error))
        return false;
    git_odb_object *object = epoch_read(epoch, &blob, GIT_OBJECT_BLOB, error);
    if (object == NULL)
        return false;
    out->bytes = git_odb_object_data(object);
    out->length = git_odb_object_size(object);
    out->withdrawal = found == FOUND_WITHDRAWAL;
    out->object = object;
    return true;
}

bool archive_read(struct archive *archive, const struct archive_commit *commit,
                  struct archive_mail *out, GError **error)
{
    GError *failure = NULL;
    char text[ID_SIZE];

    memset(out, 0, sizeof *out);
    if (read_mail(archive, commit, out, &failure))
        return true;
    git_oid id = id_from_bytes(commit->place.commit.bytes);
    g_propagate_prefixed_error(error, failure, "commit %s: ", id_text(&id, text));
    return false;
}

/* The index of the newest epoch that has the object ID; of the newest one of all if none has. */
static size_t find_epoch(struct archive *archive, const git_oid *id)
{
    for (size_t i = archive->count; i-- > 0;)
        if (!epoch_lacks(&archive->epochs[i], id))
            return i;
    for (size_t i = archive->count; i-- > 0;)
        if (epoch_reopen(&archive->epochs[i]) && !epoch_lacks(&archive->epochs[i], id))
            return i;
    return archive->count - 1;
}

bool archive_has_commit(struct archive *archive, const struct commit_id *commit)
{
    git_oid id = id_from_bytes(commit->bytes);

    for (size_t i = archive->count; i-- > 0;)
        if (!epoch_lacks(&archive->epochs[i], &id))
            return true;
    return false;
}

bool archive_read_id(struct archive *archive, const struct commit_id *commit,
                     struct archive_mail *out, GError **error)
{
    git_oid id = id_from_bytes(commit->bytes);
    struct archive_commit found;

    memset(out, 0, sizeof *out);
    return archive_read_commit(archive, find_epoch(archive, &id), &id, &found, error)
           && archive_read(archive, &found, out, error);
}

void archive_mail_release(struct archive_mail *mail)
{
    git_odb_object_free(mail->object);
    memset(mail, 0, sizeof *mail);
}

/* What the entries of one commit's tree say; ARCHIVE_EMPTY if there are none. */
static enum archive_form tree_form(git_odb_object *tree)
{
    const char *cursor = git_odb_object_data(tree);
    const char *end = cursor + git_odb_object_size(tree);
    enum archive_form form = ARCHIVE_EMPTY;
    struct tree_entry entry;
    git_oid blob;

    if (find_v2(tree, &blob) != FOUND_NOTHING)
        return ARCHIVE_V2;
    while (form != ARCHIVE_V1 && tree_next(&cursor, end, &entry))
        form = entry_is_v1_folder(&entry) ? ARCHIVE_V1 : ARCHIVE_FOREIGN;
    return form;
}

enum archive_form epoch_form(struct epoch *epoch, GError **error)
{
    struct archive single = { .epochs = epoch, .count = 1 };
    struct archive_commit commit;
    enum archive_form form = ARCHIVE_EMPTY;
    bool damaged = false;
    git_oid id;

    if (!epoch_head(epoch, &id, NULL))
        return ARCHIVE_EMPTY;
    /* A commit of something else on top of the mails makes them no less an archive. */
    for (int i = 0; form != ARCHIVE_V1 && form != ARCHIVE_V2 && i < FORM_COMMITS_MAX; i++) {
        if (!archive_read_commit(&single, 0, &id, &commit, i == 0 ? error : NULL)) {
            if (i == 0)
                return ARCHIVE_EMPTY;
            break;
        }
        git_oid tree_id = id_from_bytes(commit.tree);
        git_odb_object *tree = epoch_read(epoch, &tree_id, GIT_OBJECT_TREE, NULL);
        if (tree != NULL)
            form = tree_form(tree);
        else
            damaged = true;
        git_odb_object_free(tree);
        id = id_from_bytes(commit.parent);
        if (git_oid_is_zero(&id))
            break;
    }
    /* Damaged trees are no proof that there are no mails behind them. */
    if (form != ARCHIVE_V1 && form != ARCHIVE_V2)
        form = damaged ? ARCHIVE_V2 : ARCHIVE_FOREIGN;
    return form;
}
