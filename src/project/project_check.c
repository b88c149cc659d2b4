/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries a series: each patch on the files that those before it have left, as git apply --index does. */
#include "project/project_parts.h"

#include <string.h>
#include <sys/stat.h>

/* What a patch has made of a file so far. */
enum touch {
    TOUCH_NONE,
    TOUCH_GOES, /* a later part of the patch removes it */
    TOUCH_GONE, /* an earlier one has */
    TOUCH_HERE,
};

struct touched {
    enum touch touch;
    unsigned mode;
    GBytes *bytes;
};

/* A patch that is tried. */
struct trial {
    struct project *project;
    struct project_tree *tree;
    struct project_effort effort;
    GTree *touched; /* path → struct touched *, of this patch */
    GTree *links;   /* paths that this patch makes symbolic links */
    size_t held;    /* bytes of what it has touched */
    struct project_check *check; /* gets why the patch does not apply … */
    GError *error;               /* … or why that cannot be told */
};

/* One of its files while it is tried. */
struct step {
    const struct project_change *change;
    const char *old_name; /* NULL if there is none */
    bool added, deleted;
    unsigned old_mode, new_mode;
};

static gint compare_paths(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    return strcmp((const char *)a, (const char *)b);
}

static void free_touched(void *pointer)
{
    struct touched *touched = (struct touched *)pointer;

    g_clear_pointer(&touched->bytes, g_bytes_unref);
    g_free(touched);
}

/* Says that the patch does not apply to PATH. Returns false. */
static bool G_GNUC_PRINTF(3, 4) fails(struct trial *trial, const char *path, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    trial->check->path = g_utf8_make_valid(path, -1);
    trial->check->why = project_clean_line(g_strconcat(path, why, NULL));
    return false;
}

static enum touch touch_of(const struct trial *trial, const char *path, struct touched **out)
{
    struct touched *touched = g_tree_lookup(trial->touched, path);

    if (out != NULL)
        *out = touched;
    return touched != NULL ? touched->touch : TOUCH_NONE;
}

static void set_touched(struct trial *trial, const char *path, enum touch touch, unsigned mode,
                        GBytes *bytes)
{
    struct touched *touched = g_new0(struct touched, 1);

    touched->touch = touch;
    touched->mode = mode;
    touched->bytes = bytes != NULL ? g_bytes_ref(bytes) : NULL;
    g_tree_replace(trial->touched, g_strdup(path), touched);
}

/* The next one of the folders above PATH, upwards, in the copy of it that FOLDER is; false behind
 * the last one, or if no effort is left. */
static bool next_folder(struct trial *trial, char *folder)
{
    char *slash = strrchr(folder, '/');

    if (slash == NULL || !project_effort_spend(&trial->effort, (size_t)(slash - folder)))
        return false;
    *slash = '\0';
    return true;
}

/* What a mode says is only this much to git. */
static unsigned canonical_mode(unsigned mode)
{
    if (S_ISLNK(mode))
        return GIT_FILEMODE_LINK;
    if (S_ISDIR(mode) || (mode & S_IFMT) == GIT_FILEMODE_COMMIT)
        return GIT_FILEMODE_COMMIT;
    return mode & 0100 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
}

/* Is the file there that the patch changes? Fills in what the patch has not said: modes, and whether
 * it adds the file. */
static bool check_old(struct trial *trial, struct step *step)
{
    const struct project_change *change = step->change;
    struct touched *touched = NULL;
    enum touch touch = TOUCH_NONE;
    unsigned mode;

    /* A rename or copy is from what there was before the patch. */
    if (!change->renamed && !change->copied)
        touch = touch_of(trial, step->old_name, &touched);
    if (touch == TOUCH_GONE)
        return fails(trial, step->old_name, " has been renamed or deleted before");
    if (touch == TOUCH_HERE)
        mode = touched->mode;
    else if (!project_tree_find(trial->tree, step->old_name, &mode, &trial->error))
        return false;
    if (mode == 0 && change->added < 0) {
        step->added = true;
        step->deleted = false;
        step->old_name = NULL;
        return true;
    }
    if (mode == 0)
        return fails(trial, step->old_name, " does not exist");
    if (step->old_mode == 0)
        step->old_mode = mode;
    if (((mode ^ step->old_mode) & S_IFMT) != 0)
        return fails(trial, step->old_name, " is of another type (mode %06o instead of %06o)", mode,
                     step->old_mode);
    if (step->new_mode == 0 && !step->deleted)
        step->new_mode = mode;
    return true;
}

/* Can the file be made where the patch wants it? */
static bool check_new(struct trial *trial, struct step *step)
{
    const char *name = step->change->new_name;
    unsigned mode;

    if (step->added || step->change->renamed || step->change->copied) {
        enum touch touch = touch_of(trial, name, NULL);

        if (!project_tree_find(trial->tree, name, &mode, &trial->error))
            return false;
        if (mode != 0 && touch != TOUCH_GOES && touch != TOUCH_GONE)
            return fails(trial, name, " already exists");
        if (step->new_mode == 0 && step->added)
            step->new_mode = GIT_FILEMODE_BLOB;
    }
    if (step->new_mode == 0)
        step->new_mode = step->old_mode;
    if (step->old_name != NULL && ((step->old_mode ^ step->new_mode) & S_IFMT) != 0)
        return fails(trial, name, " would be of another type (mode %06o instead of %06o)",
                     step->new_mode, step->old_mode);
    return true;
}

/* Does PATH, which the patch makes, lie behind a symbolic link? */
static bool check_links(struct trial *trial, const char *path)
{
    g_autofree char *folder = g_strdup(path);
    unsigned mode;

    while (next_folder(trial, folder)) {
        enum touch touch = touch_of(trial, folder, NULL);
        if (!project_tree_find(trial->tree, folder, &mode, &trial->error))
            return false;
        if (g_tree_lookup(trial->links, folder) != NULL
            || (S_ISLNK(mode) && touch != TOUCH_GONE && touch != TOUCH_GOES))
            return fails(trial, path, " is behind a symbolic link");
    }
    return trial->effort.left >= 0;
}

/* The contents from which the patch starts; NULL with an error. */
static GBytes *read_old(struct trial *trial, const struct step *step)
{
    struct touched *touched;

    if (step->old_name == NULL)
        return g_bytes_new_static("", 0);
    if (!step->change->renamed && !step->change->copied
        && touch_of(trial, step->old_name, &touched) == TOUCH_HERE)
        return g_bytes_ref(touched->bytes);
    return project_tree_read(trial->tree, step->old_name, &trial->error);
}

/* Is ID that of BYTES? */
static bool is_id_of(const char *id, GBytes *bytes)
{
    size_t length;
    const void *data = g_bytes_get_data(bytes, &length);
    char text[ID_SIZE];
    git_oid oid;

    return git_odb_hash(&oid, data != NULL ? data : "", length, GIT_OBJECT_BLOB) == 0
           && g_ascii_strcasecmp(git_oid_tostr(text, sizeof text, &oid), id) == 0;
}

/* The object ID of the repository; NULL if it has none. */
static GBytes *read_known(struct trial *trial, const git_oid *id)
{
    git_odb_object *object = NULL;
    GBytes *bytes = NULL;

    if (git_odb_exists(trial->project->odb, id)
        && git_odb_read(&object, trial->project->odb, id) == 0)
        bytes = g_bytes_new(git_odb_object_data(object), git_odb_object_size(object));
    git_odb_object_free(object);
    return bytes;
}

/* Applies a binary patch: to that very file, and with that very result. */
static GBytes *apply_binary(struct trial *trial, const struct step *step, GBytes *old)
{
    const struct project_change *change = step->change;
    const char *name = project_change_name(change);
    git_oid id;

    if (strlen(change->old_id) != ID_DIGITS || strlen(change->new_id) != ID_DIGITS
        || git_oid_fromstr(&id, change->old_id) < 0 || git_oid_fromstr(&id, change->new_id) < 0) {
        fails(trial, name, " is binary, and the patch does not say exactly which files it is for");
        return NULL;
    }
    if (step->old_name != NULL && !is_id_of(change->old_id, old)) {
        fails(trial, name, " is binary and not the file that the patch is for");
        return NULL;
    }
    if (git_oid_is_zero(&id))
        return g_bytes_new_static("", 0);
    GBytes *known = read_known(trial, &id);
    if (known != NULL)
        return known;
    if (change->binary.bytes == NULL) {
        fails(trial, name, " is binary, and the patch does not bring its contents");
        return NULL;
    }
    GBytes *new = project_binary_apply(&change->binary, old);
    if (new != NULL && is_id_of(change->new_id, new))
        return new;
    g_clear_pointer(&new, g_bytes_unref);
    fails(trial, name, ": the binary patch is damaged");
    return NULL;
}

static GBytes *apply_hunks(struct trial *trial, const struct step *step, GBytes *old)
{
    const struct project_change *change = step->change;
    guint failed;
    GBytes *new = project_hunks_apply(change->hunks, old, &trial->effort, &failed);

    if (new != NULL)
        return new;
    if (failed < change->hunks->len) {
        fails(trial, project_change_name(change), ": hunk %u of %u does not apply", failed + 1,
              change->hunks->len);
        trial->check->hunk =
            project_hunk_text(&g_array_index(change->hunks, struct project_hunk, failed));
    }
    return NULL;
}

/* Is BYTES what git writes for a submodule? */
static bool is_submodule_line(GBytes *bytes)
{
    static const char begin[] = "Subproject commit ";
    size_t length;
    const char *text = g_bytes_get_data(bytes, &length);
    git_oid id;

    return length >= sizeof begin - 1 + ID_DIGITS && memcmp(text, begin, sizeof begin - 1) == 0
           && git_oid_fromstrn(&id, text + sizeof begin - 1, ID_DIGITS) == 0;
}

/* Makes of the file what the patch says, for its later parts to see. */
static bool apply_change(struct trial *trial, const struct step *step)
{
    const struct project_change *change = step->change;
    g_autoptr(GBytes) old = read_old(trial, step), new = NULL;

    if (old == NULL)
        return false;
    new = change->is_binary ? apply_binary(trial, step, old) : apply_hunks(trial, step, old);
    if (new == NULL)
        return false;
    trial->held += new != old ? g_bytes_get_size(new) : 0;
    if (trial->held > PROJECT_BYTES_MAX)
        trial->effort.left = -1;
    if (step->deleted && g_bytes_get_size(new) > 0)
        return fails(trial, step->old_name, " has more contents than the patch deletes");
    if (!step->deleted && canonical_mode(step->new_mode) == GIT_FILEMODE_COMMIT
        && !is_submodule_line(new))
        return fails(trial, change->new_name, " is a submodule, and the patch names no commit");
    if (!step->deleted)
        set_touched(trial, change->new_name, TOUCH_HERE, canonical_mode(step->new_mode), new);
    if (step->deleted || change->renamed)
        set_touched(trial, step->old_name, TOUCH_GONE, 0, NULL);
    return true;
}

/* Are the paths that CHANGE names such as may stand in a repository? */
static bool check_paths(struct trial *trial, const struct step *step)
{
    const char *const names[] = { step->change->old_name, step->change->new_name };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] != NULL
            && !project_name_is_safe(names[i], S_ISLNK(i == 0 ? step->old_mode : step->new_mode)))
            return fails(trial, names[i], " is no path that a patch may touch");
    return true;
}

static bool try_change(struct trial *trial, const struct project_change *change)
{
    struct step step = {
        .change = change,
        .old_name = change->old_name,
        .added = change->added > 0,
        .deleted = change->deleted > 0,
        .old_mode = change->old_mode,
        .new_mode = change->new_mode,
    };

    return check_paths(trial, &step) && (step.old_name == NULL || check_old(trial, &step))
           && (change->new_name == NULL || check_new(trial, &step))
           && (step.deleted || check_links(trial, change->new_name)) && apply_change(trial, &step);
}

/* Puts what is touched into the tree: first what goes away, then what comes. */
static bool settle(struct trial *trial, const GPtrArray *changes, bool coming)
{
    for (guint i = 0; i < changes->len; i++) {
        const struct project_change *change = g_ptr_array_index(changes, i);
        const char *path = coming ? change->new_name : change->old_name;
        struct touched *touched;

        if (path == NULL || touch_of(trial, path, &touched) != (coming ? TOUCH_HERE : TOUCH_GONE))
            continue;
        if (!project_tree_set(trial->tree, path, touched->mode, touched->bytes, &trial->error))
            return false;
    }
    return true;
}

/* Is there a file where the patch wants a folder, or the other way round? */
static bool check_folders(struct trial *trial, const GPtrArray *changes)
{
    for (guint i = 0; i < changes->len; i++) {
        const struct project_change *change = g_ptr_array_index(changes, i);
        unsigned mode;

        if (change->new_name == NULL || touch_of(trial, change->new_name, NULL) != TOUCH_HERE)
            continue;
        if (project_tree_is_folder(trial->tree, change->new_name, &trial->error))
            return fails(trial, change->new_name, " is a folder");
        g_autofree char *folder = g_strdup(change->new_name);
        while (next_folder(trial, folder)) {
            if (trial->error != NULL
                || !project_tree_find(trial->tree, folder, &mode, &trial->error))
                return false;
            if (mode != 0)
                return fails(trial, change->new_name, ": %s is a file and no folder", folder);
        }
    }
    return trial->error == NULL && trial->effort.left >= 0;
}

/* What later parts of the patch do is known to earlier ones: files may change places. */
static void look_ahead(struct trial *trial, const GPtrArray *changes)
{
    for (guint i = 0; i < changes->len; i++) {
        const struct project_change *change = g_ptr_array_index(changes, i);

        if (change->old_name != NULL && (change->new_name == NULL || change->renamed))
            set_touched(trial, change->old_name, TOUCH_GOES, 0, NULL);
        if (change->new_name != NULL && S_ISLNK(change->new_mode))
            g_tree_replace(trial->links, g_strdup(change->new_name), GINT_TO_POINTER(1));
    }
}

static bool try_changes(struct trial *trial, const GPtrArray *changes)
{
    bool good = true;

    trial->touched = g_tree_new_full(compare_paths, NULL, g_free, free_touched);
    trial->links = g_tree_new_full(compare_paths, NULL, g_free, NULL);
    trial->held = 0;
    look_ahead(trial, changes);
    for (guint i = 0; i < changes->len && good; i++)
        good = project_effort_spend(&trial->effort, 1)
               && try_change(trial, g_ptr_array_index(changes, i));
    good = good && settle(trial, changes, false) && settle(trial, changes, true)
           && check_folders(trial, changes);
    g_tree_unref(trial->links);
    g_tree_unref(trial->touched);
    return good;
}

/* Tries one patch. False with what is said in trial. */
static bool try_patch(struct trial *trial, GBytes *diff)
{
    struct project_damage damage;
    size_t length;
    const char *bytes = g_bytes_get_data(diff, &length);
    g_autoptr(GPtrArray) changes = project_diff_read(bytes, length, &damage);

    if (changes != NULL)
        return try_changes(trial, changes);
    trial->check->path = damage.path;
    trial->check->hunk = damage.hunk;
    trial->check->why = damage.path != NULL
                            ? project_clean_line(g_strdup_printf("%s: %s", damage.path, damage.why))
                            : g_strdup(damage.why);
    g_free(damage.why);
    return false;
}

bool project_check(struct project *project, const char *base, const GPtrArray *patches, gint *stop,
                   struct project_check *out, GError **error)
{
    struct trial trial = {
        .project = project,
        .effort = { stop, PROJECT_STEPS_MAX },
        .check = out,
    };
    bool good = true;

    memset(out, 0, sizeof *out);
    trial.tree = project_tree_new(project, base, error);
    if (trial.tree == NULL)
        return false;
    for (guint i = 0; i < patches->len && good; i++) {
        const struct patch *patch = g_ptr_array_index(patches, i);

        if (patch == NULL || g_bytes_get_size(patch->raw_diff) == 0)
            continue;
        good = try_patch(&trial, patch->raw_diff);
        out->applied += good;
        out->failed = good ? 0 : i;
    }
    project_tree_free(trial.tree);
    out->applies = good;
    if (good || out->why != NULL)
        return true;
    project_check_clear(out);
    if (trial.error != NULL)
        g_propagate_error(error, trial.error);
    else if (stop != NULL && g_atomic_int_get(stop) != 0)
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_STOPPED, "stopped");
    else
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_READ,
                    "the patches are too large to be tried");
    return false;
}

void project_check_clear(struct project_check *check)
{
    g_free(check->path);
    g_free(check->hunk);
    g_free(check->why);
    memset(check, 0, sizeof *check);
}
