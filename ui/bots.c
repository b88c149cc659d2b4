/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bots.h"

#include "hash.h"
#include "pattern.h"

#include <string.h>

/* What a word without a letter stands for. */
#define SIMPLE "~f %s"

/* Mails of which it is remembered; more are forgotten all at once. */
#define KNOWN_MAX 4000000

enum answer { ANSWER_NO = 1, ANSWER_YES };

struct bots {
    const struct settings *settings;
    char *text;              /* what the pattern was compiled from; NULL: nothing yet */
    struct pattern *pattern; /* NULL: there are none */
    GHashTable *known;       /* struct member * → enum answer */
};

static guint hash_member(gconstpointer member)
{
    return hash_end(hash_add_pointer(0, member));
}

static struct pattern *compile(const char *text, GError **error)
{
    int64_t now = g_get_real_time() / G_USEC_PER_SEC;
    struct pattern *pattern = pattern_new(text, SIMPLE, now, error);

    if (pattern != NULL && pattern_needs_texts(pattern)) {
        g_set_error(error, PATTERN_ERROR, PATTERN_ERROR_SYNTAX,
                    "mails are not read to find out whether machines wrote them");
        g_clear_pointer(&pattern, pattern_free);
    }
    return pattern;
}

bool bots_check(const char *text, GError **error)
{
    struct pattern *pattern = *text != '\0' ? compile(text, error) : NULL;
    bool good = pattern != NULL || *text == '\0';

    pattern_free(pattern);
    return good;
}

struct bots *bots_new(const struct settings *settings)
{
    struct bots *bots = g_new0(struct bots, 1);

    bots->settings = settings;
    bots->known = g_hash_table_new(hash_member, NULL);
    return bots;
}

void bots_free(struct bots *bots)
{
    if (bots == NULL)
        return;
    pattern_free(bots->pattern);
    g_hash_table_unref(bots->known);
    g_free(bots->text);
    g_free(bots);
}

static void follow_setting(struct bots *bots)
{
    const char *text = bots->settings->bots;

    if (bots->text != NULL && strcmp(bots->text, text) == 0)
        return;
    pattern_free(bots->pattern);
    g_free(bots->text);
    bots->text = g_strdup(text);
    bots->pattern = *text != '\0' ? compile(text, NULL) : NULL;
    g_hash_table_remove_all(bots->known);
}

static bool ask(const struct bots *bots, const struct member *mail)
{
    const struct pattern_subject subject = { .member = mail, .posting = mail->posting };

    return pattern_match(bots->pattern, &subject, NULL) == PATTERN_YES;
}

bool bots_wrote(void *data, const struct member *mail)
{
    struct bots *bots = data;
    gpointer key = (gpointer)(uintptr_t)mail;
    enum answer answer;

    follow_setting(bots);
    if (bots->pattern == NULL)
        return false;
    if (pattern_is_volatile(bots->pattern))
        return ask(bots, mail);
    answer = (enum answer)GPOINTER_TO_INT(g_hash_table_lookup(bots->known, key));
    if (answer == 0) {
        answer = ask(bots, mail) ? ANSWER_YES : ANSWER_NO;
        if (g_hash_table_size(bots->known) >= KNOWN_MAX)
            g_hash_table_remove_all(bots->known);
        g_hash_table_insert(bots->known, key, GINT_TO_POINTER(answer));
    }
    return answer == ANSWER_YES;
}
