/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job that reads mails for a pattern which cannot be answered without their texts, and keeps what it
 * finds. The user interface's thread. */
#ifndef PORE_TEXTS_H
#define PORE_TEXTS_H

#include "jobs.h"
#include "pattern.h"

#include <glib.h>
#include <stdbool.h>

struct app;

struct texts_request {
    const char *name;            /* of the job, in the status line; static */
    struct pattern *pattern;     /* the job holds a reference */
    struct pattern_texts *texts; /* where the findings go; must outlive the job */
    const GPtrArray *members;    /* struct member *: what to read, in this order; copied */

    /* Something was found out. It may cancel the job. */
    void (*found)(struct app *app, void *data);

    /* All was read, or the job was stopped. The job is freed afterwards. */
    void (*done)(struct app *app, bool complete, void *data);
    void *data;
};

/* Starts it. NULL, with the reason said to the user, if it cannot. */
struct job *texts_read(struct app *app, const struct texts_request *request);

#endif
