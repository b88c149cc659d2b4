/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "archive/import.h"
#include "digest.h"
#include "mail/mbox.h"
#include "material.h"
#include "readable.h"

#include <stdio.h>

/* --- show ------------------------------------------------------------------- */

static enum exit_status show_mail(struct material *material, const struct request *request,
                                  const struct mail *mail, int *error)
{
    struct archive_mail raw;
    GString *text;
    GError *problem = NULL;

    if (!archive_read_id(material->archive, &mail->place.commit, &raw, &problem))
        return report_error(problem);
    text = g_string_sized_new(raw.length + 128);
    if (request->raw && request->whole_series)
        mbox_append(text, &mail->place.commit, raw.bytes, raw.length);
    else if (request->raw)
        g_string_append_len(text, raw.bytes, (gssize)raw.length);
    else
        readable_append(text, raw.bytes, raw.length);
    report_out(error, text->str, text->len);
    g_string_free(text, TRUE);
    archive_mail_release(&raw);
    return EXIT_DONE;
}

static enum exit_status show_posting(struct material *material, const struct request *request,
                                     const struct posting *posting, int *error)
{
    GPtrArray *members = posting_all_members(posting);
    enum exit_status status = EXIT_DONE;

    for (guint i = 0; i < members->len && status == EXIT_DONE; i++) {
        const struct member *member = g_ptr_array_index(members, i);

        /* git am stops at a mail without a patch. */
        if (request->raw && member->mail->kind == MAIL_COVER)
            continue;
        if (i > 0 && !request->raw)
            report_out(error, "\n", 1);
        status = show_mail(material, request, member->mail, error);
    }
    g_ptr_array_free(members, TRUE);
    return status;
}

/* Prints the mail with the Message-ID ID, or its posting. */
static enum exit_status show(struct material *material, const struct request *request,
                             const GPtrArray *ids)
{
    const char *id = g_ptr_array_index(ids, 0);
    const struct member *member = mailset_find(series_set_mails(material->set), id);
    const struct posting *posting =
        request->whole_series ? series_set_find(material->set, id) : NULL;
    enum exit_status status = EXIT_NOTHING;
    int error = 0;

    if (!member)
        report_say("%s: no mail with the Message-ID %s", request->archive, id);
    else if (request->whole_series && !posting)
        report_say("%s: the mail %s is of no series", request->archive, id);
    else if (posting)
        status = show_posting(material, request, posting, &error);
    else
        status = show_mail(material, request, member->mail, &error);
    return status == EXIT_DONE ? report_finish(error) : status;
}

enum exit_status report_show(const struct request *request)
{
    return material_answer(request, request->whole_series, show);
}

/* --- import ----------------------------------------------------------------- */

enum exit_status report_import(const struct request *request)
{
    struct import_result result = { 0 };
    GError *error = NULL;
    int failed = 0;
    size_t count = g_strv_length((char **)(uintptr_t)request->arguments);

    if (count > 0) {
        if (!import_files(request->archive, request->arguments, count, &result, &error))
            return report_error(error);
        report_line(&failed, "%s: %zu mails added, %zu known already", request->archive,
                    result.added, result.known);
    }
    if (request->withdraw) {
        char *id = report_bare_id(request->withdraw);
        bool done = import_withdraw(request->archive, id, &error);

        g_free(id);
        if (!done)
            return report_error(error);
        report_line(&failed, "%s: %s withdrawn", request->archive, request->withdraw);
    }
    return report_finish(failed);
}
