/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "bots.h"
#include "mail/patch_mail.h"
#include "material.h"
#include "series/particulars.h"
#include "series/trailers.h"

#include <inttypes.h>
#include <string.h>

/* What is printed of a posting. */
struct am {
    struct material *material;
    const struct posting *posting;
    GPtrArray *chosen;  /* struct member *: the patches, in order */
    GPtrArray *lines;   /* const char **: the trailers to add to each of them; or empty */
    GArray *trailers;   /* struct collected_trailer, or NULL */
    struct settings settings;
    struct bots *bots;
    struct marking *marking;
};

/* --- which patches -------------------------------------------------------------- */

/* Reads a number of patches at *AT, and goes behind it. */
static bool read_number(const char **at, uint32_t *number)
{
    char *end;
    guint64 value = g_ascii_isdigit(**at) ? g_ascii_strtoull(*at, &end, 10) : 0;

    if (value == 0 || value > G_MAXUINT32)
        return false;
    *number = (uint32_t)value;
    *at = end;
    return true;
}

/* Reads "3" or "1-3", and a comma behind it. */
static bool read_span(const char **at, uint32_t *first, uint32_t *last)
{
    if (!read_number(at, first))
        return false;
    *last = *first;
    if (**at == '-') {
        (*at)++;
        if (!read_number(at, last) || *last < *first)
            return false;
    }
    if (**at == ',' && (*at)[1])
        (*at)++;
    else if (**at)
        return false;
    return true;
}

static bool is_list(const char *text)
{
    uint32_t first, last;

    if (!*text)
        return false;
    while (*text)
        if (!read_span(&text, &first, &last))
            return false;
    return true;
}

/* Is NUMBER in TEXT, a list? */
static bool is_in(const char *text, uint32_t number)
{
    uint32_t first, last;

    while (*text && read_span(&text, &first, &last))
        if (first <= number && number <= last)
            return true;
    return false;
}

/* The first number from FIRST on that no patch of MEMBERS, which are in order, has. */
static uint64_t first_missing(const GPtrArray *members, uint32_t first)
{
    uint64_t next = first;

    for (guint i = 0; i < members->len; i++) {
        const struct member *member = g_ptr_array_index(members, i);

        if (member->mail->kind == MAIL_PATCH && member_number(member) == next)
            next++;
    }
    return next;
}

/* Says what TEXT, a list, names and MEMBERS have not. False if there is such. */
static bool check_list(const char *text, const GPtrArray *members)
{
    uint32_t first, last;

    while (*text && read_span(&text, &first, &last)) {
        uint64_t missing = first_missing(members, first);

        if (missing <= last) {
            report_say("patch %" PRIu64 " is not there", missing);
            return false;
        }
    }
    return true;
}

/* Fills in the patches of the posting that LIST names; NULL: all. False, and it has been said, if
 * there are none. */
static bool choose(struct am *am, const char *list)
{
    GPtrArray *members = posting_all_members(am->posting);
    bool there = !list || check_list(list, members);

    for (guint i = 0; i < members->len && there; i++) {
        struct member *member = g_ptr_array_index(members, i);

        if (member->mail->kind == MAIL_PATCH && (!list || is_in(list, member_number(member))))
            g_ptr_array_add(am->chosen, member);
    }
    if (there && am->chosen->len == 0)
        report_say("there are no patches in it");
    g_ptr_array_free(members, TRUE);
    return am->chosen->len > 0;
}

/* --- trailers ---------------------------------------------------------------------- */

static void collect(struct am *am)
{
    const struct trailers_request request = { .same = marking_same, .same_data = am->marking,
                                              .is_bot = bots_wrote, .bot_data = am->bots };
    GPtrArray *wanted = g_ptr_array_new();

    trailers_wanted(am->posting, wanted);
    material_fingerprint(am->material, am->marking, wanted);
    am->trailers = trailers_collect(am->posting, &request);
    for (guint i = 0; i < am->chosen->len; i++)
        g_ptr_array_add(am->lines,
                        trailers_to_add(am->trailers, g_ptr_array_index(am->chosen, i)));
    g_ptr_array_free(wanted, TRUE);
}

/* A trailer, and which patches it is added to. */
struct addition {
    char *said;       /* ": " and its text, in front of it of which version it was said */
    GString *numbers; /* "1, 3" */
    guint count;
};

static void free_addition(gpointer data)
{
    struct addition *addition = data;

    g_free(addition->said);
    g_string_free(addition->numbers, TRUE);
    g_free(addition);
}

/* The versions (struct posting *) by the texts that were said of older ones. The
 * caller unrefs it. */
static GHashTable *find_older(const struct am *am)
{
    GHashTable *older = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < am->trailers->len; i++) {
        const struct collected_trailer *trailer =
            &g_array_index(am->trailers, struct collected_trailer, i);

        if (trailer->older)
            g_hash_table_insert(older, (gpointer)(uintptr_t)trailer->text,
                                (gpointer)(uintptr_t)trailer->older);
    }
    return older;
}

/* Notes that SAID, which it takes, is added to PATCH. */
static void note_addition(GPtrArray *additions, GHashTable *known, char *said,
                          const struct member *patch)
{
    struct addition *addition = g_hash_table_lookup(known, said);

    if (!addition) {
        addition = g_new0(struct addition, 1);
        addition->said = said;
        addition->numbers = g_string_new(NULL);
        g_ptr_array_add(additions, addition);
        g_hash_table_insert(known, said, addition);
    } else {
        g_free(said);
    }
    g_string_append_printf(addition->numbers, "%s%" PRIu32, addition->count++ ? ", " : "",
                           member_number(patch));
}

/* What is added (struct addition *), in the order of the patches. The caller unrefs the array. */
static GPtrArray *find_additions(const struct am *am)
{
    GPtrArray *additions = g_ptr_array_new_with_free_func(free_addition);
    GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal), *older = find_older(am);

    for (guint i = 0; i < am->chosen->len; i++) {
        for (const char **line = g_ptr_array_index(am->lines, i); *line; line++) {
            const struct posting *posting = g_hash_table_lookup(older, *line);
            char *said = posting ? g_strdup_printf(", as was said of v%" PRIu32 ": %s",
                                                   posting->version, *line)
                                 : g_strconcat(": ", *line, NULL);

            note_addition(additions, known, said, g_ptr_array_index(am->chosen, i));
        }
    }
    g_hash_table_destroy(older);
    g_hash_table_destroy(known);
    return additions;
}

static void say_added(const struct am *am)
{
    GPtrArray *additions = find_additions(am);

    for (guint i = 0; i < additions->len; i++) {
        const struct addition *addition = g_ptr_array_index(additions, i);

        if (addition->count > 1 && addition->count == am->chosen->len)
            report_say("added to all patches%s", addition->said);
        else
            report_say("added to patch%s %s%s", addition->count > 1 ? "es" : "",
                       addition->numbers->str, addition->said);
    }
    g_ptr_array_free(additions, TRUE);
}

static void say_not_added(const struct am *am)
{
    for (guint i = 0; i < am->trailers->len; i++) {
        const struct collected_trailer *trailer =
            &g_array_index(am->trailers, struct collected_trailer, i);
        const struct mail *mail = trailer->source->mail;

        if (trailer->mismatch && !trailer->there)
            report_say("not added, as %s <%s> sent it: %s", mail->sender_name,
                       mail->sender_address, trailer->text);
        else if (trailer->bot && !trailer->there)
            report_say("not added, as a machine sent it: %s", trailer->text);
    }
}

/* --- particulars ------------------------------------------------------------------- */

/* Says what is missing, and what the posting is based on. */
static void say_particulars(const struct am *am)
{
    GPtrArray *members = posting_all_members(am->posting);
    GPtrArray *patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
    struct particulars *particulars;
    char *missing;

    for (guint i = 0; i < members->len; i++)
        g_ptr_array_add(patches, material_patch(am->material, g_ptr_array_index(members, i)));
    particulars = particulars_new(am->posting, patches);
    missing = particulars_missing(particulars);
    if (*missing)
        report_say(strpbrk(missing, ",-") ? "patches %s are missing" : "patch %s is missing",
                   missing);
    if (particulars->base_commit)
        report_say("the base-commit is %s", particulars->base_commit);
    g_free(missing);
    particulars_free(particulars);
    g_ptr_array_free(patches, TRUE);
    g_ptr_array_free(members, TRUE);
}

/* --- the mbox ----------------------------------------------------------------------- */

/* Does git mailsplit take LINE, which begins with "From ", for the beginning of a mail: has it a
 * time and a year? */
static bool separates(const char *line, size_t length)
{
    const char *colon = line + length;

    while (colon > line && colon[-1] != ':')
        colon--;
    colon--;
    return colon - line >= 9 && line + length - colon > 3 && g_ascii_isdigit(colon[-1]) &&
           g_ascii_isdigit(colon[-2]) && g_ascii_isdigit(colon[1]) && g_ascii_isdigit(colon[2]) &&
           g_ascii_strtoll(colon + 3, NULL, 10) > 90;
}

/* Appends MAIL, one of an mboxrd, as git am takes it without being told what it is: no ">" is taken
 * away then, so none stands in front of "From " but where the mail would be torn apart. */
static void append_for_git(GString *out, const GString *mail)
{
    const char *end = mail->str + mail->len;

    for (const char *line = mail->str, *next; line < end; line = next) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *from = line;

        next = stop ? stop + 1 : end;
        while (*from == '>')
            from++;
        if (from > line && g_str_has_prefix(from, "From ") &&
            (from > line + 1 || !separates(from, (size_t)(next - from))))
            line++;
        g_string_append_len(out, line, next - line);
    }
}

/* Prints the mails. Nothing is printed where one cannot be read. */
static enum exit_status print(const struct am *am)
{
    GString *text = g_string_new(NULL), *mail = g_string_new(NULL);
    GError *problem = NULL;
    int error = 0;

    for (guint i = 0; i < am->chosen->len && !problem; i++) {
        const struct member *member = g_ptr_array_index(am->chosen, i);
        struct archive_mail raw;

        if (!archive_read_id(am->material->archive, &member->mail->place.commit, &raw, &problem))
            break;
        g_string_truncate(mail, 0);
        patch_mail_append(mail, &member->mail->place.commit, raw.bytes, raw.length,
                          am->lines->len ? g_ptr_array_index(am->lines, i) : NULL);
        append_for_git(text, mail);
        archive_mail_release(&raw);
    }
    if (!problem)
        report_out(&error, text->str, text->len);
    g_string_free(mail, TRUE);
    g_string_free(text, TRUE);
    return problem ? report_error(problem) : report_finish(error);
}

/* --- am ------------------------------------------------------------------------------ */

static void say_version(const struct am *am, const struct posting *named)
{
    if (am->posting != named)
        report_say("v%" PRIu32 " is newer and taken", am->posting->version);
}

static enum exit_status print_posting(struct material *material, const struct request *request,
                                      const struct posting *named)
{
    struct am am = { .material = material,
                     .posting = request->exact ? named
                                               : g_ptr_array_index(named->series->postings, 0),
                     .chosen = g_ptr_array_new(),
                     .lines = g_ptr_array_new_with_free_func(g_free),
                     .marking = marking_new(material->marks) };
    enum exit_status status = EXIT_NOTHING;

    settings_init(&am.settings);
    am.bots = bots_new(&am.settings);
    say_version(&am, named);
    if (choose(&am, request->patches)) {
        say_particulars(&am);
        if (!request->no_trailers) {
            collect(&am);
            say_added(&am);
            say_not_added(&am);
        }
        status = print(&am);
    }
    if (am.trailers)
        g_array_free(am.trailers, TRUE);
    bots_free(am.bots);
    settings_clear(&am.settings);
    marking_free(am.marking);
    g_ptr_array_free(am.lines, TRUE);
    g_ptr_array_free(am.chosen, TRUE);
    return status;
}

static enum exit_status print_asked(struct material *material, const struct request *request,
                                    const GPtrArray *ids)
{
    const struct posting *posting = material_posting(material, g_ptr_array_index(ids, 0));

    return posting ? print_posting(material, request, posting) : EXIT_NOTHING;
}

enum exit_status report_am(const struct request *request)
{
    if (!request->patches || is_list(request->patches))
        return material_answer(request, true, print_asked);
    report_say("%s: patches are named like 1-3,5", request->patches);
    return EXIT_USAGE;
}
