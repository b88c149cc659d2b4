/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keys do: they are gathered to sequences, a count before them and the tag prefix kept, macros
 * pressed in their place, and the command called; while a prompt is open it gets them.
 *
 * The user interface's thread. */
#ifndef PORE_INPUT_H
#define PORE_INPUT_H

#include "keys.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct app;

/* Macros that macros press, before it is taken for a loop; then all of them are dropped. */
#define INPUT_MACRO_STEPS_MAX 10000

/* Owned by struct app. */
struct input {
    GArray *queue;    /* uint32_t: keys to be pressed before those of the keyboard, last first */
    size_t macro_steps; /* keys taken from the queue since the keyboard's last */
    uint32_t keys[KEYS_SEQUENCE_MAX]; /* the beginning of a sequence */
    size_t length;
    int count;        /* typed so far; 0: none */
    bool tag_prefix;
    bool naming_key;  /* what-key: the next key is named instead of pressed */
};

void input_init(struct input *input);
void input_clear(struct input *input);

/* Presses KEY, and what it makes of macros. */
void input_press(struct app *app, uint32_t key);

/* The terminal's ^C, which comes as a signal: pressed as a key where a sequence of keys or the
 * naming of a key waits for one; else takes back a count and a tag prefix. False if there is
 * neither. */
bool input_interrupt(struct app *app);

/* Presses what is in the queue and what porerc has pushed. */
void input_work_off(struct app *app);

/* Puts COUNT keys at KEYS (with KEYS_COMMAND ones) in front of the queue. */
void input_push(struct app *app, const uint32_t *keys, size_t count);

/* Calls COMMAND in the view on top, if it works there. */
void input_command(struct app *app, const struct command *command, int count,
                   const char *argument, bool tagged);

/* Appends what is typed so far ("12;g"), for the message line. */
void input_describe(const struct app *app, GString *text);

#endif
