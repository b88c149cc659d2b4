/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a patch: its parts lie where they are said to lie, and a mail with trailers added to
 * it still has its author and title.
 *
 * Targets: src/mail/patch.c src/mail/patch_file.c src/mail/mailinfo.c src/mail/patch_mail.c
 * src/mail/patch_comparable.c */
#include "fuzz.h"

#include "mail/mail.h"
#include "mail/patch.h"
#include "mail/patch_mail.h"

#include <string.h>

static void check_text(const char *text)
{
    g_assert(text != NULL && g_utf8_validate(text, -1, NULL));
}

static void check_files(const struct patch *patch)
{
    size_t at = 0;

    for (guint i = 0; i < patch->files->len; i++) {
        const struct patch_file *file = &g_array_index(patch->files, struct patch_file, i);

        check_text(file->path);
        g_assert(file->start == at && file->length > 0);
        g_assert(file->old_path == NULL || g_utf8_validate(file->old_path, -1, NULL));
        at += file->length;
    }
    g_assert(at == strlen(patch->diff));
}

static void check_patch(const struct patch *patch)
{
    size_t message = strlen(patch->message);
    size_t diff = strlen(patch->diff);

    check_text(patch->author);
    check_text(patch->date);
    check_text(patch->title);
    check_text(patch->message);
    check_text(patch->diff);
    g_assert(strchr(patch->title, '\n') == NULL);
    g_assert(message == 0 || (message > 1 && patch->message[message - 1] == '\n' &&
                              patch->message[message - 2] != '\n'));
    g_assert(diff == 0 || patch->diff[diff - 1] == '\n');
    g_assert((diff == 0) == (g_bytes_get_size(patch->raw_diff) == 0));
    g_assert((diff == 0) == (patch->cover != NULL));
    if (patch->cover != NULL)
        check_text(patch->cover);
    check_files(patch);
}

static void check_comparable(const struct patch *patch)
{
    size_t start;
    GString *text = patch_comparable(patch, &start);

    g_assert(g_str_has_prefix(text->str, " ## Metadata ##\nAuthor: "));
    g_assert((start == 0) == (patch->files->len == 0));
    g_assert(start == 0 || g_str_has_prefix(text->str + start, " ## "));
    g_assert(text->len == strlen(text->str));
    g_string_free(text, TRUE);
}

/* The mail in MBOX, whose lines are escaped no more (mboxrd). */
static GString *take_mail(const GString *mbox)
{
    const char *end = mbox->str + mbox->len;
    GString *mail = g_string_new(NULL);

    for (const char *line = mbox->str, *next; line < end; line = next) {
        const char *from = line;
        next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
        while (*from == '>')
            from++;
        if (from > line && g_str_has_prefix(from, "From "))
            line++;
        if (line > mbox->str)
            g_string_append_len(mail, line, next - line);
    }
    return mail;
}

static void check_mail(const struct patch *patch, const char *bytes, size_t size)
{
    static const char *const trailers[] = { "Reviewed-by: Bo <bo@example.com>", NULL };
    static const struct commit_id commit;
    GString *mbox = g_string_new(NULL);
    GString *mail;
    struct patch *again;

    patch_mail_append(mbox, &commit, bytes, size, trailers);
    mail = take_mail(mbox);
    again = patch_read(mail->str, mail->len);
    check_patch(again);
    if (*patch->title != '\0' && *patch->author != '\0') {
        /* Without a subject the first paragraph is the title, trailers with it, which go before a
         * signature that stands in it. */
        g_assert(g_str_has_prefix(again->title, patch->title) ||
                 g_str_has_prefix(patch->title, again->title));
        g_assert_cmpstr(again->author, ==, patch->author);
    }
    patch_free(again);
    g_string_free(mail, TRUE);
    g_string_free(mbox, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static gsize started;
    const char *bytes = (const char *)data;
    struct patch *patch;

    if (g_once_init_enter(&started)) {
        mail_startup();
        g_once_init_leave(&started, 1);
    }
    patch = patch_read(bytes, size);
    check_patch(patch);
    check_comparable(patch);
    check_mail(patch, bytes, size);
    patch_free(patch);
    return 0;
}
