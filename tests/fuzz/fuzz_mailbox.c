/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are read besides mails of an archive. The first word of an input says what it is:
 *
 *     nothing     an mbox, gzipped or not, or a mail
 *     %% gzip     the pieces are the members of a gzipped one
 *     %% maildir  the pieces are its files
 *     %% words    lines as what people write for a range: revisions, dates, how far to read
 *     %% history  the file of what was typed at prompts
 *     %% text     a small file of text, as porerc is
 *
 * Mails written as an mbox are read again as they were, and an archive made of them holds them; a date
 * is a number of seconds.
 *
 * Targets: src/archive/mailbox.c src/archive/import.c src/archive/range.c src/mail/mbox.c
 * ui/prompt_history.c ui/text_file.c */
#include "fuzz.h"

#include "archive/archive.h"
#include "archive/import.h"
#include "archive/mailbox.h"
#include "archive/range.h"
#include "history.h"
#include "mail/mbox.h"
#include "pieces.h"
#include "prompt_history.h"
#include "support.h"
#include "text_file.h"

#include <ftw.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define PIECES_MAX 16
#define NOW INT64_C(1795188600)

/* The places where an input lies. */
struct places {
    char *folder, *file, *again, *archive;
};

static void check_error(GError *error)
{
    g_assert(error && error->message[0] && !strchr(error->message, '\n'));
    g_error_free(error);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

static void remove_all(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- mails -------------------------------------------------------------------------------------- */

static void free_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

/* The mails (GBytes *) of the file PATH; NULL if it is not one of mails, or not to its end. */
static GPtrArray *read_mails(const char *path)
{
    GPtrArray *mails = g_ptr_array_new_with_free_func(free_bytes);
    GError *error = NULL;
    struct mailbox *mailbox = mailbox_open(path, &error);
    const char *bytes;
    size_t length;
    int64_t arrival;
    int zone;

    g_assert(!mailbox == !!error);
    while (mailbox && mailbox_next(mailbox, &bytes, &length, &error)) {
        g_assert(length > 0);
        if (mailbox_arrival(bytes, length, NOW, &arrival, &zone))
            g_assert(arrival >= 0 && arrival <= NOW && zone > -24 * 60 && zone < 24 * 60);
        g_ptr_array_add(mails, g_bytes_new(bytes, length));
    }
    g_clear_pointer(&mailbox, mailbox_close);
    if (error) {
        check_error(error);
        g_clear_pointer(&mails, g_ptr_array_unref);
    }
    return mails;
}

static bool begins_blank(GBytes *mail)
{
    const char *bytes = g_bytes_get_data(mail, NULL);

    return bytes[0] == '\n' || (bytes[0] == '\r' && g_bytes_get_size(mail) > 1 && bytes[1] == '\n');
}

/* The same, with the LF that the last line of an mbox has. */
static bool is_same(GBytes *mail, GBytes *again)
{
    size_t length, other;
    const char *bytes = g_bytes_get_data(mail, &length), *others = g_bytes_get_data(again, &other);

    return memcmp(bytes, others, MIN(length, other)) == 0 &&
           (length == other || (bytes[length - 1] != '\n' && other == length + 1 && others[length] == '\n'));
}

/* MAILS, which are lines and begin with one, written and read again. */
static void check_again(const GPtrArray *mails, const char *path)
{
    static const struct commit_id commit;
    GString *mbox = g_string_new(NULL);
    GPtrArray *again;

    for (guint i = 0; i < mails->len; i++) {
        size_t length;
        const char *bytes = g_bytes_get_data(mails->pdata[i], &length);

        mbox_append(mbox, &commit, bytes, length);
    }
    support_write(path, mbox->str, mbox->len);
    again = read_mails(path);
    g_assert(again && again->len == mails->len);
    for (guint i = 0; i < mails->len; i++)
        g_assert(is_same(mails->pdata[i], again->pdata[i]));
    g_ptr_array_unref(again);
    g_string_free(mbox, TRUE);
}

/* Has MAIL no field that is left out of an archive, as far as can be seen easily? */
static bool is_kept_whole(GBytes *mail)
{
    static const char *const words[] = { "bytes", "lines", "length", "status" };
    char *text = g_strndup(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));
    char *small = g_ascii_strdown(text, -1);
    bool whole = strlen(text) == g_bytes_get_size(mail);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        whole = whole && !strstr(small, words[i]);
    g_free(small);
    g_free(text);
    return whole;
}

/* Goes through the archive at PATH, the newest first: its mails are among MAILS in their order, the last
 * first. How many there are. */
static guint check_archive(const char *path, const GPtrArray *mails)
{
    const struct range range = { .all = true };
    struct archive *archive = archive_open(path, NULL);
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, NULL);
    struct archive_commit commit;
    struct archive_mail mail;
    guint count = 0, at = mails->len;

    g_assert(walk);
    while (archive_walk_next(walk, &commit, NULL)) {
        bool read = archive_read(archive, &commit, &mail, NULL);

        g_assert(read && !mail.withdrawal);
        GBytes *bytes = g_bytes_new_static(mail.bytes, mail.length);
        while (at > 0 && is_kept_whole(mails->pdata[at - 1]) && !g_bytes_equal(bytes, mails->pdata[at - 1]))
            at--;
        g_assert(at-- > 0);
        g_bytes_unref(bytes);
        archive_mail_release(&mail);
        count++;
    }
    archive_walk_free(walk);
    archive_close(archive);
    return count;
}

static void check_withdrawal(const char *path, GBytes *first)
{
    struct mail_batch *batch = mail_batch_new();
    static const struct mail_place place;
    GError *error = NULL;

    mail_parse(batch, g_bytes_get_data(first, NULL), g_bytes_get_size(first), &place, false);
    if (!import_withdraw(path, g_array_index(batch->mails, struct mail, 0).message_id, &error))
        check_error(error);
    mail_batch_free(batch);
}

static void check_import(const struct places *places, const GPtrArray *mails)
{
    const char *const files[] = { places->file };
    struct import_result result, again;
    GError *error = NULL;

    if (!import_files(places->archive, files, 1, &result, &error)) {
        check_error(error);
        return;
    }
    g_assert(result.added + result.known == mails->len);
    g_assert(check_archive(places->archive, mails) == result.added);
    bool imported = import_files(places->archive, files, 1, &again, NULL);
    g_assert(imported && again.added + again.known == mails->len && again.added <= result.added);
    check_withdrawal(places->archive, mails->pdata[0]);
}

static void check_mails(const struct places *places)
{
    GPtrArray *mails = read_mails(places->file);
    bool lines = mails && mails->len > 0;

    for (guint i = 0; lines && i < mails->len; i++)
        lines = !begins_blank(mails->pdata[i]);
    if (lines)
        check_again(mails, places->again);
    if (mails && mails->len > 0)
        check_import(places, mails);
    g_clear_pointer(&mails, g_ptr_array_unref);
}

/* --- forms of files ------------------------------------------------------------------------------- */

static void write_gzip(const char *path, const GPtrArray *pieces)
{
    GByteArray *whole = g_byte_array_new();

    for (guint i = 0; i < pieces->len; i++) {
        const struct piece *piece = pieces->pdata[i];
        GConverter *converter = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
        gsize room = piece->length + 256, read, written;
        guint8 *packed = g_malloc(room);
        GConverterResult result = g_converter_convert(
            converter, piece->bytes, piece->length, packed, room,
            G_CONVERTER_INPUT_AT_END, &read, &written, NULL);

        g_assert(result == G_CONVERTER_FINISHED);
        g_byte_array_append(whole, packed, (guint)written);
        g_free(packed);
        g_object_unref(converter);
    }
    support_write(path, (const char *)whole->data, whole->len);
    g_byte_array_unref(whole);
}

static void write_maildir(const char *path, const GPtrArray *pieces)
{
    static const char *const names[] = { "new", "cur", "tmp" };

    g_mkdir(path, 0700);
    for (guint i = 0; i < pieces->len; i++) {
        const struct piece *piece = pieces->pdata[i];
        const char *name = strchr(piece->words, ' ');
        char *folder = g_build_filename(path, names[name ? (guchar)name[1] % 3 : 0], NULL);
        char *file = g_strdup_printf("%s/%s%u", folder, i % 5 == 4 ? "." : "", i);

        g_mkdir(folder, 0700);
        support_write(file, piece->bytes, piece->length);
        g_free(file);
        g_free(folder);
    }
}

/* --- words ------------------------------------------------------------------------------------------- */

static void check_date(const char *text)
{
    int64_t date, until, again;
    struct history_reach reach;
    GError *error = NULL;
    char *seconds;

    if (!history_parse_reach(text, NOW, &reach, &error))
        check_error(g_steal_pointer(&error));
    if (!range_parse_date(text, NOW, &date, &error)) {
        check_error(error);
        g_assert(!range_parse_until(text, NOW, &until, NULL));
        return;
    }
    g_assert(range_parse_until(text, NOW, &until, NULL) && until >= date);
    seconds = g_strdup_printf("@%" G_GINT64_FORMAT, date);
    g_assert(date < 0 || (range_parse_date(seconds, 0, &again, NULL) && again == date));
    g_free(seconds);
}

static void check_words(const char *text)
{
    struct range range = { 0 };
    GError *error = NULL;

    check_date(text);
    if (range_set_revisions(&range, text, &error)) {
        g_assert(range.revisions && (range.from || range.to) && !range_is_default(&range));
        g_assert(!range.from || (*range.from && *range.from != '-' && !strstr(range.from, "..")));
        g_assert(!range.to || (*range.to && *range.to != '-' && !strstr(range.to, "..")));
    } else {
        check_error(error);
        g_assert(range_is_default(&range));
    }
    range_clear(&range);
}

static void check_lines(const struct piece *piece)
{
    char *text = g_strndup(piece->bytes, piece->length);
    char **lines = g_strsplit(text, "\n", 64);

    for (char **line = lines; *line; line++)
        if (!strchr(*line, '\n'))
            check_words(*line);
    g_strfreev(lines);
    g_free(text);
}

/* --- small files --------------------------------------------------------------------------------------- */

static GString *write_history(const struct prompt_history *history)
{
    GString *text = g_string_new(NULL);

    for (int kind = 0; kind < HISTORY_COUNT; kind++) {
        const GPtrArray *lines = prompt_history_lines(history, (enum prompt_history_kind)kind);

        for (guint i = 0; i < lines->len; i++) {
            g_assert(g_utf8_validate(lines->pdata[i], -1, NULL) && !strchr(lines->pdata[i], '\n'));
            g_string_append_printf(text, "%d %s\n", kind, (const char *)lines->pdata[i]);
        }
    }
    return text;
}

static void check_history(const char *path)
{
    struct prompt_history *history = prompt_history_new(path), *again;
    GString *lines, *kept;

    prompt_history_add(history, HISTORY_PATTERN, "~f ann", 100);
    prompt_history_add(history, HISTORY_PATTERN, " ", 100);
    bool saved = prompt_history_save(history, 100, NULL);
    g_assert(saved);
    again = prompt_history_new(path);
    lines = write_history(history);
    kept = write_history(again);
    g_assert(g_str_has_suffix(prompt_history_lines(again, HISTORY_PATTERN)->pdata
                                  [prompt_history_lines(again, HISTORY_PATTERN)->len - 1], "~f ann"));
    g_assert(kept->len <= lines->len);
    g_string_free(lines, TRUE);
    g_string_free(kept, TRUE);
    prompt_history_free(history);
    prompt_history_free(again);
}

static void check_text(const char *path, const struct piece *piece)
{
    GError *error = NULL;
    char *text = text_file_read(path, &error);

    g_assert(!text == !!error);
    if (text) {
        g_assert(strlen(text) == piece->length && g_utf8_validate(text, -1, NULL));
        g_assert(memcmp(text, piece->bytes, piece->length) == 0);
    } else {
        check_error(error);
    }
    g_free(text);
}

static struct places *make_places(void)
{
    struct places *places = g_new0(struct places, 1);

    mail_startup();
    archive_startup(false);
    places->folder = g_strdup(support_folder());
    places->file = support_path(places->folder, "file");
    places->again = support_path(places->folder, "again");
    places->archive = support_path(places->folder, "list.git");
    return places;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct places *places;
    GPtrArray *pieces = pieces_split(data, size, PIECES_MAX);
    const struct piece *first = pieces->len > 0 ? pieces->pdata[0] : NULL;
    const char *words = first ? first->words : "";

    if (!places)
        places = make_places();
    if (g_str_has_prefix(words, "words")) {
        check_lines(first);
    } else if (g_str_has_prefix(words, "history")) {
        support_write(places->file, first->bytes, first->length);
        check_history(places->file);
    } else if (g_str_has_prefix(words, "text")) {
        support_write(places->file, first->bytes, first->length);
        check_text(places->file, first);
    } else {
        if (g_str_has_prefix(words, "gzip"))
            write_gzip(places->file, pieces);
        else if (g_str_has_prefix(words, "maildir"))
            write_maildir(places->file, pieces);
        else
            support_write(places->file, (const char *)data, size);
        check_mails(places);
        remove_all(places->archive);
    }
    remove_all(places->file);
    g_ptr_array_unref(pieces);
    return 0;
}
