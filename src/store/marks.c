/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/marks.h"

#include "store/marks_file.h"
#include "store/marks_table.h"

#include <string.h>

/* What a step of marks_change() has to be made of to go back. */
struct step {
    char *lead;
    unsigned what;
    enum mark_state state;
    uint32_t version;
    GArray *fingerprints; /* or NULL */
    bool flag;
    char *note, *old_note; /* or NULL */
};

/* What one call did: changes of marks, or corrections. */
struct deed {
    GPtrArray *steps;       /* struct step * */
    GPtrArray *corrections; /* struct correction_line *: as they were */
};

struct marks {
    struct marks_file *file;
    struct marks_table *table;
    struct marks_table *old;  /* what was there before the file was read anew, for who still borrows it */
    struct corrections *corrections;
    GPtrArray *deeds;         /* struct deed *, the last one last */
    int64_t latest;
    uint64_t generation;
};

static const char *const state_names[] = {
    [MARK_NONE] = "unreviewed",
    [MARK_REVIEWED] = "reviewed",
    [MARK_LATER] = "later",
    [MARK_IGNORED] = "ignored",
};

const char *mark_state_name(enum mark_state state)
{
    return state_names[state];
}

bool mark_state_parse(const char *text, enum mark_state *state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(state_names); i++) {
        if (strcmp(text, state_names[i]) == 0) {
            *state = (enum mark_state)i;
            return true;
        }
    }
    return false;
}

static void free_step(void *data)
{
    struct step *step = data;

    g_clear_pointer(&step->fingerprints, g_array_unref);
    g_free(step->lead);
    g_free(step->note);
    g_free(step->old_note);
    g_free(step);
}

static struct deed *deed_new(void)
{
    struct deed *deed = g_new0(struct deed, 1);

    deed->steps = g_ptr_array_new_with_free_func(free_step);
    deed->corrections = g_ptr_array_new_with_free_func(g_free);
    return deed;
}

static void free_deed(void *data)
{
    struct deed *deed = data;

    if (deed == NULL)
        return;
    g_ptr_array_unref(deed->steps);
    g_ptr_array_unref(deed->corrections);
    g_free(deed);
}

char *marks_path(void)
{
    return g_build_filename(g_get_user_state_dir(), "pore", "marks.sqlite", NULL);
}

/* Takes over what TABLE says of corrections, where it has something to say. */
static void tell_corrections(struct marks *marks, const struct marks_table *table)
{
    GTreeNode *node;

    for (node = g_tree_node_first(table->corrections); node != NULL; node = g_tree_node_next(node)) {
        const struct correction_line *line = g_tree_node_value(node);

        corrections_set(marks->corrections, line->a, line->b, line->correction);
    }
}

/* Puts TABLE in the place of what was known; that is kept until the call is done. */
static void replace_table(struct marks *marks, struct marks_table *table)
{
    GTreeNode *node;

    marks->old = marks->table;
    marks->table = table;
    for (node = g_tree_node_first(marks->old->corrections); node != NULL;
         node = g_tree_node_next(node)) {
        const struct correction_line *line = g_tree_node_value(node);

        if (g_tree_lookup(table->corrections, line) == NULL)
            corrections_set(marks->corrections, line->a, line->b, CORRECTION_NONE);
    }
    tell_corrections(marks, table);
    marks->latest = marks_table_latest(table);
    marks->generation++;
}

static bool read_anew(struct marks *marks, GError **error)
{
    struct marks_table *table = marks_file_read(marks->file, error);

    if (table != NULL)
        replace_table(marks, table);
    return table != NULL;
}

static void drop_old(struct marks *marks)
{
    g_clear_pointer(&marks->old, marks_table_free);
}

struct marks *marks_open(const char *path, char **notice)
{
    struct marks *marks = g_new0(struct marks, 1);
    g_autofree char *usual = path == NULL ? marks_path() : NULL;
    GError *error = NULL;

    marks->file = marks_file_open(path != NULL ? path : usual, notice);
    marks->table = marks_table_new();
    marks->corrections = corrections_new();
    marks->deeds = g_ptr_array_new_with_free_func(free_deed);
    if (!read_anew(marks, &error)) {
        if (*notice == NULL)
            *notice = g_strdup(error->message);
        g_error_free(error);
    }
    drop_old(marks);
    return marks;
}

bool marks_are_anew(const struct marks *marks)
{
    return marks_file_is_anew(marks->file);
}

bool marks_are_known(const struct marks *marks)
{
    return marks_file_is_known(marks->file);
}

void marks_close(struct marks *marks)
{
    if (marks == NULL)
        return;
    marks_file_close(marks->file);
    marks_table_free(marks->table);
    corrections_free(marks->corrections);
    g_ptr_array_unref(marks->deeds);
    g_free(marks);
}

bool marks_refresh(struct marks *marks)
{
    bool changed = marks_file_is_stale(marks->file) && read_anew(marks, NULL);

    drop_old(marks);
    return changed;
}

void marks_set_patience(struct marks *marks, int milliseconds)
{
    marks_file_set_patience(marks->file, milliseconds);
}

uint64_t marks_generation(const struct marks *marks)
{
    return marks->generation;
}

const struct mark *marks_find(const struct marks *marks, const char *message_id)
{
    return g_tree_lookup(marks->table->marks, message_id);
}

static GPtrArray *list_values(GTree *tree)
{
    GPtrArray *list = g_ptr_array_sized_new((guint)g_tree_nnodes(tree));

    for (GTreeNode *node = g_tree_node_first(tree); node != NULL; node = g_tree_node_next(node))
        g_ptr_array_add(list, g_tree_node_value(node));
    return list;
}

GPtrArray *marks_list(const struct marks *marks)
{
    return list_values(marks->table->marks);
}

GPtrArray *marks_correction_lines(const struct marks *marks)
{
    return list_values(marks->table->corrections);
}

const struct corrections *marks_corrections(const struct marks *marks)
{
    return marks->corrections;
}

/* --- changes --------------------------------------------------------------------------------- */

/* From here to commit() or marks_file_roll_back() nobody else changes the marks, and what is
 * known is what is in the file. */
static bool begin(struct marks *marks, GError **error)
{
    if (!marks_file_begin(marks->file, error))
        return false;
    if (!marks_file_is_stale(marks->file) || read_anew(marks, error))
        return true;
    marks_file_roll_back(marks->file);
    return false;
}

/* Writes DRAFT, which it frees, and only then takes it into what is known. */
static bool commit(struct marks *marks, struct marks_table *draft, GError **error)
{
    int64_t latest = marks_table_latest(draft);

    if (!marks_file_commit(marks->file, draft, error)) {
        marks_table_free(draft);
        return false;
    }
    marks->latest = latest > marks->latest ? latest : marks->latest;
    tell_corrections(marks, draft);
    marks_table_move(marks->table, draft);
    marks->generation++;
    return true;
}

/* The first of COUNT stamps that can be given. */
static bool take_stamps(const struct marks *marks, size_t count, int64_t *first, GError **error)
{
    int64_t now = g_get_real_time();

    *first = now > marks->latest ? now : marks->latest + 1;
    if (*first > 0 && *first <= MARK_STAMP_MAX && count <= (uint64_t)(MARK_STAMP_MAX - *first))
        return true;
    g_set_error_literal(error, MARKS_ERROR, MARKS_ERROR_VALUE,
                        "marks cannot be set: the clock is wrong, or a mark is of the year 9999");
    return false;
}

/* The mark of LEAD as it shall be: a copy until DRAFT is committed. */
static struct mark *draft_mark(const struct marks *marks, struct marks_table *draft,
                               const char *lead)
{
    struct mark *mark = g_tree_lookup(draft->marks, lead);
    const struct mark *known;

    if (mark != NULL)
        return mark;
    known = marks_find(marks, lead);
    if (known == NULL)
        return marks_table_mark(draft, lead);
    mark = mark_copy(known);
    g_tree_insert(draft->marks, (gpointer)(uintptr_t)mark->lead, mark);
    return mark;
}

static bool check_change(const struct mark_change *change, GError **error)
{
    if (!mark_check_id(change->lead, error))
        return false;
    if (change->fingerprints != NULL && change->fingerprints->len > MARK_PATCHES_MAX) {
        g_set_error(error, MARKS_ERROR, MARKS_ERROR_VALUE,
                    "<%s>: %u patches are more than can be marked", change->lead,
                    change->fingerprints->len);
        return false;
    }
    return !(change->what & MARK_CHANGE_NOTE) || change->note == NULL || *change->note == '\0' ||
           mark_check_note(change->note, error);
}

/* Takes the notes that are TEXT back. True if there was one. */
static bool take_note_back(struct mark *mark, const char *text)
{
    bool found = false;

    for (guint i = 0; i < mark->notes->len; i++) {
        struct note *note = g_ptr_array_index(mark->notes, i);

        if (!note->removed && strcmp(note->text, text) == 0)
            found = note->removed = true;
    }
    return found;
}

static bool has_note(const struct mark *mark, const char *text)
{
    for (guint i = 0; i < mark->notes->len; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);

        if (!note->removed && strcmp(note->text, text) == 0)
            return true;
    }
    return false;
}

/* STEP says what brings the old note back and the new one away. */
static void change_note(struct mark *mark, const struct mark_change *change, int64_t stamp,
                        struct step *step)
{
    const char *text = change->note != NULL ? change->note : "";
    const char *old = change->old_note != NULL ? change->old_note : "";

    if (strcmp(text, old) == 0)
        return;
    if (*old != '\0' && take_note_back(mark, old))
        step->note = g_strdup(old);
    if (*text != '\0' && !has_note(mark, text)) {
        mark_add_note(mark, text, stamp, false);
        mark_order_notes(mark);
        step->old_note = g_strdup(text);
    }
}

/* The step that takes CHANGE back, which the caller frees. */
static struct step *apply(struct mark *mark, const struct mark_change *change, int64_t stamp)
{
    struct step *step = g_new0(struct step, 1);

    step->lead = g_strdup(change->lead);
    step->what = change->what;
    if (change->what & MARK_CHANGE_STATE) {
        step->state = mark->state;
        step->version = mark->version;
        step->fingerprints = g_array_copy(mark->fingerprints);
        mark_set_state(mark, change->state, change->version, change->fingerprints, stamp);
    }
    if (change->what & MARK_CHANGE_FLAG) {
        step->flag = mark->flag;
        mark->flag = change->flag;
        mark->flag_stamp = stamp;
    }
    if (change->what & MARK_CHANGE_NOTE)
        change_note(mark, change, stamp, step);
    return step;
}

/* The change to be made of a step. */
static struct mark_change step_change(const struct step *step)
{
    return (struct mark_change) {
        .lead = step->lead,
        .what = step->what,
        .state = step->state,
        .version = step->version,
        .fingerprints = step->fingerprints,
        .flag = step->flag,
        .note = step->note,
        .old_note = step->old_note,
    };
}

/* Makes the changes. The deed that takes them back, or NULL with an error. */
static struct deed *change_marks(struct marks *marks, const struct mark_change *changes,
                                 size_t count, GError **error)
{
    struct deed *deed;
    struct marks_table *draft;
    int64_t stamp;

    for (size_t i = 0; i < count; i++) {
        if (!check_change(&changes[i], error))
            return NULL;
    }
    if (!begin(marks, error))
        return NULL;
    if (!take_stamps(marks, count, &stamp, error)) {
        marks_file_roll_back(marks->file);
        return NULL;
    }
    deed = deed_new();
    draft = marks_table_new();
    for (size_t i = 0; i < count; i++) {
        struct mark *mark = draft_mark(marks, draft, changes[i].lead);
        g_ptr_array_add(deed->steps, apply(mark, &changes[i], stamp + (int64_t)i));
    }
    if (!commit(marks, draft, error))
        g_clear_pointer(&deed, free_deed);
    return deed;
}

static bool push_deed(struct marks *marks, struct deed *deed)
{
    drop_old(marks);
    if (deed == NULL)
        return false;
    g_ptr_array_add(marks->deeds, deed);
    return true;
}

bool marks_change(struct marks *marks, const struct mark_change *changes, size_t count,
                  GError **error)
{
    return count == 0 || push_deed(marks, change_marks(marks, changes, count, error));
}

/* Has DRAFT say what FROM does, with STAMP. What it was before; the caller frees it. */
static struct correction_line *draft_correction(const struct marks *marks,
                                                const struct marks_table *draft,
                                                const struct correction_line *from, int64_t stamp)
{
    struct correction_line *line =
        correction_line_new(from->a, from->b, from->correction, stamp);
    const struct correction_line *old = g_tree_lookup(marks->table->corrections, line);

    g_tree_replace(draft->corrections, line, line);
    return correction_line_new(from->a, from->b,
                               old != NULL ? old->correction : CORRECTION_NONE, 0);
}

/* The same for corrections: struct correction_line *. */
static struct deed *change_corrections(struct marks *marks, const GPtrArray *lines, GError **error)
{
    struct marks_table *draft;
    struct deed *deed;
    int64_t stamp;

    if (!begin(marks, error))
        return NULL;
    if (!take_stamps(marks, lines->len, &stamp, error)) {
        marks_file_roll_back(marks->file);
        return NULL;
    }
    deed = deed_new();
    draft = marks_table_new();
    for (guint i = 0; i < lines->len; i++)
        g_ptr_array_add(deed->corrections,
                        draft_correction(marks, draft, lines->pdata[i], stamp + i));
    if (!commit(marks, draft, error))
        g_clear_pointer(&deed, free_deed);
    return deed;
}

static bool check_correction(const struct correction_line *line, GError **error)
{
    if (!mark_check_id(line->a, error) || !mark_check_id(line->b, error))
        return false;
    if (strcmp(line->a, line->b) != 0)
        return true;
    g_set_error(error, MARKS_ERROR, MARKS_ERROR_VALUE, "<%s>: a mail cannot be corrected with itself",
                line->a);
    return false;
}

bool marks_correct_all(struct marks *marks, const GPtrArray *lines, GError **error)
{
    for (guint i = 0; i < lines->len; i++)
        if (!check_correction(lines->pdata[i], error))
            return false;
    return lines->len == 0 || push_deed(marks, change_corrections(marks, lines, error));
}

bool marks_correct(struct marks *marks, const char *a, const char *b, enum correction correction,
                   GError **error)
{
    struct correction_line line = { .a = a, .b = b, .correction = correction };
    GPtrArray *lines = g_ptr_array_new();
    bool corrected;

    g_ptr_array_add(lines, &line);
    corrected = marks_correct_all(marks, lines, error);
    g_ptr_array_unref(lines);
    return corrected;
}

static struct deed *undo_steps(struct marks *marks, const struct deed *deed, GError **error)
{
    struct mark_change *changes = g_new(struct mark_change, deed->steps->len);
    struct deed *undone;

    /* The last first: two may be about the same posting. */
    for (guint i = 0; i < deed->steps->len; i++)
        changes[i] = step_change(g_ptr_array_index(deed->steps, deed->steps->len - 1 - i));
    undone = change_marks(marks, changes, deed->steps->len, error);
    g_free(changes);
    return undone;
}

static void add_leads(const struct deed *deed, GPtrArray *leads)
{
    for (guint i = 0; i < deed->steps->len; i++) {
        const struct step *step = g_ptr_array_index(deed->steps, i);
        g_ptr_array_add(leads, g_strdup(step->lead));
    }
    for (guint i = 0; i < deed->corrections->len; i++) {
        const struct correction_line *line = g_ptr_array_index(deed->corrections, i);
        g_ptr_array_add(leads, g_strdup(line->a));
        g_ptr_array_add(leads, g_strdup(line->b));
    }
}

bool marks_undo(struct marks *marks, GPtrArray *leads, GError **error)
{
    struct deed *deed, *undone;

    if (marks->deeds->len == 0)
        return false;
    deed = g_ptr_array_index(marks->deeds, marks->deeds->len - 1);
    undone = deed->corrections->len > 0 ? change_corrections(marks, deed->corrections, error)
                                        : undo_steps(marks, deed, error);
    drop_old(marks);
    if (undone == NULL)
        return false;
    if (leads != NULL)
        add_leads(deed, leads);
    free_deed(undone);
    g_ptr_array_remove_index(marks->deeds, marks->deeds->len - 1);
    return true;
}

/* --- merging --------------------------------------------------------------------------------- */

static void merge_corrections(const struct marks *marks, struct marks_table *draft,
                              const GPtrArray *lines, size_t *changed)
{
    for (guint i = 0; i < lines->len; i++) {
        const struct correction_line *line = g_ptr_array_index(lines, i);
        const struct correction_line *old = g_tree_lookup(draft->corrections, line);
        bool drafted = old != NULL;

        if (old == NULL)
            old = g_tree_lookup(marks->table->corrections, line);
        if (correction_line_counts(line, old)) {
            struct correction_line *copy =
                correction_line_new(line->a, line->b, line->correction, line->stamp);
            g_tree_replace(draft->corrections, copy, copy);
            *changed += !drafted;
        }
    }
}

static void merge_marks(const struct marks *marks, struct marks_table *draft,
                        const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const struct mark *from = g_ptr_array_index(list, i);
        struct mark *mark = draft_mark(marks, draft, from->lead);

        mark_take_state(mark, from);
        mark_take_flag(mark, from);
        for (guint n = 0; n < from->notes->len; n++) {
            const struct note *note = g_ptr_array_index(from->notes, n);
            mark_add_note(mark, note->text, note->stamp, note->removed);
        }
    }
}

/* Brings the notes of DRAFT in order and counts what it says that MARKS does not. */
static size_t finish_marks(const struct marks *marks, struct marks_table *draft)
{
    size_t count = 0;
    GTreeNode *node;

    for (node = g_tree_node_first(draft->marks); node != NULL; node = g_tree_node_next(node)) {
        struct mark *mark = g_tree_node_value(node);
        const struct mark *known = marks_find(marks, mark->lead);
        struct mark *before = known != NULL ? mark_copy(known) : mark_new(mark->lead);

        mark_order_notes(mark);
        count += mark_count_new_notes(before, mark);
        count += mark_take_state(before, mark);
        count += mark_take_flag(before, mark);
        mark_free(before);
    }
    return count;
}

bool marks_merge(struct marks *marks, const GPtrArray *list, const GPtrArray *correction_lines,
                 size_t *changed, GError **error)
{
    struct marks_table *draft;
    bool merged;

    *changed = 0;
    if (!begin(marks, error)) {
        drop_old(marks);
        return false;
    }
    draft = marks_table_new();
    merge_marks(marks, draft, list);
    *changed = finish_marks(marks, draft);
    merge_corrections(marks, draft, correction_lines, changed);
    if (*changed == 0) {
        marks_file_roll_back(marks->file);
        marks_table_free(draft);
        merged = true;
    } else {
        merged = commit(marks, draft, error);
    }
    drop_old(marks);
    return merged;
}

/* --- where archives were left ------------------------------------------------------------------- */

bool marks_place(const struct marks *marks, const char *path, struct commit_id *first)
{
    return marks_file_place(marks->file, path, first);
}

bool marks_set_place(struct marks *marks, const char *path, const struct commit_id *first,
                     GError **error)
{
    return marks_file_set_place(marks->file, path, first, error);
}

GArray *marks_archives(const struct marks *marks)
{
    return marks_file_archives(marks->file);
}

bool marks_visit(const struct marks *marks, const struct commit_id *first, struct visit *visit)
{
    return marks_file_visit(marks->file, first, visit);
}

bool marks_set_visit(struct marks *marks, const struct visit *visit, GError **error)
{
    return marks_file_set_visit(marks->file, visit, error);
}
