/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "edit.h"

#include "glyph.h"

#include <string.h>

void edit_set(struct edit *edit, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    if (!edit->text)
        edit->text = g_string_new(NULL);
    g_string_assign(edit->text, valid);
    if (edit->text->len > EDIT_LENGTH_MAX) {
        const char *end = g_utf8_find_prev_char(edit->text->str, edit->text->str + EDIT_LENGTH_MAX);
        g_string_truncate(edit->text, (gsize)(end - edit->text->str));
    }
    edit->cursor = edit->text->len;
    g_free(valid);
}

void edit_clear(struct edit *edit)
{
    if (edit->text)
        g_string_free(edit->text, TRUE);
    *edit = (struct edit){0};
}

/* The end of the glyph at offset AT. */
static size_t after(const struct edit *edit, size_t at)
{
    struct glyph glyph;
    if (at >= edit->text->len)
        return edit->text->len;
    glyph_next(edit->text->str + at, edit->text->len - at, &glyph);
    return at + glyph.length;
}

/* The beginning of the glyph before offset AT: what combines with what is only known from the
 * beginning of the line. */
static size_t before(const struct edit *edit, size_t at)
{
    size_t start = 0;
    for (size_t end = after(edit, 0); end < at; end = after(edit, end))
        start = end;
    return start;
}

static gunichar character_at(const struct edit *edit, size_t at)
{
    return g_utf8_get_char(edit->text->str + at);
}

static gunichar character_before(const struct edit *edit, size_t at)
{
    return g_utf8_get_char(g_utf8_prev_char(edit->text->str + at));
}

static size_t step_back(const struct edit *edit, size_t at)
{
    return (size_t)(g_utf8_prev_char(edit->text->str + at) - edit->text->str);
}

static size_t step_forward(const struct edit *edit, size_t at)
{
    return (size_t)(g_utf8_next_char(edit->text->str + at) - edit->text->str);
}

static size_t word_before(const struct edit *edit, size_t at)
{
    while (at > 0 && g_unichar_isspace(character_before(edit, at)))
        at = step_back(edit, at);
    while (at > 0 && !g_unichar_isspace(character_before(edit, at)))
        at = step_back(edit, at);
    return at;
}

static size_t word_after(const struct edit *edit, size_t at)
{
    while (at < edit->text->len && g_unichar_isspace(character_at(edit, at)))
        at = step_forward(edit, at);
    while (at < edit->text->len && !g_unichar_isspace(character_at(edit, at)))
        at = step_forward(edit, at);
    return at;
}

/* Of a word, a mark belongs to the letter that it stands on. */
static bool is_of_word(gunichar character)
{
    return g_unichar_isalnum(character) || g_unichar_ismark(character);
}

/* As word_before(), but it stops at a "/" and the like, so that a path goes piece by piece. */
static size_t piece_before(const struct edit *edit, size_t at)
{
    while (at > 0 && g_unichar_isspace(character_before(edit, at)))
        at = step_back(edit, at);
    if (at > 0 && !is_of_word(character_before(edit, at)))
        return before(edit, at);
    while (at > 0 && is_of_word(character_before(edit, at)))
        at = step_back(edit, at);
    return at;
}

/* Deletes what lies between the cursor and AT. */
static bool delete_to(struct edit *edit, size_t at)
{
    size_t start = MIN(at, edit->cursor);
    size_t length = MAX(at, edit->cursor) - start;
    g_string_erase(edit->text, (gssize)start, (gssize)length);
    edit->cursor = start;
    return length > 0;
}

static bool move_to(struct edit *edit, size_t at)
{
    bool moved = at != edit->cursor;
    edit->cursor = at;
    return moved;
}

/* Exchanges the characters around the cursor, at an end of the line the two that are next to it. */
static bool transpose(struct edit *edit)
{
    size_t middle = edit->cursor;
    if (middle == 0)
        middle = after(edit, 0);
    if (middle == edit->text->len)
        middle = before(edit, middle);
    if (middle == 0)
        return false;
    size_t start = before(edit, middle);
    size_t end = after(edit, middle);
    char *first = g_strndup(edit->text->str + start, middle - start);
    g_string_insert(edit->text, (gssize)end, first);
    g_string_erase(edit->text, (gssize)start, (gssize)(middle - start));
    g_free(first);
    edit->cursor = end;
    return true;
}

bool edit_insert(struct edit *edit, uint32_t character)
{
    char bytes[6];
    int length;
    if (character == 0 || !g_unichar_validate(character))
        return false;
    length = g_unichar_to_utf8(character, bytes);
    if (edit->text->len + (size_t)length > EDIT_LENGTH_MAX)
        return false;
    g_string_insert_len(edit->text, (gssize)edit->cursor, bytes, length);
    edit->cursor += (size_t)length;
    return true;
}

bool edit_replace(struct edit *edit, size_t start, const char *text)
{
    size_t length = strlen(text);
    if (edit->text->len - (edit->cursor - start) + length > EDIT_LENGTH_MAX)
        return false;
    delete_to(edit, start);
    g_string_insert_len(edit->text, (gssize)start, text, (gssize)length);
    edit->cursor = start + length;
    return true;
}

bool edit_apply(struct edit *edit, enum prompt_action action)
{
    switch (action) {
    case PROMPT_BACKWARD_CHAR:
        return move_to(edit, before(edit, edit->cursor));
    case PROMPT_FORWARD_CHAR:
        return move_to(edit, after(edit, edit->cursor));
    case PROMPT_BACKWARD_WORD:
        return move_to(edit, word_before(edit, edit->cursor));
    case PROMPT_FORWARD_WORD:
        return move_to(edit, word_after(edit, edit->cursor));
    case PROMPT_BEGINNING:
        edit->cursor = 0;
        return true;
    case PROMPT_END:
        edit->cursor = edit->text->len;
        return true;
    case PROMPT_BACKSPACE:
        return delete_to(edit, before(edit, edit->cursor));
    case PROMPT_DELETE:
        return delete_to(edit, after(edit, edit->cursor));
    case PROMPT_KILL_WORD:
        return delete_to(edit, piece_before(edit, edit->cursor));
    case PROMPT_KILL_END_OF_WORD:
        return delete_to(edit, word_after(edit, edit->cursor));
    case PROMPT_KILL_END:
        delete_to(edit, edit->text->len);
        return true;
    case PROMPT_KILL_LINE:
        edit_set(edit, "");
        return true;
    case PROMPT_TRANSPOSE:
        return transpose(edit);
    default:
        return false;
    }
}
