/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "archive/import.h"
#include "digest.h"
#include "mbox.h"
#include "scan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void say(const char *format, ...)
{
    GString *line = g_string_new("pore: ");
    va_list arguments;
    char *text, *valid;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    valid = g_utf8_make_valid(text, -1);
    report_append_field(line, valid);
    fprintf(stderr, "%s\n", line->str);
    g_free(valid);
    g_free(text);
    g_string_free(line, TRUE);
}

enum exit_status report_error(GError *error)
{
    say("%s", error->message);
    g_error_free(error);
    return EXIT_USAGE;
}

/* --- reading the range ------------------------------------------------------ */

/* What a report is made of. */
struct reading {
    struct archive *archive;
    struct scan *scan; /* finished; kept for the words of its range */
    struct series_set *set;
    size_t unreadable;
    char *first_problem;
    int write_error; /* errno of the first write that failed, or 0 */
};

static void reading_close(struct reading *reading)
{
    if (reading->unreadable == 1)
        say("1 mail could not be read: %s", reading->first_problem);
    else if (reading->unreadable > 1)
        say("%zu mails could not be read, the first: %s", reading->unreadable,
            reading->first_problem);
    g_free(reading->first_problem);
    series_set_free(reading->set);
    scan_free(reading->scan);
    archive_close(reading->archive);
}

static void take_problems(struct reading *reading, const struct mail_batch *batch)
{
    for (guint i = 0; i < batch->breaks->len; i++)
        say("older mails are missing: %s", (const char *)g_ptr_array_index(batch->breaks, i));
    if (batch->problems->len > 0 && !reading->first_problem)
        reading->first_problem = g_strdup(g_ptr_array_index(batch->problems, 0));
    reading->unreadable += batch->problems->len;
}

/* Reads all of RANGE. On false everything is closed and the error has been said. */
static bool read_range(struct reading *reading, const struct request *request,
                       const struct range *range)
{
    GError *error = NULL;
    struct mail_batch *batch;

    *reading = (struct reading){ .set = series_set_new() };
    reading->archive = archive_open(request->archive, &error);
    if (reading->archive)
        reading->scan = scan_start(reading->archive, range, (unsigned)request->readers, NULL, NULL,
                                   &error);
    if (!reading->scan) {
        report_error(error);
        reading_close(reading);
        return false;
    }
    while ((batch = scan_wait(reading->scan))) {
        take_problems(reading, batch);
        series_set_take(reading->set, batch);
    }
    return true;
}

/* --- writing ---------------------------------------------------------------- */

/* A report_write for standard output. DATA is an int that keeps the first errno. */
static bool write_out(void *data, const char *bytes, size_t length)
{
    int *error = data;

    if (*error == 0 && fwrite(bytes, 1, length, stdout) != length)
        *error = errno;
    return *error == 0;
}

enum exit_status report_finish(int error)
{
    if (error == 0 && fflush(stdout) != 0)
        error = errno;
    /* A reader that went away is no fault of ours. */
    if (error == 0 || error == EPIPE)
        return EXIT_DONE;
    say("cannot write to standard output: %s", g_strerror(error));
    return EXIT_USAGE;
}

/* --- the reports ------------------------------------------------------------ */

/* Prints what was read; who needs the series settles them. */
typedef void print_reading(struct reading *reading, const struct request *request);

static enum exit_status report_range(const struct request *request, print_reading *print)
{
    struct reading reading;
    enum exit_status status;

    if (!read_range(&reading, request, &request->range))
        return EXIT_USAGE;
    print(&reading, request);
    status = report_finish(reading.write_error);
    reading_close(&reading);
    return status;
}

static void print_digest(struct reading *reading, const struct request *request)
{
    struct digest_options options = {
        .name = request->name ? request->name : archive_name(reading->archive),
        .from = scan_from(reading->scan),
        .to = scan_to(reading->scan),
        .classic = request->classic,
    };
    size_t unreadable;

    series_set_settle(reading->set);
    digest_write(&options, reading->set, reading->archive, write_out, &reading->write_error,
                 &unreadable);
    if (unreadable > 0)
        say("%zu texts could not be read again", unreadable);
}

static void print_postings(struct reading *reading, const struct request *request)
{
    series_set_settle(reading->set);
    report_list(reading->set, request->all_states, write_out, &reading->write_error);
}

static void print_mails(struct reading *reading, const struct request *request)
{
    (void)request;
    report_mails(series_set_mails(reading->set), write_out, &reading->write_error);
}

static void print_contributors(struct reading *reading, const struct request *request)
{
    (void)request;
    report_stats(series_set_mails(reading->set), write_out, &reading->write_error);
}

enum exit_status report_digest(const struct request *request)
{
    return report_range(request, print_digest);
}

enum exit_status report_postings(const struct request *request)
{
    return report_range(request, print_postings);
}

enum exit_status report_every_mail(const struct request *request)
{
    return report_range(request, print_mails);
}

enum exit_status report_contributors(const struct request *request)
{
    return report_range(request, print_contributors);
}

/* --- show ------------------------------------------------------------------- */

/* Writes raw bytes; to a terminal only what cannot steer it. */
static void write_raw(int *error, const char *bytes, size_t length)
{
    GString *clean;
    char *valid;

    if (!isatty(STDOUT_FILENO)) {
        write_out(error, bytes, length);
        return;
    }
    valid = g_utf8_make_valid(bytes, (gssize)length);
    clean = g_string_new(NULL);
    report_append_text(clean, valid, strlen(valid));
    write_out(error, clean->str, clean->len);
    g_string_free(clean, TRUE);
    g_free(valid);
}

static bool show_mail(struct reading *reading, const struct request *request,
                      const struct mail *mail)
{
    struct archive_mail raw;
    GString *text;
    GError *error = NULL;

    if (!archive_read_id(reading->archive, &mail->place.commit, &raw, &error)) {
        report_error(error);
        return false;
    }
    text = g_string_sized_new(raw.length + 128);
    if (request->raw && request->whole_series)
        mbox_append(text, &mail->place.commit, raw.bytes, raw.length);
    else if (request->raw)
        g_string_append_len(text, raw.bytes, (gssize)raw.length);
    else
        mbox_append_readable(text, raw.bytes, raw.length);
    if (request->raw)
        write_raw(&reading->write_error, text->str, text->len);
    else
        write_out(&reading->write_error, text->str, text->len);
    g_string_free(text, TRUE);
    archive_mail_release(&raw);
    return true;
}

static bool show_posting(struct reading *reading, const struct request *request,
                         const struct posting *posting)
{
    GPtrArray *members = posting_all_members(posting);
    bool shown = true;

    for (guint i = 0; i < members->len && shown; i++) {
        const struct member *member = g_ptr_array_index(members, i);

        /* git am stops at a mail without a patch. */
        if (request->raw && member->mail->kind == MAIL_COVER)
            continue;
        if (i > 0 && !request->raw)
            write_out(&reading->write_error, "\n", 1);
        shown = show_mail(reading, request, member->mail);
    }
    g_ptr_array_free(members, TRUE);
    return shown;
}

/* "<id>" and "id" mean the same. */
static char *bare_message_id(const char *text)
{
    size_t length = strlen(text);

    if (length >= 2 && text[0] == '<' && text[length - 1] == '>')
        return g_strndup(text + 1, length - 2);
    return g_strdup(text);
}

enum exit_status report_show(const struct request *request)
{
    struct range everything = { .all = true };
    struct reading reading;
    const struct member *member;
    const struct posting *posting = NULL;
    enum exit_status status = EXIT_NOTHING;
    char *id = bare_message_id(request->arguments[0]);

    if (!read_range(&reading, request, &everything)) {
        g_free(id);
        return EXIT_USAGE;
    }
    member = mailset_find(series_set_mails(reading.set), id);
    if (member && request->whole_series) {
        series_set_settle(reading.set);
        posting = series_set_find(reading.set, id);
    }
    if (!member)
        say("%s: no mail with the Message-ID %s", request->archive, id);
    else if (request->whole_series && !posting)
        say("%s: the mail %s is of no series", request->archive, id);
    else if (posting ? show_posting(&reading, request, posting)
                     : show_mail(&reading, request, member->mail))
        status = report_finish(reading.write_error);
    else
        status = EXIT_USAGE;
    g_free(id);
    reading_close(&reading);
    return status;
}

/* --- import ----------------------------------------------------------------- */

enum exit_status report_import(const struct request *request)
{
    struct import_result result = { 0 };
    GError *error = NULL;
    size_t count = g_strv_length((char **)(uintptr_t)request->arguments);

    if (count > 0) {
        if (!import_files(request->archive, request->arguments, count, &result, &error))
            return report_error(error);
        printf("%s: %zu mails added, %zu known already\n", request->archive, result.added,
               result.known);
    }
    if (request->withdraw) {
        char *id = bare_message_id(request->withdraw);
        bool done = import_withdraw(request->archive, id, &error);

        g_free(id);
        if (!done)
            return report_error(error);
        printf("%s: %s withdrawn\n", request->archive, request->withdraw);
    }
    return report_finish(0);
}
