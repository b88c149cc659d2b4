/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/record.h"

#include <string.h>

/* The first byte: bits, and the kind above them. */
enum {
    FLAG_NUMBERED = 1,
    FLAG_RFC = 2,
    FLAG_WITHDRAWAL = 4,
    FLAG_OWN_AUTHOR = 8, /* author_address is there, being another than sender_address */
    KIND_SHIFT = 4,
};

/* The strings that every mail has, in their order; author_address and parent are put in only where
 * they are no copies. */
enum { MESSAGE_ID, SUBJECT, RELEASE, SENDER_NAME, SENDER_ADDRESS, AUTHOR_LINE, AUTHOR_ADDRESS,
       CHANGE_ID, PARENT, STRINGS };

enum { REFERENCES, LINKS, TRAILERS, LISTS };

uint32_t record_checksum(const uint8_t *bytes, size_t length)
{
    /* Each step is a permutation of the state, so that no change within eight bytes is lost before
     * the end. */
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t sum = length * odd;

    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = 0;

        memcpy(&word, bytes + i, length - i < 8 ? length - i : 8);
        sum = (sum ^ GUINT64_FROM_LE(word)) * odd;
        sum ^= sum >> 32;
    }
    return (uint32_t)(sum ^ sum >> 29);
}

/* --- writing
 * ------------------------------------------------------------------------------------ */

static void write_number(GByteArray *out, uint64_t number)
{
    uint8_t bytes[10];
    guint length = 0;

    do {
        bytes[length] = (uint8_t)(number & 0x7f);
        number >>= 7;
        if (number != 0)
            bytes[length] |= 0x80;
        length++;
    } while (number != 0);
    g_byte_array_append(out, bytes, length);
}

/* The sign goes to the lowest bit: dates before 1970 are short, too. */
static uint64_t fold_sign(int64_t number)
{
    return ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0);
}

static int64_t unfold_sign(uint64_t number)
{
    return (int64_t)((number >> 1) ^ (number & 1 ? UINT64_MAX : 0));
}

static void write_text(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text) + 1);
}

static size_t count_texts(const char *const *texts)
{
    size_t count = 0;

    while (texts[count] != NULL)
        count++;
    return count;
}

/* 0 for no parent, 1 for the first of the COUNT references and so on, COUNT + 1 for none of
 * them. */
static size_t find_parent(const struct mail *mail, size_t count)
{
    size_t i = 0;

    if (*mail->parent == '\0')
        return 0;
    while (i < count && strcmp(mail->references[i], mail->parent) != 0)
        i++;
    return i + 1;
}

void record_add_checksum(GByteArray *out, guint start)
{
    uint32_t sum = GUINT32_TO_LE(record_checksum(out->data + start, out->len - start));

    g_byte_array_append(out, (const guint8 *)&sum, RECORD_CHECKSUM_SIZE);
}

bool record_has_checksum(const uint8_t *bytes, size_t length)
{
    uint32_t sum;

    if (length < RECORD_CHECKSUM_SIZE)
        return false;
    length -= RECORD_CHECKSUM_SIZE;
    memcpy(&sum, bytes + length, RECORD_CHECKSUM_SIZE);
    return GUINT32_FROM_LE(sum) == record_checksum(bytes, length);
}

void record_write(const struct mail *mail, GByteArray *out)
{
    const char *const *const lists[LISTS] = { mail->references, mail->links, mail->trailers };
    bool own_author = strcmp(mail->author_address, mail->sender_address) != 0;
    size_t references = count_texts(mail->references);
    size_t parent = find_parent(mail, references);
    guint start = out->len;
    uint8_t flags = (uint8_t)((mail->numbered ? FLAG_NUMBERED : 0) | (mail->rfc ? FLAG_RFC : 0) |
                              (mail->withdrawal ? FLAG_WITHDRAWAL : 0) |
                              (own_author ? FLAG_OWN_AUTHOR : 0) | mail->kind << KIND_SHIFT);

    g_byte_array_append(out, &flags, 1);
    write_number(out, fold_sign(mail->date));
    write_number(out, mail->version);
    write_number(out, mail->number);
    write_number(out, mail->total);
    write_number(out, (size_t)(mail->title - mail->subject));
    for (int i = 0; i < LISTS; i++)
        write_number(out, count_texts(lists[i]));
    write_number(out, parent);
    write_text(out, mail->message_id);
    write_text(out, mail->subject);
    write_text(out, mail->release);
    write_text(out, mail->sender_name);
    write_text(out, mail->sender_address);
    write_text(out, mail->author_line);
    if (own_author)
        write_text(out, mail->author_address);
    write_text(out, mail->change_id);
    if (parent > references)
        write_text(out, mail->parent);
    for (int i = 0; i < LISTS; i++) {
        for (const char *const *text = lists[i]; *text != NULL; text++)
            write_text(out, *text);
    }
    record_add_checksum(out, start);
}

/* --- reading
 * ------------------------------------------------------------------------------------ */

/* What is left of a record, and the numbers at its beginning. */
struct reader {
    const uint8_t *at;
    const uint8_t *end;
    uint8_t flags;
    int64_t date;
    uint64_t version, number, total;
    uint64_t title;
    uint64_t counts[LISTS];
    uint64_t parent;
};

static bool read_number(struct reader *reader, uint64_t max, uint64_t *number)
{
    unsigned shift = 0;
    uint8_t byte;

    *number = 0;
    do {
        if (reader->at == reader->end || shift > 63)
            return false;
        byte = *reader->at++;
        if (shift == 63 && byte > 1)
            return false;
        *number |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    return *number <= max;
}

static bool read_numbers(struct reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    uint64_t date;

    if (left == 0)
        return false;
    reader->flags = *reader->at++;
    if (reader->flags >> KIND_SHIFT > MAIL_PATCH || !read_number(reader, UINT64_MAX, &date) ||
        !read_number(reader, UINT32_MAX, &reader->version) ||
        !read_number(reader, UINT32_MAX, &reader->number) ||
        !read_number(reader, UINT32_MAX, &reader->total) ||
        !read_number(reader, left, &reader->title))
        return false;
    reader->date = unfold_sign(date);
    /* Each string takes a byte, so that no more than these need be thought of. */
    for (int i = 0; i < LISTS; i++) {
        if (!read_number(reader, left, &reader->counts[i]))
            return false;
    }
    return read_number(reader, reader->counts[REFERENCES] + 1, &reader->parent);
}

/* The next string: checked, and borrowed from the record. */
static bool read_text(struct reader *reader, const char **text)
{
    const char *end;

    *text = (const char *)reader->at;
    /* The last byte of all is a NUL: validation ends there at the latest. */
    if (reader->at == reader->end || !g_utf8_validate(*text, -1, &end))
        return false;
    reader->at = (const uint8_t *)end + 1;
    return true;
}

/* Reads all strings to TEXTS, borrowed from the record: first those that every mail has, NULL where
 * one is a copy or empty, then the lists, a NULL behind each. */
static bool read_texts(struct reader *reader, const char **texts)
{
    if (reader->at == reader->end || reader->end[-1] != '\0')
        return false;
    for (int i = MESSAGE_ID; i < STRINGS; i++, texts++) {
        bool absent = (i == AUTHOR_ADDRESS && (reader->flags & FLAG_OWN_AUTHOR) == 0) ||
                      (i == PARENT && reader->parent <= reader->counts[REFERENCES]);

        *texts = NULL;
        if (!absent && !read_text(reader, texts))
            return false;
    }
    for (int i = 0; i < LISTS; i++) {
        for (uint64_t j = 0; j < reader->counts[i]; j++) {
            if (!read_text(reader, texts++))
                return false;
        }
        *texts++ = NULL;
    }
    return reader->at == reader->end;
}

/* Does the title begin within the subject, and at a character? */
static bool title_is_sound(const struct reader *reader, const char *subject)
{
    return reader->title <= strlen(subject) && ((uint8_t)subject[reader->title] & 0xc0) != 0x80;
}

/* Has the COUNT of TEXTS be those of the pool of BATCH. */
static void keep_texts(struct mail_batch *batch, const char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i] != NULL)
            texts[i] = pool_keep(batch->pool, texts[i], strlen(texts[i]));
    }
}

static void set_lists(struct mail_batch *batch, struct mail *mail, const struct reader *reader,
                      const char **lists)
{
    const char **links = lists + reader->counts[REFERENCES] + 1;
    const char **trailers = links + reader->counts[LINKS] + 1;

    mail->references = pool_keep_list(batch->pool, lists, (size_t)reader->counts[REFERENCES]);
    mail->links = pool_keep_list(batch->pool, links, (size_t)reader->counts[LINKS]);
    mail->trailers = pool_keep_list(batch->pool, trailers, (size_t)reader->counts[TRAILERS]);
}

/* Appends to BATCH the mail that READER and TEXTS hold. */
static void add_mail(struct mail_batch *batch, const struct mail_place *place,
                     const struct reader *reader, const char **texts)
{
    struct mail mail = {
        .place = *place,
        .date = reader->date,
        .message_id = texts[MESSAGE_ID],
        .subject = texts[SUBJECT],
        .title = texts[SUBJECT] + reader->title,
        .release = texts[RELEASE],
        .sender_name = texts[SENDER_NAME],
        .sender_address = texts[SENDER_ADDRESS],
        .author_line = texts[AUTHOR_LINE],
        .author_address = texts[texts[AUTHOR_ADDRESS] != NULL ? AUTHOR_ADDRESS : SENDER_ADDRESS],
        .change_id = texts[CHANGE_ID],
        .version = (uint32_t)reader->version,
        .number = (uint32_t)reader->number,
        .total = (uint32_t)reader->total,
        .kind = reader->flags >> KIND_SHIFT,
        .numbered = (reader->flags & FLAG_NUMBERED) != 0,
        .rfc = (reader->flags & FLAG_RFC) != 0,
        .withdrawal = (reader->flags & FLAG_WITHDRAWAL) != 0,
    };

    set_lists(batch, &mail, reader, texts + STRINGS);
    if (texts[PARENT] != NULL)
        mail.parent = texts[PARENT];
    else
        mail.parent = reader->parent > 0 ? mail.references[reader->parent - 1] : "";
    g_array_append_val(batch->mails, mail);
}

bool record_read(struct mail_batch *batch, const uint8_t *bytes, size_t length,
                 const struct mail_place *place)
{
    struct reader reader = { .at = bytes };
    const char **texts;
    size_t count;
    bool sound;

    if (!record_has_checksum(bytes, length))
        return false;
    reader.end = bytes + length - RECORD_CHECKSUM_SIZE;
    if (!read_numbers(&reader))
        return false;
    count = STRINGS + LISTS;
    for (int i = 0; i < LISTS; i++)
        count += (size_t)reader.counts[i];
    texts = g_new(const char *, count + 1);
    sound = read_texts(&reader, texts) && title_is_sound(&reader, texts[SUBJECT]);
    if (sound) {
        texts[count] = NULL;
        keep_texts(batch, texts, count);
        add_mail(batch, place, &reader, texts);
    }
    g_free(texts);
    return sound;
}

bool record_withdraws(const uint8_t *bytes, size_t length)
{
    return length > 0 && (bytes[0] & FLAG_WITHDRAWAL) != 0;
}
