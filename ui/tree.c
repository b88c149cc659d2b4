/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

/* A partial reroll of a partial reroll and so on; nobody has met three. */
#define REROLLS_MAX 100

struct builder {
    const struct posting *posting;
    GArray *lines;    /* done */
    GArray *stack;    /* struct tree_line still to do, the next one last */
    GHashTable *seen; /* struct member *: those that have their place */
    GPtrArray *answers; /* of one mail */
};

static gint compare_arrivals(gconstpointer a, gconstpointer b)
{
    int64_t first = (*(struct member *const *)a)->mail->place.arrival;
    int64_t second = (*(struct member *const *)b)->mail->place.arrival;
    return (first > second) - (first < second);
}

/* The posting's mails by number, those of the posting it rerolls among them. */
static GPtrArray *collect_numbered(struct builder *builder)
{
    GPtrArray *numbered = g_ptr_array_new();
    GHashTable *taken = g_hash_table_new(NULL, NULL);
    const struct posting *posting = builder->posting;
    for (int i = 0; posting && i < REROLLS_MAX; i++, posting = posting->base)
        for (guint k = 0; k < posting->members->len; k++) {
            struct member *member = posting->members->pdata[k];
            bool cover_of_base = i > 0 && member_number(member) == 0;
            if (!cover_of_base &&
                g_hash_table_add(taken, GUINT_TO_POINTER(member_number(member) + 1))) {
                g_ptr_array_add(numbered, member);
                g_hash_table_add(builder->seen, member);
            }
        }
    g_ptr_array_sort(numbered, member_compare_number);
    g_hash_table_unref(taken);
    return numbered;
}

/* The line of MEMBER, or of missing patches, below PARENT; NULL: at the top. */
static struct tree_line make_line(const struct tree_line *parent, struct member *member)
{
    struct tree_line line = {.member = member};
    if (parent) {
        line.depth = MIN(parent->depth + 1, TREE_DEPTH_MAX);
        line.guides = parent->guides;
        if (parent->depth > 0 && !parent->is_last)
            line.guides |= 1u << parent->depth;
    }
    return line;
}

static void add_missing(const struct tree_line *parent, uint32_t first, uint32_t last,
                        GArray *lines)
{
    struct tree_line line = make_line(parent, NULL);
    line.first = first;
    line.last = last;
    if (first <= last)
        g_array_append_val(lines, line);
}

/* Adds the lines of the NUMBERED mails from index START on, and of those between them that are
 * missing. */
static void add_patches(const struct builder *builder, const struct tree_line *parent,
                        const GPtrArray *numbered, guint start, GArray *lines)
{
    uint32_t next = 1;
    for (guint i = start; i < numbered->len; i++) {
        struct member *member = numbered->pdata[i];
        uint32_t number = member_number(member);
        add_missing(parent, next, number - 1, lines);
        const struct tree_line line = make_line(parent, member);
        g_array_append_val(lines, line);
        next = number + 1;
    }
    add_missing(parent, next, builder->posting->total, lines);
}

/* Has a place elsewhere: it is of another posting of this series. */
static bool is_elsewhere(const struct builder *builder, const struct member *member)
{
    return member->posting && member->posting != builder->posting &&
           member->posting->series == builder->posting->series;
}

/* Adds the lines of what answers PARENT's mail. */
static void add_answers(struct builder *builder, const struct tree_line *parent, GArray *lines)
{
    const struct message_id *id = parent->member->id;
    /* Answers are to the mail that the id means. */
    if (id->first != parent->member)
        return;
    g_ptr_array_set_size(builder->answers, 0);
    for (struct member *answer = id->answers; answer; answer = answer->next_answer)
        if (answer->live && !is_elsewhere(builder, answer) &&
            g_hash_table_add(builder->seen, answer))
            g_ptr_array_add(builder->answers, answer);
    g_ptr_array_sort(builder->answers, compare_arrivals);
    for (guint i = 0; i < builder->answers->len; i++) {
        const struct tree_line line = make_line(parent, builder->answers->pdata[i]);
        g_array_append_val(lines, line);
    }
}

/* Puts LINES, which have the same parent, on the stack. */
static void push(struct builder *builder, GArray *lines)
{
    if (!lines->len)
        return;
    g_array_index(lines, struct tree_line, lines->len - 1).is_last = true;
    for (guint i = lines->len; i-- > 0;)
        g_array_append_val(builder->stack, g_array_index(lines, struct tree_line, i));
    g_array_set_size(lines, 0);
}

static void build(struct builder *builder, const GPtrArray *numbered)
{
    GArray *children = g_array_new(FALSE, FALSE, sizeof(struct tree_line));
    bool cover = member_number(numbered->pdata[0]) == 0;
    if (cover) {
        struct tree_line root = make_line(NULL, numbered->pdata[0]);
        g_array_append_val(builder->lines, root);
        add_patches(builder, &root, numbered, 1, children);
        add_answers(builder, &root, children);
    } else {
        add_patches(builder, NULL, numbered, 0, children);
    }
    push(builder, children);
    while (builder->stack->len) {
        struct tree_line line =
            g_array_index(builder->stack, struct tree_line, builder->stack->len - 1);
        g_array_set_size(builder->stack, builder->stack->len - 1);
        g_array_append_val(builder->lines, line);
        if (line.member)
            add_answers(builder, &line, children);
        push(builder, children);
    }
    g_array_unref(children);
}

GArray *tree_build(const struct posting *posting)
{
    struct builder builder = {
        .posting = posting,
        .lines = g_array_new(FALSE, FALSE, sizeof(struct tree_line)),
        .stack = g_array_new(FALSE, FALSE, sizeof(struct tree_line)),
        .seen = g_hash_table_new(NULL, NULL),
        .answers = g_ptr_array_new(),
    };
    GPtrArray *numbered = collect_numbered(&builder);
    build(&builder, numbered);
    g_ptr_array_unref(numbered);
    g_ptr_array_unref(builder.answers);
    g_hash_table_unref(builder.seen);
    g_array_unref(builder.stack);
    return builder.lines;
}

void tree_append_prefix(const struct tree_line *line, bool unicode, GString *out)
{
    for (uint32_t level = 1; level < line->depth; level++) {
        bool goes_on = line->guides & (1u << level);
        g_string_append(out, !goes_on ? "  " : unicode ? "\342\224\202 " : "| ");
    }
    if (line->depth == 0)
        return;
    if (unicode)
        g_string_append(out, line->is_last ? "\342\224\224\342\224\200>"
                                           : "\342\224\234\342\224\200>");
    else
        g_string_append(out, line->is_last ? "`->" : "|->");
}
