/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "series/trailers.h"

#include "hash.h"
#include "mail/trailer.h"

/* Pairs of an old and a new patch that are compared although neither title nor number says
 * that they are the same one. */
#define STRANGERS_MAX 20000

/* A trailer as it was found, before it is known what it counts for. */
struct found {
    const char *text;
    const struct member *source;
    const struct member *answered; /* the patch or cover up the thread; NULL: what stands for a cover */
};

/* The search for what answers postings. */
struct search {
    GHashTable *seen;   /* struct member *: patches and covers, whose answers have been looked at */
    GPtrArray *waiting; /* struct member * */
    GArray *found;      /* struct found */
};

/* What collects. */
struct collector {
    const struct posting *posting;
    const struct trailers_request *request;
    GPtrArray *members;  /* struct member *: all of the posting */
    GHashTable *itself;  /* member → GHashTable of trailer_key(): what it says itself */
    GHashTable *same;    /* struct member * of an older posting → the same one of this, or NULL */
    struct search search;
    guint strangers;     /* compared so far */
    GArray *collected;   /* struct collected_trailer */
};

/* --- what answers a posting -------------------------------------------------------------------- */

static void search_init(struct search *search)
{
    search->seen = g_hash_table_new(NULL, NULL);
    search->waiting = g_ptr_array_new();
    search->found = g_array_new(FALSE, FALSE, sizeof(struct found));
}

static void search_clear(struct search *search)
{
    g_hash_table_unref(search->seen);
    g_ptr_array_unref(search->waiting);
    g_array_unref(search->found);
}

static void add_answers(struct search *search, const struct member *member)
{
    const struct message_id *id = member->id;

    /* Answers are to the mail that the id means. */
    if (id->first != member)
        return;
    for (struct member *answer = id->answers; answer != NULL; answer = answer->next_answer) {
        /* Patches, covers and pull requests begin something of their own. */
        if (answer->live && !member_is_patch(answer) && answer->mail->kind != MAIL_PULL)
            g_ptr_array_add(search->waiting, answer);
    }
}

/* Does it name somebody? "Reviewed-by: tags are missing" is prose. */
static bool has_address(const char *text)
{
    struct trailer_parts parts;

    trailer_parse(text, &parts);
    return parts.address_length > 0;
}

static void add_trailers(struct search *search, const struct member *source,
                         const struct member *answered)
{
    for (const char *const *text = source->mail->trailers; *text != NULL; text++) {
        struct found found = { *text, source, answered };

        if (search->found->len < TRAILERS_COLLECTED_MAX && has_address(*text))
            g_array_append_val(search->found, found);
    }
}

/* Finds what stands under MEMBER; it is said of ANSWERED. A mail answers one other, so it is met
 * once, and a loop of answers leads to no patch. */
static void search_under(struct search *search, const struct member *member,
                         const struct member *answered)
{
    if (!g_hash_table_add(search->seen, (gpointer)(uintptr_t)member))
        return;
    add_answers(search, member);
    while (search->waiting->len > 0) {
        const struct member *source =
            g_ptr_array_remove_index_fast(search->waiting, search->waiting->len - 1);

        add_trailers(search, source, answered);
        add_answers(search, source);
    }
}

/* What patches without a cover letter, of which FIRST is the first, answer, by the same sender and the
 * first mail of its thread: that is their cover letter although it does not say so. NULL if there is
 * none. */
static const struct member *bare_cover(const struct member *first)
{
    const struct member *parent = member_parent(first);

    if (first->mail->kind == MAIL_COVER || first->mail->total < 2 || parent == NULL ||
        parent->mail->kind != MAIL_OTHER || parent->parent != NULL ||
        g_ascii_strcasecmp(parent->mail->sender_address, first->mail->sender_address) != 0)
        return NULL;
    return parent;
}

/* Finds what is said of the COUNT mails of a posting at MEMBERS (struct member *). */
static void search_posting(struct search *search, gconstpointer members, guint count)
{
    struct member *const *all = members;
    const struct member *cover = bare_cover(all[0]);

    for (guint i = 0; i < count; i++)
        search_under(search, all[i], all[i]);
    if (cover != NULL)
        search_under(search, cover, NULL);
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const struct posting *x = *(const struct posting *const *)a;
    const struct posting *y = *(const struct posting *const *)b;

    return -posting_compare(x, y);
}

/* The postings of its series that are older than POSTING, newest first. The caller unrefs the array. */
static GPtrArray *older_postings(const struct posting *posting)
{
    const struct series *series = posting->series;
    GPtrArray *older = g_ptr_array_new();

    for (guint i = 0; series != NULL && i < series->postings->len; i++) {
        struct posting *other = g_ptr_array_index(series->postings, i);

        if (other != posting && posting_compare(other, posting) < 0)
            g_ptr_array_add(older, other);
    }
    g_ptr_array_sort(older, newest_first);
    return older;
}

/* --- what it counts for ------------------------------------------------------------------------ */

static bool is_patch(const struct member *member)
{
    return member->mail->kind == MAIL_PATCH;
}

/* How near is NEWER to OLDER before one looks inside: 0 is nearest. */
static int distance(const struct member *older, const struct member *newer)
{
    return newer->patch->title == older->patch->title ? 0 : member_number(newer) == member_number(older) ? 1 : 2;
}

/* The patch of the posting that has not changed since OLDER, or NULL. What has the same title is asked
 * first, then what has the same number; but a patch that is the same is the same under any title. */
static const struct member *find_same(struct collector *collector, const struct member *older)
{
    const struct trailers_request *request = collector->request;

    for (int wanted = 0; wanted < 3; wanted++) {
        for (guint i = 0; i < collector->members->len; i++) {
            const struct member *newer = g_ptr_array_index(collector->members, i);

            if (!is_patch(newer) || distance(older, newer) != wanted)
                continue;
            if (wanted == 2 && collector->strangers++ >= STRANGERS_MAX)
                return NULL;
            if (newer == older ||
                request->same(request->same_data, older, newer) == TRAILERS_SAME)
                return newer;
        }
    }
    return NULL;
}

static void free_key_set(void *data)
{
    g_hash_table_unref(data);
}

/* What the patch MEMBER says itself. */
static GHashTable *keys_of(struct collector *collector, const struct member *member)
{
    GHashTable *keys = g_hash_table_lookup(collector->itself, member);

    if (keys != NULL)
        return keys;
    keys = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    for (const char *const *text = member->mail->trailers; *text != NULL; text++)
        g_hash_table_add(keys, trailer_key(*text));
    g_hash_table_insert(collector->itself, (gpointer)(uintptr_t)member, keys);
    return keys;
}

/* Does PATCH, or where it is NULL each patch of the posting, say KEY itself? */
static bool is_there(struct collector *collector, const struct member *patch, const char *key)
{
    bool any = false;

    if (patch != NULL)
        return g_hash_table_contains(keys_of(collector, patch), key);
    for (guint i = 0; i < collector->members->len; i++) {
        const struct member *member = g_ptr_array_index(collector->members, i);

        if (is_patch(member) && !g_hash_table_contains(keys_of(collector, member), key))
            return false;
        any |= is_patch(member);
    }
    return any;
}

/* Adds FOUND, which counts for PATCH and was said of OLDER, if not NULL. */
static void add_collected(struct collector *collector, const struct found *found,
                          const struct member *patch, const struct posting *older)
{
    const struct trailers_request *request = collector->request;
    struct collected_trailer trailer;

    if (collector->collected->len >= TRAILERS_COLLECTED_MAX)
        return;
    trailer = (struct collected_trailer) {
        .text = found->text,
        .source = found->source,
        .patch = patch,
        .older = older,
        .mismatch = !trailer_names_sender(found->text, found->source->mail),
        .bot = request->is_bot != NULL && request->is_bot(request->bot_data, found->source),
    };

    g_array_append_val(collector->collected, trailer);
}

static void collect_own(struct collector *collector)
{
    struct search *search = &collector->search;

    search_posting(search, collector->members->pdata, collector->members->len);
    for (guint i = 0; i < search->found->len; i++) {
        const struct found *found = &g_array_index(search->found, struct found, i);
        const struct member *answered = found->answered;

        add_collected(collector, found, answered != NULL && is_patch(answered) ? answered : NULL, NULL);
    }
}

/* The same, remembered: a cover letter's trailers ask for all patches. */
static const struct member *same_of(struct collector *collector, const struct member *older)
{
    gpointer same;

    if (g_hash_table_lookup_extended(collector->same, older, NULL, &same))
        return same;
    same = (gpointer)(uintptr_t)find_same(collector, older);
    g_hash_table_insert(collector->same, (gpointer)(uintptr_t)older, same);
    return same;
}

/* Adds FOUND, which was said of MEMBER of OLDER, for what is the same now. */
static void carry_to_same(struct collector *collector, const struct found *found,
                          const struct member *member, const struct posting *older)
{
    const struct member *same = same_of(collector, member);

    if (same != NULL)
        add_collected(collector, found, same, older);
}

/* Adds FOUND, which was said of OLDER: of the patch that it answers, or of all of them where it answers
 * their cover letter. */
static void carry_over(struct collector *collector, const struct found *found,
                       const struct posting *older)
{
    if (found->answered != NULL && is_patch(found->answered)) {
        carry_to_same(collector, found, found->answered, older);
        return;
    }
    for (guint i = 0; i < older->members->len; i++) {
        const struct member *member = g_ptr_array_index(older->members, i);

        if (collector->collected->len >= TRAILERS_COLLECTED_MAX)
            return;
        if (is_patch(member))
            carry_to_same(collector, found, member, older);
    }
}

static void collect_older(struct collector *collector)
{
    GPtrArray *postings = older_postings(collector->posting);

    for (guint i = 0; i < postings->len && collector->request->same != NULL; i++) {
        const struct posting *older = g_ptr_array_index(postings, i);
        guint from = collector->search.found->len;

        search_posting(&collector->search, older->members->pdata, older->members->len);
        for (guint k = from; k < collector->search.found->len; k++)
            carry_over(collector, &g_array_index(collector->search.found, struct found, k), older);
    }
    g_ptr_array_unref(postings);
}

/* --- the order, and what is said twice --------------------------------------------------------- */

static uint32_t patch_number(const struct collected_trailer *trailer)
{
    return trailer->patch != NULL ? member_number(trailer->patch) : 0;
}

/* By patch, those for all first, then by date. */
static gint compare_collected(gconstpointer a, gconstpointer b)
{
    const struct collected_trailer *x = a, *y = b;
    const struct mail *x_mail = x->source->mail, *y_mail = y->source->mail;

    if (patch_number(x) != patch_number(y))
        return patch_number(x) < patch_number(y) ? -1 : 1;
    if (x_mail->date != y_mail->date)
        return x_mail->date < y_mail->date ? -1 : 1;
    if (x_mail->place.arrival != y_mail->place.arrival)
        return x_mail->place.arrival < y_mail->place.arrival ? -1 : 1;
    return 0;
}

/* Does X count more than Y, which says the same? */
static bool counts_more(const struct collected_trailer *x, const struct collected_trailer *y)
{
    if (x->mismatch != y->mismatch)
        return y->mismatch;
    if (x->older != y->older)
        return x->older == NULL ||
               (y->older != NULL && posting_compare(x->older, y->older) > 0);
    return false;
}

/* Keeps of those that say the same of the same patch the one that counts. */
static void drop_repeated(GArray *trailers)
{
    GHashTable *places = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    guint kept = 0;

    for (guint i = 0; i < trailers->len; i++) {
        struct collected_trailer trailer = g_array_index(trailers, struct collected_trailer, i);
        g_autofree char *key = trailer_key(trailer.text);
        char *place = g_strdup_printf("%u %s", patch_number(&trailer), key);
        gpointer known;

        if (g_hash_table_lookup_extended(places, place, NULL, &known)) {
            struct collected_trailer *other =
                &g_array_index(trailers, struct collected_trailer, GPOINTER_TO_UINT(known));

            if (counts_more(&trailer, other))
                *other = trailer;
            g_free(place);
        } else {
            g_hash_table_insert(places, place, GUINT_TO_POINTER(kept));
            g_array_index(trailers, struct collected_trailer, kept++) = trailer;
        }
    }
    g_array_set_size(trailers, kept);
    g_hash_table_unref(places);
}

/* Sees which ones the patches say themselves; who quotes them without a quote's mark says nothing. */
static void compare_with_patches(struct collector *collector)
{
    GArray *trailers = collector->collected;
    guint kept = 0;

    for (guint i = 0; i < trailers->len; i++) {
        struct collected_trailer trailer = g_array_index(trailers, struct collected_trailer, i);
        g_autofree char *key = trailer_key(trailer.text);

        trailer.there = is_there(collector, trailer.patch, key);
        if (!trailer.there || !trailer.mismatch)
            g_array_index(trailers, struct collected_trailer, kept++) = trailer;
    }
    g_array_set_size(trailers, kept);
}

GArray *trailers_collect(const struct posting *posting, const struct trailers_request *request)
{
    struct collector collector = {
        .posting = posting,
        .request = request,
        .members = posting_all_members(posting),
        .itself = g_hash_table_new_full(NULL, NULL, NULL, free_key_set),
        .same = g_hash_table_new(NULL, NULL),
        .collected = g_array_new(FALSE, FALSE, sizeof(struct collected_trailer)),
    };

    search_init(&collector.search);
    collect_own(&collector);
    collect_older(&collector);
    g_array_sort(collector.collected, compare_collected);
    drop_repeated(collector.collected);
    compare_with_patches(&collector);
    g_array_sort(collector.collected, compare_collected);
    search_clear(&collector.search);
    g_hash_table_unref(collector.same);
    g_hash_table_unref(collector.itself);
    g_ptr_array_unref(collector.members);
    return collector.collected;
}

/* Adds the patches of OLDER that FOUND, from FROM on, was said of. */
static void want_older(const struct posting *older, const GArray *found, guint from, GPtrArray *wanted)
{
    GHashTable *answered = g_hash_table_new(NULL, NULL);
    bool cover = false;

    for (guint i = from; i < found->len; i++) {
        const struct found *trailer = &g_array_index(found, struct found, i);

        cover |= trailer->answered == NULL || !is_patch(trailer->answered);
        g_hash_table_add(answered, (gpointer)(uintptr_t)trailer->answered);
    }
    for (guint i = 0; i < older->members->len; i++) {
        struct member *member = g_ptr_array_index(older->members, i);

        if (is_patch(member) && (cover || g_hash_table_contains(answered, member)))
            g_ptr_array_add(wanted, member);
    }
    g_hash_table_unref(answered);
}

void trailers_wanted(const struct posting *posting, GPtrArray *wanted)
{
    GPtrArray *members = posting_all_members(posting);
    GPtrArray *postings = older_postings(posting);
    guint before = wanted->len;
    struct search search;

    search_init(&search);
    search_posting(&search, members->pdata, members->len);
    for (guint i = 0; i < postings->len; i++) {
        const struct posting *older = g_ptr_array_index(postings, i);
        guint from = search.found->len;

        search_posting(&search, older->members->pdata, older->members->len);
        want_older(older, search.found, from, wanted);
    }
    for (guint i = 0; i < members->len && wanted->len > before; i++) {
        struct member *member = g_ptr_array_index(members, i);

        if (is_patch(member))
            g_ptr_array_add(wanted, member);
    }
    search_clear(&search);
    g_ptr_array_unref(postings);
    g_ptr_array_unref(members);
}

const char **trailers_to_add(const GArray *trailers, const struct member *patch)
{
    GPtrArray *lines = g_ptr_array_new();
    GHashTable *known = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);

    for (const char *const *text = patch->mail->trailers; *text != NULL; text++)
        g_hash_table_add(known, trailer_key(*text));
    for (guint i = 0; i < trailers->len; i++) {
        const struct collected_trailer *trailer =
            &g_array_index(trailers, struct collected_trailer, i);

        if ((trailer->patch == NULL || trailer->patch == patch) && !trailer->mismatch &&
            !trailer->bot && g_hash_table_add(known, trailer_key(trailer->text)))
            g_ptr_array_add(lines, (gpointer)(uintptr_t)trailer->text);
    }
    g_hash_table_unref(known);
    g_ptr_array_add(lines, NULL);
    return (const char **)(void *)g_ptr_array_free(lines, FALSE);
}
