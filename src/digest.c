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

/* "3 skipped, …": how many were joined to a later one, and by what. */
static void append_skipped(GString *text, const struct series_set *set, GHashTable *shown)
{
    const GPtrArray *list = series_set_list(set);
    size_t counts[SERIES_RULE_REROLL + 1] = { 0 }, skipped = 0;
    const char *between = ": ";

    for (guint i = 0; i < list->len; i++) {
        const struct series *series = g_ptr_array_index(list, i);

        for (guint j = 0; j < series->postings->len && is_shown(shown, series); j++) {
            const struct posting *posting = g_ptr_array_index(series->postings, j), *other;

            if (posting == series->listed || !posting->in_range)
                continue;
            counts[posting_why_skipped(posting, &other)]++;
            skipped++;
        }
    }
    if (skipped == 0)
        return;
    g_string_append_printf(text, "\n%zu skipped, a later posting is listed", skipped);
    for (enum series_rule rule = SERIES_RULE_CHANGE_ID; rule <= SERIES_RULE_REROLL; rule++) {
        if (counts[rule] == 0)
            continue;
        g_string_append_printf(text, "%s%zu by %s", between, counts[rule], series_rule_text(rule));
        between = ", ";
    }
    g_string_append_c(text, '\n');
}

static void append_list_section(GString *text, const struct series_set *set, GHashTable *shown)
{
    const GPtrArray *list = series_set_list(set);

    g_string_append_c(text, '\n');
    for (guint i = 0; i < list->len; i++) {
        const struct series *series = g_ptr_array_index(list, i);

        if (is_shown(shown, series))
            append_series_line(text, series->listed);
    }
    append_skipped(text, set, shown);
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

        if (is_entry(other) && other->title == member->title)
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

static void add_entries(struct digest *digest, const struct mailset *mails, GHashTable *shown)
{
    GPtrArray *members = report_members(mails);

    for (guint i = 0; i < members->len; i++) {
        const struct member *member = g_ptr_array_index(members, i);

        if (!is_entry(member) || !is_shown(shown, member->posting->series))
            continue;
        if (member->posting == member->posting->series->listed)
            add_entry(digest, member->mail);
        else
            append_skipped_entry(digest->tail, member);
    }
    g_ptr_array_free(members, TRUE);
    if (digest->entries->len > 0)
        return;
    g_string_append_len(digest->head, digest->tail->str, (gssize)digest->tail->len);
    g_string_truncate(digest->tail, 0);
}

struct digest *digest_new(const struct digest_options *options, const struct series_set *set)
{
    const struct mailset *mails = series_set_mails(set);
    struct digest *digest = g_new0(struct digest, 1);
    GHashTable *shown = shown_series(options, set);

    digest->head = g_string_new(NULL);
    digest->commits = g_array_new(FALSE, FALSE, sizeof(struct commit_id));
    digest->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
    digest->tail = g_string_new(NULL);
    digest->texts = g_string_chunk_new(16 * 1024);
    g_string_append_printf(digest->head, "From %s to %s\n%s mailing list update from %s to %s\n\n",
                           options->from, options->to, options->name, options->from, options->to);
    report_append_tables(digest->head,
                         contributors_count_some(mails, shown ? is_member_shown : NULL, shown));
    g_string_append(digest->head, "\n===== Patch list in this time period =====\n");
    if (!options->classic)
        append_list_section(digest->head, set, shown);
    g_string_append(digest->head, options->classic ? "\n\n" : "\n");
    g_string_append(digest->head, "===== Patch Commit Messages ====\n\n");
    add_entries(digest, mails, shown);
    g_clear_pointer(&shown, g_hash_table_destroy);
    return digest;
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
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
