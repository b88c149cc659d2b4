/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash for keys made of pointers and numbers, and one for texts that strangers choose.
 *
 * GLib's tables probe quadratically, and its own hashes of pointers and integers leave neighbours
 * next to one another: with keys such as (posting, number) that makes long chains.
 *
 * The keys of lookup.h, which are kept on disk, are made with it too. Any thread. */
#ifndef PORE_HASH_H
#define PORE_HASH_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Mixes WORD into SO_FAR; begin with 0. */
static inline guint64 hash_add(guint64 so_far, guint64 word)
{
    so_far = (so_far ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return so_far ^ so_far >> 29;
}

static inline guint64 hash_add_pointer(guint64 so_far, const void *pointer)
{
    return hash_add(so_far, (guint64)(uintptr_t)pointer);
}

/* Text that strangers choose, LENGTH bytes: with SEED, which they cannot know, they cannot make texts
 * that fall together. GLib's hash of strings has no seed. */
static inline guint64 hash_add_bytes(guint64 seed, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        seed = (seed ^ (unsigned char)text[i]) * G_GUINT64_CONSTANT(0x100000001b3);
    return hash_add(seed, 0);
}

static inline guint64 hash_add_text(guint64 seed, const char *text)
{
    return hash_add_bytes(seed, text, strlen(text));
}

static inline guint hash_end(guint64 so_far)
{
    return (guint)(so_far ^ so_far >> 32);
}

/* A seed: another one for each run. */
static inline guint64 hash_secret(void)
{
    static gsize secret;

    if (g_once_init_enter(&secret))
        g_once_init_leave(&secret, (gsize)((guint64)g_random_int() << 32 | g_random_int()) | 1);
    return secret;
}

/* A GHashFunc for tables of things that are told apart by where they lie. */
static inline guint hash_pointer(gconstpointer pointer)
{
    return hash_end(hash_add_pointer(0, pointer));
}

/* A GHashFunc for tables whose keys are texts that strangers choose. */
static inline guint hash_text(gconstpointer text)
{
    return hash_end(hash_add_text(hash_secret(), (const char *)text));
}

#endif
