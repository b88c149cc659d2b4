/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <ftw.h>
#include <git2.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct support_archive {
    git_repository *repository;
    git_oid head; /* zero: none yet */
    char text[GIT_OID_HEXSZ + 1];
};

/* A test program has no place to keep this but here. */
static struct {
    GPtrArray *paths;
    pid_t owner; /* tests run in children, which leave alone what their parent made */
} folders;

static void check(int code, const char *what)
{
    if (code >= 0)
        return;
    const git_error *error = git_error_last();
    g_error("%s: %s", what, error != NULL ? error->message : "failed");
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

static void remove_folders(void)
{
    /* A test that forked has its parent's handler besides its own. */
    if (folders.owner != getpid() || folders.paths == NULL)
        return;
    for (guint i = 0; i < folders.paths->len; i++)
        nftw(g_ptr_array_index(folders.paths, i), remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_ptr_array_unref(folders.paths);
    folders.paths = NULL;
}

const char *support_folder(void)
{
    GError *error = NULL;
    char *path = g_dir_make_tmp("pore-test-XXXXXX", &error);

    if (path == NULL)
        g_error("%s", error->message);
    if (folders.paths == NULL || folders.owner != getpid()) {
        g_clear_pointer(&folders.paths, g_ptr_array_unref);
        folders.paths = g_ptr_array_new_with_free_func(g_free);
        folders.owner = getpid();
        atexit(remove_folders);
    }
    g_ptr_array_add(folders.paths, path);
    return path;
}

char *support_path(const char *folder, const char *name)
{
    return g_build_filename(folder, name, NULL);
}

void support_write(const char *path, const char *bytes, size_t length)
{
    GError *error = NULL;

    if (!g_file_set_contents(path, bytes, (gssize)length, &error))
        g_error("%s", error->message);
}

struct support_archive *support_archive_new(const char *path)
{
    git_repository_init_options options = { .version = GIT_REPOSITORY_INIT_OPTIONS_VERSION };
    struct support_archive *archive = g_new0(struct support_archive, 1);

    git_libgit2_init();
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
    options.initial_head = "master";
    check(git_repository_init_ext(&archive->repository, path, &options), path);
    return archive;
}

struct support_archive *support_archive_open(const char *path)
{
    struct support_archive *archive = g_new0(struct support_archive, 1);

    git_libgit2_init();
    check(git_repository_open(&archive->repository, path), path);
    check(git_reference_name_to_id(&archive->head, archive->repository, "refs/heads/master"),
          "refs/heads/master");
    return archive;
}

void support_archive_free(struct support_archive *archive)
{
    git_repository_free(archive->repository);
    g_free(archive);
    git_libgit2_shutdown();
}

static const char *add_commit(struct support_archive *archive, int64_t received,
                              const git_oid *tree)
{
    git_signature *signature = NULL;
    git_tree *found = NULL;
    git_commit *parent = NULL;
    bool first = git_oid_is_zero(&archive->head);

    check(git_signature_new(&signature, "Archive Keeper", "keeper@example.org", received, 0),
          "signature");
    check(git_tree_lookup(&found, archive->repository, tree), "tree");
    if (!first)
        check(git_commit_lookup(&parent, archive->repository, &archive->head), "parent");
    check(git_commit_create_v(&archive->head, archive->repository, "refs/heads/master",
                              signature, signature, NULL, "a mail", found, first ? 0 : 1, parent),
          "commit");
    git_commit_free(parent);
    git_tree_free(found);
    git_signature_free(signature);
    return git_oid_tostr(archive->text, sizeof archive->text, &archive->head);
}

/* Puts BLOB at NAME into the tree BASE (NULL: an empty one), folder by folder. */
static git_oid insert(git_repository *repository, const git_tree *base, const char *name,
                      const git_oid *blob)
{
    const char *slash = strchr(name, '/');
    git_treebuilder *builder = NULL;
    git_oid result;

    check(git_treebuilder_new(&builder, repository, base), "tree builder");
    if (slash == NULL) {
        check(git_treebuilder_insert(NULL, builder, name, blob, GIT_FILEMODE_BLOB), name);
    } else {
        char *folder = g_strndup(name, (size_t)(slash - name));
        const git_tree_entry *entry = git_treebuilder_get(builder, folder);
        git_tree *below = NULL;
        if (entry != NULL)
            check(git_tree_lookup(&below, repository, git_tree_entry_id(entry)), folder);
        git_oid inside = insert(repository, below, slash + 1, blob);
        check(git_treebuilder_insert(NULL, builder, folder, &inside, GIT_FILEMODE_TREE), folder);
        git_tree_free(below);
        g_free(folder);
    }
    check(git_treebuilder_write(&result, builder), "tree");
    git_treebuilder_free(builder);
    return result;
}

const char *support_add_blob(struct support_archive *archive, int64_t received, const char *name,
                             const char *bytes, size_t length, bool keep)
{
    git_commit *head = NULL;
    git_tree *base = NULL;
    git_oid blob;

    check(git_blob_create_from_buffer(&blob, archive->repository, bytes, length), "blob");
    if (keep && !git_oid_is_zero(&archive->head)) {
        check(git_commit_lookup(&head, archive->repository, &archive->head), "head");
        check(git_commit_tree(&base, head), "tree");
    }
    git_oid tree = insert(archive->repository, base, name, &blob);
    git_tree_free(base);
    git_commit_free(head);
    return add_commit(archive, received, &tree);
}

const char *support_add(struct support_archive *archive, int64_t received, const char *mail,
                        size_t length)
{
    return support_add_blob(archive, received, "m", mail, length, false);
}

const char *support_withdraw(struct support_archive *archive, int64_t received, const char *mail,
                             size_t length)
{
    return support_add_blob(archive, received, "d", mail, length, false);
}

const char *support_add_empty(struct support_archive *archive, int64_t received)
{
    git_treebuilder *builder = NULL;
    git_oid tree;

    check(git_treebuilder_new(&builder, archive->repository, NULL), "tree builder");
    check(git_treebuilder_write(&tree, builder), "tree");
    git_treebuilder_free(builder);
    return add_commit(archive, received, &tree);
}

void support_tag(struct support_archive *archive, const char *name, const char *id)
{
    git_object *object = NULL;
    git_oid tag;

    check(git_revparse_single(&object, archive->repository, id), id);
    check(git_tag_create_lightweight(&tag, archive->repository, name, object, 1), name);
    git_object_free(object);
}

char *support_object_path(struct support_archive *archive, const char *revision)
{
    git_object *object = NULL;
    char digits[GIT_OID_HEXSZ + 1];

    check(git_revparse_single(&object, archive->repository, revision), revision);
    git_oid_tostr(digits, sizeof digits, git_object_id(object));
    git_object_free(object);
    return g_strdup_printf("%sobjects/%.2s/%s", git_repository_path(archive->repository), digits,
                           digits + 2);
}

void support_remove_object(struct support_archive *archive, const char *revision)
{
    char *path = support_object_path(archive, revision);

    if (g_remove(path) != 0)
        g_error("%s: cannot be removed", path);
    g_free(path);
}

/* Removes the files in FOLDER whose names end in SUFFIX, other than those beginning with KEPT. */
static void remove_files(const char *folder, const char *suffix, const char *kept)
{
    GDir *entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL)
        if (g_str_has_suffix(name, suffix) && (kept == NULL || !g_str_has_prefix(name, kept))) {
            char *path = g_build_filename(folder, name, NULL);
            g_remove(path);
            g_free(path);
        }
    g_clear_pointer(&entries, g_dir_close);
}

char *support_pack(struct support_archive *archive)
{
    char *objects = g_build_filename(git_repository_path(archive->repository), "objects", NULL);
    char *packs = g_build_filename(objects, "pack", NULL);
    git_packbuilder *builder = NULL;
    git_revwalk *walk = NULL;

    check(git_packbuilder_new(&builder, archive->repository), "pack");
    check(git_revwalk_new(&walk, archive->repository), "walk");
    check(git_revwalk_push(walk, &archive->head), "walk");
    check(git_packbuilder_insert_walk(builder, walk), "pack");
    check(git_packbuilder_write(builder, packs, 0, NULL, NULL), "pack");
    char *name = g_strdup_printf("pack-%s", git_packbuilder_name(builder));
    git_revwalk_free(walk);
    git_packbuilder_free(builder);
    for (unsigned i = 0; i < 256; i++) {
        char *loose = g_strdup_printf("%s/%02x", objects, i);
        remove_files(loose, "", NULL);
        g_free(loose);
    }
    remove_files(packs, "", name);
    char *pack = g_strdup_printf("%s/%s.pack", packs, name);
    g_free(name);
    g_free(packs);
    g_free(objects);
    return pack;
}

char *support_read(const char *path, const char *revision)
{
    git_repository *repository = NULL;
    git_object *object = NULL;
    git_odb *odb = NULL;
    git_odb_object *raw = NULL;

    git_libgit2_init();
    check(git_repository_open(&repository, path), path);
    check(git_revparse_single(&object, repository, revision), revision);
    check(git_repository_odb(&odb, repository), path);
    check(git_odb_read(&raw, odb, git_object_id(object)), revision);
    char *bytes = g_strndup(git_odb_object_data(raw), git_odb_object_size(raw));
    git_odb_object_free(raw);
    git_odb_free(odb);
    git_object_free(object);
    git_repository_free(repository);
    git_libgit2_shutdown();
    return bytes;
}
