/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "marking.h"

#include "hash.h"

#include <string.h>

/* Answers that are kept; more are forgotten all at once. A list shows, sorts and limits far fewer. */
#define ANSWERS_MAX 200000

/* A mail and its fingerprint. Known by its commit and its Message-ID, which stay when the model
 * is made anew. */
struct given {
    struct commit_id commit;
    char *message_id;
    bool readable;
    struct fingerprint fingerprint; /* all zero for a mail that cannot be read */
};

/* The words that count for a series. */
struct words {
    const struct mark *state; /* or NULL */
    const struct posting *posting; /* that it was said of */
    const struct mark *flag;  /* or NULL */
    bool noted;
};

/* What is known of a series. */
struct answer {
    uint64_t serial;
    struct series_mark mark;
    const struct posting *posting; /* that the state was said of, or NULL */
    GHashTable *reviewed;     /* struct posting *: those marked as reviewed, with all patches that
                               * they have now; or NULL */
    GHashTable *fingerprints; /* struct fingerprint *: of the reviewed posting that counts; or NULL */
};

struct answers {
    GHashTable *by_serial; /* struct answer *, each its own key */
    uint64_t marks_generation;
    guint given;
};

struct marking {
    struct marks *marks;
    GHashTable *given; /* struct given *, each its own key */
    struct answers *answers;
};

static guint hash_given(gconstpointer data)
{
    const struct given *given = data;
    guint64 word;

    memcpy(&word, given->commit.bytes, sizeof word);
    return hash_end(hash_add_text(hash_add(0, word), given->message_id));
}

static gboolean equal_given(gconstpointer a, gconstpointer b)
{
    const struct given *x = a, *y = b;

    return commit_id_same(&x->commit, &y->commit) &&
           strcmp(x->message_id, y->message_id) == 0;
}

static void free_given(void *data)
{
    struct given *given = data;

    g_free(given->message_id);
    g_free(given);
}

static void free_answer(void *data)
{
    struct answer *answer = data;

    g_clear_pointer(&answer->reviewed, g_hash_table_unref);
    g_clear_pointer(&answer->fingerprints, g_hash_table_unref);
    g_free(answer);
}

struct marking *marking_new(struct marks *marks)
{
    struct marking *marking = g_new0(struct marking, 1);

    marking->marks = marks;
    marking->given = g_hash_table_new_full(hash_given, equal_given, NULL, free_given);
    marking->answers = g_new0(struct answers, 1);
    marking->answers->by_serial = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                                        free_answer);
    return marking;
}

void marking_free(struct marking *marking)
{
    if (marking == NULL)
        return;
    g_hash_table_unref(marking->answers->by_serial);
    g_free(marking->answers);
    g_hash_table_unref(marking->given);
    g_free(marking);
}

struct marks *marking_marks(const struct marking *marking)
{
    return marking->marks;
}

/* --- fingerprints ---------------------------------------------------------------------------- */

static const struct given *find_given(const struct marking *marking, const struct member *member)
{
    struct given key = {
        .commit = member->mail->place.commit,
        .message_id = (char *)(uintptr_t)member->mail->message_id,
    };

    return g_hash_table_lookup(marking->given, &key);
}

void marking_give(struct marking *marking, const struct member *member,
                  const struct fingerprint *fingerprint)
{
    struct given *given = g_new0(struct given, 1);

    given->commit = member->mail->place.commit;
    given->message_id = g_strdup(member->mail->message_id);
    given->readable = fingerprint != NULL;
    if (fingerprint != NULL)
        given->fingerprint = *fingerprint;
    g_hash_table_replace(marking->given, given, given);
    marking->answers->given++;
}

static bool is_patch(const struct member *member)
{
    return member->mail->kind == MAIL_PATCH;
}

static guint count_patches(const GPtrArray *members)
{
    guint count = 0;

    for (guint i = 0; i < members->len; i++)
        count += is_patch(g_ptr_array_index(members, i));
    return count;
}

/* What is marked has so many patches. */
static guint count_all_patches(const struct posting *posting)
{
    GPtrArray *members = posting_all_members(posting);
    guint count = count_patches(members);

    g_ptr_array_unref(members);
    return count;
}

static guint hash_fingerprint(gconstpointer data)
{
    guint64 word;

    memcpy(&word, data, sizeof word);
    return hash_end(hash_add(0, word));
}

static gboolean equal_fingerprints(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct fingerprint)) == 0;
}

/* The fingerprints of MARK as a set, which borrows them. */
static GHashTable *fingerprint_set(const struct mark *mark)
{
    GHashTable *set = g_hash_table_new(hash_fingerprint, equal_fingerprints);

    for (guint i = 0; i < mark->fingerprints->len; i++)
        g_hash_table_add(set, &g_array_index(mark->fingerprints, struct fingerprint, i));
    return set;
}

static bool has_fingerprint(GHashTable *set, const struct given *given)
{
    return set != NULL && given != NULL && given->readable &&
           g_hash_table_contains(set, &given->fingerprint);
}

/* Adds the patches of POSTING whose fingerprints are not known. */
static void add_wanted(const struct marking *marking, const struct posting *posting,
                       GPtrArray *wanted)
{
    GPtrArray *members = posting_all_members(posting);

    for (guint i = 0; i < members->len; i++) {
        struct member *member = g_ptr_array_index(members, i);

        if (is_patch(member) && find_given(marking, member) == NULL)
            g_ptr_array_add(wanted, member);
    }
    g_ptr_array_unref(members);
}

/* --- what counts ----------------------------------------------------------------------------- */

/* Takes what is said of MEMBER, of POSTING, into WORDS where it is later than what is there. */
static void take_words(const struct marking *marking, const struct member *member,
                       const struct posting *posting, struct words *words)
{
    const struct mark *mark = marks_find(marking->marks, member->mail->message_id);

    if (mark == NULL)
        return;
    /* No version: nothing had been said, and undoing came back to that. */
    if ((mark->state != MARK_NONE || mark->version > 0) &&
        mark->state_stamp > (words->state != NULL ? words->state->state_stamp : 0)) {
        words->state = mark;
        words->posting = posting;
    }
    if (mark->flag_stamp > (words->flag != NULL ? words->flag->flag_stamp : 0))
        words->flag = mark;
    for (guint i = 0; i < mark->notes->len && !words->noted; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);
        words->noted = !note->removed;
    }
}

/* The lead of a posting changes when its cover letter comes late: a mark on any of its mails is
 * one on it. */
static struct words posting_words(const struct marking *marking, const struct posting *posting)
{
    struct words words = { NULL, NULL, NULL, false };

    for (guint i = 0; i < posting->members->len; i++)
        take_words(marking, g_ptr_array_index(posting->members, i), posting, &words);
    return words;
}

/* Takes WORDS of another posting into ALL. */
static void join_words(struct words *all, const struct words *words)
{
    if (words->state != NULL &&
        (all->state == NULL || words->state->state_stamp > all->state->state_stamp)) {
        all->state = words->state;
        all->posting = words->posting;
    }
    if (words->flag != NULL &&
        (all->flag == NULL || words->flag->flag_stamp > all->flag->flag_stamp))
        all->flag = words->flag;
    all->noted |= words->noted;
}

static bool is_reviewed(const struct mark *state)
{
    return state != NULL && state->state == MARK_REVIEWED;
}

/* Has POSTING patches that it had not when MARK was set on it? One without any fingerprints was
 * set by somebody who does not look at patches. */
static bool has_grown(const struct mark *mark, const struct posting *posting)
{
    return mark->fingerprints->len > 0 && count_all_patches(posting) > mark->fingerprints->len;
}

/* Gathers what was said of the postings of SERIES. */
static struct words gather(const struct marking *marking, const struct series *series,
                           struct answer *answer)
{
    struct words all = { NULL, NULL, NULL, false };

    for (guint i = 0; i < series->postings->len; i++) {
        struct posting *posting = g_ptr_array_index(series->postings, i);
        struct words words = posting_words(marking, posting);

        join_words(&all, &words);
        if (is_reviewed(words.state) && !has_grown(words.state, posting)) {
            if (answer->reviewed == NULL)
                answer->reviewed = g_hash_table_new(NULL, NULL);
            g_hash_table_add(answer->reviewed, posting);
        }
    }
    if (is_reviewed(all.state))
        answer->fingerprints = fingerprint_set(all.state);
    return all;
}

/* Compares NEWEST, the newest posting, with what was reviewed. */
static void compare_patches(const struct marking *marking, const struct posting *newest,
                            struct answer *answer)
{
    GPtrArray *members = posting_all_members(newest);
    struct series_mark *mark = &answer->mark;

    for (guint i = 0; i < members->len; i++) {
        const struct member *member = g_ptr_array_index(members, i);
        const struct given *given = find_given(marking, member);

        if (!is_patch(member))
            continue;
        mark->total++;
        mark->unread |= given == NULL;
        mark->changed += !has_fingerprint(answer->fingerprints, given);
    }
    g_ptr_array_unref(members);
    /* Nothing to compare with needs no reading. */
    mark->unread &= g_hash_table_size(answer->fingerprints) > 0;
    if (mark->unread)
        mark->changed = mark->total = 0;
}

static void work_out(const struct marking *marking, const struct series *series,
                     struct answer *answer)
{
    const struct posting *newest = g_ptr_array_index(series->postings, 0);
    struct words words = gather(marking, series, answer);
    struct series_mark *mark = &answer->mark;

    mark->flag = words.flag != NULL && words.flag->flag;
    mark->noted = words.noted;
    if (words.state == NULL || words.state->state == MARK_NONE)
        return;
    answer->posting = words.posting;
    mark->state = words.state->state;
    mark->version = words.state->version > 0 ? words.state->version : words.posting->version;
    mark->older = words.posting != newest;
    if (mark->state != MARK_REVIEWED)
        return;
    mark->older |= has_grown(words.state, newest);
    if (mark->older)
        compare_patches(marking, newest, answer);
}

/* Forgets what was said before something changed. */
static void drop_old_answers(const struct marking *marking)
{
    struct answers *answers = marking->answers;
    uint64_t generation = marks_generation(marking->marks);

    if (answers->marks_generation == generation && answers->given == 0 &&
        g_hash_table_size(answers->by_serial) < ANSWERS_MAX)
        return;
    g_hash_table_remove_all(answers->by_serial);
    answers->marks_generation = generation;
    answers->given = 0;
}

static const struct answer *answer_of(const struct marking *marking, const struct series *series)
{
    GHashTable *table = marking->answers->by_serial;
    struct answer *answer;

    drop_old_answers(marking);
    answer = g_hash_table_lookup(table, &series->serial);
    if (answer != NULL)
        return answer;
    answer = g_new0(struct answer, 1);
    answer->serial = series->serial;
    work_out(marking, series, answer);
    g_hash_table_insert(table, &answer->serial, answer);
    return answer;
}

struct series_mark marking_of(const struct marking *marking, const struct series *series)
{
    return answer_of(marking, series)->mark;
}

struct series_mark marking_of_posting(const struct marking *marking, const struct posting *posting)
{
    struct series_mark mark = { 0 };
    struct words words;

    if (marking == NULL)
        return mark;
    words = posting_words(marking, posting);
    if (words.state != NULL)
        mark.state = words.state->state;
    mark.flag = words.flag != NULL && words.flag->flag;
    mark.noted = words.noted;
    return mark;
}

bool series_mark_is_reviewed(const struct series_mark *mark)
{
    return mark->state == MARK_REVIEWED &&
           (!mark->older || (!mark->unread && mark->changed == 0 && mark->total > 0));
}

bool series_mark_is_done(const struct series_mark *mark)
{
    return mark->state == MARK_IGNORED || series_mark_is_reviewed(mark);
}

void series_mark_describe(const struct series_mark *mark, GString *text)
{
    if (mark->state != MARK_NONE)
        g_string_append(text, mark_state_name(mark->state));
    if (mark->state == MARK_REVIEWED && mark->older)
        g_string_append_printf(text, " v%u", mark->version);
    if (mark->state == MARK_REVIEWED && mark->older && !mark->unread && mark->total > 0)
        g_string_append_printf(text, ", %u of %u changed", mark->changed, mark->total);
    if (mark->flag)
        g_string_append(text, mark->state != MARK_NONE ? ", flagged" : "flagged");
}

bool marking_patch_is_reviewed(const struct marking *marking, const struct member *member)
{
    struct posting *posting = member->posting;
    const struct answer *answer;

    if (posting == NULL || !is_patch(member))
        return false;
    answer = answer_of(marking, posting->series);
    if (answer->reviewed != NULL && g_hash_table_contains(answer->reviewed, posting))
        return true;
    /* A partial reroll that was marked has it from what it rerolls. */
    if (answer->reviewed != NULL && g_hash_table_contains(answer->reviewed, answer->posting) &&
        posting_member(answer->posting, member_number(member)) == member)
        return true;
    return has_fingerprint(answer->fingerprints, find_given(marking, member));
}

enum trailers_same marking_same(void *data, const struct member *older, const struct member *newer)
{
    const struct marking *marking = data;
    const struct given *x = find_given(marking, older);
    const struct given *y = find_given(marking, newer);

    if (x == NULL || y == NULL)
        return TRAILERS_UNKNOWN;
    return x->readable && y->readable && equal_fingerprints(&x->fingerprint, &y->fingerprint)
               ? TRAILERS_SAME
               : TRAILERS_CHANGED;
}

static gint compare_notes(gconstpointer a, gconstpointer b)
{
    const struct note *x = *(const struct note *const *)a, *y = *(const struct note *const *)b;

    if (x->stamp != y->stamp)
        return x->stamp < y->stamp ? -1 : 1;
    return strcmp(x->text, y->text);
}

static void add_notes(const struct mark *mark, GPtrArray *notes)
{
    for (guint i = 0; mark != NULL && i < mark->notes->len; i++) {
        struct note *note = g_ptr_array_index(mark->notes, i);

        if (!note->removed)
            g_ptr_array_add(notes, note);
    }
}

GPtrArray *marking_notes(const struct marking *marking, const struct series *series)
{
    GPtrArray *notes = g_ptr_array_new();

    for (guint i = 0; i < series->postings->len; i++) {
        const struct posting *posting = g_ptr_array_index(series->postings, i);

        for (guint k = 0; k < posting->members->len; k++) {
            const struct member *member = g_ptr_array_index(posting->members, k);
            add_notes(marks_find(marking->marks, member->mail->message_id), notes);
        }
    }
    g_ptr_array_sort(notes, compare_notes);
    for (guint i = 0; i < notes->len; i++) {
        const struct note *note = g_ptr_array_index(notes, i);
        notes->pdata[i] = note->text;
    }
    return notes;
}

void marking_wanted(const struct marking *marking, const struct series *series, GPtrArray *wanted)
{
    struct series_mark mark = marking_of(marking, series);

    if (mark.unread)
        add_wanted(marking, g_ptr_array_index(series->postings, 0), wanted);
}

void marking_wanted_to_set(const struct marking *marking, const struct posting *posting,
                           GPtrArray *wanted)
{
    add_wanted(marking, posting, wanted);
}

const char *marking_name(const struct posting *posting)
{
    const char *name = posting_lead(posting)->message_id;

    for (guint i = 0; i < posting->members->len && *name == '\0'; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);
        name = member->mail->message_id;
    }
    return name;
}

void marking_change(const struct marking *marking, const struct posting *posting,
                    enum mark_state state, struct mark_change *change, GArray **fingerprints)
{
    GPtrArray *members = posting_all_members(posting);

    *fingerprints = g_array_new(FALSE, TRUE, sizeof(struct fingerprint));
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = g_ptr_array_index(members, i);
        const struct given *given = find_given(marking, member);
        struct fingerprint none = { { 0 } };

        if (is_patch(member))
            g_array_append_val(*fingerprints, *(given != NULL ? &given->fingerprint : &none));
    }
    g_ptr_array_unref(members);
    *change = (struct mark_change) {
        .lead = marking_name(posting),
        .what = MARK_CHANGE_STATE,
        .state = state,
        .version = posting->version,
        .fingerprints = *fingerprints,
    };
}
