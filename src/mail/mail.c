/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/mail.h"

#include "mail/body.h"
#include "mail/header.h"
#include "mail/line.h"
#include "mail/message.h"
#include "mail/subject.h"

#include <gmime/gmime.h>
#include <string.h>

/* The fields that matter, as they stand in the mail; an empty value and no name
 * where there is none. Of repeated ones the first counts. */
struct fields {
    struct header from;
    struct header subject;
    struct header date;
    struct header message_id;
    struct header in_reply_to;
    struct header references;
    struct header change_id;
    struct message_source source;
};

static const char *const no_texts[] = { NULL };

void mail_startup(void)
{
    g_mime_init();
}

const char *mail_limit(const struct mail *mail)
{
    if (g_strv_length((char **)(uintptr_t)mail->trailers) >= MAIL_TRAILERS_MAX)
        return "Of the trailers of this mail only the first " G_STRINGIFY(MAIL_TRAILERS_MAX) " count.";
    if (g_strv_length((char **)(uintptr_t)mail->links) >= MAIL_LINKS_MAX)
        return "Of the links of this mail only the first " G_STRINGIFY(MAIL_LINKS_MAX) " count.";
    if (g_strv_length((char **)(uintptr_t)mail->references) >= MAIL_REFERENCES_MAX)
        return "Of the references of this mail only the first and the last "
               G_STRINGIFY(MAIL_REFERENCES_MAX) " count.";
    return NULL;
}

void commit_id_text(const struct commit_id *id, char text[COMMIT_ID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof(id->bytes); i++) {
        text[2 * i] = digits[id->bytes[i] >> 4];
        text[2 * i + 1] = digits[id->bytes[i] & 0xf];
    }
    text[COMMIT_ID_TEXT_SIZE - 1] = '\0';
}

bool commit_id_same(const struct commit_id *a, const struct commit_id *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool commit_id_is_zero(const struct commit_id *id)
{
    static const struct commit_id zero;

    return commit_id_same(id, &zero);
}

const char *mail_kind_name(enum mail_kind kind)
{
    static const char *const names[] = { "other", "reply", "pull", "cover", "patch" };

    return names[kind];
}

/* Takes over the reference to POOL. */
static struct mail_batch *new_batch(struct pool *pool, guint mails)
{
    struct mail_batch *batch = g_new0(struct mail_batch, 1);

    batch->references = 1;
    batch->mails = g_array_sized_new(FALSE, FALSE, sizeof(struct mail), mails);
    batch->pool = pool;
    batch->problems = g_ptr_array_new_with_free_func(g_free);
    batch->breaks = g_ptr_array_new_with_free_func(g_free);
    return batch;
}

struct mail_batch *mail_batch_new(void)
{
    return new_batch(pool_new(), 1);
}

struct mail_batch *mail_batch_new_in(struct pool **pool)
{
    return new_batch(pool_for_batch(pool), MAIL_BATCH_MAILS);
}

struct mail_batch *mail_batch_ref(struct mail_batch *batch)
{
    g_atomic_int_inc(&batch->references);
    return batch;
}

void mail_batch_free(struct mail_batch *batch)
{
    if (batch == NULL || !g_atomic_int_dec_and_test(&batch->references))
        return;
    g_array_free(batch->mails, TRUE);
    pool_unref(batch->pool);
    g_ptr_array_free(batch->breaks, TRUE);
    g_ptr_array_free(batch->problems, TRUE);
    g_free(batch);
}

/* Cuts TEXT, of LENGTH bytes, down to MAIL_TEXT_MAX. Returns how many it has then. */
static size_t cut(char *text, size_t length)
{
    static const char mark[] = "…";
    size_t end = MAIL_TEXT_MAX - strlen(mark);

    if (length <= MAIL_TEXT_MAX)
        return length;
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    memcpy(text + end, mark, sizeof mark);
    return end + strlen(mark);
}

/* Keeps TEXT and frees it. */
static const char *keep(struct mail_batch *batch, char *text)
{
    size_t length = cut(text, strlen(text));
    const char *kept = pool_keep(batch->pool, text, length);

    g_free(text);
    return kept;
}

/* Where FIELD is to be put, or NULL if it does not matter. */
static struct header *field_slot(struct fields *fields, const struct header *field)
{
    switch (field->name_length) {
    case 4:
        return header_is(field, "From") ? &fields->from
               : header_is(field, "Date") ? &fields->date
                                          : NULL;
    case 7:
        return header_is(field, "Subject") ? &fields->subject : NULL;
    case 10:
        return header_is(field, "Message-ID")   ? &fields->message_id
               : header_is(field, "References") ? &fields->references
                                                : NULL;
    case 11:
        return header_is(field, "In-Reply-To")   ? &fields->in_reply_to
               : header_is(field, "X-Change-Id") ? &fields->change_id
                                                 : NULL;
    case 12:
        return header_is(field, "Content-Type") ? &fields->source.type : NULL;
    case 25:
        return header_is(field, "Content-Transfer-Encoding") ? &fields->source.encoding : NULL;
    default:
        return NULL;
    }
}

/* Can the line at LINE begin a field that matters, or end the headers? */
static bool may_matter(const char *line, const char *end)
{
    /* What follows the first letter of their names. */
    static const char *const names['x' - 'a' + 1] = {
        ['f' - 'a'] = "ro", ['d' - 'a'] = "at", ['s' - 'a'] = "ub", ['m' - 'a'] = "es",
        ['r' - 'a'] = "ef", ['i' - 'a'] = "n-", ['x' - 'a'] = "-c", ['c' - 'a'] = "on",
    };
    const int small = 0x20; /* makes letters small */
    size_t letter;

    if (end - line < 3 || *line == '\n' || *line == '\r')
        return true;
    letter = (size_t)((line[0] | small) - 'a');
    return letter < G_N_ELEMENTS(names) && names[letter] != NULL &&
           (line[1] | small) == names[letter][0] && (line[2] | small) == names[letter][1];
}

/* As header_next(), but it passes over most of the fields that do not matter, a hundred lines of a
 * mail. The lines that continue one begin no other. */
static bool next_field(const char **cursor, const char *end, struct header *out)
{
    while (*cursor < end && !may_matter(*cursor, end))
        *cursor = line_next(*cursor, end);
    return header_next(cursor, end, out);
}

static void collect_fields(struct fields *fields, const char *bytes, size_t length)
{
    const struct header none = { .value = "" };
    const char *cursor = bytes;
    struct header field;

    *fields = (struct fields) { none, none, none, none, none, none, none,
                                { bytes, length, NULL, none, none } };
    while (next_field(&cursor, bytes + length, &field)) {
        struct header *slot = field_slot(fields, &field);
        if (slot != NULL && slot->name == NULL)
            *slot = field;
    }
    fields->source.body = cursor;
}

/* Takes the next Message-ID in brackets: from behind the "<" to the ">" in OUT. */
static bool next_id(const char **cursor, const char *end, struct header *out)
{
    const char *open = *cursor < end ? memchr(*cursor, '<', (size_t)(end - *cursor)) : NULL;
    const char *close;

    if (open == NULL)
        return false;
    while (open < end && *open == '<')
        open++;
    close = memchr(open, '>', (size_t)(end - open));
    if (close == NULL)
        close = end;
    *cursor = close < end ? close + 1 : end;
    out->value = open;
    out->value_length = (size_t)(close - open);
    return true;
}

/* Keeps an id without the white space that a fold in its middle left. */
static const char *keep_id(struct mail_batch *batch, const struct header *id)
{
    const char *plain = id->value;
    const char *end = id->value + id->value_length;
    char *text;
    char *out;

    while (plain < end && g_ascii_isgraph(*plain))
        plain++;
    if (plain == end && id->value_length <= MAIL_TEXT_MAX)
        return pool_keep(batch->pool, id->value, id->value_length);
    text = out = header_unfold(id->value, id->value_length);
    for (const char *in = text; *in != '\0'; in++) {
        if (*in != ' ')
            *out++ = *in;
    }
    *out = '\0';
    return keep(batch, text);
}

/* The first id of FIELD; the whole of it if it is one word without brackets. */
static const char *first_id(struct mail_batch *batch, const struct header *field)
{
    const char *cursor = field->value;
    struct header id;
    char *text;

    if (field->name == NULL)
        return "";
    if (next_id(&cursor, field->value + field->value_length, &id))
        return keep_id(batch, &id);
    text = header_unfold(field->value, field->value_length);
    if (strchr(text, ' ') != NULL)
        *text = '\0';
    return keep(batch, text);
}

/* Adds ID to the COUNT ids, unless it is empty. */
static size_t add_id(const char **ids, size_t count, const char *id)
{
    if (*id != '\0')
        ids[count++] = id;
    return count;
}

/* Puts the ids of REFERENCES that are kept into IDS. */
static size_t collect_references(struct mail_batch *batch, const struct header *references,
                                 const char **ids)
{
    const char *cursor = references->value;
    struct header ring[MAIL_REFERENCES_MAX];
    struct header oldest = { 0 };
    struct header id;
    size_t seen = 0;
    size_t count = 0;

    if (references->name == NULL)
        return 0;
    while (next_id(&cursor, references->value + references->value_length, &id)) {
        if (seen == 0)
            oldest = id;
        ring[seen++ % MAIL_REFERENCES_MAX] = id;
    }
    if (seen > MAIL_REFERENCES_MAX)
        count = add_id(ids, count, keep_id(batch, &oldest));
    for (size_t i = seen > MAIL_REFERENCES_MAX ? seen - MAIL_REFERENCES_MAX : 0; i < seen; i++)
        count = add_id(ids, count, keep_id(batch, &ring[i % MAIL_REFERENCES_MAX]));
    return count;
}

static void set_references(struct mail_batch *batch, struct mail *mail,
                           const struct fields *fields)
{
    const char *ids[MAIL_REFERENCES_MAX + 3];
    size_t count = collect_references(batch, &fields->references, ids);
    size_t i = 0;

    mail->parent = first_id(batch, &fields->in_reply_to);
    while (i < count && strcmp(ids[i], mail->parent) != 0)
        i++;
    if (i == count)
        count = add_id(ids, count, mail->parent);
    if (*mail->parent == '\0' && count > 0)
        mail->parent = ids[count - 1];
    mail->references = pool_keep_list(batch->pool, ids, count);
}

static void set_sender(struct mail_batch *batch, struct mail *mail, const struct header *from)
{
    struct pool_person sender = pool_person(batch->pool, from->value, from->value_length);

    mail->sender_name = sender.name;
    mail->sender_address = sender.address;
    mail->author_line = sender.line;
    mail->author_address = sender.address;
}

/* Keeps SUBJECT and frees it. An archive is read from its end, so that the mail comes behind its
 * answers: its subject is found in theirs. */
static const char *keep_subject(struct mail_batch *batch, char *subject)
{
    const char *kept = keep(batch, subject);

    if (g_str_has_prefix(kept, "Re: "))
        pool_offer(batch->pool, kept + strlen("Re: "));
    return kept;
}

static void set_subject(struct mail_batch *batch, struct mail *mail, const struct header *field,
                        struct subject *subject)
{
    mail->subject = keep_subject(batch, header_decode(field->value, field->value_length));
    subject_parse(mail->subject, subject);
    mail->title = mail->subject + subject->title;
    mail->release = pool_keep(batch->pool, subject->release, strlen(subject->release));
    mail->version = subject->version;
    mail->number = subject->number;
    mail->total = subject->total;
    mail->numbered = subject->numbered;
    mail->rfc = subject->rfc;
}

static enum mail_kind decide_kind(const struct subject *subject, bool has_diff)
{
    if (subject->reply)
        return MAIL_REPLY;
    if (subject->pull)
        return MAIL_PULL;
    if (subject->numbered && subject->number == 0)
        return MAIL_COVER;
    if (subject->patch || ((subject->numbered || subject->rfc) && has_diff))
        return MAIL_PATCH;
    return MAIL_OTHER;
}

/* The text from START to END in UTF-8. It lies in the raw mail of SOURCE, or in decoded text where
 * that is NULL. */
static GString *decode_line(const char *start, const char *end,
                            const struct message_source *source)
{
    struct message_source part;

    if (source == NULL)
        return g_string_new_len(start, end - start);
    part = *source;
    part.body = start;
    part.length = (size_t)(end - part.bytes);
    return message_text(&part);
}

/* Means the same in every charset that mails use. */
static bool is_plain(const char *start, const char *end)
{
    while (start < end && (g_ascii_isprint(*start) || *start == '\n'))
        start++;
    return start == end;
}

/* The author, if the body says who it is. FROM lies in SOURCE as decode_line() has it. */
static void set_author(struct mail_batch *batch, struct mail *mail, const struct header *from,
                       const struct message_source *source)
{
    const char *end = from->value + from->value_length;
    GString *line = decode_line(from->value, end, is_plain(from->value, end) ? NULL : source);
    struct pool_person author = pool_person(batch->pool, line->str, line->len);

    g_string_free(line, TRUE);
    if (*author.address != '\0') {
        mail->author_line = author.line;
        mail->author_address = author.address;
    }
}

static void set_links(struct mail_batch *batch, struct mail *mail, const char *start,
                      const char *end)
{
    const char *links[MAIL_LINKS_MAX + 1];
    size_t count = 0;
    char *link;

    while (count < MAIL_LINKS_MAX && (link = body_next_link(&start, end)) != NULL)
        links[count++] = keep(batch, link);
    mail->links = pool_keep_list(batch->pool, links, count);
}

/* Takes out the links that a mailer makes of addresses when it turns HTML into text:
 * "Joe <joe@example.org<mailto:joe@example.org>>". */
static void drop_mailto(char *text)
{
    static const char mark[] = "<mailto:";
    const char *last = strrchr(text, '>');
    bool address = false;
    char *out = text;

    for (const char *in = text; *in != '\0';) {
        if (!g_str_has_prefix(in, mark)) {
            address |= *in == '@';
            *out++ = *in++;
        } else if (address && last != NULL && in < last) {
            while (out > text && out[-1] == ' ')
                out--;
            in = strchr(in, '>') + 1;
        } else {
            *out++ = '<';
            in += strlen(mark);
        }
    }
    *out = '\0';
}

/* The text of the trailer FIELD, which lies in SOURCE as decode_line() has it. The caller frees it. */
static char *trailer_text(const struct header *field, const struct message_source *source)
{
    const char *end = field->value + field->value_length;
    GString *line = decode_line(field->name, end, is_plain(field->name, end) ? NULL : source);
    char *text = header_unfold(line->str, line->len);

    g_string_free(line, TRUE);
    if (strstr(text, "<mailto:") != NULL)
        drop_mailto(text);
    return text;
}

/* Takes the review trailers from START to END, which lie in SOURCE as decode_line() has it. */
static void set_trailers(struct mail_batch *batch, struct mail *mail, const char *start,
                         const char *end, const struct message_source *source)
{
    const char *trailers[MAIL_TRAILERS_MAX + 1];
    const bool patch = mail->kind == MAIL_PATCH || mail->kind == MAIL_COVER;
    const char *cursor = start;
    struct header field;
    size_t count = 0;

    /* Most mails have none. */
    if (!body_next_review(&cursor, end, !patch, &field))
        return;
    /* Something without a prefix that has a diff may be a patch. */
    if (mail->kind == MAIL_OTHER && body_find_diff(start, end) != NULL)
        return;
    end = body_message_end(start, end, patch);
    cursor = field.name < end ? field.name : end;
    while (count < MAIL_TRAILERS_MAX && body_next_review(&cursor, end, !patch, &field))
        trailers[count++] = keep(batch, trailer_text(&field, source));
    mail->trailers = pool_keep_list(batch->pool, trailers, count);
}

/* Takes what a patch or cover letter says in its text from START to END, in which the
 * first diff begins at DIFF. */
static void set_message(struct mail_batch *batch, struct mail *mail, const char *start,
                        const char *diff, const char *end, const struct message_source *source)
{
    struct header from;
    const char *word;
    size_t length;

    if (body_find_from(start, diff, &from))
        set_author(batch, mail, &from, source);
    set_links(batch, mail, start, diff);
    set_trailers(batch, mail, start, diff, source);
    /* b4 writes it behind the diff of a single patch. */
    if (*mail->change_id == '\0' && body_find_change_id(start, end, &word, &length))
        mail->change_id = keep(batch, header_unfold(word, length));
}

static bool begins_with(const struct header *field, const char *word)
{
    return field->value_length >= strlen(word) &&
           g_ascii_strncasecmp(field->value, word, strlen(word)) == 0;
}

/* Is there a part of text in base64 behind the line break at START? Whatever looks like a boundary is
 * taken for one. */
static bool has_base64_text(const char *start, const char *end)
{
    while ((start = line_find_break(start, end, "--")) != NULL) {
        bool text = false;
        bool base64 = false;
        struct header field;

        start += 3;
        while (header_next(&start, end, &field)) {
            text |= header_is(&field, "Content-Type") && begins_with(&field, "text/");
            base64 |= header_is(&field, "Content-Transfer-Encoding") &&
                      begins_with(&field, "base64");
        }
        if (text && base64)
            return true;
        /* The line break in front can be that of the next boundary. */
        start--;
    }
    return false;
}

/* Is there a trailer in the base64 from START to END? Its charset does not matter: what makes a
 * trailer is ASCII. */
static bool base64_holds_trailers(const char *start, const char *end)
{
    size_t length = MIN((size_t)(end - start), MESSAGE_BODY_MAX);
    g_autofree guchar *decoded = g_malloc(length / 4 * 3 + 3);
    const char *cursor = (const char *)decoded;
    struct header field;
    gint state = 0;
    guint save = 0;

    length = g_base64_decode_step(start, length, decoded, &state, &save);
    return body_next_review(&cursor, (const char *)decoded + length, true, &field);
}

/* Can SOURCE, whose text is encoded, hold a trailer? Quoted-printable does not hide it: it breaks
 * lines far behind the colon. To decode a text whole takes as long as to parse several mails. */
static bool may_hold_trailers(const struct message_source *source)
{
    const char *cursor = source->body;
    const char *end = source->bytes + source->length;
    struct header field;

    if (message_is_multipart(source))
        return has_base64_text(cursor - 1, end) || body_next_review(&cursor, end, true, &field);
    return begins_with(&source->encoding, "base64") ? base64_holds_trailers(cursor, end)
                                                    : body_next_review(&cursor, end, true, &field);
}

/* Takes what an answer says in its text. */
static void set_reply(struct mail_batch *batch, struct mail *mail,
                      const struct message_source *source)
{
    GString *text;

    if (message_is_identity(source)) {
        set_trailers(batch, mail, source->body, source->bytes + source->length, source);
    } else if (may_hold_trailers(source)) {
        text = message_text(source);
        set_trailers(batch, mail, text->str, text->str + text->len, NULL);
        g_string_free(text, TRUE);
    }
}

/* Decides the kind, and reads the body where that or what it is needs it. */
static void set_body(struct mail_batch *batch, struct mail *mail, const struct subject *subject,
                     const struct message_source *source)
{
    bool identity = message_is_identity(source);
    const char *start = source->body;
    const char *end = source->bytes + source->length;
    const char *diff;
    GString *text = NULL;

    mail->kind = (uint8_t)decide_kind(subject, true);
    /* Some answer under a subject of their own. */
    if (mail->kind == MAIL_REPLY || (mail->kind == MAIL_OTHER && *mail->parent != '\0'))
        set_reply(batch, mail, source);
    if (mail->kind != MAIL_PATCH && mail->kind != MAIL_COVER)
        return;
    if (!identity) {
        text = message_text(source);
        start = text->str;
        end = start + text->len;
    }
    diff = body_find_diff(start, end);
    mail->kind = (uint8_t)decide_kind(subject, diff != NULL);
    if (mail->kind != MAIL_OTHER)
        set_message(batch, mail, start, diff != NULL ? diff : end, end,
                    identity ? source : NULL);
    if (text != NULL)
        g_string_free(text, TRUE);
}

void mail_parse(struct mail_batch *batch, const char *bytes, size_t length,
                const struct mail_place *place, bool withdrawal)
{
    struct mail mail = { .place = *place, .links = no_texts, .trailers = no_texts,
                         .withdrawal = withdrawal };
    struct fields fields;
    struct subject subject;
    long long seconds;

    if (length == 0)
        bytes = "";
    collect_fields(&fields, bytes, length);
    mail.date = header_decode_date(fields.date.value, fields.date.value_length, &seconds, NULL)
                    ? seconds
                    : place->received;
    mail.message_id = first_id(batch, &fields.message_id);
    mail.change_id = keep(batch, header_unfold(fields.change_id.value,
                                               fields.change_id.value_length));
    set_subject(batch, &mail, &fields.subject, &subject);
    set_sender(batch, &mail, &fields.from);
    set_references(batch, &mail, &fields);
    set_body(batch, &mail, &subject, &fields.source);
    g_array_append_val(batch->mails, mail);
}

/* What tells senders apart: the address, or the name where there is none. */
static const char *sender_of(const struct mail *mail)
{
    return *mail->sender_address != '\0' ? mail->sender_address : mail->sender_name;
}

bool mail_same(const struct mail *a, const struct mail *b)
{
    return *a->message_id != '\0' && strcmp(a->message_id, b->message_id) == 0 &&
           g_ascii_strcasecmp(sender_of(a), sender_of(b)) == 0 &&
           strcmp(a->subject, b->subject) == 0;
}

guint mail_identity_hash(const struct mail *mail)
{
    return g_str_hash(mail->message_id) * 31 + g_str_hash(mail->subject);
}
