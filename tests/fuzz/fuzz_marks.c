/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks as others share them: the pieces of an input are texts that are taken in. In any order
 * they come to the same, which is one line for each thing, reads the same again and is on the disk. The
 * bytes of a piece "%% damage OFFSET …" are written over the file, of which the rest is still marks.
 *
 * Targets: src/store/marks_text.c src/store/marks_table.c src/store/marks.c src/series/corrections.c */
#include "fuzz.h"

#include "pieces.h"
#include "store/marks_text.h"
#include "support.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX 6

static void check_error(GError *error)
{
    g_assert(error->message[0] != '\0' && !strchr(error->message, '\n'));
    g_assert(g_utf8_validate(error->message, -1, NULL));
    g_error_free(error);
}

static struct marks *open_marks(const char *path)
{
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    g_assert(!notice || (notice[0] != '\0' && !strchr(notice, '\n')));
    g_free(notice);
    return marks;
}

static void remove_marks(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".damaged", ".damaged-wal" };

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        char *name = g_strconcat(path, ends[i], NULL);

        g_remove(name);
        g_free(name);
    }
}

static bool is_damage(const struct piece *piece)
{
    return g_str_has_prefix(piece->words, "damage ");
}

/* Takes the text in. False, and nothing has changed, if a line is wrong. */
static bool import(struct marks *marks, const struct piece *piece)
{
    GString *before = marks_text_export(marks);
    GError *error = NULL;
    size_t changed;
    bool taken = marks_text_import(marks, "name", piece->bytes, piece->length, &changed, &error);
    GString *after = marks_text_export(marks);

    g_assert(taken == !error);
    g_assert(g_string_equal(before, after) == (changed == 0));
    if (error) {
        g_assert(changed == 0 && g_str_has_prefix(error->message, "name:"));
        check_error(error);
    }
    g_string_free(before, TRUE);
    g_string_free(after, TRUE);
    return taken;
}

static void check_text(const GString *text)
{
    const char *last = "";
    char **lines = g_strsplit(text->str, "\n", -1);

    g_assert(strlen(text->str) == text->len && g_utf8_validate(text->str, -1, NULL));
    for (char **line = lines; *line && line[1]; line++) {
        g_assert(strcmp(last, *line) < 0);
        for (const char *at = *line; *at; at++)
            g_assert(!g_ascii_iscntrl(*at));
        last = *line;
    }
    g_strfreev(lines);
}

/* TEXT, which marks are, taken in anew at PATH. */
static void check_again(const char *path, const GString *text)
{
    struct marks *marks = open_marks(path);
    size_t changed;
    bool taken = marks_text_import(marks, "name", text->str, text->len, &changed, NULL);
    GString *again;

    g_assert(taken);
    taken = marks_text_import(marks, "name", text->str, text->len, &changed, NULL);
    g_assert(taken && changed == 0);
    again = marks_text_export(marks);
    g_assert_cmpstr(again->str, ==, text->str);
    g_string_free(again, TRUE);
    marks_close(marks);
    remove_marks(path);
}

/* What is said of the first mail with words that are the input's, and taken back. */
static void check_change(struct marks *marks, const struct piece *piece)
{
    GPtrArray *list = marks_list(marks), *leads = g_ptr_array_new_with_free_func(g_free);
    char *note = g_strndup(piece->words, MIN(strlen(piece->words), 2000));
    char *lead = g_strdup(list->len > 0 ? ((struct mark *)list->pdata[0])->lead : note);
    const struct mark_change change = {
        .lead = lead, .what = 7, .state = MARK_LATER, .version = 2, .flag = true, .note = note,
    };
    GError *error = NULL;

    if (marks_change(marks, &change, 1, &error)) {
        const struct mark *mark = marks_find(marks, lead);

        g_assert(mark->state == MARK_LATER && mark->flag && mark->version == 2);
        g_assert(marks_correct(marks, lead, "other@example.org", CORRECTION_SAME, &error) != !!error);
        g_clear_error(&error);
        while (marks_undo(marks, leads, &error) && leads->len > 0)
            g_ptr_array_set_size(leads, 0);
        g_assert(!error);
    } else {
        check_error(error);
    }
    g_ptr_array_unref(leads);
    g_ptr_array_unref(list);
    g_free(lead);
    g_free(note);
}

static void check_corrections(const struct marks *marks)
{
    GPtrArray *lines = marks_correction_lines(marks);
    const struct corrections *corrections = marks_corrections(marks);
    size_t count = 0;

    for (guint i = 0; i < lines->len; i++) {
        const struct correction_line *line = lines->pdata[i];

        g_assert(strcmp(line->a, line->b) < 0);
        g_assert(corrections_between(corrections, line->b, line->a) == line->correction);
        count += line->correction != CORRECTION_NONE;
    }
    g_assert(corrections_count(corrections) == count);
    g_ptr_array_unref(lines);
}

/* Writes the bytes of PIECE over the file at PATH; whatever it is then, it can be opened. */
static void damage(const char *path, const struct piece *piece)
{
    size_t at = strtoul(piece->words + strlen("damage "), NULL, 0);
    char *bytes;
    gsize length;
    bool read = g_file_get_contents(path, &bytes, &length, NULL);
    struct marks *marks;
    GString *text;

    g_assert(read);
    if (at < length) {
        memcpy(bytes + at, piece->bytes, MIN(piece->length, length - at));
        support_write(path, bytes, length);
    }
    g_free(bytes);
    marks = open_marks(path);
    text = marks_text_export(marks);
    check_text(text);
    check_corrections(marks);
    marks_refresh(marks);
    check_change(marks, piece);
    g_string_free(text, TRUE);
    marks_close(marks);
}

static void take_all(struct marks *marks, const GPtrArray *pieces, bool backwards)
{
    for (guint i = 0; i < pieces->len; i++) {
        const struct piece *piece = pieces->pdata[backwards ? pieces->len - 1 - i : i];

        if (!is_damage(piece))
            import(marks, piece);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *path, *other;
    GPtrArray *pieces = pieces_split(data, size, TEXTS_MAX);
    struct marks *marks, *backwards;
    GString *text, *same;

    if (!path) {
        path = support_path(support_folder(), "marks.sqlite");
        other = support_path(support_folder(), "other.sqlite");
    }
    marks = open_marks(path);
    backwards = open_marks(other);
    take_all(marks, pieces, false);
    take_all(backwards, pieces, true);
    text = marks_text_export(marks);
    same = marks_text_export(backwards);
    g_assert_cmpstr(text->str, ==, same->str);
    check_text(text);
    check_corrections(marks);
    marks_close(backwards);
    remove_marks(other);
    check_again(other, text);
    marks_close(marks);

    marks = open_marks(path);
    g_string_free(same, TRUE);
    same = marks_text_export(marks);
    g_assert_cmpstr(text->str, ==, same->str);
    if (pieces->len > 0)
        check_change(marks, pieces->pdata[0]);
    marks_close(marks);
    for (guint i = 0; i < pieces->len; i++)
        if (is_damage(pieces->pdata[i]))
            damage(path, pieces->pdata[i]);
    remove_marks(path);
    g_string_free(same, TRUE);
    g_string_free(text, TRUE);
    g_ptr_array_unref(pieces);
    return 0;
}
