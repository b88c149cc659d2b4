/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job that reads mails and takes them apart as patches (patch.h). The user interface's thread. */
#ifndef PORE_PATCHES_H
#define PORE_PATCHES_H

#include <glib.h>

struct app;
struct job;

/* Takes PATCHES (struct patch *, in the order that was asked for; NULL for a mail that cannot be
 * read): borrowed for the call, a reference keeps them. */
typedef void patches_done(struct app *app, GPtrArray *patches, void *data);

/* Reads MEMBERS (struct member *, borrowed for the call) by a job that is called NAME (static), then
 * calls DONE with DATA, which is freed with FREE_DATA (may be NULL) in any case, afterwards. DONE is
 * not called where the user stops the job. NULL, with the reason said to the user, if it cannot be
 * started. */
struct job *patches_read(struct app *app, const char *name, const GPtrArray *members,
                         patches_done *done, void *data, GDestroyNotify free_data);

#endif
