/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of a subject: is it a reply, what do its bracket groups say, and
 * where does the title begin.
 *
 * Pure: no state, any thread, any bytes. The words are those
 * that `git format-patch`, b4 and the hands of people write; what was met on
 * real lists and is not in git's manual is listed at the function. */
#ifndef PORE_SUBJECT_H
#define PORE_SUBJECT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Room for the release words of one subject, with the NUL. Longer lists of
 * releases are cut at a whole word; six stable branches fit. */
#define SUBJECT_RELEASE_SIZE 64

/* A version or number with more digits than fit an int is cut to this. */
#define SUBJECT_NUMBER_MAX 999999999u

/* What a subject says. Plain values, owned by whoever declares it. */
struct subject {
    bool reply;      /* "Re:" or one of its translations stands in front */
    bool patch;      /* the prefix says PATCH, PATCHES or PATCHSET */
    bool pull;       /* the prefix says PULL */
    bool rfc;        /* the prefix says RFC */
    bool resend;     /* the prefix says RESEND or REPOST */
    bool numbered;   /* the prefix holds n/m; number and total are set */
    unsigned number; /* n; 0 is a cover letter */
    unsigned total;  /* m */
    unsigned version;  /* the N of the first vN, 0 where none is said */
    size_t title;    /* where the title begins, in bytes from the start */
    /* The releases the prefix names, as "5.10 6.1": each without a leading
     * "v", "linux-" or "stable-" and without a trailing ".y", ".x" or "-stable",
     * in the order written, one space between. "" where none is named. */
    char release[SUBJECT_RELEASE_SIZE];
};

/* Reads SUBJECT, which is one NUL-terminated line of UTF-8 with its white
 * space already collapsed (see header_decode()), into OUT. Every input has an
 * answer; bytes that are no UTF-8 are ordinary characters.
 *
 * Met on real lists and understood: "[PATCH 1/3 v2]", "[PATCH][v2]",
 * "[PATCHv2]", "[PATCH1/8]", "[RFC/PATCH]", "[PATCH 1 of 5]",
 * "[PATCH [net] 1/2]", "[list] Re: [PATCH]", "Re[2]:", a full-width colon. */
void subject_parse(const char *subject, struct subject *out);

/* Appends the subject of an answer to SUBJECT, which is as above: "Re: " and SUBJECT without the
 * words of replies that stand in front of it and behind its bracket groups; of an empty one mutt's
 * "Re: your mail". */
void subject_append_answer(GString *out, const char *subject);

#endif
