/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/answer.h"

#include "mail/mail.h"
#include "mail/message.h"
#include "mail/recipients.h"
#include "mail/subject.h"

#include <string.h>

/* Fields of one name that are looked at: RFC 5322 (3.6) allows one. */
#define FIELDS_MAX 10

/* Bytes of a Message-ID: it must fit into a line (RFC 5322, 2.1.1). */
#define ID_BYTES_MAX 900

/* A mail that is answered, and to whom the answer goes. The lists hold struct address *. */
struct answer {
    const char *bytes;
    size_t length;
    GPtrArray *me;   /* who answers: nobody or one */
    GPtrArray *list; /* nobody or one */
    GPtrArray *to, *cc;
};

G_DEFINE_QUARK(pore-answer-error-quark, answer_error)

/* Adds whom the fields called NAME name. */
static void read_people(const struct answer *answer, const char *name, GPtrArray *people)
{
    const char *cursor = answer->bytes;
    struct header field;
    int found = 0;

    while (found < FIELDS_MAX && header_next(&cursor, answer->bytes + answer->length, &field)) {
        if (!header_is(&field, name))
            continue;
        g_free(recipients_read(people, field.value, field.value_length, true));
        found++;
    }
}

static GPtrArray *people_of(const struct answer *answer, const char *name)
{
    GPtrArray *people = recipients_new();

    read_people(answer, name, people);
    return people;
}

/* The first field called NAME, unfolded, or NULL; the caller frees it. */
static char *field_text(const struct answer *answer, const char *name)
{
    const char *cursor = answer->bytes;
    struct header field;

    while (header_next(&cursor, answer->bytes + answer->length, &field)) {
        if (header_is(&field, name))
            return header_unfold(field.value, field.value_length);
    }
    return NULL;
}

/* --- the list ---------------------------------------------------------------------- */

/* List-Post: <mailto:list@example.org?subject=x>; "NO" says that nobody may. */
static void find_posting_address(struct answer *answer)
{
    char *text = field_text(answer, "List-Post");
    char *start = text != NULL ? strcasestr(text, "<mailto:") : NULL;

    if (start != NULL) {
        char *address;

        start += strlen("<mailto:");
        start[strcspn(start, "?>")] = '\0';
        address = g_uri_unescape_string(start, NULL);
        if (address != NULL)
            g_free(recipients_read(answer->list, address, strlen(address), true));
        g_free(address);
    }
    g_free(text);
}

/* Is ADDRESS that of the list ID: linux-kernel.vger.kernel.org? */
static bool is_of_id(const char *address, const char *id, size_t length)
{
    size_t local = strcspn(address, "@");

    return strlen(address) == length && id[local] == '.' &&
           g_ascii_strncasecmp(address, id, local) == 0 &&
           g_ascii_strcasecmp(address + local + 1, id + local + 1) == 0;
}

/* Is what stands before the @ of ADDRESS LOCAL? */
static bool is_called(const char *address, const char *local)
{
    size_t length = strlen(local);

    return strlen(address) > length && address[length] == '@' &&
           g_ascii_strncasecmp(address, local, length) == 0;
}

/* Finds it among PEOPLE, by the List-Id or else by its NAME. */
static void find_among(struct answer *answer, const GPtrArray *people, const char *name)
{
    char *text = field_text(answer, "List-Id");
    char *id = text != NULL ? strrchr(text, '<') : NULL;

    if (id != NULL) {
        id++;
        id[strcspn(id, ">")] = '\0';
    }
    for (guint i = 0; i < people->len && answer->list->len == 0; i++) {
        const struct address *one = people->pdata[i];
        bool found = id != NULL ? is_of_id(one->address, id, strlen(id))
                                : is_called(one->address, name);
        if (found)
            g_free(recipients_read(answer->list, one->address, strlen(one->address), true));
    }
    g_free(text);
}

static void find_list(struct answer *answer, const char *known)
{
    find_posting_address(answer);
    /* What vger and Mailman say besides. */
    if (answer->list->len == 0)
        read_people(answer, "X-Mailing-List", answer->list);
    if (answer->list->len == 0)
        read_people(answer, "X-BeenThere", answer->list);
    if (answer->list->len == 0 && strchr(known, '@') != NULL)
        g_free(recipients_read(answer->list, known, strlen(known), true));
    if (answer->list->len == 0) {
        GPtrArray *people = people_of(answer, "To");
        read_people(answer, "Cc", people);
        find_among(answer, people, known);
        g_ptr_array_unref(people);
    }
    if (answer->list->len > 1)
        g_ptr_array_set_size(answer->list, 1);
}

/* --- to whom ----------------------------------------------------------------------- */

static void remove_all(GPtrArray *people, const GPtrArray *others)
{
    for (guint i = 0; i < others->len; i++)
        recipients_remove(people, ((const struct address *)others->pdata[i])->address);
}

/* Adds who sent the mail, or whom he wants to be answered instead. A list that puts itself into the
 * Reply-To is not the one who sent it. */
static void add_sender(struct answer *answer)
{
    GPtrArray *sender = people_of(answer, "From");
    GPtrArray *reply_to = people_of(answer, "Reply-To");

    if (sender->len == 0)
        read_people(answer, "Sender", sender);
    remove_all(reply_to, answer->list);
    if (sender->len > 0 && answer->me->len > 0 &&
        recipients_have(sender, ((const struct address *)answer->me->pdata[0])->address))
        read_people(answer, "To", answer->to);
    else
        recipients_add(answer->to, reply_to->len > 0 ? reply_to : sender);
    g_ptr_array_unref(reply_to);
    g_ptr_array_unref(sender);
}

/* Takes who answers out of PEOPLE, unless nobody would be left and there is NOBODY_ELSE. */
static void remove_me(const struct answer *answer, GPtrArray *people, bool nobody_else)
{
    if (people->len > 1 || !nobody_else)
        remove_all(people, answer->me);
}

static void choose_recipients(struct answer *answer, const struct answer_request *request)
{
    GPtrArray *followup = people_of(answer, "Mail-Followup-To");

    if (request->kind == ANSWER_LIST) {
        recipients_add(answer->to, answer->list);
        recipients_add(answer->cc, followup);
    } else if (request->kind == ANSWER_GROUP && followup->len > 0) {
        recipients_add(answer->to, followup);
    } else {
        add_sender(answer);
    }
    if (request->kind == ANSWER_GROUP && followup->len == 0) {
        read_people(answer, "Reply-To", answer->cc);
        read_people(answer, "To", answer->cc);
        read_people(answer, "Cc", answer->cc);
    }
    g_ptr_array_unref(followup);
    remove_all(answer->cc, answer->to);
    if (!request->me_too) {
        remove_me(answer, answer->cc, answer->to->len == 0);
        remove_me(answer, answer->to, answer->cc->len == 0);
    }
    if (answer->to->len == 0) {
        recipients_add(answer->to, answer->cc);
        g_ptr_array_set_size(answer->cc, 0);
    }
}

/* --- threading --------------------------------------------------------------------- */

static bool is_id(const char *id)
{
    const char *at = id;

    while (*at > ' ' && *at < 0x7f && *at != '<' && *at != '>')
        at++;
    return at > id && *at == '\0' && at - id <= ID_BYTES_MAX;
}

/* The ids (borrowed) of an answer to MAIL: those that it refers to, each once, and its own. */
static GPtrArray *collect_ids(const struct mail *mail)
{
    GPtrArray *ids = g_ptr_array_new();
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    g_hash_table_add(seen, (gpointer)(uintptr_t)mail->message_id);
    for (const char *const *id = mail->references; *id != NULL; id++) {
        if (is_id(*id) && g_hash_table_add(seen, (gpointer)(uintptr_t)*id))
            g_ptr_array_add(ids, (gpointer)(uintptr_t)*id);
    }
    if (is_id(mail->message_id))
        g_ptr_array_add(ids, (gpointer)(uintptr_t)mail->message_id);
    g_hash_table_unref(seen);
    if (ids->len > ANSWER_REFERENCES_MAX)
        g_ptr_array_remove_range(ids, 1, ids->len - ANSWER_REFERENCES_MAX);
    return ids;
}

static void append_threading(GString *draft, const struct mail *mail)
{
    GPtrArray *ids = collect_ids(mail);

    if (is_id(mail->message_id))
        g_string_append_printf(draft, "In-Reply-To: <%s>\n", mail->message_id);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(draft, "%s<%s>\n", i == 0 ? "References: " : "\t",
                               (const char *)ids->pdata[i]);
    g_ptr_array_unref(ids);
}

/* --- the draft --------------------------------------------------------------------- */

static void append_line(GString *draft, const char *text)
{
    char *line = g_strdup(text);

    recipients_clean(line);
    g_string_append(draft, line);
    g_string_append_c(draft, '\n');
    g_free(line);
}

/* Appends the LENGTH bytes at TEXT, a line, with what an editor might take for something else made
 * visible: ESC as ^[. */
static void append_visible(GString *out, const char *text, size_t length)
{
    const char *end = text + length;

    for (const char *at = text; at < end; at = g_utf8_next_char(at)) {
        unsigned char byte = (unsigned char)*at;
        gunichar character = byte < 0x80 ? byte : g_utf8_get_char(at);

        if (character == '\t' || !g_unichar_iscntrl(character))
            g_string_append_len(out, at, g_utf8_next_char(at) - at);
        else if (character < 0x80)
            g_string_append_printf(out, "^%c", (char)(character ^ 0x40));
        else
            g_string_append(out, "\xef\xbf\xbd");
    }
}

static void append_quoted(GString *out, const char *text, size_t length, const char *indent)
{
    const char *end = text + length;

    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const char *stop = feed != NULL ? feed : end;

        g_string_append(out, indent);
        append_visible(out, text, (size_t)(stop - text));
        g_string_append_c(out, '\n');
        text = feed != NULL ? feed + 1 : end;
    }
}

static GString *write_draft(const struct answer *answer, const struct answer_request *request)
{
    const struct mail_place nowhere = { .arrival = 0 };
    struct mail_batch *batch = mail_batch_new();
    struct message *message = message_parse(answer->bytes, answer->length);
    GString *draft = g_string_sized_new(message->length + message->length / 8 + 1024);
    GString *subject = g_string_new(NULL);
    const struct mail *mail;

    mail_parse(batch, answer->bytes, answer->length, &nowhere, false);
    mail = &g_array_index(batch->mails, struct mail, 0);
    g_string_append(draft, "From: ");
    append_line(draft, request->from);
    recipients_append(draft, "To", answer->to);
    recipients_append(draft, "Cc", answer->cc);
    subject_append_answer(subject, mail->subject);
    g_string_append(draft, "Subject: ");
    append_line(draft, subject->str);
    append_threading(draft, mail);
    g_string_append_c(draft, '\n');
    if (*request->attribution != '\0')
        append_line(draft, request->attribution);
    append_quoted(draft, message->text, message->length, request->indent);
    g_string_free(subject, TRUE);
    message_free(message);
    mail_batch_free(batch);
    return draft;
}

GString *answer_draft(const char *bytes, size_t length, const struct answer_request *request,
                      GError **error)
{
    struct answer answer = { length > 0 ? bytes : "", length, recipients_new(), recipients_new(),
                             recipients_new(), recipients_new() };
    GString *draft = NULL;

    g_free(recipients_read(answer.me, request->from, strlen(request->from), true));
    find_list(&answer, request->list);
    choose_recipients(&answer, request);
    if (answer.to->len > 0)
        draft = write_draft(&answer, request);
    else
        g_set_error_literal(error, ANSWER_ERROR, 0,
                            request->kind == ANSWER_LIST
                                ? "The mail does not say which list it was sent to."
                                : "The mail names nobody who could be answered.");
    g_ptr_array_unref(answer.me);
    g_ptr_array_unref(answer.list);
    g_ptr_array_unref(answer.to);
    g_ptr_array_unref(answer.cc);
    return draft;
}
