/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"

#include "mail/body.h"
#include "mail/message.h"
#include "mail/text.h"
#include "report_lines.h"

/* Cells of the submitter's column in the list of series. */
#define SUBMITTER_CELLS 24

/* Between the entries of a digest. */
#define RULE "----------------------------------------------------------------------"

/* The series that OPTIONS wants shown, or NULL for all. */
static GHashTable *shown_series(const struct digest_options *options, const struct series_set *set)
{
    const GPtrArray *list = series_set_list(set);
    GHashTable *shown;

    if (!options->shown)
        return NULL;
    shown = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < list->len; i++) {
        struct series *series = g_ptr_array_index(list, i);

        if (options->shown(series->listed, options->shown_data))
            g_hash_table_add(shown, series);
    }
    return shown;
}

static bool is_shown(GHashTable *shown, const struct series *series)
{
    return !shown || g_hash_table_contains(shown, series);
}

/* A contributors_filter. DATA is the shown series. */
static bool is_member_shown(const struct member *member, const void *data)
{
    return member->posting &&
           is_shown((GHashTable *)(uintptr_t)data, member->posting->series);
}

static void append_person(GString *text, const char *name, const char *address)
{
    report_append_field(text, name);
    if (address[0]) {
        g_string_append(text, " <");
        report_append_field(text, address);
        g_string_append_c(text, '>');
    }
}

/* Cells that TEXT, which has been cleaned, takes on a terminal. */
static int cells_of(const char *text)
{
    int cells = 0;

    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        cells += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return cells;
}

static void append_series_line(GString *text, const struct posting *posting)
{
    const struct mail *lead = posting_lead(posting);
    GString *name = g_string_new(NULL);
    char *received = g_strdup_printf("%u/%u", posting->have, posting->total);

    report_append_field(name, lead->sender_name);
    g_string_append_printf(text, "%-5s v%-2u %7s  %s%*s  ",
                           series_state_name(posting_state(posting)), posting->version, received,
                           name->str, MAX(0, SUBMITTER_CELLS - cells_of(name->str)), "");
    report_append_field(text, lead->title);
    g_string_append_c(text, '\n');
    g_free(received);
    g_string_free(name, TRUE);
}

/* What a digest that is being made has come to. */
struct making {
    const struct series_set *set;
    GHashTable *shown; /* see shown_series() */
    bool classic;
    guint series;      /* so many of the list of series have been looked at, */
    size_t skipped[SERIES_RULE_CORRECTION + 1]; /* so many of their postings skipped, by each rule; */
    GPtrArray *members; /* NULL until all of them were */
    guint member;      /* so many of these have been looked at */
};

static void count_skipped(struct making *making, const struct series *series)
{
    for (guint i = 0; i < series->postings->len; i++) {
        const struct posting *posting = g_ptr_array_index(series->postings, i), *other;

        if (posting != series->listed && posting->in_range)
            making->skipped[posting_why_skipped(posting, &other)]++;
    }
}

/* "3 skipped, …": how many were joined to a later one, and by what. */
static void append_skipped(GString *text, const struct making *making)
{
    const char *between = ": ";
    size_t skipped = 0;

    for (enum series_rule rule = SERIES_RULE_NONE; rule <= SERIES_RULE_CORRECTION; rule++)
        skipped += making->skipped[rule];
    if (skipped == 0)
        return;
    g_string_append_printf(text, "\n%zu skipped, a later posting is listed", skipped);
    for (enum series_rule rule = SERIES_RULE_CHANGE_ID; rule <= SERIES_RULE_CORRECTION; rule++) {
        if (making->skipped[rule] == 0)
            continue;
        g_string_append_printf(text, "%s%zu by %s", between, making->skipped[rule],
                               series_rule_text(rule));
        between = ", ";
    }
    g_string_append_c(text, '\n');
}

/* The text of a patch or cover: without the in-body From field, up to the diffstat. */
static void append_description(GString *block, const struct message *message)
{
    struct text *text = text_parse(message->text, message->length);
    const char *start = message->text, *end = start + text_description_length(text);
    struct header from;

    if (body_find_from(start, end, &from)) {
        report_append_text(block, start, (size_t)(from.name - start));
        start = from.value + from.value_length;
        if (start < end && *start == '\n')
            start++;
    }
    report_append_text(block, start, (size_t)(end - start));
    if (message->limit)
        g_string_append_printf(block, "\n\n[-- %s --]", message->limit);
    text_free(text);
}

/* What stands in front of the text of an entry. */
static void append_entry_head(GString *text, const struct mail *mail)
{
    g_string_append(text, "New:  ");
    report_append_field(text, mail->title);
    g_string_append_c(text, '\n');
    report_append_field(text, mail->subject);
    g_string_append(text, "\nAuthor: ");
    append_person(text, mail->sender_name, mail->sender_address);
    g_string_append(text, "\n\n");
}

static bool is_entry(const struct member *member)
{
    return member->posting && (!member->mail->numbered || member->mail->number <= 1);
}

/* The mail that stands in the listed posting for MEMBER, whose posting is not listed: the
 * entry with its title, else the lead. */
static const struct mail *listed_for(const struct member *member)
{
    const struct posting *listed = member->posting->series->listed;

    for (guint i = 0; i < listed->members->len; i++) {
        const struct member *other = g_ptr_array_index(listed->members, i);

        if (is_entry(other) && other->patch->title == member->patch->title)
            return other->mail;
    }
    return posting_lead(listed);
}

static void append_skipped_entry(GString *text, const struct member *member)
{
    g_string_append(text, "Exist: ");
    report_append_field(text, listed_for(member)->subject);
    g_string_append(text, "\n Skip: ");
    report_append_field(text, member->mail->subject);
    g_string_append_c(text, '\n');
}

/* An entry of a digest; its texts are those of the digest. */
struct entry {
    const char *skipped; /* the lines of skipped mails in front of it */
    const char *head;
};

struct digest {
    GString *head;
    GArray *commits; /* struct commit_id */
    GArray *entries; /* struct entry, one for each of the commits */
    GString *tail;   /* lines of skipped mails behind the last entry */
    GStringChunk *texts;
    struct making *making; /* NULL: it is whole */
};

/* Moves TEXT to the texts of DIGEST. */
static const char *move_text(struct digest *digest, GString *text)
{
    const char *moved = text->len > 0 ? g_string_chunk_insert(digest->texts, text->str) : "";

    g_string_truncate(text, 0);
    return moved;
}

static void add_entry(struct digest *digest, const struct mail *mail)
{
    GString *head = g_string_new(NULL);
    struct entry entry = { .skipped = move_text(digest, digest->tail) };

    append_entry_head(head, mail);
    entry.head = move_text(digest, head);
    g_array_append_val(digest->commits, mail->place.commit);
    g_array_append_val(digest->entries, entry);
    g_string_free(head, TRUE);
}

static void make_list_line(struct digest *digest, const struct series *series)
{
    if (!is_shown(digest->making->shown, series))
        return;
    append_series_line(digest->head, series->listed);
    count_skipped(digest->making, series);
}

static void end_head(struct digest *digest)
{
    struct making *making = digest->making;

    if (!making->classic)
        append_skipped(digest->head, making);
    g_string_append(digest->head, making->classic ? "\n\n" : "\n");
    g_string_append(digest->head, "===== Patch Commit Messages ====\n\n");
    making->members = report_members(series_set_mails(making->set));
}

static void make_entry(struct digest *digest, const struct member *member)
{
    if (!is_entry(member) || !is_shown(digest->making->shown, member->posting->series))
        return;
    if (member->posting == member->posting->series->listed)
        add_entry(digest, member->mail);
    else
        append_skipped_entry(digest->tail, member);
}

static void free_making(struct making *making)
{
    if (!making)
        return;
    g_clear_pointer(&making->shown, g_hash_table_destroy);
    g_clear_pointer(&making->members, g_ptr_array_unref);
    g_free(making);
}

static void end_entries(struct digest *digest)
{
    g_clear_pointer(&digest->making, free_making);
    if (digest->entries->len > 0)
        return;
    g_string_append_len(digest->head, digest->tail->str, (gssize)digest->tail->len);
    g_string_truncate(digest->tail, 0);
}

/* Appends TEXT, any bytes: of the command line, or what somebody has called the archive. */
static void append_name(GString *head, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);

    report_append_field(head, valid);
    g_free(valid);
}

static void append_title(GString *head, const struct digest_options *options)
{
    GString *range = g_string_new(NULL);

    append_name(range, options->from);
    g_string_append(range, " to ");
    append_name(range, options->to);
    g_string_append_printf(head, "From %s\n", range->str);
    append_name(head, options->name);
    g_string_append_printf(head, " mailing list update from %s\n\n", range->str);
    g_string_free(range, TRUE);
}

struct digest *digest_begin(const struct digest_options *options, const struct series_set *set)
{
    struct digest *digest = g_new0(struct digest, 1);
    GHashTable *shown = shown_series(options, set);

    digest->making = g_new0(struct making, 1);
    digest->making->set = set;
    digest->making->shown = shown;
    digest->making->classic = options->classic;
    digest->head = g_string_new(NULL);
    digest->commits = g_array_new(FALSE, FALSE, sizeof(struct commit_id));
    digest->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
    digest->tail = g_string_new(NULL);
    digest->texts = g_string_chunk_new(16 * 1024);
    append_title(digest->head, options);
    report_append_tables(digest->head, contributors_count_some(series_set_mails(set),
                                                               shown ? is_member_shown : NULL, shown));
    g_string_append(digest->head, "\n===== Patch list in this time period =====\n");
    if (!options->classic)
        g_string_append_c(digest->head, '\n');
    return digest;
}

bool digest_go_on(struct digest *digest, size_t steps)
{
    struct making *making = digest->making;
    const GPtrArray *list = making ? series_set_list(making->set) : NULL;

    for (; making && !making->members && steps > 0; steps--) {
        if (making->series == list->len || making->classic)
            end_head(digest);
        else
            make_list_line(digest, g_ptr_array_index(list, making->series++));
    }
    for (; making && making->members && making->member < making->members->len && steps > 0; steps--)
        make_entry(digest, g_ptr_array_index(making->members, making->member++));
    if (making && making->members && making->member == making->members->len)
        end_entries(digest);
    return !digest->making;
}

struct digest *digest_new(const struct digest_options *options, const struct series_set *set)
{
    struct digest *digest = digest_begin(options, set);

    digest_go_on(digest, SIZE_MAX);
    return digest;
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
    free_making(digest->making);
    g_string_free(digest->head, TRUE);
    g_array_free(digest->commits, TRUE);
    g_array_free(digest->entries, TRUE);
    g_string_free(digest->tail, TRUE);
    g_string_chunk_free(digest->texts);
    g_free(digest);
}

const GString *digest_head(const struct digest *digest)
{
    return digest->head;
}

const GArray *digest_commits(const struct digest *digest)
{
    return digest->commits;
}

void digest_append_entry(const struct digest *digest, size_t index, const char *bytes,
                         size_t length, GString *out)
{
    const struct entry *entry = &g_array_index(digest->entries, struct entry, index);

    g_string_append(out, entry->skipped);
    if (bytes) {
        struct message *message = message_parse(bytes, length);

        g_string_append(out, entry->head);
        append_description(out, message);
        g_string_append(out, "\n\n" RULE "\n\n");
        message_free(message);
    }
    if (index + 1 == digest->entries->len)
        g_string_append_len(out, digest->tail->str, (gssize)digest->tail->len);
}

bool digest_write(const struct digest_options *options, const struct series_set *set,
                  struct archive *archive, report_write *write, void *data, size_t *unreadable)
{
    struct report report = report_new(write, data);
    struct digest *digest = digest_new(options, set);

    *unreadable = 0;
    g_string_append_len(report.pending, digest->head->str, (gssize)digest->head->len);
    for (guint i = 0; i < digest->commits->len && report_go_on(&report); i++) {
        const struct commit_id *id = &g_array_index(digest->commits, struct commit_id, i);
        struct archive_mail raw;

        if (archive_read_id(archive, id, &raw, NULL)) {
            digest_append_entry(digest, i, raw.length > 0 ? raw.bytes : "", raw.length,
                                report.pending);
            archive_mail_release(&raw);
        } else {
            digest_append_entry(digest, i, NULL, 0, report.pending);
            ++*unreadable;
        }
    }
    digest_free(digest);
    return report_end(&report);
}
