/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "marks_support.h"
#include "support.h"

#include <check.h>

char *new_path(void)
{
    return support_path(support_folder(), "marks.sqlite");
}

struct marks *open_marks(const char *path)
{
    char *notice;
    struct marks *marks = marks_open(path, &notice);

    ck_assert_msg(notice == NULL, "%s", notice);
    return marks;
}

bool try_state(struct marks *marks, const char *lead, enum mark_state state, GError **error)
{
    const struct mark_change change = {
        .lead = lead, .what = MARK_CHANGE_STATE, .state = state, .version = 2
    };

    return marks_change(marks, &change, 1, error);
}

void set_state(struct marks *marks, const char *lead, enum mark_state state)
{
    GError *error = NULL;

    ck_assert_msg(try_state(marks, lead, state, &error), "%s", error != NULL ? error->message : "");
}

void set_note(struct marks *marks, const char *lead, const char *note, const char *old)
{
    const struct mark_change change = {
        .lead = lead, .what = MARK_CHANGE_NOTE, .note = note, .old_note = old
    };

    ck_assert(marks_change(marks, &change, 1, NULL));
}

/* What is said of LEAD: "reviewed v2 flagged [note] [note]"; the caller frees it. */
static char *describe(const struct marks *marks, const char *lead)
{
    const struct mark *mark = marks_find(marks, lead);
    GString *text = g_string_new(NULL);

    if (mark == NULL)
        return g_string_free(g_string_assign(text, "nothing"), FALSE);
    g_string_append_printf(text, "%s v%u", mark_state_name(mark->state), mark->version);
    if (mark->flag)
        g_string_append(text, " flagged");
    for (guint i = 0; i < mark->notes->len; i++) {
        const struct note *note = g_ptr_array_index(mark->notes, i);
        if (!note->removed)
            g_string_append_printf(text, " [%s]", note->text);
    }
    return g_string_free(text, FALSE);
}

void assert_said(const struct marks *marks, const char *lead, const char *expected)
{
    g_autofree char *got = describe(marks, lead);

    ck_assert_str_eq(got, expected);
}
