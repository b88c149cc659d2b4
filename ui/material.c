/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "material.h"

#include "hash.h"
#include "scan.h"
#include "series/lookup.h"
#include "store/remembered.h"

#include <string.h>

static struct series_set *new_set(const struct marks *marks)
{
    struct series_set *set = series_set_new();

    series_set_correct(set, marks_corrections(marks));
    return set;
}

bool material_open(struct material *material, const struct request *request)
{
    GError *error = NULL;

    *material = (struct material){ .path = request->archive,
                                   .readers = (unsigned)request->readers };
    material->archive = archive_open(request->archive, &error);
    if (!material->archive) {
        report_error(error);
        return false;
    }
    material->marks = marks_open(NULL, &material->notice);
    if (marks_are_anew(material->marks)) {
        report_say("%s", material->notice);
        g_clear_pointer(&material->notice, g_free);
    }
    if (!remembered_first(material->archive, material->path, material->marks, &material->first))
        material->first = (struct commit_id){ 0 };
    material->set = new_set(material->marks);
    return true;
}

void material_say_marks(const struct material *material)
{
    if (material->notice && !marks_are_known(material->marks))
        report_say("%s", material->notice);
}

void material_close(struct material *material)
{
    if (material->unreadable == 1)
        report_say("1 mail could not be read: %s", material->first_problem);
    else if (material->unreadable > 1)
        report_say("%zu mails could not be read, the first: %s", material->unreadable,
                   material->first_problem);
    g_free(material->first_problem);
    g_free(material->notice);
    history_free(material->history);
    series_set_free(material->set);
    g_free(material->from);
    g_free(material->to);
    marks_close(material->marks);
    archive_close(material->archive);
}

/* --- the history ---------------------------------------------------------------- */

/* Begins to bring the index up to date below NEWEST, which has RANK. False if that cannot be done,
 * which has been said. */
static bool start_history(struct material *material, const struct commit_id *newest, int64_t rank)
{
    const struct history_options options = {
        .newest = *newest,
        .rank = rank,
        .reach = { .everything = true },
        .readers = material->readers,
        .first = material->first,
        .first_last = true,
    };
    GError *error = NULL;

    material->history = history_start(material->archive, &options, &error);
    if (!material->history)
        report_error(error);
    return material->history != NULL;
}

typedef void take_batch(struct series_set *set, struct mail_batch *batch);

/* Asks for KEYS and has TAKE take what bears them. False if nothing does. */
static bool ask(struct material *material, const GArray *keys, take_batch *take)
{
    GArray *none = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct mail_batch *batch;
    bool found = false;

    history_ask(material->history, (const uint64_t *)keys->data, keys->len, none);
    while ((batch = history_wait(material->history))) {
        take(material->set, batch);
        found = true;
    }
    g_array_free(none, TRUE);
    return found;
}

/* Takes all that has to do with the range, until the states are those of the whole archive. Long
 * threads are followed to their ends before they are settled. */
static void complete(struct material *material)
{
    GArray *wants = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    bool settled = true;

    series_set_settle(material->set);
    for (;;) {
        g_array_set_size(wants, 0);
        series_set_wants(material->set, wants);
        if (ask(material, wants, series_set_take_known)) {
            settled = false;
        } else if (!settled) {
            series_set_settle(material->set);
            settled = true;
        } else {
            break;
        }
    }
    g_array_free(wants, TRUE);
}

/* Is all that is known in the model? Then there is nothing to ask for. */
static bool holds_everything(const struct range *range)
{
    return range->all && !range->has_since && !range->has_until && range->newest == 0;
}

/* Waits for the history, which has nothing for the model. */
static void wait_for_history(struct material *material)
{
    struct mail_batch *batch;

    while ((batch = history_wait(material->history)))
        mail_batch_free(batch);
}

/* The history has been read: notes which archive this is. */
static void remember(struct material *material)
{
    const struct commit_id first = history_first_commit(material->history);

    if (commit_id_is_zero(&material->first) && !commit_id_is_zero(&first))
        remembered_place(material->marks, material->path, &first);
}

/* What went wrong with the history, which the caller frees; NULL if nothing did. */
static char *history_problem(const struct material *material)
{
    return history_progress(material->history).problem;
}

/* --- a range -------------------------------------------------------------------- */

/* What is known of the archive, or NULL. */
static struct mail_index *open_index(const struct material *material)
{
    struct mail_index *index;
    char *path;

    if (commit_id_is_zero(&material->first))
        return NULL;
    path = mail_index_path(&material->first);
    index = mail_index_open(path, NULL);
    g_free(path);
    return index;
}

static void take_problems(struct material *material, const struct mail_batch *batch)
{
    for (guint i = 0; i < batch->breaks->len; i++)
        report_say("older mails are missing: %s",
                   (const char *)g_ptr_array_index(batch->breaks, i));
    if (batch->problems->len > 0 && !material->first_problem)
        material->first_problem = g_strdup(g_ptr_array_index(batch->problems, 0));
    material->unreadable += batch->problems->len;
}

static void take_range(struct material *material, struct scan *scan, bool history)
{
    struct scan_batch *batch;
    bool wanted = history;

    while ((batch = scan_wait(scan))) {
        take_problems(material, batch->mails);
        series_set_take(material->set, mail_batch_ref(batch->mails));
        if (wanted && batch->commits->len > 0) {
            const struct archive_commit *newest =
                &g_array_index(batch->commits, struct archive_commit, 0);

            start_history(material, &newest->place.commit, newest->place.arrival);
            wanted = false;
        }
        if (material->history)
            history_add(material->history, batch);
        else
            scan_batch_free(batch);
    }
}

/* Begins to read RANGE; none: what the browser would begin with. NULL, and it has been said, if
 * there is no such range. */
static struct scan *start_scan(struct material *material, const struct range *range)
{
    struct range left = { 0 };
    struct scan_options options = {
        .range = range,
        .readers = material->readers,
        .index = open_index(material),
    };
    GError *error = NULL;
    struct scan *scan;

    if (range_is_default(range) && !commit_id_is_zero(&material->first)) {
        remembered_range(material->archive, material->marks, &material->first, &left);
        options.range = &left;
    }
    scan = scan_start(material->archive, &options, &error);
    range_clear(&left);
    if (!scan)
        report_error(error);
    return scan;
}

bool material_read(struct material *material, const struct range *range, bool history)
{
    struct scan *scan = start_scan(material, range);
    char *problem;

    if (!scan)
        return false;
    material->from = g_strdup(scan_from(scan));
    material->to = g_strdup(scan_to(scan));
    take_range(material, scan, history);
    /* It has the index open, which may have to be made anew. */
    scan_free(scan);
    series_set_settle(material->set);
    if (!material->history)
        return true;
    history_range_read(material->history);
    if (holds_everything(range))
        wait_for_history(material);
    else
        complete(material);
    remember(material);
    problem = history_problem(material);
    if (problem)
        report_say("the history: %s", problem);
    g_free(problem);
    return true;
}

/* --- some mails ------------------------------------------------------------------ */

/* Adds the key of the mail with MESSAGE_ID to KEYS unless it was asked for before. */
static void want_id(const char *message_id, GHashTable *asked, GArray *keys)
{
    uint64_t key = lookup_key(LOOKUP_ID, message_id);

    if (message_id[0] && g_hash_table_add(asked, g_strdup(message_id)))
        g_array_append_val(keys, key);
}

/* Climbs from the mail with *MESSAGE_ID to what it answers, up to the patch or to one that is not
 * here, which *MESSAGE_ID is then; NULL for a mail that answers itself in the end. Adds that one's
 * key to KEYS. */
static void climb(const struct mailset *mails, const char **message_id, GHashTable *asked,
                  GArray *keys)
{
    const struct member *member = *message_id ? mailset_find(mails, *message_id) : NULL;

    for (guint steps = 0; member && !member_is_patch(member); steps++) {
        *message_id = steps < mails->members->len ? member->mail->parent : NULL;
        if (!*message_id)
            return;
        want_id(*message_id, asked, keys);
        member = mailset_find(mails, *message_id);
    }
}

static bool all_found(const struct material *material, const GPtrArray *ids)
{
    const struct mailset *mails = series_set_mails(material->set);

    for (guint i = 0; i < ids->len; i++)
        if (!mailset_find(mails, g_ptr_array_index(ids, i)))
            return false;
    return true;
}

/* Takes the mails that IDS name, and with ANSWERED what those answer, as if they were a range. */
static void find_mails(struct material *material, const GPtrArray *ids, bool answered)
{
    GHashTable *asked = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    const char **tops = g_new(const char *, ids->len);

    for (guint i = 0; i < ids->len; i++) {
        tops[i] = g_ptr_array_index(ids, i);
        want_id(tops[i], asked, keys);
    }
    while (keys->len > 0 && ask(material, keys, series_set_take)) {
        g_array_set_size(keys, 0);
        for (guint i = 0; i < ids->len && answered; i++)
            climb(series_set_mails(material->set), &tops[i], asked, keys);
    }
    g_free(tops);
    g_array_free(keys, TRUE);
    g_hash_table_destroy(asked);
}

/* Begins again without any mails. */
static void forget(struct material *material)
{
    history_free(material->history);
    material->history = NULL;
    series_set_free(material->set);
    material->set = new_set(material->marks);
}

bool material_find(struct material *material, const GPtrArray *ids, bool series)
{
    const struct range everything = { .all = true };
    struct commit_id newest;
    char *problem;
    bool found;

    if (!archive_newest(material->archive, &newest) || !start_history(material, &newest, 0))
        return material_read(material, &everything, false);
    history_range_read(material->history);
    find_mails(material, ids, series);
    if (series)
        complete(material);
    remember(material);
    problem = history_problem(material);
    found = !problem || (!series && all_found(material, ids));
    g_free(problem);
    if (found)
        return true;
    /* What is not there, and what else there is of a series, may be where the history could not be read or
     * written. */
    forget(material);
    return material_read(material, &everything, false);
}

const struct posting *material_posting(const struct material *material, const char *id)
{
    const struct posting *posting = series_set_find(material->set, id);

    if (posting)
        return posting;
    if (mailset_find(series_set_mails(material->set), id))
        report_say("%s: the mail %s is of no series", material->path, id);
    else
        report_say("%s: no mail with the Message-ID %s", material->path, id);
    return NULL;
}

struct patch *material_patch(const struct material *material, const struct member *member)
{
    struct archive_mail raw;
    struct patch *patch;
    GError *error = NULL;

    if (!archive_read_id(material->archive, &member->mail->place.commit, &raw, &error)) {
        report_error(error);
        return NULL;
    }
    patch = patch_read(raw.bytes, raw.length);
    archive_mail_release(&raw);
    return patch;
}

void material_fingerprint(struct material *material, struct marking *marking,
                          const GPtrArray *wanted)
{
    for (guint i = 0; i < wanted->len; i++) {
        const struct member *member = g_ptr_array_index(wanted, i);
        struct archive_mail raw;

        if (archive_read_id(material->archive, &member->mail->place.commit, &raw, NULL)) {
            struct fingerprint fingerprint = fingerprint_of(raw.bytes, raw.length);

            marking_give(marking, member, &fingerprint);
            archive_mail_release(&raw);
        } else {
            marking_give(marking, member, NULL);
        }
    }
}

enum exit_status material_answer(const struct request *request, bool series,
                                 material_report *report)
{
    struct material material;
    enum exit_status status = EXIT_USAGE;
    GPtrArray *ids;

    if (!material_open(&material, request))
        return EXIT_USAGE;
    ids = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *id = request->arguments; *id; id++)
        g_ptr_array_add(ids, report_bare_id(*id));
    if (material_find(&material, ids, series))
        status = report(&material, request, ids);
    g_ptr_array_free(ids, TRUE);
    material_close(&material);
    return status;
}
