/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/particulars.h"

#include "hash.h"
#include "series/series.h"

#include <string.h>

/* Links of a posting that are looked at for earlier versions, and earlier versions that are told. */
#define LINKS_MAX 1000

/* A file of one of the patches. */
struct touch {
    const struct patch_file *file;
    guint patch;
};

/* MEMBERS are in the order of their numbers. */
static GArray *find_missing(const struct posting *posting, const GPtrArray *members)
{
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(struct particulars_gap));
    uint64_t next = 1;

    for (guint i = 0; i <= members->len && next <= posting->total; i++) {
        /* Behind the last one there is an end. */
        uint64_t number = i < members->len ? member_number(g_ptr_array_index(members, i))
                                           : (uint64_t)posting->total + 1;

        if (number > next) {
            uint64_t last = MIN(number - 1, posting->total);
            struct particulars_gap gap = { (uint32_t)next, (uint32_t)last };
            g_array_append_val(missing, gap);
        }
        next = MAX(next, number + 1);
    }
    return missing;
}

/* What the patches say of what they are for. */
static void read_words(struct particulars *out, const GPtrArray *patches)
{
    GHashTable *seen = g_hash_table_new(hash_text, g_str_equal);

    out->prerequisites = g_ptr_array_new();
    for (guint i = 0; i < patches->len; i++) {
        const struct patch *patch = g_ptr_array_index(patches, i);

        if (patch == NULL)
            continue;
        if (out->base_commit == NULL)
            out->base_commit = patch->base_commit;
        if (out->change_id == NULL)
            out->change_id = patch->change_id;
        for (guint j = 0; j < patch->prerequisites->len; j++) {
            char *word = g_ptr_array_index(patch->prerequisites, j);
            if (g_hash_table_add(seen, word))
                g_ptr_array_add(out->prerequisites, word);
        }
    }
    g_hash_table_destroy(seen);
}

static gint compare_touches(gconstpointer a, gconstpointer b)
{
    const struct touch *one = (const struct touch *)a, *other = (const struct touch *)b;
    int order = strcmp(one->file->path, other->file->path);

    if (order != 0)
        return order;
    return (one->patch > other->patch) - (one->patch < other->patch);
}

static void read_files(struct particulars *out, const GPtrArray *patches)
{
    GArray *touches = g_array_new(FALSE, FALSE, sizeof(struct touch));
    struct particulars_file *file = NULL;

    out->files = g_array_new(FALSE, FALSE, sizeof(struct particulars_file));
    for (guint i = 0; i < patches->len; i++) {
        const struct patch *patch = g_ptr_array_index(patches, i);

        for (guint j = 0; patch != NULL && j < patch->files->len; j++) {
            struct touch touch = { &g_array_index(patch->files, struct patch_file, j), i };
            g_array_append_val(touches, touch);
        }
    }
    g_array_sort(touches, compare_touches);
    for (guint i = 0; i < touches->len; i++) {
        const struct touch *touch = &g_array_index(touches, struct touch, i);
        bool same = file != NULL && strcmp(file->path, touch->file->path) == 0;

        if (!same) {
            struct particulars_file fresh = { .path = touch->file->path };
            g_array_append_val(out->files, fresh);
            file = &g_array_index(out->files, struct particulars_file, out->files->len - 1);
        }
        file->added += touch->file->added;
        file->removed += touch->file->removed;
        file->patches += !same || touch[-1].patch != touch->patch;
        out->added += touch->file->added;
        out->removed += touch->file->removed;
    }
    g_array_unref(touches);
}

/* Is OTHER of the series of POSTING, or have EARLIER its version already? */
static bool is_known(const GPtrArray *earlier, const struct posting *posting,
                     const struct posting *other)
{
    if (other->series == posting->series)
        return true;
    for (guint i = 0; i < earlier->len; i++) {
        const struct posting *known = g_ptr_array_index(earlier, i);

        if (known == other || known->version == other->version)
            return true;
    }
    return false;
}

/* Adds what PATCH links to, if it can be an earlier version: a lower one of which the series has no
 * posting. Links to whatever the series builds upon look the same. */
static void follow_links(GPtrArray *earlier, const struct posting *posting,
                         const struct patch *patch)
{
    const struct mailset *mails = series_set_mails(posting->series->set);

    for (guint i = 0; i < patch->links->len && i < LINKS_MAX; i++) {
        const struct member *member = mailset_find(mails, g_ptr_array_index(patch->links, i));
        struct posting *other = member != NULL ? member->posting : NULL;

        if (other != NULL && other->version < posting->version
            && posting_compare(other, posting) < 0 && !is_known(earlier, posting, other)
            && earlier->len < LINKS_MAX)
            g_ptr_array_add(earlier, other);
    }
}

static gint compare_newest_first(gconstpointer a, gconstpointer b)
{
    const struct posting *const *one = (const struct posting *const *)a;
    const struct posting *const *other = (const struct posting *const *)b;

    return posting_compare(*other, *one);
}

/* PATCHES begin with that of the lead. */
static void find_earlier(struct particulars *out, const struct posting *posting,
                         const GPtrArray *patches)
{
    GPtrArray *postings = g_ptr_array_new();
    const struct patch *lead = patches->len > 0 ? g_ptr_array_index(patches, 0) : NULL;

    for (guint i = 0; i < posting->series->postings->len; i++) {
        struct posting *other = g_ptr_array_index(posting->series->postings, i);

        if (posting_compare(other, posting) < 0)
            g_ptr_array_add(postings, other);
    }
    if (lead != NULL)
        follow_links(postings, posting, lead);
    g_ptr_array_sort(postings, compare_newest_first);
    out->earlier = g_ptr_array_new();
    for (guint i = 0; i < postings->len; i++) {
        const struct posting *other = g_ptr_array_index(postings, i);
        g_ptr_array_add(out->earlier, g_ptr_array_index(other->members, 0));
    }
    g_ptr_array_unref(postings);
}

struct particulars *particulars_new(const struct posting *posting, const GPtrArray *patches)
{
    struct particulars *out = g_new0(struct particulars, 1);
    GPtrArray *members = posting_all_members(posting);

    out->missing = find_missing(posting, members);
    read_words(out, patches);
    read_files(out, patches);
    find_earlier(out, posting, patches);
    g_ptr_array_unref(members);
    return out;
}

void particulars_free(struct particulars *particulars)
{
    if (particulars == NULL)
        return;
    g_array_unref(particulars->missing);
    g_ptr_array_unref(particulars->prerequisites);
    g_ptr_array_unref(particulars->earlier);
    g_array_unref(particulars->files);
    g_free(particulars);
}

char *particulars_missing(const struct particulars *particulars)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < particulars->missing->len; i++) {
        const struct particulars_gap *gap =
            &g_array_index(particulars->missing, struct particulars_gap, i);

        g_string_append_printf(text, "%s%u", i > 0 ? ", " : "", gap->first);
        if (gap->last > gap->first)
            g_string_append_printf(text, "-%u", gap->last);
    }
    return g_string_free(text, FALSE);
}
