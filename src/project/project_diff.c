/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patches, taken apart as git apply does: hunks by the lines that their headers count, and whatever
 * stands between files passed over. */
#include "project/project_parts.h"

#include <string.h>

/* Counts and line numbers of hunks above this are cut to it: no file that is read has so many bytes,
 * and ten times as many fit into 32 bits. */
#define NUMBER_MAX PROJECT_BYTES_MAX

struct reading {
    const char *diff, *at, *end;
    size_t line;    /* number of the one at AT, from 1 */
    unsigned strip; /* folders that names lose */
    bool strip_known;
    struct project_damage *damage;
};

/* What a line of the header of a file says. */
enum header_line {
    HEADER_END,
    HEADER_OLD_NAME,
    HEADER_NEW_NAME,
    HEADER_OLD_MODE,
    HEADER_NEW_MODE,
    HEADER_DELETED,
    HEADER_ADDED,
    HEADER_COPY_FROM,
    HEADER_COPY_TO,
    HEADER_RENAME_FROM,
    HEADER_RENAME_TO,
    HEADER_INDEX,
    HEADER_OTHER,
};

static const struct {
    const char *begin;
    enum header_line what;
} header_lines[] = {
    { "@@ -", HEADER_END },
    { "--- ", HEADER_OLD_NAME },
    { "+++ ", HEADER_NEW_NAME },
    { "old mode ", HEADER_OLD_MODE },
    { "new mode ", HEADER_NEW_MODE },
    { "deleted file mode ", HEADER_DELETED },
    { "new file mode ", HEADER_ADDED },
    { "copy from ", HEADER_COPY_FROM },
    { "copy to ", HEADER_COPY_TO },
    { "rename old ", HEADER_RENAME_FROM },
    { "rename new ", HEADER_RENAME_TO },
    { "rename from ", HEADER_RENAME_FROM },
    { "rename to ", HEADER_RENAME_TO },
    { "similarity index ", HEADER_OTHER },
    { "dissimilarity index ", HEADER_OTHER },
    { "index ", HEADER_INDEX },
};

const char *project_change_name(const struct project_change *change)
{
    return change->new_name != NULL ? change->new_name : change->old_name;
}

char *project_hunk_text(const struct project_hunk *hunk)
{
    return g_utf8_make_valid(hunk->text, (gssize)hunk->length);
}

static void free_change(void *pointer)
{
    struct project_change *change = (struct project_change *)pointer;

    g_free(change->old_name);
    g_free(change->new_name);
    g_array_unref(change->hunks);
    g_clear_pointer(&change->binary.bytes, g_bytes_unref);
    g_free(change);
}

/* The bytes from AT to the end of its line, the LF counted if there is one. */
static size_t line_length(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));

    return (size_t)((stop != NULL ? stop + 1 : end) - at);
}

static bool begins(const char *at, const char *end, const char *with)
{
    size_t length = strlen(with);

    return (size_t)(end - at) >= length && memcmp(at, with, length) == 0;
}

static void next_line(struct reading *reading)
{
    reading->at += line_length(reading->at, reading->end);
    reading->line++;
}

/* Says that the diff is damaged in CHANGE (NULL: in none) from START on. Returns false. */
static bool damaged(struct reading *reading, const struct project_change *change, const char *start,
                    const char *why)
{
    const char *name = change != NULL ? project_change_name(change) : NULL;
    const char *end = MAX(reading->at, start);

    end += line_length(end, reading->end);
    reading->damage->path = name != NULL ? g_utf8_make_valid(name, -1) : NULL;
    reading->damage->hunk = g_utf8_make_valid(start, (gssize)(end - start));
    reading->damage->why = g_strdup_printf("%s (line %zu of the diff)", why, reading->line);
    return false;
}

/* Takes the mode, octal digits, at AT. */
static bool take_mode(const char *at, const char *end, unsigned *mode)
{
    const char *start = at;

    for (*mode = 0; at < end && *at >= '0' && *at <= '7'; at++)
        *mode = *mode << 3 | (unsigned)(*at - '0');
    return at > start && at < end && g_ascii_isspace(*at);
}

/* Takes "id..id" or "id..id mode", as far as it is that. */
static bool take_index(const char *at, const char *end, struct project_change *change)
{
    const char *dots = memchr(at, '.', (size_t)(end - at));
    const char *stop = end - 1;

    if (dots == NULL || dots[1] != '.' || dots - at > ID_DIGITS)
        return true;
    const char *blank = memchr(dots, ' ', (size_t)(stop - dots));
    const char *id = dots + 2, *id_end = blank != NULL ? blank : stop;
    memcpy(change->old_id, at, (size_t)(dots - at));
    change->old_id[dots - at] = '\0';
    if (id > id_end || id_end - id > ID_DIGITS)
        return true;
    memcpy(change->new_id, id, (size_t)(id_end - id));
    change->new_id[id_end - id] = '\0';
    return blank == NULL || take_mode(blank + 1, end, &change->old_mode);
}

static bool is_nothing(const char *at, const char *end)
{
    return begins(at, end, "/dev/null") && at + strlen("/dev/null") < end
           && g_ascii_isspace(at[strlen("/dev/null")]);
}

/* Takes the name behind "--- " or "+++ " of git's own form, which has to agree with what was said
 * before: *NAME, or that there is NOTHING on that side. */
static bool take_name(const char *at, const char *end, unsigned strip, bool nothing, char **name)
{
    g_autofree char *said = NULL;

    if (nothing)
        return *name == NULL && is_nothing(at, end);
    said = project_name_read(at, (size_t)(end - at - 1), strip, true);
    if (*name == NULL) {
        *name = g_steal_pointer(&said);
        return true;
    }
    return said != NULL && strcmp(said, *name) == 0;
}

static void replace_name(char **name, char *by)
{
    g_free(*name);
    *name = by;
}

/* Takes what a line says of CHANGE whose first words end at AT. BOTH is the name that "diff --git"
 * gives, or NULL. */
static bool take_header_line(struct project_change *change, enum header_line what, const char *at,
                             const char *end, unsigned strip, const char *both)
{
    size_t length = (size_t)(end - at - 1);

    switch (what) {
    case HEADER_OLD_NAME:
        return take_name(at, end, strip, change->added > 0, &change->old_name);
    case HEADER_NEW_NAME:
        return take_name(at, end, strip, change->deleted > 0, &change->new_name);
    case HEADER_OLD_MODE:
        return take_mode(at, end, &change->old_mode);
    case HEADER_NEW_MODE:
        return take_mode(at, end, &change->new_mode);
    case HEADER_DELETED:
        change->deleted = 1;
        replace_name(&change->old_name, g_strdup(both));
        return take_mode(at, end, &change->old_mode);
    case HEADER_ADDED:
        change->added = 1;
        replace_name(&change->new_name, g_strdup(both));
        return take_mode(at, end, &change->new_mode);
    case HEADER_COPY_FROM:
    case HEADER_RENAME_FROM:
        *(what == HEADER_COPY_FROM ? &change->copied : &change->renamed) = true;
        replace_name(&change->old_name, project_name_read(at, length, 0, false));
        return true;
    case HEADER_COPY_TO:
    case HEADER_RENAME_TO:
        *(what == HEADER_COPY_TO ? &change->copied : &change->renamed) = true;
        replace_name(&change->new_name, project_name_read(at, length, 0, false));
        return true;
    case HEADER_INDEX:
        return take_index(at, end, change);
    default:
        return true;
    }
}

/* Which line is at AT; *REST is behind its first words. One without LF is none. */
static enum header_line find_header_line(const char *at, const char *end, const char **rest)
{
    if (at == end || end[-1] != '\n')
        return HEADER_END;
    for (size_t i = 0; i < G_N_ELEMENTS(header_lines); i++)
        if (begins(at, end, header_lines[i].begin)) {
            *rest = at + strlen(header_lines[i].begin);
            return header_lines[i].what;
        }
    return HEADER_END;
}

/* Reads the header that begins with "diff --git". */
static bool read_git_header(struct reading *reading, struct project_change *change)
{
    const char *start = reading->at, *rest;
    size_t length = line_length(start, reading->end);
    size_t behind = strlen("diff --git ");
    g_autofree char *both =
        project_name_read_twice(start + behind, length - behind - (start[length - 1] == '\n'),
                                reading->strip);

    change->added = change->deleted = 0;
    for (next_line(reading); reading->at < reading->end; next_line(reading)) {
        const char *end = reading->at + line_length(reading->at, reading->end);
        enum header_line what = find_header_line(reading->at, end, &rest);

        if (what == HEADER_END)
            break;
        if (!take_header_line(change, what, rest, end, reading->strip, both))
            return damaged(reading, change, start, "damaged header");
        if ((change->added > 0) + (change->deleted > 0) + change->renamed + change->copied > 1)
            return damaged(reading, change, start, "header that contradicts itself");
    }
    if (change->old_name == NULL && change->new_name == NULL) {
        change->old_name = g_strdup(both);
        change->new_name = g_strdup(both);
    }
    if ((change->new_name == NULL && change->deleted <= 0)
        || (change->old_name == NULL && change->added <= 0))
        return damaged(reading, change, start, "header without the name of the file");
    if (change->old_name != NULL && change->added > 0)
        return damaged(reading, change, start, "header that contradicts itself");
    return true;
}

/* How many folders the name in the line at AT loses if it says so: one without a folder none. */
static int guess_strip(const char *at, size_t length)
{
    if (is_nothing(at, at + length + 1))
        return -1;
    g_autofree char *name = project_name_read_dated(at, length, 0);
    return name != NULL && strchr(name, '/') == NULL ? 0 : -1;
}

/* The one of two names that a traditional header means: the shorter one if the other begins with
 * it, such as "file" and "file.orig"; else the second. Frees the other. */
static char *choose_name(char *first, char *second)
{
    bool is_first = second == NULL || (first != NULL && g_str_has_prefix(second, first));

    g_free(is_first ? second : first);
    return is_first ? first : second;
}

/* Reads a header of "--- " and "+++ " alone. */
static bool read_traditional_header(struct reading *reading, struct project_change *change)
{
    const char *start = reading->at, *first = start + 4;
    size_t first_length = line_length(first, reading->end) - 1;
    const char *second = first + first_length + 1 + 4;
    size_t second_length = line_length(second, reading->end) - 1;

    if (!reading->strip_known) {
        int old = guess_strip(first, first_length), new = guess_strip(second, second_length);
        if ((old < 0 ? new : old) == 0 && new == 0) {
            reading->strip = 0;
            reading->strip_known = true;
        }
    }
    bool old_nothing = is_nothing(first, first + first_length + 1);
    bool new_nothing = is_nothing(second, second + second_length + 1);
    char *old = old_nothing ? NULL : project_name_read_dated(first, first_length, reading->strip);
    char *new = new_nothing ? NULL : project_name_read_dated(second, second_length, reading->strip);
    char *name = choose_name(old, new);
    if (name == NULL)
        return damaged(reading, NULL, start, "header without the name of the file");
    change->added = change->deleted = -1;
    if (old_nothing || project_name_is_epoch(first, first_length)) {
        change->added = 1;
        change->deleted = 0;
    } else if (new_nothing || project_name_is_epoch(second, second_length)) {
        change->added = 0;
        change->deleted = 1;
    }
    bool contradicts = change->added > 0 && change->old_name != NULL;
    replace_name(&change->old_name, change->added > 0 ? NULL : g_strdup(name));
    replace_name(&change->new_name, change->deleted > 0 ? NULL : g_strdup(name));
    g_free(name);
    if (contradicts)
        return damaged(reading, change, start, "header that contradicts itself");
    next_line(reading);
    next_line(reading);
    return true;
}

/* Takes "a" or "a,b" and EXPECTED behind it. */
static const char *take_range(const char *at, const char *end, const char *expected, size_t *line,
                              size_t *count)
{
    size_t *const numbers[] = { line, count };

    *count = 1;
    for (int i = 0; i < 2; i++) {
        if (i == 1 && (at == end || *at != ','))
            break;
        at += i;
        if (at == end || !g_ascii_isdigit(*at))
            return NULL;
        for (*numbers[i] = 0; at < end && g_ascii_isdigit(*at); at++)
            *numbers[i] = MIN(*numbers[i] * 10 + (size_t)(*at - '0'), NUMBER_MAX);
    }
    return begins(at, end, expected) ? at + strlen(expected) : NULL;
}

/* Takes "@@ -a,b +c,d @@" of the line from AT to END, which has a LF. */
static bool take_hunk_header(const char *at, const char *end, struct project_hunk *hunk,
                             size_t *old_count, size_t *new_count)
{
    if (!begins(at, end, "@@ -") || end[-1] != '\n')
        return false;
    at = take_range(at + 4, end, " +", &hunk->old_line, old_count);
    return at != NULL && take_range(at, end, " @@", &hunk->new_line, new_count) != NULL;
}

static bool is_no_newline(const char *at, const char *end)
{
    return end - at >= 12 && at[0] == '\\' && at[1] == ' ';
}

/* Takes the lines of HUNK, as many as OLD and NEW say. */
static bool take_hunk_lines(struct reading *reading, struct project_hunk *hunk, size_t old,
                            size_t new)
{
    bool changed = false;

    hunk->with_old = old > 0;
    hunk->with_new = new > 0;
    for (; reading->at < reading->end && old + new > 0; next_line(reading)) {
        const char *end = reading->at + line_length(reading->at, reading->end);
        char sign = *reading->at;

        if (end[-1] != '\n')
            return false;
        if (sign == '\\') {
            if (!is_no_newline(reading->at, end))
                return false;
            continue;
        }
        bool in_old = sign != '+', in_new = sign != '-';
        if (strchr("\n +-", sign) == NULL || sign == '\0' || (in_old && old == 0)
            || (in_new && new == 0))
            return false;
        old -= in_old;
        new -= in_new;
        changed = changed || !in_old || !in_new;
        hunk->trailing = in_old && in_new ? hunk->trailing + 1 : 0;
    }
    if (reading->at < reading->end
        && is_no_newline(reading->at, reading->at + line_length(reading->at, reading->end)))
        next_line(reading);
    return old + new == 0 && changed;
}

/* Reads the hunks that begin here, if any do. */
static bool read_hunks(struct reading *reading, struct project_change *change)
{
    bool with_old = false, with_new = false;

    while (begins(reading->at, reading->end, "@@ -")) {
        struct project_hunk hunk = { .text = reading->at };
        size_t old, new, header = line_length(reading->at, reading->end);

        if (!take_hunk_header(hunk.text, hunk.text + header, &hunk, &old, &new))
            return damaged(reading, change, hunk.text, "damaged hunk header");
        hunk.body = header;
        next_line(reading);
        if (!take_hunk_lines(reading, &hunk, old, new))
            return damaged(reading, change, hunk.text,
                           "damaged hunk: its lines are not those that its header counts");
        hunk.length = (size_t)(reading->at - hunk.text);
        with_old = with_old || hunk.with_old;
        with_new = with_new || hunk.with_new;
        g_array_append_val(change->hunks, hunk);
    }
    /* A diff that is not git's and has nothing on one side may add or delete the file, or not. */
    if (change->added < 0 && (with_old || change->hunks->len > 1))
        change->added = 0;
    if (change->deleted < 0 && (with_new || change->hunks->len > 1))
        change->deleted = 0;
    if (change->added > 0 && with_old)
        return damaged(reading, change, reading->diff + change->body,
                       "added file that has old contents");
    if (change->deleted > 0 && with_new)
        return damaged(reading, change, reading->diff + change->body,
                       "deleted file that has new contents");
    return true;
}

/* Reads what a binary file has instead of hunks, if it has. */
static bool read_binary(struct reading *reading, struct project_change *change)
{
    const char *start = reading->at;
    size_t length = line_length(start, reading->end);

    if (begins(start, reading->end, "GIT binary patch\n")) {
        next_line(reading);
        size_t used = project_binary_read(reading->at, (size_t)(reading->end - reading->at),
                                          &change->binary);
        if (used == 0)
            return damaged(reading, change, start, "damaged binary patch");
        for (const char *end = reading->at + used; reading->at < end;)
            next_line(reading);
        change->is_binary = true;
    } else if (length >= 8 && memcmp(start + length - 8, " differ\n", 8) == 0
               && (begins(start, reading->end, "Binary files ")
                   || begins(start, reading->end, "Files "))) {
        next_line(reading);
        change->is_binary = true;
    }
    return true;
}

static bool has_effect(const struct project_change *change)
{
    return change->hunks->len > 0 || change->is_binary || change->renamed || change->copied
           || change->added > 0 || change->deleted != 0
           || (change->old_mode != 0 && change->new_mode != 0
               && change->old_mode != change->new_mode);
}

/* Reads the header at the line that reading is at into CHANGE; *FOUND if there is one. */
static bool read_header(struct reading *reading, struct project_change *change, bool *found)
{
    const char *at = reading->at, *end = reading->end;
    size_t length = line_length(at, end);
    struct project_hunk hunk;
    size_t old, new;

    *found = false;
    if (take_hunk_header(at, at + length, &hunk, &old, &new))
        return damaged(reading, NULL, at, "hunk without the header of a file");
    if ((size_t)(end - at) < length + 6) /* there is no room for a change */
        return true;
    if (begins(at, end, "diff --git ")) {
        *found = true;
        return read_git_header(reading, change);
    }
    if (!begins(at, end, "--- ") || !begins(at + length, end, "+++ "))
        return true;
    const char *third = at + length + line_length(at + length, end);
    if (end - third < 14 || !begins(third, end, "@@ -"))
        return true;
    *found = true;
    return read_traditional_header(reading, change);
}

/* Reads the next file into *CHANGE, NULL if there is none. */
static bool read_change(struct reading *reading, struct project_change **out)
{
    struct project_change *change = g_new0(struct project_change, 1);
    bool found = false, good = true;

    *out = NULL;
    change->hunks = g_array_new(FALSE, FALSE, sizeof(struct project_hunk));
    while (good && !found && reading->at < reading->end) {
        size_t line = reading->line;

        change->start = (size_t)(reading->at - reading->diff);
        good = read_header(reading, change, &found);
        /* A "diff --git" with nothing behind it is passed over, but its name has to be right. */
        if (good && !found)
            next_line(reading);
        else if (reading->line == line + 1)
            found = false;
    }
    change->body = (size_t)(reading->at - reading->diff);
    if (good && found)
        good = read_hunks(reading, change)
               && (change->hunks->len > 0 || read_binary(reading, change));
    if (good && found && !has_effect(change))
        good = damaged(reading, change, reading->diff + change->start, "header without a change");
    change->end = (size_t)(reading->at - reading->diff);
    if (good && found)
        *out = change;
    else
        free_change(change);
    return good;
}

void project_damage_clear(struct project_damage *damage)
{
    g_free(damage->path);
    g_free(damage->hunk);
    g_free(damage->why);
    memset(damage, 0, sizeof *damage);
}

GPtrArray *project_diff_read(const char *diff, size_t length, struct project_damage *damage)
{
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func(free_change);
    const char *start = length > 0 ? diff : "";
    struct reading reading = {
        .diff = start, .at = start, .end = start + length, .line = 1, .strip = 1, .damage = damage,
    };
    struct project_change *change;

    memset(damage, 0, sizeof *damage);
    do {
        if (!read_change(&reading, &change))
            return NULL;
        if (change != NULL)
            g_ptr_array_add(changes, change);
    } while (change != NULL);
    if (changes->len == 0) {
        damage->why = g_strdup("no diff that could be applied");
        return NULL;
    }
    return g_steal_pointer(&changes);
}
