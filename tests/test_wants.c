/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A range and what hangs on it: with what series_set_wants() asks for, all that is said of the series
 * in the range is what reading everything would say. */
#include "series/lookup.h"
#include "series/review.h"
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

/* --- a list that answers ------------------------------------------------------ */

/* Which mails of a list bear which keys, as an index on disk would say. */
struct index {
    const struct paper_list *list;
    GArray *order;     /* guint: all of them */
    GHashTable *bears; /* key (uint64_t *) → GArray of guint */
    gboolean *taken;
};

static void unref_array(gpointer array)
{
    g_array_unref(array);
}

static void index_mail(struct index *index, guint which, const struct mail *mail)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    lookup_add_keys(mail, keys);
    for (guint i = 0; i < keys->len; i++) {
        uint64_t key = g_array_index(keys, uint64_t, i);
        GArray *bearing = g_hash_table_lookup(index->bears, &key);

        if (!bearing) {
            bearing = g_array_new(FALSE, FALSE, sizeof(guint));
            g_hash_table_insert(index->bears, g_memdup2(&key, sizeof key), bearing);
        }
        g_array_append_val(bearing, which);
    }
    g_array_free(keys, TRUE);
}

static struct index *index_new(const struct paper_list *list)
{
    struct index *index = g_new0(struct index, 1);
    guint length = paper_list_length(list);
    struct mail_batch *batch;

    index->list = list;
    index->order = paper_order_new(length, false);
    index->bears = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, unref_array);
    index->taken = g_new0(gboolean, length);
    batch = paper_list_batch(list, index->order, 0, length);
    for (guint i = 0; i < length; i++)
        index_mail(index, i, &g_array_index(batch->mails, struct mail, i));
    mail_batch_free(batch);
    return index;
}

static void index_free(struct index *index)
{
    g_array_free(index->order, TRUE);
    g_hash_table_destroy(index->bears);
    g_free(index->taken);
    g_free(index);
}

/* The mails that bear one of WANTS and have not been taken. */
static GArray *answer(struct index *index, const GArray *wants)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < wants->len; i++) {
        const GArray *bearing =
            g_hash_table_lookup(index->bears, &g_array_index(wants, uint64_t, i));

        for (guint j = 0; bearing && j < bearing->len; j++) {
            guint which = g_array_index(bearing, guint, j);

            if (!index->taken[which])
                g_array_append_val(found, which);
            index->taken[which] = TRUE;
        }
    }
    return found;
}

/* Takes COUNT mails from FIRST on as the range. */
static void take_range(struct series_set *set, struct index *index, guint first, guint count)
{
    for (guint i = first; i < first + count; i++)
        index->taken[i] = TRUE;
    series_set_take(set, paper_list_batch(index->list, index->order, first, count));
}

/* Takes what SET wants until it wants nothing, in pieces of at most LARGEST; how many mails those
 * were. */
static guint take_wanted(struct series_set *set, struct index *index, guint largest)
{
    guint count = 0;

    for (;;) {
        GArray *wants = g_array_new(FALSE, FALSE, sizeof(uint64_t)), *found;
        guint wanted;

        series_set_settle(set);
        series_set_wants(set, wants);
        wanted = wants->len;
        found = answer(index, wants);
        for (guint taken = 0; taken < found->len; taken += largest) {
            series_set_take_known(set, paper_list_batch(index->list, found, taken,
                                                        MIN(largest, found->len - taken)));
            series_set_settle(set);
        }
        count += found->len;
        g_array_free(found, TRUE);
        g_array_free(wants, TRUE);
        if (wanted == 0)
            return count;
    }
}

/* The same, settling only when nothing more is found. */
static void take_wanted_at_once(struct series_set *set, struct index *index)
{
    bool settled = false;
    guint count;

    do {
        GArray *wants = g_array_new(FALSE, FALSE, sizeof(uint64_t)), *found;

        series_set_wants(set, wants);
        found = answer(index, wants);
        count = found->len;
        if (count > 0)
            series_set_take_known(set, paper_list_batch(index->list, found, 0, count));
        else if (!settled)
            series_set_settle(set);
        g_array_free(found, TRUE);
        g_array_free(wants, TRUE);
        if (count == 0 && settled)
            return;
        settled = count == 0;
    } while (true);
}

/* --- what is said of a range ------------------------------------------------ */

struct span {
    gint64 first, end; /* arrivals */
};

static bool in_span(const struct posting *posting, const struct span *span)
{
    for (guint i = 0; i < posting->members->len; i++) {
        const struct member *member = g_ptr_array_index(posting->members, i);

        if (member->mail->place.arrival >= span->first && member->mail->place.arrival < span->end)
            return true;
    }
    return false;
}

static const struct posting *newest_in_span(const struct series *series, const struct span *span)
{
    for (guint i = 0; i < series->postings->len; i++)
        if (in_span(g_ptr_array_index(series->postings, i), span))
            return g_ptr_array_index(series->postings, i);
    return NULL;
}

static gint compare_arrivals(gconstpointer a, gconstpointer b)
{
    gint64 x = posting_lead(*(const struct posting *const *)a)->place.arrival;
    gint64 y = posting_lead(*(const struct posting *const *)b)->place.arrival;

    return (x < y) - (x > y);
}

static void write_listed(GString *text, const struct posting *listed)
{
    const GPtrArray *postings = listed->series->postings;

    g_string_append_printf(text, "listed %" G_GINT64_FORMAT "\n", posting_lead(listed)->place.arrival);
    for (guint i = 0; i < postings->len; i++) {
        const struct posting *posting = g_ptr_array_index(postings, i);
        struct review review = posting_review(posting, NULL);

        series_write_posting(text, posting);
        g_string_append_printf(text, "    %u replies, %u reviewed\n", review.replies, review.reviewed);
    }
}

/* The series with a posting in SPAN, of a set that knows everything. */
static char *write_span(const struct series_set *whole, const struct span *span)
{
    GPtrArray *listed = g_ptr_array_new();
    const GPtrArray *list = series_set_list(whole);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        const struct posting *newest = newest_in_span(g_ptr_array_index(list, i), span);

        if (newest)
            g_ptr_array_add(listed, (gpointer)(uintptr_t)newest);
    }
    g_ptr_array_sort(listed, compare_arrivals);
    for (guint i = 0; i < listed->len; i++)
        write_listed(text, g_ptr_array_index(listed, i));
    g_ptr_array_free(listed, TRUE);
    return g_string_free(text, FALSE);
}

static char *write_list(const struct series_set *set)
{
    const GPtrArray *list = series_set_list(set);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        const struct series *series = g_ptr_array_index(list, i);

        ck_assert_ptr_nonnull(series->listed);
        write_listed(text, series->listed);
    }
    return g_string_free(text, FALSE);
}

static void check_span(const struct series_set *set, const struct series_set *whole,
                       const struct span *span)
{
    char *text = write_list(set), *expected = write_span(whole, span);

    ck_assert_str_eq(text, expected);
    g_free(text);
    g_free(expected);
}

/* --- the property ------------------------------------------------------------- */

static void check_range(const struct paper_list *list, const struct series_set *whole,
                        const struct corrections *corrections, const struct span *span,
                        guint largest)
{
    struct index *index = index_new(list);
    struct series_set *set = series_set_new();

    series_set_correct(set, corrections);
    take_range(set, index, (guint)span->first, (guint)(span->end - span->first));
    if (largest > 0)
        take_wanted(set, index, largest);
    else
        take_wanted_at_once(set, index);
    check_span(set, whole, span);
    series_set_free(set);
    index_free(index);
}

static void check_ranges(guint32 seed, bool sparse, guint correction_count)
{
    struct paper_list *list = paper_list_generate(seed, sparse ? 1200 : 250, sparse);
    struct series_set *whole = paper_list_read(list);
    struct corrections *corrections = series_set_make_corrections(whole, seed, correction_count);
    GRand *random = g_rand_new_with_seed(seed);
    gint length = (gint)paper_list_length(list);

    series_set_correct(whole, corrections);
    series_set_settle(whole);
    for (guint i = 0; i < 8; i++) {
        gint first = g_rand_int_range(random, 0, length);
        gint count = g_rand_int_range(random, 1, MIN(length - first, 60) + 1);
        const struct span span = { first, first + count };

        static const guint largest[] = { 1000, 3, 0 };

        check_range(list, whole, corrections, &span, largest[i % G_N_ELEMENTS(largest)]);
    }
    g_rand_free(random);
    series_set_free(whole);
    corrections_free(corrections);
    paper_list_free(list);
}

START_TEST(range_of_a_dense_list)
{
    check_ranges((guint32)_i, false, 0);
}
END_TEST

START_TEST(range_of_a_sparse_list)
{
    check_ranges((guint32)_i + 1000, true, 0);
}
END_TEST

START_TEST(range_with_corrections)
{
    check_ranges((guint32)_i + 2000, _i % 2, _i % 2 ? 60 : 20);
}
END_TEST

/* A list grows at its end while its past is looked up. */
START_TEST(range_that_grows)
{
    struct paper_list *list = paper_list_generate((guint32)_i + 3000, 600, true);
    struct series_set *whole = paper_list_read(list), *set = series_set_new();
    struct index *index = index_new(list);
    guint length = paper_list_length(list), first = length / 2;
    const struct span span = { first, length };

    /* What has not arrived yet is not in the index either. */
    for (guint i = first; i < length; i++)
        index->taken[i] = TRUE;
    for (guint next = first; next < length; next += 7) {
        take_range(set, index, next, MIN(7, length - next));
        take_wanted(set, index, 1000);
    }
    check_span(set, whole, &span);
    index_free(index);
    series_set_free(set);
    series_set_free(whole);
    paper_list_free(list);
}
END_TEST

START_TEST(corrections_come_later)
{
    struct paper_list *list = paper_list_generate((guint32)_i + 4000, 800, true);
    struct series_set *whole = paper_list_read(list), *set = series_set_new();
    struct corrections *corrections = series_set_make_corrections(whole, (guint32)_i, 60);
    struct index *index = index_new(list);
    const struct span span = { 300, 500 };

    take_range(set, index, 300, 200);
    take_wanted(set, index, 1000);
    check_span(set, whole, &span);
    series_set_correct(set, corrections);
    series_set_correct(whole, corrections);
    series_set_settle(whole);
    take_wanted(set, index, 1000);
    check_span(set, whole, &span);
    series_set_correct(set, NULL);
    series_set_correct(whole, NULL);
    series_set_settle(whole);
    take_wanted(set, index, 1000);
    check_span(set, whole, &span);
    index_free(index);
    series_set_free(set);
    series_set_free(whole);
    corrections_free(corrections);
    paper_list_free(list);
}
END_TEST

/* --- what is asked for ---------------------------------------------------------- */

static struct paper_list *list;

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ __VA_ARGS__ })

static void begin_list(void)
{
    list = paper_list_new();
}

static void end_list(void)
{
    paper_list_free(list);
}

/* How many mails besides the COUNT from FIRST on are taken; *STATE is that of the newest series. */
static guint loaded(guint first, guint count, enum series_state *state)
{
    struct index *index = index_new(list);
    struct series_set *set = series_set_new();
    const struct series *newest;
    guint taken;

    take_range(set, index, first, count);
    taken = take_wanted(set, index, 1000);
    newest = g_ptr_array_index(series_set_list(set), 0);
    *state = posting_state(newest->listed);
    series_set_free(set);
    index_free(index);
    return taken;
}

START_TEST(unrelated_series_stay_where_they_are)
{
    enum series_state state;

    for (guint i = 0; i < 100; i++) {
        char *id = g_strdup_printf("c%u", i), *patch = g_strdup_printf("p%u", i);
        char *cover = g_strdup_printf("[PATCH 0/1] work %u", i);
        char *subject = g_strdup_printf("[PATCH 1/1] part of %u", i);

        MAIL(.id = id, .subject = cover, .date = 1700000000 + i * 10000);
        MAIL(.id = patch, .subject = subject, .reply_to = id, .date = 1700000001 + i * 10000);
        g_free(subject);
        g_free(cover);
        g_free(patch);
        g_free(id);
    }
    ck_assert_uint_eq(loaded(100, 2, &state), 0);
    ck_assert_int_eq(state, SERIES_NEW);
    ck_assert_uint_eq(loaded(101, 1, &state), 1);
    ck_assert_int_eq(state, SERIES_NEW);
}
END_TEST

START_TEST(older_version_and_its_thread_are_loaded)
{
    enum series_state state;

    MAIL(.id = "a", .subject = "[PATCH] mend it");
    MAIL(.id = "r1", .subject = "Re: [PATCH] mend it", .reply_to = "a");
    MAIL(.id = "r2", .subject = "Re: [PATCH] mend it", .reply_to = "r1");
    MAIL(.id = "x", .subject = "Re: something else", .reply_to = "y");
    MAIL(.id = "b", .subject = "[PATCH v2] mend it");
    ck_assert_uint_eq(loaded(4, 1, &state), 3);
    ck_assert_int_eq(state, SERIES_EXIST);
}
END_TEST

START_TEST(later_version_makes_the_listed_one_skipped)
{
    enum series_state state;

    MAIL(.id = "a", .subject = "[PATCH] mend it");
    MAIL(.id = "b", .subject = "[PATCH v2] mend it");
    MAIL(.id = "c", .subject = "[PATCH v3] mend it");
    ck_assert_uint_eq(loaded(1, 1, &state), 2);
    ck_assert_int_eq(state, SERIES_SKIP);
}
END_TEST

START_TEST(withdrawn_later_is_not_listed)
{
    struct series_set *set = series_set_new();
    struct index *index;

    MAIL(.id = "a", .subject = "[PATCH] mend it");
    MAIL(.id = "b", .subject = "[PATCH] break it");
    MAIL(.id = "a", .subject = "[PATCH] mend it", .withdrawal = true);
    index = index_new(list);
    take_range(set, index, 0, 1);
    series_set_settle(set);
    ck_assert_uint_eq(series_set_list(set)->len, 1);
    ck_assert_uint_eq(take_wanted(set, index, 1000), 1);
    ck_assert_uint_eq(series_set_list(set)->len, 0);
    series_set_free(set);
    index_free(index);
}
END_TEST

/* Two replies up, and none of them is of the range. */
START_TEST(version_comes_down_the_thread)
{
    struct series_set *set = series_set_new();
    const struct series *series;
    struct index *index;

    MAIL(.id = "c", .subject = "[PATCH v3 0/2] work");
    MAIL(.id = "r1", .subject = "Re: [PATCH v3 0/2] work", .reply_to = "c");
    MAIL(.id = "r2", .subject = "Re: [PATCH 0/2] work", .reply_to = "r1");
    MAIL(.id = "p", .subject = "[PATCH 1/2] one", .reply_to = "r2");
    index = index_new(list);
    take_range(set, index, 3, 1);
    take_wanted(set, index, 1000);
    series = g_ptr_array_index(series_set_list(set), 0);
    ck_assert_uint_eq(series->listed->version, 3);
    series_set_free(set);
    index_free(index);
}
END_TEST

START_TEST(range_of_replies_loads_nothing)
{
    struct series_set *set = series_set_new();
    struct index *index;

    MAIL(.id = "a", .subject = "[PATCH] mend it");
    MAIL(.id = "r1", .subject = "Re: [PATCH] mend it", .reply_to = "a");
    index = index_new(list);
    take_range(set, index, 1, 1);
    ck_assert_uint_eq(take_wanted(set, index, 1000), 0);
    ck_assert_uint_eq(series_set_list(set)->len, 0);
    series_set_free(set);
    index_free(index);
}
END_TEST

START_TEST(each_key_is_asked_for_once)
{
    struct paper_list *many = paper_list_generate(1, 300, true);
    struct series_set *set = series_set_new();
    struct index *index = index_new(many);
    GHashTable *seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    GArray *wants = g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), 1 << 16);

    for (guint taken = 0; taken < 300; taken += 20) {
        take_range(set, index, taken, 20);
        series_set_settle(set);
        series_set_wants(set, wants);
    }
    ck_assert_uint_gt(wants->len, 300);
    for (guint i = 0; i < wants->len; i++)
        ck_assert(g_hash_table_add(seen, &g_array_index(wants, uint64_t, i)));
    g_hash_table_destroy(seen);
    g_array_free(wants, TRUE);
    series_set_free(set);
    index_free(index);
    paper_list_free(many);
}
END_TEST

/* --- keys ------------------------------------------------------------------------ */

/* They are on disk: another value makes every index wrong. */
START_TEST(keys_stay_what_they_are)
{
    ck_assert_uint_eq(lookup_key(LOOKUP_ID, "a@example.org"), UINT64_C(0xddc6863a9bf8732c));
    ck_assert_uint_eq(lookup_key(LOOKUP_TITLE, "mend it"), UINT64_C(0x6d85d740ecdb4475));
    ck_assert_uint_eq(lookup_run_key("ann@example.org", 2, 5, -1), UINT64_C(0xcc61019e59e98fdb));
}
END_TEST

START_TEST(hours_are_rounded_down)
{
    ck_assert_int_eq(lookup_hour(7199), 1);
    ck_assert_int_eq(lookup_hour(0), 0);
    ck_assert_int_eq(lookup_hour(-1), -1);
    ck_assert_int_eq(lookup_hour(-3600), -1);
    ck_assert_int_eq(lookup_hour(-3601), -2);
}
END_TEST

static bool bears(const GArray *keys, uint64_t key)
{
    for (guint i = 0; i < keys->len; i++)
        if (g_array_index(keys, uint64_t, i) == key)
            return true;
    return false;
}

/* The keys of the mail added last. */
static GArray *keys_of_last(void)
{
    GArray *order = paper_order_new(paper_list_length(list), false);
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    struct mail_batch *batch = paper_list_batch(list, order, order->len - 1, 1);

    lookup_add_keys(&g_array_index(batch->mails, struct mail, 0), keys);
    mail_batch_free(batch);
    g_array_free(order, TRUE);
    return keys;
}

START_TEST(patch_bears_what_it_says)
{
    GArray *keys;

    MAIL(.id = "b", .subject = "[PATCH v2] Mend IT", .reply_to = "a", .references = "z a",
         .change_id = "c1");
    keys = keys_of_last();
    ck_assert_uint_eq(keys->len, 5);
    ck_assert(bears(keys, lookup_key(LOOKUP_ID, "b@example.org")));
    ck_assert(bears(keys, lookup_key(LOOKUP_TITLE, "mend it")));
    ck_assert(bears(keys, lookup_key(LOOKUP_CHANGE_ID, "c1")));
    ck_assert(bears(keys, lookup_key(LOOKUP_PATCH, "a@example.org")));
    ck_assert(bears(keys, lookup_key(LOOKUP_PATCH, "z@example.org")));
    g_array_free(keys, TRUE);
}
END_TEST

START_TEST(numbered_patch_without_references_bears_its_hour)
{
    GArray *keys;

    MAIL(.id = "b", .subject = "[PATCH 1/3] one", .from = "Eve <EVE@example.org>", .date = 7201);
    keys = keys_of_last();
    ck_assert_uint_eq(keys->len, 3);
    ck_assert(bears(keys, lookup_run_key("eve@example.org", 1, 3, 2)));
    g_array_free(keys, TRUE);
}
END_TEST

START_TEST(numbered_patch_bears_what_it_answers)
{
    GArray *keys;

    MAIL(.id = "b", .subject = "[PATCH 1/3] one", .reply_to = "a");
    keys = keys_of_last();
    ck_assert_uint_eq(keys->len, 4);
    ck_assert(bears(keys, lookup_answer_key("a@example.org", 3)));
    g_array_free(keys, TRUE);
}
END_TEST

START_TEST(reply_bears_its_parent)
{
    GArray *keys;

    MAIL(.id = "r", .subject = "Re: [PATCH] one", .reply_to = "a", .references = "z a");
    keys = keys_of_last();
    ck_assert_uint_eq(keys->len, 2);
    ck_assert(bears(keys, lookup_key(LOOKUP_ID, "r@example.org")));
    ck_assert(bears(keys, lookup_key(LOOKUP_REPLY, "a@example.org")));
    g_array_free(keys, TRUE);
}
END_TEST

START_TEST(withdrawal_bears_the_id)
{
    GArray *keys;

    MAIL(.id = "b", .subject = "[PATCH] one", .reply_to = "a", .withdrawal = true);
    keys = keys_of_last();
    ck_assert_uint_eq(keys->len, 1);
    ck_assert(bears(keys, lookup_key(LOOKUP_ID, "b@example.org")));
    g_array_free(keys, TRUE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wants");
    TCase *property = tcase_create("property"), *tests = tcase_create("wants");

    mail_startup();
    tcase_add_loop_test(property, range_of_a_dense_list, 0, 30);
    tcase_add_loop_test(property, range_of_a_sparse_list, 0, 10);
    tcase_add_loop_test(property, range_with_corrections, 0, 20);
    tcase_add_loop_test(property, range_that_grows, 0, 6);
    tcase_add_loop_test(property, corrections_come_later, 0, 10);
    suite_add_tcase(suite, property);
    tcase_add_checked_fixture(tests, begin_list, end_list);
    tcase_add_test(tests, unrelated_series_stay_where_they_are);
    tcase_add_test(tests, older_version_and_its_thread_are_loaded);
    tcase_add_test(tests, later_version_makes_the_listed_one_skipped);
    tcase_add_test(tests, withdrawn_later_is_not_listed);
    tcase_add_test(tests, version_comes_down_the_thread);
    tcase_add_test(tests, range_of_replies_loads_nothing);
    tcase_add_test(tests, each_key_is_asked_for_once);
    tcase_add_test(tests, keys_stay_what_they_are);
    tcase_add_test(tests, hours_are_rounded_down);
    tcase_add_test(tests, patch_bears_what_it_says);
    tcase_add_test(tests, numbered_patch_without_references_bears_its_hour);
    tcase_add_test(tests, numbered_patch_bears_what_it_answers);
    tcase_add_test(tests, reply_bears_its_parent);
    tcase_add_test(tests, withdrawal_bears_the_id);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
