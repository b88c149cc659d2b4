/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare_support.h"

/* A patch of FILE: ten lines of it, the sixth becomes LINE. The caller frees it. */
static char *patch_of(const char *message, const char *file, const char *line)
{
    return g_strdup_printf("%s\n"
                           "\n"
                           "Signed-off-by: Ann Example <ann@example.org>\n"
                           "---\n"
                           " %s | 2 +-\n"
                           " 1 file changed, 1 insertion(+), 1 deletion(-)\n"
                           "\n"
                           "diff --git a/%s b/%s\n"
                           "index 1111111..2222222 100644\n"
                           "--- a/%s\n"
                           "+++ b/%s\n"
                           "@@ -3,7 +3,7 @@ int first(void)\n"
                           " \tone of %s\n"
                           " \ttwo of %s\n"
                           " \tthree of %s\n"
                           "-\tfour of %s\n"
                           "+\t%s\n"
                           " \tfive of %s\n"
                           " \tsix of %s\n"
                           " \tseven of %s\n"
                           "-- \n"
                           "2.39\n",
                           message, file, file, file, file, file, file, file, file, file, line,
                           file, file, file);
}

void add_patch(struct session *session, int day, const char *id, const char *parent,
               const char *subject, const char *message, const char *file, const char *line)
{
    char *body = patch_of(message, file, line);
    add(session, ANN, day, id, parent, subject, body);
    g_free(body);
}

void add_first(struct session *session)
{
    add(session, ANN, 0, "a0", NULL, "[PATCH 0/5] widget: make it turn", "Five patches.\n");
    add_patch(session, 0, "a1", "a0", "[PATCH 1/5] widget: oil it", "Oil.", "oil.c", "oiled");
    add_patch(session, 0, "a2", "a0", "[PATCH 2/5] widget: turn it", "Turn.", "turn.c",
              "turn(left);");
    add_patch(session, 0, "a3", "a0", "[PATCH 3/5] widget: paint it", "Paint.", "paint.c", "red");
    add_patch(session, 0, "a4", "a0", "[PATCH 4/5] widget: weigh it", "Weigh.", "weigh.c",
              "weigh(1, 2, 3);");
    add_patch(session, 0, "a5", "a0", "[PATCH 5/5] widget: pack it", "Pack.", "pack.c", "packed");
}

/* 1 as it was, 5 before it, 2 changed, 3 with another message and title, 4 dropped, another one new. */
static void add_second(struct session *session)
{
    add(session, ANN, 3, "b0", NULL, "[PATCH v2 0/5] widget: make it turn", "Five other patches.\n");
    add_patch(session, 3, "b1", "b0", "[PATCH v2 1/5] widget: pack it", "Pack.", "pack.c", "packed");
    add_patch(session, 3, "b2", "b0", "[PATCH v2 2/5] widget: oil it", "Oil.", "oil.c", "oiled");
    add_patch(session, 3, "b3", "b0", "[PATCH v2 3/5] widget: turn it", "Turn.", "turn.c",
              "turn(right);");
    add_patch(session, 3, "b4", "b0", "[PATCH v2 4/5] widget: paint it red", "Paint.", "paint.c",
              "red");
    add_patch(session, 3, "b5", "b0", "[PATCH v2 5/5] widget: say what it is", "Say.", "name.c",
              "puts(\"widget\");");
}

struct session two_versions(void)
{
    struct session session = session_new();
    add_first(&session);
    add_second(&session);
    return session;
}

void compare(struct session *session, const char *keys)
{
    press(session, "c");
    press(session, keys);
}

enum context context_of(const struct session *session)
{
    return app_top(session->app)->operations->context;
}
