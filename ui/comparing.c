/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparing.h"

#include "app.h"
#include "patches.h"

static const char name[] = "comparing";

/* Counted: each of the jobs holds it while it lives. */
struct comparing {
    struct app *app;
    struct job *job;
    struct compared *compared; /* in the making */
    GArray *sides[COMPARING_SIDES]; /* struct compared_patch; NULL before they are read */
    comparing_done *done;
    void *data;
    bool answered; /* done has been called, or is not wanted any more */
};

/* --- what came of it ------------------------------------------------------------ */

static void clear_compared(gpointer data)
{
    struct compared *compared = data;
    if (compared->comparison)
        comparison_free(compared->comparison);
    for (int side = 0; side < COMPARING_SIDES; side++)
        g_ptr_array_unref(compared->members[side]);
    g_clear_pointer(&compared->patches, g_ptr_array_unref);
}

static struct compared *compared_new(GPtrArray *old, GPtrArray *new)
{
    struct compared *compared = g_rc_box_new0(struct compared);
    compared->members[COMPARING_OLD] = g_ptr_array_ref(old);
    compared->members[COMPARING_NEW] = g_ptr_array_ref(new);
    return compared;
}

struct compared *compared_acquire(struct compared *compared)
{
    return g_rc_box_acquire(compared);
}

void compared_release(struct compared *compared)
{
    g_rc_box_release_full(compared, clear_compared);
}

struct member *compared_member(const struct compared *compared, enum comparing_side side, int index)
{
    return index < 0 ? NULL : compared->members[side]->pdata[index];
}

const struct patch *compared_patch(const struct compared *compared, enum comparing_side side,
                                   int index)
{
    guint before = side == COMPARING_NEW ? compared->members[COMPARING_OLD]->len : 0;
    return index < 0 ? NULL : compared->patches->pdata[before + (guint)index];
}

/* --- comparing ------------------------------------------------------------------ */

static void answer(struct comparing *comparing, struct compared *compared)
{
    if (comparing->answered)
        return;
    comparing->answered = true;
    comparing->done(comparing->app, compared, comparing->data);
}

/* The last job has ended without an answer if it was stopped, or another one could not be started. */
static void clear_comparing(gpointer data)
{
    struct comparing *comparing = data;
    answer(comparing, NULL);
    for (int side = 0; side < COMPARING_SIDES; side++)
        g_clear_pointer(&comparing->sides[side], g_array_unref);
    compared_release(comparing->compared);
}

static void release(gpointer comparing)
{
    g_rc_box_release_full(comparing, clear_comparing);
}

/* The patches of a side as comparison_new() takes them. */
static GArray *patches_of(const struct compared *compared, enum comparing_side side)
{
    const GPtrArray *members = compared->members[side];
    GArray *patches = g_array_new(FALSE, FALSE, sizeof(struct compared_patch));
    for (guint i = 0; i < members->len; i++) {
        const struct compared_patch patch = {member_number(members->pdata[i]),
                                             compared_patch(compared, side, (int)i)};
        g_array_append_val(patches, patch);
    }
    return patches;
}

/* On a thread of its own. */
static void compare(void *data, gint *stop)
{
    struct comparing *comparing = data;
    comparing->compared->comparison =
        comparison_new(comparing->sides[COMPARING_OLD], comparing->sides[COMPARING_NEW], stop);
}

static void take_comparison(struct app *app, bool complete, void *data)
{
    struct comparing *comparing = data;
    (void)app;
    answer(comparing, complete && comparing->compared->comparison ? comparing->compared : NULL);
}

static const struct job_work comparing_work = {name, compare, take_comparison};

static void take_patches(struct app *app, GPtrArray *patches, void *data)
{
    struct comparing *comparing = data;
    comparing->compared->patches = g_ptr_array_ref(patches);
    for (int side = 0; side < COMPARING_SIDES; side++)
        comparing->sides[side] = patches_of(comparing->compared, (enum comparing_side)side);
    comparing->job =
        job_start_work(app, &comparing_work, g_rc_box_acquire(comparing), release);
}

struct comparing *comparing_start(struct app *app, GPtrArray *old, GPtrArray *new,
                                  comparing_done *done, void *data)
{
    struct comparing *comparing = g_rc_box_new0(struct comparing);
    GPtrArray *all = g_ptr_array_new();
    g_ptr_array_extend(all, old, NULL, NULL);
    g_ptr_array_extend(all, new, NULL, NULL);
    *comparing = (struct comparing){
        .app = app, .compared = compared_new(old, new), .done = done, .data = data};
    struct job *job = patches_read(app, name, all, take_patches, comparing, release);
    g_ptr_array_unref(all);
    /* Without a job it is gone. */
    if (!job)
        return NULL;
    comparing->job = job;
    return comparing;
}

void comparing_cancel(struct comparing *comparing)
{
    comparing->answered = true;
    job_cancel(comparing->app, comparing->job);
}
