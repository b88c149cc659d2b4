/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/marks_table.h"

#include <string.h>

G_DEFINE_QUARK(pore-marks-error-quark, marks_error)

/* The strings of marks and corrections are public as const: they lie behind what points to them. */
struct mark_block {
    struct mark mark;
    char lead[];
};

struct correction_block {
    struct correction_line line;
    char ids[];
};

static gint compare_text(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    return strcmp(a, b);
}

static void free_note(void *data)
{
    struct note *note = data;

    if (note == NULL)
        return;
    g_free(note->text);
    g_free(note);
}

struct mark *mark_new(const char *lead)
{
    size_t size = strlen(lead) + 1;
    struct mark_block *block = g_malloc0(sizeof *block + size);

    memcpy(block->lead, lead, size);
    block->mark.lead = block->lead;
    block->mark.fingerprints = g_array_new(FALSE, FALSE, sizeof(struct fingerprint));
    block->mark.notes = g_ptr_array_new_with_free_func(free_note);
    return &block->mark;
}

void mark_free(void *data)
{
    struct mark *mark = data;

    g_array_unref(mark->fingerprints);
    g_ptr_array_unref(mark->notes);
    g_free(mark);
}

struct mark *mark_copy(const struct mark *mark)
{
    struct mark *copy = mark_new(mark->lead);

    mark_set_state(copy, mark->state, mark->version, mark->fingerprints, mark->state_stamp);
    copy->flag = mark->flag;
    copy->flag_stamp = mark->flag_stamp;
    for (guint i = 0; i < mark->notes->len; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);
        mark_add_note(copy, note->text, note->stamp, note->removed);
    }
    return copy;
}

void mark_set_state(struct mark *mark, enum mark_state state, uint32_t version,
                    const GArray *fingerprints, int64_t stamp)
{
    mark->state = state;
    mark->version = version;
    mark->state_stamp = stamp;
    g_array_set_size(mark->fingerprints, 0);
    if (fingerprints != NULL && fingerprints->len > 0)
        g_array_append_vals(mark->fingerprints, fingerprints->data, fingerprints->len);
}

static int compare_fingerprints(const GArray *a, const GArray *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return a->len == 0 ? 0 : memcmp(a->data, b->data, a->len * sizeof(struct fingerprint));
}

static bool state_counts(const struct mark *mark, const struct mark *old)
{
    if (mark->state_stamp != old->state_stamp)
        return mark->state_stamp > old->state_stamp;
    if (mark->state != old->state)
        return mark->state > old->state;
    if (mark->version != old->version)
        return mark->version > old->version;
    return compare_fingerprints(mark->fingerprints, old->fingerprints) > 0;
}

bool mark_take_state(struct mark *mark, const struct mark *from)
{
    if (!state_counts(from, mark))
        return false;
    mark_set_state(mark, from->state, from->version, from->fingerprints, from->state_stamp);
    return true;
}

bool mark_take_flag(struct mark *mark, const struct mark *from)
{
    if (from->flag_stamp < mark->flag_stamp ||
        (from->flag_stamp == mark->flag_stamp && from->flag <= mark->flag))
        return false;
    mark->flag = from->flag;
    mark->flag_stamp = from->flag_stamp;
    return true;
}

void mark_add_note(struct mark *mark, const char *text, int64_t stamp, bool removed)
{
    struct note *note = g_new(struct note, 1);

    *note = (struct note) { g_strdup(text), stamp, removed };
    g_ptr_array_add(mark->notes, note);
}

static int compare_notes(const struct note *a, const struct note *b)
{
    if (a->stamp != b->stamp)
        return a->stamp < b->stamp ? -1 : 1;
    return strcmp(a->text, b->text);
}

static gint compare_note_pointers(gconstpointer a, gconstpointer b)
{
    return compare_notes(*(const struct note *const *)a, *(const struct note *const *)b);
}

void mark_order_notes(struct mark *mark)
{
    GPtrArray *notes = g_ptr_array_new_with_free_func(free_note);

    g_ptr_array_sort(mark->notes, compare_note_pointers);
    for (guint i = 0; i < mark->notes->len; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);
        struct note *last = notes->len > 0 ? g_ptr_array_index(notes, notes->len - 1) : NULL;

        if (last != NULL && compare_notes(last, note) == 0)
            last->removed |= note->removed;
        else
            g_ptr_array_add(notes, g_steal_pointer(&g_ptr_array_index(mark->notes, i)));
    }
    g_ptr_array_unref(mark->notes);
    mark->notes = notes;
}

size_t mark_count_new_notes(const struct mark *before, const struct mark *after)
{
    size_t count = 0;
    guint old = 0;

    for (guint i = 0; i < after->notes->len; i++) {
        const struct note *note = g_ptr_array_index(after->notes, i);
        const struct note *same = before != NULL && old < before->notes->len
                                      ? g_ptr_array_index(before->notes, old)
                                      : NULL;

        if (same == NULL || compare_notes(same, note) != 0) {
            count++;
            continue;
        }
        count += same->removed != note->removed;
        old++;
    }
    return count;
}

struct correction_line *correction_line_new(const char *a, const char *b,
                                            enum correction correction, int64_t stamp)
{
    bool swap = strcmp(a, b) > 0;
    const char *first = swap ? b : a, *second = swap ? a : b;
    size_t first_size = strlen(first) + 1, second_size = strlen(second) + 1;
    struct correction_block *block = g_malloc(sizeof *block + first_size + second_size);

    memcpy(block->ids, first, first_size);
    memcpy(block->ids + first_size, second, second_size);
    block->line = (struct correction_line) {
        block->ids, block->ids + first_size, correction, stamp
    };
    return &block->line;
}

/* By A and B. */
static gint correction_line_compare(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct correction_line *x = a, *y = b;
    int order = strcmp(x->a, y->a);

    (void)data;
    return order != 0 ? order : strcmp(x->b, y->b);
}

bool correction_line_counts(const struct correction_line *line, const struct correction_line *old)
{
    if (old == NULL || line->stamp != old->stamp)
        return old == NULL || line->stamp > old->stamp;
    return line->correction > old->correction;
}

struct marks_table *marks_table_new(void)
{
    struct marks_table *table = g_new(struct marks_table, 1);

    table->marks = g_tree_new_full(compare_text, NULL, NULL, mark_free);
    table->corrections = g_tree_new_full(correction_line_compare, NULL, NULL, g_free);
    return table;
}

void marks_table_free(struct marks_table *table)
{
    if (table == NULL)
        return;
    g_tree_unref(table->marks);
    g_tree_unref(table->corrections);
    g_free(table);
}

struct mark *marks_table_mark(struct marks_table *table, const char *lead)
{
    struct mark *mark = g_tree_lookup(table->marks, lead);

    if (mark == NULL) {
        mark = mark_new(lead);
        g_tree_insert(table->marks, (gpointer)(uintptr_t)mark->lead, mark);
    }
    return mark;
}

static void move_tree(GTree *to, GTree *from)
{
    GTreeNode *node;

    while ((node = g_tree_node_first(from)) != NULL) {
        gpointer key = g_tree_node_key(node), value = g_tree_node_value(node);

        g_tree_steal(from, key);
        g_tree_replace(to, key, value);
    }
}

void marks_table_move(struct marks_table *table, struct marks_table *from)
{
    move_tree(table->marks, from->marks);
    move_tree(table->corrections, from->corrections);
    marks_table_free(from);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t marks_table_latest(const struct marks_table *table)
{
    int64_t latest = 0;
    GTreeNode *node;

    for (node = g_tree_node_first(table->marks); node != NULL; node = g_tree_node_next(node)) {
        const struct mark *mark = g_tree_node_value(node);
        const struct note *note = mark->notes->len > 0
                                      ? g_ptr_array_index(mark->notes, mark->notes->len - 1)
                                      : NULL;

        latest = later(latest, later(mark->state_stamp, mark->flag_stamp));
        if (note != NULL)
            latest = later(latest, note->stamp);
    }
    for (node = g_tree_node_first(table->corrections); node != NULL; node = g_tree_node_next(node)) {
        const struct correction_line *line = g_tree_node_value(node);

        latest = later(latest, line->stamp);
    }
    return latest;
}

bool mark_check_id(const char *id, GError **error)
{
    const char *why = NULL;

    if (*id == '\0')
        why = "a mail without a Message-ID cannot be marked";
    else if (strlen(id) > MARK_ID_MAX)
        why = "Message-ID of more than " G_STRINGIFY(MARK_ID_MAX) " bytes";
    else if (!g_utf8_validate(id, -1, NULL))
        why = "Message-ID that is no UTF-8";
    if (why != NULL)
        g_set_error_literal(error, MARKS_ERROR, MARKS_ERROR_VALUE, why);
    return why == NULL;
}

static bool is_one_line(const char *text)
{
    for (; *text != '\0'; text = g_utf8_find_next_char(text, NULL)) {
        gunichar c = g_utf8_get_char(text);
        GUnicodeType type = g_unichar_type(c);

        if (g_unichar_iscntrl(c) || type == G_UNICODE_LINE_SEPARATOR ||
            type == G_UNICODE_PARAGRAPH_SEPARATOR)
            return false;
    }
    return true;
}

bool mark_check_note(const char *text, GError **error)
{
    const char *why = NULL;

    if (*text == '\0')
        why = "empty note";
    else if (strlen(text) > MARK_NOTE_MAX)
        why = "note of more than " G_STRINGIFY(MARK_NOTE_MAX) " bytes";
    else if (!g_utf8_validate(text, -1, NULL))
        why = "note that is no UTF-8";
    else if (!is_one_line(text))
        why = "note with control characters";
    if (why != NULL)
        g_set_error_literal(error, MARKS_ERROR, MARKS_ERROR_VALUE, why);
    return why == NULL;
}
