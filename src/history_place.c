/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history_place.h"

/* A walk from the newest commit down, on which all that is known has to have the rank that
 * counting gives it. */
struct survey {
    struct mail_index *index;
    struct archive_known known;
    const struct commit_id *mark;
    int64_t at;      /* steps to the commit that is asked for next, as a number that falls from 0 */
    int64_t mark_at; /* where MARK came, if it did */
    bool marked;
    bool met; /* something known has come: what follows is set */
    int64_t met_rank; /* of the first that came */
    int64_t head_rank;
    size_t known_count;
    bool contradicts;
};

/* Stands between the walk and the index: a find() of struct archive_known. */
static bool find_surveyed(void *data, const struct commit_id *id, struct archive_commit *out,
                          int64_t *passed)
{
    struct survey *survey = data;
    int64_t at = survey->at, count = 1, rank;

    if (commit_id_same(id, survey->mark)) {
        survey->marked = true;
        survey->mark_at = at;
    }
    survey->at--;
    if (!survey->known.find(survey->known.data, id, out, passed)
        || !mail_index_find(survey->index, id, &rank))
        return false;
    if (passed != NULL)
        count += *passed;
    survey->at = at - count;
    survey->known_count += (size_t)count;
    if (!survey->met) {
        survey->met_rank = rank;
        survey->head_rank = rank - at;
    }
    survey->met = true;
    if (rank != survey->head_rank + at)
        survey->contradicts = true;
    return true;
}

/* Follows the history until everything that the index knows has come, and the mark. */
static bool follow(struct survey *survey, struct archive *archive, const struct commit_id *head,
                   gint *stop, GError **error)
{
    struct archive_known known = { .find = find_surveyed, .data = survey, .pass_over = true };
    size_t count = mail_index_count(survey->index);
    char text[COMMIT_ID_TEXT_SIZE];
    struct range range = { .revisions = true, .to = text };
    struct archive_commit commit;
    GError *broken = NULL;
    bool more = true;

    survey->known = mail_index_known(survey->index, true);
    commit_id_text(head, text);
    struct archive_walk *walk = archive_walk_new(archive, &range, &known, error);
    if (walk == NULL)
        return false;
    while (more && g_atomic_int_get(stop) == 0 && !survey->contradicts
           && !(survey->marked && survey->known_count >= count)) {
        more = archive_walk_next(walk, &commit, &broken) || broken != NULL;
        g_clear_error(&broken);
    }
    archive_walk_free(walk);
    survey->contradicts = survey->contradicts || (count > 0 && !survey->met);
    return g_atomic_int_get(stop) == 0;
}

/* Takes what SURVEY has found; NEWEST is the rank of the newest commit that the index knows. */
static enum history_placed conclude(const struct survey *survey, int64_t newest,
                                    struct history_place *place)
{
    bool behind = survey->met && survey->met_rank < newest;

    place->head_rank = survey->head_rank;
    /* There may be less than is known, but then nothing new on top of it. */
    if (survey->contradicts || (behind && survey->met_rank != survey->head_rank))
        return HISTORY_CONTRADICTS;
    if (behind)
        mail_index_set_ceiling(survey->index, survey->head_rank);
    if (mail_index_find(survey->index, survey->mark, &place->mark_rank))
        return place->mark_rank <= place->head_rank ? HISTORY_PLACED : HISTORY_ELSEWHERE;
    place->mark_rank = survey->head_rank + survey->mark_at;
    return survey->marked ? HISTORY_PLACED : HISTORY_ELSEWHERE;
}

enum history_placed history_find_place(struct archive *archive, struct mail_index *index,
                                       const struct commit_id *mark, gint *stop,
                                       struct history_place *place, GError **error)
{
    struct survey survey = { .index = index, .mark = mark };
    struct commit_id id;
    int64_t rank, newest = 0;

    if (!archive_newest(archive, &place->head)) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: an empty archive",
                    archive_name(archive));
        return HISTORY_UNREADABLE;
    }
    mail_index_set_ceiling(index, INT64_MAX);
    survey.marked = mail_index_find(index, mark, &rank);
    mail_index_newest(index, &id, &newest);
    if (!follow(&survey, archive, &place->head, stop, error))
        return HISTORY_UNREADABLE;
    return conclude(&survey, newest, place);
}
