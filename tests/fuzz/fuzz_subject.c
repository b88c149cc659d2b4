/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any line as a subject: it has an answer, and the answer lies inside the line. */
#include "fuzz.h"

#include "mail/subject.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = g_strndup((const char *)data, size);
    struct subject subject;

    subject_parse(line, &subject);
    g_assert(subject.title <= strlen(line));
    g_assert(memchr(subject.release, '\0', sizeof subject.release));
    g_assert(subject.version <= SUBJECT_NUMBER_MAX);
    g_assert(subject.number <= SUBJECT_NUMBER_MAX && subject.total <= SUBJECT_NUMBER_MAX);
    g_assert(subject.numbered || (subject.number == 0 && subject.total == 0));
    g_free(line);
    return 0;
}
