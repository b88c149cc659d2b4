/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/mailbox.h"

#include "archive/archive.h"
#include "mail/header.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes asked for at a time. */
#define PIECE_SIZE ((size_t)64 << 10)

/* "From " lines longer than this are text. */
#define SEPARATOR_MAX 1000

/* What `From ` lines hold that mail programs write: "From SENDER Thu Jan  1 00:00:00 1970",
 * with or without seconds and a zone. Text that begins a paragraph with "From " does not. */
#define SEPARATOR_PATTERN \
    "^From .*(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +" \
    "([A-Z][a-z]{2} +[0-9]{1,2}|[0-9]{1,2} +[A-Z][a-z]{2})( +[0-9]{4})? +" \
    "[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( |$)"

/* A file's bytes, uncompressed. */
struct source {
    int file; /* -1: none is open */
    GZlibDecompressor *gunzip; /* NULL: they are as they stand */
    char *raw;                 /* PIECE_SIZE bytes, as read */
    size_t start, end;         /* what of raw is not yet taken */
    bool inside;               /* in the middle of a gzip member */
};

struct mailbox {
    char *path;
    GRegex *separator;
    struct source source;
    GByteArray *buffer; /* uncompressed and not yet taken apart */
    size_t start;       /* of what is left of buffer */
    GByteArray *mail;   /* the one that was given last */
    size_t count;
    bool mbox;       /* else one mail a file */
    bool ended;      /* nothing behind buffer */
    GPtrArray *files; /* of a Maildir, struct file *; else NULL */
    guint file;       /* the next one */
};

/* A mail of a Maildir. */
struct file {
    char *path;
    const char *name; /* in path */
    int64_t arrival;
};

static void free_file(gpointer data)
{
    struct file *file = data;

    g_free(file->path);
    g_free(file);
}

static bool set_errno_error(GError **error, const char *path)
{
    g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: %s", path, g_strerror(errno));
    return false;
}

static void close_source(struct source *source)
{
    if (source->file > STDIN_FILENO)
        close(source->file);
    g_clear_object(&source->gunzip);
    g_clear_pointer(&source->raw, g_free);
    *source = (struct source) { .file = -1 };
}

/* Reads raw bytes if there are none. False with an error, not at the end. */
static bool fill_raw(struct mailbox *mailbox, GError **error)
{
    struct source *source = &mailbox->source;
    ssize_t got;

    if (source->start < source->end)
        return true;
    do
        got = read(source->file, source->raw, PIECE_SIZE);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return set_errno_error(error, mailbox->path);
    source->start = 0;
    source->end = (size_t)got;
    return true;
}

static bool open_source(struct mailbox *mailbox, const char *path, GError **error)
{
    struct source *source = &mailbox->source;
    int file = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return set_errno_error(error, path);
    *source = (struct source) { .file = file, .raw = g_malloc(PIECE_SIZE) };
    if (!fill_raw(mailbox, error))
        return false;
    /* RFC 1952, 2.3.1. A pipe may give one byte only, but no writer of mail does that. */
    if (source->end >= 2 && memcmp(source->raw, "\x1f\x8b", 2) == 0)
        source->gunzip = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_byte_array_set_size(mailbox->buffer, 0);
    mailbox->start = 0;
    mailbox->ended = false;
    return true;
}

/* Uncompresses into OUT, at least a byte unless the file is at its end. A file of several gzip
 * members is the text of all of them (RFC 1952, 2.2). */
static bool gunzip(struct mailbox *mailbox, char *out, size_t *written, GError **error)
{
    struct source *source = &mailbox->source;
    GConverter *converter = G_CONVERTER(source->gunzip);
    GError *failure = NULL;
    gsize taken;

    for (*written = 0; *written == 0; source->start += taken) {
        if (!fill_raw(mailbox, error))
            return false;
        bool last = source->end == 0;
        if (last && !source->inside)
            return true;
        GConverterResult result = g_converter_convert(
            converter, source->raw + source->start, source->end - source->start, out, PIECE_SIZE,
            last ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &taken, written, &failure);
        source->inside = result != G_CONVERTER_FINISHED;
        if (result == G_CONVERTER_FINISHED) {
            g_converter_reset(converter);
        } else if (result == G_CONVERTER_ERROR) {
            g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: %s", mailbox->path,
                        failure->message);
            g_error_free(failure);
            return false;
        }
    }
    return true;
}

/* Adds a piece of the file to the buffer; sets ended if there is none. */
static bool fill(struct mailbox *mailbox, GError **error)
{
    struct source *source = &mailbox->source;
    GByteArray *buffer = mailbox->buffer;
    size_t written;

    if (mailbox->start > 0) {
        g_byte_array_remove_range(buffer, 0, (guint)mailbox->start);
        mailbox->start = 0;
    }
    guint length = buffer->len;
    g_byte_array_set_size(buffer, length + (guint)PIECE_SIZE);
    char *out = (char *)buffer->data + length;
    bool filled;
    if (source->gunzip != NULL) {
        filled = gunzip(mailbox, out, &written, error);
    } else {
        filled = fill_raw(mailbox, error);
        written = filled ? source->end - source->start : 0;
        memcpy(out, source->raw + source->start, written);
        source->start = source->end;
    }
    g_byte_array_set_size(buffer, length + (guint)(filled ? written : 0));
    mailbox->ended = filled && written == 0;
    return filled;
}

static bool set_size_error(const struct mailbox *mailbox, GError **error)
{
    g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_READ, "%s: mail %zu is larger than %u bytes",
                mailbox->path, mailbox->count + 1, ARCHIVE_MAIL_MAX);
    return false;
}

/* Takes the next line with its line break; a *LENGTH of 0 is the end. */
static bool take_line(struct mailbox *mailbox, const char **line, size_t *length, GError **error)
{
    size_t seen = 0;

    for (;;) {
        size_t left = mailbox->buffer->len - mailbox->start;
        const char *start = left > 0 ? (const char *)mailbox->buffer->data + mailbox->start : "";
        const char *feed = left > seen ? memchr(start + seen, '\n', left - seen) : NULL;
        if (feed != NULL || mailbox->ended) {
            *line = start;
            *length = feed != NULL ? (size_t)(feed - start) + 1 : left;
            mailbox->start += *length;
            return true;
        }
        if (left > ARCHIVE_MAIL_MAX)
            return set_size_error(mailbox, error);
        seen = left;
        if (!fill(mailbox, error))
            return false;
    }
}

static bool is_empty_line(const char *line, size_t length)
{
    return (length == 1 && line[0] == '\n') || (length == 2 && memcmp(line, "\r\n", 2) == 0);
}

static bool is_separator(const struct mailbox *mailbox, const char *line, size_t length)
{
    return length > strlen("From ") && length <= SEPARATOR_MAX && memcmp(line, "From ", 5) == 0
           && g_regex_match_full(mailbox->separator, line, (gssize)length, 0, 0, NULL, NULL);
}

/* Is LINE a "From " behind one or more ">"? */
static bool is_quoted(const char *line, size_t length)
{
    size_t quotes = 0;

    while (quotes < length && line[quotes] == '>')
        quotes++;
    return quotes > 0 && length - quotes >= 5 && memcmp(line + quotes, "From ", 5) == 0;
}

/* Takes the lines up to the next "From " line or the end into mailbox->mail. */
static bool take_mbox_mail(struct mailbox *mailbox, GError **error)
{
    GByteArray *mail = mailbox->mail;
    size_t empty = 0; /* length of the empty line that the mail ends with, if it does */
    const char *line;
    size_t length;

    for (;;) {
        if (!take_line(mailbox, &line, &length, error))
            return false;
        bool separator = (mail->len == 0 || empty > 0) && is_separator(mailbox, line, length);
        if (separator || length == 0) {
            g_byte_array_set_size(mail, mail->len - (guint)empty);
            if (mail->len > 0 || !separator)
                return true;
            empty = 0;
            continue;
        }
        /* Between the "From " line and the first header there is nothing to keep. */
        if (mail->len == 0 && is_empty_line(line, length))
            continue;
        empty = is_empty_line(line, length) ? length : 0;
        size_t quote = is_quoted(line, length) ? 1 : 0;
        if (mail->len + length > ARCHIVE_MAIL_MAX)
            return set_size_error(mailbox, error);
        g_byte_array_append(mail, (const guint8 *)line + quote, (guint)(length - quote));
    }
}

/* Takes all that is left of the file into mailbox->mail, which may be nothing. */
static bool take_single_mail(struct mailbox *mailbox, GError **error)
{
    do {
        size_t left = mailbox->buffer->len - mailbox->start;
        if (mailbox->mail->len + left > ARCHIVE_MAIL_MAX)
            return set_size_error(mailbox, error);
        if (left > 0)
            g_byte_array_append(mailbox->mail, mailbox->buffer->data + mailbox->start, (guint)left);
        mailbox->start = mailbox->buffer->len;
        if (!mailbox->ended && !fill(mailbox, error))
            return false;
    } while (!mailbox->ended);
    return true;
}

/* Does the line of LENGTH bytes begin a mail's header (RFC 5322, 2.2)? */
static bool is_field(const char *line, size_t length)
{
    size_t name = 0;

    while (name < length && g_ascii_isgraph(line[name]) && line[name] != ':')
        name++;
    size_t colon = name;
    while (colon < length && (line[colon] == ' ' || line[colon] == '\t'))
        colon++;
    return name > 0 && colon < length && line[colon] == ':';
}

/* Finds out what the file is that was just opened. */
static bool look(struct mailbox *mailbox, GError **error)
{
    const char *line;
    size_t length;

    do {
        if (!take_line(mailbox, &line, &length, error))
            return false;
    } while (is_empty_line(line, length));
    mailbox->start -= length;
    mailbox->mbox = length == 0 || is_separator(mailbox, line, length);
    if (mailbox->mbox || is_field(line, length))
        return true;
    g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: neither an mbox nor a mail",
                mailbox->path);
    return false;
}

static gint compare_files(gconstpointer a, gconstpointer b)
{
    const struct file *left = *(struct file *const *)a, *right = *(struct file *const *)b;

    if (left->arrival != right->arrival)
        return left->arrival < right->arrival ? -1 : 1;
    return strcmp(left->name, right->name);
}

/* Reads the file PATH whole, as one mail; some programs leave an mbox's "From " line on it. */
static bool take_file(struct mailbox *mailbox, const char *path, GError **error)
{
    GByteArray *mail = mailbox->mail;
    bool taken = open_source(mailbox, path, error);

    g_byte_array_set_size(mail, 0);
    taken = taken && take_single_mail(mailbox, error);
    close_source(&mailbox->source);
    const char *feed = mail->len > 0 ? memchr(mail->data, '\n', mail->len) : NULL;
    if (feed != NULL) {
        size_t length = (size_t)(feed - (const char *)mail->data) + 1;
        if (is_separator(mailbox, (const char *)mail->data, length))
            g_byte_array_remove_range(mail, 0, (guint)length);
    }
    return taken;
}

/* Adds the mails in the folder NAME of the Maildir to its files. */
static bool list_folder(struct mailbox *mailbox, const char *name, GError **error)
{
    char *folder = g_build_filename(mailbox->path, name, NULL);
    GDir *entries = g_dir_open(folder, 0, NULL);
    const char *entry;
    bool listed = true;
    int zone;

    while (listed && entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        char *path = g_build_filename(folder, entry, NULL);
        if (entry[0] == '.' || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
            g_free(path);
            continue;
        }
        struct file *file = g_new0(struct file, 1);
        file->path = path;
        file->name = strrchr(path, '/') + 1;
        g_ptr_array_add(mailbox->files, file);
        listed = take_file(mailbox, file->path, error);
        if (listed && mailbox->mail->len > 0)
            mailbox_arrival((const char *)mailbox->mail->data, mailbox->mail->len, INT64_MAX,
                            &file->arrival, &zone);
    }
    g_clear_pointer(&entries, g_dir_close);
    g_free(folder);
    return listed;
}

static bool is_folder(const char *path, const char *name)
{
    char *folder = g_build_filename(path, name, NULL);
    bool is = g_file_test(folder, G_FILE_TEST_IS_DIR);

    g_free(folder);
    return is;
}

static bool open_maildir(struct mailbox *mailbox, GError **error)
{
    if (!is_folder(mailbox->path, "new") && !is_folder(mailbox->path, "cur")) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_OPEN, "%s: not a Maildir", mailbox->path);
        return false;
    }
    mailbox->files = g_ptr_array_new_with_free_func(free_file);
    if (!list_folder(mailbox, "new", error) || !list_folder(mailbox, "cur", error))
        return false;
    g_ptr_array_sort(mailbox->files, compare_files);
    return true;
}

struct mailbox *mailbox_open(const char *path, GError **error)
{
    struct mailbox *mailbox = g_new0(struct mailbox, 1);
    bool opened;

    mailbox->path = g_strdup(path);
    mailbox->source.file = -1;
    mailbox->separator = g_regex_new(SEPARATOR_PATTERN, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
    mailbox->buffer = g_byte_array_new();
    mailbox->mail = g_byte_array_new();
    if (strcmp(path, "-") != 0 && g_file_test(path, G_FILE_TEST_IS_DIR))
        opened = open_maildir(mailbox, error);
    else
        opened = open_source(mailbox, path, error) && look(mailbox, error);
    if (!opened)
        g_clear_pointer(&mailbox, mailbox_close);
    return mailbox;
}

void mailbox_close(struct mailbox *mailbox)
{
    close_source(&mailbox->source);
    g_clear_pointer(&mailbox->files, g_ptr_array_unref);
    g_byte_array_unref(mailbox->mail);
    g_byte_array_unref(mailbox->buffer);
    g_regex_unref(mailbox->separator);
    g_free(mailbox->path);
    g_free(mailbox);
}

bool mailbox_next(struct mailbox *mailbox, const char **bytes, size_t *length, GError **error)
{
    GByteArray *mail = mailbox->mail;
    bool taken = true;

    g_byte_array_set_size(mail, 0);
    if (mailbox->files != NULL) {
        while (taken && mail->len == 0 && mailbox->file < mailbox->files->len) {
            struct file *file = g_ptr_array_index(mailbox->files, mailbox->file++);
            taken = take_file(mailbox, file->path, error);
        }
    } else {
        taken = mailbox->mbox ? take_mbox_mail(mailbox, error) : take_single_mail(mailbox, error);
    }
    if (!taken || mail->len == 0)
        return false;
    mailbox->count++;
    *bytes = (const char *)mail->data;
    *length = mail->len;
    return true;
}

bool mailbox_arrival(const char *bytes, size_t length, int64_t latest, int64_t *seconds,
                     int *zone)
{
    const char *cursor = bytes, *end = bytes + length;
    struct header field;
    bool found = false;

    while (header_next(&cursor, end, &field)) {
        bool received = header_is(&field, "Received");
        if (!received && (found || !header_is(&field, "Date")))
            continue;
        /* RFC 5322, 3.6.7: the date stands behind the last semicolon. */
        const char *mark = received ? memrchr(field.value, ';', field.value_length) : NULL;
        const char *date = mark != NULL ? mark + 1 : field.value;
        size_t left = field.value_length - (size_t)(date - field.value);
        long long when;
        int east;
        if ((received && mark == NULL) || !header_decode_date(date, left, &when, &east)
            || when > latest)
            continue;
        *seconds = when;
        *zone = east;
        found = true;
        if (received)
            break;
    }
    return found;
}
