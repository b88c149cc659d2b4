/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A browser on a screen that is read back: keys go in through a pipe, curses writes to
 * /dev/null or a file, and each call waits until the loop has nothing left to do. For tests of the
 * screen. */
#ifndef PORE_SCREEN_SUPPORT_H
#define PORE_SCREEN_SUPPORT_H

#include "app.h"
#include "archive/archive.h"
#include "support.h"

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* 2019-03-01 00:00 UTC: long enough ago that dates are written with the year. */
#define START INT64_C(1551398400)
#define DAY INT64_C(86400)

#define UP "\033OA"
#define DOWN "\033OB"
#define F5 "\033[15~"
#define ENTER "\r"
#define ESCAPE "\033"
#define CONTROL(letter) ((letter) & 0x1f)

/* A browser on an archive of its own. */
struct session {
    char *path;
    struct support_archive *writer;
    struct archive *archive;
    struct app *app;
    int keys; /* to write them to */
    FILE *in, *out;
    const struct range *range; /* that the browser is opened with; NULL: all */
    bool no_history;
    char *porerc; /* that it reads, or NULL: none */
};

/* An archive without mails and no browser yet. What browsers remember is kept in a folder of the
 * test's own, one for all its sessions. */
struct session session_new(void);
void session_free(struct session *session);

/* Ends the browser as leaving it does; start() opens it again. */
void leave(struct session *session);

/* A mail of DAY days behind START; PARENT may be NULL. The caller frees it. */
char *make_mail(const char *from, int day, const char *id, const char *parent, const char *subject,
                const char *body);

/* Adds that mail to the archive. ID and PARENT come to be at example.org. */
void add(struct session *session, const char *from, int day, const char *id, const char *parent,
         const char *subject, const char *body);

/* Opens the browser on a terminal of the kind TERM, 24 by 80; what was added has been read. */
void start_on(struct session *session, const char *term);

/* The same; the bytes that the terminal would get go to the file PATH, which is complete when the
 * session has been freed. */
void start_writing_to(struct session *session, const char *term, const char *path);
void start(struct session *session);

/* The same, but nothing has been read yet: the loop has not run. */
void start_unread(struct session *session);

/* Presses the keys whose bytes are TEXT. False if that quits. */
bool press(struct session *session, const char *text);

/* Does LINE as if typed at the ":" prompt. */
bool command(struct session *session, const char *line);

/* A mail arrives while the browser is open. */
void arrive(struct session *session, int64_t rank, const char *mail);

void resize(struct session *session, int rows, int columns);

/* The row ROW of the screen is WANTED. */
void assert_line(const struct session *session, int row, const char *wanted);

/* The last line, where messages are, is WANTED. */
void assert_message(const struct session *session, const char *wanted);

/* All of the screen with its attributes is what the file tests/screens/NAME has. With
 * SCREENS=write in the environment the file is written instead: look at what changed before it
 * is committed. */
void assert_screen(const struct session *session, const char *name);

/* The screen's lines. The caller frees it. */
char *read_screen(const struct session *session);

/* The row that shows WORDS; fails if none does. */
int find(const struct session *session, const char *words);

/* Is WORDS on the screen? */
bool shows(const struct session *session, const char *words);

/* The row, between the bars, that is drawn as selected. */
int selected(const struct session *session);

/* It is the row that shows WORDS. */
void assert_selected(const struct session *session, const char *words);

extern const char patch_body[];

#define ANN "Ann Example <ann@example.org>"
#define BOB "Bob Sample <bob@example.com>"

/* A series in two versions, one patch of it lost, talked about; and a patch alone. */
void add_series(struct session *session);

/* COUNT patches alone, "part 0" the oldest. Each EVERYth is Bob's, the others are Ann's. */
void add_parts(struct session *session, int count, int every);

/* What main() of such a test does: runs SUITE with what the browser needs set up. */
int run_screen_tests(Suite *suite);

#endif
