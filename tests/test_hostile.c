/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mails that try to reach the terminal: the browser walks through them in every view, and the bytes
 * that it wrote to the terminal are taken apart. Nothing but characters that can be shown and
 * the few sequences that terminfo has for that terminal may be among them. */
#include "screen_support.h"
#include "terminal_grammar.h"

#include "store/marks_text.h"

#include <check.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

/* What a mail may want to put on a terminal. Numbers are ones that no screen of a test needs, so
 * that none of these can be taken for what curses sends by itself. */
struct poison {
    const char *bytes;
    size_t length;
    bool visible; /* the terminal may get it as it is */
};

#define POISON(text) {text, sizeof text - 1, false}
#define HARMLESS(text) {text, sizeof text - 1, true}

static const struct poison poisons[] = {
    POISON("\033[777;777H"),
    POISON("\033[777m"),
    POISON("\033[6n"),
    POISON("\033[?777h"),
    POISON("\033[5i\033[>c"),
    POISON("\033]0;title\007"),
    POISON("\033]52;c;QQ==\033\\"),
    POISON("\033]8;;https://example.org\033\\"),
    POISON("\033P+q544e\033\\"),
    POISON("\033_G\033\\\033^x\033\\"),
    POISON("\033c"),
    POISON("\033#8\033%G\033Z"),
    POISON("\302\233777m"),              /* CSI, one character */
    POISON("\302\235" "0;title\302\234"), /* OSC */
    POISON("\302\220x\302\234"),         /* DCS */
    POISON("\302\205"),                  /* NEL */
    POISON("\233777m"),                  /* CSI, one byte */
    POISON("\235" "0;title\234"),
    POISON("\001\002\003\005\006\007\177"),
    POISON("\013\014\020\021\022\023\024\030\032\034\037"),
    POISON("a\0b\0"),
    POISON("\342\200\256reverse\342\200\254"),
    POISON("\342\201\246isolate\342\201\251\342\200\217\330\234"),
    POISON("\342\200\213zero\342\200\215\302\255\342\201\240"),
    POISON("\357\273\277mark"),
    POISON("\342\200\250line\342\200\251"),
    POISON("\363\240\201\201tag\357\277\271note\357\277\273"),
    POISON("\356\200\200private\364\217\277\275"),
    POISON("\355\240\200surrogate"),
    POISON("\300\233[777m"),     /* an overlong Escape */
    POISON("\340\200\233[777m"), /* a longer one */
    POISON("\364\220\200\200\377\376"),
    POISON("cut\342\202"),
    POISON("\357\277\276\357\267\220\343\205\244\341\205\237\357\276\240fillers"),
    POISON("e\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201"),
    /* Moves the cursor, as curses does; it is there for what stands behind it. */
    HARMLESS("\rover\bb\ttab"),
    HARMLESS("\345\244\247\345\255\246 \360\237\230\200"),
    HARMLESS("\327\251\327\234\327\225\327\235"),
    HARMLESS("\316\265\314\201\314\200"),
};

/* What the tests below rely on: each poison would be seen. */
START_TEST(test_strays_are_found)
{
    const struct grammar *grammar = &grammars[_i];
    for (size_t i = 0; i < G_N_ELEMENTS(poisons); i++) {
        const struct poison *poison = &poisons[i];
        bool found = find_stray(grammar, poison->bytes, poison->length) != NULL;
        if (!poison->visible || strcmp(grammar->locale, "C.UTF-8") == 0)
            ck_assert_msg(found == !poison->visible, "poison %zu", i);
    }
    static const char usual[] = "\033[?1049h\033[22;0;0t\033[1;24r\033(B\033[m\033[4;5H\033[38;5;"
                                "250m\033[1mtext\033[?25l\033[J\033[K\033[?1l\033>\r\n\b";
    ck_assert_ptr_null(find_stray(&grammars[0], usual, sizeof usual - 1));
    static const char said[] = "\033]52;c;YQBi\a"; /* with a NUL in it */
    ck_assert_ptr_nonnull(find_stray(&grammars[0], said, sizeof said - 1));
}
END_TEST

/* --- the mails ------------------------------------------------------------------ */

static void append_poison(GString *text, const struct poison *poison)
{
    g_string_append_len(text, poison->bytes, (gssize)poison->length);
}

/* RFC 2047: what stands in it is any bytes. */
static void append_encoded(GString *text, const struct poison *poison)
{
    char *encoded = g_base64_encode((const guchar *)poison->bytes, poison->length);
    g_string_append_printf(text, "=?utf-8?B?%s?= ", encoded);
    g_free(encoded);
}

/* TEMPLATE with the poison for each "@@". */
static void append_template(GString *text, const char *template, const struct poison *poison,
                            bool encoded)
{
    for (const char *at = template; *at; at++) {
        if (!g_str_has_prefix(at, "@@")) {
            g_string_append_c(text, *at);
            continue;
        }
        at++;
        if (encoded)
            append_encoded(text, poison);
        else
            append_poison(text, poison);
    }
}

static const char head_template[] = "From: \"@@ Eve @@\" <eve@@@@@.example.org>\n"
                                    "To: @@ <to@example.org>\n"
                                    "Cc: \"@@\" <cc@@@example.org>, @@\n"
                                    "Reply-To: @@\n"
                                    "Subject: [PATCH @@ v2 %d/2] @@ widget: @@ turn @@\n"
                                    "Date: Fri, 1 Mar 2019 @@ 00:00:00 +0000 (@@)\n"
                                    "X-Mailer: @@\n"
                                    "X-Ev@@il: @@\n"
                                    "X-Change-Id: @@\n"
                                    "List-Id: @@ <list.@@.example.org>\n";

static const char body_template[] = "@@ What it does. @@\n"
                                    "> quoted @@\n"
                                    "> > deeper @@\n"
                                    "Change-Id: @@\n"
                                    "Link: https://lore.kernel.org/r/@@@example.org\n"
                                    "Reviewed-by: @@ Rex @@ <rex@@@@@.example.com>\n"
                                    "Signed-off-by: \"@@\" <@@>\n"
                                    "---\n"
                                    " dir@@/file.c | 3 ++-@@\n"
                                    " 1 file changed, 2 insertions(+), 1 deletion(-) @@\n"
                                    "\n"
                                    "diff --git a/dir@@/file.c b/dir@@/file.c\n"
                                    "new file mode 100644 @@\n"
                                    "--- a/dir@@/file.c\n"
                                    "+++ b/dir@@/file.c\n"
                                    "@@@@@ -1,2 +1,3 @@@@@ first @@\n"
                                    " context @@\n"
                                    "-one @@ word\n"
                                    "+two @@ words\n"
                                    "+three @@\n"
                                    "-- \n"
                                    "@@\n";

/* The mail NUMBER of a series by someone who puts POISON wherever it fits. */
static void add_poisoned(struct session *session, int which, int number, bool encoded)
{
    const struct poison *poison = &poisons[which];
    GString *mail = g_string_new(NULL);
    char *head = g_strdup_printf(head_template, number);
    append_template(mail, head, poison, encoded);
    g_string_append_printf(mail, "Message-ID: <%d.%d.%d.", which, number, encoded);
    append_template(mail, "@@@example.org>\n", poison, false);
    g_string_append_printf(mail, "References: <%d.1.%d.", which, encoded);
    append_template(mail, "@@@example.org>\n", poison, false);
    g_string_append(mail, "Content-Type: text/plain; charset=utf-8\n\n");
    append_template(mail, body_template, poison, false);
    support_add(session->writer, START + which, mail->str, mail->len);
    g_free(head);
    g_string_free(mail, TRUE);
}

/* Ten megabytes of everything, in one line. */
static void add_long_line(struct session *session)
{
    GString *mail = g_string_sized_new(11 << 20);
    g_string_append(mail, "From: Eve <eve@example.org>\nMessage-ID: <long@example.org>\n"
                          "Subject: [PATCH] one long line\n\n");
    while (mail->len < 10 << 20)
        for (size_t i = 0; i < G_N_ELEMENTS(poisons); i++) {
            g_string_append_printf(mail, "needle %zu ", i);
            append_poison(mail, &poisons[i]);
        }
    g_string_append(mail, "\n");
    support_add(session->writer, START, mail->str, mail->len);
    g_string_free(mail, TRUE);
}

/* What somebody else says of what is about to be read: lines with the poison as the note, and as
 * the Message-IDs that are joined. Those that are no marks are not taken. */
static void import_poison(const struct poison *poison, int which)
{
    char *path = marks_path(), *notice = NULL;
    struct marks *marks = marks_open(path, &notice);
    GString *text = g_string_new(NULL);
    GError *error = NULL;
    size_t changed = 0;
    ck_assert_ptr_null(notice);
    g_string_append_printf(text, "<note%d@example.org> note 2019-03-02T00:00:00.000000Z x", which);
    append_poison(text, poison);
    g_string_append(text, "y\n");
    if (!marks_text_import(marks, "others", text->str, text->len, &changed, &error))
        g_clear_error(&error);
    g_string_assign(text, "same <a@example.org> <");
    append_poison(text, poison);
    g_string_append(text, "> 2019-03-02T00:00:00.000000Z\n");
    if (!marks_text_import(marks, "others", text->str, text->len, &changed, &error))
        g_clear_error(&error);
    g_string_free(text, TRUE);
    marks_close(marks);
    g_free(path);
}

/* A patch without fault, with a note that has the poison: as it is set by a key, or by import_poison(). */
static void add_noted(struct session *session, int which)
{
    char *id = g_strdup_printf("note%d", which);
    char *subject = g_strdup_printf("[PATCH] noted %d", which);
    add(session, ANN, 1, id, NULL, subject, patch_body);
    g_free(subject);
    g_free(id);
}

/* --- the walk ------------------------------------------------------------------- */

/* A session on an archive whose name is no better than its mails, and in a folder with such a
 * file. */
static struct session hostile_session(void)
{
    struct session session = {0};
    const char *folder = support_folder();
    session.path = support_path(folder, "li\033[777mst\302\233.git");
    session.writer = support_archive_new(session.path);
    char *file = support_path(folder, "out\033]0;title\007\342\200\256.mbox");
    support_write(file, "", 0);
    g_free(file);
    ck_assert_int_eq(chdir(folder), 0);
    return session;
}

static void begin(struct session *session, const char *term)
{
    start_writing_to(session, term, "terminal");
    /* So that a bell in what was sent can be nobody's but a mail's. */
    command(session, "set nobeep pager_stop");
}

/* All letters of mutt's formats that have words of a mail. */
static const char *const formats[] = {
    "%4C%Z %s", "%i|%t", "%f|%e", "%n|%a|%s", "%b|%I%M%E|%D|%[%d]|%t",
    "%-20.20n|%-30.30t|%20.20i|%-9.9a", "%S%V%p%h%w%d%r%k%K %s",
};

static void walk_index(struct session *session)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        char *line = g_strdup_printf("set index_format=\"%s\"", formats[i]);
        command(session, line);
        press(session, "=zzzz*");
        g_free(line);
    }
    command(session, "reset index_format");
    press(session, "=\033V");
    static const char *const limits[] = {"~s turn", "~f eve", "~b what", "~y dir",
                                         "~s \033[777m|~f \342\200\256|~A", "~i \302\233",
                                         "~z \033]0;title\007", "~s \"[\033[777m\"", "all"};
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        char *line = g_strdup_printf("limit %s", limits[i]);
        command(session, line);
        press(session, "z\033l");
        command(session, "digest");
        press(session, "zq");
        g_free(line);
    }
    command(session, "tag-pattern ~A");
    press(session, ";y=");
    command(session, "untag-pattern ~A");
}

/* What prompts offer and what they are told. */
static void walk_prompts(struct session *session)
{
    press(session, "s");
    press(session, "\025out\t\t\t\007");
    command(session, "set save_address");
    press(session, "s");
    press(session, "\007");
    command(session, "set nosave_address");
    press(session, "p\007");
    press(session, "/\342\200\256\342\200\213\302\233e\314\201\314\201\314\201\314\201\314\201\314"
                   "\201\026\033\026\007\r");
    press(session, "/");
    press(session, UP "\007");
    command(session, "source \033[777m\302\233");
    command(session, "color \033]0;title\007");
    command(session, "set \342\200\256=\033c");
    command(session, "bind index \033[777m exit");
    command(session, "save-message none\033[777m/\302\233");
    command(session, "what-key");
    press(session, "\342\200\256");
    command(session, "what-key");
    press(session, "\001");
}

/* Goes through the text on top to its end. */
static void walk_text(struct session *session)
{
    press(session, "^    $-^");
    command(session, "toggle-wrap");
    press(session, ">>    <$");
    command(session, "toggle-wrap");
}

static enum context context_of(const struct session *session)
{
    return app_top(session->app)->operations->context;
}

/* The mail on top. */
static void walk_mail(struct session *session)
{
    press(session, "yY");
    walk_text(session);
    press(session, "h");
    walk_text(session);
    command(session, "set word_differences");
    press(session, "T\033V    ");
    press(session, "T\033V^)}\"+/widget\rn");
    command(session, "set noword_differences");
    press(session, "hq");
}

/* The selected row of the index: its series, its mails, and back. Returns how many mails. */
static guint walk_series(struct session *session)
{
    guint mails = 0;
    press(session, ENTER);
    ck_assert_int_eq(context_of(session), CONTEXT_SERIES);
    press(session, "zv=y");
    for (int row = 0; row < 2; row++) {
        press(session, row ? "=j" ENTER : "=" ENTER);
        if (context_of(session) != CONTEXT_PAGER)
            continue;
        walk_mail(session);
        ck_assert_int_eq(context_of(session), CONTEXT_SERIES);
        mails++;
    }
    /* What was entered may have been another version. */
    while (context_of(session) != CONTEXT_INDEX)
        press(session, "q");
    return mails;
}

static void walk_others(struct session *session)
{
    static const char *const views[] = {"contributors", "domains"};
    for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
        command(session, views[i]);
        press(session, "zzz*=");
        press(session, ENTER);
        press(session, "zqq");
    }
    command(session, "digest");
    for (int page = 0; page < 40; page++)
        press(session, " ");
    press(session, "?  qq");
    press(session, "?    /limit\rq");
}

/* Reads a file that was sent to a terminal or may be, and fails if there is anything in it that
 * there may not be. */
static void check_file(const struct grammar *grammar, const char *path)
{
    char *bytes;
    gsize length;
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    const char *stray = find_stray(grammar, bytes, length);
    if (stray) {
        size_t before = MIN((size_t)(stray - bytes), 60), behind = MIN(bytes + length - stray, 60);
        GString *text = g_string_new(NULL);
        for (const char *at = stray - before; at < stray + behind; at++)
            g_string_append_printf(text, g_ascii_isprint(*at) ? "%c" : "\\%03o",
                                   (unsigned char)*at);
        ck_abort_msg("byte %zu of %zu of %s: %s", (size_t)(stray - bytes), (size_t)length, path,
                     text->str);
    }
    /* They were on the screen, as marks: the walk has met them. */
    ck_assert_ptr_nonnull(memmem(bytes, length, "777m", 4));
    ck_assert_ptr_nonnull(memmem(bytes, length, "0;title", 7));
    g_free(bytes);
}

START_TEST(test_bytes)
{
    const struct grammar *grammar = &grammars[_i];
    setlocale(LC_ALL, grammar->locale);
    struct session session = hostile_session();
    for (int which = 0; which < (int)G_N_ELEMENTS(poisons); which++)
        for (int encoded = 0; encoded < 2; encoded++)
            for (int number = 1; number <= 2; number++)
                add_poisoned(&session, which, number, encoded);
    begin(&session, grammar->term);
    for (int width = 0; width < 2; width++) {
        resize(&session, width ? 60 : 24, width ? 200 : 80);
        walk_index(&session);
        walk_prompts(&session);
        walk_others(&session);
    }
    resize(&session, 24, 80);
    command(&session, "set pager_index_lines=4");
    command(&session, "set pager_format=\"%n|%a|%s|%i|%d|%v|%p|%P\"");
    press(&session, "\033V=");
    guint mails = 0;
    do {
        mails += walk_series(&session);
        press(&session, "j");
    } while (strcmp(session.app->message->str, "You are on the last entry.") != 0);
    ck_assert_uint_ge(mails, 3 * G_N_ELEMENTS(poisons));
    session_free(&session);
    check_file(grammar, "terminal");
    setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

START_TEST(test_long_line)
{
    const struct grammar *grammar = &grammars[_i];
    setlocale(LC_ALL, grammar->locale);
    struct session session = hostile_session();
    add_long_line(&session);
    begin(&session, grammar->term);
    press(&session, ENTER ENTER);
    ck_assert_int_eq(context_of(&session), CONTEXT_PAGER);
    press(&session, "y");
    if (grammar->clipboard)
        assert_message(&session, "Copied <long@example.org>.");
    walk_text(&session);
    press(&session, "^/needle 38\rnnn");
    press(&session, "^   ");
    command(&session, "write-screen -a screen");
    session_free(&session);
    check_file(grammar, "terminal");
    check_file(grammar, "screen");
    setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

/* What was said of mails that are no better, and by whom it may have been. */
START_TEST(test_marks)
{
    static const char *const formats_of_marks[] = {"%Z%z|%Y|%s", "%y|%Q|%s"};
    const struct grammar *grammar = &grammars[_i];
    setlocale(LC_ALL, grammar->locale);
    struct session session = hostile_session();
    for (int which = 0; which < (int)G_N_ELEMENTS(poisons); which++) {
        add_poisoned(&session, which, 1, which % 2);
        add_poisoned(&session, which, 2, which % 2);
        add_noted(&session, which);
        import_poison(&poisons[which], which);
    }
    begin(&session, grammar->term);
    size_t noted = 0;
    for (int which = 0; which < (int)G_N_ELEMENTS(poisons); which++) {
        GString *line = g_string_new("edit-note ");
        append_poison(line, &poisons[which]);
        press(&session, "*");
        for (int row = 0; row < which; row++)
            press(&session, "k");
        command(&session, line->str);
        press(&session, "Nu" "wfu" "e\007" "&#u");
        g_string_free(line, TRUE);
    }
    GPtrArray *marks = marks_list(session.app->marks);
    for (guint i = 0; i < marks->len; i++)
        noted += ((const struct mark *)marks->pdata[i])->notes->len;
    g_ptr_array_unref(marks);
    /* Some are no text, or nothing when their controls are gone. */
    ck_assert_uint_ge(noted, G_N_ELEMENTS(poisons) / 2);
    for (size_t i = 0; i < G_N_ELEMENTS(formats_of_marks); i++) {
        char *line = g_strdup_printf("set index_format=\"%s\"", formats_of_marks[i]);
        command(&session, line);
        press(&session, "=zzzzzzzzzz*ZZZZ");
        g_free(line);
    }
    command(&session, "mark-pattern reviewed ~s \033[777m|~A");
    command(&session, "limit ~Y \033]0;title\007|~Y .");
    press(&session, "=");
    do
        press(&session, ENTER "e\007qe" UP "\007j");
    while (strcmp(session.app->message->str, "You are on the last entry.") != 0);
    session_free(&session);
    check_file(grammar, "terminal");
    setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

/* What a window that is dragged about does, in every view and with prompts open. Each number is a
 * new case, the same in every run. */
START_TEST(test_resizing)
{
    static const char *const keys[] = {
        "j", "k", "z", "Z", ENTER, ENTER, "q", " ", "-", "h", "T", "\033V", "\033v", "\033W",
        "\033w", ">", "<", "a", "\033a", "\033d", "?", "/e\r", "n", "l~s turn\r", "lall\r", "s",
        "p", ":set", "\t", "\007", "\007", "v", "(", ")", "=", "*", "]", "[", "}", "od", "t",
        ":set pager_index_lines=5\r", "\033[A", DOWN, "\014", "N", "d", "F", "wl", "enote\r", "u", "h",
        "&", "#", "D~s turn\r", ".",
    };
    struct session session = hostile_session();
    GRand *random = g_rand_new_with_seed((guint32)_i);
    for (int which = 0; which < (int)G_N_ELEMENTS(poisons); which++)
        for (int number = 1; number <= 2; number++)
            add_poisoned(&session, which, number, number == 2);
    begin(&session, "xterm-256color");
    command(&session, "bind index q noop");
    command(&session, "bind index x noop");
    for (int i = 0; i < 300; i++) {
        bool small = g_rand_int_range(random, 0, 4) == 0;
        resize(&session, g_rand_int_range(random, 1, small ? 5 : 80),
               g_rand_int_range(random, 1, small ? 12 : 250));
        for (int key = g_rand_int_range(random, 0, 4); key > 0; key--)
            ck_assert(press(&session, keys[g_rand_int_range(random, 0, G_N_ELEMENTS(keys))]));
    }
    /* Nothing is left of the other sizes. */
    press(&session, "\007\007");
    resize(&session, 24, 80);
    char *before = read_screen(&session);
    app_resized(session.app);
    screen_clear(session.app->screen);
    ck_assert(app_run_until_idle(session.app));
    char *after = read_screen(&session);
    ck_assert_str_eq(before, after);
    g_free(after);
    g_free(before);
    g_rand_free(random);
    session_free(&session);
    check_file(&grammars[0], "terminal");
}
END_TEST

/* A commit whose file is no mail, and is called as none should be. */
START_TEST(test_unreadable)
{
    struct grammar grammar = grammars[_i];
    setlocale(LC_ALL, grammar.locale);
    struct session session = hostile_session();
    for (int which = 0; which < 8; which++)
        add_poisoned(&session, which, 1, false);
    support_add_blob(session.writer, START, "m\033[777m\302\233", "x", 1, false);
    /* The bell rings before it can be switched off. */
    grammar.controls = strchr(grammar.controls, '\016') ? "\a\t\016\017" : "\a\t";
    start_writing_to(&session, grammar.term, "terminal");
    ck_assert(shows(&session, "could not be read"));
    session_free(&session);
    check_file(&grammar, "terminal");
    setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

/* --- what else a mail names ----------------------------------------------------- */

/* A title may suggest what a file is called, but not where it is, and nothing in it reaches a
 * shell: a mail is the input of a command, never part of it. */
START_TEST(test_names)
{
    static const char *const titles[] = {
        "../../escaped", "/etc/passwd", "-rf ~", "~/escaped", "$(touch escaped)",
        "`touch escaped`", "x; touch escaped", "x\033[777m|touch escaped", "%s%n", "", "..",
    };
    struct session session = session_new();
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++) {
        char *id = g_strdup_printf("%zu$(touch escaped)`touch escaped`;touch${IFS}escaped", i);
        char *subject = g_strdup_printf("[PATCH] %s", titles[i]);
        add(&session, "\"$(touch escaped)\" <-e@example.org>", (int)i, id, NULL, subject,
            "Text.\n");
        g_free(subject);
        g_free(id);
    }
    const char *folder = support_folder();
    char *inner = support_path(folder, "inner");
    ck_assert_int_eq(g_mkdir(inner, 0700), 0);
    ck_assert_int_eq(chdir(inner), 0);
    begin(&session, "xterm-256color");
    command(&session, "set nowait_key");
    command(&session, "set shell=/bin/sh");
    command(&session, "set print_command=\"cat >/dev/null\"");
    press(&session, "=");
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++) {
        press(&session, "s");
        press(&session, "\r");
        /* The name is another mail's, too. */
        if (session.app->prompt)
            press(&session, "o");
        ck_assert_msg(strstr(session.app->message->str, "Saved 1 "), "%s",
                      session.app->message->str);
        press(&session, "py");
        command(&session, "pipe-message cat >/dev/null");
        press(&session, "j");
    }
    session_free(&session);

    GDir *directory = g_dir_open(inner, 0, NULL);
    const char *name;
    int saved = 0;
    while ((name = g_dir_read_name(directory))) {
        if (strcmp(name, "terminal") == 0)
            continue;
        ck_assert_msg(g_str_has_suffix(name, ".mbox"), "%s", name);
        ck_assert_int_eq(strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_."),
                         strlen(name));
        ck_assert(g_ascii_isalnum(name[0]));
        saved++;
    }
    g_dir_close(directory);
    ck_assert_int_ge(saved, 5);
    directory = g_dir_open(folder, 0, NULL);
    ck_assert_str_eq(g_dir_read_name(directory), "inner");
    ck_assert_ptr_null(g_dir_read_name(directory));
    g_dir_close(directory);
    g_free(inner);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile");
    TCase *cases = tcase_create("hostile");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, test_strays_are_found, 0, GRAMMARS);
    tcase_add_loop_test(cases, test_bytes, 0, GRAMMARS);
    tcase_add_loop_test(cases, test_marks, 0, GRAMMARS);
    tcase_add_loop_test(cases, test_long_line, 0, GRAMMARS);
    tcase_add_loop_test(cases, test_resizing, 0, 3);
    tcase_add_loop_test(cases, test_unreadable, 0, GRAMMARS);
    tcase_add_test(cases, test_names);
    suite_add_tcase(suite, cases);
    return run_screen_tests(suite);
}
