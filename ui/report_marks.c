/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "material.h"
#include "save.h"
#include "store/marks_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* No marks that people have set take more bytes as text. */
#define TEXT_MAX (256u << 20)

/* --- reading whole ---------------------------------------------------------------- */

/* What is left of FILE, at most TEXT_MAX bytes; NULL with errno set. The caller frees it. */
static GString *read_stream(FILE *file)
{
    GString *text = g_string_new(NULL);
    char piece[16 * 1024];
    size_t length;

    while ((length = fread(piece, 1, sizeof(piece), file)) > 0 && text->len <= TEXT_MAX)
        g_string_append_len(text, piece, (gssize)length);
    if (!ferror(file) && text->len <= TEXT_MAX)
        return text;
    if (!ferror(file))
        errno = EFBIG;
    g_string_free(text, TRUE);
    return NULL;
}

/* The bytes of the file PATH, "-" for standard input; NULL, and it has been said why. */
static GString *read_file(const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    GString *text = file ? read_stream(file) : NULL;

    if (!text)
        report_say("%s: %s", standard ? "standard input" : path, g_strerror(errno));
    if (file && !standard)
        fclose(file);
    return text;
}

/* --- mark --------------------------------------------------------------------------- */

/* What is to be said of each posting. */
struct wish {
    unsigned what; /* enum mark_change_what */
    enum mark_state state;
    bool flag;
    const char *note; /* NULL: the notes are taken back */
};

/* Reads WORD as a wish; false, and it has been said, if it is none. */
static bool parse_wish(const char *word, struct wish *wish)
{
    bool flagged = strcmp(word, "flagged") == 0;

    *wish = (struct wish){ .flag = flagged };
    if (mark_state_parse(word, &wish->state))
        wish->what = MARK_CHANGE_STATE;
    else if (flagged || strcmp(word, "unflagged") == 0)
        wish->what = MARK_CHANGE_FLAG;
    else if (strcmp(word, "no-note") == 0 || g_str_has_prefix(word, "note="))
        wish->what = MARK_CHANGE_NOTE;
    if (g_str_has_prefix(word, "note="))
        wish->note = word + strlen("note=");
    if (wish->what == 0)
        report_say("%s: no state of a mark; there are reviewed, unreviewed, later, ignored, flagged, "
                   "unflagged, note=TEXT and no-note", word);
    else if (wish->note && !mark_check_note(wish->note, NULL))
        report_say("a note is a line of UTF-8 of 1 to %d bytes", MARK_NOTE_MAX);
    else
        return true;
    return false;
}

static void add_id(GPtrArray *ids, const char *text)
{
    char *id = report_bare_id(text);

    if (id[0])
        g_ptr_array_add(ids, id);
    else
        g_free(id);
}

/* The Message-IDs that WORDS name, "-" being those of standard input, one a line; NULL if that
 * cannot be read, which has been said. */
static GPtrArray *read_ids(const char *const *words)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);

    for (; *words; words++) {
        GString *text;
        char **lines;

        if (strcmp(*words, "-") != 0) {
            add_id(ids, *words);
            continue;
        }
        text = read_file(*words);
        if (!text) {
            g_ptr_array_free(ids, TRUE);
            return NULL;
        }
        lines = g_strsplit(text->str, "\n", -1);
        for (char **line = lines; *line; line++)
            add_id(ids, g_strstrip(*line));
        g_strfreev(lines);
        g_string_free(text, TRUE);
    }
    return ids;
}

/* What is to be changed, and what the changes borrow. */
struct changes {
    GArray *array;           /* struct mark_change */
    GPtrArray *fingerprints; /* GArray * */
    GHashTable *series;      /* of which the notes are taken back already */
    GStringChunk *texts;
};

static struct changes changes_new(void)
{
    return (struct changes){
        .array = g_array_new(FALSE, FALSE, sizeof(struct mark_change)),
        .fingerprints = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
        .series = g_hash_table_new(NULL, NULL),
        .texts = g_string_chunk_new(1024),
    };
}

static void changes_clear(struct changes *changes)
{
    g_array_free(changes->array, TRUE);
    g_ptr_array_free(changes->fingerprints, TRUE);
    g_hash_table_destroy(changes->series);
    g_string_chunk_free(changes->texts);
}

static void add_state(struct changes *changes, struct material *material, struct marking *marking,
                      const struct posting *posting, enum mark_state state)
{
    GPtrArray *wanted = g_ptr_array_new();
    GArray *fingerprints = NULL;
    struct mark_change change;

    marking_wanted_to_set(marking, posting, wanted);
    material_fingerprint(material, marking, wanted);
    g_ptr_array_free(wanted, TRUE);
    marking_change(marking, posting, state, &change, &fingerprints);
    g_array_append_val(changes->array, change);
    if (fingerprints)
        g_ptr_array_add(changes->fingerprints, fingerprints);
}

/* Takes back the notes on the mail ID. */
static void add_no_notes_on(struct changes *changes, const struct marks *marks, const char *id)
{
    const struct mark *mark = marks_find(marks, id);

    for (guint i = 0; mark && i < mark->notes->len; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);
        const struct mark_change change = {
            .lead = id,
            .what = MARK_CHANGE_NOTE,
            .old_note = g_string_chunk_insert(changes->texts, note->text),
        };

        if (!note->removed)
            g_array_append_val(changes->array, change);
    }
}

/* Takes back the notes on SERIES, on whichever of its mails they are. */
static void add_no_notes(struct changes *changes, const struct marks *marks,
                         const struct series *series)
{
    if (!g_hash_table_add(changes->series, (gpointer)(uintptr_t)series))
        return;
    for (guint i = 0; i < series->postings->len; i++) {
        const struct posting *posting = g_ptr_array_index(series->postings, i);

        for (guint j = 0; j < posting->members->len; j++) {
            const struct member *member = g_ptr_array_index(posting->members, j);
            add_no_notes_on(changes, marks, member->mail->message_id);
        }
    }
}

static void add_wish(struct changes *changes, struct material *material, struct marking *marking,
                     const struct posting *posting, const struct wish *wish)
{
    const struct mark_change change = {
        .lead = marking_name(posting),
        .what = wish->what,
        .flag = wish->flag,
        .note = wish->note,
    };

    if (wish->what == MARK_CHANGE_STATE)
        add_state(changes, material, marking, posting, wish->state);
    else if (wish->what == MARK_CHANGE_NOTE && !wish->note)
        add_no_notes(changes, material->marks, posting->series);
    else
        g_array_append_val(changes->array, change);
}

/* The posting with the mail ID; NULL, and it has been said, if there is none that can be marked. */
static const struct posting *find_posting(const struct material *material, const char *archive,
                                          const char *id)
{
    const struct posting *posting = series_set_find(material->set, id);

    if (!mailset_find(series_set_mails(material->set), id))
        report_say("%s: no mail with the Message-ID %s", archive, id);
    else if (!posting)
        report_say("%s: the mail %s is of no series", archive, id);
    else
        return posting;
    return NULL;
}

/* Sets on the postings of IDS what WISH says. */
static enum exit_status set_marks(struct material *material, const char *archive,
                                  const GPtrArray *ids, const struct wish *wish)
{
    struct marking *marking = marking_new(material->marks);
    struct changes changes = changes_new();
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    enum exit_status status = EXIT_DONE;
    GError *error = NULL;

    for (guint i = 0; i < ids->len; i++) {
        const struct posting *posting =
            find_posting(material, archive, g_ptr_array_index(ids, i));

        if (!posting)
            status = EXIT_NOTHING;
        else if (g_hash_table_add(seen, (gpointer)(uintptr_t)posting))
            add_wish(&changes, material, marking, posting, wish);
    }
    if (changes.array->len > 0 &&
        !marks_change(material->marks, (const struct mark_change *)changes.array->data,
                      changes.array->len, &error))
        status = report_error(error);
    g_hash_table_destroy(seen);
    changes_clear(&changes);
    marking_free(marking);
    return status;
}

enum exit_status report_mark(const struct request *request)
{
    enum exit_status status = EXIT_USAGE;
    struct material material;
    struct wish wish;
    GPtrArray *ids;

    if (!parse_wish(request->arguments[0], &wish))
        return EXIT_USAGE;
    ids = read_ids(request->arguments + 1);
    if (!ids)
        return EXIT_USAGE;
    if (material_open(&material, request)) {
        if (material_find(&material, ids, true))
            status = set_marks(&material, request->archive, ids, &wish);
        material_close(&material);
    }
    g_ptr_array_free(ids, TRUE);
    return status;
}

/* --- marks -------------------------------------------------------------------------- */

/* Writes TEXT to the file PATH, in one step. */
static bool write_file(const char *path, const GString *text, GError **error)
{
    switch (save_look(path, error)) {
    case SAVE_TARGET_NONE:
        return g_file_set_contents_full(path, text->str, (gssize)text->len,
                                        G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
    case SAVE_TARGET_FILE:
        return save_write(path, SAVE_OVERWRITE, text, error);
    case SAVE_TARGET_REFUSED:
        break;
    }
    return false;
}

static enum exit_status export_marks(struct marks *marks, const char *const *words)
{
    GString *text = marks_text_export(marks);
    enum exit_status status = EXIT_DONE;
    GError *error = NULL;
    int failed = 0;

    if (!words[0] || strcmp(words[0], "-") == 0) {
        report_out(&failed, text->str, text->len);
        status = report_finish(failed);
    } else if (!write_file(words[0], text, &error)) {
        status = report_error(error);
    }
    g_string_free(text, TRUE);
    return status;
}

static enum exit_status import_marks(struct marks *marks, const char *const *words)
{
    enum exit_status status = EXIT_DONE;
    int failed = 0;

    for (; *words && status == EXIT_DONE; words++) {
        const char *name = strcmp(*words, "-") == 0 ? "standard input" : *words;
        GString *text = read_file(*words);
        GError *error = NULL;
        size_t changed = 0;

        if (!text)
            return EXIT_USAGE;
        if (marks_text_import(marks, name, text->str, text->len, &changed, &error))
            report_line(&failed, "%s: %zu taken", name, changed);
        else
            status = report_error(error);
        g_string_free(text, TRUE);
    }
    return status == EXIT_DONE ? report_finish(failed) : status;
}

static enum exit_status correct(struct marks *marks, const char *const *words,
                                enum correction correction)
{
    char *a = report_bare_id(words[0]), *b = report_bare_id(words[1]);
    GError *error = NULL;
    enum exit_status status = EXIT_DONE;

    if (!a[0] || !b[0] || strcmp(a, b) == 0) {
        report_say("%s %s: not the Message-IDs of two mails", words[0], words[1]);
        status = EXIT_USAGE;
    } else if (!marks_correct(marks, a, b, correction, &error)) {
        status = report_error(error);
    }
    g_free(a);
    g_free(b);
    return status;
}

static enum exit_status correct_same(struct marks *marks, const char *const *words)
{
    return correct(marks, words, CORRECTION_SAME);
}

static enum exit_status correct_not_same(struct marks *marks, const char *const *words)
{
    return correct(marks, words, CORRECTION_NOT_SAME);
}

static enum exit_status correct_not_at_all(struct marks *marks, const char *const *words)
{
    return correct(marks, words, CORRECTION_NONE);
}

/* What `pore marks` can do. */
static const struct {
    const char *name, *takes;
    guint least, most; /* words behind the name */
    bool shows;        /* it is of no use where marks are not known */
    enum exit_status (*run)(struct marks *marks, const char *const *words);
} actions[] = {
    { "export", "at most one file", 0, 1, true, export_marks },
    { "import", "the files to import", 1, G_MAXUINT, false, import_marks },
    { "same", "two Message-IDs", 2, 2, false, correct_same },
    { "not-same", "two Message-IDs", 2, 2, false, correct_not_same },
    { "not-corrected", "two Message-IDs", 2, 2, false, correct_not_at_all },
};

enum exit_status report_marks(const struct request *request)
{
    const char *const *words = request->arguments;
    guint count = g_strv_length((char **)(uintptr_t)words) - 1, i = 0;
    enum exit_status status;
    struct marks *marks;
    char *notice = NULL;

    while (i < G_N_ELEMENTS(actions) && strcmp(actions[i].name, words[0]) != 0)
        i++;
    if (i == G_N_ELEMENTS(actions)) {
        report_say("%s: marks can export, import, same, not-same and not-corrected", words[0]);
        return EXIT_USAGE;
    }
    if (count < actions[i].least || count > actions[i].most) {
        report_say("marks %s takes %s", actions[i].name, actions[i].takes);
        return EXIT_USAGE;
    }
    marks = marks_open(NULL, &notice);
    /* What cannot be set says so itself. */
    if (marks_are_anew(marks) || (actions[i].shows && !marks_are_known(marks)))
        report_say("%s", notice);
    g_free(notice);
    status = actions[i].shows && !marks_are_known(marks) ? EXIT_USAGE
                                                        : actions[i].run(marks, words + 1);
    marks_close(marks);
    return status;
}
