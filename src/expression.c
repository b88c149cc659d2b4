/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expression.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* Places at which a match is tried between two looks at the clock. PCRE2 counts its steps
 * anew at each. */
#define PLACES_AT_ONCE 256

/* Microseconds, about, that EXPRESSION_STEPS_MAX take. */
#define STEPS_TIME 2000

/* Bytes of stack for compiled expressions; PCRE2's own 32 KiB are too few for a group
 * repeated over a long line. */
#define STACK_FIRST 32768
#define STACK_MAX 1048576

/* Characters of an expression that an error shows. */
#define SHOWN_MAX 40

struct expression {
    pcre2_code *code;
    gint *gave_up; /* atomic */
    gint *wasted;  /* atomic: microseconds that matches took which gave up */
};

/* What matching needs, for each thread: nothing is allocated for a match. */
struct workspace {
    pcre2_match_data *found;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static void workspace_free(gpointer data);

static GPrivate thread_workspace = G_PRIVATE_INIT(workspace_free);

G_DEFINE_QUARK(pore-expression-error-quark, expression_error)

static void workspace_free(gpointer data)
{
    struct workspace *workspace = data;

    pcre2_match_data_free(workspace->found);
    pcre2_match_context_free(workspace->context);
    pcre2_jit_stack_free(workspace->stack);
    g_free(workspace);
}

static struct workspace *workspace_get(void)
{
    struct workspace *workspace = g_private_get(&thread_workspace);

    if (workspace)
        return workspace;
    workspace = g_new0(struct workspace, 1);
    workspace->found = pcre2_match_data_create(1, NULL);
    workspace->context = pcre2_match_context_create(NULL);
    workspace->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MAX, NULL);
    if (!workspace->found || !workspace->context)
        g_error("out of memory");
    pcre2_set_match_limit(workspace->context, EXPRESSION_STEPS_MAX);
    if (workspace->stack)
        pcre2_jit_stack_assign(workspace->context, NULL, workspace->stack);
    g_private_set(&thread_workspace, workspace);
    return workspace;
}

/* --- compiling -------------------------------------------------------------- */

/* Has TEXT a capital letter? Where it ESCAPES, those behind a backslash are none. */
static bool has_capital(const char *text, bool escapes)
{
    for (; *text; text = g_utf8_find_next_char(text, NULL)) {
        if (escapes && *text == '\\' && text[1])
            text++;
        else if (g_unichar_isupper(g_utf8_get_char(text)))
            return true;
    }
    return false;
}

/* The beginning of TEXT, fit for one line. The caller frees it. */
static char *shown(const char *text)
{
    GString *out = g_string_new(NULL);

    for (int i = 0; *text && i < SHOWN_MAX; i++, text = g_utf8_find_next_char(text, NULL)) {
        gunichar c = g_utf8_get_char(text);

        g_string_append_unichar(out, g_unichar_isprint(c) ? c : '?');
    }
    if (*text)
        g_string_append(out, "…");
    return g_string_free(out, FALSE);
}

static void set_error(GError **error, const char *text, int code, size_t offset)
{
    PCRE2_UCHAR message[256];
    g_autofree char *excerpt = shown(text);

    if (pcre2_get_error_message(code, message, sizeof message) < 0)
        message[0] = '\0';
    g_set_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_SYNTAX, "%s at character %ld of \"%s\"",
                (const char *)message, g_utf8_strlen(text, (gssize)offset) + 1, excerpt);
}

static bool can_compile(const char *text, GError **error)
{
    size_t length = strlen(text);

    if (length > EXPRESSION_LENGTH_MAX) {
        g_set_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_SIZE,
                    "an expression has at most %d bytes", EXPRESSION_LENGTH_MAX);
        return false;
    }
    if (!g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_SYNTAX, "the text is not UTF-8");
        return false;
    }
    return true;
}

static struct expression *compile(const char *text, bool plain, GError **error)
{
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_USE_OFFSET_LIMIT;
    pcre2_compile_context *context;
    struct expression *expression;
    pcre2_code *code;
    PCRE2_SIZE offset;
    int problem;

    if (!can_compile(text, error))
        return NULL;
    options |= plain ? PCRE2_LITERAL : PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
    if (!has_capital(text, !plain))
        options |= PCRE2_CASELESS;
    context = pcre2_compile_context_create(NULL);
    if (!context) {
        g_set_error(error, EXPRESSION_ERROR, EXPRESSION_ERROR_SIZE, "out of memory");
        return NULL;
    }
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    code = pcre2_compile((PCRE2_SPTR)text, strlen(text), options, &problem, &offset, context);
    pcre2_compile_context_free(context);
    if (!code) {
        set_error(error, text, problem, offset);
        return NULL;
    }
    /* Where there is no just-in-time compiler, PCRE2 interprets. */
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    expression = g_new0(struct expression, 1);
    expression->code = code;
    expression->gave_up = g_new0(gint, 1);
    expression->wasted = g_new0(gint, 1);
    return expression;
}

struct expression *expression_new(const char *text, GError **error)
{
    return compile(text, false, error);
}

struct expression *expression_new_plain(const char *text, GError **error)
{
    return compile(text, true, error);
}

void expression_free(struct expression *expression)
{
    if (!expression)
        return;
    pcre2_code_free(expression->code);
    g_free(expression->gave_up);
    g_free(expression->wasted);
    g_free(expression);
}

/* --- matching --------------------------------------------------------------- */

/* The first place behind PLACES_AT_ONCE from START at which a character begins, or one
 * behind the end. */
static size_t next_places(const char *text, size_t length, size_t start)
{
    size_t next;

    if (length - start < PLACES_AT_ONCE)
        return length + 1;
    next = start + PLACES_AT_ONCE;
    while (next < length && ((unsigned char)text[next] & 0xc0) == 0x80)
        next++;
    return next;
}

/* Tries the places from START to before NEXT: PCRE2's answer. */
static int match_places(const struct expression *expression, struct workspace *workspace,
                        const char *text, size_t length, size_t start, size_t next)
{
    uint32_t options = 0;

    pcre2_set_offset_limit(workspace->context, next - 1);
    if (length > next && length - next > EXPRESSION_REACH) {
        length = next + EXPRESSION_REACH;
        options = PCRE2_NOTEOL;
    }
    return pcre2_match(expression->code, (PCRE2_SPTR)text, length, start, options,
                       workspace->found, workspace->context);
}

/* A match that BEGAN then has to, or did at the first places: then nobody looked at the clock. */
static void give_up(const struct expression *expression, gint64 began)
{
    gint64 took = began != 0 ? g_get_monotonic_time() - began : STEPS_TIME;

    g_atomic_int_add(expression->wasted, (gint)MIN(took, EXPRESSION_WASTE_MAX));
    g_atomic_int_set(expression->gave_up, 1);
}

bool expression_find(const struct expression *expression, const char *text, size_t length,
                     size_t from, size_t *start, size_t *end)
{
    struct workspace *workspace = workspace_get();
    gint64 began = 0;
    int found = PCRE2_ERROR_NOMATCH;

    if (g_atomic_int_get(expression->wasted) >= EXPRESSION_WASTE_MAX) {
        g_atomic_int_set(expression->gave_up, 1);
        return false;
    }
    while (from <= length && found == PCRE2_ERROR_NOMATCH) {
        size_t next = next_places(text, length, from);

        found = match_places(expression, workspace, text, length, from, next);
        from = next;
        if (found != PCRE2_ERROR_NOMATCH || from > length)
            break;
        if (began == 0) {
            began = g_get_monotonic_time();
        } else if (g_get_monotonic_time() - began > EXPRESSION_TIME_MAX) {
            found = PCRE2_ERROR_MATCHLIMIT;
        }
    }
    /* 0: there are groups, for which there was no room. */
    if (found < 0) {
        if (found != PCRE2_ERROR_NOMATCH)
            give_up(expression, began);
        return false;
    }
    if (start)
        *start = pcre2_get_ovector_pointer(workspace->found)[0];
    if (end)
        *end = pcre2_get_ovector_pointer(workspace->found)[1];
    return true;
}

bool expression_gave_up(const struct expression *expression)
{
    return g_atomic_int_compare_and_exchange(expression->gave_up, 1, 0);
}
