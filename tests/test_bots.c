/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which mails machines wrote, by the setting bots. */
#include "bots.h"
#include "series_support.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

static struct settings settings;
static struct paper_list *list;
static struct series_set *set;
static struct bots *bots;

static void begin(void)
{
    settings_init(&settings);
    list = paper_list_new();
    set = NULL;
    bots = bots_new(&settings);
}

static void end(void)
{
    bots_free(bots);
    series_set_free(set);
    paper_list_free(list);
    settings_clear(&settings);
}

static void set_bots(const char *value)
{
    ck_assert(settings_set(&settings, setting_find("bots"), value, NULL));
}

static void add(const char *id, const char *from, const char *subject)
{
    paper_list_add(list, &(struct draft_mail){.id = id, .subject = subject, .from = from});
}

/* Did a machine write the mail with ID? */
static bool asks(const char *id)
{
    g_autofree char *whole = g_strdup_printf("%s@example.org", id);
    if (!set)
        set = paper_list_read(list);
    return bots_wrote(bots, mailset_find(series_set_mails(set), whole));
}

static const char *const machines[] = {
    "kernel test robot <joe@example.org>", "Kernel Test Robot <lkp@example.org>",
    "syzbot <syzbot+0a1b2c3d@apps.example.org>", "syzbot ci <syzbot+ci0a1b@apps.example.org>",
    "patchwork-bot+list@example.org", "tip-bot2 for Joe Roe <tip-bot2@example.org>",
    "list.test.bot@example.org", "Build bot for Joe Roe <joe@example.org>",
    "bot+some-ci@example.org", "Some CI <some-ci@example.org>", "<ci@example.org>",
    "kernelci.example.org bot <bot@example.org>", "KernelCI <joe@example.org>",
    "no-reply@patchew.example.org", "Joe via a site <noreply@example.org>",
    "bugzilla-daemon@example.org", "Patchwork <patchwork@example.org>", "buildbot@example.org",
    "robots <r@example.org>",
};

START_TEST(test_machines)
{
    add("1", machines[_i], "Re: x");
    ck_assert_msg(asks("1"), "%s", machines[_i]);
}
END_TEST

static const char *const people[] = {
    "Ann Example <ann@example.org>", "Ian Abbot <abbot@example.org>",
    "Bo Talbot <bo@shazbot.example.org>",
    "Ci Robothan <ci.robothan@example.org>", "Botho Lkpson <botho@example.org>",
    "Al Ciccone <al_ci@example.org>", "Joe <1234+joe@users.noreply.example.org>",
    "Joe Roe <joe@patchwork.example.org>", "Joe Tester <testuser7@example.org>",
    "Daemon Roe <daemon.roe@example.org>",
};

START_TEST(test_people)
{
    add("1", people[_i], "Re: x");
    ck_assert_msg(!asks("1"), "%s", people[_i]);
}
END_TEST

/* It is compiled again, and what was known is forgotten. */
START_TEST(test_setting_changes)
{
    add("1", "Ann Example <ann@example.org>", "Re: x");
    add("2", "Robot <robot@example.org>", "Re: x");
    ck_assert(!asks("1"));
    ck_assert(asks("2"));
    set_bots("~f ann@");
    ck_assert(asks("1"));
    ck_assert(asks("1"));
    ck_assert(!asks("2"));
    set_bots("");
    ck_assert(!asks("1"));
    ck_assert(!asks("2"));
    settings_reset(&settings, setting_find("bots"));
    ck_assert(asks("2"));
}
END_TEST

/* A word stands for a sender; all letters about what is known without reading mails are understood. */
START_TEST(test_patterns)
{
    add("1", "Ann Example <ann@example.org>", "Re: bob");
    add("2", "Bob Sample <bob@example.org>", "Re: ann");
    set_bots("bob");
    ck_assert(!asks("1"));
    ck_assert(asks("2"));
    set_bots("~s bob !~f bob");
    ck_assert(asks("1"));
    ck_assert(!asks("2"));
    /* That can change, and is asked each time. */
    set_bots("~a 0 ~f ann");
    ck_assert(asks("1"));
    ck_assert(!asks("2"));
}
END_TEST

/* Who sets what cannot be compiled is told so, and nobody is a machine. */
START_TEST(test_wrong_patterns)
{
    static const char *const wrong[] = {"~f (", "~f", "~q x", "( ~f a", " ", "~b robot", "~f a | ~h x"};
    add("1", "Robot <robot@example.org>", "Re: x");
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        GError *error = NULL;
        ck_assert(!bots_check(wrong[i], &error));
        ck_assert_ptr_nonnull(error);
        ck_assert_ptr_null(strchr(error->message, '\n'));
        g_error_free(error);
        set_bots(wrong[i]);
        ck_assert(!asks("1"));
    }
    ck_assert(bots_check("", NULL));
    ck_assert(bots_check(setting_find("bots")->value, NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bots");
    TCase *tests = tcase_create("bots");

    mail_startup();
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, test_machines, 0, (int)G_N_ELEMENTS(machines));
    tcase_add_loop_test(tests, test_people, 0, (int)G_N_ELEMENTS(people));
    tcase_add_test(tests, test_setting_changes);
    tcase_add_test(tests, test_patterns);
    tcase_add_test(tests, test_wrong_patterns);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
