/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/comparison.h"

#include "compare/difference.h"
#include "compare/pairing.h"

#include <string.h>

/* A patch of one of the sides. */
struct compared {
    struct pairing_patch pairing;
    struct compared_patch patch;
    char *title;         /* pairing.title */
    GString *comparable; /* "" of one that could not be read */
    size_t message_lines; /* lines of it in front of the diff */
    const struct difference_text *lines; /* of it; NULL until it is needed */
    bool shown;
};

struct comparison {
    struct compared *old, *new;
    guint old_count, new_count;
    guint old_covers, new_covers; /* the first ones */
    GArray *pairs; /* struct comparison_pair */
    struct difference_texts *texts;
    GStringChunk *headings;
};

/* --- the two sides ------------------------------------------------------------------- */

static size_t count_lines(const char *text, size_t length)
{
    size_t count = 0;

    for (const char *at = text; (at = memchr(at, '\n', length - (size_t)(at - text))); at++)
        count++;
    return count;
}

/* TITLE in the form in which titles are the same. */
static char *folded_title(const char *title)
{
    char **words = g_strsplit_set(title, " \t\n\r\f\v", -1);
    GString *collapsed = g_string_new(NULL);
    char *folded;

    for (char **word = words; *word; word++)
        if (**word)
            g_string_append_printf(collapsed, "%s%s", collapsed->len ? " " : "", *word);
    folded = g_utf8_casefold(collapsed->str, (gssize)collapsed->len);
    g_string_free(collapsed, TRUE);
    g_strfreev(words);
    return folded;
}

static void read_patch(struct compared *compared, const struct compared_patch *patch,
                       unsigned position)
{
    size_t diff_start;

    *compared = (struct compared){
        .pairing = { .position = position },
        .patch = *patch,
        .title = patch->patch ? folded_title(patch->patch->title) : g_strdup(""),
        .comparable = patch->patch ? patch_comparable(patch->patch, &diff_start)
                                   : g_string_new(NULL),
    };
    if (!patch->patch || patch->patch->files->len == 0)
        diff_start = compared->comparable->len;
    compared->message_lines = count_lines(compared->comparable->str, diff_start);
    compared->pairing.title = compared->title;
    compared->pairing.diff = compared->comparable->str + diff_start;
    compared->pairing.diff_length = compared->comparable->len - diff_start;
}

static struct compared *read_side(const GArray *patches)
{
    struct compared *side = g_new(struct compared, patches->len);

    for (guint i = 0; i < patches->len; i++)
        read_patch(&side[i], &g_array_index(patches, struct compared_patch, i), i);
    return side;
}

static void free_side(struct compared *side, guint count)
{
    for (guint i = 0; i < count; i++) {
        g_free(side[i].title);
        g_string_free(side[i].comparable, TRUE);
    }
    g_free(side);
}

/* Those of SIDE from START up to END that could be read. The caller frees the array. */
static GPtrArray *readable(struct compared *side, guint start, guint end)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = start; i < end; i++)
        if (side[i].patch.patch)
            g_ptr_array_add(found, &side[i].pairing);
    return found;
}

static guint count_covers(const struct compared *side, guint count)
{
    guint covers = 0;

    while (covers < count && side[covers].patch.number == 0)
        covers++;
    return covers;
}

static void pair_covers(struct comparison *comparison)
{
    GPtrArray *old = readable(comparison->old, 0, comparison->old_covers);
    GPtrArray *new = readable(comparison->new, 0, comparison->new_covers);

    for (guint i = 0; i < old->len && i < new->len; i++) {
        struct pairing_patch *one = g_ptr_array_index(old, i), *other = g_ptr_array_index(new, i);

        one->partner = other;
        other->partner = one;
    }
    g_ptr_array_free(old, TRUE);
    g_ptr_array_free(new, TRUE);
}

static bool pair_patches(struct comparison *comparison, gint *stop)
{
    GPtrArray *old = readable(comparison->old, comparison->old_covers, comparison->old_count);
    GPtrArray *new = readable(comparison->new, comparison->new_covers, comparison->new_count);
    bool done = pairing_find(old, new, comparison->texts, stop);

    g_ptr_array_free(old, TRUE);
    g_ptr_array_free(new, TRUE);
    return done;
}

/* --- the pairs ----------------------------------------------------------------------- */

static const struct difference_text *lines_of(struct comparison *comparison,
                                              struct compared *compared)
{
    if (!compared->lines)
        compared->lines = difference_texts_add(comparison->texts, compared->comparable->str,
                                               compared->comparable->len);
    return compared->lines;
}

static bool same_texts(const GString *a, const GString *b)
{
    return a->len == b->len && memcmp(a->str, b->str, a->len) == 0;
}

/* Compares the two patches of PAIR. */
static void judge(struct comparison *comparison, struct comparison_pair *pair)
{
    struct compared *old = &comparison->old[pair->old], *new = &comparison->new[pair->new];
    GArray *lines;

    pair->mark = COMPARISON_SAME;
    if (same_texts(old->comparable, new->comparable))
        return;
    pair->mark = COMPARISON_CHANGED;
    pair->message_only =
        old->pairing.diff_length == new->pairing.diff_length &&
        memcmp(old->pairing.diff, new->pairing.diff, old->pairing.diff_length) == 0;
    lines = g_array_new(FALSE, FALSE, sizeof(struct difference_line));
    difference_lines(lines_of(comparison, old), lines_of(comparison, new), 0, lines);
    for (guint i = 0; i < lines->len; i++) {
        char sign = g_array_index(lines, struct difference_line, i).sign;

        pair->removed += sign == '-';
        pair->added += sign == '+';
    }
    g_array_free(lines, TRUE);
}

/* Adds the pair of the patches with these indices, either of which may be -1. */
static void add_pair(struct comparison *comparison, int old, int new)
{
    struct comparison_pair pair = { .old = old, .new = new };

    if (new < 0) {
        const GString *text = comparison->old[old].comparable;

        pair.mark = COMPARISON_DROPPED;
        pair.removed = (uint32_t)count_lines(text->str, text->len);
    } else if (old < 0) {
        const GString *text = comparison->new[new].comparable;

        pair.mark = COMPARISON_ADDED;
        pair.added = (uint32_t)count_lines(text->str, text->len);
    } else {
        judge(comparison, &pair);
    }
    g_array_append_val(comparison->pairs, pair);
}

/* The index of COMPARED's partner, or -1. */
static int partner(const struct compared *compared)
{
    return compared->pairing.partner ? (int)compared->pairing.partner->position : -1;
}

/* Adds the pairs of the sides from OLD and NEW on up to their ends, in git range-diff's order: that of
 * the new side; what was dropped comes when all before it on the old side have been. False if *STOP
 * ended it. */
static bool add_pairs(struct comparison *comparison, guint old, guint old_end, guint new,
                      guint new_end, gint *stop)
{
    while (old < old_end || new < new_end) {
        if (stop && g_atomic_int_get(stop))
            return false;
        if (old < old_end && comparison->old[old].shown) {
            old++;
        } else if (old < old_end && partner(&comparison->old[old]) < 0) {
            add_pair(comparison, (int)old++, -1);
        } else {
            int other = partner(&comparison->new[new]);

            add_pair(comparison, other, (int)new++);
            if (other >= 0)
                comparison->old[other].shown = true;
        }
    }
    return true;
}

static bool add_all_pairs(struct comparison *comparison, gint *stop)
{
    guint old = comparison->old_covers, new = comparison->new_covers;

    return add_pairs(comparison, 0, old, 0, new, stop) &&
           add_pairs(comparison, old, comparison->old_count, new, comparison->new_count, stop);
}

/* Marks the pairs that are not on a longest run of ascending old indices. */
static void mark_moved(GArray *pairs)
{
    /* Of the runs of each length, the pair at the end of that with the lowest end; and of each pair the
     * one before it on its run. */
    int *ends = g_new(int, pairs->len + 1), *before = g_new(int, pairs->len);
    guint longest = 0;

    for (guint i = 0; i < pairs->len; i++) {
        struct comparison_pair *pair = &g_array_index(pairs, struct comparison_pair, i);
        guint low = 0, high = longest;

        if (pair->old < 0 || pair->new < 0)
            continue;
        pair->moved = true;
        while (low < high) {
            guint middle = (low + high) / 2;

            if (g_array_index(pairs, struct comparison_pair, ends[middle]).old < pair->old)
                low = middle + 1;
            else
                high = middle;
        }
        before[i] = low > 0 ? ends[low - 1] : -1;
        ends[low] = (int)i;
        longest = MAX(longest, low + 1);
    }
    for (int i = longest > 0 ? ends[longest - 1] : -1; i >= 0; i = before[i])
        g_array_index(pairs, struct comparison_pair, i).moved = false;
    g_free(ends);
    g_free(before);
}

struct comparison *comparison_new(const GArray *old, const GArray *new, gint *stop)
{
    struct comparison *comparison = g_new(struct comparison, 1);

    *comparison = (struct comparison){
        .old = read_side(old), .old_count = old->len,
        .new = read_side(new), .new_count = new->len,
        .pairs = g_array_new(FALSE, FALSE, sizeof(struct comparison_pair)),
        .texts = difference_texts_new(),
        .headings = g_string_chunk_new(1024),
    };
    comparison->old_covers = count_covers(comparison->old, comparison->old_count);
    comparison->new_covers = count_covers(comparison->new, comparison->new_count);
    pair_covers(comparison);
    if (!pair_patches(comparison, stop) || !add_all_pairs(comparison, stop)) {
        comparison_free(comparison);
        return NULL;
    }
    mark_moved(comparison->pairs);
    return comparison;
}

void comparison_free(struct comparison *comparison)
{
    if (!comparison)
        return;
    free_side(comparison->old, comparison->old_count);
    free_side(comparison->new, comparison->new_count);
    g_array_free(comparison->pairs, TRUE);
    difference_texts_free(comparison->texts);
    g_string_chunk_free(comparison->headings);
    g_free(comparison);
}

const GArray *comparison_pairs(const struct comparison *comparison)
{
    return comparison->pairs;
}

bool comparison_is_same(const struct comparison *comparison)
{
    for (guint i = 0; i < comparison->pairs->len; i++) {
        const struct comparison_pair *pair =
            &g_array_index(comparison->pairs, struct comparison_pair, i);

        if (pair->mark != COMPARISON_SAME || pair->moved)
            return false;
    }
    return true;
}

/* --- what differs --------------------------------------------------------------------- */

/* Is the line one that begins a part of a comparable patch: " ## path ##"? */
static bool is_heading(const char *text, size_t length)
{
    return length >= 7 && memcmp(text, " ## ", 4) == 0 && memcmp(text + length - 3, " ##", 3) == 0;
}

static enum comparison_inner inner_of(const struct compared *compared, size_t index,
                                      const char *text, size_t length)
{
    if (is_heading(text, length))
        return COMPARISON_HEADING;
    if (index < compared->message_lines)
        return COMPARISON_MESSAGE;
    if (length >= 2 && memcmp(text, "@@", 2) == 0)
        return COMPARISON_HUNK;
    if (length > 0 && text[0] == '+')
        return COMPARISON_INNER_ADDED;
    if (length > 0 && text[0] == '-')
        return COMPARISON_INNER_REMOVED;
    return COMPARISON_CONTEXT;
}

/* What the line says of the lines behind it, by git range-diff's patterns "^ ## (.*) ##$" and
 * "^.?@@ (.*)$": cuts TEXT and LENGTH to it. False if it says nothing. */
static bool find_heading(const char **text, size_t *length)
{
    size_t start = 4, end = 3;

    if (!is_heading(*text, *length)) {
        end = 0;
        if (*length >= 3 && memcmp(*text, "@@ ", 3) == 0)
            start = 3;
        else if (*length < 4 || memcmp(*text + 1, "@@ ", 3) != 0)
            return false;
    }
    *text += start;
    *length -= start + end;
    return true;
}

/* A break with the heading TEXT, as git prints it: cut at 80 bytes, without blanks at its end. */
static struct comparison_line new_break(struct comparison *comparison, const char *text,
                                        size_t length)
{
    enum { HEADING_MAX = 80 };
    const char *end = text + MIN(length, HEADING_MAX);
    struct comparison_line line = { .outer = ' ', .inner = COMPARISON_BREAK };
    char *heading;

    while (end > text && g_ascii_isspace(end[-1]))
        end--;
    g_utf8_validate(text, end - text, &end);
    heading = g_strdup_printf("@@%s%.*s", end > text ? " " : "", (int)(end - text), text);
    line.text = g_string_chunk_insert(comparison->headings, heading);
    line.length = strlen(heading);
    g_free(heading);
    return line;
}

/* The search for headings: each goes up to where the one before it began. */
struct heading {
    const char *text; /* the last one found, or NULL */
    size_t length;
    size_t searched; /* lines of the old patch */
};

/* The break in front of the line at INDEX of OLD. */
static struct comparison_line next_break(struct comparison *comparison, struct compared *old,
                                         size_t index, struct heading *heading)
{
    for (size_t i = index; i > heading->searched; i--) {
        size_t length;
        const char *text = difference_text_line(old->lines, i - 1, &length);

        if (find_heading(&text, &length)) {
            heading->text = text;
            heading->length = length;
            break;
        }
    }
    heading->searched = index;
    return new_break(comparison, heading->text, heading->length);
}

static void add_difference(struct comparison *comparison, struct compared *old,
                           struct compared *new, unsigned context, GArray *lines)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct difference_line));
    struct heading heading = { "", 0, 0 };

    difference_lines(lines_of(comparison, old), lines_of(comparison, new), context, found);
    for (guint i = 0; i < found->len; i++) {
        const struct difference_line *from = &g_array_index(found, struct difference_line, i);
        struct comparison_line line = { from->sign, 0, from->text, from->length };

        if (from->sign == '@')
            line = next_break(comparison, old, from->old_index, &heading);
        else if (from->sign == '-')
            line.inner = (uint8_t)inner_of(old, from->old_index, from->text, from->length);
        else
            line.inner = (uint8_t)inner_of(new, from->new_index, from->text, from->length);
        g_array_append_val(lines, line);
    }
    g_array_free(found, TRUE);
}

/* Adds all lines of COMPARED. */
static void add_whole(struct comparison *comparison, struct compared *compared, char outer,
                      GArray *lines)
{
    const struct difference_text *text = lines_of(comparison, compared);

    for (size_t i = 0; i < difference_text_count(text); i++) {
        struct comparison_line line = { .outer = outer };

        line.text = difference_text_line(text, i, &line.length);
        line.inner = (uint8_t)inner_of(compared, i, line.text, line.length);
        g_array_append_val(lines, line);
    }
}

void comparison_lines(struct comparison *comparison, const struct comparison_pair *pair,
                      unsigned context, GArray *lines)
{
    if (pair->mark == COMPARISON_DROPPED)
        add_whole(comparison, &comparison->old[pair->old], '-', lines);
    else if (pair->mark == COMPARISON_ADDED)
        add_whole(comparison, &comparison->new[pair->new], '+', lines);
    else
        add_difference(comparison, &comparison->old[pair->old], &comparison->new[pair->new],
                       context, lines);
}

static void append_number(GString *text, int width, const struct compared *compared)
{
    if (compared)
        g_string_append_printf(text, "%*" G_GUINT32_FORMAT ": ", width, compared->patch.number);
    else
        g_string_append_printf(text, "%*s: ", width, "-");
}

void comparison_describe(const struct comparison *comparison, const struct comparison_pair *pair,
                         int width, GString *text)
{
    const struct compared *old = pair->old >= 0 ? &comparison->old[pair->old] : NULL;
    const struct compared *new = pair->new >= 0 ? &comparison->new[pair->new] : NULL;
    const struct patch *patch = (old ? old : new)->patch.patch;

    append_number(text, width, old);
    g_string_append_printf(text, " %c ", pair->mark);
    append_number(text, width, new);
    g_string_append_printf(text, " %s", patch ? patch->title : "(could not be read)");
}
