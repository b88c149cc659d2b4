/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole list of mails, "%% mail", "%% known" (not of the range), "%% withdrawal", and what was said of
 * them, "%% same ID ID", "%% not-same ID ID": whatever the order and the pieces in which they are taken,
 * series and reports are the same; of a range alone, with what it wants, they are those of everything.
 *
 * Targets: src/series/mailset.c src/series/posting.c src/series/piece.c src/series/series.c
 * src/series/joins.c src/series/partition.c src/series/rules.c src/series/same_title.c src/series/wants.c
 * src/series/lookup.c src/series/corrections.c src/series/contributors.c src/series/review.c
 * src/series/trailers.c src/series/particulars.c src/mail/trailer.c src/digest.c src/report_lines.c
 * src/marking.c ui/tree.c */
#include "fuzz.h"

#include "digest.h"
#include "marking.h"
#include "pieces.h"
#include "series/lookup.h"
#include "series/particulars.h"
#include "series/review.h"
#include "series/trailers.h"
#include "series_support.h"
#include "support.h"
#include "tree.h"

#include <string.h>

#define MAILS_MAX 48
#define START INT64_C(1700000000)

/* What an input says. */
struct list {
    GPtrArray *mails; /* struct piece *, borrowed */
    struct corrections *corrections;
};

static bool is_in_range(const struct list *list, guint index)
{
    const struct piece *piece = list->mails->pdata[index];

    return strcmp(piece->words, "known") != 0;
}

static void add_correction(struct list *list, const struct piece *piece)
{
    char **words = g_strsplit(piece->words, " ", 3);

    if (g_strv_length(words) == 3 && strcmp(words[1], words[2]) != 0)
        corrections_set(list->corrections, words[1], words[2],
                        words[0][0] == 's' ? CORRECTION_SAME : CORRECTION_NOT_SAME);
    g_strfreev(words);
}

static struct list read_list(const GPtrArray *pieces)
{
    struct list list = { g_ptr_array_new(), corrections_new() };

    for (guint i = 0; i < pieces->len; i++) {
        const struct piece *piece = pieces->pdata[i];

        if (g_str_has_prefix(piece->words, "same ") || g_str_has_prefix(piece->words, "not-same "))
            add_correction(&list, piece);
        else
            g_ptr_array_add(list.mails, (gpointer)piece);
    }
    return list;
}

/* --- taking them ------------------------------------------------------------------------- */

static void parse(const struct list *list, guint index, struct mail_batch *batch)
{
    const struct piece *piece = list->mails->pdata[index];
    struct mail_place place = { .arrival = index, .received = START + index * INT64_C(36000) };

    place.commit.bytes[0] = (uint8_t)(index + 1);
    mail_parse(batch, piece->bytes, piece->length, &place, strcmp(piece->words, "withdrawal") == 0);
}

static void take(const struct list *list, guint index, struct series_set *set)
{
    struct mail_batch *batch = mail_batch_new();

    parse(list, index, batch);
    if (is_in_range(list, index))
        series_set_take(set, batch);
    else
        series_set_take_known(set, batch);
}

static struct series_set *take_all(const struct list *list)
{
    struct series_set *set = series_set_new();

    series_set_correct(set, list->corrections);
    for (guint i = 0; i < list->mails->len; i++)
        take(list, i, set);
    series_set_settle(set);
    return set;
}

/* In an order that RANDOM chooses, settling now and then, corrected on the way. */
static struct series_set *take_shuffled(const struct list *list, GRand *random)
{
    struct series_set *set = series_set_new();
    GArray *order = paper_order_new(list->mails->len, false);
    guint corrected = (guint)g_rand_int_range(random, 0, (gint)order->len + 1);

    paper_order_shuffle(order, random);
    for (guint i = 0; i < order->len; i++) {
        if (i == corrected)
            series_set_correct(set, list->corrections);
        take(list, g_array_index(order, guint, i), set);
        if (g_rand_int_range(random, 0, 3) == 0)
            series_set_settle(set);
    }
    series_set_correct(set, list->corrections);
    series_set_settle(set);
    g_array_free(order, TRUE);
    return set;
}

/* Does the mail at INDEX bear one of WANTS? */
static bool is_wanted(const struct list *list, guint index, const GArray *wants)
{
    struct mail_batch *batch = mail_batch_new();
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    bool wanted = false;

    parse(list, index, batch);
    lookup_add_keys(&g_array_index(batch->mails, struct mail, 0), keys);
    for (guint i = 0; i < keys->len; i++)
        for (guint j = 0; j < wants->len; j++)
            wanted |= g_array_index(keys, uint64_t, i) == g_array_index(wants, uint64_t, j);
    g_array_free(keys, TRUE);
    mail_batch_free(batch);
    return wanted;
}

/* The mails of the range and, of the others, those that they want. */
static struct series_set *take_wanted(const struct list *list)
{
    struct series_set *set = series_set_new();
    bool taken[MAILS_MAX] = { false };
    GArray *wants = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    guint asked = 0;

    series_set_correct(set, list->corrections);
    for (guint i = 0; i < list->mails->len; i++)
        if ((taken[i] = is_in_range(list, i)))
            take(list, i, set);
    do {
        asked = wants->len;
        series_set_settle(set);
        series_set_wants(set, wants);
        for (guint i = 0; i < list->mails->len; i++)
            if (!taken[i] && (taken[i] = is_wanted(list, i, wants)))
                take(list, i, set);
    } while (wants->len > asked);
    g_array_free(wants, TRUE);
    return set;
}

/* --- what they say ------------------------------------------------------------------------- */

/* The postings of the series that are listed, and what was answered. */
static char *write_listed(const struct series_set *set)
{
    const GPtrArray *all = series_set_list(set);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < all->len; i++) {
        const struct series *series = all->pdata[i];

        g_string_append_printf(text, "%s\n", posting_lead(series->listed)->subject);
        for (guint j = 0; j < series->postings->len; j++) {
            const struct posting *posting = series->postings->pdata[j];
            const struct review review = posting_review(posting, NULL);

            series_write_posting(text, posting);
            g_string_append_printf(text, "%u %u %u %u %u\n", review.replies, review.acked,
                                   review.reviewed, review.tested, review.others);
            g_assert(review.replies == posting_replies(posting, NULL));
        }
    }
    return g_string_free(text, FALSE);
}

static bool append(void *data, const char *bytes, size_t length)
{
    g_string_append_len(data, bytes, (gssize)length);
    return true;
}

static void check_lines(const char *text)
{
    g_assert(g_utf8_validate(text, -1, NULL));
    for (; *text; text++)
        g_assert(!g_ascii_iscntrl(*text) || strchr("\n\t", *text));
}

static bool is_shown(const struct posting *posting, const void *data)
{
    (void)data;
    return posting->version < 3;
}

static void append_digest(GString *text, const struct list *list, const struct series_set *set,
                          const struct digest_options *options)
{
    struct digest *digest = digest_begin(options, set);

    while (!digest_go_on(digest, 2))
        continue;
    g_string_append(text, digest_head(digest)->str);
    for (guint i = 0; i < digest_commits(digest)->len; i++) {
        guint index = g_array_index(digest_commits(digest), struct commit_id, i).bytes[0] - 1u;
        const struct piece *piece = list->mails->pdata[index];

        digest_append_entry(digest, i, index % 7 == 6 ? NULL : piece->bytes, piece->length, text);
    }
    digest_free(digest);
}

/* Gives MARKING the fingerprints that it wants. */
static void give_fingerprints(struct marking *marking, const struct list *list,
                              const struct series_set *set)
{
    const GPtrArray *all = series_set_list(set);
    GPtrArray *wanted = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        const struct series *series = all->pdata[i];

        marking_wanted(marking, series, wanted);
        marking_wanted_to_set(marking, series->listed, wanted);
        trailers_wanted(series->listed, wanted);
    }
    for (guint i = 0; i < wanted->len; i++) {
        const struct member *member = wanted->pdata[i];
        const struct piece *piece = list->mails->pdata[member->mail->place.arrival];
        const struct fingerprint fingerprint = fingerprint_of(piece->bytes, piece->length);

        marking_give(marking, member, member->mail->place.arrival % 9 == 8 ? NULL : &fingerprint);
    }
    g_ptr_array_free(wanted, TRUE);
}

static void append_trailers(GString *text, const struct posting *posting, struct marking *marking)
{
    const struct trailers_request request = { .same = marking_same, .same_data = marking };
    GArray *trailers = trailers_collect(posting, &request);

    for (guint i = 0; i < trailers->len; i++) {
        const struct collected_trailer *trailer = &g_array_index(trailers, struct collected_trailer, i);

        g_string_append_printf(text, "%s %d %d %" G_GINT64_FORMAT "\n", trailer->text, trailer->there,
                               trailer->mismatch, trailer->source->mail->place.arrival);
    }
    for (guint i = 0; i < posting->members->len; i++) {
        const char **lines = trailers_to_add(trailers, posting->members->pdata[i]);

        for (guint j = 0; lines[j]; j++)
            g_string_append_printf(text, "+%s\n", lines[j]);
        g_free(lines);
    }
    g_array_unref(trailers);
}

static void append_marks(GString *text, const struct series *series, struct marking *marking)
{
    const struct series_mark mark = marking_of(marking, series);
    const struct series_mark own = marking_of_posting(marking, series->listed);
    GPtrArray *notes = marking_notes(marking, series);
    struct mark_change change;
    GArray *fingerprints;

    series_mark_describe(&mark, text);
    g_string_append_printf(text, " %d %d %d %u\n", series_mark_is_reviewed(&mark),
                           series_mark_is_done(&mark), own.state, notes->len);
    for (guint i = 0; i < series->listed->members->len; i++)
        g_string_append_c(text, marking_patch_is_reviewed(marking, series->listed->members->pdata[i])
                                    ? 'R' : '-');
    marking_change(marking, series->listed, MARK_REVIEWED, &change, &fingerprints);
    g_string_append_printf(text, "%s %u\n", change.lead, fingerprints ? fingerprints->len : 0);
    g_clear_pointer(&fingerprints, g_array_unref);
    g_ptr_array_unref(notes);
}

/* All that is printed of SET. */
static char *write_reports(const struct list *list, const struct series_set *set, struct marks *marks)
{
    const struct digest_options options[] = {
        { .name = "list", .from = "a", .to = "b" },
        { .name = "list", .from = "a", .to = "b", .classic = true },
        { .name = "list", .from = "a", .to = "b", .shown = is_shown },
    };
    struct marking *marking = marking_new(marks);
    const GPtrArray *all = series_set_list(set);
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        append_digest(text, list, set, &options[i]);
    report_list(set, marking, false, append, text);
    give_fingerprints(marking, list, set);
    report_list(set, marking, true, append, text);
    report_mails(series_set_mails(set), append, text);
    report_stats(series_set_mails(set), append, text);
    check_lines(text->str);
    for (guint i = 0; i < all->len; i++) {
        const struct series *series = all->pdata[i];

        append_trailers(text, series->listed, marking);
        append_marks(text, series, marking);
    }
    marking_free(marking);
    return g_string_free(text, FALSE);
}

/* --- what always holds ---------------------------------------------------------------------- */

static void check_tree(const struct posting *posting)
{
    GArray *tree = tree_build(posting);
    GString *prefix = g_string_new(NULL);

    for (guint i = 0; i < tree->len; i++) {
        const struct tree_line *line = &g_array_index(tree, struct tree_line, i);

        g_assert(line->depth <= TREE_DEPTH_MAX);
        g_assert(line->member ? line->member->live : line->first <= line->last);
        for (guint j = 0; j < i && line->member; j++)
            g_assert(g_array_index(tree, struct tree_line, j).member != line->member);
        tree_append_prefix(line, i % 2, prefix);
    }
    g_assert(g_utf8_validate(prefix->str, -1, NULL));
    g_string_free(prefix, TRUE);
    g_array_unref(tree);
}

static void check_particulars(const struct list *list, const struct posting *posting)
{
    GPtrArray *members = posting_all_members(posting);
    GPtrArray *patches = g_ptr_array_new();
    struct particulars *particulars;
    uint32_t missing = 0;
    char *text;

    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];
        const struct piece *piece = list->mails->pdata[member->mail->place.arrival];

        g_ptr_array_add(patches, i % 5 == 4 ? NULL : patch_read(piece->bytes, piece->length));
    }
    particulars = particulars_new(posting, patches);
    for (guint i = 0; i < particulars->missing->len; i++) {
        const struct particulars_gap *gap =
            &g_array_index(particulars->missing, struct particulars_gap, i);

        g_assert(gap->first <= gap->last);
        missing += gap->last - gap->first + 1;
    }
    g_assert(missing == posting->total - posting->have);
    text = particulars_missing(particulars);
    g_assert((missing == 0) == (*text == '\0'));
    g_free(text);
    particulars_free(particulars);
    for (guint i = 0; i < patches->len; i++)
        patch_free(patches->pdata[i]);
    g_ptr_array_free(patches, TRUE);
    g_ptr_array_free(members, TRUE);
}

static void check_posting(const struct list *list, const struct posting *posting)
{
    g_assert(posting->members->len > 0 && posting->have <= posting->total);
    for (guint i = 0; i < posting->members->len; i++) {
        struct member *member = posting->members->pdata[i];

        g_assert(member->live && member->posting == posting && member_is_patch(member));
        g_assert(posting_member(posting, member_number(member)) == member);
        g_assert(i == 0 || member_number(posting->members->pdata[i - 1]) < member_number(member));
    }
    check_tree(posting);
    check_particulars(list, posting);
}

static void check_series(const struct list *list, const struct series *series)
{
    bool listed = false;

    for (guint i = 0; i < series->postings->len; i++) {
        const struct posting *posting = series->postings->pdata[i], *other;
        enum series_rule rule = posting_why_skipped(posting, &other);

        g_assert(posting->series == series && *series_rule_text(rule));
        g_assert(i == 0 || posting_compare(series->postings->pdata[i - 1], posting) > 0);
        g_assert(!other || (other != posting && other->series == series));
        listed |= posting == series->listed;
        check_posting(list, posting);
    }
    g_assert(listed && series->listed->in_range);
}

/* What a rule joins is in one series, unless somebody said that something is not. */
static void check_rules(const struct list *list, const GPtrArray *all)
{
    for (guint i = 0; corrections_count(list->corrections) == 0 && i < all->len; i++)
        for (guint j = 0; j < i; j++) {
            const struct series *a = all->pdata[i], *b = all->pdata[j];

            for (guint k = 0; k < a->postings->len; k++)
                for (guint l = 0; l < b->postings->len; l++)
                    g_assert(series_rule_between(a->postings->pdata[k], b->postings->pdata[l]) ==
                             SERIES_RULE_NONE);
        }
}

static size_t count_patches(const GArray *rows)
{
    size_t count = 0;

    for (guint i = 0; i < rows->len; i++) {
        const struct contributor *row = &g_array_index(rows, struct contributor, i);
        size_t periods = 0;

        for (size_t j = 0; j < CONTRIBUTORS_PERIODS; j++)
            periods += row->periods[j];
        g_assert(periods == row->patches);
        g_assert(i == 0 || row[-1].patches >= row->patches);
        count += row->patches;
    }
    return count;
}

static void check_set(const struct list *list, const struct series_set *set)
{
    const GPtrArray *all = series_set_list(set), *members = series_set_mails(set)->members;
    struct contributors *contributors = contributors_count(series_set_mails(set));

    for (guint i = 0; i < members->len; i++) {
        const struct member *member = members->pdata[i];

        g_assert(!member->live || !member_is_patch(member) == !member->posting);
    }
    for (guint i = 0; i < all->len; i++)
        check_series(list, all->pdata[i]);
    check_rules(list, all);
    g_assert(count_patches(contributors->people) == contributors->total);
    g_assert(count_patches(contributors->domains) <= contributors->total);
    contributors_free(contributors);
}

static void check_same(char *one, char *other)
{
    g_assert_cmpstr(one, ==, other);
    g_free(one);
    g_free(other);
}

/* What somebody has said of the mails that most inputs have. */
static struct marks *make_marks(void)
{
    char *path = support_path(support_folder(), "marks.sqlite"), *notice;
    struct marks *marks = marks_open(path, &notice);
    const struct mark_change changes[] = {
        { .lead = "a@example.org", .what = 7, .state = MARK_REVIEWED, .version = 1, .flag = true,
          .note = "Look again." },
        { .lead = "b@example.org", .what = MARK_CHANGE_STATE, .state = MARK_IGNORED, .version = 2 },
        { .lead = "c@example.org", .what = MARK_CHANGE_STATE, .state = MARK_LATER, .version = 1 },
    };
    bool made = marks_change(marks, changes, G_N_ELEMENTS(changes), NULL);

    g_assert(made && !notice);
    g_free(path);
    return marks;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct marks *marks;
    GPtrArray *pieces = pieces_split(data, size, MAILS_MAX);
    struct list list = read_list(pieces);
    GRand *random = g_rand_new_with_seed((guint32)size);

    if (!marks) {
        mail_startup();
        marks = make_marks();
    }
    struct series_set *whole = take_all(&list), *shuffled = take_shuffled(&list, random);
    struct series_set *wanted = take_wanted(&list);
    check_set(&list, whole);
    check_same(series_set_write_down(shuffled), series_set_write_down(whole));
    check_same(write_reports(&list, shuffled, marks), write_reports(&list, whole, marks));
    check_same(write_listed(wanted), write_listed(whole));
    series_set_free(wanted);
    series_set_free(shuffled);
    series_set_free(whole);
    corrections_free(list.corrections);
    g_ptr_array_free(list.mails, TRUE);
    g_ptr_array_unref(pieces);
    g_rand_free(random);
    return 0;
}
