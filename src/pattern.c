/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pattern.h"

#include "hash.h"
#include "pattern_tree.h"

#include <string.h>

struct pattern_texts {
    GHashTable *found; /* struct member * → its bits */
};

G_DEFINE_QUARK(pore-pattern-error-quark, pattern_error)

static const struct pattern_letter letters[] = {
    { 'A', NULL, "all" },
    { 'a', "RANGE", "number of replies" },
    { 'B', "EXPR", "headers or text of the mail" },
    { 'b', "EXPR", "text of the mail" },
    { 'C', "EXPR", "recipient (To or Cc)" },
    { 'c', "EXPR", "copied to (Cc)" },
    { 'D', NULL, "ignored" },
    { 'd', "DATES", "date sent" },
    { 'e', "EXPR", "author, as git am takes it" },
    { 'F', NULL, "flagged" },
    { 'f', "EXPR", "sender or author" },
    { 'h', "EXPR", "line of the headers" },
    { 'I', NULL, "incomplete: patches are missing" },
    { 'i', "EXPR", "Message-ID" },
    { 'L', "EXPR", "sender or recipient (From, To or Cc)" },
    { 'm', "RANGE", "place in the list" },
    { 'N', NULL, "New: nothing earlier is known" },
    { 'n', "RANGE", "number of patches announced" },
    { 'O', NULL, "Exist: something earlier is known" },
    { 'P', NULL, "put off for later" },
    { 'Q', NULL, "reviewed in an older version and changed since" },
    { 'R', NULL, "reviewed, with all that the newest version brings" },
    { 'r', "DATES", "date of arrival" },
    { 'S', NULL, "Skip: a later posting is listed" },
    { 's', "EXPR", "subject" },
    { 'T', NULL, "tagged" },
    { 't', "EXPR", "addressed to (To)" },
    { 'U', NULL, "not reviewed" },
    { 'u', "RANGE", "number of replies since the last visit" },
    { 'V', "RANGE", "version" },
    { 'v', NULL, "series with other postings" },
    { 'W', "EXPR", "review trailer (Reviewed-by: and the like)" },
    { 'w', "RANGE", "number of review trailers" },
    { 'x', "EXPR", "References" },
    { 'Y', "EXPR", "note" },
    { 'y', "EXPR", "path touched by the diff" },
    { 'z', "RANGE", "size of the mail in bytes (K, M)" },
    { '=', NULL, "arrived more than once" },
    { '(', "PATTERN )", "series with a mail that matches" },
};

size_t pattern_letter_count(void)
{
    return G_N_ELEMENTS(letters);
}

const struct pattern_letter *pattern_letter_at(size_t index)
{
    return index < G_N_ELEMENTS(letters) ? &letters[index] : NULL;
}

bool pattern_letter_in(char letter, const char *set)
{
    return strchr(set, letter) != NULL;
}

/* --- simple searches -------------------------------------------------------- */

/* Does a word that begins with one of ~ = % and a letter stand in TEXT? */
static bool has_letter(const char *text)
{
    char before = ' ';

    for (; *text; before = *text++) {
        if (*text == '\\' && text[1])
            text++;
        else if (pattern_letter_in(*text, "~=%") &&
                 (g_ascii_isspace(before) || pattern_letter_in(before, "!(|")) &&
                 (g_ascii_isalpha(text[1]) || g_str_has_prefix(text, "~(") ||
                  g_str_has_prefix(text, "~=")))
            return true;
    }
    return false;
}

/* TEXT in double quotes. The caller frees it. */
static char *quote(const char *text)
{
    GString *out = g_string_new("\"");

    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    return g_string_free(g_string_append_c(out, '"'), FALSE);
}

/* The pattern that a simple search for TEXT stands for. The caller frees it. */
static char *expand_simple(const char *text, const char *template)
{
    static const struct {
        const char *word, *pattern;
    } words[] = { { "all", "~A" }, { "^", "~A" }, { ".", "~A" },
                  { "new", "~N" }, { "old", "~O" }, { "tag", "~T" } };
    g_autofree char *quoted = NULL;
    GString *out;

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(text, words[i].word) == 0)
            return g_strdup(words[i].pattern);
    quoted = quote(text);
    out = g_string_new(template);
    if (!strstr(template, "%s"))
        g_string_append(out, " %s");
    g_string_replace(out, "%s", quoted, 0);
    return g_string_free(out, FALSE);
}

/* --- the life of a pattern -------------------------------------------------- */

static bool can_be_parsed(const char *text, GError **error)
{
    size_t length = strlen(text);

    if (length > PATTERN_LENGTH_MAX) {
        g_set_error(error, PATTERN_ERROR, PATTERN_ERROR_SIZE, "a pattern has at most %d bytes",
                    PATTERN_LENGTH_MAX);
        return false;
    }
    if (!g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, PATTERN_ERROR, PATTERN_ERROR_SYNTAX, "the pattern is not UTF-8");
        return false;
    }
    return true;
}

struct pattern *pattern_new(const char *text, const char *simple, int64_t now, GError **error)
{
    g_autofree char *stripped = NULL;
    g_autofree char *expanded = NULL;
    struct pattern *pattern;

    if (!can_be_parsed(text, error))
        return NULL;
    stripped = g_strstrip(g_strdup(text));
    if (stripped[0] && !has_letter(stripped)) {
        expanded = expand_simple(stripped, simple);
        if (!can_be_parsed(expanded, error))
            return NULL;
    }
    pattern = g_new0(struct pattern, 1);
    pattern->references = 1;
    pattern->text = g_strdup(expanded ? expanded : stripped);
    pattern->texts = g_ptr_array_new();
    if (!pattern_parse(pattern, pattern->text, now, error)) {
        pattern_free(pattern);
        return NULL;
    }
    return pattern;
}

struct pattern *pattern_ref(struct pattern *pattern)
{
    g_atomic_int_inc(&pattern->references);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern || !g_atomic_int_dec_and_test(&pattern->references))
        return;
    pattern_node_free(pattern->root);
    g_ptr_array_free(pattern->texts, TRUE);
    g_free(pattern->text);
    g_free(pattern);
}

const char *pattern_text(const struct pattern *pattern)
{
    return pattern->text;
}

bool pattern_needs_texts(const struct pattern *pattern)
{
    return pattern->texts->len > 0;
}

bool pattern_is_volatile(const struct pattern *pattern)
{
    return pattern->is_volatile;
}

bool pattern_names_skipped(const struct pattern *pattern)
{
    return pattern->names_skipped;
}

/* --- what is known of texts ------------------------------------------------- */

static guint hash_member(gconstpointer member)
{
    return hash_end(hash_add_pointer(0, member));
}

struct pattern_texts *pattern_texts_new(void)
{
    struct pattern_texts *texts = g_new0(struct pattern_texts, 1);

    texts->found = g_hash_table_new(hash_member, NULL);
    return texts;
}

void pattern_texts_free(struct pattern_texts *texts)
{
    if (!texts)
        return;
    g_hash_table_destroy(texts->found);
    g_free(texts);
}

void pattern_texts_add(struct pattern_texts *texts, const struct member *member, uint32_t found)
{
    g_hash_table_insert(texts->found, (gpointer)(uintptr_t)member, GUINT_TO_POINTER(found));
}

bool pattern_texts_get(const struct pattern_texts *texts, const struct member *member,
                       uint32_t *found)
{
    gpointer value;

    if (!texts || !g_hash_table_lookup_extended(texts->found, member, NULL, &value))
        return false;
    *found = GPOINTER_TO_UINT(value);
    return true;
}

static bool node_gave_up(const struct pattern_node *node)
{
    bool gave_up = node->expression && expression_gave_up(node->expression);

    for (guint i = 0; node->children && i < node->children->len; i++)
        gave_up |= node_gave_up(node->children->pdata[i]);
    return gave_up;
}

bool pattern_gave_up(const struct pattern *pattern)
{
    return node_gave_up(pattern->root);
}
