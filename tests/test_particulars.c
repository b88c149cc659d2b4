/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth knowing of a posting: what is missing, what it says it is for, what it touches, what came before. */
#include "mail/mail.h"
#include "series/particulars.h"
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

#define START 1700000000
#define DAY 86400

/* A test program has no place to keep this but here. */
static struct paper_list *list;
static struct series_set *set;
static GPtrArray *patches;

static void free_patch(void *patch)
{
    patch_free((struct patch *)patch);
}

static void begin(void)
{
    mail_startup();
    list = paper_list_new();
    set = NULL;
    patches = g_ptr_array_new_with_free_func(free_patch);
}

static void end(void)
{
    g_ptr_array_unref(patches);
    series_set_free(set);
    paper_list_free(list);
}

#define MAIL(...) paper_list_add(list, &(struct draft_mail){ __VA_ARGS__ })

/* Adds a patch whose mail has BODY; NULL: one that cannot be read. */
static void add_patch(const char *body)
{
    g_autofree char *mail =
        g_strconcat("From: Ann <ann@example.org>\nSubject: [PATCH] x\n\n", body, NULL);

    g_ptr_array_add(patches, body != NULL ? patch_read(mail, strlen(mail)) : NULL);
}

/* The particulars of the posting with ID, the mails of which are the patches that were added. */
static struct particulars *particulars_of(const char *id)
{
    g_autofree char *whole = g_strdup_printf("%s@example.org", id);

    if (set == NULL)
        set = paper_list_read(list);
    const struct posting *posting = series_set_find(set, whole);
    ck_assert_ptr_nonnull(posting);
    return particulars_new(posting, patches);
}

static void assert_missing(const char *id, const char *expected)
{
    struct particulars *particulars = particulars_of(id);
    g_autofree char *missing = particulars_missing(particulars);

    ck_assert_str_eq(missing, expected);
    particulars_free(particulars);
}

/* The Message-IDs of the earlier postings of that with ID, each followed by a blank. */
static void assert_earlier(const char *id, const char *expected)
{
    struct particulars *particulars = particulars_of(id);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < particulars->earlier->len; i++) {
        const struct member *member = g_ptr_array_index(particulars->earlier, i);
        g_string_append_printf(text, "%.*s ", (int)strcspn(member->mail->message_id, "@"),
                               member->mail->message_id);
    }
    ck_assert_str_eq(text->str, expected);
    particulars_free(particulars);
}

START_TEST(test_missing)
{
    MAIL(.id = "whole0", .subject = "[PATCH 0/2] whole", .date = START);
    MAIL(.id = "whole1", .subject = "[PATCH 1/2] one", .reply_to = "whole0", .date = START);
    MAIL(.id = "whole2", .subject = "[PATCH 2/2] two", .reply_to = "whole0", .date = START);
    MAIL(.id = "gaps0", .subject = "[PATCH 0/9] gaps", .date = START);
    MAIL(.id = "gaps2", .subject = "[PATCH 2/9] two", .reply_to = "gaps0", .date = START);
    MAIL(.id = "gaps4", .subject = "[PATCH 4/9] four", .reply_to = "gaps0", .date = START);
    MAIL(.id = "gaps5", .subject = "[PATCH 5/9] five", .reply_to = "gaps0", .date = START);
    MAIL(.id = "cover0", .subject = "[PATCH 0/99999] cover alone", .date = START);
    MAIL(.id = "single", .subject = "[PATCH] single", .date = START);
    MAIL(.id = "last3", .subject = "[PATCH 3/3] the last one", .date = START);
    assert_missing("whole0", "");
    assert_missing("gaps0", "1, 3, 6-9");
    assert_missing("single", "");
    assert_missing("last3", "1-2");
    assert_missing("cover0", "1-99999");
}
END_TEST

/* A partial reroll has what it lacks from what it rerolls. */
START_TEST(test_reroll)
{
    MAIL(.id = "a1", .subject = "[PATCH 1/3] one", .date = START);
    MAIL(.id = "a2", .subject = "[PATCH 2/3] two", .reply_to = "a1", .date = START);
    MAIL(.id = "a3", .subject = "[PATCH 3/3] three", .reply_to = "a1", .date = START);
    MAIL(.id = "b2", .subject = "[PATCH v2 2/3] two", .reply_to = "a2", .date = START + DAY);
    assert_missing("b2", "");
    assert_earlier("b2", "a1 ");
}
END_TEST

START_TEST(test_words)
{
    MAIL(.id = "c0", .subject = "[PATCH 0/3] cover", .date = START);
    add_patch("text\n---\nbase-commit: 1111111111111111111111111111111111111111\n"
              "prerequisite-patch-id: 2222222222222222222222222222222222222222\n");
    add_patch(NULL);
    add_patch("text\n---\nchange-id: 20260101-thing-0123456789ab\n"
              "base-commit: 3333333333333333333333333333333333333333\n"
              "prerequisite-patch-id: 2222222222222222222222222222222222222222\n"
              "prerequisite-message-id: <x@example.org>\n");
    struct particulars *particulars = particulars_of("c0");
    ck_assert_str_eq(particulars->base_commit, "1111111111111111111111111111111111111111");
    ck_assert_str_eq(particulars->change_id, "20260101-thing-0123456789ab");
    ck_assert_uint_eq(particulars->prerequisites->len, 2);
    ck_assert_ptr_nonnull(strstr(g_ptr_array_index(particulars->prerequisites, 0), "2222"));
    ck_assert_ptr_nonnull(strstr(g_ptr_array_index(particulars->prerequisites, 1), "x@example.org"));
    particulars_free(particulars);
}
END_TEST

START_TEST(test_nothing_said)
{
    MAIL(.id = "c0", .subject = "[PATCH 0/1] cover", .date = START);
    add_patch("text\n");
    struct particulars *particulars = particulars_of("c0");
    ck_assert_ptr_null(particulars->base_commit);
    ck_assert_ptr_null(particulars->change_id);
    ck_assert_uint_eq(particulars->prerequisites->len, 0);
    ck_assert_uint_eq(particulars->files->len, 0);
    ck_assert_uint_eq(particulars->earlier->len, 0);
    particulars_free(particulars);
}
END_TEST

#define CHANGE(name, hunk) \
    "diff --git a/" name " b/" name "\nindex 1111111..2222222 100644\n--- a/" name "\n+++ b/" name \
    "\n" hunk

START_TEST(test_files)
{
    static const struct {
        const char *path;
        uint32_t added, removed, patches;
    } expected[] = { { "a/z.c", 3, 1, 2 }, { "b.c", 1, 1, 1 }, { "new.c", 0, 0, 1 } };

    MAIL(.id = "c0", .subject = "[PATCH 0/3] cover", .date = START);
    add_patch("text\n---\n" CHANGE("b.c", "@@ -1 +1 @@\n-1\n+2\n")
              CHANGE("a/z.c", "@@ -1,2 +1,3 @@\n 1\n+2\n 3\n"));
    add_patch(NULL);
    add_patch("text\n---\n" CHANGE("a/z.c", "@@ -1 +1,2 @@\n-1\n+2\n+3\n")
              "diff --git a/old.c b/new.c\nsimilarity index 100%\nrename from old.c\nrename to new.c\n");
    struct particulars *particulars = particulars_of("c0");
    ck_assert_uint_eq(particulars->files->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const struct particulars_file *file =
            &g_array_index(particulars->files, struct particulars_file, i);
        ck_assert_str_eq(file->path, expected[i].path);
        ck_assert_uint_eq(file->added, expected[i].added);
        ck_assert_uint_eq(file->removed, expected[i].removed);
        ck_assert_uint_eq(file->patches, expected[i].patches);
    }
    ck_assert_uint_eq(particulars->added, 4);
    ck_assert_uint_eq(particulars->removed, 2);
    particulars_free(particulars);
}
END_TEST

START_TEST(test_earlier)
{
    MAIL(.id = "v1", .subject = "[PATCH 0/1] thing", .date = START);
    MAIL(.id = "v2", .subject = "[PATCH v2 0/1] thing", .date = START + DAY);
    MAIL(.id = "v3", .subject = "[PATCH v3 0/1] thing", .date = START + 2 * DAY);
    MAIL(.id = "v4", .subject = "[PATCH v4 0/1] thing", .date = START + 3 * DAY);
    assert_earlier("v1", "");
    assert_earlier("v3", "v2 v1 ");
    assert_earlier("v4", "v3 v2 v1 ");
}
END_TEST

/* Links lead to versions that nothing else joins, and not to what the series builds upon. */
START_TEST(test_links)
{
    MAIL(.id = "before", .subject = "[PATCH 0/1] as it was called", .from = "Ben <ben@example.com>",
         .date = START);
    MAIL(.id = "other", .subject = "[PATCH 0/1] something else", .from = "Eve <eve@example.com>",
         .date = START + DAY);
    MAIL(.id = "later", .subject = "[PATCH v9 0/1] later", .from = "Eve <eve@example.com>",
         .date = START + DAY);
    MAIL(.id = "v2", .subject = "[PATCH v2 0/1] thing", .date = START + 2 * DAY);
    MAIL(.id = "v3", .subject = "[PATCH v3 0/1] thing", .date = START + 3 * DAY);
    add_patch("v2: https://lore.kernel.org/r/v2@example.org\n"
              "v1: https://lore.kernel.org/r/before@example.org\n"
              "built on https://lore.kernel.org/r/other@example.org\n"
              "and https://lore.kernel.org/r/later@example.org,\n"
              "https://lore.kernel.org/r/unknown@example.org\n");
    assert_earlier("v3", "v2 before ");
}
END_TEST

/* What a mail names thousands of is still counted. */
START_TEST(test_many)
{
    g_autoptr(GString) body = g_string_new("text\n---\n");

    MAIL(.id = "c0", .subject = "[PATCH] many", .date = START);
    for (int i = 0; i < 20000; i++)
        g_string_append_printf(body, "prerequisite-patch-id: %040d\n", i % 100);
    for (int i = 0; i < 20000; i++)
        g_string_append_printf(body, "diff --git a/f%d b/f%d\nold mode 100644\nnew mode 100755\n",
                               i % 5000, i % 5000);
    add_patch(body->str);
    struct particulars *particulars = particulars_of("c0");
    ck_assert_uint_eq(particulars->files->len, 5000);
    ck_assert_uint_eq(particulars->prerequisites->len, 100);
    ck_assert_uint_eq(g_array_index(particulars->files, struct particulars_file, 0).patches, 1);
    particulars_free(particulars);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("particulars");
    TCase *tcase = tcase_create("particulars");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_missing);
    tcase_add_test(tcase, test_reroll);
    tcase_add_test(tcase, test_words);
    tcase_add_test(tcase, test_nothing_said);
    tcase_add_test(tcase, test_files);
    tcase_add_test(tcase, test_earlier);
    tcase_add_test(tcase, test_links);
    tcase_add_test(tcase, test_many);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
