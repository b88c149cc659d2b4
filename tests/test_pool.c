/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/mail.h"
#include "mail/pool.h"
#include "run_suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *keep(struct pool *pool, const char *text)
{
    return pool_keep(pool, text, strlen(text));
}

START_TEST(test_same_texts_are_one)
{
    struct pool *pool = pool_new();
    const char *first = pool_keep(pool, "Jane Doe <", 8);

    ck_assert_str_eq(first, "Jane Doe");
    ck_assert_ptr_eq(keep(pool, "Jane Doe"), first);
    ck_assert_str_eq(keep(pool, "Jane"), "Jane");
    ck_assert_str_eq(keep(pool, "Jane Doe, too"), "Jane Doe, too");
    ck_assert_str_eq(keep(pool, ""), "");
    pool_unref(pool);
}
END_TEST

START_TEST(test_the_end_of_another)
{
    struct pool *pool = pool_new();
    const char *kept = keep(pool, "Re: [PATCH] x");

    pool_offer(pool, kept + 4);
    ck_assert_ptr_eq(keep(pool, "[PATCH] x"), kept + 4);
    pool_unref(pool);
}
END_TEST

/* Far more than the tables have places for. */
START_TEST(test_many_texts)
{
    struct pool *pool = pool_new();
    const char **kept = g_new(const char *, 20000);
    char text[32];

    for (int i = 0; i < 20000; i++) {
        g_snprintf(text, sizeof text, "<%d@example.org>", i);
        kept[i] = keep(pool, text);
    }
    for (int i = 0; i < 20000; i++) {
        g_snprintf(text, sizeof text, "<%d@example.org>", i);
        ck_assert_str_eq(kept[i], text);
    }
    g_free(kept);
    pool_unref(pool);
}
END_TEST

START_TEST(test_lists)
{
    struct pool *pool = pool_new();
    const char *a = keep(pool, "a"), *b = keep(pool, "b");
    const char *texts[] = { a, b, a, NULL };
    const char *other[] = { a, b, NULL };
    const char *const *list = pool_keep_list(pool, texts, 3);

    ck_assert_uint_eq((uintptr_t)list % sizeof *list, 0);
    ck_assert(list[0] == a && list[1] == b && list[2] == a && list[3] == NULL);
    ck_assert_ptr_eq(pool_keep_list(pool, texts, 3), list);
    list = pool_keep_list(pool, other, 2);
    ck_assert(list[0] == a && list[1] == b && list[2] == NULL);
    ck_assert_ptr_null(pool_keep_list(pool, other, 0)[0]);
    pool_unref(pool);
}
END_TEST

/* Wherever the texts before them end. */
START_TEST(test_lists_are_aligned)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < 5000; i++) {
        char text[32];
        const char *texts[3];
        const char *const *list;

        g_snprintf(text, sizeof text, "%0*zu", (int)(1 + i % 13), i);
        texts[0] = texts[1] = keep(pool, text);
        list = pool_keep_list(pool, texts, 1 + i % 2);
        ck_assert_uint_eq((uintptr_t)list % sizeof *list, 0);
        ck_assert_str_eq(list[i % 2], text);
        ck_assert_ptr_null(list[1 + i % 2]);
    }
    pool_unref(pool);
}
END_TEST

START_TEST(test_people)
{
    static const struct {
        const char *field, *name, *address, *line;
    } rows[] = {
        { "Jane Doe <jane@example.org>", "Jane Doe", "jane@example.org",
          "Jane Doe <jane@example.org>" },
        { "\"Doe, Jane\" <jane@example.org>", "Doe, Jane", "jane@example.org",
          "\"Doe, Jane\" <jane@example.org>" },
        { "nobody", "nobody", "", "nobody" },
        { "", "", "", "" },
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < 3 * G_N_ELEMENTS(rows); i++) {
        const char *field = rows[i % G_N_ELEMENTS(rows)].field;
        struct pool_person person = pool_person(pool, field, strlen(field));

        ck_assert_str_eq(person.name, rows[i % G_N_ELEMENTS(rows)].name);
        ck_assert_str_eq(person.address, rows[i % G_N_ELEMENTS(rows)].address);
        ck_assert_str_eq(person.line, rows[i % G_N_ELEMENTS(rows)].line);
    }
    pool_unref(pool);
}
END_TEST

/* A field that goes on behind a NUL is another one. */
START_TEST(test_people_with_nuls)
{
    static const char field[] = "nobody\0 at all";
    struct pool *pool = pool_new();
    struct pool_person person = pool_person(pool, field, strlen(field));

    ck_assert_str_eq(person.line, "nobody");
    person = pool_person(pool, field, sizeof field - 1);
    ck_assert_str_eq(person.line, "nobody\xef\xbf\xbd at all");
    pool_unref(pool);
}
END_TEST

static struct mail_batch *read_batch(struct pool **pool, int number)
{
    static const struct mail_place place = { .arrival = 1 };
    struct mail_batch *batch = mail_batch_new_in(pool);
    g_autofree char *text =
        g_strdup_printf("From: Jane Doe <jane@example.org>\nSubject: %d\n\n", number);

    mail_parse(batch, text, strlen(text), &place, false);
    return batch;
}

/* Batches that share texts die in any order, also behind their pool, and another pool follows. */
START_TEST(test_batches)
{
    struct mail_batch *batches[100];
    struct pool *pool = NULL;

    for (int i = 0; i < 100; i++) {
        batches[i] = read_batch(&pool, i);
        if (i % 3 == 0)
            g_clear_pointer(&batches[i], mail_batch_free);
    }
    pool_close(pool);
    for (int i = 99; i >= 0; i--) {
        const struct mail *mail;

        if (batches[i] == NULL)
            continue;
        mail = &g_array_index(batches[i]->mails, struct mail, 0);
        ck_assert_int_eq(atoi(mail->subject), i);
        ck_assert_str_eq(mail->author_line, "Jane Doe <jane@example.org>");
        mail_batch_free(batches[i]);
    }
    pool_close(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *tests = tcase_create("pool");

    mail_startup();
    tcase_add_test(tests, test_same_texts_are_one);
    tcase_add_test(tests, test_the_end_of_another);
    tcase_add_test(tests, test_many_texts);
    tcase_add_test(tests, test_lists);
    tcase_add_test(tests, test_lists_are_aligned);
    tcase_add_test(tests, test_people);
    tcase_add_test(tests, test_people_with_nuls);
    tcase_add_test(tests, test_batches);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
