/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "colour.h"

#include <string.h>

/* What an object's lines may have behind the colours. */
enum takes { TAKES_NOTHING, TAKES_PATTERN, TAKES_HEADER, TAKES_BODY };

struct object {
    const char *name;
    enum style style;
    enum takes takes;
};

/* mutt's names where mutt has the object, and neomutt's besides. In the order of the alphabet. */
#define OBJECTS \
    OBJECT(added, STYLE_ADDED, TAKES_NOTHING) \
    OBJECT(added_word, STYLE_ADDED_WORD, TAKES_NOTHING) \
    OBJECT(author, STYLE_AUTHOR, TAKES_NOTHING) \
    OBJECT(body, STYLE_NORMAL, TAKES_BODY) \
    OBJECT(changed, STYLE_CHANGED, TAKES_NOTHING) \
    OBJECT(chart, STYLE_CHART, TAKES_NOTHING) \
    OBJECT(date, STYLE_DATE, TAKES_NOTHING) \
    OBJECT(diffstat, STYLE_DIFFSTAT, TAKES_NOTHING) \
    OBJECT(dim, STYLE_DIM, TAKES_NOTHING) \
    OBJECT(error, STYLE_ERROR, TAKES_NOTHING) \
    OBJECT(exist, STYLE_EXIST, TAKES_NOTHING) \
    OBJECT(file, STYLE_FILE, TAKES_NOTHING) \
    OBJECT(flagged, STYLE_FLAGGED, TAKES_NOTHING) \
    OBJECT(hdrdefault, STYLE_HDRDEFAULT, TAKES_NOTHING) \
    OBJECT(header, STYLE_HEADER, TAKES_HEADER) \
    OBJECT(heading, STYLE_HEADING, TAKES_NOTHING) \
    OBJECT(hunk, STYLE_HUNK, TAKES_NOTHING) \
    OBJECT(ignored, STYLE_IGNORED, TAKES_NOTHING) \
    OBJECT(incomplete, STYLE_INCOMPLETE, TAKES_NOTHING) \
    OBJECT(index, STYLE_NORMAL, TAKES_PATTERN) \
    OBJECT(index_author, STYLE_AUTHOR, TAKES_NOTHING) \
    OBJECT(index_date, STYLE_DATE, TAKES_NOTHING) \
    OBJECT(index_number, STYLE_NUMBER, TAKES_NOTHING) \
    OBJECT(index_subject, STYLE_TITLE, TAKES_NOTHING) \
    OBJECT(indicator, STYLE_INDICATOR, TAKES_NOTHING) \
    OBJECT(key, STYLE_KEY, TAKES_NOTHING) \
    OBJECT(later, STYLE_LATER, TAKES_NOTHING) \
    OBJECT(markers, STYLE_MARKERS, TAKES_NOTHING) \
    OBJECT(message, STYLE_MESSAGE, TAKES_NOTHING) \
    OBJECT(new, STYLE_NEW, TAKES_NOTHING) \
    OBJECT(newer, STYLE_NEWER, TAKES_NOTHING) \
    OBJECT(newer_added, STYLE_NEWER_ADDED, TAKES_NOTHING) \
    OBJECT(newer_removed, STYLE_NEWER_REMOVED, TAKES_NOTHING) \
    OBJECT(normal, STYLE_NORMAL, TAKES_NOTHING) \
    OBJECT(note, STYLE_NOTE, TAKES_NOTHING) \
    OBJECT(number, STYLE_NUMBER, TAKES_NOTHING) \
    OBJECT(older, STYLE_OLDER, TAKES_NOTHING) \
    OBJECT(older_added, STYLE_OLDER_ADDED, TAKES_NOTHING) \
    OBJECT(older_removed, STYLE_OLDER_REMOVED, TAKES_NOTHING) \
    OBJECT(outer_added, STYLE_OUTER_ADDED, TAKES_NOTHING) \
    OBJECT(outer_removed, STYLE_OUTER_REMOVED, TAKES_NOTHING) \
    OBJECT(progress, STYLE_PROGRESS, TAKES_NOTHING) \
    OBJECT(prompt, STYLE_PROMPT, TAKES_NOTHING) \
    OBJECT(quoted, STYLE_QUOTED, TAKES_NOTHING) \
    OBJECT(quoted1, STYLE_QUOTED_1, TAKES_NOTHING) \
    OBJECT(quoted2, STYLE_QUOTED_2, TAKES_NOTHING) \
    OBJECT(quoted3, STYLE_QUOTED_3, TAKES_NOTHING) \
    OBJECT(removed, STYLE_REMOVED, TAKES_NOTHING) \
    OBJECT(removed_word, STYLE_REMOVED_WORD, TAKES_NOTHING) \
    OBJECT(review, STYLE_REVIEW, TAKES_NOTHING) \
    OBJECT(reviewed, STYLE_REVIEWED, TAKES_NOTHING) \
    OBJECT(search, STYLE_SEARCH, TAKES_NOTHING) \
    OBJECT(signature, STYLE_SIGNATURE, TAKES_NOTHING) \
    OBJECT(skip, STYLE_SKIP, TAKES_NOTHING) \
    OBJECT(status, STYLE_STATUS, TAKES_NOTHING) \
    OBJECT(subject, STYLE_SUBJECT, TAKES_NOTHING) \
    OBJECT(tagged, STYLE_TAGGED, TAKES_NOTHING) \
    OBJECT(trailer, STYLE_TRAILER, TAKES_NOTHING) \
    OBJECT(tree, STYLE_TREE, TAKES_NOTHING)

static const struct object objects[] = {
#define OBJECT(name, style, takes) {#name, style, takes},
    OBJECTS
#undef OBJECT
};

static const char *const object_names[] = {
#define OBJECT(name, style, takes) #name,
    OBJECTS
#undef OBJECT
        NULL,
};

/* The first 16 by their numbers. */
static const char *const names[] = {
    "black",       "red",       "green",       "yellow",       "blue",       "magenta",
    "cyan",        "white",     "brightblack", "brightred",    "brightgreen", "brightyellow",
    "brightblue",  "brightmagenta", "brightcyan", "brightwhite", "default",   "gray",
    NULL,
};

static const struct {
    const char *name;
    unsigned bit;
} attributes[] = {
    {"none", 0},
    {"normal", 0},
    {"bold", LOOK_BOLD},
    {"dim", LOOK_DIM},
    {"underline", LOOK_UNDERLINE},
    {"reverse", LOOK_REVERSE},
    {"standout", LOOK_REVERSE},
    {"italic", LOOK_ITALIC},
    {"blink", LOOK_BLINK},
};

static const char dark_theme[] =
#include "dark-theme.inc"
    ;

static const char light_theme[] =
#include "light-theme.inc"
    ;

/* What was said of objects. */
struct layer {
    struct look looks[STYLE_COUNT];
    bool coloured[STYLE_COUNT], mono[STYLE_COUNT]; /* what of a look was said */
};

struct rule {
    struct colour_rule rule; /* first */
    enum takes takes;
    struct look look;
};

struct colour_table {
    struct layer theme, user;
    GPtrArray *rules; /* struct rule *, in the order they were said */
};

/* A line, taken apart. */
struct request {
    const struct object *object;
    bool mono;
    struct look look;    /* what MONO says of it */
    const char *pattern; /* or NULL */
};

GQuark colour_error_quark(void)
{
    return g_quark_from_static_string("pore-colour-error");
}

const char *const *colour_objects(void)
{
    return object_names;
}

const char *const *colour_names(void)
{
    return names;
}

static bool fail(GError **error, const char *what, const char *problem)
{
    g_set_error(error, COLOUR_ERROR, 0, "%s: %s", what, problem);
    return false;
}

static void rule_free(gpointer data)
{
    struct rule *rule = data;
    g_free(rule->rule.text);
    pattern_free(rule->rule.pattern);
    expression_free(rule->rule.expression);
    g_free(rule);
}

/* Makes the looks and the lists of rules anew from the table. */
static void rebuild(struct colours *colours)
{
    const struct colour_table *table = colours->table;
    g_array_set_size(colours->looks, 0);
    for (int i = 0; i < STYLE_COUNT; i++) {
        struct look look = table->theme.looks[i];
        const struct look *said = &table->user.looks[i];
        unsigned mono = table->user.mono[i] ? said->mono_attributes : look.mono_attributes;
        if (table->user.coloured[i])
            look = *said;
        look.mono_attributes = mono;
        g_array_append_val(colours->looks, look);
    }
    g_ptr_array_set_size(colours->index_rules, 0);
    g_ptr_array_set_size(colours->header_rules, 0);
    g_ptr_array_set_size(colours->body_rules, 0);
    for (guint i = table->rules->len; i-- > 0;) {
        struct rule *rule = g_ptr_array_index(table->rules, i);
        rule->rule.style = (enum style)colours->looks->len;
        g_array_append_val(colours->looks, rule->look);
        g_ptr_array_add(rule->takes == TAKES_PATTERN  ? colours->index_rules
                        : rule->takes == TAKES_HEADER ? colours->header_rules
                                                      : colours->body_rules,
                        &rule->rule);
    }
    colours->generation++;
}

struct colours *colours_new(void)
{
    struct colours *colours = g_new0(struct colours, 1);
    colours->looks = g_array_new(FALSE, FALSE, sizeof(struct look));
    colours->index_rules = g_ptr_array_new();
    colours->header_rules = g_ptr_array_new();
    colours->body_rules = g_ptr_array_new();
    colours->table = g_new0(struct colour_table, 1);
    colours->table->rules = g_ptr_array_new_with_free_func(rule_free);
    colours_set_theme(colours, "dark", NULL);
    return colours;
}

void colours_free(struct colours *colours)
{
    if (!colours)
        return;
    g_array_unref(colours->looks);
    g_ptr_array_unref(colours->index_rules);
    g_ptr_array_unref(colours->header_rules);
    g_ptr_array_unref(colours->body_rules);
    g_ptr_array_unref(colours->table->rules);
    g_free(colours->table);
    g_free(colours);
}

static const struct object *find_object(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(objects); i++)
        if (g_ascii_strcasecmp(objects[i].name, name) == 0)
            return &objects[i];
    return NULL;
}

/* The bit of the attribute that WORD is. False if it is none. */
static bool parse_attribute(const char *word, unsigned *bit)
{
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (g_ascii_strcasecmp(attributes[i].name, word) == 0) {
            *bit = attributes[i].bit;
            return true;
        }
    }
    return false;
}

/* Reads DIGITS, all of them, as a number of BASE from 0 to MOST. */
static bool parse_number(const char *digits, guint base, guint64 most, int32_t *number)
{
    guint64 value;
    if (!g_ascii_string_to_unsigned(digits, base, 0, most, &value, NULL))
        return false;
    *number = (int32_t)value;
    return true;
}

static bool parse_colour(const char *word, int32_t *colour)
{
    if (g_ascii_strcasecmp(word, "default") == 0) {
        *colour = LOOK_DEFAULT;
        return true;
    }
    if (*word == '#') {
        if (strlen(word) != 7 || !parse_number(word + 1, 16, 0xFFFFFF, colour))
            return false;
        *colour |= LOOK_RGB;
        return true;
    }
    if (g_ascii_strcasecmp(word, "gray") == 0 || g_ascii_strcasecmp(word, "grey") == 0) {
        *colour = 8;
        return true;
    }
    if (g_ascii_strncasecmp(word, "colo", 4) == 0) {
        const char *digits = word + 4 + (g_ascii_tolower(word[4]) == 'u');
        return g_ascii_tolower(*digits) == 'r' && parse_number(digits + 1, 10, 255, colour);
    }
    bool light = g_ascii_strncasecmp(word, "light", 5) == 0;
    for (int i = 0; i < 16; i++) {
        const char *name = light && i >= 8 ? names[i] + strlen("bright") : names[i];
        if (g_ascii_strcasecmp(light ? word + 5 : word, name) == 0 && (i >= 8 || !light)) {
            *colour = i;
            return true;
        }
    }
    return false;
}

/* Reads the attributes among the COUNT words at WORDS, but for the last of them if KEEP.
 * Returns how many there were. */
static size_t parse_attributes(char *const *words, size_t count, bool keep, unsigned *bits)
{
    size_t at = 0;
    unsigned bit;
    for (; at + (keep ? 1 : 0) < count && parse_attribute(words[at], &bit); at++)
        *bits |= bit;
    return at;
}

/* Reads what stands behind the object. Returns the words read, or 0 with an error. */
static size_t parse_look(struct request *request, char *const *words, size_t count, GError **error)
{
    struct look *look = &request->look;
    unsigned bits = 0;
    bool keep = request->mono && request->object->takes != TAKES_NOTHING && count > 1;
    size_t at = parse_attributes(words, count, keep, &bits);
    if (request->mono) {
        look->mono_attributes = bits;
        if (at == 0)
            fail(error, count > 0 ? words[0] : "mono",
                 count > 0 ? "no such attribute" : "too few arguments");
        return at;
    }
    look->attributes = bits;
    if (count - at < 2) {
        fail(error, "color", "too few arguments");
        return 0;
    }
    int32_t *const colours[] = {&look->foreground, &look->background};
    for (int i = 0; i < 2; i++, at++) {
        if (!parse_colour(words[at], colours[i])) {
            fail(error, words[at], "no such color");
            return 0;
        }
    }
    return at;
}

static bool parse_request(struct request *request, char *const *words, size_t count, bool mono,
                          GError **error)
{
    const char *command = mono ? "mono" : "color";
    *request = (struct request){.mono = mono};
    request->look.foreground = request->look.background = LOOK_DEFAULT;
    if (count == 0)
        return fail(error, command, "too few arguments");
    request->object = find_object(words[0]);
    if (!request->object)
        return fail(error, words[0], "no such object");
    size_t used = parse_look(request, words + 1, count - 1, error);
    if (used == 0)
        return false;
    used++;
    if (used < count)
        request->pattern = words[used++];
    else if (request->object->takes == TAKES_PATTERN)
        request->pattern = "~A";
    else if (request->object->takes == TAKES_BODY)
        return fail(error, command, "too few arguments");
    if (used < count || (request->pattern && request->object->takes == TAKES_NOTHING))
        return fail(error, command, "too many arguments");
    return true;
}

static void layer_set(struct layer *layer, const struct request *request)
{
    enum style style = request->object->style;
    struct look *look = &layer->looks[style];
    if (request->mono) {
        look->mono_attributes = request->look.mono_attributes;
        layer->mono[style] = true;
        return;
    }
    look->foreground = request->look.foreground;
    look->background = request->look.background;
    look->attributes = request->look.attributes;
    layer->coloured[style] = true;
}

/* The place of the rule about TEXT, or the number of rules if there is none. */
static guint find_rule(const struct colour_table *table, enum takes takes, const char *text)
{
    guint i = 0;
    for (; i < table->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(table->rules, i);
        if (rule->takes == takes && strcmp(rule->rule.text, text) == 0)
            break;
    }
    return i;
}

/* Compiles what RULE is about. */
static bool compile(struct colour_rule *rule, enum takes takes, const char *simple, int64_t now,
                    GError **error)
{
    if (takes != TAKES_PATTERN) {
        rule->expression = expression_new(rule->text, error);
        return rule->expression != NULL;
    }
    rule->pattern = pattern_new(rule->text, simple, now, error);
    if (!rule->pattern)
        return false;
    /* Every mail of the index would have to be read for it. */
    return !pattern_needs_texts(rule->pattern) ||
           fail(error, rule->text, "colors cannot depend on the text of mails");
}

static bool set_rule(struct colour_table *table, const struct request *request,
                     const char *simple, int64_t now, GError **error)
{
    enum takes takes = request->object->takes;
    guint place = find_rule(table, takes, request->pattern);
    bool is_new = place == table->rules->len;
    if (is_new && place == COLOUR_RULES_MAX)
        return fail(error, request->object->name, "too many patterns");
    struct rule *rule = g_new0(struct rule, 1);
    rule->takes = takes;
    rule->rule.object = request->object->style;
    rule->rule.text = g_strdup(request->pattern);
    if (!compile(&rule->rule, takes, simple, now, error)) {
        rule_free(rule);
        return false;
    }
    rule->look = request->look;
    if (!is_new) {
        const struct look *before = &((struct rule *)g_ptr_array_index(table->rules, place))->look;
        if (request->mono) {
            rule->look = *before;
            rule->look.mono_attributes = request->look.mono_attributes;
        } else {
            rule->look.mono_attributes = before->mono_attributes;
        }
        g_ptr_array_remove_index(table->rules, place);
    }
    g_ptr_array_add(table->rules, rule);
    return true;
}

bool colours_set(struct colours *colours, char *const *words, size_t count, bool mono,
                 const char *simple, int64_t now, GError **error)
{
    struct request request;
    if (!parse_request(&request, words, count, mono, error))
        return false;
    if (!request.pattern)
        layer_set(&colours->table->user, &request);
    else if (!set_rule(colours->table, &request, simple, now, error))
        return false;
    rebuild(colours);
    return true;
}

/* Takes the rules of objects that take TAKES away, or the one about PATTERN. */
static void remove_rules(struct colour_table *table, enum takes takes, const char *pattern)
{
    for (guint i = table->rules->len; i-- > 0;) {
        const struct rule *rule = g_ptr_array_index(table->rules, i);
        if (rule->takes == takes && (!pattern || strcmp(rule->rule.text, pattern) == 0))
            g_ptr_array_remove_index(table->rules, i);
    }
}

bool colours_unset(struct colours *colours, const char *name, const char *pattern, GError **error)
{
    struct colour_table *table = colours->table;
    if (strcmp(name, "*") == 0) {
        memset(&table->user, 0, sizeof table->user);
        g_ptr_array_set_size(table->rules, 0);
        rebuild(colours);
        return true;
    }
    const struct object *object = find_object(name);
    if (!object)
        return fail(error, name, "no such object");
    bool all = !pattern || strcmp(pattern, "*") == 0;
    if (object->takes != TAKES_NOTHING)
        remove_rules(table, object->takes, all ? NULL : pattern);
    else if (!all)
        return fail(error, name, "has no patterns");
    if (all && (object->takes == TAKES_NOTHING || object->takes == TAKES_HEADER))
        table->user.coloured[object->style] = table->user.mono[object->style] = false;
    rebuild(colours);
    return true;
}

/* Reads one line of a theme. */
static bool read_theme_line(struct layer *layer, const char *line, GError **error)
{
    struct request request;
    char **words = g_strsplit_set(line, " ", -1);
    size_t count = 0;
    for (char **word = words; *word; word++) {
        if (**word)
            words[count++] = *word;
        else
            g_free(*word);
    }
    words[count] = NULL;
    bool blank = count == 0 || *words[0] == '#';
    bool mono = !blank && strcmp(words[0], "mono") == 0;
    bool good = blank || parse_request(&request, words + 1, count - 1, mono, error);
    if (good && !blank)
        layer_set(layer, &request);
    g_strfreev(words);
    return good;
}

static bool read_theme(struct layer *layer, const char *text, GError **error)
{
    char **lines = g_strsplit(text, "\n", -1);
    bool good = true;
    for (char **line = lines; good && *line; line++)
        good = read_theme_line(layer, *line, error);
    g_strfreev(lines);
    return good;
}

bool colours_set_theme(struct colours *colours, const char *name, GError **error)
{
    struct layer layer = {0};
    bool plain = strcmp(name, "none") == 0;
    const char *text = plain || strcmp(name, "dark") == 0 ? dark_theme
                       : strcmp(name, "light") == 0       ? light_theme
                                                          : NULL;
    if (!text)
        return fail(error, name, "no such theme");
    if (!read_theme(&layer, text, error))
        return false;
    for (int i = 0; i < STYLE_COUNT; i++) {
        struct look *look = &layer.looks[i];
        if (plain)
            look->attributes = look->mono_attributes;
        if (plain || !layer.coloured[i])
            look->foreground = look->background = LOOK_DEFAULT;
    }
    colours->table->theme = layer;
    rebuild(colours);
    return true;
}

bool colours_find(const GPtrArray *rules, const char *text, size_t length, size_t from,
                  size_t *start, size_t *end, enum style *style)
{
    bool found = false;
    for (guint i = 0; i < rules->len; i++) {
        const struct colour_rule *rule = g_ptr_array_index(rules, i);
        size_t first, last;
        if (!expression_find(rule->expression, text, length, from, &first, &last) ||
            first == last || (found && first >= *start))
            continue;
        *start = first;
        *end = last;
        *style = rule->style;
        found = true;
    }
    return found;
}
