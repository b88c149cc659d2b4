/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "digest.h"
#include "material.h"
#include "tell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void report_say(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    tell("%s", text);
    g_free(text);
}

enum exit_status report_error(GError *error)
{
    report_say("%s", error->message);
    g_error_free(error);
    return EXIT_USAGE;
}

bool report_out(void *data, const char *bytes, size_t length)
{
    int *error = data;

    if (*error == 0 && !tell_bytes(stdout, bytes, length))
        *error = errno;
    return *error == 0;
}

void report_line(int *error, const char *format, ...)
{
    va_list arguments;
    char *text, *valid;
    GString *line = g_string_new(NULL);

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    valid = g_utf8_make_valid(text, -1);
    report_append_field(line, valid);
    g_string_append_c(line, '\n');
    report_out(error, line->str, line->len);
    g_string_free(line, TRUE);
    g_free(valid);
    g_free(text);
}

enum exit_status report_finish(int error)
{
    if (error == 0 && fflush(stdout) != 0)
        error = errno;
    /* A reader that went away is no fault of ours. */
    if (error == 0 || error == EPIPE)
        return EXIT_DONE;
    report_say("cannot write to standard output: %s", g_strerror(error));
    return EXIT_USAGE;
}

char *report_bare_id(const char *text)
{
    size_t length = strlen(text);

    if (length >= 2 && text[0] == '<' && text[length - 1] == '>')
        return g_strndup(text + 1, length - 2);
    return g_strdup(text);
}

/* --- the reports of a range ------------------------------------------------- */

/* Prints what was read; *ERROR is the errno of the first write that failed. */
typedef void print_material(struct material *material, const struct request *request, int *error);

static enum exit_status report_range(const struct request *request, print_material *print)
{
    struct material material;
    enum exit_status status = EXIT_USAGE;
    int error = 0;

    if (!material_open(&material, request))
        return EXIT_USAGE;
    if (material_read(&material, &request->range, request->history)) {
        print(&material, request, &error);
        status = report_finish(error);
    }
    material_close(&material);
    return status;
}

static void print_digest(struct material *material, const struct request *request, int *error)
{
    const struct digest_options options = {
        .name = request->name ? request->name : archive_name(material->archive),
        .from = material->from,
        .to = material->to,
        .classic = request->classic,
    };
    size_t unreadable;

    digest_write(&options, material->set, material->archive, report_out, error, &unreadable);
    if (unreadable > 0)
        report_say("%zu texts could not be read again", unreadable);
}

static void print_postings(struct material *material, const struct request *request, int *error)
{
    struct marking *marking = marking_new(material->marks);
    const GPtrArray *list = series_set_list(material->set);
    GPtrArray *wanted = g_ptr_array_new();

    material_say_marks(material);
    for (guint i = 0; i < list->len; i++)
        marking_wanted(marking, g_ptr_array_index(list, i), wanted);
    material_fingerprint(material, marking, wanted);
    report_list(material->set, marking, request->all_states, report_out, error);
    g_ptr_array_free(wanted, TRUE);
    marking_free(marking);
}

static void print_mails(struct material *material, const struct request *request, int *error)
{
    (void)request;
    report_mails(series_set_mails(material->set), report_out, error);
}

static void print_contributors(struct material *material, const struct request *request,
                               int *error)
{
    (void)request;
    report_stats(series_set_mails(material->set), report_out, error);
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
