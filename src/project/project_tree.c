/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a commit, and what patches make of them, in memory. What is asked for is read, and
 * nothing else. */
#include "project/project_parts.h"

#include <string.h>

/* A file. Tables are ordered ones: names that strangers choose cannot fall together in them. */
struct file {
    unsigned mode; /* 0: not there */
    bool of_commit; /* the commit has it, whatever has become of it */
    git_oid id;    /* where it comes from the repository */
    GBytes *bytes; /* NULL as long as it has not been read */
};

struct project_tree {
    struct project *project;
    git_tree *root;
    GTree *files;   /* path → struct file * */
    GTree *folders; /* path → git_tree *: those of the commit; NULL if it has none there */
    size_t held;    /* bytes */
};

static gint compare_paths(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    return strcmp((const char *)a, (const char *)b);
}

static void free_file(void *pointer)
{
    struct file *file = (struct file *)pointer;

    g_clear_pointer(&file->bytes, g_bytes_unref);
    g_free(file);
}

static void free_tree(void *pointer)
{
    git_tree_free((git_tree *)pointer);
}

struct project_tree *project_tree_new(struct project *project, const char *id, GError **error)
{
    struct project_tree *tree = g_new0(struct project_tree, 1);
    git_commit *commit = NULL;
    git_oid oid;
    bool good = git_oid_fromstr(&oid, id) == 0
                && git_commit_lookup(&commit, project->repository, &oid) == 0
                && git_commit_tree(&tree->root, commit) == 0;

    git_commit_free(commit);
    tree->project = project;
    tree->files = g_tree_new_full(compare_paths, NULL, g_free, free_file);
    tree->folders = g_tree_new_full(compare_paths, NULL, g_free, free_tree);
    if (good)
        return tree;
    project_set_git_error(error, PROJECT_ERROR_READ, "%s: commit %s", project->path, id);
    project_tree_free(tree);
    return NULL;
}

void project_tree_free(struct project_tree *tree)
{
    if (tree == NULL)
        return;
    g_tree_unref(tree->folders);
    g_tree_unref(tree->files);
    git_tree_free(tree->root);
    g_free(tree);
}

/* The folder PATH of the commit, of which *PARENT is the one above; NULL if there is none. */
static bool open_folder(struct project_tree *tree, const git_tree *parent, const char *path,
                        git_tree **folder, GError **error)
{
    const char *slash = strrchr(path, '/');
    const git_tree_entry *entry;
    gpointer known;

    if (g_tree_lookup_extended(tree->folders, path, NULL, &known)) {
        *folder = (git_tree *)known;
        return true;
    }
    *folder = NULL;
    entry = git_tree_entry_byname(parent, slash != NULL ? slash + 1 : path);
    if (entry != NULL && git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE
        && git_tree_lookup(folder, tree->project->repository, git_tree_entry_id(entry)) < 0) {
        project_set_git_error(error, PROJECT_ERROR_READ, "%s: folder %s", tree->project->path,
                              path);
        return false;
    }
    if (*folder != NULL)
        g_tree_insert(tree->folders, g_strdup(path), *folder);
    return true;
}

/* The entry of the commit at PATH; NULL if there is none. */
static bool find_entry(struct project_tree *tree, const char *path, const git_tree_entry **entry,
                       GError **error)
{
    g_autofree char *folder_path = g_strdup(path);
    git_tree *folder = tree->root;

    *entry = NULL;
    for (char *slash = strchr(folder_path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!open_folder(tree, folder, folder_path, &folder, error))
            return false;
        if (folder == NULL)
            return true;
        *slash = '/';
    }
    const char *last = strrchr(path, '/');
    *entry = git_tree_entry_byname(folder, last != NULL ? last + 1 : path);
    return true;
}

/* Which mode ENTRY (or NULL) has as a file: 0 if it is none. */
static unsigned file_mode(const git_tree_entry *entry)
{
    unsigned mode = entry != NULL ? git_tree_entry_filemode(entry) : 0;

    return mode != GIT_FILEMODE_TREE ? mode : 0;
}

/* Only files that are read or changed are kept. */
static struct file *find_file(struct project_tree *tree, const char *path, GError **error)
{
    struct file *file = g_tree_lookup(tree->files, path);
    const git_tree_entry *entry;

    if (file != NULL)
        return file;
    if (!find_entry(tree, path, &entry, error))
        return NULL;
    file = g_new0(struct file, 1);
    file->mode = file_mode(entry);
    file->of_commit = file->mode != 0;
    if (entry != NULL)
        file->id = *git_tree_entry_id(entry);
    g_tree_insert(tree->files, g_strdup(path), file);
    return file;
}

bool project_tree_find(struct project_tree *tree, const char *path, unsigned *mode, GError **error)
{
    const struct file *file = g_tree_lookup(tree->files, path);
    const git_tree_entry *entry;

    if (file == NULL && !find_entry(tree, path, &entry, error))
        return false;
    *mode = file != NULL ? file->mode : file_mode(entry);
    return true;
}

/* Counts BYTES as held. False with an error if they are too many. */
static bool hold(struct project_tree *tree, size_t bytes, const char *path, GError **error)
{
    tree->held += bytes;
    if (tree->held <= PROJECT_BYTES_MAX)
        return true;
    g_autofree char *name = project_clean_line(g_strdup(path));
    g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_READ,
                "%s: the files that are touched are too large to be tried", name);
    return false;
}

static void release(struct project_tree *tree, struct file *file)
{
    if (file->bytes == NULL)
        return;
    tree->held -= g_bytes_get_size(file->bytes);
    g_clear_pointer(&file->bytes, g_bytes_unref);
}

static bool read_object(struct project_tree *tree, struct file *file, const char *path,
                        GError **error)
{
    git_odb_object *object = NULL;
    size_t size;
    git_object_t type;

    if (git_odb_read_header(&size, &type, tree->project->odb, &file->id) == 0) {
        if (!hold(tree, size, path, error))
            return false;
        if (git_odb_read(&object, tree->project->odb, &file->id) == 0) {
            file->bytes = g_bytes_new(git_odb_object_data(object), git_odb_object_size(object));
            git_odb_object_free(object);
            return true;
        }
        tree->held -= size;
    }
    g_autofree char *name = project_clean_line(g_strdup(path));
    project_set_git_error(error, PROJECT_ERROR_READ, "%s: %s", tree->project->path, name);
    return false;
}

GBytes *project_tree_read(struct project_tree *tree, const char *path, GError **error)
{
    struct file *file = find_file(tree, path, error);
    char id[ID_SIZE];

    if (file == NULL)
        return NULL;
    if (file->bytes == NULL && file->mode == GIT_FILEMODE_COMMIT) {
        char *line = g_strdup_printf("Subproject commit %s\n",
                                     git_oid_tostr(id, sizeof id, &file->id));
        file->bytes = g_bytes_new_take(line, strlen(line));
        tree->held += strlen(line);
    }
    if (file->bytes == NULL && !read_object(tree, file, path, error))
        return NULL;
    return g_bytes_ref(file->bytes);
}

/* How many files FOLDER holds, counted up to MOST; -1 with an error. */
static gint64 count_files(struct project_tree *tree, const git_tree *folder, gint64 most,
                          GError **error)
{
    gint64 count = 0;

    for (size_t i = 0; i < git_tree_entrycount(folder) && count < most; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(folder, i);
        git_tree *below = NULL;

        if (git_tree_entry_filemode(entry) != GIT_FILEMODE_TREE) {
            count++;
            continue;
        }
        if (git_tree_lookup(&below, tree->project->repository, git_tree_entry_id(entry)) < 0) {
            project_set_git_error(error, PROJECT_ERROR_READ, "%s: folder %s", tree->project->path,
                                  git_tree_entry_name(entry));
            return -1;
        }
        gint64 inside = count_files(tree, below, most - count, error);
        git_tree_free(below);
        if (inside < 0)
            return -1;
        count += inside;
    }
    return count;
}

/* Is there a file below PREFIX ("folder/") that has been read or changed? If not, *GONE is how many of the
 * commit's have been removed there. */
static bool has_changed_file(const struct project_tree *tree, const char *prefix, gint64 *gone)
{
    *gone = 0;
    for (GTreeNode *node = g_tree_lower_bound(tree->files, prefix);
         node != NULL && g_str_has_prefix(g_tree_node_key(node), prefix);
         node = g_tree_node_next(node)) {
        const struct file *file = g_tree_node_value(node);

        if (file->mode != 0)
            return true;
        *gone += file->of_commit;
    }
    return false;
}

bool project_tree_is_folder(struct project_tree *tree, const char *path, GError **error)
{
    g_autofree char *prefix = g_strconcat(path, "/", NULL);
    const git_tree_entry *entry;
    git_tree *folder = NULL;
    gint64 gone;

    if (has_changed_file(tree, prefix, &gone))
        return true;
    if (!find_entry(tree, path, &entry, error) || entry == NULL
        || git_tree_entry_filemode(entry) != GIT_FILEMODE_TREE)
        return false;
    if (git_tree_lookup(&folder, tree->project->repository, git_tree_entry_id(entry)) < 0) {
        project_set_git_error(error, PROJECT_ERROR_READ, "%s: folder %s", tree->project->path, path);
        return false;
    }
    gint64 count = count_files(tree, folder, gone + 1, error);
    git_tree_free(folder);
    return count > gone;
}

bool project_tree_set(struct project_tree *tree, const char *path, unsigned mode, GBytes *bytes,
                      GError **error)
{
    struct file *file = find_file(tree, path, error);

    if (file == NULL)
        return false;
    release(tree, file);
    file->mode = mode;
    if (mode == 0)
        return true;
    file->bytes = g_bytes_ref(bytes);
    return hold(tree, g_bytes_get_size(bytes), path, error);
}
