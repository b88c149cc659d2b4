/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/remembered.h"

#include <stdlib.h>
#include <string.h>

/* Is FIRST in ARCHIVE, and nothing before it? */
static bool begins_with(struct archive *archive, const struct commit_id *first)
{
    char text[COMMIT_ID_TEXT_SIZE];
    const struct range range = { .revisions = true, .to = text };
    struct archive_walk *walk;
    struct archive_commit commit;
    GError *error = NULL;
    unsigned count = 0;

    if (!archive_has_commit(archive, first))
        return false;
    commit_id_text(first, text);
    walk = archive_walk_new(archive, &range, NULL, NULL);
    if (walk == NULL)
        return false;
    while (count < 2 && error == NULL && archive_walk_next(walk, &commit, &error))
        count++;
    archive_walk_free(walk);
    if (error == NULL)
        return count == 1;
    g_error_free(error);
    return false;
}

void remembered_place(struct marks *marks, const char *path, const struct commit_id *first)
{
    char *place = realpath(path, NULL);
    struct commit_id known;

    if (place != NULL && (!marks_place(marks, place, &known) || !commit_id_same(&known, first)))
        marks_set_place(marks, place, first, NULL);
    free(place);
}

/* Looks for ARCHIVE among all that were ever seen. */
static bool recognise(struct archive *archive, const struct marks *marks, struct commit_id *first)
{
    GArray *archives = marks_archives(marks);
    bool found = false;

    for (guint i = 0; i < archives->len && !found; i++) {
        *first = g_array_index(archives, struct commit_id, i);
        found = begins_with(archive, first);
    }
    g_array_unref(archives);
    return found;
}

bool remembered_first(struct archive *archive, const char *path, struct marks *marks,
                      struct commit_id *first)
{
    char *place = realpath(path, NULL);
    bool found = place != NULL && marks_place(marks, place, first) && begins_with(archive, first);

    free(place);
    if (!found && recognise(archive, marks, first)) {
        remembered_place(marks, path, first);
        found = true;
    }
    if (!found)
        *first = (struct commit_id) { 0 };
    return found;
}

/* Makes RANGE what came after FROM. False if FROM is nowhere, not in ARCHIVE, or nothing came
 * after it. */
static bool begin_after(struct archive *archive, const struct commit_id *from, struct range *range)
{
    char text[COMMIT_ID_TEXT_SIZE];
    struct range after = { .revisions = true, .from = text };
    struct archive_walk *walk;

    if (commit_id_is_zero(from) || !archive_has_commit(archive, from))
        return false;
    commit_id_text(from, text);
    walk = archive_walk_new(archive, &after, NULL, NULL);
    if (walk == NULL)
        return false;
    archive_walk_free(walk);
    range->revisions = true;
    range->from = g_strdup(text);
    return true;
}

enum remembered_range remembered_range(struct archive *archive, const struct marks *marks,
                                       const struct commit_id *first, struct range *range)
{
    struct visit visit;
    struct commit_id newest;

    *range = (struct range) { 0 };
    if (!marks_visit(marks, first, &visit) || !archive_newest(archive, &newest) ||
        !archive_has_commit(archive, &visit.seen))
        return REMEMBERED_FIRST_VISIT;
    if (commit_id_same(&visit.seen, &newest)) {
        begin_after(archive, &visit.before, range);
        return REMEMBERED_NOTHING_NEW;
    }
    return begin_after(archive, &visit.seen, range) ? REMEMBERED_NEW : REMEMBERED_FIRST_VISIT;
}

/* The commit that TEXT, 40 digits, names. False if it is something else. */
static bool read_commit(const char *text, struct commit_id *commit)
{
    if (text == NULL || strlen(text) != COMMIT_ID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < sizeof commit->bytes; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        commit->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Has OLDER come before NEWER? */
static bool is_behind(struct archive *archive, const struct commit_id *older,
                      const struct commit_id *newer)
{
    char from[COMMIT_ID_TEXT_SIZE], to[COMMIT_ID_TEXT_SIZE];
    const struct range since = { .revisions = true, .from = from, .to = to };
    struct archive_walk *walk;
    GError *error = NULL;
    bool behind;

    /* NEWER may have been fetched by somebody else since. */
    if (!archive_refresh(archive, NULL) || !archive_has_commit(archive, older) ||
        !archive_has_commit(archive, newer))
        return false;
    commit_id_text(newer, from);
    commit_id_text(older, to);
    walk = archive_walk_new(archive, &since, NULL, &error);
    archive_walk_free(walk);
    behind = g_error_matches(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE);
    g_clear_error(&error);
    return behind;
}

bool remembered_visit(struct archive *archive, struct marks *marks, const struct commit_id *first,
                      const struct range *range, const struct commit_id *newest, GError **error)
{
    struct visit visit;

    if (marks_visit(marks, first, &visit) && (commit_id_same(&visit.seen, newest) ||
                                              is_behind(archive, newest, &visit.seen)))
        return true;
    visit = (struct visit) {
        .first = *first,
        .seen = *newest,
        .when = g_get_real_time() / G_USEC_PER_SEC,
    };
    if (!read_commit(range->from, &visit.before))
        visit.before = (struct commit_id) { { 0 } };
    return marks_set_visit(marks, &visit, error);
}
