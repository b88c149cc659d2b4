/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inquiry.h"

#include "app.h"
#include "texts.h"

/* A row as it was when the inquiry began. */
struct candidate {
    const struct member *lead;
    int number;
    bool tagged;
};

struct inquiry {
    struct app *app;
    struct job *job;
    struct pattern *pattern;
    struct pattern_texts *texts;
    GArray *candidates; /* struct candidate */
    guint first;        /* place of the first one in the order */
    guint next;         /* the first that is not answered yet */
    bool (*matches)(void *data, const struct member *lead, guint place);
    void (*done)(void *data, enum inquiry_end end);
    void *data;
};

static void free_inquiry(struct inquiry *inquiry)
{
    g_array_unref(inquiry->candidates);
    pattern_texts_free(inquiry->texts);
    pattern_free(inquiry->pattern);
    g_free(inquiry);
}

void inquiry_cancel(struct inquiry *inquiry)
{
    if (!inquiry)
        return;
    job_cancel(inquiry->app, inquiry->job);
    free_inquiry(inquiry);
}

static void end(struct inquiry *inquiry, enum inquiry_end how)
{
    inquiry->done(inquiry->data, how);
    free_inquiry(inquiry);
}

static enum pattern_answer ask(const struct inquiry *inquiry, const struct candidate *candidate,
                               struct pattern_question *question)
{
    const struct pattern_subject subject = {.posting = index_rows_posting(candidate->lead),
                                            .tagged = candidate->tagged,
                                            .marking = inquiry->app->marking,
                                            .review = &inquiry->app->review,
                                            .number = candidate->number};
    return subject.posting ? pattern_question_ask(question, &subject) : PATTERN_NO;
}

/* Goes on along the candidates as far as their texts are known. True if one ends the inquiry. */
static bool find_next(struct inquiry *inquiry)
{
    struct pattern_question *question = pattern_question_new(inquiry->pattern, inquiry->texts);
    enum pattern_answer answer = PATTERN_NO;
    bool found = false;
    while (!found && inquiry->next < inquiry->candidates->len) {
        const struct candidate *candidate =
            &g_array_index(inquiry->candidates, struct candidate, inquiry->next);
        answer = ask(inquiry, candidate, question);
        if (answer == PATTERN_UNREAD)
            break;
        found = answer == PATTERN_YES &&
                inquiry->matches(inquiry->data, candidate->lead, inquiry->first + inquiry->next);
        inquiry->next++;
    }
    pattern_question_free(question);
    return found;
}

static void go_on(struct app *app, void *data)
{
    struct inquiry *inquiry = data;
    if (!find_next(inquiry))
        return;
    job_cancel(app, inquiry->job);
    end(inquiry, INQUIRY_FOUND);
}

static void finish(struct app *app, bool complete, void *data)
{
    (void)app;
    end(data, complete ? INQUIRY_ALL : INQUIRY_STOPPED);
}

/* Takes the rows of REQUEST, and adds to WANTED the mails that have to be read to ask them. */
static void take_rows(struct inquiry *inquiry, const struct inquiry_request *request,
                      GPtrArray *wanted)
{
    struct pattern_question *question = pattern_question_new(inquiry->pattern, NULL);
    for (guint i = request->first; i < request->order->len; i++) {
        int row = g_array_index(request->order, int, i);
        const struct index_row *asked = &g_array_index(request->rows->rows, struct index_row, row);
        const struct candidate candidate = {.lead = asked->posting->members->pdata[0],
                                            .number = row + 1,
                                            .tagged = index_rows_is_tagged(request->rows, asked)};
        const struct pattern_subject subject = {.posting = asked->posting,
                                                .tagged = candidate.tagged,
                                                .marking = inquiry->app->marking,
                                                .review = &inquiry->app->review,
                                                .number = candidate.number};
        g_array_append_val(inquiry->candidates, candidate);
        pattern_question_want(question, &subject, wanted);
    }
    pattern_question_free(question);
}

struct inquiry *inquiry_start(struct app *app, const struct inquiry_request *request)
{
    GPtrArray *wanted = g_ptr_array_new();
    struct inquiry *inquiry = g_new(struct inquiry, 1);
    *inquiry = (struct inquiry){.app = app,
                                .pattern = pattern_ref(request->pattern),
                                .texts = pattern_texts_new(),
                                .candidates = g_array_new(FALSE, FALSE, sizeof(struct candidate)),
                                .first = request->first,
                                .matches = request->matches,
                                .done = request->done,
                                .data = request->data};
    take_rows(inquiry, request, wanted);
    inquiry->job = texts_read(app, &(struct texts_request){.name = request->name,
                                                           .pattern = inquiry->pattern,
                                                           .texts = inquiry->texts,
                                                           .members = wanted,
                                                           .found = go_on,
                                                           .done = finish,
                                                           .data = inquiry});
    g_ptr_array_unref(wanted);
    if (inquiry->job)
        return inquiry;
    free_inquiry(inquiry);
    return NULL;
}
