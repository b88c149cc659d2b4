/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen_marks_support.h"

/* The text of a patch that adds LINE. The caller frees it. */
static char *body_adding(const char *line)
{
    return g_strdup_printf("What it does.\n"
                           "---\n"
                           "diff --git a/file.c b/file.c\n"
                           "--- a/file.c\n"
                           "+++ b/file.c\n"
                           "@@ -1,2 +1,3 @@ first\n"
                           " context\n"
                           "+\t%s\n"
                           "-- \n"
                           "2.39\n",
                           line);
}

static void add_patch(struct session *session, int day, const char *id, const char *parent,
                      const char *subject, const char *line)
{
    char *body = body_adding(line);
    add(session, ANN, day, id, parent, subject, body);
    g_free(body);
}

void add_first_version(struct session *session)
{
    add(session, ANN, 10, "a0", NULL, "[PATCH 0/3] widget: make it turn", "Cover.\n");
    add_patch(session, 10, "a1", "a0", "[PATCH 1/3] widget: oil it", "oil");
    add_patch(session, 10, "a2", "a0", "[PATCH 2/3] widget: turn it", "turn");
    add_patch(session, 10, "a3", "a0", "[PATCH 3/3] widget: paint it", "paint");
}

void add_second_version(struct session *session)
{
    add(session, ANN, 20, "b0", NULL, "[PATCH v2 0/3] widget: make it turn", "Cover.\n");
    add_patch(session, 20, "b1", "b0", "[PATCH v2 1/3] widget: oil it", "oil");
    add_patch(session, 20, "b2", "b0", "[PATCH v2 2/3] widget: turn it", "turn");
    add_patch(session, 20, "b3", "b0", "[PATCH v2 3/3] widget: paint it", "varnish");
}

struct session parts_new(void)
{
    struct session session = session_new();
    add_parts(&session, 4, 4);
    start(&session);
    return session;
}
